"""CSV as it really comes: encodings, line ends, blank lines and broken rows, made plain.

The text is handed over block by block, in UTF-8 and well-formed records only; the rows that cannot
be read are set apart with their physical line, and `Ruptures` gives back the line of any record
kept.

Each physical line is UTF-8 when it is valid UTF-8, else Windows-1252: a damaged byte, or a file
pasted after another, changes no other line.

A record in quotes may take several physical lines, unless these are lines of the file: a quote that
strays would swallow all until the next one. They are when one of those between the first and the
last has by itself the right number of fields, or when the first and the last both have: then the
first is unreadable, and reading resumes at the next physical line.

One empty field more at the end of every line (a final « ; ») is dropped, whether the header has it
or not; at the end of some lines only, those have one field too many.

A dialect that a correspondance names may be another: its separator, titles above its header, an
encoding that is first turned into UTF-8.
"""

from __future__ import annotations

import codecs
import csv
import functools
import gzip
import re
import shutil
import sys
import zlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO, Protocol

import numpy as np
import numpy.typing as npt

from infocentre.correspondances.modele import SEPARATEURS, Dialecte, nom_de_colonne
from infocentre.livraisons.plafond import plafond
from infocentre.noyau.erreurs import Refus
from infocentre.noyau.francais import accorder, enumerer

BLOC = 1 << 20
ENREGISTREMENT_MAX = 1 << 20
ENTETE_MAX = 1 << 16
ENTRE_GUILLEMETS = re.compile(rb'"(?:[^"]++|"")*+"')
NOUVELLE_LIGNE, GUILLEMET = 10, 34
UTF8, CP1252 = "utf-8", "cp1252"
LUS_TELS_QUELS = frozenset({None, UTF8, CP1252})  # told apart line by line
CONTRAT = Dialecte()
DEBUT_UTF8, FIN_UTF8, SUITE_DEBUT, SUITE_FIN, HAUT = 0xC2, 0xF4, 0x80, 0xBF, 0x80
PROPRES_CP1252 = 0x20  # bytes, from 0x80 on, that are controls in Latin-1
PATIENCE = 1000  # unreadable lines, the first of the file, before its form is doubted
ILLISIBLE_GUILLEMETS = "guillemets mal ouverts ou mal refermés"
REPETEE = "ligne d'en-tête répétée"

Entiers = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Champs:
    """How the fields of a record are told apart."""

    separateur: str
    enregistrement: re.Pattern[bytes]
    vide: re.Pattern[bytes] | None
    ouvert: re.Pattern[bytes]

    @property
    def octet(self) -> int:
        """The byte between two fields."""
        return ord(self.separateur)


@functools.cache
def champs_separes_par(separateur: str, *, vides_lus: bool = True) -> Champs:
    """Return what reads records whose fields are separated by this character.

    Without `vides_lus`, one whose fields are all empty is a blank line.
    """
    entre = re.escape(separateur.encode())
    champ = rb'(?:"(?:[^"]++|"")*+"|[^"' + entre + rb"\n]*+)"
    return Champs(
        separateur,
        re.compile(champ + rb"(?:" + entre + champ + rb")*+\n"),
        None if vides_lus else re.compile(rb'(?:"")?(?:' + entre + rb'(?:"")?)*+\n'),
        re.compile(rb"(?:" + champ + entre + rb')*+"(?:[^"]++|"")*+\Z'),
    )


@dataclass(slots=True)
class Ruptures:
    """Physical lines of records: line = rank + shift, the shift changing at each `rang`."""

    rangs: list[int] = field(default_factory=lambda: [0])
    decalages: list[int] = field(default_factory=lambda: [2])

    def noter(self, rang: int, ligne: int) -> None:
        """Say that the record of this rank (0 = first kept) starts on this physical line."""
        if ligne - rang == self.decalages[-1]:
            return
        if self.rangs[-1] == rang:
            self.decalages[-1] = ligne - rang
        else:
            self.rangs.append(rang)
            self.decalages.append(ligne - rang)


class Sortie(Protocol):
    """What takes the well-formed records, in UTF-8 and without header."""

    def write(self, octets: memoryview, /) -> object:
        """Take whole records."""


Ouvrir = Callable[[Sequence[str]], Sortie]


