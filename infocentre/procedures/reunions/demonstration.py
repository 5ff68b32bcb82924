"""Meetings of the demonstration: one of the guichets that was held, a comité to come, its list."""

from __future__ import annotations

from infocentre.affaires import Acteur, Affaires, procedures
from infocentre.affaires.echeances import ajouter
from infocentre.affaires.registre import Horloge, maintenant
from infocentre.decisions import Magasin
from infocentre.demarches.face import Face
from infocentre.lecture.lecteur import Lecture
from infocentre.noyau.temps import jour
from infocentre.procedures.mesures_correctives.demonstration import QUI
from infocentre.procedures.reunions.regles import CODE, LISTES, RENDRE, VALIDER

MEMBRES = (
    ("Directrice départementale", "DDETS", "ddets@exemple.fr"),
    ("Vice-président au logement", "Conseil départemental", "logement@exemple.fr"),
    ("Déléguée", "Association régionale HLM", "arhlm@exemple.fr"),
)
DECISIONS = (
    ("Écrire aux bailleurs dont les attributions n'ont pas de numéro RPLS", "Gestionnaire", 30),
    ("Former les deux guichets ouverts dans l'année", "Gestionnaire", 60),
)


def planter(v: Lecture, magasin: Magasin, departement: str, horloge: Horloge = maintenant) -> int:
    """Live a list, a meeting up to its minutes, a comité to come; return how many meetings."""
    registre = Affaires(magasin, Acteur(QUI), horloge)
    le = registre.aujourdhui
    champs = ("qualite", "organisme", "courriel")
    membres = [dict(zip(champs, un, strict=True)) for un in MEMBRES]
    liste = {"source": "Préfecture", "revue_le": le.isoformat(), "inscrits": membres}
    registre.ouvrir(procedures()[LISTES], departement, "copil", "liste", liste, seule=True)
    face = Face(v, registre, procedures()[CODE])
    dits = {"heure": "14:00", "lieu": "Préfecture, salle Mistral"}
    tenue = face.ouvrir(departement, "guichets", dits | {"le_jour": jour(le)})
    tenue = face.remis(tenue, "convoquer", "courrier")
    tenue = face.agir(tenue, "tenir", {})
    decisions = [
        {"dite": dite, "par_qui": qui, "pour_le": jour(ajouter(le, jours, departement=departement))}
        for dite, qui, jours in DECISIONS
    ]
    presents = [
        {"qualite": "Responsable du guichet", "organisme": un} for un in ("Arles", "Istres")
    ]
    dit = {"point": "1", "dit": "Le compte rendu précédent est approuvé."}
    rendu = {"presents": presents, "dits": [dit], "decisions": decisions}
    tenue = registre.agir(tenue.id, RENDRE, rendu)
    tenue = face.agir(tenue, VALIDER, {})
    face.remis(tenue, "diffuser", "courrier", face.fichiers(tenue, "diffuser"))
    le_jour = jour(ajouter(le, 30, departement=departement))  # not the first of January
    autre = dits | {"le_jour": le_jour, "presidence": "le préfet"}
    face.ouvrir(departement, "copil", autre)
    return 2
