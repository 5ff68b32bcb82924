"""The newest state of each demande of a département, and the balance between two arrêtés."""

from __future__ import annotations

import datetime as dt
import hashlib
from pathlib import Path
from typing import TypedDict, cast

import duckdb

from infocentre.entrepot.brouillon import Brouillon
from infocentre.entrepot.dossier import Dossier
from infocentre.entrepot.relations import FAITS_STOCK, citer, lecture_de
from infocentre.entrepot.version import Livraison


def parquet(*options: str) -> str:
    """Return how a file is written, with some options more."""
    return f"({', '.join(['FORMAT parquet', 'COMPRESSION zstd', 'PARQUET_VERSION v2', *options])})"


PARQUET = parquet()
# Sorted by numéro, in small row groups: what is known of one numéro is in one of them.
GROUPE_PAR_NUMERO = 8192
PARQUET_PAR_NUMERO = parquet(f"ROW_GROUP_SIZE {GROUPE_PAR_NUMERO}")
FAITS = ", ".join(FAITS_STOCK)


def calculer_etat(
    con: duckdb.DuckDBPyConnection,
    dossier: Dossier,
    brouillon: Brouillon,
    departement: str,
    precedent: Path | None = None,
) -> str:
    """Write the newest state of each demande; return its path under `etats`.

    Grain: one row per numéro ever seen, as the newest arrêté that holds it tells it, with
    `statut` (active, radiée, disparue) and `vue_le` (that arrêté). `precedent` is the state
    that all deliveries but the newest gave: with it, only the newest one is read.
    """
    livraisons = brouillon.version.de(departement)
    nom = f"{departement}/{_empreinte(livraisons)}.parquet"
    cible = dossier.etats / nom
    lus = livraisons if precedent is None else livraisons[-1:]
    with brouillon.ecrire(cible, dossier.temporaire) as partiel:
        con.execute(
            f"COPY ({_sql_etat([dossier.archive(une) for une in lus], precedent, lus[-1])}) "
            f"TO {citer(str(partiel))} {PARQUET_PAR_NUMERO}"
        )
    return nom


def _empreinte(livraisons: list[Livraison]) -> str:
    texte = "\n".join(f"{une.arrete}:{une.empreinte}" for une in livraisons)
    return hashlib.sha256(texte.encode()).hexdigest()[:16]


def _sql_etat(archives: list[Path], precedent: Path | None, derniere: Livraison) -> str:
    vues = " UNION ALL BY NAME ".join(
        f"SELECT * EXCLUDE ({'mois' if table == 'radiation' else f'mois, {FAITS}'}) "
        f"RENAME (arrete AS vue_le), '{statut}' AS vue "
        f"FROM {lecture_de([a / f'{table}.parquet' for a in archives], union=True)}"
        for table, statut in (("stock", "active"), ("radiation", "radiée"))
    )
    if precedent is not None:
        vues = (
            f"{vues} UNION ALL BY NAME SELECT * EXCLUDE (statut), "
            "CASE statut WHEN 'radiée' THEN 'radiée' ELSE 'active' END AS vue "
            f"FROM read_parquet({citer(str(precedent))})"
        )
    # An arrêté has a numéro once. A window would hold all columns of all rows at the same time.
    return f"""
        WITH vues AS NOT MATERIALIZED ({vues})
        SELECT * EXCLUDE (vue), CASE WHEN vue = 'active' AND vue_le < DATE '{derniere.arrete}'
            THEN 'disparue' ELSE vue END AS statut
        FROM vues SEMI JOIN (
            SELECT numero_unique, max(vue_le) AS vue_le FROM vues GROUP BY ALL
        ) USING (numero_unique, vue_le)
        ORDER BY numero_unique"""


FLUX = {
    "creations": "entrée par création : déposée depuis l'arrêté d'avant",
    "deradiations": "entrée par déradiation : radiée à l'arrêté d'avant",
    "autres_entrees": "autre entrée : déposée avant l'arrêté d'avant, et inconnue de lui",
    "radiations": "sortie par radiation",
    "disparues": "sortie sans radiation : dans aucun des deux fichiers",
}


