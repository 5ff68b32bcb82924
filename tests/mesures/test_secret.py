"""The secret statistique: on small tables by hand, on random ones by linear algebra."""

from __future__ import annotations

import itertools
import random
from collections.abc import Collection, Mapping, Sequence
from typing import Any

import numpy as np
import pytest

from infocentre.mesures import lire_tableaux
from infocentre.mesures.partage import MASQUE, partager, partager_ensemble
from infocentre.mesures.secret import (
    ACCESSOIRE,
    PUBLIEE,
    Cle,
    Mouvements,
    Somme,
    determinees,
    liberer,
    masquer,
)

SEUIL = 11


def test_small_counts_are_masked_zeros_and_the_threshold_are_not() -> None:
    assert masquer({"a": 0, "b": 1, "c": 10, "d": 11}, [], SEUIL) == {"b", "c"}


def test_a_single_small_part_takes_the_smallest_other_part_with_it() -> None:
    valeurs = {"t": 75, "a": 5, "b": 40, "c": 30, "d": 0}
    assert masquer(valeurs, [Somme("t", ("a", "b", "c", "d"))], SEUIL) == {"a", "c"}


def test_a_single_part_takes_its_total_with_it() -> None:
    assert masquer({"t": 20, "a": 20}, [Somme("t", ("a",))], SEUIL, {"a"}) == {"a", "t"}


def test_the_masked_parts_of_a_visible_total_are_together_above_the_threshold() -> None:
    valeurs = {"t": 52, "a": 1, "b": 1, "c": 20, "d": 30}
    assert masquer(valeurs, [Somme("t", ("a", "b", "c", "d"))], SEUIL) == {"a", "b", "c"}


def test_what_two_columns_leave_is_protected() -> None:
    """Total and hors mutation are printed; the mutations between them are not."""
    valeurs = {"total": 30, "hors": 27, "mutations": 3}
    sommes = [Somme("total", ("hors", "mutations"))]
    assert masquer(valeurs, sommes, SEUIL) == {"mutations", "hors"}


def test_cells_pinned_by_their_bounds_are_protected() -> None:
    """Eleven masked cells that make 11 are 1 each, for who knows that zeros are shown."""
    unes = {f"a{rang}": 1 for rang in range(11)}
    somme = Somme("t", (*unes, "b", "c"))
    masquees = masquer({**unes, "t": 71, "b": 20, "c": 40}, [somme], SEUIL)
    assert masquees == {*unes, "b"}


def test_cells_pinned_by_all_bounds_together_are_protected() -> None:
    """Sums say that a = b, d = 7 - 2a, c = a - 2: with 1 each at least, a can be 3 only.

    Without x, b is 7 - (a + d), 3 at least as a + d leaves c 1 of 5: two totals go.
    """
    valeurs = {"a": 3, "b": 3, "c": 1, "d": 1, "x": 5, "y": 5, "z": 7}
    sommes = [Somme("x", tuple("bcd")), Somme("y", tuple("acd")), Somme("z", tuple("dab"))]
    assert masquer(valeurs, sommes, 4) in ({*"abcdxy"}, {*"abcdxz"}, {*"abcdyz"})


def test_masked_parts_leave_each_other_up_to_the_threshold() -> None:
    """Of 5, 3 and 3 that make 11 none is 10, as the two others are 1 at least; of 12 one may be."""
    somme = Somme("t", tuple("abcd"))
    assert masquer({"t": 91, "a": 5, "b": 3, "c": 3, "d": 80}, [somme], SEUIL) == {*"abcd"}
    assert masquer({"t": 92, "a": 5, "b": 4, "c": 3, "d": 80}, [somme], SEUIL) == {*"abc"}


