"""Envois: what waits, who is written to, what the page asks before anything leaves."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import dash
import pytest
from infocentre.procedures.mesures_correctives.envois import dire_envoyes, ecrire, garder, prevoir

from dashboards import envois as page
from dashboards import gestes
from dashboards.app import creer_app
from infocentre.affaires import Affaires
from infocentre.decisions import ouvrir_magasin
from infocentre.demarches import envois, rebonds
from infocentre.demarches.envoi import Empeche
from infocentre.demarches.message import Message
from infocentre.demarches.rebonds import Rebond
from infocentre.entrepot import Dossier
from infocentre.lecture import affaires as lues
from infocentre.noyau.erreurs import Refus
from infocentre.procedures.mesures_correctives import actes
from infocentre.procedures.mesures_correctives.message import Pli
from infocentre.procedures.mesures_correctives.proposer import proposer
from tests.dashboards.vues import ouvrir
from tests.donnees.atelier import SANS_MAGASIN, lier

pytestmark = pytest.mark.lent

MOIS, ICI = "2026-10", "?departement=013"
SMTP = "serveur: 127.0.0.1\nport: 9\nsecurite: aucune\nexpediteur: g@exemple.fr\n"


@pytest.fixture(scope="module")
def racine(entrepot_demo: Dossier, tmp_path_factory: pytest.TempPathFactory) -> Path:
    racine = tmp_path_factory.mktemp("envois") / "donnees"
    shutil.copytree(
        entrepot_demo.racine, racine, symlinks=True, ignore=SANS_MAGASIN, copy_function=lier
    )
    return racine


@pytest.fixture
def app(racine: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dash.Dash:
    """Return the application, in which what the month proposes was accepted."""
    monkeypatch.setenv("INFOCENTRE_DECISIONS", f"sqlite:///{tmp_path / 'decisions.sqlite'}")
    monkeypatch.setenv("INFOCENTRE_DOSSIER", str(racine))
    monkeypatch.setattr(page, "veiller", lambda _: None)  # nothing leaves by itself
    return creer_app(Dossier(racine))


@pytest.fixture
def registre(app: dash.Dash) -> Iterator[Affaires]:
    with app.server.test_request_context("/envois"):
        affaires, v = gestes.registre(), gestes.publiee()
        proposer(v, affaires, "013", MOIS)
        list(actes.accepter(affaires, actes.a_accepter(lues.affaires(v, "013"))))
        yield affaires


@pytest.fixture
def messagerie(racine: Path) -> Iterator[Path]:
    fichier = racine / "messagerie.yml"
    fichier.write_text(SMTP, "utf-8")
    yield fichier
    fichier.unlink()


def _plis(_: Affaires) -> list[Pli]:
    return page.attendent(gestes.publiee(), "013", MOIS)


def _champs(app: dash.Dash) -> dict[str, Any]:
    (choix,) = (
        un for un in ouvrir(app, "/envois").composants("Formulaire") if un.id == "envoi-choix"
    )
    return {un["nom"]: un for groupe in choix.groupes for un in groupe["champs"]}


def test_the_page_says_to_whom_how_many_and_what_was_changed(
    app: dash.Dash, registre: Affaires
) -> None:
    plis = _plis(registre)
    champs = _champs(app)
    assert list(champs) == [page.nom_de(un) for un in plis]
    (dit,) = registre.constats(plis[0].affaires[0].constats)
    (vers,) = page.ligne(gestes.publiee(), plis[0], MOIS).vers
    aide = champs[page.nom_de(plis[0])]["aide"].replace("\xa0", " ")
    assert f"{len({un[1] or un[0] for un in dit.unites})} accès" in aide
    assert vers in aide
    assert "modifié" not in aide

    garder(registre, plis[0], {"objet": "Bonjour", "corps": "Appelez-nous."})
    aide = _champs(app)[page.nom_de(plis[0])]["aide"]
    assert "modifié" in aide


def _intention(vers: str) -> dict[str, str]:
    nom = "<A.signaler.0123456789abcdef@infocentre.invalid>"
    return {"pour": "signaler", "message_id": nom, "destinataire": vers, "empreinte": "0" * 64}


def test_without_a_server_the_page_gives_them_all_and_is_told_that_they_left(
    app: dash.Dash, registre: Affaires
) -> None:
    plis = _plis(registre)
    vu = ouvrir(app, "/envois")
    assert "Aucun serveur de messagerie n’est réglé" in vu.texte
    assert any("/envois/messages.zip" in un for un in vu.liens)
    coches = {page.nom_de(un): "oui" for un in plis[1:]} | {page.nom_de(plis[0]): ""}
    jour = registre.aujourdhui
    voulus = [nom for nom, oui in coches.items() if oui]
    page._dire(gestes.publiee(), voulus, "courrier", jour.isoformat())
    etats = {un.ids[0]: registre.lire(un.ids[0]).etat for un in plis}
    assert set(etats.values()) == {"propose", "signale"}
    assert etats[plis[0].ids[0]] == "propose"
    dit = registre.lire(plis[1].ids[0]).situation.evenements[-1]
    assert (dit.donnees["canal"], dit.jour) == ("courrier", jour)
    with pytest.raises(Refus, match="aucun message n'est coché"):
        page._dire(gestes.publiee(), [], "courriel", "2026-11-20")
    with pytest.raises(Refus, match="n'est pas une date"):
        page._dire(gestes.publiee(), [page.nom_de(plis[0])], "courriel", "20/13/2026")


def test_an_address_that_gets_more_than_one_message_is_warned_of(
    app: dash.Dash, registre: Affaires
) -> None:
    """Two affaires of an organisme, one of whose messages a person wrote apart."""
    pli = _plis(registre)[0]
    dits = registre.constats(pli.affaires[0].constats)
    une = registre.ouvrir(
        pli.affaires[0].situation.procedure, "013", pli.organisme, "doublons",
        {"mois": MOIS, "motif": "x"}, constats_=dits,
    )  # fmt: skip
    registre.agir(une.id, "accepter")
    assert "reçoit plus d" not in ouvrir(app, "/envois").texte
    registre.agir(une.id, "rediger", {"objet": "À part", "corps": "À part."})
    assert "Une adresse reçoit plus d'un message" in ouvrir(app, "/envois").texte


def test_nothing_is_planned_without_a_confirmation_then_once_for_two_clicks(
    app: dash.Dash, registre: Affaires, messagerie: Path
) -> None:
    assert messagerie.exists()
    noms = [page.nom_de(un) for un in _plis(registre)]
    _, dite = page._demander(noms, ICI)
    assert "partiront dans 30" in str(dite)
    magasin = ouvrir_magasin(gestes.publiee().dossier.racine)
    assert envois.derniers(magasin, "013") == []
    for _ in range(2):
        page._planifier(gestes.publiee(), noms, ICI)
    (un,) = envois.derniers(magasin, "013", 5)
    assert len(un.prevus) == len(noms)
    vu = ouvrir(app, "/envois")
    assert "messages à partir" in vu.texte.replace("\xa0", " ")
    assert "Annuler" in vu.texte
    assert _plis(registre) == []  # they are in the sending
    page._annuler(un.id, ICI)
    assert "Envoi annulé : aucun message n’est parti" in ouvrir(app, "/envois").texte.replace(
        "\xa0", " "
    )
    assert len(_plis(registre)) == len(noms)


def test_what_changed_since_it_was_read_does_not_leave(registre: Affaires) -> None:
    v, plis = gestes.publiee(), _plis(registre)[:2]
    prevus = prevoir(v, plis, MOIS, registre.aujourdhui)
    garder(registre, plis[0], {"objet": "Bonjour", "corps": "Appelez-nous."})
    change, intact = ecrire(v, prevus, registre.aujourdhui, lambda *_: b"")
    assert isinstance(change, Empeche)
    assert "il a changé depuis qu'il a été relu" in change.raison
    assert isinstance(intact, Message)


def test_a_message_that_came_back_is_said_on_the_page_and_on_the_affaire(
    app: dash.Dash, registre: Affaires
) -> None:
    v, pli = gestes.publiee(), _plis(registre)[0]
    (vers,) = page.ligne(v, pli, MOIS).vers
    nom = f"<{pli.ids[0]}.signaler.0123456789abcdef@infocentre.invalid>"
    registre.agir_ensemble(pli.ids, "preparer_envoi", _intention(vers) | {"message_id": nom})
    registre.agir_ensemble(pli.ids, "envoi_echoue", {"raison": "refusé"})
    magasin = ouvrir_magasin(v.dossier.racine)
    rebonds.noter(magasin, registre, [Rebond(vers, "boîte inconnue", nom)])
    assert "boîte inconnue" in _champs(app)[page.nom_de(pli)]["aide"]
    assert "L’adresse est bonne" in ouvrir(app, "/envois").texte
    assert "boîte inconnue" in ouvrir(app, f"/mesures?affaire={pli.ids[0]}").texte
    page._lever(v, vers, ICI)
    assert "boîte inconnue" not in ouvrir(app, "/envois").texte
    dire_envoyes(v, registre, [pli], "courriel")
