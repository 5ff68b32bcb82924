"""What is kept beside what is published: decisions, key, settings, registers of what was shared.

Each is looked at like the archives: absent, emptied, replaced, cut or altered, it is named, with
what to do about it.
"""

from __future__ import annotations

import contextlib
import os
import sqlite3
from collections.abc import Callable, Collection, Iterator
from pathlib import Path

import sqlalchemy as sa
import yaml

from infocentre.acces import ancres
from infocentre.acces.conservation import FICHIER as CONSERVATION
from infocentre.acces.conservation import lire_conservation
from infocentre.affaires.procedure import procedures
from infocentre.affaires.reglages import FICHIER as AFFAIRES
from infocentre.affaires.reglages import reglages_de
from infocentre.correspondances import garde
from infocentre.decisions import magasin_present, tenue
from infocentre.decisions.magasin import FICHIER as DECISIONS
from infocentre.decisions.magasin import (
    Injoignable,
    Magasin,
    PlusRecent,
    sqlite_de_la_machine,
    url_des_decisions,
)
from infocentre.decisions.schema import identite
from infocentre.entrepot import Dossier
from infocentre.entrepot.journal import dechirures
from infocentre.entrepot.registres import dommages_registres
from infocentre.entrepot.sceaux import ABSENT, CHANGE, Dommage
from infocentre.mesures import caches, diffusions
from infocentre.mesures.objectifs import FICHIER as OBJECTIFS
from infocentre.mesures.objectifs import lire as lire_objectifs
from infocentre.mesures.reglages import FICHIER as REGLAGES
from infocentre.mesures.reglages import lire_reglages, lire_seuils
from infocentre.noyau import fichiers_yaml, temoins
from infocentre.noyau.cle import PERDUE as CLE_PERDUE
from infocentre.noyau.erreurs import Refus
from infocentre.noyau.fichiers import empreintes, sha256
from infocentre.operations import preuves

REPRENDRE = "Le reprendre d'une sauvegarde : infocentre reparer --sauvegarde DOSSIER."
TENIR = (
    "S'il a été changé exprès, le tenir pour bon : infocentre controler, ou infocentre reparer "
    "--sceller. Sinon, le reprendre d'une sauvegarde : infocentre reparer --sauvegarde DOSSIER."
)
CLE_COURTE = "la clé des pseudonymes est vide"
# What reads a damaged row may meet: bytes that are no text, a text that is no JSON, no date.
FAUTES = (Refus, ValueError, TypeError, KeyError, AttributeError, sa.exc.SQLAlchemyError)


def dommages_conserves(dossier: Dossier, *, ailleurs: Collection[str] = ()) -> list[Dommage]:
    """Return what is damaged of what is kept beside what is published.

    `ailleurs`: « decisions », « cle », where a backup has them apart.
    """
    return [
        *_temoins(dossier),
        *(() if "decisions" in ailleurs else dommages_decisions(dossier)),
        *(() if "cle" in ailleurs else dommages_cle(dossier)),
        *dommages_reglages(dossier),
        *dommages_diffusions(dossier),
        *dommages_registres(dossier),
        *dommages_correspondances(dossier),
        *dommages_partages(dossier),
        *_journaux(dossier),
    ]


# --- Decisions and key ----------------------------------------------------------------------------


def connus(dossier: Dossier) -> temoins.Temoins:
    """Return what the directory knows of the rest, nothing when that is damaged."""
    with contextlib.suppress(Refus):
        return temoins.lire(dossier.racine)
    return {}


def _temoins(dossier: Dossier) -> Iterator[Dommage]:
    try:
        temoins.lire(dossier.racine)
    except Refus as refus:
        yield Dommage(Path(refus.ou), refus.quoi, refus.que_faire)


def dommages_decisions(dossier: Dossier) -> list[Dommage]:
    """Return what is damaged in the store: its file, its tables, its chains."""
    fichier = dossier.racine / DECISIONS
    ou = Path(url_des_decisions() or fichier)
    if not url_des_decisions() and fichier.is_file() and (quoi := _illisible(fichier)):
        return [Dommage(fichier, quoi, tenue.magasin_perdu("").que_faire)]
    try:
        magasin = magasin_present(dossier.racine)
        return list(dans_le_magasin(magasin, ou, dossier.racine)) if magasin else []
    except FAUTES as erreur:
        if isinstance(erreur, Refus) and _entieres(erreur):
            return [Dommage(ou, erreur.quoi, erreur.que_faire)]
        return [Dommage(ou, _dire(erreur), tenue.magasin_perdu("").que_faire)]


