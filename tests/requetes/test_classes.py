"""Classes: who may open no demande queries amounts in classes and days by month; queries run."""

from __future__ import annotations

import datetime as dt
import itertools
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Any

import duckdb
import pytest

from infocentre.acces.modele import SEUL, Acces, Role
from infocentre.acces.perimetre import TOUT, Perimetre
from infocentre.analystes.classes import PAR_LIGNE, en_classe
from infocentre.analystes.partie import tenir_partie
from infocentre.contrat.intitules import du_contrat
from infocentre.entrepot import Dossier
from infocentre.lecture.analystes import schema_analystes
from infocentre.lecture.ouverture import ouvrir_pour
from infocentre.lecture.singularite import singularite
from infocentre.lecture.tableaux import lire_tableau
from infocentre.mesures.partage import MASQUE
from infocentre.mesures.tableaux import tableaux
from infocentre.requetes.bibliotheque import lire_bibliotheque, valeurs
from infocentre.requetes.execution import executer
from infocentre.requetes.modele import ECRAN
from tests.donnees.atelier import base, copie
from tests.requetes.demonstration import demonstration

ANA = Acces("ana@exemple.fr", "Ana", Role.ANALYSTE, Perimetre(departements=frozenset({"013"})))
LEA = Acces("lea@exemple.fr", "Léa", Role.GESTIONNAIRE, TOUT)
TOUTES = replace(ECRAN, lignes=1_000_000)
FINES = (
    "select date_creation, revenu_mensuel_foyer, mt_loyer_mensuel_actuel, annee_naiss_demandeur, "
    "numero_unique from demandes where revenu_mensuel_foyer is not null order by numero_unique"
)


