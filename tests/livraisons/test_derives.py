"""Drifts of format: each is read as it was meant, or counted in what vraisemblance judges.

None passes in silence: a value is equal to the one of the clean delivery, or its column has
unreadable or off-list values, or the file is refused.
"""

from __future__ import annotations

import datetime as dt
import functools
import re
from collections import defaultdict
from collections.abc import Callable
from typing import Any

import pytest

from infocentre.entrepot.description import FaitsColonne
from infocentre.noyau.erreurs import Refus
from tests.donnees.retors import dossier_jetable
from tests.livraisons.atelier import (
    Ligne,
    Recue,
    colonnes_de,
    en_csv,
    ligne,
    petite,
    recevoir_en,
)
from tests.livraisons.conftest import Recevoir

pytestmark = pytest.mark.lent

N = 60
Changer = Callable[[str], str]


def _lignes(table: str) -> list[Ligne]:
    """Return rows whose dates, amounts, flags and codes vary."""
    return [ligne(table, rang, **_valeurs(table, rang)) for rang in range(N)]


def _valeurs(table: str, rang: int) -> Ligne:
    jour = dt.date(2025, 11, 1) + dt.timedelta(days=5 * rang)
    if table == "stock":
        return {
            "DOUBLON_FORCE": str(rang % 2),
            "DATE_MODIFICATION": f"{jour:%d/%m/%Y}",
            "REVENU_MENSUEL_FOYER": f"{1000 + 37 * rang},5",
            "SURFACE_ACTUEL": f"{20 + rang}",
            "TAILLE_MENAGE": str(1 + rang % 5),
            "TYPE_DEMANDEUR": ("PP", "PM")[rang % 2],
            "NATIONALITE_DEMANDEUR": str(1 + rang % 3),
        }
    if table == "radiation":
        return {
            "DATE_SIGNATURE_BAIL": f"{jour:%d/%m/%Y}",
            "MOTIF_RADIATION": ("RADATT", "RADREN")[rang % 2],
            "ADRESSE_LOGEMENT_ATTRIB": f"{rang} rue de l’Œuvre",
        }
    if table == "guichets":
        return {"TYPE_GUICHET": ("BAILLEUR", "COMMUNE")[rang % 2]}
    return {"CANAL": ("PORTAIL", "WEB")[rang % 2]}


def _jour(gabarit: str) -> Changer:
    def changer(texte: str) -> str:
        return dt.datetime.strptime(texte, "%d/%m/%Y").strftime(gabarit)  # noqa: DTZ007

    return changer


def _mot(oui: str, non: str) -> Changer:
    return lambda texte: oui if texte == "1" else non


def _devient(avant: str, apres: str) -> Changer:
    return lambda texte: apres if texte == avant else texte


def _milliers(separateur: str, virgule: str = ",") -> Changer:
    def changer(texte: str) -> str:
        entier, decimales = texte.split(",")
        return f"{int(entier):,}".replace(",", separateur) + virgule + decimales

    return changer


FLAG, DATE, BAIL = "stock.DOUBLON_FORCE", "stock.DATE_MODIFICATION", "radiation.DATE_SIGNATURE_BAIL"
REVENU, SURFACE, MENAGE = (
    "stock.REVENU_MENSUEL_FOYER",
    "stock.SURFACE_ACTUEL",
    "stock.TAILLE_MENAGE",
)
MOTIF, DEMANDEUR = "radiation.MOTIF_RADIATION", "stock.TYPE_DEMANDEUR"

