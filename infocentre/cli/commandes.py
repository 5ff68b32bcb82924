"""Which function does which command: its module is loaded when it is asked."""

from __future__ import annotations

import importlib
from argparse import Namespace

from infocentre import exports

_MODULES: dict[str, tuple[str, ...]] = {
    "ecritures": ("demo", "charger", "controler", "mensuel", "reconstruire", "purger", "servir"),
    "lectures": ("indicateurs", "anomalies", "livraisons", "rejets", "revisions", "tableau",
                 "demande"),
    "integrite": ("verifier", "reparer", "retirer"),
    "echantillons": ("echantillon",),
    "restitutions": ("bilan", "synthese"),
    "requetes": ("sql",),
    "bibliotheque": ("bibliotheque",),
    "candidat": ("candidat",),
}  # fmt: skip
COMMANDES = {commande: module for module, noms in _MODULES.items() for commande in noms}


def executer(options: Namespace) -> None:
    """Run the command of these options; raise Refus when it cannot be done."""
    exports.BRUT.set(getattr(options, "brut", False))
    module = importlib.import_module(f"infocentre.cli.{COMMANDES[options.commande]}")
    getattr(module, options.commande)(options)
