"""When a count fails: which indicator is to blame, said in French."""

from __future__ import annotations

from typing import TYPE_CHECKING

from infocentre.mesures import compter
from infocentre.noyau.erreurs import Refus

if TYPE_CHECKING:
    from infocentre.catalogue import Catalogue
    from infocentre.mesures import Connexion

_QUE_FAIRE = "Corrigez ce fichier, puis relancez « infocentre controler ». Rien n’a été publié."


def expliquer_panne(
    con: Connexion, catalogue: Catalogue, population: str, erreur: Exception
) -> Refus:
    """Name the population, or the first of its indicators that fails when counted alone."""
    if _echec(con, catalogue, population, ()) is None:
        for indicateur in catalogue.de_population(population):
            seul = _echec(con, catalogue, population, (indicateur.code,))
            if seul is not None:
                quoi = f"l’indicateur {indicateur.code} n’a pas pu être calculé ({_motif(seul)})"
                return Refus(quoi, f"expectations/{indicateur.code}.yml", _QUE_FAIRE)
    quoi = f"la population {population} n’a pas pu être comptée ({_motif(erreur)})"
    return Refus(quoi, f"queries/populations/{population}.sql", _QUE_FAIRE)


def _echec(
    con: Connexion, catalogue: Catalogue, population: str, codes: tuple[str, ...]
) -> Exception | None:
    indicateurs = {code: catalogue.indicateurs[code] for code in codes}
    try:
        compter(con, catalogue.model_copy(update={"indicateurs": indicateurs}), population)
    except Exception as erreur:  # noqa: BLE001 - whatever DuckDB raises is the answer
        return erreur
    return None


def _motif(erreur: Exception) -> str:
    lignes = str(erreur).strip().splitlines()
    return lignes[0] if lignes else type(erreur).__name__