def test_what_only_its_bounds_would_tell_no_subtraction_tells() -> None:
    """Parts of 1 do not move: 8 of them are 8, 3 are 3. 33 less 25, which is known, tells 8 too.

    Who is not told by a row that there is one cannot say that they do not. Of 36 in two places,
    25, 8 and 3 are of three réservataires; of both the first are 15 and 10.
    """
    unes = {un: [f"{un}{rang}" for rang in range(n)] for un, n in (("f1", 4), ("f2", 4), ("a", 3))}
    valeurs = {"tous": 36, "p": 25, "f": 8, "a": 3, "p1": 15, "p2": 10, "f1": 4, "f2": 4}
    valeurs |= {"deux": 33, "deux1": 19, "deux2": 14}
    valeurs |= dict.fromkeys(itertools.chain(*unes.values()), 1)
    sommes = [
        Somme("tous", ("p", "f", "a")),
        Somme("p", ("p1", "p2")),
        Somme("f", ("f1", "f2")),
        Somme("deux", ("deux1", "deux2")),
        Somme("deux1", ("p1", "f1")),
        Somme("deux2", ("p2", "f2")),
        *(Somme(un, tuple(parts)) for un, parts in unes.items()),
    ]
    masquees = masquer(valeurs, sommes, 11, {"p1", "p2"}, connues={"tous", "p"})
    assert "deux" in masquees
    assert not determinees(masquees, sommes)


def test_a_small_count_is_told_no_more_of_by_two_sums() -> None:
    """With c shown, b is 27 at least, and a 9 at most: 36 less 27."""
    valeurs = {"t": 36, "a": 6, "b": 30, "c": 26, "d": 4}
    sommes = [Somme("t", ("a", "b")), Somme("b", ("c", "d"))]
    assert masquer(valeurs, sommes, SEUIL) == {*"abcd"}


def test_a_small_total_is_known_to_be_as_many_as_its_masked_parts() -> None:
    """Four parts of 1 at least make 4: « s » says it, and nothing is to be hidden for it."""
    valeurs = {"t": 100, "r": 6, "x": 94, "a": 1, "b": 2, "c": 1, "d": 2}
    sommes = [Somme("t", ("r", "x")), Somme("r", tuple("abcd"))]
    assert masquer(valeurs, sommes, SEUIL) == {*"rxabcd"}


def test_what_was_taken_out_since_leaves_what_two_sums_tell_protected() -> None:
    """43 since January after 39 tells the 4 of the month; a revision of -1 stands beside them."""
    valeurs = {"annee": 43, "avant": 39, "x": 20, "y": 19, "mois": 4, "publies": 19, "revision": -1}
    sommes = [
        Somme("annee", ("x", "y", "mois")),
        Somme("avant", ("x", "y")),
        Somme("publies", ("x", "revision")),
    ]
    prix = {"revision": PUBLIEE}
    masquees = masquer(valeurs, sommes, SEUIL, {"x", "y"}, prix, {"avant"})
    assert "annee" in masquees
    assert determinees(masquees, sommes) == set()


def test_a_sum_with_an_unknown_cell_is_left_out() -> None:
    assert masquer({"t": 30, "a": 5}, [Somme("t", ("a", "inconnue"))], SEUIL) == {"a"}


def _table(hasard: random.Random) -> tuple[dict[Cle, int], list[Somme]]:
    """Return a table with margins of rows and columns, half of the time cut in two layers too."""
    lignes, colonnes = hasard.randint(1, 8), hasard.randint(1, 6)
    couches = ("mutations", "hors") if hasard.random() < 0.5 else ("total",)
    tirages = (0, 0, 1, 2, 3, 5, 8, 10, 11, 12, 15, 20, 40, 100, 300)
    cubes = {couche: np.zeros((lignes + 1, colonnes + 1), dtype=int) for couche in couches}
    for cube in cubes.values():
        cube[:-1, :-1] = [[hasard.choice(tirages) for _ in range(colonnes)] for _ in range(lignes)]
        cube[-1, :] = cube.sum(axis=0)
        cube[:, -1] = cube.sum(axis=1)
    if len(couches) == 2:
        cubes["total"] = cubes["mutations"] + cubes["hors"]
    valeurs: dict[Cle, int] = {
        (couche, i, j): int(cube[i, j])
        for couche, cube in cubes.items()
        for i in range(lignes + 1)
        for j in range(colonnes + 1)
    }
    return valeurs, _sommes(cubes, lignes, colonnes)


