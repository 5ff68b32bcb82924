"""The synthèse of the préfet: two pages whatever the data, in words that he uses."""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from dataclasses import replace
from html import unescape
from pathlib import Path

import pypdfium2
import pytest

from infocentre.acces.perimetre import TOUT
from infocentre.catalogue import Indicateur
from infocentre.cli import main
from infocentre.contrat.territoires import departements
from infocentre.lecture.accueil import a_reprendre
from infocentre.lecture.commun import indicateurs, registre, valeurs
from infocentre.lecture.guichets import guichets
from infocentre.lecture.lecteur import Lecture
from infocentre.lecture.tableaux import lire_tableau
from infocentre.noyau.erreurs import Refus
from infocentre.noyau.temps import mois_avant, nom_mois
from infocentre.restitutions import html, lecture, mots, pdf
from infocentre.restitutions.document import (
    Chiffres,
    Document,
    Graphique,
    Liste,
    Origine,
    Section,
    Service,
    Tableau,
)
from infocentre.restitutions.lecture import Edition
from infocentre.restitutions.registre import DOCUMENTS
from infocentre.restitutions.synthese import chiffres, construire
from infocentre.restitutions.synthese.attendu import CLE
from infocentre.restitutions.synthese.guichets import dire_cas
from tests.donnees.atelier import MAGASIN
from tests.profondeur import PROFONDEUR
from tests.restitutions.accessibilite import exiger_accessible
from tests.restitutions.changes import entrepot_change, sur

pytestmark = pytest.mark.lent

TIRAGES = 3 * PROFONDEUR
RUBRIQUES = [
    "Points soumis à votre décision",
    "Réalisé et objectifs",
    "Six chiffres",
    "L'image du mois",
    "Suivis par le gestionnaire, sans décision à prendre",
    "Organismes en rouge ou à traiter",
    "Communes à accompagner",
    "Peut-on se fier aux chiffres du DALO et des réservataires ?",
    "Ce qu'on ne peut pas dire ce mois-ci",
]
# What a préfet has no use for; « ressources » and « parts » are his words.
STATISTIQUE = re.compile(
    r"médian|moyenne|quartile|décile|intervalle|marge d|écart|signif|Wilson|confiance|entonnoir|"
    r"numérateur|dénominateur|taux d'ensemble|échantillon|effectif|pondér|aléa|n\.c\.|s\.o\.",
    re.IGNORECASE,
)


@pytest.fixture(scope="module")
def document(edition_demo: Edition) -> Document:
    return DOCUMENTS["synthese"].construire(edition_demo)


@pytest.fixture(scope="module")
def octets(document: Document) -> bytes:
    return pdf.en_octets(document)


def section(document: Document, gabarit: str) -> Section:
    return next(une for une in document.sections if une.gabarit == gabarit)


def texte(document: Document) -> str:
    """Words of the document, its markup taken off, straight apostrophes."""
    corps = html.en_html(document, impression=True).split("<main>", 1)[1]
    corps = re.sub(r"</?(?:strong|em|abbr|span)\b[^>]*>", "", corps)
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", corps))).replace("’", "'")


# --- What it says ---------------------------------------------------------------------------------


def test_elle_commence_par_ce_qui_est_attendu_et_finit_par_ce_qu_on_ne_sait_pas(
    document: Document, octets: bytes
) -> None:
    titres = [une.titre for une in document.sections]
    assert [titre for titre in titres if "alerte" not in titre] == RUBRIQUES
    assert "alerte" in titres[3]
    with pypdfium2.PdfDocument(octets) as lu:
        pages = [page.get_textpage().get_text_range() for page in lu]
    lues = re.sub(r"\s+", " ", "".join(pages)).replace("’", "'")
    places = [lues.find(une) for une in titres]
    assert -1 not in places
    assert places == sorted(places)


def chiffre_lu(edition: Edition, origine: Origine) -> object:
    """What the tables and values say where a figure tells that it comes from."""
    ici = edition.departement
    if "-" in origine.code:
        lu = lire_tableau(edition.v, origine.code, ici, origine.mois, partage=False)
        return next(une for une in lu.lignes if une["code"] == origine.ligne)[origine.colonne]
    niveaux = ("departement", "guichet", "organisme")
    lignes = [
        une
        for niveau in niveaux
        for une in valeurs(
            edition.v, ici, origine.mois, niveau=niveau, guichet=origine.ligne, code=origine.code
        )
    ]
    (ligne,) = lignes
    return dict(ligne)[origine.colonne]


def test_chaque_chiffre_d_un_tableau_est_celui_que_donne_l_infocentre(
    editer: Callable[[str], Edition], edition_demo: Edition
) -> None:
    verifies = 0
    for mois in edition_demo.mois_connus[-3:]:
        edition = editer(mois)
        for tableau in construire(edition).tableaux():
            for cellule in (une for ligne in tableau.lignes for une in ligne if une.origine):
                assert cellule.origine
                assert cellule.valeur == pytest.approx(chiffre_lu(edition, cellule.origine))
                verifies += 1
    assert verifies > 100


