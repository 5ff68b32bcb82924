"""A partner who has all that is shared, and his own bilan, finds no small count of another.

The curious reader of `curieux` is one more time judged by an integer program, for each of them.
"""

from __future__ import annotations

import pytest

from infocentre.restitutions.atelier import Atelier
from infocentre.restitutions.lecture import Edition
from infocentre.restitutions.partenaires import partenaires
from tests.profondeur import profond
from tests.restitutions.curieux import (
    Partie,
    Savoir,
    lire_le_sien,
    parties_de,
    retrouver,
    retrouver_avec,
    tout_lire,
)

pytestmark = pytest.mark.lent

SEUIL = 11
PAS = 6  # partners are attacked by sixths


@pytest.fixture(scope="module")
def savoir(edition_demo: Edition) -> Savoir:
    """What anybody has of the newest month."""
    return tout_lire([edition_demo], [edition_demo.mois])


@pytest.fixture(scope="module")
def liees(savoir: Savoir) -> list[Partie]:
    return parties_de(savoir)


def test_personne_ne_retrouve_un_petit_nombre(savoir: Savoir) -> None:
    trouvees = retrouver(savoir, SEUIL)
    assert {lieu: un for lieu, un in trouvees.items() if un[0] == un[1]} == {}


@profond
@pytest.mark.parametrize("reste", range(PAS))
def test_un_partenaire_ne_retrouve_aucun_petit_nombre_d_un_autre(
    edition_demo: Edition, savoir: Savoir, liees: list[Partie], reste: int
) -> None:
    fabrique = Atelier(edition_demo)
    trouvees = {}
    for qui in list(partenaires(edition_demo).values())[reste::PAS]:
        lus = lire_le_sien(savoir, fabrique, qui)
        for lieu, un in retrouver_avec(savoir, lus, SEUIL, liees).items():
            if un[0] == un[1]:
                trouvees[qui.nom, lieu] = un
    assert trouvees == {}
