"""Messages: what no event of an affaire has said is refused, with its place in the template."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
from jinja2 import FileSystemLoader

from infocentre.demarches import texte
from infocentre.noyau.erreurs import Refus

NOMS = {"le_jour": dt.date(2026, 12, 13), "lieu": None, "heure": None}


def _rediger(ecrit: str, dossier: Path, patch: pytest.MonkeyPatch) -> tuple[str, str]:
    (dossier / "avis.txt").write_text(ecrit)
    milieu = texte._milieu()
    patch.setattr(milieu, "loader", FileSystemLoader(dossier))
    patch.setattr(milieu, "bytecode_cache", None)
    return texte.rediger("avis.txt", NOMS)


def test_what_is_chosen_by_its_absence_is_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ecrit = "Visite\n\nLe {{ le_jour | dater }}{% if lieu %}, {{ lieu }}{% endif %}."
    assert _rediger(ecrit, tmp_path, monkeypatch) == ("Visite", "Le 13 décembre 2026.\n")


@pytest.mark.parametrize(
    ("phrase", "quoi"),
    [
        ("À {{ lieu }}, le {{ le_jour | dater }}.", "« lieu », que"),
        ("Près {{ lieu | minuscule | de }}, à {{ heure }}.", "« lieu », « heure », que"),
        ("À {{ heure | dater }}.", "« heure », que"),
        ("{% for un in [lieu] %}{{ un }}{% endfor %}", "« lieu », que"),
        ("{{ [le_jour, {}.get(1)][1] }}", "ce que"),
    ],
)
def test_what_nothing_says_is_refused_and_not_written_as_none(
    phrase: str, quoi: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(Refus) as refus:
        _rediger(f"Visite\n\n{phrase}\n", tmp_path, monkeypatch)
    assert refus.value.quoi == f"ce message écrit {quoi} rien ne dit encore"
    assert refus.value.ou == "reports/avis.txt, ligne 3"
    assert "rien n'est parti" in refus.value.que_faire


def test_a_message_that_is_wrongly_written_is_refused_in_french(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(Refus, match="le nom « quand » n'existe pas") as refus:
        _rediger("Visite\n\nLe {{ quand }}.\n", tmp_path, monkeypatch)
    assert refus.value.ou == "reports/avis.txt, ligne 3"
