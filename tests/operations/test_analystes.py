"""The analysts' file: written when it is asked for, pseudonymised, and nothing personal in it."""

from __future__ import annotations

import hashlib
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest

from infocentre.contrat import contrat
from infocentre.entrepot import Dossier
from infocentre.erreurs import Refus
from infocentre.operations import analystes
from infocentre.operations.analystes import tenir_analystes
from tests.donnees.atelier import base, charger, controler, copie, octets
from tests.donnees.retors import livraisons


@pytest.fixture(autouse=True)
def sans_cle_imposee(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("INFOCENTRE_CLE", raising=False)


@pytest.fixture
def racine(tmp_path: Path) -> Path:
    """A data directory with three controlled months, whose analysts' file nobody asked for."""
    racine = copie(base(1, 2, 3), tmp_path / "donnees")
    for fichier in racine.glob("versions/*/analystes.duckdb"):
        fichier.unlink()
    return racine


def lignes(fichier: Path, sql: str) -> list[tuple[object, ...]]:
    with duckdb.connect(str(fichier), read_only=True) as con:
        return con.execute(sql).fetchall()


def test_controler_ne_l_ecrit_pas_le_premier_lecteur_si(racine: Path) -> None:
    controler(racine, "2026-03")
    assert not list(racine.glob("versions/*/analystes*"))
    with tenir_analystes(Dossier(racine)) as fichier:
        assert fichier == racine.resolve() / f"versions/{fichier.parent.name}/analystes.duckdb"
        ecrit_le = fichier.stat().st_mtime_ns
    with tenir_analystes(Dossier(racine)) as fichier:
        assert fichier.stat().st_mtime_ns == ecrit_le


def test_une_nouvelle_publication_a_le_sien(racine: Path) -> None:
    with tenir_analystes(Dossier(racine)) as ancien:
        ((avant,),) = lignes(ancien, "SELECT count(DISTINCT mois) FROM valeurs")
        charger(racine, livraisons()[1])
        controler(racine, "2026-03")
        with tenir_analystes(Dossier(racine)) as neuf:
            assert neuf != ancien
            assert lignes(neuf, "SELECT count(DISTINCT mois) FROM valeurs") == [(avant,)]
        assert ancien.exists()


def test_le_numero_y_est_l_empreinte_de_la_cle_et_du_numero(racine: Path) -> None:
    with tenir_analystes(Dossier(racine)) as fichier:
        pseudonymes = {p for (p,) in lignes(fichier, "SELECT numero_unique FROM demandes")}
    cle = (racine / "cle").read_text("ascii").strip()
    version = Dossier(racine).version()
    with duckdb.connect() as con:
        numeros = con.execute(
            f"SELECT numero_unique FROM read_parquet('{racine}/etats/{version.etats['013']}')"
        ).fetchall()
    assert pseudonymes == {hashlib.sha256(f"{cle}{n}".encode()).hexdigest() for (n,) in numeros}


def test_la_cle_est_faite_une_fois_pour_son_seul_proprietaire(racine: Path) -> None:
    (racine / "cle").unlink()
    faite = analystes.cle(Dossier(racine))
    assert analystes.cle(Dossier(racine)) == faite
    assert len(faite) == 64
    assert (racine / "cle").stat().st_mode & 0o777 == 0o600


def test_rien_de_personnel_n_y_est(racine: Path) -> None:
    with tenir_analystes(Dossier(racine)) as fichier:
        colonnes = {
            c for (c,) in lignes(fichier, "SELECT DISTINCT column_name FROM duckdb_columns()")
        }
        tables = {t for (t,) in lignes(fichier, "SELECT table_name FROM duckdb_tables()")}
    omises = {
        colonne.champ
        for table in contrat().tables.values()
        for colonne in table.colonnes
        if colonne.masque in {"omettre", "annee"}
    }
    # The register gives a guichet's name: NOM is a person's in `identites` only.
    assert colonnes & omises <= {"nom", "numero_unique", "code_postal"}
    assert "annee_naiss_demandeur" in colonnes
    assert {"demandes", "journal", "valeurs", "tab01_01", "communes"} <= tables
    assert not tables & {"identites", "stock", "secret", "pseudonymes"}


def test_un_fichier_laisse_a_moitie_est_refait(racine: Path) -> None:
    version = (racine / "courante").resolve()
    (version / "analystes.duckdb.partiel").write_bytes(b"coupe")
    with tenir_analystes(Dossier(racine)) as fichier:
        assert lignes(fichier, "SELECT count(*) > 0 FROM demandes") == [(True,)]
    assert not list(version.glob("*.partiel*"))


def test_une_ecriture_qui_echoue_ne_laisse_rien(
    racine: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    avant = octets(racine)
    monkeypatch.setattr(analystes, "_copier_demandes", _disque_plein)
    with pytest.raises(Refus, match="écriture"), tenir_analystes(Dossier(racine)):
        pass
    apres = octets(racine)
    assert {nom: apres[nom] for nom in avant} == avant
    assert not (racine / "courante/analystes.duckdb").exists()


def _disque_plein(*_: object) -> None:
    raise OSError(28, "No space left on device")


def test_deux_lecteurs_a_la_fois_n_en_ecrivent_qu_un(racine: Path) -> None:
    programme = (
        "from pathlib import Path\n"
        "from infocentre.entrepot import Dossier\n"
        "from infocentre.operations.analystes import tenir_analystes\n"
        f"with tenir_analystes(Dossier(Path({str(racine)!r}))) as fichier:\n"
        "    print(fichier.stat().st_ino)\n"
    )
    lances = [
        subprocess.Popen([sys.executable, "-c", programme], stdout=subprocess.PIPE, text=True)
        for _ in range(2)
    ]
    inodes = {lance.communicate(timeout=60)[0] for lance in lances}
    assert [lance.returncode for lance in lances] == [0, 0]
    assert len(inodes) == 1


def test_sans_mois_controle_il_le_dit(tmp_path: Path) -> None:
    racine = tmp_path / "donnees"
    charger(racine, livraisons()[0])
    with pytest.raises(Refus, match="aucun mois n'est encore contrôlé"):
        tenir_analystes(Dossier(racine)).__enter__()
