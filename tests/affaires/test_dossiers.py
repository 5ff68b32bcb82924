"""The folder of a procedure: each way of getting it wrong is told by file and field."""

from __future__ import annotations

import copy
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from infocentre.affaires.procedure import FICHIER, TEXTES, lire_procedure, lire_procedures
from infocentre.noyau import fichiers_yaml
from infocentre.noyau.erreurs import Refus

CODE = "visites"
VISITES = Path(__file__).parent / CODE
PROCEDURE: dict[str, Any] = fichiers_yaml.lire((VISITES / FICHIER).read_text("utf-8"))
OU = f"{CODE}/{FICHIER}"


def _mettre(chemin: str, valeur: object) -> Callable[[dict[str, Any], Path], None]:
    """Return what puts a value in the place of a field, « etats.faite.final »."""

    def mettre(brut: dict[str, Any], _: Path) -> None:
        *pas, dernier = chemin.split(".")
        for un in pas:
            brut = brut[un]
        brut[dernier] = valeur

    return mettre


def _oter(chemin: str) -> Callable[[dict[str, Any], Path], None]:
    def oter(brut: dict[str, Any], _: Path) -> None:
        *pas, dernier = chemin.split(".")
        for un in pas:
            brut = brut[un]
        del brut[dernier]

    return oter


def _ecrire(nom: str, texte: str | None) -> Callable[[dict[str, Any], Path], None]:
    """Return what writes a text of the folder, or takes it away."""

    def ecrire(_: dict[str, Any], dossier: Path) -> None:
        chemin = dossier / TEXTES / nom
        if texte is None:
            chemin.unlink()
        else:
            chemin.write_text(texte, "utf-8")

    return ecrire


# What is done to the folder, and what is said of it.
FAUTES: dict[str, tuple[Callable[[dict[str, Any], Path], None], str]] = {
    "un champ inconnu": (
        _mettre("etats.faite.couleur", "vert"),
        "champ « etats.faite.couleur » : champ inconnu d'une procédure"),
    "un champ inconnu à la racine": (
        _mettre("guichets", []), "champ « guichets » : champ inconnu d'une procédure"),
    "un code mal formé": (
        _mettre("code", "Visites"),
        "champ « code » : « Visites » est mal formé, des minuscules, des chiffres et « _ »"),
    "un état sans sortie": (
        _oter("etats.manquee.final"), "etats.manquee : aucun événement n'en sort vers une fin"),
    "un état que rien n'atteint": (
        _mettre("etats.perdue", {"titre": "Perdue", "page": "Perdue.", "final": True}),
        "etats.perdue : aucun événement n'y mène"),
    "un état sans suite ni attente": (
        _mettre("etats.convenue", {"titre": "Convenue", "page": "Convenue."}),
        "champ « etats.convenue.suite » : dire l'événement qui vient ensuite, ou par « attend »"),
    "une suite qui n'existe pas": (
        _mettre("etats.convenue.suite", "partir"),
        "etats.convenue.suite : l'événement « partir » n'existe pas"),
    "une suite qui ne part pas de là": (
        _mettre("etats.convenue.suite", "convenir"),
        "champ « etats.convenue.suite » : « convenir » n'en part pas"),
    "une fin qui attend": (
        _mettre("etats.faite.attend", "rien"),
        "champ « etats.faite » : un état final n'a ni « suite » ni « attend »"),
    "deux façons d'ouvrir": (
        _mettre("evenements.ouvrir", {"titre": "Ouvrir", "ouvre": True, "vers": "convenue"}),
        "evenements : 2 ouvrent une affaire, il en faut un"),
    "une garde inconnue": (
        _mettre("evenements.tenir.garde", "personne"),
        "champ « evenements.tenir.garde » : la garde « personne » n'existe pas"),
    "un rôle inconnu": (
        _mettre("voient", {"maire": "siens"}), "champ « voient.maire"),
    "un texte qui nomme un champ inconnu": (
        _ecrire("avis.md", "# Avis\n\n{{ montant }}\n"),
        "textes/avis.md : « montant » n'est porté par aucun événement de la procédure"),
    "un message qui nomme un champ inconnu": (
        _ecrire("avis.txt", "Avis\n\n{{ montant }}\n"),
        "textes/avis.txt : « montant » n'est porté par aucun événement de la procédure"),
    "un texte qui ne se lit pas": (
        _ecrire("avis.md", "# Avis\n\n{% if lieu %}\n"),
        "textes/avis.md, ligne 3 : ce texte ne se lit pas"),
    "un texte absent": (
        _ecrire("avis.md", None),
        "champ « documents.avis.modele » : textes/avis.md n'existe pas"),
    "un message absent": (
        _ecrire("avis.txt", None),
        "champ « evenements.aviser.message » : textes/avis.txt n'existe pas"),
    "un délai dont personne ne dit la date": (
        _mettre("delais.visite.donnee", "le_soir"),
        "delais.visite.donnee : aucun de ses événements ne porte la date « le_soir »"),
    "un délai sur un texte": (
        _mettre("delais.visite.donnee", "lieu"),
        "delais.visite.donnee : aucun de ses événements ne porte la date « lieu »"),
    "un délai sans rien à compter": (
        _oter("delais.visite.donnee"),
        "champ « delais.visite » : il manque « reglage », ou « donnee », la date à compter"),
    "des mois ouvrés": (
        _mettre("delais.avis.compte", "ouvres"),
        "champ « delais.avis » : « compte: ouvres » va avec des jours, après"),
    "un délai qui se relance": (
        _mettre("delais.visite.a_terme", "reporter"),
        "delais.visite.a_terme : ce délai se relance lui-même sans fin"),
    "un délai que le minuteur ne peut finir": (
        _mettre("delais.visite.a_terme", "tenir"),
        "delais.visite.a_terme : « tenir » n'est pas ouvert au minuteur (qui)"),
    "un délai qui ne sait que dire": (
        _mettre("evenements.manquer.donnees", {"motif": {"titre": "Motif", "requis": True}}),
        "delais.visite.a_terme : « manquer » demande « motif », que personne ne dit"),
    "un délai dont la fin ne part pas de là": (
        _mettre("delais.visite.dans", ["convenue", "faite"]),
        "delais.visite.a_terme : « manquer » ne part pas de « faite »"),
    "un classeur sur un champ absent": (
        _mettre("classeur.donnee", "absents"),
        "classeur.donnee : « repondre » ne porte pas de lignes « absents »"),
    "un classeur d'un événement absent": (
        _mettre("classeur.evenement", "rendre"),
        "classeur.evenement : l'événement « rendre » n'existe pas"),
    "un classeur sans référence": (
        _mettre("classeur.reference", "numero"),
        "classeur.reference : « presences » n'a pas de colonne « numero »"),
    "une colonne qu'un cas n'a pas": (
        _mettre("classeur.colonnes", {"unite": "Agent", "grade": "Grade"}),
        "classeur.colonnes : « grade » n'est pas l'un de unite, numero"),
    "une clé qui n'est pas une colonne": (
        _mettre("classeur.cles", ["numero"]),
        "classeur.cles : « numero » n'est pas l'une de ses colonnes"),
    "une précision qui n'existe pas": (
        _mettre("evenements.repondre.donnees.presences.colonnes.presence.precise_par",
                {"parti": "motif"}),
        "« presence.precise_par » : « parti: motif » n'existe pas"),
    "un code qui n'est pas celui du dossier": (
        _mettre("code", "tournees"),
        "champ « code » : tournees n'est pas le nom de son dossier"),
}  # fmt: skip


