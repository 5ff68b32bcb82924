"""Livraisons: history with refusals, one report, the lists behind its numbers, revisions."""

from __future__ import annotations

import csv
import inspect
import io
from collections.abc import Callable
from pathlib import Path

import dash
import pytest
from flask.testing import FlaskClient

from dashboards.app import creer_app
from infocentre.acces.perimetre import TOUT, Perimetre
from infocentre.entrepot import Dossier
from infocentre.entrepot.description import CodeInconnu
from infocentre.entrepot.etats import FLUX
from infocentre.lecture import livraisons
from infocentre.lecture.filtres import PAR_PAGE, Filtres
from infocentre.lecture.historique import LISTES
from infocentre.lecture.lecteur import Lecteur, Lecture
from infocentre.lecture.rapport import ou_est_le_code
from infocentre.noyau.erreurs import Refus
from tests.dashboards.listes import liens, table
from tests.dashboards.vues import Ecran, ouvrir
from tests.donnees.atelier import alleger, alterer, base_legere, chargee, charger, controler, copie
from tests.donnees.retors import livraisons as livraisons_retorses

pytestmark = pytest.mark.lent


def sans_bail(lignes: list[dict[str, str]]) -> list[dict[str, str]]:
    """Empty the date of the bail of the attributions."""
    return [
        une | {"DATE_SIGNATURE_BAIL": ""} if une["MOTIF_RADIATION"] == "RADATT" else une
        for une in lignes
    ]


