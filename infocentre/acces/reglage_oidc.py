"""How a provider of identities is known: off unless INFOCENTRE_OIDC_EMETTEUR names one.

INFOCENTRE_OIDC_CLIENT and INFOCENTRE_OIDC_SECRET go with it; INFOCENTRE_OIDC_NOM is what people
read, INFOCENTRE_OIDC_PORTEE the scopes. INFOCENTRE_OIDC_ACR lists the levels that are asked, of
which one must be proved, by the roles of INFOCENTRE_OIDC_ACR_ROLES (by all without it).
INFOCENTRE_OIDC_COURRIEL=verifie is for a provider that checks all addresses and does not say so of
each, as ProConnect does: without it, an address counts when the provider says that it checked it.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from urllib.parse import urlsplit

from infocentre.acces.roles import Role
from infocentre.noyau.erreurs import Refus

LOCAUX = frozenset({"127.0.0.1", "localhost", "::1"})
PORTEE = "openid given_name usual_name email siret"
_VARIABLES = ("EMETTEUR", "CLIENT", "SECRET", "PORTEE", "NOM", "ACR", "ACR_ROLES", "COURRIEL")
TOUS, VERIFIE = "tous", "verifie"


@dataclass(frozen=True, slots=True)
class Reglage:
    """How the provider is known, and by which name people know it."""

    emetteur: str
    client: str
    secret: str
    portee: str
    nom: str
    niveaux: tuple[str, ...] = ()
    roles: frozenset[Role] = frozenset(Role)
    courriels_verifies: bool = False


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
    return Reglage(
        emetteur,
        lus["CLIENT"],
        lus["SECRET"],
        lus["PORTEE"] or PORTEE,
        lus["NOM"] or "ProConnect",
        tuple(lus["ACR"].replace(",", " ").split()),
        lire_roles("INFOCENTRE_OIDC_ACR_ROLES", lus["ACR_ROLES"] or TOUS),
        _verifies(lus["COURRIEL"]),
    )


def _verifies(dit: str) -> bool:
    if dit not in {"", VERIFIE}:
        raise Refus(
            f"« {dit[:20]} » n'est pas un réglage des adresses du fournisseur",
            "INFOCENTRE_OIDC_COURRIEL",
            f"Écrire « {VERIFIE} », ou rien.",
        )
    return bool(dit)


def lire_roles(reglage: str, dits: str) -> frozenset[Role]:
    """Return the roles that a setting lists, all of them for « tous »; raise Refus."""
    noms = dits.replace(",", " ").lower().split()
    if noms == [TOUS]:
        return frozenset(Role)
    try:
        return frozenset(map(Role, noms))
    except ValueError:
        raise Refus(
            "un rôle de ce réglage n'existe pas",
            reglage,
            f"Écrire des rôles ({', '.join(Role)}), ou « {TOUS} ».",
        ) from None


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
