"""Passwords: what is refused of one, its hash (argon2id, as RFC 9106 has it for little memory)."""

from __future__ import annotations

import functools
import secrets
import threading
import unicodedata
from pathlib import Path

import argon2

from infocentre.noyau.erreurs import Refus

MINIMUM, MAXIMUM = 12, 200
DISTINCTS = 5  # « aaaaaaaaaaaa » and « 121212121212 » are among the first tried
HACHEUR = argon2.PasswordHasher()
_PLACES = threading.BoundedSemaphore(2)  # 64 MiB each
_COURANTS = Path(__file__).with_name("mots_de_passe_courants.txt")
_ORNEMENTS = "0123456789!?.,;:@#$%&*+-_=/()'\"«»"


def exiger_bon(mot: str, *propres: str) -> None:
    """Raise Refus for a password too short, or that everybody tries first.

    `propres` are the words that the person is known by: alone, they are no secret.
    """
    if len(mot) > MAXIMUM:
        raise Refus(f"ce mot de passe a plus de {MAXIMUM} caractères", que_faire="Le raccourcir.")
    mot = _normaliser(mot)
    if len(mot) < MINIMUM:
        raise Refus(
            f"ce mot de passe a {len(mot)} caractères, {MINIMUM} au moins sont attendus",
            que_faire="Une phrase de quelques mots convient ; ni chiffre ni signe n'est exigé.",
        )
    connus = _courants().union(*map(_formes, propres))
    if len(set(mot)) < DISTINCTS or _formes(mot) & connus:
        raise Refus(
            "ce mot de passe est de ceux qui sont essayés en premier",
            que_faire="En choisir un autre : une phrase de quelques mots, par exemple.",
        )


def hacher(mot: str) -> str:
    """Return what is kept of a password."""
    with _PLACES:
        return HACHEUR.hash(_normaliser(mot))


def verifier(empreinte: str | None, mot: str) -> bool:
    """Tell whether a password is the one whose hash is kept; None takes the same time to say no.

    The hash that stands for none is made whatever is asked: the first to ask learns nothing either.
    """
    factice = _factice()
    with _PLACES:
        try:
            HACHEUR.verify(empreinte or factice, _normaliser(mot[: MAXIMUM + 1]))
        except argon2.exceptions.VerificationError:
            return False
    return empreinte is not None


def a_refaire(empreinte: str) -> bool:
    """Tell whether a hash was made with weaker settings than today's."""
    return HACHEUR.check_needs_rehash(empreinte)


def tirer() -> str:
    """Return a password drawn at random, that a person can type: 25 letters, 110 bits or more."""
    lettres = "abcdefghijkmnpqrstuvwxyz23456789"
    return "-".join("".join(secrets.choice(lettres) for _ in range(5)) for _ in range(5))


def _normaliser(mot: str) -> str:
    """Keyboards compose accents in two ways: they are one password."""
    return unicodedata.normalize("NFKC", mot)


@functools.cache
def _factice() -> str:
    return HACHEUR.hash(secrets.token_urlsafe())


@functools.cache
def _courants() -> frozenset[str]:
    return frozenset().union(*map(_formes, _COURANTS.read_text("utf-8").split()))


def _formes(mot: str) -> frozenset[str]:
    """Return a word as it is, and without the figures and signs that are put around words."""
    serre = "".join(mot.casefold().split())
    return frozenset({serre, serre.strip(_ORNEMENTS)} - {""})
