"""Whatever the order of loading, the state kept step by step is the one rebuilt from nothing."""

from __future__ import annotations

import datetime as dt
import itertools
from pathlib import Path

import duckdb
import pytest

from infocentre.entrepot import Dossier
from tests.donnees.atelier import (
    charger,
    contenu,
    ecrire_livraison,
    fin_de_mois,
    interroger,
    reconstruire,
)

pytestmark = pytest.mark.lent

MOIS = ("2026-01", "2026-02", "2026-03")
# What a month says of each numéro.
VUES = ("stock", "radiation", "nulle part")
Histoire = list[tuple[str, str, str]]

# Every history of a demande over three months, of one filed in February and of one filed before.
TOUTES: Histoire = [vues for vues in itertools.product(VUES, VUES, VUES) for _ in range(2)]


def demande(rang: int, mois: str) -> dict[str, object]:
    """One row; it was filed in February when its rank is even, long before otherwise."""
    return {
        "NUMERO_UNIQUE": f"0130224{rang:06d}G0001",
        "TYPE_DEMANDEUR": "PP",
        "GUICHET_ENREGISTREUR": "G0001",
        "CLE_GUICHETCREATEUR": "G0001",
        "DATE_CREATION": "2026-02-10" if rang % 2 == 0 else "2024-02-10",
        "DOUBLON_FORCE": "0",
        "ESTCREEESITEGRANDPUBLIC": "0",
        "DATE_MODIFICATION": f"{mois}-03",
    }


def livrer(dossier: Path, histoire: Histoire) -> list[Path]:
    """Write the three months; a témoin of each file keeps them from being empty."""
    chemins = []
    for place, mois in enumerate(MOIS):
        vues = ["stock", "radiation", *(vue[place] for vue in histoire)]
        lignes = {
            table: [demande(rang, mois) for rang, vue in enumerate(vues) if vue == table]
            for table in ("stock", "radiation")
        }
        for ligne in lignes["radiation"]:
            ligne |= {"DATE_RADIATION": f"{mois}-05", "MOTIF_RADIATION": "RADABA"}
        guichet: dict[str, object] = {
            "CODE_GUICHET": "G0001",
            "NOM": "Guichet",
            "TYPE_GUICHET": "COMMUNE",
            "MODE_ENREGISTREMENT": "DIRECT",
        }
        chemins.append(ecrire_livraison(dossier, mois, {**lignes, "guichets": [guichet]}))
    return chemins


def etat_attendu(histoire: Histoire) -> dict[str, tuple[str, str]]:
    """Return {numéro: (statut, month it was last seen in)} by the contract's words."""
    etats = {}
    for rang, vues in enumerate([("stock",) * 3, ("radiation",) * 3, *histoire]):
        vus = [(mois, vue) for mois, vue in zip(MOIS, vues, strict=True) if vue != "nulle part"]
        if vus:
            mois, vue = vus[-1]
            statut = {"stock": "active", "radiation": "radiée"}[vue]
            statut = "disparue" if statut == "active" and mois != MOIS[-1] else statut
            etats[str(demande(rang, mois)["NUMERO_UNIQUE"])] = (statut, mois)
    return etats


def etat_lu(racine: Path) -> dict[str, tuple[str, str]]:
    (nom,) = Dossier(racine).version().etats.values()
    with duckdb.connect() as con:
        lignes = con.execute(
            "SELECT numero_unique, statut, strftime(vue_le, '%Y-%m') "
            f"FROM read_parquet('{racine / 'etats' / nom}')"
        ).fetchall()
    return {numero: (statut, mois) for numero, statut, mois in lignes}


def soldes_attendus(histoire: Histoire) -> list[tuple[object, ...]]:
    vues = [("stock",) * 3, ("radiation",) * 3, *histoire]
    lignes: list[tuple[object, ...]] = []
    for avant, apres in itertools.pairwise(range(3)):
        arrete = dt.date.fromisoformat(fin_de_mois(MOIS[avant]))
        flux = dict.fromkeys(
            ("creations", "deradiations", "autres_entrees", "radiations", "disparues"), 0
        )
        for rang, vue in enumerate(vues):
            nouvelle = str(demande(rang, MOIS[apres])["DATE_CREATION"]) > arrete.isoformat()
            match (vue[avant], vue[apres]):
                case ("radiation", "stock"):
                    flux["deradiations"] += 1
                case ("nulle part", "stock"):
                    flux["creations" if nouvelle else "autres_entrees"] += 1
                case ("stock", "radiation"):
                    flux["radiations"] += 1
                case ("stock", "nulle part"):
                    flux["disparues"] += 1
        effectifs = [sum(vue[place] == "stock" for vue in vues) for place in (avant, apres)]
        lignes.append((MOIS[apres], effectifs[0], *flux.values(), effectifs[1]))
    return lignes


@pytest.mark.parametrize("ordre", [(0, 2, 1), (1, 0, 2), (2, 1, 0)])
def test_the_state_kept_step_by_step_is_the_one_rebuilt(
    ordre: tuple[int, ...], tmp_path: Path
) -> None:
    chemins = livrer(tmp_path / "livraisons", TOUTES)
    racine = tmp_path / "donnees"
    for rang in ordre:
        charger(racine, chemins[rang], confirmer="essai")
    assert etat_lu(racine) == etat_attendu(TOUTES)
    lignes = interroger(
        racine,
        "SELECT strftime(arrete, '%Y-%m'), avant, creations, deradiations, autres_entrees, "
        "radiations, disparues, apres FROM soldes ORDER BY arrete",
    )
    assert lignes == soldes_attendus(TOUTES)
    avant = contenu(racine)
    reconstruire(racine)
    assert contenu(racine) == avant
