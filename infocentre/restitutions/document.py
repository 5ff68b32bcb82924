"""What a document says, whatever its form: PDF, HTML, docx, pptx and xlsx are made from it.

Content is built once, from the published version; a form only lays it out. A figure carries where
it comes from, so that it can be checked against the command line and masked everywhere at once.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal, TypeVar

from infocentre.noyau.etats import AVEC_SIGNE
from infocentre.noyau.lecteurs import Lecteur

T = TypeVar("T")
Valeur = str | int | float | dt.date | None
Genre = Literal["texte", "nombre", "decimal", "taux", "evolution", "date"]
GRAS = re.compile(r"\*\*(.+?)\*\*")
MOT, MOTS_MIN, NUMERO, PHRASE = 4, 2, 0.4, 2.5  # of headings to be filled in
COURT, PHRASE_LONGUE = 10, 90  # rows, letters
ETATS_SIGNES = frozenset(str(un) for un in AVEC_SIGNE)
PROVISOIRE = "Édition provisoire"


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
    what a rate is out of, written small under it where no column says it. A rate that is
    `arrondie` is told about, its counts being masked: « ≈ 7 % ».
    """

    valeur: Valeur = None
    origine: Origine | None = None
    masquee: bool = False
    etat: str | None = None
    sur: int | None = None
    arrondie: bool = False


@dataclass(frozen=True, slots=True)
class Colonne:
    """A column: its name in French and how its values are written; `taux` are ratios.

    `nom` is what the code asks it by: its title is only read.
    """

    titre: str
    genre: Genre = "texte"
    decimales: int = 1
    nom: str = ""


@dataclass(frozen=True, slots=True)
class Tableau:
    """Rows under named columns; `cle` is unique in the document.

    The first `entetes` columns name the rows, `totaux` are the ranks of rows that sum up others;
    `repliees` are those of rows that paper leaves out, a sentence telling them: a workbook and a
    screen have them all. `lecture` is the reading note (« Lecture : … »), `source` what it rests
    on. One `aere` has columns of short numbers: they are measured before it is printed, as for
    letters of the usual size, and stand apart.
    """

    cle: str
    titre: str
    colonnes: tuple[Colonne, ...]
    lignes: tuple[tuple[Cellule, ...], ...]
    lecture: str = ""
    source: str = ""
    entetes: int = 1
    totaux: frozenset[int] = frozenset()
    repliees: frozenset[int] = frozenset()
    aere: bool = False

    @classmethod
    def dresser(
        cls,
        cle: str,
        titre: str,
        unes: Iterable[T],
        *colonnes: tuple[Colonne | str, Callable[[T], Cellule | Valeur]],
        entetes: int = 1,
        totaux: frozenset[int] = frozenset(),
    ) -> Tableau:
        """Return a table with a row for each of these; a column comes with what it says of one.

        A title alone is that of a column of texts.
        """
        return cls(
            cle,
            titre,
            tuple(Colonne(une) if isinstance(une, str) else une for une, _ in colonnes),
            tuple(tuple(_cellule(dire(une)) for _, dire in colonnes) for une in unes),
            entetes=entetes,
            totaux=totaux,
        )

    @property
    def ou_rien(self) -> Tableau | None:
        """The table, None when it has no row."""
        return self if self.lignes else None

    def garder(self, rangs: Sequence[int]) -> Tableau:
        """Return the table with some of its columns, by rank."""
        return replace(
            self,
            colonnes=tuple(self.colonnes[rang] for rang in rangs),
            lignes=tuple(tuple(ligne[rang] for rang in rangs) for ligne in self.lignes),
        )

    def rangs(self, noms: Collection[str]) -> list[int]:
        """Return the ranks of the columns of these names, in the order of the table."""
        return [rang for rang, une in enumerate(self.colonnes) if une.nom in noms]

    def sans(self, noms: Collection[str]) -> Tableau:
        """Return the table without the columns of these names."""
        return self.garder([r for r, une in enumerate(self.colonnes) if une.nom not in noms])

    @property
    def hors_papier(self) -> list[str]:
        """The names of the rows that paper leaves out."""
        return [str(self.lignes[rang][0].valeur) for rang in sorted(self.repliees)]

    @property
    def sur_papier(self) -> bool:
        """Whether paper has any of it."""
        return len(self.repliees) < len(self.lignes) or not self.lignes

    @property
    def imprime(self) -> Tableau:
        """The table as paper has it."""
        if not self.repliees:
            return self
        gardees = [rang for rang in range(len(self.lignes)) if rang not in self.repliees]
        return replace(
            self,
            lignes=tuple(self.lignes[rang] for rang in gardees),
            totaux=frozenset(n for n, rang in enumerate(gardees) if rang in self.totaux),
            repliees=frozenset(),
        )

    @property
    def muet(self) -> bool:
        """Whether it is masked and no row, but one that sums up others, tells a number but 0."""
        unes = [une for rang, une in enumerate(self.lignes) if rang not in self.totaux]
        cellules = [cellule for une in unes for cellule in une[self.entetes :]]
        return any(une.masquee for une in cellules) and not any(une.valeur for une in cellules)

    @property
    def masque(self) -> bool:
        """Whether a cell is masked: what « s » means has to be said."""
        return any(cellule.masquee for ligne in self.lignes for cellule in ligne)

    @property
    def arrondi(self) -> bool:
        """Whether a rate is told about: what « ≈ » means has to be said."""
        return any(cellule.arrondie for ligne in self.lignes for cellule in ligne)

    @property
    def court(self) -> bool:
        """Whether it takes little room, on one page whole: few rows, of one line or two."""
        longueurs = (len(str(une.valeur)) for ligne in self.lignes for une in ligne)
        return len(self.lignes) <= COURT and max(longueurs, default=0) <= PHRASE_LONGUE

    @property
    def avec_etats(self) -> bool:
        """Whether a cell has the sign of a state: what each means has to be said."""
        return any(cellule.etat in ETATS_SIGNES for ligne in self.lignes for cellule in ligne)


