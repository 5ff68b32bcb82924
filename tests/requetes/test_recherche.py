"""A question in French finds the query of the library that answers it."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from infocentre.noyau import fichiers_yaml
from infocentre.noyau.config import ressources
from infocentre.requetes.bibliotheque import Requete, lire_bibliotheque, lire_requete
from infocentre.requetes.recherche import chercher
from tests.cli.lancer import Commande

QUESTIONS: dict[str, list[list[str]]] = fichiers_yaml.lire(
    Path(__file__).with_name("questions.yml").read_text("utf-8")
)


def livrees() -> dict[str, Requete]:
    return lire_bibliotheque(ressources("queries") / "bibliotheque")


@pytest.mark.parametrize("jeu", QUESTIONS)
def test_questions_find_their_query_among_the_first_three(jeu: str) -> None:
    bibliotheque, ratees = livrees(), []
    for question, *attendues in QUESTIONS[jeu]:
        assert bibliotheque.keys() >= set(attendues)
        trouvees = [une.nom for une in chercher(bibliotheque, question)[:3]]
        if not set(trouvees) & set(attendues):
            ratees.append((question, trouvees))
    assert len(QUESTIONS[jeu]) >= 30
    assert len(ratees) <= 0.15 * len(QUESTIONS[jeu]), ratees


def test_every_query_of_the_library_is_asked_for() -> None:
    demandees = {nom for jeu in QUESTIONS.values() for _, *noms in jeu for nom in noms}
    assert livrees().keys() == demandees


@pytest.mark.parametrize(
    "question",
    ["doublons forcés", "DOUBLON FORCE", "doublon forcée", "doublons focés", "  dublons  forcés ?"],
)
def test_accents_capitals_and_slips_are_forgiven(question: str) -> None:
    assert chercher(livrees(), question)[0].nom == "doublons_forces_guichet_mois"


@pytest.mark.parametrize("question", ["", "?", "de la les", "xyzzyx", "\0", "a" * 100_000])
def test_what_asks_nothing_finds_nothing_at_once(question: str) -> None:
    debut = time.monotonic()
    assert chercher(livrees(), question) == []
    assert time.monotonic() - debut < 1


def test_a_rarer_word_says_more_and_a_title_more_than_a_description() -> None:
    ecrites = {
        nom: lire_requete(f"-- titre: {titre}\n-- description: {dit}\nselect 1", nom)
        for nom, titre, dit in (
            ("a", "Loyers par guichet", "Montants"),
            ("b", "Plis par guichet", "Courriers, loyers compris"),
            ("c", "Plis par commune", "Courriers"),
        )
    }
    assert [une.nom for une in chercher(ecrites, "loyer par guichet")] == ["a", "b"]
    assert [une.nom for une in chercher(ecrites, "plis des communes")] == ["c", "b"]


def test_the_command_line_gives_the_names_to_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    lancer = Commande(tmp_path, monkeypatch, capsys)
    question = "qui dois-je relancer ?"
    trouvees = lancer("bibliotheque", "--chercher", question, "--format", "csv")
    assert trouvees.texte.splitlines()[1].startswith("guichets_a_relancer;")
    rien = lancer("bibliotheque", "--chercher", "xyzzyx")
    assert rien.code == 1
    assert "aucune requête ne répond à « xyzzyx »" in rien.erreur
