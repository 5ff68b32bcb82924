"""The metric and the expectation of a delivery; importing it imports Great Expectations."""

from __future__ import annotations

from typing import Any, ClassVar

from great_expectations.execution_engine.pandas_execution_engine import PandasExecutionEngine
from great_expectations.expectations.expectation import BatchExpectation
from great_expectations.expectations.metrics.metric_provider import metric_value
from great_expectations.expectations.metrics.table_metric_provider import TableMetricProvider

from infocentre.controles.vraisemblance.controles import PAR_NOM, Bornes
from infocentre.controles.vraisemblance.examen import Mesure
from infocentre.controles.vraisemblance.verdicts import PASSE, rendre

METRIQUE = "infocentre.mesures_de_livraison"


class MesuresDeLivraison(TableMetricProvider):
    """The measures of every check, read once from the batch: one row per measure."""

    metric_name = METRIQUE

    @metric_value(engine=PandasExecutionEngine)
    def _pandas(
        cls,  # noqa: N805
        execution_engine: PandasExecutionEngine,
        metric_domain_kwargs: dict[str, Any],
        **_: object,
    ) -> dict[str, list[Mesure]]:
        lot, _, _ = execution_engine.get_compute_domain(metric_domain_kwargs, domain_type="table")
        mesures: dict[str, list[Mesure]] = {}
        for lue in (Mesure(**ligne) for ligne in lot.to_dict("records")):
            mesures.setdefault(lue.controle, []).append(lue)
        return mesures


class ExpectLivraisonVraisemblable(BatchExpectation):
    """No measure of a check is beyond its threshold, among those that rest on enough rows."""

    controle: str
    libelle: str
    bornes: dict[str, float | None]

    metric_dependencies: ClassVar[tuple[str, ...]] = (METRIQUE,)
    success_keys: ClassVar[tuple[str, ...]] = ("controle", "bornes")
    args_keys: ClassVar[tuple[str, ...]] = ("controle", "libelle", "bornes")

    def _validate(self, metrics: dict[str, Any], *_: object, **__: object) -> dict[str, Any]:
        mesures: list[Mesure] = metrics[METRIQUE].get(self.controle, [])
        verdict = rendre(PAR_NOM[self.controle], mesures, Bornes.model_validate(self.bornes))
        return {
            "success": verdict.verdict == PASSE,
            "result": {
                "observed_value": max((une.valeur for une in mesures), default=None),
                "details": verdict.en_json(),
            },
        }
