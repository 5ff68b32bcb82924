"""What chains prove: each alteration of the store is named, with the anchors that it had."""

from __future__ import annotations

import contextlib
import datetime as dt
import hashlib
import json
import os
import re
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
import yaml

from infocentre.acces import ancres, audit
from infocentre.acces.ancres import ancrer
from infocentre.acces.audit import Trace, oublier, tracer
from infocentre.acces.comptes import Comptes, Fiche
from infocentre.acces.modele import SEUL, Role
from infocentre.acces.perimetre import TOUT
from infocentre.affaires import Acteur, Affaires, Constat, procedures
from infocentre.affaires.chaine import CHAINE as EVENEMENTS
from infocentre.cli import main
from infocentre.decisions import Magasin, ouvrir_magasin, scelles
from infocentre.decisions.chaine import Chaine, Tete
from infocentre.decisions.contenus import ecrire_contenu, garder_contenu
from infocentre.decisions.doublons import Memoire, Verdict, garder_numeros, membre, sceller_paire
from infocentre.decisions.magasin import FICHIER, ouvrir_base, suivre_les_etapes
from infocentre.decisions.scelles import lever_les_gardes
from infocentre.decisions.schema import META
from infocentre.decisions.schema import audit as ACCES  # noqa: N812 - a table
from infocentre.decisions.verdicts import VerdictGarde, garder_verdict
from infocentre.noyau.cle import lire_cle
from infocentre.operations import preuves
from infocentre.operations.preuves import verifier_preuves
from tests.affaires.conftest import Horloge

pytestmark = pytest.mark.lent

MESURES = procedures()["mesures_correctives"]
ICI = dt.date(2026, 11, 2)
NUMEROS = ("0130126003573GDPUB", "0130126003574GDPUB")
CONSTAT = Constat(
    "013", "G1201", "Guichet", "DBL_ACTIF", "Doublons", 1, "2026-10", 3, 9, 60, 0.08, 0.26,
    "rouge", "stock", "2026-08", (("u1", NUMEROS[0], "2026-10-02", "autre demande"),),
)  # fmt: skip


# --- One store, that has known all: rows from before seals had a key, an erasure, anchors ---------


def _ancien(fichier: Path) -> None:
    """Make a store as the version before had it: two events and four entries, without a key."""
    moteur = ouvrir_base(f"sqlite:///{fichier}")
    with moteur.connect().execution_options(ecriture=True) as con, con.begin():
        suivre_les_etapes(con, None, "r0007")
        _inserer(con, "procedures", {"empreinte": MESURES.empreinte, "code": MESURES.code,
                 "version": MESURES.version, "definition": MESURES.definition})  # fmt: skip
        _inserer(con, "affaires", {"id": "013-2026-00001", "procedure": MESURES.code,
                 "regles": MESURES.empreinte, "departement": "013", "objet": "903900000",
                 "sujet": "doublons", "etat": "propose", "evenements": 2,
                 "ouverte_le": "2026-10-01"})  # fmt: skip
        tenir = {"affaire": "013-2026-00001", "auteur": "Léa", "role": "gestionnaire"}
        _enchainer(con, "evenements", [
            tenir | {"nom": "proposer", "donnees": '{"mois":"2026-09"}', **_jour("2026-10-01")},
            tenir | {"nom": "accepter", "donnees": "{}", **_jour("2026-10-02")},
        ])  # fmt: skip
        _enchainer(con, "audit", [
            {"le": f"{le}T09:00:00+01:00", "qui": "lea@exemple.fr", "role": "gestionnaire",
             "action": "liste", "objet": "/indicateurs", "numero": "", "nombre": 12,
             "precisions": "{}"}
            for le in ("2020-01-10", "2020-02-10", "2026-09-01", "2026-09-02")
        ])  # fmt: skip
    moteur.dispose()


def _jour(le: str) -> dict[str, str]:
    return {"jour": le, "saisi_le": f"{le}T09:00:00+00:00"}


