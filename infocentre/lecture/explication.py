"""All that stands behind an indicator or a standard table: rule, SQL, thresholds, what leans on it.

Text for a terminal, in French: titled paragraphs, then the SQL as it runs.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import groupby

from infocentre.catalogue import (
    Catalogue,
    Indicateur,
    lire_catalogue,
    sql_anomalies,
    sql_comptes,
)
from infocentre.catalogue.conserve import catalogue_du_controle
from infocentre.catalogue.documentation import faits
from infocentre.catalogue.exigences import TABLE_ENTIERE
from infocentre.entrepot import Dossier, Livraison, Version
from infocentre.mesures.tableaux import Tableau, requis_tableau, tableaux
from infocentre.noyau.erreurs import Refus
from infocentre.requetes.bibliotheque import lire_bibliotheque


def expliquer(dossier: Dossier, version: Version, code: str) -> str:
    """Explain an indicator or a standard table; raise Refus when there is none of that code.

    `version` is what the reader may see of what is published.
    """
    voulu = code.strip().upper()
    catalogue, connus = lire_catalogue(), tableaux()
    if un := catalogue.indicateurs.get(voulu):
        parties = _indicateur(dossier, version, catalogue, un, connus.values())
    elif tableau := connus.get(voulu):
        parties = _tableau(catalogue, tableau)
    else:
        raise Refus(
            f"« {code} » n'est ni un indicateur ni un tableau standard",
            que_faire="Les codes : infocentre indicateurs, infocentre tableau.",
        )
    return "".join(_paragraphe(titre, texte.strip("\n")) for titre, texte in parties)


def _paragraphe(titre: str, texte: str) -> str:
    """Return a fact on its line, or a text of several lines under its title."""
    if "\n" not in texte:
        return f"{titre} : {texte}\n"
    return "\n".join(
        [f"\n{titre} :", *(f"    {ligne}".rstrip() for ligne in texte.split("\n")), ""]
    )


def _indicateur(
    dossier: Dossier,
    version: Version,
    catalogue: Catalogue,
    un: Indicateur,
    connus: Iterable[Tableau],
) -> Iterator[tuple[str, str]]:
    yield un.code, f"{un.libelle} ({un.titre_famille})"
    yield from ((nom, texte.replace("`", "")) for nom, texte in faits(catalogue, un))
    yield "Pourquoi", un.pourquoi
    yield un.mots.comment, un.conseil
    yield "Mois contrôlés", _versions(dossier, version, un)
    appuis = [*_appuis(catalogue, un, connus), *_requetes(un.code)]
    yield "S'appuie sur lui", "\n".join(appuis) or "rien d'autre"
    seul = Catalogue(indicateurs={un.code: un}, populations=catalogue.populations)
    yield "SQL des comptes, sur les archives", sql_comptes(seul, un.population)
    yield "SQL des unités en anomalie", sql_anomalies(catalogue, un.code)


def _versions(dossier: Dossier, version: Version, un: Indicateur) -> str:
    """Say which version of the rule each controlled month was judged with."""
    lignes = []
    for departement in version.departements:
        controles = [une for une in version.de(departement) if une.controle]
        for regle, groupe in groupby(controles, key=lambda une: _version(dossier, une, un.code)):
            mois = [une.mois for une in groupe]
            quand = mois[0] if len(mois) == 1 else f"{mois[0]} à {mois[-1]}"
            lignes.append(f"{departement}, {quand} : {regle}")
    return "\n".join(lignes) or "aucun mois n'est encore contrôlé dans ce dossier"


def _version(dossier: Dossier, une: Livraison, code: str) -> str:
    garde = catalogue_du_controle(dossier, une).indicateurs.get(code)
    return f"version {garde.version}" if garde else "sans cet indicateur"


def _appuis(catalogue: Catalogue, un: Indicateur, connus: Iterable[Tableau]) -> Iterator[str]:
    if un.suivi:
        yield "le suivi des guichets, où il est montré en premier"
    if un.question:
        yield f"la synthèse du préfet : {un.question}"
    for tableau in connus:
        if tableau.code in un.fiabilise:
            yield f"la fiabilité du tableau {tableau.code} : {tableau.titre}"
    for autre in catalogue.suites(un.code):
        yield f"{autre.code}, dont les anomalies en sont la suite : {autre.libelle}"
    if un.suite_de:
        yield f"{un.suite_de.code}, dont il est la suite"


def _requetes(code: str) -> Iterator[str]:
    for requete in lire_bibliotheque().values():
        if re.search(rf"\b{re.escape(code)}\b", requete.sql):
            yield f"la requête « {requete.nom} » : {requete.titre}"


def _tableau(catalogue: Catalogue, tableau: Tableau) -> Iterator[tuple[str, str]]:
    yield tableau.code, tableau.titre
    yield "Grain", tableau.grain
    yield "On y lit", tableau.objet
    yield "Note de lecture", tableau.note
    yield "Colonnes", ", ".join(tableau.colonnes)
    manques = [
        f"la table {table}" if colonne == TABLE_ENTIERE else f"{table}.{colonne}"
        for table, colonne in sorted(requis_tableau(tableau))
    ]
    yield "Non calculable sans", ", ".join(manques) or "les seules tables obligatoires y suffisent"
    fiables = [un for un in catalogue.indicateurs.values() if tableau.code in un.fiabilise]
    juges = "\n".join(f"{un.code} : {un.libelle}" for un in fiables)
    yield "Peut être cité selon l'état de", juges or "aucun indicateur"
    yield "S'appuie sur lui", "\n".join(_requetes(tableau.mart)) or "rien d'autre"
    yield f"SQL, sur les {tableau.sur}", tableau.sql
