"""One checkpoint per delivery: Great Expectations judges its measures, and keeps what it said."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from infocentre.controles.differes import importer
from infocentre.controles.vraisemblance.controles import CONTROLES
from infocentre.controles.vraisemblance.examen import Examen, Mesure
from infocentre.controles.vraisemblance.mesures import mesurer
from infocentre.controles.vraisemblance.verdicts import Verdict, lire_verdict
from infocentre.mesures.reglages import Seuils
from infocentre.noyau.erreurs import Refus

if TYPE_CHECKING:
    from collections.abc import Sequence

    from great_expectations import Checkpoint
    from great_expectations.checkpoint.checkpoint import CheckpointResult
    from great_expectations.data_context.data_context.ephemeral_data_context import (
        EphemeralDataContext,
    )


def juger(examen: Examen, seuils: Seuils, temporaire: Path) -> tuple[Verdict, ...]:
    """Judge a delivery; history and page of the run go under `temporaire`.

    Raises:
        Refus: Great Expectations could not evaluate a check.
    """
    with importer():
        from infocentre.controles.contexte import creer_contexte
        from infocentre.controles.vraisemblance.pages import RENDU, construire_page

    contexte = creer_contexte(temporaire, RENDU)
    resultat = _executer(contexte, mesurer(examen), seuils, str(examen.livraison["nom"]))
    (validation,) = resultat.run_results.values()
    if any("details" not in (un.result or {}) for un in validation.results):
        raise Refus(
            "la vraisemblance de la livraison n’a pas pu être jugée",
            str(examen.livraison["nom"]),
            "Le signaler avec cette livraison ; rien n’a été chargé.",
        )
    construire_page(contexte, resultat, temporaire)
    return tuple(lire_verdict(un.result["details"]) for un in validation.results)


def garder(temporaire: Path, dossier: Path) -> None:
    """Put the history and the page of an accepted delivery with those of the others."""
    from infocentre.controles.vraisemblance.pages import ecrire_sommaire

    shutil.copytree(temporaire, dossier, dirs_exist_ok=True)
    ecrire_sommaire(dossier)


def _executer(
    contexte: EphemeralDataContext, mesures: Sequence[Mesure], seuils: Seuils, nom: str
) -> CheckpointResult:
    from dataclasses import asdict

    import pandas as pd  # type: ignore[import-untyped]
    from great_expectations import RunIdentifier

    lot = pd.DataFrame([asdict(une) for une in mesures])
    moment = RunIdentifier(run_name="livraison", run_time=datetime.now(UTC))
    point = _point_de_controle(contexte, seuils, nom)
    return point.run(batch_parameters={"dataframe": lot}, run_id=moment)


def _point_de_controle(contexte: EphemeralDataContext, seuils: Seuils, nom: str) -> Checkpoint:
    from infocentre.controles.contexte import Suite, creer_point
    from infocentre.controles.vraisemblance.attentes import ExpectLivraisonVraisemblable

    attentes = [
        ExpectLivraisonVraisemblable(
            controle=un.nom,
            libelle=un.libelle,
            bornes=un.bornes(seuils).model_dump(),
            meta={"livraison": nom},
        )
        for un in CONTROLES
    ]
    source = contexte.data_sources.add_pandas("livraison")
    lot = source.add_dataframe_asset("mesures").add_batch_definition_whole_dataframe("toutes")
    suite = Suite(name="vraisemblance", expectations=attentes)
    return creer_point(suite, lot, "livraison")
