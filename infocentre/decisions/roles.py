"""The SQL by which the service, on PostgreSQL, may add to what is chained and no more.

Its tables get an owner of their own, that nobody signs in as. Who administers the base runs it, not
the service: it would give itself its rights back. Entries of the audit go by a function of the
owner, which asks that the last entry tells it, and that all are older than was set.
"""

from __future__ import annotations

import sqlalchemy as sa

from infocentre.decisions.magasin import url_des_decisions
from infocentre.decisions.scelles import IMMUABLES
from infocentre.decisions.schema import audit, audit_numeros
from infocentre.noyau.erreurs import Refus

PROPRIETAIRE = "infocentre_audit"
TABLES = ", ".join(une.name for une in (audit, audit_numeros, *IMMUABLES))
_A_QUI = "alter table {} owner to {};"
_PROTEGER = """\
-- À exécuter sur la base des décisions par qui l'administre, non par le service (psql --file).
-- Le service lit et ajoute ; il ne change ni n'efface plus ce qui est enchaîné.
begin;
do $$ begin
  if not exists (select from pg_roles where rolname = '{proprietaire}') then
    create role {proprietaire} nologin;
  end if;
end $$;
-- Qui possède le schéma supprime toute table.
alter schema public owner to {proprietaire};
grant usage, create on schema public to {service};
{tables}
revoke all on {noms} from public, {service};
grant select, insert on {noms} to {service};
create or replace function infocentre_oublier(limite bigint) returns bigint
language plpgsql security definer set search_path = pg_catalog, pg_temp as $f$
declare
  dite bigint;
  jeune date;
  faites bigint;
begin
  select case action when 'oubli' then (precisions::json ->> 'rang')::bigint end into dite
    from public.audit order by rang desc limit 1;
  if dite is distinct from limite then
    raise exception 'aucun effacement inscrit ne dit les % premiers', limite;
  end if;
  select max(left(le, 10))::date into jeune from public.audit where rang <= limite;
  if jeune >= current_date - interval '{mois} months' then
    raise exception 'les traces se gardent {mois} mois : celle du % est plus jeune', jeune;
  end if;
  delete from public.audit_numeros where rang <= limite;
  delete from public.audit where rang <= limite;
  get diagnostics faites = row_count;
  return faites;
end $f$;
alter function infocentre_oublier(bigint) owner to {proprietaire};
revoke all on function infocentre_oublier(bigint) from public;
grant execute on function infocentre_oublier(bigint) to {service};
commit;
"""
_RENDRE = """\
-- Avant de mettre l'infocentre à jour, par qui administre la base ; puis protéger de nouveau.
begin;
{tables}
alter schema public owner to pg_database_owner;
drop function if exists infocentre_oublier(bigint);
commit;
"""


def sql_proteger(mois: int) -> str:
    """Return what takes from the service the right to change what is chained.

    `mois`: for how long entries of the audit are kept.

    Raises:
        Refus: decisions are not in PostgreSQL.
    """
    service = _service()
    return _PROTEGER.format(
        proprietaire=PROPRIETAIRE,
        service=service,
        noms=TABLES,
        mois=int(mois),
        tables=_a_qui(PROPRIETAIRE),
    )


def sql_rendre() -> str:
    """Return what gives it back, so that a newer infocentre may change its tables."""
    return _RENDRE.format(tables=_a_qui(_service()))


def _a_qui(role: str) -> str:
    return "\n".join(_A_QUI.format(une, role) for une in TABLES.split(", "))


def _service() -> str:
    """Return the role under which the service comes to the base, as SQL writes it."""
    lue = sa.make_url(url_des_decisions() or "sqlite://")
    if lue.get_backend_name() != "postgresql" or not lue.username:
        raise Refus(
            "les décisions ne sont pas dans PostgreSQL, ou son compte n'est pas dit",
            que_faire="Donner la base du service : INFOCENTRE_DECISIONS.",
        )
    return '"' + lue.username.replace('"', '""') + '"'
