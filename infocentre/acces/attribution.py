"""What an administrator gives an account: the périmètre that its role asks, in words."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable, Mapping
from types import MappingProxyType

from infocentre.acces.perimetre import Perimetre
from infocentre.acces.politique import ROLES
from infocentre.acces.roles import Action, Role
from infocentre.contrat.territoires import nom_departement, normaliser_departement, territoires
from infocentre.noyau.erreurs import Refus
from infocentre.noyau.francais import apostropher, enumerer

NOMS = MappingProxyType(
    {
        "departements": ("département", "départements"),
        "epci": ("EPCI", "EPCI"),
        "organismes": ("organisme", "organismes"),
        "guichets": ("guichet", "guichets"),
    }
)
_CODE = re.compile(r"[\w.-]{1,60}", re.ASCII)
TOUS = "tous"


def perimetre_du_role(role: Role, lieux: Mapping[str, Iterable[str]]) -> Perimetre:
    """Return the périmètre that a role has in these lieux; `tous` is every département.

    Raises:
        Refus: a lieu is unknown, none is said, or the role has no such lieux.
    """
    dits = {nom: frozenset(filter(None, map(str.strip, lieux.get(nom, ())))) for nom in NOMS}
    permis = ROLES[role].lieux
    if not permis:
        return Perimetre(departements=frozenset(), nominatif=False)
    if de_trop := [nom for nom, un in dits.items() if un and nom not in permis]:
        raise Refus(
            f"le rôle « {ROLES[role].nom} » ne se limite pas par {NOMS[de_trop[0]][0]}",
            que_faire=f"Dire {_ou(permis)}.",
        )
    if not any(dits.values()):
        raise Refus("ce compte ne verrait rien", que_faire=f"Dire {_ou(permis)}.")
    return Perimetre(
        departements=_departements(dits["departements"]),
        epci=frozenset(map(_epci, dits["epci"])) or None,
        organismes=frozenset(map(_code, dits["organismes"])) or None,
        guichets=frozenset(map(_code, dits["guichets"])) or None,
        nominatif=Action.NOMINATIF in ROLES[role].actions,
    )


def en_mots(p: Perimetre) -> str:
    """Return a périmètre in words."""
    if p.departements == frozenset():
        return "aucune donnée"
    morceaux = [
        _dire("departements", p.departements, nom_departement),
        _dire("epci", p.epci, lambda code: apostropher(noms_epci().get(code, code))),
        _dire("organismes", p.organismes),
        _dire("guichets", p.guichets),
    ]
    return ", ".join(filter(None, morceaux)) or "tous les départements"


def _dire(nom: str, codes: frozenset[str] | None, nommer: object = None) -> str:
    if codes is None:
        return ""
    dits = [f"{nommer(un)} ({un})" if callable(nommer) else un for un in sorted(codes)]
    return f"{NOMS[nom][len(dits) > 1]} {enumerer(dits)}"


def _ou(permis: Iterable[str]) -> str:
    return enumerer([f"au moins un {NOMS[nom][0]}" for nom in permis], "ou")


def _departements(dits: frozenset[str]) -> frozenset[str] | None:
    if not dits or TOUS in {un.lower() for un in dits}:
        return None
    return frozenset(map(normaliser_departement, dits))


def _epci(code: str) -> str:
    if code not in noms_epci():
        raise Refus(
            f"« {code[:20]} » n'est pas le code d'un EPCI",
            que_faire="Donner son SIREN, 9 chiffres.",
        )
    return code


def _code(code: str) -> str:
    if not _CODE.fullmatch(code):
        raise Refus(
            f"« {code[:20]} » n'est pas un code",
            que_faire="Le prendre dans le registre des guichets.",
        )
    return code


@functools.cache
def noms_epci() -> Mapping[str, str]:
    """Return the name of each EPCI of the reference list by its code."""
    return MappingProxyType({un.epci: un.epci_nom for un in territoires().values() if un.epci})
