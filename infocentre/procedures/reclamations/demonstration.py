"""Réclamations of the demonstration: one at each step, of radiations that may still be undone.

They are lived the day the demonstration is made: what they ask is seen by the delivery after it.
"""

from __future__ import annotations

from infocentre.affaires import Acteur, Affaires, procedures
from infocentre.affaires.registre import Horloge, maintenant
from infocentre.decisions import Magasin
from infocentre.demarches.face import Face
from infocentre.lecture.lecteur import Lecture
from infocentre.lecture.radiations import PROCEDURE
from infocentre.noyau.temps import jour
from infocentre.procedures.mesures_correctives.demonstration import QUI

# Why the reactivation is kept, by what there is against the radiation.
CAUSES = {"absent": "preavis", "tardif": "preavis"} | {
    un: un for un in ("panne", "npai", "renouvellement", "sans_bail", "hors_bailleur")
}
# What is done of each, in order: nothing yet, kept, asked for and answered, refused and closed.
SUITES = (
    (),
    ("accuser", "examiner", "retenir"),
    ("accuser", "examiner", "retenir", "demander", "notifier"),
    ("accuser", "examiner", "maintenir", "notifier", "clore"),
)
DITS = {"canal": "courriel", "raison": "regulier"}


def planter(v: Lecture, magasin: Magasin, departement: str, horloge: Horloge = maintenant) -> int:
    """Open a réclamation a step; return how many.

    They are of the radiations whose window ends first, but for the one that is refused: nothing is
    against its radiation.
    """
    face = Face(v, Affaires(magasin, Acteur(QUI), horloge), procedures()[PROCEDURE])
    recue = {"recue_par": "guichet", "recue_le": jour(face.registre.aujourdhui)}
    toutes = face.a_ouvrir(departement)
    attentes = [*toutes[: len(SUITES) - 1], *toutes[-1:]] if len(toutes) >= len(SUITES) else toutes
    for attente, suites in zip(attentes, SUITES, strict=False):
        sur = "preavis" if "préavis" in attente.motif else "radiation"
        une = face.ouvrir(departement, attente.objet, recue | {"sur": sur})
        contre = [CAUSES[un] for un in une.situation.dite("raisons") or [] if un in CAUSES]
        a_dire = DITS | {"pourquoi": next(iter(contre), "equite")}
        for nom in suites:
            dits = {champ: a_dire[champ] for champ in face.champs(nom, une)}
            une = face.agir(une, nom, dits)
    return len(attentes)