def test_les_six_chiffres_disent_ce_que_donne_l_infocentre(
    document: Document, edition_demo: Edition
) -> None:
    (bloc,) = section(document, "six").blocs
    assert isinstance(bloc, Chiffres)
    assert len(bloc.chiffres) == 6
    for un in bloc.chiffres[:5]:
        assert un.origine
        valeur = chiffre_lu(edition_demo, un.origine)
        assert isinstance(valeur, int | float)
        ecrit = float(re.sub(r"[^\d,]", "", un.ecrit).replace(",", "."))
        assert un.libelle != "Attente avant d'être logé" or re.fullmatch(r"\d+,\d\smois", un.ecrit)
        assert ecrit == pytest.approx(valeur, abs=0.5 if "," not in un.ecrit else 0.05)


def points(document: Document, gabarit: str) -> tuple[str, ...]:
    """Return the points of the list of a section."""
    (liste,) = (un for un in section(document, gabarit).blocs if isinstance(un, Liste))
    return liste.points


def test_ce_qui_est_illegal_passe_devant_parmi_ceux_a_qui_personne_n_a_ecrit(
    edition_demo: Edition, tmp_path: Path
) -> None:
    """Font-Claire declares irrecevable what only a bailleur may; then the most cases."""
    rouges = (
        "UPDATE valeurs SET etat = 'rouge', numerateur_12m = {} "
        "WHERE guichet = '{}' AND code = '{}'"
    )
    with entrepot_change(
        edition_demo,
        tmp_path / "d",
        rouges.format(90, "G1303", "ATT_RPLS_NR"),
        rouges.format(100, "G1310", "MSG_ANOMALIE"),
    ) as v:
        document = construire(sur(v, edition_demo))
    (dit,) = (un for un in points(document, "suivies") if un.startswith("**Jamais signalé**"))
    places = [dit.index(nom) for nom in ("Font-Claire", "Crau Solidaire", "Étang Bleu")]
    assert places == sorted(places)
    assert "leur écrit d'abord (étape 1, convention 3.2.2 b)" in dit.replace("’", "'")
    demandes = [un.split("**")[1] for un in points(document, "attendu")]
    assert demandes == ["Objectif annuel du Logement d'abord", "Délai anormalement long"]


def test_un_guichet_ferme_n_a_plus_de_regle_a_rappeler(
    edition_demo: Edition, tmp_path: Path
) -> None:
    ferme = "UPDATE registre SET date_fermeture = DATE '2026-09-01' WHERE guichet = 'G1309'"
    with entrepot_change(edition_demo, tmp_path / "d", ferme) as v:
        dit = points(construire(sur(v, edition_demo)), "attendu")[0]
    assert "Font-Claire" in dit
    assert "fermé depuis le 1er septembre 2026" in dit
    assert "désigner le guichet qui reprend ses demandes" in dit


def test_chaque_point_dit_son_fondement_et_la_decision_proposee(document: Document) -> None:
    for un in points(document, "attendu"):
        fondement, decision = re.split(r"\*\*Décision proposée\*\*\s:", un)
        assert re.search(r"\((?:CCH|convention|arrêté|plan)\s", fondement)
        assert decision.strip().endswith(".")


def test_une_attribution_sans_arrondissement_ne_compte_que_dans_l_ensemble(
    edition_demo: Edition, tmp_path: Path
) -> None:
    inconnues = (
        "INSERT INTO att_11 BY NAME SELECT * REPLACE ('NR' AS code, 4 AS attributions, "
        "'Arrondissement inconnu' AS libelle, 1 AS prioritaires) FROM att_11 WHERE code = '*'"
    )
    sans = "DELETE FROM att_11 WHERE code = 'NR'"
    with entrepot_change(edition_demo, tmp_path / "d", sans, inconnues) as v:
        document = construire(sur(v, edition_demo))
    tableau = section(document, "realise").blocs[0]
    assert isinstance(tableau, Tableau)
    assert "Arrondissement inconnu" not in [ligne[0].valeur for ligne in tableau.lignes]
    dit = "4\u00a0attributions, dont une à un ménage prioritaire, ne sont situées"
    assert dit in tableau.lecture


def test_une_commune_n_est_nommee_qu_au_dela_du_hasard(
    edition_demo: Edition, tmp_path: Path
) -> None:
    """2 cases out of 139 name nobody; 30 out of 139, where the others have few, name it."""
    calme = "UPDATE valeurs SET etat = 'vert' WHERE type_guichet = 'COMMUNE'"
    dits = []
    for n in (2, 30):
        cas = (
            f"UPDATE valeurs SET numerateur = {n}, denominateur = 139, etat = 'orange' "
            "WHERE niveau = 'guichet' AND code = 'DBL_ACTIF' AND guichet = "
            "(SELECT max(guichet) FROM valeurs WHERE type_guichet = 'COMMUNE' "
            f"AND niveau = 'guichet' AND code = 'DBL_ACTIF' AND mois = '{edition_demo.mois}')"
        )
        with entrepot_change(edition_demo, tmp_path / str(n), calme, cas) as v:
            dits.append(texte(construire(sur(v, edition_demo))))
    assert ["2 sur 139" in dits[0], "30 sur 139" in dits[1]] == [False, True]
    seule = "Aucune commune ne se distingue au-delà de ce que le hasard explique."
    autre = seule.replace("commune", "autre commune")  # one is told of above
    assert [seule in dits[0], autre in texte(construire(edition_demo))] == [True, True]


