"""The grid: its numbers are the published ones, whatever the grouping, the window, the search."""

from __future__ import annotations

import csv
import io
import random
import re
from collections.abc import Callable

import dash
import duckdb
import pytest
from flask.testing import FlaskClient
from markupsafe import escape

from dashboards.composants.tableau_suivi import ecrire_case
from infocentre.acces.perimetre import TOUT, Perimetre
from infocentre.catalogue import lire_catalogue
from infocentre.entrepot import Dossier
from infocentre.lecture.filtres import Filtres
from infocentre.lecture.lecteur import Lecture
from infocentre.lecture.suivi import (
    Case,
    Rangee,
    cases_absentes,
    grille,
    lire_cases,
)
from infocentre.noyau.etats import AVEC_SIGNE
from infocentre.noyau.francais import simplifier
from infocentre.noyau.organismes import Inscrit, noms_organismes
from tests.dashboards.vues import Ecran, ecrit, ouvrir
from tests.donnees import fenetres

DERNIER = "2026-10"
CODES = tuple(lire_catalogue().indicateurs)
FILTRES = Filtres("013", DERNIER)
Afficher = Callable[[str], Ecran]


@pytest.fixture
def v(app: dash.Dash) -> Lecture:
    return Lecture(app.server.config["LECTEUR"].ouvrir(), TOUT)


@pytest.fixture
def rangees(v: Lecture) -> list[Rangee]:
    return grille(v, FILTRES, CODES)


def test_the_title_says_of_where_it_is(afficher: Afficher) -> None:
    assert "Suivi des guichets Bouches-du-Rhône : " in afficher("/suivi").texte
    metropole = "Métropole d'Aix-Marseille-Provence (Bouches-du-Rhône) : "
    assert metropole in afficher("/suivi?epci=200054807").texte


def test_a_cell_travels_as_text() -> None:
    lues = lire_cases("0,2,15,423,1,35,4,1,;7,6,,,,,,,1")
    assert lues == {
        0: Case("rouge", 15, 423, 1, 35, 4, "orange", revisee=False),
        7: Case("non_calculable", None, None, None, None, None, None, revisee=True),
    }


def test_twenty_cells_at_random_equal_the_values(v: Lecture, rangees: list[Rangee]) -> None:
    tirage = random.Random(13)  # noqa: S311 - a sample of cells
    guichets = [une for une in rangees if une.nature == "guichet"]
    for _ in range(20):
        une = tirage.choice(guichets)
        position, case = tirage.choice(list(lire_cases(une.cases).items()))
        code = CODES[position]
        (valeur,) = v.lignes(
            "SELECT * FROM valeurs WHERE niveau = 'guichet' AND guichet = $guichet "
            "AND code = $code AND mois = $mois",
            {"guichet": une.cle, "code": code, "mois": DERNIER},
        )
        suffixe = fenetres.suffixe(code)
        assert case.etat == valeur["etat"]
        assert case.numerateur == valeur[f"numerateur{suffixe}"]
        assert case.denominateur == valeur[f"denominateur{suffixe}"]
        assert case.rang == valeur["rang"]


def test_the_window_of_the_month(v: Lecture) -> None:
    code = "ATT_TARDIVE"
    filtres = Filtres("013", DERNIER, fenetre="mois")
    for une in grille(v, filtres, (code,), "liste"):
        (valeur,) = v.lignes(
            "SELECT * FROM valeurs WHERE guichet = $guichet AND code = $code AND mois = $mois "
            "AND niveau IN ('guichet', 'departement')",
            {"guichet": une.cle, "code": code, "mois": DERNIER},
        )
        case = lire_cases(une.cases)[0]
        attendu = valeur["etat_mois"], valeur["numerateur"], valeur["denominateur"]
        assert (case.etat, case.numerateur, case.denominateur) == attendu
        assert case.denominateur_a_cote is None


