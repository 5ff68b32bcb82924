"""The page Requêtes without a browser: what it opens with, what its callbacks answer."""

from __future__ import annotations

import datetime as dt
import os
import re
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from html import unescape
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from urllib.parse import quote

import dash
import duckdb
import pytest
from flask.testing import FlaskClient

from dashboards.composants.dessins import decrire, lire_demande, proposer
from dashboards.composants.requetes import EDITEUR, Depart, quand
from dashboards.composants.resultat import Rubrique, genre
from dashboards.requetes import place
from infocentre.acces.modele import SEUL, Acces, Role
from infocentre.acces.perimetre import TOUT, Perimetre
from infocentre.analystes import fichier
from infocentre.analystes.fichier import tenir_analystes
from infocentre.contrat import contrat
from infocentre.decisions import Requetes, ouvrir_magasin
from infocentre.entrepot import Dossier
from infocentre.graphiques.descriptions import Description
from infocentre.lecture.analystes import schema_analystes
from infocentre.lecture.lecteur import Lecteur, Lecture
from infocentre.noyau.config import ressources
from infocentre.noyau.erreurs import Refus, RefusMotive
from infocentre.requetes.bibliotheque import lire_bibliotheque
from infocentre.requetes.modele import Colonne
from tests.dashboards.comme import comme
from tests.dashboards.rappels import composants, rappeler, texte
from tests.dashboards.vues import Ecran, ecrit

Afficher = Callable[[str], Ecran]
PARAMETRE = "-- parametre jours: {type: entier, libelle: Jours à venir, defaut: 60, min: 1}\n"
COURSE = "a" * 32


