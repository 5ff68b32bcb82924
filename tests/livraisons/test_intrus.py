"""What must not enter by a column: NIR, free text, invisible characters, endless texts."""

from __future__ import annotations

import io
import re
from collections import Counter
from typing import Any

import polars as pl
import pytest

from infocentre.contrat.adresses import adresses_de
from infocentre.lecture.rapport import lignes_rapport
from tests.livraisons.atelier import Recue, ligne, petite
from tests.livraisons.conftest import Recevoir

pytestmark = pytest.mark.lent

HORS, ILLISIBLE = "code hors liste", "valeur illisible"
OTES, COUPE = "caractères invisibles ôtés", "texte coupé"
NIR, NAISSANCE = "180021305512345", "31/02/1980"
RECIT = "violences de M. DURAND Paul, tel 0612345678"


def _partout(recue: Recue) -> str:
    """Return all that is kept of a delivery, as one text."""
    tables = ("stock", "radiation", "guichets", "messages", "rejets", "anomalies_format")
    lignes = [str(une) for table in tables for une in recue.lire(table)]
    rapport = lignes_rapport(recue.description, None, None)
    return "\n".join([*lignes, str(recue.description), *rapport])


def test_a_code_outside_its_list_is_kept_if_short_clean_and_frequent(recevoir: Recevoir) -> None:
    gardes = {
        "ZZ": "ZZ",
        " z_9 ": "Z_9",
        "ATTRIB1234": "ATTRIB1234",
        "123456": "123456",
        "ATTRIB12345": "HL",
        "A-B": "HL",
        "À VOIR": "HL",
        "A B": "HL",
        NIR: "HL",
        "1800213055": "HL",
        "180022A055": "HL",
        "0612345678": "HL",
        "19800230": "HL",
        RECIT: "HL",
    }
    livres = [delivre for delivre in gardes for _ in range(5)]  # rows that carry each
    lignes = [ligne("stock", rang, MOTIF_DEMANDE=delivre) for rang, delivre in enumerate(livres)]
    recue = recevoir(petite().poser("stock", lignes))
    attendus = [garde for garde in gardes.values() for _ in range(5)]
    assert recue.valeurs("stock", "motif_demande")[: len(attendus)] == attendus
    nombres = Counter(attendus)
    assert recue.anomalies() == [
        ("stock", "MOTIF_DEMANDE", garde, HORS, nombre, 2 + attendus.index(garde))
        for garde, nombre in nombres.items()
    ]
    assert {un["code"] for un in recue.description["codes_inconnus"]} == set(nombres)


def test_a_code_without_a_list_is_kept_unless_it_is_no_code(recevoir: Recevoir) -> None:
    cas = [
        ("GUICHET_ENREGISTREUR", "G1226", "G1226"),
        *[("ETAT_DEMANDE", "en attente", "EN ATTENTE")] * 5,
        ("VERSION_CERFA", "14069*04", "14069*04"),
        ("COMMUNE_LOG_RECHERCHE", "2A004", "2A004"),
        ("SITU_FAMILIALE_DEMANDEUR", "NONDOC", "NONDOC"),  # « not filled », whoever says it
        ("COMMUNE_LOG_ACTUEL", "nondoc", "NONDOC"),
        ("SITU_FAMILIALE_DEMANDEUR", "DUPONT", "HL"),
        ("ETAT_DEMANDE", NIR, "HL"),
        ("ETAT_DEMANDE", NAISSANCE, "HL"),
        ("ETAT_DEMANDE", "p.durand@exemple.fr", "HL"),
        ("ETAT_DEMANDE", "1 80 02 13 055 123 45", "HL"),
        ("GUICHET_ENREGISTREUR", "06 12 34 56 78", "HL"),
        ("GUICHET_ENREGISTREUR", "0612345678", "HL"),
        ("VERSION_CERFA", RECIT, "HL"),
        *[("ETAT_DEMANDE", "en attente de commissions", "EN ATTENTE DE COMMISSIONS")] * 5,
        *[("ETAT_DEMANDE", "en attente des commissions", "HL")] * 5,  # a letter too many
    ]
    lignes = [
        ligne("stock", rang, **{colonne: delivre}) for rang, (colonne, delivre, _) in enumerate(cas)
    ]
    recue = recevoir(petite().poser("stock", lignes))
    for rang, (colonne, delivre, garde) in enumerate(cas):
        assert recue.valeurs("stock", colonne)[rang] == garde, delivre
    assert recue.anomalies() == [
        ("stock", "SITU_FAMILIALE_DEMANDEUR", "NONDOC", HORS, 1, 10),
        ("stock", "COMMUNE_LOG_ACTUEL", "NONDOC", HORS, 1, 11),
        ("stock", "SITU_FAMILIALE_DEMANDEUR", "HL", HORS, 1, 12),
        ("stock", "ETAT_DEMANDE", "HL", HORS, 9, 13),
        ("stock", "GUICHET_ENREGISTREUR", "HL", HORS, 2, 17),
        ("stock", "VERSION_CERFA", "HL", HORS, 1, 19),
    ]