def _inserer(con: sa.Connection, table: str, ligne: dict[str, Any]) -> None:
    noms = ", ".join(ligne)
    con.exec_driver_sql(
        f'INSERT INTO "{table}" ({noms}) VALUES ({", ".join("?" * len(ligne))})',
        tuple(ligne.values()),
    )


def _enchainer(con: sa.Connection, table: str, lignes: list[dict[str, Any]]) -> None:
    """Chain rows as the version before did: the sha256 of the JSON of the columns in order."""
    ordre = {
        "evenements": "rang affaire nom auteur role jour saisi_le donnees precedent",
        "audit": "rang le qui role action objet numero nombre precisions precedent",
    }[table].split()
    precedent = "0" * 64
    for rang, ligne in enumerate(lignes, start=1):
        une = {"rang": rang, **ligne, "precedent": precedent}
        texte = json.dumps([une[nom] for nom in ordre], ensure_ascii=False, separators=(",", ":"))
        precedent = hashlib.sha256(texte.encode()).hexdigest()
        _inserer(con, table, une | {"empreinte": precedent})


@pytest.fixture(scope="module")
def ailleurs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("ailleurs") / "ancres.jsonl"


@pytest.fixture(scope="module")
def racine(tmp_path_factory: pytest.TempPathFactory, ailleurs: Path) -> Iterator[Path]:
    dossier = tmp_path_factory.mktemp("donnees")
    _ancien(dossier / FICHIER)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("INFOCENTRE_ANCRES", str(ailleurs))
        magasin = ouvrir_magasin(dossier)
        assert ancrer(dossier, "publication") == []
        _vivre(magasin, lire_cle(dossier))
        assert ancrer(dossier, "chaque jour") == []
        tracer(magasin, SEUL, Trace.EXPORT, "/export/a.csv", 3)
        assert ancrer(dossier, "sauvegarde") == []
        assert ancrer(dossier, "à la demande", si_change=True) == []
        yield dossier


def _vivre(magasin: Magasin, cle: str) -> None:
    registre = Affaires(magasin, Acteur("Léa"), Horloge(ICI))
    dites = {"mois": "2026-10", "motif": "rouge"}
    for objet in ("903900018", "903900026"):
        id_ = registre.ouvrir(MESURES, "013", objet, "doublons", dites, constats_=[CONSTAT]).id
        registre.agir(id_, "accepter")
    registre.agir(id_, "signaler", {"canal": "courriel", "corps": "Bonjour"})
    fini = registre.ouvrir(MESURES, "013", "903900034", "delais", dites, constats_=[CONSTAT]).id
    registre.agir(fini, "ecarter", {"raison": "déjà vu"})
    comptes = Comptes(magasin)
    for nom, role in (("ada", Role.ADMINISTRATEUR), ("bea", Role.PARTENAIRE), ("eva", Role.PREFET)):
        comptes.inviter(Fiche(f"{nom}@exemple.fr", nom, role, TOUT))
    comptes.changer(Fiche("bea@exemple.fr", "Béa", Role.ANALYSTE, TOUT))
    comptes.fermer("eva@exemple.fr")
    memoire = Memoire(magasin, "Léa")
    for rang in range(3):
        paire = sceller_paire(cle, (NUMEROS[0], f"{rang}"), (("a",), ("b",)))
        memoire.decider("013", {paire: Verdict.DISTINCTES})
    memoire.annuler(
        memoire.decider("013", {sceller_paire(cle, NUMEROS, ((), ())): Verdict.MEME})[0]
    )
    garder_numeros(magasin, fini, {membre(cle, un): un for un in NUMEROS})
    garder_verdict(magasin, VerdictGarde("013", "G1201", "2026-10", "DBL_ACTIF", "g", 30, 30, 2,
                   0.07, 0.02, 0.21, "Léa", dt.datetime(2026, 11, 2, tzinfo=dt.UTC)))  # fmt: skip
    with magasin.ecrire() as con:
        garder_contenu(con, fini, ecrire_contenu(cle, {"numero": NUMEROS[0]}))
    for rang in range(5):
        tracer(magasin, SEUL, Trace.DEMANDE, "/demande", numero=NUMEROS[rang % 2])
    assert oublier(magasin, SEUL, dt.date(2020, 3, 1), 12) == 2


