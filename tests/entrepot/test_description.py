"""A description is that of its own archive, sealed or not."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from infocentre.entrepot import Dossier, Livraison
from infocentre.entrepot.sceaux import DESCRIPTION, decrire_archive
from infocentre.noyau.erreurs import Refus
from infocentre.noyau.fichiers import sha256

LIVRAISON = Livraison("013", "2026-10-31", "e" * 64, "2026-10", "2026-11-02T08:00:00+00:00")


@pytest.mark.parametrize("scelle", [True, False])
@pytest.mark.parametrize(
    "autre",
    [{}, {"departement": "084"}, {"arrete": "2026-09-30"}, {"empreinte": "f" * 64}],
    ids=str,
)
def test_the_description_of_another_delivery_is_not_read(
    tmp_path: Path, autre: dict[str, str], *, scelle: bool
) -> None:
    """As when two archives were copied over one another, with the seal of what is there now."""
    dossier = Dossier(tmp_path)
    fichier = dossier.archive(LIVRAISON) / DESCRIPTION
    fichier.parent.mkdir(parents=True)
    sienne = {"departement": "013", "arrete": "2026-10-31", "empreinte": "e" * 64}
    fichier.write_text(json.dumps(sienne | autre), "utf-8")
    une = replace(LIVRAISON, sceau=sha256(fichier) if scelle else "")
    if not autre:
        assert decrire_archive(dossier, une)["departement"] == "013"
        return
    with pytest.raises(Refus, match="le fichier décrit une autre livraison") as refus:
        decrire_archive(dossier, une)
    assert str(fichier) in str(refus.value)
