"""What départements have together: counts are summed, and every rate is made of the sums.

A count that one of them hides, or does not know, is not known of all: nothing that a reader sees
here tells more than what they see of each.
"""

from __future__ import annotations

import itertools
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, TypedDict, cast

from infocentre.catalogue.conserve import catalogue_du_controle
from infocentre.contrat.territoires import nom_departement, noms_des_epcis, territoires
from infocentre.lecture.commun import par_version
from infocentre.lecture.ensembles import Reunion
from infocentre.lecture.lecteur import Lecture
from infocentre.lecture.lieux import guichets_par_epci
from infocentre.lecture.partage import seuil_secret
from infocentre.lecture.publies import Lue, dits_du_departement
from infocentre.lecture.tableaux import TableauDe, TableauLu, lire_tableau, par_epci, trouver
from infocentre.mesures import Tableau
from infocentre.mesures.partage import MASQUE, QUOTIENTS, place_du_lieu
from infocentre.mesures.plans import ENSEMBLE, RESIDUS
from infocentre.noyau.erreurs import Refus
from infocentre.noyau.etats import Etat
from infocentre.noyau.francais import enumerer

Ligne = dict[str, Any]
Compte = int | str | None  # MASQUE where one is hidden, None where one is not known

# --- Indicators -----------------------------------------------------------------------------------

COMPTES = ("numerateur", "denominateur", "numerateur_12m", "denominateur_12m", "n_etat", "d_etat")


class Part(TypedDict):
    """An indicator in a month of a département, or of the guichets of an EPCI in it."""

    departement: str
    mois: str
    code: str
    etat: str
    numerateur: int | None
    denominateur: int | None
    numerateur_12m: int | None
    denominateur_12m: int | None
    n_etat: int | None
    d_etat: int | None


@dataclass(frozen=True, slots=True)
class Comparee:
    """An indicator in each département, and in all those that judge it by one rule.

    `versions`: the version of the rule in each; `comptes` are the sums of the départements
    `sommes`, None where one is hidden; there is none when rules differ.
    """

    code: str
    parts: Mapping[str, Part]
    versions: Mapping[str, int]
    sommes: tuple[str, ...] = ()
    comptes: Mapping[str, int | None] = field(default_factory=dict)

    @property
    def une_regle(self) -> bool:
        """Tell whether one rule judged all."""
        return len(set(self.versions.values())) < 2  # noqa: PLR2004 - one, or none

    @property
    def taux(self) -> float | None:
        """Rate of the sums that states rest on, None without a unit or where one is hidden."""
        return rapport(self.comptes.get("n_etat"), self.comptes.get("d_etat"))

    def taux_de(self, departement: str) -> float | None:
        """Rate of a département, that its state rests on."""
        part = self.parts.get(departement)
        return rapport(part["n_etat"], part["d_etat"]) if part else None

    def dire_versions(self) -> str:
        """Say by which rule each département judged, '' when it is the same."""
        if self.une_regle:
            return ""
        par_version_: dict[int, list[str]] = defaultdict(list)
        for departement, version in self.versions.items():
            par_version_[version].append(nom_departement(departement))
        dits = [f"règle {un} ({enumerer(noms)})" for un, noms in sorted(par_version_.items())]
        return f"{self.code} n'est pas comparé : {', '.join(dits)}."


def rapport(n: int | None, d: int | None) -> float | None:
    """Return the ratio of two counts, None when one is not known or there is nothing."""
    return n / d if n is not None and d else None


@par_version
def comparer(v: Lecture, mois: tuple[tuple[str, str], ...], epci: str = "") -> list[Comparee]:
    """Return each indicator in some (département, month), in the order of the catalogue.

    Only those of the last month are summed. Who may see no small count reads what each département
    shares. With an EPCI, the values are those of its guichets; raise Refus to who does not see all
    of them.
    """
    versions = {d: _versions(v, d, m) for d, m in mois}
    lues = _de_l_epci(v, mois, epci) if epci else _par_departement(v, mois)
    if v.p.petits_masques and not epci:
        lues = _partagees(v, mois, lues)
    dernier = max((m for _, m in mois), default="")
    ici = [d for d, m in mois if m == dernier]
    return [
        _comparee(code, lues.get(code, {}), _de_chacun(versions, code), ici)
        for code in dict.fromkeys(code for une in versions.values() for code in une)
    ]