@dataclass(slots=True)
class TextePlan:
    """A CSV made plain: `gardes` well-formed records were written.

    `autrement` is the number of lines that are in the other encoding; `final` says that every line
    has one empty field without a name, the last of `entete`; `coupe`, that its last record stops
    before its end.
    """

    entete: list[str]
    encodage: str
    autrement: int = 0
    final: bool = False
    gardes: int = 0
    illisibles: list[tuple[int, str]] = field(default_factory=list)
    ruptures: Ruptures = field(default_factory=Ruptures)
    coupe: bool = False

    @property
    def lus(self) -> int:
        """Number of records read, header and blank lines not counted."""
        return self.gardes + len(self.illisibles)


def mettre_a_plat(
    source: Path,
    temporaire: Path,
    avancement: Callable[[int], None],
    ouvrir: Ouvrir,
    reconnu: Dialecte | None = None,
) -> TextePlan:
    """Copy `source` (CSV or CSV.GZ) to what `ouvrir` last returned; raise Refus when it is none.

    `ouvrir` is called with the names of the fields, again each time that reading starts anew.
    In a file that was `reconnu`, lines of empty fields alone, which spreadsheets write under their
    last row, are blank; the contract has them rejected.
    """
    fichier, dialecte = source.name, reconnu or CONTRAT
    if fichier.lower().endswith(".gz"):
        source = decompresser(source, temporaire / f"{fichier.lower()}.brut")
    if dialecte.encodage not in LUS_TELS_QUELS:
        source = _transcoder(source, temporaire / f"{fichier.lower()}.utf8", dialecte, fichier)

    def lire(avancement: Callable[[int], None], *, final: bool, patience: int) -> TextePlan:
        with source.open("rb") as entree:
            _refuser_utf16(entree, fichier)
            return _Aplatisseur(entree, ouvrir, fichier, reconnu, final=final).executer(
                avancement, patience
            )

    plan = lire(avancement, final=False, patience=PATIENCE)
    if plan.gardes or not plan.illisibles or plan.final:
        return plan
    # No line has the fields of the header: they may all have one more, empty.
    relu = lire(_sans_bruit, final=True, patience=sys.maxsize)
    if relu.gardes and relu.final:
        return relu
    return lire(_sans_bruit, final=False, patience=sys.maxsize)


def _sans_bruit(_octets: int) -> None:
    """Tell nobody how far a second reading is."""


def decompresser(source: Path, cible: Path) -> Path:
    """Unpack a gzip; raise Refus when it is damaged or swells."""
    maximum = plafond(source)
    ecrits = 0
    try:
        with gzip.open(source, "rb") as entree, cible.open("wb") as sortie:
            while bloc := entree.read(BLOC):
                ecrits += len(bloc)
                if ecrits > maximum:
                    raise Refus(
                        "le fichier se décompresse en une taille anormale",
                        source.name,
                        "Vérifier le fichier auprès de son émetteur.",
                    )
                sortie.write(bloc)
    except (EOFError, gzip.BadGzipFile, zlib.error) as erreur:
        raise Refus(
            "le fichier compressé est tronqué ou abîmé",
            source.name,
            "Télécharger de nouveau la livraison.",
        ) from erreur
    return cible


def _transcoder(source: Path, cible: Path, dialecte: Dialecte, fichier: str) -> Path:
    """Write in UTF-8 a file of another encoding, its first character not being a mark."""
    try:
        with (
            source.open("r", encoding=dialecte.encodage, newline="") as entree,
            cible.open("w", encoding="utf-8", newline="") as sortie,
        ):
            debut = entree.read(BLOC)
            sortie.write(debut.removeprefix("\ufeff"))
            shutil.copyfileobj(entree, sortie, BLOC)
    except UnicodeDecodeError as erreur:
        raise Refus(
            f"le fichier n'est pas en {dialecte.encodage} d'un bout à l'autre",
            fichier,
            "Il est coupé, ou son encodage change : demander une nouvelle extraction.",
        ) from erreur
    return cible


def _refuser_utf16(entree: BinaryIO, fichier: str) -> None:
    """Refuse UTF-16; leave the file at its first character, past the mark of UTF-8."""
    debut = entree.read(len(codecs.BOM_UTF8))
    if debut.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        raise Refus(
            "le fichier est en UTF-16, qui n'est pas accepté",
            fichier,
            "L'enregistrer en UTF-8 ou en Windows-1252, séparateur « ; ».",
        )
    if debut != codecs.BOM_UTF8:
        entree.seek(0)


