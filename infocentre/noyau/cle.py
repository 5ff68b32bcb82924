"""The key of a data directory: pseudonyms, decisions on duplicates and seals are made with it."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from infocentre.noyau import temoins
from infocentre.noyau.erreurs import Refus
from infocentre.noyau.fichiers import ecrire

FICHIER, VARIABLE = "cle", "INFOCENTRE_CLE"
PERDUE = (
    "Remettre celle d'une sauvegarde : infocentre reparer --sauvegarde DOSSIER. À défaut, en "
    "changer : infocentre reparer --nouvelle-cle (les pseudonymes changent, ce qui a été décidé "
    "des doublons est à décider de nouveau, et rien de ce qui est scellé ne se prouve plus)."
)
CLE_MIN = 32  # bytes: fewer are found by trying them


def lire_cle(racine: Path, *, faire: bool = True) -> str:
    """Return the key: INFOCENTRE_CLE, else a file of mode 0600, made and known once.

    Where `faire` is False nothing is written: what is read may be a backup.

    Raises:
        Refus: the key is shorter than 32 bytes, is not the one that the data directory had, or
            there is none and `faire` is False, or there was one.
    """
    connue = temoins.lire(racine).get("cle")
    fichier = racine / FICHIER
    if valeur := os.environ.get(VARIABLE):
        lue, ou = _assez_longue(valeur, VARIABLE), VARIABLE
    else:
        if not fichier.exists():
            if connue or not faire:
                quoi = "la clé n'est plus là : rien ne peut être scellé, ni relu de ce qui l'a été"
                raise Refus(quoi, str(fichier), PERDUE)
            ecrire(fichier, secrets.token_hex(32), droits=0o600)
        lue = _assez_longue(fichier.read_text("utf-8", "surrogateescape").strip(), str(fichier))
        ou = str(fichier)
    if connue and temoins.de_la_cle(lue) != connue:
        raise Refus("la clé n'est pas celle de ces données", ou, PERDUE)
    if faire and not connue:
        temoins.noter(racine, {"cle": temoins.de_la_cle(lue)})
    return lue


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
