"""What whoever may write the file of the store does first: take away what refuses a change."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

import sqlalchemy as sa

from infocentre.decisions import Magasin
from infocentre.decisions.scelles import lever_les_gardes


@contextlib.contextmanager
def sans_gardes(magasin: Magasin) -> Iterator[sa.Connection]:
    """Give a connection that may change what is chained."""
    with magasin.ecrire() as con:
        lever_les_gardes(con)
        yield con