def _sommes(cubes: Collection[str], lignes: int, colonnes: int) -> list[Somme]:
    sommes = []
    for k in cubes:
        sommes += [
            Somme((k, lignes, j), tuple((k, i, j) for i in range(lignes)))
            for j in range(colonnes + 1)
        ]
        sommes += [
            Somme((k, i, colonnes), tuple((k, i, j) for j in range(colonnes)))
            for i in range(lignes + 1)
        ]
    if len(cubes) == 3:
        sommes += [
            Somme(("total", i, j), (("mutations", i, j), ("hors", i, j)))
            for i in range(lignes + 1)
            for j in range(colonnes + 1)
        ]
    return sommes


def _retrouvees(masquees: Collection[Cle], sommes: Sequence[Somme]) -> list[Cle]:
    """Return the masked cells whose unit vector is in the row space of the sums."""
    rangs = {cle: rang for rang, cle in enumerate(sorted(masquees, key=str))}
    matrice = np.zeros((len(sommes), len(rangs)))
    for ligne, somme in enumerate(sommes):
        for cle, signe in [(somme.total, 1), *((part, -1) for part in somme.parts)]:
            if cle in rangs:
                matrice[ligne, rangs[cle]] += signe
    if not rangs:
        return []
    base = np.linalg.matrix_rank(matrice)
    unites = np.eye(len(rangs))
    return [
        cle
        for cle, rang in rangs.items()
        if np.linalg.matrix_rank(np.vstack([matrice, unites[rang]])) == base
    ]


@pytest.mark.parametrize("graine", range(200))
def test_no_masked_cell_can_be_worked_out_of_a_random_table(graine: int) -> None:
    valeurs, sommes = _table(random.Random(graine))  # noqa: S311 - a seed to run again
    masquees = masquer(valeurs, sommes, SEUIL)
    assert {cle for cle, valeur in valeurs.items() if 0 < valeur < SEUIL} <= masquees
    assert not any(valeurs[cle] == 0 for cle in masquees)
    assert _retrouvees(masquees, sommes) == []


def test_linear_algebra_finds_a_cell_that_no_single_sum_gives() -> None:
    """The cell c is what the larger sum has more than the smaller one."""
    sommes = [Somme("x", ("a", "b")), Somme("y", ("a", "b", "c"))]
    assert determinees({"a", "b", "c"}, sommes) == {"c"}


@pytest.mark.parametrize("graine", range(50))
def test_a_cell_held_still_is_as_good_as_shown_and_given_back_as_if_it_never_was(
    graine: int,
) -> None:
    hasard = random.Random(graine)  # noqa: S311 - a seed to run again
    valeurs, sommes = _table(hasard)
    masquees = masquer(valeurs, sommes, SEUIL)
    mouvements = Mouvements(liberer(masquees, sommes))
    montrees: set[Cle] = set()
    for essai in range(6):
        essayees = set(
            hasard.sample(sorted(masquees - montrees, key=str), k=min(2, len(masquees - montrees)))
        )
        for cle in essayees:
            mouvements.fixer(cle)
        restees = masquees - montrees - essayees
        retrouvees = _retrouvees(restees, sommes)
        assert [cle for cle in sorted(restees, key=str) if mouvements.fixees([cle])] == retrouvees
        if essai % 2:
            mouvements.garder()
            montrees |= essayees
        else:
            mouvements.rendre()


def test_each_table_has_a_plan_whose_columns_exist() -> None:
    for code, tableau in lire_tableaux().items():
        plan = tableau.plan
        nommees = {*plan.comptes, *plan.accessoires, *plan.repetes, *plan.derives, *plan.cumuls}
        assert plan.comptes
        assert nommees <= set(tableau.colonnes), code


def test_a_column_outside_the_secret_repeats_a_setting() -> None:
    """Reading refuses any other column that the plan forgets."""
    reglages = {nom for un in lire_tableaux().values() for nom in un.declare.plan.reglages}
    assert reglages == {"objectif", "objectif_annuel", "prorata", "delai_mois"}


