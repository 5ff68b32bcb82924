"""What the shared tables of each month hide, kept from one reading to the next.

Each month is masked after those before it, so reading one month would mask the whole history
again. What a month hides is kept under the empreinte of its rows and of all the months before:
another value, another threshold or another rule is another empreinte, and is masked anew.
`controler` masks the months that it computes, so that no reader has to. What is masked is entered
in the register of what was shared (see diffusions): a month of other rows is masked after it.
"""

from __future__ import annotations

import contextlib
import hashlib
import itertools
import json
from collections import deque
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypedDict

import duckdb

from infocentre import mesures
from infocentre.entrepot import Dossier
from infocentre.mesures import diffusions
from infocentre.mesures.diffusions import Edition, Registre
from infocentre.mesures.liens import Fait
from infocentre.mesures.partage import Ensemble, masquer_ensemble
from infocentre.mesures.plans import Fusion, reperes
from infocentre.mesures.tableaux import nom_mart, tableaux
from infocentre.noyau.fichiers import ecrire
from infocentre.noyau.ouvriers import PROCESSUS, ouvriers, rendu
from infocentre.noyau.scelle import SCEAU, desceller, sceller

_REGLES = (
    "bornes.py",
    "declarations.py",
    "diffusions.py",
    "liens.py",
    "partage.py",
    "plans.py",
    "secret.py",
)
_DECLARES = {"role", "plan", "faits"}
D_AVANCE = 2 * PROCESSUS  # départements read before they are masked
_SUJET, _TABLES = "tableaux", "tables"
# What reading a file that is not what was written may raise.
_ABIME = (OSError, ValueError, TypeError, KeyError, AttributeError, RecursionError)

Ligne = dict[str, Any]
Tables = dict[str, list[Ligne]]
# What runs a SELECT with its parameters on a version, published or in the making.
Lire = Callable[[str, dict[str, Any]], list[Ligne]]


@dataclass(frozen=True, slots=True)
class _AMasquer:
    """The months of a département and their empreintes: what is kept of some, others' rows.

    `fichier` keeps what they hide; `registres` has what was shared of each.
    """

    seuil: int
    mois: Sequence[tuple[str, str]]
    connus: Mapping[str, Ensemble]
    tables: Mapping[str, Tables]
    fichier: Path
    registres: Path

    def registre(self, mois: str) -> Registre:
        return Registre(self.registres / mois)


@dataclass(frozen=True, slots=True)
class _Masque:
    """What a month hides, and its edition by name; None when what it hides was kept."""

    mois: str
    empreinte: str
    ensemble: Ensemble
    edition: tuple[str, Edition] | None = None


def masquer_mois(
    lire: Lire, departement: str, seuil: int, dossier: Dossier
) -> Mapping[str, Ensemble]:
    """Return what each month hides, masked after all those before it and its earlier editions.

    Only the months that are not kept as they are now are masked; raise Refus when the register
    refuses one.
    """
    voulus = _a_masquer(lire, departement, seuil, dossier)
    return _retenir(voulus, _masquer(voulus))


def masquer_departements(
    lire: Lire, departements: Sequence[str], seuil: int, dossier: Dossier
) -> None:
    """Mask the months of départements as `masquer_mois` does, many of them by two processes.

    This one alone reads and writes, in the order of départements: what is kept is the same bytes.

    Raises:
        Refus: the register refuses a month, or a process died: the départements before are kept.
    """
    if len(departements) <= PROCESSUS:
        for departement in departements:
            masquer_mois(lire, departement, seuil, dossier)
        return
    taches: deque[tuple[_AMasquer, Future[list[_Masque]]]] = deque()
    with ouvriers(len(departements)) as processus:
        for departement in departements:
            voulus = _a_masquer(lire, departement, seuil, dossier)
            taches.append((voulus, processus.submit(_masquer_a_cote, voulus)))
            if len(taches) > D_AVANCE:
                _recueillir(*taches.popleft())
        while taches:
            _recueillir(*taches.popleft())


