"""The one search: what each kind is found by, and nothing of others."""

from __future__ import annotations

import duckdb
import pytest

from infocentre.acces.perimetre import TOUT, Perimetre
from infocentre.entrepot import Dossier
from infocentre.lecture.filtres import Filtres
from infocentre.lecture.lecteur import Lecteur, Lecture
from infocentre.lecture.recherche import TROUVES_MAX, proches, rechercher

FILTRES = Filtres("013", "2026-10")


@pytest.fixture(scope="module")
def v(entrepot_demo: Dossier) -> Lecture:
    ouverte = Lecteur(entrepot_demo).ouvrir()
    assert ouverte
    return Lecture(ouverte, TOUT)


def adresses(v: Lecture, texte: str) -> dict[str, list[str]]:
    """Return {kind: paths of what was found}."""
    groupes = rechercher(v, FILTRES, texte)
    return {un.nom: [trouve.adresse.split("?")[0] for trouve in un.trouves] for un in groupes}


@pytest.mark.parametrize(
    ("texte", "genre", "chemin"),
    [
        ("g1302", "Guichets", "/guichet/G1302"),
        ("phare provence", "Guichets", "/guichet/G1302"),
        ("étang BLEU salins", "Guichets", "/guichet/G1303"),
        ("garlaban", "Organismes", "/organisme/903900000"),
        ("att_tardive", "Indicateurs", "/indicateurs/ATT_TARDIVE"),
        ("enregistrees tardivement", "Indicateurs", "/indicateurs/ATT_TARDIVE"),
        ("13004", "Communes", "/requetes"),
        ("tab01-01", "Tableaux", "/tableaux/TAB01-01"),
    ],
)
def test_each_kind_is_found_by_its_code_or_its_words(
    v: Lecture, texte: str, genre: str, chemin: str
) -> None:
    assert adresses(v, texte)[genre][0] == chemin


def test_a_part_of_a_numero_is_enough_however_it_is_typed(
    v: Lecture, entrepot_demo: Dossier
) -> None:
    etats = [str(entrepot_demo.etats / nom) for nom in v.version.etats.values()]
    numeros = [
        un for (un,) in duckdb.sql(f"SELECT numero_unique FROM read_parquet({etats})").fetchall()
    ]
    voulu = max(numeros)
    partie = voulu[:13]
    memes = sorted(un for un in numeros if partie in un)
    for saisie in (partie, f" {partie[:4]} {partie[4:].lower()}", voulu.lower()):
        trouves = adresses(v, saisie)["Demandes"]
        assert f"/demande/{voulu}" in trouves
        assert len(trouves) == min(len(memes), TROUVES_MAX) or saisie == voulu.lower()
    assert "Demandes" not in adresses(v, partie[:5]), "five digits are those of too many"


def test_nothing_is_nothing_and_what_is_almost_so_is_proposed(v: Lecture) -> None:
    assert rechercher(v, FILTRES, "   ") == []
    assert rechercher(v, FILTRES, "zzz'; DROP") == []
    assert proches(v, FILTRES, "ATT_TARDVE")[0].adresse.startswith("/indicateurs/ATT_TARDIVE")


def test_a_reader_of_one_guichet_finds_no_other(v: Lecture, entrepot_demo: Dossier) -> None:
    sien = Lecture(v.ouverte, Perimetre(guichets=frozenset({"G1302"})))
    etats = [str(entrepot_demo.etats / nom) for nom in v.version.etats.values()]
    ((autre,),) = duckdb.sql(
        f"SELECT min(numero_unique) FROM read_parquet({etats}) "
        "WHERE guichet_enregistreur = 'G1303' AND cle_guichetcreateur = 'G1303'"
    ).fetchall()
    assert adresses(v, autre)["Demandes"] == [f"/demande/{autre}"]
    assert adresses(sien, autre) == {}
    assert adresses(sien, "agence")["Guichets"] == ["/guichet/G1302"]
    assert "Organismes" not in adresses(sien, "habitat")
    muet = Lecture(v.ouverte, Perimetre(nominatif=False))
    assert "Demandes" not in adresses(muet, autre)
    assert {un.adresse for un in proches(sien, FILTRES, "G1303")} <= {
        "/guichet/G1302?departement=013&mois=2026-10"
    }
