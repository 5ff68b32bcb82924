"""Objectives of the policy of attributions: the law's, over them those of a territory, by year.

`objectifs.yml` of the data directory has them, a line each with its source; who set which, and
when, is in `objectifs.jsonl` beside it. A year that is not there has the rules of the settings.
"""

from __future__ import annotations

import fcntl
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from itertools import product
from pathlib import Path
from typing import Annotated, Any, Literal, get_args

import yaml
from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from infocentre.contrat.dictionnaire import contrat
from infocentre.contrat.territoires import departements, departements_des_epcis, territoires
from infocentre.entrepot.journal import ajouter_ligne, lire_journal
from infocentre.mesures.reglages import Fixe
from infocentre.noyau import temoins
from infocentre.noyau.champs import refus_champs
from infocentre.noyau.entiers import MAXIMUM, lire_entier
from infocentre.noyau.erreurs import Refus
from infocentre.noyau.fichiers import ecrire, sha256
from infocentre.noyau.fichiers_yaml import lire_yaml
from infocentre.noyau.francais import enumerer, exact
from infocentre.noyau.temps import a_present, maintenant

FICHIER, HISTORIQUE = "objectifs.yml", "objectifs.jsonl"
# The four shares are named by the role of the table that counts them, but the contingent's.
Mesure = Literal[
    "prioritaires", "mixite_hors_qpv", "mixite_en_qpv", "contingent", "logement_dabord"
]
MESURES: tuple[Mesure, ...] = get_args(Mesure)
TITRES: Mapping[Mesure, str] = {
    "prioritaires": "Ménages prioritaires, DALO compris",
    "mixite_hors_qpv": "Premier quartile ou ANRU, hors QPV",
    "mixite_en_qpv": "Quartiles 2 à 4, en QPV",
    "contingent": "Contingent du préfet",
    "logement_dabord": "Logement d'abord",
}
CONTINGENT = 30.0  # % of attributions, at most (CCH R.441-5); no setting changes it
ZONAGE, DEPUIS_2024 = 2024, 2024  # the QPV of a delivery, and since which year
CENT = 100
# What standard tables have a row of, or whose bilan is made of their SELECTs.
EN_TABLEAU = frozenset({"epci", "reservataire", "bailleur"})
_EN_QPV = frozenset({"mixite_hors_qpv", "mixite_en_qpv"})
_CORRIGER = (
    f"Corriger {FICHIER}, dans le dossier des données, puis recommencer : rien n'a été calculé."
)
_ENTETE = "# Objectifs de la politique d'attribution : un par mesure, territoire et année.\n"
Texte = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=120)]


