"""What the standard tables of a département have in common: the same facts, and their sums.

A fact has one name wherever it is printed: the attributions of 12 months stand in nine tables,
and a series repeats what earlier months published.
"""

from __future__ import annotations

import functools
import itertools
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from infocentre.contrat import contrat
from infocentre.contrat.listes import Motif
from infocentre.contrat.territoires import territoires
from infocentre.mesures.declarations import FaitDeclare, Role, Serie
from infocentre.mesures.plans import ENSEMBLE, Code, Ligne, Reperes, reperes
from infocentre.mesures.tableaux import tableaux
from infocentre.noyau.temps import bornes, mois_avant

# Where a count stands: table, what names its row, column.
Place = tuple[str, tuple[str, ...], str]
# What a count is, wherever it stands: population, month, then its name.
Fait = tuple[str, ...]
Tables = Mapping[str, Sequence[Reperes]]

TOUTES, PM, PP = "toutes", "PM", "PP"
TROIS = ("total", "mutations", "hors_mutation")
_GRAINS = (
    ("periode",),
    ("code_recherche", "code_attribue"),
    ("niveau", "code"),
    ("dimension", "code"),
    ("code", "fenetre"),
    ("code",),
)
_CODES: tuple[Code, ...] = ("code", "code_recherche", "code_attribue")
_DUREES = {"trimestre": 3, "12_mois": 12}
# What a column of flows adds to their name: as the deliveries of the months said, as the last did.
A_L_EPOQUE, EN_FIN = "_a_l_epoque", "_en_fin"
MOIS_DU_SEMESTRE = 6
_ACTIVES_AUSSI = {
    "demandes_actives": ("ACTIVES", "arrete", "total"),
    "demandes_actives_hors_mutation": ("ACTIVES", "arrete", "hors_mutation"),
}
_SERIE = {
    **_ACTIVES_AUSSI,
    "demandes_actives_mutations": ("ACTIVES", "arrete", "mutations"),
    "depots": ("DEPOTS", "", "total"),
    "radiations": ("RADIATIONS", "", "total"),
    "attributions": (Motif.ATTRIBUTION, "", "total"),
    "attributions_hors_mutation": (Motif.ATTRIBUTION, "", "hors_mutation"),
    "non_renouvellements": (Motif.NON_RENOUVELLEMENT, "", "total"),
    "abandons": (Motif.ABANDON, "", "total"),
    "irrecevabilites": (Motif.IRRECEVABILITE, "", "total"),
    "attributions_12_mois": (Motif.ATTRIBUTION, "12_mois", "total"),
    "attributions_12_mois_hors_mutation": (Motif.ATTRIBUTION, "12_mois", "hors_mutation"),
}
# Typologies attribuées that one table sets apart and another one joins.
_GRANDS = ("T6", "T7", "T8", "T9P")
_GRANDS_REUNIS = "T6P"
_HORS_LISTE = "HL"
# Counts of all demandes, and where the same rows count those of persons only.
_PERSONNES: Sequence[tuple[Role, Role, Mapping[str, str]]] = (
    (
        "typologies_recherchees",
        "delai_anormal",
        {"total": "demandes", "hors_mutation": "demandes_hors_mutation"},
    ),
    (
        "pression_compositions",
        "composition_familiale",
        {"demandes_actives": "total", "demandes_actives_hors_mutation": "hors_mutation"},
    ),
)


@dataclass(frozen=True, slots=True)
class Lien:
    """A sum between tables, of places or facts.

    `reste`: the parts leave others, in no table. `revision`: they were published one after the
    other, and what entries made since changed is told apart.
    """

    total: Place | Fait
    parts: tuple[Place | Fait, ...]
    reste: bool = False
    revision: bool = False


def place(code: str, ligne: Mapping[str, object], nom: str) -> Place:
    """Return where a count stands."""
    return code, repere(ligne), nom


def repere(ligne: Mapping[str, object]) -> tuple[str, ...]:
    """Return what tells a row from the others of its table."""
    return tuple([str(ligne[un]) for un in _grain(tuple(ligne))])


@functools.cache
def _grain(colonnes: tuple[str, ...]) -> tuple[str, ...]:
    return next(noms for noms in _GRAINS if all(un in colonnes for un in noms))


