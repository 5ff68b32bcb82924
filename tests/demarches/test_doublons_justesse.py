"""How right the search is: read on pairs drawn at random, whatever people decide first."""

from __future__ import annotations

import datetime as dt
import math
from pathlib import Path

import numpy as np
import pytest
import sqlalchemy as sa
from scipy.stats import beta

from benchmarks.doublons_justesse import MONDES, ORDRES, Revue, tient
from infocentre.acces.perimetre import TOUT
from infocentre.analystes.fichier import cle
from infocentre.decisions import Magasin, ouvrir_magasin
from infocentre.decisions.doublons import Paire, Verdict, membre
from infocentre.decisions.tirages import (
    Bande,
    Tirage,
    Tiree,
    effacer_des_tirages,
    garder_tirage,
    lire_tirages,
)
from infocentre.entrepot import Dossier
from infocentre.identite.paires import Niveau
from infocentre.lecture.doublons.bilan import bilan_des_doublons
from infocentre.lecture.doublons.justesse import Justesse, Vue, estimer, juger, justesses, tirer
from infocentre.noyau.erreurs import Refus
from infocentre.procedures.doublons import tirage
from tests.demarches.test_doublons import ICI, MOIS, A, B, C, D, E, Monde, gens
from tests.profondeur import echantillon

pytestmark = pytest.mark.lent

SEMESTRE = "2026-S1"  # that of the clock


