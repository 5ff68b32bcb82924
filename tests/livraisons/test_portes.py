"""What names a person, planted in each column of each file, is read nowhere of what is kept.

What may look like it and is right stays.
"""

from __future__ import annotations

import json
from pathlib import Path

import duckdb
import pytest

from infocentre.analystes.fichier import tenir_analystes
from infocentre.contrat import Colonne, contrat
from infocentre.entrepot import Dossier
from infocentre.lecture.rapport import lignes_rapport
from infocentre.livraisons.intrus import OTE
from tests.donnees.communs import en_memoire
from tests.livraisons.atelier import Ligne, bonnes, en_csv, guichets, ligne, petite
from tests.livraisons.conftest import Recevoir
from tests.livraisons.plantees import (
    COURRIEL,
    NIR_13,
    NIR_ESPACE,
    NOM,
    PERMIS,
    PLANTES,
    PORTABLE_ESPACE,
    RECIT,
    lisibles,
    publier_les_plantees,
    reperes,
)
from tests.livraisons.test_colonnes import fichiers_avec


@pytest.fixture(scope="module")
def plantee() -> Dossier:
    return publier_les_plantees()


@pytest.mark.tentative(
    "fichiers",
    "NIR, téléphone, courriel, nom, récit dans chaque colonne de chaque fichier",
)
def test_no_column_of_any_table_lets_a_planted_value_in(plantee: Dossier) -> None:
    lues = {
        f"{fichier.stem}.{nom}": repr(valeurs)
        for fichier in plantee.racine.rglob("*.parquet")
        for nom, valeurs in _colonnes(fichier).items()
    }
    assert {ou: vues for ou, textes in lues.items() if (vues := lisibles(textes))} == {}
    assert len(lues) > 150


def _colonnes(fichier: Path) -> dict[str, list[object]]:
    lu = en_memoire().execute("FROM read_parquet(?)", [str(fichier)])
    noms = [un[0] for un in lu.description or ()]
    lignes = lu.fetchall()
    return {nom: [une[rang] for une in lignes] for rang, nom in enumerate(noms)}


def test_no_file_of_the_data_directory_shows_one(plantee: Dossier) -> None:
    with tenir_analystes(plantee):
        assert fichiers_avec(plantee.racine, *PLANTES) == []
    for description in plantee.racine.rglob("livraison.json"):
        rapport = lignes_rapport(json.loads(description.read_text("utf-8")), None, None)
        assert lisibles("\n".join(rapport)) == []


def test_analysts_read_none_by_their_sql(plantee: Dossier) -> None:
    with tenir_analystes(plantee) as fichier, duckdb.connect(str(fichier), read_only=True) as con:
        tables = [nom for (nom,) in con.execute("SHOW TABLES").fetchall()]
        for table in tables:
            assert lisibles(repr(con.execute(f'FROM "{table}"').fetchall())) == [], table
        assert len(tables) > 5


@pytest.mark.parametrize("pas", [1, 2])
@pytest.mark.tentative("fichiers", "un fichier dont les lignes sont décalées d'une colonne")
def test_rows_that_are_shifted_leave_nothing_of_a_person(recevoir: Recevoir, pas: int) -> None:
    personne = {"NIR": NIR_13, "COMMENTAIRE": RECIT, "NOM_USAGE": NOM, "MAIL": COURRIEL}
    livraison = petite()
    for table in contrat().tables:
        noms = [colonne.nom for colonne in contrat().tables[table].colonnes] + list(personne)
        droites = [ligne(table, rang, **personne) for rang in range(3)]
        decalees = [_decaler(une, noms, pas) for une in droites]
        texte = en_csv([*reperes(table), *decalees, *bonnes(table, 400)], noms)
        livraison.texte(table, texte)
    recue = recevoir(livraison)
    for lue in ("rejets", "anomalies_format", *contrat().tables):
        colonnes = _colonnes(recue.archive / f"{lue}.parquet")
        for nom, valeurs in colonnes.items():
            permises = PERMIS.get(f"{lue}.{nom.upper()}", set())
            assert set(lisibles(repr(valeurs))) <= permises, (lue, nom)
    assert lisibles(json.dumps(recue.description)) == []


def _decaler(une: Ligne, noms: list[str], pas: int) -> Ligne:
    valeurs = [une.get(nom, "") for nom in noms]
    return dict(zip(noms, valeurs[-pas:] + valeurs[:-pas], strict=True))


# --- What is right stays --------------------------------------------------------------------------


