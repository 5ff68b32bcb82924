"""What the shared tables of each month hide, kept from one reading to the next.

Each month is masked after those before it, so reading one month would mask the whole history
again. What a month hides is kept under the empreinte of its rows and of all the months before:
another value, another threshold or another rule is another empreinte, and is masked anew.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import duckdb

from infocentre import mesures
from infocentre.lecture.lecteur import Lecture
from infocentre.mesures.partage import Ensemble
from infocentre.mesures.tableaux import nom_mart
from infocentre.noyau.config import ressources
from infocentre.noyau.fichiers import ecrire

_REGLES = ("declarations.py", "liens.py", "partage.py", "plans.py", "secret.py")


def relire(fichier: Path) -> dict[str, Ensemble]:
    """Return what months hide, by empreinte; nothing when no file can be read."""
    try:
        lu = json.loads(fichier.read_text("utf-8"))
        return {un: _relire(lus) for un, lus in lu.items()}
    except (OSError, ValueError, TypeError, KeyError, AttributeError):
        return {}


def garder(fichier: Path, connus: Mapping[str, Ensemble]) -> None:
    """Keep these months and no other, whole or not at all; a disk that refuses keeps none."""
    contenu = {un: _ecrire(siens) for un, siens in connus.items()}
    with contextlib.suppress(OSError):
        ecrire(fichier, json.dumps(contenu, separators=(",", ":")))


def _ecrire(ensemble: Ensemble) -> dict[str, Any]:
    return {
        "caches": {
            code: {rang: sorted(noms) for rang, noms in siens.items()}
            for code, siens in ensemble.caches.items()
        },
        "publies": [[*cle, *vu] for cle, vu in ensemble.neufs.items()],
    }


def _relire(lu: Mapping[str, Any]) -> Ensemble:
    return Ensemble(
        {
            code: {int(rang): frozenset(noms) for rang, noms in siens.items()}
            for code, siens in lu["caches"].items()
        },
        {tuple(cle): (int(valeur), bool(masque)) for *cle, valeur, masque in lu["publies"]},
    )


def empreintes(
    v: Lecture, departement: str, codes: set[str], seuil: int
) -> Iterator[tuple[str, str]]:
    """Yield each month that has tables and the empreinte of the months up to it, oldest first."""
    contenus: dict[str, list[str]] = {}
    for code in sorted(codes):
        for une in v.lignes(
            "SELECT mois, count(*) AS nombre, sum(hash(t)::HUGEINT) AS somme "
            f"FROM {nom_mart(code)} AS t WHERE departement = $departement GROUP BY mois",
            {"departement": departement},
        ):
            contenus.setdefault(une["mois"], []).append(f"{code} {une['nombre']} {une['somme']}")
    chaine = hashlib.sha256(f"{duckdb.__version__} {seuil} {_regles()}".encode())
    for mois, siens in sorted(contenus.items()):
        chaine.update(f"{mois} {siens}".encode())
        yield mois, chaine.hexdigest()


def _regles() -> str:
    """Return the empreinte of the rules by which cells are hidden."""
    ici = Path(next(iter(mesures.__path__)))
    declares = sorted((ressources("queries") / "tableaux").glob("*.yml"))
    fichiers = [*(ici / nom for nom in _REGLES), *declares]
    return hashlib.sha256(b"".join(un.read_bytes() for un in fichiers)).hexdigest()
