"""A document is laid out once as HTML, then printed: accessible, complete, the same twice."""

from __future__ import annotations

import io
import re
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any
from unittest.mock import Mock
from xml.etree import ElementTree as ET

import pikepdf
import pypdfium2
import pytest
from fontTools.pens.recordingPen import RecordingPen
from fontTools.ttLib import TTFont
from weasyprint.layout import (
    inline,
    preferred,
)
from weasyprint.text import line_break
from weasyprint.urls import URLFetcher

from infocentre.noyau.config import polices
from infocentre.restitutions import html, moteur, pdf
from infocentre.restitutions.document import Document, Liste, Mots, Paragraphe, Section
from tests.restitutions import exemples
from tests.restitutions.accessibilite import exiger_accessible

pytestmark = pytest.mark.lent


def un_document() -> Document:
    """Every kind of block, a section within another, an annex longer than a page."""
    annexe = Section("Les guichets", (exemples.tableau("guichets", 60),), annexe=True)
    tout = Section("La demande", exemples.TOUS, (Section("Les motifs", (exemples.VIDE,)),))
    return exemples.document(sections=(tout, annexe))


@pytest.fixture(scope="module")
def document() -> Document:
    return un_document()


@pytest.fixture(scope="module")
def octets(document: Document) -> bytes:
    return pdf.en_octets(document)


@pytest.fixture(scope="module")
def pages(octets: bytes) -> list[str]:
    """Text of each page, in reading order."""
    with pypdfium2.PdfDocument(octets) as lu:
        return [page.get_textpage().get_text_range() for page in lu]


# --- HTML -----------------------------------------------------------------------------------------


def test_une_cellule_dit_d_ou_vient_son_chiffre(document: Document) -> None:
    assert (
        '<td class="n" data-code="TAB01-01" data-mois="2026-06" data-ligne="13" '
        'data-colonne="demandes">1\u202f200</td>' in html.en_html(document)
    )


def test_une_cellule_masquee_ne_dit_que_s_et_le_tableau_dit_pourquoi(document: Document) -> None:
    page = html.en_html(document)
    assert '<td class="n masquee"><abbr title="secret statistique">s</abbr></td>' in page
    assert "nombre masqué par le secret statistique" in page


def test_un_etat_est_un_signe_qui_a_un_nom_pas_seulement_une_couleur() -> None:
    page = html.en_html(exemples.document(exemples.CHALEUR))
    cellule = re.search(r'<td class="n etat-rouge">(.*?)</td>', page, re.DOTALL)
    assert cellule
    assert '<span class="signe rouge" role="img" aria-label="rouge">■</span>' in cellule[1]
    assert cellule[1].endswith("9,0\u202f%")
    imprimee = html.en_html(exemples.document(exemples.CHALEUR), impression=True)
    assert '<td class="n etat-rouge">■\xa09,0\u202f%' in imprimee


def test_un_tableau_nomme_ses_lignes_et_ses_colonnes() -> None:
    page = html.en_html(exemples.document(exemples.tableau()))
    assert '<td class="coin">Commune</td><th scope="col" class="n">Demandes</th>' in re.sub(
        r"\n\s*", "", page
    )
    assert '<th scope="row">Aubagne</th>' in page
    deux = replace(exemples.tableau(), entetes=2)  # a reader finds the column of each row header
    page = re.sub(r"\n\s*", "", html.en_html(exemples.document(deux)))
    assert '<td class="coin">Commune</td><th scope="col" class="n">Demandes</th>' in page
    assert page.count('<th scope="row"') == 2 * len(deux.lignes)
    # On paper no figure is under it: PDF/UA takes a header that heads none for a mistake.
    papier = re.sub(r"\n\s*", "", html.en_html(exemples.document(deux), impression=True))
    assert '<td class="coin">Commune</td><td class="coin">Demandes</td>' in papier


def test_ce_qui_vient_des_donnees_n_est_jamais_du_html() -> None:
    page = html.en_html(exemples.document(Paragraphe("<script>x</script> **<b>gras</b>**")))
    assert "<script" not in page
    assert "<strong>&lt;b&gt;gras&lt;/b&gt;</strong>" in page


