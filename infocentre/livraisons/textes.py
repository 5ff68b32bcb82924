"""The texts of a file by column, each distinct one once: what is judged is judged once.

A file of a million rows has few distinct texts but in the columns of numéros and amounts. There,
the texts in their most common form, whose value is evident, are read at once.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

import polars as pl

from infocentre.contrat import Colonne
from infocentre.contrat.numeros import NUMERO_UNIQUE
from infocentre.livraisons.typage import DECIMAL_EVIDENT

LOT_OCTETS, LOT_LIGNES = 16 << 20, 1 << 17
EVIDENTE = "evidente "


class Textes:
    """The texts of the columns of a file, taken by batches in the order of the file.

    The fields of a record are known by their rank in `entete`; only those that `colonnes` names are
    kept. `virgule`: a comma in a number is that of decimals, never of thousands.
    """

    def __init__(
        self,
        entete: Sequence[str],
        colonnes: Mapping[str, Colonne],
        *,
        separateur: str = ";",
        virgule: bool = True,
    ) -> None:
        self.champs, self.separateur, self.virgule = len(entete), separateur, virgule
        self.lues = {rang: colonnes[nom] for rang, nom in enumerate(entete) if nom in colonnes}
        self._listes = {rang: pl.Categories.random() for rang in self.lues}
        self._lots: list[dict[str, pl.Series]] = []
        self._attente: list[memoryview] = []
        self._octets = 0
        self._fil = ThreadPoolExecutor(1)
        self._lecture: Future[None] | None = None

    def write(self, octets: memoryview, /) -> None:
        """Take whole records of a plain CSV; they are read while the next ones are prepared."""
        self._attente.append(octets)
        self._octets += len(octets)
        if self._octets >= LOT_OCTETS:
            self._lire()

    def _lire(self) -> None:
        self._attendre()
        if self._attente and self.lues:
            self._lecture = self._fil.submit(self._ajouter_csv, b"".join(self._attente))
        self._attente, self._octets = [], 0

    def _attendre(self) -> None:
        if self._lecture:
            self._lecture.result()

    def _ajouter_csv(self, octets: bytes) -> None:
        self._lots.append(self._coder(lire_lot(octets, self.champs, self.separateur)))

    def _schema(self) -> dict[str, type[pl.String]]:
        return {nom_du_champ(rang): pl.String for rang in self.lues}

    def ajouter_parquet(self, fichier: Path) -> None:
        """Take the records of a Parquet file of texts, whose columns are named by their rank."""
        lecture = pl.scan_parquet(fichier)
        lignes = lecture.select(pl.len()).collect().item()
        for debut in range(0, lignes, LOT_LIGNES):
            self._lots.append(self._coder(lecture.slice(debut, LOT_LIGNES)))

    def _coder(self, lot: pl.LazyFrame) -> dict[str, pl.Series]:
        return lot.select(self._codes()).collect().to_dict()

    def _codes(self) -> Iterator[pl.Expr]:
        for rang, colonne in self.lues.items():
            texte = pl.col(nom_du_champ(rang))
            evidente = _evidente(texte, colonne, virgule=self.virgule)
            if evidente is not None:
                yield evidente.alias(EVIDENTE + colonne.champ)
                texte = pl.when(evidente.is_null()).then(texte)
            yield texte.cast(pl.Categorical(self._listes[rang])).alias(colonne.champ)

    def finir(self) -> tuple[pl.DataFrame, dict[str, pl.Series]]:
        """Return the records, and the distinct texts of each column.

        Of a column a record has the rank of its text (null when it is empty), or its evident value
        in the column of that name after `EVIDENTE`.
        """
        self._lire()
        self._attendre()
        self._fil.shutdown()
        lots = self._lots or [self._coder(pl.LazyFrame(schema=self._schema()))]
        rangs, textes = [], {}
        for champ in tuple(lots[0]):
            serie = pl.concat([lot.pop(champ) for lot in lots], rechunk=True)
            if isinstance(serie.dtype, pl.Categorical):
                textes[champ], serie = distincts(serie)
            rangs.append(serie)
        return pl.DataFrame(rangs), textes


def distincts(serie: pl.Series) -> tuple[pl.Series, pl.Series]:
    """Return the distinct texts of a column by their rank, and the rank of each row's text."""
    rangs = serie.to_physical()
    nombre = dernier + 1 if isinstance(dernier := rangs.max(), int) else 0
    textes = pl.int_range(nombre, dtype=pl.UInt32, eager=True).cat.to(serie.dtype)
    return textes.cast(pl.String), rangs.shrink_dtype()


def nom_du_champ(rang: int) -> str:
    """Return the name of a field by its rank."""
    return f"c{rang}"


def lire_lot(octets: bytes, champs: int, separateur: str = ";") -> pl.LazyFrame:
    """Return the texts of a plain CSV, its fields being named by their rank."""
    return pl.scan_csv(
        octets,
        separator=separateur,
        has_header=False,
        quote_char='"' if b'"' in octets else None,
        schema={nom_du_champ(rang): pl.String for rang in range(champs)},
    )


def _evidente(texte: pl.Expr, colonne: Colonne, *, virgule: bool) -> pl.Expr | None:
    """Return the value of a text whose form leaves no doubt, null for another."""
    if colonne.nom == "NUMERO_UNIQUE":
        return pl.when(texte.str.contains(f"^(?:{NUMERO_UNIQUE})$")).then(texte)
    if colonne.type == "decimal" and virgule:
        decimal = texte.str.replace(",", ".", literal=True).cast(pl.Float64, strict=False)
        nette = texte.str.contains(f"^(?:{DECIMAL_EVIDENT})$")
        return pl.when(nette & decimal.is_between(*colonne.etendue)).then(decimal)
    return None
