"""Without its register, a month is counted and not judged; completed, it is what it would be."""

from __future__ import annotations

import io
import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import openpyxl
import pytest

from infocentre.cli import main
from infocentre.entrepot import Dossier, registres
from infocentre.livraisons import classeurs
from infocentre.noyau.erreurs import Refus
from infocentre.operations import reparation, sauvegarde
from infocentre.operations.chargement import Demande
from infocentre.operations.registres import Adoption, adopter
from infocentre.operations.remises import Remise
from infocentre.operations.verification import examiner
from tests.donnees.atelier import (
    Silence,
    base,
    charger,
    controler,
    copie,
    interroger,
    muet,
    reconstruire,
)
from tests.donnees.retors import livraisons
from tests.operations.registre_rempli import (
    MOIS,
    au_brouillon,
    brouillon,
    lire,
    rempli,
    sans_registre,
    vrai_registre,
)

pytestmark = pytest.mark.lent

# Read in docs/indicateurs.md: what each rule asks of the register.
AU_TYPE = {"ATT_HORS_BAILLEUR", "ATT_AUCUN", "RAD_IRR_HORS_BAILLEUR"}
AU_MODE = {"MSG_ANOMALIE"}
COMPTES = "numerateur, denominateur, numerateur_12m, denominateur_12m"


@pytest.fixture(autouse=True)
def sans_processus(monkeypatch: pytest.MonkeyPatch) -> None:
    """Read workbooks in this process: the limits of the other one have their own tests."""
    monkeypatch.setattr(classeurs, "_demander", lambda demande, *_, **__: classeurs._faire(demande))