LUES: dict[str, tuple[str, Changer]] = {
    "O/N": (FLAG, _mot("O", "N")),
    "true/false": (FLAG, _mot("true", "false")),
    "VRAI/FAUX": (FLAG, _mot("VRAI", "FAUX")),
    "Oui/Non": (FLAG, _mot("Oui", "Non")),
    "1.0/0.0": (FLAG, lambda texte: f"{texte}.0"),
    "1,0/0,0": (FLAG, lambda texte: f"{texte},0"),
    "date ISO avec T": (DATE, _jour("%Y-%m-%dT%H:%M:%S")),
    "date ISO avec heure": (BAIL, _jour("%Y-%m-%d 13:14:15")),
    "date et heure sans secondes": (BAIL, _jour("%d/%m/%Y 09:30")),
    "date et heure": (BAIL, _jour("%d/%m/%Y 09:30:59")),
    "date à tirets": (DATE, _jour("%d-%m-%Y")),
    "point de milliers": (REVENU, _milliers(".")),
    "espace de milliers": (REVENU, _milliers("\u202f")),
    "montant en €": (REVENU, lambda texte: f"{texte} €"),
    "point décimal": (REVENU, lambda texte: texte.replace(",", ".")),
    "surface en m²": (SURFACE, lambda texte: f"{texte} m²"),
    "surface en m2, collé": (SURFACE, lambda texte: f"{texte}m2"),
    "entier à virgule": (MENAGE, lambda texte: f"{texte},00"),
    "codes en minuscules": (MOTIF, str.lower),
    "codes entre espaces": (DEMANDEUR, lambda texte: f" {texte}\u00a0"),
    "caractère invisible": (DEMANDEUR, lambda texte: f"\u200e{texte}"),
}
ILLISIBLES: dict[str, tuple[str, Changer, int]] = {
    "flag en X": (FLAG, _mot("X", ""), N // 2),
    "flag en Y/N": (FLAG, _mot("Y", "N"), N // 2),
    "année à deux chiffres": (BAIL, _jour("%d/%m/%y"), N),
    "date collée": (DATE, _jour("%Y%m%d"), N),
    "date en toutes lettres": (DATE, lambda _: "5 octobre 2026", N),
    "numéro de jour d'un tableur": (DATE, lambda _: "46300", N),
    "date ISO avec millisecondes": (DATE, _jour("%Y-%m-%dT10:00:00.000"), N),
    "date absente écrite NULL": (DATE, lambda _: "NULL", N),
    "montant à l'anglaise": (REVENU, _milliers(",", "."), N),
    "montant en k€": (REVENU, lambda texte: f"{texte} k€", N),
    "surface en pieds": (SURFACE, lambda texte: f"{texte} ft", N),
    "compte en toutes lettres": (MENAGE, lambda _: "deux", N),
}
HORS_LISTE: dict[str, tuple[str, Changer, int]] = {
    "RADATT devient ATTRIB": (MOTIF, _devient("RADATT", "ATTRIB"), N // 2),
    "code et libellé": (MOTIF, _devient("RADATT", "RADATT - Attribution"), N // 2),
    "PP devient PERSONNE": (DEMANDEUR, _devient("PP", "PERSONNE"), N // 2),
    "BAILLEUR devient BAILLEUR_SOCIAL": (
        "guichets.TYPE_GUICHET",
        _devient("BAILLEUR", "BAILLEUR_SOCIAL"),
        N // 2,
    ),
    "PORTAIL devient PGP": ("journal.CANAL", _devient("PORTAIL", "PGP"), N // 2),
    "nationalité en lettres": ("stock.NATIONALITE_DEMANDEUR", _devient("1", "FR"), N // 3),
}


@functools.cache
def _propre(table: str) -> Recue:
    """Return the clean delivery."""
    ici = dossier_jetable("propre")
    return recevoir_en(petite().texte(table, en_csv(_lignes(table))).ecrire(ici / "livraison"), ici)


PERMUTES = "jour et mois échangés"
DERIVES: dict[str, tuple[str, Changer]] = {
    **LUES,
    **{nom: (ou, changer) for nom, (ou, changer, _) in (ILLISIBLES | HORS_LISTE).items()},
    PERMUTES: (DATE, _jour("%m/%d/%Y")),
}


def _lots() -> list[dict[str, Changer]]:
    """Share the drifts out: in one delivery, each is of a column of its own."""
    de: dict[str, list[Changer]] = defaultdict(list)
    for ou, changer in DERIVES.values():
        de[ou].append(changer)
    return [
        {ou: siens[rang] for ou, siens in de.items() if rang < len(siens)}
        for rang in range(max(map(len, de.values())))
    ]


LOTS = _lots()


@functools.cache
def _derivee(lot: int) -> Recue:
    """Return a delivery that drifted."""
    livraison, ici = petite(), dossier_jetable("derivee")
    for table in {ou.split(".")[0] for ou in LOTS[lot]}:
        lignes = _lignes(table)
        for ou, changer in LOTS[lot].items():
            colonne = ou.split(".")[1]
            if ou.startswith(f"{table}."):
                lignes = [{**une, colonne: changer(une[colonne])} for une in lignes]
        livraison.texte(table, en_csv(lignes))
    derivee = recevoir_en(livraison.ecrire(ici / "livraison"), ici)
    assert not derivee.rejets()
    return derivee


def _deriver(nom: str) -> tuple[Recue, FaitsColonne]:
    """Return the delivery where a column drifted so, and the counts of the column."""
    ou, changer = DERIVES[nom]
    (lot,) = (rang for rang, un in enumerate(LOTS) if un.get(ou) is changer)
    table, colonne = ou.split(".")
    derivee = _derivee(lot)
    return derivee, derivee.description["tables"][table]["faits"]["colonnes"][colonne]


@pytest.mark.parametrize("derive", LUES)
def test_a_spelling_without_ambiguity_is_read(derive: str) -> None:
    ou, _ = LUES[derive]
    derivee, comptes = _deriver(derive)
    assert derivee.valeurs(*ou.split(".")) == _propre(ou.split(".")[0]).valeurs(*ou.split("."))
    assert comptes == {"renseignees": N, "illisibles": 0, "hors_liste": 0}


@pytest.mark.parametrize("derive", ILLISIBLES)
def test_another_spelling_is_counted_as_unreadable(derive: str) -> None:
    ou, _, nombre = ILLISIBLES[derive]
    derivee, comptes = _deriver(derive)
    assert comptes["illisibles"] == nombre
    assert comptes["hors_liste"] == 0
    assert comptes["illisibles"] >= max(20, 0.05 * comptes["renseignees"])
    table, colonne = ou.split(".")
    nuls = [valeur for valeur in derivee.valeurs(table, colonne) if valeur is None]
    assert len(nuls) >= nombre


@pytest.mark.parametrize("derive", HORS_LISTE)
def test_another_word_is_counted_as_off_list(derive: str) -> None:
    _, _, nombre = HORS_LISTE[derive]
    _, comptes = _deriver(derive)
    assert comptes == {"renseignees": N, "illisibles": 0, "hors_liste": nombre}


def test_days_and_months_swapped_are_unreadable_when_they_can_be_told() -> None:
    _, comptes = _deriver(PERMUTES)
    assert comptes["illisibles"] == sum(
        int(une["DATE_MODIFICATION"][:2]) > 12 for une in _lignes("stock")
    )
    assert comptes["illisibles"] > 20


# --- The whole file -------------------------------------------------------------------------------

FICHIERS: dict[str, Callable[[str], bytes]] = {
    "; à la fin des lignes": lambda t: t.replace("\n", ";\n").replace(";\n", "\n", 1).encode(),
    "; à la fin des lignes et de l'en-tête": lambda t: t.replace("\n", ";\n").encode(),
    "tout entre guillemets": lambda t: re.sub(r"[^;\n]+", r'"\g<0>"', t).encode(),
    "CRLF": lambda t: t.replace("\n", "\r\n").encode(),
    "Windows-1252": lambda t: t.encode("cp1252"),
    "UTF-8 avec marque": lambda t: t.encode("utf-8-sig"),
    "moitié UTF-8, moitié Windows-1252": lambda t: (
        t[: t.index("\n", len(t) // 2)].encode() + t[t.index("\n", len(t) // 2) :].encode("cp1252")
    ),
    "colonnes en minuscules, dans un autre ordre": lambda t: _retourner(t).encode(),
}
REFUSES: dict[str, tuple[Callable[[str], bytes], str]] = {
    "virgules": (lambda t: t.replace(",", ".").replace(";", ",").encode(), "séparateur"),
    "tabulations": (lambda t: t.replace(";", "\t").encode(), "séparateur"),
    "UTF-16": (lambda t: t.encode("utf-16"), "UTF-16"),
    "sans en-tête": (lambda t: t.split("\n", 1)[1].encode(), "deux fois"),
    "en-tête traduit": (lambda t: t.replace("MOTIF_", "RAISON_", 1).encode(), "MOTIF_RADIATION"),
    "une colonne de moins": (lambda t: re.sub(r"\n[^;]*;", "\n", t).encode(), "plus de 5 %"),
    "numéros coupés": (lambda t: re.sub(r"\n013", "\n13", t).encode(), "mal formé"),
    "numéros espacés": (lambda t: re.sub(r"\n013", "\n013 ", t).encode(), "mal formé"),
    "dates obligatoires à deux chiffres": (
        lambda t: re.sub(r"/20(\d\d)", r"/\1", t).encode(),
        "illisible",
    ),
}


def _retourner(texte: str) -> str:
    lignes = [une.split(";")[::-1] for une in texte.splitlines()]
    return "".join(
        ";".join(champs if rang else map(str.lower, champs)) + "\n"
        for rang, champs in enumerate(lignes)
    )


def _radiations() -> str:
    lignes = _lignes("radiation")
    return en_csv(
        lignes, ["NUMERO_UNIQUE", *(c for c in colonnes_de(lignes) if c != "NUMERO_UNIQUE")]
    )


@pytest.mark.parametrize("derive", FICHIERS)
def test_another_writing_of_a_file_gives_the_same_rows(recevoir: Recevoir, derive: str) -> None:
    octets = FICHIERS[derive](_radiations())
    assert _lues(recevoir(petite().octets("radiation.csv", octets))) == _radiations_lues()


def _lues(recue: Recue) -> tuple[list[Any], list[Any], list[Any]]:
    assert recue.description["tables"]["radiation"]["inconnues"] == []
    return recue.lire("radiation"), recue.rejets(), recue.anomalies()


@functools.cache
def _radiations_lues() -> tuple[list[Any], list[Any], list[Any]]:
    """Return what the clean file gives."""
    ici = dossier_jetable("propre")
    livraison = petite().octets("radiation.csv", _radiations().encode())
    return _lues(recevoir_en(livraison.ecrire(ici / "livraison"), ici))


@pytest.mark.parametrize("derive", REFUSES)
def test_what_cannot_be_understood_is_refused(recevoir: Recevoir, derive: str) -> None:
    changer, mots = REFUSES[derive]
    with pytest.raises(Refus, match=mots) as refus:
        recevoir(petite().octets("radiation.csv", changer(_radiations())))
    assert refus.value.ou.startswith("radiation.csv")
    assert refus.value.que_faire
