"""Notes and views that are kept: what enters, who takes it back, what goes with a person."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
import sqlalchemy as sa

from infocentre.decisions import Magasin, ouvrir_magasin, scelles
from infocentre.decisions.notes import (
    TEXTE_MAX,
    Auteur,
    Genre,
    Lecteurs,
    Notes,
    Sujet,
    effacer,
    nettoyer,
)
from infocentre.decisions.schema import notes
from infocentre.decisions.vues import VUES_MAX, Vues
from infocentre.noyau.erreurs import Refus

CLE = "une clé"
NUMERO, AUTRE = "013010199900000130", "013010199900000240"
LEA, BRUNO = Auteur("lea@m.fr", "Léa", "Gestionnaire territorial"), Auteur("bruno@m.fr", "Bruno")
GUICHET = Sujet("013", Genre.GUICHET, "G1302")
EVENEMENT = Sujet("013", Genre.EVENEMENT, "013")


@pytest.fixture
def magasin(tmp_path: Path) -> Magasin:
    return ouvrir_magasin(tmp_path)


def test_a_note_is_read_as_it_was_written_by_whom_it_says(magasin: Magasin) -> None:
    markup = "Appelé le 12.\r\n<script>alert(1)</script>\x1b[31m\u202e"
    siennes = Notes(magasin, CLE, LEA)
    interne = siennes.ecrire(GUICHET, markup)
    siennes.ecrire(GUICHET, "À tous", Lecteurs.TOUS)
    assert interne.texte == "Appelé le 12.\n<script>alert(1)</script>[31m"
    assert [une.texte for une in siennes.de(GUICHET, toutes=False)] == ["À tous"]
    lues = siennes.de(GUICHET, toutes=True)
    assert [(une.nom, une.role) for une in lues] == [("Léa", "Gestionnaire territorial")] * 2
    assert [une.id for une in siennes.lister({"084"}, toutes=True)] == []
    assert len(siennes.lister(None, toutes=True)) == 2
    with pytest.raises(Refus, match="pas la vôtre"):
        Notes(magasin, CLE, BRUNO).retirer(interne.id)
    with pytest.raises(Refus, match="pas la vôtre"):
        siennes.retirer(interne.id, {"084"})
    siennes.retirer(interne.id, {"013"})
    assert len(siennes.de(GUICHET, toutes=True)) == 1


@pytest.mark.parametrize(
    ("texte", "dit"),
    [
        (" \n\x00\u200b ", "cette note est vide"),
        ("é" * (TEXTE_MAX + 1), "2 001 signes"),
        ("<b>" * 400_000, "1 200 000 signes"),
    ],
)
def test_what_cannot_be_kept_is_refused_and_nothing_is(
    texte: str, dit: str, magasin: Magasin
) -> None:
    with pytest.raises(Refus) as refus:
        Notes(magasin, CLE, LEA).ecrire(GUICHET, texte)
    assert dit in refus.value.quoi.replace("\u202f", " ")
    assert Notes(magasin, CLE).lister(None, toutes=True) == []
    assert nettoyer("é" * TEXTE_MAX) == "é" * TEXTE_MAX


@pytest.mark.parametrize(
    ("du", "au", "dit"),
    [
        (None, None, "il manque le jour"),
        (dt.date(2026, 8, 12), dt.date(2026, 8, 11), "finit avant de débuter"),
        (dt.date(1999, 12, 31), None, "trop loin"),
        (dt.date(2126, 1, 1), None, "trop loin"),
    ],
)
def test_an_event_has_its_days(
    du: dt.date | None, au: dt.date | None, dit: str, magasin: Magasin
) -> None:
    with pytest.raises(Refus, match=dit):
        Notes(magasin, CLE, LEA).ecrire(EVENEMENT, "Panne", Lecteurs.TOUS, du, au)


def test_notes_go_with_a_person_and_say_no_numero_before(magasin: Magasin) -> None:
    siennes = Notes(magasin, CLE, LEA)
    siennes.ecrire(Sujet("013", Genre.DEMANDE, NUMERO), "Rappeler le demandeur")
    siennes.ecrire(Sujet("013", Genre.DEMANDE, AUTRE), "Une autre personne")
    siennes.ecrire(GUICHET, f"Voir {NUMERO} et {AUTRE}")
    with magasin.lire() as con:
        objets = con.scalars(sa.select(notes.c.objet)).all()
    assert not any(NUMERO in un for un in objets)
    assert [une.texte for une in siennes.de(Sujet("013", Genre.DEMANDE, NUMERO), toutes=True)]
    assert effacer(magasin, CLE, {NUMERO}) == 2
    assert siennes.de(Sujet("013", Genre.DEMANDE, NUMERO), toutes=True) == []
    assert siennes.de(Sujet("013", Genre.DEMANDE, AUTRE), toutes=True)
    assert siennes.de(GUICHET, toutes=True)[0].texte == f"Voir {'*' * 18} et {AUTRE}"


def test_a_note_changed_beside_the_store_is_named(magasin: Magasin) -> None:
    une = Notes(magasin, CLE, LEA).ecrire(GUICHET, "Rappeler lundi")
    with magasin.ecrire() as con:
        assert list(scelles.fautes(con)) == []
        con.exec_driver_sql("UPDATE notes SET texte = 'Jamais'")
        dites = list(scelles.fautes(con))
    assert dites == [f"le texte de la note {une.id} a été modifié hors de l'infocentre : texte"]


def test_views_are_each_one_s_own_and_one_opens_the_page(magasin: Magasin) -> None:
    lea, bruno = Vues(magasin, "lea"), Vues(magasin, "bruno")
    rouge = lea.garder("/suivi", "  En   rouge ", "etat=rouge", par_defaut=True)
    orange = lea.garder("/suivi", "Orange", "etat=orange", par_defaut=True)
    assert [(une.nom, une.par_defaut) for une in lea.lister("/suivi")] == [
        ("En rouge", False),
        ("Orange", True),
    ]
    assert (lea.par_defaut("/suivi"), bruno.par_defaut("/suivi")) == ("etat=orange", "")
    assert bruno.lister("/suivi") == lea.lister("/demandes") == []
    for faire in (bruno.supprimer, bruno.choisir):
        with pytest.raises(Refus, match="n'existe plus"):
            faire("/suivi", rouge.id)
    lea.choisir("/suivi", rouge.id)
    lea.choisir("/suivi", rouge.id)  # again: none
    assert lea.par_defaut("/suivi") == ""
    lea.garder("/suivi", "Orange", "etat=orange&type=BAILLEUR", par_defaut=False)  # in its place
    assert [une.filtres for une in lea.lister("/suivi")][1] == "etat=orange&type=BAILLEUR"
    assert orange.id not in [une.id for une in lea.lister("/suivi")]
    for nom, filtres, dit in (
        (" ", "a=b", "pas de nom"),
        ("N" * 61, "a=b", "61 lettres"),
        ("Nom", "", "aucun filtre"),
        ("Nom", "a" * 2001, "trop longs"),
    ):
        with pytest.raises(Refus, match=dit):
            lea.garder("/suivi", nom, filtres, par_defaut=False)
    for rang in range(VUES_MAX - 2):
        lea.garder("/demandes", f"Vue {rang}", "code=A", par_defaut=False)
    with pytest.raises(Refus, match="50 vues"):
        lea.garder("/demandes", "De trop", "code=A", par_defaut=False)
