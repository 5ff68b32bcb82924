"""What is judged of a month beside its past, on counts given by hand."""

from __future__ import annotations

import datetime as dt
from typing import cast

import pytest

from infocentre.controles.vraisemblance import A_CONFIRMER, PASSE, Examen
from infocentre.controles.vraisemblance.controles import CONTROLES
from infocentre.controles.vraisemblance.mesures import mesurer
from infocentre.controles.vraisemblance.publie import INNOMBRABLES, Publies, Rapport, Releve
from infocentre.controles.vraisemblance.verdicts import Verdict, rendre
from infocentre.entrepot.description import Description
from infocentre.livraisons.relecture import Perte, Relecture
from infocentre.mesures.reglages import lire_seuils

TAUX = "ATT_RPLS_NR"
TRANQUILLE: Rapport = (2, 110)


def description(mois: str) -> Description:
    vide = {"conserves": 0, "lus": 0, "livrees": [], "rejets": {}}
    tables = dict.fromkeys(("stock", "radiation", "guichets"), vide)
    jour = {"2026-09": "30", "2026-10": "31", "2026-04": "30"}[mois]
    return cast(
        "Description",
        {"departement": "013", "arrete": f"{mois}-{jour}", "mois": mois, "tables": tables},
    )


def juger(
    *,
    alors: str = "2026-09",
    relectures: tuple[Relecture, ...] = (),
    pertes: tuple[Perte, ...] = (),
    publies: Publies | None = None,
) -> dict[str, Verdict]:
    """Return what is not passed, by check, of a month whose tables are empty."""
    examen = Examen(
        description("2026-10"),
        description(alors),
        dt.date(2026, 11, 5),
        relectures=relectures,
        pertes=pertes,
        publies=publies or Publies(),
    )
    mesures, seuils = mesurer(examen), lire_seuils()
    verdicts = {
        un.nom: rendre(un, [une for une in mesures if une.controle == un.nom], un.bornes(seuils))
        for un in CONTROLES
    }
    return {nom: un for nom, un in verdicts.items() if un.verdict != PASSE}


def mois_nouveau(mois: list[Rapport], series: list[Rapport]) -> Publies:
    """Return counts of as many guichets: quiet until then, the new month as given."""
    releves = [
        Releve(TAUX, f"G{rang}", (0, 0), (0, 0), TRANQUILLE, ici) for rang, ici in enumerate(mois)
    ]
    return Publies(releves, {TAUX: series}, {TAUX: "ATT_RPLS_NR (RPLS)"}, frozenset())


# A value changed in k rows of n. At 20 % a month: 0.2⁴ = 0.0016 and 0.2⁵ = 0.0003, so that four of
# four may be chance (over one in a thousand) and five of five may not.
@pytest.mark.parametrize(
    ("changees", "lignes", "dits"),
    [(4, 4, []), (5, 5, ["relues"]), (30, 1000, []), (300, 1000, ["relues"]), (0, 1000, [])],
)
def test_a_value_that_more_rows_lose_than_chance_allows_is_told(
    changees: int, lignes: int, dits: list[str]
) -> None:
    relue = Relecture("utilisateurs", "DATE_DEPART", "*", {"=": lignes - changees, "": changees})
    assert list(juger(relectures=(relue,))) == dits


def test_what_six_months_change_is_shared_among_them() -> None:
    """Of 1 000 rows, 600 changed in six months are 14 % a month; in one month they are 60 %."""
    relue = Relecture("stock", "MOTIF_DEMANDE", "01", {"=": 400, "02": 600})
    assert "relues" not in juger(alors="2026-04", relectures=(relue,))
    verdict = juger(relectures=(relue,))["relues"]
    assert verdict.verdict == A_CONFIRMER
    (phrase,) = verdict.phrases
    assert phrase == (
        "MOTIF_DEMANDE du stock : vaut maintenant « 02 » dans 600 des 1\u202f000 lignes déjà "
        "livrées où elle valait « 01 »"
    )


