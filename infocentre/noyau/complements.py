"""What is installed apart, since many servers never use it: who needs it says so in a sentence."""

from __future__ import annotations

from collections.abc import Mapping
from importlib.util import find_spec
from typing import Literal

from infocentre.noyau.erreurs import Refus

Complement = Literal["doublons", "postgresql", "demonstration"]
# By its name in pyproject.toml and in dist/: a module that is there when it is installed.
MODULES: Mapping[Complement, str] = {
    "doublons": "splink",
    "postgresql": "psycopg",
    "demonstration": "infocentre.demo",
}


def exiger_complement(nom: Complement, quoi: str) -> None:
    """Go on when what is installed apart is there, `quoi` being what asks for it.

    Raises:
        Refus: it is not.
    """
    if find_spec(MODULES[nom]) is None:
        raise Refus(
            f"{quoi} demande le complément « {nom} », qui n'est pas installé ici",
            que_faire=f"L'installer depuis le dossier dist du programme : pip install "
            f"--require-hashes -r infocentre.txt -r {nom}.txt (docs/installation.md).",
        )
