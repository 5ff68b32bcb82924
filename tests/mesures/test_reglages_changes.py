"""A setting that a person changes is validated, written for commands, and told."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from infocentre.mesures.reglages import completer_reglages, lire_reglages, lire_seuils
from infocentre.mesures.reglages_changes import changer, essayer, historique, reglages
from infocentre.noyau.erreurs import Refus

ECRIT = """\
# Réglages de la DDETS
dalo_objectif: 0.3  # arrêté du 3 mars
lec_epci:
  "200054807": 0.25
"""


def test_what_people_wrote_stays(tmp_path: Path) -> None:
    (tmp_path / "reglages.yml").write_text(ECRIT, "utf-8")
    changer(tmp_path, "logement_dabord_objectif", "013", "1 200", "camille")
    changer(tmp_path, "disparues_part", "", "30 %", "camille")
    changer(tmp_path, "dalo_objectif", "", "12,5", "dominique")
    assert (tmp_path / "reglages.yml").read_text("utf-8") == (
        "# Réglages de la DDETS\n"
        "dalo_objectif: 0.125 # arrêté du 3 mars\n"
        "lec_epci:\n"
        '  "200054807": 0.25\n'
        "logement_dabord_objectif:\n"
        "  '013': 1200\n"
        "vraisemblance:\n"
        "  disparues_part: 0.3\n"
    )
    lus = lire_reglages(tmp_path / "reglages.yml")
    assert (lus.dalo_objectif, lus.logement_dabord_objectif) == (0.125, {"013": 1200})
    assert lire_seuils(tmp_path / "reglages.yml").disparues_part == 0.3


def test_nothing_gives_the_default_back(tmp_path: Path) -> None:
    (tmp_path / "reglages.yml").write_text(ECRIT, "utf-8")
    changer(tmp_path, "dalo_objectif", "", "", "camille")
    changer(tmp_path, "lec_epci", "200054807", " ", "camille")
    assert lire_reglages(tmp_path / "reglages.yml") == lire_reglages(tmp_path / "absent.yml")
    un = next(un for un in reglages(tmp_path) if un.cle == "dalo_objectif")
    assert (un.valeur, un.defaut) == (0.25, 0.25)


def test_who_changed_what(tmp_path: Path) -> None:
    changer(tmp_path, "delai_anormalement_long", "013", "30", "camille")
    changer(tmp_path, "delai_anormalement_long", "013", "36", "dominique")
    dernier, premier = historique(tmp_path)
    assert (premier.par, premier.objet, premier.avant, premier.apres) == (
        "camille",
        "013",
        None,
        30,
    )
    assert (dernier.par, dernier.avant, dernier.apres) == ("dominique", 30, 36)


@pytest.mark.parametrize(
    ("cle", "objet", "texte", "dit"),
    [
        ("dalo_objectif", "", "150", "« Attributions aux ménages DALO et prioritaires »"),
        ("dalo_objectif", "", "un quart", "un pourcentage, de 100 au plus"),
        ("dalo_objectif", "", "nan", "un pourcentage, de 100 au plus"),
        ("dalo_objectif", "", "0", "0 % est moins d'un sur cent"),
        ("lec_epci", "200054807", "0,25", "0,25 % est moins d'un sur cent"),
        ("seuil_secret", "", "0", "hors des bornes (1 au moins)"),
        ("seuil_secret", "", "11,5", "un nombre entier"),
        ("volume_hausse", "", "0,5", "supérieur à 1"),
        ("delai_anormalement_long", "13", "30", "trois caractères"),
        ("delai_anormalement_long", "", "30", "par département"),
        ("lec_epci", "marseille", "30", "SIREN"),
        ("logement_dabord_objectif", "013", "0", "hors des bornes"),
        ("dalo_objectif", "013", "30", "pour tous"),
        ("objectif_inconnu", "", "30", "n'existe pas"),
    ],
)
def test_a_wrong_value_writes_nothing(
    tmp_path: Path, cle: str, objet: str, texte: str, dit: str
) -> None:
    (tmp_path / "reglages.yml").write_text(ECRIT, "utf-8")
    with pytest.raises(Refus) as essai:
        essayer(tmp_path, cle, objet, texte)
    with pytest.raises(Refus) as refus:
        changer(tmp_path, cle, objet, texte, "camille")
    assert dit in str(refus.value)
    assert str(essai.value) == str(refus.value)
    assert (tmp_path / "reglages.yml").read_text("utf-8") == ECRIT
    assert historique(tmp_path) == []


def test_a_file_that_is_wrong_already_is_named(tmp_path: Path) -> None:
    (tmp_path / "reglages.yml").write_text("dalo_objectif: beaucoup\n", "utf-8")
    with pytest.raises(Refus, match=r"reglages\.yml"):
        changer(tmp_path, "seuil_secret", "", "6", "camille")


def test_two_people_at_once(tmp_path: Path) -> None:
    """Twelve changes at once of twelve départements: none is lost."""
    codes = [f"{numero:03d}" for numero in range(1, 13)]
    fils = [
        threading.Thread(
            target=changer, args=(tmp_path, "logement_dabord_objectif", code, code, "camille")
        )
        for code in codes
    ]
    for fil in fils:
        fil.start()
    for fil in fils:
        fil.join()
    lus = lire_reglages(tmp_path / "reglages.yml")
    assert lus.logement_dabord_objectif == {code: int(code) for code in codes}
    assert len(historique(tmp_path)) == 12


def test_the_settings_of_an_old_control_are_those_that_it_had() -> None:
    """An objective of zero was taken then; a setting that there is no more is left."""
    lus = completer_reglages({"logement_dabord_objectif": {"013": 0}, "disparu": 1})
    assert lus.logement_dabord_objectif == {"013": 0}
    assert (lus.dalo_objectif, lus.lec_epci) == (0.25, {})
    assert "disparu" not in lus.model_dump()
