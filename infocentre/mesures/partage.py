"""The version of the standard tables that may be shared: small counts and protectors masked.

The tables of a month are masked together, so that none gives away what another one hides; a plan
says how each adds up, `liens` what they have in common.

`_Cellules` makes of a table its cells and its sums, `_Ensemble` of several tables one system, in
which a fact that two of them tell (the stock of the département, the DALO of the month) is one
cell: masked in one, it is masked in the other. `secret` says which cells to hide, `Cellules.caches`
which columns of which rows that makes, ratios included. A reader is assumed to have all tables of
all months, and every edition of each (`diffusions`).
"""

from __future__ import annotations

import functools
from collections import Counter
from collections.abc import Callable, Collection, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from infocentre.contrat.intitules import libelle
from infocentre.contrat.listes import Motif
from infocentre.contrat.territoires import territoires
from infocentre.mesures.declarations import Role
from infocentre.mesures.diffusions import Systeme, completer, masquer_apres
from infocentre.mesures.liens import PM, TOUTES, Fait, Lien, Place, faits, liens, place
from infocentre.mesures.plans import (
    ENSEMBLE,
    RESIDUS,
    RESTE,
    Addition,
    Fusion,
    Ligne,
    Plan,
    reperes,
)
from infocentre.mesures.secret import (
    ACCESSOIRE,
    COMMUNE,
    ESSENTIELLE,
    INITIES,
    INVISIBLE,
    ORDINAIRE,
    PUBLIEE,
    Cle,
    Somme,
)
from infocentre.mesures.tableaux import tableaux
from infocentre.noyau.francais import minuscule

MASQUE = "s"
CAPITALES = frozenset({"ACTIVES", "DEPOTS", "RADIATIONS", Motif.ATTRIBUTION})
# Réservataires that are one service, and the préfet who has both of his: they know their own.
SERVICES: Mapping[str, tuple[str, ...]] = {
    "COLACT": ("COLACT",),
    "PPRIOR": ("PPRIOR", "préfet"),
    "PFONCT": ("PFONCT", "préfet"),
}
ARRONDISSEMENTS: Role = "arrondissements"  # made of communes: its residual row is theirs
_NIVEAUX = ("departement", "epci", "commune", "arrondissement")
_COMPTES_DES_LIEUX = ("attributions", "demandes_actives", "total")
_DERNIERS = ("HD", "NR", ENSEMBLE)  # after the places of their level
_PEU = 0.5  # where a hidden count stands: more than none, less than any that is told
# What two tables leave between them, when the second is later too.
_RESTE, _REVISION = "reste", "revision"
_LAISSES = (_RESTE, _REVISION)
# How the names of ratios begin: they are worked out anew of joined rows.
QUOTIENTS = ("part_", "demandes_pour_")
# To what a ratio is told whose denominator is masked, in decimals.
_POURCENT = 2

# What earlier months published of the evolution of the stock: value, and whether it was masked.
Publies = Mapping[Fait, tuple[int, bool]]
Tables = Mapping[str, Sequence[Ligne]]
# The columns that a table hides, by rank of row; a row that hides none is not there.
Caches = Mapping[int, frozenset[str]]
Rang = Hashable
Nommer = Callable[[int, str, Ligne, Cle], Cle]


@dataclass(frozen=True, slots=True)
class Partage:
    """Rows in which MASQUE stands for what is hidden, and how many counts that makes."""

    lignes: list[dict[str, Any]]
    masquees: int


@dataclass(frozen=True, slots=True)
class Ensemble:
    """What the tables of a month hide to be shared together, and what they publish that is new.

    `fusions`: by table, the residual rows that are shown with another one. `dites`: how many small
    counts earlier editions gave away. `systeme`: all of it as the register keeps it.
    """

    caches: Mapping[str, Caches]
    neufs: Publies = field(default_factory=dict)
    fusions: Mapping[str, Sequence[Fusion]] = field(default_factory=dict)
    dites: int = 0
    systeme: Systeme | None = field(default=None, compare=False, repr=False)


