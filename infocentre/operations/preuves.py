"""All that chains prove of a data directory: what is altered, missing, added, cut or made again."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from infocentre.acces import ancres, audit
from infocentre.affaires import chaine as affaires
from infocentre.decisions import scelles
from infocentre.decisions.chaine import DEBUT, Tete, lisible
from infocentre.decisions.contenus import empreinte_de
from infocentre.decisions.doublons import membre
from infocentre.decisions.magasin import magasin_present
from infocentre.decisions.schema import contenus, doublons_numeros
from infocentre.noyau.cle import lire_cle
from infocentre.noyau.erreurs import Refus
from infocentre.noyau.francais import premiers

MONTREES = 12  # of one kind, before the others are counted
CLE = (
    "la clé n'est pas celle qui a scellé : aucun des {} sceaux n'y répond (ou tout a été refait "
    "sans elle) ; la remettre d'une sauvegarde"
)


@dataclass(frozen=True, slots=True)
class Preuves:
    """What is wrong, in words; the heads of the chains; how many anchors were compared."""

    fautes: tuple[str, ...]
    tetes: Mapping[str, Tete] = field(default_factory=dict)
    ancres: tuple[ancres.Ancre, ...] = ()


def verifier_preuves(racine: Path, autres: Iterable[Path] = ()) -> list[str]:
    """Return what is wrong with what chains prove of a data directory, a sentence each.

    `autres` are files of anchors kept elsewhere. Nothing is raised by what is damaged.
    """
    return list(examiner(racine, autres).fautes)


def examiner(racine: Path, autres: Iterable[Path] = ()) -> Preuves:
    """Check each chain, what follows from it, and what anchors say of it."""
    chemins = ancres.fichiers(racine, autres)
    fautes: list[str] = []
    try:
        magasin = magasin_present(racine)
        if magasin is not None:
            with magasin.lire() as con:
                return relire(con, racine, chemins, fautes)
        manque = "il n'y a plus de décisions ici"
    except Refus as refus:
        manque = f"les chaînes ne se lisent plus : {refus.quoi}"
    lues, abimees = ancres.lire(chemins)
    contredites = list(ancres.comparer(None, lues))
    if contredites or not manque.startswith("il n'y a"):
        fautes.append(manque)
    return Preuves(_dites([*fautes, *abimees, *contredites]), {}, tuple(lues))


def _dites(fautes: Iterable[str]) -> tuple[str, ...]:
    """Return sentences that may be printed, each once."""
    return tuple(dict.fromkeys(une.encode(errors="replace").decode() for une in fautes))


@contextlib.contextmanager
def _abimee(con: sa.Connection) -> Iterator[None]:
    """Read texts of SQLite whatever their bytes are: what is no text is seen by its seal."""
    pilote: Any = con.connection.driver_connection
    if con.dialect.name == "sqlite":
        pilote.text_factory = lambda octets: octets.decode("utf-8", "surrogateescape")
    try:
        yield
    finally:
        if con.dialect.name == "sqlite":
            pilote.text_factory = str


def relire(
    con: sa.Connection, racine: Path, chemins: Sequence[Path], fautes: list[str] | None = None
) -> Preuves:
    """Check the chains that a connection reads; `fautes` keeps what was found when it breaks."""
    with _abimee(con):
        return _relire(con, racine, chemins, [] if fautes is None else fautes)


def _relire(
    con: sa.Connection, racine: Path, chemins: Sequence[Path], fautes: list[str]
) -> Preuves:
    evenements = list(affaires.CHAINE.relire(con))
    entrees = audit.relire(con)
    scellees = list(scelles.CHAINE.relire(con))
    tetes = {nom: _tete(lues) for nom, lues in _par_nom(evenements, entrees, scellees)}
    etrangere = _cle_etrangere([*evenements, *entrees, *scellees])
    lues, abimees = ancres.lire(chemins, None if etrangere else con)
    if etrangere:
        fautes.append(CLE.format(etrangere))
    else:
        for siennes in (
            affaires.fautes(con, evenements),
            audit.fautes(entrees),
            audit.fautes_des_numeros(con),
            (faute for _, faute in scellees if faute),
            scelles.fautes(con),
            _inventaire(con, evenements, entrees),
            _numeros(con, racine),
        ):
            fautes += _bornees(siennes)
    fautes += [*_bornees(abimees), *ancres.comparer(con, lues)]
    fautes += ancres.oublis_trop_tot(entrees, lues)
    return Preuves(_dites(fautes), tetes, tuple(lues))


def _par_nom(*chaines: Any) -> Iterator[tuple[str, Any]]:  # noqa: ANN401 - rows of three types
    yield from zip(ancres.TABLES, chaines, strict=True)


def _tete(lues: Sequence[tuple[Any, str]]) -> Tete:
    if not lues:
        return DEBUT
    return Tete(lues[-1][0]["rang"], lues[-1][0]["empreinte"])


def _cle_etrangere(lues: Sequence[tuple[Any, str]]) -> int:
    """Return how many keyed seals there are when the key made none of them, 0 when it made one."""
    sous_cle = [faute for ligne, faute in lues if ligne["sceau"] is not None]
    return len(sous_cle) if len(sous_cle) > 1 and all(sous_cle) else 0


def _inventaire(
    con: sa.Connection, evenements: Sequence[tuple[Any, str]], entrees: Sequence[tuple[Any, str]]
) -> Iterator[str]:
    """Say what is sealed without a key though it came after the inventory, or is not as it says."""
    dites = scelles.inventaire(con)
    if dites is None:
        yield "la chaîne des scellés n'a plus son inventaire : elle a été vidée, ou son début ôté"
        return
    for chaine, lues in ((affaires.CHAINE, evenements), (audit.CHAINE, entrees)):
        tete = dites.get(chaine.table.name, DEBUT)
        for ligne, _ in lues:
            if ligne["sceau"] is None and ligne["rang"] > tete.rang:
                yield f"{chaine.nommer(ligne)} est scellé sans clé, alors qu'il vient après"
            if ligne["rang"] == tete.rang and ligne["empreinte"] != tete.empreinte:
                yield f"{chaine.nommer(ligne)} n'est pas celui que l'inventaire a scellé"
        if (lues and lues[-1][0]["rang"] < tete.rang) or (tete.rang and not lues):
            yield f"{chaine.nom} : l'inventaire en a compté {tete.rang}, la fin manque"


def _numeros(con: sa.Connection, racine: Path) -> Iterator[str]:
    """Say which numéros of duplicates and contents of affaires are not those that were kept."""
    cle = lire_cle(racine, faire=False)
    for _, un in scelles.brutes(con, contenus):
        if (
            empreinte_de(cle, str(un["contenu"]).encode(errors="replace").decode())
            != un["empreinte"]
        ):
            yield f"ce que l'affaire {lisible(un['affaire'])} détient a été modifié"
    for _, une in scelles.brutes(con, doublons_numeros):
        numero = str(une["numero"]).encode(errors="replace").decode()
        if membre(cle, numero) != une["membre"]:
            yield f"un numéro de l'affaire {lisible(une['affaire'])} a été modifié"


def _bornees(fautes: Iterable[str]) -> Iterator[str]:
    autre, autres = (f"{un} de même sorte" for un in ("autre", "autres"))
    yield from premiers(list(fautes), MONTREES, autre, autres)
