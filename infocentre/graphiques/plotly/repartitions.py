"""How values spread: histogram and band."""

from __future__ import annotations

import math

from infocentre.graphiques.base import (
    BLEU,
    ENCRE,
)
from infocentre.graphiques.descriptions import (
    Bande,
    Histogramme,
    Unite,
)
from infocentre.graphiques.distribution import decouper
from infocentre.graphiques.plotly.commun import (
    Figure,
    en_barres,
    en_figure,
    en_marques,
    hauteur,
    lire_valeur,
    nommer_axe,
    plotly,
    texte,
    traits_des_seuils,
    un_axe,
)
from infocentre.noyau.francais import nombre, pourcent


@plotly.register
def _(d: Histogramme) -> Figure:
    classes = decouper(d.mesures, d.seuils)
    fermees = [une for une in classes if une.a is not None]
    pas = (fermees[0].a or 0) - fermees[0].de if fermees else 1.0
    milieux = [une.de + pas / 2 if une.a is not None else une.de + pas for une in classes]
    bornes = [une.de for une in fermees] + [une.a for une in fermees[-1:] if une.a is not None]
    ouverte = [rang for rang, une in enumerate(classes) if une.a is None]
    haut = max((une.nombre for une in classes), default=1)
    barre = en_barres(
        x=[lire_valeur(un, d.unite) for un in milieux],
        y=[une.nombre for une in classes],
        dits=[une.dire(d.valeurs, taux=d.unite.taux) for une in classes],
        couleur=BLEU,
        width=(lire_valeur(pas, d.unite) or 1) * 0.94,
        text=[nombre(une.nombre) if une.nombre else "" for une in classes],
        textposition="outside",
        cliponaxis=False,
        showlegend=False,
    )
    saut = max(1, math.ceil(len(bornes) / 10))
    valeurs = bornes[::saut] + [milieux[rang] for rang in ouverte]
    ecrits = [pourcent(v) if d.unite.taux else d.unite.ecrire(v) for v in bornes[::saut]]
    ecrits += [classes[rang].nom(taux=d.unite.taux) for rang in ouverte]
    vus = [un for un in d.seuils if bornes and un.valeur <= bornes[-1]]
    return en_figure(
        [barre, *traits_des_seuils(vus, [0, haut * 1.1], debout=True)],
        xaxis=un_axe(
            tickvals=[lire_valeur(v, d.unite) for v in valeurs],
            ticktext=[texte(un, 12) for un in ecrits],
            showgrid=False,
            ticks="outside",
            tickangle=0,
        ),
        yaxis=un_axe(NOMBRE_ENTIER, title=nommer_axe(d.valeurs), range=[0, haut * 1.15]),
        showlegend=bool(vus),
    )


NOMBRE_ENTIER = Unite(decimales=0)


@hauteur.register
def _(d: Histogramme) -> int:  # noqa: ARG001 - the same for all
    return 280


@plotly.register
def _(d: Bande) -> Figure:
    valeurs = sorted(d.mesures)
    data = traits_des_seuils(d.seuils, [-1, 1], debout=True)
    data.append(
        en_marques(
            [100 * v for v in valeurs],
            [0] * len(valeurs),
            [f"{rang}e : {pourcent(v, 1)}" for rang, v in enumerate(valeurs, 1)],
            [None] * len(valeurs),
            marker={"color": "#a8a8a8", "size": 7, "opacity": 0.7},
        )
    )
    if d.ensemble is not None:
        trait = {"symbol": "line-ns", "size": 26, "line": {"color": ENCRE, "width": 1.5}}
        dit = f"Taux d'ensemble : {pourcent(d.ensemble, 1)}"
        data.append(en_marques([100 * d.ensemble], [0], [dit], [None], marker=trait))
    if d.ici is not None:
        marque = {"symbol": "diamond", "color": BLEU, "size": 13}
        data.append(en_marques([100 * d.ici], [0], [pourcent(d.ici, 1)], [None], marker=marque))
    return en_figure(
        data,
        margin={"l": 8, "r": 8, "t": 4, "b": 4},
        xaxis=un_axe(Unite(taux=True), fixedrange=True, rangemode="tozero"),
        yaxis={"visible": False, "fixedrange": True, "range": [-1, 1]},
        dragmode=False,
    )
