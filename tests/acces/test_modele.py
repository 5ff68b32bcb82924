"""Rights of a person: what the policy grants to a role, everything to who has the machine."""

from __future__ import annotations

import pytest

from infocentre.acces.modele import SEUL, Acces, Action, Role
from infocentre.acces.perimetre import TOUT


def test_without_accounts_whoever_started_the_program_may_do_everything() -> None:
    assert all(SEUL.peut(une) for une in Action)
    assert SEUL.perimetre == TOUT


@pytest.mark.parametrize(
    ("role", "peut", "ne_peut_pas"),
    [
        (Role.GESTIONNAIRE, Action.CONDUIRE, Action.COMPTES),
        (Role.GUICHET, Action.REPONDRE, Action.INTERROGER),
        (Role.PARTENAIRE, Action.BILANS, Action.INDICATEURS),
        (Role.ANALYSTE, Action.INTERROGER, Action.NOMINATIF),
        (Role.PREFET, Action.SYNTHESE, Action.FICHE),
        (Role.ADMINISTRATEUR, Action.COMPTES, Action.SYNTHESE),
    ],
)
def test_a_role_has_its_actions_only(role: Role, peut: Action, ne_peut_pas: Action) -> None:
    une = Acces("a@exemple.fr", "A", role, TOUT)
    assert une.peut(peut)
    assert not une.peut(ne_peut_pas)