def _de_chacun(versions: Mapping[str, Mapping[str, int]], code: str) -> dict[str, int]:
    return {d: siennes[code] for d, siennes in versions.items() if code in siennes}


def _comparee(
    code: str, parts: Mapping[str, Part], versions: Mapping[str, int], ici: Iterable[str]
) -> Comparee:
    une = Comparee(code, parts, versions)
    if not une.une_regle:
        return une
    sommees = [d for d in ici if d in parts and parts[d]["etat"] != Etat.NON_CALCULABLE]
    colonnes: list[Mapping[str, Any]] = [parts[d] for d in sommees]
    comptes = {nom: _somme(un[nom] for un in colonnes) for nom in COMPTES}
    return replace(une, sommes=tuple(sommees), comptes=comptes)


def _somme(comptes: Iterable[int | None]) -> int | None:
    lus = list(comptes)
    connus = [un for un in lus if un is not None]
    return sum(connus) if connus and len(connus) == len(lus) else None


def _versions(v: Lecture, departement: str, mois: str) -> dict[str, int]:
    """Return {code: version of its rule} that a month was controlled with."""
    une = v.version.publiee(departement, mois)
    if une is None or une.controle is None:
        return {}
    lus = catalogue_du_controle(v.dossier, une).indicateurs
    return {code: un.version for code, un in lus.items()}


_COLONNES = f"departement, mois, code, etat, {', '.join(COMPTES)}"
_VOULUS = "list_contains($paires, departement || mois)"


def _par_departement(v: Lecture, mois: tuple[tuple[str, str], ...]) -> dict[str, dict[str, Part]]:
    lues: dict[str, dict[str, Part]] = defaultdict(dict)
    for une in v.lignes(
        f"SELECT {_COLONNES} FROM valeurs WHERE niveau = 'departement' AND {_VOULUS}",
        {"paires": [d + m for d, m in mois]},
        Part,
    ):
        lues[une["code"]][une["departement"]] = une
    return lues


def _partagees(
    v: Lecture, mois: tuple[tuple[str, str], ...], lues: Mapping[str, Mapping[str, Part]]
) -> dict[str, dict[str, Part]]:
    """Return the values with the counts that each département shares, those that states rest on.

    A small count hidden alone would be found: in the bilans, less what they tell of types and
    organismes, or from the months that twelve of them add up.
    """
    dites = {d: dits_du_departement(v, d, m) for d, m in mois}
    return {
        code: {d: _partagee(part, dites[d].get(code)) for d, part in parts.items()}
        for code, parts in lues.items()
    }


def _partagee(part: Part, dite: Lue | None) -> Part:
    comptes: dict[str, int | None] = dict.fromkeys(COMPTES)
    if dite:
        fenetre = "_12m" if dite["annee"] else ""
        comptes |= dict.fromkeys(("n_etat", f"numerateur{fenetre}"), dite["n"])
        comptes |= dict.fromkeys(("d_etat", f"denominateur{fenetre}"), dite["d"])
    return cast("Part", {**part, **comptes})


def du_type(
    v: Lecture, mois: tuple[tuple[str, str], ...], code: str, type_guichet: str
) -> dict[str, Part]:
    """Return what an indicator counts of the guichets of a type in some (département, month)."""
    lignes = v.lignes(
        f"SELECT {_COLONNES} FROM valeurs WHERE niveau = 'type' AND guichet = $type "
        f"AND code = $code AND {_VOULUS}",
        {"type": type_guichet, "code": code, "paires": [d + m for d, m in mois]},
        Part,
    )
    return {une["departement"]: une for une in lignes}


