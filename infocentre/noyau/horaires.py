"""Opening hours: what people type, read as `opening_hours` of OpenStreetMap, and said in French.

« lun-ven 9h-12h et 14h-17h ; mer fermé » is `Mo-Fr 09:00-12:00,14:00-17:00; We off`. What is not
understood is refused, with what may have been meant.
"""

from __future__ import annotations

import difflib
import functools
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from infocentre.noyau.erreurs import Refus
from infocentre.noyau.francais import enumerer, majuscule, simplifier

JOURS = ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche")
_OSM = ("Mo", "Tu", "We", "Th", "Fr", "Sa", "Su")
_RANGS: Mapping[str, int] = {
    forme: rang
    for rang, jour in enumerate(JOURS)
    for forme in (jour, f"{jour}s", jour[:3], jour[:2] if jour[:2] != "ma" else jour)
}
RENDEZ_VOUS = "sur rendez-vous"
EXEMPLE = "lun-ven 9h-12h et 14h-17h"
_HEURE = re.compile(r"(\d{1,2})\s?(?:heures?\b|h|:)\s?(\d{2}(?!\s?[h:\d]))?|\b(\d{1,2})\.(\d{2})\b")
_D_UN_JOUR = re.compile(r"(\d{1,2})\s*(?:heures?|h|:)\s*(\d{2})?(?:\s*(?:min|mn))?")
# Said in one word before it is read: what stands on the left, as `simplifier` gives it.
_MOTS = (
    (re.compile(r"sur (?:rendez[- ]vous|rdv)(?: uniquement| seulement)?|(?<=\s)rdv\b"), " @rdv "),
    (re.compile(r"(?:les? )?jours? feries?"), " @feries "),
    (re.compile(r"tous les jours|7\s?j?\s?/\s?7\s?j?"), " lundi - dimanche "),
    (re.compile(r"(?:en |la )?semaine\b"), " lundi - vendredi "),
    (re.compile(r"\bmidi\b"), " 12:00 "),
    (re.compile(r"\b(?:sauf|excepte|hors)\b"), " @sauf "),
    (re.compile(r"\bferme(?:e|s)?\b|\bfermeture\b"), " @ferme "),
    (re.compile(r"\bouvert(?:e|ure)?\b|\bhoraires?\b|\baccueil\b|\bdu public\b"), " "),
    (re.compile(r"\bjusqu'?\s?a\b"), " - "),
    (re.compile(r"[–—→]|\bau\b|\ba\b"), " - "),
    (re.compile(r"\b(?:et|puis|ainsi que)\b|[,/&+]"), " , "),
    (re.compile(r"\b(?:du|de|des|le|les|la|l')\s|\bl'"), " "),
)  # fmt: skip
_JOURS_APRES = re.compile(
    rf"^(\d.*?)\s*((?:du |le |les )?(?:{'|'.join(un[:3] for un in JOURS)}).*)$"
)
_JETON = re.compile(r"@\w+|\d\d:\d\d|[a-z]+|[-,;()]|\S")
Plage = tuple[int, int]  # minutes since midnight


@dataclass(slots=True)
class _Regle:
    """Days, the hours of each, [] when closed; `rendez_vous` says that one makes an appointment."""

    jours: list[int]
    plages: list[Plage] = field(default_factory=list)
    rendez_vous: bool = False


def en_osm(texte: str) -> str:
    """Return hours as OpenStreetMap writes them; raise Refus, with a suggestion where one is."""
    try:
        return _ecrire(*_lire(texte))
    except _IncomprisError as erreur:
        suggestion = _suggerer(texte)
        raise Refus(
            f"ces horaires ne se lisent pas : {erreur}",
            f"« {texte.strip()[:60]} »",
            f"Écrire peut-être « {suggestion} »."
            if suggestion
            else f"Écrire les jours, puis les heures : « {EXEMPLE} ».",
        ) from None


def osm(texte: str | None) -> str:
    """Return hours as OpenStreetMap writes them, '' when they do not read."""
    try:
        return en_osm(texte) if texte else ""
    except Refus:
        return ""


def dire(texte: str | None) -> str:
    """Return hours in whole words, as they were typed when they do not read."""
    try:
        regles, feries = _lire(texte or "")
    except _IncomprisError:
        return majuscule(texte or "")
    dits = [_dire(une) for une in regles]
    return majuscule(" ; ".join([*dits, *(["fermé les jours fériés"] if feries else [])]))


class _IncomprisError(Exception):
    """What is not understood of hours, in words."""


