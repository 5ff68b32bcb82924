"""Data directories for the tests of operations: made once, copied, compared table by table."""

from __future__ import annotations

import csv
import functools
import hashlib
import json
import shutil
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

import duckdb
import pytest

from infocentre.acces.ancres import FICHIER as ANCRES
from infocentre.analystes.fichier import tenir_analystes
from infocentre.catalogue import Catalogue, lire_catalogue
from infocentre.contrat import contrat
from infocentre.demo import fabriquer
from infocentre.entrepot import Dossier
from infocentre.entrepot.dossier import ENTREPOT
from infocentre.entrepot.parcours import fichiers_parcours
from infocentre.mesures.tableaux import tableaux
from infocentre.noyau.temoins import FICHIER as TEMOINS
from infocentre.operations import chargement, controle, reconstruction, reparation
from tests.donnees.communs import en_memoire, une_fois
from tests.donnees.retors import livraisons

CLE = "0" * 64  # so that two data directories give the same pseudonyms
# Of each file of a delivery, an indicator that reads it; of links, one that reads two files.
PEU = set("ATT_BAIL_NR CPL_CHAMPS CPL_CONTACT DBL_RELOGE ENR_DELAI PLI_NPAI RAD_IRR_NJ".split())
Contenu = dict[str, list[tuple[Any, ...]]]
# Columns that tell when something was done.
MOMENTS = {"le"}
COMMUNES = "communes"  # 35 000 rows of ours, that no delivery changes


class Silence:
    """Progress that nobody reads."""

    def table(self, _nom: str, _octets: int, /) -> Callable[[int], None]:
        """Ignore the file."""
        return lambda _lus: None


def muet(_texte: str) -> None:
    """Ignore a step."""


def charger(racine: Path, *chemins: Path, **options: Any) -> list[chargement.Chargement]:
    """Load deliveries in one command; every data directory has the same key."""
    if not (racine / "cle").exists():
        racine.mkdir(parents=True, exist_ok=True)
        (racine / "cle").write_text(CLE, "ascii")
    demande = chargement.Demande(chemins, **options)
    return list(chargement.charger(Dossier(racine), demande, Silence()))


def controler(racine: Path, mois: str | None = None) -> controle.Resultat:
    """Control what is pending, or this month again."""
    return controle.controler(Dossier(racine), mois=mois, etape=muet)


CONTRAT, CHANGES = contrat(), {"lire_catalogue": lire_catalogue, "tableaux": tableaux}


def alleger(patch: pytest.MonkeyPatch) -> None:
    """Control seven indicators and two standard tables: for what does not depend on how many.

    A control costs a quarter. What is published is replayed with the indicators it was
    controlled with, so that a data directory made this way must be read this way.
    """
    deux = {code: tableaux()[code] for code in ("TAB01-01", "TAB03-02")}
    patch.setattr(controle, "tableaux", lambda: deux)
    for lecteur in (controle, reparation):
        patch.setattr(lecteur, "lire_catalogue", peu_d_indicateurs)


@functools.cache
def peu_d_indicateurs() -> Catalogue:
    """Return the catalogue that `alleger` has controls use."""
    complet = lire_catalogue()
    retenus = {code: un for code, un in complet.indicateurs.items() if code in PEU}
    return complet.model_copy(update={"indicateurs": retenus})


def publier_demonstration(racine: Path, *, taille: int, mois: int) -> None:
    """Make, load and control the deliveries of an invented département; they are kept beside."""
    charger(racine, *fabriquer(racine.with_name("livraisons"), taille=taille, mois=mois))
    controler(racine)


def reconstruire(racine: Path) -> None:
    """Rebuild the warehouse."""
    reconstruction.reconstruire(Dossier(racine), muet)


def _exiger_intact(*noms: str) -> None:
    """Refuse that a test makes what others share once it has changed the infocentre for itself.

    `noms`: those that must be as they are among what `alleger` changes.
    """
    vus = {"contrat": contrat(), **{nom: vars(controle)[nom] for nom in noms}}
    intacts = {"contrat": CONTRAT, **{nom: CHANGES[nom] for nom in noms}}
    assert vus == intacts, "Ask for shared data before anything is patched."


