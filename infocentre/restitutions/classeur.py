"""A document's tables as a workbook: contents with links, then one sheet for each table."""

from __future__ import annotations

import datetime as dt
import io
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from infocentre.exports import COULEURS, ETATS
from infocentre.graphiques.base import COULEURS_ETAT
from infocentre.noyau.francais import MOINS, apostropher
from infocentre.restitutions.bureautique.mesure import hauteur, largeur
from infocentre.restitutions.bureautique.paquet import figer
from infocentre.restitutions.bureautique.valeurs import (
    auteur,
    ecrire,
    format_nombre,
    note_masque,
    pied,
    simple,
    source,
    titre_complet,
)
from infocentre.restitutions.document import Cellule, Chiffre, Chiffres, Colonne, Document, Tableau
from infocentre.restitutions.ecriture import arrondir

BLEU, GRIS, FOND, FILET = "#000091", "#666666", "#E3E3FD", "#DDDDDD"
SOMMAIRE = "Sommaire"
CHIFFRES_CLES = "Chiffres-clés"
LIGNE_ENTETE = 3  # from 0: title, link, empty line
TAILLE = 10
LARGEUR_MIN, LARGEUR_MAX = 70, 330  # pixels
LARGEUR_NOTES = 620
PIXELS_PAR_POINT = 96 / 72
NOM_MAX = 31
CLE_CHIFFRES = "chiffres"
_BLANCS = re.compile(r"[\s\u00a0\u202f]+")
_NOMBRE = re.compile(rf"([+{MOINS}-]?\d[\d\s\u00a0\u202f]*(?:,\d+)?)[\s\u00a0\u202f]*(\D*)")
_INTERDITS = str.maketrans(dict.fromkeys("[]:*?/\\'", " "))


def en_octets(document: Document) -> bytes:
    """Return the xlsx of every table of a document; the same document gives the same bytes."""
    import xlsxwriter

    tampon = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(tampon, options) as classeur:
        _proprietes(classeur, document)
        styles = _Styles(classeur)
        sommaire = classeur.add_worksheet(SOMMAIRE)
        feuilles = _nommer(document, list(_tableaux(document)))
        for nom, tableau in feuilles:
            _Feuille(classeur.add_worksheet(nom), tableau, styles, document).ecrire()
        _ecrire_sommaire(sommaire, document, feuilles, styles)
    return figer(tampon.getvalue(), document.arrete)


def _proprietes(classeur: Any, document: Document) -> None:  # noqa: ANN401
    moment = dt.datetime.combine(document.arrete, dt.time(), dt.UTC)
    classeur.set_properties(
        {
            "title": titre_complet(document),
            "subject": "Tous les tableaux",
            "author": auteur(document),
            "comments": pied(document),
            "created": moment,
        }
    )


def _tableaux(document: Document) -> Iterator[Tableau]:
    """Yield the key figures as a table, then every table of the document."""
    chiffres = [
        un
        for _, section in document.toutes_sections()
        for bloc in section.blocs
        if isinstance(bloc, Chiffres)
        for un in bloc.chiffres
    ]
    if chiffres:
        titres = ("Chiffre", "Valeur", "Unité", "Évolution", "Précision")
        yield Tableau(
            CLE_CHIFFRES,
            CHIFFRES_CLES,
            tuple(Colonne(un, "decimal" if un == "Valeur" else "texte") for un in titres),
            tuple(map(_ligne_chiffre, chiffres)),
        )
    yield from map(_deplier, document.tableaux())


def _ligne_chiffre(un: Chiffre) -> tuple[Cellule, ...]:
    """Return a key figure as a number that can be used again, its unit beside it."""
    lu = _NOMBRE.fullmatch(un.ecrit.strip())
    valeur: float | str = _lire_nombre(lu[1]) if lu else simple(un.ecrit)
    cellules = (un.libelle, valeur, lu[2] if lu else "", un.evolution, un.sur)
    return tuple(Cellule(simple(une) if isinstance(une, str) else une) for une in cellules)


def _lire_nombre(ecrit: str) -> float:
    lu = float(_BLANCS.sub("", ecrit).replace(",", ".").replace(MOINS, "-"))
    return int(lu) if lu.is_integer() and "," not in ecrit else lu


