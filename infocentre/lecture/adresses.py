"""What an address asks for and that is not there: told on a page, refused in a download."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from infocentre.lecture.commun import catalogue, mois_controles
from infocentre.lecture.filtres import FENETRES, Filtres
from infocentre.lecture.lecteur import Lecture
from infocentre.mesures.tableaux import tableaux
from infocentre.noyau.erreurs import Refus
from infocentre.noyau.francais import majuscule
from infocentre.noyau.temps import nom_mois
from infocentre.noyau.types_guichet import SINGULIERS

MOIS_VALABLE = re.compile(r"\d{4}-(0[1-9]|1[0-2])")
CHOISIR = "Reprendre le lien de la page, ou choisir dans les filtres."


@dataclass(frozen=True, slots=True)
class Ecart:
    """What is not there, and what a page shows instead."""

    absent: str
    montre: str


def ecarts(filtres: Filtres, adresse: Mapping[str, str]) -> list[Ecart]:
    """Return what the address asks of the filters and that they could not take."""
    trouves = []
    departement, mois, epci = (adresse.get(nom, "") for nom in ("departement", "mois", "epci"))
    if departement not in {"", filtres.departement}:
        trouves.append(
            Ecart(
                f"Le département {departement} n'a aucun mois contrôlé, ou n'est pas ouvert à ce "
                "compte",
                f"cette page montre le {filtres.departement}",
            )
        )
    if mois not in {"", filtres.mois}:
        voulu = nom_mois(mois) if MOIS_VALABLE.fullmatch(mois) else f"« {mois} »"
        trouves.append(
            Ecart(
                f"Aucune donnée contrôlée pour {voulu}",
                f"cette page montre {nom_mois(filtres.mois)}",
            )
        )
    if epci not in {"", filtres.epci}:
        trouves.append(
            Ecart(f"L'EPCI {epci} n'est pas dans ce département", "il est montré en entier")
        )
    return trouves


def exiger(v: Lecture, filtres: Filtres, adresse: Mapping[str, str]) -> None:
    """Raise Refus unless all that the address names is there: a file never holds something else."""
    absents = [un.absent for un in ecarts(filtres, adresse)]
    absents += _valeurs_inconnues(adresse)
    if absents:
        raise Refus(" ; ".join(absents), que_faire=CHOISIR)
    for cle in ("guichet", "organisme"):
        if voulu := adresse.get(cle, ""):
            exiger_guichet(v, filtres.departement, voulu)


def _valeurs_inconnues(adresse: Mapping[str, str]) -> Iterator[str]:
    connues = {
        "fenetre": ("la période", FENETRES.keys()),
        "type": ("le type de guichet", SINGULIERS.keys()),
        "code": ("le code", {*catalogue().indicateurs, *tableaux()}),
    }
    for nom, (quoi, valables) in connues.items():
        voulu = adresse.get(nom, "")
        if voulu and (voulu.upper() if nom == "code" else voulu) not in valables:
            yield f"{majuscule(quoi)} « {voulu} » n'existe pas"


def exiger_guichet(v: Lecture, departement: str, cle: str) -> None:
    """Raise Refus unless a guichet or organisme has a value or a row of the register, one month."""
    if cle == "*" or not mois_controles(v, departement):
        return
    connus = v.lignes(
        "SELECT 1 FROM registre WHERE departement = $d AND $cle IN (guichet, organisme) "
        "UNION ALL SELECT 1 FROM valeurs WHERE departement = $d AND guichet = $cle "
        "AND niveau IN ('guichet', 'organisme') LIMIT 1",
        {"d": departement, "cle": cle.upper()},
    )
    if not connus:
        raise Refus(
            f"Le guichet « {cle} » n'est pas connu",
            que_faire="Choisir un guichet dans le suivi des guichets.",
        )