def faits(code: str, ligne: Ligne, nom: str) -> tuple[Fait, ...]:
    """Return the names of a count of a table that may stand in another one, none for the rest.

    Of two names the second is its own when the first is that of another value: what a month said
    of itself, then what a later delivery says of it.
    """
    sienne = reperes(ligne)
    mois = sienne.get("mois")
    if mois is None:
        return ()
    declares = tableaux()[code].declare.faits
    if not _ensemble(sienne):
        if declares.mois_par_mois and nom in TROIS:
            return _flux_du_mois(sienne["code"], (declares.mois_par_mois, nom), mois)
        if declares.flux:
            return _faits_de_flux(declares.flux, sienne, nom)
    trouve = _fait(code, sienne, nom, mois)
    return () if trouve is None else (trouve,)


def _fait(code: str, ligne: Reperes, nom: str, mois: str) -> Fait | None:
    declares = tableaux()[code].declare.faits
    if declares.evolution:
        return (declares.evolution, mois, ligne["code"], ligne["fenetre"], nom)
    if declares.serie:
        return _fait_de_serie(declares.serie, ligne["periode"], nom)
    if nom in declares.partout:
        return _dater(declares.partout[nom], mois)
    if _ensemble(ligne):
        return _dater(declares.ensemble[nom], mois) if nom in declares.ensemble else None
    return _fait_de_ligne(code, ligne, nom)


def _flux_du_mois(du_mois: str, flux: tuple[str, str], vu: str) -> tuple[Fait, ...]:
    """Return the names of a flow of a month as the delivery of `vu` tells it."""
    grandeur, colonne = flux
    propre = (TOUTES, du_mois, grandeur, "mois", colonne)
    return (propre,) if vu == du_mois else (propre, (*propre, vu))


def _faits_de_flux(
    declares: Mapping[str, tuple[str, str]], ligne: Reperes, nom: str
) -> tuple[Fait, ...]:
    """Return the names of a flow of a month, or of a semester seen from its last month."""
    base = nom.removesuffix(A_L_EPOQUE).removesuffix(EN_FIN)
    flux = declares[base]
    if "periode" not in ligne:
        return _flux_du_mois(ligne["code"], flux, ligne["mois"])
    periode = ligne["periode"]
    if "-S" not in periode:
        vu = ligne["code_livraison"] if nom == base else periode
        return _flux_du_mois(periode, flux, vu)
    _, fin = bornes(periode)
    if nom == f"{base}{EN_FIN}" or (nom == base and fin == ligne["mois"]):
        return ((TOUTES, fin, flux[0], "semestre", flux[1]),)
    return ()


def _dater(declare: FaitDeclare, mois: str) -> Fait:
    population, *suite = declare
    return (population, mois, *suite)


def _ensemble(ligne: Reperes) -> bool:
    codes = [ligne[nom] for nom in _CODES if nom in ligne]
    return bool(codes) and all(code == ENSEMBLE for code in codes)


def _fait_de_ligne(code: str, ligne: Reperes, nom: str) -> Fait | None:
    declares = tableaux()[code].declare
    if nom == "attributions" and (typologie := _typologie_attribuee(declares.role, ligne)):
        return (tableaux().code("typologies"), ligne["mois"], ENSEMBLE, typologie, nom)
    table, colonne = code, nom
    repere = place(code, ligne, nom)[1]
    repetes = declares.faits.repetes(ligne.get("dimension"))
    if nom in repetes:
        role, colonne = repetes[nom]
        table = tableaux().code(role)
        repere = repere[1:] if "dimension" in ligne else repere
    if (table, colonne) not in tableaux().repetees:
        return None
    return (table, ligne["mois"], *repere, colonne)


def _typologie_attribuee(role: Role | None, ligne: Reperes) -> str:
    """Return the typologie whose attributions a row counts, '' for another row."""
    if role == "delais" and ligne["code"] not in _GRANDS:
        return str(ligne["code"])
    if role == "typologies" and ligne["code_recherche"] == ENSEMBLE:
        return str(ligne["code_attribue"])
    if role == "pression_typologies" and ligne["code"] != _HORS_LISTE:
        return str(ligne["code"])
    return ""


