"""Mesures: from what the month proposes to the answer, by the calls that the page makes."""

from __future__ import annotations

import base64
import contextlib
import datetime as dt
import io
import shutil
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from unittest import mock

import dash
import openpyxl
import pytest

from dashboards import affaires, gestes, mesures
from dashboards.affaires import face
from dashboards.app import creer_app
from dashboards.composants.mesures import _avant
from infocentre.acces.attribution import perimetre_du_role
from infocentre.acces.comptes import Comptes, Fiche
from infocentre.acces.modele import Role
from infocentre.acces.perimetre import TOUT
from infocentre.affaires import Acteur, Affaire, Affaires
from infocentre.affaires.registre import MESURES
from infocentre.decisions import ouvrir_magasin
from infocentre.demarches.cas import cas
from infocentre.demarches.message import Pli, lien
from infocentre.entrepot import Dossier
from infocentre.exports import lisible
from infocentre.lecture import affaires as lues
from infocentre.lecture.ouverture import ouvrir_pour
from infocentre.noyau.erreurs import Refus
from infocentre.procedures.mesures_correctives import ecrits, message
from tests.affaires.conftest import Horloge
from tests.dashboards.comme import acces, comme
from tests.dashboards.listes import table
from tests.dashboards.vues import Ecran, dit_de, ecrit, ouvrir
from tests.donnees.atelier import SANS_MAGASIN, lier

VIEUX_BASSIN = "Bureau d’accueil du Vieux-Bassin"
LE = dt.date(2026, 11, 2)


