"""`infocentre questions`: those that a helpdesk received, read from its CSV."""

from __future__ import annotations

from infocentre.affaires import Acteur
from infocentre.cli import options as demandes
from infocentre.cli.lectures import departement_voulu, ouvrir
from infocentre.decisions import utilisateur
from infocentre.demarches.face import Face, procedure_de
from infocentre.demarches.registre import registre_de
from infocentre.lecture.choix import choisir_departement
from infocentre.noyau.fichiers import exiger_lisible
from infocentre.noyau.francais import accorder
from infocentre.procedures.questions.importer import importer
from infocentre.procedures.questions.regles import PROCEDURE


def questions(options: demandes.Questions) -> None:
    """Open the questions of a file."""
    exiger_lisible(options.fichier)
    with ouvrir() as v:
        ici = choisir_departement(v.version, departement_voulu(options))
        registre = registre_de(v.dossier, Acteur(utilisateur()))
        Face(v, registre, procedure_de(PROCEDURE)).regles.exiger(v, ici)
        ouvertes = importer(v, registre, ici, options.fichier)
    print(f"{accorder(len(ouvertes), 'question enregistrée', 'questions enregistrées')}.")
