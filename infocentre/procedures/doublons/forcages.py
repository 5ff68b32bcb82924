"""The review of forced creations: who may read it, what is left of its sample to decide."""

from __future__ import annotations

from infocentre.analystes.fichier import cle
from infocentre.decisions.doublons import Bilans, Memoire, Verdict
from infocentre.lecture.doublons import forcages as lus
from infocentre.lecture.doublons.forcages import Forcage, Juges
from infocentre.lecture.doublons.paires import bilan_de
from infocentre.lecture.lecteur import Lecture
from infocentre.procedures.doublons.cas import Cas, composer_cas, exiger_revue


def forcages(v: Lecture, departement: str) -> list[Forcage]:
    """Return the active forced creations of twelve months; raise Refus to who may not review."""
    exiger_revue(v, departement)
    return lus.forcages(v, departement)


def juger(v: Lecture, memoire: Memoire, departement: str) -> Juges:
    """Read what was decided of the samples; raise Refus to who may not review."""
    exiger_revue(v, departement)
    return lus.juger(v, memoire.bilans(departement), departement)


def a_revoir(v: Lecture, memoire: Memoire, departement: str, guichet: str = "") -> list[Cas]:
    """Return the cases of the sample that are not settled; that of a guichet when it is named.

    They are in the order of the draw: those that were reviewed first are a draw too.
    """
    bilans, secret = memoire.bilans(departement), cle(v.dossier)
    tous = lus.retrouves(forcages(v, departement))
    tires = lus.tirer_du_guichet(tous, guichet, secret) if guichet else lus.tirer(tous, secret)
    groupes = list(dict.fromkeys(map(lus.paire, tires)))
    return [
        un
        for un in composer_cas(v, departement, groupes, lus.FORCAGE)
        if _verdict(un, bilans) in (None, Verdict.A_VERIFIER)
    ]


def _verdict(un: Cas, bilans: Bilans) -> Verdict | None:
    (scellee,) = un.paires.values()
    return bilan_de(bilans, scellee).verdict
