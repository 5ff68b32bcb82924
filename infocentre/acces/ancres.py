"""Anchors: at set moments, the heads of the chains go where the service does not write again.

An anchor says how many events, entries of the audit and seals there are, and the seal of the last
of each: what is cut, emptied, replaced or sealed again afterwards contradicts it. It holds nothing
of what is sealed. Each is a line of JSON, added to `ancres.jsonl` in the data directory (which goes
with it: it tells accidents), and to each destination of INFOCENTRE_ANCRES, separated by `;`:

- a path: a file elsewhere, that only grows; best where the service cannot change what it wrote;
- `syslog:`, the journal of the machine; `syslog:host:port`, that of another (UDP);
- `courriel:address`, each day, through messagerie.yml.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import hmac
import json
import logging
import os
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from logging.handlers import SYSLOG_UDP_PORT, SysLogHandler
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from infocentre.acces import audit
from infocentre.acces.conservation import lire_conservation, mois_avant
from infocentre.decisions.chaine import DEBUT, Tete, canonique, jour_ecrit, sous_cle
from infocentre.decisions.magasin import Magasin, magasin_present
from infocentre.decisions.schema import audit as table_audit
from infocentre.decisions.schema import evenements, scelles
from infocentre.noyau.erreurs import Refus
from infocentre.noyau.fichiers import raison
from infocentre.noyau.francais import accorder

FICHIER, VARIABLE = "ancres.jsonl", "INFOCENTRE_ANCRES"
SYSLOG, COURRIEL = "syslog:", "courriel:"
HEURE = 3600  # seconds
# How people read what a chain is made of: this one, one, several.
DITES: Mapping[str, tuple[str, str, str]] = {
    "evenements": ("l'événement", "événement", "événements"),
    "audit": ("l'enregistrement", "enregistrement d'accès", "enregistrements d'accès"),
    "scelles": ("le scellé", "scellé", "scellés"),
}
TABLES: Mapping[str, sa.Table] = {une.name: une for une in (evenements, table_audit, scelles)}


@dataclass(frozen=True, slots=True)
class Ancre:
    """The heads at a moment; `traces` is for how many months entries of the audit were kept."""

    le: str
    pourquoi: str
    traces: int
    tetes: Mapping[str, Tete]

    @property
    def jour(self) -> str:
        """Its day, as people read it."""
        return jour_ecrit(self.le)

    @property
    def corps(self) -> str:
        """Return what its own seal covers."""
        tetes = {nom: [une.rang, une.empreinte] for nom, une in self.tetes.items()}
        return canonique(["ancre", self.le, self.pourquoi, self.traces, tetes])

    def ligne(self, con: sa.Connection) -> str:
        """Return the line of JSON, sealed with the key of the store."""
        tetes = {nom: [une.rang, une.empreinte] for nom, une in self.tetes.items()}
        dite = {"ancre": self.le, "pourquoi": self.pourquoi, "traces": self.traces} | tetes
        return canonique(dite | {"sceau": sous_cle(con, self.corps)})


# --- Writing --------------------------------------------------------------------------------------


def ancrer(racine: Path, pourquoi: str, *, si_change: bool = False) -> list[str]:
    """Put the heads of a data directory out of reach; return what could not be, in words.

    With `si_change`, only when something was added since the last. Never raises: what is done is
    not undone because its anchor stays behind; `quotidien` and `preuve verifier` tell it.
    """
    try:
        magasin = magasin_present(racine)
        if magasin is None:
            return []
        tetes = tetes_de(magasin)
        if si_change and tetes == _derniere(racine):
            return []
        ici = dt.datetime.now().astimezone().isoformat(timespec="seconds")
        une = Ancre(ici, pourquoi, lire_conservation(racine).durees.traces.mois, tetes)
        with magasin.lire() as con:
            ligne = une.ligne(con)
    except Refus as refus:
        return [f"aucune ancre : {refus.quoi}"]
    return [*_poser(str(racine / FICHIER), ligne), *_sortir(racine, ligne)]


def ancrer_chaque_heure(racine: Path) -> None:
    """Put the heads out of reach when the last time was an hour ago, whatever process did it."""
    try:
        fait = abs(time.time() - (racine / FICHIER).stat().st_mtime)
    except OSError:
        fait = HEURE
    if fait >= HEURE:
        ancrer(racine, "chaque heure")


def tetes_de(magasin: Magasin) -> dict[str, Tete]:
    """Return the head of each chain, by the name of its table."""
    with magasin.lire() as con:
        return {nom: _tete(con, table) for nom, table in TABLES.items()}


def _tete(con: sa.Connection, table: sa.Table) -> Tete:
    c = table.c
    lue = con.execute(sa.select(c.rang, c.empreinte).order_by(c.rang.desc()).limit(1)).first()
    return Tete(lue.rang, lue.empreinte) if lue else DEBUT


def connait(magasin: Magasin, debut: str) -> bool:
    """Tell whether a chain has, or had before an erasure, a seal that begins so."""
    with magasin.lire() as con:
        return any(
            con.scalar(
                sa.select(table.c.rang)
                .where(
                    sa.or_(
                        table.c.empreinte.startswith(debut, autoescape=True),
                        table.c.precedent.startswith(debut, autoescape=True),
                    )
                )
                .limit(1)
            )
            for table in TABLES.values()
        )


def _derniere(racine: Path) -> Mapping[str, Tete] | None:
    lues, _ = lire([racine / FICHIER])
    return lues[-1].tetes if lues else None


def destinations() -> list[str]:
    """Return where anchors go, besides the data directory."""
    return [une.strip() for une in os.environ.get(VARIABLE, "").split(";") if une.strip()]


def _sortir(racine: Path, ligne: str) -> Iterator[str]:
    for une in destinations():
        if une.startswith(SYSLOG):
            yield from _journaliser(une, ligne)
        elif not une.startswith(COURRIEL):
            if racine.absolute() in [un.absolute() for un in Path(une).parents]:
                yield f"ancre non sortie : {une} est dans les données"
            else:
                yield from _poser(une, ligne)


def _poser(chemin: str, ligne: str) -> list[str]:
    """Add a line to a file, on the disk when this returns."""
    try:
        descripteur = os.open(chemin, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        try:
            os.write(descripteur, f"{ligne}\n".encode())
            os.fsync(descripteur)
        finally:
            os.close(descripteur)
    except OSError as erreur:
        return [f"ancre non sortie : {chemin} ({raison(erreur)})"]
    return []


class _Syslog(SysLogHandler):
    def handleError(self, record: logging.LogRecord) -> None:  # noqa: ARG002, N802 - its name
        """Let who sends know."""
        raise  # noqa: PLE0704 - within the except clause of emit


def _journaliser(destination: str, ligne: str) -> list[str]:
    hote, _, port = destination.removeprefix(SYSLOG).rpartition(":")
    hote, port = (hote, port) if hote else (port, "")
    adresse = (hote, int(port or SYSLOG_UDP_PORT)) if hote and f"{port or 0}".isdecimal() else None
    if hote and adresse is None:
        return [f"ancre non sortie : {destination} n'a pas de port"]
    try:
        with contextlib.closing(_Syslog(adresse or "/dev/log")) as journal:
            journal.ident = "infocentre: "
            journal.emit(logging.LogRecord("infocentre", logging.INFO, "", 0, ligne, None, None))
    except OSError as erreur:
        return [f"ancre non sortie : {destination} ({raison(erreur)})"]
    return []


def courriels() -> list[str]:
    """Return the addresses to which the last anchor goes each day."""
    return [une.removeprefix(COURRIEL) for une in destinations() if une.startswith(COURRIEL)]


def derniere_ligne(racine: Path) -> str:
    """Return the last anchor of a data directory, '' when it has none."""
    try:
        return (racine / FICHIER).read_text("utf-8", "replace").strip().rpartition("\n")[2]
    except OSError:
        return ""


# --- Reading --------------------------------------------------------------------------------------


def fichiers(racine: Path, autres: Iterable[Path] = ()) -> list[Path]:
    """Return the files of anchors that may be read from here, each once."""
    ailleurs = [Path(une) for une in destinations() if not une.startswith((SYSLOG, COURRIEL))]
    tous = [racine / FICHIER, *(un for un in ailleurs if un.is_file()), *autres]
    return list(dict.fromkeys(tous))


def lire(
    chemins: Iterable[Path], con: sa.Connection | None = None
) -> tuple[list[Ancre], list[str]]:
    """Return the anchors of files, the oldest first, and what is wrong with them.

    A line may begin with what syslog or a mail puts before. With `con`, an anchor that the key of
    the store did not seal is wrong.
    """
    lues, fautes = dict[str, Ancre](), list[str]()
    for chemin in chemins:
        try:
            octets = chemin.read_bytes()
        except FileNotFoundError:
            continue
        except OSError as erreur:
            fautes.append(f"les ancres {chemin} ne se lisent pas ({raison(erreur)})")
            continue
        for rang, ligne in enumerate(octets.split(b"\n"), start=1):
            if b"{" not in ligne:
                if ligne.strip():
                    fautes.append(f"la ligne {rang} de {chemin} n'est pas une ancre")
                continue
            une = _relire(ligne[ligne.index(b"{") :], con)
            if une:
                lues[une.corps] = une
            else:
                fautes.append(f"l'ancre de la ligne {rang} de {chemin} a été modifiée")
    return sorted(lues.values(), key=lambda une: une.le), fautes


def _relire(ligne: bytes, con: sa.Connection | None) -> Ancre | None:
    """Return an anchor; None when it does not read, or when the key did not seal it."""
    try:
        lu: dict[str, Any] = json.loads(ligne)
        tetes = {nom: Tete(int(lu[nom][0]), str(lu[nom][1])) for nom in TABLES if nom in lu}
        une = Ancre(str(lu["ancre"]), str(lu["pourquoi"]), int(lu["traces"]), tetes)
        dt.datetime.fromisoformat(une.le)
        scellee = con is None or hmac.compare_digest(sous_cle(con, une.corps), str(lu["sceau"]))
    except (ValueError, TypeError, KeyError, IndexError):
        return None
    return une if scellee else None


# --- Comparing ------------------------------------------------------------------------------------


def comparer(con: sa.Connection | None, ancres: Sequence[Ancre]) -> Iterator[str]:
    """Say what the chains of a store are not, that anchors say; None: there is no store."""
    for nom, table in TABLES.items():
        siennes = [(une, une.tetes[nom]) for une in ancres if nom in une.tetes]
        if siennes:
            yield from _comparer_une(con, table, siennes)


def _comparer_une(
    con: sa.Connection | None, table: sa.Table, siennes: Sequence[tuple[Ancre, Tete]]
) -> Iterator[str]:
    celui, *mots = DITES[table.name]
    tete = _tete(con, table) if con is not None else DEBUT
    ancre, plus_haute = max(siennes, key=lambda une: une[1].rang)
    if plus_haute.rang > tete.rang:
        yield (
            f"l'ancre du {ancre.jour} dit {accorder(plus_haute.rang, *mots)}, tête "
            f"{plus_haute.empreinte[:8]}… ; la base n'en a que {tete.rang} : la fin manque"
        )
    tenues = _empreintes(con, table, {une.rang for _, une in siennes}) if con is not None else {}
    for ancre, dite in siennes:
        tenue = tenues.get(dite.rang)
        if tenue is not None and tenue != dite.empreinte:
            yield (
                f"l'ancre du {ancre.jour} dit que {celui} {dite.rang} est scellé "
                f"{dite.empreinte[:8]}… ; la base dit {tenue[:8]}… : la chaîne a été refaite"
            )
            return


def _empreintes(con: sa.Connection, table: sa.Table, rangs: set[int]) -> dict[int, str]:
    """Return {rank: seal} of those that the store knows, the last erased among them."""
    c = table.c
    lues = {
        int(rang): str(empreinte)
        for rang, empreinte in con.execute(sa.select(c.rang, c.empreinte).order_by(c.rang))
        if rang in rangs
    }
    premiere = con.execute(sa.select(c.rang, c.precedent).order_by(c.rang).limit(1)).first()
    if premiere is not None and premiere.rang > 1:
        lues[premiere.rang - 1] = premiere.precedent
    return lues


def oublis_trop_tot(lues: audit.Lues, ancres: Sequence[Ancre]) -> Iterator[str]:
    """Say which erasures went further than what was old, as anchors tell how old entries are.

    An anchor of a day with so many entries says that those that follow are younger than it.
    """
    for un in audit.oublis(lues):
        avant = [une for une in ancres if 0 < _rang(une) < un.entree["rang"]]
        mois = max([un.mois, *(une.traces for une in avant[-1:])])
        limite = mois_avant(un.le, mois).isoformat() if mois else "9"
        for une in avant:
            if _rang(une) < un.rang and une.le[:10] > limite:
                yield (
                    f"l'enregistrement {un.entree['rang']} dit effacés les {un.rang} premiers, "
                    f"alors que l'ancre du {une.jour} n'en comptait que {_rang(une)} : des traces "
                    f"de moins de {mois} mois ont été effacées"
                )
                break


def _rang(une: Ancre) -> int:
    return une.tetes.get("audit", DEBUT).rang
