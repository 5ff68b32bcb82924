"""What people typed of a person who is erased: starred wherever it was kept, or told."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from infocentre.analystes.fichier import cle
from infocentre.cli import main
from infocentre.decisions import ouvrir_magasin
from infocentre.decisions.notes import Auteur, Genre, Notes, Sujet
from infocentre.decisions.requetes import Requetes
from infocentre.entrepot import Dossier
from infocentre.requetes.journal import noter
from tests.donnees.atelier import charger
from tests.livraisons.atelier import ARRETE, ligne, numero, petite

pytestmark = pytest.mark.lent

EFFACE, AUTRE = numero(200_001), numero(200_002)
RUE = "12 bis, rue de l’Œuvre"
QUESTIONS = {
    "numéro": f"select * from demandes where numero_unique = '{EFFACE}'",
    "adresse": "select * from a where adresse = '12 BIS, rue de l''œuvre'",
    "nom entier": "select 1 -- Quandille, Zénobie",
    "nom seul": "select 1 -- dossier Quandille",
    "autre": f"select '{AUTRE}', 'Zénobie', 'rue de l’Œuvre'",
}
SECRETS = (EFFACE, "12 BIS", "Quandille, Zénobie")


@pytest.fixture
def racine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    ici = tmp_path / "donnees"
    monkeypatch.setenv("INFOCENTRE_DOSSIER", str(ici))
    livraison = petite()
    radiees = [ligne("radiation", 1, ADRESSE_LOGEMENT_ATTRIB=RUE), ligne("radiation", 2)]
    livraison.poser("radiation", radiees)
    une = ligne("identites", 1, NUMERO_UNIQUE=EFFACE, NOM="Quandille", PRENOM="Zénobie")
    livraison.poser("identites", [une])
    charger(ici, livraison.ecrire(tmp_path / "2026-10"), arrete=ARRETE, departement="013")
    return ici


def test_what_was_typed_of_a_person_is_starred_or_told(
    racine: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    siennes = Requetes(ouvrir_magasin(racine), "léa")
    for titre, sql in QUESTIONS.items():
        siennes.garder(f"{titre}", sql, partagee=False)
        siennes.noter(sql, secondes=1, lignes=1, verdict="")
        noter(Dossier(racine), {"sql": sql})
    siennes.ecrire_brouillon(QUESTIONS["numéro"])
    notes = Notes(ouvrir_magasin(racine), cle(Dossier(racine)), Auteur("léa"))
    notes.ecrire(Sujet("013", Genre.DEMANDE, EFFACE), "Rappeler lundi")
    notes.ecrire(Sujet("013", Genre.GUICHET, "G1302"), f"Voir {EFFACE} et {AUTRE}")
    assert set(_ou(racine)) >= {"decisions.sqlite-wal", "requetes.jsonl"}

    assert main(["droits", "effacer", EFFACE]) == 0
    dit = capsys.readouterr().out
    assert "10 textes tapés" in dit
    assert dit.count("À relire") == 1
    assert dit.count("requête gardée") == 1
    assert "requetes.jsonl, ligne 4" in dit
    # Only what says that this numéro is erased, and the trace of who did it, still have it.
    assert "requetes.jsonl" not in _ou(racine)
    assert {nom: vus for nom, vus in _ou(racine).items() if vus != [EFFACE]} == {}
    assert EFFACE not in f"{siennes.lister()} {siennes.historique()} {siennes.brouillon()}"

    assert [une.texte for une in notes.lister(None, toutes=True)] == [f"Voir {'*' * 18} et {AUTRE}"]
    gardees = {une.titre: une.sql for une in siennes.lister()}
    assert gardees["autre"] == QUESTIONS["autre"]
    assert gardees["nom seul"] == QUESTIONS["nom seul"]
    assert gardees["numéro"] == QUESTIONS["numéro"].replace(EFFACE, "*" * 18)
    lignes = (racine / "requetes.jsonl").read_text("utf-8").splitlines()
    assert [json.loads(une)["sql"] for une in lignes][4] == QUESTIONS["autre"]


def _ou(racine: Path) -> dict[str, list[str]]:
    """Return the files that hold a secret, typed or written, and which."""
    lus = {un.name: un.read_bytes() for un in racine.rglob("*") if un.is_file()}
    trouves = {
        nom: [secret for secret in SECRETS if secret.encode() in contenu]
        for nom, contenu in lus.items()
        if not nom.endswith(".parquet")
    }
    return {nom: vus for nom, vus in trouves.items() if vus}
