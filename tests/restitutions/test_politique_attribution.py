"""The bilan of the policy of attributions, and its note: what they say, masked or not."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from infocentre.lecture.commun import registre
from infocentre.lecture.objectifs import REGLES
from infocentre.lecture.situations import AUX_BAILLEURS, situer
from infocentre.noyau.erreurs import Refus
from infocentre.noyau.lecteurs import Lecteur
from infocentre.noyau.types_guichet import TypeGuichet
from infocentre.restitutions import (
    lettre_attributions,
    politique_attribution,
    politique_prefet,
)
from infocentre.restitutions.document import Cellule, Document, Paragraphe
from infocentre.restitutions.formes import FORMES
from infocentre.restitutions.gestion_en_flux import bailleurs
from infocentre.restitutions.lecture import Edition
from infocentre.restitutions.registre import DOCUMENTS, EPCI, LETTRE, NOTE
from tests.cli.lancer import Commande

AMP = "200054807"


def _cases(document: Document) -> list[Cellule]:
    return [case for un in document.tableaux() for ligne in un.lignes for case in ligne]


@pytest.mark.parametrize("epci", ["", AMP])
def test_no_small_count_is_in_the_bilan_of_a_place(edition_demo: Edition, epci: str) -> None:
    document = DOCUMENTS[EPCI].construire(edition_demo, epci)
    ensemble = next(un for un in document.tableaux() if un.cle == "politique")
    comptes = [case.valeur for ligne in ensemble.lignes for case in ligne[1:3]]
    assert not any(isinstance(un, int) and 0 < un < 11 for un in comptes)
    assert any(case.masquee for case in _cases(document))
    assert document.lecteur == Lecteur.PUBLIC
    assert ("Métropole" in document.territoire) == bool(epci)


def test_it_says_what_the_page_says(edition_demo: Edition) -> None:
    """What is missing of each measure is in its row, unless it is masked."""
    e = edition_demo
    lue = situer(e.v, e.departement, e.mois, AMP, partage=True)
    document = DOCUMENTS[EPCI].construire(e, AMP)
    ensemble = next(un for un in document.tableaux() if un.cle == "politique")
    (rang,) = ensemble.rangs({"manque"})
    for une, ligne in zip(lue.ensemble, ensemble.lignes, strict=True):
        assert ligne[rang].masquee == (une.masquee and une.vise is not None)
        if une.manque is not None:
            assert ligne[rang].valeur == max(une.manque, 0)


def test_a_section_whose_counts_are_all_masked_says_so(edition_demo: Edition) -> None:
    e = edition_demo
    texte = politique_attribution._texte(e, situer(e.v, e.departement, e.mois, partage=True))
    for masque, dit in ((True, "secret statistique"), (False, "La livraison ne permet pas")):
        tu = replace(texte, dalo=None, dalo_sur=None, en_attente=None, dalo_masque=masque)
        (section,) = (une for une in tu.rediger() if une.titre == "Les ménages DALO")
        (bloc,) = section.blocs
        assert isinstance(bloc, Paragraphe)
        assert dit in bloc.texte


@pytest.mark.parametrize(
    ("juges", "masquees", "exces", "dit"),
    [
        (4, 0, None, "aucun des objectifs qui se lisent n'est manqué pour 2026."),
        (4, 0, 7, "aucun des objectifs qui se lisent n'est manqué pour 2026, et un plafond est"),
        (3, 1, None, "n'est manqué pour 2026 ; 1\u00a0autre objectif est couvert par le secret"),
        (0, 4, None, "ne permet pas de dire si les objectifs de 2026 sont atteints."),
        (0, 1, None, "aucun objectif de 2026 ne peut être jugé."),
    ],
)
def test_what_cannot_be_judged_is_not_told_to_be_met(
    edition_demo: Edition, juges: int, masquees: int, exces: int | None, dit: str
) -> None:
    """Of four measures that have an objective, none of which is behind."""
    e = edition_demo
    lu = politique_attribution._texte(e, situer(e.v, e.departement, e.mois, partage=True))
    un = replace(lu, annee="2026", retards=[], juges=juges, masquees=masquees, mesures=4)
    premier = replace(un, exces=exces).rediger()[0].blocs[0]
    assert isinstance(premier, Paragraphe)
    assert dit in premier.texte


@pytest.mark.parametrize(
    ("juges", "appels", "dits"),
    [
        (3, 0, ("aucun EPCI n'est sous ses objectifs", "Aucune décision n'est à prendre")),
        (0, 0, ("ne peuvent être jugés dans aucun EPCI", "rien ne peut être jugé")),
        (3, 1, ("aucun EPCI n'est sous ses objectifs", "Demander à ces bailleurs")),
    ],
)
def test_the_note_proposes_what_it_knows(
    edition_demo: Edition, juges: int, appels: int, dits: tuple[str, str]
) -> None:
    note = politique_prefet.Note(
        annee="2026",
        arrete=edition_demo.arrete,
        juges=juges,
        retards=0,
        menages=0,
        epcis=0,
        tableau=None,
        reservataires=None,
        appels=[politique_attribution.Appel("A", "il manque 3 attributions")] * appels,
        exces=None,
        finie=False,
    )
    ecrit = str(note.rediger())
    assert all(dit in ecrit for dit in dits)
    assert ("décision" in ecrit) == (not appels)
    apres = str(replace(note, finie=True).rediger())
    assert not appels or ("pour l'année suivante" in apres) > ("d'ici la fin de l'année" in apres)


def test_the_note_is_for_the_prefet_in_clear(edition_demo: Edition) -> None:
    document = DOCUMENTS[NOTE].construire(edition_demo)
    assert document.lecteur == Lecteur.PREFET
    assert not any(case.masquee for case in _cases(document))
    assert "Ce qui est proposé" in [une.titre for une in document.sections]
    for un in document.tableaux():  # « 20 % » without what was to be reached tells nothing
        objectif = [colonne.titre for colonne in un.colonnes].index("Objectif")
        assert {"25\u202f%", "50\u202f%"} >= {str(une[objectif].valeur) for une in un.lignes}


def test_the_letter_tells_a_bailleur_what_it_misses_and_nothing_of_the_others(
    edition_demo: Edition,
) -> None:
    e = edition_demo
    parts = situer(e.v, e.departement, e.mois).parts
    connus, derriere = bailleurs(e), 0
    for siren, nom in connus.items():
        document = DOCUMENTS[LETTRE].construire(e, siren)
        manques = {
            une.titre: max(une.manque or 0, 0)
            for mesure in AUX_BAILLEURS
            for une in parts.get((mesure, "bailleur"), ())
            if une.lieu.code == siren and une.manque is not None
        }
        dits = {
            str(ligne[0].valeur): ligne[5].valeur
            for un in document.tableaux()
            for ligne in un.lignes
            if ligne[5].valeur is not None
        }
        assert dits == manques, nom
        titres = [une.titre for une in document.sections]
        assert ("Ce qui vous est demandé" in titres) == any(manques.values()), nom
        derriere += any(manques.values())
        assert (document.destinataire, document.lecteur) == (nom, Lecteur.DESTINATAIRE)
        ecrit = " ".join(str(case.valeur) for case in _cases(document))
        assert not [un for un in connus.values() if un in ecrit]
    assert 0 < derriere < len(connus)
    # The law asks it of a bailleur on the dwellings that nobody reserved, and of an EPCI on all.
    siennes, toutes = parts["prioritaires", "bailleur"][0], REGLES["prioritaires"].titre
    assert siennes.titre == f"{toutes}, logements non réservés"
    assert parts["mixite_hors_qpv", "bailleur"][0].titre == REGLES["mixite_hors_qpv"].titre
    mairie = next(
        une["organisme"]
        for une in registre(e.v, e.departement, e.mois)
        if une["type_guichet"] == TypeGuichet.COMMUNE
    )
    with pytest.raises(Refus, match="n'est pas un bailleur"):
        DOCUMENTS[LETTRE].construire(e, mairie)


@pytest.mark.parametrize(
    ("motifs", "dit"),
    [
        ([], "Vous n'avez prononcé en 2026 aucune attribution que ces objectifs comptent."),
        (["Premier quartile : colonne NB_Q1 non livrée"], "colonne NB_Q1 non livrée"),
    ],
)
def test_a_letter_of_nothing_says_why(edition_demo: Edition, motifs: list[str], dit: str) -> None:
    """The sentence stood in the paragraph of the table that is not there, and went with it."""
    lettre = lettre_attributions.Lettre(
        annee="2026",
        arrete=edition_demo.arrete,
        finie=False,
        juges=0,
        manque=0,
        demandes=[],
        non_calculables=motifs,
        tableau=None,
    )
    ecrit = str(lettre.rediger())
    assert dit in ecrit
    assert ("prononcé" in ecrit) == (not motifs)


def test_each_form_is_made(edition_demo: Edition) -> None:
    document = politique_attribution.construire(edition_demo, AMP)
    assert document.territoire.endswith("Provence (communes des Bouches-du-Rhône)")
    for forme in DOCUMENTS[EPCI].formes:
        assert len(FORMES[forme](document)) > 5000, forme
    assert b"%PDF" in FORMES["pdf"](politique_prefet.construire(edition_demo))[:8]


def test_an_epci_is_found_by_its_name_or_refused_with_those_that_are(edition_demo: Edition) -> None:
    assert politique_attribution.trouver(edition_demo, "aix-marseille") == AMP
    assert politique_attribution.trouver(edition_demo, AMP) == AMP
    with pytest.raises(Refus, match="n'est pas un EPCI de ce département") as refus:
        politique_attribution.trouver(edition_demo, "Lyon")
    assert AMP in refus.value.que_faire


def test_the_command_prints_one_or_all(
    donnees: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    lancer = Commande(donnees, monkeypatch, capsys)
    options = ("bilan", "--document", EPCI, "--annee", "2026")
    assert lancer(*options, "--tous", "--format", "xlsx", "--sortie", tmp_path / "tous").code == 0
    assert len(list((tmp_path / "tous").iterdir())) == 4
    refusee = lancer(*options, "--epci", "Lyon")
    assert refusee.code
    assert "n'est pas un EPCI" in refusee.erreur
    for autres in (("2026-S2", "--epci", AMP), ("--tous", "--document", NOTE, "--annee", "2026")):
        assert lancer("bilan", *autres).code
