"""An EPCI in the address: whose guichets are shown, which figures are its own, which are not."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterator

import dash
import flask
import pytest
from flask.testing import FlaskClient

from dashboards.courant import lecture
from infocentre.acces.perimetre import Perimetre
from infocentre.contrat.territoires import territoires
from infocentre.demo.territoire import territoire
from infocentre.graphiques.fonds import fond_de_carte
from infocentre.lecture.accueil import a_reprendre, chiffres, mouvements
from infocentre.lecture.filtres import Filtres, lire_filtres
from infocentre.lecture.guichets import guichets
from infocentre.lecture.lecteur import Lecture
from infocentre.lecture.lieux import epcis, guichets_par_epci
from infocentre.lecture.ouverture import lire_comme
from infocentre.lecture.suivi import grille, lire_cases
from infocentre.lecture.tableaux import lire_tableau
from infocentre.mesures.lignes_tableaux import Territoires
from infocentre.noyau.francais import simplifier
from tests.dashboards.listes import table
from tests.dashboards.vues import Ecran

ARLES, METROPOLE, BAUX = "241300417", "200054807", "241300375"
MOIS = "2026-10"
TOUS_LES_MOIS = Filtres("013", MOIS)
A_ARLES = Filtres("013", MOIS, epci=ARLES)

Afficher = Callable[[str], Ecran]


@pytest.fixture
def v(app: dash.Dash) -> Iterator[Lecture]:
    with app.server.test_request_context():
        ouverte = lecture()
        assert ouverte
        yield ouverte


def communes(v: Lecture) -> dict[str, str | None]:
    return {une["guichet"]: une["commune"] for une in guichets(v, TOUS_LES_MOIS)}


def a_arles(v: Lecture) -> set[str]:
    connus = territoires()
    return {g for g, commune in communes(v).items() if commune and connus[commune].epci == ARLES}


def test_a_guichet_is_in_the_epci_of_its_commune(v: Lecture) -> None:
    places = guichets_par_epci(v, "013")
    assert places[ARLES] == a_arles(v) != set()
    assert "13004" in {communes(v)[guichet] for guichet in places[ARLES]}
    assert set().union(*places.values()) == {g for g, commune in communes(v).items() if commune}


def test_the_epci_of_a_departement_are_those_of_which_it_has_most_communes(
    v: Lecture,
) -> None:
    assert {ARLES, METROPOLE, BAUX} <= epcis(v, "013").keys()
    assert list(epcis(v, "013").values()) == sorted(epcis(v, "013").values(), key=simplifier)
    ailleurs = {un.epci for un in territoires().values() if un.departement == "001"}
    assert not ailleurs & epcis(v, "013").keys()


def test_a_perimetre_of_an_epci_shows_its_guichets_only(v: Lecture) -> None:
    p = Perimetre(epci=frozenset({ARLES}))
    (dedans, *_), dehors = sorted(a_arles(v)), "G1302"
    assert not p.voit_guichet(dedans)  # not resolved yet: nothing, rather than too much
    assert p.partiel
    resolue = lire_comme(v.ouverte, p)
    resolu = resolue.p
    assert resolu.guichets == guichets_par_epci(v, "013")[ARLES]
    assert resolu.voit_guichet(dedans)
    assert not resolu.voit_guichet(dehors)
    assert {une["guichet"] for une in guichets(resolue, TOUS_LES_MOIS)} == a_arles(v)


def test_a_filter_does_not_widen_a_perimetre(v: Lecture) -> None:
    p = Perimetre(guichets=frozenset({"G1302"}))
    assert guichets(Lecture(v.ouverte, p), A_ARLES) == []


def test_the_epci_is_read_in_the_address_and_stays_there(v: Lecture) -> None:
    lus = lire_filtres(v, {"epci": ARLES})
    assert lus
    assert lus.epci == ARLES
    assert f"epci={ARLES}" in lus.lien("/suivi")
    inconnu = lire_filtres(v, {"epci": "200069193"})
    assert inconnu
    assert inconnu.epci == ""


def cites(texte: str) -> set[str]:
    return set(re.findall(r"/guichet/(\w+)", texte))


@pytest.mark.parametrize(
    "chemin",
    [
        "/",
        "/suivi",
        "/guichets",
        "/demandes?code=CPL_CHAMPS",
        "/indicateurs/CPL_RESSOURCES?type=COMMUNE",
    ],
)
def test_a_page_quotes_the_guichets_of_the_epci_only(
    afficher: Afficher, v: Lecture, chemin: str
) -> None:
    adresse = f"{chemin}{'&' if '?' in chemin else '?'}epci={ARLES}"
    with flask.current_app.test_request_context():
        ecran = afficher(adresse)
        brut = f"{ecran.racine.to_plotly_json()} {ecran.filtres}"
        tous = str(afficher(chemin).racine.to_plotly_json())
    assert cites(brut) <= guichets_par_epci(v, "013")[ARLES]
    assert cites(tous) - guichets_par_epci(v, "013")[ARLES] or chemin == "/"


@pytest.mark.parametrize(
    ("nom", "guichet"), [("suivi", 0), ("valeurs", 2), ("guichets", 0), ("demandes", 2)]
)
def test_an_export_carries_the_epci(
    client: FlaskClient, v: Lecture, nom: str, guichet: int
) -> None:
    adresse = f"/export/{nom}.csv?code=CPL_RESSOURCES&epci={METROPOLE}"
    texte = client.get(adresse).get_data(as_text=True)
    lignes = list(csv.reader(io.StringIO(texte.removeprefix("\ufeff")), delimiter=";"))[1:]
    lus = {ligne[guichet] for ligne in lignes if ligne[guichet].startswith("G1")}
    assert lus <= guichets_par_epci(v, "013")[METROPOLE]
    assert lus


def test_a_whole_is_that_of_the_guichets_that_are_shown(v: Lecture) -> None:
    rangees = grille(v, A_ARLES, ("CPL_RESSOURCES",))
    for tete in (une for une in rangees if une.nature == "type"):
        siens = [une for une in rangees if une.nature == "guichet" and une.type == tete.type]
        somme = sum(lire_cases(une.cases)[0].denominateur or 0 for une in siens)
        assert lire_cases(tete.cases)[0].denominateur == somme
    departement, *_ = rangees
    entier, *_ = grille(v, TOUS_LES_MOIS, ("CPL_RESSOURCES",))
    assert departement.cases == entier.cases


def test_the_news_are_those_of_the_guichets_of_the_epci(v: Lecture) -> None:
    for lire in (a_reprendre, mouvements):
        lus = lire(v, A_ARLES)
        lignes = lus if isinstance(lus, list) else lus.lignes
        assert {une["guichet"] for une in lignes} <= a_arles(v)


def test_the_figures_of_the_territory_and_those_of_the_departement(
    v: Lecture, afficher: Afficher
) -> None:
    entier, ici = chiffres(v, TOUS_LES_MOIS), chiffres(v, A_ARLES)
    (ligne,) = (
        une
        for une in lire_tableau(v, Territoires, "013", MOIS, partage=False).lignes
        if une["code"] == ARLES
    )
    assert ici["actives"][MOIS] == ligne["demandes_actives"] < entier["actives"][MOIS]
    assert ici["attributions"][MOIS] == ligne["attributions"] < entier["attributions"][MOIS]
    assert ici["depots"] == entier["depots"]
    assert ici["delai"] == entier["delai"]
    ecran = afficher(f"/?epci={ARLES}")
    assert (
        "CA d'Arles-Crau-Camargue-Montagnette (Bouches-du-Rhône), données arrêtées" in ecran.texte
    )
    assert ecran.texte.count("département entier") == 5  # the mention, two tiles, two objectives
    politiques = [ligne[0] for ligne in table(ecran, "Objectifs")]
    assert sum("département entier" in une for une in politiques) == 2


def test_a_territorial_table_keeps_the_rows_of_the_epci(v: Lecture) -> None:
    lu = lire_tableau(v, Territoires, "013", MOIS, partage=False, epci=ARLES)
    assert {une["niveau"] for une in lu.lignes} == {"departement", "epci", "commune"}
    lieux = {une["code"] for une in lu.lignes if une["niveau"] == "commune"}
    assert {territoires()[code].epci for code in lieux} == {ARLES}
    metropole = lire_tableau(v, Territoires, "013", MOIS, partage=False, epci=METROPOLE)
    assert "arrondissement" in {une["niveau"] for une in metropole.lignes}
    fond = fond_de_carte("013", "commune", 640.0, ARLES)
    assert fond
    assert {territoires()[code].epci for code in fond.traces} == {ARLES}


def test_a_table_without_a_territory_says_so(afficher: Afficher) -> None:
    texte = afficher(f"/tableaux/TAB01-01?epci={ARLES}").texte
    assert "n'existe que pour le département entier" in texte
    assert texte.count("Demandes actives") == afficher("/tableaux/TAB01-01").texte.count(
        "Demandes actives"
    )


def test_a_fiche_does_not_depend_on_the_territory(afficher: Afficher) -> None:
    fiche = afficher("/guichet/G1302").texte
    assert afficher(f"/guichet/G1302?epci={ARLES}").texte == fiche


def test_the_municipal_guichets_of_the_demonstration_are_at_home(v: Lecture) -> None:
    lieu = territoire("013")
    for une in guichets(v, TOUS_LES_MOIS):
        debut = (une["nom"] or "").split(" – ")[0]
        if debut in lieu.noms:
            assert une["nom_commune"] == debut
