"""Movements of identity, for who manages the département: which demande, and what followed."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from infocentre.analystes.fichier import cle
from infocentre.contrat import montres
from infocentre.decisions.doublons import membre
from infocentre.entrepot.relations import citer
from infocentre.identite.mouvements import Mouvement, lire_mouvements
from infocentre.lecture.commun import par_version
from infocentre.lecture.doublons.corrections import (
    cle_du_mouvement,
    corrections,
    dire,
    expliques,
)
from infocentre.lecture.lecteur import Lecture

DEFINITION = (
    "Un mouvement est un nom de naissance ou des prénoms qui changent d'une livraison à la "
    "suivante. N'en sont pas : des noms inversés, un nom d'usage, une date de naissance seule, la "
    "casse, une espace, un tiret, un accent, un nom de naissance enfin renseigné."
)
A_VERIFIER = (
    "À vérifier : les nouveaux noms ne sont pas une autre écriture des anciens, et la demande "
    "avait au moins deux ans ou a été attribuée depuis. Rien d'autre n'est jugé : une correction "
    "justifiée ressemble à cela aussi."
)

COLONNES = {
    "numero": "numéro unique",
    "vu_le": "vu le",
    "genre": "ce qui a changé",
    "similarite": "ressemblance",
    "anciennete": "ancienneté (mois)",
    "guichet": "guichet",
    "attribuee_le": "attribuée le",
    "correction": "correction",
}


@dataclass(frozen=True, slots=True)
class Ligne:
    """A movement, its demande when a delivery still has it, the correction that explains it."""

    numero: str | None
    mouvement: Mouvement
    correction: str = ""

    @property
    def a_verifier(self) -> bool:
        """Whether it is to be looked at, and nobody has said why it is right."""
        return self.mouvement.a_verifier and not self.correction

    @property
    def valeurs(
        self,
    ) -> tuple[str | None, dt.date, str, float, int | None, str, dt.date | None, str]:
        """Return what tables show."""
        un = self.mouvement
        return (
            self.numero,
            un.vu_le,
            un.genre,
            un.similarite,
            un.anciennete,
            un.guichet or "",
            un.attribuee_le,
            self.correction,
        )


def mouvements(v: Lecture, departement: str) -> list[Ligne]:
    """Return the movements of a département: first those to verify, then the newest.

    Raises:
        Refus: this reader may list no numéro, or not those of the whole département.
    """
    v.exiger_nominatif()
    v.exiger_departements("La liste des mouvements d'identité")
    connus = lire_mouvements(v.dossier, departement)
    numeros = _retrouver(v, departement, frozenset(un.membre for un in connus))
    corrigees = expliques(corrections(v, departement))
    lignes = [
        Ligne(numeros.get(un.membre), un, dire(corrigee) if corrigee else "")
        for un in connus
        for corrigee in [corrigees.get(cle_du_mouvement(un))]
    ]
    return sorted(lignes, key=lambda une: not une.a_verifier)


@par_version
def _retrouver(v: Lecture, departement: str, membres: frozenset[str]) -> dict[str, str]:
    """Return the numéros that these HMACs are of, among the newest states."""
    etat = v.version.etats.get(departement)
    if etat is None or not membres:
        return {}
    tous = v.filtrer(
        "etats",
        "(SELECT departement, guichet_enregistreur, cle_guichetcreateur, numero_unique "
        f"FROM read_parquet({citer(str(v.dossier.etats / etat))}))",
    )
    secret = cle(v.dossier)
    with montres.en_silence():
        lus = [numero for (numero,) in v.tuples(f"SELECT numero_unique FROM {tous}")]
    trouves = {sceau: numero for numero in lus if (sceau := membre(secret, numero)) in membres}
    montres.lire_numeros(trouves.values())
    return trouves
