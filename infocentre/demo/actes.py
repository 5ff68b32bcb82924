"""The acts of the simulated register, from which all the deliveries derive."""

from __future__ import annotations

from dataclasses import dataclass, field, fields

import numpy as np

from infocentre.contrat.listes import CANAL_EN_LIGNE, Motif
from infocentre.demo.temps import JAMAIS, Entiers, Masque

# In the order in which two acts of one day on one demande are entered.
TYPES = ("CRE", "CRS", "DERAD", "MOD", "REN", "RAD", "SUP")
CRE, CRS, DERAD, MOD, REN, RAD, SUP = range(len(TYPES))
CANAUX = ("WEB", "WS", "FICHIER", CANAL_EN_LIGNE)
WEB, WS, FICHIER, PORTAIL = range(len(CANAUX))
MOTIFS = tuple(un.value for un in Motif)
RADATT, RADREN, RADABA, RADIRR, RADCON, RADFUS = range(len(MOTIFS))


@dataclass(frozen=True)
class Actes:
    """Acts as columns; days since 1970, JAMAIS when there is none, `motif` -1 but for RAD."""

    demande: Entiers
    type: Entiers
    guichet: Entiers
    canal: Entiers
    evenement: Entiers
    saisie: Entiers
    attestation: Entiers
    echeance: Entiers
    motif: Entiers

    def choisir(self, lignes: Entiers | Masque) -> Actes:
        """Return some of the acts, in that order."""
        return Actes(*(getattr(self, f.name)[lignes] for f in fields(self)))

    def par_saisie(self) -> Actes:
        """Return the acts in the order in which they were entered."""
        return self.choisir(np.lexsort((self.demande, self.type, self.saisie)))


@dataclass
class Carnet:
    """Collects acts while lives are simulated."""

    morceaux: list[Actes] = field(default_factory=list)

    def noter(
        self,
        type_acte: int,
        demande: Entiers,
        guichet: Entiers,
        evenement: Entiers,
        saisie: Entiers,
        **facultatif: Entiers,
    ) -> None:
        """Add one act of that type to each demande; canal, motif and dates are optional."""
        nombre = len(demande)
        defauts = {"canal": WEB, "attestation": JAMAIS, "echeance": JAMAIS, "motif": -1}
        reste = {nom: np.full(nombre, valeur) for nom, valeur in defauts.items()} | facultatif
        self.morceaux.append(
            Actes(
                demande=demande,
                type=np.full(nombre, type_acte),
                guichet=guichet,
                evenement=evenement,
                saisie=saisie,
                **reste,
            )
        )

    def actes(self) -> Actes:
        """Return all the acts in the order of their entry."""
        noms = [f.name for f in fields(Actes)]
        colonnes = [np.concatenate([getattr(m, nom) for m in self.morceaux]) for nom in noms]
        return Actes(*colonnes).par_saisie()
