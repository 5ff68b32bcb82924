"""What an erasure leaves in the place of what named a person, so that no count changes."""

from __future__ import annotations

from collections.abc import Mapping

from infocentre.entrepot.relations import citer

ADRESSE_EFFACEE, RPLS_EFFACE, VALEUR_EFFACEE = "EFFACÉE", "EFFACE0000", "EFFACÉE"

VIDE_EFFACEE = "{avant} IS NULL"  # what is left of a personal column that nothing stands for
# By column of an archive, the SQL that tells that `{avant}` may be what an erasure left of
# `{apres}`: of a birth date, the first or the last day of its year.
EFFACEES: Mapping[str, str] = {
    "date_naiss_demandeur": "{avant} IN (date_trunc('year', {apres})::DATE, "
    "(date_trunc('year', {apres}) + INTERVAL 1 YEAR - INTERVAL 1 DAY)::DATE)",
    "adresse_logement_attrib": f"{{avant}} = {citer(ADRESSE_EFFACEE)}",
    "numerorpls": f"{{avant}} = {citer(RPLS_EFFACE)}",
}