def test_what_nobody_altered_is_whole_with_what_was_sealed_before(
    racine: Path, ailleurs: Path
) -> None:
    assert verifier_preuves(racine) == []
    assert verifier_preuves(racine, [ailleurs]) == []
    lues, fautes = ancres.lire([ailleurs])
    assert ([une.pourquoi for une in lues], fautes) == (
        ["publication", "chaque jour", "sauvegarde"], [],
    )  # fmt: skip
    assert [une.tetes["evenements"].rang for une in lues] == [2, 9, 9]


# --- Alterations, by SQL --------------------------------------------------------------------------

E, A = "l'événement {} ", "l'enregistrement {} "
_EVENEMENTS = {
    f"evenements.{colonne} {rang}": (
        f"UPDATE evenements SET {colonne} = {valeur} WHERE rang = {rang}",
        E.format(rang),
    )
    for rang in (1, 5, 9)
    for colonne, valeur in {
        "nom": "'relancer'",
        "auteur": "'Bruno'",
        "role": "'minuteur'",
        "jour": "'2026-11-01'",
        "saisi_le": "'2026-11-01T08:00:00+00:00'",
        "donnees": '\'{"motif":"orange"}\'',
        "precedent": "'zz' || substr(precedent, 3)",
        "empreinte": "'zz' || substr(empreinte, 3)",
        "affaire": "CASE affaire WHEN '013-2026-00001' THEN '013-2026-00002' "
        "ELSE '013-2026-00001' END",
        "sceau": "CASE WHEN sceau IS NULL THEN 2 END",
        "ouverture": "CASE WHEN ouverture IS NULL THEN '{}' END",
    }.items()
}
_AUDIT = {
    f"audit.{colonne} {rang}": (
        f"UPDATE audit SET {colonne} = {valeur} WHERE rang = {rang}",
        A.format(rang),
    )
    for rang in (4, 7)
    for colonne, valeur in {
        "le": "'2026-01-01T00:00:00+01:00'",
        "qui": "'bruno@exemple.fr'",
        "role": "'prefet'",
        "action": "'export'",
        "objet": "'/ailleurs'",
        "numero": f"'{NUMEROS[1][::-1]}'",
        "nombre": "1 + coalesce(nombre, 0)",
        "precisions": "'{\"x\":1}'",
        "empreinte": "'zz' || substr(empreinte, 3)",
        "sceau": "CASE WHEN sceau IS NULL THEN 2 END",
    }.items()
}
_AFFAIRE = "UPDATE affaires SET {} WHERE id = '013-2026-0000{}'"
_AFFAIRES = {
    f"affaires.{nom} {rang}": (_AFFAIRE.format(f"{nom} = {valeur}", rang), f"013-2026-0000{rang}")
    for rang in (1, 2, 4)  # opened before seals had a key, after, and at an end
    for nom, valeur in {
        "objet": "'911111111'",
        "sujet": "'x'",
        "departement": "'084'",
        "procedure": "'doublons'",
        "ouverte_le": "'2026-08-01'",
        "close_le": "CASE WHEN close_le IS NULL THEN '2026-11-03' END",
        "etat": "'clos'",
        "evenements": "7",
    }.items()
}
ALTERATIONS = yaml.safe_load(Path(__file__).with_name("alterations.yml").read_text("utf-8"))
PAR_SQL: dict[str, tuple[str, str]] = {
    **_EVENEMENTS,
    **_AUDIT,
    **_AFFAIRES,
    **{nom: (une["sql"], une["dit"]) for nom, une in ALTERATIONS.items()},
}


def _apres(
    racine: Path, ailleurs: Path, alterer: Callable[[sa.Connection], object]
) -> tuple[str, ...]:
    """Return what is said of the store once it is altered, which is undone."""
    with ouvrir_magasin(racine).ecrire() as con:
        lever_les_gardes(con)
        con.exec_driver_sql("PRAGMA defer_foreign_keys = ON")
        alterer(con)
        fautes = preuves.relire(con, racine, [ailleurs]).fautes
        con.exec_driver_sql("ROLLBACK")
        con.exec_driver_sql("BEGIN")
    return fautes