def _deplier(tableau: Tableau) -> Tableau:
    """Give what rates are out of a column of its own, which a spreadsheet can sum."""
    avec = {
        rang
        for rang in range(len(tableau.colonnes))
        if any(ligne[rang].sur is not None for ligne in tableau.lignes)
    }
    colonnes: list[Colonne] = []
    for rang, colonne in enumerate(tableau.colonnes):
        colonnes.append(colonne)
        if rang in avec:
            colonnes.append(Colonne(f"{colonne.titre} : effectif", "nombre"))
    lignes = tuple(
        tuple(
            morceau
            for rang, cellule in enumerate(ligne)
            for morceau in ((cellule, Cellule(cellule.sur)) if rang in avec else (cellule,))
        )
        for ligne in tableau.lignes
    )
    return replace(tableau, colonnes=tuple(_distinguer(colonnes)), lignes=lignes)


def _distinguer(colonnes: Iterable[Colonne]) -> Iterator[Colonne]:
    """Number the titles that come again: a filter or a pivot table names a column by its title."""
    vus: Counter[str] = Counter()
    for une in colonnes:
        vus[une.titre] += 1
        rang = vus[une.titre]
        titre = une.titre if rang == 1 else f"{une.titre} ({rang})"
        yield replace(une, titre=apostropher(titre))


def _nommer(document: Document, tableaux: list[Tableau]) -> list[tuple[str, Tableau]]:
    """Give each sheet its number in the document, its code and the start of its title.

    T3 for « Tableau 3 », F2 for what « Figure 2 » is drawn from; what Excel refuses is left out.
    """
    return [
        (f"{_rang(document, un)}{_code(un)}{un.titre.translate(_INTERDITS)}"[:NOM_MAX].strip(), un)
        for un in tableaux
    ]


def _rang(document: Document, tableau: Tableau) -> str:
    nom, _, rang = document.numero(tableau).partition(" ")
    return f"{nom[:1]}{rang} " if rang else ""


def _code(tableau: Tableau) -> str:
    """Return the code of the standard table whose figures these are, when it is the only one."""
    codes = {un.origine.code for ligne in tableau.lignes for un in ligne if un.origine}
    code = codes.pop() if len(codes) == 1 else ""
    return f"{code} " if "-" in code else ""


@dataclass(slots=True)
class _Styles:
    """The formats of a workbook, made once each."""

    classeur: Any
    faits: dict[tuple[tuple[str, Any], ...], Any] = field(default_factory=dict)

    def __call__(self, **proprietes: object) -> Any:  # noqa: ANN401
        """Return the format that has these properties."""
        cle = tuple(sorted(proprietes.items()))
        if cle not in self.faits:
            base = {"font_name": "Arial", "font_size": TAILLE, "valign": "top"}
            self.faits[cle] = self.classeur.add_format(base | proprietes)
        return self.faits[cle]


