"""The maps that are drawn: a département, an EPCI, a city by arrondissement; kept once made."""

from __future__ import annotations

import functools
from collections import Counter
from collections.abc import Mapping
from typing import Any, Literal

from infocentre.contrat.contours import contours
from infocentre.contrat.territoires import Territoire, territoires
from infocentre.graphiques.carte import Contours, Fond, preparer_fond, reunir

Niveau = Literal["commune", "epci"]


@functools.lru_cache(maxsize=32)
def fond_de_carte(departement: str, niveau: Niveau, largeur: float, epci: str = "") -> Fond | None:
    """Return the map of a département (or one EPCI) by commune or by EPCI, None without contours.

    The communes of its EPCI that lie in another département are on it.
    """
    traces = _contours(departement)
    if not traces:
        return None
    epcis = {code: territoires()[code].epci or code for code in traces}
    if epci:
        traces = {code: trace for code, trace in traces.items() if epcis[code] == epci}
        epcis = dict.fromkeys(traces, epci)
    if niveau == "commune":
        return preparer_fond(traces, epcis, largeur)
    return _par_epci(traces, largeur)


@functools.lru_cache(maxsize=4)
def fond_des_epcis(departements: tuple[str, ...], largeur: float) -> Fond | None:
    """Return the map of départements together by EPCI, None without contours."""
    traces = {code: trace for un in departements for code, trace in _contours(un).items()}
    return _par_epci(traces, largeur) if traces else None


def _par_epci(traces: Contours, largeur: float) -> Fond:
    """Return the map of the EPCI of communes, each in one piece."""
    membres: dict[str, list[str]] = {}
    for code in traces:
        membres.setdefault(territoires()[code].epci or code, []).append(code)
    reunis = {lui: reunir(traces, codes) for lui, codes in membres.items()}
    return preparer_fond(reunis, {lui: lui for lui in reunis}, largeur)


@functools.lru_cache(maxsize=32)
def fond_des_arrondissements(departement: str, largeur: float, epci: str = "") -> Fond | None:
    """Return the map of Marseille, Lyon or Paris by arrondissement, None where there is none."""
    codes = [
        un.code
        for un in territoires().values()
        if un.arrondissement and un.departement == departement and epci in {"", un.epci}
    ]
    traces = contours(codes)
    return preparer_fond(traces, dict.fromkeys(traces, ""), largeur) if traces else None


@functools.lru_cache(maxsize=4)
def _contours(departement: str) -> Contours:
    """Return the contours of the communes of a map, one that is divided being taken as one."""
    siennes = _communes().get(departement, ())
    traces: dict[str, Any] = contours(siennes)
    for code in siennes:
        if divisee := _arrondissements().get(code):
            traces[code] = reunir(contours(divisee), divisee)
    return traces


@functools.cache
def _communes() -> Mapping[str, list[str]]:
    """Return the communes of the map of each département: its own, and those of its EPCI."""
    siennes: dict[str, dict[str, None]] = {}
    des_epcis: dict[str, list[Territoire]] = {}
    for un in territoires().values():
        if un.actuelle:
            siennes.setdefault(un.departement, {})[un.code] = None
            des_epcis.setdefault(un.epci, []).append(un)
    for epci, communes in des_epcis.items():
        lui, ici = Counter(un.departement for un in communes).most_common(1)[0]
        if epci and 2 * ici > len(communes):
            siennes[lui] |= dict.fromkeys(un.code for un in communes)
    return {departement: sorted(codes) for departement, codes in siennes.items()}


@functools.cache
def _arrondissements() -> Mapping[str, list[str]]:
    """Return the arrondissements of each commune that has any."""
    d_une: dict[str, list[str]] = {}
    for un in territoires().values():
        if un.arrondissement:
            d_une.setdefault(un.mere, []).append(un.code)
    return d_une
