"""What the standard tables of a département have in common: the same facts, and their sums.

A fact has one name wherever it is printed: the attributions of 12 months stand in nine tables,
and a series repeats what earlier months published.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from infocentre.contrat.territoires import territoires
from infocentre.mesures.plans import ENSEMBLE, Ligne
from infocentre.noyau.temps import mois_avant

# Where a count stands: table, what names its row, column.
Place = tuple[str, tuple[str, ...], str]
# What a count is, wherever it stands: population, month, then its name.
Fait = tuple[str, ...]

TOUTES, PM, PP = "toutes", "PM", "PP"
TROIS = ("total", "mutations", "hors_mutation")
_STOCKS = {"TAB01-01": TOUTES, "TAB01-02": PM}
_GRAINS = (("periode",), ("code_recherche", "code_attribue"), ("niveau", "code"),
           ("code", "fenetre"), ("code",))  # fmt: skip
SERIES = {"TAB02-03": ("mois", 1), "TAB02-01": ("trimestre", 3), "TAB02-02": ("12_mois", 12)}
_DUREES = {"trimestre": 3, "12_mois": 12}
_MOIS_PAR_MOIS = {"ATT-01": "RADATT", "DEM-02": "DEPOTS"}

_ACTIVES = {nom: ("ACTIVES", "arrete", nom) for nom in TROIS}
_ACTIVES_AUSSI = {
    "demandes_actives": ("ACTIVES", "arrete", "total"),
    "demandes_actives_hors_mutation": ("ACTIVES", "arrete", "hors_mutation"),
}
_ATTRIBUTIONS = {nom: ("RADATT", "12_mois", nom) for nom in TROIS}
_ATTRIBUTIONS_AUSSI = {
    "attributions": ("RADATT", "12_mois", "total"),
    "attributions_hors_mutation": ("RADATT", "12_mois", "hors_mutation"),
}
# Columns of the row « Ensemble » that repeat the evolution of the stock.
_ENSEMBLES: Mapping[str, Mapping[str, tuple[str, str, str]]] = {
    "ATT-01": _ATTRIBUTIONS
    | _ACTIVES_AUSSI
    | {"demandes_actives_mutations": ("ACTIVES", "arrete", "mutations")},
    **dict.fromkeys(("ATT-02", "ATT-03"), _ATTRIBUTIONS_AUSSI),
    "ATT-05": _ATTRIBUTIONS_AUSSI | {"prioritaires": ("RADATT", "12_mois", "prioritaires")},
    "ATT-08": {"attributions_annee": ("RADATT", "annee", "logement_dabord")},
    "ATT-11": {
        "attributions": ("RADATT", "12_mois", "total"),
        "prioritaires": ("RADATT", "12_mois", "prioritaires"),
        "toutes_attributions_annee": ("RADATT", "annee", "total"),
        "logement_dabord_annee": ("RADATT", "annee", "logement_dabord"),
    },
    **dict.fromkeys(("ATT-04", "ATT-10"), _ATTRIBUTIONS),
    "ATT-09": _ATTRIBUTIONS_AUSSI | _ACTIVES_AUSSI,
    **dict.fromkeys(("DEM-01", "DEM-04", "DEM-05"), _ACTIVES),
    "DEM-02": {nom: ("DEPOTS", "12_mois", nom) for nom in TROIS},
}
_TROIS = {nom: nom for nom in TROIS}
_PERSONNES: Mapping[str, Mapping[str, str]] = {
    **{f"TAB03-0{rang}": _TROIS for rang in range(1, 10)},
    "DEM-03": {"demandes": "total", "demandes_hors_mutation": "hors_mutation"},
}
_SERIE = {
    **_ACTIVES_AUSSI,
    "demandes_actives_mutations": ("ACTIVES", "arrete", "mutations"),
    "depots": ("DEPOTS", "", "total"),
    "radiations": ("RADIATIONS", "", "total"),
    "attributions": ("RADATT", "", "total"),
    "attributions_hors_mutation": ("RADATT", "", "hors_mutation"),
    "non_renouvellements": ("RADREN", "", "total"),
    "abandons": ("RADABA", "", "total"),
    "irrecevabilites": ("RADIRR", "", "total"),
    "attributions_12_mois": ("RADATT", "12_mois", "total"),
    "attributions_12_mois_hors_mutation": ("RADATT", "12_mois", "hors_mutation"),
}
# Typologies attribuées that one table sets apart and another one joins.
_GRANDS = ("T6", "T7", "T8", "T9P")
_GRANDS_REUNIS = "T6P"
# Columns that stand in two tables, row by row.
_REPETES = {
    ("ATT-05", "attributions"): ("ATT-04", "total"),
    ("ATT-09", "demandes_actives"): ("DEM-05", "total"),
    ("ATT-09", "demandes_actives_hors_mutation"): ("DEM-05", "hors_mutation"),
}


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


def place(code: str, ligne: Ligne, nom: str) -> Place:
    """Return where a count stands."""
    grain = next(noms for noms in _GRAINS if all(un in ligne for un in noms))
    return code, tuple(str(ligne[un]) for un in grain), nom


def fait(code: str, ligne: Ligne, nom: str) -> Fait | None:
    """Return the name of a count of a table that may stand in another one, None for the rest."""
    mois = ligne.get("mois")
    if mois is None:
        return None
    if code in _STOCKS:
        return (_STOCKS[code], mois, ligne["code"], ligne["fenetre"], nom)
    if code in SERIES:
        return _fait_de_serie(code, ligne["periode"], nom)
    if code == "ATT-08" and nom in _ATTRIBUEES:
        return (TOUTES, mois, *_ATTRIBUEES[nom])
    return (
        _fait_d_ensemble(code, mois, nom) if _ensemble(ligne) else _fait_de_ligne(code, ligne, nom)
    )


_ATTRIBUEES = {
    "toutes_attributions_12_mois": ("RADATT", "12_mois", "total"),
    "toutes_attributions_annee": ("RADATT", "annee", "total"),
}


def _ensemble(ligne: Ligne) -> bool:
    codes = [ligne[nom] for nom in ("code", "code_recherche", "code_attribue") if nom in ligne]
    return all(code == ENSEMBLE for code in codes)


def _fait_d_ensemble(code: str, mois: str, nom: str) -> Fait | None:
    if nom in _ENSEMBLES.get(code, {}):
        return (TOUTES, mois, *_ENSEMBLES[code][nom])
    if nom in _PERSONNES.get(code, {}):
        return (PP, mois, "ACTIVES", "arrete", _PERSONNES[code][nom])
    return None


def _fait_de_ligne(code: str, ligne: Ligne, nom: str) -> Fait | None:
    if code in _MOIS_PAR_MOIS and nom in TROIS:
        return (TOUTES, ligne["code"], _MOIS_PAR_MOIS[code], "mois", nom)
    if nom == "attributions" and (typologie := _typologie_attribuee(code, ligne)):
        return ("ATT-03", ligne["mois"], ENSEMBLE, typologie, nom)
    table, colonne = _REPETES.get((code, nom), (code, nom))
    if (table, colonne) not in _REPETES.values():
        return None
    return (table, ligne["mois"], *place(code, ligne, nom)[1], colonne)


def _typologie_attribuee(code: str, ligne: Ligne) -> str:
    """Return the typologie whose attributions a row counts, '' for another row."""
    if code == "ATT-02" and ligne["code"] not in _GRANDS:
        return str(ligne["code"])
    if code == "ATT-03" and ligne["code_recherche"] == ENSEMBLE:
        return str(ligne["code_attribue"])
    return ""


def _fait_de_serie(code: str, periode: str, nom: str) -> Fait | None:
    fenetre, duree = SERIES[code]
    fin = _fin(periode)
    if nom == "demandes_actives_precedentes":
        return (TOUTES, mois_avant(fin, duree), *_ACTIVES["total"])
    grandeur, sienne, colonne = _SERIE[nom]
    return (TOUTES, fin, grandeur, sienne or fenetre, colonne)


def _fin(periode: str) -> str:
    annee, _, reste = periode.partition("-")
    if reste.startswith("T"):
        return f"{annee}-{3 * int(reste[1:]):02d}"
    return f"{annee}-{reste or '12'}"


def liens(tables: Mapping[str, Sequence[Ligne]]) -> Iterator[Lien]:
    """Yield the sums that bind the tables of a month to one another, and to earlier months."""
    mois = next((une["mois"] for lignes in tables.values() for une in lignes if "mois" in une), "")
    if mois:
        yield from _populations(mois)
        yield from _typologies(tables)
        yield from _grands(tables)
        yield from _arrondissements(tables)
        yield from _mixite(tables)
        yield from _mois_par_mois(tables, mois)
        yield from _fenetres(tables, mois)


def _populations(mois: str) -> Iterator[Lien]:
    """Persons and associations make all demandes."""
    for nom in TROIS:
        total, *parts = ((qui, mois, "ACTIVES", "arrete", nom) for qui in (TOUTES, PM, PP))
        yield Lien(total, tuple(parts), reste=True)


def _typologies(tables: Mapping[str, Sequence[Ligne]]) -> Iterator[Lien]:
    """Typologies wanted by all and by persons only: the difference is the associations'."""
    communes = _codes(tables, "DEM-04") & _codes(tables, "DEM-03")
    for code in sorted(communes - {ENSEMBLE}):
        for toutes, personnes in (("total", "demandes"), ("hors_mutation",) * 2):
            siennes = personnes if personnes == "demandes" else f"demandes_{personnes}"
            parts = (("DEM-03", (code,), siennes),)
            yield Lien(("DEM-04", (code,), toutes), parts, reste=True)


