"""Open all that people read, on a data directory: what a removed file must not break."""

from __future__ import annotations

import contextlib
import io
from collections.abc import Sequence
from pathlib import Path

from dashboards.app import creer_app
from infocentre.acces.perimetre import TOUT
from infocentre.cli import main
from infocentre.entrepot import Dossier
from infocentre.restitutions import bilan, lecture, mission, synthese
from infocentre.restitutions.bilan.contexte import Contexte
from infocentre.restitutions.document import Document
from tests.dashboards.vues import Ecran, ouvrir

# Pages that read tables besides those they are about, then those that read indicators.
DES_TABLEAUX = ("/", "/?epci=200054807", "/tableaux", "/attributions", "/documents")
DES_INDICATEURS = (*DES_TABLEAUX, "/suivi", "/indicateurs", "/tableaux/ATT-05", "/guichet/G1302")
COMMANDES = ("tableau", "indicateurs --format csv", "livraisons")


def ouvrir_pages(racine: Path, adresses: Sequence[str]) -> dict[str, Ecran]:
    """Return some pages, by address."""
    app = creer_app(Dossier(racine))
    ecrans = {adresse: ouvrir(app, adresse) for adresse in adresses}
    assert all(ecran.texte for ecran in ecrans.values())
    return ecrans


def construire_documents(racine: Path) -> list[Document]:
    """Return the synthèse, the lettre de mission and the bilan, whose counts are not masked."""
    with lecture.ouvrir(Dossier(racine), TOUT) as v:
        mois, semestre = lecture.du_mois(v), lecture.du_semestre(v, "2026-S1")
        documents = [
            synthese.construire(mois),
            mission.construire(semestre),
            bilan.construire(semestre, Contexte(semestre, partage=False)),
        ]
    assert all(un.sections for un in documents)
    return documents


def lancer_commandes() -> dict[str, str]:
    """Return what the reading commands print over INFOCENTRE_DOSSIER."""
    sorties = {}
    for commande in COMMANDES:
        with contextlib.redirect_stdout(io.StringIO()) as sortie:
            assert main(commande.split()) == 0
        sorties[commande] = sortie.getvalue()
    return sorties
