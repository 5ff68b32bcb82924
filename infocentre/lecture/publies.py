"""What the indicators of a month hide to be shared together, on paper as on the pages.

`mesures.effectifs` says how. Where no anomaly is tolerated, acts are told by the semester.
"""

from __future__ import annotations

import contextlib
import functools
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple, TypedDict

from infocentre.catalogue import Catalogue, Indicateur
from infocentre.contrat.listes import Motif
from infocentre.lecture.commun import mois_controles, par_version
from infocentre.lecture.droits import Dit
from infocentre.lecture.filtres import Filtres
from infocentre.lecture.indicateurs import catalogue_du_mois
from infocentre.lecture.lecteur import Lecture
from infocentre.lecture.lieux import du_departement, guichets_par_epci
from infocentre.lecture.partage import partages, seuil_secret
from infocentre.mesures.declarations import Role
from infocentre.mesures.diffusions import Edition, Registre, Systeme, empreinte
from infocentre.mesures.effectifs import Compte, Fenetre, Lieu, anomalies, partie, unites
from infocentre.mesures.liens import Place, place
from infocentre.mesures.partage import MASQUE, Partage
from infocentre.mesures.tableaux import tableaux
from infocentre.noyau.erreurs import Refus

Niveau = Literal["departement", "type", "organisme"]
TOUS = "*"
TOTAL: tuple[Niveau, str] = ("departement", TOUS)
Cle = tuple[Any, ...]
MILLE, PAS = 1000, (1, 10, 20)  # to how many thousandths masked rates are rounded

# Effectifs that a table prints too: its role and row, by population and what restricts it.
PERSONNES = "type_demandeur = 'PP'"
EFFECTIFS: dict[tuple[str, str | None], tuple[Role, str]] = {
    ("attributions", None): ("evolution", Motif.ATTRIBUTION),
    ("radiations", f"motif_radiation = '{Motif.IRRECEVABILITE}'"): (
        "evolution",
        Motif.IRRECEVABILITE,
    ),
    ("actives", None): ("evolution", "ACTIVES"),
    ("actives", PERSONNES): ("anciennete", TOUS),
}
_FENETRES = {"ACTIVES": ("arrete",)}

_SQL = """
SELECT niveau, guichet AS cle, code, etat, fenetre = '12m' AS annee, n_etat AS n, d_etat AS d,
    borne_basse AS bas, borne_haute AS haut
FROM valeurs
WHERE departement = $departement AND mois = $mois AND niveau <> 'guichet'
ORDER BY code, niveau, cle
"""
# What each organisme has of a type of guichets, and the EPCI that all of these lie in.
_PARTIES = """
WITH places AS (SELECT unnest($guichets::VARCHAR[]) AS guichet, unnest($epcis::VARCHAR[]) AS epci),
lieux AS (
    SELECT organisme, type_guichet,
        if(count(DISTINCT coalesce(epci, '')) = 1, any_value(epci), NULL) AS epci
    FROM registre LEFT JOIN places USING (guichet)
    WHERE departement = $departement AND mois = $mois
    GROUP BY ALL
)
SELECT code, r.organisme, r.type_guichet AS type, l.epci, sum(n_etat)::BIGINT AS n,
    sum(d_etat)::BIGINT AS d
FROM valeurs AS v JOIN registre AS r USING (departement, mois, guichet)
JOIN lieux AS l ON (l.organisme, l.type_guichet) = (r.organisme, r.type_guichet)
WHERE departement = $departement AND mois = $mois AND niveau = 'guichet' AND d_etat > 0
GROUP BY ALL
ORDER BY ALL
"""


class Lue(TypedDict):
    """A value: its place, its state, the counts that it rests on."""

    niveau: Niveau
    cle: str
    code: str
    etat: str
    annee: bool
    n: int | None
    d: int | None
    bas: float | None
    haut: float | None


class Partie(TypedDict):
    """What an organisme has of a type of guichets, and the EPCI that all of these lie in."""

    code: str
    organisme: str
    type: str
    epci: str | None
    n: int
    d: int


def lire(v: Lecture, departement: str, mois: str, regles: Catalogue) -> list[Lue]:
    """Return the values of a month by a catalogue: département, types, organismes."""
    lignes = v.lignes(_SQL, {"departement": departement, "mois": mois}, Lue)
    return [une for une in lignes if une["code"] in regles.indicateurs]


