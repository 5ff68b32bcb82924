"""Charts of any result: what a person asks to draw, checked, then drawn on the server."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal, TypeGuard, get_args

from infocentre.graphiques import Barre, Point, barres, barres_empilees, courbe
from infocentre.graphiques.base import PALETTE
from infocentre.graphiques.colonnes import Serie, colonnes
from infocentre.noyau.erreurs import Refus
from infocentre.noyau.temps import mois_court
from infocentre.requetes.bibliotheque import colonnes_taux

Forme = Literal["barres", "colonnes", "courbe"]
FORMES: tuple[Forme, ...] = get_args(Forme)
PLACES: dict[Forme, int] = {"barres": 40, "colonnes": 60, "courbe": 400}
LETTRES = 200
LARGEURS = (300, 1100)
NOMBRE_MAX = 1e15  # beyond, a number is not read on a chart, nor its scale computed

Ligne = tuple[str, str, float | None]


@dataclass(frozen=True, slots=True)
class Demande:
    """A chart to draw: (label, series or "", value) for each row, and what they are called."""

    forme: Forme
    abscisse: str
    mesure: str
    lignes: tuple[Ligne, ...]
    largeur: float

    @property
    def titre(self) -> str:
        """What the chart shows, for who cannot see it too."""
        if self.abscisse == "ligne":
            return f"{en_mots(self.mesure)}, ligne par ligne"
        return f"{en_mots(self.mesure)} par {en_mots(self.abscisse)}"

    @property
    def taux(self) -> bool:
        """Tell whether values are ratios, by the name of their column."""
        return bool(colonnes_taux([self.mesure]))


def en_mots(nom: str) -> str:
    """Return the name of a column as words: mois_d_envoi is « mois d'envoi »."""
    return re.sub(r"\b([dl]|qu) (?=\w)", r"\1'", nom.replace("_", " "))


def lire_demande(lu: Mapping[str, Any]) -> Demande:
    """Read what a browser asks to draw; raise Refus when nothing can be drawn from it."""
    forme = next((une for une in FORMES if une == lu.get("forme")), None)
    brutes = lu.get("lignes")
    if forme is None or not isinstance(brutes, list):
        raise Refus("ce graphique n'existe pas", que_faire="Choisir barres, colonnes ou courbe.")
    lignes = tuple(_ligne(une) for une in brutes[: PLACES[forme]])
    if all(valeur is None for _, _, valeur in lignes):
        raise Refus("il n'y a rien à dessiner", que_faire="Choisir une colonne de nombres.")
    largeur = lu.get("largeur")
    large = largeur if _est_nombre(largeur) else LARGEURS[1]
    return Demande(
        forme,
        str(lu.get("abscisse", ""))[:LETTRES],
        str(lu.get("mesure", ""))[:LETTRES],
        lignes,
        float(min(max(large, LARGEURS[0]), LARGEURS[1])),
    )


def _ligne(brute: object) -> Ligne:
    if not isinstance(brute, list) or len(brute) != 3:  # noqa: PLR2004
        raise Refus("ce graphique est mal demandé", que_faire="Recharger la page.")
    libelle, serie, valeur = brute
    return str(libelle)[:LETTRES], str(serie or "")[:LETTRES], _nombre(valeur)


def _nombre(valeur: object) -> float | None:
    """Return a number to draw; what is none, « not a number » included, leaves an empty place."""
    if not _est_nombre(valeur):
        return None
    if abs(valeur) > NOMBRE_MAX:
        raise Refus(
            "une valeur est trop grande pour être dessinée",
            que_faire="Compter en milliers ou en millions dans la requête.",
        )
    return float(valeur)


def _est_nombre(valeur: object) -> TypeGuard[int | float]:
    if isinstance(valeur, float):
        return not math.isnan(valeur)
    return isinstance(valeur, int) and not isinstance(valeur, bool)


def _dater(demande: Demande) -> Demande:
    """Write months as people read them."""
    lignes = tuple(
        (mois_court(nom), mois_court(serie), valeur) for nom, serie, valeur in demande.lignes
    )
    return replace(demande, lignes=lignes)


def dessiner(demande: Demande) -> str:
    """Return the chart as SVG; raise Refus when its series cannot be told apart."""
    demande = _dater(demande)
    series = list(dict.fromkeys(serie for _, serie, _ in demande.lignes))
    if len(series) > len(PALETTE):
        raise Refus(
            f"{len(series)} séries ne se distinguent pas", que_faire=f"{len(PALETTE)} au plus."
        )
    if len(series) > 1 and any((valeur or 0) < 0 for _, _, valeur in demande.lignes):
        raise Refus("des valeurs négatives ne s'empilent pas", que_faire="Ne pas découper.")
    return _DESSINS[demande.forme](demande, series)


def _barres(demande: Demande, series: Sequence[str]) -> str:
    if len(series) == 1:
        lignes = [Barre(libelle, valeur) for libelle, _, valeur in demande.lignes]
        return barres(lignes, demande.titre, taux=demande.taux, largeur=demande.largeur)
    croisees = _croiser(demande.lignes, series)
    lignes = [
        Barre(libelle, None, tuple(valeur or 0 for valeur in parts))
        for libelle, parts in croisees.items()
    ]
    return barres_empilees(lignes, series, demande.titre, largeur=demande.largeur)


def _colonnes(demande: Demande, series: Sequence[str]) -> str:
    fois = 100 if demande.taux else 1
    if len(series) == 1:
        noms = [libelle for libelle, _, _ in demande.lignes]
        mesure = en_mots(demande.mesure)
        nom = f"{mesure} (en %)" if demande.taux else mesure
        valeurs = tuple(v if v is None else v * fois for _, _, v in demande.lignes)
        return colonnes(noms, [Serie(nom, valeurs)], demande.titre, largeur=demande.largeur)
    croisees = _croiser(demande.lignes, series)
    lues = [
        Serie(nom, tuple(parts[rang] for parts in croisees.values()))
        for rang, nom in enumerate(series)
    ]
    return colonnes(list(croisees), lues, demande.titre, empilees=True, largeur=demande.largeur)


def _courbe(demande: Demande, series: Sequence[str]) -> str:
    if len(series) > 1:
        raise Refus("une courbe ne montre qu'une série", que_faire="Choisir colonnes ou barres.")
    points = [Point(libelle, valeur) for libelle, _, valeur in demande.lignes]
    dimensions = (demande.largeur, 300 if demande.largeur > 480 else 240)  # noqa: PLR2004
    return courbe(points, demande.titre, taux=demande.taux, dimensions=dimensions)


_DESSINS = {"barres": _barres, "colonnes": _colonnes, "courbe": _courbe}


def _croiser(lignes: Sequence[Ligne], series: Sequence[str]) -> dict[str, list[float | None]]:
    """Return the values of each label in the order of the series."""
    croisees: dict[str, list[float | None]] = {}
    for libelle, serie, valeur in lignes:
        parts = croisees.setdefault(libelle, [None] * len(series))
        rang = series.index(serie)
        if parts[rang] is not None:
            raise Refus(
                f"plusieurs lignes pour « {libelle} » et « {serie} »",
                que_faire="Les regrouper dans la requête (group by), ou ne pas découper.",
            )
        parts[rang] = valeur
    return croisees
