"""Guards of the meetings: a day that has come, who does what."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from infocentre.affaires.gardes import garde
from infocentre.affaires.situation import Evenement, Situation
from infocentre.noyau.francais import simplifier
from infocentre.noyau.jours import lire_jour
from infocentre.noyau.temps import jour


@garde
def reunion_passee(s: Situation, un: Evenement, _: Mapping[str, int]) -> str | None:
    """Nobody was at a meeting before its day."""
    le = dt.date.fromisoformat(str(s.dite("le_jour")))
    return f"la réunion est le {jour(le)} : elle n'a pas encore eu lieu" if le > un.jour else None


@garde
def dossier_une_fois(s: Situation, un: Evenement, _: Mapping[str, int]) -> str | None:
    """The papers leave once for a day that is fixed."""
    deja = s.depuis(s.dernier("fixer_une_reunion", "deplacer_la_reunion"), un.nom)
    return f"le dossier est déjà parti le {jour(deja[-1].jour)}" if deja else None


@garde
def un_pouvoir_par_service(s: Situation, un: Evenement, _: Mapping[str, int]) -> str | None:
    """Each gives one mandate, to another of the list; one may hold several."""
    par, a = str(un.dit("donne_par") or ""), str(un.dit("donne_a") or "")
    if not par or not a:
        return None
    membres = s.dite("destinataires") or []
    connus = {
        simplifier(str(m.get(nom) or "")) for m in membres for nom in ("qualite", "organisme")
    }
    if membres and (inconnu := next((d for d in (par, a) if simplifier(d) not in connus), "")):
        return f"« {inconnu[:60]} » n'est pas de la liste de la réunion"
    if simplifier(par) == simplifier(a):
        return "nul ne se représente soi-même : noter qui a le pouvoir"
    donnes = {simplifier(str(p.dit("donne_par"))): p for p in s.tous(un.nom)}
    if deja := donnes.get(simplifier(par)):
        return f"« {par[:60]} » a déjà donné pouvoir à « {str(deja.dit('donne_a'))[:60]} »"
    if simplifier(a) in donnes:
        return f"« {a[:60]} » s'est fait représenter : son pouvoir ne se transmet pas"
    return None


@garde
def un_envoi_est_parti(s: Situation, _: Evenement, __: Mapping[str, int]) -> str | None:
    """Nothing comes back before something left."""
    partants = [nom for nom, un in s.procedure.evenements.items() if un.message]
    return None if s.tous(*partants) else "rien n'est encore parti de cette réunion"


@garde
def chaque_decision_a_quelqu_un(s: Situation, _: Evenement, __: Mapping[str, int]) -> str | None:
    """A decision without who does it, or for a day that is none, is not one yet."""
    for rang, une in enumerate(s.redite("decisions") or [], start=1):
        if not une.get("par_qui"):
            return f"la décision {rang} ne dit pas qui la fait : compléter le compte rendu"
        pour = une.get("pour_le") or ""
        if pour and lire_jour(pour) is None:
            return f"la décision {rang} est « pour le {pour[:20]} », qui n'est pas une date"
    return None
