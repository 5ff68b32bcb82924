"""The other demandes of the same person that a demande is tied to, from both sides."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from pathlib import Path

from infocentre.entrepot.liens import Lien, sql_liens
from infocentre.entrepot.relations import lecture_de
from infocentre.lecture.lecteur import Lecture
from infocentre.lecture.lignes import AutreDemande, Fait

# What the other demande is to this one: as the indicator says it, then seen from the other side.
ROLES: dict[tuple[str, str], str] = {
    (Lien.ACTIF, "autre"): "demande active plus ancienne de la même personne",
    (Lien.ACTIF, "inverse"): "demande active plus récente de la même personne, qui la double",
    (Lien.RELOGE, "autre"): "demande sur laquelle la même personne a été relogée",
    (Lien.RELOGE, "inverse"): "demande restée active de la même personne, relogée",
    (Lien.FORCE, "autre"): "demande de la même personne, malgré l'alerte de doublon",
    (Lien.FORCE, "inverse"): "demande de la même personne, créée malgré l'alerte de doublon",
}


def sql_liens_de(liens: str, etats: Iterable[Path]) -> str:
    """Return the SELECT of the links of $numero, oldest first, over the relation `liens`.

    Grain: one row per indicator, side (`sens`: autre, inverse) and other demande, with its newest
    state and the months (`premier_mois`, `dernier_mois`) between which deliveries show the link.
    """
    return f"""
        WITH vus AS (
            SELECT code, 'autre' AS sens, autre_numero AS numero, mois, arrete FROM {liens}
            WHERE numero_unique = $numero AND autre_numero IS NOT NULL
            UNION ALL
            SELECT code, 'inverse', numero_unique, mois, arrete FROM {liens}
            WHERE autre_numero = $numero
        ), lus AS (
            SELECT code, sens, numero, min(mois) AS premier_mois, max(mois) AS dernier_mois,
                min(arrete) AS premier_arrete, max(arrete) AS dernier_arrete
            FROM vus GROUP BY ALL
        )
        SELECT lus.*, e.departement, e.statut, e.cle_guichetcreateur AS guichet,
            e.guichet_enregistreur AS gestionnaire, e.date_creation, e.date_radiation,
            if(lus.code = '{Lien.RELOGE}', e.date_signature_bail, NULL) AS date_bail
        FROM lus LEFT JOIN {lecture_de(list(etats))} AS e ON e.numero_unique = lus.numero
        ORDER BY premier_mois, code, sens, numero"""


def lire_liens(v: Lecture, numero: str, departements: Iterable[str]) -> list[AutreDemande]:
    """Return the links of a numéro that the archives of some départements show."""
    noms = [nom for nom in departements if nom in v.version.etats]
    archives = [v.dossier.archive(une) for nom in noms for une in v.version.de(nom)]
    etats = [v.dossier.etats / v.version.etats[nom] for nom in noms]
    sql = sql_liens_de(f"({sql_liens(archives)})", etats)
    return v.lignes(f"FROM {v.filtrer('liens', f'({sql})')}", {"numero": numero}, AutreDemande)


def ranger(faits: Iterable[Fait], liens: Iterable[AutreDemande]) -> list[Fait]:
    """Put the links among the facts of a demande's life, in the order of time."""
    tous = [*faits, *_en_faits(liens)]
    return sorted(tous, key=lambda un: (un["le"] is None, un["le"] or dt.date.min, un["source"]))


def _en_faits(liens: Iterable[AutreDemande]) -> list[Fait]:
    return [
        {
            "le": un["premier_arrete"],
            "fait": f"autre demande : {un['numero']}",
            "guichet": un["gestionnaire"],
            "detail": f"{ROLES[un['code'], un['sens']]} ; {dire(un)}",
            "source": f"identités, données au {un['dernier_arrete']:%d/%m/%Y}",
        }
        for un in liens
    ]


def dire(un: AutreDemande) -> str:
    """Say when and where the other demande was made, and what became of it."""
    dits = [
        _le("déposée", un["date_creation"]),
        un["guichet"] and f"créée par {un['guichet']}",
        un["gestionnaire"] and f"gérée par {un['gestionnaire']}",
        _le("bail signé", un["date_bail"]),
        _le("radiée", un["date_radiation"]),
    ]
    return ", ".join(filter(None, dits))


def _le(quoi: str, jour: dt.date | None) -> str:
    return f"{quoi} le {jour:%d/%m/%Y}" if jour else ""