@pytest.fixture
def monde(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Monde:
    un = Monde(tmp_path)
    monkeypatch.setenv("INFOCENTRE_DOSSIER", str(un.racine))
    return un


@pytest.mark.parametrize("ordre", ORDRES)
@pytest.mark.parametrize("rang", echantillon([0, 2, 5], 1))
def test_the_interval_holds_the_truth_whatever_is_decided_first(rang: int, ordre: str) -> None:
    revues = [Revue(MONDES[rang], graine) for graine in range(60)]
    tenues = [tient(une.lire(ordre).marge, une.verite) for une in revues]
    assert np.mean(tenues) >= 0.93


def test_what_is_decided_first_is_not_what_is_right() -> None:
    revues = [Revue(MONDES[2], graine) for graine in range(20)]
    assert not any(tient(une.comme_avant("least certain first"), une.verite) for une in revues)
    assert not any(tient(une.comme_avant("surest first"), une.verite) for une in revues)


def test_bands_weigh_as_many_pairs_as_they_had() -> None:
    taux, (bas, haut) = estimer([Vue(100, 30, 30, 0), Vue(300, 30, 15, 15)])
    assert taux == pytest.approx(0.625)
    ecarts = [1 - beta.ppf(0.025, 30, 1), 0.5 - beta.ppf(0.025, 15, 16)]
    assert bas == pytest.approx(0.625 - math.hypot(0.25 * ecarts[0], 0.75 * ecarts[1]), abs=1e-6)
    assert haut == pytest.approx(0.625 + 0.75 * ecarts[1], abs=1e-6)


def test_a_band_that_was_seen_whole_is_certain_but_for_what_went_before_a_decision() -> None:
    assert estimer([Vue(10, 10, 9, 1)]) == (0.9, (0.9, 0.9))
    assert estimer([Vue(10, 10, 6, 2)]) == (0.75, (0.6, 0.8))  # two more may be of either


def paires(nombre: int) -> list[Paire]:
    probables = [
        Paire(f"p{rang}", "", f"a{rang}", f"b{rang}", Niveau.PROBABLE, float(rang))
        for rang in range(nombre)
    ]
    return [*probables, Paire("x", "", "ax", "bx", Niveau.EXACT), Paire("f", "", "", "", "foyer")]


def test_a_draw_takes_as_many_in_each_band_of_weight_and_is_the_same_twice() -> None:
    bandes = tirer("cle", ICI, "2026-10", paires(402))
    assert bandes == tirer("cle", ICI, "2026-10", reversed(paires(402)))
    assert bandes != tirer("cle", ICI, "2026-11", paires(402))
    assert [(une.niveau, une.bas, une.haut, une.effectif, une.tirees) for une in bandes] == [
        ("exact", None, None, 1, 1),
        ("probable", 0, 99, 100, 30),
        ("probable", 100, 200, 101, 30),
        ("probable", 201, 300, 100, 30),
        ("probable", 301, 401, 101, 30),
    ]
    rangs = [int(un.paire[1:]) for un in bandes[1].paires]
    assert rangs != sorted(rangs)


def test_nothing_is_told_before_the_last_pair_drawn_is_decided() -> None:
    bandes = tirer("cle", ICI, "2026-10", paires(8))[1:]
    presentes = {f"p{rang}" for rang in range(8)}
    dits = {f"p{rang}": Verdict.MEME for rang in range(7)}
    assert juger(bandes, dits, presentes) == Justesse("", 8, 8, 7, 7)
    dits["p7"] = Verdict.CONJOINTS
    assert juger(bandes, dits, presentes) == Justesse("", 8, 8, 7, 8, 0, 7 / 8, (7 / 8, 7 / 8))
    del dits["p7"]
    partie = juger(bandes, dits, presentes - {"p7"})
    assert (partie.parties, partie.a_relire, partie.marge) == (1, 0, (7 / 8, 1.0))


def test_the_bilan_says_what_is_left_of_the_draw_then_the_rate(monde: Monde) -> None:
    monde.commencer()
    anne, jean = sorted(monde.file(), key=lambda un: un.numeros)
    monde.decider(jean, Verdict.MEME)
    assert _justesse(monde) == Justesse()  # decided, but by whom chose it
    with monde.lire() as v:
        assert tirage.lire(v, monde.memoire(), ICI).tirable
        fait = tirage.tirer_au_sort(v, ouvrir_magasin(monde.racine), monde.memoire(), ICI)
        assert [(une.niveau, une.effectif, une.tirees) for une in fait.bandes] == [("exact", 4, 4)]
        with pytest.raises(Refus, match="pas encore tout relu"):
            tirage.tirer_au_sort(v, ouvrir_magasin(monde.racine), monde.memoire(), ICI)
        assert [un.numeros for un in tirage.a_relire(v, monde.memoire(), ICI)] == [(A, B, C)]
    assert _justesse(monde) == Justesse("2026-02", 4, 4, 1, 1)
    monde.decider(anne, Verdict.MEME, retires=(C,))
    assert _justesse(monde) == Justesse("2026-02", 4, 4, 2, 4, 0, 0.5, (0.5, 0.5))
    with monde.lire() as v:
        with pytest.raises(Refus, match="déjà tirées au sort"):
            tirage.tirer_au_sort(v, ouvrir_magasin(monde.racine), monde.memoire(), ICI)
        assert not tirage.lire(v, monde.memoire(), ICI).tirable

    # What was deleted since is still of the pairs that were found: a later draw has them too.
    monde.horloge.mettre("2026-03-04")
    monde.livrer(MOIS[1], [un for un in gens() if un["NUMERO_UNIQUE"] != E], (E, "2026-03-10"))
    with monde.lire() as v:
        fait = tirage.tirer_au_sort(v, ouvrir_magasin(monde.racine), monde.memoire(), ICI)
    assert [(une.effectif, une.tirees) for une in fait.bandes] == [(4, 4)]
    assert _justesse(monde) == Justesse("2026-03", 4, 4, 2, 4, 0, 0.5, (0.5, 0.5))


def _justesse(monde: Monde) -> Justesse:
    with monde.lire() as v:
        fait = bilan_des_doublons(v, ICI, SEMESTRE, v.version.de(ICI)[-1].mois)
        assert fait is not None
        assert fait.justesses == justesses(v, monde.memoire().bilans(ICI), ICI)
        assert fait.justesses[Niveau.PROBABLE] == Justesse()
        return fait.justesses[Niveau.EXACT]


UN = Tirage(
    "013",
    "2026-10",
    (Bande("exact", None, None, 9, 2, (Tiree("p", membre("k", A), membre("k", B)),
                                       Tiree("q", membre("k", C), membre("k", D)))),),
    "Léa",
    dt.datetime(2026, 11, 2, 9, 30, tzinfo=dt.UTC),
)  # fmt: skip


def test_a_draw_is_kept_once_and_an_altered_one_is_refused(url: str) -> None:
    magasin = Magasin(url)
    garder_tirage(magasin, "k", UN)
    assert lire_tirages(magasin, "k", "013") == [UN]
    assert lire_tirages(magasin, "k", "013", UN.le) == lire_tirages(magasin, "k", "069") == []
    with pytest.raises(Refus, match="déjà tirées"):
        garder_tirage(magasin, "k", UN)
    avant = "SELECT contenu FROM doublons_tirages"
    for change in (
        "contenu = replace(contenu, '\"effectif\": 9', '\"effectif\": 90')",
        "mois = '2026-09'",
        "auteur = 'Bruno'",
    ):
        with magasin.ecrire() as con:
            con.execute(sa.text(f"UPDATE doublons_tirages SET {change}"))
        with pytest.raises(Refus, match="n'est plus celui qui a été écrit"):
            lire_tirages(magasin, "k", "013")
        with magasin.ecrire() as con:
            con.execute(sa.text("DELETE FROM doublons_tirages"))
        garder_tirage(magasin, "k", UN)
    with magasin.lire() as con:
        assert A not in str(con.execute(sa.text(avant)).all())


def test_the_erasure_of_a_demande_takes_its_pair_out_of_the_draw(url: str) -> None:
    magasin = Magasin(url)
    garder_tirage(magasin, "k", UN)
    effacer_des_tirages(magasin, "k", [B])
    (reste,) = lire_tirages(magasin, "k", "013")
    (bande,) = reste.bandes
    assert [un.paire for un in bande.paires] == ["q"]
    assert (bande.effectif, bande.tirees) == (9, 2)


def test_a_purge_takes_the_pairs_of_whom_it_erases(monde: Monde) -> None:
    monde.commencer()
    with monde.lire(TOUT) as v:
        tirage.tirer_au_sort(v, ouvrir_magasin(monde.racine), monde.memoire(), ICI)
    from infocentre.operations.purge import _oublier_decisions

    dossier = Dossier(monde.racine)
    _oublier_decisions(dossier, [A])
    (reste,) = lire_tirages(ouvrir_magasin(monde.racine), cle(dossier), ICI)
    assert len(reste.bandes[0].paires) == 2
