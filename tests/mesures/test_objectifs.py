"""Objectives of the policy of attributions: read, refused in words, set with who and when."""

from __future__ import annotations

from pathlib import Path

import pytest

from infocentre.mesures.objectifs import (
    FICHIER,
    Objectif,
    fixer,
    fixes,
    historique,
    lire,
    lire_saisie,
    retirer,
    trouver,
)
from infocentre.noyau.erreurs import Refus
from infocentre.noyau.temps import a_present

AMP, VBA = "200054807", "241300375"
BON = {"mesure": "mixite_hors_qpv", "annee": 2026, "source": "CIA", "part": 25, "epci": AMP}


def _ecrire(racine: Path, *objectifs: dict[str, object]) -> Path:
    lignes = [
        "  - {"
        + ", ".join(
            f'{nom}: "{v}"' if isinstance(v, str) else f"{nom}: {v}" for nom, v in un.items()
        )
        + "}"
        for un in objectifs
    ]
    (racine / FICHIER).write_text("objectifs:\n" + "\n".join(lignes) + "\n", "utf-8")
    return racine


def test_without_a_file_there_is_none(tmp_path: Path) -> None:
    assert lire(tmp_path) == []
    (tmp_path / FICHIER).write_text("objectifs:\n", "utf-8")  # its last line was taken away
    assert lire(tmp_path) == []


@pytest.mark.parametrize(
    ("faute", "dit"),
    [
        ({"part": 130}, "130 % n'est pas une part"),
        ({"part": 0.25}, "un quart s'écrit 25"),
        ({"part": 0}, "zéro n'est pas un objectif : le retirer"),
        ({"mesure": "logement_dabord", "part": "", "nombre": 0}, "zéro n'est pas un objectif"),
        ({"epci": "200000000", "annee": 2099}, "l'EPCI 200000000 n'existe pas, ou n'existe plus"),
        (
            {"epci": "", "commune": "13999", "annee": 2099},
            "la commune 13999 n'existe pas, ou n'existe plus",
        ),
        ({"zonage": 2015}, "QPV de 2015, et les attributions de 2026 .* sur ceux de 2024"),
        ({"bailleur": "903900018"}, "un seul de ceux-ci"),
        (
            {"epci": "", "reservataire": "MAIRIE"},
            "n'est pas un type de réservataire",
        ),
        ({"epci": "", "departement": "13"}, "trois caractères"),
        ({"mesure": "logement_dabord"}, "nombre d'attributions"),
        ({"source": ""}, "source"),
        ({"mesure": "mixite"}, "n'est pas l'un de"),
        ({"annee": 26}, "annee"),
        ({"part": True}, "part"),  # « part: yes »
        ({"mesure": "logement_dabord", "part": "", "nombre": 10**23}, "hors des bornes"),
        ({"objectif": 3}, "champ inconnu"),
    ],
)
def test_what_cannot_be_an_objective_is_refused_in_words(
    tmp_path: Path, faute: dict[str, object], dit: str
) -> None:
    _ecrire(tmp_path, {nom: v for nom, v in (BON | faute).items() if v != "" or nom == "source"})
    with pytest.raises(Refus, match=dit) as refus:
        lire(tmp_path)
    assert FICHIER in refus.value.ou


@pytest.mark.parametrize("lieu", [{"epci": "200000000"}, {"epci": "", "commune": "13999"}])
def test_a_place_that_is_no_more_had_its_objective_and_can_lose_it(
    tmp_path: Path, lieu: dict[str, object]
) -> None:
    ancien = {nom: v for nom, v in (BON | lieu).items() if v != ""}
    passe = a_present().year - 1
    assert [un.annee for un in lire(_ecrire(tmp_path, ancien | {"annee": passe}))] == [passe]
    with pytest.raises(Refus, match="n'existe plus"):
        lire(_ecrire(tmp_path, ancien | {"annee": passe + 1}, BON | {"annee": passe + 1}))
    retirer(tmp_path, Objectif.model_validate(ancien | {"annee": passe + 1}), "Zoé")
    assert [un.epci for un in lire(tmp_path)] == [AMP]


def test_two_for_one_year_are_refused(tmp_path: Path) -> None:
    _ecrire(tmp_path, BON, BON | {"part": 30})
    with pytest.raises(Refus, match=r"deux objectifs pour .* 25 % et 30 %"):
        lire(tmp_path)


def test_the_qpv_of_2015_were_those_of_2023(tmp_path: Path) -> None:
    _ecrire(tmp_path, BON | {"zonage": 2015, "annee": 2023})
    assert len(lire(tmp_path)) == 1


