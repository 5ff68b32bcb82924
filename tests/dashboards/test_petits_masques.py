"""What an analyst reads of counts that are hidden from it: that they are, never 0,0 %."""

from __future__ import annotations

import json
import re
from collections import Counter
from typing import cast

import dash
import pytest

from dashboards.composants.indicateur import vue_departement
from dashboards.composants.tableau_suivi import ecrire_case
from dashboards.navigation import appel
from infocentre.acces.modele import Role
from infocentre.acces.perimetre import TOUT
from infocentre.catalogue import lire_catalogue
from infocentre.entrepot import Dossier
from infocentre.lecture.lignes import Valeur
from infocentre.lecture.ouverture import ouvrir_pour
from infocentre.lecture.suivi import Case
from tests.dashboards.comme import acces, comme
from tests.dashboards.vues import ouvrir

ICI = "013"
PETITS = """
SELECT code, n_etat AS n, d_etat AS d FROM valeurs
WHERE departement = '013' AND mois = (SELECT max(mois) FROM valeurs)
    AND niveau = 'departement' AND n_etat BETWEEN 1 AND 10 AND d_etat > 10
"""


@pytest.mark.lent
def test_a_small_count_of_the_departement_is_not_told_to_be_none(
    app: dash.Dash, entrepot_demo: Dossier
) -> None:
    with ouvrir_pour(entrepot_demo, TOUT) as v:
        petits = {code: (n, d) for code, n, d in v.tuples(PETITS)}
    assert petits
    lus = {}
    for role in (Role.ANALYSTE, Role.GESTIONNAIRE):
        with comme(app, acces(role, ICI)):
            lus[role] = re.sub(r"(?<=\d)\s(?=\d{3}\b)", "", ouvrir(app, "/indicateurs").texte)
    for n, d in petits.values():
        assert f"({n} / {d})" in lus[Role.GESTIONNAIRE]
        assert f"({n} / {d})" not in lus[Role.ANALYSTE]
    analyste, gestionnaire = (Counter(re.findall(r"\(0 / \d+\)", lu)) for lu in lus.values())
    assert analyste <= gestionnaire, "none is told where there are some"


CACHES = """
WITH dits AS (
    SELECT code, etat, coalesce(n_etat BETWEEN 1 AND 10 OR d_etat BETWEEN 1 AND 10
        OR d_etat - n_etat BETWEEN 1 AND 10, false) AS cache
    FROM valeurs WHERE departement = '013' AND mois = (SELECT max(mois) FROM valeurs)
        AND niveau = 'guichet' AND type_guichet = 'BAILLEUR' AND d_etat > 0
)
SELECT code, count(*) FILTER (cache) FROM dits
GROUP BY code HAVING count(*) FILTER (cache) > 1 AND count(*) FILTER (NOT cache) > 1
    AND count(*) FILTER (etat IN ('vert', 'orange', 'rouge')) > 5
ORDER BY code
"""


@pytest.mark.lent
def test_an_indicator_tells_how_many_guichets_it_does_not_draw(
    app: dash.Dash, entrepot_demo: Dossier
) -> None:
    """A spread of those that are left would be another one; what a point opens is closed."""
    with ouvrir_pour(entrepot_demo, TOUT) as v:
        code, caches = v.tuples(CACHES)[0]
    dits = (f"{caches} autres ne sont pas dessinés : secret statistique",)
    tus = ("Répartition", "Choisir un point ouvre sa fiche", "Voir les demandes en anomalie")
    for role, presents, absents in ((Role.ANALYSTE, dits, tus), (Role.GESTIONNAIRE, tus, dits)):
        with comme(app, acces(role, ICI)):
            demande = appel(f"/indicateurs/{code}?type=BAILLEUR")
            reponse = app.server.test_client().post("/_dash-update-component", json=demande)
            texte = re.sub(r"\s", " ", json.dumps(reponse.json, ensure_ascii=False))
        assert [un for un in presents if un not in texte] == []
        assert [un for un in absents if un in texte] == []


def test_a_curve_of_which_all_is_hidden_is_a_sentence() -> None:
    un = lire_catalogue().indicateurs["ATT_TARDIVE"]
    faits = {"n_etat": None, "d_etat": None, "fenetre": "12m", "borne_basse": None,
             "borne_haute": None, "taux": None, "numerateur": None, "denominateur": None,
             "etat_mois": "vert"}  # fmt: skip
    mois = ["2026-09", "2026-10"]
    for etat, muette in (("orange", True), ("non_calculable", False)):
        lues = cast("dict[str, Valeur]", {m: faits | {"etat": etat} for m in mois})
        vue = str(vue_departement(un, lues, mois, frozenset()))
        assert ("Les taux sont masqués par le secret statistique" in vue) == muette
        assert ("graphique" in vue) != muette


def test_a_hidden_cell_of_the_grid_is_said_to_be_hidden() -> None:
    cachee = Case("rouge", None, 120, None, None, 3, None, revisee=False)
    assert ecrire_case(cachee, "taux") == ecrire_case(cachee, "numerateur") == ("s", "")
    a_cote = Case("vert", 12, 120, None, 40, None, None, revisee=False)
    assert ecrire_case(a_cote, "taux") == ("10,0\u202f%", "s")
    rien = Case("sans_objet", None, None, None, None, None, None, revisee=False)
    assert ecrire_case(rien, "taux") == ("–", "")