def parties(v: Lecture, departement: str, mois: str) -> list[Partie]:
    """Return what each organisme has of each type of guichets in a month."""
    places = [
        (guichet, epci)
        for epci, siens in guichets_par_epci(v, departement).items()
        for guichet in siens
    ]
    guichets, epcis = zip(*places, strict=True) if places else ((), ())
    ici = {"departement": departement, "mois": mois}
    return v.lignes(_PARTIES, ici | {"guichets": list(guichets), "epcis": list(epcis)}, Partie)


def lire_epci(parts: Iterable[Partie]) -> Mapping[Lieu, str]:
    """Return the EPCI of each part whose guichets all lie in one."""
    return {partie(un["organisme"], un["type"]): un["epci"] for un in parts if un["epci"]}


@par_version
def tus(v: Lecture, departement: str, mois: str, catalogue: str) -> frozenset[Cle]:
    """Return the (code, niveau, cle) of a month whose counts may not be shared.

    Raises:
        Refus: the register of what was shared is damaged, or refuses the month.
    """
    regles = lire_regles(catalogue)
    return masquer(*_du_mois(v, departement, mois, regles), _registre(v, departement, mois))


def sont_decides(v: Lecture, departement: str, mois: str) -> bool:
    """Tell whether what a month hides is decided: at night, or by the first who needed it."""
    entier = du_departement(v, departement)
    regles = catalogue_du_mois(entier, Filtres(departement, mois))
    editions = _registre(v, departement, mois).fichiers()
    return bool(editions) and nommer(*_du_mois(entier, departement, mois, regles)) in editions


def _registre(v: Lecture, departement: str, mois: str) -> Registre:
    return Registre(v.dossier.diffusions / departement / "indicateurs" / mois)


def _du_mois(
    v: Lecture, departement: str, mois: str, regles: Catalogue
) -> tuple[list[Lue], list[Partie], Catalogue, int, Imprimes]:
    codes = frozenset(lieu[0] for lieu in _lieux_imprimes(regles) if lieu)
    return (
        lire(v, departement, mois, regles),
        parties(v, departement, mois),
        regles,
        seuil_secret(v),
        Imprimes(partages(v, departement, mois, codes)),
    )


@par_version
def dits_du_departement(v: Lecture, departement: str, mois: str) -> Mapping[str, Lue]:
    """Return what a département shares of its indicators in a month, by code, whoever reads.

    Acts of which none is tolerated are not there, unless the month has no unit of them.

    Raises:
        Refus: the register of what was shared is damaged, or refuses the month.
    """
    entier = du_departement(v, departement)
    regles = catalogue_du_mois(entier, Filtres(departement, mois))
    caches = tus(entier, departement, mois, regles.en_json())
    lignes = lire(entier, departement, mois, regles)
    return {
        une["code"]: une
        for une in _partagees(lignes, regles, caches)
        if (une["niveau"], une["cle"]) == TOTAL
    }


def cle_de(une: Lue) -> Cle:
    """Return what names a value among those of a month."""
    return une["code"], une["niveau"], une["cle"]


def _partagees(lignes: Iterable[Lue], regles: Catalogue, caches: Collection[Cle]) -> Iterator[Lue]:
    """Yield what is shared of the counts of a month: not what is hidden, nor told by a semester."""
    for une in lignes:
        au_semestre = une["d"] and dit_au_semestre(regles, une["code"])
        if cle_de(une) not in caches and not au_semestre:
            yield une


@par_version
def dits_a_tous(v: Lecture, departement: str) -> Sequence[Dit]:
    """Return what is shared of a département and of its types, in months whose masks are decided.

    A month of which nothing is decided yet, or can be read, tells nothing: none waits for it here.
    """
    dits: list[Dit] = []
    for mois in mois_controles(v, departement):
        with contextlib.suppress(Refus):
            dits += _dits_du_mois(v, departement, mois)
    return dits


def _dits_du_mois(v: Lecture, departement: str, mois: str) -> Iterator[Dit]:
    if (lus := decides(v, departement, mois)) is None:
        return
    for une in _partagees(lus.lignes, lus.regles, lus.caches):
        if une["niveau"] != "organisme":
            taux = (une["n"] or 0) / une["d"] if une["d"] else None
            yield departement, mois, une["code"], une["niveau"], une["cle"], taux