def lire_entete(ligne: bytes, fichier: str, dialecte: Dialecte = CONTRAT) -> list[str]:
    """Return the column names in upper case; raise Refus on another separator or a doubled name."""
    texte = ligne.decode().rstrip("\n")
    separateur, ou = separateur_de(dialecte), f"{fichier}, ligne {dialecte.entete}"
    forme = champs_separes_par(separateur).enregistrement
    if not texte.strip() or len(ligne) > ENTETE_MAX or not forme.fullmatch(ligne):
        raise Refus(
            "la ligne d'en-tête est vide, démesurée, ou ses guillemets sont mal refermés",
            ou,
            "Vérifier que cette ligne est celle des noms des colonnes, séparés par "
            f"« {SEPARATEURS[separateur]} ».",
        )
    noms = [nom_de_colonne(nom) for nom in next(csv.reader([texte], delimiter=separateur))]
    if len(noms) == 1 and any(autre in texte for autre in SEPARATEURS if autre != separateur):
        raise Refus(
            f"le séparateur des colonnes n'est pas « {SEPARATEURS[separateur]} »",
            ou,
            "Faire reconnaître ce fichier : infocentre correspondance proposer, ou la page "
            "« Reconnaître mes fichiers ».",
        )
    refuser_doublons(noms, ou)
    return noms


def refuser_doublons(noms: Sequence[str], ou: str, *, rangs: bool = True) -> None:
    """Raise Refus when a file names a column twice; it says which ones, but where `rangs` is no."""
    places: dict[str, list[str]] = {}
    for rang, nom in enumerate(noms, 1):
        places.setdefault(nom, []).append(f"{rang}")
    doubles = {nom: siennes for nom, siennes in sorted(places.items()) if nom and siennes[1:]}
    if doubles:
        dits = (
            f"{nom} (colonnes {enumerer(siennes)})" if rangs else nom
            for nom, siennes in doubles.items()
        )
        raise Refus(
            f"colonne présente deux fois : {', '.join(dits)}",
            ou,
            "Ne garder qu'une colonne de chaque nom, ou dire dans le nom de chacune ce qu'elle est "
            "(« Commune demandée », « Commune du logement attribué »).",
        )


def separateur_de(dialecte: Dialecte) -> str:
    """Return the character between the fields of a CSV."""
    return dialecte.separateur or ";"


class _Decodeur:
    """Bytes to UTF-8, line by line; counts the lines that are not ASCII, by encoding."""

    def __init__(self) -> None:
        self.lignes = {UTF8: 0, CP1252: 0}

    def en_utf8(self, brut: bytes) -> bytes:
        """Return whole lines in UTF-8; raise UnicodeDecodeError at a byte that is no character."""
        if brut.isascii():
            return brut
        octets = np.frombuffer(brut, np.uint8)
        hauts = np.flatnonzero(octets >= HAUT)
        fins = np.flatnonzero(octets == NOUVELLE_LIGNE)
        lignes = np.searchsorted(fins, hauts)
        nombre = 1 + int(np.count_nonzero(np.diff(lignes)))
        if _est_utf8(brut):
            self.lignes[UTF8] += nombre
            return brut
        candidates = lignes[_debuts_utf8(octets, hauts)]
        valides, texte = self._par_ligne(brut, fins, np.unique(candidates))
        self.lignes[UTF8] += valides
        self.lignes[CP1252] += nombre - valides
        return texte

    def _par_ligne(self, brut: bytes, fins: Entiers, candidates: Entiers) -> tuple[int, bytes]:
        """Decode each candidate that is UTF-8 by itself, and the rest at once; count the former."""
        morceaux, pris = [], 0
        for rang in candidates:
            debut = int(fins[rang - 1]) + 1 if rang else 0
            fin = int(fins[rang]) + 1 if rang < len(fins) else len(brut)
            if _est_utf8(brut[debut:fin]):
                morceaux += [self._en_cp1252(brut, pris, debut), brut[debut:fin]]
                pris = fin
        morceaux.append(self._en_cp1252(brut, pris, len(brut)))
        return len(morceaux) // 2, b"".join(morceaux)

    @staticmethod
    def _en_cp1252(brut: bytes, debut: int, fin: int) -> bytes:
        """Read as Latin-1, four times as fast, what has none of the bytes where the two differ."""
        morceau = brut[debut:fin]
        if not (np.frombuffer(morceau, np.uint8) ^ HAUT < PROPRES_CP1252).any():
            return morceau.decode("latin-1").encode()
        try:
            return morceau.decode("cp1252").encode()
        except UnicodeDecodeError as erreur:
            place = debut + erreur.start
            raise UnicodeDecodeError(CP1252, brut, place, place + 1, erreur.reason) from None


