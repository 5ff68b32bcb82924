"""Which département, which month: the one asked, else the only answer; refused in French."""

from __future__ import annotations

from collections.abc import Sequence

from infocentre.entrepot import Version
from infocentre.noyau.erreurs import Refus
from infocentre.noyau.francais import enumerer
from infocentre.noyau.temps import mois_entre

_CONTROLER = "Lancer : infocentre controler"


def choisir_departement(version: Version, voulu: str | None) -> str:
    """Return the département asked, or the only one published; raise Refus when it is neither."""
    connus = sorted({une.departement for une in version.livraisons if une.publiee})
    if not connus:
        raise Refus("aucun mois n'est encore contrôlé", que_faire=_CONTROLER)
    if voulu in connus:
        return str(voulu)
    if voulu is None and len(connus) == 1:
        return connus[0]
    raise Refus(
        f"aucun mois n'est publié pour le département {voulu}"
        if voulu
        else "plusieurs départements sont publiés",
        que_faire=f"Donner --departement parmi : {', '.join(connus)}.",
    )


def choisir_mois(version: Version, voulu: str | None, departement: str | None) -> str:
    """Return the month asked, else the newest published one; raise Refus when there is none."""
    connus = sorted(
        {
            une.mois
            for une in version.livraisons
            if une.publiee and departement in {None, une.departement}
        }
    )
    if not connus:
        if departement:
            choisir_departement(version, departement)  # says which there are
        raise Refus("aucun mois n'est encore contrôlé", que_faire=_CONTROLER)
    if voulu and voulu not in connus:
        raise Refus(f"le mois {voulu} n'est pas publié", que_faire=autres_mois(connus))
    return voulu or connus[-1]


def dire_remplacee(version: Version, mois: str) -> str:
    """Say that values of a month are those of a delivery that was replaced since, '' for none."""
    if not any(une.mois == mois and une.avant for une in version.livraisons):
        return ""
    return (
        f"{mois} : une livraison a remplacé celle dont ces valeurs viennent ; elles changeront "
        "au prochain contrôle (infocentre controler)."
    )


def autres_mois(connus: Sequence[str]) -> str:
    """Say which months may be asked instead, and how to have more."""
    etendue = connus[0] if len(connus) == 1 else f"{connus[0]} à {connus[-1]}"
    absents = [un for un in mois_entre(connus[0], connus[-1]) if un not in connus]
    if len(absents) > len(connus):  # yearly deliveries: theirs are fewer
        etendue = enumerer(connus)
    elif absents:
        etendue += f", sauf {enumerer(absents)}"
    return f"Mois publiés : {etendue}. Sinon : infocentre controler"
