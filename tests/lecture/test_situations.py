"""The policy of attributions: counts of ATT-05 to ATT-08 to the unit, a world worked out by hand.

In that world three EPCI are below the quarter due hors QPV, and one above.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import duckdb
import pytest

from infocentre.acces.perimetre import TOUT as TOUS
from infocentre.acces.perimetre import Perimetre
from infocentre.entrepot import Dossier
from infocentre.lecture import situations
from infocentre.lecture.cotation import cotation
from infocentre.lecture.lecteur import Lecture
from infocentre.lecture.objectifs import (
    TOUT,
    Compte,
    Faits,
    Lieu,
    Serie,
    Suivie,
    lire_faits,
    somme,
)
from infocentre.lecture.objectifs_masques import (
    cellules,
    imprimes,
    masquees,
    masquer,
    se_dit,
    systeme,
)
from infocentre.lecture.ouverture import ouvrir_pour
from infocentre.lecture.reservataires import AttributionsReservees, attributions_reservees
from infocentre.lecture.reservataires_masques import (
    POLITIQUE,
    TOTAL,
    Cellule,
    Comptes,
    additionner,
    avec,
    compter,
    registre,
)
from infocentre.lecture.situations import (
    Situation,
    Vise,
    dire_manque,
    dire_rythme,
    par_epci,
    situer,
)
from infocentre.lecture.tableaux import lire_tableau
from infocentre.mesures.diffusions import SEUL, Systeme
from infocentre.mesures.objectifs import FICHIER, Mesure, Objectif, fixer
from infocentre.mesures.rythme import Prevision
from infocentre.mesures.secret import Somme, determinees
from infocentre.noyau.erreurs import Refus
from tests.donnees.atelier import charger, controler
from tests.donnees.communs import une_fois
from tests.livraisons.atelier import Petite, bonnes, en_csv, guichets, ligne
from tests.mesures.grand_juge import Contrainte, juger

ICI, MOIS = "013", "2026-10"
AMP, ARLES, TERRE, VBA = "200054807", "241300417", "200035087", "241300375"
A, B = "903900018", "903900026"
# By hand: commune, bailleur, attributions hors QPV with a lease, those of the first quartile. 25 %
# of 30, 10, 41, 20 and 20 are 8, 3, 11, 5 and 5, each rounded up; of the 40 of the métropole, 10.
PLANTEES = (
    ("13001", A, 30, 5),
    ("13001", B, 10, 2),
    ("13004", A, 41, 10),
    ("13027", B, 20, 3),
    ("13100", B, 20, 6),
)
# Hors QPV too, and of the first quartile: no lease followed, so no objective counts them.
SANS_BAIL = ("13001", A, 12, 12)
RIEN = Comptes({}, frozenset())
MANQUENT = {AMP: 3, ARLES: 1, TERRE: 2, VBA: -1}


def _attribuer() -> Iterator[dict[str, str]]:
    rang = 0
    for plantee in (*PLANTEES, SANS_BAIL):
        commune, siren, sur, realise = plantee
        signe = plantee is not SANS_BAIL
        for un in range(sur):
            rang += 1
            yield ligne(
                "radiation",
                rang,
                DATE_RADIATION=f"15/{1 + rang % 10:02d}/2026",
                DATE_SIGNATURE_BAIL="02/01/2026" if signe else "",
                COMMUNE_LOGEMENT_ATTRIB=commune,
                SIREN_RADIATION=siren,
                TYPE_RESERVATAIRE="AUCUN",
                NB_HQPV="1",
                NB_QPV="0",
                NB_Q1="1" if un < realise else "0",
                NB_Q2="0" if un < realise else "1",
                NB_Q3="0",
                NB_Q4="0",
                ESTANRU="0",
                NB_DALO="0",
                NB_MENAGE_PRIORITAIRE="1" if un % 2 else "0",
                ATTRIBUE_DALO="NON",
                MODE_LOGEMENT_ACTUEL="HOT" if signe and un % 10 == 0 else "LP",
                NB_PRIORITE_COTATION=str(rang % 4 if rang > 5 else 7),
            )


def _publier(atelier: Path) -> None:
    livraison = Petite()
    cotees = [une | {"NB_PRIORITE_COTATION": "1"} for une in bonnes("stock", 40)]
    livraison.texte("stock", en_csv(cotees))
    livraison.texte("radiation", en_csv([*_attribuer()]))
    livraison.texte("guichets", en_csv(guichets()))
    charger(atelier / "donnees", livraison.manifeste().ecrire(atelier / "livraison"))
    controler(atelier / "donnees")


@pytest.fixture(scope="module")
def monde() -> Iterator[Lecture]:
    dossier = Dossier(une_fois("politique-avec-et-sans-bail", _publier) / "donnees")
    with ouvrir_pour(dossier, TOUS) as v:
        yield v


@pytest.fixture(scope="module")
def demo(entrepot_demo: Dossier) -> Iterator[Lecture]:
    with ouvrir_pour(entrepot_demo, TOUS) as v:
        yield v


def _de(lues: Sequence[Situation], mesure: str) -> Situation:
    return next(une for une in lues if une.mesure == mesure)


def test_three_epci_are_below_and_one_above_by_the_right_number(monde: Lecture) -> None:
    lues = {
        epci: _de(situer(monde, ICI, MOIS, epci).ensemble, "mixite_hors_qpv") for epci in MANQUENT
    }
    assert {epci: une.manque for epci, une in lues.items()} == MANQUENT
    assert {epci: une.du for epci, une in lues.items()} == {AMP: 10, ARLES: 11, TERRE: 5, VBA: 5}
    assert [une.atteint for une in lues.values()] == [False, False, False, True]
    tout = _de(situer(monde, ICI, MOIS).ensemble, "mixite_hors_qpv")
    assert (tout.realise, tout.sur, tout.manque) == (26, 121, 5)  # 30,25 due: 31


def test_who_is_to_be_called_first(monde: Lecture) -> None:
    """A misses 3 and B 1 in the métropole; B alone misses anything in Terre de Provence."""
    lue = situer(monde, ICI, MOIS, AMP)
    assert [(une[0].lieu.code, une[0].manque) for _, une in lue.manquants("bailleur")] == [
        (A, 3),
        (B, 1),
    ]
    terre = situer(monde, ICI, MOIS, TERRE)
    assert [une[0].lieu.code for _, une in terre.manquants("bailleur")] == [B]


def test_what_is_missing_of_two_measures_is_not_added_up(monde: Lecture) -> None:
    """One attribution to a priority household of the first quartile would do for both."""
    lue = situer(monde, ICI, MOIS, AMP)
    une, autre = (_de(lue.ensemble, un) for un in ("mixite_hors_qpv", "prioritaires"))
    lues = [replace(une, manque=1), replace(autre, manque=2)]
    assert dire_manque(lues) == (
        "il manque 1 attribution (Premier quartile ou ANRU, hors QPV) et 2 (Ménages prioritaires, "
        "DALO compris)"
    )


def test_a_local_objective_is_over_the_law(monde: Lecture) -> None:
    """28 % of 40 are 12, rounded up; 13 hotels of 24 a year, ten months on, are 7 short of 20."""
    racine = monde.dossier.racine
    fixer(
        racine,
        Objectif(mesure="mixite_hors_qpv", annee=2026, part=28, epci=AMP, source="CIA"),
        "Zoé",
    )
    fixer(
        racine,
        Objectif(mesure="logement_dabord", annee=2026, nombre=24, departement=ICI, source="Plan"),
        "Zoé",
    )
    try:
        une = _de(situer(monde, ICI, MOIS, AMP).ensemble, "mixite_hors_qpv")
        assert (une.manque, une.vise and une.vise.source) == (5, "CIA")
        vba = _de(situer(monde, ICI, MOIS, VBA).ensemble, "mixite_hors_qpv")
        assert vba.manque == MANQUENT[VBA]
        logement = _de(situer(monde, ICI, MOIS).ensemble, "logement_dabord")
        assert (logement.realise, logement.du, logement.manque) == (13, 20, 7)
        assert _de(situer(monde, ICI, MOIS, AMP).ensemble, "logement_dabord").manque is None
    finally:
        (racine / FICHIER).unlink()


def test_a_share_that_the_settings_changed_is_not_the_law_s(demo: Lecture) -> None:
    """The law asks for 25 % of priority households, and half in QPV: 28 % and 55 % are settings."""
    lecteur = situations._Lecteur(demo, ICI, MOIS, partage=False)
    regles: dict[tuple[Suivie, str], float | None] = {
        ("prioritaires", TOUT): 0.28,
        ("mixite_en_qpv", AMP): 0.55,
        ("mixite_en_qpv", TOUT): 0.55,
        ("mixite_hors_qpv", TOUT): 0.3,
        ("mixite_hors_qpv", AMP): 0.25,
    }
    lecteur.faits = replace(lecteur.faits, objectifs=regles)
    dites: list[tuple[Mesure, str, Vise]] = [
        ("prioritaires", AMP, Vise(0.28, None, "réglages")),
        ("mixite_en_qpv", AMP, Vise(0.55, None, "réglages")),
        ("mixite_hors_qpv", TOUT, Vise(0.3, None, "réglages")),
        ("mixite_hors_qpv", AMP, Vise(0.25, None, "CCH L.441-1")),
    ]
    for mesure, epci, vise in dites:
        assert lecteur.viser(mesure, Lieu(epci), "2026") == vise, (mesure, epci)


def test_the_objective_of_marseille_is_that_of_each_arrondissement(demo: Lecture) -> None:
    fixees = [
        Objectif(mesure="prioritaires", annee=2026, part=part, commune=code, source="CIA")
        for code, part in (("13055", 40), ("13203", 50))
    ]
    lecteur = situations._Lecteur(demo, ICI, MOIS, partage=False)
    lecteur.objectifs = fixees
    vises = {
        code: lecteur.viser("prioritaires", Lieu(AMP, "commune", code), "2026")
        for code in ("13202", "13203", "13001")
    }
    assert {code: vise and vise.part for code, vise in vises.items()} == {
        "13202": 0.4,
        "13203": 0.5,
        "13001": 0.25,
    }


def test_an_epci_that_attributed_nothing_has_its_objective_all_the_same(monde: Lecture) -> None:
    """Nothing is in a QPV in that world: the law asks half of it there, as it does elsewhere."""
    une = _de(situer(monde, ICI, MOIS, VBA).ensemble, "mixite_en_qpv")
    assert (une.sur, une.vise and une.vise.part, une.muette) == (0, 0.5, "aucune attribution")


def test_nobody_goes_over_a_contingent_that_nobody_used(monde: Lecture) -> None:
    une = _de(situer(monde, ICI, MOIS).ensemble, "contingent")
    assert (une.realise, une.manque, une.atteint) == (0, -39, True)  # 30 % of 133: 39 at most


def test_behind_since_when_and_until_when(monde: Lecture) -> None:
    une = _de(situer(monde, ICI, MOIS, TERRE).ensemble, "mixite_hors_qpv")
    assert une.depuis.startswith("2026-")
    assert dire_rythme(une, situer(monde, ICI, MOIS).arrete) == (
        "trop peu d'attributions pour dire un rythme"
    )


def _au_rythme(
    monde: Lecture, monkeypatch: pytest.MonkeyPatch, serie: dict[str, Compte], nombre: int
) -> Situation:
    """Return where the Logement d'abord stands, of a number a year, over ten months of 2026."""
    mois = [f"2026-{rang:02d}" for rang in range(1, 11)]
    faits = Faits(
        {("logement_dabord", Lieu(TOUT)): serie}, {("logement_dabord", TOUT): nombre}, mois=mois
    )
    monkeypatch.setattr(situations, "lire_faits", lambda *_: faits)
    return _de(situer(monde, ICI, MOIS).ensemble, "logement_dabord")


