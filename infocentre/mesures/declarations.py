"""What is declared of a standard table beside its SQL, in queries/tableaux/<code>.yml.

The header of the SQL says what its SELECT gives; this says what is made of it: by what role the
documents name it, where the pages list it, how it could give a masked count away, its picture.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Literal, get_args

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from infocentre.mesures.impressions import Impression
from infocentre.mesures.plans import ADDITIONS, FORMES, RESTE, Plan
from infocentre.noyau.champs import refus_champs
from infocentre.noyau.erreurs import Refus
from infocentre.noyau.fichiers_yaml import lire_yaml

# What the documents and the pages name a table by. A role that no table has is a table that
# nothing calculates; a table without a role is listed, exported and masked as any other.
Role = Literal[
    "evolution",
    "evolution_associations",
    "serie_trimestres",
    "serie_annees",
    "serie_mois",
    "anciennete",
    "age",
    "nationalite",
    "taille_menage",
    "composition_familiale",
    "situation_professionnelle",
    "situation_familiale",
    "revenus",
    "plafond_demandes",
    "motifs",
    "depots",
    "delai_anormal",
    "typologies_recherchees",
    "communes_souhaitees",
    "attributions",
    "delais",
    "typologies",
    "reservataires",
    "prioritaires",
    "mixite_hors_qpv",
    "mixite_en_qpv",
    "logement_dabord",
    "territoires",
    "plafond_attributions",
    "arrondissements",
    "logement_actuel",
    "dalo_en_attente",
    "pression_typologies",
    "pression_compositions",
    "profil",
    "flux_12_mois",
    "flux_mois",
    "flux_semestres",
]
ROLES: frozenset[str] = frozenset(get_args(Role))


def nom_genre(role: str) -> str:
    """Return the name of the type of the rows of a role: LogementDabord of logement_dabord."""
    return "".join(un.capitalize() for un in role.split("_"))


_GENRES: Mapping[str, Role] = {nom_genre(role): role for role in get_args(Role)}


def role_du_genre(genre: type) -> Role:
    """Return the role of the tables whose rows have a type of lignes_tableaux."""
    return _GENRES[genre.__name__]


# What tells the rows of a table apart, which counts nothing.
_REPERES = frozenset("departement mois code libelle niveau fenetre periode dimension".split())
_CORRIGER = "Corriger ce fichier de queries/tableaux/, puis recommencer."


class _Fige(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class PlanDeclare(_Fige):
    """How a table may give a count away (see Plan), over what a form that several share says.

    `reglages`: columns that repeat a setting, which nobody counted, and the counts that it makes.
    """

    forme: Literal["repartition", "serie", "pression"] | None = None
    comptes: tuple[str, ...] = ()
    sommes: tuple[dict[str, tuple[str, ...]], ...] = ()
    accessoires: tuple[str, ...] = ()
    essentiels: tuple[str, ...] = ()
    repetes: dict[str, str] = {}
    derives: dict[str, tuple[str, ...]] = {}
    cumuls: dict[str, str] = {}
    constantes: tuple[str, ...] = ()
    fusions: dict[str, str] = {}
    arrondis: tuple[str, ...] = ()
    reglages: dict[str, tuple[str, ...]] = {}
    additions: Literal["ensemble", "dimensions", "matrice", "territoires", "fenetres"] | None = None

    @property
    def plan(self) -> Plan:
        """Return the plan that masks."""
        base = FORMES[self.forme] if self.forme else Plan(())
        return Plan(
            comptes=base.comptes + self.comptes,
            sommes=base.sommes + tuple(une for somme in self.sommes for une in somme.items()),
            accessoires=base.accessoires + self.accessoires,
            essentiels=base.essentiels + self.essentiels,
            repetes={**base.repetes, **self.repetes},
            derives={**base.derives, **self.derives},
            cumuls={**base.cumuls, **self.cumuls},
            additions=ADDITIONS[self.additions] if self.additions else base.additions,
            constantes=base.constantes + self.constantes,
            fusions={**base.fusions, **self.fusions},
            arrondis=base.arrondis + self.arrondis,
            reglages=self.reglages,
        )


class Serie(_Fige):
    """A row per period: the window of the evolution of the stock that it repeats, its months."""

    fenetre: str
    mois: int


# Population (toutes, PM, PP), code, window and column of the evolution of the stock.
FaitDeclare = tuple[str, str, str, str]


class Faits(_Fige):
    """The counts of a table that other tables print too (see liens).

    `evolution`: every row is one of the evolution of the stock of a population. `ensemble`: those
    of its row « Ensemble », `partout`: of every row, by column. `mois_par_mois`: the code whose
    months are its rows. `comme`: columns that stand, row by row, in the table of a role;
    `dimensions`: the same for the rows of each dimension of the table. `flux`: columns that count
    a flow of the month or semester of the row, its code and column in the evolution of the stock;
    `relus`: as an earlier table of the same flows told them.
    """

    evolution: Literal["toutes", "PM", "PP"] | None = None
    serie: Serie | None = None
    ensemble: dict[str, FaitDeclare] = {}
    partout: dict[str, FaitDeclare] = {}
    mois_par_mois: str | None = None
    comme: dict[str, tuple[Role, str]] = {}
    dimensions: dict[str, dict[str, tuple[Role, str]]] = {}
    flux: dict[str, tuple[str, str]] = {}
    relus: bool = False

    def repetes(self, dimension: str | None) -> dict[str, tuple[Role, str]]:
        """Return the columns of a row that stand in another table: its role, its column."""
        return self.comme | self.dimensions.get(dimension or "", {})

    @property
    def deja_vus(self) -> bool:
        """Tell whether every row was seen to when another table, of its month, was masked."""
        return self.serie is not None or self.relus

    @property
    def ailleurs(self) -> set[tuple[Role, str]]:
        """The (role, column) that rows of this table repeat."""
        return {lieu for un in (self.comme, *self.dimensions.values()) for lieu in un.values()}


class MesureCarte(_Fige):
    """What a map shows: a ratio in shades when it has an `effectif`, else a count in circles."""

    nom: str
    choix: str
    colonne: str
    effectif: str | None = None


class ImageDeclaree(_Fige):
    """The picture of a table: its form, then what that form is told."""

    forme: Literal[
        "aucune",
        "evolution",
        "serie",
        "repartition",
        "plafonds",
        "depots_par_mois",
        "delai_anormal",
        "attributions_par_mois",
        "delais",
        "matrice",
        "reservataires_dalo",
        "mixite",
        "logement_dabord",
        "arrondissements",
        "carte",
        "dalo",
        "flux",
        "pression",
        "profil",
    ]
    nom: str = "demandes"
    trier: bool = False
    total: str = ""
    voulues: str = ""
    titre: str = ""
    mesures: dict[str, MesureCarte] = {}


class Declaration(_Fige):
    """What is declared of a table.

    `theme`: chapter and heading of the list, `rang`: its place there. `par_epci`: it has a row
    per EPCI. `sans_ligne`: what is not there when it has no row, {arrete} standing for the date.
    """

    role: Role | None = None
    theme: tuple[str, str]
    rang: int
    par_epci: bool = False
    sans_ligne: str = Field(min_length=1)
    plan: PlanDeclare
    faits: Faits = Faits()
    image: ImageDeclaree
    imprime: Impression = Impression()

    def exiger_colonnes(self, colonnes: tuple[str, ...], fichier: str) -> None:
        """Raise Refus for a column that is named and not there, or there and not in the plan.

        What the plan forgets would be shown when it should be masked.
        """
        nommees = list(_nommees(self))
        for champ, nom in nommees:
            if nom not in colonnes:
                quoi = f"champ « {champ} » : le tableau n'a pas de colonne « {nom} »"
                raise Refus(quoi, fichier, _CORRIGER)
        dites = _REPERES | {nom for champ, nom in nommees if champ == "plan"}
        for nom in colonnes:
            if nom not in dites and not nom.startswith(("code_", "libelle_")):
                quoi = f"champ « plan » : il ne dit rien de la colonne « {nom} »"
                raise Refus(quoi, fichier, "La compter, la dériver, ou la dire un réglage.")


def lire_declaration(chemin: Path) -> Declaration:
    """Read and validate one file; raises Refus that names it and its field."""
    if not chemin.exists():
        raise Refus("ce qui est déclaré de ce tableau manque", chemin.name, "Écrire ce fichier.")
    try:
        return Declaration.model_validate(lire_yaml(chemin, "un tableau"))
    except ValidationError as erreur:
        raise refus_champs(erreur, chemin.name, " d'un tableau") from None


def _nommees(une: Declaration) -> Iterator[tuple[str, str]]:
    """Yield the field and the name of every column that a declaration names."""
    plan = une.plan.plan
    groupes: Mapping[str, Any] = {
        "plan": [
            *plan.comptes,
            *plan.constantes,
            *plan.accessoires,
            *plan.essentiels,
            *plan.reglages,
            *(nom for noms in plan.reglages.values() for nom in noms),
            *(nom for total, parts in plan.sommes for nom in (total, *parts) if nom != RESTE),
            *(nom for noms in (plan.repetes, plan.cumuls) for nom in noms),
            *(nom for noms in (plan.repetes, plan.cumuls) for nom in noms.values()),
            *plan.derives,
            *plan.arrondis,
            *(nom for noms in plan.derives.values() for nom in noms),
        ],
        "faits": [*une.faits.partout],
        "imprime": sorted(une.imprime.nommees),
        "image": [
            *filter(None, (une.image.total, une.image.voulues)),
            *(mesure.colonne for mesure in une.image.mesures.values()),
        ],
    }
    for champ, noms in groupes.items():
        for nom in noms:
            yield champ, nom