def test_the_nearest_place_of_the_year_prevails(tmp_path: Path) -> None:
    partout = {nom: v for nom, v in BON.items() if nom != "epci"} | {"part": 20}
    commune = partout | {"commune": "13001", "part": 35}
    lus = lire(_ecrire(tmp_path, BON, partout, commune, BON | {"annee": 2025, "part": 22}))
    aix, amp, vba = ("commune", "13001"), ("epci", AMP), ("epci", VBA)
    parts = [
        getattr(trouver(lus, "mixite_hors_qpv", annee, *lieux), "part", None)
        for annee, lieux in ((2026, (aix, amp)), (2026, (amp,)), (2026, (vba,)), (2025, (amp,)))
    ]
    assert parts == [35, 25, 20, 22]
    assert trouver(lus, "prioritaires", 2026, amp) is None


def test_who_set_what_is_kept(tmp_path: Path) -> None:
    un = Objectif.model_validate(BON)
    fixer(tmp_path, un, "Zoé")
    fixer(tmp_path, un.model_copy(update={"part": 28.0}), "Ali")
    assert [(dit.par, dit.avant, dit.apres) for dit in historique(tmp_path)] == [
        ("Ali", 25, 28),
        ("Zoé", None, 25),
    ]
    assert [dit.part for dit in lire(tmp_path)] == [28]
    retirer(tmp_path, un, "Ali")
    assert lire(tmp_path) == []
    with pytest.raises(Refus, match="aucun objectif n'est fixé"):
        retirer(tmp_path, un, "Ali")


def test_nothing_is_written_of_what_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Refus, match="n'existe plus"):
        fixer(tmp_path, Objectif.model_validate(BON | {"epci": "200000000"}), "Zoé")
    assert not (tmp_path / FICHIER).exists()


def test_what_is_fixed_of_a_year_is_of_a_departement_or_of_who_has_a_row_of_a_table() -> None:
    """An objective of everywhere is each département's, unless it has its own."""
    partout = {"mesure": "prioritaires", "annee": 2026, "source": "CIA", "part": 30.0}
    lus = [
        Objectif.model_validate(partout | dits)
        for dits in (
            {},
            {"departement": "084", "part": 27.5},
            {"reservataire": "PPRIOR", "part": 100.0},
            {"bailleur": "903900018", "part": 1.0},
            {"annee": 2025, "part": 20.0},
        )
    ]
    epci = BON | {"part": 28.0}
    nombre = {"mesure": "logement_dabord", "departement": "013", "nombre": 150}
    nombre |= {"annee": 2026, "source": "PDALHPD"}
    lus += [Objectif.model_validate(epci), Objectif.model_validate(nombre)]
    assert sorted(fixes(lus, {("013", 2026), ("084", 2026), ("013", 2025)})) == [
        ("logement_dabord", "013", 2026, "*", 150.0),
        ("mixite_hors_qpv", "013", 2026, AMP, 0.28),
        ("mixite_hors_qpv", "084", 2026, AMP, 0.28),
        ("prioritaires", "013", 2025, "*", 0.2),
        ("prioritaires", "013", 2026, "*", 0.3),
        ("prioritaires", "013", 2026, "903900018", 0.01),
        ("prioritaires", "013", 2026, "PPRIOR", 1.0),
        ("prioritaires", "084", 2026, "*", 0.275),
        ("prioritaires", "084", 2026, "903900018", 0.01),
        ("prioritaires", "084", 2026, "PPRIOR", 1.0),
    ]


@pytest.mark.parametrize(
    ("dits", "dit"),
    [
        ({"valeur": "beaucoup"}, "^l'objectif « beaucoup » n'est pas un pourcentage"),
        ({"mesure": "logement_dabord", "valeur": "2,5"}, "« 2,5 » n'est pas un nombre entier"),
        ({"annee": ""}, "^champ « annee » : un nombre entier"),
        ({"source": ""}, "source"),
        ({"code": ""}, "le code manque"),
    ],
)
def test_what_is_typed_is_refused_in_words(dits: dict[str, str], dit: str) -> None:
    bons = {"mesure": "mixite_hors_qpv", "annee": "2026", "genre": "epci", "code": AMP}
    with pytest.raises(Refus, match=dit):
        lire_saisie(bons | {"valeur": "27,5 %", "source": "CIA"} | dits)


def test_a_value_is_typed_as_people_write_it() -> None:
    dits = {"mesure": "mixite_hors_qpv", "annee": "2026", "genre": "epci", "code": AMP}
    un, garde = lire_saisie(dits | {"valeur": "27,5 %", "source": "CIA"})
    assert (un.part, un.epci, garde) == (27.5, AMP, True)
    assert not lire_saisie(dits)[1]
