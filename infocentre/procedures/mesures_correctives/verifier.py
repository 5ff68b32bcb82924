"""What deliveries say of what was asked, without anyone asking; what a rule made doubtful.

This proposes and records: it sends nothing, closes nothing.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from infocentre.affaires import Affaire, Affaires, Constat, Evenement
from infocentre.lecture.commun import mois_controles
from infocentre.lecture.filtres import Filtres
from infocentre.lecture.indicateurs import catalogue_du_mois
from infocentre.lecture.lecteur import Lecture
from infocentre.noyau.etats import Etat
from infocentre.noyau.temps import fin_de_mois, mois_apres, nom_mois
from infocentre.procedures.mesures_correctives.promesses import ancien_jugement, promesse_due
from infocentre.procedures.mesures_correctives.sorts import Sort, sorts

# How past facts are judged: 2, by the published test over the months since. Before, no number: the
# rate of the month alone was compared with the threshold.
JUGEMENT = 2


def suivre(
    v: Lecture, registre: Affaires, departement: str, *, jusqu_a: str | None = None
) -> Iterator[tuple[Affaire, str, Mapping[str, Any]]]:
    """Yield what deliveries that came since say of affaires, each done before the next is asked.

    `jusqu_a` is the last month that is looked at, the last published one by default.
    """
    mois = [m for m in mois_controles(v, departement) if jusqu_a is None or m <= jusqu_a]
    for une in registre.lister(departement):
        if mois and (doute := _doute(v, registre, une, mois[-1])):
            yield une, "marquer_a_revoir", doute
    for une in registre.lister(departement):
        if une.etape and not une.a_revoir:
            yield from _verifier(v, registre, une, mois)


def _verifier(
    v: Lecture, registre: Affaires, une: Affaire, publies: Sequence[str]
) -> Iterator[tuple[Affaire, str, Mapping[str, Any]]]:
    dits = registre.constats(une.constats)
    vus = {un.donnees["mois"] for un in une.situation.tous("verifier")}
    dit = max(un.mois for un in dits)
    suivie = une
    for mois in publies:
        if mois <= dit or mois in vus:
            continue
        resultats = sorts(v, dits, mois, _premiers_mois(suivie, dits, mois))
        yield suivie, "verifier", _donnees(suivie, mois, resultats)
        suivie = registre.lire(une.id)


def _premiers_mois(une: Affaire, dits: Sequence[Constat], mois: str) -> dict[str, str]:
    """Return {constat: the first month that counts of it}: no month is judged twice.

    They follow what was told, what was promised once it was due, and the last months that said
    something: two verdicts rest on different months.
    """
    due = promesse_due(une.situation, une.reglages)
    echue = _premier_entier(due) if due and due <= fin_de_mois(mois) else ""
    parles = _derniers_mots(une)
    return {
        un.id: max(
            mois_apres(un.mois),
            echue,
            mois_apres(parles[un.id][0]) if un.id in parles else "",
        )
        for un in dits
    }


def _premier_entier(due: dt.date) -> str:
    """Return the first month that is after a day from its first one."""
    mois = f"{due:%Y-%m}"
    return mois if due.day == 1 else mois_apres(mois)


def _derniers_mots(une: Affaire) -> dict[str, tuple[str, bool]]:
    """Return {constat: the last month that said something of it, whether it was still bad}."""
    return {
        compte["constat"]: (un.donnees["mois"], compte["depasse"])
        for un in une.situation.tous("verifier")
        if not ancien_jugement(un)
        for compte in un.donnees["comptes"]
        if "constat" in compte and "depasse" in compte
    }


def _donnees(une: Affaire, mois: str, resultats: Sequence[Sort]) -> dict[str, Any]:
    depasse = _depasse(une, resultats)
    comptes = [un.compte | {"dementies": len(dementies(une, un))} for un in resultats]
    return {
        "livraison": mois,
        "mois": mois,
        "jugement": JUGEMENT,
        "depasse": depasse,
        "plan_tenu": _plan_tenu(une, mois, resultats, depasse=depasse),
        "comptes": comptes,
    }


def _depasse(une: Affaire, resultats: Sequence[Sort]) -> bool | None:
    """Tell whether a month says that something is still bad, or that nothing is any more.

    None is what it says while all that speaks is good and something else has not spoken yet, or
    was bad when it last did. What has not a unit left waits for nothing.
    """
    if any(un.depasse for un in resultats):
        return True
    mots = {id_: mauvais for id_, (_, mauvais) in _derniers_mots(une).items()}
    mots |= {un.constat.id: un.depasse for un in resultats if un.depasse is not None}
    attendus = [un.constat.id for un in resultats if un.juge.etat != Etat.SANS_OBJET]
    parle = any(un.depasse is False for un in resultats)
    return False if parle and all(mots.get(id_) is False for id_ in attendus) else None


def _reponses(une: Affaire, nom: str) -> list[Evenement]:
    return une.situation.depuis(une.situation.dernier("signaler"), nom)


def dementies(une: Affaire, sort: Sort) -> set[str]:
    """Return the cases said to be put right by the arrêté, that the delivery still lists."""
    arrete = fin_de_mois(sort.mois).isoformat()
    dites = {
        unite["unite"]
        for un in _reponses(une, "repondre")
        for unite in un.donnees.get("unites", [])
        if unite["constat"] == sort.constat.id
        and unite["sort"] == "corrige"
        and unite["le"] <= arrete
    }
    return dites & set(sort.unites.get("encore", ()))


def _plan_tenu(
    une: Affaire, mois: str, resultats: Sequence[Sort], *, depasse: bool | None
) -> bool | None:
    """Tell whether what was promised is kept at a delivery; None: not due, or it says nothing."""
    if any(dementies(une, un) for un in resultats):
        return False
    due = promesse_due(une.situation, une.reglages)
    if due is None or due > fin_de_mois(mois) or depasse is None:
        return None
    return not depasse


def _doute(v: Lecture, registre: Affaires, une: Affaire, mois: str) -> dict[str, Any] | None:
    """Return what makes an affaire doubtful: rules that changed since, each told once."""
    changees = _changees(v, mois, registre.constats(une.constats))
    marquees = [r for un in une.situation.tous("marquer_a_revoir") for r in un.donnees["regles"]]
    neuves = [regle for regle in changees if regle not in marquees]
    if not neuves:
        return None
    return {"raison": f"règle changée au {nom_mois(mois)} : {', '.join(neuves)}", "regles": neuves}


def _changees(v: Lecture, mois: str, dits: Sequence[Constat]) -> list[str]:
    changees = set()
    for un in dits:
        actuel = catalogue_du_mois(v, Filtres(un.departement, mois)).indicateurs.get(un.code)
        if actuel is None:
            changees.add(f"{un.code} retiré")
        elif actuel.version != un.version_regle:
            changees.add(f"{un.code} version {actuel.version}")
    return sorted(changees)