def test_an_analyst_has_classes_and_who_opens_demandes_has_all(dossier: Dossier) -> None:
    classes = executer(dossier, FINES, acces=ANA).lignes
    exactes = executer(dossier, FINES, acces=LEA).lignes
    assert executer(dossier, FINES, acces=SEUL).lignes == exactes
    assert len(classes) == len(exactes) > 100
    for (jour, revenu, loyer, annee, numero), exacte in zip(classes, exactes, strict=True):
        assert numero == exacte[4]
        assert jour == exacte[0].replace(day=1)
        assert revenu == exacte[1] // 250 * 250
        assert loyer == (None if exacte[2] is None else exacte[2] // 50 * 50)
        assert annee in (None, None if exacte[3] is None else exacte[3] // 5 * 5)
    assert any(exacte[0].day != 1 for exacte in exactes)


def test_a_setting_gives_analysts_what_is_exact(tmp_path: Path) -> None:
    dossier = Dossier(copie(base(1, 2, 3), tmp_path / "donnees"))
    (dossier.racine / "donnees-personnelles.yml").write_text(
        "analystes: {precision: exacte, dit: Convention de recherche, source: Préfet, "
        f"le: {dt.date(2026, 11, 2)}}}\n",
        "utf-8",
    )
    jours = executer(dossier, "select distinct day(date_creation) from demandes", acces=ANA).lignes
    assert len(jours) > 1


def test_no_column_of_a_row_stays_finer_than_its_class(dossier: Dossier) -> None:
    with (
        tenir_partie(dossier, frozenset({"013"}), classes=True) as fichier,
        duckdb.connect(str(fichier), read_only=True) as con,
    ):
        colonnes = con.execute(
            "SELECT table_name, column_name, data_type FROM duckdb_columns() WHERE NOT internal"
        ).fetchall()
        for table, nom, type_ in colonnes:
            classe = en_classe(table, nom, type_)
            source = du_contrat(table, nom) if table in PAR_LIGNE else None
            assert classe or not (source and (source.classe or source.type == "date")), nom
            if classe:
                (finies,) = con.execute(
                    f"SELECT count(*) FROM {table} WHERE {nom} IS DISTINCT FROM {classe}"
                ).fetchone() or (1,)
                assert finies == 0, (table, nom)
        for table in ("demandes", "journal", "messages", "plis"):
            cle = {"journal": "id_evenement", "messages": "id_message", "plis": "id_pli"}
            ((rangee,),) = con.execute(
                f"SELECT bool_and(coalesce({cle.get(table, 'numero_unique')} >= avant, true)) FROM "
                f"(SELECT *, lag({cle.get(table, 'numero_unique')}) OVER (ORDER BY rowid) AS avant "
                f"FROM {table})"
            ).fetchall()
            assert rangee, table


def test_the_queries_that_are_written_run_on_classes() -> None:
    with (
        tenir_partie(demonstration(), None, classes=True) as fichier,
        duckdb.connect(str(fichier), read_only=True) as con,
    ):
        for une in lire_bibliotheque().values():
            choisis = {"commune": "13201"} if "commune" in une.parametres else {}
            con.execute(une.sql, valeurs(une, choisis)).fetchmany(5)


def test_how_far_rows_single_out_is_measured_by_hand(tmp_path: Path) -> None:
    dossier = Dossier(copie(base(1, 2, 3), tmp_path / "donnees"))
    revenus = executer(dossier, "select revenu_mensuel_foyer from demandes", acces=SEUL).lignes
    connus = [un for (un,) in revenus if un is not None]
    classes = [un // 250 for un in connus]
    mesure = next(une for une in singularite(dossier) if une.donnees == "ressources mensuelles")
    assert mesure.lignes == len(connus)
    for lus, seules, rares in (
        (connus, mesure.seules_exactes, mesure.rares_exactes),
        (classes, mesure.seules, mesure.rares),
    ):
        assert seules == pytest.approx(sum(lus.count(un) == 1 for un in lus) / len(lus))
        assert rares == pytest.approx(sum(lus.count(un) < 5 for un in lus) / len(lus))


SORTES = (
    ("guichet_enregistreur", "date_creation", "annee_naiss_demandeur", "sexe_demandeur"),
    (
        "commune_log_actuel", "annee_naiss_demandeur", "sexe_demandeur", "situ_familiale_demandeur",
        "taille_menage",
    ),
)  # fmt: skip


def test_no_age_is_told_of_a_row_with_fewer_than_five_of_its_kind() -> None:
    """Counted by hand: half of the rows were alone by guichet, month, age and sex (T10)."""
    noms = ["numero_unique", *dict.fromkeys(itertools.chain(*SORTES)), "age_demandeur_demande"]
    sql = f"select {', '.join(noms)} from demandes"
    exactes = [dict(zip(noms, une, strict=True)) for une in lues(LEA, sql)]
    for une in exactes:
        une["date_creation"] = une["date_creation"].replace(day=1)
        if une["annee_naiss_demandeur"] is not None:
            une["annee_naiss_demandeur"] -= une["annee_naiss_demandeur"] % 5
    cles = [[tuple(une[nom] for nom in sorte) for une in exactes] for sorte in SORTES]
    comptes = [Counter(siennes) for siennes in cles]
    rares = {
        une["numero_unique"]
        for rang, une in enumerate(exactes)
        if any(compte[siennes[rang]] < 5 for compte, siennes in zip(comptes, cles, strict=True))
    }
    vues = [dict(zip(noms, une, strict=True)) for une in lues(ANA, sql)]
    assert 0 < len(rares) < len(vues) == len(exactes)
    attendues = {une["numero_unique"]: une["annee_naiss_demandeur"] for une in exactes}
    for vue in vues:
        numero = vue["numero_unique"]
        attendue = None if numero in rares else attendues[numero]
        assert vue["annee_naiss_demandeur"] == attendue
        assert vue["age_demandeur_demande"] is None or numero not in rares
    seules = [
        sum(
            n == 1
            for n in Counter(tuple(une[nom] for nom in SORTES[0]) for une in rangees).values()
        )
        for rangees in (exactes, vues)
    ]
    assert seules[1] < 0.7 * seules[0], "47 % of 20,000 demandes were, 12 % are"


def lues(acces: Acces, sql: str) -> list[tuple[Any, ...]]:
    return executer(demonstration(), sql, acces=acces).lignes


@pytest.mark.tentative(
    "effectifs", "lire par SQL, dans une table publiée, un nombre que l'écran masque (T9)"
)
def test_published_tables_are_read_by_sql_as_the_screen_shows_them() -> None:
    """Hidden cells and those that protect them: the same ones, by the same program."""
    dossier = demonstration()
    masquees = petits = 0
    with ouvrir_pour(dossier, ANA.perimetre) as v:
        mois = v.version.livraisons[-1].mois
        for code, un in tableaux().items():
            if un.mart not in v.relations:
                continue
            montre = lire_tableau(v, code, "013", mois, partage=False)
            noms = list(un.colonnes)
            sql = f"select {', '.join(noms)} from {un.mart} where mois = '{mois}' order by ordre"
            attendues = [
                tuple(None if ligne[nom] == MASQUE else ligne[nom] for nom in noms)
                for ligne in montre.lignes
            ]
            assert lues(ANA, sql) == attendues, code
            masquees += montre.masquees or 0
            petits += sum(
                isinstance(n, int) and 0 < n <= 10 for une in lues(LEA, sql) for n in une[4:]
            )
        assert masquees > 50
        assert petits > 50
        noms = [nom for nom, *_ in v.tuples("DESCRIBE valeurs")]
        cle = "niveau, departement, mois, code, guichet"
        sql = f"select {', '.join(noms)} from valeurs where niveau <> 'type' order by {cle}"
        comptes = "select count(*) from valeurs where numerateur between 1 and 10"
        assert executer(dossier, sql, acces=ANA, limites=TOUTES).lignes == v.tuples(sql)
        assert lues(LEA, comptes)[0][0] > 100
        assert lues(ANA, comptes) == [(0,)]


def test_the_page_says_what_is_in_classes(dossier: Dossier) -> None:
    def sens(acces: Acces, colonne: str) -> str:
        with ouvrir_pour(dossier, acces.perimetre) as v:
            demandes = next(une for une in schema_analystes(v) if une.nom == "demandes")
        return next(une.sens for une in demandes.colonnes if une.nom == colonne)

    assert sens(ANA, "revenu_mensuel_foyer").endswith("(en classes : par 250)")
    assert sens(ANA, "date_creation").endswith("(en classes : au mois)")
    assert "classes" not in sens(ANA, "statut")
    assert "classes" not in sens(LEA, "revenu_mensuel_foyer")