def _de_l_epci(
    v: Lecture, mois: tuple[tuple[str, str], ...], epci: str
) -> dict[str, dict[str, Part]]:
    """Return what the guichets of an EPCI have together in each département; none, nothing."""
    v.exiger_departements("L'EPCI entier")
    siens = [
        d + guichet for d, _ in mois for guichet in guichets_par_epci(v, d).get(epci, frozenset())
    ]
    sommes = ", ".join(f"if(count({c}) = count(*), sum({c}), NULL)::BIGINT" for c in COMPTES)
    lues = {
        (departement, code): dict(zip(COMPTES, comptes, strict=True))
        for departement, code, *comptes in v.tuples(
            f"SELECT departement, code, {sommes} FROM valeurs WHERE niveau = 'guichet' "
            f"AND {_VOULUS} AND list_contains($siens, departement || guichet) GROUP BY ALL",
            {"paires": [d + m for d, m in mois], "siens": siens},
        )
    }
    rien = dict.fromkeys(COMPTES, 0)
    return {
        code: {
            d: cast("Part", {**une, **(lues.get((d, code), rien) if calculable(une) else {})})
            for d, une in parts.items()
        }
        for code, parts in _par_departement(v, mois).items()
    }


def calculable(une: Part) -> bool:
    """Tell whether what an indicator asks was delivered."""
    return une["etat"] != Etat.NON_CALCULABLE


# Columns that programs take away, with their types.
EMPORTEES: Mapping[str, type] = {
    "code": str,
    "departement": str,
    "mois": str,
    "numerateur": int,
    "denominateur": int,
    "taux": float,
    "numerateur_12m": int,
    "denominateur_12m": int,
    "taux_12m": float,
    "etat": str,
}


def a_emporter(comparees: Iterable[Comparee], reunion: Reunion) -> list[tuple[Any, ...]]:
    """Return what programs take away, columns `EMPORTEES`: each département, then all of them.

    The row of all names the départements that are summed, and has no state: nothing is judged of
    several. It is not there when rules differ, or when nobody is calculable.
    """
    lignes = []
    for une in comparees:
        lignes += [
            (une.code, d, part["mois"], *_chiffres(part), part["etat"])
            for d, part in sorted(une.parts.items())
        ]
        if une.sommes:
            code = "+".join(une.sommes)
            lignes.append((une.code, code, reunion.mois, *_chiffres(une.comptes), None))
    return lignes


def _chiffres(lus: Mapping[str, Any]) -> tuple[Any, ...]:
    n, d, n_12m, d_12m = (lus[nom] for nom in COMPTES[:4])
    return n, d, rapport(n, d), n_12m, d_12m, rapport(n_12m, d_12m)


# --- Standard tables ------------------------------------------------------------------------------

_CODES = ("code", "code_recherche", "code_attribue")
_CLES = ("niveau", "dimension", *_CODES, "periode", "fenetre")


@dataclass(frozen=True, slots=True)
class Somme:
    """A standard table of départements together, and what must be said of it."""

    tableau: TableauLu
    dits: tuple[str, ...]


def sommer_tableau(v: Lecture, reunion: Reunion, code: str, *, partage: bool = False) -> Somme:
    """Return a standard table of départements together, as the reader may see it, or to share.

    Of an EPCI, its rows and those of its communes, as they are today. What no sum gives (a median,
    what is missing for an objective) is empty.

    Raises:
        Refus: it is asked for an EPCI, and has no row of any.
    """
    tableau, epci = trouver(code), reunion.ensemble.epci
    if epci and not tableau.declare.par_epci:
        raise Refus(
            f"le tableau {tableau.code} n'a pas de ligne par EPCI",
            que_faire=f"Choisir parmi : {', '.join(par_epci())}.",
        )
    lus = {d: lire_tableau(v, code, d, reunion.mois, partage=partage) for d in reunion.presents}
    parts = {d: [dict(une) for une in lu.lignes] for d, lu in lus.items() if lu.lignes}
    dits = [_dire_vides(tableau, [d for d in lus if d not in parts])]
    if epci:
        dits.append(_au_perimetre_d_aujourdhui(tableau, parts, epci))
    lignes = additionner(tableau, list(parts.values()))
    if epci:
        lignes = [une for une in lignes if _est_de_l_epci(une, epci)]
    sommes = "+".join(parts)
    for une in lignes:
        une["departement"] = sommes
    masquees = (
        sum(un == MASQUE for une in lignes for un in une.values())
        if any(lu.partage for lu in lus.values())
        else None
    )
    lu: TableauLu = TableauDe(
        tableau, sommes, reunion.mois, lignes, seuil_secret(v), masquees, epci
    )
    return Somme(lu, tuple(filter(None, dits)))