def test_the_whole_of_a_type_adds_up_its_guichets(rangees: list[Rangee]) -> None:
    for tete in (une for une in rangees if une.nature == "type"):
        siens = [
            lire_cases(une.cases)
            for une in rangees
            if une.nature == "guichet" and une.type == tete.cle
        ]
        for position, case in lire_cases(tete.cases).items():
            sommes = [un[position] for un in siens if position in un]
            assert case.numerateur == sum(un.numerateur or 0 for un in sommes)
            assert case.denominateur == sum(un.denominateur or 0 for un in sommes)


@pytest.mark.parametrize("par", ["type", "organisme", "organismes"])
def test_each_group_follows_its_head(v: Lecture, par: str) -> None:
    rangees = grille(v, FILTRES, ("ENR_DELAI",), par)  # type: ignore[arg-type]
    assert rangees[0].nature == "departement"
    assert [une.groupe for une in rangees] == sorted(une.groupe for une in rangees)
    vus: set[int] = set()
    for une in rangees[1:]:
        if une.type:
            assert une.tete or une.groupe in vus
        vus.add(une.groupe)


def test_a_perimetre_hides_the_other_guichets(v: Lecture) -> None:
    p = Perimetre(guichets=frozenset({"G1302"}))
    rangees = grille(Lecture(v.ouverte, p), FILTRES, ("ENR_DELAI",))
    assert [une.cle for une in rangees if une.nature == "guichet"] == ["G1302"]


def test_non_calculable_is_not_without_object() -> None:
    ensemble = Rangee("departement", "*", "", "", "0,6,,,,,,,;1,0,1,20,,,,,", "")
    absentes = cases_absentes([ensemble], 2)
    assert [absentes[rang].etat for rang in (0, 1)] == ["non_calculable", "sans_objet"]


def test_an_organisme_is_named_by_what_its_names_begin_with() -> None:
    guichets: list[Inscrit] = [
        {"organisme": "A", "guichet": "1", "nom": "Étoile Habitat – siège"},
        {"organisme": "A", "guichet": "2", "nom": "Étoile Habitat – agence Nord"},
        {"organisme": "B", "guichet": "3", "nom": "Mairie de Roque – service du logement"},
        {"organisme": "C", "guichet": "4", "nom": "Bureau Sud"},
        {"organisme": "C", "guichet": "5", "nom": "Agence Nord – Arles"},
    ]
    assert noms_organismes(guichets) == {
        "A": "Étoile Habitat",
        "B": "Mairie de Roque",
        "C": "Agence Nord – Arles",
    }


def test_a_search_without_accents() -> None:
    assert simplifier("Étang Bleu – Cœur") == "etang bleu – cœur"


def test_the_page_shows_those_followed_and_the_red_ones_then_all(
    afficher: Afficher, v: Lecture
) -> None:
    rouges = {
        code
        for (code,) in v.tuples(
            "SELECT DISTINCT code FROM valeurs WHERE departement = '013' AND mois = $mois "
            "AND niveau = 'guichet' AND etat IN ('rouge', 'a_traiter')",
            {"mois": DERNIER},
        )
    }
    suivis = {un.code for un in lire_catalogue().indicateurs.values() if un.suivi}
    assert rouges - suivis
    montrees, tous = (colonnes(afficher(f"/suivi?colonnes={un}")) for un in ("", "tous"))
    assert set(montrees) == suivis | rouges
    assert set(montrees[: len(rouges)]) == set(tous[: len(rouges)]) == rouges
    assert sorted(tous) == sorted(CODES)


def test_the_legend_is_folded_beneath_the_filters(afficher: Afficher) -> None:
    ecran = afficher("/suivi")
    plis = [Ecran(un) for un in ecran.composants("Details")]
    (plie,) = (un for un in plis if "Lire ce tableau" in un.texte)
    signes = [f"{un.signe} {un.mot}" for un in AVEC_SIGNE]
    assert [un.children for un in plie.composants("Span") if un.children in signes] == signes
    assert len([un for un in ecran.composants("Span") if un.children in signes]) == len(signes)
    assert not plie.racine.open


def colonnes(ecran: Ecran) -> list[str]:
    """Return the codes of the columns of the grid, in its order."""
    (grille,) = ecran.composants("AgGrid")
    return [un["colId"] for groupe in grille.columnDefs[1:] for un in groupe["children"]]


