"""A query, from its text to its rows: types, limits, queue, cancellation, files, journal."""

from __future__ import annotations

import csv
import datetime as dt
import fcntl
import hashlib
import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any, get_args

import duckdb
import openpyxl
import polars as pl
import pytest

from infocentre.acces.modele import Acces, Role
from infocentre.acces.perimetre import TOUT
from infocentre.entrepot import Dossier
from infocentre.entrepot.publication import VERSIONS_GARDEES
from infocentre.noyau.erreurs import Refus, RefusMotive
from infocentre.noyau.formats import FichierRequete
from infocentre.requetes.ecriture import ecrire
from infocentre.requetes.execution import annuler, attente, executer, exporter
from infocentre.requetes.journal import noter
from infocentre.requetes.modele import ECRAN, EXPORT, RequeteRefusee, Resultat
from tests.dashboards.test_versions import republier
from tests.donnees.atelier import base, copie
from tests.requetes.aide import (
    QUI_DORT,
    SANS_FIN,
    TEST,
    attendre,
    demander,
    journal,
    lancer,
    nomme,
    processus_enfants,
    refus,
)

pytestmark = pytest.mark.lent

TYPES: dict[str, tuple[str, Any]] = {
    "entier": ("42", 42),
    "très grand entier": ("170141183460469231731687303715884105727", 2**127 - 1),
    "réel": ("1.5::double", 1.5),
    "infini": ("'inf'::double", float("inf")),
    "décimal": ("1.50::decimal(5, 2)", Decimal("1.50")),
    "texte": ("'été « à »\n''quote'' \U0001f3e0'", "été « à »\n'quote' \U0001f3e0"),
    "vide": ("null", None),
    "booléen": ("true", True),
    "date": ("date '2026-10-31'", dt.date(2026, 10, 31)),
    "date lointaine": ("'20000-01-01'::date", "20000-01-01"),
    "instant": ("timestamp '2026-10-31 12:34:56'", dt.datetime(2026, 10, 31, 12, 34, 56)),  # noqa: DTZ001
    "instant de Paris": (
        "timestamptz '2026-10-31 12:00:00+01'",
        dt.datetime(2026, 10, 31, 12, tzinfo=dt.timezone(dt.timedelta(hours=1))),
    ),
    "heure": ("time '12:34'", dt.time(12, 34)),
    "octets": ("'\\xFF'::blob", "ff"),
    "durée": ("interval 33 day + interval 2 hour", "33 days 02:00:00"),
    "durée d'un jour": ("interval 1 day", "1 day"),
    "durée négative": ("interval (-26) hour", "-1 day 02:00:00"),
    "durée nulle": ("interval 0 second", "00:00:00"),
    "liste": ("[date '2026-01-01', null]", ["2026-01-01", None]),
    "structure": ("{'a': 1, 'b': 'x'}", {"a": 1, "b": "x"}),
    "dictionnaire": ("map {1: 'x'}", {"1": "x"}),
}


def valeur(dossier: Dossier, sql: str, parametres: dict[str, object] | None = None) -> Any:
    return demander(dossier, sql, parametres=parametres).lignes[0][0]


# --- The rows -------------------------------------------------------------------------------------


@pytest.mark.parametrize("nom", ["demandes", "valeurs", "registre", "tab01_01", "communes"])
def test_a_query_gives_what_duckdb_gives(nom: str, dossier: Dossier, fichier: Path) -> None:
    with duckdb.connect(str(fichier), read_only=True) as con:
        attendues = con.execute(f"FROM {nom} ORDER BY ALL LIMIT 2000").fetchall()
        colonnes = [(c, str(t)) for c, t, *_ in con.description or ()]
    resultat = demander(dossier, f"FROM {nom} ORDER BY ALL LIMIT 2000")
    assert resultat.lignes == attendues
    assert [(c.nom, c.type) for c in resultat.colonnes] == colonnes
    assert attendues


