"""Values that were published, and what changed them since."""

from __future__ import annotations

from typing import TYPE_CHECKING

from infocentre.mesures.valeurs import completer_valeurs

if TYPE_CHECKING:
    from datetime import datetime

    from infocentre.mesures.connexion import Connexion

CLE = ("departement", "mois", "niveau", "code", "guichet")
CAUSES = {"livraison": "livraison corrigée ou tardive", "règle": "règle ou seuil modifié"}
SUIVIES = (
    ("numerateur", "bigint"),
    ("denominateur", "bigint"),
    ("numerateur_12m", "bigint"),
    ("denominateur_12m", "bigint"),
    ("etat_mois", "varchar"),
    ("etat", "varchar"),
)


def creer_tables_publiees(con: Connexion) -> None:
    """Create the empty `valeurs` (as `valeurs_calculees`) and `revisions` where missing."""
    con.execute("create table if not exists valeurs as from valeurs_calculees limit 0")
    suivies = ", ".join(
        f"{nom}_{moment} {type_sql}" for moment in ("avant", "apres") for nom, type_sql in SUIVIES
    )
    con.execute(
        "create table if not exists revisions (code varchar, departement varchar, "
        f"niveau varchar, guichet varchar, mois varchar, {suivies}, le timestamp, cause varchar)"
    )


def _noter_revisions() -> str:
    avant = ", ".join(f"v.{nom} as {nom}_avant" for nom, _ in SUIVIES)
    apres = ", ".join(f"c.{nom} as {nom}_apres" for nom, _ in SUIVIES)
    change = " or ".join(f"v.{nom} is distinct from c.{nom}" for nom, _ in SUIVIES)
    return f"""
with recalcules as (select distinct departement, mois from valeurs_calculees),
anciennes as (
    from valeurs semi join recalcules using (departement, mois) where niveau <> 'type'
),
publies as (select distinct departement, mois from anciennes),
nouvelles as (
    from valeurs_calculees semi join publies using (departement, mois) where niveau <> 'type'
)
insert into revisions by name
select {", ".join(CLE)}, {avant}, {apres}, ?::timestamp as le,
    coalesce(causes.cause, 'livraison') as cause
from anciennes as v
full join nouvelles as c using ({", ".join(CLE)})
left join causes using (departement, mois)
where {change}
"""


def reviser(con: Connexion, le: datetime) -> None:
    """Publish `valeurs_calculees` into `valeurs`; what it changes goes to `revisions` first.

    A revision is a value (counts or states) that changed, appeared or disappeared in a month
    already published; a month published for the first time has none, a type neither: its guichets
    have theirs. `causes(departement, mois, cause)` says 'livraison' or 'règle', 'livraison' where
    it is silent.
    """
    creer_tables_publiees(con)
    completer_valeurs(con)
    con.execute(_noter_revisions(), [le])
    con.execute(
        "delete from valeurs where (departement, mois) in "
        "(select (departement, mois) from valeurs_calculees)"
    )
    con.execute("insert into valeurs by name from valeurs_calculees")
