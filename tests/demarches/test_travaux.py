"""What a page asks to have written is done once, in order, and nothing of it stays behind."""

from __future__ import annotations

import io
import json
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
import zipfile
from pathlib import Path

import pytest

from infocentre import travaux
from infocentre.demarches import travaux as ouvrier
from infocentre.entrepot import Dossier
from infocentre.noyau.erreurs import Refus
from tests.donnees.atelier import alleger, alterer, base_legere, copie
from tests.donnees.retors import livraisons

pytestmark = pytest.mark.lent


@pytest.fixture
def racine(tmp_path: Path) -> Path:
    """Return a data directory where January and February are published."""
    return copie(base_legere(1, 2), tmp_path / "donnees")


def en_zip(livraison: Path) -> bytes:
    """Return a delivery as one archive."""
    sortie = io.BytesIO()
    with zipfile.ZipFile(sortie, "w") as archive:
        for fichier in sorted(livraison.iterdir()):
            archive.write(fichier, fichier.name)
    return sortie.getvalue()


def deposer(racine: Path, contenu: bytes, nom: str = "mars.zip", **parametres: str) -> str:
    flux = io.BytesIO(contenu)
    recus = [travaux.Recu(nom, len(contenu))]
    return travaux.deposer(racine, flux, recus, "camille", parametres)


def un(racine: Path, identifiant: str) -> travaux.Travail:
    lu = travaux.lire(racine, identifiant)
    assert lu is not None
    return lu


def mois(racine: Path) -> list[str]:
    return [une.mois for une in Dossier(racine).version().livraisons]


def archives_gardees(racine: Path) -> list[str]:
    return sorted(un.name for un in (racine / travaux.DOSSIER).rglob("*.zip"))


def test_une_livraison_deposee_est_chargee_puis_controlee(
    racine: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    depot = deposer(racine, en_zip(livraisons()[2]))
    assert un(racine, depot).etat == "attente"
    assert (racine / travaux.DOSSIER).stat().st_mode & 0o777 == 0o700
    ouvrier.executer(racine)
    fait = un(racine, depot)
    assert (fait.etat, fait.par, fait.objet) == ("fait", "camille", "mars.zip")
    assert fait.resultat == {"departement": "013", "mois": "2026-03", "deja": False}
    assert fait.etapes[0].startswith("Lecture de ")
    assert mois(racine) == ["2026-01", "2026-02", "2026-03"]
    assert archives_gardees(racine) == []
    alleger(monkeypatch)
    controle = travaux.demander(racine, "controler", "camille", {"departement": "013"})
    assert travaux.demander(racine, "controler", "camille", {"departement": "013"}) == controle
    ouvrier.executer(racine)
    publies = un(racine, controle).resultat
    assert publies == {"mois": ["2026-03"], "revisees": ""}
    assert all(une.controle for une in Dossier(racine).version().livraisons)


def test_une_livraison_qui_en_remplace_une_autre_le_dit(racine: Path, tmp_path: Path) -> None:
    """February again, a demande less; then the very same files, which replace nothing."""
    autre = alterer(livraisons()[1], tmp_path, "stock", lambda lignes: lignes[:-1])
    depots = [deposer(racine, en_zip(autre), nom) for nom in ("autre.zip", "encore.zip")]
    ouvrier.executer(racine)
    lue = {"departement": "013", "mois": "2026-02"}
    assert [un(racine, depot).resultat for depot in depots] == [
        lue | {"deja": False, "remplacees": ["2026-02"]},
        lue | {"deja": True},
    ]


def test_un_transfert_coupe_ne_laisse_rien(racine: Path) -> None:
    contenu = en_zip(livraisons()[2])
    recus = [travaux.Recu("mars.zip", len(contenu))]
    with pytest.raises(Refus, match="s'est arrêté avant la fin"):
        travaux.deposer(racine, io.BytesIO(contenu[:-1]), recus, "camille", {})
    assert travaux.lister(racine) == []
    assert archives_gardees(racine) == []


@pytest.mark.parametrize(
    ("nom", "octets", "dit"),
    [
        ("note.pdf", 10, "n'est pas un fichier de données"),
        ("mars.zip", travaux.OCTETS_MAX + 1, "dépasse 4 Go"),
        ("mars.zip", 1 << 31, "assez de place"),
    ],
)
def test_ce_qui_ne_peut_pas_etre_recu_est_refuse_avant(
    racine: Path, monkeypatch: pytest.MonkeyPatch, nom: str, octets: int, dit: str
) -> None:
    libre = shutil._ntuple_diskusage(10 << 40, 0, (1 << 33) - 1)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: libre)
    with pytest.raises(Refus, match=dit):
        travaux.deposer(racine, io.BytesIO(), [travaux.Recu(nom, octets)], "camille", {})
    assert travaux.lister(racine) == []


