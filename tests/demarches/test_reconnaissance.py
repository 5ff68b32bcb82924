"""Files that nobody knows: recognised, tried and adopted by a process of their own."""

from __future__ import annotations

import io
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import polars as pl
import pytest

from infocentre import travaux
from infocentre.acces.perimetre import TOUT
from infocentre.catalogue import lire_catalogue, nommes, requis
from infocentre.catalogue.exigences import TABLE_ENTIERE
from infocentre.catalogue.motifs import motif_non_calculable
from infocentre.contrat import contrat
from infocentre.correspondances.ecrits import lire
from infocentre.correspondances.modele import Correspondance, Fichier
from infocentre.demarches import travaux as ouvrier
from infocentre.demo import ecrire_forme, fabriquer
from infocentre.entrepot import Dossier
from infocentre.entrepot.description import Description
from infocentre.lecture.lecteur import Lecteur, Lecture
from infocentre.lecture.livraisons import cles_sans_ligne
from infocentre.livraisons.natures import HORS_LISTE, SANS_CLE
from infocentre.mesures.tableaux import nommes_tableau, requis_tableau, tableaux
from infocentre.noyau.erreurs import Refus
from infocentre.reconnaissance import apport
from infocentre.reconnaissance.dialecte import FORMATS
from infocentre.travaux import Recu, Travail
from tests.donnees.atelier import base_legere
from tests.donnees.atelier import copie as copier

pytestmark = pytest.mark.lent


