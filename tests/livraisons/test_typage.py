"""Every spelling of the contract's table, accepted and refused."""

from __future__ import annotations

import datetime as dt
import math
import random
import re
from collections.abc import Callable, Sequence
from typing import Any

import pytest

from tests.livraisons.atelier import bonnes, en_csv, ligne, petite
from tests.livraisons.conftest import Recevoir

COLONNES = {
    "date": ("stock", "DATE_MODIFICATION"),
    "naissance": ("stock", "DATE_NAISS_DEMANDEUR"),
    "entier": ("stock", "NB_PJIDENTITE"),
    "dague": ("stock", "TAILLE_MENAGE"),
    "decimal": ("stock", "REVENU_FISCAL1_FOYER"),
    "indicatrice": ("stock", "CONTACT_MAIL"),
    "code": ("stock", "VERSION_CERFA"),
    "texte": ("radiation", "ADRESSE_LOGEMENT_ATTRIB"),
}
# The least and the greatest value of these columns: another number is unreadable.
BORNES = {"entier": (0, 999), "decimal": (-999_999, 9_999_999)}
UN, INSECABLE, FINE = " ", "\u00a0", "\u202f"
JOUR = dt.date(2026, 10, 5)
NULS = [("", None), ("NA", None), ("NA/NA", None), ("  NA ", None), ("   ", None), ("\t", None)]
ACCEPTEES: dict[str, list[tuple[str, Any]]] = {
    "date": [
        *NULS,
        ("05/10/2026", JOUR),
        ("05-10-2026", JOUR),
        ("2026-10-05", JOUR),
        ("2026-10-05 23:59:59", JOUR),
        ("2026-10-05 00:00:00", JOUR),
        (f" {INSECABLE}05/10/2026{FINE}\t", JOUR),
        ("01/01/1900", dt.date(1900, 1, 1)),
        ("2100-12-31", dt.date(2100, 12, 31)),
        ("29/02/2024", dt.date(2024, 2, 29)),
        ("2026-10-05T10:00:00", JOUR),
        ("05/10/2026 10:00", JOUR),
        ("05/10/2026 23:59:59", JOUR),
    ],
    "naissance": [
        *NULS,
        ("10/1980", dt.date(1980, 10, 1)),
        ("01/1900", dt.date(1900, 1, 1)),
        ("12/2100", dt.date(2100, 12, 1)),
        ("05/10/2026", JOUR),
        ("05-10-2026", JOUR),
        ("2026-10-05", JOUR),
        ("2026-10-05 12:00:00", JOUR),
        ("2026-10-05T12:00:00", JOUR),
        ("05/10/2026 12:00", JOUR),
    ],
    "entier": [
        *NULS,
        ("12", 12),
        ("0", 0),
        ("007", 7),
        ("12,0", 12),
        ("12.0", 12),
        ("12,00", 12),
        ("1.11e+002", 111),
        ("1,11E+002", 111),
        ("5e2", 500),
        (" 12 ", 12),
        ("999", 999),
    ],
    "dague": [("999", None), (" 999 ", None), ("30", 30), ("4,0", 4), ("04", 4)],
    "decimal": [
        *NULS,
        ("1234,56", 1234.56),
        ("1234.56", 1234.56),
        (f"1{UN}234,56", 1234.56),
        (f"1{INSECABLE}234,56", 1234.56),
        (f"1{FINE}234,56", 1234.56),
        (f"1{UN}234{INSECABLE}567.8", 1_234_567.8),
        (f"12{FINE}345", 12_345.0),
        ("12", 12.0),
        ("12,0", 12.0),
        ("12.0", 12.0),
        ("1.1144e+006", 1_114_400.0),
        ("-5,5", -5.5),
        ("999", 999.0),
        ("1.234,56", 1234.56),
        ("-345.678,9", -345_678.9),
        ("1.234", 1.234),
        ("45 m²", 45.0),
        ("45m²", 45.0),
        ("45,5 m2", 45.5),
        (f"1{FINE}234,56{INSECABLE}€", 1234.56),
        ("1.234,56 €", 1234.56),
        ("12,0 €", 12.0),
        ("1.1144e+006 €", 1_114_400.0),
    ],
    "indicatrice": [
        *NULS,
        ("1", 1),
        ("0", 0),
        ("1,0", 1),
        ("0,0", 0),
        ("Oui", 1),
        ("OUI", 1),
        ("oui", 1),
        ("oUi", 1),
        ("Non", 0),
        ("NON", 0),
        ("non", 0),
        *((oui, 1) for oui in "1.0 O o Vrai VRAI true TRUE True".split()),
        *((non, 0) for non in "0.0 N n Faux faux false FALSE False".split()),
    ],
    "code": [
        *NULS,
        (" v5 ", "V5"),
        ("cerfa 14069*04", "CERFA 14069*04"),
        ("999", "999"),
        ("0", "0"),
    ],
    "texte": [
        *NULS,
        ("  12 rue de l’Œuvre ", "12 rue de l’Œuvre"),
        (f"{FINE}bât. 2{INSECABLE}", "bât. 2"),
        ("na", "na"),
        ("Na", "Na"),
        ("NA / NA", "NA / NA"),
        ("999", "999"),
        ("10 €", "10 €"),
        ("une ; deux", "une ; deux"),
        ('dit "le Grand"', 'dit "le Grand"'),
        ("deux\nlignes", "deux\nlignes"),
        ("é" * 255, "é" * 255),
        ("fin\n", "fin"),
    ],
}
REFUSEES: dict[str, list[str]] = {
    "date": [
        "05/10/0026", "05/10/9999", "31/12/1899", "01/01/2101", "0026-10-05", "9999-10-05",
        "1899-12-31", "2101-01-01", "30/02/2026", "29/02/2026", "31/04/2026", "00/10/2026",
        "05/13/2026", "2026-13-01", "2026-02-30", "5/10/2026", "05/10/26", "05.10.2026",
        "05 10 2026", "05/10-2026", "05-10/2026", "2026/10/05", "20261005", "10/2026",
        "2026-10-05 24:00:00", "2026-10-05 10:60:00", "2026-10-05 10:00", "2026-10-05T10:00",
        "2026-10-05T10:00:00Z", "2026-10-05t10:00:00", "2026-10-05  10:00:00",
        "2026-10-05 10:00:00.000", "05/10/2026 24:00", "05/10/2026 10", "05/10/2026T10:00",
        "05/10/2026 10:00:60", "05-10-2026 10:00", "2026-10-5 ", "5//10/2026", "2026-10-5/",
        "x05/10/2026", "05/10/2026x", "+5/10/2026", "na", "N/A", "NULL", "999", "0", "hier",
    ],
    "naissance": [
        "13/1980", "00/1980", "1/1980", "10/80", "10-1980", "1980/10", "10/0026", "10/9999",
        "10/1899", "10/2101", "31/02/1980", "1980",
    ],
    "entier": [
        "12,5", "12.5", "1 234", f"1{FINE}234", "nan", "NaN", "inf", "-inf", "1e-1", "1.5e0",
        "12,", ",0", ".0", "12abc", "0x10", "1_000", "douze", "na", "1e400", "9" * 30, "--1",
        "Oui", "1e+19", "٣", "-3", "1000", "1.1144e+006", "1850213055123", "0612345678",
    ],
    "dague": ["12,5", "neuf", "31", "-1"],
    "decimal": [
        "nan", "NaN", "inf", "Infinity", "-inf", "1 23,4", "12 34", "1234 567", "1  234", "1,2,3",
        "1.23,45", "1234.567,8", "1.2345,6", "1.234.567", "1 234.567,8", "1.234,56,7",
        "1,234.56", "12,", ",5", ".5", "€", "m²", "€ 12", "12 € €", "12 M2", "12 $", "0x10",
        "1_000", "douze", "na", "1e-1", "1.5e-3", "1e400", "9" * 400, "--1", "1 234 ,5",
        "10000000", "-12.345.678,9", "1850213055123", "185 021 305 512 345", "612345678",
    ],
    "indicatrice": [
        "2", "-1", "01", "10", "1,00", "1.00", "y", "ouii", "yes", "V", "F", "t", "non 1",
        "999", "na",
    ],
    "code": [],
    "texte": [],
}  # fmt: skip