@pytest.fixture(scope="module")
def des_types(dossier: Dossier) -> Resultat:
    """A row that has a value of each type, then one that has none."""
    valeurs = ", ".join(f'{sql} as "{nom}"' for nom, (sql, _) in TYPES.items())
    return demander(
        dossier, f"select {valeurs} union all select {', '.join(['null'] * len(TYPES))}"
    )


def test_each_type_comes_back_as_a_value_of_python(des_types: Resultat) -> None:
    lues, rien = des_types.lignes
    for nom, lue in zip(TYPES, lues, strict=True):
        attendue = TYPES[nom][1]
        assert (nom, lue) == (nom, attendue)
        assert (nom, type(lue)) == (nom, type(attendue))
    assert set(rien) == {None}


def test_a_parameter_is_a_value_never_sql(dossier: Dossier) -> None:
    attendues: dict[str, tuple[object, object]] = {
        "$a || '!'": ("l'été ; drop table x --", "l'été ; drop table x --!"),
        "$b + 1": (2, 3),
        "$c * 2": (1.5, 3.0),
        "$d - 1": (dt.date(2026, 10, 31), dt.date(2026, 10, 30)),
        "$e is null": (None, True),
        "list_contains($f, 'b')": (["a", "b"], True),
    }
    donnees = {nom: donnee for nom, (donnee, _) in zip("abcdef", attendues.values(), strict=True)}
    (lues,) = demander(dossier, f"select {', '.join(attendues)}", parametres=donnees).lignes
    assert lues == tuple(attendue for _, attendue in attendues.values())


def test_a_result_stops_at_its_limit_and_says_so(dossier: Dossier) -> None:
    limites = replace(ECRAN, lignes=1_000)
    exact = demander(dossier, "from range(1000)", limites=limites)
    assert (len(exact.lignes), exact.tronque) == (1_000, False)
    coupe = demander(dossier, "from range(100000000000)", limites=limites)
    assert (len(coupe.lignes), coupe.tronque) == (1_000, True)
    assert coupe.lignes[-1] == (999,)


def test_explain_shows_the_plan_and_reads_nothing(dossier: Dossier) -> None:
    resultat = demander(dossier, "explain analyze from demandes where age_demandeur_demande = 40")
    assert [colonne.nom for colonne in resultat.colonnes] == ["explain_key", "explain_value"]
    assert "demandes" in resultat.lignes[0][1]


def test_nothing_is_published_yet(tmp_path: Path) -> None:
    with pytest.raises(Refus, match="aucune livraison"):
        demander(Dossier(tmp_path), "select 1")
    assert list(tmp_path.iterdir()) == []


def test_a_publication_does_not_disturb_the_query_under_way(tmp_path: Path) -> None:
    """As many as it takes for the version that it reads to be one too many."""
    dossier = Dossier(copie(base(1, 2, 3), tmp_path / "donnees"))
    longue = (
        "select count(*), max(mois) from valeurs, (select sleep_ms(1000 + i) from range(1) t(i))"
    )
    avant = dossier.version().numero
    with ThreadPoolExecutor() as fils:
        pendant: Future[Resultat] = fils.submit(demander, dossier, longue)
        attendre(lambda: any(dossier.file.glob("*.encours")))
        for rang in range(1, VERSIONS_GARDEES + 2):
            assert republier(dossier) == avant + rang
        ((combien, dernier),) = pendant.result().lignes
    assert combien > 1000
    assert dernier == "2026-03"
    assert demander(dossier, longue).lignes == [(combien, dernier)]


# --- The limits -----------------------------------------------------------------------------------


def test_a_query_that_is_too_long_is_stopped_in_time_and_its_process_too(
    dossier: Dossier,
) -> None:
    debut = time.monotonic()
    leve = refus(dossier, SANS_FIN, limites=replace(ECRAN, secondes=1))
    assert time.monotonic() - debut < 3
    assert (leve.motif, leve.quoi) == ("temps", "la requête a dépassé 1 s ; elle est arrêtée")
    assert processus_enfants() == []


