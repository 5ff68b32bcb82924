"""`exemple-retors`, end to end: the reference values, in any order of loading, to the unit."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path
from typing import Any

import duckdb
import pytest

from infocentre.entrepot import Dossier, brouillon
from infocentre.entrepot.dossier import ENTREPOT
from infocentre.entrepot.journal import lire_journal
from tests.donnees.atelier import (
    alleger,
    base,
    base_legere,
    charger,
    contenu,
    controler,
    copie,
    differences,
    interroger,
    lire_parquet,
    octets,
)
from tests.donnees.retors import MOIS, lignes_csv, livraisons, verite
from tests.profondeur import echantillon

pytestmark = pytest.mark.lent

ORDRES = ((1, 2, 3), (3, 1, 2))


def attendues(mois: str) -> dict[tuple[str, str], tuple[int, ...]]:
    """Counts of the reference by (code, guichet), the département's being their sum."""
    parts = {
        (code, guichet): tuple(nombres)
        for code, par_guichet in verite()[mois].items()
        if code != "_stats"
        for guichet, nombres in par_guichet.items()
    }
    for code in {code for code, _ in parts}:
        colonnes = zip(*(n for (c, g), n in parts.items() if c == code and g != "*"), strict=True)
        parts[code, "*"] = tuple(map(sum, colonnes))
    return parts


def obtenues(racine: Path, mois: str) -> dict[tuple[str, str], tuple[int, ...]]:
    lignes = interroger(
        racine,
        "SELECT code, guichet, numerateur, denominateur, numerateur_12m, denominateur_12m "
        f"FROM valeurs WHERE mois = '{mois}' AND niveau IN ('guichet', 'departement')",
    )
    return {(code, guichet): tuple(n or 0 for n in nombres) for code, guichet, *nombres in lignes}


@pytest.mark.parametrize("ordre", ORDRES, ids=str)
@pytest.mark.parametrize("mois", MOIS)
def test_each_value_is_that_of_the_reference(ordre: tuple[int, ...], mois: str) -> None:
    attendu, obtenu = attendues(mois), obtenues(base(*ordre), mois)
    assert len({code for code, _ in attendu}) >= 37
    ecarts = {
        cle: (nombres, obtenu.get(cle))
        for cle, nombres in attendu.items()
        if obtenu.get(cle, ())[: len(nombres)] != nombres
    }
    assert ecarts == {}
    reference = {code for code, _ in attendu}
    de_trop = {
        cle: nombres
        for cle, nombres in obtenu.items()
        if cle not in attendu and cle[0] in reference and (nombres[1] or nombres[3])
    }
    assert de_trop == {}


def test_the_order_of_loading_changes_nothing() -> None:
    assert differences(contenu(base(1, 2, 3)), contenu(base(3, 1, 2))) == {}


def test_a_month_controlled_after_the_others_gives_the_same_warehouse(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Files being read at each question, as those of many rows are, instead of once."""
    racine, ensemble = copie(base_legere(1, 2), tmp_path / "donnees"), base_legere(1, 2, 3)
    alleger(monkeypatch)
    monkeypatch.setattr(brouillon, "GROUPE", 1)
    charger(racine, livraisons()[2])
    controler(racine)
    assert differences(contenu(ensemble), contenu(racine)) == {}


def test_loading_the_same_content_again_changes_no_byte(tmp_path: Path) -> None:
    racine = copie(base(3, 1, 2), tmp_path / "donnees")
    avant = octets(racine)
    assert all(une.deja_chargee for une in charger(racine, *livraisons()))
    assert controler(racine).bilan is None
    assert octets(racine) == avant


@pytest.mark.parametrize("livraison", echantillon(livraisons(), 1), ids=lambda une: une.name)
def test_the_rejects_are_those_of_the_reference(livraison: Path) -> None:
    attendus = verite()[livraison.name]["_stats"]
    rejets = _rejets(livraison.name)
    mauvaises = {
        "ligne illisible": 2,
        "numéro unique mal formé": 2,
        "date obligatoire illisible": 2,
    }
    assert attendus["bad_rows"] == sum(mauvaises.values())
    motifs = Counter((r["table"], r["motif"]) for r in rejets)
    assert {m: motifs["stock", m] for m in mauvaises} == mauvaises
    resolus = ("ligne répétée", "présent dans les deux fichiers")
    for table in ("stock", "radiation"):
        assert sum(motifs[table, m] for m in resolus) == attendus["rejects"][table]
    assert len(rejets) == 6 + sum(attendus["rejects"].values())
    assert all(r["fichier"] == f"{r['table']}.csv" for r in rejets)


@pytest.mark.parametrize("livraison", livraisons(), ids=lambda une: une.name)
def test_a_reject_gives_the_physical_line_where_its_value_is_read(livraison: Path) -> None:
    for rejet in _rejets(livraison.name):
        texte = (livraison / rejet["fichier"]).read_text("utf-8-sig").split("\n")
        ligne = texte[rejet["ligne"] - 1]
        if rejet["valeur"] and rejet["colonne"]:
            forme = re.sub(r"[^\W\d_]+", "A", re.sub(r"\d", "9", ligne))
            dite = rejet["valeur"].removeprefix("forme ")
            assert dite in (forme if dite != rejet["valeur"] else ligne)
        else:
            assert ligne.count(";") == 4


@pytest.mark.parametrize("mois", MOIS)
def test_the_effectifs_are_those_of_the_reference(mois: str) -> None:
    racine = base(1, 2, 3)
    livraison = Dossier(racine).version().trouver("013", mois)
    assert livraison is not None
    archive = Dossier(racine).archive(livraison)
    stats = verite()[mois]["_stats"]
    assert len(lire_parquet(archive / "stock.parquet")) == stats["actives"]
    assert len(lignes_csv(livraisons()[MOIS.index(mois)], "stock")) > stats["actives"]
    for code, attendu in (("ATT_BAIL_NR", "attributions"),):
        ligne = interroger(
            racine,
            "SELECT denominateur, denominateur_12m FROM valeurs "
            f"WHERE code = '{code}' AND mois = '{mois}' AND guichet = '*'",
        )
        assert ligne == [(stats[attendu], stats[f"{attendu}_12m"])]


def test_the_journal_has_an_entry_a_publication() -> None:
    journal = lire_journal(Dossier(base(3, 1, 2)).journal)
    assert [une["version"] for une in journal] == [1, 2, 3, 4]
    assert [une["type"] for une in journal] == ["chargement"] * 3 + ["controle"]
    assert [une["arrete"][:7] for une in journal[:3]] == ["2026-03", "2026-01", "2026-02"]


def _rejets(mois: str) -> list[dict[str, Any]]:
    import duckdb

    livraison = Dossier(base(1, 2, 3)).version().trouver("013", mois)
    assert livraison is not None
    fichier = Dossier(base(1, 2, 3)).archive(livraison) / "rejets.parquet"
    with duckdb.connect() as con:
        curseur = con.execute(f"FROM read_parquet('{fichier}')")
        noms = [colonne[0] for colonne in curseur.description or []]
        return [dict(zip(noms, ligne, strict=True)) for ligne in curseur.fetchall()]


def test_a_small_warehouse_takes_little_room() -> None:
    entrepot = Dossier(base(1, 2, 3)).courante / ENTREPOT
    with duckdb.connect(str(entrepot), read_only=True) as con:
        (bloc,) = con.execute("SELECT block_size FROM pragma_database_size()").fetchall()
    assert bloc == (65_536,)
    assert entrepot.stat().st_size < 16e6  # 30 MB with DuckDB's own blocks
