"""Workbooks, read in a process with limits: one cell far away fills the memory of a machine.

What a workbook really holds is looked at before it is opened: an xlsx or an ods is a zip of known
parts, without macros, that does not swell, whose farthest cell is not too far; an xls is bounded by
the memory alone. Nothing that it announces of itself is believed, nor its name.
"""

from __future__ import annotations

import datetime as dt
import itertools
import re
import zipfile
import zlib
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal, TypedDict, TypeVar

from infocentre.livraisons.plafond import plafond
from infocentre.noyau.borne import GIGA, demander, repondre
from infocentre.noyau.erreurs import Refus
from infocentre.noyau.formats import ecrivain_csv
from infocentre.noyau.texte import nom_sur

if TYPE_CHECKING:
    import python_calamine as calamine

EXACT = 1 << 53  # beyond it a number has lost its last digits: it is shown as none that has them
DECIMALES = "{:.30f}"  # a small number without its exponent, which the contract does not know
ANCIEN = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"  # an xls, or what a password protects
PROTEGE = "EncryptedPackage".encode("utf-16-le")
CELLULE = re.compile(rb'<(?:\w+:)?c\b[^>]*?\br="([A-Z]{1,4})([0-9]{1,9})"')
LIGNE = re.compile(rb'<(?:\w+:)?row\b[^>]*?\br="([0-9]{1,9})"')
REFAIRE = (
    "Le recevoir de nouveau, s'il a été coupé en chemin ; sinon l'enregistrer de nouveau au format "
    "xlsx, sans mot de passe."
)
FIN = 5  # rows
PLEINE, PLEINE_ANCIENNE = 1_048_576, 65_536  # rows of a sheet, and of one of an xls
BLOC, CHEVAUCHEMENT = 1 << 20, 1 << 10
ILLISIBLE = (
    zipfile.BadZipFile,
    zlib.error,
    EOFError,
    NotImplementedError,
    RuntimeError,
    ValueError,
    OSError,
    KeyError,
    IndexError,
)


@dataclass(frozen=True, slots=True)
class Limites:
    """What a workbook may be: cells of its grid, bytes once unpacked, and what reading it takes."""

    cellules: int
    octets: int
    secondes: float
    memoire: int


LIVRAISON = Limites(cellules=20_000_000, octets=4 * GIGA, secondes=900, memoire=6 * GIGA)
ECHANTILLON = Limites(cellules=200_000, octets=32 << 20, secondes=20, memoire=GIGA)


R = TypeVar("R")


class _Commun(TypedDict):
    chemin: str
    illisible: tuple[str, str, str]
    bornes: tuple[int, int]


class _Csv(_Commun):
    faire: Literal["csv"]
    cible: str
    feuille: str | int
    entete: int


class _Toutes(_Commun):
    faire: Literal["toutes"]


class _Apercu(_Commun):
    faire: Literal["apercu"]
    premieres: int
    autres: int


class FeuilleVue(TypedDict):
    """A sheet by some of its rows, from all along it, each with its physical line (A1's is 1).

    `fin` is its last rows; `fusions` are as in FeuilleLue. Who opens the workbook does not see a
    sheet that is `masquee`.
    """

    nom: str
    masquee: bool
    lignes: list[tuple[int, list[str]]]
    fin: list[list[str]]
    fusions: list[tuple[int, int, int, int]]


class _Vues(TypedDict):
    feuilles: list[FeuilleVue]


class FeuilleLue(TypedDict):
    """A sheet whole: its name, the texts of each row from A1 on, its merged cells.

    A merged range is (first row, first column, last row, last column), counted from 0.
    """

    nom: str
    lignes: list[list[str]]
    fusions: list[tuple[int, int, int, int]]


class _ToutesLues(TypedDict):
    feuilles: list[FeuilleLue]


class _Plat(TypedDict):
    """A Plat as JSON."""

    entete: list[str]
    lignes: list[int]


_Demande = _Csv | _Toutes | _Apercu


@dataclass(frozen=True, slots=True)
class Plat:
    """A sheet as a CSV: its header, and the physical line of each record."""

    entete: list[str]
    lignes: list[int]


def en_csv(chemin: Path, cible: Path, feuille: str | None = None, entete: int = 1) -> Plat:
    """Copy a sheet of a workbook, the first by default, to a CSV `;` without header; raise Refus.

    `entete` is the row of its names, counted from 1.
    """
    illisible = Refus(
        "ce n'est pas un classeur xlsx lisible",
        chemin.name,
        REFAIRE,
    )
    demande: _Csv = {
        "faire": "csv",
        "cible": str(cible),
        "feuille": 0 if feuille is None else feuille,
        "entete": entete,
        **_commun(chemin, illisible, LIVRAISON),
    }
    return Plat(**_demander(demande, _Plat, illisible, LIVRAISON))


