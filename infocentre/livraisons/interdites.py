"""The columns that are never let in, by what they hold, whatever their name: NIR, free text.

A value that looks like a NIR never enters by any column. Where most do, the whole column is
another one than its name says: it is left out, and told.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import polars as pl

from infocentre.contrat import Colonne
from infocentre.contrat.dictionnaire import TEXTUELS
from infocentre.livraisons.intrus import NIR
from infocentre.livraisons.textes import EVIDENTE

EXEMPLES = 1000  # rows looked at, spread over the file
PEU = 20  # values, under which each is judged alone
PART = 0.5
LONG, MOTS = 40, 6  # characters and words of a text that somebody wrote
_REDIGE = rf"^\s*\S+(\s+\S+){{{MOTS - 1},}}\s*$"


def semble_interdite(textes: pl.Series, *, libre: bool = False) -> str | None:
    """Return why a column that holds these texts (one a row, or a sample) is never let in, or None.

    `libre`: the column is an address or hours, which may be long.
    """
    texte = pl.col("texte")
    parts = (
        textes.to_frame("texte")
        .lazy()  # one reading of a column: there are sixty of them
        .select(texte.str.strip_chars())
        .filter(texte != "")
        .select(
            nir=texte.str.contains(rf"^({NIR})$").mean(),
            redige=((texte.str.len_chars() > LONG) & texte.str.contains(_REDIGE)).mean(),
        )
        .collect()
        .row(0, named=True)
    )
    if (parts["nir"] or 0) > PART:
        return "la plupart de ses valeurs ont la forme d’un NIR"
    if not libre and (parts["redige"] or 0) > PART:
        return "la plupart de ses valeurs sont de longs textes libres"
    return None


def colonnes_intruses(
    colonnes: Iterable[Colonne], rangs: pl.DataFrame, textes: Mapping[str, pl.Series]
) -> dict[Colonne, str]:
    """Return the columns of a file that are never let in by what they hold, and why.

    `rangs` has of each row the rank of its text in `textes` or its evident value, by column.
    """
    trouvees = {}
    for colonne in colonnes:
        if colonne.type not in TEXTUELS:
            continue
        places = rangs[colonne.champ].drop_nulls()
        evidentes = rangs.get_column(EVIDENTE + colonne.champ, default=places.clear())
        if len(places) < PEU or len(places) <= len(evidentes) - evidentes.null_count():
            continue
        exemples = textes[colonne.champ].gather(places.gather_every(len(places) // EXEMPLES + 1))
        if pourquoi := semble_interdite(exemples, libre=bool(colonne.libre)):
            trouvees[colonne] = pourquoi
    return trouvees
