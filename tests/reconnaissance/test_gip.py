"""The files of the GIP SNE, read as they are: keys, joins, years, and what is wrong in them."""

from __future__ import annotations

import datetime as dt
import os
from collections import Counter
from pathlib import Path

import pytest

from infocentre.correspondances.ecrits import texte as ecrire
from infocentre.correspondances.garde import livree
from infocentre.noyau.erreurs import Refus
from infocentre.reconnaissance.dialecte import profiler
from infocentre.reconnaissance.essai import essayer
from infocentre.reconnaissance.proposition import proposer
from tests.livraisons.atelier import numero
from tests.reconnaissance.atelier import RADIATION, STOCK, classeur, rangs, texte
from tests.reconnaissance.gip import (
    COLONNES,
    demande,
    ouvrir_gip,
    poser,
    poser_le_gip,
    poser_les_codes,
    radiee,
    recevoir_gip,
)

ELE = ("DEMANDE", "ORDRE")
SANS_CLE = "clé sans ligne dans son fichier de codes"


def par_numero(recue: object, table: str, colonne: str) -> dict[str, object]:
    """Return the values of a column by numéro, of the rows made by hand."""
    lignes = recue.lire(table, f"SELECT numero_unique, {colonne}")  # type: ignore[attr-defined]
    return dict(lignes)


def test_keys_become_codes_and_dates_lose_their_hour(tmp_path: Path) -> None:
    stock = [
        demande(1, MODE_LOGEMENT_ACTUEL="7", DATE_NAISS_DEMANDEUR="1970", DATE_ETAT="31.03.2026"),
        demande(2, MODE_LOGEMENT_ACTUEL="8.0", DATE_NAISS_DEMANDEUR="05/1980", DATE_ETAT="46112"),
        demande(3, MODE_LOGEMENT_ACTUEL="HLM", DATE_ETAT="2026/03/31", COMMUNE_LOG_ACTUEL="9"),
        demande(4, MODE_LOGEMENT_ACTUEL="NA", DATE_ETAT="20260331", DATE_RENOUVELLEMENT="NULL"),
        demande(5, GUICHET_ENREGISTREUR="123"),
    ]
    dossier = poser_le_gip(tmp_path / "gip", stock, [radiee(1)])
    communes = [{"CLE_COMMUNE": "9", "CODE_COMMUNE": "13055"}]
    poser(dossier, "Codes/SNE - ref_geographie (définitif).csv", tuple(communes[0]), communes)
    for une in sorted(dossier.glob("ref_*")):
        une.rename(dossier / "Codes" / une.name)
    recue = recevoir_gip(dossier, tmp_path)
    modes = par_numero(recue, "stock", "mode_logement_actuel")
    assert [modes[numero(rang)] for rang in (1, 2, 3, 4)] == ["HLM", "LP", "HLM", None]
    naissances = par_numero(recue, "stock", "date_naiss_demandeur::VARCHAR")
    assert [naissances[numero(rang)] for rang in (1, 2)] == ["1970-01-01", "1980-05-01"]
    etats = par_numero(recue, "stock", "date_etat::VARCHAR")
    assert [etats[numero(rang)] for rang in (1, 2, 3, 4)] == ["2026-03-31"] * 4
    assert par_numero(recue, "stock", "commune_log_actuel")[numero(3)] == "13055"
    assert par_numero(recue, "stock", "guichet_enregistreur")[numero(5)] == "00123"
    assert set(recue.valeurs("radiation", "motif_radiation")) == {"RADATT"}
    assert {f"{une}" for une in recue.valeurs("stock", "date_creation")} == {"2026-01-15"}
    assert recue.anomalies() == []
    lue = recue.description["correspondance"]
    assert lue is not None
    assert (lue["source"], lue["version"]) == ("gip-sne", 1)


def test_a_key_without_its_row_is_empty_counted_and_listed(tmp_path: Path) -> None:
    stock = [demande(rang, MODE_LOGEMENT_ACTUEL="99") for rang in (1, 2)]
    recue = recevoir_gip(poser_le_gip(tmp_path / "gip", stock, []), tmp_path)
    assert par_numero(recue, "stock", "mode_logement_actuel")[numero(1)] is None
    assert recue.anomalies("stock") == [("stock", "MODE_LOGEMENT_ACTUEL", "99", SANS_CLE, 2, 2)]
    faits = recue.description["tables"]["stock"]["faits"]["colonnes"]["MODE_LOGEMENT_ACTUEL"]
    assert faits == {"renseignees": 2, "illisibles": 2, "hors_liste": 0}


