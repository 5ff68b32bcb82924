"""A well-formed lie is not published: each wrong delivery is named, with what to do."""

from __future__ import annotations

import datetime as dt
import json
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import polars as pl
import pytest

from infocentre.catalogue import Catalogue
from infocentre.cli import main
from infocentre.controles.vraisemblance import compter_publies, publie
from infocentre.entrepot import Dossier
from infocentre.entrepot.journal import lire_journal
from infocentre.lecture.historique import historique
from infocentre.noyau.erreurs import Refus
from infocentre.operations.vraisemblance import pour_une_page
from tests.donnees.atelier import (
    alterer,
    base_legere,
    chargee,
    charger,
    copie,
    octets,
    reconstruire,
)
from tests.donnees.retors import lignes_csv, livraisons
from tests.profondeur import echantillon

pytestmark = pytest.mark.lent

Lignes = list[dict[str, str]]
Faire = Callable[[Path], Path]
MARS = "2026-03-31"
CONFIRMER, REFUS = "à confirmer", "ne peut pas être"


@dataclass(frozen=True)
class Fausse:
    """One wrong delivery: how it is made, what becomes of it, what is said."""

    nom: str
    faire: Faire
    issue: str
    dit: str
    que_faire: str = ""


def changee(table: str, changer: Callable[[Lignes], Lignes]) -> Faire:
    """Alter one table of the delivery of March."""
    return lambda atelier: alterer(livraisons()[2], atelier, table, changer)


def colonne(table: str, nom: str, changer: Callable[[str], str]) -> Faire:
    """Alter the filled values of one column."""

    def toutes(lignes: Lignes) -> Lignes:
        vrai = next(champ for champ in lignes[0] if champ.upper() == nom)
        return [{**une, vrai: changer(une[vrai]) if une[vrai] else ""} for une in lignes]

    return changee(table, toutes)


def code(table: str, nom: str, ancien: str, neuf: str) -> Faire:
    """Give a code another word."""
    return colonne(table, nom, lambda valeur: neuf if valeur.strip().upper() == ancien else valeur)


def copie_interrompue(table: str) -> Faire:
    """Cut the end of the file of one table, inside its last line."""

    def faire(atelier: Path) -> Path:
        livraison = changee(table, lambda lignes: lignes)(atelier)
        fichier = livraison / f"{table}.csv"
        fichier.write_bytes(fichier.read_bytes().rstrip()[:-60])
        return livraison

    return faire


def sous_l_arrete(source: int, arrete: str, departement: str = "013") -> Faire:
    """Hand over a good month under another arrêté or another département."""

    def faire(atelier: Path) -> Path:
        cible = atelier / livraisons()[source].name
        shutil.copytree(livraisons()[source], cible)
        fichier = cible / "manifeste.json"
        manifeste = json.loads(fichier.read_text("utf-8"))
        manifeste |= {"arrete": arrete, "departement": departement}
        fichier.write_text(json.dumps(manifeste), "utf-8")
        return cible

    return faire


def radiation_en_stock(atelier: Path) -> Path:
    voulues = set(lignes_csv(livraisons()[2], "stock")[0])
    radiees = lignes_csv(livraisons()[2], "radiation")
    copiees = [{nom: une[nom] for nom in une if nom in voulues} for une in radiees]
    return changee("stock", lambda _: copiees)(atelier)


def stock_double(lignes: Lignes) -> Lignes:
    """Every demande twice, under another numéro."""
    autres = [
        {
            **une,
            "NUMERO_UNIQUE": f"{une['NUMERO_UNIQUE'][:7]}{900_000 + rang}"
            f"{une['NUMERO_UNIQUE'][13:]}",
        }
        for rang, une in enumerate(lignes)
        if une["NUMERO_UNIQUE"]
    ]
    return lignes + autres


def autre_registre(lignes: Lignes) -> Lignes:
    return [
        {**une, "CODE_GUICHET": f"H{une['CODE_GUICHET'][1:]}", "NOM": f"Autre {rang}"}
        for rang, une in enumerate(lignes)
    ]


def fin_de_mois_a_venir() -> str:
    """Return the end of the month that is two months ahead of today."""
    jour = dt.date.today().replace(day=1)  # noqa: DTZ011
    for _ in range(3):
        jour = (jour + dt.timedelta(days=32)).replace(day=1)
    return (jour - dt.timedelta(days=1)).isoformat()


