"""Standard tables of a month, whole or fit to be shared, and what their figures are worth."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Generic, Literal, TypeAlias, TypeVar, cast, overload

from infocentre.catalogue import Indicateur
from infocentre.contrat.intitules import libelle
from infocentre.contrat.territoires import territoires
from infocentre.exports import Donnees
from infocentre.lecture.commun import indicateurs, par_version, valeurs
from infocentre.lecture.indicateurs import Mesure, mesure
from infocentre.lecture.lecteur import Lecture
from infocentre.lecture.lignes import Valeur
from infocentre.lecture.partage import partages, seuil_secret
from infocentre.lecture.publies import dits_du_departement, sont_decides
from infocentre.mesures import Tableau, sql_lecture_tableau
from infocentre.mesures.declarations import ROLES, Role, role_du_genre
from infocentre.mesures.partage import MASQUE
from infocentre.mesures.plans import reperes
from infocentre.mesures.tableaux import tableaux
from infocentre.noyau.erreurs import Refus
from infocentre.noyau.etats import Etat
from infocentre.noyau.francais import entier, pourcent

# What tells rows apart: each table has some of them, and a row may be asked which.
TOTAUX = ("total", "attributions", "depots", "demandes")  # what a table counts, its main first
REPERES = frozenset("code niveau periode fenetre dimension code_recherche code_attribue".split())

# A row of a table that is not named: its columns are asked by a name that was computed.
LigneTableau: TypeAlias = Mapping[str, object]
R = TypeVar("R", bound=LigneTableau)
R_co = TypeVar("R_co", bound=LigneTableau, covariant=True)


def chiffre(ligne: LigneTableau, colonne: str) -> Any:  # noqa: ANN401 - a number, MASQUE or nothing
    """Return the figure of a column whose name is computed."""
    return ligne[colonne]


class LigneLue(dict[str, Any]):
    """A row of a standard table, empty when the table has it not.

    A column that the table does not have fails when it is asked: it is no empty cell.
    """

    __slots__ = ("tableau",)

    def __init__(self, tableau: Tableau, ligne: Mapping[str, Any] | None = None) -> None:
        """Hold a row, none by default."""
        super().__init__(ligne or {})
        self.tableau = tableau

    def get(self, nom: str, defaut: Any = None) -> Any:  # noqa: ANN401 - as dict.get
        """Return a figure, `defaut` when the row is empty; raise KeyError for no column of it."""
        if nom not in REPERES:
            exiger_colonne(self.tableau, nom)
        return super().get(nom, defaut)


def exiger_colonne(tableau: Tableau, nom: str) -> None:
    """Raise KeyError unless a standard table has a column."""
    if tableau.existe and nom not in tableau.colonnes:
        raise KeyError(f"{tableau.code} n'a pas de colonne « {nom} »")


def cle_de(tableau: Tableau) -> str:
    """Return what names a standard table in the addresses of a document: tab01-01."""
    return tableau.code.lower()


@dataclass(frozen=True, slots=True)
class TableauDe(Generic[R_co]):
    """A standard table of a month; `masquees` counts the hidden cells of a shared version.

    `epci` names the EPCI whose rows alone stand here, with the département's.
    """

    tableau: Tableau
    departement: str
    mois: str
    lignes: Sequence[R_co]
    seuil: int
    masquees: int | None = None
    epci: str = ""

    def __post_init__(self) -> None:
        """Make every row one that knows its columns."""
        lues = [LigneLue(self.tableau, ligne) for ligne in self.lignes]
        object.__setattr__(self, "lignes", lues)

    @property
    def sans_ligne(self) -> R_co:
        """Return what stands for a row that the table has not."""
        return cast("R_co", LigneLue(self.tableau))

    @property
    def cle(self) -> str:
        """Name it in the addresses of a document."""
        return cle_de(self.tableau)

    @property
    def partage(self) -> bool:
        """Tell whether small counts are masked."""
        return self.masquees is not None

    @property
    def ensemble(self) -> R_co:
        """Return the row « Ensemble », empty when the table has none."""
        return next((ligne for ligne in self.lignes if ligne.get("code") == "*"), self.sans_ligne)

    @property
    def modalites(self) -> list[R_co]:
        """Return the rows but « Ensemble »."""
        return [ligne for ligne in self.lignes if ligne.get("code") != "*"]


# A type, never called: Python 3.11 cannot make a frozen class with slots by one of its aliases.
TableauLu: TypeAlias = TableauDe[LigneTableau]


@dataclass(frozen=True, slots=True)
class Fiabilite:
    """What an indicator says of the attributions (or demandes) under a figure."""

    indicateur: Indicateur
    etat: str
    mesure: Mesure
    tardive: bool


def themes() -> dict[str, dict[str, list[Tableau]]]:
    """Return the tables by chapter and heading, in the order of their `rang`."""
    ranges: dict[str, dict[str, list[Tableau]]] = {}
    for un in sorted(tableaux().values(), key=lambda un: (un.declare.rang, un.code)):
        chapitre, titre = un.declare.theme
        ranges.setdefault(chapitre, {}).setdefault(titre, []).append(un)
    return ranges


def par_epci() -> list[str]:
    """Return the codes of the tables that have a row per EPCI."""
    return [un.code for un in tableaux().values() if un.declare.par_epci]


def trouver(code: str) -> Tableau:
    """Return a table by its code or its role; raise Refus for neither."""
    if code in ROLES:
        return tableaux().du_role(cast("Role", code))
    tableau = tableaux().get(code.upper())
    if tableau is None:
        raise Refus(
            f"Le tableau « {code} » n'existe pas",
            que_faire="Choisir un tableau dans la liste « Demande et attributions ».",
        )
    return tableau


@overload
def lire_tableau(
    v: Lecture, de: type[R], departement: str, mois: str, *, partage: bool, epci: str = ""
) -> TableauDe[R]: ...


@overload
def lire_tableau(
    v: Lecture, de: str, departement: str, mois: str, *, partage: bool, epci: str = ""
) -> TableauLu: ...


def lire_tableau(
    v: Lecture, de: type | str, departement: str, mois: str, *, partage: bool, epci: str = ""
) -> TableauDe[Any]:
    """Return the rows of a table in their order; none when it is not calculable that month.

    It is named by its code, its role or the type of its rows.

    With `partage`, and always for who may not see small counts, these and those that would
    give them away are masked. With `epci`, a table that is `par_epci` keeps the rows of that EPCI
    and the département's; another is whole.
    """
    nom = de if isinstance(de, str) else role_du_genre(de)
    return _lire_tableau(v, nom, departement, mois, partage=partage, epci=epci)


@par_version
def _lire_tableau(
    v: Lecture, code: str, departement: str, mois: str, *, partage: bool, epci: str
) -> TableauDe[Any]:
    partage = partage or v.p.petits_masques
    tableau = trouver(code)
    epci = epci if tableau.declare.par_epci else ""
    lieux = _epci_vus(v, tableau, epci)
    lignes = (
        v.lignes(sql_lecture_tableau(tableau.code), {"departement": departement, "mois": mois})
        if tableau.existe and tableau.mart in _relations(v)
        else []
    )
    seuil = seuil_secret(v)
    if not partage or not lignes:
        lignes = _des_epci(lignes, lieux)
        return TableauDe(tableau, departement, mois, lignes, seuil, 0 if partage else None, epci)
    montre = partages(v, departement, mois)[tableau.code]
    lignes = _des_epci(montre.lignes, lieux)
    masquees = montre.masquees
    if lieux is not None:
        masquees = sum(une == MASQUE for ligne in lignes for une in ligne.values())
    return TableauDe(tableau, departement, mois, lignes, seuil, masquees, epci)


def _epci_vus(v: Lecture, tableau: Tableau, epci: str) -> frozenset[str] | None:
    """Return the EPCI whose rows of a table are shown, None for all: the reader's, or one of them.

    All rows are masked before, together, as in the documents: none gives another away.
    """
    if not tableau.declare.par_epci:
        return None
    if not epci:
        return v.p.epci
    return frozenset({epci}) & (frozenset({epci}) if v.p.epci is None else v.p.epci)


def _des_epci(lignes: list[dict[str, Any]], epci: frozenset[str] | None) -> list[dict[str, Any]]:
    """Return the rows of EPCI, of their communes and arrondissements, and the département's."""
    if epci is None:
        return lignes
    gardes = {"*", *epci, *(code for code, un in territoires().items() if un.epci in epci)}
    return [ligne for ligne in lignes if reperes(ligne)["code"] in gardes]


