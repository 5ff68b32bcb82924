"""What a page asks to have written: works done one after the other, by a process of their own.

A work is a directory of INFOCENTRE_DOSSIER/travaux, named by its arrival: `demande.json` says what
is asked and by whom, `livraison/` holds the archive that was handed over, `etapes.json` how far it
is, `fin.json` what became of it. The page that asked may be closed: the work goes on. What a
stopped machine left undone is done when anyone looks again.

The archive holds names: it is deleted once it is loaded or refused, and a day after it was handed
over when it waits for a person.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import re
import secrets
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, Literal, NotRequired, TypedDict, TypeVar, final

from infocentre.noyau.erreurs import Refus, RefusMotive
from infocentre.noyau.fichiers import ecrire
from infocentre.noyau.temps import maintenant
from infocentre.noyau.texte import nom_sur

Nature = Literal["charger", "controler", "registre"]
Etat = Literal["attente", "encours", "fait", "refus"]
L = TypeVar("L")

DOSSIER, VERROU = "travaux", "verrou"
DEMANDE, ETAPES, FIN, LIVRAISON = "demande.json", "etapes.json", "fin.json", "livraison"
MODULE = "infocentre.demarches.travaux"
PERMIS = "permis"  # the parameter that lists the départements that a work may be about
NOM = re.compile(r"\d{20}-[0-9a-f]{16}")
OCTETS_MAX = 4 << 30
BLOC = 1 << 20
ATTENTE_MAX = 20  # works in the queue
GARDE = 24 * 3600.0  # seconds during which an archive waits for a person
MEMOIRE = 90 * 24 * 3600.0  # seconds during which what became of a work is told
# Refusals that a person lifts by telling more: the archive waits for it.
A_COMPLETER = frozenset({"a_confirmer", "arrete", "departement"})
_LANCES: list[subprocess.Popen[bytes]] = []  # by this process; they are waited for when they end


@final
class Chargee(TypedDict):
    """What a loading gives: the month that it loaded, or had loaded before."""

    departement: str
    mois: str
    deja: bool


@final
class Publies(TypedDict):
    """What a control gives: the months that it published, and in words the values it revised."""

    mois: list[str]
    revisees: str


@final
class Completee(TypedDict):
    """What a completed register gives: the months that it completed, to control again."""

    departement: str
    guichets: int
    completes: list[str]


Resultat = Chargee | Publies | Completee


class _Demande(TypedDict):
    nature: Nature
    par: str
    le: str
    parametres: dict[str, str]


class _Avance(TypedDict):
    etapes: list[str]
    part: float | None
    essai: int


class _Fin(TypedDict):
    etat: Literal["fait", "refus"]
    refus: NotRequired[list[str]]
    motif: NotRequired[str]
    resultat: NotRequired[Resultat]


@dataclass(frozen=True, slots=True)
class Travail:
    """One work: what is asked, by whom, how far it is or what became of it.

    `part` is between 0 and 1, None when it is not known. `refus`: what, where, what to do.
    `garde`: its archive is still there, so that it can be asked again.
    """

    identifiant: str
    nature: Nature
    par: str
    le: str
    parametres: Mapping[str, str]
    etat: Etat
    etapes: tuple[str, ...] = ()
    part: float | None = None
    refus: tuple[str, str, str] | None = None
    motif: str = ""
    resultat: Resultat | None = None
    garde: bool = False

    @property
    def objet(self) -> str:
        """Return what it is about: the name of the archive, else nothing."""
        return self.parametres.get("nom", "")

    @property
    def permis(self) -> frozenset[str] | None:
        """Return the départements that it may be about, None for all."""
        dits = self.parametres.get(PERMIS)
        return None if dits is None else frozenset(dits.split())

    @property
    def departement(self) -> str | None:
        """Return the département that it is about, None while nobody knows."""
        lu = self.resultat
        charge = lu["departement"] if lu and "departement" in lu else ""
        return charge or self.parametres.get("departement") or None


def dossier(racine: Path) -> Path:
    """Return the directory of works, made for its owner alone."""
    chemin = racine / DOSSIER
    chemin.mkdir(mode=0o700, parents=True, exist_ok=True)
    return chemin


def deposer(
    racine: Path, flux: IO[bytes], nom: str, octets: int, par: str, parametres: Mapping[str, str]
) -> str:
    """Keep an archive as it comes, then ask that it be loaded; return the work's identifier.

    `octets` is its size as the browser tells it: a transfer that stops before leaves nothing.

    Raises:
        Refus: not a zip by its name, too large, no room, cut short, too many works.
    """
    nom = nom_sur(Path(nom.replace("\\", "/")).name)
    if not nom.lower().endswith(".zip"):
        raise Refus(
            f"« {nom} » n'est pas une archive .zip",
            que_faire="Déposer la livraison telle que le ministère l'envoie, en une archive .zip.",
        )
    if octets > OCTETS_MAX:
        raise Refus(
            f"« {nom} » dépasse {OCTETS_MAX >> 30} Go",
            que_faire="La charger par la commande infocentre charger, sur le serveur.",
        )
    _exiger_place(racine, octets)
    return _garder(racine, flux, octets, _demande("charger", par, {**parametres, "nom": nom}))


def deposer_registre(
    racine: Path, flux: IO[bytes], nom: str, octets: int, par: str, parametres: Mapping[str, str]
) -> str:
    """Keep a completed register as it comes, then ask that its months be completed.

    Return the work's identifier; raise Refus as `deposer`.
    """
    nom = nom_sur(Path(nom.replace("\\", "/")).name)
    if not nom.lower().endswith(".xlsx"):
        raise Refus(
            f"« {nom} » n'est pas un classeur .xlsx",
            que_faire="Déposer le registre à compléter, rempli.",
        )
    _exiger_place(racine, octets)
    return _garder(racine, flux, octets, _demande("registre", par, {**parametres, "nom": nom}))


def _garder(racine: Path, flux: IO[bytes], octets: int, demande: _Demande) -> str:
    """Keep a file and what is asked of it, all or nothing; return the work's identifier."""
    chemin = _nouveau(racine)
    try:
        (chemin / LIVRAISON).mkdir(mode=0o700)
        _copier(flux, chemin / LIVRAISON / demande["parametres"]["nom"], octets)
        _ecrire(chemin / DEMANDE, demande)
    except BaseException:
        shutil.rmtree(chemin, ignore_errors=True)
        raise
    return chemin.name


