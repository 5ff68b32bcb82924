"""The analysts' file: written when it is asked for, pseudonymised, and nothing personal in it."""

from __future__ import annotations

import hmac
import subprocess
import sys
from pathlib import Path
from typing import Any

import duckdb
import pytest

from infocentre.analystes import fichier as analystes
from infocentre.analystes.fichier import tenir_analystes
from infocentre.contrat import contrat
from infocentre.entrepot import Dossier
from infocentre.noyau.erreurs import Refus
from tests.donnees.atelier import alleger, base, chargee, charger, controler, copie, octets
from tests.donnees.communs import en_memoire
from tests.donnees.retors import livraisons

pytestmark = pytest.mark.lent


@pytest.fixture(autouse=True)
def sans_cle_imposee(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("INFOCENTRE_CLE", raising=False)


@pytest.fixture
def racine(tmp_path: Path) -> Path:
    """A data directory with three controlled months, whose analysts' file nobody asked for."""
    racine = copie(base(1, 2, 3), tmp_path / "donnees")
    for fichier in racine.glob("versions/*/analystes.duckdb"):
        fichier.unlink()
    return racine


@pytest.fixture(scope="module")
def lue(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same, whose analysts' file is written: nobody may change it."""
    racine = copie(base(1, 2, 3), tmp_path_factory.mktemp("analystes") / "donnees")
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("INFOCENTRE_CLE", raising=False)
        with tenir_analystes(Dossier(racine)):
            return racine


def lignes(fichier: Path, sql: str) -> list[tuple[Any, ...]]:
    with duckdb.connect(str(fichier), read_only=True) as con:
        return con.execute(sql).fetchall()


def test_a_control_does_not_write_it_the_first_reader_does(
    racine: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    alleger(monkeypatch)
    controler(racine, "2026-03")
    assert not list(Dossier(racine).courante.resolve().glob("analystes*"))
    with tenir_analystes(Dossier(racine)) as fichier:
        assert fichier == racine.resolve() / f"versions/{fichier.parent.name}/analystes.duckdb"
        ecrit_le = fichier.stat().st_mtime_ns
    with tenir_analystes(Dossier(racine)) as fichier:
        assert fichier.stat().st_mtime_ns == ecrit_le


def test_a_new_publication_has_its_own(racine: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    alleger(monkeypatch)
    with tenir_analystes(Dossier(racine)) as ancien:
        ((avant,),) = lignes(ancien, "SELECT count(DISTINCT mois) FROM valeurs")
        charger(racine, livraisons()[1])
        controler(racine, "2026-03")
        with tenir_analystes(Dossier(racine)) as neuf:
            assert neuf != ancien
            assert lignes(neuf, "SELECT count(DISTINCT mois) FROM valeurs") == [(avant,)]
        assert ancien.exists()


def test_the_numero_there_is_the_digest_of_the_key_and_the_numero(lue: Path) -> None:
    with tenir_analystes(Dossier(lue)) as fichier:
        pseudonymes = {p for (p,) in lignes(fichier, "SELECT numero_unique FROM demandes")}
    cle = (lue / "cle").read_text("ascii").strip()
    version = Dossier(lue).version()
    with duckdb.connect() as con:
        numeros = con.execute(
            f"SELECT numero_unique FROM read_parquet('{lue}/etats/{version.etats['013']}')"
        ).fetchall()
    assert pseudonymes == {empreinte(cle, n) for (n,) in numeros}


def empreinte(cle: str, texte: str) -> str:
    return hmac.digest(cle.encode(), texte.encode(), "sha256").hex()


def test_a_key_longer_than_a_block_is_that_of_hmac(
    racine: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cle = "é" * 40  # 80 bytes
    monkeypatch.setenv("INFOCENTRE_CLE", cle)
    with tenir_analystes(Dossier(racine)) as fichier:
        actes = {p for (p,) in lignes(fichier, "SELECT id_evenement FROM journal")}
    connus = valeurs_livrees(racine, "journal", "id_evenement")
    assert actes == {empreinte(cle, f"id_evenement {connu}")[:32] for connu in connus}


def valeurs_livrees(racine: Path, table: str, colonne: str) -> list[str]:
    """Return a column of the newest archive, in order."""
    archive = Dossier(racine).archive(Dossier(racine).version().de("013")[-1])
    with duckdb.connect() as con:
        sql = f"SELECT {colonne} FROM read_parquet('{archive / table}.parquet') ORDER BY 1"
        return [valeur for (valeur,) in con.execute(sql).fetchall()]


@pytest.mark.parametrize(
    ("table", "colonne"),
    [
        ("demandes", "numero_unique"),
        ("journal", "id_evenement"),
        ("messages", "id_message"),
        ("plis", "id_pli"),
    ],
)
def test_the_order_of_rows_does_not_give_the_identifier_back(
    lue: Path, table: str, colonne: str
) -> None:
    with tenir_analystes(Dossier(lue)) as fichier:
        masques = [m for (m,) in lignes(fichier, f"SELECT {colonne} FROM {table} ORDER BY rowid")]
    cle, champ = (lue / "cle").read_text("ascii").strip(), f"{colonne} "
    if table == "demandes":
        version = Dossier(lue).version()
        with duckdb.connect() as con:
            etat = f"read_parquet('{lue}/etats/{version.etats['013']}')"
            connus = con.execute(f"SELECT numero_unique FROM {etat} ORDER BY 1").fetchall()
        rangs = {empreinte(cle, n): rang for rang, (n,) in enumerate(connus)}
    else:
        connus_ = valeurs_livrees(lue, table, colonne)
        rangs = {empreinte(cle, f"{champ}{n}")[:32]: rang for rang, n in enumerate(connus_)}
    assert masques == sorted(masques)
    assert abs(spearman([rangs[masque] for masque in masques])) < 0.25


@pytest.mark.parametrize("table", ["demandes", "journal", "plis", "liens"])
def test_no_order_of_rows_gives_numeros_back_nor_within_a_group(lue: Path, table: str) -> None:
    with tenir_analystes(Dossier(lue)) as fichier:
        sql = f"SELECT numero_unique FROM {table} WHERE numero_unique IS NOT NULL ORDER BY rowid"
        masques = [m for (m,) in lignes(fichier, sql)]
    cle = (lue / "cle").read_text("ascii").strip()
    connus = {n for t in ("stock", "radiation", "journal", "messages", "plis")
              for archive in (lue / "archives/013").glob(f"*/*/{t}.parquet")
              for n in _numeros(archive)}  # fmt: skip
    rangs = {empreinte(cle, n): rang for rang, n in enumerate(sorted(connus))}
    ordre = [rangs[masque] for masque in masques]
    quatre_sigmas = 4 / (len(ordre) - 1) ** 0.5
    assert abs(spearman(_en_rangs(ordre))) < quatre_sigmas
    groupes = [ordre[i : i + 20] for i in range(0, len(ordre) - 19, 20)]
    ensemble = sum(spearman(_en_rangs(un)) for un in groupes) / len(groupes)
    assert abs(ensemble) < 4 / (19 * len(groupes)) ** 0.5


def _numeros(archive: Path) -> list[str]:
    sql = f"SELECT DISTINCT numero_unique FROM read_parquet('{archive}')"
    return [n for (n,) in en_memoire().execute(sql).fetchall() if n]


def _en_rangs(valeurs: list[int]) -> list[int]:
    """Return the rank of each value, the first of equal ones first."""
    places = sorted(range(len(valeurs)), key=lambda i: (valeurs[i], i))
    rangs = [0] * len(valeurs)
    for rang, place in enumerate(places):
        rangs[place] = rang
    return rangs


def spearman(rangs: list[int]) -> float:
    """Rank correlation of a permutation with the order of its places."""
    n = len(rangs)
    return 1 - 6 * sum((rang - place) ** 2 for place, rang in enumerate(rangs)) / (n * (n * n - 1))


def test_the_age_says_nothing_more_than_the_year_of_birth(lue: Path) -> None:
    with tenir_analystes(Dossier(lue)) as fichier:
        ((ecarts, ages),) = lignes(
            fichier,
            "SELECT count(*) FILTER (age_demandeur_demande IS DISTINCT FROM "
            "year(date_creation) - annee_naiss_demandeur), count(age_demandeur_demande) "
            "FROM demandes",
        )
    assert ecarts == 0
    assert ages


@pytest.mark.parametrize("cle", ["a", "z" * 31, "é" * 15 + "a"])
def test_a_short_key_is_refused(racine: Path, monkeypatch: pytest.MonkeyPatch, cle: str) -> None:
    monkeypatch.setenv("INFOCENTRE_CLE", cle)
    with pytest.raises(Refus, match="trop courte") as leve, tenir_analystes(Dossier(racine)):
        pass
    assert leve.value.ou == "INFOCENTRE_CLE"
    assert not (racine / "courante/analystes.duckdb").exists()


@pytest.mark.parametrize("contenu", [b"", b"\n", b"court", b"\xff" * 8])
def test_an_empty_or_short_file_of_a_key_is_refused(racine: Path, contenu: bytes) -> None:
    (racine / "cle").write_bytes(contenu)
    with pytest.raises(Refus, match="trop courte") as leve, tenir_analystes(Dossier(racine)):
        pass
    assert leve.value.ou == str(racine / "cle")


def test_a_file_left_half_written_or_masked_otherwise_is_made_again(racine: Path) -> None:
    version = (racine / "courante").resolve()
    (version / "analystes.duckdb.partiel").write_bytes(b"coupe")
    with tenir_analystes(Dossier(racine)) as fichier:
        assert lignes(fichier, "SELECT count(*) > 0 FROM demandes") == [(True,)]
        assert not list(version.glob("*.partiel*"))
        (fichier.parent / "analystes.masquage").unlink()
        avant = fichier.stat().st_ino
    with tenir_analystes(Dossier(racine)) as fichier:
        assert fichier.stat().st_ino != avant
        assert lignes(fichier, "SELECT count(*) > 0 FROM demandes") == [(True,)]


def test_the_key_is_made_once_for_its_owner_alone(racine: Path) -> None:
    (racine / "cle").unlink()
    faite = analystes.cle(Dossier(racine))
    assert analystes.cle(Dossier(racine)) == faite
    assert len(faite) == 64
    assert (racine / "cle").stat().st_mode & 0o777 == 0o600


def test_nothing_of_a_person_is_there(lue: Path) -> None:
    with tenir_analystes(Dossier(lue)) as fichier:
        colonnes = {
            c for (c,) in lignes(fichier, "SELECT DISTINCT column_name FROM duckdb_columns()")
        }
        tables = {t for (t,) in lignes(fichier, "SELECT table_name FROM duckdb_tables()")}
    omises = {
        colonne.champ
        for table in contrat().tables.values()
        for colonne in table.colonnes
        if colonne.masque in {"omettre", "annee"}
    }
    # The register gives a guichet's name: NOM is a person's in `identites` only.
    assert colonnes & omises <= {"nom", "numero_unique", "code_postal"}
    assert "annee_naiss_demandeur" in colonnes
    assert {"demandes", "journal", "valeurs", "tab01_01", "communes"} <= tables
    assert not tables & {"identites", "stock", "secret", "pseudonymes"}


def test_a_write_that_fails_leaves_nothing(racine: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    avant = octets(racine)
    monkeypatch.setattr(analystes, "_copier_demandes", _disque_plein)
    with pytest.raises(Refus, match="écriture"), tenir_analystes(Dossier(racine)):
        pass
    apres = octets(racine)
    assert {nom: apres[nom] for nom in avant} == avant
    assert not (racine / "courante/analystes.duckdb").exists()


def test_a_full_disk_says_so_in_french(racine: Path) -> None:
    programme = (
        "import resource; resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))\n"
        "from pathlib import Path\n"
        "from infocentre.entrepot import Dossier\n"
        "from infocentre.noyau.erreurs import Refus\n"
        "from infocentre.analystes.fichier import tenir_analystes\n"
        "try:\n"
        f"    tenir_analystes(Dossier(Path({str(racine)!r}))).__enter__()\n"
        "except Refus as refus:\n"
        "    print(refus.quoi)\n"
    )
    lance = [sys.executable, "-c", programme]
    fini = subprocess.run(lance, capture_output=True, text=True, timeout=60, check=False)
    assert fini.stdout == "l'écriture a échoué : un fichier dépasse la taille permise\n"
    assert not fini.stderr


def _disque_plein(*_: object) -> None:
    raise OSError(28, "No space left on device")


def test_two_readers_at_once_write_one_only(racine: Path) -> None:
    programme = (
        "from pathlib import Path\n"
        "from infocentre.entrepot import Dossier\n"
        "from infocentre.analystes.fichier import tenir_analystes\n"
        f"with tenir_analystes(Dossier(Path({str(racine)!r}))) as fichier:\n"
        "    print(fichier.stat().st_ino)\n"
    )
    lances = [
        subprocess.Popen([sys.executable, "-c", programme], stdout=subprocess.PIPE, text=True)
        for _ in range(2)
    ]
    inodes = {lance.communicate(timeout=60)[0] for lance in lances}
    assert [lance.returncode for lance in lances] == [0, 0]
    assert len(inodes) == 1


def test_without_a_controlled_month_it_says_so(tmp_path: Path) -> None:
    racine = copie(chargee(1), tmp_path / "donnees")
    with pytest.raises(Refus, match="aucun mois n'est encore contrôlé"):
        tenir_analystes(Dossier(racine)).__enter__()


def test_the_other_demande_of_a_duplicate_is_there_by_its_digest(lue: Path) -> None:
    """Both numéros are those of `demandes`: an analyst joins what an archive ties, and no more."""
    archive = Dossier(lue).archive(Dossier(lue).version().de("013")[-1])
    attendus = lignes_de(archive / "liens.parquet")
    with tenir_analystes(Dossier(lue)) as fichier:
        lus = lignes(fichier, "SELECT code, numero_unique, autre_numero FROM liens")
        joints = lignes(
            fichier,
            "SELECT l.code, l.autre_guichet, d.cle_guichetcreateur, l.autre_date_creation, "
            "d.date_creation FROM liens AS l JOIN demandes AS un USING (numero_unique) "
            "JOIN demandes AS d ON d.numero_unique = l.autre_numero",
        )
        ordre = lignes(fichier, "SELECT numero_unique FROM liens ORDER BY rowid")
    cle = (lue / "cle").read_text("ascii").strip()
    assert set(lus) == {
        (code, empreinte(cle, un), autre and empreinte(cle, autre)) for code, un, autre in attendus
    }
    assert len(joints) == sum(autre is not None for *_, autre in attendus) > 0
    assert all(une[1:4:2] == une[2:5:2] for une in joints)
    assert ordre == sorted(ordre)


def lignes_de(fichier: Path) -> list[tuple[Any, ...]]:
    with duckdb.connect() as con:
        return con.execute(
            f"SELECT code, numero_unique, autre_numero FROM read_parquet('{fichier}')"
        ).fetchall()


def test_the_file_says_what_its_columns_mean(lue: Path) -> None:
    with tenir_analystes(Dossier(lue)) as fichier:
        muettes = lignes(
            fichier,
            "SELECT table_name, column_name FROM duckdb_columns() WHERE NOT internal "
            "AND coalesce(comment, '') = '' UNION ALL "
            "SELECT table_name, '' FROM duckdb_tables() WHERE coalesce(comment, '') = ''",
        )
        ((motif,),) = lignes(
            fichier,
            "SELECT comment FROM duckdb_columns() WHERE table_name = 'demandes' "
            "AND column_name = 'motif_radiation'",
        )
    assert muettes == []
    assert motif.endswith("(liste MOTIF_RADIATION de la table codes)")


def test_a_commune_is_joined_once(lue: Path) -> None:
    with tenir_analystes(Dossier(lue)) as fichier:
        ((doubles,),) = lignes(
            fichier,
            "SELECT count(*) - count(DISTINCT code) FROM communes",
        )
        # Annecy took in Annecy-le-Vieux, and kept the code that its own commune déléguée has too.
        annecy = lignes(fichier, "SELECT nom, type FROM communes WHERE code = '74010'")
    assert doubles == 0
    assert annecy == [("Annecy", "commune-actuelle")]


def test_the_dictionary_joins_the_codes(lue: Path) -> None:
    with tenir_analystes(Dossier(lue)) as fichier:
        ((manquent,),) = lignes(
            fichier,
            "SELECT count(*) FROM duckdb_columns() AS c ANTI JOIN dictionnaire AS d "
            "ON (c.table_name, c.column_name) = (d.nom_table, d.colonne) "
            "WHERE NOT c.internal AND c.table_name <> 'dictionnaire'",
        )
        attribue = lignes(
            fichier,
            "SELECT c.libelle FROM dictionnaire AS d INNER JOIN codes AS c USING (liste) "
            "WHERE d.nom_table = 'demandes' AND d.colonne = 'motif_radiation' "
            "AND c.code = 'RADATT'",
        )
    assert manquent == 0
    assert attribue == [(contrat().codes["MOTIF_RADIATION"]["RADATT"],)]
