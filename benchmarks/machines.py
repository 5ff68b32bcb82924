"""Several web machines: one writes, others serve; one is killed under load while versions come.

Each machine is a network namespace on a bridge, with its own `infocentre servir`; they share the
data directory and a PostgreSQL. People ask whichever machine, the next one when it does not answer,
as a proxy does. To be run as root, with `ip` (iproute2) and Debian's postgresql.
"""

from __future__ import annotations

import contextlib
import http.client
import itertools
import json
import os
import random
import signal
import statistics
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.outils import Mesure, infocentre

IP = "/usr/sbin/ip"
MACHINES, PERSONNES, SECONDES = 3, 8, 60
RESEAU, PONT, PORT = "10.77.0", "pont-info", 8050
DELAI = 4.0  # seconds after which a person asks the next machine
PAGES = ("/", "/suivi", "/indicateurs", "/guichet/G1301", "/livraisons")
TUEE = 1  # the machine that is killed


def _ip(*mots: str, exiger: bool = True) -> None:
    subprocess.run([IP, *mots], check=exiger, capture_output=not exiger)


def adresse(rang: int) -> str:
    """Return the address of a machine; 1 is the bridge, where PostgreSQL and people are."""
    return f"{RESEAU}.{11 + rang}"


@contextlib.contextmanager
def reseau() -> Iterator[None]:
    """Make a bridge and a namespace per machine."""
    defaire_reseau()
    _ip("link", "add", PONT, "type", "bridge")
    _ip("addr", "add", f"{RESEAU}.1/24", "dev", PONT)
    _ip("link", "set", PONT, "up")
    try:
        for rang in range(MACHINES):
            nom, fil = f"info{rang}", f"veth-info{rang}"
            _ip("netns", "add", nom)
            _ip("link", "add", fil, "type", "veth", "peer", "name", "eth0", "netns", nom)
            _ip("link", "set", fil, "master", PONT, "up")
            _ip("-n", nom, "addr", "add", f"{adresse(rang)}/24", "dev", "eth0")
            _ip("-n", nom, "link", "set", "eth0", "up")
            _ip("-n", nom, "link", "set", "lo", "up")
        yield
    finally:
        defaire_reseau()


def defaire_reseau() -> None:
    """Remove what `reseau` makes."""
    for rang in range(MACHINES):
        _ip("netns", "del", f"info{rang}", exiger=False)
    _ip("link", "del", PONT, exiger=False)


class Machine:
    """A web machine of its own network."""

    def __init__(self, rang: int, milieu: dict[str, str]) -> None:
        """Start serving there."""
        self.rang = rang
        self._milieu = milieu
        self.demarrer()

    def demarrer(self) -> None:
        """Start its server, and wait for it."""
        commande = [sys.executable, "-m", "infocentre", "servir", "--mandataire"]
        ou = ["--adresse", adresse(self.rang), "--port", str(PORT)]
        self._serveur = subprocess.Popen(
            [IP, "netns", "exec", f"info{self.rang}", *commande, *ou],
            env=self._milieu,
            stdout=subprocess.DEVNULL,
            start_new_session=True,
        )
        for _ in range(240):
            with contextlib.suppress(OSError, http.client.HTTPException):
                demander(self.rang, "/connexion", "")
                return
            time.sleep(0.25)
        raise RuntimeError(f"machine {self.rang} does not answer")

    def tuer(self) -> None:
        """Kill it as a power cut does: its processes, and its cable."""
        _ip("link", "set", f"veth-info{self.rang}", "down")
        os.killpg(self._serveur.pid, signal.SIGKILL)
        self._serveur.wait()

    def relever(self) -> None:
        """Start it again."""
        _ip("link", "set", f"veth-info{self.rang}", "up")
        self.demarrer()

    def arreter(self) -> None:
        """Stop it in order."""
        self._serveur.terminate()
        self._serveur.wait()


def demander(rang: int, chemin: str, temoin: str, corps: object = None) -> tuple[int, bytes]:
    """Ask a machine for a page as a proxy does; return the code and the text."""
    con = http.client.HTTPConnection(adresse(rang), PORT, timeout=DELAI)
    entetes = {"Cookie": f"infocentre={temoin}", "X-Forwarded-For": "192.0.2.1"}
    if corps is None:
        con.request("GET", chemin, headers=entetes)
    else:
        entetes["Content-Type"] = "application/json"
        con.request("POST", chemin, json.dumps(corps), entetes)
    with contextlib.closing(con):
        reponse = con.getresponse()
        return reponse.status, reponse.read()


@dataclass(slots=True)
class Vu:
    """What people saw."""

    reponses: Counter[int] = field(default_factory=Counter)  # by machine
    perdues: Counter[int] = field(default_factory=Counter)  # connections of a machine that ended
    echecs: list[str] = field(default_factory=list)  # refused or failed answers
    retours: list[str] = field(default_factory=list)  # an older version after a newer
    versions: set[int] = field(default_factory=set)
    durees: list[float] = field(default_factory=list)


