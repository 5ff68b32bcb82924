"""Indicators: every code has its page, rules are said in words, pictures equal the table."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, cast
from urllib.parse import urlsplit

import dash
import pytest
from flask.testing import FlaskClient

from dashboards.composants.elements import taux
from dashboards.composants.indicateur import _bilan_des_revus, _sur, _versions, vue_mois_revus
from dashboards.composants.mots import en_mots
from infocentre.acces.modele import Role
from infocentre.acces.perimetre import TOUT
from infocentre.catalogue import lire_catalogue
from infocentre.entrepot import Dossier
from infocentre.lecture import publies, reperes_recus
from infocentre.lecture.filtres import Filtres, lire_filtres
from infocentre.lecture.indicateurs import (
    Mesure,
    MoisRevu,
    colonnes_lues,
    derniers_mois,
    mois_revus,
    seuls_de_leur_type,
    type_principal,
)
from infocentre.lecture.lecteur import Lecteur, Lecture
from infocentre.lecture.lignes import Valeur
from infocentre.lecture.reperes import Fichier, Repere
from infocentre.noyau.francais import accorder
from infocentre.noyau.temps import mois_avant
from tests.dashboards.comme import acces, comme
from tests.dashboards.listes import liens, table, tables
from tests.dashboards.vues import Ecran
from tests.donnees import fenetres
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


def test_the_list_shows_each_indicator_and_leads_to_it(afficher: Callable[[str], Ecran]) -> None:
    ecran = afficher("/indicateurs")
    assert sorted(une[-1] for une in _tous(ecran)) == sorted(CATALOGUE.indicateurs)
    chemins = {urlsplit(un).path for un in liens(ecran)}
    assert {f"/indicateurs/{code}" for code in CATALOGUE.indicateurs} <= chemins


def _tous(ecran: Ecran) -> list[list[str]]:
    """Return the rows of the list of indicators: those shown, then those that are folded."""
    return [une for lignes in tables(ecran).values() for une in lignes]


def test_the_worst_come_first_and_green_is_folded(
    afficher: Callable[[str], Ecran], v: Lecture, filtres: Filtres
) -> None:
    graves = dict(
        v.tuples(
            "SELECT code, count(*) FILTER (etat IN ('rouge', 'a_traiter')) FROM valeurs "
            "WHERE niveau = 'guichet' AND mois = $m GROUP BY code",
            {"m": filtres.mois},
        )
    )
    ecran = afficher("/indicateurs")
    montres, replies = table(ecran, "Indicateurs au-dessus"), table(ecran, "Autres indicateurs")
    etats = [une[2].split()[-1] for une in montres]
    assert etats == sorted(etats, key=["traiter", "rouge", "orange", "vert"].index)
    assert all(etat != "vert" or graves[une[-1]] for etat, une in zip(etats, montres, strict=True))
    assert not any(graves.get(une[-1]) or une[2].split()[-1] != "vert" for une in replies)
    assert [un.children for un in ecran.composants("Summary")] == [
        f"{len(replies)} autres indicateurs, en vert",
        f"{len(table(ecran, 'Indicateurs qui ne'))} indicateurs qui ne se jugent pas",
    ]


def test_the_evolution_over_a_year_leads_to_its_why(
    afficher: Callable[[str], Ecran], v: Lecture, filtres: Filtres
) -> None:
    ecran = afficher("/indicateurs")
    une = next(une for une in _tous(ecran) if une[-1] == "ENR_ATTESTATION")
    avant, ici = (
        n / d
        for n, d in v.tuples(
            "SELECT n_etat, d_etat FROM valeurs WHERE niveau = 'departement' "
            "AND code = 'ENR_ATTESTATION' AND mois IN ($a, $m) ORDER BY mois",
            {"a": mois_avant(filtres.mois, 12), "m": filtres.mois},
        )
    )
    attendue = f"{abs(ici - avant) * 100:.1f}".replace(".", ",")
    assert une[4].startswith(f"{'+' if ici > avant else '−'}{attendue}")
    assert any(un.startswith("/pourquoi/ENR_ATTESTATION") for un in liens(ecran))


def test_a_tiny_rate_is_not_zero() -> None:
    ecrits = [
        un.replace("\u00a0", " ").replace("\u202f", " ") for un in map(taux, (1 / 2893, 0, 0.0005))
    ]
    assert ecrits == ["< 0,1 %", "0,0 %", "0,1 %"]


def test_a_rank_is_said_only_if_it_can_be_read(afficher: Callable[[str], Ecran]) -> None:
    """Of the bailleurs whose rate is 0, none is first."""
    nuls = 0
    for une in table(afficher("/indicateurs/MSG_ANOMALIE?type=BAILLEUR"), "Messages en anomalie"):
        if une[1] == "0":
            nuls += 1
            assert une[7] == "–"
    assert nuls > 1


def test_other_organismes_are_counted_without_one_s_own(
    afficher: Callable[[str], Ecran], v: Lecture, filtres: Filtres
) -> None:
    ((n, d),) = v.tuples(
        "SELECT sum(n_etat), sum(d_etat) FROM valeurs WHERE niveau = 'guichet' AND mois = $m "
        "AND code = 'ATT_TARDIVE' AND type_guichet = 'BAILLEUR' AND guichet NOT IN (SELECT guichet "
        "FROM registre WHERE mois = $m AND organisme = (SELECT organisme FROM registre WHERE "
        "mois = $m AND guichet = 'G1302'))",
        {"m": filtres.mois},
    )
    for epci in ("", "&epci=200035087"):
        lignes = table(
            afficher(f"/indicateurs/ATT_TARDIVE?type=BAILLEUR{epci}"), "Attributions enr"
        )
        une = next(une for une in lignes if "agence du Phare" in une[0])
        assert une[6] == taux(n / d), "the same, whatever EPCI is shown"


def test_the_rule_says_whether_it_is_the_same_in_all_months() -> None:
    un = CATALOGUE.indicateurs["ATT_TARDIVE"]
    assert _versions(un, {"2026-09": 1, "2026-10": 1}) == (
        "Version 1, en vigueur, appliquée à tous les mois montrés"
    )
    deux = un.model_copy(update={"version": 2})
    assert _versions(deux, {"2026-08": 1, "2026-09": 2, "2026-10": 2}) == (
        "Version 2 depuis septembre 2026 ; les mois d'avant sont comptés par la version 1 et ne se "
        "comparent pas"
    )


def test_revised_months_say_their_result_without_unfolding() -> None:
    revus = [
        MoisRevu("2026-10", (1, 300), (1, 300), None, tardif=False),
        MoisRevu("2026-09", (2, 600), (3, 800), None, tardif=False),
        MoisRevu("2026-08", (2, 600), (2, 650), None, tardif=False),
        MoisRevu("2026-07", None, (2, 650), None, tardif=False),
    ]
    dit = _bilan_des_revus(revus, "2026-10").replace("\u202f", " ")
    assert dit == (
        "Vu en octobre 2026, pour 2 mois déjà publiés, l'effectif passe de 1 200 à 1 450, dont 200 "
        "pour septembre 2026, et leur taux de 0,3 % (4 / 1 200) à 0,3 % (5 / 1 450)."
    )
    pareil = [MoisRevu("2026-09", (2, 600), (2, 600), None, tardif=False)]
    assert _bilan_des_revus(pareil, "2026-10") == (
        "Rien n'a changé, vu en octobre 2026, pour 1 mois déjà publié."
    )
    assert "encore été revu" in _bilan_des_revus(revus[:1], "2026-10")


def test_the_list_says_the_counts_of_the_departement(
    afficher: Callable[[str], Ecran], v: Lecture, filtres: Filtres
) -> None:
    publies = {
        une["code"]: une
        for une in v.lignes(
            "SELECT * FROM valeurs WHERE niveau = 'departement' AND mois = $m", {"m": filtres.mois}
        )
    }
    for une in _tous(afficher("/indicateurs")):
        publie, suffixe = publies[une[-1]], fenetres.suffixe(une[-1])
        n, d = publie[f"numerateur{suffixe}"], publie[f"denominateur{suffixe}"]
        assert (f"({n} / {d})" if d else "–") in une[1].replace("\u202f", "")


@pytest.mark.parametrize("code", CATALOGUE.indicateurs)
def test_each_code_has_its_page(afficher: Callable[[str], Ecran], code: str) -> None:
    un = CATALOGUE.indicateurs[code]
    ecran = afficher(f"/indicateurs/{code}")
    texte = ecran.texte.replace("\u202f", " ").replace("\u00a0", " ")
    assert [titre.children for titre in ecran.composants("H1")] == [un.libelle]
    assert " ".join(un.pourquoi.split()) in texte
    assert " ".join(un.correction.split()) in texte
    assert (un.reference or "") in texte
    assert ecran.composants("Graph")


def test_the_funnel_shows_each_guichet_of_the_type_that_has_an_effectif(
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


def test_the_place_among_other_departements_is_told_when_some_are_kept(
    afficher: Callable[[str], Ecran], filtres: Filtres, monkeypatch: pytest.MonkeyPatch
) -> None:
    adresse = "/indicateurs/CPL_CONTACT?type=BAILLEUR"
    assert "Ailleurs :" not in afficher(adresse).texte
    version = CATALOGUE.indicateurs["CPL_CONTACT"].version
    # All of them lower than 2 %: the type is above.
    bas = tuple(rang / 500 for rang in range(1, 10))
    donnes = [
        Fichier(departement, filtres.mois, 11, (Repere("CPL_CONTACT", regle, "BAILLEUR", 30, bas),))
        for departement, regle in (("083", version), ("084", version), ("02A", version + 1))
    ]
    monkeypatch.setattr(reperes_recus, "lus", lambda *_: donnes)
    assert (
        f"Ailleurs : 10e décile des bailleurs de 2 départements, règle {version} (1 autre applique "
        "une autre version de la règle)."
    ) in afficher(adresse).texte.replace("\u00a0", " ")
    monkeypatch.setattr(reperes_recus, "lus", lambda *_: donnes[2:])
    assert "rien n'est comparé" in afficher(adresse).texte


def test_by_organisme_the_points_lead_to_organismes(afficher: Callable[[str], Ecran]) -> None:
    points = liens_des_points(afficher("/indicateurs/ATT_BAIL_NR?par=organisme"), "entonnoir")
    assert points
    assert all(un.startswith("/organisme/") for un in points)


def test_who_may_not_read_the_rate_of_a_type_has_no_funnel_around_zero(
    app: dash.Dash, afficher: Callable[[str], Ecran]
) -> None:
    """One of the three guichets of the State: two others make no « type » that is told."""
    with comme(app, acces(Role.GUICHET, "013", guichets={"G1392"})):
        ecran = afficher("/indicateurs/ENR_DELAI?type=ETAT")
    assert "Le taux d'ensemble de ce type est masqué" in ecran.texte
    assert "Au taux d'ensemble," not in ecran.texte
    assert len(table(ecran, "Demandes saisies plus d'un mois")) == 1
    assert "Aucun mois d'avant n'a encore été revu" not in ecran.texte


def test_a_rate_whose_counts_are_masked_is_told_about_of_what_the_reader_sees(
    app: dash.Dash, afficher: Callable[[str], Ecran], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of 800 demandes no masked rate is of enough of them: each is said to be about 5 % here."""
    monkeypatch.setattr(
        publies, "arrondir", lambda niveau, *_: {"organisme": None}.get(niveau, 0.05)
    )
    lus = {}
    for guichet, type_ in (("G1302", "BAILLEUR"), ("G1392", "ETAT")):
        with comme(app, acces(Role.GUICHET, "013", guichets={guichet})):
            ecran = afficher(f"/indicateurs/ENR_DELAI?type={type_}&mois=2026-03")
        lus[type_] = ecran.texte.replace("\u00a0", " ").replace("\u202f", " ")
    assert "Taux d'ensemble de ce type : ≈ 5 %, ses nombres étant masqués." in lus["BAILLEUR"]
    assert "Le taux d'ensemble de ce type est masqué" in lus["ETAT"], "two others make it"
    assert "≈ 5 % du département" in lus["ETAT"]
    assert "taux à un point près au plus, dont les nombres sont masqués" in lus["ETAT"]
    with comme(app, acces(Role.GUICHET, "013", guichets={"G1302"})):
        fiche = afficher("/guichet/G1302?mois=2026-03").texte
    assert "Ensemble de son type" in fiche
    assert "≈ 5 %" in fiche.replace("\u00a0", " ").replace("\u202f", " ")
    assert "Les autres organismes" not in fiche


