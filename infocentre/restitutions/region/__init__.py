"""The papers of several départements together: the synthèse of a month, the bilan of a semester.

They say what each département shares by itself, masked as in its own bilans, and sums of that: who
has these papers knows nothing that those do not tell (decision 0004).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from infocentre.acces.politique import LECTEURS
from infocentre.contrat.territoires import nom_departement
from infocentre.noyau.francais import enumerer
from infocentre.restitutions.document import Document
from infocentre.restitutions.lecture import EditionReunie
from infocentre.restitutions.region.chapitres import (
    Chapitre,
    departements,
    epcis,
    essentiel,
    indicateurs,
    indicateurs_en_alerte,
    methode,
    politique,
)
from infocentre.restitutions.region.lue import lire
from infocentre.restitutions.registre import BILAN_REUNI, SYNTHESE_REUNIE

CHAPITRES: Mapping[str, Sequence[Chapitre]] = {
    SYNTHESE_REUNIE: (essentiel, departements, indicateurs_en_alerte, politique, methode),
    BILAN_REUNI: (essentiel, departements, indicateurs, politique, epcis, methode),
}
_TITRES = {
    SYNTHESE_REUNIE: "Synthèse mensuelle de la demande de logement social",
    BILAN_REUNI: "Bilan semestriel de la demande de logement social",
}


def construire(edition: EditionReunie, nom: str) -> Document:
    """Return one of the papers; raise Refus for words that cannot be printed."""
    lue = lire(edition)
    return Document(
        "courriers",
        _TITRES[nom],
        edition.reunion.ensemble.nom,
        edition.periode,
        edition.arrete,
        edition.version,
        tuple(section for un in CHAPITRES[nom] if (section := un(lue)) is not None),
        mentions={"Départements": enumerer([nom_departement(d) for d in edition.reunion.presents])},
        lecteur=LECTEURS[nom],
    )
