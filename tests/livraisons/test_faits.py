"""The facts of a delivery, counted by hand."""

from __future__ import annotations

from typing import Any

import polars as pl
import pytest

from infocentre.contrat import contrat
from infocentre.livraisons.faits import _mal_decodes
from tests.livraisons.atelier import Petite, en_csv, guichets, ligne, recevoir_en

RADIATION = {"MOTIF_RADIATION": "RADATT", "DATE_RADIATION": "20/10/2026"}


@pytest.fixture(scope="module")
def faits(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """Receive 100 demandes actives and 100 radiées, some of them wrong in ways that are counted."""
    stock = [
        *(
            ligne("stock", un, REVENU_MENSUEL_FOYER="1000", SITU_FAMILIALE_DEMANDEUR="C")
            for un in range(60)
        ),
        *(
            ligne("stock", un, REVENU_MENSUEL_FOYER="mille", SITU_FAMILIALE_DEMANDEUR="MARIE")
            for un in range(60, 70)
        ),
        *(
            ligne(
                "stock",
                un,
                GUICHET_ENREGISTREUR="G9999",
                DATE_CREATION="01/11/2026",
                REVENU_FISCAL1_FOYER=("52.038", "7.250,50", "950", "12.5", "52.0384")[un - 70],
            )
            for un in range(70, 75)
        ),
        *(
            ligne("stock", un, TYPE_DEMANDEUR="PM", NUMERO_UNIQUE=f"0840126{un:06d}G1301")
            for un in range(75, 100)
        ),
    ]
    radiation = [
        *(
            ligne("radiation", un, **RADIATION, DATE_SIGNATURE_BAIL="12/10/2026")
            for un in range(60)
        ),
        *(
            ligne(
                "radiation",
                un,
                **RADIATION,
                DATE_SIGNATURE_BAIL="12 octobre",
                COMMUNE_LOGEMENT_ATTRIB=("13800", "99109", "13047", "2A004")[un % 4],
            )
            for un in range(60, 100)
        ),
    ]
    livraison = Petite()
    livraison.texte("stock", en_csv(stock)).texte("radiation", en_csv(radiation))
    livraison.texte("guichets", en_csv(guichets()))
    atelier = tmp_path_factory.mktemp("faits")
    recue = recevoir_en(livraison.ecrire(atelier / "2026-10"), atelier)
    return {nom: table["faits"] for nom, table in recue.description["tables"].items()}


def test_each_column_counts_what_is_filled_unreadable_and_off_the_list(
    faits: dict[str, Any],
) -> None:
    colonnes = faits["stock"]["colonnes"]
    assert colonnes["REVENU_MENSUEL_FOYER"] == {
        "renseignees": 70,
        "illisibles": 10,
        "hors_liste": 0,
    }
    assert colonnes["SITU_FAMILIALE_DEMANDEUR"] == {
        "renseignees": 70,
        "illisibles": 0,
        "hors_liste": 10,
    }
    assert colonnes["CONTACT_MAIL"] == {"renseignees": 0, "illisibles": 0, "hors_liste": 0}
    assert faits["radiation"]["colonnes"]["DATE_SIGNATURE_BAIL"] == {
        "renseignees": 100,
        "illisibles": 40,
        "hors_liste": 0,
    }


def test_dates_guichets_codes_and_territories_are_counted(faits: dict[str, Any]) -> None:
    stock = faits["stock"]
    assert stock["dates"]["DATE_CREATION"] == {"futures": 5, "dernier": "2026-01-15"}
    assert faits["radiation"]["dates"]["DATE_RADIATION"] == {"futures": 0, "dernier": "2026-10-20"}
    assert stock["guichets"] == {"GUICHET_ENREGISTREUR": 5, "CLE_GUICHETCREATEUR": 0}
    assert stock["repartitions"]["TYPE_DEMANDEUR"] == {"PP": 75, "PM": 25}
    assert stock["repartitions"]["TERRITOIRE"] == {"013": 75, "084": 25}
    assert stock["moyennes"]["REVENU_MENSUEL_FOYER"] == 1000
    # 46035 days from 1 January 1900 to 15 January 2026; 46325 to 1 November 2026.
    assert stock["moyennes"]["DATE_CREATION"] == round((95 * 46035 + 5 * 46325) / 100)


def test_an_amount_of_three_decimals_is_counted_as_one_in_thousands(faits: dict[str, Any]) -> None:
    assert faits["stock"]["milliemes"] == {"REVENU_FISCAL1_FOYER": 1}  # 52.038 alone
    assert faits["radiation"]["milliemes"] == {}


def test_a_text_that_was_decoded_wrongly_is_counted_one_with_accents_is_not() -> None:
    noms = ["CitÃ©", "CITÃ‰ JARDIN", "lâ€™Habitat", "SÅ“urs", "Cité", "JOÃO", "Ångström", None]
    table = contrat().tables["guichets"]
    lus = _mal_decodes(pl.DataFrame({"nom": pl.Series(noms, dtype=pl.Categorical)}), table)
    assert dict(lus) == {"NOM": 4}


def test_a_code_that_no_commune_has_is_counted_a_country_is_not(faits: dict[str, Any]) -> None:
    assert faits["radiation"]["communes"] == {"COMMUNE_LOGEMENT_ATTRIB": 10}  # 13800: Istres's post
    assert faits["stock"]["communes"] == {}
