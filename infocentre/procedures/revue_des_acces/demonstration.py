"""Reviews of the users of the SNE in the demonstration: three guichets, each at another step.

They are lived the day the demonstration is made: what they ask is seen by the delivery after it.
"""

from __future__ import annotations

from infocentre.affaires import Acteur, Affaires, procedures
from infocentre.affaires.donnees import ReponseAcces
from infocentre.decisions import Magasin
from infocentre.demarches import a_remplir
from infocentre.lecture.acces_sne import utilisateurs
from infocentre.lecture.lecteur import Lecture
from infocentre.procedures.mesures_correctives.demonstration import QUI
from infocentre.procedures.revue_des_acces import regles

GUICHET = "G1302"  # that of the account of a guichet


def planter(v: Lecture, magasin: Magasin, departement: str) -> int:
    """Begin three reviews; return how many: one to send, one to answer here, one asked for."""
    registre = Affaires(magasin, Acteur(QUI))
    suspects = [un.guichet for un in regles.etats(v, departement) if un.a_regarder]
    voulus = [GUICHET, *(un for un in suspects if un != GUICHET)][:3]
    ouvertes = {une.objet: une.id for une in regles.proposer(v, registre, departement, voulus)}
    for guichet in voulus[:2]:
        envoi = registre.lire(ouvertes[guichet]).suite
        registre.agir(ouvertes[guichet], str(envoi), {"canal": "application"})
    for guichet in voulus[1:2]:
        _repondre(v, registre, departement, ouvertes[guichet])
    regles.demander(registre, departement)
    return len(ouvertes)


def _repondre(v: Lecture, registre: Affaires, departement: str, id_: str) -> None:
    """Answer as a guichet would: what is in anomaly is to be closed, the rest kept."""
    livraison = v.version.de(departement)[-1]
    suspects = {un["id_utilisateur"] for un in utilisateurs(v, livraison) if un["anomalies"]}
    reponses: list[ReponseAcces] = [
        {
            "reference": un.reference,
            "reponse": regles.FERMER if un.unite in suspects else regles.MAINTENIR,
        }
        for un in a_remplir.liste(registre, registre.lire(id_))
    ]
    lu = a_remplir.Lu(id_, tuple(reponses), ())
    a_remplir.enregistrer(registre, procedures()[regles.PROCEDURE], lu, "courrier")
