"""One dictionary names every column; what is written wrong in it is refused by file and field."""

from __future__ import annotations

import ast
from pathlib import Path
from typing import Any

import duckdb
import pytest

from infocentre.analystes.fichier import tenir_analystes
from infocentre.contrat import dictionnaire, intitules
from infocentre.contrat.intitules import (
    description,
    est_un_taux,
    intitule,
    libelle,
    libelle_connu,
)
from infocentre.entrepot import Dossier
from infocentre.mesures.tableaux import tableaux
from infocentre.noyau.erreurs import Refus

pytestmark = pytest.mark.lent

# Published for the infocentre itself.
SANS_LECTEUR = {"objectifs", "reglages", "regles", "triangle"}
RACINE = Path(intitules.__file__).parents[2]


def _colonnes(fichier: Path) -> list[tuple[str, str]]:
    with duckdb.connect(str(fichier), read_only=True) as con:
        return con.execute(
            "SELECT table_name, column_name FROM duckdb_columns() "
            "WHERE NOT internal AND database_name = current_database() ORDER BY ALL"
        ).fetchall()


def test_every_column_of_every_published_table_has_a_title(entrepot_demo: Dossier) -> None:
    with entrepot_demo.tenir() as (chemin, _):
        publiees = _colonnes(chemin / "infocentre.duckdb")
    with tenir_analystes(entrepot_demo) as fichier:
        publiees += _colonnes(fichier)
    assert {table for table, _ in publiees} > {"valeurs", "registre", "demandes", "att_05"}
    muettes = [
        f"{table}.{nom}"
        for table, nom in publiees
        if table not in SANS_LECTEUR and not libelle_connu(nom, table)
    ]
    assert muettes == [], "give each a libelle in infocentre/contrat/calculees.yml"


def test_every_column_of_every_standard_table_has_a_title_and_a_meaning() -> None:
    colonnes = {nom for un in tableaux().values() for nom in un.colonnes}
    assert {nom for nom in colonnes if not libelle_connu(nom)} == set()
    assert {nom for nom in colonnes if not description(nom, "")} == set()


def test_what_the_dictionary_says_is_said_nowhere_else() -> None:
    """No mapping of Python gives their titles to three columns."""
    connues = set(intitules.dictionnaire().colonnes) | set(intitules._livrees())
    doubles = []
    for fichier in [*RACINE.glob("infocentre/**/*.py"), *RACINE.glob("dashboards/**/*.py")]:
        for noeud in ast.walk(ast.parse(fichier.read_text("utf-8"))):
            if isinstance(noeud, ast.Dict) and noeud.keys:
                dites = [
                    cle.value
                    for cle, valeur in zip(noeud.keys, noeud.values, strict=True)
                    if isinstance(cle, ast.Constant)
                    and isinstance(valeur, ast.Constant)
                    and isinstance(valeur.value, str)
                    and cle.value in connues
                    and libelle(cle.value).casefold() == valeur.value.casefold()
                ]
                if len(dites) > 2:
                    doubles.append(f"{fichier.relative_to(RACINE)}:{noeud.lineno} {dites}")
    assert doubles == []


@pytest.mark.parametrize(
    ("nom", "de", "dit"),
    [
        ("date_creation", "", "date de dépôt"),
        ("siren", "", "SIREN"),
        ("dalo", "", "ménages DALO"),
        ("taux_ensemble", "valeurs", "taux d'ensemble du type"),
        ("statut", "anomalies", "suite"),
        ("statut", "demandes", "statut"),
        ("une_colonne", "", "une colonne"),
    ],
)
def test_a_title_stands_inside_a_text(nom: str, de: str, dit: str) -> None:
    assert intitule(nom, de) == dit
    assert libelle(nom, de) == dit[:1].upper() + dit[1:]


def test_a_bound_is_a_ratio_of_values_and_a_count_of_estimations() -> None:
    assert est_un_taux("borne_basse", "valeurs")
    assert not est_un_taux("borne_basse", "estimations")
    assert est_un_taux("part_de_quelque_chose")
    assert not est_un_taux("total")


LIVREES = {
    "type": ({"type": "jour"}, "« jour » n'est pas l'un de"),
    "libelle": ({"libelle": None}, "un texte est attendu"),
    "intitule": ({"intitule": "Date"}, "champ inconnu"),
    "codes": ({"codes": "AILLEURS"}, "« AILLEURS » n'est pas une liste de codes.yml"),
    "forme": ({"forme": "AILLEURS"}, "« AILLEURS » n'est pas une forme de formes.yml"),
    "par": ({"par": "AILLEURS"}, "« AILLEURS » n'est pas une colonne de la table"),
    "personnelle": ({"personnelle": True, "masque": "omettre"}, "une telle colonne a un masque"),
    "depuis": ({"depuis": "2026"}, "« 2026 » est mal formé, un mois AAAA-MM est attendu"),
}


@pytest.mark.parametrize("faute", LIVREES)
def test_a_wrong_column_is_refused_by_file_and_field(
    faute: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    change, message = LIVREES[faute]
    lire = dictionnaire.lire_yaml

    def abimer(nom: str) -> dict[str, Any]:
        lu = lire(nom)
        if nom == "colonnes.yml":
            lu["stock"]["colonnes"]["DATE_CREATION"] |= change
        return lu

    monkeypatch.setattr(dictionnaire, "lire_yaml", abimer)
    with pytest.raises(Refus) as refus:
        dictionnaire.contrat.__wrapped__()
    ou = "colonnes.yml : stock.DATE_CREATION : champ"
    assert str(refus.value).startswith(f"{ou} « {faute} » : {message}")


OUVERTES = {
    "un texte sans forme": ("VERSION_CERFA", {"forme": None}),
    "une liste et une forme": ("SEXE_DEMANDEUR", {"forme": "etat"}),
    "une date qui a une liste": ("DATE_CREATION", {"codes": "SEXE"}),
    "un nombre sans bornes": ("TAILLE_MENAGE", {"bornes": None}),
    "une date qui a des bornes": ("DATE_CREATION", {"bornes": [0, 1]}),
}


@pytest.mark.parametrize("faute", OUVERTES)
def test_a_column_by_which_anything_could_enter_is_refused(
    faute: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    colonne, change = OUVERTES[faute]
    lire = dictionnaire.lire_yaml

    def ouvrir(nom: str) -> dict[str, Any]:
        lu = lire(nom)
        if nom == "colonnes.yml":
            lu["stock"]["colonnes"][colonne] |= change
        return lu

    monkeypatch.setattr(dictionnaire, "lire_yaml", ouvrir)
    with pytest.raises(Refus, match="et lui seul, a") as refus:
        dictionnaire.contrat.__wrapped__()
    assert refus.value.ou == f"colonnes.yml : stock.{colonne}"


def test_a_wrong_computed_column_is_refused_too(monkeypatch: pytest.MonkeyPatch) -> None:
    lu = dictionnaire.lire_yaml("calculees.yml")
    lu["colonnes"]["total"]["format"] = "euros"
    monkeypatch.setattr(intitules, "lire_yaml", lambda _: lu)
    with pytest.raises(Refus, match=r"champ « colonnes\.total\.format » : « euros »"):
        intitules.dictionnaire.__wrapped__()