@pytest.mark.parametrize("nom", PAR_SQL)
def test_each_alteration_is_named(nom: str, racine: Path, ailleurs: Path) -> None:
    ordres, dit = PAR_SQL[nom]
    avant = _dite(racine)

    def alterer(con: sa.Connection) -> None:
        for ordre in ordres.split("; "):
            con.exec_driver_sql(ordre)

    fautes = _apres(racine, ailleurs, alterer)
    _exiger(fautes, dit)
    assert _dite(racine) == avant


def _exiger(fautes: tuple[str, ...], dit: str) -> None:
    assert any(re.search(dit, une) for une in fautes), fautes


def _dite(racine: Path) -> list[Any]:
    with ouvrir_magasin(racine).lire() as con:
        return [con.execute(une.select().order_by(*une.primary_key)).all()
                for une in (META.tables["evenements"], META.tables["audit"])]  # fmt: skip


# --- Alterations, sealed again --------------------------------------------------------------------


def _resceller(con: sa.Connection, chaine: Chaine[Any], depuis: int = 1, **changes: object) -> None:
    """Seal again a chain from a rank on, as whoever has the key would, changed as is said."""
    table = chaine.table
    lignes = [dict(une) for une in con.execute(table.select().order_by("rang")).mappings()]
    tete = Tete(lignes[0]["rang"] - 1, lignes[0]["precedent"])
    con.execute(table.delete())
    for une in lignes:
        if une["rang"] < depuis:
            con.execute(table.insert(), une)
            tete = Tete(une["rang"], une["empreinte"])
            continue
        changee = une | changes if une["rang"] == depuis else une
        faite = chaine.ajouter_apres(con, tete, changee)
        tete = Tete(faite["rang"], faite["empreinte"])


def _sans_la_cle(con: sa.Connection, chaine: Chaine[Any], depuis: int, **changes: object) -> None:
    """Seal again as whoever writes the base does, with a key that is not that of the store."""
    secret = con.get_execution_options()["secret"]
    _resceller(con.execution_options(secret=lambda: b"une autre"), chaine, depuis, **changes)
    con.execution_options(secret=secret)


def _tout_sans_la_cle(con: sa.Connection) -> None:
    for une in (EVENEMENTS, audit.CHAINE, scelles.CHAINE):
        _sans_la_cle(con, une, 1)


def _en_ancien(con: sa.Connection, table: str) -> None:
    """Make a whole chain again by the rule of before, that asks no key."""
    lignes = [dict(une) for une in con.execute(META.tables[table].select().order_by("rang"))
              .mappings()]  # fmt: skip
    con.exec_driver_sql(f"DELETE FROM {table}")
    sans = {"rang", "precedent", "empreinte", "sceau", "ouverture"}
    _enchainer(con, table, [{n: u for n, u in une.items() if n not in sans} for une in lignes])


def _faux_oubli(con: sa.Connection, limite: int, le: str = "") -> None:
    """Erase recent entries, and add the entry that would tell it, sealed with the key."""
    c = ACCES.c
    dernier = con.execute(ACCES.select().where(c.rang == limite)).one()
    vrai = con.execute(ACCES.select().where(c.action == "oubli")).mappings().one()
    cite = {"rang": limite, "empreinte": dernier.empreinte, "avant": "2020-03-01", "mois": 1}
    ligne = dict(vrai) | {"precisions": json.dumps(cite)} | ({"le": le} if le else {})
    audit.CHAINE.ajouter(con, ligne)
    con.execute(ACCES.delete().where(c.rang <= limite))


