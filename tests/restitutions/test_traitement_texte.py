"""The text file: structure that people edit and screen readers follow."""

from __future__ import annotations

import io
import zipfile
from dataclasses import replace
from typing import Any

import docx
import pytest
from docx.oxml.ns import qn

from infocentre.restitutions import traitement_texte
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
    VIDE,
    document,
    graphique,
    tableau,
)

pytestmark = pytest.mark.lent

PLAN = (
    Section("La demande", (tableau(),), (Section("À Arles", (CHIFFRES,)),)),
    Section("Définitions", (Paragraphe("Une **demande**."),), annexe=True),
)


def ouvrir(un: Document) -> Any:
    return docx.Document(io.BytesIO(traitement_texte.en_octets(un)))


def corps(*blocs: Bloc) -> Any:
    return ouvrir(document(*blocs))


def paragraphes(fichier: Any) -> list[tuple[str, str]]:
    """(style, text) between contents and colophon, plain spaces in place of no-break ones."""
    lus = [(p.style.name, ordinaire(p.text)) for p in fichier.paragraphs[:-1]]
    debut = next(rang for rang, (style, _) in enumerate(lus) if style == "Heading 1")
    return lus[debut:]


def ordinaire(texte: str) -> str:
    return texte.replace("\xa0", " ").replace("\u202f", " ")


def xml(fichier: Any, nom: str) -> list[Any]:
    return list(fichier.element.body.iter(qn(nom)))


def test_titres_sont_ceux_du_bilan_imprime() -> None:
    titres = [un for un in paragraphes(ouvrir(document(sections=PLAN))) if "Heading" in un[0]]
    assert titres == [
        ("Heading 1", "1. La demande"),
        ("Heading 2", "1.1 À Arles"),
        ("Heading 1", "Annexe A. Définitions"),
    ]


def test_sommaire_mene_a_chaque_titre() -> None:
    fichier = ouvrir(document(sections=PLAN))
    liens = [lien.get(qn("w:anchor")) for lien in xml(fichier, "w:hyperlink")]
    assert liens == [un.get(qn("w:name")) for un in xml(fichier, "w:bookmarkStart")]
    codes = [ordinaire(code.text).strip() for code in xml(fichier, "w:instrText")]
    assert codes[0] == r'TOC \o "1-2" \h \z \u'
    debut = [p.text for p in fichier.paragraphs].index("Sommaire")
    lus = [p.text for p in fichier.paragraphs[debut + 1 :][: len(liens)]]
    titres = [p.text for p in fichier.paragraphs if p.style.name.startswith("Heading")]
    assert lus == titres, "whole titles, no dotted line to a number that is not known yet"


def test_champs_du_sommaire_sont_bien_fermes() -> None:
    genres = [un.get(qn("w:fldCharType")) for un in xml(ouvrir(document()), "w:fldChar")]
    assert genres.count("begin") == genres.count("separate") == genres.count("end")


def test_tableau_repete_ses_entetes_et_se_decrit() -> None:
    fichier = corps(tableau())
    (table,) = fichier.tables
    assert [case.text for case in table.rows[0].cells] == [
        "Commune",
        "Demandes",
        "Part des mutations",
        "Évolution en un an",
    ]
    assert table.rows[0]._tr.trPr.find(qn("w:tblHeader")) is not None
    proprietes = table._tbl.tblPr
    assert proprietes.find(qn("w:tblCaption")).get(qn("w:val")).startswith("Demandes actives")
    assert proprietes.find(qn("w:tblDescription")).get(qn("w:val")).startswith("Lecture")
    assert table.style.name == "Tableau infocentre"


def test_valeurs_sont_en_francais_et_masquees() -> None:
    lignes = [[ordinaire(c.text) for c in ligne.cells] for ligne in corps(tableau()).tables[0].rows]
    assert lignes[1:3] == [["Aubagne", "1 200", "12,5 %", "+1,8 %"], ["Arles", "s", "s", "s"]]


def test_notes_sous_le_tableau() -> None:
    notes = [texte for style, texte in paragraphes(corps(tableau())) if style == "Note de lecture"]
    assert [note[:12] for note in notes] == ["Lecture : à ", "s : nombre m", "Source : SNE"]


def test_une_legende_porte_un_numero_que_word_sait_compter() -> None:
    fichier = corps(tableau(), graphique("carte"), CHALEUR)
    legendes = [p.text for p in fichier.paragraphs if p.style.name == "Titre de tableau"]
    assert [ordinaire(une).partition(" – ")[0] for une in legendes] == [
        "Tableau 1",
        "Figure 1",
        "Tableau 2",
    ]
    codes = [code.text.split() for code in xml(fichier, "w:instrText")]
    assert [code[1] for code in codes if code[0] == "SEQ"] == ["Tableau", "Figure", "Tableau"]
    assert fichier.settings.element.find(qn("w:updateFields")).get(qn("w:val")) == "true"


