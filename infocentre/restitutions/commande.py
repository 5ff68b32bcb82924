"""A document asked by a page: made in a process of its own, in a bounded time.

What lays out a document holds its thread for seconds and hundreds of megabytes: the process that
serves the pages does neither.
"""

from __future__ import annotations

import contextlib
import io
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, TypedDict

import duckdb

from infocentre.acces.perimetre import Perimetre
from infocentre.entrepot import Dossier
from infocentre.lecture.ensembles import ensemble_de
from infocentre.noyau import file
from infocentre.noyau.depart import espacer_les_cycles
from infocentre.noyau.erreurs import Refus, RefusMotive
from infocentre.restitutions import lecture
from infocentre.restitutions.formes import FORMES
from infocentre.restitutions.lecture import Edition
from infocentre.restitutions.registre import (
    DOCUMENTS,
    SITE,
    exiger_forme,
    exiger_partagee,
    existe,
)

SECONDES = 60.0
REVEIL = 0.1  # seconds between two looks at whether it is still wanted
MEMOIRE = 6 << 30  # of addresses: a process with DuckDB reserves far more than it uses
TEMPS = "temps"  # why it could not be made: more of it is all that it takes
_REFUSE, _MEMOIRE = 3, 4


@dataclass(frozen=True, slots=True)
class Commande:
    """What is asked: a document, its form, a month, semester or year, the guichet of a fiche.

    `partenaire` is the key of whom a bilan is for, '' for the whole one; `epci` the SIREN of the
    EPCI of a document that may be of one; `region` the code of one of several départements, TOUS
    for all of them.
    """

    nom: str
    forme: str
    departement: str
    mois: str = ""
    semestre: str = ""
    annee: str = ""
    guichet: str = ""
    partenaire: str = ""
    epci: str = ""
    region: str = ""
    perimetre: Perimetre = field(kw_only=True)

    def en_json(self) -> dict[str, Any]:
        """Return what is asked, and by whom, as the process that makes it is given it."""
        return asdict(self) | {"perimetre": self.perimetre.en_json()}

    @staticmethod
    def depuis_json(lu: Mapping[str, Any]) -> Commande:
        """Read what `en_json` wrote."""
        dites = dict(lu)
        return Commande(perimetre=Perimetre.depuis_json(dites.pop("perimetre")), **dites)


class _Demande(TypedDict):
    racine: str
    commandes: list[dict[str, Any]]  # as JSON


def _trop(quoi: str) -> RefusMotive:
    return RefusMotive(
        TEMPS if quoi == "le temps imparti" else "memoire",
        f"ce document n'a pas pu être préparé dans {quoi}",
        "Recommencer dans un moment ; sinon, l'imprimer par la commande infocentre bilan.",
    )


def fabriquer(
    dossier: Dossier,
    commande: Commande,
    *,
    secondes: float = SECONDES,
    attente: float = file.PATIENCE,
    permis: Callable[[], None] = lambda: None,
) -> bytes:
    """Return the file; it takes the place of a query, of which there are two for the machine.

    `attente` is how long it may wait for that place, `secondes` how long it may take; `permis`
    raises Refus, and the work ends, once whoever asked may not have it any more.

    Raises:
        Refus: unknown document or form, nothing published, words that cannot be printed, too long.
    """
    (fait,) = fabriquer_tous(dossier, [commande], secondes=secondes, attente=attente, permis=permis)
    return fait


def fabriquer_tous(
    dossier: Dossier,
    commandes: Sequence[Commande],
    *,
    secondes: float = SECONDES,
    attente: float = file.PATIENCE,
    permis: Callable[[], None] = lambda: None,
) -> list[bytes]:
    """Return the files, all made by one process; `secondes` is how long each may take.

    Raises:
        Refus: as `fabriquer`, for any of them.
    """
    for une in commandes:
        _verifier(une)
    with file.place(dossier.file, uuid.uuid4().hex, attente, permis=permis) as voulue:
        return _demander(dossier, commandes, secondes * len(commandes), voulue)


def _verifier(commande: Commande) -> None:
    if not existe(commande.nom, commande.forme):
        raise Refus("ce document n'existe pas", que_faire="Reprendre le lien de la page.")
    if commande.forme != SITE:
        exiger_forme(commande.nom, commande.forme)
    elif not commande.partenaire:
        raise Refus("ce site est celui d'un partenaire", que_faire="Le choisir dans la page.")


