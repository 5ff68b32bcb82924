"""The files by which a machine serves the infocentre to a team, written from templates.

    ecrire(Reglages(nom="infocentre.exemple.fr"), Path("/"))

Nothing is started, nobody is made: docs/installation.md says what comes before and after.
"""

from __future__ import annotations

import re
import stat
import sys
from dataclasses import asdict, dataclass
from pathlib import Path

from infocentre.noyau.erreurs import Refus
from infocentre.noyau.fichiers import ecrire as ecrire_fichier
from infocentre.noyau.fichiers import refus_d_ecriture

GABARITS = Path(__file__).parent / "gabarits"
SYSTEMD = "etc/systemd/system"
COMMANDE = "usr/local/bin/infocentre"
# Each file: its template, its rights.
FICHIERS = {
    "etc/infocentre.env": ("infocentre.env", 0o600),
    "etc/nginx/sites-available/infocentre": ("nginx.conf", 0o644),
    COMMANDE: ("commande", 0o755),
    **{
        f"{SYSTEMD}/{nom}": (nom, 0o644)
        for nom in (
            "infocentre.service",
            "infocentre-ancrage.service",
            "infocentre-ancrage.timer",
            "infocentre-quotidien.service",
            "infocentre-quotidien.timer",
            "infocentre-sauvegarde.service",
            "infocentre-sauvegarde.timer",
        )
    },
}
_NOM = re.compile(r"(?=.{4,253}$)[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)+")
# What neither systemd, nor nginx, nor a shell takes for anything but itself, between quotes.
_SUR = re.compile(r"[\w./:@+?&=%,~-]*")


# What a setting must be, the others being free: systemd leaves aside, in silence, what it does not
# understand, and a path that is not whole is of the directory of whoever reads it.
_CHEMIN = (re.compile(r"/.*"), "n’est pas un chemin complet", "L’écrire depuis la racine : /…")
_FORMES = {
    **dict.fromkeys(("donnees", "sauvegardes", "certificat", "cle_certificat"), _CHEMIN),
    "memoire": (re.compile(r"[1-9]\d*[KMGT%]"), "n’est pas une taille", "Par exemple : 8G."),
    "decisions": (
        re.compile(r"(postgresql(\+psycopg)?://.+)?"),
        "n’est pas l’adresse d’une base PostgreSQL",
        "Par exemple : postgresql+psycopg://compte@machine/base. Sans elle, un fichier SQLite.",
    ),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Reglages:
    """What the files say: the public name, where the program, the data and the backups are."""

    nom: str
    programme: str = str(Path(sys.executable).with_name("infocentre"))
    donnees: str = "/var/lib/infocentre"
    sauvegardes: str = "/var/backups/infocentre"
    ancres: str = "/var/log/infocentre-ancres.jsonl"
    decisions: str = ""
    certificat: str = "/etc/ssl/certs/infocentre.pem"
    cle_certificat: str = "/etc/ssl/private/infocentre.key"
    memoire: str = "8G"

    def textes(self) -> dict[str, str]:
        """Return each file by its path under the prefix.

        Raises:
            Refus: a setting cannot be written in those files.
        """
        if not _NOM.fullmatch(self.nom):
            raise Refus(
                f"« {self.nom[:60]} » n’est pas le nom d’un serveur",
                que_faire="Donner celui que les gens écriront : infocentre.exemple.fr.",
            )
        for champ, (forme, quoi, que_faire) in _FORMES.items():
            if not forme.fullmatch(dit := getattr(self, champ)):
                raise Refus(f"« {dit[:60]} » {quoi}", que_faire=que_faire)
        for valeur in asdict(self).values():
            if not _SUR.fullmatch(valeur):
                raise Refus(
                    f"« {valeur[:60]} » contient un caractère qui ne peut y être écrit",
                    que_faire="Sans espace ni guillemet ; dans une URL, les coder (%20).",
                )
        valeurs = {**asdict(self), "commande": f"/{COMMANDE}"}
        valeurs["durcissement"] = _gabarit("durcissement.conf").format(**valeurs).strip()
        return {
            chemin: _gabarit(nom).format(**_echapper(nom, valeurs))
            for chemin, (nom, _) in FICHIERS.items()
        }


def _gabarit(nom: str) -> str:
    return (GABARITS / nom).read_text("utf-8")


def _echapper(gabarit: str, valeurs: dict[str, str]) -> dict[str, str]:
    """Double the % of values in the files of systemd, where it begins a specifier."""
    if not gabarit.endswith((".service", ".timer")):
        return valeurs
    return {nom: un.replace("%", "%%") for nom, un in valeurs.items()}


def ecrire(reglages: Reglages, prefixe: Path, *, remplacer: bool = False) -> list[Path]:
    """Write the files under a prefix; return those that changed.

    Raises:
        Refus: one is there that says something else, unless they are to be replaced; none of them
            is written then.
    """
    textes = {prefixe / chemin: un for chemin, un in reglages.textes().items()}
    autres = [un for un, texte in textes.items() if _different(un, texte)]
    changes = [un for un in autres if un.exists()]
    if changes and not remplacer:
        raise Refus(
            "ce fichier existe déjà, et dit autre chose",
            str(changes[0]),
            "Le reprendre à la main, ou les remplacer tous : --remplacer.",
        )
    droits = {prefixe / chemin: un for chemin, (_, un) in FICHIERS.items()}
    for chemin in autres:
        with refus_d_ecriture(chemin, "Lancer cette commande en tant qu’administrateur (root)."):
            for dossier in reversed([un for un in chemin.parents if not un.exists()]):
                dossier.mkdir()
                dossier.chmod(0o755)
            ecrire_fichier(chemin, textes[chemin], droits=droits[chemin])
    return autres


def ferme(programme: Path) -> Path | None:
    """Return what keeps accounts that own nothing of it from running a program, None for nothing.

    A venv runs the Python that made it, which may be in root's own directory.
    """
    lieu = programme.resolve()
    return next(
        (un for un in (*reversed(lieu.parents), lieu) if not un.stat().st_mode & stat.S_IXOTH), None
    )


def _different(fichier: Path, texte: str) -> bool:
    try:
        return fichier.read_text("utf-8") != texte
    except (FileNotFoundError, UnicodeDecodeError):
        return True