@functools.cache
def chargee(*rangs: int) -> Path:
    """Return a data directory with these months of `exemple-retors` (1 to 3), none controlled.

    They are loaded in this order, one by one. Nobody may change it: see `copie`.
    """
    _exiger_intact()

    def faire(racine: Path) -> None:
        if rangs[1:]:
            copie(chargee(*rangs[:-1]), racine)
        charger(racine, livraisons()[rangs[-1] - 1])

    return une_fois("-".join(map(str, ("chargee", *rangs))), faire)


@functools.cache
def base(*rangs: int) -> Path:
    """Return the same, controlled."""
    _exiger_intact(*CHANGES)

    def faire(racine: Path) -> None:
        controler(copie(chargee(*rangs), racine))

    return une_fois("-".join(map(str, ("base", *rangs))), faire)


@functools.cache
def base_legere(*rangs: int) -> Path:
    """Return the same with seven indicators and two tables: its reader calls `alleger`."""
    _exiger_intact()

    def faire(racine: Path) -> None:
        with pytest.MonkeyPatch.context() as patch:
            alleger(patch)
            controler(copie(chargee(*rangs), racine))

    return une_fois("-".join(map(str, ("legere", *rangs))), faire)


# What another process may be writing in a data directory that tests share: the store, its journal,
# and what knows it.
MAGASIN = ("decisions.sqlite", TEMOINS, ANCRES)
SANS_MAGASIN = shutil.ignore_patterns(*(f"{un}*" for un in MAGASIN))


def lier(de: str, vers: str) -> None:
    """Have a copy share its files with what it copies, but those that grow in place."""
    if de.endswith(".jsonl"):
        shutil.copyfile(de, vers)
    else:
        Path(vers).hardlink_to(de)


def copie(racine: Path, cible: Path) -> Path:
    """Copy a data directory without its store, its symbolic link kept."""
    shutil.copytree(racine, cible, symlinks=True, ignore=SANS_MAGASIN)
    return cible


def lire_ailleurs(racine: Path, cible: Path) -> Path:
    """Have a directory read what another has, no store, a register of its own of what is hidden.

    What controls masked is copied: a document adds its own to it.
    """
    cible.mkdir()
    for chose in racine.iterdir():
        if chose.name == "diffusions":
            shutil.copytree(chose, cible / chose.name)
        elif not chose.name.startswith(MAGASIN):
            (cible / chose.name).symlink_to(chose)
    return cible


def octets(racine: Path) -> dict[str, str]:
    """Return the sha256 of every file and the target of every link, the lock's text apart."""
    return {
        str(fichier.relative_to(racine)): str(fichier.readlink())
        if fichier.is_symlink()
        else hashlib.sha256(fichier.read_bytes()).hexdigest()
        for fichier in sorted(racine.rglob("*"))
        if (fichier.is_file() or fichier.is_symlink()) and fichier.name != "verrou"
    }


def contenu(racine: Path) -> Contenu:
    """Return every table of the published version, rows in an order of theirs.

    But the list of communes, and the columns that tell when something was done.
    """
    version = Dossier(racine).version()
    courant = (racine / "courante").resolve() / ENTREPOT
    tables = _tables_duckdb(courant, "infocentre") if courant.exists() else {}
    if version.suivi:
        with tenir_analystes(Dossier(racine)) as fichier:
            tables |= _tables_duckdb(fichier, "analystes")
    for genre in ("etats", "suivi"):
        for departement, fichier in getattr(version, genre).items():
            tables[f"{genre}/{departement}"] = lire_parquet(racine / genre / fichier)
    for departement, etat in version.etats.items():
        for nom, fichier in (fichiers_parcours(Dossier(racine), etat) or {}).items():
            tables[f"parcours/{departement}/{nom}"] = lire_parquet(fichier)
    return tables