def test_sans_guichet_juge_aucun_n_est_dit_sans_faute(
    edition_demo: Edition, tmp_path: Path
) -> None:
    """Without a register no guichet has a type, and none is judged: « aucun en rouge » is false."""
    sans = "UPDATE valeurs SET etat = 'contexte', etat_mois = 'contexte' WHERE niveau = 'guichet'"
    with entrepot_change(
        edition_demo, tmp_path / "d", sans, sans.replace("guichet", "organisme")
    ) as v:
        lu = texte(construire(sur(v, edition_demo)))
    assert lu.count("Aucun guichet n'est jugé ce mois-ci") == 2
    assert "Guichets en rouge ou à traiter – aucun guichet n'est jugé" in lu
    assert "Aucun organisme n'est en rouge" not in lu


def test_une_commune_en_rouge_est_dite_a_part_des_organismes(
    edition_demo: Edition, tmp_path: Path
) -> None:
    """« Aucun organisme » is said of the others: the commune is a guichet in red of the page."""
    calme = "UPDATE valeurs SET etat = 'vert' WHERE niveau = 'organisme'"
    aucun = calme.replace("organisme", "guichet")
    inconnu = (
        "UPDATE valeurs SET etat = 'rouge', type_guichet = NULL, n_etat = 15, d_etat = 20 "
        "WHERE niveau = 'organisme' AND guichet = (SELECT min(guichet) FROM valeurs "
        "WHERE niveau = 'organisme' AND code = 'ENR_DELAI') AND code = 'ENR_DELAI'"
    )
    dits = []
    for rang, changements in enumerate([(calme,), (calme, aucun), (calme, aucun, inconnu)]):
        with entrepot_change(edition_demo, tmp_path / str(rang), *changements) as v:
            dits.append(texte(construire(sur(v, edition_demo))))
    rien = "Aucun organisme n'est en rouge ni à traiter ce mois-ci"
    assert [f"{rien}, hors communes." in dits[0], f"{rien}." in dits[1]] == [True, True]
    assert rien.replace("organisme", "organisme du registre") in dits[2]


def test_un_signe_du_tableau_des_organismes_est_explique(
    edition_demo: Edition, tmp_path: Path
) -> None:
    """« ✖ 100 % » stood beside « ■ 23 % »: both are red, and nothing said what differs."""
    calme = "UPDATE valeurs SET etat = 'vert' WHERE niveau = 'organisme'"
    un = (
        "UPDATE valeurs SET etat = '{}', type_guichet = 'BAILLEUR', n_etat = 15, d_etat = 20 "
        "WHERE niveau = 'organisme' AND code = 'ENR_DELAI' AND guichet = (SELECT {}(guichet) "
        "FROM valeurs WHERE niveau = 'organisme' AND code = 'ENR_DELAI' "
        f"AND mois = '{edition_demo.mois}' AND denominateur > 0)"
    )
    rouge, a_traiter = un.format("rouge", "min"), un.format("a_traiter", "max")
    dits = []
    for rang, changements in enumerate([(calme, rouge), (calme, rouge, a_traiter)]):
        with entrepot_change(edition_demo, tmp_path / str(rang), *changements) as v:
            lu = texte(construire(sur(v, edition_demo)))
        dits += re.findall(r"de son type .*?%? ((?:■ rouge|✖)[^.%]*\.)", lu)
    assert dits == ["■ rouge.", "■ rouge et ✖ à traiter."]


def test_qui_est_a_traiter_n_est_pas_de_ceux_dont_on_ne_peut_rien_dire(
    edition_demo: Edition, tmp_path: Path
) -> None:
    """Where every guichet does too little, one of them that is « à traiter » is not counted."""
    petits = (
        "UPDATE valeurs SET etat = 'effectif_insuffisant' "
        f"WHERE niveau = 'guichet' AND mois = '{edition_demo.mois}'"
    )
    un = (
        "UPDATE valeurs SET etat = 'a_traiter' WHERE code = 'ACC_DEPART_OUVERT' "
        f"AND niveau = 'guichet' AND mois = '{edition_demo.mois}' AND guichet = 'G1302'"
    )
    dits = []
    for rang, changements in enumerate([(petits,), (petits, un)]):
        with entrepot_change(edition_demo, tmp_path / str(rang), *changements) as v:
            lu = texte(construire(sur(v, edition_demo)))
        dits += re.findall(r"(\d+) guichets enregistrent trop peu", lu)
    avant, apres = map(int, dits)
    assert apres == avant - 1


