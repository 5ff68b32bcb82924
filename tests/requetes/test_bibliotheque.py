"""The library: how its files are read, what its parameters accept, what its queries answer."""

from __future__ import annotations

import datetime as dt

import pytest

from infocentre.noyau.erreurs import Refus
from infocentre.requetes.bibliotheque import Requete, lire_requete, requete_libre, valeurs

ENTETE = """-- titre: Essai
-- description: Ce que l'on y lit,
--   sur deux lignes
-- tags: attributions, délais
"""


def ecrire(parametre: str, corps: str = "select $p as p") -> Requete:
    return lire_requete(f"{ENTETE}-- parametre p: {parametre}\n{corps}\n", "essai")


def test_a_file_says_what_it_is_and_what_may_be_chosen() -> None:
    requete = ecrire("{type: entier, libelle: Jours, defaut: 60,\n--   min: 1, max: 366}")
    assert requete.description == "Ce que l'on y lit, sur deux lignes"
    assert requete.tags == ("attributions", "délais")
    assert requete.parametres["p"].max == 366
    assert requete.sql.endswith("select $p as p")


@pytest.mark.parametrize(
    ("parametre", "texte", "lu"),
    [
        ("{type: entier, libelle: L}", " 1 200 ", 1200),
        ("{type: nombre, libelle: L}", "0,25", 0.25),
        ("{type: date, libelle: L}", "31/10/2026", dt.date(2026, 10, 31)),
        ("{type: date, libelle: L}", "2026-10-31", dt.date(2026, 10, 31)),
        ("{type: mois, libelle: L}", "2026-10", "2026-10"),
        ("{type: texte, libelle: L}", " Arles ", "Arles"),
        ("{type: liste, libelle: L, codes: ATTRIBUE_DALO}", "OUI", "OUI"),
        ("{type: liste, libelle: L, valeurs: [OUI, NON]}", "NON", "NON"),
        ("{type: mois, libelle: L, facultatif: true}", "", None),
        ("{type: mois, libelle: L, facultatif: true, defaut: 2026-09}", "", None),
        ("{type: entier, libelle: L, defaut: 60}", "", 60),
    ],
)
def test_what_a_person_types_becomes_a_value(parametre: str, texte: str, lu: object) -> None:
    assert valeurs(ecrire(parametre), {"p": texte}) == {"p": lu}


@pytest.mark.parametrize(
    ("parametre", "texte", "refus"),
    [
        ("{type: entier, libelle: L, max: 366}", "400", "paramètre « p » : 400 dépasse 366"),
        ("{type: entier, libelle: L, min: 1}", "0", "paramètre « p » : 0 est inférieur à 1"),
        ("{type: entier, libelle: L}", "1,5", "« 1,5 » n'est pas un nombre entier"),
        ("{type: nombre, libelle: L}", "inf", "« inf » n'est pas un nombre"),
        ("{type: date, libelle: L}", "31/02/2026", "« 31/02/2026 » n'est pas une date"),
        ("{type: mois, libelle: L}", "2026-13", "« 2026-13 » n'est pas un mois"),
        ("{type: texte, libelle: L}", "a" * 201, "le texte dépasse 200 caractères"),
        ("{type: texte, libelle: L}", "", "il manque une valeur"),
        ("{type: liste, libelle: L, valeurs: [OUI, NON]}", "PEUT-ÊTRE", "n'est pas dans la liste"),
    ],
)
def test_a_value_out_of_its_type_or_bounds_is_refused(
    parametre: str, texte: str, refus: str
) -> None:
    with pytest.raises(Refus) as refuse:
        valeurs(ecrire(parametre), {"p": texte})
    assert refus in refuse.value.quoi
    assert refuse.value.que_faire


def test_a_parameter_that_does_not_exist_is_refused_with_those_that_do() -> None:
    with pytest.raises(Refus, match="« q »") as refuse:
        valeurs(ecrire("{type: entier, libelle: L, defaut: 1}"), {"q": "1"})
    assert refuse.value.que_faire == "Ses paramètres : p."


