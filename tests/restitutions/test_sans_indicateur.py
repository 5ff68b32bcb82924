"""An indicator may be taken out of the catalogue, or put in a new family: nothing else breaks.

Each YAML file is taken out of a copy of expectations/, in two companies that differ whole: over
the version that was published with them (their rows are still there), then over that version
without the rows of one, as a later control publishes it.
"""

from __future__ import annotations

import contextlib
import importlib
import itertools
import shutil
from collections.abc import Iterator
from pathlib import Path

import dash
import duckdb
import pytest

from dashboards.app import creer_app
from infocentre.acces.perimetre import TOUT
from infocentre.catalogue import lecture as catalogue_lu
from infocentre.catalogue import lire_catalogue
from infocentre.catalogue.documentation import rendre_documentation
from infocentre.cli import main
from infocentre.entrepot import Dossier
from infocentre.lecture import commun
from infocentre.mesures.tableaux import tableaux
from infocentre.noyau.config import Ressource, ressources
from infocentre.restitutions import html, lecture
from infocentre.restitutions.bilan import contexte, qualite
from infocentre.restitutions.document import Document, Tableau
from infocentre.restitutions.registre import DOCUMENTS, du_departement
from tests.dashboards.vues import ouvrir
from tests.donnees.atelier import MAGASIN
from tests.profondeur import PROFONDEUR, profond
from tests.restitutions.changes import entrepot_change, sans_protection, sur

pytestmark = pytest.mark.lent

CATALOGUE = lire_catalogue()
CODES = tuple(CATALOGUE.indicateurs)
# What opening everything costs is paid once for all of a group. Each code is out of one half; in
# canary, of three groups of eight, never the same three: each is out once while any other is in.
FOIS, SUR = (3, 8) if PROFONDEUR > 1 else (1, 2)
DEHORS = dict(zip(CODES, itertools.cycle(itertools.combinations(range(SUR), FOIS)), strict=False))
GROUPES = [tuple(code for code in CODES if rang in DEHORS[code]) for rang in range(SUR)]
# One that counts a population, one under the figures of tables, and one that brings another.
UN_DE_CHAQUE = (
    next(
        un.code
        for un in CATALOGUE.indicateurs.values()
        if un.code == CATALOGUE.temoin(un.population)
    ),
    next(un.code for un in CATALOGUE.indicateurs.values() if un.fiabilise and un.question),
    next(code for code in CATALOGUE.indicateurs if CATALOGUE.suites(code)),
)
GUICHET = "G1302"
ECHEC = "n'a pas pu être préparée"
PAGES = (
    "/",
    "/suivi",
    "/suivi?par=organisme&contenu=rang",
    "/indicateurs",
    "/tableaux",
    "/guichets",
    f"/guichet/{GUICHET}",
    "/demandes",
    f"/demandes?guichet={GUICHET}",
    "/documents",
    "/livraisons",
    "/requetes",
    "/requetes/bibliotheque",
    "/requetes/indicateur",
    "/echantillon",
    "/aide",
    "/aide/glossaire",
    "/aide/demonstration",
)
COMMANDES = (
    "indicateurs",
    f"indicateurs --guichet {GUICHET}",
    "indicateurs --format csv --par organisme",
    "livraisons",
    "tableau ATT-05 --format csv",
)


@pytest.fixture(scope="module")
def socle(entrepot_demo: Dossier) -> Path:
    """A data directory whose tables are masked already: no code changes what they hide."""
    importlib.import_module("pandas")
    with lecture.ouvrir(entrepot_demo, TOUT) as v:
        DOCUMENTS["bilan"].construire(lecture.du_semestre(v, "2026-S2"))
    return entrepot_demo.racine


def lier(socle: Path, racine: Path) -> Path:
    """Return a directory that reads another: what was kept of one is not read again for it."""
    racine.mkdir()
    for chose in socle.iterdir():
        if chose.name != "diffusions" and not chose.name.startswith(MAGASIN):
            (racine / chose.name).symlink_to(chose)
    return racine


def sans_lignes(socle: Path, racine: Path, codes: tuple[str, ...]) -> Path:
    """Return a directory whose published version has no row of some indicators."""
    lier(socle, racine)
    courante = (socle / "courante").resolve()
    for nom in ("versions", "courante"):
        (racine / nom).unlink()
    copie = Path(shutil.copytree(courante, racine / "versions" / courante.name))
    (racine / "courante").symlink_to(Path("versions") / courante.name)
    with duckdb.connect(copie / "infocentre.duckdb") as con:
        tables = con.execute(
            "SELECT table_name FROM duckdb_columns() JOIN duckdb_tables() USING (table_name) "
            "WHERE column_name = 'code'"
        ).fetchall()
        for (table,) in tables:
            sql = f'DELETE FROM "{table}" WHERE list_contains($codes, code)'
            con.execute(sql, {"codes": list(codes)})
    return racine


@contextlib.contextmanager
def catalogue_de(expectations: Path, patch: pytest.MonkeyPatch) -> Iterator[None]:
    """Read another folder of indicators, as whoever changes it and starts the infocentre again."""

    def trouver(nom: Ressource) -> Path:
        return expectations if nom == "expectations" else ressources(nom)

    with patch.context() as ici:
        ici.setattr(catalogue_lu, "ressources", trouver)
        commun.catalogue.cache_clear()
        yield
    commun.catalogue.cache_clear()


@pytest.fixture
def expectations(tmp_path: Path) -> Path:
    """A copy of the files of the catalogue."""
    return Path(shutil.copytree(ressources("expectations"), tmp_path / "expectations"))


