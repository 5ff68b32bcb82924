"""Doublons: the page and the calls that it makes, from the queue to the affaire."""

from __future__ import annotations

import dataclasses
import shutil
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import dash
import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from dashboards import doublons
from dashboards.affaires import face
from dashboards.app import creer_app
from dashboards.clics import Bouton
from infocentre.acces.perimetre import TOUT
from infocentre.acces.roles import Role
from infocentre.decisions import ouvrir_magasin
from infocentre.entrepot import Dossier
from infocentre.lecture.doublons.paires import PROCEDURE
from infocentre.lecture.ouverture import ouvrir_pour
from infocentre.noyau.erreurs import Refus
from infocentre.operations.doublons import chercher
from tests.affaires.numeros import ouverte_ce_jour
from tests.dashboards.comme import acces, comme
from tests.dashboards.listes import table
from tests.dashboards.vues import Ecran, ouvrir
from tests.donnees.atelier import SANS_MAGASIN, lier


@pytest.fixture(scope="module")
def base(entrepot_demo: Dossier, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the demonstration with its pairs."""
    racine = tmp_path_factory.mktemp("doublons") / "donnees"
    shutil.copytree(
        entrepot_demo.racine, racine, symlinks=True, ignore=SANS_MAGASIN, copy_function=lier
    )
    chercher(Dossier(racine))
    return racine


@pytest.fixture
def racine(base: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Return the same, nothing decided there."""
    monkeypatch.setenv("INFOCENTRE_DECISIONS", f"sqlite:///{tmp_path / 'decisions.sqlite'}")
    monkeypatch.setenv("INFOCENTRE_DOSSIER", str(base))
    yield base
    (base / "affaires.yml").unlink(missing_ok=True)


@pytest.fixture
def app_doublons(racine: Path) -> Iterator[dash.Dash]:
    app = creer_app(Dossier(racine))
    with comme(app, None):
        yield app


def _revue(vue: Ecran) -> Any:
    return vue.trouver("revue")


def numeros_de(racine: Path, guichet: str) -> list[str]:
    """Return active demandes that a guichet manages."""
    with ouvrir_pour(Dossier(racine), TOUT) as v:
        (etat,) = v.version.etats.values()
        return [
            n
            for (n,) in v.tuples(
                f"SELECT numero_unique FROM read_parquet('{racine / 'etats' / etat}') "
                "WHERE statut = 'active' AND guichet_enregistreur = $g ORDER BY 1",
                {"g": guichet},
            )
        ]


def _dire(app: dash.Dash, qui: str, decision: Mapping[str, Any], recherche: str = "") -> Any:
    """Return what the page answers to a decision."""
    app.server.config["RECONNAITRE"] = lambda: _compte(qui)
    with app.server.test_request_context("/_dash-update-component"):
        return doublons.decider({"rang": 1, "ici": [], **decision}, recherche)


def _compte(qui: str) -> Any:
    return dataclasses.replace(acces(Role.GESTIONNAIRE, "013"), qui=qui, nom=qui)


def _voir(app: dash.Dash, qui: str, adresse: str = "/doublons") -> Ecran:
    app.server.config["RECONNAITRE"] = lambda: _compte(qui)
    return ouvrir(app, adresse)


def _de(cas: Mapping[str, Any], verdict: str, **dits: Any) -> dict[str, Any]:
    numeros = [un["numero"] for un in cas["membres"]]
    return {"cle": cas["cle"], "numeros": numeros, "verdict": verdict, "secondes": 2.5, **dits}


def test_a_case_is_decided_undone_and_followed(app_doublons: dash.Dash, racine: Path) -> None:
    vue = _voir(app_doublons, "lea")
    premier, second, *_ = _revue(vue).pile
    assert "Niveau" not in str(premier)
    assert "poids" not in str(premier)
    lignes = {une["titre"]: une for une in premier["lignes"]}
    assert all(texte for morceaux in lignes["Nom"]["valeurs"] for texte, _ in morceaux)
    assert lignes["Date de dépôt"]["genre"] == "autour"
    total = _revue(vue).nombre

    fait = _dire(app_doublons, "lea", _de(premier, "meme", garder=premier["garder"]))
    assert fait["fait"]
    assert f"Décidé : même personne ; affaire {ouverte_ce_jour(1)}, décidée" in fait["texte"]
    assert "l'outil disait : poids " in fait["texte"]
    attendent = _voir(app_doublons, "lea", "/").texte  # the review's F15: they wait with the rest
    assert f"{total - 1} cas de doublons à décider" in attendent
    assert "Confier la suppression à un guichet" in attendent
    assert premier["cle"] not in [un["cle"] for un in fait["pile"]]
    refuse = _dire(app_doublons, "bruno", _de(premier, "distinctes"))
    assert (refuse["fait"], refuse["rendre"]) == (False, False)
    assert "Lea a déjà décidé de cette paire : même personne" in refuse["texte"]
    assert _revue(_voir(app_doublons, "bruno")).nombre == total - 1

    autre = _dire(app_doublons, "bruno", {"annuler": True, "geste": fait["geste"]})
    assert "celle de lea" in autre["texte"]
    annule = _dire(app_doublons, "lea", {"annuler": True, "geste": fait["geste"]})
    assert annule["fait"]
    assert _revue(_voir(app_doublons, "lea")).nombre == total
    _dire(app_doublons, "lea", _de(second, "distinctes"))
    assert _revue(_voir(app_doublons, "lea")).nombre == total - 1

    client = app_doublons.server.test_client()
    appel = {
        "output": "revue.reponse",
        "outputs": {"id": "revue", "property": "reponse"},
        "inputs": [{"id": "revue", "property": "decision", "value": {"rang": 1, "ici": []}}],
        "state": [{"id": "adresse", "property": "search", "value": ""}],
        "changedPropIds": ["revue.decision"],
    }
    assert client.post("/_dash-update-component", json=appel).status_code == 200
    with ouvrir_magasin(racine).lire() as con:
        traces = con.execute(sa.text("SELECT qui, action, objet FROM audit")).all()
    assert ("lea", "affaire", "pages.doublons.decider") in [tuple(une) for une in traces]


def test_what_a_page_sends_is_not_believed(app_doublons: dash.Dash) -> None:
    premier = _revue(_voir(app_doublons, "lea")).pile[0]
    etranger = "0130126999999G1301"
    for faux, dit in (
        (_de(premier, "effacer"), "Ce choix n'existe pas."),
        (_de(premier, "meme", garder=etranger), "Une demande n'est pas de ce cas."),
        (_de(premier, "meme", retires=[premier["garder"]]), "Il ne reste qu'une demande"),
        ({**_de(premier, "meme"), "numeros": "tous"}, "Cette décision est mal dite."),
        ({**_de(premier, "meme"), "cle": "013-2026-99999"}, "n'existe pas"),
        ({"annuler": True, "geste": "0" * 16}, "Cette décision n'existe pas"),
    ):
        refuse = _dire(app_doublons, "lea", faux)
        assert dit in refuse["texte"], faux
        assert not refuse["fait"]
    ailleurs = {"cle": f"{etranger}+{etranger}", "numeros": [etranger, etranger]}
    assert (
        "ne sont plus parmi les paires"
        in _dire(app_doublons, "lea", {**_de(premier, "meme"), **ailleurs})["texte"]
    )


def test_two_people_decide_without_seeing_each_other(app_doublons: dash.Dash, racine: Path) -> None:
    (racine / "affaires.yml").write_text("doublons: {personnes: 2, aveugle: 0}\n", "utf-8")
    premier = _revue(_voir(app_doublons, "lea")).pile[0]
    assert premier["notes"][-1].startswith("L’outil dit : poids ")
    seul = _dire(app_doublons, "lea", _de(premier, "meme"))
    assert "une autre personne décide aussi" in seul["texte"]
    assert premier["cle"] not in [un["cle"] for un in _revue(_voir(app_doublons, "lea")).pile]
    vu = next(un for un in _revue(_voir(app_doublons, "bruno")).pile if un["cle"] == premier["cle"])
    assert vu == premier
    assert "lea" not in str(vu)
    contre = _dire(app_doublons, "bruno", _de(premier, "distinctes"))
    assert "désaccord avec lea (même personne)" in contre["texte"]
    for qui in ("lea", "bruno", "chloe"):
        (litige,) = _revue(_voir(app_doublons, qui, "/doublons?liste=desaccords")).pile
        assert {"lea : même personne", "bruno : personnes distinctes"} <= set(litige["notes"])
    tranche = _dire(app_doublons, "chloe", _de(litige, "conjoints"), "?liste=desaccords")
    assert tranche["fait"]
    assert _revue(_voir(app_doublons, "lea", "/doublons?liste=desaccords")).pile == []


def test_the_draw_is_made_once_and_its_pairs_are_read(app_doublons: dash.Dash) -> None:
    vue = _voir(app_doublons, "lea")
    assert "Tirer des paires au sort" in vue.texte
    with app_doublons.server.test_request_context("/_dash-update-component"):
        assert "liste=tirage" in doublons.tirer("")
        with pytest.raises(Refus, match="pas encore tout relu"):
            doublons.tirer("")
    vue = _voir(app_doublons, "lea", "/doublons?liste=tirage")
    restent = int(vue.texte.split(" paires tirées au sort restent à relire")[0].rsplit(" ", 1)[1])
    assert len(_revue(vue).pile) > 1
    premier = _revue(vue).pile[0]
    fait = _dire(app_doublons, "lea", _de(premier, "meme"), "?liste=tirage")
    assert premier["cle"] not in [un["cle"] for un in fait["pile"]]
    vue = _voir(app_doublons, "lea", "/doublons?liste=tirage")
    assert f"{restent - len(premier['membres']) + 1} paires tirées au sort restent" in vue.texte
    recherche = _voir(app_doublons, "lea", "/doublons/recherche").texte
    assert "paires tirées à relire" in recherche


def test_who_decides_blind_has_no_order_nor_filter_that_tells_the_weight(
    app_doublons: dash.Dash, racine: Path
) -> None:
    disent = "/doublons?ordre=incertaines&niveau=probable"
    vue = _voir(app_doublons, "lea")
    assert {"niveau", "ordre"}.isdisjoint(un.nom for un in vue.filtres)
    cles = [un["cle"] for un in _revue(vue).pile]
    assert [un["cle"] for un in _revue(_voir(app_doublons, "lea", disent)).pile] == cles
    (racine / "affaires.yml").write_text("doublons: {aveugle: 0}\n", "utf-8")
    vue = _voir(app_doublons, "lea", disent)
    assert {"niveau", "ordre"} <= {un.nom for un in vue.filtres}
    assert [un["cle"] for un in _revue(vue).pile] != cles


def test_a_guichet_tells_of_duplicates_and_takes_its_list(
    app_doublons: dash.Dash, racine: Path
) -> None:
    premier = _revue(_voir(app_doublons, "lea")).pile[0]
    numeros = [un["numero"] for un in premier["membres"]]
    guichet = premier["membres"][0]["guichet"].partition("(")[2][:5]
    if guichet not in premier["membres"][1]["guichet"]:
        numeros = numeros[:1]
    dits = {"numeros": "\n".join(numeros), "garder": "1", "donnees": "recentes"}
    with app_doublons.server.test_request_context("/_dash-update-component"):
        with pytest.raises(Refus, match="il manque pourquoi"):
            doublons.signaler("", guichet, dits)
        with pytest.raises(Refus, match="pas ouvert à ce compte"):
            doublons.signaler("", "G9999", dits)
        with pytest.raises(Refus, match="pas le formulaire"):
            doublons.lire("", "data:;base64,cmllbg==", "rendu.xlsx")

    decide = _dire(app_doublons, "lea", _de(premier, "meme"))
    assert decide["fait"]
    suivi = _voir(app_doublons, "lea", "/doublons/suivi")
    assert "Confier 1 suppression décidée aux guichets" in suivi.texte
    tableau = table(suivi, "Cas, l'échéance")
    assert tableau[0][0] == ouverte_ce_jour(1)
    _confier(app_doublons, [un["numero"] for un in premier["membres"]])
    client = app_doublons.server.test_client()
    responsable = ouvrir_magasin(racine)
    with responsable.lire() as con:
        objet = con.scalar(sa.text("SELECT objet FROM affaires"))
    for adresse in (f"listes/{objet}/travail.xlsx", "listes/tous/releve.pdf",
                    f"formulaire/{objet}.xlsx", f"formulaire/{objet}.pdf"):  # fmt: skip
        reponse = client.get(f"/doublons/{adresse}")
        assert reponse.status_code == 200, (adresse, reponse.get_data(as_text=True))
    assert client.get("/doublons/listes/tous/travail.pdf").status_code == 404
    app_doublons.server.config["RECONNAITRE"] = lambda: acces(Role.GUICHET, "013", guichets={objet})
    assert client.get(f"/doublons/listes/{objet}/travail.xlsx").status_code == 403
    assert client.get(f"/doublons/formulaire/{objet}.xlsx").status_code == 200
    assert client.get("/doublons/formulaire/G9999.xlsx").status_code == 404
    autres = numeros_de(racine, objet)[:2]
    dits = {"numeros": " \n".join(autres), "donnees": "recentes", "pourquoi": "portail"}
    with app_doublons.server.test_request_context("/_dash-update-component"):
        recu = doublons.signaler("", objet, dits)
    assert f"Affaire {ouverte_ce_jour(2)} : reçue, traitée avant le" in str(recu)
    _accuse_de_reception(client, objet, str(recu))
    with responsable.lire() as con:
        par = con.execute(sa.text("SELECT role, nom FROM evenements ORDER BY rang DESC")).first()
    assert par is not None
    assert tuple(par) == ("guichet", "proposer")
    _page_du_guichet(app_doublons, objet, autres)


def _page_du_guichet(app: dash.Dash, guichet: str, siennes: list[str]) -> None:
    """Check what a guichet sees of its cases, and the ways to it from its own pages."""
    vue = ouvrir(app, "/doublons/signaler")
    assert len(vue.filtre("guichet").options or ()) == 1
    recent, ancien = table(vue, "Cas de ce guichet")
    assert (recent[0], ancien[0]) == (ouverte_ce_jour(2), ouverte_ce_jour(1))
    assert set(siennes) <= set(recent[1].replace(" et ", " ").split())
    for adresse in (f"/guichet/{guichet}", f"/demande/{siennes[0]}"):
        (lien,) = [un for un in ouvrir(app, adresse).liens if "/doublons/signaler?" in un]
        assert f"guichet={guichet}" in lien, adresse
    valeurs = ouvrir(app, lien).trouver("signalement").valeurs
    assert valeurs == {"numeros": siennes[0], "garder": "1"}  # the first, as the list shows


def test_a_correction_of_identity_is_asked_and_told_done(
    app_doublons: dash.Dash, racine: Path
) -> None:
    from dashboards.pages import doublons_corrections as corrections

    guichet = "G1302"
    numero = numeros_de(racine, guichet)[0]
    app_doublons.server.config["RECONNAITRE"] = lambda: acces(
        Role.GUICHET, "013", guichets={guichet}
    )
    vue = ouvrir(app_doublons, f"/doublons/corrections?numero={numero}")
    assert vue.trouver("correction").valeurs == {"numero": numero}
    assert "Aucune correction n'est en cours." in vue.texte
    dits = {"numero": numero, "nature": "erreur_manifeste", "piece": "aucune", "prenom": "oui"}
    with app_doublons.server.test_request_context("/_dash-update-component"):
        c = doublons.contexte("")
        with pytest.raises(Refus, match=r"^il manque le numéro unique"):
            corrections._demander(c, dits | {"numero": " "})
        with pytest.raises(Refus, match="il manque ce qui est à corriger"):
            corrections._demander(c, dits | {"prenom": ""})
        une = corrections._demander(c, dits)
        with pytest.raises(Refus, match="se décide par le gestionnaire"):
            corrections._agir(c, {"affaire": une.id, "evenement": "classer.erreur"})
    texte = ouvrir(app_doublons, "/doublons/corrections").texte
    assert f"{une.id} {numero} prénoms : erreur manifeste de saisie ; aucune pièce" in texte
    assert "Corrigée dans le SNE" in texte
    assert "Sans suite" not in texte
    with app_doublons.server.test_request_context("/_dash-update-component"):
        bouton: Bouton = {"affaire": une.id, "evenement": "executer"}
        assert corrections._agir(doublons.contexte(""), bouton).etat == "faite"
    app_doublons.server.config["RECONNAITRE"] = lambda: acces(
        Role.GUICHET, "013", guichets={"G1303"}
    )
    assert numero not in ouvrir(app_doublons, "/doublons/corrections").texte
    with (
        app_doublons.server.test_request_context("/_dash-update-component"),
        pytest.raises(Refus, match="pas une correction ouverte à ce compte"),
    ):
        corrections._agir(doublons.contexte(""), bouton)


def _confier(app_doublons: dash.Dash, numeros: Sequence[str]) -> None:
    """Give what is decided to its guichet: the page of the case is the face of procedures."""
    with app_doublons.server.test_request_context("/_dash-update-component"):
        doublons.confier("")
        ici = face(doublons.contexte("").v, PROCEDURE)
        suivie = ici.lire(ouverte_ce_jour(1))
        with pytest.raises(Refus, match="n'est pas possible"):
            ici.agir(suivie, "confier", {})
        assert "constater" not in ici.possibles(suivie)  # deliveries say it
    une = _voir(app_doublons, "lea", f"/doublons/suivi?affaire={ouverte_ce_jour(1)}")
    assert "À exécuter dans le SNE" in une.texte
    assert {un.id["evenement"] for un in une.gestes()} == {"executer", "annuler", "classer"}
    assert all(n in une.texte for n in numeros)


def _accuse_de_reception(client: FlaskClient, objet: str, recu: str) -> None:
    accuse = f"/doublons/accuse/{objet}.pdf?departement=013&affaires="
    assert f"{accuse}{ouverte_ce_jour(2)}" in recu
    assert client.get(f"{accuse}{ouverte_ce_jour(2)}").data.startswith(b"%PDF")
    for faux in ("", ouverte_ce_jour(9), ouverte_ce_jour(1)):  # none, unknown, of a review
        assert client.get(f"{accuse}{faux}").status_code == 404


@pytest.mark.parametrize("role", [Role.GUICHET, Role.PARTENAIRE, Role.ANALYSTE, Role.PREFET])
def test_names_are_for_the_gestionnaire(role: Role, app_doublons: dash.Dash) -> None:
    guichets = {"guichets": {"G1301"}} if role is Role.GUICHET else {}
    app_doublons.server.config["RECONNAITRE"] = lambda: acces(role, "013", **guichets)
    vue = ouvrir(app_doublons, "/doublons")
    assert not [un for un in vue.composants() if getattr(un, "id", None) == "revue"]
