"""Open data: the cells of the masked bilan and no other, a series that only grows, the same bytes.

The package is judged by a reader of Data Packages that is not ours; a curious reader who has it,
all that is shared of a month, and what one EPCI knows of itself, finds no small count.
"""

from __future__ import annotations

import csv
import errno
import html
import importlib
import itertools
import json
import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
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
from infocentre.lecture.tableaux_propres import des_communes, tableaux_propres
from infocentre.mesures.declarations import Role
from infocentre.mesures.partage import MASQUE
from infocentre.mesures.tableaux import tableaux
from infocentre.noyau.config import ressources
from infocentre.noyau.erreurs import Refus
from infocentre.restitutions import lecture
from infocentre.restitutions.ouvert import croisements, paquet, publications, site
from infocentre.restitutions.ouvert.cellules import THEMES, mesures
from infocentre.restitutions.ouvert.croisements import PERSONNES, ROLES, Croisee, croiser
from infocentre.restitutions.portrait import AUTRES, communes_de
from tests.cli.lancer import Commande
from tests.donnees.atelier import base, copie, octets
from tests.mesures.grand_juge import juger
from tests.restitutions.curieux import Lieu, Savoir, lire_les_tables, memes_colonnes

pytestmark = pytest.mark.lent

ICI, SEUIL, INCONNU = "013", 11, "NR"
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


def _savoir(v: Lecture, mois: str) -> Savoir:
    """What a curious reader has of a month: its shared tables, and those crossed by EPCI."""
    savoir = Savoir()
    lire_les_tables(savoir, v, ICI, {mois})
    memes_colonnes(savoir)
    croisees = croiser(v, ICI, mois)
    epcis = sorted({une.epci for une in croisees} - {INCONNU})
    for role in ROLES:
        code = tableaux().code(role)
        totaux = {
            lieu[2][0]: nombre
            for lieu, nombre in savoir.vraies.items()
            if lieu[:2] == (code, mois) and len(lieu) == 4 and len(lieu[2]) == 1
            and lieu[3] == "total"
        }  # fmt: skip
        siens = {epci: _compter(v, mois, epci, role) for epci in epcis}
        siens[INCONNU] = {
            un: total - sum(lus.get(un, 0) for lus in siens.values())
            for un, total in totaux.items()
        }
        for epci, lus in siens.items():
            dites = {une.modalite: une.valeur for une in croisees
                     if (une.epci, une.role) == (epci, role)}  # fmt: skip
            _dire(savoir, (mois, epci, role), {un: lus.get(un, 0) for un in totaux}, dites)
        for un in totaux:
            savoir.egaler((code, mois, (un,), "total"), [(mois, epci, role, un) for epci in siens])
    return savoir


def _compter(v: Lecture, mois: str, epci: str, role: Role) -> dict[str, int]:
    part = des_communes(communes_de(epci))
    lus = tableaux_propres(v, ICI, mois, part, (role,))[role].lignes
    return {str(une["code"]): int(str(une["total"])) for une in lus}


def _dire(
    savoir: Savoir, ou: tuple[str, str, Role], lus: dict[str, int], dites: dict[str, int | None]
) -> None:
    """Read what an EPCI has of each modality: told, masked, or joined to others."""
    jointes = [un for un in lus if un not in dites and un != "*"]
    for un, nombre in lus.items():
        savoir.dire((*ou, un), nombre, masquee=dites.get(un) is None)
        assert dites.get(un) in {None, nombre}
    if AUTRES in dites:
        ensemble = sum(lus[un] for un in jointes)
        assert dites[AUTRES] in {None, ensemble}
        savoir.dire((*ou, AUTRES), ensemble, masquee=dites[AUTRES] is None)
        savoir.egaler((*ou, AUTRES), [(*ou, un) for un in jointes])
    savoir.egaler((*ou, "*"), [(*ou, un) for un in lus if un != "*"])
    mois, epci, role = ou
    total = (tableaux().code("communes_souhaitees"), mois, ("epci", epci), "total")
    # Of persons alone: associations make the rest, which nobody knows to be none.
    savoir.egaler(total, [(*ou, "*")], int(role in PERSONNES))


