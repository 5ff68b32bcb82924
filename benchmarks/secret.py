"""The secret statistique: what it hides for the sake of small counts, and whether that holds.

A reader who has all that is shared (every table of every month, the bilans of every month, final
or provisional, the yearly ones) is judged by an integer program; then the documents of the two
last semesters and of all partners are read, to see that they tell nothing more, and each partner is
given his own beside what is shared of these semesters. INFOCENTRE_DOSSIER names the data directory
to read a copy of; without it a demonstration is made.
"""

from __future__ import annotations

import time
from collections.abc import Collection, Iterator
from pathlib import Path

from benchmarks.outils import Mesure, donnees_copiees
from infocentre.acces.perimetre import TOUT
from infocentre.entrepot import Dossier
from infocentre.lecture.commun import mois_controles
from infocentre.lecture.lecteur import Lecture
from infocentre.lecture.partage import seuil_secret
from infocentre.mesures.caches import lire_tables
from infocentre.mesures.partage import Ensemble, Tables, fusionner, masquer_ensemble
from infocentre.mesures.tableaux import tableaux
from infocentre.noyau.temps import bornes, nom_semestre, semestre_du_mois
from infocentre.restitutions import bilan, lecture, reservataires
from infocentre.restitutions.atelier import Atelier
from infocentre.restitutions.document import Document
from infocentre.restitutions.lecture import Edition
from infocentre.restitutions.partenaires import partenaires
from tests.mesures.grand_juge import resserrer
from tests.restitutions.curieux import (
    Savoir,
    les_siens,
    lire_le_sien,
    lire_un_document,
    parties_de,
    resserrees,
    retrouver_avec,
    tout_lire,
)

# Seconds of processor of one month, and protectors for a hundred small counts: 41 before prices,
# 42.7 before they had to leave each small one all that « s » says.
SECONDES, POUR_CENT = 1.0, 50


def mesurer(atelier: Path) -> Iterator[Mesure]:
    """Count what is hidden, look for it, read the documents."""
    with lecture.ouvrir(Dossier(donnees_copiees(atelier)), TOUT) as v:
        seuil = seuil_secret(v)
        yield from _masquer(_tables(v), seuil)
        savoir = tout_lire(_editions(v))
        yield from _juger(savoir, seuil)
        yield from _lire(savoir, v)
        yield from _attaquer(v, seuil)


def _masquer(tables: Tables, seuil: int) -> Iterator[Mesure]:
    """Count small cells and those hidden with them, in all tables and outside those of communes."""
    ensemble = masquer_ensemble(tables, seuil)
    petites, protectrices = _compter(tables, ensemble, seuil)
    communes = {code for code, un in tableaux().items() if un.declare.par_epci}
    _, hors_communes = _compter(tables, ensemble, seuil, communes)
    yield Mesure("small cells", petites, "")
    yield Mesure("cells hidden to protect them", protectrices, "")
    yield Mesure("of which outside the tables by commune", hors_communes, "")
    yield Mesure("protectors for 100 small cells", 100 * protectrices / petites, "", POUR_CENT)
    debut = time.process_time()
    masquer_ensemble(tables, seuil)
    secondes = time.process_time() - debut
    yield Mesure("one month masked, of processor", secondes, "s", SECONDES)


def _tables(v: Lecture) -> Tables:
    (departement, *_) = v.version.departements
    lues = lire_tables(v.lignes, departement)
    return lues[max(lues)]


def _compter(
    tables: Tables, ensemble: Ensemble, seuil: int, sauf: Collection[str] = ()
) -> tuple[int, int]:
    """Return how many hidden counts are small, and how many are not."""
    petites = autres = 0
    for code, lignes in tables.items():
        if code in sauf:
            continue
        plan = tableaux()[code].plan
        montrees = fusionner(plan, lignes, ensemble.fusions.get(code, ()))
        for rang, noms in ensemble.caches[code].items():
            for nom in noms.intersection(plan.comptes):
                valeur = montrees[rang][nom]
                petites += 0 < (valeur or 0) < seuil
                autres += (valeur or 0) >= seuil
    return petites, autres


