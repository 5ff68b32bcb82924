"""`infocentre acces`: the review of the users of the SNE, who are not accounts here."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from infocentre.affaires import Acteur, Affaires
from infocentre.affaires.gardes import reponses_de_revue
from infocentre.cli import options as demandes
from infocentre.cli.affaires import dire_bilan
from infocentre.cli.lectures import departement_voulu, ouvrir
from infocentre.decisions import utilisateur
from infocentre.demarches import acces_sne
from infocentre.demarches.envoi import (
    FICHIER,
    envoyer,
    lever_le_doute,
    limiter,
    lire_messagerie,
    preparer_chacun,
)
from infocentre.demarches.registre import registre_de
from infocentre.exports import Donnees, exporter
from infocentre.lecture.choix import choisir_departement
from infocentre.lecture.lecteur import Lecture
from infocentre.noyau.erreurs import Refus
from infocentre.noyau.fichiers import remettre
from infocentre.noyau.francais import accorder
from infocentre.restitutions.document import Document
from infocentre.restitutions.formes import FORMES

TITRES = {
    "affaire": "affaire",
    "etat": "état",
    "acces": "accès",
    "reponses": "réponses",
    "changements": "à changer",
    "due": "avant le",
}


def acces(options: demandes.Acces) -> None:
    """Do what is asked of the reviews of a département."""
    with ouvrir() as v:
        ici = choisir_departement(v.version, departement_voulu(options))
        acces_sne.exiger_revue(v, ici)
        registre = registre_de(v.dossier, Acteur(utilisateur()))
        _ACTIONS[options.action](v, registre, ici, options)


def _proposer(v: Lecture, registre: Affaires, ici: str, options: demandes.Acces) -> None:
    faites = acces_sne.proposer(v, registre, ici, options.quoi)
    for une in faites:
        nombre = len(acces_sne.acces_de(registre, une))
        print(f"{une.id} : {une.objet}, {accorder(nombre, 'accès', 'accès')}")
    print(f"{accorder(len(faites), 'liste figée', 'listes figées')}. À envoyer.")


def _lister(_: Lecture, registre: Affaires, ici: str, options: demandes.Acces) -> None:
    lignes = [
        (
            une.id,
            une.objet,
            une.titre_etat,
            len(acces_sne.acces_de(registre, une)),
            len(reponses_de_revue(une.situation)),
            len(acces_sne.changements(une)),
            une.echeance.due if une.echeance else None,
        )
        for une in registre.lister(ici, procedure=acces_sne.PROCEDURE, finies=True)
    ]
    colonnes = ("affaire", "guichet", "etat", "acces", "reponses", "changements", "due")
    donnees = Donnees("Revues des accès au SNE", colonnes, lignes, titres=TITRES)
    exporter(donnees, options.format, options.sortie)


def _envoyer(v: Lecture, registre: Affaires, ici: str, options: demandes.Acces) -> None:
    """Send each list by SMTP; with --canal, write its files and record that they leave."""
    figees = registre.lister(ici, procedure=acces_sne.PROCEDURE)
    ids = options.quoi or [une.id for une in figees if une.etat == "figee"]
    if options.arrive:
        for id_ in ids:
            lever_le_doute(
                registre, acces_sne.revue(v, registre, id_).id, arrive=options.arrive == "oui"
            )
            print(f"{id_} : {registre.lire(id_).titre_etat.lower()}")
    elif options.canal is None and (v.dossier.racine / FICHIER).exists():
        limiter(registre, ids)
        messages = preparer_chacun(
            ids,
            lambda id_: acces_sne.preparer(
                v, registre, acces_sne.revue(v, registre, id_), options.destinataire
            ),
        )
        dire_bilan(envoyer(registre, messages, lire_messagerie(v.dossier.racine)))
    else:
        _remettre(v, registre, ids, options)


def _remettre(v: Lecture, registre: Affaires, ids: Sequence[str], options: demandes.Acces) -> None:
    """Write the workbook and the list to sign of each review, and record that they leave."""
    dossier = options.sortie or v.dossier.racine / "courriers"
    for id_ in ids:
        une = acces_sne.revue(v, registre, id_)
        registre.exiger(id_, "envoyer")
        jointes = acces_sne.pieces(v, registre, une)
        for une_piece in jointes:
            remettre(dossier / une_piece.nom, une_piece.octets, dossiers=True)
            print(dossier / une_piece.nom)
        donnees = acces_sne.donnees_d_envoi(jointes, options.canal or "courriel")
        registre.agir(id_, "envoyer", donnees)
    print(f"{accorder(len(ids), 'liste')} à remettre au guichet.")


def _lire(v: Lecture, registre: Affaires, _: str, options: demandes.Acces) -> None:
    if not options.quoi:
        raise Refus("il manque le classeur rendu", que_faire="infocentre acces lire FICHIER")
    for nom in options.quoi:
        lu = acces_sne.lire(v, registre, Path(nom))
        suite = acces_sne.enregistrer(registre, lu, options.canal or "courriel")
        dites = accorder(len(lu.reponses), "réponse")
        print(f"{suite.id} : {dites} ; {suite.titre_etat.lower()}")
        for ligne in lu.refusees:
            print(f"  refusé : {ligne}")


def _releve(v: Lecture, registre: Affaires, ici: str, options: demandes.Acces) -> None:
    """Record as asked what was answered, and write the list for the administrator of the SNE."""
    sortie = options.sortie or Path(f"acces-{ici}.xlsx")
    forme = sortie.suffix.lower().removeprefix(".")
    if forme not in acces_sne.FORMES_DU_RELEVE:
        raise Refus(
            f"« {sortie.suffix} » n'est pas une forme de ce relevé",
            str(sortie),
            "Nommer un fichier .pdf, .xlsx ou .docx.",
        )
    acces_sne.demander(registre, ici)
    document: Document = acces_sne.releve(v, registre, ici, registre.aujourdhui)
    remettre(sortie, FORMES[forme](document))
    print(sortie)


def _clore(v: Lecture, registre: Affaires, _: str, options: demandes.Acces) -> None:
    if not options.quoi or not options.issue:
        raise Refus(
            "il manque l'affaire ou son issue",
            que_faire="infocentre acces clore AFFAIRE --issue maintenus",
        )
    for id_ in options.quoi:
        une = acces_sne.revue(v, registre, id_)
        suite = registre.agir(une.id, "clore", {"issue": options.issue})
        print(f"{suite.id} : {suite.titre_etat.lower()}")


_ACTIONS = {
    "proposer": _proposer,
    "lister": _lister,
    "envoyer": _envoyer,
    "lire": _lire,
    "releve": _releve,
    "clore": _clore,
}