def _motifs(*comptes: tuple[int, int, int]) -> list[Mapping[str, Any]]:
    ensemble = tuple(map(sum, zip(*comptes, strict=True)))
    noms = ("total", "mutations", "hors_mutation")
    return [
        {
            "code": code,
            **dict(zip(noms, trois, strict=True)),
            **{f"{nom}_ensemble": tout for nom, tout in zip(noms, ensemble, strict=True)},
            **{
                f"part_{nom}": un / tout
                for nom, un, tout in zip(noms, trois, ensemble, strict=True)
            },
        }
        for code, trois in [*zip("abc", comptes, strict=False), ("*", ensemble)]
    ]


def test_a_share_is_hidden_with_its_count_and_the_rest_stays() -> None:
    partage = partager("DEM-01", _motifs((103, 3, 100), (200, 80, 120), (300, 150, 150)), SEUIL)
    a, b, c, ensemble = partage.lignes
    assert (a["total"], a["mutations"], a["hors_mutation"]) == (103, MASQUE, MASQUE)
    assert (a["part_total"], a["part_mutations"]) == (103 / 603, MASQUE)
    assert (b["total"], b["mutations"], b["hors_mutation"]) == (200, MASQUE, MASQUE)
    assert (c["mutations"], ensemble["mutations"], partage.masquees) == (150, 233, 4)


def test_nothing_is_hidden_in_a_table_without_small_counts() -> None:
    lignes = _motifs((100, 50, 50), (200, 80, 120), (300, 150, 150))
    assert partager("DEM-01", lignes, SEUIL).lignes == lignes


def test_a_small_residual_row_joins_another_and_nothing_else_is_hidden() -> None:
    """« Code hors liste » of 5 would have cost the 200 of the smallest row."""
    lignes = _motifs((300, 100, 200), (520, 170, 350), (5, 2, 3))
    codes = ("01", "NR", "HL", "*")
    lignes = [
        {**une, "code": code, "libelle": libelle}
        for une, code, libelle in zip(
            lignes,
            codes,
            ("Sans logement", "Non renseigné", "Code hors liste", "Ensemble"),
            strict=True,
        )
    ]
    partage = partager("DEM-01", lignes, SEUIL)
    assert [
        (une["libelle"], une["total"], une["mutations"], une["part_total"])
        for une in partage.lignes
    ] == [
        ("Sans logement", 300, 100, 300 / 825),
        ("Non renseigné ou code hors liste", 525, 172, 525 / 825),
        ("Ensemble", 825, 272, 1),
    ]
    assert partage.masquees == 0


def _lieux(code: str, nombres: Mapping[str, int]) -> list[dict[str, Any]]:
    """Return a table of places as it is published, the largest first: counts have no mutation."""
    tableau = lire_tableaux()[code]
    nombres = {"*": sum(nombres.values()), **nombres}
    if "niveau" in tableau.colonnes:
        nombres["200054807"] = nombres["*"]
    niveaux = {"*": "departement", "200054807": "epci"}
    rangs = (
        ("departement", "epci", "commune")
        if "niveau" in tableau.colonnes
        else ("commune", "departement")
    )
    lignes: list[dict[str, Any]] = [
        {
            **dict.fromkeys(tableau.colonnes),
            **dict.fromkeys(tableau.plan.comptes, nombre),
            "departement": "013",
            "mois": "2026-10",
            "niveau": niveaux.get(lieu, "commune"),
            "code": lieu,
            "libelle": lieu,
        }
        for lieu, nombre in nombres.items()
    ]
    lignes.sort(
        key=lambda une: (rangs.index(une["niveau"]), -une[tableau.plan.comptes[0]], une["code"])
    )
    return [{nom: une[nom] for nom in tableau.colonnes} for une in lignes]


def _zones(sans_zone: int) -> dict[str, list[dict[str, Any]]]:
    """Return what tables tell of two EPCI: 200 attributions out of QPV, 100 in it, and the rest.

    B has no QPV.
    """
    lus = {
        "ATT-06": {"A": (120, 60), "B": (80, 40)},
        "ATT-07": {"A": (100, 50)},
        "ATT-09": {"A": (220, 110), "B": (80 + sans_zone, 40)},
    }
    return {code: _places(code, siens) for code, siens in lus.items()}


