"""Rows as people and programs take them away: table on the terminal, CSV, JSON, xlsx."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
import re
import sys
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextvars import ContextVar
from dataclasses import dataclass, field, replace
from decimal import Decimal
from pathlib import Path
from typing import Any, NamedTuple, get_args

from infocentre.contrat import montres
from infocentre.contrat.intitules import codes_de, description, est_un_taux, intitule
from infocentre.noyau.erreurs import Refus
from infocentre.noyau.etats import Etat
from infocentre.noyau.fichiers import remettre
from infocentre.noyau.formats import Fichier, Format, ecrivain_csv, exiger_nom_de_table
from infocentre.noyau.francais import entier, majuscule, nombre, pourcentage
from infocentre.noyau.temps import dater_heure, jour
from infocentre.noyau.texte import brut, imprimable, pour_donnees
from infocentre.noyau.utilisateur import utilisateur

# Set by --brut: csv for a program, which no spreadsheet opens.
BRUT: ContextVar[bool] = ContextVar("brut", default=False)
_FORMULE = re.compile(r"[=+\-@\t\r]")
_MOIS = re.compile(r"\d{4}-(0[1-9]|1[0-2])")
_SANS_DANGER = re.compile(r"[+-]+|[+-]\d[\d .,:]*(?:days?[\d :.]*)?")
# Codes, numéros and telephones that a spreadsheet makes numbers of: other ones.
_CHANGE_EN_NOMBRE = re.compile(r"0\d+|\+\d{9,}|\d{16,}|\d+[eE]\d+")
NOMBRES = (int, float, Decimal)
DECIMALES = 6
SURVEILLEES = 500  # rows written between two looks at who takes them away
LARGEUR_MAX = 60
FEUILLE_LECTURE, LARGEUR_CLES, LARGEUR_NOTES = "Lecture", 30, 100
# Columns that name a row, the first that there is; how far it may be and stay in sight.
NOMS, FIGEES_MAX = ("nom", "libelle", "indicateur", "numero_unique", "guichet"), 5

ETATS: dict[str, str] = {un: un.ecrit for un in Etat}
FENETRES = {
    "arrete": "à l'arrêté",
    "mois": "mois",
    "trimestre": "trimestre",
    "12_mois": "12 mois",
}
NIVEAUX = {"departement": "département", "epci": "EPCI"}
COULEURS: dict[str, str] = {un: un.fond for un in Etat if un.fond}


@dataclass(frozen=True, slots=True)
class Donnees:
    """A result to take away; `taux` names columns that are ratios.

    `de` is the table or list of the dictionary that says titles and ratios; `titres` and `taux`
    are for columns whose names are data. `feuille` names its sheet of a workbook, and `autres`
    are the sheets after it. `saisies` are the empty columns that people fill, each with its answers
    when only some are possible. `source` says where the rows come from, `emporte` who took them
    away, and when: a workbook says it, on its last sheet.
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
    saisies: dict[str, tuple[str, ...]] = field(default_factory=dict)
    source: str = ""
    emporte: str = ""

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
    if format_ == "table" and sortie is not None:
        exiger_nom_de_table(sortie, get_args(Fichier))
    contenu = en_octets(replace(donnees, emporte=dire_emport(utilisateur())), format_)
    if sortie is None:
        # A table has the colours of the terminal; its texts were made printable.
        flux = brut(sys.stdout) if format_ == "table" else pour_donnees()
        flux.write(contenu.decode())
        return
    remettre(sortie, contenu)


def dire_emport(qui: str) -> str:
    """Say who takes rows away, and when."""
    return f"par {qui}, le {dater_heure(dt.datetime.now().astimezone())}"


class _Surveillees(list[tuple[Any, ...]]):
    """Rows that are gone through as long as whoever takes them away may have them."""

    def __init__(self, lignes: Iterable[tuple[Any, ...]], permis: Callable[[], None]) -> None:
        super().__init__(lignes)
        self._permis = permis

    def __iter__(self) -> Iterator[tuple[Any, ...]]:
        for rang, ligne in enumerate(super().__iter__()):
            if rang % SURVEILLEES == 0:
                self._permis()
            yield ligne


