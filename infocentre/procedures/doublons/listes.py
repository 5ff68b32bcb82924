"""What guichets are given of duplicates: form on paper, acknowledgement, work list, relevé.

One row a demande to delete, by its numéro: no name is printed.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import ClassVar

from infocentre.affaires import Affaire, procedures
from infocentre.affaires.donnees import Vu
from infocentre.affaires.reglages import reglages_de
from infocentre.demarches.courrier import courrier
from infocentre.lecture.commun import noms_des_guichets
from infocentre.lecture.doublons.demandes import Etat, lire_etats, numeros_de, titre_du_champ
from infocentre.lecture.doublons.paires import PROCEDURE
from infocentre.lecture.lecteur import Lecture
from infocentre.noyau.francais import enumerer
from infocentre.noyau.lecteurs import Lecteur
from infocentre.noyau.temps import fin_de_mois, nom_mois
from infocentre.procedures.doublons.formulaire import DONNEES, GARDER, POURQUOI, RANGS, choix
from infocentre.procedures.doublons.gardes import DEMANDES_MAX
from infocentre.procedures.doublons.suite import SORTS, derniere_decision
from infocentre.restitutions.document import Cellule, Colonne, Document, Tableau
from infocentre.restitutions.redaction import Contenu

A_SUPPRIMER = frozenset({"decidee", "a_executer"})
CAS_IMPRIMES = 4
POINTILLES = "…" * 40  # where one writes by hand
EFFACE = "numéro effacé"


@dataclass(frozen=True)
class Formulaire(Contenu):
    """The form on paper: empty boxes, and the words of each choice."""

    modele: ClassVar[str] = "procedures/doublons/textes/formulaire.md"

    cas: tuple[Tableau, ...]
    donnees: tuple[str, ...]
    pourquoi: tuple[str, ...]
    maximum: int


@dataclass(frozen=True)
class Accuse(Contenu):
    """What was received of a form: cases taken with their deadline, rows refused with why."""

    modele: ClassVar[str] = "procedures/doublons/textes/accuse.md"

    recus: Tableau | None
    refusees: tuple[str, ...]
    delai: int


@dataclass(frozen=True)
class Travail(Contenu):
    """What a guichet has to delete in the SNE."""

    modele: ClassVar[str] = "procedures/doublons/textes/travail.md"

    liste: Tableau | None
    total: int
    delai: int


@dataclass(frozen=True)
class Suppressions(Contenu):
    """What deliveries showed deleted in a month."""

    modele: ClassVar[str] = "procedures/doublons/textes/releve.md"

    liste: Tableau | None
    total: int
    reapparues: int
    mois: str


def formulaire(v: Lecture, departement: str, guichet: str, le: dt.date) -> Document:
    """Return the form of a guichet, on paper."""
    noms = (*RANGS, GARDER, DONNEES, POURQUOI)
    lignes = tuple((Cellule(nom), Cellule(POINTILLES)) for nom in noms)
    cas = tuple(
        Tableau(f"cas{rang}", "", (Colonne("Cas"), Colonne("À remplir")), lignes)
        for rang in range(1, CAS_IMPRIMES + 1)
    )
    contenu = Formulaire(
        cas,
        tuple(choix("donnees_a_garder").values()),
        tuple(choix("pourquoi").values()),
        DEMANDES_MAX,
    )
    return _document(v, departement, guichet, "Formulaire des doublons", contenu, le)


def accuse(
    v: Lecture,
    departement: str,
    guichet: str,
    ouvertes: Sequence[Affaire],
    refusees: Sequence[str],
    le: dt.date,
) -> Document:
    """Return the acknowledgement of a form."""
    numeros = numeros_de(v, ouvertes)
    recus = Tableau.dresser(
        "recus",
        "",
        ouvertes,
        ("Affaire", lambda une: une.id),
        ("Demandes", lambda une: enumerer(sorted(numeros.get(une.id, {}).values()))),
        (
            Colonne("Traitée avant le", "date"),
            lambda une: une.echeance.due if une.echeance else None,
        ),
    )
    contenu = Accuse(
        recus.ou_rien,
        tuple(refusees),
        _reglage(ouvertes, "delai_instruction"),
    )
    return _document(v, departement, guichet, "Accusé de réception", contenu, le)


def travail(
    v: Lecture, departement: str, guichet: str, affaires: Iterable[Affaire], le: dt.date
) -> Document:
    """Return what a guichet has to delete: one row a demande, the nearest deadline first."""
    siennes = sorted(
        (une for une in affaires if une.objet == guichet and une.etat in A_SUPPRIMER),
        key=lambda une: (str(une.echeance.due) if une.echeance else "9999", une.id),
    )
    lignes = list(_a_supprimer(v, departement, siennes))
    colonnes = (
        Colonne("Affaire"),
        Colonne("À supprimer"),
        Colonne("À conserver"),
        Colonne("Gérée par"),
        Colonne("Valeurs à reporter"),
        Colonne("Avant le", "date"),
    )
    contenu = Travail(
        Tableau("travail", "", colonnes, tuple(lignes)).ou_rien,
        len(lignes),
        _reglage(siennes, "delai_execution"),
    )
    return _document(v, departement, guichet, "Doublons à supprimer", contenu, le)


def _a_supprimer(
    v: Lecture, departement: str, siennes: Sequence[Affaire]
) -> Iterable[tuple[Cellule, ...]]:
    numeros = numeros_de(v, siennes)
    etats = lire_etats(v, departement, {n for un in numeros.values() for n in un.values()})
    for une in siennes:
        decision, siens = derniere_decision(une), numeros.get(une.id, {})
        if decision is None:
            continue
        dit = decision.donnees
        for supprimee in dit["supprimer"]:
            numero = siens.get(supprimee, EFFACE)
            reprises = [un for un in dit.get("valeurs", []) if un["de"] == supprimee]
            yield (
                Cellule(une.id),
                Cellule(numero),
                Cellule(siens.get(dit["garder"], EFFACE)),
                Cellule(_gestionnaire(etats.get(numero))),
                Cellule(enumerer([titre_du_champ(un["champ"]).lower() for un in reprises])),
                Cellule(une.echeance.due if une.echeance else None),
            )


def _gestionnaire(etat: Etat | None) -> str:
    return (etat and etat["guichet_enregistreur"]) or ""


def releve(
    v: Lecture, departement: str, guichet: str, affaires: Iterable[Affaire], mois: str, le: dt.date
) -> Document:
    """Return what the delivery of a month showed deleted, of a guichet or of all ('')."""
    siennes = [une for une in affaires if guichet in {"", une.objet}]
    vues = [
        (une, un)
        for une in siennes
        for un in une.situation.tous("constater", "reapparaitre")
        if un.donnees["mois"] == mois
    ]
    numeros = numeros_de(v, [une for une, _ in vues])
    lignes = [
        (
            Cellule(une.id),
            Cellule(numeros.get(une.id, {}).get(un["membre"], EFFACE)),
            Cellule(SORTS[un["sort"]]),
            Cellule(une.objet),
        )
        for une, evenement in vues
        if evenement.nom == "constater"
        for un in _supprimees(une, evenement.donnees["sorts"])
    ]
    colonnes = (Colonne("Affaire"), Colonne("Demande"), Colonne("Constat"), Colonne("Guichet"))
    contenu = Suppressions(
        Tableau("suppressions", "", colonnes, tuple(lignes)).ou_rien,
        len(lignes),
        sum(evenement.nom == "reapparaitre" for _, evenement in vues),
        mois,
    )
    titre = f"Relevé des suppressions, {nom_mois(mois)}"
    return _document(v, departement, guichet, titre, contenu, le)


def _supprimees(une: Affaire, sorts: Sequence[Vu]) -> list[Vu]:
    decision = une.situation.dernier("decider")
    supprimer = set(decision.donnees["supprimer"]) if decision else set()
    return [un for un in sorts if un["membre"] in supprimer]


def _reglage(affaires: Sequence[Affaire], nom: str) -> int:
    procedure = affaires[0].situation.procedure if affaires else procedures()[PROCEDURE]
    return reglages_de(procedure)[nom]


def _document(
    v: Lecture, departement: str, guichet: str, titre: str, contenu: Contenu, le: dt.date
) -> Document:
    noms = noms_des_guichets(v, departement)
    nom = f"{noms.get(guichet, guichet)} ({guichet})" if guichet else "Tous les guichets"
    arrete = fin_de_mois(v.version.de(departement)[-1].mois)
    lecteur = Lecteur.DESTINATAIRE if guichet else Lecteur.SERVICE
    sections = contenu.rediger()
    return courrier(v, departement, nom, titre, sections, le, lecteur=lecteur, arrete=arrete)
