"""What programs take away of a month: which rows, refused in French when absent.

The command line and the Python API give the same rows under the same names.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

import duckdb

from infocentre.catalogue.modele import Population
from infocentre.catalogue.motifs import MOTIFS
from infocentre.entrepot import Livraison, Version
from infocentre.entrepot.liens import AUTRE, CODES
from infocentre.entrepot.relations import citer
from infocentre.lecture.anomalies import sql_anomalies_publiees
from infocentre.lecture.archives import relation_d_archives
from infocentre.lecture.commun import catalogue
from infocentre.lecture.lecteur import Lecture
from infocentre.lecture.valeurs import sql_motifs
from infocentre.mesures import Tableau, trouver_tableau
from infocentre.mesures.tableaux import tableaux
from infocentre.noyau.erreurs import Refus
from infocentre.noyau.etats import Etat

UNITE = (
    "code, departement, guichet, mois, mois_juge, jour, unite, numero_unique, explication, "
    "gestionnaire"
)


def filtre(**egalites: str | None) -> str:
    """Return an SQL condition from the filters that are given."""
    conditions = [f"{nom} = {citer(valeur)}" for nom, valeur in egalites.items() if valeur]
    return " AND ".join(conditions) or "true"


def code_connu(code: str) -> str:
    """Return the code of an indicator in capitals; raise Refus when the catalogue has none."""
    codes = list(catalogue().indicateurs)
    if code.strip().upper() not in codes:
        raise Refus(
            f"l'indicateur « {code} » n'existe pas", que_faire="Codes : " + ", ".join(codes)
        )
    return code.strip().upper()


def tableau_publie(v: Lecture, code: str) -> Tableau:
    """Return a standard table that the version has; raise Refus."""
    tableau = trouver_tableau(tableaux(), code.strip())
    if tableau.mart not in v.relations:
        raise Refus(
            f"le tableau {tableau.code} n'est pas dans la version publiée",
            que_faire="Lancer : infocentre controler",
        )
    return tableau


def exiger_guichet(v: Lecture, guichet: str, mois: str | None) -> None:
    """Raise Refus unless the guichet or organisme is known in a month, in any without `mois`."""
    connu = v.tuples(
        f"SELECT 1 FROM valeurs WHERE guichet = {citer(guichet)} AND {filtre(mois=mois)} "
        "AND niveau <> 'type' "
        f"UNION ALL SELECT 1 FROM registre WHERE (guichet = {citer(guichet)} "
        f"OR organisme = {citer(guichet)}) AND {filtre(mois=mois)} LIMIT 1"
    )
    if not connu:
        raise Refus(
            f"le guichet « {guichet} » n'est pas connu" + (f" en {mois}" if mois else ""),
            que_faire="Les guichets du mois : infocentre indicateurs --format csv"
            + (f" --mois {mois}" if mois else ""),
        )


def motifs(v: Lecture, condition: str) -> dict[str, str]:
    """Return why, by code; nothing in a version that was published before they were kept."""
    if MOTIFS not in v.relations:
        return {}
    return {code: motif for code, _, _, motif in v.tuples(sql_motifs(condition))}


def est_un_stock(code: str) -> bool:
    """Tell whether the units of an indicator are those of the day of the arrêté."""
    connu = catalogue()
    return connu.populations[connu.indicateurs[code].population].nature == "stock"


def publiees(version: Version, mois: str, departement: str | None) -> list[Livraison]:
    """Return the controlled deliveries of a month."""
    return [
        publiee
        for une in version.livraisons
        if une.mois == mois and (publiee := une.publiee) and departement in {None, une.departement}
    ]


def empechement(v: Lecture, une: Livraison, code: str) -> str:
    """Return why an indicator is not calculable in a month, empty when it is."""
    condition = filtre(departement=une.departement, mois=une.mois)
    lignes = v.tuples(
        f"SELECT etat FROM valeurs WHERE guichet = '*' AND code = '{code}' AND {condition}"
    )
    if lignes and lignes[0] != (Etat.NON_CALCULABLE,):
        return ""
    return motifs(v, f"{condition} AND code = '{code}'").get(
        code, "ce qu'il faut n'a pas été livré"
    )


def autre_demande(code: str) -> tuple[str, ...]:
    """Return the columns of the other demande of a duplicate, none for another indicator."""
    return tuple(AUTRE) if code in CODES else ()


def unites_livrees(v: Lecture, livraison: Livraison, population: Population) -> frozenset[str]:
    """Return the units of a population that a delivery still has, in anomaly or not."""
    v.exiger_nominatif()
    contenu = (
        "SELECT departement, mois, guichet, unite, numero_unique, NULL::VARCHAR AS gestionnaire "
        f"FROM ({population.sql})"
    )
    requete = "SELECT DISTINCT unite FROM anomalies"
    with relation_d_archives(v, [livraison], "anomalies", contenu, requete) as relation:
        return frozenset(str(unite) for (unite,) in relation.fetchall())


@contextlib.contextmanager
def anomalies_du_mois(
    v: Lecture, livraisons: list[Livraison], code: str, *, guichet: str | None, douze_mois: bool
) -> Iterator[duckdb.DuckDBPyRelation]:
    """Give the units behind a numerator, those that the reader may see.

    Grain: one unit; `guichet` may be an organisme, all its guichets then, or « * », all of them.
    """
    v.exiger_nominatif()
    siens = (
        f"(guichet = {citer(guichet)} OR (departement, guichet, mois) IN "
        "(SELECT (departement, guichet, mois) FROM registre "
        f"WHERE organisme = {citer(guichet)}))"
        if guichet and guichet != "*"
        else "true"
    )
    nom = "anomalies_doublons" if code in CODES else "anomalies"
    requete = (
        f"SELECT {', '.join((UNITE, *autre_demande(code)))} FROM {nom} "
        f"WHERE {'true' if douze_mois else 'mois_juge = mois'} AND {siens} "
        "ORDER BY departement, guichet, jour, unite"
    )
    contenu = sql_anomalies_publiees(v.dossier, livraisons, code)
    with relation_d_archives(v, livraisons, nom, contenu, requete) as relation:
        yield relation
