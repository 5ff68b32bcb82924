"""The month in one screen: given values and deliveries, what is to be done and what moved."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import dash
import duckdb
import pytest

from dashboards.composants.nouvelles import en_rouge, en_un_an
from dashboards.composants.tuiles import TUILES, _evolution
from dashboards.page import Contexte
from infocentre.acces.perimetre import TOUT, Perimetre
from infocentre.entrepot import Controle, Dossier, Livraison, Version
from infocentre.lecture import accueil
from infocentre.lecture.accueil import (
    Changements,
    a_reprendre,
    attente,
    changements,
    chiffres,
    derniere_livraison,
    mouvements,
    objectifs,
)
from infocentre.lecture.commun import mois_controles
from infocentre.lecture.filtres import Filtres
from infocentre.lecture.lecteur import Lecture, VersionOuverte
from infocentre.mesures.partage import MASQUE, Partage
from infocentre.noyau.temps import fin_de_mois
from tests.dashboards.vues import Ecran, ouvrir

FILTRES = Filtres("013", "2026-10")
CONTROLE = Controle("c", "2026-11-04T09:00:00+00:00")
OCTOBRE = Livraison("013", "2026-10-31", "e", "octobre", "2026-11-03T08:00:00+00:00", CONTROLE)
Valeur = tuple[str, str, str, str, int, int, int | None, int | None]
Ouvrir = Callable[..., Lecture]

SCHEMA = """
CREATE TABLE regles (code VARCHAR, nature VARCHAR, ordre INTEGER);
INSERT INTO regles VALUES ('ATT_TARDIVE', 'flux', 1), ('REN_ECHUE', 'stock', 2);
CREATE TABLE registre (departement VARCHAR, mois VARCHAR, guichet VARCHAR, nom VARCHAR,
    type_guichet VARCHAR, organisme VARCHAR, siren VARCHAR, mode_enregistrement VARCHAR,
    adresse VARCHAR, code_postal VARCHAR, commune VARCHAR, telephone VARCHAR, courriel VARCHAR,
    horaires VARCHAR, date_convention DATE, date_fermeture DATE);
INSERT INTO registre BY NAME SELECT '013' AS departement, '2026-10' AS mois, 'G1' AS guichet,
    'Mairie de Roque' AS nom;
CREATE TABLE valeurs (departement VARCHAR DEFAULT '013', niveau VARCHAR, mois VARCHAR,
    guichet VARCHAR, code VARCHAR, etat VARCHAR, etat_mois VARCHAR, numerateur BIGINT,
    denominateur BIGINT, numerateur_12m BIGINT, denominateur_12m BIGINT, type_guichet VARCHAR,
    taux DOUBLE, taux_12m DOUBLE, nb_mois INTEGER, borne_basse DOUBLE, borne_haute DOUBLE,
    rang INTEGER, entonnoir_bas_95 DOUBLE, entonnoir_haut_95 DOUBLE, entonnoir_bas_998 DOUBLE,
    entonnoir_haut_998 DOUBLE, taux_ensemble DOUBLE, fenetre VARCHAR, n_etat BIGINT,
    d_etat BIGINT, taux_etat DOUBLE);