def test_la_page_html_ne_demande_rien_a_l_exterieur(document: Document) -> None:
    page = html.en_html(document)
    adresses = re.findall(r"(?:src|href)\s*=\s*\"([^\"]*)\"|url\(\"?([^\")]*)", page)
    assert {re.split("[-,;0-9]", une or autre)[0] for une, autre in adresses} == {
        "#s",
        "data:font/ttf",
        "data:font/woff",
    }


def test_les_rubriques_d_un_bilan_sont_numerotees_les_annexes_ont_une_lettre(
    document: Document,
) -> None:
    noms = [une.nom for une in html.rubriques(document)]
    assert noms == ["1. La demande", "1.1 Les motifs", "Annexe A. Les guichets"]


# --- PDF ------------------------------------------------------------------------------------------


def test_le_pdf_est_accessible(octets: bytes, tmp_path: Path) -> None:
    exiger_accessible(octets, tmp_path)


def test_le_pdf_dit_sa_langue_son_titre_et_ses_signets(octets: bytes) -> None:
    with pikepdf.open(io.BytesIO(octets)) as lu:
        assert str(lu.Root.Lang) == "fr"
        assert str(lu.docinfo["/Title"]).startswith("Bilan semestriel de la demande de logement")
        with lu.open_outline() as plan:
            assert [signet.title for signet in plan.root] == [
                "Sommaire",
                "1. La demande",
                "Annexe A. Les guichets",
            ]


def test_les_polices_imprimees_sont_celles_des_pages() -> None:
    """The same drawings: those of pages have only the letters that pages have."""
    graisses = sorted(polices().glob("*.woff2"))
    assert len(graisses) == 3
    for fichier in graisses:
        with TTFont(fichier) as page, TTFont(fichier.with_suffix(".ttf")) as papier:
            dessins = papier.getGlyphSet()
            lettres = papier.getBestCmap()
            assert set(map(ord, "éèàçœŒÉ€’«»–…²ᵉ●■▲")) & set(lettres) <= set(page.getBestCmap())
            for lettre, nom in page.getBestCmap().items():
                tracees = [RecordingPen(), RecordingPen()]
                page.getGlyphSet()[nom].draw(tracees[0])
                dessins[lettres[lettre]].draw(tracees[1])
                assert tracees[0].value == tracees[1].value


def polices_du_pdf(octets: bytes) -> Iterator[pikepdf.Object]:
    with pikepdf.open(io.BytesIO(octets)) as lu:
        for objet in lu.objects:
            if isinstance(objet, pikepdf.Dictionary) and objet.get("/Type") == "/FontDescriptor":
                yield objet


def test_toutes_les_polices_sont_dans_le_pdf(octets: bytes) -> None:
    noms = {
        str(une.FontName): {"/FontFile2", "/FontFile3"} & set(une.keys())
        for une in polices_du_pdf(octets)
    }
    assert {nom.split("+")[-1].split("-")[0] for nom in noms} == {"Marianne", "Signes"}
    assert all(noms.values())


def test_un_lien_du_sommaire_s_imprime(octets: bytes) -> None:
    with pikepdf.open(io.BytesIO(octets)) as lu:
        liens = [lien for page in lu.pages for lien in page.get("/Annots", [])]
        assert liens
        assert all(int(lien.F) & 4 for lien in liens)


def test_le_sommaire_donne_les_pages_et_chaque_page_ses_donnees(pages: list[str]) -> None:
    lu = re.search(r"Annexe A\. Les guichets[\s.]+(\d+)", pages[1])
    assert lu
    assert "Annexe A. Les guichets" in pages[int(lu[1]) - 1]
    pied = "Données arrêtées au 30/06/2026 · Petits nombres masqués, diffusable aux partenaires"
    assert [pied in page for page in pages] == [False] + [True] * (len(pages) - 1)
    assert f"{len(pages)}/{len(pages)}" in pages[-1]


