"""Who is accused, by which rule: a past fact has the published state, or none."""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from types import SimpleNamespace
from typing import Any, cast

import pytest

from infocentre.acces.perimetre import TOUT
from infocentre.affaires import Acteur, Affaire, Affaires, Constat, Evenement, procedures
from infocentre.decisions import Magasin
from infocentre.entrepot import Dossier
from infocentre.lecture.commun import catalogue, mois_controles
from infocentre.lecture.jugement import Juge
from infocentre.lecture.lecteur import Lecture
from infocentre.lecture.ouverture import ouvrir_pour
from infocentre.noyau.etats import MAUVAIS, SIGNIFICATIFS, Etat
from infocentre.noyau.temps import mois_avant
from infocentre.procedures.mesures_correctives import ecrits, verifier
from infocentre.procedures.mesures_correctives import propositions as propositions_
from infocentre.procedures.mesures_correctives import sorts as sorts_
from infocentre.procedures.mesures_correctives.promesses import (
    ANCIEN_JUGEMENT,
    livraisons_sans_rouge,
    plans_non_tenus,
)
from infocentre.procedures.mesures_correctives.recit import raconter
from tests.affaires.conftest import Horloge

pytestmark = pytest.mark.lent

MESURES = procedures()["mesures_correctives"]


@pytest.fixture(scope="module")
def v(entrepot_demo: Dossier) -> Iterator[Lecture]:
    with ouvrir_pour(Dossier(entrepot_demo.racine), TOUT) as lecture:
        yield lecture


def _constat(guichet: str, code: str, mois: str) -> Constat:
    return Constat("013", guichet, guichet, code, code, 1, mois, 1, 9, 60, 0.1, 0.2, "rouge",
                   "12m", mois, ())  # fmt: skip


def _faits_passes() -> list[str]:
    connu = catalogue()
    return [
        un.code
        for un in connu.indicateurs.values()
        if not un.a_corriger
        and un.imputable == "guichet"
        and connu.populations[un.population].nature == "flux"
    ]


def test_a_month_accuses_a_guichet_when_its_published_state_does_and_only_then(
    v: Lecture,
) -> None:
    """Each guichet and month of the demonstration, of each past fact, told the month before."""
    differents, vus = [], Counter[str]()
    for mois in mois_controles(v, "013")[-2:]:
        publies = {
            (un["guichet"], un["code"]): un["etat_mois"]
            for un in v.lignes(
                "SELECT guichet, code, etat_mois FROM valeurs WHERE niveau = 'guichet' "
                "AND mois = $mois AND departement = '013'",
                {"mois": mois},
            )
        }
        codes = _faits_passes()
        dits = [_constat(g, c, mois_avant(mois)) for g, c in publies if c in codes]
        for sort in sorts_.sorts(v, dits, mois):
            etat = publies[sort.constat.guichet, sort.constat.code]
            attendu = etat in MAUVAIS if etat in SIGNIFICATIFS else None
            if catalogue().indicateurs[sort.constat.code].tolerance_zero and not sort.denominateur:
                attendu = False  # no case: all that a tolérance zéro asks
                vus["aucun cas"] += 1
            vus[str(etat)] += 1
            if etat != Etat.CONTEXTE and sort.depasse is not attendu:
                differents.append((mois, sort.constat.guichet, sort.constat.code, etat))
    assert differents == []
    assert vus[Etat.EFFECTIF_INSUFFISANT] > 100
    assert vus["aucun cas"] > 0
    assert sum(vus[etat] for etat in MAUVAIS) > 0


def test_months_since_are_added_as_their_delivery_counts_them(v: Lecture) -> None:
    """Another way: the units of the months together, from what each month published."""
    mois, depuis = "2026-10", "2025-11"
    codes = [c for c in _faits_passes() if not catalogue().indicateurs[c].tolerance_zero]
    dits = [
        _constat(guichet, code, "2025-10")
        for guichet, code in v.tuples(
            "SELECT guichet, code FROM valeurs WHERE niveau = 'guichet' "
            "AND list_contains($codes, code) AND mois = $mois AND etat <> 'contexte'",
            {"codes": codes, "mois": mois},
        )
    ]
    lus: dict[tuple[str, str], list[tuple[int, int]]] = defaultdict(list)
    for guichet, code, un_n, un_d in v.tuples(
        "SELECT guichet, code, numerateur, denominateur FROM triangle "
        "WHERE mois = $m AND mois_juge >= $d ORDER BY mois_juge DESC",
        {"m": mois, "d": depuis},
    ):
        lus[guichet, code].append((un_n, un_d))
    trouves = 0
    for sort in sorts_.sorts(v, dits, mois, {un.id: depuis for un in dits}):
        n = d = 0
        for un_n, un_d in lus[sort.constat.guichet, sort.constat.code]:
            if d < 20:
                n, d = n + un_n, d + un_d
        assert (sort.depasse is None) == (d < 20)
        if d >= 20:
            assert (sort.juge.numerateur, sort.juge.denominateur) == (n, d)
            trouves += sort.juge.depuis < mois
    assert trouves > 0


