"""Data Docs in French that ask nothing of any other host.

Great Expectations writes one page per run; its index needs scripts that six outside hosts
serve, so the index is ours, made from the pages and from the history of validations.
"""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from html import escape
from shutil import rmtree
from typing import TYPE_CHECKING

from infocentre.controles.contexte import HISTORIQUE, PAGES_AU_SOMMAIRE, SITE

if TYPE_CHECKING:
    from pathlib import Path

    from great_expectations.checkpoint.checkpoint import CheckpointResult
    from great_expectations.data_context.data_context.ephemeral_data_context import (
        EphemeralDataContext,
    )

_HOTE = r"(?:https?:)?//"
_RETRAITS = (
    re.compile(r"<script\b.*?</script>", re.DOTALL | re.IGNORECASE),
    re.compile(rf"<link\b[^>]*?{_HOTE}[^>]*>", re.IGNORECASE),
    re.compile(rf"<(?:img|iframe|source|embed)\b[^>]*?{_HOTE}[^>]*>", re.IGNORECASE),
    re.compile(rf"\s(?:href|src|srcset|action|poster)=([\"']){_HOTE}.*?\1", re.IGNORECASE),
    re.compile(rf"@import\s+[^;]*{_HOTE}[^;]*;", re.IGNORECASE),
    re.compile(r"<link\b[^>]*\bicon\b[^>]*>", re.IGNORECASE),
    re.compile(r"\shref=\"[^\"]*/expectations/[^\"]*\""),
)
_URL_CSS = re.compile(rf"url\(\s*[\"']?{_HOTE}[^)]*\)", re.IGNORECASE)
_TRADUCTIONS = {
    "Data documentation compiled by Great Expectations": "Contrôles de l’infocentre",
    "Home": "Sommaire",
    "Expectation Validation Result": "Résultat des contrôles",
    "Evaluates whether a batch of data matches expectations.": (
        "Un contrôle par indicateur : assez de guichets y sont conformes, ou non."
    ),
    "Table of Contents": "Sur cette page",
    "Overview": "Vue d’ensemble",
    "Table-Level Expectations": "Indicateurs",
    "Expectation Suite:": "Contrôles :",
    "Status:": "Résultat :",
    "Succeeded": "réussi",
    "Failed": "échec",
    "Statistics": "Décompte",
    "Evaluated Expectations": "Contrôles faits",
    "Successful Expectations": "Contrôles réussis",
    "Unsuccessful Expectations": "Contrôles en échec",
    "Success Percent": "Part de contrôles réussis",
    "Show more info...": "Détails techniques",
    "Info": "Exécution",
    "Great Expectations Version": "Version de Great Expectations",
    "Run Name": "Nom",
    "Run Time": "Date",
    "Batch Markers": "Repères du lot",
    "Batch Spec": "Lot contrôlé",
    "Status": "Résultat",
    "Expectation": "Contrôle",
    "Observed Value": "Part la plus basse des mois",
}
_TEXTE = re.compile(r">\s*([^<>]+?)\s*<")
_STYLE = """<style>
body { font-family: Marianne, Arial, sans-serif; margin: 1rem 2rem; color: #161616; }
table { border-collapse: collapse; width: 100%; }
td, th { border-bottom: 1px solid #ddd; padding: .4rem; text-align: left; vertical-align: top; }
.modal, .navbar-toggler, .btn-group, .popover, .sticky > .card.mb-3 { display: none; }
</style>
</head>"""
_SOMMAIRE = """<!DOCTYPE html>
<html lang="fr">
<head>
<meta charset="UTF-8">
<title>Contrôles de l’infocentre</title>
<style>
{style}
<body>
<h1>Contrôles de l’infocentre</h1>
<table>
<caption>Contrôles faits, du plus récent au plus ancien</caption>
<tr><th scope="col">Date</th><th scope="col">Contrôles réussis</th></tr>
{lignes}
</table>
</body>
</html>
"""


def construire_pages(
    contexte: EphemeralDataContext, resultat: CheckpointResult, dossier: Path
) -> Path:
    """Build this run's page and the index, make them self-contained, return the index.

    The 4 MB of images and fonts that Great Expectations copies serve its own index only.
    """
    contexte.build_data_docs(
        site_names=[SITE], resource_identifiers=list(resultat.run_results), build_index=False
    )
    rmtree(dossier / SITE / "static", ignore_errors=True)
    for page in (dossier / SITE).rglob("*.html"):
        _rendre_autonome(page)
    return _ecrire_sommaire(dossier)


def texte_autonome(texte: str) -> str:
    """Put a page in French, without its scripts and all that another host would serve.

    What it returns is left as it is when given again.
    """
    for motif in _RETRAITS:
        texte = motif.sub("", texte)
    texte = _TEXTE.sub(_traduire, _URL_CSS.sub("none", texte))
    texte = texte.replace("<html>", '<html lang="fr">', 1)
    return texte if _STYLE in texte else texte.replace("</head>", _STYLE, 1)


def _traduire(trouve: re.Match[str]) -> str:
    traduit = _TRADUCTIONS.get(trouve[1])
    return trouve[0] if traduit is None else trouve[0].replace(trouve[1], traduit)


def _rendre_autonome(page: Path) -> None:
    texte = page.read_text(encoding="utf-8")
    autonome = texte_autonome(texte)
    if autonome != texte:
        page.write_text(autonome, encoding="utf-8")


def _ecrire_sommaire(dossier: Path) -> Path:
    site = dossier / SITE
    pages = sorted(site.glob("validations/**/*.html"), key=lambda p: p.parent.name, reverse=True)
    lignes = "\n".join(_ligne(dossier, page) for page in pages[:PAGES_AU_SOMMAIRE])
    sommaire = site / "index.html"
    style = _STYLE.removeprefix("<style>\n")
    sommaire.write_text(_SOMMAIRE.format(style=style, lignes=lignes), encoding="utf-8")
    return sommaire


def _ligne(dossier: Path, page: Path) -> str:
    adresse = page.relative_to(dossier / SITE)
    donnees = (dossier / HISTORIQUE / adresse.relative_to("validations")).with_suffix(".json")
    le = datetime.strptime(page.parent.name, "%Y%m%dT%H%M%S.%fZ").replace(tzinfo=UTC)
    return (
        f'<tr><td><a href="{escape(adresse.as_posix())}">{le:%d/%m/%Y à %H:%M:%S} (UTC)</a></td>'
        f"<td>{_decompte(donnees)}</td></tr>"
    )


def _decompte(donnees: Path) -> str:
    """Read « n sur m » in the history; nothing when a run was killed while writing it."""
    try:
        decompte = json.loads(donnees.read_text(encoding="utf-8"))["statistics"]
    except (OSError, ValueError, KeyError):
        return ""
    return f"{decompte['successful_expectations']} sur {decompte['evaluated_expectations']}"