class Decides(NamedTuple):
    """The values of a month, the catalogue in force, what it hides, the threshold."""

    lignes: Sequence[Lue]
    regles: Catalogue
    caches: frozenset[Cle]
    seuil: int


def decides(v: Lecture, departement: str, mois: str) -> Decides | None:
    """Return the values of a month and those that it hides, None where that is not decided."""
    entier = du_departement(v, departement)
    regles = catalogue_du_mois(entier, Filtres(departement, mois))
    lignes, parties, regles, seuil, imprimes = _du_mois(entier, departement, mois, regles)
    nom = nommer(lignes, parties, regles, seuil, imprimes)
    dits = _registre(v, departement, mois).fait(nom)
    if dits is None:
        return None
    return Decides(lignes, regles, frozenset(map(tuple, dits)), seuil)


@par_version
def a_peu_pres(v: Lecture, departement: str, mois: str) -> Mapping[Cle, float]:
    """Return the rates that all are told about, their counts being masked, by their Cle.

    Those of the département and of the types that the reader sees; nothing of a month of which
    nothing is decided, or can be read.
    """
    with contextlib.suppress(Refus):
        if lus := decides(v, departement, mois):
            tues = lus.caches & {cle_de(une) for une in lire(v, departement, mois, lus.regles)}
            dites = {
                cle_de(une): arrondir(une["niveau"], une["n"] or 0, une["d"] or 0, lus.seuil)
                for une in lus.lignes
                if cle_de(une) in tues and not dit_au_semestre(lus.regles, une["code"])
            }
            return {cle: taux for cle, taux in dites.items() if taux is not None}
    return {}


def arrondir(niveau: Niveau, n: int, d: int, seuil: int) -> float | None:
    """Return a rate of a département or a type as it is told about, None where it is not.

    A small count that it holds may then be as little, or as much, as « s » says: so many anomalies
    less or more are told the same. Who knows that this was asked, too, knows them to twice the
    threshold at best.
    """
    pas = pas_dit(d, seuil)
    if niveau == "organisme" or min(n, d - n) < seuil or pas is None:
        return None
    dit = round(MILLE * n / d / pas) * pas
    loin = abs(dit * d - MILLE * n) + MILLE * (seuil - 1)
    return dit / MILLE if 0 < dit < MILLE and 2 * loin < pas * d else None


def pas_dit(d: int, seuil: int) -> int | None:
    """Return to how many thousandths a rate out of so many is rounded, None when it is not told."""
    return next((pas for pas in PAS if pas * d >= 2 * MILLE * (2 * seuil - 1)), None)


def masquer_mois(v: Lecture, departement: str, mois: str) -> None:
    """Decide what the indicators of a controlled month hide: no document has to, nor waits for it.

    Raises:
        Refus: the register of what was shared is damaged, or refuses the month.
    """
    tus(v, departement, mois, catalogue_du_mois(v, Filtres(departement, mois)).en_json())


def dit_au_semestre(regles: Catalogue, code: str) -> bool:
    """Tell whether what a month counts is told by the semester: acts of which none is tolerated."""
    un = regles.indicateurs[code]
    return un.tolerance_zero and regles.populations[un.population].nature != "stock"


@functools.lru_cache(maxsize=8)
def lire_regles(texte: str) -> Catalogue:
    """Return a catalogue from its JSON."""
    return Catalogue.depuis_json(texte)


@dataclass(frozen=True, slots=True)
class Imprimes:
    """What the standard tables of the month print of the département, that indicators count too."""

    tables: Mapping[str, Partage]

    def lus(self, regles: Catalogue) -> list[object]:
        """Return all that indicators may read here."""
        return [self.lire(lieu) for lieu in _lieux_imprimes(regles)]

    def lire(self, lieu: Place | None) -> Any:  # noqa: ANN401 - a count, MASQUE or nothing
        """Return what a table prints at a place, None when it prints nothing there."""
        if lieu is None or lieu[0] not in self.tables:
            return None
        code, _, nom = lieu
        return next(
            (une[nom] for une in self.tables[code].lignes if place(code, une, nom) == lieu), None
        )