# --- An affaire, delivery by delivery -------------------------------------------------------------

BON, ROUGE, RIEN = Juge(Etat.VERT, 0, 30), Juge(Etat.ROUGE, 9, 30), Juge(Etat.EFFECTIF_INSUFFISANT)
PARTI = Juge(Etat.SANS_OBJET)

# What each delivery says of one or two constats; then the last verification's (depasse, kept), how
# many deliveries on end without rouge, how many plans not kept. The plan is due on 15 January.
HISTOIRES = [
    ("good twice", [BON, BON], (False, True), 2, 0),
    ("rouge twice", [ROUGE, ROUGE], (True, False), 0, 2),
    ("a silent month neither counts nor ends", [BON, RIEN, BON], (False, True), 2, 0),
    ("rouge, silent, rouge", [ROUGE, RIEN, ROUGE], (True, False), 0, 2),
    ("rouge, then silence: one only", [ROUGE, RIEN, RIEN], (None, None), 0, 1),
    ("silent for ever", [RIEN, RIEN, RIEN], (None, None), 0, 0),
    ("one good, then rouge", [BON, ROUGE], (True, False), 0, 1),
    ("one speaks, the other never did", [(BON, RIEN), (BON, RIEN)], (None, None), 0, 0),
    ("each in its turn", [(BON, RIEN), (RIEN, BON), (BON, RIEN)], (False, True), 2, 0),
    ("the other was rouge when it spoke", [(BON, ROUGE), (BON, RIEN)], (None, None), 0, 1),
    ("and is good when it speaks again", [(BON, ROUGE), (BON, RIEN), (RIEN, BON)],
     (False, True), 1, 0),
    ("the other has not a unit left", [(BON, PARTI), (BON, PARTI)], (False, True), 2, 0),
]  # fmt: skip


