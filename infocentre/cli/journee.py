"""What waits for whoever asks, and what each day does by itself."""

from __future__ import annotations

import sys

from infocentre.acces.comptes import Compte
from infocentre.affaires import Acteur, Affaires
from infocentre.cli import options as demandes
from infocentre.cli.acces import acces
from infocentre.cli.lectures import departement_voulu, dossier_courant, perimetre
from infocentre.cli.preuves import ancrer_le_jour
from infocentre.decisions import magasin_present, utilisateur
from infocentre.demarches.face import passer, role_de
from infocentre.demarches.journee import Ligne, en_texte, file_d_attente, titre_du_groupe
from infocentre.demarches.registre import registre_de
from infocentre.exports import Donnees, exporter
from infocentre.lecture.choix import choisir_departement
from infocentre.lecture.commun import mois_controles
from infocentre.lecture.lecteur import Lecture
from infocentre.noyau.config import dossier_donnees
from infocentre.noyau.erreurs import Refus
from infocentre.noyau.francais import accorder
from infocentre.noyau.temps import jour as ecrire_jour
from infocentre.restitutions import lecture

MOIS_PREPARES = 6  # those of a semester: a bilan reads any of them; and of open data, a night
TITRES = {
    "quoi": "ce qui est proposé",
    "affaire": "affaire",
    "dit": "ce qui attend",
    "due": "due le",
}


def _registre(*, minuteur: bool = False) -> Affaires:
    moi = acces()
    role = "minuteur" if minuteur else role_de(moi)
    return registre_de(dossier_courant(), Acteur(moi.qui or utilisateur(), role))


def _lieu(v: Lecture, options: demandes.Departement) -> str:
    return choisir_departement(v.version, departement_voulu(options))


def journee(options: demandes.Journee) -> None:
    """Print what waits for whoever asks, as the accueil shows it."""
    registre = _registre()
    with lecture.ouvrir(dossier_courant(), perimetre()) as v:
        lignes = file_d_attente(v, registre, acces(), _lieu(v, options))
    print(en_texte(lignes, registre.aujourdhui))


def quotidien(options: demandes.Quotidien) -> None:
    """Check what deliveries say, list what waits; send nothing but what is due to oneself.

    What a bilan and open data hide is decided too: nobody waits for it at night.
    """
    registre = _registre(minuteur=True)
    with lecture.ouvrir(dossier_courant(), perimetre()) as v:
        ici = _lieu(v, options)
        passer(v, registre, ici)
        lignes = file_d_attente(v, registre, acces(), ici)
        _masquer(v, ici)
    avis, rappels = _relever(registre), _recapituler(registre)
    for echec in [*ancrer_le_jour(dossier_donnees()), *avis, *rappels]:
        print(f"· {echec}", file=sys.stderr)
    donnees = Donnees(
        f"À faire le {ecrire_jour(registre.aujourdhui)}",
        ("quoi", "affaire", "nom", "dit", "due"),
        [_ligne(une) for une in lignes],
        titres=TITRES,
    )
    exporter(donnees, options.format, options.sortie)


def _masquer(v: Lecture, departement: str) -> None:
    """Decide what the months of a semester hide, and as many older ones that nobody decided."""
    from infocentre.lecture.publies import masquer_mois
    from infocentre.restitutions.ouvert.croisements import croise, croiser

    connus = mois_controles(v, departement)
    recents = connus[-MOIS_PREPARES:]
    for mois in recents:
        masquer_mois(v, departement, mois)
    restent = [un for un in connus[:-MOIS_PREPARES] if not croise(v, departement, un)]
    for mois in [*recents, *restent[-MOIS_PREPARES:]]:
        croiser(v, departement, mois)


def _ligne(une: Ligne) -> tuple[object, ...]:
    quoi = une.bouton if une.affaire else titre_du_groupe(une.groupe)
    return quoi, une.affaire, une.qui, une.dit, une.due


def _relever(registre: Affaires) -> list[str]:
    """Mark the addresses to which messages came back; return what is to be said of it."""
    from infocentre.demarches.envoi import FICHIER, lire_messagerie
    from infocentre.demarches.rebonds import relever

    racine, magasin = dossier_donnees(), magasin_present(dossier_donnees())
    if magasin is None or not (racine / FICHIER).exists():
        return []
    try:
        dossier = lire_messagerie(racine).dossier_rebonds
        lu = relever(racine, dossier, magasin, registre) if dossier else None
    except Refus as refus:
        return [refus.phrase]
    if lu is None:
        return []
    dits = [f"{une.adresse} : {une.dite} (affaire {une.affaire})" for une in lu.notees]
    dits += [f"avis laissé, {un}" for un in lu.laisses]
    if lu.restent:
        dits.append(f"{accorder(lu.restent, 'courriel')} à lire demain")
    return dits


def _recapituler(registre: Affaires) -> list[str]:
    """Send to each account what waits for it, if it chose so; return what is to be said of it."""
    from infocentre.demarches.envoi import lire_messagerie
    from infocentre.demarches.recapitulatif import attendus, envoyer
    from infocentre.lecture.lecteur import VersionOuverte, lire_complete
    from infocentre.lecture.lieux import lire_comme

    dossier, magasin = dossier_courant(), magasin_present(dossier_donnees())
    jour = registre.aujourdhui
    if magasin is None or not (voulus := attendus(magasin, jour)):
        return []
    try:
        messagerie = lire_messagerie(dossier.racine)
    except Refus as refus:
        dits = accorder(len(voulus), "récapitulatif voulu", "récapitulatifs voulus")
        return [f"{dits}, aucun envoyé : {refus.quoi}"]

    with lire_complete(dossier) as lu:
        ouverte = VersionOuverte(dossier, lu.version, lu.con)

        def lire(compte: Compte) -> tuple[Lecture, Affaires]:
            siens = registre_de(dossier, Acteur(compte.identifiant, role_de(compte.acces)))
            return lire_comme(ouverte, compte.acces.perimetre), siens

        faits = list(envoyer(magasin, messagerie, lire, jour))
    return [f"récapitulatif de {un.compte} pas envoyé : {un.echec}" for un in faits if un.echec]