def test_a_word_that_five_rows_carry_is_a_code_that_the_list_lacks(recevoir: Recevoir) -> None:
    lignes = [
        ligne("stock", rang, MOTIF_DEMANDE="zz", ETAT_DEMANDE="suspendue") for rang in range(5)
    ]
    lignes += [ligne("stock", 9 + r, MOTIF_DEMANDE="YY", ETAT_DEMANDE="CLOSE") for r in range(4)]
    recue = recevoir(petite().poser("stock", lignes))
    assert recue.valeurs("stock", "motif_demande")[:9] == ["ZZ"] * 5 + ["HL"] * 4
    assert recue.valeurs("stock", "etat_demande")[:9] == ["SUSPENDUE"] * 5 + ["HL"] * 4
    assert recue.anomalies() == [
        ("stock", "MOTIF_DEMANDE", "ZZ", "code hors liste", 5, 2),
        ("stock", "ETAT_DEMANDE", "HL", "code hors liste", 4, 7),
        ("stock", "MOTIF_DEMANDE", "HL", "code hors liste", 4, 7),
    ]


def test_a_guichet_of_letters_is_known_by_the_register(recevoir: Recevoir) -> None:
    registre = [*guichets(), ligne("guichets", 9, CODE_GUICHET="ARLES")]
    livraison = petite().texte("guichets", en_csv(registre))
    lignes = [ligne("stock", r, GUICHET_ENREGISTREUR=g) for r, g in enumerate(("arles", "PETIT"))]
    lignes.append(ligne("stock", 7, GUICHET_ENREGISTREUR="G9999"))
    recue = recevoir(livraison.poser("stock", lignes))
    assert recue.valeurs("stock", "guichet_enregistreur")[:3] == ["ARLES", "HL", "G9999"]
    assert {un["guichet"] for un in recue.description["guichets_inconnus"]} == {"HL", "G9999"}


def test_a_key_that_is_no_key_keeps_its_row_and_stays_one_of_its_own(recevoir: Recevoir) -> None:
    cles = [NIR_13, COURRIEL, NIR_13, "E1"]
    lignes = [ligne("journal", 1, ID_EVENEMENT=cle) for cle in cles]
    recue = recevoir(petite().texte("journal", en_csv(lignes)))
    gardees = recue.valeurs("journal", "id_evenement")
    assert len(set(gardees)) == 3
    assert "E1" in gardees
    assert [un[4] for un in recue.rejets("journal")] == ["ligne répétée"]
    assert [une[1:4] for une in recue.anomalies("journal")] == [
        ("ID_EVENEMENT", "HL", "code hors liste")
    ]


def test_a_free_text_keeps_all_but_what_is_a_persons(recevoir: Recevoir) -> None:
    adresses = {
        "12 bis, rue de l’Œuvre, bât. 2": "12 bis, rue de l’Œuvre, bât. 2",
        "4 rue Mme de Sévigné": "4 rue Mme de Sévigné",
        "7 av. du 8 mai 1945, 13001": "7 av. du 8 mai 1945, 13001",
        "chez M. DURANDAL Paulin, 3 rue Neuve": f"chez {OTE}, 3 rue Neuve",
        f"3 rue Neuve, tél. {PORTABLE_ESPACE}": f"3 rue Neuve, tél. {OTE}",
        f"3 rue Neuve (+33 6 98 76 54 32) {COURRIEL}": f"3 rue Neuve ({OTE}) {OTE}",
        f"NIR {NIR_ESPACE} rue Neuve": f"NIR {OTE} rue Neuve",
    }
    lignes = [
        ligne("radiation", rang, ADRESSE_LOGEMENT_ATTRIB=une) for rang, une in enumerate(adresses)
    ]
    recue = recevoir(petite().poser("radiation", lignes))
    assert recue.valeurs("radiation", "adresse_logement_attrib")[:7] == list(adresses.values())
    assert recue.anomalies() == [
        ("radiation", "ADRESSE_LOGEMENT_ATTRIB", None, "donnée personnelle ôtée", 4, 5)
    ]


# --- One fact in one place ------------------------------------------------------------------------


def test_every_text_has_a_list_a_form_or_is_free_and_every_number_bounds() -> None:
    for table in contrat().tables.values():
        for une in table.colonnes:
            if une.type in {"code", "texte"} and une.nom != "NUMERO_UNIQUE":
                assert bool(une.codes) + bool(une.forme) + bool(une.libre) == 1, une.nom
            assert (une.bornes is not None) == (une.type in {"entier", "decimal"}), une.nom


def test_only_free_columns_and_those_named_here_may_hold_what_looks_like_a_person() -> None:
    libres = {
        f"{une.table}.{une.nom}"
        for table in contrat().tables.values()
        for une in table.colonnes
        if une.libre or _admet(une)
    }
    assert libres == set(PERMIS) - {"utilisateurs.ID_UTILISATEUR"}


def _admet(colonne: Colonne) -> bool:
    return bool(colonne.forme and contrat().formes[colonne.forme].admet)


def test_bounds_hold_for_what_a_household_may_be() -> None:
    stock = contrat().tables["stock"].par_nom
    lues = [stock[nom].etendue for nom in ("TAILLE_MENAGE", "REVENU_MENSUEL_FOYER")]
    assert lues == [(0, 30), (-999_999, 999_999)]
