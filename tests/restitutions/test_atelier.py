"""The bilan of a partner holds its part and what everybody may read, nothing of another one."""

from __future__ import annotations

import functools
import math
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any, cast

import duckdb
import pypdfium2
import pytest

from infocentre.contrat.territoires import territoires as lieux_connus
from infocentre.lecture.commun import registre
from infocentre.lecture.lieux import epcis
from infocentre.lecture.lignes import Inscription
from infocentre.noyau.lecteurs import Lecteur
from infocentre.noyau.organismes import noms_organismes
from infocentre.restitutions import gestion_en_flux, pdf, vos_attributions
from infocentre.restitutions.atelier import Atelier, types_montrables
from infocentre.restitutions.bilan import Contexte
from infocentre.restitutions.document import (
    Document,
    Origine,
    Paragraphe,
    Section,
    Tableau,
)
from infocentre.restitutions.html import en_html
from infocentre.restitutions.lecture import Edition
from infocentre.restitutions.partenaires import Partenaire, partenaires
from tests.restitutions.test_mise_en_page import vides

pytestmark = pytest.mark.lent

SEUIL = 11
Faire = Callable[[Partenaire], Document]
GENRES = ["organisme", "collectivite", "ush", "action_logement"]


@pytest.fixture(scope="module")
def atelier(edition_demo: Edition) -> Atelier:
    return Atelier(edition_demo)


@pytest.fixture(scope="module")
def connus(edition_demo: Edition) -> list[Partenaire]:
    return list(partenaires(edition_demo).values())


@pytest.fixture(scope="module")
def guichets(edition_demo: Edition) -> list[Inscription]:
    e = edition_demo
    return registre(e.v, e.departement, e.mois)


@pytest.fixture(scope="module")
def document(atelier: Atelier) -> Faire:
    """Return what makes the document of a partner, once."""
    return functools.cache(atelier.construire)


def de_genre(connus: list[Partenaire], genre: str) -> list[Partenaire]:
    """Return one partner in four of a kind, the first at least."""
    trouves = [un for un in connus if un.genre == genre]
    assert trouves
    return trouves[::4]


def origines(document: Document) -> Iterator[tuple[Tableau, Origine]]:
    for tableau in document.tableaux():
        for ligne in tableau.lignes:
            yield from ((tableau, c.origine) for c in ligne if c.origine)


def siens(un: Partenaire, guichets: list[Inscription]) -> set[str]:
    """Return the guichets of a partner, and the organismes that are all its."""
    organismes = {une["organisme"] for une in guichets if une["guichet"] in un.guichets}
    autres = {une["organisme"] for une in guichets if une["guichet"] not in un.guichets}
    return {*un.guichets, *(organismes - autres)}


@pytest.mark.parametrize(
    "nom", ["CC Vallée des Baux-Alpilles (CC VBA)", "Istres", "Sainte-Baume Logis"]
)
def test_la_moitie_des_pages_parle_du_partenaire(
    document: Faire, connus: list[Partenaire], nom: str
) -> None:
    """What is its own comes first, on as many pages at least as all the rest."""
    (un,) = (un for un in connus if un.nom == nom)
    octets = pdf.en_octets(document(un))
    lu = pypdfium2.PdfDocument(octets)
    debuts = {une.get_title(): _place(lu, une) for une in lu.get_toc() if not une.level}
    general = debuts["Le département en bref"]
    *_, reste = vides(octets)
    assert general >= len(lu) - reste - general


@pytest.mark.parametrize("genre", GENRES)
def test_un_bilan_dit_si_les_petits_nombres_de_son_lecteur_y_sont(
    document: Faire, connus: list[Partenaire], genre: str
) -> None:
    """Who has guichets or a territory reads its own small counts: it is not for others."""
    for un in de_genre(connus, genre):
        siens = un.guichets or un.epci or un.communes or genre == "action_logement"
        dite = Lecteur.DESTINATAIRE if siens else Lecteur.PUBLIC
        assert document(un).diffusion == dite.diffusion, un.nom


