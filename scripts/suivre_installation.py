"""Follow docs/installation.md to the letter in a Debian that holds nothing, up to a signed-in page.

    scripts/suivre_installation.py DIRECTORY [--suite bookworm]

Makes the Debian (debootstrap, kept in DIRECTORY.nue), boots it with its own systemd
(systemd-nspawn, which shares this machine's network: ports 80, 443 and 5432 are to be free), runs
the page's blocks one after the other, and signs in over TLS. Prints how many commands, how long.
"""

from __future__ import annotations

import argparse
import contextlib
import http.client
import re
import shlex
import shutil
import socket
import ssl
import subprocess
import sys
import time
import urllib.parse
from collections.abc import Iterator
from pathlib import Path

RACINE = Path(__file__).parents[1]
PAGE = RACINE / "docs" / "installation.md"
NOM = "infocentre.exemple.fr"
DEBUT = "systemd,systemd-sysv,dbus,ca-certificates,openssl,iproute2"
CHEMIN = "/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
DEMO = "--taille 500 --mois 2 --sans-servir"
ESSAIS = 60
MOT_DE_PASSE = "une phrase de quelques mots"
CERTIFICATS = Path("/etc/ssl/certs/ca-certificates.crt")
BLOC = re.compile(r"^```sh\n(.+?)^```", re.MULTILINE | re.DOTALL)
RUBRIQUE = re.compile(r"^## (.+)$", re.MULTILINE)


def principal() -> None:
    """Make the machine, follow the page, sign in."""
    analyseur = argparse.ArgumentParser(description=__doc__)
    analyseur.add_argument("dossier", type=Path)
    analyseur.add_argument("--suite", default="bookworm")
    lus = analyseur.parse_args()
    racine: Path = lus.dossier.absolute()
    if racine.exists():
        raise SystemExit(f"{racine} existe déjà")
    nue = racine.with_suffix(".nue")
    if not nue.exists():
        lancer("debootstrap", "--variant=minbase", f"--include={DEBUT}", lus.suite, str(nue))
    lancer("cp", "--archive", "--no-target-directory", str(nue), str(racine))
    lancer(sys.executable, str(RACINE / ".ci" / "paquet"))
    shutil.copytree(RACINE / "dist", racine / "root" / "dist", dirs_exist_ok=True)
    _reseau(racine)
    with _demarree(racine) as machine:
        debut = time.monotonic()
        nombre, lien = suivre(machine)
        duree = time.monotonic() - debut
        print(f"{nombre} commandes, {duree / 60:.1f} minutes")
        print(f"page : {lien}")


def _reseau(racine: Path) -> None:
    """Give the machine what this one needs to reach the package servers."""
    for fichier in ("etc/resolv.conf", "etc/pip.conf", "etc/hosts"):
        if Path("/", fichier).exists():
            shutil.copyfile(Path("/", fichier), racine / fichier)
    shutil.copyfile(CERTIFICATS, racine / str(CERTIFICATS)[1:])


@contextlib.contextmanager
def _demarree(racine: Path) -> Iterator[list[str]]:
    """Boot the machine; give the words that begin a command run in it."""
    commande = ["systemd-nspawn", "-D", str(racine), "--boot", "--register=no", "--keep-unit"]
    journal = (racine.with_suffix(".journal")).open("wb")
    with journal, subprocess.Popen(commande, stdout=journal, stderr=journal) as nspawn:
        try:
            entree = ["nsenter", "-a", "-t", _premier(nspawn.pid)]
            for _ in range(120):
                etat = lire(entree, "systemctl is-system-running || true").strip()
                if etat in {"running", "degraded"}:
                    break
                time.sleep(0.5)
            yield entree
        finally:
            subprocess.run([*entree, "systemctl", "poweroff"], check=False)
            with contextlib.suppress(subprocess.TimeoutExpired):
                nspawn.wait(60)
            nspawn.terminate()


def _premier(pid: int) -> str:
    """Return the process of this machine that is the first of the other."""
    for _ in range(100):
        enfants = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
        if enfants and (Path("/proc") / enfants[0] / "comm").read_text().strip() == "systemd":
            time.sleep(1)
            return enfants[0]
        time.sleep(0.1)
    message = "la machine ne démarre pas"
    raise SystemExit(message)


def lancer(*mots: str) -> None:
    """Run a command of this machine, silent unless it fails."""
    fait = subprocess.run(mots, capture_output=True, text=True, check=False)
    if fait.returncode:
        raise SystemExit(f"{shlex.join(mots)}\n{fait.stdout[-2000:]}{fait.stderr[-2000:]}")


def lire(machine: list[str], commande: str) -> str:
    """Run a command in the machine, as root in /root; return what it writes."""
    milieu = f"export HOME=/root PATH={CHEMIN} DEBIAN_FRONTEND=noninteractive; cd /root;"
    fait = subprocess.run(
        [*machine, "bash", "-euc", f"{milieu} {commande}"],
        capture_output=True,
        text=True,
        check=False,
    )
    if fait.returncode:
        raise SystemExit(f"✖ {commande}\n{fait.stdout[-3000:]}{fait.stderr[-3000:]}")
    return fait.stdout