def lire_toutes_les_feuilles(chemin: Path, faux: Refus) -> list[FeuilleLue]:
    """Return all the sheets of a small workbook, whatever their names.

    Raises:
        Refus: `faux` when it is no workbook, else what is wrong where `faux` says.
    """
    demande: _Toutes = {"faire": "toutes", **_commun(chemin, faux, ECHANTILLON)}
    return _demander(demande, _ToutesLues, faux, ECHANTILLON)["feuilles"]


def apercevoir(chemin: Path, premieres: int, autres: int) -> list[FeuilleVue]:
    """Return each sheet of a workbook (xlsx, xls, ods) by its first rows and others below.

    Raises:
        Refus: it is none, is protected, has macros, swells or is too large.
    """
    illisible = Refus(
        "ce n'est pas un classeur lisible",
        chemin.name,
        REFAIRE,
    )
    demande: _Apercu = {
        "faire": "apercu",
        "premieres": premieres,
        "autres": autres,
        **_commun(chemin, illisible, LIVRAISON),
    }
    return _demander(demande, _Vues, illisible, LIVRAISON)["feuilles"]


def _commun(chemin: Path, illisible: Refus, limites: Limites) -> _Commun:
    return {
        "chemin": str(chemin),
        "illisible": (illisible.quoi, illisible.ou, illisible.que_faire),
        "bornes": (limites.cellules, limites.octets),
    }


def _demander(demande: _Demande, genre: type[R], illisible: Refus, limites: Limites) -> R:
    return demander(
        __name__,
        demande,
        genre,
        secondes=limites.secondes,
        memoire=limites.memoire,
        trop=Refus(
            "lire ce classeur demande trop de temps ou de mémoire",
            illisible.ou,
            "L'enregistrer de nouveau, réduit à ses données, ou l'exporter en CSV.",
        ),
    )


# --- In the process with limits -------------------------------------------------------------------


def _faire(demande: _Demande) -> _Plat | _ToutesLues | _Vues:
    chemin, illisible = Path(demande["chemin"]), Refus(*demande["illisible"])
    ancien = _examiner(chemin, illisible, *demande["bornes"])
    if demande["faire"] == "apercu":
        vues = _vues(chemin, illisible, demande["premieres"], demande["autres"])
        return {"feuilles": list(vues)}
    if demande["faire"] == "toutes":
        return {"feuilles": _toutes(chemin, illisible)}
    lignes = _lignes(chemin, illisible, demande["feuille"], demande["entete"])
    plat = _ecrire_csv(lignes, illisible.ou, Path(demande["cible"]), demande["entete"])
    _refuser_pleine(plat["lignes"], illisible.ou, PLEINE_ANCIENNE if ancien else PLEINE)
    return plat


def _refuser_fusions(feuille: calamine.CalamineSheet, nom: str, entete: int) -> None:
    """Refuse a value that several rows under the names share: one of them alone has it."""
    for (haut, _), (bas, _) in sorted(feuille.merged_cell_ranges or ()):
        if entete <= haut < bas:
            raise Refus(
                "des cellules y sont fusionnées sur plusieurs lignes, dont une seule a la valeur",
                f"{nom}, lignes {haut + 1} à {bas + 1}",
                "Les défusionner, et recopier leur valeur sur chaque ligne.",
            )


def _refuser_suites(
    classeur: calamine.CalamineWorkbook, feuille: calamine.CalamineSheet, nom: str
) -> None:
    """Refuse rows under the same names in another sheet: they would be left aside."""
    autres, noms = (un for un in classeur.sheet_names if un != feuille.name), _noms(feuille)
    suites = [un for un in autres if _noms(classeur.get_sheet_by_name(un)) == noms]
    if suites:
        raise Refus(
            f"{len(suites) + 1} feuilles ont les mêmes colonnes, et une seule serait lue",
            f"{nom}, {', '.join(nom_sur(un) for un in (feuille.name, *suites))}",
            "Les réunir en une seule, ou n'en laisser qu'une.",
        )


def _noms(feuille: calamine.CalamineSheet) -> frozenset[str]:
    """Return the names of the first row of a sheet that has rows under it."""
    premiere = next(iter(feuille.iter_rows()), []) if feuille.start and feuille.height > 1 else []
    return frozenset(str(cellule).strip().upper() for cellule in premiere) - {""}


