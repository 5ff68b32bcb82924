"""A corrective measure that rests on what people reviewed, not on the raw rate of forcings.

Of a guichet of which enough forced creations were reviewed, when more of them than the setting says
are of one person, for certain: the lower bound of the interval passes it. It is proposed to the
organisme, in the family of duplicates, by the procedure of measures; a person accepts it or not.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Collection, Iterator
from typing import Any, cast

from infocentre.affaires import Affaire, Affaires, Constat, procedures
from infocentre.affaires.registre import MESURES
from infocentre.affaires.reglages import reglages_de
from infocentre.catalogue import Indicateur
from infocentre.decisions import magasin_present
from infocentre.decisions.doublons import Memoire
from infocentre.entrepot.liens import Lien
from infocentre.lecture.affaires import affaires, noms
from infocentre.lecture.commun import registre as inscrits
from infocentre.lecture.doublons.forcages import Estimation, par_guichet
from infocentre.lecture.doublons.paires import PROCEDURE, personnes
from infocentre.lecture.filtres import Filtres
from infocentre.lecture.indicateurs import catalogue_du_mois
from infocentre.lecture.lecteur import Lecture
from infocentre.lecture.lignes import Inscription, Valeur
from infocentre.noyau.etats import Etat
from infocentre.noyau.francais import accorder, enumerer, pourcent
from infocentre.procedures.doublons import forcages
from infocentre.procedures.mesures_correctives.propositions import Fait, Proposition, figer, neuve

LIBELLE = "Forçages injustifiés, d'après les demandes revues"
EXPLICATION = "créée malgré l'alerte, d'une personne qui a une autre demande active"


def seuil() -> int:
    """Return the share, in %, that the lower bound of an estimate passes when it is told."""
    return reglages_de(procedures()[PROCEDURE])["forcages_injustifies"]


def forcages_injustifies(
    v: Lecture, registre: Affaires, departement: str, mois: str
) -> list[Affaire]:
    """Propose what the estimates of a month give reason to tell; return the affaires changed.

    Run twice, it does nothing the second time. In an affaire of the organisme that still waits for
    a decision, the estimate of a guichet takes the place of its raw rate; one that was sent already
    says enough.
    """
    magasin = magasin_present(v.dossier.racine)
    memoire = Memoire(magasin, "", personnes()) if magasin else None
    if memoire is None or not v.p.nominatif or v.p.partiel or not memoire.signature():
        return []
    changees = []
    for une, dits in _propositions(v, memoire, departement, mois):
        ouvertes = [un for un in une.avant if not un.situation.finie]
        attend = next((un for un in ouvertes if un.etat in {"a_proposer", "propose"}), None)
        donnees = {"mois": mois, "motif": _motif(dits)}
        constats = [_constat(v, une, un, injustifies) for un, injustifies in dits]
        if attend is not None:
            connus = registre.constats(attend.constats)
            if not any(un.libelle == LIBELLE and un.mois == mois for un in connus):
                garder = [un for un in connus if not _remplace(un, constats)]
                tous = [*garder, *constats]
                changees.append(registre.agir(attend.id, "actualiser", donnees, constats_=tous))
        elif neuve(v, une, registre.aujourdhui):
            procedure = procedures()[MESURES]
            changees.append(
                registre.ouvrir(
                    procedure,
                    departement,
                    une.organisme,
                    une.sujet,
                    donnees,
                    constats_=constats,
                    seule=True,
                )
            )
    return changees


def _remplace(un: Constat, neufs: Collection[Constat]) -> bool:
    """Tell whether an estimate takes the place of a constat: the raw rate, or an older estimate."""
    return un.code == Lien.FORCE and un.guichet in {autre.guichet for autre in neufs}


Dits = list[tuple[Estimation, Collection[str]]]


def _propositions(
    v: Lecture, memoire: Memoire, departement: str, mois: str
) -> Iterator[tuple[Proposition, Dits]]:
    """Yield what is told of each organisme: the estimates of its guichets, and the demandes."""
    lus = forcages.juger(v, memoire, departement)
    catalogue = catalogue_du_mois(v, Filtres(departement, mois)).indicateurs
    un = catalogue.get(Lien.FORCE)
    connus = {une["guichet"]: une for une in inscrits(v, departement, mois)}
    groupes: dict[str, Dits] = {}
    for une in par_guichet(lus):
        if une.nom in connus and une.marge and 100 * une.marge[0] > seuil():
            injustifies = [n for n, oui in lus.par_guichet[une.nom].items() if oui]
            groupes.setdefault(connus[une.nom]["organisme"], []).append((une, injustifies))
    if un is None or not groupes:
        return
    nommes, toutes = noms(v, departement, mois), affaires(v, departement, finies=True)
    for organisme, dits in sorted(groupes.items()):
        faits = tuple(_fait(un, connus[une.nom], mois, une) for une, _ in dits)
        avant = tuple(une for une in toutes if (une.objet, une.sujet) == (organisme, un.famille))
        nom = nommes.get(organisme, organisme)
        yield Proposition(departement, mois, organisme, nom, un.famille, faits, avant), dits


def _fait(un: Indicateur, inscrit: Inscription, mois: str, une: Estimation) -> Fait:
    valeur = _valeur(inscrit["departement"], mois, une)
    return Fait(un, valeur, une.nom, inscrit["nom"] or une.nom, mois)


def _valeur(departement: str, mois: str, une: Estimation) -> Valeur:
    """Return the estimate of a guichet as a value of twelve months is read."""
    bas, haut = une.marge or (0.0, 1.0)
    oui, sur = une.revues.oui, une.revues.sur
    dite: Any = {
        "niveau": "guichet",
        "departement": departement,
        "mois": mois,
        "code": Lien.FORCE.value,
        "guichet": une.nom,
        "etat": Etat.ROUGE.value,
        "fenetre": "12m",
        "borne_basse": bas,
        "borne_haute": haut,
        "n_etat": oui,
        "d_etat": sur,
        "numerateur": oui,
        "denominateur": sur,
        "taux_etat": une.revues.taux,
    }
    return cast("Valeur", dict.fromkeys(Valeur.__annotations__) | dite)


def _constat(
    v: Lecture, une: Proposition, dite: Estimation, injustifies: Collection[str]
) -> Constat:
    """Return what is told of a guichet: of its forcings of a year, those found unjustified."""
    fait = next(un for un in une.faits if un.guichet == dite.nom)
    (constat,) = figer(v, dataclasses.replace(une, faits=(fait,)))
    listees = {un[1]: un for un in constat.unites}
    unites = tuple(sorted(listees.get(un, (un, un, "", EXPLICATION)) for un in injustifies))
    return dataclasses.replace(constat, libelle=LIBELLE, unites=unites)


def _motif(dits: Dits) -> str:
    """Say why: how many of those reviewed, the interval, how many forcings there are."""
    textes = []
    for une, _ in dits:
        bas, haut = une.marge or (0.0, 1.0)
        textes.append(
            f"{une.nom} : {une.revues.oui} sur {une.revues.sur} revus, de {pourcent(bas, 0)} à "
            f"{pourcent(haut, 0)} de ses {accorder(une.forcees, 'forçage', 'forçages')}"
        )
    return f"forçages injustifiés ({enumerer(textes)})"
