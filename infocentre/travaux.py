"""What a page asks to have written: works done one after the other, by a process of their own.

A work is a directory of INFOCENTRE_DOSSIER/travaux, named by its arrival: `demande.json` says what
is asked and by whom, `livraison/` holds the files that were handed over, `etapes.json` how far it
is, `fin.json` what became of it. Files that nobody knows are recognised in the same directory:
`reponses.json` is what a person answered, `reconnus.json` what a page shows of them. The page that
asked may be closed: the work goes on. What a stopped machine left undone is done when anyone looks
again.

The files hold names: they are deleted once loaded or refused, and a day after they were handed
over when they wait for a person.
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
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import IO, Any, Literal, NamedTuple, NotRequired, TypedDict, TypeVar, final

from infocentre.noyau.erreurs import Refus, RefusMotive
from infocentre.noyau.fichiers import ecrire, est_vu
from infocentre.noyau.temps import maintenant
from infocentre.noyau.texte import nom_sur

Nature = Literal["charger", "controler", "reconnaitre", "registre"]
Etat = Literal["attente", "encours", "fait", "refus"]
L = TypeVar("L")

DOSSIER, VERROU = "travaux", "verrou"
DEMANDE, ETAPES, FIN, LIVRAISON = "demande.json", "etapes.json", "fin.json", "livraison"
MODULE = "infocentre.demarches.travaux"
REPONSES, RECONNUS, CORRESPONDANCE = "reponses.json", "reconnus.json", "correspondance.yml"
ATELIER = "atelier"  # where files are read to be recognised
ADOPTER = "adopter"  # the parameter of a load that adopts what was tried
PERMIS = "permis"  # the parameter that lists the départements that a work may be about
NOM = re.compile(r"\d{20}-[0-9a-f]{16}")
OCTETS_MAX = 4 << 30
FICHIERS_MAX, NIVEAUX_MAX, NOM_MAX = 500, 4, 120  # files, folders one in the other, characters
# What is kept of a folder that is handed over; the rest of it is nobody's data.
EXTENSIONS = (
    *(".zip", ".csv", ".txt", ".tsv", ".gz", ".parquet", ".xlsx", ".xls", ".ods"),
    ".json",  # manifeste.json
)
BLOC = 1 << 20
ATTENTE_MAX = 20  # works in the queue
GARDE = 24 * 3600.0  # seconds during which an archive waits for a person
MEMOIRE = 90 * 24 * 3600.0  # seconds during which what became of a work is told
# Refusals that a person lifts by telling more: the archive waits for it.
A_RECONNAITRE = "a_reconnaitre"
A_COMPLETER = frozenset({"a_confirmer", "arrete", "departement", A_RECONNAITRE})
# What a person tells of files that do not say it, and the refusals that it may be the cause of.
DITS = ("arrete", "departement")
PEUT_ETRE_DITS = frozenset({"a_confirmer", "invraisemblable"})
_LANCES: list[subprocess.Popen[bytes]] = []  # by this process; they are waited for when they end


@final
class Chargee(TypedDict):
    """What a loading gives: the month that it loaded, or had loaded before.

    `remplacees`: the months of which it took the place of another delivery.
    """

    departement: str
    mois: str
    deja: bool
    autres: NotRequired[list[str]]
    remplacees: NotRequired[list[str]]


@final
class Reconnus(TypedDict):
    """What recognition gives: how many questions a person is still to answer."""

    restent: int


class Recu(NamedTuple):
    """A file that is handed over: its path in the folder that was dropped, and its size."""

    nom: str
    octets: int


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


Resultat = Chargee | Publies | Reconnus | Completee


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
    `garde`: its files are still there, so that it can be asked again.
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
    def attend(self) -> bool:
        """Tell whether it waits for what a person says."""
        return self.garde and self.etat in {"refus", "fait"}

    @property
    def a_redire(self) -> list[str]:
        """Return what a person told of its files, which may be why they are refused."""
        return [un for un in DITS if un in self.parametres] if self.motif in PEUT_ETRE_DITS else []

    @property
    def inconnue(self) -> bool:
        """Tell whether it waits for a person to say what its files are."""
        return self.attend and (self.nature == "reconnaitre" or self.motif == A_RECONNAITRE)

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
    racine: Path, flux: IO[bytes], recus: Sequence[Recu], par: str, parametres: Mapping[str, str]
) -> str:
    """Keep files that come one after the other, then ask that they be loaded together.

    Return the work's identifier. A transfer that stops before its end leaves nothing.

    Raises:
        Refus: no file that is read, a name that leaves its folder, too large, no room, cut short,
            too many works.
    """
    nom, places = _places(recus)
    octets = sum(un.octets for un in recus)
    if octets > OCTETS_MAX:
        raise Refus(
            f"« {nom} » dépasse {OCTETS_MAX >> 30} Go",
            que_faire="La charger par la commande infocentre charger, sur le serveur.",
        )
    _exiger_place(racine, octets)
    demande = _demande("charger", par, {**parametres, "nom": nom})
    return _garder(racine, flux, zip(places, recus, strict=True), demande)


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
    demande = _demande("registre", par, {**parametres, "nom": nom})
    return _garder(racine, flux, [(Path(nom), Recu(nom, octets))], demande)


def _garder(
    racine: Path, flux: IO[bytes], recus: Iterable[tuple[Path | None, Recu]], demande: _Demande
) -> str:
    """Keep files and what is asked of them, all or nothing; return the work's identifier."""
    chemin = _nouveau(racine)
    try:
        for place, un in recus:
            _copier(flux, chemin / LIVRAISON / place if place else None, un.octets)
        _ecrire(chemin / DEMANDE, demande)
    except BaseException:
        shutil.rmtree(chemin, ignore_errors=True)
        raise
    return chemin.name


