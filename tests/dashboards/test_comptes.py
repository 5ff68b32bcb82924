"""The places of an account are ticked among those of the register, codes beside names."""

from __future__ import annotations

import dash
from flask.testing import FlaskClient

from dashboards.composants.identite import identite
from dashboards.comptes import lieux_saisis
from dashboards.connexion import identite_affichee
from infocentre.acces.modele import SEUL
from tests.dashboards.comme import comme
from tests.dashboards.vues import ecrit


def test_places_are_ticked_and_read_as_they_are_typed(app: dash.Dash, client: FlaskClient) -> None:
    with comme(app, SEUL):
        page = client.get("/comptes").text
    for nom, code, dit in (
        ("guichets", "G1302", "Provence Habitat Solidaire – agence du Phare"),
        ("departements", "013", "Bouches-du-Rhône"),
        ("departements", "tous", "Tous les départements"),
    ):
        assert f'<input type="checkbox" name="{nom}" value="{code}"> {dit}' in page
    assert 'name="epci" value="2' in page
    dits = {"guichets": ["G1302", "G1304"], "departements": "013, 084", "epci": ""}
    with app.server.test_request_context("/comptes", method="POST", data=dits):
        lus = {nom: un.split() for nom, un in lieux_saisis().items() if un}
    assert lus == {"guichets": ["G1302", "G1304"], "departements": ["013", "084"]}


def test_while_there_is_no_account_the_header_leads_to_the_first_one(app: dash.Dash) -> None:
    vers = 'href="/comptes" target="_self">Comptes</a>'
    with comme(app, SEUL), app.server.test_request_context("/"):
        assert vers in ecrit(identite_affichee())
    assert vers in ecrit(identite("Léa", "preuve", administre=True))
    assert vers not in ecrit(identite("Léa", "preuve", administre=False))
