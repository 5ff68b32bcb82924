"""A document that a page asked for is made once, kept as long as what it tells, and no longer."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from infocentre.acces.perimetre import TOUT, Perimetre
from infocentre.affaires import Acteur, Affaires, Constat, procedures
from infocentre.affaires.registre import MESURES
from infocentre.decisions import ouvrir_magasin
from infocentre.entrepot import Dossier
from infocentre.noyau.erreurs import Refus
from infocentre.restitutions import prepares
from infocentre.restitutions.commande import Commande
from infocentre.restitutions.prepares import obtenir, preparation, preparer

pytestmark = pytest.mark.lent

SYNTHESE = Commande("synthese", "html", "013", perimetre=TOUT)


@pytest.fixture(autouse=True)
def _a_part(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Keep the documents of each test apart from the data that tests share."""
    monkeypatch.setattr(Dossier, "documents", property(lambda _: tmp_path / "documents"))


@pytest.fixture
def faits(monkeypatch: pytest.MonkeyPatch) -> list[Commande]:
    """Replace what makes documents; return those that were made."""
    liste: list[Commande] = []

    def faire(_: Dossier, commande: Commande, **__: Any) -> bytes:
        liste.append(commande)
        return f"fait {len(liste)}".encode()

    monkeypatch.setattr(prepares, "fabriquer", faire)
    return liste


def attendre(dossier: Dossier, commande: Commande = SYNTHESE) -> prepares.Preparation:
    """Return where a document is, once it is no more being made."""
    while (une := preparation(dossier, commande)).etat == "encours":
        time.sleep(0.01)
    return une


def retenir(monkeypatch: pytest.MonkeyPatch, suite: Callable[[], bytes]) -> threading.Event:
    """Make documents only once the event is set."""
    vas_y = threading.Event()

    def faire(*_: object, **__: object) -> bytes:
        assert vas_y.wait(10)
        return suite()

    monkeypatch.setattr(prepares, "fabriquer", faire)
    return vas_y


def test_un_document_prepare_est_celui_qu_on_telecharge(donnees: Path) -> None:
    dossier = Dossier(donnees)
    assert preparation(dossier, SYNTHESE).etat == "absent"
    preparer(dossier, SYNTHESE)
    assert preparation(dossier, SYNTHESE).etat == "encours"
    pret = attendre(dossier)
    octets = obtenir(dossier, SYNTHESE)
    assert (pret.etat, pret.octets) == ("pret", len(octets))
    assert "Synthèse mensuelle" in octets.decode()


