"""What a published version rests on: its deliveries, and the catalogue of their controls."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from infocentre.entrepot.evenements import Evenement
from infocentre.noyau.scelle import desceller, sceller


@dataclass(frozen=True, slots=True)
class Controle:
    """With what a month was controlled: empreinte of the catalogue, moment (ISO, UTC)."""

    catalogue: str
    le: str


@dataclass(frozen=True, slots=True)
class Livraison:
    """One delivery in force; `controle` is None while this content was not controlled.

    `sceau` is the sha256 of the archive's livraison.json, which has that of each other file; empty
    for an archive of before, that cannot prove itself. `avant` is the controlled delivery that this
    one replaced: its values stay published until this one is controlled. `confirmation` is
    the reason given for one that was to confirm.
    """

    departement: str
    arrete: str
    empreinte: str
    nom: str
    chargee_le: str
    controle: Controle | None = None
    sceau: str = ""
    confirmation: str = ""
    avant: Livraison | None = None

    @property
    def publiee(self) -> Livraison | None:
        """Return the delivery whose values are published: itself, or the one that it replaced."""
        return self if self.controle else self.avant

    @property
    def mois(self) -> str:
        """Month that the arrêté ends, AAAA-MM."""
        return self.arrete[:7]

    @property
    def cle(self) -> tuple[str, str]:
        """Département and arrêté: one delivery in force for each."""
        return self.departement, self.arrete


@dataclass(frozen=True, slots=True)
class Version:
    """A published state; `evenement` is what made it, as the journal has it.

    `sceaux` gives the sha256 of each file that it rests on, archives apart: its warehouse, and
    under the data directory states, lives, follow-ups, units in anomaly and catalogues.
    """

    numero: int = 0
    livraisons: tuple[Livraison, ...] = ()
    etats: dict[str, str] = field(default_factory=dict)
    suivi: dict[str, str] = field(default_factory=dict)
    evenement: Evenement = field(default_factory=Evenement)
    sceaux: dict[str, str] = field(default_factory=dict)

    @property
    def departements(self) -> list[str]:
        """Départements with at least one delivery, in order."""
        return sorted({livraison.departement for livraison in self.livraisons})

    def de(self, departement: str) -> list[Livraison]:
        """Return the deliveries in force of a département, in the order of months."""
        return [une for une in self.livraisons if une.departement == departement]

    def trouver(self, departement: str, mois: str) -> Livraison | None:
        """Return the delivery in force of a month."""
        return next((une for une in self.de(departement) if une.mois == mois), None)

    def publiee(self, departement: str, mois: str) -> Livraison | None:
        """Return the delivery whose values are published for a month, else the one in force."""
        une = self.trouver(departement, mois)
        return une and (une.publiee or une)

    def avec(self, livraison: Livraison) -> Version:
        """Return the version with this delivery in place of the one of the same arrêté."""
        if (ancienne := self.trouver(livraison.departement, livraison.mois)) is not None:
            avant = None if livraison.controle else ancienne.publiee
            livraison = replace(livraison, avant=avant)
        autres = [une for une in self.livraisons if une.cle != livraison.cle]
        ordonnees = sorted([*autres, livraison], key=lambda une: une.cle)
        return replace(self, livraisons=tuple(ordonnees))

    def sans(self, livraison: Livraison) -> Version:
        """Return the version without the delivery of this arrêté."""
        autres = tuple(une for une in self.livraisons if une.cle != livraison.cle)
        return replace(self, livraisons=autres)

    def scellee(self, sceaux: Mapping[str, str]) -> Version:
        """Return the version with these sha256 added, or in place of those of the same files."""
        return replace(self, sceaux={**self.sceaux, **sceaux})

    def en_json(self) -> str:
        """Return the version as it is kept in version.json, with its own sha256."""
        return json.dumps(sceller(asdict(self)), ensure_ascii=False, indent=1)

    @staticmethod
    def depuis_json(texte: str) -> Version:
        """Read what `en_json` wrote.

        Raises:
            ValueError: it is not what was written.
        """
        brut = desceller(json.loads(texte), sans_sceau=True)
        livraisons = tuple(_livraison(**une) for une in brut.pop("livraisons"))
        return Version(livraisons=livraisons, **brut)


def _livraison(
    controle: dict[str, str] | None, avant: dict[str, Any] | None = None, **dites: str
) -> Livraison:
    return Livraison(
        controle=Controle(**controle) if controle else None,
        avant=_livraison(**avant) if avant else None,
        **dites,
    )