def test_a_result_that_is_too_big_is_refused(dossier: Dossier) -> None:
    gros = "select repeat('x', 100000) from range(1000)"
    leve = refus(dossier, gros, limites=replace(ECRAN, octets=8 << 20))
    assert (leve.motif, leve.quoi) == ("volume", "le résultat dépasse 8 Mo")


def test_an_enormous_query_is_not_read(dossier: Dossier) -> None:
    assert refus(dossier, f"select '{'x' * 200_000}'").motif == "volume"


# --- The queue ------------------------------------------------------------------------------------


@pytest.fixture
def fils() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(8) as ouverts:
        yield ouverts


def en_cours(dossier: Dossier) -> int:
    return len(list(dossier.racine.glob("requetes/*.encours")))


def test_two_at_once_the_third_waits_then_goes(dossier: Dossier, fils: ThreadPoolExecutor) -> None:
    (premiere, _), (seconde, _) = lancer(dossier, fils), lancer(dossier, fils)
    attendre(lambda: en_cours(dossier) == 2)
    troisieme = fils.submit(demander, dossier, "select 3")
    time.sleep(0.5)
    assert not troisieme.done()
    attendre(lambda: len(processus_enfants()) == 2)
    annuler(dossier, premiere)
    assert troisieme.result(30).lignes == [(3,)]
    annuler(dossier, seconde)


def test_busy_says_since_when(dossier: Dossier, fils: ThreadPoolExecutor) -> None:
    noms = [lancer(dossier, fils)[0] for _ in range(2)]
    attendre(lambda: en_cours(dossier) == 2)
    leve = refus(dossier, "select 1", limites=replace(ECRAN, attente=0.2))
    assert leve.motif == "occupe"
    assert leve.quoi.startswith("occupé : 2 requêtes en cours (depuis ")
    for nom in noms:
        annuler(dossier, nom)


def test_to_cancel_stops_the_one_that_runs_and_the_one_that_waits(
    dossier: Dossier, fils: ThreadPoolExecutor
) -> None:
    lancees = [lancer(dossier, fils) for _ in range(3)]
    attendre(lambda: en_cours(dossier) == 2)
    for nom, suite in reversed(lancees):
        debut = time.monotonic()
        assert annuler(dossier, nom)
        leve = suite.exception(5)
        assert isinstance(leve, RefusMotive)
        assert leve.motif == "annulee"
        assert time.monotonic() - debut < 1
        assert not annuler(dossier, nom)
    assert processus_enfants() == []


def test_the_state_of_a_query_can_be_asked(dossier: Dossier, fils: ThreadPoolExecutor) -> None:
    noms = [lancer(dossier, fils)[0] for _ in range(3)]
    attendre(
        lambda: (
            [un and un.etat for un in (attente(dossier, nom) for nom in noms)]
            == ["encours", "encours", "attente"]
        )
    )
    ages = [un.secondes for nom in noms if (un := attente(dossier, nom))]
    assert ages == sorted(ages, reverse=True)
    assert 0 < ages[-1] <= ages[0] < 20
    for nom in noms:
        annuler(dossier, nom)
    attendre(lambda: {attente(dossier, nom) for nom in [*noms, "../.."]} == {None})


def test_who_asks_little_does_not_wait_behind_all_that_another_asks(
    dossier: Dossier, fils: ThreadPoolExecutor
) -> None:
    """Paul asks six times, then Léa once: she has the first place that is given back."""
    de_paul = [lancer(dossier, fils, qui="Paul")[0] for _ in range(6)]
    attendre(lambda: en_cours(dossier) == 2)
    de_lea, _ = lancer(dossier, fils, qui="Léa")
    annuler(dossier, de_paul[0])
    attendre(lambda: (un := attente(dossier, de_lea)) is not None and un.etat == "encours")
    lues = [un and un.etat for un in (attente(dossier, nom) for nom in de_paul)]
    assert lues == [None, "encours", *["attente"] * 4]
    for nom in [*de_paul, de_lea]:
        annuler(dossier, nom)


