"""Demandes that may be of one person: what the deliveries say of each, and how it is read."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import fields
from typing import Any, TypedDict, get_type_hints

from infocentre.affaires import Affaire
from infocentre.contrat import contrat
from infocentre.contrat.territoires import territoires
from infocentre.decisions import magasin_present
from infocentre.decisions.doublons import numeros_des_affaires
from infocentre.entrepot.relations import sql_archives
from infocentre.exports import lisible
from infocentre.identite.personnes import NOMS, Identite
from infocentre.lecture.lecteur import Lecture
from infocentre.noyau.francais import simplifier

ACTIVE = "active"
COMPARES = tuple(un.name for un in fields(Identite) if un.name != "numero_unique")
ATTRIBUTION = "ATTRIB"  # in the state of a demande that is being attributed, as the SNE delivers it
# Read beside what is compared: they help to decide, and change without saying who it is.
CONTEXTE = (
    "date_creation",
    "date_modification",
    "date_renouvellement",
    "situ_familiale_demandeur",
    "mode_logement_actuel",
    "motif_demande",
    "commune_log_recherche",
    "type_logement_recherche",
    "revenu_mensuel_foyer",
    "nb_dalo",
)
_ENTRE_LES_MOTS = re.compile(r"[\W_]+")
TITRES = {"commune": "Commune du logement actuel"}


class Etat(TypedDict):
    """Of the newest state of a demande: what duplicates are compared and kept by."""

    numero_unique: str
    departement: str
    vue_le: dt.date
    statut: str
    etat_demande: str | None
    guichet_enregistreur: str | None
    cle_guichetcreateur: str | None
    date_creation: dt.date
    date_modification: dt.date | None
    date_renouvellement: dt.date | None
    date_radiation: dt.date | None
    motif_radiation: str | None
    doublon_force: int | None
    nb_dalo: int | None
    situ_familiale_demandeur: str | None
    mode_logement_actuel: str | None
    motif_demande: str | None
    commune_log_recherche: str | None
    type_logement_recherche: str | None
    revenu_mensuel_foyer: float | None


def lire_etats(v: Lecture, departement: str, numeros: Collection[str]) -> dict[str, Etat]:
    """Return the newest state of each of these demandes that a delivery has, by numéro.

    Raises:
        Refus: this reader may list no numéro.
    """
    v.exiger_nominatif()
    return etats_comptes(v, departement, numeros)


def etats_comptes(v: Lecture, departement: str, numeros: Collection[str]) -> dict[str, Etat]:
    """Return the same, to be counted only: no numéro of them may be told."""
    etat = v.version.etats.get(departement)
    if etat is None or not numeros:
        return {}
    lus = sql_archives(contrat().tables["radiation"], [v.dossier.etats / etat])
    colonnes = ", ".join(get_type_hints(Etat))
    voulus = "(SELECT unnest($numeros::VARCHAR[]))"
    siens = f"(SELECT {colonnes} FROM ({lus}) WHERE numero_unique IN {voulus})"
    sql = f"FROM {v.filtrer('etats', siens)}"
    lignes = v.lignes(sql, {"numeros": sorted(numeros)}, Etat)
    return {une["numero_unique"]: une for une in lignes}


def numeros_de(v: Lecture, affaires: Iterable[Affaire]) -> dict[str, dict[str, str]]:
    """Return {affaire: {membre: numéro}}, without what was erased."""
    magasin = magasin_present(v.dossier.racine)
    return numeros_des_affaires(magasin, [une.id for une in affaires]) if magasin else {}


def guichets_de(un: Etat) -> frozenset[str]:
    """Return the guichet that manages a demande and the one that made it."""
    return frozenset(filter(None, (un["guichet_enregistreur"], un["cle_guichetcreateur"])))


def en_attribution(un: Etat) -> bool:
    """Tell whether a demande is being attributed, as the SNE delivers its state."""
    return ATTRIBUTION in (un["etat_demande"] or "").upper()


def recence(un: Etat) -> tuple[dt.date, dt.date]:
    """Return the last day anything of a demande was written, then its deposit."""
    jours = (un["date_modification"], un["date_renouvellement"], un["date_creation"])
    return max(filter(None, jours)), un["date_creation"]


def expiration(un: Etat) -> dt.date:
    """Return the day a demande expires: a year after its deposit or its last renewal."""
    depuis = max(filter(None, (un["date_creation"], un["date_renouvellement"])))
    mois = depuis.replace(day=1)
    suivant = mois.replace(year=mois.year + 1)
    return suivant + dt.timedelta(days=depuis.day - 1)


def titre_du_champ(champ: str) -> str:
    """Return what a field is called, as the contract does."""
    if champ in TITRES:
        return TITRES[champ]
    tables = contrat().tables
    colonne = (
        tables["identites"].par_nom.get(champ.upper()) or tables["stock"].par_nom[champ.upper()]
    )
    return colonne.libelle


def ecrire(champ: str, valeur: Any) -> str:  # noqa: ANN401 - a value of any column
    """Return the value of a field as people read it, '' when it is not known."""
    if valeur is None:
        return ""
    if champ in {"commune", "commune_log_recherche"}:
        lieu = territoires().get(str(valeur))
        return lieu.nom if lieu else str(valeur)
    colonne = contrat().tables["stock"].par_nom.get(champ.upper())
    if colonne and colonne.codes:
        return contrat().codes[colonne.codes].get(str(valeur), str(valeur))
    if colonne and colonne.type == "indicatrice":
        return "oui" if valeur else "non"
    return lisible(valeur)


def compares(identite: Identite | None) -> Sequence[str]:
    """Return what is compared of a demande as texts, in the order of `COMPARES`.

    Capitals, accents, and what stands between the words of a name make no other text: a decision
    holds when only these change.
    """
    lus = zip(COMPARES, compares_a_tirets(identite), strict=True)
    return tuple(_mots(texte) if nom in NOMS else texte for nom, texte in lus)


def compares_a_tirets(identite: Identite | None) -> Sequence[str]:
    """Return the same with hyphens and apostrophes, as decisions were sealed before."""
    if identite is None:
        return ("",) * len(COMPARES)
    lus = (getattr(identite, nom) for nom in COMPARES)
    return tuple("" if un is None else simplifier(str(un)) for un in lus)


def _mots(nom: str) -> str:
    return " ".join(_ENTRE_LES_MOTS.split(nom)).strip()


Identites = Mapping[str, Identite]
