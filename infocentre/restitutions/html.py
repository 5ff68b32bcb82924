"""A document as one HTML file that needs nothing else: templates and style sheets of reports/."""

from __future__ import annotations

import base64
import datetime as dt
import functools
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, TemplateNotFound
from markupsafe import Markup, escape

from infocentre.exports import ETATS
from infocentre.noyau.config import polices, ressources
from infocentre.noyau.etats import AVEC_SIGNE
from infocentre.noyau.francais import entier, nombre, pourcentage, signee, typographier
from infocentre.restitutions import mots
from infocentre.restitutions.colonnes import largeurs
from infocentre.restitutions.document import (
    Cellule,
    Colonne,
    Document,
    Graphique,
    Origine,
    Section,
    Tableau,
    morceaux,
)

POLICE = "police:"
DESSIN = "data:image/svg+xml;base64,"
MASQUE = "s"
NOTE_MASQUE = "s : nombre masqué par le secret statistique, ou chiffre qui le révélerait."
GRAISSES = {"Marianne-Regular": 400, "Marianne-Medium": 500, "Marianne-Bold": 700}
PETIT, SERRE, LIGNES_TITRE = 10, 7, 4
PLACE = 176 * 72 / 25.4
TRES_SERRES = ("organismes", "guichets")
SIGNES_TTF = "Signes.ttf"
SIGNES: dict[str, str] = {un: un.mot for un in AVEC_SIGNE}


@dataclass(frozen=True, slots=True)
class Rubrique:
    """A section as it is printed: its level from 1, number and title, anchor, rank of heading."""

    section: Section
    niveau: int
    nom: str
    ancre: str
    annexe: bool

    @property
    def rang(self) -> int:
        """The rank of its heading: the document's title is the only one of rank 1."""
        return min(self.niveau + 1, 6)


def en_octets(document: Document) -> bytes:
    """Return the document as an HTML file."""
    return en_html(document).encode()


def en_html(document: Document, *, impression: bool = False) -> str:
    """Return the document as HTML; for printing, the tables behind pictures are left out."""
    page: str = _gabarit(document.gabarit).render(
        document=document,
        impression=impression,
        rubriques=list(rubriques(document)),
        titre_complet=titre_complet(document),
        pied=pied(document),
        styles=Markup(_styles(document.gabarit, impression)),  # noqa: S704 - ours, from reports/
    )
    return page


def titre_complet(document: Document) -> str:
    """Return what names the document among others: title, territory, period, reader."""
    morceaux_ = (document.titre, document.territoire, document.periode, document.destinataire)
    return " – ".join(un for un in morceaux_ if un)


def pied(document: Document) -> str:
    """Return what is printed at the foot of each page: date of the data, number of the version."""
    return f"Données arrêtées au {document.arrete:%d/%m/%Y} · version {document.version}"


def rubriques(document: Document) -> Iterator[Rubrique]:
    """Yield every section with its number: 1, 1.1; annexes are lettered; none in a short form."""
    numeroter = document.gabarit == "bilan"
    compteurs: list[int] = []
    annexes = 0
    annexe = False
    for rang, (niveau, section) in enumerate(document.toutes_sections()):
        if niveau == 1:
            annexe = section.annexe
            annexes += annexe
        compteurs = [*compteurs[:niveau], *[0] * (niveau - len(compteurs))]
        compteurs[niveau - 1] += 1
        tete = chr(64 + annexes) if annexe else str(compteurs[0] - annexes)
        numero = _numero(tete, compteurs[1:niveau], annexe=annexe) if numeroter else ""
        yield Rubrique(section, niveau, f"{numero}{section.titre}", f"s-{rang + 1}", annexe)


def _numero(tete: str, suite: list[int], *, annexe: bool) -> str:
    if len(suite) > 1:  # deep headings need no number
        return ""
    if not suite:
        return f"Annexe {tete}. " if annexe else f"{tete}. "
    return f"{tete}.{suite[0]} "


# --- Templates ------------------------------------------------------------------------------------


