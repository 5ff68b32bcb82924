"""A column that cannot be read in mass makes what rests on it non calculable, with the reason."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from infocentre.catalogue import lire_catalogue, nommes, requis
from infocentre.catalogue.analyse import noeuds, seul_select, tables_nommees
from infocentre.catalogue.motifs import motif_non_calculable
from infocentre.cli import main
from infocentre.contrat import contrat
from infocentre.controles.vraisemblance.controles import CONTROLES
from infocentre.entrepot import Dossier
from tests.dashboards.vues import ouvrir
from tests.donnees.atelier import (
    charger,
    contenu,
    controler,
    copie,
    differences,
    ecrire_livraison,
    interroger,
    reconstruire,
)

pytestmark = pytest.mark.lent

BAIL = ("radiation", "DATE_SIGNATURE_BAIL")
RAISON = "DATE_SIGNATURE_BAIL illisible pour 40\u202f% des valeurs (30 sur 75)"
SUR_LE_BAIL = {
    "ATT_TARDIVE",
    "ATT_ANTICIPEE",
    "ATT_DEMANDE_POSTERIEURE",
    "ATT_BAIL_NR",
    "DBL_RELOGE",
}


def decrite(illisibles: int, renseignees: int, *livrees: str) -> Any:  # a part of a description
    compte = {"renseignees": renseignees, "illisibles": illisibles, "hors_liste": 0}
    table = {"livrees": list(livrees), "faits": {"colonnes": {BAIL[1]: compte}}}
    return {"tables": {"radiation": table}}


@pytest.mark.parametrize(
    ("illisibles", "renseignees", "raison"),
    [
        (30, 75, RAISON),
        (19, 75, None),  # fewer than 20
        (20, 75, "DATE_SIGNATURE_BAIL illisible pour 27\u202f% des valeurs (20 sur 75)"),
        (20, 400, None),  # 5 % is not more than 5 %
        (21, 400, "DATE_SIGNATURE_BAIL illisible pour 5\u202f% des valeurs (21 sur 400)"),
    ],
)
def test_more_than_5_per_cent_and_20_at_least(
    illisibles: int, renseignees: int, raison: str | None
) -> None:
    description = decrite(illisibles, renseignees, BAIL[1])
    assert motif_non_calculable({BAIL}, {BAIL}, description) == raison


def test_the_reason_says_what_is_not_delivered() -> None:
    canal = {("journal", "*"), ("journal", "CANAL")}
    sans_journal: Any = {"tables": {}}
    assert motif_non_calculable(canal, canal, sans_journal) == "table journal non livrée"
    sans_canal: Any = {"tables": {"journal": {"livrees": ["GUICHET"]}}}
    dite = motif_non_calculable(canal, canal, sans_canal)
    assert dite == "colonne CANAL du journal non livrée"


def test_a_population_declares_the_readable_columns_of_its_conditions() -> None:
    """Otherwise an unreadable flag would empty or swell a population in silence."""
    catalogue = lire_catalogue()
    for population in catalogue.populations.values():
        tables = tables_nommees(population.sql) & contrat().tables.keys()
        conditions = [
            un[clause]
            for un in noeuds(seul_select(population.sql))
            for clause in ("where_clause", "condition", "qualify")
            if un.get(clause)
        ]
        noms = {
            un["column_names"][-1].upper()
            for un in noeuds(conditions)
            if un.get("class") == "COLUMN_REF"
        }
        lus = {
            (table, nom)
            for table in tables
            for nom in noms
            if (colonne := contrat().tables[table].par_nom.get(nom))
            and colonne.type in {"indicatrice", "entier", "decimal", "date", "naissance"}
            and not colonne.rejette
        }
        for un in catalogue.de_population(population.nom):
            assert lus <= nommes(catalogue, un.code), (population.nom, un.code)
            assert requis(catalogue, un.code) <= nommes(catalogue, un.code)


def numero(rang: int) -> str:
    return f"0130125{rang:06d}G1301"


def demande(rang: int, **valeurs: object) -> dict[str, object]:
    return {
        "NUMERO_UNIQUE": numero(rang),
        "TYPE_DEMANDEUR": "PP",
        "GUICHET_ENREGISTREUR": "G1301",
        "CLE_GUICHETCREATEUR": "G1301",
        "DATE_CREATION": "2026-03-02",
        "DOUBLON_FORCE": "0",
        "ESTCREEESITEGRANDPUBLIC": "0",
        **valeurs,
    }


@pytest.fixture(scope="module")
def racine(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """100 attributions of March: 45 leases can be read, 30 cannot, 25 are empty; no journal."""
    baux = ["2026-03-05"] * 45 + ["5 mars 26"] * 30 + [""] * 25
    guichet: dict[str, object] = {
        "CODE_GUICHET": "G1301",
        "NOM": "Bailleur",
        "TYPE_GUICHET": "BAILLEUR",
        "MODE_ENREGISTREMENT": "DIRECT",
    }
    radiees = [
        demande(
            1000 + rang,
            DATE_RADIATION="2026-03-10",
            MOTIF_RADIATION="RADATT",
            DATE_SIGNATURE_BAIL=bail,
            TYPE_RESERVATAIRE="AUCUN",
        )
        for rang, bail in enumerate(baux)
    ]
    dossier = tmp_path_factory.mktemp("illisible")
    livraison = ecrire_livraison(
        dossier,
        "2026-03",
        {
            "stock": [demande(rang) for rang in range(50)],
            "radiation": radiees,
            "guichets": [guichet],
        },
    )
    charger(dossier / "donnees", livraison, confirmer="format du bail, vu avec l'éditeur")
    controler(dossier / "donnees")
    return dossier / "donnees"


def test_neither_green_nor_zero_but_non_calculable_with_the_reason(racine: Path) -> None:
    motifs = dict(interroger(racine, "SELECT code, motif FROM motifs_non_calculable"))
    illisibles = {code for code, motif in motifs.items() if RAISON in motif}
    assert illisibles & lire_catalogue().indicateurs.keys() == SUR_LE_BAIL
    assert illisibles >= {"ATT-02", "ATT-06", "ATT-07"}
    assert motifs["ATT_TARDIVE"] == RAISON
    assert motifs["ENR_DELAI"] == "table journal non livrée"
    assert motifs["ATT_SIREN_NR"] == "colonne SIREN_RADIATION des radiations non livrée"
    etats = dict(interroger(racine, "SELECT code, etat FROM valeurs WHERE guichet = '*'"))
    non_calculables = {code for code, etat in etats.items() if etat == "non_calculable"}
    assert non_calculables == motifs.keys() & etats.keys()
    assert etats["ATT_RESERVATAIRE_NR"] == "vert"
    assert interroger(racine, "SELECT count(*) FROM \"att_02\" WHERE mois = '2026-03'") == [(0,)]


def test_the_command_line_says_why(
    racine: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("INFOCENTRE_DOSSIER", str(racine))
    assert main(["indicateurs"]) == 0
    dit = re.sub(r"\s+", " ", capsys.readouterr().out)
    assert "Non calculables (n.c.) :" in dit
    assert "ATT_TARDIVE : DATE_SIGNATURE_BAIL illisible pour 40 % des valeurs (30 sur 75)" in dit
    assert main(["anomalies", "ATT_TARDIVE"]) == 0
    assert f"en 2026-03 : {RAISON}." in capsys.readouterr().err


def test_the_workbook_says_why(
    racine: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import openpyxl

    monkeypatch.setenv("INFOCENTRE_DOSSIER", str(racine))
    sortie = tmp_path / "valeurs.xlsx"
    assert main(["indicateurs", "--format", "xlsx", "--sortie", str(sortie)]) == 0
    feuille = openpyxl.load_workbook(sortie)["Lecture"]
    assert f"ATT_TARDIVE : {RAISON}" in [un.value for un in feuille["B"]]


def test_a_reconstruction_gives_the_same_reasons(racine: Path, tmp_path: Path) -> None:
    refaite = copie(racine, tmp_path / "donnees")
    reconstruire(refaite)
    assert differences(contenu(racine), contenu(refaite)) == {}


@pytest.mark.parametrize(
    "adresse",
    [
        "/suivi?colonnes=tous",
        "/suivi?affichage=tableau&colonnes=tous",
        "/indicateurs/ATT_TARDIVE",
        "/guichet/G1301",
        "/demandes?code=ATT_TARDIVE",
        "/tableaux/ATT-02",
    ],
)
def test_the_pages_say_why(racine: Path, adresse: str) -> None:
    from dashboards.app import creer_app

    texte = ouvrir(creer_app(Dossier(racine)), adresse).texte
    assert re.sub(r"\s", " ", RAISON) in re.sub(r"\s", " ", texte)


def test_the_page_of_the_delivery_shows_the_controls_and_the_reason(racine: Path) -> None:
    from dashboards.app import creer_app

    texte = ouvrir(creer_app(Dossier(racine)), "/livraisons/2026-03").texte
    tous = len(CONTROLES)
    assert f"{tous - 1} contrôles passent sur {tous}" in texte
    assert "format du bail, vu avec l'éditeur" in texte
