"""What a query leaves on the disk: an indicator and its test, a file of the library; undone too."""

from __future__ import annotations

import csv
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from infocentre.catalogue import lire_catalogue
from infocentre.decisions import Requetes, ouvrir_magasin
from infocentre.entrepot import Dossier
from infocentre.noyau import fichiers_yaml
from infocentre.noyau.config import ressources
from infocentre.noyau.erreurs import Refus
from infocentre.requetes.bibliotheque import lire_bibliotheque
from infocentre.requetes.borne import ecrire
from infocentre.requetes.candidat import candidat, verifier_candidat
from infocentre.requetes.ebauche import (
    completer,
    ecrire_bibliotheque,
    ecrire_candidat,
    en_yaml,
)
from infocentre.requetes.essais import inventer, preparer
from infocentre.requetes.proposition import Proposition
from tests.donnees.atelier import SANS_MAGASIN
from tests.requetes.demonstration import demonstration

pytestmark = pytest.mark.lent

RACINE = Path(__file__).parents[2]
ESSAIS = RACINE / "tests" / "indicateurs"
ANALYSTE = "Léa"
REQUETE = """select numero_unique from demandes
where
    motif_radiation = 'RADATT' and date_signature_bail is not null
    and date_radiation > date_signature_bail + interval 20 day"""


LIBELLE = "Attributions enregistrées vingt jours après le bail"
# Does each page say its code or its name? Written in pages.txt.
PAGES = """
import csv
from pathlib import Path
from dashboards.app import creer_app
from infocentre.noyau.config import dossier_donnees
from infocentre.entrepot import Dossier
from tests.dashboards.vues import ouvrir

with open("anomalies.csv", encoding="utf-8", newline="") as flux:
    guichet = next(csv.DictReader(flux, delimiter=";"))["guichet"]
app = creer_app(Dossier(dossier_donnees()))
textes = [
    ouvrir(app, "/" + page).texte
    for page in ("indicateurs/{code}", "guichet/" + guichet, "demandes?code={code}",
                 "suivi?affichage=tableau&colonnes=tous")
]
disent = ["vingt jours après le bail" in texte or "{code}" in texte for texte in textes]
Path("pages.txt").write_text(str(disent))
"""


def champs(
    anomalie: str, population: str = "attributions", applicable: str | None = None, **choisis: Any
) -> dict[str, Any]:
    proposition = Proposition(population, applicable, anomalie)
    return completer("X_CANDIDAT", proposition, {"libelle": "Candidat", **choisis})


@pytest.fixture
def projet(tmp_path: Path) -> Path:
    """A project with its catalogue's test rows, and no indicator of its own."""
    (tmp_path / "expectations").mkdir()
    shutil.copytree(ESSAIS, tmp_path / "tests" / "indicateurs")
    return tmp_path


# --- The definition -------------------------------------------------------------------------------


def test_a_definition_is_read_again_as_it_was(tmp_path: Path) -> None:
    indicateur = candidat(
        champs(
            "surface < 9\n-- « petit »\nor surface is null",
            explication="surface : {surface}, d'au moins 9 m²",
            correction="Corriger: la surface # et non le loyer",
        )
    )
    ecrit = en_yaml(indicateur.model_dump(mode="json", exclude_defaults=True))
    (tmp_path / "X_CANDIDAT.yml").write_text(ecrit, "utf-8")
    relus = lire_catalogue(tmp_path, ressources("queries") / "populations").indicateurs
    assert relus == {"X_CANDIDAT": indicateur}


def test_two_files_are_written_and_none_is_ever_replaced(projet: Path) -> None:
    indicateur = candidat(champs("surface < 9"))
    definition, essai = ecrire_candidat(indicateur, "cas: []\n", projet)
    assert definition == projet / "expectations" / "X_CANDIDAT.yml"
    assert essai == projet / "tests" / "indicateurs" / "X_CANDIDAT.yml"
    assert [un.name for un in definition.parent.iterdir()] == ["X_CANDIDAT.yml"], "no partial file"

    essai.unlink()
    avant = definition.read_bytes()
    with pytest.raises(Refus, match="ce fichier existe déjà"):
        ecrire_candidat(indicateur, "cas: []\n", projet)
    assert definition.read_bytes() == avant
    assert not essai.exists(), "both or none"


def test_a_place_without_the_two_directories_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Refus, match="ce dossier n'existe pas"):
        ecrire(champs("surface < 9"), tmp_path)
    assert list(tmp_path.iterdir()) == []


# --- Its test rows --------------------------------------------------------------------------------


