"""Notes, events and views on the pages: who reads them, what they draw, where they go."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import dash
import duckdb
import pytest
from flask.testing import FlaskClient

from dashboards.navigation import appel
from infocentre.acces.audit import Recherche, chercher
from infocentre.acces.perimetre import TOUT
from infocentre.acces.roles import Role
from infocentre.affaires import Acteur, procedures
from infocentre.analystes.fichier import cle
from infocentre.cli import main
from infocentre.decisions import ouvrir_magasin
from infocentre.decisions.notes import Auteur, Genre, Lecteurs, Notes, Sujet
from infocentre.demarches.registre import registre_de
from infocentre.entrepot import Dossier
from infocentre.lecture.detenu import detenu
from infocentre.lecture.lecteur import Lecteur, Lecture
from tests.affaires.test_registre import _donnees
from tests.dashboards.comme import acces, comme
from tests.dashboards.rappels import corps_de, texte

LEA = acces(Role.GESTIONNAIRE, "013")
GUICHET = acces(Role.GUICHET, "013", guichets={"G1302"})
MARKUP = "Rappeler lundi <img src=x onerror=alert(1)>"


@pytest.fixture(autouse=True)
def comme_lea(
    app: dash.Dash, entrepot_demo: Dossier, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[None]:
    monkeypatch.setenv("INFOCENTRE_DECISIONS", f"sqlite:///{tmp_path}/decisions.sqlite")
    monkeypatch.setenv("INFOCENTRE_DOSSIER", str(entrepot_demo.racine))
    with comme(app, LEA):
        yield


@pytest.fixture
def notes(entrepot_demo: Dossier) -> Notes:
    magasin = ouvrir_magasin(entrepot_demo.racine)
    return Notes(magasin, cle(entrepot_demo), Auteur(LEA.qui, "Léa"))


@pytest.fixture(scope="module")
def numero(entrepot_demo: Dossier) -> str:
    """A demande of the guichet."""
    fichier = entrepot_demo.suivi / entrepot_demo.version().suivi["013"]
    with duckdb.connect() as con:
        lu = con.execute(
            "SELECT numero_unique FROM read_parquet(?) WHERE guichet = 'G1302' "
            "AND numero_unique IS NOT NULL LIMIT 1",
            [str(fichier)],
        ).fetchone()
    assert lu
    return str(lu[0])


def _page(client: FlaskClient, adresse: str) -> str:
    lue = client.post("/_dash-update-component", json=appel(adresse)).get_json()["response"]
    return json.dumps(lue, ensure_ascii=False)


def _corps(app: dash.Dash, ou: str, envoi: str, tenus: Mapping[str, Any]) -> Any:
    """Return what a browser posts, whose page has none of the buttons that a callback hears."""
    corps = corps_de(app, f"{ou}.children", f"{envoi}.envois", {**tenus, f"{envoi}.envois": 1})
    corps["inputs"] = [[] if une["id"].startswith("{") else une for une in corps["inputs"]]
    return corps


def _envoyer(app: dash.Dash, client: FlaskClient, *de: Any) -> dict[str, Any]:
    lue = client.post("/_dash-update-component", json=_corps(app, *de)).get_json()["response"]
    return {f"{nom}.{un}": valeur for nom, props in lue.items() for un, valeur in props.items()}


def _ecrire(
    app: dash.Dash, client: FlaskClient, de: Mapping[str, str], ou: str = "notes", **dits: str
) -> dict[str, Any]:
    tenus = {f"{ou}-ecrire.valeurs": dits, f"{ou}-de.data": de}
    return _envoyer(app, client, ou, f"{ou}-ecrire", tenus)


def test_a_note_is_written_read_by_whom_it_says_and_markup_is_text(
    app: dash.Dash, client: FlaskClient, numero: str, entrepot_demo: Dossier
) -> None:
    pages = {
        "guichet": ("G1302", "/guichet/G1302"),
        "demande": (numero, f"/demande/{numero}"),
        "indicateur": ("ATT_TARDIVE", "/indicateurs/ATT_TARDIVE"),
    }
    for genre, (objet, adresse) in pages.items():
        de = {"departement": "013", "genre": genre, "objet": objet}
        fait = _ecrire(app, client, de, texte=f"{MARKUP} {genre}", lecteurs="gestionnaires")
        assert "lue par les gestionnaires" in texte(fait["notes.children"])
        _ecrire(app, client, de, texte=f"Pour le guichet, {genre}", lecteurs="tous")
        lue = _page(client, adresse)
        assert f"{MARKUP} {genre}" in lue  # one text of one component
        with comme(app, GUICHET):
            lue = _page(client, adresse)
            assert f"Pour le guichet, {genre}" in lue
            assert MARKUP not in lue
            assert "notes-ecrire" not in lue
            refuse = client.post(
                "/_dash-update-component", json=_corps(app, "notes", "notes-ecrire", {})
            )
            assert refuse.status_code == 403
    magasin = ouvrir_magasin(entrepot_demo.racine)
    _, traces = chercher(magasin, Recherche(action="note"), page=None)
    assert len(traces) == 6


@pytest.mark.parametrize(
    ("de", "dit"),
    [
        ({"departement": "084", "genre": "guichet", "objet": "G1302"}, "n’est pas ouvert"),
        ({"departement": "013", "genre": "guichet", "objet": "G9999"}, "pas connu"),
        ({"departement": "013", "genre": "demande", "objet": "A" * 60}, "dans aucune livraison"),
        ({"departement": "013", "genre": "affaire", "objet": "nulle"}, "nulle"),
        ({"departement": "013", "genre": "autre", "objet": "x"}, "n’est de rien"),
        ({"departement": "013", "genre": "indicateur", "objet": "ATT"}, "n’existe pas"),
        ({}, "n’est de rien"),
    ],
)
def test_a_note_on_what_one_may_not_open_is_refused_and_the_text_stays(
    app: dash.Dash, client: FlaskClient, de: dict[str, str], dit: str, entrepot_demo: Dossier
) -> None:
    fait = _ecrire(app, client, de, texte="Rappeler", lecteurs="tous")
    assert dit in texte(fait["notes-dit.children"])
    assert set(fait) == {"notes-dit.children"}
    magasin = ouvrir_magasin(entrepot_demo.racine)
    assert Notes(magasin, cle(entrepot_demo)).lister(None, toutes=True) == []


@pytest.mark.parametrize("code", procedures())
def test_a_note_is_written_on_an_affaire_of_any_procedure(
    app: dash.Dash, client: FlaskClient, code: str, entrepot_demo: Dossier
) -> None:
    procedure = procedures()[code]
    registre = registre_de(entrepot_demo, Acteur(LEA.qui))
    (debut,) = procedure.possibles(None)
    une = registre.ouvrir(procedure, "013", "G1302", "s", _donnees(procedure, debut, 0))
    de = {"departement": "013", "genre": "affaire", "objet": une.id}
    fait = _ecrire(app, client, de, texte="Rappeler", lecteurs="gestionnaires")
    assert "Rappeler" in texte(fait["notes.children"])


def test_events_are_drawn_and_told_to_who_has_no_mouse(
    app: dash.Dash, client: FlaskClient, notes: Notes
) -> None:
    de = {"departement": "013", "genre": "evenement", "objet": "013"}
    panne = {"texte": "Panne du serveur", "du": "2026-03-02", "au": "2026-03-20"}
    fait = _ecrire(app, client, de, "evenements", **panne)
    assert "du 02/03/2026 au 20/03/2026" in texte(fait["evenements.children"])
    faux = _ecrire(app, client, de, "evenements", texte="Panne", du="02/03/2026")
    assert "n’est pas un jour" in texte(faux["evenements-dit.children"])
    ailleurs = Sujet("084", Genre.EVENEMENT, "084")
    notes.ecrire(ailleurs, "Du Vaucluse", Lecteurs.TOUS, dt.date(2026, 3, 5))
    avant = Sujet("013", Genre.EVENEMENT, "013")
    notes.ecrire(avant, "Avant les courbes", Lecteurs.TOUS, dt.date(2001, 3, 5))
    for qui in (LEA, GUICHET, acces(Role.ANALYSTE, "013")):
        with comme(app, qui):
            lue = _page(client, "/indicateurs/ATT_TARDIVE")
        assert "Événements" in lue
        assert "Panne du serveur" in lue
        assert "Vaucluse" not in lue
        if qui == LEA:  # from the others the rates of the curve are hidden
            assert '"x0": "2026-03-02", "x1": "2026-03-20"' in lue  # the ground of what lasted
            # Under the picture, and in its table, at its month alone.
            assert lue.count("du 02/03/2026 au 20/03/2026 : Panne du serveur") >= 2
    with comme(app, acces(Role.GESTIONNAIRE, "084")):
        assert "Panne du serveur" not in _page(client, "/indicateurs/ATT_TARDIVE")


def test_what_is_noted_of_a_person_is_given_to_them(
    entrepot_demo: Dossier, numero: str, notes: Notes
) -> None:
    notes.ecrire(Sujet("013", Genre.DEMANDE, numero), "A téléphoné le 12")
    notes.ecrire(Sujet("013", Genre.GUICHET, "G1302"), f"Voir {numero}")
    ouverte = Lecteur(entrepot_demo).ouvrir()
    assert ouverte
    pieces = {une.titre: une for une in detenu(Lecture(ouverte, TOUT), numero)}
    assert pieces["Notes sur cette demande"].lignes[0][3] == "A téléphoné le 12"
    assert "1 inscription" in pieces["Notes où ce numéro est écrit"].note


def test_the_command_lists_adds_and_takes_back(
    numero: str, capsys: pytest.CaptureFixture[str], entrepot_demo: Dossier
) -> None:
    def lancer(*arguments: str) -> tuple[int, str]:
        code = main(["notes", *arguments])
        lu = capsys.readouterr()
        return code, lu.out + lu.err

    code, dit = lancer("ajouter", "demande", numero, "--texte", f"Voir {numero}")
    assert code == 0
    id_ = dit.split()[1]
    assert lancer("ajouter", "evenement", "--du", "2026-03-02", "--texte", "Panne")[0] == 0
    code, dit = lancer("lister", "--format", "csv")
    assert f"Voir {numero}" in dit
    assert "02/03/2026" in dit
    magasin = ouvrir_magasin(entrepot_demo.racine)
    vues = Recherche(numero=numero)
    assert chercher(magasin, vues, page=None, cle=cle(entrepot_demo))[1][0].action == "note"
    for arguments, refus in (
        (("ajouter",), "il manque ce dont c'est la note"),
        (("ajouter", "guichet"), "il manque le code"),
        (("ajouter", "guichet", "G9999", "--texte", "x"), "pas connu"),
        (("ajouter", "guichet", "G1302"), "cette note est vide"),
        (("ajouter", "evenement", "--texte", "x", "--du", "hier"), "n'est pas un jour"),
        (("retirer", "nulle"), "n'existe pas"),
    ):
        code, dit = lancer(*arguments)
        assert (code, refus in dit) == (1, True), dit
    assert lancer("retirer", id_)[0] == 0
    assert numero not in lancer("lister", "--format", "csv")[1]


def test_a_view_by_default_opens_its_page_unless_the_address_says_otherwise(
    app: dash.Dash, client: FlaskClient
) -> None:
    tenus = {
        "vues-garder.valeurs": {"nom": "En rouge", "par_defaut": "oui"},
        "adresse.pathname": "/suivi",
        "adresse.search": "?mois=2026-10&etat=rouge&page=2",
    }
    fait = _envoyer(app, client, "vues", "vues-garder", tenus)
    assert "En rouge" in texte(fait["vues.children"])
    for adresse, voulue in (
        ("/suivi", "/suivi?etat=rouge"),
        ("/suivi?departement=013&mois=2026-09", "/suivi?etat=rouge&departement=013&mois=2026-09"),
        ("/suivi?etat=orange", "/suivi?etat=orange"),
        ("/suivi?vue=aucune", "/suivi?vue=aucune"),
        ("/demandes", "/demandes"),
    ):
        lue = client.post("/_dash-update-component", json=appel(adresse)).get_json()["response"]
        assert lue["annonce"]["page"]["adresse"] == voulue
        assert lue["annonce"]["page"]["demandee"] == adresse
    with comme(app, acces(Role.ANALYSTE, "013")):  # another's own
        assert '"adresse": "/suivi"' in _page(client, "/suivi")


def test_the_search_finds_affaires_documents_queries_and_the_help(
    app: dash.Dash, client: FlaskClient
) -> None:
    lue = _page(client, "/recherche?q=bilan")
    assert "Documents (" in lue
    assert "Aide (" in lue
    assert "Requêtes (" in _page(client, "/recherche?q=relancer")
    with comme(app, GUICHET):
        lue = _page(client, "/recherche?q=bilan")
        assert "Documents (" not in lue
        assert "Requêtes (" not in lue


@pytest.mark.parametrize(
    ("adresse", "gestionnaire", "guichet"),
    [
        ("/suivi", 200, 200),
        ("/absente", 404, 404),
        ("/guichet/G1302", 200, 200),
        ("/guichet/G1303", 200, 404),  # that it is there is not told
        ("/guichet/INCONNU", 404, 404),
        ("/organisme/INCONNU", 404, 404),
        ("/indicateurs/att_tardive", 200, 200),
        ("/indicateurs/ABSENT", 404, 404),
        ("/tableaux/ABSENT", 404, 403),
        ("/reglages", 200, 403),
    ],
)
def test_a_document_has_the_status_of_its_page(
    app: dash.Dash, client: FlaskClient, adresse: str, gestionnaire: int, guichet: int
) -> None:
    assert client.get(adresse).status_code == gestionnaire
    with comme(app, GUICHET):
        assert client.get(adresse).status_code == guichet