def test_a_month_without_an_attribution_counts_in_the_pace(
    monde: Lecture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Fifty-four in 304 days, where 50 of 60 are due: the six that are left are 33,8 days away.

    Nine fewer, and none in October: 45 of 45 due were there in September, 45 of 50 a month later.
    """
    mois = [f"2026-{rang:02d}" for rang in (1, 2, 4, 5, 6, 7, 8, 9, 10)]
    une = _au_rythme(monde, monkeypatch, dict.fromkeys(mois, Compte(6, 20, 20)), 60)
    assert une.prevision
    assert une.prevision.milieu == pytest.approx(33.78, abs=0.01)
    assert une.manque == -4
    moins = dict.fromkeys(mois[:-1], Compte(5, 20, 20)) | {"2026-01": Compte(10, 20, 20)}
    en_retard = _au_rythme(monde, monkeypatch, moins, 60)
    assert (en_retard.manque, en_retard.depuis) == (5, "2026-10")


def test_the_months_of_a_delivery_are_those_in_which_it_radiates(monde: Lecture) -> None:
    """Attributions from January to October: nothing is known of November and December before."""
    assert lire_faits(monde, ICI, MOIS).mois == [f"2026-{rang:02d}" for rang in range(1, 11)]


@pytest.mark.parametrize(
    ("prevision", "dit"),
    [
        (Prevision("date", 20, 50, 30), "atteint vers novembre 2026 (entre novembre 2026 et déc"),
        (Prevision("date", 20, 90, 40), "pas avant novembre 2026 ; on ne peut pas dire s'il le"),
        (Prevision("incertain", 20), "pas avant novembre 2026 ; on ne peut pas dire s'il le sera"),
        (Prevision("date", 70, 400, 200), "ne sera pas atteint en 2026 à ce rythme"),
        (Prevision("incertain", 70), "ne sera pas atteint en 2026 à ce rythme"),
        (Prevision("jamais", 900), "ne sera pas atteint à ce rythme"),
    ],
)
def test_the_number_of_a_year_is_not_reached_in_another(prevision: Prevision, dit: str) -> None:
    """From 31 October, day 61 is the last of the year."""
    une = Situation(
        "logement_dabord",
        Lieu(TOUT),
        "",
        40,
        400,
        400,
        Vise(None, 60, "Plan"),
        manque=10,
        prevision=prevision,
    )
    assert dire_rythme(une, dt.date(2026, 10, 31)).startswith(dit)
    assert dire_rythme(une, dt.date(2026, 12, 31)) == ""


def test_an_epci_of_elsewhere_is_refused(monde: Lecture) -> None:
    with pytest.raises(Refus, match="n'est pas de ce département"):
        situer(monde, ICI, MOIS, "200067106")


def test_twelve_months_are_the_published_tables_to_the_unit(demo: Lecture) -> None:
    """Each EPCI and the whole of ATT-06 and ATT-07, each réservataire of ATT-05, all of ATT-08."""
    faits = lire_faits(demo, ICI, MOIS)
    for mesure, noms in (
        ("mixite_hors_qpv", ("premier_quartile_ou_anru", "attributions_hors_qpv")),
        ("mixite_en_qpv", ("quartiles_2_a_4", "attributions_en_qpv")),
    ):
        publiees = lire_tableau(demo, mesure, ICI, MOIS, partage=False).lignes
        assert len(publiees) > 3
        for une in publiees:
            lu = somme(faits.serie(mesure, Lieu(str(une["code"]))))  # type: ignore[arg-type]
            assert (lu.realise, lu.sur) == tuple(une[nom] for nom in noms), une
    for une in lire_tableau(demo, "prioritaires", ICI, MOIS, partage=False).modalites:
        lu = somme(faits.serie("prioritaires", Lieu(TOUT, "reservataire", str(une["code"]))))
        assert (lu.realise, lu.sur) == (une["prioritaires"], une["attributions"])
    dabord = lire_tableau(demo, "logement_dabord", ICI, MOIS, partage=False).ensemble
    tout = faits.serie("logement_dabord", Lieu(TOUT))
    assert somme(tout).realise == dabord["attributions_12_mois"]
    assert somme(tout, "2026").realise == dabord["attributions_annee"]


def test_steps_lead_to_another_definition_and_end_on_nothing(demo: Lecture) -> None:
    """From the year's count to one of all first quartiles: each step by other SQL, none left."""
    livraison = demo.version.publiee(ICI, MOIS)
    assert livraison
    radiation = f"'{demo.dossier.archive(livraison)}/radiation.parquet'"

    def compter(condition: str) -> int:
        sql = f"SELECT count(*) FROM {radiation} WHERE motif_radiation = 'RADATT' AND {condition}"
        return int((duckdb.sql(sql).fetchone() or (0,))[0])

    annee = "date_radiation BETWEEN DATE '2026-01-01' AND arrete"
    recule = "date_radiation BETWEEN DATE '2025-11-01' AND DATE '2025-12-31'"
    bail, hors, q1 = "date_signature_bail IS NOT NULL", "nb_hqpv = 1", "nb_q1 = 1"
    anru = "coalesce(nb_q1, 0) <> 1 AND estanru = 1"
    serie = lire_faits(demo, ICI, MOIS).serie("mixite_hors_qpv", Lieu(TOUT))
    etapes = (
        compter(f"{recule} AND {bail} AND {hors} AND (nb_q1 = 1 OR estanru = 1)"),  # 12 months
        -compter(f"({annee} OR {recule}) AND {bail} AND {hors} AND {anru}"),  # without ANRU
        compter(f"({annee} OR {recule}) AND NOT ({bail}) AND {hors} AND {q1}"),  # without a lease
        compter(f"({annee} OR {recule}) AND coalesce(nb_hqpv, 0) <> 1 AND {q1}"),  # in QPV too
    )
    arrivee = compter(f"({annee} OR {recule}) AND {q1}")
    assert somme(serie, "2026").realise + sum(etapes) - arrivee == 0
    assert any(etapes)


def test_out_of_qpv_is_one_count_in_every_paper(monde: Lecture) -> None:
    """121 that a lease followed: the 12 others are what two papers would leave between them."""
    zones = Counter[str]()
    for une in attributions_reservees(monde, ICI, MOIS):
        zones[une["zone"]] += une["attributions"]
    assert zones == {"HQPV": 121, "NR": 12}
    suivies = lire_tableau(monde, "mixite_hors_qpv", ICI, MOIS, partage=False).ensemble
    assert suivies["attributions_hors_qpv"] == 121
    lu = systeme(lire_faits(monde, ICI, MOIS), "2026", compter(monde, ICI, MOIS))
    assert 121 in lu.valeurs.values()
    assert ("hors_qpv", TOUT, "", "") not in lu.valeurs


def test_what_is_shared_gives_no_small_count_away(demo: Lecture) -> None:
    """All EPCI together, and what the bilan by réservataire tells of the same attributions."""
    faits = lire_faits(demo, ICI, MOIS)
    lu = systeme(faits, "2026", compter(demo, ICI, MOIS))
    cachees = masquees(demo, ICI, MOIS)
    dites = {une for cle in faits.series if se_dit(cle[1]) for une in cellules(*cle)}
    petites = {une for une in dites & lu.valeurs.keys() if 0 < lu.valeurs[une] < 11}
    assert petites
    assert petites <= cachees
    for une in lu.sommes:
        assert lu.valeurs[une.total] == sum(lu.valeurs[part] for part in une.parts)
    assert not determinees(cachees, lu.sommes) & petites
    assert compter(demo, ICI, MOIS).masquees <= cachees
    # What is shared of one is read when the other is masked again.
    assert registre(demo, ICI, MOIS, POLITIQUE).systemes(SEUL)


def _reservees(communes: dict[str, int]) -> list[AttributionsReservees]:
    """Return as many attributions of one bailleur and typologie in each commune."""
    return [
        {
            "reservataire": "AUCUN",
            "bailleur": A,
            "typologie": "T3",
            "zone": "HQPV",
            "commune": commune,
            "attributions": nombre,
        }
        for commune, nombre in communes.items()
    ]


@pytest.mark.tentative(
    "effectifs",
    "la politique d'attribution de décembre, moins ce que les tableaux disent des mêmes EPCI",
)
def test_what_the_tables_of_december_hide_of_an_epci_the_policy_does_not_tell() -> None:
    """56 of Arles that tables hide, less 30 hors QPV and 22 en QPV, would be the 4 without a lease.

    Tables protect them by what Arles and Vallée des Baux attributed in all, 56 and 78, of which
    only the sum is told, 134: so must the policy, which would rather tell totals.
    """
    # Of each: attributions, hors QPV and en QPV with a lease, and those of both that count.
    lieux = {ARLES: (56, 30, 15, 22, 11), VBA: (78, 40, 20, 26, 13), TERRE: (86, 60, 30, 26, 13)}
    lieux[TOUT] = (220, 130, 65, 74, 37)
    series: dict[tuple[Suivie, Lieu], Serie] = {}
    dits: dict[Cellule, object] = {}
    for ou, (sur, hors, q1, en, q2_a_4) in lieux.items():
        mois = {"2025-03"}
        series["prioritaires", Lieu(ou)] = dict.fromkeys(mois, Compte(sur // 2, sur))
        series["mixite_hors_qpv", Lieu(ou)] = dict.fromkeys(mois, Compte(q1, hors))
        series["mixite_en_qpv", Lieu(ou)] = dict.fromkeys(mois, Compte(q2_a_4, en))
        dits["toutes", ou, "", ""] = "s" if ou in {ARLES, VBA} else sur
        dits |= {("hors_qpv", ou, "", ""): hors, ("en_qpv", ou, "", ""): en}
        dits |= {("mixite_hors_qpv", ou, "", ""): q1, ("mixite_en_qpv", ou, "", ""): q2_a_4}
    lu = systeme(Faits(series, {}), "2025", RIEN)
    cachees = masquer(lu, RIEN, 11, dits=dits)
    tues = {une for une, dit in dits.items() if dit == "s"}
    assert dits.keys() & cachees == tues
    assert lu.valeurs["ni_hors_ni_en_qpv", ARLES, "", ""] == 4
    liens = [Contrainte({une.total: 1, **dict.fromkeys(une.parts, -1)}) for une in lu.sommes]
    bornes = juger(lu.valeurs, lu.valeurs.keys() & cachees, liens, 11)
    assert not [une for une, (bas, haut) in bornes.items() if bas == haut]


def test_what_the_tables_print_of_the_year_is_read_where_it_is_the_same_count(
    demo: Lecture,
) -> None:
    """Twelve months are the year in December alone; the hébergés are told since January always."""
    en_octobre = imprimes(demo, ICI, MOIS)
    dabord = lire_tableau(demo, "logement_dabord", ICI, MOIS, partage=True).ensemble
    seule = ("logement_dabord", TOUT, "", "")
    assert en_octobre == {seule: dabord["attributions_annee"]}
    fin = "2025-12"
    dits, lu = imprimes(demo, ICI, fin), systeme(lire_faits(demo, ICI, fin), fin[:4], RIEN)
    for une in lire_tableau(demo, "territoires", ICI, fin, partage=True).lignes:
        if une["niveau"] == "epci":
            assert dits["toutes", str(une["code"]), "", ""] == une["attributions"]
    tout = {nom for nom, ou, axe, _ in dits if (ou, axe) == (TOUT, "")}
    assert tout >= {"prioritaires", "dalo", "mixite_hors_qpv", "mixite_en_qpv"}
    comparees = {une: dit for une, dit in dits.items() if une in lu.valeurs and dit != "s"}
    assert len(comparees) > 5
    assert {une: lu.valeurs[une] for une in comparees} == comparees


def test_an_epci_gives_away_nothing_of_the_bilan_by_reservataire() -> None:
    """Communes of 5 and 40, 15 and 60, 16 and 70 in three EPCI: 5, 15 and 16 are masked.

    Each EPCI is far over 11, and 45 less the 40 that are told would be the 5. To two EPCI with
    their own counts, to any commune with its own, it stays 5 among others.
    """
    lieux = {AMP: ("13001", "13002"), ARLES: ("13004", "13097"), TERRE: ("13010", "13018")}
    nombres = dict(zip(lieux, ((5, 40), (15, 60), (16, 70)), strict=True))
    lignes = _reservees(
        {
            commune: nombre
            for epci, communes in lieux.items()
            for commune, nombre in zip(communes, nombres[epci], strict=True)
        }
    )
    reservees = additionner(lignes, 11, {})
    tues = {une[4] for une in reservees.valeurs.keys() & reservees.masquees if une[0] == TOUT}
    assert tues == {communes[0] for communes in lieux.values()}
    comptes = {AMP: (20, 45), ARLES: (30, 75), TERRE: (40, 86), TOUT: (90, 206)}
    faits = Faits(
        {("prioritaires", Lieu(ou)): {"2026-01": Compte(*un)} for ou, un in comptes.items()}, {}
    )
    lu = systeme(faits, "2026", reservees)
    diffuse = Systeme(reservees.valeurs, reservees.sommes, reservees.masquees)
    cachees = masquer(lu, reservees, 11, deja=[diffuse])
    assert ("toutes", AMP, "", "") in cachees
    liens = [Contrainte({une.total: 1, **dict.fromkeys(une.parts, -1)}) for une in lu.sommes]
    savent = {"public": set[str](), **{siens[0]: {siens[0]} for siens in lieux.values()}}
    savent |= {epci: {epci, *lieux[epci]} for epci in (ARLES, TERRE)}
    for lecteur, sues in savent.items():
        restent = {une for une in lu.valeurs.keys() & cachees if not sues.intersection(une)}
        bornes = juger(lu.valeurs, restent, liens, 11)
        assert not [une for une, (bas, haut) in bornes.items() if bas == haut], lecteur


def test_another_edition_of_the_bilan_by_reservataire_knows_what_the_policy_told() -> None:
    """Communes of 5, 7 and 8 in three EPCI: 20 of all, less the 12 of two of them, is the third."""
    petites = {"13001": 5, "13004": 7, "13010": 8}
    lignes = _reservees({**petites, "13002": 40, "13097": 60, "13018": 70})

    def tues(*politiques: Systeme) -> set[str]:
        lues = additionner(lignes, 11, {}, politiques=politiques)
        return {une[4] for une in lues.valeurs.keys() & lues.masquees if une[0] == TOUT}

    deux = [avec(TOTAL, 4, commune) for commune in ("13001", "13004")]
    dite = ("contingent", TOUT, "", "")
    politique = Systeme(
        {deux[0]: 5, deux[1]: 7, dite: 12}, [Somme(dite, tuple(deux))], frozenset(deux)
    )
    assert tues() == petites.keys()
    assert tues(politique) > petites.keys()


def test_a_partner_of_an_epci_sees_its_own_masked(entrepot_demo: Dossier) -> None:
    with ouvrir_pour(entrepot_demo, Perimetre(epci=frozenset({ARLES}))) as v:
        lue = situer(v, ICI, MOIS, ARLES)
        comptes = Counter(une.masquee for une in lue.ensemble)
        assert comptes[True]
        vues = [une for siennes in lue.parts.values() for une in siennes]
        assert not any(0 < (une.realise or 0) < 11 for une in [*lue.ensemble, *vues])
        for autre in (AMP, ""):
            with pytest.raises(Refus):
                situer(v, ICI, MOIS, autre)
    guichet = Perimetre(guichets=frozenset({"G1302"}))
    with (
        ouvrir_pour(entrepot_demo, guichet) as v,
        pytest.raises(Refus, match="tout le département"),
    ):
        situer(v, ICI, MOIS, AMP)


@pytest.mark.parametrize(
    ("mois", "depuis", "dit"),
    [
        (((20, 50), (0, 60)), "2026-02", "2026-02"),
        (((3, 30), (27, 170)), "2026-01", ""),  # 3 of 30 is behind
        (((4, 12), (16, 100)), "2026-02", ""),  # 4 of 12 is not
    ],
)
def test_since_when_it_is_behind_bounds_no_small_count(
    monde: Lecture,
    monkeypatch: pytest.MonkeyPatch,
    mois: Sequence[tuple[int, int]],
    depuis: str,
    dit: str,
) -> None:
    """Of a quarter due: nor does the number of those of which it is known, to share."""
    serie = {f"2026-{rang:02d}": Compte(*un, un[1]) for rang, un in enumerate(mois, 1)}
    objectifs = {("prioritaires", TOUT): 0.25}
    faits = Faits({("prioritaires", Lieu(AMP)): serie}, objectifs, mois=list(serie))  # type: ignore[arg-type]
    monkeypatch.setattr(situations, "lire_faits", lambda *_: faits)
    monkeypatch.setattr(situations, "masquees", lambda *_: frozenset[object]())
    claire, partagee = (
        _de(par_epci(monde, ICI, MOIS, partage=partage)[AMP], "prioritaires")
        for partage in (False, True)
    )
    assert (claire.depuis, partagee.depuis) == (depuis, dit)
    assert (claire.connu, partagee.connu) == (sum(sur for _, sur in mois), None)
    assert claire.manque == partagee.manque


def test_the_cotation_is_told_by_numbers_of_reasons(monde: Lecture, demo: Lecture) -> None:
    """Five of seven reasons, then the rank by fours, from 6 to 133: 32 of each."""
    lue = cotation(monde, ICI, MOIS)
    assert lue
    assert {une["code"]: (une["demandes"], une["attributions"]) for une in lue.lignes} == {
        "0": (0, 32),
        "1": (40, 32),
        "2": (0, 32),
        "3": (0, 37),
        "*": (40, 133),
    }
    assert cotation(demo, ICI, MOIS) is None  # n.c.: no such column
