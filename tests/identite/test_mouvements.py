"""Movements of identity: each planted one is found, nothing that the definition leaves out."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import duckdb
import pytest

from infocentre.decisions.doublons import membre
from infocentre.demo.noms import NOMS_RARES, PRENOMS_FEMMES
from infocentre.entrepot import Dossier
from infocentre.identite.mouvements import (
    Genre,
    Mouvement,
    Noms,
    Passage,
    lire_mouvements,
    nature,
    ressemblance,
    suivre,
)
from infocentre.operations.doublons import chercher
from infocentre.operations.purge import purger
from tests.donnees.atelier import charger
from tests.identite.atelier import livraison, personne

CLE = "c" * 64
Change = Callable[[Noms, random.Random], Noms]


def _autre(liste: tuple[str, ...] | list[str], sauf: str, alea: random.Random) -> str:
    return alea.choice([un for un in liste if un[:2] != sauf[:2]])


def _frapper(texte: str, alea: random.Random) -> str:
    rang = alea.randrange(1, len(texte))
    return texte[:rang] + "k" + texte[rang:]


def _noms(nom: str | None, naissance: str | None, prenom: str | None) -> Noms:
    return Noms(nom, naissance, prenom)


MOUVEMENTS: dict[str, tuple[Genre, Change]] = {
    "autre nom de naissance": (
        Genre.NOM,
        lambda un, alea: _noms(un.nom, _autre(NOMS_RARES, un.nom_naissance or "", alea), un.prenom),
    ),
    "nom de naissance corrigé": (
        Genre.NOM,
        lambda un, alea: _noms(un.nom, _frapper(un.nom_naissance or "", alea), un.prenom),
    ),
    "autre prénom": (
        Genre.PRENOMS,
        lambda un, alea: _noms(
            un.nom, un.nom_naissance, _autre(PRENOMS_FEMMES, un.prenom or "", alea)
        ),
    ),
    "prénom corrigé": (
        Genre.PRENOMS,
        lambda un, alea: _noms(un.nom, un.nom_naissance, _frapper(un.prenom or "", alea)),
    ),
    "un prénom de plus": (
        Genre.PRENOMS,
        lambda un, _: _noms(un.nom, un.nom_naissance, f"{un.prenom} Ximena"),
    ),
    "une autre personne": (
        Genre.LES_DEUX,
        lambda un, alea: _noms(
            "Zzyx",
            _autre(NOMS_RARES, un.nom_naissance or "", alea),
            _autre(PRENOMS_FEMMES, un.prenom or "", alea),
        ),
    ),
}
EXCLUS: dict[str, Change] = {
    "nom et prénom inversés": lambda un, _: _noms(un.nom, un.prenom, un.nom_naissance),
    "nom d’usage et de naissance inversés": lambda un, _: _noms(
        un.nom_naissance, un.nom, un.prenom
    ),
    "nom d’usage": lambda un, alea: _noms(alea.choice(NOMS_RARES), un.nom_naissance, un.prenom),
    "date de naissance seule": lambda un, _: un,
    "casse": lambda un, _: _noms(un.nom, (un.nom_naissance or "").upper(), un.prenom),
    "espace": lambda un, _: _noms(un.nom, un.nom_naissance, f" {un.prenom}  "),
    "tiret": lambda un, _: _noms(un.nom, un.nom_naissance, (un.prenom or "").replace(" ", "-")),
    "accent": lambda un, _: _noms(un.nom, un.nom_naissance, (un.prenom or "").replace("e", "é")),
    "prénoms dans un autre ordre": lambda un, _: _noms(
        un.nom, un.nom_naissance, " ".join(reversed((un.prenom or "").split()))
    ),
    "nom de naissance renseigné": lambda un, _: un,
}


@pytest.fixture(scope="module")
def mille(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, str]]:
    """A thousand demandes in two deliveries: the kind of change of each, by numéro."""
    racine, alea = tmp_path_factory.mktemp("mille"), random.Random(7)  # noqa: S311
    genres = [*MOUVEMENTS, *EXCLUS]
    quoi: dict[str, str] = {}
    lignes: list[tuple[str, Noms, Noms, str, str]] = []
    for rang in range(1_000):
        numero, genre = f"01301250{rang:05}G1301", genres[rang % len(genres)]
        avant = Noms(
            alea.choice(NOMS_RARES), alea.choice(NOMS_RARES),
            f"{alea.choice(PRENOMS_FEMMES)} {alea.choice(PRENOMS_FEMMES)}",
        )  # fmt: skip
        if genre == "nom de naissance renseigné":
            avant = Noms(avant.nom, None, avant.prenom)
        apres = (
            MOUVEMENTS[genre][1](avant, alea) if genre in MOUVEMENTS else EXCLUS[genre](avant, alea)
        )
        if genre == "nom de naissance renseigné":
            apres = Noms(avant.nom, "Belmont", avant.prenom)
        jours = ("1980-01-02", "1981-01-02" if genre == "date de naissance seule" else "1980-01-02")
        quoi[numero] = genre
        lignes.append((numero, avant, apres, *jours))
    with duckdb.connect() as con:
        for nom, siens in (
            ("avant", [(numero, un, jour) for numero, un, _, jour, _ in lignes]),
            ("apres", [(numero, un, jour) for numero, _, un, _, jour in lignes]),
        ):
            con.execute(
                f"CREATE TABLE {nom} (numero_unique VARCHAR, nom VARCHAR, nom_naissance VARCHAR, "
                "prenom VARCHAR, date_naissance DATE)"
            )
            con.executemany(
                f"INSERT INTO {nom} VALUES (?, ?, ?, ?, ?)",
                [(numero, un.nom, un.nom_naissance, un.prenom, jour) for numero, un, jour in siens],
            )
            con.execute(f"COPY {nom} TO '{racine}/{nom}.parquet'")
        con.execute(
            "COPY (SELECT numero_unique, DATE '2023-03-09' AS date_creation, "
            f"'G1301' AS guichet_enregistreur FROM apres) TO '{racine}/stock.parquet'"
        )
        con.execute(
            "COPY (SELECT numero_unique, DATE '2023-03-09' AS date_creation, 'G1301' AS "
            "guichet_enregistreur, 'RADATT' AS motif_radiation, DATE '2026-10-20' AS "
            "date_radiation, DATE '2026-10-19' AS date_signature_bail FROM apres LIMIT 0) "
            f"TO '{racine}/radiation.parquet'"
        )
    return racine, quoi


def _passage(racine: Path) -> Passage:
    fichiers = (racine / f"{un}.parquet" for un in ("avant", "apres", "stock", "radiation"))
    return Passage("013", dt.date(2026, 10, 31), *fichiers)


def test_each_planted_one_is_found_and_none_of_the_excluded(
    mille: tuple[Path, dict[str, str]], tmp_path: Path
) -> None:
    racine, quoi = mille
    dossier = Dossier(tmp_path)
    for parent in (dossier.nominatif, dossier.temporaire):
        parent.mkdir()
    with duckdb.connect() as con:
        suivre(con, dossier, [_passage(racine)], CLE)
        suivre(con, dossier, [_passage(racine)], CLE)
    trouves = {un.membre: un for un in lire_mouvements(dossier, "013")}
    attendus = {
        membre(CLE, numero): MOUVEMENTS[genre][0]
        for numero, genre in quoi.items()
        if genre in MOUVEMENTS
    }
    assert len(quoi) == 1_000
    assert {cle: un.genre for cle, un in trouves.items()} == attendus
    for numero, genre in quoi.items():
        if genre in ("prénom corrigé", "nom de naissance corrigé"):
            assert trouves[membre(CLE, numero)].similarite > 0.8, numero
            assert not trouves[membre(CLE, numero)].a_verifier, numero
    octets = b"".join(un.read_bytes() for un in dossier.doublons.iterdir())
    assert not [numero for numero in quoi if numero.encode() in octets]


def test_what_makes_one_worth_a_look() -> None:
    un = Mouvement(
        departement="013",
        membre="m",
        vu_le=dt.date(2026, 10, 31),
        genre=Genre.LES_DEUX,
        similarite=0.2,
        naissance_changee=True,
        creation=dt.date(2026, 8, 1),
        guichet=None,
    )
    assert not un.a_verifier
    assert un.anciennete == 2
    ancien = replace(un, creation=dt.date(2020, 8, 1))
    assert ancien.a_verifier
    assert replace(un, attribuee_le=dt.date(2026, 11, 2)).a_verifier
    assert not replace(ancien, similarite=0.9).a_verifier


def test_an_empty_name_is_no_movement() -> None:
    assert nature(Noms("A", None, "Zoé"), Noms("A", "Bernard", "Zoé")) is None
    assert nature(Noms("A", "Bernard", "Zoé"), Noms("A", "Bernard", None)) is None
    assert ressemblance(Noms("A", "Bernard", "Zoé"), Noms("A", "Bernard", "Zoe")) == 1.0


def test_an_attribution_that_follows_is_told_then_all_is_forgotten(tmp_path: Path) -> None:
    numero = "0130125000001G1301"
    dossier = Dossier(tmp_path / "donnees")
    mois = {
        "2026-07": personne(numero, "Martin", "Zoé", "02/03/1980"),
        "2026-08": personne(numero, "Kowalski", "Bartosz", "05/06/1975"),
    }
    autre = personne("0130125000002G1301", "Durand", "Paul", "02/03/1980")
    for nom, une in mois.items():
        charger(dossier.racine, livraison(tmp_path / nom, [une, autre]))
        chercher(dossier)
    (un,) = lire_mouvements(dossier, "013")
    assert (un.genre, un.vu_le, un.attribuee_le) == (Genre.PRENOMS, dt.date(2026, 8, 31), None)
    assert un.naissance_changee
    charger(
        dossier.racine, livraison(tmp_path / "2026-09", [autre], radiees=[(numero, "12/09/2026")])
    )
    chercher(dossier)
    (un,) = lire_mouvements(dossier, "013")
    assert un.attribuee_le == dt.date(2026, 9, 12)
    assert un.a_verifier
    purger(dossier, dt.date(2027, 9, 13))
    assert lire_mouvements(dossier, "013") == []
