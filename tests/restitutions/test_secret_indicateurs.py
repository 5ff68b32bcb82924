"""The secret of indicators, judged over random registers and pairs of editions.

The judge knows who is where, which indicators judge the same units, what effectifs leave out, and
that places add up; it reads what is told of both editions, a count that did not change being one.
"""

from __future__ import annotations

import random
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from infocentre.catalogue import lire_catalogue
from infocentre.lecture import publies
from infocentre.mesures.diffusions import Registre
from tests.mesures.grand_juge import Contrainte, juger
from tests.profondeur import PROFONDEUR

pytestmark = pytest.mark.lent

SEUIL, MONDES, ANNEE = 11, 30, True
JUGES = 2 * PROFONDEUR
POPULATION = "attributions"
REGLES = lire_catalogue()
# Those of acts where some are tolerated, and that apply to all or by one more rule.
CODES = [un for un in REGLES.de_population(POPULATION) if not un.tolerance_zero]
SANS_BAIL, BAIL = "ATT_BAIL_NR", "date_signature_bail is not null"
TYPES = ("BAILLEUR", "COMMUNE", "EPCI")
# Where the guichets of a type lie that an organisme has: some organismes are in two.
EPCI = {
    (f"o{numero}", type_): f"e{(numero + rang) % 3}"
    for numero in range(14)
    for rang, type_ in enumerate(TYPES)
}
# A unit: its organisme and type, None outside the register; the rules that apply; its anomalies.
Unite = tuple[tuple[str, str] | None, frozenset[str | None], frozenset[str]]
Cle = tuple[Any, ...]


def tirer(hasard: random.Random, lieux: list[tuple[str, str] | None], nombre: int) -> list[Unite]:
    """Return units of a few places, most of them in the first ones."""
    poids = [1 / (1 + rang) ** hasard.choice([0.5, 1, 2]) for rang in range(len(lieux))]
    regles = sorted({un.applicable for un in CODES if un.applicable})
    parts = {nom: hasard.choice([0.05, 0.5, 0.95, 0.995]) for nom in regles}
    taux = {un.code: hasard.choice([0.002, 0.02, 0.2, 0.99]) for un in CODES}
    unites = []
    for lieu in hasard.choices(lieux, poids, k=nombre):
        suivies = frozenset({None, *(nom for nom in regles if hasard.random() < parts[nom])})
        fautes = {un.code for un in CODES if hasard.random() < taux[un.code]} - {SANS_BAIL}
        fautes |= {SANS_BAIL} if BAIL not in suivies else set()
        unites.append((lieu, suivies, frozenset(fautes)))
    return unites


def lieux_de(lieu: tuple[str, str] | None) -> list[tuple[str, str]]:
    if lieu is None:
        return [("departement", "*"), ("type", "INCONNU")]
    organisme, type_ = lieu
    return [("departement", "*"), ("type", type_), ("organisme", organisme), ("partie", str(lieu))]


def compter(unites: list[Unite]) -> dict[tuple[str, tuple[str, str]], list[int]]:
    """Return [anomalies, units] by code and place."""
    comptes: dict[tuple[str, tuple[str, str]], list[int]] = defaultdict(lambda: [0, 0])
    for lieu, suivies, fautes in unites:
        for un in CODES:
            if un.applicable in suivies:
                for ici in lieux_de(lieu):
                    comptes[un.code, ici][0] += un.code in fautes
                    comptes[un.code, ici][1] += 1
    return comptes


def masquer(unites: list[Unite], registre: Registre) -> set[tuple[str, tuple[str, str]]]:
    lignes = [
        _lue(code, niveau, cle, n, d)
        for (code, (niveau, cle)), (n, d) in sorted(compter(unites).items())
        if niveau != "partie"
    ]
    siennes: dict[tuple[str, str, str], Counter[str]] = defaultdict(Counter)
    for lieu, suivies, fautes in unites:
        for un in CODES:
            if lieu and un.applicable in suivies:
                siennes[un.code, *lieu].update(n=un.code in fautes, d=1)
    parties: list[publies.Partie] = [
        {
            "code": code,
            "organisme": organisme,
            "type": type_,
            "epci": EPCI.get((organisme, type_)),
            "n": un["n"],
            "d": un["d"],
        }
        for (code, organisme, type_), un in sorted(siennes.items())
    ]
    tues = publies.masquer(lignes, parties, REGLES, SEUIL, publies.Imprimes({}), registre)
    return {(code, (niveau, cle)) for code, niveau, cle in tues}


def _lue(code: str, niveau: Any, cle: str, n: int, d: int) -> publies.Lue:
    return {
        "niveau": niveau,
        "cle": cle,
        "code": code,
        "etat": "vert",
        "annee": ANNEE,
        "n": n,
        "d": d,
        "bas": None,
        "haut": None,
    }


