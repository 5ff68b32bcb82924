"""Conventions read from a workbook: taken whole, or refused whole, each line with what is wrong."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from infocentre.affaires import Affaire, Affaires, procedures
from infocentre.affaires.donnees import exiger
from infocentre.affaires.formulaire import lire
from infocentre.lecture.commun import mois_controles, registre
from infocentre.lecture.conventions import PROCEDURE, reglages
from infocentre.lecture.lecteur import Lecture
from infocentre.livraisons import feuilles
from infocentre.livraisons.feuilles import comparable
from infocentre.noyau.erreurs import Refus
from infocentre.noyau.francais import accorder
from infocentre.noyau.organismes import noms_organismes
from infocentre.procedures.conventions.gardes import faute_de_dates, terme_au_plus
from infocentre.procedures.conventions.regles import (
    COLLECTIVITES,
    SIGNATURE,
    ouverte,
    preparer,
    signer,
)

DITES = 30  # lines of a refusal
ORGANISME = "Organisme"
# The title of each column, and what it is in the events.
A_L_OUVERTURE = {"Catégorie": "categorie", "Délibération": "deliberation_le", "Mandats": "mandats"}
A_LA_SIGNATURE = {
    "Signée le": "signee_le",
    "Effet le": "effet",
    "Terme": "terme",
    "sha256": "fichier",
}
TITRES = (ORGANISME, *A_L_OUVERTURE, *A_LA_SIGNATURE)
CLES = (ORGANISME, "Signée le")


@dataclass(frozen=True, slots=True)
class Lue:
    """A line: of which organisme, what opens its affaire and what its signature says."""

    organisme: str
    ouverture: Mapping[str, Any]
    signature: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Importees:
    """What a workbook brought: the affaires signed, how many were known, what is to be seen."""

    signees: list[Affaire] = field(default_factory=list)
    deja: int = 0
    avertis: list[str] = field(default_factory=list)


def importer(
    v: Lecture, registre_: Affaires, departement: str, octets: bytes, nom: str
) -> Importees:
    """Record the conventions of a workbook; read twice, it changes nothing more.

    Raises:
        Refus: it is no workbook of conventions, or some of its lines cannot be: none is kept.
    """
    lues, faite = _lire(v, registre_, departement, octets, nom), Importees()
    types = _types(v, departement)
    for une in lues:
        affaire = ouverte(registre_, departement, une.organisme)
        if affaire and affaire.situation.dite("signee_le") == une.signature["signee_le"]:
            faite = Importees(faite.signees, faite.deja + 1, faite.avertis)
            continue
        affaire = affaire or preparer(v, registre_, departement, une.organisme, une.ouverture)
        if types.get(une.organisme) in COLLECTIVITES and not affaire.situation.dite(
            "deliberation_le"
        ):
            faite.avertis.append(f"{une.organisme} : la délibération manque")
        faite.signees.append(signer(v, registre_, affaire, une.signature))
    return faite


def _types(v: Lecture, departement: str) -> dict[str, str]:
    mois = mois_controles(v, departement)[-1]
    return {un["organisme"]: un["type_guichet"] for un in registre(v, departement, mois)}


def _lire(v: Lecture, registre_: Affaires, departement: str, octets: bytes, nom: str) -> list[Lue]:
    faux = Refus(
        "ce fichier n'est pas un classeur de conventions",
        nom,
        f"Un classeur .xlsx dont une feuille a pour titres : {', '.join(TITRES)}.",
    )
    tables = feuilles.lire_tables(feuilles.ouvrir(octets, faux), TITRES, CLES, TITRES)
    if not any(une.lignes for une in tables):
        raise faux
    connus, lues, fautes = organismes_connus(v, departement), dict[str, Lue](), list[str]()
    for ligne in (un for une in tables for un in une.lignes if any(un.dit.values())):
        try:
            une = _ligne(ligne.dit, connus, registre_, departement)
        except Refus as refus:
            fautes.append(f"{ligne.ou} : {refus.quoi}")
            continue
        if une.organisme in lues:
            fautes.append(f"{ligne.ou} : cet organisme y est deux fois")
        lues[une.organisme] = une
    refuser_les_lignes(fautes, nom)
    return list(lues.values())


def refuser_les_lignes(fautes: Sequence[str], nom: str) -> None:
    """Raise Refus that says what is wrong of the lines of a workbook; nothing when none is."""
    if not fautes:
        return
    dites = "\n  ".join(fautes[:DITES])
    raise Refus(
        f"{accorder(len(fautes), 'ligne')} ne se lisent pas, rien n'est gardé :\n  {dites}"
        if len(fautes) > 1
        else f"{fautes[0]} ; rien n'est gardé",
        nom,
        "Corriger ces lignes, puis lire le fichier de nouveau.",
    )


def organismes_connus(v: Lecture, departement: str) -> dict[str, str]:
    """Return the organismes by what a person may call them: code, name, code of a guichet."""
    lus = registre(v, departement, mois_controles(v, departement)[-1])
    par_nom = {comparable(nom): code for code, nom in noms_organismes(lus).items()}
    par_guichet = {comparable(un["guichet"]): un["organisme"] for un in lus}
    return par_nom | par_guichet | {comparable(code): code for code in par_nom.values()}


def _ligne(
    dits: Mapping[str, str], connus: Mapping[str, str], registre_: Affaires, departement: str
) -> Lue:
    organisme = connus.get(comparable(dits[ORGANISME]))
    if organisme is None:
        raise Refus(f"l'organisme « {dits[ORGANISME][:40]} » n'a aucun guichet dans l'annuaire")
    evenements = procedures()[PROCEDURE].evenements
    (debut,) = procedures()[PROCEDURE].possibles(None)
    ouverture = lire(evenements[debut], {nom: dits[titre] for titre, nom in A_L_OUVERTURE.items()})
    signature = lire(
        evenements[SIGNATURE], {nom: dits[titre] for titre, nom in A_LA_SIGNATURE.items()}
    )
    exiger(evenements[SIGNATURE], signature, registre_.aujourdhui)
    signee = dt.date.fromisoformat(signature["signee_le"])
    effet = _jour(signature, "effet", signee)
    reglages_ = reglages()
    terme = _jour(signature, "terme", terme_au_plus(effet, reglages_))
    if faute := faute_de_dates(signee, effet, terme, reglages_):
        raise Refus(faute)
    avant = ouverte(registre_, departement, organisme)
    connue = avant.situation.dite("signee_le") if avant else None
    if connue and signature["signee_le"] < connue:
        raise Refus(
            f"une convention plus récente est déjà enregistrée, affaire {avant and avant.id}"
        )
    return Lue(organisme, ouverture, signature)


def _jour(dits: Mapping[str, Any], nom: str, sinon: dt.date) -> dt.date:
    return dt.date.fromisoformat(dits[nom]) if nom in dits else sinon
