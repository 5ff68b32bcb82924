"""Where guichets are: the EPCI of each, by the commune that the register gives it."""

from __future__ import annotations

from collections import Counter

from infocentre.contrat.territoires import territoires
from infocentre.lecture.commun import departements, mois_controles, par_version
from infocentre.lecture.lecteur import VersionOuverte
from infocentre.lecture.perimetre import Perimetre
from infocentre.noyau.francais import simplifier


@par_version
def guichets_par_epci(v: VersionOuverte, departement: str) -> dict[str, frozenset[str]]:
    """Return {EPCI: its guichets}, each placed by the last commune that its registers give.

    A guichet without a known commune, such as the portal, is in no EPCI; none is known before a
    month is controlled.
    """
    if not mois_controles(v, departement):
        return {}
    lignes = v.lignes(
        "SELECT guichet, arg_max(commune, mois) AS commune FROM registre "
        "WHERE departement = $departement AND commune IS NOT NULL GROUP BY guichet",
        {"departement": departement},
    )
    places: dict[str, set[str]] = {}
    for une in lignes:
        lieu = territoires().get(une["commune"])
        if lieu and lieu.epci:
            places.setdefault(lieu.epci, set()).add(une["guichet"])
    return {epci: frozenset(siens) for epci, siens in places.items()}


@par_version
def epcis(v: VersionOuverte, departement: str) -> dict[str, str]:
    """Return {EPCI: name} of a département, by name: those it holds most of, or with a guichet."""
    noms: dict[str, str] = {}
    communes: dict[str, Counter[str]] = {}
    for un in territoires().values():
        if un.epci and un.actuelle:
            noms[un.epci] = un.epci_nom
            communes.setdefault(un.epci, Counter())[un.departement] += 1
    siens = {
        epci for epci, compte in communes.items() if compte.most_common(1)[0][0] == departement
    }
    retenus = siens | guichets_par_epci(v, departement).keys()
    connus = [epci for epci in retenus if epci in noms]
    return {epci: noms[epci] for epci in sorted(connus, key=lambda un: simplifier(noms[un]))}


def resoudre(v: VersionOuverte, p: Perimetre) -> Perimetre:
    """Return the périmètre with the guichets of its EPCI named; one that has no EPCI is whole."""
    if p.epci is None:
        return p
    siens: set[str] = set()
    for departement in departements(v, p):
        places = guichets_par_epci(v, departement)
        siens.update(*(places.get(epci, frozenset()) for epci in p.epci))
    return p.restreint(frozenset(siens))


def guichets_de_l_epci(v: VersionOuverte, p: Perimetre, departement: str, epci: str) -> Perimetre:
    """Return the périmètre restricted to an EPCI of the département; the same without one."""
    if not epci:
        return p
    return p.restreint(guichets_par_epci(v, departement).get(epci, frozenset()))
