"""`infocentre listes`: to whom documents are sent, read from a workbook."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from infocentre.affaires import Acteur
from infocentre.cli import options as demandes
from infocentre.cli.lectures import departement_voulu, ouvrir
from infocentre.decisions import utilisateur
from infocentre.demarches.face import Face, procedure_de
from infocentre.demarches.message import Piece
from infocentre.demarches.registre import registre_de
from infocentre.demarches.rendus import lire_octets
from infocentre.exports import Donnees, exporter
from infocentre.lecture.choix import choisir_departement
from infocentre.noyau.erreurs import Refus
from infocentre.noyau.francais import accorder, minuscule
from infocentre.procedures.documents_envoyes.preparer import CHOIX, LISTE_DE, Destine, preparer
from infocentre.procedures.listes.regles import CODE, DIFFUSER, genre, recevoir

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
        _GESTES[options.action](face, ici, options)


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


def _diffuser(face: Face, ici: str, options: demandes.Listes) -> None:
    """Prepare the sendings of a document, or of a file, to a list or to those of partners."""
    if options.document is None and options.fichier is None:
        raise Refus(
            "il manque le document à diffuser",
            que_faire=f"--document, l'un de : {', '.join(CHOIX)} ; ou un fichier.",
        )
    voulues = [genre(options.liste)] if options.liste else list(LISTE_DE.values())
    siennes = [une for une in face.lister(ici) if une.objet in voulues]
    if not siennes:
        raise Refus("cette liste n'existe pas", que_faire="infocentre listes")
    dits = {
        "document": options.document or "",
        "periode": options.periode or "",
        "de_l_affaire": options.affaire or "",
        "papier": options.papier or "",
    }
    for une in siennes:
        if options.fichier is not None:
            octets = lire_octets(options.fichier)
            piece = Piece(options.fichier.name, octets)
            membres = tuple(une.situation.dite("inscrits") or [])
            titre = options.document or options.fichier.stem
            destine = Destine(titre, "fichier", piece, membres)
            faites = preparer(face.v, face.registre, ici, une, [destine])
            prets = accorder(len(faites), "envoi préparé", "envois préparés")
            print(f"{face.nom(une)} : {options.fichier.name}, {prets}")
            continue
        try:
            suite = face.agir(une, DIFFUSER, dits)
        except Refus as refus:
            if options.liste:
                raise
            print(f"{face.nom(une)} : {refus.quoi}")
        else:
            print(f"{face.nom(une)} : {face.contenu(suite, suite.situation.evenements[-1])}")
    print(
        "Les relire et les envoyer : page Envois, ou infocentre affaires documents_envoyes envoyer"
    )


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


_GESTES: Mapping[str, Callable[[Face, str, demandes.Listes], None]] = {
    "lister": _lister,
    "lire": _lire,
    "diffuser": _diffuser,
}
