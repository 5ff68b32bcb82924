"""The synthèse mensuelle of the préfet: two pages, without a word of statistics.

It fits by construction: each list keeps what its place allows, and no name is cut.
"""

from __future__ import annotations

from infocentre.acces.politique import LECTEURS
from infocentre.lecture.affaires import tete
from infocentre.noyau.francais import du_departement
from infocentre.restitutions.document import Document
from infocentre.restitutions.lecture import Edition
from infocentre.restitutions.synthese.alertes import alertes
from infocentre.restitutions.synthese.attendu import attendu
from infocentre.restitutions.synthese.chiffres import chiffres_cles
from infocentre.restitutions.synthese.guichets import guichets
from infocentre.restitutions.synthese.image import image
from infocentre.restitutions.synthese.limites import limites
from infocentre.restitutions.synthese.realise import realise
from infocentre.restitutions.synthese.suivies import suivies


def construire(edition: Edition) -> Document:
    """Return the synthèse of a month; raise Refus for words that cannot be printed."""
    return Document(
        gabarit="synthese",
        titre="Synthèse mensuelle de la demande de logement social",
        territoire=edition.territoire,
        periode=edition.periode,
        arrete=edition.arrete,
        version=edition.version,
        sections=(
            attendu(edition),
            realise(edition),
            chiffres_cles(edition),
            alertes(edition),
            image(edition),
            *suivies(edition),
            *guichets(edition),
            *limites(edition),
        ),
        destinataire="À l'attention du préfet "
        + du_departement(edition.departement, edition.territoire),
        mentions={
            "Diffusion": "ne pas diffuser, les petits nombres n'y sont pas masqués",
            **_chaine(edition),
        },
        lecteur=LECTEURS["synthese"],
    )


def _chaine(edition: Edition) -> dict[str, str]:
    """Return the head of the chain of events, by which a chain cut or made again is found."""
    lue = tete(edition.v, edition.connue_le)
    return {"Mesures": f"scellées par {lue.empreinte[:16]}"} if lue else {}
