"""The page of what was judged of each delivery, asking nothing of any host."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from shutil import rmtree
from typing import TYPE_CHECKING

from infocentre.controles.contexte import HISTORIQUE, SITE
from infocentre.controles.pages import gabarits
from infocentre.controles.validation import Validation, lue
from infocentre.controles.vraisemblance.verdicts import Verdict, lire_verdict, pire
from infocentre.noyau.fichiers import ecrire

if TYPE_CHECKING:
    from pathlib import Path

    from great_expectations.checkpoint.checkpoint import CheckpointResult
    from great_expectations.core.expectation_validation_result import (
        ExpectationSuiteValidationResult,
    )
    from great_expectations.data_context.data_context.ephemeral_data_context import (
        EphemeralDataContext,
    )

RENDU = {
    "renderer": {
        "module_name": "infocentre.controles.vraisemblance.pages",
        "class_name": "LireJugement",
    },
    "view": {
        "module_name": "infocentre.controles.vraisemblance.pages",
        "class_name": "EcrireJugement",
    },
}
PAGES_AU_SOMMAIRE = 60


@dataclass(frozen=True, slots=True)
class Jugement:
    """What was judged of one delivery; `moment` is in the machine's time zone."""

    nom: str
    moment: datetime
    verdicts: tuple[Verdict, ...]

    @property
    def verdict(self) -> str:
        """The gravest outcome of its checks."""
        return pire(self.verdicts)


class LireJugement:
    """The renderer of Great Expectations' site: from a validation to what it says."""

    def render(self, validation: ExpectationSuiteValidationResult) -> Jugement:
        """Read one validation of the history."""
        return lire_jugement(lue(validation))


class EcrireJugement:
    """The view of Great Expectations' site: from what a validation says to its page."""

    def render(self, jugement: Jugement, **_: object) -> str:
        """Return the page, in HTML."""
        return gabarits().get_template("livraison.html").render(jugement=jugement)


def lire_jugement(validation: Validation) -> Jugement:
    """Read a validation of Great Expectations, as a file of the history holds it."""
    resultats = validation["results"]
    moment = datetime.fromisoformat(validation["meta"]["run_id"]["run_time"])
    return Jugement(
        resultats[0]["expectation_config"]["meta"]["livraison"],
        moment.astimezone(),
        tuple(lire_verdict(un["result"]["details"]) for un in resultats),
    )


def construire_page(
    contexte: EphemeralDataContext, resultat: CheckpointResult, dossier: Path
) -> None:
    """Build the page of this run."""
    contexte.build_data_docs(
        site_names=[SITE], resource_identifiers=list(resultat.run_results), build_index=False
    )
    rmtree(dossier / SITE / "static", ignore_errors=True)


def ecrire_sommaire(dossier: Path) -> Path:
    """Write the index of the newest pages, and return it."""
    site = dossier / SITE
    pages = sorted(site.glob("validations/**/*.html"), key=lambda p: p.parent.name, reverse=True)
    lignes = [
        (page.relative_to(site).as_posix(), _relire(dossier, page))
        for page in pages[:PAGES_AU_SOMMAIRE]
    ]
    sommaire = site / "index.html"
    texte = gabarits().get_template("livraisons.html").render(lignes=lignes)
    ecrire(sommaire, texte)
    return sommaire


def _relire(dossier: Path, page: Path) -> Jugement | None:
    """Read the validation of a page; None when its history is damaged."""
    adresse = page.relative_to(dossier / SITE / "validations").with_suffix(".json")
    try:
        texte = (dossier / HISTORIQUE / adresse).read_text(encoding="utf-8")
        return lire_jugement(json.loads(texte))
    except (OSError, ValueError, KeyError, IndexError):
        return None
