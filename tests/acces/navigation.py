"""A browser without a screen: its cookies, its forms, as the server sees them."""

from __future__ import annotations

import re
from typing import Any

import dash
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from dashboards.navigation import appel

FORMULAIRE = re.compile(r'name="formulaire" value="(\w+)"')
CODE = re.compile(r'class="lien-a-remettre">([a-z2-9]{5}-[a-z2-9]{5})<')
LIEN = re.compile(r"/lien/([\w-]+)")
DOCUMENT = {"Sec-Fetch-Mode": "navigate", "Sec-Fetch-Site": "none", "Accept": "text/html"}


class Navigateur:
    """Somebody at an address of the network."""

    def __init__(self, app: dash.Dash, adresse: str = "127.0.0.1") -> None:
        self.client: FlaskClient = app.server.test_client()
        self.milieu = {"REMOTE_ADDR": adresse}

    def voir(self, adresse: str, **entetes: str) -> TestResponse:
        """Open a page, as an address that is typed."""
        return self.client.get(
            adresse, headers=DOCUMENT | entetes, environ_overrides=self.milieu, buffered=True
        )

    def appeler(self, adresse: str = "/suivi") -> TestResponse:
        """Ask what a page that is open asks to show another."""
        entetes = {"Sec-Fetch-Mode": "cors", "Sec-Fetch-Site": "same-origin"}
        return self.client.post(
            "/_dash-update-component",
            json=appel(adresse),
            headers=entetes,
            environ_overrides=self.milieu,
            buffered=True,
        )

    def envoyer(self, adresse: str, page: str | None = None, **champs: Any) -> TestResponse:
        """Send the form of a page (of the same address by default)."""
        trouve = FORMULAIRE.search(self.voir(page or adresse).text)
        donnees = {"formulaire": trouve[1] if trouve else ""} | champs
        return self.poster(adresse, donnees)

    def poster(self, adresse: str, donnees: dict[str, Any], **entetes: str) -> TestResponse:
        """Send a form as it is."""
        tous = DOCUMENT | {"Sec-Fetch-Site": "same-origin"} | entetes
        return self.client.post(
            adresse, data=donnees, headers=tous, environ_overrides=self.milieu, buffered=True
        )

    def entrer(self, identifiant: str, mot: str, retour: str = "/") -> TestResponse:
        """Sign in."""
        return self.envoyer("/connexion", identifiant=identifiant, mot_de_passe=mot, retour=retour)

    def temoin(self, nom: str = "infocentre") -> str:
        """Return what the browser holds under a name."""
        tenu = self.client.get_cookie(nom)
        return tenu.value if tenu else ""
