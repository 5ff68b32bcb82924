"""What is remembered from one search to the next, so that a month costs what changed in it.

By département, beside its pairs: the fingerprint of each demande's compared fields, and what the
pairs worth keeping weigh, both by one model; another model forgets them.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import duckdb

from infocentre.entrepot import Dossier
from infocentre.entrepot.relations import citer
from infocentre.identite.paires import PRIVE, Niveau, copier, fichier_paires
from infocentre.identite.probable import Modele
from infocentre.noyau.fichiers import ecrire

_NOTEES = (
    "departement VARCHAR, numero_a VARCHAR, numero_b VARCHAR, poids DOUBLE, probabilite DOUBLE, "
    "details VARCHAR"
)


def fichier_modele(dossier: Dossier) -> Path:
    """Return where the model is: counts and rates, no name."""
    return dossier.doublons / "modele.json"


def lire_modele(dossier: Dossier) -> Modele | None:
    """Return the model kept, None when there is none or it cannot be read."""
    try:
        lu: Modele = json.loads(fichier_modele(dossier).read_text("utf-8"))
    except (OSError, ValueError):
        return None
    return lu


def garder_modele(dossier: Dossier, modele: Modele) -> None:
    """Keep a model."""
    for parent in (dossier.nominatif, dossier.doublons):
        parent.mkdir(mode=0o700, exist_ok=True)
    ecrire(fichier_modele(dossier), json.dumps(modele, ensure_ascii=False, indent=1), droits=PRIVE)


def se_souvenir(
    con: duckdb.DuckDBPyConnection, dossier: Dossier, departements: list[str], modele: str
) -> None:
    """Create `nouvelles`, the lines of `personnes` to compare, and `connues`, the pairs kept.

    A demande is to be compared when the last search did not see it so. A pair is kept when both
    its demandes are still there as they were.
    """
    con.execute(
        "CREATE OR REPLACE TEMP TABLE vues (numero_unique VARCHAR, departement VARCHAR, "
        "empreinte UBIGINT)"
    )
    con.execute(f"CREATE OR REPLACE TABLE connues ({_NOTEES})")
    for departement in departements:
        empreintes, notees = (_fichier(dossier, un, departement) for un in ("empreintes", "notees"))
        if not (empreintes.exists() and notees.exists()):
            continue
        con.execute(
            f"INSERT INTO vues SELECT numero_unique, departement, empreinte "
            f"FROM read_parquet({citer(str(empreintes))}) WHERE modele = ?",
            [modele],
        )
        con.execute(f"INSERT INTO connues BY NAME FROM read_parquet({citer(str(notees))})")
    con.execute("""
        CREATE OR REPLACE TABLE nouvelles AS
        SELECT ligne FROM personnes ANTI JOIN vues USING (departement, numero_unique, empreinte)""")
    con.execute("""
        CREATE OR REPLACE TEMP TABLE stables AS
        SELECT departement, numero_unique FROM personnes ANTI JOIN nouvelles USING (ligne)""")
    con.execute("""
        CREATE OR REPLACE TABLE connues AS
        SELECT c.* FROM connues AS c
        SEMI JOIN stables AS a ON a.departement = c.departement AND a.numero_unique = c.numero_a
        SEMI JOIN stables AS b ON b.departement = c.departement AND b.numero_unique = c.numero_b""")
    con.execute("DROP TABLE vues; DROP TABLE stables")


def retenir_notees(con: duckdb.DuckDBPyConnection) -> None:
    """Add `notees`, by lines of `personnes`, to `connues`; numero_a < numero_b."""
    con.execute("""
        INSERT INTO connues
        SELECT a.departement, least(a.numero_unique, b.numero_unique),
            greatest(a.numero_unique, b.numero_unique), poids, probabilite, details
        FROM notees JOIN personnes AS a ON a.ligne = ligne_a
        JOIN personnes AS b ON b.ligne = ligne_b""")


def garder(con: duckdb.DuckDBPyConnection, dossier: Dossier, departement: str, modele: str) -> None:
    """Write what the next search of a département remembers."""
    siennes = f"departement = {citer(departement)}"
    copier(
        con,
        f"SELECT departement, numero_unique, empreinte, {citer(modele)} AS modele FROM personnes "
        f"WHERE {siennes} ORDER BY numero_unique",
        _fichier(dossier, "empreintes", departement),
        dossier.temporaire,
    )
    copier(
        con,
        f"FROM connues WHERE {siennes} ORDER BY numero_a, numero_b",
        fichier_notees(dossier, departement),
        dossier.temporaire,
    )


def fichier_notees(dossier: Dossier, departement: str) -> Path:
    """Return where the pairs worth keeping are, whatever the threshold."""
    return _fichier(dossier, "notees", departement)


def compter_par_probabilite(
    dossier: Dossier, departement: str, bornes: Sequence[float]
) -> list[int]:
    """Return how many probable pairs there are from each bound to the next, the last included.

    Those that a rule finds are left out.
    """
    notees, paires = fichier_notees(dossier, departement), fichier_paires(dossier, departement)
    if not (notees.exists() and paires.exists()):
        return [0] * (len(bornes) - 1)
    bandes = zip(bornes, [*bornes[1:-1], 2.0], strict=False)
    comptes = ", ".join(
        f"count(*) FILTER (probabilite >= {bas} AND probabilite < {haut})" for bas, haut in bandes
    )
    with duckdb.connect() as con:
        ((*nombres,),) = con.execute(
            f"SELECT {comptes} FROM read_parquet({citer(str(notees))}) AS n ANTI JOIN ("
            f"FROM read_parquet({citer(str(paires))}) WHERE niveau <> '{Niveau.PROBABLE}') AS p "
            "ON n.numero_a = p.numero_a AND n.numero_b = p.numero_b"
        ).fetchall()
    return [int(un) for un in nombres]


def _fichier(dossier: Dossier, genre: str, departement: str) -> Path:
    return dossier.doublons / f"{genre}-{departement}.parquet"
