"""The facts drawn from names: what is the same person, which demande is the older one."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st

from infocentre.livraisons.identites import nom_normalise
from tests.livraisons.atelier import Ligne, Recue, bonnes, en_csv, ligne, numero, petite
from tests.livraisons.conftest import Recevoir

pytestmark = pytest.mark.lent

MEMES = [
    ("Martin", "MARTIN"),
    ("Éloïse", "ELOISE"),
    ("Groß", "GROSS"),
    ("GROẞ", "Gross"),
    ("Œuvrard", "oeuvrard"),
    ("Lætitia", "LAETITIA"),
    ("O’Brien", "O'BRIEN"),
    ("O’Brien", "obrien"),
    ("De La  Tour-d’Auvergne", "DELATOURDAUVERGNE"),
    ("ﬁlipe", "Filipe"),
    ("N\u0303oño", "Ñono"),
    ("e\u0301mile", "Émile"),
    ("Ｍａｒｔｉｎ", "martin"),
    ("Ça\u00a0va", "cava"),
    ("Jean 2", "JEAN"),
]
AUTRES = [("Martin", "Martine"), ("Bjørn", "Bjorn"), ("Łukasz", "Lukasz"), ("Dupond", "Dupont")]


@pytest.mark.parametrize(("un", "autre"), MEMES)
def test_names_that_are_the_same(un: str, autre: str) -> None:
    assert nom_normalise(un) == nom_normalise(autre) != ""


@pytest.mark.parametrize(("un", "autre"), AUTRES)
def test_names_that_are_not(un: str, autre: str) -> None:
    assert nom_normalise(un) != nom_normalise(autre)


def reference(nom: str) -> str:
    """Spell out the sentence of indicateurs.md, step by step."""
    nom = nom.upper()
    for lettre, ecrite in (("ß", "SS"), ("ẞ", "SS"), ("Œ", "OE"), ("Æ", "AE")):
        nom = nom.replace(lettre, ecrite)
    return "".join(
        signe for signe in unicodedata.normalize("NFKD", nom) if re.match("[A-Z]", signe)
    )


@given(st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=12))
def test_any_name_is_normalised_as_the_sentence_says(nom: str) -> None:
    assert nom_normalise(nom) == reference(nom)


# --- Through reception ----------------------------------------------------------------------------


def _recevoir(
    recevoir: Recevoir, stock: list[Ligne], identites: list[Ligne], radiation: list[Ligne]
) -> Recue:
    livraison = petite().texte("stock", en_csv([*stock, *bonnes("stock", 40)]))
    livraison.texte("radiation", en_csv([*radiation, *bonnes("radiation", 40)]))
    return recevoir(livraison.texte("identites", en_csv([*identites, *bonnes("identites", 1)])))


def _faits(recue: Recue) -> dict[str, tuple[bool, bool, bool]]:
    champs = "numero_unique, identite_presente, doublon_plus_ancien, deja_reloge"
    return {cle: tuple(faits) for cle, *faits in recue.lire("stock", f"SELECT {champs}")}


def _paire(nom: str, autre: str, territoire: str = "013", **valeurs: str) -> list[Ligne]:
    return [
        ligne("identites", 1, NUMERO_UNIQUE=numero(1), NOM=nom),
        ligne("identites", 2, NUMERO_UNIQUE=numero(2, territoire), NOM=autre, **valeurs),
    ]


def _deux(territoire: str = "013", **valeurs: str) -> list[Ligne]:
    return [
        ligne("stock", 1, NUMERO_UNIQUE=numero(1), DATE_CREATION="10/01/2026"),
        ligne(
            "stock",
            2,
            NUMERO_UNIQUE=numero(2, territoire),
            **{"DATE_CREATION": "11/01/2026", **valeurs},
        ),
    ]


def _paires(cas: Sequence[tuple[Ligne, Ligne]]) -> tuple[list[Ligne], list[Ligne]]:
    """Return demandes and identities, two by case (of rank 2n and 2n + 1), the second younger."""
    stock, identites = [], []
    for n, deux in enumerate(cas):
        for rang, (une, depot) in enumerate(
            zip(deux, ("10/01/2026", "11/01/2026"), strict=True), start=2 * n
        ):
            stock.append(_stock(rang, depot))
            identites.append(ligne("identites", rang, **{"NUMERO_UNIQUE": numero(rang), **une}))
    return stock, identites


def test_the_same_name_makes_the_younger_demande_a_duplicate(recevoir: Recevoir) -> None:
    paires = [*MEMES, *AUTRES]
    naissances = [f"{jour:02}/03/1980" for jour in range(1, 1 + len(paires))]
    cas = [
        ({"NOM": un, "DATE_NAISSANCE": naissance}, {"NOM": autre, "DATE_NAISSANCE": naissance})
        for (un, autre), naissance in zip(paires, naissances, strict=True)
    ]
    faits = _faits(_recevoir(recevoir, *_paires(cas), []))
    for n, paire in enumerate(paires):
        assert faits[numero(2 * n)] == (True, False, False), paire
        assert faits[numero(2 * n + 1)] == (True, paire in MEMES, False), paire


def test_first_name_and_birth_date_are_compared_too(recevoir: Recevoir) -> None:
    attendus: list[tuple[Ligne, bool]] = [
        ({}, True),
        ({"PRENOM": "ZOE"}, True),
        ({"PRENOM": "Zoée"}, False),
        ({"DATE_NAISSANCE": "1980-02-01"}, True),
        ({"DATE_NAISSANCE": "02/1980"}, True),
        ({"DATE_NAISSANCE": "02/02/1980"}, False),
        ({"NOM_NAISSANCE": "Autre", "CODE_POSTAL": "13100"}, True),
    ]
    cas = [
        ({"NOM": f"Martin{lettre}"}, {"NOM": f"Martin{lettre}", **valeurs})
        for lettre, (valeurs, _) in zip("abcdefg", attendus, strict=True)
    ]
    faits = _faits(_recevoir(recevoir, *_paires(cas), []))
    for n, (valeurs, attendu) in enumerate(attendus):
        assert faits[numero(2 * n + 1)][1] is attendu, valeurs


def test_an_empty_part_matches_nobody_and_the_identity_is_there(recevoir: Recevoir) -> None:
    vides = [
        {"NOM": ""},
        {"NOM": "NA"},
        {"NOM": "123"},
        {"NOM": "李"},
        {"PRENOM": ""},
        {"PRENOM": "-"},
        {"DATE_NAISSANCE": ""},
        {"DATE_NAISSANCE": "31/02/1980"},
        {"DATE_NAISSANCE": "01/01/0080"},
    ]
    stock, identites = _paires([(vide, vide) for vide in vides])
    radiations = []
    for rang, vide in enumerate(vides, start=900):
        radiations.append(_radiee(rang, "10/01/2026", DATE_SIGNATURE_BAIL="01/10/2026"))
        identites.append(ligne("identites", rang, **{"NUMERO_UNIQUE": numero(rang), **vide}))
    faits = _faits(_recevoir(recevoir, stock, identites, radiations))
    for n, vide in enumerate(vides):
        assert faits[numero(2 * n)] == faits[numero(2 * n + 1)] == (True, False, False), vide


def test_parts_do_not_run_into_one_another(recevoir: Recevoir) -> None:
    identites = _paire("Martin", "MartinZ", PRENOM="oé")
    assert _faits(_recevoir(recevoir, _deux(), identites, []))[numero(2)][1] is False


def test_another_territory_is_another_demande(recevoir: Recevoir) -> None:
    identites = _paire("Martin", "Martin", territoire="084")
    faits = _faits(_recevoir(recevoir, _deux("084"), identites, []))
    assert faits[numero(2, "084")] == (True, False, False)


def test_without_identity_the_demande_is_not_judged(recevoir: Recevoir) -> None:
    faits = _faits(_recevoir(recevoir, _deux(), [], []))
    assert faits[numero(1)] == (False, False, False)


def test_demandes_of_one_day_are_ordered_by_their_numero(recevoir: Recevoir) -> None:
    stock = [
        ligne("stock", rang, NUMERO_UNIQUE=numero(rang), DATE_CREATION="10/01/2026")
        for rang in (2, 1, 3)
    ]
    identites = [ligne("identites", rang, NUMERO_UNIQUE=numero(rang)) for rang in (3, 2, 1)]
    faits = _faits(_recevoir(recevoir, stock, identites, []))
    assert [faits[numero(rang)][1] for rang in (1, 2, 3)] == [False, True, True]


def test_only_active_demandes_are_older_ones(recevoir: Recevoir) -> None:
    """The older one is radiated: no duplicate; its identity alone is not in stock either."""
    (_, jeune) = _deux()
    radiee = ligne(
        "radiation",
        1,
        NUMERO_UNIQUE=numero(1),
        DATE_CREATION="10/01/2020",
        MOTIF_RADIATION="RADABA",
    )
    faits = _faits(_recevoir(recevoir, [jeune], _paire("Martin", "Martin"), [radiee]))
    assert faits[numero(2)] == (True, False, False)
    assert numero(1) not in faits


def test_rehoused_since_this_demande_was_made(recevoir: Recevoir) -> None:
    cas = [
        ("12/01/2026", "RADATT", True),
        ("11/01/2026", "RADATT", True),
        ("10/01/2026", "RADATT", False),
        ("", "RADATT", False),
        ("12/01/2026", "RADREN", False),
    ]
    stock, identites = _paires([({"NOM": f"Martin{n}x"},) * 2 for n in "abcde"])
    radiations = [
        _radiee(2 * n, "15/01/2026", DATE_SIGNATURE_BAIL=bail, MOTIF_RADIATION=motif)
        for n, (bail, motif, _) in enumerate(cas)
    ]
    faits = _faits(_recevoir(recevoir, stock[1::2], identites, radiations))
    for n, (bail, motif, attendu) in enumerate(cas):
        assert faits[numero(2 * n + 1)] == (True, False, attendu), (bail, motif)


def test_the_identity_that_counts_is_the_last_line(recevoir: Recevoir) -> None:
    identites = [*_paire("Martin", "Martin"), *_paire("Martin", "Durand")[1:]]
    assert _faits(_recevoir(recevoir, _deux(), identites, []))[numero(2)][1] is False


def test_a_rejected_demande_makes_no_duplicate(recevoir: Recevoir) -> None:
    stock = _deux()
    stock[0]["DATE_CREATION"] = "hier"
    faits = _faits(_recevoir(recevoir, stock, _paire("Martin", "Martin"), []))
    assert faits == {**faits, numero(2): (True, False, False)}


# --- The other demande ----------------------------------------------------------------------------

LIEN = "autre_numero, autre_guichet, autre_gestionnaire, autre_date_creation::VARCHAR"


def _liens(recue: Recue) -> dict[tuple[str, str], tuple[str | None, ...]]:
    return {
        (cle, code): tuple(autre)
        for cle, code, *autre in recue.lire("liens", f"SELECT numero_unique, code, {LIEN}")
    }


def _memes(*rangs: int) -> list[Ligne]:
    return [ligne("identites", rang, NUMERO_UNIQUE=numero(rang)) for rang in rangs]


def _stock(rang: int, depot: str, **valeurs: str) -> Ligne:
    return ligne("stock", rang, NUMERO_UNIQUE=numero(rang), DATE_CREATION=depot, **valeurs)


def _radiee(rang: int, depot: str, **valeurs: str) -> Ligne:
    return ligne("radiation", rang, NUMERO_UNIQUE=numero(rang), DATE_CREATION=depot, **valeurs)


def test_every_duplicate_is_tied_to_the_oldest_active_demande(recevoir: Recevoir) -> None:
    stock = [
        _stock(1, "10/01/2020", CLE_GUICHETCREATEUR="G1301", GUICHET_ENREGISTREUR="G1302"),
        _stock(2, "11/01/2021"),
        _stock(3, "12/01/2022"),
    ]
    recue = _recevoir(recevoir, stock, _memes(1, 2, 3), [])
    ancienne = (numero(1), "G1301", "G1302", "2020-01-10")
    assert _liens(recue) == {
        (numero(2), "DBL_ACTIF"): ancienne,
        (numero(3), "DBL_ACTIF"): ancienne,
    }


def test_a_rehoused_demande_is_tied_to_the_last_lease(recevoir: Recevoir) -> None:
    radiations = [
        _radiee(
            1,
            "10/01/2020",
            MOTIF_RADIATION="RADATT",
            DATE_SIGNATURE_BAIL="02/10/2026",
            DATE_RADIATION="05/10/2026",
        ),
        _radiee(
            3,
            "10/01/2019",
            MOTIF_RADIATION="RADATT",
            DATE_SIGNATURE_BAIL="01/10/2026",
            DATE_RADIATION="06/10/2026",
        ),
        _radiee(4, "10/01/2018", MOTIF_RADIATION="RADREN", DATE_RADIATION="07/10/2026"),
    ]
    recue = _recevoir(recevoir, [_stock(2, "11/01/2026")], _memes(1, 2, 3, 4), radiations)
    dates = "autre_date_radiation::VARCHAR, autre_date_bail::VARCHAR"
    assert recue.lire("liens", f"SELECT numero_unique, code, autre_numero, {dates}") == [
        (numero(2), "DBL_RELOGE", numero(1), "2026-10-05", "2026-10-02")
    ]


@pytest.mark.parametrize(
    ("autres", "attendue"),
    [
        (["active 2019", "active 2020", "radiée 2018"], 11),  # active first, the oldest of them
        (["radiée 2019", "active 2026"], 11),  # there before, rather than made since
        (["active 2026"], 11),
        ([], None),
    ],
)
def test_a_forced_demande_is_tied_to_the_one_that_was_there(
    recevoir: Recevoir, autres: list[str], attendue: int | None
) -> None:
    stock = [_stock(1, "10/01/2025", DOUBLON_FORCE="1"), _stock(2, "10/01/2025")]
    radiations = []
    for rang, (etat, annee) in enumerate((un.split() for un in autres), start=11):
        depot = f"01/02/{annee}"
        if etat == "active":
            stock.append(_stock(rang, depot))
        else:
            radiations.append(_radiee(rang, depot, MOTIF_RADIATION="RADABA"))
    rangs = [1, *range(11, 11 + len(autres))]
    recue = _recevoir(recevoir, stock, _memes(*rangs), radiations)
    force = _liens(recue)[numero(1), "DBL_FORCE"]
    assert force[0] == (numero(attendue) if attendue else None)
    assert (numero(2), "DBL_FORCE") not in _liens(recue)


def test_without_identites_a_forced_demande_is_looked_for_and_not_found(
    recevoir: Recevoir,
) -> None:
    livraison = petite().texte(
        "stock", en_csv([_stock(1, "10/01/2025", DOUBLON_FORCE="1"), *bonnes("stock", 40)])
    )
    recue = recevoir(livraison)
    assert _liens(recue) == {(numero(1), "DBL_FORCE"): (None, None, None, None)}


@given(
    st.lists(
        st.tuples(st.sampled_from("AB"), st.integers(1, 28), st.booleans()), min_size=1, max_size=8
    )
)
def test_a_link_is_there_exactly_where_the_fact_is(
    personnes: list[tuple[str, int, bool]],
) -> None:
    """Numerators are counted from the facts, people are told the links: they never differ."""
    from infocentre.livraisons.identites import calculer_faits, relier

    with duckdb.connect() as con:
        con.execute(
            "CREATE TABLE identites (numero_unique VARCHAR, nom VARCHAR, prenom VARCHAR, "
            "date_naissance DATE, motif VARCHAR)"
        )
        for table in ("stock", "radiation"):
            con.execute(
                f"CREATE TABLE {table} (numero_unique VARCHAR, date_creation DATE, "
                "doublon_force INTEGER, cle_guichetcreateur VARCHAR, guichet_enregistreur VARCHAR, "
                "motif VARCHAR)"
            )
        con.execute(
            "ALTER TABLE radiation ADD date_radiation DATE; "
            "ALTER TABLE radiation ADD date_signature_bail DATE; "
            "ALTER TABLE radiation ADD motif_radiation VARCHAR"
        )
        for rang, (nom, jour, active) in enumerate(personnes):
            cle, depot = numero(rang), f"2026-01-{jour:02d}"
            con.execute("INSERT INTO identites VALUES (?, ?, 'Z', '1980-01-01', NULL)", [cle, nom])
            if active:
                con.execute("INSERT INTO stock VALUES (?, ?, 0, 'G', 'G', NULL)", [cle, depot])
            else:
                con.execute(
                    "INSERT INTO radiation VALUES (?, '2020-01-01', 0, 'G', 'G', NULL, "
                    "'2026-02-01', ?, 'RADATT')",
                    [cle, depot],
                )
        calculer_faits(con)
        relier(con)
        attendus = con.execute(
            "SELECT numero_unique, 'DBL_ACTIF' FROM faits WHERE doublon_plus_ancien UNION ALL "
            "SELECT numero_unique, 'DBL_RELOGE' FROM faits WHERE deja_reloge ORDER BY ALL"
        ).fetchall()
        assert (
            con.execute(
                "SELECT numero_unique, code FROM liens WHERE autre_numero IS NOT NULL "
                "AND autre_numero <> numero_unique ORDER BY ALL"
            ).fetchall()
            == attendus
        )