def test_a_rpls_number_and_a_siren_are_codes(recevoir: Recevoir) -> None:
    une = ligne("radiation", 1, NUMERORPLS="0612345678", SIREN_RADIATION="180021305")
    recue = recevoir(petite().poser("radiation", [une]))
    assert recue.lire("radiation", "SELECT numerorpls, siren_radiation")[0] == (
        "0612345678",
        "180021305",
    )
    assert not recue.anomalies()


def test_columns_that_are_shifted_leave_no_personal_text_behind(recevoir: Recevoir) -> None:
    intrus = [NIR, RECIT, NAISSANCE, "0612345678", "paul.durand@exemple.fr", "19800230"]
    colonnes = (
        "TYPE_DEMANDEUR ETAT_DEMANDE GUICHET_ENREGISTREUR DATE_MODIFICATION DATE_NAISS_DEMANDEUR "
        "DOUBLON_FORCE NB_PJRFR REVENU_MENSUEL_FOYER SITU_FAMILIALE_DEMANDEUR MODE_MUTATION"
    ).split()
    lignes = [
        ligne("stock", rang, **{colonne: intru})
        for rang, (intru, colonne) in enumerate((i, c) for i in intrus for c in colonnes)
    ]
    rejetees = [ligne("stock", 200 + r, NUMERO_UNIQUE=i) for r, i in enumerate(intrus)]
    rejetees += [ligne("stock", 300 + r, DATE_CREATION=i) for r, i in enumerate(intrus)]
    livraison = petite().poser("stock", [*lignes, *rejetees], combler=1000)
    livraison.poser(
        "messages", [ligne("messages", r, NUMERO_UNIQUE=i) for r, i in enumerate(intrus)]
    )
    recue = recevoir(livraison)
    assert len(recue.rejets()) == 12
    for intru in (NIR, RECIT, NAISSANCE, "612345678", "paul.durand", "19800230"):
        assert intru not in _partout(recue)
    anomalies = str(recue.anomalies()) + str(recue.rejets())
    assert not re.search(r"\d{7}", re.sub("9{2,}", "", anomalies))
    assert ("stock", "DATE_NAISS_DEMANDEUR", "forme 99/99/9999", ILLISIBLE, 1) in [
        une[:5] for une in recue.anomalies()
    ]
    codes = recue.valeurs("stock", "situ_familiale_demandeur")
    assert [code for code in codes if code] == ["HL"] * 6
    assert "autre chose qu'un code" in _partout(recue)


# --- Invisible characters -------------------------------------------------------------------------

SALES = (
    "Mairie\x01 de\x1b[31m Salon",  # C0
    "Mairie\x7f de\u0085[31m Salon",  # DEL, C1
    "\u202eMairie de\u2066[31m Salon\u200f",  # bidi
    "Mairie\u2028 de[31m\u2029 Salon",  # separators
    "Mairie\ufdd0 de[31m\U0001ffff Salon",  # no characters
)


@pytest.mark.parametrize("forme", ["csv", "parquet", "xlsx"])
def test_invisible_characters_are_taken_out_and_counted(recevoir: Recevoir, forme: str) -> None:
    lignes = [ligne("guichets", rang, NOM=sale) for rang, sale in enumerate(SALES)]
    type_ = "\u200eBAILLEUR\u0001" if forme == "csv" else "EPCI"
    lignes.append(ligne("guichets", 1302, TYPE_GUICHET=type_))
    recue = recevoir(_forme(lignes, forme))
    assert recue.valeurs("guichets", "nom")[: len(SALES)] == ["Mairie de[31m Salon"] * len(SALES)
    assert ("guichets", "NOM", None, OTES, len(SALES), 2) in recue.anomalies()
    if forme == "csv":
        assert recue.valeurs("guichets", "type_guichet")[len(SALES)] == "BAILLEUR"
        assert ("guichets", "TYPE_GUICHET", None, OTES, 1, 2 + len(SALES)) in recue.anomalies()