@pytest.mark.tentative("requete", "prendre toutes les places, pour que nul autre n'interroge (T12)")
def test_an_account_leaves_a_place_to_others(dossier: Dossier, fils: ThreadPoolExecutor) -> None:
    """Ana asks seven times for 20 s; Bob's `select 1` is served at once, while hers runs."""
    ana, bob = (Acces(f"{nom}@exemple.fr", nom, Role.GESTIONNAIRE, TOUT) for nom in ("ana", "bob"))
    limites = replace(ECRAN, secondes=20)
    for _ in range(7):
        fils.submit(executer, dossier, QUI_DORT, limites=limites, acces=ana)
    attendre(lambda: len(list(dossier.file.glob("*.attente"))) == 6)
    assert executer(dossier, "select 1", acces=bob).lignes == [(1,)]
    assert en_cours(dossier) == 1, "hers still runs, and no second one of hers"
    trop = replace(ECRAN, attente=0.2)
    with pytest.raises(RefusMotive, match="occupé : 1 requête en cours"):
        executer(dossier, "select 1", acces=ana, limites=trop)
    for ticket in (*dossier.file.glob("*.attente"), *dossier.file.glob("*.encours")):
        ticket.unlink(missing_ok=True)


@pytest.mark.parametrize(
    "sql",
    [
        f"select {', '.join(['1'] * 1001)}",
        f"select {', '.join(['*'] * 20)} from demandes",
        f"with large as (select {', '.join(['d.*'] * 20)} from demandes as d) select 1",
        f"explain select {', '.join(['1'] * 1001)}",
        f"select columns(*), {', '.join(['columns(*)'] * 20)} from demandes",
    ],
)
@pytest.mark.tentative("requete", "une requête de dizaines de milliers de colonnes (T15)")
def test_too_many_columns_are_refused_before_they_are_bound(dossier: Dossier, sql: str) -> None:
    leve = refus(dossier, sql)
    assert (leve.motif, leve.quoi) == ("volume", "la requête a plus de 1\u202f000 colonnes")
    assert leve.que_faire


def test_a_wide_query_still_passes_and_too_long_a_text_does_not(dossier: Dossier) -> None:
    assert len(demander(dossier, f"select {', '.join(['1'] * 1000)}").colonnes) == 1000
    assert len(demander(dossier, "select * from demandes limit 1").colonnes) > 50
    leve = refus(dossier, f"select {'1,' * 10_000}1")
    assert leve.quoi == "la requête dépasse 20\u202f000 caractères"


def test_to_cancel_takes_the_whole_name_only(dossier: Dossier, fils: ThreadPoolExecutor) -> None:
    nom, suite = lancer(dossier, fils)
    for faux in ("*", nom[:-1], nom[1:], "../requetes.jsonl", "", "place-1"):
        assert not annuler(dossier, faux)
    time.sleep(0.3)
    assert not suite.done()
    assert annuler(dossier, nom)


@pytest.mark.parametrize("nom", ["court", "../../evasion", "a" * 65, "deux mots"])
def test_an_identifier_does_not_become_a_path(nom: str, dossier: Dossier) -> None:
    assert refus(dossier, "select 1", identifiant=nom).quoi == "identifiant de requête incorrect"


def test_places_are_those_of_the_machine_not_of_a_process(dossier: Dossier) -> None:
    code = (
        "import sys, pathlib\n"
        "from infocentre.entrepot import Dossier\n"
        "from infocentre.acces.modele import SEUL\n"
        "from infocentre.requetes.execution import executer\n"
        f"executer(Dossier(pathlib.Path(sys.argv[1])), {QUI_DORT!r}, acces=SEUL)"
    )
    autres = [
        subprocess.Popen([sys.executable, "-c", code, str(dossier.racine)], stderr=-3)
        for _ in range(2)
    ]

    def leurs_enfants() -> list[Path]:
        return [enfant for autre in autres for enfant in processus_enfants(autre.pid)]

    attendre(lambda: en_cours(dossier) == len(leurs_enfants()) == 2)
    assert refus(dossier, "select 1", limites=replace(ECRAN, attente=0.2)).motif == "occupe"
    enfants = leurs_enfants()
    for autre in autres:  # killed: neither its place nor its query outlives it
        autre.send_signal(signal.SIGKILL)
        autre.wait()
    attendre(lambda: not any(enfant.exists() for enfant in enfants))
    assert valeur(dossier, "select 1") == 1
    assert en_cours(dossier) == 0


