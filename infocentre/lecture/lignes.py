"""Rows of the published tables, so that a column renamed is a column that mypy misses.

A test compares each with the table; `Lecture.lignes` refuses rows that lack what their type says.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import TypedDict


class Valeur(TypedDict):
    """Of `valeurs`: an indicator in a month, for a guichet, an organisme, a type or all ('*').

    Counts are None for the département alone, when the indicator is not calculable; those of the
    12 months for a stock too.
    """

    niveau: str
    departement: str
    mois: str
    code: str
    guichet: str
    type_guichet: str | None
    numerateur: int | None
    denominateur: int | None
    taux: float | None
    etat_mois: str
    numerateur_12m: int | None
    denominateur_12m: int | None
    taux_12m: float | None
    nb_mois: int | None
    etat: str
    borne_basse: float | None
    borne_haute: float | None
    rang: int | None
    entonnoir_bas_95: float | None
    entonnoir_haut_95: float | None
    entonnoir_bas_998: float | None
    entonnoir_haut_998: float | None
    taux_ensemble: float | None
    fenetre: str
    n_etat: int | None
    d_etat: int | None
    taux_etat: float | None


class ValeurNommee(Valeur):
    """A value with the name of its guichet or organisme."""

    nom: str


class Inscription(TypedDict):
    """Of `registre`: a guichet in a month; the columns that every delivery of guichets has."""

    departement: str
    mois: str
    guichet: str
    nom: str | None
    type_guichet: str
    organisme: str
    siren: str | None
    mode_enregistrement: str | None
    adresse: str | None
    code_postal: str | None
    commune: str | None
    telephone: str | None
    courriel: str | None
    horaires: str | None
    date_convention: dt.date | None
    date_fermeture: dt.date | None


class Guichet(Inscription):
    """A guichet of the register as it is shown: open at the arrêté, where, and what is empty."""

    ouvert: bool
    nom_commune: str
    lacunes: list[str]


class Revision(TypedDict):
    """Of `revisions`: what was published of a value, and what took its place."""

    code: str
    departement: str
    niveau: str
    guichet: str
    mois: str
    numerateur_avant: int | None
    denominateur_avant: int | None
    numerateur_12m_avant: int | None
    denominateur_12m_avant: int | None
    etat_mois_avant: str | None
    etat_avant: str | None
    numerateur_apres: int | None
    denominateur_apres: int | None
    numerateur_12m_apres: int | None
    denominateur_12m_apres: int | None
    etat_mois_apres: str | None
    etat_apres: str | None
    le: dt.datetime
    cause: str


class RevisionNommee(Revision):
    """A revision with the name of its guichet, None out of the register."""

    nom: str | None


class Compte(TypedDict):
    """Of `triangle`: what the delivery of a month counts of another month."""

    code: str
    departement: str
    guichet: str
    mois_juge: str
    mois: str
    numerateur: int
    denominateur: int


class _Estimation(TypedDict):
    code: str
    departement: str
    mois_juge: str
    mois: str
    mesure: str
    constate: int
    estime: float | None
    borne_basse: float | None
    borne_haute: float | None
    completude: float | None
    saisie_tardive_probable: bool


class Estimation(_Estimation, total=False):
    """Of `estimations`; a version published before ruptures were looked for says none."""

    rupture: bool


class Reperes(TypedDict):
    """Of the newest state of a demande in a département: what its life and the rights need."""

    departement: str
    vue_le: dt.date
    statut: str
    guichet_enregistreur: str | None
    cle_guichetcreateur: str | None
    commune_logement_attrib: str | None


class EtatDemande(Reperes):
    """Of the newest state of a demande: what tells its situation, beside what is shown of it."""

    numero_unique: str
    date_creation: dt.date | None
    date_renouvellement: dt.date | None
    date_radiation: dt.date | None
    motif_radiation: str | None
    date_signature_bail: dt.date | None


class Vie(TypedDict):
    """What became of an anomaly."""

    statut: str | None
    motif_cloture: str | None
    mois_cloture: str | None


class Suivi(Vie):
    """Of the follow-up: a stay of a unit in anomaly."""

    code: str
    departement: str
    unite: str
    guichet: str
    numero_unique: str | None
    premier_mois: str
    dernier_mois: str


class _Anomalie(Vie):
    code: str
    departement: str
    guichet: str
    gestionnaire: str | None
    mois: str
    mois_juge: str
    jour: dt.date | None
    unite: str
    numero_unique: str | None
    explication: str
    constat: str
    gravite: int | None
    premier_mois: str | None


class Anomalie(_Anomalie, total=False):
    """A unit in anomaly in a delivery; of a duplicate, with the other demande."""

    cherchee: bool
    autre_numero: str | None
    autre_guichet: str | None
    autre_gestionnaire: str | None
    autre_date_creation: dt.date | None
    autre_date_radiation: dt.date | None
    autre_date_bail: dt.date | None


class AutreDemande(TypedDict):
    """A demande of the same person, and the months between which deliveries show the link."""

    code: str
    sens: str
    numero: str
    premier_mois: str
    dernier_mois: str
    premier_arrete: dt.date
    dernier_arrete: dt.date
    departement: str | None
    statut: str | None
    guichet: str | None
    gestionnaire: str | None
    date_creation: dt.date | None
    date_radiation: dt.date | None
    date_bail: dt.date | None


class Fait(TypedDict):
    """A dated fact of a demande's life, and the delivery that tells it."""

    le: dt.date | None
    fait: str
    guichet: str | None
    detail: str | None
    source: str


def choisir(une: Mapping[str, object], colonnes: Iterable[str]) -> tuple[object, ...]:
    """Return some columns of a row, as an export names them; one that it lacks is empty."""
    return tuple(une.get(nom) for nom in colonnes)
