"""The addresses that a text holds: a register may give several to a guichet, written in any way."""

from __future__ import annotations

import re

_ADRESSE = re.compile(r"(?:mailto:)?([^\s@;,/<>()\"?:]+@[^\s@;,/<>()\"?:]+)")


def adresses_de(texte: str | None) -> tuple[str, ...]:
    """Return each address of a text once, in lower case; none when nothing is one."""
    return tuple(dict.fromkeys(_ADRESSE.findall((texte or "").lower())))
