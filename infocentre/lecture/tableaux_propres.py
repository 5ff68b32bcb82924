"""Standard tables of the attributions of a bailleur: its own counts, whole, for itself."""

from __future__ import annotations

from collections.abc import Mapping

from infocentre.entrepot.relations import citer
from infocentre.lecture.archives import lignes_d_une_partie
from infocentre.lecture.commun import par_version
from infocentre.lecture.lecteur import Lecture
from infocentre.lecture.partage import seuil_secret
from infocentre.lecture.tableaux import TableauLu
from infocentre.mesures.declarations import Role
from infocentre.mesures.tableaux import tableaux


@par_version
def tableaux_propres(
    v: Lecture,
    departement: str,
    mois: str,
    bailleurs: frozenset[str],
    roles: tuple[Role, ...],
) -> Mapping[Role, TableauLu]:
    """Return standard tables of attributions, those of some bailleurs (SIREN) alone, by role.

    Each has the SELECT of the published table, run on the radiations that carry these SIREN in the
    delivery of the month. Nothing is masked: they are for who made them. Without a row when the
    month has no delivery, or no attribution of theirs.
    """
    v.exiger_departements("les attributions d'un bailleur")
    livraison = v.version.publiee(departement, mois)
    tables = {role: tableaux().du_role(role) for role in roles}
    if livraison is None:
        lues: Mapping[str, list[dict[str, object]]] = {}
    else:
        siren = f"siren_radiation IN ({', '.join(map(citer, sorted(bailleurs)))})"
        requetes: dict[str, str] = {
            role: f"SELECT * EXCLUDE (ordre) FROM (\n{une.sql}\n) ORDER BY ordre"
            for role, une in tables.items()
        }
        lues = lignes_d_une_partie(v, livraison, {"radiation": siren}, requetes)
    seuil = seuil_secret(v)
    return {
        role: TableauLu(une, departement, mois, lues.get(role, []), seuil)
        for role, une in tables.items()
    }