def partager(code: str, lignes: Sequence[Ligne], seuil: int) -> Partage:
    """Return the rows of a standard table alone, in their order, fit to be shared."""
    return partager_ensemble({code: lignes}, seuil)[code]


def partager_ensemble(tables: Tables, seuil: int) -> Mapping[str, Partage]:
    """Return the tables of a month alone, by code, fit to be shared together."""
    return montrer(tables, masquer_ensemble(tables, seuil))


def masquer_ensemble(
    tables: Tables,
    seuil: int,
    publies: Publies | None = None,
    anciens: Sequence[Systeme] = (),
) -> Ensemble:
    """Return what the tables of a month, by code, hide to be shared together.

    `publies`: what earlier months told. `anciens`: earlier editions of this month.
    """
    ensemble = _Ensemble(tables, publies or {}, seuil)
    # A sum with a cell that nobody has (a month that was not delivered) binds nothing.
    systeme = Systeme(
        ensemble.valeurs,
        completer(ensemble.valeurs, ensemble.sommes()),
        reglages=ensemble.reglages(),
    )
    masques = masquer_apres(
        systeme,
        anciens,
        seuil,
        ensemble.masques(),
        ensemble.prix(),
        ensemble.detenteurs,
        {cle for cle, (_, masque) in ensemble.publies.items() if not masque},
    )
    masquees = masques.masquees
    caches = {code: table.caches(masquees) for code, table in ensemble.cellules.items()}
    neufs = {
        cle: (valeur, cle in masquees)
        for cle, valeur in ensemble.valeurs.items()
        if cle[0] == TOUTES and cle not in ensemble.publies
    }
    fusions = {code: table.fusions for code, table in ensemble.cellules.items() if table.fusions}
    return Ensemble(caches, neufs, fusions, len(masques.dites), replace(systeme, masquees=masquees))


def montrer(tables: Tables, ensemble: Ensemble) -> Mapping[str, Partage]:
    """Return the rows of tables with MASQUE for what they hide, small residual rows joined."""
    return {
        code: _ranger(
            code,
            _montrer(
                tableaux()[code].plan, lignes, ensemble.caches[code], ensemble.fusions.get(code, ())
            ),
        )
        for code, lignes in tables.items()
    }


def _ranger(code: str, partage: Partage) -> Partage:
    """Return rows of places in an order that what is told gives alone: the largest first.

    The order of the counts as they are would say of each hidden one between which told ones it is.
    """
    if not _par_lieu(code):
        return partage
    return replace(partage, lignes=sorted(partage.lignes, key=place_du_lieu))


def place_du_lieu(ligne: Ligne) -> tuple[object, ...]:
    """Return what sorts rows of places: by level, the largest first, hidden ones before none."""
    niveau, code = ligne.get("niveau"), ligne["code"]
    comptes = [ligne[nom] for nom in _COMPTES_DES_LIEUX if nom in ligne]
    combien = [-un if isinstance(un, int) else -_PEU for un in comptes]
    return (
        _NIVEAUX.index(niveau) if niveau else 0,
        _DERNIERS.index(code) if code in _DERNIERS else -1,
        *combien,
        code,
    )


def _montrer(
    plan: Plan, lignes: Sequence[Ligne], caches: Caches, fusions: Sequence[Fusion]
) -> Partage:
    montrees = dict(enumerate(fusionner(plan, lignes, fusions)))
    for rang in {un for fusion in fusions for un in fusion.de}:
        if all(montrees[rang][nom] is None for nom in plan.comptes if nom not in plan.constantes):
            del montrees[rang]
    masquees = 0
    for rang, ligne in montrees.items():
        noms = {nom for nom in caches.get(rang, ()) if ligne[nom] is not None}
        ligne.update(dict.fromkeys(noms, MASQUE))
        for nom in plan.arrondis:
            if ligne[plan.derives[nom][-1]] == MASQUE and isinstance(ligne[nom], float):
                ligne[nom] = round(ligne[nom], _POURCENT)
        masquees += len(noms.intersection(plan.comptes))
    return Partage(list(montrees.values()), masquees)


