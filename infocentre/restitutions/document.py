"""What a document says, whatever its form: PDF, HTML, docx, pptx and xlsx are made from it.

Content is built once, from the published version; a form only lays it out. A figure carries where
it comes from, so that it can be checked against the command line and masked everywhere at once.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal

Valeur = str | int | float | dt.date | None
Genre = Literal["texte", "nombre", "decimal", "taux", "evolution", "date"]
GRAS = re.compile(r"\*\*(.+?)\*\*")


@dataclass(frozen=True, slots=True)
class Origine:
    """Where a figure comes from: `colonne` of the row `ligne` of a table or indicator, at a month.

    `code` is a standard table (TAB01-01) or an indicator (ATT_TARDIVE); `ligne` is what names the
    row of a standard table (tables.nom_ligne: « T1 », « DEPOTS/12_mois »), the guichet or organisme
    ('*' for all, 'type/BAILLEUR' for a type) for an indicator.
    """

    code: str
    mois: str
    ligne: str
    colonne: str


@dataclass(frozen=True, slots=True)
class Cellule:
    """A value of a table; `masquee` by the secret statistique: its value is no longer there.

    `etat` is a state of the catalogue (vert, orange, rouge…), shown by a sign and a colour; `sur`
    what a rate is out of, written small under it where no column says it.
    """

    valeur: Valeur = None
    origine: Origine | None = None
    masquee: bool = False
    etat: str | None = None
    sur: int | None = None


@dataclass(frozen=True, slots=True)
class Colonne:
    """A column: its name in French and how its values are written; `taux` are ratios."""

    titre: str
    genre: Genre = "texte"
    decimales: int = 1


@dataclass(frozen=True, slots=True)
class Tableau:
    """Rows under named columns; `cle` is unique in the document.

    The first `entetes` columns name the rows, `totaux` are the ranks of rows that sum up others;
    `lecture` is the reading note (« Lecture : … »), `source` what it rests on.
    """

    cle: str
    titre: str
    colonnes: tuple[Colonne, ...]
    lignes: tuple[tuple[Cellule, ...], ...]
    lecture: str = ""
    source: str = ""
    entetes: int = 1
    totaux: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Graphique:
    """A picture as SVG, what it shows in one sentence, and the table it is drawn from.

    `forme` tells which native chart a slide draws from the table: its first column gives the
    names, `series` the ranks of the columns drawn.
    """

    cle: str
    titre: str
    svg: str
    description: str
    tableau: Tableau | None = None
    forme: Literal["barres", "colonnes", "courbe", "carte", "entonnoir"] = "barres"
    series: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Chiffre:
    """A key figure: `ecrit` as people read it, its change in words, what it is out of."""

    libelle: str
    ecrit: str
    evolution: str = ""
    sur: str = ""
    origine: Origine | None = None


@dataclass(frozen=True, slots=True)
class Chiffres:
    """Key figures side by side."""

    chiffres: tuple[Chiffre, ...]


@dataclass(frozen=True, slots=True)
class Paragraphe:
    """A sentence or more, composed from the data; **…** is bold."""

    texte: str
    genre: Literal["texte", "chapeau", "alerte", "note"] = "texte"


@dataclass(frozen=True, slots=True)
class Liste:
    """Short sentences, numbered or not."""

    points: tuple[str, ...]
    numerotee: bool = False


@dataclass(frozen=True, slots=True)
class Mots:
    """What the gestionnaire wrote, in Markdown; `cle` names its file, `attente` what to write."""

    cle: str
    markdown: str
    attente: str = ""


@dataclass(frozen=True, slots=True)
class Lignes:
    """Ruled lines to be filled in by hand, under a heading for each column."""

    titres: tuple[str, ...]
    nombre: int = 6


Bloc = Tableau | Graphique | Chiffres | Paragraphe | Liste | Mots | Lignes


@dataclass(frozen=True, slots=True)
class Section:
    """A heading and what stands under it; `page` starts a new one, `annexe` is in no slide.

    `gabarit` names its layout: a class for the style sheets of reports/.
    """

    titre: str
    blocs: tuple[Bloc, ...] = ()
    sections: tuple[Section, ...] = ()
    page: bool = False
    annexe: bool = False
    gabarit: str = ""


@dataclass(frozen=True, slots=True)
class Document:
    """A whole document; `version` is the number of the published version it was made from.

    `mentions` are facts of the cover (zonage, perimeter); `gabarit` chooses its layout in reports/.
    `partage` tells that it leaves the service: small counts are masked.
    """

    gabarit: Literal["bilan", "synthese", "courriers"]
    titre: str
    territoire: str
    periode: str
    arrete: dt.date
    version: int
    sections: tuple[Section, ...]
    destinataire: str = ""
    mentions: Mapping[str, str] = field(default_factory=dict)
    partage: bool = True

    def toutes_sections(self) -> Iterator[tuple[int, Section]]:
        """Yield (depth from 1, section) in reading order."""
        yield from _descendre(self.sections, 1)

    def tableaux(self) -> Iterator[Tableau]:
        """Yield every table once, those behind pictures too, in reading order."""
        vus: set[str] = set()
        for tableau in self._tableaux():
            if tableau.cle not in vus:
                vus.add(tableau.cle)
                yield tableau

    @property
    def tableaux_imprimes(self) -> frozenset[str]:
        """Keys of the tables that stand as blocks: their pictures need not repeat them."""
        return frozenset(
            bloc.cle
            for _, section in self.toutes_sections()
            for bloc in section.blocs
            if isinstance(bloc, Tableau)
        )

    @property
    def texte(self) -> str:
        """Every word that people read, but the cells of tables."""
        dits: list[str] = []
        for _, section in self.toutes_sections():
            dits.append(section.titre)
            for bloc in section.blocs:
                if isinstance(bloc, Paragraphe):
                    dits.append(bloc.texte)
                elif isinstance(bloc, Liste):
                    dits.extend(bloc.points)
                elif isinstance(bloc, Tableau):
                    dits += [bloc.titre, bloc.lecture, *(une.titre for une in bloc.colonnes)]
                elif isinstance(bloc, Graphique):
                    dits += [bloc.titre, bloc.description]
        return "\n".join(dits)

    def _tableaux(self) -> Iterator[Tableau]:
        for _, section in self.toutes_sections():
            for bloc in section.blocs:
                if isinstance(bloc, Tableau):
                    yield bloc
                elif isinstance(bloc, Graphique) and bloc.tableau:
                    yield bloc.tableau


def _descendre(sections: tuple[Section, ...], niveau: int) -> Iterator[tuple[int, Section]]:
    for section in sections:
        yield niveau, section
        yield from _descendre(section.sections, niveau + 1)


def morceaux(texte: str) -> list[tuple[str, bool]]:
    """Cut a text at its **bold** parts: [(text, is bold)], nothing empty."""
    rangs = enumerate(GRAS.split(texte))
    return [(morceau, bool(rang % 2)) for rang, morceau in rangs if morceau]
