"""The types of rows of the store say the columns of their tables."""

from __future__ import annotations

import datetime as dt
from typing import Any, get_args, get_type_hints

import pytest
import sqlalchemy as sa

from infocentre.decisions import Magasin
from infocentre.decisions.magasin import lire_lignes
from infocentre.decisions.schema import (
    AffaireEcrite,
    ConstatEcrit,
    EntreeEcrite,
    EvenementEcrit,
    Instant,
    affaires,
    audit,
    constats,
    evenements,
)

TYPES: list[tuple[sa.Table, Any]] = [
    (affaires, AffaireEcrite),
    (audit, EntreeEcrite),
    (constats, ConstatEcrit),
    (evenements, EvenementEcrit),
]


@pytest.mark.parametrize(("table", "genre"), TYPES)
def test_a_row_has_the_columns_of_its_table(table: sa.Table, genre: type) -> None:
    attendus = {
        une.name: (une.type.python_type, type(None)) if une.nullable else une.type.python_type
        for une in table.columns
    }
    assert {nom: get_args(un) or un for nom, un in get_type_hints(genre).items()} == attendus


def test_rows_that_lack_a_column_are_refused() -> None:
    with Magasin("sqlite://").lire() as con:
        assert lire_lignes(con, affaires.select(), AffaireEcrite) == []
        demande = sa.select(affaires.c.id, sa.literal(dt.date(2026, 11, 1)).label("ouverte_le"))
        with pytest.raises(TypeError, match="AffaireEcrite : close_le, departement, etat, "):
            lire_lignes(con, demande, AffaireEcrite)


def test_an_instant_is_read_as_it_was_whatever_the_zone_it_was_written_in() -> None:
    table = sa.Table("t", sa.MetaData(), sa.Column("le", Instant))
    moteur = sa.create_engine("sqlite://")
    with moteur.begin() as con:
        table.create(con)
        con.execute(table.insert(), {"le": dt.datetime.fromisoformat("2026-07-01T00:30:00+02:00")})
        (lu,) = con.scalars(sa.select(table.c.le))
    moteur.dispose()
    assert lu.isoformat() == "2026-06-30T22:30:00+00:00"
