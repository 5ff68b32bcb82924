"""How a provider of identities is known: off unless INFOCENTRE_OIDC_EMETTEUR names one.

INFOCENTRE_OIDC_CLIENT and INFOCENTRE_OIDC_SECRET go with it; INFOCENTRE_OIDC_NOM is what people
read, INFOCENTRE_OIDC_PORTEE the scopes.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from urllib.parse import urlsplit

from infocentre.noyau.erreurs import Refus

LOCAUX = frozenset({"127.0.0.1", "localhost", "::1"})
PORTEE = "openid given_name usual_name email siret"
_VARIABLES = ("EMETTEUR", "CLIENT", "SECRET", "PORTEE", "NOM")


@dataclass(frozen=True, slots=True)
class Reglage:
    """How the provider is known, and by which name people know it."""

    emetteur: str
    client: str
    secret: str
    portee: str
    nom: str


def lire_reglage() -> Reglage | None:
    """Return how the provider is known, None when there is none; raise Refus for half of it."""
    lus = {nom: os.environ.get(f"INFOCENTRE_OIDC_{nom}", "").strip() for nom in _VARIABLES}
    if not lus["EMETTEUR"]:
        return None
    if manque := [f"INFOCENTRE_OIDC_{nom}" for nom in ("CLIENT", "SECRET") if not lus[nom]]:
        raise Refus("le fournisseur d'identité est réglé à moitié", manque[0], "Donner sa valeur.")
    emetteur = lus["EMETTEUR"].rstrip("/")
    if not joignable(emetteur, emetteur):
        raise Refus(
            "le fournisseur d'identité n'est pas joint en https",
            "INFOCENTRE_OIDC_EMETTEUR",
            "Donner son adresse en https.",
        )
    nom, portee = lus["NOM"] or "ProConnect", lus["PORTEE"] or PORTEE
    return Reglage(emetteur, lus["CLIENT"], lus["SECRET"], portee, nom)


def joignable(adresse: str, emetteur: str) -> bool:
    """Tell whether an address is spoken to: over TLS, or on this machine by a provider of it.

    >>> joignable("https://idp.example/jeton", "https://idp.example")
    True
    >>> joignable("http://127.0.0.1:5432/", "https://idp.example")
    False
    >>> joignable("http://127.0.0.1:8080/jeton", "http://localhost:8080")
    True
    """
    lue = urlsplit(adresse)
    if lue.scheme == "http":
        return {lue.hostname, urlsplit(emetteur).hostname} <= LOCAUX
    return lue.scheme == "https" and bool(lue.hostname)