def _surveiller(donnees: Donnees, permis: Callable[[], None]) -> Donnees:
    autres = tuple(_surveiller(une, permis) for une in donnees.autres)
    return replace(donnees, lignes=_Surveillees(donnees.lignes, permis), autres=autres)


def en_octets(donnees: Donnees, format_: Format, permis: Callable[[], None] | None = None) -> bytes:
    """Return the rows as the content of a file of this format; all that they hold was read.

    `permis` raises Refus once whoever asked may not have it: it is asked as rows are written.
    """
    for une in (donnees, *donnees.autres):
        montres.lire_lignes(une.lignes)
    if permis:
        donnees = _surveiller(donnees, permis)
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
    ecrivain = ecrivain_csv(tampon)
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
    if not _FORMULE.match(_tel_que_lu(texte)) or _SANS_DANGER.fullmatch(texte) or BRUT.get():
        return texte
    return f"'{texte}"


def _tel_que_lu(texte: str) -> str:
    """Return a text as a spreadsheet may read its beginning: nothing invisible, no wide sign."""
    if texte[:1].isascii():
        return texte
    debut = (signe for signe in texte if unicodedata.category(signe) not in {"Cf", "Mn", "Zs"})
    return unicodedata.normalize("NFKC", next(debut, ""))


def _en_json(donnees: Donnees) -> bytes:
    lignes = [dict(zip(donnees.colonnes, ligne, strict=True)) for ligne in donnees.lignes]
    return (json.dumps(lignes, ensure_ascii=False, indent=1, default=str) + "\n").encode()


def entetes(donnees: Donnees) -> list[str]:
    """Return the titles of the columns as a heading writes them, no two alike."""
    vus: Counter[str] = Counter()
    dits = []
    for colonne in donnees.colonnes:
        dit = majuscule(donnees.intitule(colonne))
        vus[dit] += 1
        dits.append(f"{dit} ({vus[dit]})" if vus[dit] > 1 else dit)
    return dits


def _traduire(donnees: Donnees) -> list[Mapping[str, str]]:
    """Return, for each column, the words of the codes that it may hold."""
    propres = {"fenetre": FENETRES, "niveau": NIVEAUX}
    return [
        ETATS if nom.startswith("etat") else propres.get(nom) or codes_de(nom, donnees.de)
        for nom in donnees.colonnes
    ]


def _en_csv_excel(donnees: Donnees) -> bytes:
    """What a French spreadsheet opens at a click: BOM, `;`, decimal comma, words, JJ/MM/AAAA.

    Excel makes numbers of codes: « 01004 » is ="01004" there, which it shows as the text it is.
    """
    tampon = io.StringIO()
    ecrivain = csv.writer(tampon, delimiter=";", lineterminator="\r\n")
    ecrivain.writerow(map(sans_formule, entetes(donnees)))
    mots = _traduire(donnees)
    ecrivain.writerows(
        [_texte_excel(valeur, siens) for valeur, siens in zip(ligne, mots, strict=True)]
        for ligne in donnees.lignes
    )
    return tampon.getvalue().encode("utf-8-sig")


def _texte_excel(valeur: object, mots: Mapping[str, str]) -> str:
    if isinstance(valeur, str):
        dit = mots.get(valeur, valeur)
        return f'="{dit}"' if _CHANGE_EN_NOMBRE.fullmatch(dit) else sans_formule(dit)
    if isinstance(valeur, float | Decimal):
        return f"{valeur:.{DECIMALES}f}".rstrip("0").rstrip(".").replace(".", ",")
    return _texte_csv(valeur) if valeur is None or isinstance(valeur, int) else lisible(valeur)


class _Formats(NamedTuple):
    """How the cells of a sheet are written, as xlsxwriter knows it."""

    entete: Any
    taux: Any
    mois: Any
    long: Any
    saisie: Any
    etats: Mapping[str, Any]


def _en_xlsx(donnees: Donnees) -> bytes:
    import xlsxwriter

    tampon = io.BytesIO()
    options = {"in_memory": True, "default_date_format": "dd/mm/yyyy", "strings_to_formulas": False}
    classeur = xlsxwriter.Workbook(tampon, options)
    _remplir(classeur, donnees)
    classeur.close()  # which writes it: not when it was given up
    return tampon.getvalue()


