"""The quality of the search, from what was decided of its pairs."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from infocentre.decisions.doublons import Bilan, Decision, Verdict
from infocentre.demarches.doublons.qualite import (
    Part,
    ce_que_le_seuil_laisse_entrer,
    frequences,
    mesurer,
    qualite,
)
from infocentre.identite.paires import Niveau
from tests.demarches.test_doublons import ICI, MOIS, A, C, Monde, gens


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
        ["constatee", "constatee", "reapparue", "a_instruire"],
    )
    assert lue.precision == {
        Niveau.EXACT: Part(1, 1),
        Niveau.FOYER: Part(0, 0),
        Niveau.PROBABLE: Part(9, 10),
    }
    assert lue.rappel[Niveau.PROBABLE] == Part(3, 5)
    assert lue.rappel[Niveau.EXACT] == Part(1, 5)
    assert lue.par_heure == pytest.approx(3600 * 10 / (9 * 12 + 72))
    assert lue.reapparition == Part(1, 3)
    marge = lue.precision[Niveau.PROBABLE].marge
    assert marge == pytest.approx((0.5958, 0.9821), abs=1e-4)  # Wilson, 9 of 10
    assert (lue.precision[Niveau.FOYER].taux, lue.precision[Niveau.FOYER].marge) == (None, None)


def test_places_count_what_doubles_an_older_one_and_was_not_denied(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monde = Monde(tmp_path)
    monkeypatch.setenv("INFOCENTRE_DOSSIER", str(monde.racine))
    monde.livrer(MOIS[0], gens())
    with monde.lire() as v:
        (guichet,), _ = frequences(v, monde.memoire(), ICI, {"G1301": "Mairie"})
        assert (guichet.nom, guichet.doubles, guichet.actives) == ("Mairie", 3, 6)
        assert guichet.pour_mille == 500
        image = ce_que_le_seuil_laisse_entrer(v, ICI)
        assert all(not nombre for une in image.series for nombre in une.valeurs)
        assert "90" in image.alternative
    anne = next(un for un in monde.file() if un.numeros[0] == A)
    assert anne.numeros[-1] == C
    monde.decider(anne, Verdict.DISTINCTES)
    with monde.lire() as v:
        (guichet,), _ = frequences(v, monde.memoire(), ICI, {})
        assert guichet.doubles == 1
        lue = qualite(v, monde.memoire(), monde.registre(), ICI)
    assert lue.precision[Niveau.EXACT] == Part(0, 3)
