"""The visit of a guichet: the agents whom it is asked about, frozen the day it is agreed on."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any

from infocentre.affaires import Affaires, Constat
from infocentre.demarches.regles import Ouverture, Regles
from infocentre.lecture.lecteur import Lecture

AGENTS = (("A1", "", "", "accueil"), ("A2", "", "", "instruction"))


class _Regles(Regles):
    def ouvrir(
        self, v: Lecture, registre_: Affaires, departement: str, objet: str, dits: Mapping[str, Any]
    ) -> Ouverture:
        ouverture = super().ouvrir(v, registre_, departement, objet, dits)
        constat = Constat(
            departement, objet, objet, self.code, "Agents", 1, "2026-10", 1, 0, len(AGENTS),
            None, None, "", "stock", "2026-10", AGENTS,
        )  # fmt: skip
        return dataclasses.replace(ouverture, constats=[constat])


REGLES = _Regles("visites")
