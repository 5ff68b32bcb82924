"""What seals, withdrawals and purges promise, one promise a test."""

from __future__ import annotations

import datetime as dt
import json
import os
import re
from pathlib import Path

import duckdb
import pytest

from infocentre.cli import main
from infocentre.demo import fabriquer
from infocentre.entrepot import Dossier
from infocentre.entrepot.journal import lire_journal
from infocentre.lecture.historique import RETIREE, historique
from infocentre.noyau.config import ressources
from infocentre.noyau.fichiers import sha256
from infocentre.operations import purge
from infocentre.operations.verification import examiner
from tests.donnees.atelier import (
    alleger,
    alterer,
    charger,
    contenu,
    controler,
    copie,
    differences,
    interroger,
)
from tests.donnees.communs import une_fois

pytestmark = pytest.mark.lent

TAB03_02 = "SELECT * FROM tab03_02 ORDER BY ALL"


def _fabriquer(atelier: Path) -> None:
    """Three months, controlled; beside them, what it is with two of them."""
    un, deux, trois, _quatre = fabriquer(atelier / "livraisons", taille=300, mois=4)
    charger(atelier / "donnees", un, deux)
    copie(atelier / "donnees", atelier / "deux")
    charger(atelier / "donnees", trois)
    with pytest.MonkeyPatch.context() as patch:
        alleger(patch)
        for racine in ("donnees", "deux"):
            controler(atelier / racine)


@pytest.fixture(scope="module")
def commun() -> Path:
    return une_fois("trois-et-deux-mois", _fabriquer)


