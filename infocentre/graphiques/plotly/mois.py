"""Curves, lines and columns over months."""

from __future__ import annotations

from collections.abc import Sequence

from infocentre.graphiques.base import (
    BLEU,
    BLEU_CLAIR,
    COULEURS_ETAT,
    GRIS,
    GRIS_CLAIR,
)
from infocentre.graphiques.courbe import Point, etendue
from infocentre.graphiques.descriptions import (
    Colonnes,
    Courbe,
    Lignes,
    dire_repere,
)
from infocentre.graphiques.plotly.commun import (
    SIGNES,
    SYMBOLES,
    Figure,
    Trace,
    couleur_de,
    en_barres,
    en_figure,
    en_ligne,
    en_marques,
    lire_valeur,
    nommer_axe,
    plotly,
    texte,
    traits_des_seuils,
    un_axe,
)
from infocentre.noyau.etats import DEPASSES, Etat
from infocentre.noyau.temps import mois_court

PEU = 5  # a count up to which each unit is a tick: there is no half of a pair
COURTE = 6  # months up to which each one is a tick: plotly would write the same one twice


def _dates(mois: Sequence[str]) -> tuple[list[str], Figure]:
    """Return months as dates with an axis that writes them; other periods as they are."""
    if all(len(un) == 7 and un[4] == "-" for un in mois):  # noqa: PLR2004 - AAAA-MM
        pas = "M1" if len(mois) <= COURTE else None
        return [f"{un}-01" for un in mois], un_axe(
            type="date", tickformat="%b %Y", dtick=pas, showgrid=False, ticks="outside"
        )
    return [texte(mois_court(un), 20) for un in mois], un_axe(type="category", showgrid=False)


@plotly.register
def _(d: Courbe) -> Figure:
    x, axe = _dates([un.mois for un in d.points])
    gradues = etendue(d.points, d.seuils, taux=d.unite.taux)
    ys = [lire_valeur(un.valeur, d.unite) for un in d.points]
    data = _marges(d, x)
    data += traits_des_seuils(d.seuils, x) if d.unite.taux else []
    if d.nom_autre:
        autres = [lire_valeur(un.autre, d.unite) for un in d.points]
        data.append(en_ligne(x, autres, d.nom_autre, color=GRIS, width=1.5, dash="dot"))
    data.append(en_ligne(x, ys, d.valeurs or "valeur", color=BLEU, width=2.5))
    data += _points(d, x, ys)
    bas, haut = lire_valeur(gradues[0], d.unite), lire_valeur(gradues[-1], d.unite)
    return en_figure(
        data,
        xaxis=axe,
        yaxis=un_axe(d.unite, range=[bas, haut]),
        hovermode="x",
        showlegend=True,
        annotations=[*_derniere(d, x), *_numeros(d)],
        shapes=_traits(d),
    )


def _marges(d: Courbe, x: Sequence[str]) -> list[Trace]:
    """Return the margins as a ground."""
    connus = [
        un.bas is not None and un.haut is not None and un.valeur is not None for un in d.points
    ]
    if not any(connus):
        return []
    bas = [
        lire_valeur(un.bas, d.unite) if vu else None
        for un, vu in zip(d.points, connus, strict=True)
    ]
    haut = [
        lire_valeur(un.haut, d.unite) if vu else None
        for un, vu in zip(d.points, connus, strict=True)
    ]
    nom = "marge d’incertitude"
    contour_x: list[str | None] = []
    contour_y: list[float | None] = []
    for debut, fin in _suites(connus):
        if contour_x:
            contour_x.append(None)
            contour_y.append(None)
        rangs = range(debut, fin)
        contour_x += [x[rang] for rang in rangs] + [x[rang] for rang in reversed(rangs)]
        contour_y += [bas[rang] for rang in rangs] + [haut[rang] for rang in reversed(rangs)]
    ground = en_ligne(contour_x, contour_y, nom, width=0)
    return [ground | {"fill": "toself", "fillcolor": BLEU_CLAIR}]


def _suites(vus: Sequence[bool]) -> list[tuple[int, int]]:
    """Return the runs of what is seen: first rank, rank after the last."""
    suites, debut = [], None
    for rang, vu in enumerate([*vus, False]):
        if vu and debut is None:
            debut = rang
        if not vu and debut is not None:
            suites.append((debut, rang))
            debut = None
    return suites


def _points(d: Courbe, x: Sequence[str], ys: Sequence[float | None]) -> list[Trace]:
    """Return the months one can point at, a trace for each sign, so that the key explains it."""
    traces = []
    connus = [rang for rang, y in enumerate(ys) if y is not None]
    for (nom, symbole, couleur), rangs in _par_signe(d.points, connus).items():
        remarquable = nom is not None
        traces.append(
            en_marques(
                [x[rang] for rang in rangs],
                [ys[rang] for rang in rangs],
                [d.dit(d.points[rang]) for rang in rangs],
                [d.points[rang].lien for rang in rangs],
                name=nom or "",
                showlegend=remarquable,
                marker={
                    "symbol": symbole,
                    "color": couleur,
                    "size": 9 if remarquable else 6,
                    "line": {"width": 1.5, "color": couleur} if "open" in symbole else {"width": 0},
                },
            )
        )
    vides = [rang for rang, y in enumerate(ys) if y is None]
    if vides:
        dits = [d.dit(d.points[rang]) for rang in vides]
        marque = {
            "symbol": "x-thin",
            "color": GRIS,
            "size": 7,
            "line": {"width": 1.5, "color": GRIS},
        }
        traces.append(
            en_marques(
                [x[rang] for rang in vides],
                [0] * len(vides),
                dits,
                [None] * len(vides),
                name="sans valeur",
                marker=marque,
            )
        )
    return traces


