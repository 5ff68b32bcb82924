"""What a validation of the history says, as the pages of control show it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import TYPE_CHECKING, Any

from infocentre.controles.bilan import BilanIndicateur, MoisJuge, MoisNonJuge
from infocentre.controles.validation import Resultat, Validation
from infocentre.noyau.etats import Etat
from infocentre.noyau.temps import nom_mois, rang

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

MOTIFS = {
    Etat.NON_CALCULABLE: "données non livrées, illisibles ou hors liste",
    Etat.EFFECTIF_INSUFFISANT: "effectif insuffisant dans chaque guichet",
    Etat.CONTEXTE: "ne dépend pas des guichets",
    Etat.SANS_OBJET: "rien à juger",
}
_ORDRE = ("non_conforme", "conforme", "non_juge")


@dataclass(frozen=True)
class Constat:
    """One indicator of a control, with its libellé of that day."""

    libelle: str
    bilan: BilanIndicateur

    @property
    def etat(self) -> str:
        """Return non_conforme, conforme, or non_juge where no guichet is significant."""
        if not self.bilan.mois:
            return "non_juge"
        return "conforme" if self.bilan.reussi else "non_conforme"

    @property
    def mois(self) -> list[tuple[str, str]]:
        """The (département, month) controlled, judged or not."""
        juges = [(un.departement, un.mois) for un in self.bilan.mois]
        return juges + [(un.departement, un.mois) for un in self.bilan.non_juges]

    @property
    def pire(self) -> MoisJuge:
        """The month of the lowest share, the latest of those; there must be one."""
        plus_basse = min(un.part_conforme for un in self.bilan.mois)
        return max(
            (un for un in self.bilan.mois if un.part_conforme == plus_basse),
            key=lambda un: un.mois,
        )

    @property
    def quand(self) -> str:
        """Name the month and the département of the lowest share, or say that it never moves."""
        egaux = len({un.part_conforme for un in self.bilan.mois}) == 1 < len(self.bilan.mois)
        departements = sorted({un.departement for un in self.bilan.mois})
        if not egaux:
            return f"{nom_mois(self.pire.mois)}, dép.\u00a0{self.pire.departement}"
        if len(departements) > 1:
            return "tous les mois et départements"
        return f"tous les mois, dép.\u00a0{departements[0]}"

    @property
    def signales(self) -> list[MoisJuge]:
        """Months with a guichet rouge or à traiter, the latest first."""
        avec = (un for un in self.bilan.mois if un.rouges or un.a_traiter)
        return sorted(avec, key=lambda un: (un.mois, un.departement), reverse=True)

    @property
    def motifs(self) -> list[tuple[str, list[str]]]:
        """Why months were not judged, with the months."""
        par_motif = sorted(self.bilan.non_juges, key=lambda un: un.motif)
        return [
            (MOTIFS[motif], periodes((un.departement, un.mois) for un in mois))
            for motif, mois in groupby(par_motif, key=lambda un: un.motif)
        ]


@dataclass(frozen=True)
class Controle:
    """One run of the checkpoint; `moment` is in the machine's time zone."""

    moment: datetime
    constats: tuple[Constat, ...]
    technique: Mapping[str, str]

    @property
    def ranges(self) -> list[Constat]:
        """Indicators that do not conform, then the others, each from the lowest share."""
        return sorted(
            self.constats, key=lambda un: (_ORDRE.index(un.etat), un.bilan.part_conforme or 0)
        )

    def d_etat(self, etat: str) -> list[Constat]:
        """Return the indicators of one `etat`, the lowest share first."""
        return [un for un in self.ranges if un.etat == etat]

    @property
    def mois(self) -> list[str]:
        """The months controlled, by département."""
        return periodes(cle for constat in self.constats for cle in constat.mois)


def lire_controle(validation: Validation) -> Controle:
    """Read a validation of Great Expectations, as a file of the history holds it.

    Raises:
        KeyError: it is not the validation of a control that went to its end.
    """
    meta = validation["meta"]
    moment = datetime.fromisoformat(meta["run_id"]["run_time"])
    return Controle(
        moment.astimezone(),
        tuple(_constat(resultat) for resultat in validation["results"]),
        {
            "Moment du contrôle (temps universel)": f"{moment:%d/%m/%Y %H:%M:%S}",
            "Dossier de l’historique": (
                f"{validation['suite_name']}/{meta['run_id']['run_name']}/{moment:%Y%m%dT%H%M%S.%fZ}"
            ),
            "Contrôles évalués par Great Expectations": str(len(validation["results"])),
            "Version de Great Expectations": str(meta["great_expectations_version"]),
        },
    )


def _constat(resultat: Resultat) -> Constat:
    arguments, trouve = resultat["expectation_config"]["kwargs"], resultat["result"]
    juges = tuple(_juge(cle, un) for cle, un in trouve["details"].items())
    non_juges = tuple(MoisNonJuge(*_cle(cle), motif) for cle, motif in trouve["non_juges"].items())
    return Constat(
        arguments["libelle"],
        BilanIndicateur(arguments["code"], arguments["mostly"], juges, non_juges),
    )


def _juge(cle: str, un: Mapping[str, Any]) -> MoisJuge:
    rouges, a_traiter = tuple(un["rouges"]), tuple(un[Etat.A_TRAITER])
    return MoisJuge(*_cle(cle), un["significatifs"], rouges, a_traiter)


def _cle(cle: str) -> tuple[str, str]:
    departement, mois = cle.split()
    return departement, mois


def periodes(mois: Iterable[tuple[str, str]]) -> list[str]:
    """Sum up (département, month) by runs: « août 2026 à octobre 2026 (dép. 013) »."""
    resultat = []
    for departement, siens in groupby(sorted(set(mois)), key=lambda un: un[0]):
        # Consecutive months keep the same distance to their position.
        rangs = enumerate(un for _, un in siens)
        suites = groupby(rangs, key=lambda un: rang(un[1]) - un[0])
        textes = [_suite([un for _, un in suite]) for _, suite in suites]
        resultat.append(f"{', '.join(textes)} (dép.\u00a0{departement})")
    return resultat


def _suite(mois: list[str]) -> str:
    premier, dernier = nom_mois(mois[0]), nom_mois(mois[-1])
    return premier if len(mois) == 1 else f"{premier} à {dernier}"
