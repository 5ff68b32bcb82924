"""What documents tell of a corrective measure: the events read once, for all of them."""

from __future__ import annotations

import datetime as dt

from infocentre.affaires import Affaire, Evenement
from infocentre.lecture.demarches import Demarche
from infocentre.procedures.mesures_correctives.promesses import (
    contestation,
    plans_non_tenus,
    promesse_due,
)

_REPONSES = ("repondre", "recevoir_plan")
_ACTES = ("signaler", "relancer", *_REPONSES, "maintenir", "accorder_delai", "constater_silence")
_FORMELS = ("formaliser", "demander_observations", "recevoir_observations", "constater_absence")
_FINS = ("soumettre", "transmettre", "clore", "rouvrir")


def decrire(une: Affaire, nom: str, type_guichet: str) -> Demarche | None:
    """Return what documents tell of an affaire, None when nobody was ever written to."""
    s = une.situation
    if s.dernier("signaler") is None:
        return None
    rouvert = s.dernier("rouvrir")
    siens = [*filter(None, [rouvert]), *s.depuis(rouvert, *_ACTES, *_FORMELS, *_FINS)]
    fin = s.dernier("clore") if s.finie else None
    vu = next(iter(s.depuis(rouvert, "verifier")[::-1]), None)
    signale = max((un.jour for un in siens if un.nom == "signaler"), default=None)
    manquees = plans_non_tenus(s) if signale else 0
    return Demarche(
        affaire=une.id,
        organisme=une.objet,
        nom=nom,
        type_guichet=type_guichet,
        famille=une.sujet,
        etat=une.etat,
        etape=max((_etape(une, un) for un in siens), default=0),
        actes={un.nom: un.jour for un in siens},
        dues={une_due.nature: une_due.due for une_due in une.echeances},
        reponse=_choix(une, siens, "repondre", "choix"),
        plan=any(un.nom == "recevoir_plan" for un in siens),
        promesses=_promesses(siens),
        promis_pour=promesse_due(s, une.reglages) if signale else None,
        manquees=manquees,
        a_formaliser=une.etat == "sans_reponse"
        or (une.etape == 1 and manquees >= une.reglages["livraisons_non_tenues"]),
        contestee=not s.finie and signale is not None and contestation(s) is not None,
        rechute=rouvert is not None,
        verifiee=vu.donnees["mois"] if vu else "",
        depasse=vu.donnees.get("depasse") if vu else None,
        ecrite_le=signale,
        finie=s.finie,
        reconnue=fin is not None and fin.donnees["issue"] == "conteste_a_raison",
        issue_dite=_choix(une, [fin], "clore", "issue") if fin else "",
        raison=(fin.dit("raison") or "") if fin else "",
    )


def _promesses(siens: list[Evenement]) -> tuple[tuple[str, dt.date | None], ...]:
    """Return what the last plan promises: each action, and the day for it."""
    plans = [un.donnees["actions"] for un in siens if un.nom == "recevoir_plan"]
    return tuple(
        (une["action"], dt.date.fromisoformat(le) if (le := une.get("pour_le")) else None)
        for une in (plans[-1] if plans else ())
    )


def _etape(une: Affaire, un: Evenement) -> int:
    """Return the step that an event leads to, 0 when it leads to no other state."""
    procedure = une.situation.procedure
    vers = procedure.regle(un.nom).vers
    return procedure.etats[vers].etape if vers else 0


def _choix(une: Affaire, siens: list[Evenement], nom: str, donnee: str) -> str:
    """Return the last choice that an event carries, in words."""
    dits = [un.dit(donnee) for un in siens if un.nom == nom and un.dit(donnee)]
    return une.situation.procedure.regle(nom).donnees[donnee].choix[dits[-1]] if dits else ""
