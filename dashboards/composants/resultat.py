"""The result of a query on the screen: a grid to sort and filter, what to take away, a chart."""

from __future__ import annotations

import datetime as dt
import decimal
import json
import math
import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, get_args

import dash_ag_grid as dag
from dash import dcc, html

from dashboards.composants.elements import attributs
from infocentre.contrat.intitules import est_un_taux
from infocentre.noyau.formats import FichierRequete
from infocentre.noyau.francais import accorder, nombre
from infocentre.requetes.modele import Colonne, Resultat

Genre = Literal["nombre", "taux", "code", "instant", "duree", "booleen", "texte"]
GENRES_ECRITS: tuple[Genre, ...] = get_args(Genre)
NUMERIQUE = re.compile(r"U?(TINY|SMALL|BIG|HUGE)?INT(EGER)?|DOUBLE|FLOAT|DECIMAL.*")
# Numbers that are names: neither thousands nor sums.
_NOMS_CHIFFRES = re.compile(
    r"(ann[ée]e|mois|code|cohorte|mill[ée]sime|rang|ordre|siren)", re.IGNORECASE
)
_ENTIER_MAX = 1 << 53  # beyond, a browser rounds
COURTES = 15  # rows that are shown without a frame of their own
LARGE, LONG = 300, 40  # pixels of a column, letters beyond which a text goes to the line
FORMATS: tuple[FichierRequete, ...] = ("csv", "xlsx", "parquet")


@dataclass(frozen=True, slots=True)
class Rubrique:
    """A column on the screen: how it is written, where its values lead."""

    nom: str
    genre: Genre
    vers: str = ""

    @property
    def compte(self) -> bool:
        """Tell whether its values are quantities."""
        return self.genre in {"nombre", "taux"}


Liens = Mapping[str, Callable[[], Collection[str]]]


def en_mots(nom: str) -> str:
    """Return the name of a column as words: mois_d_envoi is « mois d'envoi »."""
    return re.sub(r"\b([dl]|qu) (?=\w)", r"\1'", nom.replace("_", " "))


def rubriques(resultat: Resultat, liens: Liens) -> list[Rubrique]:
    """Return the columns of a result; `liens`: what leads somewhere, by the path it leads to."""
    return [
        Rubrique(une.nom, genre(une), _vers(resultat, rang, liens))
        for rang, une in enumerate(resultat.colonnes)
    ]


def genre(colonne: Colonne) -> Genre:
    """Return how the values of a column are written."""
    if NUMERIQUE.fullmatch(colonne.type):
        if _NOMS_CHIFFRES.match(colonne.nom):
            return "code"
        return "taux" if est_un_taux(colonne.nom) else "nombre"
    if colonne.type == "DATE" or colonne.type.startswith("TIMESTAMP"):
        return "instant"
    autres: dict[str, Genre] = {"INTERVAL": "duree", "BOOLEAN": "booleen"}
    return autres.get(colonne.type, "texte")


def _vers(resultat: Resultat, rang: int, liens: Liens) -> str:
    """Return where a column leads: all its values are codes of that path, or addresses."""
    if resultat.colonnes[rang].type != "VARCHAR":
        return ""
    valeurs = {ligne[rang] for ligne in resultat.lignes} - {None, ""}
    if not valeurs:
        return ""
    if all("@" in un and " " not in un for un in valeurs):
        return "mailto:"
    return next((chemin for chemin, connus in liens.items() if valeurs <= set(connus())), "")


def valeur(lue: object) -> object:
    """Return a value as JSON holds it; what it cannot hold becomes its text."""
    if isinstance(lue, float):
        return lue if math.isfinite(lue) else str(lue)
    if isinstance(lue, decimal.Decimal):
        return float(lue)
    if isinstance(lue, dt.date | dt.time):
        return lue.isoformat(sep=" ") if isinstance(lue, dt.datetime) else lue.isoformat()
    if isinstance(lue, int) and abs(lue) > _ENTIER_MAX:
        return str(lue)
    if isinstance(lue, list | dict):
        return json.dumps(lue, ensure_ascii=False, default=str)
    return lue if lue is None or isinstance(lue, str | int) else str(lue)


