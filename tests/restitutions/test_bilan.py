"""The bilan semestriel: its chapters in order, figures that are those of the command line."""

from __future__ import annotations

import html
import io
import re
from collections import defaultdict
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from pptx import Presentation

from infocentre.acces.perimetre import TOUT
from infocentre.entrepot import Dossier
from infocentre.lecture.commun import registre
from infocentre.lecture.lecteur import Lecture
from infocentre.lecture.livraisons import description
from infocentre.lecture.tableaux import lire_tableau
from infocentre.mesures import sql_lecture_tableau
from infocentre.mesures.partage import MASQUE
from infocentre.mesures.tableaux import tableaux
from infocentre.noyau.config import ressources
from infocentre.noyau.erreurs import Refus
from infocentre.restitutions import bilan, diaporama, lecture, redaction
from infocentre.restitutions.bilan import attributions, demande, qualite
from infocentre.restitutions.bilan.semestre import COMPTE
from infocentre.restitutions.document import (
    Cellule,
    Document,
    Graphique,
    Liste,
    Mots,
    Origine,
    Paragraphe,
    Tableau,
)
from infocentre.restitutions.html import en_html
from infocentre.restitutions.lecture import Edition
from infocentre.restitutions.mots import dire_manquants
from infocentre.restitutions.tables import nom_ligne
from tests.donnees import fenetres
from tests.restitutions.changes import entrepot_change, sur

pytestmark = pytest.mark.lent

CHAPITRES = [
    "L'essentiel",
    "Méthode et limites",
    "La demande",
    "Les attributions",
    "Publics prioritaires et mixité",
    "Les territoires",
    "La qualité de l'enregistrement",
    "Plan d'actions",
    "Relevé de décisions",
]
ANNEXES = [
    "Les indicateurs par organisme",
    "Définitions des indicateurs",
    "Le secret statistique",
    "Glossaire",
    "Liste des guichets enregistreurs",
]
CELLULE = re.compile(
    r'data-code="([^"]*)" data-mois="([^"]*)" data-ligne="([^"]*)" data-colonne="([^"]*)">(.*?)</',
    re.DOTALL,
)


@pytest.fixture(scope="session")
def document(edition_demo: Edition) -> Document:
    return bilan.construire(edition_demo)


def lire(document: Document) -> str:
    """Return the document as HTML, quotes as people type them."""
    return html.unescape(en_html(document)).replace("’", "'")


def cellules(document: Document) -> list[Cellule]:
    return [c for un in document.tableaux() for ligne in un.lignes for c in ligne]


def test_les_chapitres_sont_dans_l_ordre(document: Document) -> None:
    """What the copil expects, from the essentials to the list of guichets."""
    assert [une.titre for une in document.sections if not une.annexe] == CHAPITRES
    assert [une.titre for une in document.sections if une.annexe] == ANNEXES


