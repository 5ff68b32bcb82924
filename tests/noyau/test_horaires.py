"""Opening hours in forty spellings: read as OpenStreetMap does, or refused with a suggestion."""

from __future__ import annotations

import datetime as dt

import pytest
from opening_hours import OpeningHours

from infocentre.noyau.erreurs import Refus
from infocentre.noyau.horaires import dire, en_osm, lire_heure, osm

SEMAINE = "Du lundi au vendredi de 9 h à 12 h"
LUES = {
    "lun-ven 9h-12h": ("Mo-Fr 09:00-12:00", SEMAINE),
    "LUNDI AU VENDREDI 9H-12H": ("Mo-Fr 09:00-12:00", SEMAINE),
    "lun–ven 9h–12h": ("Mo-Fr 09:00-12:00", SEMAINE),
    "lu-ve 9h-12h": ("Mo-Fr 09:00-12:00", SEMAINE),
    "lun-ven 9h-midi": ("Mo-Fr 09:00-12:00", SEMAINE),
    "lun-ven 9.00-12.00": ("Mo-Fr 09:00-12:00", SEMAINE),
    "en semaine 9h-12h": ("Mo-Fr 09:00-12:00", SEMAINE),
    "Lundi à vendredi : 09:00 - 12:00.": ("Mo-Fr 09:00-12:00", SEMAINE),
    "du lundi au vendredi, de 9 heures à 12 heures": ("Mo-Fr 09:00-12:00", SEMAINE),
    "lun-jeu 8h30-12h et 13h30-17h ; ven 8h30-12h": (
        "Mo-Th 08:30-12:00,13:30-17:00; Fr 08:30-12:00",
        "Du lundi au jeudi de 8 h 30 à 12 h et de 13 h 30 à 17 h ; vendredi de 8 h 30 à 12 h",
    ),
    "lun-sam 9h-18h": ("Mo-Sa 09:00-18:00", "Du lundi au samedi de 9 h à 18 h"),
    "mar et jeu 14h-17h, sur rendez-vous": (
        'Tu,Th 14:00-17:00 "sur rendez-vous"',
        "Mardi et jeudi de 14 h à 17 h, sur rendez-vous",
    ),
    "mercredi 14h-17h (sur rdv)": (
        'We 14:00-17:00 "sur rendez-vous"', "Mercredi de 14 h à 17 h, sur rendez-vous",
    ),
    "Lundi, mardi et jeudi : 9h00 - 12h00 / 14h00 - 17h00": (
        "Mo-Tu,Th 09:00-12:00,14:00-17:00",
        "Lundi, mardi et jeudi de 9 h à 12 h et de 14 h à 17 h",
    ),
    "lun mar jeu ven 9h-12h": (
        "Mo-Tu,Th-Fr 09:00-12:00", "Lundi, mardi, jeudi et vendredi de 9 h à 12 h",
    ),
    "lun/mer/ven 9h-12h": ("Mo,We,Fr 09:00-12:00", "Lundi, mercredi et vendredi de 9 h à 12 h"),
    "lundi 9h-12h, mardi 14h-17h": (
        "Mo 09:00-12:00; Tu 14:00-17:00", "Lundi de 9 h à 12 h ; mardi de 14 h à 17 h",
    ),
    "lundi et mardi 9h-12h 14h-17h\nmercredi 9h-12h": (
        "Mo-Tu 09:00-12:00,14:00-17:00; We 09:00-12:00",
        "Lundi et mardi de 9 h à 12 h et de 14 h à 17 h ; mercredi de 9 h à 12 h",
    ),
    "du lundi au vendredi 9h30-16h30, fermé le mercredi": (
        "Mo-Fr 09:30-16:30; We closed",
        "Du lundi au vendredi de 9 h 30 à 16 h 30 ; fermé le mercredi",
    ),
    "Tous les jours 9h-18h": ("Mo-Su 09:00-18:00", "Du lundi au dimanche de 9 h à 18 h"),
    "tous les jours sauf le dimanche 9h-18h": (
        "Mo-Sa 09:00-18:00", "Du lundi au samedi de 9 h à 18 h",
    ),
    "lun-ven 9h-12h ; fermé les jours fériés": (
        "Mo-Fr 09:00-12:00; PH closed", f"{SEMAINE} ; fermé les jours fériés",
    ),
    "mar. 8 h 30 à 12 h 30": ("Tu 08:30-12:30", "Mardi de 8 h 30 à 12 h 30"),
}  # fmt: skip
REFUSEES = {
    "": ("rien n'y est écrit", ""),
    "9h-12h": ("il manque les jours", "lun-ven 9h-12h"),
    "9h-12h du mardi au jeudi": ("il manque les jours", "mar-jeu 9h-12h"),
    "lundy-vendredi 9h-12h": ("« lundy »", "lun-ven 9h-12h"),
    "lun-ven 9-12": ("« 9 »", "lun-ven 9h-12h"),
    "Lundi matin": ("« matin »", ""),
    "lun-ven": ("il manque les heures", ""),
    "lun-ven 9h": ("il manque l'heure de fin", ""),
    "lun-ven 12h-9h": ("une heure de fin vient avant", ""),
    "lun-ven 9h-12h et 11h-17h": ("une heure de fin vient avant", ""),
    "lun-ven 25h-26h": ("« 25h00 » n'est pas une heure", ""),
    "ven-lun 9h-12h": ("lundi vient avant vendredi", ""),
    "sur rendez-vous": ("il manque les jours et les heures", ""),
    "voir le site internet": ("« voir »", ""),
    "1er mardi du mois 9h-12h": ("il manque les jours", ""),
    "lun-ven 9h-12h sauf vacances scolaires": ("« vacances »", ""),
    "24h/24": ("il manque les jours", ""),
}


