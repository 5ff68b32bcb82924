"""What is read of a validation of Great Expectations, as a file of the history holds it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypedDict, cast

if TYPE_CHECKING:
    from great_expectations.core.expectation_validation_result import (
        ExpectationSuiteValidationResult,
    )


class Execution(TypedDict):
    """Which run it is of."""

    run_name: str
    run_time: str


class Meta(TypedDict):
    """When it was, and by what."""

    run_id: Execution
    great_expectations_version: str


class Arguments(TypedDict):
    """What an expectation of an indicator was asked."""

    code: str
    libelle: str
    mostly: float


class Juge(TypedDict):
    """What an expectation of vraisemblance was about."""

    livraison: str


class Attente(TypedDict, total=False):
    """An expectation, as it was configured."""

    kwargs: Arguments
    meta: Juge


class Trouve(TypedDict):
    """What an expectation found: by month, or of the delivery."""

    details: Any
    non_juges: dict[str, str]


class Resultat(TypedDict):
    """An expectation, and what it found."""

    expectation_config: Attente
    result: Trouve


class Validation(TypedDict):
    """A suite that was run."""

    suite_name: str
    meta: Meta
    results: list[Resultat]


def lue(validation: ExpectationSuiteValidationResult) -> Validation:
    """Return what Great Expectations read of the history as the file holds it.

    Its own `to_json_dict` copies each value five times over.
    """
    resultats = [
        {
            "expectation_config": {
                "kwargs": un.expectation_config.kwargs,
                "meta": un.expectation_config.meta,
            },
            "result": un.result,
        }
        for un in validation.results
        if un.expectation_config
    ]
    return cast(
        "Validation",
        {
            "suite_name": validation.suite_name,
            "meta": validation.meta,
            "results": resultats,
        },
    )
