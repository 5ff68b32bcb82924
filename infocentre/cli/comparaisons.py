"""`infocentre comparaisons`: the figures of other territories, to fill in a file, then to read."""

from __future__ import annotations

from infocentre.cli import options as demandes
from infocentre.demarches.rendus import lire_octets
from infocentre.noyau.config import dossier_donnees
from infocentre.noyau.erreurs import MauvaisUsage, Refus
from infocentre.noyau.fichiers import remettre
from infocentre.noyau.francais import enumerer
from infocentre.restitutions.references import FICHIER, en_csv, importer, lire


def comparaisons(options: demandes.Comparaisons) -> None:
    """Write the file to fill, read it back, or say what is known."""
    racine = dossier_donnees()
    if options.modele and options.lire:
        raise MauvaisUsage("--modele et --lire s'excluent", que_faire="Retirer l'un d'eux.")
    if options.modele:
        if options.modele.exists():
            raise Refus(
                "ce fichier existe déjà : ce qui y est saisi serait perdu",
                str(options.modele),
                f"Le lire (infocentre comparaisons --lire {options.modele}), "
                "ou en nommer un autre.",
            )
        remettre(options.modele, "\ufeff" + en_csv(lire(racine / FICHIER)))
        print(f"{options.modele} : à remplir, puis infocentre comparaisons --lire {options.modele}")
        return
    if options.lire:
        connues = importer(racine, lire_octets(options.lire), options.lire.name)
    else:
        connues = lire(racine / FICHIER)
    if not connues:
        print("Aucun autre territoire n'est connu : le bilan ne compare pas le département.")
        return
    dits = [f"{une.territoire} (au {une.arrete:%d/%m/%Y}, {une.source})" for une in connues]
    print(f"Le bilan compare le département à : {enumerer(dits)}.")
