"""Reviews of the users of the SNE in the demonstration: three guichets, each at another step.

They are lived the day the demonstration is made: what they ask is seen by the delivery after it.
"""

from __future__ import annotations

from infocentre.affaires import Acteur, Affaires
from infocentre.affaires.donnees import ReponseAcces
from infocentre.decisions import Magasin
from infocentre.demarches import acces_sne
from infocentre.demo.comptes import GUICHET
from infocentre.demo.mesures import QUI
from infocentre.lecture.acces_sne import utilisateurs
from infocentre.lecture.lecteur import Lecture


def planter(v: Lecture, magasin: Magasin, departement: str) -> int:
    """Begin three reviews; return how many: one to send, one to answer here, one asked for."""
    registre = Affaires(magasin, Acteur(QUI))
    suspects = [un.guichet for un in acces_sne.etats(v, departement) if un.a_regarder]
    voulus = [GUICHET, *(un for un in suspects if un != GUICHET)][:3]
    ouvertes = {une.objet: une.id for une in acces_sne.proposer(v, registre, departement, voulus)}
    for guichet in voulus[:2]:
        registre.agir(ouvertes[guichet], "envoyer", {"canal": "application"})
    for guichet in voulus[1:2]:
        _repondre(v, registre, departement, ouvertes[guichet])
    acces_sne.demander(registre, departement)
    return len(ouvertes)


def _repondre(v: Lecture, registre: Affaires, departement: str, id_: str) -> None:
    """Answer as a guichet would: what is in anomaly is to be closed, the rest kept."""
    livraison = v.version.de(departement)[-1]
    suspects = {un["id_utilisateur"] for un in utilisateurs(v, livraison) if un["anomalies"]}
    reponses: list[ReponseAcces] = [
        {
            "reference": un.reference,
            "reponse": acces_sne.FERMER if un.unite in suspects else acces_sne.MAINTENIR,
            "precision": "",
        }
        for un in acces_sne.acces_de(registre, registre.lire(id_))
    ]
    acces_sne.enregistrer(registre, acces_sne.Lu(id_, tuple(reponses), ()), "courrier")
