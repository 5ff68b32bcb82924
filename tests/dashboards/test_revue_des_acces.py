"""Accès au SNE: reviews as the gestionnaire leads them, and as a guichet answers in the page."""

from __future__ import annotations

import shutil
from pathlib import Path
from unittest import mock

import dash
import pytest

from dashboards import affaires as gestes
from dashboards.app import creer_app
from dashboards.clics import TOUTES
from dashboards.gestes import publiee
from infocentre.acces.audit import Recherche, Trace, chercher
from infocentre.acces.modele import Role
from infocentre.acces.perimetre import TOUT
from infocentre.affaires import Acteur, Affaire, Affaires
from infocentre.decisions import ouvrir_magasin
from infocentre.demarches import a_remplir
from infocentre.entrepot import Dossier
from infocentre.lecture.acces_sne import utilisateurs
from infocentre.lecture.ouverture import ouvrir_pour
from infocentre.noyau.erreurs import Refus
from infocentre.procedures.revue_des_acces import regles
from infocentre.procedures.revue_des_acces.demonstration import planter
from tests.dashboards.comme import acces, comme
from tests.dashboards.listes import table
from tests.dashboards.vues import Ecran, dit_de, ouvrir
from tests.donnees.atelier import SANS_MAGASIN, lier

ICI, MIEN = "013", "G1302"
CODE, PAGE = regles.PROCEDURE, "/affaires/revue_des_acces"
GUICHET = acces(Role.GUICHET, ICI, guichets={MIEN})
GESTIONNAIRE = acces(Role.GESTIONNAIRE, ICI)


