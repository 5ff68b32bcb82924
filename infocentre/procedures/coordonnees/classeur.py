"""Confirmations read from a workbook: taken whole, or refused whole, each line with its fault."""

from __future__ import annotations

import datetime as dt

from infocentre.affaires import Affaire, Affaires
from infocentre.lecture.lecteur import Lecture
from infocentre.livraisons import feuilles
from infocentre.noyau.erreurs import Refus
from infocentre.noyau.jours import lire_jour
from infocentre.noyau.temps import jour as ecrire_jour
from infocentre.procedures.conventions.classeur import refuser_les_lignes
from infocentre.procedures.coordonnees.regles import (
    GUICHET,
    LE,
    confirmer,
    du_guichet,
    publies,
)


def importer(
    v: Lecture, registre_: Affaires, departement: str, octets: bytes, nom: str
) -> list[Affaire]:
    """Confirm the guichets whose line has a day; read twice, it changes nothing more.

    Raises:
        Refus: it is no such workbook, or some of its lines cannot be: none is kept.
    """
    confirmees = []
    for guichet, le in _lire(v, registre_, departement, octets, nom).items():
        une = du_guichet(v, registre_, departement, guichet)
        if str(une.situation.dite("confirmees_le") or "") < le.isoformat():
            confirmees.append(confirmer(v, registre_, une, le))
    return confirmees


def _lire(
    v: Lecture, registre_: Affaires, departement: str, octets: bytes, nom: str
) -> dict[str, dt.date]:
    faux = Refus(
        "ce fichier n'est pas un classeur de coordonnées à confirmer",
        nom,
        f"Un classeur .xlsx dont une feuille a pour titres : {GUICHET}, {LE}.",
    )
    tables = feuilles.lire_tables(
        feuilles.ouvrir(octets, faux), (GUICHET, LE), (GUICHET, LE), (LE,)
    )
    lignes = [un for une in tables for un in une.lignes if un.dit[LE]]
    if not lignes:
        raise faux
    connus = {un["guichet"] for un in publies(v, departement, registre_.aujourdhui)}
    lues, fautes = dict[str, dt.date](), list[str]()
    for un in lignes:
        guichet, le = un.dit[GUICHET].strip(), lire_jour(un.dit[LE])
        if guichet not in connus:
            fautes.append(f"{un.ou} : « {guichet[:20]} » n'est pas dans la liste à publier")
        elif le is None:
            fautes.append(f"{un.ou} : « {un.dit[LE][:20]} » n'est pas un jour")
        elif le > registre_.aujourdhui:
            fautes.append(f"{un.ou} : le {ecrire_jour(le)} n'est pas encore passé")
        elif guichet in lues:
            fautes.append(f"{un.ou} : ce guichet y est deux fois")
        else:
            lues[guichet] = le
    refuser_les_lignes(fautes, nom)
    return lues
