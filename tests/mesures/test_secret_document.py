"""The secret statistique of a whole document, attacked with all that its tables have in common.

The attacker knows every linear relation between the counts of the standard tables. None is
written here: a relation is what holds in each of thousands of random départements that the SQL
of the tables counted.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from infocentre.mesures.liens import Place, place
from infocentre.mesures.partage import MASQUE, Ensemble, masquer_ensemble, montrer
from infocentre.mesures.secret import _Table
from tests.mesures.juge import Juge, trouver_relations
from tests.mesures.mondes import Tables, compter, comptes, tirer
from tests.mesures.test_tableaux import TABLEAUX
from tests.profondeur import PROFONDEUR, profond

pytestmark = pytest.mark.lent

SEUIL, DELAI, ETROIT = 11, 24, 5
PETITS, MONDES = 2000, 4 * PROFONDEUR  # documents of 32 tables
JUGES = PROFONDEUR  # that the integer program judges: a second of processor each
Matrice = npt.NDArray[np.float64]


@pytest.fixture(scope="module")
def documents(tmp_path_factory: pytest.TempPathFactory) -> tuple[list[Tables], Attaquant]:
    hasard = random.Random(4)  # noqa: S311 - a seed to run again
    premieres = [_departement(hasard) for _ in range(MONDES)]
    mondes = [*map(_petit, range(PETITS)), *premieres, *(_reviser(hasard, un) for un in premieres)]
    lues = compter(mondes, DELAI, tmp_path_factory.mktemp("mondes"))
    return lues[PETITS:], Attaquant(lues)  # documents, then another edition of each


def _petit(rang: int) -> dict[str, list[dict[str, Any]]]:
    """Return one or two rows of each kind, one attribution at least: any combination of codes."""
    hasard = random.Random(rang)  # noqa: S311
    lignes = {
        table: [tirer(hasard, table, personnes=0.7) for _ in range(1 + rang // fois % 2)]
        for table, fois in (("stock", 1), ("radiation", 2))
    }
    lignes["radiation"][0]["motif_radiation"] = "RADATT"
    return lignes


def _departement(hasard: random.Random) -> dict[str, list[dict[str, Any]]]:
    inegal = hasard.choice([0.7, 1.2, 2])
    return {
        table: [tirer(hasard, table, inegal=inegal) for _ in range(hasard.randrange(*bornes))]
        for table, bornes in (("stock", (40, 900)), ("radiation", (20, 500)))
    }


def _reviser(
    hasard: random.Random, monde: dict[str, list[dict[str, Any]]]
) -> dict[str, list[dict[str, Any]]]:
    """Return what a later delivery says of a département: a few rows less, more, or otherwise."""
    part = hasard.choice([0.002, 0.02, 0.1])
    return {
        table: [
            tirer(hasard, table) if hasard.random() < part else une
            for une in lignes
            if hasard.random() > part
        ]
        + [tirer(hasard, table) for _ in range(hasard.randrange(3))]
        for table, lignes in monde.items()
    }


class Attaquant:
    """Knows the relations between counts, reads what a document shows, works out the rest."""

    def __init__(self, lues: Sequence[Tables]) -> None:
        vecteurs = [comptes(tables) for tables in lues]
        places = dict.fromkeys(lieu for vecteur in vecteurs for lieu in vecteur)
        self.rangs = {lieu: rang for rang, lieu in enumerate(places)}
        matrice = np.zeros((len(vecteurs), len(places)))
        for ligne, vecteur in zip(matrice, vecteurs, strict=True):
            ligne[[self.rangs[lieu] for lieu in vecteur]] = list(vecteur.values())
        self.juge = Juge(trouver_relations(list(places), matrice))
        valeurs, vecteurs_propres = np.linalg.eigh(matrice.T @ matrice)
        self.relations = int((valeurs < 1e-6).sum())
        # How counts may differ from those of another world: what holds in all of them apart.
        self.ecarts: Matrice = vecteurs_propres[:, self.relations :]

    def trouver(
        self, masquees: Sequence[Place], reunies: Sequence[Sequence[Place]] = ()
    ) -> list[Place]:
        """Return the masked places whose count is the only one that the visible ones allow.

        `reunies`: the places whose counts are shown together.
        """
        rangs = [self.rangs[lieu] for lieu in masquees]
        vues = np.delete(self.ecarts, rangs, axis=0)
        for lieux in reunies:
            ensemble = self.ecarts[[self.rangs[lieu] for lieu in lieux]].sum(axis=0)
            vues = np.vstack([vues, ensemble])
        tailles, directions = np.linalg.eigh(vues.T @ vues)
        libres = self.ecarts[rangs] @ directions[:, tailles < 1e-10]
        mobiles = np.abs(libres).max(axis=1, initial=0) > 1e-7
        return [lieu for lieu, mobile in zip(masquees, mobiles, strict=True) if not mobile]


@pytest.fixture(scope="module")
def ensembles(documents: tuple[list[Tables], Attaquant]) -> list[Ensemble]:
    """What each document hides, by itself."""
    return [masquer_ensemble(tables, SEUIL) for tables in documents[0][:MONDES]]


def masquees_de(tables: Tables, ensemble: Ensemble) -> list[Place]:
    """Return the places that the shared version of the tables hides."""
    partagees = montrer(tables, ensemble)
    montrees = comptes({code: un.lignes for code, un in partagees.items()})
    return [lieu for lieu, valeur in montrees.items() if valeur == MASQUE]


def reunies_de(tables: Tables) -> list[list[Place]]:
    """Return the places of each count that is shown with others, the one where it is first."""
    return [
        [place(code, lignes[rang], nom) for rang in (fusion.vers, *fusion.de)]
        for code, lignes in tables.items()
        for fusion in TABLEAUX[code].plan.fusionner(lignes, SEUIL)
        for nom in fusion.colonnes
    ]


def cachees_de(tables: Tables, ensemble: Ensemble) -> tuple[list[Place], list[list[Place]]]:
    """Return the places of which nothing is shown alone, and those that are shown together."""
    masquees, reunies = masquees_de(tables, ensemble), reunies_de(tables)
    seules = [lieu for lieux in reunies for lieu in lieux]
    vues = [lieux for lieux in reunies if lieux[0] not in masquees]
    return list(dict.fromkeys([*masquees, *seules])), vues


def test_the_attacker_knows_that_tables_repeat_one_another(
    documents: tuple[list[Tables], Attaquant],
) -> None:
    """Relations within and between tables, found without being told: a rank far below."""
    _, attaquant = documents
    assert len(attaquant.rangs) > 900
    assert attaquant.relations > len(attaquant.rangs) / 2
    total = ("ATT-02", ("*",), "attributions")
    assert attaquant.trouver([total]) == [total]


@pytest.mark.parametrize("rang", range(MONDES))
def test_no_masked_count_can_be_worked_out_of_a_document(
    documents: tuple[list[Tables], Attaquant], ensembles: list[Ensemble], rang: int
) -> None:
    tables, ensemble = documents[0][rang], ensembles[rang]
    masquees, reunies = cachees_de(tables, ensemble)
    vrais = comptes(tables)
    petits = {lieu for lieu, valeur in vrais.items() if 0 < valeur < SEUIL}
    assert petits
    assert petits <= set(masquees)
    secrets = petits | set(masquees_de(tables, ensemble)).difference(*reunies_de(tables))
    assert secrets.isdisjoint(documents[1].trouver(masquees, reunies))


@profond
@pytest.mark.parametrize(
    ("oublie", "rien"), [("_arrondissements", ()), ("_typologie_attribuee", "")]
)
def test_tables_masked_without_what_binds_them_are_given_away(
    documents: tuple[list[Tables], Attaquant],
    monkeypatch: pytest.MonkeyPatch,
    oublie: str,
    rien: object,
) -> None:
    """The attack is no formality: it succeeds as soon as one link is forgotten."""
    monkeypatch.setattr(f"infocentre.mesures.liens.{oublie}", lambda *_: rien)
    assert any(
        set(masquees_de(tables, ensemble)).intersection(
            documents[1].trouver(*cachees_de(tables, ensemble))
        )
        for tables in documents[0]
        for ensemble in (masquer_ensemble(tables, SEUIL),)
    )


# --- An integer program, which knows that counts are whole and that a zero is shown ---------------


def juger(tables: Tables, ensemble: Ensemble, juge: Juge) -> dict[Place, tuple[int, int]]:
    """Return the bounds of the secret counts that are found tight in the shared tables."""
    cachees, reunies = cachees_de(tables, ensemble)
    vraies = dict.fromkeys(cachees, 0) | comptes(tables)
    petits = {lieu for lieu in cachees if 0 < vraies[lieu] < SEUIL}
    secrets = petits | set(masquees_de(tables, ensemble)).difference(*reunies_de(tables))
    return juge.juger(vraies, cachees, [dict.fromkeys(lieux, 1) for lieux in reunies], secrets)


@pytest.mark.parametrize("rang", range(JUGES))
def test_the_judge_finds_no_masked_count_in_a_document(
    documents: tuple[list[Tables], Attaquant],
    ensembles: list[Ensemble],
    rang: int,
    record_property: Callable[..., None],
) -> None:
    """What is narrow without being found is reported: an interval of less than five counts."""
    bornes = juger(documents[0][rang], ensembles[rang], documents[1].juge)
    record_property("etroites", sum(haut - bas < ETROIT for bas, haut in bornes.values()))
    assert [lieu for lieu, (bas, haut) in bornes.items() if bas == haut] == []


@profond
def test_the_judge_finds_counts_when_nothing_protects_them(
    documents: tuple[list[Tables], Attaquant], monkeypatch: pytest.MonkeyPatch
) -> None:
    for nom in ("proteger", "desepingler", "proteger_des_detenteurs"):
        monkeypatch.setattr(_Table, nom, lambda _: None)
    tables, attaquant = documents[0][0], documents[1]
    vraies = comptes(tables)
    bornes = juger(tables, masquer_ensemble(tables, SEUIL), attaquant.juge)
    retrouvees = {lieu: bas for lieu, (bas, haut) in bornes.items() if bas == haut}
    assert len(retrouvees) > 20
    assert retrouvees == {lieu: vraies[lieu] for lieu in retrouvees}


# --- Two editions of a document -------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Lu:
    """An edition as its reader has it: the true counts, what is hidden, alone or shown together."""

    vraies: dict[Place, int]
    cachees: list[Place]
    reunies: list[list[Place]]

    @classmethod
    def de(cls, tables: Tables, ensemble: Ensemble) -> Lu:
        cachees, reunies = cachees_de(tables, ensemble)
        return cls(dict.fromkeys(cachees, 0) | comptes(tables), cachees, reunies)


def juger_editions(premiere: Lu, seconde: Lu, juge: Juge) -> dict[Place, tuple[int, int]]:
    """Return the bounds of the small counts found tight by who has both editions.

    A count that both have alike is one count, told as soon as one of them tells it.
    """
    noms = {
        lieu: lieu if premiere.vraies.get(lieu, 0) == valeur else (f"bis {lieu[0]}", *lieu[1:])
        for lieu, valeur in seconde.vraies.items()
    }

    def renommer(lieu: Place) -> Place:
        return noms.get(lieu, (f"bis {lieu[0]}", *lieu[1:]) if lieu in premiere.vraies else lieu)

    secondes = [{renommer(un): fois for un, fois in une.items()} for une in juge.relations]
    tues, tues_aussi = set(premiere.cachees), {renommer(un) for un in seconde.cachees}
    vraies = premiere.vraies | {renommer(un): n for un, n in seconde.vraies.items()}
    vues = (premiere.vraies.keys() - tues) | ({*map(renommer, seconde.vraies)} - tues_aussi)
    cachees = sorted(tues.union(tues_aussi) - vues)
    reunies = [*premiere.reunies, *([renommer(un) for un in lieux] for lieux in seconde.reunies)]
    deux = Juge([*juge.relations, *secondes])
    petites = {lieu for lieu in cachees if 0 < vraies[lieu] < SEUIL}
    return deux.juger(vraies, cachees, [dict.fromkeys(lieux, 1) for lieux in reunies], petites)


def _deux(
    documents: list[Tables], premiere: Ensemble, rang: int, *, registre: bool
) -> tuple[Lu, Lu]:
    """Return both editions of a document, the second one masked after the first or by itself."""
    tables, revisees = documents[rang], documents[MONDES + rang]
    assert premiere.systeme
    anciens = [premiere.systeme] if registre else []
    return (
        Lu.de(tables, premiere),
        Lu.de(revisees, masquer_ensemble(revisees, SEUIL, None, anciens)),
    )


@pytest.mark.parametrize("rang", range(JUGES))
def test_the_judge_finds_no_small_count_in_two_editions_of_a_document(
    documents: tuple[list[Tables], Attaquant], ensembles: list[Ensemble], rang: int
) -> None:
    editions = _deux(documents[0], ensembles[rang], rang, registre=True)
    bornes = juger_editions(*editions, documents[1].juge)
    assert [lieu for lieu, (bas, haut) in bornes.items() if bas == haut] == []


@profond
def test_two_editions_that_do_not_know_of_each_other_give_small_counts_away(
    documents: tuple[list[Tables], Attaquant], ensembles: list[Ensemble]
) -> None:
    assert any(
        bas == haut
        for rang in range(MONDES)
        for bas, haut in juger_editions(
            *_deux(documents[0], ensembles[rang], rang, registre=False), documents[1].juge
        ).values()
    )
