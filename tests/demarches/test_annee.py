"""A year under a moving clock: twelve deliveries, a hundred answers, a rule changed in June."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Mapping, Sequence
from types import SimpleNamespace
from typing import Any, cast

import pytest

from infocentre.affaires import Acteur, Affaire, Affaires, Constat, procedures
from infocentre.decisions import Magasin
from infocentre.lecture.jugement import Juge
from infocentre.lecture.lecteur import Lecture
from infocentre.noyau.etats import Etat
from infocentre.noyau.temps import mois_avant
from infocentre.procedures.mesures_correctives import verifier
from infocentre.procedures.mesures_correctives.comptes import a_clore, a_formaliser
from infocentre.procedures.mesures_correctives.sorts import Sort
from tests.affaires.conftest import Horloge

pytestmark = pytest.mark.lent

MESURES = procedures()["mesures_correctives"]
MOIS = [mois_avant("2026-12", recul) for recul in reversed(range(12))]
CHANGEE = "2026-06"  # the month from which the rule of doublons has another version
# What each does, two organismes of each: from which month it is no longer bad, and its answers.
CORRIGE, PROMET, SE_TAIT, CONTESTE, REPOND, CHANGE = (
    "corrige", "promet", "se tait", "conteste", "répond", "change de règle",
)  # fmt: skip
SORTES = (CORRIGE, PROMET, SE_TAIT, CONTESTE, REPOND, CHANGE)
PAR_SORTE = 2
BON, ROUGE = Juge(Etat.VERT, 5, 50), Juge(Etat.ROUGE, 5, 50)
BON_DEPUIS = {CORRIGE: "2026-11", REPOND: "2026-03"}


class Monde:
    """Deliveries as they would be read: what is bad of whom, which rules there are."""

    def __init__(self) -> None:
        self.mois = ""
        self.sorte: dict[str, str] = {}

    def mois_controles(self, _v: Lecture, _departement: str) -> list[str]:
        return [un for un in MOIS if un <= self.mois]

    def sorts(
        self, _v: Lecture, dits: Sequence[Constat], mois: str, _depuis: Mapping[str, str]
    ) -> list[Sort]:
        return [
            Sort(un, mois, {"encore": ("u",)}, 5, 50,
                 ROUGE if mois < BON_DEPUIS.get(self.sorte[un.guichet], "9999") else BON)
            for un in dits
        ]  # fmt: skip

    def catalogue_du_mois(self, _v: Lecture, filtres: Any) -> Any:
        version = 2 if filtres.mois >= CHANGEE else 1
        return SimpleNamespace(
            indicateurs={
                "DBL_ACTIF": SimpleNamespace(version=version),
                "ATT_TARDIVE": SimpleNamespace(version=1),
            }
        )


@pytest.fixture
def monde(monkeypatch: pytest.MonkeyPatch) -> Monde:
    un = Monde()
    for nom in ("mois_controles", "sorts", "catalogue_du_mois"):
        monkeypatch.setattr(verifier, nom, getattr(un, nom))
    return un


def _constat(guichet: str, code: str) -> Constat:
    return Constat("013", guichet, guichet, code, code, 1, "2025-12", 1, 9, 60, 0.1, 0.2, "rouge",
                   "stock", "2025-06", (("u", "n", "2025-12-01", "x"),))  # fmt: skip


def _ouvrir(registre: Affaires, monde: Monde) -> None:
    for sorte in SORTES:
        for rang in range(PAR_SORTE):
            guichet = f"{sorte} {rang}"
            monde.sorte[guichet] = sorte
            code = "DBL_ACTIF" if sorte == CHANGE else "ATT_TARDIVE"
            une = registre.ouvrir(
                MESURES, "013", guichet, "doublons", {"mois": "2025-12", "motif": "rouge"},
                constats_=[_constat(guichet, code)],
            )  # fmt: skip
            registre.agir(une.id, "accepter")
            registre.agir(une.id, "signaler", {"canal": "courriel"})


def _repondre(registre: Affaires, une: Affaire) -> int:
    """Answer as the sort of organisme does; return how many answers."""
    sorte = une.objet.rsplit(" ", 1)[0]
    if sorte == SE_TAIT or une.situation.finie:
        return 0
    choix = {CONTESTE: "conteste"}.get(sorte, "accord")
    registre.agir(une.id, "repondre", {"canal": "courriel", "choix": choix})
    if sorte == PROMET and not une.situation.dernier("recevoir_plan"):
        registre.agir(
            une.id, "recevoir_plan", {"actions": [{"action": "former", "pour_le": "2026-02-01"}]}
        )
    return 1


def _decider(registre: Affaires, une: Affaire) -> None:
    """Do what is proposed of an affaire, as a person would."""
    dues = {e.nature for e in une.echeances if e.due <= registre.aujourdhui}
    if a_clore(une):
        registre.agir(une.id, "clore", {"issue": "corrige"})
    elif "relance" in dues:
        registre.agir(une.id, "relancer", {"canal": "courriel"})
    elif "reponse" in dues:
        registre.agir(une.id, "constater_silence")
    elif a_formaliser(une):
        registre.agir(une.id, "formaliser", {"canal": "courrier"})
    elif une.etat == "formalise" and une.objet.startswith(SE_TAIT):
        registre.agir(une.id, "demander_observations", {"canal": "courrier"})
    elif "observations" in dues:
        registre.agir(une.id, "constater_absence")
    elif "soumission" in dues and une.situation.dernier("constater_absence"):
        registre.agir(une.id, "soumettre")


def test_the_table_after_a_year_is_the_one_worked_out_by_hand(monde: Monde) -> None:
    horloge = Horloge(dt.date(2026, 1, 5))
    registre = Affaires(Magasin("sqlite://"), Acteur("Léa"), horloge)
    minuteur = Affaires(registre._magasin, Acteur("minuteur", "minuteur"), horloge)
    _ouvrir(registre, monde)
    v, reponses, envoyes = cast("Lecture", None), 0, {}
    for mois in MOIS:
        for jour in (10, 20, 28):
            horloge.mettre(dt.date.fromisoformat(f"{mois}-{jour}"))
            for une in registre.lister():
                if jour == 10:
                    reponses += _repondre(registre, une)
                elif not une.a_revoir:
                    _decider(registre, registre.lire(une.id))
        monde.mois = mois
        avant = _messages(registre)
        horloge.mettre(dt.date.fromisoformat(f"{mois}-28"))
        for une, nom, donnees in verifier.suivre(v, minuteur, "013"):
            minuteur.agir(une.id, nom, donnees)
        envoyes[mois] = _messages(registre) - avant
    # The organismes of a sort answer each month of the year while they are not closed: those good
    # from March, checked at the end of March and of April, answer from January to May.
    assert reponses == PAR_SORTE * (12 * 4 + 5) > 100
    assert set(envoyes.values()) == {0}  # the timer and the changed rule send nothing
    table = Counter((une.objet.rsplit(" ", 1)[0], une.etat, une.a_revoir)
                    for une in registre.lister(finies=True))  # fmt: skip
    assert table == {
        # November and December without red: closing is proposed after the year.
        (CORRIGE, "en_cours", False): PAR_SORTE,
        # The plan was due on 1 February, not kept in February nor March: formalised in April.
        (PROMET, "formalise", False): PAR_SORTE,
        # Reminded, silent, formalised in February; observations asked, not come, then the comité.
        (SE_TAIT, "soumis", False): PAR_SORTE,
        (CONTESTE, "en_cours", False): PAR_SORTE,
        (REPOND, "clos", False): PAR_SORTE,
        # Each answer gives it time again; what the rule of June says of it waits for a person.
        (CHANGE, "en_cours", True): PAR_SORTE,
    }
    assert registre.verifier().rang > 200


def _messages(registre: Affaires) -> int:
    noms = ("signaler", "relancer", "formaliser", "demander_observations")
    return sum(len(une.situation.tous(*noms)) for une in registre.lister(finies=True))