def _lire(texte: str) -> tuple[list[_Regle], bool]:
    """Return the rules in their order, and whether public holidays are said to be closed."""
    jetons = _jetons(texte)
    if not jetons:
        raise _IncomprisError("rien n'y est écrit")
    regles: list[_Regle] = []
    lecteur, feries = _Lecteur(jetons), False
    while lecteur.reste:
        if lecteur.passer(";", ",", "(", ")"):
            continue
        if lecteur.passer("@ferme") or lecteur.passer("@sauf"):
            feries |= _fermer(lecteur, regles)
        elif lecteur.passer("@feries"):
            if not lecteur.passer("@ferme"):
                raise _IncomprisError("les heures d'un jour férié")
            feries = True
        elif lecteur.passer("@rdv"):
            if not regles:
                raise _IncomprisError("il manque les jours et les heures")
            regles[-1].rendez_vous = True
        else:
            regles.append(_regle(lecteur))
    if not any(une.plages for une in regles):
        raise _IncomprisError("il manque les heures")
    return regles, feries


def _fermer(lecteur: _Lecteur, regles: list[_Regle]) -> bool:
    """Read the days that are closed; return whether public holidays are."""
    if lecteur.passer("@feries"):
        return True
    regles.append(_Regle(lecteur.jours()))
    return False


def _regle(lecteur: _Lecteur) -> _Regle:
    jours = lecteur.jours()
    if lecteur.passer("@ferme"):
        return _Regle(jours)
    if lecteur.passer("@sauf"):
        exclus = lecteur.jours()
        jours = [un for un in jours if un not in exclus]
    rendez_vous = lecteur.passer("@rdv")
    while lecteur.passer(","):
        continue
    return _Regle(jours, lecteur.plages(), rendez_vous or lecteur.passer("@rdv"))


class _Lecteur:
    """Reads tokens one after another."""

    def __init__(self, jetons: Sequence[str]) -> None:
        self._jetons, self._rang = jetons, 0

    @property
    def reste(self) -> bool:
        """Tell whether a token is left."""
        return self._rang < len(self._jetons)

    def voir(self, avance: int = 0) -> str:
        """Return a token to come, '' after the last."""
        rang = self._rang + avance
        return self._jetons[rang] if rang < len(self._jetons) else ""

    def passer(self, *voulus: str) -> bool:
        """Go past a token when it is one of these."""
        if self.voir() not in voulus:
            return False
        self._rang += 1
        return True

    def jours(self) -> list[int]:
        """Read days: « lun-jeu », « mar, jeu »."""
        lus: list[int] = []
        while True:
            premier = self._jour()
            dernier = self._jour() if self.passer("-") else premier
            if dernier < premier:
                raise _IncomprisError(f"{JOURS[dernier]} vient avant {JOURS[premier]}")
            lus += range(premier, dernier + 1)
            if not (self.voir() in {",", "-"} and self.voir(1) in _RANGS):
                if self.voir() in _RANGS:
                    continue
                return sorted(set(lus))
            self._rang += 1

    def _jour(self) -> int:
        dit = self.voir()
        if dit not in _RANGS:
            heure = dit[:1].isdigit()
            raise _IncomprisError("il manque les jours" if heure or not dit else f"« {dit} »")
        self._rang += 1
        self.passer(".")
        return _RANGS[dit]

    def plages(self) -> list[Plage]:
        """Read ranges of hours: « 9h-12h, 14h-17h »."""
        lues: list[Plage] = []
        while True:
            debut = self._heure()
            if not self.passer("-"):
                raise _IncomprisError("il manque l'heure de fin")
            fin = self._heure()
            if fin <= debut or (lues and debut < lues[-1][1]):
                raise _IncomprisError("une heure de fin vient avant celle du début")
            lues.append((debut, fin))
            if self.voir() == "," and self.voir(1)[:1].isdigit():
                self._rang += 1
            elif not self.voir()[:1].isdigit():
                return lues

    def _heure(self) -> int:
        dit = self.voir()
        if not re.fullmatch(r"\d\d:\d\d", dit):
            raise _IncomprisError(f"« {dit} »" if dit else "il manque les heures")
        self._rang += 1
        heures, minutes = map(int, dit.split(":"))
        if heures > 24 or minutes > 59 or (heures == 24 and minutes):  # noqa: PLR2004 - a day
            raise _IncomprisError(f"« {dit.replace(':', 'h')} » n'est pas une heure")
        return heures * 60 + minutes


def _jetons(texte: str) -> list[str]:
    dit = simplifier(texte).replace("’", "'").replace("\u00a0", " ").replace("\u202f", " ")
    dit = dit.replace("\n", " ; ")
    dit = _HEURE.sub(lambda lu: f" {int(lu[1] or lu[3]):02}:{lu[2] or lu[4] or '00'} ", f" {dit} ")
    for motif, mot in _MOTS:
        dit = motif.sub(mot, dit)
    # The point of an abbreviation, and a sign between a day and its hours, say nothing.
    dit = re.sub(r"(?<=[a-z])\.|(?<=[a-z])\s*:(?!\d)", " ", dit)
    return _JETON.findall(re.sub(r"\.\s*$", "", dit.strip()))


