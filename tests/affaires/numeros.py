"""The number of an affaire that is opened today: its year is that of the clock."""

from __future__ import annotations

import datetime as dt


def ouverte_ce_jour(rang: int) -> str:
    """Return the number of the nth affaire that the Bouches-du-Rhône open this year."""
    return f"013-{dt.date.today():%Y}-{rang:05}"  # noqa: DTZ011 - as who opens it has a day