def _debuts_utf8(octets: npt.NDArray[np.uint8], hauts: Entiers) -> npt.NDArray[np.bool_]:
    """Tell which of these bytes outside ASCII may begin a character of UTF-8."""
    premiers, suivants = octets[hauts], octets[np.minimum(hauts + 1, len(octets) - 1)]
    debut = (premiers >= DEBUT_UTF8) & (premiers <= FIN_UTF8)
    resultat: npt.NDArray[np.bool_] = debut & (suivants >= SUITE_DEBUT) & (suivants <= SUITE_FIN)
    return resultat


def _est_utf8(ligne: bytes) -> bool:
    try:
        ligne.decode()
    except UnicodeDecodeError:
        return False
    return True


class _Aplatisseur:
    """One pass over the file by blocks of whole lines; `final` gives them one field more."""

    sortie: Sortie

    def __init__(
        self,
        entree: BinaryIO,
        ouvrir: Ouvrir,
        fichier: str,
        reconnu: Dialecte | None,
        *,
        final: bool,
    ) -> None:
        self.entree, self.ouvrir, self.fichier = entree, ouvrir, fichier
        self.dialecte, self.final = reconnu or CONTRAT, final
        self.champs = champs_separes_par(separateur_de(self.dialecte), vides_lus=reconnu is None)
        self.decodeur = _Decodeur()
        self.ligne = self.dialecte.entete
        self.ligne_entete = self.entete_tue = b""
        self.sans_fin, self.derniere_gardee = False, 0

    def executer(self, avancement: Callable[[int], None], patience: int) -> TextePlan:
        """Read it all, or until that many unreadable lines when no other was read."""
        self.plan = TextePlan([], UTF8)
        reste = b""
        for bloc, dernier in self._blocs():
            avancement(len(bloc))
            reste = self._traiter(reste + bloc, dernier=dernier)
            if not self.plan.gardes and len(self.plan.illisibles) >= patience:
                break
        if not self.ligne_entete:
            raise Refus("le fichier est vide", self.fichier, "Demander une nouvelle extraction.")
        lignes = self.decodeur.lignes
        self.plan.encodage = CP1252 if lignes[CP1252] > lignes[UTF8] else UTF8
        self.plan.autrement = min(lignes.values())
        illisible = max((ligne for ligne, _ in self.plan.illisibles), default=0)
        self.plan.coupe = self.sans_fin and illisible > self.derniere_gardee
        return self.plan

    def _blocs(self) -> Iterator[tuple[bytes, bool]]:
        """Yield UTF-8 blocks of whole lines ending with LF, and whether each is the last."""
        position, attente = self.entree.tell(), b""
        while brut := self.entree.read(BLOC):
            if attente:
                yield attente, False
                attente = b""
            fin_de_ligne = b"" if brut.endswith(b"\n") else self.entree.readline()
            attente = self._en_utf8(brut + fin_de_ligne, position)
            position += len(brut) + len(fin_de_ligne)
        if attente:
            self.sans_fin = not attente.endswith(b"\n")
            yield attente + b"\n" * self.sans_fin, True

    def _en_utf8(self, brut: bytes, position: int) -> bytes:
        if b"\0" in brut:
            raise self._pas_du_texte(position + brut.index(b"\0"), "un octet nul")
        try:
            brut = self.decodeur.en_utf8(brut)
        except UnicodeDecodeError as erreur:
            raise self._pas_du_texte(position + erreur.start, "un octet sans caractère") from None
        if b"\r" in brut:
            brut = brut.replace(b"\r\n", b"\n").replace(b"\r", b" ")
        return brut

    def _pas_du_texte(self, octet: int, quoi: str) -> Refus:
        return Refus(
            f"ce n'est pas un fichier texte : {quoi} à l'octet {octet + 1}",
            self.fichier,
            "Vérifier que le fichier est bien un CSV, et l'exporter de nouveau.",
        )

    def _traiter(self, bloc: bytes, *, dernier: bool) -> bytes:
        """Copy the well-formed records of a block; return the record still open at its end."""
        if not self.ligne_entete:
            bloc = self._lire_entete(bloc)
        if not bloc:
            return b""
        lignes = _Lignes(bloc, self.champs, len(self.plan.entete), dernier=dernier)
        lignes.juger(self.entete_tue)
        self.plan.final = self.plan.final and lignes.ont_un_final()
        self._copier(lignes)
        return bloc[lignes.debuts[lignes.nombre] :] if lignes.nombre < len(lignes.debuts) else b""

    def _lire_entete(self, bloc: bytes) -> bytes:
        """Read the names of the fields, past the titles; return what follows them."""
        *titres, entete, bloc = bloc.split(b"\n", self.dialecte.entete)
        if len(titres) + 1 < self.dialecte.entete:
            raise Refus(
                f"le fichier s'arrête avant sa ligne d'en-tête, la {self.dialecte.entete}e",
                self.fichier,
                "Demander une nouvelle extraction, ou faire reconnaître ce fichier de nouveau.",
            )
        while entete.count(b'"') % 2 and b"\n" in bloc and len(entete) < ENTETE_MAX:
            suite, bloc = bloc.split(b"\n", 1)  # a name in quotes takes several lines
            entete += b"\n" + suite
        self.ligne_entete = entete + b"\n"
        if self.dialecte != CONTRAT:
            self.entete_tue = self.ligne_entete
        self.plan.entete = lire_entete(self.ligne_entete, self.fichier, self.dialecte)
        self.ligne = self.dialecte.entete + self.ligne_entete.count(b"\n")
        self._refuser_entete_repetee(bloc)
        self.plan.entete += [""] * self.final
        self.plan.final = not self.plan.entete[-1]
        self.sortie = self.ouvrir(self.plan.entete)
        return bloc

    def _refuser_entete_repetee(self, bloc: bytes) -> None:
        if bloc.startswith(self.ligne_entete):
            raise Refus(
                "la ligne d'en-tête est répétée",
                f"{self.fichier}, ligne {self.ligne}",
                "Supprimer la seconde ligne d'en-tête.",
            )

    def _copier(self, lignes: _Lignes) -> None:
        plan = self.plan
        garde = lignes.garde[: lignes.nombre]
        plan.illisibles += [(self.ligne + i, detail) for i, detail in lignes.illisibles]
        for premiere, derniere in _plages(garde):
            debut = lignes.debuts[premiere]
            fin = lignes.debuts[derniere] if derniere < len(lignes.debuts) else len(lignes.bloc)
            self._noter_lignes(lignes, premiere, derniere)
            self.derniere_gardee = self.ligne + derniere - 1
            self.sortie.write(memoryview(lignes.bloc)[debut:fin])
        self.ligne += lignes.nombre

    def _noter_lignes(self, lignes: _Lignes, premiere: int, derniere: int) -> None:
        """Advance the count of kept records over a range of kept physical lines."""
        plan = self.plan
        plan.ruptures.noter(plan.gardes, self.ligne + premiere)
        suites = lignes.suites[np.searchsorted(lignes.suites, premiere) :]
        suites = suites[: np.searchsorted(suites, derniere)]
        for rang, suite in enumerate(suites):
            plan.ruptures.noter(
                plan.gardes + int(suite) - premiere - rang, self.ligne + int(suite) + 1
            )
        plan.gardes += derniere - premiere - len(suites)


