"""How a standard table may give a masked count away: sums along its rows and down them."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, TypedDict, cast

from infocentre.contrat.territoires import territoires

RESTE = "reste"
ENSEMBLE = "*"
# Codes of the rows for what nobody told, or told with a code of no list.
RESIDUS = frozenset({"NR", "HL"})
PREMIERE = "premiere"

Ligne = Mapping[str, Any]
Code = Literal["code", "code_recherche", "code_attribue"]
Colonnes = Mapping[str, tuple[str, ...]]
Noms = Mapping[str, str]


class Reperes(TypedDict, total=False):
    """What a row of a standard table says beside its figures: each table has some of it."""

    departement: str
    mois: str
    code: str
    code_recherche: str
    code_attribue: str
    code_livraison: str
    libelle: str
    dimension: str
    niveau: str
    periode: str
    fenetre: str


def reperes(ligne: Ligne) -> Reperes:
    """Return a row as what it says beside its figures, which a computed name gives."""
    return cast("Reperes", ligne)


@dataclass(frozen=True, slots=True)
class Addition:
    """A row that is the sum of others; `reste` when others are left that the table hides."""

    total: int
    parts: tuple[int, ...]
    reste: bool = False


@dataclass(frozen=True, slots=True)
class Fusion:
    """Rows shown with another one in some columns, rather than masked with its protectors."""

    vers: int
    de: tuple[int, ...]
    colonnes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Plan:
    """How a table may give a count away; every name is a column.

    `sommes`: total and its parts, RESTE for what the parts leave. `accessoires`: counts that
    readers miss least, hidden first; `essentiels`: those that they come for, hidden last, as is
    the row « Ensemble ». `repetes`: a column that repeats, on every row, a
    count of the row « Ensemble ». `derives`: what it is computed from. `cumuls`: hidden as soon
    as a count of that column is masked. `additions`: rows that add up to another, in every
    count but the `constantes`, which stand the same on each row. `fusions`: a residual row and
    the code of the one that it joins while it is small, PREMIERE for the largest of its level.
    `arrondis`: ratios told to a whole percent where what they are out of is masked alone.
    `reglages`: columns that repeat a setting, and the counts that it makes, one more or less of
    which counts all that the other one does: who has both tells what is between.
    """

    comptes: tuple[str, ...]
    sommes: tuple[tuple[str, tuple[str, ...]], ...] = ()
    accessoires: tuple[str, ...] = ()
    essentiels: tuple[str, ...] = ()
    repetes: Noms = field(default_factory=dict)
    derives: Colonnes = field(default_factory=dict)
    cumuls: Noms = field(default_factory=dict)
    additions: Callable[[Sequence[Reperes]], list[Addition]] = lambda _: []
    constantes: tuple[str, ...] = ()
    fusions: Noms = field(default_factory=dict)
    arrondis: tuple[str, ...] = ()
    reglages: Colonnes = field(default_factory=dict)

    def groupes(self) -> list[tuple[str, ...]]:
        """Return the counts that sums bind to one another, constants left out."""
        groupes = [{nom} for nom in self.comptes if nom not in self.constantes]
        for total, parts in self.sommes:
            lies = {total, *parts}
            touches = [un for un in groupes if un & lies]
            groupes = [un for un in groupes if not un & lies] + [set().union(*touches)]
        retenus = [tuple(nom for nom in self.comptes if nom in un) for un in groupes if un]
        return sorted(retenus, key=lambda noms: self.comptes.index(noms[0]))

    def fusionner(self, lignes: Sequence[Ligne], seuil: int) -> list[Fusion]:
        """Return the residual rows that join another one, each time a whole group of counts."""
        return [
            Fusion(vers, de, groupe)
            for groupe in (self.groupes() if self.fusions else ())
            for vers, de in self._jointes(lignes, seuil, groupe).items()
        ]

    def _jointes(
        self, lignes: Sequence[Ligne], seuil: int, groupe: tuple[str, ...]
    ) -> dict[int, tuple[int, ...]]:
        jointes: dict[int, tuple[int, ...]] = {}
        for nom, vers in self.fusions.items():
            for rang, ligne in enumerate(lignes):
                code = reperes(ligne).get("code")
                if nom not in {code, f"{_niveau(ligne)}/{code}"}:
                    continue
                cible = _cible(lignes, rang, vers, groupe[0])
                siennes = (rang, *jointes.get(rang, ()))
                sommes = (sum(lignes[un][colonne] or 0 for un in siennes) for colonne in groupe)
                if cible is not None and 0 < max(sommes) < seuil:
                    jointes.pop(rang, None)
                    jointes[cible] = (*jointes.get(cible, ()), *siennes)
        return jointes


def _niveau(ligne: Ligne) -> str | None:
    """Return what the row is a part of, in a table that has several distributions."""
    sienne = reperes(ligne)
    return sienne.get("niveau", sienne.get("dimension"))


def _cible(lignes: Sequence[Ligne], rang: int, vers: str, colonne: str) -> int | None:
    """Return the row that another one joins, None when it is not there."""
    codes = {
        autre: reperes(ligne)["code"]
        for autre, ligne in enumerate(lignes)
        if _niveau(ligne) == _niveau(lignes[rang]) and autre != rang
    }
    autres = [
        autre
        for autre, code in codes.items()
        if code == vers or (vers == PREMIERE and code != ENSEMBLE)
    ]
    return max(autres, key=lambda un: (lignes[un][colonne] or 0, codes[un]), default=None)


# --- Rows that add up -----------------------------------------------------------------------------


def _ensemble(lignes: Sequence[Reperes]) -> list[Addition]:
    """The row « Ensemble » is the sum of the others."""
    return _grouper(lignes, "code")


def _grouper(
    lignes: Sequence[Reperes], colonne: Code, retenus: Iterable[int] | None = None
) -> list[Addition]:
    rangs = range(len(lignes)) if retenus is None else list(retenus)
    totaux = [rang for rang in rangs if lignes[rang][colonne] == ENSEMBLE]
    parts = tuple(rang for rang in rangs if lignes[rang][colonne] != ENSEMBLE)
    return [Addition(total, parts) for total in totaux[:1] if parts]


def _dimensions(lignes: Sequence[Reperes]) -> list[Addition]:
    """The modalities of each dimension add up to the row « Ensemble » of all."""
    totaux = [rang for rang, ligne in enumerate(lignes) if ligne["code"] == ENSEMBLE]
    parts: dict[str, list[int]] = {}
    for rang, ligne in enumerate(lignes):
        if ligne["code"] != ENSEMBLE:
            parts.setdefault(ligne["dimension"], []).append(rang)
    return [Addition(total, tuple(siennes)) for total in totaux for siennes in parts.values()]


def _matrice(lignes: Sequence[Reperes]) -> list[Addition]:
    """Each typology wanted, then each one attributed, adds up to its « Ensemble »."""
    additions = []
    sens: tuple[tuple[Code, Code], ...] = (
        ("code_recherche", "code_attribue"),
        ("code_attribue", "code_recherche"),
    )
    for fixe, autre in sens:
        for code in dict.fromkeys(ligne[fixe] for ligne in lignes):
            rangs = [rang for rang, ligne in enumerate(lignes) if ligne[fixe] == code]
            additions += _grouper(lignes, autre, rangs)
    return additions


def _territoires(lignes: Sequence[Reperes]) -> list[Addition]:
    """The département is the sum of its EPCI, an EPCI of its communes, Marseille of its own."""
    connus = territoires()
    niveaux: dict[str, dict[str, int]] = {}
    for rang, ligne in enumerate(lignes):
        niveaux.setdefault(ligne["niveau"], {})[ligne["code"]] = rang
    enfants: dict[int, list[int]] = {}
    if "epci" in niveaux:
        enfants[niveaux["departement"][ENSEMBLE]] = list(niveaux["epci"].values())
    for code, rang in niveaux.get("commune", {}).items():
        epci = connus[code].epci if code in connus else ""
        enfants.setdefault(niveaux["epci"][epci or "NR"], []).append(rang)
    for code, rang in niveaux.get("arrondissement", {}).items():
        enfants.setdefault(niveaux["commune"][connus[code].mere], []).append(rang)
    return [Addition(total, tuple(parts)) for total, parts in enfants.items() if parts]


_FENETRES = ("mois", "trimestre", "12_mois")
_FLUX = {"DEPOTS", "RADIATIONS"}
_STOCK = {"ACTIVES", "ACTIVES_UN_JOUR"}


def _fenetres(lignes: Sequence[Reperes]) -> list[Addition]:
    """Radiations are the sum of their motives, a window holds the shorter one, and so on."""
    rang = {(ligne["code"], ligne["fenetre"]): n for n, ligne in enumerate(lignes)}
    codes = dict.fromkeys(ligne["code"] for ligne in lignes if ligne["code"] not in _STOCK)
    motifs = [code for code in codes if code not in _FLUX]
    additions = [
        Addition(rang["RADIATIONS", fenetre], tuple(rang[motif, fenetre] for motif in motifs))
        for fenetre in _FENETRES
    ]
    additions += [
        Addition(rang[code, longue], (rang[code, courte],), reste=True)
        for code in codes
        for courte, longue in itertools.pairwise(_FENETRES)
    ]
    un_jour = rang["ACTIVES_UN_JOUR", "12_mois"]
    parts = (rang["ACTIVES", "arrete"], rang["RADIATIONS", "12_mois"])
    return [*additions, Addition(un_jour, parts)]


# --- Plans ----------------------------------------------------------------------------------------

_TROIS = ("total", "mutations", "hors_mutation")
_MUTATIONS = ("total", ("mutations", "hors_mutation"))


REPARTITION = Plan(
    comptes=_TROIS,
    sommes=(_MUTATIONS,),
    repetes={f"{nom}_ensemble": nom for nom in _TROIS},
    derives={f"part_{nom}": (nom, f"{nom}_ensemble") for nom in _TROIS},
    additions=_ensemble,
    fusions={"HL": "NR"},
)
SERIE = Plan(
    comptes=(
        "demandes_actives",
        "demandes_actives_mutations",
        "demandes_actives_hors_mutation",
        "depots",
        "radiations",
        "attributions",
        "attributions_hors_mutation",
        "non_renouvellements",
        "abandons",
        "irrecevabilites",
        "attributions_12_mois",
        "attributions_12_mois_hors_mutation",
        "demandes_actives_precedentes",
    ),
    sommes=(
        ("demandes_actives", ("demandes_actives_mutations", "demandes_actives_hors_mutation")),
        (
            "radiations",
            ("attributions", "non_renouvellements", "abandons", "irrecevabilites", RESTE),
        ),
        ("attributions", ("attributions_hors_mutation", RESTE)),
        ("attributions_12_mois", ("attributions_12_mois_hors_mutation", RESTE)),
    ),
    derives={
        "evolution_demandes_actives": ("demandes_actives", "demandes_actives_precedentes"),
        "demandes_pour_une_attribution": ("demandes_actives", "attributions_12_mois"),
        "demandes_pour_une_attribution_hors_mutation": (
            "demandes_actives_hors_mutation",
            "attributions_12_mois_hors_mutation",
        ),
    },
)
PRESSION = Plan(
    comptes=(
        "demandes_actives",
        "demandes_actives_hors_mutation",
        "attributions",
        "attributions_hors_mutation",
    ),
    sommes=(
        ("attributions", ("attributions_hors_mutation", RESTE)),
        ("demandes_actives", ("demandes_actives_hors_mutation", RESTE)),
    ),
    derives={
        "demandes_pour_une_attribution": ("demandes_actives", "attributions"),
        "demandes_pour_une_attribution_hors_mutation": (
            "demandes_actives_hors_mutation",
            "attributions_hors_mutation",
        ),
    },
    additions=_ensemble,
)
# The forms that several tables share, and the ways rows add up, by what a declaration names.
FORMES: Mapping[str, Plan] = {
    "repartition": REPARTITION,
    "serie": SERIE,
    "pression": PRESSION,
}
ADDITIONS: Mapping[str, Callable[[Sequence[Reperes]], list[Addition]]] = {
    "ensemble": _ensemble,
    "dimensions": _dimensions,
    "matrice": _matrice,
    "territoires": _territoires,
    "fenetres": _fenetres,
}
