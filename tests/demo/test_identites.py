"""What the demonstration plants of identities is in its deliveries, and true."""

from __future__ import annotations

import csv
import io
from itertools import pairwise
from pathlib import Path

import pytest

from infocentre.demo.mouvements import VERITE as VERITE_MOUVEMENTS
from infocentre.demo.proches import MEMES, VERITE, Genre
from infocentre.identite.mouvements import Noms, nature
from tests.demo.conftest import TAILLE, Demonstration

pytestmark = pytest.mark.lent


def _lire(fichier: Path) -> list[dict[str, str]]:
    octets = fichier.read_bytes()
    try:
        texte = octets.decode("utf-8-sig")
    except UnicodeDecodeError:
        texte = octets.decode("cp1252")
    lignes = csv.DictReader(io.StringIO(texte), delimiter=";")
    return [{nom.lower(): valeur for nom, valeur in une.items()} for une in lignes]


@pytest.fixture(scope="module")
def noms(demonstration: Demonstration) -> list[dict[str, Noms]]:
    """The names of each delivery of the last months, by numéro."""
    lus = []
    for une in demonstration.livraisons[-4:]:
        lignes = _lire(une / "identites.csv")
        lus.append(
            {
                ligne["numero_unique"]: Noms(ligne["nom"], ligne["nom_naissance"], ligne["prenom"])
                for ligne in lignes
            }
        )
    return lus


def test_pairs_that_look_alike_are_active_and_of_every_kind(
    demonstration: Demonstration, noms: list[dict[str, Noms]]
) -> None:
    verite = _lire(demonstration.livraisons[0].parent / VERITE)
    plantees = [une for une in verite if une["genre"] != Genre.EXACTE]
    assert len(plantees) == pytest.approx(0.003 * TAILLE, abs=4)
    assert {Genre(une["genre"]) in MEMES for une in plantees} == {True, False}
    for une in verite:
        assert une["numero_a"] < une["numero_b"]
        assert une["meme_personne"] == str(int(Genre(une["genre"]) in MEMES))
    presentes = [une for une in plantees if {une["numero_a"], une["numero_b"]} <= noms[-1].keys()]
    assert len(presentes) >= 0.8 * len(plantees)


def test_movements_are_those_that_were_planted(
    demonstration: Demonstration, noms: list[dict[str, Noms]]
) -> None:
    verite = _lire(demonstration.livraisons[0].parent / VERITE_MOUVEMENTS)
    assert len(verite) == round(0.00125 * TAILLE)
    assert [une["reprise"] for une in verite].count("1") == 1
    mois = [une.name for une in demonstration.livraisons[-4:]]
    vus = {
        (numero, apres)
        for (avant, apres), (anciens, nouveaux) in zip(pairwise(mois), pairwise(noms), strict=True)
        for numero in anciens.keys() & nouveaux.keys()
        if nature(anciens[numero], nouveaux[numero])
    }
    attendus = {
        (une["numero"], une["mois"])
        for une in verite
        if une["mois"] in mois[1:] and une["numero"] in noms[-1]
    }
    assert attendus <= vus
    assert len(vus) <= len(attendus) + 1
