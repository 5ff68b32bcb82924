"""The quality of the search, from what was decided of its pairs."""

from __future__ import annotations

import datetime as dt
import re
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from infocentre.affaires import Affaire
from infocentre.decisions.doublons import Bilan, Decision, Verdict
from infocentre.identite.paires import Niveau
from infocentre.lecture.doublons.bilan import Bilan as BilanDuSemestre
from infocentre.lecture.doublons.bilan import bilan_des_doublons
from infocentre.lecture.doublons.forcages import Estimation
from infocentre.lecture.doublons.justesse import Justesse
from infocentre.lecture.doublons.qualite import Frequence, Part, mesurer, reapparition
from infocentre.mesures import lire_reglages
from infocentre.mesures.diffusions import Registre, masquer_et_inscrire
from infocentre.mesures.secret import determinees, masquer
from infocentre.procedures.doublons.qualite import (
    ce_que_le_seuil_laisse_entrer,
    frequences,
    qualite,
)
from infocentre.restitutions.bilan.doublons import SUITES, Doublons, Forcages, comptes
from infocentre.restitutions.document import Paragraphe, Tableau
from tests.demarches.test_doublons import ICI, MOIS, A, C, Monde

pytestmark = pytest.mark.lent


def bilan(niveau: str, verdict: Verdict | None, secondes: float | None = None) -> Bilan:
    une = Decision(
        paire="p",
        champs="c",
        verdict=verdict or Verdict.MEME,
        arbitrage=False,
        niveau=niveau,
        poids=None,
        secondes=secondes,
        geste="g",
        affaire=None,
        auteur="Léa",
        le=dt.datetime(2026, 10, 1, tzinfo=dt.UTC),
    )
    return Bilan((une,), verdict)


def test_precision_recall_pace_and_reappearance_by_hand() -> None:
    lue = mesurer(
        [
            *[bilan("probable", Verdict.MEME, 12.0)] * 9,
            bilan("probable", Verdict.DISTINCTES, 72.0),
            bilan("probable", Verdict.A_VERIFIER, 500.0),
            bilan("probable", None),
            bilan("exact", Verdict.MEME),
            *[bilan("signalement probable", Verdict.MEME)] * 3,
            bilan("signalement exact", Verdict.MEME),
            bilan("signalement", Verdict.MEME),
            bilan("signalement", Verdict.CONJOINTS),
        ],
        Part(1, 3),
    )
    assert lue.decidees == {
        Niveau.EXACT: Part(1, 1),
        Niveau.FOYER: Part(0, 0),
        Niveau.PROBABLE: Part(9, 10),
    }
    assert lue.rappel[Niveau.PROBABLE] == Part(3, 5)
    assert lue.rappel[Niveau.EXACT] == Part(1, 5)
    assert lue.par_heure == pytest.approx(3600 * 10 / (9 * 12 + 72))
    assert lue.reapparition == Part(1, 3)
    marge = lue.decidees[Niveau.PROBABLE].marge
    assert marge == pytest.approx((0.5958, 0.9821), abs=1e-4)  # Wilson, 9 of 10
    assert (lue.decidees[Niveau.FOYER].taux, lue.decidees[Niveau.FOYER].marge) == (None, None)


