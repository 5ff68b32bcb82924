"""Comparisons with the portal: one is kept for each file that is compared, the last one holds."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, ClassVar

from infocentre.affaires import Affaire, Affaires, procedures
from infocentre.demarches.regles import Regles
from infocentre.lecture.lecteur import Lecture
from infocentre.lecture.liste_publique import Difference
from infocentre.lecture.tenue import COMPARAISONS
from infocentre.noyau.francais import accorder
from infocentre.noyau.temps import jour
from infocentre.procedures.comparaisons.portail import comparer
from infocentre.procedures.transmissions.regles import du_jour, en_tableau
from infocentre.restitutions.document import Tableau

CORRIGER, DEPASSER = "dire_le_portail_corrige", "depasser_la_comparaison"


class Comparaisons(Regles):
    """The rules of the comparisons."""

    ailleurs: ClassVar[Mapping[str, tuple[str, str]]] = {
        "comparer_au_portail": (
            "Comparer un fichier à la liste : infocentre guichets comparer",
            "/guichets?montrer=ouverts",
        )
    }

    def nom(self, v: Lecture, une: Affaire) -> str:
        """Return the day of the file."""
        del v
        return f"Portail au {jour(une.situation.evenements[0].jour)}"

    def sujet(self, une: Affaire) -> str:
        """Return how many gaps there were."""
        return accorder(int(une.situation.dite("ecarts_comptes")), "écart")

    def titre(self, une: Affaire) -> str:
        """Return how many gaps there were."""
        return self.sujet(une)

    def voit(self, v: Lecture, une: Affaire) -> bool:
        """Tell whether the reader sees the whole département."""
        return v.p.voit(une.departement) and not v.p.partiel

    def faits(self, v: Lecture, une: Affaire) -> list[tuple[str, str]]:
        """Return which file was compared."""
        del v
        return [("Fichier", str(une.situation.dite("fichier")))]

    def bloc_d_une(self, v: Lecture, une: Affaire) -> Tableau | None:
        """Return what the portal says otherwise."""
        del v
        titre = "Ce que le portail dit autrement"
        return en_tableau(ecarts(une), "Portail", "Liste à publier", titre)


def ecarts(une: Affaire) -> list[Difference]:
    """Return what the portal said otherwise, on the day that it was compared."""
    lignes: list[Mapping[str, Any]] = une.situation.dite("ecarts") or []
    return [
        Difference(*(str(ligne.get(nom, "")) for nom in Difference._fields)) for ligne in lignes
    ]


def comparer_au_portail(v: Lecture, registre_: Affaires, departement: str, chemin: Path) -> Affaire:
    """Compare a file of the portal with the list of today; it replaces what was compared before.

    Raises:
        Refus: it is no table of guichets.
    """
    trouves = comparer(chemin, du_jour(v, registre_, departement))
    lignes = [{nom: dit for nom, dit in un._asdict().items() if dit} for un in trouves]
    donnees = {"fichier": chemin.name, "ecarts_comptes": len(trouves), "ecarts": lignes}
    for avant in registre_.lister(departement, procedure=COMPARAISONS):
        registre_.agir(avant.id, DEPASSER)
    une = registre_.ouvrir(
        procedures()[COMPARAISONS],
        departement,
        registre_.aujourdhui.isoformat(),
        "portail",
        donnees,
    )
    return une if trouves else registre_.agir(une.id, CORRIGER)


REGLES = Comparaisons(COMPARAISONS)