@pytest.mark.parametrize(
    ("texte", "refus"),
    [
        ("select 1", "champ « titre » : il manque"),
        (f"{ENTETE}-- couleur: bleu\nselect 1", "champ « couleur » : champ inconnu d'une requête"),
        (f"{ENTETE}-- parametres: texte\nselect 1", "chaque paramètre a sa ligne"),
        (f"{ENTETE}select $p", "$p n'est pas déclaré"),
        (f"{ENTETE}-- parametre p: {{type: entier, libelle: L}}\nselect 1", "pas dans le SQL"),
        (f"{ENTETE}-- parametre p: {{type: heure, libelle: L}}\nselect $p", "parametres.p.type"),
        (
            f"{ENTETE}-- parametre p: {{type: liste, libelle: L}}\nselect $p",
            "une liste, et elle seule",
        ),
        (f"{ENTETE}-- parametre p: {{type: entier, defaut: x, libelle: L}}\nselect $p", "« x »"),
        (f"{ENTETE}-- parametre p: [\nselect $p", "{type: …, libelle: …} est attendu"),
        (f"{ENTETE}selec 1", "erreur de syntaxe près de « selec »"),
        (f"{ENTETE}select 1; select 2", "une seule requête est attendue"),
    ],
)
def test_a_wrong_file_is_refused_by_file_and_field(texte: str, refus: str) -> None:
    with pytest.raises(Refus) as refuse:
        lire_requete(texte, "essai")
    assert refus in refuse.value.quoi
    assert refuse.value.ou == "essai.sql"


def test_a_person_s_query_needs_no_header() -> None:
    requete = requete_libre("select * from demandes where guichet_enregistreur = $guichet")
    assert valeurs(requete, {"guichet": "G1302"}) == {"guichet": "G1302"}
    assert not requete_libre("selec").parametres


@pytest.mark.parametrize(
    "parametre",
    [
        "{type: liste, libelle: L, valeurs: [&a x, *a]}",
        "{type: liste, libelle: &l L, valeurs: [x]}",
        f"{{type: liste, libelle: L, valeurs: {'[' * 300}{']' * 300}}}",
    ],
)
def test_a_header_says_nothing_twice_nor_too_deep(parametre: str) -> None:
    with pytest.raises(Refus, match="est attendu"):
        ecrire(parametre)


def test_a_header_may_hold_these_letters() -> None:
    requete = ecrire("{type: texte, libelle: 'Nom & prénom * facultatif', defaut: x}")
    assert requete.parametres["p"].libelle == "Nom & prénom * facultatif"


@pytest.mark.parametrize("entete", ["-- a\n" * 101, f"-- titre: {'a' * 4_100}\n"])
def test_a_header_has_an_end(entete: str) -> None:
    for lire in (requete_libre, lambda texte: lire_requete(texte, "essai")):
        with pytest.raises(Refus, match="l'en-tête dépasse"):
            lire(f"{entete}select 1")


@pytest.mark.parametrize("suite", ["", "-- parametre p: {type: texte, libelle: L}\n"])
def test_the_parameters_of_a_person_s_query_have_a_line_each(suite: str) -> None:
    with pytest.raises(Refus, match="champ « parametres » : chaque paramètre a sa ligne"):
        requete_libre(f"-- parametres: texte\n{suite}select $p")


def test_a_query_has_a_number_of_parameters_and_a_length() -> None:
    with pytest.raises(Refus, match="plus de 100 paramètres"):
        requete_libre("select " + ", ".join(f"$p{rang}" for rang in range(101)))
    with pytest.raises(Refus, match="20000 caractères"):
        requete_libre(f"select '{'a' * 100_000}'")


def test_an_empty_text_is_told_to_be_empty_and_has_no_header_to_correct() -> None:
    with pytest.raises(Refus, match="la requête est vide") as refus:
        requete_libre(" \n")
    assert refus.value.que_faire == "Par exemple : from valeurs"