def _remplir(classeur: Any, donnees: Donnees) -> None:  # noqa: ANN401 - xlsxwriter's
    classeur.set_properties({"title": donnees.titre})
    formats = _Formats(
        entete=classeur.add_format({"bold": True, "bg_color": "#E3E3FD", "text_wrap": True}),
        taux=classeur.add_format({"num_format": "0.0 %"}),
        mois=classeur.add_format({"num_format": "mmmm yyyy", "align": "left"}),
        long=classeur.add_format({"text_wrap": True, "valign": "top"}),
        saisie=classeur.add_format({"bg_color": "#FFF9E0"}),
        etats={etat: classeur.add_format({"bg_color": c}) for etat, c in COULEURS.items()},
    )
    for une in (donnees, *donnees.autres):
        feuille = classeur.add_worksheet(_nom_de_feuille(une.feuille or une.titre))
        for rang, dit in enumerate(entetes(une)):
            feuille.write_string(0, rang, dit, formats.entete)
        _ecrire_lignes(feuille, une, formats)
        _saisir(feuille, une, formats.saisie)
        feuille.freeze_panes(1, _figees(une))
        feuille.autofilter(0, 0, max(len(une.lignes), 1), len(une.colonnes) - 1)
        feuille.autofit(max_width=400)
        feuille.set_landscape()
        feuille.fit_to_pages(1, 0)
        feuille.repeat_rows(0)
        feuille.set_footer(f"&L{une.titre.replace('&', '&&')}&RPage &P sur &N")
    _ecrire_lecture(donnees, classeur)


def _figees(donnees: Donnees) -> int:
    """Return how many columns stay in sight: up to the name of the rows, none when it is far."""
    rangs = [donnees.colonnes.index(nom) for nom in NOMS if nom in donnees.colonnes]
    if not rangs or rangs[0] >= FIGEES_MAX:
        return 0
    return rangs[0] + 1 + (donnees.colonnes[rangs[0] + 1 :][:1] == ("type",))


def _saisir(feuille: Any, donnees: Donnees, format_: Any) -> None:  # noqa: ANN401
    """Colour the columns that people fill, and give the list of answers to those that have one."""
    dernier = max(len(donnees.lignes), 1)
    for rang, colonne in enumerate(donnees.colonnes):
        if colonne not in donnees.saisies:
            continue
        for ligne in range(1, dernier + 1):
            feuille.write_blank(ligne, rang, None, format_)
        if reponses := donnees.saisies[colonne]:
            choix = {"validate": "list", "source": list(reponses)}
            feuille.data_validation(1, rang, dernier, rang, choix)


def _ecrire_lecture(donnees: Donnees, classeur: Any) -> None:  # noqa: ANN401
    """Write what the workbook is: its title, where it comes from, how to read it, its columns."""
    feuilles = (donnees, *donnees.autres)
    notes = dict.fromkeys(note for une in feuilles for note in une.note.split("\n") if note)
    lignes = [("Contenu", donnees.titre), ("Source", donnees.source), ("Emporté", donnees.emporte)]
    lignes += [("À savoir" if rang == 0 else "", note) for rang, note in enumerate(notes)]
    lignes += dict.fromkeys(
        (dit, description(nom, une.de))
        for une in feuilles
        for nom, dit in zip(une.colonnes, entetes(une), strict=True)
    )
    ecrire_lecture(classeur, lignes)


def ecrire_lecture(classeur: Any, lignes: Iterable[tuple[str, str]]) -> None:  # noqa: ANN401
    """Add the last sheet of a workbook: what it is, a name and its text a row, the empty left out.

    `classeur` is XlsxWriter's.
    """
    gras = classeur.add_format({"bold": True, "text_wrap": True, "valign": "top"})
    texte = classeur.add_format({"text_wrap": True, "valign": "top"})
    feuille = classeur.add_worksheet(FEUILLE_LECTURE)
    ecrites = [(cle, valeur) for cle, valeur in lignes if valeur]
    feuille.set_column(0, 0, LARGEUR_CLES)
    feuille.set_column(1, 1, LARGEUR_NOTES)
    for rang, (cle, valeur) in enumerate(ecrites):
        feuille.write_string(rang, 0, cle, gras)
        feuille.write_string(rang, 1, valeur, texte)
    feuille.fit_to_pages(1, 0)