def test_missing_values_that_are_filled_are_no_alarm_unless_all_are_at_once() -> None:
    """A campaign of correction is what the infocentre is for; a default value fills everything."""
    campagne = Relecture("radiation", "NUMERORPLS", "", {"=": 60, "≠": 40})
    defaut = Relecture("radiation", "NUMERORPLS", "", {"≠": 100})
    assert juger(relectures=(campagne,)) == {}
    assert list(juger(relectures=(defaut,))) == ["remplies"]


def test_a_code_out_of_its_list_may_change() -> None:
    relue = Relecture("stock", "MOTIF_DEMANDE", "77", {"01": 100})
    assert juger(relectures=(relue,)) == {}


def test_an_organisme_whose_rows_are_gone_is_told_once() -> None:
    pertes = (
        Perte("stock", "Étang Bleu Habitat", 400, 400),
        Perte("radiation", "Étang Bleu Habitat", 80, 80),
        Perte("stock", "Crau Solidaire", 300, 2),
    )
    (phrase,) = juger(pertes=pertes)["perdues"].phrases
    assert phrase == (
        "Étang Bleu Habitat : 400 des 400 lignes du stock et 80 des 80 lignes des radiations, déjà "
        "livrées, ne sont plus dans la livraison"
    )


def test_months_already_published_that_are_said_otherwise_are_told_with_both_figures() -> None:
    releves = [Releve(TAUX, f"G{rang}", (3, 30), (29, 30), (0, 0), (0, 0)) for rang in range(3)]
    publies = Publies(releves, {}, {TAUX: "ATT_RPLS_NR (RPLS)"}, frozenset())
    (phrase,) = juger(publies=publies)["publies"].phrases
    assert phrase == "ATT_RPLS_NR (RPLS) : 87 sur 90, contre 9 sur 90 au 30/09/2026"


def test_a_headline_that_falls_in_the_months_already_published_is_told() -> None:
    un = Releve("DEPOTS", "G1", (600, INNOMBRABLES), (370, INNOMBRABLES), (0, 0), (0, 0))
    publies = Publies([un], {}, {"DEPOTS": "demandes déposées"}, frozenset({"DEPOTS"}))
    (phrase,) = juger(publies=publies)["publies"].phrases
    assert phrase == "demandes déposées : 370, contre 600 au 30/09/2026"


def test_late_entries_in_the_months_already_published_are_no_alarm() -> None:
    """One percent more of a large count is far beyond chance, and changes nothing."""
    un = Releve("DEPOTS", "G1", (500_000, INNOMBRABLES), (510_000, INNOMBRABLES), (0, 0), (0, 0))
    publies = Publies([un], {}, {"DEPOTS": "demandes déposées"}, frozenset({"DEPOTS"}))
    assert juger(publies=publies) == {}


CALME = [(2, 100)] * 11


def test_a_new_month_in_which_all_guichets_move_is_to_confirm() -> None:
    assert list(juger(publies=mois_nouveau([(9, 10)] * 6, CALME))) == ["mois", "mois_guichets"]


def test_two_guichets_that_move_alone_are_their_own_affair() -> None:
    publies = mois_nouveau([(9, 10)] * 2 + [(0, 10)] * 8, CALME)
    assert juger(publies=publies) == {}


def test_what_varies_from_month_to_month_must_move_more() -> None:
    """0 or 20 in a hundred by turns: 40 in a month of 100 is told of a quiet past, not of this one.

    The variance of those months is some eleven times that of chance.
    """
    agite = [(20, 100) if rang % 2 else (0, 100) for rang in range(11)]
    ici: list[Rapport] = [(4, 10)] * 12
    assert "mois" in juger(publies=mois_nouveau(ici, CALME))
    assert "mois" not in juger(publies=mois_nouveau(ici, agite))
