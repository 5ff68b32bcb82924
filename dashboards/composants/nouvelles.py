"""News: who is rouge, who changed state this month, what moved; sentences with links."""

from __future__ import annotations

import functools
import itertools
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from dash import html

from dashboards.composants.balises import Balise, balise, bloc
from dashboards.composants.direct import lien_direct, repli_direct
from dashboards.composants.elements import attributs, lien, repli, taux, typographie
from dashboards.composants.natifs import Bloc
from dashboards.page import Contexte
from infocentre.lecture.accueil import (
    AReprendre,
    Changement,
    Mouvement,
    Nommee,
    a_reprendre,
    changements,
    compare_de_loin,
    mouvements,
    revolu,
)
from infocentre.lecture.commun import libelle, non_calculables
from infocentre.lecture.indicateurs import parmi
from infocentre.noyau.etats import SIGNIFICATIFS, Etat
from infocentre.noyau.francais import accorder, clef_de_tri, entier, minuscule
from infocentre.noyau.temps import est_annuel, fin_de_mois, jour, mois_avant, nom_mois

GUICHETS_CITES = 6
MOUVEMENTS = 5
# What is said of one guichet, of several, of none: where nothing is, a list is folded.
SENS = {
    Etat.ROUGE: (
        "guichet passe en rouge ou à traiter",
        "guichets passent en rouge ou à traiter",
        "Aucun guichet ne passe en rouge.",
    ),
    "sortie": ("guichet sort du rouge", "guichets sortent du rouge", "Aucun guichet n'en sort."),
    Etat.ORANGE: ("guichet passe à l'orange", "guichets passent à l'orange", ""),
    Etat.VERT: ("guichet revient au vert", "guichets reviennent au vert", ""),
}
L = TypeVar("L", AReprendre, Changement)


def en_rouge(c: Contexte) -> html.P | html.Ul:
    """Return the guichets that are rouge or à traiter, and since when."""
    mauvais = [une for une in a_reprendre(c.v, c.filtres) if une["sens"] != "sortie"]
    if not mauvais:
        return html.P("Aucun guichet en rouge ni à traiter.")
    qui = _combien(mauvais, "guichet en rouge ou à traiter", "guichets en rouge ou à traiter")
    siens = _par_guichet(c, mauvais, functools.partial(_depuis, c), _emporter)
    return html.Ul(html.Li([html.Strong(f"{qui}."), siens]), className="a-faire")


def _combien(lignes: Sequence[Nommee], un: str, plusieurs: str) -> str:
    return accorder(len({ligne["guichet"] for ligne in lignes}), un, plusieurs)


def _par_guichet(
    c: Contexte,
    lignes: Sequence[L],
    dire: Callable[[L], str],
    finir: Callable[[Contexte, L], Balise] | None = None,
    *,
    tous: bool = False,
) -> Bloc:
    """Return each guichet with its indicators, and what is said of each; many of them folded."""
    tries = sorted(lignes, key=lambda ligne: (clef_de_tri(ligne["nom"]), ligne["nom"]))
    groupes = itertools.groupby(tries, key=lambda ligne: ligne["guichet"])
    elements = [balise("li", _guichet(c, list(siennes), dire, finir)) for _, siennes in groupes]
    if tous or len(elements) <= GUICHETS_CITES + 1:
        return bloc(balise("ul", elements))
    reste = elements[GUICHETS_CITES:]
    resume = accorder(len(reste), "autre guichet", "autres guichets")
    suite = repli_direct(f"Voir les {resume}", balise("ul", reste))
    return bloc(balise("div", balise("ul", elements[:GUICHETS_CITES]), suite))


def _guichet(
    c: Contexte,
    lignes: list[L],
    dire: Callable[[L], str],
    finir: Callable[[Contexte, L], Balise] | None,
) -> list[str | Balise]:
    """Return who it is and its indicators; what is said of all of them is said once."""
    premiere = lignes[0]
    dits = [dire(ligne) for ligne in lignes]
    if len(set(dits)) == 1:
        dits = [*[""] * (len(lignes) - 1), dits[0]]
    morceaux: list[str | Balise] = [
        lien_direct(premiere["nom"], c.filtres.lien(f"/guichet/{premiere['guichet']}")),
        " : ",
    ]
    for rang, ligne in enumerate(lignes):
        vers = c.filtres.lien("/demandes", code=ligne["code"], guichet=ligne["guichet"])
        morceaux += [
            ", " if rang else "",
            _signe(ligne["etat"]),
            lien_direct(_libelle(ligne["code"]), vers),
            dits[rang],
        ]
    return [*morceaux, finir(c, premiere)] if finir else morceaux


def _emporter(c: Contexte, ligne: Nommee) -> Balise:
    """Return the workbook of what a guichet has to correct, one click from the month."""
    return balise(
        "a",
        "Exporter (xlsx)",
        href=c.filtres.lien("/export/a-corriger.xlsx", guichet=ligne["guichet"]),
        download=True,
        class_="emporter",
        title=f"Les dossiers à reprendre par {ligne['nom']}",
    )


def ce_mois_ci(c: Contexte) -> html.P | html.Ul:
    """Return who enters and leaves each state since the month before: red first."""
    lus = changements(c.v, c.filtres)
    if lus.depuis is None:
        return html.P("Premier mois contrôlé : rien à comparer.")
    points: list[Any] = []
    if lus.depuis != mois_avant(c.filtres.mois):
        points.append(_compare_a(c, lus.depuis))
    points += _incomparables(c, lus.depuis)
    for sens, (un, plusieurs, aucun) in SENS.items():
        concernes = [une for une in lus.lignes if une["sens"] == sens]
        texte = _combien(concernes, un, plusieurs)
        if concernes and aucun:
            points.append([html.Strong(f"{texte}."), _par_guichet(c, concernes, _devenu)])
        elif concernes:
            points.append(repli(texte, _par_guichet(c, concernes, _devenu, tous=True)))
        elif aucun:
            points.append(aucun)
    return html.Ul([html.Li(point) for point in points], className="a-faire")


