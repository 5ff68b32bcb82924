"""`infocentre conventions`: their terms, what is signed, who leaves."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from infocentre.affaires import Acteur, Affaire
from infocentre.affaires.formulaire import lire_date
from infocentre.cli import options as demandes
from infocentre.cli.lectures import departement_voulu, ouvrir
from infocentre.decisions import utilisateur
from infocentre.demarches.face import Face, passer, procedure_de
from infocentre.demarches.registre import registre_de
from infocentre.demarches.rendus import lire_octets
from infocentre.exports import Donnees, exporter
from infocentre.lecture.choix import choisir_departement
from infocentre.lecture.conventions import (
    ECHUE,
    PROCEDURE,
    PROCHE,
    SORTS,
    conventions_et_sorts,
)
from infocentre.noyau.erreurs import Refus
from infocentre.noyau.fichiers import remettre
from infocentre.noyau.francais import accorder, minuscule
from infocentre.procedures.conventions.classeur import importer
from infocentre.procedures.conventions.regles import (
    PRECISION,
    RETRAIT,
    SIGNATURE,
    exiger_possible,
    ouverte,
    preparer,
)

COLONNES = (
    "guichet", "nom", "organisme", "effet", "reconductions", "terme", "jours", "etat", "affaire",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Ici:
    face: Face
    departement: str
    demande: demandes.Conventions

    @property
    def organismes(self) -> tuple[str, ...]:
        """Return the organismes that are named; raise Refus without any."""
        if not self.demande.quoi:
            raise Refus("il manque l'organisme", que_faire="infocentre conventions lister")
        return self.demande.quoi

    def affaire(
        self, organisme: str, pour: str = "", dits: Mapping[str, str] | None = None
    ) -> Affaire:
        """Return the affaire of an organisme, opened when there is none and `pour` may follow."""
        v, registre = self.face.v, self.face.registre
        une = ouverte(registre, self.departement, organisme)
        ouverture = {"categorie": self.demande.categorie} if self.demande.categorie else {}
        if une is None and pour:
            exiger_possible(v, registre, self.departement, organisme, pour, dits or {}, ouverture)
        return une or preparer(v, registre, self.departement, organisme, ouverture)


def conventions(options: demandes.Conventions) -> None:
    """Do what is asked of conventions."""
    with ouvrir() as v:
        ici = choisir_departement(v.version, departement_voulu(options))
        registre = registre_de(v.dossier, Acteur(utilisateur()))
        face = Face(v, registre, procedure_de(PROCEDURE))
        face.regles.exiger(v, ici)
        _GESTES[options.action](_Ici(face, ici, options))


def _lister(ici: _Ici) -> None:
    le = lire_date(ici.demande.le) if ici.demande.le else ici.face.registre.aujourdhui
    voulus = {ECHUE} if ici.demande.echues else set(SORTS)
    if ici.demande.terme is not None:
        voulus = {PROCHE, ECHUE} if ici.demande.echues else {PROCHE}
    lues = conventions_et_sorts(ici.face.v, ici.departement, le, ici.demande.terme)
    lignes = [
        (
            une.guichet,
            une.nom,
            une.organisme,
            une.effet,
            une.reconductions(le),
            une.terme,
            (une.terme - le).days if une.terme else None,
            une.fini or SORTS[sort],
            une.affaire,
        )
        for une, sort in lues
        if sort in voulus
    ]
    titre = f"Conventions, {accorder(len(lignes), 'ligne')} au {le:%d/%m/%Y}"
    donnees = Donnees(titre, COLONNES, lignes, titres={"jours": "jours restants"})
    exporter(donnees, ici.demande.format, ici.demande.sortie)


def _importer(ici: _Ici) -> None:
    for nom in ici.organismes:
        chemin = Path(nom)
        v, registre = ici.face.v, ici.face.registre
        faite = importer(v, registre, ici.departement, lire_octets(chemin), chemin.name)
        deja = f", {faite.deja} déjà connues" if faite.deja else ""
        dites = accorder(len(faite.signees), "convention enregistrée", "conventions enregistrées")
        print(f"{dites}{deja}.")
        for dit in faite.avertis:
            print(f"  attention, {dit}")
    _faire_vivre(ici)


def _faire_vivre(ici: _Ici) -> None:
    """Do what the clock says of what was just signed: effect, renewals, term."""
    minuteur = registre_de(ici.face.v.dossier, Acteur(utilisateur(), "minuteur"))
    passer(ici.face.v, minuteur, ici.departement, [ici.face.procedure])


def _preparer(ici: _Ici) -> None:
    for organisme in ici.organismes:
        _ecrire(ici, ici.affaire(organisme), "convention")


def _annexe(ici: _Ici) -> None:
    for organisme in ici.organismes:
        _ecrire(ici, ici.affaire(organisme), "signataires")


def _ecrire(ici: _Ici, une: Affaire, nom: str) -> None:
    face, sortie = ici.face, ici.demande.sortie
    forme = sortie.suffix.lower().lstrip(".") if sortie and sortie.suffix else "docx"
    octets = face.imprimer(une, nom, forme)
    fichier = face.nom_de_fichier(une, face.documents(une)[nom][0], forme)
    if sortie is None:
        sortie = face.v.dossier.racine / "courriers" / fichier
    elif not sortie.suffix:
        sortie /= fichier
    remettre(sortie, octets, dossiers=True)
    print(f"{une.id} : {sortie}")


def _signer(ici: _Ici) -> None:
    demande = ici.demande
    if demande.fichier is None:
        empreinte = ""
    else:
        empreinte = hashlib.sha256(lire_octets(demande.fichier)).hexdigest()
    dits = {
        "signee_le": demande.le or "",
        "effet": demande.effet or "",
        "terme": demande.jusqu_au or "",
        "fichier": empreinte,
    }
    for organisme in ici.organismes:
        _dire(ici, ici.face.agir(ici.affaire(organisme, SIGNATURE, dits), SIGNATURE, dits))
    _faire_vivre(ici)


def _retirer(ici: _Ici) -> None:
    demande = ici.demande
    dits = {"dit_le": demande.le or "", "fin": demande.effet or "", "motif": demande.motif or ""}
    for organisme in ici.organismes:
        une = ici.affaire(organisme, RETRAIT, dits)
        if demande.categorie and demande.categorie != une.situation.dite("categorie"):
            une = ici.face.agir(une, PRECISION, {"categorie": demande.categorie})
        _dire(ici, ici.face.agir(une, RETRAIT, dits))


def _dire(ici: _Ici, une: Affaire) -> None:
    print(f"{une.id} : {ici.face.nom(une)}, {minuscule(une.titre_etat)}")


_GESTES: Mapping[str, Callable[[_Ici], None]] = {
    "lister": _lister,
    "importer": _importer,
    "preparer": _preparer,
    "signer": _signer,
    "retirer": _retirer,
    "annexe": _annexe,
}
