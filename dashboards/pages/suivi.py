"""Suivi des guichets: the grid of guichets × indicators that the gestionnaire opens."""

from __future__ import annotations

import functools
import itertools
from dataclasses import replace
from typing import Any

import dash
from dash import html

from dashboards.composants.elements import (
    Filtre,
    barre_filtres,
    chercher,
    choix,
    choix_epci,
    choix_fenetre,
    choix_type,
    exports,
    lien,
    repli,
    titre,
    vide,
)
from dashboards.composants.grille_suivi import annonce, grille_suivi
from dashboards.composants.motifs import non_calculables
from dashboards.composants.tableau_suivi import RANGEES_MAX, tableau_suivi
from dashboards.composants.telechargements import formes
from dashboards.exports import export
from dashboards.page import Contexte, Vue, page
from infocentre.catalogue import Indicateur
from infocentre.contrat.intitules import intitule
from infocentre.exports import Donnees
from infocentre.lecture.commun import indicateurs, motifs
from infocentre.lecture.exports import valeurs_du_mois
from infocentre.lecture.filtres import FENETRES
from infocentre.lecture.suivi import (
    Case,
    Par,
    Rangee,
    cases_absentes,
    grille,
    lire_cases,
)
from infocentre.lecture.valeurs import dire_motifs
from infocentre.noyau.etats import AVEC_SIGNE
from infocentre.noyau.francais import accorder, simplifier
from infocentre.noyau.temps import nom_mois
from infocentre.noyau.types_guichet import PLURIELS

CONTENUS = {"taux": "Taux", "numerateur": "Nombre d'anomalies", "rang": "Rang dans le type"}
PAR: dict[Par, str] = {
    "type": "Guichets, par type",
    "organisme": "Guichets, par organisme",
    "liste": "Guichets, en une seule liste",
    "organismes": "Organismes, par type",
}
TOUS = "tous"
_GARDES = frozenset({"par", "colonnes", "contenu", "recherche"})


@page
def layout(c: Contexte) -> Vue:
    """Return the page: filters, legend, grid, exports."""
    c, contenu = _avec_fenetre(c)
    retenus, par = _retenus(c), _par(c)
    rangees = grille(c.v, c.filtres, _codes(retenus), par)
    nombre = sum(1 for une in rangees if not une.tete and une.nature != "departement")
    corps = html.Div(
        [
            _legende(c, contenu),
            _portee(c, par),
            _grille_ou_tableau(c, rangees, retenus, contenu) if nombre else _rien(),
            non_calculables(c, retenus),
            exports(_liens_export(c)),
            html.P(_lien_impression(c)),
            _lexique(c, retenus),
        ],
        className="pleine-largeur",
    )
    return Vue(
        corps,
        tete=titre("Suivi des guichets", _sous_titre(c, par, nombre)),
        filtres=_filtres(c, retenus, par, contenu),
        reglages=[_choix_colonnes(retenus)],
    )


def _avec_fenetre(c: Contexte) -> tuple[Contexte, str]:
    """Return the context and what cells hold; a rank is that of the 12 months, always."""
    voulu = c.adresse.get("contenu", "taux")
    contenu = voulu if voulu in CONTENUS else "taux"
    if contenu != "rang":
        return c, contenu
    return replace(c, filtres=replace(c.filtres, fenetre="12m")), contenu


def _rien() -> html.Div:
    return vide(
        "Aucun guichet de ce type n'a de valeur ce mois-ci",
        "Choisir un autre type de guichet, un autre territoire ou un autre mois.",
    )


def _a_plat(c: Contexte) -> bool:
    return c.adresse.get("affichage") == "tableau"


def _grille_ou_tableau(
    c: Contexte, rangees: list[Rangee], retenus: list[Indicateur], contenu: str
) -> Any:  # noqa: ANN401
    """Return the grid, or the plain table that a sheet of paper takes."""
    if not _a_plat(c):
        avis = "Pour imprimer, ouvrir la version à imprimer."
        objet = "Organismes" if _par(c) == "organismes" else "Guichets"
        vive = grille_suivi(c, rangees, retenus, contenu, objet)
        return html.Div([vive, html.P(avis, className="sur-papier")])
    if len(rangees) > RANGEES_MAX:
        return vide(
            f"Plus de {RANGEES_MAX} lignes : trop pour une version à imprimer",
            "Choisir un type de guichet, ou prendre l'export en xlsx.",
        )
    periode = functools.partial(annonce, c)
    legende = f"{CONTENUS[contenu]}, {FENETRES[c.filtres.fenetre]}, {nom_mois(c.filtres.mois)}"
    return tableau_suivi(rangees, retenus, contenu, periode, legende)


