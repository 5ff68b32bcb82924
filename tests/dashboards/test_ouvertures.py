"""What opens an affaire: who it is of is chosen by name."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from infocentre.acces.perimetre import TOUT
from infocentre.entrepot import Dossier
from infocentre.lecture.commun import noms_des_organismes
from infocentre.lecture.lecteur import Lecteur, Lecture
from tests.dashboards.vues import Ecran


def test_an_organisme_is_chosen_by_its_name(
    afficher: Callable[[str], Ecran], entrepot_demo: Dossier
) -> None:
    """Its SIREN had to be typed, in a field that said nothing of it."""
    ouverte = Lecteur(entrepot_demo).ouvrir()
    assert ouverte
    noms = noms_des_organismes(Lecture(ouverte, TOUT), "013")
    champs = {un["nom"]: un for un in _champs(afficher("/affaires/conventions"))}
    (vide, _), *options = champs["objet"]["options"]
    assert vide == ""
    assert [code for code, _ in options] == [
        code for code, _ in sorted(noms.items(), key=lambda un: un[1])
    ]
    assert "Provence Habitat Solidaire" in {nom for _, nom in options}


def _champs(ecran: Ecran) -> list[dict[str, Any]]:
    return [
        champ
        for un in ecran.composants("Formulaire")
        for groupe in un.groupes
        for champ in groupe["champs"]
    ]