def _recueillir(voulus: _AMasquer, tache: Future[list[_Masque]]) -> None:
    masques = rendu(tache)
    _retenir(voulus, masques)


def _a_masquer(lire: Lire, departement: str, seuil: int, dossier: Dossier) -> _AMasquer:
    fichier = dossier.partages / f"{departement}.json"
    connus = relire(fichier)
    mois = list(empreintes(lire, departement, seuil))
    neufs = [un for un, empreinte in mois if empreinte not in connus]
    seul = neufs[0] if len(neufs) == 1 else None
    tables = lire_tables(lire, departement, seul) if neufs else {}
    registres = dossier.diffusions / departement / _SUJET
    return _AMasquer(seuil, mois, connus, tables, fichier, registres)


def _masquer_a_cote(voulus: _AMasquer) -> list[_Masque]:
    return list(_masquer(voulus))


def _masquer(voulus: _AMasquer) -> Iterator[_Masque]:
    """Yield what each month hides; write nothing."""
    publies: dict[Fait, tuple[int, bool]] = {}
    for mois, empreinte in voulus.mois:
        if garde := voulus.connus.get(empreinte):
            masque = _Masque(mois, empreinte, garde)
        else:
            registre, tables = voulus.registre(mois), voulus.tables[mois]
            masque = _Masque(mois, empreinte, *_editer(registre, tables, voulus.seuil, publies))
        publies |= masque.ensemble.neufs
        yield masque


def _editer(
    registre: Registre, tables: Tables, seuil: int, publies: Mapping[Fait, tuple[int, bool]]
) -> tuple[Ensemble, tuple[str, Edition]]:
    """Return what the tables of a month hide, as when they were first shared, and their edition."""
    nom = diffusions.empreinte(tables, seuil, _regles())
    if connue := registre.editions().get(nom):
        return _relire(connue.fait), (nom, connue)
    ensemble = masquer_ensemble(tables, seuil, publies, registre.systemes(_TABLES))
    systemes = {_TABLES: ensemble.systeme} if ensemble.systeme else {}
    return ensemble, (nom, Edition(systemes, _ecrire(ensemble)))


def _retenir(voulus: _AMasquer, masques: Iterable[_Masque]) -> Mapping[str, Ensemble]:
    """Return what each month hides once it is in the register, and kept for the next reading."""
    historique: dict[str, Ensemble] = {}
    gardes: dict[str, Ensemble] = {}
    for un in masques:
        if un.edition:
            voulus.registre(un.mois).inscrire(*un.edition)
        historique[un.mois] = gardes[un.empreinte] = un.ensemble
    if not gardes.keys() <= voulus.connus.keys():
        garder(voulus.fichier, gardes)
    return historique


def lire_tables(
    lire: Lire,
    departement: str,
    mois: str | None = None,
    codes: Collection[str] | None = None,
) -> dict[str, Tables]:
    """Return the rows of every table by month, then by code; a month that is asked is there.

    Of `codes` only, when they are told.
    """
    lues: dict[str, Tables] = {mois: {}} if mois else {}
    for code in _codes(lire):
        if codes is not None and code not in codes:
            continue
        lignes = lire(
            f"SELECT * EXCLUDE (ordre) FROM {nom_mart(code)} WHERE departement = $departement "
            "AND ($mois IS NULL OR mois = $mois) ORDER BY mois, ordre",
            {"departement": departement, "mois": mois},
        )
        for un, siennes in itertools.groupby(lignes, key=lambda ligne: reperes(ligne)["mois"]):
            lues.setdefault(un, {})[code] = list(siennes)
    return {un: dict(sorted(tables.items())) for un, tables in lues.items()}


def _codes(lire: Lire) -> list[str]:
    connues = {
        nom for une in lire("SELECT table_name FROM duckdb_tables()", {}) for nom in une.values()
    }
    return sorted(code for code in tableaux() if nom_mart(code) in connues)