def _ecrire(regles: Sequence[_Regle], feries: bool) -> str:  # noqa: FBT001 - of one reading
    morceaux = [
        " ".join(
            filter(
                None,
                (
                    _en_jours(une.jours),
                    ",".join(f"{_en_heure(a)}-{_en_heure(b)}" for a, b in une.plages) or "off",
                    f'"{RENDEZ_VOUS}"' if une.rendez_vous else "",
                ),
            )
        )
        for une in regles
    ]
    ecrit = "; ".join([*morceaux, *(["PH off"] if feries else [])])
    return _valider(ecrit)


@functools.lru_cache(maxsize=4096)
def _valider(ecrit: str) -> str:
    """Return hours as the library of OpenStreetMap's grammar writes them."""
    from opening_hours import OpeningHours

    return str(OpeningHours(ecrit))


def _suites(jours: Sequence[int]) -> Iterator[tuple[int, int]]:
    """Yield (first, last) of days that follow one another."""
    debut = 0
    for rang in range(1, len(jours) + 1):
        if rang == len(jours) or jours[rang] != jours[rang - 1] + 1:
            yield jours[debut], jours[rang - 1]
            debut = rang


def _en_jours(jours: Sequence[int]) -> str:
    return ",".join(
        _OSM[a] if a == b else f"{_OSM[a]}-{_OSM[b]}" for a, b in _suites(sorted(jours))
    )


def _en_heure(minutes: int) -> str:
    return f"{minutes // 60:02}:{minutes % 60:02}"


def _dire(une: _Regle) -> str:
    jours = enumerer(
        [
            un
            for a, b in _suites(une.jours)
            for un in (
                [f"du {JOURS[a]} au {JOURS[b]}"]
                if b > a + 1
                else [JOURS[un] for un in range(a, b + 1)]
            )
        ]
    )
    if not une.plages:
        return f"fermé {jours if jours.startswith('du ') else f'le {jours}'}"
    heures = enumerer([f"de {_ecrire_heure(a)} à {_ecrire_heure(b)}" for a, b in une.plages])
    return f"{jours} {heures}{f', {RENDEZ_VOUS}' if une.rendez_vous else ''}"


def lire_heure(texte: str) -> str:
    """Return an hour of the day, as people write it (14h30, 14 h, 14:30), as HH:MM.

    Raises:
        Refus: it is none.
    """
    lue = _D_UN_JOUR.fullmatch(simplifier(texte))
    heures, minutes = (int(lue[1]), int(lue[2] or 0)) if lue else (24, 0)
    if heures > 23 or minutes > 59:  # noqa: PLR2004 - a day
        raise Refus(f"« {texte.strip()[:30]} » n'est pas une heure (14 h 30, par exemple)")
    return _en_heure(60 * heures + minutes)


def dire_heure(heure: str) -> str:
    """Return an hour HH:MM as people write it: 9 h, 14 h 30."""
    heures, minutes = heure.split(":")
    return _ecrire_heure(60 * int(heures) + int(minutes))


def _ecrire_heure(minutes: int) -> str:
    heures, reste = divmod(minutes, 60)
    return f"{heures}\u00a0h\u00a0{reste:02}" if reste else f"{heures}\u00a0h"


def _suggerer(texte: str) -> str:
    """Return the nearest hours that read, '' without any: a word taken for another, days added."""
    dit = simplifier(texte).replace("\n", " ")
    proches = re.sub(r"[a-z]{4,}", _proche, dit)
    heures = re.sub(r"\b(\d{1,2})\b(?!\s?[h:.])", r"\1h", dit)
    jours_apres = _JOURS_APRES.sub(r"\2 \1", dit)
    for essai in (proches, heures, jours_apres, f"lun-ven {dit}", f"lun-ven {proches}"):
        if essai == dit:
            continue
        try:
            regles, feries = _lire(essai)
        except _IncomprisError:
            continue
        return _abreger(regles, feries)
    return ""


def _proche(mot: re.Match[str]) -> str:
    trouves = difflib.get_close_matches(mot[0], JOURS, 1, 0.7)
    return trouves[0] if trouves else mot[0]


def _abreger(regles: Sequence[_Regle], feries: bool) -> str:  # noqa: FBT001 - of one reading
    dits = []
    for une in regles:
        jours = ", ".join(
            JOURS[a][:3] if a == b else f"{JOURS[a][:3]}-{JOURS[b][:3]}"
            for a, b in _suites(une.jours)
        )
        heures = " et ".join(
            "-".join(_ecrire_heure(un).replace("\u00a0", "") for un in plage)
            for plage in une.plages
        )
        rendez_vous = f", {RENDEZ_VOUS}" if une.rendez_vous else ""
        dits.append(f"{jours} {heures or 'fermé'}{rendez_vous}")
    return " ; ".join([*dits, *(["fermé les jours fériés"] if feries else [])])
