"""Questions of the demonstration: one answered that came back, one passed on, one that waits."""

from __future__ import annotations

from infocentre.affaires import Acteur, Affaires, procedures
from infocentre.affaires.registre import Horloge, maintenant
from infocentre.decisions import Magasin
from infocentre.demarches.face import Face
from infocentre.lecture.lecteur import Lecture
from infocentre.procedures.mesures_correctives.demonstration import QUI
from infocentre.procedures.questions.regles import PROCEDURE

FENETRE = "Dix-huit mois après le dépôt ou le dernier renouvellement, par la fiche de la demande."
# (guichet, theme, question, what is done of it: event and texts)
POSEES = (
    ("G1302", "radiation", "Jusqu'à quand une demande radiée peut-elle être réactivée ?",
     ("repondre", {"reponse": FENETRE})),
    ("G1308", "radiation", "Comment réactiver une demande radiée par erreur ?",
     ("repondre", {"reponse": FENETRE})),
    ("G1309", "portail", "Les pièces déposées au portail n'arrivent pas, que faire ?",
     ("transmettre", {"reference": "A-118"})),
    ("G1302", "attribution", "Quelle date saisir quand le bail est signé après l'entrée ?", None),
)  # fmt: skip


def planter(v: Lecture, magasin: Magasin, departement: str, horloge: Horloge = maintenant) -> int:
    """Ask them for guichets; return how many."""
    face = Face(v, Affaires(magasin, Acteur(QUI), horloge), procedures()[PROCEDURE])
    for guichet, theme, question, suite in POSEES:
        dits = {"theme": theme, "question": question, "recue_par": "telephone"}
        une = face.ouvrir(departement, guichet, dits)
        if suite:
            face.agir(une, *suite)
    return len(POSEES)