def test_la_deuxieme_page_n_est_pas_vide_a_plus_du_tiers(octets: bytes) -> None:
    with pypdfium2.PdfDocument(octets) as lu:
        image = lu[1].render(scale=0.25, grayscale=True).to_numpy()
    hauteur = len(image)
    pied = int(hauteur * (1 - 14 / 297))
    encre = [rang for rang in range(pied) if image[rang].min() < 200]
    assert (pied - encre[-1]) / hauteur < 0.3


def test_sous_trente_une_evolution_se_dit_en_nombre(edition_demo: Edition, tmp_path: Path) -> None:
    """7 after 4 is 3 more, not 75 %."""
    mois = edition_demo.mois
    petits = (
        f"UPDATE dem_02 SET total = 7 WHERE code = mois AND mois = '{mois}'",
        f"UPDATE dem_02 SET total = 4 WHERE code = mois AND mois = '{mois_avant(mois, 12)}'",
        f"UPDATE att_01 SET total = 5 WHERE code = '*' AND mois = '{mois}'",
    )
    with entrepot_change(edition_demo, tmp_path / "d", *petits) as v:
        (bloc,) = section(construire(sur(v, edition_demo)), "six").blocs
    assert isinstance(bloc, Chiffres)
    assert (bloc.chiffres[1].ecrit, bloc.chiffres[1].evolution) == ("7", "en hausse de 3 en un an")
    assert (bloc.chiffres[2].ecrit, bloc.chiffres[2].sur) == ("5", "0,4 par mois")  # not « 0 »


@pytest.fixture(scope="module")
def de_chaque_mois(editer: Callable[[str], Edition], edition_demo: Edition) -> list[Document]:
    return [construire(editer(mois)) for mois in edition_demo.mois_connus]


def test_un_premier_mois_n_a_pas_d_alerte_faute_de_se_comparer(
    de_chaque_mois: list[Document],
) -> None:
    """« Aucune alerte » would be said above a guichet in red."""
    premier, *autres = map(texte, de_chaque_mois)
    viendront = "Les alertes viendront avec un deuxième mois : rien ne se compare encore."
    assert viendront in premier
    assert "Aucune alerte" not in premier
    assert not [un for un in autres if viendront in un]


def test_qui_etait_deja_en_rouge_n_y_passe_pas(edition_demo: Edition, tmp_path: Path) -> None:
    """Two are in red for an indicator that was green: one of them was, for another. One is new."""
    e = edition_demo
    avant = mois_avant(e.mois, 1)
    deux = [une["guichet"] for une in registre(e.v, e.departement, e.mois)][:2]
    rouges = [
        (deux[0], "CPL_CHAMPS", f"'{avant}', '{e.mois}'"),
        (deux[0], "ENR_DELAI", f"'{e.mois}'"),
        (deux[1], "ENR_DELAI", f"'{e.mois}'"),
    ]
    changements = ["UPDATE valeurs SET etat = 'vert', etat_mois = 'vert' WHERE niveau != '*'"] + [
        f"UPDATE valeurs SET etat = 'rouge', etat_mois = 'rouge' WHERE guichet = '{guichet}' "
        f"AND niveau = 'guichet' AND code = '{code}' AND mois IN ({quand})"
        for guichet, code, quand in rouges
    ]
    with entrepot_change(e, tmp_path / "d", *changements) as v:
        dit = texte(construire(sur(v, e)))
    assert dit.count("était déjà en rouge ou à traiter, et l'est aussi depuis ce mois-ci") == 1
    assert dit.count("passe en rouge ou à traiter ce mois-ci") == 1
    assert "dont 1 nouveau ce mois-ci" in dit


def test_sans_le_mois_d_avant_elle_dit_depuis_lequel(edition_demo: Edition, tmp_path: Path) -> None:
    """September is not delivered: one was in red in August for another, one enters."""
    e, vides = edition_demo, ["DELETE FROM valeurs WHERE mois = '2026-09'"]
    assert e.mois == "2026-10"
    un, deux = [une["guichet"] for une in registre(e.v, e.departement, e.mois)][:2]
    vides.append("UPDATE valeurs SET etat = 'vert', etat_mois = 'vert' WHERE niveau != '*'")
    rouges = (
        f"UPDATE valeurs SET etat = 'rouge', etat_mois = 'rouge' WHERE niveau = 'guichet' AND ("
        f"guichet = '{un}' AND code = 'CPL_CHAMPS' AND mois >= '2026-08' "
        f"OR guichet IN ('{un}', '{deux}') AND code = 'ENR_DELAI' AND mois = '2026-10')"
    )
    with entrepot_change(e, tmp_path / "d", *vides, rouges) as v:
        restent = tuple(une for une in v.version.livraisons if une.mois != "2026-09")
        ouverte = replace(v.ouverte, version=replace(v.version, livraisons=restent))
        dit = texte(construire(sur(Lecture(ouverte, TOUT), e)))
    entre = "entre août 2026 et octobre 2026"
    assert dit.count(f"était déjà en rouge ou à traiter, et l'est devenu aussi {entre} :") == 1
    assert dit.count(f"passe en rouge ou à traiter {entre} :") == 1
    assert "dont 1 nouveau depuis août 2026" in dit
    assert not re.search(r"depuis ce mois-ci|ce mois-ci :|nouveaux? ce mois-ci", dit)


