"""The agenda that is proposed: what is under way, each figure with the data that it is of."""

from __future__ import annotations

import datetime as dt
from collections import Counter

from infocentre.affaires import Affaires, procedures
from infocentre.lecture.accueil import mouvements as mouvements_nets
from infocentre.lecture.accueil import revolu
from infocentre.lecture.affaires import NOMMABLE, affaires, noms
from infocentre.lecture.commun import libelle, mois_controles
from infocentre.lecture.conventions import ECHUE, PROCHE, conventions, par_sort
from infocentre.lecture.filtres import Filtres
from infocentre.lecture.guichets import mouvements
from infocentre.lecture.lecteur import Lecture
from infocentre.lecture.partage import seuil_secret
from infocentre.lecture.radiations import PROCEDURE as RECLAMATIONS
from infocentre.noyau.francais import accorder, enumerer, minuscule
from infocentre.noyau.temps import fin_de_mois, jour, mois_avant

DECISIONS = "decisions"
RECUL = 6  # months that an agenda looks back on
ENSEMBLE = "*"  # the whole département, among the places of a movement
CITEES = 8  # organismes that a line names


def proposer(v: Lecture, registre: Affaires, departement: str, *, nommer: bool) -> list[str]:
    """Return the points of an agenda; an organisme is named from step 2 on, to the comité only."""
    mois = mois_controles(v, departement)
    points = ["Approbation du compte rendu précédent"]
    points += [f"Décision en cours : {dit}" for dit in decisions_en_cours(registre, departement)]
    if not mois:
        return points
    arrete = fin_de_mois(mois[-1])
    source = f"données arrêtées au {jour(arrete)}, version {v.version.numero}"
    points += _mesures(v, departement, mois[-1], nommer=nommer)
    points += _conventions(v, departement, arrete, source)
    points += _en_hausse(v, departement, mois[-1], source)
    points += _guichets(v, departement, mois[-1], source)
    points += _reclamations(registre, departement, mois[-1], seuil_secret(v))
    return [*points, "Questions diverses"]


def decisions_en_cours(registre: Affaires, departement: str) -> list[str]:
    """Return the decisions that are not done, the oldest first: they come back by themselves."""
    dites = []
    for une in registre.lister(departement, procedure=DECISIONS):
        pour = une.situation.dite("pour_le")
        limite = f", pour le {jour(pour)}" if pour else ""
        dit = str(une.situation.dite("dite"))
        dites.append(f"{dit} ({une.situation.dite('par_qui')}{limite}, {une.id})")
    return dites


def _mesures(v: Lecture, departement: str, mois: str, *, nommer: bool) -> list[str]:
    siennes = [une for une in affaires(v, departement) if une.etape >= NOMMABLE]
    if not siennes:
        return []
    qui = noms(v, departement, mois) if nommer else {}
    etapes = []
    for etape, n in sorted(Counter(une.etape for une in siennes).items()):
        dits = sorted({qui.get(une.objet, une.objet) for une in siennes if une.etape == etape})
        reste = " et d'autres" if len(dits) > CITEES else ""
        nommes = f" ({enumerer(dits[:CITEES])}{reste})" if nommer else ""
        etapes.append(f"{n} à l'étape {etape}{nommes}")
    return [f"Mesures correctives : {enumerer(etapes)}"]


def _conventions(v: Lecture, departement: str, arrete: dt.date, source: str) -> list[str]:
    lues = par_sort(conventions(v, departement, arrete), arrete)
    echues, proches = len(lues.get(ECHUE, ())), len(lues.get(PROCHE, ()))
    if not echues + proches:
        return ["Adhésions et retraits depuis le dernier comité"]
    dit = (
        "Conventions, adhésions et retraits : "
        f"{accorder(echues, 'convention')} au-delà de six ans, {proches} à moins de six mois du "
        f"terme ({source})"
    )
    return [dit]


def _en_hausse(v: Lecture, departement: str, mois: str, source: str) -> list[str]:
    """Return the anomalies of the whole département that are more frequent, beyond chance.

    Without their rates: guichets read it, and a bilan may mask these.
    """
    lus = mouvements_nets(v, Filtres(departement, mois)).lignes
    dits = [
        minuscule(libelle(un["code"]))
        for un in lus
        if un["guichet"] == ENSEMBLE and un["taux"] > un["taux_avant"] and not revolu(un)
    ]
    if not dits:
        return []
    reste = " et d'autres" if len(dits) > CITEES else ""
    return [f"Indicateurs qui se dégradent : {enumerer(dits[:CITEES])}{reste} ({source})"]


def _guichets(v: Lecture, departement: str, mois: str, source: str) -> list[str]:
    depuis = mois_avant(mois, RECUL)
    lus = [un for un in mouvements(v, Filtres(departement, mois)) if un["mois"] > depuis]
    if not lus:
        return []
    dits = [f"{un['nom'] or un['guichet']} {un['mouvement']}" for un in lus[:CITEES]]
    reste = " et d'autres" if len(lus) > CITEES else ""
    return [f"Guichets : {enumerer(dits)}{reste} ({source})"]


def _reclamations(registre: Affaires, departement: str, mois: str, seuil: int) -> list[str]:
    """Return how many réclamations there were of each cause, small counts not told."""
    depuis = f"{mois_avant(mois, RECUL)}-01"
    sur = procedures()[RECLAMATIONS].evenements
    (debut,) = procedures()[RECLAMATIONS].possibles(None)
    choix = sur[debut].donnees["sur"].choix
    unes = registre.lister(departement, procedure=RECLAMATIONS, finies=True)
    lues = Counter(
        str(une.situation.dite("sur")) for une in unes if une.ouverte_le.isoformat() >= depuis
    )
    if not lues:
        return []
    dits = [
        f"{n if n >= seuil else f'moins de {seuil}'} pour {choix.get(cause, cause)}"
        for cause, n in lues.most_common()
    ]
    return [f"Réclamations depuis six mois : {enumerer(dits)}"]
