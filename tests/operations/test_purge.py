"""`purger`: names go from every file, versions and old deliveries too; no value changes."""

from __future__ import annotations

import calendar
import contextlib
import datetime as dt
import functools
import gzip
import hmac
import itertools
import json
import re
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path

import duckdb
import pytest

from infocentre.acces.perimetre import TOUT
from infocentre.analystes.fichier import tenir_analystes
from infocentre.cli import main
from infocentre.decisions import ouvrir_magasin
from infocentre.decisions.doublons import Memoire, Verdict, sceller_paire
from infocentre.entrepot import Dossier, remplacement
from infocentre.entrepot.effacements import jour_de_la_derniere_purge
from infocentre.entrepot.journal import lire_journal
from infocentre.lecture.demandes import Choix, anomalies, demande
from infocentre.lecture.lecteur import Lecteur, Lecture
from infocentre.noyau.erreurs import Refus
from infocentre.operations import purge
from infocentre.operations.verification import examiner
from tests.donnees.atelier import (
    alleger,
    alterer,
    charger,
    controler,
    copie,
    interroger,
)
from tests.donnees.communs import en_memoire
from tests.donnees.retors import lignes_csv, livraisons

pytestmark = pytest.mark.lent

LE = dt.date(2026, 11, 15)
MARQUE = r"\w*(?:ZQ|QZ)\w*"
NOMS = ("NOM", "NOM_NAISSANCE", "PRENOM", "NOM_COTITULAIRE", "PRENOM_COTITULAIRE")


@functools.cache
def marque(champ: str, numero: str) -> str:
    """A text that no other demande has, and that no other file holds by chance."""
    lettres = "".join(chr(ord("A") + int(c, 36) % 26) for c in numero)
    return f"ZQ{champ.replace('_', '')}{lettres}{numero[7:13]}"


def rendre_reconnaissable(livraison: Path, cible: Path) -> Path:
    """Give each demande names, an address and an RPLS number of its own."""

    def nommer(lignes: list[dict[str, str]]) -> Iterator[dict[str, str]]:
        for ligne in lignes:
            yield {**ligne, **{nom: marque(nom, ligne["NUMERO_UNIQUE"]) for nom in NOMS}}

    def loger(lignes: list[dict[str, str]]) -> Iterator[dict[str, str]]:
        for ligne in lignes:
            numero = ligne["NUMERO_UNIQUE"]
            if ligne["MOTIF_RADIATION"] == "RADATT" and len(ligne["NUMERORPLS"]) == 10:
                ligne |= {"NUMERORPLS": f"QZ{numero[5:13]}"}
                ligne |= {"ADRESSE_LOGEMENT_ATTRIB": marque("RUE", numero)}
            yield ligne

    alterer(livraison, cible, "identites", nommer)
    return alterer(livraison, cible, "radiation", loger)


