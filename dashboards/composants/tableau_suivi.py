"""The grid as a plain table: what a sheet of paper takes, and who prefers a table."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence

from dashboards.composants.balises import Balise, Noeud, balise
from dashboards.composants.elements import taux
from dashboards.composants.listes import region
from dashboards.composants.natifs import Bloc
from infocentre.catalogue import Indicateur
from infocentre.lecture.suivi import Case, Rangee, cases_absentes, lire_cases
from infocentre.mesures.partage import MASQUE
from infocentre.noyau.etats import Etat
from infocentre.noyau.francais import entier

RANGEES_MAX = 400


def tableau_suivi(
    rangees: Sequence[Rangee],
    retenus: Sequence[Indicateur],
    contenu: str,
    a_cote: Callable[[Indicateur], str],
    legende: str,
) -> Bloc:
    """Return the table; `a_cote` gives what announces the figure beside the one in bold."""
    absentes = cases_absentes(list(rangees), len(retenus))
    table = balise(
        "table",
        balise("caption", legende),
        balise("thead", _entete(retenus)),
        balise("tbody", [_rangee(une, retenus, absentes, contenu, a_cote) for une in rangees]),
    )
    return region(table, legende, "suivi-imprime")


def _entete(retenus: Sequence[Indicateur]) -> list[Balise]:
    familles = itertools.groupby(retenus, key=lambda un: un.titre_famille)
    groupes = [
        balise("th", famille, scope="colgroup", colspan=len(list(siens)))
        for famille, siens in familles
    ]
    codes = [balise("th", un.libelle, scope="col") for un in retenus]
    return [
        balise("tr", balise("th", "Nom", scope="col", rowspan=2), groupes),
        balise("tr", codes),
    ]


def _rangee(
    une: Rangee,
    retenus: Sequence[Indicateur],
    absentes: dict[int, Case],
    contenu: str,
    a_cote: Callable[[Indicateur], str],
) -> Balise:
    cases = absentes | lire_cases(une.cases)
    cellules = [_cellule(cases[rang], contenu, un, a_cote(un)) for rang, un in enumerate(retenus)]
    ensemble = une.tete or une.nature == "departement"
    return balise(
        "tr",
        balise("th", une.nom, scope="row"),
        cellules,
        class_="ligne-ensemble" if ensemble else None,
    )


def _cellule(case: Case, contenu: str, un: Indicateur, annonce: str) -> Balise:
    if not case.denominateur and not case.masquee:
        return balise("td", Etat(case.etat).abrege or Etat.SANS_OBJET.abrege)
    principal, cote = ecrire_case(case, contenu)
    a_cote: list[Noeud] = [cote]
    if cote and contenu == "taux":
        # Paper keeps what announces the figure only where the legend does not say it.
        classe = None if un.tolerance_zero else "sauf-papier"
        a_cote = [balise("span", f"{annonce} ", class_=classe), cote]
    revisee = " ʳ" if case.revisee else ""
    return balise(
        "td",
        balise("b", _marque(Etat(case.etat)), f"{principal}{revisee}"),
        " ",
        balise("small", a_cote),
        class_=f"case-{case.etat}",
    )


def _marque(etat: Etat) -> list[Noeud]:
    """Return the sign of a state, with its word for who listens."""
    if not etat.signe:
        return []
    return [balise("span", etat.signe, role="img", aria_label=etat.mot), " "]


def ecrire_case(case: Case, contenu: str) -> tuple[str, str]:
    """Return the figure of a cell and the one under it, as the grid writes them."""
    n, d = case.numerateur or 0, case.denominateur or 0
    if case.masquee:
        return MASQUE, ""
    juste = taux(n / d if d else None)
    if contenu == "rang":
        suffixe = "er" if case.rang == 1 else "e"
        return (f"{case.rang}{suffixe}" if case.rang else "–"), juste
    if contenu == "numerateur":
        return entier(n), f"sur {entier(d)}"
    if case.denominateur_a_cote is None:
        return juste, ""
    cote = case.denominateur_a_cote
    if cote and case.numerateur_a_cote is None:
        return juste, MASQUE
    return juste, taux((case.numerateur_a_cote or 0) / cote) if cote else "s.o."
