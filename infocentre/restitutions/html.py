"""A document as one HTML file that needs nothing else: templates and style sheets of reports/."""

from __future__ import annotations

import base64
import functools
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jinja2 import Environment, TemplateNotFound
from markupsafe import Markup, escape

from infocentre.noyau.config import polices, ressources
from infocentre.noyau.etats import AVEC_SIGNE
from infocentre.noyau.francais import composer, entier
from infocentre.noyau.gabarits import lire_gabarits
from infocentre.restitutions import mots
from infocentre.restitutions.alternatives import alternative
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
from infocentre.restitutions.ecriture import MASQUE, ecrire, lettre, note_masque

POLICE = "police:"
APOSTROPHE = "&#x27;"  # as graphiques/ writes it
_TITRE = re.compile(r"<title>.*?</title>", re.DOTALL)
_TEXTE = re.compile(r"(?<=>)[^<>]+(?=<)")
_LONG, _MORCEAU = re.compile(r"\S{36,}"), re.compile(r"[^-]{0,23}-|[^-]{24}")
DESSIN = "data:image/svg+xml;base64,"
GRAISSES = {"Marianne-Regular": 400, "Marianne-Medium": 500, "Marianne-Bold": 700}
PETIT, SERRE, LIGNES_TITRE = 10, 7, 4
PLACE = 176 * 72 / 25.4
TRES_SERRES = ("organismes", "guichets")
SUR = {"partenaire": ("courriers",)}  # layouts that are another one's first
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


def en_corps(document: Document) -> Markup:
    """Return what a document says, as a part of a page: without its cover nor its styles."""
    corps = _milieu().get_template("commun/corps.html")
    dit = {"document": document, "rubriques": list(rubriques(document))}
    rendu = corps.render(impression=False, defilent=True, **dit)
    return Markup(rendu)  # noqa: S704 - each piece is escaped by its template


def titre_complet(document: Document) -> str:
    """Return what names the document among others: title, territory, period, reader."""
    morceaux_ = (document.titre, document.territoire, document.periode, document.destinataire)
    return composer(" – ".join(un for un in morceaux_ if un))


def pied(document: Document) -> str:
    """Return what is printed at the foot of each page: date of the data, who may have it."""
    if not document.version:
        return " · ".join(document.mentions.values())
    return f"Données arrêtées au {document.arrete:%d/%m/%Y} · {document.diffusion}"


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
    milieu = lire_gabarits(_FILTRES, html=True)
    milieu.globals |= {
        "etats": list(SIGNES.items()),
        "masque": MASQUE,
        "note_masque": note_masque,
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
    dossiers = ("commun", *SUR.get(gabarit, ()), gabarit)
    feuilles = [ressources("reports") / dossier / "style.css" for dossier in dossiers]
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
    return escape(_secable(composer(str(texte))))


def _secable(texte: str, coupure: str = "\u200b") -> str:
    """Let a word that is too long for a column be cut, after its hyphens or anywhere."""
    return _LONG.sub(lambda un: _MORCEAU.sub(rf"\g<0>{coupure}", un[0]), texte)


def _riche(texte: str) -> Markup:
    """Write a text whose **bold** parts are bold, and the signs of states drawn."""
    ecrits = (
        Markup("<strong>{}</strong>").format(morceau) if gras else escape(morceau)
        for morceau, gras in morceaux(_secable(composer(texte)))
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
    dits = map(escape, (origine.code, origine.mois, origine.ligne, origine.colonne))
    # Thousands a document: a str of what is escaped is formatted three times faster than a Markup.
    ecrit = ' data-code="{}" data-mois="{}" data-ligne="{}" data-colonne="{}"'.format(*dits)
    return Markup(ecrit)  # noqa: S704


@functools.cache
def _signe(etat: str | None) -> Markup:
    """Return the sign of a state, a letter of our own font: no other is sure to have it."""
    if etat not in SIGNES:
        return Markup("")
    return Markup('<span class="signe {}" role="img" aria-label="{}">{}</span>').format(
        etat, SIGNES[etat], lettre(etat)
    )


def _devant(etat: str | None) -> str:
    """Return what a printed figure has before it: one text with it, laid out at once."""
    return f"{lettre(etat)}\xa0" if etat in SIGNES else ""


def _dessin(graphique: Graphique) -> Markup:
    """Return a picture apart from the page: a printer then reads its shapes once, without style."""
    contenu = base64.b64encode(_svg(graphique).encode()).decode()
    return Markup('<img src="{}{}" alt="{}"/>').format(DESSIN, contenu, _alternative(graphique))


def _alternative(graphique: Graphique) -> str:
    return composer(alternative(graphique))


def _svg(graphique: Graphique) -> Markup:
    """Return the picture with its words composed as the page's, and what describes it as title."""
    svg = _TEXTE.sub(lambda un: composer(un[0]), graphique.svg.replace(APOSTROPHE, "’"))
    titre = Markup("<title>{}</title>").format(_alternative(graphique))
    svg = _TITRE.sub("", svg, count=1).replace(">", f">{titre}", 1)
    return Markup(svg)  # noqa: S704 - drawn by infocentre/graphiques, which escapes texts


def _parts(tableau: Tableau, gabarit: str) -> list[str]:
    """Return the widths of the columns in hundredths of the printed page; none for a small table.

    What a rate is out of stands under it in a bilan, beside it in others. A printer lays out a
    table of given widths without reading each cell three times.
    """
    if len(tableau.lignes) * len(tableau.colonnes) < PETIT:
        return []
    serre = not tableau.aere and (
        len(tableau.colonnes) > SERRE or tableau.cle.startswith(TRES_SERRES)
    )
    taille, marge = (7.3, 5.2) if serre else (8.0, 7.5)
    sous = gabarit == "bilan" and not tableau.cle.startswith(TRES_SERRES)
    larges = largeurs(tableau, _lignes("\n" if sous else " "), taille, marge, PLACE, LIGNES_TITRE)
    return [f"{100 * large / PLACE:.2f}" for large in larges]


def _lignes(entre: str) -> Callable[[Cellule, Colonne], list[str]]:
    """Return what writes the lines of a cell, with what stands before what a rate is out of."""

    def lignes(cellule: Cellule, colonne: Colonne) -> list[str]:
        ecrit = _devant(cellule.etat) + (
            MASQUE if cellule.masquee else _secable(composer(ecrire(cellule, colonne)), " ")
        )
        if cellule.sur is not None and not cellule.masquee:
            ecrit += f"{entre}sur {entier(cellule.sur)}"
        return ecrit.split("\n")

    return lignes


_FILTRES: dict[str, Callable[..., Any]] = {
    "date": lambda jour: f"{jour:%d/%m/%Y}",
    "dessin": _dessin,
    "ecrire": ecrire,
    "entier": entier,
    "genre": lambda bloc: type(bloc).__name__,
    "devant": _devant,
    "markdown": lambda texte: Markup(mots.rendre(texte)),  # noqa: S704 - HTML is escaped there
    "origine": _origine,
    "parts": _parts,
    "riche": _riche,
    "signe": _signe,
    "svg": _svg,
    "source": _source,
    "typo": _typo,
}