def fusionner(
    plan: Plan, lignes: Sequence[Ligne], fusions: Sequence[Fusion]
) -> list[dict[str, Any]]:
    """Return the rows of a table, those that join another one emptied of what they give it.

    A ratio is worked out anew from its two counts; what cannot be, a median, is empty.
    """
    copies = [dict(ligne) for ligne in lignes]
    for fusion in fusions:
        recue = copies[fusion.vers]
        for nom in fusion.colonnes:
            if recue[nom] is not None:
                recue[nom] += sum(lignes[rang][nom] or 0 for rang in fusion.de)
        for nom, de in plan.derives.items():
            if not set(fusion.colonnes).isdisjoint(de):
                recue[nom] = _quotient(recue, de) if nom.startswith(QUOTIENTS) else None
                for rang in fusion.de:
                    copies[rang][nom] = None
        for rang in fusion.de:
            copies[rang].update(dict.fromkeys(fusion.colonnes))
        recue.update(libelle=_nommer_fusion(lignes, fusion, plan))
    return copies


def _quotient(ligne: Ligne, de: Sequence[str]) -> float | None:
    if len(de) != 2 or not ligne[de[1]] or ligne[de[0]] is None:  # noqa: PLR2004
        return None
    return float(ligne[de[0]] / ligne[de[1]])


def _nommer_fusion(lignes: Sequence[Ligne], fusion: Fusion, plan: Plan) -> str:
    """Return « Autres réservataires ou non renseigné », with its column where it is not all."""
    noms = " ou ".join(minuscule(reperes(lignes[rang])["libelle"]) for rang in fusion.de)
    recue = reperes(lignes[fusion.vers])["libelle"]
    if len(plan.groupes()) == 1:
        return f"{recue} ou {noms}"
    return f"{recue} ({minuscule(libelle(fusion.colonnes[0]))} : avec {noms})"


