"""What a semester did of duplicates, in figures alone: told in the bilan, masked there."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from infocentre.affaires import Acteur, Affaire, Affaires
from infocentre.decisions import magasin_present, utilisateur
from infocentre.decisions.doublons import Memoire
from infocentre.identite.paires import fichier_paires, seuil_des_paires
from infocentre.lecture.doublons.corrections import PROCEDURE as CORRECTIONS
from infocentre.lecture.doublons.forcages import Estimation, du_semestre
from infocentre.lecture.doublons.justesse import Justesses, justesses
from infocentre.lecture.doublons.paires import PROCEDURE, personnes
from infocentre.lecture.doublons.qualite import (
    Frequence,
    compter,
    par_epci,
)
from infocentre.lecture.lecteur import Lecture
from infocentre.noyau.temps import bornes, fin_de_mois


@dataclass(frozen=True, slots=True)
class Bilan:
    """The duplicates of a semester.

    `justesses` is of the draws decided by its end; `cas` and what follows are of its months,
    `corrections` those of identity that were asked, `corrigees` those that a delivery showed.
    `forcages` is what was judged, by its end, of the creations forced past the alert.
    `ensemble` and `epci` are of the newest delivery, None and none when the month read is older;
    `seuil`: the probability from which a pair counts there.
    """

    justesses: Justesses
    cas: int
    confiees: int
    executees: int
    constatees: int
    reapparues: int
    corrections: int
    corrigees: int
    forcages: Estimation | None
    ensemble: Frequence | None
    epci: tuple[Frequence, ...]
    seuil: float | None = None


def bilan_des_doublons(v: Lecture, departement: str, semestre: str, mois: str) -> Bilan | None:
    """Return what a semester did of duplicates, None while nothing was ever decided of them."""
    magasin = magasin_present(v.dossier.racine)
    if magasin is None:
        return None
    debut, fin = bornes(semestre)
    lendemain = fin_de_mois(fin) + dt.timedelta(days=1)
    minuit = dt.datetime.combine(lendemain, dt.time(), dt.UTC)
    memoire = Memoire(magasin, utilisateur(), personnes())
    decides = memoire.bilans(departement, minuit)
    affaires = Affaires(magasin, Acteur(utilisateur()))

    def ouvertes(procedure: str) -> list[Affaire]:
        toutes = affaires.lister(departement, procedure=procedure, finies=True)
        return [une for une in toutes if f"{une.ouverte_le:%Y-%m}" <= fin]

    siennes, corrections = ouvertes(PROCEDURE), ouvertes(CORRECTIONS)
    if not decides and not siennes and not corrections:
        return None
    livraisons = v.version.de(departement)
    dernier = bool(
        livraisons
        and livraisons[-1].mois == mois
        and fichier_paires(v.dossier, departement).exists()
    )
    lieux = compter(v, memoire.bilans(departement), departement) if dernier else None

    def compte(nom: str, parmi: list[Affaire] = siennes) -> int:
        return sum(_est_arrive(une, nom, debut, fin) for une in parmi)

    return Bilan(
        justesses(v, decides, departement, minuit),
        sum(debut <= f"{une.ouverte_le:%Y-%m}" for une in siennes),
        compte("confiees"),
        compte("executees"),
        compte("constatees"),
        compte("reapparues"),
        compte("demandees", corrections),
        compte("constatees", corrections),
        du_semestre(v, decides, departement, dernier=dernier),
        lieux.tous if lieux else None,
        tuple(par_epci(v, lieux, departement)) if lieux else (),
        seuil_des_paires(v.dossier, departement) if lieux else None,
    )


def _est_arrive(une: Affaire, nom: str, debut: str, fin: str) -> bool:
    return any(debut <= f"{un.jour:%Y-%m}" <= fin for un in une.comptes(nom))
