"""What a guichet was, delivery after delivery: when it appeared, what changed of it, who has it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

from infocentre.contrat import contrat
from infocentre.contrat.intitules import intitule
from infocentre.exports import lisible
from infocentre.lecture.affaires import toutes
from infocentre.lecture.commun import mois_controles, par_version
from infocentre.lecture.filtres import Filtres
from infocentre.lecture.lecteur import Lecture
from infocentre.lecture.lignes import Inscription
from infocentre.noyau.temps import jour

COORDONNEES = "coordonnees"
PREMIER, ENTRE = "Au registre dès la première livraison", "Inscrit au registre"
RETIRE = "Absent du registre"


class Etape(NamedTuple):
    """What the delivery of a month changed of a guichet; `avant` and `apres` as people read."""

    mois: str
    quoi: str
    avant: str = ""
    apres: str = ""


@par_version
def histoire(v: Lecture, filtres: Filtres, guichet: str) -> list[Etape]:
    """Return what changed of a guichet up to a month, newest first; [] when one may not see it."""
    if not v.p.voit_guichet(guichet):
        return []
    lus = v.lignes(
        "SELECT * FROM registre WHERE departement = $departement AND guichet = $guichet",
        {"departement": filtres.departement, "guichet": guichet},
        Inscription,
    )
    par_mois = {un["mois"]: un for un in lus}
    mois = [un for un in mois_controles(v, filtres.departement) if un <= filtres.mois]
    vus = [(un, par_mois.get(un)) for un in mois]
    premier = [Etape(un, PREMIER) for un, la in vus[:1] if la]
    suite = [etape for avant, ici in pairwise(vus) for etape in _etapes(ici[0], avant[1], ici[1])]
    return [*reversed(suite), *premier]


def dire_certificat(v: Lecture, departement: str, guichet: str) -> str:
    """Say by what its software is known to the SNE, as it was last told here; '' by nothing."""
    dits = [
        un
        for une in toutes(v, departement, COORDONNEES)
        if une.objet == guichet and v.p.voit_guichet(guichet)
        for un in une.situation.evenements
        if un.dit("certificat")
    ]
    if not dits:
        return ""
    jusqu_au = dits[-1].dit("valable_jusqu_au")
    fin = f", jusqu'au {jour(str(jusqu_au))}" if jusqu_au else ""
    return f"{dits[-1].dit('certificat')}{fin}"


def _etapes(mois: str, avant: Inscription | None, ici: Inscription | None) -> Iterator[Etape]:
    if avant is None or ici is None:
        if ici is not avant:
            yield Etape(mois, ENTRE if ici else RETIRE)
        return
    for champ in _champs():
        if (avait := avant.get(champ)) != (a := ici.get(champ)):
            yield Etape(mois, intitule(champ), lisible(avait), lisible(a))


def _champs() -> Sequence[str]:
    table = contrat().tables["guichets"]
    return [un.champ for un in table.colonnes if un.champ in Inscription.__annotations__]