def _lieux_imprimes(regles: Catalogue) -> list[Place | None]:
    """Return where tables print what indicators may count too."""
    effectifs = [
        effectif_imprime(*effectif, annee=annee)
        for effectif in EFFECTIFS
        for annee in (False, True)
    ]
    siens = (un.imprime.place for un in regles.indicateurs.values() if un.imprime)
    return [*effectifs, *siens]


def effectif_imprime(population: str, applicable: str | None, *, annee: bool) -> Place | None:
    """Return where a table prints the effectif of the département that indicators share."""
    if (population, applicable) not in EFFECTIFS:
        return None
    role, fenetre = EFFECTIFS[population, applicable]
    code = tableaux().code(role)
    if role == "evolution":
        return code, (fenetre, *_FENETRES.get(fenetre, ("12_mois" if annee else "mois",))), "total"
    return code, (fenetre,), "total"


def nommer(
    lignes: Sequence[Lue],
    parties: Sequence[Partie],
    regles: Catalogue,
    seuil: int,
    imprimes: Imprimes,
) -> str:
    """Return what names an edition: the same as long as all that it rests on is."""
    return empreinte(lignes, parties, seuil, imprimes.lus(regles))


def masquer(
    lignes: Sequence[Lue],
    parties: Sequence[Partie],
    regles: Catalogue,
    seuil: int,
    imprimes: Imprimes,
    registre: Registre | None = None,
) -> frozenset[Cle]:
    """Return the (code, niveau, cle) not to share, a window after the other.

    `registre` has the earlier editions of the month; this one is kept there.
    """
    registre = registre or Registre()
    nom = nommer(lignes, parties, regles, seuil, imprimes)
    if (connue := registre.fait(nom)) is not None:
        return frozenset(map(tuple, connue))
    masquees: set[Cle] = set()
    systemes: dict[str, Systeme] = {}
    epci = lire_epci(parties)
    for annee in (False, True):
        siennes = _de_la_fenetre(lignes, parties, regles, annee=annee)
        codes = {code: regles.indicateurs[code] for code in siennes}
        dits = _dits(codes, siennes, imprimes, seuil, annee=annee)
        fenetre = "12m" if annee else "mois"
        caches, systemes[fenetre] = Fenetre(codes, siennes, dits, seuil, epci).masquer(
            registre.systemes(fenetre)
        )
        masquees |= {(code, *lieu) for code, lieu in caches}
    registre.inscrire(nom, Edition(systemes, sorted(masquees)))
    return frozenset(masquees)


def _de_la_fenetre(
    lignes: Sequence[Lue], parties: Sequence[Partie], regles: Catalogue, *, annee: bool
) -> dict[str, list[Compte]]:
    """Return what indicators of a window count in places that have units, by code."""
    siennes: dict[str, list[Compte]] = defaultdict(list)
    for une in lignes:
        if une["d"] and une["annee"] == annee and not dit_au_semestre(regles, une["code"]):
            lieu = (une["niveau"], une["cle"])
            siennes[une["code"]].append(Compte(lieu, une["n"] or 0, une["d"]))
    for part in parties:
        if part["code"] in siennes:
            la = partie(part["organisme"], part["type"])
            siennes[part["code"]].append(Compte(la, part["n"], part["d"]))
    return siennes


def _dits(
    codes: Mapping[str, Indicateur],
    lignes: Mapping[str, Sequence[Compte]],
    imprimes: Imprimes,
    seuil: int,
    *,
    annee: bool,
) -> dict[Any, int | None]:
    """Return what the tables of the month tell of counts of the département, None for MASQUE."""
    dits: dict[Any, int | None] = {}
    for code, un in codes.items():
        lieu = effectif_imprime(un.population, un.applicable, annee=annee)
        _dire(dits, unites(un), imprimes.lire(lieu))
        if un.imprime:
            imprime = imprimes.lire(un.imprime.place)
            if not un.imprime.seules and isinstance(imprime, int):
                n = sum(une.n for une in lignes[code] if une.lieu == TOTAL)
                imprime = MASQUE if 0 < imprime - n < seuil else None
            _dire(dits, anomalies(un), imprime)
    return dits


def _dire(dits: dict[Any, int | None], quoi: Any, imprime: object) -> None:  # noqa: ANN401
    if isinstance(imprime, int):
        dits[quoi] = imprime
    elif imprime == MASQUE:
        dits[quoi] = None
