"""Each read command in each format, and what it answers to what does not exist."""

from __future__ import annotations

import csv
import io
import json
import re
from pathlib import Path

import openpyxl
import pytest

from infocentre.catalogue import lire_catalogue
from tests.cli.lancer import Commande
from tests.donnees.atelier import alleger, base, chargee, copie, interroger
from tests.donnees.retors import livraisons

ENTETE = (
    "code;departement;guichet;mois;numerateur;denominateur;taux;etat_mois;numerateur_12m;"
    "denominateur_12m;taux_12m;nb_mois;etat;borne_basse;borne_haute;rang"
)
NUMERO = "0130925000001GDPUB"
LECTURES: dict[str, tuple[str, ...]] = {
    "indicateurs": ("indicateurs",),
    "indicateurs par organisme": ("indicateurs", "--par", "organisme"),
    "indicateurs d'un guichet": ("indicateurs", "--guichet", "G1202"),
    "indicateurs d'un code": ("indicateurs", "--code", "att_tardive", "--mois", "2026-02"),
    "anomalies": ("anomalies", "CPL_RESSOURCES"),
    "livraisons": ("livraisons",),
    "solde": ("livraisons", "2026-03", "--liste", "radiations"),
    "anomalies de format": ("livraisons", "2026-03", "--liste", "anomalies_format"),
    "sans population": ("livraisons", "2026-03", "--liste", "sans_population"),
    "guichets inconnus": ("livraisons", "2026-03", "--liste", "guichets_inconnus"),
    "rejets": ("rejets", "2026-03"),
    "revisions": ("revisions",),
    "tableaux": ("tableau",),
    "tableau": ("tableau", "tab01-01", "--mois", "2026-02"),
    "demande": ("demande", NUMERO.lower()),
}
VIDES = {"revisions"}