@pytest.mark.parametrize("colonne", ["CLE_MODE_LOGEMENT", "CODE_MODE_LOGEMENT"])
def test_a_file_of_codes_that_lacks_its_key_or_its_code_has_the_one_for_the_other(
    tmp_path: Path, colonne: str
) -> None:
    dossier = poser_le_gip(tmp_path / "gip", [demande(1, MODE_LOGEMENT_ACTUEL="HLM")], [])
    poser(dossier, "ref_mode_logement.csv", (colonne, "ORDRE"), [{colonne: "HLM", "ORDRE": "1"}])
    recue = recevoir_gip(dossier, tmp_path)
    assert par_numero(recue, "stock", "mode_logement_actuel")[numero(1)] == "HLM"
    assert recue.anomalies() == []


def test_joined_rows_fill_what_is_empty_first_by_order_and_newest_year_first(
    tmp_path: Path,
) -> None:
    stock = [demande(1), demande(2), demande(3, MOTIF_DEMANDE="301")]
    dossier = poser_le_gip(tmp_path / "gip", stock, [radiee(1)])
    cle = {rang: demande(rang)["DEMANDE"] for rang in (1, 2, 3)}
    sortie = radiee(1)["DEMANDE"]
    recents = [
        {"DEMANDE": cle[1], "ORDRE": "2", "MOTIF_DEMANDE": "301"},
        {"DEMANDE": cle[1], "ORDRE": "1", "MOTIF_DEMANDE": "302"},
        {"DEMANDE": cle[3], "ORDRE": "1", "MOTIF_DEMANDE": "302"},
    ]
    anciens = [
        {"DEMANDE": cle[1], "ORDRE": "1", "MOTIF_DEMANDE": "301"},
        {"DEMANDE": f"{sortie}.0", "ORDRE": "1", "MOTIF_DEMANDE": "302"},
    ]
    poser(dossier, "ele_motif_demande_2026.csv", (*ELE, "MOTIF_DEMANDE"), recents)
    poser(dossier, "ele_motif_demande_2025.csv", (*ELE, "MOTIF_DEMANDE"), anciens)
    recue = recevoir_gip(dossier, tmp_path)
    motifs = par_numero(recue, "stock", "motif_demande")
    assert [motifs[numero(rang)] for rang in (1, 2, 3)] == ["09", None, "08"]
    assert par_numero(recue, "radiation", "motif_demande")[radiee(1)["NUMERO_UNIQUE"]] == "09"


def test_each_wish_is_a_row_and_the_first_is_that_of_its_demande(tmp_path: Path) -> None:
    dossier = poser_le_gip(tmp_path / "gip", [demande(1), demande(2)], [])
    voeux = [
        {"DEMANDE": demande(1)["DEMANDE"], "ORDRE": "2", "COMMUNE_ID": "13055"},
        {"DEMANDE": demande(1)["DEMANDE"], "ORDRE": "1", "COMMUNE_ID": "13001"},
        {"DEMANDE": "1", "ORDRE": "1", "COMMUNE_ID": "13001"},
    ]
    poser(dossier, "ele_classement_commune.csv", (*ELE, "COMMUNE_ID", "QUARTIER"), voeux)
    recue = recevoir_gip(dossier, tmp_path)
    lus = recue.lire("voeux", "SELECT numero_unique, ordre, commune")
    assert sorted(lus) == [(numero(1), 1, "13001"), (numero(1), 2, "13055")]
    assert par_numero(recue, "stock", "commune_log_recherche")[numero(1)] == "13001"


def test_years_in_one_folder_are_as_many_deliveries_each_with_its_own_codes(
    tmp_path: Path,
) -> None:
    dossier = tmp_path / "gip"
    for annee in ("_2024", "_2025"):
        poser_le_gip(dossier, [demande(1)], [radiee(1)], annee)
    depots = ouvrir_gip(dossier, tmp_path)
    assert [f"{un.arrete}" for un in depots] == ["2024-12-31", "2025-12-31"]
    assert [un.fichiers["stock"].name for un in depots] == ["stock_2024.csv", "stock_2025.csv"]
    assert len({un.empreinte for un in depots}) == 2


