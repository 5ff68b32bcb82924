"""One judge: what the months since say, by hand; nothing else compares a rate with a threshold."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from infocentre.mesures import calculer_valeurs
from infocentre.mesures.jugement import ETAT_DE_COMPTES, Comptes, parametres, reunir
from tests.mesures.test_valeurs import M, donner

RACINE = Path(__file__).parents[2]
# The room that judges, and the thresholds' own definition (the first is under the second).
JUGES = ("infocentre/mesures/", "infocentre/noyau/etats.py", "infocentre/catalogue/modele.py")
SEUILS = {"orange", "rouge", "seuil_orange", "seuil_rouge"}
SQL_COMPARE = re.compile(r"[<>]=?\s*(?:\w+\.)?seuil_(?:orange|rouge)|seuil_(?:orange|rouge)\s*[<>]")


def _sources() -> Iterator[Path]:
    for dossier in ("infocentre", "dashboards"):
        for chemin in (RACINE / dossier).rglob("*.py"):
            if not str(chemin.relative_to(RACINE)).startswith(JUGES):
                yield chemin


def _nomme_un_seuil(noeud: ast.AST) -> bool:
    dits = {
        un.attr if isinstance(un, ast.Attribute) else un.value
        for un in ast.walk(noeud)
        if isinstance(un, ast.Attribute)
        or (isinstance(un, ast.Constant) and isinstance(un.value, str))
    }
    return not SEUILS.isdisjoint(dits)


def _compare(chemin: Path) -> list[str]:
    """Return where a source orders something against a threshold, in Python or in its SQL."""
    ordres = (ast.Lt, ast.LtE, ast.Gt, ast.GtE)
    return [
        f"{chemin.relative_to(RACINE)}:{noeud.lineno}"
        for noeud in ast.walk(ast.parse(chemin.read_text("utf-8")))
        if (
            isinstance(noeud, ast.Compare)
            and any(isinstance(op, ordres) for op in noeud.ops)
            and _nomme_un_seuil(noeud)
        )
        or (
            isinstance(noeud, ast.Constant)
            and isinstance(noeud.value, str)
            and SQL_COMPARE.search(noeud.value)
        )
    ]


def test_nothing_compares_a_rate_with_a_threshold_outside_the_room_that_judges() -> None:
    assert [ou for chemin in _sources() for ou in _compare(chemin)] == []
    textes = [*(RACINE / "queries").rglob("*.sql"), *(RACINE / "queries").rglob("*.yml")]
    assert [une for une in textes if SQL_COMPARE.search(une.read_text("utf-8"))] == []


@pytest.mark.parametrize(
    "faute",
    [
        "def f(n, d, un):\n    return n / d > un.seuils.rouge\n",
        "def f(n, d, un):\n    return un['seuil_orange'] <= n / d\n",
        "SQL = 'select n / d > r.seuil_rouge from valeurs'\n",
    ],
)
def test_the_check_sees_a_second_judge(faute: str, tmp_path: Path) -> None:
    chemin = RACINE / "infocentre" / "faute.py"
    arbre = tmp_path / "faute.py"
    arbre.write_text(faute, encoding="utf-8")
    assert any(
        (isinstance(noeud, ast.Compare) and _nomme_un_seuil(noeud))
        or (isinstance(noeud, ast.Constant) and SQL_COMPARE.search(str(noeud.value)))
        for noeud in ast.walk(ast.parse(arbre.read_text("utf-8")))
    )
    assert not chemin.exists()


# Months, the newest first, as (anomalies, units): what is read together, from which month.
CAS = [
    ("large enough: its month alone", [(3, 60), (50, 60)], Comptes("M", 3, 60)),
    ("twenty units exactly", [(1, 20), (9, 20)], Comptes("M", 1, 20)),
    ("nineteen and one", [(1, 19), (1, 1), (9, 9)], Comptes("M-1", 2, 20)),
    ("fourteen a month: two months", [(1, 14), (0, 14), (9, 14)], Comptes("M-1", 1, 28)),
    ("an empty month between", [(1, 14), (0, 0), (2, 14)], Comptes("M-2", 3, 28)),
    ("nineteen in all say nothing", [(1, 5), (9, 14)], None),
    ("one unit, all of it wrong, says nothing", [(1, 1)], None),
    ("no month since", [], None),
]


@pytest.mark.parametrize(("nom", "mois", "attendu"), CAS, ids=[un[0] for un in CAS])
def test_the_last_months_that_say_something_are_read_together(
    nom: str, mois: list[tuple[int, int]], attendu: Comptes | None
) -> None:
    noms = ["M", "M-1", "M-2"]
    comptes = [Comptes(noms[rang], n, d) for rang, (n, d) in enumerate(mois)]
    assert reunir(comptes, tolerance_zero=False) == attendu, nom


def test_of_what_is_never_tolerated_one_unit_says_something() -> None:
    mois = [Comptes("M", 0, 0), Comptes("M-1", 1, 1), Comptes("M-2", 0, 50)]
    assert reunir(mois, tolerance_zero=True) == Comptes("M-1", 1, 1)


def test_it_is_the_very_test_that_published_states_have(con: duckdb.DuckDBPyConnection) -> None:
    """Each guichet has counts of its own; the published state of its month is the judge's."""
    comptes = [(n, d) for d in (1, 19, 20, 21, 60, 300) for n in range(min(d, 40) + 1)]
    for code in ("FLUX_G", "FLUX_TZ"):
        donner(con, code, [(f"G{rang}", M, n, d) for rang, (n, d) in enumerate(comptes)])
    calculer_valeurs(con)
    seuils: dict[str, tuple[float, float] | None] = {
        code: None if zero else (orange, rouge)
        for code, zero, orange, rouge in con.execute(
            "select code, tolerance_zero, seuil_orange, seuil_rouge from regles"
        ).fetchall()
    }
    lues = con.execute(
        "select code, numerateur, denominateur, etat_mois from valeurs_calculees "
        "where niveau = 'guichet'"
    ).fetchall()
    assert len(lues) == 2 * len(comptes)
    assert {"rouge", "orange", "vert", "a_traiter", "effectif_insuffisant"} <= {
        un[3] for un in lues
    }
    for code, n, d, publie in lues:
        dits = dict(parametres(Comptes(M, n, d), seuils[code]))
        assert con.execute(ETAT_DE_COMPTES, dits).fetchall() == [(publie,)], (code, n, d)


# Exact tails, by hand: at 3 %, P(2 or more of 20) = 12.0 %, 3: 2.1 %, 4: 0.27 %.
ETATS = [
    ((0, 19), (0.01, 0.03), "effectif_insuffisant"),
    ((19, 19), (0.01, 0.03), "effectif_insuffisant"),
    ((0, 20), (0.01, 0.03), "vert"),
    ((1, 20), (0.01, 0.03), "orange"),
    ((3, 20), (0.01, 0.03), "orange"),
    ((4, 20), (0.01, 0.03), "rouge"),
    ((1, 100), (0.01, 0.03), "vert"),
    ((0, 0), (0.01, 0.03), "sans_objet"),
    ((0, 1), None, "vert"),
    ((1, 1), None, "a_traiter"),
]


@pytest.mark.parametrize(("comptes", "seuils", "attendu"), ETATS)
def test_the_months_together_are_judged_by_the_exact_tail(
    comptes: tuple[int, int], seuils: tuple[float, float] | None, attendu: str
) -> None:
    lus = duckdb.execute(ETAT_DE_COMPTES, dict(parametres(Comptes("M", *comptes), seuils)))
    assert lus.fetchall() == [(attendu,)]