def test_il_n_est_pas_dit_absent_au_moment_ou_il_finit(
    donnees: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever looks finds its lock left: the document is there."""
    dossier, tenu = Dossier(donnees), prepares._tenu
    vas_y = retenir(monkeypatch, lambda: b"fait")

    def une_fois_fini(cible: Path) -> bool:
        vas_y.set()
        while tenu(cible):
            time.sleep(0.01)
        return False

    preparer(dossier, SYNTHESE)
    monkeypatch.setattr(prepares, "_tenu", une_fois_fini)
    pret = preparation(dossier, SYNTHESE)
    assert (pret.etat, pret.octets, pret.refus) == ("pret", len(b"fait"), None)


def test_il_n_est_fait_qu_une_fois(
    donnees: Path, faits: list[Commande], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nor does anything stay behind that could make it again, once it is gone with its version."""
    dossier, fils = Dossier(donnees), list[threading.Thread]()

    class Fil(threading.Thread):
        def start(self) -> None:
            fils.append(self)
            super().start()

    monkeypatch.setattr(threading, "Thread", Fil)
    for _ in range(5):
        preparer(dossier, SYNTHESE)
    attendre(dossier)
    assert obtenir(dossier, SYNTHESE) == obtenir(dossier, SYNTHESE) == b"fait 1"
    assert len(faits) == len(fils) == 1


def test_chacun_a_le_sien(donnees: Path, faits: list[Commande]) -> None:
    """Another form, another month or another reader's périmètre is another document."""
    dossier = Dossier(donnees)
    un_guichet = Perimetre(guichets=frozenset({"G1302"}))
    autres = [
        SYNTHESE,
        Commande("synthese", "pdf", "013", perimetre=TOUT),
        Commande("synthese", "html", "013", mois="2026-05", perimetre=TOUT),
        Commande("synthese", "html", "013", perimetre=un_guichet),
    ]
    assert len({obtenir(dossier, une) for une in autres}) == len(faits) == 4


def test_plusieurs_sont_faits_ensemble_et_ceux_qui_y_sont_gardes(
    donnees: Path, faits: list[Commande], monkeypatch: pytest.MonkeyPatch
) -> None:
    ensemble: list[list[str]] = []

    def tous(_: Dossier, commandes: Sequence[Commande]) -> list[bytes]:
        ensemble.append([une.guichet for une in commandes])
        return [une.guichet.encode() for une in commandes]

    monkeypatch.setattr(prepares, "fabriquer_tous", tous)
    voulues = [replace(SYNTHESE, nom="fiche", guichet=un) for un in ("a", "b", "c")]
    obtenir(Dossier(donnees), voulues[1])
    lus = [prepares.obtenir_tous(Dossier(donnees), voulues) for _ in range(2)]
    assert lus == [[b"a", b"fait 1", b"c"]] * 2
    assert (len(faits), ensemble) == (1, [["a", "c"]])


def test_des_mots_changes_en_font_un_autre(donnees: Path, faits: list[Commande]) -> None:
    dossier = Dossier(donnees)
    assert obtenir(dossier, SYNTHESE) == b"fait 1"
    (donnees / "mots" / "2026-S1").mkdir(parents=True)
    (donnees / "mots" / "2026-S1" / "faits-marquants.md").write_text("Un fait.", "utf-8")
    assert preparation(dossier, SYNTHESE).etat == "absent"
    assert obtenir(dossier, SYNTHESE) == b"fait 2"
    (donnees / "service.yml").write_text("nom: DDETS des Bouches-du-Rhône\n", "utf-8")
    assert obtenir(dossier, SYNTHESE) == b"fait 3"
    (donnees / "objectifs.yml").write_text("objectifs: []\n", "utf-8")
    assert obtenir(dossier, SYNTHESE) == b"fait 4"
    assert len(faits) == 4


def test_une_mesure_de_plus_en_fait_un_autre(donnees: Path, faits: list[Commande]) -> None:
    dossier = Dossier(donnees)
    assert obtenir(dossier, SYNTHESE) == b"fait 1"
    mesures = Affaires(ouvrir_magasin(donnees), Acteur("Léa"))
    constat = Constat("013", "G1309", "Mairie", "RAD_SANS_PREAVIS", "x", 1, "2026-10", 1, 5, 20,
                      None, None, "rouge", "12m", "2026-10", ())  # fmt: skip
    ouverte = mesures.ouvrir(
        procedures()[MESURES], "013", "13055", "radiations",
        {"mois": "2026-10", "motif": "x"}, constats_=[constat],
    )  # fmt: skip
    assert obtenir(dossier, SYNTHESE) == obtenir(dossier, SYNTHESE) == b"fait 2"
    mesures.agir(ouverte.id, "accepter")
    assert preparation(dossier, SYNTHESE).etat == "absent"
    assert len(faits) == 2


def test_un_refus_est_dit_et_se_reprend(donnees: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    dossier = Dossier(donnees)

    def refuser() -> bytes:
        raise Refus("ce texte contient une image", "mots/a.md, ligne 2", "L'enlever.")

    retenir(monkeypatch, refuser).set()
    preparer(dossier, SYNTHESE)
    refuse = attendre(dossier)
    assert refuse.etat == "refus"
    assert refuse.refus is not None
    assert str(refuse.refus).startswith("mots/a.md, ligne 2 : ce texte contient une image")
    retenir(monkeypatch, lambda: b"bon").set()
    preparer(dossier, SYNTHESE)
    assert attendre(dossier).etat == "pret"


def test_une_publication_pendant_la_preparation(
    donnees: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was begun before a publication is not kept as what the new version tells."""
    dossier = Dossier(donnees)
    vas_y = retenir(monkeypatch, lambda: b"ancien")
    preparer(dossier, SYNTHESE)
    ancien = next(dossier.documents.iterdir())
    (tenu,) = ancien.iterdir()
    assert preparation(dossier, SYNTHESE).etat == "encours"
    publier(donnees)
    assert preparation(dossier, SYNTHESE).etat == "absent"
    vas_y.set()
    while prepares._tenu(ancien / tenu.name):
        time.sleep(0.01)
    assert preparation(dossier, SYNTHESE).etat == "absent"
    retenir(monkeypatch, lambda: b"neuf").set()
    preparer(dossier, SYNTHESE)
    assert attendre(dossier).octets == len(b"neuf")
    assert not ancien.exists()


def publier(racine: Path) -> None:
    """Publish the same data as the next version."""
    courante = racine / "courante"
    actuelle = courante.resolve()
    neuve = racine / "neuve"
    neuve.mkdir()
    for fichier in actuelle.iterdir():
        if fichier.name != "version.json":
            (neuve / fichier.name).symlink_to(fichier)
    version = Dossier(racine).version()
    suivante = replace(version, numero=version.numero + 1)
    (neuve / "version.json").write_text(suivante.en_json(), "utf-8")
    courante.unlink()
    courante.symlink_to(neuve)
