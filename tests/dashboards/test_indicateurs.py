"""Indicators: every code has its page, rules are said in words, pictures equal the table."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, cast
from urllib.parse import urlsplit

import pytest
from flask.testing import FlaskClient

from dashboards.composants.indicateur import vue_mois_revus
from dashboards.composants.mots import en_mots
from infocentre.catalogue import lire_catalogue
from infocentre.entrepot import Dossier
from infocentre.lecture.filtres import Filtres, lire_filtres
from infocentre.lecture.indicateurs import (
    MoisRevu,
    colonnes_lues,
    derniers_mois,
    mois_revus,
    type_principal,
)
from infocentre.lecture.lecteur import Lecteur, Lecture
from infocentre.lecture.lignes import Valeur
from infocentre.lecture.perimetre import TOUT
from infocentre.noyau.francais import accorder
from tests.dashboards.listes import liens, table
from tests.dashboards.vues import Ecran
from tests.donnees.fenetres import SUFFIXES
from tests.donnees.retors import codes_de_reference

CATALOGUE = lire_catalogue()


@pytest.fixture(scope="module")
def v(entrepot_demo: Dossier) -> Lecture:
    ouverte = Lecteur(entrepot_demo).ouvrir()
    assert ouverte is not None
    return Lecture(ouverte, TOUT)


@pytest.fixture(scope="module")
def filtres(v: Lecture) -> Filtres:
    lus = lire_filtres(v, {})
    assert lus is not None
    return lus


def liens_des_points(ecran: Ecran, nom: str) -> set[str]:
    figure = ecran.trouver({"type": "graphique", "nom": nom}).figure
    return {lien for un in figure["data"] for lien in un.get("customdata", []) if lien}


def test_la_liste_montre_chaque_indicateur_et_y_mene(afficher: Callable[[str], Ecran]) -> None:
    ecran = afficher("/indicateurs")
    assert len(table(ecran, "Indicateurs")) == len(CATALOGUE.indicateurs)
    chemins = {urlsplit(un).path for un in liens(ecran)}
    assert {f"/indicateurs/{code}" for code in CATALOGUE.indicateurs} <= chemins


def test_la_liste_dit_les_comptes_du_departement(
    afficher: Callable[[str], Ecran], v: Lecture, filtres: Filtres
) -> None:
    publies = {
        une["code"]: une
        for une in v.lignes(
            "SELECT * FROM valeurs WHERE niveau = 'departement' AND mois = $m", {"m": filtres.mois}
        )
    }
    for une in table(afficher("/indicateurs"), "Indicateurs"):
        publie, suffixe = publies[une[-1]], SUFFIXES[une[-1]]
        n, d = publie[f"numerateur{suffixe}"], publie[f"denominateur{suffixe}"]
        assert (f"({n} / {d})" if d else "–") in une[1].replace("\u202f", "")


@pytest.mark.parametrize("code", CATALOGUE.indicateurs)
def test_chaque_code_a_sa_page(afficher: Callable[[str], Ecran], code: str) -> None:
    un = CATALOGUE.indicateurs[code]
    ecran = afficher(f"/indicateurs/{code}")
    texte = ecran.texte.replace("\u202f", " ").replace("\u00a0", " ")
    assert [titre.children for titre in ecran.composants("H1")] == [un.libelle]
    assert " ".join(un.pourquoi.split()) in texte
    assert " ".join(un.correction.split()) in texte
    assert (un.reference or "") in texte
    assert ecran.composants("Graph")


def test_l_entonnoir_montre_chaque_guichet_du_type_qui_a_un_effectif(
    afficher: Callable[[str], Ecran], v: Lecture, filtres: Filtres
) -> None:
    ecran = afficher("/indicateurs/ATT_BAIL_NR?type=BAILLEUR")
    attendus = {
        une["guichet"]
        for une in v.lignes(
            "SELECT guichet FROM valeurs WHERE niveau = 'guichet' AND code = 'ATT_BAIL_NR' "
            "AND mois = $m AND type_guichet = 'BAILLEUR' AND denominateur_12m > 0",
            {"m": filtres.mois},
        )
    }
    points = liens_des_points(ecran, "entonnoir")
    assert {urlsplit(un).path for un in points} == {f"/guichet/{un}" for un in attendus}
    assert len(table(ecran, "Attributions sans date")) == len(attendus)


def test_par_organisme_les_points_menent_aux_organismes(afficher: Callable[[str], Ecran]) -> None:
    points = liens_des_points(afficher("/indicateurs/ATT_BAIL_NR?par=organisme"), "entonnoir")
    assert points
    assert all(un.startswith("/organisme/") for un in points)


def test_code_inconnu(afficher: Callable[[str], Ecran]) -> None:
    ecran = afficher("/indicateurs/RIEN_DU_TOUT")
    assert "n'existe pas" in ecran.texte
    assert any(un.startswith("/indicateurs") for un in ecran.liens)


def test_type_sans_guichet(afficher: Callable[[str], Ecran]) -> None:
    texte = afficher("/indicateurs/ATT_BAIL_NR?type=EPCI").texte
    assert "Aucun guichet de ce type" in texte


def test_l_export_suit_le_filtre(client: FlaskClient) -> None:
    reponse = client.get("/export/indicateur.csv?code=ENR_DELAI&type=COMMUNE")
    entete, *lignes = reponse.get_data(as_text=True).splitlines()
    rang = entete.split(";").index("type_guichet")
    assert lignes
    assert {une.split(";")[rang] for une in lignes} == {"COMMUNE"}
    assert client.get("/export/indicateur.csv?code=RIEN").status_code == 404


@pytest.mark.parametrize("code", codes_de_reference())
def test_une_regle_en_mots_n_a_plus_de_sql(code: str) -> None:
    un = CATALOGUE.indicateurs[code]
    for expression in filter(None, (un.applicable, un.anomalie)):
        mots = en_mots(CATALOGUE, un, expression)
        dehors = re.sub("«[^»]*»", "", mots)
        assert not re.search(
            r"\b(is|null|not|and|or|distinct|from|interval|month|coalesce)\b", mots
        )
        assert "_" not in dehors
        assert mots.count("«") == mots.count("»")


def test_une_regle_en_mots() -> None:
    un = CATALOGUE.indicateurs["ATT_TARDIVE"]
    assert en_mots(CATALOGUE, un, un.anomalie) == (
        "« Date de radiation » > « Date de signature du bail » + 15 jours"
    )
    for duree, mots in (
        ("1 year", "1 an"),
        ("2 year", "2 ans"),
        ("3 month", "3 mois"),
        ("2 week", "2 sem."),
        ("15 day", "15 jours"),
    ):
        dits = en_mots(CATALOGUE, un, f"date_radiation > date_creation + interval {duree}")
        assert dits.endswith(f"+ {mots}")
    autre = CATALOGUE.indicateurs["RAD_IRR_HORS_BAILLEUR"]
    assert en_mots(CATALOGUE, autre, autre.anomalie) == "« Type de guichet » n'est pas « Bailleur »"


def test_les_colonnes_d_une_regle_ont_leur_libelle() -> None:
    un = CATALOGUE.indicateurs["ATT_TARDIVE"]
    assert {une.nom for une in colonnes_lues(CATALOGUE, un)} == {
        "DATE_RADIATION",
        "DATE_SIGNATURE_BAIL",
    }


def test_le_mois_revu_dit_ce_qui_est_entre_apres_coup(v: Lecture, filtres: Filtres) -> None:
    revus = mois_revus(v, filtres, "CPL_CHAMPS")
    assert revus[0].mois == filtres.mois
    assert revus[0].publie == revus[0].vu
    assert len(revus) == 12
    for un in revus:
        publie = v.lignes(
            "SELECT numerateur, denominateur FROM valeurs WHERE niveau = 'departement' "
            "AND code = 'CPL_CHAMPS' AND mois = $m",
            {"m": un.mois},
        )[0]
        assert un.publie == (publie["numerateur"], publie["denominateur"])


def test_une_estimation_retenue_dit_pourquoi() -> None:
    revus = [
        MoisRevu("2026-10", (1, 300), (1, 300), None, tardif=True, rupture=True),
        MoisRevu("2026-09", (2, 600), (3, 800), (1000.0, 950.0, 1052.0), tardif=True),
        MoisRevu("2026-08", (2, 600), (3, 900), None, tardif=False),
    ]
    vue = str(vue_mois_revus(revus, "2026-10")).replace("\u202f", "").replace("\xa0", " ")
    assert "Les habitudes de saisie, ou l'activité, ont changé" in vue
    assert "⚠ saisie tardive probable, habitudes de saisie changées" in vue
    assert vue.count("retenue") == 2, "in the table and in the sentence"
    assert "(950 – " in vue
    sans = str(vue_mois_revus(revus[1:], "2026-10"))
    assert "habitudes" not in sans


def test_le_type_montre_d_abord_est_celui_qui_se_juge() -> None:
    lignes: list[dict[str, Any]] = [
        {"type_guichet": "COMMUNE", "etat": "effectif_insuffisant"}
    ] * 2 + [
        {"type_guichet": "BAILLEUR", "etat": "vert"},
        {"type_guichet": "PORTAIL", "etat": "contexte"},
        {"type_guichet": None, "etat": "vert"},
    ]
    assert type_principal(cast("list[Valeur]", lignes)) == "BAILLEUR"
    assert not type_principal([])


def test_les_mois_montres_ne_precedent_pas_le_premier() -> None:
    filtres = Filtres("013", "2026-03")
    assert derniers_mois(filtres, ["2025-12", "2026-03"]) == [
        "2025-12",
        "2026-01",
        "2026-02",
        "2026-03",
    ]
    assert len(derniers_mois(filtres, ["2020-01"])) == 24


def test_compter_accorde() -> None:
    assert accorder(0, "demande") == "0 demande"
    assert accorder(1, "message") == "1 message"
    assert accorder(1234, "accès") == "1\u202f234 accès"