def _entieres(refus: Refus) -> bool:
    """Tell whether decisions that are refused are whole: of a newer infocentre, or out of reach."""
    return isinstance(refus, PlusRecent) or (isinstance(refus, Injoignable) and refus.de_la_machine)


def exiger_decisions_a_nous(dossier: Dossier) -> None:
    """Raise Refus when the decisions are whole, of a newer infocentre or out of reach.

    Nothing of them is to be mended, nor replaced.
    """
    try:
        magasin_present(dossier.racine)
    except FAUTES as erreur:
        if isinstance(erreur, Refus) and _entieres(erreur):
            raise


def _illisible(fichier: Path) -> str:
    """Say how a file of SQLite is damaged, '' when it is not."""
    try:
        with contextlib.closing(sqlite3.connect(f"file:{fichier}?mode=ro", uri=True)) as con:
            con.text_factory = bytes
            trouve = con.execute("PRAGMA integrity_check(1)").fetchone()[0]
    except sqlite3.Error as erreur:
        if sqlite_de_la_machine(erreur):
            return ""
        return f"la base des décisions ne peut plus être lue ({erreur})"
    return "" if trouve == b"ok" else "la base des décisions est abîmée"


def dans_le_magasin(magasin: Magasin, ou: Path, racine: Path) -> Iterator[Dommage]:
    """Say what is not what was written in a store that can be opened.

    `racine` has the key of its seals, and the anchors of its chains.
    """
    with magasin.lire() as con:
        for nom in tenue.alterees(con):
            quoi = f"ce qui est gardé dans « {nom} » n'est plus ce qui a été écrit"
            yield Dommage(ou, quoi, TENIR)
        for faute in preuves.relire(con, racine, ancres.fichiers(racine)).fautes:
            yield Dommage(ou, faute, REPRENDRE)


def _dire(erreur: Exception) -> str:
    """Return what a refusal says, or what a damaged row does to who reads it."""
    if isinstance(erreur, Refus):
        return erreur.quoi
    return "un enregistrement ne peut plus être lu : il n'est plus ce qui a été écrit"


def dommages_cle(dossier: Dossier) -> Iterator[Dommage]:
    """Say whether the key is the one by which pseudonyms and decisions were made."""
    fichier = dossier.racine / "cle"
    valeur = os.environ.get("INFOCENTRE_CLE")
    ou = Path("INFOCENTRE_CLE") if valeur else fichier
    attendue = connus(dossier).get("cle") or _cle_du_magasin(dossier)
    if not valeur and not fichier.exists():
        if attendue:
            yield Dommage(fichier, "la clé des pseudonymes n'est plus là", CLE_PERDUE)
        return
    lue = valeur or fichier.read_text("utf-8", "surrogateescape").strip()
    if not lue:
        yield Dommage(ou, CLE_COURTE, CLE_PERDUE)
    elif attendue and temoins.de_la_cle(lue) != attendue:
        yield Dommage(ou, "la clé des pseudonymes n'est pas celle de ces données", CLE_PERDUE)


def _cle_du_magasin(dossier: Dossier) -> str:
    with contextlib.suppress(*FAUTES):
        if magasin := magasin_present(dossier.racine):
            with magasin.lire() as con:
                return con.scalar(sa.select(identite.c.cle)) or ""
    return ""


# --- Settings -------------------------------------------------------------------------------------


def _lire_affaires(fichier: Path) -> None:
    for une in procedures().values():
        reglages_de(une, fichier)


def _lire_reglages(fichier: Path) -> None:
    lire_reglages(fichier)
    lire_seuils(fichier)


_LECTEURS: dict[str, Callable[[Path], object]] = {
    REGLAGES: _lire_reglages,
    AFFAIRES: _lire_affaires,
    OBJECTIFS: lambda fichier: lire_objectifs(fichier.parent),
    CONSERVATION: lambda fichier: lire_conservation(fichier.parent),
}