"""


@pytest.fixture
def ouvrir_version(tmp_path: Path) -> Ouvrir:
    """Return what opens a version whose `valeurs` are the given rows (mois, guichet, code, …)."""

    def _ouvrir(*valeurs: Valeur, livraisons: tuple[Livraison, ...] = (OCTOBRE,)) -> Lecture:
        con = duckdb.connect()
        con.execute(SCHEMA)
        for mois, guichet, code, etat, *comptes in valeurs:
            niveau = "departement" if guichet == "*" else "guichet"
            con.execute(
                "INSERT INTO valeurs (departement, niveau, mois, guichet, code, etat, etat_mois, "
                "numerateur, denominateur, numerateur_12m, denominateur_12m) "
                "VALUES ('013', ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                [niveau, mois, guichet, code, etat, etat, *comptes],
            )
        return Lecture(VersionOuverte(Dossier(tmp_path), Version(livraisons=livraisons), con), TOUT)

    return _ouvrir


# --- Livraisons -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("aujourdhui", "attendue"),
    [
        (dt.date(2026, 11, 25), None),
        (dt.date(2026, 12, 15), None),
        (dt.date(2026, 12, 16), dt.date(2026, 11, 30)),
    ],
)
def test_a_delivery_is_late_fifteen_days_after_its_month(
    ouvrir_version: Ouvrir, aujourdhui: dt.date, attendue: dt.date | None
) -> None:
    assert attente(ouvrir_version(), "013", aujourdhui).attendue == attendue


def test_refusals_since_the_last_one_loaded_and_months_to_control(
    ouvrir_version: Ouvrir, tmp_path: Path
) -> None:
    novembre = Livraison("013", "2026-11-30", "f", "novembre", "2026-12-03T08:00:00+00:00")
    lignes = [
        {"le": "2026-12-02T08:00:00+00:00", "livraison": "ancienne", "motif": "vide"},
        {"le": "2026-12-04T08:00:00+00:00", "livraison": "récente", "motif": "illisible"},
    ]
    textes = "".join(json.dumps(ligne) + "\n" for ligne in lignes)
    (tmp_path / "refus.jsonl").write_text(textes, "utf-8")
    vue = attente(ouvrir_version(livraisons=(OCTOBRE, novembre)), "013", dt.date(2026, 12, 5))
    assert [un["livraison"] for un in vue.refusees] == ["récente"]
    assert vue.a_controler == ["2026-11"]


def test_the_end_of_a_month_in_a_leap_year() -> None:
    assert fin_de_mois("2028-02") == dt.date(2028, 2, 29)


# --- Guichets à reprendre -------------------------------------------------------------------------


def test_who_enters_stays_in_and_leaves_the_red(ouvrir_version: Ouvrir) -> None:
    v = ouvrir_version(
        ("2026-08", "G1", "ATT_TARDIVE", "rouge", 9, 20, 90, 200),
        ("2026-09", "G1", "ATT_TARDIVE", "rouge", 9, 20, 90, 200),
        ("2026-10", "G1", "ATT_TARDIVE", "rouge", 9, 20, 90, 200),
        ("2026-07", "G1", "ATT_TARDIVE", "orange", 9, 20, 90, 200),
        ("2026-09", "G2", "ATT_TARDIVE", "orange", 2, 20, 20, 200),
        ("2026-10", "G2", "ATT_TARDIVE", "a_traiter", 2, 20, 20, 200),
        ("2026-09", "G3", "ATT_TARDIVE", "rouge", 9, 20, 90, 200),
        ("2026-10", "G3", "ATT_TARDIVE", "vert", 0, 20, 0, 200),
        ("2026-09", "G4", "ATT_TARDIVE", "rouge", 9, 20, 90, 200),
        ("2026-10", "G4", "ATT_TARDIVE", "effectif_insuffisant", 0, 2, 0, 19),
        ("2026-10", "G5", "ATT_TARDIVE", "orange", 2, 20, 20, 200),
    )
    lus = {(un["guichet"], un["sens"], un["depuis"]) for un in a_reprendre(v, FILTRES)}
    assert lus == {
        ("G1", "reste", "2026-08"),
        ("G2", "entree", "2026-10"),
        ("G3", "sortie", "2026-09"),
    }


def test_what_is_compared_with_an_older_month_says_which(ouvrir_version: Ouvrir) -> None:
    """In September the first indicator could not be calculated; the second could."""
    v = ouvrir_version(
        ("2026-08", "G1", "ATT_TARDIVE", "orange", 2, 20, 20, 200),
        ("2026-09", "*", "ATT_TARDIVE", "non_calculable", 0, 0, 0, 0),
        ("2026-10", "G1", "ATT_TARDIVE", "rouge", 9, 20, 90, 200),
        ("2026-09", "G1", "REN_ECHUE", "orange", 2, 20, 20, 200),
        ("2026-10", "G1", "REN_ECHUE", "rouge", 9, 20, 90, 200),
        livraisons=(replace(OCTOBRE, arrete="2026-08-31"), OCTOBRE),
    )
    lus = {une["code"]: une["compare"] for une in a_reprendre(v, FILTRES)}
    assert lus == {"ATT_TARDIVE": "2026-08", "REN_ECHUE": "2026-09"}
    dit = str(en_rouge(Contexte(v, FILTRES, {})).to_plotly_json())  # type: ignore[no-untyped-call]
    assert dit.count("(ne l'était pas en août 2026)") == 1
    assert dit.count("depuis ce mois-ci") == 1


def test_names_are_of_the_register_and_the_perimetre(ouvrir_version: Ouvrir) -> None:
    v = ouvrir_version(
        ("2026-10", "G1", "ATT_TARDIVE", "rouge", 9, 20, 90, 200),
        ("2026-10", "G2", "ATT_TARDIVE", "rouge", 9, 20, 90, 200),
    )
    p = Perimetre(guichets=frozenset({"G1"}))
    assert [un["nom"] for un in a_reprendre(Lecture(v.ouverte, p), FILTRES)] == ["Mairie de Roque"]


# --- Ce mois-ci ----------------------------------------------------------------------------------


def test_who_enters_and_leaves_each_state(ouvrir_version: Ouvrir) -> None:
    etats = {
        "G1": ("vert", "rouge"),
        "G2": ("effectif_insuffisant", "a_traiter"),
        "G3": ("rouge", "a_traiter"),
        "G4": ("a_traiter", "orange"),
        "G5": ("rouge", "effectif_insuffisant"),
        "G6": ("vert", "orange"),
        "G7": ("orange", "vert"),
        "G8": ("effectif_insuffisant", "vert"),
        "G9": ("vert", "vert"),
    }
    v = ouvrir_version(
        *(
            (mois, guichet, "ATT_TARDIVE", etat, 1, 20, 10, 200)
            for guichet, siens in etats.items()
            for mois, etat in zip(("2026-08", "2026-10"), siens, strict=True)
        ),
        ("2026-10", "G0", "ATT_TARDIVE", "rouge", 9, 20, 90, 200),
        livraisons=(replace(OCTOBRE, arrete="2026-08-31"), OCTOBRE),
    )
    lus = changements(v, FILTRES)
    assert lus.depuis == "2026-08", "September was not delivered"
    assert {(un["guichet"], un["sens"]) for un in lus.lignes} == {
        ("G0", "rouge"),
        ("G1", "rouge"),
        ("G2", "rouge"),
        ("G4", "sortie"),
        ("G5", "sortie"),
        ("G6", "orange"),
        ("G7", "vert"),
    }
    assert attente(v, "013", dt.date(2026, 11, 5)).jamais_livres == ["2026-09"]


def test_the_first_month_is_compared_to_none(ouvrir_version: Ouvrir) -> None:
    v = ouvrir_version(("2026-10", "G1", "ATT_TARDIVE", "rouge", 9, 20, 90, 200))
    assert changements(v, FILTRES) == Changements(None, [])


def test_the_page_tells_each_change_with_its_guichet(afficher: Afficher, v: Lecture) -> None:
    mois_compares = mois_controles(v, "013")[1:]
    lus = {mois: changements(v, Filtres("013", mois)).lignes for mois in mois_compares}
    changes = {(mois, un["guichet"]) for mois, lignes in lus.items() for un in lignes}
    assert len(changes) > 5
    for mois, guichet in changes:
        assert f"/guichet/{guichet}?departement=013&mois={mois}" in afficher(f"/?mois={mois}").liens
    assert "/suivi?departement=013&mois=2026-10&etat=rouge" in afficher("/").liens


# --- Mouvements -----------------------------------------------------------------------------------


def test_a_movement_that_stands_among_all_comparisons(ouvrir_version: Ouvrir) -> None:
    v = ouvrir_version(
        ("2025-10", "G1", "ATT_TARDIVE", "vert", 1, 20, 10, 200),
        ("2026-10", "G1", "ATT_TARDIVE", "rouge", 5, 20, 60, 200),
        ("2025-10", "G2", "ATT_TARDIVE", "vert", 1, 20, 10, 200),
        ("2026-10", "G2", "ATT_TARDIVE", "orange", 1, 20, 15, 200),
        ("2025-10", "G3", "ATT_TARDIVE", "effectif_insuffisant", 0, 2, 0, 19),
        ("2026-10", "G3", "ATT_TARDIVE", "effectif_insuffisant", 2, 2, 19, 19),
    )
    lus = mouvements(v, FILTRES)
    (seul,) = lus.lignes
    assert lus.comparaisons == 4, "the year and the month, of G1 and G2"
    assert (seul["guichet"], seul["recul"], seul["n"], seul["d"]) == ("G1", "an", 60, 200)
    assert (seul["taux"], seul["taux_avant"]) == (0.3, 0.05)


def test_a_movement_of_the_month_against_the_eleven_before(ouvrir_version: Ouvrir) -> None:
    v = ouvrir_version(("2026-10", "G1", "ATT_TARDIVE", "orange", 20, 40, 24, 440))
    (seul,) = mouvements(v, FILTRES).lignes
    assert (seul["recul"], seul["taux"], seul["taux_avant"]) == ("mois", 0.5, 0.01)


def test_a_movement_of_a_stock_against_the_month_before(ouvrir_version: Ouvrir) -> None:
    v = ouvrir_version(
        ("2026-09", "*", "REN_ECHUE", "vert", 300, 1000, None, None),
        ("2026-10", "*", "REN_ECHUE", "vert", 100, 1000, None, None),
    )
    (seul,) = mouvements(v, FILTRES).lignes
    assert (seul["recul"], seul["taux"], seul["taux_avant"]) == ("mois", 0.1, 0.3)


def test_the_clearest_movements_come_first(ouvrir_version: Ouvrir) -> None:
    valeurs = [
        ligne
        for rang in range(7)
        for ligne in (
            ("2025-10", f"G{rang}", "ATT_TARDIVE", "vert", 0, 20, 0, 200),
            ("2026-10", f"G{rang}", "ATT_TARDIVE", "rouge", 9, 20, 50 + 10 * rang, 200),
        )
    ]
    lus = [un["guichet"] for un in mouvements(ouvrir_version(*valeurs), FILTRES).lignes]
    assert lus == ["G6", "G5", "G4", "G3", "G2", "G1", "G0"]


@pytest.mark.parametrize(("guichets", "tiennent"), [(1, 1), (50, 0)])
def test_a_difference_that_stands_alone_does_not_among_fifty(
    ouvrir_version: Ouvrir, guichets: int, tiennent: int
) -> None:
    # 2 of 50, then 13 of 50: margins do not touch, and luck finds as much among 50 guichets.
    valeurs: list[Valeur] = [
        ("2025-10", "G0", "ATT_TARDIVE", "vert", 0, 0, 2, 50),
        ("2026-10", "G0", "ATT_TARDIVE", "vert", 0, 0, 13, 50),
    ]
    valeurs += [
        (mois, f"G{rang}", "ATT_TARDIVE", "vert", 0, 0, 5, 50)
        for rang in range(1, guichets)
        for mois in ("2025-10", "2026-10")
    ]
    lus = mouvements(ouvrir_version(*valeurs), FILTRES)
    assert (lus.comparaisons, len(lus.lignes)) == (guichets, tiennent)


def test_the_page_says_how_many_comparisons(afficher: Afficher, v: Lecture) -> None:
    lus = mouvements(v, FILTRES)
    assert lus.comparaisons > 10
    texte = afficher("/").texte.replace("\u202f", "").replace("\xa0", " ")
    assert f"parmi {lus.comparaisons} comparaisons, corrigées de leur nombre" in texte


def test_what_began_and_ended_is_not_said_to_rise(ouvrir_version: Ouvrir) -> None:
    """31 of 200 in twelve months, none of them in the last one."""
    v = ouvrir_version(
        ("2025-10", "*", "ATT_TARDIVE", "vert", 0, 20, 0, 200),
        ("2026-10", "*", "ATT_TARDIVE", "rouge", 0, 20, 31, 200),
    )
    assert "ont augmenté, sans aucun cas en octobre 2026." in str(
        en_un_an(Contexte(v, FILTRES, {}))
    )


# --- Objectifs ------------------------------------------------------------------------------------


def test_an_objective_its_prorata_and_the_difference(ouvrir_version: Ouvrir) -> None:
    v = ouvrir_version()
    v.ouverte.con.execute("""
        CREATE TABLE estimations (code VARCHAR, departement VARCHAR, mois VARCHAR,
            mois_juge VARCHAR, saisie_tardive_probable BOOLEAN);
        CREATE TABLE att_08 AS SELECT '*' AS code, '013' AS departement, '2026-10' AS mois,
            151 AS attributions_annee, 2410 AS toutes_attributions_annee, 0.0627 AS part_annee,
            120.0 AS objectif_annuel, 150.1 AS prorata;
        CREATE TABLE att_05 AS SELECT '*' AS code, '013' AS departement, '2026-10' AS mois,
            24 AS prioritaires, 101 AS attributions, 0.2376 AS part_prioritaires, 0.25 AS objectif;
        CREATE TABLE att_06 AS SELECT '*' AS code, '013' AS departement, '2026-10' AS mois,
            5 AS premier_quartile_ou_anru, 20 AS attributions_hors_qpv, 0.25 AS part_du_total,
            0.26 AS part_revenu_connu, NULL::DOUBLE AS objectif
    """)
    lus = {un.cle: un for un in objectifs(v, FILTRES)}
    assert (lus["logement_dabord"].attendu, lus["logement_dabord"].atteint) == (151, True)
    assert (lus["dalo"].attendu, lus["dalo"].atteint) == (26, False)
    assert (lus["premier_quartile"].attendu, lus["premier_quartile"].atteint) == (None, None)


def test_what_a_shared_table_hides_is_hidden_from_who_may_see_no_small_count(
    ouvrir_version: Ouvrir, monkeypatch: pytest.MonkeyPatch
) -> None:
    """46 out of QPV protect the 4 of no zone in the table: the 12 of the first quartile go too."""
    v = ouvrir_version()
    v.ouverte.con.execute("""
        CREATE TABLE att_05 AS SELECT '*' AS code, '013' AS departement, '2026-10' AS mois,
            24 AS prioritaires, 101 AS attributions, 0.24 AS part_prioritaires,
            0.25::DOUBLE AS objectif;
        CREATE TABLE att_06 AS SELECT '*' AS code, '013' AS departement, '2026-10' AS mois,
            12 AS premier_quartile_ou_anru, 46 AS attributions_hors_qpv, 0.26 AS part_du_total,
            0.26 AS part_revenu_connu, 0.25::DOUBLE AS objectif;
        CREATE TABLE att_01 AS SELECT '*' AS code, '013' AS departement, '2026-10' AS mois,
            101 AS total, 4.5 AS demandes_pour_une_attribution,
            4.4 AS demandes_pour_une_attribution_hors_mutation
    """)
    montrees = {
        "ATT-05": {"code": "*", "prioritaires": 24, "attributions": 101},
        "ATT-06": {"code": "*", "premier_quartile_ou_anru": 12, "attributions_hors_qpv": MASQUE},
        "ATT-01": {"code": "*", "total": 101, "demandes_pour_une_attribution": MASQUE},
    }
    partagees = {code: Partage([ligne], 0) for code, ligne in montrees.items()}
    monkeypatch.setattr(accueil, "partages", lambda *_: partagees)
    monkeypatch.setattr(accueil, "fiabilite", lambda *_: [])
    analyste = Lecture(v.ouverte, Perimetre(masque=True))
    assert {un.cle for un in objectifs(v, FILTRES)} == {"dalo", "premier_quartile"}
    assert {un.cle for un in objectifs(analyste, FILTRES)} == {"dalo"}
    assert chiffres(v, FILTRES)["demandes_par_attribution"] == {"2026-10": 4.5}
    lus = chiffres(analyste, FILTRES)
    assert lus["attributions"] == {"2026-10": 101}
    assert "demandes_par_attribution" not in lus


# --- La page --------------------------------------------------------------------------------------

Afficher = Callable[[str], Ecran]


@pytest.fixture
def v(app: dash.Dash) -> Lecture:
    return Lecture(app.server.config["LECTEUR"].ouvrir(), TOUT)


def test_tiles_equal_the_tables(afficher: Afficher, v: Lecture) -> None:
    (ligne,) = v.lignes(
        "SELECT total, hors_mutation FROM tab01_01 WHERE code = 'ACTIVES' AND mois = '2026-10'"
    )
    texte = afficher("/").texte.replace("\u202f", "")
    assert f"Demandes actives {ligne['total']} {ligne['hors_mutation']} hors mutation" in texte


def test_figures_are_over_twenty_four_months_at_most(v: Lecture) -> None:
    lus = chiffres(v, FILTRES)
    assert {len(serie) for serie in lus.values()} == {14}
    assert set(chiffres(v, Filtres("013", "2025-09"))["actives"]) == {"2025-09"}


def test_the_page_of_the_first_month_compares_nothing(afficher: Afficher) -> None:
    texte = afficher("/?mois=2025-09").texte
    assert "Septembre 2025" in texte
    assert "en un mois" not in texte
    assert "Premier mois contrôlé : rien à comparer." in texte


def test_the_page_says_the_last_delivery_and_its_solde(afficher: Afficher, v: Lecture) -> None:
    texte = afficher("/").texte
    vue = derniere_livraison(v, "013", dt.date(2026, 11, 25))
    assert vue
    solde: Any = vue.solde
    assert vue.jours == 25
    assert f"= {solde['apres']:,}".replace(",", "\u202f") in texte
    assert "31/10/2026" in texte


def test_the_page_says_how_to_set_an_objective(afficher: Afficher) -> None:
    assert "/reglages/objectifs" in {un.partition("?")[0] for un in afficher("/").liens}


def test_links_keep_the_filters(afficher: Afficher) -> None:
    tous = [un for un in afficher("/?mois=2026-05").liens if un.startswith("/")]
    internes = [un for un in tous if not un.startswith("/documents?")]  # each of its own month
    assert internes
    assert all("mois=2026-05" in un for un in internes)


def test_the_accueil_when_nothing_is_published(app_vide: dash.Dash) -> None:
    assert "Aucun mois n'est encore publié" in ouvrir(app_vide, "/").texte


@pytest.mark.parametrize(
    ("adresse", "phrase"),
    [
        ("/?mois=2020-01", "Aucune donnée contrôlée pour janvier 2020"),
        ("/suivi?mois=hier", "Aucune donnée contrôlée pour « hier »"),
        (
            "/tableaux/ATT-09?departement=099",
            "Le département 099 n'a aucun mois contrôlé, ou n'est pas ouvert à ce compte",
        ),
        ("/indicateurs?epci=1", "L'EPCI 1 n'est pas dans ce département"),
    ],
)
def test_what_is_asked_and_does_not_exist_is_said(
    afficher: Afficher, adresse: str, phrase: str
) -> None:
    assert phrase in afficher(adresse).texte
    assert "Aucune donnée contrôlée" not in afficher("/?mois=2026-10").texte


@pytest.mark.parametrize("adresse", ["/", "/documents", "/livraisons"])
def test_a_page_says_the_name_of_the_departement_not_its_code(
    afficher: Afficher, adresse: str
) -> None:
    texte = afficher(adresse).texte
    assert "Bouches-du-Rhône" in texte
    assert "Département 013" not in texte


@pytest.mark.parametrize(
    ("cle", "valeur", "avant", "dit"),
    [
        ("demandes_par_attribution", 8.4457, 7.3641, "+1,0 (+14,7 %)"),  # 8,4 less 7,4
        ("demandes_par_attribution", 8.44, 8.36, "stable"),  # 8,4 both times
        ("delai", 15.04, 16.06, "−1,1 mois (−6,4 %)"),  # 15,0 less 16,1
        ("actives", 1478, 1517, "−39 (−2,6 %)"),
        ("rouges", 2, 3, "−1"),  # « −33,3 % » of three guichets says more than they do
        ("depots", 16, 29, "−13"),
        ("depots", 27, 30, "−3 (−10,0 %)"),
    ],
)
def test_a_change_is_that_of_the_two_figures_as_they_are_written(
    cle: str, valeur: float, avant: float, dit: str
) -> None:
    """As documents say it: who subtracts what two months showed finds it."""
    une = next(une for une in TUILES if une.cle == cle)
    assert _evolution(une, valeur, avant).replace("\u202f", " ").replace("\xa0", " ") == dit