def test_an_abandoned_ticket_blocks_nobody(dossier: Dossier) -> None:
    ancien = dossier.racine / "requetes" / f"{1:020d}-abandonne.attente"
    ancien.touch()
    assert valeur(dossier, "select 1") == 1
    assert not ancien.exists()


def test_an_older_ticket_goes_first(dossier: Dossier) -> None:
    ancien = dossier.racine / "requetes" / f"{1:020d}-patiente.attente"
    with ancien.open("w") as tenu:
        fcntl.flock(tenu, fcntl.LOCK_EX)
        assert refus(dossier, "select 1", limites=replace(ECRAN, attente=0.2)).motif == "occupe"
        ancien.unlink()
    assert valeur(dossier, "select 1") == 1


# --- The full result ------------------------------------------------------------------------------

EXPORTEE = (
    "select numero_unique, date_creation, taille_menage, revenu_mensuel_foyer, "
    "revenu_mensuel_foyer::decimal(12, 2) as decimal, true as vrai, '=1+1' as formule, "
    "[1, 2] as liste, timestamp '2026-10-31 12:00' as instant from demandes order by all"
)


@pytest.fixture(scope="module")
def attendues(dossier: Dossier) -> list[tuple[Any, ...]]:
    lignes = demander(dossier, EXPORTEE, limites=EXPORT).lignes
    assert len(lignes) > 100
    return lignes


def test_a_result_in_csv(
    dossier: Dossier, attendues: list[tuple[Any, ...]], tmp_path: Path
) -> None:
    cible = tmp_path / "sortie.csv"
    assert exporter(dossier, EXPORTEE, None, "csv", cible, acces=TEST) == len(attendues)
    with cible.open(encoding="utf-8", newline="") as flux:
        entete, *lues = csv.reader(flux, delimiter=";")
    assert entete[:2] == ["numero_unique", "date_creation"]
    assert [ligne[:3] for ligne in lues] == [
        ["" if v is None else str(v) for v in ligne[:3]] for ligne in attendues
    ]
    revenus = [f"{ligne[3]:.6f}" if ligne[3] is not None else "" for ligne in attendues]
    assert [ligne[3] for ligne in lues] == revenus
    assert lues[0][5:] == ["True", "'=1+1", "[1, 2]", "2026-10-31 12:00:00"]


def test_a_result_in_json(
    dossier: Dossier, attendues: list[tuple[Any, ...]], tmp_path: Path
) -> None:
    cible = tmp_path / "sortie.json"
    exporter(dossier, EXPORTEE, None, "json", cible, acces=TEST)
    lues = json.loads(cible.read_text("utf-8"))
    assert [(une["numero_unique"], une["taille_menage"], une["liste"]) for une in lues] == [
        (ligne[0], ligne[2], [1, 2]) for ligne in attendues
    ]
    assert lues[0]["date_creation"] == attendues[0][1].isoformat()


def test_json_of_a_result_that_is_empty_or_no_number(dossier: Dossier, tmp_path: Path) -> None:
    cible = tmp_path / "sortie.json"
    exporter(dossier, "select 1 where false", None, "json", cible, acces=TEST)
    assert json.loads(cible.read_text()) == []
    exporter(dossier, "select 'nan'::double as a, 2 as a", None, "json", cible, acces=TEST)
    assert json.loads(cible.read_text()) == [{"a": None, "a_2": 2}]