def connaitre(unites: list[Unite]) -> tuple[dict[Cle, int], list[list[tuple[Cle, int]]]]:
    """Return every count, and what makes nothing: [(count, how many times)]."""
    vraies: Counter[Cle] = Counter()
    for (code, ici), (n, d) in compter(unites).items():
        un = REGLES.indicateurs[code]
        vraies["n", code, ici], vraies["reste", code, ici] = n, d - n
        vraies["d", un.applicable, ici] = d
    nuls: list[list[tuple[Cle, int]]] = []
    par_quoi: dict[tuple[str, Any], set[tuple[str, str]]] = defaultdict(set)
    for nom, quoi, ici in list(vraies):
        par_quoi[nom, quoi].add(ici)
        if nom == "n":
            tous = ("d", REGLES.indicateurs[quoi].applicable, ici)
            nuls.append([(tous, 1), (("n", quoi, ici), -1), (("reste", quoi, ici), -1)])
    for ici in par_quoi["d", BAIL]:
        sans = (("n", SANS_BAIL, ici), -1)
        nuls.append([(("d", None, ici), 1), (("d", BAIL, ici), -1), sans])
    for (nom, quoi), siens in par_quoi.items():
        for total, parts in sommer(siens, unites):
            nuls.append([((nom, quoi, total), 1), *(((nom, quoi, un), -1) for un in parts)])
    return vraies, nuls


def sommer(
    siens: set[tuple[str, str]], unites: list[Unite]
) -> Iterator[tuple[tuple[str, str], list[tuple[str, str]]]]:
    """Yield places that others make."""
    connus = sorted({lieu for lieu, _, _ in unites if lieu})
    yield ("departement", "*"), [un for un in siens if un[0] == "type"]
    organismes = [un for un in siens if un[0] == "organisme"]
    yield ("departement", "*"), [*organismes, *(siens & {("type", "INCONNU")})]
    for rang, niveau in ((0, "organisme"), (1, "type")):
        for nom in {lieu[rang] for lieu in connus}:
            parts = [("partie", str(lieu)) for lieu in connus if lieu[rang] == nom]
            yield (niveau, nom), [un for un in parts if un in siens]


def attaquer(
    editions: list[tuple[list[Unite], set[Any]]], epci: str = ""
) -> dict[Any, tuple[int, int]]:
    """Return the small counts that are found tight by who reads all editions.

    Who has an account of an EPCI reads the guichets that lie there too: the others' are looked for.
    """
    connus, autres = voir(editions, epci)
    vraies: dict[Cle, int] = {}
    dites: set[Cle] = set()
    contraintes = []
    for rang, (unites, masquees) in enumerate(editions):
        siennes, nuls = connaitre(unites)
        noms = {
            cle: cle if vraies.get(cle, nombre) == nombre else (*cle, rang)
            for cle, nombre in siennes.items()
        }
        vraies |= {noms[cle]: nombre for cle, nombre in siennes.items()}
        for code, ici in compter(unites):
            if ici in connus or (ici[0] != "partie" and (code, ici) not in masquees):
                un = REGLES.indicateurs[code].applicable
                lues = (("n", code, ici), ("reste", code, ici), ("d", un, ici))
                dites |= {noms[cle] for cle in lues}
        contraintes += [Contrainte(_termes(un, noms)) for un in nuls]
    bornes = juger(vraies, vraies.keys() - dites, contraintes, SEUIL)
    return {cle: un for cle, un in bornes.items() if not epci or cle[2] in autres}


def voir(
    editions: list[tuple[list[Unite], set[Any]]], epci: str
) -> tuple[set[tuple[str, str]], set[tuple[str, str]]]:
    """Return the places that lie in an EPCI, and those of which nothing does."""
    lieux = {lieu for unites, _ in editions for lieu, _, _ in unites if lieu}
    dedans = [set(lieux_de(un)[2:]) for un in lieux if EPCI[un] == epci]
    dehors = [set(lieux_de(un)[2:]) for un in lieux if EPCI[un] != epci]
    siens, leurs = set().union(*dedans), set().union(*dehors)
    return siens - leurs, leurs - siens


def _termes(nul: list[tuple[Cle, int]], noms: Mapping[Cle, Cle]) -> dict[Cle, float]:
    termes: Counter[Cle] = Counter()
    for cle, fois in nul:
        if cle in noms:
            termes[noms[cle]] += fois
    return dict(termes)


@pytest.mark.parametrize("rang", range(JUGES))
def test_the_judge_finds_no_small_count_of_an_indicator_in_one_edition_nor_in_two(
    tmp_path: Path, rang: int
) -> None:
    hasard = random.Random(rang)  # noqa: S311 - a seed to run again
    lieux: list[tuple[str, str] | None] = [
        (f"o{numero}", type_)
        for numero in range(hasard.randrange(3, 14))
        for type_ in hasard.sample(TYPES, hasard.choice([1, 1, 1, 2]))
    ]
    lieux += [None] if hasard.random() < 0.5 else []
    premiere = tirer(hasard, lieux, hasard.randrange(80, 900))
    seconde = [un for un in premiere if hasard.random() > 0.02]
    seconde += tirer(hasard, lieux, hasard.randrange(1, 20))
    registre = Registre(tmp_path)
    editions = [(un, masquer(un, registre)) for un in (premiere, seconde)]
    montrees = sum((code, ici) not in editions[0][1] for code, ici in compter(premiere))
    assert montrees > 10, "a world where everything is hidden proves nothing"
    for lues in (editions[:1], editions):
        bornes = attaquer(lues)
        assert {cle: un for cle, un in bornes.items() if un[0] == un[1]} == {}
    # What has not changed since, to who knows what changed of his own, nothing can hide any more.
    for epci in set(EPCI.values()):
        bornes = attaquer(editions[:1], epci)
        assert {cle: un for cle, un in bornes.items() if un[0] == un[1]} == {}, epci
