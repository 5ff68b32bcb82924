"""The right of access: all that is held about a numéro, in plain French, and nothing of another."""

from __future__ import annotations

import json
import re
from pathlib import Path

import duckdb
import pytest

from infocentre.acces.audit import Recherche, Scelles, Trace, chercher, tracer
from infocentre.acces.modele import SEUL
from infocentre.analystes.fichier import cle
from infocentre.cli import main
from infocentre.contrat import contrat
from infocentre.decisions.magasin import ouvrir_magasin
from infocentre.entrepot import Dossier
from infocentre.noyau.temps import nom_mois
from tests.donnees.atelier import base_legere, copie

pytestmark = pytest.mark.lent

IDENTITE = "SELECT numero_unique, nom, prenom FROM read_parquet('{}') WHERE nom IS NOT NULL"


def _personnes(racine: Path) -> list[tuple[str, str, str]]:
    fichier = max((racine / "nominatif").glob("0*/*/*.parquet"))
    with duckdb.connect() as con:
        return con.execute(f"{IDENTITE.format(fichier)} ORDER BY 1").fetchall()


def test_what_is_held_is_handed_over_whole_and_traced(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    racine = copie(base_legere(1, 2), tmp_path / "donnees")
    monkeypatch.setenv("INFOCENTRE_DOSSIER", str(racine))
    personnes = _personnes(racine)
    numero, nom, prenom = personnes[0]
    magasin = ouvrir_magasin(racine)
    adresse = f"/demande/{numero}"
    tracer(magasin, SEUL, Trace.DEMANDE, adresse, numero=numero)  # as it was, before
    montres = Scelles(frozenset({numero}), cle(Dossier(racine)))
    tracer(magasin, SEUL, Trace.DEMANDE, adresse, 1, numero=numero, montres=montres)
    tracer(magasin, SEUL, Trace.LISTE, adresse, 2)  # it named this one, and showed others
    sortie = tmp_path / "extrait.json"
    assert main(["droits", "extrait", numero.lower(), "--sortie", str(sortie)]) == 0
    assert "ne le remettre qu'à elle" in capsys.readouterr().err
    lu = json.loads(sortie.read_text("utf-8"))
    pieces = {une["titre"]: une["lignes"] for une in lu["pieces"]}
    (identite,) = pieces["Identité"]
    assert (identite["Nom"], identite["Prénom"]) == (nom, prenom)
    (etat,) = pieces["Dernier état connu de la demande"]
    assert etat["Numéro unique"] == numero
    assert etat["Doublon forcé"] in {"oui", "non"}
    assert (etat["Depuis"], etat["Jusqu’à"]) == ("", "")  # it is the last: « Vue le » dates it
    assert "Vue le" in etat
    assert [une["Quoi"] for une in pieces["Qui a consulté cette demande"]] == [
        "demande consultée (ancienne trace : ce qui a été montré n’est pas connu)",
        "demande consultée",
    ]
    # Every file that holds the numéro is told, and no other person.
    texte = sortie.read_text("utf-8")
    for fichier in racine.glob("archives/*/*/*/*.parquet"):
        dedans = f"SELECT 1 FROM read_parquet('{fichier}') AS t WHERE t::VARCHAR LIKE '%{numero}%'"
        with duckdb.connect() as con:
            lignes = con.execute(dedans).fetchall()
        nom_table = contrat().tables.get(fichier.stem)
        dit = nom_table.libelle if nom_table else fichier.stem
        assert not lignes or f"Livraisons reçues – {dit}" in pieces, fichier
    autres = {un for une, *noms in personnes[1:] for un in (une, *noms[:1])} - {nom, prenom}
    assert not {un for un in autres if un and re.search(rf"\\b{re.escape(un)}\\b", texte)}
    _, (trace, *_) = chercher(magasin, Recherche(action=Trace.EXTRAIT))
    assert trace.numero == numero
    assert main(["droits", "extrait", "0130199000001G0000"]) == 1
    assert "n'est dans aucune livraison" in capsys.readouterr().err
    assert Dossier(racine).a_publie()


def test_what_lasted_is_told_once_in_words(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A case of two controls is one row, of its months; a follow-up of before is not told."""
    racine = copie(base_legere(1, 2), tmp_path / "donnees")
    monkeypatch.setenv("INFOCENTRE_DOSSIER", str(racine))
    with duckdb.connect() as con:
        lus = con.execute(
            "SELECT numero_unique, min(mois), max(mois) "
            f"FROM read_parquet('{racine}/constats/*/*/*.parquet') WHERE code = 'CPL_CONTACT' "
            "GROUP BY 1 HAVING count(DISTINCT mois) > 1 ORDER BY 1"
        ).fetchall()
        numero, debut, fin = lus[0]
        (suivi,) = (racine / "suivi").glob("*/*.parquet")
        avant = f"SELECT * REPLACE ('1999-01' AS mois_cloture) FROM '{suivi}'"
        con.execute(f"COPY ({avant}) TO '{suivi.with_name('0' * 16)}.parquet'")
    sortie = tmp_path / "extrait.json"
    assert main(["droits", "extrait", numero, "--sortie", str(sortie)]) == 0
    pieces = {
        une["titre"]: une["lignes"] for une in json.loads(sortie.read_text("utf-8"))["pieces"]
    }
    contact = "Demandes actives sans adresse électronique (CPL_CONTACT)"
    (cas,) = (u for u in pieces["Anomalies relevées à chaque contrôle"] if u["Code"] == contact)
    assert (cas["Depuis"], cas["Jusqu’à"]) == (nom_mois(debut), nom_mois(fin))
    (suite,) = (u for u in pieces["Anomalies suivies de mois en mois"] if u["Code"] == contact)
    assert suite["Premier mois"] == nom_mois(debut)
    dits = {texte for lignes in pieces.values() for ligne in lignes for texte in ligne.values()}
    assert not {texte for texte in dits if re.fullmatch(r"\d{4}-\d{2}.*", texte)}


def test_an_extract_may_be_printed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    racine = copie(base_legere(1, 2), tmp_path / "donnees")
    monkeypatch.setenv("INFOCENTRE_DOSSIER", str(racine))
    numero, nom, _ = _personnes(racine)[0]
    sortie = tmp_path / "extrait.html"
    assert main(["droits", "extrait", numero, "--sortie", str(sortie)]) == 0
    page = sortie.read_text("utf-8")
    assert nom in page
    assert "RGPD, article 6, 1, e" in page
    assert "À ne remettre qu’à la personne concernée" in page
    assert "Ne pas diffuser" not in page