def cas(anomalie: str, population: str = "attributions", **options: Any) -> dict[str, Any]:
    indicateur = candidat(champs(anomalie, population, **options))
    banc = preparer(verifier_candidat(indicateur), indicateur, ESSAIS)
    assert banc is not None
    texte = inventer(banc)
    assert texte is not None
    fiche = fichiers_yaml.lire(texte)
    conforme, anomalie_, *vides = fiche["cas"]
    return {**fiche, "conforme": conforme, "anomalie": anomalie_, "vides": vides}


@pytest.mark.parametrize(
    ("population", "anomalie", "table", "colonne", "sans", "avec"),
    [
        (
            "attributions",
            "date_radiation > date_signature_bail + interval 42 day",
            "radiation",
            "date_signature_bail",
            "2026-09-08",
            "2026-09-07",
        ),
        (
            "attributions",
            "jours_apres_bail > 200",
            "radiation",
            "date_signature_bail",
            "2026-04-03",
            "2026-04-02",
        ),
        (
            "actives",
            "revenu_mensuel_foyer > 12345",
            "stock",
            "revenu_mensuel_foyer",
            "12345",
            "12346",
        ),
        ("creations_15j", "nb_pjidentite < 2", "stock", "nb_pjidentite", "2", "1"),
    ],
)
def test_rows_are_invented_at_the_edge_of_the_rule(
    population: str, anomalie: str, table: str, colonne: str, sans: str, avec: str
) -> None:
    inventes = cas(anomalie, population)
    for genre, attendu in (("conforme", sans), ("anomalie", avec)):
        (propre,) = inventes[genre]["tables"][table]
        ligne = inventes["defaut"][table] | propre
        assert {colonne: str(ligne[colonne])} == {colonne: attendu}
        (comptes,) = inventes[genre]["attendu"].values()
        assert comptes["numerateur"] == (genre == "anomalie")
        assert comptes["denominateur"] == 1


def test_what_is_left_blank_has_its_own_case() -> None:
    (vide,) = cas("surface < 9", applicable="surface is not null")["vides"]
    assert vide["tables"]["radiation"] == [{"surface": None}]
    assert vide["attendu"] == {}, "out of the count"


def test_a_rule_that_one_row_cannot_show_leaves_the_rows_to_write(projet: Path) -> None:
    _, essai = ecrire(champs("date_deradiation is not null", "radiations_jugees"), projet)
    assert fichiers_yaml.lire(essai.read_text("utf-8")) == {"cas": []}
    assert "les écrire ici" in essai.read_text("utf-8")


# --- A saved query becomes a file of the library --------------------------------------------------


@pytest.fixture
def gardees(tmp_path: Path) -> Requetes:
    return Requetes(ouvrir_magasin(tmp_path / "donnees"), ANALYSTE)


def test_a_saved_query_becomes_a_file_of_the_library(gardees: Requetes, tmp_path: Path) -> None:
    sql = "-- tags: surfaces\nselect * from demandes where surface < $taille"
    gardee = gardees.garder("Petits logements", sql, partagee=False)
    fichier = ecrire_bibliotheque(gardee, "petits_logements", tmp_path / "bibliotheque")
    lue = lire_bibliotheque(fichier.parent)["petits_logements"]
    assert (lue.titre, lue.auteur, lue.tags) == ("Petits logements", ANALYSTE, ("surfaces",))
    assert lue.parametres["taille"].type == "texte"
    assert lue.sql.endswith("where surface < $taille")

    with pytest.raises(Refus, match="ce fichier existe déjà"):
        ecrire_bibliotheque(gardee, "petits_logements", tmp_path / "bibliotheque")
    with pytest.raises(Refus, match="n'est pas un nom de requête"):
        ecrire_bibliotheque(gardee, "../ailleurs", tmp_path / "bibliotheque")


def test_a_saved_query_that_is_no_select_is_not_made_a_file(
    gardees: Requetes, tmp_path: Path
) -> None:
    gardee = gardees.garder("Fausse", "drop table demandes", partagee=False)
    with pytest.raises(Refus):
        ecrire_bibliotheque(gardee, "fausse", tmp_path / "bibliotheque")
    assert list((tmp_path / "bibliotheque").iterdir()) == []


# --- One command, everywhere, and back ------------------------------------------------------------

Lancer = Callable[..., subprocess.CompletedProcess[str]]
# Several commands and modules in one process: each costs what it imports otherwise.
SUITE = """
import runpy, shlex, sys
from infocentre.cli import main

def lancer(une):
    tete, *reste = shlex.split(une)
    if tete != "python":
        return main([tete, *reste])
    runpy.run_module(*reste, run_name="__main__")
    return 0

sys.exit(max(lancer(une) for une in sys.argv[1:]))
"""


