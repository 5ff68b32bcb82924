"""`infocentre chartes`: which are in force, who signed them, where the organismes stand."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import NamedTuple

from infocentre.affaires import Acteur
from infocentre.cli import options as demandes
from infocentre.cli.lectures import departement_voulu, ouvrir
from infocentre.decisions import utilisateur
from infocentre.demarches.face import Face, procedure_de
from infocentre.demarches.registre import registre_de
from infocentre.demarches.rendus import lire_octets
from infocentre.exports import Donnees, exporter
from infocentre.lecture.chartes import (
    ADHESIONS,
    PROCEDURE,
    VERIFICATIONS,
    engagements_de,
    organismes,
)
from infocentre.lecture.choix import choisir_departement
from infocentre.noyau.erreurs import Refus
from infocentre.noyau.fichiers import remettre
from infocentre.noyau.francais import accorder
from infocentre.procedures.adhesions.classeur import importer
from infocentre.procedures.chartes.regles import adhesions, matrice
from infocentre.restitutions.document import Tableau

TITRES = ("affaire", "charte", "version", "état", "code", "engagement", "vérifié par")


class _Ici(NamedTuple):
    face: Face
    departement: str
    demande: demandes.Chartes


def chartes(options: demandes.Chartes) -> None:
    """Do what is asked of charters."""
    with ouvrir() as v:
        ici = choisir_departement(v.version, departement_voulu(options))
        face = Face(v, registre_de(v.dossier, Acteur(utilisateur())), procedure_de(PROCEDURE))
        face.regles.exiger(v, ici)
        _GESTES[options.action](_Ici(face, ici, options))


def _lister(ici: _Ici) -> None:
    lignes = [
        (une.id, ici.face.nom(une), une.situation.dite("numero"), une.titre_etat,
         un.code, un.texte, VERIFICATIONS[un.verification])
        for une in ici.face.lister(ici.departement, finies=True)
        for un in engagements_de(une)
    ]  # fmt: skip
    donnees = Donnees("Chartes", TITRES, lignes, titres={un: un for un in TITRES})
    exporter(donnees, ici.demande.format, ici.demande.sortie)


def _matrice(ici: _Ici) -> None:
    _rendre(ici, matrice(ici.face.v, ici.departement))


def _adhesions(ici: _Ici) -> None:
    if not ici.demande.quoi:
        _rendre(ici, adhesions(ici.face.v, ici.departement))
        return
    for nom in ici.demande.quoi:
        chemin, face = Path(nom), ici.face
        octets = lire_octets(chemin)
        faite = importer(face.v, face.registre, ici.departement, octets, chemin.name)
        deja = f", {faite.deja} déjà connues" if faite.deja else ""
        dites = accorder(len(faite.signees), "adhésion enregistrée", "adhésions enregistrées")
        print(f"{dites}{deja}.")


def _rendre(ici: _Ici, un: Tableau | None) -> None:
    if un is None:
        raise Refus(
            "aucune charte n'est en vigueur",
            que_faire="La proposer, la faire voter : infocentre affaires chartes a_ouvrir",
        )
    colonnes = tuple(colonne.titre for colonne in un.colonnes)
    lignes = [tuple(cellule.valeur for cellule in ligne) for ligne in un.lignes]
    donnees = Donnees(un.titre, colonnes, lignes, titres={nom: nom for nom in colonnes})
    exporter(donnees, ici.demande.format, ici.demande.sortie)


def _annexe(ici: _Ici) -> None:
    """Print « où vous en êtes » of the organismes that are named, one a charter that was asked."""
    face = Face(ici.face.v, ici.face.registre, procedure_de(ADHESIONS))
    que_faire = "Donner son SIREN : infocentre chartes adhesions"
    if not ici.demande.quoi:
        raise Refus("il manque l'organisme", que_faire=que_faire)
    for un in ici.demande.quoi:
        if un not in organismes(face.v, ici.departement):
            raise Refus(
                f"l'organisme « {un[:20]} » n'a aucun guichet dans l'annuaire", que_faire=que_faire
            )
    siennes = [un for un in face.lister(ici.departement) if un.objet in ici.demande.quoi]
    if not siennes:
        raise Refus(
            "aucune adhésion n'est demandée à cet organisme",
            que_faire="infocentre affaires adhesions ensemble demander",
        )
    sortie = ici.demande.sortie
    forme = sortie.suffix.lower().lstrip(".") if sortie and sortie.suffix else "pdf"
    dossier = sortie or face.v.dossier.racine / "courriers"
    for une in siennes:
        octets = face.imprimer(une, "annexe", forme)
        nom = face.nom_de_fichier(une, face.documents(une)["annexe"][0], forme)
        cible = dossier if dossier.suffix else dossier / nom
        remettre(cible, octets, dossiers=True)
        print(f"{une.id} : {cible}")


_GESTES: Mapping[str, Callable[[_Ici], None]] = {
    "lister": _lister,
    "annexe": _annexe,
    "adhesions": _adhesions,
    "matrice": _matrice,
}