def retrouver(v: Lecture, mois: str) -> dict[str, set[Lieu]]:
    """Return the small counts of EPCI that are found: by anybody, then by each of the EPCI."""
    montrees: set[Lieu] = {(mois, u.epci, u.role, u.modalite) for u in croiser(v, ICI, mois)}
    return _juger(_savoir(v, mois), mois, montrees)


def _juger(savoir: Savoir, mois: str, montrees: set[Lieu]) -> dict[str, set[Lieu]]:
    croisees = [lieu for lieu in savoir.vraies if len(lieu) == 4 and lieu[2] in ROLES]
    petites = {lieu for lieu in croisees if 0 < savoir.vraies[lieu] < SEUIL}
    assert len(petites) > 20, mois
    sans_nom = set(croisees) - montrees
    trouvees = {}
    for lecteur in ("", *sorted({lieu[1] for lieu in croisees} - {INCONNU})):
        cachees = savoir.cachees - {lieu for lieu in croisees if lieu[1] == lecteur}
        lues = juger(
            savoir.vraies, cachees, savoir.contraintes, SEUIL, lambda lieu: lieu in sans_nom
        )
        trouvees[lecteur] = {lieu for lieu, (bas, haut) in lues.items() if bas == haut} & petites
    return trouvees


def test_no_small_count_of_an_epci_is_found_by_all_nor_by_another_epci(v: Lecture) -> None:
    trouvees = retrouver(v, publications.mois_a_publier(v, ICI)[-1])
    assert set().union(*trouvees.values()) == set()
    assert len(trouvees) > 2


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
    savoir, avant = _savoir(v, mois), croiser(v, ICI, mois)
    une = next(_corrections(savoir, mois, avant))
    compter = croisements._compter
    monkeypatch.setattr(croisements, "_REGLE", 0)  # so that it is another edition
    monkeypatch.setattr(croisements, "_compter", lambda *lus: une.compter(compter(*lus)))
    ensuite = croiser(v, ICI, mois)
    assert ensuite != avant
    nommes = {(mois, lue.epci, lue.role, lue.modalite) for lue in avant}
    trouvees = _juger(savoir, mois, nommes | _relire(savoir, une, ensuite))
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
        ("mois_controles", ["2026-02", "2026-03"], "n'a plus ce qui a été publié de janvier 2026"),
        ("mois_controles", ["2026-01", "2026-02", "2026-03", "2026-04"], "pas encore d'édition"),
        ("seuil_secret", 5, "est passé de 11 à 5"),
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
    for code, une in dites.items():
        texte = (pages / "communes" / f"{code}.html").read_text("utf-8")
        titre, premier = re.search("<h1>(.*)</h1>(?:.|\n)*?<strong>(.*?)</strong>", texte).groups()  # type: ignore[union-attr]
        assert html.unescape(titre) == une["nom_territoire"]
        assert re.sub(r"\D", "", premier) == une["valeur"]


def test_nothing_runs_nothing_is_called_and_every_link_leads_somewhere(pages: Path) -> None:
    for fichier in pages.rglob("*.html"):
        texte = fichier.read_text("utf-8")
        assert "<script" not in texte
        for lien in re.findall(r'(?:href|src)="([^"#]+)"', texte):
            if lien != paquet.LICENCE["path"]:
                assert (fichier.parent / lien).is_file(), (fichier.name, lien)
    for feuille in (pages / "style").glob("*.css"):
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
    pages: Path, navigateur: Browser
) -> None:
    axe = (Path(__file__).parents[1] / "navigateur" / "axe" / "axe.min.js").read_text("utf-8")
    lues = ["index.html", "methode.html", *(
        str(next(iter(sorted((pages / nom).iterdir()))).relative_to(pages))
        for nom in ("epci", "communes")
    )]  # fmt: skip
    page = navigateur.new_page(viewport={"width": 320, "height": 800})
    demandes: list[str] = []
    page.on("request", lambda une: demandes.append(une.url))
    for nom in lues:
        page.goto((pages / nom).as_uri())
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
