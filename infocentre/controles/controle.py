"""One checkpoint for every pending month: count, judge, publish."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from infocentre.controles.bilan import Bilan
from infocentre.controles.differes import importer
from infocentre.controles.session import Session, ouvrir
from infocentre.mesures import ecrire_regles
from infocentre.noyau.erreurs import Refus

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    import duckdb
    from great_expectations.checkpoint.checkpoint import CheckpointResult

    from infocentre.catalogue import Catalogue
    from infocentre.controles.contexte import Entrepot
    from infocentre.mesures import Connexion


def controler(
    con: duckdb.DuckDBPyConnection,
    catalogue: Catalogue,
    dossier_validations: Path,
    publier: Callable[[Connexion], None],
    *,
    preparation: Sequence[str] = (),
    pages: bool = True,
) -> Bilan:
    """Count and judge the pending months of a warehouse, then call `publier` on a connection to it.

    The warehouse, or `preparation` (statements run on every connection at its opening, such
    as `create temp view`), holds the relations of the archives, `calculabilite` and
    `registre`. When `publier` is called, `comptes`, `regles` and `valeurs_calculees` are
    there.

    Raises:
        Refus: a rule or a population could not be computed; `publier` was not called.
    """
    with importer():
        from infocentre.controles.contexte import Entrepot, creer_contexte
        from infocentre.controles.pages import construire_pages

    contexte = creer_contexte(dossier_validations)
    with (
        Entrepot(contexte, con, preparation) as entrepot,
        ouvrir(Session(catalogue, publier, entrepot.moteur)) as session,
    ):
        resultat = _executer(entrepot, session)
    bilan = Bilan(tuple(session.verdicts.values()))
    if not pages:
        return bilan
    return replace(bilan, page=construire_pages(contexte, resultat, dossier_validations))


def _executer(entrepot: Entrepot, session: Session) -> CheckpointResult:
    from great_expectations import RunIdentifier

    from infocentre.controles.attentes import en_panne
    from infocentre.controles.contexte import creer_point_de_controle

    with session.connexion() as con:
        ecrire_regles(con, session.catalogue)
    moment = RunIdentifier(run_name="controle", run_time=datetime.now(UTC))
    resultat = creer_point_de_controle(entrepot, session.catalogue).run(run_id=moment)
    pannes = en_panne(resultat)
    if session.echecs:
        raise session.echecs[0]
    if pannes:
        raise Refus(
            f"les indicateurs {', '.join(pannes)} n’ont pas pu être jugés",
            "contrôle du mois",
            "Le détail est dans l’historique des validations. Rien n’a été publié.",
        )
    return resultat