@pytest.fixture
def copie(tmp_path: Path) -> Path:
    """A copy of the project, in which one may write."""
    for dossier in (
        "infocentre",
        "expectations",
        "queries",
        "docs",
        "reports",
        "tests",
        "dashboards",
    ):
        shutil.copytree(
            RACINE / dossier,
            tmp_path / dossier,
            ignore=shutil.ignore_patterns("captures", "navigateur", ".*"),
        )
    shutil.copy(RACINE / "pyproject.toml", tmp_path)
    (tmp_path / "suite.py").write_text(SUITE, "utf-8")
    return tmp_path


@pytest.fixture
def lancer(copie: Path) -> Lancer:
    """Return what runs Python in the copy, on a copy of the demonstration."""
    racine = copie / "donnees"
    shutil.copytree(demonstration().racine, racine, symlinks=True, ignore=SANS_MAGASIN)
    environnement = os.environ | {
        "INFOCENTRE_DOSSIER": str(racine),
        "INFOCENTRE_UTILISATEUR": ANALYSTE,
        "PYTHONPATH": str(copie),
    }

    def executer(*arguments: str, code: int = 0) -> subprocess.CompletedProcess[str]:
        fait = subprocess.run(
            [sys.executable, "-m", *arguments],
            cwd=copie,
            env=environnement,
            capture_output=True,
            text=True,
            check=False,
        )
        assert fait.returncode == code, fait.stdout + fait.stderr
        return fait

    return executer


def test_a_saved_query_becomes_an_indicator_everywhere_then_is_undone(
    copie: Path, lancer: Lancer
) -> None:
    code = "ATT_VINGT"
    dossier = Dossier(copie / "donnees")
    gardee = Requetes(ouvrir_magasin(dossier.racine), ANALYSTE).garder(
        LIBELLE, REQUETE, partagee=False
    )

    demande = f"candidat {code} --requete {gardee.id} --orange 1 --rouge 5"
    fait = lancer("suite", f"{demande} --nombre 1 --format json", f"{demande} --ecrire")
    *dit, definition, essai = fait.stdout.splitlines()
    apercu = json.loads("".join(dit))["mois"][0]
    fichiers = [Path(definition), Path(essai)]
    assert fichiers == [
        copie / "expectations" / f"{code}.yml",
        copie / "tests" / "indicateurs" / f"{code}.yml",
    ]
    assert "Reste à compléter : pourquoi, correction." in fait.stderr

    (copie / "pages.py").write_text(PAGES.format(code=code), "utf-8")
    lancer(
        "suite",
        "controler --mois 2026-10",
        f"indicateurs --code {code} --format csv --sortie valeurs.csv",
        f"anomalies {code} --format csv --sortie anomalies.csv",
        "python pages",
        "python infocentre.catalogue.documentation",
    )
    valeurs = _lire(copie / "valeurs.csv")
    ensemble = next(une for une in valeurs if une["guichet"] == "*")
    assert int(ensemble["numerateur_12m"]) > 0
    annoncees = ("numerateur", "denominateur", "numerateur_12m", "denominateur_12m", "etat")
    assert [ensemble[nom] for nom in annoncees] == [str(apercu[nom]) for nom in annoncees]
    anomalies = _lire(copie / "anomalies.csv")
    assert len(anomalies) == int(ensemble["numerateur"]) > 0
    suites = (dossier.validations / "historique").rglob("*.json")
    juges = {un for suite in suites for un in _codes(json.loads(suite.read_text("utf-8")))}
    assert code in juges
    assert (copie / "pages.txt").read_text("utf-8") == str([True] * 4)
    assert code in (copie / "docs" / "indicateurs.md").read_text("utf-8")
    lancer("pytest", "-q", "-n0", "tests/catalogue", "-k", code)

    for fichier in fichiers:
        fichier.unlink()
    lancer("infocentre", "anomalies", code, code=1)


def _lire(fichier: Path) -> list[dict[str, str]]:
    with fichier.open(encoding="utf-8", newline="") as flux:
        return list(csv.DictReader(flux, delimiter=";"))


def _codes(noeud: Any) -> set[str]:
    """Return every text of a JSON tree."""
    if not isinstance(noeud, dict | list):
        return {str(noeud)}
    enfants = noeud.values() if isinstance(noeud, dict) else noeud
    return {texte for enfant in enfants for texte in _codes(enfant)}
