"""Demande et attributions: same rows as the command line, secret, fiabilité, pictures, maps."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator
from types import SimpleNamespace
from typing import Any

import dash
import pytest
from flask.testing import FlaskClient

from dashboards.composants import carte
from dashboards.composants.carte import dire_lieu
from infocentre.acces.perimetre import TOUT, Perimetre
from infocentre.catalogue import Indicateur, lire_catalogue
from infocentre.cli import main
from infocentre.entrepot import Dossier
from infocentre.graphiques.fonds import fond_de_carte, fond_des_arrondissements
from infocentre.lecture.lecteur import Lecteur, Lecture
from infocentre.lecture.tableaux import TableauDe, lire_tableau, themes
from infocentre.mesures.partage import MASQUE, _Cellules
from infocentre.mesures.plans import RESTE
from infocentre.mesures.secret import determinees, masquer
from infocentre.mesures.tableaux import tableaux
from infocentre.noyau.francais import slug
from infocentre.noyau.temps import nom_mois
from tests.dashboards.vues import Ecran, ecrit
from tests.donnees import fenetres

Afficher = Callable[[str], Ecran]
TABLEAUX = tableaux()
SEUIL = 11


@pytest.fixture(scope="module")
def v(entrepot_demo: Dossier) -> Iterator[Lecture]:
    ouverte = Lecteur(entrepot_demo).ouvrir()
    assert ouverte
    yield Lecture(ouverte, TOUT)
    ouverte.con.close()


@pytest.fixture(scope="module")
def dernier(v: Lecture) -> tuple[str, str]:
    livraison = v.version.livraisons[-1]
    return livraison.departement, livraison.mois


def _lire(v: Lecture, dernier: tuple[str, str], code: str, *, partage: bool) -> TableauDe[Any]:
    return lire_tableau(v, code, *dernier, partage=partage)


def test_what_is_not_set_is_said_in_words_with_where_to_set_it(afficher: Afficher) -> None:
    delai = afficher("/tableaux/DEM-03")
    assert "Le délai anormalement long du département n'est pas fixé" in delai.texte
    assert any(un.startswith("/reglages") for un in delai.liens)
    objectif = afficher("/tableaux/ATT-08").texte
    assert "aucun objectif n'est fixé" in objectif
    assert "_objectif" not in objectif
    assert "_long" not in delai.texte


def test_the_list_leads_to_every_table_once(afficher: Afficher) -> None:
    rangees = [
        un.code for groupes in themes().values() for siens in groupes.values() for un in siens
    ]
    assert sorted(rangees) == sorted(TABLEAUX)
    ecran = afficher("/tableaux")
    menees = {lien.split("?")[0] for lien in ecran.liens}
    assert menees == {f"/tableaux/{code}" for code in TABLEAUX} | {"/attributions"}
    debuts = {un.titre.partition(", par ")[0] for un in TABLEAUX.values()}
    assert all(debut in ecran.texte for debut in debuts)
    assert ecran.texte.count("Demandes en cours hors associations") == 1, "said once"


@pytest.mark.parametrize("partage", ["", "?partage=oui"])
@pytest.mark.parametrize("code", TABLEAUX)
def test_a_page_has_its_title_picture_rows_and_exports(
    afficher: Afficher, code: str, partage: str
) -> None:
    ecran = afficher(f"/tableaux/{code}{partage}")
    (titre,) = ecran.composants("H1")
    assert titre.children == TABLEAUX[code].titre
    assert "Voir les" in ecran.texte
    assert ecran.composants("Graph") or code in {"ATT-03", "DEM-03"}
    assert sum("/export/tableau." in lien for lien in ecran.liens) == 3
    assert ("Version à partager" in ecran.texte) == bool(partage)


def test_a_file_to_share_is_named_so_once(client: FlaskClient, dernier: tuple[str, str]) -> None:
    departement, mois = dernier
    adresse = f"/export/tableau.csv?code=TAB01-01&departement={departement}&mois={mois}&partage=oui"
    nom = client.get(adresse).headers["Content-Disposition"]
    debut = "tab01-01-evolution-du-stock-des-demandes-version-a-partager"
    assert f"{debut}-{departement}-{slug(nom_mois(mois))}.csv" in nom


@pytest.mark.parametrize("code", ["TAB01-01", "TAB02-03", "ATT-05", "ATT-09"])
def test_the_export_is_what_the_command_line_gives(
    client: FlaskClient,
    entrepot_demo: Dossier,
    dernier: tuple[str, str],
    code: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("INFOCENTRE_DOSSIER", str(entrepot_demo.racine))
    assert main(["tableau", code, "--mois", dernier[1], "--format", "csv"]) == 0
    reponse = client.get(f"/export/tableau.csv?code={code}&mois={dernier[1]}")
    assert reponse.text == capsys.readouterr().out


def test_the_rows_on_screen_are_those_of_the_export(
    afficher: Afficher, client: FlaskClient
) -> None:
    lignes = list(
        csv.DictReader(
            io.StringIO(client.get("/export/tableau.csv?code=TAB03-02").text), delimiter=";"
        )
    )
    table = _table(afficher("/tableaux/TAB03-02"))
    for ligne in lignes:
        assert ligne["libelle"] in table
        assert f">{int(ligne['total'])}<" in table.replace("\u202f", "")


def _table(ecran: Ecran) -> str:
    return "".join(ecrit(un) for un in ecran.composants("Bloc"))


@pytest.mark.parametrize("code", TABLEAUX)
def test_the_sums_of_a_plan_hold(v: Lecture, dernier: tuple[str, str], code: str) -> None:
    cellules = _Cellules(TABLEAUX[code].plan, _lire(v, dernier, code, partage=False).lignes, SEUIL)
    connues = [s for s in cellules.sommes() if all(c in cellules.valeurs for c in s.cellules)]
    assert connues
    for somme in connues:
        parts = sum(cellules.valeurs[part] for part in somme.parts)
        assert cellules.valeurs[somme.total] == parts, somme


@pytest.mark.parametrize("code", TABLEAUX)
def test_a_shared_table_gives_no_small_count_away(
    v: Lecture, dernier: tuple[str, str], code: str
) -> None:
    plan = TABLEAUX[code].plan
    for ligne in _lire(v, dernier, code, partage=True).lignes:
        for nom in plan.comptes:
            assert ligne[nom] in {None, 0, MASQUE} or ligne[nom] >= SEUIL, (code, nom, ligne)
        for nom, sources in plan.derives.items():
            if any(ligne[source] == MASQUE for source in sources):
                arrondi = nom in plan.arrondis and isinstance(ligne[nom], float)
                assert ligne[nom] in {None, MASQUE} or arrondi, (code, nom)
    cellules = _Cellules(plan, _lire(v, dernier, code, partage=False).lignes, SEUIL)
    sommes = [s for s in cellules.sommes() if all(c in cellules.valeurs for c in s.cellules)]
    masquees = masquer(cellules.valeurs, sommes, SEUIL, prix=cellules.prix())
    assert not determinees(masquees, sommes)


def test_what_two_columns_leave_is_a_cell_too() -> None:
    implicites = [
        code for code, un in TABLEAUX.items() if any(RESTE in parts for _, parts in un.plan.sommes)
    ]
    assert {"ATT-05", "ATT-09", "TAB02-03"} <= set(implicites)


def fiabilisants() -> dict[str, list[Indicateur]]:
    """Return the indicators under the figures of each table, as the catalogue says."""
    catalogue = lire_catalogue()
    dits: dict[str, list[Indicateur]] = {}
    for un in catalogue.indicateurs.values():
        for code in un.fiabilise:
            dits.setdefault(code, []).append(un)
    return dits


FIABILITE = fiabilisants()


def test_every_figure_that_an_indicator_backs_is_a_table() -> None:
    assert set(FIABILITE) <= set(tableaux())
    assert [un.code for un in FIABILITE["ATT-05"]] == [
        "ATT_RESERVATAIRE_NR",
        "ATT_DALO_NR",
        "ATT_DALO_INCOHERENT",
    ]


def test_too_few_cases_say_nothing_of_what_a_figure_is_worth(app: dash.Dash) -> None:  # noqa: ARG001
    """One attribution is under no threshold: nothing is judged of it."""
    from dashboards.pages import tableau as page_tableau  # once the application has it

    insuffisant, vert = (SimpleNamespace(etat=un) for un in ("effectif_insuffisant", "vert"))
    assert page_tableau._verdict([insuffisant]) == (  # type: ignore[list-item]
        "Trop peu de cas pour dire ce que valent ces chiffres."
    )
    assert page_tableau._verdict([insuffisant, vert]).startswith(  # type: ignore[list-item]
        "Ces chiffres peuvent être cités"
    )


@pytest.mark.parametrize("code", FIABILITE)
def test_a_policy_figure_stands_beside_what_it_is_worth(
    afficher: Afficher, v: Lecture, dernier: tuple[str, str], code: str
) -> None:
    texte = afficher(f"/tableaux/{code}").texte
    assert "Fiabilité" in texte
    assert any(debut in texte for debut in ("peuvent être cités", "À citer avec", "À ne pas citer"))
    for un in FIABILITE[code]:
        (ligne,) = v.lignes(
            "SELECT * FROM valeurs WHERE niveau = 'departement' AND code = $code "
            "AND departement = $departement AND mois = $mois",
            {"code": un.code, "departement": dernier[0], "mois": dernier[1]},
        )
        suffixe = fenetres.suffixe(un.code)
        dit = f"{ligne[f'numerateur{suffixe}']} sur {ligne[f'denominateur{suffixe}']}"
        assert dit in texte.replace("\u202f", ""), (un, dit)


def test_a_shared_page_says_no_small_count_of_anomalies(afficher: Afficher) -> None:
    texte = afficher("/tableaux/ATT-05?partage=oui").texte.replace("\u202f", "")
    dites = [morceau.split()[-1] for morceau in texte.split(" sur ")[:-1]]
    assert all(int(un) == 0 or int(un) >= SEUIL for un in dites if un.isdigit())


def test_the_list_says_what_each_table_shows(
    afficher: Afficher, v: Lecture, dernier: tuple[str, str]
) -> None:
    """The largest row of a spread, the total of another: found again in the rows themselves."""
    dit = afficher("/tableaux").texte.replace("\u202f", " ").replace("\xa0", " ")
    typologies = _lire(v, dernier, "DEM-04", partage=False)
    plus = max(typologies.modalites, key=lambda une: int(une["total"]))
    part = round(100 * plus["total"] / typologies.ensemble["total"])
    assert f"DEM-04 – d'abord « {plus['libelle']} », {part} %" in dit
    depots = sum(une["total"] for une in _lire(v, dernier, "DEM-02", partage=False).modalites)
    assert f"DEM-02 – Total : {depots:,}".replace(",", " ") in dit


def test_the_map_says_each_commune_and_its_key_is_beside(afficher: Afficher) -> None:
    for adresse, attendu in (
        ("/tableaux/ATT-09", "demandes pour une attribution"),
        ("/tableaux/ATT-09?niveau=epci", "Métropole d’Aix-Marseille-Provence"),
        ("/tableaux/ATT-09?mesure=attributions", "demandes, "),
        ("/tableaux/DEM-05", "demandes actives"),
    ):
        figure = afficher(adresse).composants("Graph")[0].figure
        dits = [un["text"] for un in figure["data"] if un.get("text")]
        assert any(attendu in un.replace("<br>", " ") for un in dits), adresse
        cles = [un["name"] for un in figure["data"] if un.get("showlegend")]
        assert cles if "mesure" not in adresse and "ATT" in adresse else figure["layout"]["shapes"]


def test_a_click_on_the_map_opens_what_is_there(afficher: Afficher) -> None:
    liens = {
        adresse: {
            lien
            for un in afficher(adresse).composants("Graph")[0].figure["data"]
            for lien in un.get("customdata", [])
            if lien
        }
        for adresse in ("/tableaux/DEM-05", "/tableaux/DEM-05?niveau=epci")
    }
    assert any("recherche=Arles" in un for un in liens["/tableaux/DEM-05"])
    assert all("/tableaux/DEM-05?" in un for un in liens["/tableaux/DEM-05?niveau=epci"])
    assert all("epci=" in un for un in liens["/tableaux/DEM-05?niveau=epci"])


def test_every_departement_has_a_map() -> None:
    fond = fond_de_carte("013", "commune", 620)
    assert fond
    assert {"13001", "13055", "84089", "83120"} <= fond.traces.keys()
    assert "13201" not in fond.traces
    arrondissements = fond_des_arrondissements("013", 350)
    assert arrondissements
    assert len(arrondissements.traces) == 16
    assert fond_des_arrondissements("084", 350) is None
    assert fond_de_carte("999", "commune", 620) is None


@pytest.mark.parametrize("adresse", ["/tableaux/ATT-09?niveau=x&mesure=y", "/tableaux/att-09"])
def test_odd_addresses_still_show_the_table(afficher: Afficher, adresse: str) -> None:
    assert "Voir les" in afficher(adresse).texte


def test_an_unknown_table_says_where_to_choose(afficher: Afficher, client: FlaskClient) -> None:
    assert "n'existe pas" in afficher("/tableaux/TAB99-99").texte
    assert client.get("/export/tableau.csv?code=TAB99-99").status_code == 404


def test_a_table_that_is_not_calculable_says_what_is_missing(
    afficher: Afficher, monkeypatch: pytest.MonkeyPatch
) -> None:
    def sans_lignes(*_: Any, **__: Any) -> TableauDe[Any]:
        return TableauDe(TABLEAUX["ATT-04"], "013", "2026-10", [], SEUIL)

    pages = dash.page_registry.values()
    (vue,) = [une["layout"] for une in pages if une["path_template"] == "/tableaux/<code>"]
    monkeypatch.setitem(vue.__wrapped__.__globals__, "lire_tableau", sans_lignes)
    texte = afficher("/tableaux/ATT-04").texte
    assert "n'est pas calculable" in texte
    assert "RADIATION : TYPE_RESERVATAIRE" in texte


def test_a_reader_without_the_departement_reads_nothing(
    v: Lecture, dernier: tuple[str, str]
) -> None:
    personne = Lecture(v.ouverte, Perimetre(departements=frozenset()))
    assert lire_tableau(personne, "ATT-01", *dernier, partage=False).lignes == []


def test_a_month_without_table_and_a_warehouse_without_mart_are_empty(v: Lecture) -> None:
    assert lire_tableau(v, "ATT-01", "013", "1999-01", partage=True).lignes == []


def test_the_note_names_columns_as_the_screen_does(afficher: Afficher) -> None:
    texte = afficher("/tableaux/ATT-05").texte
    assert "attribuees_au_titre_du_dalo" not in texte
    assert "« Attribuées au titre du DALO »" in texte


@pytest.mark.parametrize(
    ("demandes", "attributions", "tension", "dit"),
    [
        (23, 1, 23.0, "Aubagne : 23,0 demandes pour une attribution (23 demandes, 1 attribution)"),
        (1, 0, None, "Aubagne : 1 demande, 0 attribution"),
    ],
)
def test_a_place_of_the_map_is_said_in_the_right_number(
    demandes: int,
    attributions: int,
    tension: float | None,
    dit: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    valeurs = (tension, demandes, attributions)
    nombres = dict(zip(carte.TENDUS, valeurs, strict=True))
    monkeypatch.setattr(carte, "chiffre", lambda _, nom: nombres[nom])
    une: Any = {"libelle": "Aubagne"}
    lu: Any = SimpleNamespace(tableau=SimpleNamespace(colonnes=("attributions",)))
    assert dire_lieu(lu, une).replace("\u00a0", " ") == dit
