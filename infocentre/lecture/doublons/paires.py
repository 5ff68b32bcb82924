"""The pairs that the search found, joined to what was decided of them."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace

from infocentre.affaires import procedures
from infocentre.affaires.reglages import reglages_de
from infocentre.analystes.fichier import cle
from infocentre.contrat import montres
from infocentre.decisions.doublons import LIBRE, Bilan, Bilans, Paire, Verdict, sceller_paire
from infocentre.identite.paires import Niveau, fichier_paires, grouper, lire_paires
from infocentre.identite.paires import Paire as Trouvee
from infocentre.identite.personnes import identites
from infocentre.lecture.doublons.demandes import (
    ACTIVE,
    Etat,
    Identites,
    compares,
    compares_a_tirets,
    etats_comptes,
)
from infocentre.lecture.lecteur import Lecture
from infocentre.noyau.memoire import Memoire

PROCEDURE = "doublons"
NIVEAUX: Mapping[str, str] = {
    Niveau.EXACT: "Exactes",
    Niveau.PROBABLE: "Probables",
    Niveau.FOYER: "Cotitulaire ailleurs",
}
# A pair that a rule gives has no probability: how far it stands from « one chance in two ».
_ECARTS: Mapping[Niveau, float] = {Niveau.EXACT: 0.5, Niveau.FOYER: 0.25}
_SANS_POIDS: Mapping[Niveau, float] = {Niveau.EXACT: float("inf"), Niveau.FOYER: 0.0}


@dataclass(frozen=True, slots=True)
class Jointe:
    """A pair of the engine, as the store knows it."""

    trouvee: Trouvee
    scellee: Paire

    @property
    def ecart(self) -> float:
        """How far its probability stands from one chance in two."""
        p = self.trouvee.probabilite
        return _ECARTS.get(self.trouvee.niveau, 0.0) if p is None else abs(p - 0.5)

    @property
    def poids(self) -> float:
        """Its weight; a pair of the exact rule weighs more than any."""
        lu = self.trouvee.poids
        return _SANS_POIDS.get(self.trouvee.niveau, 0.0) if lu is None else lu


@dataclass(frozen=True, slots=True)
class Lues:
    """The pairs of active demandes of a département, and the states of these."""

    jointes: tuple[Jointe, ...]
    etats: Mapping[str, Etat]


_LUES: Memoire[Lues] = Memoire(8)


def personnes() -> int:
    """Return how many people decide of a pair, each without the other."""
    return max(1, reglages_de(procedures()[PROCEDURE])["personnes"])


def lire_jointes(v: Lecture, departement: str) -> Lues:
    """Return the pairs of active demandes whose names are there, read again when they change."""
    fichier = fichier_paires(v.dossier, departement)
    vu = fichier.stat() if fichier.exists() else None
    version = (v.cle, vu and (vu.st_mtime_ns, vu.st_size))
    return _LUES.lire((v.dossier.racine, departement), lambda _: _joindre(v, departement), version)


def _joindre(v: Lecture, departement: str) -> Lues:
    trouvees = lire_paires(v.dossier, departement)
    numeros = {n for une in trouvees for n in (une.numero_a, une.numero_b)}
    noms = identites(v.dossier, departement, numeros)
    with montres.en_silence():  # who shows some of them reads these
        etats = etats_comptes(v, departement, numeros)
    actives = {n for n, un in etats.items() if un["statut"] == ACTIVE} & noms.keys()
    secret = cle(v.dossier)
    jointes = tuple(
        Jointe(une, _sceller(secret, noms, une))
        for une in trouvees
        if {une.numero_a, une.numero_b} <= actives
    )
    return Lues(jointes, etats)


def _sceller(secret: str, noms: Identites, une: Trouvee) -> Paire:
    scellee = _sceller_deux(secret, noms, (une.numero_a, une.numero_b))
    return replace(scellee, niveau=une.niveau.value, poids=une.poids)


def _sceller_deux(secret: str, noms: Identites, deux: tuple[str, str]) -> Paire:
    a, b = (noms.get(un) for un in deux)
    scellee = sceller_paire(secret, deux, (compares(a), compares(b)))
    ancienne = sceller_paire(secret, deux, (compares_a_tirets(a), compares_a_tirets(b)))
    return replace(scellee, champs_a_tirets=ancienne.champs)


def bilan_de(bilans: Bilans, une: Paire) -> Bilan:
    """Return what is decided of a pair, however its fields were sealed; `LIBRE` if none is."""
    deux = ((une.paire, une.champs), (une.paire, une.champs_a_tirets))
    return next((bilans[cle_] for cle_ in deux if cle_ in bilans), LIBRE)


# Of two demandes of one person, the numéro that was deleted and made again is to be deleted again.
_HERITES = frozenset({Verdict.DISTINCTES, Verdict.CONJOINTS, Verdict.SEPARATION})


def reprendre(lues: Lues, bilans: Bilans) -> Bilans:
    """Return what is decided, with what holds for pairs of which one numéro was replaced.

    A numéro is replaced when a pair that was decided is found no more, and another of the same
    demande has the same compared fields. A decision made before hyphens were set aside holds too.
    """
    anciennes: dict[tuple[str, str], Bilan] = {}
    presentes = {une.scellee.paire for une in lues.jointes}
    for (paire, champs), un in bilans.items():
        if un.verdict in _HERITES and paire not in presentes:
            for qui in (un.decisions[0].membre_a, un.decisions[0].membre_b):
                anciennes[qui, champs] = un
    repris = dict(bilans)
    for une in (jointe.scellee for jointe in lues.jointes):
        connu = bilans.get((une.paire, une.champs_a_tirets)) or next(
            (
                anciennes[qui, champs]
                for qui in (une.membre_a, une.membre_b)
                for champs in (une.champs, une.champs_echanges)
                if (qui, champs) in anciennes
            ),
            None,
        )
        if connu:
            repris.setdefault((une.paire, une.champs), connu)
    return repris


def sceller_les(
    v: Lecture, departement: str, paires: Collection[tuple[str, str]]
) -> dict[tuple[str, str], Paire]:
    """Return pairs of numéros as the store knows them, whether the search found them or not."""
    noms = identites(v.dossier, departement, {n for une in paires for n in une})
    secret = cle(v.dossier)
    return {deux: _sceller_deux(secret, noms, deux) for deux in paires}


def doublons_supposes(v: Lecture, bilans: Bilans, departement: str) -> list[str]:
    """Return the active demandes that double an older one, as far as is known: one per demande.

    By the exact and probable tiers, without the pairs that were decided to be of several persons.
    """
    lues = lire_jointes(v, departement)
    bilans = reprendre(lues, bilans)
    liens = [
        (une.trouvee.numero_a, une.trouvee.numero_b)
        for une in lues.jointes
        if une.trouvee.niveau is not Niveau.FOYER
        and bilans.get((une.scellee.paire, une.scellee.champs), LIBRE).verdict
        in (None, Verdict.MEME, Verdict.A_VERIFIER)
    ]
    groupes: dict[str, list[str]] = {}
    for numero, tete in grouper(liens).items():
        groupes.setdefault(tete, []).append(numero)
    doubles: list[str] = []
    for membres in groupes.values():
        doubles += sorted(membres, key=lambda n: (lues.etats[n]["date_creation"], n))[1:]
    return doubles