def _tables_duckdb(fichier: Path, nom: str) -> Contenu:
    with duckdb.connect(str(fichier), read_only=True) as con:
        tables = [t for (t,) in con.execute("SELECT table_name FROM duckdb_tables()").fetchall()]
        return {f"{nom}/{t}": _lignes(con, t) for t in tables if t != COMMUNES}


def _lignes(con: duckdb.DuckDBPyConnection, relation: str) -> list[tuple[Any, ...]]:
    colonnes = [c for (c, *_) in con.execute(f"DESCRIBE FROM {relation}").fetchall()]
    gardees = ", ".join(f'"{c}"' for c in sorted(colonnes) if c not in MOMENTS)
    lues = f"(SELECT {gardees} FROM {relation}) AS lue"
    return con.execute(f"FROM {lues} ORDER BY hash(lue)").fetchall()


def lire_parquet(fichier: Path) -> list[tuple[Any, ...]]:
    """Return the rows of a Parquet file, in an order that depends on nothing but them."""
    return _lignes(en_memoire(), f"read_parquet('{fichier}')")


def differences(avant: Contenu, apres: Contenu) -> dict[str, list[Any]]:
    """Return the tables that differ, with a few rows that only one side has."""
    return {
        nom: [
            ligne
            for cote, autre in ((avant, apres), (apres, avant))
            for ligne in cote.get(nom, [])
            if ligne not in autre.get(nom, [])
        ][:4]
        for nom in sorted(avant.keys() | apres.keys())
        if avant.get(nom) != apres.get(nom)
    }


def interroger(racine: Path, sql: str) -> list[tuple[Any, ...]]:
    """Ask the published warehouse."""
    with Dossier(racine).lire() as lecture:
        return lecture.con.execute(sql).fetchall()


def ecrire_livraison(
    dossier: Path,
    mois: str,
    tables: dict[str, Sequence[dict[str, object]]],
    *,
    departement: str = "013",
) -> Path:
    """Write a delivery with its manifest: the columns of a table are those of its first row."""
    from infocentre.noyau.temps import lire_arrete

    cible = dossier / mois
    cible.mkdir(parents=True)
    for nom, lignes in tables.items():
        with (cible / f"{nom}.csv").open("w", encoding="utf-8", newline="") as flux:
            ecrivain = csv.DictWriter(flux, list(lignes[0]), delimiter=";", restval="")
            ecrivain.writeheader()
            ecrivain.writerows(lignes)
    manifeste = {
        "format": "sne-infocentre-1",
        "departement": departement,
        "arrete": lire_arrete(fin_de_mois(mois)).isoformat(),
        "fichiers": [{"table": t, "nom": f"{t}.csv", "lignes": len(tables[t])} for t in tables],
    }
    (cible / "manifeste.json").write_text(json.dumps(manifeste), "utf-8")
    return cible


def fin_de_mois(mois: str) -> str:
    """Return the last day of a month."""
    import calendar

    annee, rang = int(mois[:4]), int(mois[5:])
    return f"{mois}-{calendar.monthrange(annee, rang)[1]}"


def alterer(
    livraison: Path,
    cible: Path,
    table: str,
    changer: Callable[[list[dict[str, str]]], Iterable[dict[str, str]]],
) -> Path:
    """Copy a delivery with the rows of one table changed; the manifest follows."""
    from tests.donnees.retors import lignes_csv

    cible = cible / livraison.name
    if not cible.exists():
        shutil.copytree(livraison, cible)
    lignes = list(changer(lignes_csv(cible, table)))
    with (cible / f"{table}.csv").open("w", encoding="utf-8", newline="") as flux:
        ecrivain = csv.DictWriter(flux, list(lignes[0]), delimiter=";")
        ecrivain.writeheader()
        ecrivain.writerows(lignes)
    manifeste = json.loads((cible / "manifeste.json").read_text("utf-8"))
    for annonce in manifeste["fichiers"]:
        if annonce["table"] == table:
            annonce.pop("sha256", None)
            annonce["lignes"] = len(lignes)
    (cible / "manifeste.json").write_text(json.dumps(manifeste), "utf-8")
    return cible
