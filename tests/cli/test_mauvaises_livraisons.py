"""Every bad input: what, where, what to do; exit 1; the published version stays intact."""

from __future__ import annotations

import contextlib
import gzip
import hashlib
import json
import re
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from infocentre.catalogue import lecture
from infocentre.cli import main
from infocentre.entrepot import Dossier
from infocentre.noyau.config import ressources
from tests.livraisons.atelier import (
    Ligne,
    Petite,
    bonnes,
    en_csv,
    ligne,
    petite,
)
from tests.profondeur import profond

pytestmark = pytest.mark.lent

NOVEMBRE = ["--arrete", "2026-11-30", "--departement", "013"]
SOUS_LIMITE = (
    "import resource, sys; limite = int(sys.argv.pop(1)); "
    "resource.setrlimit(resource.RLIMIT_FSIZE, (limite, limite)); "
    "from infocentre.cli import main; sys.exit(main(sys.argv[1:]))"
)
TENIR = (
    "import pathlib, sys; from infocentre.entrepot import Dossier\n"
    "with Dossier(pathlib.Path(sys.argv[1])).ecrire():\n"
    "    print('tenu', flush=True); sys.stdin.read()"
)


@dataclass(frozen=True)
class Publie:
    """A data directory with a published month, and how it was before."""

    racine: Path
    avant: dict[str, str]

    @property
    def dossier(self) -> Dossier:
        """The directory as the infocentre sees it."""
        return Dossier(self.racine)

    def verifier_intact(self) -> None:
        """Check that nothing was published, nothing archived, nothing left behind."""
        assert photographier(self.racine) == self.avant
        temporaire = self.dossier.temporaire
        assert not temporaire.exists() or not list(temporaire.iterdir())
        assert not list(self.dossier.versions.glob("*.brouillon"))


def photographier(racine: Path) -> dict[str, str]:
    """Return what is published: the link, then each lasting file and its sha256."""
    dossier = Dossier(racine)
    photo = {"courante": str(dossier.courante.readlink())}
    durables = [dossier.versions, dossier.archives, dossier.nominatif, dossier.etats]
    fichiers = [f for d in durables for f in d.rglob("*") if f.is_file()]
    for fichier in [*fichiers, dossier.journal]:
        octets = fichier.read_bytes()
        photo[str(fichier.relative_to(racine))] = hashlib.sha256(octets).hexdigest()
    return photo