def _grands(tables: Mapping[str, Sequence[Ligne]]) -> Iterator[Lien]:
    """Large dwellings attributed, one typologie after the other and together."""
    parts: tuple[Place, ...] = tuple(
        ("ATT-02", (code,), "attributions")
        for code in sorted(_codes(tables, "ATT-02").intersection(_GRANDS))
    )
    if parts:
        yield Lien(("ATT-03", (ENSEMBLE, _GRANDS_REUNIS), "attributions"), parts)


def _arrondissements(tables: Mapping[str, Sequence[Ligne]]) -> Iterator[Lien]:
    """The communes of an arrondissement make it."""
    siennes: dict[str, list[Place]] = {}
    for une in tables.get("ATT-09", ()):
        if une["niveau"] == "commune":
            lieu: Place = ("ATT-09", ("commune", une["code"]), "attributions")
            siennes.setdefault(_arrondissement(une), []).append(lieu)
    for code, parts in sorted(siennes.items()):
        yield Lien(("ATT-11", (code,), "attributions"), tuple(parts))


def _arrondissement(ligne: Ligne) -> str:
    """Return the code under which ATT-11 counts a commune."""
    connue = territoires().get(ligne["code"])
    if connue is None or not connue.sous_prefecture:
        return "NR"
    return connue.sous_prefecture if connue.departement == ligne["departement"] else "HD"


