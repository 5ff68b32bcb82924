"""A list read from a workbook: taken whole, or refused whole, each line with what is wrong."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping

from infocentre.livraisons import feuilles
from infocentre.noyau.erreurs import Refus
from infocentre.noyau.francais import accorder, premiers

TITRES = ("Qualité", "Organisme", "Courriel", "Rôle")
CLES = TITRES[:3]
DITES = 30  # lines that a refusal says
_COURRIEL = re.compile(r"[^@\s,;]+@[^@\s,;]+\.[^@\s,;]+")


def lire(octets: bytes, nom: str, fermees: Collection[str] = ()) -> list[dict[str, str]]:
    """Return the members that a workbook lists; `fermees` are the addresses of closed guichets.

    Raises:
        Refus: it is no such workbook, or some of its lines cannot be: none is kept.
    """
    faux = Refus(
        "ce fichier n'est pas une liste de diffusion",
        nom,
        f"Un classeur .xlsx dont une feuille a pour titres : {', '.join(TITRES)}.",
    )
    tables = feuilles.lire_tables(feuilles.ouvrir(octets, faux), TITRES, CLES, TITRES[:2])
    lignes = [un for une in tables for un in une.lignes if any(un.dit.values())]
    if not lignes:
        raise faux
    fautes = [f"{un.ou} : {faute}" for un in lignes if (faute := _faute(un.dit, fermees))]
    vues: dict[str, str] = {}
    for un in (un for un in lignes if not _faute(un.dit, fermees)):
        adresse = un.dit["Courriel"].lower()
        if adresse in vues:
            fautes.append(f"{un.ou} : « {adresse[:60]} » est déjà à la {vues[adresse]}")
        vues[adresse] = un.ou
    if fautes:
        dites = premiers(fautes, DITES, "autre")
        dit = accorder(len(fautes), "ligne est à corriger", "lignes sont à corriger")
        raise Refus(
            f"{dit}, rien n'est gardé :\n  " + "\n  ".join(dites),
            nom,
            "Corriger ces lignes.",
        )
    return [
        {
            cle: un.dit[titre]
            for cle, titre in zip(("qualite", "organisme", "courriel", "role"), TITRES, strict=True)
            if un.dit[titre]
        }
        for un in lignes
    ]


def _faute(dit: Mapping[str, str], fermees: Collection[str]) -> str:
    for titre in CLES:
        if not dit[titre]:
            return f"il manque « {titre} »"
    adresse = dit["Courriel"]
    if not _COURRIEL.fullmatch(adresse):
        return f"« {adresse[:60]} » n'est pas une adresse électronique"
    if adresse.lower() in fermees:
        return f"« {adresse[:60]} » est l'adresse d'un guichet fermé"
    return ""