def _dire_vides(tableau: Tableau, vides: Sequence[str]) -> str:
    """Say which départements a table is not calculable in, or has no row of."""
    noms = enumerer([nom_departement(un) for un in vides])
    return f"{tableau.code} n'a pas de ligne dans : {noms}." if vides else ""


def _est_de_l_epci(ligne: Ligne, epci: str) -> bool:
    lieu = territoires().get(ligne["code"])
    return ligne["code"] == epci or (lieu is not None and lieu.epci == epci)


def _au_perimetre_d_aujourdhui(
    tableau: Tableau, parts: Mapping[str, list[Ligne]], epci: str
) -> str:
    """Make the row of an EPCI that of its communes of today, where it is of others; say where."""
    if "niveau" not in tableau.colonnes:
        return ""
    changes = []
    for d, lignes in parts.items():
        siennes = [
            une for une in lignes if une["niveau"] == "commune" and _est_de_l_epci(une, epci)
        ]
        if _refaire(tableau, lignes, epci, siennes):
            changes.append(d)
    if not changes:
        return ""
    return (
        f"{noms_des_epcis()[epci]} : son périmètre a changé depuis l'arrêté "
        f"({enumerer([nom_departement(un) for un in changes])}) ; ses communes sont celles "
        "d'aujourd'hui."
    )


def refaire_les_epcis(tableau: Tableau, lignes: list[Ligne]) -> None:
    """Make the rows of EPCI those of their communes of today, where they are of others."""
    siennes: dict[str, list[Ligne]] = {
        une["code"]: [] for une in lignes if une["niveau"] == "epci" and une["code"] not in RESIDUS
    }
    for une in lignes:
        lieu = territoires().get(une["code"])
        if une["niveau"] == "commune" and lieu is not None and lieu.epci:
            siennes.setdefault(lieu.epci, []).append(une)
    for epci, communes in siennes.items():
        _refaire(tableau, lignes, epci, communes)


def _refaire(tableau: Tableau, lignes: list[Ligne], epci: str, siennes: Sequence[Ligne]) -> bool:
    """Make the row of an EPCI the sum of its communes of today; tell whether it was another."""
    sommes = {nom: _ajouter([une[nom] for une in siennes]) for nom in tableau.plan.comptes}
    ecrite = next((une for une in lignes if une["code"] == epci), None)
    avant = [ecrite[nom] if ecrite else 0 for nom in sommes]
    if MASQUE in {*avant, *sommes.values()} or avant == list(sommes.values()):
        return False
    if ecrite is None:
        ecrite = siennes[0] | {"niveau": "epci", "code": epci, "libelle": noms_des_epcis()[epci]}
        lignes.append(ecrite)
    ecrite.update(sommes)
    return True


def additionner(tableau: Tableau, parts: Sequence[Sequence[Ligne]]) -> list[Ligne]:
    """Return the rows of a table of several départements, those of the same keys together."""
    rangees: dict[tuple[str, ...], list[Ligne]] = {}
    cles = [nom for nom in _CLES if nom in tableau.colonnes]
    for une in itertools.chain(*parts):
        rangees.setdefault(tuple(une[nom] for nom in cles), []).append(une)
    lignes = [_sommer(tableau, parts, siennes) for siennes in rangees.values()]
    _repeter(tableau, lignes)
    for une in lignes:
        _deriver(tableau, une)
    return _ranger(cles, lignes, len(parts[0]) if parts else 0)