def _mixite(tables: Mapping[str, Sequence[Ligne]]) -> Iterator[Lien]:
    """In and out of QPV within the attributions of an EPCI."""
    for code in sorted((_codes(tables, "ATT-06") & _codes(tables, "ATT-07")) - {ENSEMBLE}):
        parts: tuple[Place, ...] = (
            ("ATT-06", (code,), "attributions_hors_qpv"),
            ("ATT-07", (code,), "attributions_en_qpv"),
        )
        yield Lien(("ATT-09", ("epci", code), "attributions"), parts, reste=True)


def _mois_par_mois(tables: Mapping[str, Sequence[Ligne]], mois: str) -> Iterator[Lien]:
    """Three months make the quarter; those since January, the year."""
    for code, grandeur in _MOIS_PAR_MOIS.items():
        connus = _codes(tables, code) - {ENSEMBLE}
        depuis = {"trimestre": mois_avant(mois, 2), "annee": f"{mois[:4]}-01"}
        for fenetre, debut in depuis.items():
            for nom in TROIS:
                parts = tuple((code, (un,), nom) for un in sorted(connus) if un >= debut)
                if parts:
                    yield Lien((TOUTES, mois, grandeur, fenetre, nom), parts)


def _fenetres(tables: Mapping[str, Sequence[Ligne]], mois: str) -> Iterator[Lien]:
    """A window is what each of its months published, but for what was entered since."""
    for grandeur in sorted(_codes(tables, "TAB01-01") - {"ACTIVES", "ACTIVES_UN_JOUR"}):
        for nom, (fenetre, duree) in itertools.product(TROIS, _DUREES.items()):
            siens = [mois_avant(mois, recul) for recul in range(duree)]
            parts = tuple((TOUTES, un, grandeur, "mois", nom) for un in siens)
            yield Lien((TOUTES, mois, grandeur, fenetre, nom), parts, revision=True)


def _codes(tables: Mapping[str, Sequence[Ligne]], code: str) -> set[str]:
    return {une["code"] for une in tables.get(code, ())}
