"""The facts drawn from names: what is the same person, which demande is the older one."""

from __future__ import annotations

import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from infocentre.livraisons.identites import nom_normalise
from tests.livraisons.atelier import Ligne, Recue, bonnes, en_csv, ligne, numero, petite
from tests.livraisons.conftest import Recevoir

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
            "stock", 2, NUMERO_UNIQUE=numero(2, territoire),
            **{"DATE_CREATION": "11/01/2026", **valeurs},
        ),
    ]  # fmt: skip


@pytest.mark.parametrize(("un", "autre", "attendu"), [
    *((un, autre, True) for un, autre in MEMES),
    *((un, autre, False) for un, autre in AUTRES),
])  # fmt: skip
def test_the_same_name_makes_the_younger_demande_a_duplicate(
    recevoir: Recevoir, un: str, autre: str, attendu: bool  # noqa: FBT001
) -> None:  # fmt: skip
    faits = _faits(_recevoir(recevoir, _deux(), _paire(un, autre), []))
    assert faits[numero(1)] == (True, False, False)
    assert faits[numero(2)] == (True, attendu, False)


@pytest.mark.parametrize(
    ("valeurs", "attendu"),
    [
        ({}, True),
        ({"PRENOM": "ZOE"}, True),
        ({"PRENOM": "Zoée"}, False),
        ({"DATE_NAISSANCE": "1980-02-01"}, True),
        ({"DATE_NAISSANCE": "02/1980"}, True),
        ({"DATE_NAISSANCE": "02/02/1980"}, False),
        ({"NOM_NAISSANCE": "Autre", "CODE_POSTAL": "13100"}, True),
    ],
)
def test_first_name_and_birth_date_are_compared_too(
    recevoir: Recevoir, valeurs: dict[str, str], attendu: bool  # noqa: FBT001
) -> None:  # fmt: skip
    faits = _faits(_recevoir(recevoir, _deux(), _paire("Martin", "Martin", **valeurs), []))
    assert faits[numero(2)][1] is attendu


@pytest.mark.parametrize("vide", [
    {"NOM": ""}, {"NOM": "NA"}, {"NOM": "123"}, {"NOM": "李"}, {"PRENOM": ""}, {"PRENOM": "-"},
    {"DATE_NAISSANCE": ""}, {"DATE_NAISSANCE": "31/02/1980"}, {"DATE_NAISSANCE": "01/01/0080"},
])  # fmt: skip
def test_an_empty_part_matches_nobody_and_the_identity_is_there(
    recevoir: Recevoir, vide: dict[str, str]
) -> None:
    pareilles = [ligne("identites", rang, NUMERO_UNIQUE=numero(rang), **vide) for rang in (1, 2)]
    radiee = ligne("radiation", 3, NUMERO_UNIQUE=numero(3), DATE_SIGNATURE_BAIL="01/10/2026")
    pareilles.append(ligne("identites", 3, NUMERO_UNIQUE=numero(3), **vide))
    faits = _faits(_recevoir(recevoir, _deux(), pareilles, [radiee]))
    assert faits[numero(1)] == faits[numero(2)] == (True, False, False)


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
        "radiation", 1, NUMERO_UNIQUE=numero(1), DATE_CREATION="10/01/2020",
        MOTIF_RADIATION="RADABA",
    )  # fmt: skip
    faits = _faits(_recevoir(recevoir, [jeune], _paire("Martin", "Martin"), [radiee]))
    assert faits[numero(2)] == (True, False, False)
    assert numero(1) not in faits


@pytest.mark.parametrize(
    ("bail", "motif", "attendu"),
    [
        ("12/01/2026", "RADATT", True),
        ("11/01/2026", "RADATT", True),
        ("10/01/2026", "RADATT", False),
        ("", "RADATT", False),
        ("12/01/2026", "RADREN", False),
    ],
)
def test_rehoused_since_this_demande_was_made(
    recevoir: Recevoir, bail: str, motif: str, attendu: bool  # noqa: FBT001
) -> None:  # fmt: skip
    radiations = [
        ligne("radiation", 1, NUMERO_UNIQUE=numero(1), DATE_SIGNATURE_BAIL=bail,
              MOTIF_RADIATION=motif),
    ]  # fmt: skip
    (_, jeune) = _deux()
    faits = _faits(_recevoir(recevoir, [jeune], _paire("Martin", "MARTIN"), radiations))
    assert faits[numero(2)] == (True, False, attendu)


def test_the_identity_that_counts_is_the_last_line(recevoir: Recevoir) -> None:
    identites = [*_paire("Martin", "Martin"), *_paire("Martin", "Durand")[1:]]
    assert _faits(_recevoir(recevoir, _deux(), identites, []))[numero(2)][1] is False


def test_a_rejected_demande_makes_no_duplicate(recevoir: Recevoir) -> None:
    stock = _deux()
    stock[0]["DATE_CREATION"] = "hier"
    faits = _faits(_recevoir(recevoir, stock, _paire("Martin", "Martin"), []))
    assert faits == {**faits, numero(2): (True, False, False)}
