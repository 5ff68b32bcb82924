"""A small demonstration for the library and the candidates, and its last delivery as Python rows.

What a query must give is computed from these rows, delivered and typed but never put in the
analysts' file, with no SQL of ours.
"""

from __future__ import annotations

import calendar
import contextlib
import datetime as dt
import functools
import statistics
from collections import defaultdict
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import duckdb

from infocentre.analystes.fichier import tenir_analystes
from infocentre.contrat import contrat
from infocentre.entrepot import Dossier
from infocentre.entrepot.dossier import ANALYSTES, ENTREPOT
from infocentre.entrepot.relations import citer, sql_creer, sql_references
from infocentre.noyau.config import ressources
from infocentre.requetes.bibliotheque import lire_bibliotheque, valeurs
from tests.donnees.atelier import publier_demonstration
from tests.donnees.communs import une_fois

Ligne = dict[str, Any]
TAILLE, MOIS = 1500, 3
NON_RENSEIGNES = (None, "NONDOC")


@functools.cache
def demonstration() -> Dossier:
    """Return three controlled months of an invented département; nobody may change it."""
    return Dossier(une_fois("requetes", _demonstration) / "donnees")


def _demonstration(atelier: Path) -> None:
    racine = atelier / "donnees"
    publier_demonstration(racine, taille=TAILLE, mois=MOIS)
    with tenir_analystes(Dossier(racine)):
        pass


class Livre:
    """The last delivery of the demonstration, table by table, and what was published of it."""

    def __init__(self, dossier: Dossier) -> None:
        """Open the archive of the last month and the warehouse."""
        self.dossier = dossier
        self.livraison = dossier.version().livraisons[-1]
        self.fin = dt.date.fromisoformat(self.livraison.arrete)
        self.mois = self.livraison.mois
        self._con = duckdb.connect()
        for instruction in sql_creer(sql_references(), "TEMP TABLE"):
            self._con.execute(instruction)

    @property
    def analystes(self) -> Path:
        """The analysts' file."""
        return self.dossier.courante.resolve() / ANALYSTES

    def table(self, nom: str) -> list[Ligne]:
        """Return the rows of a table of the delivery."""
        return self._lire(
            f"from read_parquet({citer(str(self.dossier.archive(self.livraison) / nom))} "
            "|| '.parquet')"
        )

    def publie(self, nom: str) -> list[Ligne]:
        """Return the rows of a table of the warehouse, whatever the month."""
        entrepot = self.dossier.courante.resolve() / ENTREPOT
        self._con.execute(f"attach if not exists {citer(str(entrepot))} as publie (read_only)")
        return self._lire(f"from publie.{nom}")

    def tableau(self, nom: str) -> list[Ligne]:
        """Return a standard table of the last month."""
        return [une for une in self.publie(nom) if une["mois"] == self.mois]

    def _lire(self, sql: str) -> list[Ligne]:
        curseur = self._con.execute(sql)
        colonnes = [colonne[0] for colonne in curseur.description or ()]
        return [dict(zip(colonnes, une, strict=True)) for une in curseur.fetchall()]

    @functools.cached_property
    def actives(self) -> list[Ligne]:
        """Demandes actives."""
        return self.table("stock")

    @functools.cached_property
    def attributions(self) -> list[Ligne]:
        """Attributions of the 12 months that end with the delivery."""
        return [une for une in self.radiations() if une["motif_radiation"] == "RADATT"]

    def radiations(self, duree: int = 12) -> list[Ligne]:
        """Radiations of the months that end with the delivery."""
        debut = self.debut(duree)
        return [un for un in self.table("radiation") if debut <= un["date_radiation"] <= self.fin]

    def debut(self, duree: int = 12) -> dt.date:
        """Return the first day of the months that end with the delivery."""
        return plus_mois(self.fin.replace(day=1), 1 - duree)

    @functools.cached_property
    def noms(self) -> dict[str, str]:
        """Names of the guichets."""
        return {une["code_guichet"]: une["nom"] for une in self.table("guichets")}

    def bailleur(self, siren: str | None) -> str:
        """Return the name of a bailleur, its SIREN when it is not in the register."""
        noms = [
            une["nom"].split(" – ")[0]
            for une in self.table("guichets")
            if une["siren"] == siren and une["type_guichet"] == "BAILLEUR"
        ]
        return min(noms, default=siren or "Bailleur non renseigné")

    @functools.cached_property
    def _communes(self) -> dict[str, Ligne]:
        lignes = sorted(
            self._lire("from communes"), key=lambda une: une["type"] == "commune-actuelle"
        )
        return {une["code"]: une for une in lignes}

    def epci(self, commune: str | None) -> str:
        """Return the name of the EPCI of a commune."""
        trouvee = self._communes.get(commune or "", {})
        return trouvee.get("epci_nom") or "Commune inconnue ou sans EPCI"

    def commune_connue(self, code: str | None) -> bool:
        """Tell whether a commune is in the official list."""
        return code in self._communes

    def commune(self, code: str | None, defaut: str = "") -> str:
        """Return the name of a commune."""
        nom: str = self._communes.get(code or "", {}).get("nom") or code or defaut
        return nom

    def libelle(self, liste: str, code: str | None, defaut: str) -> str:
        """Return the label of a code, a default when it has none."""
        return contrat().codes[liste].get(code or "", defaut)


