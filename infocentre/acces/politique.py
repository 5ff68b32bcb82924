"""The policy: what each role may do. What it does not name is refused."""

from __future__ import annotations

from collections.abc import Mapping

from infocentre.acces.roles import Action, Role

_TERRITOIRE = frozenset({Action.AIDE, Action.STATISTIQUES, Action.BILANS})
ACTIONS: Mapping[Role, frozenset[Action]] = {
    Role.GESTIONNAIRE: frozenset(Action) - {Action.REPONDRE, Action.COMPTES, Action.AUDIT},
    Role.GUICHET: frozenset(
        {
            Action.AIDE,
            Action.SYNTHESE,
            Action.INDICATEURS,
            Action.FICHE,
            Action.ANNUAIRE,
            Action.NOMINATIF,
            Action.AFFAIRES,
            Action.REPONDRE,
        }
    ),
    Role.PARTENAIRE: _TERRITOIRE,
    Role.ANALYSTE: _TERRITOIRE | {Action.SYNTHESE, Action.INDICATEURS, Action.INTERROGER},
    Role.PREFET: _TERRITOIRE | {Action.SYNTHESE, Action.AFFAIRES},
    Role.ADMINISTRATEUR: frozenset({Action.AIDE, Action.COMPTES, Action.AUDIT}),
}