@pytest.fixture(autouse=True)
def chez_lea(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Give each test a store of its own, and a name."""
    monkeypatch.setenv("INFOCENTRE_DECISIONS", f"sqlite:///{tmp_path}/decisions.sqlite")
    monkeypatch.setenv("INFOCENTRE_UTILISATEUR", "Léa")


def miennes(dossier: Dossier) -> Requetes:
    return Requetes(ouvrir_magasin(dossier.racine), "Léa")


def executer(app: dash.Dash, client: FlaskClient, sql: str, **donnes: str) -> dict[str, Any]:
    """Return what changes when somebody clicks on Exécuter."""
    tenus = {
        "executer.n_clicks": 1,
        "editeur.valeur": sql,
        "parametres.valeurs": donnes,
        "course.data": COURSE,
        "depart.data": Depart(sql).ecrire(),
    }
    return rappeler(app, client, "resultat.children", "executer.n_clicks", tenus)


def garder(
    app: dash.Dash, client: FlaskClient, valeurs: Mapping[str, str], sql: str, depart: Any = None
) -> dict[str, Any]:
    """Return what changes when somebody keeps the query that is on the screen."""
    tenus = {"garder.envois": 1, "garder.valeurs": valeurs, "editeur.valeur": sql}
    tenus |= {"depart.data": depart or Depart(sql).ecrire()}
    return rappeler(app, client, "gardees.children", "garder.envois", tenus)


def valeurs_de(ecran: Ecran, nom: str) -> dict[str, str]:
    """Return what a form of the page opens with."""
    lues: dict[str, str] = ecran.trouver(nom).valeurs
    return lues


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


def test_the_completion_knows_tables_columns_and_codes(client: FlaskClient) -> None:
    lu = client.get("/requetes/schema.json?version=1").get_json()
    demandes = lu["tables"][0]
    assert demandes["nom"] == "demandes"
    assert {"nom": "statut", "type": "texte"}.items() <= demandes["colonnes"][2].items()
    motif = next(une for une in demandes["colonnes"] if une["nom"] == "motif_radiation")
    attendus = contrat().codes[motif["liste"]].items()
    assert [tuple(un) for un in lu["codes"][motif["liste"]]] == list(attendus)


# --- What the editor opens with -----------------------------------------------------------------


def test_the_address_holds_the_query_and_its_parameters(afficher: Afficher) -> None:
    ecran = afficher("/requetes?sql=select%201%20%3C%20%24jours&p_jours=30")
    assert ecran.trouver("editeur").valeur == "select 1 < $jours"
    assert valeurs_de(ecran, "parametres") == {"jours": "30"}


def test_a_kept_query_opens_by_its_link(afficher: Afficher, entrepot_demo: Dossier) -> None:
    gardee = miennes(entrepot_demo).garder("Essai", "select 42", partagee=False)
    ecran = afficher(f"/requetes?requete={gardee.id}")
    assert ecran.trouver("editeur").valeur == "select 42"
    assert "Essai la vôtre, privée" in ecran.texte
    assert f"/requetes?requete={gardee.id}" in afficher("/requetes").liens


@pytest.mark.tentative(
    "requete",
    "supprimer une requête partagée qui n'est pas la sienne",
)
def test_another_s_private_query_does_not_open(
    afficher: Afficher,
    app: dash.Dash,
    client: FlaskClient,
    entrepot_demo: Dossier,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    privee = miennes(entrepot_demo).garder("À moi", "select 1", partagee=False)
    commune = miennes(entrepot_demo).garder("À tous", "select 2", partagee=True)
    monkeypatch.setenv("INFOCENTRE_UTILISATEUR", "Marc")
    assert "n'est pas la vôtre" in afficher(f"/requetes?requete={privee.id}").texte
    ecran = afficher(f"/requetes?requete={commune.id}")
    assert "À tous de Léa, partagée" in ecran.texte
    assert "À moi" not in afficher("/requetes").texte
    depart = {**Depart("select 2").ecrire(), "id": commune.id, "mienne": True}
    tenus = {"supprimer.submit_n_clicks": 1, "depart.data": depart}
    lu = rappeler(app, client, "gardees.children", "supprimer.submit_n_clicks", tenus)
    assert "n'est pas la vôtre" in texte(lu["garder-dit.children"])
    assert miennes(entrepot_demo).lire(commune.id).titre == "À tous"


@pytest.mark.tentative(
    "requete",
    "l'historique d'un autre",
)
def test_what_was_run_opens_again_for_who_ran_it(
    afficher: Afficher, app: dash.Dash, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    executer(app, client, "select 17 as n")
    lien = next(un for un in afficher("/requetes").liens if "execution=" in un)
    assert afficher(lien).trouver("editeur").valeur == "select 17 as n"
    monkeypatch.setenv("INFOCENTRE_UTILISATEUR", "Marc")
    assert "n'est pas la vôtre" in afficher(lien).texte


def test_what_one_was_writing_opens_again(
    afficher: Afficher, app: dash.Dash, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def ecrire(sql: str) -> dict[str, Any]:
        tenus = {"editeur.valeur": sql, "depart.data": Depart("select 1").ecrire()}
        return rappeler(app, client, "brouillon-dit.children", "editeur.valeur", tenus)

    exemple = afficher("/requetes").trouver("editeur").valeur
    assert ecrire("select 1") == {}
    assert ecrire("select 2")["brouillon-dit.children"] == "Brouillon gardé."
    ecrire("select 23")
    assert afficher("/requetes").trouver("editeur").valeur == "select 23"
    assert afficher("/requetes?sql=select+9").trouver("editeur").valeur == "select 9"
    monkeypatch.setenv("INFOCENTRE_UTILISATEUR", "Marc")
    assert afficher("/requetes").trouver("editeur").valeur == exemple
    monkeypatch.setenv("INFOCENTRE_UTILISATEUR", "Léa")
    garder(app, client, {"titre": "Gardée"}, "select 23")
    assert afficher("/requetes").trouver("editeur").valeur == exemple


def test_a_query_of_the_library_opens_with_its_form(
    afficher: Afficher, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "bibliotheque").mkdir()
    (tmp_path / "bibliotheque" / "essai_q2.sql").write_text(
        f"-- titre: Un essai\n-- description: Pour voir\n{PARAMETRE}select $jours as j\n", "utf-8"
    )
    monkeypatch.setenv("INFOCENTRE_DOSSIER", str(tmp_path))
    ecran = afficher("/requetes?bibliotheque=essai_q2")
    assert "Un essai bibliothèque Pour voir" in ecran.texte
    assert valeurs_de(ecran, "parametres") == {"jours": "60"}
    ((champ,),) = (un["champs"] for un in ecran.trouver("parametres").groupes)
    assert (champ["libelle"], champ["genre"]) == ("Jours à venir", "number")
    assert champ["precisions"] == {"min": "1", "required": True}


def test_the_library_begins_with_what_is_asked_each_month(
    afficher: Afficher, app: dash.Dash, client: FlaskClient
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
        assert "lignes en" in texte(executer(app, client, sql)["resultat.children"])
    assert "Fiches de guichet incomplètes dans le registre 2 fois" in (
        afficher("/requetes/bibliotheque").texte
    )


def test_a_question_shows_its_queries_without_running_them(afficher: Afficher) -> None:
    ecran = afficher(f"/requetes/bibliotheque?recherche={quote('à relancer ?')}")
    assert next(un for un in ecran.liens if "bibliotheque=" in un).endswith("guichets_a_relancer")
    assert "from valeurs" in ecran.composants("Pre")[0].children
    assert "Aucune requête ne répond" in afficher("/requetes/bibliotheque?recherche=xyzzyx").texte


def test_the_page_opens_without_the_file_of_the_analysts(
    afficher: Afficher, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It takes ten seconds to make: who runs a query waits for it, not who opens the page."""
    monkeypatch.setattr(fichier, "_a_jour", lambda _: False)
    monkeypatch.setattr(fichier, "ecrire_analystes", lambda *_: pytest.fail("the file is written"))
    assert "Exécuter" in afficher("/requetes").texte
    assert "guichets_a_relancer" in " ".join(afficher("/requetes/bibliotheque").liens)


def test_a_wrong_link_says_what_to_do(afficher: Afficher) -> None:
    for adresse in ("/requetes?bibliotheque=rien", "/requetes?requete=rien"):
        assert "rien" in afficher(adresse).texte


# --- Callbacks ----------------------------------------------------------------------------------


def test_a_result_comes_as_components(app: dash.Dash, client: FlaskClient) -> None:
    sql = "select guichet, nom, 0.25 as part, 12 as demandes from registre where guichet = $g"
    lu = executer(app, client, f"{sql} limit 1", g="G1302")
    assert "1 ligne en" in texte(lu["resultat.children"])
    (grille,) = (un for un in composants(lu["resultat.children"]) if un["type"] == "AgGrid")
    (ligne,) = grille["props"]["rowData"]
    assert (ligne["c0"], ligne["c2"], ligne["c3"]) == ("G1302", 0.25, 12)
    guichet, part = (grille["props"]["columnDefs"][rang] for rang in (1, 3))
    assert guichet["cellRendererParams"] == {"vers": "/guichet/"}
    assert "taux" in part["valueFormatter"]["function"]
    assert grille["props"]["dangerously_allow_code"] is False
    assert lu["lien.data"].startswith("/requetes?sql=select+guichet")
    assert lu["lien.data"].endswith("&p_g=G1302")
    assert texte(lu["executions.children"]).startswith("select guichet, nom")


def test_a_fault_is_told_with_its_place(app: dash.Dash, client: FlaskClient) -> None:
    lu = executer(app, client, "select statu\nfrom demandes")
    assert "Ligne 1, colonne 8" in texte(lu["resultat.children"])
    assert "statut" in texte(lu["resultat.children"])
    lieu = {"ligne": 1, "colonne": 8, "longueur": 5}
    assert lu["editeur.place"].items() >= lieu.items()


def test_the_form_follows_the_text(app: dash.Dash, client: FlaskClient) -> None:
    tenus: dict[str, Any] = {
        "editeur.valeur": "select $mois, $code",
        "parametres.valeurs": {"code": "X"},
    }
    lu = rappeler(app, client, "parametres.groupes", "editeur.valeur", tenus)
    assert lu["parametres.valeurs"] == {"code": "X", "mois": ""}
    assert "sql=select+%24mois" in lu["vers-indicateur.href"]
    tenus |= {
        "parametres.groupes": lu["parametres.groupes"],
        "editeur.valeur": "select $mois, $code, 1",
    }
    assert "parametres.groupes" not in rappeler(
        app, client, "parametres.groupes", "editeur.valeur", tenus
    )
    tenus["editeur.valeur"] = "select 1"
    assert (
        rappeler(app, client, "parametres.groupes", "editeur.valeur", tenus)["parametres.groupes"]
        == []
    )


def test_a_header_that_is_wrong_says_so_in_the_form(app: dash.Dash, client: FlaskClient) -> None:
    tenus = {"editeur.valeur": "-- parametre j: {type: oups}\nselect $j"}
    lu = rappeler(app, client, "parametres-dit.children", "editeur.valeur", tenus)
    assert "Corriger l'en-tête" in texte(lu["parametres-dit.children"])


def test_what_is_kept_is_found_again_then_deleted(
    app: dash.Dash, client: FlaskClient, entrepot_demo: Dossier
) -> None:
    gardee = garder(app, client, {"titre": "Délais", "partagee": "oui"}, "select 1")
    depart = gardee["depart.data"]
    assert texte(gardee["origine.children"]) == "Délais la vôtre, partagée"
    changee = garder(app, client, {"titre": "Délais longs"}, "select 2", depart)
    assert changee["depart.data"]["id"] == depart["id"]
    assert "Délais longs" in texte(changee["gardees.children"])
    copie = garder(app, client, {"titre": "Autre", "copie": "oui"}, "select 2", depart)
    assert copie["depart.data"]["id"] != depart["id"]
    for cherche, trouve in (("longs", True), ("rien de tel", False)):
        cherchee = {"chercher-requete.valeurs": {"requete": cherche}}
        lu = rappeler(app, client, "gardees.children", "chercher-requete.valeurs", cherchee)
        assert ("Délais longs" in texte(lu["gardees.children"])) is trouve
    tenus = {"supprimer.submit_n_clicks": 1, "depart.data": changee["depart.data"]}
    lu = rappeler(app, client, "gardees.children", "supprimer.submit_n_clicks", tenus)
    assert lu["depart.data"]["id"] == ""
    assert [une.titre for une in miennes(entrepot_demo).lister()] == ["Autre"]
    refusee = garder(app, client, {"titre": " "}, "select 1")
    assert "pas de titre" in texte(refusee["garder-dit.children"])


def test_a_link_says_who_may_open_it(app: dash.Dash, client: FlaskClient) -> None:
    depart = Depart("select 1", "Essai", id="x" * 12, mienne=True).ecrire()
    for sql, adresse, dit in (
        ("select 1", "/requetes?requete=xxxxxxxxxxxx", "Requête privée"),
        ("select 2", "/requetes?sql=select+2", ""),
        (f"select {'1' * 4000}", "", "trop longue pour un lien"),
    ):
        tenus = {"copier.n_clicks": 1, "editeur.valeur": sql, "depart.data": depart}
        lien = rappeler(app, client, "copie.data", "copier.n_clicks", tenus)["copie.data"]
        assert lien["adresse"] == adresse
        assert dit in lien["dit"]


@pytest.mark.tentative(
    "requete",
    "un résultat déjà emporté",
)
def test_a_file_is_taken_away_once(
    app: dash.Dash, client: FlaskClient, entrepot_demo: Dossier
) -> None:
    executee = {"sql": "select $n as n", "donnes": {"n": "à emporter"}, "titre": "Été & délais"}
    tenus: dict[str, Any] = {
        "exporter-csv.n_clicks": 1,
        "executee.data": executee,
        "course.data": COURSE,
    }
    lu = rappeler(app, client, "emport.data", "exporter-csv.n_clicks", tenus)
    adresse = lu["emport.data"]
    assert adresse.endswith("/ete-delais.csv")
    with client.get(adresse) as reponse:
        assert reponse.headers["Content-Disposition"] == "attachment; filename=ete-delais.csv"
        assert "à emporter" in reponse.get_data().decode("utf-8-sig")
    assert client.get(adresse).status_code == 404
    assert list(entrepot_demo.file.glob("emport-*")) == []
    for faux in ("/requetes/fichier/../x.csv", f"/requetes/fichier/{'0' * 32}/x.csv"):
        assert client.get(faux).status_code == 404


@pytest.mark.tentative(
    "requete",
    "le résultat d'un autre compte, par l'adresse qu'il a reçue (T8)",
    "celui d'une autre session de ce compte, d'un périmètre d'avant",
    "un résultat de plus d'un quart d'heure",
)
def test_a_file_is_of_the_session_that_asked_for_it(
    app: dash.Dash, entrepot_demo: Dossier, monkeypatch: pytest.MonkeyPatch
) -> None:
    ana = Acces("ana@exemple.fr", "Ana", Role.ANALYSTE, Perimetre(frozenset({"013"})))
    bob = replace(ana, qui="bob@exemple.fr")
    ailleurs = replace(ana, perimetre=Perimetre(frozenset({"013", "084"})))

    def demander(de: Acces, session: str, adresse: str = "") -> Any:
        ouverte = SimpleNamespace(nom=session)
        monkeypatch.setattr("dashboards.requetes.session_ouverte", lambda: ouverte)
        with comme(app, de):
            client = app.server.test_client()
            if adresse:
                with client.get(adresse) as lue:
                    return lue.status_code
            executee = {"sql": "select 1 as n", "donnes": {}, "titre": "Un"}
            tenus = {"exporter-csv.n_clicks": 1, "executee.data": executee, "course.data": COURSE}
            return rappeler(app, client, "emport.data", "exporter-csv.n_clicks", tenus)[
                "emport.data"
            ]

    adresse = demander(ana, "s1")
    for de, session in ((bob, "s1"), (bob, "s2"), (ana, "s2"), (ailleurs, "s1"), (SEUL, "s1")):
        assert demander(de, session, adresse) == 404, (de, session)
    assert demander(ana, "s1", adresse) == 200
    assert demander(ana, "s1", adresse) == 404
    vieille = demander(ana, "s1")
    (fichier,) = entrepot_demo.file.glob("emport-*")
    os.utime(fichier, (time.time() - 901,) * 2)
    assert demander(ana, "s1", vieille) == 404
    assert list(entrepot_demo.file.glob("emport-*")) == []


def test_an_account_leaves_a_thread_to_others(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dashboards.requetes.qui", lambda: "ana@exemple.fr")
    with place(), place():
        with pytest.raises(RefusMotive, match="vos autres requêtes"), place():
            pass
        monkeypatch.setattr("dashboards.requetes.qui", lambda: "bob@exemple.fr")
        with place():
            monkeypatch.setattr("dashboards.requetes.qui", lambda: "eve@exemple.fr")
            with pytest.raises(RefusMotive, match="d'autres requêtes"), place():
                pass
    with place():
        pass


def test_the_editor_is_vendored_whole(client: FlaskClient, afficher: Afficher) -> None:
    with client.get(afficher("/requetes").trouver("editeur").script) as reponse:
        servi = reponse.get_data()
    assert servi == (EDITEUR / "editeur.js").read_bytes()
    assert b"eval(" not in servi
    assert "MIT" in (EDITEUR / "editeur.js").read_text("utf-8")[:200]


def test_code_is_copied_as_it_runs(afficher: Afficher) -> None:
    page = " ".join(ecrit(un) for un in afficher("/requetes/outils").composants("Bloc"))
    lus = re.findall(r"<pre[^>]*><code[^>]*>(.*?)</code></pre>", page, re.DOTALL)
    blocs = [unescape(un).rstrip("\n") for un in lus]
    assert "pip install duckdb" in blocs
    python = next(un for un in blocs if "polars.read_csv" in un)
    compile(python, "outils.md", "exec")
    assert 'codes = {"departement": polars.String' in python


# --- How columns are read -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("nom", "type_", "attendu"),
    [
        ("demandes", "BIGINT", "nombre"),
        ("moyenne", "DECIMAL(18,3)", "nombre"),
        ("part_qpv", "DOUBLE", "taux"),
        ("annee", "INTEGER", "code"),
        ("mois", "VARCHAR", "texte"),
        ("le", "TIMESTAMP", "instant"),
        ("duree", "INTERVAL", "duree"),
        ("oui", "BOOLEAN", "booleen"),
        ("liste", "INTEGER[]", "texte"),
    ],
)
def test_a_column_is_written_by_its_type_and_its_name(nom: str, type_: str, attendu: str) -> None:
    assert genre(Colonne(nom, type_)) == attendu


# --- Charts -------------------------------------------------------------------------------------

NOMS = [Rubrique("guichet", "texte"), Rubrique("demandes", "nombre"), Rubrique("serie", "texte")]
Lignes = list[list[Any]]


def dessin(forme: str, lignes: Lignes, colonnes: list[Rubrique] = NOMS) -> Description:
    """Return the chart of rows (name, value, series), as the page asks for it."""
    serie = "c2" if any(une[2] for une in lignes) else ""
    choix = {"forme": forme, "abscisse": "c0", "mesure": "c1", "serie": serie}
    brutes = [[[nom], valeur, cle] for nom, valeur, cle in lignes]
    return decrire(lire_demande({"valeurs": choix, "lignes": brutes}, colonnes))


@pytest.mark.parametrize("forme", ["barres", "colonnes", "courbe"])
def test_a_result_is_drawn(forme: str) -> None:
    table = dessin(forme, [["G1", 12, ""], ["G2", 7, ""], ["G3", None, ""]]).table()
    assert table.colonnes == ("guichet", "demandes")
    assert table.lignes == (("G1", "12"), ("G2", "7"), ("G3", "–"))


def test_lines_cut_into_series_go_from_the_oldest_month() -> None:
    lignes = [["2026-10", 7, "HLM"], ["2026-09", 12, "HLM"], ["2026-10", 3, "État"]]
    table = dessin("courbe", [*lignes, ["2026-10", 10, "Ensemble"]]).table()
    assert table.colonnes == ("guichet", "HLM", "État")
    assert table.lignes == (("sept. 2026", "12", "–"), ("oct. 2026", "7", "3"))


def test_a_scatter_faces_two_numbers_and_a_histogram_counts_rows() -> None:
    colonnes = [Rubrique("delai_moyen", "nombre"), Rubrique("part", "taux"), NOMS[2]]
    nuage = dessin("nuage", [[3, 0.5, "HLM"], [4, None, "HLM"], [5, 0.25, "État"]], colonnes)
    assert nuage.table().colonnes[1:] == ("Série", "delai moyen", "part")
    assert [une[1:] for une in nuage.table().lignes] == [
        ("HLM", "3", "50,0\u202f%"),
        ("État", "5", "25,0\u202f%"),
    ]
    with pytest.raises(Refus, match="deux nombres"):
        dessin("nuage", [["G1", 1, ""]])
    comptes = dessin("histogramme", [["", valeur, ""] for valeur in (1, 1, 2, 9)]).table()
    assert sum(int(une[1]) for une in comptes.lignes) == 4


@pytest.mark.parametrize(
    ("lignes", "dit"),
    [
        ([], "rien à dessiner"),
        ([["G1", "douze", ""]], "rien à dessiner"),
        ([["G1", float("nan"), ""]], "rien à dessiner"),
        ([["G1", 1e308, ""]], "trop grande pour être dessinée"),
        ([["G1", 10**400, ""]], "trop grande pour être dessinée"),
        ([["G1", 1, "A"], ["G1", -3, "B"]], "négatives"),
        ([["G1", 1, "A"], ["G1", 2, "A"], ["G1", 2, "B"]], "plusieurs lignes"),
        ([["G1", 1, f"S{rang}"] for rang in range(9)], "9 séries"),
    ],
)
def test_what_cannot_be_drawn_says_why(lignes: Lignes, dit: str) -> None:
    with pytest.raises(Refus, match=dit):
        dessin("barres", lignes)


@pytest.mark.parametrize(
    "lu",
    [None, [], {}, {"valeurs": {}, "lignes": []}, {"valeurs": {"forme": "barres"}, "lignes": [1]}],
)
def test_a_chart_asked_anyhow_is_refused(lu: object) -> None:
    with pytest.raises(Refus):
        lire_demande(lu, NOMS)


def test_what_a_chart_opens_with_suits_the_result() -> None:
    def propose(types: str, *lignes: list[Any]) -> tuple[str, ...]:
        colonnes = [
            Rubrique(f"c{rang}", "nombre" if un == "n" else "texte")
            for rang, un in enumerate(types)
        ]
        lu = proposer(lignes, colonnes)
        return lu["forme"], lu["mesure"], lu["abscisse"], lu["serie"]

    mois = [["2026-09", "A", 1], ["2026-09", "B", 2], ["2026-10", "A", 30]]
    assert propose("ttn", *mois) == ("courbe", "c2", "c0", "c1")
    codes = [["G1", "Garlaban", 4], ["G2", "Alpilles", 9]]
    assert propose("ttn", *codes) == ("colonnes", "c2", "c1", "")
    assert propose("nn", [1, 10], [2, 20], [3, 15]) == ("nuage", "c1", "c0", "")
    assert propose("n", [1], [5], [9]) == ("histogramme", "c0", "", "")
    assert propose("tnn", *[["x", un, un * 2] for un in (0, 1, 2)])[0] == "barres"


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
@pytest.mark.tentative(
    "site",
    "un appel de requête posté par un autre site",
)
def test_another_site_cannot_act_for_a_reader(
    client: FlaskClient, entetes: dict[str, str], code: int
) -> None:
    reponse = client.post("/requetes/annuler", json={}, headers=entetes)
    assert reponse.status_code == code


@pytest.mark.tentative(
    "entetes",
    "le nom d'un autre site qui mène à cette machine",
)
def test_another_name_of_this_machine_reads_nothing(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    entetes = {"Host": "infocentre.prefecture.example"}
    assert client.get("/version", headers=entetes).status_code == 421
    monkeypatch.setenv("INFOCENTRE_HOTES", "infocentre.prefecture.example")
    assert client.get("/dsfr.css", headers=entetes).status_code == 200
    assert client.get("/version", headers=entetes).status_code == 401, "no account, no data"


def test_before_any_month_the_page_says_what_to_do(app_vide: dash.Dash) -> None:
    client: FlaskClient = app_vide.server.test_client()
    assert client.get("/requetes/schema.json").get_json()["tables"] == []


def test_a_day_is_said_as_people_say_it() -> None:
    assert quand(dt.datetime(2026, 3, 5, 12, tzinfo=dt.UTC)) == "le 05/03/2026"
    assert quand(dt.datetime.now(dt.UTC)).startswith("aujourd'hui à ")