@pytest.fixture
def infocentre(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Commande:
    return Commande(base(1, 2, 3), monkeypatch, capsys)


@pytest.mark.parametrize("nom", LECTURES)
def test_each_reading_says_the_same_rows_in_each_format(
    nom: str, infocentre: Commande, tmp_path: Path
) -> None:
    commande = LECTURES[nom]
    lignes = json.loads(infocentre(*commande, "--format", "json").texte)
    assert bool(lignes) is (nom not in VIDES)

    texte = infocentre(*commande, "--format", "csv").texte
    entete, *en_csv = list(csv.reader(io.StringIO(texte, newline=""), delimiter=";"))
    assert len(en_csv) == len(lignes)
    for ligne, lue in zip(lignes, en_csv, strict=True):
        assert dict(zip(entete, lue, strict=True)) == {
            cle: "" if v is None else f"{v:.6f}" if isinstance(v, float) else str(v)
            for cle, v in ligne.items()
        }

    classeur = tmp_path / "sortie.xlsx"
    assert infocentre(*commande, "--format", "xlsx", "--sortie", classeur).code == 0
    feuille = openpyxl.load_workbook(classeur).worksheets[0]
    assert feuille.max_row == len(lignes) + 1
    assert all(cellule.value for cellule in feuille[1])

    table = infocentre(*commande)
    assert (table.code, table.erreur) == (0, "")
    assert len(table.texte.strip().splitlines()) > (3 if lignes else 0)


def test_the_csv_of_indicators_is_that_of_the_design(infocentre: Commande) -> None:
    texte = infocentre("indicateurs", "--mois", "2026-03", "--format", "csv").texte
    entete, *lignes = texte.splitlines()
    assert entete == ENTETE
    lues = [dict(zip(entete.split(";"), ligne.split(";"), strict=True)) for ligne in lignes]
    attendues = interroger(
        base(1, 2, 3),
        "SELECT code, guichet, numerateur, denominateur, taux, borne_basse, rang FROM valeurs "
        "WHERE mois = '2026-03' AND niveau IN ('guichet', 'departement')",
    )
    par_cle = {(ligne["code"], ligne["guichet"]): ligne for ligne in lues}
    assert len(par_cle) == len(lues) == len(attendues)
    for code, guichet, n, d, taux, basse, rang in attendues:
        ligne = par_cle[code, guichet]
        assert (ligne["numerateur"], ligne["denominateur"]) == (str(n), str(d))
        assert ligne["taux"] == ("" if taux is None else f"{taux:.6f}")
        assert ligne["borne_basse"] == ("" if basse is None else f"{basse:.6f}")
        assert ligne["rang"] == ("" if rang is None else str(rang))
    reels = "taux taux_12m borne_basse borne_haute".split()
    assert all(re.fullmatch(r"|\d\.\d{6}", une[nom]) for une in lues for nom in reels)
    etoiles = [une["code"] for une in lues if une["guichet"] == "*"]
    assert sorted(etoiles) == sorted(lire_catalogue().indicateurs)
    stock = par_cle["CPL_CONTACT", "*"]
    assert (stock["numerateur_12m"], stock["taux_12m"]) == ("", "")


def test_csv_output_is_utf8_without_a_signature(infocentre: Commande, tmp_path: Path) -> None:
    sortie = tmp_path / "é.csv"
    assert infocentre("tableau", "--format", "csv", "--sortie", sortie).code == 0
    assert sortie.read_bytes().startswith(b"code;titre\n")
    assert "é" in sortie.read_text("utf-8")
    assert not list(tmp_path.glob(".*"))


@pytest.mark.parametrize(
    ("commande", "message"),
    [
        ("indicateurs --mois 2031-01", "le mois 2031-01 n'est pas publié"),
        ("indicateurs --guichet ZZZZZ", "le guichet « ZZZZZ » n'est pas connu en 2026-03"),
        ("indicateurs --code RIEN", "l'indicateur « RIEN » n'existe pas"),
        ("indicateurs --departement 099", "099"),
        ("indicateurs --departement Corse", "n'est pas un code de département"),
        ("indicateurs --format xlsx", "Ajouter --sortie"),
        ("indicateurs --format csv --sortie /nulle/part.csv", "l'écriture a échoué"),
        ("anomalies RIEN", "l'indicateur « RIEN » n'existe pas"),
        ("anomalies ATT_TARDIVE --mois 2031-01", "le mois 2031-01 n'est pas publié"),
        ("anomalies ATT_TARDIVE --guichet ZZZZZ", "le guichet « ZZZZZ » n'est pas connu"),
        ("livraisons 2031-01", "la livraison « 2031-01 » n'est pas chargée"),
        ("livraisons 2026-01 --liste creations", "premier arrêté du département"),
        ("rejets abcdef", "la livraison « abcdef » n'est pas chargée"),
        ("revisions --mois 2031-01", "aucune valeur n'a été publiée pour 2031-01"),
        ("revisions --guichet ZZZZZ", "le guichet « ZZZZZ » n'est pas connu"),
        ("tableau TAB99-99", "TAB99-99"),
        ("tableau TAB01-01 --mois 2031-01", "le mois 2031-01 n'est pas publié"),
        ("tableau TAB01-01 --departement 099", "099"),
        ("demande 0130925999999GDPUB", "dans aucune livraison chargée"),
        ("demande x'y", "dans aucune livraison chargée"),
        ("echantillon", "il manque --guichet"),
        ("echantillon --guichet ZZZZZ", "aucune demande à vérifier"),
        ("echantillon --guichet G1202 --code RIEN", "l'indicateur « RIEN » n'existe pas"),
        ("echantillon --lire /nulle/part.xlsx", "/nulle/part.xlsx"),
        ("controler --mois 2031-01", "aucune livraison chargée pour 2031-01"),
        ("purger --au demain", "« demain » n'est pas une date"),
        ("purger --au 0001-01-01", "« 0001-01-01 » n'est pas une date"),
        ("charger /nulle/part", "cette livraison n'existe pas"),
        ("questions importer /usr", "/usr : ce fichier ne peut pas être lu : c'est un dossier"),
        ("questions importer /nulle/part", "ne peut pas être lu : il n'existe pas"),
        ("synthese --mois 2031-01", "le mois 2031-01 n'est pas publié"),
    ],
)
def test_what_does_not_exist_is_said_in_french(
    commande: str,
    message: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    # A copy: the journal of the one that all read would keep what was tried.
    racine, ici = copie(base(1, 2, 3), tmp_path / "donnees"), tmp_path / "ici"
    ici.mkdir()
    monkeypatch.chdir(ici)
    sortie = Commande(racine, monkeypatch, capsys)(*commande.split())
    assert sortie.code == 1
    assert message in sortie.erreur
    assert sortie.erreur.startswith("infocentre : ")
    assert "\n→ " in sortie.erreur
    assert "Traceback" not in sortie.erreur
    assert "imprévue" not in sortie.erreur
    assert list(ici.iterdir()) == []


@pytest.mark.parametrize("commande", ["indicateurs", "livraisons", "rejets", "demande X", "purger"])
def test_before_any_delivery_each_reading_says_what_to_do(
    commande: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    sortie = Commande(tmp_path / "vide", monkeypatch, capsys)(*commande.split())
    assert sortie.code == 1
    assert "aucune livraison n'est encore chargée" in sortie.erreur
    assert not (tmp_path / "vide/courante").exists()


def test_before_any_control_indicateurs_says_to_control(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    infocentre = Commande(copie(chargee(1), tmp_path / "donnees"), monkeypatch, capsys)
    for commande in ("indicateurs", "anomalies ATT_TARDIVE", "tableau TAB01-01", "revisions"):
        sortie = infocentre(*commande.split())
        assert sortie.code == 1, commande
        assert "aucun mois n'est encore contrôlé" in sortie.erreur
        assert "infocentre controler" in sortie.erreur
    assert infocentre("demande", NUMERO).code == 0
    assert infocentre("livraisons", "2026-01").code == 0
    alleger(monkeypatch)
    for _ in range(2):  # the second time, nothing is left to control
        assert infocentre("controler").texte.endswith("les pages : infocentre servir\n")


def test_the_report_of_a_delivery_is_read_again(infocentre: Commande) -> None:
    rapport = infocentre("livraisons", "2026-03").texte
    assert "données arrêtées au 31/03/2026" in rapport
    assert "Depuis le 28/02/2026 : 990 demandes actives + 27 créations" in rapport
    assert "= 976" in rapport


def test_the_history_writes_dates_as_people_read_them(infocentre: Commande) -> None:
    lignes = infocentre("livraisons").texte.splitlines()
    dates = re.compile(r"│ 31/03/2026 │ 2026-03 │ \d\d/\d\d/\d{4} \d\d:\d\d +│")
    assert sum(bool(dates.search(ligne)) for ligne in lignes) == 1


def test_a_demande_is_told_in_the_order_of_time(infocentre: Commande) -> None:
    radies = interroger(
        base(1, 2, 3),
        "SELECT numero_unique FROM "
        f"read_parquet('{base(1, 2, 3)}/archives/013/2026-03-31/*/radiation.parquet') "
        "WHERE motif_radiation = 'RADATT' AND date_signature_bail IS NOT NULL "
        "AND numero_unique IN (SELECT numero_unique FROM "
        f"read_parquet('{base(1, 2, 3)}/archives/013/2026-02-28/*/stock.parquet')) "
        "ORDER BY 1 LIMIT 8",
    )
    assert radies
    for (numero,) in radies:
        faits = json.loads(infocentre("demande", numero, "--format", "json").texte)
        jours = [fait["le"] for fait in faits if fait["le"]]
        assert jours == sorted(jours)
        dits = " ".join(fait["fait"] for fait in faits)
        assert "dépôt de la demande" in dits
        assert "radiation : " in dits
        assert "état : demande radiée" in dits
        assert not [fait for fait in faits if (fait["detail"] or "").endswith("le ")]
        assert {fait["source"].split(",")[0].split(" ")[0] for fait in faits} <= {
            "données",
            "journal",
            "plis",
            "messages",
        }


def test_no_name_of_a_person_comes_out_of_a_reading(infocentre: Commande) -> None:
    from tests.donnees.retors import lignes_csv

    identite = next(
        une for une in lignes_csv(livraisons()[2], "identites") if une["NUMERO_UNIQUE"] == NUMERO
    )
    texte = infocentre("demande", NUMERO, "--format", "csv").texte
    assert identite["NOM"]
    mots = set(re.findall(r"\w+", texte.upper()))
    assert identite["NOM"].upper() not in mots


def test_a_file_has_the_format_of_its_name(infocentre: Commande, tmp_path: Path) -> None:
    """« suivi.xlsx » without --format was a table of the terminal, which no spreadsheet opens."""
    attendues = json.loads(infocentre("indicateurs", "--format", "json").texte)
    for nom in ("a.csv", "a.JSON", "a.xlsx"):
        assert infocentre("indicateurs", "--sortie", tmp_path / nom).code == 0
    lues = csv.reader(io.StringIO((tmp_path / "a.csv").read_text("utf-8")), delimiter=";")
    assert len(list(lues)) == 1 + len(attendues)
    assert json.loads((tmp_path / "a.JSON").read_text("utf-8")) == attendues
    assert openpyxl.load_workbook(tmp_path / "a.xlsx").sheetnames
    assert infocentre("indicateurs", "--sortie", tmp_path / "a.txt").code == 0
    assert "┃" in (tmp_path / "a.txt").read_text("utf-8")  # for people
    refusee = infocentre("indicateurs", "--format", "csv", "--sortie", tmp_path / "b.xlsx")
    assert (refusee.code, "en .xlsx, se contredisent" in refusee.erreur) == (1, True)
    assert not (tmp_path / "b.xlsx").exists()
    for commande in ("indicateurs", "sql select*from·valeurs", "sql explain·select·1"):
        refusee = infocentre(
            *(un.replace("·", " ") for un in commande.split()), "--sortie", tmp_path / "c.pdf"
        )
        assert (refusee.code, ".csv, .json" in refusee.erreur) == (1, True)
        assert not (tmp_path / "c.pdf").exists()
    assert infocentre("sql", "explain select 1", "--sortie", tmp_path / "plan.txt").texte == ""
    assert "PROJECTION" in (tmp_path / "plan.txt").read_text("utf-8")