@pytest.fixture(scope="module")
def complete(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Adoption]:
    """Return the drafted months once the whole register is read, and controlled again."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(classeurs, "_demander", lambda dit, *_, **__: classeurs._faire(dit))
        racine = copie(au_brouillon(), tmp_path_factory.mktemp("registre") / "donnees")
        lu = lire(racine, rempli(brouillon(racine), vrai_registre()))
        faite = adopter(Dossier(racine), lu.departement, lu.guichets, "Léa")
        controler(racine)
    return racine, faite


def dit(racine: Path, mois: str = MOIS[1]) -> dict[str, Any]:
    """Return what the delivery in force of a month says of its register."""
    dossier = Dossier(racine)
    une = dossier.version().trouver("013", mois)
    assert une
    contenu_ = json.loads((dossier.archive(une) / "livraison.json").read_text("utf-8"))
    lu: dict[str, Any] = contenu_.get("registre", {})
    return lu


def test_nothing_is_red_on_a_draft_and_its_counts_are_those_of_the_register() -> None:
    racine, codes = au_brouillon(), ", ".join(f"'{un}'" for un in AU_TYPE | AU_MODE)
    etats = interroger(racine, "SELECT DISTINCT etat, etat_mois FROM valeurs")
    assert {un for paire in etats for un in paire} <= {"contexte", "non_calculable"}
    sans = interroger(racine, "SELECT DISTINCT code FROM valeurs WHERE etat = 'non_calculable'")
    assert {code for (code,) in sans} == AU_TYPE | AU_MODE
    comptes = (
        f"SELECT niveau, code, guichet, {COMPTES} FROM valeurs WHERE mois = '{MOIS[1]}' "
        f"AND niveau IN ('guichet', 'departement') AND code NOT IN ({codes}) ORDER BY ALL"
    )
    assert interroger(racine, comptes) == interroger(base(1, 2, 3), comptes)


def test_the_draft_has_each_guichet_that_acts_by_its_code_and_the_portal_as_it_is() -> None:
    racine = au_brouillon()
    lignes = interroger(
        racine,
        "SELECT guichet, nom, type_guichet, mode_enregistrement FROM registre "
        f"WHERE mois = '{MOIS[1]}' AND guichet <> 'GDPUB'",
    )
    assert lignes
    assert {(nom == guichet, type_, mode) for guichet, nom, type_, mode in lignes} == {
        (True, "INCONNU", None)
    }
    assert interroger(
        racine,
        "SELECT DISTINCT type_guichet, mode_enregistrement FROM registre WHERE guichet = 'GDPUB'",
    ) == [("PORTAIL", "DIRECT")]
    motifs = interroger(
        racine,
        "SELECT DISTINCT motif FROM motifs_non_calculable "
        f"WHERE mois = '{MOIS[1]}' AND code = 'ATT_HORS_BAILLEUR'",
    )
    assert "type du guichet inconnu" in motifs[0][0]
    assert "registre à compléter" in motifs[0][0]
    registre = dit(racine)
    assert (registre["livre"], registre["tenu"], registre["nouveaux"]) == (False, "", [])
    assert set(registre["a_completer"]) == {guichet for guichet, *_ in lignes}


def test_once_filled_the_values_are_those_of_the_delivery_with_its_register(
    complete: tuple[Path, Adoption],
) -> None:
    racine, faite = complete
    assert [une.mois for une in faite.mois] == list(MOIS)
    inscrits = tuple(vrai_registre())
    valeurs = (
        f"SELECT * FROM valeurs WHERE mois = '{MOIS[1]}' AND (niveau <> 'guichet' OR guichet IN "
        f"{inscrits}) AND guichet <> 'INCONNU' AND NOT (niveau = 'organisme' AND "
        f"guichet NOT IN (SELECT organisme FROM registre WHERE guichet IN {inscrits})) ORDER BY ALL"
    )
    attendues = interroger(base(1, 2, 3), valeurs)
    assert len(attendues) > 100
    assert interroger(racine, valeurs) == attendues
    assert interroger(racine, "SELECT count(*) FROM valeurs WHERE etat = 'rouge'")[0][0] > 0


def test_the_months_completed_are_revised_and_the_journal_says_for_which_register(
    complete: tuple[Path, Adoption],
) -> None:
    racine, faite = complete
    journal = Dossier(racine).publications()
    refaits = [une for une in journal if une.get("registre")]
    assert {une["arrete"][:7] for une in refaits} == set(MOIS)
    assert {une["registre"] for une in refaits} == {faite.tenu.empreinte}
    assert all(une["remplace"] for une in refaits)
    causes = interroger(racine, "SELECT DISTINCT cause FROM revisions")
    assert causes == [("livraison",)]
    assert examiner(Dossier(racine)).dommages == ()
    assert examiner(Dossier(racine)).remarques == ()


def test_rebuilt_the_warehouse_is_the_same(complete: tuple[Path, Adoption], tmp_path: Path) -> None:
    racine = copie(complete[0], tmp_path / "donnees")
    publiees = [f"SELECT * FROM {table} ORDER BY ALL" for table in ("valeurs", "registre")]
    avant = [interroger(racine, une) for une in publiees]
    reconstruire(racine)
    assert [interroger(racine, une) for une in publiees] == avant


@pytest.fixture
def adoptee(complete: tuple[Path, Adoption], tmp_path: Path) -> Path:
    """Return a copy of the completed months that knows its register, as a copy leaves it out."""
    racine = copie(complete[0], tmp_path / "donnees")
    registres.employer(Dossier(racine), {"013": complete[1].tenu.empreinte})
    return racine


def test_read_again_a_register_changes_nothing(
    adoptee: Path, complete: tuple[Path, Adoption]
) -> None:
    numero = Dossier(adoptee).version().numero
    faite = adopter(Dossier(adoptee), "013", complete[1].tenu.guichets, "Léa")
    assert (faite.deja, faite.mois) == (True, ())
    assert Dossier(adoptee).version().numero == numero


def test_the_next_delivery_without_register_uses_it_at_once_and_says_who_is_new(
    complete: tuple[Path, Adoption], tmp_path: Path
) -> None:
    racine = tmp_path / "donnees"
    premiere = sans_registre(livraisons()[1], tmp_path / "avant")
    charger(racine, premiere, departement="013")
    connus = [dict(un) for un in complete[1].tenu.guichets if len(un) > 1]
    perdu = next(un for un in connus if un["type_guichet"] == "COMMUNE")
    connus.remove(perdu)
    adopter(Dossier(racine), "013", connus, "Léa")
    charger(racine, sans_registre(livraisons()[2], tmp_path / "apres"), departement="013")
    registre = dit(racine)
    assert registre["tenu"]
    assert perdu["code_guichet"] in registre["nouveaux"]
    assert not {un["code_guichet"] for un in connus} & set(registre["a_completer"])
    encore = charger(racine, premiere, departement="013")
    assert encore[0].deja_chargee


def test_a_delivered_register_wins_and_only_what_it_lacks_is_completed(tmp_path: Path) -> None:
    racine, livraison = tmp_path / "donnees", livraisons()[2]
    partielle = sans_registre(livraison, tmp_path / "partielle")
    vrai = vrai_registre()
    dits = sorted(code for code, un in vrai.items() if un["type_guichet"] == "BAILLEUR")
    muet_, entier, *_ = dits
    (partielle / "guichets.csv").write_text(
        "CODE_GUICHET;NOM\n" + "".join(f"{code};Livré {code}\n" for code in vrai), "utf-8"
    )
    charger(racine, partielle, departement="013")
    assert dit(racine)["livre"]
    assert muet_ in dit(racine)["a_completer"]
    faite = adopter(
        Dossier(racine),
        "013",
        [
            {
                "code_guichet": code,
                "nom": "Dit",
                "type_guichet": "EPCI",
                "mode_enregistrement": "DIRECT",
            }
            for code in (muet_, entier)
        ],
        "Léa",
    )
    assert [une.mois for une in faite.mois] == [MOIS[1]]
    dossier = Dossier(racine)
    une = dossier.version().livraisons[0]
    lus = duckdb.execute(
        "SELECT code_guichet, nom, type_guichet, mode_enregistrement FROM read_parquet(?)",
        [str(dossier.archive(une) / "guichets.parquet")],
    ).fetchall()
    par_code = {code: reste for code, *reste in lus}
    assert par_code[muet_] == [f"Livré {muet_}", "EPCI", "DIRECT"]
    assert dit(racine)["completes"][muet_] == ["type_guichet", "mode_enregistrement"]
    # The register itself arrives: what it says is what is published, and nothing is completed.
    charger(racine, livraison, confirmer="le vrai registre")
    assert not dit(racine).get("completes")
    une = dossier.version().livraisons[0]
    lus = duckdb.execute(
        "SELECT type_guichet FROM read_parquet(?) WHERE code_guichet = ?",
        [str(dossier.archive(une) / "guichets.parquet"), muet_],
    ).fetchall()
    assert lus == [("BAILLEUR",)]


# --- What is kept ---------------------------------------------------------------------------------


def test_a_register_that_was_altered_is_named_and_taken_back_from_a_backup(
    adoptee: Path, complete: tuple[Path, Adoption], tmp_path: Path
) -> None:
    dossier = Dossier(adoptee)
    sauvegarde.sauvegarder(dossier, tmp_path / "sauvegarde", avec_cle=True)
    fichier = adoptee / "registres" / "013" / f"{complete[1].tenu.empreinte}.json"
    fichier.write_text(fichier.read_text("utf-8").replace("COMMUNE", "BAILLEUR"), "utf-8")
    assert fichier in {un.ou for un in examiner(dossier).dommages}
    with pytest.raises(Refus, match="n'est plus celui qui a été écrit"):
        registres.tenu(dossier, "013")
    remise = Remise(source=tmp_path / "sauvegarde")
    reste, _ = reparation.reparer(dossier, Demande(()), Silence(), muet, remise)
    assert reste.dommages == ()
    assert registres.tenu(dossier, "013") == complete[1].tenu


def test_a_completed_archive_is_put_back_from_the_delivery_without_register(
    adoptee: Path, tmp_path: Path
) -> None:
    dossier = Dossier(adoptee)
    une = dossier.version().trouver("013", MOIS[1])
    assert une
    (dossier.archive(une) / "guichets.parquet").unlink()
    livraison = sans_registre(livraisons()[2], tmp_path / "origine")
    demande = Demande((livraison,), departement="013")
    reste, refus = reparation.reparer(dossier, demande, Silence(), muet, Remise())
    assert (reste.dommages, refus) == ((), [])


# --- Hostile workbooks ----------------------------------------------------------------------------


def _case(titre: str, valeur: object, rang: int = 2) -> Callable[[Any], None]:
    def alterer(livre: Any) -> None:
        feuille = livre["Registre"]
        titres = [case.value for case in feuille[1]]
        feuille.cell(rang, titres.index(titre) + 1).value = valeur

    return alterer


def _doubler(livre: Any) -> None:
    feuille = livre["Registre"]
    feuille.append([case.value for case in feuille[3]])


def _autre_departement(livre: Any) -> None:
    livre["Référence"]["B2"] = "02A"


def _ecrire_a_cote(livre: Any) -> None:
    livre["Registre"].cell(4, 30).value = "voir avec Julie"


NIR = "1 85 01 13 055 123 45"
HOSTILES: dict[str, tuple[Callable[[Any], None], str]] = {
    "guichet inconnu": (_case("Code du guichet", "G7777"), "ligne 2 : le guichet « G7777 » n'a"),
    "code ôté": (_case("Code du guichet", None), "ligne 2 : le code du guichet manque"),
    "guichet en double": (_doubler, "est déjà (feuille « Registre », ligne 3)"),
    "SIREN court": (_case("SIREN", "12345678"), "ligne 2, « SIREN » : code hors liste"),
    "SIREN en lettres": (_case("SIREN", "ABCDEFGHI"), "les 9 chiffres d'un SIREN"),
    "type inventé": (
        _case("Type de guichet", "Bailleurs privés"),
        "pas dans la liste de « Type de guichet »",
    ),
    "mode inventé": (
        _case("Mode d'enregistrement", "par fax"),
        "parmi Saisie directe, Système privatif",
    ),
    "code postal": (_case("Code postal", "1300"), "« Code postal » : code hors liste"),
    "date fausse": (
        _case("Date de convention", "31/02/2026"),
        "« Date de convention » : valeur illisible",
    ),
    "NIR dans un nom": (_case("Nom du guichet", f"Mairie {NIR}"), "donnée personnelle ôtée"),
    "autre département": (_autre_departement, "aucune livraison du département 02A"),
    "colonne du code ôtée": (
        lambda livre: livre["Registre"].delete_cols(1),
        "il manque la colonne « Code du guichet »",
    ),
    "feuille ôtée": (
        lambda livre: livre.remove(livre["Registre"]),
        "n'a pas la feuille « Registre »",
    ),
    "feuille copiée": (lambda livre: livre.copy_worksheet(livre["Registre"]), "plusieurs fois"),
    "référence ôtée": (
        lambda livre: livre.remove(livre["Référence"]),
        "pas le classeur d'un registre",
    ),
    "note à côté": (_ecrire_a_cote, "dans une colonne que ce classeur n'a pas"),
}


@pytest.mark.parametrize("nom", HOSTILES)
def test_a_workbook_that_is_wrong_is_refused_by_line_and_nothing_is_kept(nom: str) -> None:
    alterer, attendu = HOSTILES[nom]
    racine = au_brouillon()
    octets = rempli(brouillon(racine), vrai_registre(), alterer)
    with pytest.raises(Refus) as refus:
        lire(racine, octets)
    assert attendu in str(refus.value)
    assert NIR not in str(refus.value)
    assert not (racine / "registres").exists()


def test_what_is_no_workbook_or_another_one_is_refused() -> None:
    racine, livre = au_brouillon(), openpyxl.Workbook()
    autre = io.BytesIO()
    livre.save(autre)
    for octets in (b"CODE_GUICHET;NOM\n", autre.getvalue()):
        with pytest.raises(Refus, match="pas le classeur d'un registre à compléter"):
            lire(racine, octets)
    with pytest.raises(Refus, match="celui du département 013, et non du 02A"):
        lire(racine, brouillon(racine), "02A")


def test_a_draft_read_back_as_it_is_says_nothing_and_words_are_read_as_people_type_them() -> None:
    racine = au_brouillon()
    relu = lire(racine, brouillon(racine)).guichets
    assert [un["code_guichet"] for un in relu if "type_guichet" in un] == ["GDPUB"]
    assert not [un for un in relu if "nom" in un and un["code_guichet"] != "GDPUB"]

    def taper(livre: Any) -> None:
        for titre, mot in (("Type de guichet", "bailleur"), ("SIREN", "123 456 789")):
            _case(titre, mot)(livre)
        livre["Registre"].insert_rows(1)
        livre["Registre"].title = "Mon registre"

    lu = {
        un["code_guichet"]: un for un in lire(racine, rempli(brouillon(racine), {}, taper)).guichets
    }
    assert [
        (un["type_guichet"], un["siren"]) for un in lu.values() if un.get("siren") == "123456789"
    ] == [("BAILLEUR", "123456789")]


# --- The command ----------------------------------------------------------------------------------


def test_the_command_writes_the_workbook_and_reads_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    racine = copie(au_brouillon(), tmp_path / "donnees")
    monkeypatch.setenv("INFOCENTRE_DOSSIER", str(racine))
    cible = tmp_path / "registre.xlsx"
    assert main(["registre", "brouillon", "--departement", "13", "--sortie", str(cible)]) == 0
    cible.write_bytes(rempli(cible.read_bytes(), vrai_registre()))
    assert main(["registre", "lire", str(cible), "--departement", "02A"]) == 1
    assert "celui du département 013" in capsys.readouterr().err
    assert main(["registre", "lire", str(cible)]) == 0
    dite = capsys.readouterr().out
    assert "2 mois complétés (2026-02 à 2026-03), à contrôler de nouveau" in dite
    assert main(["registre", "lire", str(tmp_path / "absent.xlsx")]) == 1
    assert main(["registre", "lire"]) == 1
    assert "Traceback" not in capsys.readouterr().err
    shutil.rmtree(racine)
    assert main(["registre", "brouillon"]) == 1
