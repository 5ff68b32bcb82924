"""The texts of a source in the contract's words: the day that each spelling of a date means."""

from __future__ import annotations

import polars as pl
import pytest

from infocentre.contrat import contrat
from infocentre.correspondances.modele import Dialecte, Fichier, Lecture
from infocentre.livraisons.traduction import Traduction
from infocentre.reconnaissance.valeurs import code_de

TRADUCTION = Traduction(
    fichier=Fichier.renomme({"Signé le": "DATE_SIGNATURE_BAIL"}, "radiation"),
    dialecte=Dialecte(),
    table=contrat().tables["radiation"],
)

AVEC_CODES = Traduction(
    fichier=Fichier(
        exemple="radiation",
        table="radiation",
        colonnes={
            "Réservataire": Lecture("TYPE_RESERVATAIRE", valeurs={"Autres": "AUTRES"}),
            "DALO": Lecture("ATTRIBUE_DALO", valeurs={"Non renseigné": "NONDOC", "Oui": "OUI"}),
        },
    ),
    dialecte=Dialecte(),
    table=contrat().tables["radiation"],
)


@pytest.mark.parametrize(
    ("texte", "jour"),
    [
        # Midnight in Paris is 22 h of the day before in summer, 23 h in winter.
        ("2026-07-14T22:00:00Z", "2026-07-15"),
        ("2026-12-31T23:00:00.000Z", "2027-01-01"),
        ("2026-12-31 22:30:00 UTC", "2026-12-31"),
        ("2026-07-14T00:00:00Z", "2026-07-14"),
        ("2026-07-14T00:00:00+02:00", "2026-07-14"),
        ("1/12/2026", "01/12/2026"),
        ("3/4/2026 08:15", "03/04/2026"),
        ("31.10.2026", "31/10/2026"),
        ("1er décembre 2026", "2026-12-01"),
        ("05-août-2026", "2026-08-05"),
        ("12 déc. 2026", "2026-12-12"),
        # Two months begin so; which century is not said; which day is not.
        ("2 jui 2026", "2 jui 2026"),
        ("1/12/26", "1/12/26"),
        ("décembre 2026", "décembre 2026"),
    ],
)
def test_a_date_is_read_when_it_can_be_but_one_day(texte: str, jour: str) -> None:
    traduits, _ = TRADUCTION.traduire("date_signature_bail", pl.Series([texte, None]))
    assert traduits.to_list() == [jour, None]


@pytest.mark.parametrize(
    "texte", ["Non renseigné", "NON RENSEIGNE", "(vide)", "-", " NULL ", "00/00/0000 00:00:00"]
)
def test_what_reports_write_for_nothing_is_empty_and_no_code(texte: str) -> None:
    traduits, _ = TRADUCTION.traduire("date_signature_bail", pl.Series([texte]))
    assert traduits.to_list() == [None]
    traduits, sans_cle = AVEC_CODES.traduire("type_reservataire", pl.Series([texte, "Autres"]))
    assert (traduits.to_list(), sans_cle.to_list()) == ([None, "AUTRES"], [None, None])
    traduits, _ = AVEC_CODES.traduire("attribue_dalo", pl.Series(["Non renseigné", "Oui"]))
    assert traduits.to_list() == ["NONDOC", "OUI"], "a person said what it means there"


def test_a_numero_is_read_without_the_marks_of_a_text_in_a_spreadsheet() -> None:
    lecture = {"Numéro": Lecture("NUMERO_UNIQUE")}
    marque = Traduction(Fichier(lecture, "radiation"), Dialecte(), contrat().tables["radiation"])
    ecrits = ["'0130626000003G1209", '="0130626000003G1209"', "013 0626 000003 G1209"]
    traduits, _ = marque.traduire("numero_unique", pl.Series(ecrits))
    assert traduits.to_list() == ["0130626000003G1209"] * 3


def test_a_commune_is_read_by_its_name_though_no_row_seen_before_had_it() -> None:
    lecture = Lecture("COMMUNE_LOGEMENT_ATTRIB", valeurs={"Istres": "13047"})
    fichier = Fichier(exemple="radiation", table="radiation", colonnes={"Ville": lecture})
    par_nom = Traduction(fichier, Dialecte(), contrat().tables["radiation"])
    dits = ["Istres", "SALON DE PROVENCE", "Marseille 1er Arrondissement", "13001 - Aix", "Lyon"]
    traduits, _ = par_nom.traduire("commune_logement_attrib", pl.Series(dits))
    assert traduits.to_list() == ["13047", "13103", "13201", "13001", "Lyon"], "not of the 13"


@pytest.mark.parametrize(
    ("dits", "texte", "lu"),
    [
        # No row of those seen had it: what is known of labels reads it, once some are read by them.
        ({"Attribution": "RADATT"}, "Demande irrecevable", "RADIRR"),
        ({}, "Demande irrecevable", "Demande irrecevable"),
        # What a person said wins; a key is never guessed, nor what nothing tells.
        ({"Demande irrecevable": "RADABA"}, "demande irrecevable", "RADABA"),
        ({"17": "RADATT"}, "3", "3"),
        ({"Attribution": "RADATT"}, "Absence de réponse", "Absence de réponse"),
    ],
)
def test_a_label_that_no_row_seen_had_is_read_as_a_proposal_reads_it(
    dits: dict[str, str], texte: str, lu: str
) -> None:
    lecture = Lecture("MOTIF_RADIATION", valeurs=dits)
    fichier = Fichier(exemple="radiation", table="radiation", colonnes={"Motif": lecture})
    par_libelle = Traduction(fichier, Dialecte(), contrat().tables["radiation"], deviner=code_de)
    traduits, _ = par_libelle.traduire("motif_radiation", pl.Series([texte, "RADCON"]))
    assert traduits.to_list() == [lu, "RADCON"]