def fichiers_reglages(dossier: Dossier) -> list[Path]:
    """Return the files by which the installation is set."""
    return sorted(dossier.racine.glob("*.yml"))


def dommages_reglages(dossier: Dossier) -> Iterator[Dommage]:
    """Say which files of settings cannot be read, went, or are not those that were in use."""
    tenus = connus(dossier).get("reglages", {})
    for nom in sorted(tenus.keys() - {un.name for un in fichiers_reglages(dossier)}):
        yield Dommage(dossier.racine / nom, ABSENT, TENIR)
    for fichier in fichiers_reglages(dossier):
        if quoi := _faux(fichier):
            yield Dommage(fichier, quoi, REPRENDRE)
        elif fichier.name in tenus and sha256(fichier) != tenus[fichier.name]:
            yield Dommage(fichier, CHANGE, TENIR)


def _faux(fichier: Path) -> str:
    try:
        fichiers_yaml.lire(fichier.read_text("utf-8"))
        if lire := _LECTEURS.get(fichier.name):
            lire(fichier)
    except Refus as refus:
        return refus.quoi
    except (OSError, ValueError, yaml.YAMLError, RecursionError):
        return "ce fichier de réglages n'est pas du YAML lisible"
    return ""


def tenir_les_reglages(dossier: Dossier) -> list[str]:
    """Take the settings that can be read for good; return the names of those that had changed."""
    avant = connus(dossier).get("reglages")
    lus = {un.name: sha256(un) for un in fichiers_reglages(dossier) if not _faux(un)}
    if lus == (avant or {}):
        return []
    temoins.noter(dossier.racine, {"reglages": lus})
    changes = {un for un in {*lus, *(avant or {})} if lus.get(un) != (avant or {}).get(un)}
    return sorted(changes) if avant is not None else []


def dommages_correspondances(dossier: Dossier) -> list[Dommage]:
    """Say which adopted correspondances went, were changed, or were adopted by nobody."""
    try:
        return [Dommage(ou, quoi, garde.REPRENDRE) for ou, quoi in garde.fautes(dossier.racine)]
    except Refus:
        return []  # said of the file that knows them


# --- Registers ------------------------------------------------------------------------------------


def dommages_diffusions(dossier: Dossier) -> Iterator[Dommage]:
    """Say which editions of what was shared went, changed, or were never registered.

    Until the first edition that is registered, all are of before, and nothing tells of them.
    """
    registre = dossier.diffuses
    if not registre.is_file():
        if connus(dossier).get("diffusions"):
            yield Dommage(registre, "le registre des diffusions n'est plus là", REPRENDRE)
        return
    inscrites = diffusions.inscrites(dossier.diffusions)
    attendues = {dossier.diffusions / nom: un for nom, un in inscrites.items()}
    for fichier, lue in empreintes(attendues).items():
        if lue is None:
            yield Dommage(fichier, "cette édition de ce qui a été diffusé n'est plus là", REPRENDRE)
        elif lue != attendues[fichier]:
            yield Dommage(fichier, CHANGE, REPRENDRE)
    for fichier in sorted(set(dossier.diffusions.rglob("*.json.gz")) - attendues.keys()):
        yield Dommage(fichier, "cette édition n'est pas au registre des diffusions", TENIR)


def dommages_partages(dossier: Dossier) -> Iterator[Dommage]:
    """Say which lists of what tables hide are not what was written."""
    for fichier in sorted(dossier.partages.glob("*.json")):
        if not caches.intact(fichier):
            yield Dommage(fichier, CHANGE, "Le refaire : infocentre reparer.")


def _journaux(dossier: Dossier) -> Iterator[Dommage]:
    """Look at the journals that no writer mends by itself."""
    siens = {dossier.journal, dossier.refus, dossier.purges, dossier.racine / ancres.FICHIER}
    for fichier in sorted(set(dossier.racine.glob("*.jsonl")) - siens):
        if nombre := len(dechirures(fichier)):
            yield Dommage(fichier, f"{nombre} ligne(s) abîmée(s) ou déchirée(s)", REPRENDRE)
