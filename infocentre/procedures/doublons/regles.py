"""What deliveries show of decided cases, what reviewed forcings give reason to tell."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping, Sequence
from typing import Any, ClassVar

from infocentre.affaires import Affaire, Affaires, Evenement
from infocentre.affaires.formulaire import ecrire
from infocentre.affaires.modele import Donnee, Role
from infocentre.decisions import ouvrir_magasin, utilisateur
from infocentre.decisions.doublons import Memoire
from infocentre.demarches.regles import Regles, Reste, Saisie
from infocentre.identite.paires import fichier_paires
from infocentre.lecture.commun import noms_des_guichets
from infocentre.lecture.doublons.demandes import numeros_de
from infocentre.lecture.doublons.paires import PROCEDURE, personnes
from infocentre.lecture.lecteur import Lecture
from infocentre.noyau.francais import accorder, enumerer
from infocentre.noyau.temps import nom_mois
from infocentre.procedures.doublons import actes, cas
from infocentre.procedures.doublons.listes import EFFACE
from infocentre.procedures.doublons.mesure import forcages_injustifies
from infocentre.procedures.doublons.suite import SORTS, derniere_decision, suivre

TUS = frozenset({"membres", "fichiers", "livraison", "valeurs"})  # of an event, read elsewhere


class _Regles(Regles):
    par_numero: ClassVar[bool] = True
    ailleurs: ClassVar[Mapping[str, tuple[str, str]]] = {
        "decider": ("Décider sur la page de revue", f"/doublons?liste={cas.A_INSTRUIRE}")
    }

    def nom(self, v: Lecture, une: Affaire) -> str:
        return enumerer(sorted(_numeros(v, une).values())) or EFFACE

    def titre(self, une: Affaire) -> str:  # noqa: ARG002
        return "doublons"

    def faits(self, v: Lecture, une: Affaire) -> list[tuple[str, str]]:
        noms, decision = noms_des_guichets(v, une.departement), derniere_decision(une)
        lus = [("Guichet", noms.get(une.objet, une.objet))]
        if decision is None:
            return lus
        numeros, dit = _numeros(v, une), decision.donnees
        garder, raisons = numeros.get(dit["garder"], EFFACE), " ; ".join(dit.get("raisons", []))
        supprimees = sorted(numeros.get(un, EFFACE) for un in dit["supprimer"])
        return [
            ("À conserver", f"{garder} ({raisons})" if raisons else garder),
            ("À supprimer", enumerer(supprimees)),
            *lus,
        ]

    def raconter(self, v: Lecture, une: Affaire, un: Evenement) -> str | None:
        """Return what an event carries, each demande by its numéro."""
        numeros, dits = _numeros(v, une), list[str]()
        for champ, donnee in une.situation.procedure.regle(un.nom).donnees.items():
            valeur: Any = un.dit(champ)
            if valeur is None or champ in TUS:
                continue
            if champ == "sorts":
                vus = [(numeros.get(vu["membre"], EFFACE), SORTS[vu["sort"]]) for vu in valeur]
                dits += [f"{numero} {sort}" for numero, sort in vus]
            elif champ in {"garder", "supprimer"}:
                siens = [valeur] if isinstance(valeur, str) else valeur
                mot = "conserver" if champ == "garder" else "supprimer"
                dits.append(f"{mot} {enumerer([numeros.get(sien, EFFACE) for sien in siens])}")
            else:
                dits.append(nom_mois(valeur) if champ == "mois" else ecrire(donnee, valeur))
        return " ; ".join(dits)

    def demander(
        self,
        v: Lecture,  # noqa: ARG002
        une: Affaire,  # noqa: ARG002
        nom: str,
        donnees: Mapping[str, Donnee],
        role: Role,  # noqa: ARG002
    ) -> Mapping[str, Donnee]:
        if nom == actes.CONFIER:
            return {}
        if nom != actes.CLASSER:
            return donnees
        issue = donnees["issue"]
        choix = {code: dit for code, dit in issue.choix.items() if code in actes.ISSUES}
        return {"issue": issue.model_copy(update={"choix": choix})}

    def agir(self, v: Lecture, registre_: Affaires, saisie: Saisie) -> Affaire | None:
        cas.exiger_revue(v, saisie.une.departement)
        if saisie.nom != actes.CONFIER:
            return None
        return saisie.garder(registre_, {"guichet": saisie.une.objet})

    def livraison(
        self,
        v: Lecture,
        registre_: Affaires,  # noqa: ARG002
        unes: Sequence[Affaire],
    ) -> Iterator[tuple[Affaire, str, Mapping[str, Any]]]:
        return suivre(v, unes)

    def geste(self, une: Affaire, evenement: str) -> Mapping[str, Any] | None:
        if evenement == actes.CONFIER:
            return {"guichet": une.objet}
        return super().geste(une, evenement)

    def restes(
        self,
        v: Lecture,
        registre_: Affaires,
        departement: str,
    ) -> list[Reste]:
        memoire = _memoire(v, registre_.acteur)
        decider = len(cas.file(v, memoire, departement))
        arbitrer = len(cas.file(v, memoire, departement, desaccords=True))
        restes = []
        if arbitrer:
            dit = accorder(arbitrer, "désaccord à arbitrer", "désaccords à arbitrer")
            siens = (("liste", "desaccords"),)
            restes.append(Reste(dit, "/doublons", "Arbitrer", parametres=siens))
        if decider:
            dit = accorder(decider, "cas de doublon à décider", "cas de doublons à décider")
            restes.append(Reste(dit, "/doublons", "Décider"))
        return restes

    def temoin(self, v: Lecture, departement: str) -> Hashable:
        fichier = fichier_paires(v.dossier, departement)
        vu = fichier.stat() if fichier.exists() else None
        return vu and (vu.st_mtime_ns, vu.st_size), _memoire(v, utilisateur()).signature()

    def dire(self, suivies: Sequence[Affaire]) -> tuple[str, ...]:
        dits = accorder(len(suivies), "cas décidé suivi", "cas décidés suivis")
        return (f"Doublons : {dits} dans la livraison (infocentre doublons lister)",)

    def proposer_mesures(
        self, v: Lecture, registre_: Affaires, departement: str, mois: str
    ) -> list[Affaire]:
        return forcages_injustifies(v, registre_, departement, mois)


def _numeros(v: Lecture, une: Affaire) -> Mapping[str, str]:
    """Return {member: numéro} of a case, without those that are erased."""
    return numeros_de(v, [une]).get(une.id, {})


def _memoire(v: Lecture, qui: str) -> Memoire:
    return Memoire(ouvrir_magasin(v.dossier.racine), qui, personnes())


REGLES = _Regles(PROCEDURE)
