"""`infocentre reperes`: the file that one gestionnaire gives another, one's place among them."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

from infocentre.cli import options as demandes
from infocentre.cli.lectures import departement_voulu, dossier_courant, perimetre
from infocentre.contrat.territoires import nom_departement, normaliser_departement
from infocentre.decisions import utilisateur
from infocentre.demarches.rendus import lire_octets
from infocentre.exports import Donnees, exporter
from infocentre.lecture import reperes as lus
from infocentre.lecture import reperes_recus as recus
from infocentre.noyau.erreurs import Refus
from infocentre.noyau.fichiers import remettre
from infocentre.noyau.formats import exiger_forme
from infocentre.noyau.francais import accorder
from infocentre.restitutions import lecture
from infocentre.restitutions.reperes import produire

NOTE = (
    "1er décile : les taux d'anomalies les plus bas ; 10e : les plus hauts. À ne pas diffuser : "
    "les petits nombres ne sont pas masqués."
)
COLONNES = (
    "indicateur",
    "type_guichet",
    "regle",
    "taux",
    "decile",
    "decile_haut",
    "departements",
    "organismes",
    "motif",
)
RECUS = ("departement", "nom_departement", "mois", "fichier", "recu_le", "par", "sha256", "etat")
TITRES = {
    "nom_departement": "département",
    "recu_le": "reçu le",
    "regle": "règle",
    "decile": "décile",
    "decile_haut": "jusqu'au décile",
    "departements": "départements",
}
ABIME = "abîmé : à retirer, puis à demander de nouveau"


def reperes(options: demandes.Reperes) -> None:
    """Write the file of a month, keep those of others, or say where one stands among them."""
    _exiger(options)
    if options.action == "garder":
        gardes = recus.garder(dossier_courant().racine, _octets(options), utilisateur())
        print(f"{accorder(len(gardes), 'fichier gardé', 'fichiers gardés')}.")
    elif options.action == "retirer":
        _retirer(options)
    elif options.action == "liste":
        _lister(options)
    elif options.action == "produire" and options.sortie:
        with lecture.ouvrir(dossier_courant(), perimetre()) as v:
            edition = lecture.du_mois(v, departement_voulu(options), options.mois)
            remettre(options.sortie, produire(edition))
        print(f"Repères de {edition.mois}, sans code ni nom : {options.sortie}")
    else:
        _lire(options)


def _exiger(options: demandes.Reperes) -> None:
    if options.action == "produire":
        if options.sortie is None:
            quoi = "des repères s'écrivent dans un fichier"
            raise Refus(quoi, que_faire="Ajouter --sortie FICHIER.")
        exiger_forme(options.sortie, ("json",))
    if options.action == "garder" and not options.fichiers:
        raise Refus("aucun fichier de repères n'est donné", que_faire="Nommer ceux des autres.")
    if options.action == "retirer" and not options.fichiers:
        raise Refus("aucun département n'est donné", que_faire="Nommer ceux à retirer : 083 084.")


def _octets(options: demandes.Reperes) -> dict[str, bytes]:
    """Return what the named files hold."""
    noms = list(dict.fromkeys(options.fichiers))
    if len(noms) < len(options.fichiers):
        deux = next(un for un in noms if options.fichiers.count(un) > 1)
        raise Refus(f"ce fichier est le même que {Path(deux).name}", deux, "N'en donner qu'un.")
    return {nom: lire_octets(Path(nom)) for nom in noms}


def _retirer(options: demandes.Reperes) -> None:
    voulus = [normaliser_departement(un) for un in dict.fromkeys(options.fichiers)]
    partis = recus.retirer(dossier_courant().racine, voulus, options.mois)
    print(f"{accorder(len(partis), 'fichier retiré', 'fichiers retirés')}.")


def _a_l_heure_d_ici(instant: str) -> dt.datetime | None:
    """Return a moment by the clock of who reads; None for what is not known of a damaged file."""
    return dt.datetime.fromisoformat(instant).astimezone().replace(tzinfo=None) if instant else None


def _lister(options: demandes.Reperes) -> None:
    lignes = [
        (
            un.departement,
            nom_departement(un.departement),
            un.mois,
            un.nom,
            _a_l_heure_d_ici(un.recu_le),
            un.par,
            un.sha256,
            "" if un.fichier else ABIME,
        )
        for un in recus.recus(dossier_courant().racine, options.mois)
    ]
    donnees = Donnees("Repères gardés", RECUS, lignes, titres=TITRES)
    exporter(donnees, options.format, options.sortie)


def _lire(options: demandes.Reperes) -> None:
    octets = _octets(options)
    with lecture.ouvrir(dossier_courant(), perimetre()) as v:
        edition = lecture.du_mois(v, departement_voulu(options), options.mois)
        if octets:
            donnes = lus.lire(octets.items(), edition.mois)
            autres = [un for un in donnes if un.departement != edition.departement]
        else:
            autres = recus.lus(v.dossier.racine, edition.mois, edition.departement)
        if not autres:
            raise Refus(
                f"aucun repère d'un autre département n'est donné, ni gardé pour {edition.mois}",
                que_faire="Nommer les fichiers des autres, ou les garder : "
                "infocentre reperes garder FICHIER.",
            )
        trouvees = lus.places(v, edition.filtres, autres)
    titre = f"Place parmi les départements dont les repères sont donnés, {edition.periode}"
    lignes = [tuple(getattr(une, nom) for nom in COLONNES) for une in trouvees]
    donnees = Donnees(titre, COLONNES, lignes, frozenset({"taux"}), TITRES, note=NOTE)
    exporter(donnees, options.format, options.sortie)