@pytest.fixture(scope="module")
def racine(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three months, one refused delivery, the second month corrected after its control."""
    atelier = tmp_path_factory.mktemp("livraisons")
    racine = copie(base_legere(1, 2, 3), atelier / "donnees")
    (atelier / "rien").mkdir()
    with pytest.raises(Refus):
        charger(racine, atelier / "rien")
    corrigee = alterer(livraisons_retorses()[1], atelier / "corrigee", "radiation", sans_bail)
    charger(racine, corrigee, confirmer="vidés pour l'essai")
    with pytest.MonkeyPatch.context() as patch:
        alleger(patch)
        controler(racine)
    return racine


@pytest.fixture(scope="module")
def application(racine: Path) -> dash.Dash:
    return creer_app(Dossier(racine))


@pytest.fixture
def afficher(application: dash.Dash) -> Callable[[str], Ecran]:
    return lambda adresse: ouvrir(application, adresse)


@pytest.fixture
def client(application: dash.Dash) -> FlaskClient:
    ouvert: FlaskClient = application.server.test_client()
    return ouvert


@pytest.fixture(scope="module")
def v(racine: Path) -> Lecture:
    ouverte = Lecteur(Dossier(racine)).ouvrir()
    assert ouverte
    return Lecture(ouverte, TOUT)


@pytest.fixture
def mois(v: Lecture) -> list[str]:
    return [une.mois for une in v.version.de("013")]


def test_the_history_says_what_is_replaced_or_refused(afficher: Callable[[str], Ecran]) -> None:
    lignes = table(afficher("/livraisons"), "Historique")
    devenues = [ligne[3] for ligne in lignes]
    assert sum(une.startswith("● contrôlée le ") for une in devenues) == 3
    assert devenues.count("○ remplacée") == 1
    refusee = next(ligne for ligne in lignes if ligne[3].startswith("✖ refusée : "))
    assert refusee[1] == "rien"
    assert "ce n'est pas une livraison" in refusee[3]


def test_a_month_that_nobody_delivered_is_flagged(
    afficher: Callable[[str], Ecran], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "Sans livraison" not in afficher("/livraisons").texte
    (page,) = (une for une in dash.page_registry.values() if une["path"] == "/livraisons")
    globales = inspect.unwrap(page["layout"]).__globals__
    monkeypatch.setitem(globales, "mois_jamais_livres", lambda *_: ["2026-08"])
    un = "Sans livraison : août 2026. Les pages passent d'un mois à l'autre sans lui : la demander"
    assert un in afficher("/livraisons").texte.replace("’", "'")
    monkeypatch.setitem(globales, "mois_jamais_livres", lambda *_: ["2026-06", "2026-08"])
    assert "sans eux : les demander, puis les charger." in afficher("/livraisons").texte


def test_the_report_gives_the_solde_and_its_lists(
    afficher: Callable[[str], Ecran], v: Lecture, mois: list[str]
) -> None:
    ecran = afficher(f"/livraisons/{mois[2]}")
    une = v.version.de("013")[2]
    solde = livraisons.solde(v, une)
    assert solde
    for nom in FLUX:
        total, lignes = livraisons.liste(v, une, nom, page=None)
        assert total == len(lignes) == dict(solde)[nom]
        assert any(f"liste={nom}" in lien for lien in ecran.liens) == (total > 0)
    assert "demandes actives au" in ecran.texte


def test_the_report_counts_the_rejects_of_each_table(
    afficher: Callable[[str], Ecran], v: Lecture, mois: list[str]
) -> None:
    ecran = afficher(f"/livraisons/{mois[0]}")
    lignes = {ligne[1]: ligne for ligne in table(ecran, "Lignes lues")}
    une = v.version.de("013")[0]
    rejets, _ = livraisons.liste(v, une, "rejets")
    assert sum(int(ligne[4]) for ligne in lignes.values()) == rejets > 0
    assert any("liste=rejets" in lien for lien in liens(ecran))
    assert "Premier arrêté du département" in ecran.texte


@pytest.mark.parametrize("liste", LISTES)
def test_each_list_has_its_page_and_its_export(
    afficher: Callable[[str], Ecran], client: FlaskClient, mois: list[str], liste: str
) -> None:
    ecran = afficher(f"/livraisons/{mois[2]}?liste={liste}")
    assert LISTES[liste] in ecran.texte
    reponse = client.get(f"/export/livraison.csv?cle={mois[2]}&liste={liste}")
    assert reponse.status_code == 200
    lues = list(csv.reader(io.StringIO(reponse.get_data(as_text=True)), delimiter=";"))[1:]
    montrees = table(ecran, LISTES[liste]) if lues else []
    assert len(montrees) == min(len(lues), PAR_PAGE)


def test_the_pages_of_a_list_follow_each_other(v: Lecture) -> None:
    une = v.version.de("013")[2]
    total, toutes = livraisons.liste(v, une, "sans_population", page=None)
    pages = [livraisons.liste(v, une, "sans_population", page=p)[1] for p in (1, 2)]
    assert total > PAR_PAGE
    assert pages[0] + pages[1] == toutes[: 2 * PAR_PAGE]


def test_a_replaced_delivery_stays_readable(afficher: Callable[[str], Ecran], v: Lecture) -> None:
    ancienne = next(p for p in livraisons.passages(v, "013") if p.statut == "remplacée")
    assert ancienne.livraison
    ecran = afficher(f"/livraisons/{ancienne.livraison.empreinte[:12]}")
    assert "remplacée" in ecran.texte
    assert table(ecran, "Lignes lues")


@pytest.mark.parametrize(
    ("adresse", "message"),
    [
        ("/livraisons/1999-01", "n'est pas chargée"),
        ("/livraisons/a", "n'est pas chargée"),
        ("/livraisons/{premier}?liste=creations", "premier arrêté du département"),
        ("/livraisons/{premier}?liste=inconnue", "n'existe pas"),
    ],
)
def test_addresses_that_lead_to_nothing(
    afficher: Callable[[str], Ecran], mois: list[str], adresse: str, message: str
) -> None:
    assert message in afficher(adresse.format(premier=mois[0])).texte


def test_revisions_say_before_after_and_why(
    afficher: Callable[[str], Ecran], client: FlaskClient, mois: list[str]
) -> None:
    ecran = afficher("/livraisons?vue=revisions&code=ATT_BAIL_NR&guichet=*")
    (revision,) = table(ecran, "Anomalies sur effectif")
    assert revision[1:3] == ["ATT_BAIL_NR", "Département"]
    assert revision[3] != revision[4]
    assert "livraison corrigée" in revision[6]
    texte = client.get("/export/revisions.csv?code=ATT_BAIL_NR").get_data(as_text=True)
    lues = list(csv.DictReader(io.StringIO(texte), delimiter=";"))
    assert {une["mois"] for une in lues} == {mois[1]}
    assert "valeurs publiées ont changé depuis" in afficher("/livraisons").texte
    assert "Aucune révision" in afficher("/livraisons?vue=revisions&code=ENR_DELAI").texte


def test_a_perimetre_closes_the_lists(v: Lecture) -> None:
    une = v.version.de("013")[2]
    statistique = Lecture(v.ouverte, Perimetre(nominatif=False))
    with pytest.raises(Refus, match="pas ouverte"):
        livraisons.liste(statistique, une, "creations")
    assert livraisons.liste(statistique, une, "anomalies_format")
    ailleurs = Lecture(v.ouverte, Perimetre(departements=frozenset({"084"})))
    assert livraisons.passages(ailleurs, "013") == []
    filtres = Filtres("013", une.mois)
    assert livraisons.revisions(ailleurs, filtres, {}) == (0, [])
    guichet = Lecture(v.ouverte, Perimetre(guichets=frozenset({"G1201"})))
    _, lignes = livraisons.revisions(guichet, filtres, {}, page=None)
    assert {une["guichet"] for une in lignes} <= {"G1201"}


def test_deliveries_loaded_and_not_controlled_yet(tmp_path: Path) -> None:
    application = creer_app(Dossier(copie(chargee(1), tmp_path / "donnees")))
    mois = "2026-01"
    historique = ouvrir(application, "/livraisons")
    assert "à contrôler" in str(historique.racine)
    assert "Aucun mois n'est encore contrôlé" in historique.texte
    assert f"/livraisons/{mois}" in str(historique.racine)
    assert f"Livraison « {mois} »" in ouvrir(application, f"/livraisons/{mois}").texte
    assert "Aucune" in ouvrir(application, "/livraisons?vue=revisions").texte
    rejets = f"/export/livraison.csv?cle={mois}&liste=rejets"
    assert application.server.test_client().get(rejets).status_code == 200
    accueil = ouvrir(application, "/")
    assert "aucun mois n'est encore contrôlé" in accueil.texte
    assert "/livraisons" in accueil.liens


def test_a_code_outside_its_list_names_its_table_when_two_have_the_column() -> None:
    def un(table: str, colonne: str) -> CodeInconnu:
        return {"table": table, "colonne": colonne, "code": "ZZ", "lignes": 1}

    tous = [un("stock", "MODE_DEPOT"), un("radiation", "MODE_DEPOT"), un("stock", "MOTIF")]
    assert [ou_est_le_code(une, tous) for une in tous] == [
        "MODE_DEPOT de stock",
        "MODE_DEPOT de radiation",
        "MOTIF",
    ]
