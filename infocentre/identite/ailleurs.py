"""Persons who have an active demande in several départements: counted there, never named."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import duckdb

from infocentre.entrepot import Dossier, Livraison
from infocentre.entrepot.dossier import ILLISIBLES
from infocentre.entrepot.relations import citer
from infocentre.entrepot.sceaux import exiger_archives, fichier_nominatif
from infocentre.identite.personnes import STOCK, preparer_personnes, sources
from infocentre.noyau.erreurs import Refus


@dataclass(frozen=True, slots=True)
class EnDouble:
    """How many of the active demandes of départements are of persons counted in another of them.

    `exact`: their names are held, and compared as the indicators of duplicates compare them; else
    it is the most that the birth dates allow.
    """

    actives: int
    nombre: int
    exact: bool


# Of one key, what is beyond the département that has most: each is there once, or says so itself.
_SURPLUS = """
    SELECT coalesce(sum(total - plus), 0)::BIGINT FROM (
        SELECT sum(n) AS total, max(n) AS plus FROM (
            SELECT departement, cle, count(*) AS n FROM demandes
            WHERE cle IS NOT NULL GROUP BY ALL
        ) GROUP BY cle
    )"""
_PERSONNES = """
    SELECT departement, concat_ws('|', nom, prenom, date_naissance) AS cle
    FROM personnes SEMI JOIN actives USING (departement, numero_unique)
    WHERE personne IS NOT NULL"""
_NAISSANCES = "SELECT departement, date_naiss_demandeur::VARCHAR AS cle FROM actives"
_COMPTES = "SELECT count(*), count(*) - count(date_naiss_demandeur) FROM actives"


def en_double(
    dossier: Dossier, livraisons: Sequence[Livraison], communes: Collection[str] | None = None
) -> EnDouble:
    """Count them among the active demandes of these deliveries, one a département.

    `communes`: only demandes whose first wish is one of them. A demande without a birth date may
    be of anybody.

    Raises:
        Refus: a file is damaged.
    """
    exact = all(fichier_nominatif(dossier, une).exists() for une in livraisons)
    exiger_archives(dossier, livraisons, (STOCK,))
    try:
        with duckdb.connect() as con:
            _lire_actives(con, dossier, livraisons, communes)
            if exact:
                preparer_personnes(con, sources(dossier, list(livraisons)))
            con.execute(f"CREATE TEMP VIEW demandes AS {_PERSONNES if exact else _NAISSANCES}")
            ((nombre,),) = con.execute(_SURPLUS).fetchall()
            ((actives, sans_date),) = con.execute(_COMPTES).fetchall()
    except ILLISIBLES as erreur:
        raise Refus(
            "un fichier des demandes ou des noms est abîmé",
            que_faire="Le remettre : infocentre reparer.",
        ) from erreur
    return EnDouble(actives, nombre if exact else nombre + sans_date, exact)


def _lire_actives(
    con: duckdb.DuckDBPyConnection,
    dossier: Dossier,
    livraisons: Sequence[Livraison],
    communes: Collection[str] | None,
) -> None:
    fichiers = ", ".join(citer(str(dossier.archive(une) / STOCK)) for une in livraisons)
    con.execute(
        "CREATE TEMP TABLE actives AS SELECT departement, numero_unique, date_naiss_demandeur "
        f"FROM read_parquet([{fichiers}], union_by_name = true) "
        "WHERE $communes IS NULL OR list_contains($communes, commune_log_recherche)",
        {"communes": None if communes is None else sorted(communes)},
    )
