"""What an account was doing ends with it, whatever process closes it: within a second."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import dash
import pytest

from dashboards.app import creer_app
from dashboards.exports import EXPORTS
from dashboards.page import Contexte
from infocentre.acces.attribution import perimetre_du_role
from infocentre.acces.comptes import Comptes, Fiche
from infocentre.acces.modele import SEUL, Acces, Role
from infocentre.acces.veille import Veille
from infocentre.decisions import Magasin, ouvrir_magasin
from infocentre.entrepot import Dossier
from infocentre.exports import Donnees, en_octets
from infocentre.noyau import file
from infocentre.noyau.erreurs import RefusMotive
from infocentre.requetes.execution import executer, exporter
from infocentre.restitutions import prepares
from infocentre.restitutions.commande import Commande, fabriquer
from tests.acces.navigation import Navigateur
from tests.donnees.atelier import base, copie
from tests.requetes.aide import QUI_DORT, processus_enfants

# Seconds, on a machine that may be busy; a query lasts ten minutes.
MOT, A_TEMPS = "trois mots et un chat", 60
ADMIN, LEA = "admin@metropole.fr", "lea@metropole.fr"


@pytest.fixture
def racine(tmp_path: Path) -> Path:
    return copie(base(1, 2, 3), tmp_path / "donnees")


@pytest.fixture
def magasin(racine: Path) -> Magasin:
    return ouvrir_magasin(racine)


@pytest.fixture
def lea(magasin: Magasin) -> Acces:
    comptes = Comptes(magasin)
    admin = perimetre_du_role(Role.ADMINISTRATEUR, {})
    comptes.choisir(comptes.inviter(Fiche(ADMIN, "Ada", Role.ADMINISTRATEUR, admin)), MOT)
    ici = perimetre_du_role(Role.GESTIONNAIRE, {"departements": ["13"]})
    return comptes.choisir(comptes.inviter(Fiche(LEA, "Léa", Role.GESTIONNAIRE, ici)), MOT).acces


def _fermer(magasin: Magasin, racine: Path) -> None:
    """Close the account, by this process."""
    del racine
    Comptes(magasin).fermer(LEA)


def _fermer_ailleurs(magasin: Magasin, racine: Path) -> None:
    """Close it from another process, as a second web machine would."""
    del magasin
    programme = (
        "import sys; from pathlib import Path; from infocentre.decisions import ouvrir_magasin;"
        "from infocentre.acces.comptes import Comptes;"
        "Comptes(ouvrir_magasin(Path(sys.argv[1]))).fermer(sys.argv[2])"
    )
    subprocess.run([sys.executable, "-c", programme, str(racine), LEA], check=True)


def _baisser(magasin: Magasin, racine: Path) -> None:
    """Take a role away, by this process."""
    del racine
    rien = perimetre_du_role(Role.PARTENAIRE, {"departements": ["13"]})
    Comptes(magasin).changer(Fiche(LEA, "Léa", Role.PARTENAIRE, rien))


FINIR = pytest.mark.parametrize("finir", [_fermer_ailleurs, _baisser])
Finir = Callable[[Magasin, Path], None]


def _arrete(
    faire: Callable[[], object],
    finir: Finir,
    magasin: Magasin,
    racine: Path,
    apres: float = 0.5,
) -> None:
    """Have something done, end its account under way: it stops, long before it would be done."""
    with ThreadPoolExecutor(1) as fils:
        fait = fils.submit(faire)
        time.sleep(apres)
        assert not fait.done(), "it is under way"
        finir(magasin, racine)
        with pytest.raises(RefusMotive, match="a été fermé, ou ses droits ont changé"):
            fait.result(A_TEMPS)


@FINIR
@pytest.mark.tentative("compte", "une requête en cours quand son compte est fermé, ou abaissé")
def test_a_query_ends_with_its_account(
    racine: Path, magasin: Magasin, lea: Acces, finir: Finir
) -> None:
    dossier = Dossier(racine)
    executer(dossier, "select 1", acces=lea)
    _arrete(lambda: executer(dossier, QUI_DORT, acces=lea), finir, magasin, racine)
    assert not list(dossier.file.glob("*.encours")), "its place is free"
    if finir is _fermer_ailleurs:
        with pytest.raises(RefusMotive, match="a été fermé"):
            executer(dossier, "select 1", acces=lea)


def test_a_query_that_waits_ends_too(racine: Path, magasin: Magasin, lea: Acces) -> None:
    dossier = Dossier(racine)
    dossier.file.mkdir(exist_ok=True)
    with file.place(dossier.file, "a" * 16), file.place(dossier.file, "b" * 16):
        _arrete(lambda: executer(dossier, "select 1", acces=lea), _fermer, magasin, racine)


def test_the_file_of_a_query_does_not_appear(racine: Path, magasin: Magasin, lea: Acces) -> None:
    dossier, cible = Dossier(racine), racine / "emporte.csv"
    _arrete(
        lambda: exporter(dossier, QUI_DORT, {}, "csv", cible, acces=lea), _fermer, magasin, racine
    )
    assert not cible.exists()


@FINIR
@pytest.mark.tentative("compte", "une impression en cours quand son compte est fermé, ou abaissé")
def test_a_print_ends_with_its_account(
    racine: Path, magasin: Magasin, lea: Acces, finir: Finir
) -> None:
    dossier = Dossier(racine)
    commande = Commande("synthese", "pdf", "013", mois="", perimetre=lea.perimetre)
    avant = processus_enfants()
    permis = Veille(racine, lea)
    _arrete(lambda: fabriquer(dossier, commande, permis=permis), finir, magasin, racine)
    assert set(processus_enfants()) <= set(avant), "what laid it out is dead"


def test_a_document_that_stopped_so_is_not_refused_to_others(
    racine: Path, magasin: Magasin, lea: Acces
) -> None:
    dossier = Dossier(racine)
    commande = Commande("synthese", "pdf", "013", mois="", perimetre=lea.perimetre)
    prepares.preparer(dossier, commande, Veille(racine, lea))
    time.sleep(0.5)
    _fermer(magasin, racine)
    depuis = time.monotonic()
    while prepares.preparation(dossier, commande).etat == "encours":
        assert time.monotonic() - depuis < A_TEMPS
        time.sleep(0.02)
    assert prepares.preparation(dossier, commande).etat == "absent"


@pytest.mark.tentative(
    "compte", "un export en cours, un fichier qui part quand le compte est fermé"
)
@pytest.mark.usefixtures("lea")
def test_an_export_ends_with_its_account(
    racine: Path, magasin: Magasin, monkeypatch: pytest.MonkeyPatch
) -> None:
    app: dash.Dash = creer_app(Dossier(racine))
    navigateur = Navigateur(app)
    assert navigateur.entrer(LEA, MOT).status_code == 303

    def lent(_: Contexte) -> Donnees:
        time.sleep(0.5)
        Comptes(magasin).fermer(LEA)
        return Donnees("Essai", ("numero",), [(rang,) for rang in range(2000)])

    monkeypatch.setitem(EXPORTS, "guichets", lent)
    rendu = navigateur.voir("/export/guichets.csv")
    assert (rendu.status_code, "a été fermé" in rendu.text) == (401, True)


@pytest.mark.usefixtures("lea")
def test_a_file_on_its_way_breaks_off(
    racine: Path, magasin: Magasin, monkeypatch: pytest.MonkeyPatch
) -> None:
    app: dash.Dash = creer_app(Dossier(racine))
    navigateur = Navigateur(app)
    navigateur.entrer(LEA, MOT)
    lignes = [(os.urandom(32).hex(),) for _ in range(20_000)]
    monkeypatch.setitem(EXPORTS, "guichets", lambda _: Donnees("Essai", ("x",), lignes))
    reponse = navigateur.client.get("/export/guichets.csv", buffered=False)
    blocs = reponse.iter_encoded()
    premier = next(blocs)
    assert len(premier) == 1 << 16
    Comptes(magasin).fermer(LEA)
    time.sleep(0.5)
    with pytest.raises(RefusMotive, match="a été fermé"):
        next(blocs)


def test_rows_stop_being_written(magasin: Magasin, racine: Path, lea: Acces) -> None:
    """Whole, each takes longer; who writes and who closes share one interpreter."""
    noms = tuple(f"x{rang}" for rang in range(30))
    donnees = Donnees("Essai", noms, [tuple(range(len(noms)))] * 1_000_000)
    permis = Veille(racine, lea)
    for format_ in ("csv", "csv-excel", "xlsx", "json"):
        Comptes(magasin).rouvrir(LEA)
        faire = lambda: en_octets(donnees, format_, permis)  # noqa: B023, E731 - called in this turn
        _arrete(faire, _fermer, magasin, racine, apres=0.1)


def test_who_has_no_account_is_left_alone(racine: Path, magasin: Magasin, lea: Acces) -> None:
    Veille(racine, SEUL).exiger()
    Veille(racine, Acces("autre@x.fr", "Autre", Role.ANALYSTE, lea.perimetre)).exiger()
    Comptes(magasin).fermer(LEA)
    with pytest.raises(RefusMotive):
        Veille(racine, lea).exiger()
