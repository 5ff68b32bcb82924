"""The published version, open once per process and replaced when another one is published."""

from __future__ import annotations

import contextlib
import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, TypeVar, overload

import duckdb

from infocentre.acces.perimetre import TOUT, Perimetre
from infocentre.contrat import montres
from infocentre.entrepot import Dossier, Version
from infocentre.entrepot.dossier import VersionLue
from infocentre.entrepot.relations import citer, en_lignes
from infocentre.lecture.droits import Dit, Tu, Vues, preparer
from infocentre.mesures import colonnes_absentes, completer_valeurs, valeurs_completes
from infocentre.noyau.erreurs import Refus

Ligne = dict[str, Any]
Parametres = dict[str, Any]
L = TypeVar("L")
OUVERTES = 2
LIBRES = 2  # cursors kept for the next queries of a périmètre


@dataclass(frozen=True, slots=True)
class ListeTenue:
    """A list of demandes kept in memory: the table that holds it, and how many rows it has."""

    table: str
    lignes: int


Suites = tuple[int, ...]
_Actuelle = tuple[Path, Suites]


@dataclass(frozen=True, slots=True)
class VersionOuverte:
    """One version and its connection; each query runs on a cursor of its own.

    `tenue` holds it on the disk until the last request that uses it is answered; `listes` are the
    lists of demandes that are kept in its memory, the last used at the end; `references`, the
    reference lists that are. `suites` tells when what follows a publication was written.
    """

    dossier: Dossier
    version: Version
    con: duckdb.DuckDBPyConnection
    tenue: contextlib.ExitStack | None = None
    listes: OrderedDict[Hashable, ListeTenue] = field(default_factory=OrderedDict, compare=False)
    references: set[str] = field(default_factory=set, compare=False)
    vues: dict[Perimetre, Vues] = field(default_factory=dict, compare=False)
    suites: Suites = field(init=False)

    def __post_init__(self) -> None:
        """Note what changes what is read of a version that does not."""
        object.__setattr__(self, "suites", _suites(self.dossier))

    def vues_de(
        self,
        p: Perimetre,
        dits: Callable[[str], Sequence[Dit]] = lambda _: (),
        tus: Callable[[str], Sequence[Tu]] | None = None,
    ) -> Vues:
        """Return the views of a périmètre, made when they are first asked for.

        `dits` gives what everybody is told of a département, `tus` the states that nobody is:
        nothing is told where it is not known.
        """
        if p not in self.vues:
            self.vues[p] = preparer(self.con, p, dits, tus)
        return self.vues[p]

    def lignes(self, sql: str, parametres: Parametres | None = None) -> list[Ligne]:
        """Return the rows of a SELECT as dictionaries."""
        with self.con.cursor() as curseur:
            return en_lignes(curseur.execute(sql, parametres or {}))


@contextlib.contextmanager
def lire_complete(dossier: Dossier) -> Iterator[VersionLue]:
    """Open the published version; what one of before does not publish is computed in memory.

    A column that a standard table has had since is empty in its months, a table has no row.
    """
    with dossier.lire() as lecture:
        absentes = colonnes_absentes(lecture.con)
        if valeurs_completes(lecture.con) and not absentes:
            yield lecture
            return
        with duckdb.connect() as con:
            con.execute("SET enable_progress_bar = false")
            _reprendre(lecture.con, con, absentes)
            completer_valeurs(con)
            yield replace(lecture, con=con)


def _reprendre(
    publiee: duckdb.DuckDBPyConnection,
    con: duckdb.DuckDBPyConnection,
    absentes: Mapping[str, Mapping[str, str]],
) -> None:
    """Make the tables of a version visible, those that will be completed as copies."""
    tables = publiee.execute(
        "SELECT table_name, path FROM duckdb_tables() JOIN duckdb_databases() "
        "USING (database_name) WHERE path IS NOT NULL"
    ).fetchall()
    con.execute(f"ATTACH {citer(tables[0][1])} AS publiee (READ_ONLY)")
    for nom, _ in tables:
        genre = "TABLE" if nom in {"valeurs", "regles"} else "VIEW"
        vides = "".join(f", NULL::{t} AS {une}" for une, t in absentes.get(nom, {}).items())
        con.execute(f"CREATE {genre} {nom} AS SELECT *{vides} FROM publiee.{nom}")
    for nom in absentes.keys() - dict(tables).keys():
        champs = ", ".join(f"{une} {genre}" for une, genre in absentes[nom].items())
        con.execute(f"CREATE TABLE {nom} ({champs})")


