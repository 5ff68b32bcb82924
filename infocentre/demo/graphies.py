"""The spellings of a real extract: dates, numbers and flags as people's systems write them."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from datetime import date

import numpy as np
import polars as pl

from infocentre.demo.hasard import arrive, tirer
from infocentre.demo.temps import Entiers, Masque, Reels, jour

_PREMIER, _DERNIER = jour(date(1905, 1, 1)), jour(date(2060, 12, 31))
_FORMATS = ("%d/%m/%Y", "%d-%m-%Y", "%Y-%m-%d", "%Y-%m-%d 00:00:00")
_POIDS_FORMATS = (0.66, 0.13, 0.16, 0.05)
_OUI_NON = (("0", "1"), ("Non", "Oui"), ("NON", "OUI"), ("0,0", "1,0"))


@functools.cache
def _table_des_dates() -> pl.Series:
    """Return every day in every format, one after the other, then a null."""
    jours = pl.Series(np.arange(_PREMIER, _DERNIER + 1), dtype=pl.Int32).cast(pl.Date)
    textes = [jours.dt.strftime(motif) for motif in _FORMATS]
    return pl.concat([*textes, pl.Series([None], dtype=pl.String)])


class Graphies:
    """Writes columns of text; the spelling of a cell depends on chance only, not on the month."""

    def __init__(self, alea: np.random.Generator) -> None:
        """Keep the chance and the texts of all dates."""
        self._alea = alea
        self._dates = _table_des_dates()

    def formats(self, nombre: int) -> Entiers:
        """Draw the spelling of `nombre` dates."""
        return tirer(self._alea, _POIDS_FORMATS, nombre)

    def dates(self, jours: Entiers, formats: Entiers | None = None) -> pl.Series:
        """Write days (JAMAIS and other days out of the calendar are null)."""
        if formats is None:
            formats = self.formats(len(jours))
        largeur = _DERNIER - _PREMIER + 1
        connus = (jours >= _PREMIER) & (jours <= _DERNIER)
        indices = np.where(connus, jours - _PREMIER + formats * largeur, len(self._dates) - 1)
        return self._dates.gather(indices)

    def decimaux(self, valeurs: Reels, nuls: Masque | None = None) -> pl.Series:
        """Write decimals to the cent, mostly with a comma, some with a space at the thousand."""
        nombre = len(valeurs)
        texte = pl.Series(valeurs).round(2).cast(pl.String)
        virgule = texte.str.replace(".", ",", literal=True)
        milliers = virgule.str.replace(r"^(\d+)(\d{3},)", "${1} ${2}")
        choix = tirer(self._alea, (0.6, 0.34, 0.06), nombre)
        formes = pl.concat([virgule, texte, milliers])
        return vider(formes.gather(choix * nombre + np.arange(nombre)), nuls)

    def entiers(self, valeurs: Entiers, nuls: Masque | None = None) -> pl.Series:
        """Write whole numbers, a few of them as `2,0` or as `1.1e+004`."""
        texte = pl.Series(valeurs).cast(pl.String)
        rares = arrive(self._alea, 0.02, len(valeurs))
        centaines = (valeurs >= 10_000) & (valeurs < 100_000) & (valeurs % 100 == 0)
        mantisse = pl.Series(valeurs / 10_000).cast(pl.String)
        choisi = pl.select(
            pl.when(pl.lit(pl.Series(rares & centaines)))
            .then(mantisse + "e+004")
            .when(pl.lit(pl.Series(rares)))
            .then(texte + ",0")
            .otherwise(texte)
        ).to_series()
        return vider(choisi, nuls)

    def indicatrices(self, valeurs: Masque, nuls: Masque | None = None) -> pl.Series:
        """Write flags; one column mixes the spellings."""
        formes = tirer(self._alea, (0.7, 0.12, 0.12, 0.06), len(valeurs))
        textes = pl.Series([texte for forme in _OUI_NON for texte in forme])
        return vider(textes.gather(formes * 2 + valeurs), nuls)


def codes(liste: Sequence[str], indices: Entiers, nuls: Masque | None = None) -> pl.Series:
    """Write the codes of these indices."""
    return vider(pl.Series(list(liste), dtype=pl.String).gather(indices), nuls)


def vider(texte: pl.Series, nuls: Masque | None) -> pl.Series:
    """Return the column with nulls where they are wanted."""
    if nuls is None or not nuls.any():
        return texte
    return pl.select(pl.when(pl.lit(pl.Series(~nuls))).then(texte)).to_series()


def remplacer(texte: pl.Series, lesquels: Masque, valeur: str) -> pl.Series:
    """Return the column with `valeur` in some cells."""
    return pl.select(
        pl.when(pl.lit(pl.Series(lesquels))).then(pl.lit(valeur)).otherwise(texte)
    ).to_series()