def _par_signe(
    points: Sequence[Point], rangs: Sequence[int]
) -> dict[tuple[str | None, str, str], list[int]]:
    """Sort months by their sign: revised, young, in a bad state, any other."""
    tries: dict[tuple[str | None, str, str], list[int]] = {}
    for rang in rangs:
        un = points[rang]
        signe: tuple[str | None, str, str]
        if un.revise:
            signe = ("valeur révisée", "diamond-open", BLEU)
        elif un.jeune:
            signe = ("mois jeune", "circle-open", BLEU)
        elif un.etat in DEPASSES:
            etat = Etat(un.etat)
            signe = (etat.mot, SYMBOLES[etat], COULEURS_ETAT[etat])
        else:
            signe = (None, "circle", BLEU)
        tries.setdefault(signe, []).append(rang)
    return tries


def _derniere(d: Courbe, x: Sequence[str]) -> list[Figure]:
    """Write the last value at its place."""
    connus = [rang for rang, un in enumerate(d.points) if un.valeur is not None]
    if not connus:
        return []
    dernier = d.points[connus[-1]]
    return [
        {
            "x": x[connus[-1]],
            "y": lire_valeur(dernier.valeur, d.unite),
            "text": f"<b>{texte(d.unite.ecrire(dernier.valeur))}</b>",
            "showarrow": False,
            "xanchor": "left",
            "xshift": 8,
            "font": {"color": BLEU},
            "bgcolor": "rgba(255,255,255,.8)",
        }
    ]


def _traits(d: Courbe) -> list[Figure]:
    """Return a line where something happened, a ground where it lasted."""
    debout: Figure = {"yref": "paper", "y0": 0, "y1": 1, "layer": "below"}
    traits: list[Figure] = []
    for un in d.reperes:
        if un.au:
            fond = {"type": "rect", "x0": un.jour, "x1": un.au, "fillcolor": GRIS_CLAIR}
            traits.append(debout | fond | {"line": {"width": 0}})
        trait = {"type": "line", "x0": un.jour, "x1": un.jour}
        traits.append(debout | trait | {"line": {"color": GRIS, "width": 1, "dash": "dot"}})
    return traits


def _numeros(d: Courbe) -> list[Figure]:
    """Write above each line the number that its words bear below the picture."""
    par_mois: dict[str, list[int]] = {}
    for rang, un in enumerate(d.reperes):
        par_mois.setdefault(un.jour[:7], []).append(rang)
    return [
        {
            "x": d.reperes[rangs[0]].jour,
            "yref": "paper",
            "y": 1,
            "yanchor": "bottom",
            "text": ", ".join(str(rang + 1) for rang in rangs),
            "hovertext": "<br>".join(texte(dire_repere(d.reperes[rang]), 90) for rang in rangs),
            "showarrow": False,
            "font": {"color": GRIS, "size": 12},
        }
        for rangs in par_mois.values()
    ]


@plotly.register
def _(d: Lignes) -> Figure:
    x, axe = _dates(d.abscisses)
    data = [
        en_marques(
            x,
            [lire_valeur(v, d.unite) for v in serie.valeurs],
            [
                f"{mois_court(nom)}, {serie.nom} : {d.unite.ecrire(v)}"
                for nom, v in zip(d.abscisses, serie.valeurs, strict=True)
            ],
            [None] * len(x),
            mode="lines+markers",
            name=texte(serie.nom, 30),
            line={"color": couleur_de(rang), "width": 2},
            marker={"symbol": SIGNES[rang % len(SIGNES)], "color": couleur_de(rang), "size": 7},
        )
        for rang, serie in enumerate(d.series)
    ]
    return en_figure(
        data,
        xaxis=axe,
        yaxis=un_axe(d.unite, rangemode="tozero", title=nommer_axe(d.valeurs)),
        showlegend=len(d.series) > 1,
    )


@plotly.register
def _(d: Colonnes) -> Figure:
    noms = [texte(mois_court(un), 20) for un in d.periodes]
    lues = zip(*(une.valeurs for une in d.series), strict=True)
    hautes = [sum(v or 0 for v in siennes) for siennes in lues]
    compte = {"dtick": 1} if not d.unite.taux and max(hautes, default=0) <= PEU else {}
    data: list[Trace] = [
        en_barres(
            x=noms,
            y=[lire_valeur(v, d.unite) for v in serie.valeurs],
            dits=[
                f"{mois_court(nom)}, {serie.nom} : {d.unite.ecrire(v)}"
                for nom, v in zip(d.periodes, serie.valeurs, strict=True)
            ],
            couleur=couleur_de(rang),
            name=texte(serie.nom, 30),
            text=["" if v is None else texte(d.unite.ecrire(v)) for v in serie.valeurs],
            textposition="inside",
            insidetextanchor="end",
            textangle=0,
            constraintext="inside",
        )
        for rang, serie in enumerate(d.series)
    ]
    return en_figure(
        data,
        xaxis=un_axe(type="category", showgrid=False),
        yaxis=un_axe(d.unite, title=nommer_axe(d.valeurs), **compte),
        barmode="stack" if d.empilees else "group",
        showlegend=len(d.series) > 1,
        uniformtext={"mode": "hide", "minsize": 10},
    )