def _place(lu: pypdfium2.PdfDocument, titre: Any) -> float:
    """Return where a title stands, in pages from the beginning."""
    cible = titre.get_dest()
    page, (_, (_, haut, *_)) = cible.get_index(), cible.get_view()
    return float(page + 1 - haut / lu[page].get_height())


@pytest.mark.parametrize("genre", GENRES)
def test_aucun_chiffre_d_un_autre(
    document: Faire, connus: list[Partenaire], guichets: list[Inscription], genre: str
) -> None:
    """A figure is that of the département, of a type, of a territory of its own, or its own."""
    autres = {une[nom] for une in guichets for nom in ("guichet", "organisme")}
    for un in de_genre(connus, genre):
        lus = {origine.ligne for _, origine in origines(document(un))}
        assert lus & autres <= siens(un, guichets), un.nom
        assert "*" in lus or genre != "ush"


@pytest.mark.parametrize("genre", GENRES)
def test_aucun_autre_organisme_n_est_nomme_avec_un_chiffre(
    document: Faire,
    atelier: Atelier,
    connus: list[Partenaire],
    guichets: list[Inscription],
    genre: str,
) -> None:
    """Sentences name no other organisme; tables neither, but the list of guichets, all text."""
    noms = noms_organismes(guichets)
    lieux = territoires(atelier)
    for un in de_genre(connus, genre):
        lus = mots(document(un))
        for cle, nom in noms.items():
            if cle in siens(un, guichets) or nom in {un.nom, *lieux}:
                continue
            assert not re.search(rf"\b{re.escape(nom)}\b(?![ -])", lus), (un.nom, nom)


def territoires(atelier: Atelier) -> set[str]:
    """Return the names of organismes that are those of a territory too, as a place is named."""
    e = atelier.edition
    types = {"Action Logement"}
    lieux = {str(une["libelle"]) for une in e.v.lignes("SELECT DISTINCT libelle FROM att_09")}
    return types | lieux | set(epcis(e.v, e.departement).values())


def mots(document: Document) -> str:
    """Return what a document says, the list of guichets left out: it has no figure."""
    sections = tuple(une for une in document.sections if "guichets du territoire" not in une.titre)
    return re.sub(r"<[^>]*>", " ", en_html(replace(document, sections=sections)))


def test_un_organisme_lit_sa_fiche_d_abord(
    document: Faire, connus: list[Partenaire], guichets: list[Inscription]
) -> None:
    bailleurs = {une["guichet"] for une in guichets if une["type_guichet"] == "BAILLEUR"}
    for un in de_genre(connus, "organisme"):
        premiere, *suite = document(un).sections
        assert premiere.titre == un.nom.split(" (")[0]
        # An indicator is defined when it is over a threshold: not each of them has one.
        titres = [une.titre for une in suite if une.titre != "Définitions des indicateurs"]
        siennes = ["Vos attributions"] if bailleurs & {*un.guichets} else []
        assert titres == [
            *siennes,
            "Le département en bref",
            "Méthode et limites",
            "Le secret statistique",
            "Glossaire",
        ]


# Of attributions of 12 months, read in the archive without the standard tables.
MIXITE = """count(*) FILTER (nb_hqpv = 1 AND date_signature_bail IS NOT NULL),
    count(*) FILTER (nb_hqpv = 1 AND date_signature_bail IS NOT NULL
        AND (nb_q1 = 1 OR estanru = 1)),
    count(*) FILTER (nb_qpv = 1 AND date_signature_bail IS NOT NULL),
    count(*) FILTER (nb_qpv = 1 AND date_signature_bail IS NOT NULL
        AND (nb_q2 = 1 OR nb_q3 = 1 OR nb_q4 = 1))
FROM read_parquet($fichier)
WHERE motif_radiation = 'RADATT'
    AND date_radiation > arrete - INTERVAL 1 YEAR AND date_radiation <= arrete"""
# What the law asks of a bailleur.
APART = f"""
SELECT count(*), count(*) FILTER (mode_mutation = 1),
    count(*) FILTER (type_reservataire = 'AUCUN'),
    count(*) FILTER (type_reservataire = 'AUCUN' AND (nb_dalo = 1 OR nb_menage_prioritaire = 1)),
    {MIXITE}
    AND siren_radiation = $siren
"""


