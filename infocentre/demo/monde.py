"""What every drawing of columns starts from."""

from __future__ import annotations

from dataclasses import dataclass

from infocentre.demo.graphies import Graphies
from infocentre.demo.hasard import Hasard
from infocentre.demo.registre import Registre
from infocentre.demo.territoire import Territoire
from infocentre.demo.vies import Vies


@dataclass(frozen=True)
class Monde:
    """One simulated département, with its chance and its spellings."""

    lieu: Territoire
    registre: Registre
    vies: Vies
    hasard: Hasard
    graphies: Graphies