def _recus(recevoir: Recevoir, nature: str, textes: Sequence[str]) -> tuple[list[Any], int]:
    """Receive texts in a column of this type; return their values, and how many are in anomaly."""
    table, colonne = COLONNES[nature]
    # A neighbour in no danger of trimming shows that a row is not judged by its own file alone.
    lignes = [ligne(table, rang, **{colonne: texte}) for rang, texte in enumerate(textes)]
    recue = recevoir(petite().texte(table, en_csv([*lignes, *bonnes(table, 5)])))
    assert not recue.rejets()
    anomalies = recue.anomalies()
    assert {(t, c, n) for t, c, _, n, *_ in anomalies} <= {(table, colonne, "valeur illisible")}
    return recue.valeurs(table, colonne)[: len(textes)], sum(une[4] for une in anomalies)


@pytest.mark.parametrize("nature", ACCEPTEES)
def test_every_accepted_spelling_gives_its_value(recevoir: Recevoir, nature: str) -> None:
    textes, attendues = zip(*ACCEPTEES[nature], strict=True)
    valeurs, anomalies = _recus(recevoir, nature, textes)
    assert dict(zip(textes, valeurs, strict=True)) == dict(zip(textes, attendues, strict=True))
    assert not anomalies


@pytest.mark.parametrize("nature", [nature for nature, textes in REFUSEES.items() if textes])
def test_every_other_spelling_is_null_and_an_anomaly(recevoir: Recevoir, nature: str) -> None:
    textes = REFUSEES[nature]
    valeurs, anomalies = _recus(recevoir, nature, textes)
    assert {t: v for t, v in zip(textes, valeurs, strict=True) if v is not None} == {}
    assert anomalies == len(textes)