@functools.cache
def livre() -> Livre:
    """Return the last delivery of the demonstration."""
    return Livre(demonstration())


def lancer(nom: str, base: duckdb.DuckDBPyConnection | None = None, /, **choix: str) -> list[Ligne]:
    """Run a query of the library on the analysts' file of the demonstration, or another base."""
    requete = lire_bibliotheque(ressources("queries") / "bibliotheque")[nom]
    with contextlib.ExitStack() as pile:
        con = base or pile.enter_context(duckdb.connect(str(livre().analystes), read_only=True))
        curseur = con.execute(requete.sql, valeurs(requete, choix))
        colonnes = [colonne[0] for colonne in curseur.description]
        return [dict(zip(colonnes, une, strict=True)) for une in curseur.fetchall()]


def grouper(lignes: Iterable[Ligne], cle: Callable[[Ligne], Any]) -> dict[Any, list[Ligne]]:
    """Return the rows by key."""
    groupes: dict[Any, list[Ligne]] = defaultdict(list)
    for une in lignes:
        groupes[cle(une)].append(une)
    return dict(groupes)


def compter(lignes: Iterable[Ligne], *conditions: Callable[[Ligne], Any]) -> tuple[int, ...]:
    """Return how many rows there are, then how many satisfy each condition."""
    toutes = list(lignes)
    return len(toutes), *(sum(bool(une(ligne)) for ligne in toutes) for une in conditions)


def colonnes(lignes: Iterable[Ligne], cles: str, valeurs_: str) -> dict[Any, tuple[Any, ...]]:
    """Return {key: values} of a result; one key is itself, several are a tuple."""
    noms, voulues = cles.split(), valeurs_.split()
    lues = [(tuple(une[nom] for nom in noms), tuple(une[v] for v in voulues)) for une in lignes]
    assert len(dict(lues)) == len(lues), "a key is there twice"
    return {cle[0] if len(noms) == 1 else cle: valeur for cle, valeur in lues}


def plus_mois(jour: dt.date, mois: int) -> dt.date:
    """Add calendar months: a day that does not exist becomes the last of its month."""
    rang = jour.year * 12 + jour.month - 1 + mois
    annee, numero = divmod(rang, 12)
    return dt.date(annee, numero + 1, min(jour.day, calendar.monthrange(annee, numero + 1)[1]))


def delai(une: Ligne) -> float | None:
    """Return the délai d'attribution in months, None when it is unknown or negative."""
    jours = une["delai_attribution"]
    if jours is None and une["date_signature_bail"]:
        jours = (une["date_signature_bail"] - une["date_creation"]).days
    return None if jours is None or jours < 0 else jours / 30.4375


def mediane(nombres: Iterable[float | None]) -> float | None:
    """Return the median of what is known."""
    connus = [un for un in nombres if un is not None]
    return statistics.median(connus) if connus else None
