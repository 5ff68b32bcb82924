"""What a setting would change is what the month says once it is controlled with it."""

from __future__ import annotations

from pathlib import Path

import pytest

from infocentre.acces.perimetre import TOUT
from infocentre.entrepot import Dossier
from infocentre.lecture.reglages import differences
from infocentre.mesures.reglages_changes import changer, essayer
from infocentre.restitutions import lecture
from tests.donnees.atelier import base, controler, copie, interroger

REALISE = """
select objectif_annuel, prorata from att_08
where departement = '013' and mois = '2026-03' and code = '*'
"""


def test_an_objective_is_seen_before_and_after_the_control(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    racine = copie(base(1, 2, 3), tmp_path / "donnees")
    monkeypatch.setenv("INFOCENTRE_DOSSIER", str(racine))
    with lecture.ouvrir(Dossier(racine), TOUT) as v:
        vues = differences(
            v, "013", "2026-03", essayer(racine, "logement_dabord_objectif", "013", "1 200")
        )
        aucune = differences(v, "013", "2026-03", essayer(racine, "seuil_secret", "", "6"))
    dites = {
        une.colonne: une.apres
        for une in vues
        if une.tableau.startswith("Attributions du Logement") and une.ligne == "Ensemble"
    }
    # 1 200 a year, three months of it: 300.
    assert (dites["Objectif annuel"], dites["Prorata"]) == (1200, 300)
    assert aucune == []
    changer(racine, "logement_dabord_objectif", "013", "1 200", "camille")
    controler(racine, "2026-03")
    ((annuel, prorata),) = interroger(racine, REALISE)
    assert (annuel, prorata) == (1200, 300)