@pytest.fixture(scope="module")
def modele(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data directory in which the delivery of October is published."""
    dossier = tmp_path_factory.mktemp("modele")
    livraison = petite().poser("identites", [ligne("identites", 1)], combler=5).manifeste()
    with pytest.MonkeyPatch.context() as rustine:
        rustine.setenv("INFOCENTRE_DOSSIER", str(dossier / "donnees"))
        assert main(["charger", str(livraison.ecrire(dossier / "2026-10"))]) == 0
    return dossier / "donnees"


@pytest.fixture
def publie(modele: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Publie:
    racine = tmp_path / "donnees"
    shutil.copytree(modele, racine, symlinks=True)
    monkeypatch.setenv("INFOCENTRE_DOSSIER", str(racine))
    return Publie(racine, photographier(racine))


def verifier_message(erreurs: str, mots: tuple[str, ...]) -> None:
    """Check that the message says what, where and what to do, in French, without a traceback."""
    assert erreurs.startswith("infocentre : ")
    assert "Traceback" not in erreurs
    assert "imprévue" not in erreurs
    assert "→ " in erreurs
    assert [mot for mot in mots if not re.search(mot, erreurs)] == [], erreurs


# --- Deliveries -----------------------------------------------------------------------------------

Preparer = Callable[[Path], list[str]]
CAS: dict[str, tuple[Preparer, tuple[str, ...]]] = {}


def cas(nom: str, *mots: str) -> Callable[[Preparer], Preparer]:
    """Declare a bad input: its name, and what its message must say."""

    def _noter(preparer: Preparer) -> Preparer:
        CAS[nom] = preparer, mots
        return preparer

    return _noter


def poser(nom: str, livraison: Callable[[], Petite], *mots: str) -> None:
    """Declare a bad delivery that is a directory, given with its month and its département."""
    cas(nom, *mots)(lambda atelier: [str(livraison().ecrire(atelier / "2026-11")), *NOVEMBRE])


def _stock(texte: str, encodage: str = "utf-8") -> Callable[[], Petite]:
    return lambda: petite().texte("stock", texte, encodage)


def _octets(nom: str, octets: bytes) -> Callable[[], Petite]:
    return lambda: petite().octets(nom, octets)


def _sans(table: str) -> Callable[[], Petite]:
    return lambda: Petite({n: o for n, o in petite().fichiers.items() if n != f"{table}.csv"})


def _fausses(nombre: int, **valeurs: str) -> list[Ligne]:
    return [*(ligne("stock", rang, **valeurs) for rang in range(nombre)), *bonnes("stock", 47)]


BON = en_csv(bonnes("stock", 40))
ENTETE = BON.split("\n", 1)[0] + "\n"
EXTRACTION = "Demander une nouvelle extraction"

poser("dossier vide", Petite, "aucun fichier de table", "2026-11", "Attendus : stock")
poser(
    "dossier d'autre chose",
    lambda: Petite({"lisezmoi.txt": b"rien", "budget.csv": b"a;b\n1;2\n"}),
    "aucun de ces fichiers n'est d'une source connue",
    "2026-11",
    "Faire reconnaître ces fichiers",
)
for absente in ("stock", "radiation"):
    poser(
        f"sans {absente}",
        _sans(absente),
        f"table obligatoire absente : {absente}",
        "2026-11",
        "Demander une livraison complète",
    )
poser(
    "colonne obligatoire absente",
    _stock(BON.replace("DATE_CREATION", "DATE_CREAT")),
    "colonne obligatoire absente : DATE_CREATION",
    r"stock\.csv, ligne 1",
    "extraction complète",
)
poser(
    "gzip tronqué",
    _octets("stock.csv.gz", gzip.compress(BON.encode() * 50)[:-30]),
    "tronqué ou abîmé",
    r"stock\.csv\.gz",
    "Télécharger de nouveau",
)
poser(
    "binaire nommé .csv",
    _octets("stock.csv", bytes(range(256)) * 40),
    "ce n'est pas un fichier texte",
    r"stock\.csv",
    "est bien un CSV",
)
poser(
    "octets nuls",
    _octets("stock.csv", BON.encode().replace(b"PP", b"P\0", 1)),
    r"octet nul à l'octet \d+",
    r"stock\.csv",
    "est bien un CSV",
)
poser("en-tête seul", _stock(ENTETE), "que la ligne d'en-tête", r"stock\.csv", EXTRACTION)
poser("fichier vide", _stock(""), "le fichier est vide", r"stock\.csv", EXTRACTION)
poser(
    "ligne d'en-tête répétée",
    _stock(ENTETE + BON),
    "en-tête est répétée",
    r"stock\.csv, ligne 2",
    "Supprimer la seconde",
)
poser(
    "colonne répétée",
    _stock("\n".join(f"{une};{une.split(';')[0]}" for une in BON.splitlines())),
    "colonne présente deux fois : NUMERO_UNIQUE",
    r"stock\.csv, ligne 1",
    "Ne garder qu'une colonne",
)
poser(
    "6 % de mauvaises lignes",
    _stock(en_csv(_fausses(3, NUMERO_UNIQUE="x"))),
    "3 lignes rejetées sur 50, plus de 5 %",
    r"numéro unique mal formé : 3 \(première : ligne 2\)",
    r"stock\.csv",
    EXTRACTION,
)
for annee in ("0026", "9999"):
    poser(
        f"année {annee}",
        _stock(en_csv(_fausses(3, DATE_CREATION=f"01/01/{annee}"))),
        "date obligatoire illisible : 3",
        r"stock\.csv",
        EXTRACTION.lower(),
    )
poser(
    "guillemet ouvert dans l'en-tête",
    _stock(BON.replace("DATE_CREATION", '"DATE_CREATION')),
    "guillemets sont mal refermés",
    r"stock\.csv, ligne 1",
    "noms des colonnes",
)
poser(
    "guillemet ouvert",
    _stock(en_csv(bonnes("stock", 19)).replace("PP;", '"PP;')),
    "19 lignes rejetées sur 19, plus de 5 % — ligne illisible : 19",
    r"stock\.csv",
    EXTRACTION,
)
poser(
    "un seul guillemet ouvert",
    _stock(en_csv(bonnes("stock", 19)).replace("PP;", '"PP;', 1)),
    "1 ligne.* sur 19, plus de 5 % — ligne illisible : 1 .première : ligne 2",
    r"stock\.csv",
    EXTRACTION,
)
poser(
    "fichier Parquet qui n'en est pas un",
    _octets("stock.parquet", BON.encode()),
    "Parquet lisible",
    r"stock\.parquet",
    EXTRACTION,
)
poser(
    "classeur qui n'en est pas un",
    _octets("stock.xlsx", BON.encode()),
    "classeur xlsx lisible",
    r"stock\.xlsx",
    "Le recevoir de nouveau",
)
poser(
    "deux fichiers d'une table",
    lambda: Petite({**petite().fichiers, "stock.csv.gz": gzip.compress(BON.encode())}),
    "deux fichiers pour la table « stock »",
    r"stock\.csv, stock\.csv\.gz",
    "N'en laisser qu'un",
)


# --- Manifests ------------------------------------------------------------------------------------


def annoncer(nom: str, livraison: Callable[[], Petite], *mots: str, options: str = "") -> None:
    """Declare a bad delivery that has a manifest."""
    cas(nom, *mots)(
        lambda atelier: [str(livraison().ecrire(atelier / "livraison")), *options.split()]
    )


def _manifeste(**valeurs: object) -> Callable[[], Petite]:
    return lambda: petite().manifeste(**{"arrete": "2026-11-30", **valeurs})  # type: ignore[arg-type]


def _mauvais_sha256() -> Petite:
    livraison = _manifeste()()
    livraison.fichiers["stock.csv"] += b"\n"
    return livraison


def _fichier_manquant() -> Petite:
    livraison = _manifeste()()
    del livraison.fichiers["radiation.csv"]
    return livraison


def _json(octets: bytes) -> Callable[[], Petite]:
    return lambda: Petite({**petite().fichiers, "manifeste.json": octets})


annoncer("mauvais sha256", _mauvais_sha256, "sha256", r"stock\.csv", "télécharger de nouveau")
annoncer(
    "mauvais nombre de lignes",
    _manifeste(lignes={"stock": 41}),
    "41 lignes annoncées au manifeste, 40 lues",
    r"stock\.csv",
    "nouvelle livraison",
)
annoncer(
    "fichier annoncé absent",
    _fichier_manquant,
    "annoncé au manifeste et absent",
    r"radiation\.csv",
    "livraison complète",
)
annoncer("manifeste illisible", _json(b"{"), "JSON", r"manifeste\.json", "nouvelle livraison")
annoncer(
    "manifeste sans fond", _json(b"[" * 99_999), "JSON", r"manifeste\.json", "nouvelle livraison"
)
annoncer(
    "manifeste d'un autre format",
    _manifeste(format="sne-infocentre-9"),
    "sne-infocentre-1",
    r"manifeste\.json",
    "nouvelle livraison",
)
annoncer(
    "manifeste qui sort du dossier",
    _manifeste(fichiers=[{"table": "stock", "nom": "../stock.csv"}]),
    "n'est pas un nom de fichier",
    r"manifeste\.json",
    "nouvelle livraison",
)
annoncer(
    "arrêté du manifeste hors fin de mois",
    _manifeste(arrete="2026-11-29"),
    "arrêté du 29/11/2026 n'est pas le dernier jour",
    "fin de mois",
)
annoncer(
    "manifeste contre --arrete",
    _manifeste(),
    r"manifeste \(30/11/2026\).*--arrete.*\(31/10/2026\)",
    "livraison",
    "Vérifier de quel mois",
    options="--arrete 2026-10-31",
)
annoncer(
    "manifeste contre --departement",
    _manifeste(),
    r"manifeste \(013\).*--departement \(084\)",
    "livraison",
    "Vérifier de quel département",
    options="--departement 84",
)


# --- Options and paths ----------------------------------------------------------------------------


def _donner(nom: str, options: str, *mots: str, dossier: str = "2026-11") -> None:
    cas(nom, *mots)(lambda atelier: [str(petite().ecrire(atelier / dossier)), *options.split()])


_donner(
    "arrêté hors fin de mois",
    "--arrete 2026-11-15 --departement 013",
    "15/11/2026 n'est pas le dernier jour d'un mois",
    "fin de mois",
)
_donner("arrêté illisible", "--arrete novembre --departement 013", "novembre", "ou 2026-10-31")
_donner("département illisible", "--departement Var", "« Var »", "13, 2A ou 974")
_donner("sans département", "", "département.* n'est pas connu", "2026-11", "donner --departement")
_donner(
    "sans arrêté",
    "--departement 013",
    "arrêté.* n'est pas connu",
    "envoi",
    "Nommer le dossier AAAA-MM",
    dossier="envoi",
)


@cas("livraison qui n'existe pas", "n'existe pas", "nulle-part", "Vérifier le chemin")
def _nulle_part(atelier: Path) -> list[str]:
    return [str(atelier / "nulle-part"), *NOVEMBRE]


@cas("un fichier seul", "table obligatoire absente : radiation", r"stock\.csv", "complète")
def _fichier_seul(atelier: Path) -> list[str]:
    return [str(petite().ecrire(atelier / "2026-11") / "stock.csv"), *NOVEMBRE]


@cas("deux livraisons d'un arrêté", r"même arrêté \(30/11/2026\)", "2026-11 et .*bis", "est bonne")
def _deux_arretes(atelier: Path) -> list[str]:
    premiere = petite().ecrire(atelier / "2026-11")
    seconde = petite().manifeste(arrete="2026-11-30").ecrire(atelier / "bis")
    return [str(premiere), str(seconde), "--departement", "013"]


# --- Zips -----------------------------------------------------------------------------------------


def _zip(atelier: Path, membres: dict[str, bytes]) -> list[str]:
    chemin = atelier / "2026-11.zip"
    with zipfile.ZipFile(chemin, "w", zipfile.ZIP_DEFLATED) as archive:
        for nom, octets in membres.items():
            archive.writestr(nom, octets)
    return [str(chemin), *NOVEMBRE]


SORTIES = ["../evasion.csv", "a/../../evasion.csv", "/evasion.csv", "..\\evasion.csv", "C:evasion"]
for sortie in SORTIES:
    cas(f"zip qui sort : {sortie}", "chemin qui en sort", r"2026-11\.zip", "Ne pas l'ouvrir")(
        lambda atelier, sortie=sortie: _zip(atelier, {**petite().fichiers, sortie: b"x"})  # type: ignore[misc]
    )


@cas("bombe zip", "taille anormale", r"2026-11\.zip", "vérifier l'archive")
def _bombe(atelier: Path) -> list[str]:
    return _zip(atelier, {**petite().fichiers, "journal.csv": bytes(120 << 20)})


@cas("zip tronqué", "abîmée", r"2026-11\.zip", "Télécharger de nouveau")
def _zip_tronque(atelier: Path) -> list[str]:
    arguments = _zip(atelier, petite().fichiers)
    chemin = Path(arguments[0])
    chemin.write_bytes(chemin.read_bytes()[:-50])
    return arguments


@cas("zip abîmé", "abîmée", r"2026-11\.zip", "Télécharger de nouveau")
def _zip_abime(atelier: Path) -> list[str]:
    arguments = _zip(atelier, petite().fichiers)
    chemin = Path(arguments[0])
    octets = bytearray(chemin.read_bytes())
    octets[60:90] = bytes(30)
    chemin.write_bytes(octets)
    return arguments


@cas("zip à mot de passe", "protégée par un mot de passe", r"2026-11\.zip", "avec son mot de passe")
def _zip_chiffre(atelier: Path) -> list[str]:
    """Each member says, where it is and in the list, that it is encrypted."""
    arguments = _zip(atelier, petite().fichiers)
    octets = bytearray(Path(arguments[0]).read_bytes())
    for signature, place in ((b"PK\3\4", 6), (b"PK\1\2", 8)):
        for trouve in re.finditer(re.escape(signature), bytes(octets)):
            octets[trouve.start() + place] |= 1
    Path(arguments[0]).write_bytes(octets)
    return arguments


@cas("zip de deux dossiers", "plusieurs dossiers", r"2026-11\.zip", "une archive par livraison")
def _zip_de_deux(atelier: Path) -> list[str]:
    membres = petite().fichiers
    return _zip(atelier, {f"{d}/{nom}": o for d in "ab" for nom, o in membres.items()})


@cas("zip de deux fichiers d'un nom", "deux fois le même", r"2026-11\.zip", "nouvelle archive")
def _zip_doublon(atelier: Path) -> list[str]:
    return _zip(atelier, {**petite().fichiers, "STOCK.csv": BON.encode()})


@pytest.mark.parametrize("nom", CAS)
def test_a_bad_delivery_is_refused_and_changes_nothing(
    publie: Publie, tmp_path: Path, capsys: pytest.CaptureFixture[str], nom: str
) -> None:
    preparer, mots = CAS[nom]
    atelier = tmp_path / "atelier"
    atelier.mkdir()
    arguments = preparer(atelier)
    donnes = sorted(atelier.rglob("*"))
    assert main(["charger", *arguments]) == 1
    verifier_message(capsys.readouterr().err, mots)
    publie.verifier_intact()
    assert sorted(atelier.rglob("*")) == donnes
    assert not list(tmp_path.rglob("*evasion*"))


def test_a_refusal_is_remembered_and_shown(
    publie: Publie, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    chemin = _stock(ENTETE)().ecrire(tmp_path / "2026-11")
    assert main(["charger", str(chemin), *NOVEMBRE]) == 1
    (refus,) = [json.loads(une) for une in publie.dossier.refus.read_text("utf-8").splitlines()]
    assert refus["livraison"] == "2026-11"
    assert "en-tête" in refus["motif"]
    capsys.readouterr()


def test_a_bad_replacement_leaves_the_month_as_it_was(
    publie: Publie, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    livraison = petite().texte("stock", en_csv(_fausses(3, DATE_CREATION=""))).manifeste()
    assert main(["charger", str(livraison.ecrire(tmp_path / "2026-10"))]) == 1
    assert "la livraison précédente reste en place" in capsys.readouterr().err
    publie.verifier_intact()


def test_the_first_refusal_stops_and_the_earlier_deliveries_stay(
    publie: Publie, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bonne = petite().ecrire(tmp_path / "2026-11")
    mauvaise = _stock(ENTETE)().ecrire(tmp_path / "2026-12")
    suivante = petite().ecrire(tmp_path / "2027-01")
    chemins = [str(chemin) for chemin in (bonne, mauvaise, suivante)]
    assert main(["charger", *chemins, "--departement", "013"]) == 1
    assert "en-tête" in capsys.readouterr().err
    assert [une.mois for une in publie.dossier.version().livraisons] == ["2026-10", "2026-11"]


# --- The machine ----------------------------------------------------------------------------------


def _sous_limite(limite: int, *arguments: str) -> subprocess.CompletedProcess[str]:
    commande = [sys.executable, "-c", SOUS_LIMITE, str(limite), *arguments]
    return subprocess.run(commande, capture_output=True, text=True, timeout=120, check=False)


# What is unpacked from a zip has no room in either of the two smaller ones.
@pytest.mark.parametrize(
    ("forme", "limite"),
    [
        ("dossier", 12_000),
        ("zip", 100_000),
        pytest.param("dossier", 2_000, marks=profond),
        pytest.param("dossier", 100_000, marks=profond),
        pytest.param("zip", 2_000, marks=profond),
    ],
)
def test_no_space_left(publie: Publie, tmp_path: Path, limite: int, forme: str) -> None:
    livraison = petite().texte("stock", en_csv(bonnes("stock", 300)))
    arguments = [str(livraison.ecrire(tmp_path / "2026-11")), *NOVEMBRE]
    if forme == "zip":
        arguments = _zip(tmp_path, livraison.fichiers)
    fini = _sous_limite(limite, "charger", *arguments)
    assert fini.returncode == 1, fini.stderr
    verifier_message(fini.stderr, ("l'écriture a échoué", str(publie.racine), "la place"))
    assert "Error" not in fini.stderr
    apres = photographier(publie.racine)
    # An archive that was wholly received may stay: no version names it.
    assert {k: v for k, v in apres.items() if not k.startswith(("archives", "etats"))} == {
        k: v for k, v in publie.avant.items() if not k.startswith(("archives", "etats"))
    }
    assert publie.avant.items() <= apres.items()
    assert not publie.dossier.temporaire.exists()
    # Its newest act is of October.
    assert main(["charger", *arguments, "--confirmer", "livraison de l'essai"]) == 0
    assert [une.mois for une in publie.dossier.version().livraisons] == ["2026-10", "2026-11"]


def test_no_space_left_for_two_zips_of_one_command(publie: Publie, tmp_path: Path) -> None:
    chemins = []
    for mois in ("2026-11", "2026-12"):
        (tmp_path / mois).mkdir()
        chemin, *_ = _zip(tmp_path / mois, petite().fichiers)
        chemins.append(str(Path(chemin).rename(tmp_path / f"{mois}.zip")))
    fini = _sous_limite(500, "charger", *chemins, "--departement", "013")
    assert fini.returncode == 1
    verifier_message(fini.stderr, ("l'écriture a échoué", str(publie.racine), "la place"))
    publie.verifier_intact()


def test_no_space_left_to_control(publie: Publie) -> None:
    fini = _sous_limite(300_000, "controler")
    assert fini.returncode == 1
    verifier_message(fini.stderr, ("l'écriture a échoué", str(publie.racine), "la place"))
    publie.verifier_intact()


@contextlib.contextmanager
def _verrou_tenu(racine: Path) -> Iterator[int]:
    """Hold the lock from another process; give its number."""
    commande = [sys.executable, "-c", TENIR, str(racine)]
    with subprocess.Popen(
        commande, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as autre:
        assert autre.stdout
        assert autre.stdout.readline() == "tenu\n"
        yield autre.pid
        autre.communicate("")


@pytest.mark.parametrize("commande", ["charger", "controler", "reconstruire", "purger"])
def test_two_writers_at_once(
    publie: Publie, tmp_path: Path, capsys: pytest.CaptureFixture[str], commande: str
) -> None:
    chemin = petite().ecrire(tmp_path / "2026-11")
    arguments = [str(chemin), *NOVEMBRE] if commande == "charger" else []
    with _verrou_tenu(publie.racine) as autre:
        assert main([commande, *arguments]) == 1
        erreurs = capsys.readouterr().err
    mots = ("autre opération est en cours", f"processus {autre}", "donnees", "Attendre")
    verifier_message(erreurs, mots)
    publie.verifier_intact()


# --- The catalogue --------------------------------------------------------------------------------


def _champ_inconnu(dossier: Path) -> None:
    fichier = dossier / "expectations" / "ATT_TARDIVE.yml"
    fichier.write_text(fichier.read_text("utf-8") + "couleur: mauve\n", "utf-8")


def _champ_absent(dossier: Path) -> None:
    fichier = dossier / "expectations" / "ATT_TARDIVE.yml"
    texte = fichier.read_text("utf-8")
    fichier.write_text(re.sub(r"(?m)^libelle:.*\n", "", texte), "utf-8")


def _sql_faux(dossier: Path) -> None:
    fichier = dossier / "expectations" / "ATT_TARDIVE.yml"
    texte = fichier.read_text("utf-8")
    faux = re.sub(r"(?m)^anomalie:.*$", "anomalie: date_radiationn > date_signature_bail", texte)
    fichier.write_text(faux, "utf-8")


def _sql_casse(dossier: Path) -> None:
    fichier = dossier / "queries" / "populations" / "attributions.sql"
    fichier.write_text(fichier.read_text("utf-8").replace("select", "selectt", 1), "utf-8")


def _code_repete(dossier: Path) -> None:
    fichier = dossier / "expectations" / "ATT_TARDIVE.yml"
    shutil.copy(fichier, fichier.with_name("ATT_AUTRE.yml"))


def _yaml_faux(dossier: Path) -> None:
    (dossier / "expectations" / "ATT_TARDIVE.yml").write_text("code: [", "utf-8")


@pytest.mark.parametrize(
    ("abimer", "mots"),
    [
        (_champ_inconnu, ("ATT_TARDIVE.yml", "couleur", "champ inconnu")),
        (_champ_absent, ("ATT_TARDIVE.yml", "libelle", "il manque")),
        (_sql_faux, ("ATT_TARDIVE.yml", "anomalie", "date_radiationn")),
        (_sql_casse, ("attributions.sql", "selectt")),
        (_code_repete, ("ATT_TARDIVE", "ATT_AUTRE.yml")),
        (_yaml_faux, ("ATT_TARDIVE.yml", "YAML")),
    ],
)
def test_a_wrong_catalogue_is_refused_by_file_and_field(
    publie: Publie,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    abimer: Callable[[Path], None],
    mots: tuple[str, ...],
) -> None:
    for nom in ("expectations", "queries"):
        shutil.copytree(ressources(nom), tmp_path / "catalogue" / nom)
    abimer(tmp_path / "catalogue")
    monkeypatch.setattr(lecture, "ressources", lambda nom: tmp_path / "catalogue" / nom)
    assert main(["controler"]) == 1
    verifier_message(capsys.readouterr().err, mots)
    publie.verifier_intact()
