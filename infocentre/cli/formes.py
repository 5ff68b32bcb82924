"""`infocentre demo --forme`: the invented département as people's own files hold it."""

from __future__ import annotations

import tempfile
from pathlib import Path

from infocentre.cli import options as demandes
from infocentre.noyau.erreurs import Refus
from infocentre.noyau.francais import accorder

PLUS_GRAND_DEPARTEMENT = 200_000
CONNUE = "gip-sne"  # a correspondance of it comes with the infocentre
_DEPARTEMENT = "013"


def ecrire_la_forme(options: demandes.Demo, forme: str, mois: int) -> None:
    """Write the last deliveries of the demonstration in a form; say which, and what comes next.

    They are those of the whole demonstration, whatever their number: nothing is loaded.
    """
    from infocentre.demo import ecrire_forme, fabriquer_derniers
    from infocentre.demo.habitudes import MOIS

    cible = _ou_ecrire(options)
    print(f"Démonstration sous la forme « {forme} » : {accorder(mois, 'livraison', 'livraisons')}.")
    with tempfile.TemporaryDirectory(prefix="infocentre-demo-") as atelier:
        livraisons = fabriquer_derniers(
            Path(atelier),
            taille=options.taille,
            mois=max(mois, MOIS),
            livrees=mois,
            avancement=lambda texte: print(f"  {texte}", flush=True),
        )
        ecrites = [ecrire_forme(une, cible, forme) for une in livraisons]
    for ecrite in ecrites:
        fichiers = sum(un.is_file() for un in ecrite.rglob("*"))
        print(f"{ecrite} : {accorder(fichiers, 'fichier', 'fichiers')}")
    dire_la_suite(forme, ecrites[0])


def dire_la_suite(forme: str, ecrite: Path) -> None:
    """Say how the files are read: the source that the infocentre knows asks nothing."""
    lieu = f"{ecrite} --departement {_DEPARTEMENT}"
    charger = f"infocentre charger {lieu}"
    if forme == CONNUE:
        print(f"\nCette source est connue :\n  {charger}")
        return
    print(
        "\nPour les reconnaître :\n"
        f"  infocentre correspondance proposer {lieu} --sortie c.yml\n"
        f"puis, une fois c.yml relu :\n  {charger} --correspondance c.yml"
    )


def _ou_ecrire(options: demandes.Demo) -> Path:
    """Return where the files are wanted; raise Refus when there is no place for them."""
    if options.dossier is None:
        raise Refus(
            "--forme écrit des fichiers, et aucun dossier n'est donné",
            que_faire="Ajouter --dossier DOSSIER.",
        )
    if options.taille > PLUS_GRAND_DEPARTEMENT:
        raise Refus(
            f"--forme écrit un seul département, et {options.taille} demandes en font plusieurs",
            que_faire=f"Donner une --taille d'au plus {PLUS_GRAND_DEPARTEMENT}.",
        )
    if options.dossier.exists() and not options.dossier.is_dir():
        raise Refus("ce n'est pas un dossier", str(options.dossier), "En donner un autre.")
    return options.dossier
