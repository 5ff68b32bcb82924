"""Deliveries are of the contract's format, dirty as real ones, and tell one story."""

from __future__ import annotations

import csv
import hashlib
import itertools
import json
import os
import subprocess
import sys
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from infocentre.contrat import Colonne, contrat
from infocentre.demo import ecriture, fabrique, fabriquer, fabriquer_etendu, livraisons_nation
from infocentre.demo.territoire import departements
from infocentre.noyau.erreurs import Refus
from tests.demo.conftest import Demonstration

pytestmark = pytest.mark.lent


def empreintes(dossier: Path) -> dict[str, str]:
    return {
        str(f.relative_to(dossier)): hashlib.sha256(f.read_bytes()).hexdigest()
        for f in sorted(dossier.rglob("*.*"))
    }


def test_la_meme_graine_rend_les_memes_octets(tmp_path: Path) -> None:
    fabriquer(tmp_path / "a", taille=400, mois=4)
    programme = (
        "import sys; from pathlib import Path; from infocentre.demo import fabriquer; "
        "fabriquer(Path(sys.argv[1]), taille=400, mois=4)"
    )
    subprocess.run(
        [sys.executable, "-c", programme, str(tmp_path / "b")],
        check=True,
        env=os.environ | {"PYTHONHASHSEED": "7", "POLARS_MAX_THREADS": "1"},
        cwd=Path(__file__).parents[2],
    )
    fabriquer(tmp_path / "c", taille=400, mois=4, graine=14)
    attendues = empreintes(tmp_path / "a")
    assert empreintes(tmp_path / "b") == attendues
    autres = empreintes(tmp_path / "c")
    assert not any(autres[nom] == attendues[nom] for nom in attendues if "stock" in nom)


def test_un_departement_etendu_a_les_guichets_demandes(tmp_path: Path) -> None:
    (livraison,) = fabriquer_etendu(tmp_path, taille=300, mois=1, guichets=1_200)
    (registre,) = livraison.glob("*guichets*")
    lignes = registre.read_text("latin-1").splitlines()[1:]
    codes = {ligne.split(";")[0].strip('"') for ligne in lignes}
    assert len(codes) == len(lignes) == 1_200
    assert {len(code) for code in codes} == {5}


def test_chaque_livraison_a_toutes_les_colonnes_du_contrat(demonstration: Demonstration) -> None:
    assert [chemin.name for chemin in demonstration.livraisons][::24] == ["2024-10", "2026-10"]
    for description in demonstration.descriptions:
        attendues = {nom for nom, table in contrat().tables.items() if not table.depuis}
        assert set(description["tables"]) == attendues
        for table in description["tables"].values():
            assert table["absentes"] == []


def test_la_salete_est_celle_du_contrat_et_reste_rare(demonstration: Demonstration) -> None:
    for description in demonstration.descriptions:
        stock = description["tables"]["stock"]
        assert set(stock["rejets"]) == {
            "ligne illisible",
            "numéro unique mal formé",
            "date obligatoire illisible",
            "ligne répétée",
            "présent dans les deux fichiers",
        }
        assert sum(stock["rejets"].values()) < 0.01 * stock["lus"]
        assert description["anomalies_format"] > 0


def test_les_encodages_et_les_fins_de_ligne_alternent(demonstration: Demonstration) -> None:
    vus = set()
    for livraison in demonstration.livraisons:
        octets = (livraison / "guichets.csv").read_bytes()
        try:
            octets.decode("utf-8")
            encodage = "bom" if octets.startswith(b"\xef\xbb\xbf") else "utf-8"
        except UnicodeDecodeError:
            encodage = "cp1252"
        vus.add((encodage, b"\r\n" in octets))
    assert {encodage for encodage, _ in vus} == {"bom", "utf-8", "cp1252"}
    assert {crlf for _, crlf in vus} == {True, False}


def test_le_manifeste_dit_les_lignes_et_les_empreintes(demonstration: Demonstration) -> None:
    livraison = demonstration.livraisons[-1]
    manifeste = json.loads((livraison / "manifeste.json").read_text("utf-8"))
    assert manifeste["arrete"] == "2026-10-31"
    for fichier in manifeste["fichiers"]:
        octets = (livraison / fichier["nom"]).read_bytes()
        assert fichier["sha256"] == hashlib.sha256(octets).hexdigest()


