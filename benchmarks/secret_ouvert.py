"""Open data and repères: what they give away of what is masked, to who has two months of all.

An integer program has two publications, the bilans, and what one EPCI knows of itself; another
reader has the repères of two months, and all counts of a type but two. INFOCENTRE_DOSSIER names the
data directory to read a copy of; without it a demonstration is made.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from benchmarks.outils import Mesure, donnees_copiees
from infocentre.acces.perimetre import TOUT
from infocentre.entrepot import Dossier
from infocentre.lecture.commun import mois_controles
from infocentre.lecture.indicateurs import catalogue_du_mois
from infocentre.lecture.partage import seuil_secret
from infocentre.restitutions import lecture
from infocentre.restitutions.bilan.releve import relever
from infocentre.restitutions.lecture import Edition
from infocentre.restitutions.reperes import tirer, types_uniques
from tests.restitutions.curieux_ouvert import deux_publications, retrouver_partout
from tests.restitutions.deviner import Tirage, deviner, tirer_des_taux


def mesurer(atelier: Path) -> Iterator[Mesure]:
    """Look for small counts in the two last months."""
    with lecture.ouvrir(Dossier(donnees_copiees(atelier)), TOUT) as v:
        (departement, *_) = v.version.departements
        mois = list(mois_controles(v, departement))[-2:]
        editions = [Edition(v, departement, un, un) for un in mois]
        yield from _deviner(editions)
        connu, seuil = deux_publications(v, departement, mois), seuil_secret(v)
        savoir, _ = connu
        petites = sum(0 < savoir.vraies[un] < seuil for un in savoir.cachees)
        yield Mesure("two publications and bilans: counts heard of", len(savoir.vraies), "")
        yield Mesure("of which nobody tells, small", petites, "")
        trouvees = retrouver_partout(connu, seuil)
        yield Mesure("readers: anybody, each EPCI with its own", len(trouvees), "")
        yield Mesure("small counts found again", sum(map(len, trouvees.values())), "", 0)


def _deviner(editions: list[Edition]) -> Iterator[Mesure]:
    """Tell how many small masked counts a file narrows, and one of the rates as they are."""
    lues = [un for une in editions for un in _du_mois(une, tirer)]
    nues = [un for une in editions for un in _du_mois(une, tirer_des_taux)]
    yield Mesure("repères of two months: small masked counts they rest on", len(lues), "")
    yield Mesure("narrowed by a file", sum(a != b for a, b in lues), "", 0)
    yield Mesure("narrowed, were its rates as they are", sum(a != b for a, b in nues), "")
    yield Mesure("of which found", sum(len(a) == 1 < len(b) for a, b in nues), "")


def _du_mois(e: Edition, tirage: Tirage) -> Iterator[tuple[set[int], set[int]]]:
    regles = catalogue_du_mois(e.v, e.filtres)
    releve = relever(e.v, e.departement, e.mois, regles.en_json(), partage=True)
    yield from deviner(releve, types_uniques(e), regles, seuil_secret(e.v), tirage)
