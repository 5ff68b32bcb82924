"""In which characters a file of text is written: its mark, its form, else the likeliest of three.

A file is read by lines (`livraisons/csv_reel.py`): UTF-8 when a line is, else Windows-1252. What
changes along the way is therefore read, and said.
"""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO, Final

from infocentre.correspondances.modele import Encodage
from infocentre.noyau.erreurs import Refus

BLOC = 1 << 20
DEBUT = 1 << 12  # bytes in which the nulls of UTF-16 are counted
ECHANTILLON = 1 << 15  # bytes outside ASCII that are given to judge
MOITIE = 0.3  # share of nulls, at one rank of two, that only UTF-16 has
MARQUES: Final[tuple[tuple[bytes, Encodage], ...]] = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
UN_OCTET: Final[tuple[Encodage, ...]] = ("cp1252", "mac-roman", "cp850")
# How French a character is: in a list of names and labels, capitals have few accents.
POIDS = dict.fromkeys("éèêëàâçîïôùûüœ’«»°\u00a0", 1.0) | dict.fromkeys("ÉÈÊËÀÂÇÎÏÔÙÛŒ€–…", 0.3)
# What no word has: a sign inside, a small letter among capitals, a capital among small ones.
# « HÉLÈNE » of Windows-1252 is « H…L»NE » in Mac Roman, « FRANÇOIS » of this « FRANéOIS » in 850.
INVRAISEMBLABLE = re.compile(
    r"(?<=[^\W\d_])[«»°…–€\u00a0]+(?=[^\W\d_])"
    r"|[à-ÿœ](?=[A-Z]{2})|(?<=[A-Z])[à-ÿœ](?=[A-Z])|(?<=[A-Z]{2})[à-ÿœ]"
    r"|(?<=[a-z])[À-ÞŒ](?=[a-z])"
)
LARGES = frozenset({"utf-16-le", "utf-16-be"})


@dataclass(slots=True)
class Ecriture:
    """The encoding of a file and the bytes of its mark.

    `changement` is the line on which its characters begin to be in another encoding, None if never.
    """

    encodage: Encodage
    marque: int = 0
    changement: int | None = None

    @property
    def pas(self) -> int:
        """Bytes of its smallest character."""
        return 2 if self.encodage in LARGES else 1

    def decoder(self, octets: bytes) -> str:
        """Return the text of bytes, whatever they are, its lines ended by a line feed."""
        if self.encodage not in {"utf-8", "cp1252"} or octets.isascii():
            texte = octets.decode(self.encodage, "replace")
        else:
            texte = "\n".join(_ligne(une) for une in octets.split(b"\n"))
        return texte.replace("\r\n", "\n").replace("\r", " ")


def _ligne(octets: bytes) -> str:
    try:
        return octets.decode()
    except UnicodeDecodeError:
        return octets.decode("cp1252", "replace")


def reconnaitre(chemin: Path, nom: str) -> Ecriture:
    """Return how a file is written; raise Refus when it is no text."""
    with chemin.open("rb") as flux:
        debut = flux.read(DEBUT)
        for marque, encodage in MARQUES:
            if debut.startswith(marque):
                return _suivre(flux, Ecriture(encodage, len(marque)), nom)
        if b"\0" in debut:
            return Ecriture(_sans_marque(debut, nom))
        return _suivre(flux, Ecriture("utf-8"), nom)


def est_courant(debut: bytes) -> bool:
    """Tell whether the beginning of a file is in one of the two that reception knows by itself."""
    suivi = _Suivi()
    suivi.lire(debut[: debut.rfind(b"\n") + 1], 1)
    return not suivi.autres or _d_un_octet(b"\n".join(suivi.autres)) == "cp1252"


