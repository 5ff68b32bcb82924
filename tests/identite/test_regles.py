"""Pairs that a rule finds: the same person exactly, the cotitulaire elsewhere."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from infocentre.entrepot import Dossier
from infocentre.identite.paires import Niveau, fichier_paires, grouper, lire_paires
from infocentre.identite.personnes import identites
from infocentre.noyau.erreurs import Refus
from infocentre.operations.doublons import chercher
from infocentre.operations.purge import purger
from tests.cli.lancer import Commande
from tests.donnees.atelier import base_legere, charger, copie
from tests.identite.atelier import livraison, personne

A, B, C, D, E = (f"013012600000{rang}G1301" for rang in range(1, 6))
MARIE = ("Martin", "Éloïse", "12/05/1980")
PAUL = ("Durand", "Paul", "03/02/1979")


def test_pairs_are_those_of_the_rules(tmp_path: Path) -> None:
    gens = [
        personne(A, *MARIE, cotitulaire=PAUL),
        personne(B, "MARTIN", "eloise", "1980-05-12"),
        personne(C, *PAUL),
        personne(D, "Martin", "Éloïse", "12/05/1981"),
        personne(E, "Martin", "Éloïse", None),
    ]
    dossier = Dossier(tmp_path / "donnees")
    charger(dossier.racine, livraison(tmp_path / "2026-10", gens))
    (faite,) = chercher(dossier)
    assert faite.paires == {Niveau.EXACT: 1, Niveau.FOYER: 1, Niveau.PROBABLE: 0}
    paires = {(une.numero_a, une.numero_b): une for une in lire_paires(dossier, "013")}
    assert {cle: une.niveau for cle, une in paires.items()} == {
        (A, B): Niveau.EXACT,
        (A, C): Niveau.FOYER,
    }
    assert {une.groupe for une in paires.values()} == {A}
    assert {une.vue_le for une in paires.values()} == {dt.date(2026, 10, 31)}
    lues = identites(dossier, "013", [A, C, "0130126999999G1301"])
    assert sorted(lues) == [A, C]
    assert (lues[A].nom, lues[A].nom_cotitulaire, lues[A].date_naissance) == (
        "Martin",
        "Durand",
        dt.date(1980, 5, 12),
    )
    fichier = fichier_paires(dossier, "013")
    assert fichier.stat().st_mode & 0o077 == 0
    assert fichier.parent.stat().st_mode & 0o077 == 0
    assert b"MARTIN" not in fichier.read_bytes().upper()


def test_a_placeholder_makes_a_pair_a_demande(tmp_path: Path) -> None:
    numeros = [f"01301260{rang:05}G1301" for rang in range(30)]
    gens = [personne(un, "X", "X", "01/01/1900") for un in numeros]
    dossier = Dossier(tmp_path / "donnees")
    charger(dossier.racine, livraison(tmp_path / "2026-10", gens))
    chercher(dossier)
    paires = lire_paires(dossier, "013")
    assert len(paires) == 29
    assert {une.numero_a for une in paires} == {numeros[0]}


def test_groups_are_what_pairs_link_together() -> None:
    assert grouper([("b", "c"), ("a", "c"), ("e", "d")]) == {
        "a": "a",
        "b": "a",
        "c": "a",
        "d": "d",
        "e": "d",
    }


def test_pairs_go_with_the_names_of_either(tmp_path: Path) -> None:
    gens = [personne(un, *MARIE) for un in (A, B, C)]
    dossier = Dossier(tmp_path / "donnees")
    charger(dossier.racine, livraison(tmp_path / "2026-09", gens))
    chercher(dossier)
    assert len(lire_paires(dossier, "013")) == 3
    reste = livraison(tmp_path / "2026-10", gens[1:], radiees=[(A, "15/10/2026")])
    charger(dossier.racine, reste)
    fait = purger(dossier, dt.date(2027, 10, 15))
    assert [(une.numero_a, une.numero_b) for une in lire_paires(dossier, "013")] == [(B, C)]
    assert fait.liens >= 2
    assert fichier_paires(dossier, "013").stat().st_mode & 0o077 == 0


def test_the_command_says_what_it_found_and_why_it_cannot(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    racine = copie(base_legere(1), tmp_path / "donnees")
    infocentre = Commande(racine, monkeypatch, capsys)
    dite = infocentre("doublons", "chercher").texte
    assert "données arrêtées au" in dite
    assert infocentre("doublons", "chercher", "--departement", "075").code == 1
    fichier_paires(Dossier(racine), "013").write_bytes(b"rien")
    with pytest.raises(Refus, match="abîmé"):
        lire_paires(Dossier(racine), "013")