@pytest.fixture(scope="module")
def extraction(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return three CSV files of an observatory: demandes, radiations, guichets."""
    atelier = tmp_path_factory.mktemp("extraction")
    (livraison,) = fabriquer(atelier / "livraison", taille=300, mois=1)
    return ecrire_forme(livraison, atelier / "forme", "observatoire")


@pytest.fixture(scope="module")
def reconnu(extraction: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """Return a data directory where these files were dropped and looked at, and their work."""
    racine = tmp_path_factory.mktemp("donnees")
    depot = deposer(racine, extraction)
    ouvrier.executer(racine)
    assert un(racine, depot).motif == "a_reconnaitre"
    travaux.repondre(racine, depot, "camille", {})
    ouvrier.executer(racine)
    return racine, depot


@pytest.fixture
def copie(reconnu: tuple[Path, str], tmp_path: Path) -> tuple[Path, str]:
    racine, depot = reconnu
    return shutil.copytree(racine, tmp_path / "donnees"), depot


def deposer(racine: Path, dossier: Path) -> str:
    fichiers = sorted(dossier.iterdir())
    recus = [Recu(f"Extraction/{un.name}", un.stat().st_size) for un in fichiers]
    flux = io.BytesIO(b"".join(un.read_bytes() for un in fichiers))
    return travaux.deposer(racine, flux, recus, "camille", {})


def un(racine: Path, depot: str) -> Travail:
    lu = travaux.lire(racine, depot)
    assert lu is not None
    return lu


def montre(racine: Path, depot: str) -> dict[str, Any]:
    lu = travaux.reconnus(racine, un(racine, depot))
    assert lu is not None
    return lu


def tout(contenu: dict[str, Any], **plus: Any) -> dict[str, Any]:
    """Return the answers of who says yes to all, leaves what is to be chosen, and has seen all."""
    reponses: dict[str, Any] = {"colonnes": {}, "valeurs": {}, "vues": {}, "essayer": True}
    for fichier in contenu["fichiers"]:
        rang = str(fichier["rang"])
        reponses["colonnes"][rang] = {
            str(une["rang"]): une["vers"] if une["etat"] == "à confirmer" else ""
            for une in fichier["colonnes"]
            if une["etat"] in {"à confirmer", "à choisir"}
        }
        reponses["valeurs"][rang] = {
            str(une["rang"]): {} for une in fichier["colonnes"] if une["valeurs"] or une["cachees"]
        }
        reponses["vues"][rang] = [une["rang"] for une in fichier["colonnes"] if une["obligatoire"]]
    return reponses | {"departement": "13", "source": "Observatoire"} | plus


def dehors(racine: Path) -> set[str]:
    """Return what the data directory holds beside the works and its locks."""
    ouverts = {travaux.DOSSIER, "verrou", "versions", "temoins.json"}
    return {chemin.name for chemin in racine.iterdir()} - ouverts


def test_unknown_files_wait_with_nothing_written(reconnu: tuple[Path, str]) -> None:
    racine, depot = reconnu
    travail, contenu = un(racine, depot), montre(racine, depot)
    assert (travail.etat, travail.nature, travail.inconnue) == ("fait", "reconnaitre", True)
    quoi = {fichier["nom"]: fichier["quoi"] for fichier in contenu["fichiers"]}
    assert quoi == {
        "demandes_actives.csv": "Demandes actives",
        "demandes_sorties.csv": "Demandes radiées",
        "referentiel_guichets.csv": "Guichets enregistreurs",
    }
    assert contenu["departement"] == "013"
    assert all(len(une["apercu"]) <= 5 for un in contenu["fichiers"] for une in un["colonnes"])
    assert dehors(racine) == set()
    assert not (racine / travaux.DOSSIER / depot / travaux.ATELIER).exists()


def test_what_is_confirmed_is_tried_adopted_loaded_then_what_changed_alone_is_asked(
    copie: tuple[Path, str], extraction: Path, tmp_path: Path
) -> None:
    racine, depot = copie
    reponses = tout(montre(racine, depot))
    travaux.repondre(racine, depot, "camille", {**reponses, "arrete": ""})
    ouvrier.executer(racine)
    assert montre(racine, depot)["demande"] == "arrete"  # no name of a file tells it
    reponses["arrete"] = montre(racine, depot)["arrete"]
    travaux.repondre(racine, depot, "camille", reponses)
    ouvrier.executer(racine)
    essai = montre(racine, depot)["essai"]
    lignes = {une["fichier"]: une["lues"] for une in essai["tables"]}
    for nom, lues in lignes.items():  # an extraction of less than 1 000 rows is tried whole
        fichier = travaux.archive(racine, un(racine, depot)) / nom
        assert lues == len(fichier.read_text("utf-8").splitlines()) - 1
    assert dehors(racine) == set()
    travaux.redemander(
        racine, depot, "dominique",
        {travaux.ADOPTER: "oui", "arrete": reponses["arrete"]}, "charger",
    )  # fmt: skip
    ouvrier.executer(racine)
    assert un(racine, depot).etat == "fait"
    adoptee = lire(racine / "correspondances" / "observatoire-1.yml")
    assert (adoptee.auteur, adoptee.departement) == ("dominique", "013")
    assert [une.departement for une in Dossier(racine).version().livraisons] == ["013"]
    gardes = {fichier.name for fichier in (racine / travaux.DOSSIER / depot).iterdir()}
    assert gardes == {travaux.DEMANDE, travaux.ETAPES, travaux.FIN}
    _changer_de_nom(racine, changee(extraction, tmp_path / "suite"), reponses["arrete"])


def _changer_de_nom(racine: Path, suivante: Path, arrete: str) -> None:
    """Drop the same files where one column has another name: it is all that is asked."""
    suite = deposer(racine, suivante)
    ouvrier.executer(racine)
    refus = un(racine, suite).refus
    assert refus is not None
    assert "n'a plus prioritaire, et a X17 en plus" in refus[0]
    travaux.repondre(racine, suite, "camille", {})
    ouvrier.executer(racine)
    contenu = montre(racine, suite)
    etats = {
        (fichier["nom"], une["nom"]): une["etat"]
        for fichier in contenu["fichiers"]
        for une in fichier["colonnes"]
    }
    demandes = ("demandes_actives.csv", "demandes_sorties.csv")
    assert {cle for cle, etat in etats.items() if etat != "connue"} == {
        (nom, "x17") for nom in demandes
    }
    assert contenu["restent"] == len(demandes)
    assert contenu["source"] == "Observatoire"
    travaux.repondre(racine, suite, "camille", tout(contenu, arrete=arrete))
    ouvrier.executer(racine)
    travaux.redemander(
        racine, suite, "dominique", {travaux.ADOPTER: "oui", "arrete": arrete}, "charger"
    )
    ouvrier.executer(racine)
    adoptees = {fichier.name for fichier in (racine / "correspondances").iterdir()}
    assert adoptees == {"observatoire-1.yml", "observatoire-2.yml"}


def test_a_compulsory_column_that_nobody_saw_is_a_question(copie: tuple[Path, str]) -> None:
    racine, depot = copie
    reponses = tout(montre(racine, depot), arrete="30/09/2026")
    reponses["vues"]["2"] = []
    travaux.repondre(racine, depot, "camille", reponses)
    ouvrier.executer(racine)
    contenu = montre(racine, depot)
    assert contenu["restent"] == 1
    assert "essai" not in contenu
    # Nor can what was not tried be used: the files wait still.
    travaux.redemander(racine, depot, "camille", {travaux.ADOPTER: "oui"}, "charger")
    ouvrier.executer(racine)
    assert (un(racine, depot).etat, un(racine, depot).inconnue) == ("refus", True)
    assert dehors(racine) == set()


def changee(extraction: Path, cible: Path) -> Path:
    """Return the same files where a column has another name."""
    cible.mkdir()
    for fichier in extraction.iterdir():
        texte = fichier.read_text("utf-8").replace("prioritaire", "x17", 1)
        (cible / fichier.name).write_text(texte, "utf-8")
    return cible


@pytest.mark.parametrize(
    "fausses",
    [
        {"fichiers": {"99": "stock"}},
        {"fichiers": {"0": "../stock"}},
        {"colonnes": {"0": {"999": "ETAT_DEMANDE"}}},
        {"colonnes": {"0": {"0": "ABSENTE"}}},
        {"colonnes": "tout"},
        {"inconnu": 1},
    ],
)
def test_answers_that_are_not_of_these_files_are_refused(
    copie: tuple[Path, str], fausses: dict[str, Any]
) -> None:
    racine, depot = copie
    travaux.repondre(racine, depot, "camille", fausses)
    ouvrier.executer(racine)
    travail = un(racine, depot)
    assert (travail.etat, travail.garde) == ("refus", True)
    assert travail.refus
    assert "n'a pas abouti" not in travail.refus[0]
    assert dehors(racine) == set()


def test_the_names_of_files_tell_their_months_before_their_dates_do(
    extraction: Path, tmp_path: Path
) -> None:
    racine = tmp_path / "donnees"
    mois = renommer(extraction, tmp_path / "mois", ["202610"])
    annees = renommer(extraction, tmp_path / "annees", ["2024", "2025"])
    depots = [deposer(racine, mois), deposer(racine, annees)]
    ouvrier.executer(racine)
    for depot in depots:
        travaux.repondre(racine, depot, "camille", {})
    ouvrier.executer(racine)
    dits = [(montre(racine, depot)["arrete"], montre(racine, depot)["annees"]) for depot in depots]
    assert dits == [("31/10/2026", []), ("", ["2024", "2025"])]
    travaux.repondre(racine, depots[1], "camille", tout(montre(racine, depots[1])))
    ouvrier.executer(racine)
    essai = montre(racine, depots[1])["essai"]
    assert (essai["arrete"], essai["annees"]) == ("31/12/2025", ["2024", "2025"])


def renommer(extraction: Path, cible: Path, suffixes: list[str]) -> Path:
    """Return the same files, once for each suffix of the names of those of demandes."""
    cible.mkdir()
    for fichier in extraction.iterdir():
        for suffixe in suffixes if fichier.stem.startswith("demandes") else [""]:
            shutil.copy(fichier, cible / f"{fichier.stem}{suffixe and '_'}{suffixe}.csv")
    return cible


def test_what_they_will_have_is_what_a_month_will_judge() -> None:
    """Every indicator and table, of files without a few columns, as the control judges them."""
    lues = ("stock", "radiation", "guichets")
    fichiers = tuple(replace(Fichier.renomme(_colonnes(t), t), table=t) for t in lues)
    correspondance = Correspondance("essai", "Essai", fichiers)
    donnees = apport.donnees(correspondance)
    description = cast(
        "Description",
        {
            "tables": {
                table: {"livrees": [c for t, c in donnees if t == table and c != TABLE_ENTIERE]}
                for table in lues
            }
        },
    )
    catalogue = lire_catalogue()
    for dit in apport.des_indicateurs(catalogue, donnees):
        juge = motif_non_calculable(
            requis(catalogue, dit.code), nommes(catalogue, dit.code), description
        )
        assert (dit.etat == "absent") == (juge is not None), dit.code
    for dit in apport.des_tableaux(tableaux(), donnees):
        lu = tableaux()[dit.code]
        if lu.sur == "archives":
            juge = motif_non_calculable(requis_tableau(lu), nommes_tableau(lu), description)
            assert (dit.etat == "absent") == (juge is not None), dit.code
    par_code = {dit.code: dit for dit in apport.des_indicateurs(catalogue, donnees)}
    assert par_code["ENR_DELAI"].dits == ("la table « Journal des actes »",)
    assert "« Taille du ménage » (demandes actives)" in par_code["CPL_CHAMPS"].dits


def _colonnes(table: str) -> dict[str, str]:
    absentes = {"TAILLE_MENAGE", "NB_DALO"}
    return {nom: nom for nom in contrat().tables[table].par_nom if nom not in absentes}


def test_a_folder_keeps_its_files_and_no_name_leaves_it(tmp_path: Path) -> None:
    assert set(FORMATS) <= set(travaux.EXTENSIONS)
    recus = [Recu("dossier/stock.csv", 2), Recu("dossier/sous/.cache.csv", 3),
             Recu("dossier/note.pdf", 1), Recu("dossier/sous/b.xlsx", 2)]  # fmt: skip
    depot = travaux.deposer(tmp_path, io.BytesIO(b"aaxxxybb"), recus, "camille", {})
    dossier = travaux.archive(tmp_path, un(tmp_path, depot))
    assert {str(f.relative_to(dossier)): f.read_bytes() for f in dossier.rglob("*.*")} == {
        "stock.csv": b"aa",
        "sous/b.xlsx": b"bb",
    }


@pytest.mark.parametrize(
    ("noms", "dit"),
    [
        (["d/../../../etc.csv", "d/a.csv"], "qui se garde"),
        (["/etc/a.csv", "b.csv"], "qui se garde"),
        (["C:/a.csv", "b.csv"], "qui se garde"),
        (["d/a/b/c/d/e.csv", "d/b.csv"], "qui se garde"),
        (["d/a.csv", "d/a.csv"], "deux fichiers s'appellent"),
        (["d/a.pdf", "d/b.exe"], "n'est pas un fichier de données"),
        ([f"d/{rang}.csv" for rang in range(travaux.FICHIERS_MAX + 1)], "501 fichiers"),
    ],
)
def test_names_that_cannot_be_kept_are_refused(tmp_path: Path, noms: list[str], dit: str) -> None:
    recus = [Recu(nom, 1) for nom in noms]
    with pytest.raises(Refus, match=dit):
        travaux.deposer(tmp_path, io.BytesIO(b"x" * len(noms)), recus, "camille", {})
    assert travaux.lister(tmp_path) == []
    assert [f for f in tmp_path.rglob("*") if f.is_file() and f.suffix] == []


def test_what_waits_a_day_is_erased_with_what_was_read_of_it(copie: tuple[Path, str]) -> None:
    racine, depot = copie
    vieux = f"{int(depot[:20]) - 25 * 3600 * 10**9:020d}{depot[20:]}"
    (racine / travaux.DOSSIER / depot).rename(racine / travaux.DOSSIER / vieux)
    travaux.balayer(racine)
    gardes = {fichier.name for fichier in (racine / travaux.DOSSIER / vieux).iterdir()}
    assert gardes == {travaux.DEMANDE, travaux.ETAPES, travaux.FIN}
    assert not un(racine, vieux).attend


def test_keys_that_no_file_of_codes_explains_are_counted(tmp_path: Path) -> None:
    """Two keys on seven rows, of one column; what is of another nature is not among them."""
    racine = copier(base_legere(1), tmp_path / "donnees")
    dossier = Dossier(racine)
    (livraison,) = dossier.version().livraisons
    lignes = [
        ("stock", "MOTIF_DEMANDE", SANS_CLE, "77", 4),
        ("radiation", "MOTIF_DEMANDE", SANS_CLE, "78", 3),
        ("stock", "MOTIF_DEMANDE", HORS_LISTE, "79", 9),
    ]
    noms = ["table", "colonne", "nature", "valeur", "nombre"]
    anomalies = dossier.archive(livraison) / "anomalies_format.parquet"
    anomalies.unlink()
    pl.DataFrame(lignes, schema=noms, orient="row").write_parquet(anomalies)
    ouverte = Lecteur(dossier).ouvrir()
    assert ouverte is not None
    lues = cles_sans_ligne(Lecture(ouverte, TOUT), livraison)
    assert lues == [{"colonne": "MOTIF_DEMANDE", "cles": 2, "lignes": 7}]