def test_la_croix_d_un_mois_qui_n_est_pas_publie_est_expliquee(
    edition_demo: Edition, document: Document, tmp_path: Path
) -> None:
    """A cross stood at the foot of the curve, of which nothing was said."""
    e, dite = edition_demo, "Un mois sans point (×) n'a pas de chiffre."
    sans = [f"DELETE FROM {une} WHERE mois = '2026-09'" for une in ("valeurs", *MARTS)]
    with entrepot_change(e, tmp_path / "d", *sans) as v:
        restent = tuple(une for une in v.version.livraisons if une.mois != "2026-09")
        ouverte = replace(v.ouverte, version=replace(v.version, livraisons=restent))
        lu = construire(sur(Lecture(ouverte, TOUT), e))
    assert [dite in texte(un) for un in (lu, document)] == [True, False]


def test_un_objectif_d_objectifs_yml_n_est_pas_a_fixer(
    edition_demo: Edition, tmp_path: Path
) -> None:
    """Of the year of the month; that of the year after leaves it to be set."""
    dit = "INSERT INTO objectifs VALUES ('logement_dabord', '013', %d, '*', 9)"
    for annee, a_fixer in ((2026, False), (2027, True)):
        with entrepot_change(edition_demo, tmp_path / str(annee), dit % annee) as v:
            lu = texte(construire(sur(v, edition_demo)))
        assert ("Objectif annuel du Logement d'abord" in lu) is a_fixer


def test_aucun_mot_de_statistique(de_chaque_mois: list[Document]) -> None:
    for un in de_chaque_mois:
        assert STATISTIQUE.findall(texte(un)) == []


def test_une_part_ne_va_pas_sans_ce_a_quoi_elle_se_rapporte(
    de_chaque_mois: list[Document],
) -> None:
    """Each percentage of a sentence stands behind its counts: « 12 sur 345 (3,5 %) »."""
    parts = 0
    for document in de_chaque_mois:
        for gabarit in ("alertes", "communes"):
            for un in section(document, gabarit).blocs:
                ecrit = " ".join(un.points) if isinstance(un, Liste) else str(un)
                parts += ecrit.count("%")
                assert ecrit.count("%") == len(re.findall(r"\d sur \d[^(]{,40}\([\d,]+.%", ecrit))
    assert parts


def test_elle_est_accessible_et_la_meme_deux_fois(
    octets: bytes, edition_demo: Edition, tmp_path: Path
) -> None:
    exiger_accessible(octets, tmp_path, sans_reserve=True)
    assert pdf.en_octets(DOCUMENTS["synthese"].construire(edition_demo)) == octets


# --- Other data -----------------------------------------------------------------------------------


def test_un_objectif_manque_se_dit_et_devient_l_image(
    edition_demo: Edition, tmp_path: Path
) -> None:
    changement = "UPDATE att_11 SET objectif = 0.9, manquantes = 7 WHERE code <> 'NR'"
    with entrepot_change(edition_demo, tmp_path / "d", changement) as v:
        document = construire(sur(v, edition_demo))
    assert "il en manque" in texte(document)
    (image,) = section(document, "image").blocs
    assert isinstance(image, Graphique)
    assert "sous l'objectif de 90" in image.titre
    assert image.forme == "barres"


def test_l_image_dit_de_combien_d_attributions_sont_les_arrondissements_qu_elle_compte(
    edition_demo: Edition, tmp_path: Path
) -> None:
    """Four miss the objective; one of 19 attributions is in the table and not in the picture."""
    manquent = (
        "UPDATE att_11 SET objectif = 0.9, manquantes = 7, attributions = 20 WHERE code <> 'NR'"
    )
    petit = (
        "UPDATE att_11 SET attributions = 19 WHERE mois = (SELECT max(mois) FROM att_11) "
        "AND code = (SELECT min(code) FROM att_11 WHERE code NOT IN ('*', 'NR'))"
    )
    titres = []
    for nom, changements in {"tous": (manquent,), "petit": (manquent, petit)}.items():
        with entrepot_change(edition_demo, tmp_path / nom, *changements) as v:
            (image,) = section(construire(sur(v, edition_demo)), "image").blocs
        assert isinstance(image, Graphique)
        titres.append(image.titre.split(" sous ")[0])
    assert titres == [
        "Quatre arrondissements sont",
        "Trois arrondissements d'au moins 20\u00a0attributions sont",
    ]