@dataclass(frozen=True, slots=True)
class Lecture:
    """A version as one reader may see it: the only way to data.

    Its queries run among relations that are already filtered (`droits`), and `version` holds the
    deliveries of the reader's départements only. The numéros that they give are said to have been
    read (`contrat.montres`). For who may see everything, they are the
    version's own, at no cost.
    """

    ouverte: VersionOuverte
    p: Perimetre
    version: Version = field(init=False)
    vues: Vues | None = field(init=False, default=None)

    def __post_init__(self) -> None:
        """Make the reader's views, unless the version has them."""
        object.__setattr__(self, "version", self.ouverte.version)
        if self.p == TOUT:
            return
        vues = self.ouverte.vues_de(self.p)
        object.__setattr__(self, "p", vues.perimetre)
        object.__setattr__(self, "vues", vues)
        object.__setattr__(self, "version", _restreinte(self.version, vues.perimetre))

    @property
    def dossier(self) -> Dossier:
        """The data directory."""
        return self.ouverte.dossier

    @property
    def cle(self) -> tuple[Hashable, ...]:
        """What tells the results of this reading from those of all others."""
        return self.dossier.racine, self.version.numero, self.ouverte.suites, self.p

    @overload
    def lignes(self, sql: str, parametres: Parametres | None = None) -> list[Ligne]: ...
    @overload
    def lignes(self, sql: str, parametres: Parametres, genre: type[L]) -> list[L]: ...
    def lignes(
        self, sql: str, parametres: Parametres | None = None, genre: type[Any] = dict
    ) -> list[Any]:
        """Return the rows of a SELECT; `genre` is their type, whose columns they must have."""
        with self._prete() as curseur:
            lues = en_lignes(curseur.execute(sql, parametres or {}), genre)
        montres.lire_lignes(une.values() for une in lues)
        return lues

    def tuples(self, sql: str, parametres: Parametres | None = None) -> list[tuple[Any, ...]]:
        """Return the rows of a SELECT that names its few columns, to be unpacked at once."""
        with self._prete() as curseur:
            lus = curseur.execute(sql, parametres or {}).fetchall()
        montres.lire_lignes(lus)
        return lus

    @contextlib.contextmanager
    def relation(
        self, sql: str, parametres: Parametres | None = None
    ) -> Iterator[duckdb.DuckDBPyRelation]:
        """Give what a SELECT returns, with its columns and their types, to be taken away whole."""
        with self.curseur() as curseur:
            yield curseur.sql(sql, params=parametres)

    @contextlib.contextmanager
    def _prete(self) -> Iterator[duckdb.DuckDBPyConnection]:
        """Lend a cursor to a SELECT, that the next one of the same périmètre takes again.

        One that fails is not taken again.
        """
        if self.vues is None:
            with self._ouvrir() as curseur:
                yield curseur
            return
        libres = self.vues.libres
        try:
            curseur = libres.pop()
        except IndexError:
            curseur = self._ouvrir()
        yield curseur
        if len(libres) < LIBRES:
            libres.append(curseur)
        else:
            curseur.close()

    def _ouvrir(self) -> duckdb.DuckDBPyConnection:
        curseur = self.ouverte.con.cursor()
        if self.vues is not None:
            curseur.execute(f"SET search_path = '{self.vues.schema}'")
        return curseur

    @contextlib.contextmanager
    def curseur(self) -> Iterator[duckdb.DuckDBPyConnection]:
        """Give a cursor that has what the reader may see, to this module and `archives` alone."""
        with self._ouvrir() as curseur:
            yield curseur

    @property
    def relations(self) -> frozenset[str]:
        """Names of the relations that there are: a version of before has not all of today's."""
        if self.vues is not None:
            return self.vues.noms
        siennes = "SELECT table_name FROM duckdb_tables() WHERE database_name <> 'droits'"
        return frozenset(nom for (nom,) in self.tuples(siennes))

    def filtrer(self, nom: str, sql: str) -> str:
        """Return what a SELECT over files gives, a relation of `droits.FICHIERS`, as it is seen."""
        return self.vues.filtrer(nom, sql) if self.vues else sql

    def suivi(self, departement: str) -> str | None:
        """Return the SQL relation of the anomalies that live in a département, None before any."""
        nom = self.version.suivi.get(departement)
        fichier = f"read_parquet({citer(str(self.dossier.suivi / nom))})" if nom else None
        return fichier and self.filtrer("suivi", fichier)

    def voit(self, niveau: str, cle: str) -> bool:
        """Tell whether the reader may see a guichet, or all the guichets of an organisme."""
        if self.vues is None or not self.p.partiel:
            return True
        return self.p.voit_guichet(cle) if niveau == "guichet" else cle in self.vues.organismes

    def exiger_nominatif(self) -> None:
        """Raise Refus to who may list no numéro."""
        if not self.p.nominatif:
            raise Refus(
                "Les listes de demandes ne sont pas ouvertes à ce compte",
                que_faire="Les taux et les effectifs restent consultables dans le suivi des "
                "guichets.",
            )

    def exiger_departements(self, quoi: str) -> None:
        """Raise Refus to who sees some guichets only, as `quoi` is about the whole département."""
        if self.p.partiel:
            raise Refus(
                f"{quoi} porte sur tout le département, qui n'est pas ouvert à ce compte",
                que_faire="S'adresser au gestionnaire territorial.",
            )