def test_un_bailleur_lit_ses_attributions_et_ce_que_la_loi_en_attend(
    edition_demo: Edition, guichets: list[Inscription]
) -> None:
    e = edition_demo
    livraison = e.v.version.publiee(e.departement, e.mois)
    assert livraison
    fichier = str(e.v.dossier.archive(livraison) / "radiation.parquet")
    bailleurs = {une["organisme"] for une in guichets if une["type_guichet"] == "BAILLEUR"}
    lus = {
        siren: duckdb.execute(APART, {"fichier": fichier, "siren": siren}).fetchall()[0]
        for siren in bailleurs
    }
    for siren in sorted(lus, key=lambda un: -lus[un][0])[:3]:
        total, mutations, libres, prioritaires, hors_qpv, q1, qpv, q234 = lus[siren]
        section = vos_attributions.section(Contexte(e), {siren})
        seule = Document("bilan", "", "", "", e.arrete, 0, (section,))
        dit = " ".join(seule.texte.split())
        assert re.search(rf"\b{total} attributions?\b", dit)
        assert not mutations or f"{mutations} sur {total}" in dit
        (table,) = (t for t in seule.tableaux() if t.cle == "vos-obligations")
        assert [[case.valeur for case in une[1:3]] for une in table.lignes] == [
            [prioritaires, libres],
            [q1, hors_qpv],
            [q234, qpv],
        ]
        assert [une[5].valeur for une in table.lignes] == [
            max(math.ceil(part * sur) - voulues, 0) if sur else None
            for part, sur, voulues in (
                (0.25, libres, prioritaires),
                (0.25, hors_qpv, q1),
                (0.5, qpv, q234),
            )
        ]