def test_l_entete_d_une_page_nomme_la_rubrique_ouverte_en_haut() -> None:
    """Not the one that starts lower on the page."""
    longue = Section("La demande", (exemples.tableau("demandes", 110),))
    suite = Section("Les suites", (exemples.tableau("suites", 75),))
    essai = pdf.en_octets(exemples.document(sections=(longue, suite)))
    with pypdfium2.PdfDocument(essai) as lu:
        entetes = [
            page.get_textpage().get_text_bounded(bottom=page.get_height() - 50)
            for page in list(lu)[2:]
        ]
        au_milieu = [page.get_textpage().get_text_range().count("2. Les suites") for page in lu]
    assert [entete.split(" Bouches")[0].strip()[:13] for entete in entetes] == [
        *["1. La demande"] * 2,
        *["2. Les suites"] * 2,
    ]
    assert au_milieu[3] == 1  # where it starts


def test_un_tableau_long_repete_ses_entetes_sur_chaque_page(pages: list[str]) -> None:
    debut = next(rang for rang, page in enumerate(pages[2:], 2) if "Annexe A" in page)
    assert len(pages) - debut > 1
    assert all("Part des" in page for page in pages[debut:])


def test_memes_mots_memes_octets_meme_dans_un_autre_processus(
    document: Document, octets: bytes
) -> None:
    assert pdf.en_octets(document) == octets
    code = (
        "import sys; from tests.restitutions import exemples, test_pdf; "
        "from infocentre.restitutions import pdf; "
        "sys.stdout.buffer.write(pdf.en_octets(test_pdf.un_document()))"
    )
    autre = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True)
    assert autre.stdout == octets


@pytest.mark.parametrize(
    "contenu",
    [
        '<img src="file:///etc/hostname">',
        '<img src="https://example.org/a.png">',
        '<link rel="stylesheet" href="file:///etc/hostname">',
        '<object data="data:text/html,x"></object>',
        "<style>@import url(http://example.org/a.css);</style>",
    ],
)
def test_l_impression_ne_va_rien_chercher(contenu: str, monkeypatch: pytest.MonkeyPatch) -> None:
    cherches: list[str] = []

    def chercher(_: object, url: str = "", __: object = None) -> None:
        cherches.append(url)
        raise OSError

    monkeypatch.setattr(URLFetcher, "fetch", chercher)
    monkeypatch.setattr(Path, "read_bytes", chercher)
    pdf.imprimer(f"<html lang=fr><title>x</title>{contenu}<p>texte</p>")
    assert cherches == []


def test_une_liste_vide_et_un_nom_de_90_lettres_s_impriment(tmp_path: Path) -> None:
    long = (
        "Office public de l'habitat d'Aix-Marseille-Provence et de ses soixante-douze communes, S"
    )
    essai = exemples.document(
        sections=(Section(long, (Liste((long,)), exemples.tableau("t", 1))), Section("Rien"))
    )
    exiger_accessible(pdf.en_octets(essai), tmp_path)


def test_un_mot_plus_long_que_la_page_n_en_sort_pas() -> None:
    """What people write may be an address of 400 letters: it goes on in the next line."""
    longs = Mots("enjeux", f"Voir {'x' * 400}.\n\n- {'y' * 400}", "")
    with pypdfium2.PdfDocument(pdf.en_octets(exemples.document(longs))) as lu:
        textes = [(page.get_textpage(), page.get_width()) for page in lu]
        droites = [
            texte.get_charbox(rang)[2] - large
            for texte, large in textes
            for rang in range(texte.count_chars())
        ]
    assert max(droites) < 0


def test_ce_qui_s_imprime_est_du_xml() -> None:
    """Every kind of block: the printer reads it at no cost."""
    page = html.en_html(exemples.document(), impression=True)
    assert ET.fromstring(page).find("body/main") is not None  # noqa: S314 - written here


def montres(octets: bytes) -> int:
    """Count the pieces of text that the pages and their pictures show."""
    with pikepdf.open(io.BytesIO(octets)) as lu:
        contenus = [
            *lu.pages,
            *(un for un in lu.objects if isinstance(un, pikepdf.Stream) and "/BBox" in un),
        ]
        return sum(
            str(commande.operator) in ("TJ", "Tj")
            for un in contenus
            for commande in pikepdf.parse_content_stream(un)
        )


