"""Offline: no connection but loopback during the demonstration and the whole path of a month."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

from benchmarks.outils import Mesure, infocentre
from infocentre.demo import HABITUDES, fabriquer

ADRESSE = re.compile(r'sin6?_addr=inet_addr\("([^"]+)"\)|inet_pton\(AF_INET6, "([^"]+)"')
BOUCLE = re.compile(r"127\.|::1$|::ffff:127\.")


def mesurer(atelier: Path) -> Iterator[Mesure]:
    """Count the addresses outside that any process or thread of a command tries to reach."""
    if not shutil.which("strace"):
        raise RuntimeError("strace is missing: apt-get install strace")
    (livraison,) = fabriquer(atelier / "livraisons", taille=400, mois=1, departement="014")
    commandes: tuple[tuple[object, ...], ...] = (
        ("demo", "--taille", 400, "--mois", 2, "--sans-servir"),
        ("mensuel", livraison),
        ("indicateurs", "--departement", "013", "--format", "csv"),
        ("anomalies", HABITUDES[0].indicateur, "--departement", "013", "--format", "csv"),
        ("tableau", "TAB01-01", "--departement", "013", "--format", "csv"),
        ("bilan", "2026-S2", "--departement", "013"),
        ("sql", "from demandes"),
        ("reconstruire",),
        ("purger",),
    )
    for commande in commandes:
        dehors = _adresses(atelier, commande)
        nom = f"{commande[0]}: connections outside {' '.join(sorted(dehors))}".rstrip()
        yield Mesure(nom, len(dehors), "", 0)


def _adresses(atelier: Path, commande: tuple[object, ...]) -> set[str]:
    trace = atelier / "trace"
    suivi = ("strace", "-f", "-qq", "-e", "trace=connect,sendto,sendmsg", "-o", str(trace))
    infocentre(atelier / "donnees", *commande, prefixe=suivi)
    lignes = trace.read_text("utf-8", errors="replace")
    return {a or b for a, b in ADRESSE.findall(lignes) if not BOUCLE.match(a or b)}