def _demander(
    dossier: Dossier, commandes: Sequence[Commande], secondes: float, voulue: Callable[[], bool]
) -> list[bytes]:
    demande: _Demande = {
        "racine": str(dossier.racine.absolute()),
        "commandes": [une.en_json() for une in commandes],
    }
    with tempfile.TemporaryDirectory(prefix="infocentre-document-") as temporaire:
        code, octets, erreurs = _attendre(demande, temporaire, secondes, voulue)
    if code == _MEMOIRE:
        raise _trop("la mémoire impartie")
    if code == _REFUSE:
        raise Refus(*json.loads(octets))
    if code:
        raise RuntimeError(erreurs.decode(errors="replace")[-2000:])
    return _separer(octets)


def _joindre(fichiers: Sequence[bytes]) -> bytes:
    """Return files one after the other, under a line that tells the size of each."""
    return b"\n".join([json.dumps([len(un) for un in fichiers]).encode(), b"".join(fichiers)])


def _separer(octets: bytes) -> list[bytes]:
    """Return the files that `_joindre` wrote."""
    tailles, _, suite = octets.partition(b"\n")
    flux = io.BytesIO(suite)
    return [flux.read(taille) for taille in json.loads(tailles)]


def _attendre(
    demande: _Demande, temporaire: str, secondes: float, voulue: Callable[[], bool]
) -> tuple[int, bytes, bytes]:
    """Have the document made; return the code of its process, its output, its errors.

    The process is dead on return, whatever comes of it.
    """
    fin = time.monotonic() + secondes
    entree: bytes | None = json.dumps(demande).encode()
    with subprocess.Popen(  # noqa: S603 - this very module
        [sys.executable, "-m", __name__],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={**os.environ, "TMPDIR": temporaire, "MALLOC_ARENA_MAX": "2"},
    ) as processus:
        try:
            while voulue():
                with contextlib.suppress(subprocess.TimeoutExpired):
                    octets, erreurs = processus.communicate(entree, timeout=REVEIL)
                    return processus.returncode, octets, erreurs
                entree = None  # it has it
                if time.monotonic() >= fin:
                    raise _trop("le temps imparti")
            raise file.annulee()
        finally:
            processus.kill()


def _faire(racine: Path, commande: Commande) -> bytes:
    with lecture.ouvrir(Dossier(racine), commande.perimetre) as v:
        if commande.region:
            un = ensemble_de(v, region=commande.region)
            reunie = lecture.de_l_ensemble(v, un, commande.mois, commande.semestre)
            return FORMES[commande.forme](DOCUMENTS[commande.nom].construire(reunie))
        if commande.semestre:
            edition = lecture.du_semestre(v, commande.semestre, commande.departement)
        elif commande.annee:
            edition = lecture.de_l_annee(v, commande.annee, commande.departement)
        else:
            edition = lecture.du_mois(v, commande.departement, commande.mois or None)
        if commande.partenaire:
            return _pour_un_partenaire(edition, commande)
        document = DOCUMENTS[commande.nom].construire(edition, commande.guichet or commande.epci)
    return FORMES[commande.forme](document)


def _pour_un_partenaire(edition: Edition, commande: Commande) -> bytes:
    from infocentre.restitutions import atelier, partenaires
    from infocentre.restitutions.ouvert import prive

    un = partenaires.partenaires(edition).get(commande.partenaire)
    if un is None:
        raise Refus("ce partenaire n'est pas connu", que_faire="Le choisir dans la page.")
    if commande.forme == SITE:
        return prive.en_zip(edition, un)
    if un.genre in atelier.SOMMAIRES:
        exiger_partagee(commande.forme)
    return FORMES[commande.forme](atelier.Atelier(edition).construire(un))


def main() -> int:
    """Answer one demand: the files on the standard output, or why not."""
    espacer_les_cycles()
    demande = json.load(sys.stdin)
    # What a library prints goes to the errors: the answer is alone on its way.
    with os.fdopen(os.dup(sys.stdout.fileno()), "wb") as reponse:
        os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
        resource.setrlimit(resource.RLIMIT_AS, (MEMOIRE, MEMOIRE))
        code, octets = _repondre(demande)
        reponse.write(octets)
    return code


def _repondre(demande: _Demande) -> tuple[int, bytes]:
    try:
        racine, voulues = Path(demande["racine"]), map(Commande.depuis_json, demande["commandes"])
        octets = _joindre([_faire(racine, une) for une in voulues])
    except Refus as refus:
        return _REFUSE, json.dumps([refus.quoi, refus.ou, refus.que_faire]).encode()
    except (MemoryError, duckdb.OutOfMemoryException):
        return _MEMOIRE, b""
    return 0, octets


if __name__ == "__main__":
    sys.exit(main())