def _dossier(racine: Path, brut: dict[str, Any], code: str = CODE) -> Path:
    """Write the folder of a procedure; return its file."""
    shutil.copytree(VISITES / TEXTES, racine / code / TEXTES)
    fichier = racine / code / FICHIER
    fichier.write_text(yaml.safe_dump(brut, allow_unicode=True), "utf-8")
    return fichier


def test_the_folder_is_right_before_anything_is_done_to_it(tmp_path: Path) -> None:
    _dossier(tmp_path, PROCEDURE)
    assert list(lire_procedures(tmp_path)) == [CODE]


@pytest.mark.parametrize("nom", FAUTES)
def test_what_is_wrong_is_told_by_file_and_field(nom: str, tmp_path: Path) -> None:
    fausser, dit = FAUTES[nom]
    brut = copy.deepcopy(PROCEDURE)
    fichier = _dossier(tmp_path, brut)
    fausser(brut, fichier.parent)
    fichier.write_text(yaml.safe_dump(brut, allow_unicode=True), "utf-8")
    with pytest.raises(Refus) as refus:
        lire_procedure(fichier)
    assert dit in refus.value.quoi
    assert refus.value.ou == OU
    assert refus.value.que_faire


def test_two_folders_of_one_code_are_told(tmp_path: Path) -> None:
    shutil.copytree(_dossier(tmp_path, PROCEDURE).parent, tmp_path / "autres")
    with pytest.raises(Refus, match="deux procédures ont le code « visites »"):
        lire_procedures(tmp_path)


def test_a_file_that_is_no_yaml_is_told(tmp_path: Path) -> None:
    fichier = _dossier(tmp_path, PROCEDURE)
    fichier.write_text("code: [visites", "utf-8")
    with pytest.raises(Refus) as refus:
        lire_procedures(tmp_path)
    assert refus.value.ou == f"{OU}, ligne 2"