def _lien_impression(c: Contexte) -> Any:  # noqa: ANN401
    gardes = {cle: valeur for cle, valeur in c.adresse.items() if cle in _GARDES}
    if _a_plat(c):
        return lien("Revenir à la grille", c.filtres.lien("/suivi", **gardes))
    vers = c.filtres.lien("/suivi", **gardes, affichage="tableau")
    return lien("Version à imprimer", vers)


def _par(c: Contexte) -> Par:
    voulu = c.adresse.get("par", "type")
    return voulu if voulu in PAR else "type"


def _retenus(c: Contexte) -> list[Indicateur]:
    """Return the indicators that the address asks for: the quinzaine, all, or those it names."""
    voulus = c.adresse.get("colonnes", "")
    nommes = set(voulus.split("."))
    choisis = [un for un in indicateurs() if un.code in nommes]
    return indicateurs() if voulus == TOUS else choisis or indicateurs(quinzaine=True)


def _codes(retenus: list[Indicateur]) -> tuple[str, ...]:
    return tuple(un.code for un in retenus)


def _sous_titre(c: Contexte, par: Par, nombre: int) -> str:
    objet = "organisme" if par == "organismes" else "guichet"
    lieu = f"{c.epcis[c.filtres.epci]}, " if c.filtres.epci else ""
    return f"{lieu}{accorder(nombre, objet)}, {nom_mois(c.filtres.mois)}"


def _filtres(c: Contexte, retenus: list[Indicateur], par: Par, contenu: str) -> list[Filtre]:
    voulus = c.adresse.get("colonnes", "")
    colonnes = [("", "La quinzaine suivie"), (TOUS, f"Tous ({len(indicateurs())})")]
    if voulus not in dict(colonnes):
        colonnes.append((voulus, f"Choisis ({len(retenus)})"))
    return barre_filtres(
        c.filtres,
        c.mois,
        c.departements,
        plus=[
            *choix_epci(c.filtres, c.epcis),
            choix_type(c.filtres),
            *([choix_fenetre(c.filtres)] if contenu != "rang" else []),
            choix("par", "Lignes", list(PAR.items()), par),
            choix("contenu", "Contenu des cases", list(CONTENUS.items()), contenu),
            choix("colonnes", "Indicateurs", colonnes, voulus),
            chercher("recherche", "Chercher un guichet", c.adresse.get("recherche", "")),
        ],
    )


def _choix_colonnes(retenus: list[Indicateur]) -> Filtre:
    familles = itertools.groupby(indicateurs(), key=lambda un: un.titre_famille)
    groupes = tuple(
        (famille, tuple((un.code, un.libelle) for un in groupe)) for famille, groupe in familles
    )
    coches = ".".join(un.code for un in retenus)
    return Filtre("colonnes", "Choisir les colonnes", coches, groupes=groupes)


def _legende(c: Contexte, contenu: str) -> html.Div:
    signes = [html.Span(f"{un.signe} {un.mot}", className=f"etat etat-{un}") for un in AVEC_SIGNE]
    textes = ["s.o. : sans objet", "n.c. : non calculable, données non livrées ou illisibles"]
    if contenu == "rang":
        textes.append("1er : le taux le plus bas du type, sur 12 mois")
    elif contenu == "taux" and c.filtres.fenetre == "12m":
        textes.append(f"en gras les 12 mois, dessous {nom_mois(c.filtres.mois)}")
    return html.Div([*signes, *(html.Span(un) for un in textes)], className="legende")