def test_there_are_forty() -> None:
    assert len(LUES) + len(REFUSEES) == 40


@pytest.mark.parametrize("dit", LUES)
def test_a_spelling_is_read_and_said(dit: str) -> None:
    attendu, phrase = LUES[dit]
    assert en_osm(dit) == attendu
    assert dire(dit).replace("\u00a0", " ") == phrase
    assert en_osm(dire(dit)) == attendu, "the sentence reads back"


@pytest.mark.parametrize("dit", REFUSEES)
def test_a_spelling_is_refused_with_what_may_have_been_meant(dit: str) -> None:
    raison, suggestion = REFUSEES[dit]
    with pytest.raises(Refus) as refus:
        en_osm(dit)
    assert raison in refus.value.quoi
    attendu = suggestion or "lun-ven 9h-12h et 14h-17h"
    assert f"« {attendu} »" in refus.value.que_faire
    en_osm(attendu)
    assert osm(dit) == ""
    assert dire(dit).lower() == dit.lower()


def test_the_days_are_those_of_openstreetmap() -> None:
    """A Wednesday in a week, the 14th of July: as its own library judges."""
    lues = OpeningHours(en_osm("lun-ven 9h30-16h30, fermé le mercredi ; sauf jours fériés"),
                        country="FR")  # fmt: skip
    ouvert = {
        "2026-07-06T09:29": False,
        "2026-07-06T09:30": True,
        "2026-07-08T10:00": False,
        "2026-07-14T10:00": False,
        "2026-07-16T10:00": True,
    }
    assert {le: lues.is_open(dt.datetime.fromisoformat(le)) for le in ouvert} == ouvert


@pytest.mark.parametrize(
    ("dite", "lue"),
    [
        ("14h30", "14:30"),
        ("14:30", "14:30"),
        ("9 h", "09:00"),
        ("9\u00a0H\u00a005", "09:05"),
        ("8 heures", "08:00"),
        ("00h00", "00:00"),
        ("10 h 15 min", "10:15"),
    ],
)
def test_an_hour_of_the_day_is_read_as_people_write_it(dite: str, lue: str) -> None:
    assert lire_heure(dite) == lue


@pytest.mark.parametrize("dite", ["25h", "14h60", "24:00", "midi", "14", "14h-16h", "-1h", ""])
def test_what_is_no_hour_is_refused(dite: str) -> None:
    with pytest.raises(Refus, match="n'est pas une heure"):
        lire_heure(dite)