@pytest.mark.parametrize(
    ("nom", "dits", "derniere", "sans_rouge", "non_tenus"), HISTOIRES, ids=[h[0] for h in HISTOIRES]
)
def test_silence_neither_keeps_nor_breaks(
    nom: str,
    dits: list[Any],
    derniere: tuple[bool | None, bool | None],
    sans_rouge: int,
    non_tenus: int,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    mois = ["2026-02", "2026-03", "2026-04"][: len(dits)]
    par_mois = {
        un: dit if isinstance(dit, tuple) and not isinstance(dit, Juge) else (dit,)
        for un, dit in zip(mois, dits, strict=True)
    }

    def sorts(
        _: Lecture, siens: list[Constat], quand: str, __: dict[str, str]
    ) -> list[sorts_.Sort]:
        return [
            sorts_.Sort(un, quand, {"passee": ("u",)}, 9, 60, juge)
            for un, juge in zip(siens, par_mois[quand], strict=True)
        ]

    monkeypatch.setattr(verifier, "sorts", sorts)
    une, registre = _promise(len(par_mois[mois[0]]))
    for suivie, evenement, donnees in verifier._verifier(
        cast("Lecture", None), registre, une, mois
    ):
        registre.agir(suivie.id, evenement, donnees)
    une = registre.lire(une.id)
    dite = une.situation.evenements[-1].donnees
    assert (dite.get("depasse"), dite.get("plan_tenu")) == derniere, nom
    assert livraisons_sans_rouge(une.situation) == sans_rouge
    assert plans_non_tenus(une.situation) == non_tenus


def _promise(constats: int) -> tuple[Affaire, Affaires]:
    horloge = Horloge(dt.date(2026, 1, 5))
    registre = Affaires(Magasin("sqlite://"), Acteur("Léa"), horloge)
    dits = [_constat(f"G{rang}", "DBL_FORCE", "2025-12") for rang in range(constats)]
    une = registre.ouvrir(
        MESURES, "013", "o", "doublons", {"mois": "2025-12", "motif": "rouge"}, constats_=dits
    )
    registre.agir(une.id, "accepter")
    registre.agir(une.id, "signaler", {"canal": "courriel"})
    plan = {"actions": [{"action": "former", "pour_le": "2026-01-15"}]}
    une = registre.agir(une.id, "recevoir_plan", plan)
    horloge.mettre(dt.date(2026, 6, 1))
    return une, registre


def test_no_month_is_judged_twice_nor_before_the_plan_was_due() -> None:
    une, registre = _promise(1)
    (constat,) = registre.constats(une.constats)

    def premier(mois: str) -> str:
        return verifier._premiers_mois(registre.lire(une.id), [constat], mois)[constat.id]

    # Told in December: January counts until the promise is due, on 15 January; then February does.
    assert premier("2025-12") == "2026-01"
    assert premier("2026-03") == "2026-02"
    compte = {"guichet": "G0", "constat": constat.id, "depasse": True}
    dite = {"livraison": "2026-03", "mois": "2026-03", "jugement": 2, "comptes": [compte]}
    registre.agir(une.id, "verifier", dite)
    assert premier("2026-05") == "2026-04"


def test_what_the_first_rule_wrote_of_past_facts_counts_for_nothing_and_stays() -> None:
    """« 1 of 14 at 3 % », written rouge twice, with the plan not kept."""
    une, registre = _promise(1)
    for mois in ("2026-02", "2026-03"):
        compte = {"guichet": "G0", "code": "DBL_FORCE", "numerateur": 1, "denominateur": 14,
                  "depasse": True, "passee": 4, "dementies": 0}  # fmt: skip
        dite = {"livraison": mois, "mois": mois, "depasse": True, "plan_tenu": False}
        registre.agir(une.id, "verifier", dite | {"comptes": [compte]})
    situation = registre.lire(une.id).situation
    assert [un.donnees["depasse"] for un in situation.tous("verifier")] == [True, True]
    assert plans_non_tenus(situation) == 0
    assert livraisons_sans_rouge(situation) == 0


def test_who_reads_what_the_first_rule_wrote_is_told_so() -> None:
    """On the page of the affaire, in its letters and in the dossier of the comité."""
    une, registre = _promise(1)
    compte = {"guichet": "G0", "code": "DBL_FORCE", "numerateur": 1, "denominateur": 14,
              "depasse": True, "passee": 4}  # fmt: skip
    for mois, jugement in (("2026-02", {}), ("2026-03", {"jugement": 2})):
        dite = {"livraison": mois, "mois": mois, "depasse": True, "comptes": [compte], **jugement}
        une = registre.agir(une.id, "verifier", dite)
    ancien, neuf = une.situation.tous("verifier")
    lectures: tuple[Callable[[Evenement], str], ...] = (
        lambda un: raconter(cast("Lecture", SimpleNamespace(p=TOUT)), une, un),
        lambda un: ecrits._resume(une, un),
        lambda un: " ".join(ecrits._evenement_ecrit(une, un)[:4]),
    )
    for dit in lectures:
        assert ANCIEN_JUGEMENT in dit(ancien)
        assert ANCIEN_JUGEMENT not in dit(neuf)


# Anomalies, units of the window that is judged: is it told? Twenty units make a rate; under them,
# five cases of what is never tolerated, and never one alone.
A_DIRE = [
    ("RAD_IRR_NJ", 1, 400, False),
    ("RAD_IRR_NJ", 2, 400, True),
    ("RAD_IRR_NJ", 2, 20, True),
    ("RAD_IRR_NJ", 2, 19, False),
    ("RAD_IRR_NJ", 4, 19, False),
    ("RAD_IRR_NJ", 5, 19, True),
    ("RAD_IRR_NJ", 5, 5, True),
    ("ATT_TARDIVE", 19, 19, False),
    ("ATT_TARDIVE", 20, 20, True),
]


@pytest.mark.parametrize(("code", "cas", "unites", "dit"), A_DIRE)
def test_few_cases_of_a_small_guichet_are_not_told(
    code: str, cas: int, unites: int, *, dit: bool
) -> None:
    un = catalogue().indicateurs[code]
    valeur: Any = {"fenetre": "mois" if un.tolerance_zero else "12m", "n_etat": cas,
                   "d_etat": unites, "numerateur_12m": None, "denominateur_12m": None}  # fmt: skip
    assert propositions_._a_dire(un, valeur, ()) is dit
