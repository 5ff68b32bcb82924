"""Data Docs of Great Expectations in the infocentre's words, asking nothing of any host.

Great Expectations builds one page per run from its history of validations, with the renderer
and the view of this module; its index needs scripts that outside hosts serve, so ours replaces
it. The pages have no script, and a policy that forbids them any request.
"""

from __future__ import annotations

import json
from datetime import datetime
from functools import cache
from shutil import rmtree
from typing import TYPE_CHECKING

from jinja2 import Environment, PackageLoader, StrictUndefined

from infocentre.controles.contexte import HISTORIQUE, SITE
from infocentre.controles.lecture import Controle, lire_controle
from infocentre.controles.validation import lue
from infocentre.noyau.fichiers import ecrire
from infocentre.noyau.francais import pourcent, pourcentage
from infocentre.noyau.temps import nom_mois

if TYPE_CHECKING:
    from pathlib import Path

    from great_expectations.checkpoint.checkpoint import CheckpointResult
    from great_expectations.core.expectation_validation_result import (
        ExpectationSuiteValidationResult,
    )
    from great_expectations.data_context.data_context.ephemeral_data_context import (
        EphemeralDataContext,
    )

PAGES_AU_SOMMAIRE = 24


class LireControle:
    """The renderer of Great Expectations' site: from a validation to what it says."""

    def render(self, validation: ExpectationSuiteValidationResult) -> Controle:
        """Read one validation of the history."""
        return lire_controle(lue(validation))


class EcrireControle:
    """The view of Great Expectations' site: from what a validation says to its page."""

    def render(self, controle: Controle, **_: object) -> str:
        """Return the page, in HTML."""
        return gabarits().get_template("controle.html").render(controle=controle)


def construire_pages(
    contexte: EphemeralDataContext, resultat: CheckpointResult, dossier: Path
) -> Path:
    """Build this run's page and the index, return the index.

    The 4 MB of images and fonts that Great Expectations copies serve its own pages only.
    """
    contexte.build_data_docs(
        site_names=[SITE], resource_identifiers=list(resultat.run_results), build_index=False
    )
    rmtree(dossier / SITE / "static", ignore_errors=True)
    return _ecrire_sommaire(dossier)


@cache
def gabarits() -> Environment:
    """Return the templates of the pages of control."""
    environnement = Environment(
        loader=PackageLoader("infocentre.controles", "gabarits"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    filtres = (nom_mois, pourcent, pourcentage)
    environnement.filters |= {un.__name__: un for un in filtres}
    return environnement


def _ecrire_sommaire(dossier: Path) -> Path:
    site = dossier / SITE
    pages = sorted(site.glob("validations/**/*.html"), key=lambda p: p.parent.name, reverse=True)
    lignes = [
        (page.relative_to(site).as_posix(), _moment(page), _relire(dossier, page))
        for page in pages[:PAGES_AU_SOMMAIRE]
    ]
    sommaire = site / "index.html"
    texte = gabarits().get_template("sommaire.html").render(lignes=lignes)
    ecrire(sommaire, texte)
    return sommaire


def _moment(page: Path) -> datetime:
    return datetime.strptime(page.parent.name, "%Y%m%dT%H%M%S.%f%z").astimezone()


def _relire(dossier: Path, page: Path) -> Controle | None:
    """Read the validation of a page; None when a run was killed while writing it."""
    adresse = page.relative_to(dossier / SITE / "validations").with_suffix(".json")
    try:
        texte = (dossier / HISTORIQUE / adresse).read_text(encoding="utf-8")
        return lire_controle(json.loads(texte))
    except (OSError, ValueError, KeyError):
        return None
