"""Forcing a way in: another's département, query, affaire or delivery, asked by name."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import dash
import duckdb
import pytest

from dashboards import courant
from dashboards.app import creer_app
from infocentre.acces.modele import Acces, Role
from infocentre.acces.perimetre import TOUT, Perimetre
from infocentre.decisions import Requetes, ouvrir_magasin
from infocentre.demo import fabriquer
from infocentre.entrepot import Dossier
from infocentre.lecture.lecteur import LIBRES, Lecteur, Lecture
from infocentre.lecture.lieux import guichets_par_organisme
from infocentre.lecture.ouverture import lire_comme
from infocentre.noyau.erreurs import Refus
from infocentre.requetes.execution import executer
from tests.dashboards.comme import acces, comme
from tests.dashboards.rappels import rappeler, texte
from tests.dashboards.test_perimetre import AILLEURS, ICI, MIEN, donnees
from tests.dashboards.vues import ouvrir
from tests.donnees.atelier import charger, copie
from tests.donnees.retors import dossier_jetable

FIXTURES = (donnees,)
LEA = acces(Role.ANALYSTE, ICI)


@pytest.fixture(scope="module")
def monde(donnees: Dossier) -> Dossier:
    racine = dossier_jetable("forcer") / "donnees"
    copie(donnees.racine, racine)
    return Dossier(racine)


@pytest.fixture(scope="module")
def app(monde: Dossier) -> dash.Dash:
    return creer_app(monde)


@pytest.mark.parametrize(
    "sql",
    [
        "select distinct departement from demandes",
        "select distinct departement from main.demandes",
        "select distinct departement from valeurs union all select departement from registre",
        "select distinct departement from journal union select departement from att_01",
    ],
)
@pytest.mark.tentative(
    "force",
    "lire un autre département en SQL, par le nom complet des tables, par une union",
)
def test_sql_has_no_row_of_another_departement(monde: Dossier, sql: str) -> None:
    lus = {ligne[0] for ligne in executer(monde, sql, acces=LEA).lignes}
    assert lus == {ICI}


@pytest.mark.tentative(
    "force",
    "exécuter du SQL en guichet ou en partenaire",
)
def test_sql_is_refused_to_who_sees_some_guichets(monde: Dossier) -> None:
    for qui in (acces(Role.GUICHET, ICI, guichets={MIEN}), acces(Role.PARTENAIRE, ICI)):
        with pytest.raises(Refus, match="ne sont pas ouverts à ce compte"):
            executer(monde, "select 1", acces=qui)


@pytest.mark.tentative(
    "requete",
    "ouvrir la requête d'un autre comme une règle à essayer",
)
def test_the_query_of_another_is_not_read(app: dash.Dash, monde: Dossier) -> None:
    autre = Requetes(ouvrir_magasin(monde.racine), "autre@exemple.fr")
    gardee = autre.garder("La mienne", "select 42", partagee=False)
    with comme(app, LEA):
        dit = ouvrir(app, f"/requetes/indicateur?requete={gardee.id}").texte
    assert "select 42" not in dit


@pytest.mark.tentative(
    "rappel",
    "essayer une règle sur un autre département",
)
def test_a_rule_is_tried_on_ones_own_departement(app: dash.Dash) -> None:
    client = app.server.test_client()
    tenus = {
        "code-essaye.data": {"code": "ATT_TARDIVE", "ou": AILLEURS},
        "regle.valeurs": {"nombre": "2"},
    }
    with comme(app, LEA):
        lu = rappeler(app, client, "apercu.children", "regle.envois", tenus)
    assert "n'est pas ouvert à ce compte" in texte(lu["apercu.children"]).replace("’", "'")


@pytest.mark.tentative(
    "champs",
    "déposer la livraison d'un autre département",
)
def test_a_delivery_of_another_departement_is_not_loaded(tmp_path: Path) -> None:
    (livraison, *_) = fabriquer(tmp_path / "recues", taille=100, mois=1, departement=AILLEURS)
    with pytest.raises(Refus, match="qui n'est pas ouvert à ce compte"):
        charger(tmp_path / "donnees", livraison, permis=frozenset({ICI}))
    assert not Dossier(tmp_path / "donnees").version().livraisons


def test_an_organisme_is_its_guichets(monde: Dossier) -> None:
    ouverte = Lecteur(monde).ouvrir()
    assert ouverte
    siens = guichets_par_organisme(Lecture(ouverte, TOUT), ICI)
    organisme = max(siens, key=lambda un: len(siens[un]))
    assert len(siens[organisme]) > 1
    qui = acces(Role.GUICHET, ICI, organismes={organisme})
    v = lire_comme(ouverte, qui.perimetre)
    assert v.p.guichets == siens[organisme]
    assert v.voit("organisme", organisme)
    assert {une["guichet"] for une in v.lignes("SELECT guichet FROM registre")} == siens[organisme]


@pytest.mark.tentative("force", "lire par la connexion qu'un autre lecteur vient de rendre")
def test_what_one_reads_with_is_lent_to_nobody_else(monde: Dossier) -> None:
    ouverte = Lecteur(monde).ouvrir()
    assert ouverte
    lectures = {
        ici: lire_comme(ouverte, acces(Role.ANALYSTE, ici).perimetre) for ici in (ICI, AILLEURS)
    }
    for _ in range(3):
        for ici, v in lectures.items():
            lus = v.tuples("SELECT DISTINCT departement FROM registre")
            assert lus == [(ici,)]
            with pytest.raises(duckdb.Error):
                v.tuples("SELECT absente FROM registre")
    libres = {ici: v.vues.libres for ici, v in lectures.items() if v.vues}
    assert [len(un) for un in libres.values()] == [0, 0]  # one that failed is not lent again
    assert [v.tuples("SELECT 1") for v in lectures.values()] == [[(1,)], [(1,)]]
    assert [len(un) for un in libres.values()] == [1, 1]
    assert not set(map(id, libres[ICI])) & set(map(id, libres[AILLEURS]))
    with ThreadPoolExecutor(8) as fils:
        sql = "SELECT DISTINCT departement FROM registre"
        lus = list(fils.map(lambda ici: (ici, lectures[ici].tuples(sql)), [ICI, AILLEURS] * 20))
    assert all(tuples == [(ici,)] for ici, tuples in lus)
    assert max(map(len, libres.values())) <= LIBRES


def test_a_role_narrows_what_its_account_says() -> None:
    tout = Perimetre(departements=frozenset({ICI}))
    prefet = Acces("p@exemple.fr", "P", Role.PREFET, tout).perimetre
    assert prefet.guichets == frozenset()
    assert not prefet.nominatif
    assert prefet.nommables
    administrateur = Acces("a@exemple.fr", "A", Role.ADMINISTRATEUR, TOUT).perimetre
    assert not administrateur.voit(ICI)


def test_nobody_known_has_no_rights(app: dash.Dash) -> None:
    with comme(app, None), app.server.test_request_context("/"):
        with pytest.raises(Refus, match="se connecter"):
            courant.acces()
        with pytest.raises(Refus, match="se connecter"):
            courant.lecture()
