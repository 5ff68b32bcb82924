"""What is read of a validation of Great Expectations, as a file of the history holds it."""

from __future__ import annotations

from typing import Any, TypedDict


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
