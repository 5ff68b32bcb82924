"""What changes leaves a seal, whatever its columns; those of later come by themselves."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from infocentre.acces import audit
from infocentre.acces.audit import Trace, tracer
from infocentre.acces.comptes import Comptes, Fiche
from infocentre.acces.modele import SEUL, Role
from infocentre.acces.perimetre import TOUT
from infocentre.decisions import Magasin, scelles, tenue
from infocentre.decisions.chaine import Chaine
from infocentre.decisions.schema import audit as table
from infocentre.decisions.schema import doublons_numeros, verdicts
from infocentre.decisions.schema import scelles as SCELLES  # noqa: N812 - a table

ZOE = Fiche("zoe@exemple.fr", "Zoé", Role.ADMINISTRATEUR, TOUT)


def _ecrits(magasin: Magasin) -> list[tuple[str, str]]:
    c = SCELLES.c
    with magasin.lire() as con:
        demande = sa.select(c.genre, c.tenue).where(c.rang > 1).order_by(c.rang)
        return [(genre, tenue) for genre, tenue in con.execute(demande)]


def test_a_new_store_is_what_its_seals_say(url: str) -> None:
    magasin = Magasin(url)
    with magasin.lire() as con:
        assert tenue.alterees(con) == []
        assert list(scelles.fautes(con)) == []
        assert con.scalars(sa.select(SCELLES.c.genre)).all() == [scelles.INVENTAIRE]
    assert Magasin(url).identite == magasin.identite


def test_each_write_of_an_account_is_sealed_with_it(url: str) -> None:
    magasin = Magasin(url)
    comptes = Comptes(magasin)
    comptes.inviter(ZOE)
    comptes.inviter(Fiche("bea@exemple.fr", "Béa", Role.PARTENAIRE, TOUT))
    comptes.changer(Fiche("bea@exemple.fr", "Béa", Role.ANALYSTE, TOUT))
    comptes.fermer("bea@exemple.fr")
    assert _ecrits(magasin) == [("ecriture", "comptes")] * 4
    with magasin.lire() as con:
        assert list(scelles.fautes(con)) == []
        assert "zoe" not in str(con.execute(sa.select(SCELLES.c.contenu)).all())
    with magasin.ecrire() as con:  # beside the store
        con.exec_driver_sql("UPDATE comptes SET role = 'administrateur'")
        assert list(scelles.fautes(con)) == [
            "le compte bea@exemple.fr a été modifié hors de l'infocentre : role"
        ]


def test_what_is_undone_leaves_no_seal() -> None:
    magasin = Magasin("sqlite://")
    with pytest.raises(RuntimeError), magasin.ecrire() as con:  # noqa: PT012 - undone by it
        con.execute(verdicts.delete())
        con.execute(doublons_numeros.delete())
        raise RuntimeError
    assert _ecrits(magasin) == []


def test_a_column_of_later_is_sealed_at_the_next_step(monkeypatch: pytest.MonkeyPatch) -> None:
    magasin = Magasin("sqlite://")
    with monkeypatch.context() as avant:  # as if `sujet` did not exist yet
        avant.setitem(scelles.SANS_SCEAU, "comptes", frozenset({"sujet"}))
        Comptes(magasin).inviter(ZOE)
    autre = "UPDATE comptes SET sujet = 'x'"
    with magasin.ecrire() as con:
        assert list(scelles.fautes(con)) == []
        scelles.achever(con)  # what every step ends by
        con.exec_driver_sql(autre)
        assert list(scelles.fautes(con)) == [
            "le compte zoe@exemple.fr a été modifié hors de l'infocentre : sujet"
        ]
        scelles.achever(con)  # what is altered is not sealed for all that
        assert len(list(scelles.fautes(con))) == 1


def test_a_column_of_later_is_null_in_rows_of_before_whose_seals_hold() -> None:
    magasin = Magasin("sqlite://")
    tracer(magasin, SEUL, Trace.LISTE, "/liste", 3)
    plus_tard = sa.Table("audit", sa.MetaData(), *(une._copy() for une in table.columns))
    plus_tard.append_column(sa.Column("pages", sa.Integer))
    chaine = Chaine(plus_tard, "journal", "l'enregistrement", audit.CHAINE.nommer)
    with magasin.ecrire() as con:
        con.exec_driver_sql("ALTER TABLE audit ADD COLUMN pages INTEGER")
        chaine.ajouter(con, dict(con.execute(table.select()).mappings().one()) | {"pages": 7})
        assert [faute for _, faute in chaine.relire(con)] == ["", ""]
        con.exec_driver_sql("DROP TRIGGER garde_audit_update")
        con.exec_driver_sql("UPDATE audit SET pages = 8")
        assert [bool(faute) for _, faute in chaine.relire(con)] == [True, True]
