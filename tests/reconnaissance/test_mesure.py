"""Headers as people write them: most are recognised, and none is wrongly said to be certain."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.reconnaissance.mesure import ENTRAINEMENT, JUGES, essayer

SUR = 0.9
JUSTES = {"entrainement.yml": 0.98, "entetes.yml": 0.9}


@pytest.mark.parametrize("fichier", [un for un in (ENTRAINEMENT, JUGES) if un.exists()], ids=str)
def test_headers_are_recognised_and_certainty_is_never_wrong(fichier: Path) -> None:
    essais = list(essayer(fichier))
    assert [un for un in essais if un.etat == "certain" and not un.juste] == []
    assert sum(un.juste for un in essais) >= JUSTES[fichier.name] * len(essais)


def test_a_proposal_that_is_said_sure_is_right_more_often_than_others() -> None:
    lus = [un for un in (ENTRAINEMENT, JUGES) if un.exists()]
    essais = [un for fichier in lus for un in essayer(fichier) if un.confiance]
    surs = [un.juste for un in essais if un.confiance >= SUR]
    autres = [un.juste for un in essais if un.confiance < SUR]
    assert sum(surs) / len(surs) >= 0.98
    assert sum(autres) * len(surs) <= sum(surs) * len(autres)
