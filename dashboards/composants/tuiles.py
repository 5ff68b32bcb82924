"""Key figures of the month: each with its change, its warning and its last 24 months."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from dash import html

from dashboards.composants.elements import lien, typographie
from dashboards.composants.graphique import vignette
from dashboards.composants.motifs import motif_du_role
from dashboards.courant import acces
from dashboards.page import Contexte
from infocentre.acces.roles import Action
from infocentre.exports import lisible
from infocentre.graphiques import Point
from infocentre.graphiques.descriptions import NOMBRE, Courbe
from infocentre.lecture.accueil import PAR_EPCI, UN_AN, actives_livrees, chiffres, memes_indicateurs
from infocentre.lecture.commun import catalogue
from infocentre.lecture.suivi import saisies_tardives
from infocentre.mesures.declarations import Role
from infocentre.mesures.tableaux import tableaux
from infocentre.noyau.etats import Etat
from infocentre.noyau.francais import entier, nombre
from infocentre.noyau.temps import mois_avant, nom_mois
from infocentre.restitutions.tables import MINIMUM

COURBE = (150.0, 76.0)
MANQUE = "la livraison ne porte pas ce qu'il faut"


@dataclass(frozen=True, slots=True)
class Tuile:
    """A key figure: its series, how it is written, what stands under it.

    `role`: the table where it leads, None for the grid.
    """

    cle: str
    nom: str
    role: Role | None
    ecrire: Callable[[float], str]
    precisions: tuple[tuple[str, str], ...] = ()
    population: str = ""
    decimales: int = 0


def _une_decimale(valeur: float) -> str:
    return nombre(valeur, 1)


def _en_mois(valeur: float) -> str:
    return f"{_une_decimale(valeur)} mois"


TUILES = (
    Tuile(
        "actives",
        "Demandes actives",
        "evolution",
        entier,
        (("actives_hors_mutation", "hors mutation"),),
    ),
    Tuile(
        "depots",
        "Demandes déposées dans le mois",
        "depots",
        entier,
        (("depots_guichets", "aux guichets"), ("depots_portail", "sur le portail")),
        "creations",
    ),
    Tuile(
        "attributions",
        "Attributions sur 12 mois",
        "attributions",
        entier,
        population="attributions",
    ),
    Tuile(
        "demandes_par_attribution",
        "Demandes pour une attribution",
        "attributions",
        _une_decimale,
        (("demandes_par_attribution_hors_mutation", "hors mutation"),),
        decimales=1,
    ),
    Tuile("delai", "Délai médian d'attribution sur 12 mois", "delais", _en_mois, decimales=1),
    Tuile("rouges", "Guichets en rouge", None, entier, ((Etat.A_TRAITER, "à traiter"),)),
)


def tuiles(c: Contexte) -> html.Div:
    """Return the key figures: value, change since a month and a year, 24 months drawn."""
    lus = chiffres(c.v, c.filtres)
    portail = lus.get("depots_portail", {})
    depots = lus.get("depots", {})
    guichets = {mois: total - portail[mois] for mois, total in depots.items() if mois in portail}
    actives = lus.get("actives", {})
    actives = {**actives, **actives_livrees(c.v, c.filtres, frozenset(actives))}
    lus = {**lus, "actives": actives, "depots_guichets": guichets}
    indicateurs = catalogue().indicateurs
    tardives = {
        indicateurs[code].population
        for code in saisies_tardives(c.v, c.filtres)
        if code in indicateurs
    }
    vues = TUILES if acces().peut(Action.INDICATEURS) else TUILES[:-1]  # the last counts guichets
    return html.Div([_tuile(c, une, lus, tardives) for une in vues], className="tuiles trois")


def _tuile(
    c: Contexte, une: Tuile, lus: dict[str, dict[str, float]], tardives: set[str]
) -> html.Div:
    serie = lus.get(une.cle, {})
    valeur = serie.get(c.filtres.mois)
    nom = html.H3(lien(une.nom, _vers(c, une)), className="fr-text--md")
    if valeur is None:
        return html.Div([nom, html.P(typographie(_manque(c, une)))], className="tuile")
    precisions = [
        f"{une.ecrire(lus[cle][c.filtres.mois])} {texte}"
        for cle, texte in une.precisions
        if c.filtres.mois in lus.get(cle, {})
    ]
    texte = [
        html.P(une.ecrire(valeur), className="valeur"),
        html.P(", ".join(precisions)) if precisions else None,
        *_evolutions(c, une, serie),
    ]
    if c.filtres.epci and une.cle not in PAR_EPCI:
        texte.append(html.P("département entier", className="evolution"))
    if une.population in tardives:
        texte.append(html.P("▲ saisie tardive probable", className="alerte"))
    corps = html.Div([html.Div(texte), _courbe(c, une, serie)], className="corps")
    return html.Div([nom, corps], className="tuile")


def _manque(c: Contexte, une: Tuile) -> str:
    """Say why a figure is not there: a column that says nothing, or was not delivered."""
    motif = motif_du_role(c, une.role) if une.role else None
    if motif is None and c.v.p.petits_masques:
        return "masqué par le secret statistique, comme dans le tableau"
    return f"non calculable : {motif or MANQUE}"


def _vers(c: Contexte, une: Tuile) -> str:
    """Return where a figure leads: what an EPCI has of its own is in the table by territory."""
    if une.role is None:
        return c.filtres.lien("/suivi", etat=Etat.ROUGE)
    role: Role = "territoires" if c.filtres.epci and une.cle in PAR_EPCI else une.role
    tableau = tableaux().du_role(role)
    return c.filtres.lien(f"/tableaux/{tableau.code}" if tableau.existe else "/tableaux")


def _evolutions(c: Contexte, une: Tuile, serie: dict[str, float]) -> list[html.P]:
    lignes = []
    for recul, quand in ((1, "en un mois"), (UN_AN, "en un an")):
        avant = serie.get(mois := mois_avant(c.filtres.mois, recul))
        if avant is None:
            continue
        if une.role is None and not memes_indicateurs(c.v, c.filtres, mois):
            texte = f"non comparable à {nom_mois(mois)} : d'autres indicateurs sont calculables"
        else:
            texte = f"{_evolution(une, serie[c.filtres.mois], avant)} {quand}"
        lignes.append(html.P(texte, className="evolution"))
    return lignes


def _evolution(une: Tuile, valeur: float, avant: float) -> str:
    """Return « +49 (+0,2 %) », « stable » when nothing is to be read at this precision.

    The difference is that of the two figures as they are written, and of a count under MINIMUM
    units no percentage is told, as documents say it.
    """
    ecart = round(valeur, une.decimales) - round(avant, une.decimales)
    ecrit = une.ecrire(abs(ecart))
    if ecrit == une.ecrire(0):
        return "stable"
    signe = "+" if ecart > 0 else "−"
    if not avant or (not une.decimales and avant < MINIMUM):
        return f"{signe}{ecrit}"
    return f"{signe}{ecrit} ({signe}{lisible(abs(valeur - avant) / avant, taux=True)})"


def _courbe(c: Contexte, une: Tuile, serie: dict[str, float]) -> html.Figure | None:
    """Draw the months of a figure; of a single one there is nothing to see."""
    mois = [un for un in c.mois if un <= c.filtres.mois][-2 * UN_AN - 1 :]
    if len(mois) < 2:  # noqa: PLR2004
        return None
    if une.role is None:  # a count of guichets: over the same indicators only
        serie = {un: n for un, n in serie.items() if memes_indicateurs(c.v, c.filtres, un)}
    points = tuple(
        Point(
            un,
            serie.get(un),
            bulle=f"{nom_mois(un)} : {une.ecrire(serie[un])}" if un in serie else None,
        )
        for un in mois
    )
    description = f"{une.nom}, {nom_mois(mois[0])} à {nom_mois(mois[-1])}"
    return vignette(Courbe(titre=description, points=points, unite=NOMBRE), *COURBE)