def test_999_is_unknown_for_counts_and_ages_only(recevoir: Recevoir) -> None:
    comptes = "AGE_DEMANDEUR_DEMANDE TAILLE_MENAGE COTITULAIRE PERSONNE_A_CHARGE NB_PHANDICAP"
    noms = [*comptes.split(), "NBRE_HABITANT_ACTUEL", "NB_PJRFR", "SURFACE_ACTUEL"]
    lignes = [
        ligne("stock", rang, **dict.fromkeys(noms, texte))
        for rang, texte in enumerate(("999", "NA", "", "NA/NA"))
    ]
    recue = recevoir(petite().poser("stock", lignes))
    lues = recue.lire("stock", f"SELECT {', '.join(noms)}")[: len(lignes)]
    assert lues == [(None,) * 6 + (999, 999), *[(None,) * 8] * 3]
    assert not recue.anomalies()


# --- A reference of the contract's table, in Python, against random spellings ---------------------

BLANCS = " \t\n\r\f\u00a0\u202f"
ENTIER = re.compile(r"[+-]?[0-9]+([.,]0+)?")
SCIENTIFIQUE = re.compile(r"[+-]?[0-9]+([.,][0-9]+)?[eE][+-]?[0-9]+")
DECIMAL = re.compile(r"[+-]?([0-9]+|[0-9]{1,3}([ \u00a0\u202f][0-9]{3})+)([.,][0-9]+)?")


def _date_reference(texte: str) -> dt.date | None:
    modeles = (
        r"(?P<j>[0-9]{2})/(?P<m>[0-9]{2})/(?P<a>[0-9]{4})( ([01][0-9]|2[0-3])(:[0-5][0-9]){1,2})?",
        r"(?P<j>[0-9]{2})-(?P<m>[0-9]{2})-(?P<a>[0-9]{4})",
        r"(?P<a>[0-9]{4})-(?P<m>[0-9]{2})-(?P<j>[0-9]{2})([ T]([01][0-9]|2[0-3])(:[0-5][0-9]){2})?",
    )
    for modele in modeles:
        lu = re.fullmatch(modele, texte)
        if lu and 1900 <= int(lu["a"]) <= 2100:
            try:
                return dt.date(int(lu["a"]), int(lu["m"]), int(lu["j"]))
            except ValueError:
                return None
    return None


def _naissance_reference(texte: str) -> dt.date | None:
    lu = re.fullmatch(r"([0-9]{2})/([0-9]{4})", texte)
    return _date_reference(f"01/{texte}") if lu else _date_reference(texte)


