"""The pages that a real checkpoint leaves, read as a browser would."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path

import duckdb
import pytest

from tests.controles.petit_controle import lancer
from tests.mesures.petit_catalogue import catalogue, indicateur

DEHORS = re.compile(r"(?:https?:)?//|@import|<script|<iframe|<img|url\(", re.IGNORECASE)
ANGLAIS = re.compile(
    r"data|success|expectation|batch|none\b|true|false|load_time|newsletter|subscribe|status|run_",
    re.IGNORECASE,
)
SANS_FIN = {"meta", "link", "br"}


class Lecteur(HTMLParser):
    """Text that people see, elements met; a page whose tags do not match is refused."""

    def __init__(self, page: Path) -> None:
        super().__init__()
        self.ouvertes: list[str] = []
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.textes: list[str] = []
        self.feed(page.read_text(encoding="utf-8"))
        assert self.ouvertes == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag not in SANS_FIN:
            self.ouvertes.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.ouvertes.pop() == tag

    def handle_data(self, data: str) -> None:
        if "style" not in self.ouvertes:
            self.textes.append(data)

    @property
    def texte(self) -> str:
        return " ".join(" ".join(self.textes).split())

    def nombre(self, element: str) -> int:
        return sum(nom == element for nom, _ in self.elements)


@pytest.fixture
def pages(entrepot: Path) -> tuple[Path, Path]:
    """The index, then the page of the one control."""
    return lire_sommaire(lancer(entrepot, pages=True).page)


def lire_sommaire(sommaire: Path | None) -> tuple[Path, Path]:
    assert sommaire is not None
    (lien,) = re.findall(r'<a href="([^"]+)"', sommaire.read_text(encoding="utf-8"))
    return sommaire, sommaire.parent / lien


def test_a_page_says_the_verdict_on_every_indicator(pages: tuple[Path, Path]) -> None:
    texte = Lecteur(pages[1]).texte
    assert re.search(
        r"Contrôle du \d\d/\d\d/2\d{3} Mois contrôlés : septembre 2026 à octobre", texte
    )
    assert "3 indicateurs contrôlés : ✔ 2 conformes ✖ 1 non conforme Un" in texte
    assert (
        "✖ non conforme TEST_ZERO TEST_ZERO Guichets concernés octobre 2026, dép. 013 (0,0 %)"
        " – à traiter : G0 Mois non jugés rien à juger : septembre 2026 (dép. 013)"
        " ≥ 90 % 0,0 % octobre 2026, dép. 013 0 1 1" in texte
    )
    assert (
        "✔ conforme TEST_GRAND TEST_GRAND Guichets concernés octobre 2026, dép. 013 (90,0 %)"
        " – rouge : G0 ≥ 90 % 90,0 % octobre 2026, dép. 013 1 0 10" in texte
    )
    assert texte.index("TEST_ZERO") < texte.index("TEST_GRAND") < texte.index("TEST_NUL")
    assert texte.index("TEST_NUL") < texte.index("Détails techniques")


def test_indicators_that_no_guichet_allows_to_judge_stand_apart(entrepot: Path) -> None:
    with duckdb.connect(entrepot) as con:
        con.execute("delete from autres_source; delete from lignes_archives where unite > '2'")
    texte = Lecteur(lire_sommaire(lancer(entrepot, pages=True).page)[1]).texte
    assert "3 indicateurs contrôlés : ○ 3 non jugés" in texte
    assert "Aucun indicateur n’a de guichet d’effectif suffisant" in texte
    assert "TEST_GRAND TEST_GRAND effectif insuffisant dans chaque guichet" in texte
    assert "conforme TEST" not in texte


def test_the_index_sums_up_each_control_and_leads_to_it(entrepot: Path) -> None:
    for _ in range(2):
        sommaire = lancer(entrepot, pages=True).page
    assert sommaire is not None
    resume = "septembre 2026 à octobre 2026 (dép. 013) ✔ 2 conformes ✖ 1 non conforme"
    assert Lecteur(sommaire).texte.count(resume) == 2
    liens = re.findall(r'<a href="([^"]+)"', sommaire.read_text(encoding="utf-8"))
    assert liens == sorted(liens, reverse=True)
    for lien in liens:
        page = sommaire.parent / lien
        retour = re.findall(r'<a href="([^"]+)"', page.read_text(encoding="utf-8"))
        assert [(page.parent / un).resolve() for un in retour] == [sommaire.resolve()]


def test_nothing_is_asked_of_another_host_nor_left_by_great_expectations(
    pages: tuple[Path, Path],
) -> None:
    assert sorted(un for un in pages[0].parent.rglob("*") if un.is_file()) == sorted(pages)
    for page in pages:
        texte = page.read_text(encoding="utf-8")
        assert DEHORS.search(texte) is None
        assert "default-src 'none'" in texte


def test_everything_that_people_see_is_in_french(pages: tuple[Path, Path]) -> None:
    for page in pages:
        lu = Lecteur(page)
        assert ("html", {"lang": "fr"}) in lu.elements
        assert ANGLAIS.findall(lu.texte.replace("Great Expectations", "")) == []


def test_pages_can_be_heard_and_read_on_a_telephone(pages: tuple[Path, Path]) -> None:
    for page in pages:
        lu = Lecteur(page)
        assert (lu.nombre("h1"), lu.nombre("title"), lu.nombre("main")) == (1, 1, 1)
        assert lu.nombre("caption") == lu.nombre("table")
        assert all("scope" in attributs for nom, attributs in lu.elements if nom == "th")
        assert any(attributs.get("name") == "viewport" for _, attributs in lu.elements)


def luminance(couleur: str) -> float:
    """Relative luminance of #rgb or #rrggbb, as WCAG defines it."""
    chiffres = couleur if len(couleur) == 6 else "".join(2 * un for un in couleur)
    composantes = (int(chiffres[i : i + 2], 16) / 255 for i in (0, 2, 4))
    lineaires = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in composantes]
    return sum(poids * c for poids, c in zip((0.2126, 0.7152, 0.0722), lineaires, strict=True))


def test_the_colours_of_verdicts_have_the_strongest_contrast(pages: tuple[Path, Path]) -> None:
    style = pages[1].read_text(encoding="utf-8")
    paires = re.findall(r"\{ color: #(\w+); background: #(\w+); \}", style)
    assert len(paires) == 3
    for encre, fond in paires:
        assert (luminance(fond) + 0.05) / (luminance(encre) + 0.05) >= 7


def test_what_the_catalogue_says_is_text_never_markup(entrepot: Path) -> None:
    piege = indicateur(
        "TEST_GRAND", "lignes", "valeur > 10", libelle="délai < 5 <b>jours</b> & plus"
    )
    un = catalogue().model_copy(
        update={"indicateurs": {**catalogue().indicateurs, "TEST_GRAND": piege}}
    )
    page = lire_sommaire(lancer(entrepot, un=un, pages=True).page)[1]
    assert "délai < 5 <b>jours</b> & plus TEST_GRAND" in Lecteur(page).texte


def test_a_run_killed_while_writing_does_not_stop_the_next(entrepot: Path) -> None:
    lancer(entrepot, pages=True)
    for fichier in (entrepot.parent / "validations" / "historique").rglob("*.json"):
        fichier.write_text('{"results": [{"succ', encoding="utf-8")
    page = lancer(entrepot, pages=True).page
    assert page is not None
    assert page.read_text(encoding="utf-8").count("<a href=") == 2
    assert Lecteur(page).texte.count("historique illisible") == 1