def _sommer(tableau: Tableau, parts: Sequence[Sequence[Ligne]], siennes: Sequence[Ligne]) -> Ligne:
    """Sum the counts of a row; a département that has not the row has none of it.

    What repeats a setting, or says something in words, is kept where all say the same; a name that
    says more, that others are counted with the row somewhere, is that of the sum.
    """
    plan = tableau.plan
    une: Ligne = {}
    for nom in tableau.colonnes:
        if nom in plan.constantes:
            une[nom] = _ajouter([lignes[0][nom] for lignes in parts])
        elif nom in plan.comptes:
            une[nom] = _ajouter([ligne[nom] for ligne in siennes])
        elif nom in plan.cumuls:
            une[nom] = _cumuler([ligne[nom] for ligne in siennes], len(parts))
        elif nom not in plan.derives:
            dits = {ligne[nom] for ligne in siennes}
            if nom.startswith("libelle"):
                une[nom] = max(sorted(dits), key=len)
            else:
                une[nom] = siennes[0][nom] if len(dits) == 1 else None
    return une


def _cumuler(lus: Sequence[Any], parts: int) -> Any:  # noqa: ANN401 - a count, a share of some, MASQUE
    """Return a sum of counts of rows; None of a share, or where a part has not the row."""
    if parts == 1:
        return lus[0]
    if len(lus) < parts or any(isinstance(un, float) for un in lus):
        return MASQUE if MASQUE in lus else None
    return _ajouter(lus)


def _ajouter(lus: Sequence[Compte]) -> Compte:
    """Return a sum, MASQUE where one is hidden, None where one is not known."""
    if MASQUE in lus:
        return MASQUE
    connus = [un for un in lus if isinstance(un, int)]
    return sum(connus) if len(connus) == len(lus) else None


def _repeter(tableau: Tableau, lignes: Sequence[Ligne]) -> None:
    """Put on every row what it repeats of its row « Ensemble »."""
    if not tableau.plan.repetes:
        return
    *premiers, dernier = [nom for nom in _CODES if nom in tableau.colonnes]
    ensembles = {tuple(un[nom] for nom in premiers): un for un in lignes if un[dernier] == "*"}
    for une in lignes:
        ensemble = ensembles.get(tuple(une[nom] for nom in premiers), {})
        une.update({nom: ensemble.get(repete) for nom, repete in tableau.plan.repetes.items()})


def _deriver(tableau: Tableau, une: Ligne) -> None:
    """Calculate again what is made of two counts: a ratio, an evolution, a difference."""
    for nom, sources in tableau.plan.derives.items():
        comptes = [une[un] for un in sources]
        if MASQUE in comptes:
            une[nom] = MASQUE
        elif len(comptes) != 2 or None in comptes:  # noqa: PLR2004 - a mean is of all units
            une[nom] = None
        else:
            une[nom] = _refait(nom, *comptes)


def _refait(nom: str, a: int, b: int) -> float | None:
    if nom.endswith("_depuis"):
        return a - b
    if nom.startswith("evolution_"):
        return a / b - 1 if b else None
    return a / b if nom.startswith(QUOTIENTS) and b else None


def _ranger(cles: Sequence[str], lignes: list[Ligne], premieres: int) -> list[Ligne]:
    """Return rows in the order of the first département, that have `premieres` of them.

    Rows that it has not stand before what nobody told, and « Ensemble »; places, the largest first
    in each level.
    """
    if "niveau" in cles:
        return sorted(lignes, key=place_du_lieu)
    if len(lignes) == premieres or not {*_CODES} & {*cles}:
        return lignes
    rangs = {
        nom: {un: rang for rang, un in enumerate(dict.fromkeys(une[nom] for une in lignes))}
        for nom in cles
    }
    return sorted(
        lignes,
        key=lambda une: [
            (une[nom] == ENSEMBLE, une[nom] in RESIDUS, rangs[nom][une[nom]]) for nom in cles
        ],
    )
