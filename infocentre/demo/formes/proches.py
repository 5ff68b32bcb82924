"""Forms that have the columns of the contract: A3, A4, E, F, G, and what a browser is given."""

from __future__ import annotations

import zipfile
from pathlib import Path

import polars as pl

from infocentre.demo.formes import rapports
from infocentre.demo.formes.ecriture import Classeur, en_francais, texte
from infocentre.demo.formes.livraison import Lue

_DEMANDES = ("stock", "radiation")
_PASSE = (1980, 1, 1, 0, 0, 0)  # an archive says the same day whatever the day


def sans_registre(lue: Lue, dossier: Path) -> None:
    """Write stock and radiation alone (form A3)."""
    for nom in _DEMANDES:
        texte(dossier / f"{nom}.csv", en_francais(nom, lue.tables[nom]))


def sans_rien_d_autre(lue: Lue, dossier: Path) -> None:
    """Write stock, radiation and the registre (form A4)."""
    sans_registre(lue, dossier)
    texte(dossier / "guichets.csv", en_francais("guichets", lue.tables["guichets"]))


def aux_noms_de_l_expediteur(lue: Lue, dossier: Path) -> None:
    """Write every table under the sender's names of files (form E)."""
    departement = lue.departement.removeprefix("0")
    for nom, lignes in lue.tables.items():
        cible = dossier / f"EXTRACT_SNE_{nom.upper()}_D{departement}_{lue.arrete:%Y%m%d}.csv"
        texte(cible, en_francais(nom, lignes))


def a_virgules(lue: Lue, dossier: Path) -> None:
    """Write every table with commas, those of decimals too (form F)."""
    for nom, lignes in lue.tables.items():
        texte(dossier / f"{nom}.csv", en_francais(nom, lignes), separateur=",", encodage="utf-8")


def en_un_fichier(lue: Lue, dossier: Path) -> None:
    """Write stock and radiations in one file, which ETAT_DEMANDE tells apart (form G)."""
    etats = {"stock": "ACTIVE", "radiation": "RADIEE"}
    morceaux = [
        en_francais(nom, lue.tables[nom]).with_columns(pl.lit(etat).alias("ETAT_DEMANDE"))
        for nom, etat in etats.items()
    ]
    texte(dossier / "demandes.csv", pl.concat(morceaux, how="diagonal"))
    texte(dossier / "guichets.csv", en_francais("guichets", lue.tables["guichets"]))


def du_navigateur(lue: Lue, dossier: Path) -> None:
    """Write what is dropped on a page: workbooks one by one, and a zip of form B (form `web`)."""
    (dossier / "fichiers").mkdir()
    for nom in (*_DEMANDES, "guichets"):
        classeur = Classeur(dossier / "fichiers" / f"{nom}.xlsx")
        classeur.feuille("Feuil1", nom, lue.tables[nom])
        classeur.clore()
    rapports.business_objects(lue, dossier / "rapport")
    with zipfile.ZipFile(dossier / "rapport.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        for fichier in sorted((dossier / "rapport").iterdir()):
            archive.writestr(zipfile.ZipInfo(fichier.name, _PASSE), fichier.read_bytes())
            fichier.unlink()
    (dossier / "rapport").rmdir()
