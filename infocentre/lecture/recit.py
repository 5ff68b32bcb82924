"""What a guichet is told first: figures chosen by rules, from its published values alone."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from infocentre.catalogue import Indicateur
from infocentre.lecture.fiche import Fiche, priorites
from infocentre.lecture.indicateurs import Mesure, mesure, parmi
from infocentre.mesures.probabilites import chances_d_un_ecart, retenir_ensemble
from infocentre.noyau.etats import DEPASSES, MAUVAIS, SIGNIFICATIFS, Etat
from infocentre.noyau.temps import mois_avant
from infocentre.noyau.types_guichet import EN_LIGNE, INCONNU, TypeGuichet

MOUVEMENTS = 2


@dataclass(frozen=True, slots=True)
class Pire:
    """What is to be done better first: `taux` None where none is tolerated.

    `semblables`: the rate of the other organismes of the type, None when it may not be told.
    """

    d_abord: str
    libelle: str
    nombre: int
    nature: str
    taux: float | None
    semblables: float | None


@dataclass(frozen=True, slots=True)
class Mouvement:
    """A rate that moved in a year."""

    libelle: str
    avant: float
    ici: float


@dataclass(frozen=True, slots=True)
class Recit:
    """The figures of the story of a guichet or organisme.

    `ouverts` and `fermes` are the guichets of an organisme; `enregistrees` and `attributions` acts
    of 12 months, `actives` demandes at the arrêté. Nothing is judged of a guichet `sans_type`;
    `petits` counts the indicators of too few units, `juges`, `rouges` (à traiter too) and `oranges`
    those that are judged; `rouges_avant` a year before, None when nothing was judged then.
    `hausses` and `baisses` stand among all that `parmi` says.
    """

    organisme: bool
    nom: str
    genre: str
    mode: str
    en_ligne: bool
    au_registre: bool
    ferme: dt.date | None
    ouverts: int
    fermes: int
    mois: str
    enregistrees: int
    attributions: int
    actives: int
    sans_type: bool
    petits: int
    juges: int
    rouges: int
    oranges: int
    rouges_avant: int | None
    pire: Pire | None
    parmi: str
    hausses: tuple[Mouvement, ...]
    baisses: tuple[Mouvement, ...]


def recit(fiche: Fiche) -> Recit:
    """Return what its values tell, in the order in which it is read."""
    type_ = TypeGuichet.lire(fiche.type_guichet)
    etats, avant = _etats(fiche), _etats(fiche, mois_avant(fiche.filtres.mois, 12))
    combien, mouvements = _mouvements(fiche)
    return Recit(
        organisme=fiche.niveau == "organisme",
        nom=fiche.nom,
        genre=type_.genre if type_ else "",
        mode=(fiche.guichets[0]["mode_enregistrement"] or "") if fiche.guichets else "",
        en_ligne=fiche.type_guichet == EN_LIGNE,
        au_registre=bool(fiche.guichets),
        ferme=fiche.ferme,
        ouverts=fiche.ouverts,
        fermes=len(fiche.guichets) - fiche.ouverts,
        mois=fiche.filtres.mois,
        enregistrees=_effectif(fiche, "enregistrements", "denominateur_12m"),
        attributions=_effectif(fiche, "attributions", "denominateur_12m"),
        actives=_effectif(fiche, "actives", "denominateur"),
        sans_type=type_ in {None, INCONNU},
        petits=_compter(etats, (Etat.EFFECTIF_INSUFFISANT,)),
        juges=_compter(etats, SIGNIFICATIFS),
        rouges=_compter(etats, MAUVAIS),
        oranges=_compter(etats, (Etat.ORANGE,)),
        rouges_avant=_compter(avant, MAUVAIS) if _compter(avant, SIGNIFICATIFS) else None,
        pire=_pire(fiche),
        parmi=parmi(combien),
        hausses=_premiers(une for une in mouvements if une.ecart > 0 and not une.revolu),
        baisses=_premiers(une for une in mouvements if une.ecart < 0),
    )


def _effectif(
    fiche: Fiche, population: str, champ: Literal["denominateur", "denominateur_12m"]
) -> int:
    ligne = fiche.valeur(fiche.catalogue.temoin(population) or "")
    return int(ligne[champ] or 0) if ligne else 0


def _etats(fiche: Fiche, mois: str | None = None) -> dict[str, int]:
    return {etat: len(liste) for etat, liste in fiche.etats(mois).items()}


def _compter(etats: dict[str, int], voulus: Iterable[str]) -> int:
    return sum(etats.get(un, 0) for un in voulus)


def _pire(fiche: Fiche) -> Pire | None:
    for une in priorites(fiche)[:1]:
        rare = une.un.tolerance_zero or une.mesure.taux is None
        semblables = fiche.semblables.get(une.un.code)
        return Pire(
            une.un.mots.d_abord,
            une.un.libelle,
            une.mesure.numerateur,
            une.nature,
            None if rare else une.mesure.taux,
            semblables.taux if semblables else None,
        )
    return None


def _mouvements(fiche: Fiche) -> tuple[int, list[_Comparaison]]:
    """Return how many indicators are compared, and what moved, corrected for all of them."""
    compares = [trouve for un in fiche.indicateurs if (trouve := _comparer(fiche, un))]
    chances = chances_d_un_ecart(
        ([une.avant.numerateur for une in compares], [une.avant.denominateur for une in compares]),
        ([une.ici.numerateur for une in compares], [une.ici.denominateur for une in compares]),
    )
    tenus = zip(compares, retenir_ensemble(chances), strict=True)
    return len(compares), [une for une, tient in tenus if tient and une.compte]


@dataclass(frozen=True, slots=True)
class _Comparaison:
    """What an indicator rests on in the month and a year before."""

    un: Indicateur
    avant: Mesure
    ici: Mesure
    etats: tuple[str, str]
    du_mois: int

    @property
    def revolu(self) -> bool:
        """Tell whether the last of 12 months has no more of it: then it is not rising."""
        return self.ici.sur_12_mois and not self.du_mois

    @property
    def ecart(self) -> float:
        """Return by how much the rate moved, in ratio."""
        return (self.ici.taux or 0) - (self.avant.taux or 0)

    @property
    def compte(self) -> bool:
        """Tell whether a rate is above the first threshold: else nothing is worth telling."""
        return not self.un.seuils or any(etat in DEPASSES for etat in self.etats)

    @property
    def mouvement(self) -> Mouvement:
        """Return what is told of it."""
        return Mouvement(self.un.libelle, self.avant.taux or 0, self.ici.taux or 0)


def _comparer(fiche: Fiche, un: Indicateur) -> _Comparaison | None:
    """Return the two sides of a comparison, None when one of them is not judged."""
    ici = fiche.valeur(un.code)
    avant = fiche.valeur(un.code, mois_avant(fiche.filtres.mois, 12))
    if un.imputable != "guichet" or not ici or not avant:
        return None
    if ici["etat"] not in SIGNIFICATIFS or avant["etat"] not in SIGNIFICATIFS:
        return None
    etats = (avant["etat"], ici["etat"])
    return _Comparaison(un, mesure(avant), mesure(ici), etats, ici["numerateur"] or 0)


def _premiers(mouvements: Iterable[_Comparaison]) -> tuple[Mouvement, ...]:
    ranges = sorted(mouvements, key=lambda une: -abs(une.ecart))
    return tuple(une.mouvement for une in ranges[:MOUVEMENTS])
