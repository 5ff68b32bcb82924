"""`infocentre commentaires`: what free fields may not say of a person, by numéro and category."""

from __future__ import annotations

from infocentre.affaires import Acteur, procedures
from infocentre.affaires.reglages import reglages_de
from infocentre.cli import options as demandes
from infocentre.cli.lectures import departement_voulu, ouvrir
from infocentre.contrat.montres import lire_numeros
from infocentre.decisions import utilisateur
from infocentre.demarches.registre import registre_de
from infocentre.exports import Donnees, en_octets
from infocentre.lecture.chartes import PROCEDURE
from infocentre.lecture.choix import choisir_departement
from infocentre.noyau.config import dossier_donnees
from infocentre.noyau.erreurs import Refus
from infocentre.noyau.fichiers import exiger_lisible, remettre
from infocentre.noyau.francais import accorder
from infocentre.procedures.chartes.commentaires import Examen, examiner
from infocentre.procedures.chartes.regles import garder_l_examen

TITRES = {"numero": "Numéro unique", "categorie": "Catégorie"}


def commentaires(options: demandes.Commentaires) -> None:
    """Read a file, list what is to be read again, keep counts; nothing of its text."""
    if not reglages_de(procedures()[PROCEDURE])["champs_libres"]:
        raise Refus(
            "le contrôle des champs libres n'est pas permis ici",
            que_faire="Le permettre d'abord dans affaires.yml : chartes: {champs_libres: 1}",
        )
    sortie = options.sortie.absolute()
    if sortie.resolve().is_relative_to(dossier_donnees().resolve()):
        raise Refus(
            "ce classeur ne s'écrit pas dans le dossier des données",
            str(options.sortie),
            "L'écrire ailleurs, puis l'effacer une fois les demandes relues.",
        )
    exiger_lisible(options.fichier)
    examen = examiner(options.fichier, options.colonne)
    lire_numeros(numero for numero, _ in examen.signales)
    donnees = Donnees("Champs libres à relire", tuple(TITRES), [*examen.signales], titres=TITRES)
    remettre(sortie, en_octets(donnees, "xlsx"))
    print(f"{dire(examen)}\n{sortie}")
    with ouvrir() as v:
        ici = choisir_departement(v.version, departement_voulu(options))
        garde = garder_l_examen(v, registre_de(v.dossier, Acteur(utilisateur())), ici, examen)
    print(garde)


def dire(examen: Examen) -> str:
    """Say what a file showed, in counts."""
    lignes = [
        f"{accorder(examen.lues, 'ligne lue', 'lignes lues')}, lexique version {examen.lexique}",
        *(
            f"  {titre} : {accorder(nombre, 'demande')}"
            for titre, nombre in sorted(examen.comptes.items())
        ),
    ]
    if not examen.signales:
        lignes.append("  rien à relire")
    if examen.sans_numero:
        dites = accorder(
            examen.sans_numero, "ligne sans numéro unique", "lignes sans numéro unique"
        )
        lignes.append(f"  {dites}, mises de côté")
    return "\n".join(lignes)
