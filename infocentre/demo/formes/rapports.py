"""Forms of who has reports: BusinessObjects in a workbook (B), « texte Unicode » (C)."""

from __future__ import annotations

from pathlib import Path

import polars as pl

from infocentre.contrat import contrat
from infocentre.demo.formes.ecriture import Classeur, en_francais, en_mots, texte
from infocentre.demo.formes.livraison import Lue

FEUILLES = {"stock": "Demandes en attente", "radiation": "Demandes radiées", "guichets": "Guichets"}
# Where a report does not say it as the contract does.
_TITRES = {
    "NUMERO_UNIQUE": "Numéro unique de la demande",
    "DATE_CREATION": "Date de création de la demande",
    "TAILLE_MENAGE": "Nombre de personnes à loger",
    "COMMUNE_LOG_ACTUEL": "Code INSEE de la commune actuelle",
    "COMMUNE_LOG_RECHERCHE": "Code INSEE de la commune demandée",
    "COMMUNE_LOGEMENT_ATTRIB": "Code INSEE de la commune attribuée",
    "REVENU_FISCAL1_FOYER": "Revenu fiscal de référence N-1",
    "REVENU_FISCAL2_FOYER": "Revenu fiscal de référence N-2",
    "NOM": "Nom du guichet",
    "CODE_GUICHET": "Code du guichet",
}


def business_objects(lue: Lue, dossier: Path) -> None:
    """Write a workbook of the demandes, a sheet a table, and one of the guichets."""
    dossier.mkdir(parents=True, exist_ok=True)
    for fichier, tables in {
        "Rapport mensuel SNE.xlsx": ("stock", "radiation"),
        "Liste des guichets.xlsx": ("guichets",),
    }.items():
        classeur = Classeur(dossier / fichier)
        for nom in tables:
            _rapport(classeur, nom, lue)
        classeur.clore()


def _rapport(classeur: Classeur, nom: str, lue: Lue) -> None:
    """Add a sheet: three titles and a blank line above, how many rows under."""
    lignes = en_mots(nom, lue.tables[nom])
    classeur.feuille(
        FEUILLES[nom],
        nom,
        lignes,
        entete=titres(nom, lignes),
        titres=(
            f"SNE – Infocentre – {FEUILLES[nom]}",
            f"Département : {lue.departement}",
            f"Données arrêtées au {lue.arrete:%d/%m/%Y}",
            "",
        ),
        pied=("", f"Nombre de lignes : {lignes.height}"),
    )


def titres(table: str, lignes: pl.DataFrame) -> list[str]:
    """Return what a report calls the columns of these rows."""
    connues = contrat().tables[table].par_nom
    return [_TITRES.get(nom, connues[nom].libelle) for nom in lignes.columns]


def texte_unicode(lue: Lue, dossier: Path) -> None:
    """Write the same as Excel saves « texte Unicode »: UTF-16 with its mark, tabs."""
    for nom, feuille in FEUILLES.items():
        lignes = en_francais(nom, en_mots(nom, lue.tables[nom]))
        nommees = lignes.rename(dict(zip(lignes.columns, titres(nom, lignes), strict=True)))
        texte(dossier / f"{feuille}.txt", nommees, separateur="\t", encodage="utf-16")
