"""Headers as people write them: most are recognised, and none is wrongly said to be certain."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from tests.reconnaissance.mesure import ENTRAINEMENT, JUGES, essayer

JUSTES = {"entrainement.yml": 0.98, "entetes.yml": 0.9}


@pytest.mark.parametrize("fichier", [un for un in (ENTRAINEMENT, JUGES) if un.exists()], ids=str)
def test_headers_are_recognised_and_certainty_is_never_wrong(fichier: Path) -> None:
    essais = list(essayer(fichier))
    assert [un for un in essais if un.etat == "certain" and not un.juste] == []
    assert sum(un.juste for un in essais) >= JUSTES[fichier.name] * len(essais)


def test_confidence_grows_with_how_often_a_proposal_is_right() -> None:
    essais = [
        un for fichier in (ENTRAINEMENT, JUGES) if fichier.exists() for un in essayer(fichier)
    ]
    juges = Counter(un.confiance for un in essais if un.confiance)
    justes = Counter(un.confiance for un in essais if un.confiance and un.juste)
    parts = [justes[une] / juges[une] for une in sorted(juges)]
    assert parts == sorted(parts)
    assert parts[-1] >= 0.98
