"""What deliveries say of the measures that were asked, and how people are told of it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from infocentre.affaires import Affaire, Affaires, Evenement
from infocentre.affaires.attentes import AFaire, a_faire, entree, permis
from infocentre.affaires.modele import LIRE
from infocentre.affaires.registre import MESURES
from infocentre.catalogue.familles import famille
from infocentre.demarches.regles import Regles, Reste
from infocentre.lecture.affaires import vues
from infocentre.lecture.commun import mois_controles
from infocentre.lecture.lecteur import Lecture
from infocentre.noyau.francais import accorder
from infocentre.procedures.mesures_correctives.comptes import a_clore, a_formaliser
from infocentre.procedures.mesures_correctives.gardes import (
    contestation,
    livraisons_sans_rouge,
    plans_non_tenus,
)
from infocentre.procedures.mesures_correctives.propositions import a_ouvrir
from infocentre.procedures.mesures_correctives.verifier import suivre


class _Regles(Regles):
    def livraison(
        self, v: Lecture, registre_: Affaires, unes: Sequence[Affaire]
    ) -> Iterator[tuple[Affaire, str, Mapping[str, Any]]]:
        return suivre(v, registre_, unes[0].departement) if unes else iter(())

    def voit(self, v: Lecture, une: Affaire) -> bool:
        return une.id in vues(v, une.departement)

    def sujet(self, une: Affaire) -> str:
        return famille(une.sujet).titre

    def a_faire(self, une: Affaire, jour: dt.date) -> list[AFaire]:
        """Return what was asked in an answer first; an end, or a step, that deliveries found."""
        demandes = _demandes(une)
        if demandes:
            return demandes
        reste = a_faire(une, jour)
        if reste and reste[0].tache in {"suspens", "reponse", "doute"}:
            return reste
        if a_clore(une):
            sans = accorder(livraisons_sans_rouge(une.situation), "livraison", "livraisons")
            return [AFaire("fin", "clore", _vu(une), dit=f"{sans} de suite sans rouge")]
        if une.etat == "en_cours" and a_formaliser(une) and permis(une, "formaliser", jour):
            manques = accorder(plans_non_tenus(une.situation), "livraison", "livraisons")
            dit = f"plan d'action non tenu à {manques} de suite"
            return [AFaire("etape", "formaliser", _vu(une), dit=dit)]
        return reste

    def geste(self, une: Affaire, evenement: str) -> Mapping[str, Any] | None:
        """Return what one click does: the time that was asked, what deliveries show to be over."""
        reponse = _reponse(une)
        if evenement == "accorder_delai" and reponse and (le := reponse.dit("delai_demande")):
            return {"jusqu_au": le, "raison": "délai demandé par l'organisme"}
        if evenement == "clore" and a_clore(une):
            return {"issue": "corrige"}
        return super().geste(une, evenement)

    def restes(self, v: Lecture, registre_: Affaires, departement: str) -> list[Reste]:
        mois = mois_controles(v, departement)
        if not mois:
            return []
        return [
            Reste(f"{une.titre} : {une.motif}", "/mesures", "Ouvrir l'affaire", qui=une.nom)
            for une in a_ouvrir(v, departement, mois[-1], registre_.aujourdhui)
        ]

    def dire(self, suivies: Sequence[Affaire]) -> tuple[str, ...]:
        douteuses = [une for une in suivies if une.situation.evenements[-1].nom != "verifier"]
        verifiees, dites = len(suivies) - len(douteuses), []
        if verifiees:
            dites.append(
                f"{accorder(verifiees, 'vérification', 'vérifications')} par les livraisons "
                "(infocentre mesures)"
            )
        if douteuses:
            combien = accorder(len(douteuses), "affaire", "affaires")
            dites.append(f"{combien} à revoir, une règle a changé")
        return tuple(f"Mesures correctives : {dite}" for dite in dites)


def _reponse(une: Affaire) -> Evenement | None:
    """Return the last answer to what was told."""
    dites = une.situation.depuis(une.situation.dernier("signaler"), "repondre")
    return dites[-1] if dites else None


def _demandes(une: Affaire) -> list[AFaire]:
    """Return what the last answer asks and nobody has seen to: help, time, who is right."""
    reponse = _reponse(une)
    if reponse is None or une.situation.finie:
        return []
    lues = len(une.situation.depuis(reponse, LIRE))
    aide = reponse.dit("choix") == "aide"
    demandes = []
    if aide and not lues:
        demandes.append(AFaire("aide", LIRE, reponse.jour))
    accordes = une.situation.depuis(reponse, "accorder_delai")
    if reponse.dit("delai_demande") and not accordes and lues <= aide:
        demandes.append(AFaire("report", "accorder_delai", reponse.jour))
    if contestation(une.situation) and "maintenir" in une.situation.procedure.possibles(une.etat):
        demandes.append(AFaire("litige", "maintenir", reponse.jour))
    return demandes


def _vu(une: Affaire) -> dt.date:
    """Return the day of the last delivery that was checked."""
    vu = une.situation.dernier("verifier")
    return vu.jour if vu else entree(une)


REGLES = _Regles(MESURES)
