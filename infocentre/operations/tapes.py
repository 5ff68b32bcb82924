"""What people typed of a person who asks to be erased: queries, drafts, histories, journals.

The numéro, the dwelling and the whole name of the person are replaced by stars, sign for sign. A
family name alone is a word that others bear: where it stands is told, for a person to decide.
"""

from __future__ import annotations

import fcntl
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import duckdb
import sqlalchemy as sa

from infocentre.decisions.magasin import Magasin, magasin_present
from infocentre.decisions.schema import brouillons, executions, notes, requetes_gardees
from infocentre.entrepot import Dossier

MOT_MIN = 3  # signs: a shorter name is in every sentence
ENTRE = r'[^"\\]{0,40}?'  # between a first name and a name, in one text of a journal
# The texts that people type, by table: what they are called, and the columns.
_TAPES = (
    (requetes_gardees, "requête gardée", ("titre", "sql")),
    (executions, "historique", ("sql",)),
    (brouillons, "brouillon", ("sql",)),
    (notes, "note", ("texte",)),
)


@dataclass(frozen=True, slots=True)
class Mots:
    """What tells a person in a text: `surs` is theirs alone, `noms` are family names."""

    surs: re.Pattern[str]
    noms: re.Pattern[str] | None


@dataclass(frozen=True, slots=True)
class Tapes:
    """How many texts were starred, and where a family name of the person stands."""

    etoiles: int = 0
    a_relire: tuple[str, ...] = ()
    compacte: bool = True


RIEN_DE_TAPE = Tapes()


def mots_de(dossier: Dossier, numero: str) -> Mots:
    """Return what the records of a numéro hold, before it is erased."""
    noms, prenoms = set[str](), set[str]()
    for lus in _lire(dossier.nominatif.glob("*/*/*.parquet"), _IDENTITE, numero):
        noms.update(filter(None, lus[:3]))
        prenoms.update(filter(None, lus[3:]))
    surs = {numero}
    for lus in _lire(dossier.archives.glob("*/*/*/radiation.parquet"), _LOGEMENT, numero):
        surs.update(un for un in lus if un and len(un) > MOT_MIN)
    motifs = [_motif(un) for un in sorted(surs)]
    for nom in sorted(noms):
        for prenom in sorted(prenoms):
            un, autre = _motif(nom), _motif(prenom)
            motifs += [f"{un}{ENTRE}{autre}", f"{autre}{ENTRE}{un}"]
    seuls = [_motif(nom) for nom in sorted(noms) if len(nom) >= MOT_MIN]
    return Mots(_un_de(motifs), _un_de(seuls) if seuls else None)


_IDENTITE = ("nom", "nom_naissance", "nom_cotitulaire", "prenom", "prenom_cotitulaire")
_LOGEMENT = ("adresse_logement_attrib", "numerorpls")
_EFFACES = frozenset({"EFFACÉE", "EFFACE0000"})


def _lire(fichiers: Iterator[Path], champs: tuple[str, ...], numero: str) -> Iterator[list[str]]:
    with duckdb.connect() as con:
        for fichier in fichiers:
            connus = con.execute("FROM parquet_schema(?)", [str(fichier)]).fetchall()
            if not {*champs, "numero_unique"} <= {str(un[1]) for un in connus}:
                continue
            sql = f"SELECT {', '.join(champs)} FROM read_parquet(?) WHERE numero_unique = ?"
            for lus in con.execute(sql, [str(fichier), numero]).fetchall():
                yield ["" if un in _EFFACES else un or "" for un in lus]


def _motif(texte: str) -> str:
    """Return what finds a text as people type it: any apostrophe, doubled as in SQL, any space."""
    mots = (re.escape(mot) for mot in texte.split())
    ecrit = re.sub("[’']", "[’']{1,2}", r"\s+".join(mots))
    return rf"(?<!\w){ecrit}(?!\w)"


def _un_de(motifs: list[str]) -> re.Pattern[str]:
    return re.compile("|".join(motifs), re.IGNORECASE | re.DOTALL)


def taire(dossier: Dossier, mots: Mots) -> Tapes:
    """Star what is the person's in all that people typed, and tell where their name stands."""
    total, restes = 0, list[str]()
    for fichier in sorted(dossier.racine.glob("requetes*.jsonl")):
        faits, vus = _taire_journal(fichier, mots)
        total += faits
        restes += [f"{fichier.name}, ligne {rang}" for rang in vus]
    compacte = True
    if magasin := magasin_present(dossier.racine):
        faits, ou = _taire_magasin(magasin, mots)
        total += faits
        restes += ou
        compacte = magasin.compacter()
    return Tapes(total, tuple(restes), compacte)


def _etoiles(trouve: re.Match[str]) -> str:
    return "*" * len(trouve[0].encode())


def _taire_journal(fichier: Path, mots: Mots) -> tuple[int, list[int]]:
    """Star in a journal, in its place and as many bytes: who writes in it waits, loses nothing."""
    faits, restes = 0, []
    with fichier.open("r+b") as flux:
        fcntl.flock(flux, fcntl.LOCK_EX)
        lignes, debut = flux.read().split(b"\n"), 0
        for rang, ligne in enumerate(lignes, 1):
            texte = ligne.decode("utf-8", "surrogateescape")
            tu = mots.surs.sub(_etoiles, texte)
            if tu != texte:
                flux.seek(debut)
                flux.write(tu.encode("utf-8", "surrogateescape"))
                faits += 1
            if mots.noms and mots.noms.search(tu):
                restes.append(rang)
            debut += len(ligne) + 1
    return faits, restes


def _taire_magasin(magasin: Magasin, mots: Mots) -> tuple[int, list[str]]:
    faits, restes = 0, []
    with magasin.ecrire() as con:
        for table, genre, champs in _TAPES:
            cle = next(iter(table.primary_key.columns))
            for ligne in con.execute(sa.select(cle, table.c.auteur, *(table.c[c] for c in champs))):
                rang, auteur, *textes = ligne
                tus = [mots.surs.sub(_etoiles, texte) for texte in textes]
                if tus != textes:
                    valeurs = dict(zip(champs, tus, strict=True))
                    con.execute(table.update().where(cle == rang).values(valeurs))
                    faits += 1
                if mots.noms and any(map(mots.noms.search, tus)):
                    restes.append(f"{genre} {rang} de {auteur}")
    return faits, restes
