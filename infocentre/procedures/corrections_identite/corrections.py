"""Corrections of identity asked of guichets, and what the next delivery shows of them.

What is asked to change is known by its HMAC under the numéro of the demande, which stands apart and
goes with the names: without it, nothing tells what was written. Neither a name nor a document is
kept.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from infocentre.affaires import Affaire, Affaires, procedures
from infocentre.affaires.donnees import Donnees, Vu
from infocentre.analystes.fichier import cle
from infocentre.decisions import Magasin
from infocentre.decisions.doublons import garder_numeros, membre, sceller
from infocentre.identite.mouvements import Genre, Mouvement, lire_mouvements
from infocentre.identite.personnes import Identite, identites
from infocentre.lecture.doublons.corrections import CHAMPS, PROCEDURE, cle_du_mouvement
from infocentre.lecture.doublons.demandes import ACTIVE, Etat, lire_etats, numeros_de
from infocentre.lecture.lecteur import Lecture
from infocentre.noyau.erreurs import Refus

CHANGE, INCHANGE = "change", "inchange"
_DU_MOUVEMENT: Mapping[str, tuple[str, ...]] = {
    Genre.NOM: ("nom_naissance",),
    Genre.PRENOMS: ("prenom",),
    Genre.LES_DEUX: ("nom_naissance", "prenom"),
}


@dataclass(frozen=True, slots=True)
class Correction:
    """What is asked of an identity: `champs` are keys of `CHAMPS`, the rest codes of the procedure.

    `mouvement`: the month of a movement that is explained after the fact.
    """

    numero: str
    nature: str
    piece: str
    champs: tuple[str, ...] = ()
    mouvement: str = ""


def choix(nom: str) -> Mapping[str, str]:
    """Return the choices of a field, {code: what people read}."""
    return procedures()[PROCEDURE].evenements["demander"].donnees[nom].choix


def demander(
    v: Lecture, magasin: Magasin, registre: Affaires, departement: str, une: Correction
) -> Affaire:
    """Open the affaire of a correction; one that explains a movement is seen already.

    Raises:
        Refus: something of it is wrong, or a correction of this demande is under way.
    """
    secret = cle(v.dossier)
    etat = _etat(v, departement, une)
    sien = membre(secret, une.numero)
    vu = _mouvement(v, departement, sien, une.mouvement) if une.mouvement else None
    champs = _DU_MOUVEMENT[vu.genre] if vu else _exiger_champs(une.champs)
    sceaux = {} if vu else _sceaux(v, departement, une.numero, champs)
    affaire = registre.ouvrir(
        procedures()[PROCEDURE],
        departement,
        next((un for un in _guichets(etat) if un), "INCONNU"),
        sceller(secret, PROCEDURE, une.numero)[:32],
        {
            "membre": sien,
            "nature": une.nature,
            "piece": une.piece,
            "champs": [{"champ": un, "avant": sceaux.get(un, "")} for un in champs],
            "mouvement": une.mouvement,
        },
        seule=True,
    )
    garder_numeros(magasin, affaire.id, {sien: une.numero})
    if vu is None:
        return affaire
    return registre.agir(
        affaire.id, "constater", montre(une.mouvement, dict.fromkeys(champs, CHANGE))
    )


def _etat(v: Lecture, departement: str, une: Correction) -> Etat:
    if not une.numero:
        raise Refus("il manque le numéro unique", que_faire="Écrire celui de la demande.")
    etat = lire_etats(v, departement, [une.numero]).get(une.numero)
    if etat is None:
        raise Refus(
            f"le numéro {une.numero[:20]} n'est pas connu, ou n'est pas ouvert à ce compte",
            que_faire="Vérifier le numéro unique.",
        )
    if etat["statut"] != ACTIVE and not une.mouvement:
        raise Refus("cette demande n'est plus active", que_faire="Rien n'est à corriger.")
    return etat


def _guichets(etat: Etat) -> Sequence[str | None]:
    return etat["guichet_enregistreur"], etat["cle_guichetcreateur"]


def _exiger_champs(champs: Sequence[str]) -> tuple[str, ...]:
    if not champs or not set(champs) <= CHAMPS.keys():
        raise Refus("il manque ce qui est à corriger", que_faire="Cocher au moins un champ.")
    return tuple(un for un in CHAMPS if un in champs)


def _mouvement(v: Lecture, departement: str, sien: str, mois: str) -> Mouvement:
    for un in lire_mouvements(v.dossier, departement):
        if cle_du_mouvement(un) == (sien, mois):
            return un
    raise Refus(
        "aucun mouvement d'identité de cette demande n'a été vu ce mois-là",
        que_faire="Le reprendre dans la liste des mouvements.",
    )


def _sceaux(v: Lecture, departement: str, numero: str, champs: Sequence[str]) -> Mapping[str, str]:
    identite = identites(v.dossier, departement, [numero]).get(numero)
    if identite is None:
        raise Refus(
            "l'identité de cette demande n'est pas livrée",
            que_faire="Aucune livraison ne pourrait montrer la correction.",
        )
    return {un: sceau(v, identite, un) for un in champs}


def sceau(v: Lecture, identite: Identite, champ: str) -> str:
    """Return the HMAC of what is written; a capital or an accent makes another."""
    ecrit = getattr(identite, champ)
    dit = "" if ecrit is None else str(ecrit)
    return sceller(cle(v.dossier), "identite", identite.numero_unique, champ, dit)


def montre(mois: str, sorts: Mapping[str, str]) -> Donnees:
    """Return what a delivery shows of the fields of a correction."""
    dits: list[Vu] = [{"champ": champ, "sort": sort} for champ, sort in sorts.items()]
    return {"livraison": mois, "mois": mois, "sorts": dits}


FAITE, CLASSER = "executer", "classer"


def boutons(une: Affaire, *, classe: bool) -> list[list[tuple[str, str]]]:
    """Return (event, words): what is said done, then, to who files, why nothing is to be done."""
    regles = une.situation.procedure
    possibles = regles.possibles(une.etat)
    faite = [(FAITE, "Corrigée dans le SNE")] if FAITE in possibles else []
    if not classe or CLASSER not in possibles:
        return [faite, []]
    issues = regles.evenements[CLASSER].donnees["issue"].choix
    return [faite, [(f"{CLASSER}.{nom}", dite) for nom, dite in issues.items()]]


def dire_faite(registre: Affaires, une: Affaire) -> Affaire:
    """Record that a guichet says it corrected."""
    return registre.agir(une.id, FAITE)


def exiger_sienne(v: Lecture, une: Affaire) -> Affaire:
    """Return a correction that the reader may see; raise Refus."""
    if une.situation.procedure.code == PROCEDURE and v.p.voit(une.departement):
        numeros = [n for un in numeros_de(v, [une]).values() for n in un.values()]
        vues = lire_etats(v, une.departement, numeros)
        if vues or not v.p.partiel:
            return une
    raise Refus(f"l'affaire « {une.id[:24]} » n'est pas une correction ouverte à ce compte")