def test_un_guichet_hors_du_registre_n_est_ni_ouvert_ni_ferme(
    edition_demo: Edition, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A register that lacks those in red read « 4 sur 1 guichet ouvert »."""
    alertes = {une["guichet"] for une in a_reprendre(edition_demo.v, edition_demo.filtres)}
    lus = guichets(edition_demo.v, edition_demo.filtres)
    bailleurs = [une for une in lus if une["ouvert"] and une["type_guichet"] == "BAILLEUR"]
    reste = [une for une in bailleurs if une["guichet"] not in alertes][:1]
    monkeypatch.setattr(chiffres, "guichets", lambda *_: reste)
    blocs = chiffres.chiffres_cles(edition_demo).blocs
    dit = [un for bloc in blocs if isinstance(bloc, Chiffres) for un in bloc.chiffres][-1].sur
    assert re.match(r"0 sur 1\sguichet ouvert, et \S+\sguichets? hors du registre", dit)


def test_un_seul_arrondissement_dessine_n_est_pas_un_intervalle(
    edition_demo: Edition, tmp_path: Path
) -> None:
    seul = (
        "UPDATE att_11 SET objectif = 0.9, manquantes = 7, attributions = 20 WHERE code <> 'NR'",
        (
            "UPDATE att_11 SET attributions = 19 WHERE code NOT IN ('*', 'NR') "
            "AND code <> (SELECT min(code) FROM att_11 WHERE code NOT IN ('*', 'NR'))"
        ),
    )
    with entrepot_change(edition_demo, tmp_path / "d", *seul) as v:
        (image,) = section(construire(sur(v, edition_demo)), "image").blocs
    assert isinstance(image, Graphique)
    assert image.titre.startswith("Un arrondissement d'au moins")
    assert re.search(r"en 12 mois, \d+\u202f% \([^()]+\)\.$", image.description)


def test_un_objectif_du_logement_d_abord_se_juge_au_prorata(
    edition_demo: Edition, tmp_path: Path
) -> None:
    changement = "UPDATE att_11 SET objectif_annuel = 1200, prorata = 1000 WHERE code = '*'"
    with entrepot_change(edition_demo, tmp_path / "d", changement) as v:
        document = construire(sur(v, edition_demo))
    tableau = section(document, "realise").blocs[0]
    assert isinstance(tableau, Tableau)
    *_, fait, situation = tableau.lignes[-1]
    assert situation.valeur == f"il en manque {1000 - int(str(fait.valeur))}"
    assert [ligne[-1].valeur for ligne in tableau.lignes[:-1]].count("non fixé") > 0


def test_sans_le_tableau_des_arrondissements_le_departement_est_donne(
    edition_demo: Edition, tmp_path: Path
) -> None:
    with entrepot_change(edition_demo, tmp_path / "d", "DROP TABLE att_11") as v:
        document = construire(sur(v, edition_demo))
        assert pdf.nombre_de_pages(document) == 2
    assert "Le détail par arrondissement n'est pas disponible" in texte(document)
    assert "Ménages prioritaires" in texte(document)


def sans_tableaux(edition: Edition) -> list[str]:
    """Statements that leave nothing in the tables of the month that the synthèse reads."""
    return [
        f"DELETE FROM {table} WHERE mois = '{edition.mois}'"
        for table in ("att_01", "att_02", "att_05", "att_06", "att_08", "att_11", "dem_02")
    ]


def test_ce_qui_n_a_pas_ete_livre_est_dit(edition_demo: Edition, tmp_path: Path) -> None:
    perdu = (
        "UPDATE valeurs SET etat = 'non_calculable', numerateur_12m = null, "
        "denominateur_12m = null WHERE code LIKE 'ATT%'"
    )
    with entrepot_change(edition_demo, tmp_path / "d", *sans_tableaux(edition_demo), perdu) as v:
        document = construire(sur(v, edition_demo))
        assert pdf.nombre_de_pages(document) == 2
    lu = texte(document)
    assert "la livraison du mois ne permet pas de le calculer" in lu
    assert "La livraison n'a pas tout" in lu
    assert "impossible à juger" in lu


def test_un_mois_sans_attribution_n_est_pas_une_question_sans_juge(
    edition_demo: Edition, tmp_path: Path
) -> None:
    """What is judged on the month has no unit in it: 12 months have some, and nothing is judged."""
    sans = (
        "UPDATE valeurs SET etat = 'sans_objet', numerateur = 0, denominateur = 0 "
        "WHERE code = 'ATT_DALO_INCOHERENT'"
    )
    with entrepot_change(edition_demo, tmp_path / "d", sans) as v:
        (tableau,) = section(construire(sur(v, edition_demo)), "fiabilite").blocs
    assert isinstance(tableau, Tableau)
    assert tableau.lignes[-1][-1].valeur == "aucune attribution ce mois-ci"


def test_rien_d_attribue_ni_de_depose_n_est_pas_une_livraison_incomplete(
    edition_demo: Edition, tmp_path: Path
) -> None:
    rien = (
        "UPDATE valeurs SET numerateur = 0, denominateur = 0, numerateur_12m = 0, "
        "denominateur_12m = 0, etat = 'sans_objet' WHERE code LIKE 'ATT%' OR code LIKE 'CPL%'"
    )
    with entrepot_change(edition_demo, tmp_path / "d", *sans_tableaux(edition_demo), rien) as v:
        document = construire(sur(v, edition_demo))
    (bloc,) = section(document, "six").blocs
    assert isinstance(bloc, Chiffres)
    assert [(un.ecrit, un.sur) for un in bloc.chiffres[1:5]] == [
        ("0", "aucun dépôt dans le mois"),
        ("0", "aucune attribution en 12 mois"),
        ("–", "aucune attribution en 12 mois"),
        ("–", "aucune attribution en 12 mois"),
    ]
    lu = texte(document)
    assert "Aucun logement n'a été attribué dans les 12 mois" in lu
    assert "aucune attribution" in lu
    assert "impossible à juger" not in lu
    assert "ne permet pas" not in lu


def test_un_entrepot_presque_vide_tient_aussi_sur_deux_pages(edition_presque_vide: Edition) -> None:
    document = construire(lecture.du_mois(edition_presque_vide.v))
    assert pdf.nombre_de_pages(document) == 2
    lu = texte(document)
    assert "Rien ne se compare à un an plus tôt" in lu
    assert "L'image du mois viendra avec un deuxième mois" in lu


MARTS = ("tab01_01", "dem_02", "att_01", "att_02", "att_05", "att_06", "att_08", "att_11")
AILLEURS = """
UPDATE {table} SET departement = '{departement}'
"""
HASARD = """
SELECT setseed({graine} / 50);
UPDATE registre SET nom = left(concat(nom, ' ', repeat('Habitation ', {long})),
    greatest(length(nom), {long}));
UPDATE valeurs SET etat = 'rouge' WHERE etat IN ('vert', 'orange') AND random() < {pires};
UPDATE valeurs SET numerateur_12m = {fois} * numerateur_12m,
    denominateur_12m = {fois} * denominateur_12m;
UPDATE tab01_01 SET total = {fois} * total, hors_mutation = {fois} * hors_mutation;
UPDATE att_11 SET objectif_annuel = {fois}, prorata = {fois} WHERE random() < 0.5;
INSERT INTO att_11 BY NAME SELECT att_11.* REPLACE (concat(code, rang) AS code,
        concat('Arrondissement de ', libelle, ' et de ses environs ', rang) AS libelle)
    FROM att_11, range({copies}) AS r (rang) WHERE code NOT IN ('*', 'NR');
"""


def hasard(graine: int, mois: list[str]) -> tuple[str, str, list[str]]:
    """Draw a territory, a month, and what happened there: names, states, counts, missing tables."""
    de = random.Random(graine)  # noqa: S311 - the same draws each time
    departement = de.choice(sorted(departements()))
    choisi = de.choice(mois)
    tables = ("registre", "valeurs", *MARTS)
    instructions = [AILLEURS.format(table=une, departement=departement) for une in tables]
    instructions.append(
        HASARD.format(
            graine=graine,
            long=de.choice((0, 30, 90, 200)),
            pires=de.choice((0, 0.05, 0.5, 1)),
            fois=de.choice((1, 1, 7, 1000)),
            copies=de.choice((0, 1, 3)),
        )
    )
    perdues = de.sample(MARTS, k=de.choice((0, 0, 0, 1, 3)))
    instructions += [f"DELETE FROM {une} WHERE mois = '{choisi}'" for une in perdues]
    return departement, choisi, instructions


@pytest.mark.parametrize("graine", range(TIRAGES))
def test_deux_pages_toujours(graine: int, edition_demo: Edition, tmp_path: Path) -> None:
    departement, mois, instructions = hasard(graine, edition_demo.mois_connus)
    with entrepot_change(edition_demo, tmp_path / "d", *instructions) as v:
        if graine % 3 == 0:
            chemin = mots.fichier(tmp_path / "d", mois, CLE)
            chemin.parent.mkdir(parents=True)
            chemin.write_text("- " + "Recevoir le directeur de l'organisme. " * 7, "utf-8")
        livraisons = tuple(replace(une, departement=departement) for une in v.version.livraisons)
        ouverte = replace(v.ouverte, version=replace(v.version, livraisons=livraisons))
        ailleurs = Lecture(ouverte, TOUT)
        document = construire(Edition(ailleurs, departement, mois, nom_mois(mois)))
        assert pdf.nombre_de_pages(document) == 2
        assert "…" not in texte(document)


def test_le_pire_tient_aussi_sur_deux_pages(edition_demo: Edition, tmp_path: Path) -> None:
    pire = HASARD.format(graine=1, long=200, pires=1, fois=1000, copies=3)
    manques = "UPDATE att_11 SET objectif = 0.9, manquantes = 1234567"
    with entrepot_change(edition_demo, tmp_path / "d", pire, manques) as v:
        chemin = mots.fichier(tmp_path / "d", edition_demo.mois, CLE)
        chemin.parent.mkdir(parents=True)
        chemin.write_text("Recevoir le directeur et rappeler ses obligations. " * 5, "utf-8")
        document = construire(sur(v, edition_demo))
        service = Service("Direction " * 9, "", "0491000000 " * 8)
        assert pdf.nombre_de_pages(replace(document, service=service)) == 2
        assert "…" not in texte(document)


# --- People's words -------------------------------------------------------------------------------


@pytest.fixture
def avec_mots(edition_demo: Edition, tmp_path: Path) -> Callable[[str], Document]:
    """Return what makes the synthèse once somebody wrote these words."""

    def faire(ecrit: str) -> Document:
        with entrepot_change(edition_demo, tmp_path / "d") as v:
            chemin = mots.fichier(tmp_path / "d", edition_demo.mois, CLE)
            chemin.parent.mkdir(parents=True)
            chemin.write_text(ecrit, "utf-8")
            return construire(sur(v, edition_demo))

    return faire


def test_ce_que_le_gestionnaire_demande_vient_en_premier(
    avec_mots: Callable[[str], Document],
) -> None:
    document = avec_mots("Signer la **convention** avec Unicil.")
    corps = texte(document).split("Points soumis à votre décision")[1]
    assert corps.lstrip().startswith("Signer la convention avec Unicil.")


@pytest.mark.parametrize("ecrit", ["mot " * 200, "- point\n" * 9])
def test_un_texte_trop_long_est_refuse(avec_mots: Callable[[str], Document], ecrit: str) -> None:
    with pytest.raises(Refus, match="trop long pour la synthèse"):
        avec_mots(ecrit)


# --- Command line ---------------------------------------------------------------------------------


def test_la_commande_ecrit_dans_restitutions_et_dit_ou(
    donnees: Path, capsys: pytest.CaptureFixture[str], edition_demo: Edition, octets: bytes
) -> None:
    assert main(["synthese"]) == 0
    attendu = donnees / "restitutions" / f"synthese-013-{edition_demo.mois}.pdf"
    assert attendu.read_bytes() == octets
    assert str(attendu) in capsys.readouterr().out
    assert [un.name for un in attendu.parent.iterdir()] == [attendu.name]


def test_le_nom_du_fichier_dit_la_forme(donnees: Path) -> None:
    assert main(["synthese", "--sortie", str(donnees / "s.html")]) == 0
    assert (donnees / "s.html").read_text("utf-8").startswith("<!DOCTYPE html>")
    assert '"synthèse imprimée"' in (donnees / "ancres.jsonl").read_text("utf-8")


def _ecrits(racine: Path) -> list[Path]:
    """Return all that stands there but the store, where what was asked is traced."""
    return sorted(un for un in racine.rglob("*") if not un.name.startswith(MAGASIN))


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--mois", "2031-01"], "le mois 2031-01 n'est pas publié"),
        (["--departement", "59"], "aucun mois n'est publié pour le département 059"),
        (["--sortie", "s.txt"], "« txt » n'est pas une forme de document"),
        (["--sortie", "/proc/s.pdf"], "l'écriture a échoué"),
    ],
)
@pytest.mark.usefixtures("donnees")
def test_ce_qui_ne_se_peut_pas_est_dit_et_rien_n_est_ecrit(
    capsys: pytest.CaptureFixture[str],
    arguments: list[str],
    message: str,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    monkeypatch.chdir(tmp_path)
    avant = _ecrits(tmp_path)
    assert main(["synthese", *arguments]) == 1
    assert message in capsys.readouterr().err
    assert _ecrits(tmp_path) == avant


def test_un_script_dans_les_mots_arrete_tout(
    donnees: Path, capsys: pytest.CaptureFixture[str], edition_demo: Edition
) -> None:
    chemin = mots.fichier(donnees, edition_demo.mois, CLE)
    chemin.parent.mkdir(parents=True)
    chemin.write_text("Bien.\n\n<script>x</script>", "utf-8")
    assert main(["synthese"]) == 1
    assert f"{chemin}, ligne 3" in capsys.readouterr().err
    assert not (donnees / "restitutions").exists()


@pytest.mark.parametrize("un", [pytest.param(un, id=un.code) for un in indicateurs()])
def test_les_cas_cites_disent_s_ils_se_corrigent(un: Indicateur) -> None:
    """« 158 sur 2 893, à ne plus refaire »: no past fact is said to be corrected."""
    attendu = "à corriger" if un.remede == "corriger" else "à ne plus refaire"
    assert dire_cas({"code": un.code, "n": 1, "d": 20}) == f"1 sur 20, {attendu}"


def test_un_indicateur_sorti_du_catalogue_est_cite_sans_remede() -> None:
    assert dire_cas({"code": "X_ANCIEN", "n": 1, "d": 20}) == "1 sur 20"
