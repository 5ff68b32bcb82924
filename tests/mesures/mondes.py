"""Random départements: rows of stock and radiation, and the standard tables that SQL makes of them.

A world is a month label of its own, so that one run of each SELECT counts them all.
"""

from __future__ import annotations

import csv
import random
from collections import defaultdict
from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from infocentre.mesures import Reglages, ecrire_reglages
from infocentre.mesures.liens import Place, repere
from tests.mesures.test_tableaux import REGLAGES, TABLEAUX, ouvrir

Tables = dict[str, list[dict[str, Any]]]
ARRETE, MOIS, DEPARTEMENT = date(2026, 10, 31), "2026-10", "013"
COMMUNES = ["13201", "13202", "13055", "13001", "13004", "13005", "84089", "99999", None, "13028"]
CHOIX: dict[str, dict[str, list[Any]]] = {
    "stock": {
        "commune_log_recherche": COMMUNES,
        "situ_familiale_demandeur": ["C", "M", "D", "S", "U", "P", "V", None],
        "revenu_mensuel_foyer": [900, 1300, 1700, 400, 2200, 2700, 3500, 5000, None],
        "nationalite_demandeur": ["F", "U", "E", None],
        "motif_demande": ["01", "09", "13", "23", "06", "07", None],
        "nb_dalo": [0, 0, 1],
    },
    "radiation": {
        "motif_radiation": ["RADATT", "RADREN", "RADABA", "RADIRR", "RADFUS", "RADCON"],
        "type_logement_attrib": ["T2", "T3", "T1", "T4", "T5", "T6", "T7", "ZX", "ZY", None],
        "type_reservataire": ["AUCUN", "COLTER", "COLACT", "PPRIOR", "PFONCT", "AUTRES", None],
        "nb_dalo": [0, 0, 0, 1],
        "nb_menage_prioritaire": [0, 0, 1],
        "attribue_dalo": ["NON", "NON", "OUI", None],
        "commune_logement_attrib": COMMUNES,
        "estanru": [0, 0, 0, 1],
    },
}
COMMUNS: dict[str, list[Any]] = {
    "mode_mutation": [0, 0, 1],
    "estcreeesitegrandpublic": [0, 1],
    "type_logement_recherche": ["T2", "T3", "T1", "T4", "T5", "C", "T6P", None],
    "position_plafond": ["PLAI", "PLUS", "PLS", "SUP", None],
    "taille_menage": [1, 2, 3, 4, 5, 6, None],
    "statut_prof_demandeur": ["CDI", "CDD", "CHO", "RET", "ETU", "AUT", "APP", None],
    "age_demandeur_demande": [35, 27, 45, 22, 55, 62, 70, 80, None],
    "composition_famille": ["ISOLE", "MONO1", "COUPLE", "COUPLE1", "AUTRE", None],
    "mode_logement_actuel": ["HLM", "LP", "SD", "SH", "HOT", "CP", None],
}


def tirer(
    hasard: random.Random, table: str, *, inegal: float = 0, personnes: float = 0.97
) -> dict[str, Any]:
    """Return a random row; `inegal` makes the first choices of each list more frequent."""

    def choisir(valeurs: Sequence[Any]) -> Any:
        return hasard.choices(valeurs, [(1 + rang) ** -inegal for rang in range(len(valeurs))])[0]

    ligne = {nom: choisir(valeurs) for nom, valeurs in (COMMUNS | CHOIX[table]).items()}
    ligne["type_demandeur"] = "PP" if hasard.random() < personnes else "PM"
    ligne["date_creation"] = ARRETE - timedelta(days=int(hasard.expovariate(1 / 400)))
    if table == "radiation":
        _radier(hasard, ligne)
    return ligne


def _radier(hasard: random.Random, ligne: dict[str, Any]) -> None:
    radiation = ARRETE - timedelta(days=hasard.randrange(364))
    quartile, zone = hasard.randrange(5), hasard.choice(["qpv", "hqpv", "hqpv", ""])
    ligne |= {
        "date_radiation": radiation,
        "date_creation": min(ligne["date_creation"], radiation),
        "date_signature_bail": radiation if hasard.random() < 0.9 else None,
        **{f"nb_q{rang}": int(rang == quartile) for rang in range(1, 5)},
        **{f"nb_{nom}": int(nom == zone) for nom in ("qpv", "hqpv")},
    }


def compter(
    mondes: Sequence[dict[str, list[dict[str, Any]]]], delai: int, dossier: Path
) -> list[Tables]:
    """Return the standard tables of each world, those of series left out."""
    con = ouvrir()
    reglages = REGLAGES.model_dump() | {"delai_anormalement_long": {DEPARTEMENT: delai}}
    ecrire_reglages(con, Reglages.model_validate(reglages))
    for table in CHOIX:
        chemin = dossier / f"{table}.csv"
        _ecrire(chemin, [un | {"mois": _nom(n)} for n, m in enumerate(mondes) for un in m[table]])
        con.execute(
            f"insert into {table} by name select *, '{DEPARTEMENT}' as departement, "
            f"date '{ARRETE}' as arrete from read_csv('{chemin}', all_varchar = true)"
        )
    lues: dict[str, Tables] = defaultdict(dict)
    for code, tableau in sorted(TABLEAUX.items()):
        if tableau.sur == "archives":
            curseur = con.execute(f"select * exclude (ordre) from ({tableau.sql}) order by ordre")
            noms = [colonne[0] for colonne in curseur.description or []]
            for valeurs in curseur.fetchall():
                ligne = dict(zip(noms, valeurs, strict=True))
                siennes = lues[ligne["mois"]].setdefault(code, [])
                siennes.append(ligne | {"mois": MOIS})
    return [lues[_nom(rang)] for rang in range(len(mondes))]


def _ecrire(chemin: Path, lignes: Sequence[dict[str, Any]]) -> None:
    with chemin.open("w", newline="") as fichier:
        ecrivain = csv.DictWriter(fichier, list(lignes[0]))
        ecrivain.writeheader()
        ecrivain.writerows(lignes)


def _nom(rang: int) -> str:
    """Return the month that names a world while SQL counts it."""
    return f"{1000 + rang // 12:04d}-{rang % 12 + 1:02d}"


def comptes(tables: Tables) -> dict[Place, Any]:
    """Return what stands at each place of the tables of a world."""
    return {
        (code, ici, nom): ligne[nom]
        for code, lignes in tables.items()
        for noms in (TABLEAUX[code].plan.comptes,)
        for ligne in lignes
        for ici in (repere(ligne),)
        for nom in noms
        if ligne[nom] is not None
    }