def test_les_mots_d_une_image_sont_dessines_entiers(monkeypatch: pytest.MonkeyPatch) -> None:
    """A text of the picture is one piece of text, as those of the page: not a piece a letter."""
    image = exemples.document(exemples.graphique())
    entiers = montres(pdf.en_octets(image))
    monkeypatch.setattr(pdf, "dessiner_par_mots", lambda _: None)
    lettres = montres(pdf.en_octets(image))
    textes = re.findall(r"<text[^>]*>([^<]+)</text>", exemples.graphique().svg)
    assert lettres - entiers == sum(len("".join(un.split())) - 1 for un in textes)


def test_ce_qui_n_est_fait_qu_une_fois_ne_change_pas_un_octet(
    document: Document, octets: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pdf, "ecrire_une_fois", lambda _: None)
    for module in (inline, preferred):
        monkeypatch.setattr(module, "split_first_line", line_break.split_first_line)
    pdf._feuille.cache_clear()
    assert pdf.en_octets(document) == octets


def test_deux_colonnes_sont_egales_et_ne_coupent_aucun_point(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """What is looked up stands in two columns of one height, each point whole in one of them."""
    points = tuple(f"MOT{rang} " + "habitation " * (6 * (rang % 5) + 3) for rang in range(14))
    annexe = Section("Glossaire", (Liste(points),), annexe=True, gabarit="petit")
    poses = Mock(side_effect=moteur._en_colonnes)
    monkeypatch.setattr(moteur, "_en_colonnes", poses)
    octets = pdf.en_octets(exemples.document(sections=(annexe,)))
    assert poses.call_count == 3 * 2  # the page of the contents is laid out three times
    lignes: dict[bool, list[tuple[float, str]]] = {True: [], False: []}
    with pypdfium2.PdfDocument(octets) as lu:
        une = lu[len(lu) - 1]
        textes, milieu = une.get_textpage(), une.get_width() / 2
        for rang in range(textes.count_rects()):
            gauche, bas, droite, haut = textes.get_rect(rang)
            dit = textes.get_text_bounded(gauche, bas, droite, haut)
            if "habitation" in dit:
                lignes[gauche < milieu].append((bas, dit))
    pieds = [min(bas for bas, _ in colonne) for colonne in lignes.values()]
    assert abs(pieds[0] - pieds[1]) < 6 * 10.2  # the longest point: six lines
    for colonne in lignes.values():
        assert "MOT" in max(colonne)[1]


def test_un_titre_au_dessus_de_deux_colonnes_n_est_pas_seul_au_bas_d_une_page() -> None:
    """There is room for the heading, and for no point of its list."""
    dite = Section("La demande", (Liste(("Une ligne de la demande.",) * 32),))
    points = (f"MOT{rang} " + "habitation " * 40 for rang in range(8))
    annexe = Section("Glossaire", (Liste(tuple(points)),), annexe=True, gabarit="petit")
    with pypdfium2.PdfDocument(pdf.en_octets(exemples.document(sections=(dite, annexe)))) as lu:
        textes = [une.get_textpage().get_text_range().replace("\xa0", " ") for une in lu]
    assert ["MOT0" in un for un in textes] == [False, False, True]
    assert textes[1].count("Annexe A. Glossaire") == 1  # in the contents
    assert textes[2].index("Annexe A. Glossaire\r\n") < textes[2].index("MOT0")


def test_ce_qui_fut_imprime_s_en_va_quand_le_suivant_commence(document: Document) -> None:
    """A process that prints all the papers holds one layout at a time."""
    pdf.en_octets(document)
    (premier,) = moteur._ICI.contextes
    assert vars(premier)
    pdf.en_octets(exemples.document())
    assert not vars(premier)
    assert premier not in moteur._ICI.contextes


def test_deux_fils_impriment_a_la_fois_sans_se_defaire(
    document: Document, octets: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As two readers of one server do: the second begins, and ends, within the first."""
    couper, seconds = moteur._couper, [exemples.document()]
    vars(pdf._configuration()).pop("lignes_coupees", None)  # else no line is cut

    def couper_quand_l_autre_a_fini(*suite: Any) -> Any:
        if seconds:
            fils.submit(pdf.en_octets, seconds.pop()).result()
        return couper(*suite)

    monkeypatch.setattr(moteur, "_couper", couper_quand_l_autre_a_fini)
    with ThreadPoolExecutor(1) as fils:
        assert pdf.en_octets(document) == octets
    assert seconds == []
