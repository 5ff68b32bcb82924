"""The contract gains optional columns: what was archived before them is still read."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import duckdb
import pytest

from infocentre.acces.perimetre import TOUT
from infocentre.analystes import fichier
from infocentre.analystes.fichier import tenir_analystes
from infocentre.contrat import contrat, dictionnaire, intitules
from infocentre.entrepot import Dossier
from infocentre.lecture.demandes import demande, tirer_echantillon
from infocentre.lecture.echantillons import Demande, en_classeur
from infocentre.lecture.filtres import Filtres
from infocentre.lecture.lecteur import Lecteur, Lecture
from infocentre.livraisons.classeurs import lire_toutes_les_feuilles
from infocentre.noyau.erreurs import Refus
from infocentre.operations.purge import purger
from tests.donnees.atelier import (
    alleger,
    base_legere,
    charger,
    controler,
    copie,
    ecrire_livraison,
    interroger,
    reconstruire,
)
from tests.donnees.retors import lignes_csv, livraisons

pytestmark = pytest.mark.lent

MOIS = "2026-03"
NOUVELLE = {
    "type": "code",
    "forme": "pieces",
    "libelle": "Nouvelle",
    "description": "Inconnue hier.",
}
# Each column is a line of colonnes.yml and nothing else.
DU_STOCK = {
    "NOUVELLE": {
        "type": "date",
        "libelle": "Date de visite",
        "description": "Inconnue hier.",
        "depuis": MOIS,
        "fait": "visite du logement",
        "par": "GUICHET_ENREGISTREUR",
        "fiche": 15,
        "echantillon": 15,
    },
    "INTIME": {
        "type": "texte",
        "libre": "texte",
        "libelle": "Étage",
        "description": "Inconnu hier.",
        "personnelle": True,
        "masque": "omettre",
    },
}


@pytest.fixture
def contrat_etendu(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Give a new optional column to four tables of the contract."""
    base_legere(1, 2)  # what tests share has no part of it
    lire = dictionnaire.lire_yaml

    def etendre(nom: str) -> dict[str, Any]:
        lu = lire(nom)
        if nom == "colonnes.yml":
            lu["stock"]["colonnes"] |= DU_STOCK
            for table in ("guichets", "journal", "plis"):
                lu[table]["colonnes"]["NOUVELLE"] = NOUVELLE
        return lu

    monkeypatch.setattr(dictionnaire, "lire_yaml", etendre)
    vider = (contrat.cache_clear, intitules._livrees.cache_clear, fichier._masquage.cache_clear)
    for un in vider:
        un()
    yield
    for un in vider:
        un()


def test_older_archives_are_read_with_the_new_columns_empty(
    tmp_path: Path, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    alleger(monkeypatch)
    racine = copie(base_legere(1, 2), tmp_path / "donnees")
    compter = "SELECT mois, sum(numerateur), sum(denominateur) FROM valeurs GROUP BY ALL ORDER BY 1"
    avant = interroger(racine, compter)
    request.getfixturevalue("contrat_etendu")
    assert "NOUVELLE" in contrat().tables["stock"].par_nom
    charger(racine, livraisons()[2])
    controler(racine)
    assert interroger(racine, compter)[:2] == avant
    vus = interroger(racine, "SELECT count(DISTINCT mois), count(nouvelle) FROM registre")
    assert vus == [(3, 0)]
    reconstruire(racine)
    assert interroger(racine, compter)[:2] == avant
    with tenir_analystes(Dossier(racine)) as fichier:
        assert fichier.exists()


def _livraison(dossier: Path) -> Path:
    """Write the third month as delivered, and the new columns with it."""
    tables: dict[str, Sequence[dict[str, object]]] = {
        nom: list(map(dict, lignes_csv(livraisons()[2], nom)))
        for nom in ("stock", "radiation", "guichets")
    }
    for ligne in tables["stock"]:
        ligne |= {"NOUVELLE": "10/03/2026", "INTIME": "3e gauche"}
    for ligne in tables["radiation"]:
        ligne |= {"INTIME": "3e gauche"}
    return ecrire_livraison(dossier, MOIS, tables)


@pytest.mark.usefixtures("contrat_etendu")
def test_a_new_column_is_shown_told_checked_masked_and_erased(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    alleger(monkeypatch)
    racine = copie(base_legere(1, 2), tmp_path / "donnees")
    une = _livraison(tmp_path / "livraisons")
    ligne = next(une for une in lignes_csv(une, "stock") if len(une["NUMERO_UNIQUE"]) == 18)
    numero, guichet = ligne["NUMERO_UNIQUE"], ligne["GUICHET_ENREGISTREUR"]
    lecteur = Lecteur(Dossier(racine))
    avant = lecteur.ouvrir()
    assert avant
    assert demande(Lecture(avant, TOUT), numero).fiche["nouvelle"] is None
    charger(racine, une)
    controler(racine)
    apres = lecteur.ouvrir()
    assert apres
    v = Lecture(apres, TOUT)
    visite = dt.date(2026, 3, 10)
    vue = demande(v, numero)
    assert vue.fiche["nouvelle"] == visite
    (fait,) = [un for un in vue.faits if un["fait"] == "visite du logement"]
    assert (fait["le"], fait["guichet"]) == (visite, guichet)
    tire = tirer_echantillon(v, Filtres("013", MOIS), Demande(guichet, n=5, graine=1))
    classeur = tmp_path / "echantillon.xlsx"
    classeur.write_bytes(en_classeur(tire))
    lues = {une["nom"]: une for une in lire_toutes_les_feuilles(classeur, Refus("illisible"))}
    titres = lues["À vérifier"]["lignes"][0]
    assert titres[3:6] == ["Date de dépôt", "Date de visite", "Type de demandeur"]
    with tenir_analystes(Dossier(racine)) as ecrit, duckdb.connect(str(ecrit)) as con:
        vues = con.execute("SELECT DISTINCT nouvelle FROM demandes WHERE vue_le > '2026-03-01'")
        assert set(vues.fetchall()) - {(None,)} == {(visite,)}
        dites = con.execute(
            "SELECT comment FROM duckdb_columns() WHERE table_name = 'demandes' "
            "AND column_name IN ('nouvelle', 'intime')"
        ).fetchall()
    assert dites == [(f"Inconnue hier. (livrée depuis {MOIS})",)]

    # What names a person is erased with the names.
    dossier = Dossier(racine)
    compter = "SELECT statut = 'radiée', count(intime) FROM read_parquet('{}') GROUP BY 1"

    def gardes() -> dict[bool, int]:
        (etat,) = dossier.version().etats.values()
        lus = duckdb.sql(compter.format(dossier.etats / etat)).fetchall()
        return dict(lus)

    assert gardes()[True] > 0
    actives = gardes()[False]
    purger(dossier, dt.date(2027, 12, 31))
    assert gardes() == {True: 0, False: actives}