def sql_mouvements(avant: Path, apres: Path) -> str:
    """Return the SELECT of the demandes that entered or left the stock between two archives.

    Grain: one row per numéro in one stock and not in the other, with `mouvement` (see FLUX).
    """
    stock_avant, radiation_avant, stock_apres, radiation_apres = (
        f"read_parquet({citer(str(archive / f'{table}.parquet'))})"
        for archive in (avant, apres)
        for table in ("stock", "radiation")
    )
    return f"""
        SELECT a.numero_unique, a.guichet_enregistreur, a.date_creation,
            CASE WHEN r.numero_unique IS NOT NULL THEN 'deradiations'
                WHEN a.date_creation > (SELECT max(arrete) FROM {stock_avant}) THEN 'creations'
                ELSE 'autres_entrees' END AS mouvement
        FROM {stock_apres} AS a ANTI JOIN {stock_avant} AS s USING (numero_unique)
        LEFT JOIN {radiation_avant} AS r USING (numero_unique)
        UNION ALL BY NAME
        SELECT s.numero_unique, s.guichet_enregistreur, s.date_creation,
            CASE WHEN r.numero_unique IS NOT NULL THEN 'radiations' ELSE 'disparues' END
                AS mouvement
        FROM {stock_avant} AS s ANTI JOIN {stock_apres} AS a USING (numero_unique)
        LEFT JOIN {radiation_apres} AS r USING (numero_unique)"""


def calculer_solde(
    con: duckdb.DuckDBPyConnection, dossier: Dossier, avant: Livraison, apres: Livraison
) -> None:
    """Replace the row of `soldes` of the arrêté `apres`: the balance since the arrêté `avant`."""
    chemin_avant, chemin_apres = dossier.archive(avant), dossier.archive(apres)
    sommes = ", ".join(f"count(*) FILTER (WHERE mouvement = '{flux}') AS {flux}" for flux in FLUX)
    effectif = "(SELECT count(*) FROM read_parquet({}))"
    con.execute("DELETE FROM soldes WHERE departement = ? AND arrete = ?", list(apres.cle))
    con.execute(
        f"INSERT INTO soldes BY NAME SELECT ? AS departement, ?::DATE AS arrete, "
        f"?::DATE AS arrete_avant, "
        f"{effectif.format(citer(str(chemin_avant / 'stock.parquet')))} AS avant, "
        f"{effectif.format(citer(str(chemin_apres / 'stock.parquet')))} AS apres, {sommes} "
        f"FROM ({sql_mouvements(chemin_avant, chemin_apres)})",
        [apres.departement, apres.arrete, avant.arrete],
    )


def creer_soldes(con: duckdb.DuckDBPyConnection) -> None:
    """Create `soldes` where missing: avant + entries − exits = après, one row per arrêté."""
    colonnes = ", ".join(f"{flux} BIGINT" for flux in FLUX)
    con.execute(
        "CREATE TABLE IF NOT EXISTS soldes (departement VARCHAR, arrete DATE, arrete_avant DATE, "
        f"avant BIGINT, {colonnes}, apres BIGINT)"
    )


class Solde(TypedDict):
    """Of `soldes`: demandes actives at an arrêté, and what changed since the one before."""

    departement: str
    arrete: dt.date
    arrete_avant: dt.date
    avant: int
    creations: int
    deradiations: int
    autres_entrees: int
    radiations: int
    disparues: int
    apres: int


def lire_solde(con: duckdb.DuckDBPyConnection, livraison: Livraison) -> Solde | None:
    """Return the balance of an arrêté by its terms, None for the first of a département."""
    curseur = con.execute(
        f"SELECT * FROM soldes WHERE departement = '{livraison.departement}' "
        f"AND arrete = DATE '{livraison.arrete}'"
    )
    colonnes = [colonne[0] for colonne in curseur.description or []]
    ligne = curseur.fetchone()
    return cast("Solde", dict(zip(colonnes, ligne, strict=True))) if ligne else None