def en_bref(lu: TableauLu) -> str:
    """Return what a list of tables says of one: a spread's largest row, another's « Ensemble ».

    '' when it has neither, or hides it.
    """
    if not lu.lignes:
        return "non calculable ce mois"
    colonne = next((nom for nom in TOTAUX if nom in lu.tableau.colonnes), None)
    if colonne is None or "code" not in lu.tableau.colonnes:
        return ""
    total = lu.ensemble.get(colonne)
    if not isinstance(total, int) or not total:
        return ""
    if "total_ensemble" not in lu.tableau.colonnes:
        return f"{libelle(colonne)} : {entier(total)}"
    comptes = [(une[colonne], reperes(une)["libelle"]) for une in lu.modalites]
    connus = [(n, nom) for n, nom in comptes if isinstance(n, int)]
    plus, nom = max(connus, key=lambda un: un[0], default=(0, ""))
    return f"d'abord « {nom} », {pourcent(plus / total, 0)}" if plus else ""


def mart_calcule(v: Lecture, role: Role) -> str | None:
    """Return the mart of the table of a role, None when the version has none."""
    tableau = tableaux().du_role(role)
    return tableau.mart if tableau.existe and tableau.mart in _relations(v) else None


@par_version
def _relations(v: Lecture) -> frozenset[str]:
    return v.relations


