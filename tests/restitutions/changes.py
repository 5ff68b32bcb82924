"""The demonstration's warehouse, in which other things happened."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import duckdb
import pytest

from infocentre.acces.perimetre import TOUT
from infocentre.entrepot import Dossier
from infocentre.entrepot.dossier import ENTREPOT
from infocentre.lecture.lecteur import Lecture, VersionOuverte
from infocentre.mesures.secret import _Table
from infocentre.restitutions.lecture import Edition
from tests.donnees.atelier import MAGASIN

# Counts that change are those that a state rests on too.
SUIVRE = """
UPDATE valeurs SET n_etat = if(fenetre = '12m', numerateur_12m, numerateur),
    d_etat = if(fenetre = '12m', denominateur_12m, denominateur);
UPDATE valeurs SET taux_etat = n_etat / nullif(d_etat, 0);
"""


def sans_protection(patch: pytest.MonkeyPatch) -> None:
    """Mask small counts and protect none: to find what protects them is half of a bilan's time.

    It knows no code: cells, sums and what is masked of them stay as they are.
    """
    for etape in ("proteger", "elaguer", "desepingler", "proteger_des_detenteurs"):
        patch.setattr(_Table, etape, lambda *_: None)


@contextmanager
def entrepot_change(
    edition: Edition, racine: Path, *instructions: str, protege: bool = False
) -> Iterator[Lecture]:
    """Open a copy of the warehouse after these statements; archives and journal are the same.

    Nothing of it was shared before. Unless `protege`, its small counts are masked and no others.
    """
    racine.mkdir(parents=True)
    for chose in edition.v.dossier.racine.iterdir():
        if chose.name != "diffusions" and not chose.name.startswith(MAGASIN):
            (racine / chose.name).symlink_to(chose)
    shutil.copyfile(edition.v.dossier.courante / ENTREPOT, racine / ENTREPOT)
    with (
        duckdb.connect(str(racine / ENTREPOT), config={"threads": 1}) as con,
        pytest.MonkeyPatch.context() as patch,
    ):
        if not protege:
            sans_protection(patch)
        for une in (*instructions, SUIVRE):
            con.execute(une)
        yield Lecture(VersionOuverte(Dossier(racine), edition.v.version, con), TOUT)


def sur(v: Lecture, edition: Edition) -> Edition:
    """Return the same edition of another warehouse."""
    return replace(edition, v=v)
