"""What is chained is not changed by mistake, and on PostgreSQL not by the service at all."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from infocentre.acces import audit
from infocentre.acces.audit import Trace, oublier, tracer
from infocentre.acces.modele import SEUL
from infocentre.affaires import Acteur, Affaires, procedures
from infocentre.cli import main
from infocentre.decisions import Magasin, ouvrir_magasin
from infocentre.decisions.chaine import Tete
from infocentre.decisions.schema import audit as ACCES  # noqa: N812 - a table
from infocentre.noyau.erreurs import Refus
from tests.affaires.test_registre import CONSTAT, PROPOSE

CHANGES = (
    "UPDATE audit SET qui = 'x'",
    "DELETE FROM audit",
    "UPDATE evenements SET auteur = 'x'",
    "DELETE FROM evenements",
    "UPDATE constats SET unites = '[]'",
    "DELETE FROM constats",
    "UPDATE procedures SET version = 9",
    "DELETE FROM scelles",
    "UPDATE scelles SET contenu = ''",
)


def _vivre(magasin: Magasin) -> str:
    registre = Affaires(magasin, Acteur("Léa"))
    mesures = procedures()["mesures_correctives"]
    ouverte = registre.ouvrir(mesures, "013", "903900000", "x", PROPOSE, constats_=[CONSTAT])
    for rang in range(3):
        tracer(magasin, SEUL, Trace.REQUETE, "/requetes", rang)
    return registre.agir(ouverte.id, "accepter").id


def test_sqlite_refuses_to_change_what_is_chained() -> None:
    magasin = Magasin("sqlite://")
    _vivre(magasin)
    for ordre in CHANGES:
        with pytest.raises(Refus, match="ce qui est enchaîné ne se change ni ne s'efface"):  # noqa: SIM117 - the Refus comes as the inner one is left
            with magasin.ecrire() as con:
                con.exec_driver_sql(ordre)
    assert audit.verifier(magasin)[0].rang == 3


@pytest.fixture
def base(postgresql: str) -> Iterator[str]:
    """Give the URL of a base that a role of its own owns, as an installation has it."""
    moteur = sa.create_engine(postgresql, isolation_level="AUTOCOMMIT")
    with moteur.connect() as con:
        con.exec_driver_sql("CREATE ROLE le_service LOGIN")
        con.exec_driver_sql("CREATE DATABASE decisions OWNER le_service")
    url = sa.make_url(postgresql).set(username="le_service", database="decisions")
    yield url.render_as_string(hide_password=False)
    with moteur.connect() as con:
        con.exec_driver_sql("DROP DATABASE decisions WITH (FORCE)")
        con.exec_driver_sql("DROP ROLE le_service")
        con.exec_driver_sql("DROP ROLE IF EXISTS infocentre_audit")
    moteur.dispose()


def _administrer(base: str, sql: str) -> None:
    """Run a file of SQL as whoever administers the base does."""
    moteur = sa.create_engine(sa.make_url(base).set(username="test"), isolation_level="AUTOCOMMIT")
    with moteur.connect() as con:
        brute = con.connection.driver_connection
        assert brute is not None
        brute.execute(sql.encode())
    moteur.dispose()


def test_the_service_may_add_to_what_is_chained_and_no_more(
    base: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("INFOCENTRE_DOSSIER", str(tmp_path))
    assert main(["preuve", "proteger"]) == 1
    assert "ne sont pas dans PostgreSQL" in capsys.readouterr().err
    monkeypatch.setenv("INFOCENTRE_DECISIONS", base)
    magasin = ouvrir_magasin(tmp_path)
    _vivre(magasin)
    assert main(["preuve", "proteger"]) == 0
    _administrer(base, capsys.readouterr().out)
    autres = ("TRUNCATE audit", "DROP TABLE audit", "ALTER TABLE audit DISABLE TRIGGER ALL")
    for ordre in (*CHANGES, *autres):
        with (
            pytest.raises(Refus, match=r"permission denied|must be owner"),
            magasin.ecrire() as con,
        ):
            con.exec_driver_sql(ordre)
    autre = _vivre(magasin)
    assert Affaires(magasin, Acteur("x")).lire(autre).etat == "propose"
    _exiger_l_oubli(base, magasin)
    assert main(["preuve", "rendre"]) == 0
    _administrer(base, capsys.readouterr().out)
    with magasin.ecrire() as con:
        con.exec_driver_sql("ALTER TABLE audit ADD COLUMN essai INTEGER")
        con.exec_driver_sql("ALTER TABLE audit DROP COLUMN essai")


def _exiger_l_oubli(base: str, magasin: Magasin) -> None:
    """Erase what is old, through the function of the owner, which refuses what is not."""
    # Entries as of a day long ago, sealed as they are: the base is only as old as this test.
    with magasin.lire() as con:
        lues = con.execute(ACCES.select().order_by("rang")).mappings()
        lignes = [dict(une) for une in lues]
        scellees, tete = [], Tete(0, lignes[0]["precedent"])
        for rang, une in enumerate(lignes):
            jour = "2020-01-01" if rang < 2 else une["le"][:10]
            changee = une | {"le": f"{jour}T09:00:00+01:00"}
            scellees.append(audit.CHAINE.suivante(con, tete, changee))
            tete = Tete(scellees[-1]["rang"], scellees[-1]["empreinte"])
    moteur = sa.create_engine(sa.make_url(base).set(username="test"))
    with moteur.begin() as con:
        con.execute(ACCES.delete())
        con.execute(ACCES.insert(), scellees)
    moteur.dispose()
    assert oublier(magasin, SEUL, dt.date(2021, 1, 1), 12) == 2
    assert audit.verifier(magasin)[0].rang == len(lignes) + 1
    with magasin.ecrire() as con:  # what an entry says is gone: nothing more goes
        assert con.scalar(sa.text("SELECT infocentre_oublier(2)")) == 0
    with pytest.raises(Refus, match="aucun effacement inscrit"), magasin.ecrire() as con:
        con.execute(sa.text("SELECT infocentre_oublier(4)"))
    cite = {"rang": 4, "empreinte": "x", "avant": "2020-01-01", "mois": 1}
    with magasin.ecrire() as con:
        audit.CHAINE.ajouter(con, audit._ligne(SEUL, Trace.OUBLI, "faux", 4, "", cite))
    with pytest.raises(Refus, match="les traces se gardent 12 mois"), magasin.ecrire() as con:
        con.execute(sa.text("SELECT infocentre_oublier(4)"))
