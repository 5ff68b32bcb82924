"""Région et France: typed on a page, imported from a file, whole or not at all."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from infocentre.cli import main
from infocentre.noyau.erreurs import Refus
from infocentre.restitutions.references import (
    FICHIER,
    Reference,
    depuis_csv,
    en_csv,
    enregistrer,
    lire,
)

FRANCE = {
    "territoire": "France",
    "arrete": "2024-06-30",
    "source": "SNE, publication nationale",
    "demandes_actives": "2 708 400",
    "anciennete_moyenne_mois": "23,5",
}
ATTENDUE = Reference(
    territoire="France",
    arrete=dt.date(2024, 6, 30),
    source="SNE, publication nationale",
    demandes_actives=2_708_400,
    anciennete_moyenne_mois=23.5,
)


def test_what_is_typed_is_read_by_the_bilan_and_replaced(tmp_path: Path) -> None:
    assert enregistrer(tmp_path, FRANCE) == (ATTENDUE,)
    enregistrer(tmp_path, FRANCE | {"territoire": "PACA"})
    assert [une.territoire for une in lire(tmp_path / FICHIER)] == ["France", "PACA"]
    enregistrer(tmp_path, FRANCE | {"demandes_actives": "2800000"})
    connues = {une.territoire: une.demandes_actives for une in lire(tmp_path / FICHIER)}
    assert connues == {"PACA": 2_708_400, "France": 2_800_000}
    vide = FRANCE | {"demandes_actives": "", "anciennete_moyenne_mois": ""}
    assert [une.territoire for une in enregistrer(tmp_path, vide)] == ["PACA"]


@pytest.mark.parametrize(
    ("champ", "valeur", "dit"),
    [
        ("demandes_actives", "beaucoup", "demandes_actives"),
        ("demandes_actives", "-3", "un nombre positif"),
        ("arrete", "juin 2024", "une date AAAA-MM-JJ"),
        ("source", " ", "source"),
    ],
)
def test_what_is_wrong_is_named_and_nothing_is_written(
    tmp_path: Path, champ: str, valeur: str, dit: str
) -> None:
    enregistrer(tmp_path, FRANCE)
    avant = (tmp_path / FICHIER).read_bytes()
    with pytest.raises(Refus, match=dit):
        enregistrer(tmp_path, FRANCE | {champ: valeur})
    assert (tmp_path / FICHIER).read_bytes() == avant


def test_the_file_that_is_written_is_read_back_by_the_command(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("INFOCENTRE_DOSSIER", str(tmp_path))
    enregistrer(tmp_path, FRANCE)
    modele = tmp_path / "autres.csv"
    assert main(["comparaisons", "--modele", str(modele)]) == 0
    saisi = modele.read_bytes()
    assert main(["comparaisons", "--modele", str(modele)]) == 1  # what was typed there stays
    assert "ce qui y est saisi serait perdu" in capsys.readouterr().err
    assert main(["comparaisons", "--modele", str(tmp_path / "x"), "--lire", str(modele)]) == 2
    assert (modele.read_bytes(), (tmp_path / "x").exists()) == (saisi, False)
    (tmp_path / FICHIER).unlink()
    assert main(["comparaisons", "--lire", str(modele)]) == 0
    assert "France (au 30/06/2024, SNE, publication nationale)" in capsys.readouterr().out
    assert lire(tmp_path / FICHIER) == (ATTENDUE,)


def test_a_file_of_another_form_is_refused_with_its_line() -> None:
    with pytest.raises(Refus, match="première ligne"):
        depuis_csv(b"a;b\n", "x.csv")
    with pytest.raises(Refus, match="première ligne"):  # a workbook, whose cells never end
        depuis_csv(b'PK\x03\x04"' + b"x" * 200_000, "x.csv")
    with pytest.raises(Refus, match="« mot » n'est pas une mesure"):
        depuis_csv(b"mesure;libelle;Paris\nmot\n", "x.csv")
    faux = en_csv((ATTENDUE,)).replace("dont_portail", "portail").encode()
    with pytest.raises(Refus) as refus:
        depuis_csv(faux, "x.csv")
    assert (refus.value.quoi, refus.value.ou) == (
        "« portail » n'est pas une mesure",
        "x.csv, ligne 7",
    )


def test_a_file_filled_and_saved_by_a_spreadsheet_is_read() -> None:
    """In the encoding of Windows, its dates as the spreadsheet writes them."""
    texte = en_csv((ATTENDUE,)).replace("2024-06-30", "30/06/2024")
    assert "30/06/2024" in texte
    assert depuis_csv(texte.encode("cp1252"), "x.csv") == (ATTENDUE,)
    assert depuis_csv(texte.replace("\r\n", "\r").encode("cp1252"), "x.csv") == (ATTENDUE,)


def test_nothing_of_the_model_is_a_territory_until_a_figure_is_typed() -> None:
    assert depuis_csv(en_csv(()).encode(), "x.csv") == ()