def _places(code: str, siens: Mapping[str, tuple[int, int]]) -> list[dict[str, Any]]:
    """Return a table of EPCI and of all, what it counts first being out of what comes after."""
    tableau = lire_tableaux()[code]
    total = tuple(sum(nombres) for nombres in zip(*siens.values(), strict=True))
    lignes: list[dict[str, Any]] = [
        {
            **dict.fromkeys(tableau.plan.comptes, sur),
            tableau.plan.comptes[1]: nombre,
            "departement": "013",
            "mois": "2026-10",
            "niveau": "departement" if lieu == "*" else "epci",
            "code": lieu,
            "libelle": lieu,
        }
        for lieu, (sur, nombre) in {"*": total, **siens}.items()
    ]
    return [{nom: une.get(nom) for nom in tableau.colonnes} for une in lignes]


@pytest.mark.parametrize(("sans_zone", "caches"), [(4, 1), (0, 0), (11, 0)])
@pytest.mark.parametrize("lieu", ["*", "B"])
def test_those_of_no_zone_are_not_what_is_left_of_all_by_those_that_have_one(
    sans_zone: int, caches: int, lieu: str
) -> None:
    """304 less 200 out of QPV and 100 in it are 4, as 84 less 80 where there is no QPV."""
    montrees = partager_ensemble(_zones(sans_zone), SEUIL)
    lues = [
        une[nom]
        for code, nom in (
            ("ATT-09", "attributions"),
            ("ATT-06", "attributions_hors_qpv"),
            ("ATT-07", "attributions_en_qpv"),
        )
        for une in montrees[code].lignes
        if une["code"] == lieu
    ]
    assert min(lues.count(MASQUE), 1) == caches
    assert lieu == "B" or lues[0] == 300 + sans_zone, "what is said of all comes first"


@pytest.mark.parametrize("code", ["ATT-09", "ATT-11", "DEM-05"])
def test_places_stand_in_an_order_that_tells_nothing_of_what_they_hide(code: str) -> None:
    """9 and 4, or 4 and 9: where each stands among the others would say which it is."""
    mondes = [
        partager(code, _lieux(code, {"13001": 60, "13002": un, "13014": autre, "13047": 13}), SEUIL)
        for un, autre in ((9, 4), (4, 9))
    ]
    assert mondes[0].lignes == mondes[1].lignes
    compte = lire_tableaux()[code].plan.comptes[0]
    lus = [(une["code"], une[compte]) for une in mondes[0].lignes if une["code"].startswith("13")]
    assert lus == [("13001", 60), ("13002", MASQUE), ("13014", MASQUE), ("13047", MASQUE)]


def test_rows_that_join_one_place_here_and_another_there_leave_nobody() -> None:
    """3 of no known place are told with A of all, with B out of QPV: 223 less 216 are 7."""
    lus = {
        "ATT-06": {"A": (110, 55), "B": (130, 65), "C": (100, 50), "NR": (3, 1)},
        "ATT-07": {"A": (106, 53)},
        "ATT-09": {"A": (220, 110), "B": (130, 65), "C": (120, 60), "NR": (3, 1)},
    }
    tables = {code: _places(code, siens) for code, siens in lus.items()}
    montrees = partager_ensemble(tables, SEUIL)
    noms = {une["code"]: une["libelle"] for une in montrees["ATT-06"].lignes}
    assert noms == {"A": "A", "B": "B ou NR", "C": "C", "*": "*"}
    lues = [
        next(une[nom] for une in montrees[code].lignes if une["code"] == "A")
        for code, nom in (
            ("ATT-09", "attributions"),
            ("ATT-06", "attributions_hors_qpv"),
            ("ATT-07", "attributions_en_qpv"),
        )
    ]
    assert MASQUE in lues


