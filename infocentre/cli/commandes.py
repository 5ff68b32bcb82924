"""Which function does which command."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Callable

from infocentre.cli import ecritures, lectures, requetes, restitutions
from infocentre.cli.bibliotheque import bibliotheque
from infocentre.cli.candidat import candidat
from infocentre.cli.echantillons import echantillon


def executer(options: Namespace) -> None:
    """Run the command of these options; raise Refus when it cannot be done."""
    _COMMANDES[options.commande](options)


_COMMANDES: dict[str, Callable[[Namespace], None]] = {
    "demo": ecritures.demo,
    "charger": ecritures.charger,
    "controler": ecritures.controler,
    "mensuel": ecritures.mensuel,
    "reconstruire": ecritures.reconstruire,
    "purger": ecritures.purger,
    "indicateurs": lectures.indicateurs,
    "anomalies": lectures.anomalies,
    "livraisons": lectures.livraisons,
    "rejets": lectures.rejets,
    "revisions": lectures.revisions,
    "tableau": lectures.tableau,
    "demande": lectures.demande,
    "echantillon": echantillon,
    "bilan": restitutions.bilan,
    "synthese": restitutions.synthese,
    "sql": requetes.sql,
    "bibliotheque": bibliotheque,
    "candidat": candidat,
    "servir": ecritures.servir,
}