@pytest.fixture
def racine(commun: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    racine = copie(commun / "donnees", tmp_path / "donnees")
    monkeypatch.setenv("INFOCENTRE_DOSSIER", str(racine))
    alleger(monkeypatch)
    return racine


def livraisons(commun: Path) -> list[Path]:
    return sorted((commun / "livraisons").glob("????-??"))


def test_each_file_has_its_seal_where_it_is_named(racine: Path) -> None:
    dossier = Dossier(racine)
    version = dossier.version()
    for une in version.livraisons:
        description = dossier.archive(une) / "livraison.json"
        assert sha256(description) == une.sceau
        sceaux = json.loads(description.read_text("utf-8"))["sha256"]
        for fichier in dossier.archive(une).glob("*.parquet"):
            assert sceaux.pop(fichier.name) == sha256(fichier)
        noms = dossier.nominatif / une.departement / une.arrete / f"{une.empreinte}.parquet"
        assert sceaux == {"identites.parquet": sha256(noms)}
    derives = {
        str(fichier.relative_to(racine))
        for genre in ("etats", "suivi", "parcours", "constats", "catalogues")
        for fichier in (racine / genre).rglob("*.*")
    }
    assert version.sceaux.keys() == {"infocentre.duckdb", *derives}
    for nom, sceau in version.sceaux.items():
        ou = dossier.courante if nom == "infocentre.duckdb" else racine
        assert sha256(ou / nom) == sceau
    charges = [une for une in lire_journal(dossier.journal) if une["type"] == "chargement"]
    assert [une["sceau"] for une in charges] == [une.sceau for une in version.livraisons]


def test_all_that_is_published_is_on_the_disk_first(
    racine: Path, commun: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every new file of the data directory is fsynced, and every directory that names it."""
    assures: set[int] = set()
    reel = os.fsync

    def fsync(descripteur: int) -> None:
        assures.add(os.fstat(descripteur).st_ino)
        reel(descripteur)

    avant = {f.stat().st_ino for f in racine.rglob("*") if f.is_file()}
    monkeypatch.setattr(os, "fsync", fsync)
    charger(racine, livraisons(commun)[3])
    controler(racine)
    neufs = [
        fichier
        for fichier in racine.rglob("*")
        if fichier.is_file()
        and fichier.stat().st_ino not in avant
        and not {"validations", "verrou", "courante"} & set(fichier.parts)
    ]
    assert len(neufs) > 20
    for chemin in {*neufs, *(fichier.parent for fichier in neufs), racine}:
        assert chemin.stat().st_ino in assures, chemin


def test_a_withdrawn_delivery_is_not_so_for_ever(
    racine: Path, commun: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    un, deux, trois, _ = livraisons(commun)
    avant = contenu(racine)
    assert main(["retirer", trois.name]) == 0
    assert f"« {trois.name} » (013, {trois.name}) retirée" in capsys.readouterr().out
    dossier = Dossier(racine)
    assert [une.mois for une in dossier.version().livraisons] == [un.name, deux.name]
    assert differences(contenu(commun / "deux"), contenu(racine)) == {}
    assert lire_journal(dossier.journal)[-1]["type"] == "retrait"
    assert [un.statut for un in historique(dossier, dossier.version())][-1] == RETIREE
    assert main(["reconstruire"]) == 0
    assert [une.mois for une in dossier.version().livraisons] == [un.name, deux.name]
    assert examiner(dossier).dommages == ()
    assert main(["retirer", trois.name]) == 1
    assert "aucune livraison en vigueur ne répond" in capsys.readouterr().err
    charger(racine, trois)
    controler(racine)
    assert interroger(racine, "SELECT count(*) FROM valeurs WHERE mois = '" + trois.name + "'")
    assert differences(avant, contenu(racine)) == {}


def test_what_is_older_than_seals_works_and_may_have_them(
    racine: Path, commun: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    oter_les_sceaux(racine)
    assert main(["verifier"]) == 0
    assert "3 livraison(s) chargée(s) avant que les archives" in capsys.readouterr().out
    charger(racine, livraisons(commun)[3])
    controler(racine)
    assert main(["reconstruire"]) == 0
    assert main(["reparer", str(livraisons(commun)[0])]) == 0
    assert "2 livraison(s) chargée(s) avant" in capsys.readouterr().out
    assert main(["reparer", "--sceller"]) == 0
    assert "2 archive(s) scellée(s)" in capsys.readouterr().out
    assert all(une.sceau for une in Dossier(racine).version().livraisons)
    assert examiner(Dossier(racine)) == examiner(Dossier(racine)).__class__((), ())


def test_without_a_seal_the_stock_of_another_month_is_seen(
    racine: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    oter_les_sceaux(racine)
    un, deux, _ = (Dossier(racine).archive(une) for une in Dossier(racine).version().livraisons)
    (deux / "stock.parquet").write_bytes((un / "stock.parquet").read_bytes())
    assert main(["verifier"]) == 1
    assert "le fichier décrit une autre livraison" in capsys.readouterr().out


def oter_les_sceaux(racine: Path) -> None:
    """Make the data directory one of before."""
    for fichier in racine.glob("archives/*/*/*/livraison.json"):
        description = json.loads(fichier.read_text("utf-8"))
        del description["sha256"]
        fichier.write_text(json.dumps(description), "utf-8")
    for fichier in racine.glob("versions/*/version.json"):
        version = json.loads(fichier.read_text("utf-8"))
        for cle in ("sha256", "sceaux"):
            del version[cle]
        for livraison in version["livraisons"]:
            del livraison["sceau"]
        version["evenement"].pop("sceau", None)
        fichier.write_text(json.dumps(version), "utf-8")
    journal = racine / "journal.jsonl"
    lignes = [json.loads(ligne) for ligne in journal.read_bytes().split(b"\n") if ligne]
    for ligne in lignes:
        ligne.pop("sha256"), ligne.pop("sceau", None)
    journal.write_text("".join(f"{json.dumps(ligne)}\n" for ligne in lignes), "utf-8")


# --- purger ---------------------------------------------------------------------------------------


def groupes(fichier: Path) -> int:
    with duckdb.connect() as con:
        return int(
            con.execute(
                f"SELECT max(row_group_id) + 1 FROM parquet_metadata('{fichier}')"
            ).fetchall()[0][0]
        )


def test_a_purge_keeps_the_groups_of_rows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("infocentre.entrepot.etats.PARQUET_PAR_NUMERO", PETITS)
    monkeypatch.setattr(
        purge,
        "REGLES",
        {
            **purge.REGLES,
            "etats": purge.Regle(masques=purge.REGLES["etats"].masques, format=PETITS),
        },
    )
    racine = tmp_path / "donnees"
    (livraison,) = fabriquer(tmp_path / "livraisons", taille=2_400, mois=1)
    charger(racine, livraison)
    (etat,) = racine.glob("etats/*/*.parquet")
    avant = groupes(etat)
    assert avant > 1
    purge.purger(
        Dossier(racine),
        dt.date.fromisoformat(livraison.name + "-28").replace(year=int(livraison.name[:4]) + 1),
    )
    assert groupes(etat) == avant


PETITS = "(FORMAT parquet, COMPRESSION zstd, PARQUET_VERSION v2, ROW_GROUP_SIZE 2048)"


def test_states_are_purged_in_the_format_of_their_writing() -> None:
    from infocentre.entrepot.etats import PARQUET_PAR_NUMERO

    assert purge.REGLES["etats"].format == PARQUET_PAR_NUMERO


def test_a_purge_keeps_the_age_bracket_of_every_day() -> None:
    """Every day of birth of 100 years, at each arrêté of a year: same class of age after."""
    masque = purge.REGLES["stock"].masques["date_naiss_demandeur"]
    sql = (ressources("queries") / "macros" / "tranche_d_age.sql").read_text("utf-8")
    ages = {int(age) for age in re.findall(r"age < (\d+)", sql)}
    assert len(ages) == 7
    assert ages - {0} <= set(purge.AGES)  # who is born after the arrêté is a class of its own
    with duckdb.connect() as con:
        con.execute(
            "CREATE TABLE jours AS SELECT j::DATE AS date_naiss_demandeur, a::DATE AS arrete FROM "
            "range(DATE '1903-01-01', DATE '2027-01-01', INTERVAL 3 DAY) AS n(j), "
            "(SELECT last_day(m) AS a FROM range(DATE '2026-01-01', DATE '2027-01-01', "
            "INTERVAL 1 MONTH) AS r(m))"
        )
        classe = (
            "[date_naiss_demandeur > arrete, "
            + ", ".join(
                f"date_sub('year', date_naiss_demandeur, arrete) < {age}" for age in sorted(ages)
            )
            + ", date_sub('year', date_naiss_demandeur, arrete) BETWEEN 0 AND 120]"
        )
        con.execute(
            f"CREATE TABLE purges AS SELECT {classe} AS avant, arrete, "
            f"{masque} AS date_naiss_demandeur FROM jours"
        )
        differentes = con.execute(
            f"SELECT count(*) FROM purges WHERE avant IS DISTINCT FROM {classe}"
        ).fetchall()
        restants = con.execute(
            "SELECT count(DISTINCT strftime(date_naiss_demandeur, '%m-%d')) FROM purges"
        ).fetchall()
    assert differentes == [(0,)]
    assert restants == [(2,)]


def test_a_purge_does_not_change_tab03_02_computed_again(racine: Path) -> None:
    avant = interroger(racine, TAB03_02)
    mois = Dossier(racine).version().livraisons[0].mois
    le = dt.date.fromisoformat(Dossier(racine).version().livraisons[-1].arrete)
    assert purge.purger(Dossier(racine), le.replace(year=le.year + 2, day=28)).lignes_masquees
    assert examiner(Dossier(racine)).dommages == ()
    controler(racine, mois)
    assert interroger(racine, TAB03_02) == avant


def test_a_purge_erases_the_values_of_rejects_a_year_old(racine: Path) -> None:
    dossier = Dossier(racine)
    une = dossier.version().livraisons[0]
    rejets = dossier.archive(une) / "rejets.parquet"
    with duckdb.connect() as con:
        con.execute(
            f"COPY (SELECT 'stock' AS \"table\", 'stock.csv' AS fichier, 3 AS ligne, "
            f"'DATE_CREATION' AS colonne, 'né le 3 mai' AS valeur, 'm' AS motif) TO '{rejets}' "
            "(FORMAT parquet)"
        )
    le = dt.date.fromisoformat(une.arrete)
    purge.purger(dossier, le.replace(year=le.year + 1, day=28) + dt.timedelta(days=7))
    with duckdb.connect() as con:
        lues = con.execute(f"SELECT valeur FROM read_parquet('{rejets}')").fetchall()
    assert lues == [("EFFACÉE",)]


@pytest.mark.usefixtures("racine")
def test_a_purge_refuses_a_date_to_come(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["purger", "--au", "2099-12-31"]) == 1
    assert "le 31/12/2099 est à venir" in capsys.readouterr().err


def test_a_purge_is_in_the_journal_with_its_seals(racine: Path) -> None:
    dossier = Dossier(racine)
    le = dt.date.fromisoformat(dossier.version().livraisons[-1].arrete)
    purge.purger(dossier, le.replace(year=le.year + 2, day=28))
    evenement = lire_journal(dossier.journal)[-1]
    assert evenement["type"] == "purge"
    assert evenement["au"] == f"{le.year + 2}-{le.month:02}-28"
    assert evenement["archives"]
    for une in dossier.version().livraisons:
        cle = f"{une.departement}/{une.arrete}/{une.empreinte}"
        assert evenement["archives"].get(cle, une.sceau) == une.sceau


# --- what people are told -------------------------------------------------------------------------


def test_a_good_delivery_then_a_bad_one_the_first_stays(
    tmp_path: Path,
    commun: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("INFOCENTRE_DOSSIER", str(tmp_path / "donnees"))
    un = livraisons(commun)[0]
    assert main(["charger", str(un), str(tmp_path / "absente")]) == 1
    assert f"Avant elle, « {un.name} » reste chargée et publiée." in capsys.readouterr().err
    assert [une.mois for une in Dossier(tmp_path / "donnees").version().livraisons] == [un.name]


def test_a_failure_to_read_is_not_told_as_one_to_write(
    racine: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    oter_les_sceaux(racine)
    une = Dossier(racine).version().livraisons[0]
    stock = Dossier(racine).archive(une) / "stock.parquet"
    os.truncate(stock, stock.stat().st_size // 2)
    assert main(["controler", "--mois", une.mois]) == 1
    dit = capsys.readouterr().err
    assert "imprévue" not in dit
    assert "écriture" not in dit
    assert "infocentre verifier" in dit


def test_mensuel_stopped_after_loading_says_what_is_left(
    tmp_path: Path,
    commun: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    from infocentre.operations import controle

    def plein(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setenv("INFOCENTRE_DOSSIER", str(tmp_path / "donnees"))
    monkeypatch.setattr(controle, "garder_catalogue", plein)
    assert main(["mensuel", str(livraisons(commun)[0])]) == 1
    dit = capsys.readouterr().err
    assert "l'écriture a échoué" in dit
    assert "rien n'a changé" not in dit
    assert "reste chargée et publiée" in dit


def test_the_first_delivery_killed_is_loaded_again(
    tmp_path: Path, commun: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its archive is there and nothing was ever published: nothing is lost, nothing is asked."""
    from infocentre.entrepot import publication

    def mourir(*_: object) -> None:
        raise KeyboardInterrupt

    racine = tmp_path / "donnees"
    with monkeypatch.context() as patch:
        patch.setattr(publication, "pointer", mourir)
        with pytest.raises(KeyboardInterrupt):
            charger(racine, livraisons(commun)[0])
    assert list(racine.glob("archives/*/*/*"))
    charger(racine, livraisons(commun)[1])
    assert [une.mois for une in Dossier(racine).version().livraisons] == [
        livraisons(commun)[1].name
    ]


def test_a_replaced_month_keeps_its_values_until_the_control(
    racine: Path, commun: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    deux = livraisons(commun)[1]
    demande = ["--mois", deux.name, "--format", "csv"]
    lectures = (["indicateurs", *demande], ["anomalies", "CPL_CHAMPS", *demande])
    avant = []
    for lecture in lectures:
        assert main(lecture) == 0
        avant.append(capsys.readouterr())
    assert not any("prochain contrôle" in un.err for un in avant)
    corrigee = alterer(deux, tmp_path, "stock", lambda lignes: lignes[:-60])
    charger(racine, corrigee, confirmer="essai")
    (une,) = (un for un in Dossier(racine).version().livraisons if un.mois == deux.name)
    assert une.controle is None
    for lecture, attendu in zip(lectures, avant, strict=True):
        assert main(lecture) == 0
        dit = capsys.readouterr()
        assert dit.out == attendu.out
        assert "elles changeront au prochain contrôle" in dit.err
    controler(racine)
    assert main(lectures[0]) == 0
    dit = capsys.readouterr()
    assert dit.out != avant[0].out
    assert dit.err == ""
