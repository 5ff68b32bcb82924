"""The records of a source's file made those of a table: its own rows, joined rows, its codes."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import duckdb
import numpy as np
import polars as pl

from infocentre.contrat import Colonne, Table
from infocentre.livraisons.csv_reel import Entiers, Ruptures
from infocentre.livraisons.pieds import PEU, TOTAL, est_pied
from infocentre.livraisons.sources import Source, ouvrir_source
from infocentre.livraisons.traduction import (
    BLANCS,
    NUMERO,
    ORDRE,
    PAR,
    PARTAGE,
    Lus,
    Reference,
    Traduction,
    cle,
    cle_de_jointure,
    completer,
    partager,
    premieres,
    rangs_de,
    traduire,
)
from infocentre.noyau.erreurs import Refus

ORDRE_LU = "ordre"
PIEDS = 10  # rows, the last ones of a file, that may be no records


@dataclass(slots=True)
class Adaptateur:
    """Makes the records of each file those of its table; remembers the demandes, to join others.

    `sans_demande`: rows of a table that name a demande of neither file, by table.
    """

    con: duckdb.DuckDBPyConnection
    temporaire: Path
    demandes: pl.DataFrame | None = None
    sans_demande: dict[str, int] | None = None

    def adapter(self, source: Source, traduction: Traduction) -> Source:
        """Return the records of the table, all translated."""
        lus = Lus(*source.textes.finir())
        source = _sans_pieds(replace(source, textes=lus, traduite=lus))
        if traduction.fichier.partage:
            siennes = partager(_lus(source), traduction, source.fichier)
            source = _filtrer(source, siennes, garde_illisibles=_est_premiere(traduction))
        source = _sans_suites(source, traduction)
        lus = traduire(_lus(source), traduction)
        if traduction.complements:
            lus = completer(_exiger_par(lus, traduction, source), self._premiers(traduction))
        if PAR in lus.textes:
            source, lus = self._joindre(replace(source, traduite=lus), lus, traduction)
        lus = lus.sans(PAR, ORDRE, PARTAGE)
        colonnes = _colonnes(source, lus, traduction)
        return replace(source, textes=lus, traduite=lus, colonnes=colonnes)

    def _premiers(self, traduction: Traduction) -> list[pl.DataFrame]:
        return [self._lire_complement(un.chemin, un.traduction) for un in traduction.complements]

    def _lire_complement(self, chemin: Path, traduction: Traduction) -> pl.DataFrame:
        """Return the rows of a file joined to demandes: `PAR` and its columns, once per demande."""
        source = ouvrir_source(
            self.con, traduction.table, chemin, self.temporaire, _sans_bruit, traduction
        )
        lus = Lus(*source.textes.finir())
        if PAR not in lus.textes:
            raise Refus(
                f"la colonne « {traduction.par} », qui dit la demande de chaque ligne, manque",
                chemin.name,
                "Demander une extraction complète, ou faire reconnaître ces fichiers de nouveau.",
            )
        lus = traduire(lus, traduction)
        return premieres(lus, [une for une in lus.textes if une not in {PAR, ORDRE}])

    def _joindre(self, source: Source, lus: Lus, traduction: Traduction) -> tuple[Source, Lus]:
        """Give each row of a table its numéro by its demande, or remember the demandes."""
        if traduction.fichier.par is None:
            siennes = pl.DataFrame([cle_de_jointure(lus), lus.evidentes(NUMERO)]).drop_nulls()
            connues = [une for une in (self.demandes, siennes) if une is not None]
            self.demandes = pl.concat(connues)
            return source, lus
        numeros = self._numeros(lus)
        source = _filtrer(source, numeros.is_not_null(), garde_illisibles=True)
        perdues = int(numeros.null_count())
        self.sans_demande = {**(self.sans_demande or {}), traduction.table.nom: perdues}
        lus = _lus(source).avec_evidentes(NUMERO, numeros.drop_nulls())
        cle_table = traduction.table.cle.lower()
        ordre = next((une for une in (ORDRE, ORDRE_LU) if une in lus.textes), None)
        if cle_table not in lus.textes and ordre:
            cles = pl.select(
                pl.concat_str(cle_de_jointure(lus), lus.lignes(ordre), separator="-")
            ).to_series()
            lus = lus.avec(cle_table, cles)
        return source, lus

    def _numeros(self, lus: Lus) -> pl.Series:
        if self.demandes is None:
            return pl.Series(NUMERO, [None], pl.String).new_from_index(0, lus.rangs.height)
        uniques = self.demandes.unique(PAR, keep="first", maintain_order=True)
        cles = cle_de_jointure(lus).to_frame()
        return cles.join(uniques, on=PAR, how="left", maintain_order="left")[NUMERO]


def _lus(source: Source) -> Lus:
    assert source.traduite is not None  # noqa: S101 - what adapts has read them
    return source.traduite


def _sans_pieds(source: Source) -> Source:
    """Set aside totals and notes, which are no records: those that end a file, and under groups."""
    lus = _lus(source)
    nombre = len(lus.rangs)
    fin = _cellules(lus.tail(PIEDS))
    derniers = sum(1 for _ in itertools.takewhile(est_pied, reversed(fin)))
    pieds = {*range(nombre - derniers, nombre), *_totaux(lus)}
    if not pieds:
        return source
    places = pl.int_range(nombre, eager=True)
    ecartes = places.is_in(sorted(pieds))
    lignes = _lignes_physiques(source.ruptures, nombre)[ecartes.to_numpy()]
    filtree = _filtrer(source, ~ecartes, garde_illisibles=True)
    notes = tuple((int(ligne), TOTAL) for ligne in lignes)
    return replace(filtree, illisibles=(*filtree.illisibles, *notes))


def _cellules(lus: Lus) -> list[list[str]]:
    valeurs = (lus.valeurs(champ) for champ in lus.textes)
    return [[valeur or "" for valeur in ligne] for ligne in zip(*valeurs, strict=True)]


def _totaux(lus: Lus) -> Iterator[int]:
    """Yield the places of the totals that stand among demandes: hardly a cell of them is filled."""
    if NUMERO not in lus.textes:
        return
    remplies = lus.rangs.select(pl.sum_horizontal(pl.all().is_not_null())).to_series()
    places = (remplies <= PEU).arg_true()
    peu = replace(lus, rangs=lus.rangs[places])
    for place, cellules in zip(places, _cellules(peu), strict=True):
        if est_pied(cellules):
            yield place


def _sans_suites(source: Source, traduction: Traduction) -> Source:
    """Keep, of the lines of a demande that a file ranks, the first: one a person, or a wish."""
    lus, fichier = _lus(source), traduction.fichier
    if fichier.par or not {NUMERO, ORDRE} <= lus.textes.keys():
        return source
    numeros = lus.valeurs(NUMERO).str.replace_all(BLANCS, "").replace("", None)
    lignes = pl.DataFrame({"numero": numeros, "ordre": rangs_de(lus)})
    premiere = pl.col("ordre").min().over("numero")
    gardees = lignes.select(
        (pl.col("ordre") <= premiere) | pl.col("numero").is_null() | premiere.is_null()
    ).to_series()
    gardees = gardees.fill_null(value=False)
    return replace(
        _filtrer(source, gardees, garde_illisibles=True), suites=len(gardees) - int(gardees.sum())
    )


def _sans_bruit(_octets: int) -> None:
    """Tell nobody how far the reading of a joined file is."""


def _est_premiere(traduction: Traduction) -> bool:
    return traduction.fichier.tables[0] == traduction.table.nom


def _filtrer(source: Source, siennes: pl.Series, *, garde_illisibles: bool) -> Source:
    """Keep some records, with their physical lines."""
    lus = _lus(source)
    rangs = lus.rangs.filter(siennes)
    lignes = _lignes_physiques(source.ruptures, len(lus.rangs))[siennes.to_numpy()]
    return replace(
        source,
        traduite=replace(lus, rangs=rangs),
        ruptures=_ruptures(lignes),
        gardes=len(rangs),
        illisibles=source.illisibles if garde_illisibles else (),
    )


def _lignes_physiques(ruptures: Ruptures, nombre: int) -> Entiers:
    rangs = np.arange(nombre, dtype=np.int64)
    places = np.searchsorted(np.asarray(ruptures.rangs), rangs, "right") - 1
    return rangs + np.asarray(ruptures.decalages, dtype=np.int64)[places]


def _ruptures(lignes: Entiers) -> Ruptures:
    if not len(lignes):
        return Ruptures()
    decalages = lignes - np.arange(len(lignes))
    places = np.flatnonzero(np.diff(decalages, prepend=decalages[0] - 1))
    return Ruptures(places.tolist(), decalages[places].tolist())


def _exiger_par(lus: Lus, traduction: Traduction, source: Source) -> Lus:
    if PAR in lus.textes:
        return lus
    raise Refus(
        f"la colonne « {traduction.par} », à laquelle d'autres fichiers renvoient, manque",
        source.fichier,
        "Demander une extraction complète, ou déposer ce fichier sans ceux qui le complètent.",
    )


def _colonnes(source: Source, lus: Lus, traduction: Traduction) -> tuple[str, ...]:
    """Return the names of the columns delivered, then of those that nobody reads nor left out."""
    connues = [champ.upper() for champ in lus.textes]
    lues_ailleurs = {une.vers for une in traduction.lectures.values()}
    autres = [
        nom.strip()
        for nom in source.colonnes
        if nom not in traduction.table.par_nom
        and nom not in {PAR, ORDRE, PARTAGE}
        and nom.strip() not in traduction.laissees
        and nom not in lues_ailleurs
    ]
    return (*connues, *autres)


# --- Files of codes ------------------------------------------------------------------------------


def lire_reference(
    con: duckdb.DuckDBPyConnection, chemin: Path, temporaire: Path, traduction: Traduction
) -> Reference:
    """Read a file `ref_*`: its keys with their codes; the key is the code when it has no other.

    The columns of `traduction.fichier` are named CLE and CODE; raise Refus when two rows give two
    codes to one key.
    """
    source = ouvrir_source(con, traduction.table, chemin, temporaire, _sans_bruit, traduction)
    lus = Lus(*source.textes.finir())
    colonnes = [nom.lower() for nom in (CLE, CODE) if nom.lower() in lus.textes]
    lignes = [lus.lignes(nom).str.strip_chars().replace("", None) for nom in colonnes]
    codes: dict[str, str] = {}
    for lus_ensemble in zip(*lignes, strict=True):
        cle_lue, code = lus_ensemble[0], lus_ensemble[-1]
        if cle_lue is None or code is None:
            continue
        if codes.setdefault(cle(cle_lue), code) != code:
            raise Refus(
                f"la clé « {cle_lue} » y a deux codes",
                chemin.name,
                "Ne garder que le fichier de l'année des données, ou demander une nouvelle "
                "extraction.",
            )
        codes[cle_lue] = code
    return Reference(chemin.name, codes)


CLE, CODE = "CLE", "CODE"


def table_de(nom: str, colonnes: Sequence[Colonne]) -> Table:
    """Return a table that is none of the contract's: what a joined file or a file of codes has."""
    return Table(nom=nom, libelle=nom, objet=nom, cle="", colonnes=tuple(colonnes))
