"""The states of a month that are not told beside masked counts: one judgement for every reader.

Papers, open data and pages say « s » there, whatever the state is.
"""

from __future__ import annotations

import contextlib
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence

from infocentre.catalogue import Catalogue
from infocentre.lecture.commun import mois_controles, par_version
from infocentre.lecture.droits import Tu
from infocentre.lecture.filtres import Filtres
from infocentre.lecture.indicateurs import catalogue_du_mois
from infocentre.lecture.lecteur import Lecture
from infocentre.lecture.lieux import du_departement
from infocentre.lecture.partage import seuil_secret
from infocentre.lecture.publies import (
    Cle,
    Lue,
    Partie,
    cle_de,
    decides,
    lire,
    lire_epci,
    lire_regles,
    parties,
    tus,
)
from infocentre.mesures import etats_dits
from infocentre.mesures.effectifs import Lieu, Quoi, partie, unites
from infocentre.mesures.etats_dits import Jugee
from infocentre.mesures.probabilites import numerateurs_rouges
from infocentre.noyau.erreurs import Refus
from infocentre.noyau.etats import Etat


@par_version
def etats_tus(v: Lecture, departement: str, mois: str, catalogue: str) -> frozenset[Cle]:
    """Return the (code, niveau, cle) of a month whose state is not shared.

    Raises:
        Refus: the register of what was shared is damaged, or refuses the month.
    """
    regles, caches = lire_regles(catalogue), tus(v, departement, mois, catalogue)
    lignes, parts = lire(v, departement, mois, regles), parties(v, departement, mois)
    return frozenset(_taire(lignes, parts, regles, caches, seuil_secret(v)))


@par_version
def lieux_tus(v: Lecture, departement: str) -> Sequence[Tu]:
    """Return where an account is not told a state.

    Of a month of which nothing is decided, as if all its counts were masked.
    """
    lieux: list[Tu] = []
    entier = du_departement(v, departement)
    for mois in mois_controles(v, departement):
        regles = catalogue_du_mois(entier, Filtres(departement, mois))
        lignes, caches = lire(entier, departement, mois, regles), None
        with contextlib.suppress(Refus):
            caches = lus.caches if (lus := decides(v, departement, mois)) else None
        parts = parties(entier, departement, mois)
        tues = _taire(lignes, parts, regles, caches, seuil_secret(v))
        lieux += [(departement, mois, *cle) for cle in tues]
    return lieux


def _taire(
    lignes: Sequence[Lue],
    parts: Sequence[Partie],
    regles: Catalogue,
    caches: Collection[Cle] | None,
    seuil: int,
) -> Iterator[tuple[str, str, str]]:
    """Yield the places whose state gives a masked count away, all being masked if `caches` is."""
    masquees = {cle_de(une) for une in lignes} if caches is None else caches
    rouges = _rouges(lignes, regles)
    lieux: dict[str, dict[Lieu, Jugee]] = defaultdict(dict)
    sus: set[tuple[Quoi, Lieu]] = set()
    epci = lire_epci(parts)
    for une in lignes:
        un = regles.indicateurs[une["code"]]
        lieu: Lieu = une["niveau"], une["cle"]
        if une["d"] and un.seuils:
            masquee = cle_de(une) in masquees
            lieux[un.code][lieu] = Jugee(
                une["n"] or 0, une["d"], une["etat"], masquee, rouge=rouges.get(cle_de(une), 0)
            )
            if not masquee:
                sus.add((unites(un), lieu))
    for part in parts:
        if siens := lieux.get(part["code"]):
            la = partie(part["organisme"], part["type"])
            siens[la] = Jugee(part["n"], part["d"], Etat.SANS_OBJET, masquee=True)
    for code, siens in lieux.items():
        un = regles.indicateurs[code]
        lus: dict[Lieu, Jugee] = {
            lieu: une._replace(su=(unites(un), lieu) in sus) for lieu, une in siens.items()
        }
        if un.seuils:
            for lieu in etats_dits.etats_tus(lus, un.seuils.orange, seuil, epci):
                yield (code, *lieu)


def _rouges(lignes: Sequence[Lue], regles: Catalogue) -> Mapping[Cle, int]:
    """Return the least numerator that is rouge, of places above the first threshold."""
    dessus = [
        (cle_de(une), un.rouge, une["d"])
        for une in lignes
        if une["etat"] in {Etat.ORANGE, Etat.ROUGE}
        and (un := regles.indicateurs[une["code"]].seuils)
    ]
    lus = numerateurs_rouges([p for _, p, _ in dessus], [d for _, _, d in dessus])
    return {cle: int(lu) for (cle, _, _), lu in zip(dessus, lus, strict=True)}
