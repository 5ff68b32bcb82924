"""Chercher: the pairs of demandes that may be of one person, for a person to decide."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import duckdb

from infocentre.entrepot import Dossier, Livraison
from infocentre.identite.paires import Niveau, ecrire_paires
from infocentre.identite.personnes import livraison_nominative, preparer_personnes
from infocentre.identite.regles import chercher_par_regle
from infocentre.noyau.erreurs import Refus

if TYPE_CHECKING:
    from infocentre.operations.controle import Resultat


Etape = Callable[[str], None]


def _muette(_texte: str) -> None:
    """Say nothing of a step."""


@dataclass(frozen=True, slots=True)
class Recherche:
    """What a search found in a département: pairs by tier, at an arrêté."""

    departement: str
    arrete: dt.date
    paires: Mapping[Niveau, int]


def chercher(
    dossier: Dossier, *, departement: str | None = None, etape: Etape = _muette
) -> list[Recherche]:
    """Search again the pairs of one département or of all; one without names is left out.

    Raises:
        Refus: this département has no delivery, or a file is not what was written.
    """
    with dossier.ecrire():
        livraisons = _livraisons(dossier, departement)
        if not livraisons:
            return []
        etape("identités lues")
        with duckdb.connect(config={"temp_directory": str(dossier.temporaire / "doublons")}) as con:
            con.execute("SET enable_progress_bar = false")
            preparer_personnes(con, dossier, livraisons)
            chercher_par_regle(con)
            con.execute(
                "CREATE TEMP TABLE trouvees AS SELECT *, NULL::DOUBLE AS probabilite, "
                "NULL::DOUBLE AS poids FROM par_regle"
            )
            for une in livraisons:
                ecrire_paires(con, dossier, une.departement, dt.date.fromisoformat(une.arrete))
            return [_compter(con, une) for une in livraisons]


def apres_controle(dossier: Dossier, fait: Resultat) -> list[Recherche]:
    """Search the pairs of the départements that were controlled."""
    departements = sorted({une.departement for une in fait.mois})
    return [une for un in departements for une in chercher(dossier, departement=un)]


def _livraisons(dossier: Dossier, departement: str | None) -> list[Livraison]:
    connus = dossier.exiger_version().departements
    if departement is not None and departement not in connus:
        raise Refus(
            f"aucune livraison du département {departement} n'est chargée",
            que_faire=f"Départements chargés : {', '.join(connus)}.",
        )
    voulus = [departement] if departement else connus
    trouvees = (livraison_nominative(dossier, un) for un in voulus)
    return [une for une in trouvees if une is not None]


def _compter(con: duckdb.DuckDBPyConnection, une: Livraison) -> Recherche:
    nombres = dict(
        con.execute(
            "SELECT niveau, count(*) FROM trouvees WHERE departement = ? GROUP BY niveau",
            [une.departement],
        ).fetchall()
    )
    paires = {niveau: int(nombres.get(niveau, 0)) for niveau in Niveau}
    return Recherche(une.departement, dt.date.fromisoformat(une.arrete), paires)
