"""The grid as a plain table: what a sheet of paper takes, and who prefers a table."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from html import escape

from dash import html

from dashboards.composants.elements import attributs, taux
from infocentre.catalogue import Indicateur
from infocentre.lecture.suivi import Case, Rangee, cases_absentes, lire_cases
from infocentre.noyau.etats import Etat
from infocentre.noyau.francais import entier

RANGEES_MAX = 400
MARQUES: dict[str, str] = {
    etat: f'<span role="img" aria-label="{etat.mot}">{etat.signe}</span> ' if etat.signe else ""
    for etat in Etat
}


def tableau_suivi(
    rangees: Sequence[Rangee],
    retenus: Sequence[Indicateur],
    contenu: str,
    a_cote: Callable[[Indicateur], str],
    legende: str,
) -> html.Div:
    """Return the table; `a_cote` gives what announces the figure beside the one in bold."""
    absentes = cases_absentes(list(rangees), len(retenus))
    corps = "".join(_rangee(une, retenus, absentes, contenu, a_cote) for une in rangees)
    table = (
        f"<table><caption>{escape(legende)}</caption><thead>{_entete(retenus)}</thead>"
        f"<tbody>{corps}</tbody></table>"
    )
    return html.Div(
        className="tableau suivi-imprime",
        tabIndex="0",
        role="region",
        **attributs(data_html=table, aria_label=legende),
    )


def _entete(retenus: Sequence[Indicateur]) -> str:
    familles = itertools.groupby(retenus, key=lambda un: un.titre_famille)
    groupes = "".join(
        f'<th scope="colgroup" colspan="{len(list(siens))}">{escape(famille)}</th>'
        for famille, siens in familles
    )
    codes = "".join(f'<th scope="col">{escape(un.libelle)}</th>' for un in retenus)
    return f'<tr><th scope="col" rowspan="2">Nom</th>{groupes}</tr><tr>{codes}</tr>'


def _rangee(
    une: Rangee,
    retenus: Sequence[Indicateur],
    absentes: dict[int, Case],
    contenu: str,
    a_cote: Callable[[Indicateur], str],
) -> str:
    cases = absentes | lire_cases(une.cases)
    cellules = "".join(
        _cellule(cases[rang], contenu, un, a_cote(un)) for rang, un in enumerate(retenus)
    )
    classe = "ligne-ensemble" if une.tete or une.nature == "departement" else ""
    return f'<tr class="{classe}"><th scope="row">{escape(une.nom)}</th>{cellules}</tr>'


def _cellule(case: Case, contenu: str, un: Indicateur, annonce: str) -> str:
    """Return a cell: figures and signs of ours only, nothing to escape."""
    if not case.denominateur:
        return f"<td>{Etat(case.etat).abrege or Etat.SANS_OBJET.abrege}</td>"
    principal, cote = ecrire_case(case, contenu)
    if cote and contenu == "taux":
        # Paper keeps what announces the figure only where the legend does not say it.
        classe = "" if un.tolerance_zero else "sauf-papier"
        cote = f'<span class="{classe}">{annonce} </span>{cote}'
    revisee = " ʳ" if case.revisee else ""
    return (
        f'<td class="case-{case.etat}"><b>{MARQUES[case.etat]}{principal}{revisee}</b> '
        f"<small>{cote}</small></td>"
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
