"""What the next deliveries say of what was asked, without anyone asking; what a rule made doubtful.

This proposes and records: it sends nothing, closes nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from infocentre.acces.perimetre import TOUT
from infocentre.affaires import Acteur, Affaire, Affaires, Constat, Evenement
from infocentre.affaires.gardes import promesse_due
from infocentre.decisions import magasin_present
from infocentre.demarches.acces_sne import passer as suivre_les_acces
from infocentre.demarches.doublons.corrections import passer as suivre_les_corrections
from infocentre.demarches.doublons.suite import passer as suivre_les_doublons
from infocentre.entrepot import Dossier
from infocentre.lecture.affaires import Sort, sorts
from infocentre.lecture.commun import mois_controles
from infocentre.lecture.filtres import Filtres
from infocentre.lecture.indicateurs import catalogue_du_mois
from infocentre.lecture.lecteur import Lecture
from infocentre.noyau.temps import fin_de_mois, nom_mois
from infocentre.restitutions.lecture import ouvrir


@dataclass(frozen=True, slots=True)
class Jour:
    """What a day recorded: affaires checked by a delivery, affaires that a rule made doubtful.

    Of what the delivery says something new: `doublons` are cases of duplicates, `acces` reviews of
    users of the SNE, `corrections` those of an identity.
    """

    verifiees: tuple[Affaire, ...]
    a_revoir: tuple[Affaire, ...]
    doublons: tuple[Affaire, ...] = ()
    acces: tuple[Affaire, ...] = ()
    corrections: tuple[Affaire, ...] = ()


def passer(v: Lecture, registre: Affaires, departement: str, *, jusqu_a: str | None = None) -> Jour:
    """Check every affaire by the deliveries that came since; done twice, it does nothing more.

    `jusqu_a` is the last month that is looked at, the last published one by default.
    """
    mois = [m for m in mois_controles(v, departement) if jusqu_a is None or m <= jusqu_a]
    a_revoir = [
        suite
        for une in registre.lister(departement)
        if (suite := _marquer(v, registre, une, mois)) is not None
    ]
    verifiees = [
        suite
        for une in registre.lister(departement)
        if une.etape and not une.a_revoir
        for suite in _verifier(v, registre, une, mois)
    ]
    doublons = suivre_les_doublons(v, registre, departement) if jusqu_a is None else []
    acces = suivre_les_acces(v, registre, departement) if jusqu_a is None else []
    corrections = suivre_les_corrections(v, registre, departement) if jusqu_a is None else []
    return Jour(
        tuple(verifiees), tuple(a_revoir), tuple(doublons), tuple(acces), tuple(corrections)
    )


def apres_controle(dossier: Dossier, auteur: str) -> Jour:
    """Check the affaires of every département by what has just been published, if there are any."""
    magasin = magasin_present(dossier.racine)
    if magasin is None:
        return Jour((), ())
    registre = Affaires(magasin, Acteur(auteur, "minuteur"))
    with ouvrir(dossier, TOUT) as v:
        jours = [passer(v, registre, departement) for departement in v.version.departements]
    return Jour(
        tuple(une for jour in jours for une in jour.verifiees),
        tuple(une for jour in jours for une in jour.a_revoir),
        tuple(une for jour in jours for une in jour.doublons),
        tuple(une for jour in jours for une in jour.acces),
        tuple(une for jour in jours for une in jour.corrections),
    )


def _verifier(
    v: Lecture, registre: Affaires, une: Affaire, publies: Sequence[str]
) -> list[Affaire]:
    dits = registre.constats(une.constats)
    vus = {un.donnees["mois"] for un in une.situation.tous("verifier")}
    dit = max(un.mois for un in dits)
    suites = []
    for mois in publies:
        if mois <= dit or mois in vus:
            continue
        resultats = sorts(v, dits, mois)
        suites.append(registre.agir(une.id, "verifier", _donnees(une, mois, resultats)))
    return suites


def _donnees(une: Affaire, mois: str, resultats: Sequence[Sort]) -> dict[str, Any]:
    depasse = any(un.depasse for un in resultats)
    comptes = [un.compte | {"dementies": len(_dementies(une, un))} for un in resultats]
    return {
        "livraison": mois,
        "mois": mois,
        "depasse": depasse,
        "plan_tenu": _plan_tenu(une, mois, resultats, depasse=depasse),
        "comptes": comptes,
    }


def _reponses(une: Affaire, nom: str) -> list[Evenement]:
    return une.situation.depuis(une.situation.dernier("signaler"), nom)


def _dementies(une: Affaire, sort: Sort) -> set[str]:
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


def _plan_tenu(une: Affaire, mois: str, resultats: Sequence[Sort], *, depasse: bool) -> bool | None:
    """Tell whether what was promised is kept at a delivery; None while nothing was due."""
    if any(_dementies(une, un) for un in resultats):
        return False
    due = promesse_due(une.situation, une.reglages)
    if due is None or due > fin_de_mois(mois):
        return None
    return not depasse


def _marquer(v: Lecture, registre: Affaires, une: Affaire, connus: Sequence[str]) -> Affaire | None:
    """Mark an affaire whose constats rest on a rule that has changed since, once a change."""
    if not connus:
        return None
    changees = _changees(v, connus[-1], registre.constats(une.constats))
    marquees = [r for un in une.situation.tous("marquer_a_revoir") for r in un.donnees["regles"]]
    neuves = [regle for regle in changees if regle not in marquees]
    if not neuves:
        return None
    raison = f"règle changée au {nom_mois(connus[-1])} : {', '.join(neuves)}"
    return registre.agir(une.id, "marquer_a_revoir", {"raison": raison, "regles": neuves})


def _changees(v: Lecture, mois: str, dits: Sequence[Constat]) -> list[str]:
    changees = set()
    for un in dits:
        actuel = catalogue_du_mois(v, Filtres(un.departement, mois)).indicateurs.get(un.code)
        if actuel is None:
            changees.add(f"{un.code} retiré")
        elif actuel.version != un.version_regle:
            changees.add(f"{un.code} version {actuel.version}")
    return sorted(changees)