def test_places_count_what_doubles_an_older_one_and_was_not_denied(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monde = Monde(tmp_path)
    monkeypatch.setenv("INFOCENTRE_DOSSIER", str(monde.racine))
    monde.commencer()
    with monde.lire() as v:
        (guichet,), _ = frequences(v, monde.memoire(), ICI, {"G1301": "Mairie"})
        assert (guichet.nom, guichet.doubles, guichet.actives) == ("Mairie", 3, 6)
        assert guichet.pour_mille == 500
        image = ce_que_le_seuil_laisse_entrer(v, ICI)
        assert all(not nombre for une in image.series for nombre in une.valeurs)
        assert "80" in image.alternative
    anne = next(un for un in monde.file() if un.numeros[0] == A)
    assert anne.numeros[-1] == C
    monde.decider(anne, Verdict.DISTINCTES)
    with monde.lire() as v:
        (guichet,), _ = frequences(v, monde.memoire(), ICI, {})
        assert guichet.doubles == 1
        lue = qualite(v, monde.memoire(), monde.registre(), ICI)
    assert lue.decidees[Niveau.EXACT] == Part(0, 3)


def test_the_bilan_tells_of_duplicates_once_something_is_decided_and_hides_small_counts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monde = Monde(tmp_path)
    monkeypatch.setenv("INFOCENTRE_DOSSIER", str(monde.racine))
    monde.commencer()
    semestre = "2026-S1"  # that of the clock
    with monde.lire() as v:
        assert bilan_des_doublons(v, ICI, semestre, MOIS[0]) is None
    anne = next(un for un in monde.file() if un.numeros[0] == A)
    monde.decider(anne, Verdict.DISTINCTES)
    with monde.lire() as v:
        fait = bilan_des_doublons(v, ICI, semestre, MOIS[0])
        assert bilan_des_doublons(v, ICI, "2025-S1", MOIS[0]) is None  # decided later
        ancien = bilan_des_doublons(v, ICI, semestre, "2026-01")
    assert fait is not None
    assert ancien is not None
    assert fait.justesses[Niveau.EXACT] == Justesse()  # decided, but nothing was drawn
    assert fait.ensemble is not None
    assert (fait.ensemble.doubles, fait.ensemble.actives) == (1, 6)
    assert fait.seuil == lire_reglages().doublons_seuil
    assert ancien.ensemble is None  # the places are those of the newest delivery
    lus = comptes(fait)
    caches = masquer(lus.valeurs, lus.sommes, 11)
    assert {("lieux oui", "*"), ("lieux sur", "*"), ("lieux sur", "*")} <= caches
    assert not determinees(caches, lus.sommes)


def test_a_case_that_came_back_and_is_closed_again_still_counts() -> None:
    def cas(*noms: str) -> Affaire:
        def comptes(*voulus: str) -> list[str]:
            return [un for un in noms if un in voulus]

        return cast("Affaire", SimpleNamespace(comptes=comptes))

    siens = [cas("constatees"), cas("constatees", "reapparues"), cas()]
    assert reapparition(siens) == Part(1, 2)


def test_a_count_of_a_few_is_not_told_nor_found_in_the_tables_of_the_bilan() -> None:
    epci = (Frequence("a", "Métropole", 300, 12000), Frequence("b", "Pays", 190, 7000),
            Frequence("c", "Petit", 5, 500))  # fmt: skip
    justesses = {
        Niveau.EXACT: Justesse("2026-02", 700, 60, 60, 60, 0, 1.0, (0.94, 1.0)),
        Niveau.PROBABLE: Justesse("2026-02", 900, 120, 80, 120, 0, 0.7, (0.6, 0.8)),
    }
    ensemble = Frequence("*", "Ensemble", 500, 20000)
    forcages = Estimation("*", 90, Part(31, 36), 0.84, (0.72, 0.93))
    fait = BilanDuSemestre(justesses, 30, 20, 15, 12, 3, 14, 11, forcages, ensemble, epci)
    lus = comptes(fait)
    caches = masquer(lus.valeurs, lus.sommes, 11)
    assert {cle for cle in caches if cle[0] in SUITES} == {("reapparues", "*")}
    assert ("lieux oui", "c") in caches
    assert len([cle for cle in caches if cle[0] == "lieux oui"]) > 1  # else the sum gives it back
    assert not [cle for cle in caches if cle[0].startswith("paires")]
    # 5 forcings were justified: 31 less than 36 would tell it
    assert ("forcages non", "*") in caches
    assert len({("forcages oui", "*"), ("forcages sur", "*")} & caches) == 1


@pytest.mark.parametrize(("seuil", "tait"), [(0.7, True), (0.8, False)])
def test_another_threshold_does_not_tell_how_many_are_between_the_two(
    tmp_path: Path, seuil: float, *, tait: bool
) -> None:
    def imprimer(seuil: float, metropole: int) -> frozenset[Any]:
        epci = (
            Frequence("a", "Métropole", metropole, 12000),
            Frequence("b", "Pays", 190, 7000),
            Frequence("c", "Littoral", 250, 9000),
        )
        ensemble = Frequence("*", "Ensemble", metropole + 440, 28000)
        fait = BilanDuSemestre({}, 30, 20, 15, 12, 0, 14, 11, None, ensemble, epci, seuil)
        return masquer_et_inscrire(Registre(tmp_path), comptes(fait), 11)

    assert not imprimer(0.8, 300)
    # Four demandes of the Métropole more: by the threshold, they are those between both.
    assert (("lieux oui", "a") in imprimer(seuil, 304)) == tait


MARGE = (0.72, 0.93)
PHRASES = {
    "tout": (
        Forcages(40, 29, 0.84, MARGE),
        (
            "40 créations forcées malgré l'alerte de doublon ont été tirées au sort et jugées : "
            "29 injustifiées, la personne ayant déjà une demande active. D'après elles, 84 % des "
            "créations forcées de 12 mois encore actives sont injustifiées, entre 72 % et 93 % "
            "(intervalle à 95 %)."
        ),
    ),
    "sans estimation": (
        Forcages(40, 29, None, None),
        (
            "40 créations forcées malgré l'alerte de doublon ont été tirées au sort et jugées : "
            "29 injustifiées, la personne ayant déjà une demande active."
        ),
    ),
    "peu d'injustifiées": (
        Forcages(40, None, None, None),
        (
            "40 créations forcées malgré l'alerte de doublon ont été tirées au sort et jugées ; le "
            "secret statistique ne permet pas de dire combien étaient injustifiées."
        ),
    ),
    "peu de jugées": (
        Forcages(None, None, None, None),
        (
            "Des créations forcées malgré l'alerte de doublon ont été tirées au sort et jugées, en "
            "nombre couvert par le secret statistique."
        ),
    ),
    "aucune": (None, ""),
}


@pytest.mark.parametrize(("forcages", "attendu"), PHRASES.values(), ids=PHRASES)
def test_the_bilan_says_what_was_judged_of_forcings(
    forcages: Forcages | None, attendu: str
) -> None:
    section = Doublons(Tableau("t", "", (), ()), None, 0, forcages, None).section()
    textes = [un.texte for un in section.blocs if isinstance(un, Paragraphe)][2:]
    assert " ".join(textes).replace("\u202f", " ").replace("\xa0", " ") == attendu


SANS_TIRAGE = (
    "La justesse de la recherche n’est pas mesurée : aucune paire n’a été tirée au sort pour être "
    "relue."
)
EN_COURS = (
    "La justesse de la recherche sera connue quand le tirage au sort aura été entièrement relu : "
    "{} à relire."
)


@pytest.mark.parametrize(
    ("a_relire", "attendu"),
    [
        (0, SANS_TIRAGE),
        (1, EN_COURS.format("1 paire tirée reste")),
        (87, EN_COURS.format("87 paires tirées restent")),
    ],
)
def test_the_bilan_says_why_it_tells_no_precision(a_relire: int, attendu: str) -> None:
    section = Doublons(Tableau("t", "", (), ()), None, a_relire, None, None).section()
    textes = [un.texte for un in section.blocs if isinstance(un, Paragraphe)][1:]
    assert [re.sub(r"\s", " ", un).replace("'", "’") for un in textes] == [attendu]
