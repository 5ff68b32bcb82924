"""Charts of any result: what is proposed, what a person asks to draw, checked, then described."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal, get_args

from dash import html

from dashboards.composants.graphique import graphique
from dashboards.composants.resultat import Genre, Rubrique, en_mots
from dashboards.composants.saisie import Champ, Formulaire, groupe
from infocentre.exports import lisible
from infocentre.graphiques.barres import Barre
from infocentre.graphiques.base import PALETTE
from infocentre.graphiques.colonnes import Serie
from infocentre.graphiques.descriptions import (
    NOMBRE,
    TAUX,
    Barres,
    BarresEmpilees,
    Colonnes,
    Description,
    Endroit,
    Histogramme,
    Lignes,
    Nuage,
    Unite,
)
from infocentre.noyau.erreurs import Refus
from infocentre.noyau.francais import nombre
from infocentre.noyau.temps import mois_court

Forme = Literal["barres", "colonnes", "courbe", "nuage", "histogramme"]
FORMES: tuple[Forme, ...] = get_args(Forme)
NOMS: dict[Forme, str] = {
    "barres": "Barres",
    "colonnes": "Colonnes",
    "courbe": "Courbes",
    "nuage": "Nuage de points",
    "histogramme": "Histogramme",
}
PLACES: dict[Forme, int] = {"barres": 40, "colonnes": 60, "courbe": 400, "nuage": 2000}
LETTRES = 200
NOMBRE_MAX = 1e15  # beyond, a number is not read on a chart, nor its scale computed
CHAQUE, SANS = "", ""  # each row for itself, no series
COURT, PEU = 14, 6  # letters and rows of columns that stand upright
DEUX = 2
_TEMPS = re.compile(r"\d{4}(-\d\d|-T\d)?(-\d\d( 00:00:00)?)?")
_MOIS = re.compile(r"\d{4}-\d\d-01")
_MOTS = re.compile("[a-zà-ÿ]{2}")
_TOTAL = re.compile("tou(s|te|tes)|total|ensemble", re.IGNORECASE)
NON_DIT = "non renseigné"


# --- What is proposed -----------------------------------------------------------------------------


def proposer(lignes: Sequence[Sequence[object]], colonnes: Sequence[Rubrique]) -> dict[str, str]:
    """Return the choices that a chart opens with: what is counted, by what, cut by what."""
    comptees = [rang for rang, une in enumerate(colonnes) if une.compte]
    # Where there is something else to show, 0 and 1 tell two groups apart.
    mesures = [rang for rang in comptees if len(_distincts(lignes, rang)) > DEUX] or comptees
    autres = [rang for rang in range(len(colonnes)) if rang not in mesures]
    parlants = [rang for rang in autres if len(_distincts(lignes, rang)) > 1]
    abscisse, serie = _axe(lignes, parlants or autres)
    forme = _forme(lignes, mesures, abscisse, serie)
    if forme == "nuage":
        abscisse, mesures = mesures[0], mesures[1:]
    return {
        "forme": forme,
        "mesure": _champ(mesures[0] if mesures else None),
        "abscisse": _champ(abscisse),
        "serie": _champ(serie),
        "textes": ",".join(map(_champ, parlants)),
    }


def _champ(rang: int | None) -> str:
    return "" if rang is None else f"c{rang}"


def _distincts(lignes: Sequence[Sequence[object]], rang: int) -> set[str]:
    return {str(ligne[rang]) for ligne in lignes}


def _axe(
    lignes: Sequence[Sequence[object]], parlants: Sequence[int]
) -> tuple[int | None, int | None]:
    """Return the column that names, cut by the next one when names come back."""
    if not parlants:
        return None, None
    abscisse = _nommant(lignes, parlants)
    if len(_distincts(lignes, abscisse)) == len(lignes):
        return abscisse, None
    for rang in parlants:
        couples = {(str(ligne[abscisse]), str(ligne[rang])) for ligne in lignes}
        courte = len(_distincts(lignes, rang)) <= len(PALETTE)
        if rang != abscisse and courte and len(couples) == len(lignes):
            return abscisse, rang
    return None, None


def _nommant(lignes: Sequence[Sequence[object]], parlants: Sequence[int]) -> int:
    """A code gives way to the name that says the same: G1302, then « Provence Habitat »."""
    premier = parlants[0]
    codes = _distincts(lignes, premier)
    if any(map(_MOTS.search, codes)) or _temporel(codes):
        return premier
    for rang in parlants[1:]:
        noms = _distincts(lignes, rang)
        if len(noms) == len(codes) and any(map(_MOTS.search, noms)):
            return rang
    return premier


def _forme(
    lignes: Sequence[Sequence[object]],
    mesures: Sequence[int],
    abscisse: int | None,
    serie: int | None,
) -> Forme:
    if abscisse is None and serie is None and not _textuelles(lignes, mesures):
        return "nuage" if len(mesures) > 1 else "histogramme"
    noms = _distincts(lignes, abscisse) if abscisse is not None else set()
    if noms and _temporel(noms):
        return "courbe"
    courts = len(lignes) <= PEU and all(len(nom) <= COURT for nom in noms)
    return "colonnes" if serie is None and noms and courts else "barres"


def _textuelles(lignes: Sequence[Sequence[object]], mesures: Sequence[int]) -> bool:
    return bool(lignes) and len(mesures) < len(lignes[0])


def _temporel(noms: set[str]) -> bool:
    return all(map(_TEMPS.fullmatch, noms - {"None"}))


def formulaire_dessin(
    colonnes: Sequence[Rubrique], valeurs: Mapping[str, str], bouton: str = ""
) -> Formulaire:
    """Return what one chooses of a chart."""
    toutes = [(_champ(rang), en_mots(une.nom)) for rang, une in enumerate(colonnes)]
    nombres = [(_champ(rang), en_mots(une.nom)) for rang, une in enumerate(colonnes) if une.compte]
    champs = [
        Champ("forme", "Forme", "choix", options=list(NOMS.items())),
        Champ("mesure", "Montrer", "liste", options=nombres),
        Champ("abscisse", "Par", "liste", options=[*toutes, (CHAQUE, "chaque ligne")]),
        Champ("serie", "Découper par", "liste", options=[(SANS, "–"), *toutes]),
    ]
    return Formulaire(
        id="dessin",
        groupes=[groupe("dessin", champs)],
        valeurs=dict(valeurs),
        bouton=bouton,
        classe="formulaire reglages ecran",
    )


# --- What is asked --------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Point:
    """A row to draw: its name, its series, its value, its abscissa if a number, its order."""

    nom: str
    serie: str
    valeur: float | None
    x: float | None = None
    cle: str = ""


@dataclass(frozen=True, slots=True)
class Demande:
    """A chart to draw, checked: its rows, and what their columns are called."""

    forme: Forme
    abscisse: Rubrique | None
    mesure: Rubrique
    serie: Rubrique | None
    points: tuple[Point, ...]

    @property
    def titre(self) -> str:
        """What the chart shows."""
        mesure = en_mots(self.mesure.nom)
        if self.forme == "histogramme":
            return f"{mesure}, combien de lignes dans chaque classe"
        if self.abscisse is None:
            return f"{mesure}, ligne par ligne"
        return f"{mesure} par {en_mots(self.abscisse.nom)}"

    @property
    def unite(self) -> Unite:
        """How its values are written."""
        return TAUX if self.mesure.genre == "taux" else NOMBRE


def lire_demande(lu: object, colonnes: Sequence[Rubrique]) -> Demande:
    """Read what a page asks to draw; raise Refus when nothing can be drawn from it."""
    demande = lu if isinstance(lu, dict) else {}
    choix, lignes = demande.get("valeurs"), demande.get("lignes")
    if not isinstance(choix, dict) or not isinstance(lignes, list):
        raise Refus("ce graphique est mal demandé", que_faire="Recharger la page.")
    forme = next((une for une in FORMES if une == choix.get("forme")), None)
    if forme is None:
        raise Refus("ce graphique n'existe pas", que_faire="Choisir une forme.")
    axes = {nom: _colonne(choix.get(nom), colonnes) for nom in ("abscisse", "mesure", "serie")}
    mesure = axes["mesure"]
    if mesure is None:
        raise Refus("il n'y a rien à dessiner", que_faire="Choisir une colonne de nombres.")
    points = [_point(rang, une, axes) for rang, une in enumerate(lignes)]
    if all(un.valeur is None for un in points):
        raise Refus("il n'y a rien à dessiner", que_faire="Choisir une colonne de nombres.")
    return _ranger(Demande(forme, axes["abscisse"], mesure, axes["serie"], tuple(points)))


def _colonne(lu: object, colonnes: Sequence[Rubrique]) -> Rubrique | None:
    champs = {_champ(rang): une for rang, une in enumerate(colonnes)}
    return champs.get(lu) if isinstance(lu, str) else None


def _point(rang: int, brute: object, axes: Mapping[str, Rubrique | None]) -> Point:
    if not isinstance(brute, list) or len(brute) != 3 or not isinstance(brute[0], list):  # noqa: PLR2004
        raise Refus("ce graphique est mal demandé", que_faire="Recharger la page.")
    noms, valeur, serie = brute
    abscisse, cle = axes["abscisse"], axes["serie"]
    nom = ", ".join(en_texte(un, abscisse.genre if abscisse else "texte") for un in noms)
    return Point(
        (nom or nombre(rang + 1))[:LETTRES],
        en_texte(serie, cle.genre)[:LETTRES] if cle else "",
        _nombre(valeur),
        _nombre(noms[0]) if len(noms) == 1 else None,
        str(noms[0]) if noms else "",
    )


def en_texte(valeur: object, genre: Genre) -> str:
    """Return a value as people read it in a chart: a month is one, a missing value says so."""
    if valeur is None or valeur == "":
        return NON_DIT
    if isinstance(valeur, bool):
        return "oui" if valeur else "non"
    if isinstance(valeur, int | float):
        if genre == "code":
            return f"{valeur:g}"
        return lisible(valeur, taux=genre == "taux")
    dit = str(valeur).removesuffix(" 00:00:00")
    return mois_court(dit[:7] if _MOIS.fullmatch(dit) and genre == "instant" else dit)


def _nombre(valeur: object) -> float | None:
    """Return a number to draw; what is none, « not a number » included, leaves an empty place."""
    if isinstance(valeur, bool) or not isinstance(valeur, int | float):
        return None
    if isinstance(valeur, float) and math.isnan(valeur):
        return None
    if abs(valeur) > NOMBRE_MAX:
        raise Refus(
            "une valeur est trop grande pour être dessinée",
            que_faire="Compter en milliers ou en millions dans la requête.",
        )
    return float(valeur)


def _ranger(demande: Demande) -> Demande:
    """Let time run from left to right, parts without their total."""
    parts = [un for un in demande.points if not _TOTAL.fullmatch(un.serie)] or demande.points
    if demande.forme in {"colonnes", "courbe"} and _temporel({un.cle for un in parts}):
        parts = sorted(parts, key=lambda un: un.cle)
    return replace(demande, points=tuple(parts))


# --- What is drawn --------------------------------------------------------------------------------


def dessiner(demande: Demande, total: int) -> list[Any]:
    """Return the chart and what it leaves out; raise Refus when its series cannot be told apart."""
    montres = demande.points[: PLACES.get(demande.forme)]
    description = decrire(replace(demande, points=montres))
    note = ""
    if len(montres) < len(demande.points):
        note = f"Les {nombre(len(montres))} premières lignes sur {nombre(total)}."
    elif len(demande.points) < total:
        note = "Sans les lignes de total."
    return [
        html.H3(demande.titre, className="fr-h6"),
        graphique(description, nom="resultat"),
        html.P(note, className="fr-hint-text"),
    ]


def decrire(demande: Demande) -> Description:
    """Return the description of a chart; raise Refus when its series cannot be told apart."""
    series = list(dict.fromkeys(un.serie for un in demande.points))
    if len(series) > len(PALETTE) and demande.forme != "histogramme":
        raise Refus(
            f"{len(series)} séries ne se distinguent pas", que_faire=f"{len(PALETTE)} au plus."
        )
    return _DESSINS[demande.forme](demande, series)


def _barres(demande: Demande, series: Sequence[str]) -> Description:
    if len(series) == 1:
        lignes = tuple(Barre(un.nom, un.valeur) for un in demande.points)
        barres = Barres(titre=demande.titre, lignes=lignes, unite=demande.unite)
        return _nommer(barres, demande)
    _exiger_positives(demande)
    croisees = _croiser(demande.points, series)
    empilees = tuple(
        Barre(nom, None, tuple(valeur or 0 for valeur in parts)) for nom, parts in croisees.items()
    )
    barres_ = BarresEmpilees(titre=demande.titre, lignes=empilees, series=tuple(series))
    return _nommer(barres_, demande)


def _colonnes(demande: Demande, series: Sequence[str]) -> Description:
    if len(series) > 1:
        _exiger_positives(demande)
    croisees = _croiser(demande.points, series)
    colonnes = Colonnes(
        titre=demande.titre,
        periodes=tuple(croisees),
        series=_series(demande, croisees, series),
        empilees=len(series) > 1,
        unite=demande.unite,
    )
    return _nommer(colonnes, demande)


def _courbe(demande: Demande, series: Sequence[str]) -> Description:
    croisees = _croiser(demande.points, series)
    lignes = Lignes(
        titre=demande.titre,
        abscisses=tuple(croisees),
        series=_series(demande, croisees, series),
        unite=demande.unite,
    )
    return _nommer(lignes, demande)


def _nuage(demande: Demande, series: Sequence[str]) -> Description:  # noqa: ARG001 - as the others
    points = tuple(
        Endroit(un.x, un.valeur, serie=un.serie)
        for un in demande.points
        if un.x is not None and un.valeur is not None
    )
    if demande.abscisse is None or not points:
        raise Refus(
            "un nuage de points met deux nombres face à face",
            que_faire="Choisir une colonne de nombres dans « Par » aussi.",
        )
    return Nuage(
        titre=demande.titre,
        points=points,
        abscisse=en_mots(demande.abscisse.nom),
        ordonnee=en_mots(demande.mesure.nom),
        unites=(TAUX if demande.abscisse.genre == "taux" else NOMBRE, demande.unite),
    )


def _histogramme(demande: Demande, series: Sequence[str]) -> Description:  # noqa: ARG001
    mesures = tuple(un.valeur for un in demande.points if un.valeur is not None)
    return Histogramme(
        titre=demande.titre,
        mesures=mesures,
        unite=demande.unite,
        nom=en_mots(demande.mesure.nom),
        valeurs="lignes",
    )


_DESSINS: dict[Forme, Callable[[Demande, Sequence[str]], Description]] = {
    "barres": _barres,
    "colonnes": _colonnes,
    "courbe": _courbe,
    "nuage": _nuage,
    "histogramme": _histogramme,
}


def _nommer(description: Description, demande: Demande) -> Description:
    """Say what the rows and the values of a table are called."""
    nom = en_mots(demande.abscisse.nom) if demande.abscisse else "ligne"
    return replace(description, nom=nom, valeurs=en_mots(demande.mesure.nom))


def _series(
    demande: Demande, croisees: Mapping[str, Sequence[float | None]], series: Sequence[str]
) -> tuple[Serie, ...]:
    return tuple(
        Serie(nom or en_mots(demande.mesure.nom), tuple(parts[rang] for parts in croisees.values()))
        for rang, nom in enumerate(series)
    )


def _exiger_positives(demande: Demande) -> None:
    if any((un.valeur or 0) < 0 for un in demande.points):
        raise Refus("des valeurs négatives ne s'empilent pas", que_faire="Ne pas découper.")


def _croiser(points: Sequence[Point], series: Sequence[str]) -> dict[str, list[float | None]]:
    """Return the values of each name in the order of the series."""
    croisees: dict[str, list[float | None]] = {}
    for un in points:
        parts = croisees.setdefault(un.nom, [None] * len(series))
        rang = series.index(un.serie)
        if parts[rang] is not None:
            raise Refus(
                f"plusieurs lignes pour « {un.nom} »" + (f" et « {un.serie} »" if un.serie else ""),
                que_faire="Les regrouper dans la requête (group by), ou choisir « chaque ligne ».",
            )
        parts[rang] = un.valeur
    return croisees
