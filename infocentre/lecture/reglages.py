"""The settings that a préfet decides and that are not written: what the documents go without."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import duckdb

from infocentre.contrat.intitules import libelle
from infocentre.entrepot.macros import sql_macros
from infocentre.entrepot.relations import sql_relations
from infocentre.entrepot.sceaux import exiger_archives
from infocentre.lecture.lecteur import Lecture
from infocentre.mesures.objectifs import fixes, lire
from infocentre.mesures.plans import reperes
from infocentre.mesures.reglages import Fixe, Reglages, ecrire_reglages, lire_reglages
from infocentre.mesures.tableaux import Tableau, tableaux
from infocentre.noyau.francais import enumerer

# Settings without a value of their own, by what they are called.
A_FIXER = {
    "delai_anormalement_long": "le délai anormalement long",
    "logement_dabord_objectif": "l'objectif annuel du Logement d'abord",
}


# An objective of the year stands for the setting, which has none.
_FIXES = (
    "SELECT cle FROM reglages WHERE departement = $departement UNION "
    "SELECT concat(mesure, '_objectif') FROM objectifs "
    "WHERE departement = $departement AND annee = $annee AND code = '*'"
)


def a_fixer(v: Lecture, departement: str, mois: str) -> dict[str, str]:
    """Return what a département has not fixed for a month: what each is called, by setting."""
    connues = v.tuples(_FIXES, {"departement": departement, "annee": int(mois[:4])})
    return {cle: nom for cle, nom in A_FIXER.items() if (cle,) not in connues}


_PROPRES = (
    "SELECT mesure, valeur FROM objectifs "
    "WHERE departement = $departement AND annee = $annee AND code = $code"
)


def objectifs_propres(v: Lecture, departement: str, mois: str, code: str) -> Mapping[str, float]:
    """Return what is fixed for one réservataire, bailleur or EPCI in a month's year, by measure."""
    voulus = {"departement": departement, "annee": int(mois[:4]), "code": code}
    return dict(v.tuples(_PROPRES, voulus))


def dire_a_fixer(manquent: Mapping[str, str]) -> str:
    """Say that the documents go without some settings, '' when there is none."""
    if not manquent:
        return ""
    return f"Les documents disent « non fixé » pour {enumerer(list(manquent.values()))}."


@dataclass(frozen=True, slots=True)
class Difference:
    """A figure of a standard table that a changed setting changes: None where there is none.

    `taux`: it is a ratio.
    """

    tableau: str
    ligne: str
    colonne: str
    avant: float | None
    apres: float | None
    taux: bool


def differences(v: Lecture, departement: str, mois: str, autres: Reglages) -> list[Difference]:
    """Return what settings would change in the standard tables of a month; nothing is written.

    The tables that read settings are computed from the archive of the month, with the settings in
    force and with the others.
    """
    v.exiger_departements("cet aperçu")
    livraison = v.version.trouver(departement, mois)
    if livraison is None:
        return []
    exiger_archives(v.dossier, [livraison])
    lus = [un for un in tableaux().values() if un.sur == "archives" and "reglages" in un.sql]
    with duckdb.connect(config={"threads": 2}) as con:
        con.execute("set enable_progress_bar = false")
        for instruction in sql_relations([v.dossier.archive(livraison)]):
            con.execute(instruction)
        con.execute("; ".join(sql_macros()))
        siens = [*fixes(lire(v.dossier.racine), [(departement, int(mois[:4]))])]
        avant, apres = (_calculer(con, lus, un, siens) for un in (lire_reglages(), autres))
    return [
        Difference(*cle[:3], avant.get(cle), apres.get(cle), cle[4])
        for cle in avant | apres
        if avant.get(cle) != apres.get(cle)
    ]


# Title of the table, row, title of the column, the rest of the row, is it a ratio.
Cle = tuple[str, str, str, str, bool]


def _calculer(
    con: duckdb.DuckDBPyConnection,
    lus: Sequence[Tableau],
    valeurs: Reglages,
    siens: Sequence[Fixe],
) -> dict[Cle, float | None]:
    """Return each figure of these tables under these settings."""
    ecrire_reglages(con, valeurs, siens)
    figures: dict[Cle, float | None] = {}
    for un in lus:
        lignes = con.execute(un.sql)
        noms = [nom for nom, *_ in lignes.description]
        for ligne in lignes.fetchall():
            lue = dict(zip(noms, ligne, strict=True))
            textes = [une for une in lue.values() if isinstance(une, str)]
            for nom in un.colonnes:
                if isinstance(lue[nom], int | float) or lue[nom] is None:
                    nommee = (un.titre, reperes(lue)["libelle"], libelle(nom, un.code))
                    figures[*nommee, " ".join(textes), nom in un.taux] = lue[nom]
    return figures
