"""The metrics, the expectation and the action that Great Expectations runs.

Importing this module imports Great Expectations and registers them with it.
"""

from __future__ import annotations

from typing import Any, ClassVar, Literal

from great_expectations.checkpoint.actions import ActionContext, ValidationAction
from great_expectations.checkpoint.checkpoint import CheckpointResult
from great_expectations.execution_engine.sqlalchemy_execution_engine import (
    SqlAlchemyExecutionEngine,
)
from great_expectations.expectations.expectation import BatchExpectation
from great_expectations.expectations.metrics.metric_provider import metric_value
from great_expectations.expectations.metrics.table_metric_provider import TableMetricProvider
from great_expectations.validator.metric_configuration import MetricConfiguration

from infocentre.controles.bilan import (
    BilanIndicateur,
    MoisJuge,
    juger,
    lire_guichets,
    lire_non_juges,
)
from infocentre.controles.pannes import expliquer_panne
from infocentre.controles.session import SESSION
from infocentre.mesures import (
    assembler_comptes,
    calculer_valeurs,
    compter,
    populations,
)
from infocentre.noyau.etats import Etat

METRIQUE_COMPTES = "infocentre.comptes"
METRIQUE_VERDICTS = "infocentre.verdicts"


class ComptesPopulation(TableMetricProvider):
    """Counts of every indicator of one population: the one scan of its rows."""

    metric_name = METRIQUE_COMPTES
    value_keys = ("population",)

    @metric_value(engine=SqlAlchemyExecutionEngine)
    def _sqlalchemy(cls, metric_value_kwargs: dict[str, Any], **_: object) -> str:  # noqa: N805
        session, population = SESSION.get(), str(metric_value_kwargs["population"])
        with session.connexion() as con:
            try:
                compter(con, session.catalogue, population)
            except Exception as erreur:
                session.echecs.append(expliquer_panne(con, session.catalogue, population, erreur))
                raise
        return population


class Verdicts(TableMetricProvider):
    """Values and states of every indicator, then the verdict on each, computed once."""

    metric_name = METRIQUE_VERDICTS

    @metric_value(engine=SqlAlchemyExecutionEngine)
    def _sqlalchemy(cls, **_: object) -> dict[str, BilanIndicateur]:  # noqa: N805
        session = SESSION.get()
        with session.connexion() as con:
            assembler_comptes(con, session.catalogue)
            calculer_valeurs(con)
            juges, non_juges = lire_guichets(con), lire_non_juges(con)
        session.verdicts = {
            code: juger(un, juges.get(code, ()), non_juges.get(code, ()))
            for code, un in session.catalogue.indicateurs.items()
        }
        return session.verdicts

    @classmethod
    def _get_evaluation_dependencies(
        cls, metric: MetricConfiguration, *_: object, **__: object
    ) -> dict[str, MetricConfiguration]:
        # Asked twice an indicator, of the same batch: made once, or a control makes a thousand.
        session = SESSION.get()
        session.comptes = session.comptes or {
            f"{METRIQUE_COMPTES}.{population}": MetricConfiguration(
                METRIQUE_COMPTES,
                metric_domain_kwargs=metric.metric_domain_kwargs,
                metric_value_kwargs={"population": population},
            )
            for population in populations(session.catalogue)
        }
        return session.comptes


class ExpectGuichetsConformes(BatchExpectation):
    """Among the significant guichets of a month, at least `mostly` are not rouge nor à traiter."""

    code: str
    libelle: str
    mostly: float

    metric_dependencies: ClassVar[tuple[str, ...]] = (METRIQUE_VERDICTS,)
    success_keys: ClassVar[tuple[str, ...]] = ("code", "mostly")
    args_keys: ClassVar[tuple[str, ...]] = ("code", "libelle", "mostly")

    def _validate(self, metrics: dict[str, Any], *_: object, **__: object) -> dict[str, Any]:
        verdict: BilanIndicateur = metrics[METRIQUE_VERDICTS][self.code]
        return {
            "success": verdict.reussi,
            "result": {
                "observed_value": verdict.part_conforme,
                "details": {f"{un.departement} {un.mois}": _detail(un) for un in verdict.mois},
                "non_juges": {f"{un.departement} {un.mois}": un.motif for un in verdict.non_juges},
            },
        }


class PublierMesures(ValidationAction):
    """Calls the session's publication, unless a metric or an expectation raised."""

    type: Literal["infocentre_publier"] = "infocentre_publier"
    name: str = "publier"

    def run(
        self,
        checkpoint_result: CheckpointResult,
        action_context: ActionContext | None = None,  # noqa: ARG002 - what its protocol gives
    ) -> dict[str, Any]:
        """Publish on Great Expectations' own connection; say whether it was done."""
        if en_panne(checkpoint_result):
            return {"publie": False}
        session = SESSION.get()
        with session.connexion() as con:
            session.publier(con)
        return {"publie": True}


def en_panne(resultat: CheckpointResult) -> list[str]:
    """Return the codes of the indicators whose evaluation raised."""
    return [
        str(un.expectation_config.kwargs["code"])
        for validation in resultat.run_results.values()
        for un in validation.results
        if un.expectation_config and _a_leve(un.exception_info)
    ]


def _a_leve(exception_info: dict[str, Any]) -> bool:
    """Tell whether one was raised; the mapping is flat, or has one entry per metric."""
    if "raised_exception" in exception_info:
        return bool(exception_info["raised_exception"])
    return any(une["raised_exception"] for une in exception_info.values())


def _detail(un: MoisJuge) -> dict[str, Any]:
    return {
        "significatifs": un.significatifs,
        "part_conforme": round(un.part_conforme, 6),
        "rouges": list(un.rouges),
        Etat.A_TRAITER: list(un.a_traiter),
    }