def montrer(resultat: Resultat, colonnes: Sequence[Rubrique], secondes: float) -> list[Any]:
    """Return what a query gave: how much, what to do with it, its rows."""
    nombre_de = len(resultat.lignes)
    combien = accorder(nombre_de, "ligne") if nombre_de else "Aucune ligne"
    suite = "."
    if resultat.tronque:
        combien = f"Les {nombre(nombre_de)} premières lignes"
        suite = " : l'écran n'en montre pas plus, les exports donnent le résultat entier."
    dits: list[Any] = [html.B(combien), f" en {nombre(secondes, 1)} s{suite}"]
    return [
        html.H2("Résultat", className="fr-h5"),
        html.P(dits, role="status", className="resume"),
        *(html.P(f"{dite}.", className="avertissement") for dite in resultat.reserves),
        _actions(dessinable=any(une.compte for une in colonnes)) if nombre_de else None,
        html.Div(id="dessin-bloc"),
        html.Div(
            grille(resultat, colonnes),
            id="grille",
            role="region",
            **attributs(aria_label="Résultat de la requête"),
        ),
    ]


def _actions(*, dessinable: bool) -> html.Div:
    boutons = [
        html.Button(
            f"Exporter en {un}",
            id=f"exporter-{un}",
            type="button",
            className="fr-btn fr-btn--tertiary fr-btn--sm",
        )
        for un in FORMATS
    ]
    return html.Div(
        [
            html.Button(
                "Graphique",
                id="dessiner",
                type="button",
                className="fr-btn fr-btn--secondary fr-btn--sm",
                hidden=not dessinable,
                **attributs(aria_controls="dessin-bloc"),
            ),
            *boutons,
            html.Button(
                "Annuler l’export",
                id="annuler-export",
                type="button",
                className="fr-btn fr-btn--secondary fr-btn--sm",
                hidden=True,
            ),
            html.Span("Préparation du fichier…", id="export-encours", hidden=True),
            html.Span(id="export-dit", className="temps", role="status"),
            dcc.Store(id="emport"),
        ],
        className="actions ecran",
    )


def grille(resultat: Resultat, colonnes: Sequence[Rubrique]) -> dag.AgGrid:
    """Return the rows, to sort and filter; columns have their rank for name: theirs may be any."""
    lignes = [
        {f"c{rang}": valeur(une) for rang, une in enumerate(ligne)} for ligne in resultat.lignes
    ]
    numero = {
        "headerName": "n°",
        "valueGetter": {"function": "params.node.rowIndex + 1"},
        "valueFormatter": {"function": "ecrireValeur(params, 'nombre')"},
        "pinned": "left",
        "width": 70,
        "sortable": False,
        "filter": False,
        "cellClass": "nombre numero",
    }
    definies = [_colonne(rang, une, lignes) for rang, une in enumerate(colonnes)]
    return dag.AgGrid(
        id="lignes",
        columnDefs=[numero, *definies],
        rowData=lignes,
        defaultColDef={
            "sortable": True,
            "unSortIcon": True,
            "resizable": True,
            "filter": True,
            "floatingFilter": len(lignes) > 1,
            "suppressHeaderMenuButton": True,
            "cellDataType": False,
            "cellClassRules": {"nul": "params.value == null"},
        },
        columnSize="autoSize",
        dashGridOptions={
            "animateRows": False,
            "theme": {"function": "themeInfocentre(themeQuartz)"},
            "getLocaleText": {"function": "texteFrancais(params)"},
            "domLayout": "autoHeight" if len(lignes) <= COURTES else "normal",
            "enableCellTextSelection": True,
            "ensureDomOrder": True,
        },
        eventListeners={"columnEverythingChanged": ["sortirDesLignes(params)"]},
        className="grille-requete",
        style={"height": None if len(lignes) <= COURTES else "36rem", "width": "100%"},
        dangerously_allow_code=False,
    )


def _colonne(rang: int, une: Rubrique, lignes: Sequence[Mapping[str, object]]) -> dict[str, Any]:
    champ = f"c{rang}"
    textes = [t for ligne in lignes if isinstance(t := ligne[champ], str)]
    tel_quel = any("\n" in un for un in textes)
    longs = any(len(un) > LONG for un in textes) and not une.vers
    precisions: dict[str, Any] = {}
    if tel_quel or longs:
        precisions = {"wrapText": not tel_quel, "autoHeight": True}
        precisions |= {} if tel_quel else {"maxWidth": LARGE}
    if une.vers:
        precisions |= {"cellRenderer": "Lien", "cellRendererParams": {"vers": une.vers}}
    if une.compte:
        precisions |= {"filter": "agNumberColumnFilter", "type": "rightAligned"}
    else:
        precisions |= {"comparator": {"function": "comparerNoms"}}
    classe = "nombre" if une.compte else "tel-quel" if tel_quel else ""
    return {
        "field": champ,
        "headerName": en_mots(une.nom),
        "headerTooltip": une.nom,
        "valueFormatter": {"function": f"ecrireValeur(params, '{une.genre}')"},
        "cellClass": classe,
        **precisions,
    }
