"""Fifty damages to what is kept: each is named with what to do, none is published in silence.

A small département, three months, the second corrected before they are controlled. Each damage is
named with its remedy. After one of each that is found, read or mended another way, `verifier` says
so, a control either refuses or gives the values that were published, and `reparer` puts all back.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pytest

from infocentre.cli import main
from infocentre.demo import fabriquer
from infocentre.entrepot import Dossier, Livraison
from infocentre.entrepot.dossier import ENTREPOT
from infocentre.entrepot.journal import lire_journal
from infocentre.entrepot.remplacement import Remplacement
from infocentre.noyau.fichiers import sha256
from infocentre.operations import verification
from tests.donnees.atelier import alleger, alterer, charger, controler, copie, interroger
from tests.donnees.communs import une_fois
from tests.profondeur import PROFONDEUR, echantillon

pytestmark = pytest.mark.lent

VALEURS = (
    "SELECT mois, niveau, code, guichet, numerateur, denominateur, numerateur_12m, "
    "denominateur_12m, etat FROM valeurs ORDER BY ALL"
)


def fabriquer_tout(atelier: Path) -> None:
    """Load three months, the second twice, and control them; a fourth delivery waits."""
    un, deux, trois, _quatre = fabriquer(atelier / "livraisons", taille=200, mois=4)
    racine = atelier / "donnees"
    corrigee = alterer(deux, atelier / "corrigee", "journal", lambda lignes: lignes[:-40])
    for livraison in (un, deux, corrigee, trois):
        charger(racine, livraison, confirmer="essai")
    with pytest.MonkeyPatch.context() as patch:
        alleger(patch)
        controler(racine)


@dataclass(frozen=True, slots=True)
class Lieu:
    """A copy of the data directory, and the deliveries that made it."""

    racine: Path
    livraisons: Path

    @property
    def dossier(self) -> Dossier:
        return Dossier(self.racine)

    @property
    def mois(self) -> list[str]:
        return sorted(chemin.name for chemin in self.livraisons.glob("livraisons/????-??"))

    def livraison(self, rang: int) -> Livraison:
        return self.dossier.version().livraisons[rang - 1]

    def archive(self, rang: int = 2) -> Path:
        return self.dossier.archive(self.livraison(rang))

    def origine(self, rang: int = 2) -> Path:
        lieu = "corrigee" if rang == 2 else "livraisons"
        return self.livraisons / lieu / self.mois[rang - 1]

    def valeurs(self) -> list[tuple[object, ...]]:
        return interroger(self.racine, VALEURS)

    def derive(self, genre: str) -> Path:
        return max((self.racine / genre).rglob("*.parquet"))

    def version(self) -> Path:
        return self.dossier.courante.resolve()


@pytest.fixture(scope="module")
def commun() -> Path:
    return une_fois("dommages", fabriquer_tout)


@pytest.fixture
def lieu(commun: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Lieu:
    racine = copie(commun / "donnees", tmp_path / "donnees")
    monkeypatch.setenv("INFOCENTRE_DOSSIER", str(racine))
    alleger(monkeypatch)
    return Lieu(racine, commun)


@pytest.fixture(scope="module")
def verite(commun: Path) -> list[tuple[object, ...]]:
    return interroger(commun / "donnees", VALEURS)


def recrire(fichier: Path, sql: str) -> None:
    """Write a Parquet file again, well formed, from its own rows ({f})."""
    partiel = fichier.with_suffix(".neuf")
    with duckdb.connect() as con:
        lecture = f"read_parquet('{fichier}')"
        con.execute(f"COPY ({sql.format(f=lecture)}) TO '{partiel}' (FORMAT parquet)")
    partiel.replace(fichier)


def changer_un_octet(fichier: Path) -> None:
    contenu = bytearray(fichier.read_bytes())
    contenu[len(contenu) // 3] ^= 0x10
    fichier.write_bytes(contenu)


def couper(fichier: Path) -> None:
    os.truncate(fichier, fichier.stat().st_size // 2)


def vider(fichier: Path) -> None:
    fichier.write_bytes(b"")


def remplacer(fichier: Path, avant: str, apres: str) -> None:
    texte = fichier.read_text("utf-8")
    assert avant in texte
    fichier.write_text(texte.replace(avant, apres), "utf-8")


def autre_mois(lieu: Lieu) -> None:
    shutil.copyfile(lieu.archive(1) / "stock.parquet", lieu.archive() / "stock.parquet")


def faussaire(lieu: Lieu) -> None:
    """Change the rows, and make livraison.json agree."""
    stock, description = lieu.archive() / "stock.parquet", lieu.archive() / "livraison.json"
    avant = sha256(stock)
    recrire(stock, "SELECT * FROM {f} LIMIT 50")
    remplacer(description, avant, sha256(stock))


def ancienne_archive(lieu: Lieu) -> Path:
    """The archive of the content that was corrected."""
    (ancienne,) = (un for un in lieu.archive().parent.iterdir() if un != lieu.archive())
    return ancienne


def nominatif(lieu: Lieu) -> Path:
    return (
        lieu.racine
        / "nominatif"
        / lieu.archive().relative_to(lieu.racine / "archives").with_suffix(".parquet")
    )


def bruit(lieu: Lieu, octets: bytes = b"@@ ce n'est pas du JSON\n") -> None:
    lignes = lieu.dossier.journal.read_bytes().split(b"\n")
    lieu.dossier.journal.write_bytes(b"\n".join([*lignes[:2], octets.rstrip(b"\n"), *lignes[2:]]))


def nuls(lieu: Lieu) -> None:
    with lieu.dossier.journal.open("ab") as flux:
        flux.write(b"\0" * 700)


def dechirer(lieu: Lieu) -> None:
    contenu = lieu.dossier.journal.read_bytes()
    lieu.dossier.journal.write_bytes(contenu[:-25])


def perdre_une_ligne(lieu: Lieu) -> None:
    lignes = lieu.dossier.journal.read_bytes().split(b"\n")
    lieu.dossier.journal.write_bytes(b"\n".join(lignes[2:]))


def lien_vers(lieu: Lieu, cible: str) -> None:
    lieu.dossier.courante.unlink()
    lieu.dossier.courante.symlink_to(cible)


def lien_suivi_par_une_copie(lieu: Lieu) -> None:
    version = lieu.version()
    lieu.dossier.courante.unlink()
    shutil.copytree(version, lieu.dossier.courante)


def vieille_version(lieu: Lieu) -> Path:
    (vieille,) = (un for un in lieu.dossier.versions.iterdir() if un != lieu.version())
    return vieille


def entrepot_d_avant(lieu: Lieu) -> None:
    shutil.copyfile(vieille_version(lieu) / ENTREPOT, lieu.version() / ENTREPOT)


def tout_perdre(lieu: Lieu) -> None:
    """Only archives, names and catalogues are left."""
    shutil.rmtree(lieu.dossier.versions)
    lieu.dossier.courante.unlink()
    lieu.dossier.journal.unlink()


def versions_perdues(lieu: Lieu) -> None:
    shutil.rmtree(lieu.dossier.versions)
    lieu.dossier.courante.unlink()


def remplacement_interrompu(lieu: Lieu) -> None:
    lieu.dossier.temporaire.mkdir()
    remplacement = Remplacement(lieu.dossier)
    shutil.copyfile(lieu.derive("suivi"), remplacement.place(lieu.derive("suivi")))
    remplacement.decider({"type": "purge", "le": "2026-11-01T00:00:00+00:00", "au": "2026-11-01"})
    lieu.dossier.temporaire.rmdir()


@dataclass(frozen=True, slots=True)
class Dommage:
    """What is done, what `verifier` must name, and the delivery that mends it (its rank)."""

    faire: Callable[[Lieu], object]
    nomme: str
    livraison: int | None = None


DOMMAGES: dict[str, Dommage] = {
    # --- archives
    "stock d'un autre mois": Dommage(autre_mois, "stock.parquet", 2),
    "moitié des lignes ôtées": Dommage(
        lambda x: recrire(
            x.archive() / "stock.parquet", "SELECT * FROM {f} WHERE hash(numero_unique) % 2 = 0"
        ),
        "stock.parquet",
        2,
    ),
    "bails avancés d'un mois": Dommage(
        lambda x: recrire(
            x.archive() / "radiation.parquet",
            "SELECT * REPLACE ((date_signature_bail - INTERVAL 1 MONTH)::DATE "
            "AS date_signature_bail) FROM {f}",
        ),
        "radiation.parquet",
        2,
    ),
    "un octet changé": Dommage(
        lambda x: changer_un_octet(x.archive() / "stock.parquet"), "stock.parquet", 2
    ),
    "un octet changé, premier mois": Dommage(
        lambda x: changer_un_octet(x.archive(1) / "journal.parquet"), "journal.parquet", 1
    ),
    "parquet tronqué": Dommage(lambda x: couper(x.archive() / "plis.parquet"), "plis.parquet", 2),
    "parquet vidé": Dommage(
        lambda x: vider(x.archive() / "guichets.parquet"), "guichets.parquet", 2
    ),
    "parquet absent": Dommage(
        lambda x: (x.archive() / "radiation.parquet").unlink(), "radiation.parquet", 2
    ),
    "rejets changés": Dommage(
        lambda x: changer_un_octet(x.archive() / "rejets.parquet"), "rejets.parquet", 2
    ),
    "livraison.json abîmé": Dommage(
        lambda x: couper(x.archive() / "livraison.json"), "livraison.json", 2
    ),
    "livraison.json vidé": Dommage(
        lambda x: vider(x.archive(3) / "livraison.json"), "livraison.json", 3
    ),
    "livraison.json d'un autre mois": Dommage(
        lambda x: shutil.copyfile(x.archive(1) / "livraison.json", x.archive() / "livraison.json"),
        "livraison.json",
        2,
    ),
    "livraison.json absent": Dommage(
        lambda x: (x.archive() / "livraison.json").unlink(), "livraison.json", 2
    ),
    "stock et livraison.json changés ensemble": Dommage(faussaire, "livraison.json", 2),
    "archive absente": Dommage(lambda x: shutil.rmtree(x.archive()), "livraison.json", 2),
    "archive du dernier mois absente": Dommage(
        lambda x: shutil.rmtree(x.archive(3)), "livraison.json", 3
    ),
    "noms tronqués": Dommage(lambda x: couper(nominatif(x)), "nominatif", 2),
    "noms absents": Dommage(lambda x: nominatif(x).unlink(), "nominatif", 2),
    # --- derived files
    "état tronqué": Dommage(lambda x: couper(x.derive("etats")), "etats"),
    "état absent": Dommage(lambda x: x.derive("etats").unlink(), "etats"),
    "état changé": Dommage(
        lambda x: recrire(x.derive("etats"), "SELECT * FROM {f} LIMIT 30"), "etats"
    ),
    "parcours changé": Dommage(lambda x: changer_un_octet(x.derive("parcours")), "parcours"),
    "parcours absent": Dommage(lambda x: x.derive("parcours").unlink(), "parcours"),
    "suivi tronqué": Dommage(lambda x: couper(x.derive("suivi")), "suivi"),
    "constats changés": Dommage(lambda x: changer_un_octet(x.derive("constats")), "constats"),
    "constats absents": Dommage(lambda x: x.derive("constats").unlink(), "constats"),
    "catalogue absent": Dommage(
        lambda x: next(x.dossier.catalogues.iterdir()).unlink(), "catalogues"
    ),
    "catalogue changé": Dommage(
        lambda x: remplacer(next(x.dossier.catalogues.iterdir()), '"rouge":0.', '"rouge":0.9'),
        "catalogues",
    ),
    # --- versions
    "entrepôt abîmé": Dommage(lambda x: changer_un_octet(x.version() / ENTREPOT), ENTREPOT),
    "entrepôt tronqué": Dommage(lambda x: couper(x.version() / ENTREPOT), ENTREPOT),
    "entrepôt absent": Dommage(lambda x: (x.version() / ENTREPOT).unlink(), ENTREPOT),
    "entrepôt de la version d'avant": Dommage(entrepot_d_avant, ENTREPOT),
    "version.json vidé": Dommage(lambda x: vider(x.version() / "version.json"), "version.json"),
    "version.json coupé": Dommage(lambda x: couper(x.version() / "version.json"), "version.json"),
    "version.json absent": Dommage(
        lambda x: (x.version() / "version.json").unlink(), "version.json"
    ),
    "version.json changé": Dommage(
        lambda x: remplacer(x.version() / "version.json", x.mois[1], "2019-01"), "version.json"
    ),
    "lien courante supprimé": Dommage(lambda x: x.dossier.courante.unlink(), "courante"),
    "lien courante vers rien": Dommage(lambda x: lien_vers(x, "versions/000099"), "courante"),
    "lien courante vers la version d'avant": Dommage(
        lambda x: lien_vers(x, f"versions/{vieille_version(x).name}"), "courante"
    ),
    "lien courante devenu un dossier": Dommage(lien_suivi_par_une_copie, "courante"),
    "version publiée supprimée": Dommage(lambda x: shutil.rmtree(x.version()), "courante"),
    "toutes les versions supprimées": Dommage(versions_perdues, "courante"),
    "version d'avant abîmée": Dommage(
        lambda x: vider(vieille_version(x) / "version.json"), "version.json"
    ),
    # --- journal
    "ligne de bruit dans le journal": Dommage(bruit, "journal.jsonl"),
    "ligne binaire dans le journal": Dommage(lambda x: bruit(x, b"\xff\xfe{}"), "journal.jsonl"),
    "NUL à la fin du journal": Dommage(nuls, "journal.jsonl"),
    "journal déchiré": Dommage(dechirer, "journal.jsonl"),
    "journal supprimé": Dommage(lambda x: x.dossier.journal.unlink(), "journal.jsonl"),
    "journal vidé": Dommage(lambda x: vider(x.dossier.journal), "journal.jsonl"),
    "deux lignes du journal perdues": Dommage(perdre_une_ligne, "journal.jsonl"),
    "réglage changé dans le journal": Dommage(
        lambda x: remplacer(x.dossier.journal, '"seuil_secret": 11', '"seuil_secret": 5'),
        "journal.jsonl",
    ),
    # --- the rest
    "remplacement interrompu": Dommage(remplacement_interrompu, "remplacement"),
}


def dire(capsys: pytest.CaptureFixture[str], *arguments: object) -> tuple[int, str]:
    """Run a command; return its exit code and all that it says."""
    code = main([str(un) for un in arguments])
    sortie = capsys.readouterr()
    assert "imprévue" not in sortie.err
    return code, sortie.out + sortie.err


# Those that no other is found, read and mended as: a file of a sealed archive is read after its
# sha256, whatever was done to it, and what is derived is computed again, whatever it had become.
DE_BOUT_EN_BOUT = [
    "un octet changé, premier mois",
    "parquet absent",
    "stock et livraison.json changés ensemble",
    "archive du dernier mois absente",
    "noms absents",
    "état changé",
    "constats changés",
    "entrepôt abîmé",
    "version.json coupé",
    "lien courante vers la version d'avant",
    "toutes les versions supprimées",
    "journal supprimé",
    "deux lignes du journal perdues",
    "remplacement interrompu",
]
if PROFONDEUR > 1:  # others of the same kinds
    DE_BOUT_EN_BOUT += [
        "stock d'un autre mois",
        "bails avancés d'un mois",
        "livraison.json d'un autre mois",
        "parcours absent",
        "suivi tronqué",
        "catalogue changé",
        "entrepôt de la version d'avant",
        "version.json changé",
        "version publiée supprimée",
        "version d'avant abîmée",
        "ligne binaire dans le journal",
        "réglage changé dans le journal",
    ]


@pytest.mark.parametrize("nom", DOMMAGES)
def test_each_damage_is_named_with_its_remedy(nom: str, lieu: Lieu) -> None:
    dommage = DOMMAGES[nom]
    dommage.faire(lieu)
    trouves = verification.examiner(lieu.dossier).dommages
    assert any(dommage.nomme in str(un.ou) for un in trouves)
    assert all(un.remede for un in trouves)
    assert any("infocentre reparer" in un.remede for un in trouves)


@pytest.mark.parametrize("nom", echantillon(DE_BOUT_EN_BOUT, 5))
def test_each_way_to_be_damaged_is_never_published_and_can_be_mended(
    nom: str, lieu: Lieu, verite: list[tuple[object, ...]], capsys: pytest.CaptureFixture[str]
) -> None:
    dommage, mois = DOMMAGES[nom], lieu.mois[1]
    dommage.faire(lieu)
    code, texte = dire(capsys, "verifier")
    assert code == 1
    assert dommage.nomme in texte
    assert "→" in texte
    assert "infocentre reparer" in texte

    for lecture in (["indicateurs"], ["livraisons", mois], ["anomalies", "CPL_CHAMPS"]):
        code, texte = dire(capsys, *lecture)
        assert code == 0 or "→" in texte
    lues = [["controler", "--mois", mois], *([["reconstruire"]] if dommage.livraison else [])]
    for commande in lues:
        code, texte = dire(capsys, *commande)
        if code:
            assert "→" in texte
            assert "infocentre" in texte.split("→")[1]
        else:
            assert lieu.valeurs() == verite, commande

    origine = [lieu.origine(dommage.livraison)] if dommage.livraison else []
    code, texte = dire(capsys, "reparer", *origine)
    assert code == 0, texte
    assert dire(capsys, "verifier")[0] == 0
    assert lieu.valeurs() == verite


@pytest.mark.usefixtures("lieu")
def test_without_a_damage_nothing_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    assert dire(capsys, "reparer")[0] == 0  # others of this machine may read the copy
    code, texte = dire(capsys, "verifier")
    assert code == 0
    assert texte == "Tout ce qui est gardé est ce qui a été écrit.\n"


def test_from_the_archives_alone_all_is_found_again(
    lieu: Lieu, verite: list[tuple[object, ...]], capsys: pytest.CaptureFixture[str]
) -> None:
    charges = [lieu.livraison(rang).cle for rang in (1, 2, 3)]
    tout_perdre(lieu)
    for commande in (["charger", lieu.origine(3)], ["controler"], ["indicateurs"], ["purger"]):
        code, texte = dire(capsys, *commande)
        assert code == 1
        assert "infocentre reparer" in texte
    assert dire(capsys, "reconstruire")[0] == 0
    assert [une.cle for une in lieu.dossier.version().livraisons] == charges
    assert dire(capsys, "controler")[0] == 0
    assert lieu.valeurs() == verite


def test_a_damaged_archive_without_its_delivery_stays_and_is_told(
    lieu: Lieu, capsys: pytest.CaptureFixture[str]
) -> None:
    changer_un_octet(lieu.archive() / "stock.parquet")
    code, texte = dire(capsys, "reparer")
    assert code == 1
    assert "stock.parquet" in texte
    assert "infocentre reparer LIVRAISON" in texte


def test_an_archive_replaced_since_does_not_stop_a_reconstruction(
    lieu: Lieu, verite: list[tuple[object, ...]], capsys: pytest.CaptureFixture[str]
) -> None:
    couper(ancienne_archive(lieu) / "stock.parquet")
    code, texte = dire(capsys, "verifier")
    assert code == 1
    assert "n'est plus en vigueur" in texte
    code, texte = dire(capsys, "reconstruire")
    assert code == 0
    assert "remplacée depuis" in texte
    assert lieu.valeurs() == verite
    code, _ = dire(capsys, "reparer", lieu.livraisons / "livraisons" / lieu.mois[1])
    assert code == 0
    assert dire(capsys, "verifier")[0] == 0


@pytest.mark.parametrize("commande", ["charger", "reparer"])
def test_loading_again_puts_the_archive_back(
    commande: str,
    lieu: Lieu,
    verite: list[tuple[object, ...]],
    capsys: pytest.CaptureFixture[str],
) -> None:
    autre_mois(lieu)
    code, texte = dire(capsys, commande, lieu.origine())
    assert code == 0
    assert "remise en place depuis" in texte
    assert dire(capsys, "verifier")[0] == 0
    assert dire(capsys, "controler", "--mois", lieu.mois[1])[0] == 0
    assert lieu.valeurs() == verite


def test_the_same_content_in_gz_replaces_a_damaged_archive(
    lieu: Lieu,
    tmp_path: Path,
    verite: list[tuple[object, ...]],
    capsys: pytest.CaptureFixture[str],
) -> None:
    import gzip

    cible = shutil.copytree(lieu.origine(), tmp_path / lieu.mois[1])
    for fichier in list(cible.glob("*.csv")):
        (cible / f"{fichier.name}.gz").write_bytes(gzip.compress(fichier.read_bytes()))
        fichier.unlink()
    remplacer(cible / "manifeste.json", '.csv"', '.csv.gz"')
    manifeste = json.loads((cible / "manifeste.json").read_text("utf-8"))
    for annonce in manifeste["fichiers"]:
        annonce.pop("sha256", None)
    (cible / "manifeste.json").write_text(json.dumps(manifeste), "utf-8")
    autre_mois(lieu)
    code, texte = dire(capsys, "charger", cible)
    assert code == 0
    assert "l'archive est abîmée" in texte
    assert "rien n'a changé" not in texte
    assert dire(capsys, "controler")[0] == 0
    assert lieu.valeurs() == verite
    assert dire(capsys, "reconstruire")[0] == 0
    assert lieu.valeurs() == verite


def test_neither_what_is_foreign_nor_the_name_of_a_delivery_stops_anything(
    lieu: Lieu, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    etrangers = [
        lieu.dossier.versions / "copie de secours",
        lieu.dossier.versions / "copie.brouillon",
        lieu.archive().parent / "copie de secours",
        lieu.dossier.archives / "013" / "à trier",
        lieu.dossier.archives / "LISEZMOI.txt",
        lieu.derive("etats").with_name("copie.parquet"),
        lieu.derive("suivi").with_name("copie.parquet"),
        lieu.dossier.parcours / "013" / "copie",
        lieu.derive("constats").with_name("copie-de-secours.parquet"),
        lieu.dossier.catalogues / "notes.txt",
    ]
    for etranger in etrangers:
        etranger.write_text("à moi") if etranger.suffix else etranger.mkdir()
    code, texte = dire(capsys, "verifier")
    assert code == 0
    assert "copie de secours n'est pas à l'infocentre" in texte
    # Python cuts lines at each of these, and JSON leaves them as they are: the journal has a line.
    quatre = lieu.livraisons / "livraisons" / lieu.mois[3]
    nommee = shutil.copytree(quatre, tmp_path / "octobre\u2028cor\u2029ri\x85gé")
    for commande in (
        ["charger", nommee],
        ["controler"],
        ["reconstruire"],
        ["verifier"],
        ["purger"],
        ["reparer"],
    ):
        code, texte = dire(capsys, *commande)
        assert code == 0, texte
    noms = [str(une.get("nom", "")) for une in lire_journal(lieu.dossier.journal)]
    assert [nom for nom in noms if nom.startswith("octobre")] == ["octobre cor ri gé"]
    assert all(etranger.exists() for etranger in etrangers)


@pytest.mark.parametrize(
    "perte",
    [
        "lien courante supprimé",
        "lien courante devenu un dossier",
        "version publiée supprimée",
        "version.json absent",
        "entrepôt absent",
    ],
)
def test_loading_never_starts_again_from_nothing(
    perte: str, lieu: Lieu, capsys: pytest.CaptureFixture[str]
) -> None:
    gardees = {un.name for un in lieu.dossier.versions.iterdir()}
    DOMMAGES[perte].faire(lieu)
    gardees &= {un.name for un in lieu.dossier.versions.iterdir()}
    code, texte = dire(capsys, "charger", lieu.livraisons / "livraisons" / lieu.mois[3])
    assert code == 1
    assert "infocentre reparer" in texte
    assert "Premier arrêté" not in texte
    assert {un.name for un in lieu.dossier.versions.iterdir()} == gardees
    assert dire(capsys, "reparer")[0] == 0
    assert [une.mois for une in lieu.dossier.version().livraisons] == lieu.mois[:3]


def test_a_damaged_journal_mends_itself_and_says_so(
    lieu: Lieu, capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    entrees = lire_journal(lieu.dossier.journal)
    bruit(lieu)
    nuls(lieu)
    code, _ = dire(capsys, "charger", lieu.livraisons / "livraisons" / lieu.mois[3])
    assert code == 0
    assert "2 ligne(s) abîmée(s) ou déchirée(s)" in caplog.text
    assert lire_journal(lieu.dossier.journal)[:-1] == entrees
    assert b"JSON" in lieu.dossier.journal.with_suffix(".abime").read_bytes()
    assert verification.examiner(lieu.dossier).dommages == ()
