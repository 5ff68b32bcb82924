"""What a query names that says nothing in some months: their counts are not those of the SNE."""

from __future__ import annotations

import contextlib

from infocentre.acces.perimetre import Perimetre
from infocentre.catalogue.analyse import ErreurSql, colonnes_du_select, tables_nommees
from infocentre.catalogue.exigences import Paire, deplier
from infocentre.catalogue.motifs import est_inutilisable
from infocentre.contrat import contrat
from infocentre.contrat.intitules import nommer_colonne
from infocentre.entrepot import Dossier
from infocentre.entrepot.sceaux import decrire_archive
from infocentre.noyau.erreurs import Refus
from infocentre.noyau.temps import noms_mois


def reserves(dossier: Dossier, sql: str, p: Perimetre) -> tuple[str, ...]:
    """Return « MOTIF_RADIATION ne dit rien en octobre 2026 », by column that a SELECT names.

    Of the months of the départements that the reader sees; none for what is no SELECT.
    """
    nommees, mois = sorted(_nommees(sql)), dict[Paire, set[str]]()
    for une in dossier.version().livraisons if nommees else ():
        if not p.voit(une.departement):
            continue
        with contextlib.suppress(Refus):  # an archive that is damaged says nothing of itself
            description = decrire_archive(dossier, une)
            for paire in nommees:
                if est_inutilisable(description, *paire):
                    mois.setdefault(paire, set()).add(une.mois)
    return tuple(
        f"{nommer_colonne(*paire)} ne dit rien en {noms_mois(siens)} : trop de ses valeurs sont "
        "illisibles ou hors de leur liste, et ce qui en est compté est faux"
        for paire, siens in mois.items()
    )


def _nommees(sql: str) -> set[Paire]:
    try:
        lues, nommees = tables_nommees(sql) & contrat().tables.keys(), colonnes_du_select(sql)
    except ErreurSql:
        return set()
    return {
        paire
        for *_, nom in nommees
        for paire in deplier(nom, frozenset(lues))
        if paire[0] in lues and paire[1] in contrat().tables[paire[0]].par_nom
    }
