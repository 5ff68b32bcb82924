"""What a person is shown of unknown files, and what their answers say."""

from __future__ import annotations

import csv
import datetime as dt
import json

import pytest

from infocentre.demo import ecrire_forme, fabriquer
from infocentre.demo.formes.observatoire import NOMS
from infocentre.reconnaissance.confirmation import Confirmation, lire_reponses
from infocentre.reconnaissance.dialecte import profiler
from infocentre.reconnaissance.proposition import Proposition, proposer

SITUATION = NOMS["STATUT_PROF_DEMANDEUR"]
INVENTEE, RARE = "contrat au mois", "Jeanne QUENOUILLE"


@pytest.fixture(scope="module")
def proposition(tmp_path_factory: pytest.TempPathFactory) -> Proposition:
    """Return what is proposed of an extraction that writes CDI its own way, and a name once."""
    atelier = tmp_path_factory.mktemp("extraction")
    (livraison,) = fabriquer(atelier / "livraison", taille=300, mois=1)
    dossier = ecrire_forme(livraison, atelier / "forme", "observatoire")
    fichier = dossier / "demandes_actives.csv"
    with fichier.open(encoding="utf-8", newline="") as flux:
        entete, *lignes = csv.reader(flux)
    rang = entete.index(SITUATION)
    for ligne in lignes:
        ligne[rang] = INVENTEE if ligne[rang] == "CDI" else ligne[rang]
    lignes[0][rang] = RARE
    with fichier.open("w", encoding="utf-8", newline="") as flux:
        csv.writer(flux).writerows([entete, *lignes])
    return proposer(profiler(dossier, atelier / "temporaire"))


def test_a_value_without_a_code_gets_that_of_a_person(proposition: Proposition) -> None:
    contenu = Confirmation.lire(proposition, lire_reponses({})).decrire()
    actives = next(un for un in contenu["fichiers"] if un["nom"] == "demandes_actives.csv")
    une = next(une for une in actives["colonnes"] if une["nom"] == SITUATION)
    ((rang, texte, fois, _),) = une["valeurs"]
    assert texte == INVENTEE
    assert fois > 5
    assert "CDI" in dict(une["codes"])
    # What one row carries may name somebody: it is not asked, nor anywhere in what a page shows.
    assert une["cachees"] == 0
    assert RARE not in json.dumps(contenu, ensure_ascii=False)
    valeurs = {actives["rang"]: {une["rang"]: {rang: "CDI"}}}
    lue = Confirmation.lire(proposition, lire_reponses({"valeurs": valeurs}))
    assert lue.choix.valeurs == {("demandes_actives.csv", SITUATION): {INVENTEE: "CDI"}}
    oui = lue.proposition.accepter()
    laisses = {
        (un.cle, colonne.nom): None
        for un in lue.proposition.fichiers
        for colonne in un.colonnes
        if colonne.etat == "à choisir"
    }
    choix = oui.avec(type(oui)(colonnes=laisses)).avec(lue.choix)
    ecrite = lue.proposition.correspondance(
        "essai", "Essai", "camille", dt.date(2026, 11, 1), choix
    )
    (stock,) = [un for un in ecrite.fichiers if un.table == "stock"]
    assert stock.colonnes[SITUATION].valeurs == {INVENTEE: "CDI"}


def test_a_file_that_a_person_leaves_asks_nothing_more(proposition: Proposition) -> None:
    rangs = {un.cle: rang for rang, un in enumerate(proposition.fichiers)}
    laisse = lire_reponses({"fichiers": {rangs["demandes_sorties.csv"]: ""}})
    lue = Confirmation.lire(proposition, laisse)
    assert not [une for une in lue.restent if "demandes_sorties.csv" in une]
    avis = lue.decrire()["avis"]
    assert [un for un in avis if "«\u00a0Demandes radiées\u00a0»" in un]
