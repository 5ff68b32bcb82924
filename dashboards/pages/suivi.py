"""Suivi des guichets: the grid of guichets × indicators that the gestionnaire opens."""

from __future__ import annotations

import functools
import itertools
from dataclasses import replace
from typing import Any, NamedTuple

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
from dashboards.courant import acces
from dashboards.exports import export
from dashboards.journee import chez_soi
from dashboards.page import Contexte, Vue, page
from dashboards.vues import barre
from infocentre.catalogue import Indicateur
from infocentre.contrat.intitules import intitule
from infocentre.exports import Donnees
from infocentre.lecture.accueil import changements
from infocentre.lecture.commun import indicateurs, motifs
from infocentre.lecture.exports import valeurs_du_mois
from infocentre.lecture.filtres import FENETRES
from infocentre.lecture.guichets import compter_guichets, guichets
from infocentre.lecture.suivi import (
    Case,
    Par,
    Rangee,
    cases_absentes,
    codes_en_rouge,
    garder,
    grille,
    lire_cases,
    trier,
)
from infocentre.lecture.valeurs import dire_motifs
from infocentre.noyau.etats import AVEC_SIGNE, Etat
from infocentre.noyau.francais import accorder, clef_de_tri, entier, simplifier
from infocentre.noyau.temps import nom_mois
from infocentre.noyau.types_guichet import EN_LIGNE, PLURIELS

CONTENUS = {"taux": "Taux", "numerateur": "Nombre d'anomalies", "rang": "Rang dans le type"}
PAR: dict[Par, str] = {
    "liste": "Guichets, en une seule liste",
    "type": "Guichets, par type",
    "organisme": "Guichets, par organisme",
    "organismes": "Organismes, par type",
}
ETATS = {
    "": "Tous",
    str(Etat.ROUGE): "Rouge ou à traiter",
    str(Etat.ORANGE): "Orange",
    "change": "A changé depuis l'arrêté d'avant",
}
TOUS = "tous"
NOM = "nom"
_GARDES = frozenset({"par", "colonnes", "contenu", "recherche", "etat", "tri"})


class Vues(NamedTuple):
    """What the address asks of the grid: its columns, its rows, how many there are in all."""

    retenus: list[Indicateur]
    rouges: frozenset[str]
    rangees: list[Rangee]
    nombre: int
    total: int


@page
def layout(c: Contexte) -> Vue:
    """Return the page: filters, legend, grid, exports."""
    c, contenu = _avec_fenetre(c)
    vues, par = _lire(c, contenu), _par(c)
    corps = html.Div(
        [
            chez_soi(c) if acces().accueil == "/suivi" else None,
            barre("/suivi"),
            _portee(c, par),
            _grille_ou_tableau(c, vues, contenu) if vues.nombre else _rien(c),
            non_calculables(c, vues.retenus),
            exports(_liens_export(c)),
            html.P(_lien_impression(c), className="ecran"),
            _lexique(c, vues.retenus, contenu),
        ],
        className="pleine-largeur suivi",
    )
    return Vue(
        corps,
        tete=titre("Suivi des guichets", _sous_titre(c, par, vues)),
        filtres=_filtres(c),
        reglages=_reglages(c, vues.retenus, par, contenu),
    )


def _lire(c: Contexte, contenu: str) -> Vues:
    """Return the rows and the columns that the address asks for, in its order."""
    par, rouges = _par(c), codes_en_rouge(c.v, c.filtres, _par(c))
    retenus = _retenus(c, rouges)
    toutes = grille(c.v, c.filtres, _codes(retenus), par)
    cherche = simplifier(c.adresse.get("recherche", "").strip())
    changes = _changes(c, retenus) if c.adresse.get("etat") == "change" else frozenset[str]()

    def voulue(une: Rangee) -> bool:
        pires, oranges = une.gravite
        etat = {Etat.ROUGE: pires > 0, Etat.ORANGE: oranges > 0, "change": une.cle in changes}
        return etat.get(c.adresse.get("etat", ""), True) and cherche in une.recherche

    gardees = _trier(c, garder(toutes, voulue), retenus, contenu)
    return Vues(retenus, rouges, gardees, _compter(gardees), _compter(toutes))


def _compter(rangees: list[Rangee]) -> int:
    """Count the guichets (or organismes): neither pooled rows, nor the portal, nor unknown ones."""
    return sum(
        1
        for une in rangees
        if not une.tete and une.nature != "departement" and une.type not in {"", EN_LIGNE}
    )


def _changes(c: Contexte, retenus: list[Indicateur]) -> frozenset[str]:
    """Return the guichets of which a column shown has not the state of the month before."""
    codes = set(_codes(retenus))
    return frozenset(
        une["guichet"] for une in changements(c.v, c.filtres).lignes if une["code"] in codes
    )


