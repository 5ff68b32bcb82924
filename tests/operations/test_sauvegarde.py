"""A backup of both stores proves itself, names what changed, and comes back whole or not at all."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
import sqlalchemy as sa

from infocentre.acces.comptes import Comptes, Fiche
from infocentre.acces.modele import Role
from infocentre.acces.perimetre import Perimetre
from infocentre.cli import main
from infocentre.decisions import Magasin, Requetes, ouvrir_magasin
from infocentre.decisions.magasin import _ouvrir
from infocentre.decisions.schema import jetons
from infocentre.entrepot import Dossier
from infocentre.noyau import temoins
from infocentre.noyau.erreurs import Refus
from infocentre.operations import sauvegarde
from tests.donnees.atelier import copie

pytestmark = pytest.mark.lent


@pytest.fixture
def dossier(entrepot_demo: Dossier, tmp_path: Path) -> Dossier:
    """A published data directory with decisions of its own."""
    ici = Dossier(copie(entrepot_demo.racine, tmp_path / "donnees"))
    decider(ouvrir_magasin(ici.racine))
    return ici


def decider(magasin: Magasin) -> None:
    Requetes(magasin, "alice").garder("Doublons", "select 1", partagee=True)
    Comptes(magasin).inviter(Fiche("ada@exemple.fr", "Ada", Role.ADMINISTRATEUR, Perimetre()))


def arbre(racine: Path) -> dict[str, bytes | str]:
    """What each file of a data directory holds, and where its links lead; the queue apart."""
    return {
        str(un.relative_to(racine)): str(un.readlink()) if un.is_symlink() else un.read_bytes()
        for un in racine.rglob("*")
        if (un.is_symlink() or un.is_file())
        and un.relative_to(racine).parts[0] not in sauvegarde.LAISSES - {"courante"}
        and not un.name.startswith("decisions.sqlite")
    }


@pytest.fixture
def faite(dossier: Dossier, tmp_path: Path) -> Path:
    sauvegarde.sauvegarder(dossier, tmp_path / "sauvegarde", avec_cle=True)
    return tmp_path / "sauvegarde"


def test_what_is_backed_up_destroyed_and_restored_is_the_same(
    dossier: Dossier,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("INFOCENTRE_DOSSIER", str(dossier.racine))
    publiee = dossier.courante.resolve()
    avant = {
        nom: un
        for nom, un in arbre(dossier.racine).items()
        if not nom.startswith("versions/") or nom.startswith(f"versions/{publiee.name}/")
    }
    rangees = tmp_path / "sauvegardes"
    assert main(["sauvegarder", str(rangees), "--garder", "1"]) == 0
    (faite,) = rangees.iterdir()
    assert main(["verifier", str(faite)]) == 0
    assert "tout y est comme écrit" in capsys.readouterr().out
    _ouvrir.cache_clear()
    shutil.rmtree(dossier.racine)
    assert main(["restaurer", str(faite)]) == 0
    assert arbre(dossier.racine) == avant
    assert main(["verifier"]) == 0
    magasin = ouvrir_magasin(dossier.racine)
    assert [une.titre for une in Requetes(magasin, "alice").lister()] == ["Doublons"]
    assert [un.identifiant for un in Comptes(magasin).lister()] == ["ada@exemple.fr"]
    with magasin.lire() as con:  # the link of before the backup opens nothing any more
        assert con.execute(jetons.select()).all() == []
    assert {un.stat().st_mode & 0o077 for un in dossier.racine.rglob("*") if un.is_file()} == {0}
    assert main(["restaurer", str(faite)]) == 1
    assert "une restauration ne remplace rien" in capsys.readouterr().err
    assert arbre(dossier.racine) == avant


def changer_un_octet(fichier: Path) -> None:
    octets = bytearray(fichier.read_bytes())
    octets[len(octets) // 2] ^= 1
    fichier.write_bytes(octets)


def ajouter_un_fichier(dossier: Path) -> None:
    (dossier / "comptes2.jsonl").write_text("{}")


DOMMAGES: dict[str, tuple[str, Callable[[Path], None], str]] = {
    "a byte of an archive": (
        "donnees/archives/*/*/*/stock.parquet",
        changer_un_octet,
        "plus ce qu",
    ),
    "a byte of the key": ("donnees/cle", changer_un_octet, "plus ce qu"),
    "a byte of the decisions": ("decisions/comptes.jsonl", changer_un_octet, "plus ce qu"),
    "a byte of the manifest": ("manifeste.json", changer_un_octet, "manifeste"),
    "a file that is gone": ("donnees/journal.jsonl", Path.unlink, "manque"),
    "a file too many": ("decisions", ajouter_un_fichier, "pas de cette sauvegarde"),
}


def test_each_damage_is_named_and_nothing_of_it_is_restored(faite: Path, tmp_path: Path) -> None:
    for rang, (nom, (ou, abimer, dit)) in enumerate(DOMMAGES.items()):
        abimee = tmp_path / f"abimee-{rang}"
        shutil.copytree(faite, abimee, symlinks=True, copy_function=os.link)
        fichier = next(abimee.glob(ou))
        if fichier.is_file():  # its own, no more the one of the others
            octets = fichier.read_bytes()
            fichier.unlink()
            fichier.write_bytes(octets)
        abimer(fichier)
        with pytest.raises(Refus, match=dit) as refus:
            sauvegarde.verifier(abimee)
        assert str(fichier) in refus.value.ou, nom
        neuf = Dossier(tmp_path / "neuf")
        with pytest.raises(Refus, match=dit):
            sauvegarde.restaurer(abimee, neuf, None)
        assert not neuf.racine.exists(), nom


def test_to_read_a_backup_of_before_writes_nothing_in_it(dossier: Dossier, tmp_path: Path) -> None:
    """Of a version that noted nothing of its key, as 0.3.0 did."""
    (dossier.racine / temoins.FICHIER).unlink()
    faite = tmp_path / "sauvegarde"
    sauvegarde.sauvegarder(dossier, faite, avec_cle=True)
    avant = arbre(faite)
    sauvegarde.verifier(faite)
    sauvegarde.restaurer(faite, Dossier(tmp_path / "neuf"), None)
    assert arbre(faite) == avant
    assert f"{sauvegarde.DONNEES}/{temoins.FICHIER}" not in avant


def test_a_file_is_no_backup(tmp_path: Path) -> None:
    (tmp_path / "donnees.zip").write_bytes(b"PK")
    with pytest.raises(Refus, match="ce n’est pas une sauvegarde"):
        sauvegarde.lire(tmp_path / "donnees.zip")


def test_a_restoration_that_fails_leaves_nothing_in_either_store(
    faite: Path, tmp_path: Path, postgresql_vide: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    neuf = Dossier(tmp_path / "neuf")
    entier = Path.rename

    def echouer(source: Path, cible: Path) -> Path:
        if source.name == "journal.jsonl":
            raise OSError(28, "disque plein")
        return entier(source, cible)

    with monkeypatch.context() as pris:
        pris.setattr(Path, "rename", echouer)
        for base in (None, postgresql_vide):
            with pytest.raises(OSError, match="disque plein"):
                sauvegarde.restaurer(faite, neuf, base)
            assert list(neuf.racine.iterdir()) == []
    moteur = sa.create_engine(postgresql_vide)
    assert sa.inspect(moteur).get_table_names() == []
    moteur.dispose()
    (neuf.racine / sauvegarde.EN_COURS).mkdir()  # as a restoration that was killed leaves it
    (neuf.racine / "journal.jsonl").write_text("à moitié")
    sauvegarde.restaurer(faite, neuf, postgresql_vide)
    assert not (neuf.racine / "decisions.sqlite").exists()
    assert [un.nom for un in Comptes(Magasin(postgresql_vide)).lister()] == ["Ada"]
    assert neuf.exiger_version().numero == sauvegarde.lire(faite).version


@pytest.fixture
def postgresql_vide(postgresql: str) -> str:
    moteur = sa.create_engine(postgresql)
    with moteur.begin() as con:
        con.exec_driver_sql("DROP SCHEMA public CASCADE")
        con.exec_driver_sql("CREATE SCHEMA public")
    moteur.dispose()
    return postgresql


def test_accounts_are_backed_up_before_anything_is_loaded(tmp_path: Path) -> None:
    vide, neuf = Dossier(tmp_path / "vide"), Dossier(tmp_path / "neuf")
    decider(ouvrir_magasin(vide.racine))
    _, examen = sauvegarde.sauvegarder(vide, tmp_path / "sauvegarde", avec_cle=True)
    assert examen.dommages == ()
    sauvegarde.restaurer(tmp_path / "sauvegarde", neuf, None)
    assert [un.nom for un in Comptes(ouvrir_magasin(neuf.racine)).lister()] == ["Ada"]
    assert neuf.version().numero == 0


def test_a_directory_where_nothing_was_ever_written_is_restored_into(
    faite: Path, tmp_path: Path
) -> None:
    """A command that found nothing leaves a lock and a folder of versions; a version is one."""
    neuf = Dossier(tmp_path / "neuf")
    with neuf.ecrire():
        pass
    neuf.versions.mkdir(exist_ok=True)
    assert {un.name for un in neuf.racine.iterdir()} == {"verrou", "versions"}
    sauvegarde.restaurer(faite, neuf, None)
    assert neuf.version().numero
    with pytest.raises(Refus, match="n’est pas vide"):
        sauvegarde.restaurer(faite, neuf, None)


def test_a_backup_waits_for_no_writer_and_says_what_was_damaged_before(
    dossier: Dossier,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("INFOCENTRE_DOSSIER", str(dossier.racine))
    with dossier.ecrire(), pytest.raises(Refus, match="une autre opération est en cours"):
        sauvegarde.sauvegarder(dossier, tmp_path / "non", avec_cle=True)
    with pytest.raises(Refus, match="dans les données qu’elle garde"):
        sauvegarde.sauvegarder(dossier, dossier.racine / "ici", avec_cle=True)
    changer_un_octet(next(dossier.archives.glob("*/*/*/stock.parquet")))
    assert main(["sauvegarder", str(tmp_path / "abimee"), "--sans-cle"]) == 1
    dit = capsys.readouterr()
    assert "était déjà abîmé : 1 dommage" in dit.err
    assert "n’a pas la clé" in dit.out
    assert "stock.parquet" in dit.out
    assert not (tmp_path / "abimee" / "donnees" / "cle").exists()
    assert [un.name for un in tmp_path.iterdir()].count("abimee") == 1
