"""A procedure that its folder alone declares: page, command, deadline, letter, page of help, chain.

Run by `test_inventee.py` in a copy of the repository that has `visites/` among its procedures.
"""

from __future__ import annotations

import datetime as dt
import io
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from unittest import mock

import dash
import openpyxl
import pypdfium2
import pytest

from dashboards import affaires as gestes
from dashboards.app import creer_app
from dashboards.courant import lecteur
from infocentre.acces.modele import Acces, Role
from infocentre.acces.perimetre import TOUT
from infocentre.affaires import Acteur, Affaire, Affaires, documentation, procedures
from infocentre.decisions import ouvrir_magasin
from infocentre.demarches.face import Face, passer
from infocentre.entrepot import Dossier
from infocentre.lecture.lecteur import Lecture
from infocentre.lecture.ouverture import ouvrir_pour
from infocentre.noyau.erreurs import Refus
from tests.affaires.conftest import Horloge
from tests.cli.lancer import Commande
from tests.dashboards.comme import acces, comme
from tests.dashboards.listes import table
from tests.dashboards.vues import dit_de, ouvrir
from tests.donnees.atelier import alleger, charger, controler, copie
from tests.livraisons.atelier import ARRETE, DEPARTEMENT, petite

ICI, CODE, PAGE = DEPARTEMENT, "visites", "/affaires/visites"
LE, VISITE = dt.date(2026, 11, 2), dt.date(2026, 12, 13)  # a Sunday: a date is what it says
GESTIONNAIRE = acces(Role.GESTIONNAIRE, ICI)
GUICHET, AUTRE = (acces(Role.GUICHET, ICI, guichets={un}) for un in ("G1301", "G1302"))
PREFET = acces(Role.PREFET, ICI)


@pytest.fixture
def horloge(monkeypatch: pytest.MonkeyPatch) -> Horloge:
    """Return the clock of whoever acts, in pages and commands."""
    ici = Horloge(LE)

    def registre_de(dossier: Dossier, acteur: Acteur) -> Affaires:
        return Affaires(ouvrir_magasin(dossier.racine), acteur, ici)

    for module in ("dashboards.gestes", "infocentre.cli.procedures"):
        monkeypatch.setattr(f"{module}.registre_de", registre_de)
    return ici


