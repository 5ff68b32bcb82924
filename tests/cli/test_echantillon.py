"""The sample: drawn by strata and by seed, filled in by a person, read back as a rate."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import openpyxl
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from infocentre.contrat import contrat
from infocentre.lecture.echantillons import (
    Demande,
    Echantillon,
    Verdict,
    en_classeur,
    intervalle,
    relire,
    repartir,
)
from infocentre.noyau.erreurs import Refus
from infocentre.noyau.francais import accorder
from tests.cli.lancer import Commande
from tests.donnees.atelier import base, interroger

pytestmark = pytest.mark.lent

VERDICT = "Conforme (oui ou non)"


@pytest.fixture
def infocentre(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Commande:
    return Commande(base(1, 2, 3), monkeypatch, capsys)


def lire(classeur: Path, colonne: str = "Unité") -> list[str]:
    entete, *lignes = openpyxl.load_workbook(classeur)["À vérifier"].iter_rows(values_only=True)
    rang = entete.index(colonne)
    return [str(ligne[rang]) for ligne in lignes]


def remplir(classeur: Path, verdict: Callable[[int, str], str | None]) -> None:
    """Write a verdict in each row from its rank and its stratum."""
    ouvert = openpyxl.load_workbook(classeur)
    feuille = ouvert["À vérifier"]
    colonne = [cellule.value for cellule in feuille[1]].index(VERDICT) + 1
    for rang in range(2, feuille.max_row + 1):
        strate = str(feuille.cell(rang, 1).value)
        feuille.cell(rang, colonne).value = verdict(rang - 2, strate)
    ouvert.save(classeur)


def tirer(infocentre: Commande, sortie: Path, *options: str) -> Path:
    lance = infocentre("echantillon", "--guichet", "g1202", "--sortie", sortie, *options)
    assert (lance.code, lance.erreur) == (0, "")
    assert str(sortie) in lance.texte
    return sortie


def test_the_same_seed_gives_the_same_draw(infocentre: Commande, tmp_path: Path) -> None:
    premier = lire(tirer(infocentre, tmp_path / "1.xlsx", "--n", "25", "--graine", "7"))
    assert lire(tirer(infocentre, tmp_path / "2.xlsx", "--n", "25", "--graine", "7")) == premier
    autre = lire(tirer(infocentre, tmp_path / "3.xlsx", "--n", "25", "--graine", "8"))
    assert autre != premier
    assert len(set(premier)) == len(premier) == 25


def test_each_stratum_has_its_share(infocentre: Commande, tmp_path: Path) -> None:
    tirees = Counter(lire(tirer(infocentre, tmp_path / "e.xlsx", "--n", "40"), "Strate"))
    archive = base(1, 2, 3) / "archives/013/2026-03-31/*"
    effectifs = dict(
        interroger(
            base(1, 2, 3),
            "SELECT if(date_creation > arrete - INTERVAL 12 MONTH, 'récente', 'ancienne'), "
            f"count(*) FROM read_parquet('{archive}/stock.parquet') "
            "WHERE guichet_enregistreur = 'G1202' GROUP BY 1",
        )
    ) | dict(
        interroger(
            base(1, 2, 3),
            "SELECT if(motif_radiation = 'RADATT', 'attribution', 'autre'), count(*) "
            f"FROM read_parquet('{archive}/radiation.parquet') WHERE "
            "guichet_enregistreur = 'G1202' AND date_radiation > arrete - INTERVAL 12 MONTH "
            "GROUP BY 1",
        )
    )
    total = sum(effectifs.values())
    assert len(tirees) == 4
    assert sum(tirees.values()) == 40
    assert abs(tirees["attribution"] - 40 * effectifs["attribution"] / total) <= 1
    recentes = next(n for strate, n in tirees.items() if "moins d'un an" in strate)
    assert abs(recentes - 40 * effectifs["récente"] / total) <= 1


def test_the_draw_of_an_indicator_takes_from_its_population(
    infocentre: Commande, tmp_path: Path
) -> None:
    classeur = tirer(infocentre, tmp_path / "e.xlsx", "--code", "ATT_TARDIVE", "--n", "500")
    strates = Counter(lire(classeur, "Strate"))
    ((n, d),) = interroger(
        base(1, 2, 3),
        "SELECT numerateur, denominateur FROM valeurs WHERE code = 'ATT_TARDIVE' "
        "AND mois = '2026-03' AND guichet = 'G1202' AND niveau = 'guichet'",
    )
    assert strates["en anomalie"] == n
    assert sum(strates.values()) == d > 0


def test_the_workbook_has_empty_columns_for_verdicts(infocentre: Commande, tmp_path: Path) -> None:
    classeur = tirer(infocentre, tmp_path / "e.xlsx", "--n", "10")
    for colonne in (VERDICT, "Ce qui est faux", "Commentaire"):
        assert lire(classeur, colonne) == ["None"] * 10


def test_a_filled_workbook_read_back_gives_the_rate_and_its_interval(
    infocentre: Commande, tmp_path: Path
) -> None:
    classeur = tirer(infocentre, tmp_path / "e.xlsx", "--code", "CPL_RESSOURCES", "--n", "40")
    strates = Counter(lire(classeur, "Strate"))
    # Every second row in anomaly is wrong; the others are right, and five are not judged.
    remplir(
        classeur,
        lambda rang, strate: (
            (("non" if rang % 2 else "OUI") if strate == "en anomalie" else " oui ")
            if rang < 35
            else None
        ),
    )
    sortie = infocentre("echantillon", "--lire", classeur)
    assert sortie.code == 0
    assert "35 verdicts sur 40 lignes tirées" in sortie.texte
    ((n, d),) = interroger(
        base(1, 2, 3),
        "SELECT numerateur, denominateur FROM valeurs WHERE code = 'CPL_RESSOURCES' "
        "AND mois = '2026-03' AND guichet = 'G1202' AND niveau = 'guichet'",
    )
    fausses = strates["en anomalie"] // 2
    taux = n / d * fausses / strates["en anomalie"]
    bas, haut = intervalle(taux, 35)
    attendu = [f"{100 * part:.1f}\u202f%".replace(".", ",") for part in (taux, bas, haut)]
    assert f"Taux d'erreur : {attendu[0]}" in sortie.texte
    assert f"de {attendu[1]} à {attendu[2]}" in sortie.texte
    dites = accorder(fausses, "erreur")
    assert f"en anomalie : {dites} sur {strates['en anomalie']}" in sortie.texte


def test_one_line_without_an_error_is_told_in_the_singular(
    infocentre: Commande, tmp_path: Path
) -> None:
    classeur = tmp_path / "e.xlsx"
    dit = infocentre("echantillon", "--guichet", "g1202", "--n", "1", "--sortie", classeur).texte
    assert "1 ligne à vérifier dans" in dit
    remplir(classeur, lambda *_: "oui")
    lu = infocentre("echantillon", "--lire", classeur).texte
    assert "1 verdict sur 1 ligne tirée\n" in lu
    assert " : 0 erreur sur 1\n" in lu


@pytest.mark.parametrize(
    ("abimer", "message"),
    [
        (lambda _: None, "aucun verdict n'est rempli"),
        (lambda classeur: remplir(classeur, lambda *_: "peut-être"), "« peut-être » n'est ni oui"),
        (lambda classeur: classeur.write_bytes(b"PK\x03\x04"), "ce n'est pas un échantillon"),
        (lambda classeur: classeur.write_text("a;b\n"), "ce n'est pas un échantillon"),
        (lambda classeur: openpyxl.Workbook().save(classeur), "ce n'est pas un échantillon"),
        (lambda classeur: classeur.unlink(), "ne peut pas être lu : il n'existe pas"),
        (lambda classeur: (classeur.unlink(), classeur.mkdir()), "lu : c'est un dossier"),
    ],
    ids=["vide", "peut-être", "tronqué", "csv", "autre classeur", "absent", "dossier"],
)
def test_a_wrong_workbook_is_refused(
    abimer: Callable[[Path], None], message: str, infocentre: Commande, tmp_path: Path
) -> None:
    classeur = tirer(infocentre, tmp_path / "e.xlsx", "--n", "5")
    abimer(classeur)
    sortie = infocentre("echantillon", "--lire", classeur)
    assert sortie.code == 1
    assert message in sortie.erreur
    assert "\n→ " in sortie.erreur


# --- Returned otherwise than it was written -------------------------------------------------------

FAITS = len(contrat().tables["radiation"].rangees("echantillon"))
QUATRE = Echantillon(
    Demande("G1202", 4, 7),
    "013",
    "2026-03",
    {"a": 30, "b": 10},
    [(strate, f"u{rang}", f"n{rang}", *[None] * FAITS) for rang, strate in enumerate("aabb")],
)


def rendu(*changements: Callable[[openpyxl.Workbook], object]) -> Verdict:
    """Return what is read of four units, « oui », « non », « oui », none, once changed."""
    classeur = openpyxl.load_workbook(BytesIO(en_classeur(QUATRE)))
    feuille = classeur["À vérifier"]
    colonne = [cellule.value for cellule in feuille[1]].index(VERDICT) + 1
    for rang, dit in enumerate(("oui", "non", "oui"), start=2):
        feuille.cell(rang, colonne).value = dit
    for changer in changements:
        changer(classeur)
    tampon = BytesIO()
    classeur.save(tampon)
    return relire(tampon.getvalue(), "rempli.xlsx")


def copier(classeur: openpyxl.Workbook, nom: str = "À vérifier") -> None:
    classeur.copy_worksheet(classeur[nom]).title = "Copie"


def ecrire(cellule: str, valeur: str, feuille: str = "À vérifier") -> Callable[..., None]:
    def faire(classeur: openpyxl.Workbook) -> None:
        titres = {str(une.value): une.column_letter for une in classeur["À vérifier"][1]}
        place = cellule.replace("V", titres.get(VERDICT, ""))
        classeur[feuille][place].value = valeur

    return faire


def renommer(classeur: openpyxl.Workbook) -> None:
    for rang, feuille in enumerate(classeur):
        feuille.title = f"Feuil{rang}"


TELS_QUELS: dict[str, tuple[Callable[..., object], ...]] = {
    "tel quel": (),
    "feuilles renommées": (renommer,),
    "feuille copiée": (copier,),
    "copie restée vide": (copier, *(ecrire(f"V{rang}", "", "Copie") for rang in (2, 3, 4))),
    "tirage copié": (lambda classeur: copier(classeur, "Tirage"),),
    "lignes au-dessus": (lambda classeur: classeur["À vérifier"].insert_rows(1, 3),),
    "colonne ajoutée": (ecrire("BA3", "à revoir"),),
}


@pytest.mark.parametrize("cas", TELS_QUELS)
def test_sheets_that_people_moved_are_read_as_they_were(cas: str) -> None:
    lu = rendu(*TELS_QUELS[cas])
    assert (lu.jugees, lu.fausses, lu.tirees) == ({"a": 2, "b": 1}, {"a": 1, "b": 0}, 4)
    assert lu.taux == pytest.approx(30 / 40 * 1 / 2)
    assert lu.tirage["guichet"] == "G1202"


def test_a_row_taken_away_is_one_that_nobody_judged() -> None:
    lu = rendu(lambda classeur: classeur["À vérifier"].delete_rows(3))
    assert (lu.jugees, lu.fausses, lu.tirees) == ({"a": 1, "b": 1}, {"a": 0, "b": 0}, 4)


@pytest.mark.parametrize(
    ("changements", "dit"),
    [
        ((copier, ecrire("V3", "oui", "Copie")), "deux verdicts contraires.*« Copie », ligne 3"),
        ((ecrire("A4", "c"),), "d'aucune demande tirée.*ligne 4"),
        ((ecrire("V1", "Conforme"),), "il manque la colonne « Conforme"),
        ((ecrire("B1", "Strate"),), "il manque la colonne « Unité »"),
        (
            (lambda un: copier(un, "Tirage"), ecrire("B2", "G1203", "Copie")),
            "ce classeur dit deux tirages",
        ),
    ],
    ids=["contraires", "strate inconnue", "sans verdict", "sans unité", "deux tirages"],
)
def test_what_cannot_be_read_for_sure_is_refused_where_it_is(
    changements: tuple[Callable[..., object], ...], dit: str
) -> None:
    with pytest.raises(Refus) as refus:
        rendu(*changements)
    assert re.search(dit, f"{refus.value.quoi} {refus.value.ou}")


@example(effectifs={"a": 500, "b": 1, "c": 1}, n=3)
@given(
    effectifs=st.dictionaries(st.text("abc", min_size=1), st.integers(1, 500), min_size=1),
    n=st.integers(1, 300),
)
def test_the_allocation_is_proportional_and_complete(effectifs: dict[str, int], n: int) -> None:
    parts = repartir(effectifs, n)
    total = sum(effectifs.values())
    assert sum(parts.values()) == min(n, total)
    assert all(0 <= parts[s] <= effectifs[s] for s in effectifs)
    if n >= len(effectifs):
        assert all(parts[s] >= 1 for s in effectifs)


def test_the_interval_is_that_of_wilson() -> None:
    bas, haut = intervalle(0.1, 30)
    assert (round(bas, 4), round(haut, 4)) == (0.0346, 0.2562)
    assert intervalle(0, 10)[0] == 0
    assert intervalle(1, 10)[1] == 1