def exiger_tout(racine: Path, patch: pytest.MonkeyPatch, *codes: str) -> Document:
    """Every page, document and command opens, and those of `codes` too; return the synthèse."""
    patch.setenv("INFOCENTRE_DOSSIER", str(racine))
    patch.setenv("INFOCENTRE_TRACE", "1")  # a command that fails raises
    app: dash.Dash = creer_app(Dossier(racine))
    leurs: set[str] = set()
    for code in codes:
        un = CATALOGUE.indicateurs.get(code)
        leurs |= {f"/tableaux/{tableau}" for tableau in (un.fiabilise if un else tableaux())}
        leurs |= {f"/indicateurs/{code}", f"/demandes?code={code}"}
    for adresse in (*PAGES, *sorted(leurs)):
        assert ECHEC not in ouvrir(app, adresse).texte, adresse
    assert [main(une.split()) for une in COMMANDES] == [0] * len(COMMANDES)
    with lecture.ouvrir(Dossier(racine), TOUT) as v:
        periodes = {
            "mois": lecture.du_mois(v),
            "semestre": lecture.du_semestre(v, "2026-S2"),
            "annee": lecture.de_l_annee(v, "2026"),
        }
        faits = {
            un.nom: un.construire(periodes[un.periode], GUICHET if un.d_un_guichet else "")
            for un in du_departement()
        }
    assert all(html.en_octets(un) for un in faits.values())
    return faits["synthese"]


def test_each_code_is_out_while_others_are_in() -> None:
    assert {code for groupe in GROUPES for code in groupe} == set(CODES)
    dehors = {
        (un, autre) for groupe in GROUPES for un in groupe for autre in set(CODES) - {*groupe}
    }
    assert PROFONDEUR == 1 or dehors == set(itertools.permutations(CODES, 2))


@pytest.fixture(autouse=True)
def _sans_protection(monkeypatch: pytest.MonkeyPatch, socle: Path) -> None:  # noqa: ARG001
    """Nothing is protected after `socle`, which is."""
    sans_protection(monkeypatch)


@pytest.mark.parametrize("codes", GROUPES, ids=map(str, range(SUR)))
def test_everything_opens_without_a_group_of_indicators(
    codes: tuple[str, ...], socle: Path, expectations: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for code in codes:
        (expectations / f"{code}.yml").unlink()
    with catalogue_de(expectations, monkeypatch):
        synthese = exiger_tout(lier(socle, expectations.parent / "donnees"), monkeypatch, *codes)
        for code in codes:
            assert main(["anomalies", code]) == 1, code
    lignes = {
        bloc.cle: len(bloc.lignes)
        for section in synthese.sections
        for bloc in section.blocs
        if isinstance(bloc, Tableau)
    }
    otees = sum(bool(CATALOGUE.indicateurs[code].question) for code in codes)
    assert lignes["fiabilite"] == 4 - otees


@profond
def test_so_does_it_once_their_rows_are_gone_too(
    socle: Path, expectations: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for code in UN_DE_CHAQUE:
        (expectations / f"{code}.yml").unlink()
    with catalogue_de(expectations, monkeypatch):
        racine = sans_lignes(socle, expectations.parent / "donnees", UN_DE_CHAQUE)
        exiger_tout(racine, monkeypatch, *UN_DE_CHAQUE)


@profond
def test_everything_opens_with_one_more_in_a_family_of_its_own(
    socle: Path, expectations: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    modele = (expectations / "ENR_DELAI.yml").read_text("utf-8")
    ajoute = modele.replace("ENR_DELAI", "REL_DELAI").replace("enregistrement", "relogement", 1)
    (expectations / "REL_DELAI.yml").write_text(ajoute, "utf-8")
    with catalogue_de(expectations, monkeypatch):
        racine = lier(socle, expectations.parent / "donnees")
        exiger_tout(racine, monkeypatch, "REL_DELAI")
        app: dash.Dash = creer_app(Dossier(racine))
        for page in ("/aide/glossaire", "/suivi"):
            assert "Relogement" in repr(ouvrir(app, page).racine), page
        assert "## Relogement" in rendre_documentation(lire_catalogue())
        assert main(["expliquer", "REL_DELAI"]) == 0


def test_a_family_of_its_own_has_its_table_in_the_annex(
    edition_demo: lecture.Edition, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where each organisme is judged on all: a table without a row is a sentence."""
    suivis = {un.code for un in CATALOGUE.indicateurs.values() if un.suivi}
    un = CATALOGUE.indicateurs["ENR_DELAI"].model_copy(update={"famille": "relogement"})
    autres = CATALOGUE.indicateurs | {"ENR_DELAI": un}
    catalogue = CATALOGUE.model_copy(update={"indicateurs": autres})
    monkeypatch.setattr(contexte, "catalogue_du_mois", lambda *_: catalogue)
    juges = "UPDATE valeurs SET etat = 'vert' WHERE niveau = 'organisme'"
    with entrepot_change(edition_demo, tmp_path / "juges", juges) as v:
        annexe = qualite.annexe(contexte.Contexte(sur(v, edition_demo)))
    # After them, who changed of state.
    tables = [
        bloc
        for bloc in annexe.blocs
        if isinstance(bloc, Tableau) and bloc.titre.endswith("taux d'anomalie par organisme")
    ]
    titres = {colonne.titre for table in tables for colonne in table.colonnes[1:]}
    assert titres == {CATALOGUE.indicateurs[code].libelle for code in suivis}
    assert tables[-1].titre.startswith("Relogement :")
