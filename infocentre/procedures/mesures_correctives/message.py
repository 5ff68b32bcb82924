"""What an organisme is told, from facts: the text and its files.

The same data, words and clock give the same bytes.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from infocentre.affaires import Affaire, Constat
from infocentre.affaires.echeances import ajouter
from infocentre.catalogue.familles import famille, rang
from infocentre.contrat.adresses import adresses_de
from infocentre.demarches.cas import par_demande
from infocentre.demarches.message import Piece, Pli, lien, mots_ecrits
from infocentre.demarches.regles import Imprimer
from infocentre.demarches.texte import rediger
from infocentre.lecture.affaires import constats, guichets_de, noms
from infocentre.lecture.commun import catalogue, mois_controles
from infocentre.lecture.lecteur import Lecture
from infocentre.noyau.erreurs import Refus
from infocentre.noyau.etats import Etat
from infocentre.noyau.francais import compter, enumerer, slug
from infocentre.noyau.temps import dater, fin_de_mois, periode
from infocentre.procedures.mesures_correctives import classeur
from infocentre.procedures.mesures_correctives.actes import REDIGER
from infocentre.procedures.mesures_correctives.classeur import DEMANDES, nom_d_une_unite
from infocentre.procedures.mesures_correctives.gardes import apres_relance
from infocentre.procedures.mesures_correctives.propositions import dire_depuis
from infocentre.restitutions.formes import FORMES
from infocentre.restitutions.lecture import du_mois
from infocentre.restitutions.registre import DOCUMENTS
from infocentre.restitutions.service import lire_service

MODELES: dict[str, str] = {
    "signaler": "procedures/mesures_correctives/textes/signalement.txt",
    "relancer": "procedures/mesures_correctives/textes/relance.txt",
}


@dataclass(frozen=True, slots=True)
class Ligne:
    """An indicator of a guichet, as the text of a message says it.

    `seuil` is the rate from which it is rouge, None when the rule that was applied is not known.
    """

    libelle: str
    numerateur: int
    denominateur: int
    quand: str
    etat: str
    seuil: float | None
    sans_tolerance: bool
    compte: str | None
    depuis: str
    comment: str
    correction: str


@dataclass(frozen=True, slots=True)
class Guichet:
    """A guichet and what is told of it."""

    nom: str
    code: str
    lignes: tuple[Ligne, ...]


@dataclass(frozen=True, slots=True)
class Chapitre:
    """What a message tells of a family of indicators."""

    titre: str
    ampleur: str
    arrete: dt.date
    guichets: tuple[Guichet, ...]


def plis(unes: Iterable[Affaire], pour: str) -> list[Pli]:
    """Return the messages by which affaires are told of: one an organisme.

    Those whose words a person wrote apart leave apart: what was written is not lost.
    """
    groupes: dict[tuple[str, str, object], list[Affaire]] = {}
    for une in sorted(unes, key=lambda une: (rang(une.sujet), une.id)):
        groupes.setdefault((une.departement, une.objet, mots_ecrits(une, REDIGER)), []).append(une)
    return [Pli(pour, tuple(siennes)) for siennes in groupes.values()]


def texte(v: Lecture, pli: Pli, jour: dt.date) -> tuple[str, str]:
    """Return (subject, body): as a person wrote it last, else from the facts."""
    return mots_ecrits(pli.affaires[0], REDIGER) or texte_des_faits(v, pli, jour)


def texte_des_faits(v: Lecture, pli: Pli, jour: dt.date) -> tuple[str, str]:
    """Return (subject, body) of a message, from what was frozen; raise Refus without any."""
    une, *_ = pli.affaires
    dits = dits_de(v, pli)
    mois, service = max(un.mois for un in dits), lire_service(v.dossier.racine)
    dues = [e.due for une in pli.affaires for e in une.echeances if e.nature == "reponse"]
    envois = [e.jour for une in pli.affaires if (e := une.situation.dernier("signaler"))]
    a_corriger = [un for un in dits if _a_corriger(un)]
    passes = [un for un in dits if not _a_corriger(un)]
    return rediger(
        MODELES[pli.pour],
        {
            "organisme": noms(v, une.departement, mois).get(une.objet, une.objet),
            "mois": mois,
            "arrete": fin_de_mois(mois),
            "chapitres": [_chapitre(v, une) for une in pli.affaires],
            "ampleur": ampleur(dits),
            "corrigeables": ampleur(a_corriger),
            "a_corriger": len(a_corriger),
            "passes": sum(len(autre.cas) for autre in par_demande(une.objet, passes)),
            "plusieurs": len({un.guichet for un in dits}) > 1,
            "limite": limite(pli, jour),
            "depassee": max(dues)
            if pli.pour == "relancer" and dues and max(dues) <= jour
            else None,
            "signale_le": enumerer([dater(un) for un in sorted(set(envois or [jour]))]),
            "contact": service.contact,
            "signature": "\n".join(filter(None, [service.auteur, service.nom])),
            "references": pli.ids,
            "lien": lien_de(v, pli),
        },
    )


def dits_de(v: Lecture, pli: Pli) -> list[Constat]:
    """Return what a message tells; raise Refus when it is nothing."""
    dits = constats(v, *pli.affaires)
    if not dits:
        raise Refus("cette affaire n'a pas de constat", f"affaire {pli.ids[0]}")
    return dits


def limite(pli: Pli, jour: dt.date) -> dt.date:
    """Return the day by which an answer is asked, that of all its affaires, sent on a day."""
    reglages, ici = pli.affaires[0].reglages, pli.affaires[0].departement
    if pli.pour == "signaler":
        return ajouter(jour, reglages["delai_reponse"], departement=ici)
    dues = [e.due for une in pli.affaires for e in une.echeances if e.nature == "reponse"]
    return max([*dues, ajouter(jour, apres_relance(reglages), departement=ici)])


def lien_de(v: Lecture, pli: Pli) -> str:
    """Return where an organisme answers in the application, '' while it cannot for all of it."""
    liens = [lien(v, une, constats(v, une)) for une in pli.affaires]
    if not all(liens):
        return ""
    return liens[0] if len(liens) == 1 else liens[0].partition("?")[0]


def _chapitre(v: Lecture, une: Affaire) -> Chapitre:
    dits = constats(v, une)
    return Chapitre(
        famille(une.sujet).titre,
        ampleur(dits),
        fin_de_mois(max((un.mois for un in dits), default=f"{une.ouverte_le:%Y-%m}")),
        tuple(_guichets(dits, mois_controles(v, une.departement)[0])),
    )


def ampleur(dits: Sequence[Constat]) -> str:
    """Return « 138 attributions »: what constats list, each once, by its noun.

    Of several nouns, what has a numéro is a demande. It is how many rows the workbook has, but for
    messages: two of one demande are in one.
    """
    par_nom: dict[tuple[str, str], set[str]] = {}
    demandes = par_demande("", dits)
    uniques = {nom for une in demandes for nom in map(nom_d_une_unite, une.cas)}
    for une in demandes:
        nom = nom_d_une_unite(une.cas[0])
        dites = {un.unite for un in une.cas}
        if len(uniques) > 1 and une.cas[0].numero:
            nom, dites = DEMANDES, {une.reference}
        par_nom.setdefault(nom, set()).update(dites)
    if not par_nom:
        return compter(sum(un.numerateur for un in dits), "cas", "cas")
    return enumerer([compter(len(siennes), *nom) for nom, siennes in par_nom.items()])


def _a_corriger(un: Constat) -> bool:
    connu = catalogue().indicateurs.get(un.code)
    return bool(connu and connu.a_corriger)


def _guichets(dits: Sequence[Constat], premier: str) -> list[Guichet]:
    par_guichet: dict[tuple[str, str], list[Ligne]] = {}
    for un in dits:
        par_guichet.setdefault((un.nom, un.guichet), []).append(_ligne(un, premier))
    return [Guichet(nom, code, tuple(lignes)) for (nom, code), lignes in par_guichet.items()]


def _ligne(un: Constat, premier: str) -> Ligne:
    connu = catalogue().indicateurs.get(un.code)
    applique = connu if connu and connu.version == un.version_regle else None
    etat = Etat.lire(un.etat)
    return Ligne(
        un.libelle,
        un.numerateur,
        un.denominateur,
        periode(un.mois, stock=un.fenetre == "stock", douze_mois=un.fenetre == "12m"),
        etat.mot if etat else un.etat,
        applique.seuils.rouge if applique and applique.seuils else None,
        bool(applique and applique.tolerance_zero),
        applique.compte if applique else None,
        dire_depuis(un.depuis, premier),
        connu.mots.comment if connu else "Que faire",
        connu.conseil if connu else "nous demander.",
    )


def destinataires(v: Lecture, pli: Pli) -> tuple[str, ...]:
    """Return the addresses that the register gives to the guichets concerned, each once."""
    dits = constats(v, *pli.affaires)
    concernes = {un.guichet for un in dits}
    mois = max((un.mois for un in dits), default="")
    inscrits = guichets_de(v, pli.affaires[0].departement, mois, pli.objet)
    siens = (une for une in inscrits if une["guichet"] in concernes)
    return tuple(dict.fromkeys(dite for une in siens for dite in adresses_de(une["courriel"])))


def imprimer_ici(v: Lecture, departement: str, mois: str, organisme: str) -> bytes:
    """Return the fiche of an organisme as PDF, made by this process."""
    document = DOCUMENTS["fiche"].construire(du_mois(v, departement, mois), organisme)
    return FORMES["pdf"](document)


def joindre(
    v: Lecture, pli: Pli, jour: dt.date, imprimer: Imprimer = imprimer_ici
) -> tuple[Piece, ...]:
    """Return the fiche of the organisme and the workbook of its demandes, but for a `lien`."""
    dits = dits_de(v, pli)
    ici, mois = pli.affaires[0].departement, max(un.mois for un in dits)
    nom = slug(noms(v, ici, mois).get(pli.objet, pli.objet))
    fiche = Piece(f"fiche-{nom}-{mois}.pdf", imprimer(v, ici, mois, pli.objet))
    if lien_de(v, pli):
        return (fiche,)
    demandes = classeur.des_affaires(pli.affaires, dits, limite(pli, jour))
    return (fiche, Piece(f"cas-{nom}-{mois}.xlsx", classeur.en_octets(demandes)))
