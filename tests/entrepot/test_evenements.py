"""The journal of publications says what its type declares, and no more."""

from __future__ import annotations

from infocentre.entrepot import Dossier
from infocentre.entrepot.evenements import Evenement

TOUS = {"version", "type", "le"}
LIVRAISON = {"departement", "arrete", "empreinte", "nom", "remplace", "sceau"}
CONTROLE = {"catalogue", "reglages", "objectifs", "mois"}


def test_an_entry_has_what_its_type_declares(entrepot_demo: Dossier) -> None:
    dits = {une["type"]: set(une) for une in entrepot_demo.publications()}
    assert dits == {"chargement": TOUS | LIVRAISON, "controle": TOUS | CONTROLE}
    assert Evenement.__annotations__.keys() >= TOUS | LIVRAISON | CONTROLE