def _nom_de_feuille(titre: str) -> str:
    return "".join(lettre for lettre in titre if lettre not in "[]:*?/\\'")[:31] or "Données"


def _ecrire_lignes(feuille: Any, donnees: Donnees, formats: _Formats) -> None:  # noqa: ANN401
    mots = _traduire(donnees)
    mensuelles = [nom.rpartition("_")[2] == "mois" or "mois_" in nom for nom in donnees.colonnes]
    taux = [formats.taux if donnees.en_taux(nom) else None for nom in donnees.colonnes]
    for numero, ligne in enumerate(donnees.lignes, start=1):
        for rang, valeur in enumerate(ligne):
            if valeur is None:
                continue
            if not isinstance(valeur, str):
                feuille.write(numero, rang, valeur, taux[rang])
            elif mensuelles[rang] and _MOIS.fullmatch(valeur):
                feuille.write(numero, rang, dt.date.fromisoformat(f"{valeur}-01"), formats.mois)
            else:
                format_ = formats.long if len(valeur) > LARGEUR_MAX else None
                format_ = formats.etats.get(valeur) if mots[rang] is ETATS else format_
                feuille.write_string(numero, rang, mots[rang].get(valeur, valeur), format_)


COUPES = range(24, 7, -2)  # letters of a word in a narrow column: shorter ones cannot be read
ENTRE = 3  # what stands between two columns


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
    titres = [imprimable(donnees.intitule(colonne)) for colonne in donnees.colonnes]
    lignes = [
        [_cellule(donnees, nom, valeur) for nom, valeur in zip(donnees.colonnes, une, strict=True)]
        for une in donnees.lignes
    ]
    table = Table(caption=imprimable(donnees.note) or None)
    if moindres := _moindres(titres, lignes, console.width - 1):
        _en_colonnes(table, donnees, titres, lignes, moindres)
    else:
        _en_fiches(table, titres, lignes)
    if donnees.lignes:
        console.print(imprimable(donnees.titre), style="italic", soft_wrap=True)
    vide = imprimable(f"{donnees.titre} : aucune ligne.")
    console.print(table if donnees.lignes else vide)
    return tampon.getvalue().encode()


def _moindres(titres: list[str], lignes: list[list[str]], largeur: int) -> list[int]:
    """Return the least width of each column, its words whole where they may be; [] for no room."""
    mots = [
        max(len(mot) for texte in colonne for mot in texte.split() or [""])
        for colonne in zip(titres, *lignes, strict=True)
    ]
    for coupe in COUPES:
        moindres = [min(coupe, mot) for mot in mots]
        if sum(moindres) + ENTRE * len(mots) <= largeur:
            return moindres
    return []


def _en_colonnes(
    table: Any,  # noqa: ANN401 - rich's
    donnees: Donnees,
    titres: list[str],
    lignes: list[list[str]],
    moindres: list[int],
) -> None:
    for rang, titre in enumerate(titres):
        numerique = any(isinstance(une[rang], NOMBRES) for une in donnees.lignes[:50])
        table.add_column(
            titre,
            justify="right" if numerique else "left",
            overflow="fold",
            min_width=moindres[rang],
            max_width=LARGEUR_MAX,
        )
    for une in lignes:
        table.add_row(*une)


def _en_fiches(table: Any, titres: list[str], lignes: list[list[str]]) -> None:  # noqa: ANN401
    """Write a line a value: columns that the terminal has no room for would be of no width."""
    table.box, table.show_header, table.pad_edge = None, False, False
    table.add_column(overflow="fold")
    table.add_column(overflow="fold")
    for rang, une in enumerate(lignes, 1):
        table.add_row(f"— {rang} —")
        for titre, valeur in zip(titres, une, strict=True):
            table.add_row(titre, valeur)


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
    "csv-excel": _en_csv_excel,
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
