"""The states: their codes are published, their colours are those of both style sheets."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from infocentre.noyau.etats import DEPASSES, MAUVAIS, SIGNIFICATIFS, Etat, en_sql

RACINE = Path(__file__).parents[2]
FEUILLES = (RACINE / "dashboards/assets/style.css", RACINE / "reports/commun/style.css")


def test_codes_are_those_of_published_versions() -> None:
    assert " ".join(Etat) == (
        "vert orange rouge a_traiter effectif_insuffisant sans_objet non_calculable contexte "
        "secret_statistique"
    )


def test_what_is_judged_and_what_is_bad() -> None:
    assert en_sql(SIGNIFICATIFS) == "('vert', 'orange', 'rouge', 'a_traiter')"
    assert en_sql(MAUVAIS) == "('rouge', 'a_traiter')"
    assert {un for un in SIGNIFICATIFS if un not in DEPASSES} == {Etat.VERT}
    assert max(Etat, key=lambda un: un.gravite) == Etat.A_TRAITER


@pytest.mark.parametrize(
    ("code", "ecrit"), [("rouge", "■ rouge"), ("sans_objet", "s.o."), ("contexte", "contexte")]
)
def test_a_state_read_from_the_warehouse_is_written_in_one_text(code: str, ecrit: str) -> None:
    lu = Etat.lire(code)
    assert lu is not None
    assert (lu.ecrit, lu) == (ecrit, code)


def test_what_is_no_state_is_none() -> None:
    assert Etat.lire("bleu") is None
    assert Etat.lire(None) is None


@pytest.mark.parametrize("feuille", FEUILLES, ids=["screen", "print"])
@pytest.mark.parametrize("etat", [un for un in Etat if un.encre])
def test_the_style_sheets_have_its_colour(etat: Etat, feuille: Path) -> None:
    texte = feuille.read_text("utf-8")
    noms = dict(re.findall(r"--(\w+): (#\w+);", texte))
    regle = next(r for r in re.findall(r"[^{}]+{[^{}]+}", texte) if f".etat-{etat}" in r)
    couleur = re.search(r"color: (?:var\(--(\w+)\)|(#\w+))", regle)
    assert couleur is not None
    assert (couleur[2] or noms[couleur[1]]) == etat.encre