def _portee(c: Contexte, par: Par) -> html.P | None:
    """Say what the EPCI of the filters restricts, and what stays whole."""
    if not c.filtres.epci:
        return None
    texte = (
        "Guichets dont la commune est dans l'EPCI. Les ensembles par type sont ceux de ces "
        "guichets ; l'ensemble du département, les rangs et les couleurs ne changent pas."
    )
    if par in {"organisme", "organismes"}:
        texte += " Un organisme est compté avec tous ses guichets, même hors de l'EPCI."
    return html.P(texte, className="portee")


def _lexique(c: Contexte, retenus: list[Indicateur]) -> html.Details:
    """Return the meaning of each column: also the keyboard's way to an indicator."""
    lignes = [
        html.Li([lien(un.libelle, c.filtres.lien(f"/indicateurs/{un.code}")), f" ({un.code})"])
        for un in retenus
    ]
    return repli("Ce que mesure chaque colonne", html.Ul(lignes))


def _liens_export(c: Contexte) -> dict[str, str]:
    parametres = {cle: valeur for cle, valeur in c.adresse.items() if cle in _GARDES}
    liens = formes(lambda f: c.filtres.lien(f"/export/suivi.{f}", **parametres))
    return {**liens, "Toutes les valeurs du mois (csv)": c.filtres.lien("/export/valeurs.csv")}


@export("suivi")
def exporter_suivi(c: Contexte) -> Donnees:
    """Return what the grid shows, in its order; grain: one row per guichet or pooled row."""
    c, contenu = _avec_fenetre(c)
    retenus = _retenus(c)
    a_cote = c.filtres.fenetre == "12m" and contenu == "taux"
    cherche = simplifier(c.adresse.get("recherche", "").strip())
    rangees = grille(c.v, c.filtres, _codes(retenus), _par(c))
    gardees = [une for une in rangees if not cherche or cherche in une.recherche]
    absentes = cases_absentes(rangees, len(retenus))
    titres: dict[str, str] = {}
    for un in retenus:
        titres[un.code] = un.libelle
        if a_cote:
            titres[f"{un.code}_a_cote"] = f"{un.libelle}, {annonce(c, un).removesuffix(' :')}"
        titres[f"etat_{un.code}"] = f"{un.libelle}, {intitule('etat')}"
    return Donnees(
        titre="Suivi des guichets" + (" du mois" if c.filtres.fenetre == "mois" else ""),
        colonnes=("guichet", "nom", "type", *titres),
        lignes=[_ligne_exportee(une, retenus, absentes, contenu, a_cote=a_cote) for une in gardees],
        taux=frozenset(une for une in titres if not une.startswith("etat_"))
        if contenu == "taux"
        else frozenset(),
        titres=titres,
        note=_note(c, retenus),
    )


def _note(c: Contexte, retenus: list[Indicateur]) -> str:
    connus = motifs(c.v, c.filtres.departement, c.filtres.mois)
    return dire_motifs({un.libelle: connus[un.code] for un in retenus if un.code in connus})


def _ligne_exportee(
    une: Rangee, retenus: list[Indicateur], absentes: dict[int, Case], contenu: str, *, a_cote: bool
) -> tuple[Any, ...]:
    cases = absentes | lire_cases(une.cases)
    valeurs: list[Any] = [une.cle, une.nom, PLURIELS.get(une.type, une.type)]
    for rang in range(len(retenus)):
        case = cases[rang]
        valeurs.append(_valeur(case, contenu))
        if a_cote:
            valeurs.append(_taux(case.numerateur_a_cote, case.denominateur_a_cote))
        valeurs.append(case.etat)
    return tuple(valeurs)


def _valeur(case: Case, contenu: str) -> float | int | None:
    if contenu == "taux":
        return _taux(case.numerateur, case.denominateur)
    return case.numerateur if contenu == "numerateur" else case.rang


def _taux(numerateur: int | None, denominateur: int | None) -> float | None:
    return (numerateur or 0) / denominateur if denominateur else None


@export("valeurs")
def exporter_valeurs(c: Contexte) -> Donnees:
    """Return every value of the month, as `infocentre indicateurs` gives them."""
    par = "organisme" if c.adresse.get("par") == "organismes" else "guichet"
    return valeurs_du_mois(c.v, c.filtres, par)


dash.register_page(
    __name__,
    path="/suivi",
    menu=20,
    name="Suivi des guichets",
    title="Suivi des guichets – Infocentre",
    layout=layout,
)
