"""How pages look: none that a third of is blank, pictures described, figures numbered."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Callable, Iterator

import numpy as np
import pikepdf
import pypdfium2
import pytest

from infocentre.lecture.lecteur import Lecture
from infocentre.restitutions import lecture, pdf
from infocentre.restitutions.alternatives import alternative
from infocentre.restitutions.atelier import Atelier
from infocentre.restitutions.document import Document, Graphique
from infocentre.restitutions.lecture import Edition
from infocentre.restitutions.partenaires import partenaires, trouver
from infocentre.restitutions.registre import DOCUMENTS, du_departement
from tests.profondeur import PROFONDEUR

pytestmark = pytest.mark.lent

VIDE_MAX = 0.30  # of the height between the margins
HAUT, BAS, PAGE = 20.0, 18.5, 297.0  # margins and height of a page, mm
BLANC = 245  # level of grey above which a point is blank


@pytest.fixture(scope="module")
def edition(version_demo: Lecture) -> Edition:
    return lecture.du_semestre(version_demo, "2026-S1")


def _de(nom: str) -> Callable[[Edition], Document]:
    guichet = "G1302" if DOCUMENTS[nom].d_un_guichet else ""
    return lambda edition: DOCUMENTS[nom].construire(edition, guichet)


def _du_partenaire(nom: str) -> Callable[[Edition], Document]:
    return lambda e: Atelier(e).construire(trouver(partenaires(e), nom))


FAIRE: dict[str, Callable[[Edition], Document]] = {
    **{un.nom: _de(un.nom) for un in du_departement() if not un.d_un_bailleur},
    "flux-etat": _de("flux-etat"),
    "une commune": _du_partenaire("Allauch"),
}
if PROFONDEUR > 1:  # of the same chapters
    FAIRE["l'USH"] = _du_partenaire("USH")
    FAIRE["un EPCI"] = _du_partenaire("CC Vallée des Baux")
    FAIRE["un bailleur"] = _du_partenaire("Provence Habitat Solidaire")


@pytest.fixture(scope="module", params=FAIRE)
def imprime(request: pytest.FixtureRequest, edition: Edition) -> tuple[Document, bytes]:
    """A document, and its PDF."""
    document = FAIRE[request.param](edition)
    return document, pdf.en_octets(document)


def vides(octets: bytes) -> Iterator[float]:
    """Yield the part of each page that is blank under its last mark, between the margins."""
    with pypdfium2.PdfDocument(octets) as lu:
        for page in lu:
            points = np.array(page.render(scale=0.5, grayscale=True).to_pil())
            par_mm = len(points) / PAGE
            corps = points[round(HAUT * par_mm) : round((PAGE - BAS) * par_mm)]
            marques = np.flatnonzero((corps < BLANC).any(axis=1))
            yield 1.0 - (marques[-1] + 1) / len(corps) if len(marques) else 1.0


def test_aucune_page_n_est_vide_d_un_tiers(imprime: tuple[Document, bytes]) -> None:
    """The last page ends where the document does."""
    pages = list(vides(imprime[1]))
    assert {rang: vide for rang, vide in enumerate(pages[:-1], 1) if vide > VIDE_MAX} == {}


PAGES_MAX = {
    "Bilan semestriel": 35,
    "Le logement social en chiffres": 1,
    "Synthèse mensuelle de la demande de logement social": 2,
    "Bilan annuel de la gestion en flux": 2,
}


def test_un_document_ne_depasse_pas_ses_pages(imprime: tuple[Document, bytes]) -> None:
    """Of the demonstration: counted on the PDF."""
    document, octets = imprime
    if not document.destinataire or document.gabarit != "bilan":
        with pypdfium2.PdfDocument(octets) as lu:
            assert len(lu) <= PAGES_MAX.get(document.titre, 99)


def test_chaque_page_dit_a_qui_le_document_peut_etre_donne(
    imprime: tuple[Document, bytes],
) -> None:
    document, octets = imprime
    with pypdfium2.PdfDocument(octets) as lu:
        textes = [page.get_textpage().get_text_range().replace("\xa0", " ") for page in lu]
    sans = [rang for rang, texte in enumerate(textes) if document.diffusion not in texte]
    assert sans == []


def test_ses_polices_sont_les_notres(imprime: tuple[Document, bytes]) -> None:
    """A letter that ours have not is drawn with one of the machine, and differs with it."""
    with pikepdf.open(io.BytesIO(imprime[1])) as lu:
        polices = {
            str(un.FontName).partition("+")[2].partition("-")[0]
            for un in lu.objects
            if isinstance(un, pikepdf.Dictionary) and un.get("/Type") == "/FontDescriptor"
        }
    assert polices <= {"Marianne", "Signes"}


def test_deux_colonnes_d_un_tableau_n_ont_pas_le_meme_nom(imprime: tuple[Document, bytes]) -> None:
    for un in imprime[0].tableaux():
        titres = [une.titre for une in un.colonnes]
        assert len(titres) == len(set(titres)), f"{un.titre} : {titres}"


def test_un_semestre_incomplet_est_une_edition_provisoire(version_demo: Lecture) -> None:
    edition = lecture.du_semestre(version_demo, "2026-S2")
    document = DOCUMENTS["mission"].construire(edition)
    assert "n'est pas encore publié" in document.faits["Édition provisoire"]
    assert document.edite == edition.publiee_le
    jour = dt.datetime.fromisoformat(version_demo.version.evenement["le"]).date()
    assert document.faits["Édité le"] == f"{jour:%d/%m/%Y}"


def test_chaque_image_est_decrite_et_numerotee(edition: Edition) -> None:
    bilan = DOCUMENTS["bilan"].construire(edition)
    images = [bloc for bloc in bilan.blocs() if isinstance(bloc, Graphique)]
    assert [bilan.numero(une) for une in images] == [f"Figure {n + 1}" for n in range(len(images))]
    for une in images:
        assert len(alternative(une)) > len(une.titre)
        assert une.titre not in alternative(une)
