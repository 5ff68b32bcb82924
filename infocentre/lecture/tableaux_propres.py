"""Standard tables of a part of the demandes: a reader's own counts, whole, for itself."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from infocentre.entrepot.relations import citer
from infocentre.lecture.archives import lignes_d_une_partie
from infocentre.lecture.commun import par_version
from infocentre.lecture.lecteur import Lecture
from infocentre.lecture.partage import seuil_secret
from infocentre.lecture.tableaux import TableauLu
from infocentre.mesures.declarations import Role
from infocentre.mesures.tableaux import tableaux

# The condition on the rows that are kept, by table.
Part = tuple[tuple[str, str], ...]


def des_bailleurs(sirens: Collection[str]) -> Part:
    """Return the attributions that carry these SIREN."""
    return (("radiation", _parmi("siren_radiation", sirens)),)


def des_communes(codes: Collection[str]) -> Part:
    """Return the demandes that want these communes first, the attributions in them."""
    return (
        ("radiation", _parmi("commune_logement_attrib", codes)),
        ("stock", _parmi("commune_log_recherche", codes)),
    )


def _parmi(colonne: str, codes: Collection[str]) -> str:
    return f"{colonne} IN ({', '.join(map(citer, sorted(codes)))})"


@par_version
def tableaux_propres(
    v: Lecture,
    departement: str,
    mois: str,
    part: Part,
    roles: tuple[Role, ...],
) -> Mapping[Role, TableauLu]:
    """Return standard tables of a part of the demandes and attributions, by role.

    Each has the SELECT of the published table, run on the rows of the delivery of the month that
    the part keeps. Nothing is masked: they are for whose they are. Without a row when the month has
    no delivery, or nothing of theirs.
    """
    v.exiger_departements("les tableaux d'un partenaire")
    livraison = v.version.publiee(departement, mois)
    tables = {role: tableaux().du_role(role) for role in roles}
    if livraison is None:
        lues: Mapping[str, list[dict[str, object]]] = {}
    else:
        requetes: dict[str, str] = {
            role: f"SELECT * EXCLUDE (ordre) FROM (\n{une.sql}\n) ORDER BY ordre"
            for role, une in tables.items()
        }
        lues = lignes_d_une_partie(v, livraison, dict(part), requetes)
    seuil = seuil_secret(v)
    return {
        role: TableauLu(une, departement, mois, lues.get(role, []), seuil)
        for role, une in tables.items()
    }
