"""The types of guichets: codes and labels of the contract, and what each is called."""

from __future__ import annotations

import pytest

from infocentre.contrat import contrat
from infocentre.noyau.types_guichet import EN_LIGNE, INCONNU, LIVRES, TYPES_JUGES, TypeGuichet


def test_the_contract_has_their_codes_in_their_order() -> None:
    codes = "BAILLEUR COMMUNE EPCI DEPARTEMENT ACTION_LOGEMENT ETAT PORTAIL AUTRE"
    assert " ".join(LIVRES) == " ".join(contrat().codes["TYPE_GUICHET"]) == codes
    assert set(TypeGuichet) - set(LIVRES) == {INCONNU}
    assert contrat().codes["TYPE_GUICHET"]["ETAT"] == "État"


def test_only_the_portal_and_who_is_unknown_are_never_judged() -> None:
    assert set(TypeGuichet) - set(TYPES_JUGES) == {EN_LIGNE, INCONNU}


@pytest.mark.parametrize("un", TypeGuichet)
def test_each_has_every_word(un: TypeGuichet) -> None:
    mots = (un.singulier, un.pluriel, un.un, un.plusieurs, un.ensemble, un.pairs, un.court)
    assert all(mots)
    assert bool(un.genre) == (un not in {EN_LIGNE, INCONNU, TypeGuichet.AUTRE})