RESCELLEES: dict[str, tuple[Callable[[sa.Connection], object], str]] = {
    "un événement, rescellé sans la clé": (
        lambda con: _sans_la_cle(con, EVENEMENTS, 5, auteur="Bruno"), "l'événement 5 "),
    "un ancien, rescellé comme avant": (
        lambda con: con.exec_driver_sql(
            "UPDATE evenements SET auteur = 'Bruno', empreinte = '" + hashlib.sha256(
                json.dumps([2, "013-2026-00001", "accepter", "Bruno", "gestionnaire",
                            "2026-10-02", "2026-10-02T09:00:00+00:00", "{}",
                            con.scalar(sa.text("SELECT empreinte FROM evenements WHERE rang = 1"))],
                           ensure_ascii=False, separators=(",", ":")).encode()
            ).hexdigest() + "' WHERE rang = 2"), "l'événement 3 .* ne suit pas"),
    "les événements, refaits comme avant": (
        lambda con: _en_ancien(con, "evenements"), "l'événement 3 .* est scellé sans clé"),
    "les accès, refaits comme avant": (
        lambda con: _en_ancien(con, "audit"), "est scellé sans clé"),
    "un accès, rescellé sans la clé": (
        lambda con: _sans_la_cle(con, audit.CHAINE, 7, qui="bruno"), "l'enregistrement 7 "),
    "un scellé, rescellé sans la clé": (
        lambda con: _sans_la_cle(con, scelles.CHAINE, 4, contenu="{}"), "le scellé 4 "),
    "tout, rescellé sans la clé": (_tout_sans_la_cle, "la clé n'est pas celle"),
    "un événement, rescellé avec la clé": (
        lambda con: _resceller(con, EVENEMENTS, 5, auteur="Bruno"),
        "l'ancre du .* dit que l'événement 9 est scellé .* la chaîne a été refaite"),
    "les événements, tous rescellés avec la clé": (
        lambda con: _resceller(con, EVENEMENTS, 1), "l'événement 2 est scellé .* refaite"),
    "un accès, rescellé avec la clé": (
        lambda con: _resceller(con, audit.CHAINE, 7, qui="bruno"),
        "l'enregistrement 10 est scellé .* refaite"),
    "les scellés, rescellés avec la clé": (
        lambda con: _resceller(con, scelles.CHAINE, 3, cle="[9]"), "le scellé .* refaite"),
    "un faux effacement": (
        lambda con: _faux_oubli(con, 9), "des traces de moins de 12 mois ont été effacées"),
    "un faux effacement, de plus tard": (
        lambda con: _faux_oubli(con, 9, "2100-01-01T08:00:00+01:00"),
        "l'horloge avait été avancée"),
    "un faux effacement, d'un mois d'avant": (
        lambda con: _faux_oubli(con, 9, "2026-11-01T08:00:00+01:00"),
        "des traces de moins de 12 mois ont été effacées"),
    "une fin coupée, puis reprise": (
        lambda con: [con.exec_driver_sql("DELETE FROM audit WHERE rang > 9"),
                     [audit.CHAINE.ajouter(con, audit._ligne(SEUL, Trace.LISTE, "/x", 1, "", {}))
                      for _ in range(4)]], "l'enregistrement 10 est scellé .* refaite"),
}  # fmt: skip


@pytest.mark.parametrize("nom", RESCELLEES)
def test_each_chain_sealed_again_is_named(nom: str, racine: Path, ailleurs: Path) -> None:
    alterer, dit = RESCELLEES[nom]
    _exiger(_apres(racine, ailleurs, alterer), dit)


def test_there_are_seventy_alterations_and_more() -> None:
    assert len(PAR_SQL) + len(RESCELLEES) + len(PAR_FICHIER) >= 70


# --- Files ----------------------------------------------------------------------------------------


def _retoucher(racine: Path, nom: str, change: Callable[[str], str]) -> None:
    fichier = racine / nom
    fichier.write_text(change(fichier.read_text("utf-8")), "utf-8")


def _oter(dossier: Path) -> None:
    for reste in dossier.glob(f"{FICHIER}*"):
        reste.unlink()


def _refaire(dossier: Path) -> None:
    _oter(dossier)
    Magasin(f"sqlite:///{dossier / FICHIER}", dossier)