def test_who_is_alone_of_its_type_is_compared_with_nobody(
    afficher: Callable[[str], Ecran], v: Lecture
) -> None:
    """The Département has one guichet: the rate of its type would be its own."""
    ((seul,),) = v.tuples(
        "SELECT DISTINCT guichet FROM registre WHERE type_guichet = 'DEPARTEMENT'"
    )
    assert ("CPL_RESSOURCES", seul) in seuls_de_leur_type(v, "013", "2026-10", "guichet")
    ecran = afficher("/indicateurs/CPL_RESSOURCES?type=DEPARTEMENT")
    assert "Seul de ce type, rien à quoi le comparer." in ecran.texte
    assert "Les autres organismes" not in ecran.texte
    assert "Au taux d'ensemble," not in ecran.texte
    assert "Ensemble de son type" not in afficher(f"/guichet/{seul}").texte
    assert "Seul de ce type" not in afficher("/indicateurs/CPL_RESSOURCES?type=EPCI").texte


def test_an_unknown_code(afficher: Callable[[str], Ecran]) -> None:
    ecran = afficher("/indicateurs/RIEN_DU_TOUT")
    assert "n'existe pas" in ecran.texte
    assert any(un.startswith("/indicateurs") for un in ecran.liens)


def test_a_type_without_a_guichet(afficher: Callable[[str], Ecran]) -> None:
    texte = afficher("/indicateurs/ATT_BAIL_NR?type=EPCI").texte
    assert "Aucun guichet de ce type" in texte