def lignes(ecran: Ecran) -> list[dict[str, object]]:
    """Return the rows of the grid."""
    (grille,) = ecran.composants("AgGrid")
    return [*grille.rowData]


def test_the_worst_first_and_the_filter_of_state(afficher: Afficher, v: Lecture) -> None:
    toutes = lignes(afficher("/suivi"))
    comptes = [(une["p"][0] + une["p"][1], une["p"][2]) for une in toutes]  # type: ignore[index]
    assert comptes == sorted(comptes, reverse=True)
    rouges = lignes(afficher("/suivi?etat=rouge"))
    assert [une["id"] for une in rouges] == [
        une["id"] for une, (pires, _) in zip(toutes, comptes, strict=True) if pires
    ]
    attendus = v.tuples(
        "SELECT count(DISTINCT guichet) FROM valeurs WHERE departement = '013' AND mois = $mois "
        "AND niveau = 'guichet' AND etat IN ('rouge', 'a_traiter')",
        {"mois": DERNIER},
    )
    assert len(rouges) == attendus[0][0]
    assert f"{len(rouges)} sur " in afficher("/suivi?etat=rouge").texte


def test_what_has_changed_since_the_month_before(afficher: Afficher, v: Lecture) -> None:
    changes = {
        cle
        for (cle,) in v.tuples(
            "SELECT DISTINCT v.guichet FROM valeurs AS v LEFT JOIN valeurs AS a "
            "ON a.guichet = v.guichet AND a.code = v.code AND a.niveau = v.niveau "
            "AND a.mois = '2026-09' WHERE v.mois = $mois AND v.niveau = 'guichet' "
            "AND v.etat IS DISTINCT FROM a.etat "
            "AND (v.etat IN ('rouge', 'a_traiter', 'orange') OR a.etat IN ('rouge', 'a_traiter') "
            "OR a.etat = 'orange' AND v.etat = 'vert')",
            {"mois": DERNIER},
        )
    }
    montres = lignes(afficher("/suivi?etat=change&colonnes=tous"))
    assert {une["id"] for une in montres} == changes
    assert changes


def test_the_order_of_the_address_is_that_of_the_export(
    client: FlaskClient, afficher: Afficher
) -> None:
    for tri, sens in (("CPL_CHAMPS", "desc"), ("-CPL_CHAMPS", "asc")):
        contenu = client.get(f"/export/suivi.csv?tri={tri}").get_data(as_text=True)
        exportes = list(csv.DictReader(io.StringIO(contenu), delimiter=";"))[1:]
        taux = [float(ligne["CPL_CHAMPS"]) for ligne in exportes if ligne["CPL_CHAMPS"]]
        assert len(set(taux)) > 2
        assert taux == sorted(taux, reverse=sens == "desc")
        assert not any(ligne["CPL_CHAMPS"] for ligne in exportes[len(taux) :])
        (grille,) = afficher(f"/suivi?tri={tri}").composants("AgGrid")
        assert [une["id"] for une in grille.rowData] == [ligne["guichet"] for ligne in exportes]
        colonnes = [un for groupe in grille.columnDefs for un in groupe["children"]]
        tries = {un["colId"]: un["sort"] for un in colonnes if "sort" in un}
        assert tries == {"CPL_CHAMPS": sens}
    assert not afficher("/suivi?etat=rouge&recherche=zzz").composants("AgGrid")


def test_the_page_has_the_chosen_columns_and_an_unknown_address(afficher: Afficher) -> None:
    (choisies,) = afficher("/suivi?colonnes=ATT_TARDIVE.REN_TARDIF").composants("AgGrid")
    assert [groupe["children"][0]["colId"] for groupe in choisies.columnDefs[1:]] == [
        "REN_TARDIF",
        "ATT_TARDIVE",
    ]
    inconnue = afficher("/suivi?colonnes=RIEN&par=lune&contenu=x&type=NULLE-PART&mois=1900-01")
    assert "Aucun guichet de ce type" in inconnue.texte
    assert not inconnue.composants("AgGrid")


