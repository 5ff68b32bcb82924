"""A night decides what papers hide: every département, the newest months first, whatever fails."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from infocentre.noyau.erreurs import Refus
from infocentre.restitutions import masques_decides

ICI = "013"


def test_a_night_decides_the_newest_months_first_and_as_many_older_that_nobody_did(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    mois = [f"2025-{rang:02}" for rang in range(1, 13)] + [
        f"2026-{rang:02}" for rang in range(1, 9)
    ]
    croises, decides_avant = {"2025-10", "2026-08"}, {"2026-02", "2026-01"}
    decides: list[tuple[str, ...]] = []

    def noter(quoi: str) -> Callable[[object, str, str], None]:
        return lambda _, departement, un: decides.append((quoi, departement, un))

    monkeypatch.setattr(masques_decides, "departements", lambda _: ["013", "084"])
    monkeypatch.setattr(masques_decides, "mois_controles", lambda *_: mois)
    monkeypatch.setattr(masques_decides, "croise", lambda _, __, un: un in croises)
    monkeypatch.setattr(masques_decides, "sont_decides", lambda _, __, un: un in decides_avant)
    for quoi in ("masquer_mois", "masquees", "croiser"):
        monkeypatch.setattr(masques_decides, quoi, noter(quoi))
    assert masques_decides.decider(None) == []  # type: ignore[arg-type] # nothing is read
    assert decides == [
        *(
            (quoi, d, un)
            for un in reversed(mois[-6:])
            for d in ("013", "084")
            for quoi in ("masquer_mois", "masquees")
        ),
        *(
            une
            for d in ("013", "084")
            for une in (
                *(("masquer_mois", d, un) for un in reversed(mois[-14:-8])),
                *(("croiser", d, un) for un in mois[-6:]),
                *(("croiser", d, un) for un in reversed(mois[-13:-6]) if un != "2025-10"),
            )
        ),
    ]
    decides.clear()
    voulus = [("084", "2026-08"), ("013", "2026-07"), ("013", "2026-01")]
    assert masques_decides.decider_les_indicateurs(None, voulus) == []  # type: ignore[arg-type]
    assert decides == [("masquer_mois", *une) for une in voulus[:2]], (
        "an older one is for the night"
    )


def test_what_a_night_cannot_decide_is_said_and_the_rest_is_decided(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    decides: list[str] = []

    def refuser(_: object, __: object, un: str) -> None:
        raise Refus(f"édition illisible de {un}", que_faire="La reprendre.")

    monkeypatch.setattr(masques_decides, "departements", lambda _: [ICI])
    monkeypatch.setattr(masques_decides, "MOIS", 2)
    mois = ["2026-06", "2026-07", "2026-08"]
    monkeypatch.setattr(masques_decides, "mois_controles", lambda *_: mois)
    for quoi in ("masquer_mois", "sont_decides"):
        monkeypatch.setattr(masques_decides, quoi, refuser)
    monkeypatch.setattr(masques_decides, "croise", lambda *_: True)
    for quoi in ("masquees", "croiser"):
        monkeypatch.setattr(masques_decides, quoi, lambda _, __, un: decides.append(un))
    dit = masques_decides.decider(None)  # type: ignore[arg-type] # nothing is read
    refuses = ("(Bouches-du-Rhône, août 2026)", "juillet 2026", "juin 2026")
    assert [refus in un for refus, un in zip(refuses, dit, strict=True)] == [True] * 3
    assert "La reprendre." in dit[0]
    assert decides == ["2026-08", "2026-07", "2026-07", "2026-08"]