def test_the_export_follows_the_filter(client: FlaskClient) -> None:
    reponse = client.get("/export/indicateur.csv?code=ENR_DELAI&type=COMMUNE")
    entete, *lignes = reponse.get_data(as_text=True).splitlines()
    rang = entete.split(";").index("type_guichet")
    assert lignes
    assert {une.split(";")[rang] for une in lignes} == {"COMMUNE"}
    assert client.get("/export/indicateur.csv?code=RIEN").status_code == 404


@pytest.mark.parametrize("code", codes_de_reference())
def test_a_rule_in_words_has_no_sql_left(code: str) -> None:
    un = CATALOGUE.indicateurs[code]
    for expression in filter(None, (un.applicable, un.anomalie)):
        mots = en_mots(CATALOGUE, un, expression)
        dehors = re.sub("«[^»]*»", "", mots)
        assert not re.search(
            r"\b(is|null|not|and|or|distinct|from|interval|month|coalesce)\b", mots
        )
        assert "_" not in dehors
        assert mots.count("«") == mots.count("»")


def test_a_rule_in_words() -> None:
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


def test_the_columns_of_a_rule_have_their_label() -> None:
    un = CATALOGUE.indicateurs["ATT_TARDIVE"]
    assert {une.nom for une in colonnes_lues(CATALOGUE, un)} == {
        "DATE_RADIATION",
        "DATE_SIGNATURE_BAIL",
    }


