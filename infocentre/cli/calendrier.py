"""`infocentre calendrier`: all that has a date, as the page shows it."""

from __future__ import annotations

import sys

from infocentre.acces.modele import Acces
from infocentre.affaires import Acteur
from infocentre.cli import options as demandes
from infocentre.cli.acces import acces
from infocentre.cli.lectures import departement_voulu, ouvrir
from infocentre.contrat.territoires import nom_departement
from infocentre.decisions import utilisateur
from infocentre.demarches.calendrier import dates, en_ics
from infocentre.demarches.face import role_de
from infocentre.demarches.registre import registre_de
from infocentre.exports import Donnees, exporter
from infocentre.lecture.choix import choisir_departement
from infocentre.noyau.config import adresse_publique
from infocentre.noyau.fichiers import remettre

TITRES = {
    "le": "le",
    "dans": "dans",
    "etat": "état",
    "de": "de",
    "quoi": "quoi",
    "qui": "qui",
    "manque": "ce qui manque",
    "affaire": "affaire",
}


def calendrier(options: demandes.Calendrier) -> None:
    """List what has a date; write it as a calendar file when it is asked."""
    moi: Acces = acces()
    with ouvrir() as v:
        ici = choisir_departement(v.version, departement_voulu(options))
        registre = registre_de(v.dossier, Acteur(moi.qui or utilisateur(), role_de(moi)))
        lues, le = dates(v, registre, moi, ici), registre.aujourdhui
        nom = nom_departement(ici)
    lignes = [
        (une.le, une.dans(le), une.etat(le), une.de, une.quoi, une.qui, une.manque, une.affaire)
        for une in lues
    ]
    donnees = Donnees(f"Calendrier, {nom}", tuple(TITRES), lignes, titres=TITRES)
    exporter(donnees, options.format, options.sortie)
    if options.ics is not None:
        octets = en_ics(lues, f"Infocentre, {nom}", le, adresse_publique() or "")
        remettre(options.ics, octets)
        print(options.ics, file=sys.stderr)