def personne(graine: int, temoin: str, vu: Vu, fin: threading.Event) -> None:
    """Ask for pages, one machine after the other, and for the version after each."""
    from dashboards.navigation import appel

    hasard, derniere = random.Random(graine), 0  # noqa: S311 - chance, not a secret
    for rang in itertools.count(graine):
        if fin.is_set():
            return
        page = hasard.choice(PAGES)
        for chemin, corps in (("/_dash-update-component", appel(page)), ("/version", None)):
            code, texte = _insister(rang, chemin, temoin, corps, vu)
            if code != 200:
                vu.echecs.append(f"{code} {page if corps else chemin} {texte[:200]!r}")
            elif corps is None:
                version = json.loads(texte)["version"]
                vu.versions.add(version)
                if version < derniere:
                    vu.retours.append(f"{version} after {derniere}")
                derniere = version


def _insister(rang: int, chemin: str, temoin: str, corps: object, vu: Vu) -> tuple[int, bytes]:
    for essai in range(MACHINES):
        machine, debut = (rang + essai) % MACHINES, time.monotonic()
        try:
            lu = demander(machine, chemin, temoin, corps)
        except (OSError, http.client.HTTPException):
            vu.perdues[machine] += 1
            continue
        vu.reponses[machine] += 1
        vu.durees.append(time.monotonic() - debut)
        return lu
    return 0, b"no machine answers"


def mesurer(atelier: Path) -> Iterator[Mesure]:
    """Serve a demonstration by three machines for a minute; kill one, publish, start it again."""
    from tests.postgresql import serveur

    donnees = atelier / "donnees"
    os.environ["INFOCENTRE_ROOT"] = "oui"
    infocentre(donnees, "demo", "--taille", "800", "--mois", "3", "--sans-servir")
    with reseau(), serveur(f"{RESEAU}.1") as base:
        hotes = " ".join(map(adresse, range(MACHINES)))
        os.environ |= {"INFOCENTRE_DECISIONS": base, "INFOCENTRE_HOTES": hotes}
        temoin = _compte(donnees)
        milieu = {**os.environ, "INFOCENTRE_DOSSIER": str(donnees)}
        machines = [Machine(rang, milieu) for rang in range(MACHINES)]
        try:
            vu, publiees, releve = _charger(donnees, machines, temoin)
        finally:
            for une in machines:
                une.arreter()
    yield Mesure("answers", vu.reponses.total(), "")
    for rang in range(MACHINES):
        yield Mesure(f"machine {rang}: answers", vu.reponses[rang], "")
    yield Mesure("time of an answer, p95", statistics.quantiles(vu.durees, n=20)[-1], "s")
    yield Mesure("versions published meanwhile", publiees, "")
    yield Mesure("versions seen", len(vu.versions), "")
    yield Mesure("connections lost with the machine that was killed", vu.perdues[TUEE], "")
    ailleurs = vu.perdues.total() - vu.perdues[TUEE]
    yield Mesure("connections lost elsewhere", ailleurs, "", 0)
    yield Mesure("answers refused or failed", len(vu.echecs), "", 0)
    yield Mesure("older version after a newer, for a person", len(vu.retours), "", 0)
    yield Mesure("newest version minus the one of the machine started again", releve, "", 0)
    for un in (*vu.echecs[:5], *vu.retours[:5]):
        print(f"  {un}")


def _compte(donnees: Path) -> str:
    """Make an account of a gestionnaire; return what the browser of its session holds."""
    from infocentre.acces.comptes import Comptes, Fiche
    from infocentre.acces.modele import Role
    from infocentre.acces.perimetre import Perimetre
    from infocentre.acces.sessions import Sessions, Visite
    from infocentre.decisions import ouvrir_magasin

    magasin = ouvrir_magasin(donnees)
    comptes = Comptes(magasin)
    comptes.inviter(Fiche("ada@exemple.fr", "Ada", Role.ADMINISTRATEUR, Perimetre()))
    ici = Perimetre(frozenset({"013"}))
    comptes.inviter(Fiche("luc@exemple.fr", "Luc", Role.GESTIONNAIRE, ici))
    return Sessions(magasin).ouvrir(comptes.lire("luc@exemple.fr"), Visite("mot de passe"))


def _charger(donnees: Path, machines: list[Machine], temoin: str) -> tuple[Vu, int, int]:
    """Have people read while versions come and a machine falls; return also what it serves then."""
    vu, fin = Vu(), threading.Event()
    gens = [
        threading.Thread(target=personne, args=(graine, temoin, vu, fin))
        for graine in range(PERSONNES)
    ]
    debut, publiees, tuee = time.monotonic(), 0, False
    for une in gens:
        une.start()
    try:
        while time.monotonic() - debut < SECONDES:
            infocentre(donnees, "controler", "--mois", "2026-10")
            publiees += 1
            if not tuee and time.monotonic() - debut > SECONDES / 4:
                machines[TUEE].tuer()
                tuee = True
        machines[TUEE].relever()
        time.sleep(5)
    finally:
        fin.set()
        for une in gens:
            une.join()
    _, texte = demander(TUEE, "/version", temoin)
    return vu, publiees, max(vu.versions) - int(json.loads(texte)["version"])