def _date(texte: str) -> tuple[str, str, str]:
    """Return year, month and day of a date as it is delivered; « NA » is one of 2020."""
    separes = texte.strip().replace("-", "/").split(" ")[0].split("/")
    if len(separes) != 3:
        return "2020", "01", "28"
    premiere, mois, derniere = separes
    ordonnee = len(premiere) == 4
    return (premiere, mois, derniere) if ordonnee else (derniere, mois, premiere)


def jour_mois_inverses(texte: str) -> str:
    """Write a date as Americans do, MM/JJ/AAAA."""
    annee, mois, jour = _date(texte)
    return f"{mois}/{jour}/{annee}"


def annee_courte(texte: str) -> str:
    annee, mois, jour = _date(texte)
    return f"{jour}/{mois}/{annee[2:]}"


FAUSSES = [
    Fausse("radiations copiées en stock", radiation_en_stock, REFUS,
           "demandes du stock qui sont aussi dans les radiations", "chaque fichier"),
    Fausse("stock coupé de moitié", changee("stock", lambda lignes: lignes[::2]), CONFIRMER,
           "Volume du stock et des radiations, en baisse", "nouvelle extraction"),
    Fausse("stock d'une ligne", changee("stock", lambda lignes: lignes[:1]), CONFIRMER,
           "stock : 1 ligne, 990 au 28/02/2026"),
    Fausse("stock doublé", changee("stock", stock_double), CONFIRMER,
           "Volume du stock et des radiations, en hausse"),
    Fausse("radiations coupées de moitié", changee("radiation", lambda lignes: lignes[::2]),
           CONFIRMER, "Volume du stock et des radiations, en baisse"),
    Fausse("le mois d'avant sous un nouvel arrêté", sous_l_arrete(1, "2026-03-31"), CONFIRMER,
           "demandes identiques à celles du 28/02/2026 : 990 sur 990, soit 100\u202f%",
           "chaque fichier"),
    Fausse("aucun acte dans le mois", sous_l_arrete(1, "2026-04-30"), CONFIRMER,
           "acte le plus récent au 28/02/2026, arrêté au 30/04/2026", "vérifier l’arrêté"),
    Fausse("un mois sous un arrêté passé", sous_l_arrete(2, "2025-12-31"), CONFIRMER,
           "après l’arrêté", "vérifier l’arrêté"),
    Fausse("registre d'un autre département", changee("guichets", autre_registre), CONFIRMER,
           "hors du registre", "chaque fichier"),
    Fausse("mauvais département", sous_l_arrete(2, "2026-03-31", "084"), CONFIRMER,
           "numéros du stock d’un autre territoire que 084 : 976 sur 976, soit 100\u202f%",
           "Vérifier le département"),
    Fausse("département inexistant", sous_l_arrete(2, "2026-03-31", "999"), REFUS,
           "« 999 » n’est pas un département", "Vérifier le département"),
    Fausse("arrêté 2199-12", sous_l_arrete(2, "2099-12-31"), REFUS, "arrêté au 31/12/2099",
           "Vérifier l’arrêté"),
    Fausse("arrêté dans deux mois", sous_l_arrete(2, fin_de_mois_a_venir()), CONFIRMER,
           "après aujourd’hui", "Vérifier l’arrêté"),
    Fausse("arrêté 1901-01", sous_l_arrete(2, "1901-01-31"), REFUS, "arrêté au 31/01/1901",
           "Vérifier l’arrêté"),
]  # fmt: skip
# Each of these is named by itself in a delivery that has them all.
ENSEMBLES = [
    [
        Fausse("RADATT devient ATTRIB", code("radiation", "MOTIF_RADIATION", "RADATT", "ATTRIB"),
               CONFIRMER, "MOTIF_RADIATION hors de sa liste de codes", "1004.0 pour 01004"),
        Fausse("PP devient PERSONNE", code("stock", "TYPE_DEMANDEUR", "PP", "PERSONNE"), CONFIRMER,
               "TYPE_DEMANDEUR du stock hors de sa liste de codes : 975 sur 976"),
        Fausse("BAILLEUR devient BAILLEUR_SOCIAL",
               code("guichets", "TYPE_GUICHET", "BAILLEUR", "BAILLEUR_SOCIAL"), CONFIRMER,
               "TYPE_GUICHET vide ou hors de sa liste de codes : 4 sur 11"),
        Fausse("PORTAIL devient PGP", code("journal", "CANAL", "PORTAIL", "PGP"), CONFIRMER,
               "CANAL hors de sa liste de codes"),
        Fausse("bail en JJ/MM/AA", colonne("radiation", "DATE_SIGNATURE_BAIL", annee_courte),
               CONFIRMER, "DATE_SIGNATURE_BAIL illisible"),
        Fausse("renouvellement en MM/JJ/AAAA",
               colonne("stock", "DATE_RENOUVELLEMENT", jour_mois_inverses), CONFIRMER,
               "DATE_RENOUVELLEMENT du stock illisible"),
        Fausse("doublon forcé en lettres", colonne("stock", "DOUBLON_FORCE", lambda v: f"code {v}"),
               CONFIRMER, "DOUBLON_FORCE du stock illisible : 976 sur 976"),
        Fausse("pièces en toutes lettres", colonne("stock", "NB_PJIDENTITE", lambda _: "une"),
               CONFIRMER, "NB_PJIDENTITE du stock illisible"),
        Fausse("revenus avec une devise inconnue",
               colonne("stock", "REVENU_MENSUEL_FOYER", lambda v: f"{v} FRF"), CONFIRMER,
               "REVENU_MENSUEL_FOYER du stock illisible"),
        Fausse("guichet écrit sur la première ligne de chacun", colonne("stock",
               "CLE_GUICHETCREATEUR", lambda v: "" if v != "GDPUB" else v), CONFIRMER,
               "CLE_GUICHETCREATEUR du stock vide", "nouvelle extraction"),
        Fausse("milliers séparés par un point", colonne("stock", "REVENU_FISCAL1_FOYER",
               lambda _: "52.038"), CONFIRMER,
               "REVENU_FISCAL1_FOYER du stock à trois décimales", "divisés par mille"),
        Fausse("noms encodés deux fois", colonne("guichets", "NOM",
               lambda v: v.encode().decode("cp1252", "ignore")), CONFIRMER,
               "NOM des guichets aux accents illisibles", "en UTF-8"),
        Fausse("commune en code postal", colonne("stock", "COMMUNE_LOG_RECHERCHE",
               lambda v: f"139{v[-2:]}"), CONFIRMER, "COMMUNE_LOG_RECHERCHE du stock : 100\u202f%"),
        Fausse("commune attribuée en code postal", colonne("radiation", "COMMUNE_LOGEMENT_ATTRIB",
               lambda _: "13800"), CONFIRMER,
               "COMMUNE_LOGEMENT_ATTRIB : codes d’aucune commune", "codes INSEE"),
        Fausse("naissance avancée de 20 ans", colonne("stock", "DATE_NAISS_DEMANDEUR",
               lambda _: "01/01/1999"), CONFIRMER, "DATE_NAISS_DEMANDEUR du stock : en moyenne le"),
        Fausse("colonne vidée", colonne("stock", "MODE_LOGEMENT_ACTUEL", lambda _: ""), CONFIRMER,
               "MODE_LOGEMENT_ACTUEL du stock renseignée pour 0\u202f% des lignes"),
        Fausse("guichets sans leur lettre",
               colonne("stock", "GUICHET_ENREGISTREUR", lambda v: v[1:]), CONFIRMER,
               "GUICHET_ENREGISTREUR du stock hors du registre"),
    ],
    [
        Fausse("PP et PM échangés",
               colonne("stock", "TYPE_DEMANDEUR", lambda v: "PM" if v == "PP" else "PP"), CONFIRMER,
               "TYPE_DEMANDEUR du stock : 100\u202f% des lignes ont changé de code"),
        Fausse("revenus en centimes",
               colonne("stock", "REVENU_MENSUEL_FOYER", lambda _: "182000"), CONFIRMER,
               "REVENU_MENSUEL_FOYER du stock : 182\u202f000 en moyenne"),
        Fausse("RADATT écrit RADABA", code("radiation", "MOTIF_RADIATION", "RADATT", "RADABA"),
               CONFIRMER, "MOTIF_RADIATION : plus aucune ligne « RADATT »"),
        Fausse("numéros d'un autre département",
               colonne("stock", "NUMERO_UNIQUE",
                       lambda v: f"030{v[3:]}" if v.endswith("GDPUB") else v), CONFIRMER,
               "numéros du stock d’un autre territoire que 013", "n’en garder qu’un"),
        Fausse("journal coupé de moitié", changee("journal", lambda lignes: lignes[::2]), CONFIRMER,
               "Volume des autres tables, en baisse"),
        Fausse("une ligne par cotitulaire sur trois",
               changee("stock", lambda lignes: [*lignes, *lignes[::3]]), CONFIRMER,
               "lignes du stock dont le numéro est aussi celui d’une autre : 332 sur 1\u202f320",
               "et non par personne"),
        Fausse("copie interrompue", copie_interrompue("radiation"), CONFIRMER,
               "s’arrête au milieu d’une ligne", "le recevoir de nouveau"),
    ],
]  # fmt: skip


