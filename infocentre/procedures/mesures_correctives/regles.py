"""What corrective measures know: who sees them, what is asked, said, answered, and by whom."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any, ClassVar

from infocentre.affaires import Affaire, Affaires, Constat, Evenement, procedures
from infocentre.affaires.attentes import AFaire, a_faire, entree, permis
from infocentre.affaires.formulaire import ecrire
from infocentre.affaires.modele import LIRE, Donnee, Role
from infocentre.affaires.registre import MESURES
from infocentre.catalogue.familles import famille
from infocentre.decisions import magasin_present
from infocentre.demarches import rebonds
from infocentre.demarches.a_remplir import Lu
from infocentre.demarches.cas import Cas, cas, reference
from infocentre.demarches.message import Piece, Pli
from infocentre.demarches.regles import Imprimer, Regles, Reste, Saisie, Tenir
from infocentre.lecture import affaires as lues
from infocentre.lecture.commun import catalogue, mois_controles
from infocentre.lecture.lecteur import Lecture
from infocentre.noyau.erreurs import Refus
from infocentre.noyau.francais import accorder, minuscule
from infocentre.procedures.mesures_correctives import ecrits, message, reponses
from infocentre.procedures.mesures_correctives.actes import REDIGER, pour
from infocentre.procedures.mesures_correctives.comptes import (
    a_clore,
    a_formaliser,
    dernieres_reponses,
)
from infocentre.procedures.mesures_correctives.fiches import imprimer_les_fiches
from infocentre.procedures.mesures_correctives.promesses import (
    contestation,
    livraisons_sans_rouge,
    plans_non_tenus,
)
from infocentre.procedures.mesures_correctives.proposer import fusionner, ouvrir
from infocentre.procedures.mesures_correctives.propositions import Proposition, a_ouvrir
from infocentre.procedures.mesures_correctives.recit import entiere, mots_des_sorts, raconter
from infocentre.procedures.mesures_correctives.verifier import suivre
from infocentre.restitutions.formes import FORMES

TOUS = "tous"  # in the place of a case: all those of which nothing is said apart
A_DATER = "corrige"
# The letters to an organisme: their title, and the event by which each leaves.
LETTRES = {
    "lettre": ("Lettre de demande formalisée", "formaliser"),
    "observations": ("Demande d'observations", "demander_observations"),
}
VOUS = {
    "choix": "Votre réponse",
    "contestation": "Si vous contestez : quoi",
    "delai_demande": "Délai demandé jusqu'au",
    "texte": "Vos observations",
}


class _Regles(Regles):
    redige: ClassVar[str] = REDIGER
    fondus: ClassVar[frozenset[str]] = frozenset({"recevoir_plan", "recevoir_observations"})

    # --- Who and what -----------------------------------------------------------------------------

    def nom(self, v: Lecture, une: Affaire) -> str:
        mois = mois_controles(v, une.departement)
        return lues.noms(v, une.departement, mois[-1]).get(une.objet, une.objet)

    def titre(self, une: Affaire) -> str:
        return minuscule(famille(une.sujet).titre)

    def constats(self, v: Lecture, registre_: Affaires, une: Affaire) -> list[Constat]:  # noqa: ARG002
        return lues.constats(v, une)

    def adresses(self, v: Lecture, pli: Pli) -> tuple[str, ...]:
        return message.destinataires(v, pli)

    def faits(self, v: Lecture, une: Affaire) -> list[tuple[str, str]]:
        """Say which of its addresses a message came back from."""
        magasin = None if v.p.partiel else magasin_present(v.dossier.racine)
        marquees = rebonds.refusees(magasin) if magasin else {}
        vers = self.adresses(v, Pli(pour(relance=False), (une,)))
        siennes = [marquees[un] for un in vers if un in marquees]
        return [("Adresse refusée", f"{un.adresse}, {un.dite}") for un in siennes]

    def raconter(self, v: Lecture, une: Affaire, un: Evenement) -> str | None:
        return raconter(v, une, un)

    def entiere(self, v: Lecture, une: Affaire) -> bool:
        return entiere(v, une)

    # --- What people do ---------------------------------------------------------------------------

    def demander(
        self, v: Lecture, une: Affaire, nom: str, donnees: Mapping[str, Donnee], role: Role
    ) -> Mapping[str, Donnee]:
        """Return what is asked: an answer is of all cases at once, with its plan."""
        evenements = une.procedure.evenements
        if nom == "fusionner":
            autres = {
                autre.id: f"{autre.id} : {self.titre(autre)}"
                for autre in lues.affaires(v, une.departement)
                if autre.objet == une.objet and autre.id != une.id
            }
            return {"avec": donnees["avec"].model_copy(update={"type": "choix", "choix": autres})}
        if nom != self.reponse():
            return donnees
        demandes = {cle: un for cle, un in donnees.items() if cle != "unites"}
        if role == "guichet":
            demandes = {
                cle: un.model_copy(update={"titre": VOUS.get(cle, un.titre)})
                for cle, un in demandes.items()
            }
        plan = evenements["recevoir_plan"].donnees["actions"]
        libre = {"titre": "Plan d'action", "requis": False}
        libre |= {"aide": "une action par ligne : action ; qui ; JJ/MM/AAAA"}
        return demandes | {"plan": plan.model_copy(update=libre)} | self._de_tous(v, une)

    def _de_tous(self, v: Lecture, une: Affaire) -> dict[str, Donnee]:
        """Return what is asked of all the cases of which nothing is answered yet."""
        libres, tous = _libres(v, une), lues.constats(v, une)
        if not libres:
            return {}
        champs = _d_un_cas(_unites(une), [un.constat for un in libres])
        seuls = len(libres) < sum(len(un.unites) for un in tous)
        dits = {
            "sort": f"Les {len(libres)} autres cas sont"
            if seuls
            else f"Tous les cas ({len(libres)}) sont",
            "le": "Corrigés le",
            "texte": "Justifiés ou contestés parce que",
        }
        return {
            f"{TOUS}.{nom}": un.model_copy(update={"titre": dits[nom], "requis": False})
            for nom, un in champs.items()
        }

    def agir(self, v: Lecture, registre_: Affaires, saisie: Saisie) -> Affaire | None:
        une, dits = saisie.une, saisie.dits
        if saisie.nom == "fusionner" and dits.get("avec"):
            return fusionner(registre_, une.id, lues.une_affaire(v, dits["avec"]).id)
        if saisie.nom != self.reponse():
            return None
        lue = reponses.lire_saisie(
            une, lues.constats(v, une), _saisie(v, une, dits), registre_.aujourdhui
        )
        canal = dits.get("canal") or "application"
        return reponses.enregistrer(registre_, lue, saisie.jour, canal=canal, vus=saisie.vus)

    # --- Answers ----------------------------------------------------------------------------------

    def reponse(self) -> str:
        return "repondre"

    def champs_d_un_cas(self, un: Cas) -> Mapping[str, Donnee]:
        champs = _d_un_cas(
            procedures()[MESURES].evenements["repondre"].donnees["unites"], [un.constat]
        )
        dits = {"sort": "Ce cas est", "texte": "Justifié ou contesté parce que"}
        return {
            nom: un_champ.model_copy(update={"titre": dits.get(nom, un_champ.titre)})
            for nom, un_champ in champs.items()
        }

    def dites(self, une: Affaire) -> dict[str, Mapping[str, Any]]:
        return {reference(*cle): un for cle, un in dernieres_reponses(une).items()}

    def recevoir(
        self, registre_: Affaires, chemin: Path, canal: str, exiger: Callable[[str], object]
    ) -> tuple[Affaire, Lu]:
        lue = reponses.lire(registre_, chemin, registre_.aujourdhui)
        for une in lue.reponses:
            exiger(une.affaire)
        prises, contre = reponses.enregistrer_tout(registre_, lue, canal=canal)
        premiere, suite = prises[0]
        unites = tuple(un for une, _ in prises for un in une.unites)
        refusees = (*lue.refusees, *contre)
        return suite, Lu(suite.id, unites, refusees, lue.nom, premiere.empreinte)

    # --- Papers -----------------------------------------------------------------------------------

    def plis(self, unes: Sequence[Affaire], pour: str) -> list[Pli]:
        return message.plis(unes, pour)

    def ampleur(self, v: Lecture, pli: Pli) -> str:
        return message.ampleur(lues.constats(v, *pli.affaires))

    def texte(self, v: Lecture, pli: Pli, jour: dt.date) -> tuple[str, str]:
        return message.texte(v, pli, jour)

    def joints(
        self, v: Lecture, pli: Pli, jour: dt.date, imprimer: Imprimer | None
    ) -> tuple[Piece, ...]:
        return message.joindre(v, pli, jour, imprimer or message.imprimer_ici)

    def dire_joints(self, v: Lecture, pli: Pli) -> list[str]:
        joints = ["la fiche (PDF)"]
        return joints if message.lien_de(v, pli) else [*joints, "le classeur des demandes (xlsx)"]

    def imprimant(
        self, v: Lecture, ceux: Sequence[Pli], imprimer: Imprimer | None, tenir: Tenir
    ) -> AbstractContextManager[Imprimer | None]:
        return imprimer_les_fiches(v, ceux, imprimer or message.imprimer_ici, tenir)

    def lettres(self, une: Affaire) -> Mapping[str, tuple[str, Evenement]]:
        parties = {nom: ecrits.partie(une, acte) for nom, (_, acte) in LETTRES.items()}
        return {nom: (LETTRES[nom][0], fait) for nom, fait in parties.items() if fait}

    def papiers(self, une: Affaire) -> Mapping[str, tuple[str, tuple[str, ...]]]:
        ecrites = {*self.lettres(une)}
        if une.comptes("signalees") and une.etape:
            ecrites.add("lettre")
        if une.etape >= lues.NOMMABLE:
            ecrites.add("observations")
        dits: dict[str, tuple[str, tuple[str, ...]]] = {
            nom: (titre, ("docx", "pdf")) for nom, (titre, _) in LETTRES.items() if nom in ecrites
        }
        if une.etape >= lues.NOMMABLE:
            dits["note"] = ("Note au comité", ("pdf", "docx"))
            dits["dossier"] = ("Dossier", ("zip",))
        return dits

    def papier(self, v: Lecture, une: Affaire, nom: str, forme: str, jour: dt.date) -> bytes:
        if nom == "dossier":
            return ecrits.dossier(v, une, jour)
        return FORMES[forme](ecrits.LETTRES[nom](v, une, jour))

    # --- Deliveries -------------------------------------------------------------------------------

    def livraison(
        self, v: Lecture, registre_: Affaires, unes: Sequence[Affaire]
    ) -> Iterator[tuple[Affaire, str, Mapping[str, Any]]]:
        return suivre(v, registre_, unes[0].departement)

    def voit(self, v: Lecture, une: Affaire) -> bool:
        return une.id in lues.vues(v, une.departement)

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
            Reste(
                f"{une.titre} : {une.motif}", "/mesures", "Ouvrir l'affaire",
                qui=une.nom, objet=_objet(une),
            )
            for une in a_ouvrir(v, departement, mois[-1], registre_.aujourdhui)
        ]  # fmt: skip

    def ouvrir_un_reste(
        self, v: Lecture, registre_: Affaires, departement: str, objet: str
    ) -> Affaire:
        mois = mois_controles(v, departement)[-1]
        for une in a_ouvrir(v, departement, mois, registre_.aujourdhui):
            if _objet(une) == objet:
                return ouvrir(v, registre_, une)
        raise Refus("cette proposition n'attend plus : quelqu'un l'a ouverte entre-temps")

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


def _objet(une: Proposition) -> str:
    """Return by what a proposition is known in the queue."""
    return f"{une.organisme}/{une.sujet}"


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


def _d_un_cas(unites: Donnee, dits: Sequence[Constat]) -> dict[str, Donnee]:
    """Return what is asked of a case; nothing corrects a past fact."""
    champs = {nom: unites.colonnes[nom] for nom in ("sort", "le", "texte")}
    if not any(_se_corrige(un) for un in dits):
        choix = {code: dit for code, dit in champs["sort"].choix.items() if code != A_DATER}
        champs["sort"] = champs["sort"].model_copy(update={"choix": choix})
        del champs["le"]
    return champs


def _unites(une: Affaire) -> Donnee:
    return une.procedure.evenements["repondre"].donnees["unites"]


def _libres(v: Lecture, une: Affaire) -> list[Cas]:
    """Return the cases of which nothing is answered yet."""
    dites = dernieres_reponses(une)
    return [un for un in cas(lues.constats(v, une)) if (un.constat.id, un.unite) not in dites]


def _se_corrige(un: Constat) -> bool:
    connu = catalogue().indicateurs.get(un.code)
    return connu is None or connu.a_corriger


def _saisie(v: Lecture, une: Affaire, dits: Mapping[str, str]) -> reponses.Saisie:
    """Return what a form says: questions, plan, the cases that it says, one by one or all."""
    questions = une.procedure.evenements["repondre"].donnees
    mots = mots_des_sorts(une)
    par_cas: dict[str, dict[str, str]] = {}
    for nom, dit in dits.items():
        cle, point, champ = nom.partition(".")
        if point and dit.strip():
            par_cas.setdefault(cle, {})[champ] = dit.strip()
    pour_tous = par_cas.pop(TOUS, {})
    if pour_tous.get("sort"):
        siens = [un for un in _libres(v, une) if un.reference not in par_cas]
        if pour_tous["sort"] == A_DATER:
            siens = [un for un in siens if _se_corrige(un.constat)]
        par_cas |= {un.reference: pour_tous for un in siens}
    return reponses.Saisie(
        {nom: ecrire(questions[nom], dit.strip()) for nom, dit in dits.items() if nom in questions},
        {
            cle: (
                mots.get(un.get("sort", ""), un.get("sort", "")),
                un.get("le", ""),
                un.get("texte", ""),
            )
            for cle, un in par_cas.items()
        },
        dits.get("plan", ""),
    )


REGLES = _Regles(MESURES)