def test_a_revised_month_says_what_was_entered_afterwards(v: Lecture, filtres: Filtres) -> None:
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


def test_an_estimate_that_is_withheld_says_why() -> None:
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


def test_the_type_shown_first_is_that_of_the_worst_guichet() -> None:
    def ligne(type_guichet: str | None, etat: str, n: int = 0) -> dict[str, Any]:
        faits = {"guichet": f"G{n}", "n_etat": n, "d_etat": 50, "fenetre": "12m"}
        return {"type_guichet": type_guichet, "etat": etat, **faits}

    lignes = [
        *[ligne("COMMUNE", "effectif_insuffisant")] * 2,
        ligne("BAILLEUR", "vert"),
        ligne("PORTAIL", "contexte"),
        ligne(None, "rouge", 90),
    ]
    assert type_principal(cast("list[Valeur]", lignes)) == "BAILLEUR", "most that are judged"
    lignes += [ligne("COMMUNE", "a_traiter", 4), ligne("EPCI", "rouge", 3)]
    assert type_principal(cast("list[Valeur]", lignes)) == "COMMUNE"
    assert not type_principal([])


def test_the_funnel_opens_on_the_type_at_fault(afficher: Callable[[str], Ecran]) -> None:
    ecran = afficher("/indicateurs/RAD_IRR_HORS_BAILLEUR")
    assert "Communes" in [un.children for un in ecran.composants("H2")]
    assert "Seul de ce type, rien à quoi le comparer." in ecran.texte.replace("\u00a0", " ")
    titres = [un.children for un in afficher("/indicateurs/MSG_ANOMALIE").composants("H2")]
    assert "Entonnoir : bailleurs" in titres


def test_the_months_shown_do_not_come_before_the_first() -> None:
    filtres = Filtres("013", "2026-03")
    assert derniers_mois(filtres, ["2025-12", "2026-03"]) == [
        "2025-12",
        "2026-01",
        "2026-02",
        "2026-03",
    ]
    assert len(derniers_mois(filtres, ["2020-01"])) == 24


def test_counting_agrees() -> None:
    assert accorder(0, "demande") == "0 demande"
    assert accorder(1, "message") == "1 message"
    assert accorder(1234, "accès") == "1\u202f234 accès"


def test_a_rate_of_no_unit_has_no_margin() -> None:
    sans = cast("Valeur", {"borne_basse": None, "borne_haute": None})
    assert _sur(sans, Mesure(0, 0, sur_12_mois=False)) == "aucune unité concernée"
    lue = cast("Valeur", {"borne_basse": 0.02, "borne_haute": 0.08})
    dit = _sur(lue, Mesure(7, 175, sur_12_mois=True)).replace("\u202f", " ").replace("\xa0", " ")
    assert dit == "7 sur 175, marge de 2,0 % à 8,0 %"