def _cellule(dite: Cellule | Valeur) -> Cellule:
    return dite if isinstance(dite, Cellule) else Cellule(dite)


@dataclass(frozen=True, slots=True)
class Graphique:
    """A picture as SVG, what it shows in one sentence, and the table it is drawn from.

    `forme` tells which native chart an Office file draws from the table: its first column gives
    the names, `series` the ranks of the columns drawn, `lignes` those of the rows, in order (all
    but those that sum up others when none is given), `objectif` a line across them, in their unit.
    `alternative` describes it to who does not see it; without one it is made from the table. One
    that is not `numerotee` is of a sheet to put up, where nothing refers to it.
    """

    cle: str
    titre: str
    svg: str
    description: str
    tableau: Tableau | None = None
    forme: Literal["barres", "colonnes", "courbe", "carte", "entonnoir"] = "barres"
    series: tuple[int, ...] = ()
    lignes: tuple[int, ...] = ()
    objectif: float | None = None
    alternative: str = ""
    numerotee: bool = True

    @property
    def dessinees(self) -> list[tuple[Cellule, ...]]:
        """Rows of the table that are drawn, in their order."""
        if self.tableau is None:
            return []
        toutes = self.tableau.lignes
        rangs = self.lignes or [un for un in range(len(toutes)) if un not in self.tableau.totaux]
        return [toutes[rang] for rang in rangs]

    @property
    def blancs(self) -> bool:
        """Whether a mark is left out because its count is masked."""
        return any(ligne[rang].masquee for ligne in self.dessinees for rang in self.series)

    @property
    def trous(self) -> bool:
        """Whether a mark is left out because there is no number, which a curve tells by a cross."""
        return any(
            ligne[rang].valeur is None and not ligne[rang].masquee
            for ligne in self.dessinees
            for rang in self.series
        )


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

    @property
    def parts(self) -> tuple[float, ...]:
        """Widths in proportion: a number needs little, the first words are those of a sentence.

        On one line people sign, each in as much room.
        """
        mots = [titre for titre in self.titres if len(titre) >= MOT]
        if self.nombre == 1 or len(mots) < MOTS_MIN:
            return (1.0,) * len(self.titres)
        return tuple(
            NUMERO if len(titre) < MOT else PHRASE if titre == mots[0] else 1.0
            for titre in self.titres
        )


Bloc = Tableau | Graphique | Chiffres | Paragraphe | Liste | Mots | Lignes


@dataclass(frozen=True, slots=True)
class Section:
    """A heading and what stands under it; `annexe` is in no slide.

    `page` starts a new one in a document of a few pages; the chapters of a bilan follow each other.
    `gabarit` names its layout: a class for the style sheets of reports/.
    """

    titre: str
    blocs: tuple[Bloc, ...] = ()
    sections: tuple[Section, ...] = ()
    page: bool = False
    annexe: bool = False
    gabarit: str = ""


@dataclass(frozen=True, slots=True)
class Service:
    """Who publishes: the service, who signs, how to reach them, where; '' for what is not said."""

    nom: str = "Gestion territoriale de la demande de logement social"
    auteur: str = ""
    contact: str = ""
    lieu: str = ""