@pytest.fixture
def app_mesures(
    entrepot_demo: Dossier, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> dash.Dash:
    """Return the application over the demonstration, its decisions kept apart."""
    racine = tmp_path / "donnees"
    shutil.copytree(
        entrepot_demo.racine, racine, symlinks=True, ignore=SANS_MAGASIN, copy_function=lier
    )
    monkeypatch.setenv("INFOCENTRE_DECISIONS", f"sqlite:///{tmp_path / 'decisions.sqlite'}")
    monkeypatch.setenv("INFOCENTRE_DOSSIER", str(racine))
    return creer_app(Dossier(racine))


@pytest.fixture
def registre(app_mesures: dash.Dash) -> Iterator[Affaires]:
    """Give the affaires as the page has them, within a request."""
    with app_mesures.server.test_request_context("/mesures"):
        yield gestes.registre()


def _cliquer(evenement: str, affaire: str = "toutes", **dits: str) -> str:
    """Do what a button or a form does; return what is still to be read."""
    v = gestes.publiee()
    if affaire == "toutes":
        return mesures.faire_de_toutes(v, evenement, "?departement=013")
    ici = face(v, MESURES)
    vus = dits.pop("vus", "")
    ici.agir(ici.lire(affaire), evenement, dits, vus=int(vus) if vus else None)
    return ""


def test_the_page_goes_from_the_proposal_to_the_answer(
    app_mesures: dash.Dash, registre: Affaires, tmp_path: Path
) -> None:
    def page(adresse: str = "/mesures") -> Ecran:
        return ouvrir(app_mesures, adresse)

    assert "4 organismes à signaler" in page().texte
    _cliquer("proposer")
    assert "4 propositions à accepter ou à écarter" in page().texte
    _cliquer("accepter")
    vu = page()
    assert "4 messages à envoyer" in vu.texte
    une = next(un for un in registre.lister("013") if un.sujet == "radiations")
    assert f"affaire={une.id}" in _tout(vu)

    seule = page(f"/mesures?affaire={une.id}")
    assert "Accepté, à envoyer" in seule.texte
    assert any(
        f"/envois?departement=013&mois=2026-10&affaires={une.id}" in un for un in seule.liens
    )
    lu = page(f"/envois?affaires={une.id}")
    (corps,) = (un for un in lu.composants("Textarea") if un.id["nom"] == "corps")
    assert corps.value.startswith("Bonjour,\n\nLes données du SNE")
    _cliquer("rediger", une.id, objet="Radiations", corps="Appelez-nous.")
    _cliquer("signaler", une.id, canal="telephone")
    signalee = registre.lire(une.id)
    assert signalee.situation.evenements[-1].donnees["corps"] == "Appelez-nous."
    apres = page(f"/mesures?affaire={une.id}").texte
    assert "Signalé, étape 1" in apres
    assert "On attend la réponse de l'organisme ; relance à proposer le" in apres
    assert "La relance vient trop tôt" in apres

    rendu = _rendu(registre, une.id, tmp_path)
    autre = next(un for un in registre.lister("013") if un.objet != une.objet)
    with pytest.raises(Refus, match=f"celui de la Mairie de Font-Claire.*{une.id}.*et cette page"):
        _recevoir(rendu, autre.id)
    assert registre.lire(une.id).etat == "signale"
    assert _recevoir(rendu, une.id) == "1 réponse lue."
    assert registre.lire(une.id).etat == "en_cours"
    (dit,) = registre.constats(registre.lire(une.id).constats)
    net = f"{lisible((dit.numerateur - 1) / dit.denominateur, taux=True)} (1 justifié)"
    assert table(page(f"/mesures?affaire={une.id}"), "Ce qui est dit")[0][6] == net
    _cliquer("regrouper", une.id, cause_commune="Éditeur Alpha")
    assert table(page(), "Causes communes") == [
        ["Éditeur Alpha", "1", "Mairie de Font-Claire-en-Provence"]
    ]
    assert "Mesures correctives" in page("/").texte
    assert "(étape 1)" in str(page("/suivi").composants("AgGrid")[0].rowData)
    assert f"Mesure corrective {une.id}" in page("/guichet/G1309").texte
    numero = registre.constats(registre.lire(une.id).constats)[0].unites[0][1]
    assert f"{une.id} : radiations, réponse reçue" in page(f"/demande/{numero}").texte


def _pli(une: Affaire) -> Pli:
    return Pli("signaler", (une,))


def _recevoir(rendu: str, affaire: str) -> str:
    """Drop a workbook on the page of an affaire; return what is refused of it."""
    return affaires._recevoir(gestes.publiee(), MESURES, affaire, "rendu.xlsx", rendu)


def _tout(vu: Ecran) -> str:
    return " ".join(map(ecrit, vu.composants())) + " ".join(vu.liens)


def _rendu(registre: Affaires, id_: str, tmp_path: Path) -> str:
    """Return the workbook of an affaire, answered, as a browser gives it."""
    with ouvrir_pour(gestes.publiee().dossier, TOUT) as v:
        (_, xlsx) = message.joindre(v, _pli(registre.lire(id_)), LE, lambda *_: b"")
    classeur = openpyxl.load_workbook(io.BytesIO(xlsx.octets))
    classeur["Réponse"]["B1"] = "d'accord"
    classeur["Cas"]["G2"], classeur["Cas"]["I2"] = "justifié", "décision du bailleur"
    chemin = tmp_path / "rendu.xlsx"
    classeur.save(chemin)
    return "data:application/xlsx;base64," + base64.b64encode(chemin.read_bytes()).decode()


def test_a_refusal_is_said_where_one_clicked(registre: Affaires, app_mesures: dash.Dash) -> None:
    _cliquer("proposer")
    (id_, *_) = [une.id for une in registre.lister("013")]

    def agir(recherche: str = "", **dits: str) -> tuple[Any, Any]:
        return gestes.conclure(lambda _: _cliquer("ecarter", id_, **dits), recherche, "/mesures")

    adresse, alerte = agir()
    assert adresse is dash.no_update
    assert ecrit_du(alerte).startswith("Il manque «\u202fRaison\u202f».")
    registre.agir(id_, "accepter")  # somebody else, who has another page
    _, alerte = agir(raison="fermé", vus="1")
    assert ecrit_du(alerte).startswith("L’affaire a changé entre-temps")
    adresse, rien = agir("?etape=0", raison="fermé", vus="2")
    assert (adresse, rien) == (f"/mesures?etape=0&vus={registre.tete().rang}", None)
    recu = gestes.conclure(
        lambda v: affaires._recevoir(v, MESURES, id_, "a.xlsx", "data:,!"), "", "/mesures"
    )
    assert recu[0] is dash.no_update
    client = app_mesures.server.test_client()
    assert client.get(f"/mesures/{id_}/dossier.zip").status_code == 404
    assert client.get("/mesures/inconnue/message.eml").status_code == 404


def _signalees(registre: Affaires) -> dict[str, str]:
    """Tell two guichets of what the month proposes; return {guichet: affaire}, a third untold."""
    _cliquer("proposer")
    ouvertes = {
        registre.constats(une.constats)[0].guichet: une.id for une in registre.lister("013")
    }
    for guichet in ("G1307", "G1309"):
        registre.agir(ouvertes[guichet], "accepter")
        registre.agir(ouvertes[guichet], "signaler", {"canal": "courriel"})
    return ouvertes


def _repondre(affaire: str, **dits: str) -> str:
    """Send an answer as the page of who asks does; return what it says of it."""
    id_ = {"type": "affaire-geste", "evenement": "repondre", "affaire": affaire}
    with mock.patch.object(affaires, "bouton", return_value=id_):
        _, dit = affaires.remplir([1], [dits], [id_], "/mesures", f"?affaire={affaire}")
    return "" if dit is None else ecrit_du(dit)


def ecrit_du(alerte: Any) -> str:
    return dit_de(alerte["dit"])


@pytest.mark.tentative(
    "reponse",
    "un cas d'une autre affaire dans sa réponse",
    "clore sa propre affaire en répondant",
    "une affaire qui n'est que proposée",
)
def test_a_guichet_answers_for_itself_only(app_mesures: dash.Dash, tmp_path: Path) -> None:
    registre = Affaires(ouvrir_magasin(tmp_path / "donnees"), Acteur("Léa"))
    with app_mesures.server.test_request_context("/mesures"):
        ids = _signalees(registre)
    mien, autre, tue = ids["G1309"], ids["G1307"], ids["G1310"]
    (dit,) = registre.constats(registre.lire(mien).constats)
    (leur,) = registre.constats(registre.lire(autre).constats)
    (un, deux, *_), (etranger, *_) = list(cas([dit])), cas([leur])
    moi = acces(Role.GUICHET, "013", guichets={"G1309"})
    with comme(app_mesures, moi):
        liste = ouvrir(app_mesures, "/mesures")
        assert f"affaire={mien}" in _tout(liste)
        assert autre not in _tout(liste)
        assert tue not in _tout(liste)  # thought of, not told
        page = ouvrir(app_mesures, f"/mesures?affaire={mien}")
        (formulaire,) = page.gestes()
        assert un.numero in str(formulaire.groupes)
        noms = {champ["nom"] for groupe in formulaire.groupes for champ in groupe["champs"]}
        assert {"choix", "texte", "plan", "tous.sort", f"{un.reference}.sort"} <= noms
        assert not {nom for nom in noms if nom == "canal" or nom.endswith(".le")}  # past facts
        assert not page.composants("Button")  # nothing that conducts it
        for cachee in (autre, tue):
            assert "n'existe pas" in ouvrir(app_mesures, f"/mesures?affaire={cachee}").texte
        with app_mesures.server.test_request_context("/mesures"):
            sien = {f"{un.reference}.sort": "justifie", f"{un.reference}.texte": "Décision."}
            assert "n’existe pas" in _repondre(autre, choix="d'accord")
            faux = {f"{etranger.reference}.sort": "justifié", f"{etranger.reference}.texte": "x"}
            assert "n’est pas l’une de celles envoyées" in _repondre(mien, **faux)
            assert "la date de la correction manque" in _repondre(
                mien, **{f"{un.reference}.sort": "corrigé"}
            )
            assert "Il manque la réponse" in _repondre(mien, texte="bonjour")
            assert registre.lire(mien).etat == "signale"  # nothing of all that was kept
            plan = "Former l'accueil ; la cheffe ; 15/12/2026"
            fait = _repondre(mien, choix="déjà engagé", texte="Logiciel.", plan=plan, **sien)
            assert fait == "Réponse reçue."
        assert (
            ouvrir(app_mesures, f"/mesures?affaire={mien}").gestes()[0].valeurs
            == {"vus": "5"} | sien
        )
    rendue, plan_rendu = registre.lire(mien).situation.evenements[-2:]
    assert (rendue.nom, rendue.role, rendue.auteur) == ("repondre", "guichet", moi.qui)
    assert rendue.donnees["unites"] == [
        {"constat": dit.id, "unite": un.unite, "sort": "justifie", "le": "", "texte": "Décision."}
    ]
    assert (rendue.donnees["canal"], rendue.donnees["texte"]) == ("application", "Logiciel.")
    assert plan_rendu.donnees["actions"][0]["pour_le"] == "2026-12-15"
    assert deux.unite not in str(rendue.donnees)
    _formaliser(registre, mien)
    with comme(app_mesures, moi), app_mesures.server.test_request_context("/mesures"):
        fait = _repondre(mien, choix="conteste", texte="Un agent mal formé.")
        assert fait == "Réponse reçue."
    dernier = registre.lire(mien).situation.dernier("recevoir_observations")
    assert dernier
    assert (dernier.donnees["texte"], dernier.role) == ("Un agent mal formé.", "guichet")
    guichet = Affaires(registre._magasin, Acteur(moi.qui, "guichet"))
    with pytest.raises(Refus, match="se décide par le gestionnaire territorial"):
        guichet.agir(mien, "clore", {"issue": "devenu_sans_objet"})


def _formaliser(registre: Affaires, id_: str) -> None:
    """Bring an affaire to where observations are awaited: two deliveries told its plan not kept."""
    for mois in ("2026-09", "2026-10"):
        verdict: dict[str, Any] = {
            "livraison": mois, "mois": mois, "depasse": True, "plan_tenu": False,
            "comptes": [{"guichet": "G1309"}],
        }  # fmt: skip
        registre.agir(id_, "verifier", verdict)
    registre.agir(id_, "formaliser", {"canal": "courrier"})
    registre.agir(id_, "demander_observations", {"canal": "courrier"})


def test_the_message_leads_to_the_page_once_all_have_accounts(
    registre: Affaires, monkeypatch: pytest.MonkeyPatch
) -> None:
    ids = _signalees(registre)
    v = gestes.publiee()
    une = registre.lire(ids["G1309"])
    assert len(message.joindre(v, _pli(une), LE, lambda *_: b"")) == 2
    comptes = Comptes(registre._magasin)
    admin = perimetre_du_role(Role.ADMINISTRATEUR, {})
    comptes.inviter(Fiche("admin@exemple.fr", "Admin", Role.ADMINISTRATEUR, admin))
    lieux = perimetre_du_role(Role.GUICHET, {"guichets": ["G1309"]})
    comptes.inviter(Fiche("accueil@exemple.fr", "Accueil", Role.GUICHET, lieux))
    assert lien(v, une, lues.constats(v, une)) == ""  # nobody knows the address
    monkeypatch.setenv("INFOCENTRE_ADRESSE", "https://infocentre.exemple.fr/")
    adresse = f"https://infocentre.exemple.fr/mesures?affaire={une.id}"
    _, corps = message.texte_des_faits(v, _pli(une), registre.aujourdhui)
    assert f"dans l’application : {adresse}" in corps.replace("\xa0", " ")
    assert "classeur" not in corps
    assert [un.nom[-4:] for un in message.joindre(v, _pli(une), LE, lambda *_: b"")] == [".pdf"]
    autre = registre.lire(ids["G1307"])
    assert lien(v, autre, lues.constats(v, autre)) == ""  # its guichet has no account
    comptes.fermer("accueil@exemple.fr")
    assert lien(v, une, lues.constats(v, une)) == ""


def test_a_list_dates_an_affaire_by_what_its_reader_may_read(
    app_mesures: dash.Dash, tmp_path: Path
) -> None:
    """Formalised; what a delivery shows eighteen days later is the gestionnaire's alone."""
    registre = Affaires(ouvrir_magasin(tmp_path / "donnees"), Acteur("Léa"))
    with app_mesures.server.test_request_context("/mesures"):
        mien = _signalees(registre)["G1309"]
    horloge = Horloge(registre.aujourdhui + dt.timedelta(days=22))
    suivant = Affaires(registre._magasin, Acteur("Léa"), horloge)
    suivant.agir(mien, "constater_silence")
    suivant.agir(mien, "formaliser", {"canal": "courrier"})
    formalisee = horloge.instant
    horloge.avancer(18)
    verdict = {"livraison": "2026-11", "mois": "2026-11", "depasse": True}
    suivant.agir(mien, "verifier", verdict | {"comptes": [{"guichet": "G1309"}]})
    for qui, le in ((None, horloge.instant), (acces(Role.PREFET, "013"), formalisee)):
        with comme(app_mesures, qui) if qui else contextlib.nullcontext():
            lignes = table(ouvrir(app_mesures, "/mesures"), "Affaires, ")
        (sienne,) = (une for une in lignes if une[2] == "2")
        assert sienne[-1] == f"{le:%d/%m/%Y}"


def test_who_was_sent_a_letter_reads_it_as_it_left_then_how_it_ended(
    app_mesures: dash.Dash, tmp_path: Path
) -> None:
    """Another guichet reads nothing of it; the deadline is that of the day that it left."""
    registre = Affaires(ouvrir_magasin(tmp_path / "donnees"), Acteur("Léa"))
    with app_mesures.server.test_request_context("/mesures"):
        mien = _signalees(registre)["G1309"]
        v = gestes.publiee()
    horloge = Horloge(registre.aujourdhui + dt.timedelta(days=22))
    suivant = Affaires(registre._magasin, Acteur("Léa"), horloge)
    suivant.agir(mien, "constater_silence")
    moi = acces(Role.GUICHET, "013", guichets={"G1309"})
    lettre = f"/affaires/mesures_correctives/{mien}/lettre.pdf"
    with comme(app_mesures, moi):
        assert lettre not in ouvrir(app_mesures, f"/mesures?affaire={mien}").liens
    suivant.agir(mien, "formaliser", {"canal": "courrier"})
    une = suivant.lire(mien)
    horloge.avancer(18)
    suivant.agir(mien, "clore", {"issue": "devenu_sans_objet"})
    partie = ecrits.lettre(v, une, horloge.instant.date() - dt.timedelta(days=18))
    assert ecrits.lettre(v, suivant.lire(mien), horloge.instant.date()) == partie
    with comme(app_mesures, moi):
        page = ouvrir(app_mesures, f"/mesures?affaire={mien}")
    assert lettre in page.liens
    dit = f"Clos le {horloge.instant:%d/%m/%Y} : sans objet."
    assert dit in page.texte.replace("\xa0", " ")


def test_what_measures_changed_is_told_to_who_sees_them_all(app_mesures: dash.Dash) -> None:
    for qui, dit in ((None, True), (acces(Role.PREFET, "013"), False)):
        with comme(app_mesures, qui) if qui else contextlib.nullcontext():
            assert (
                "L'effet ne peut pas être estimé" in ouvrir(app_mesures, "/mesures").texte
            ) is dit


def test_what_was_already_said_is_dated_by_its_last_event() -> None:
    """Opened on 6 July and closed on the 25th: « clos (06/07/2026) » would date the closing."""
    evenements = [SimpleNamespace(jour=dt.date(2026, 7, un)) for un in (6, 12, 25)]
    close: Any = SimpleNamespace(
        id="013-2026-00004",
        titre_etat="Clos",
        ouverte_le=evenements[0].jour,
        situation=SimpleNamespace(evenements=evenements),
    )
    proposition: Any = SimpleNamespace(avant=(close,))
    assert _avant(proposition) == "013-2026-00004 : clos le 25/07/2026"