def _refuser_pleine(lignes: list[int], nom: str, place: int) -> None:
    """Refuse a sheet whose last line is written: what came after it is nowhere."""
    if lignes and lignes[-1] >= place:
        raise Refus(
            f"la feuille est pleine ({place} lignes) : la suite de l'extraction y manque",
            nom,
            "L'exporter en CSV, qui garde toutes les lignes.",
        )


def _examiner(chemin: Path, illisible: Refus, cellules: int, octets: int) -> bool:
    """Refuse what is no workbook, has macros, swells, or has a cell too far; tell an xls."""
    nom = illisible.ou
    if _est_ancien(chemin, nom):
        return True
    try:
        with zipfile.ZipFile(chemin) as archive:
            parties = {membre.filename for membre in archive.infolist()}
            if not parties & {"xl/workbook.xml", "content.xml"}:
                raise illisible
            _refuser_chiffre(archive, parties, nom)
            if any(partie.lower().endswith("vbaproject.bin") for partie in parties):
                raise Refus(
                    "ce classeur contient des macros",
                    nom,
                    "L'enregistrer de nouveau au format « Classeur Excel (.xlsx) ».",
                )
            _refuser_gonfle(archive, nom, min(octets, plafond(chemin)))
            for partie in sorted(parties):
                if partie.startswith("xl/worksheets/") and partie.endswith(".xml"):
                    _refuser_demesure(archive, partie, nom, cellules)
    except ILLISIBLE as erreur:
        raise illisible from erreur
    return False


def _est_ancien(chemin: Path, nom: str) -> bool:
    """Tell an xls; raise Refus when a password protects what it wraps."""
    with chemin.open("rb") as flux:
        if flux.read(len(ANCIEN)) != ANCIEN:
            return False
        while bloc := flux.read(BLOC):
            if PROTEGE in bloc:
                raise _protege(nom)
    return True


def _refuser_chiffre(archive: zipfile.ZipFile, parties: set[str], nom: str) -> None:
    manifeste = "META-INF/manifest.xml"
    if manifeste in parties and b"encryption-data" in archive.open(manifeste).read(BLOC):
        raise _protege(nom)


def _protege(nom: str) -> Refus:
    return Refus(
        "ce classeur est protégé par un mot de passe",
        nom,
        "L'ouvrir dans un tableur, et l'enregistrer de nouveau sans mot de passe.",
    )


def _refuser_gonfle(archive: zipfile.ZipFile, nom: str, plafond: int) -> None:
    if sum(membre.file_size for membre in archive.infolist()) > plafond:
        raise Refus(
            "le classeur se décompresse en une taille anormale",
            nom,
            "Vérifier le fichier auprès de son émetteur.",
        )


def _refuser_demesure(archive: zipfile.ZipFile, partie: str, nom: str, cellules: int) -> None:
    """Refuse a sheet whose farthest row and column make a grid of too many cells."""
    lignes = colonnes = 1
    with archive.open(partie) as flux:
        reste = b""
        while bloc := flux.read(BLOC):
            texte = reste + bloc
            for trouve in CELLULE.finditer(texte):
                colonnes = max(colonnes, _rang(trouve[1]))
                lignes = max(lignes, int(trouve[2]))
            lignes = max([lignes, *(int(trouve[1]) for trouve in LIGNE.finditer(texte))])
            reste = texte[-CHEVAUCHEMENT:]
            if lignes * colonnes > cellules:
                raise Refus(
                    f"une feuille s'étend sur {lignes} lignes et {colonnes} colonnes",
                    nom,
                    "Supprimer les lignes et les colonnes qui suivent les données, et "
                    "l'enregistrer de nouveau, ou l'exporter en CSV.",
                )


def _rang(lettres: bytes) -> int:
    """Return the rank of a column from its letters: A is 1."""
    rang = 0
    for lettre in lettres:
        rang = 26 * rang + lettre - 64
    return rang


def _lignes(chemin: Path, illisible: Refus, feuille: str | int, entete: int) -> Iterator[list[str]]:
    """Yield the texts of each row of a sheet, from the first row and column on; raise Refus.

    Nothing of a table may be in another sheet, nor in a cell that rows share.
    """
    import python_calamine as calamine

    try:
        with chemin.open("rb") as flux:
            classeur = calamine.load_workbook(flux)
            une = (
                classeur.get_sheet_by_index(feuille)
                if isinstance(feuille, int)
                else classeur.get_sheet_by_name(feuille)
            )
            depart = une.start
            if depart is None:
                return
            _refuser_fusions(une, illisible.ou, entete)
            if isinstance(feuille, int):
                _refuser_suites(classeur, une, illisible.ou)
            yield from ([] for _ in range(depart[0]))
            avant = [""] * depart[1]
            for ligne in une.iter_rows():
                yield avant + [_texte(cellule) for cellule in ligne]
    except calamine.WorksheetNotFound:
        return
    except (calamine.CalamineError, OSError, IndexError, ValueError) as erreur:
        raise illisible from erreur