def test_a_result_in_xlsx(
    dossier: Dossier, attendues: list[tuple[Any, ...]], tmp_path: Path
) -> None:
    cible = tmp_path / "sortie.xlsx"
    exporter(dossier, EXPORTEE, None, "xlsx", cible, acces=TEST)
    classeur = openpyxl.load_workbook(cible)
    feuille, lecture = classeur.worksheets
    dites = dict(lecture.iter_rows(values_only=True))
    assert (lecture.title, dites["Requête"]) == ("Lecture", EXPORTEE.strip())
    assert re.fullmatch(rf"par {TEST.qui or '.+'}, le .{{10}} à \d+ h \d\d", dites["Emporté"])
    assert dites["Source"] == f"fichier des analystes, version {dossier.version().numero}"
    entete, *lues = feuille.iter_rows(values_only=True)
    assert entete[0] == "numero_unique"
    assert [(ligne[0], ligne[1].date(), ligne[2], ligne[3]) for ligne in lues] == [
        ligne[:4] for ligne in attendues
    ]
    assert feuille["G2"].data_type == "s"  # a formula of the data is a text
    assert lues[0][8] == dt.datetime(2026, 10, 31, 12)  # noqa: DTZ001


def test_a_text_too_long_for_a_cell_says_that_it_is_cut(dossier: Dossier, tmp_path: Path) -> None:
    cible = tmp_path / "sortie.xlsx"
    sql = "select repeat('a', 32767) as entier, repeat('b', 32768) as trop"
    exporter(dossier, sql, None, "xlsx", cible, acces=TEST)
    _, (entier, trop) = openpyxl.load_workbook(cible).active.iter_rows(values_only=True)
    assert entier == "a" * 32767
    assert trop.endswith("bbb… (texte coupé, entier en csv)")
    assert len(trop) == 32767


def test_a_result_in_parquet(
    dossier: Dossier, attendues: list[tuple[Any, ...]], tmp_path: Path
) -> None:
    cible = tmp_path / "sortie.parquet"
    exporter(dossier, EXPORTEE, None, "parquet", cible, acces=TEST)
    lues = pl.read_parquet(cible)
    assert [ligne[:7] for ligne in lues.rows()] == [ligne[:7] for ligne in attendues]
    assert lues.schema["date_creation"] == pl.Date
    assert lues.schema["decimal"] == pl.Decimal(12, 2)


@pytest.mark.parametrize("format_", get_args(FichierRequete))
def test_each_type_is_written_in_each_format(
    format_: FichierRequete, des_types: Resultat, tmp_path: Path
) -> None:
    cible = tmp_path / f"sortie.{format_}"
    ecrire(des_types.colonnes, [des_types.lignes], format_, cible)
    assert cible.stat().st_size > 0


def test_too_many_rows_for_a_file_and_there_is_none(dossier: Dossier, tmp_path: Path) -> None:
    with pytest.raises(RequeteRefusee, match="dépasse 300\u202f000 lignes"):
        exporter(dossier, "from range(300001)", None, "xlsx", tmp_path / "a.xlsx", acces=TEST)
    with pytest.raises(Refus, match="n'existe pas"):
        exporter(dossier, "from rien", None, "csv", tmp_path / "a.csv", acces=TEST)
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_cannot_be_written_is_a_refusal(dossier: Dossier, tmp_path: Path) -> None:
    with pytest.raises(Refus, match="l'écriture a échoué"):
        exporter(dossier, "select 1", None, "csv", tmp_path / "absent" / "a.csv", acces=TEST)


# --- The journal ----------------------------------------------------------------------------------


