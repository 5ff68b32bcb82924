"""Yearly deliveries, of the stock and the radiations alone: no month between is expected."""

from __future__ import annotations

import datetime as dt
import shutil
from collections.abc import Sequence
from pathlib import Path

import dash
import pytest

from dashboards.app import creer_app
from infocentre.cli import main
from infocentre.entrepot import Dossier
from infocentre.livraisons.depot import arrete_du_nom
from infocentre.livraisons.lots import deplier
from infocentre.noyau.erreurs import Refus
from infocentre.noyau.temps import annuels, est_annuel, mois_entre
from tests.dashboards.vues import ouvrir
from tests.donnees.atelier import controler, ecrire_livraison, interroger

pytestmark = pytest.mark.lent

ANNEES = ("2023", "2024", "2025")


def test_years_and_months_between_two_arretes() -> None:
    assert mois_entre("2024-11", "2025-02") == ["2024-12", "2025-01"]
    assert mois_entre("2024-12", "2025-01") == []
    assert est_annuel("2023-12", "2024-12")
    assert not est_annuel("2023-12", "2024-11")
    assert annuels(["2022-06", "2023-12", "2024-12", "2025-12"]) == [
        "2023-12",
        "2024-12",
        "2025-12",
    ]


@pytest.mark.parametrize(
    ("nom", "jour"),
    [
        ("2025", dt.date(2025, 12, 31)),
        ("2025.zip", dt.date(2025, 12, 31)),
        ("2024-02", dt.date(2024, 2, 29)),
        ("20251", None),
        ("2025-13", None),
        ("annee 2025", None),
    ],
)
def test_a_year_names_the_arrete_of_its_last_day(nom: str, jour: dt.date | None) -> None:
    assert arrete_du_nom(Path(nom)) == jour


def test_a_folder_of_deliveries_is_each_of_them_the_oldest_first(tmp_path: Path) -> None:
    for nom in ("2025", "2024-06", "2023"):
        (tmp_path / nom).mkdir()
    (tmp_path / "2024.zip").touch()
    dits = ["2023", "2024-06", "2024.zip", "2025"]
    assert [un.name for un in deplier([tmp_path])] == dits
    assert deplier([tmp_path / "2025"]) == (tmp_path / "2025",)
    (tmp_path / "notes").mkdir()
    with pytest.raises(Refus, match="ce dossier de livraisons contient ce qui n'en est pas une"):
        deplier([tmp_path])
    (tmp_path / "envoi" / "SNE").mkdir(parents=True)
    (tmp_path / "envoi" / ".DS_Store").touch()
    assert deplier([tmp_path / "envoi"]) == (tmp_path / "envoi" / "SNE",)  # whatever its name
    (tmp_path / "stock.csv").touch()  # it is a delivery itself
    assert deplier([tmp_path]) == (tmp_path,)


def demande(annee: str, rang: int, **valeurs: object) -> dict[str, object]:
    return {
        "NUMERO_UNIQUE": f"01301{annee[2:]}{rang:06d}G1301",
        "TYPE_DEMANDEUR": "PP",
        "GUICHET_ENREGISTREUR": "G1301",
        "CLE_GUICHETCREATEUR": "G1301",
        "DATE_CREATION": f"{annee}-01-12",
        "DOUBLON_FORCE": "0",
        "ESTCREEESITEGRANDPUBLIC": "0",
        "MODE_MUTATION": "0",
        **valeurs,
    }


@pytest.fixture(scope="module")
def racine(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three years in one command; the first has no date of lease, the register comes each year."""
    dossier = tmp_path_factory.mktemp("annuel")
    guichet: dict[str, object] = {
        "CODE_GUICHET": "G1301",
        "NOM": "Bailleur",
        "TYPE_GUICHET": "BAILLEUR",
        "MODE_ENREGISTREMENT": "DIRECT",
    }
    for annee in ANNEES:
        bail: dict[str, object] = (
            {} if annee == "2023" else {"DATE_SIGNATURE_BAIL": f"{annee}-12-01"}
        )
        fin = {"DATE_RADIATION": f"{annee}-12-10", "MOTIF_RADIATION": "RADATT", **bail}
        tables: dict[str, Sequence[dict[str, object]]] = {
            "stock": [demande(annee, rang) for rang in range(40)],
            "radiation": [demande(annee, 100 + rang, **fin) for rang in range(30)],
            "guichets": [guichet],
        }
        faite = ecrire_livraison(dossier / "faites", f"{annee}-12", tables)
        (dossier / "annees").mkdir(exist_ok=True)
        shutil.move(faite, dossier / "annees" / annee)
        (dossier / "annees" / annee / "manifeste.json").unlink()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("INFOCENTRE_DOSSIER", str(dossier / "donnees"))
        assert main(["charger", str(dossier / "annees"), "--departement", "13"]) == 0
    controler(dossier / "donnees")
    return dossier / "donnees"


@pytest.fixture(scope="module")
def app(racine: Path) -> dash.Dash:
    return creer_app(Dossier(racine))


def test_ten_years_in_one_command_each_with_its_own_columns(racine: Path) -> None:
    lus = interroger(
        racine,
        "SELECT mois, etat FROM valeurs WHERE code = 'ATT_BAIL_NR' AND guichet = '*' ORDER BY mois",
    )
    assert lus == [("2023-12", "non_calculable"), ("2024-12", "vert"), ("2025-12", "vert")]


def test_the_series_of_years_has_five_with_what_was_delivered(racine: Path) -> None:
    lues = interroger(
        racine,
        "SELECT periode, demandes_actives IS NOT NULL FROM tab02_02 WHERE mois = '2025-12' "
        "ORDER BY ordre",
    )
    assert lues == [
        ("2021", False), ("2022", False), ("2023", True), ("2024", True), ("2025", True),
    ]  # fmt: skip


def test_no_month_is_missing_and_nothing_is_late(app: dash.Dash) -> None:
    livraisons, accueil = (ouvrir(app, un).texte.replace("’", "'") for un in ("/livraisons", "/"))
    assert "Annuel : 2024 et 2025." in livraisons
    assert "Sans livraison" not in livraisons + accueil
    assert "Livraison en retard" not in accueil or dt.date.today() > dt.date(2027, 1, 15)  # noqa: DTZ011
    assert "Comparé à l'arrêté précédent (31/12/2024)." in accueil
    assert "manque" not in accueil.partition("Chiffres du mois")[0]


def test_curves_go_from_year_to_year(app: dash.Dash) -> None:
    texte = ouvrir(app, "/indicateurs/ATT_BAIL_NR").texte
    assert "décembre 2024" in texte
    assert "novembre 2025" not in texte
