"""The yearly bilan by réservataire: whose dwellings, of which size, where, in a civil year.

What a bailleur owes each of its réservataires before 28 February (CCH R.441-5), as far as the
deliveries tell it. Small counts are masked, with all that would give them away.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from infocentre.contrat import contrat
from infocentre.contrat.territoires import territoires
from infocentre.lecture.commun import noms_des_organismes
from infocentre.lecture.partage import seuil_secret
from infocentre.lecture.reservataires_masques import (
    AUTRES,
    AUTRES_BAILLEURS,
    HORS,
    HORS_OU_INCONNU,
    TOTAL,
    TOUS,
    Comptes,
    Place,
    avec,
    compter,
)
from infocentre.noyau.francais import clef_de_tri
from infocentre.restitutions import entetes
from infocentre.restitutions.document import Cellule, Colonne, Document, Section, Tableau
from infocentre.restitutions.lecture import Edition
from infocentre.restitutions.redaction import Contenu

RESERVATAIRES = ("COLTER", "COLACT", "PPRIOR", "PFONCT", "AUTRES", "AUCUN", "HL", "NR")
TYPOLOGIES = ("T1-2", "T3", "T4", "T5P", "NR")
ZONES = {
    "QPV": "En QPV",
    HORS: "Hors QPV",
    HORS_OU_INCONNU: "Hors QPV, ou QPV ou bail non renseigné",
    "NR": "QPV ou bail non renseigné",
}
# A column: its title, which part of the key it tells (None: none), and the code there.
_Colonne = tuple[str, int | None, str]
_TOUT = ("Ensemble", TOTAL)


@dataclass(frozen=True, slots=True)
class Reservataire:
    """What the document says of one réservataire; a count is None when it is masked."""

    nom: str
    total: int | None
    en_qpv: int | None
    par_bailleur: Tableau | None
    par_commune: Tableau | None


@dataclass(frozen=True)
class Texte(Contenu):
    """The names of reports/courriers/reservataires.md."""

    modele = "courriers/reservataires.md"

    annee: str
    arrete: dt.date
    seuil: int
    total: int | None
    en_qpv: int | None
    ensemble: Tableau | None
    reservataires: Sequence[Reservataire]


def construire(edition: Edition) -> Document:
    """Return the bilan of a civil year, up to the month that is read."""
    return Document(
        "courriers",
        "Bilan annuel des attributions par réservataire",
        edition.territoire,
        edition.periode,
        edition.arrete,
        edition.version,
        _sections(edition),
        mentions={"Zonage": "QPV, génération 2024"},
    )


def _sections(edition: Edition) -> tuple[Section, ...]:
    comptes = compter(edition.v, edition.departement, edition.mois)
    noms = Noms(noms_des_organismes(edition.v, edition.departement, edition.mois))
    tables = _Tables(comptes, noms, edition.mois[:4])
    presents = [un for un in RESERVATAIRES if un in comptes.codes(0)]
    return Texte(
        annee=edition.mois[:4],
        arrete=edition.arrete,
        seuil=seuil_secret(edition.v),
        total=comptes.connu(TOTAL),
        en_qpv=comptes.connu(avec(TOTAL, 3, "QPV")),
        ensemble=tables.ensemble(presents) if presents else None,
        reservataires=[tables.reservataire(un) for un in presents],
    ).rediger()


# --- Tables ---------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Noms:
    """How the codes of a key are called, in the register of the year."""

    organismes: Mapping[str, str]

    def reservataire(self, code: str) -> str:
        """Return what a réservataire is called."""
        autres = {"NR": "Réservataire non renseigné", "HL": "Réservataire hors liste"}
        return autres.get(code) or contrat().codes["TYPE_RESERVATAIRE"][code]

    def bailleur(self, code: str) -> str:
        """Return the name of a bailleur, its SIREN when the register does not know it."""
        return "Bailleur non renseigné" if code == "NR" else self.organismes.get(code, code)

    def commune(self, code: str) -> str:
        """Return the name of a commune, its code when it is in no list."""
        connue = territoires().get(code)
        return connue.nom if connue else {"NR": "Commune non renseignée"}.get(code, code)

    def typologie(self, code: str) -> str:
        """Return what a typologie is called."""
        dites = {"NR": "Typologie non renseignée", "T1-2": "T1 et T2", "T5P": "T5 et plus"}
        return dites.get(code, code)


@dataclass(frozen=True, slots=True)
class _Tables:
    """Makes the tables of the document from its counts."""

    comptes: Comptes
    noms: Noms
    annee: str

    def ensemble(self, reservataires: Sequence[str]) -> Tableau:
        """Return a row per réservataire, and all of them."""
        lignes = [(self.noms.reservataire(un), avec(TOTAL, 0, un)) for un in reservataires]
        titre = entetes.titre("reservataires-ensemble", annee=self.annee)
        colonnes = self._colonnes(TOUS)
        (quoi,) = entetes.colonnes("reservataires-ensemble", "reservataire")
        return self._table("ensemble", titre, quoi, colonnes, [*lignes, _TOUT])

    def bailleurs(self, reservataire: str) -> Tableau | None:
        """Return a row per bailleur of a réservataire, and all of them; None when none is told.

        A row that is hidden whole would say that the bailleur has one at least: it is not there.
        """
        sien = avec(TOTAL, 0, reservataire)
        lignes = [
            (self.noms.bailleur(un), avec(sien, 1, un))
            for un in self.comptes.codes(1, reservataire)
            if un != AUTRES_BAILLEURS and self._se_dit(avec(sien, 1, un))
        ]
        if not lignes:
            return None
        joints = self.comptes.joints.get(reservataire)
        # How many they are is not said: so many that have one each would be known.
        autres = [("Autres bailleurs", avec(sien, 1, AUTRES_BAILLEURS))] if joints else []
        (quoi,) = entetes.colonnes("reservataires-bailleurs", "bailleur")
        nom = self.noms.reservataire(reservataire)
        return self._table(
            f"bailleurs-{reservataire.lower()}",
            entetes.titre("reservataires-bailleurs", reservataire=nom),
            quoi,
            self._colonnes(reservataire),
            [*_ranger(lignes), *autres, ("Ensemble", sien)],
        )

    def _se_dit(self, place: Place) -> bool:
        """Tell whether a count of a row is told, beside zeros."""
        r, bailleur, *_ = place
        siennes = (une for une in self.comptes.valeurs if (une[0], une[1]) == (r, bailleur))
        return any(self.comptes.connu(une) for une in siennes)

    def communes(self, reservataire: str) -> Tableau | None:
        """Return a row per commune that may be told, one for the others, and all of them.

        None when none may be told.
        """
        sien = avec(TOTAL, 0, reservataire)
        places = [avec(sien, 4, un) for un in self.comptes.codes(4, reservataire)]
        tues = [un for un in places if un in self.comptes.masquees]
        dites = [(self.noms.commune(un[4]), un) for un in places if un not in tues]
        if not dites:
            return None
        autres = [("Autres communes", avec(sien, 4, AUTRES))] if tues else []
        (quoi,) = entetes.colonnes("reservataires-communes", "commune")
        nom = self.noms.reservataire(reservataire)
        return self._table(
            f"communes-{reservataire.lower()}",
            entetes.titre("reservataires-communes", reservataire=nom),
            quoi,
            _seules(),
            [*_ranger(dites), *autres, ("Ensemble", sien)],
        )

    def _colonnes(self, reservataire: str) -> tuple[_Colonne, ...]:
        siennes = self.comptes.codes(2, reservataire)
        connues = [un for un in TYPOLOGIES if un in siennes]
        autres = [un for un in siennes if un not in TYPOLOGIES]
        zones = [un for un in ZONES if un in self.comptes.codes(3, reservataire)]
        return (
            *_seules(),
            *((self.noms.typologie(un), 2, un) for un in (*connues, *autres)),
            *((ZONES[un], 3, un) for un in zones),
        )

    def _table(
        self,
        cle: str,
        titre: str,
        quoi: Colonne,
        colonnes: Sequence[_Colonne],
        lignes: Sequence[tuple[str, Place]],
    ) -> Tableau:
        corps = [
            (
                Cellule(nom),
                *(
                    _cellule(self.comptes.connu(place if rang is None else avec(place, rang, code)))
                    for _, rang, code in colonnes
                ),
            )
            for nom, place in lignes
        ]
        return Tableau(
            cle,
            titre,
            (quoi, *(Colonne(nom, "nombre") for nom, _, _ in colonnes)),
            tuple(corps),
            totaux=frozenset({len(corps) - 1}),
        )

    def reservataire(self, code: str) -> Reservataire:
        """Return what the document says of one réservataire."""
        sien = avec(TOTAL, 0, code)
        total = self.comptes.connu(sien)
        return Reservataire(
            nom=self.noms.reservataire(code),
            total=total,
            en_qpv=self.comptes.connu(avec(sien, 3, "QPV")),
            par_bailleur=None if total is None else self.bailleurs(code),
            par_commune=None if total is None else self.communes(code),
        )


def _cellule(nombre: int | None) -> Cellule:
    return Cellule(nombre, masquee=nombre is None)


def _seules() -> tuple[_Colonne, ...]:
    """Return the only column of the table of communes, the first of the others."""
    return tuple(
        (une.titre, None, TOUS) for une in entetes.colonnes("reservataires", "attributions")
    )


def _ranger(lignes: Iterable[tuple[str, Place]]) -> list[tuple[str, Place]]:
    """Put rows in the order of their names, which tells nothing of their counts."""
    return sorted(lignes, key=lambda une: (clef_de_tri(une[0]), une[1]))
