"""Somebody signed in who wants more: another's guichet, query, document, affaire, by any spelling.

`docs/tentatives.md` lists every attempt of the tests.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Iterator
from email import message_from_bytes
from typing import Any

import dash
import pytest
from flask.testing import FlaskClient

import dashboards.documents
from dashboards import preparations
from dashboards.garde import nom_du_rappel
from infocentre.acces.modele import Acces, Action, Role
from infocentre.decisions import Requetes, ouvrir_magasin
from infocentre.demarches.message import Message, en_courriel
from infocentre.entrepot import Dossier
from infocentre.lecture.lecteur import Lecture
from infocentre.noyau.config import ressources
from infocentre.noyau.erreurs import Refus
from infocentre.restitutions.commande import Commande
from tests import tentatives
from tests.acces.affaires import Trois
from tests.acces.affaires import registre as les_affaires
from tests.acces.test_parcours import (
    A_LA_PORTE,
    QUI,
    Registre,
    _fuites,
    _page,
    affaires,
    app,
    monde,
    registre,
)
from tests.dashboards.comme import acces, comme
from tests.dashboards.rappels import APPELS
from tests.dashboards.test_perimetre import AILLEURS, EPCI, ICI, MIEN, donnees

FIXTURES = (donnees, monde, app, registre, affaires)  # the walk's own world
AUTRE = "G1301"
GUICHET = acces(Role.GUICHET, ICI, guichets={MIEN})
ANALYSTE = acces(Role.ANALYSTE, ICI)
Jouer = Callable[[str, dict[str, Any]], tuple[int, str]]


@pytest.fixture
def guichet(app: dash.Dash) -> Iterator[FlaskClient]:
    """Give what a guichet asks with."""
    with comme(app, GUICHET):
        yield app.server.test_client()


def _rien_d_autre(registre: Registre, adresse: str, texte: str, qui: Acces = GUICHET) -> None:
    """Check that an answer holds nothing of others, but what the address said itself."""
    lu = _fuites(registre, qui, f"{adresse} {adresse.upper()}", texte)
    assert set(lu) <= {AUTRE}, (adresse, lu)


def test_every_attempt_is_listed_and_no_family_is_empty() -> None:
    toutes = tentatives.lire()
    assert {une.famille for une in toutes} == tentatives.FAMILLES.keys()
    assert len({(une.famille, une.texte) for une in toutes}) == len(toutes) >= 80
    page = (ressources("docs") / "tentatives.md").read_text("utf-8")
    assert page == tentatives.rediger(), "python -m tests.tentatives"


# --- Another's code, however it is written --------------------------------------------------------


@pytest.mark.tentative(
    "adresse",
    "son code en minuscules",
    "le sien puis l'autre, paramètre répété",
    "l'autre en paramètre d'une fiche qui est la sienne",
    "un chemin qui remonte (/guichet/G1302/../G1301)",
    "une barre doublée, un point dans le chemin",
    "ses lettres codées une fois, deux fois (%47, %2547)",
    "une barre codée, un octet nul après le code",
    "un point-virgule, une tabulation, une fin de ligne",
    "un autre département en paramètre",
)
def test_another_guichet_is_not_shown_by_any_spelling(
    guichet: FlaskClient, registre: Registre
) -> None:
    for adresse in (
        f"/guichet/{AUTRE}", f"/guichet/{AUTRE.lower()}", f"/guichet/{MIEN}?guichet={AUTRE}",
        f"/guichet/{MIEN}/../{AUTRE}", f"/guichet//{AUTRE}", f"//guichet/{AUTRE}",
        f"/./guichet/{AUTRE}", "/guichet/%471301", "/guichet/%25471301",
        f"/guichet/{MIEN}%2f..%2f{AUTRE}", f"/guichet/{AUTRE}%00", f"/guichet/{AUTRE};{MIEN}",
        f"/guichet/{AUTRE}%09", f"/guichet/{AUTRE}%0d%0aX: y", f"/guichet/{AUTRE}?departement=084",
        f"/demandes?code=CPL_RESSOURCES&guichet={MIEN}&guichet={AUTRE}",
        f"/demandes?code=CPL_RESSOURCES&guichet={AUTRE}&guichet={MIEN}",
        f"/pourquoi/CPL_RESSOURCES?guichet={AUTRE}", f"/suivi?recherche={AUTRE}",
        f"/doublons/signaler?guichet={AUTRE}", f"/recherche?q={AUTRE}",
    ):  # fmt: skip
        code, texte = _page(guichet, adresse)
        assert code == 200, adresse
        _rien_d_autre(registre, adresse, texte)
        assert "n’a pas pu être préparée" not in texte, adresse


@pytest.mark.tentative(
    "export",
    "les demandes d'un autre guichet, paramètre répété dans les deux ordres",
    "ses demandes à corriger, la demande d'un autre par son numéro",
    "une barre doublée, un chemin qui remonte, une fin de chemin",
    "HEAD, OPTIONS, une méthode changée par un en-tête",
    "un morceau seul (Range), ce qui est déjà gardé (If-None-Match)",
)
def test_an_export_of_another_is_not_given(guichet: FlaskClient, registre: Registre) -> None:
    leur = next(iter(registre.numeros[ICI] - registre.miens))
    for adresse in (
        f"/export/demandes.csv?code=CPL_RESSOURCES&guichet={AUTRE}",
        f"/export/demandes.csv?code=CPL_RESSOURCES&guichet={MIEN}&guichet={AUTRE}",
        f"/export/demandes.csv?code=CPL_RESSOURCES&guichet={AUTRE}&guichet={MIEN}",
        f"/export/a-corriger.csv?guichet={AUTRE}", f"/export/demande.csv?numero={leur}",
        f"/export/demande.csv?numero={leur.lower()}", f"/export/demande.csv?numero=+{leur}",
        "//export/suivi.csv", "/export/../export/suivi.csv", "/export/suivi.csv/",
        "/export/suivi.csv?departement=084", "/export/livraison.csv?cle=2026-10&liste=rejets",
    ):  # fmt: skip
        for methode in ("GET", "HEAD", "OPTIONS"):
            reponse = guichet.open(adresse, method=methode)
            assert reponse.status_code != 500, adresse
            _rien_d_autre(registre, adresse, reponse.get_data(as_text=True))
    entier = guichet.get("/export/suivi.csv")
    assert entier.headers["Cache-Control"] == "no-store"
    assert "ETag" not in entier.headers
    for entetes in ({"Range": "bytes=0-9"}, {"If-None-Match": "*"}, {"If-Range": "x"}):
        assert guichet.get("/export/suivi.csv", headers=entetes).data == entier.data
    for nom in ("X-HTTP-Method-Override", "X-Method-Override", "X-HTTP-Method"):
        assert guichet.get("/depot", headers={nom: "POST"}).status_code in {200, 403, 405}
    assert guichet.options("/export/livraison.csv").status_code == 403


@pytest.fixture
def commandes(monkeypatch: pytest.MonkeyPatch) -> list[Commande]:
    """Return what is asked to be printed: printing is not what is tried."""
    vues: list[Commande] = []

    def obtenir(_: Dossier, une: Commande, __: object) -> bytes:
        vues.append(une)
        return b"imprime"

    monkeypatch.setattr(dashboards.documents, "obtenir", obtenir)
    return vues


@pytest.mark.tentative(
    "pdf",
    "la fiche d'un autre guichet, en PDF, en Word, en minuscules",
    "le sien puis l'autre, paramètre répété, dans les deux ordres",
    "l'organisme d'un autre, avec ou sans le guichet qui est le sien",
    "les documents du département, demandés par un guichet",
    "le formulaire et l'accusé de doublons d'un autre guichet",
    "le bilan ou le site d'un partenaire d'un autre EPCI, demandé par un partenaire",
    "la synthèse d'un autre département, demandée par le préfet",
)
def test_a_document_of_another_is_not_printed(
    app: dash.Dash, registre: Registre, commandes: list[Commande]
) -> None:
    client = app.server.test_client()
    autres = [un for un, ici in registre.departements.items() if ici == ICI and un != MIEN]
    with comme(app, GUICHET):
        for suite in (
            f"guichet={AUTRE}", f"guichet={AUTRE.lower()}", f"guichet={MIEN}&guichet={AUTRE}",
            f"guichet={AUTRE}&guichet={MIEN}", f"organisme={AUTRE}", "organisme=*", "guichet=*",
            f"guichet={MIEN}&organisme={AUTRE}", "",
        ):  # fmt: skip
            for forme in ("pdf", "docx"):
                client.get(f"/documents/fiche.{forme}?{suite}")
        for nom in ("bilan", "synthese", "guichets", "mission", "reservataires"):
            assert client.get(f"/documents/{nom}.pdf").status_code == 403
        for adresse in ("formulaire", "accuse"):
            lu = client.get(f"/doublons/{adresse}/{AUTRE}.pdf?affaires=013-2026-00001")
            assert lu.status_code == 404
            _rien_d_autre(registre, AUTRE, lu.text)
    assert {une.guichet for une in commandes} <= {MIEN}
    assert not {une.guichet for une in commandes} & set(autres)
    commandes.clear()
    with comme(app, acces(Role.PARTENAIRE, ICI, epci={EPCI})):
        for pour in ("metropole", "*", "200054807", "epci-200054807"):
            for forme in ("pdf", "zip"):
                client.get(f"/documents/bilan.{forme}?partenaire={pour}&partenaire=ush")
                client.get(f"/documents/bilan.{forme}?epci=200054807&partenaire={pour}")
        client.get(f"/documents/bilan.pdf?departement={AILLEURS}")
    with comme(app, QUI["prefet"]):
        for nom in ("synthese", "bilan"):
            client.get(f"/documents/{nom}.pdf?departement={AILLEURS}")
    assert commandes == []


# --- Another's query, affaire, answer -------------------------------------------------------------


@pytest.fixture
def jouer(app: dash.Dash) -> Jouer:
    """Give what posts a call by the name of its function; `tenus` is what its page would hold."""

    def poster(nom: str, tenus: dict[str, Any]) -> tuple[int, str]:
        reponse = app.server.test_client().post(APPELS, json=_corps(app, nom, tenus))
        return reponse.status_code, reponse.get_data(as_text=True)

    return poster


def _corps(app: dash.Dash, nom: str, tenus: dict[str, Any]) -> dict[str, Any]:
    cle = next(un for un in app.callback_map if nom_du_rappel(app, {"output": un}) == nom)
    connu = app.callback_map[cle]
    noms = cle[2:-2].split("...") if cle.startswith("..") else [cle]
    sorties = [dict(zip(("id", "property"), un.rsplit(".", 1), strict=True)) for un in noms]

    def tenu(une: dict[str, Any]) -> Any:
        dit = f"{une['id']}.{une['property']}"
        if une["id"].startswith("{"):
            return tenus.get(une["property"], []) if tenus.get("motif") else []
        return {**une, "value": tenus.get(dit)}

    premiere = connu["inputs"][0]
    return {
        "output": cle,
        "outputs": sorties if cle.startswith("..") else sorties[0],
        "inputs": [tenu(une) for une in connu["inputs"]],
        "state": [tenu(une) for une in connu["state"]],
        "changedPropIds": []
        if premiere["id"].startswith("{")
        else [f"{premiere['id']}.{premiere['property']}"],
    }


def _de_motif(app: dash.Dash, nom: str, id_: dict[str, str], **valeurs: Any) -> dict[str, Any]:
    """Return the call of a component whose identifier says what it does; the first one triggers."""
    corps = _corps(app, nom, {"adresse.pathname": "/mesures", "adresse.search": ""})
    tenus = [[{"id": id_, "property": un, "value": dit}] for un, dit in valeurs.items()]
    corps["inputs"] = tenus[:1]
    corps["state"] = [*tenus[1:], *corps["state"][len(tenus[1:]) :]]
    premiere = next(iter(valeurs))
    cle = json.dumps(id_, sort_keys=True, separators=(",", ":"))
    corps["changedPropIds"] = [f"{cle}.{premiere}"]
    return corps


def _clic(app: dash.Dash, nom: str, une: str, geste: str) -> dict[str, Any]:
    """Return the click of a button of measures, or of one of an affaire."""
    if nom == "mesures.faire":
        id_ = {"affaire": une, "evenement": geste, "type": "mesure-action"}
    else:
        id_ = {"affaire": une, "action": geste, "type": "affaire-bouton"}
    return _de_motif(app, nom, id_, n_clicks=1)


def _lit_des_affaires(role: str) -> bool:
    qui = QUI[role]
    return qui is not None and qui.peut(Action.AFFAIRES)


def _envoi(app: dash.Dash, une: str, evenement: str, dits: Any) -> dict[str, Any]:
    """Return the form of an event of an affaire, sent."""
    id_ = {"affaire": une, "evenement": evenement, "type": "affaire-geste"}
    return _de_motif(app, "affaires.remplir", id_, envois=1, valeurs=dits, id=id_)


@pytest.mark.tentative(
    "requete",
    "l'ouvrir par son lien, en faire une règle",
    "rouvrir l'exécution d'un autre par son rang",
    "l'écraser, en disant qu'elle est la sienne",
    "la supprimer, en disant qu'elle est la sienne",
    "lire le brouillon d'un autre",
    "le fichier préparé par un autre, jeton deviné ou chemin qui remonte",
)
def test_the_query_of_another_is_not_read_nor_changed(
    app: dash.Dash, monde: Dossier, jouer: Jouer
) -> None:
    autre = Requetes(ouvrir_magasin(monde.racine), "autre@exemple.fr")
    gardee = autre.garder("La mienne", "select 4242", partagee=False)
    autre.ecrire_brouillon("select 4243")
    autre.noter("select 4244", secondes=1, lignes=1, verdict="exécutée")
    rang = autre.historique()[0].id
    client = app.server.test_client()
    with comme(app, ANALYSTE):
        for adresse in (
            f"/requetes?requete={gardee.id}", f"/requetes/indicateur?requete={gardee.id}",
            f"/requetes?execution={rang}", "/requetes", "/requetes?recherche=4242",
        ):  # fmt: skip
            assert "select 424" not in _page(client, adresse)[1], adresse
        depart = {"sql": "select 1", "titre": "Mienne", "id": gardee.id, "mienne": True}
        for evenement in ("garder.envois", "supprimer.submit_n_clicks"):
            tenus = {
                evenement: 1, "depart.data": depart, "editeur.valeur": "select 0",
                "garder.valeurs": {"titre": "Prise", "partagee": "oui"},
                "chercher-requete.valeurs": {"requete": "424"},
            }  # fmt: skip
            _, dit = jouer("pages.requetes.garder", tenus)
            assert "select 424" not in dit
        for jeton in ("0" * 32, "..%2f..%2fdecisions.sqlite", "*" * 32, "0" * 31 + "%00"):
            with client.get(f"/requetes/fichier/{jeton}/x.csv") as lu:
                assert "Content-Disposition" not in lu.headers
                assert b"SQLite" not in lu.get_data()
    assert autre.lire(gardee.id) == gardee
    assert autre.brouillon() == "select 4243"


@pytest.mark.tentative(
    "affaire",
    "l'affaire d'un autre guichet par son numéro, par un paramètre répété",
    "celle qui n'est que proposée, celle d'un autre département",
    "le dossier, la lettre, la note et le message d'une affaire",
    "la conduire : accepter, écarter, clore, envoyer, toutes à la fois",
    "l'affaire d'étape 1, demandée par le préfet ; toute affaire, par l'analyste",
)
def test_the_affaire_of_another_is_not_read_nor_conducted(
    app: dash.Dash, monde: Dossier, registre: Registre, affaires: Trois
) -> None:
    siens = les_affaires(monde)
    avant = siens.tete()
    client = app.server.test_client()
    autres = [un for un in affaires.trois if MIEN not in siens.guichets([siens.lire(un)])[un]]
    assert len(autres) >= 2
    proposees = [une.id for une in siens.lister(ICI) if une.etat == "a_proposer"]
    with comme(app, GUICHET):
        for une in (*autres, *proposees):
            for adresse in (f"/mesures?affaire={une}", f"/mesures?affaire={une}&affaire={une}"):
                _, texte = _page(client, adresse)
                assert "n'existe pas" in texte.replace("’", "'"), adresse
                _rien_d_autre(registre, adresse, texte)
            for nom in ("dossier.zip", "lettre.pdf", "note.docx", "message.eml"):
                assert client.get(f"/mesures/{une}/{nom}").status_code == 403
    for role in ("guichet", "prefet", "regional", "analyste", "partenaire", "administrateur"):
        with comme(app, QUI[role]):
            for nom, une, geste in (
                *(("mesures.faire", "toutes", un) for un in ("accepter", "proposer")),
                *(("affaires.faire", une, "arrive") for une in affaires.trois),
            ):
                dit = client.post(APPELS, json=_clic(app, nom, une, geste))
                assert (dit.status_code, A_LA_PORTE in dit.text) == (403, True), (nom, geste)
            for une in affaires.trois:
                for geste in ("accepter", "ecarter", "clore", "signaler", "fusionner"):
                    dit = client.post(APPELS, json=_envoi(app, une, geste, {"raison": "x"}))
                    entre = _lit_des_affaires(role)
                    assert dit.status_code == (200 if entre else 403), (role, geste)
                    assert not entre or "alert" in dit.text, (role, geste)
    with comme(app, ANALYSTE):
        assert "pas ouverte" in _page(client, f"/mesures?affaire={affaires.formalisee}")[1]
    assert siens.tete() == avant


@pytest.mark.tentative(
    "reponse",
    "répondre à l'affaire d'un autre guichet, nommée dans l'appel",
    "répondre en préfet, en analyste, en partenaire",
    "un corps d'une autre forme : texte, nombre, liste, objet d'objets",
)
def test_the_answer_of_another_is_not_given(
    app: dash.Dash, monde: Dossier, affaires: Trois
) -> None:
    siens = les_affaires(monde)
    avant, client = siens.tete(), app.server.test_client()
    formes: tuple[Any, ...] = (
        {"choix": "d'accord", "texte": "x"}, "x", 5, [], {"a": {"b": 1}}, None,
    )  # fmt: skip
    for valeurs in formes:
        for une in (affaires.formalisee, affaires.ailleurs, "013-2026-99999", "toutes", "\0"):
            formee = isinstance(valeurs, dict | None)
            with comme(app, GUICHET):
                lu = client.post(APPELS, json=_envoi(app, une, "repondre", valeurs))
                assert lu.status_code == (200 if formee else 400), (valeurs, une)
                assert ("existe pas" if formee else "mal formée") in lu.text, (valeurs, une)
            for role in ("prefet", "regional", "analyste", "partenaire", "administrateur"):
                with comme(app, QUI[role]):
                    lu = client.post(APPELS, json=_envoi(app, une, "repondre", valeurs))
                    entre = _lit_des_affaires(role)
                    assert lu.status_code == ((200 if entre else 403) if formee else 400)
    assert siens.tete() == avant


# --- What a call says of itself -------------------------------------------------------------------


@pytest.mark.tentative(
    "rappel",
    "un appel permis au nom d'un autre, sorties et nom qui se contredisent",
    "l'état d'un composant étranger à l'appel, ou de trop",
    "un déclencheur qui n'est pas de l'appel (changedPropIds)",
    "un identifiant à motif dont une valeur est un objet ou une liste",
    "deux fois la clé « output » dans le même JSON",
    "un appel du navigateur seul, un appel inconnu",
)
def test_a_call_is_what_its_page_makes_or_nothing(guichet: FlaskClient, app: dash.Dash) -> None:
    page = _corps(app, "navigation.montrer", {"adresse.pathname": "/suivi", "adresse.search": ""})
    faire = _corps(app, "mesures.faire", {})
    bouton = {"type": "mesure-action", "evenement": "accepter", "affaire": {"a": 1}}
    etranger = {"id": "editeur", "property": "valeur", "value": "select 1"}
    faux: list[dict[str, Any]] = [
        page | {"output": faire["output"]},
        faire | {"output": page["output"]},
        page | {"outputs": faire["outputs"]},
        page | {"state": [etranger]},
        page | {"inputs": [*page["inputs"], etranger]},
        page | {"inputs": [etranger, page["inputs"][1]]},
        page | {"changedPropIds": ["editeur.valeur"]},
        page | {"changedPropIds": ["adresse.href"]},
        page | {"changedPropIds": [5]},
        page | {"changedPropIds": ['{"type":"mesure-action"}.pathname']},
        faire | {"changedPropIds": ["adresse.n_clicks"]},
        faire | {"changedPropIds": [f"{json.dumps(bouton)}.n_clicks"]},
        faire | {"changedPropIds": ["{" * 5000 + ".n_clicks"]},
        faire | {"inputs": [[{"id": bouton, "property": "n_clicks", "value": 1}]]},
        page | {"output": "adresse.search"},
        page | {"output": "_pages_content.children"},
    ]
    assert guichet.post(APPELS, json=page).status_code == 200
    for corps in faux:
        assert guichet.post(APPELS, json=corps).status_code == 400, corps["output"]
    for premier, dernier in ((page, faire), (faire, page)):
        texte = json.dumps(premier)[:-1] + f', "output": {json.dumps(dernier["output"])}}}'
        lu = guichet.post(APPELS, data=texte, content_type="application/json")
        assert lu.status_code == 400


@pytest.mark.tentative(
    "rappel",
    "préparer le document d'un autre département ou d'un autre guichet",
    "la page d'un autre guichet, demandée par l'appel que font toutes les pages",
)
def test_a_call_reads_with_the_rights_of_who_makes_it(
    app: dash.Dash, registre: Registre, commandes: list[Commande], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(preparations, "preparer", lambda _, une, __: commandes.append(une))
    client = app.server.test_client()
    for role, adresse in (
        ("guichet", f"/documents/fiche.pdf?guichet={AUTRE}"),
        ("partenaire", f"/documents/bilan.pdf?departement={AILLEURS}"),
        ("partenaire", "/documents/synthese.pdf"),
        ("prefet", f"/documents/synthese.pdf?departement={AILLEURS}"),
        ("analyste", "/documents/guichets.pdf"),
    ):
        corps = _corps(app, "pages.documents.suivre", {"adresse.search": "?departement=084"})
        bouton = {"adresse": adresse, "type": "preparer"}
        corps["inputs"][0] = [{"id": bouton, "property": "n_clicks", "value": 1}]
        corps["changedPropIds"] = [f"{json.dumps(bouton, separators=(',', ':'))}.n_clicks"]
        qui = QUI[role]
        assert qui
        with comme(app, qui):
            lu = client.post(APPELS, json=corps)
        assert lu.status_code in {200, 403}, adresse
        _rien_d_autre(registre, adresse, lu.text, qui)
    # Of their own département, and nobody's: the bilan is public, the synthèse is the préfet's.
    demandes = [(une.departement, une.nom, une.guichet, une.partenaire) for une in commandes]
    assert demandes == [(ICI, "bilan", "", ""), (ICI, "synthese", "", "")]


# --- Where nothing leads, and what is not served --------------------------------------------------


@pytest.mark.tentative(
    "traversee",
    "../ simple, codé, codé deux fois, avec barre inversée, dans les feuilles et les polices",
    "dans les scripts de Dash et de l'éditeur",
    "dans un export, un document, une affaire, un fichier préparé",
    "un lien absolu, un octet nul, un nom réservé",
)
def test_nothing_is_served_but_what_is_meant_to_be(app: dash.Dash) -> None:
    hauts = ("../", "..%2f", "%2e%2e/", "%2e%2e%2f", "%252e%252e%252f", "..\\", "..%5c", "....//")
    pieds = ("etc/passwd", "dashboards/app.py", "app.py", "decisions.sqlite", "cle%00.css")
    lieux = (
        "/assets/", "/dsfr/", "/dsfr/fonts/", "/static/", "/_dash-component-suites/dash/",
        "/_dash-component-suites/plotly/", "/export/", "/documents/", "/mesures/x/",
        "/requetes/fichier/", "/editeur/",
    )  # fmt: skip
    for qui in (None, QUI["gestionnaire"]):
        with comme(app, qui):
            client = app.server.test_client()
            for lieu in lieux:
                for haut in hauts:
                    for pied in pieds:
                        adresse = f"{lieu}{haut * 3}{pied}"
                        with client.get(adresse) as reponse:
                            lu = reponse.get_data()
                        assert reponse.status_code < 500, adresse
                        assert not any(
                            un in lu for un in (b"root:", b"import annotations", b"SQLite format")
                        ), adresse


@pytest.mark.tentative(
    "entetes",
    "une autre adresse dite par le mandataire (X-Original-URL, X-Rewrite-URL)",
    "un autre nom, un autre préfixe, un autre protocole (X-Forwarded-*, Forwarded)",
    "un autre nom de serveur (Host), avec port, point final, identifiant",
)
def test_no_header_leads_elsewhere(guichet: FlaskClient) -> None:
    for entetes in (
        {"X-Original-URL": "/comptes"}, {"X-Rewrite-URL": "/comptes"},
        {"X-Forwarded-Prefix": "/comptes"}, {"X-Forwarded-Host": "autre.fr"},
        {"Forwarded": "host=autre.fr;proto=https"}, {"X-Forwarded-Proto": "javascript"},
    ):  # fmt: skip
        lu = guichet.get("/", headers=entetes)
        assert lu.status_code == 200
        assert "autre.fr" not in lu.text
        assert "javascript:" not in str(lu.headers)
        assert guichet.get("/comptes", headers=entetes).status_code == 403
    for hote in (
        "autre.fr",
        "127.0.0.1.autre.fr",
        "autre.fr:80",
        "127.0.0.1@autre.fr",
        "localhost.",
    ):
        assert guichet.get("/", headers={"Host": hote}).status_code in {400, 421}, hote


# --- What the time would tell ---------------------------------------------------------------------


@pytest.mark.tentative(
    "duree",
    "la demande d'un autre guichet et celle qui n'existe pas : mêmes lectures, mêmes mots",
)
def test_a_demande_of_another_is_as_one_that_does_not_exist(
    guichet: FlaskClient, registre: Registre, monkeypatch: pytest.MonkeyPatch
) -> None:
    lues: list[str] = []
    for nom in ("lignes", "tuples"):
        vraie = getattr(Lecture, nom)

        def lire(v: Lecture, sql: str, *suite: Any, vraie: Any = vraie) -> Any:
            lues.append(sql)
            return vraie(v, sql, *suite)

        monkeypatch.setattr(Lecture, nom, lire)
    leur = next(iter(sorted(registre.numeros[ICI] - registre.miens)))
    dits = []
    for numero in ("013" + "9" * 9 + "G1301X"[:6], leur, leur[:-1] + "Z"):
        for patron in ("/demande/{}", "/demande?numero={}", "/recherche?q={}"):
            _page(guichet, patron.format(numero))  # what is read once is kept
    for numero in (leur, leur[:-1] + "Z"):
        lues.clear()
        textes = [
            _page(guichet, patron.format(numero))[1].replace(numero, "N")
            for patron in ("/demande/{}", "/demande?numero={}", "/recherche?q={}")
        ]
        dits.append((textes, [un.replace(numero, "N") for un in lues]))
    assert dits[0] == dits[1]


# --- What would act elsewhere ---------------------------------------------------------------------


@pytest.mark.tentative(
    "fichiers",
    "une fin de ligne dans l'objet d'un message, pour y ajouter un destinataire",
    "deux adresses, une fin de ligne, un nom dans l'adresse d'un guichet livrée",
)
def test_a_message_goes_to_whom_it_says() -> None:
    ici = dt.datetime(2026, 11, 26, 10, tzinfo=dt.UTC)

    def ecrire(objet: str, *vers: str) -> bytes:
        un = Message("013-2026-00001", "signaler", vers, objet, "Bonjour.\n.\nBcc: d@e.fr\n")
        return en_courriel(un, "service@metropole.fr", ici).as_bytes()

    for objet in (
        "Radiations\r\nBcc: d@e.fr",
        "a\nTo: d@e.fr\n\ncorps",
        "a\x0bBcc: d@e.fr",
        "a\r\rX",
    ):
        entetes = message_from_bytes(ecrire(objet, "accueil@bailleur.fr"))
        assert entetes.keys().count("To") == 1
        assert entetes["To"] == "accueil@bailleur.fr"
        assert "Bcc" not in entetes
    for vers in (
        "a@b.fr, d@e.fr", "a@b.fr\r\nBcc: d@e.fr", "a@b.fr\nX: y", "Chef <d@e.fr>", "a@b.fr;d@e.fr",
        "@b.fr", "a@", "a@b.fr\0",
    ):  # fmt: skip
        with pytest.raises(Refus, match="n'est pas une adresse"):
            ecrire("Radiations", vers)
