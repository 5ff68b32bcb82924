"""From a standard table of a month to a table of a document, each figure with its origin."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from infocentre.contrat.intitules import libelle
from infocentre.lecture.tableaux import LigneTableau, TableauLu, chiffre, exiger_colonne
from infocentre.mesures.impressions import partager
from infocentre.mesures.partage import MASQUE
from infocentre.mesures.tableaux import Tableau as TableauStandard
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


TITRES = {"avant": "Un an avant", "evolution": "Évolution"}
_MOIS = re.compile(r"(\d{4})(-\d{2})")


@dataclass(frozen=True, slots=True)
class Champ:
    """A column of a printed table, read in column `nom` of the standard table.

    `temps`: « avant » for its value of a year before, « evolution » for its change (a ratio).
    """

    nom: str
    temps: str
    colonne: Colonne
    facultatif: bool = False


def champs(tableau: TableauStandard, sorte: str = "") -> list[Champ]:
    """Return the columns that a standard table is printed with, as its file declares them."""
    dits = []
    for cle, dite in tableau.impression(sorte).toutes.items():
        nom, temps = partager(cle)
        exiger_colonne(tableau, nom)
        titre = dite.titre or TITRES.get(temps) or libelle(nom)
        genre = dite.genre or _genre(tableau, nom, temps)
        colonne = Colonne(f"{RETRAIT * dite.retrait}{titre}", genre, nom=cle)
        dits.append(Champ(nom, temps, colonne, dite.facultative))
    return dits


def _genre(tableau: TableauStandard, nom: str, temps: str) -> Genre:
    if temps == "evolution":
        return "evolution"
    if nom in tableau.taux:
        return "taux"
    return "decimal" if tableau.champs.get(nom) == "DOUBLE" else "nombre"


def nom_ligne(ligne: LigneTableau) -> str:
    """Return what names a row in its table: `code`, or « DEPOTS/12_mois », « epci/200054807 »."""
    grain = next(noms for noms in _GRAINS if all(nom in ligne for nom in noms))
    return "/".join(str(ligne[nom]) for nom in grain)


def nom_de_ligne(ligne: LigneTableau) -> str:
    """Return what a row is called: « Non renseigné »."""
    return str(chiffre(ligne, "libelle"))


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


def imprimer(
    lu: TableauLu,
    lignes: Sequence[LigneTableau] | None = None,
    precedent: TableauLu | None = None,
    *,
    sorte: str = "",
    nommer: Callable[[Any], str] = nom_de_ligne,
) -> Tableau:
    """Return a printed table: some rows, beside the table of a year before if there is one.

    `sorte` names another print that its file declares; `nommer` gives the name of a row.
    """
    retenues = list(lu.lignes if lignes is None else lignes)
    passees = {_un_an_plus_tard(une): une for une in precedent.lignes} if precedent else {}
    montres = [
        un
        for un in champs(lu.tableau, sorte)
        if (passees or not un.temps)
        and (not un.facultatif or any(connu(chiffre(une, un.nom)) for une in lu.lignes))
    ]
    corps = [
        (
            Cellule(nommer(ligne)),
            *(_remplir(lu, ligne, un, precedent, passees) for un in montres),
        )
        for ligne in retenues
    ]
    return Tableau(
        "-".join(filter(None, (lu.cle, sorte))),
        titre(lu.tableau, sorte),
        (Colonne(entete(lu.tableau, sorte)), *(un.colonne for un in montres)),
        tuple(corps),
        totaux=frozenset(rang for rang, ligne in enumerate(retenues) if _total(ligne)),
    )


def titre(tableau: TableauStandard, sorte: str = "") -> str:
    """Return the title of a printed table, that of the standard table by default."""
    return tableau.impression(sorte).titre or tableau.titre


def entete(tableau: TableauStandard, sorte: str = "") -> str:
    """Return what heads the names of the rows of a printed table."""
    return tableau.impression(sorte).lignes


def _un_an_plus_tard(ligne: LigneTableau) -> str:
    """Name a row of a year before as that of now: a month is that of the next year."""
    nom = nom_ligne(ligne)
    mois = _MOIS.fullmatch(nom)
    return f"{int(mois[1]) + 1}{mois[2]}" if mois else nom


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
    if not champ.temps or precedent is None:
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