@pytest.mark.parametrize("bloc", [tableau("large"), CHALEUR, CHIFFRES, Lignes(("A", "B", "C"), 2)])
def test_tableau_tient_dans_la_largeur_de_la_page(bloc: Bloc) -> None:
    fichier = corps(bloc)
    section = fichier.sections[0]
    place = (section.page_width - section.left_margin - section.right_margin) / 635  # twips
    for table in fichier.tables:
        largeurs = [int(un.get(qn("w:w"))) for un in table._tbl.tblGrid]
        assert sum(largeurs) == pytest.approx(place, abs=15)


def test_un_tableau_court_reste_entier_avec_sa_legende() -> None:
    for nom, bloc, garde in (("court", CHALEUR, True), ("long", tableau("t", 30), False)):
        fichier = corps(bloc)
        cases = [case for ligne in fichier.tables[0].rows[1:] for case in ligne.cells]
        lies = {bool(case.paragraphs[0].paragraph_format.keep_with_next) for case in cases}
        assert lies == {garde}, nom


def test_un_tableau_court_sans_note_ne_retient_pas_ce_qui_le_suit() -> None:
    seul = replace(CHALEUR, lecture="", source="")
    (table, _) = corps(seul, tableau()).tables
    liees = [
        bool(ligne.cells[0].paragraphs[0].paragraph_format.keep_with_next)
        for ligne in table.rows[1:]
    ]
    assert liees == [*[True] * (len(liees) - 1), False]


def test_sur_peu_de_pages_les_chiffres_sont_deux_de_front() -> None:
    quatre = Chiffres((*CHIFFRES.chiffres, Chiffre("guichets ouverts", "97")))
    fichier = ouvrir(replace(document(quatre, CHIFFRES), gabarit="synthese"))
    lus = [
        [[ordinaire(case.text) for case in ligne.cells[::2]] for ligne in table.rows[1:]]
        for table in fichier.tables
    ]
    assert lus == [[["20 123", "2 410"], ["8,4", "97"]], [["20 123"], ["2 410"], ["8,4"]]]
    assert len(corps(quatre).tables[0].columns) == 2  # a bilan has the room


def test_une_phrase_reste_avec_l_image_qu_elle_annonce() -> None:
    fichier = corps(Paragraphe("La demande monte."), graphique())
    phrase = next(p for p in fichier.paragraphs if p.text == "La demande monte.")
    assert phrase.paragraph_format.keep_with_next
    assert fichier.styles["Titre de tableau"].paragraph_format.keep_with_next


def test_parmi_beaucoup_de_colonnes_l_effectif_est_sous_le_taux() -> None:
    colonnes = (Colonne("Indicateur"), *(Colonne(nom, "taux") for nom in "ABCDE"))
    ligne = (Cellule("Retards"), *(Cellule(0.125, sur=89, etat="vert") for _ in "ABCDE"))
    for combien, attendu in ((6, "● 12,5 %\n(89)"), (3, "● 12,5 % (89)")):
        fichier = corps(Tableau("t", "T", colonnes[:combien], (ligne[:combien],)))
        assert ordinaire(fichier.tables[0].rows[1].cells[1].text) == attendu


def test_tableau_vide_le_dit() -> None:
    assert ("Normal", "Aucune ligne.") in paragraphes(corps(VIDE))


@pytest.mark.parametrize("forme", ["barres", "colonnes", "courbe"])
def test_graphique_se_modifie_dans_un_classeur_et_se_decrit(forme: str) -> None:
    octets = traitement_texte.en_octets(document(graphique(forme)))
    with zipfile.ZipFile(io.BytesIO(octets)) as archive:
        assert "word/embeddings/graphique1.xlsx" in archive.namelist()
        relations = archive.read("word/charts/_rels/chart1.xml.rels").decode()
        assert 'Target="../embeddings/graphique1.xlsx"' in relations
        assert b"<c:externalData" in archive.read("word/charts/chart1.xml")
    (dessin,) = xml(docx.Document(io.BytesIO(octets)), "wp:docPr")
    assert "Aubagne : 1 200 ; Istres : 1 274 ; " in ordinaire(dessin.get("descr"))


def test_chaque_graphique_a_son_classeur() -> None:
    octets = traitement_texte.en_octets(document(graphique("barres"), graphique("courbe")))
    with zipfile.ZipFile(io.BytesIO(octets)) as archive:
        noms = [nom for nom in archive.namelist() if nom.endswith(".xlsx")]
    assert noms == ["word/embeddings/graphique1.xlsx", "word/embeddings/graphique2.xlsx"]


def test_carte_est_une_image_decrite() -> None:
    fichier = corps(graphique("carte"))
    assert len(fichier.inline_shapes) == 1
    decrite = ordinaire(xml(fichier, "wp:docPr")[0].get("descr"))
    assert decrite.startswith("Carte : demandes, par commune, 6 valeurs. Aubagne : 1 200 ; ")


def test_listes_numerotees_recommencent_a_un() -> None:
    fichier = corps(
        Liste(("a", "b"), numerotee=True), Paragraphe("."), Liste(("c",), numerotee=True)
    )
    listes = [p._p.pPr.numPr.numId.val for p in fichier.paragraphs if p.style.name == "List Number"]
    assert listes[0] == listes[1] != listes[2]


