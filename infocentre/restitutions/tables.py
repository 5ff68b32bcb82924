"""From a standard table of a month to a table of a document, each figure with its origin."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from infocentre.contrat.intitules import libelle
from infocentre.lecture.tableaux import LigneTableau, TableauLu, chiffre, exiger_colonne
from infocentre.mesures.partage import MASQUE
from infocentre.restitutions.document import Cellule, Colonne, Genre, Origine, Tableau

ENSEMBLE = "*"
MINIMUM = 30
RETRAIT = "\u2003"  # before what a row above comprises
# What tells the rows of a table apart, for those whose code is not enough.
_GRAINS = (
    ("periode",),
    ("code_recherche", "code_attribue"),
    ("dimension", "code"),
    ("niveau", "code"),
    ("code", "fenetre"),
    ("code",),
)


@dataclass(frozen=True, slots=True)
class Champ:
    """A column of a printed table, read in column `nom` of the standard table.

    `temps`: its value in the month, a year before, or its change in a year (a ratio).
    """

    nom: str
    titre: str = ""
    genre: Genre = "nombre"
    decimales: int = 1
    temps: str = "mois"

    @property
    def colonne(self) -> Colonne:
        """Column of the document."""
        genre: Genre = "evolution" if self.temps == "evolution" else self.genre
        return Colonne(self.titre or libelle(self.nom), genre, self.decimales)


def nombre(nom: str, titre: str = "") -> Champ:
    """Return a column of counts."""
    return Champ(nom, titre)


def part(nom: str, titre: str = "") -> Champ:
    """Return a column of ratios; the counts they are out of stand in the same table."""
    return Champ(nom, titre, "taux")


def decimal(nom: str, titre: str = "") -> Champ:
    """Return a column of numbers with one decimal."""
    return Champ(nom, titre, "decimal")


def avant(nom: str, titre: str = "Un an avant") -> Champ:
    """Return the counts of a year before."""
    return Champ(nom, titre, temps="avant")


def evolution(nom: str, titre: str = "Évolution") -> Champ:
    """Return the change of a count since a year before."""
    return Champ(nom, titre, temps="evolution")


def nom_ligne(ligne: LigneTableau) -> str:
    """Return what names a row in its table: `code`, or « DEPOTS/12_mois », « epci/200054807 »."""
    grain = next(noms for noms in _GRAINS if all(nom in ligne for nom in noms))
    return "/".join(str(ligne[nom]) for nom in grain)


def origine(lu: TableauLu, ligne: LigneTableau, nom: str) -> Origine:
    """Return where a figure of a standard table comes from."""
    return Origine(lu.tableau.code, lu.mois, nom_ligne(ligne), nom)


def cellule(lu: TableauLu, ligne: LigneTableau, nom: str) -> Cellule:
    """Return a figure of a standard table; masked when the shared version masks it.

    A row that the table does not have (« Ensemble » when nothing happened) gives an empty cell.
    """
    exiger_colonne(lu.tableau, nom)
    if not ligne:
        return Cellule()
    valeur, de = chiffre(ligne, nom), origine(lu, ligne, nom)
    return Cellule(origine=de, masquee=True) if valeur == MASQUE else Cellule(valeur, de)


def connu(valeur: Any) -> float | None:  # noqa: ANN401 - a cell: number, MASQUE or nothing
    """Return a figure as a number, None when it is masked or missing."""
    return None if valeur is None or valeur == MASQUE else float(valeur)


def changement(valeur: Any, precedente: Any) -> float | None:  # noqa: ANN401 - two cells
    """Return the change from one figure to another as a ratio, None when it cannot be told.

    From less than MINIMUM units, a percentage would say more than they do.
    """
    ici, avant_ = connu(valeur), connu(precedente)
    return None if ici is None or avant_ is None or avant_ < MINIMUM else ici / avant_ - 1


@dataclass(frozen=True, slots=True)
class Mise:
    """How a standard table is printed: its columns, its first column, its rows and words.

    `mensuel`: a row is a month, compared with the same month of the year before.
    """

    cle: str
    titre: str
    champs: Sequence[Champ]
    entete: str = "Modalité"
    libelle: Callable[[Any], str] = lambda ligne: str(chiffre(ligne, "libelle"))
    lecture: str = ""
    source: str = ""
    mensuel: bool = False


def imprimer(
    lu: TableauLu,
    mise: Mise,
    lignes: Sequence[LigneTableau] | None = None,
    precedent: TableauLu | None = None,
) -> Tableau:
    """Return a printed table: some rows, beside the table of a year before if there is one."""
    retenues = list(lu.lignes if lignes is None else lignes)
    nommer = _un_an_plus_tard if mise.mensuel else nom_ligne
    passees = {nommer(une): une for une in precedent.lignes} if precedent else {}
    champs = [un for un in mise.champs if passees or un.temps == "mois"]
    for champ in mise.champs:
        exiger_colonne(lu.tableau, champ.nom)
    corps = [
        (
            Cellule(mise.libelle(ligne)),
            *(_remplir(lu, ligne, un, precedent, passees) for un in champs),
        )
        for ligne in retenues
    ]
    return Tableau(
        mise.cle,
        mise.titre,
        (Colonne(mise.entete), *(un.colonne for un in champs)),
        tuple(corps),
        lecture=mise.lecture,
        source=mise.source,
        totaux=frozenset(rang for rang, ligne in enumerate(retenues) if _total(ligne)),
    )


def _un_an_plus_tard(ligne: LigneTableau) -> str:
    nom = nom_ligne(ligne)
    return f"{int(nom[:4]) + 1}{nom[4:]}" if nom[:4].isdecimal() else nom


def _total(ligne: LigneTableau) -> bool:
    """Tell whether a row sums up others."""
    return ENSEMBLE in {ligne.get("code"), ligne.get("code_recherche")}


def _memes(ligne: LigneTableau, passee: LigneTableau) -> bool:
    """Tell whether two rows of one name are of the same: neither or both with joined rows."""
    if nom_ligne(ligne) != nom_ligne(passee):
        return True
    return ligne.get("libelle") == passee.get("libelle")


def _remplir(
    lu: TableauLu,
    ligne: LigneTableau,
    champ: Champ,
    precedent: TableauLu | None,
    passees: dict[str, LigneTableau],
) -> Cellule:
    if champ.temps == "mois" or precedent is None:
        return cellule(lu, ligne, champ.nom)
    passee = passees.get(nom_ligne(ligne))
    if passee is None or not _memes(ligne, passee):
        return Cellule()
    if champ.temps == "avant":
        return cellule(precedent, passee, champ.nom)
    ici, avant_ = chiffre(ligne, champ.nom), chiffre(passee, champ.nom)
    if MASQUE in {ici, avant_}:
        return Cellule(masquee=True)
    return Cellule(changement(ici, avant_))
