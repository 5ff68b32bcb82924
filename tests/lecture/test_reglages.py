"""What only the préfet can set is asked of who runs the infocentre, not of who reads a document."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast

from infocentre.lecture.reglages import a_fixer, dire_a_fixer


def manquent(*cles: str) -> dict[str, str]:
    v: Any = SimpleNamespace(tuples=lambda *_: [(cle,) for cle in cles])
    return a_fixer(cast("Any", v), "013", "2026-10")


def test_what_is_missing_is_said() -> None:
    assert manquent("dalo_objectif", "logement_dabord_objectif") == {
        "delai_anormalement_long": "le délai anormalement long"
    }
    assert dire_a_fixer(manquent("logement_dabord_objectif")) == (
        "Les documents disent « non fixé » pour le délai anormalement long."
    )


def test_there_is_nothing_to_say_when_all_is_set() -> None:
    assert dire_a_fixer(manquent("delai_anormalement_long", "logement_dabord_objectif")) == ""
