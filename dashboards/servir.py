"""The application as gunicorn serves it, and how it is started and stopped.

gunicorn also reads its hooks here.
"""

from __future__ import annotations

import contextlib
import errno
import gc
import os
import socket
import sys
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from werkzeug.middleware.proxy_fix import ProxyFix

from dashboards.protection import LOCAUX, hotes
from infocentre.acces.ancres import ancrer_chaque_heure
from infocentre.acces.comptes import Comptes
from infocentre.decisions import ouvrir_magasin
from infocentre.entrepot import Dossier
from infocentre.noyau.config import dossier_donnees, nombre_regle
from infocentre.noyau.depart import ecarter
from infocentre.noyau.erreurs import Refus
from infocentre.noyau.fichiers import MASQUE

if TYPE_CHECKING:
    import flask

ADRESSE = "127.0.0.1"
# How many processes answer, unless INFOCENTRE_PROCESSUS says; the most that it may say.
PROCESSUS, PROCESSUS_MAX, FILS = 2, 64, 4
CYCLES = 50_000, 20, 20  # objects made before cycles of them are looked for
MANDATAIRE = "INFOCENTRE_MANDATAIRE"  # what the process says to the one that takes its place
PREMIERES = ("/", "/suivi", "/region")  # a map of several départements is made once
MINUTE = 60  # seconds
MASQUE_SOCKET = "0o007"  # the group of its directory speaks to a socket: the proxy is in it


def serveur() -> flask.Flask:
    """Return the WSGI application over INFOCENTRE_DOSSIER; it has opened nothing yet."""
    gc.set_threshold(*CYCLES)  # else they take a sixth of the time of what is imported here
    ecarter("pandas")
    from dashboards.app import creer_app

    _lire_le_programme()
    os.umask(MASQUE)
    application: flask.Flask = creer_app(
        Dossier(dossier_donnees()), marque=os.environ.get("INFOCENTRE_MARQUE")
    ).server
    if os.environ.get(MANDATAIRE):
        application.wsgi_app = ProxyFix(application.wsgi_app)  # type: ignore[method-assign]
    gc.collect()
    gc.freeze()  # the processes share what they do not search
    return application


def _lire_le_programme() -> None:
    """Read what no version changes before the processes part: each has it, one reads it.

    What cannot be read is said by the page that needs it.
    """
    from infocentre.affaires import procedures
    from infocentre.contrat.territoires import (
        departements_des_epcis,
        noms_des_epcis,
        territoires,
    )
    from infocentre.demarches.regles import regles_de
    from infocentre.lecture.commun import catalogue
    from infocentre.mesures.tableaux import tableaux

    for lire in (
        territoires,
        noms_des_epcis,
        departements_des_epcis,
        catalogue,
        tableaux,
    ):
        with contextlib.suppress(Refus):
            lire()
    with contextlib.suppress(Refus):
        for code in procedures():
            regles_de(code)


class Processus(Protocol):
    """What the hooks use of a process of gunicorn."""

    booted: bool
    wsgi: flask.Flask


def post_worker_init(processus: Processus) -> None:
    """Open the version and read what pages share, so that the first reader does not wait.

    What is kept from then on is not searched for garbage again: that would stop long pages.
    """
    from dashboards.app import chauffer
    from dashboards.envois import veiller

    chauffer(processus.wsgi, PREMIERES)
    threading.Thread(target=_ancrer_sans_fin, daemon=True).start()
    veiller(processus.wsgi.config["LECTEUR"])
    gc.collect()
    gc.freeze()


def _ancrer_sans_fin() -> None:
    """Put the heads of the chains out of reach each hour, whichever process does; no page waits."""
    while True:
        ancrer_chaque_heure(dossier_donnees())
        time.sleep(MINUTE)


def worker_exit(_: object, processus: Processus) -> None:
    """Leave at once: DuckDB's threads do not outlive the orderly end of an interpreter."""
    if processus.booted:
        if pdf := sys.modules.get("infocentre.restitutions.pdf"):  # it printed
            pdf.rendre_les_polices()
        for flux in (sys.stdout, sys.stderr):
            with contextlib.suppress(OSError, ValueError):
                flux.flush()
        os._exit(0)