@pytest.fixture(scope="module")
def reconnaissables(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    dossier = tmp_path_factory.mktemp("reconnaissables")
    return [rendre_reconnaissable(livraison, dossier) for livraison in livraisons()]


@pytest.fixture(scope="module")
def recente(tmp_path_factory: pytest.TempPathFactory, reconnaissables: list[Path]) -> Path:
    """3 and 2 loaded: 1 is late."""
    racine = tmp_path_factory.mktemp("recente") / "donnees"
    charger(racine, reconnaissables[2])
    charger(racine, reconnaissables[1])
    return racine


@pytest.fixture(scope="module")
def nominative(
    tmp_path_factory: pytest.TempPathFactory, reconnaissables: list[Path], recente: Path
) -> Path:
    """3, 2 and 1 loaded and controlled; then 2 corrected, so that an older content is kept too."""
    dossier = tmp_path_factory.mktemp("nominative")
    racine = copie(recente, dossier / "donnees")
    charger(racine, reconnaissables[0])
    corrigee = alterer(reconnaissables[1], dossier / "corrigee", "plis", lambda lignes: lignes[:-5])
    with pytest.MonkeyPatch.context() as patch:
        alleger(patch)
        controler(racine)
    charger(racine, corrigee)
    return racine


@pytest.fixture(scope="module")
def purgee(
    tmp_path_factory: pytest.TempPathFactory, nominative: Path
) -> tuple[Path, purge.Effacement]:
    """The same, purged."""
    racine = copie(nominative, tmp_path_factory.mktemp("purgee") / "donnees")
    return racine, purge.purger(Dossier(racine), LE)


def marques_lues(racine: Path) -> Iterator[tuple[str, Iterator[str]]]:
    """Yield each file and its marks: columns of Parquet, DuckDB, SQLite, text of the others."""
    for fichier in sorted(racine.rglob("*")):
        if not fichier.is_symlink() and fichier.is_file():
            lecteur: Callable[[Path], Iterator[str]] = LECTEURS.get(fichier.suffix, lire_texte)
            yield str(fichier.relative_to(racine)), lecteur(fichier)


def lire_texte(fichier: Path) -> Iterator[str]:
    yield from re.findall(MARQUE, fichier.read_bytes().decode(errors="replace").upper())


def lire_gzip(fichier: Path) -> Iterator[str]:
    yield from re.findall(MARQUE, gzip.decompress(fichier.read_bytes()).decode().upper())


def lire_parquet(fichier: Path) -> Iterator[str]:
    yield from valeurs(en_memoire(), f"read_parquet('{fichier}')")


def lire_duckdb(fichier: Path) -> Iterator[str]:
    with duckdb.connect(str(fichier), read_only=True) as con:
        for (table,) in con.execute(
            "SELECT table_name FROM duckdb_tables() UNION ALL "
            "SELECT view_name FROM duckdb_views() WHERE NOT internal"
        ).fetchall():
            yield from valeurs(con, table)


def lire_sqlite(fichier: Path) -> Iterator[str]:
    with contextlib.closing(sqlite3.connect(fichier)) as con:
        yield from re.findall(MARQUE, "\n".join(con.iterdump()).upper())


def valeurs(con: duckdb.DuckDBPyConnection, relation: str) -> Iterator[str]:
    """Every word of every column, nested ones too, that looks like one of our marks."""
    yield from (
        mot
        for (mot,) in con.execute(
            f"SELECT DISTINCT unnest(regexp_extract_all(upper(t::VARCHAR), '{MARQUE}')) "
            f"FROM {relation} AS t"
        ).fetchall()
    )


LECTEURS = {
    ".gz": lire_gzip,
    ".parquet": lire_parquet,
    ".duckdb": lire_duckdb,
    ".db": lire_sqlite,
    ".sqlite": lire_sqlite,
}


def un_an_apres(jour: dt.date) -> dt.date:
    dernier = calendar.monthrange(jour.year + 1, jour.month)[1]
    return jour.replace(year=jour.year + 1, day=min(jour.day, dernier))


def derniers_etats(racine: Path) -> dict[str, tuple[str, str, dt.date | None]]:
    """Return {numéro: (arrêté, table, date de radiation)} of the newest delivery that has it."""
    etats: dict[str, tuple[str, str, dt.date | None]] = {}
    for arrete in sorted((racine / "archives/013").iterdir()):
        for archive in arrete.iterdir():
            for table, date in (("stock", "NULL"), ("radiation", "date_radiation")):
                for numero, jour in (
                    en_memoire()
                    .execute(
                        f"SELECT numero_unique, {date} FROM "
                        f"read_parquet('{archive / table}.parquet')"
                    )
                    .fetchall()
                ):
                    etats[numero] = (arrete.name, table, jour)
    return etats


def a_effacer(racine: Path, le: dt.date) -> set[str]:
    return {
        numero
        for numero, (_, table, jour) in derniers_etats(racine).items()
        if table == "radiation" and jour and un_an_apres(jour) <= le
    }


def noms_trouves(racine: Path) -> dict[str, set[str]]:
    """Return {word that names somebody, in capitals: files that hold it}."""
    trouves: dict[str, set[str]] = {}
    for fichier, mots in marques_lues(racine):
        for mot in mots:
            trouves.setdefault(mot, set()).add(fichier)
    return trouves


def test_after_a_purge_no_erased_name_is_anywhere(
    nominative: Path, purgee: tuple[Path, purge.Effacement]
) -> None:
    racine, bilan = purgee
    effaces = a_effacer(nominative, LE)
    gardes = derniers_etats(nominative).keys() - effaces
    assert len(effaces) > 200
    assert len(gardes) > 900
    nommes = {ligne["NUMERO_UNIQUE"] for ligne in lignes_csv(livraisons()[0], "identites")}
    avant = noms_trouves(nominative)
    for numero in effaces & nommes:
        assert all(marque(nom, numero) in avant for nom in NOMS)
    assert sum(len(fichiers) for fichiers in avant.values()) > 5_000
    # Names of persons are kept apart, and for their owner alone.
    des_personnes = [un for mot, un in avant.items() if mot.startswith(("ZQNOM", "ZQPRENOM"))]
    assert {fichier.split("/")[0] for un in des_personnes for fichier in un} == {"nominatif"}
    for fichier in nominative.glob("nominatif/*/*/*.parquet"):
        assert fichier.stat().st_mode & 0o777 == 0o600
    assert (nominative / "nominatif").stat().st_mode & 0o777 == 0o700

    with tenir_analystes(Dossier(racine)):
        apres = noms_trouves(racine)
    marques = {marque(champ, numero) for numero in effaces for champ in (*NOMS, "RUE")}
    marques |= {f"QZ{numero[5:13]}" for numero in effaces} - {f"QZ{n[5:13]}" for n in gardes}
    assert marques & avant.keys()
    assert not marques & apres.keys()
    # … and those that must stay did.
    restes = {marque(nom, numero) for numero in gardes & nommes for nom in NOMS}
    assert restes <= apres.keys()
    assert bilan.personnes == len(nommes_de(nominative) - gardes)
    assert bilan.identites >= bilan.personnes


def nommes_de(racine: Path) -> set[str]:
    with duckdb.connect() as con:
        return {
            numero
            for (numero,) in con.execute(
                f"SELECT numero_unique FROM read_parquet('{racine}/nominatif/*/*/*.parquet')"
            ).fetchall()
        }


def test_the_birth_of_who_is_erased_keeps_its_year_only(
    nominative: Path, purgee: tuple[Path, purge.Effacement]
) -> None:
    racine, effaces = purgee[0], a_effacer(nominative, LE)
    fichiers = [*racine.glob("archives/*/*/*/radiation.parquet"), *racine.glob("etats/*/*.parquet")]
    assert len(fichiers) >= 5
    for fichier in fichiers:
        with duckdb.connect() as con:
            jours = con.execute(
                "SELECT numero_unique, date_naiss_demandeur FROM "
                f"read_parquet('{fichier}') WHERE date_naiss_demandeur IS NOT NULL"
            ).fetchall()
        concernes = {jour for numero, jour in jours if numero in effaces}
        autres = {jour for numero, jour in jours if numero not in effaces}
        assert concernes
        assert {(jour.month, jour.day) for jour in concernes} == {(1, 1)}
        assert len({(jour.month, jour.day) for jour in autres}) > 50


def test_to_purge_twice_erases_nothing_more(
    nominative: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    racine = copie(nominative, tmp_path / "donnees")
    monkeypatch.setenv("INFOCENTRE_DOSSIER", str(racine))
    assert main(["purger", "--au", LE.isoformat()]) == 0
    assert "noms de 0 personne" not in capsys.readouterr().out
    assert main(["purger", "--au", LE.isoformat()]) == 0
    assert (
        "noms de 0 personne effacés (0 ligne d'identité), 0 ligne masquée dans les archives, "
        "0 fichier récrit" in capsys.readouterr().out
    )
    assert [une["personnes"] > 0 for une in lire_journal(Dossier(racine).purges)] == [True, False]


@pytest.mark.parametrize("sans_identites", [False, True], ids=["complète", "sans identites"])
def test_an_old_delivery_loaded_afterwards_brings_no_name_back(
    recente: Path, reconnaissables: list[Path], tmp_path: Path, *, sans_identites: bool
) -> None:
    racine = copie(recente, tmp_path / "donnees")
    effaces = a_effacer(racine, LE)
    purge.purger(Dossier(racine), LE)
    vieille = reconnaissables[0]
    if sans_identites:
        vieille = oter(vieille, tmp_path / "vieille", "identites")
    charger(racine, vieille)
    effaces |= a_effacer(racine, LE)
    marques = {marque(champ, numero) for numero in effaces for champ in (*NOMS, "RUE")}
    assert not marques & noms_trouves(racine).keys()
    bilan = purge.purger(Dossier(racine), LE)
    assert (bilan.personnes, bilan.lignes_masquees) == (0, 0)


def oter(livraison: Path, cible: Path, table: str) -> Path:
    """Copy a delivery without one table."""
    import shutil

    shutil.copytree(livraison, cible / livraison.name)
    manifeste = json.loads((livraison / "manifeste.json").read_text("utf-8"))
    manifeste["fichiers"] = [a for a in manifeste["fichiers"] if a["table"] != table]
    (cible / livraison.name / "manifeste.json").write_text(json.dumps(manifeste), "utf-8")
    (cible / livraison.name / f"{table}.csv").unlink()
    return cible / livraison.name


def test_going_back_to_a_content_from_before_the_purge_brings_no_name_back(
    nominative: Path,
    purgee: tuple[Path, purge.Effacement],
    reconnaissables: list[Path],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    alleger(monkeypatch)
    racine = copie(purgee[0], tmp_path / "donnees")
    effaces = a_effacer(nominative, LE)
    charger(racine, reconnaissables[1])
    controler(racine)
    marques = {marque(champ, numero) for numero in effaces for champ in (*NOMS, "RUE")}
    assert not marques & noms_trouves(racine).keys()


def test_names_without_a_demande_go_at_their_arrete_those_of_one_gone_a_year_after(
    reconnaissables: list[Path], tmp_path: Path
) -> None:
    """In neither file, a demande was radiée before their window: a year before, or more."""
    racine, orpheline = tmp_path / "donnees", "0130120999999G1200"
    janvier, fevrier, _ = reconnaissables
    partie = lignes_csv(janvier, "stock")[0]["NUMERO_UNIQUE"]

    def ajouter(lignes: list[dict[str, str]]) -> list[dict[str, str]]:
        return [*lignes, {**lignes[0], "NUMERO_UNIQUE": orpheline, "NOM": "ZQORPHELINE"}]

    def sans(lignes: list[dict[str, str]]) -> list[dict[str, str]]:
        return [ligne for ligne in lignes if ligne["NUMERO_UNIQUE"] != partie]

    for table in ("stock", "radiation", "identites"):
        fevrier = alterer(fevrier, tmp_path / table, table, sans)
    charger(racine, alterer(janvier, tmp_path / "orpheline", "identites", ajouter))
    purge.purger(Dossier(racine), dt.date(2026, 1, 30))
    assert orpheline in nommes_de(racine)
    purge.purger(Dossier(racine), dt.date(2026, 1, 31))
    assert "ZQORPHELINE" not in noms_trouves(racine)

    charger(racine, fevrier)
    purge.purger(Dossier(racine), dt.date(2027, 1, 30))
    assert partie in nommes_de(racine)
    purge.purger(Dossier(racine), dt.date(2027, 1, 31))
    assert marque("NOM", partie) not in noms_trouves(racine)


def test_a_purge_that_was_stopped_is_ended_by_the_next_command(
    nominative: Path,
    reconnaissables: list[Path],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    racine = copie(nominative, tmp_path / "donnees")
    effaces = a_effacer(racine, LE)
    presents = {f.relative_to(racine) for f in racine.rglob("*")}
    with monkeypatch.context() as patch:
        patch.setattr(remplacement, "poser", tomber)
        with pytest.raises(KeyboardInterrupt):
            purge.purger(Dossier(racine), LE)
    apres = {f.relative_to(racine) for f in racine.rglob("*")}
    assert {f for f in apres if f.parts[0] != "remplacement"} == presents
    assert [un.ou.name for un in examiner(Dossier(racine)).dommages] == ["remplacement"]
    charger(racine, reconnaissables[0])  # loaded already: nothing else is written
    assert not (racine / "remplacement").exists()
    assert examiner(Dossier(racine)).dommages == ()
    marques = {marque(champ, numero) for numero in effaces for champ in (*NOMS, "RUE")}
    assert not marques & noms_trouves(racine).keys()


def tomber(_partiel: Path, _cible: Path) -> None:
    raise KeyboardInterrupt


# --- The link between two demandes ----------------------------------------------------------------

TARD = dt.date(2027, 4, 15)
NUMERO = r"(?:\d{3}|02[AB])(?:0[1-9]|1[0-2])\d{8}[0-9A-Z]{5}"
PSEUDONYME = r"[0-9a-f]{64}"


def apparier(livraison: Path, cible: Path) -> Path:
    """Give the name of one demande to another: active ones, rehoused ones, forced ones."""
    stock, radiees = lignes_csv(livraison, "stock"), lignes_csv(livraison, "radiation")
    actives = [
        une["NUMERO_UNIQUE"]
        for une in stock
        if re.fullmatch(NUMERO, une["NUMERO_UNIQUE"] or "") and une["NUMERO_UNIQUE"][:3] == "013"
    ]
    relogees = [
        une["NUMERO_UNIQUE"]
        for une in radiees
        if une["MOTIF_RADIATION"] == "RADATT" and une["DATE_SIGNATURE_BAIL"]
    ]
    memes = dict(zip(actives[:60], actives[60:120], strict=True))
    memes |= dict(zip(actives[120:180], relogees[:60], strict=True))

    def nommer(lignes: list[dict[str, str]]) -> Iterator[dict[str, str]]:
        par_numero = {ligne["NUMERO_UNIQUE"]: ligne for ligne in lignes}
        modele = lignes[0]
        for numero in {*par_numero, *memes, *memes.values()}:
            sien = memes.get(numero, numero)
            yield {**modele, "DATE_NAISSANCE": "01/02/1980", "NUMERO_UNIQUE": numero} | {
                nom: marque(nom, sien) for nom in NOMS
            }

    def forcer(lignes: list[dict[str, str]]) -> Iterator[dict[str, str]]:
        for ligne in lignes:
            force = ligne["NUMERO_UNIQUE"] in memes
            yield {**ligne, "DOUBLON_FORCE": "1"} if force else ligne

    alterer(livraison, cible, "identites", nommer)
    return alterer(livraison, cible, "stock", forcer)


@pytest.fixture(scope="module")
def doublee(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two months whose demandes are tied two by two, controlled; the first in two contents."""
    dossier = tmp_path_factory.mktemp("doublee")
    livrees = [apparier(livraison, dossier) for livraison in livraisons()[:2]]
    charger(dossier / "donnees", *livrees)
    corrigee = alterer(livrees[0], dossier / "corrigee", "plis", lambda lignes: lignes[:-5])
    charger(dossier / "donnees", corrigee)
    with pytest.MonkeyPatch.context() as patch:
        alleger(patch)
        controler(dossier / "donnees")
    return dossier / "donnees"


def liens(racine: Path) -> set[tuple[str, str, str]]:
    """Return (code, numéro, other one) of every archive."""
    with duckdb.connect() as con:
        return set(
            con.execute(
                "SELECT code, numero_unique, autre_numero FROM "
                f"read_parquet('{racine}/archives/*/*/*/liens.parquet') "
                "WHERE autre_numero IS NOT NULL"
            ).fetchall()
        )


def paires_lues(racine: Path, motif: str) -> set[frozenset[str]]:
    """Open every file; return the pairs of numéros, or pseudonyms, that one row holds together."""
    return {
        frozenset(deux)
        for fichier in sorted(racine.rglob("*"))
        if fichier.is_file() and not fichier.is_symlink()
        for mots in lus_ensemble(fichier, motif)
        for deux in itertools.combinations(mots, 2)
    }


def lus_ensemble(fichier: Path, motif: str) -> Iterator[list[str]]:
    """Yield what each row of a Parquet or a DuckDB file has of a pattern, each line of others."""
    if fichier.suffix == ".parquet":
        yield from ensemble(en_memoire(), f"read_parquet('{fichier}')", motif)
    elif fichier.suffix == ".duckdb":
        with duckdb.connect(str(fichier), read_only=True) as con:
            for (table,) in con.execute("SELECT table_name FROM duckdb_tables()").fetchall():
                yield from ensemble(con, table, motif)
    else:
        for ligne in fichier.read_text("utf-8", "replace").splitlines():
            yield sorted(set(re.findall(motif, ligne)))


def ensemble(con: duckdb.DuckDBPyConnection, relation: str, motif: str) -> Iterator[list[str]]:
    for (mots,) in con.execute(
        "SELECT DISTINCT list_sort(list_distinct(regexp_extract_all(t::VARCHAR, $motif))) "
        f"FROM {relation} AS t",
        {"motif": motif},
    ).fetchall():
        yield mots


def _decider_de_toutes(
    racine: Path, paires: set[tuple[str, ...]], effaces: set[str]
) -> set[tuple[str, str]]:
    """Say of each pair that it is two persons; return what must be left of it after the purge."""
    cle = (racine / "cle").read_text("ascii").strip()
    scellees = {(a, b): sceller_paire(cle, (a, b), ([a], [b])) for a, b in paires}
    memoire = Memoire(ouvrir_magasin(racine), "Léa")
    memoire.decider("013", dict.fromkeys(scellees.values(), Verdict.DISTINCTES))
    return {(une.paire, une.champs) for deux, une in scellees.items() if not effaces & set(deux)}


def _decisions(racine: Path) -> set[tuple[str, str]]:
    return set(Memoire(ouvrir_magasin(racine), "Léa").bilans("013"))


def test_to_erase_a_demande_erases_the_link_with_the_other(doublee: Path, tmp_path: Path) -> None:
    racine = copie(doublee, tmp_path / "donnees")
    with tenir_analystes(Dossier(racine)) as fichier:
        assert fichier.exists()
    effaces, avant = a_effacer(racine, TARD), liens(racine)
    rompus = {un for un in avant if effaces & set(un[1:])}
    assert {code for code, *_ in rompus} == {"DBL_ACTIF", "DBL_RELOGE", "DBL_FORCE"}
    assert {frozenset(deux) for _, *deux in avant} <= paires_lues(racine, NUMERO)
    gardees = _decider_de_toutes(racine, {tuple(sorted(deux)) for _, *deux in avant}, effaces)

    valeurs = "SELECT * FROM valeurs ORDER BY ALL"
    valeurs_avant = interroger(racine, valeurs)
    bilan = purge.purger(Dossier(racine), TARD)
    assert liens(racine) == avant - rompus != set()
    assert bilan.liens >= len(rompus)
    assert _decisions(racine) == gardees
    interdites = {frozenset(deux) for _, *deux in rompus}
    assert not interdites & paires_lues(racine, NUMERO)
    cle = (racine / "cle").read_bytes().strip()
    with tenir_analystes(Dossier(racine)):
        pseudonymes = paires_lues(racine, PSEUDONYME)
    assert pseudonymes
    assert (
        not {
            frozenset(hmac.new(cle, n.encode(), "sha256").hexdigest() for n in deux)
            for deux in interdites
        }
        & pseudonymes
    )
    assert interroger(racine, valeurs) == valeurs_avant


def test_an_erased_link_is_shown_no_more_by_who_was_reading(doublee: Path, tmp_path: Path) -> None:
    """A server that is running keeps lists and demandes in memory: erasing makes it forget them."""
    racine = copie(doublee, tmp_path / "donnees")
    effaces = a_effacer(racine, TARD)
    _, numero, autre = next(
        un for un in sorted(liens(racine)) if un[0] == "DBL_RELOGE" and un[2] in effaces
    )
    lecteur = Lecteur(Dossier(racine))

    def autres() -> set[str | None]:
        ouverte = lecteur.ouvrir()
        assert ouverte
        v = Lecture(ouverte, TOUT)
        une = v.version.trouver("013", "2026-01")
        assert une
        _, lignes = anomalies(v, une, Choix("DBL_RELOGE"), page=None)
        vus = {ligne["autre_numero"] for ligne in lignes if ligne["numero_unique"] == numero}
        return vus | {un["numero"] for un in demande(v, numero).liens}

    assert autre in autres()
    purge.purger(Dossier(racine), TARD)
    assert autre not in autres()


# --- Erased because a person asked ----------------------------------------------------------------


def test_a_person_who_asks_is_erased_now_and_in_what_comes(
    nominative: Path, reconnaissables: list[Path], tmp_path: Path
) -> None:
    racine = copie(nominative, tmp_path / "donnees")
    dossier, etats = Dossier(racine), derniers_etats(racine)
    actif = next(numero for numero, (_, table, _) in etats.items() if table == "stock")
    nommes = nommes_de(racine)
    voulu, autre = [
        numero
        for numero, (_, table, jour) in sorted(etats.items())
        if table == "radiation" and jour and un_an_apres(jour) > LE
        if numero in nommes
    ][:2]
    with pytest.raises(Refus, match=f"la demande {actif} est active"):
        purge.effacer(dossier, actif, LE)
    with pytest.raises(Refus, match="est inconnue"):
        purge.effacer(dossier, "0130199000001G0000", LE)
    assert purge.effacer(dossier, voulu, LE).personnes == 1
    siens = {marque(champ, voulu) for champ in (*NOMS, "RUE")}
    assert not siens & noms_trouves(racine).keys()
    assert marque("NOM", autre) in noms_trouves(racine)
    charger(racine, reconnaissables[2])  # the delivery that named them comes again
    assert not siens & noms_trouves(racine).keys()
    assert jour_de_la_derniere_purge(dossier) == purge.AVANT  # nothing else went


def test_the_journals_of_queries_go_with_the_traces(tmp_path: Path) -> None:
    def restent() -> list[str]:
        purge._oublier_les_requetes(Dossier(tmp_path), LE)
        return sorted(un.name for un in tmp_path.glob("requetes-*.jsonl"))

    for annee in ("2024", "2025"):
        (tmp_path / f"requetes-{annee}.jsonl").write_text("{}\n", "utf-8")
    assert restent() == ["requetes-2025.jsonl"]
    reglages = tmp_path / "donnees-personnelles.yml"
    reglages.write_text("durees: {traces: {mois: 6}}", "utf-8")
    assert restent() == []
    reglages.write_text("durees: {traces: {mois: 0}}", "utf-8")
    with pytest.raises(Refus, match="mois"):
        restent()
    reglages.write_text("durees: {traces: {mois: 6}}\ndurees: {traces: {mois: 60}}", "utf-8")
    with pytest.raises(Refus, match="« durees » : écrit deux fois"):
        restent()
