"""The infocentre's own Dash components: native fields and a menu, drawn by assets/composants.js.

Dash's dropdown is neither native nor accessible enough (axe finds a serious violation in it), and
its components are built again whenever a callback gives them: these keep their fields, hence the
focus, while their options and values change.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, ClassVar

from dash.development.base_component import Component


class _Natif(Component):
    _namespace = "infocentre"
    _noms: ClassVar[tuple[str, ...]] = ()

    def __init__(self, **proprietes: Any) -> None:  # noqa: ANN401 - what Dash sends as JSON
        self._base_nodes: list[str] = []
        self._valid_wildcard_attributes: list[str] = []
        self._prop_names = ["id", *self._noms]
        self.available_properties = self._prop_names
        self.available_wildcard_properties: list[str] = []
        super().__init__(**proprietes)


class BarreFiltres(_Natif):
    """The filters of the page at `adresse`; `change` is what a person has just chosen."""

    _type = "BarreFiltres"
    _noms = ("champs", "reglages", "adresse", "change")


class Menu(_Natif):
    """The main menu; `suite` is added to its addresses, `chemin` is where the reader is."""

    _type = "Menu"
    _noms = ("entrees", "chemin", "suite", "pastille")


class Chercher(_Natif):
    """The one search of the header; it keeps the place and the month of the address."""

    _type = "Chercher"


class Annonce(_Natif):
    """What a screen reader hears when the page has changed, and the title of the tab."""

    _type = "Annonce"
    _noms = ("page",)


class VersionNouvelle(_Natif):
    """Says that other data are published than those that `page` shows."""

    _type = "VersionNouvelle"
    _noms = ("page",)


class Arrivees(_Natif):
    """How many things came since the reader last looked at what waits for them."""

    _type = "Arrivees"


class GrillePapier(_Natif):
    """The rows and columns of a grid as a table, built when paper asks for it."""

    _type = "GrillePapier"
    _noms = ("grille", "legende")


class Bloc(_Natif):
    """A tree of elements (dashboards.composants.balises)."""

    _type = "Bloc"
    _noms = ("arbre",)


class File(_Natif):
    """A queue as a tree; `fait` is what a person has just asked of its lines, by their keys.

    `reponse` is what became of it, when the queue is not made again; `vers` the page that it leads
    to, named here: an output that stands on every page would have it called as soon as it is shown.
    """

    _type = "File"
    _noms = ("arbre", "fait", "reponse", "vers")


class Depot(_Natif):
    """Where files are dropped; they go to `adresse`, `depose` is the work that loads them."""

    _type = "Depot"
    _noms = ("adresse", "depose")


class Reconnaissance(_Natif):
    """What unknown files are proposed to be, to confirm (assets/reconnaitre.js).

    `donnees` is what infocentre.reconnaissance.confirmation describes, `reponse` what a person has
    just answered and asks for (`essayer`, `relire` or `utiliser`); nothing more is answered while
    `occupe`.
    """

    _type = "Reconnaissance"
    _noms = ("donnees", "reponse", "occupe")


class Revue(_Natif):
    """Cases of duplicates, one at a time (assets/doublons.js): `pile` are the first of a `liste`.

    `nombre` is how many wait in that list. `decision` is what a person has just decided, `reponse`
    what became of it and the cases that follow; `vide` is what is said when none is left.
    """

    _type = "Revue"
    _noms = ("pile", "liste", "nombre", "decision", "reponse", "vide")


def entree(chemin: str, nom: str, dessous: Iterable[str], *, leger: bool = False) -> dict[str, Any]:
    """Return an entry of the menu: `dessous` are the addresses that stand under it.

    One that is `leger` weighs less than the others.
    """
    return {"chemin": chemin, "nom": nom, "dessous": list(dessous), "leger": leger}