def demander(racine: Path, nature: Nature, par: str, parametres: Mapping[str, str]) -> str:
    """Ask for a work without an archive; return its identifier, that of the same one if it waits.

    Raises:
        Refus: too many works wait.
    """
    for un in lister(racine):
        if un.etat == "attente" and (un.nature, dict(un.parametres)) == (nature, dict(parametres)):
            return un.identifiant
    chemin = _nouveau(racine)
    _ecrire(chemin / DEMANDE, _demande(nature, par, parametres))
    return chemin.name


def redemander(racine: Path, identifiant: str, par: str, complements: Mapping[str, str]) -> None:
    """Ask again for a load that waits for a person, with what was missing.

    Raises:
        Refus: it is not there, its archive is gone, or it does not wait for anything.
    """
    un = lire(racine, identifiant)
    if un is None or un.etat != "refus" or not un.garde:
        raise Refus("cette livraison n'est plus en attente", que_faire="La déposer de nouveau.")
    chemin = dossier(racine) / identifiant
    for fichier in (ETAPES, FIN):
        (chemin / fichier).unlink(missing_ok=True)
    _ecrire(chemin / DEMANDE, _demande(un.nature, par, {**un.parametres, **complements}))


def abandonner(racine: Path, identifiant: str) -> None:
    """Forget a work that is not under way, its archive with it."""
    un = lire(racine, identifiant)
    if un and un.etat != "encours":
        shutil.rmtree(dossier(racine) / identifiant, ignore_errors=True)


def lister(racine: Path) -> list[Travail]:
    """Return every work, the newest first."""
    balayer(racine)
    lus = (lire(racine, chemin.name) for chemin in sorted(dossier(racine).iterdir(), reverse=True))
    return [un for un in lus if un]


def en_attente(racine: Path) -> list[Travail]:
    """Return the works that are still to do, in the order in which they will be."""
    return [un for un in reversed(lister(racine)) if un.etat in {"attente", "encours"}]


def lire(racine: Path, identifiant: str) -> Travail | None:
    """Return one work, None when there is none of this name, or its archive still comes in."""
    chemin = dossier(racine) / identifiant
    if not NOM.fullmatch(identifiant):
        return None
    demande = _lire(chemin / DEMANDE, _Demande)
    if demande is None:
        return None
    avance, fin = _lire(chemin / ETAPES, _Avance), _lire(chemin / FIN, _Fin)
    return Travail(
        identifiant,
        demande["nature"],
        demande["par"],
        demande["le"],
        demande["parametres"],
        fin["etat"] if fin else "encours" if avance and occupe(racine) else "attente",
        tuple(avance["etapes"]) if avance else (),
        avance["part"] if avance else None,
        _refus(*fin["refus"]) if fin and fin.get("refus") else None,
        fin.get("motif", "") if fin else "",
        fin.get("resultat") if fin else None,
        garde=(chemin / LIVRAISON).is_dir(),
    )


