"""Bars: one by name, stacked, two-faced, and the cascade of a movement."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from infocentre.graphiques.base import (
    BLEU,
    ENCRE,
    GRIS,
    GRIS_NEUTRE,
    graduations,
)
from infocentre.graphiques.descriptions import (
    NOMBRE,
    Barres,
    BarresEmpilees,
    Cascade,
    Pyramide,
    Unite,
)
from infocentre.graphiques.plotly.commun import (
    COMMUN,
    Figure,
    Trace,
    couleur_de,
    en_barres,
    en_figure,
    hauteur,
    lire_valeur,
    plotly,
    texte,
    un_axe,
)
from infocentre.noyau.francais import FINE, nombre

BARRE, LARGE_NOM = 15, 46


@dataclass(frozen=True, slots=True)
class _Rangs:
    """Where bars stand, the first on top, each under its name.

    Names stand over bars, not beside: a telephone has no room beside. A row is as high as the name
    that takes most lines, then its bar.
    """

    noms: tuple[str, ...]

    @property
    def haut(self) -> int:
        """How high a row is, in pixels."""
        lignes = max((un.count("<br>") + 1 for un in self.noms), default=1)
        return 18 * lignes + BARRE + 10

    @property
    def y(self) -> list[int]:
        """The rows."""
        return list(range(len(self.noms)))

    @property
    def sous(self) -> Figure:
        """Where a bar stands in its row: at the foot."""
        debut = 0.5 - (BARRE + 6) / self.haut
        return {"width": BARRE / self.haut, "offset": debut, "orientation": "h"}

    @property
    def pied(self) -> float:
        """Where the bar of a row ends, counted from its middle."""
        return 0.5 - 6 / self.haut

    def titres(self) -> list[Figure]:
        """Return the names, over their bars."""
        place = {"x": 0, "xref": "paper", "xanchor": "left", "align": "left", "yanchor": "bottom"}
        debut = 0.5 - (BARRE + 8) / self.haut
        fond = {"bgcolor": "rgba(255,255,255,.93)", "borderpad": 0, "showarrow": False}
        return [
            {"y": rang + debut, "text": nom, **place, **fond} for rang, nom in enumerate(self.noms)
        ]

    @property
    def axe(self) -> Figure:
        """The axis of the rows, which writes nothing."""
        return {"visible": False, "fixedrange": True, "range": [len(self.noms) - 0.5, -0.5]}

    def hauteur(self, plus: int = 0) -> int:
        """Return how high the chart stands, with its axis and what else it has."""
        return 70 + plus + self.haut * max(1, len(self.noms))


def _rangs(noms: Sequence[str], ecrits: Sequence[str]) -> _Rangs:
    """Return the rows of bars from their names, and what is written in bold after each."""
    return _Rangs(tuple(_titre_barre(nom, un) for nom, un in zip(noms, ecrits, strict=True)))


def _titre_barre(nom: str, ecrit: str) -> str:
    """Return a name, then what it is worth in bold, on a line of its own when there is no room."""
    titre, derniere = texte(nom, LARGE_NOM), (textwrap.wrap(nom, LARGE_NOM) or [""])[-1]
    if not ecrit:
        return titre
    entre = "  " if len(derniere) + len(ecrit) <= LARGE_NOM else "<br>"
    return f"{titre}{entre}<b>{texte(ecrit, 60)}</b>"


def _des_barres(d: Barres) -> _Rangs:
    return _rangs([une.libelle for une in d.lignes], [d.ecrit(une) for une in d.lignes])


@plotly.register
def _(d: Barres) -> Figure:
    rangs = _des_barres(d)
    valeurs = [lire_valeur(une.valeur, d.unite) for une in d.lignes]
    haut = max([v for v in valeurs if v is not None], default=0.0)
    if d.cible:
        haut = max(haut, lire_valeur(d.cible[0], d.unite) or 0)
    if d.maximum:
        haut = max(haut, lire_valeur(d.maximum, d.unite) or 0)
    barre = en_barres(
        x=[v or 0 for v in valeurs],
        y=rangs.y,
        dits=[d.dit(une) for une in d.lignes],
        couleur=[une.couleur for une in d.lignes],
        liens=[une.lien for une in d.lignes],
        **rangs.sous,
    )
    bas = min([v for v in valeurs if v is not None] + [0])
    cible = _cible(d.cible, d.unite) if d.cible else {"shapes": [], "annotations": []}
    return en_figure(
        [barre],
        xaxis=un_axe(d.unite, range=[bas, (haut or 1) * 1.04], nticks=6),
        yaxis=rangs.axe,
        annotations=rangs.titres() + cible["annotations"],
        shapes=cible["shapes"],
        margin=COMMUN["margin"] | {"t": 46 if d.cible else 28},
    )


def _cible(cible: tuple[float, str], unite: Unite) -> Figure:
    """Return a value to reach as a dashed line with its name above."""
    x = lire_valeur(cible[0], unite)
    place = {"x0": x, "x1": x, "y0": 0, "y1": 1, "yref": "paper"}
    trait = {"color": ENCRE, "width": 1.5, "dash": "dash"}
    nom = {"x": x, "y": 1, "yref": "paper", "yanchor": "bottom", "showarrow": False}
    return {
        "shapes": [{"type": "line", "layer": "below", "line": trait, **place}],
        "annotations": [{"text": texte(cible[1]), **nom}],
    }


@hauteur.register
def _(d: Barres) -> int:
    return _des_barres(d).hauteur()


@plotly.register
def _(d: BarresEmpilees) -> Figure:
    totaux = [sum(une.parts) for une in d.lignes]
    rangs = _des_empilees(d)
    fois = [100 / (total or 1) if d.parts else 1 for total in totaux]
    data = [
        en_barres(
            x=[une.parts[no] * f for une, f in zip(d.lignes, fois, strict=True)],
            y=rangs.y,
            dits=[d.dit(une, no) for une in d.lignes],
            couleur=couleur_de(no),
            liens=[une.lien for une in d.lignes],
            name=texte(nom, 30),
            **rangs.sous,
        )
        for no, nom in enumerate(d.series)
    ]
    axe = un_axe(Unite(taux=d.parts))
    return _debout(data, axe, rangs, barmode="stack", showlegend=True)


def _debout(data: list[Trace], axe: Figure, rangs: _Rangs, **plus: Any) -> Figure:  # noqa: ANN401
    return en_figure(data, xaxis=axe, yaxis=rangs.axe, annotations=rangs.titres(), **plus)


def _des_empilees(d: BarresEmpilees) -> _Rangs:
    totaux = [NOMBRE.ecrire(sum(une.parts)) for une in d.lignes]
    return _rangs([une.libelle for une in d.lignes], totaux)


@hauteur.register
def _(d: BarresEmpilees) -> int:
    return _des_empilees(d).hauteur(30)


@plotly.register
def _(d: Pyramide) -> Figure:
    rangs = _des_faces(d)
    cotes = ([une.gauche for une in d.lignes], [une.droite for une in d.lignes])
    lus = [[lire_valeur(v, d.unite) for v in cote] for cote in cotes]
    haut = max([v for cote in lus for v in cote if v is not None], default=1.0)
    gradues = graduations(haut, 3)
    data = [
        en_barres(
            x=[None if v is None else (-v if cote == 0 else v) for v in lus[cote]],
            y=rangs.y,
            dits=[d.dit(une, cote) for une in d.lignes],
            couleur=(BLEU, GRIS_NEUTRE)[cote],
            liens=[une.lien for une in d.lignes],
            name=texte(d.noms[cote], 40),
            **rangs.sous,
        )
        for cote in (0, 1)
    ]
    places = [-v for v in gradues[:0:-1]] + gradues
    suite = f"{FINE}%" if d.unite.taux else ""
    axe = un_axe(
        tickvals=places,
        ticktext=[f"{nombre(abs(v), 0 if float(v).is_integer() else 1)}{suite}" for v in places],
        range=[-haut * 1.06, haut * 1.06],
    )
    return _debout(data, axe, rangs, barmode="overlay", showlegend=True)


def _des_faces(d: Pyramide) -> _Rangs:
    """Return the rows, both values of each category being written over its bars."""
    faces = [f"{d.unite.ecrire(une.gauche)} | {d.unite.ecrire(une.droite)}" for une in d.lignes]
    return _rangs([une.libelle for une in d.lignes], faces)


@hauteur.register
def _(d: Pyramide) -> int:
    return _des_faces(d).hauteur(30)


@plotly.register
def _(d: Cascade) -> Figure:
    marches = d.marches()
    rangs = _rangs([une.nom for une in marches], [une.ecrit for une in marches])
    bas = [lire_valeur(min(une.de, une.a), d.unite) or 0.0 for une in marches]
    haut = (
        max([lire_valeur(max(une.de, une.a), d.unite) or 0 for une in marches], default=1.0) or 1.0
    )
    barre = en_barres(
        x=[lire_valeur(abs(une.a - une.de), d.unite) for une in marches],
        y=rangs.y,
        dits=[une.dit for une in marches],
        couleur=[une.couleur for une in marches],
        liens=[une.lien for une in d.etapes],
        base=bas,
        **rangs.sous,
    )
    trait = {"color": GRIS, "width": 1, "dash": "dot"}
    jonctions = [
        {
            "type": "line",
            "x0": x,
            "x1": x,
            "y0": rang + rangs.pied,
            "y1": rang + 1 + rangs.sous["offset"],
            "line": trait,
        }
        for rang, une in enumerate(marches[:-1])
        for x in [lire_valeur(une.a, d.unite)]
    ]
    axe = un_axe(d.unite, range=[min([*bas, 0]), haut * 1.04], nticks=6)
    return _debout([barre], axe, rangs, shapes=jonctions)


@hauteur.register
def _(d: Cascade) -> int:
    return _rangs([une.libelle for une in d.etapes], [d.ecrit(une) for une in d.etapes]).hauteur()