def test_a_long_name_is_cut_before_the_extension_that_says_its_kind(racine: Path) -> None:
    depot = deposer(racine, b"rien", f"{'extraction ' * 15}.csv")
    assert un(racine, depot).objet == ("extraction " * 15)[:116] + ".csv"


def test_un_nom_ne_sort_pas_du_dossier(racine: Path) -> None:
    with pytest.raises(Refus, match="qui se garde"):
        deposer(racine, b"rien", r"..\..\..\verrou.zip")
    assert travaux.lister(racine) == []


def test_une_livraison_a_confirmer_attend_la_raison(racine: Path, tmp_path: Path) -> None:
    moitie = alterer(livraisons()[2], tmp_path, "stock", lambda lignes: lignes[::3])
    depot = deposer(racine, en_zip(moitie))
    ouvrier.executer(racine)
    refuse = un(racine, depot)
    assert (refuse.etat, refuse.motif, refuse.garde) == ("refus", "a_confirmer", True)
    assert refuse.refus is not None
    assert refuse.refus[0].startswith("livraison à confirmer")
    assert mois(racine) == ["2026-01", "2026-02"]
    _plus_d_un_jour_apres(copie(racine, tmp_path / "le lendemain"), depot)
    travaux.redemander(racine, depot, "dominique", {"confirmer": "purge nationale"})
    assert un(racine, depot).etat == "attente"
    ouvrier.executer(racine)
    assert (un(racine, depot).etat, un(racine, depot).par) == ("fait", "dominique")
    assert Dossier(racine).version().livraisons[-1].confirmation == "purge nationale"
    with pytest.raises(Refus, match="n'est plus en attente"):
        travaux.redemander(racine, depot, "dominique", {"confirmer": "encore"})


def _plus_d_un_jour_apres(racine: Path, depot: str) -> None:
    """Nobody answered: the archive is erased, and what was asked of it is still told."""
    vieux = f"{int(depot[:20]) - int(25 * 3600e9):020d}{depot[20:]}"
    (racine / travaux.DOSSIER / depot).rename(racine / travaux.DOSSIER / vieux)
    assert archives_gardees(racine) == ["mars.zip"]
    assert [(lu.identifiant, lu.garde) for lu in travaux.lister(racine)] == [(vieux, False)]
    assert archives_gardees(racine) == []


def test_une_livraison_sans_manifeste_attend_sa_date_et_son_departement(
    racine: Path, tmp_path: Path
) -> None:
    nue = tmp_path / "nue"
    shutil.copytree(livraisons()[2], nue)
    (nue / "manifeste.json").unlink()
    depot = deposer(racine, en_zip(nue))
    demandes = []
    for complement in ({"arrete": "2026-03-31"}, {"departement": "13"}):
        ouvrier.executer(racine)
        demandes.append(un(racine, depot).motif)
        travaux.redemander(racine, depot, "camille", complement)
    ouvrier.executer(racine)
    assert demandes == ["arrete", "departement"]
    assert un(racine, depot).etat == "fait"
    # What it was asked is no refusal: the history tells what was judged.
    assert not (racine / "refus.jsonl").exists()
    assert mois(racine)[-1] == "2026-03"


