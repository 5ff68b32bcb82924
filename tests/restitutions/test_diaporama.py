"""The slides: what is projected is native, titled, described, dated, and fits."""

from __future__ import annotations

import dataclasses
import io
import itertools
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from pptx import Presentation
from pptx.enum.chart import XL_CHART_TYPE
from pptx.oxml.ns import qn

from infocentre.noyau.francais import composer
from infocentre.restitutions import diaporama
from infocentre.restitutions.bureautique.natifs import Natif, en_xml
from infocentre.restitutions.diaporama.modele import Zone
from infocentre.restitutions.diaporama.tableaux import calculer
from infocentre.restitutions.document import (
    Bloc,
    Cellule,
    Chiffre,
    Chiffres,
    Colonne,
    Document,
    Lignes,
    Liste,
    Mots,
    Paragraphe,
    Section,
    Tableau,
)
from tests.restitutions.exemples import (
    CHALEUR,
    CHIFFRES,
    NOM_LONG,
    TOUS,
    VIDE,
    document,
    graphique,
    tableau,
)

pytestmark = pytest.mark.lent


def diapos(un: Document) -> list[Any]:
    return list(Presentation(io.BytesIO(diaporama.en_octets(un))).slides)


def diapo(*blocs: Bloc) -> Any:
    """The first slide after the cover."""
    return diapos(document(*blocs))[1]


def titres(un: Document) -> list[str]:
    return [une.shapes.title.text_frame.text for une in diapos(un)]


def textes(une: Any) -> list[str]:
    """What is written out of tables, plain spaces in place of no-break ones."""
    ecrits = [forme.text_frame.text for forme in une.shapes if forme.has_text_frame]
    return [ordinaire(texte) for texte in ecrits if texte]


def ordinaire(texte: str) -> str:
    return texte.replace("\xa0", " ").replace("\u202f", " ")


def cellules(une: Any) -> list[list[str]]:
    table = next(forme.table for forme in une.shapes if forme.has_table)
    return [[case.text for case in ligne.cells] for ligne in table.rows]


def dessin(une: Any) -> Any:
    return next(forme.chart for forme in une.shapes if forme.has_chart)


def test_les_nombres_de_colonnes_serrees_s_ecrivent_vers_le_haut() -> None:
    """13 columns side by side, then 12: beyond, numbers would stand one over another."""
    for combien, rotation, haut in ((13, "-5400000", 69), (13, "-5400000", 44), (12, None, 69)):
        noms = tuple(f"Mois {rang}" for rang in range(combien))
        valeurs = tuple(4000.0 + rang for rang in range(combien))
        element, _ = en_xml(
            Natif("colonnes", noms, ((Colonne("Dépôts", "nombre"), valeurs),)), haut
        )
        (lettres,) = element.xpath(".//c:dLbls/c:txPr/a:bodyPr")
        assert lettres.get("rot") == rotation
        hauts = [float(un.get("val")) for un in element.xpath(".//c:valAx/c:scaling/c:max")]
        # 11 mm above the tallest of 13 columns: a fifth of 55 mm, more than a third of 30
        place = {69: 1.2, 44: 1.3667}[haut]
        assert hauts == ([pytest.approx(place * 4012, rel=1e-4)] if rotation else [])


def test_ce_a_quoi_une_barre_se_compare_est_gris_comme_sur_papier() -> None:
    for forme, second in (("barres", "929292"), ("colonnes", "A558A0")):
        deux = tuple((Colonne(nom, "taux"), (0.1, 0.2)) for nom in ("avant", "après"))
        teintes = en_xml(Natif(forme, ("A", "B"), deux), 60)[0].xpath(
            ".//c:ser/c:spPr/a:solidFill/a:srgbClr"
        )
        assert [un.get("val") for un in teintes] == ["000091", second]


@pytest.mark.parametrize(("dernier", "place"), [(-3.0, "low"), (3.0, "nextTo")])
def test_les_noms_ne_traversent_pas_ce_qui_descend(dernier: float, place: str) -> None:
    natif = Natif("colonnes", ("Mai", "Juin"), ((Colonne("Écart", "nombre"), (5.0, dernier)),))
    (position,) = en_xml(natif, 68)[0].xpath(".//c:catAx/c:tickLblPos")
    assert position.get("val", "nextTo") == place


