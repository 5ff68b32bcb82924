"""Kinds of error and of neighbours that the generator does not write: how many pairs are proposed.

The identities of a generated delivery, and beside some of them a second demande written as each
kind says; then what the rules and the probable tier propose, by kind.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import polars as pl

from benchmarks.outils import Mesure, infocentre
from infocentre.demo import fabriquer_proches
from infocentre.demo.proches import frapper
from infocentre.entrepot import Dossier
from infocentre.identite import probable
from infocentre.identite.memoire import se_souvenir
from infocentre.identite.personnes import Source, preparer_personnes
from infocentre.mesures import lire_reglages
from infocentre.operations.doublons import comparer, rassembler

TAILLE, PAR_GENRE = 20_000, 120
COMMUNES = ("13055", "13001", "13004", "13056", "13103")
Personne = dict[str, Any]
Ecrire = Callable[[Personne, np.random.Generator], Personne]
DIMINUTIFS = {
    "Alexandre": "Alex", "Nicolas": "Nico", "Frédéric": "Fred", "Catherine": "Cathy",
    "Christophe": "Chris", "Stéphane": "Steph", "Élisabeth": "Lisa", "Isabelle": "Isa",
    "Philippe": "Phil", "Thomas": "Tom", "Françoise": "Fanfan", "Véronique": "Véro",
    "Dominique": "Domi", "Patricia": "Pat", "Sandrine": "Sandy", "Valérie": "Val",
    "Maximilien": "Max", "Benjamin": "Ben", "Samuel": "Sam", "Daniel": "Dany",
}  # fmt: skip
ECRITURES = {
    "Mohamed": "Muhammad", "Youssef": "Joseph", "Aïcha": "Aysha", "Djamila": "Jamila",
    "Abdelkader": "Abdel Kader", "Khadija": "Hadidja", "Mustapha": "Moustafa",
    "Nourredine": "Nordine", "Cheikh": "Sheikh", "Sergueï": "Sergey", "Yulia": "Julia",
    "Ousmane": "Osman", "Fatima": "Fatma", "Hussein": "Hocine", "Djibril": "Jibril",
}  # fmt: skip


def _echange(un: Personne) -> Personne:
    return un | {"nom": un["prenom"], "prenom": un["nom"]}


def _ailleurs(un: Personne, alea: np.random.Generator) -> Personne:
    lieu = str(alea.choice(COMMUNES))
    return un | {
        "commune_log_actuel": lieu,
        "code_postal": f"{lieu[:2]}{int(alea.integers(100, 999))}",
        "taille_menage": int(alea.integers(1, 6)),
    }


def _chiffre(un: Personne, alea: np.random.Generator) -> Personne:
    jour: dt.date = un["date_naissance"]
    return un | {"date_naissance": jour.replace(day=1 + (jour.day + int(alea.integers(1, 8))) % 9)}


def _frappe(un: Personne, champ: str, alea: np.random.Generator) -> Personne:
    return un | {champ: frapper(un[champ], alea)}


def _autre_prenom(un: Personne, alea: np.random.Generator) -> Personne:
    return un | {"prenom": str(alea.choice(["Léonie", "Achille", "Ginette", "Octave", "Rosalie"]))}


def _annees(un: Personne, ecart: int) -> Personne:
    jour: dt.date = un["date_naissance"]
    return un | {"date_naissance": jour.replace(year=jour.year - ecart, day=min(jour.day, 28))}


MEMES: dict[str, Ecrire] = {
    "name and first name exchanged, one letter": lambda un, a: _frappe(
        _echange(un), str(a.choice(["nom", "prenom"])), a
    ),
    "one digit of the date, moved": lambda un, a: _ailleurs(_chiffre(un, a), a),
    "01/01/1900": lambda un, _: un | {"date_naissance": dt.date(1900, 1, 1)},
    "no date": lambda un, _: un | {"date_naissance": None},
    "year ten away": lambda un, _: _annees(un, 10),
    "diminutive": lambda un, _: un | {"prenom": DIMINUTIFS[un["prenom"]]},
    "another writing of the first name": lambda un, _: un | {"prenom": ECRITURES[un["prenom"]]},
    "one letter of the name, moved": lambda un, a: _ailleurs(_frappe(un, "nom", a), a),
    "married, moved": lambda un, a: _ailleurs(
        un | {"nom_naissance": un["nom"], "nom": str(a.choice(["Quesnel", "Vasseur", "Lorrain"]))},
        a,
    ),
}
AUTRES: dict[str, Ecrire] = {
    "twins": _autre_prenom,
    "twins, household apart": lambda un, a: _autre_prenom(_ailleurs(un, a), a),
    "parent and child, same day and month": lambda un, a: _annees(un, int(a.integers(19, 36))),
    "parent and child, another day": lambda un, a: _chiffre(
        _annees(un, int(a.integers(19, 36))), a
    ),
    "homonyms": lambda un, a: _ailleurs(
        un | {"date_naissance": dt.date(int(a.integers(1950, 2000)), 3, int(a.integers(2, 28)))}, a
    ),
}


def mesurer(atelier: Path) -> Iterator[Mesure]:
    """Give, by kind, the pairs of one person missed and those of two proposed."""
    (livraison,) = fabriquer_proches(atelier / "livraisons", taille=TAILLE, mois=1, part=0.003)
    donnees = Dossier(atelier / "donnees")
    infocentre(donnees.racine, "charger", livraison)
    (noms,) = donnees.nominatif.glob("013/*/*.parquet")
    (stock,) = donnees.archives.glob("013/*/*/stock.parquet")
    for genre, part in proposees(noms, stock, atelier).items():
        print(f"  {genre:46} {part:6.1%} {'found' if genre in MEMES else 'proposed, two persons'}")
        yield Mesure(f"{genre}", 1 - part if genre in MEMES else part, "")


def proposees(
    noms: Path, stock: Path, atelier: Path, par_genre: int = PAR_GENRE
) -> dict[str, float]:
    """Return the share of the pairs of each kind that are proposed."""
    gens, menages, paires = _ajouter(_lire(noms), _lire(stock), par_genre)
    source = Source(atelier / "noms.parquet", atelier / "stock.parquet")
    gens.write_parquet(source.identites)
    menages.write_parquet(source.stock)
    with duckdb.connect() as con:
        preparer_personnes(con, [source])
        se_souvenir(con, Dossier(atelier), [], "")
        comparer(con, probable.apprendre(con))
        rassembler(con, lire_reglages().doublons_seuil)
        lues = con.execute("SELECT numero_a, numero_b FROM trouvees").fetchall()
        trouvees = {tuple(sorted(une)) for une in lues}
    return {
        genre: float(np.mean([tuple(sorted(une)) in trouvees for une in siennes]))
        for genre, siennes in paires.items()
    }


def _lire(fichier: Path) -> pl.DataFrame:
    return pl.read_parquet(fichier).cast({pl.Categorical: pl.String})


def _ajouter(
    noms: pl.DataFrame, stock: pl.DataFrame, par_genre: int
) -> tuple[pl.DataFrame, pl.DataFrame, dict[str, list[tuple[str, str]]]]:
    """Return the identities and households with a second demande beside some, and the pairs."""
    alea = np.random.default_rng(28)
    tous = noms.join(stock, on=["departement", "numero_unique"], suffix="_stock")
    tous = tous.filter(
        pl.col("date_naissance").is_not_null()
        & (pl.col("nom").str.len_chars() > 3)
        & (pl.col("prenom").str.len_chars() > 3)
    )
    genres = MEMES | AUTRES
    tires = alea.permutation(len(tous))[: par_genre * len(genres)]
    lignes = {nom: list[Personne]() for nom in ("noms", "stock")}
    retouches: dict[str, Personne] = {}
    paires: dict[str, list[tuple[str, str]]] = {}
    for rang, un in enumerate(tous[tires].to_dicts()):
        genre = list(genres)[rang // par_genre]
        modele = un | _prenom_du_genre(genre, alea)
        autre = genres[genre](modele, alea)
        autre["numero_unique"] = f"013012699{rang:05}D{un['numero_unique'][-3:]}"[:18]
        retouches[un["numero_unique"]] = modele
        lignes["noms"].append({nom: autre[nom] for nom in noms.columns})
        lignes["stock"].append({nom: autre.get(nom) for nom in stock.columns})
        paires.setdefault(genre, []).append((un["numero_unique"], autre["numero_unique"]))
    prenoms = pl.Series(
        [
            retouches.get(numero, {"prenom": prenom})["prenom"]
            for numero, prenom in noms.select("numero_unique", "prenom").iter_rows()
        ]
    )
    noms = noms.with_columns(prenoms.alias("prenom"))
    return (
        pl.concat([noms, pl.DataFrame(lignes["noms"], schema=noms.schema)]),
        pl.concat([stock, pl.DataFrame(lignes["stock"], schema=stock.schema)]),
        paires,
    )


def _prenom_du_genre(genre: str, alea: np.random.Generator) -> Personne:
    """Return a first name that has such another writing."""
    connus = {"diminutive": DIMINUTIFS, "another writing of the first name": ECRITURES}
    return {"prenom": str(alea.choice(list(connus[genre])))} if genre in connus else {}