def _editions(v: Lecture) -> list[Edition]:
    """Return every month as the semester was when it was the newest one."""
    (departement, *_) = v.version.departements
    return [
        Edition(v, departement, mois, nom_semestre(semestre_du_mois(mois)))
        for mois in mois_controles(v, departement)
    ]


def _juger(savoir: Savoir, seuil: int) -> Iterator[Mesure]:
    """Look for the small counts that nobody tells."""
    petites = sum(0 < savoir.vraies[un] < seuil for un in savoir.cachees)
    bornes = resserrees(savoir, seuil).values()
    yield Mesure("all months: counts that a reader has heard of", len(savoir.vraies), "")
    yield Mesure("of which nobody tells", len(savoir.cachees), "")
    yield Mesure("of which small", petites, "")
    yield Mesure("of which more is told than « s »", len(bornes), "")
    ecarts = [haut - bas for bas, haut in bornes]
    yield Mesure("narrowest of them: least and greatest apart", min(ecarts, default=seuil), "")
    yield Mesure("small counts found again", ecarts.count(0), "", 0)


def _lire(savoir: Savoir, v: Lecture) -> Iterator[Mesure]:
    """Read the bilan of the comité and those of all partners, in the two last semesters."""
    editions = {une.periode: une for une in _editions(v)}
    for une in [*editions.values()][-2:]:
        comite = bilan.construire(une)
        lus = [lire_un_document(savoir, comite)]
        fabrique = Atelier(une)
        for qui in partenaires(une).values():
            siens = {cle for _, cle in fabrique.unites(qui)} | set(qui.guichets)
            nombre, trahis = lire_un_document(savoir, fabrique.construire(qui), siens)
            leurs = les_siens(savoir, une, qui)
            lus.append((nombre, {un: dit for un, dit in trahis.items() if un not in leurs}))
        yield from _montrer(une, comite)
        yield Mesure(f"{une.periode}: documents read", len(lus), "")
        yield Mesure("figures that they tell", sum(nombre for nombre, _ in lus), "")
        dites = sum(len(trahis) for _, trahis in lus)
        yield Mesure("of which of others, and hidden elsewhere", dites, "", 0)


def _montrer(edition: Edition, comite: Document) -> Iterator[Mesure]:
    """Tell how much of the documents that are shared is masked."""
    for nom, document in (("bilan", comite), ("réservataires", reservataires.construire(edition))):
        cases = [une for un in document.tableaux() for ligne in un.lignes for une in ligne[1:]]
        part = 100 * sum(une.masquee for une in cases) / max(len(cases), 1)
        yield Mesure(f"{edition.periode}, {nom}: cells masked", part, "%")


def _attaquer(v: Lecture, seuil: int) -> Iterator[Mesure]:
    """Give each partner his own counts and bilan beside what is shared of two semesters.

    A line each, as they are judged.
    """
    siennes = [une for une in _editions(v) if une.mois == bornes(semestre_du_mois(une.mois))[1]][
        -2:
    ]
    savoir = tout_lire(siennes, [une.mois for une in siennes])
    liees = parties_de(savoir)
    serrees = set(resserrees(savoir, seuil))
    a_tous, exacts, partis = len(serrees), 0, 0
    for une in siennes:
        fabrique = Atelier(une)
        for qui in partenaires(une).values():
            lus = lire_le_sien(savoir, fabrique, qui)
            trouvees = retrouver_avec(savoir, lus, seuil, liees, resserrer)
            serrees |= trouvees.keys()
            exacts += sum(bas == haut for bas, haut in trouvees.values())
            partis += 1
            yield Mesure(f"{une.periode}, {qui.nom}: more told than « s »", len(trouvees), "")
    yield Mesure("bilans of partners read beside", partis, "")
    yield Mesure("two semesters: small counts of which more is told than « s »", a_tous, "")
    yield Mesure("and to some partner only", len(serrees) - a_tous, "")
    yield Mesure("small counts of another found again", exacts, "", 0)
