"""A document and a list become as many sendings: each address once, the file kept as it is."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from infocentre.acces.politique import LECTEURS
from infocentre.affaires import Affaire, Affaires, procedures
from infocentre.demarches.face import Face, procedure_de
from infocentre.demarches.message import TYPES, Piece
from infocentre.demarches.papiers import documents as papiers_de
from infocentre.lecture.commun import mois_controles
from infocentre.lecture.lecteur import Lecture
from infocentre.noyau.erreurs import Refus
from infocentre.noyau.fichiers import ecrire
from infocentre.noyau.francais import enumerer, minuscule
from infocentre.noyau.lecteurs import Lecteur
from infocentre.noyau.temps import dernier_semestre, semestre_du_mois
from infocentre.procedures.documents_envoyes.regles import CODE, DELAISSE, lieu
from infocentre.restitutions import envoi, prepares
from infocentre.restitutions import lecture as editions
from infocentre.restitutions.commande import Commande
from infocentre.restitutions.gestion_en_flux import bailleurs
from infocentre.restitutions.partenaires import A_SOI, cle
from infocentre.restitutions.registre import DOCUMENTS, LETTRE, du_departement

PARTENAIRES, PAPIER = "partenaires", "papier"
# The list of each kind of partner (convention 3.2.2 e), as `partenaires.yml` names kinds.
LISTE_DE: Mapping[str, str] = {
    "gip_sne": "gip_sne",
    "etat": "etat",
    "collectivite": "collectivites",
    "organisme": "bailleurs",
    "ush": "ush",
    "action_logement": "action_logement",
}
DU_PREFET = frozenset({"etat"})  # the lists to which goes what is written for the préfet
CHOIX: Mapping[str, str] = {
    PARTENAIRES: "Bilan de chaque partenaire, imprimé par infocentre bilan --tous",
    PAPIER: "Papier d'une affaire (compte rendu d'une réunion, convocation…)",
    LETTRE: "Objectifs d'attribution : à chaque bailleur, sa lettre",
    **{un.nom: un.libelle for un in du_departement() if not un.d_un_guichet and "pdf" in un.formes},
}


@dataclass(frozen=True, slots=True)
class Destine:
    """A document that goes to some of a list: how it is called, its file, to whom."""

    document: str
    genre: str
    piece: Piece
    vers: tuple[Mapping[str, Any], ...]
    source: str = ""
    periode: str = ""


def preparer(
    v: Lecture, registre: Affaires, departement: str, liste: Affaire, ceux: Iterable[Destine]
) -> list[Affaire]:
    """Open a sending of each file to each of its addresses, but those that were prepared before.

    What was given up may be prepared again.
    """
    procedure = procedures()[CODE]
    siennes = registre.lister(departement, procedure=CODE, finies=True)
    deja = {une.objet for une in siennes if une.etat != DELAISSE}
    ouvertes = []
    for un in ceux:
        if un.piece.nom.rpartition(".")[2] not in TYPES:
            formes = enumerer([f".{forme}" for forme in TYPES], "ou")
            raise Refus("ce fichier ne part pas par courriel", un.piece.nom, f"Donner {formes}.")
        ecrire(lieu(v, un.piece.empreinte, un.piece.nom), un.piece.octets, droits=0o600)
        for membre in un.vers:
            objet = objet_de(un.piece.empreinte, str(membre["courriel"]))
            if objet in deja:
                continue
            deja.add(objet)
            donnees = {
                "document": un.document,
                "genre": un.genre,
                "periode": un.periode,
                "fichier": un.piece.nom,
                "sha256": un.piece.empreinte,
                "courriel": str(membre["courriel"]).lower(),
                "qualite": membre.get("qualite", ""),
                "organisme": membre.get("organisme", ""),
                "liste": liste.id,
                "source": un.source,
            }
            sujet = procedure.une
            ouvertes.append(registre.ouvrir(procedure, departement, objet, sujet, donnees))
    return ouvertes


def objet_de(sha256: str, adresse: str) -> str:
    """Return what names a file to an address."""
    return f"{sha256[:20]}-{hashlib.sha256(adresse.lower().encode()).hexdigest()[:16]}"


# --- What goes to a list --------------------------------------------------------------------------


def destiner(
    v: Lecture, registre: Affaires, liste: Affaire, dits: Mapping[str, str]
) -> tuple[list[Destine], list[str]]:
    """Return the documents that a person asks to send to a list, and its members without any.

    Raises:
        Refus: there is no such document, it is not for this list, or is not to be sent yet.
    """
    quoi, membres = dits.get("document", ""), tuple(liste.situation.dite("inscrits") or [])
    if quoi == PARTENAIRES:
        return _bilans(v, liste, dits.get("periode", ""), membres)
    if quoi == PAPIER:
        return [_papier(v, registre, dits, membres)], []
    if quoi == LETTRE:
        return _lettres(v, liste, dits.get("periode", ""), membres)
    return [_imprime(v, liste, quoi, dits.get("periode", ""), membres)], []


def _bilans(
    v: Lecture, liste: Affaire, periode: str, membres: tuple[Mapping[str, Any], ...]
) -> tuple[list[Destine], list[str]]:
    """Return the bilan of each partner of a list, by the name of its organisme.

    Of a kind that has one partner, it is for all the members.
    """
    if liste.objet not in LISTE_DE.values():
        raise Refus(
            "cette liste n'est pas celle d'un genre de partenaire",
            que_faire="Choisir un autre document, ou la liste d'un partenaire.",
        )
    quand = periode.strip().upper() or _semestre(v, liste.departement)
    ou = envoi.dossier_des_bilans(v.dossier.racine, liste.departement, quand)
    siens = [un for un in envoi.imprimes(ou) if LISTE_DE.get(un.genre) == liste.objet]
    a_soi = any(genre in A_SOI and LISTE_DE[genre] == liste.objet for genre in LISTE_DE)
    par_nom = a_soi and len(siens) > 1
    ceux, servis = [], set[str]()
    for un in siens:
        leurs = [m for m in membres if not par_nom or cle(m["organisme"]) == cle(un.destinataire)]
        servis |= {str(m["courriel"]) for m in leurs}
        dits = [{"organisme": un.destinataire, "courriel": vers} for vers in un.diffusion]
        piece = Piece(un.fichier.name, un.fichier.read_bytes())
        titre = f"{DOCUMENTS['bilan'].libelle}, {un.destinataire}"
        ceux.append(Destine(titre, "bilan", piece, (*leurs, *dits), periode=quand))
    return ceux, [str(m["organisme"]) for m in membres if m["courriel"] not in servis]


def _lettres(
    v: Lecture, liste: Affaire, periode: str, membres: tuple[Mapping[str, Any], ...]
) -> tuple[list[Destine], list[str]]:
    """Return the letter of each bailleur of a list, by its name: its counts go to nobody else."""
    if liste.objet != LISTE_DE["organisme"]:
        raise Refus(
            "cette lettre est écrite à un bailleur, avec ses nombres en clair",
            que_faire="L'envoyer à la liste « Bailleurs ».",
        )
    ici, genre = liste.departement, DOCUMENTS[LETTRE].periode
    edition = editions.de_l_annee(v, periode.strip() or _periode(v, ici, genre), ici)
    annee, ceux, servis = edition.mois[:4], list[Destine](), set[str]()
    voulues = [
        (siren, nom, leurs)
        for siren, nom in bailleurs(edition).items()
        if (leurs := tuple(m for m in membres if cle(m["organisme"]) == cle(nom)))
    ]
    faites = prepares.obtenir_tous(
        v.dossier,
        [
            Commande(LETTRE, "pdf", ici, annee=annee, guichet=siren, perimetre=v.p)
            for siren, *_ in voulues
        ],
    )
    for (siren, nom, leurs), octets in zip(voulues, faites, strict=True):
        piece = Piece(f"{LETTRE}-{ici}-{annee}-{siren}.pdf", octets)
        titre = f"Objectifs d'attribution, {nom}, {annee}"
        ceux.append(Destine(titre, LETTRE, piece, leurs, periode=annee))
        servis |= {str(m["courriel"]) for m in leurs}
    return ceux, [str(m["organisme"]) for m in membres if m["courriel"] not in servis]


def _papier(
    v: Lecture,
    registre: Affaires,
    dits: Mapping[str, str],
    membres: tuple[Mapping[str, Any], ...],
) -> Destine:
    """Return a paper of an affaire; one that its procedure sends waits until it may leave."""
    une = registre.lire(dits.get("de_l_affaire", "").strip())
    face = Face(v, registre, procedure_de(une.procedure.code))
    nom = dits.get("papier", "").strip()
    connus = face.documents(une)
    declare = papiers_de(une).get(nom)
    if declare is None:
        raise Refus(
            f"« {nom[:40]} » n'est pas un papier de cette affaire dans son état",
            f"affaire {une.id}",
            f"Papiers : {enumerer(list(connus))}." if connus else "Elle n'en a aucun.",
        )
    titre, formes = connus[nom]
    part = declare.evenement
    if part and not une.situation.dernier(part):
        une.situation.procedure.arrivee(une.etat, part)  # says what is possible before
    forme = "pdf" if "pdf" in formes else formes[0]
    piece = Piece(face.nom_de_fichier(une, titre, forme), face.imprimer(une, nom, forme))
    return Destine(f"{titre}, {face.nom(une)}", nom, piece, membres, une.id)


def _imprime(
    v: Lecture,
    liste: Affaire,
    quoi: str,
    periode: str,
    membres: tuple[Mapping[str, Any], ...],
) -> Destine:
    """Return a document of a period: what is written for the préfet goes to nobody else."""
    if quoi not in CHOIX:
        raise Refus(
            f"« {quoi[:30]} » n'est pas un document",
            que_faire=f"Écrire l'un de : {', '.join(CHOIX)}.",
        )
    if LECTEURS.get(quoi) is not Lecteur.PUBLIC and liste.objet not in DU_PREFET:
        raise Refus(
            f"ce document est écrit pour le préfet : {minuscule(DOCUMENTS[quoi].libelle)}",
            que_faire="L'envoyer à la liste « Services de l'État ».",
        )
    genre = DOCUMENTS[quoi].periode
    quand = periode.strip().upper() or _periode(v, liste.departement, genre)
    dite = {genre: quand}
    commande = Commande(quoi, "pdf", liste.departement, perimetre=v.p, **dite)
    octets = prepares.obtenir(v.dossier, commande)
    piece = Piece(f"{quoi}-{liste.departement}-{quand}.pdf", octets)
    titre = f"{DOCUMENTS[quoi].libelle}, {quand}"
    return Destine(titre, quoi, piece, membres, periode=quand)


def _periode(v: Lecture, departement: str, genre: str) -> str:
    dernier = mois_controles(v, departement)[-1]
    if genre == "mois":
        return dernier
    return dernier[:4] if genre == "annee" else _semestre(v, departement)


def _semestre(v: Lecture, departement: str) -> str:
    """Return the last semester that is whole, else the one under way."""
    mois = mois_controles(v, departement)
    return dernier_semestre(mois) or semestre_du_mois(mois[-1])