def en_donnees(lu: TableauLu) -> Donnees:
    """Return a table to take away, with every column that `infocentre tableau` gives."""
    note = lu.tableau.note
    if lu.partage:
        note += f" « {MASQUE} » : {dire_secret(lu.seuil)}."
    return Donnees(
        f"{lu.tableau.code} – {lu.tableau.titre}" + (", version à partager" if lu.partage else ""),
        lu.tableau.colonnes,
        [tuple(ligne[nom] for nom in lu.tableau.colonnes) for ligne in lu.lignes],
        frozenset(lu.tableau.taux),
        {nom: libelle(nom) for nom in lu.tableau.colonnes},
        note,
    )


def dire_secret(seuil: int) -> str:
    """Return what MASQUE means, in words."""
    return (
        f"secret statistique, nombre de 1 à {seuil - 1}, ou nombre qui permettrait d'en "
        "retrouver un"
    )


Dites = Literal["toutes", "partagees", "aucune"]  # of counts


def fiabilite(
    v: Lecture, code: str, departement: str, mois: str, *, partage: bool = False
) -> list[Fiabilite]:
    """Return what each indicator under a table's figures is worth in the département.

    Counts are those that its state rests on; with `partage`, and for who may not see small ones,
    those that the bilan tells: a small one hidden alone would be found by the types that make it.
    Until what the bilan tells is decided, at night, states alone are said: no page waits for it.
    """
    if not any(code in un.fiabilise for un in indicateurs()):
        return []
    if not (partage or v.p.petits_masques):
        return _fiabilite(v, code, departement, mois, dites="toutes")
    decidees = sont_decides(v, departement, mois)
    return _fiabilite(v, code, departement, mois, dites="partagees" if decidees else "aucune")


@par_version
def _fiabilite(
    v: Lecture, code: str, departement: str, mois: str, *, dites: Dites
) -> list[Fiabilite]:
    juges = [un for un in indicateurs() if code in un.fiabilise]
    lues = {
        ligne["code"]: ligne
        for ligne in valeurs(v, departement, mois, niveau="departement", guichet="*")
    }
    tus = set(lues) if dites != "toutes" else set()
    if dites == "partagees":
        tus -= dits_du_departement(v, departement, mois).keys()
    tardives = _tardives(v, departement, mois)
    return [
        _juger(un, lues.get(un.code), tardive=un.code in tardives, tue=un.code in tus)
        for un in juges
    ]


def _juger(un: Indicateur, ligne: Valeur | None, *, tardive: bool, tue: bool) -> Fiabilite:
    if ligne is None:
        return Fiabilite(un, Etat.SANS_OBJET, Mesure(0, 0, sur_12_mois=False), tardive)
    lue = mesure(ligne)
    return Fiabilite(un, ligne["etat"], replace(lue, masquee=True) if tue else lue, tardive)


def _tardives(v: Lecture, departement: str, mois: str) -> set[str]:
    codes = v.tuples(
        "SELECT DISTINCT code FROM estimations WHERE departement = $departement "
        "AND mois = $mois AND saisie_tardive_probable",
        {"departement": departement, "mois": mois},
    )
    return {code for (code,) in codes}
