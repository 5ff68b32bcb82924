"""The page Requêtes without a browser: what it opens with, what its calls answer, who may call."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from html import unescape
from pathlib import Path
from typing import Any
from urllib.parse import quote

import dash
import duckdb
import pytest
from flask.testing import FlaskClient

from dashboards.composants.dessins import dessiner, lire_demande
from dashboards.composants.requetes import EDITEUR, quand
from infocentre.analystes.fichier import tenir_analystes
from infocentre.contrat import contrat
from infocentre.entrepot import Dossier
from infocentre.lecture.analystes import schema_analystes
from infocentre.lecture.lecteur import Lecteur, Lecture
from infocentre.lecture.perimetre import TOUT
from infocentre.noyau.config import ressources
from infocentre.noyau.erreurs import Refus
from infocentre.requetes.bibliotheque import lire_bibliotheque
from tests.dashboards.vues import Ecran, ecrit

Afficher = Callable[[str], Ecran]
PARAMETRE = "-- parametre jours: {type: entier, libelle: Jours à venir, defaut: 60, min: 1}\n"


@pytest.fixture(autouse=True)
def chez_lea(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Give each test a store of its own, and a name."""
    monkeypatch.setenv("INFOCENTRE_DECISIONS", f"sqlite:///{tmp_path}/decisions.sqlite")
    monkeypatch.setenv("INFOCENTRE_UTILISATEUR", "Léa")


def appeler(client: FlaskClient, quoi: str, **corps: Any) -> dict[str, Any]:
    """Return what a call of the page answers; a refusal has the key « refus »."""
    lu: dict[str, Any] = client.post(f"/requetes/{quoi}", json=corps).get_json()
    return lu


def html_de(ecran: Ecran) -> str:
    contenus = [ecrit(un) for un in ecran.composants()]
    return unescape("\n".join(contenus))


# --- The tables ---------------------------------------------------------------------------------


def test_every_column_of_the_analysts_file_has_a_meaning(entrepot_demo: Dossier) -> None:
    v = Lecteur(entrepot_demo).ouvrir()
    assert v
    lues = schema_analystes(Lecture(v, TOUT))
    sans_sens = [f"{t.nom}.{c.nom}" for t in lues for c in t.colonnes if not c.sens]
    assert sans_sens == [], "say what it means in infocentre/contrat/calculees.yml"
    assert [t.nom for t in lues if not (t.libelle and t.objet)] == []
    with tenir_analystes(entrepot_demo) as fichier, duckdb.connect(str(fichier)) as con:
        presentes = con.execute(
            "SELECT table_name, list(column_name ORDER BY column_index) FROM duckdb_columns() "
            "WHERE NOT internal GROUP BY ALL"
        ).fetchall()
    assert {t.nom: [c.nom for c in t.colonnes] for t in lues} == dict(presentes)


def test_a_coded_column_shows_its_list(client: FlaskClient) -> None:
    montre = unescape(client.get("/requetes/schema.json?version=1").get_json()["html"])
    for code, libelle in contrat().codes["MOTIF_RADIATION"].items():
        assert f"<code>{code}</code> {libelle}" in montre


def test_the_completion_knows_tables_and_columns(client: FlaskClient) -> None:
    tables = client.get("/requetes/schema.json?version=1").get_json()["tables"]
    assert tables[0]["nom"] == "demandes"
    assert {"nom": "statut", "type": "texte"}.items() <= tables[0]["colonnes"][2].items()


# --- What the editor opens with -----------------------------------------------------------------


def test_the_address_holds_the_query_and_its_parameters(afficher: Afficher) -> None:
    ecran = afficher("/requetes?sql=select%201%20%3C%20%24jours&p_jours=30")
    assert "select 1 < $jours</textarea>" in html_de(ecran)
    assert 'name="p_jours" value="30"' in html_de(ecran)


def test_an_address_cannot_write_in_the_page(afficher: Afficher) -> None:
    ecran = afficher("/requetes?sql=%3C/textarea%3E%3Cscript%3Ealert(1)%3C/script%3E")
    contenus = "".join(ecrit(un) for un in ecran.composants())
    assert "<script" not in contenus
    assert "&lt;/textarea&gt;" in contenus


def test_a_kept_query_opens_by_its_link(afficher: Afficher, client: FlaskClient) -> None:
    gardee = appeler(client, "garder", titre="Essai", sql="select 42", partagee=False)
    ecran = html_de(afficher(f"/requetes?requete={gardee['id']}"))
    assert "select 42</textarea>" in ecran
    assert "la vôtre, privée" in ecran
    assert f'href="/requetes?requete={gardee["id"]}"' in html_de(afficher("/requetes"))


