"""Open data: the cells of the masked bilan and no other, a series that only grows, the same bytes.

The package is judged by a reader of Data Packages that is not ours; a curious reader who has it,
all that is shared of a month, and what one EPCI knows of itself, finds no small count.
"""

from __future__ import annotations

import copy
import csv
import errno
import html
import importlib
import io
import itertools
import json
import os
import re
import shutil
import subprocess
import sys
import zipfile
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from xml.etree import ElementTree as ET

import duckdb
import pytest
from playwright.sync_api import Browser

from infocentre.acces.perimetre import TOUT
from infocentre.contrat.numeros import numeros_ecrits
from infocentre.contrat.territoires import territoires
from infocentre.entrepot import Dossier
from infocentre.lecture.lecteur import Lecture
from infocentre.lecture.partage import partages
from infocentre.mesures.declarations import Role
from infocentre.mesures.partage import MASQUE
from infocentre.mesures.tableaux import tableaux
from infocentre.noyau import archives
from infocentre.noyau.config import ressources
from infocentre.noyau.erreurs import Refus
from infocentre.noyau.francais import composer
from infocentre.restitutions import commande, lecture
from infocentre.restitutions.atelier import Atelier
from infocentre.restitutions.ecriture import NOTE_MASQUE
from infocentre.restitutions.html import en_html
from infocentre.restitutions.ouvert import cellules, croisements, paquet, prive, publications, site
from infocentre.restitutions.ouvert.cellules import THEMES, mesures
from infocentre.restitutions.ouvert.croisements import ROLES, Croisee, croiser
from infocentre.restitutions.ouvert.publie import LIGNES
from infocentre.restitutions.ouvert.publie import ouvrir as ouvrir_publie
from infocentre.restitutions.partenaires import Partenaire, partenaires, trouver
from infocentre.restitutions.portrait import AUTRES
from infocentre.restitutions.reperes import tirer
from tests.cli.lancer import Commande
from tests.donnees.atelier import base, copie, octets
from tests.restitutions.curieux import Lieu, Savoir
from tests.restitutions.curieux_ouvert import (
    Connu,
    deux_publications,
    juger_les_epcis,
    retrouver_partout,
    savoir_d_un_mois,
)
from tests.restitutions.curieux_reperes import tirer_des_taux

pytestmark = pytest.mark.lent

ICI, SEUIL, INCONNU = "013", 11, "NR"
PEU = 5  # organismes, of repères where no type has eleven that are told enough
Ligne = dict[str, str]


