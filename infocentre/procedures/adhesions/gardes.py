"""Guards of the adhesions: what is signed is a version that is not an older one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from infocentre.affaires.gardes import garde
from infocentre.affaires.situation import Evenement, Situation


@garde
def adhesion_juste(s: Situation, un: Evenement, _: Mapping[str, int]) -> str | None:
    """The version signed before is not replaced by an older one."""
    return faute_de_signature(s, un.donnees)


def faute_de_signature(s: Situation | None, donnees: Mapping[str, Any]) -> str | None:
    """Say why an adhesion has not this signature, None when it may."""
    numero = donnees.get("numero")
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
