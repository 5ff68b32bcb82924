"""The page for elected people: three pictures, whatever the secret statistique leaves."""

from __future__ import annotations

from dataclasses import replace

import pytest

from infocentre.restitutions import infographie
from infocentre.restitutions.bilan import attributions, publics
from infocentre.restitutions.document import Graphique, Paragraphe
from infocentre.restitutions.lecture import Edition


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
    assert [type(bloc) for un in document.sections[-2:] for bloc in un.blocs] == [Graphique] * 2
