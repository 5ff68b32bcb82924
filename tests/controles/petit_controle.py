"""A warehouse small enough to be read, and the checkpoint on it."""

from __future__ import annotations

from pathlib import Path

import duckdb

from infocentre.catalogue import Catalogue
from infocentre.controles import Bilan, controler
from infocentre.mesures import Connexion
from tests.mesures.petit_catalogue import catalogue

SOURCE = (
    "(unite varchar, departement varchar, guichet varchar, arrete date, mois varchar, "
    "jour date, numero_unique varchar, valeur integer)"
)
MOIS = ("2026-09", "2026-10")


def creer_entrepot(dossier: Path) -> Path:
    """Ten guichets of 30 units a month; in October G0 has 9 units above 10, and a zero."""
    chemin = dossier / "entrepôt du mois.duckdb"
    with duckdb.connect(chemin) as con:
        con.execute(
            "create table registre (departement varchar, mois varchar, guichet varchar, "
            "nom varchar, type_guichet varchar, organisme varchar)"
        )
        con.execute(
            "create table calculabilite (code varchar, departement varchar, "
            "mois varchar, calculable boolean)"
        )
        con.execute(f"create table lignes_archives {SOURCE}; create table autres_source {SOURCE}")
        for mois in MOIS:
            for code in catalogue().indicateurs:
                con.execute("insert into calculabilite values (?, '013', ?, true)", [code, mois])
            con.execute(
                "insert into lignes_archives select i::varchar, '013', 'G' || (i % 10), "
                "last_day((? || '-01')::date), ?, (? || '-15')::date, null, "
                "if(? = '2026-10' and i % 10 = 0 and i < 90, 11, 5) from range(300) as t(i)",
                [mois, mois, mois, mois],
            )
        con.execute(
            "insert into autres_source values "
            "('z', '013', 'G0', '2026-10-31', '2026-10', '2026-10-31', null, 0)"
        )
    return chemin


# Temporary views belong to one connection: the checkpoint works only if each one has them.
PREPARATION = ["create temp view lignes_source as from lignes_archives"]


def lancer(
    entrepot: Path,
    vus: list[int] | None = None,
    un: Catalogue | None = None,
    *,
    pages: bool = False,
) -> Bilan:
    def publier(con: Connexion) -> None:
        lignes = con.execute("from valeurs_calculees").fetchall()
        con.execute("create or replace table publie as from valeurs_calculees")
        if vus is not None:
            vus.append(len(lignes))

    with duckdb.connect(entrepot) as con:
        return controler(
            con,
            un or catalogue(),
            entrepot.parent / "validations",
            publier,
            preparation=PREPARATION,
            pages=pages,
        )
