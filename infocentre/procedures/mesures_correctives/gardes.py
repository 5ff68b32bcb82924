"""Why a step of a corrective measure is refused."""

from __future__ import annotations

from collections.abc import Mapping

from infocentre.affaires.gardes import aucun_envoi_en_suspens, garde, trop_tot
from infocentre.affaires.situation import Evenement, Situation
from infocentre.noyau.francais import compter
from infocentre.noyau.temps import jour
from infocentre.procedures.mesures_correctives.promesses import (
    ACCORDS,
    contestation,
    contestee,
    livraisons_sans_rouge,
    plans_non_tenus,
)

ENVOIS = ("signaler", "relancer")
REPONSES = ("repondre", "recevoir_plan", "recevoir_observations")


@garde
def delai_de_relance(s: Situation, un: Evenement, r: Mapping[str, int]) -> str | None:
    """A reminder waits for its time, and follows no answer."""
    return _sans_reponse(s, un, r["delai_relance"], "La relance")


@garde
def delai_de_reponse(s: Situation, un: Evenement, r: Mapping[str, int]) -> str | None:
    """Silence is told once the time to answer has passed without an answer, reminder included."""
    quoi = "L'absence de réponse"
    return _sans_reponse(s, un, r["delai_reponse"], quoi) or _relance_recente(s, un, r, quoi)


@garde
def silence_ou_plan_non_tenu(s: Situation, un: Evenement, r: Mapping[str, int]) -> str | None:
    """Step 2: step 1 was sent long enough ago without an answer, or its plan was not kept."""
    suspens = aucun_envoi_en_suspens(s, un, r)
    envoi = s.dernier("signaler")
    if suspens or envoi is None:
        return suspens or "l'étape 1 n'a pas été envoyée : rien ne peut être formalisé"
    reponses = s.depuis(envoi, *REPONSES)
    if not reponses:
        quoi = "La demande formalisée"
        return trop_tot(s, envoi, un, r["delai_reponse"], quoi, *ACCORDS) or _relance_recente(
            s, un, r, quoi
        )
    manques = plans_non_tenus(s)
    if manques < r["livraisons_non_tenues"]:
        return (
            f"une réponse est arrivée le {jour(reponses[-1].jour)}, et son plan d'action n'est pas "
            f"tenu à {compter(manques, 'livraison')} sur les {r['livraisons_non_tenues']} qu'il "
            "faut"
        )
    return None


@garde
def contestation_en_attente(s: Situation, _: Evenement, __: Mapping[str, int]) -> str | None:
    """What is contested is maintained once, each time that it is."""
    return None if contestation(s) else "rien de ce qui est contesté n'attend de suite"


@garde
def observations_recueillies(s: Situation, un: Evenement, r: Mapping[str, int]) -> str | None:
    """Step 3: step 2 is old enough, observations were asked for, came or their absence is told."""
    formalise = s.dernier("formaliser")
    if formalise is None:
        return "l'étape 2 n'a pas été formalisée : rien ne peut être soumis au comité de pilotage"
    demande = s.depuis(formalise, "demander_observations")
    if not demande:
        return (
            "les observations de l'organisme n'ont pas été demandées : elles le sont avant toute "
            "saisine du comité de pilotage"
        )
    if not s.depuis(demande[0], "recevoir_observations", "constater_absence"):
        return (
            "ni les observations de l'organisme ni leur absence ne sont jointes : les recevoir, ou "
            "constater qu'elles ne sont pas venues"
        )
    return trop_tot(s, formalise, un, r["delai_soumission"], "La saisine", *ACCORDS)


@garde
def delai_des_observations(s: Situation, un: Evenement, r: Mapping[str, int]) -> str | None:
    """The absence of observations is told once the time to make them has passed."""
    demande = s.dernier("demander_observations")
    if demande is None:
        return "les observations n'ont pas été demandées"
    return trop_tot(s, demande, un, r["delai_observations"], "L'absence d'observations", *ACCORDS)


@garde
def observations_a_demander(s: Situation, _: Evenement, __: Mapping[str, int]) -> str | None:
    """Observations are asked once of each formal demand."""
    formalise = s.dernier("formaliser")
    if formalise and s.depuis(formalise, "demander_observations"):
        return "les observations ont déjà été demandées"
    return None


@garde
def fin_fondee(s: Situation, un: Evenement, r: Mapping[str, int]) -> str | None:
    """« Corrigé » rests on deliveries, « transmis à l'ANCOLS » on what was sent to the préfet.

    « Contesté à raison » rests on an answer, or on observations.
    """
    issue = un.donnees.get("issue")
    if issue == "corrige" and livraisons_sans_rouge(s) < r["livraisons_sans_rouge"]:
        return (
            f"{compter(livraisons_sans_rouge(s), 'livraison')} sans rouge de suite : il en faut "
            f"{r['livraisons_sans_rouge']} pour clore « corrigé »"
        )
    if issue == "conteste_a_raison" and not contestee(s):
        return "rien n'a été contesté : ni réponse ni observations de l'organisme ne le disent"
    if issue == "transmis_ancols" and s.dernier("transmettre") is None:
        return "l'affaire n'a pas été transmise au préfet"
    return None


@garde
def rechute_recente(s: Situation, un: Evenement, r: Mapping[str, int]) -> str | None:
    """What was corrected is reopened on a relapse within months; later it is another affaire."""
    fin = s.dernier("clore")
    if fin is None or fin.donnees.get("issue") != "corrige":
        return "seule une affaire close « corrigé » peut être rouverte"
    passes = (un.jour - fin.jour).days
    if passes > r["delai_rechute"]:
        return (
            f"elle est close depuis {compter(passes, 'jour')}, plus que les {r['delai_rechute']} "
            "d'une rechute : ouvrir une nouvelle affaire"
        )
    return None


@garde
def verification_nouvelle(s: Situation, un: Evenement, _: Mapping[str, int]) -> str | None:
    """A delivery is checked once."""
    cle = un.donnees.get("livraison")
    if any(autre.donnees.get("livraison") == cle for autre in s.tous("verifier")):
        return "cette livraison est déjà vérifiée"
    return None


def _sans_reponse(s: Situation, un: Evenement, delai: int, quoi: str) -> str | None:
    """Say why `quoi` may not follow what was signalled: nothing was, an answer came, too soon."""
    envoi = s.dernier("signaler")
    if envoi is None:
        return "rien n'a encore été signalé"
    if s.depuis(envoi, *REPONSES):
        return "une réponse est arrivée depuis le signalement"
    return trop_tot(s, envoi, un, delai, quoi, *ACCORDS)


def _relance_recente(s: Situation, un: Evenement, r: Mapping[str, int], quoi: str) -> str | None:
    """Say why `quoi` waits for the days that the last reminder left, however late it was."""
    relances = s.depuis(s.dernier("signaler"), "relancer")
    return trop_tot(s, relances[-1], un, apres_relance(r), quoi, *ACCORDS) if relances else None


def apres_relance(r: Mapping[str, int]) -> int:
    """Return the days that a reminder leaves; those of the first version, from its other delays."""
    return r.get("delai_apres_relance", r["delai_reponse"] - r["delai_relance"])