def _fait_de_serie(serie: Serie, periode: str, nom: str) -> Fait | None:
    fin = _fin(periode)
    if nom == "demandes_actives_precedentes":
        return (TOUTES, mois_avant(fin, serie.mois), *_SERIE["demandes_actives"])
    grandeur, sienne, colonne = _SERIE[nom]
    return (TOUTES, fin, grandeur, sienne or serie.fenetre, colonne)


def _fin(periode: str) -> str:
    annee, _, reste = periode.partition("-")
    if reste.startswith("T"):
        return f"{annee}-{3 * int(reste[1:]):02d}"
    return f"{annee}-{reste or '12'}"


def liens(lues: Mapping[str, Sequence[Ligne]]) -> Iterator[Lien]:
    """Yield the sums that bind the tables of a month to one another, and to earlier months."""
    tables: Tables = {code: [reperes(une) for une in lignes] for code, lignes in lues.items()}
    mois = next((une["mois"] for lignes in tables.values() for une in lignes if "mois" in une), "")
    if mois:
        yield from _populations(mois)
        yield from _personnes(tables)
        yield from _grands(tables)
        yield from _arrondissements(tables)
        yield from _mixite(tables)
        yield from _mois_par_mois(tables, mois)
        yield from _fenetres(tables, mois)
        yield from _semestres(tables)


def _populations(mois: str) -> Iterator[Lien]:
    """Persons and associations make all demandes."""
    for nom in TROIS:
        total, *parts = ((qui, mois, "ACTIVES", "arrete", nom) for qui in (TOUTES, PM, PP))
        yield Lien(total, tuple(parts), reste=True)


def _personnes(tables: Tables) -> Iterator[Lien]:
    """What is wanted or lived by all, and by persons only: the difference is the associations'."""
    for role, role_personnes, colonnes in _PERSONNES:
        toutes, personnes = _noms(role, role_personnes)
        for code in sorted((_codes(tables, toutes) & _codes(tables, personnes)) - {ENSEMBLE}):
            for nom, sien in colonnes.items():
                yield Lien((toutes, (code,), nom), ((personnes, (code,), sien),), reste=True)


def _grands(tables: Tables) -> Iterator[Lien]:
    """Dwellings attributed of a typologie, one code after the other and together."""
    delais, typologies, pression = _noms("delais", "typologies", "pression_typologies")
    siens = _codes(tables, delais)
    connus = {ENSEMBLE, "NR", *contrat().codes["TYPE_LOGEMENT_ATTRIB"]}
    reunis: tuple[tuple[Place, Iterable[str]], ...] = (
        ((typologies, (ENSEMBLE, _GRANDS_REUNIS), "attributions"), _GRANDS),
        ((pression, (_GRANDS_REUNIS,), "attributions_hors_mutation"), _GRANDS),
        ((pression, (_HORS_LISTE,), "attributions"), siens - connus),
        ((pression, (_HORS_LISTE,), "attributions_hors_mutation"), siens - connus),
    )
    for total, codes in reunis:
        parts: tuple[Place, ...] = tuple(
            (delais, (code,), total[-1]) for code in sorted(siens.intersection(codes))
        )
        if parts:
            yield Lien(total, parts)


def _arrondissements(tables: Tables) -> Iterator[Lien]:
    """The communes of an arrondissement make it."""
    lieux, arrondissements = _noms("territoires", "arrondissements")
    siennes: dict[str, list[Place]] = {}
    for une in tables.get(lieux, ()):
        if une["niveau"] == "commune":
            lieu: Place = (lieux, ("commune", une["code"]), "attributions")
            siennes.setdefault(_arrondissement(une), []).append(lieu)
    for code, parts in sorted(siennes.items()):
        yield Lien((arrondissements, (code,), "attributions"), tuple(parts))


def _arrondissement(ligne: Reperes) -> str:
    """Return the code of the arrondissement where a commune is counted."""
    connue = territoires().get(ligne["code"])
    if connue is None or not connue.sous_prefecture:
        return "NR"
    return connue.sous_prefecture if connue.departement == ligne["departement"] else "HD"


