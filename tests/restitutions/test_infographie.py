"""The page for elected people: three pictures, whatever the secret statistique leaves."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from infocentre.restitutions import infographie
from infocentre.restitutions.bilan import attributions, publics
from infocentre.restitutions.bilan.contexte import Contexte
from infocentre.restitutions.bilan.essentiel import Cle, cles
from infocentre.restitutions.document import Chiffres, Graphique, Paragraphe
from infocentre.restitutions.lecture import Edition


def test_an_objective_is_not_said_to_be_the_law_s(
    edition_demo: Edition, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The préfet may ask for 40 %, where the law asks for a quarter."""
    lues = cles

    def de_40(ctx: Contexte) -> dict[str, Cle]:
        return {
            nom: replace(un, ligne={**un.ligne, "objectif": 0.4}) for nom, un in lues(ctx).items()
        }

    monkeypatch.setattr(infographie, "cles", de_40)
    chiffres = [
        un
        for section in infographie.construire(edition_demo).sections
        for bloc in section.blocs
        if isinstance(bloc, Chiffres)
        for un in bloc.chiffres
        if "objectif" in un.sur
    ]
    assert [un.sur for un in chiffres] == ["des attributions ; l'objectif est de 40\u202f%"]


def test_what_may_not_be_drawn_leaves_its_place_to_who_demands_and_what(
    edition_demo: Edition, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Half a page of « image non dessinée » was handed to elected people."""
    tue = Paragraphe("« Par commune » : image non dessinée.", "note")
    lieux, prioritaires = attributions.lieux, publics.menages_prioritaires
    monkeypatch.setattr(infographie, "lieux", lambda ctx: replace(lieux(ctx), carte=tue))
    monkeypatch.setattr(
        infographie, "menages_prioritaires", lambda ctx: replace(prioritaires(ctx), image=tue)
    )
    document = infographie.construire(edition_demo)
    assert [un.titre for un in document.sections[-2:]] == ["Qui demande", "Ce qui est demandé"]
    blocs = [bloc for un in document.sections[-2:] for bloc in un.blocs]
    assert [type(un) for un in blocs if "« s » :" not in str(un)] == [Graphique] * 2


def test_the_s_of_a_picture_is_explained_on_the_page(
    edition_demo: Edition, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its notes are not printed, that of its tables neither: « s » stood there with no key."""
    tue = Paragraphe("« Par commune » : image non dessinée.", "note")
    lieux = attributions.lieux
    monkeypatch.setattr(infographie, "lieux", lambda ctx: replace(lieux(ctx), carte=tue))
    dits = []
    for masquees in (False, True):
        monkeypatch.setattr(Graphique, "blancs", masquees)
        *_, derniere = infographie.construire(edition_demo).sections
        dits.append([un.texte for un in derniere.blocs if isinstance(un, Paragraphe)])
    assert dits == [[], ["« s » : nombre couvert par le secret statistique."]]


def test_the_floor_of_what_a_title_names_is_the_declared_one(
    edition_demo: Edition, monkeypatch: pytest.MonkeyPatch
) -> None:
    """« 30 attributions » was typed in two templates, beside what chooses the communes."""
    monkeypatch.setattr(attributions, "MINIMUM", 12)
    lieux, rapport = attributions.lieux, "demandes_pour_une_attribution"
    plus: Any
    moins: Any
    plus, moins = ({"libelle": nom, rapport: n} for nom, n in (("Arles", 9.0), ("Istres", 4.0)))
    carte = Graphique("carte", "", "<svg/>", "")

    def extremes(ctx: Contexte) -> attributions.Lieux:
        return replace(lieux(ctx), plus=plus, moins=moins, carte=carte)

    for module in (infographie, attributions):
        monkeypatch.setattr(module, "lieux", extremes)
    dits = [
        str(infographie.construire(edition_demo).sections),
        str(attributions.chapitre(Contexte(edition_demo))),
    ]
    assert ["au moins 12\\xa0attributions" in un for un in dits] == [True, True]