class Objectif(BaseModel):
    """An objective of a year: `part` in percent, or a number (`nombre`) for the Logement d'abord.

    It is of the place or of whom it names; of every département when it names none. `zonage` is the
    vintage of the QPV that it was set on.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    mesure: Mesure
    annee: Annotated[int, Field(ge=2000, le=2100)]
    source: Texte
    part: float | None = None
    nombre: Annotated[int, Field(ge=0, le=1_000_000)] | None = None
    departement: str = ""
    epci: str = ""
    commune: str = ""
    bailleur: str = ""
    reservataire: str = ""
    zonage: int = ZONAGE

    @property
    def lieu(self) -> tuple[str, str]:
        """What it is of: (« epci », its SIREN), ('', '') for every département."""
        return next(((un, getattr(self, un)) for un in LIEUX if getattr(self, un)), ("", ""))

    @property
    def existe(self) -> bool:
        """Tell whether there is still such a place."""
        return not _faute_de_lieu(self)

    @property
    def ou(self) -> str:
        """Say which it is: « Premier quartile…, hors QPV, EPCI 200054807, 2026 »."""
        genre, code = self.lieu
        lieu = f"{LIEUX[genre]} {code}" if genre else "partout"
        return f"{TITRES[self.mesure]}, {lieu}, {self.annee}"


LIEUX: Mapping[str, str] = {
    "departement": "département",
    "epci": "EPCI",
    "commune": "commune",
    "bailleur": "bailleur",
    "reservataire": "réservataire",
}


class _Fichier(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    objectifs: list[Objectif] | None


@dataclass(frozen=True, slots=True)
class Changement:
    """Who set or removed which objective, when: `apres` None once removed, `avant` when new."""

    le: str
    par: str
    objectif: str
    avant: float | None
    apres: float | None
    source: str


def lire(racine: Path) -> list[Objectif]:
    """Return the objectives of the data directory, none without a file; raise Refus.

    That of a past year may be of a place that is no more: it was one then, and nothing finds it.
    """
    annee = a_present().year
    lus = lire_a_corriger(racine)
    exiger((un for un in lus if un.annee >= annee), str(racine / FICHIER))
    return lus


def lire_a_corriger(racine: Path) -> list[Objectif]:
    """Return the same ones, though their places may be none: to be removed; raise Refus."""
    chemin = racine / FICHIER
    if not chemin.exists():
        return []
    try:
        lus = _Fichier.model_validate(lire_yaml(chemin, "des objectifs")).objectifs or []
    except ValidationError as erreur:
        raise _refus(erreur, chemin) from None
    exiger(lus, str(chemin), lieux=False)
    return lus


def _refus(erreur: ValidationError, chemin: Path) -> Refus:
    rangs = {pas + 1 for un in erreur.errors() for pas in un["loc"][1:2] if isinstance(pas, int)}
    quoi = refus_champs(erreur, str(chemin), "").quoi
    numeros = ", ".join(map(str, sorted(rangs)))
    return Refus(quoi, f"{chemin}, objectif n° {numeros}" if rangs else str(chemin), _CORRIGER)


def exiger(objectifs: Iterable[Objectif], ou: str, *, lieux: bool = True) -> None:
    """Raise Refus, in words, for an objective that cannot be one, or that stands twice.

    `lieux`: or that is of a place that is none.
    """
    vus: dict[tuple[str, tuple[str, str], int], Objectif] = {}
    for un in objectifs:
        if faute := _faute(un) or (_faute_de_lieu(un) if lieux else ""):
            que_faire = _CORRIGER if ou else "Corriger ce champ : rien n'a été enregistré."
            raise Refus(f"objectif « {un.ou} » : {faute}", ou, que_faire)
        autre = vus.setdefault((un.mesure, un.lieu, un.annee), un)
        if autre is not un:
            quoi = f"deux objectifs pour « {un.ou} » : {_valeur(autre)} et {_valeur(un)}"
            raise Refus(quoi, ou, "N'en garder qu'un.")


def _faute(un: Objectif) -> str:
    """Say what is wrong with an objective, '' for nothing."""
    if sum(bool(getattr(un, nom)) for nom in LIEUX) > 1:
        return f"il n'est que d'un seul de ceux-ci : {enumerer(list(LIEUX.values()), 'ou')}"
    return _faute_de_valeur(un) or _faute_de_zonage(un) or _faute_de_code(un)


def _faute_de_valeur(un: Objectif) -> str:
    if un.mesure == "logement_dabord":
        if un.nombre is None or un.part is not None:
            return "c'est un nombre d'attributions dans l'année, à écrire « nombre: 120 »"
    elif un.part is None or un.nombre is not None:
        return "c'est une part, à écrire en % « part: 25 »"
    elif not 0 <= un.part <= 100:  # noqa: PLR2004 - percent
        return f"{exact(un.part)} % n'est pas une part, qui va de 0 à 100 %"
    elif 0 < un.part < 1:
        return f"{exact(un.part)} % est moins d'une attribution sur cent : un quart s'écrit 25"
    if not (un.part or un.nombre):
        return "zéro n'est pas un objectif : le retirer, s'il n'y en a pas"
    return ""


def _faute_de_zonage(un: Objectif) -> str:
    if un.mesure in _EN_QPV and un.annee >= DEPUIS_2024 and un.zonage != ZONAGE:
        return (
            f"il est fixé sur les QPV de {un.zonage}, et les attributions de {un.annee} sont "
            f"comptées sur ceux de {ZONAGE} : les deux ne se comparent pas"
        )
    return ""


def _faute_de_code(un: Objectif) -> str:
    genre, code = un.lieu
    if genre == "departement" and code not in departements():
        return f"le département « {code} » n'existe pas : trois caractères sont attendus, « 013 »"
    if genre == "reservataire" and code not in contrat().codes["TYPE_RESERVATAIRE"]:
        return f"« {code} » n'est pas un type de réservataire du SNE"
    if genre == "bailleur" and not est_siren(code):
        return f"« {code} » n'est pas un SIREN de neuf chiffres"
    return ""


def _faute_de_lieu(un: Objectif) -> str:
    genre, code = un.lieu
    if genre == "epci" and code not in departements_des_epcis():
        return f"l'EPCI {code} n'existe pas, ou n'existe plus, dans la liste des communes"
    if genre == "commune":
        connue = territoires().get(code)
        if connue is None or not (connue.actuelle or connue.arrondissement):
            return f"la commune {code} n'existe pas, ou n'existe plus"
    return ""


def est_siren(code: str) -> bool:
    """Tell whether it has the form of a SIREN, which is what tells a bailleur from others."""
    return code.isdigit() and len(code) == 9  # noqa: PLR2004


def _valeur(un: Objectif) -> str:
    return f"{exact(un.part)} %" if un.part is not None else str(un.nombre)


def trouver(
    objectifs: Iterable[Objectif], mesure: Mesure, annee: int, *lieux: tuple[str, str]
) -> Objectif | None:
    """Return the objective of the first place that has one this year, else that of everywhere."""
    connus = {un.lieu: un for un in objectifs if (un.mesure, un.annee) == (mesure, annee)}
    return next((connus[un] for un in (*lieux, ("", "")) if un in connus), None)


def fixes(objectifs: Sequence[Objectif], concernes: Iterable[tuple[str, int]]) -> Iterator[Fixe]:
    """Yield what is fixed in these (département, year): a share between 0 and 1, or a number.

    A row is of the whole département, '*', or of an EPCI, a réservataire or a bailleur that has its
    own.
    """
    siens = {un.lieu for un in objectifs if un.lieu[0] in EN_TABLEAU}
    for departement, annee in sorted(concernes):
        partout = ("departement", departement)
        for mesure, lieu in product(MESURES, [partout, *sorted(siens)]):
            un = trouver(objectifs, mesure, annee, lieu)
            if un is None or lieu not in {partout, un.lieu}:
                continue
            code = "*" if lieu == partout else lieu[1]
            valeur = un.part / CENT if un.part is not None else float(un.nombre or 0)
            yield mesure, departement, annee, code, valeur


def lire_saisie(dits: Mapping[str, str]) -> tuple[Objectif, bool]:
    """Return the objective that a form says, and whether it is to be kept: no value removes it.

    Raises:
        Refus: it cannot be one, in words.
    """
    valeur = dits.get("valeur", "").replace("%", "").replace(",", ".").strip()
    genre, code = dits.get("genre", ""), dits.get("code", "").strip()
    nombre = dits.get("mesure") == "logement_dabord"
    try:
        lue = int(valeur or 0) if nombre else float(valeur or 0)
    except ValueError:
        attendu = "un nombre entier" if nombre else "un pourcentage"
        quoi = f"l'objectif « {dits['valeur'][:30]} » n'est pas {attendu}"
        raise Refus(quoi, que_faire="Corriger ce champ.") from None
    try:
        un = Objectif.model_validate(
            {
                "mesure": dits.get("mesure", ""),
                "annee": lire_entier(dits.get("annee", ""), range(MAXIMUM)),
                "source": dits.get("source", "").strip() or ("" if valeur else "retiré"),
                "nombre" if nombre else "part": lue,
                **({genre: code} if genre in LIEUX else {}),
            }
        )
    except ValidationError as erreur:
        raise Refus(refus_champs(erreur, "", "").quoi, que_faire="Corriger ce champ.") from None
    if genre and not code:
        raise Refus(f"le code manque ({LIEUX.get(genre, genre)})", que_faire="L'écrire.")
    return un, bool(valeur)


def fixer(racine: Path, voulu: Objectif, par: str) -> Changement:
    """Write an objective in the place of the one of its measure, place and year, and who did it.

    Raises:
        Refus: it cannot be one, or the file is wrong already; nothing is written.
    """
    exiger([voulu], "")
    return _changer(racine, voulu, par, garde=True)


def retirer(racine: Path, voulu: Objectif, par: str) -> Changement:
    """Remove the objective of a measure, place and year: the rule above it holds again."""
    return _changer(racine, voulu, par, garde=False)


def _changer(racine: Path, voulu: Objectif, par: str, *, garde: bool) -> Changement:
    racine.mkdir(parents=True, exist_ok=True)
    with (racine / f".{FICHIER}.verrou").open("a") as verrou:
        fcntl.flock(verrou, fcntl.LOCK_EX)
        cle = (voulu.mesure, voulu.lieu, voulu.annee)
        connus = {(un.mesure, un.lieu, un.annee): un for un in lire_a_corriger(racine)}
        ancien = connus.pop(cle, None)
        if not garde and ancien is None:
            raise Refus(
                f"aucun objectif n'est fixé pour « {voulu.ou} »", que_faire="Rien à retirer."
            )
        if garde:
            connus[cle] = voulu
        tous = [
            un.model_dump(exclude_defaults=True)
            for un in sorted(connus.values(), key=lambda un: (un.annee, un.mesure, un.lieu))
        ]
        texte = yaml.safe_dump({"objectifs": tous}, allow_unicode=True, sort_keys=False)
        ecrire(racine / FICHIER, _ENTETE + texte)
        tenus = {**temoins.lire(racine).get("reglages", {}), FICHIER: sha256(racine / FICHIER)}
        temoins.noter(racine, {"reglages": tenus})
        fait = Changement(
            maintenant(),
            par,
            voulu.ou,
            _nombre(ancien),
            _nombre(voulu if garde else None),
            voulu.source,
        )
        ajouter_ligne(racine / HISTORIQUE, asdict(fait))
        return fait


def _nombre(un: Objectif | None) -> float | None:
    if un is None:
        return None
    return un.part if un.part is not None else un.nombre


def historique(racine: Path) -> list[Changement]:
    """Return every change made so, the newest first."""
    champs: Any = Changement.__dataclass_fields__
    lus = reversed(lire_journal(racine / HISTORIQUE))
    return [Changement(**{nom: une.get(nom) for nom in champs}) for une in lus]
