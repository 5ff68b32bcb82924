"""The draw on which the search is measured: made by who reviews, then read like other cases."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from infocentre.analystes.fichier import cle
from infocentre.decisions import Magasin, magasin_present
from infocentre.decisions.doublons import Bilans, Memoire, Paire, Verdict
from infocentre.decisions.tirages import Tirage, garder_tirage, lire_tirages
from infocentre.lecture.doublons.justesse import (
    MESURES,
    Justesses,
    justesses,
    regles,
    restantes,
    tirer,
)
from infocentre.lecture.doublons.paires import Lues, lire_jointes
from infocentre.lecture.lecteur import Lecture
from infocentre.noyau.erreurs import Refus
from infocentre.procedures.doublons.cas import Cas, exiger_revue, file


@dataclass(frozen=True, slots=True)
class Etat:
    """Where the draws of a département are: left to decide of the newest, whether one may be drawn.

    `mois` is that of the newest draw, '' before any.
    """

    mois: str
    a_relire: frozenset[str]
    tirable: bool


def lire(v: Lecture, memoire: Memoire, departement: str) -> Etat:
    """Return where the draws are; raise Refus to who may not review."""
    exiger_revue(v, departement)
    magasin = magasin_present(v.dossier.racine)
    tirages = lire_tirages(magasin, cle(v.dossier), departement) if magasin else []
    lues = lire_jointes(v, departement)
    verdicts = regles(memoire.bilans(departement))
    presentes = {une.scellee.paire for une in lues.jointes}
    bandes = tirages[0].bandes if tirages else ()
    restent = {un for une in bandes for un in restantes(une, verdicts, presentes)}
    neuf = _mois(lues) not in {"", *(un.mois for un in tirages)}
    return Etat(tirages[0].mois if tirages else "", frozenset(restent), neuf and not restent)


def tirer_au_sort(v: Lecture, magasin: Magasin, memoire: Memoire, departement: str) -> Tirage:
    """Draw among all that the search found, once a month; keep the draw.

    Raises:
        Refus: a draw is not read to its end, or one of this month is; there is no pair; the reader
            may not review.
    """
    etat = lire(v, memoire, departement)
    if etat.a_relire:
        raise Refus(
            f"le tirage de {etat.mois} n'est pas encore tout relu",
            que_faire="Le finir : un tirage laissé en route ne mesure rien.",
        )
    lues, bilans = lire_jointes(v, departement), memoire.bilans(departement)
    mois, secret = _mois(lues), cle(v.dossier)
    bandes = tirer(secret, departement, mois, _population(lues, bilans))
    if not bandes:
        raise Refus("aucune paire n'est à tirer au sort", que_faire="infocentre doublons chercher")
    un = Tirage(departement, mois, bandes, memoire.auteur, memoire.maintenant())
    garder_tirage(magasin, secret, un)
    return un


def a_relire(v: Lecture, memoire: Memoire, departement: str) -> list[Cas]:
    """Return the cases of which a pair drawn is left to decide, in an order that tells nothing."""
    restent = lire(v, memoire, departement).a_relire
    return [
        un
        for un in file(v, memoire, departement)
        if any(une.paire in restent for une in un.paires.values())
    ]


def mesurer(v: Lecture, memoire: Memoire, departement: str) -> Justesses:
    """Return what draws tell of each tier; raise Refus to who may not review."""
    exiger_revue(v, departement)
    return justesses(v, memoire.bilans(departement), departement)


def _mois(lues: Lues) -> str:
    """Return the month of the newest pairs, '' without any."""
    return max((f"{une.trouvee.vue_le:%Y-%m}" for une in lues.jointes), default="")


def _population(lues: Lues, bilans: Bilans) -> Iterable[Paire]:
    """Return the pairs found and those decided that are found no more, most of one person.

    Without the latter, what is deleted would leave the search worse each month.
    """
    toutes = {une.scellee.paire: une.scellee for une in lues.jointes}
    for un in bilans.values():
        dite = un.decisions[0]
        if un.verdict in (None, Verdict.A_VERIFIER) or dite.niveau not in MESURES:
            continue
        parti = Paire(
            dite.paire, dite.champs, dite.membre_a, dite.membre_b, dite.niveau, dite.poids
        )
        toutes.setdefault(dite.paire, parti)
    return toutes.values()
