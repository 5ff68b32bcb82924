"""An indicator may be taken out of the catalogue, or put in a new family: nothing else breaks."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import dash
import pytest

from dashboards.app import creer_app
from infocentre.catalogue import Catalogue, lire_catalogue
from infocentre.entrepot import Dossier
from infocentre.lecture import commun
from infocentre.lecture.perimetre import TOUT
from infocentre.restitutions import lecture, synthese
from infocentre.restitutions.bilan import contexte, qualite
from infocentre.restitutions.document import Tableau
from tests.dashboards.vues import ouvrir

CATALOGUE = lire_catalogue()
# Those of which something else is said than a rate, and one of which nothing is.
AVEC_UN_ROLE = [
    un.code
    for un in CATALOGUE.indicateurs.values()
    if un.suite_de or un.fiabilise or un.question or CATALOGUE.suites(un.code)
    or un.code == CATALOGUE.temoin(un.population)
]  # fmt: skip
SANS_ROLE = next(code for code in CATALOGUE.indicateurs if code not in AVEC_UN_ROLE)
PAGES = ("/", "/suivi", "/tableaux/ATT-05", "/guichet/G1302")


def _sans(code: str) -> Catalogue:
    autres = {un: defini for un, defini in CATALOGUE.indicateurs.items() if un != code}
    return CATALOGUE.model_copy(update={"indicateurs": autres})


@pytest.fixture
def retire(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """Take an indicator out of what every page and document reads."""
    code = str(request.param)
    monkeypatch.setattr(commun, "lire_catalogue", lambda: _sans(code))
    commun.catalogue.cache_clear()
    yield code
    commun.catalogue.cache_clear()


@pytest.mark.parametrize("retire", [*AVEC_UN_ROLE, SANS_ROLE], indirect=True)
def test_pages_and_synthese_do_without_any_indicator(retire: str, donnees: Path) -> None:
    app: dash.Dash = creer_app(Dossier(donnees))
    for page in PAGES:
        assert ouvrir(app, page).texte
    with lecture.ouvrir(Dossier(donnees), TOUT) as v:
        document = synthese.construire(lecture.du_mois(v))
    lignes = {
        bloc.cle: len(bloc.lignes)
        for section in document.sections
        for bloc in section.blocs
        if isinstance(bloc, Tableau)
    }
    assert lignes["fiabilite"] == 4 - bool(CATALOGUE.indicateurs[retire].question)


def test_a_family_of_its_own_has_its_table_in_the_annex(
    edition_demo: lecture.Edition, monkeypatch: pytest.MonkeyPatch
) -> None:
    suivis = {un.code for un in CATALOGUE.indicateurs.values() if un.suivi}
    un = CATALOGUE.indicateurs["ENR_DELAI"].model_copy(update={"famille": "relogement"})
    autres = CATALOGUE.indicateurs | {"ENR_DELAI": un}
    catalogue = CATALOGUE.model_copy(update={"indicateurs": autres})
    monkeypatch.setattr(contexte, "catalogue_du_mois", lambda *_: catalogue)
    annexe = qualite.annexe(contexte.Contexte(edition_demo))
    tables = [bloc for bloc in annexe.blocs if isinstance(bloc, Tableau)]
    titres = {colonne.titre for table in tables for colonne in table.colonnes[1:]}
    assert titres == {CATALOGUE.indicateurs[code].libelle for code in suivis}
    assert tables[-1].titre.startswith("Relogement :")