def test_a_file_is_what_it_holds_and_its_name_is_a_text(tmp_path: Path) -> None:
    dossier = tmp_path / "dossier"
    dossier.mkdir()
    noms = list(STOCK)
    noms[noms.index("TYPE_DEMANDEUR")] = '"TYPE_DEMANDEUR\n(nature)"'
    (dossier / "actives.xls").write_text(texte([noms, *rangs(STOCK)[1:]], "\t"), "cp1252")
    classeur(tmp_path / "radiees.xlsx", {"Radiées": rangs(RADIATION, debut=100)})
    (tmp_path / "radiees.xlsx").rename(dossier / "radiees.csv")
    propose = proposer(profiler(dossier, tmp_path / "vus"), "013")
    oui = propose.accepter()
    lue = propose.correspondance("essai", "Essai", "Alice", dt.date(2026, 11, 30), oui)
    ecrite = tmp_path / "c.yml"
    ecrite.write_text(ecrire(lue), "utf-8")
    for nom in ("travail", "donnees"):
        (tmp_path / nom).mkdir()
    recue = recevoir_gip(dossier, tmp_path / "travail", correspondance=str(ecrite))
    assert recue.valeurs("stock", "type_demandeur").count("PM") == 1
    assert len(recue.valeurs("radiation", "motif_radiation")) == 60
    (dossier / "actives.xls").rename(os.fsdecode(os.fsencode(dossier) + b"/actives_\xe9t\xe9.csv"))
    with pytest.raises(Refus, match="n'est pas en UTF-8"):
        profiler(dossier, tmp_path / "vus")


def test_a_table_in_two_parts_is_refused_for_one_alone_would_be_read(tmp_path: Path) -> None:
    dossier = poser_le_gip(tmp_path / "gip", [demande(1)], [radiee(1)])
    (dossier / "stock.csv").rename(dossier / "stock_1.csv")
    poser(dossier, "stock_2.csv", COLONNES, [demande(2), demande(3)])
    with pytest.raises(Refus, match="2 fichiers ou feuilles sont de la table « stock »") as refus:
        ouvrir_gip(dossier, tmp_path, arrete="2026-10-31")
    assert refus.value.ou == "stock_1.csv et stock_2.csv"


def test_a_file_of_codes_of_another_year_is_refused_by_name(tmp_path: Path) -> None:
    dossier = poser_le_gip(tmp_path / "gip", [demande(1)], [radiee(1)], "_2025")
    for fichier in dossier.glob("ref_*"):
        fichier.unlink()
    poser_les_codes(dossier, "_2023")
    with pytest.raises(Refus) as refus:
        ouvrir_gip(dossier, tmp_path)
    assert refus.value.quoi == "ce fichier de codes est de 2023, les demandes de 2025"
    assert refus.value.ou.startswith("ref_")


def test_a_key_with_two_codes_is_refused(tmp_path: Path) -> None:
    dossier = poser_le_gip(tmp_path / "gip", [demande(1)], [])
    colonnes = ("CLE_MODE_LOGEMENT", "CODE_MODE_LOGEMENT")
    lignes = [dict(zip(colonnes, une, strict=True)) for une in (("7", "HLM"), ("7", "LP"))]
    poser(dossier, "ref_mode_logement.csv", colonnes, lignes)
    with pytest.raises(Refus, match="« 7 » y a deux codes"):
        ouvrir_gip(dossier, tmp_path, arrete="2026-10-31")


def test_columns_that_were_renamed_are_named_and_ask_a_person(tmp_path: Path) -> None:
    dossier = poser_le_gip(tmp_path / "gip", [], [])
    noms = tuple("MODE_LOGT" if nom == "MODE_LOGEMENT_ACTUEL" else nom for nom in COLONNES)
    poser(dossier, "stock.csv", noms, [demande(rang) for rang in range(40)])
    with pytest.raises(Refus) as refus:
        ouvrir_gip(dossier, tmp_path, arrete="2026-10-31")
    assert "stock.csv n'a plus MODE_LOGEMENT_ACTUEL, et a MODE_LOGT en plus" in refus.value.quoi
    assert "correspondance proposer" in refus.value.que_faire


