"""What is kept beside what is published: each damage is named, none is read as right, most mend.

A small département of one month, with decisions of every kind, settings and a backup; two affaires
are opened after the backup. Each damage is named. After one of each kind, `verifier` says so,
`mesures` refuses or says what was decided, and `reparer` takes what it can from the last backup.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import sqlalchemy as sa

from infocentre.acces.audit import Trace, tracer
from infocentre.acces.comptes import Comptes, Fiche
from infocentre.acces.modele import SEUL, Role
from infocentre.acces.perimetre import Perimetre
from infocentre.affaires import Acteur, Affaires, Constat, procedures
from infocentre.analystes.fichier import cle, oublier_analystes, tenir_analystes
from infocentre.cli import main
from infocentre.decisions import Magasin, Requetes, ouvrir_magasin
from infocentre.decisions.doublons import Memoire, Verdict, sceller_paire
from infocentre.decisions.magasin import FICHIER, _ouvrir
from infocentre.decisions.schema import comptes, executions, requetes_gardees
from infocentre.demo import fabriquer
from infocentre.entrepot import Dossier
from infocentre.mesures.reglages_changes import changer
from infocentre.noyau import temoins
from infocentre.noyau.erreurs import Refus
from infocentre.operations import sauvegarde
from infocentre.operations.conserves import dommages_conserves
from tests.donnees.atelier import alleger, charger, controler
from tests.donnees.communs import une_fois
from tests.profondeur import PROFONDEUR, echantillon

pytestmark = pytest.mark.lent

CONSTAT = Constat(
    "013", "G1201", "Guichet", "DBL_ACTIF", "Doublons", 1, "2026-10", 3, 9, 60, 0.08, 0.26,
    "rouge", "stock", "2026-08",
    (("u1", "013120000000000001", "2026-10-02", "autre demande"),),
)  # fmt: skip
PAGE = 4096  # bytes of a page of SQLite: its first byte says what it holds
AVANT, APRES = ("903900001", "903900002"), ("903900003", "903900004")


def ouvrir(magasin: Magasin, *organismes: str) -> None:
    registre = Affaires(magasin, Acteur("Léa"))
    for organisme in organismes:
        registre.ouvrir(
            procedures()["mesures_correctives"],
            "013",
            organisme,
            "doublons",
            {"mois": "2026-10", "motif": "rouge"},
            constats_=[CONSTAT],
        )


def decider(racine: Path) -> None:
    """Have one of everything that people decide."""
    magasin = ouvrir_magasin(racine)
    ouvrir(magasin, *AVANT)
    Requetes(magasin, "alice").garder("Doublons", "select 'Marseille'", partagee=True)
    Requetes(magasin, "alice").noter("select 2", secondes=1, lignes=1, verdict="exécutée")
    Requetes(magasin, "alice").ecrire_brouillon("select 3")
    Comptes(magasin).inviter(Fiche("ada@exemple.fr", "Ada", Role.ADMINISTRATEUR, Perimetre()))
    paire = sceller_paire(
        cle(Dossier(racine)), ("013012400000100G12", "013022500000200G12"), (("A",), ("B",))
    )
    Memoire(magasin, "alice").decider("013", {paire: Verdict("distinctes")})
    for rang in range(6):
        tracer(magasin, SEUL, Trace.LISTE, f"/anomalies/{rang}", 3)
    changer(racine, "seuil_secret", "", "20", "Léa")
    changer(racine, "delai_anormalement_long", "013", "36", "Léa")
    (racine / "affaires.yml").write_text("mesures_correctives:\n  delai_relance: 10\n", "utf-8")


def fabriquer_tout(atelier: Path) -> None:
    racine = atelier / "donnees"
    (livraison,) = fabriquer(atelier / "livraisons", taille=200, mois=1)
    charger(racine, livraison, confirmer="essai")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("INFOCENTRE_DOSSIER", str(racine))
        alleger(patch)
        decider(racine)
        controler(racine)
        with tenir_analystes(Dossier(racine)):
            pass  # as whoever asks SQL once: each copy has it
        sauvegarde.sauvegarder(Dossier(racine), atelier / "sauvegarde", avec_cle=True)
        ouvrir(ouvrir_magasin(racine), *APRES)
        _ouvrir.cache_clear()
    with contextlib.closing(sqlite3.connect(racine / FICHIER)) as con:
        con.execute("pragma wal_checkpoint(truncate)")


@dataclass(frozen=True, slots=True)
class Lieu:
    """A copy of the data directory, beside its backup."""

    racine: Path
    source: Path

    @property
    def base(self) -> Path:
        return self.racine / FICHIER

    def sql(self, *textes: str) -> None:
        """Change the base as who has its file may: what refuses a change is taken away first."""
        with contextlib.closing(sqlite3.connect(self.base)) as con, con:
            gardes = con.execute("select name from sqlite_master where type = 'trigger'").fetchall()
            for texte in (*(f"drop trigger {nom}" for (nom,) in gardes), *textes):
                con.execute(texte)

    def un(self, gabarit: str) -> Path:
        return min(self.racine.glob(gabarit))


@pytest.fixture(scope="module")
def commun() -> Path:
    return une_fois("conserves", fabriquer_tout)


@pytest.fixture
def lieu(commun: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Lieu]:
    racine, source = tmp_path / "donnees", tmp_path / "sauvegarde"
    shutil.copytree(commun / "donnees", racine, symlinks=True)
    shutil.copytree(commun / "sauvegarde", source, symlinks=True)
    monkeypatch.setenv("INFOCENTRE_DOSSIER", str(racine))
    alleger(monkeypatch)
    temoins.noter(racine, {"sauvegarde": {"ou": str(source), "le": "2026-11-01T00:00:00+00:00"}})
    _ouvrir.cache_clear()
    yield Lieu(racine, source)
    _ouvrir.cache_clear()


def retourner(fichier: Path, ou: float, masque: int = 0xFF) -> None:
    """Flip a byte at a share of the length of a file."""
    contenu = bytearray(fichier.read_bytes())
    contenu[int(len(contenu) * ou)] ^= masque
    fichier.write_bytes(contenu)


def couper(fichier: Path) -> None:
    os.truncate(fichier, fichier.stat().st_size // 2)


def vider(fichier: Path) -> None:
    os.truncate(fichier, 0)


def remplacer(fichier: Path, avant: str, apres: str) -> None:
    texte = fichier.read_text("utf-8")
    assert avant in texte
    fichier.write_text(texte.replace(avant, apres), "utf-8")


def neuve(lieu: Lieu) -> None:
    """Another store in its place, as whole as the first."""
    lieu.base.unlink()
    Magasin(f"sqlite:///{lieu.base}")


def changer_la_cle(lieu: Lieu) -> None:
    texte = (lieu.racine / "cle").read_text()
    (lieu.racine / "cle").write_text(("0" if texte[0] != "0" else "1") + texte[1:])


def en_double(lieu: Lieu) -> None:
    retourner(lieu.un("diffusions/*/*/*/*.json.gz"), 0.5)
    vider(lieu.base)


@dataclass(frozen=True, slots=True)
class Dommage:
    """What is done, what `verifier` must say of it, whether the backup mends it."""

    faire: Callable[[Lieu], object]
    nomme: tuple[str, ...]
    repare: bool = True


def _sql(*textes: str) -> Callable[[Lieu], object]:
    return lambda lieu: lieu.sql(*textes)


DECISIONS: dict[str, Dommage] = {
    "vidée": Dommage(lambda x: vider(x.base), ("vidées",)),
    "absente": Dommage(lambda x: x.base.unlink(), ("ne sont plus là",)),
    "coupée": Dommage(lambda x: couper(x.base), (FICHIER,)),
    "bruit": Dommage(lambda x: x.base.write_bytes(os.urandom(40_000)), ("ne peut plus être lue",)),
    "texte": Dommage(lambda x: x.base.write_text("perdu"), ("ne peut plus être lue",)),
    "remplacée par une neuve": Dommage(neuve, ("ne sont pas celles de ce dossier",)),
    "entête retourné": Dommage(lambda x: retourner(x.base, 0), (FICHIER,)),
    "structure retournée": Dommage(
        lambda x: retourner(x.base, PAGE / x.base.stat().st_size), (FICHIER,)
    ),
    "tables supprimées": Dommage(
        _sql("pragma foreign_keys=off", "drop table evenements", "drop table audit"), (FICHIER,)
    ),
    "un caractère d'une requête gardée": Dommage(
        _sql("update requetes_gardees set sql = replace(sql, 'M', 'N')"), ("requetes_gardees",)
    ),
    "une requête gardée supprimée": Dommage(
        _sql("delete from requetes_gardees"), ("requetes_gardees",)
    ),
    "un rôle changé": Dommage(_sql("update comptes set role = 'analyste'"), ("compte",)),
    "un compte rouvert": Dommage(
        _sql("update comptes set ferme_le = '2020-01-01 00:00:00'"), ("compte",)
    ),
    "un octet d'un compte qui n'est plus du texte": Dommage(
        _sql("update comptes set nom = cast(x'ff41' as text)"), ("compte",)
    ),
    "une date qui n'en est plus une": Dommage(
        _sql("update comptes set cree_le = 'demain'"), ("compte",)
    ),
    "un brouillon changé": Dommage(_sql("update brouillons set sql = 'x'"), ("brouillons",)),
    "l'historique vidé": Dommage(_sql("delete from executions"), ("executions",)),
    "les sceaux vidés": Dommage(_sql("delete from sceaux"), ("brouillons",)),
    "un événement changé": Dommage(
        _sql("update evenements set auteur = 'Lou' where rang = 1"), ("événement 1",)
    ),
    "un événement supprimé": Dommage(
        _sql("delete from evenements where rang = 1"), ("événement 1",)
    ),
    "un événement qui n'est plus du JSON": Dommage(
        _sql("update evenements set donnees = '{' where rang = 2"), ("événement 2",)
    ),
    "un événement qui n'est plus du texte": Dommage(
        _sql("update evenements set donnees = cast(x'ff41' as text) where rang = 2"),
        ("l'événement 2",),
    ),
    "un constat changé": Dommage(
        _sql("update constats set contenu = replace(contenu, '60', '90')"), ("constat",)
    ),
    "une trace changée": Dommage(
        _sql("update audit set qui = 'personne' where rang = 3"), ("enregistrement 3",)
    ),
    "une trace supprimée": Dommage(_sql("delete from audit where rang = 3"), ("enregistrement 3",)),
    "l'identité perdue": Dommage(_sql("delete from identite"), ("celles de ce dossier",)),
}
RESTE: dict[str, Dommage] = {
    "clé, un caractère changé": Dommage(changer_la_cle, ("cle", "n'est pas celle")),
    "clé vidée": Dommage(lambda x: vider(x.racine / "cle"), ("la clé des pseudonymes est vide",)),
    "clé coupée": Dommage(lambda x: couper(x.racine / "cle"), ("n'est pas celle",)),
    "clé absente": Dommage(lambda x: (x.racine / "cle").unlink(), ("n'est plus là",)),
    "clé binaire": Dommage(
        lambda x: (x.racine / "cle").write_bytes(b"\xff" * 64), ("n'est pas celle",)
    ),
    "témoins vidés": Dommage(lambda x: vider(x.racine / "temoins.json"), ("temoins.json",)),
    "témoins changés": Dommage(
        lambda x: remplacer(x.racine / "temoins.json", '"cle": "', '"cle": "0'), ("temoins.json",)
    ),
    "témoins en bruit": Dommage(
        lambda x: (x.racine / "temoins.json").write_bytes(b"\xff\xfe"), ("temoins.json",)
    ),
    "réglages qui ne sont pas du YAML": Dommage(
        lambda x: (x.racine / "reglages.yml").write_text("a: [", "utf-8"), ("reglages.yml",)
    ),
    "réglage qui n'existe pas": Dommage(
        lambda x: (x.racine / "reglages.yml").write_text("absurde: 1\n", "utf-8"),
        ("reglages.yml", "n'existe pas"),
    ),
    "réglages binaires": Dommage(
        lambda x: (x.racine / "reglages.yml").write_bytes(b"\xff\xfe\x00"), ("reglages.yml",)
    ),
    "réglages vidés": Dommage(lambda x: vider(x.racine / "reglages.yml"), ("reglages.yml",)),
    "réglages absents": Dommage(
        lambda x: (x.racine / "reglages.yml").unlink(), ("reglages.yml", "n'est plus là")
    ),
    "un réglage changé hors de la page": Dommage(
        lambda x: remplacer(x.racine / "reglages.yml", "20", "2"), ("reglages.yml",)
    ),
    "délai d'une procédure absurde": Dommage(
        lambda x: remplacer(x.racine / "affaires.yml", "10", "dix"), ("affaires.yml",)
    ),
    "délai d'une procédure changé": Dommage(
        lambda x: remplacer(x.racine / "affaires.yml", "10", "11"), ("affaires.yml",)
    ),
    "conservation absurde": Dommage(
        lambda x: (x.racine / "donnees-personnelles.yml").write_text("x: 1\n", "utf-8"),
        ("donnees-personnelles.yml",),
        repare=False,  # no backup has it: a person puts it right
    ),
    "une diffusion retournée": Dommage(
        lambda x: retourner(x.un("diffusions/*/*/*/*.json.gz"), 0.5), ("diffusions",)
    ),
    "une diffusion coupée": Dommage(
        lambda x: couper(x.un("diffusions/*/*/*/*.json.gz")), ("diffusions",)
    ),
    "une diffusion absente": Dommage(
        lambda x: x.un("diffusions/*/*/*/*.json.gz").unlink(), ("n'est plus là",)
    ),
    "un mois de diffusions absent": Dommage(
        lambda x: shutil.rmtree(x.un("diffusions/*/*/*")), ("n'est plus là",)
    ),
    "toutes les diffusions absentes": Dommage(
        lambda x: shutil.rmtree(x.racine / "diffusions"), ("registre des diffusions",)
    ),
    "registre des diffusions absent": Dommage(
        lambda x: (x.racine / "diffusions/registre.jsonl").unlink(), ("registre",)
    ),
    "registre des diffusions vidé": Dommage(
        lambda x: vider(x.racine / "diffusions/registre.jsonl"), ("registre des diffusions",)
    ),
    "partages en bruit": Dommage(
        lambda x: x.un("partages/*.json").write_bytes(os.urandom(90)), ("partages",)
    ),
    "partages changés": Dommage(
        lambda x: retourner(x.un("partages/*.json"), 0.5, 1), ("partages",)
    ),
    "partages vidés": Dommage(lambda x: vider(x.un("partages/*.json")), ("partages",)),
    "historique des réglages en bruit": Dommage(
        lambda x: remplacer(x.racine / "reglages.jsonl", '"apres": 20', '"apres": 30'),
        ("reglages.jsonl",),
    ),
    "historique des réglages binaire": Dommage(
        lambda x: (x.racine / "reglages.jsonl").write_bytes(b"\xff\xfe\n"), ("reglages.jsonl",)
    ),
    "deux à la fois": Dommage(en_double, ("diffusions", "vidées")),
}


# One of each kind: those of the store alone, as each hides others; those of files together.
DE_BOUT_EN_BOUT: tuple[tuple[str, ...], ...] = (
    ("absente",),
    ("structure retournée",),
    ("un rôle changé", "un brouillon changé", "une requête gardée supprimée"),
    ("les sceaux vidés",),
    ("un événement changé", "une trace changée"),
    ("un constat changé", "une trace supprimée"),
    ("l'identité perdue",),
    ("clé absente", "réglages qui ne sont pas du YAML", "une diffusion coupée"),
    ("clé binaire", "réglages absents", "un mois de diffusions absent", "partages changés"),
    ("témoins en bruit", "historique des réglages en bruit"),
    ("un réglage changé hors de la page", "toutes les diffusions absentes"),
    ("délai d'une procédure absurde", "registre des diffusions vidé", "partages en bruit"),
    ("conservation absurde",),
    ("deux à la fois",),
)
if PROFONDEUR > 1:  # of the same kinds
    DE_BOUT_EN_BOUT += (
        ("bruit",),
        ("remplacée par une neuve",),
        ("tables supprimées",),
        ("une date qui n'en est plus une",),
        ("un événement qui n'est plus du texte",),
        ("clé, un caractère changé",),
    )
# What is asked of the damaged directory.
LECTURES = (["mesures"], ["preuve", "verifier"], ["sql", "from demandes limit 1"])


def dire(capsys: pytest.CaptureFixture[str], *arguments: object) -> tuple[int, str]:
    """Run a command in a process that knows nothing yet; return its exit code and what it says."""
    _ouvrir.cache_clear()
    code = main([str(un) for un in arguments])
    sortie = capsys.readouterr()
    assert "imprévue" not in sortie.err, sortie.err
    return code, sortie.out + sortie.err


def organismes(racine: Path) -> list[str]:
    _ouvrir.cache_clear()
    registre = Affaires(ouvrir_magasin(racine), Acteur("Léa"))
    return sorted(une.objet for une in registre.lister("013"))


@pytest.mark.parametrize("nom", [*DECISIONS, *RESTE])
def test_each_damage_is_named(nom: str, lieu: Lieu) -> None:
    dommage = (DECISIONS | RESTE)[nom]
    dommage.faire(lieu)
    trouves = dommages_conserves(Dossier(lieu.racine))
    texte = "\n".join(f"{un.quoi} {un.ou} {un.remede}" for un in trouves)
    assert all(un in texte for un in dommage.nomme), texte
    assert "infocentre reparer" in texte


@pytest.mark.parametrize("noms", echantillon(DE_BOUT_EN_BOUT, 5), ids=", ".join)
def test_each_kind_of_damage_is_said_and_mended(
    noms: tuple[str, ...], lieu: Lieu, capsys: pytest.CaptureFixture[str]
) -> None:
    dommages = [(DECISIONS | RESTE)[nom] for nom in noms]
    for dommage in dommages:
        dommage.faire(lieu)
    if any(nom.startswith("clé") for nom in noms):  # which the analysts' file is made with
        oublier_analystes(Dossier(lieu.racine))
    code, texte = dire(capsys, "verifier")
    assert code == 1
    assert all(un in texte for dommage in dommages for un in dommage.nomme), texte
    assert "infocentre reparer" in texte
    for lecture in LECTURES:
        code, texte = dire(capsys, *lecture)
        assert code == 0 or "→" in texte
        assert "0 événement" not in texte
    code, texte = dire(capsys, "reparer")
    repare = all(dommage.repare for dommage in dommages)
    assert code == (0 if repare else 1), texte
    if repare:
        assert dire(capsys, "verifier")[0] == 0
        assert set(AVANT) <= set(organismes(lieu.racine))


def test_without_a_damage_nothing_is_said(lieu: Lieu, capsys: pytest.CaptureFixture[str]) -> None:
    code, texte = dire(capsys, "verifier")
    assert (code, "écrit" in texte) == (0, True), texte
    assert organismes(lieu.racine) == sorted(AVANT + APRES)


@pytest.mark.parametrize(
    "sql",
    [
        "update evenements set auteur = 'Lou' where rang = 1",
        "update audit set qui = 'personne' where rang = 3",
        "update comptes set role = 'analyste'",
    ],
)
def test_what_was_decided_since_the_backup_comes_back_too(
    sql: str, lieu: Lieu, capsys: pytest.CaptureFixture[str]
) -> None:
    lieu.sql(sql)
    code, texte = dire(capsys, "reparer")
    assert code == 0, texte
    assert organismes(lieu.racine) == sorted(AVANT + APRES)
    magasin = ouvrir_magasin(lieu.racine)
    with magasin.lire() as con:
        assert con.scalar(sa.select(comptes.c.role)) == "administrateur"
    assert list(lieu.racine.glob(f"{FICHIER}.ecarte-*"))  # what was damaged is still there


def test_without_a_backup_nothing_starts_again_by_itself(
    lieu: Lieu, capsys: pytest.CaptureFixture[str]
) -> None:
    shutil.rmtree(lieu.source)
    lieu.base.unlink()
    code, texte = dire(capsys, "reparer")
    assert code == 1
    assert "--decisions-neuves" in texte
    assert not lieu.base.exists()
    assert dire(capsys, "reparer", "--decisions-neuves")[0] == 0
    assert organismes(lieu.racine) == []


def test_what_a_newer_infocentre_keeps_is_neither_damaged_nor_replaced(
    lieu: Lieu, capsys: pytest.CaptureFixture[str]
) -> None:
    lieu.sql("UPDATE alembic_version SET version_num = 'r9999'")
    avant = lieu.base.read_bytes()
    for ligne in (
        ["verifier"],
        ["reparer"],
        ["reparer", "--decisions-neuves"],
        ["reparer", "--sauvegarde", str(lieu.source)],
    ):
        code, texte = dire(capsys, *ligne)
        assert code == 1
        assert "par une version plus récente" in texte
        assert "Mettre à jour l'infocentre" in texte
        assert "--decisions-neuves" not in texte
        assert lieu.base.read_bytes() == avant, "the last backup is not put in its place"


def test_decisions_out_of_reach_are_neither_damaged_nor_replaced(
    lieu: Lieu, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """What SQLite says of rights, of room, of a lock: the file is whole."""
    en_panne = sqlite3.OperationalError("attempt to write a readonly database")
    en_panne.sqlite_errorname = "SQLITE_READONLY"

    def refuser(*_: object) -> None:
        raise sa.exc.OperationalError("select", {}, en_panne)

    monkeypatch.setattr("infocentre.decisions.magasin.suivre_les_etapes", refuser)
    lieu.sql("UPDATE alembic_version SET version_num = 'r0001'")
    _ouvrir.cache_clear()
    avant = lieu.base.read_bytes()
    for ligne in (["verifier"], ["reparer"], ["reparer", "--decisions-neuves"]):
        code, texte = dire(capsys, *ligne)
        assert code == 1
        assert "ne peuvent être lues ni gardées" in texte
        assert "Vérifier la place et les droits" in texte
        assert "Sans sauvegarde, repartir" not in texte
        assert lieu.base.read_bytes() == avant


def test_a_lost_key_is_changed_by_a_person_only(
    lieu: Lieu, capsys: pytest.CaptureFixture[str]
) -> None:
    shutil.rmtree(lieu.source)
    avant = (lieu.racine / "cle").read_text()
    (lieu.racine / "cle").unlink()
    oublier_analystes(Dossier(lieu.racine))
    code, texte = dire(capsys, "sql", "from demandes limit 1")
    assert (code, "--nouvelle-cle" in texte) == (1, True), texte
    assert not (lieu.racine / "cle").exists()
    assert dire(capsys, "reparer", "--nouvelle-cle")[0] == 0
    assert dire(capsys, "sql", "from demandes limit 1")[0] == 0
    assert (lieu.racine / "cle").read_text() != avant
    assert dire(capsys, "verifier")[0] == 0


def test_a_setting_changed_by_hand_is_taken_by_the_next_control_which_says_so(
    lieu: Lieu, capsys: pytest.CaptureFixture[str]
) -> None:
    remplacer(lieu.racine / "reglages.yml", "20", "25")
    assert dire(capsys, "verifier")[0] == 1
    code, texte = dire(capsys, "controler")
    assert (code, "reglages.yml" in texte) == (0, True), texte
    assert dire(capsys, "verifier")[0] == 0
    texte = dire(capsys, "controler")[1]
    assert ("reglages.yml" in texte, "réglages ont changé" in texte) == (False, True), texte
    assert dire(capsys, "controler", "--mois", "2026-10")[0] == 0
    assert "tout ce qui est chargé est contrôlé" in dire(capsys, "controler")[1]


def test_a_missing_edition_stops_the_next_one_of_its_subject(
    lieu: Lieu, capsys: pytest.CaptureFixture[str]
) -> None:
    from infocentre.mesures.diffusions import Registre

    edition = lieu.un("diffusions/*/*/*/*.json.gz")
    edition.unlink()
    with pytest.raises(Refus, match="n'est plus là"):
        Registre(edition.parent).editions()
    assert dire(capsys, "reparer", "--sceller")[0] == 0  # the backup has it
    assert edition.is_file()


def test_a_backup_of_damaged_decisions_says_so(
    lieu: Lieu, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    lieu.sql("update comptes set role = 'analyste'")
    code, texte = dire(capsys, "sauvegarder", tmp_path / "autre")
    assert (code, "le compte ada@exemple.fr" in texte) == (1, True), texte


def test_the_seal_of_a_table_is_the_same_in_both_bases(url: str, tmp_path: Path) -> None:
    from infocentre.decisions.copie import copier, recopier
    from infocentre.decisions.schema import VERSION
    from infocentre.decisions.tenue import alterees, empreinte_de

    magasin = Magasin(url)
    Requetes(magasin, "alice").garder("Été", "select 1", partagee=True)
    Comptes(magasin).inviter(Fiche("ada@exemple.fr", "Ada", Role.ADMINISTRATEUR, Perimetre()))
    (tmp_path / "copie").mkdir()
    copier(magasin, tmp_path / "copie")
    ailleurs = f"sqlite:///{tmp_path / 'autre.sqlite'}"
    recopier(ailleurs, tmp_path / "copie", VERSION, lambda: None)
    autre = Magasin(ailleurs)
    with magasin.lire() as ici, autre.lire() as la:
        assert empreinte_de(ici, executions) == empreinte_de(la, executions)
        assert alterees(la) == alterees(ici) == []
        assert empreinte_de(ici, requetes_gardees)[0] == 1
    assert json.dumps(autre.identite) == json.dumps(magasin.identite)
