"""The bilan of the policy of attributions, of an EPCI or of the département.

Figures are those of ATT-05 to ATT-08 for the civil year, masked as one with those of every other
EPCI and of the bilan by réservataire, to which the reader is sent for what it tells.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from infocentre.acces.politique import LECTEURS
from infocentre.lecture.cotation import cotation
from infocentre.lecture.lieux import epcis
from infocentre.lecture.objectifs import REGLES
from infocentre.lecture.partage import seuil_secret
from infocentre.lecture.situations import (
    APPELS,
    AUX_BAILLEURS,
    Politique,
    Situation,
    dire_depuis,
    dire_manque,
    dire_rythme,
    dire_vise,
    situer,
)
from infocentre.lecture.tableaux import lire_tableau
from infocentre.mesures.lignes_tableaux import DaloEnAttente
from infocentre.noyau.erreurs import Refus
from infocentre.restitutions import entetes
from infocentre.restitutions.bilan.commun import ligne, valeur
from infocentre.restitutions.document import Cellule, Document, Tableau
from infocentre.restitutions.lecture import Edition
from infocentre.restitutions.redaction import Contenu
from infocentre.restitutions.registre import EPCI

ZONAGE = "QPV, génération 2024"


@dataclass(frozen=True, slots=True)
class Retard:
    """What is missing of a measure; `depuis` and `rythme`, in words, are '' when unknown."""

    titre: str
    public: str
    realise: int
    sur: int
    manque: int
    depuis: str
    rythme: str


@dataclass(frozen=True, slots=True)
class Appel:
    """Who is to be called, and for what, in words."""

    nom: str
    manque: str


@dataclass(frozen=True)
class Texte(Contenu):
    """The names of reports/courriers/attributions.md."""

    modele = "courriers/attributions.md"

    annee: str
    arrete: dt.date
    lieu: str
    masquees: int
    mesures: int
    juges: int
    retards: Sequence[Retard]
    exces: int | None
    non_calculables: Sequence[str]
    ensemble: Tableau | None
    appels: Sequence[Appel]
    bailleurs_tus: bool
    bailleurs: Tableau | None
    dalo: int | None
    dalo_sur: int | None
    dalo_masque: bool
    en_attente: int | None
    anciens: int | None
    cotation: Tableau | None
    sans_epci: int | None
    seuil: int


def construire(edition: Edition, epci: str = "") -> Document:
    """Return the bilan of an EPCI (SIREN), or of the département without one.

    Raises:
        Refus: no such EPCI in this département.
    """
    lue = situer(edition.v, edition.departement, edition.mois, epci, partage=True)
    return Document(
        "courriers",
        "Bilan de la politique d'attribution",
        lue.nom or edition.territoire,
        edition.periode,
        edition.arrete,
        edition.version,
        _texte(edition, lue).rediger(),
        mentions={"Zonage": ZONAGE},
        lecteur=LECTEURS[EPCI],
    )


def trouver(edition: Edition, nom: str) -> str:
    """Return the EPCI of a SIREN or of a name, '' for all the département; raise Refus."""
    connus = epcis(edition.v, edition.departement)
    voulu = nom.strip().casefold()
    trouves = [un for un, dit in connus.items() if voulu in {un, dit.casefold()}]
    trouves = trouves or [un for un, dit in connus.items() if voulu and voulu in dit.casefold()]
    if not voulu or len(trouves) == 1:
        return trouves[0] if voulu else ""
    parmi = ", ".join(f"{un} ({connus[un]})" for un in trouves or connus)
    raise Refus(
        f"« {nom} » n'est pas un EPCI de ce département"
        if not trouves
        else f"plusieurs EPCI s'appellent « {nom} »",
        que_faire=f"Choisir parmi : {parmi}.",
    )


def _texte(edition: Edition, lue: Politique) -> Texte:
    derriere = [une for une in lue.ensemble if (une.manque or 0) > 0]
    dalo = next((une for une in lue.ensemble if une.mesure == "dalo"), None)
    en_attente, anciens = _dalo_en_attente(edition)
    exces = [une.manque for une in derriere if REGLES[une.mesure].plafond]
    return Texte(
        annee=lue.annee,
        arrete=edition.arrete,
        lieu=lue.nom or edition.territoire,
        masquees=sum(une.masquee for une in lue.ensemble if une.vise),
        mesures=sum(une.vise is not None for une in lue.ensemble),
        juges=sum(une.atteint is not None for une in lue.ensemble),
        retards=[_retard(une, lue) for une in derriere if not REGLES[une.mesure].plafond],
        exces=exces[0] if exces else None,
        non_calculables=[f"{REGLES[un].titre} : {dit}" for un, dit in lue.motifs.items()],
        ensemble=_ensemble(lue) if lue.ensemble else None,
        appels=appels(lue),
        bailleurs_tus=any(
            une.masquee for (_, axe), lues in lue.parts.items() for une in lues if axe == "bailleur"
        ),
        bailleurs=_bailleurs(lue),
        dalo=dalo.realise if dalo else None,
        dalo_sur=dalo.sur if dalo else None,
        dalo_masque=dalo is not None and dalo.masquee,
        en_attente=en_attente,
        anciens=anciens,
        cotation=_cotation(edition),
        sans_epci=lue.sans_epci or None,
        seuil=seuil_secret(edition.v),
    )


def _retard(une: Situation, lue: Politique) -> Retard:
    regle = REGLES[une.mesure]
    return Retard(
        regle.titre,
        regle.public,
        une.realise or 0,
        une.sur or 0,
        une.manque or 0,
        dire_depuis(une),
        dire_rythme(une, lue.arrete),
    )


def appels(lue: Politique) -> list[Appel]:
    """Return the bailleurs that miss most, all their obligations together."""
    return [Appel(nom, dire_manque(lues)) for nom, lues in lue.manquants("bailleur")[:APPELS]]


def _dalo_en_attente(edition: Edition) -> tuple[int | None, int | None]:
    """Return the DALO of the département who wait, and those for two years or more."""
    e = edition
    lu = lire_tableau(e.v, DaloEnAttente, e.departement, e.mois, partage=True)
    dits = valeur(lu.ensemble, "demandes"), valeur(ligne(lu, "A2"), "attente_au_moins")
    tous, anciens = (None if un is None else int(un) for un in dits)
    return tous, anciens


def _cotation(edition: Edition) -> Tableau | None:
    """Return how many reasons of priority who asks and who was housed have; None when unknown."""
    lue = cotation(edition.v, edition.departement, edition.mois)
    if lue is None:
        return None
    corps = tuple(
        (
            Cellule(une["libelle"]),
            _nombre(une["demandes"]),
            _nombre(une["attributions"]),
        )
        for une in lue.lignes
    )
    return Tableau(
        "politique-cotation",
        entetes.titre("politique-cotation", annee=edition.mois[:4]),
        entetes.colonnes("politique-cotation", "raisons", "demandes", "attributions"),
        corps,
        totaux=frozenset({len(corps) - 1}),
    )


# --- Tables ---------------------------------------------------------------------------------------


def _nombre(un: int | None) -> Cellule:
    """Return the cell of a count, None when it is masked."""
    return Cellule(masquee=True) if un is None else Cellule(un)


def comptes(une: Situation) -> tuple[Cellule, ...]:
    """Return what is done, out of what, its share."""
    return (
        _nombre(une.realise),
        _nombre(une.sur),
        Cellule(masquee=True) if une.masquee else Cellule(une.part),
    )


def _manque(une: Situation) -> Cellule:
    if une.masquee and une.vise:
        return Cellule(masquee=True)
    return Cellule(None if une.manque is None else max(une.manque, 0))


def _ensemble(lue: Politique) -> Tableau:
    colonnes = entetes.colonnes(
        "politique", "mesure", "realise", "sur", "part", "objectif", "manque", "fiabilite"
    )
    lignes = tuple(
        (
            Cellule(REGLES[une.mesure].titre),
            *comptes(une),
            Cellule("" if une.mesure == "dalo" else vise(une)),
            _manque(une),
            Cellule(lue.fiabilites[une.mesure]),
        )
        for une in lue.ensemble
    )
    return Tableau("politique", entetes.titre("politique", annee=lue.annee), colonnes, lignes)


def vise(une: Situation) -> str:
    """Tell the objective; a ceiling is said to be one."""
    dit = dire_vise(une.vise)
    return f"{dit} au plus" if REGLES[une.mesure].plafond else dit


def _bailleurs(lue: Politique) -> Tableau | None:
    """Return a row per bailleur that is not masked whole: its shares, and what it misses."""
    corps = [
        (
            Cellule(nom),
            *(case for mesure in AUX_BAILLEURS for case in _part_et_manque(siennes.get(mesure))),
        )
        for nom, siennes in lue.par_bailleur().items()
    ]
    if not corps:
        return None
    return Tableau(
        "politique-bailleurs",
        entetes.titre("politique-bailleurs", annee=lue.annee),
        entetes.colonnes(
            "politique-bailleurs",
            "bailleur",
            "part_mixite_hors_qpv",
            "manque_mixite_hors_qpv",
            "part_mixite_en_qpv",
            "manque_mixite_en_qpv",
            "part_prioritaires",
            "manque_prioritaires",
        ),
        tuple(corps),
    )


def _part_et_manque(une: Situation | None) -> tuple[Cellule, Cellule]:
    if une is None:
        return Cellule(), Cellule()
    return comptes(une)[2], _manque(une)