def _sans_marque(debut: bytes, nom: str) -> Encodage:
    pairs, impairs = debut[::2], debut[1::2]
    if impairs.count(0) > MOITIE * len(impairs) and not pairs.count(0):
        return "utf-16-le"
    if pairs.count(0) > MOITIE * len(pairs) and not impairs.count(0):
        return "utf-16-be"
    raise Refus(
        "ce n'est pas un fichier texte : il contient des octets nuls",
        nom,
        "Vérifier que le fichier est bien un CSV, et l'exporter de nouveau.",
    )


@dataclass(slots=True)
class _Suivi:
    """The first line with characters of UTF-8, the first with others, and some of these."""

    utf8: int | None = None
    autre: int | None = None
    autres: list[bytes] = field(default_factory=list)
    octets: int = 0

    def lire(self, bloc: bytes, ligne: int) -> None:
        """Look at a block of whole lines, the first of which has this number."""
        if bloc.isascii():
            return
        try:
            bloc.decode()
        except UnicodeDecodeError:
            self._par_ligne(bloc, ligne)
        else:
            if self.utf8 is None:
                self.utf8 = ligne + bloc[: _premier_haut(bloc)].count(b"\n")

    def _par_ligne(self, bloc: bytes, ligne: int) -> None:
        if self.complet:
            return
        for rang, une in enumerate(bloc.split(b"\n")):
            if une.isascii():
                continue
            try:
                une.decode()
                self.utf8 = self.utf8 or ligne + rang
            except UnicodeDecodeError:
                self.autre = self.autre or ligne + rang
                if self.octets < ECHANTILLON:
                    self.autres.append(une)
                    self.octets += len(une)

    @property
    def complet(self) -> bool:
        return bool(self.utf8 and self.autre) and self.octets >= ECHANTILLON


def _premier_haut(bloc: bytes) -> int:
    """Return the place of the first byte outside ASCII."""
    return len(bloc.decode("ascii", "replace").partition("\ufffd")[0])


def _suivre(flux: BinaryIO, ecriture: Ecriture, nom: str) -> Ecriture:
    """Read the whole file: which encoding its characters are in, and where this changes."""
    if ecriture.encodage in LARGES:
        return ecriture
    flux.seek(ecriture.marque)
    suivi, ligne = _Suivi(), 1
    while bloc := flux.read(BLOC):
        bloc += flux.readline()
        if b"\0" in bloc:
            raise Refus(
                f"ce n'est pas un fichier texte : un octet nul vers la ligne {ligne}",
                nom,
                "Vérifier que le fichier est bien un CSV, et l'exporter de nouveau.",
            )
        suivi.lire(bloc, ligne)
        ligne += bloc.count(b"\n")
    return _conclure(suivi, ecriture)


def _conclure(suivi: _Suivi, ecriture: Ecriture) -> Ecriture:
    if suivi.autre is None:
        return ecriture
    if suivi.utf8 is None:
        return Ecriture(_d_un_octet(b"\n".join(suivi.autres)), ecriture.marque)
    premier: Encodage = "utf-8" if suivi.utf8 < suivi.autre else "cp1252"
    return Ecriture(premier, ecriture.marque, max(suivi.utf8, suivi.autre))


def _d_un_octet(octets: bytes) -> Encodage:
    """Return the encoding in which what is outside ASCII is French; Windows-1252 when none is more.

    Detectors of encodings judge texts: of the few accents of a file of codes they make « MarÈchal »
    (charset-normalizer 3.5, on 52 addresses).
    """

    def vraisemblance(encodage: Encodage) -> float:
        lus = INVRAISEMBLABLE.sub("", octets.decode(encodage, "replace"))
        return sum(POIDS.get(lettre, 0.0) for lettre in lus)

    return max(UN_OCTET, key=vraisemblance)


def avis(ecriture: Ecriture) -> list[str]:
    """Say where the encoding changes."""
    if ecriture.changement is None:
        return []
    return [
        (
            f"L'encodage change à la ligne {ecriture.changement} (UTF-8 et Windows-1252) : chaque "
            "ligne est lue dans le sien."
        )
    ]