def test_des_associations_trop_peu_pour_etre_dites_une_phrase_le_dit(
    edition_demo: Edition, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Their table is in the workbook alone: without a sentence, the title would stand alone."""
    vrai = demande._stock
    monkeypatch.setattr(demande, "_stock", lambda *lu: replace(vrai(*lu), actives=None))
    chapitre = demande.chapitre(bilan.Contexte(edition_demo))
    (section,) = (un for un in chapitre.sections if un.titre.endswith("associations"))
    (phrase,) = (un for un in section.blocs if isinstance(un, Paragraphe))
    assert (
        phrase.texte == "Le nombre de leurs demandes actives est couvert par le secret statistique."
    )


def test_tous_les_tableaux_standards_y_sont(document: Document) -> None:
    """No standard table is forgotten, the newest one included."""
    codes = {c.origine.code for c in cellules(document) if c.origine}
    assert tableaux().keys() <= codes | {"DEM-03"}  # no délai is set in the demonstration
    assert "non fixé à ce jour par arrêté préfectoral" in lire(document)


def test_chaque_indicateur_y_est_defini_avec_ses_seuils(document: Document) -> None:
    """The annex says of each indicator what is counted, its thresholds, what it rests on."""
    (definitions,) = (
        une for une in document.sections if une.titre == "Définitions des indicateurs"
    )
    points = [un for bloc in definitions.blocs if isinstance(bloc, Liste) for un in bloc.points]
    assert len(points) == len(list(ressources("expectations").glob("[A-Z]*.yml")))
    assert (
        "**Attributions enregistrées tardivement** : radiation plus de 15 jours après la signature "
        "du bail, parmi les baux dont la date est connue ; seuils 5\u202f% et 15\u202f% "
        "(CCH R.441-2-8 a, convention 2.1)"
    ) in points
    assert (
        "**Préavis revenus non distribués** : préavis revenu non distribué ; seuils 5\u202f% et "
        "10\u202f%, pour le département seulement (convention 3.2.1 c)"
    ) in points


def test_les_cles_des_tableaux_sont_uniques(document: Document) -> None:
    """A key names one table: sheets, anchors and files rest on it."""
    blocs = [bloc for _, section in document.toutes_sections() for bloc in section.blocs]
    cles = [bloc.cle for bloc in blocs if isinstance(bloc, Tableau)]
    assert len(cles) == len(set(cles))


# --- Figures --------------------------------------------------------------------------------------


def test_les_chiffres_des_tableaux_sont_ceux_de_la_commande_tableau(
    document: Document, version_demo: Lecture, edition_demo: Edition
) -> None:
    """Each figure of the HTML, read with the code it carries, is that of the published table."""
    lus = 0
    for code, mois, ligne, colonne, ecrit in CELLULE.findall(en_html(document)):
        if code not in tableaux() or MASQUE in texte(ecrit):
            continue
        valeur = publiee(version_demo, edition_demo.departement, (code, mois, ligne, colonne))
        assert ecrits(valeur) & {texte(ecrit)}, (code, mois, ligne, colonne, valeur, ecrit)
        lus += 1
    assert lus > 500  # a bilan, not an empty page


def test_les_taux_sont_ceux_de_la_commande_indicateurs(
    document: Document, version_demo: Lecture, edition_demo: Edition
) -> None:
    """Département, organismes and types: the rate, and the effectif that stands by it."""
    attendus = comptes(version_demo, edition_demo)
    montrees = [
        c
        for c in cellules(document)
        if c.origine and c.origine.code not in tableaux() and not c.masquee
    ]
    for cellule in montrees:
        origine = cellule.origine
        assert origine
        if origine.mois != edition_demo.mois or origine.colonne == COMPTE:
            continue
        if origine.colonne == "numerateur":  # none is tolerated: a month tells that it has none
            n, _ = attendus[replace(origine, colonne="taux")]
            assert (cellule.valeur, cellule.sur, n) == ("0", None, 0), origine
            continue
        n, d = attendus[origine]
        assert (cellule.valeur, cellule.sur) == (n / d if d else None, d), origine
    niveaux = {c.origine.ligne.split("/")[0] for c in montrees if c.origine}
    assert {"*", "type"} < niveaux


def test_les_anomalies_d_un_semestre_sont_celles_de_ses_mois(
    document: Document, version_demo: Lecture, edition_demo: Edition
) -> None:
    """Each count of a semester is the sum of what its months published, wherever it stands."""
    sommes = {
        (code, f"type/{cle}" if niveau == "type" else cle): n
        for code, niveau, cle, n in version_demo.tuples(
            "SELECT code, niveau, guichet, sum(numerateur)::INT FROM valeurs "
            f"WHERE mois BETWEEN '2026-07' AND '{edition_demo.mois}' GROUP BY ALL"
        )
    }
    vues = [
        (c.origine.code, c.origine.ligne, int(str(c.valeur)))
        for c in cellules(document)
        if c.origine and c.origine.colonne == COMPTE and not c.masquee
        if c.origine.mois == edition_demo.mois
    ]
    assert vues
    assert [(code, ligne, sommes[code, ligne]) for code, ligne, _ in vues] == vues


def test_un_pourcentage_a_toujours_son_denominateur(document: Document) -> None:
    """A column of rates has counts beside it, or what each rate is out of in its cell."""
    for tableau in document.tableaux():
        genres = [colonne.genre for colonne in tableau.colonnes]
        if "taux" not in genres:
            continue
        seules = [
            cellule
            for ligne in tableau.lignes
            for cellule, genre in zip(ligne, genres, strict=True)
            if genre == "taux" and isinstance(cellule.valeur, float) and cellule.sur is None
        ]
        assert not seules or "nombre" in genres, tableau.cle


def test_les_petits_nombres_sont_masques(document: Document) -> None:
    """No count from 1 to 10 is printed, nor behind a picture."""
    petits = [
        (tableau.cle, cellule)
        for tableau in document.tableaux()
        for ligne in tableau.lignes
        for cellule, colonne in zip(ligne, tableau.colonnes, strict=True)
        if colonne.genre == "nombre"
        and isinstance(cellule.valeur, int)
        and 0 < cellule.valeur < 11
        and colonne.titre not in POINT_DES_GENS
    ]
    assert petits == []
    assert any(cellule.masquee for cellule in cellules(document))


# Objectives and what is missing to reach one, the register of guichets: no count of people.
POINT_DES_GENS = {
    "Manquantes pour l'objectif",
    "Objectif de l'année",
    "Guichets",
    "Organismes",
    "Communes",
    "Au-dessus d'un seuil",
    "dont en rouge ou à traiter",
    "Organismes jugés",
}


def texte(contenu: str) -> str:
    """Return what is written in a cell."""
    return re.sub(r"<svg.*?</svg>|<[^>]*>", "", contenu, flags=re.DOTALL).strip()


def ecrits(valeur: Any) -> set[str]:
    """Return every way in which a published value may be written."""
    if valeur is None:
        return {"", "–"}
    if isinstance(valeur, int):
        return {f"{valeur:,}".replace(",", "\u202f")}
    fois = 100 * valeur
    return {
        f"{valeur:,.1f}".replace(",", "\u202f").replace(".", ","),
        f"{valeur:,.1f}\u00a0mois".replace(".", ","),
        f"{valeur:,.1f} mois".replace(".", ","),
        *(f"{fois:.{n}f}\u202f%".replace(".", ",") for n in range(2)),
        f"{'+' if fois > 0 else '−'}{abs(fois):.1f}\u202f%".replace(".", ","),
        *(["stable"] if abs(fois) < 0.05 else []),
    }


def publiee(
    v: Lecture, departement: str, origine: tuple[str, str, str, str]
) -> Any:  # what a table holds
    code, mois, ligne, colonne = origine
    lues = v.lignes(sql_lecture_tableau(code), {"departement": departement, "mois": mois})
    (trouvee,) = (une for une in lues if nom_ligne(une) == ligne)
    return trouvee[colonne]


def comptes(v: Lecture, edition: Edition) -> dict[Origine, tuple[int, int]]:
    """Return (numerator, denominator) of each place of a bilan, from the months of each guichet."""
    lus: dict[Origine, tuple[int, int]] = defaultdict(lambda: (0, 0))
    connus = {
        une["guichet"]: (une["organisme"], une["type_guichet"])
        for une in registre(v, edition.departement, edition.mois)
    }
    comptes_du_mois = v.lignes(
        "SELECT * FROM triangle WHERE departement = $d AND mois = $m AND guichet <> '*'",
        {"d": edition.departement, "m": edition.mois},
    )
    for une in comptes_du_mois:
        suffixe = fenetres.suffixe(une["code"])
        if suffixe == "" and une["mois_juge"] != edition.mois:
            continue
        organisme, type_ = connus.get(une["guichet"], ("hors registre", "INCONNU"))
        for lieu in ("*", organisme, f"type/{type_}"):
            cle = Origine(une["code"], edition.mois, lieu, f"taux{suffixe}")
            n, d = lus[cle]
            lus[cle] = (n + une["numerateur"], d + une["denominateur"])
    return lus


# --- Words and pictures that agree with the tables ------------------------------------------------


def test_une_image_de_diapositive_dessine_les_colonnes_dont_elle_parle(document: Document) -> None:
    """Column by column, in the order of the series: never a share beside counts."""
    images = {
        bloc.cle: [bloc.tableau.colonnes[rang].titre for rang in bloc.series]
        for _, section in document.toutes_sections()
        for bloc in section.blocs
        if isinstance(bloc, Graphique) and bloc.tableau
    }
    assert images["image-dem-02"] == ["Dépôts", "Portail"]
    assert images["image-tab02-03-stock"] == ["Écart avec la fin du mois précédent"]
    assert all(images.values())


def test_une_image_des_mois_dit_ce_que_le_secret_y_laisse_en_blanc(document: Document) -> None:
    """A blank month reads as a month of nothing; a mark that is only small is drawn."""
    images = {
        bloc.cle: bloc
        for _, section in document.toutes_sections()
        for bloc in section.blocs
        if isinstance(bloc, Graphique) and bloc.cle in {"image-dem-02", "image-flux-02"}
    }
    dites = {cle: "laissé en blanc" in une.description for cle, une in images.items()}
    assert dites == {cle: une.blancs for cle, une in images.items()}
    assert True in dites.values()


def test_attributaires_et_demandeurs_n_ont_dans_word_que_les_barres_du_dessin(
    edition_demo: Edition,
) -> None:
    chapitre = attributions.chapitre(bilan.Contexte(edition_demo, partage=False))
    blocs = (bloc for une in chapitre.sections for bloc in une.blocs)
    (image,) = (un for un in blocs if isinstance(un, Graphique) and un.cle == "image-att-14")
    assert image.tableau is not None
    assert len(image.tableau.lignes) > 20  # the workbook has every category
    assert len(image.dessinees) <= 6
    dessines = image.svg.lower()
    for ligne in image.dessinees:
        assert str(ligne[0].valeur).split(" : ")[-1].strip().lower() in dessines


def test_une_image_ne_parle_que_de_la_ligne_qu_elle_a(
    edition_demo: Edition, tmp_path: Path
) -> None:
    """Without the ratio of all typologies, no dotted line is drawn, and none is told of."""
    masque = "UPDATE att_12 SET demandes_pour_une_attribution = null WHERE code = '*'"
    dites = []
    for rang, changements in enumerate([(), (masque,)]):
        with entrepot_change(edition_demo, tmp_path / str(rang), *changements) as v:
            chapitre = attributions.chapitre(bilan.Contexte(sur(v, edition_demo), partage=False))
        dites += [
            bloc.description
            for section in chapitre.sections
            for bloc in section.blocs
            if isinstance(bloc, Graphique) and "typologie trop peu" in bloc.description
        ]
    assert [une.split(" ; ")[0].split()[0] for une in dites] == ["La", "Une"]


def test_qui_est_a_traiter_n_est_pas_trop_petit_pour_l_annexe(
    edition_demo: Edition, tmp_path: Path
) -> None:
    """Sainte-Baume Logis does too little of everything, but what is never tolerated is told."""
    petits = "UPDATE valeurs SET etat = 'effectif_insuffisant' WHERE niveau = 'organisme'"
    un = (
        "UPDATE valeurs SET etat = 'a_traiter' WHERE niveau = 'organisme' "
        "AND code = 'ACC_DEPART_OUVERT' AND guichet = '903900034'"
    )
    noms = []
    for rang, changements in enumerate([(petits,), (petits, un)]):
        with entrepot_change(edition_demo, tmp_path / str(rang), *changements) as v:
            ctx = bilan.Contexte(sur(v, edition_demo), partage=False)
            noms.append(set(qualite._petits(ctx)))
    assert noms[0] - noms[1] == {"Sainte-Baume Logis"}


def test_le_diaporama_du_bilan_se_dessine(document: Document) -> None:
    """Each native chart holds the figures of its own table."""
    diapos: Any = Presentation(io.BytesIO(diaporama.en_octets(document))).slides
    dessins = [forme.chart for une in diapos for forme in une.shapes if forme.has_chart]
    assert len(dessins) >= 4
    assert all(serie.values for un in dessins for serie in un.plots[0].series)


def test_un_chapitre_tient_en_dix_rangs_au_sommaire(document: Document) -> None:
    assert {
        une.titre: len(une.sections) for une in document.sections if len(une.sections) > 10
    } == {}
    (demande,) = (une for une in document.sections if une.titre == "La demande")
    assert "Les demandeurs" in [une.titre for une in demande.sections]


def test_le_nombre_de_guichets_est_celui_de_leur_liste(document: Document) -> None:
    (liste,) = (un for un in document.tableaux() if un.cle == "guichets")
    assert f"{len(liste.lignes)}\u00a0guichets ouverts au registre" in lire(document)


def test_chaque_tableau_a_un_titre_qui_le_distingue(document: Document) -> None:
    """The workbook's contents list titles only."""
    titres = [un.titre for un in document.tableaux()]
    assert len(titres) == len(set(titres))


# --- What may be missing --------------------------------------------------------------------------


def test_sans_annee_d_avant_rien_n_est_compare(editer: Callable[[str], Edition]) -> None:
    """The first month: no change anywhere, and the document says why."""
    document = bilan.construire(editer(premier(editer)))
    annuels = [un for un in document.tableaux() if not un.cle.startswith("tab02")]  # from a month
    assert "evolution" not in {c.genre for un in annuels for c in un.colonnes}
    assert "ne sont pas publiées" in lire(document)


def test_sans_annee_d_avant_les_flux_qui_se_comparent_sont_mis_a_part(
    editer: Callable[[str], Edition],
) -> None:
    """A later delivery says what entered a year before: « aucune évolution » would be false."""
    ctx = bilan.Contexte(editer("2026-06"), partage=False)
    lu = lire(bilan.construire(ctx.edition, ctx))
    assert not ctx.compare
    assert "seuls les flux d'un semestre se comparent à ceux d'un an plus tôt" in lu
    assert "ne peut être donnée, sinon celle des flux de chaque semestre" in lu
    assert "aucune évolution n'est donnée." not in lu


@pytest.mark.parametrize(
    ("ici", "avant", "dit"),
    [
        (22, 29, "en baisse de 7 en un an"),
        (33, 30, "en hausse de 10,0\u202f% en un an"),
        (30, 30, "stable sur un an"),
        (12, 12, "stable sur un an"),
        (5, 0, "en hausse de 5 en un an"),
    ],
)
def test_un_chiffre_de_moins_de_trente_change_en_nombre(ici: int, avant: int, dit: str) -> None:
    """As tables say no percentage of so few: 7 fewer than 29 is not « 24,1 % »."""
    gabarit = redaction._milieu().from_string(
        '{% import "commun/phrases.jinja" as dire %}{{ dire.change(ici, avant) }}'
    )
    assert redaction._sans_marque(gabarit.render(ici=ici, avant=avant)) == dit


def premier(editer: Callable[[str], Edition]) -> str:
    with pytest.raises(Refus) as refus:
        editer("1999-01")
    trouve = re.search(r"\d{4}-\d\d", refus.value.que_faire)
    assert trouve
    return trouve[0]


def test_un_semestre_sans_mois_publie_est_refuse(version_demo: Lecture) -> None:
    """It names the months that are."""
    with pytest.raises(Refus, match="aucun mois du semestre 2019-S1 n'est publié"):
        lecture.du_semestre(version_demo, "2019-S1")


def test_les_mots_des_gens_gardent_leur_place(donnees: Path) -> None:
    """Words are printed in their chapter; of the others, nothing is, and their names are asked."""
    with lecture.ouvrir(Dossier(donnees), TOUT) as v:
        edition = lecture.du_mois(v)
        semestre = bilan.Contexte(edition).semestre
        (donnees / "mots" / semestre).mkdir(parents=True)
        (donnees / "mots" / semestre / "enjeux.md").write_text("Tenir *ensemble*.", "utf-8")
        document = bilan.construire(edition)
        mots = {
            b.cle: b for _, s in document.toutes_sections() for b in s.blocs if isinstance(b, Mots)
        }
        assert mots["enjeux"].markdown == "Tenir *ensemble*."
        assert mots.keys() == {"enjeux"}
        (dite,) = (une for une in document.sections if une.titre == "Le commentaire")
        assert [une.titre for une in dite.sections] == ["Les enjeux"]
        (donnees / "mots" / semestre / "difficultes.md").write_text("\n \n", "utf-8")
        manquent = dire_manquants(donnees, semestre)
        assert "difficultes.md" in manquent  # it has no word
        assert "commentaire.md (pourquoi les chiffres évoluent ainsi)" in manquent
        assert "enjeux.md" not in manquent
        (donnees / "mots" / semestre / "suites.md").write_text("a\n\n<script>b</script>", "utf-8")
        with pytest.raises(Refus) as refus:
            bilan.construire(edition)
        assert "suites.md, ligne 3" in refus.value.ou


def test_un_tableau_non_calculable_le_dit(
    edition_demo: Edition, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A delivery without what a table needs: its section names the columns, the rest stands."""
    monkeypatch.setattr(bilan.contexte, "lire_tableau", sans_lignes("ATT-05", "TAB03-05"))
    monkeypatch.setattr(
        bilan.contexte, "description", sans_colonnes("NB_DALO", "COMPOSITION_FAMILLE")
    )
    document = bilan.construire(edition_demo)
    alertes = [
        b.texte
        for _, s in document.toutes_sections()
        for b in s.blocs
        if isinstance(b, Paragraphe) and b.genre == "alerte"
    ]
    assert any("ne contient pas « DALO reconnu » (demandes radiées)." in un for un in alertes)
    assert any(
        "ne contient pas « Composition familiale » (demandes actives)." in un for un in alertes
    )
    assert [une.titre for une in document.sections if not une.annexe] == CHAPITRES


def sans_colonnes(*noms: str) -> Callable[..., Any]:
    def decrire_sans(v: Any, une: Any) -> Any:
        tables = description(v, une)["tables"]
        return {
            "tables": {
                nom: {**table, "livrees": set(table["livrees"]) - set(noms)}
                for nom, table in tables.items()
            }
        }

    return decrire_sans


def sans_lignes(*codes: str) -> Callable[..., Any]:
    def lire_sans(v: Any, code: str, *reste: Any, **nommes: Any) -> Any:
        lu = lire_tableau(v, code, *reste, **nommes)
        return replace(lu, lignes=[]) if code in codes else lu

    return lire_sans
