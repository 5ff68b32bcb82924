"""Signed charters read from a workbook: taken whole, or refused whole, each line with its fault."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from infocentre.affaires import Affaire, Affaires, procedures
from infocentre.affaires.donnees import exiger
from infocentre.affaires.formulaire import lire
from infocentre.lecture.chartes import ADHESIONS, SIGNATURES, adhesions_de, textes
from infocentre.lecture.lecteur import Lecture
from infocentre.livraisons import feuilles
from infocentre.livraisons.feuilles import comparable
from infocentre.noyau.erreurs import Refus
from infocentre.procedures.adhesions.gardes import faute_de_signature
from infocentre.procedures.adhesions.regles import completer, demander, exiger_en_vigueur, signer
from infocentre.procedures.conventions.classeur import organismes_connus, refuser_les_lignes

ORGANISME, CHARTE = "Organisme", "Charte"
# The title of each column, and what it is in the event.
A_LA_SIGNATURE = {
    "Signée le": "adhesion_le",
    "Qualité": "qualite",
    "Version": "numero",
    "Déclarés tenus": "declares",
    "sha256": "fichier_signe",
}
TITRES = (ORGANISME, CHARTE, *A_LA_SIGNATURE)
CLES = (ORGANISME, CHARTE, "Signée le", "Qualité")


class Lue(NamedTuple):
    """A line: which organisme signed which charter, and what the event carries."""

    organisme: str
    charte: str
    signature: Mapping[str, Any]


class Importees(NamedTuple):
    """What a workbook brought: the adhesions signed, and how many were known."""

    signees: list[Affaire]
    deja: int


def importer(
    v: Lecture, registre_: Affaires, departement: str, octets: bytes, nom: str
) -> Importees:
    """Record the adhesions of a workbook; read twice, it changes nothing more.

    Raises:
        Refus: it is no such workbook, or some of its lines cannot be: none is kept.
    """
    faite, connues = Importees([], 0), adhesions_de(v, departement)
    for une in _lire(v, registre_, departement, octets, nom):
        affaire = connues.get((une.organisme, une.charte))
        if affaire and _deja(affaire, une):
            faite = Importees(faite.signees, faite.deja + 1)
            continue
        if affaire is None or affaire.situation.finie:
            charte = exiger_en_vigueur(v, departement, une.charte)
            affaire = demander(registre_, departement, une.organisme, charte)
        faite.signees.append(signer(v, registre_, affaire, une.signature))
    return faite


def _deja(affaire: Affaire, une: Lue) -> bool:
    s = affaire.situation
    return all(s.dite(nom) == une.signature[nom] for nom in ("adhesion_le", "numero"))


def _lire(v: Lecture, registre_: Affaires, departement: str, octets: bytes, nom: str) -> list[Lue]:
    faux = Refus(
        "ce fichier n'est pas un classeur d'adhésions",
        nom,
        f"Un classeur .xlsx dont une feuille a pour titres : {', '.join(TITRES)}.",
    )
    tables = feuilles.lire_tables(feuilles.ouvrir(octets, faux), TITRES, CLES, TITRES)
    lignes = [un for une in tables for un in une.lignes if any(un.dit.values())]
    if not lignes:
        raise faux
    connus, lues, fautes = organismes_connus(v, departement), dict[Any, Lue](), list[str]()
    for ligne in lignes:
        try:
            une = _ligne(v, registre_, departement, ligne.dit, connus)
        except Refus as refus:
            fautes.append(f"{ligne.ou} : {refus.quoi}")
            continue
        if une[:2] in lues:
            fautes.append(f"{ligne.ou} : cet organisme y est deux fois pour cette charte")
        lues[une[:2]] = une
    refuser_les_lignes(fautes, nom)
    return list(lues.values())


def _ligne(
    v: Lecture,
    registre_: Affaires,
    departement: str,
    dits: Mapping[str, str],
    connus: Mapping[str, str],
) -> Lue:
    organisme = connus.get(comparable(dits[ORGANISME]))
    if organisme is None:
        raise Refus(f"l'organisme « {dits[ORGANISME][:40]} » n'a aucun guichet dans l'annuaire")
    charte = exiger_en_vigueur(v, departement, _code(dits[CHARTE]))
    (regle,) = (un for un in procedures()[ADHESIONS].evenements.values() if un.compte == SIGNATURES)
    signature = completer(
        charte, lire(regle, {nom: dits[titre] for titre, nom in A_LA_SIGNATURE.items()})
    )
    exiger(regle, signature, registre_.aujourdhui)
    affaire = adhesions_de(v, departement).get((organisme, charte.code))
    lue = Lue(organisme, charte.code, signature)
    if affaire and _deja(affaire, lue):
        return lue
    if faute := faute_de_signature(affaire.situation if affaire else None, signature):
        raise Refus(faute)
    return lue


def _code(dit: str) -> str:
    """Return the code of a charter by its title, what was written when there is none."""
    par_nom = {comparable(un.titre): code for code, un in textes().items()}
    return par_nom.get(comparable(dit), dit.strip().lower())