def test_une_demande_evolue_d_un_mois_a_l_autre(demonstration: Demonstration) -> None:
    """Of two months in a row: fixed facts stay, late entries, un-radiations, disappearances."""
    avant, apres = "mois = '2026-09'", "mois = '2026-10'"
    demonstration.con.execute(
        "CREATE OR REPLACE TEMP VIEW tout AS "
        "SELECT *, 'S' AS ou FROM stock UNION ALL BY NAME SELECT *, 'R' AS ou FROM radiation"
    )
    paires = (
        f"(FROM tout WHERE {avant}) AS a JOIN (FROM tout WHERE {apres}) AS b USING (numero_unique)"
    )
    assert (
        demonstration.un(
            f"SELECT count(*) FROM {paires} WHERE a.date_creation <> b.date_creation "
            "OR a.cle_guichetcreateur <> b.cle_guichetcreateur "
            "OR a.mode_mutation <> b.mode_mutation"
        )
        == 0
    )
    assert (
        demonstration.un(
            f"SELECT count(*) FROM {paires} WHERE a.date_renouvellement > b.date_renouvellement"
        )
        == 0
    )
    assert demonstration.un(f"SELECT count(*) FROM {paires} WHERE a.ou = 'S' AND b.ou = 'R'") > 100
    revenues = demonstration.un(
        "SELECT count(DISTINCT numero_unique) FROM radiation AS r JOIN stock AS s "
        "USING (numero_unique) WHERE s.mois > r.mois"
    )
    assert 0 < revenues < 100
    disparues = demonstration.un(
        f"SELECT count(*) FROM stock WHERE {avant} AND numero_unique NOT IN "
        f"(SELECT numero_unique FROM tout WHERE {apres})"
    )
    assert disparues < 10
    tardives = demonstration.un(
        f"SELECT count(*) FROM tout WHERE {apres} AND date_creation < DATE '2026-10-01' "
        f"AND numero_unique NOT IN (SELECT numero_unique FROM tout WHERE {avant})"
    )
    assert 0 < tardives < 150


def test_les_actes_couvrent_dix_huit_mois(demonstration: Demonstration) -> None:
    for table, jour in (
        ("journal", "date_saisie"),
        ("plis", "date_envoi"),
        ("messages", "date_envoi"),
    ):
        bornes = demonstration.con.execute(
            f"SELECT min({jour}), max({jour}) FROM {table} WHERE mois = '2026-10'"
        ).fetchall()[0]
        assert date(2025, 5, 1) <= bornes[0] < date(2025, 5, 10)
        assert date(2026, 10, 25) < bornes[1] <= date(2026, 10, 31)


def test_les_noms_sont_effaces_un_an_apres_la_radiation(demonstration: Demonstration) -> None:
    chemin = demonstration.livraisons[-1] / "identites.csv"
    entete, *lignes = chemin.read_text("cp1252").splitlines()
    rang = entete.upper().split(";").index("NUMERO_UNIQUE")
    nommees = {ligne.split(";")[rang] for ligne in lignes}
    anciennes = demonstration.con.execute(
        "SELECT numero_unique FROM radiation WHERE mois = '2026-10' "
        "AND date_radiation <= DATE '2025-10-31'"
    ).fetchall()
    assert anciennes
    assert not nommees & {numero for (numero,) in anciennes}


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"taille": 0}, "taille"),
        ({"mois": 0}, "mois"),
        ({"dernier": date(2026, 10, 30)}, "dernier arrêté"),
        ({"departement": "999"}, "département"),
    ],
)
def test_un_nombre_qui_n_a_pas_de_sens_est_refuse(
    tmp_path: Path, arguments: dict[str, object], message: str
) -> None:
    with pytest.raises(Refus, match=message):
        fabriquer(tmp_path, **arguments)  # type: ignore[arg-type]
    assert not list(tmp_path.iterdir())


def test_la_nation_vient_departement_par_departement(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert len(departements()) == 101
    monkeypatch.setattr(fabrique, "departements", lambda: ("02A", "075", "976"))
    flux = livraisons_nation(tmp_path, taille=600)
    premieres = list(itertools.islice(flux, 2))
    assert premieres == [tmp_path / "02A/2026-09", tmp_path / "02A/2026-10"]
    assert not (tmp_path / "075").exists(), "nothing is made before it is asked for"
    reste = list(flux)
    assert [chemin.parent.name for chemin in reste] == ["075", "075", "976", "976"]
    assert ";111" in (reste[0] / "stock.csv").read_text("cp1252")


def test_une_colonne_nouvelle_du_contrat_n_arrete_pas_la_demonstration(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    colonne = Colonne("stock", "NOUVELLE", "code", "Nouvelle", "Optionnelle et inconnue d'hier.")
    stock = contrat().tables["stock"]
    etendu = replace(stock, colonnes=(*stock.colonnes, colonne))
    nouveau = replace(contrat(), tables=contrat().tables | {"stock": etendu})
    monkeypatch.setattr(ecriture, "contrat", lambda: nouveau)
    (livraison,) = fabriquer(tmp_path, taille=300, mois=1)
    texte = (livraison / "stock.csv").read_text("latin-1")
    entete, *lignes = csv.reader(texte.splitlines(), delimiter=";")
    ecrites = [nom.upper() for nom in entete]
    assert set(ecrites) >= {une.nom for une in etendu.colonnes if not une.depuis}
    rang = ecrites.index("NOUVELLE")
    assert {une[rang] for une in lignes if len(une) == len(entete)} <= {"", "NA", "NA/NA"}
