"""Writing of a delivery: encodings, line ends and defects of a real extract, and its manifest."""

from __future__ import annotations

import hashlib
import io
import json
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np
import polars as pl

from infocentre.contrat import contrat
from infocentre.demo.hasard import Hasard
from infocentre.demo.temps import indice_mois, nom_mois


@dataclass(frozen=True)
class Style:
    """How all the files of one delivery are written."""

    encodage: str
    fin_de_ligne: str
    nul: str
    minuscules: bool

    @classmethod
    def du_mois(cls, mois: int) -> Style:
        """Return the style of a month: they alternate as source systems do."""
        return cls(
            encodage=("utf-8", "cp1252", "cp1252", "utf-8-sig")[mois % 4],
            fin_de_ligne=("\r\n", "\n")[mois % 3 == 0],
            nul=("", "NA", "", "", "NA/NA")[mois % 5],
            minuscules=mois % 7 == 0,
        )


class Livraison:
    """One delivery being written in its directory; `clore` writes the manifest."""

    def __init__(self, dossier: Path, departement: str, arrete: date, hasard: Hasard) -> None:
        """Create the directory `AAAA-MM` under `dossier`."""
        mois = indice_mois(arrete)
        self.chemin = dossier / nom_mois(mois)
        self.chemin.mkdir(parents=True, exist_ok=True)
        self.alea = hasard.flux(f"livraison {nom_mois(mois)}")
        self._departement, self._arrete = departement, arrete
        self._style = Style.du_mois(mois)
        self._fichiers: list[dict[str, str | int]] = []

    def ecrire(self, table: str, lignes: pl.DataFrame, coupees: int = 0) -> None:
        """Write one table with shuffled columns; the last `coupees` lines are cut short."""
        contenu = self._csv(table, lignes)
        if coupees:
            contenu += self._lignes_coupees(contenu, coupees)
        octets = self._encoder(contenu)
        nom = f"{table}.csv"
        (self.chemin / nom).write_bytes(octets)
        self._fichiers.append(
            {
                "table": table,
                "nom": nom,
                "lignes": lignes.height + coupees,
                "sha256": hashlib.sha256(octets).hexdigest(),
            }
        )

    def clore(self) -> Path:
        """Write the manifest; return the directory."""
        manifeste = {
            "format": "sne-infocentre-1",
            "departement": self._departement,
            "arrete": self._arrete.isoformat(),
            "fichiers": self._fichiers,
        }
        texte = json.dumps(manifeste, ensure_ascii=False, indent=1)
        (self.chemin / "manifeste.json").write_text(texte, encoding="utf-8")
        return self.chemin

    def _csv(self, table: str, lignes: pl.DataFrame) -> bytes:
        # The invented people know nothing of what came to the contract since: such a column is
        # written when they have it, an optional one that is no newer than they are, empty.
        connues = set(lignes.columns)
        siennes = contrat().tables[table].colonnes
        colonnes = [une for une in siennes if une.nom in connues or not une.depuis]
        ordre = [str(nom) for nom in self.alea.permutation([une.nom for une in colonnes])]
        inconnues = [nom for nom in lignes.columns if nom not in ordre]
        vides = [
            pl.lit(None, dtype=pl.String).alias(une.nom)
            for une in colonnes
            if not une.obligatoire and une.nom not in lignes.columns
        ]
        choisies = lignes.with_columns(vides).select([*ordre, *inconnues])
        if self._style.minuscules:
            choisies = choisies.rename(str.lower)
        tampon = io.BytesIO()
        choisies.write_csv(
            tampon,
            separator=";",
            null_value=self._style.nul,
            line_terminator=self._style.fin_de_ligne,
        )
        return tampon.getvalue()

    def _lignes_coupees(self, contenu: bytes, nombre: int) -> bytes:
        fin = self._style.fin_de_ligne.encode()
        dernieres = contenu.rstrip().rsplit(fin, nombre)[-nombre:]
        return b"".join(ligne[: len(ligne) // 2].replace(b'"', b"") + fin for ligne in dernieres)

    def _encoder(self, contenu: bytes) -> bytes:
        encodage = self._style.encodage
        if encodage == "utf-8" or (encodage == "cp1252" and contenu.isascii()):
            return contenu
        return contenu.decode("utf-8").encode(encodage)


def salir_stock(
    alea: np.random.Generator, stock: pl.DataFrame, egarees: pl.DataFrame
) -> pl.DataFrame:
    """Add malformed numéros, impossible dates, repeated lines and rows of the other file."""
    nombre = _defauts(stock.height)
    malformes = _copies(alea, stock, nombre).with_columns(
        pl.concat_str(pl.lit("X"), pl.col("NUMERO_UNIQUE").str.slice(1)).alias("NUMERO_UNIQUE")
    )
    impossibles = _copies(alea, stock, nombre).with_columns(
        pl.lit("31/02/2026").alias("DATE_CREATION")
    )
    repetees = _copies(alea, stock, nombre + 2).with_columns(
        pl.lit(None, dtype=pl.String).alias("DATE_MODIFICATION")
    )
    return _meler(alea, [stock, malformes, impossibles, repetees, egarees])


def salir_radiation(
    alea: np.random.Generator, radiation: pl.DataFrame, egarees: pl.DataFrame
) -> pl.DataFrame:
    """Add a repeated line and rows of the other file; spell some motives with spaces."""
    mal_ecrits = pl.lit(pl.Series(alea.random(radiation.height) < 0.05))
    motif = pl.col("MOTIF_RADIATION")
    ecrit = pl.when(mal_ecrits).then(" " + motif.str.to_lowercase() + " ").otherwise(motif)
    radiation = radiation.with_columns(ecrit.alias("MOTIF_RADIATION"))
    return _meler(alea, [radiation, _copies(alea, radiation, 1), egarees])


def salir_journal(alea: np.random.Generator, journal: pl.DataFrame) -> pl.DataFrame:
    """Add repeated lines, an empty identifier and a malformed numéro (not to a tiny journal)."""
    nombre = min(1, journal.height // 200)
    repetees = _copies(alea, journal, 2)
    vide = _copies(alea, journal, nombre).with_columns(
        pl.lit(None, dtype=pl.String).alias("ID_EVENEMENT")
    )
    malforme = _copies(alea, journal, nombre).with_columns(
        pl.lit("0131326000001G13").alias("NUMERO_UNIQUE")
    )
    return pl.concat([journal, repetees, vide, malforme])


def lignes_coupees(hauteur: int) -> int:
    """Return how many lines of a stock of that height are cut short."""
    return _defauts(hauteur)


def _defauts(hauteur: int) -> int:
    return min(4, hauteur // 300)


def _copies(alea: np.random.Generator, lignes: pl.DataFrame, nombre: int) -> pl.DataFrame:
    nombre = min(nombre, lignes.height)
    return lignes[np.sort(alea.choice(lignes.height, nombre, replace=False))]


def _meler(alea: np.random.Generator, morceaux: list[pl.DataFrame]) -> pl.DataFrame:
    """Put the lines of the later pieces among those of the first."""
    ensemble = pl.concat(morceaux)
    place = np.arange(ensemble.height, dtype=float)
    ajoutees = ensemble.height - morceaux[0].height
    if ajoutees:
        place[-ajoutees:] = alea.random(ajoutees) * morceaux[0].height
    return ensemble[np.argsort(place, kind="stable")]