def test_another_s_private_query_does_not_open(
    afficher: Afficher, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    privee = appeler(client, "garder", titre="À moi", sql="select 1", partagee=False)
    commune = appeler(client, "garder", titre="À tous", sql="select 2", partagee=True)
    monkeypatch.setenv("INFOCENTRE_UTILISATEUR", "Marc")
    assert "n'est pas la vôtre" in afficher(f"/requetes?requete={privee['id']}").texte
    assert "de Léa, partagée" in html_de(afficher(f"/requetes?requete={commune['id']}"))
    assert "À moi" not in html_de(afficher("/requetes"))
    assert "refus" in appeler(client, "supprimer", id=commune["id"])


def test_a_query_of_the_library_opens_with_its_form(
    afficher: Afficher, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "bibliotheque").mkdir()
    (tmp_path / "bibliotheque" / "essai_q2.sql").write_text(
        f"-- titre: Un essai\n-- description: Pour voir\n{PARAMETRE}select $jours as j\n", "utf-8"
    )
    monkeypatch.setenv("INFOCENTRE_DOSSIER", str(tmp_path))
    ecran = html_de(afficher("/requetes?bibliotheque=essai_q2"))
    assert "Un essai" in ecran
    assert "Jours à venir" in ecran
    assert 'name="p_jours" value="60" type="number" min="1" required' in ecran


def test_the_library_begins_with_what_is_asked_each_month(
    afficher: Afficher, client: FlaskClient
) -> None:
    liens = [un for un in afficher("/requetes/bibliotheque").liens if "bibliotheque=" in un]
    assert [un.partition("=")[2] for un in liens[:2]] == [
        "guichets_a_relancer",
        "guichets_changement_etat",
    ]
    livrees = lire_bibliotheque(ressources("queries") / "bibliotheque")
    assert len(liens) == len(livrees)
    sql = livrees["registre_incomplet"].sql
    for _ in range(2):
        assert appeler(client, "executer", sql=sql)["lignes"]
    assert "Fiches de guichet incomplètes dans le registre 2 fois" in (
        afficher("/requetes/bibliotheque").texte
    )


def test_a_question_shows_its_queries_without_running_them(afficher: Afficher) -> None:
    ecran = afficher(f"/requetes/bibliotheque?recherche={quote('à relancer ?')}")
    assert next(un for un in ecran.liens if "bibliotheque=" in un).endswith("guichets_a_relancer")
    assert "from valeurs" in ecran.composants("Pre")[0].children
    assert "Aucune requête ne répond" in afficher("/requetes/bibliotheque?recherche=xyzzyx").texte


def test_a_wrong_link_says_what_to_do(afficher: Afficher) -> None:
    for adresse in ("/requetes?bibliotheque=rien", "/requetes?requete=rien"):
        assert "rien" in afficher(adresse).texte


# --- Calls --------------------------------------------------------------------------------------


def test_the_form_follows_the_text(client: FlaskClient) -> None:
    lu = appeler(client, "parametres", sql="select $mois, $code", parametres={"code": "X"})
    assert 'name="p_code" value="X"' in lu["champs"]
    assert 'name="p_mois"' in lu["champs"]
    assert appeler(client, "parametres", sql="select 1")["champs"] == ""


def test_a_header_that_is_wrong_says_so_in_the_form(client: FlaskClient) -> None:
    lu = appeler(client, "parametres", sql="-- parametre j: {type: oups}\nselect $j")
    assert "fr-alert" in lu["champs"]


def test_what_is_kept_is_found_again_then_deleted(client: FlaskClient) -> None:
    gardee = appeler(client, "garder", titre="Délais", sql="select 1", partagee=True)
    changee = appeler(
        client, "garder", id=gardee["id"], titre="Délais longs", sql="select 2", partagee=True
    )
    assert changee["id"] == gardee["id"]
    assert "Délais longs" in appeler(client, "listes", recherche="longs")["gardees"]
    assert "Délais longs" not in appeler(client, "listes", recherche="autre")["gardees"]
    assert "Délais longs" not in appeler(client, "supprimer", id=gardee["id"])["gardees"]
    assert "titre" in appeler(client, "garder", titre=" ", sql="select 1")["quoi"]


def test_the_editor_is_vendored_whole(client: FlaskClient, afficher: Afficher) -> None:
    adresse = next(
        un for un in html_de(afficher("/requetes")).split('"') if un.startswith("/editeur/")
    )
    with client.get(adresse) as reponse:
        servi = reponse.get_data()
    assert servi == (EDITEUR / "editeur.js").read_bytes()
    assert b"eval(" not in servi
    assert "MIT" in (EDITEUR / "editeur.js").read_text("utf-8")[:200]


# --- Charts -------------------------------------------------------------------------------------


def demander(forme: str, lignes: list[list[Any]], mesure: str = "demandes") -> str:
    lu = {"forme": forme, "abscisse": "guichet", "mesure": mesure, "lignes": lignes, "largeur": 600}
    return dessiner(lire_demande(lu))


@pytest.mark.parametrize("forme", ["barres", "colonnes", "courbe"])
def test_a_result_is_drawn(forme: str) -> None:
    dessin = demander(forme, [["G1", "", 12], ["G2", "", 7], ["G3", "", None]])
    assert dessin.startswith("<svg")
    assert "G1" in dessin
    assert "12" in dessin


@pytest.mark.parametrize("forme", ["barres", "colonnes"])
def test_a_result_is_cut_into_series(forme: str) -> None:
    dessin = demander(forme, [["G1", "HLM", 12], ["G1", "État", 7], ["G2", "HLM", 3]])
    assert "HLM" in dessin
    assert "État" in dessin


def test_a_name_of_the_result_cannot_write_in_the_page() -> None:
    assert "<script" not in demander("barres", [["<script>", "", 1]])


@pytest.mark.parametrize(
    ("lignes", "dit"),
    [
        ([], "rien à dessiner"),
        ([["G1", "", "douze"]], "rien à dessiner"),
        ([["G1", "A", 1], ["G1", "B", -3]], "négatives"),
        ([["G1"]], "mal demandé"),
        ([["G1", "A", 1], ["G1", "A", 2], ["G1", "B", 2]], "plusieurs lignes"),
        ([["G1", f"S{rang}", 1] for rang in range(9)], "9 séries"),
    ],
)
def test_what_cannot_be_drawn_says_why(lignes: list[list[Any]], dit: str) -> None:
    with pytest.raises(Refus, match=dit):
        demander("barres", lignes)


def test_a_negative_value_is_drawn_on_its_side_of_zero() -> None:
    lignes: list[list[Any]] = [["G1", "", -30], ["G2", "", 15]]
    (x1, long1), (x2, _) = _tailles(demander("barres", lignes, "solde"), "x", "width")
    assert x1 + long1 == pytest.approx(x2)
    _, (haut1, _), (haut2, long2) = _tailles(demander("colonnes", lignes, "solde"), "y", "height")
    assert haut2 + long2 == pytest.approx(haut1)
    courbe = demander("courbe", lignes, "solde")
    (y1,), (y2,) = (
        [float(y) for y in re.findall(r'cy="([\d.]+)"', point)]
        for point in courbe.split("<title>")[2:]
    )
    (zero,) = (float(y) for y in re.findall(r'y="([\d.]+)"[^>]*>0<', courbe))
    assert y2 < zero < y1


def _tailles(dessin: str, debut: str, taille: str) -> list[tuple[float, ...]]:
    """Where each rectangle begins, and how large it is."""
    motif = rf'<rect.*? {debut}="([\d.]+)".*? {taille}="([\d.]+)"'
    return [tuple(map(float, lu)) for lu in re.findall(motif, dessin)]


@pytest.mark.parametrize(("valeur", "ecrit"), [(21.73, "21,7"), (0.042, "0,042"), (0.25, "0,25")])
@pytest.mark.parametrize("forme", ["barres", "colonnes", "courbe"])
def test_a_mean_keeps_its_decimals(forme: str, valeur: float, ecrit: str) -> None:
    assert ecrit in demander(forme, [["2026-09", "", valeur], ["2026-10", "", valeur]], "moyenne")


def test_names_of_columns_are_written_as_words() -> None:
    lu = {
        "forme": "barres",
        "abscisse": "mois_d_envoi",
        "mesure": "plis_de_l_organisme",
        "lignes": [["2026-10", "", 3]],
    }
    assert lire_demande(lu).titre == "plis de l'organisme par mois d'envoi"
    assert "oct. 2026" in dessiner(lire_demande(lu))
    assert lire_demande({**lu, "abscisse": "ligne"}).titre == "plis de l'organisme, ligne par ligne"


def test_counts_are_graduated_in_whole_numbers() -> None:
    assert not re.findall(r">\d,\d+<", demander("colonnes", [["G1", "", 1], ["G2", "", 2]]))


def test_a_ratio_is_drawn_in_percent() -> None:
    assert "12,5" in demander("barres", [["G1", "", 0.125]], "taux_12m")


# --- Who may call -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("entetes", "code"),
    [
        ({}, 200),
        ({"Origin": "http://localhost"}, 200),
        ({"Sec-Fetch-Site": "same-origin"}, 200),
        ({"Origin": "http://malveillant.example"}, 403),
        ({"Origin": "null"}, 403),
        ({"Origin": "http://localhost:9999"}, 403),
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Sec-Fetch-Site": "same-site"}, 403),
        ({"Host": "malveillant.example"}, 421),
        ({"Host": "[::1]:8050"}, 200),
    ],
)
def test_another_site_cannot_act_for_a_reader(
    client: FlaskClient, entetes: dict[str, str], code: int
) -> None:
    reponse = client.post("/requetes/listes", json={}, headers=entetes)
    assert reponse.status_code == code


def test_another_name_of_this_machine_reads_nothing(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    entetes = {"Host": "infocentre.prefecture.example"}
    assert client.get("/version", headers=entetes).status_code == 421
    monkeypatch.setenv("INFOCENTRE_HOTES", "infocentre.prefecture.example")
    assert client.get("/version", headers=entetes).status_code == 200


def test_before_any_month_the_page_says_what_to_do(app_vide: dash.Dash) -> None:
    client: FlaskClient = app_vide.server.test_client()
    assert client.get("/requetes/schema.json").get_json()["tables"] == []


def test_a_day_is_said_as_people_say_it() -> None:
    assert quand(dt.datetime(2026, 3, 5, 12, tzinfo=dt.UTC)) == "le 05/03/2026"
    assert quand(dt.datetime.now(dt.UTC)).startswith("aujourd'hui à ")
