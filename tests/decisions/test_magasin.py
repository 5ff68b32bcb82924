"""What a page reads of the store: one state of it, until it writes there."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import sqlalchemy as sa

from infocentre.decisions import Magasin, ouvrir_magasin
from infocentre.decisions.notes import Auteur, Genre, Notes, Sujet
from infocentre.noyau.erreurs import Refus

GUICHET = Sujet("013", Genre.GUICHET, "G1302")


def _lues(magasin: Magasin) -> list[str]:
    return sorted(une.texte for une in Notes(magasin, "clé").de(GUICHET, toutes=True))


def _ecrire(magasin: Magasin, texte: str) -> None:
    Notes(magasin, "clé", Auteur("lea@m.fr")).ecrire(GUICHET, texte)


def test_what_others_write_meanwhile_is_of_the_next_page(tmp_path: Path) -> None:
    magasin, demandes = ouvrir_magasin(tmp_path), list[int]()

    def compter(con: sa.Connection) -> int:
        demandes.append(1)
        return int(con.scalar(sa.text("select count(*) from notes")))

    _ecrire(magasin, "avant")
    with ThreadPoolExecutor(1) as ailleurs, magasin.d_un_trait():
        assert _lues(magasin) == ["avant"]
        ailleurs.submit(_ecrire, magasin, "d'un autre").result()
        assert _lues(magasin) == ["avant"]
        assert ailleurs.submit(_lues, magasin).result() == ["avant", "d'un autre"]
        assert [magasin.lire_une_fois("notes", compter) for _ in range(3)] == [1, 1, 1]
        _ecrire(magasin, "de cette page")
        assert _lues(magasin) == ["avant", "d'un autre", "de cette page"]
        assert [magasin.lire_une_fois("notes", compter) for _ in range(2)] == [3, 3]
    assert len(demandes) == 3
    assert _lues(magasin) == ["avant", "d'un autre", "de cette page"]


def test_a_store_that_fails_within_a_page_is_refused_in_words(tmp_path: Path) -> None:
    magasin = ouvrir_magasin(tmp_path)
    with magasin.d_un_trait(), pytest.raises(Refus), magasin.lire() as con:
        con.execute(sa.text("select * from absente"))
    assert _lues(magasin) == []
