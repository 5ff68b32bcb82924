"""What deliveries say of the measures that were asked, and how people are told of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from infocentre.affaires import Affaire, Affaires
from infocentre.affaires.registre import MESURES
from infocentre.demarches.regles import Regles
from infocentre.lecture.lecteur import Lecture
from infocentre.noyau.francais import accorder
from infocentre.procedures.mesures_correctives.verifier import suivre


class _Regles(Regles):
    def livraison(
        self, v: Lecture, registre_: Affaires, unes: Sequence[Affaire]
    ) -> Iterator[tuple[Affaire, str, Mapping[str, Any]]]:
        return suivre(v, registre_, unes[0].departement) if unes else iter(())

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


REGLES = _Regles(MESURES)
