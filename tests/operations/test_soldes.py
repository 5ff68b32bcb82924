"""The balance of stock and flows, by set difference, and the list behind each number."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from infocentre.cli import main
from infocentre.entrepot import Dossier
from tests.donnees.atelier import alterer, base, chargee, charger, copie, interroger, lire_parquet
from tests.donnees.communs import en_memoire
from tests.donnees.retors import livraisons

pytestmark = pytest.mark.lent

ENTREES, SORTIES = ("creations", "deradiations", "autres_entrees"), ("radiations", "disparues")
MOIS = ("2026-02", "2026-03")


def numeros(racine: Path, mois: str, table: str) -> dict[str, Any]:
    """Return {numéro: date de dépôt} of a table of the archive of a month."""
    livraison = Dossier(racine).version().trouver("013", mois)
    assert livraison is not None
    fichier = Dossier(racine).archive(livraison) / f"{table}.parquet"
    sql = f"SELECT numero_unique, date_creation FROM read_parquet('{fichier}')"
    return dict(en_memoire().execute(sql).fetchall())


def attendu(racine: Path, avant: str, apres: str) -> dict[str, set[str]]:
    """The five flows, by Python's own sets."""
    import datetime as dt

    stock, radies = (numeros(racine, avant, t) for t in ("stock", "radiation"))
    suivant, sortis = (numeros(racine, apres, t) for t in ("stock", "radiation"))
    entres = suivant.keys() - stock.keys()
    livraison = Dossier(racine).version().trouver("013", avant)
    assert livraison is not None
    arrete = dt.date.fromisoformat(livraison.arrete)
    deradies = entres & radies.keys()
    crees = {n for n in entres - deradies if suivant[n] > arrete}
    partis = stock.keys() - suivant.keys()
    return {
        "creations": crees,
        "deradiations": deradies,
        "autres_entrees": entres - deradies - crees,
        "radiations": partis & sortis.keys(),
        "disparues": partis - sortis.keys(),
    }


def soldes(racine: Path) -> list[tuple[Any, ...]]:
    return interroger(
        racine,
        "SELECT strftime(arrete, '%Y-%m'), strftime(arrete_avant, '%Y-%m'), avant, "
        f"{', '.join(ENTREES + SORTIES)}, apres FROM soldes ORDER BY arrete",
    )


@pytest.mark.parametrize("ordre", [(1, 2, 3), (3, 1, 2)], ids=str)
def test_before_plus_entries_minus_exits_equals_after(ordre: tuple[int, ...]) -> None:
    racine = base(*ordre)
    lignes = soldes(racine)
    assert [(mois, avant) for mois, avant, *_ in lignes] == [
        ("2026-02", "2026-01"),
        ("2026-03", "2026-02"),
    ]
    for mois, mois_avant, avant, *flux, apres in lignes:
        assert avant + sum(flux[:3]) - sum(flux[3:]) == apres
        assert avant == len(numeros(racine, mois_avant, "stock"))
        assert apres == len(numeros(racine, mois, "stock"))
        ensembles = attendu(racine, mois_avant, mois)
        assert dict(zip(ENTREES + SORTIES, flux, strict=True)) == {
            nom: len(ensemble) for nom, ensemble in ensembles.items()
        }
        assert flux[0]
        assert flux[1]
        assert flux[3]


@pytest.mark.parametrize("mois", MOIS)
@pytest.mark.parametrize("flux", ENTREES + SORTIES)
def test_each_number_of_the_solde_can_be_listed(
    mois: str, flux: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    racine, sortie = base(1, 2, 3), tmp_path / "liste.json"
    monkeypatch.setenv("INFOCENTRE_DOSSIER", str(racine))
    commande = ["livraisons", mois, "--liste", flux, "--format", "json", "--sortie", str(sortie)]
    assert main(commande) == 0
    listes = [ligne["numero_unique"] for ligne in json.loads(sortie.read_text("utf-8"))]
    avant = {"2026-02": "2026-01", "2026-03": "2026-02"}[mois]
    assert sorted(listes) == sorted(attendu(racine, avant, mois)[flux])


def test_a_late_delivery_makes_the_solde_of_the_next_month_again(tmp_path: Path) -> None:
    racine = copie(chargee(3), tmp_path / "donnees")
    assert soldes(racine) == []
    # From before the first, it gives it its solde and has none.
    (premier,) = charger(racine, livraisons()[0])
    assert premier.solde is None
    ((mois, avant, *nombres),) = soldes(racine)
    assert (mois, avant) == ("2026-03", "2026-01")
    flux = {nom: len(un) for nom, un in attendu(racine, avant, mois).items()}
    stocks = (len(numeros(racine, un, "stock")) for un in (avant, mois))
    assert nombres == [next(stocks), *flux.values(), next(stocks)]
    (retard,) = charger(racine, livraisons()[1])
    assert retard.solde is not None
    assert retard.solde["avant"] == len(numeros(racine, "2026-01", "stock"))
    assert soldes(racine) == soldes(base(1, 2, 3))


@pytest.fixture(scope="module")
def disparues(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three months; one demande in forty vanishes in March."""
    dossier = tmp_path_factory.mktemp("disparues")
    mars = alterer(
        livraisons()[2],
        dossier / "mars",
        "stock",
        lambda lignes: [ligne for rang, ligne in enumerate(lignes) if rang % 40],
    )
    racine = copie(chargee(1, 2), dossier / "donnees")
    charger(racine, mars)
    return racine


def test_a_demande_that_is_nowhere_any_more_has_disappeared(disparues: Path) -> None:
    _, (mois, _, avant, *flux, apres) = soldes(disparues)
    ensembles = attendu(disparues, "2026-02", mois)
    assert dict(zip(ENTREES + SORTIES, flux, strict=True)) == {
        nom: len(ensemble) for nom, ensemble in ensembles.items()
    }
    assert flux[4] > 15
    assert avant + sum(flux[:3]) - sum(flux[3:]) == apres


def test_the_newest_state_follows_the_last_arrete_that_sees_the_demande(
    disparues: Path,
) -> None:
    racine = disparues
    statuts: dict[str, tuple[str, str]] = {}
    for mois in ("2026-01", "2026-02", "2026-03"):
        statuts |= dict.fromkeys(numeros(racine, mois, "stock"), ("active", mois))
        statuts |= dict.fromkeys(numeros(racine, mois, "radiation"), ("radiée", mois))
    statuts = {
        numero: ("disparue" if statut == "active" and mois != "2026-03" else statut, mois)
        for numero, (statut, mois) in statuts.items()
    }
    (nom,) = Dossier(racine).version().etats.values()
    import duckdb

    with duckdb.connect() as con:
        lignes = con.execute(
            "SELECT numero_unique, statut, strftime(vue_le, '%Y-%m') "
            f"FROM read_parquet('{racine / 'etats' / nom}')"
        ).fetchall()
    assert {numero: (statut, mois) for numero, statut, mois in lignes} == statuts
    assert len(lignes) == len(statuts) == len(lire_parquet(racine / "etats" / nom))
    assert {statut for statut, _ in statuts.values()} == {"active", "radiée", "disparue"}
