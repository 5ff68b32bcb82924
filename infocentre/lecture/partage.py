"""The standard tables of a month as they may be shared: masked together, and month after month."""

from __future__ import annotations

import itertools
from collections.abc import Mapping

from infocentre.lecture.caches import empreintes, garder, relire
from infocentre.lecture.commun import par_version
from infocentre.lecture.lecteur import Lecture, Ligne
from infocentre.mesures.liens import Fait
from infocentre.mesures.partage import Ensemble, Partage, masquer_ensemble, montrer
from infocentre.mesures.tableaux import nom_mart, tableaux

Tables = dict[str, list[Ligne]]


@par_version
def partages(v: Lecture, departement: str, mois: str) -> Mapping[str, Partage]:
    """Return the tables of a month that have rows, by code, fit to be shared.

    Pages, exports and documents all show these, so that none gives away what another one hides.
    """
    tables = _lire(v, departement, mois)[mois]
    return {} if not tables else montrer(tables, _historique(v, departement)[mois].caches)


@par_version
def seuil_secret(v: Lecture) -> int:
    """Return the count from which a figure may be shared."""
    (ligne,) = v.lignes("SELECT valeur FROM reglages WHERE cle = 'seuil_secret'")
    return int(ligne["valeur"])


@par_version
def _historique(v: Lecture, departement: str) -> Mapping[str, Ensemble]:
    """Return what each month hides, once masked after all those before it."""
    seuil = seuil_secret(v)
    fichier = v.dossier.partages / f"{departement}.json"
    connus = relire(fichier)
    publies: dict[Fait, tuple[int, bool]] = {}
    historique: dict[str, Ensemble] = {}
    gardes: dict[str, Ensemble] = {}
    tables: dict[str, Tables] | None = None
    for mois, empreinte in empreintes(v, departement, _codes(v), seuil):
        ensemble = connus.get(empreinte)
        if ensemble is None:
            tables = tables or _lire(v, departement)
            ensemble = masquer_ensemble(tables[mois], seuil, publies)
        historique[mois] = gardes[empreinte] = ensemble
        publies |= ensemble.neufs
    if gardes.keys() != connus.keys():
        garder(fichier, gardes)
    return historique


def _lire(v: Lecture, departement: str, mois: str | None = None) -> dict[str, Tables]:
    """Return the rows of every table by month, then by code; a month that is asked is there."""
    lues: dict[str, Tables] = {mois: {}} if mois else {}
    for code in _codes(v):
        lignes = v.lignes(
            f"SELECT * EXCLUDE (ordre) FROM {nom_mart(code)} WHERE departement = $departement "
            "AND ($mois IS NULL OR mois = $mois) ORDER BY mois, ordre",
            {"departement": departement, "mois": mois},
        )
        for un, siennes in itertools.groupby(lignes, key=lambda ligne: str(ligne["mois"])):
            lues.setdefault(un, {})[code] = list(siennes)
    return {un: dict(sorted(tables.items())) for un, tables in lues.items()}


def _codes(v: Lecture) -> set[str]:
    connues = {ligne["nom"] for ligne in v.lignes("SELECT table_name AS nom FROM duckdb_tables()")}
    return {code for code in tableaux() if nom_mart(code) in connues}