def _trier(
    c: Contexte, rangees: list[Rangee], retenus: list[Indicateur], contenu: str
) -> list[Rangee]:
    """Order the rows as the address asks: by name, by a column; the worst first by default."""
    tri = c.adresse.get("tri", "")
    croissant, code = tri.startswith("-"), tri.removeprefix("-")
    if code == NOM:
        return trier(rangees, lambda une: clef_de_tri(une.nom), croissant=not croissant)
    codes = _codes(retenus)
    if code not in codes:
        return rangees
    rang = codes.index(code)

    def valeur(une: Rangee) -> float | int | None:
        case = lire_cases(une.cases).get(rang)
        return _valeur(case, contenu) if case else None

    return trier(rangees, valeur, croissant=croissant)


def _avec_fenetre(c: Contexte) -> tuple[Contexte, str]:
    """Return the context and what cells hold; a rank is that of the 12 months, always."""
    voulu = c.adresse.get("contenu", "taux")
    contenu = voulu if voulu in CONTENUS else "taux"
    if contenu != "rang":
        return c, contenu
    return replace(c, filtres=replace(c.filtres, fenetre="12m")), contenu


def _rien(c: Contexte) -> html.Div:
    if c.adresse.get("etat") or c.adresse.get("recherche"):
        return vide(
            "Aucun guichet ne répond à ces filtres",
            "Montrer tous les états, ou chercher un autre nom.",
        )
    return vide(
        "Aucun guichet de ce type n'a de valeur ce mois-ci",
        "Choisir un autre type de guichet, un autre territoire ou un autre mois.",
    )


def _a_plat(c: Contexte) -> bool:
    return c.adresse.get("affichage") == "tableau"


def _grille_ou_tableau(c: Contexte, vues: Vues, contenu: str) -> Any:  # noqa: ANN401
    """Return the grid, or the plain table that a sheet of paper takes."""
    if not _a_plat(c):
        objet = "Organismes" if _par(c) == "organismes" else "Guichets"
        mises_devant = vues.rouges if _devant(c) else frozenset[str]()
        return grille_suivi(c, vues.rangees, vues.retenus, contenu, objet, devant=mises_devant)
    if len(vues.rangees) > RANGEES_MAX:
        return vide(
            f"Plus de {RANGEES_MAX} lignes : trop pour une version à imprimer",
            "Choisir un type de guichet, ou prendre l'export en xlsx.",
        )
    periode = functools.partial(annonce, c)
    legende = f"{CONTENUS[contenu]}, {FENETRES[c.filtres.fenetre]}, {nom_mois(c.filtres.mois)}"
    return tableau_suivi(vues.rangees, vues.retenus, contenu, periode, legende)


def _lien_impression(c: Contexte) -> Any:  # noqa: ANN401
    gardes = {cle: valeur for cle, valeur in c.adresse.items() if cle in _GARDES}
    if _a_plat(c):
        return lien("Revenir à la grille", c.filtres.lien("/suivi", **gardes))
    vers = c.filtres.lien("/suivi", **gardes, affichage="tableau")
    return lien("Version à imprimer", vers)


def _par(c: Contexte) -> Par:
    voulu = c.adresse.get("par", "liste")
    return voulu if voulu in PAR else "liste"


def _devant(c: Contexte) -> bool:
    """Tell if the columns in rouge come first: unless the address names its columns."""
    return c.adresse.get("colonnes", "") in {"", TOUS}


def _retenus(c: Contexte, rouges: frozenset[str]) -> list[Indicateur]:
    """Return the indicators that the address asks for: the followed ones, all, those it names.

    Unless it names them, any that is in rouge somewhere is there, and comes first.
    """
    voulus = c.adresse.get("colonnes", "")
    nommes = set(voulus.split("."))
    choisis = [un for un in indicateurs() if un.code in nommes]
    if choisis:
        return choisis
    montres = [un for un in indicateurs() if voulus == TOUS or un.suivi or un.code in rouges]
    return sorted(montres, key=lambda un: un.code not in rouges) if _devant(c) else montres


def _codes(retenus: list[Indicateur]) -> tuple[str, ...]:
    return tuple(un.code for un in retenus)


def _sous_titre(c: Contexte, par: Par, vues: Vues) -> str:
    """Say where, how many there are (open, the portal apart), and how many are shown."""
    combien = accorder(vues.total, "organisme")
    if par != "organismes":
        ouverts = compter_guichets(guichets(c.v, c.filtres)).ouverts
        combien = accorder(ouverts, "guichet ouvert", "guichets ouverts")
    if vues.nombre != vues.total:
        combien = f"{entier(vues.nombre)} sur {combien}"
    return f"{c.lieu} : {combien}, {nom_mois(c.filtres.mois)}"