class _Ensemble:
    """The cells of several tables, a fact having one name in all of them."""

    def __init__(self, tables: Tables, publies: Publies, seuil: int) -> None:
        self.tables = tables
        self.publies = publies
        self.valeurs: dict[Any, int] = {un: valeur for un, (valeur, _) in publies.items()}
        self.revisions: set[Cle] = set()
        self.noms: dict[Place | Fait, Cle] = {}
        # Where a joined count is shown, by where it would stand; what is shown only with others.
        self.jointes: dict[Place | Fait, Place] = {}
        self.tues: set[Cle] = set()
        self.cellules = {
            code: _Cellules(
                tableaux()[code].plan, lignes, seuil, code, functools.partial(self._nommer, code)
            )
            for code, lignes in tables.items()
        }
        for table in self.cellules.values():
            self.valeurs |= table.valeurs
        self.vues = {cle for un in self.cellules.values() for cle in un.noms.values()}
        self.sommes_jointes = [
            self._joindre(code, fusion, nom)
            for code, table in self.cellules.items()
            for fusion in table.fusions
            for nom in fusion.colonnes
        ]

    def _nommer(self, code: str, rang: int, nom: str, ligne: Ligne, cle: Cle) -> Cle:
        """Name a cell; seen later with another value, a fact is another one.

        `ligne` is the row as it is shown, `cle` what names the cell in its table.
        """
        nommee = self._fait(code, ligne, nom) or cle
        if "mois" in ligne:
            self.noms[place(code, self.tables[code][rang], nom)] = nommee
        return nommee

    def _fait(self, code: str, ligne: Ligne, nom: str) -> Fait | None:
        """Return the name that a count has in every table, None when it is in this one only."""
        for connu in faits(code, ligne, nom) if ligne[nom] is not None else ():
            # Another value under the same name is what a later delivery made of it: to take the
            # two for one cell would have sums that do not hold, and protect neither.
            if self.valeurs.setdefault(connu, ligne[nom]) == ligne[nom]:
                return connu
        return None

    def _joindre(self, code: str, fusion: Fusion, nom: str) -> Somme:
        """Say where a joined count is; return what it is the sum of, in whatever edition."""
        lignes, table = self.tables[code], self.cellules[code]
        cles: list[Cle] = []
        neuves: list[Cle] = []
        for rang in (fusion.vers, *fusion.de):
            if rang != fusion.vers and "mois" in lignes[rang]:
                vers = place(code, lignes[fusion.vers], nom)
                self.jointes[place(code, lignes[rang], nom)] = vers
            if lignes[rang][nom]:
                cles.append(self._fait(code, lignes[rang], nom) or table.seule(rang, nom))
                if cles[-1] not in self.vues:
                    self.valeurs[cles[-1]] = lignes[rang][nom]
                    neuves.append(cles[-1])
        if len(cles) > 1:  # what nothing joins is what is shown: there is nothing to hide in it
            self.tues.update(neuves)
        return Somme(table.cle(fusion.vers, nom), tuple(cles))

    def sommes(self) -> list[Somme]:
        """Return the sums within each table, then between them.

        Those of a series were seen to when each of its months was published.
        """
        evolution = tableaux().code("evolution") in self.tables
        sommes = [
            somme
            for code, table in self.cellules.items()
            for somme in table.sommes()
            if not (evolution and tableaux()[code].declare.faits.deja_vus)
        ]
        return [*sommes, *self.sommes_jointes, *filter(None, map(self._lier, self._liens()))]

    def reglages(self) -> dict[Cle, Hashable]:
        """Return the settings that make counts."""
        lus = (une for table in self.cellules.values() for une in table.reglages())
        return {cle: reglage for cle, reglage in lus if cle in self.valeurs}

    def _liens(self) -> Iterator[Lien]:
        """Yield the sums between tables, those of joined counts made one."""
        joints: dict[Place | Fait, Lien] = {}
        vers = set(self.jointes.values())
        for lien in liens(self.tables):
            total = self.jointes.get(lien.total, lien.total)
            parts = tuple(dict.fromkeys(self.jointes.get(un, un) for un in lien.parts))
            if total not in vers:
                yield replace(lien, parts=parts)
            else:
                autres = joints[total].parts if total in joints else ()
                # What joins elsewhere than its total does is of the rest.
                ici = (un for un in parts if un in autres or un not in vers)
                neuves = ici if lien.reste and lien.total in self.jointes else parts
                toutes = tuple(dict.fromkeys([*autres, *neuves]))
                joints[total] = replace(lien, total=total, parts=toutes)
        yield from joints.values()

    def _nom(self, un: Place | Fait) -> Cle:
        """Return the cell of a place or fact; a flow that did not change is what it first was."""
        nom = self.noms.get(un, un)
        return nom[:-1] if nom[0] == TOUTES and nom not in self.valeurs else nom

    def _lier(self, lien: Lien) -> Somme | None:
        total, *parts = (self._nom(un) for un in (lien.total, *lien.parts))
        if any(cle not in self.valeurs for cle in (total, *parts)):
            return None
        reste = self.valeurs[total] - sum(self.valeurs[part] for part in parts)
        # What two tables leave between them is known to who subtracts: a cell that nobody prints,
        # and that must be protected as if it were.
        if lien.reste or lien.revision:
            cle = (_REVISION if lien.revision else _RESTE, total, *parts)
            self.valeurs[cle] = reste
            if lien.revision:
                self.revisions.add(cle)
            parts.append(cle)
        elif reste:
            return None
        return Somme(total, tuple(parts)) if reste >= 0 or lien.revision else None

    def detenteurs(self, cle: Cle) -> frozenset[str]:
        """Return who knows a count: the commune and the EPCI, or the réservataire, that it is of.

        What has no known place is nobody's. Who knows two counts knows what they leave.
        """
        if cle[0] in _LAISSES:
            return frozenset.intersection(*(self.detenteurs(une) for une in cle[1:]))
        dits = cle[1] if isinstance(cle[1], tuple) else cle
        if not RESIDUS.isdisjoint(dits):
            return frozenset({INITIES} if _par_lieu(cle[0]) else ())
        siens = [un for un in dits if isinstance(un, str)]
        return frozenset().union(*map(_lieux_de, siens), *(SERVICES.get(un, ()) for un in siens))

    def masques(self) -> set[Cle]:
        """Return what is not shown by itself, and what was masked when it was published."""
        return self.tues | {un for un, (_, masque) in self.publies.items() if masque}

    def prix(self) -> dict[Cle, float]:
        """Return what is cheap or dear to mask: what is in no table, then what stands in several.

        What is out already is out of price.
        """
        prix = dict.fromkeys(self.valeurs, INVISIBLE)
        for table in self.cellules.values():
            for cle, sien in table.prix().items():
                prix[cle] = max(prix[cle], sien)
        fois = Counter(self.noms.values())
        communs = {cle for cle, nombre in fois.items() if nombre > 1}
        actives = {cle for cle in self.valeurs if cle[0] == PM and cle[2] == "ACTIVES"}
        prix |= {cle: COMMUNE * prix[cle] for cle in communs | actives}
        # What is said of all demandes is said first, before what leaves associations out.
        prix |= {cle: ESSENTIELLE * prix[cle] for cle in self.valeurs if _capitale(cle)}
        return prix | dict.fromkeys(self.publies.keys() | self.revisions, PUBLIEE)