@dataclass(frozen=True, slots=True)
class Document:
    """A whole document; `version` is the number of the published version it was made from.

    A letter that rests on no version has 0, and its day as `arrete`.

    `mentions` are facts of the cover (zonage, perimeter); `gabarit` chooses its layout in reports/.
    `lecteur` is whom it is for: whether small counts are masked follows. `edite` is the day on
    which its version was published; `provisoire` says why it is not final; `projetees` are sections
    that slides alone have. `numeros` names its
    titled tables and its pictures (« Tableau 3 », « Figure 2 ») by kind and key, in reading order;
    `legendes` are the keys of the tables under which « masque » or « etats » is explained, the
    first of a chapter.
    """

    gabarit: Literal["bilan", "partenaire", "synthese", "courriers", "infographie"]
    titre: str
    territoire: str
    periode: str
    arrete: dt.date
    version: int
    sections: tuple[Section, ...]
    destinataire: str = ""
    mentions: Mapping[str, str] = field(default_factory=dict)
    lecteur: Lecteur = Lecteur.PUBLIC
    service: Service = Service()
    edite: dt.date | None = None
    provisoire: str = ""
    projetees: tuple[Section, ...] = ()
    numeros: Mapping[tuple[str, str], str] = field(init=False, repr=False, compare=False)
    legendes: Mapping[str, frozenset[str]] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Number what the sections hold, and choose where each sign is explained."""
        object.__setattr__(self, "numeros", dict(self._numeroter()))
        object.__setattr__(self, "legendes", self._expliquer())

    def _numeroter(self) -> Iterator[tuple[tuple[str, str], str]]:
        images = tableaux = 0
        imprimes = self.tableaux_imprimes
        for bloc in self.blocs():
            if isinstance(bloc, Tableau) and bloc.titre and bloc.sur_papier:
                tableaux += 1
                yield ("Tableau", bloc.cle), f"Tableau {tableaux}"
            elif isinstance(bloc, Graphique) and bloc.numerotee:
                images += 1
                yield ("Graphique", bloc.cle), f"Figure {images}"
                if bloc.tableau and bloc.tableau.cle not in imprimes:
                    yield ("Tableau", bloc.tableau.cle), f"Figure {images}"

    def _expliquer(self) -> dict[str, frozenset[str]]:
        chapitres = self.sections if self.gabarit == "bilan" else (Section("", (), self.sections),)
        premiers: dict[str, list[str]] = {"masque": [], "etats": []}
        for chapitre in chapitres:
            tableaux = [
                bloc
                for _, section in _descendre((chapitre,), 1)
                for bloc in section.blocs
                if isinstance(bloc, Tableau)
            ]
            tableaux = sorted(tableaux, key=lambda un: not un.sur_papier)
            premiers["masque"] += [un.cle for un in tableaux if un.masque][:1]
            premiers["masque"] += [un.cle for un in tableaux if un.arrondi][:1]
            premiers["etats"] += [un.cle for un in tableaux if un.avec_etats][:1]
        return {quoi: frozenset(cles) for quoi, cles in premiers.items()}

    def numero(self, bloc: Tableau | Graphique) -> str:
        """Return « Tableau 3 » or « Figure 2 »; '' for a table without a title."""
        return self.numeros.get((type(bloc).__name__, bloc.cle), "")

    def intitule(self, bloc: Tableau | Graphique) -> str:
        """Return the title of a table or picture after its number, the same in every form."""
        return " – ".join(filter(None, (self.numero(bloc), bloc.titre)))

    @property
    def diffusion(self) -> str:
        """To whom it may be given: printed on every page, nothing of a letter."""
        return self.lecteur.diffusion if self.version else ""

    @property
    def masque(self) -> bool:
        """Whether a cell is masked: what « s » means has to be said."""
        return any(un.masque for un in self.tableaux())

    @property
    def arrondi(self) -> bool:
        """Whether a rate is told about: what « ≈ » means has to be said."""
        return any(un.arrondi for un in self.tableaux())

    @property
    def faits(self) -> dict[str, str]:
        """Return what a cover tells, by name: the data, the mentions, who publishes and when."""
        service = self.service
        return {
            nom: valeur
            for nom, valeur in (
                (PROVISOIRE, self.provisoire),
                ("Données arrêtées au", f"{self.arrete:%d/%m/%Y}" if self.version else ""),
                *self.mentions.items(),
                ("Service", service.nom),
                ("Auteur", service.auteur),
                ("Contact", service.contact),
                ("Édité le", f"{self.edite:%d/%m/%Y}" if self.edite else ""),
                ("Diffusion", self.diffusion),
            )
            if valeur
        }

    @property
    def colophon(self) -> str:
        """Return what allows the same document to be printed again, at its end."""
        edite = f", édité le {self.edite:%d/%m/%Y}" if self.edite else ""
        version = f" · version {self.version} des données de l'infocentre" if self.version else ""
        return f"{self.service.nom}{edite}{version}."

    def blocs(self) -> Iterator[Bloc]:
        """Yield every block in reading order."""
        for _, section in self.toutes_sections():
            yield from section.blocs

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
        return frozenset(bloc.cle for bloc in self.blocs() if isinstance(bloc, Tableau))

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
        for bloc in self.blocs():
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