@dataclass(frozen=True, slots=True)
class Ecoute:
    """Where the server listens: an address and a port, or a Unix socket for the proxy beside."""

    adresse: str = ADRESSE
    port: int = 8050
    socket: Path | None = None
    mandataire: bool = False

    @property
    def derriere_un_mandataire(self) -> bool:
        """Tell whether only a proxy speaks to it, and says who comes (X-Forwarded-For)."""
        return self.mandataire or self.socket is not None

    @property
    def ailleurs(self) -> bool:
        """Tell whether somebody else than who is on this machine may come."""
        return self.socket is not None or self.adresse not in LOCAUX

    @property
    def lien(self) -> str:
        """Where gunicorn binds."""
        return f"unix:{self.socket}" if self.socket else f"{_crochets(self.adresse)}:{self.port}"

    def __str__(self) -> str:
        """Say it as a person reads it."""
        return f"le socket {self.socket}" if self.socket else f"http://{self.lien}/"


def _crochets(adresse: str) -> str:
    return f"[{adresse}]" if ":" in adresse else adresse


def demarrer(ecoute: Ecoute) -> None:
    """Replace this process by gunicorn; raise Refus when it may not, or cannot, listen there."""
    if ecoute.ailleurs or hotes() != LOCAUX:
        exiger_comptes(dossier_donnees())
        exiger_un_compte_de_service()
    _exiger_libre(ecoute)
    processus = nombre_regle(
        "INFOCENTRE_PROCESSUS",
        PROCESSUS,
        PROCESSUS_MAX,
        "n’est pas un nombre de processus",
        f"Écrire un nombre de 1 à {PROCESSUS_MAX} : autant que de cœurs.",
    )
    os.environ[MANDATAIRE] = "oui" if ecoute.derriere_un_mandataire else ""
    gunicorn = Path(sys.executable).with_name("gunicorn")
    arguments = [
        str(gunicorn),
        "dashboards.servir:serveur()",
        f"--bind={ecoute.lien}",
        f"--umask={MASQUE_SOCKET}",
        f"--workers={processus}",
        f"--threads={FILS}",
        "--worker-class=gthread",
        "--config=python:dashboards.servir",
        "--preload",
        "--no-control-socket",
        "--log-level=warning",
    ]
    os.execv(arguments[0], arguments)  # noqa: S606 - gunicorn takes this process over


def exiger_comptes(racine: Path) -> None:
    """Raise Refus while there is no account: whoever reached the server would be its gestionnaire.

    The same holds of a server that answers to another name than those of this machine.
    """
    if Comptes(ouvrir_magasin(racine)).aucun():
        raise Refus(
            "personne n’a encore de compte : qui atteindrait ce serveur y verrait tout",
            str(racine),
            "Inviter d’abord un administrateur (infocentre comptes inviter), ou n’écouter que "
            f"cette machine ({ADRESSE}), sans INFOCENTRE_HOTES.",
        )


def exiger_un_compte_de_service() -> None:
    """Raise Refus when who serves the network is root, unless told otherwise."""
    if os.geteuid() == 0 and os.environ.get("INFOCENTRE_ROOT") != "oui":
        raise Refus(
            "le compte root ne sert pas le réseau : une faille y donnerait toute la machine",
            que_faire="Servir sous un compte qui n’a que ses données (voir docs/installation.md), "
            "ou l’accepter en connaissance de cause : INFOCENTRE_ROOT=oui.",
        )


def _exiger_libre(ecoute: Ecoute) -> None:
    if ecoute.socket:
        _exiger_socket(ecoute.socket)
        return
    try:
        famille = socket.AF_INET6 if ":" in ecoute.adresse else socket.AF_INET
        socket.create_server((ecoute.adresse, ecoute.port), family=famille).close()
    except OSError as erreur:
        if erreur.errno == errno.EADDRINUSE:
            raise Refus(
                f"le port {ecoute.port} n'est pas libre : un autre programme l'utilise",
                que_faire="Arrêter ce programme, ou choisir un autre port : "
                f"--port {ecoute.port + 1}",
            ) from erreur
        raise Refus(
            f"ce serveur ne peut pas écouter {ecoute}",
            que_faire="Donner une adresse de cette machine et un port d’au moins 1024.",
        ) from erreur


def _exiger_socket(chemin: Path) -> None:
    """Raise Refus when a server answers there already, or when a socket cannot be made there."""
    if not chemin.parent.is_dir() or not os.access(chemin.parent, os.W_OK):
        raise Refus("aucun socket ne peut y être fait", str(chemin), "Choisir un autre dossier.")
    with socket.socket(socket.AF_UNIX) as prise, contextlib.suppress(OSError):
        prise.connect(str(chemin))
        raise Refus(
            "un autre programme y répond déjà", str(chemin), "L’arrêter, ou en choisir un autre."
        )
