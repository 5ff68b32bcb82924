"""How each standard table may give a masked count away: sums along its rows and down them."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from infocentre.contrat.territoires import territoires

RESTE = "reste"
ENSEMBLE = "*"

Ligne = Mapping[str, Any]
Colonnes = Mapping[str, tuple[str, ...]]
Noms = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Addition:
    """A row that is the sum of others; `reste` when others are left that the table hides."""

    total: int
    parts: tuple[int, ...]
    reste: bool = False


@dataclass(frozen=True, slots=True)
class Plan:
    """How a table may give a count away; every name is a column.

    `sommes`: total and its parts, RESTE for what the parts leave. `jumeaux`: a count masked where
    another one is, since it hardly differs. `repetes`: a column that repeats, on every row, a
    count of the row « Ensemble ». `derives`: what it is computed from. `cumuls`: hidden as soon
    as a count of that column is masked. `additions`: rows that add up to another, in every
    count but the `constantes`, which stand the same on each row.
    """

    comptes: tuple[str, ...]
    sommes: tuple[tuple[str, tuple[str, ...]], ...] = ()
    jumeaux: Noms = field(default_factory=dict)
    repetes: Noms = field(default_factory=dict)
    derives: Colonnes = field(default_factory=dict)
    cumuls: Noms = field(default_factory=dict)
    additions: Callable[[Sequence[Ligne]], list[Addition]] = lambda _: []
    constantes: tuple[str, ...] = ()


# --- Rows that add up -----------------------------------------------------------------------------


def _ensemble(lignes: Sequence[Ligne]) -> list[Addition]:
    """The row « Ensemble » is the sum of the others."""
    return _grouper(lignes, "code")


def _grouper(
    lignes: Sequence[Ligne], colonne: str, retenus: Iterable[int] | None = None
) -> list[Addition]:
    rangs = range(len(lignes)) if retenus is None else list(retenus)
    totaux = [rang for rang in rangs if lignes[rang][colonne] == ENSEMBLE]
    parts = tuple(rang for rang in rangs if lignes[rang][colonne] != ENSEMBLE)
    return [Addition(total, parts) for total in totaux[:1] if parts]


def _matrice(lignes: Sequence[Ligne]) -> list[Addition]:
    """Each typology wanted, then each one attributed, adds up to its « Ensemble »."""
    additions = []
    for fixe, autre in (
        ("code_recherche", "code_attribue"),
        ("code_attribue", "code_recherche"),
    ):
        for code in dict.fromkeys(ligne[fixe] for ligne in lignes):
            rangs = [rang for rang, ligne in enumerate(lignes) if ligne[fixe] == code]
            additions += _grouper(lignes, autre, rangs)
    return additions


def _territoires(lignes: Sequence[Ligne]) -> list[Addition]:
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


def _fenetres(lignes: Sequence[Ligne]) -> list[Addition]:
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


def _repartition(
    additions: Callable[[Sequence[Ligne]], list[Addition]] = _ensemble,
    cumuls: Noms | None = None,
    derives: Colonnes | None = None,
) -> Plan:
    """Counts in total, mutations and hors mutation, each with its share of « Ensemble »."""
    return Plan(
        comptes=_TROIS,
        sommes=(_MUTATIONS,),
        repetes={f"{nom}_ensemble": nom for nom in _TROIS},
        derives={**{f"part_{nom}": (nom, f"{nom}_ensemble") for nom in _TROIS}, **(derives or {})},
        cumuls=cumuls or {},
        additions=additions,
    )


_PLAFOND = dict.fromkeys(("plafond_connu", "sous_le_plafond", "part_sous_le_plafond"), "total")
_ANCIENNETE: Colonnes = {
    f"anciennete_{mesure}{suffixe}_mois": (nom,)
    for mesure in ("moyenne", "mediane")
    for nom, suffixe in zip(_TROIS, ("", "_mutations", "_hors_mutation"), strict=True)
}
_POUR_UNE: Colonnes = {
    "demandes_pour_une_attribution": ("demandes_actives", "attributions"),
    "demandes_pour_une_attribution_hors_mutation": (
        "demandes_actives_hors_mutation",
        "attributions_hors_mutation",
    ),
}
_TERRITOIRES = Plan(
    comptes=(
        "attributions",
        "attributions_hors_mutation",
        "demandes_actives",
        "demandes_actives_hors_mutation",
    ),
    sommes=(
        ("attributions", ("attributions_hors_mutation", RESTE)),
        ("demandes_actives", ("demandes_actives_hors_mutation", RESTE)),
    ),
    derives=_POUR_UNE,
    additions=_territoires,
)
_SERIE = Plan(
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


def _mixite(total: str, voulues: str) -> Plan:
    """One side of Égalité et citoyenneté: `voulues` among the attributions of `total`."""
    connu = f"{total}_revenu_connu"
    return Plan(
        comptes=(total, voulues),
        sommes=((total, (voulues, RESTE)),),
        jumeaux={connu: total},
        derives={"part_du_total": (voulues, total), "part_revenu_connu": (voulues, connu)},
        additions=_ensemble,
    )


PLANS: Mapping[str, Plan] = {
    "TAB01-01": Plan(_TROIS, (_MUTATIONS,), additions=_fenetres),
    "TAB01-02": Plan(_TROIS, (_MUTATIONS,), additions=_fenetres),
    **dict.fromkeys(("TAB02-01", "TAB02-02", "TAB02-03"), _SERIE),
    "TAB03-01": _repartition(derives=_ANCIENNETE),
    **dict.fromkeys([f"TAB03-0{rang}" for rang in range(2, 9)], _repartition()),
    "TAB03-09": _repartition(cumuls=_PLAFOND),
    "ATT-01": Plan(
        (
            *_TROIS,
            "demandes_actives",
            "demandes_actives_mutations",
            "demandes_actives_hors_mutation",
        ),
        (
            _MUTATIONS,
            ("demandes_actives", ("demandes_actives_mutations", "demandes_actives_hors_mutation")),
        ),
        derives={
            "demandes_pour_une_attribution": ("demandes_actives", "total"),
            "demandes_pour_une_attribution_mutations": (
                "demandes_actives_mutations",
                "mutations",
            ),
            "demandes_pour_une_attribution_hors_mutation": (
                "demandes_actives_hors_mutation",
                "hors_mutation",
            ),
        },
        additions=_ensemble,
    ),
    "ATT-02": Plan(
        ("attributions", "attributions_hors_mutation"),
        (("attributions", ("attributions_hors_mutation", RESTE)),),
        jumeaux={
            "delais_connus": "attributions",
            "delais_connus_hors_mutation": "attributions_hors_mutation",
        },
        derives={
            **{f"delai_{mesure}_mois": ("attributions",) for mesure in ("moyen", "median")},
            **{
                f"delai_{mesure}_hors_mutation_mois": ("attributions_hors_mutation",)
                for mesure in ("moyen", "median")
            },
        },
        additions=_ensemble,
    ),
    "ATT-03": Plan(
        ("attributions",),
        repetes={"attributions_du_souhait": "attributions"},
        derives={"part_du_souhait": ("attributions", "attributions_du_souhait")},
        additions=_matrice,
    ),
    "ATT-04": _repartition(),
    "ATT-05": Plan(
        ("attributions", "dalo", "prioritaires", "attribuees_au_titre_du_dalo"),
        (
            ("attributions", ("prioritaires", RESTE)),
            ("prioritaires", ("dalo", RESTE)),
            ("attributions", ("attribuees_au_titre_du_dalo", RESTE)),
        ),
        derives={
            "part_dalo": ("dalo", "attributions"),
            "part_prioritaires": ("prioritaires", "attributions"),
            "manquantes": ("prioritaires", "attributions"),
        },
        additions=_ensemble,
    ),
    "ATT-06": _mixite("attributions_hors_qpv", "premier_quartile_ou_anru"),
    "ATT-07": _mixite("attributions_en_qpv", "quartiles_2_a_4"),
    "ATT-08": Plan(
        (
            "attributions_mois",
            "attributions_annee",
            "attributions_12_mois",
            "toutes_attributions_annee",
            "toutes_attributions_12_mois",
        ),
        (
            ("attributions_annee", ("attributions_mois", RESTE)),
            ("attributions_12_mois", ("attributions_annee", RESTE)),
            ("toutes_attributions_annee", ("attributions_annee", RESTE)),
            ("toutes_attributions_12_mois", ("attributions_12_mois", RESTE)),
        ),
        derives={
            "part_annee": ("attributions_annee", "toutes_attributions_annee"),
            "part_12_mois": ("attributions_12_mois", "toutes_attributions_12_mois"),
            "realise_sur_prorata": ("attributions_annee",),
        },
        additions=_ensemble,
        constantes=("toutes_attributions_annee", "toutes_attributions_12_mois"),
    ),
    "ATT-09": _TERRITOIRES,
    "ATT-10": _repartition(cumuls=_PLAFOND),
    "ATT-11": Plan(
        ("attributions", "prioritaires", "toutes_attributions_annee", "logement_dabord_annee"),
        (
            ("attributions", ("prioritaires", RESTE)),
            ("attributions", ("toutes_attributions_annee", RESTE)),
            ("toutes_attributions_annee", ("logement_dabord_annee", RESTE)),
        ),
        derives={
            "part_prioritaires": ("prioritaires", "attributions"),
            "manquantes": ("prioritaires", "attributions"),
            "part_annee": ("logement_dabord_annee", "toutes_attributions_annee"),
        },
        additions=_ensemble,
    ),
    "DEM-01": _repartition(),
    "DEM-02": Plan(
        (*_TROIS, "portail"),
        (_MUTATIONS, ("total", ("portail", RESTE))),
        derives={"part_portail": ("portail", "total")},
        additions=_ensemble,
    ),
    "DEM-03": Plan(
        (
            "demandes",
            "demandes_hors_mutation",
            "au_dela_du_delai",
            "au_dela_du_delai_hors_mutation",
        ),
        (
            ("demandes", ("demandes_hors_mutation", RESTE)),
            ("demandes", ("au_dela_du_delai", RESTE)),
            ("demandes_hors_mutation", ("au_dela_du_delai_hors_mutation", RESTE)),
            ("au_dela_du_delai", ("au_dela_du_delai_hors_mutation", RESTE)),
        ),
        derives={
            "part_au_dela": ("au_dela_du_delai", "demandes"),
            "part_au_dela_hors_mutation": (
                "au_dela_du_delai_hors_mutation",
                "demandes_hors_mutation",
            ),
        },
        additions=_ensemble,
    ),
    "DEM-04": _repartition(),
    "DEM-05": _repartition(_territoires),
}