def test_un_tableau_sans_titre_est_dit_par_ses_colonnes() -> None:
    for titre, dit in (("L'offre", "L’offre"), ("", "Commune, Demandes, Part des mutations")):
        une = diapo(Paragraphe("Une phrase."), replace(tableau(), titre=titre))
        (cadre,) = (forme for forme in une.shapes if forme.has_table)
        description = ordinaire(cadre._element.xpath(".//p:cNvPr")[0].get("descr"))
        assert description.startswith(f"Tableau : {dit}")


def test_couverture_dit_quoi_ou_quand_et_sur_quelles_donnees() -> None:
    assert textes(diapos(document())[0]) == [
        "Bilan semestriel de la demande de logement social",
        (
            "Bouches-du-Rhône – premier semestre 2026\nComité de pilotage\n"
            "Données arrêtées au : 30/06/2026\nZonage : QPV 2024\n"
            "Périmètre : département entier\n"
            "Service : Gestion territoriale de la demande de logement social\n"
            "Diffusion : Petits nombres masqués, diffusable aux partenaires"
        ),
    ]


def test_titre_est_la_premiere_phrase_et_ne_se_repete_pas() -> None:
    une = diapo(Paragraphe("La demande **augmente**. Elle baisse à Arles."), tableau())
    assert une.shapes.title.text_frame.text == "La demande augmente"
    assert "Elle baisse à Arles." in textes(une)


def test_section_sans_phrase_garde_son_titre() -> None:
    assert titres(document(tableau()))[1:] == ["Demandes actives par commune (communes)"]


def test_annexe_n_est_pas_projetee() -> None:
    sections = (Section("Vu", (CHIFFRES,)), Section("Annexe", (tableau(),), annexe=True))
    assert titres(document(sections=sections))[1:] == ["Vu"]


def test_tableau_natif_dit_ses_entetes_et_masque() -> None:
    assert cellules(diapo(tableau()))[:3] == [
        ["Commune", "Demandes", "Part des mutations", "Évolution en un an"],
        ["Aubagne", "1\u202f200", "12,5\u202f%", "+1,8\u202f%"],
        ["Arles", "s", "s", "s"],
    ]
    table = next(forme.table for forme in diapo(tableau()).shapes if forme.has_table)
    assert (table.first_row, table.first_col) == (True, True)


def test_cellule_masquee_est_expliquee_au_pied() -> None:
    assert any("secret statistique" in texte for texte in textes(diapo(tableau())))
    assert not any("secret statistique" in texte for texte in textes(diapo(CHALEUR)))


def test_etats_ont_un_signe() -> None:
    assert cellules(diapo(CHALEUR))[1:] == [
        ["Attributions enregistrées tardivement", "● 3,0\u202f%", "▲ 6,0\u202f%", "■ 9,0\u202f%"],
        ["Demandes sans pièce d’identité", "✖ 3,0\u202f%", "○ 6,0\u202f%", "● 9,0\u202f%"],
    ]


def test_tableau_plus_long_que_la_diapositive_est_coupe_et_le_dit() -> None:
    une = diapo(tableau("long", 60))
    lignes = cellules(une)
    assert lignes[-1][0] == "Ensemble"
    assert 10 < len(lignes) < 40
    assert any(
        f"{len(lignes) - 1} lignes sur 61 ; les autres dans le bilan" in t for t in textes(une)
    )


def test_un_tableau_de_phrases_continue_sur_la_diapositive_suivante() -> None:
    lignes = tuple((Cellule(f"{rang}. {NOM_LONG}"), Cellule(NOM_LONG)) for rang in range(20))
    plan = Tableau("plan", "Plan", (Colonne("Constat"), Colonne("Action")), lignes)
    suite = diapos(document(plan))[1:]
    assert len(suite) > 1
    projetees = [ligne[0] for une in suite for ligne in cellules(une)[1:]]
    assert projetees == [composer(str(ligne[0].valeur)) for ligne in lignes]
    assert {une.shapes.title.text_frame.text for une in suite[1:]} == {"Plan (suite)"}


def test_un_texte_sans_fin_est_projete_en_entier() -> None:
    phrases = [f"Phrase {rang}, {NOM_LONG}." for rang in range(60)]
    suite = diapos(document(Paragraphe(" ".join(phrases)), Liste(tuple(phrases))))[1:]
    lus = " ".join(forme.text_frame.text for une in suite for forme in une.placeholders)
    # The first one is the title of each slide.
    assert [lus.count(f"Phrase {rang},") for rang in range(1, 60)] == [2] * 59
    assert "…" not in lus


