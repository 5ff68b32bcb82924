"""What an analyst reads of counts that are hidden from it: that they are, never 0,0 %."""

from __future__ import annotations

import re
from collections import Counter

import dash
import pytest

from dashboards.composants.tableau_suivi import ecrire_case
from infocentre.acces.modele import Role
from infocentre.acces.perimetre import TOUT
from infocentre.entrepot import Dossier
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


def test_a_hidden_cell_of_the_grid_is_said_to_be_hidden() -> None:
    cachee = Case("rouge", None, 120, None, None, 3, None, revisee=False)
    assert ecrire_case(cachee, "taux") == ecrire_case(cachee, "numerateur") == ("s", "")
    a_cote = Case("vert", 12, 120, None, 40, None, None, revisee=False)
    assert ecrire_case(a_cote, "taux") == ("10,0\u202f%", "s")
    rien = Case("sans_objet", None, None, None, None, None, None, revisee=False)
    assert ecrire_case(rien, "taux") == ("–", "")
