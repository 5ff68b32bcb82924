"""A month of duplicates as the register grows: time, memory, growth; the first month apart.

The 101 départements, each with its share of the population; 4 % of demandes are new from one month
to the next, 4 % are gone, 1 % have changed. Only what the search reads is written.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterator
from pathlib import Path

import duckdb

from benchmarks.outils import Execution, Mesure, infocentre
from infocentre.demo import noms
from infocentre.demo.territoire import departements, territoire
from infocentre.entrepot import Dossier, Livraison, Version
from infocentre.entrepot.sceaux import DESCRIPTION, fichier_nominatif
from infocentre.noyau.fichiers import ecrire

TAILLES = (100_000, 400_000, 2_800_000)
SECONDES, MEMOIRE, EXPOSANT = 60.0, 3.0, 1.1
PART_NOUVELLES, PART_CHANGEES = 0.04, 0.01
ARRETES = ("2026-09-30", "2026-10-31")


def mesurer(atelier: Path) -> Iterator[Mesure]:
    """Measure each size, then how processor time grows from the smallest to the largest."""
    mois: list[Execution] = []
    for taille in TAILLES:
        dossier = Dossier(atelier / str(taille))
        _ecrire(dossier, taille)
        _publier(dossier, 1)
        premier = infocentre(dossier.racine, "doublons", "chercher")
        _publier(dossier, 2)
        mois.append(infocentre(dossier.racine, "doublons", "chercher"))
        grande = taille == TAILLES[-1]
        nom = f"{taille:_} active".replace("_", " ")
        yield Mesure(f"{nom}: first month", premier.secondes, "s")
        yield Mesure(f"{nom}: first month, processor", premier.processeur, "s")
        yield Mesure(f"{nom}: first month, memory", premier.octets / 1e9, "GB")
        yield Mesure(f"{nom}: a month", mois[-1].secondes, "s", SECONDES if grande else None)
        yield Mesure(f"{nom}: a month, processor", mois[-1].processeur, "s")
        yield Mesure(
            f"{nom}: a month, memory", mois[-1].octets / 1e9, "GB", MEMOIRE if grande else None
        )
    croissance = math.log(mois[-1].processeur / mois[0].processeur)
    exposant = croissance / math.log(TAILLES[-1] / TAILLES[0])
    yield Mesure("growth of a month's processor time, exponent", exposant, "", EXPOSANT)


def _ecrire(dossier: Dossier, taille: int) -> None:
    """Write two months of identities and stocks of every département."""
    lieux = [(code, float(territoire(code).population)) for code in departements()]
    with duckdb.connect() as con:
        con.execute("CREATE TABLE lieux (departement VARCHAR, poids DOUBLE)")
        con.executemany("INSERT INTO lieux VALUES (?, ?)", lieux)
        for table, liste in (
            ("familles", [*noms.NOMS, *noms.NOMS_RARES]),
            ("prenoms", [*noms.PRENOMS_FEMMES, *noms.PRENOMS_HOMMES]),
        ):
            con.execute(f"CREATE TABLE {table} (rang INTEGER, texte VARCHAR)")
            con.executemany(f"INSERT INTO {table} VALUES (?, ?)", list(enumerate(liste)))
        total = round(taille * (1 + PART_NOUVELLES))
        con.execute(_sql_gens(total, taille))
        for rang, arrete in enumerate(ARRETES, start=1):
            for code, _ in lieux:
                _ecrire_un(con, dossier, _livraison(code, arrete), rang)


def _tirage(sel: str) -> str:
    """Return a number from 0 to 1 that depends on a person and on a word."""
    return f"(hash(qui || '{sel}') / 18446744073709551616.0)"


def _sql_gens(total: int, taille: int) -> str:
    """Return the SQL of every demande: one in forty is a second one of somebody else, mistyped."""
    return f"""
        CREATE TABLE gens AS
        WITH bornes AS (
            SELECT departement, sum(poids) OVER (ORDER BY departement) - poids AS bas,
                sum(poids) OVER (ORDER BY departement) AS haut, sum(poids) OVER () AS tout
            FROM lieux
        ), tires AS (
            SELECT rang, rang >= {taille} AS neuve,
                if(hash(rang || 'double') % 40 = 0, rang // 2, rang) AS qui
            FROM range({total}) AS r (rang)
        )
        SELECT departement, neuve, tires.rang, prenoms.texte AS prenom,
            hash(tires.rang || 'part') % 1000 < {1000 * PART_NOUVELLES} AS part,
            hash(tires.rang || 'change') % 1000 < {1000 * PART_CHANGEES} AS change,
            if(qui <> tires.rang, replace(familles.texte, 'r', ''), familles.texte) AS nom,
            DATE '1940-01-01' + (floor({_tirage("jour")} * 24000))::INTEGER AS date_naissance,
            (floor({_tirage("commune")} * 40))::INTEGER AS commune,
            1 + (floor({_tirage("taille")} * 5))::INTEGER AS taille_menage
        FROM tires
        JOIN bornes ON {_tirage("lieu")} * tout >= bas AND {_tirage("lieu")} * tout < haut
        JOIN familles ON familles.rang =
            floor(pow({_tirage("nom")}, 1.6) * {len(noms.NOMS) + len(noms.NOMS_RARES)})
        JOIN prenoms ON prenoms.rang = floor({_tirage("prenom")} * 100)"""


def _ecrire_un(con: duckdb.DuckDBPyConnection, dossier: Dossier, une: Livraison, rang: int) -> None:
    siens = f"departement = '{une.departement}' AND " + ("NOT neuve" if rang == 1 else "NOT part")
    nom = "nom" if rang == 1 else "if(change, nom || 'x', nom)"
    numero = (
        f"'{territoire(une.departement).prefixe}0126' || lpad((rang % 1000000)::VARCHAR, 6, '0') "
        "|| 'G' || lpad((rang // 1000000)::VARCHAR, 4, '0') AS numero_unique"
    )
    archive, noms_ = dossier.archive(une), fichier_nominatif(dossier, une)
    for parent in (archive, noms_.parent):
        parent.mkdir(parents=True)
    con.execute(f"""
        COPY (SELECT departement, {numero}, {nom} AS nom, NULL::VARCHAR AS nom_naissance, prenom,
            date_naissance, lpad(commune::VARCHAR, 5, '0') AS code_postal,
            NULL::VARCHAR AS nom_cotitulaire, NULL::VARCHAR AS prenom_cotitulaire,
            NULL::DATE AS date_naissance_cotitulaire
        FROM gens WHERE {siens}) TO '{noms_}' (FORMAT parquet)""")
    con.execute(f"""
        COPY (SELECT departement, {numero}, DATE '2024-01-01' + (rang % 700)::INTEGER
            AS date_creation, lpad(commune::VARCHAR, 5, '0') AS commune_log_actuel, taille_menage,
            'G0001' AS guichet_enregistreur
        FROM gens WHERE {siens}) TO '{archive}/stock.parquet' (FORMAT parquet)""")
    con.execute(f"""
        COPY (SELECT {numero}, DATE '2024-01-01' AS date_creation,
            'G0001' AS guichet_enregistreur, 'RADATT' AS motif_radiation,
            DATE '{une.arrete}' AS date_radiation, DATE '{une.arrete}' AS date_signature_bail
        FROM gens WHERE departement = '{une.departement}' AND part)
        TO '{archive}/radiation.parquet' (FORMAT parquet)""")
    contenu = {"departement": une.departement, "arrete": une.arrete, "empreinte": une.empreinte}
    ecrire(archive / DESCRIPTION, str(contenu).replace("'", '"'))


def _livraison(code: str, arrete: str) -> Livraison:
    empreinte = hashlib.sha256(f"{code}{arrete}".encode()).hexdigest()
    return Livraison(code, arrete, empreinte, arrete[:7], f"{arrete}T12:00:00+00:00")


def _publier(dossier: Dossier, mois: int) -> None:
    """Make a version of the deliveries of the first months."""
    livraisons = tuple(_livraison(code, un) for code in departements() for un in ARRETES[:mois])
    version = dossier.versions / f"{mois:06}"
    ecrire(version / "version.json", Version(mois, livraisons).en_json())
    dossier.courante.unlink(missing_ok=True)
    dossier.courante.symlink_to(version)