def suivre(machine: list[str]) -> tuple[int, str]:
    """Run each block of the page; return how many commands, and what a signed-in page says."""
    texte = PAGE.read_text("utf-8")
    nombre, dit = 0, ""
    lire(machine, "apt-get update -qq")
    for trouve in BLOC.finditer(texte):
        rubrique = [un[1] for un in RUBRIQUE.finditer(texte, 0, trouve.start())][-1]
        debut = time.monotonic()
        sortie = lire(machine, trouve[1])
        combien = len(trouve[1].strip().splitlines())
        nombre += combien
        print(f"{time.monotonic() - debut:7.1f} s  {combien:2} commandes  {rubrique}", flush=True)
        if lien := re.search(rf"https://{re.escape(NOM)}(/lien/\S+)", sortie):
            dit = Visiteur(machine).entrer(lien[1])
            print(f"          connecté : {dit}", flush=True)
            lire(machine, "/opt/infocentre/bin/pip install --no-deps dist/*demonstration*.whl")
            lire(machine, f"infocentre demo {DEMO}")  # in the place of a first delivery
            compte = lire(machine, "infocentre sql 'select count(*) from demandes' --format csv")
            print(f"          demandes comptées en SQL : {compte.split()[-1]}", flush=True)
        elif dit:  # the account and its password outlive what follows
            encore = Visiteur(machine).connecter()
            print(f"          connecté de nouveau : {encore}", flush=True)
    return nombre, dit


class Visiteur:
    """A browser, as far as signing in needs: TLS checked, cookies."""

    def __init__(self, machine: list[str]) -> None:
        """Trust the certificate that the page had made."""
        certificat = lire(machine, "cat /etc/ssl/certs/infocentre.pem")
        self._tls = ssl.create_default_context(cadata=certificat)
        self._temoins: dict[str, str] = {}

    def demander(
        self, methode: str, chemin: str, champs: dict[str, str] | None = None
    ) -> tuple[int, str, str]:
        """Return the code, the text and where it leads, over TLS."""
        for essai in range(ESSAIS):
            try:
                prise = socket.create_connection(("127.0.0.1", 443), timeout=60)
                break
            except OSError:
                if essai == ESSAIS - 1:
                    raise
                time.sleep(0.5)
        con = http.client.HTTPSConnection(NOM, context=self._tls)
        con.sock = self._tls.wrap_socket(prise, server_hostname=NOM)
        entetes = {"Cookie": "; ".join(f"{nom}={un}" for nom, un in self._temoins.items())}
        if champs is not None:
            entetes |= {
                "Content-Type": "application/x-www-form-urlencoded",
                "Origin": f"https://{NOM}",
            }
        con.request(methode, chemin, urllib.parse.urlencode(champs or {}), entetes)
        reponse = con.getresponse()
        for nom, valeur in reponse.getheaders():
            if nom.lower() == "set-cookie":
                temoin, _, tenu = valeur.partition(";")[0].partition("=")
                self._temoins[temoin] = tenu
        return reponse.status, reponse.read().decode(), reponse.getheader("Location") or ""

    def _formulaire(self, chemin: str, **champs: str) -> tuple[int, str, str]:
        for _ in range(ESSAIS):  # the application starts
            code, page, _ = self.demander("GET", chemin)
            if code != 502:  # noqa: PLR2004 - a gateway that nothing answers
                break
            time.sleep(0.5)
        preuve = re.search(r'name="formulaire" value="([^"]+)"', page)
        if not preuve:
            raise SystemExit(f"✖ {chemin} : {code}\n{page[-1500:]}")
        return self.demander("POST", chemin, {"formulaire": preuve[1], **champs})

    def entrer(self, lien: str) -> str:
        """Choose a password by a link, sign in, open the accounts; return the page's title."""
        self._formulaire(lien, mot_de_passe=MOT_DE_PASSE, encore=MOT_DE_PASSE)
        return self.connecter()

    def connecter(self) -> str:
        """Sign in; return the title of the accounts' page, which nobody else may open."""
        self._temoins.clear()
        self._formulaire("/connexion", identifiant="ada@exemple.fr", mot_de_passe=MOT_DE_PASSE)
        code, page, _ = self.demander("GET", "/comptes")
        titre = re.search(r"<h1[^>]*>(.+?)</h1>", page, re.DOTALL)
        if code != 200 or not titre or "ada@exemple.fr" not in page:  # noqa: PLR2004
            raise SystemExit(f"✖ /comptes : {code}\n{page[:1500]}")
        return f"{titre[1].strip()} ({code}, https)"


if __name__ == "__main__":
    principal()