def occupe(racine: Path) -> bool:
    """Tell whether a process does the works now."""
    with (dossier(racine) / VERROU).open("a") as verrou:
        try:
            fcntl.flock(verrou, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
    return False


@contextlib.contextmanager
def seul(racine: Path) -> Iterator[None]:
    """Wait to be the one that does the works, and be it until the end."""
    with (dossier(racine) / VERROU).open("a") as verrou:
        fcntl.flock(verrou, fcntl.LOCK_EX)
        yield


def lancer(racine: Path) -> None:
    """Start what does the works, unless there are none, or it is at it."""
    if occupe(racine) or not en_attente(racine):
        return
    ouvrier = subprocess.Popen(  # noqa: S603 - a module of ours; it outlives the page that asked
        [sys.executable, "-m", MODULE],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
        env={**os.environ, "INFOCENTRE_DOSSIER": str(racine)},
    )
    _LANCES[:] = [*(un for un in _LANCES if un.poll() is None), ouvrier]


def balayer(racine: Path) -> None:
    """Delete the archives that waited a day, transfers that were cut, and works of long ago."""
    instant = time.time()
    for chemin in dossier(racine).iterdir():
        if not NOM.fullmatch(chemin.name):
            continue
        age = instant - int(chemin.name[:20]) / 1e9
        if age > GARDE and ((chemin / FIN).exists() or not (chemin / DEMANDE).exists()):
            shutil.rmtree(chemin / LIVRAISON, ignore_errors=True)
        if age > MEMOIRE or (age > GARDE and not (chemin / DEMANDE).exists()):
            shutil.rmtree(chemin, ignore_errors=True)


def archive(racine: Path, un: Travail) -> Path:
    """Return the archive of a load."""
    return dossier(racine) / un.identifiant / LIVRAISON / un.objet


def noter(racine: Path, un: Travail, etapes: list[str], part: float | None, essai: int) -> None:
    """Say how far a work is."""
    contenu: _Avance = {"etapes": etapes, "part": part, "essai": essai}
    _ecrire(dossier(racine) / un.identifiant / ETAPES, contenu)


def essais(racine: Path, un: Travail) -> int:
    """Return how many times a work was begun."""
    avance = _lire(dossier(racine) / un.identifiant / ETAPES, _Avance)
    return avance["essai"] if avance else 0


def finir(racine: Path, un: Travail, resultat: Resultat | Refus) -> None:
    """Say what became of a work; its archive goes, unless a person can complete what it lacks."""
    chemin = dossier(racine) / un.identifiant
    if isinstance(resultat, Refus):
        motif = resultat.motif if isinstance(resultat, RefusMotive) else ""
        refus = [resultat.quoi, resultat.ou, resultat.que_faire]
        fin: _Fin = {"etat": "refus", "refus": refus, "motif": motif}
    else:
        motif = ""
        fin = {"etat": "fait", "resultat": resultat}
    _ecrire(chemin / FIN, fin)
    if motif not in A_COMPLETER:
        shutil.rmtree(chemin / LIVRAISON, ignore_errors=True)


def _exiger_place(racine: Path, octets: int) -> None:
    # The archive, what it unfolds to, and the tables that are made of it.
    if shutil.disk_usage(dossier(racine)).free < 4 * octets:
        raise Refus(
            "il n'y a pas assez de place sur le disque pour cette livraison",
            que_faire="Libérer de la place sur le serveur, puis la déposer de nouveau.",
        )


def _nouveau(racine: Path) -> Path:
    if len(en_attente(racine)) >= ATTENTE_MAX:
        raise RefusMotive(
            "occupe",
            f"{ATTENTE_MAX} opérations attendent déjà",
            "Attendre qu'elles soient faites, puis recommencer.",
        )
    chemin = dossier(racine) / f"{time.time_ns():020d}-{secrets.token_hex(8)}"
    chemin.mkdir(mode=0o700)
    return chemin


def _copier(flux: IO[bytes], cible: Path, octets: int) -> None:
    """Write what comes, no more than was told, and exactly as much."""
    recus = 0
    with os.fdopen(os.open(cible, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as sortie:
        while recus < octets and (bloc := flux.read(min(BLOC, octets - recus))):
            recus += len(bloc)
            sortie.write(bloc)
    if recus != octets:
        raise Refus(
            "le transfert s'est arrêté avant la fin, rien n'a été gardé",
            que_faire="Déposer de nouveau la livraison.",
        )


def _demande(nature: Nature, par: str, parametres: Mapping[str, str]) -> _Demande:
    gardes = {cle: valeur for cle, valeur in parametres.items() if valeur}
    return {"nature": nature, "par": par, "le": maintenant(), "parametres": gardes}


def _ecrire(fichier: Path, contenu: Mapping[str, Any]) -> None:
    ecrire(fichier, json.dumps(contenu, ensure_ascii=False), droits=0o600)


def _lire(fichier: Path, genre: type[L]) -> L | None:  # noqa: ARG001 - says what it holds
    try:
        lu: L = json.loads(fichier.read_text("utf-8"))
    except (FileNotFoundError, NotADirectoryError):
        return None
    return lu


def _refus(quoi: str, ou: str, que_faire: str) -> tuple[str, str, str]:
    return quoi, ou, que_faire