def _plages(garde: npt.NDArray[np.bool_]) -> list[tuple[int, int]]:
    """Return the [first, past last) ranges of True."""
    bords = np.flatnonzero(np.diff(np.concatenate(([False], garde, [False])).astype(np.int8)))
    return [(int(a), int(b)) for a, b in zip(bords[::2], bords[1::2], strict=True)]


class _Lignes:
    """The physical lines of a block: kept, unreadable, blank or continued."""

    def __init__(self, bloc: bytes, forme: Champs, colonnes: int, *, dernier: bool) -> None:
        self.bloc, self.forme, self.colonnes, self.dernier = bloc, forme, colonnes, dernier
        self.octets = np.frombuffer(bloc, np.uint8)
        fins = np.flatnonzero(self.octets == NOUVELLE_LIGNE)
        self.debuts: Entiers = np.concatenate(([0], fins[:-1] + 1))
        self.nombre = len(self.debuts)
        self.illisibles: list[tuple[int, str]] = []
        self.suites: Entiers = np.empty(0, np.int64)
        self.trop_courts = False

    def juger(self, entete: bytes) -> None:
        """Judge every line; one that is `entete` again, which page breaks write, is none."""
        separateurs = (self.octets == self.forme.octet).view(np.uint8)
        champs = self.champs = np.add.reduceat(separateurs, self.debuts, dtype=np.int64) + 1
        longueurs = np.diff(self.debuts, append=len(self.bloc))
        self.garde = (champs == self.colonnes) & (longueurs <= ENREGISTREMENT_MAX)
        jugees = np.zeros(len(self.debuts), bool)
        if self.forme.vide:
            jugees = self.garde & (longueurs == champs)  # separators alone
            self.garde &= ~jugees
        if b'"' in self.bloc:
            self._juger_guillemets(jugees)
        self._ecarter_entetes(entete, jugees)
        for i in np.flatnonzero(~self.garde[: self.nombre] & ~jugees[: self.nombre]):
            if self._ligne(int(i)).strip():
                self.illisibles.append((int(i), self._detail(int(champs[i]))))
        self.illisibles.sort()

    def _ecarter_entetes(self, entete: bytes, jugees: npt.NDArray[np.bool_]) -> None:
        if not entete:
            return
        for trouvee in re.finditer(rb"(?m)^" + re.escape(entete), self.bloc):
            i = int(np.searchsorted(self.debuts, trouvee.start()))
            if i < self.nombre and self.garde[i]:
                jugees[i] = True
                self._ecarter(i, REPETEE)

    def _juger_guillemets(self, jugees: npt.NDArray[np.bool_]) -> None:
        """Judge each record that holds a quote; jugees marks the lines judged here."""
        positions = np.flatnonzero(self.octets == GUILLEMET)
        suites: list[int] = []
        libre = 0
        for i in np.unique(np.searchsorted(self.debuts, positions, "right") - 1):
            if i < libre:
                continue
            jugees[i] = True
            libre = self._juger_enregistrement(int(i), jugees, suites)
            if libre > self.nombre:
                break
        self.suites = np.array(suites, np.int64)

    def _juger_enregistrement(
        self, i: int, jugees: npt.NDArray[np.bool_], suites: list[int]
    ) -> int:
        """Judge the record that starts on line i; return the first line after it."""
        debut = int(self.debuts[i])
        trouve = self.forme.enregistrement.match(self.bloc, debut)
        if trouve is None or trouve.end() - debut > ENREGISTREMENT_MAX:
            return self._mal_forme(i, debut)
        suivante = int(np.searchsorted(self.debuts, trouve.end()))
        if self._avale_des_lignes(i, suivante - 1):
            return self._ecarter(i, ILLISIBLE_GUILLEMETS)
        champs = ENTRE_GUILLEMETS.sub(b"", trouve.group()).count(self.forme.separateur.encode()) + 1
        if champs != self.colonnes:
            self.trop_courts |= champs == self.colonnes - 1
            return self._ecarter(i, self._detail(champs))
        vide = self.forme.vide is not None and self.forme.vide.fullmatch(trouve.group())
        self.garde[i:suivante] = not vide
        jugees[i:suivante] = True
        suites.extend(range(i + 1, suivante))
        return suivante

    def _mal_forme(self, i: int, debut: int) -> int:
        ouvert = self.forme.ouvert.match(self.bloc, debut) is not None
        if ouvert and not self.dernier and len(self.bloc) - debut <= ENREGISTREMENT_MAX:
            self.nombre = i
            return len(self.debuts) + 1
        return self._ecarter(i, ILLISIBLE_GUILLEMETS)

    def _ecarter(self, i: int, detail: str) -> int:
        self.garde[i] = False
        self.illisibles.append((i, detail))
        return i + 1

    def _avale_des_lignes(self, i: int, derniere: int) -> bool:
        """Tell whether a record of several lines is made of lines of the file."""
        if derniere == i:
            return False
        entieres = self.champs[i : derniere + 1] == self.colonnes
        return bool(entieres[1:-1].any() or (entieres[0] and entieres[-1]))

    def ont_un_final(self) -> bool:
        """Tell whether each record kept ends with an empty field, and none lacks just that one."""
        fins = np.append(self.debuts[1:], len(self.bloc)) - 2
        gardees = self.garde.copy()
        gardees[self.suites - 1] = False
        gardees[self.nombre :] = False
        return not (self.trop_courts or (self.octets[fins[gardees]] != self.forme.octet).any())

    def _ligne(self, i: int) -> bytes:
        fin = self.debuts[i + 1] if i + 1 < len(self.debuts) else len(self.bloc)
        return self.bloc[self.debuts[i] : fin]

    def _detail(self, champs: int) -> str:
        if champs == self.colonnes:
            return "ligne de plus d'un mégaoctet"
        return f"{accorder(champs, 'champ')} au lieu de {self.colonnes}"
