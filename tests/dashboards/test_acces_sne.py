"""Accès au SNE: reviews as the gestionnaire leads them, and as a guichet answers in the page."""

from __future__ import annotations

import shutil
from pathlib import Path

import dash
import pytest

from dashboards import acces_sne as gestes
from dashboards import mesures
from dashboards.app import creer_app
from infocentre.acces.audit import Recherche, Trace, chercher
from infocentre.acces.modele import Role
from infocentre.acces.perimetre import TOUT
from infocentre.affaires import Acteur, Affaire, Affaires
from infocentre.decisions import ouvrir_magasin
from infocentre.demarches import acces_sne
from infocentre.demo.revues import planter
from infocentre.entrepot import Dossier
from infocentre.lecture.acces_sne import utilisateurs
from infocentre.lecture.lieux import ouvrir_pour
from infocentre.noyau.erreurs import Refus
from tests.dashboards.comme import acces, comme
from tests.dashboards.listes import table
from tests.dashboards.vues import Ecran, ouvrir
from tests.donnees.atelier import SANS_MAGASIN, lier

ICI, MIEN = "013", "G1302"
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


def _repondre(affaire: str, vus: str | None = None, **dits: str) -> str:
    """Send answers as the page of a guichet does; return what it refuses."""
    _, dit = gestes.repondre(1, dits, [vus], f"?affaire={affaire}")
    return "" if dit is None else str(dit.children.children)


def _boutons(vu: Ecran) -> set[str]:
    return {un.id["evenement"] for un in vu.composants("Button") if isinstance(un.id, dict)}


def test_a_guichet_answers_its_list_and_the_gestionnaire_asks_for_it(
    application: dash.Dash, tmp_path: Path
) -> None:
    registre = _registre(tmp_path)
    par_etat = {
        une.etat: une for une in registre.lister(ICI, procedure=acces_sne.PROCEDURE, finies=True)
    }
    assert par_etat.keys() == {"envoyee", "demandee", "figee"}
    mienne, autre, figee = (par_etat[un] for un in ("envoyee", "demandee", "figee"))
    assert mienne.objet == MIEN
    un, deux, *_ = acces_sne.acces_de(registre, mienne)
    (etranger, *_) = acces_sne.acces_de(registre, autre)
    client = application.server.test_client()

    with comme(application, GUICHET):
        liste = ouvrir(application, "/acces")
        assert len(table(liste, "Revues")) == 1
        assert len(table(liste, "Accès ouverts")) == 1
        assert not _boutons(liste)
        page = ouvrir(application, f"/acces?affaire={mienne.id}")
        (formulaire,) = page.composants("Formulaire")
        assert un.unite in str(formulaire.groupes)
        assert not _boutons(page)
        for cachee in (autre, figee):
            assert "n'est pas une revue" in ouvrir(application, f"/acces?affaire={cachee.id}").texte
            assert client.get(f"/acces/{cachee.id}/liste.xlsx").status_code == 404
        assert client.get(f"/acces/{mienne.id}/liste.xlsx").status_code == 200
        _, (prise, *_) = chercher(ouvrir_magasin(tmp_path), Recherche(action=Trace.DOCUMENT))
        assert prise.nombre == len(acces_sne.acces_de(registre, mienne))
        assert client.get("/acces/releve.xlsx").status_code == 403
        with application.server.test_request_context("/acces"):
            sien = {f"{un.reference}.reponse": "fermer"}
            assert "n’est pas une revue" in _repondre(autre.id, **sien)
            assert "n’est pas l’une de celles envoyées" in _repondre(
                mienne.id, **{f"{etranger.reference}.reponse": "fermer"}
            )
            faux = {f"{deux.reference}.reponse": "modifier"}
            assert "une précision est attendue" in _repondre(mienne.id, **sien, **faux)
            assert registre.lire(mienne.id).etat == "envoyee"  # nothing of it was kept
            assert "a changé entre-temps" in _repondre(mienne.id, "1", **sien)
            precis = {**faux, f"{deux.reference}.precision": "profil Référent"}
            assert _repondre(mienne.id, "2", **sien, **precis) == ""
            assert "Aucune réponse n’est nouvelle" in _repondre(mienne.id, **sien)
    rendue = registre.lire(mienne.id).situation.evenements[-1]
    assert (rendue.nom, rendue.role, rendue.donnees["canal"]) == (
        "repondre", "guichet", "application",
    )  # fmt: skip

    _conduire(application, registre, mienne.id, figee)
    for role in (Role.PREFET, Role.ANALYSTE, Role.PARTENAIRE):
        with comme(application, acces(role, ICI)):
            assert mienne.objet not in ouvrir(application, "/acces").texte


def _conduire(application: dash.Dash, registre: Affaires, mienne: str, figee: Affaire) -> None:
    """Lead reviews as the gestionnaire: ask for what was answered, hand over, close, begin."""
    client = application.server.test_client()
    with comme(application, GESTIONNAIRE), application.server.test_request_context("/acces"):
        ecran = ouvrir(application, "/acces")
        assert {"proposer", "demander"} <= _boutons(ecran)
        assert len(table(ecran, "Accès ouverts")) > 3
        v = mesures.publiee()
        assert gestes.agir(v, "demander", "toutes", f"?departement={ICI}") == ""
        assert "à demander" in gestes.agir(v, "demander", "toutes", f"?departement={ICI}")
        assert registre.lire(mienne).etat == "demandee"
        lus = table(ouvrir(application, f"/acces?affaire={mienne}"), "Accès de la liste")
        assert lus[1][3] == "modifier\N{NO-BREAK SPACE}: profil Référent"
        with pytest.raises(Refus, match="aucun serveur de messagerie"):
            gestes.agir(v, "envoyer", figee.id, "")
        gestes.agir(v, "remettre.courrier", figee.id, "")
        assert registre.lire(figee.id).etat == "envoyee"
        gestes.agir(v, "clore.erreur", figee.id, "")
        assert registre.lire(figee.id).etat == "close"
        assert client.get("/acces/releve.xlsx").status_code == 200
        nombre = len(registre.lister(ICI, procedure=acces_sne.PROCEDURE))
        gestes.agir(v, "proposer", "toutes", f"?departement={ICI}")
        assert len(registre.lister(ICI, procedure=acces_sne.PROCEDURE)) > nombre
        for une in registre.lister(ICI, procedure=acces_sne.PROCEDURE):
            assert une.objet != figee.objet  # its review is recent


@pytest.mark.usefixtures("application")
def test_accesses_by_guichet_are_those_of_the_delivery(tmp_path: Path) -> None:
    with ouvrir_pour(Dossier(tmp_path / "donnees"), TOUT) as v:
        livraison = v.version.de(ICI)[-1]
        tous, lus = utilisateurs(v, livraison), acces_sne.etats(v, ICI)
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
