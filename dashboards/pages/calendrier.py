"""Calendrier: all that has a date, month by month: what is late, to do, done, what is missing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from typing import Any

import dash
from dash import html

from dashboards.calendrier import les_dates
from dashboards.composants.balises import Balise, balise
from dashboards.composants.direct import lien_direct
from dashboards.composants.elements import (
    barre_filtres,
    exports,
    lien,
    repli,
    titre,
    typographie,
)
from dashboards.composants.listes import Cellule, Groupe, insecable, liste
from dashboards.composants.natifs import Bloc
from dashboards.courant import acces, aujourdhui
from dashboards.page import Contexte, Vue, page
from infocentre.acces.roles import Action
from infocentre.demarches.calendrier import FAIT, TARD, Date, dire, prochaines
from infocentre.noyau.francais import accorder, majuscule
from infocentre.noyau.temps import jour as ecrire_jour
from infocentre.noyau.temps import nom_mois

TITRES = ("Le", "Dans", "Quoi", "Qui", "De", "Ce qui manque")


@page
def layout(c: Contexte) -> Vue:
    """Return the twelve months to come, what is late before them, what was done after them."""
    lues, le = les_dates(c), aujourdhui()
    tard = [une for une in lues if une.etat(le) == TARD]
    faites = [une for une in lues if une.etat(le) == FAIT]
    restent = [une for une in lues if une not in tard and une not in faites]
    return Vue(
        html.Div(
            [
                html.P(typographie(_resume(lues, tard))),
                _table(
                    c, _groupes(tard, restent), "Ce qui est en retard, puis les douze mois à venir"
                )
                if tard or restent
                else None,
                repli(
                    f"Fait depuis trois mois ({len(faites)})",
                    _table(c, [("", faites)], "Ce qui est fait"),
                )
                if faites
                else None,
                _emporter(c),
            ]
        ),
        tete=titre("Calendrier", f"{c.lieu} : tout ce qui a une date, d'ici douze mois"),
        filtres=barre_filtres(c.filtres, c.mois, c.departements)[1:],
    )


def _resume(lues: Sequence[Date], tard: Sequence[Date]) -> str:
    le = aujourdhui()
    suites = [dire(une, le) for une in prochaines(lues, le)]
    dits = [
        f"{accorder(len(tard), 'échéance est passée', 'échéances sont passées')}." if tard else "",
        f"À venir : {' ; '.join(suites)}." if suites else "",
    ]
    return " ".join(filter(None, dits)) or "Rien de ce que vous voyez n'a de date."


def _groupes(tard: Sequence[Date], restent: Sequence[Date]) -> Iterator[tuple[str, Sequence[Date]]]:
    """Yield what is late, then each month with what it has."""
    if tard:
        yield f"En retard ({len(tard)})", tard
    for mois, siennes in groupby(restent, lambda une: f"{une.le:%Y-%m}"):
        yield majuscule(nom_mois(mois)), list(siennes)


def _table(c: Contexte, groupes: Iterable[tuple[str, Sequence[Date]]], legende: str) -> Bloc:
    lignes: list[list[Cellule] | Groupe] = []
    for nom, lues in groupes:
        lignes += [Groupe(nom)] if nom else []
        lignes += [
            [
                insecable(ecrire_jour(une.le)),
                _dans(une),
                _quoi(c, une),
                typographie(une.qui),
                une.de,
                typographie(une.manque),
            ]
            for une in lues
        ]
    return liste(TITRES, lignes, legende)


def _dans(une: Date) -> Balise:
    le = aujourdhui()
    classe = "journee-marque retard" if une.etat(le) == TARD else None
    return balise("span", typographie(une.dans(le)), class_=classe)


def _quoi(c: Contexte, une: Date) -> Cellule:
    if not une.chemin:
        return typographie(une.quoi)
    suite = {"affaire": une.affaire} if une.affaire else {}
    return lien_direct(typographie(une.quoi), c.filtres.lien(une.chemin, **suite))


def _emporter(c: Contexte) -> html.Div:
    """Return the paper to take away, and where one subscribes."""
    suite = f"?departement={c.filtres.departement}&mois={c.filtres.mois}"
    vers = "/affaires/reunions/releve/calendrier"
    papiers = {
        "Calendrier (PDF)": f"{vers}.pdf{suite}",
        "Calendrier (.xlsx)": f"{vers}.xlsx{suite}",
    }
    conduit = acces().peut(Action.CONDUIRE) and not c.v.p.partiel
    dit: list[Any] = [
        "Le suivre dans son agenda : ",
        lien("Mon compte, Calendrier", "/compte#calendrier"),
        " en donne l'adresse.",
    ]
    return html.Div([exports(papiers) if conduit else None, html.P(dit) if acces().role else None])


dash.register_page(
    __name__,
    path="/calendrier",
    menu=46,
    name="Calendrier",
    title="Calendrier – Infocentre",
    layout=layout,
)
