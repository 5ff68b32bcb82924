"""Which semester a set of published months completes, and which version an edition is of."""

from __future__ import annotations

import datetime as dt
from types import SimpleNamespace
from typing import Any, cast

import pytest

from infocentre.entrepot.evenements import Evenement
from infocentre.noyau.temps import dernier_semestre
from infocentre.restitutions.lecture import Edition


@pytest.mark.parametrize(
    ("mois", "semestre"),
    [
        (["2025-12", "2026-06", "2026-10"], "2026-S1"),
        (["2025-12", "2026-05"], "2025-S2"),
        (["2026-10"], None),
        ([], None),
    ],
)
def test_dernier_semestre_acheve(mois: list[str], semestre: str | None) -> None:
    assert dernier_semestre(mois) == semestre


def evenement(version: int, genre: str, *arretes: str) -> Evenement:
    un = Evenement(type=genre, version=version, le=f"2026-09-{version:02d}T08:00:00+00:00")
    if genre == "controle":
        return un | {"mois": [["013", arrete, "e"] for arrete in arretes]}
    return un | {"departement": "013", "arrete": arretes[0]}


def test_une_edition_est_de_la_version_qui_a_publie_ses_donnees() -> None:
    """Later months, another département, a loading not yet controlled: a past file is the same."""
    journal = [
        evenement(1, "chargement", "2026-06-30"),
        evenement(2, "controle", "2026-05-31", "2026-06-30"),
        evenement(3, "controle", "2026-07-31"),
        evenement(4, "chargement", "2026-05-31"),
        Evenement(type="controle", version=5, le="2026-09-05", mois=[["075", "2026-01-31", "e"]]),
    ]

    def de(mois: str, departement: str = "013") -> tuple[int, dt.date | None]:
        v = SimpleNamespace(
            dossier=SimpleNamespace(publications=lambda: journal),
            version=SimpleNamespace(numero=len(journal), evenement=journal[-1]),
        )
        edition = Edition(cast("Any", v), departement, mois, "")
        return edition.version, edition.publiee_le

    juin, juillet = (2, dt.date(2026, 9, 2)), (3, dt.date(2026, 9, 3))
    assert (de("2026-06"), de("2026-07")) == (juin, juillet)
    journal.append(evenement(6, "controle", "2026-05-31"))
    assert [de(mois)[0] for mois in ("2026-05", "2026-06", "2026-07")] == [6, 6, 6]
    journal.append(evenement(7, "retrait", "2026-07-31"))
    assert (de("2026-06")[0], de("2026-08")[0]) == (6, 7)
    assert de("2026-06", "075")[0] == 5
