"""What deliveries show of decided cases, what reviewed forcings give reason to tell."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from infocentre.affaires import Affaire, Affaires
from infocentre.demarches.regles import Regles
from infocentre.lecture.doublons.paires import PROCEDURE
from infocentre.lecture.lecteur import Lecture
from infocentre.noyau.francais import accorder
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

    def dire(self, suivies: Sequence[Affaire]) -> tuple[str, ...]:
        dits = accorder(len(suivies), "cas décidé suivi", "cas décidés suivis")
        return (f"Doublons : {dits} dans la livraison (infocentre doublons lister)",)

    def proposer_mesures(
        self, v: Lecture, registre_: Affaires, departement: str, mois: str
    ) -> list[Affaire]:
        return forcages_injustifies(v, registre_, departement, mois)


REGLES = _Regles(PROCEDURE)
