"""Where guichets are, and whose: their EPCI, their organisme, as the register says."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from infocentre.acces.perimetre import TOUT, Perimetre
from infocentre.contrat.territoires import (
    departements_des_epcis,
    noms_des_epcis,
    territoires,
)
from infocentre.lecture.commun import mois_controles, par_version
from infocentre.lecture.lecteur import Lecture
from infocentre.noyau.francais import clef_de_tri
from infocentre.noyau.organismes import Inscrit


@par_version
def guichets_par_epci(v: Lecture, departement: str) -> dict[str, frozenset[str]]:
    """Return {EPCI: its guichets}, each placed by the last commune that its registers give.

    A guichet without a known commune, such as the portal, is in no EPCI; none is known before a
    month is controlled.
    """
    if not mois_controles(v, departement):
        return {}
    lignes = v.tuples(
        "SELECT guichet, arg_max(commune, mois) FROM registre "
        "WHERE departement = $departement AND commune IS NOT NULL GROUP BY guichet",
        {"departement": departement},
    )
    places: dict[str, set[str]] = {}
    for guichet, commune in lignes:
        lieu = territoires().get(commune)
        if lieu and lieu.epci:
            places.setdefault(lieu.epci, set()).add(guichet)
    return {epci: frozenset(siens) for epci, siens in places.items()}


@par_version
def guichets_par_organisme(v: Lecture, departement: str) -> dict[str, frozenset[str]]:
    """Return {organisme: its guichets}, each where its last register places it."""
    lignes = v.tuples(
        "SELECT organisme, list(guichet) FROM (SELECT guichet, arg_max(organisme, mois) AS "
        "organisme FROM registre WHERE departement = $departement GROUP BY guichet) "
        "WHERE organisme IS NOT NULL GROUP BY organisme",
        {"departement": departement},
    )
    return {organisme: frozenset(siens) for organisme, siens in lignes}


@par_version
def epcis(v: Lecture, departement: str) -> dict[str, str]:
    """Return {EPCI: name} of a département, by name: those it holds most of, or with a guichet.

    To a reader of some EPCI, theirs.
    """
    noms = noms_des_epcis()
    siens = {epci for epci, le_sien in departements_des_epcis().items() if le_sien == departement}
    retenus = siens | guichets_par_epci(v, departement).keys()
    connus = [un for un in retenus if un in noms and (v.p.epci is None or un in v.p.epci)]
    return {epci: noms[epci] for epci in sorted(connus, key=lambda un: clef_de_tri(noms[un]))}


def du_departement(v: Lecture, departement: str) -> Lecture:
    """Return a whole département that the reader sees, to make what is printed of it."""
    siens = frozenset({departement} if v.p.voit(departement) else ())
    return Lecture(v.ouverte, replace(TOUT, departements=siens))


def inscrits_des_organismes(
    v: Lecture, departement: str, mois: str, organismes: Iterable[str]
) -> list[Inscrit]:
    """Return the register of organismes whose name the reader may know, at a month."""
    return du_departement(v, departement).lignes(
        "SELECT guichet, organisme, nom FROM registre WHERE departement = $departement "
        "AND mois = $mois AND list_contains($organismes, organisme)",
        {"departement": departement, "mois": mois, "organismes": sorted(organismes)},
        Inscrit,
    )


def guichets_de_l_epci(v: Lecture, departement: str, epci: str) -> Perimetre:
    """Return the périmètre restricted to an EPCI of the département; the same without one."""
    if not epci:
        return v.p
    return v.p.restreint(guichets_par_epci(v, departement).get(epci, frozenset()))
