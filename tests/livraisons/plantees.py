"""A delivery in which what names a person is planted: where it must not enter, and where it may."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

from infocentre.contrat import contrat
from infocentre.entrepot import Dossier
from tests.donnees.atelier import charger, controler
from tests.donnees.communs import une_fois
from tests.livraisons.atelier import (
    ARRETE,
    DEPARTEMENT,
    Ligne,
    Petite,
    bonnes,
    en_csv,
    guichets,
    ligne,
    numero,
    petite,
)

NIR_13, NIR_15, NIR_CORSE = "1850213055123", "185021305512345", "1850213A55123"
NIR_ESPACE, NIR_CORSE_DU_SUD = "2 91 11 2A 004 117 31", "291112A004117"
PORTABLE, PORTABLE_ESPACE, COURRIEL = "0698765432", "06 98 76 54 32", "p.durandal@exemple.fr"
CIVILITE, RECIT, NOM = "M. DURANDAL PAULIN", "violences de DURANDAL", "DURANDAL"
NIRS = {NIR_13, NIR_15, NIR_CORSE, NIR_ESPACE, NIR_CORSE_DU_SUD}
PLANTES = (*sorted(NIRS), PORTABLE, PORTABLE_ESPACE, COURRIEL, CIVILITE, RECIT, NOM)
# What is right in a column, or cannot be told from what is.
PERMIS: dict[str, set[str]] = {
    "radiation.NUMERORPLS": {PORTABLE},  # ten figures
    "utilisateurs.ID_UTILISATEUR": {NOM},  # the name of an account, masked for analysts
    "guichets.TELEPHONE": {PORTABLE, PORTABLE_ESPACE},
    "guichets.COURRIEL": {COURRIEL},
    # A sentence, a place, a name: nothing tells that DURANDAL is a person.
    "radiation.ADRESSE_LOGEMENT_ATTRIB": {RECIT, NOM},
    "guichets.NOM": {RECIT, NOM},
    "guichets.ADRESSE": {RECIT, NOM},
    "guichets.HORAIRES": {RECIT, NOM},
    **{
        f"identites.{nom}": {CIVILITE, RECIT, NOM}
        for nom in ("NOM", "NOM_NAISSANCE", "PRENOM", "NOM_COTITULAIRE", "PRENOM_COTITULAIRE")
    },
}

# Of a person, each in its place: two demandes of the same household, one housed, an account.
JUMELLES = numero(900_001), numero(900_002)
RELOGEE = numero(900_003)
IDENTITE: Ligne = {
    "NOM": "QUINTEFEUILLE",
    "NOM_NAISSANCE": "KERGARADEC",
    "PRENOM": "THEODEBERTE",
    "NOM_COTITULAIRE": "MALEBRANCHE",
    "PRENOM_COTITULAIRE": "HILDEGONDE",
}
LOGEMENT: Ligne = {
    "ADRESSE_LOGEMENT_ATTRIB": "7 impasse Salicorne",
    "NUMERORPLS": "4242004242",
}
COMPTE = "QUINT7741"
ENTOUREES = {"guichets": 150, "utilisateurs": 200}  # good rows around; 1 000 elsewhere


def _plantees(table: str) -> Iterator[Ligne]:
    """One row per column and value that it must not hold, each wrong in that cell alone."""
    for colonne in contrat().tables[table].colonnes:
        for valeur in PLANTES:
            if valeur not in PERMIS.get(f"{table}.{colonne.nom}", set()):
                yield {colonne.nom: valeur}


def _personne(table: str) -> list[Ligne]:
    """Return what is right of a person, in a table."""
    nee = "17/03/1951"
    if table == "stock":
        return [
            ligne(table, 1, NUMERO_UNIQUE=un, DATE_NAISS_DEMANDEUR=nee, MODE_MUTATION="0")
            for un in JUMELLES
        ]
    if table == "identites":
        return [
            ligne(table, 1, NUMERO_UNIQUE=un, DATE_NAISSANCE=nee, **IDENTITE)
            for un in (*JUMELLES, RELOGEE)
        ]
    if table == "radiation":
        return [ligne(table, 1, NUMERO_UNIQUE=RELOGEE, **LOGEMENT)]
    return [ligne(table, 1, ID_UTILISATEUR=COMPTE)] if table == "utilisateurs" else []


def _livraison() -> Petite:
    livraison = petite()
    for table in contrat().tables:
        fautes = [ligne(table, 1 + rang, **une) for rang, une in enumerate(_plantees(table))]
        autour = bonnes(table, ENTOUREES.get(table, 1000))
        toutes = [*reperes(table), *fautes, *_personne(table), *autour]
        livraison.texte(table, en_csv(toutes))
    return livraison


def reperes(table: str) -> list[Ligne]:
    """Return the guichets that other tables name."""
    return [un | {"COURRIEL": "accueil@salon.fr"} for un in guichets() if table == "guichets"]


def lisibles(texte: str) -> list[str]:
    """Return the planted values that a text shows, whatever stands between their parts."""
    return trouver(texte, PLANTES)


def trouver(texte: str, voulus: tuple[str, ...]) -> list[str]:
    """Return which of these a text shows, whatever stands between their parts."""
    serre = texte.upper().replace(" ", "").replace("\N{NO-BREAK SPACE}", "")
    return [un for un in voulus if un.upper().replace(" ", "") in serre]


def publier_les_plantees() -> Dossier:
    """Return a data directory of this process where the delivery is published."""
    return Dossier(une_fois("plantees", _publier) / "donnees")


def _publier(atelier: Path) -> None:
    chemin = _livraison().ecrire(atelier / "2026-10")
    charger(atelier / "donnees", chemin, arrete=ARRETE, departement=DEPARTEMENT)
    controler(atelier / "donnees")
    shutil.rmtree(chemin)
