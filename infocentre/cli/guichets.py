"""`infocentre guichets`: the public list as data, confirmed, transmitted, compared."""

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
from infocentre.lecture.choix import choisir_departement
from infocentre.lecture.liste_publique import NOMS, Difference, en_csv, en_geojson, schema
from infocentre.noyau.erreurs import Refus
from infocentre.noyau.fichiers import exiger_lisible, remettre
from infocentre.noyau.francais import accorder
from infocentre.procedures.comparaisons.regles import comparer_au_portail, ecarts
from infocentre.procedures.coordonnees.classeur import importer
from infocentre.procedures.coordonnees.regles import confirmer, du_guichet
from infocentre.procedures.transmissions.regles import CODE, du_jour, transmettre

CLASSEUR = ".xlsx"


class _Ici(NamedTuple):
    face: Face
    departement: str
    demande: demandes.Guichets


def guichets(options: demandes.Guichets) -> None:
    """Do what is asked of the public list."""
    with ouvrir() as v:
        ici = choisir_departement(v.version, departement_voulu(options))
        face = Face(v, registre_de(v.dossier, Acteur(utilisateur())), procedure_de(CODE))
        face.regles.exiger(v, ici)
        _GESTES[options.action](_Ici(face, ici, options))


def _lister(ici: _Ici) -> None:
    rangees = du_jour(ici.face.v, ici.face.registre, ici.departement)
    sortie = ici.demande.sortie
    if sortie is not None and not sortie.suffix:  # a folder: the list and all that goes with it
        for nom, octets in (
            ("guichets-enregistreurs.csv", en_csv(rangees)),
            ("guichets-enregistreurs.geojson", en_geojson(rangees)),
            ("guichets-enregistreurs.schema.json", schema()),
        ):
            remettre(sortie / nom, octets, dossiers=True)
            print(sortie / nom)
        return
    donnees = Donnees("Liste à publier", NOMS, [tuple(une[nom] for nom in NOMS) for une in rangees])
    exporter(donnees, ici.demande.format, sortie)


def _confirmer(ici: _Ici) -> None:
    v, registre = ici.face.v, ici.face.registre
    faites = []
    for quoi in _dits(ici, "des guichets, ou le classeur rendu"):
        if quoi.lower().endswith(CLASSEUR):
            octets = lire_octets(Path(quoi))
            faites += importer(v, registre, ici.departement, octets, Path(quoi).name)
        else:
            une = du_guichet(v, registre, ici.departement, quoi)
            faites.append(confirmer(v, registre, une))
    print(f"{accorder(len(faites), 'guichet confirmé', 'guichets confirmés')}.")


def _transmettre(ici: _Ici) -> None:
    v, registre, demande = ici.face.v, ici.face.registre, ici.demande
    for a_qui in _dits(ici, "à qui : etat, portail"):
        une, octets = transmettre(v, registre, ici.departement, a_qui, demande.moyen or "")
        print(f"{une.id} : {ici.face.nom(une)}, sha256 {une.situation.dite('empreinte_liste')}")
        if demande.sortie:
            remettre(demande.sortie, octets)
            print(demande.sortie)


def _comparer(ici: _Ici) -> None:
    face = ici.face
    trouves: list[Difference] = []
    for nom in _dits(ici, "le fichier"):
        une = comparer_au_portail(face.v, face.registre, ici.departement, _fichier(nom))
        trouves += ecarts(une)
    titre = f"Le portail et la liste à publier : {accorder(len(trouves), 'écart')}"
    titres = {"avant": "portail", "apres": "liste à publier"}
    exporter(
        Donnees(titre, Difference._fields, list(map(tuple, trouves)), titres=titres),
        ici.demande.format,
        ici.demande.sortie,
    )


def _fichier(nom: str) -> Path:
    chemin = Path(nom)
    exiger_lisible(chemin)
    return chemin


def _dits(ici: _Ici, quoi: str) -> tuple[str, ...]:
    if not ici.demande.quoi:
        raise Refus(f"il manque {quoi}", que_faire="infocentre guichets --help")
    return ici.demande.quoi


_GESTES: Mapping[str, Callable[[_Ici], None]] = {
    "lister": _lister,
    "confirmer": _confirmer,
    "transmettre": _transmettre,
    "comparer": _comparer,
}