def test_une_seule_attribution_hors_qpv_s_ecrit_sans_moitie_ni_tableau_vide(
    edition_demo: Edition, guichets: list[Inscription], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of one household no half waited less, and a table without a row is a sentence."""
    siren = next(une["organisme"] for une in guichets if une["guichet"] == "G1302")
    vrai = vos_attributions._bilan

    def une_seule(*lus: Any) -> Any:
        bilan: Any = vrai(*lus)
        return replace(bilan, total=1, median=13.9, en_qpv=replace(bilan.en_qpv, lignes=()))

    monkeypatch.setattr(vos_attributions, "_bilan", une_seule)
    section = vos_attributions.section(Contexte(edition_demo), {siren})
    seule = Document("bilan", "", "", "", edition_demo.arrete, 0, (section,))
    assert "Le ménage que vous avez logé l'a été 13,9\u00a0mois après" in seule.texte
    assert "Aucune de ces attributions n'est suivie d'un bail en QPV." in seule.texte
    assert all(un.lignes for un in seule.tableaux())


def test_un_bailleur_sans_attribution_a_son_siren_lit_quoi_faire(edition_demo: Edition) -> None:
    section = vos_attributions.section(Contexte(edition_demo), {"000000000"})
    (dit,) = section.blocs
    assert isinstance(dit, Paragraphe)
    assert "ne porte votre SIREN (000000000)" in dit.texte
    assert not section.sections


# What it asks of a contingent.
CONTINGENT = f"""
SELECT count(*), count(*) FILTER (nb_dalo = 1 OR nb_menage_prioritaire = 1),
    {MIXITE}
    AND type_reservataire = 'COLACT'
"""


def test_action_logement_lit_son_contingent_et_ce_que_la_loi_en_attend(
    document: Faire, connus: list[Partenaire], edition_demo: Edition
) -> None:
    """Its 25 % of ménages prioritaires (CCH L.313-26-2), where its contingent is, in clear."""
    e = edition_demo
    livraison = e.v.version.publiee(e.departement, e.mois)
    assert livraison
    fichier = str(e.v.dossier.archive(livraison) / "radiation.parquet")
    total, prioritaires, hors_qpv, q1, qpv, q234 = duckdb.execute(
        CONTINGENT, {"fichier": fichier}
    ).fetchall()[0]
    (un,) = (un for un in connus if un.genre == "action_logement")
    lu = document(un)
    assert [une.titre for une in lu.sections][:3] == [
        "Action Logement",
        "Votre contingent",
        "Le département en bref",
    ]
    assert f"{total} attributions ont été prononcées sur votre contingent" in " ".join(
        lu.texte.split()
    )
    tables = {
        t.cle: {str(une[0].valeur): [case.valeur for case in une[1:]] for une in t.lignes}
        for t in lu.tableaux()
    }
    ((comptes, objectif, manquantes),) = (
        (une[:2], une[3], une[4]) for une in tables["vos-obligations"].values()
    )
    assert comptes == [prioritaires, total]
    assert (objectif, manquantes) == (0.25, max(math.ceil(total / 4) - prioritaires, 0))
    ensembles = {cle: une["Ensemble"] for cle, une in tables.items() if "Ensemble" in une}
    assert [q1, hors_qpv] in [une[:2] for une in ensembles.values()]
    assert [q234, qpv] in [une[:2] for une in ensembles.values()]
    (lieux,) = (une for cle, une in tables.items() if une.get("Ensemble", [])[:2] == comptes[::-1])
    assert sum(cast("int", une[0]) for nom, une in lieux.items() if nom != "Ensemble") == total


def test_un_reservataire_est_juge_sur_l_objectif_qui_est_le_sien(
    edition_demo: Edition, monkeypatch: pytest.MonkeyPatch
) -> None:
    """D'un objectif de 1 %, rien ne manque ; de 100 %, tout ce qui n'est pas prioritaire."""
    for part, atteint in ((0.01, "est"), (1.0, "n'est pas")):
        monkeypatch.setattr(
            vos_attributions, "objectifs_propres", lambda *_, part=part: {"prioritaires": part}
        )
        section = vos_attributions.contingent(Contexte(edition_demo), "flux-action-logement")
        seule = Document("bilan", "", "", "", edition_demo.arrete, 0, (section,))
        assert f"L'objectif de ménages prioritaires {atteint} " in " ".join(seule.texte.split())
        tables = {un.cle: un for un in seule.tableaux()}
        ((_, voulues, total, _, vise, manquantes, *_),) = (
            [case.valeur for case in une] for une in tables["vos-obligations"].lignes
        )
        assert isinstance(total, int)
        assert isinstance(voulues, int)
        assert (vise, manquantes) == (part, 0 if part < 1 else total - voulues)
        (lieux,) = (un for un in tables.values() if un.colonnes[0].titre == "Arrondissement")
        titres = [un.titre for un in lieux.colonnes]
        (ensemble,) = (une for une in lieux.lignes if une[0].valeur == "Ensemble")
        dites = dict(zip(titres, [case.valeur for case in ensemble], strict=True))
        assert dites.get("Manquantes pour l'objectif", 0) == manquantes, "as in the whole"


def test_sans_attribution_sur_son_contingent_le_reservataire_lit_quoi_faire(
    edition_demo: Edition, monkeypatch: pytest.MonkeyPatch
) -> None:
    personne = replace(gestion_en_flux.RESERVATAIRES["flux-autres"], codes=("PERSONNE",))
    monkeypatch.setitem(cast("Any", gestion_en_flux.RESERVATAIRES), "flux-autres", personne)
    section = vos_attributions.contingent(Contexte(edition_demo), "flux-autres")
    (dit,) = section.blocs
    assert isinstance(dit, Paragraphe)
    assert "n'est déclarée sur votre contingent (Autres réservataires)" in dit.texte
    assert not section.sections


def test_un_epci_ne_lit_que_son_territoire(
    document: Faire, connus: list[Partenaire], edition_demo: Edition
) -> None:
    """Its page, its communes; the rows of no other EPCI nor of their communes."""
    noms = epcis(edition_demo.v, edition_demo.departement)
    for un in [un for un in connus if un.epci]:
        lu = document(un)
        lignes = {o.ligne for _, o in origines(lu) if o.code in {"ATT-09", "DEM-05"}}
        lus = {ligne.split("/")[1] for ligne in lignes if ligne.startswith("epci/")}
        assert lus == set(un.epci)
        assert not any(nom in mots(lu) for code, nom in noms.items() if code not in un.epci)


def test_une_commune_lit_son_territoire_entre_son_epci_et_le_departement(
    document: Faire, connus: list[Partenaire]
) -> None:
    (aix,) = (un for un in connus if un.nom == "Aix-en-Provence")
    lu = document(aix)
    (table,) = (un for un in lu.tableaux() if un.cle == "communes")
    assert [str(ligne[0].valeur) for ligne in table.lignes] == [
        "Aix-en-Provence",
        "Métropole d'Aix-Marseille-Provence",
        "Ensemble",
    ]
    assert lu.mentions["Périmètre"] == "Son territoire, 1\xa0guichet et l'ensemble du département"


@pytest.mark.parametrize("genre", ["etat", "gip_sne"])
def test_l_etat_et_le_gip_lisent_le_bilan_entier(
    document: Faire, connus: list[Partenaire], genre: str
) -> None:
    (un,) = de_genre(connus, genre)
    lu = document(un)
    assert (lu.destinataire, lu.lecteur.masque) == (un.nom, True)
    titres = {une.titre for une in lu.sections}
    assert {"Relevé de décisions", "Les indicateurs par organisme"} <= titres


def test_les_mots_du_copil_et_leurs_titres_restent_au_copil(
    document: Faire, connus: list[Partenaire]
) -> None:
    """No empty heading is left where they stood, nor instructions to the gestionnaire."""
    for genre in GENRES:
        lu = document(de_genre(connus, genre)[0])
        assert sans_rien(lu.sections) == []
        assert "comparaisons.yml" not in en_html(lu)
        assert "Faits marquants" not in en_html(lu)


def sans_rien(sections: tuple[Section, ...]) -> list[str]:
    return [
        titre
        for une in sections
        for titre in (
            [une.titre] if not une.blocs and not une.sections else sans_rien(une.sections)
        )
    ]


def test_les_petits_nombres_de_tous_sont_masques(
    document: Faire, connus: list[Partenaire], guichets: list[Inscription]
) -> None:
    """Its own and those of its territory are whole, those of everybody are not."""
    lieux = lieux_connus()
    for genre in GENRES:
        un = de_genre(connus, genre)[0]
        communes = {*un.communes, *(code for code, lieu in lieux.items() if lieu.epci in un.epci)}
        propres = siens(un, guichets) | {*un.epci, *communes}
        for tableau in document(un).tableaux():
            for ligne in tableau.lignes:
                for cellule, colonne in zip(ligne, tableau.colonnes, strict=True):
                    if colonne.titre.startswith(("Manquantes", "Objectif")) or not cellule.origine:
                        continue
                    petit = isinstance(cellule.valeur, int) and 0 < cellule.valeur < SEUIL
                    lieu = cellule.origine.ligne.rpartition("/")[2]
                    assert not petit or lieu in propres, (un.nom, cellule)


def test_un_type_n_est_montre_que_si_trois_autres_en_sont() -> None:
    """Two others could subtract themselves; a type alone hidden would be found by subtraction."""
    bailleurs = [ligne(f"B{rang}", "BAILLEUR") for rang in range(4)]
    communes = [ligne(f"C{rang}", "COMMUNE") for rang in range(3)]
    assert types_montrables([*bailleurs, *communes], {"B0"}) == {"BAILLEUR", "COMMUNE"}
    assert types_montrables(bailleurs[:3], {"B0"}) == set()
    seul = [*bailleurs, *communes, ligne("E0", "ETAT")]
    assert types_montrables(seul, {"B0"}) == {"BAILLEUR"}


def ligne(guichet: str, type_guichet: str) -> Inscription:
    inscrit = dict.fromkeys(Inscription.__annotations__) | {
        "guichet": guichet,
        "organisme": guichet,
        "type_guichet": type_guichet,
    }
    return cast("Inscription", inscrit)
