"""`infocentre listes`: to whom documents are sent, read from a workbook."""

from __future__ import annotations

from infocentre.affaires import Acteur
from infocentre.cli import options as demandes
from infocentre.cli.lectures import departement_voulu, ouvrir
from infocentre.decisions import utilisateur
from infocentre.demarches.face import Face, procedure_de
from infocentre.demarches.registre import registre_de
from infocentre.demarches.rendus import lire_octets
from infocentre.exports import Donnees, exporter
from infocentre.lecture.choix import choisir_departement
from infocentre.noyau.erreurs import Refus
from infocentre.noyau.francais import accorder, minuscule
from infocentre.procedures.listes.regles import CODE, recevoir

TITRES = {
    "affaire": "affaire",
    "liste": "liste",
    "membres": "membres",
    "source": "source",
    "revue_le": "revue le",
    "etat": "état",
}


def listes(options: demandes.Listes) -> None:
    """List the lists, or read one from a workbook."""
    with ouvrir() as v:
        ici = choisir_departement(v.version, departement_voulu(options))
        face = Face(v, registre_de(v.dossier, Acteur(utilisateur())), procedure_de(CODE))
        face.regles.exiger(v, ici)
        if options.action == "lire":
            _lire(face, ici, options)
        else:
            _lister(face, ici, options)


def _lire(face: Face, ici: str, options: demandes.Listes) -> None:
    if options.fichier is None or not options.liste:
        raise Refus(
            "il manque le classeur, ou la liste qu'il remplace",
            que_faire="infocentre listes lire FICHIER.xlsx --liste copil",
        )
    octets = lire_octets(options.fichier)
    une = recevoir(
        face.v,
        face.registre,
        ici,
        options.liste,
        octets,
        options.fichier.name,
        options.source or "",
    )
    membres = accorder(len(une.situation.dite("inscrits")), "membre")
    print(f"{une.id} : {face.nom(une)}, {membres}, {minuscule(une.titre_etat)}")


def _lister(face: Face, ici: str, options: demandes.Listes) -> None:
    lignes = [
        (
            une.id,
            face.nom(une),
            len(une.situation.dite("inscrits") or []),
            une.situation.dite("source"),
            une.situation.dite("revue_le"),
            une.titre_etat,
        )
        for une in face.lister(ici)
    ]
    donnees = Donnees(face.procedure.titre, tuple(TITRES), lignes, titres=TITRES)
    exporter(donnees, options.format, options.sortie)
