"""What deliveries show of decided cases, what reviewed forcings give reason to tell."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping, Sequence
from typing import Any

from infocentre.affaires import Affaire, Affaires
from infocentre.decisions import ouvrir_magasin, utilisateur
from infocentre.decisions.doublons import Memoire
from infocentre.demarches.regles import Regles, Reste
from infocentre.identite.paires import fichier_paires
from infocentre.lecture.doublons.paires import PROCEDURE, personnes
from infocentre.lecture.lecteur import Lecture
from infocentre.noyau.francais import accorder
from infocentre.procedures.doublons import actes, cas
from infocentre.procedures.doublons.mesure import forcages_injustifies
from infocentre.procedures.doublons.suite import suivre


class _Regles(Regles):
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


def _memoire(v: Lecture, qui: str) -> Memoire:
    return Memoire(ouvrir_magasin(v.dossier.racine), qui, personnes())


REGLES = _Regles(PROCEDURE)
