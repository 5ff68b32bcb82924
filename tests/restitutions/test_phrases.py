"""A sentence of a document is changed in its template alone."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from jinja2 import FileSystemLoader

from infocentre.noyau.config import ressources
from infocentre.restitutions import fiche, html, liste_guichets, mission, redaction, synthese
from infocentre.restitutions.document import Document
from infocentre.restitutions.lecture import Edition

Construire = Callable[[Edition], Document]
PHRASES: list[tuple[str, str, Construire]] = [
    ("synthese/attendu.md", "Points soumis à votre décision", synthese.construire),
    ("synthese/suivies.md", "Suivis par le gestionnaire", synthese.construire),
    ("synthese/realise.md", "Mixité : hors quartiers prioritaires", synthese.construire),
    ("synthese/chiffres.md", "la moitié des ménages logés", synthese.construire),
    ("synthese/alertes.md", "reste en rouge ou à traiter depuis", synthese.construire),
    ("synthese/image.md", "L'image du mois {image}", synthese.construire),
    ("synthese/guichets.md", "Ce qui, chez chacun, dépasse le plus le seuil", synthese.construire),
    ("synthese/limites.md", "Ces chiffres sont ceux que les guichets", synthese.construire),
    ("guichets/liste.md", "les demandes de logement social au", liste_guichets.construire),
    ("fiche/fiche.md", "Anomalies d'enregistrement", lambda e: fiche.construire(e, "G1302")),
    ("fiche/recit.md", "qui échange avec le SNE", lambda e: fiche.construire(e, "G1302")),
    ("mission/compte_rendu.md", "Chaque livraison est soumise", mission.construire),
]


@pytest.mark.parametrize(("modele", "avant", "faire"), PHRASES, ids=[une[0] for une in PHRASES])
def test_une_phrase_change_dans_son_modele(
    edition_demo: Edition,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    modele: str,
    avant: str,
    faire: Construire,
) -> None:
    shutil.copytree(ressources("reports"), tmp_path / "reports")
    chemin = tmp_path / "reports" / modele
    texte = chemin.read_text("utf-8")
    assert texte.count(avant) == 1
    chemin.write_text(texte.replace(avant, "Autrement dit"), "utf-8")
    monkeypatch.setattr(redaction._milieu(), "loader", FileSystemLoader(tmp_path / "reports"))
    lu = html.en_html(faire(edition_demo))
    assert "Autrement dit" in lu
    assert avant not in lu


def test_chaque_modele_de_ces_documents_a_sa_phrase() -> None:
    racine = ressources("reports")
    modeles = {
        str(un.relative_to(racine))
        for dossier in ("synthese", "mission", "fiche", "guichets")
        for un in (racine / dossier).glob("*.md")
    }
    assert modeles == {une[0] for une in PHRASES}