def test_mots_gardent_leur_mise_en_forme() -> None:
    fichier = corps(Mots("m", "## Enjeux\n\n- un\n  - deux\n\n**gras** et *penché*"))
    assert paragraphes(fichier)[1:] == [
        ("Heading 4", "Enjeux"),
        ("List Bullet", "un"),
        ("List Bullet 2", "deux"),
        ("Normal", "gras et penché"),
    ]
    gras, _, penche = fichier.paragraphs[-2].runs
    assert (gras.bold, penche.italic) == (True, True)


def test_tableau_des_mots_est_un_tableau() -> None:
    fichier = corps(Mots("plan", "| Action | Qui |\n|---|---|\n| Relancer | **DDETS** |"))
    lignes = [[case.text for case in ligne.cells] for ligne in fichier.tables[0].rows]
    assert lignes == [["Action", "Qui"], ["Relancer", "DDETS"]]


def test_mots_absents_disent_ce_qui_est_attendu() -> None:
    assert ("À compléter", "À compléter : le plan") in paragraphes(corps(Mots("m", "", "le plan")))


def test_langue_page_entete_et_pied() -> None:
    fichier = corps(tableau())
    langues = {un.get(qn("w:val")) for un in fichier.styles.element.iter(qn("w:lang"))}
    section = fichier.sections[0]
    assert langues == {"fr-FR"}
    assert (round(section.page_width.mm), round(section.page_height.mm)) == (210, 297)
    assert "premier semestre 2026" in section.header.paragraphs[0].text
    pied = section.footer.paragraphs[0].text
    assert pied.startswith("Données arrêtées au 30/06/2026 · Petits nombres masqués")
    assert "version 12" in fichier.paragraphs[-1].text
    assert fichier.core_properties.title.startswith("Bilan semestriel")
    avec = replace(document(), periode="1er semestre 2026", destinataire="À l'attention du préfet")
    titre = ouvrir(avec).core_properties.title
    assert titre.endswith("1ᵉʳ semestre 2026 – À l’attention du préfet")


def test_un_document_court_n_a_ni_page_de_couverture_ni_sommaire() -> None:
    court = ouvrir(replace(document(), gabarit="courriers"))
    assert "Sommaire" not in [p.text for p in court.paragraphs]
    assert court.styles["Title"].paragraph_format.space_before == 0
    assert court.paragraphs[1].text == "Bouches-du-Rhône – premier semestre 2026"
    assert court.paragraphs[3].text.startswith("Données arrêtées au")
    assert court.styles["Normal"].font.size < ouvrir(document()).styles["Normal"].font.size
    assert "Sommaire" in [p.text for p in ouvrir(document()).paragraphs]


def test_peu_de_barres_gardent_une_hauteur_ou_leurs_noms_se_lisent() -> None:
    peu = replace(graphique("barres"), lignes=(0, 1))
    (cadre,) = corps(peu).element.iter(qn("wp:extent"))
    assert int(cadre.get("cy")) == 60 * 36_000  # 60 mm


def test_un_nom_ne_cede_pas_sa_place_a_un_long_titre_de_nombre() -> None:
    titres = ("Demandes pour une attribution, hors mutation", "Attributions hors mutation")
    colonnes = (Colonne("Composition"), *(Colonne(un, "nombre") for un in titres * 3))
    nom = "Famille monoparentale, trois personnes à charge ou plus"
    lignes = tuple((Cellule(nom), *[Cellule(1312)] * 6) for _ in range(3))
    (table,) = corps(Tableau("t", "T", colonnes, lignes)).tables
    premiere, *autres = (colonne.width for colonne in table.columns)
    assert premiere > max(autres)


def test_nom_qui_ressemble_a_du_xml_reste_un_texte() -> None:
    fichier = corps(Paragraphe("a < b & c"), Lignes(("<w:p>", NOM_LONG), 1))
    assert ("Normal", "a < b & c") in paragraphes(fichier)
    assert fichier.tables[0].rows[0].cells[0].text == "<w:p>"


def test_rien_ne_reste_de_la_bibliotheque_ni_de_ses_machines() -> None:
    with zipfile.ZipFile(io.BytesIO(traitement_texte.en_octets(document()))) as archive:
        assert not [nom for nom in archive.namelist() if nom.startswith("customXml")]
        relations = archive.read("word/_rels/document.xml.rels")
        tout = b"".join(archive.read(nom) for nom in archive.namelist())
    assert b"customXml" not in relations
    assert not [mot for mot in (b"python-docx", b"Macintosh", b"APA") if mot in tout]


def test_aucune_horloge_dans_le_fichier() -> None:
    un = document()
    octets = traitement_texte.en_octets(un)
    assert traitement_texte.en_octets(un) == octets
    with zipfile.ZipFile(io.BytesIO(octets)) as archive:
        assert {entree.date_time for entree in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert b"2026-06-30T00:00:00Z" in archive.read("docProps/core.xml")