def _places(recus: Sequence[Recu]) -> tuple[str, list[Path | None]]:
    """Return what files are called together, and where each is kept: None for one that is not.

    One file is there under its name; several are in a folder, that which was dropped or a new one.
    """
    if not 0 < len(recus) <= FICHIERS_MAX:
        raise Refus(
            f"{len(recus)} fichiers sont déposés, {FICHIERS_MAX} au plus sont lus",
            que_faire="Déposer seulement ceux d'une livraison.",
        )
    parties = [_parties(un.nom) for un in recus]
    gardees = [une for une in parties if _est_lu(une[-1])]
    if not gardees:
        raise Refus(
            f"« {parties[0][-1]} » n'est pas un fichier de données",
            que_faire="Déposer une archive .zip, un dossier, ou des fichiers "
            "CSV, xlsx, xls, ods ou txt.",
        )
    if len(recus) == 1:
        return gardees[0][-1], [Path(gardees[0][-1])]
    racines = {une[0] for une in parties if len(une) > 1}
    seule = len(racines) == 1 and all(len(une) > 1 for une in parties)
    nom = racines.pop() if seule else f"{len(gardees)} fichiers"
    return nom, [Path(nom, *une[seule:]) if _est_lu(une[-1]) else None for une in parties]


def _est_lu(nom: str) -> bool:
    return est_vu(nom) and nom.lower().endswith(EXTENSIONS)


def _parties(nom: str) -> list[str]:
    """Return the folders and the name of a file; raise Refus when it would leave its own."""
    brutes = nom.replace("\\", "/").split("/")
    parties = [*(nom_sur(une, NOM_MAX) for une in brutes[:-1]), _nom_court(brutes[-1])]
    if len(parties) > NIVEAUX_MAX or any(une.strip(". ") == "" or ":" in une for une in parties):
        raise Refus(
            f"« {nom_sur(nom, NOM_MAX)} » n'est pas un nom de fichier qui se garde",
            que_faire="Le renommer, ou déposer ses fichiers sans leurs dossiers.",
        )
    return parties


def _nom_court(nom: str) -> str:
    """Return the name of a file, cut when it is long, with the extension that says its kind."""
    propre = nom_sur(nom)
    suffixe = Path(propre).suffix
    if suffixe.lower() not in EXTENSIONS:
        return propre[:NOM_MAX]
    return propre.removesuffix(suffixe)[: NOM_MAX - len(suffixe)] + suffixe


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


def redemander(
    racine: Path,
    identifiant: str,
    par: str,
    complements: Mapping[str, str],
    nature: Nature | None = None,
) -> None:
    """Ask again for a work that waits for a person, with what was missing; of another nature too.

    Raises:
        Refus: it is not there, its files are gone, or it does not wait for anything.
    """
    un = lire(racine, identifiant)
    if un is None or not un.attend:
        raise Refus("cette livraison n'est plus en attente", que_faire="La déposer de nouveau.")
    chemin = dossier(racine) / identifiant
    for fichier in (ETAPES, FIN):
        (chemin / fichier).unlink(missing_ok=True)
    _ecrire(chemin / DEMANDE, _demande(nature or un.nature, par, {**un.parametres, **complements}))