def _capitale(cle: Any) -> bool:  # noqa: ANN401 - a fact, or the place of a cell
    """Tell whether a cell is the stock or a flow of all demandes, mutations or not."""
    return cle[0] == TOUTES and cle[2] in CAPITALES and cle[4] == "total"


@functools.cache
def _lieux_de(code: str) -> frozenset[str]:
    """Return a commune with its EPCI, or an EPCI, be it joined by another row; none for the rest.

    So has an arrondissement of Marseille the mairie that it is of.
    """
    sien = code.partition("+")[0]
    if un := territoires().get(sien):
        return frozenset(filter(None, (sien, un.epci, un.mere)))
    return frozenset({sien}) if sien in _epcis() else frozenset()


def _par_lieu(code: str) -> bool:
    """Tell whether a table has a row a place; `code` may be none's, as a fact has no table."""
    une = tableaux().get(code)
    return une is not None and (une.declare.par_epci or une.declare.role == ARRONDISSEMENTS)


@functools.cache
def _epcis() -> frozenset[str]:
    return frozenset(un.epci for un in territoires().values() if un.epci)


class _Cellules:
    """The counts of a table as cells, with the hidden ones that sums imply.

    `nommer` gives the cell of a row and column the name that it has in every table.
    """

    def __init__(
        self,
        plan: Plan,
        lignes: Sequence[Ligne],
        seuil: int,
        code: str = "",
        nommer: Nommer | None = None,
    ) -> None:
        self.code = code
        self.plan = plan
        self.seuil = seuil
        self.fusions = plan.fusionner(lignes, seuil)
        self.lignes = fusionner(plan, lignes, self.fusions)
        self.additions = plan.additions([reperes(une) for une in lignes])
        # Rows « Ensemble », one per typology wanted where the table is a matrix.
        self.ensembles = {
            ligne.get("code_recherche"): rang
            for rang, ligne in enumerate(lignes)
            if ligne.get("code", ligne.get("code_attribue")) == ENSEMBLE
        }
        self.reperes = _reperes(code, lignes)
        self.valeurs: dict[Cle, int] = {}
        self.noms: dict[tuple[Rang, str], Cle] = {}
        for rang, ligne in enumerate(self.lignes):
            for nom in plan.comptes:
                if isinstance(ligne[nom], int):
                    siens = self._joints(rang, nom)
                    cle: Cle = (*self.seule(rang, nom), *siens)
                    if nommer:
                        jointe = {"code": _joint(ligne, siens)} if siens else {}
                        cle = nommer(rang, nom, {**ligne, **jointe}, cle)
                    self.noms[rang, nom] = cle
                    self.valeurs[cle] = ligne[nom]
        self._completer()

    def _joints(self, rang: int, nom: str) -> list[str]:
        """Return the codes of the rows that join one in a column."""
        return [
            reperes(self.lignes[autre])["code"]
            for fusion in self.fusions
            if fusion.vers == rang and nom in fusion.colonnes
            for autre in fusion.de
        ]

    def prix(self) -> dict[Cle, float]:
        """Return what it costs readers not to see a cell of the table, beside its size."""
        return {cle: self._prix(rang, nom) for (rang, nom), cle in self.noms.items()}

    def _prix(self, rang: Rang, nom: str) -> float:
        if nom in self.plan.accessoires:
            return ACCESSOIRE
        if rang in self.ensembles.values() or nom in self.plan.essentiels:
            return ESSENTIELLE
        residu = isinstance(rang, int) and not RESIDUS.isdisjoint(_codes(self.lignes[rang]))
        return ACCESSOIRE if residu else ORDINAIRE

    def reglages(self) -> Iterator[tuple[Cle, Hashable]]:
        """Yield the counts that a setting makes, or leaves between two of them, and the setting."""
        for reglage, noms in self.plan.reglages.items():
            for rang, ligne in enumerate(self.lignes):
                for nom in (*noms, *self._restes(noms)):
                    yield self.cle(rang, nom), ligne[reglage]

    def cle(self, rang: Rang, nom: str) -> Cle:
        """Return the name of a cell, or of what a sum leaves."""
        return self.noms.get((rang, nom), self.seule(rang, nom))

    def seule(self, rang: Rang, nom: str) -> tuple[Hashable, ...]:
        """Return what names a cell in its table, from one edition to another: by its row's code."""
        if isinstance(rang, tuple):
            quoi, total, parts = rang
            return (
                self.code,
                (quoi, self.reperes[total], *(self.reperes[un] for un in parts)),
                nom,
            )
        return (self.code, self.reperes[rang] if isinstance(rang, int) else rang, nom)

    def _completer(self) -> None:
        """Add what sums leave and no row prints: « the others » of a column, of a group of rows."""
        for rang in range(len(self.lignes)):
            for total, parts in self.plan.sommes:
                if RESTE in parts:
                    autres = [self.cle(rang, part) for part in parts if part != RESTE]
                    reste = self.cle(rang, _reste(total, parts))
                    self._deduire(reste, self.cle(rang, total), autres)
        for nom in self._colonnes():
            for addition in self._additions(nom):
                if addition.reste:
                    autres = [self.cle(part, nom) for part in addition.parts]
                    reste = self.cle(_autres(addition), nom)
                    self._deduire(reste, self.cle(addition.total, nom), autres)

    def _deduire(self, cle: Cle, total: Cle, parts: Sequence[Cle]) -> None:
        if total in self.valeurs and all(part in self.valeurs for part in parts):
            reste = self.valeurs[total] - sum(self.valeurs[part] for part in parts)
            if reste >= 0:
                self.valeurs[cle] = reste

    def _colonnes(self) -> list[str]:
        """Return the counts, told or left by a sum, that add up from row to row."""
        plan = self.plan
        comptes = [nom for nom in plan.comptes if nom not in plan.constantes]
        return [*comptes, *self._restes(comptes)]

    def _restes(self, totaux: Collection[str]) -> list[str]:
        """Return what sums leave of these counts."""
        return [
            _reste(total, parts)
            for total, parts in self.plan.sommes
            if RESTE in parts and total in totaux
        ]

    def sommes(self) -> Iterator[Somme]:
        """Yield the sums along rows, then from row to row."""
        rangs: list[Rang] = [*range(len(self.lignes)), *map(_autres, self.additions)]
        for rang in rangs:
            for total, parts in self.plan.sommes:
                noms = [_reste(total, parts) if part == RESTE else part for part in parts]
                yield Somme(self.cle(rang, total), tuple(self.cle(rang, nom) for nom in noms))
        for nom in self._colonnes():
            for addition in self._additions(nom):
                reste = [_autres(addition)] if addition.reste else []
                rangs_parts: list[Rang] = [*addition.parts, *reste]
                parts_cles = tuple(self.cle(rang, nom) for rang in rangs_parts)
                yield Somme(self.cle(addition.total, nom), parts_cles)

    def _additions(self, nom: str) -> list[Addition]:
        """Return the rows that add up in a column, where some are joined with others."""
        vers = {
            rang: fusion.vers
            for fusion in self.fusions
            if nom in (*fusion.colonnes, *self._restes(fusion.colonnes))
            for rang in fusion.de
        }
        if not vers:
            return self.additions
        # A row that others join has their parts too; those that have none are left.
        parts_de: dict[int, tuple[int, ...]] = {}
        autres = []
        for une in self.additions:
            parts = tuple(part for part in une.parts if part not in vers)
            total = vers.get(une.total, une.total)
            if total in vers.values():
                parts_de[total] = (*parts_de.get(total, ()), *parts)
            else:
                autres.append(replace(une, parts=parts))
        sans_parts = set(vers) - {une.total for une in self.additions}
        for total, parts in parts_de.items():
            reste = total in {vers[rang] for rang in sans_parts}
            autres.append(Addition(total, parts, reste))
        return autres

    def caches(self, masquees: Collection[Cle]) -> Caches:
        """Return the columns that each row must hide: masked cells, and what tells of them."""
        caches = {rang: self._caches(rang, masquees) for rang in range(len(self.lignes))}
        return {rang: noms for rang, noms in caches.items() if noms}

    def _caches(self, rang: int, masquees: Collection[Cle]) -> frozenset[str]:
        plan = self.plan
        ensemble = self.ensembles.get(self.lignes[rang].get("code_recherche"))
        cachees = {nom for nom in plan.comptes if self.cle(rang, nom) in masquees}
        cachees |= {
            nom for nom, source in plan.repetes.items() if self.cle(ensemble, source) in masquees
        }
        cachees |= {
            nom
            for nom, source in plan.cumuls.items()
            if any(self.cle(autre, source) in masquees for autre in range(len(self.lignes)))
        }
        # In two turns: a derived column may rest on another one.
        for _ in range(2):
            cachees |= {nom for nom, de in plan.derives.items() if not cachees.isdisjoint(de)}
        return frozenset(
            nom
            for nom in cachees
            if nom not in plan.arrondis or not self._dicible(rang, nom, cachees)
        )

    def _dicible(self, rang: int, nom: str, cachees: Collection[str]) -> bool:
        """Tell whether a rounded ratio leaves what it is out of in twice the threshold or more."""
        numerateur, denominateur = self.plan.derives[nom]
        n, d = self.lignes[rang][numerateur], self.lignes[rang][denominateur]
        if numerateur in cachees or n is None or not d:
            return False
        return bool(n == 0 or d * d >= 2 * self.seuil * n * 10**_POURCENT)


def _reperes(code: str, lignes: Sequence[Ligne]) -> list[Hashable]:
    """Return what tells each row from the others."""
    reperes = [place(code, ligne, "")[1] for ligne in lignes]
    fois = Counter(reperes)
    return [un if fois[un] == 1 else (*un, rang) for rang, un in enumerate(reperes)]


def _codes(ligne: Ligne) -> list[object]:
    return [ligne.get(nom) for nom in ("code", "code_recherche", "code_attribue")]


def _joint(ligne: Ligne, siens: Iterable[str]) -> str:
    return "+".join([reperes(ligne)["code"], *siens])


def _reste(total: str, parts: Iterable[str]) -> str:
    return f"{total} - {' - '.join(part for part in parts if part != RESTE)}"


def _autres(addition: Addition) -> Rang:
    return ("autres", addition.total, addition.parts)
