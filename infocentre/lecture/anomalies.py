"""The units behind a published numerator, by the rule that their month was controlled with.

Beside each: the guichet that manages its demande at the arrêté, which may not be the one judged,
and the other demande of a duplicate.
"""

from __future__ import annotations

from infocentre.catalogue import lire_catalogue, sql_anomalies
from infocentre.catalogue.conserve import catalogue_conserve
from infocentre.entrepot import Dossier, Livraison
from infocentre.entrepot.liens import AUTRE, CODES, LIENS
from infocentre.entrepot.relations import citer

INCONNUE, NON_RETROUVEE = "autre demande inconnue", "autre demande non retrouvée"


def sql_anomalies_publiees(dossier: Dossier, livraisons: list[Livraison], code: str) -> str:
    """Return the SELECT of the anomalies, by the rule that each département was controlled with.

    Columns: those of `sql_anomalies`, `gestionnaire`, and, for a duplicate, those of AUTRE and
    `cherchee` (null when no other demande was looked for). `constat` is the explication without
    the other demande.
    """
    regles: dict[str, list[str]] = {}
    for une in livraisons:
        if une.controle:
            regles.setdefault(une.controle.catalogue, []).append(citer(une.departement))
    if not regles:
        return _completer(f"{sql_anomalies(lire_catalogue(), code)} AND false", code)
    unites = " UNION ALL ".join(
        f"SELECT * FROM ({sql_anomalies(catalogue_conserve(dossier, empreinte), code)}) "
        f"WHERE departement IN ({', '.join(departements)})"
        for empreinte, departements in regles.items()
    )
    return _completer(unites, code)


def _completer(unites: str, code: str) -> str:
    """Add what is known of the demande of each unit, and of the other one of a duplicate."""
    cle = "departement, mois, numero_unique"
    gestion = " UNION ALL ".join(
        f"SELECT {cle}, guichet_enregistreur AS gestionnaire FROM {table}"
        for table in ("stock", "radiation")
    )
    complet = f"({unites}) LEFT JOIN ({gestion}) USING ({cle})"
    if code not in CODES:
        return f"SELECT *, explication AS constat FROM {complet}"
    liens = f"SELECT {cle}, true AS cherchee, {', '.join(AUTRE)} FROM {LIENS}"
    return (
        f"SELECT * REPLACE (concat(explication, ' ; ', {_SQL_AUTRE}) AS explication), "
        f"explication AS constat FROM {complet} "
        f"LEFT JOIN ({liens} WHERE code = '{code}') USING ({cle})"
    )


def _le(champ: str) -> str:
    return f"strftime({champ}, '%d/%m/%Y')"


_SQL_AUTRE = f"""CASE WHEN cherchee IS NULL THEN '{INCONNUE}'
    WHEN autre_numero IS NULL THEN '{NON_RETROUVEE}'
    ELSE concat_ws(', ', concat('autre demande : ', autre_numero),
        'déposée le ' || {_le("autre_date_creation")} || ' au guichet ' || autre_guichet,
        'gérée par ' || if(autre_gestionnaire = autre_guichet, NULL, autre_gestionnaire),
        'bail signé le ' || {_le("autre_date_bail")},
        'radiée le ' || {_le("autre_date_radiation")}) END"""
