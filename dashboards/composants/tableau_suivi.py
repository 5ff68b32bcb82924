"""The grid as a plain table: what a sheet of paper takes, and who prefers a table."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence

from dash import html
from markupsafe import Markup

from dashboards.composants.elements import SIGNES, attributs, taux
from dashboards.donnees.suivi import Case, Rangee, cases_absentes, lire_cases
from infocentre.catalogue import Indicateur
from infocentre.livraisons.rapport import entier

RANGEES_MAX = 400
ABSENTES = {"non_calculable": "n.c.", "sans_objet": "s.o."}


def tableau_suivi(
    rangees: Sequence[Rangee],
    retenus: Sequence[Indicateur],
    contenu: str,
    a_cote: Callable[[Indicateur], str],
    legende: str,
) -> html.Div:
    """Return the table; `a_cote` gives what announces the figure beside the one in bold."""
    absentes = cases_absentes(list(rangees), len(retenus))
    corps = Markup().join(_rangee(une, retenus, absentes, contenu, a_cote) for une in rangees)
    table = Markup("<table><caption>{}</caption><thead>{}</thead><tbody>{}</tbody></table>").format(
        legende, _entete(retenus), corps
    )
    return html.Div(
        className="tableau suivi-imprime",
        tabIndex="0",
        role="region",
        **attributs(data_html=table, aria_label=legende),
    )


def _entete(retenus: Sequence[Indicateur]) -> Markup:
    familles = itertools.groupby(retenus, key=lambda un: un.titre_famille)
    groupes = Markup().join(
        Markup('<th scope="colgroup" colspan="{}">{}</th>').format(len(list(siens)), famille)
        for famille, siens in familles
    )
    codes = Markup().join(Markup('<th scope="col">{}</th>').format(un.libelle) for un in retenus)
    return Markup('<tr><th scope="col" rowspan="2">Nom</th>{}</tr><tr>{}</tr>').format(
        groupes, codes
    )


def _rangee(
    une: Rangee,
    retenus: Sequence[Indicateur],
    absentes: dict[int, Case],
    contenu: str,
    a_cote: Callable[[Indicateur], str],
) -> Markup:
    cases = absentes | lire_cases(une.cases)
    cellules = Markup().join(
        _cellule(cases[rang], contenu, _periode(un, a_cote(un))) for rang, un in enumerate(retenus)
    )
    classe = "ligne-ensemble" if une.tete or une.nature == "departement" else ""
    return Markup('<tr class="{}"><th scope="row">{}</th>{}</tr>').format(classe, une.nom, cellules)


def _periode(un: Indicateur, annonce: str) -> Markup:
    """Return what announces the figure under; paper keeps it only where the legend does not."""
    classe = "" if un.tolerance_zero else "sauf-papier"
    return Markup('<span class="{}">{} </span>').format(classe, annonce)


def _cellule(case: Case, contenu: str, periode: Markup) -> Markup:
    if not case.denominateur:
        return Markup("<td>{}</td>").format(ABSENTES.get(case.etat, "s.o."))
    principal, cote = ecrire_case(case, contenu)
    signe, nom = SIGNES[case.etat]
    marque = Markup('<span role="img" aria-label="{}">{}</span> ').format(nom, signe)
    annonce = periode if cote and contenu == "taux" else ""
    return Markup('<td class="case-{}"><b>{}{}{}</b> <small>{}{}</small></td>').format(
        case.etat, marque if signe else "", principal, " ʳ" if case.revisee else "", annonce, cote
    )


def ecrire_case(case: Case, contenu: str) -> tuple[str, str]:
    """Return the figure of a cell and the one under it, as the grid writes them."""
    n, d = case.numerateur or 0, case.denominateur or 0
    juste = taux(n / d if d else None)
    if contenu == "rang":
        suffixe = "er" if case.rang == 1 else "e"
        return (f"{case.rang}{suffixe}" if case.rang else "–"), juste
    if contenu == "numerateur":
        return entier(n), f"sur {entier(d)}"
    if case.denominateur_a_cote is None:
        return juste, ""
    cote = case.denominateur_a_cote
    return juste, taux((case.numerateur_a_cote or 0) / cote) if cote else "s.o."
