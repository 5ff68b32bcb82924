"""What must not enter is planted in eight places of files in people's own forms; each byte is read.

By command only: the files are proposed, adopted, tried and loaded; then nothing of what was planted
is in the data folder, in what was said, nor in the correspondance that a person keeps.
"""

from __future__ import annotations

import csv
import io
from pathlib import Path

import openpyxl
import pytest

from infocentre.demo import ecrire_forme, fabriquer
from tests.cli.lancer import Commande
from tests.donnees.ouverts import textes
from tests.profondeur import PROFONDEUR

NIR = "2 84 05 13 055 123 45"
SECRETS = (
    NIR,
    NIR.replace(" ", ""),
    "ZYXWVUT Dupontel",
    "zyxwvut.dupontel@exemple.fr",
    "0699887766",
)
REMARQUE = "ne veut plus entendre parler de Zyxwvut Dupontel, la rappeler au 06 99 88 77 66"
CHERCHES = ("zyxwvut", "dupontel", NIR, NIR.replace(" ", ""), "0699887766", "06 99 88 77 66")
AJOUTEES = {"NIR du demandeur": NIR, "Remarques du conseiller": REMARQUE, "Conseiller": SECRETS[2]}
# Form, separator and encoding of its files of text.
TEXTES = {
    "A": (";", "cp1252"),
    "A2": (";", "cp1252"),
    "A3": (";", "cp1252"),
    "A4": (";", "cp1252"),
    "E": (";", "cp1252"),
    "F": (",", "utf-8"),
    "C": ("\t", "utf-16"),
    "D": (",", "utf-8-sig"),
    "G": (";", "cp1252"),
}
DIRECTES = frozenset({"A", "A2", "A3", "A4", "E", "F", "web"})  # nobody is asked what they are
# Texts, workbooks, what the site gives; all eleven in canary.
FORMES = [*TEXTES, "B", "web"] if PROFONDEUR > 1 else ["A", "B", "web"]
LIGNES = (3, 4, 5, 6, 7)  # rows that are planted, one place in each


@pytest.fixture(scope="module")
def livraison(tmp_path_factory: pytest.TempPathFactory) -> Path:
    (une,) = fabriquer(tmp_path_factory.mktemp("livraison"), taille=240, mois=1)
    return une


def _planter(grille: list[list[str]], tete: int) -> None:
    """Plant three columns, and in five rows a value of another column each, numéro apart."""
    entete, *lignes = grille[tete:]
    places = [rang for rang in range(len(entete)) if rang not in {0, 1}][2 : 2 + len(LIGNES)]
    for rang, place, secret in zip(LIGNES, places, (*SECRETS[:4], REMARQUE), strict=True):
        lignes[rang][place] = secret
    entete.extend(AJOUTEES)
    for ligne in lignes:
        if len(ligne) > 1:
            ligne.extend(AJOUTEES.values())


def _planter_textes(dossier: Path, separateur: str, encodage: str) -> int:
    plantes = 0
    for fichier in sorted(dossier.iterdir()):
        grille = list(
            csv.reader(
                io.StringIO(fichier.read_bytes().decode(encodage), newline=""), delimiter=separateur
            )
        )
        if len(grille) < 100 or len(grille[0]) < 20:
            continue
        _planter(grille, 0)
        texte = io.StringIO()
        csv.writer(texte, delimiter=separateur, lineterminator="\r\n").writerows(grille)
        fichier.write_bytes(texte.getvalue().encode(encodage))
        plantes += 1
    return plantes


def _planter_classeurs(dossier: Path) -> int:
    plantes = 0
    for fichier in sorted(dossier.glob("*.xlsx")):
        livre = openpyxl.load_workbook(fichier)
        for feuille in livre.worksheets:
            if feuille.max_row < 100:
                continue
            tete = next(r for r in range(1, 20) if feuille.cell(r, 5).value is not None)
            if tete > 1:  # a title stands above the names
                feuille.cell(1, 1).value = f"Édité par {SECRETS[2]}, {SECRETS[4]}"
            for rang, secret in zip(LIGNES, (*SECRETS[:4], REMARQUE), strict=True):
                feuille.cell(tete + rang, rang + 3).value = secret
            for place, (nom, secret) in enumerate(AJOUTEES.items(), feuille.max_column + 1):
                feuille.cell(tete, place).value = nom
                for rang in range(tete + 1, feuille.max_row):
                    feuille.cell(rang, place).value = secret
            plantes += 1
        livre.save(fichier)
    return plantes


def _vus(octets: bytes) -> list[str]:
    lus = "\n".join((*textes(octets), octets.decode("latin-1"))).lower()
    return [secret for secret in CHERCHES if secret in lus]


@pytest.mark.parametrize("forme", FORMES)
def test_what_is_planted_in_a_form_is_in_no_byte_that_is_kept_or_said(
    livraison: Path,
    tmp_path: Path,
    forme: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    dossier = ecrire_forme(livraison, tmp_path / "forme", forme)
    dossier = dossier / "fichiers" if forme == "web" else dossier
    plantes = (
        _planter_textes(dossier, *TEXTES[forme]) if forme in TEXTES else _planter_classeurs(dossier)
    )
    assert plantes == {"A": 3, "A2": 3, "B": 3, "G": 1, "web": 3}.get(forme, 2), plantes
    racine, ecrite = tmp_path / "donnees", tmp_path / "c.yml"
    infocentre = Commande(racine, monkeypatch, capsys)
    dits = ["--departement", "013", *(["--arrete", "2026-10-31"] if forme == "web" else [])]
    sorties = []
    if forme not in DIRECTES:
        propose = infocentre(
            "correspondance", "proposer", dossier, *dits, "--accepter", "--sortie", ecrite
        )
        sorties += [propose, infocentre("correspondance", "adopter", ecrite)]
        assert [une.code for une in sorties] == [0, 0], sorties[-1].erreur
        assert _vus(ecrite.read_bytes()) == []
    sorties.append(infocentre("correspondance", "essayer", dossier, *dits))
    sorties.append(infocentre("charger", dossier, *dits, "--confirmer", "colonnes plantées"))
    assert [une.code for une in sorties] == [0] * len(sorties), sorties[-1].erreur
    for une in sorties:
        assert _vus((une.texte + une.erreur).encode()) == []
    gardes = [un for un in racine.rglob("*") if un.is_file()]
    assert len(gardes) > 10
    assert {
        str(un.relative_to(racine)): vus for un in gardes if (vus := _vus(un.read_bytes()))
    } == {}