@pytest.fixture(scope="module")
def racine(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three months, with a register of one's own."""
    return copie(base(1, 2, 3), tmp_path_factory.mktemp("ouvert") / "donnees")


@pytest.fixture(scope="module")
def v(racine: Path) -> Iterator[Lecture]:
    importlib.import_module("pandas")
    with lecture.ouvrir(Dossier(racine), TOUT) as ouverte:
        yield ouverte


@pytest.fixture(scope="module")
def publie(v: Lecture) -> paquet.Paquet:
    return paquet.preparer(v, ICI)


@pytest.fixture(scope="module")
def dossier(publie: paquet.Paquet, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The first publication, of all months."""
    cible = tmp_path_factory.mktemp("publie")
    paquet.ecrire(publie, cible)
    return cible


def lire(dossier: Path, nom: str) -> list[Ligne]:
    """Read a table as a program that knows nothing of us would."""
    with (dossier / "donnees" / f"{nom}.csv").open(encoding="utf-8", newline="") as flux:
        return list(csv.DictReader(flux, delimiter=";"))


def test_a_reader_of_data_packages_finds_nothing_wrong(dossier: Path) -> None:
    from frictionless import Package

    rapport = Package(str(dossier / "datapackage.json")).validate()
    assert rapport.flatten(["name", "rowNumber", "fieldName", "type", "note"]) == []
    assert {un.name for un in rapport.tasks} > {un.nom for un in THEMES}


def test_a_reader_of_another_language_reads_each_row_and_refuses_another_value(
    dossier: Path, tmp_path: Path
) -> None:
    """Its own code, its own language: `datapackage` of npm, which `make canary` installs."""
    if not (os.environ.get("NODE_PATH") and shutil.which("node")):
        pytest.skip("no JavaScript reader of Data Packages: see .ci/canary")

    def en_javascript(ici: Path) -> dict[str, Any]:
        appel = ["node", str(Path(__file__).with_name("lire_paquet.js")), str(ici)]
        lu: dict[str, Any] = json.loads(
            subprocess.run(appel, capture_output=True, check=True).stdout
        )
        return lu

    noms = [
        une["name"]
        for une in json.loads((dossier / "datapackage.json").read_text("utf-8"))["resources"]
    ]
    assert en_javascript(dossier) == {
        "erreurs": [],
        **{nom: len(lire(dossier, nom)) for nom in noms},
    }
    altere = shutil.copytree(dossier, tmp_path / "altere")
    table = altere / "donnees" / "depots.csv"
    table.write_text(table.read_text("utf-8").replace(";departement;", ";canton;", 1), "utf-8")
    assert "canton" in " ".join(en_javascript(altere)["erreurs"])


def test_every_column_is_described_and_every_parquet_is_its_csv(dossier: Path) -> None:
    decrit = json.loads((dossier / "datapackage.json").read_text("utf-8"))
    for une in decrit["resources"]:
        champs = une["schema"]["fields"]
        assert all(champ["title"] and champ["description"] for champ in champs), une["name"]
        fichiers = [str(dossier / une["path"]), str(dossier / une["x-parquet"]["path"])]
        colonnes = ", ".join(
            f"round({un['name']}::DOUBLE, 6)" if un["name"] == "valeur"
            else f"coalesce({un['name']}::VARCHAR, '')"
            for un in champs
        )  # fmt: skip
        textes, trames = (
            duckdb.sql(f"SELECT {colonnes} FROM {lu}").fetchall()
            for lu in (
                f"read_csv('{fichiers[0]}', delim = ';', all_varchar = true, quote = '\"')",
                f"'{fichiers[1]}'",
            )
        )
        assert textes == trames, une["name"]


def test_who_opens_the_files_reads_what_each_table_and_column_is(dossier: Path) -> None:
    lu = (dossier / "LISEZMOI.md").read_text("utf-8")
    decrit = json.loads((dossier / "datapackage.json").read_text("utf-8"))
    tables = [une["name"] for une in decrit["resources"]]
    colonnes = {un["name"] for une in decrit["resources"] for un in une["schema"]["fields"]}
    assert sorted(re.findall(r"^\| `([^`]+)` \|", lu, re.MULTILINE)) == sorted([*tables, *colonnes])
    assert "(seuil : 11)" in lu
    assert all(f"`{code}` dans la colonne `masque`" in lu for code in ("s", "s2"))


def test_every_cell_is_that_of_the_masked_tables(v: Lecture, dossier: Path) -> None:
    """Counted another way: what a month's shared tables tell, and what the files do."""
    lus: dict[str, dict[tuple[str, ...], Ligne]] = defaultdict(dict)
    for theme in THEMES:
        for une in lire(dossier, theme.nom):
            cle = (
                "niveau",
                "territoire",
                "modalite",
                "modalite_croisee",
                "caracteristique",
                "mesure",
            )
            lus[f"{une['mois']} {une['tableau']}"][tuple(une[nom] for nom in cle)] = une
    dernier, vues = max(une["mois"] for une in lire(dossier, "depots")), 0
    for theme in THEMES:
        for role in (*theme.roles, *theme.epcis):
            tableau = tableaux().du_role(role)
            dits = sorted(
                str("s" if ligne[nom] == MASQUE else round(float(ligne[nom]), 6))
                for ligne in partages(v, ICI, dernier)[tableau.code].lignes
                for nom in mesures(tableau)
                if ligne[nom] is not None
            )
            # EPCI of a table without territories are crossed: of no bilan.
            siens = lus[f"{dernier} {tableau.code}"].values()
            publies = sorted(
                str("s" if une["masque"] else round(float(une["valeur"]), 6))
                for une in siens
                if role not in ROLES or une["niveau"] == "departement"
            )
            assert publies == dits, tableau.code
            vues += len(dits)
    assert vues > 1000


def test_a_cell_is_told_or_masked_and_no_numero_is_there(dossier: Path) -> None:
    for theme in (*(un.nom for un in THEMES), "indicateurs"):
        lues = lire(dossier, theme)
        assert all(bool(une["valeur"]) != bool(une["masque"]) for une in lues)
        comptes = [une for une in lues if une["mesure"] in {"total", "attributions", "numerateur"}]
        assert not [une for une in comptes if une["valeur"] and 0 < float(une["valeur"]) < SEUIL]
    tout = b"".join(un.read_bytes() for un in dossier.rglob("*.csv"))
    assert not numeros_ecrits(tout)


# --- What EPCI have of each modality --------------------------------------------------------------


@pytest.fixture(scope="module")
def connu(v: Lecture) -> Connu:
    """Two months, all that is shared of them, their repères as if five organismes were enough."""
    return deux_publications(v, ICI, publications.mois_a_publier(v, ICI)[-2:], PEU)


@pytest.mark.tentative(
    "effectifs", "deux publications, son propre registre et les repères de deux mois, ensemble"
)
def test_no_small_count_is_found_by_all_nor_by_an_epci_in_two_publications(connu: Connu) -> None:
    """One program, which has two months of bilans, open data, repères, and an EPCI's own."""
    trouvees = retrouver_partout(connu, SEUIL)
    assert set().union(*trouvees.values()) == set()
    assert len(trouvees) > 2


def test_reperes_of_rates_as_they_are_would_give_small_counts_to_the_same_program(
    connu: Connu,
) -> None:
    assert sum(len(un.fichier(tirer)) for un in connu.mois) > 2
    assert connu.par_les_reperes(SEUIL, tirer_des_taux, 1) != set()


ENSUITE = " ensuite"


@dataclass(frozen=True)
class Corrigee:
    """What a late correction changes: as many demandes move to an EPCI as come back from it.

    Of `modalites`, those of the first one move: few before, they are not any more.
    """

    mois: str
    role: Role
    de: str
    vers: str
    modalites: tuple[str, str]

    def pas(self, epci: str, modalite: str) -> int:
        """Return what it adds to a count."""
        if epci not in {self.de, self.vers} or modalite not in self.modalites:
            return 0
        return SEUIL if (epci == self.vers) == (modalite == self.modalites[0]) else -SEUIL

    def nommer(self, epci: str, role: Role, modalite: str) -> Lieu:
        """Return where a count stands: one that changed is another."""
        change = role == self.role and self.pas(epci, modalite)
        return (self.mois, epci, role, f"{modalite}{ENSUITE}" if change else modalite)

    def compter(self, comptes: croisements.Comptes) -> croisements.Comptes:
        """Return the counts once corrected."""
        for epci in (self.de, self.vers):
            for un in self.modalites:
                comptes[epci, self.role, un] += self.pas(epci, un)
        return comptes


def _relire(savoir: Savoir, une: Corrigee, ensuite: list[Croisee]) -> set[Lieu]:
    """Read the second edition of a month; return the counts that it names."""
    dits = {(lue.epci, lue.role, lue.modalite) for lue in ensuite}
    bases = {lieu for lieu in savoir.vraies if len(lieu) == 4 and lieu[3] not in {"*", AUTRES}}
    for _, epci, role, un in bases:
        if role == une.role and (pas := une.pas(epci, un)):
            nombre = savoir.vraies[une.mois, epci, role, un] + pas
            savoir.dire(une.nommer(epci, role, un), nombre, masquee=True)
    nommes = set()
    for lue in ensuite:
        lieu = une.nommer(lue.epci, lue.role, lue.modalite)
        if lue.modalite == AUTRES:
            siens = [un for un in bases if un[1:3] == (lue.epci, lue.role) and un[1:] not in dits]
            lieu, siens = (*lieu[:3], AUTRES + ENSUITE), [une.nommer(*un[1:]) for un in siens]
            savoir.dire(lieu, sum(savoir.vraies[un] for un in siens), masquee=True)
            savoir.egaler(lieu, siens)
        assert lue.valeur in {None, savoir.vraies[lieu]}
        savoir.dire(lieu, savoir.vraies[lieu], masquee=lue.valeur is None)
        nommes.add(lieu)
    for modalite in {un for *_, role, un in bases if role == une.role}:
        total = (tableaux().code(une.role), une.mois, (modalite,), "total")
        epcis = {epci for _, epci, *_ in bases}
        savoir.egaler(total, [une.nommer(epci, une.role, modalite) for epci in epcis])
    for epci in (une.de, une.vers):
        siens = [une.nommer(*un[1:]) for un in bases if un[1:3] == (epci, une.role)]
        savoir.egaler((une.mois, epci, une.role, "*"), siens)
    return nommes


def _corrections(savoir: Savoir, mois: str, avant: list[Croisee]) -> Iterator[Corrigee]:
    """Yield those after which what protected a small count would protect it no more."""
    par_role: dict[Role, set[str]] = defaultdict(set)
    for lue in avant:
        if lue.modalite != AUTRES:
            par_role[lue.role].add(lue.modalite)
    epcis = sorted({lue.epci for lue in avant})
    for role, siennes in par_role.items():
        for (de, vers), (peu, assez) in itertools.product(
            itertools.permutations(epcis, 2), itertools.permutations(sorted(siennes), 2)
        ):
            la, ici, assez_ici = (
                savoir.vraies[mois, epci, role, un]
                for epci, un in ((de, peu), (vers, peu), (vers, assez))
            )
            if 0 < ici < SEUIL < assez_ici and la > 2 * SEUIL:
                yield Corrigee(mois, role, de, vers, (peu, assez))


def test_no_small_count_is_found_by_two_editions_of_a_month(
    v: Lecture, monkeypatch: pytest.MonkeyPatch
) -> None:
    mois = publications.mois_a_publier(v, ICI)[-1]
    savoir, avant = savoir_d_un_mois(v, ICI, mois), croiser(v, ICI, mois)
    une = next(_corrections(savoir, mois, avant))
    compter = croisements._compter
    monkeypatch.setattr(croisements, "_REGLE", 0)  # so that it is another edition
    monkeypatch.setattr(croisements, "_compter", lambda *lus: une.compter(compter(*lus)))
    ensuite = croiser(v, ICI, mois)
    assert ensuite != avant
    nommes = {(mois, lue.epci, lue.role, lue.modalite) for lue in avant}
    trouvees = juger_les_epcis(savoir, nommes | _relire(savoir, une, ensuite), SEUIL)
    assert set().union(*trouvees.values()) == set()


# --- A series that only grows ---------------------------------------------------------------------


@pytest.fixture
def ligne(
    racine: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Commande:
    return Commande(racine, monkeypatch, capsys)


def test_the_same_data_are_the_same_bytes_and_nothing_is_written_over(
    publie: paquet.Paquet, dossier: Path, ligne: Commande, tmp_path: Path
) -> None:
    cible = tmp_path / "publie"
    sortie = ligne("publier", "ouvert", "--sortie", cible)
    assert sortie.code == 0, sortie.erreur
    assert f"publication {publie.publication.rang} (3\u00a0mois" in sortie.texte
    assert octets(cible) == octets(dossier)
    (tmp_path / "fichier").touch()
    for ou, dit in (
        (cible, "n'est pas vide"),
        (tmp_path / "fichier", "c'est un fichier"),
        (tmp_path / "absent" / "publie", "son dossier n'existe pas"),
    ):
        refusee = ligne("publier", "ouvert", "--sortie", ou)
        assert (refusee.code, dit in refusee.erreur) == (1, True), refusee.erreur


def test_a_month_whose_rows_come_in_another_order_is_not_revised(
    v: Lecture, publie: paquet.Paquet, monkeypatch: pytest.MonkeyPatch
) -> None:
    def a_l_envers(*ou: Any) -> dict[str, list[Any]]:
        return {nom: siennes[::-1] for nom, siennes in cellules.lire(*ou).items()}

    monkeypatch.setattr(paquet, "lire", a_l_envers)
    assert paquet.preparer(v, ICI).publications == publie.publications


def test_what_fails_leaves_nothing(
    ligne: Commande, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def plein(*_: object) -> bytes:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(paquet, "en_parquet", plein)
    sortie = ligne("publier", "ouvert", "--sortie", tmp_path / "publie")
    assert sortie.code == 1
    assert "le disque est plein" in sortie.erreur
    assert list(tmp_path.iterdir()) == []


@pytest.mark.usefixtures("publie")
@pytest.mark.parametrize(
    ("quoi", "valeur", "dit"),
    [
        ("mois_controles", ["2026-02", "2026-03"], "ces mois, déjà publiés : janvier 2026"),
        ("mois_controles", ["2026-01", "2026-02", "2026-03", "2026-04"], "pas encore d'édition"),
        ("seuil_secret", 5, "(?s)est passé de 11 à 5.*controler --mois 2026-03"),
    ],
)
def test_what_would_undo_a_publication_is_refused(
    v: Lecture, monkeypatch: pytest.MonkeyPatch, quoi: str, valeur: object, dit: str
) -> None:
    monkeypatch.setattr(publications, quoi, lambda *_: valeur)
    with pytest.raises(Refus, match=dit):
        publications.mois_a_publier(v, ICI)


def test_a_publication_says_what_it_adds_and_revises(v: Lecture) -> None:
    departement = "084"
    premiere = publications.publier(v, departement, {"2026-01": "a", "2026-02": "b"})
    assert [une.dire(None) for une in premiere] == ["ajout de janvier et février 2026"]
    memes = publications.publier(v, departement, {"2026-01": "a", "2026-02": "b"})
    assert memes == premiere
    *_, avant, une = publications.publier(
        v, departement, {"2026-01": "a", "2026-02": "c", "2026-04": "d"}
    )
    assert (une.rang, une.dire(avant)) == (2, "ajout d'avril 2026 ; révision de février 2026")
    assert publications.publier(v, departement, {"2026-01": "a", "2026-02": "b"}) == premiere


# --- The site -------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def pages(publie: paquet.Paquet, tmp_path_factory: pytest.TempPathFactory) -> Path:
    cible = tmp_path_factory.mktemp("site")
    assert site.ecrire(publie, cible) == len(list(cible.rglob("*.html")))
    return cible


def test_a_page_a_territory_that_is_told_with_its_figures(pages: Path, dossier: Path) -> None:
    demandes = {
        (une["niveau"], une["territoire"]): une
        for une in lire(dossier, "demandes-actives")
        if une["mesure"] == "total" and une["tableau"] == "DEM-05" and une["mois"] == "2026-03"
    }
    dites = {
        code: une
        for (niveau, code), une in demandes.items()
        if niveau == "commune" and une["valeur"] and code in territoires()
    }
    assert {un.stem for un in (pages / "communes").iterdir()} == dites.keys()
    epcis = {code for niveau, code in demandes if niveau == "epci"} - {INCONNU}
    assert {un.stem for un in (pages / "epci").iterdir()} == epcis
    metropole = (pages / "epci" / "200054807.html").read_text("utf-8")
    assert "Provence (communes des Bouches-du-Rhône)</h1>" in metropole, "it has others elsewhere"
    for code, une in dites.items():
        texte = (pages / "communes" / f"{code}.html").read_text("utf-8")
        titre, premier = re.search("<h1>(.*)</h1>(?:.|\n)*?<strong>(.*?)</strong>", texte).groups()  # type: ignore[union-attr]
        assert html.unescape(titre) == une["nom_territoire"]
        assert re.sub(r"\D", "", premier) == une["valeur"]


def test_nothing_runs_nothing_is_called_and_every_link_leads_somewhere(
    pages: Path, prives: Path
) -> None:
    for ici in (pages, *prives.iterdir()):
        for fichier in ici.rglob("*.html"):
            texte = fichier.read_text("utf-8")
            assert "<script" not in texte
            for lien in re.findall(r'(?:href|src)="([^"#]+)"', texte):
                if lien != paquet.LICENCE["path"]:
                    assert (fichier.parent / lien).is_file(), (fichier.name, lien)
        for feuille in (ici / "style").glob("*.css"):
            for lien in re.findall(r"url\(([^)]+)\)", feuille.read_text("utf-8")):
                assert lien.startswith("data:") or (feuille.parent / lien).is_file(), lien


def test_the_journal_is_an_atom_feed_of_the_publications(pages: Path) -> None:
    atom = "{http://www.w3.org/2005/Atom}"
    racine = ET.parse(pages / "journal.atom").getroot()  # noqa: S314 - written just above
    assert racine.tag == f"{atom}feed"
    titres = [une.findtext(f"{atom}title") for une in racine.iter(f"{atom}entry")]
    assert titres == ["Publication 1 : ajout de janvier, février et mars 2026"]
    identifiants = [une.text for une in racine.iter(f"{atom}id")]
    assert len(set(identifiants)) == 2


def test_a_page_is_accessible_as_narrow_as_a_phone_and_without_its_sheets(
    pages: Path, prives: Path, navigateur: Browser
) -> None:
    axe = (Path(__file__).parents[1] / "navigateur" / "axe" / "axe.min.js").read_text("utf-8")
    lues = [pages / "index.html", pages / "methode.html"]
    lues += [min((pages / nom).iterdir()) for nom in ("epci", "communes")]
    lues += [prives / "bailleur" / "index.html", *(prives / "bailleur" / "siennes").glob("[12]*")]
    lues += [prives / "epci" / "siennes" / "1-le-territoire.html"]
    page = navigateur.new_page(viewport={"width": 320, "height": 800})
    demandes: list[str] = []
    page.on("request", lambda une: demandes.append(une.url))
    for nom in lues:
        page.goto(nom.as_uri())
        large = "document.documentElement.scrollWidth"
        assert page.evaluate(f"{large} <= window.innerWidth"), nom
        page.evaluate(axe)
        trouve = "axe.run().then(lu => lu.violations.map(une => une.id))"
        assert page.evaluate(trouve) == [], nom
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.textContent") == "Aller au contenu"
        page.evaluate("document.querySelectorAll('link').forEach(un => un.remove())")
        assert page.locator("h1").is_visible()
        assert page.evaluate(trouve) == [], f"{nom}, sans feuille de style"
    page.close()
    assert {urlsplit(une).scheme for une in demandes} == {"file"}


@pytest.mark.parametrize(
    ("ici", "avant", "mesure", "dit"),
    [
        (14, 12, "total", "en hausse de 2 en un an"),
        (33, 30, "total", "en hausse de 10,0\u202f% en un an"),
        (13, 13, "total", "stable sur un an"),
        (8.45, 7.36, site.RAPPORT, "en hausse de 1,0 en un an"),  # 8,4 less 7,4
    ],
)
def test_the_site_says_a_change_as_the_bilan_does(
    ici: float, avant: float, mesure: str, dit: str
) -> None:
    assert site._en_un_an(ici, avant, compte=mesure != site.RAPPORT) == dit


# --- The site of a partner ------------------------------------------------------------------------


QUI = {"epci": "Métropole", "commune": "Commune n° 1", "bailleur": "Bailleur n° 2"}


@pytest.fixture(scope="module")
def bilans(v: Lecture) -> dict[str, tuple[Partenaire, Atelier]]:
    """Some who have a site, and what makes their bilan."""
    edition = lecture.du_semestre(v, "2026-S1", ICI)
    connus, atelier = partenaires(edition), Atelier(edition)
    return {genre: (trouver(connus, nom), atelier) for genre, nom in QUI.items()}


@pytest.fixture(scope="module")
def prives(
    publie: paquet.Paquet,
    bilans: dict[str, tuple[Partenaire, Atelier]],
    tmp_path_factory: pytest.TempPathFactory,
) -> Path:
    cible = tmp_path_factory.mktemp("prives")
    for genre, (un, atelier) in bilans.items():
        (cible / genre).mkdir()
        prive.ecrire(replace(publie, publications=()), un, atelier.propre(un), cible / genre)
    return cible


def dit(page: str) -> str:
    """Return what a page of the public site says, but where it stands."""
    (corps,) = re.findall("<main.*</main>", page, re.DOTALL)
    return re.sub("<nav.*</nav>\n", "", corps, flags=re.DOTALL)


class Lue(HTMLParser):
    """What is said of a document: cells by table, row and column, other words piece by piece."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.cellules: set[tuple[str, ...]] = set()
        self.mots: set[str] = set()
        self._table: list[list[str]] | None = None
        self.feed(re.sub("<style.*?</style>|<nav.*?</nav>", "", page, flags=re.DOTALL))

    def handle_starttag(self, tag: str, _: object) -> None:
        if tag == "table":
            self._table = [[""]]
        elif self._table is not None and tag == "tr":
            self._table.append([])
        elif self._table is not None and tag in {"th", "td"}:
            self._table[-1].append("")

    def handle_endtag(self, tag: str) -> None:
        if tag == "table" and self._table is not None:
            (titre,), colonnes, *lignes = self._table
            self.cellules |= {(titre, une[0], *deux) for une in lignes
                              for deux in zip(colonnes, une, strict=True)}  # fmt: skip
            self._table = None

    def handle_data(self, data: str) -> None:
        numero = r"^(\d+\.(\d+)? |Annexe [A-Z]\. |(Tableau|Figure) \d+ – )"
        texte = re.sub(numero, "", data.strip().removeprefix(NOTE_MASQUE))
        if texte and self._table is not None:
            self._table[-1][-1] += texte
        elif texte:
            self.mots.add(texte.strip())


@pytest.mark.tentative("pdf", "le chiffre d'un autre, dans le site d'un partenaire")
@pytest.mark.parametrize("genre", QUI)
def test_a_partner_reads_the_public_site_and_its_bilan_and_nothing_else(
    prives: Path, pages: Path, bilans: dict[str, tuple[Partenaire, Atelier]], genre: str
) -> None:
    ici = prives / genre
    un, atelier = bilans[genre]
    memes = [
        une.relative_to(pages) for nom in ("epci", "communes") for une in (pages / nom).iterdir()
    ]
    paires = [("departement.html", "index.html"), *((str(une), str(une)) for une in memes)]
    for la, chemin in paires:
        assert dit((ici / la).read_text("utf-8")) == dit((pages / chemin).read_text("utf-8")), la
    bilan, siennes = Lue(en_html(atelier.construire(un))), list((ici / "siennes").iterdir())
    assert len({*ici.rglob("*.html")}) == len(siennes) + len(memes) + 3
    lues = [Lue(dit(une.read_text("utf-8"))) for une in siennes]
    assert set().union(*(une.cellules for une in lues)) <= bilan.cellules
    assert set().union(*(une.mots for une in lues)) <= bilan.mots
    petits = {dite for une in lues for *_, dite in une.cellules} & {*map(str, range(1, SEUIL))}
    assert petits, "the small counts of its reader are there"


def test_each_page_of_a_partner_says_whom_it_is_for_and_none_that_it_is_open(
    prives: Path, bilans: dict[str, tuple[Partenaire, Atelier]]
) -> None:
    for genre, (un, _) in bilans.items():
        ici = prives / genre
        for fichier in ici.rglob("*.html"):
            texte = html.unescape(fichier.read_text("utf-8")).replace("\xa0", " ")
            assert "À ne pas diffuser" in texte, fichier.name
            assert f"{composer(un.nom)} – Réservé au destinataire" in texte, fichier.name
            assert not re.search("licence ouverte|etalab|atom|datapackage", texte, re.IGNORECASE)
        assert {une.suffix for une in ici.rglob("*") if une.parent.parent in {ici.parent, ici}} <= {
            "", ".html", ".css"
        }  # fmt: skip
        premiere = (ici / "index.html").read_text("utf-8")
        lieux = re.findall(r'href="([^"]+)">[^<]*, page publique', premiere)
        siens = [f"epci/{code}.html" for code in un.epci]
        siens += [une for code in un.communes if (ici / (une := f"communes/{code}.html")).exists()]
        assert lieux == [*siens, "departement.html"]


def test_the_site_of_a_partner_is_no_publication_and_the_same_bytes(
    prives: Path, ligne: Commande, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def jamais(*_: object) -> None:
        pytest.fail("entered as a publication")

    monkeypatch.setattr(publications, "publier", jamais)
    cible = tmp_path / "site"
    faite = ligne("publier", "site", "--partenaire", "commune n° 1", "--sortie", cible)
    assert faite.code == 0, faite.erreur
    assert "Site réservé à Commune n° 1 (" in faite.texte
    assert "à ne pas diffuser" in faite.texte
    assert octets(cible) == octets(prives / "commune")


def test_its_archive_is_the_same_files_and_the_same_bytes(
    prives: Path, racine: Path, tmp_path: Path
) -> None:
    """As the page Documents asks for it, by the process that makes documents."""
    voulue = commande.Commande(
        "bilan", "zip", ICI, semestre="2026-S1", partenaire="commune-n-1", perimetre=TOUT
    )
    faite = commande._faire(racine, voulue)
    with zipfile.ZipFile(io.BytesIO(faite)) as lue:
        lue.extractall(tmp_path)
        assert {un.date_time for un in lue.infolist()} == {archives.MOMENT}
    assert octets(tmp_path) == octets(prives / "commune")
    with pytest.raises(Refus, match="ce site est celui d'un partenaire"):
        commande.fabriquer(Dossier(racine), replace(voulue, partenaire=""))
    with pytest.raises(Refus, match="n'est à lui seul"):
        commande._faire(racine, replace(voulue, partenaire="gip-sne"))


@pytest.mark.parametrize(
    ("quoi", "qui", "refus"),
    [
        ("site", "Personne", "« Personne » n'est pas un partenaire"),
        ("site", "Bailleur", "« Bailleur » désigne plusieurs partenaires"),
        ("site", "GIP SNE", "rien du bilan de « GIP SNE » n'est à lui seul"),
        ("site", " ", "le nom du partenaire est vide"),
        ("ouvert", "Commune n° 1", "les données ouvertes sont les mêmes pour tous"),
    ],
)
def test_who_has_no_site_of_its_own_is_told_why(
    ligne: Commande, tmp_path: Path, quoi: str, qui: str, refus: str
) -> None:
    refusee = ligne("publier", quoi, "--partenaire", qui, "--sortie", tmp_path / "site")
    assert (refusee.code, refus in refusee.erreur) == (1, True), refusee.erreur
    assert list(tmp_path.iterdir()) == []


# --- The notebook ---------------------------------------------------------------------------------


def test_the_notebook_redoes_three_published_figures(
    v: Lecture, dossier: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    carnet = json.loads((ressources("docs") / "donnees-ouvertes.ipynb").read_text("utf-8"))
    monkeypatch.setenv("OUVERT", str(dossier))
    noms: dict[str, Any] = {}
    for cellule in carnet["cells"]:
        if cellule["cell_type"] == "code":
            exec("".join(cellule["source"]), noms)  # noqa: S102 - ours, in docs/
    lus = {
        code: {ligne["code"]: ligne for ligne in un.lignes}
        for code, un in partages(v, ICI, "2026-03").items()
        if code in {"ATT-09", "DEM-02", "DEM-04"}
    }
    assert noms["tension"] == pytest.approx(lus["ATT-09"]["*"]["demandes_pour_une_attribution"])
    assert noms["part_t2"] == pytest.approx(lus["DEM-04"]["T2"]["part_total"])
    assert noms["part_portail"] == pytest.approx(lus["DEM-02"]["*"]["part_portail"])


# --- A program that asks, over standard streams ---------------------------------------------------


def demander(dossier: Path, *demandes: dict[str, Any] | bytes) -> list[dict[str, Any]]:
    """Start the server as a client does, say all that, close; return what it answered."""
    lignes = [un if isinstance(un, bytes) else json.dumps(un).encode() for un in demandes]
    lu = subprocess.run(
        [sys.executable, "-m", "infocentre", "mcp", str(dossier)],
        input=b"\n".join(lignes) + b"\n",
        capture_output=True,
        check=True,
        env={**os.environ, "INFOCENTRE_DOSSIER": "/absent"},  # of no use
    )
    assert lu.stderr == b""
    return [json.loads(une) for une in lu.stdout.splitlines()]


def appeler(outil: str, **arguments: object) -> dict[str, Any]:
    parametres = {"name": outil, "arguments": arguments}
    return {"jsonrpc": "2.0", "id": outil, "method": "tools/call", "params": parametres}


def test_an_assistant_lists_describes_and_reads_and_each_answer_has_its_source(
    dossier: Path,
) -> None:
    salut = {"protocolVersion": "2025-03-26", "capabilities": {}, "clientInfo": {"name": "x"}}
    presente, outils, *dits = demander(
        dossier,
        {"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": salut},
        {"jsonrpc": "2.0", "method": "notifications/initialized"},
        {"jsonrpc": "2.0", "id": 2, "method": "tools/list"},
        appeler("lister"),
        appeler("decrire", table="depots"),
        appeler(
            "lire", table="depots", filtres={"mois": "2026-02"}, colonnes=["tableau", "valeur"]
        ),
        appeler("lire", table="indicateurs", filtres={"arrete": ["2026-01-31", "2026-03-31"]}),
        appeler("lire", table="depots", filtres={"valeur": 0}, colonnes=["mois", "mois"]),
    )
    assert presente["result"]["protocolVersion"] == "2025-03-26"
    assert [un["name"] for un in outils["result"]["tools"]] == ["lister", "decrire", "lire"]
    decrit = json.loads((dossier / "datapackage.json").read_text("utf-8"))
    reponses = [un["result"]["structuredContent"] for un in dits]
    for un, lu in zip(dits, reponses, strict=True):
        assert json.loads(un["result"]["content"][0]["text"]) == lu
        assert not un["result"]["isError"]
        assert lu["source"]["methode"] == decrit["description"]
        assert lu["source"]["licence"] == paquet.LICENCE["title"]
    liste, colonnes, lues, juges, nulles = reponses
    siennes = [une for une in lire(dossier, "depots") if une["valeur"] == "0"]
    assert nulles["lignes_trouvees"] == len(siennes) > 0
    assert nulles["lignes"][0] == {"mois": siennes[0]["mois"]}
    assert [une["table"] for une in liste["tables"]] == [une["name"] for une in decrit["resources"]]
    attendues = [une for une in lire(dossier, "depots") if une["mois"] == "2026-02"]
    assert lues["lignes_trouvees"] == len(attendues)
    assert [(u["tableau"], u["valeur"]) for u in lues["lignes"]] == [
        (u["tableau"], float(u["valeur"]) if u["valeur"] else None) for u in attendues[:LIGNES]
    ]
    assert lues["source"]["arretes"] == ["2026-02-28"]
    assert juges["source"]["arretes"] == ["2026-01-31", "2026-03-31"]
    assert colonnes["lignes"] == len(lire(dossier, "depots"))
    (mois,) = (une for une in colonnes["colonnes"] if une["name"] == "mois")
    assert mois["valeurs"] == ["2026-01", "2026-02", "2026-03"]


def test_an_assistant_is_refused_a_numero_a_name_and_a_raw_table(dossier: Path) -> None:
    refusees = demander(
        dossier,
        appeler("lire", table="depots", filtres={"territoire": "013102612345613A12"}),
        appeler("lire", table="depots", filtres={"nom_territoire": "DUPONT Jeanne"}),
        appeler("lire", table="depots", colonnes=["nom_naissance"]),
        appeler("lire", table="depots", colonnes=["guichet"]),
        appeler("lire", table="stock"),
        appeler("decrire", table="../../demandes"),
        appeler("lire", table="depots", filtres={"mois": {"$gt": "2020"}}),
        appeler("lire", table="indicateurs", filtres={"regle": True}),
        appeler("lire", table="depots", depuis=-1),
        appeler("lire"),
        appeler("lister", sql="select * from demandes"),
    )
    dits = [un["result"]["structuredContent"] for un in refusees]
    assert all(un["result"]["isError"] for un in refusees)
    assert all(un["source"]["arretes"] for un in dits)
    for dit, attendu in zip(
        dits,
        [
            "un numéro unique n’est jamais publié",
            "n’est pas une valeur publiée",
            "est nominatif",
            "n’est pas une colonne",
            "c’est une table des livraisons",
            "elle n’existe pas",
            "n’est pas une valeur publiée",
            "n’est pas une valeur publiée",
            "n’est pas ce qui est attendu",
            "l’argument « table » manque",
            "n’existe pas",
        ],
        strict=True,
    ):
        assert attendu in dit["refus"]


def test_what_is_no_message_is_answered_by_its_fault_and_the_next_one_is_read(
    dossier: Path,
) -> None:
    lues = demander(
        dossier,
        b"{",
        b"[" * 100_000,
        b'{"jsonrpc": "2.0", "id": 1, "method": "ping", "params": "' + b"x" * (1 << 20) + b'"}',
        b'[{"jsonrpc": "2.0", "id": 1, "method": "ping"}]',
        b"\xff",
        b'{"jsonrpc": "2.0", "id": 1, "method": "\\ud800"}',  # half of a character
        {"jsonrpc": "2.0", "id": 7, "method": "resources/list"},
        {"jsonrpc": "2.0", "method": "inconnue"},
        {"jsonrpc": "2.0", "id": 8, "method": "tools/call", "params": {"name": "sql"}},
        {"jsonrpc": "2.0", "id": 9, "method": "ping"},
    )
    codes = [une["error"]["code"] if "error" in une else une["result"] for une in lues]
    assert codes == [-32700, -32700, -32700, -32600, -32700, -32700, -32601, -32602, {}]


def test_what_is_no_publication_or_was_altered_is_not_served(
    dossier: Path, tmp_path: Path, ligne: Commande
) -> None:
    refusee = ligne("mcp", tmp_path)
    assert (refusee.code, "n’est pas une publication" in refusee.erreur) == (1, True)
    altere = shutil.copytree(dossier, tmp_path / "altere")
    servie = ouvrir_publie(altere)
    donnees, descripteur = altere / "donnees", altere / "datapackage.json"
    for contenu in ((donnees / "regles.parquet").read_bytes(), b"PAR1"):
        (donnees / "depots.parquet").write_bytes(contenu)
        refusee = ligne("mcp", altere)
        assert (refusee.code, "n’est plus celui qui a été publié" in refusee.erreur) == (1, True)
        with pytest.raises(Refus, match="n’est plus celui qui a été publié"):
            servie.lire("depots")  # what is served already is read again too
    shutil.copy(dossier / "donnees" / "depots.parquet", donnees)
    decrit = json.loads(descripteur.read_text("utf-8"))
    changements: list[Callable[[dict[str, Any]], object]] = [
        lambda une: une.pop("schema"),
        lambda une: une.pop("title"),
        lambda une: une["schema"]["fields"][0].pop("title"),
        lambda une: une["schema"]["fields"][0].update(name="autre"),
        lambda une: une["x-parquet"].update(path=une["path"]),
    ]
    for changer in changements:
        lu = copy.deepcopy(decrit)
        changer(lu["resources"][0])
        descripteur.write_text(json.dumps(lu), "utf-8")
        refusee = ligne("mcp", altere)
        assert (refusee.code, "publi" in refusee.erreur) == (1, True), refusee.erreur
        assert "imprévue" not in refusee.erreur


def test_a_measure_is_written_with_as_many_decimals_in_each_month() -> None:
    """1 505 demandes for 215 attributions are 7,0, beside 6,9: « 7 » stood there."""
    un, autre = (cellules.Cellule._make([*[""] * 13, valeur, None]) for valeur in (7.0, 6.9))
    grille = site._grille([("Tension", {"2025-10": un, "2025-11": autre})], ["2025-10", "2025-11"])
    assert [ligne[1] for ligne in grille.lignes] == ["6,9", "7,0"]
    compte = site._grille([("Demandes", {"2025-10": un})], ["2025-10"])
    assert compte.lignes[0][1] == "7"


def test_a_count_that_adds_up_rows_is_a_count() -> None:
    """Those under the ceiling are told by rows that add up: a count, and its share."""
    genres = {une.mesure: une.genre for une in paquet._mesures()}
    dits = ("sous_le_plafond", "plafond_connu", "part_sous_le_plafond", "delai_median_mois")
    assert [genres[nom] for nom in dits] == ["effectif", "effectif", "part", "autre"]
