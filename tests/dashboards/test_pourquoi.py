"""Pourquoi ce taux a bougé: sentences that say the parts, parts that add up, each territory."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from infocentre.acces.perimetre import TOUT
from infocentre.entrepot import Dossier
from infocentre.lecture.commun import registre
from infocentre.lecture.decomposition import Explication, dire_mouvement
from infocentre.lecture.lieux import guichets_par_epci
from infocentre.lecture.ouverture import ouvrir_pour
from infocentre.mesures.decomposition import Compte, decomposer, ensemble
from infocentre.restitutions.recit import raconter_mouvement
from tests.dashboards.listes import liens, table
from tests.dashboards.vues import Ecran

Comptes = dict[str, tuple[int, int]]


def mouvement(d_abord: Comptes, ensuite: Comptes, **autres: Any) -> Explication:
    debut, fin = ({nom: Compte(*un) for nom, un in lus.items()} for lus in (d_abord, ensuite))
    compte = ensemble(debut)
    faits: dict[str, Any] = {
        "publie": compte,
        "avant": compte,
        "livraisons": 0.0,
        "regle": 0.0,
        "versions": (1, 1),
        "annee": True,
        **autres,
    }
    return Explication(
        code="ATT_TARDIVE",
        mois_avant="2025-10",
        mois="2026-10",
        complet=compte,
        apres=ensemble(fin),
        parts=tuple(decomposer(debut, fin)),
        **faits,
    )


def phrases(e: Explication) -> list[str]:
    noms = {une.guichet: f"Mairie {une.guichet}" for une in e.parts}
    dites = raconter_mouvement(dire_mouvement(e, noms))
    return [une.replace("\u00a0", " ").replace("\u202f", " ") for une in dites]


CAS = {
    "un seul": (
        mouvement({"A": (2, 100), "B": (2, 100)}, {"A": (42, 100), "B": (3, 100)}),
        (
            "Presque tout tient à un guichet, Mairie A (+20,0 points ; son taux passe de 2,0 % à "
            "42,0 %)."
        ),
    ),
    "la moitié": (
        mouvement({"A": (2, 100), "B": (2, 100)}, {"A": (32, 100), "B": (18, 100)}),
        (
            "Plus de la moitié tient à un guichet, Mairie A (+15,0 points ; son taux passe de 2,0 "
            "% à 32,0 %)."
        ),
    ),
    "compensé": (
        mouvement({"A": (2, 100), "B": (40, 100)}, {"A": (42, 100), "B": (20, 100)}),
        (
            "Plus que tout le mouvement tient à un guichet, Mairie A (+20,0 points ; son taux "
            "passe de 2,0 % à 42,0 %) ; d'autres parts le compensent, d'abord Mairie B "
            "(−10,0 points)."
        ),
    ),
    "presque compensé": (
        mouvement({"A": (2, 100), "B": (40, 100)}, {"A": (26, 100), "B": (20, 100)}),
        (
            "Des parts contraires se compensent presque, d'abord Mairie A (+12,0 points) et Mairie "
            "B (−10,0 points)."
        ),
    ),
    "partagé": (
        mouvement(
            {"A": (0, 100), "B": (0, 100), "C": (0, 100)},
            {"A": (12, 100), "B": (11, 100), "C": (10, 100)},
        ),
        (
            "Aucune part n'en fait la moitié ; les premières sont Mairie A (+4,0 points), Mairie B "
            "(+3,7 points) et Mairie C (+3,3 points)."
        ),
    ),
    "sans mouvement": (
        mouvement({"A": (10, 100), "B": (20, 100)}, {"A": (20, 100), "B": (10, 100)}),
        (
            "Des mouvements contraires se compensent, d'abord Mairie A (+5,00 points) et Mairie B "
            "(−5,00 points)."
        ),
    ),
    "rien": (
        mouvement({"A": (10, 100)}, {"A": (10, 100)}),
        "Aucune part n'atteint 0,005 point.",
    ),
    "le poids": (
        mouvement(
            {"A": (90, 100), "B": (0, 100), "C": (0, 100)},
            {"A": (252, 280), "B": (0, 100), "C": (0, 100)},
        ),
        (
            "Plus de la moitié tient à un guichet, Mairie A (+12,2 points ; son poids passe de "
            "33,3 % à 58,3 % de l'effectif, avec 90,0 % d'anomalies)."
        ),
    ),
    "une ouverture": (
        mouvement({"A": (0, 100)}, {"A": (0, 100), "B": (100, 100)}),
        (
            "Plus de la moitié tient à un guichet, Mairie B (+37,5 points ; sans effectif en "
            "octobre 2025, 100 sur 100 (100,0 %) ensuite)."
        ),
    ),
    "la règle": (
        mouvement({"A": (20, 100)}, {"A": (20, 100)}, publie=Compte(10, 100), regle=0.1),
        "Presque tout tient au changement de règle (+10,0 points).",
    ),
    "après coup": (
        mouvement({"A": (20, 100)}, {"A": (20, 100)}, publie=Compte(9, 90), avant=Compte(9, 90)),
        "Presque tout tient à ce qui est entré après coup (+10,0 points).",
    ),
}


@pytest.mark.parametrize("nom", CAS)
def test_the_second_sentence_says_where_the_movement_comes_from(nom: str) -> None:
    e, attendue = CAS[nom]
    assert phrases(e)[1] == attendue


def test_the_first_sentence_says_the_movement() -> None:
    dites = [phrases(CAS[nom][0])[0] for nom in ("un seul", "sans mouvement")]
    assert dites == [
        (
            "Entre octobre 2025 et octobre 2026, le taux sur 12 mois passe de 4 sur 200 (2,0 %) à "
            "45 sur 200 (22,5 %) : +20,5 points."
        ),
        (
            "Entre octobre 2025 et octobre 2026, le taux sur 12 mois reste le même : 30 sur 200 "
            "(15,00 %), puis 30 sur 200 (15,00 %)."
        ),
    ]


def test_what_is_nobody_s_rate_is_said_apart() -> None:
    e, _ = CAS["le poids"]
    assert phrases(e)[2:] == [
        "En tout, le poids de chacun dans l'effectif compte pour +22,5 points."
    ]
    autre = mouvement(
        {"A": (10, 100)}, {"A": (30, 100)}, publie=Compte(8, 100), regle=0.02, versions=(1, 2)
    )
    assert phrases(autre)[2:] == [
        "En tout, le changement de règle compte pour +2,0 points.",
        (
            "La règle n'est pas la même aux deux mois (version 1, puis 2) : ces parts mêlent ce "
            "que les guichets ont fait et ce que la règle a changé."
        ),
    ]


def test_the_page_names_the_guichet_and_its_parts_make_the_movement(
    afficher: Callable[[str], Ecran],
) -> None:
    ecran = afficher("/pourquoi/ATT_TARDIVE?depuis=2025-09")
    assert "tient à un guichet, Provence Habitat Solidaire – agence du Phare" in ecran.texte
    lignes = table(ecran, "Les parts du mouvement")
    assert lignes[0][0] == "Provence Habitat Solidaire – agence du Phare"
    assert any(un.startswith("/guichet/G1302?") for un in liens(ecran))
    graphe = next(un for un in ecran.composants("Graph"))
    bulles = " ".join(graphe.figure["data"][0]["hovertext"]).replace("<br>", " ")
    assert f" ; {lignes[0][1]}, puis {lignes[0][2]}" in bulles
    *parts, tout = [_nombre(une[-1]) for une in lignes]
    assert sum(parts) == pytest.approx(tout, abs=0.01 * len(parts))
    assert tout > 0.5


EPCI = "200054807"


@pytest.mark.parametrize("filtre", ["type", "epci", "organisme"])
def test_a_territory_counts_its_guichets(
    afficher: Callable[[str], Ecran], entrepot_demo: Dossier, filtre: str
) -> None:
    with ouvrir_pour(entrepot_demo, TOUT) as v:
        connus = registre(v, "013", "2026-10")
        organisme = next(une["organisme"] for une in connus if une["guichet"] == "G1301")
        voulu, siens = {
            "type": ("COMMUNE", {u["guichet"] for u in connus if u["type_guichet"] == "COMMUNE"}),
            "epci": (EPCI, guichets_par_epci(v, "013")[EPCI]),
            "organisme": (organisme, {u["guichet"] for u in connus if u["organisme"] == organisme}),
        }[filtre]
        attendus = v.tuples(
            "SELECT sum(n_etat), sum(d_etat) FROM valeurs WHERE niveau = 'guichet' "
            "AND code = 'DBL_ACTIF' AND mois IN ('2025-09', '2026-10') "
            "AND list_contains($siens, guichet) GROUP BY mois ORDER BY mois",
            {"siens": sorted(siens)},
        )
    ecran = afficher(f"/pourquoi/DBL_ACTIF?depuis=2025-09&{filtre}={voulu}")
    tout = table(ecran, "Les parts")[-1]
    assert [un.split("(")[1].replace("\u202f", "") for un in tout[1:3]] == [
        f"{n} / {d})" for n, d in attendus
    ]


def test_without_a_month_before_or_an_indicator_the_page_says_what_to_do(
    afficher: Callable[[str], Ecran],
) -> None:
    assert "choisir un autre mois" in afficher("/pourquoi/ATT_TARDIVE?mois=2025-09").texte
    assert "Le choisir dans la liste" in afficher("/pourquoi/RIEN").texte


def _nombre(texte: str) -> float:
    return float(texte.replace("\u202f", "").replace(",", ".").replace("−", "-"))
