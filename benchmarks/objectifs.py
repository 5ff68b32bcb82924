"""When an objective is reached: how often the true day is in the interval that was said."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path

from benchmarks.outils import Mesure, donnees_copiees
from infocentre.acces.perimetre import TOUT
from infocentre.entrepot import Dossier
from infocentre.lecture.lecteur import Lecture
from infocentre.lecture.objectifs import Compte, Faits, Lieu, Suivie, lire_faits, somme
from infocentre.lecture.ouverture import ouvrir_pour
from infocentre.mesures.objectifs import CONTINGENT
from infocentre.mesures.rythme import HORIZON, Apport, Prevision, prevoir
from infocentre.noyau.temps import fin_de_mois, mois_apres

# Days out of the interval, in percent, that are too many: one in ten.
DEHORS = 10
# Shares that could be aimed at: the law's, and others, so that the past has objectives to reach.
PARTS: Mapping[Suivie, tuple[float, ...]] = {
    "mixite_hors_qpv": (0.22, 0.25, 0.28),
    "mixite_en_qpv": (0.5, 0.75),
    "prioritaires": (0.25, 0.3, CONTINGENT / 100),
}
Serie = Mapping[str, Compte]


def mesurer(atelier: Path) -> Iterator[Mesure]:
    """Say at each delivery when what is missing is reached, and see it in those that follow."""
    with ouvrir_pour(Dossier(donnees_copiees(atelier)), TOUT) as v:
        dits: Counter[str] = Counter()
        dehors = 0
        for lue, tenue in _rejouer(v):
            dits[lue.etat] += 1
            dehors += not tenue
    total = dits.total()
    detail = ", ".join(f"{nombre} {etat}" for etat, nombre in dits.most_common())
    nom = f"deliveries: {total} forecasts out of their interval ({detail})"
    yield Mesure(nom, 100 * dehors / max(total, 1), "%", DEHORS)


def _rejouer(v: Lecture) -> Iterator[tuple[Prevision, bool]]:
    """Yield each forecast of the past and whether what followed is in its interval."""
    (departement,) = v.version.departements
    connus = sorted(une.mois for une in v.version.de(departement) if une.publiee)
    faits = {mois: lire_faits(v, departement, mois) for mois in connus}
    for mesure, parts in PARTS.items():
        for lieu in _lieux(faits[connus[-1]], mesure):
            vrais: dict[str, Compte] = {}
            for mois in connus:  # each month as its last delivery that covers it has it
                vrais |= faits[mois].serie(mesure, lieu)
            for part in parts:
                for mois in connus[:-1]:
                    yield from _un(faits[mois].serie(mesure, lieu), vrais, mois, part, connus[-1])


def _lieux(faits: Faits, mesure: Suivie) -> list[Lieu]:
    """Return every place and organisme of which a measure is told."""
    return [lieu for une, lieu in faits.series if une == mesure and lieu.axe != "commune"]


def _un(
    connue: Serie, vrais: Serie, mois: str, part: float, dernier: str
) -> Iterator[tuple[Prevision, bool]]:
    fait = somme(connue, mois[:4])
    manque = part * fait.sur - fait.realise
    apports = [Apport(un.realise, un.sur, fin_de_mois(m).day) for m, un in sorted(connue.items())]
    lue = prevoir(manque, apports, part)
    if lue.etat in {"atteint", "peu"}:
        return
    debut, suivant = 0.0, mois_apres(mois)
    bas = HORIZON if lue.etat == "jamais" else (lue.bas or 0.0)
    while suivant <= dernier:
        un, fin = vrais.get(suivant, Compte()), debut + fin_de_mois(suivant).day
        manque -= un.realise - part * un.sur
        if manque <= 0:  # reached some day of this month
            yield lue, bas <= fin and (lue.haut is None or lue.haut >= debut)
            return
        debut, suivant = fin, mois_apres(suivant)
    yield lue, lue.haut is None or lue.haut >= debut
