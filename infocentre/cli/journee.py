"""What waits for whoever asks, and what each day does by itself."""

from __future__ import annotations

import sys
from collections.abc import Sequence

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
from infocentre.lecture.commun import departements
from infocentre.lecture.lecteur import Lecture
from infocentre.noyau.config import dossier_donnees
from infocentre.noyau.erreurs import Refus
from infocentre.noyau.francais import accorder
from infocentre.noyau.temps import jour as ecrire_jour
from infocentre.restitutions import lecture

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

    Of the département asked, else of all. What papers and open data hide is decided last, in every
    département: nobody waits for it, and a night that it lasts too long goes on the next one.
    """
    from infocentre.restitutions.masques_decides import decider

    registre = _registre(minuteur=True)
    with lecture.ouvrir(dossier_courant(), perimetre()) as v:
        voulu = departement_voulu(options) is not None
        lieux = ([] if voulu else departements(v)) or [_lieu(v, options)]
        for ici in lieux:
            passer(v, registre, ici)
        lignes = [une for ici in lieux for une in file_d_attente(v, registre, acces(), ici)]
        avis, rappels = _relever(registre), _recapituler(registre)
        _dire([*ancrer_le_jour(dossier_donnees()), *avis, *rappels])
        donnees = Donnees(
            f"À faire le {ecrire_jour(registre.aujourdhui)}",
            ("quoi", "affaire", "nom", "dit", "due"),
            [_ligne(une) for une in lignes],
            titres=TITRES,
        )
        exporter(donnees, options.format, options.sortie)
        _dire(decider(v))


def _dire(echecs: Sequence[str]) -> None:
    for echec in echecs:
        print(f"· {echec}", file=sys.stderr)


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
    from infocentre.lecture.ouverture import lire_comme

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