def _restreinte(version: Version, p: Perimetre) -> Version:
    """Return a version as if it had the départements of a périmètre only."""
    return replace(
        version,
        livraisons=tuple(une for une in version.livraisons if p.voit(une.departement)),
        etats={cle: nom for cle, nom in version.etats.items() if p.voit(cle)},
        suivi={cle: nom for cle, nom in version.suivi.items() if p.voit(cle)},
        evenement={},
        sceaux={},
    )


def _suites(dossier: Dossier) -> Suites:
    """Return when what follows a publication was last written: names erased, counts shared."""
    return tuple(
        une.stat().st_mtime_ns if une.exists() else 0 for une in (dossier.purges, dossier.diffuses)
    )


class Lecteur:
    """Gives the version published now; keeps the one before for the requests under way.

    Names erased since make it another one, and counts decided to be shared: nothing that was read
    before them is shown again.
    """

    def __init__(self, dossier: Dossier) -> None:
        """Open nothing yet: a data directory may still be empty."""
        self.dossier = dossier
        self._verrou = threading.Lock()
        self._ouvertes: dict[_Actuelle, VersionOuverte] = {}

    def ouvrir(self) -> VersionOuverte | None:
        """Return the published version, open; None while nothing is published."""
        ouverte = self._ouvertes.get(self._actuelle())
        if ouverte is not None:
            return ouverte
        with self._verrou:
            actuelle = self._actuelle()
            return self._ouvertes.get(actuelle) or self._ouvrir(actuelle)

    def _actuelle(self) -> _Actuelle:
        return self.dossier.courante.resolve(), _suites(self.dossier)

    def _ouvrir(self, actuelle: _Actuelle) -> VersionOuverte | None:
        """Open `actuelle`, or a newer one, as every reader does: held, it stays on the disk."""
        if not self.dossier.version().livraisons:
            return None
        tenue = contextlib.ExitStack()
        lecture = tenue.enter_context(lire_complete(self.dossier))
        ouverte = VersionOuverte(self.dossier, lecture.version, lecture.con, tenue)
        gardees = list(self._ouvertes.items())[1 - OUVERTES :]
        self._ouvertes = {**dict(gardees), actuelle: ouverte}
        return ouverte
