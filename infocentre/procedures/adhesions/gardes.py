"""Guards of the adhesions: what is signed was, of a version that is not an older one."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from infocentre.affaires.gardes import garde
from infocentre.affaires.situation import Evenement, Situation
from infocentre.noyau.temps import jour


@garde
def adhesion_juste(s: Situation, un: Evenement, _: Mapping[str, int]) -> str | None:
    """A charter was signed on a day that has come; the version signed before is not replaced."""
    return faute_de_signature(s, un.donnees, un.jour)


def faute_de_signature(s: Situation | None, donnees: Mapping[str, Any], le: dt.date) -> str | None:
    """Say why an adhesion has not this signature, told on a day; None when it may."""
    dit, numero = donnees.get("adhesion_le"), donnees.get("numero")
    if dit and dt.date.fromisoformat(str(dit)) > le:
        return f"« Signée le » : le {jour(str(dit))} n'est pas encore passé"
    signees = [un for un in s.evenements if un.dit("adhesion_le")] if s else []
    avant = max((un.dit("numero") or 0 for un in signees), default=0)
    if numero is not None and numero < avant:
        return f"une version plus récente est déjà signée, la {avant}"
    return None


@garde
def version_nouvelle(s: Situation, un: Evenement, _: Mapping[str, int]) -> str | None:
    """A version is to be signed again once another one is in force."""
    signee, en_vigueur = s.dite("numero") or 0, un.dit("numero_en_vigueur")
    if en_vigueur is not None and en_vigueur <= signee:
        return f"la version signée, la {signee}, est encore en vigueur"
    return None