def _compare_a(c: Contexte, avant: str) -> str:
    """Say to which arrêté states are compared, when it is not that of the month before."""
    if est_annuel(avant, c.filtres.mois):
        return f"Comparé à l'arrêté précédent ({jour(fin_de_mois(avant))})."
    return f"Le mois d'avant manque : comparé à {nom_mois(avant)}."


def _incomparables(c: Contexte, avant: str) -> list[str]:
    """Say which indicators a month does not let be compared: their states did not change."""
    ici, alors = (non_calculables(c.v, c.filtres.departement, un) for un in (c.filtres.mois, avant))
    dits = (
        (
            ici - alors,
            "n'est plus calculable",
            "ne sont plus calculables",
            "ce mois-ci : rien n'en est dit",
        ),
        (
            alors - ici,
            "n'était pas calculable",
            "n'étaient pas calculables",
            f"en {nom_mois(avant)} : comparaison à l'arrêté d'avant",
        ),
    )
    return [
        f"{accorder(len(codes), f'indicateur {un}', f'indicateurs {plusieurs}')} {suite}."
        for codes, un, plusieurs, suite in dits
        if codes
    ]


def _devenu(ligne: Changement) -> str:
    """Say what a state is not any more, where its sign does not."""
    if ligne["sens"] == "sortie" and Etat(ligne["etat"]) not in SIGNIFICATIFS:
        return f" (n'est plus jugé : {Etat(ligne['etat']).mot})"
    return ""


def _depuis(c: Contexte, ligne: AReprendre) -> str:
    premier = ligne["depuis"] == c.mois[0]
    if ligne["depuis"] == c.filtres.mois and not premier:
        loin = compare_de_loin([ligne], c.filtres.mois)
        return f" (ne l'était pas en {nom_mois(loin)})" if loin else " depuis ce mois-ci"
    au_moins = "au moins " if premier else ""
    return f" depuis {au_moins}{nom_mois(ligne['depuis'])}"


def _signe(code: str) -> Balise:
    signe = f"{Etat(code).signe} "
    return balise("span", signe, class_=f"etat-{code}", title=Etat(code).mot)


def _libelle(code: str) -> str:
    return minuscule(libelle(code))


def en_un_an(c: Contexte) -> html.P | html.Div:
    """Return the surest movements, a sentence each, and how many comparisons were made."""
    tous = mouvements(c.v, c.filtres)
    if not tous.comparaisons:
        return html.P("Rien ne se compare encore : les effectifs sont trop petits.")
    if not tous.lignes:
        return html.P(typographie(f"Aucun mouvement ne tient, {parmi(tous.comparaisons)}."))
    montres = tous.lignes[:MOUVEMENTS]
    nombre = accorder(len(tous.lignes), "mouvement")
    combien = (
        f"Les {len(montres)} plus nets de {nombre}" if len(montres) < len(tous.lignes) else nombre
    )
    return html.Div(
        [
            html.Ul([html.Li(_mouvement(c, une)) for une in montres], className="mouvements"),
            html.P(typographie(f"{combien}, {parmi(tous.comparaisons)}."), className="comptes"),
        ]
    )


def _mouvement(c: Contexte, ligne: Mouvement) -> list[Any]:
    """Return the sentence of a movement, its guichet and its indicator being links."""
    hausse = ligne["taux"] > ligne["taux_avant"]
    qui: Any = "Ensemble du département"
    if ligne["guichet"] != "*":
        qui = lien(ligne["nom"], c.filtres.lien(f"/guichet/{ligne['guichet']}"))
    code = ligne["code"]
    chemin = lien(_libelle(code), c.filtres.lien(f"/indicateurs/{code}"))
    sur = f"{entier(ligne['n'])} sur {entier(ligne['d'])}"
    combien = (
        f"{taux(ligne['taux'])} {_quand(c, ligne)} ({sur}), "
        f"contre {taux(ligne['taux_avant'])} {_avant(c, ligne)}."
    )
    signe, classe, verbe = (
        ("▲", Etat.ORANGE, "augmentent") if hausse else ("▼", Etat.VERT, "reculent")
    )
    if hausse and revolu(ligne):
        verbe = f"ont augmenté, sans aucun cas en {nom_mois(c.filtres.mois)}"
    return [
        html.Span(f"{signe} ", className=f"etat-{classe}", **attributs(aria_hidden="true")),
        qui,
        " : les ",
        chemin,
        f" {verbe}. {combien}",
        *_pourquoi(c, ligne),
    ]


def _pourquoi(c: Contexte, ligne: Mouvement) -> list[Any]:
    """Return the way to what a movement of the département comes from."""
    if ligne["guichet"] != "*":
        return []
    depuis = mois_avant(c.filtres.mois, 12 if ligne["recul"] == "an" else 1)
    vers = c.filtres.lien(f"/pourquoi/{ligne['code']}", depuis=depuis)
    return [" ", lien("Pourquoi ?", vers)]


def _quand(c: Contexte, ligne: Mouvement) -> str:
    glisse = ligne["recul"] == "an" and ligne["nature"] == "flux"
    return "sur 12 mois" if glisse else f"en {nom_mois(c.filtres.mois)}"


def _avant(c: Contexte, ligne: Mouvement) -> str:
    if ligne["recul"] == "an":
        return "un an plus tôt"
    precedent = f"en {nom_mois(mois_avant(c.filtres.mois))}"
    return "sur les onze mois d'avant" if ligne["nature"] == "flux" else precedent