def test_a_service_does_not_find_another_by_its_own_attributions() -> None:
    """5 of Action Logement and 7 of others, of 212: it would find the 7, were they alone hidden."""
    tableau = lire_tableaux()["ATT-04"]
    comptes = {"COLACT": 5, "AUTRES": 7, "COLTER": 80, "AUCUN": 120}
    lignes = [
        {
            **dict.fromkeys(tableau.colonnes, 0),
            "mois": "2026-10",
            "code": code,
            "libelle": code,
            "total": nombre,
            "hors_mutation": nombre,
        }
        for code, nombre in (*comptes.items(), ("*", sum(comptes.values())))
    ]
    lues = {une["code"]: une["total"] for une in partager("ATT-04", lignes, SEUIL).lignes}
    assert lues["*"] == 212
    assert [lues["COLTER"], lues["AUCUN"]].count(MASQUE) == 1


def test_a_residual_row_at_the_threshold_stays_by_itself() -> None:
    lignes = _motifs((300, 100, 200), (520, 170, 350), (33, 11, 22))
    codes = ("01", "NR", "HL", "*")
    lignes = [
        {**une, "code": code, "libelle": code} for une, code in zip(lignes, codes, strict=True)
    ]
    assert [une["code"] for une in partager("DEM-01", lignes, SEUIL).lignes] == list(codes)


def test_what_is_known_is_hidden_before_what_it_is_known_of() -> None:
    """Two unknown délais are 30 − 28: the 28 goes, the 30 attributions stay."""
    attributions = {"T1": (30, 28), "T2": (50, 50), "*": (80, 78)}
    lignes = [
        {
            "code": code,
            "attributions": tous,
            "delais_connus": connus,
            "attributions_hors_mutation": tous,
            "delais_connus_hors_mutation": connus,
            **dict.fromkeys(
                nom for nom in lire_tableaux()["ATT-02"].colonnes if nom.startswith("delai_")
            ),
        }
        for code, (tous, connus) in attributions.items()
    ]
    partage = partager("ATT-02", lignes, SEUIL)
    assert [une["attributions"] for une in partage.lignes] == [30, 50, 80]
    assert [une["delais_connus"] for une in partage.lignes] == [MASQUE, 50, MASQUE]


def test_a_protector_that_others_make_useless_is_shown_again() -> None:
    """The shorter sum takes b; the longer one has only c to give, which serves both."""
    valeurs = {"t": 117, "a": 5, "b": 12, "c": 100, "u": 105, "d": 5, "x": 0, "y": 0}
    sommes = [Somme("t", ("a", "b", "c")), Somme("u", ("d", "c", "x", "y"))]
    assert masquer(valeurs, sommes, SEUIL) == {"a", "c", "d"}


def test_the_accessory_cell_protects_before_a_smaller_one() -> None:
    valeurs = {"t": 115, "a": 5, "b": 20, "c": 90}
    somme = Somme("t", ("a", "b", "c"))
    assert masquer(valeurs, [somme], SEUIL, prix={"c": ACCESSOIRE}) == {"a", "c"}
    assert masquer(valeurs, [somme], SEUIL) == {"a", "b"}


def test_a_share_of_a_masked_count_is_told_to_a_percent_where_that_tells_nothing() -> None:
    """In T3, 19.3 % are 1 200 of 6 206: 19 % is as many out of 6 154 to 6 486."""
    colonnes = ("demandes", "demandes_hors_mutation", "au_dela_du_delai")
    lignes = [
        {
            "code": code,
            "libelle": code,
            **dict(zip(colonnes, comptes, strict=True)),
            "au_dela_du_delai_hors_mutation": comptes[2],
            "delai_mois": 36,
            "part_au_dela": comptes[2] / comptes[0],
            "part_au_dela_hors_mutation": comptes[2] / comptes[1],
        }
        for code, comptes in {
            "C": (8, 8, 0),
            "T3": (6206, 6206, 1200),
            "*": (6214, 6214, 1200),
        }.items()
    ]
    montrees = {une["code"]: une for une in partager("DEM-03", lignes, SEUIL).lignes}
    t3 = montrees["T3"]
    assert (t3["demandes"], t3["au_dela_du_delai"]) == (MASQUE, 1200)
    assert t3["part_au_dela"] == 0.19
    assert montrees["C"]["demandes"] == MASQUE