def _remettre_a_l_etape_d_avant(dossier: Path) -> None:
    """Have the next opening make an inventory of what is there, as for a store of before."""
    with contextlib.closing(sqlite3.connect(dossier / FICHIER)) as con:
        for (nom,) in con.execute(
            "SELECT name FROM sqlite_master WHERE type = 'trigger'"
        ).fetchall():
            con.execute(f"DROP TRIGGER {nom}")
        con.executescript("""
            UPDATE affaires SET objet = '911111111'; UPDATE comptes SET role = 'administrateur';
            DROP TABLE scelles; ALTER TABLE audit DROP COLUMN sceau;
            ALTER TABLE evenements DROP COLUMN sceau; ALTER TABLE evenements DROP COLUMN ouverture;
            UPDATE alembic_version SET version_num = 'r0007'
        """)


def _ecraser(dossier: Path, octets: bytes) -> None:
    _oter(dossier)
    (dossier / FICHIER).write_bytes(octets)


PAR_FICHIER: dict[str, tuple[Callable[[Path], object], str]] = {
    "base vidée": (lambda d: _ecraser(d, b""), "la base n'en a que 0"),
    "base ôtée": (_oter, "la base n'en a que 0"),
    "base neuve": (_refaire, "la base n'en a que 0"),
    "base remise à l'étape d'avant": (
        _remettre_a_l_etape_d_avant, "le scellé .* refaite|ne se lisent plus"),
    "base faite de bruit": (lambda d: _ecraser(d, os.urandom(9000)), "ne se lisent plus"),
    "schéma abîmé": (
        lambda d: _ecraser(d, (d / FICHIER).read_bytes().replace(b"TABLE e", b"\xe6ABLE e")),
        "ne se lisent plus"),
    "base tronquée": (lambda d: _ecraser(d, (d / FICHIER).read_bytes()[:5000]), "ne se lisent"),
    "clé d'une lettre": (
        lambda d: _retoucher(d, "cle", lambda un: ("0" if un[0] != "0" else "1") + un[1:]),
        "la clé n'est pas celle"),
    "clé ôtée": (lambda d: (d / "cle").unlink(), "la clé n'est plus là"),
    "ancre retouchée": (
        lambda d: _retoucher(d, ancres.FICHIER, lambda un: un.replace('ts":[9', 'ts":[8')),
        "l'ancre de la ligne 2 .* a été modifiée"),
    "ancres de bruit": (
        lambda d: (d / ancres.FICHIER).write_bytes(b"\xff\xfe\n{\xff}\n"), "n'est pas une ancre"),
}  # fmt: skip


@pytest.mark.parametrize("nom", PAR_FICHIER)
def test_each_damage_of_a_file_is_named(
    nom: str, racine: Path, ailleurs: Path, tmp_path: Path
) -> None:
    copie = tmp_path / "copie"
    with contextlib.closing(sqlite3.connect(racine / FICHIER)) as con:  # nothing stays beside it
        con.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    shutil.copytree(racine, copie)
    alterer, dit = PAR_FICHIER[nom]
    alterer(copie)
    _exiger(tuple(verifier_preuves(copie, [ailleurs])), dit)


def test_the_command_names_what_anchors_say(
    racine: Path,
    ailleurs: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    shutil.copy(racine / "cle", tmp_path / "cle")
    monkeypatch.setenv("INFOCENTRE_DOSSIER", str(tmp_path))
    monkeypatch.setenv("INFOCENTRE_ANCRES", "")
    registre = Affaires(ouvrir_magasin(tmp_path), Acteur("Léa"))
    dites = {"mois": "2026-10", "motif": "rouge"}
    registre.ouvrir(MESURES, "013", "903900018", "doublons", dites, constats_=[CONSTAT])
    assert main(["preuve", "verifier"]) == 0
    assert "Aucune ancre" in capsys.readouterr().out
    assert main(["preuve", "ancrer", "--afficher"]) == 0
    assert '"evenements":[1,' in capsys.readouterr().out
    assert main(["preuve", "verifier"]) == 0
    assert "1 ancre comparée" in capsys.readouterr().out
    assert main(["preuve", "verifier", "--ancres", str(ailleurs)]) == 1
    lu = capsys.readouterr()
    assert "dit 9 événements" in lu.out
    assert "altérations" in lu.err
    assert main(["preuve", "verifier", "--ancres", str(tmp_path / "absent")]) == 1