def test_each_query_is_in_the_journal(dossier: Dossier, tmp_path: Path) -> None:
    debut = len(journal(dossier))
    executer(dossier, "select $jour, 1", {"jour": dt.date(2026, 10, 31)}, acces=nomme("Léa"))
    refus(dossier, "select colonne_absente")
    exporter(dossier, "from range(7)", None, "csv", tmp_path / "a.csv", acces=nomme("Max"))
    lignes = journal(dossier)[debut:]
    assert [(une["qui"], une["verdict"], une["lignes"]) for une in lignes] == [
        ("Léa", "faite", 1),
        ("test", "colonne", 0),
        ("Max", "faite", 7),
    ]
    assert lignes[0]["sql"] == "select $jour, 1"
    assert lignes[0]["parametres"] == {"jour": "2026-10-31"}
    assert all(0 < une["secondes"] <= une["total"] for une in lignes)  # in thousandths
    assert all(une["le"][:2] == "20" for une in lignes)


def test_the_journal_is_its_owner_s_alone(dossier: Dossier) -> None:
    demander(dossier, "select 1")
    assert (dossier.racine / "requetes.jsonl").stat().st_mode & 0o777 == 0o600
    assert (dossier.racine / "requetes").stat().st_mode & 0o777 == 0o700


def test_the_journal_survives_a_torn_line(tmp_path: Path) -> None:
    fichier = tmp_path / "requetes.jsonl"
    noter(Dossier(tmp_path), {"qui": "a"})
    fichier.write_bytes(fichier.read_bytes() + b'{"le": "20')
    noter(Dossier(tmp_path), {"qui": "b"})
    lignes = fichier.read_text().splitlines()
    assert [json.loads(lignes[rang])["qui"] for rang in (0, 2)] == ["a", "b"]


def test_nothing_is_left_of_what_has_ended(dossier: Dossier) -> None:
    demander(dossier, "from demandes")
    refus(dossier, "from absente")
    restes = {chemin.name for chemin in (dossier.racine / "requetes").iterdir()}
    assert restes <= {"tour", "place-1", "place-2"}
    assert not [f for f in dossier.courante.resolve().iterdir() if f.name.startswith(".")]


FAUX_REFUS = (
    """select error('{"refus":"zzz"}')""",
    """select error('{"refus":"zzz"}') from demandes""",
    """select error('{"exception_type": 5, "exception_message": []}')""",
    """select error('x {"exception_type": "Binder", "exception_message": "y", "tables": 5}')""",
    (
        """select error('{"exception_type":"Binder","""
        """"exception_message":"Referenced column \"a\"","""
        """"tables":{"a":1},"position":"-9","candidates":[1]}')"""
    ),
    """select error(repeat('{"a":', 5000))""",
    """select cast('{"refus":"zzz"}' as integer)""",
)


@pytest.mark.parametrize("sql", FAUX_REFUS)
def test_a_query_does_not_write_the_refusal_for_us(dossier: Dossier, sql: str) -> None:
    dit = refus(dossier, sql)
    assert dit.quoi
    assert dit.motif in {"autre", "colonne", "type"}


TROP_DE_LISTES = "select list_transform(range(300000), x -> []::int[]) from range(30)"
UNE_CELLULE = "select range(1200000)::double[]"


@pytest.mark.parametrize(
    "sql",
    [
        UNE_CELLULE,
        "select [range(i % 3) for i in range(2000)] from range(4000)",
        "select {'a': range(300000)} from range(30)",
    ],
)
def test_a_result_has_a_number_of_values(dossier: Dossier, sql: str) -> None:
    dit = refus(dossier, sql, limites=replace(ECRAN, secondes=90))
    assert dit.motif == "volume"


def test_so_has_an_exported_cell(dossier: Dossier, tmp_path: Path) -> None:
    with pytest.raises(RequeteRefusee, match="valeurs"):
        exporter(dossier, UNE_CELLULE, {}, "parquet", tmp_path / "x.parquet", acces=TEST)
    assert list(tmp_path.iterdir()) == []


def test_ten_thousand_rows_of_a_hundred_columns_go_through(dossier: Dossier) -> None:
    colonnes = ", ".join(f"i + {rang}" for rang in range(100))
    lu = demander(dossier, f"select {colonnes} from range(10000) t(i)")
    assert (len(lu.lignes), len(lu.lignes[0])) == (10_000, 100)


