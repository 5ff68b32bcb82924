"""`infocentre reperes`: the file that one gestionnaire gives another, one's place among them."""

from __future__ import annotations

from infocentre.cli import options as demandes
from infocentre.cli.lectures import departement_voulu, dossier_courant, perimetre
from infocentre.exports import Donnees, exporter
from infocentre.noyau.erreurs import Refus
from infocentre.noyau.fichiers import remettre
from infocentre.restitutions import lecture
from infocentre.restitutions import reperes as lus

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
    "departements",
    "guichets",
    "motif",
)


def reperes(options: demandes.Reperes) -> None:
    """Write the file of a month, or say where one stands among the files of others."""
    if options.action == "produire" and options.sortie is None:
        raise Refus("des repères s'écrivent dans un fichier", que_faire="Ajouter --sortie FICHIER.")
    if options.action == "lire" and not options.fichiers:
        raise Refus("aucun fichier de repères n'est donné", que_faire="Nommer ceux des autres.")
    with lecture.ouvrir(dossier_courant(), perimetre()) as v:
        edition = lecture.du_mois(v, departement_voulu(options), options.mois)
        if options.action == "produire" and options.sortie:
            remettre(options.sortie, lus.produire(edition))
            print(f"Repères de {edition.mois}, sans code ni nom : {options.sortie}")
            return
        places = lus.situer(edition, lus.lire(options.fichiers, edition.mois))
    titre = f"Place parmi les départements dont les repères sont donnés, {edition.periode}"
    lignes = [tuple(getattr(une, nom) for nom in COLONNES) for une in places]
    donnees = Donnees(titre, COLONNES, lignes, taux=frozenset({"taux"}), note=NOTE)
    exporter(donnees, options.format, options.sortie)
