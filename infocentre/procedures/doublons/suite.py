"""What the next deliveries say of duplicates that were decided, without anyone asking.

A demande is gone when the newest delivery does not have it among the active ones: fused (RADFUS),
deleted (SUP in the journal), radiée otherwise, or in no file any more. This records: it deletes
nothing and sends nothing.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any

from infocentre.affaires import Affaire, Evenement
from infocentre.affaires.donnees import Vu
from infocentre.contrat import contrat
from infocentre.contrat.listes import SUPPRESSION, Motif
from infocentre.entrepot.relations import sql_archives
from infocentre.lecture.doublons.demandes import ACTIVE, Etat, lire_etats, numeros_de
from infocentre.lecture.lecteur import Lecture
from infocentre.noyau.temps import fin_de_mois

SUIVIES = frozenset({"decidee", "a_executer", "executee", "constatee"})
SORTS: Mapping[str, str] = {
    "active": "toujours active",
    "fusion": "radiée pour fusion",
    "suppression": "supprimée",
    "radiee": "radiée",
    "disparue": "absente des fichiers",
    "inconnue": "jamais livrée",
}
PERDUE = frozenset({"fusion", "suppression", "disparue", "inconnue"})
CONSTATS = ("constater", "dementir", "contredire", "reapparaitre")


def suivre(v: Lecture, unes: Sequence[Affaire]) -> Iterator[tuple[Affaire, str, Mapping[str, Any]]]:
    """Yield what the newest delivery says of decided cases; once done, it says nothing more."""
    decidees = [une for une in unes if une.etat in SUIVIES]
    if not decidees:
        return
    departement = decidees[0].departement
    mois = v.version.de(departement)[-1].mois
    suivies = [une for une in decidees if _a_verifier(une, mois, fin_de_mois(mois))]
    numeros = numeros_de(v, suivies)
    sorts = sorts_des_demandes(
        v, departement, {n for siens in numeros.values() for n in siens.values()}
    )
    ailleurs = {un for une in decidees for un in _a_supprimer(une)}
    for une in suivies:
        siens = numeros.get(une.id, {})
        decision = derniere_decision(une)
        if decision is None or not set(_membres(decision)) <= siens.keys():
            continue  # erased since: nothing can be told of it
        vus = {membre: sorts[siens[membre]] for membre in _membres(decision)}
        if nom := _conclure(une, decision, vus, ailleurs):
            dits: list[Vu] = [{"membre": un, "sort": sort} for un, sort in vus.items()]
            yield une, nom, {"livraison": mois, "mois": mois, "sorts": dits}


def derniere_decision(une: Affaire) -> Evenement | None:
    """Return the decision that holds of a case, None before it or when it was undone since."""
    decision = une.situation.dernier("decider")
    if decision is None or une.situation.depuis(decision, "annuler", "instruire", "contredire"):
        return None
    return decision


def _membres(decision: Evenement) -> tuple[str, ...]:
    return decision.donnees["garder"], *decision.donnees["supprimer"]


def _a_verifier(une: Affaire, mois: str, arrete: dt.date) -> bool:
    """Tell whether a delivery may say something new of a case: it follows what was decided."""
    decision = derniere_decision(une)
    if decision is None or decision.jour > arrete:
        return False
    return all(un.donnees["mois"] < mois for un in une.situation.tous(*CONSTATS))


def _a_supprimer(une: Affaire) -> tuple[str, ...]:
    decision = derniere_decision(une)
    return tuple(decision.donnees["supprimer"]) if decision else ()


def _conclure(
    une: Affaire, decision: Evenement, vus: Mapping[str, str], ailleurs: Collection[str]
) -> str:
    """Return the event that a delivery gives reason to write, '' when there is none.

    A demande that one case keeps may be deleted by another (`ailleurs`): three of one person are
    decided two by two.
    """
    garder = decision.donnees["garder"]
    gardee = ACTIVE if garder in ailleurs else vus[garder]
    partout = [vus[un] != ACTIVE for un in decision.donnees["supprimer"]]
    if une.etat == "constatee":
        return "" if all(partout) else "reapparaitre"
    if gardee in PERDUE or (gardee != ACTIVE and not all(partout)):
        return "contredire"
    if all(partout):
        return "constater"
    return "dementir" if une.etat == "executee" else ""


def sorts_des_demandes(v: Lecture, departement: str, numeros: Iterable[str]) -> dict[str, str]:
    """Return {numéro: what the newest delivery shows of it}, a key of `SORTS`."""
    voulus = set(numeros)
    etats = lire_etats(v, departement, voulus)
    absents = {n for n in voulus if n not in etats or etats[n]["statut"] == "disparue"}
    supprimes = _supprimes(v, departement, absents)
    return {n: "suppression" if n in supprimes else _sort(etats.get(n)) for n in sorted(voulus)}


def _sort(un: Etat | None) -> str:
    if un is None:
        return "inconnue"
    if un["statut"] == ACTIVE:
        return ACTIVE
    if un["statut"] == "disparue":
        return "disparue"
    return "fusion" if un["motif_radiation"] == Motif.FUSION else "radiee"


def _supprimes(v: Lecture, departement: str, numeros: set[str]) -> frozenset[str]:
    """Return those of these demandes that the journal says deleted."""
    journal = v.dossier.archive(v.version.de(departement)[-1]) / "journal.parquet"
    if not numeros or not journal.exists():
        return frozenset()
    actes = sql_archives(contrat().tables["journal"], [journal])
    lus = v.tuples(
        f"SELECT DISTINCT numero_unique FROM ({actes}) "
        "WHERE type_evenement = $acte AND numero_unique IN (SELECT unnest($numeros::VARCHAR[]))",
        {"acte": SUPPRESSION, "numeros": sorted(numeros)},
    )
    return frozenset(numero for (numero,) in lus)
