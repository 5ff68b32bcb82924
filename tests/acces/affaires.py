"""Affaires over the data of two départements: told, told formally, and one of elsewhere."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from infocentre.acces.perimetre import TOUT
from infocentre.affaires import Acteur, Affaire, Affaires
from infocentre.decisions import ouvrir_magasin
from infocentre.entrepot import Dossier
from infocentre.lecture.ouverture import ouvrir_pour
from infocentre.procedures.mesures_correctives.proposer import proposer
from tests.dashboards.test_perimetre import AILLEURS, AVANT, ICI, MOIS


@dataclass(frozen=True)
class Trois:
    """Their names; `nommes` are the guichets that the formal one tells of."""

    formalisee: str
    signalee: str
    ailleurs: str
    nommes: frozenset[str]

    @property
    def trois(self) -> tuple[str, str, str]:
        """All of them, the one that the préfet may read first."""
        return self.formalisee, self.signalee, self.ailleurs

    def adresses(self, page: str) -> tuple[str, ...]:
        """Return the addresses of a page that show them one by one."""
        return tuple(f"{page}?affaire={une}" for une in self.trois) if page == "/mesures" else ()


def registre(dossier: Dossier) -> Affaires:
    """Return the affaires, on which the gestionnaire acts."""
    return Affaires(ouvrir_magasin(dossier.racine), Acteur("Léa"))


def ouvrir_affaires(dossier: Dossier) -> Trois:
    """Propose what the month shows in both départements, and tell some of it."""
    siens = registre(dossier)
    with ouvrir_pour(dossier, TOUT) as v:
        for ici in (ICI, AILLEURS):
            proposer(v, siens, ici, MOIS)
    une, deux, *_ = siens.lister(ICI)
    autre, *_ = siens.lister(AILLEURS)
    for signalee in (une, deux, autre):
        siens.agir(signalee.id, "accepter")
        siens.agir(signalee.id, "signaler", {"canal": "courriel"})
    guichets = siens.guichets([deux])[deux.id]
    formaliser(siens, deux, min(guichets))
    return Trois(deux.id, une.id, autre.id, guichets)


def formaliser(siens: Affaires, une: Affaire, guichet: str) -> None:
    """Bring an affaire to step 2: two deliveries told that its plan is not kept."""
    siens.agir(une.id, "repondre", {"canal": "courriel", "choix": "accord"})
    siens.agir(
        une.id, "recevoir_plan", {"actions": [{"action": "Former", "qui": "", "pour_le": ""}]}
    )
    comptes = [
        {
            "constat": un.id,
            "guichet": guichet,
            "code": un.code,
            "numerateur": un.numerateur,
            "denominateur": un.denominateur,
            "encore": 1,
        }
        for un in siens.constats(une.constats)
        if un.guichet == guichet
    ]
    for mois in (AVANT, MOIS):
        verdict: dict[str, Any] = {
            "livraison": mois, "mois": mois, "depasse": True, "plan_tenu": False,
            "comptes": comptes,
        }  # fmt: skip
        siens.agir(une.id, "verifier", verdict)
    siens.agir(une.id, "formaliser", {"canal": "courrier"})
