"""Correspondances that people write: what is read of them, and each fault named where it stands."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from infocentre.correspondances.ecrits import empreinte, lire, texte
from infocentre.correspondances.garde import (
    adopter,
    dossier_des_correspondances,
    en_usage,
    livree,
    trouver,
)
from infocentre.noyau.erreurs import Refus

BONNE = """\
format: correspondance-1
source: observatoire
libelle: Fichiers de l'observatoire
fichiers:
- exemple: demandes.csv
  table: stock
  dialecte: {encodage: utf-8, separateur: ",", entete: 1, decimale: "."}
  colonnes:
    num_unique: NUMERO_UNIQUE
    dt_creation: DATE_CREATION
    motif: {vers: MOTIF_DEMANDE, valeurs: {Santé: "08", Handicap: "07"}}
  laissees:
    conseiller: nomme une personne
- exemple: sorties.csv
  table: radiation
  colonnes:
    num_unique: NUMERO_UNIQUE
    sortie: {vers: MOTIF_RADIATION, reference: ref_motif_radiation}
"""
RESTE = "".join(
    f"    {nom.lower()}: {nom}\n"
    for nom in (
        "TYPE_DEMANDEUR",
        "GUICHET_ENREGISTREUR",
        "CLE_GUICHETCREATEUR",
        "DOUBLON_FORCE",
        "ESTCREEESITEGRANDPUBLIC",
    )
)
SORTIES = RESTE + "    le: DATE_RADIATION\n    depot: DATE_CREATION\n"
COMPLETE = BONNE.replace("    motif:", f"{RESTE}    motif:").replace(
    "    sortie:", f"{SORTIES}    sortie:"
)


def ecrire(dossier: Path, contenu: str) -> Path:
    """Write a correspondance as a person gives it."""
    fichier = dossier / "c.yml"
    fichier.write_text(contenu, "utf-8")
    return fichier


def test_a_correspondance_is_read_then_written_with_the_same_bytes_each_time(
    tmp_path: Path,
) -> None:
    lue = lire(ecrire(tmp_path, BONNE))
    stock, radiation = lue.fichiers
    assert stock.colonnes["motif"].valeurs == {"Santé": "08", "Handicap": "07"}
    assert radiation.colonnes["sortie"].reference == "ref_motif_radiation"
    assert stock.dialecte.separateur == ","
    ecrite = texte(lue)
    relue = lire(ecrire(tmp_path, ecrite))
    assert (relue, texte(relue)) == (lue, ecrite)


def test_what_a_correspondance_says_is_the_same_whoever_fixed_it_and_when(tmp_path: Path) -> None:
    lue = lire(ecrire(tmp_path, BONNE))
    autre = lire(ecrire(tmp_path, BONNE.replace("libelle: Fichiers", "auteur: A\nlibelle: F")))
    changee = lire(ecrire(tmp_path, BONNE.replace('"08"', '"09"')))
    assert empreinte(lue) == empreinte(autre)
    assert empreinte(lue) != empreinte(changee)


# What is replaced in the good one, by what, and what must be named.
FAUTES = {
    "another format": ("correspondance-1", "correspondance-9", "format"),
    "no source": ("source: observatoire\n", "", "source"),
    "a source that is a path": ("source: observatoire", "source: ../../etc", "source"),
    "a source in capitals": ("source: observatoire", "source: Observatoire", "source"),
    "a field nobody knows": ("libelle:", "motif: .*\nlibelle:", "motif"),
    "a regular expression for a name": ("exemple: demandes.csv", "modele: (a+)+$", "modele"),
    "no file": (BONNE[BONNE.index("fichiers:") :], "fichiers: []\n", "aucun fichier"),
    "files that are a text": (BONNE[BONNE.index("fichiers:") :], "fichiers: tous\n", "fichiers"),
    "a table nobody has": ("table: stock", "table: stocks", "stocks"),
    "a table that climbs": ("table: stock", "table: ../stock", "../stock"),
    "two tables": (
        "table: stock\n",
        "table: stock\n  complete: true\n  par: A\n",
        "l'un des trois",
    ),
    "no table": ("  table: stock\n", "", "l'un des trois"),
    "columns left that are a list": (
        BONNE[BONNE.index("fichiers:") :],
        "fichiers:\n- table: aucune\n  colonnes: [a]\n",
        "fichiers.colonnes",
    ),
    "the same table twice": ("table: radiation", "table: stock", "deux fichiers"),
    "a column nobody has": (
        "dt_creation: DATE_CREATION",
        "dt_creation: DATE_NAISSANCE_X",
        "DATE_NAISSANCE_X",
    ),
    "a column of another table": (
        "dt_creation: DATE_CREATION",
        "dt_creation: MOTIF_RADIATION",
        "MOTIF_RADIATION",
    ),
    "a NIR taken for a numéro's neighbour": ("dt_creation: DATE_CREATION", "NIR: NIR", "NIR"),
    "a NIR under a name that a GIP gives it": (
        "dt_creation: DATE_CREATION",
        "NIR_ID_DEMANDEUR: DATE_CREATION",
        "jamais lue",
    ),
    "a free text": ("dt_creation: DATE_CREATION", "Commentaire: DATE_CREATION", "jamais lue"),
    "two columns for one": ("dt_creation: DATE_CREATION", "num2: NUMERO_UNIQUE", "NUMERO_UNIQUE"),
    "the same column twice": (
        "dt_creation: DATE_CREATION",
        "num_unique: DATE_CREATION",
        "num_unique",
    ),
    "the same column but for its case": (
        "dt_creation: DATE_CREATION",
        "Num_Unique: DATE_CREATION",
        "NUM_UNIQUE",
    ),
    "a column read and left": ("conseiller:", "dt_creation:", "DT_CREATION"),
    "a code that is on no list": ('Santé: "08"', 'Santé: "88"', "88"),
    "a code that is a sentence": ('Santé: "08"', "Santé: DROP TABLE stock", "DROP TABLE"),
    "values that turn in a circle": (
        'Santé: "08", Handicap: "07"',
        '"07": "08", "08": "07"',
        "rond",
    ),
    "an encoding nobody reads": ("encodage: utf-8", "encodage: ebcdic", "ebcdic"),
    "a separator of two characters": ('separateur: ","', 'separateur: ";;"', ";;"),
    "a separator that is a quote": ('separateur: ","', "separateur: '\"'", "separateur"),
    "a header on line 0": ("entete: 1", "entete: 0", "entete"),
    "a header on line 9 000": ("entete: 1", "entete: 9000", "entete"),
    "a header that is a text": ("entete: 1", "entete: la première", "un nombre entier est attendu"),
    "a day that is none": ("libelle:", "le: hier\nlibelle:", "une date AAAA-MM-JJ est attendue"),
    "a month that is none": ("libelle:", "du: 2026-13\nlibelle:", "un mois AAAA-MM est attendu"),
    "a département that is none": ("libelle:", "departement: zz\nlibelle:", "trois caractères"),
    "a decimal mark nobody writes": ('decimale: "."', 'decimale: "#"', "decimale"),
    "a département of three letters": (
        "source: obs",
        "departement: ABC\nsource: obs",
        "departement",
    ),
    "a département of five digits": (
        "source: obs",
        "departement: '13055'\nsource: obs",
        "departement",
    ),
    "a month 13": ("source: obs", "du: 2026-13\nsource: obs", "du"),
    "an end before its beginning": (
        "source: obs",
        "du: 2026-05\nau: 2025-01\nsource: obs",
        "inverse",
    ),
    "a version 0": ("source: obs", "version: 0\nsource: obs", "version"),
    "a version that is a text": ("source: obs", "version: dernière\nsource: obs", "version"),
    "a date that is none": ("source: obs", "le: hier\nsource: obs", "le"),
    "a reference that is a list": (
        "reference: ref_motif_radiation",
        "reference: [a, b]",
        "reference",
    ),
    "a reading that is a number": ("dt_creation: DATE_CREATION", "dt_creation: 12", "dt_creation"),
    "a reading without what it becomes": (
        "dt_creation: DATE_CREATION",
        "dt_creation: {valeurs: {}}",
        "vers",
    ),
    "a split by a column it has not": (
        "  table: stock\n",
        "  partage: {colonne: etat, tables: {A: stock}}\n",
        "etat",
    ),
    "a split to a table nobody has": (
        "  table: stock\n",
        "  partage: {colonne: num_unique, tables: {A: stocke}}\n",
        "stocke",
    ),
    "a split without tables": ("  table: stock\n", "  partage: {colonne: num_unique}\n", "tables"),
    "a sign of a column it has not": (
        "  table: stock\n",
        "  table: stock\n  indice: {colonne: sortie, remplie: true}\n",
        "sortie",
    ),
    "a joined file without its key": ("table: radiation", "complete: true", "par quelle colonne"),
    "two keys for joined files": (
        "table: radiation",
        "complete: true\n  par: A\n  colonnes: {m: MOTIF_DEMANDE}\n- table: radiation\n  par: B",
        "une seule colonne",
    ),
    "a sign that repeats itself": ("libelle:", "libelle: a\nlibelle:", "écrit deux fois"),
    "a YAML that refers to itself": ("libelle: Fichiers", "libelle: &a [*a]\n#", "renvoi"),
    "a YAML that swells": ("libelle: Fichiers", "a: &a [x]\nb: [*a, *a, *a]\nlibelle: F", "renvoi"),
    "a YAML that calls Python": (
        "libelle: Fichiers",
        "libelle: !!python/object/apply:os.system [ls]\n#",
        "YAML",
    ),
    "a YAML that is none": ("fichiers:", "fichiers: {{{", "YAML"),
    "a list instead of fields": (BONNE, "- a\n- b\n", "ne décrit pas une correspondance"),
    "an empty file": (BONNE, "", "correspondance"),
    "a name of column that is empty": ("num_unique: NUMERO", '"": NUMERO', "colonnes"),
    "a name of 300 characters": ("dt_creation: DATE_CREATION", "dt: " + "X" * 300, "colonnes"),
    "a left column without why": (
        "conseiller: nomme une personne",
        "conseiller: [x]",
        "conseiller",
    ),
    "bytes that are no text": ("libelle: Fichiers", "libelle: \udcff\udcfe", "UTF-8"),
    "a mapping of values that is a list": ('{Santé: "08", Handicap: "07"}', "[a]", "valeurs"),
    "a value that becomes nothing": ('Santé: "08"', "Santé: null", "valeurs"),
    "a joined file of no demande": (
        "table: radiation",
        "complete: true\n  par: num_unique\n  partage: {colonne: x, tables: {}}",
        "l'un des trois",
    ),
}


@pytest.mark.parametrize("faute", FAUTES)
def test_a_hostile_correspondance_is_refused_by_name(tmp_path: Path, faute: str) -> None:
    avant, apres, nomme = FAUTES[faute]
    assert avant in BONNE
    fichier = tmp_path / "c.yml"
    fichier.write_bytes(BONNE.replace(avant, apres, 1).encode(errors="surrogateescape"))
    with pytest.raises(Refus) as refus:
        lire(fichier)
    assert "c.yml" in refus.value.ou
    assert nomme in refus.value.quoi
    assert refus.value.que_faire


def test_at_least_sixty_hostile_correspondances_are_tried() -> None:
    assert len(FAUTES) >= 60


def test_a_correspondance_of_more_than_a_megabyte_is_not_read(tmp_path: Path) -> None:
    fichier = ecrire(tmp_path, BONNE + "#" * (1 << 20))
    with pytest.raises(Refus, match="mégaoctet"):
        lire(fichier)


def test_the_layout_of_the_gip_is_shipped_with_its_159_columns_and_no_nir() -> None:
    gip = livree("gip-sne-1.yml")
    stock, radiation, *_ = gip.fichiers
    assert (len(stock.connues), len(radiation.connues)) == (159, 159)
    lues = {nom for un in gip.fichiers for nom in un.colonnes}
    laissees = {nom for un in gip.fichiers for nom in un.laissees}
    interdites = {"NIR_ID_DEMANDEUR", "NIR_ID_COTITULAIRE", "DEMANDEINFOSSITE_ID"}
    assert interdites <= laissees
    assert not interdites & lues


def test_what_no_delivery_could_be_read_by_is_not_adopted(tmp_path: Path) -> None:
    racine, jour = tmp_path / "donnees", dt.date(2026, 11, 29)
    sans_date = COMPLETE.replace("    le: DATE_RADIATION\n", "").replace(
        "    dt_creation: DATE_CREATION\n", ""
    )
    sans_sorties = COMPLETE[: COMPLETE.index("- exemple: sorties.csv")]
    for contenu, dit in (
        (
            sans_date,
            (
                "demandes.csv ne donne pas DATE_CREATION, que la table « stock » exige ; "
                "sorties.csv ne donne pas DATE_RADIATION, que la table « radiation » exige"
            ),
        ),
        (sans_sorties, "aucun fichier n'y est de la table « radiation », qui est obligatoire"),
    ):
        with pytest.raises(Refus) as refus:
            adopter(racine, lire(ecrire(tmp_path, contenu)), "Alice", jour)
        assert (refus.value.quoi, refus.value.ou) == (dit, "observatoire-1")
        assert refus.value.que_faire.startswith("Dire sous « colonnes » laquelle donne chacune")
    assert not racine.exists()


def _refusee(dossier: Path, contenu: str) -> str:
    """Return why a correspondance is not read."""
    with pytest.raises(Refus) as refus:
        lire(ecrire(dossier, contenu))
    return refus.value.quoi


def test_two_files_of_one_table_are_named_and_nothing_else_of_them_is_said(tmp_path: Path) -> None:
    double = COMPLETE.replace("table: radiation", "table: stock")
    assert _refusee(tmp_path, double) == (
        "deux fichiers y sont de la table « stock » (demandes.csv et sorties.csv), et une "
        "livraison n'en lit qu'un : les réunir en un seul, ou n'en laisser qu'un, puis les "
        "faire reconnaître de nouveau"
    )


def test_of_a_file_whose_table_is_to_choose_nothing_else_is_said(tmp_path: Path) -> None:
    brouillon = COMPLETE.replace("table: radiation", "table: '?'")
    assert _refusee(tmp_path, brouillon) == (
        "fichier 2 (sorties.csv) : sa table reste à choisir ; "
        "« aucune » pour un fichier à ne pas lire"
    )


def test_what_is_adopted_has_its_author_its_day_and_the_next_version(tmp_path: Path) -> None:
    lue = lire(ecrire(tmp_path, COMPLETE))
    racine, jour = tmp_path / "donnees", dt.date(2026, 11, 29)
    une = adopter(racine, lue, "Alice", jour)
    assert adopter(racine, lue, "Bruno", jour) == une  # the same is not kept twice
    changee = lire(ecrire(tmp_path, COMPLETE.replace('"08"', '"09"')))
    deux = adopter(racine, changee, "Bruno", jour)
    assert [une.name, deux.name] == ["observatoire-1.yml", "observatoire-2.yml"]
    assert (lire(une).auteur, lire(une).le, lire(deux).auteur) == ("Alice", jour, "Bruno")
    usage = {c.source: c.version for c in en_usage(racine)}
    assert usage == {"observatoire": 2, "gip-sne": 1}
    assert trouver(racine, "observatoire-1").version == 1
    with pytest.raises(Refus, match="gip-sne-1"):
        trouver(racine, "inconnue")


@pytest.mark.parametrize("comment", ["changed", "deleted", "added"])
def test_an_adopted_correspondance_that_was_tampered_with_reads_nothing_more(
    tmp_path: Path, comment: str
) -> None:
    racine = tmp_path / "donnees"
    fichier = adopter(racine, lire(ecrire(tmp_path, COMPLETE)), "Alice", dt.date(2026, 11, 29))
    if comment == "changed":
        fichier.write_text(fichier.read_text("utf-8").replace("08", "09"), "utf-8")
    elif comment == "deleted":
        fichier.unlink()
    else:
        fichier = dossier_des_correspondances(racine) / "autre-1.yml"
        fichier.write_text(COMPLETE, "utf-8")
    with pytest.raises(Refus) as refus:
        en_usage(racine)
    assert refus.value.ou == str(fichier)