def test_des_evolutions_se_dessinent() -> None:
    image = dataclasses.replace(graphique("colonnes"), series=(3,))
    assert dessin(diapo(image)).plots[0].series[0].values[:3] == (0.018, None, 0.018)


def test_un_graphique_garde_ses_noms_entiers_et_son_objectif() -> None:
    image = dataclasses.replace(graphique(), objectif=1300.0)
    series = {une.name: tuple(une.values) for une in dessin(diapo(image)).plots[0].series}
    assert series["Objectif"] == (1300.0,) * 6
    assert composer(NOM_LONG) in list(dessin(diapo(image)).plots[0].categories)


def test_rien_ne_reste_de_la_bibliotheque_ni_de_ses_machines() -> None:
    with zipfile.ZipFile(io.BytesIO(diaporama.en_octets(document()))) as archive:
        assert not [nom for nom in archive.namelist() if "printer" in nom or "thumb" in nom]
        tout = b"".join(archive.read(nom) for nom in archive.namelist())
    assert b"python-pptx" not in tout
    assert b"Macintosh" not in tout


def test_tableau_trop_large_perd_ses_dernieres_colonnes_et_le_dit() -> None:
    colonnes = tuple(Colonne(f"Établissement n° {rang}", "nombre") for rang in range(30))
    large = Tableau("large", "Large", colonnes, (tuple(Cellule(1) for _ in colonnes),))
    une = diapo(large)
    assert len(cellules(une)[0]) < 30
    assert any("autres colonnes dans le bilan" in texte for texte in textes(une))


@pytest.mark.parametrize(
    ("forme", "attendu"),
    [
        ("barres", XL_CHART_TYPE.BAR_CLUSTERED),
        ("colonnes", XL_CHART_TYPE.COLUMN_CLUSTERED),
        ("courbe", XL_CHART_TYPE.LINE_MARKERS),
    ],
)
def test_graphique_natif_sans_total_ni_valeur_masquee(forme: str, attendu: XL_CHART_TYPE) -> None:
    lu = dessin(diapo(graphique(forme)))
    assert lu.chart_type == attendu
    assert list(lu.plots[0].categories)[:3] == ["Aubagne", "Arles (s)", "Istres"]
    assert lu.plots[0].series[0].values == (1200, None, 1274, 1311, 1348, 1385)


def test_graphique_natif_d_une_evolution_se_dessine() -> None:
    """The format of its cells holds signs that XML does not bear."""
    lu = dessin(diapo(replace(graphique("colonnes"), series=(3,))))
    assert lu.plots[0].series[0].values == (0.018, None, 0.018, -0.032, 0.018, -0.032)


def test_donnees_du_graphique_se_modifient_dans_un_classeur() -> None:
    assert dessin(diapo(graphique())).part.chart_workbook.xlsx_part is not None


@pytest.mark.parametrize("forme", ["carte", "entonnoir"])
def test_image_sans_equivalent_natif_est_decrite(forme: str) -> None:
    images = [un for un in diapo(graphique(forme)).shapes if un.shape_type == 13]
    (descriptif,) = [un._element.xpath(".//p:cNvPr")[0].get("descr") for un in images]
    assert "demandes, par commune, 6\xa0valeurs. Aubagne\xa0: 1\u202f200" in descriptif


def test_tableaux_et_images_ont_tous_une_description() -> None:
    muets = [
        forme.name
        for une in diapos(document())
        for forme in une.shapes
        if (forme.has_table or forme.has_chart)
        and not forme._element.xpath(".//p:cNvPr")[0].get("descr")
    ]
    assert muets == []


def test_chaque_diapositive_a_un_titre_un_pied_et_un_numero() -> None:
    for une in diapos(document())[1:]:
        assert une.shapes.title.text_frame.text
        genres = {forme._element.ph.get("type") for forme in une.placeholders}
        assert genres >= {"title", "ftr", "sldNum"}
        assert any("Données arrêtées au 30/06/2026 · Petits" in texte for texte in textes(une))


def test_titre_est_lu_en_premier() -> None:
    assert all(une.shapes[0] == une.shapes.title for une in diapos(document()))