@pytest.fixture(scope="module")
def deux_mois(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """January and February are loaded; nothing that is refused may change this directory."""
    return copie(base_legere(1, 2), tmp_path_factory.mktemp("vraisemblance") / "donnees")


def sans_les_refus(racine: Path) -> dict[str, str]:
    gardes = octets(racine)
    gardes.pop("refus.jsonl", None)
    return gardes


@pytest.mark.parametrize("fausse", echantillon(FAUSSES, 5), ids=lambda une: une.nom)
def test_a_false_delivery_is_not_published_in_silence(
    fausse: Fausse, deux_mois: Path, tmp_path: Path
) -> None:
    avant = sans_les_refus(deux_mois)
    livraison = fausse.faire(tmp_path)
    with pytest.raises(Refus) as refus:
        charger(deux_mois, livraison)
    dit = str(refus.value)
    assert fausse.issue in dit
    assert fausse.dit in dit
    assert fausse.que_faire.lower() in refus.value.que_faire.lower()
    assert ("--confirmer" in dit) == (fausse.issue == CONFIRMER)
    assert sans_les_refus(deux_mois) == avant
    # A page tells it too: what it keeps has no option of a command.
    assert lire_journal(deux_mois / "refus.jsonl")[-1]["motif"] == str(pour_une_page(refus.value))


@pytest.mark.parametrize("fausses", ENSEMBLES, ids=lambda ensemble: ensemble[0].nom)
def test_each_falsehood_of_a_delivery_is_named(
    fausses: list[Fausse], deux_mois: Path, tmp_path: Path
) -> None:
    (livraison,) = {une.faire(tmp_path) for une in fausses}
    with pytest.raises(Refus) as refus:
        charger(deux_mois, livraison)
    dit, que_faire = str(refus.value), refus.value.que_faire.lower()
    assert {une.issue for une in fausses} == {CONFIRMER}
    assert CONFIRMER in dit
    assert "--confirmer" in dit
    assert [une.nom for une in fausses if une.dit not in dit] == []
    assert [une.nom for une in fausses if une.que_faire.lower() not in que_faire] == []


def test_what_is_refused_cannot_be_confirmed(deux_mois: Path, tmp_path: Path) -> None:
    with pytest.raises(Refus, match="ne peut pas être celle de ce mois"):
        charger(deux_mois, radiation_en_stock(tmp_path), confirmer="c'est bien elle")


@pytest.mark.parametrize("raison", ["", "   ", "\u202e\n", "12"])
def test_a_confirmation_has_a_reason(deux_mois: Path, tmp_path: Path, raison: str) -> None:
    livraison = changee("stock", lambda lignes: lignes[::2])(tmp_path)
    with pytest.raises(Refus, match="la raison de la confirmation est vide"):
        charger(deux_mois, livraison, confirmer=raison)


def test_a_confirmation_holds_for_one_delivery(deux_mois: Path) -> None:
    with pytest.raises(Refus, match="plusieurs sont données"):
        charger(deux_mois, livraisons()[1], livraisons()[2], confirmer="tout est bon")


def test_the_reason_is_kept_shown_and_asked_no_more(
    deux_mois: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    racine = copie(deux_mois, tmp_path / "donnees")
    livraison = changee("stock", lambda lignes: lignes[::2])(tmp_path)
    monkeypatch.setenv("INFOCENTRE_DOSSIER", str(racine))
    raison = "Purge nationale\nde mars"
    assert main(["charger", str(livraison), "--confirmer", raison]) == 0
    rapport = capsys.readouterr().out
    assert "Volume du stock et des radiations, en baisse : stock : 489 lignes" in rapport
    assert "Confirmée : Purge nationale de mars" in rapport

    dossier = Dossier(racine)
    assert lire_journal(dossier.journal)[-1]["confirmation"] == "Purge nationale de mars"
    mars = dossier.version().trouver("013", "2026-03")
    assert mars is not None
    description = json.loads((dossier.archive(mars) / "livraison.json").read_text("utf-8"))
    assert description["vraisemblance"]["confirmation"]["raison"] == "Purge nationale de mars"
    verdicts = {un["controle"]: un["verdict"] for un in description["vraisemblance"]["verdicts"]}
    assert {nom for nom, un in verdicts.items() if un == "à confirmer"} == {
        "volume_perte",
        "disparues",
        "publies",
    }
    assert len(verdicts) == 37
    assert main(["livraisons", "--format", "csv"]) == 0
    assert "confirmée : Purge nationale de mars" in capsys.readouterr().out

    (page,) = [
        une
        for une in (dossier.validations / "livraisons" / "pages").rglob("*.html")
        if "stock : 489 lignes" in une.read_text("utf-8")
    ]
    texte = page.read_text("utf-8")
    assert "à confirmer" in texte
    assert "http://" not in texte
    assert "https://" not in texte

    charger(racine, livraisons()[2])
    charger(racine, livraison)
    entrees = [une for une in lire_journal(dossier.journal) if une.get("arrete") == MARS]
    raisons = [une.get("confirmation") for une in entrees]
    assert raisons == ["Purge nationale de mars", None, "Purge nationale de mars"]

    reconstruire(racine)
    assert historique(dossier, dossier.version())[2].confirmation == "Purge nationale de mars"


def test_there_is_no_false_alarm_when_months_come_backwards(tmp_path: Path) -> None:
    """Nor in another order: every test that starts from `base` would end at its making."""
    racine = copie(chargee(3), tmp_path / "donnees")
    for rang in (1, 0):
        charger(racine, livraisons()[rang])
    for une in (racine, chargee(1, 2, 3), chargee(3, 1, 2)):
        dossier = Dossier(une)
        for livraison in dossier.version().livraisons:
            dite = json.loads((dossier.archive(livraison) / "livraison.json").read_text("utf-8"))
            jugee = dite["vraisemblance"]
            assert {un["verdict"] for un in jugee["verdicts"]} == {"passe"}
            assert jugee["confirmation"] is None


def test_thresholds_can_be_set(deux_mois: Path, tmp_path: Path) -> None:
    racine = copie(deux_mois, tmp_path / "donnees")
    moitie = changee("stock", lambda lignes: lignes[::2])(tmp_path)
    siens = ("volume_perte: 0.6", "disparues_part: 0.9", "publies_facteur: 3")
    reglages = "vraisemblance:\n" + "".join(f"  {un}\n" for un in siens)
    (racine / "reglages.yml").write_text(reglages, "utf-8")
    with pytest.MonkeyPatch.context() as contexte:
        contexte.setenv("INFOCENTRE_DOSSIER", str(racine))
        charger(racine, moitie)
        (racine / "reglages.yml").write_text("vraisemblance: {volume_pertes: 0.6}\n", "utf-8")
        with pytest.raises(Refus, match="volume_pertes"):
            charger(racine, livraisons()[2])


def test_an_archive_is_counted_once_for_the_months_of_a_command(
    deux_mois: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Counted alone and kept, or with the other, it gives the same."""
    dossier, vues, compter = Dossier(deux_mois), [], publie._compter

    def suivre(con: Any, regles: Catalogue, archives: list[Path], *, lues: bool) -> pl.DataFrame:
        vues.append(archives)
        return compter(con, regles, archives, lues=lues)

    monkeypatch.setattr(publie, "_compter", suivre)
    janvier, fevrier = [dossier.archive(une) for une in dossier.version().livraisons]
    dites = {
        une: json.loads((une / "livraison.json").read_text("utf-8")) for une in (janvier, fevrier)
    }

    def mois(ici: Path, alors: Path) -> publie.Publies:
        with duckdb.connect() as con:
            return compter_publies(con, (ici, alors), (dites[ici], dites[alors]))

    monkeypatch.setattr(publie, "_COMPTES", {})
    ensemble = mois(fevrier, janvier)
    assert mois(janvier, fevrier).releves  # as when months come backwards
    monkeypatch.setattr(publie, "_COMPTES", {})
    mois(janvier, janvier)
    assert mois(fevrier, janvier) == ensemble
    assert vues == [[fevrier, janvier], [janvier], [fevrier]]
    assert ensemble.releves
