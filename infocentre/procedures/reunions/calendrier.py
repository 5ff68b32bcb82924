"""The calendar file of a meeting (RFC 5545): one UID for life, a SEQUENCE more when it moves."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

from icalendar import Calendar, Event

from infocentre.affaires import Affaire
from infocentre.demarches.message import DOMAINE
from infocentre.noyau.temps import PARIS

DUREE = 120  # minutes of a meeting of which nobody said how long
ZONES = {
    "971": "America/Guadeloupe",
    "972": "America/Martinique",
    "973": "America/Cayenne",
    "974": "Indian/Reunion",
    "976": "Indian/Mayotte",
}
ANNULER = "annuler_la_reunion"


def en_ics(une: Affaire, titre: str) -> bytes:
    """Return the calendar file of a meeting as it is now fixed; the same one, the same bytes."""
    s = une.situation
    dit = s.dernier("fixer_une_reunion", "deplacer_la_reunion")
    le = dt.date.fromisoformat(str(s.dite("le_jour")))
    zone = ZoneInfo(ZONES.get(une.departement, PARIS))
    debut = dt.datetime.combine(le, dt.time.fromisoformat(str(s.dite("heure"))), zone)
    evenement = Event()
    evenement.add("uid", f"{une.id}@{DOMAINE}")
    evenement.add("sequence", len(s.tous("deplacer_la_reunion", ANNULER)))
    evenement.add("dtstamp", dit.saisi_le.astimezone(dt.UTC) if dit else debut)
    duree = dt.timedelta(minutes=int(s.dite("duree") or DUREE))
    evenement.add("dtstart", debut.astimezone(dt.UTC))  # no table of a time zone is needed
    evenement.add("dtend", (debut + duree).astimezone(dt.UTC))
    evenement.add("summary", titre)
    evenement.add("location", str(s.dite("lieu")))
    evenement.add("description", "\n".join(s.dite("odj") or []))
    evenement.add("status", "CANCELLED" if s.dernier(ANNULER) else "CONFIRMED")
    calendrier = Calendar()
    calendrier.add("prodid", "-//Infocentre//Reunions//FR")
    calendrier.add("version", "2.0")
    calendrier.add("method", "PUBLISH")
    calendrier.add_component(evenement)
    octets: bytes = calendrier.to_ical()
    return octets