def _entier_reference(texte: str) -> int | None:
    if ENTIER.fullmatch(texte):
        valeur = int(re.split("[.,]", texte)[0])
    elif SCIENTIFIQUE.fullmatch(texte):
        reel = float(texte.replace(",", "."))
        if not math.isfinite(reel) or not reel.is_integer():
            return None
        valeur = int(reel)
    else:
        return None
    return valeur if abs(valeur) < 9 * 10**18 else None


def _decimal_reference(texte: str) -> float | None:
    if len(texte) > 300:  # more digits would be infinity
        return None
    texte = re.sub("[ \u00a0\u202f]*(m²|m2|€)$", "", texte)
    if re.fullmatch(r"[+-]?[0-9]{1,3}(\.[0-9]{3})+,[0-9]+", texte):
        return float(texte.replace(".", "").replace(",", "."))
    if DECIMAL.fullmatch(texte):
        return float(re.sub("[ \u00a0\u202f]", "", texte).replace(",", "."))
    valeur = _entier_reference(texte)
    return None if valeur is None else float(valeur)


def _indicatrice_reference(texte: str) -> int | None:
    if texte.lower() in {"1", "1,0", "1.0", "oui", "o", "vrai", "true"}:
        return 1
    return 0 if texte.lower() in {"0", "0,0", "0.0", "non", "n", "faux", "false"} else None


REFERENCES: dict[str, Callable[[str], Any]] = {
    "date": _date_reference,
    "naissance": _naissance_reference,
    "entier": _entier_reference,
    "decimal": _decimal_reference,
    "indicatrice": _indicatrice_reference,
}


def _bornee(nature: str) -> Callable[[str], Any]:
    """Return what reads a text as the reference does, None for a number out of bounds."""
    lire = REFERENCES[nature]
    if nature not in BORNES:
        return lire
    moindre, plus_grand = BORNES[nature]

    def _lire(texte: str) -> Any:
        valeur = lire(texte)
        return valeur if valeur is not None and moindre <= valeur <= plus_grand else None

    return _lire


SIGNES = "0123456789/-.,: +eE" + "\u00a0\u202f" + "anNTom²€"


def _ecorcher(texte: str, hasard: random.Random) -> str:
    """Change, drop, add or swap a few characters of a spelling."""
    signes = list(texte)
    for _ in range(hasard.choice((0, 1, 1, 1, 2, 3))):
        place = hasard.randrange(len(signes) + 1)
        match hasard.randrange(4):
            case 0:
                signes.insert(place, hasard.choice(SIGNES))
            case 1:
                signes[place : place + 1] = [hasard.choice(SIGNES)]
            case 2:
                signes[place : place + 1] = []
            case _:
                signes[place : place + 2] = signes[place : place + 2][::-1]
    return "".join(signes)


@pytest.mark.parametrize("nature", REFERENCES)
def test_random_spellings_are_read_as_the_reference_reads_them(
    recevoir: Recevoir, nature: str
) -> None:
    hasard = random.Random(20_261_031)  # noqa: S311
    modeles = [texte for texte, _ in ACCEPTEES[nature]] + REFUSEES[nature]
    textes = [_ecorcher(hasard.choice(modeles), hasard) for _ in range(6000)]
    valeurs, _ = _recus(recevoir, nature, textes)
    nets = [texte.strip(BLANCS) for texte in textes]
    reference = _bornee(nature)
    ecarts = {
        (net, valeur, reference(net))
        for net, valeur in zip(nets, valeurs, strict=True)
        if valeur != (None if net in {"", "NA", "NA/NA"} else reference(net))
    }
    assert ecarts == set()


def test_a_newline_at_the_end_of_a_field_is_trimmed(recevoir: Recevoir) -> None:
    lignes = [ligne("stock", 1, NB_PJIDENTITE="12\n", ETAT_DEMANDE="\nactive"), ligne("stock", 2)]
    recue = recevoir(petite().texte("stock", en_csv(lignes)))
    assert recue.lire("stock", "SELECT nb_pjidentite, etat_demande")[0] == (12, "ACTIVE")
    assert not recue.anomalies()
