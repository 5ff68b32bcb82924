"""The wishes and the columns of November: a table and columns that archives of before lack."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import duckdb
import pytest

from infocentre.analystes import fichier
from infocentre.analystes.fichier import tenir_analystes
from infocentre.analystes.masques import a_l_essai
from infocentre.contrat import contrat, dictionnaire, intitules
from infocentre.entrepot import Dossier
from infocentre.entrepot.relations import sql_relations
from infocentre.entrepot.sceaux import dommages_archive
from infocentre.lecture.rapport import lignes_rapport
from infocentre.operations.purge import purger
from infocentre.operations.verification import examiner
from tests.donnees.atelier import alleger, base_legere, charger, controler, copie
from tests.donnees.communs import en_memoire
from tests.donnees.retors import lignes_csv, livraisons
from tests.livraisons.atelier import Petite, Recue, en_csv, ligne, numero, petite, recevoir_en

pytestmark = pytest.mark.lent

SENSIBLES = [c.champ for c in contrat().tables["stock"].colonnes if c.depuis and c.personnelle]


Recevoir = Callable[[Petite], Recue]


@pytest.fixture
def recevoir(tmp_path: Path) -> Recevoir:
    """Write a delivery and receive it."""

    def _recevoir(livraison: Petite) -> Recue:
        rang = len(list(tmp_path.iterdir()))
        return recevoir_en(livraison.ecrire(tmp_path / f"livraison-{rang}"), tmp_path)

    return _recevoir


@pytest.fixture
def contrat_d_avant(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Take out of the contract all that it gained since it was written."""
    lire = dictionnaire.lire_yaml

    def reduire(nom: str) -> dict[str, Any]:
        lu = lire(nom)
        if nom == "colonnes.yml":
            lu = {table: dict(une) for table, une in lu.items() if "depuis" not in une}
            for une in lu.values():
                une["colonnes"] = {
                    c: dit for c, dit in une["colonnes"].items() if "depuis" not in dit
                }
        return lu

    monkeypatch.setattr(dictionnaire, "lire_yaml", reduire)
    vider = (contrat.cache_clear, intitules._livrees.cache_clear, fichier._masquage.cache_clear)
    for un in vider:
        un()
    yield
    for un in vider:
        un()


def _archivees(recue: Recue) -> dict[str, tuple[Any, ...]]:
    """Return the columns, their types and the rows of each file of an archive."""
    return {
        un.name: (en_memoire().sql(f"DESCRIBE FROM '{un}'").fetchall(), recue.lire(un.stem))
        for un in recue.archive.glob("*.parquet")
    }


def test_a_delivery_of_before_is_archived_value_for_value_as_before(
    recevoir: Recevoir, request: pytest.FixtureRequest
) -> None:
    ici = recevoir(petite())
    rapport = list(lignes_rapport(ici.description, None, None))
    request.getfixturevalue("contrat_d_avant")
    assert "voeux" not in contrat().tables
    avant = recevoir(petite())
    assert avant.description["nom"] != ici.description["nom"]
    ici.description["nom"] = avant.description["nom"]
    assert ici.description == avant.description
    assert _archivees(ici) == _archivees(avant)
    assert list(lignes_rapport(avant.description, None, None))[1:] == rapport[1:]


def test_what_november_adds_is_read_when_it_is_delivered(recevoir: Recevoir) -> None:
    voeux = [
        ligne("voeux", 2, NUMERO_UNIQUE=numero(2), ORDRE="1", COMMUNE="13001", QUARTIER="Q12"),
        ligne("voeux", 1, NUMERO_UNIQUE=numero(1), ORDRE="2,0", COMMUNE="13055"),
        ligne("voeux", 3, NUMERO_UNIQUE=numero(1), ORDRE="999", QUARTIER="près de chez ma mère"),
        ligne("voeux", 3, NUMERO_UNIQUE=numero(1), ORDRE="3"),
        ligne("voeux", 4, NUMERO_UNIQUE="perdu"),
    ]
    stock = ligne("stock", 1, NB_PRIORITE_CERFA="3", NB_CERFA_PRIO_VIOLENCE="Oui", DATE_ETAT="x")
    radiee = ligne("radiation", 1, CLE_QPV="QP013001", POSITION_PLAFOND_ATTRIB="plai", NB_SYPLO="0")
    livraison = petite().poser("voeux", voeux).poser("stock", [stock]).poser("radiation", [radiee])
    recue = recevoir(livraison)
    lus = recue.lire("voeux", "SELECT numero_unique, id_voeu, ordre, commune, quartier")
    assert lus[:3] == [
        (numero(1), "V1", 2, "13055", None),
        (numero(1), "V3", 3, "13055", None),
        (numero(2), "V2", 1, "13001", "Q12"),
    ]
    motifs = [(colonne, motif) for _, _, colonne, _, motif in recue.rejets("voeux")]
    assert motifs == [
        ("ID_VOEU", "ligne répétée"),
        ("NUMERO_UNIQUE", "numéro unique mal formé"),
    ]
    dit = "SELECT nb_priorite_cerfa, nb_cerfa_prio_violence, date_etat"
    assert recue.lire("stock", dit)[0] == (3, 1, None)
    assert ("DATE_ETAT", 1) in {(une[1], une[4]) for une in recue.anomalies("stock")}
    dit = "SELECT cle_qpv, position_plafond_attrib, nb_syplo"
    assert recue.lire("radiation", dit)[0] == ("QP013001", "PLAI", 0)