def relire(fichier: Path) -> dict[str, Ensemble]:
    """Return what months hide, by empreinte; nothing of a file that is not what was written."""
    with contextlib.suppress(*_ABIME):
        return {un: _relire(lus) for un, lus in _contenu(fichier).items()}
    return {}


def intact(fichier: Path) -> bool:
    """Tell if a file is what `garder` wrote; one without a seal is of before, and serves nobody."""
    with contextlib.suppress(*_ABIME):
        _contenu(fichier)
        return True
    return False


def _contenu(fichier: Path) -> dict[str, Any]:
    lu = json.loads(fichier.read_text("utf-8"))
    return {} if isinstance(lu, dict) and SCEAU not in lu else desceller(lu)


def garder(fichier: Path, connus: Mapping[str, Ensemble]) -> None:
    """Keep these months and no other, whole or not at all; a disk that refuses keeps none."""
    contenu = json.loads(json.dumps({un: _ecrire(siens) for un, siens in connus.items()}))
    with contextlib.suppress(OSError):
        ecrire(fichier, json.dumps(sceller(contenu), separators=(",", ":")))


class _Ecrit(TypedDict):
    """An Ensemble as JSON keeps it."""

    caches: Mapping[str, Mapping[int, list[str]]]  # JSON makes a text of a rank
    publies: list[list[Any]]
    fusions: Mapping[str, list[list[Any]]]
    dites: int


def _ecrire(ensemble: Ensemble) -> _Ecrit:
    return {
        "caches": {
            code: {rang: sorted(noms) for rang, noms in siens.items()}
            for code, siens in ensemble.caches.items()
        },
        "publies": [[*cle, *vu] for cle, vu in ensemble.neufs.items()],
        "fusions": {
            code: [[une.vers, une.de, une.colonnes] for une in siennes]
            for code, siennes in ensemble.fusions.items()
        },
        "dites": ensemble.dites,
    }


def _relire(lu: _Ecrit) -> Ensemble:
    return Ensemble(
        {
            code: {int(rang): frozenset(noms) for rang, noms in siens.items()}
            for code, siens in lu["caches"].items()
        },
        {tuple(cle): (int(valeur), bool(masque)) for *cle, valeur, masque in lu["publies"]},
        {
            code: [Fusion(vers, tuple(de), tuple(noms)) for vers, de, noms in siennes]
            for code, siennes in lu["fusions"].items()
        },
        int(lu["dites"]),
    )


def empreintes(lire: Lire, departement: str, seuil: int) -> Iterator[tuple[str, str]]:
    """Yield each month that has tables and the empreinte of the months up to it, oldest first."""
    contenus: dict[str, list[str]] = {}
    comptes = " UNION ALL ".join(
        f"SELECT '{code}' AS code, mois, count(*) AS nombre, sum(hash(t)::HUGEINT) AS somme "
        f"FROM {nom_mart(code)} AS t WHERE departement = $departement GROUP BY mois"
        for code in _codes(lire)
    )
    for une in lire(f"{comptes} ORDER BY code", {"departement": departement}) if comptes else ():
        code, mois, nombre, somme = une.values()
        contenus.setdefault(mois, []).append(f"{code} {nombre} {somme}")
    chaine = hashlib.sha256(f"{duckdb.__version__} {seuil} {_regles()}".encode())
    for mois, siens in sorted(contenus.items()):
        chaine.update(f"{mois} {siens}".encode())
        yield mois, chaine.hexdigest()


def _regles() -> str:
    """Return the empreinte of the rules by which cells are hidden: a heading is none of them."""
    ici = Path(next(iter(mesures.__path__)))
    regles = hashlib.sha256(b"".join((ici / nom).read_bytes() for nom in _REGLES))
    for code, un in tableaux().items():
        regles.update(f"{code} {un.declare.model_dump_json(include=_DECLARES)}".encode())
    return regles.hexdigest()
