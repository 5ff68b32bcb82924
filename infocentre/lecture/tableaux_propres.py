"""Standard tables of a part of the demandes: a reader's own counts, whole, for itself."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from infocentre.entrepot.relations import citer
from infocentre.lecture.archives import AUCUNE, lignes_d_une_partie
from infocentre.lecture.commun import par_version
from infocentre.lecture.lecteur import Lecture
from infocentre.lecture.partage import seuil_secret
from infocentre.lecture.tableaux import TableauDe, TableauLu
from infocentre.mesures.declarations import Role
from infocentre.mesures.tableaux import tableaux

# The condition on the rows that are kept, by table.
Part = tuple[tuple[str, str], ...]


def des_bailleurs(sirens: Collection[str]) -> Part:
    """Return the attributions that carry these SIREN."""
    return (("radiation", _parmi("siren_radiation", sirens)),)


def des_reservataires(codes: Collection[str]) -> Part:
    """Return the attributions on these réservataires' contingents."""
    return (("radiation", _parmi("type_reservataire", codes)),)


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
    lues = _lire(v, departement, mois, dict(part), roles)
    return _tables(v, departement, mois, roles, lues)


@par_version
def tableaux_des_bailleurs(
    v: Lecture, departement: str, mois: str, roles: tuple[Role, ...]
) -> Mapping[str, Mapping[Role, TableauLu]]:
    """Return standard tables of the attributions that carry each SIREN, by SIREN, read at once.

    Each is as `tableaux_propres` gives it, but what it says of demandes, which are no bailleur's:
    that is empty.
    """
    siren = "siren_radiation"
    gardees, parts = {"radiation": f"{siren} IS NOT NULL"}, {"radiation": siren}
    lues: dict[str, dict[str, list[dict[str, Any]]]] = defaultdict(lambda: defaultdict(list))
    for role, lignes in _lire(v, departement, mois, gardees, roles, parts).items():
        for une in lignes:
            lues[une["mois"]][role].append(une | {"mois": mois})
    return {siren: _tables(v, departement, mois, roles, siennes) for siren, siennes in lues.items()}


def _lire(
    v: Lecture,
    departement: str,
    mois: str,
    gardees: Mapping[str, str],
    roles: Sequence[Role],
    parts: Mapping[str, str] = AUCUNE,
) -> Mapping[str, list[dict[str, Any]]]:
    v.exiger_departements("les tableaux d'un partenaire")
    livraison = v.version.publiee(departement, mois)
    if livraison is None:
        return {}
    requetes: dict[str, str] = {
        role: f"SELECT * EXCLUDE (ordre) FROM (\n{tableaux().du_role(role).sql}\n) ORDER BY ordre"
        for role in roles
    }
    return lignes_d_une_partie(v, livraison, gardees, requetes, parts)


def _tables(
    v: Lecture,
    departement: str,
    mois: str,
    roles: Sequence[Role],
    lues: Mapping[str, list[dict[str, Any]]],
) -> Mapping[Role, TableauLu]:
    seuil = seuil_secret(v)
    return {
        role: TableauDe(tableaux().du_role(role), departement, mois, lues.get(role, []), seuil)
        for role in roles
    }