def test_the_version_to_print_has_the_same_figures(
    afficher: Afficher, rangees: list[Rangee]
) -> None:
    ecran = afficher(f"/suivi?affichage=tableau&par=type&colonnes={'.'.join(CODES)}")
    (table,) = (un for un in ecran.composants("Bloc") if "suivi-imprime" in ecrit(un))
    lignes = re.findall(r"<tr.*?</tr>", ecrit(table), re.DOTALL)[2:]
    assert len(lignes) == len(rangees)
    for ligne, une in zip(lignes, rangees, strict=True):
        assert escape(une.nom) in ligne
        assert len(re.findall(r"<td", ligne)) == len(CODES)
    departement = lire_cases(rangees[0].cases)[0]
    juste, _ = ecrire_case(departement, "taux")
    assert f"{juste}</b>" in re.findall(r"<td.*?</td>", lignes[0])[0]
    assert not ecran.composants("AgGrid")


@pytest.mark.parametrize(
    ("case", "contenu", "ecrit"),
    [
        (Case("vert", 3, 60, 1, 4, 1, None, revisee=False), "taux", ("5,0\u202f%", "25,0\u202f%")),
        (Case("vert", 3, 60, 0, 0, 1, None, revisee=False), "taux", ("5,0\u202f%", "s.o.")),
        (Case("vert", 3, 60, None, None, 1, None, revisee=False), "taux", ("5,0\u202f%", "")),
        (Case("vert", 3, 60, 1, 4, 1, None, revisee=False), "numerateur", ("3", "sur 60")),
        (Case("vert", 3, 60, 1, 4, 1, None, revisee=False), "rang", ("1er", "5,0\u202f%")),
        (Case("vert", 3, 60, 1, 4, 12, None, revisee=False), "rang", ("12e", "5,0\u202f%")),
        (Case("vert", 3, 60, 1, 4, None, None, revisee=False), "rang", ("–", "5,0\u202f%")),
    ],
)
def test_a_cell_as_it_is_written(case: Case, contenu: str, ecrit: tuple[str, str]) -> None:
    assert ecrire_case(case, contenu) == ecrit


def test_the_page_when_nothing_is_published(app_vide: dash.Dash) -> None:
    assert "Aucun mois n'est encore publié" in ouvrir(app_vide, "/suivi").texte


def test_the_export_is_what_the_grid_shows(client: FlaskClient, rangees: list[Rangee]) -> None:
    contenu = client.get(f"/export/suivi.csv?par=type&colonnes={'.'.join(CODES)}").get_data(
        as_text=True
    )
    lignes = list(csv.DictReader(io.StringIO(contenu), delimiter=";"))
    assert [ligne["guichet"] for ligne in lignes] == [une.cle for une in rangees]
    for ligne, une in zip(lignes, rangees, strict=True):
        for position, case in lire_cases(une.cases).items():
            taux = f"{(case.numerateur or 0) / case.denominateur:.6f}" if case.denominateur else ""
            assert ligne[CODES[position]] == taux
            assert ligne[f"etat_{CODES[position]}"] == case.etat


def test_the_export_follows_the_search_and_the_content(client: FlaskClient) -> None:
    adresse = "/export/suivi.csv?recherche=ETANG+bleu&contenu=rang&colonnes=ATT_RPLS_NR"
    lignes = client.get(adresse).get_data(as_text=True).splitlines()
    assert lignes[0] == "guichet;nom;type;ATT_RPLS_NR;etat_ATT_RPLS_NR"
    assert len(lignes) > 2
    assert all("Étang Bleu" in ligne for ligne in lignes[2:])


def test_the_export_of_values_equals_the_warehouse(
    client: FlaskClient, entrepot_demo: Dossier
) -> None:
    contenu = client.get("/export/valeurs.csv").get_data(as_text=True)
    with duckdb.connect(entrepot_demo.courante / "infocentre.duckdb", read_only=True) as con:
        (attendu,) = con.execute(
            "SELECT count(*) FROM valeurs WHERE mois = ? AND niveau IN ('guichet', 'departement')",
            [DERNIER],
        ).fetchall()[0]
    assert len(contenu.splitlines()) == attendu + 1