@functools.cache
def _milieu() -> Environment:
    milieu = Environment(
        loader=FileSystemLoader(ressources("reports")),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    milieu.filters |= _FILTRES
    milieu.globals |= {
        "etats": list(SIGNES.items()),
        "masque": MASQUE,
        "note_masque": NOTE_MASQUE,
        "serre": SERRE,
    }
    return milieu


def _gabarit(nom: str) -> Any:  # noqa: ANN401 - a template of Jinja
    try:
        return _milieu().get_template(f"{nom}/document.html")
    except TemplateNotFound:
        return _milieu().get_template("commun/document.html")


@functools.cache
def _styles(gabarit: str, impression: bool) -> str:  # noqa: FBT001 - private
    feuilles = [ressources("reports") / dossier / "style.css" for dossier in ("commun", gabarit)]
    regles = [feuille.read_text("utf-8") for feuille in feuilles if feuille.is_file()]
    return "\n".join([*_polices(impression=impression), *regles])


def _polices(*, impression: bool) -> Iterator[str]:
    """Yield the fonts: within an HTML file, which asks nothing outside; by name for a printer."""
    for nom, graisse in GRAISSES.items():
        adresse = f"{POLICE}{nom}.ttf" if impression else _donnees(polices() / f"{nom}.woff2")
        yield _police("Marianne", graisse, adresse)
    adresse = f"{POLICE}{SIGNES_TTF}" if impression else _donnees(polices() / SIGNES_TTF)
    yield _police("Signes", 400, adresse)


def _police(famille: str, graisse: int, adresse: str) -> str:
    return f'@font-face {{font-family: {famille}; font-weight: {graisse}; src: url("{adresse}")}}'


def _donnees(fichier: Path) -> str:
    contenu = base64.b64encode(fichier.read_bytes()).decode()
    return f"data:font/{fichier.suffix[1:]};base64,{contenu}"


def _typo(texte: object) -> Markup:
    return escape(typographier(str(texte)))


def _riche(texte: str) -> Markup:
    """Write a text whose **bold** parts are bold, and the signs of states drawn."""
    ecrits = (
        Markup("<strong>{}</strong>").format(morceau) if gras else escape(morceau)
        for morceau, gras in morceaux(typographier(texte))
    )
    ecrit = "".join(ecrits)
    for etat in SIGNES:
        ecrit = ecrit.replace(lettre(etat), _signe(etat))
    return Markup(ecrit)  # noqa: S704 - each piece is escaped above


def _source(texte: str) -> Markup:
    return _riche(texte if texte.startswith("Source") else f"Source : {texte}")


def _origine(origine: Origine | None) -> Markup:
    """Return the attributes that say where a figure comes from."""
    if origine is None:
        return Markup("")
    return Markup(' data-code="{}" data-mois="{}" data-ligne="{}" data-colonne="{}"').format(
        origine.code, origine.mois, origine.ligne, origine.colonne
    )


def _signe(etat: str | None) -> Markup:
    """Return the sign of a state, a letter of our own font: no other is sure to have it."""
    if etat not in SIGNES:
        return Markup("")
    return Markup('<span class="signe {}" role="img" aria-label="{}">{}</span>').format(
        etat, SIGNES[etat], lettre(etat)
    )


def lettre(etat: str | None) -> str:
    """Return the sign of a state as a letter, so that it is seen without its colour; or ''."""
    return ETATS[etat][0] if etat in SIGNES else ""


def _devant(etat: str | None) -> str:
    """Return what a printed figure has before it: one text with it, laid out at once."""
    return f"{lettre(etat)}\xa0" if etat in SIGNES else ""


def _dessin(graphique: Graphique) -> Markup:
    """Return a picture apart from the page: a printer then reads its shapes once, without style."""
    contenu = base64.b64encode(graphique.svg.encode()).decode()
    return Markup('<img src="{}{}" alt="{}">').format(DESSIN, contenu, graphique.titre)


def ecrire(cellule: Cellule, colonne: Colonne) -> str:
    """Return the value of a cell as people read it, '' when there is none."""
    if cellule.valeur is None:
        return "" if cellule.etat in SIGNES else ETATS.get(cellule.etat or "", "–")
    return _ECRIRE.get(colonne.genre, _texte)(cellule.valeur, colonne.decimales)


def _texte(valeur: object, _: int) -> str:
    if isinstance(valeur, dt.date):
        return f"{valeur:%d/%m/%Y}"
    return entier(valeur) if isinstance(valeur, int) else str(valeur)


def _parts(tableau: Tableau) -> list[str]:
    """Return the widths of the columns in hundredths of the printed page; none for a small table.

    A printer lays out a table of given widths without reading each cell three times.
    """
    if len(tableau.lignes) * len(tableau.colonnes) < PETIT:
        return []
    serre = len(tableau.colonnes) > SERRE or tableau.cle.startswith(TRES_SERRES)
    taille, marge = (7.3, 5.2) if serre else (8.0, 7.5)
    larges = largeurs(tableau, _lignes(tableau), taille, marge, PLACE, LIGNES_TITRE)
    return [f"{100 * large / PLACE:.2f}" for large in larges]


def _lignes(tableau: Tableau) -> Callable[[Cellule, Colonne], list[str]]:
    """Return what writes the lines of a cell: what a rate is out of stands under it, or beside."""
    entre = " " if tableau.cle.startswith(TRES_SERRES) else "\n"

    def lignes(cellule: Cellule, colonne: Colonne) -> list[str]:
        ecrit = _devant(cellule.etat) + (
            MASQUE if cellule.masquee else typographier(ecrire(cellule, colonne))
        )
        if cellule.sur is not None and not cellule.masquee:
            ecrit += f"{entre}sur {entier(cellule.sur)}"
        return ecrit.split("\n")

    return lignes


_ECRIRE: dict[str, Callable[[Any, int], str]] = {
    "nombre": lambda valeur, _: entier(valeur),
    "decimal": nombre,
    "taux": pourcentage,
    "evolution": signee,
}
_FILTRES: dict[str, Callable[..., Any]] = {
    "a_des_etats": lambda tableau: any(c.etat in SIGNES for c in _cellules(tableau)),
    "date": lambda jour: f"{jour:%d/%m/%Y}",
    "dessin": _dessin,
    "ecrire": ecrire,
    "entier": entier,
    "est_masque": lambda tableau: any(c.masquee for c in _cellules(tableau)),
    "genre": lambda bloc: type(bloc).__name__,
    "devant": _devant,
    "markdown": lambda texte: Markup(mots.rendre(texte)),  # noqa: S704 - HTML is escaped there
    "origine": _origine,
    "parts": _parts,
    "riche": _riche,
    "signe": _signe,
    "source": _source,
    "typo": _typo,
}


def _cellules(tableau: Tableau) -> Iterator[Cellule]:
    return (cellule for ligne in tableau.lignes for cellule in ligne)