@dataclass(frozen=True, slots=True)
class _Feuille:
    """The sheet of a table: its title, a link back, the rows under a frozen header, the notes."""

    feuille: Any
    tableau: Tableau
    styles: _Styles
    document: Document

    def ecrire(self) -> None:
        feuille, tableau = self.feuille, self.tableau
        feuille.write_string(
            0,
            0,
            simple(self.document.intitule(tableau)),
            self.styles(bold=True, font_size=14, font_color=BLEU),
        )
        retour = self.styles(font_color=BLEU, underline=1)
        feuille.write_url(1, 0, f"internal:'{SOMMAIRE}'!A1", retour, "← Sommaire")
        for rang, colonne in enumerate(tableau.colonnes):
            feuille.set_column_pixels(rang, rang, self._largeur(rang))
            feuille.write_string(LIGNE_ENTETE, rang, colonne.titre, self._entete(rang))
        feuille.set_row(LIGNE_ENTETE, self._hauteur_entete())
        for numero, ligne in enumerate(tableau.lignes):
            for rang, cellule in enumerate(ligne):
                self._cellule(LIGNE_ENTETE + 1 + numero, rang, cellule, numero in tableau.totaux)
        self._notes(LIGNE_ENTETE + 2 + max(1, len(tableau.lignes)))
        self._presenter()

    def _entete(self, rang: int) -> Any:  # noqa: ANN401
        return self.styles(
            bold=True,
            bg_color=FOND,
            text_wrap=True,
            bottom=1,
            border_color=BLEU,
            valign="bottom",
            align="left" if self._textuelle(rang) else "right",
            indent=self._retrait(rang),
        )

    def _retrait(self, rang: int) -> int:
        """Keep a text apart from the number that stands on its left."""
        return int(rang > 0 and self._textuelle(rang) and not self._textuelle(rang - 1))

    def _textuelle(self, rang: int) -> bool:
        return rang < self.tableau.entetes or self.tableau.colonnes[rang].genre == "texte"

    def _largeur(self, rang: int) -> int:
        """Pixels that the values and the longest word of the heading need."""
        colonne = self.tableau.colonnes[rang]
        mots = [*colonne.titre.split(" "), colonne.titre[: len(colonne.titre) // 2]]
        valeurs = [str(ligne[rang].valeur or "") for ligne in self.tableau.lignes]
        if colonne.genre not in {"texte", "date"}:
            valeurs = [f"▲ {'0' * 9}"]
        points = max(largeur(un, TAILLE, gras=True) for un in (*mots, *valeurs))
        return min(LARGEUR_MAX, max(LARGEUR_MIN, round(points * PIXELS_PAR_POINT) + 14))

    def _hauteur_entete(self) -> float:
        places = (
            (self._largeur(rang) - 12) / PIXELS_PAR_POINT
            for rang in range(len(self.tableau.colonnes))
        )
        titres = (colonne.titre for colonne in self.tableau.colonnes)
        hauteurs = (
            hauteur(titre, place, TAILLE, gras=True)
            for titre, place in zip(titres, places, strict=True)
        )
        return max(15, *hauteurs) + 6

    def _cellule(self, ligne: int, rang: int, cellule: Cellule, total: bool) -> None:  # noqa: FBT001
        style: dict[str, object] = {"bottom": 4, "border_color": FILET, "bold": total}
        if self._textuelle(rang):
            style["text_wrap"] = True
            if self._retrait(rang):
                style |= {"align": "left", "indent": 1}
        if total:
            style |= {"top": 1, "bg_color": "#F6F6F6"}
        masquee = cellule.masquee or cellule.arrondie
        if masquee:
            style |= {"align": "right", "italic": True, "font_color": GRIS, "bold": False}
        if cellule.etat in COULEURS_ETAT:
            style |= {"font_color": COULEURS_ETAT[cellule.etat], "bg_color": COULEURS[cellule.etat]}
        if masquee:
            texte = ecrire(cellule, self.tableau.colonnes[rang])
            self.feuille.write_string(ligne, rang, texte, self.styles(**style))
        else:
            self._valeur(ligne, rang, cellule, style)

    def _valeur(self, ligne: int, rang: int, cellule: Cellule, style: dict[str, object]) -> None:
        valeur = cellule.valeur
        if valeur is None or isinstance(valeur, str):
            texte = valeur or ETATS.get(cellule.etat or "", "")
            if texte:
                self.feuille.write_string(ligne, rang, texte, self.styles(**style))
            else:
                self.feuille.write_blank(ligne, rang, None, self.styles(**style))
            return
        style["num_format"] = self._format(rang, cellule)
        if isinstance(valeur, dt.date):
            moment = dt.datetime.combine(valeur, dt.time())
            self.feuille.write_datetime(ligne, rang, moment, self.styles(**style))
        else:
            lu = arrondir(valeur, self.tableau.colonnes[rang])
            self.feuille.write_number(ligne, rang, lu, self.styles(**style))

    def _format(self, rang: int, cellule: Cellule) -> str:
        """Return the number format of a cell; a key figure, the decimals that are read."""
        if self.tableau.cle == CLE_CHIFFRES:
            return "#,##0" if isinstance(cellule.valeur, int) else "#,##0.0"
        return format_nombre(self.tableau.colonnes[rang], cellule.etat)

    def _notes(self, ligne: int) -> None:
        """Write under the table how to read it, what it rests on, and how to find it again."""
        tableau = self.tableau
        notes = [note_masque(tableau), simple(tableau.lecture), source(tableau.source)]
        notes.append(_retrouver(tableau))
        if not tableau.lignes:
            self.feuille.write_string(ligne - 2, 0, "Aucune ligne.", self.styles(italic=True))
        style = self.styles(font_color=GRIS, text_wrap=True)
        derniere = self._derniere_colonne_des_notes()
        for rang, note in enumerate(filter(None, notes)):
            if derniere:
                self.feuille.merge_range(ligne + rang, 0, ligne + rang, derniere, note, style)
            else:
                self.feuille.write_string(ligne + rang, 0, note, style)
            haut = hauteur(note, LARGEUR_NOTES / PIXELS_PAR_POINT, TAILLE)
            self.feuille.set_row(ligne + rang, haut + 4)

    def _derniere_colonne_des_notes(self) -> int:
        total = 0
        for rang in range(100):
            total += self._largeur(rang) if rang < len(self.tableau.colonnes) else 64
            if total >= LARGEUR_NOTES:
                return rang
        return 0

    def _presenter(self) -> None:
        feuille, tableau = self.feuille, self.tableau
        feuille.freeze_panes(LIGNE_ENTETE + 1, tableau.entetes if len(tableau.colonnes) > 1 else 0)
        if tableau.lignes:
            derniere = LIGNE_ENTETE + len(tableau.lignes)
            feuille.autofilter(LIGNE_ENTETE, 0, derniere, len(tableau.colonnes) - 1)
        feuille.repeat_rows(LIGNE_ENTETE)
        _imprimer(feuille, self.document)


def _retrouver(tableau: Tableau) -> str:
    """Say which tables or indicators of the infocentre give the same figures."""
    origines = {
        (cellule.origine.code, cellule.origine.mois)
        for ligne in tableau.lignes
        for cellule in ligne
        if cellule.origine
    }
    ecrites = ", ".join(f"{code} ({mois})" for code, mois in sorted(origines)[:12])
    return f"Dans l’infocentre : {ecrites}{'…' if len(origines) > 12 else ''}" if origines else ""  # noqa: PLR2004


def _imprimer(feuille: Any, document: Document) -> None:  # noqa: ANN401
    feuille.set_landscape()
    feuille.set_paper(9)  # A4
    feuille.fit_to_pages(1, 0)
    feuille.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.7)
    feuille.set_footer(f"&L&8{pied(document)}&R&8&P/&N")
    feuille.hide_gridlines(2)


def _ecrire_sommaire(
    feuille: Any,  # noqa: ANN401
    document: Document,
    tableaux: list[tuple[str, Tableau]],
    styles: _Styles,
) -> None:
    feuille.set_column_pixels(0, 0, 520)
    feuille.set_column_pixels(1, 1, 90)
    lignes = [f"{document.territoire} – {document.periode}", document.destinataire]
    lignes += [f"{nom} : {valeur}" for nom, valeur in document.faits.items()]
    lignes += [document.colophon, note_masque(document)]
    feuille.write_string(
        0, 0, simple(document.titre), styles(bold=True, font_size=16, font_color=BLEU)
    )
    ecrites = [ligne for ligne in lignes if ligne]
    for rang, ligne in enumerate(ecrites, start=1):
        feuille.write_string(rang, 0, simple(ligne), styles())
    debut = len(ecrites) + 2
    entete = styles(bold=True, bg_color=FOND, bottom=1, border_color=BLEU)
    feuille.write_string(debut, 0, "Tableau", entete)
    feuille.write_string(
        debut,
        1,
        "Lignes",
        styles(bold=True, bg_color=FOND, bottom=1, border_color=BLEU, align="right"),
    )
    lien = styles(font_color=BLEU, underline=1, text_wrap=True)
    for rang, (nom, tableau) in enumerate(tableaux, start=1):
        titre = simple(document.intitule(tableau))
        feuille.write_url(debut + rang, 0, f"internal:'{nom}'!A1", lien, titre)
        feuille.write_number(debut + rang, 1, len(tableau.lignes), styles(num_format="#,##0"))
    _imprimer(feuille, document)
