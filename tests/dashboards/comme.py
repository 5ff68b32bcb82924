"""A request as someone would make it: rights of each role, an application that recognises them."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Any

import dash

from infocentre.acces.modele import Acces, Role
from infocentre.acces.perimetre import Perimetre


def acces(role: Role, *departements: str, **perimetre: Any) -> Acces:
    """Return the rights of a role in these départements: `guichets={"G1301"}`, `nominatif=…`."""
    lus: dict[str, Any] = {
        nom: frozenset(un) if isinstance(un, set | list | tuple) else un
        for nom, un in perimetre.items()
    }
    p = Perimetre(departements=frozenset(departements) or None, **lus)
    return Acces(f"{role}@exemple.fr", f"Compte {role}", role, p)


@contextlib.contextmanager
def comme(app: dash.Dash, qui: Acces | None) -> Iterator[None]:
    """Have an application take whoever asks for this person; None, for nobody it knows."""
    avant = app.server.config["RECONNAITRE"]
    app.server.config["RECONNAITRE"] = lambda: qui
    try:
        yield
    finally:
        app.server.config["RECONNAITRE"] = avant