def _forme(lignes: list[dict[str, str]], forme: str) -> Any:
    from tests.livraisons.test_formats import classeur

    livraison = petite()
    if forme == "csv":
        return livraison.poser("guichets", lignes, combler=0)
    noms = list(lignes[0])
    if forme == "xlsx":
        rangs = [[une[nom] for nom in noms] for une in lignes]
        return livraison.octets("guichets.xlsx", classeur([noms, *rangs]))
    tampon = io.BytesIO()
    pl.DataFrame({nom: [une[nom] for une in lignes] for nom in noms}).write_parquet(tampon)
    return livraison.octets("guichets.parquet", tampon.getvalue())


def test_a_text_of_a_name_is_cut_at_255_characters_and_counted(recevoir: Recevoir) -> None:
    long = "é" * 300_000
    lignes = [ligne("guichets", 1301, NOM=long), ligne("guichets", 1302, NOM="é" * 255)]
    recue = recevoir(petite().poser("guichets", lignes, combler=30))
    assert recue.valeurs("guichets", "nom")[:2] == ["é" * 255] * 2
    assert recue.anomalies() == [("guichets", "NOM", None, COUPE, 1, 2)]


def test_names_are_cleaned_too_and_nothing_of_them_is_told(recevoir: Recevoir) -> None:
    une = ligne("identites", 1, NOM="Mar\u202etin", PRENOM="Z" * 300)
    recue = recevoir(petite().poser("identites", [une]))
    assert recue.lire("identites", "SELECT nom, prenom")[0] == ("Martin", "Z" * 255)
    assert [une[1:5] for une in recue.anomalies()] == [
        ("NOM", None, OTES, 1),
        ("PRENOM", None, COUPE, 1),
    ]


def test_a_clean_file_is_not_looked_into(recevoir: Recevoir) -> None:
    recue = recevoir(
        petite().poser("guichets", [ligne("guichets", 1, NOM="Cœur d’Île\t–\u00a010 €")])
    )
    assert recue.valeurs("guichets", "nom")[0] == "Cœur d’Île\t–\u00a010 €"
    assert not recue.anomalies()


def test_names_of_columns_are_cleaned_and_cut(recevoir: Recevoir) -> None:
    lignes = [ligne("stock", rang, **{"Z\u202eUT" + "x" * 900: "1"}) for rang in range(5)]
    recue = recevoir(petite().poser("stock", lignes, combler=0))
    assert recue.description["tables"]["stock"]["inconnues"] == ["ZUT" + "X" * 197]


def test_a_guichet_has_several_addresses_and_what_is_more_than_one_is_off_the_list(
    recevoir: Recevoir,
) -> None:
    dites = {
        "a@x.fr; B@x.fr": ("a@x.fr", "b@x.fr"),
        "mailto:a@x.fr": ("a@x.fr",),
        "Mailto: a@x.fr ; ": ("a@x.fr",),
        "a@x.fr\nb@x.fr": ("a@x.fr", "b@x.fr"),
        "a@x.fr et b@x.fr/a@x.fr": ("a@x.fr", "b@x.fr"),
        "a @x.fr": (),
        "Mme DURAND <a@x.fr>": (),
        "a@x.fr, Mme Durand": (),
    }
    lignes = [ligne("guichets", rang, COURRIEL=dite) for rang, dite in enumerate(dites, 1)]
    recue = recevoir(petite().poser("guichets", lignes))
    lues = dict(recue.lire("guichets", "SELECT code_guichet, courriel"))
    for rang, (dite, attendues) in enumerate(dites.items(), 1):
        assert adresses_de(lues[f"G{rang:04d}"]) == attendues, dite
    assert recue.anomalies("guichets")[0][:4] == ("guichets", "COURRIEL", "HL", HORS)