def _toutes(chemin: Path, illisible: Refus) -> list[FeuilleLue]:
    import python_calamine as calamine

    try:
        with chemin.open("rb") as flux:
            classeur = calamine.load_workbook(flux)
            return [_entiere(classeur.get_sheet_by_name(nom)) for nom in classeur.sheet_names]
    except (calamine.CalamineError, OSError, IndexError, ValueError) as erreur:
        raise illisible from erreur


def _vues(chemin: Path, illisible: Refus, premieres: int, autres: int) -> Iterator[FeuilleVue]:
    import python_calamine as calamine

    try:
        with chemin.open("rb") as flux:
            classeur = calamine.load_workbook(flux)
            for une in classeur.sheets_metadata:
                masquee = une.visible != calamine.SheetVisibleEnum.Visible
                feuille = classeur.get_sheet_by_name(une.name)
                yield _vue(feuille, premieres, autres, masquee=masquee)
    except calamine.PasswordError as erreur:
        raise _protege(illisible.ou) from erreur
    except (calamine.CalamineError, OSError, IndexError, ValueError) as erreur:
        raise illisible from erreur


def _vue(
    feuille: calamine.CalamineSheet, premieres: int, autres: int, *, masquee: bool
) -> FeuilleVue:
    """Return the first rows of a sheet, others at equal distances, and its last ones."""
    depart = feuille.start or (0, 0)
    pas = max(1, (feuille.height - premieres) // autres)
    lignes, fin = [], deque[list[str]](maxlen=FIN)
    for rang, cellules in enumerate(feuille.iter_rows() if feuille.start else ()):
        voulue = rang < premieres or not (rang - premieres) % pas
        if voulue or rang >= feuille.height - FIN:
            textes = [""] * depart[1] + [_texte(cellule) for cellule in cellules]
            fin.append(textes)
            if voulue and _est_pleine(textes):
                lignes.append((depart[0] + rang + 1, textes))
    return {
        "nom": feuille.name,
        "masquee": masquee,
        "lignes": lignes,
        "fin": list(fin),
        "fusions": [(*debut, *dernier) for debut, dernier in feuille.merged_cell_ranges or ()],
    }


def _entiere(feuille: calamine.CalamineSheet) -> FeuilleLue:
    lignes = feuille.to_python(skip_empty_area=False)
    return {
        "nom": feuille.name,
        "lignes": [[_texte(cellule) for cellule in ligne] for ligne in lignes],
        "fusions": [(*debut, *fin) for debut, fin in feuille.merged_cell_ranges or ()],
    }


def _ecrire_csv(lignes: Iterator[list[str]], nom: str, cible: Path, rang_entete: int) -> _Plat:
    entete = next(itertools.islice(lignes, rang_entete - 1, None), None)
    if entete is None:
        raise Refus("le classeur est vide", nom, "Demander une nouvelle extraction.")
    rangs: list[int] = []
    with cible.open("w", encoding="utf-8", errors="replace", newline="") as sortie:
        ecrivain = ecrivain_csv(sortie)
        for rang, textes in _pleines(lignes, rang_entete + 1):
            rangs.append(rang)
            ecrivain.writerow(textes)
    return {"entete": entete, "lignes": rangs}


def _pleines(lignes: Iterable[list[str]], premiere: int) -> Iterator[tuple[int, list[str]]]:
    """Yield the rows that are not blank, each with its physical line."""
    numerotees = enumerate(lignes, start=premiere)
    return ((rang, textes) for rang, textes in numerotees if _est_pleine(textes))


def _est_pleine(textes: Iterable[str]) -> bool:
    return any(map(str.strip, textes))


def texte_de_reel(valeur: float) -> str:
    """Return a number as the contract reads it: with all its digits, or as one that lost some."""
    if valeur.is_integer():
        return str(int(valeur)) if abs(valeur) < EXACT else f"{valeur:.15g}"
    if abs(valeur) < 0.001:  # noqa: PLR2004 - an exponent starts
        return DECIMALES.format(valeur)
    return str(valeur)


def _texte(cellule: object) -> str:
    if isinstance(cellule, bool):
        return str(int(cellule))
    if isinstance(cellule, float):
        return texte_de_reel(cellule)
    if isinstance(cellule, dt.datetime):
        return cellule.strftime("%Y-%m-%d %H:%M:%S")
    return str(cellule)


if __name__ == "__main__":
    repondre(_faire)