def test_notes_donnent_la_source_et_la_lecture() -> None:
    notes = ordinaire(diapo(tableau()).notes_slide.notes_text_frame.text)
    assert "Lecture : à Aubagne, 1 200 demandes sont actives" in notes
    assert "Source : SNE, livraison arrêtée au 30/06/2026." in notes


def test_mots_a_ecrire_disent_ce_qui_est_attendu() -> None:
    une = diapo(Mots("plan", "", "les actions proposées"))
    assert "À compléter : les actions proposées" in textes(une)


def test_lignes_a_remplir_sont_un_tableau_vide() -> None:
    assert cellules(diapo(Lignes(("Décision", "Échéance"), 3))) == [
        ["Décision", "Échéance"],
        *[["", ""]] * 3,
    ]


def test_tout_texte_est_en_francais() -> None:
    langues = {
        run.find(qn("a:rPr")).get("lang")
        for une in diapos(document())
        for run in une._element.iter(qn("a:r"))
    }
    assert langues == {"fr-FR"}


def rectangles(une: Any) -> Iterator[tuple[str, float, float, float, float]]:
    """What stands on a slide: name, left, top, right, bottom, in points."""
    for forme in une.shapes:
        gauche, haut = forme.left.pt, forme.top.pt
        yield forme.name, gauche, haut, gauche + forme.width.pt, haut + forme.height.pt


DIFFICILES: dict[str, tuple[Bloc, ...]] = {
    "tout": TOUS,
    "noms longs": (tableau("noms", 30), graphique()),
    "neuf chiffres": (Chiffres((Chiffre(NOM_LONG, "1 234 567", NOM_LONG, NOM_LONG),) * 9),),
    "texte sans fin": (Paragraphe(f"{NOM_LONG}, " * 60), Liste((NOM_LONG,) * 30)),
    "texte et tableau": (Paragraphe("Un. " + f"{NOM_LONG}. " * 20), tableau("t", 40)),
    "tableau vide": (VIDE,),
    "trente lignes à remplir": (Lignes((NOM_LONG, "Échéance"), 30),),
}


@pytest.mark.parametrize("cas", DIFFICILES)
def test_rien_ne_deborde_ni_ne_se_recouvre(cas: str) -> None:
    for une in diapos(document(*DIFFICILES[cas]))[1:]:
        places = list(rectangles(une))
        for nom, gauche, haut, droite, bas in places:
            assert min(gauche, haut) >= 0, nom
            assert (droite <= 960, bas <= 540) == (True, True), nom
        for (a, *ra), (b, *rb) in itertools.combinations(places, 2):
            assert not se_recouvrent(ra, rb), (a, b)


def se_recouvrent(un: list[float], autre: list[float]) -> bool:
    """Whether two rectangles share more than a hair's breadth (2 points)."""
    large = min(un[2], autre[2]) - max(un[0], autre[0])
    haut = min(un[3], autre[3]) - max(un[1], autre[1])
    return large > 2 and haut > 2


def test_aucune_horloge_dans_le_fichier() -> None:
    un = document()
    octets = diaporama.en_octets(un)
    assert diaporama.en_octets(un) == octets
    with zipfile.ZipFile(io.BytesIO(octets)) as archive:
        assert {entree.date_time for entree in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert b"2026-06-30T00:00:00Z" in archive.read("docProps/core.xml")
        classeurs = [nom for nom in archive.namelist() if nom.endswith(".xlsx")]
        with zipfile.ZipFile(io.BytesIO(archive.read(classeurs[0]))) as classeur:
            assert b"2026-06-30T00:00:00Z" in classeur.read("docProps/core.xml")


def test_a_name_in_one_long_word_takes_no_column_away() -> None:
    """118 letters at 11 points are wider than the slide: a word is broken, columns stay."""
    textes = ("Radiations par un autre", "Laisser au bailleur l'enregistrement", "Z" * 118)
    table = Tableau(
        "plan",
        "",
        tuple(map(Colonne, ("Constat", "Action proposée", "Organismes concernés"))),
        (tuple(map(Cellule, textes)),),
    )
    grille = calculer(table, Zone(0, 0, 500, 400))
    assert len(grille.largeurs) == 3
    assert not grille.coupee
    assert sum(grille.largeurs) <= 500.01