MESURE = """
import sys
from dataclasses import replace
from pathlib import Path
from infocentre.acces.modele import SEUL
from infocentre.entrepot import Dossier
from infocentre.noyau.erreurs import RefusMotive
from infocentre.requetes.execution import executer
from infocentre.requetes.modele import ECRAN

def memoire():
    lignes = Path("/proc/self/status").read_text().splitlines()
    return int(next(l for l in lignes if l.startswith("VmHWM")).split()[1]) // 1024

dossier = Dossier(Path(sys.argv[1]))
executer(dossier, "select 1", acces=SEUL)
avant = memoire()
try:
    executer(dossier, sys.argv[2], limites=replace(ECRAN, secondes=120), acces=SEUL)
except RefusMotive as refus:
    print(refus.motif, memoire() - avant)
"""


@pytest.mark.parametrize("sql", [TROP_DE_LISTES, "select repeat('a', 1000000) from range(40)"])
def test_an_answer_weighs_little_in_the_process_that_reads_it(dossier: Dossier, sql: str) -> None:
    appel = [sys.executable, "-c", MESURE, str(dossier.racine), sql]
    fait = subprocess.run(appel, capture_output=True, text=True, check=True)
    motif, pris = fait.stdout.split()
    assert motif == "volume"
    assert int(pris) < 200


def test_the_journal_shortens_what_is_long(tmp_path: Path) -> None:
    long = "a" * 100_000
    noter(Dossier(tmp_path), {"qui": "a", "sql": long, "parametres": {"x": long, "y": 1}})
    noter(Dossier(tmp_path), {"qui": "b", "sql": "\ud800", "parametres": {}})
    ecrit = (tmp_path / "requetes.jsonl").read_bytes()
    assert len(ecrit) < 5_000
    lu = json.loads(ecrit.splitlines()[0])
    assert lu["sql"] == lu["parametres"]["x"] == "a" * 2_000
    assert lu["parametres"]["y"] == 1
    assert lu["empreintes"]["sql"] == hashlib.sha256(long.encode()).hexdigest()


def test_a_query_refused_as_too_long_is_not_written_whole(dossier: Dossier) -> None:
    demander(dossier, "select 1")
    avant = (dossier.racine / "requetes.jsonl").stat().st_size
    assert refus(dossier, f"select '{'a' * 1_000_000}'").motif == "volume"
    assert (dossier.racine / "requetes.jsonl").stat().st_size - avant < 5_000


def test_the_journal_changes_its_file_each_year(tmp_path: Path) -> None:
    fichier = tmp_path / "requetes.jsonl"
    noter(Dossier(tmp_path), {"qui": "a"})
    hier = dt.datetime(dt.datetime.now().astimezone().year - 1, 12, 31, 12).timestamp()  # noqa: DTZ001
    os.utime(fichier, (hier, hier))
    noter(Dossier(tmp_path), {"qui": "b"})
    annee = dt.datetime.fromtimestamp(hier).astimezone().year
    ancien = tmp_path / f"requetes-{annee}.jsonl"
    assert json.loads(ancien.read_text())["qui"] == "a"
    assert json.loads(fichier.read_text())["qui"] == "b"
    assert ancien.stat().st_mode & 0o777 == 0o600


def test_the_macros_of_tables_serve_analysts(dossier: Dossier) -> None:
    """Their SQL groups demandes as the standard tables group stock, in the same words."""
    lu = demander(
        dossier,
        "with actives as (select *, strftime(vue_le, '%Y-%m') as mois from demandes) "
        "select mois, sum(total) filter (where code <> '*') as parts, "
        "any_value(total) filter (where code = '*') as ensemble, any_value(total_ensemble) as tout "
        "from repartition('actives', statut = 'active', nationalite_demandeur, 'NATIONALITE', null)"
        " group by mois",
    )
    assert lu.lignes
    for _, parts, ensemble, tout in lu.lignes:
        assert parts == ensemble == tout > 0
