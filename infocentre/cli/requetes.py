"""`infocentre sql`: one query on the analysts' file, for the terminal, notebooks and scripts."""

from __future__ import annotations

import shutil
import sys
import tempfile
from collections.abc import Iterable, Mapping
from pathlib import Path

from infocentre.cli import options as demandes
from infocentre.cli.acces import acces
from infocentre.cli.lectures import dossier_courant
from infocentre.exports import Donnees, lisible
from infocentre.exports import exporter as afficher
from infocentre.noyau.erreurs import Refus
from infocentre.noyau.fichiers import lire_texte, remettre
from infocentre.noyau.formats import FichierRequete, choisir_forme, exiger_nom_de_table
from infocentre.noyau.francais import accorder
from infocentre.noyau.texte import pour_donnees
from infocentre.requetes.bibliotheque import Requete, colonnes_taux, requete_libre, valeurs
from infocentre.requetes.execution import executer, exporter
from infocentre.requetes.modele import ECRAN, Limites, Resultat

FICHIERS: dict[str, FichierRequete] = {
    "csv": "csv",
    "json": "json",
    "xlsx": "xlsx",
    "parquet": "parquet",
}
BINAIRES = ("xlsx", "parquet")
TERMINAL = Limites(secondes=ECRAN.secondes, lignes=1_000)


def sql(options: demandes.Sql) -> None:
    """Run the query of the arguments, of a file or of the standard input, and give its result."""
    texte, titre = _texte(options)
    if not texte.strip():
        raise _sans_requete()
    requete = requete_libre(texte, titre)
    lus = valeurs(requete, lire_parametres(options.parametre))
    donner(requete, lus, options, libre=True)


def donner(
    requete: Requete,
    parametres: Mapping[str, object],
    options: demandes.Interroger,
    *,
    libre: bool = False,
) -> None:
    """Give the result of a query as the options want it; a free one keeps its columns' names."""
    format_ = choisir_forme(options.format, options.sortie, tuple(FICHIERS))
    if format_ in FICHIERS:
        _livrer(requete, parametres, FICHIERS[format_], options.sortie)
        return
    _montrer(requete, parametres, options.sortie, libre=libre)


def _texte(options: demandes.Sql) -> tuple[str, str]:
    """Return the SQL and what to call it."""
    if options.fichier is not None:
        return lire_texte(options.fichier), options.fichier.name
    if options.requete not in (None, "-"):
        return options.requete, "Résultat"
    if sys.stdin.isatty():
        raise _sans_requete()
    return sys.stdin.read(), "Résultat"


def _sans_requete() -> Refus:
    return Refus(
        "il manque une requête",
        que_faire="Par exemple : infocentre sql 'from valeurs limit 5' ; ou --fichier FICHIER.",
    )


def lire_parametres(donnes: Iterable[str]) -> dict[str, str]:
    """Read `nom=valeur`, each with or without its `$`."""
    lus: dict[str, str] = {}
    for donne in donnes:
        nom, egal, valeur = donne.partition("=")
        if not egal:
            raise Refus(
                f"« {donne} » n'est pas un paramètre", que_faire="Écrire --parametre nom=valeur."
            )
        cle = nom.strip().removeprefix("$")
        if cle in lus:
            quoi = f"le paramètre « {cle} » est donné deux fois"
            raise Refus(quoi, que_faire="N'en garder qu'un.")
        lus[cle] = valeur
    return lus


def _livrer(
    requete: Requete, parametres: Mapping[str, object], format_: FichierRequete, sortie: Path | None
) -> None:
    """Write the full result to a file, or csv and json on the standard output and nothing else."""
    if sortie is not None:
        exporter(dossier_courant(), requete.sql, parametres, format_, sortie, acces=acces())
        return
    if format_ in BINAIRES:
        raise Refus(
            f"le format {format_} s'écrit dans un fichier", que_faire="Ajouter --sortie FICHIER."
        )
    with tempfile.TemporaryDirectory() as atelier:
        cible = Path(atelier) / "resultat"
        exporter(dossier_courant(), requete.sql, parametres, format_, cible, acces=acces())
        with cible.open(encoding="utf-8", newline="") as flux:
            shutil.copyfileobj(flux, pour_donnees())


def _montrer(
    requete: Requete, parametres: Mapping[str, object], sortie: Path | None, *, libre: bool
) -> None:
    """Print a table of the first rows; a plan as it is drawn."""
    resultat = executer(dossier_courant(), requete.sql, parametres, TERMINAL, acces=acces())
    noms = tuple(colonne.nom for colonne in resultat.colonnes)
    if noms == ("explain_key", "explain_value"):
        plan = "\n".join(str(valeur) for _, valeur in resultat.lignes)
        if sortie is None:
            print(plan)
        else:
            exiger_nom_de_table(sortie, tuple(FICHIERS))
            remettre(sortie, f"{plan}\n".encode())
        return
    taux = frozenset(colonnes_taux(noms))
    titres = {nom: nom for nom in noms} if libre else {}
    afficher(Donnees(requete.titre, noms, resultat.lignes, taux, titres), "table", sortie)
    print(_note(resultat), file=sys.stderr)


def _note(resultat: Resultat) -> str:
    nombre = lisible(len(resultat.lignes))
    if resultat.tronque:
        return f"Les {nombre} premières lignes seulement ; toutes : --format csv."
    return f"{accorder(len(resultat.lignes), 'ligne')}, en {lisible(resultat.secondes)} s"