def _filtres(c: Contexte) -> list[Filtre]:
    return barre_filtres(
        c.filtres,
        c.mois,
        c.departements,
        plus=[
            *choix_epci(c.filtres, c.epcis),
            choix("etat", "État", list(ETATS.items()), c.adresse.get("etat", "")),
            chercher("recherche", "Chercher un guichet", c.adresse.get("recherche", "")),
        ],
    )


def _reglages(c: Contexte, retenus: list[Indicateur], par: Par, contenu: str) -> list[Filtre]:
    voulus = c.adresse.get("colonnes", "")
    suivis = len(indicateurs(suivis=True))
    colonnes = [
        ("", f"Les {suivis} suivis, et ceux en rouge"),
        (TOUS, f"Tous ({len(indicateurs())})"),
    ]
    if voulus not in dict(colonnes):
        colonnes.append((voulus, f"Choisis ({len(retenus)})"))
    return [
        choix_type(c.filtres),
        *([choix_fenetre(c.filtres)] if contenu != "rang" else []),
        choix("par", "Lignes", list(PAR.items()), par),
        choix("contenu", "Contenu des cases", list(CONTENUS.items()), contenu),
        choix("colonnes", "Indicateurs", colonnes, voulus),
        _choix_colonnes(retenus),
    ]


def _choix_colonnes(retenus: list[Indicateur]) -> Filtre:
    familles = itertools.groupby(indicateurs(), key=lambda un: un.titre_famille)
    groupes = tuple(
        (famille, tuple((un.code, un.libelle) for un in groupe)) for famille, groupe in familles
    )
    coches = ".".join(un.code for un in retenus)
    return Filtre("colonnes", "Choisir les colonnes", coches, groupes=groupes)


def _legende() -> html.Div:
    signes = [html.Span(f"{un.signe} {un.mot}", className=f"etat etat-{un}") for un in AVEC_SIGNE]
    return html.Div(signes, className="legende")


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


def _lexique(c: Contexte, retenus: list[Indicateur], contenu: str) -> html.Details:
    """Return how to read a cell, what each column means: the keyboard's way to an indicator."""
    mois = nom_mois(c.filtres.mois)
    phrases = [
        (
            "s.o. : sans objet. n.c. : non calculable, données non livrées, illisibles ou hors "
            "liste. s : secret statistique. ʳ : valeur révisée depuis sa publication. ⚠ : saisie "
            "tardive probable, une part des actes du mois arrivera dans les prochaines livraisons."
        )
    ]
    if contenu == "rang":
        phrases.append("1er : le taux le plus bas du type, sur 12 mois.")
    elif contenu == "taux" and c.filtres.fenetre == "12m":
        phrases.append(
            "Le taux porte sur 12 mois ; celui du mois seul est à côté quand son état est autre : "
            f"« {mois.split()[0]} ▲ 4,0 % »."
        )
    lignes = [
        html.Li([lien(un.libelle, c.filtres.lien(f"/indicateurs/{un.code}")), f" ({un.code})"])
        for un in retenus
    ]
    return repli("Lire ce tableau", html.Div([_legende(), *map(html.P, phrases), html.Ul(lignes)]))


def _liens_export(c: Contexte) -> dict[str, str]:
    parametres = {cle: valeur for cle, valeur in c.adresse.items() if cle in _GARDES}
    liens = formes(lambda f: c.filtres.lien(f"/export/suivi.{f}", **parametres))
    return {**liens, "Toutes les valeurs du mois (csv)": c.filtres.lien("/export/valeurs.csv")}


@export("suivi")
def exporter_suivi(c: Contexte) -> Donnees:
    """Return what the grid shows, in its order; grain: one row per guichet or pooled row."""
    c, contenu = _avec_fenetre(c)
    vues = _lire(c, contenu)
    retenus, gardees = vues.retenus, vues.rangees
    a_cote = c.filtres.fenetre == "12m" and contenu == "taux"
    absentes = cases_absentes(gardees, len(retenus))
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
    return numerateur / denominateur if denominateur and numerateur is not None else None


@export("valeurs")
def exporter_valeurs(c: Contexte) -> Donnees:
    """Return every value of the month, as `infocentre indicateurs` gives them."""
    par = "organisme" if c.adresse.get("par") == "organismes" else "guichet"
    return valeurs_du_mois(c.v, c.filtres, par)


dash.register_page(
    __name__,
    path="/suivi",
    menu=20,
    rubrique="Suivi",
    name="Suivi des guichets",
    title="Suivi des guichets – Infocentre",
    montre="grille",
    layout=layout,
)
