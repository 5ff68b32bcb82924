"""What was held, and what was sent to whom: facts that documents and pages tell."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import NamedTuple

from infocentre.affaires import Affaire, procedures
from infocentre.lecture.affaires import toutes
from infocentre.lecture.lecteur import Lecture
from infocentre.noyau.francais import majuscule

PROCEDURE, FORMATIONS, QUESTIONS = "reunions", "formations", "questions"
ENVOIS = "documents_envoyes"


class Reunion(NamedTuple):
    """A meeting that was held: of whom, when, how many came, how many decisions, its minutes."""

    affaire: str
    instance: str
    le: dt.date
    presents: int
    decisions: int | None
    compte_rendu: dt.date | None


def tenues(
    v: Lecture, departement: str, debut: dt.date, fin: dt.date, connue_le: dt.date | None = None
) -> list[Reunion]:
    """Return the meetings and trainings held in these days, as they were known on a day if any."""
    lues = [_au(une, connue_le) for une in toutes(v, departement, PROCEDURE)]
    unes = [_reunion(une) for une in lues if une and _a_eu_lieu(une)]
    seances = [_au(une, connue_le) for une in toutes(v, departement, FORMATIONS)]
    unes += [_seance(une) for une in seances if une and une.situation.dite("venus")]
    return sorted((un for un in unes if debut <= un.le <= fin), key=lambda un: (un.le, un.affaire))


def _au(une: Affaire, jour: dt.date | None) -> Affaire | None:
    return une.au(jour) if jour else une


def _a_eu_lieu(une: Affaire) -> bool:
    return une.situation.dite("presents") is not None


def _seance(une: Affaire) -> Reunion:
    s = une.situation
    le = dt.date.fromisoformat(str(s.dite("seance_le")))
    (debut,) = s.procedure.possibles(None)
    theme = s.procedure.regle(debut).donnees["theme"].choix.get(str(s.dite("theme")), "")
    venus = sum(int(un["personnes"]) for un in s.dite("venus"))
    return Reunion(une.id, f"Formation, {theme}", le, venus, None, None)


def _reunion(une: Affaire) -> Reunion:
    s = une.situation
    (debut,) = s.procedure.possibles(None)
    choix = s.procedure.regle(debut).donnees["instance"].choix
    dite = str(s.dite("instance"))
    tenu = min((un.rang for un in s.evenements if un.dit("presents")), default=0)
    partis = [un.jour for un in s.evenements if un.dit("fichiers") and un.rang > tenu]
    return Reunion(
        une.id,
        majuscule(choix.get(dite, dite)),
        dt.date.fromisoformat(str(s.dite("le_jour"))),
        len(s.dite("presents") or []),
        len(s.redite("decisions") or []),
        max(partis, default=None),
    )


def questions(
    v: Lecture, departement: str, debut: dt.date, fin: dt.date, connue_le: dt.date | None = None
) -> tuple[int, int]:
    """Return how many questions guichets asked from a day to another, and how many are answered."""
    lues = [_au(une, connue_le) for une in toutes(v, departement, QUESTIONS)]
    siennes = [une for une in lues if une and debut <= une.situation.evenements[0].jour <= fin]
    return len(siennes), sum(une.situation.dite("reponse") is not None for une in siennes)


def dire_empreinte(sha256: str) -> str:
    """Return a sha256 in four parts, that a page may cut."""
    return " ".join(sha256[debut : debut + 16] for debut in range(0, len(sha256), 16))


class Remis(NamedTuple):
    """A file that left: on which day, of which affaire, its name and sha256, to whom, how."""

    le: dt.date
    affaire: str
    procedure: str
    fichier: str
    sha256: str
    a_qui: str
    par: str


def remis(
    v: Lecture, departement: str, *codes: str, connue_le: dt.date | None = None
) -> list[Remis]:
    """Return every file that left for someone, of these procedures or all, the last one first."""
    tous = [
        un
        for code in codes or procedures()
        for une in toutes(v, departement, code)
        if (lue := _au(une, connue_le))
        for un in _de(lue)
    ]
    return sorted(tous, key=lambda un: (un.le, un.affaire, un.fichier), reverse=True)


def _de(une: Affaire) -> Iterator[Remis]:
    for un in une.situation.evenements:
        regle = une.situation.procedure.regle(un.nom)
        if regle.message is None and regle.document is None:
            continue  # what was received
        for fichier in un.dit("fichiers") or []:
            yield Remis(
                un.jour,
                une.id,
                une.procedure.titre,
                str(fichier.get("nom", "")),
                str(fichier["sha256"]),
                str(un.dit("destinataire") or ""),
                str(un.dit("canal") or ""),
            )
