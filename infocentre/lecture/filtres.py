"""Filters that live in the address: any view is a link, and the back button works."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from typing import Protocol, TypedDict
from urllib.parse import urlencode

from infocentre.acces.perimetre import Perimetre
from infocentre.lecture.commun import departements, mois_charges, mois_controles
from infocentre.lecture.lecteur import L, Lecture
from infocentre.lecture.lieux import epcis, guichets_de_l_epci

FENETRES = {"12m": "12 mois", "mois": "le mois"}
PAR_PAGE = 50
CHIFFRES = 9


@dataclass(frozen=True, slots=True)
class Filtres:
    """What the address asks, completed: a département, an EPCI and a month that exist."""

    departement: str
    mois: str
    type_guichet: str = ""
    fenetre: str = "12m"
    epci: str = ""

    def lien(self, chemin: str, **changements: str) -> str:
        """Return the address of a page with these filters, changed or completed."""
        return f"{chemin}?{_requete(self, **changements)}"


@functools.lru_cache(maxsize=256)
def _requete(filtres: Filtres, **changements: str) -> str:
    parametres = {
        "departement": filtres.departement,
        "epci": filtres.epci,
        "mois": filtres.mois,
        "type": filtres.type_guichet,
        "fenetre": "" if filtres.fenetre == "12m" else filtres.fenetre,
        **changements,
    }
    return urlencode({cle: valeur for cle, valeur in parametres.items() if valeur})


def lire_filtres(v: Lecture, adresse: dict[str, str], *, charges: bool = False) -> Filtres | None:
    """Read the address; None when no month is controlled. Unknown values give the default ones.

    With `charges`, months that are only loaded count too.
    """
    connus = departements(v, charges=charges)
    if not connus:
        return None
    departement = adresse.get("departement", "")
    departement = departement if departement in connus else connus[0]
    mois = (mois_charges if charges else mois_controles)(v, departement)
    voulu = adresse.get("mois", "")
    epci = adresse.get("epci", "")
    fenetre = adresse.get("fenetre", "12m")
    return Filtres(
        departement=departement,
        mois=voulu if voulu in mois else mois[-1],
        type_guichet=adresse.get("type", ""),
        fenetre=fenetre if fenetre in FENETRES else "12m",
        epci=epci if epci in epcis(v, departement) else "",
    )


def retenir(v: Lecture, filtres: Filtres) -> Perimetre:
    """Return the périmètre of what is shown: the reader's, within the EPCI of the filters."""
    return guichets_de_l_epci(v, filtres.departement, filtres.epci)


def page_voulue(adresse: dict[str, str]) -> int:
    """Return the page that the address asks of a long list, the first unless it is a number."""
    texte = adresse.get("page", "")
    return max(1, int(texte[:CHIFFRES])) if texte.isdecimal() else 1


def nombre_de_pages(total: int, par_page: int = PAR_PAGE) -> int:
    """Return the number of pages of a list, one when it is empty."""
    return max(1, -(-total // par_page))


def page_montree(adresse: dict[str, str], total: int, par_page: int = PAR_PAGE) -> int:
    """Return the page that is shown: beyond the last one, the last one."""
    return min(page_voulue(adresse), nombre_de_pages(total, par_page))


class Lire(Protocol):
    """Reads the rows of a SELECT as rows of a type."""

    def __call__(self, sql: str, genre: type[L], /) -> list[L]:
        """Return the rows."""


class _Nombre(TypedDict):
    n: int


def decouper(lire: Lire, sql: str, page: int | None, genre: type[L]) -> tuple[int, list[L]]:
    """Return the number of rows of a SELECT, and those of a page, or all without a page.

    The total never depends on the page: beyond the last one, the rows are those of the last.
    """
    if page is None:
        lignes = lire(sql, genre)
        return len(lignes), lignes
    total = lire(f"SELECT count(*) AS n FROM ({sql})", _Nombre)[0]["n"]
    debut = PAR_PAGE * (min(page, nombre_de_pages(total)) - 1)
    return total, lire(f"{sql} LIMIT {PAR_PAGE} OFFSET {debut}", genre)
