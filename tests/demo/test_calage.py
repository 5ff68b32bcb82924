"""The invented département resembles the published figures of domaine.md."""

from __future__ import annotations

import pytest

from tests.demo.conftest import TAILLE, Demonstration

pytestmark = pytest.mark.lent

DERNIER = "mois = '2026-10'"
ENSEMBLE = "(FROM stock UNION ALL BY NAME FROM radiation)"
ATTRIBUTIONS = (
    f"FROM radiation WHERE {DERNIER} AND motif_radiation = 'RADATT' "
    "AND date_radiation > arrete - INTERVAL 1 YEAR"
)
DEPOTS = f"FROM {ENSEMBLE} WHERE {DERNIER} AND date_creation > arrete - INTERVAL 1 YEAR"


@pytest.mark.parametrize(
    ("quoi", "sql", "attendu", "ecart"),
    [
        ("active demandes", "SELECT count(*) FROM stock WHERE {d}", TAILLE, 0.05 * TAILLE),
        ("mutations", "SELECT avg(mode_mutation) FROM stock WHERE {d}", 0.305, 0.02),
        ("ancienneté in months",
         "SELECT avg(arrete - date_creation) / 30.44 FROM stock WHERE {d}", 23, 1.5),
        ("attributions of a year per active demande, 12 000 for 85 428",
         f"SELECT count(*) / (SELECT count(*) FROM stock WHERE {DERNIER}) {ATTRIBUTIONS}",
         0.14, 0.015),
        ("deposits on the portal", f"SELECT avg(estcreeesitegrandpublic) {DEPOTS}", 0.5, 0.04),
        ("DALO", "SELECT avg(nb_dalo) FROM stock WHERE {d}", 0.025, 0.01),
        ("priority", "SELECT avg(nb_menage_prioritaire) FROM stock WHERE {d}", 0.29, 0.03),
        ("in QPV", f"SELECT avg(nb_qpv) {ATTRIBUTIONS}", 0.29, 0.05),
        ("first quartile", "SELECT avg(nb_q1) FROM stock WHERE {d}", 0.25, 0.03),
        ("under the PLAI ceiling",
         "SELECT avg((position_plafond = 'PLAI')::int) FROM stock WHERE {d}", 0.72, 0.05),
        ("without housing or hosted, among the others than mutations",
         "SELECT avg((motif_demande = '01')::int) FROM stock WHERE {d} AND mode_mutation = 0",
         0.18, 0.04),
        ("too small, among mutations",
         "SELECT avg((motif_demande = '13')::int) FROM stock WHERE {d} AND mode_mutation = 1",
         0.25, 0.06),
        ("alone", "SELECT avg((composition_famille = 'ISOLE')::int) FROM stock WHERE {d}",
         0.44, 0.04),
        ("T2 or T3",
         "SELECT avg((type_logement_recherche IN ('T2', 'T3'))::int) FROM stock WHERE {d}",
         0.66, 0.06),
        ("in Marseille",
         "SELECT avg((commune_log_recherche LIKE '132%')::int) FROM stock WHERE {d}",
         0.43, 0.04),
    ],
    ids=lambda v: v if isinstance(v, str) and "SELECT" not in v else "",
)  # fmt: skip
def test_une_part_est_celle_que_l_on_publie(
    demonstration: Demonstration, quoi: str, sql: str, attendu: float, ecart: float
) -> None:
    mesure = demonstration.un(sql.format(d=DERNIER))
    assert mesure == pytest.approx(attendu, abs=ecart), quoi


def test_les_depots_ont_leur_saison(demonstration: Demonstration) -> None:
    par_mois = dict(
        demonstration.con.execute(
            f"SELECT month(date_creation), count(*) {DEPOTS} GROUP BY ALL"
        ).fetchall()
    )
    ordre = sorted(par_mois, key=lambda mois: par_mois[mois])
    assert ordre[0] == 8
    assert len({9, 10, 1} & set(ordre[-4:])) >= 2


def test_les_menages_sont_coherents(demonstration: Demonstration) -> None:
    incoherents = demonstration.un(
        "SELECT count(*) FROM stock WHERE taille_menage <> 1 + cotitulaire + personne_a_charge "
        "OR (composition_famille = 'ISOLE' AND taille_menage <> 1) "
        "OR (composition_famille LIKE 'COUPLE%' AND cotitulaire = 0) "
        "OR (composition_famille = 'MONO2' AND personne_a_charge <> 2) "
        "OR (mode_mutation = 1 AND mode_logement_actuel <> 'HLM') "
        "OR abs(unite_conso - 1 - 0.5 * cotitulaire - 0.3 * personne_a_charge) > 0.001 "
        "OR nb_q1 + nb_q2 + nb_q3 + nb_q4 + nb_qna <> 1"
    )
    assert incoherents == 0


def test_les_communes_sont_celles_du_referentiel(demonstration: Demonstration) -> None:
    inconnues = demonstration.un(
        "SELECT count(*) FROM stock WHERE commune_log_recherche IS NOT NULL AND "
        "commune_log_recherche NOT IN (SELECT code FROM communes WHERE departement = '013')"
    )
    assert inconnues == 0
    assert demonstration.un("SELECT count(DISTINCT commune_log_recherche) FROM stock") > 100