def test_what_a_person_told_wrong_is_told_again(racine: Path, tmp_path: Path) -> None:
    nue = tmp_path / "nue"
    shutil.copytree(livraisons()[2], nue)
    (nue / "manifeste.json").unlink()
    dite = {"departement": "13", "arrete": "2035-03-31"}
    depot = deposer(racine, en_zip(nue), **dite)
    for motif, arrete in (("invraisemblable", "2026-02-28"), ("a_confirmer", "2026-03-31")):
        ouvrier.executer(racine)
        refuse = un(racine, depot)
        assert (refuse.motif, refuse.attend) == (motif, True)
        assert refuse.a_redire == ["arrete", "departement"]
        travaux.redemander(racine, depot, "camille", {"arrete": arrete})
    ouvrier.executer(racine)
    assert un(racine, depot).etat == "fait"
    assert mois(racine) == ["2026-01", "2026-02", "2026-03"]
    assert archives_gardees(racine) == []


def test_une_livraison_fausse_est_refusee_et_son_archive_effacee(racine: Path) -> None:
    depot = deposer(racine, b"PK\x03\x04 ceci n'est pas un zip")
    ouvrier.executer(racine)
    refuse = un(racine, depot)
    assert (refuse.etat, refuse.motif, refuse.garde) == ("refus", "", False)
    assert refuse.refus is not None
    assert "abîmée" in refuse.refus[0]


def test_deux_personnes_ensemble_chacune_une_fois_apres_la_commande_qui_ecrit(
    racine: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Three workers at once do two deliveries: each once, in the order of their coming."""
    monkeypatch.setattr(ouvrier, "PAUSE", 0.01)
    zips = [en_zip(livraisons()[2]), en_zip(livraisons()[1])]
    depots = [deposer(racine, contenu, f"{rang}.zip") for rang, contenu in enumerate(zips)]
    fils = [threading.Thread(target=ouvrier.executer, args=(racine,)) for _ in range(3)]
    with Dossier(racine).ecrire():
        for fil in fils:
            fil.start()
        while "Attend la fin d'une autre opération" not in un(racine, depots[0]).etapes:
            time.sleep(0.01)
    for fil in fils:
        fil.join()
    assert [un(racine, depot).resultat for depot in depots] == [
        {"departement": "013", "mois": "2026-03", "deja": False},
        {"departement": "013", "mois": "2026-02", "deja": True},
    ]
    essais = [(racine / travaux.DOSSIER / depot / travaux.ETAPES) for depot in depots]
    assert [json.loads(fichier.read_text())["essai"] for fichier in essais] == [1, 1]


def test_un_travail_arrete_en_route_est_repris(racine: Path) -> None:
    depot = deposer(racine, en_zip(livraisons()[2]))
    etapes = racine / travaux.DOSSIER / depot / travaux.ETAPES
    commande = [sys.executable, "-m", travaux.MODULE]
    with subprocess.Popen(
        commande, env={**os.environ, "INFOCENTRE_DOSSIER": str(racine)}
    ) as un_ouvrier:
        while not etapes.exists():
            time.sleep(0.01)
        assert un(racine, depot).etat == "encours"
        un_ouvrier.send_signal(signal.SIGKILL)
    assert un(racine, depot).etat == "attente"
    travaux.lancer(racine)
    while un(racine, depot).etat in {"attente", "encours"}:
        time.sleep(0.05)
    assert un(racine, depot).etat == "fait"
    assert mois(racine)[-1] == "2026-03"
    assert travaux._LANCES[-1].wait(timeout=20) == 0


def test_un_travail_qui_fait_toujours_tomber_son_ouvrier_est_refuse(racine: Path) -> None:
    depot = deposer(racine, en_zip(livraisons()[2]))
    travaux.noter(racine, un(racine, depot), ["Lecture"], None, ouvrier.ESSAIS)
    ouvrier.executer(racine)
    refuse = un(racine, depot)
    assert refuse.refus is not None
    assert refuse.refus[0] == "cette opération s'est arrêtée 3 fois en cours de route"


def test_une_panne_est_dite_en_francais(racine: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def panne(*_: object, **__: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setitem(ouvrier._NATURES, "controler", panne)
    identifiant = travaux.demander(racine, "controler", "camille", {})
    ouvrier.executer(racine)
    refus = un(racine, identifiant).refus
    assert refus is not None
    assert "rien n'a été publié" in refus[0]
