"""Comparisons of the demonstration: a file of the portal that says two guichets otherwise."""

from __future__ import annotations

import tempfile
from pathlib import Path

from infocentre.affaires import Acteur, Affaires
from infocentre.affaires.registre import Horloge, maintenant
from infocentre.decisions import Magasin
from infocentre.lecture.lecteur import Lecture
from infocentre.lecture.liste_publique import en_csv
from infocentre.procedures.comparaisons.regles import comparer_au_portail
from infocentre.procedures.mesures_correctives.demonstration import QUI
from infocentre.procedures.transmissions.regles import du_jour

AUTREMENT = ({"telephone": "04 00 00 00 00"}, {"horaires": "Lundi de 9 h à 10 h"})


def planter(v: Lecture, magasin: Magasin, departement: str, horloge: Horloge = maintenant) -> int:
    """Compare the list of today with a file that says its first guichets otherwise."""
    registre_ = Affaires(magasin, Acteur(QUI), horloge)
    rangees = du_jour(v, registre_, departement)
    dites = [une | dit for une, dit in zip(rangees, AUTREMENT, strict=False)]
    with tempfile.TemporaryDirectory() as dossier:
        fichier = Path(dossier) / "portail.csv"
        fichier.write_bytes(en_csv([*dites, *rangees[len(dites) :]]))
        comparer_au_portail(v, registre_, departement, fichier)
    return 1