@pytest.fixture(scope="module")
def controlees(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a data directory with three guichets, controlled: each test has its copy."""
    lieu = tmp_path_factory.mktemp("visites")
    charger(lieu / "donnees", petite().manifeste().ecrire(lieu / "livraison"))
    with pytest.MonkeyPatch.context() as patch:
        alleger(patch)
        controler(lieu / "donnees")
    return lieu / "donnees"


@pytest.fixture
def racine(
    controlees: Path, tmp_path: Path, horloge: Horloge, monkeypatch: pytest.MonkeyPatch
) -> Path:
    assert horloge().date() > dt.date.fromisoformat(ARRETE)
    donnees = copie(controlees, tmp_path / "donnees")
    monkeypatch.setenv("INFOCENTRE_DOSSIER", str(donnees))
    monkeypatch.setenv("INFOCENTRE_DECISIONS", f"sqlite:///{tmp_path / 'decisions.sqlite'}")
    return donnees


@pytest.fixture
def application(racine: Path) -> dash.Dash:
    return creer_app(Dossier(racine))


@pytest.fixture
def v(racine: Path) -> Iterator[Lecture]:
    with ouvrir_pour(Dossier(racine), TOUT) as lue:
        yield lue


def _face(v: Lecture, horloge: Horloge) -> Face:
    registre = Affaires(ouvrir_magasin(v.dossier.racine), Acteur("Léa"), horloge)
    return Face(v, registre, procedures()[CODE])


def _convenir(face: Face, jour: dt.date = VISITE, **dits: str) -> Affaire:
    return face.ouvrir(ICI, "G1301", {"le_jour": f"{jour:%d/%m/%Y}", **dits})


def _faire(qui: Acces, application: dash.Dash, affaire: str, nom: str, **dits: str) -> Any:
    """Send a form of the page; return the address it leads to, what it says was done or refuses."""
    id_ = {"type": "affaire-geste", "evenement": nom, "affaire": affaire}
    with (
        comme(application, qui),
        application.server.test_request_context(PAGE),
        mock.patch.object(gestes, "bouton", return_value=id_),
    ):
        vers, dit = gestes.remplir([1], [dits], [id_], PAGE, f"?departement={ICI}")
    return vers, "" if dit is None else dit_de(dit["dit"])


def test_its_page_opens_moves_and_shows_to_each_what_is_theirs(application: dash.Dash) -> None:
    with comme(application, GESTIONNAIRE):
        vide = ouvrir(application, PAGE)
        assert "Aucune affaire en cours." in vide.texte
        (formulaire,) = vide.gestes()
        champs = formulaire.groupes[0]["champs"]
        assert [un["nom"] for un in champs] == ["objet", "le_jour", "lieu"]
        assert "Visites des guichets" in str(table(ouvrir(application, "/affaires"), "Procédures"))
    _, refus = _faire(GESTIONNAIRE, application, "", "convenir", objet="G1301", le_jour="hier")
    assert "n’est pas une date" in refus
    dits = {"objet": "G1301", "le_jour": "13/12/2026", "lieu": "en mairie"}
    for qui in (GUICHET, PREFET):
        assert "n’est pas ouvert à ce compte" in _faire(qui, application, "", "convenir", **dits)[1]
    vers, refus = _faire(GESTIONNAIRE, application, "", "convenir", **dits)
    assert refus == ""
    id_ = vers.partition("affaire=")[2]
    assert "est déjà ouverte" in _faire(GESTIONNAIRE, application, "", "convenir", **dits)[1]

    with comme(application, GESTIONNAIRE):
        page = ouvrir(application, f"{PAGE}?affaire={id_}").texte
    for dit in ("On attend la liste du guichet", "Jour de la visite 13/12/2026",
                "Avis au guichet 28/11/2026", "Tenir la visite", "Envoyer l'avis"):  # fmt: skip
        assert dit in page
    assert "Laisser passer le jour" not in page  # nobody does it
    with comme(application, AUTRE):
        assert "Aucune affaire" in ouvrir(application, PAGE).texte
        assert "n'existe pas parmi" in ouvrir(application, f"{PAGE}?affaire={id_}").texte
    with comme(application, PREFET):
        comptes = ouvrir(application, PAGE)
        assert table(comptes, "Affaires par état") == [["Convenue", "1"]]
        assert "G1301" not in comptes.texte
        assert "n'existe pas parmi" in ouvrir(application, f"{PAGE}?affaire={id_}").texte
    with comme(application, GUICHET):
        sienne = ouvrir(application, f"{PAGE}?affaire={id_}")
        (reponse,) = sienne.gestes()
        assert reponse.id["evenement"] == "repondre"
        references = [un["nom"] for groupe in reponse.groupes for un in groupe["champs"]]
    presence, motif = references[:2]
    dit = _faire(GUICHET, application, id_, "repondre", **{presence: "absent"})[1]
    assert "« Motif » est attendu avec « absent »" in dit.replace("\N{NARROW NO-BREAK SPACE}", " ")
    siens = {presence: "absent", motif: "congé"}
    assert "présences" in _faire(GUICHET, application, id_, "repondre", **siens)[1].lower()
    assert "à la main" in _faire(GUICHET, application, id_, "tenir")[1]
    assert _faire(GESTIONNAIRE, application, id_, "tenir")[1] == "Visite tenue."
    with comme(application, GESTIONNAIRE):
        assert "Visite tenue" in ouvrir(application, f"{PAGE}?affaire={id_}").texte
    with application.server.app_context(), comme(application, GESTIONNAIRE):
        assert Affaires(ouvrir_magasin(lecteur().dossier.racine), Acteur("")).verifier().rang == 3


def test_its_command_does_the_same(
    racine: Path, tmp_path: Path, horloge: Horloge, monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    lancer = Commande(racine, monkeypatch, capsys)
    sans_jour = lancer("affaires", CODE, "ouvrir", "G1301")
    assert sans_jour.code
    assert "il manque « Jour de la visite »" in sans_jour.erreur
    assert "NOM=VALEUR : le_jour (Jour de la visite) ; lieu (Lieu : facultatif)" in sans_jour.erreur
    assert "il manque « Guichet »" in lancer("affaires", CODE, "ouvrir", " ").erreur
    le_jour = ("--donnee", "le_jour=13/12/2026")
    assert "n'est pas dans l'annuaire" in lancer("affaires", CODE, "ouvrir", "G9", *le_jour).erreur
    for de_trop in (("--le", "01/01/2019"), ("--donnee", "le_jour=14/12/2026")):
        assert lancer("affaires", CODE, "ouvrir", "G1301", *le_jour, *de_trop).code == 1
    ouverte = lancer("affaires", CODE, "ouvrir", "G1301", "G9", *le_jour)
    assert "Ce qui le précède est fait : recommencer à partir de G9." in ouverte.erreur
    id_ = ouverte.texte.partition(" : ")[0]
    liste = lancer("affaires", CODE, "lister", "--format", "csv").texte
    assert "Jour de la visite;2026-12-13" in liste or "Avis au guichet;2026-11-28" in liste
    assert "On attend" not in liste
    assert "Ce qui vient : on attend la liste du guichet." in (
        lancer("affaires", CODE, "montrer", id_).texte
    )
    for forme in ("docx", "pdf"):
        sortie = tmp_path / f"avis.{forme}"
        assert lancer("affaires", CODE, "imprimer", id_, "--sortie", sortie).code == 0
        assert sortie.stat().st_size > 1000
        deux = lancer("affaires", CODE, "imprimer", id_, id_, "--sortie", sortie)
        assert "Donner à --sortie un dossier" in deux.erreur
    assert lancer("affaires", CODE, "classeur", id_, "--sortie", tmp_path / "liste.xlsx").code == 0
    sans_rien = lancer("affaires", CODE, "agir", id_, "--evenement", "repondre")
    assert f"Le classeur rempli : infocentre affaires {CODE} lire FICHIER." in sans_rien.erreur
    livre = openpyxl.load_workbook(tmp_path / "liste.xlsx")
    feuille = livre["Agents"]
    assert [un.value for un in feuille[1]] == [
        "Référence", "Agent", "Fonction", "Présence", "Motif",
    ]  # fmt: skip
    feuille["D2"], feuille["D3"] = "présent", "absent"
    livre.save(tmp_path / "rendue.xlsx")
    lue = lancer("affaires", CODE, "lire", tmp_path / "rendue.xlsx")
    assert "1 réponse ; convenue" in lue.texte
    assert "« Motif » est attendu avec « absent »" in lue.texte
    assert (lue.code, "1 ligne refusée" in lue.erreur) == (1, True)
    horloge.mettre(VISITE + dt.timedelta(days=1))
    assert "convenue" not in lancer("affaires", CODE, "constater").texte
    assert "Jour passé" in lancer("affaires", CODE, "montrer", id_).texte


def test_its_deadline_passes_by_itself_the_day_after(v: Lecture, horloge: Horloge) -> None:
    face = _face(v, horloge)
    une = _convenir(face)
    minuteur = Affaires(ouvrir_magasin(v.dossier.racine), Acteur("minuteur", "minuteur"), horloge)
    for jour in (LE, VISITE):
        horloge.mettre(jour)
        assert passer(v, minuteur, ICI) == {}
    horloge.mettre(VISITE + dt.timedelta(days=1))
    (passee,) = passer(v, minuteur, ICI)[CODE]
    assert (passee.id, passee.etat) == (une.id, "manquee")
    assert passee.situation.evenements[-1].role == "minuteur"
    assert passer(v, minuteur, ICI) == {}
    face.registre.verifier()


def test_its_letter_is_the_same_twice_and_no_longer_than_its_page(
    v: Lecture, horloge: Horloge
) -> None:
    face = _face(v, horloge)
    une = _convenir(face, lieu="en mairie")
    pdf, docx = (face.imprimer(une, "avis", un) for un in ("pdf", "docx"))
    assert (pdf, docx) == (face.imprimer(une, "avis", "pdf"), face.imprimer(une, "avis", "docx"))
    lu = pypdfium2.PdfDocument(pdf)[0].get_textpage().get_text_range()
    assert "13 décembre 2026, en mairie" in " ".join(lu.split())
    with zipfile.ZipFile(io.BytesIO(docx)) as archive:
        assert "en mairie" in archive.read("word/document.xml").decode()
    face.registre.agir(une.id, "aviser")
    horloge.avancer(200)  # it left: it is of that day for ever after
    plus_tard = face.lire(une.id)
    assert face.imprimer(plus_tard, "avis", "pdf") == pdf
    longue = face.ouvrir(ICI, "G1302", {"le_jour": "01/06/2027", "lieu": "au guichet, " * 900})
    with pytest.raises(Refus, match=r"« Avis de visite » a .* pages, pour 1 au plus"):
        face.imprimer(longue, "avis", "docx")


def test_the_page_of_procedures_has_it() -> None:
    page = documentation.rediger()
    for dit in ("## Visites des guichets", "### Convenue", "Jours avant la visite",
                "Avis au guichet", "Laisser passer le jour"):  # fmt: skip
        assert dit in page


def test_what_rules_work_out_is_said_by_nobody(v: Lecture, horloge: Horloge) -> None:
    face = _face(v, horloge)
    with pytest.raises(Refus, match="« constats » n'est pas attendu"):
        _convenir(face, constats="x")
    une = _convenir(face)
    for nom, dit in (("manquer", "à la main"), ("horloge_erronee", "à la main"),
                     ("convenir", "n'est pas possible"), ("partir", "n'existe pas")):  # fmt: skip
        with pytest.raises(Refus, match=dit):
            face.agir(une, nom, {})
