"""Trees of elements: what a page holds by hundreds, as plain lists that the browser builds.

A Dash component is wrapped, walked and watched by Dash: a table of a thousand cells costs a second.
A tree is data, [name, attributes, *children], that one component (assets/composants.js) turns into
React elements; no text of it is ever read as HTML.
"""

from __future__ import annotations

from collections.abc import Sequence
from html.parser import HTMLParser
from typing import Any
from xml.etree import ElementTree as ET

from markupsafe import Markup, escape

from dashboards.composants.natifs import Bloc

VIDES = frozenset("area br col hr img input link meta source wbr".split())
Noeud = Any  # str, int, None, Balise, or a sequence of them


class Balise(list[Any]):
    """An element: its name, its attributes, its children."""

    def __html__(self) -> str:
        """Return it as HTML, for what is written elsewhere than on a page."""
        nom, attributs, *fils = self
        ecrits = "".join(f' {cle}="{escape(valeur)}"' for cle, valeur in attributs.items())
        debut = f"<{nom}{ecrits}>"
        return debut if nom in VIDES else f"{debut}{html(fils)}</{nom}>"


def html(noeud: Noeud) -> Markup:
    """Return a node as HTML."""
    if isinstance(noeud, Sequence) and not isinstance(noeud, str | Balise):
        return Markup("").join(map(html, noeud))
    return escape("" if noeud is None else noeud)


def balise(nom: str, *fils: Noeud, **attributs: str | int | bool | None) -> Balise:
    """Return an element; `class_`, `aria_label` are class and aria-label, None and False are left.

    Children that are None or empty are left; a list of children gives each of them.
    """
    retenus = {
        cle.rstrip("_").replace("_", "-"): "" if valeur is True else str(valeur)
        for cle, valeur in attributs.items()
        if valeur is not None and valeur is not False
    }
    return Balise([nom, retenus, *enfants(fils)])


def enfants(noeud: Noeud) -> list[Noeud]:
    """Return what a node gives to the element that holds it; Markup is read as what it says."""
    if isinstance(noeud, Markup):
        return lire(noeud)
    if isinstance(noeud, Balise | str | int):
        return [] if noeud == "" else [noeud]
    if noeud is None:
        return []
    gardes: list[Noeud] = []
    for un in noeud:
        if type(un) is Balise or (type(un) is str and un):  # most of them
            gardes.append(un)
        else:
            gardes += enfants(un)
    return gardes


def bloc(arbre: Balise, id: str | None = None) -> Bloc:  # noqa: A002 - as Dash names it
    """Return what puts a tree in a page."""
    return Bloc(arbre=arbre, **({"id": id} if id else {}))


def lire(texte: str) -> list[Noeud]:
    """Return the nodes of HTML or SVG that this server wrote: a document, a chart."""
    try:
        racine = ET.fromstring(f"<x>{texte}</x>")  # noqa: S314 - written by this server
    except ET.ParseError:
        lecteur = _Lecteur()
        lecteur.feed(texte)
        lecteur.close()
        return lecteur.racine[2:]
    return _convertir(racine)[2:]


def _convertir(element: ET.Element) -> Balise:
    nom = element.tag.rpartition("}")[2]
    un = Balise([nom, dict(element.attrib)])
    if texte := _premier(nom, element.text or ""):
        un.append(texte)
    for enfant in element:
        un.append(_convertir(enfant))
        if enfant.tail:
            un.append(enfant.tail)
    return un


def _premier(nom: str, texte: str) -> str:
    """Return the first text of an element as HTML reads it: without the line it may begin with."""
    return texte.removeprefix("\n") if nom in {"pre", "textarea"} else texte


class _Lecteur(HTMLParser):
    """Reads HTML whose elements may stay open (br, input)."""

    def __init__(self) -> None:
        super().__init__()
        self.racine = Balise(["x", {}])
        self._ouvertes = [self.racine]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        une = Balise([tag, {cle: valeur or "" for cle, valeur in attrs}])
        self._ouvertes[-1].append(une)
        if tag not in VIDES:
            self._ouvertes.append(une)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in VIDES:
            self._ouvertes.pop()

    def handle_endtag(self, tag: str) -> None:
        if len(self._ouvertes) > 1 and self._ouvertes[-1][0] == tag:
            self._ouvertes.pop()

    def handle_data(self, data: str) -> None:
        ouverte = self._ouvertes[-1]
        ouverte.append(data if ouverte[2:] else _premier(ouverte[0], data))