@pytest.fixture(scope="module")
def avec_voeux(tmp_path_factory: pytest.TempPathFactory) -> Dossier:
    """Two months of before, then one with wishes and sensitive reasons for each demande."""
    ici = tmp_path_factory.mktemp("voeux")
    with pytest.MonkeyPatch.context() as patch:
        alleger(patch)
        racine = copie(base_legere(1, 2), ici / "donnees")
        charger(racine, _livraison(ici / "2026-03"), departement="013")
        controler(racine)
    return Dossier(racine)


def _livraison(cible: Path) -> Path:
    cible.mkdir()
    for source in livraisons()[2].glob("*.csv"):
        cible.joinpath(source.name).write_bytes(source.read_bytes())
    raisons = dict.fromkeys(map(str.upper, SENSIBLES), "1")
    numeros = []
    for table in ("stock", "radiation"):
        lues = [u | raisons for u in lignes_csv(livraisons()[2], table) if None not in u.values()]
        cible.joinpath(f"{table}.csv").write_text(en_csv(lues), "utf-8")
        numeros += [une["NUMERO_UNIQUE"] for une in lues if len(une["NUMERO_UNIQUE"]) == 18]
    voeux = [
        ligne("voeux", rang, NUMERO_UNIQUE=un, ORDRE=str(1 + rang % 2))
        for rang, un in enumerate([*numeros, *numeros])
    ]
    cible.joinpath("voeux.csv").write_text(en_csv(voeux), "utf-8")
    return cible


def test_months_with_and_without_wishes_are_read_together(avec_voeux: Dossier) -> None:
    archives = [avec_voeux.archive(une) for une in avec_voeux.version().livraisons]
    assert [un.joinpath("voeux.parquet").exists() for un in archives] == [False, False, True]
    with duckdb.connect() as con:
        for instruction in sql_relations(archives):
            con.execute(instruction)
        (ordres,) = con.execute("SELECT list(DISTINCT ordre ORDER BY ordre) FROM voeux").fetchall()
        lus = con.execute(
            "SELECT mois, max(nb_cerfa_prio_handicap) FROM stock GROUP BY 1 ORDER BY 1"
        )
        assert lus.fetchall() == [("2026-01", None), ("2026-02", None), ("2026-03", 1)]
    assert ordres == ([1, 2],)
    assert examiner(avec_voeux).dommages == ()


def test_analysts_have_wishes_of_pseudonyms_and_no_sensitive_reason(avec_voeux: Dossier) -> None:
    with tenir_analystes(avec_voeux) as ecrit, duckdb.connect(str(ecrit), read_only=True) as con:
        colonnes = {
            nom
            for (nom,) in con.execute(
                "SELECT column_name FROM duckdb_columns() WHERE NOT internal"
            ).fetchall()
        }
        joints, numeros = con.execute(
            "SELECT count(*), count(*) FILTER (length(numero_unique) = 18) "
            "FROM voeux JOIN demandes USING (numero_unique)"
        ).fetchall()[0]
        (dit,) = con.execute(
            "SELECT comment FROM duckdb_columns() WHERE table_name = 'voeux' "
            "AND column_name = 'commune'"
        ).fetchall()[0]
    assert joints > 0
    assert numeros == 0
    assert dit == "Code INSEE de la commune souhaitée"
    assert set(SENSIBLES) & colonnes == set()
    assert len(SENSIBLES) == 6


def test_a_rule_that_is_tried_reads_no_sensitive_reason() -> None:
    stock = contrat().tables["stock"].par_nom
    assert {a_l_essai(stock[nom.upper()]) for nom in SENSIBLES} == {"NULL::TINYINT"}


def test_a_file_of_wishes_that_is_gone_or_altered_is_told(
    avec_voeux: Dossier, tmp_path: Path
) -> None:
    racine = copie(avec_voeux.racine, tmp_path / "donnees")
    dossier = Dossier(racine)
    voulue = dossier.version().livraisons[-1]
    perdu = dossier.archive(voulue) / "voeux.parquet"
    perdu.unlink()
    (dommage,) = dommages_archive(dossier, voulue, ["voeux.parquet"])
    assert (dommage.ou, dommage.quoi) == (perdu, "le fichier n'est plus là")
    assert dommages_archive(dossier, dossier.version().livraisons[0], ["voeux.parquet"]) == []
    assert perdu in {un.ou for un in examiner(dossier).dommages}


def test_sensitive_reasons_are_erased_with_the_names(avec_voeux: Dossier, tmp_path: Path) -> None:
    racine = copie(avec_voeux.racine, tmp_path / "donnees")
    dossier = Dossier(racine)
    compter = "SELECT statut = 'radiée', count({}) FROM read_parquet('{}') GROUP BY 1"

    def gardees() -> list[dict[bool, int]]:
        (etat,) = dossier.version().etats.values()
        return [
            dict(duckdb.sql(compter.format(nom, dossier.etats / etat)).fetchall())
            for nom in SENSIBLES
        ]

    avant = gardees()
    assert all(une[True] > 0 for une in avant)
    purger(dossier, dt.date(2027, 12, 31))
    assert gardees() == [{**une, True: 0} for une in avant]
