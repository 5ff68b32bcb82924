"""Demonstration data: deliveries of an invented département, with habits to be found."""

from infocentre.demo.fabrique import (
    fabriquer,
    fabriquer_derniers,
    fabriquer_etendu,
    fabriquer_nation,
    fabriquer_proches,
    livraisons_nation,
)
from infocentre.demo.formes import ecrire_forme
from infocentre.demo.habitudes import HABITUDES, Habitude, habitudes

__all__ = [
    "HABITUDES",
    "Habitude",
    "ecrire_forme",
    "fabriquer",
    "fabriquer_derniers",
    "fabriquer_etendu",
    "fabriquer_nation",
    "fabriquer_proches",
    "habitudes",
    "livraisons_nation",
]
