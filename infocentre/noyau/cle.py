"""The key of a data directory: pseudonyms, decisions on duplicates and seals are made with it."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from infocentre.noyau.erreurs import Refus
from infocentre.noyau.fichiers import ecrire

FICHIER, VARIABLE = "cle", "INFOCENTRE_CLE"
CLE_MIN = 32  # bytes: fewer are found by trying them


def lire_cle(racine: Path, *, faire: bool = True) -> str:
    """Return the key: INFOCENTRE_CLE, else a file of mode 0600, made once.

    Raises:
        Refus: the key is shorter than 32 bytes, or there is none and `faire` is False.
    """
    if valeur := os.environ.get(VARIABLE):
        return _assez_longue(valeur, VARIABLE)
    fichier = racine / FICHIER
    if not fichier.exists():
        if not faire:
            raise Refus(
                "la clé n'est plus là : rien ne peut être scellé, ni relu de ce qui l'a été",
                str(fichier),
                "La remettre d'une sauvegarde ; ne pas en faire une autre.",
            )
        ecrire(fichier, secrets.token_hex(32), droits=0o600)
    return _assez_longue(fichier.read_text("utf-8", "surrogateescape").strip(), str(fichier))


def _assez_longue(valeur: str, ou: str) -> str:
    octets = len(valeur.encode(errors="surrogateescape"))
    if octets < CLE_MIN:
        raise Refus(
            f"la clé de pseudonymisation est trop courte : {octets} octets, il en faut {CLE_MIN}",
            ou,
            "Remettre la clé d'origine depuis une sauvegarde ; sinon en faire une, par exemple "
            "avec openssl rand -hex 32 (les empreintes changeront).",
        )
    return valeur
