"""What is one to a few pages: fiche, compte rendu de mission, list of services enregistreurs."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from html import unescape
from pathlib import Path
from typing import Any

import pytest

from infocentre.acces.perimetre import TOUT
from infocentre.cli import main
from infocentre.lecture.commun import valeurs
from infocentre.lecture.comptes import Compte
from infocentre.lecture.fiche import semblables
from infocentre.lecture.indicateurs import catalogue_du_mois, mesure
from infocentre.lecture.lecteur import Lecture, Ligne
from infocentre.noyau.erreurs import Refus
from infocentre.restitutions import fiche, html, lecture, liste_guichets, mission, mots, pdf
from infocentre.restitutions.document import (
    Chiffres,
    Document,
    Liste,
    Mots,
    Paragraphe,
    Section,
    Tableau,
)
from infocentre.restitutions.lecture import Edition
from infocentre.restitutions.registre import DOCUMENTS
from tests.restitutions.accessibilite import exiger_accessible
from tests.restitutions.changes import entrepot_change, sur
from tests.restitutions.exemples import NOM_LONG

pytestmark = pytest.mark.lent

SEMESTRE = "2026-S1"


@pytest.fixture(scope="module")
def edition(version_demo: Lecture) -> Edition:
    return lecture.du_semestre(version_demo, SEMESTRE)


@pytest.fixture(scope="module")
def registre(edition: Edition) -> list[Ligne]:
    return edition.v.lignes(
        "SELECT * FROM registre WHERE mois = $mois ORDER BY guichet", {"mois": edition.mois}
    )


@pytest.fixture(scope="module")
def bailleur(registre: list[Ligne]) -> str:
    """SIREN of the bailleur that has the most guichets."""
    siens = [une["organisme"] for une in registre if une["type_guichet"] == "BAILLEUR"]
    return str(max(sorted(set(siens)), key=siens.count))


def texte(document: Document) -> str:
    """Words of the document, its markup taken off, plain spaces, straight apostrophes."""
    corps = html.en_html(document, impression=True).split("<body", 1)[1]
    corps = re.sub(r"</?(?:strong|em|abbr|span)\b[^>]*>", "", corps)
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", corps))).replace("’", "'")


def section(document: Document, titre: str) -> Section:
    return next(une for une in document.sections if une.titre == titre)


def tableau(document: Document, cle: str) -> Tableau:
    return next(un for un in document.tableaux() if un.cle.startswith(cle))


def rangees(un: Tableau) -> Iterator[dict[str, object]]:
    """Rows as {column: value}."""
    for ligne in un.lignes:
        yield {
            colonne.titre: cellule.valeur
            for colonne, cellule in zip(un.colonnes, ligne, strict=True)
        }


# --- All three ------------------------------------------------------------------------------------


@pytest.mark.parametrize("nom", ["fiche", "mission", "guichets"])
def test_chacun_est_accessible_et_le_meme_deux_fois(
    edition: Edition, bailleur: str, tmp_path: Path, nom: str
) -> None:
    guichet = bailleur if nom == "fiche" else ""
    octets = pdf.en_octets(DOCUMENTS[nom].construire(edition, guichet))
    exiger_accessible(octets, tmp_path)
    assert pdf.en_octets(DOCUMENTS[nom].construire(edition, guichet)) == octets


def de_stock(edition: Edition) -> set[str]:
    """Indicators of a stock: an anomaly is open until it is seen no more."""
    lignes = edition.v.lignes("SELECT code FROM regles WHERE nature = 'stock'")
    return {une["code"] for une in lignes}


# --- Fiche ----------------------------------------------------------------------------------------


def chiffres_publies(
    edition: Edition, niveau: str, cle: str
) -> dict[tuple[str, str], dict[str, Any]]:
    """Values of a guichet or organisme, {(code, month): row}."""
    return {
        (une["code"], mois): dict(une)
        for mois in edition.mois_connus
        for une in valeurs(edition.v, edition.departement, mois, niveau=niveau, guichet=cle)
    }


def test_chaque_chiffre_d_une_fiche_est_celui_des_indicateurs(
    edition: Edition, registre: list[Ligne], bailleur: str
) -> None:
    premiers = [une["guichet"] for une in registre if une["type_guichet"] == "BAILLEUR"][:3]
    verifies = 0
    for niveau, cle in (("organisme", bailleur), *(("guichet", un) for un in premiers)):
        publies = chiffres_publies(edition, niveau, cle)
        un = tableau(fiche.construire(edition, cle), "indicateurs-")
        for cellule in (une for ligne in un.lignes for une in ligne if une.origine):
            assert cellule.origine
            assert cellule.origine.ligne == cle
            ligne = publies[cellule.origine.code, cellule.origine.mois]
            assert cellule.valeur == ligne[cellule.origine.colonne]
            verifies += 1
    assert verifies > 100


def test_une_part_ne_va_pas_sans_son_effectif(edition: Edition, bailleur: str) -> None:
    un = tableau(fiche.construire(edition, bailleur), "indicateurs-")
    titres = [colonne.titre for colonne in un.colonnes]
    assert titres[1:4] == ["Anomalies", "Effectif", "Taux"]
    for ligne in un.lignes:
        *_, avant, autres, _ = ligne
        assert all((une.valeur is None) == (une.sur is None) for une in (avant, autres))


def test_une_fiche_ne_dit_le_nom_ni_les_nombres_d_aucun_autre_organisme(
    edition: Edition, registre: list[Ligne], bailleur: str
) -> None:
    lu = texte(fiche.construire(edition, bailleur))
    autres = {une["nom"] for une in registre if une["organisme"] != bailleur}
    assert [nom for nom in autres if nom in lu] == []


def test_les_autres_organismes_ne_se_disent_que_nombreux_et_en_nombre(
    edition: Edition, bailleur: str, tmp_path: Path
) -> None:
    """Under three others, or counts below the threshold: nothing is told of them."""
    code = "ENR_DELAI"
    les_siens = chiffres_publies(edition, "organisme", bailleur)[code, edition.mois]
    n, d = les_siens["numerateur_12m"], les_siens["denominateur_12m"]
    autres = (
        f"UPDATE valeurs SET numerateur_12m = {n} + {{}}, denominateur_12m = {d} + 800 "
        f"WHERE code = '{code}' AND niveau = 'type' AND guichet = 'BAILLEUR'"
    )
    siens = "SELECT guichet FROM registre WHERE organisme {}"
    bailleurs = "SELECT DISTINCT organisme FROM registre WHERE type_guichet = 'BAILLEUR'"
    gardes = f"= '{bailleur}' OR organisme IN ({bailleurs} AND organisme <> '{bailleur}' "
    deux = (
        "DELETE FROM valeurs WHERE niveau = 'guichet' AND guichet NOT IN "
        f"({siens.format(gardes)} ORDER BY organisme LIMIT 2))"
    )
    lus = []
    for rang, changement in enumerate(
        ([autres.format(80)], [autres.format(80), deux], [autres.format(0)], [autres.format(1)])
    ):
        with entrepot_change(edition, tmp_path / str(rang), *changement) as v:
            cat = catalogue_du_mois(v, edition.filtres).en_json()
            dits = semblables(v, edition.departement, edition.mois, "BAILLEUR", bailleur, cat)
            lus.append(code in dits)
    assert lus == [True, False, True, False]


def test_le_rang_dit_parmi_combien(edition: Edition, registre: list[Ligne]) -> None:
    """A rank stands beside the rate of the others, which is told where the type is."""
    bailleurs = {une["organisme"] for une in registre if une["type_guichet"] == "BAILLEUR"}
    for bailleur in sorted(bailleurs):
        un = tableau(fiche.construire(edition, bailleur), "indicateurs-")
        for *_, autres, rang in un.lignes:
            if rang.valeur is not None:
                assert isinstance(rang.valeur, int)
                assert rang.sur
                assert 1 <= rang.valeur <= rang.sur
                assert autres.valeur is not None


def test_ce_qui_est_ouvert_l_etait_a_la_fin_du_mois(edition: Edition, bailleur: str) -> None:
    """A past month says what was open then: for a stock, its own numerator."""
    publies = chiffres_publies(edition, "organisme", bailleur)
    un = tableau(fiche.construire(edition, bailleur), "ouvertes-")
    ouvertes = {ligne["Indicateur"]: ligne["À corriger"] for ligne in rangees(un)}
    regles = fiche.lire(edition, "organisme", bailleur).catalogue.indicateurs
    stocks = [
        code
        for code, regle in regles.items()
        if code in de_stock(edition) and regle.libelle in ouvertes
    ]
    assert stocks
    for code in stocks:
        assert ouvertes[regles[code].libelle] == publies[code, edition.mois]["numerateur"]


def test_ce_qu_un_tableau_ne_montre_pas_est_dit(
    edition: Edition, bailleur: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """« 4 autres indicateurs. » said nothing of them."""
    lues = fiche._ouvertes
    dits = []
    for autres in (0, 1, 4):
        monkeypatch.setattr(fiche, "_ouvertes", lambda une, n=autres: (lues(une)[0], n))
        lu = texte(fiche.construire(edition, bailleur))
        dits += re.findall(r"\d autres? indicateurs?,[^.]*\.", lu)
    assert dits == [
        "1 autre indicateur, où il n'y en a pas plus, n'est pas montré.",
        "4 autres indicateurs, où il n'y en a pas plus, ne sont pas montrés.",
    ]


def test_les_constats_passes_d_une_fiche_sont_dits_a_part(edition: Edition, bailleur: str) -> None:
    """Of each, what its state rests on: no table calls them open, no sentence to be corrected."""
    lue = fiche.lire(edition, "organisme", bailleur)
    total = sum(
        mesure(valeur).numerateur
        for un in lue.indicateurs
        if (valeur := lue.valeur(un.code)) and un.imputable == "guichet" and not un.a_corriger
    )
    assert total
    *_, dit = section(fiche.construire(edition, bailleur), "Les anomalies suivies").blocs
    assert isinstance(dit, Paragraphe)
    lu = re.fullmatch(r"([\d\s]+)constats? passés?, à ne plus refaire\s:\s.+", dit.texte)
    assert lu
    assert int(re.sub(r"\D", "", lu[1])) == total


def test_un_compte_rendu_nomme_la_periode_a_laquelle_il_se_compare(version_demo: Lecture) -> None:
    """Four months of the second semester are published: they are compared with the four before."""
    lu = texte(mission.construire(lecture.du_semestre(version_demo, "2026-S2")))
    assert re.search(r"\d+ faits passés dans le semestre, contre \d+ les quatre mois d'avant\.", lu)


def test_une_fiche_additionne_le_semestre_ou_rien_n_est_tolere(
    edition: Edition, bailleur: str, tmp_path: Path
) -> None:
    """2 in February, 3 in April, none in the other months: the last one alone tells none."""
    change = f"""
        UPDATE valeurs SET denominateur = 10,
            numerateur = CASE mois WHEN '2026-02' THEN 2 WHEN '2026-04' THEN 3 ELSE 0 END,
            etat_mois = if(mois IN ('2026-02', '2026-04'), 'a_traiter', 'vert')
        WHERE code = 'ATT_DALO_INCOHERENT' AND niveau = 'organisme' AND guichet = $${bailleur}$$
    """
    with entrepot_change(edition, tmp_path / "d", change) as v:
        lu = texte(fiche.construire(sur(v, edition), bailleur))
    libelle = "Attributions dont le DALO contredit la demande"
    assert f"{libelle} : 5, à traiter en février et avril 2026, dont 3 en avril 2026." in lu
    avant = texte(fiche.construire(edition, bailleur))
    assert f"{libelle} : " not in avant


PIRE = f"""
UPDATE registre SET nom = concat('{NOM_LONG.replace("'", "''")} – agence ', guichet);
UPDATE registre SET organisme = $$%s$$ WHERE type_guichet = 'BAILLEUR';
UPDATE valeurs SET etat = 'rouge', numerateur = 12345, denominateur = 123456,
    numerateur_12m = 12345, denominateur_12m = 123456 WHERE denominateur > 0;
"""


def test_une_fiche_tient_toujours_sur_deux_pages(
    edition: Edition, registre: list[Ligne], bailleur: str, tmp_path: Path
) -> None:
    """Long names, every indicator in red, tens of guichets: two pages still."""
    guichet = next(une["guichet"] for une in registre if une["organisme"] == bailleur)
    assert len(NOM_LONG) > 90
    with entrepot_change(edition, tmp_path / "d", PIRE % bailleur) as v:
        for cle in (bailleur, guichet):
            document = fiche.construire(sur(v, edition), cle)
            assert len(tableau(document, "indicateurs-").lignes) > 10
            assert pdf.nombre_de_pages(document) <= 2
        (guichets,) = section(
            fiche.construire(sur(v, edition), bailleur), "Les guichets de l'organisme"
        ).blocs
    assert isinstance(guichets, Tableau)
    assert len(guichets.lignes) == fiche.GUICHETS
    assert re.search(r"\d+.autres guichets, moins en cause", guichets.lecture)


def test_une_fiche_de_trois_demandes_tient_sur_une_page_sans_rien_juger(
    edition: Edition, registre: list[Ligne], tmp_path: Path
) -> None:
    guichet = next(une["guichet"] for une in registre if une["type_guichet"] == "COMMUNE")
    peu = (
        "UPDATE valeurs SET etat = 'effectif_insuffisant', rang = NULL, numerateur = 1, "
        "denominateur = 3, numerateur_12m = 1, denominateur_12m = 3, taux = 1/3, taux_12m = 1/3 "
        f"WHERE guichet = '{guichet}'"
    )
    with entrepot_change(edition, tmp_path / "d", peu) as v:
        document = fiche.construire(sur(v, edition), guichet)
        assert pdf.nombre_de_pages(document) == 1
    lu = texte(document)
    assert "à reprendre" not in lu.lower()
    assert "33,3 %" in lu


def test_un_guichet_ferme_dit_depuis_quand(
    edition: Edition, registre: list[Ligne], tmp_path: Path
) -> None:
    """The guichet and its organisme, once all of its guichets are closed; not a day before."""
    une = next(une for une in registre if une["type_guichet"] == "COMMUNE")
    ferme = (
        "UPDATE registre SET date_fermeture = DATE '2026-06-{}' "
        f"WHERE organisme = '{une['organisme']}'"
    )
    with entrepot_change(edition, tmp_path / "d", ferme.format("30")) as v:
        for cle in (une["guichet"], une["organisme"]):
            document = fiche.construire(sur(v, edition), cle)
            assert document.mentions["Fermé depuis le"] == "30/06/2026"
            assert "Fermé depuis le 30 juin 2026" in texte(document)
    plus_tard = ferme.format("30").replace("2026-06-30", "2026-07-01")
    with entrepot_change(edition, tmp_path / "e", plus_tard) as v:
        assert "Fermé depuis le" not in texte(fiche.construire(sur(v, edition), une["guichet"]))


def test_une_fiche_compare_aux_autres_sans_le_guichet(edition: Edition, bailleur: str) -> None:
    """« contre 1,2 % pour les autres organismes de son type » is what the column says."""
    document = fiche.construire(edition, bailleur)
    dits = re.findall(r"contre ([\d,]+).% pour les autres organismes de son type", texte(document))
    autres = [
        f"{100 * float(str(une['Autres organismes'])):.1f}".replace(".", ",")
        for une in rangees(tableau(document, "indicateurs-"))
        if une["Autres organismes"] is not None
    ]
    assert set(dits) <= set(autres)
    lue = fiche.lire(edition, "organisme", bailleur)
    assert lue.semblables
    for code, eux in lue.semblables.items():
        ((n, d),) = edition.v.tuples(
            "SELECT sum(n_etat), sum(d_etat) FROM valeurs WHERE niveau = 'organisme' "
            "AND type_guichet = 'BAILLEUR' AND mois = $mois AND code = $code AND guichet <> $b",
            {"mois": edition.mois, "code": code, "b": bailleur},
        )
        assert (eux.n, eux.d) == (n, d)


def test_un_guichet_sans_aucune_valeur_a_sa_fiche(edition: Edition, tmp_path: Path) -> None:
    neuf = (
        "INSERT INTO registre BY NAME (SELECT * REPLACE ('G9999' AS guichet, 'Mairie neuve' AS nom,"
        f" 'G9999' AS organisme) FROM registre WHERE mois = '{edition.mois}' LIMIT 1)"
    )
    with entrepot_change(edition, tmp_path / "d", neuf) as v:
        document = fiche.construire(sur(v, edition), "mairie neuve")
        assert pdf.nombre_de_pages(document) == 1
    assert "Aucune demande concernée" in texte(document)


@pytest.mark.parametrize("ecrire", [str, str.lower, str.upper, lambda nom: f"  {nom} "])
def test_un_guichet_se_donne_par_son_code_ou_son_nom_quelle_que_soit_la_casse(
    edition: Edition, registre: list[Ligne], ecrire: type[str]
) -> None:
    une = next(une for une in registre if une["type_guichet"] == "COMMUNE")
    for nom in (une["guichet"], une["nom"]):
        assert fiche.trouver(edition, ecrire(nom)) == ("guichet", une["guichet"])


def test_un_nom_inconnu_propose_les_plus_proches(edition: Edition, registre: list[Ligne]) -> None:
    une = next(une for une in registre if une["type_guichet"] == "COMMUNE")
    faute = une["nom"].replace("a", "o", 1)
    with pytest.raises(Refus) as refus:
        fiche.construire(edition, faute)
    assert faute in str(refus.value)
    assert une["nom"] in str(refus.value.que_faire)


# --- Compte rendu de mission ----------------------------------------------------------------------


@pytest.fixture(scope="module")
def compte_rendu(edition: Edition) -> Document:
    return mission.construire(edition)


def test_la_mission_dit_chaque_livraison_controlee(
    edition: Edition, compte_rendu: Document
) -> None:
    lues = list(rangees(tableau(compte_rendu, "mission-livraisons")))
    actives = edition.v.lignes(
        "SELECT mois, total FROM tab01_01 WHERE code = 'ACTIVES' AND mois BETWEEN '2026-01' "
        "AND '2026-06' ORDER BY mois"
    )
    assert [une["Demandes actives"] for une in lues] == [une["total"] for une in actives]
    assert [une["Mois"] for une in lues][::5] == ["janvier 2026", "juin 2026"]
    assert all(une["Jours depuis la réception"] == 0 for une in lues)
    (chiffres,) = section(compte_rendu, "En bref").blocs
    assert isinstance(chiffres, Chiffres)
    assert (chiffres.chiffres[0].ecrit, chiffres.chiffres[0].sur) == ("6", "sur 6")


def test_ce_qui_est_a_corriger_est_ce_que_le_bilan_publie(
    edition: Edition, compte_rendu: Document
) -> None:
    """Of a stock or a tolérance zéro, the numerator of the last month; else that of 12 months."""
    publies = chiffres_publies(edition, "departement", "*")
    regles = fiche.lire(edition, "guichet", "G1301").catalogue.indicateurs
    par_nom = {un.libelle: un for un in regles.values()}
    *lignes, ensemble = rangees(tableau(compte_rendu, "mission-anomalies"))
    restent = [int(str(ligne["Au 30/06/2026"])) for ligne in lignes]
    for ligne, reste in zip(lignes, restent, strict=True):
        un = par_nom[str(ligne["Indicateur"])]
        du_mois = un.code in de_stock(edition) or un.tolerance_zero
        colonne = "numerateur" if du_mois else "numerateur_12m"
        assert reste == publies[un.code, edition.mois][colonne]
    assert len(restent) > 5
    (chiffres,) = section(compte_rendu, "En bref").blocs
    assert isinstance(chiffres, Chiffres)
    assert chiffres.chiffres[2].ecrit == str(sum(restent)) == str(ensemble["Au 30/06/2026"])


def test_les_constats_passes_sont_les_numerateurs_des_mois_du_semestre(
    edition: Edition, compte_rendu: Document
) -> None:
    """They are counted apart, month by month, and none of them is opened nor corrected."""
    publies = chiffres_publies(edition, "departement", "*")
    regles = fiche.lire(edition, "guichet", "G1301").catalogue.indicateurs
    passes = {un.libelle: un for un in regles.values() if not un.a_corriger}
    lignes = list(rangees(tableau(compte_rendu, "mission-constats")))
    assert lignes
    for ligne in lignes:
        un = passes[str(ligne["Indicateur"])]
        mois = mission.mois_du_semestre(edition)
        comptes = [publies.get((un.code, ici), {"numerateur": 0})["numerateur"] for ici in mois]
        assert ligne["Dans le semestre"] == sum(un or 0 for un in comptes)
        assert ligne["Ce qui reste possible"] == (un.encore_possible or "–")
    suivies = {str(ligne["Indicateur"]) for ligne in rangees(tableau(compte_rendu, "mission-anom"))}
    assert not suivies & set(passes)
    (chiffres,) = section(compte_rendu, "En bref").blocs
    assert isinstance(chiffres, Chiffres)
    total = sum(int(str(ligne["Dans le semestre"])) for ligne in lignes)
    assert re.sub(r"\D", "", chiffres.chiffres[3].ecrit) == str(total)


def test_ce_qui_a_precede_se_solve_ligne_a_ligne(version_demo: Lecture) -> None:
    """Four months beside the four before: what has gone since is a row too, of 0 now."""
    lu = mission.construire(lecture.du_semestre(version_demo, "2026-S2"))
    lignes = list(rangees(tableau(lu, "mission-constats")))
    trouve = re.search(r"([\d\s]+)faits passés dans le semestre, contre (\d+) les", texte(lu))
    assert trouve
    dits = [int(re.sub(r"\D", "", un)) for un in trouve.groups()]
    assert [
        sum(int(str(ligne[nom])) for ligne in lignes)
        for nom in ("Dans le semestre", "Période d'avant")
    ] == dits
    assert 0 in [ligne["Dans le semestre"] for ligne in lignes]


def test_un_mois_qui_manque_au_semestre_est_nomme_et_rien_n_y_est_compare(
    version_demo: Lecture,
) -> None:
    """Three months are not told beside four."""
    version = version_demo.version
    sans = tuple(une for une in version.livraisons if une.mois != "2026-08")
    ouverte = replace(version_demo.ouverte, version=replace(version, livraisons=sans))
    lu = texte(mission.construire(lecture.du_semestre(Lecture(ouverte, TOUT), "2026-S2")))
    assert "Août 2026 n'est pas publié : ce qu'il aurait montré manque" in lu.replace("\u202f", " ")
    assert re.search(r"\d+ faits passés dans le semestre\. Personne", lu)


def test_un_premier_mois_n_a_pas_de_compte_ni_d_acces_qu_il_n_a_pas(
    version_demo: Lecture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing is compared to itself; a table that was not delivered is no « 0 ouvert »."""
    version = version_demo.version
    seul = tuple(une for une in version.livraisons if une.mois == "2026-06")
    ouverte = replace(version_demo.ouverte, version=replace(version, livraisons=seul))
    edition = lecture.du_semestre(Lecture(ouverte, TOUT), SEMESTRE)
    assert "Accès au SNE dans le semestre" in texte(mission.construire(edition))
    monkeypatch.setattr(mission, "utilisateurs", lambda *_: [])
    document = mission.construire(edition)
    lu = texte(document)
    assert "à la fin de juin 2026, premier mois publié" in lu
    assert not re.search("Depuis, |Corrigées|Accès au SNE dans le semestre", lu)
    colonnes = [un.titre for un in tableau(document, "mission-anomalies").colonnes]
    assert colonnes == ["Indicateur", "Au 30/06/2026"]


def test_un_compte_de_zero_se_dit_en_mots(edition: Edition) -> None:
    zero = Compte(0, 0, 0, 0, 0, 0)
    contenu = replace(mission._contenu(edition), compte=zero)
    vu = replace(contenu, constats=0, constats_avant=5, table_constats=None)
    lu = texte(Document("courriers", "", "", "", edition.arrete, 1, vu.rediger()))
    assert (
        "Aucune anomalie n'était à corriger à la fin de décembre 2025. Depuis, aucune ne s'est "
        "ajoutée, aucune n'a été corrigée, aucune n'est sortie sans correction et aucune n'est "
        "devenue trop ancienne : il n'en reste aucune."
    ) in lu
    assert "Aucun fait passé n'a été relevé dans le semestre, contre 5 les six mois d'avant." in lu
    assert "Radiations sans préavis, tout compris" in lu  # those of the portal are no « fait »


def test_les_anomalies_d_un_semestre_se_solvent(edition: Edition, compte_rendu: Document) -> None:
    """Those of the arrêté before, as it published them, plus what came, less what went, remain."""
    publies = chiffres_publies(edition, "departement", "*")
    regles = fiche.lire(edition, "guichet", "G1301").catalogue.indicateurs
    par_nom = {un.libelle: un for un in regles.values()}
    lignes = list(rangees(tableau(compte_rendu, "mission-anomalies")))
    for ligne in lignes:
        avant, ouvertes, *parties, restent = (int(str(un)) for un in list(ligne.values())[1:])
        assert avant + ouvertes - sum(parties) == restent
        if un := par_nom.get(str(ligne["Indicateur"])):
            du_mois = un.code in de_stock(edition) or un.tolerance_zero
            colonne = "numerateur" if du_mois else "numerateur_12m"
            assert avant == publies[un.code, "2025-12"][colonne]
    assert lignes[-1]["Indicateur"] == "Ensemble"


def test_ce_que_seuls_savent_les_gens_se_remplit_a_la_main_ou_s_ecrit(
    edition: Edition, tmp_path: Path
) -> None:
    with entrepot_change(edition, tmp_path / "d") as v:
        sienne = sur(v, edition)
        titre = "Échantillons vérifiés sur pièces"
        vide = section(mission.construire(sienne), titre)
        assert "Aucun échantillon vérifié" in str(vide.blocs)
        chemin = mots.fichier(v.dossier.racine, SEMESTRE, "mission-echantillons")
        chemin.parent.mkdir(parents=True)
        chemin.write_text("**30 demandes** vérifiées à Vitrolles.", "utf-8")
        ecrite = section(mission.construire(sienne), titre)
        assert [type(un) for un in ecrite.blocs] == [Mots]
        chemin.write_text("<script>x</script>", "utf-8")
        with pytest.raises(Refus, match=re.escape("HTML")):
            mission.construire(sienne)


def test_sans_rien_la_mission_le_dit(edition: Edition, tmp_path: Path) -> None:
    with entrepot_change(edition, tmp_path / "d") as v:
        ouverte = replace(v.ouverte, version=replace(v.version, suivi={}))
        sans = Lecture(ouverte, TOUT)
        lu = texte(mission.construire(sur(sans, edition)))
    assert "Aucune anomalie à corriger n'a été relevée dans le semestre." in lu
    assert "Aucune valeur publiée du semestre n'a été révisée depuis." in lu


@pytest.mark.parametrize(
    ("cause", "dite"),
    [("livraison", "livraison corrigée ou tardive"), ("règle", "règle ou seuil modifié")],
)
def test_une_valeur_revisee_se_dit_avec_sa_cause(
    edition: Edition, tmp_path: Path, cause: str, dite: str
) -> None:
    revision = (
        "INSERT INTO revisions BY NAME SELECT departement, mois, code, guichet, "
        f"'guichet' AS niveau, '{cause}' AS cause, TIMESTAMP '2026-07-20 10:00:00' AS le, "
        "'vert' AS etat_avant, 'rouge' AS etat_apres FROM valeurs WHERE niveau = 'guichet' "
        f"AND mois = '{edition.mois}' AND code = 'ENR_DELAI' ORDER BY guichet LIMIT 4"
    )
    with entrepot_change(edition, tmp_path / "d", revision) as v:
        (ligne,) = rangees(tableau(mission.construire(sur(v, edition)), "mission-revisions"))
    assert ligne["Cause"] == dite
    assert (ligne["Indicateurs"], ligne["Valeurs de guichets"], ligne["dont état changé"]) == (
        1,
        4,
        4,
    )


def test_un_semestre_en_cours_est_provisoire(version_demo: Lecture) -> None:
    document = DOCUMENTS["mission"].construire(lecture.du_semestre(version_demo, "2026-S2"))
    assert "n'est pas encore publié" in document.provisoire
    assert "Édition provisoire" in texte(document)


# --- List of services enregistreurs ---------------------------------------------------------------


def test_la_liste_donne_chaque_guichet_ouvert_une_fois(
    edition: Edition, registre: list[Ligne]
) -> None:
    ouverts = {
        une["guichet"]
        for une in registre
        if une["type_guichet"] != "PORTAIL"
        and (une["date_fermeture"] is None or une["date_fermeture"] > edition.arrete)
    }
    document = liste_guichets.construire(edition)
    codes = [str(une["Code"]) for une in rangees(tableau(document, "liste"))]
    assert len(codes) == len(ouverts)
    assert set(codes) == ouverts
    assert not [
        une for une in rangees(tableau(document, "liste")) if "lun-" in str(une["Horaires"])
    ]
    assert f"{len(ouverts)} guichets des Bouches-du-Rhône" in texte(document)


def test_la_liste_se_range_comme_un_annuaire(edition: Edition, tmp_path: Path) -> None:
    """É stands with E, the 9th arrondissement before the 10th."""
    noms = "UPDATE registre SET date_fermeture = DATE '2020-01-01';" + ";".join(
        f"UPDATE registre SET commune = '{code}', date_fermeture = NULL WHERE guichet = "
        f"(SELECT guichet FROM registre WHERE date_fermeture IS NOT NULL AND type_guichet <> "
        f"'PORTAIL' AND mois = '{edition.mois}' ORDER BY guichet LIMIT 1)"
        for code in ("13035", "13210", "13209", "13046")
    )
    with entrepot_change(edition, tmp_path / "d", noms) as v:
        document = liste_guichets.construire(sur(v, edition))
    communes = [str(une["Commune"]) for une in rangees(tableau(document, "liste"))]
    assert communes == [
        "Eyguières",
        "Gréasque",
        "Marseille 9e Arrondissement",
        "Marseille 10e Arrondissement",
    ]


def test_un_guichet_ferme_quitte_la_liste_et_se_lit_dans_ce_qui_a_change(
    edition: Edition, registre: list[Ligne]
) -> None:
    document = liste_guichets.construire(edition)
    fermes = {une["guichet"] for une in registre if une["date_fermeture"]}
    assert fermes
    assert fermes.isdisjoint(str(une["Code"]) for une in rangees(tableau(document, "liste")))
    changes = {
        str(une["Code"]): une["Changement"] for une in rangees(tableau(document, "changements"))
    }
    assert {changes.get(un) for un in fermes} == {"fermé"}


def test_ce_qui_manque_au_registre_est_nomme(edition: Edition, tmp_path: Path) -> None:
    oubli = "UPDATE registre SET telephone = NULL, horaires = NULL WHERE guichet = 'G1301'"
    with entrepot_change(edition, tmp_path / "d", oubli) as v:
        lacunes = tableau(liste_guichets.construire(sur(v, edition)), "lacunes")
    manques = {str(une["Code"]): str(une["À compléter"]) for une in rangees(lacunes)}
    assert "téléphone et horaires" in manques["G1301"]


# --- Command line ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "nom"),
    [
        (["--document", "mission"], "mission-013-2026-S1.pdf"),
        (["--document", "guichets", "--format", "docx"], "guichets-013-2026-S1.docx"),
        (["--document", "fiche", "--guichet", "G1301"], "fiche-013-2026-S1-g1301.pdf"),
        (
            ["--document", "fiche", "--guichet", "G1301", "--format", "html"],
            "fiche-013-2026-S1-g1301.html",
        ),
    ],
)
def test_la_commande_ecrit_chaque_document_et_dit_ou(
    donnees: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], nom: str
) -> None:
    assert main(["bilan", SEMESTRE, *arguments]) == 0
    assert [un.name for un in (donnees / "restitutions").iterdir()] == [nom]
    assert nom in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--document", "fiche"], "Ajouter --guichet"),
        (["--document", "fiche", "--guichet", "Nulle part"], "ni un guichet ni un organisme"),
    ],
)
def test_une_fiche_sans_guichet_connu_n_ecrit_rien(
    donnees: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], message: str
) -> None:
    assert main(["bilan", SEMESTRE, *arguments]) == 1
    assert message in capsys.readouterr().err
    assert not (donnees / "restitutions").exists()


def test_les_noms_de_listes_ne_sont_pas_des_phrases(edition: Edition) -> None:
    """Changes of the register in the compte rendu are sentences with their date."""
    for un in section(mission.construire(edition), "Registre des guichets").blocs:
        if isinstance(un, Liste):
            assert all(
                re.search(r" : (?:ouvert|fermé|retiré) (?:le|en) .*\.$", point)
                for point in un.points
            )
