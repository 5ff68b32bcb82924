"""Rows as people and programs take them away: table on the terminal, CSV, JSON, xlsx."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
import re
import sys
from collections.abc import Callable, Sequence
from contextvars import ContextVar
from dataclasses import dataclass, field, replace
from decimal import Decimal
from pathlib import Path
from typing import Any

from infocentre.contrat.intitules import est_un_taux, intitule
from infocentre.noyau.erreurs import Refus
from infocentre.noyau.etats import Etat
from infocentre.noyau.fichiers import remettre
from infocentre.noyau.formats import Format
from infocentre.noyau.francais import entier, nombre, pourcentage
from infocentre.noyau.temps import jour
from infocentre.noyau.texte import brut, imprimable, pour_donnees

# Set by --brut: csv for a program, which no spreadsheet opens.
BRUT: ContextVar[bool] = ContextVar("brut", default=False)
_FORMULE = re.compile(r"[=+\-@\t\r]")
_SANS_DANGER = re.compile(r"[+-]+|[+-]\d[\d .,:]*(?:days?[\d :.]*)?")
NOMBRES = (int, float, Decimal)
DECIMALES = 6
LARGEUR_MAX = 60
FEUILLE_NOTES, LARGEUR_NOTES = "À lire", 100

ETATS: dict[str, str] = {un: un.ecrit for un in Etat}
FENETRES = {
    "arrete": "à l'arrêté",
    "mois": "mois",
    "trimestre": "trimestre",
    "12_mois": "12 mois",
}
COULEURS: dict[str, str] = {un: un.fond for un in Etat if un.fond}


@dataclass(frozen=True, slots=True)
class Donnees:
    """A result to take away; `taux` names columns that are ratios.

    `de` is the table or list of the dictionary that says titles and ratios; `titres` and `taux`
    are for columns whose names are data. `feuille` names its sheet of a workbook, and `autres`
    are the sheets after it.
    """

    titre: str
    colonnes: tuple[str, ...]
    lignes: list[tuple[Any, ...]]
    taux: frozenset[str] = frozenset()
    titres: dict[str, str] = field(default_factory=dict)
    note: str = ""
    feuille: str = ""
    autres: tuple[Donnees, ...] = ()
    de: str = ""

    def intitule(self, colonne: str) -> str:
        """Return the name of a column as a person reads it."""
        return self.titres.get(colonne) or intitule(colonne, self.de)

    def en_taux(self, colonne: str) -> bool:
        """Tell if the figures of a column are ratios, to be shown in percent."""
        return colonne in self.taux or (self.de != "" and est_un_taux(colonne, self.de))


def sans_colonnes(donnees: Donnees, noms: Sequence[str], suffixe: str = "\0") -> Donnees:
    """Return the rows without these columns, nor those whose name ends with the suffix."""
    rangs = [
        rang
        for rang, colonne in enumerate(donnees.colonnes)
        if colonne not in noms and not colonne.endswith(suffixe)
    ]
    return replace(
        donnees,
        colonnes=tuple(donnees.colonnes[rang] for rang in rangs),
        lignes=[tuple(ligne[rang] for rang in rangs) for ligne in donnees.lignes],
    )


def exporter(donnees: Donnees, format_: Format, sortie: Path | None) -> None:
    """Write the rows; to the terminal without `sortie` (xlsx always wants a file)."""
    if format_ == "xlsx" and sortie is None:
        raise Refus("le format xlsx s'écrit dans un fichier", que_faire="Ajouter --sortie FICHIER.")
    contenu = en_octets(donnees, format_)
    if sortie is None:
        # A table has the colours of the terminal; its texts were made printable.
        flux = brut(sys.stdout) if format_ == "table" else pour_donnees()
        flux.write(contenu.decode())
        return
    remettre(sortie, contenu)


def en_octets(donnees: Donnees, format_: Format) -> bytes:
    """Return the rows as the content of a file of this format."""
    return _ECRIVAINS[format_](donnees if format_ == "xlsx" else _reunir(donnees))


def _reunir(donnees: Donnees) -> Donnees:
    """Return the sheets as one table, for a format that has none; the first column names each."""
    feuilles = (donnees, *donnees.autres)
    if len(feuilles) == 1:
        return donnees
    colonnes = tuple(dict.fromkeys(nom for une in feuilles for nom in une.colonnes))
    lignes: list[tuple[Any, ...]] = []
    for une in feuilles:
        lues = (dict(zip(une.colonnes, ligne, strict=True)) for ligne in une.lignes)
        lignes += [(une.feuille, *(lue.get(nom) for nom in colonnes)) for lue in lues]
    return replace(donnees, colonnes=("liste", *colonnes), lignes=lignes, autres=())


def _en_csv(donnees: Donnees) -> bytes:
    """UTF-8, `;`, ratios and other reals with a point and 6 decimals, empty where there is none."""
    tampon = io.StringIO()
    ecrivain = csv.writer(tampon, delimiter=";", lineterminator="\n")
    ecrivain.writerow(map(sans_formule, donnees.colonnes))
    ecrivain.writerows([_texte_csv(valeur) for valeur in ligne] for ligne in donnees.lignes)
    return tampon.getvalue().encode()


def _texte_csv(valeur: object) -> str:
    if valeur is None:
        return ""
    if isinstance(valeur, str):
        return sans_formule(valeur)
    return f"{valeur:.{DECIMALES}f}" if isinstance(valeur, float) else str(valeur)


def sans_formule(texte: str) -> str:
    """Return a text that a spreadsheet shows and does not compute: « '=1+1 ».

    A number stays as it is, and so does a sign alone; every text does with BRUT.
    """
    if not _FORMULE.match(texte) or _SANS_DANGER.fullmatch(texte) or BRUT.get():
        return texte
    return f"'{texte}"


def _en_json(donnees: Donnees) -> bytes:
    lignes = [dict(zip(donnees.colonnes, ligne, strict=True)) for ligne in donnees.lignes]
    return (json.dumps(lignes, ensure_ascii=False, indent=1, default=str) + "\n").encode()


def _en_xlsx(donnees: Donnees) -> bytes:
    import xlsxwriter

    tampon = io.BytesIO()
    options = {"in_memory": True, "default_date_format": "dd/mm/yyyy", "strings_to_formulas": False}
    with xlsxwriter.Workbook(tampon, options) as classeur:
        classeur.set_properties({"title": donnees.titre})
        entete = classeur.add_format({"bold": True, "bg_color": "#E3E3FD", "text_wrap": True})
        formats = {
            "taux": classeur.add_format({"num_format": "0.0 %"}),
            **{etat: classeur.add_format({"bg_color": c}) for etat, c in COULEURS.items()},
        }
        for une in (donnees, *donnees.autres):
            feuille = classeur.add_worksheet(_nom_de_feuille(une.feuille or une.titre))
            for rang, colonne in enumerate(une.colonnes):
                feuille.write_string(0, rang, une.intitule(colonne), entete)
            _ecrire_lignes(feuille, une, formats)
            feuille.freeze_panes(1, 0)
            feuille.autofilter(0, 0, max(len(une.lignes), 1), len(une.colonnes) - 1)
            feuille.autofit(max_width=400)
            if donnees.autres:
                _ecrire_note(feuille, une.note, len(une.lignes) + 2)
        if donnees.note and not donnees.autres:
            feuille = classeur.add_worksheet(FEUILLE_NOTES)
            feuille.set_column(0, 0, LARGEUR_NOTES, classeur.add_format({"text_wrap": True}))
            _ecrire_note(feuille, donnees.note, 0)
    return tampon.getvalue()


def _ecrire_note(feuille: Any, note: str, depuis: int) -> None:  # noqa: ANN401
    """Write what is to know, under the rows of sheets that people fill, or on one of its own."""
    for rang, texte in enumerate(filter(None, note.split("\n")), start=depuis):
        feuille.write_string(rang, 0, texte)


def _nom_de_feuille(titre: str) -> str:
    return "".join(lettre for lettre in titre if lettre not in "[]:*?/\\'")[:31] or "Données"


def _ecrire_lignes(feuille: Any, donnees: Donnees, formats: dict[str, Any]) -> None:  # noqa: ANN401
    for numero, ligne in enumerate(donnees.lignes, start=1):
        for rang, (colonne, valeur) in enumerate(zip(donnees.colonnes, ligne, strict=True)):
            if valeur is None:
                continue
            format_ = formats["taux"] if donnees.en_taux(colonne) else None
            if colonne.startswith("etat"):
                feuille.write(numero, rang, ETATS.get(valeur, valeur), formats.get(valeur))
            elif isinstance(valeur, str):
                feuille.write_string(numero, rang, valeur, format_)
            else:
                feuille.write(numero, rang, valeur, format_)


def _en_table(donnees: Donnees) -> bytes:
    from rich.console import Console
    from rich.table import Table

    tampon = io.StringIO()
    terminal = sys.stdout.isatty()
    # Data are no markup: neither [/x] nor :name: means anything.
    console = Console(
        file=tampon,
        force_terminal=terminal,
        width=None if terminal else 200,
        markup=False,
        emoji=False,
    )
    table = Table(caption=imprimable(donnees.note) or None)
    for colonne in donnees.colonnes:
        numerique = any(
            isinstance(ligne[donnees.colonnes.index(colonne)], NOMBRES)
            for ligne in donnees.lignes[:50]
        )
        table.add_column(
            imprimable(donnees.intitule(colonne)),
            justify="right" if numerique else "left",
            overflow="fold",
            max_width=LARGEUR_MAX,
        )
    for ligne in donnees.lignes:
        cellules = zip(donnees.colonnes, ligne, strict=True)
        table.add_row(*(_cellule(donnees, colonne, valeur) for colonne, valeur in cellules))
    if donnees.lignes:
        console.print(imprimable(donnees.titre), style="italic", soft_wrap=True)
    vide = imprimable(f"{donnees.titre} : aucune ligne.")
    console.print(table if donnees.lignes else vide)
    return tampon.getvalue().encode()


def _cellule(donnees: Donnees, colonne: str, valeur: object) -> str:
    """Return a value as its column is read: « 12_mois » names a window in that column alone."""
    if colonne == "fenetre":
        valeur = FENETRES.get(str(valeur), valeur)
    return imprimable(lisible(valeur, taux=donnees.en_taux(colonne)))


def lisible(valeur: object, *, taux: bool = False) -> str:
    """Return a value as French people write it: 1 234, 3,2 %, 31/10/2026."""
    if taux and isinstance(valeur, NOMBRES):
        return pourcentage(valeur)
    for type_, ecrire in _LISIBLES:
        if isinstance(valeur, type_):
            return ecrire(valeur)
    return "" if valeur is None else ETATS.get(str(valeur), str(valeur))


# In this order: a bool is an int, an instant is a date.
_LISIBLES: tuple[tuple[type | tuple[type, ...], Callable[[Any], str]], ...] = (
    (bool, lambda oui: "oui" if oui else "non"),
    ((float, Decimal), lambda reel: nombre(reel, 2)),
    (int, entier),
    (dt.datetime, lambda instant: f"{instant:%d/%m/%Y %H:%M}".removesuffix(" 00:00")),
    (dt.date, jour),
    ((list, dict), lambda valeurs: json.dumps(valeurs, ensure_ascii=False, default=str)),
)


_ECRIVAINS: dict[Format, Callable[[Donnees], bytes]] = {
    "table": _en_table,
    "csv": _en_csv,
    "json": _en_json,
    "xlsx": _en_xlsx,
}


def en_donnees(
    relation: Any,  # noqa: ANN401 - DuckDB's relation
    titre: str,
    *,
    taux: Sequence[str] = (),
    note: str = "",
    de: str = "",
) -> Donnees:
    """Return the rows of a DuckDB relation."""
    colonnes = tuple(relation.columns)
    return Donnees(titre, colonnes, relation.fetchall(), frozenset(taux), note=note, de=de)
