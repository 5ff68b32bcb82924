"""The command line: reads as a table of contents; each command is imported when it is called."""

from __future__ import annotations

import importlib
import os
import sys
from collections.abc import Sequence
from typing import Any

from infocentre.cli.acces import exiger
from infocentre.cli.analyseur import lire_ligne
from infocentre.cli.options import Commande, selon_la_sortie
from infocentre.cli.traces import tracer_la_commande
from infocentre.noyau.depart import espacer_les_cycles, prendre_l_heure_de_paris
from infocentre.noyau.erreurs import MauvaisUsage, Refus
from infocentre.noyau.fichiers import MASQUE
from infocentre.noyau.texte import a_l_ecran, taire_la_sortie

REFUSE, MAL_DEMANDE, INTERROMPU = 1, 2, 130


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; return 0 when done, 1 when refused with a reason, 2 on bad usage."""
    espacer_les_cycles()
    prendre_l_heure_de_paris()
    masque = os.umask(MASQUE)
    try:
        with a_l_ecran():
            lue = _lire(arguments)
            return lue if isinstance(lue, int) else _executer(*lue)
    finally:
        os.umask(masque)


def _lire(arguments: Sequence[str] | None) -> tuple[Commande, Any] | int:
    """Return the command of a line and its options; what to exit with when it cannot say them."""
    try:
        try:
            return lire_ligne(arguments)
        finally:
            sys.stdout.flush()  # the help, the version
    except Refus as refus:
        print(f"infocentre : {refus}", file=sys.stderr)
        return REFUSE
    except BrokenPipeError:
        taire_la_sortie()
        return 0


def _executer(commande: Commande, options: Any) -> int:  # noqa: ANN401 - the record of the command
    try:
        from infocentre import exports

        options = selon_la_sortie(options)
        exports.BRUT.set(getattr(options, "brut", False))
        exiger(commande.nom)
        module = importlib.import_module(f"infocentre.cli.{commande.module}")
        with tracer_la_commande(commande, options):
            getattr(module, commande.nom)(options)
        sys.stdout.flush()
    except Refus as refus:
        print(f"infocentre : {refus}", file=sys.stderr)
        return MAL_DEMANDE if isinstance(refus, MauvaisUsage) else REFUSE
    except BrokenPipeError:
        taire_la_sortie()
        return 0
    except KeyboardInterrupt:
        print("\ninfocentre : interrompu ; rien n'a été publié.", file=sys.stderr)
        return INTERROMPU
    except Exception as erreur:
        if os.environ.get("INFOCENTRE_TRACE"):
            raise
        if dit := _machine(erreur):
            print(f"infocentre : {dit}", file=sys.stderr)
            return REFUSE
        print(
            f"infocentre : erreur imprévue ({type(erreur).__name__} : {erreur})\n"
            "→ Ce qui était publié le reste. Relancer avec INFOCENTRE_TRACE=1 pour le détail.",
            file=sys.stderr,
        )
        return REFUSE
    return 0


def _machine(recue: Exception) -> Refus | None:
    """Return the refusal that says what the machine could not read or write, None for a fault."""
    erreur = getattr(recue, "orig", None) or recue  # SQLAlchemy wraps what DuckDB says
    de_duckdb = type(erreur).__module__.startswith("_duckdb")
    # A damaged text is no JSON, no date, no word of a list: what is kept says if it is.
    if not isinstance(erreur, (OSError, ValueError, LookupError)) and not de_duckdb:
        return None
    from infocentre.entrepot.dossier import ILLISIBLES, Dossier, refus_de_la_machine
    from infocentre.noyau.config import dossier_donnees
    from infocentre.operations.verification import examiner

    if isinstance(erreur, (OSError, *ILLISIBLES)):
        return refus_de_la_machine(erreur, dossier_donnees())
    dommages = examiner(Dossier(dossier_donnees())).dommages
    return dommages[0].refus(len(dommages) - 1) if dommages else None
