"""What a person decides of a case: remembered, and followed by an affaire when there is to do."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from infocentre.affaires import Affaire, Affaires, procedures
from infocentre.affaires.donnees import Donnees, ValeurReprise
from infocentre.affaires.reglages import reglages_de
from infocentre.analystes.fichier import cle
from infocentre.decisions import Magasin
from infocentre.decisions.doublons import (
    Bilan,
    Memoire,
    Paire,
    Verdict,
    garder_numeros,
    membre,
    sceller,
)
from infocentre.lecture.doublons.demandes import COMPARES, Etat, lire_etats
from infocentre.lecture.doublons.paires import PROCEDURE
from infocentre.lecture.lecteur import Lecture
from infocentre.noyau.erreurs import Refus
from infocentre.procedures.doublons.cas import Cas
from infocentre.procedures.doublons.survivant import juger, proposer

ISSUES = {Verdict.DISTINCTES, Verdict.CONJOINTS, Verdict.SEPARATION}
DEUX = 2


@dataclass(frozen=True, slots=True)
class Geste:
    """What a person says of a case in `secondes`.

    `garder`: the demande to keep, the proposed one by default; `valeurs`: {field: the demande whose
    value is kept}, where it is another; `retires`: demandes of somebody else.
    """

    verdict: Verdict
    garder: str = ""
    valeurs: Mapping[str, str] = field(default_factory=dict)
    retires: tuple[str, ...] = ()
    secondes: float | None = None


@dataclass(frozen=True, slots=True)
class Suite:
    """What became of a gesture: its name, by which it is undone; the affaire, when there is one.

    `attend`: another person has to decide too; `desaccord`: they do not say the same.
    """

    geste: str
    affaire: Affaire | None = None
    attend: bool = False
    desaccord: bool = False


class Revue:
    """One person who decides of cases."""

    def __init__(self, v: Lecture, magasin: Magasin, registre: Affaires, memoire: Memoire) -> None:
        """Decide in the name of whom `registre` and `memoire` speak for."""
        self._v = v
        self._magasin = magasin
        self._registre = registre
        self._memoire = memoire
        self._cle = cle(v.dossier)

    def decider(self, cas: Cas, geste: Geste) -> Suite:
        """Keep what is said of a case, and open or continue its affaire.

        Raises:
            Refus: it is settled already, a demande is not of the case, or too few are left of it.
        """
        restants = self._restants(cas, geste)
        verdicts = _verdicts(cas, geste)
        nom, bilans = self._memoire.decider(
            cas.departement, verdicts, secondes=geste.secondes, arbitrage=cas.bilan.desaccord
        )
        utiles = [bilans[une] for une, verdict in verdicts.items() if verdict is geste.verdict]
        try:
            return self._suivre(cas, geste, restants, nom, utiles)
        except Refus:
            self._memoire.annuler(nom)
            raise

    def annuler(self, nom: str) -> None:
        """Undo one's own gesture and what it opened.

        Raises:
            Refus: it is another's or undone already, or it was executed in the SNE since.
        """
        siennes = self._memoire.exiger_sienne(nom)
        for id_ in sorted({une.affaire for une in siennes if une.affaire}):
            une = self._registre.lire(id_)
            if une.etat == "sans_suite":
                continue
            if une.situation.evenements[0].donnees["origine"] == "revue":
                self._registre.agir(id_, "classer", {"issue": "annulee"})
            elif une.etat != "a_instruire":
                self._registre.agir(id_, "annuler")
        self._memoire.annuler(nom)

    def _restants(self, cas: Cas, geste: Geste) -> tuple[str, ...]:
        inconnus = {geste.garder, *geste.retires, *geste.valeurs.values()} - {"", *cas.numeros}
        if inconnus:
            raise Refus("une demande n'est pas de ce cas", que_faire="Relire la page.")
        restants = tuple(n for n in cas.numeros if n not in geste.retires)
        if len(restants) < DEUX:
            raise Refus(
                "il ne reste qu'une demande dans ce cas",
                que_faire="Remettre une demande, ou décider « personnes distinctes ».",
            )
        if geste.garder in geste.retires and geste.garder:
            raise Refus(
                "la demande à conserver est retirée de ce cas",
                que_faire="En choisir une autre, ou l'y remettre.",
            )
        return restants

    def _suivre(
        self, cas: Cas, geste: Geste, restants: tuple[str, ...], nom: str, bilans: Sequence[Bilan]
    ) -> Suite:
        if any(un.desaccord for un in bilans):
            return Suite(nom, desaccord=True)
        if any(un.verdict is None for un in bilans):
            return Suite(nom, attend=True)
        if geste.verdict in ISSUES and not cas.affaire:
            return Suite(nom)
        affaire = self._registre.lire(cas.affaire) if cas.affaire else self._ouvrir(cas, restants)
        affaire = self._poursuivre(affaire, geste, restants)
        self._memoire.lier(nom, affaire.id)
        return Suite(nom, affaire)

    def _ouvrir(self, cas: Cas, restants: tuple[str, ...]) -> Affaire:
        membres = {membre(self._cle, n): n for n in restants}
        return ouvrir(
            self._registre,
            self._magasin,
            cas.departement,
            membres,
            objet=self._guichet(cas, restants),
            sujet=sujet(self._cle, restants),
            donnees={"origine": "revue"},
        )

    def _guichet(self, cas: Cas, restants: tuple[str, ...]) -> str:
        """Return the guichet of the demande that was made last: that of most deletions."""
        etats = lire_etats(self._v, cas.departement, restants)
        derniere = max(etats.values(), key=lambda un: (un["date_creation"], un["numero_unique"]))
        return derniere["guichet_enregistreur"] or derniere["cle_guichetcreateur"] or "INCONNU"

    def _poursuivre(self, affaire: Affaire, geste: Geste, restants: tuple[str, ...]) -> Affaire:
        if geste.verdict in ISSUES:
            return self._registre.agir(affaire.id, "classer", {"issue": geste.verdict.value})
        if geste.verdict is Verdict.A_VERIFIER:
            if affaire.etat == "a_instruire":
                return affaire
            return self._registre.agir(affaire.id, "instruire")
        etats = lire_etats(self._v, affaire.departement, restants)
        return self._registre.agir(
            affaire.id, "decider", self._decision(list(etats.values()), geste)
        )

    def _decision(self, etats: Sequence[Etat], geste: Geste) -> Donnees:
        le, proche = self._registre.aujourdhui, expiration_proche()
        garder = geste.garder or proposer(etats, le, proche).garder
        choix = juger(etats, garder, le, proche)
        autres = [un["numero_unique"] for un in etats if un["numero_unique"] != garder]
        valeurs: list[ValeurReprise] = [
            {"champ": champ, "de": membre(self._cle, numero)}
            for champ, numero in geste.valeurs.items()
            if champ in COMPARES and numero != garder
        ]
        return {
            "garder": membre(self._cle, garder),
            "supprimer": [membre(self._cle, n) for n in autres],
            "valeurs": valeurs,
            "raisons": list(choix.raisons),
        }


def ouvrir(
    registre: Affaires,
    magasin: Magasin,
    departement: str,
    membres: Mapping[str, str],
    *,
    objet: str,
    sujet: str,
    donnees: Mapping[str, Any],
) -> Affaire:
    """Open an affaire on demandes, {membre: numéro}; raise Refus when one is open already."""
    affaire = registre.ouvrir(
        procedures()[PROCEDURE],
        departement,
        objet,
        sujet,
        {**donnees, "membres": sorted(membres), "guichet": objet},
        seule=True,
    )
    garder_numeros(magasin, affaire.id, membres)
    return affaire


def sujet(secret: str, numeros: Sequence[str]) -> str:
    """Return what names a case among affaires: the HMAC of its demandes."""
    return sceller(secret, "cas", *sorted(numeros))[:32]


def expiration_proche() -> int:
    """Return how many days before a demande expires one is warned."""
    return reglages_de(procedures()[PROCEDURE])["expiration_proche"]


def _verdicts(cas: Cas, geste: Geste) -> dict[Paire, Verdict]:
    """Return what is said of each pair: a demande that is taken out is somebody else's."""
    retires = set(geste.retires)
    return {
        une: geste.verdict if retires.isdisjoint(deux) else Verdict.DISTINCTES
        for deux, une in cas.paires.items()
    }