def _mixite(tables: Tables) -> Iterator[Lien]:
    """In and out of QPV within the attributions of an EPCI, and of all: the rest is of no zone.

    Where there is no QPV, nothing is in it.
    """
    hors, dedans, lieux = _noms("mixite_hors_qpv", "mixite_en_qpv", "territoires")
    zones = ((hors, "attributions_hors_qpv"), (dedans, "attributions_en_qpv"))
    for code in sorted(_codes(tables, hors) | _codes(tables, dedans)):
        parts: tuple[Place, ...] = tuple(
            (zone, (code,), nom) for zone, nom in zones if code in _codes(tables, zone)
        )
        niveau = "departement" if code == ENSEMBLE else "epci"
        yield Lien((lieux, (niveau, code), "attributions"), parts, reste=True)


def _mois_par_mois(tables: Tables, mois: str) -> Iterator[Lien]:
    """Three months make the quarter, those since January the year; so they did in earlier months.

    Without what these told, the months up to the one before would be known to make less than those
    up to this one, and this one to be what they leave.
    """
    for code, un in tableaux().items():
        grandeur = un.declare.faits.mois_par_mois
        if grandeur is None:
            continue
        connus = _codes(tables, code) - {ENSEMBLE}
        for fenetre, siens in _fenetres_de(mois):
            for nom in TROIS:
                places = tuple((code, (un,), nom) for un in sorted(connus) if un >= siens[0])
                if places:
                    yield Lien((TOUTES, mois, grandeur, fenetre, nom), places)
        for recul in range(1, 1 + _DUREES["12_mois"]):
            yield from _dits(grandeur, mois_avant(mois, recul))


def _dits(grandeur: str, dit: str) -> Iterator[Lien]:
    """Yield what a month told of a flow, as it saw each month of its quarter and of its year."""

    def trois(un: str, fenetre: str, *vu: str) -> Lien:
        total, *parts = ((TOUTES, un, grandeur, fenetre, nom, *vu) for nom in TROIS)
        return Lien(total, tuple(parts))

    for fenetre, siens in _fenetres_de(dit):
        yield trois(dit, fenetre)
        yield from (trois(un, "mois", dit) for un in siens)
        for nom in TROIS:
            parts = tuple((TOUTES, un, grandeur, "mois", nom, dit) for un in siens)
            yield Lien((TOUTES, dit, grandeur, fenetre, nom), parts)


def _fenetres_de(mois: str) -> Iterator[tuple[str, list[str]]]:
    """Yield the quarter and the year up to a month, with their months, the oldest first."""
    for fenetre, duree in (("trimestre", _DUREES["trimestre"]), ("annee", int(mois[5:]))):
        yield fenetre, [mois_avant(mois, recul) for recul in reversed(range(duree))]


def _semestres(tables: Tables) -> Iterator[Lien]:
    """Six months make a semester; those that the series of months does not have are left."""
    mensuelle, semestrielle = _noms("flux_mois", "flux_semestres")
    connus = {une["periode"] for une in tables.get(mensuelle, ())}
    for une in tables.get(semestrielle, ()):
        debut, fin = bornes(une["periode"])
        siens = sorted(mois for mois in connus if debut <= mois <= fin)
        for base in tableaux()[semestrielle].declare.faits.flux:
            for nom in (base, f"{base}{A_L_EPOQUE}"):
                parts: tuple[Place, ...] = tuple((mensuelle, (un,), nom) for un in siens)
                if parts:
                    total: Place = (semestrielle, (une["periode"],), nom)
                    yield Lien(total, parts, reste=len(siens) < MOIS_DU_SEMESTRE)


def _fenetres(tables: Tables, mois: str) -> Iterator[Lien]:
    """A window is what each of its months published, but for what was entered since."""
    (evolution,) = _noms("evolution")
    for grandeur in sorted(_codes(tables, evolution) - {"ACTIVES", "ACTIVES_UN_JOUR"}):
        for nom, (fenetre, duree) in itertools.product(TROIS, _DUREES.items()):
            siens = [mois_avant(mois, recul) for recul in range(duree)]
            parts = tuple((TOUTES, un, grandeur, "mois", nom) for un in siens)
            yield Lien((TOUTES, mois, grandeur, fenetre, nom), parts, revision=True)


def _codes(tables: Tables, code: str) -> set[str]:
    return {une["code"] for une in tables.get(code, ())}


def _noms(*roles: Role) -> list[str]:
    return [tableaux().code(role) for role in roles]
