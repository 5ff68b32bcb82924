"""Whose names were erased: up to which radiation, and at whose demand."""

from __future__ import annotations

import datetime as dt

from dateutil.relativedelta import relativedelta

from infocentre.acces.conservation import lire_conservation
from infocentre.entrepot.dossier import Dossier
from infocentre.entrepot.evenements import NumeroEfface, Purge
from infocentre.entrepot.journal import lire_evenements


def numeros_effaces(dossier: Dossier) -> frozenset[str]:
    """Return the numéros whose demandeurs asked to be erased."""
    return frozenset(une["numero"] for une in lire_evenements(dossier.effacements, NumeroEfface))


def jour_de_la_derniere_purge(dossier: Dossier) -> dt.date | None:
    """Return the date up to which names were erased: older deliveries loaded since follow it."""
    jours = [une["le"] for une in lire_evenements(dossier.purges, Purge)]
    jours += [une["au"] for une in dossier.publications() if une["type"] == "purge"]
    return max((dt.date.fromisoformat(jour) for jour in jours), default=None)


def est_effacee(dossier: Dossier, numero: str, radiee_le: dt.date | None) -> bool:
    """Tell whether what named the demandeur of a demande was erased; None: it is not radiée."""
    if numero in numeros_effaces(dossier):
        return True
    purge = jour_de_la_derniere_purge(dossier)
    if purge is None or radiee_le is None:
        return False
    mois = lire_conservation(dossier.racine).durees.radiees.mois
    oubli: dt.date = radiee_le + relativedelta(months=mois)
    return oubli <= purge
