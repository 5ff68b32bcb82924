"""Six months in the browser, looked at every thirty days: the scenario of tests/affaires."""

from __future__ import annotations

import datetime as dt
import logging
import re
import threading
import types
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Locator, expect
from werkzeug.serving import make_server

from dashboards.app import creer_app
from infocentre.acces.perimetre import TOUT
from infocentre.affaires import Acteur, Affaires
from infocentre.decisions import ouvrir_magasin
from infocentre.entrepot import Dossier
from infocentre.lecture.commun import mois_controles
from infocentre.lecture.ouverture import ouvrir_pour
from infocentre.noyau import temps
from infocentre.noyau.temps import jour as ecrire_jour
from infocentre.procedures.mesures_correctives.proposer import proposer
from tests.affaires.scenario import DEBUT, MUETTE, REPOND, SIGNALER, VISITES, Attend
from tests.donnees.atelier import copie
from tests.navigateur.conftest import HOTE, Onglet, Ouvrir

pytestmark = pytest.mark.lent


class Horloge:
    """The clock of the program, which stands where it is put."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.mettre(DEBUT)
        fige = types.SimpleNamespace(now=lambda tz=None: self.instant.astimezone(tz))
        dates = types.SimpleNamespace(**vars(dt) | {"datetime": fige})
        monkeypatch.setattr(temps, "dt", dates)

    def mettre(self, le: dt.date) -> None:
        self.instant = dt.datetime.combine(le, dt.time(9), dt.UTC)


@pytest.fixture
def horloge(monkeypatch: pytest.MonkeyPatch) -> Horloge:
    return Horloge(monkeypatch)


@pytest.fixture
def racine(entrepot_demo: Dossier, tmp_path: Path) -> Path:
    return copie(entrepot_demo.racine, tmp_path / "donnees")


@pytest.fixture
def site(racine: Path, horloge: Horloge) -> Iterator[str]:  # noqa: ARG001 - its clock
    """Serve the demonstration in this process, whose clock is moved."""
    logging.getLogger("werkzeug").setLevel(logging.WARNING)
    serveur = make_server(HOTE, 0, creer_app(Dossier(racine)).server, threaded=True)
    fil = threading.Thread(target=serveur.serve_forever, daemon=True)
    fil.start()
    yield f"http://{HOTE}:{serveur.server_port}"
    serveur.shutdown()
    fil.join()


def test_a_monthly_visitor_does_each_line_of_six_months_by_its_button(
    ouvrir: Ouvrir, site: str, racine: Path, horloge: Horloge
) -> None:
    magasin = ouvrir_magasin(racine)
    roles = {role: Affaires(magasin, Acteur(role, role)) for role in ("gestionnaire", "guichet")}
    ids = _signaler(racine, roles["gestionnaire"])
    onglet = ouvrir(site)
    for visite in VISITES:
        for fait in visite.avant:
            horloge.mettre(fait.le)
            roles[fait.role].agir(ids[fait.affaire], fait.evenement, fait.donnees)
        horloge.mettre(visite.le)
        onglet.aller("/")
        for nom, id_ in ids.items():
            for une in visite.lignes.get(nom, ()):
                _faire(onglet, id_, une)
            expect(_lignes(onglet, id_)).to_have_count(0)
    lues = {nom: roles["gestionnaire"].lire(id_).etat for nom, id_ in ids.items()}
    assert lues == {MUETTE: "transmis", REPOND: "clos"}


def _signaler(racine: Path, registre: Affaires) -> dict[str, str]:
    """Tell two organismes of what the month shows; the others are not asked anything."""
    with ouvrir_pour(Dossier(racine), TOUT) as v:
        muette, repond, *_ = proposer(v, registre, "013", mois_controles(v, "013")[-1])
    for une in (muette, repond):
        registre.agir(une.id, "accepter")
        registre.agir(une.id, "signaler", SIGNALER)
    return {MUETTE: muette.id, REPOND: repond.id}


def _lignes(onglet: Onglet, id_: str, tache: str = "") -> Locator:
    """Return the lines of an affaire in the queue, those of a kind."""
    section = onglet.page.locator(f"#journee .journee-{tache or 'groupe'}")
    lien = onglet.page.locator(f"a[href*='affaire={id_}']")
    return section.locator("li").filter(has=lien)


def _faire(onglet: Onglet, id_: str, une: Attend) -> None:
    """Do the first line of an affaire by its button, here or on the page that it opens."""
    page, ligne = onglet.page, _lignes(onglet, id_).first
    genre = re.compile(rf"\bjournee-{une.tache}\b")
    expect(ligne.locator("xpath=ancestor::section[1]")).to_have_class(genre)
    if une.due:
        expect(ligne).to_contain_text(ecrire_jour(une.due))
    ligne.locator(".fr-btn").click()
    if une.dit is None:
        expect(page.locator("#journee-message")).to_contain_text("1 ligne faite")
        expect(_lignes(onglet, id_, une.tache)).to_have_count(0)
        return
    if une.dit is SIGNALER:
        page.get_by_role("button", name="Je l’ai envoyé").click()
        expect(page.locator("main")).to_contain_text("Rien de ce qui est choisi n’attend")
        onglet.aller("/")
        return
    expect(page.get_by_role("heading", name="Ce qui vient")).to_be_visible()
    suite = page.locator(".a-suivre")
    dite = suite.inner_text()
    formulaire = page.locator("form").filter(has=page.locator(f"[id^='g-{une.evenement}-']"))
    for champ, valeur in une.dit.items():
        formulaire.locator(f"select[name='{champ}']").select_option(valeur)
    formulaire.locator("button[type=submit]").click()
    expect(suite).not_to_have_text(dite)
    onglet.attendre_le_calme()
    onglet.aller("/")
