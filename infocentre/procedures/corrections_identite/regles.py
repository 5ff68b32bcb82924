"""What deliveries show of the corrections that were asked."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from infocentre.affaires import Affaire, Affaires
from infocentre.demarches.regles import Regles
from infocentre.identite.personnes import identites, livraison_nominative
from infocentre.lecture.doublons.corrections import PROCEDURE
from infocentre.lecture.doublons.demandes import numeros_de
from infocentre.lecture.lecteur import Lecture
from infocentre.noyau.temps import fin_de_mois
from infocentre.procedures.corrections_identite.corrections import CHANGE, INCHANGE, montre, sceau

SUIVIES = frozenset({"demandee", "faite"})


class _Regles(Regles):
    def livraison(
        self,
        v: Lecture,
        registre_: Affaires,  # noqa: ARG002
        unes: Sequence[Affaire],
    ) -> Iterator[tuple[Affaire, str, Mapping[str, Any]]]:
        ouvertes = [une for une in unes if une.etat in SUIVIES]
        if not ouvertes:
            return
        departement = ouvertes[0].departement
        livraison = livraison_nominative(v.dossier, departement)
        if livraison is None:
            return
        suivies = [une for une in ouvertes if _a_verifier(une, livraison.mois)]
        numeros = {id_: next(iter(un.values()), "") for id_, un in numeros_de(v, suivies).items()}
        connues = identites(v.dossier, departement, filter(None, numeros.values()))
        for une in suivies:
            identite = connues.get(numeros.get(une.id, ""))
            if identite is None:
                continue  # radiée or erased since: a person closes it
            sorts = {
                un["champ"]: INCHANGE if sceau(v, identite, un["champ"]) == un["avant"] else CHANGE
                for un in une.situation.evenements[0].donnees["champs"]
            }
            if nom := _conclure(une, sorts):
                yield une, nom, montre(livraison.mois, sorts)

    def dire(self, suivies: Sequence[Affaire]) -> tuple[str, ...]:  # noqa: ARG002
        return ()  # read on their page


def _a_verifier(une: Affaire, mois: str) -> bool:
    dits = une.situation.tous("constater", "dementir")
    demandee = une.situation.evenements[0]
    return demandee.jour <= fin_de_mois(mois) and all(un.donnees["mois"] < mois for un in dits)


def _conclure(une: Affaire, sorts: Mapping[str, str]) -> str:
    if INCHANGE not in sorts.values():
        return "constater"
    return "dementir" if une.etat == "faite" else ""


REGLES = _Regles(PROCEDURE)
