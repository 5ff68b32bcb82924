"""What an organisme is told, from facts: the text and its files.

The same data, words and clock give the same bytes.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from infocentre.affaires import Affaire, Constat
from infocentre.affaires.echeances import ajouter
from infocentre.catalogue.familles import famille
from infocentre.demarches.message import Message, Piece, lien
from infocentre.demarches.texte import rediger
from infocentre.lecture.affaires import constats, guichets_de, noms
from infocentre.lecture.commun import catalogue, mois_controles
from infocentre.lecture.lecteur import Lecture
from infocentre.noyau.erreurs import Refus
from infocentre.noyau.etats import Etat
from infocentre.noyau.francais import compter, enumerer, slug
from infocentre.noyau.temps import fin_de_mois, periode
from infocentre.procedures.mesures_correctives import classeur
from infocentre.procedures.mesures_correctives.gardes import apres_relance
from infocentre.procedures.mesures_correctives.propositions import dire_depuis
from infocentre.restitutions.formes import FORMES
from infocentre.restitutions.lecture import du_mois
from infocentre.restitutions.registre import DOCUMENTS
from infocentre.restitutions.service import lire_service

Pour = Literal["signaler", "relancer"]
Imprimer = Callable[[Lecture, str, str, str], bytes]
MODELES: dict[Pour, str] = {
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


def texte(v: Lecture, affaire: Affaire, pour: Pour, jour: dt.date) -> tuple[str, str]:
    """Return (subject, body): as a person wrote it last, else from the facts."""
    ecrit = affaire.situation.dernier("rediger")
    sorti = affaire.situation.dernier("signaler", "relancer")
    if ecrit and (sorti is None or ecrit.rang > sorti.rang):
        return ecrit.donnees["objet"], ecrit.donnees["corps"]
    return texte_des_faits(v, affaire, pour, jour)


def texte_des_faits(v: Lecture, affaire: Affaire, pour: Pour, jour: dt.date) -> tuple[str, str]:
    """Return (subject, body) of a message, from what was frozen; raise Refus without any."""
    dits = constats(v, affaire)
    if not dits:
        raise Refus("cette affaire n'a pas de constat", f"affaire {affaire.id}")
    mois, service = dits[0].mois, lire_service(v.dossier.racine)
    reglages = affaire.reglages
    envoi = affaire.situation.dernier("signaler")
    attente = next((e for e in affaire.echeances if e.nature == "reponse"), None)
    limite = jour + dt.timedelta(days=reglages["delai_reponse"])
    depassee = attente.due if pour == "relancer" and attente and attente.due <= jour else None
    if pour == "relancer" and attente:
        limite = max(
            attente.due, ajouter(jour, apres_relance(reglages), departement=affaire.departement)
        )
    a_corriger = sum(un.numerateur for un in dits if _a_corriger(un))
    total = sum(un.numerateur for un in dits)
    return rediger(
        MODELES[pour],
        {
            "titre": famille(affaire.sujet).titre,
            "organisme": noms(v, affaire.departement, mois).get(affaire.objet, affaire.objet),
            "mois": mois,
            "arrete": fin_de_mois(mois),
            "guichets": _guichets(dits, mois_controles(v, affaire.departement)[0]),
            "ampleur": _ampleur(dits),
            "corrigeables": _unites_dites([un for un in dits if _a_corriger(un)]),
            "a_corriger": a_corriger,
            "passes": total - a_corriger,
            "limite": limite,
            "depassee": depassee,
            "signale_le": envoi.jour if envoi else jour,
            "contact": service.contact,
            "signature": "\n".join(filter(None, [service.auteur, service.nom])),
            "reference": affaire.id,
            "lien": lien(v, affaire, dits),
        },
    )


# What a unit of a population is, as people count it; a demande else.
UNITES = {
    "acces": ("accès", "accès"),
    "attestations_dues": ("attestation due", "attestations dues"),
    "attributions": ("attribution", "attributions"),
    "creations": ("création", "créations"),
    "creations_15j": ("création", "créations"),
    "enregistrements": ("demande enregistrée", "demandes enregistrées"),
    "messages": ("message", "messages"),
    "preavis": ("préavis", "préavis"),
    "radiations": ("radiation", "radiations"),
    "radiations_jugees": ("radiation", "radiations"),
    "renouvellements": ("renouvellement", "renouvellements"),
}
DEMANDES = ("demande", "demandes")


def _distinctes(dits: Sequence[Constat]) -> dict[tuple[str, str], set[str]]:
    """Return {what a unit is: those that are listed}, one of several constats once."""
    par_nom: dict[tuple[str, str], set[str]] = {}
    for un in dits:
        connu = catalogue().indicateurs.get(un.code)
        nom = UNITES.get(connu.population, DEMANDES) if connu else DEMANDES
        par_nom.setdefault(nom, set()).update(unite for unite, *_ in un.unites)
    return {nom: siennes for nom, siennes in par_nom.items() if siennes}


def _unites_dites(dits: Sequence[Constat]) -> str:
    """Return « 138 attributions »; '' when none is listed."""
    return enumerer([compter(len(un), *nom) for nom, un in _distinctes(dits).items()])


def _ampleur(dits: Sequence[Constat]) -> str:
    """Say how many things are told, and of how many units when that is not the same number."""
    total, unites = sum(un.numerateur for un in dits), _unites_dites(dits)
    if not unites:
        return compter(total, "cas", "cas")
    seules = sum(map(len, _distinctes(dits).values())) == total
    return unites if seules else f"{compter(total, 'constat')} sur {unites}"


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


def destinataires(v: Lecture, affaire: Affaire) -> tuple[str, ...]:
    """Return the addresses that the register gives to the guichets concerned, each once."""
    dits = constats(v, affaire)
    concernes = {un.guichet for un in dits}
    mois = dits[0].mois if dits else ""
    inscrits = guichets_de(v, affaire.departement, mois, affaire.objet)
    trouvees = [une["courriel"] for une in inscrits if une["guichet"] in concernes]
    return tuple(dict.fromkeys(une.strip().lower() for une in trouvees if une and "@" in une))


def imprimer_ici(v: Lecture, departement: str, mois: str, organisme: str) -> bytes:
    """Return the fiche of an organisme as PDF, made by this process."""
    document = DOCUMENTS["fiche"].construire(du_mois(v, departement, mois), organisme)
    return FORMES["pdf"](document)


def preparer(
    v: Lecture,
    affaire: Affaire,
    pour: Pour,
    jour: dt.date,
    *,
    a: Iterable[str] = (),
    imprimer: Imprimer = imprimer_ici,
) -> Message:
    """Return the message of an affaire; `a` are addresses that replace those of the register.

    `imprimer` makes the fiche that is joined.

    Raises:
        Refus: nobody to send it to, nothing to say.
    """
    vers = tuple(a) or destinataires(v, affaire)
    if not vers:
        raise Refus(
            "aucune adresse électronique n'est connue pour cet organisme",
            f"affaire {affaire.id}",
            "En donner une avec --destinataire, ou signaler par courrier ou par téléphone.",
        )
    objet, corps = texte(v, affaire, pour, jour)
    return Message(affaire.id, pour, vers, objet, corps, joindre(v, affaire, imprimer))


def joindre(v: Lecture, affaire: Affaire, imprimer: Imprimer = imprimer_ici) -> tuple[Piece, ...]:
    """Return the fiche of the organisme and the workbook of its cases, unless it has a `lien`."""
    dits = constats(v, affaire)
    ici, mois = affaire.departement, dits[0].mois
    nom = slug(noms(v, ici, mois).get(affaire.objet, affaire.objet))
    fiche = Piece(f"fiche-{nom}-{mois}.pdf", imprimer(v, ici, mois, affaire.objet))
    if lien(v, affaire, dits):
        return (fiche,)
    return (
        fiche,
        Piece(
            f"cas-{nom}-{affaire.sujet}-{mois}.xlsx",
            classeur.en_octets(affaire, dits, fin_de_mois(mois)),
        ),
    )
