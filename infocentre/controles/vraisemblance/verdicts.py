"""What each check of vraisemblance says of a delivery."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from infocentre.controles.vraisemblance.controles import CONTROLES, PAR_NOM, Bornes, Controle
from infocentre.controles.vraisemblance.examen import Mesure
from infocentre.entrepot.description import VerdictEcrit
from infocentre.noyau.francais import FINE, exact, premiers

PASSE, A_CONFIRMER, REFUS = "passe", "à confirmer", "refus"
GRAVITE = (PASSE, A_CONFIRMER, REFUS)
CITEES = 5


@dataclass(frozen=True, slots=True)
class Verdict:
    """The outcome of one check; `phrases` are the figures beyond its threshold, else the worst."""

    controle: str
    libelle: str
    verdict: str
    seuil: str
    phrases: tuple[str, ...]
    que_faire: str

    def en_json(self) -> VerdictEcrit:
        """Return it as livraison.json keeps it."""
        return {
            "controle": self.controle,
            "libelle": self.libelle,
            "verdict": self.verdict,
            "seuil": self.seuil,
            "phrases": list(self.phrases),
            "que_faire": self.que_faire,
        }


def rendre(controle: Controle, mesures: Sequence[Mesure], bornes: Bornes) -> Verdict:
    """Judge the measures of one check; those that rest on too little do not count.

    What most rests on is said first, then the worst figures.
    """
    jugees = sorted(
        (une for une in mesures if une.effectif >= bornes.effectif),
        key=lambda une: (-une.portee, -une.valeur),
    )
    borne = bornes.refuser if bornes.confirmer is None else bornes.confirmer
    fautives = [une for une in jugees if borne is not None and une.valeur > borne]
    verdict = PASSE
    if fautives:
        pire = max(une.valeur for une in fautives)
        verdict = REFUS if bornes.refuser is not None and pire > bornes.refuser else A_CONFIRMER
    dites = [une.phrase for une in fautives or jugees[:1]]
    phrases = tuple(premiers(dites, CITEES, "autre"))
    return Verdict(
        controle.nom,
        controle.libelle,
        verdict,
        dire_seuil(controle, bornes),
        phrases,
        controle.que_faire,
    )


def dire_seuil(controle: Controle, bornes: Bornes) -> str:
    """Write a threshold with its unit, and that of refusal when there is one."""
    if controle.nom == "arrete_ancien" and bornes.refuser is not None:
        return f"à partir de {-bornes.refuser:.0f}"
    if bornes.confirmer is None or not controle.seuil:
        return "aucun"
    dit = _ecrire(controle.seuil, bornes.confirmer)
    if bornes.refuser is None:
        return dit
    return f"{dit} ; refus : {_ecrire(controle.refus, bornes.refuser)}"


def _ecrire(reglage: str, valeur: float) -> str:
    if reglage.endswith(("_part", "_perte", "_ecart")):
        return f"{exact(100 * valeur)}{FINE}%"
    nombre = exact(valeur)
    if reglage.endswith(("_hausse", "_facteur")):
        return f"× {nombre}"
    if reglage == "guichets_ensemble":
        return f"{nombre} guichets"
    return (
        f"{nombre} {'jours' if 'jours' in reglage else 'lignes' if 'lignes' in reglage else 'mois'}"
    )


def pire(verdicts: Sequence[Verdict]) -> str:
    """Return the gravest outcome."""
    return max((un.verdict for un in verdicts), key=GRAVITE.index, default=PASSE)


def lire_verdict(brut: VerdictEcrit) -> Verdict:
    """Read what `en_json` wrote."""
    return Verdict(
        brut["controle"],
        brut["libelle"],
        brut["verdict"],
        brut["seuil"],
        tuple(brut["phrases"]),
        brut["que_faire"],
    )


__all__ = ["A_CONFIRMER", "CONTROLES", "PAR_NOM", "PASSE", "REFUS", "Verdict", "rendre"]