def test_an_older_year_that_has_fewer_columns_is_read(tmp_path: Path) -> None:
    dossier = poser_le_gip(tmp_path / "gip", [], [])
    noms = tuple(nom for nom in COLONNES if not nom.startswith("NB_CERFA"))
    poser(dossier, "stock.csv", noms, [demande(rang) for rang in range(40)])
    (depot,) = ouvrir_gip(dossier, tmp_path, arrete="2026-10-31")
    assert depot.correspondance is not None


def test_a_trial_says_what_becomes_of_the_first_rows_and_keeps_nothing(tmp_path: Path) -> None:
    mauvaise = demande(1, NUMERO_UNIQUE="13", MODE_LOGEMENT_ACTUEL="7")
    dossier = poser_le_gip(tmp_path / "gip", [mauvaise, demande(2, MODE_LOGEMENT_ACTUEL="99")], [])
    (depot,) = ouvrir_gip(dossier, tmp_path, arrete="2026-10-31")
    travail = tmp_path / "essai"
    travail.mkdir()
    essai = essayer(depot, travail)
    (stock,) = [une for une in essai.tables if une.table == "stock"]
    assert (stock.lues, stock.gardees) == (42, 41)
    assert stock.rejets == {"numéro unique mal formé": 1}
    assert stock.anomalies == (("MODE_LOGEMENT_ACTUEL", SANS_CLE, 1),)
    assert list(travail.iterdir()) == []


NIR = "2 84 05 13 055 123 45"


def test_a_nir_and_free_texts_of_the_gip_are_in_no_byte_of_what_is_kept(tmp_path: Path) -> None:
    foyer = [
        {
            "DEMANDE": demande(rang)["DEMANDE"],
            "ORDRE": "1",
            "NIR_ID_DEMANDEUR": NIR,
            "NIR_ID_COTITULAIRE": NIR.replace(" ", ""),
        }
        for rang in range(40)
    ]
    stock = [
        demande(rang, DEMANDEINFOSSITE_ID="secret-du-site", MODE_LOGEMENT_ACTUEL=NIR)
        for rang in range(40)
    ]
    dossier = poser_le_gip(tmp_path / "gip", stock, [])
    foyers = next(un for un in livree("gip-sne-1.yml").fichiers if "NIR_ID_DEMANDEUR" in un.connues)
    poser(dossier, "ele_desc_foyer_demande.csv", tuple(sorted(foyers.connues)), foyer)
    quartiers = [{"DEMANDE": "1000001", "ORDRE": "1", "QUARTIER": "chez Mme Zyxwv"}]
    poser(dossier, "ele_classement_commune.csv", (*ELE, "COMMUNE_ID", "QUARTIER"), quartiers)
    recue = recevoir_gip(dossier, tmp_path)
    octets = b"".join(un.read_bytes() for un in recue.archive.iterdir())
    textes = "\n".join(
        str(ligne) for un in recue.archive.glob("*.parquet") for ligne in recue.lire(un.stem)
    ).encode()
    for secret in (NIR, NIR.replace(" ", ""), "secret-du-site", "Zyxwv", "ZYXWV"):
        assert secret.encode() not in octets + textes


def test_rejects_are_held_against_the_sheet_they_are_of_and_totals_against_none(
    tmp_path: Path,
) -> None:
    """Three bad rows in sixty are 5 %, of each sheet; a total and a note are no rows."""
    fautive = {"NUMERO_UNIQUE": lambda i: "X" if i % 20 == 0 else numero(i)}
    sous = [["Total", "60"], ["Source : SNE"]]
    classeur(
        tmp_path / "extrait.xlsx",
        {
            nom: [*rangs({**colonnes, **fautive}, debut=debut), *sous]
            for nom, colonnes, debut in (("Actives", STOCK, 0), ("Radiées", RADIATION, 100))
        },
    )
    (tmp_path / "travail").mkdir()
    recue = recevoir_gip(tmp_path / "extrait.xlsx", tmp_path / "travail")
    rejets = Counter((table, motif) for table, *_, motif in recue.rejets())
    assert rejets == {
        (table, motif): nombre
        for table in ("stock", "radiation")
        for motif, nombre in (("numéro unique mal formé", 3), ("ligne illisible", 2))
    }