def repondre(racine: Path, identifiant: str, par: str, reponses: Mapping[str, Any]) -> None:
    """Keep what a person answers of files, then ask that they be recognised by it.

    Raises:
        Refus: as `redemander`.
    """
    un = lire(racine, identifiant)
    if un and un.attend:
        _ecrire(dossier(racine) / identifiant / REPONSES, reponses)
    redemander(racine, identifiant, par, {}, "reconnaitre")


def reponses(racine: Path, un: Travail) -> dict[str, Any]:
    """Return what a person answered of the files of a work, nothing before."""
    lues: dict[str, Any] | None = _lire(dossier(racine) / un.identifiant / REPONSES, dict)
    return lues or {}


def reconnus(racine: Path, un: Travail) -> dict[str, Any] | None:
    """Return what a page shows of the files of a work, None before they were looked at."""
    return _lire(dossier(racine) / un.identifiant / RECONNUS, dict[str, Any])


def montrer(racine: Path, un: Travail, contenu: Mapping[str, Any]) -> None:
    """Keep what a page will show of the files of a work."""
    _ecrire(dossier(racine) / un.identifiant / RECONNUS, contenu)


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
            _effacer(chemin)
        if age > MEMOIRE or (age > GARDE and not (chemin / DEMANDE).exists()):
            shutil.rmtree(chemin, ignore_errors=True)


def _effacer(chemin: Path) -> None:
    """Delete the files of a work, and what was read of them."""
    for nom in (LIVRAISON, ATELIER):
        shutil.rmtree(chemin / nom, ignore_errors=True)
    for nom in (REPONSES, RECONNUS, CORRESPONDANCE):
        (chemin / nom).unlink(missing_ok=True)


def archive(racine: Path, un: Travail) -> Path:
    """Return what was handed over to be loaded: an archive, a file, or a folder."""
    return dossier(racine) / un.identifiant / LIVRAISON / un.objet


def correspondance(racine: Path, un: Travail) -> Path:
    """Return where the correspondance is that a person is asked to use."""
    return dossier(racine) / un.identifiant / CORRESPONDANCE


@contextlib.contextmanager
def atelier(racine: Path, un: Travail) -> Iterator[Path]:
    """Give a directory to read the files of a work in; it is deleted after, and before."""
    chemin = dossier(racine) / un.identifiant / ATELIER
    shutil.rmtree(chemin, ignore_errors=True)
    chemin.mkdir(mode=0o700)
    try:
        yield chemin
    finally:
        shutil.rmtree(chemin, ignore_errors=True)


def noter(racine: Path, un: Travail, etapes: list[str], part: float | None, essai: int) -> None:
    """Say how far a work is."""
    contenu: _Avance = {"etapes": etapes, "part": part, "essai": essai}
    _ecrire(dossier(racine) / un.identifiant / ETAPES, contenu)


def essais(racine: Path, un: Travail) -> int:
    """Return how many times a work was begun."""
    avance = _lire(dossier(racine) / un.identifiant / ETAPES, _Avance)
    return avance["essai"] if avance else 0


def finir(racine: Path, un: Travail, resultat: Resultat | Refus) -> None:
    """Say what became of a work; its files go, unless a person can complete or tell again."""
    chemin = dossier(racine) / un.identifiant
    if isinstance(resultat, Refus):
        motif = resultat.motif if isinstance(resultat, RefusMotive) else ""
        refus = [resultat.quoi, resultat.ou, resultat.que_faire]
        fin: _Fin = {"etat": "refus", "refus": refus, "motif": motif}
    else:
        motif = ""
        fin = {"etat": "fait", "resultat": resultat}
    _ecrire(chemin / FIN, fin)
    attend = motif in A_COMPLETER or replace(un, motif=motif).a_redire
    if un.nature != "reconnaitre" and not attend:
        _effacer(chemin)


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


def _copier(flux: IO[bytes], cible: Path | None, octets: int) -> None:
    """Write what comes, or let it pass: no more than was told, and exactly as much."""
    recus = 0
    with _neuf(cible) if cible else Path(os.devnull).open("wb") as sortie:
        while recus < octets and (bloc := flux.read(min(BLOC, octets - recus))):
            recus += len(bloc)
            sortie.write(bloc)
    if recus != octets:
        raise Refus(
            "le transfert s'est arrêté avant la fin, rien n'a été gardé",
            que_faire="Déposer de nouveau la livraison.",
        )


def _neuf(cible: Path) -> IO[bytes]:
    cible.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    try:
        return os.fdopen(os.open(cible, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb")
    except FileExistsError:
        raise Refus(
            f"deux fichiers s'appellent « {cible.name} »", que_faire="Renommer l'un des deux."
        ) from None


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