@pytest.fixture
def application(
    entrepot_demo: Dossier, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> dash.Dash:
    """Return the application over the demonstration, three reviews begun."""
    racine = tmp_path / "donnees"
    shutil.copytree(
        entrepot_demo.racine, racine, symlinks=True, ignore=SANS_MAGASIN,
        copy_function=lier,
    )  # fmt: skip
    monkeypatch.setenv("INFOCENTRE_DECISIONS", f"sqlite:///{tmp_path / 'decisions.sqlite'}")
    monkeypatch.setenv("INFOCENTRE_DOSSIER", str(racine))
    with ouvrir_pour(Dossier(racine), TOUT) as v:
        assert planter(v, ouvrir_magasin(racine), ICI) == 3
    return creer_app(Dossier(racine))


def _registre(tmp_path: Path) -> Affaires:
    return Affaires(ouvrir_magasin(tmp_path / "donnees"), Acteur("Léa"))


def _faire(affaire: str, nom: str, dits: dict[str, str], vus: str = "") -> str:
    """Send a form as the page does; return what it says, of what it did or refuses."""
    id_ = {"type": "affaire-geste", "evenement": nom, "affaire": affaire}
    with mock.patch.object(gestes, "bouton", return_value=id_):
        _, dit = gestes.remplir([1], [dits | {"vus": vus}], [id_], PAGE, f"?affaire={affaire}")
    return "" if dit is None else dit_de(dit["dit"])


def _boutons(vu: Ecran) -> set[str]:
    ids = [getattr(un, "id", None) for un in vu.composants("Button")]
    return {id_["action"] for id_ in ids if isinstance(id_, dict)}


def _formulaires(vu: Ecran) -> set[str]:
    return {un.id["evenement"] for un in vu.gestes()}


def _releve() -> str:
    return f"{PAGE}/releve/acces.xlsx?departement={ICI}"


def test_a_guichet_answers_its_list_and_the_gestionnaire_asks_for_it(
    application: dash.Dash, tmp_path: Path
) -> None:
    registre = _registre(tmp_path)
    par_etat = {
        une.etat: une for une in registre.lister(ICI, procedure=regles.PROCEDURE, finies=True)
    }
    assert par_etat.keys() == {"envoyee", "demandee", "figee"}
    mienne, autre, figee = (par_etat[un] for un in ("envoyee", "demandee", "figee"))
    assert mienne.objet == MIEN
    un, deux, *_ = a_remplir.liste(registre, mienne)
    (etranger, *_) = a_remplir.liste(registre, autre)
    client = application.server.test_client()

    with comme(application, GUICHET):
        liste = ouvrir(application, PAGE)
        (sienne,) = table(liste, "Affaires")
        assert sienne[2:5] == [str(len(a_remplir.liste(registre, mienne))), "0", "0"]
        assert len(table(liste, "Accès ouverts")) == 1
        assert not _boutons(liste) | _formulaires(liste)
        page = ouvrir(application, f"{PAGE}?affaire={mienne.id}")
        assert any(un.unite in str(une.groupes) for une in page.gestes())
        # What is asked comes first.
        assert [un.id["evenement"] for un in page.gestes()] == ["repondre", "signaler_un_depart"]
        assert not _boutons(page)
        for cachee in (autre, figee):
            refus = ouvrir(application, f"{PAGE}?affaire={cachee.id}").texte
            assert "n'existe pas parmi" in refus
            assert "si elle existe, elle n'est pas ouverte à ce compte" in refus
            refusee = client.get(f"{PAGE}/{cachee.id}/classeur.xlsx")
            assert (refusee.status_code, "n'existe pas parmi" in refusee.text) == (404, True)
        assert client.get(f"{PAGE}/{mienne.id}/message.eml").status_code == 404
        assert client.get(f"{PAGE}/{mienne.id}/classeur.xlsx").status_code == 200
        _, (prise, *_) = chercher(ouvrir_magasin(tmp_path), Recherche(action=Trace.DOCUMENT))
        assert prise.nombre == len(a_remplir.liste(registre, mienne)) > 1
        assert client.get(_releve()).status_code == 403
        with application.server.test_request_context(PAGE):
            sien = {f"{un.reference}.reponse": "fermer"}
            assert "n’existe pas parmi" in _faire(autre.id, "repondre", sien)
            assert "n’est pas l’une de celles envoyées" in _faire(
                mienne.id, "repondre", {f"{etranger.reference}.reponse": "fermer"}
            )
            faux = {f"{deux.reference}.reponse": "modifier"}
            assert "est attendu avec" in _faire(mienne.id, "repondre", sien | faux)
            assert registre.lire(mienne.id).etat == "envoyee"  # nothing of it was kept
            assert "a changé entre-temps" in _faire(mienne.id, "repondre", sien, "1")
            precis = {**faux, f"{deux.reference}.precision": "profil Référent"}
            assert _faire(mienne.id, "repondre", sien | precis, "2") == "Réponses reçues."
            assert "Aucune réponse n’est nouvelle" in _faire(mienne.id, "repondre", sien)
            assert "ne se fait pas à la main" in _faire(mienne.id, "clore", {"issue": "erreur"})
            assert "n’est pas ouvert à ce compte" in _faire("", "proposer", {"objet": MIEN})
    rendue = registre.lire(mienne.id).situation.evenements[-1]
    assert (rendue.nom, rendue.role, rendue.donnees["canal"]) == (
        "repondre", "guichet", "application",
    )  # fmt: skip

    _conduire(application, registre, mienne.id, figee)
    for role in (Role.PREFET, Role.ANALYSTE, Role.PARTENAIRE):
        with comme(application, acces(role, ICI)):
            for adresse in (PAGE, f"{PAGE}?affaire={mienne.id}"):
                assert "à ce compte" in ouvrir(application, adresse).texte
            assert mienne.objet not in ouvrir(application, "/acces").texte
            assert client.get(f"{PAGE}/{mienne.id}/classeur.xlsx").status_code in {403, 404}


def _conduire(application: dash.Dash, registre: Affaires, mienne: str, figee: Affaire) -> None:
    """Lead reviews as the gestionnaire: ask for what was answered, hand over, close, begin."""
    client = application.server.test_client()
    with comme(application, GESTIONNAIRE), application.server.test_request_context(PAGE):
        ecran = ouvrir(application, PAGE)
        assert {"proposer", "demander"} <= _boutons(ecran)
        assert _formulaires(ecran) == {"proposer"}
        assert len(table(ecran, "Accès ouverts")) > 3
        v, ici = publiee(), f"?departement={ICI}"
        dit = gestes.agir(v, CODE, "demander", TOUTES, ici)
        assert dit == "Fait : les noter demandés au SNE (1)."
        assert "à demander" in gestes.agir(v, CODE, "demander", TOUTES, ici)
        assert registre.lire(mienne).etat == "demandee"
        lus = table(ouvrir(application, f"{PAGE}?affaire={mienne}"), "Accès de la liste")
        assert lus[1][3:5] == ["modifier", "profil Référent"]
        with pytest.raises(Refus, match="cette action n'existe pas"):
            gestes.agir(v, CODE, "envoi", figee.id, "")  # all is sent from Envois
        assert _faire(figee.id, "envoyer", {"canal": "courrier"}) == "Liste envoyée."
        assert registre.lire(figee.id).etat == "envoyee"
        assert _faire(figee.id, "clore", {"issue": "erreur"}) == "Revue close."
        assert registre.lire(figee.id).etat == "close"
        assert client.get(_releve()).status_code == 200
        nombre = len(registre.lister(ICI, procedure=CODE))
        gestes.agir(v, CODE, "proposer", TOUTES, ici)
        assert len(registre.lister(ICI, procedure=CODE)) > nombre
        for une in registre.lister(ICI, procedure=CODE):
            assert une.objet != figee.objet  # its review is recent


@pytest.mark.parametrize(
    ("adresse", "page"),
    [
        ("/acces", PAGE),  # messages that left have it
        ("/affaires/mesures_correctives", "/mesures"),
        ("/affaires/corrections_identite", "/doublons/corrections"),
        ("/affaires/doublons", "/doublons/suivi"),
    ],
)
def test_another_address_of_a_procedure_leads_to_its_page(
    application: dash.Dash, adresse: str, page: str
) -> None:
    vue = ouvrir(application, f"{adresse}?affaire=013-2026-00001")
    (_, lien) = vue.liens  # after the breadcrumb
    assert lien.startswith(f"{page}?")
    assert "affaire=013-2026-00001" in lien
    assert not vue.gestes()


@pytest.mark.usefixtures("application")
def test_accesses_by_guichet_are_those_of_the_delivery(tmp_path: Path) -> None:
    with ouvrir_pour(Dossier(tmp_path / "donnees"), TOUT) as v:
        livraison = v.version.de(ICI)[-1]
        tous, lus = utilisateurs(v, livraison), regles.etats(v, ICI)
        valeurs = v.tuples(
            "SELECT guichet, sum(n_etat) FROM valeurs WHERE niveau = 'guichet' AND mois = $mois "
            "AND code IN (SELECT unnest($codes::VARCHAR[])) GROUP BY ALL",
            {"mois": livraison.mois, "codes": sorted({c for un in tous for c in un["anomalies"]})},
        )
    assert sum(un.ouverts for un in lus) == sum(un["ouvert"] for un in tous) > 0
    publies = {guichet: int(nombre or 0) for guichet, nombre in valeurs}
    siens = {un.guichet: 0 for un in lus}
    for un in tous:
        siens[un["guichet"]] += len(un["anomalies"])
    assert {g: n for g, n in siens.items() if n} == {g: n for g, n in publies.items() if n}
