"""Names are nowhere but in the nominative store, once all has been done; nowhere once purged."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import duckdb
import pytest
import sqlalchemy as sa

from infocentre.analystes.fichier import tenir_analystes
from infocentre.decisions import ouvrir_magasin
from infocentre.decisions.doublons import Verdict
from infocentre.entrepot import Dossier
from infocentre.identite.mouvements import lire_mouvements
from infocentre.identite.paires import lire_paires
from infocentre.operations.doublons import chercher
from infocentre.operations.purge import purger
from infocentre.procedures.corrections_identite.corrections import Correction, demander
from tests.demarches.test_doublons import Monde
from tests.donnees.atelier import alleger, charger, controler
from tests.identite.atelier import livraison, personne
from tests.livraisons.atelier import Ligne, numero
from tests.operations.test_purge import marques_lues

A, B, C, D, E, F = (numero(rang) for rang in range(1, 7))
# Each name holds a mark that no other word has: ZQ.
CHLOE = ("ZQMARTIN", "ZQCHLOE", "12/05/1980")
PAUL = ("ZQDURAND", "ZQPAUL", "03/02/1979")
NOMS = {*CHLOE[:2], *PAUL[:2], "ZQDURAMD", "ZQAUTRE", "ZQLEON", "ZQTIMOTHEE"}


def gens(prenom_de_f: str = "ZQLEON") -> list[Ligne]:
    return [
        personne(A, *CHLOE, cotitulaire=PAUL),
        personne(B, *CHLOE, cotitulaire=PAUL),
        personne(C, *PAUL),
        personne(D, *PAUL),
        personne(E, "ZQDURAMD", *PAUL[1:]),
        personne(F, "ZQAUTRE", prenom_de_f, "01/06/1990"),
    ]


def ou_sont_les_noms(racine: Path) -> dict[str, set[str]]:
    """Return the first directories of the files that hold each name."""
    trouves: dict[str, set[str]] = {}
    for fichier, mots in marques_lues(racine):
        for nom in (un for mot in mots for un in NOMS if un in mot):
            trouves.setdefault(nom, set()).add("/".join(fichier.split("/")[:2]))
    return trouves


def test_names_are_in_the_nominative_store_alone_then_nowhere(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    alleger(monkeypatch)
    monde = Monde(tmp_path)
    monkeypatch.setenv("INFOCENTRE_DOSSIER", str(monde.racine))
    dossier = Dossier(monde.racine)
    monde.livrer("2026-08", gens())
    monde.livrer("2026-09", gens("ZQTIMOTHEE"))
    controler(monde.racine)
    monde.decider(next(un for un in monde.file() if A in un.numeros), Verdict.MEME)
    with monde.lire() as v:
        voulue = Correction(F, "erreur_manifeste", "aucune", ("prenom",))
        demander(v, ouvrir_magasin(monde.racine), monde.registre(), "013", voulue)
    assert lire_paires(dossier, "013")
    assert lire_mouvements(dossier, "013")
    with tenir_analystes(dossier):
        trouves = ou_sont_les_noms(monde.racine)
    assert trouves.keys() == NOMS
    assert set().union(*trouves.values()) == {"nominatif/013"}

    sorties = [(un["NUMERO_UNIQUE"], "12/10/2026") for un in gens()]
    reste = livraison(monde.livraisons / "2026-10", [personne(numero(99), "X", "X", "")], sorties)
    charger(monde.racine, reste)
    fait = purger(dossier, dt.date(2027, 10, 13))
    assert fait.personnes == 6
    assert ou_sont_les_noms(monde.racine) == {}
    assert lire_paires(dossier, "013") == []
    assert lire_mouvements(dossier, "013") == []
    for fichier in dossier.doublons.glob("*.parquet"):
        with duckdb.connect() as con:
            lignes = str(con.execute(f"FROM read_parquet('{fichier}')").fetchall())
        assert not [n for n in (A, B, C, D, E, F) if n in lignes], fichier
    with ouvrir_magasin(monde.racine).lire() as con:
        for table in ("doublons_decisions", "doublons_numeros"):
            assert con.execute(sa.text(f"SELECT count(*) FROM {table}")).scalar() == 0, table
    chercher(dossier)
    assert ou_sont_les_noms(monde.racine) == {}
