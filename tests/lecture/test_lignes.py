"""The types of rows against the tables that were published: a column is nowhere written twice."""

from __future__ import annotations

import re
from pathlib import Path
from typing import get_type_hints

import pytest

from infocentre.acces.perimetre import TOUT
from infocentre.entrepot import Dossier
from infocentre.entrepot.description import (
    CodeInconnu,
    Description,
    GuichetInconnu,
    TableDecrite,
    VerdictEcrit,
)
from infocentre.entrepot.etats import Solde
from infocentre.lecture.lecteur import Lecteur, Lecture
from infocentre.lecture.lignes import (
    Compte,
    Estimation,
    Inscription,
    Revision,
    Suivi,
    Valeur,
)
from infocentre.lecture.livraisons import description

RACINE = Path(__file__).parent.parent.parent
TABLES = {
    "valeurs": Valeur,
    "registre": Inscription,
    "revisions": Revision,
    "triangle": Compte,
    "estimations": Estimation,
    "soldes": Solde,
}
TYPES = {
    "VARCHAR": "str",
    "BIGINT": "int",
    "INTEGER": "int",
    "DOUBLE": "float",
    "BOOLEAN": "bool",
    "DATE": "date",
    "TIMESTAMP": "datetime",
}


# Rows whose columns are those of a list of a delivery: shown, never named.
LIBRES = "dashboards/pages/livraisons.py infocentre/lecture/livraisons.py"


@pytest.fixture
def v(entrepot_demo: Dossier) -> Lecture:
    ouverte = Lecteur(entrepot_demo).ouvrir()
    assert ouverte
    return Lecture(ouverte, TOUT)


def annonces(genre: type) -> dict[str, str]:
    """Return {column: type}, whether or not it may be empty."""
    return {
        nom: getattr(dit, "__args__", (dit,))[0].__name__
        for nom, dit in get_type_hints(genre).items()
    }


def publies(v: Lecture, relation: str) -> dict[str, str]:
    colonnes = v.tuples(f"SELECT column_name, column_type FROM (DESCRIBE FROM {relation})")
    return {nom: TYPES[type_sql] for nom, type_sql in colonnes}


@pytest.mark.parametrize("table", TABLES)
def test_a_row_has_the_columns_of_its_table(v: Lecture, table: str) -> None:
    """A contract that gains a column gives it to the register, which nobody need read."""
    lues = publies(v, table)
    if table == "registre":
        lues = {nom: lues[nom] for nom in annonces(TABLES[table]) if nom in lues}
    assert annonces(TABLES[table]) == lues


def test_a_row_of_the_follow_up_has_its_columns(v: Lecture) -> None:
    assert annonces(Suivi) == publies(v, v.suivi("013") or "")


@pytest.mark.parametrize("table", TABLES)
def test_what_is_never_empty_is_never_empty(v: Lecture, table: str) -> None:
    pleines = [nom for nom, dit in get_type_hints(TABLES[table]).items() if isinstance(dit, type)]
    vides = " OR ".join(f"{nom} IS NULL" for nom in pleines)
    assert v.tuples(f"SELECT count(*) FROM {table} WHERE {vides}") == [(0,)]


def test_a_select_that_lacks_a_column_of_its_type_is_refused(v: Lecture) -> None:
    with pytest.raises(TypeError, match="Compte : denominateur, numerateur"):
        v.lignes("SELECT code, departement, guichet, mois_juge, mois FROM triangle", {}, Compte)


def test_rows_without_a_type_stay_where_they_are() -> None:
    """A new reader says what it reads; `Ligne` is left to rows that nobody declared."""
    sources = [un for nom in ("infocentre", "dashboards") for un in (RACINE / nom).rglob("*.py")]
    trouves = {
        un.relative_to(RACINE).as_posix()
        for un in sources
        if re.search(r"lecteur import[^\n]*\bLigne\b", un.read_text("utf-8"))
    }
    assert trouves <= set(LIBRES.split())


def test_a_description_says_what_its_type_says(v: Lecture) -> None:
    """Nothing less, nothing more; the oldest archives lack only what is not required.

    « registre » is said of a register that lacks something: theirs do not.
    """
    for une in v.version.livraisons:
        lue = description(v, une)
        assert {*lue, "registre"} == Description.__required_keys__ | Description.__optional_keys__
        for genre, siens in (
            (TableDecrite, [*lue["tables"].values()]),
            (CodeInconnu, lue["codes_inconnus"]),
            (GuichetInconnu, lue["guichets_inconnus"]),
            (VerdictEcrit, (lue["vraisemblance"] or {"verdicts": []})["verdicts"]),
        ):
            connues = genre.__required_keys__ | genre.__optional_keys__
            assert all(set(un) == connues for un in siens)


def test_a_version_of_before_may_lack_what_came_since(v: Lecture) -> None:
    anciennes = "SELECT * EXCLUDE (rupture) FROM estimations LIMIT 1"
    assert all("rupture" not in une for une in v.lignes(anciennes, {}, Estimation))
