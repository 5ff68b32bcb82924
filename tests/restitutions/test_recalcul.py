"""The figures of a bilan, counted again in the archives by SQL of another hand.

Each query is written by hand from what the tables say that they count; it reads the Parquet files
of one delivery and knows neither the marts nor the macros of `queries/`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import duckdb
import pytest

from infocentre.entrepot import Dossier
from infocentre.restitutions import bilan, synthese
from infocentre.restitutions.document import Cellule, Chiffres, Document
from infocentre.restitutions.lecture import Edition

MINIMUM, ADDITIONS = 500, 8
MOIS = re.compile(r"\d{4}-\d{2}")
VUES = """
create view actives as
    select *, mode_mutation is not distinct from 1 as mut from '{dossier}/stock.parquet';
create view radiees as
    select *, mode_mutation is not distinct from 1 as mut from '{dossier}/radiation.parquet';
create view personnes as select * from actives where type_demandeur = 'PP';
create view dans_l_annee as select * from radiees
    where date_radiation > arrete - interval 1 year and date_radiation <= arrete;
create view attribuees as select * from dans_l_annee where motif_radiation = 'RADATT';
create view deposees as
    select date_creation, mut, estcreeesitegrandpublic as portail, arrete from actives
    union all select date_creation, mut, estcreeesitegrandpublic, arrete from radiees;
create view deposees_dans_l_annee as select * from deposees
    where date_creation > arrete - interval 1 year and date_creation <= arrete;
"""
TROIS = """count(*) as total, count(*) filter (mut) as mutations,
    count(*) filter (not mut) as hors_mutation"""
COMPTER = "count(*) as attributions"


def par(code: str, source: str, compte: str = TROIS) -> str:
    """Count the rows of a source by a code, each alone then all of them."""
    return (
        f"select cast({code} as varchar) as ligne, {compte} from {source} group by 1 "
        f"union all select '*', {compte} from {source}"
    )


ANNEES = """date_diff('year', date_naiss_demandeur, arrete)
    - (strftime(date_naiss_demandeur, '%m%d') > strftime(arrete, '%m%d'))::int"""
AGE = f"coalesce({ANNEES}, age_demandeur_demande)"
ATTENTE = "(coalesce(delai_attribution, date_signature_bail - date_creation)) / 30.4375"
DELAIS = f"""{COMPTER}, count(*) filter (not mut) as attributions_hors_mutation,
    avg({ATTENTE}) filter ({ATTENTE} >= 0) as delai_moyen_mois,
    quantile_cont({ATTENTE}, 0.5) filter ({ATTENTE} >= 0) as delai_median_mois,
    quantile_cont({ATTENTE}, 0.5) filter ({ATTENTE} >= 0 and not mut)
        as delai_median_hors_mutation_mois"""
PRIORITAIRE = "(nb_dalo = 1 or nb_menage_prioritaire = 1)"
DALO = f"""{COMPTER}, count(*) filter ({PRIORITAIRE}) as prioritaires,
    count(*) filter ({PRIORITAIRE}) / count(*) as part_prioritaires,
    count(*) filter (nb_dalo = 1) as dalo, count(*) filter (nb_dalo = 1) / count(*) as part_dalo"""

# The rows of each standard table: `ligne` as it is named, then the columns that are counted again.
CALCULS = {
    "TAB01-01": f"""
        select 'ACTIVES/arrete' as ligne, {TROIS} from actives
        union all select 'ACTIVES_UN_JOUR/12_mois', {TROIS}
            from (select mut from actives union all select mut from dans_l_annee)
        union all select 'DEPOTS/12_mois', {TROIS} from deposees_dans_l_annee
        union all select 'RADIATIONS/12_mois', {TROIS} from dans_l_annee
        union all select motif_radiation || '/12_mois', {TROIS} from dans_l_annee group by 1""",
    "TAB03-01": f"""
        select case when date_creation > arrete - interval 6 month then 'M6'
            when date_creation > arrete - interval 120 month
                then if(date_creation > arrete - interval 60 month,
                    'A' || (list_position([date_creation > arrete - to_months(12 * n)
                        for n in [1, 2, 3, 4, 5]], true) - 1), 'A5')
            else 'P10' end as ligne, {TROIS} from personnes group by 1
        union all select '*', {TROIS} from personnes""",
    "TAB03-02": par(
        f"""case when {AGE} is null or {AGE} not between 0 and 120 then 'NR'
            when {AGE} < 25 then 'M25' when {AGE} < 30 then 'A25_29'
            when {AGE} < 40 then 'A30_39' when {AGE} < 50 then 'A40_49'
            when {AGE} < 60 then 'A50_59' when {AGE} < 65 then 'A60_64'
            when {AGE} < 75 then 'A65_74'
            else 'P75' end""",
        "personnes",
    ),
    "TAB03-04": par("if(taille_menage > 5, '6P', taille_menage::varchar)", "personnes"),
    "TAB03-05": par("composition_famille", "personnes"),
    "TAB03-06": par("statut_prof_demandeur", "personnes"),
    "TAB03-07": par("situ_familiale_demandeur", "personnes"),
    "TAB03-08": par(
        """case when revenu_mensuel_foyer < 500 then 'M500'
            when revenu_mensuel_foyer >= 4000 then 'P4000'
            when revenu_mensuel_foyer >= 3000 then 'R3000'
            else 'R' || (500 * floor(revenu_mensuel_foyer / 500))::int end""",
        "personnes",
    ),
    "TAB03-09": par("position_plafond", "personnes"),
    "DEM-01": par("motif_demande", "actives"),
    "DEM-02": par(
        "strftime(date_creation, '%Y-%m')",
        "deposees_dans_l_annee",
        f"{TROIS}, count(*) filter (portail = 1) as portail",
    ),
    "DEM-04": par("type_logement_recherche", "actives"),
    "DEM-05": f"""select 'commune/' || commune_log_recherche as ligne, {TROIS}
        from actives group by 1""",
    "FLUX-01": f"""
        select ligne, sum(depots)::int as depots, sum(radiations)::int as radiations,
            sum(attributions)::int as attributions, sum(aux_prioritaires)::int
                as attributions_prioritaires
        from (
            select unnest([strftime(date_creation, '%Y-%m'), '*']) as ligne, 1 as depots,
                0 as radiations, 0 as attributions, 0 as aux_prioritaires
            from deposees_dans_l_annee
            union all select unnest([strftime(date_radiation, '%Y-%m'), '*']), 0, 1,
                (motif_radiation = 'RADATT')::int,
                (motif_radiation = 'RADATT' and {PRIORITAIRE})::int
            from dans_l_annee
        ) group by ligne""",
    "DEM-06": par("mode_logement_actuel", "personnes"),
    "DEM-07": """select '*' as ligne, count(*) as demandes from actives where nb_dalo = 1
        union all select if(date_creation > arrete - interval 2 year, 'A1', 'P3'), count(*)
        from actives where nb_dalo = 1 and date_creation <= arrete - interval 1 year
            and not date_creation between arrete - interval 3 year + interval 1 day
                and arrete - interval 2 year
        group by 1""",
    "ATT-01": par("strftime(date_radiation, '%Y-%m')", "attribuees"),
    "ATT-02": par("type_logement_attrib", "attribuees", DELAIS),
    "ATT-03": f"""select type_logement_recherche || '/' || type_logement_attrib as ligne, {COMPTER}
        from attribuees where type_logement_attrib not in ('T6', 'T7', 'T8', 'T9P') group by 1""",
    "ATT-04": par("type_reservataire", "attribuees"),
    "ATT-05": par("type_reservataire", "attribuees", DALO),
    "ATT-06": """select '*' as ligne, count(*) as attributions_hors_qpv,
            count(*) filter (nb_q1 = 1 or estanru = 1) as premier_quartile_ou_anru
        from attribuees where date_signature_bail is not null and nb_hqpv = 1""",
    "ATT-07": """select '*' as ligne, count(*) as attributions_en_qpv,
            count(*) filter (nb_q2 = 1 or nb_q3 = 1 or nb_q4 = 1) as quartiles_2_a_4
        from attribuees where date_signature_bail is not null and nb_qpv = 1""",
    "ATT-08": par(
        "mode_logement_actuel",
        "(select * from attribuees where mode_logement_actuel in ('SD', 'SH', 'HOT'))",
        """count(*) as attributions_12_mois,
            count(*) filter (year(date_radiation) = year(arrete)) as attributions_annee""",
    ),
    "ATT-09": f"""select 'commune/' || commune_logement_attrib as ligne, {COMPTER}
        from attribuees group by 1""",
    "ATT-10": par("position_plafond", "attribuees"),
    "ATT-12": """select coalesce(d.code, a.code) as ligne, d.n as demandes_actives,
            a.n as attributions, d.n / a.n as demandes_pour_une_attribution
        from (select type_logement_recherche as code, count(*) as n from actives group by 1) as d
        full join (select type_logement_attrib as code, count(*) as n from attribuees group by 1)
            as a using (code) where coalesce(d.code, a.code) in ('T1', 'T2', 'T3', 'T4', 'T5')""",
    "ATT-13": """select d.code as ligne, d.n as demandes_actives, a.n as attributions,
            d.n / a.n as demandes_pour_une_attribution
        from (select composition_famille as code, count(*) as n from actives group by 1) as d
        join (select composition_famille as code, count(*) as n from attribuees group by 1) as a
            using (code)""",
    "ATT-14": """select 'profession/' || statut_prof_demandeur as ligne, count(*) as attributions
        from attribuees group by 1""",
}


@pytest.fixture(scope="module")
def archive(entrepot_demo: Dossier, edition_demo: Edition) -> Iterator[duckdb.DuckDBPyConnection]:
    """The delivery of the month, as it was received."""
    jour = edition_demo.arrete.isoformat()
    (dossier,) = (entrepot_demo.racine / "archives" / edition_demo.departement / jour).iterdir()
    with duckdb.connect() as con:
        con.execute(VUES.format(dossier=dossier))
        yield con


@pytest.fixture(scope="module")
def document(edition_demo: Edition) -> Document:
    """The bilan that stays in the service: nothing is masked."""
    return bilan.construire(edition_demo, bilan.Contexte(edition_demo, partage=False))


@pytest.fixture(scope="module")
def imprimees(document: Document, edition_demo: Edition) -> dict[tuple[str, str, str], Cellule]:
    """What is printed of the month, by table, row and column."""
    return {
        (un.origine.code, un.origine.ligne, un.origine.colonne): un
        for table in document.tableaux()
        for ligne in table.lignes
        for un in ligne
        if un.origine and un.origine.mois == edition_demo.mois
    }


def test_les_chiffres_imprimes_sont_ceux_des_archives(
    archive: duckdb.DuckDBPyConnection, imprimees: dict[tuple[str, str, str], Cellule]
) -> None:
    compares = 0
    for code, sql in CALCULS.items():
        calcules = _calculer(archive, sql)
        lus = {cle[1:]: une.valeur for cle, une in imprimees.items() if cle[0] == code}
        communs = lus.keys() & calcules.keys()
        assert communs, code
        assert {cle: lus[cle] for cle in communs} == {
            cle: pytest.approx(calcules[cle]) for cle in communs
        }, code
        compares += len(communs)
    assert compares >= MINIMUM


def _calculer(con: duckdb.DuckDBPyConnection, sql: str) -> dict[tuple[str, str], Any]:
    """Return each measure by the row and the column that it stands in."""
    lues = con.execute(sql)
    _, *colonnes = [nom for nom, *_ in lues.description or []]
    return {
        (ligne, nom): valeur
        for ligne, *valeurs in lues.fetchall()
        if ligne is not None
        for nom, valeur in zip(colonnes, valeurs, strict=True)
    }


def test_les_rapports_imprimes_sont_ceux_de_deux_comptes(
    archive: duckdb.DuckDBPyConnection, imprimees: dict[tuple[str, str, str], Cellule]
) -> None:
    tension, hors = archive.execute(
        """select (select count(*) from actives) / (select count(*) from attribuees),
            (select count(*) from actives where not mut)
                / (select count(*) from attribuees where not mut)"""
    ).fetchall()[0]
    nom = "demandes_pour_une_attribution"
    assert imprimees["ATT-01", "*", nom].valeur == pytest.approx(tension)
    assert imprimees["ATT-01", "*", f"{nom}_hors_mutation"].valeur == pytest.approx(hors)


def test_la_synthese_du_mois_dit_les_memes_chiffres_cles(
    document: Document, edition_demo: Edition
) -> None:
    """One definition, one rounding, one change in a year: the wait in months with one decimal."""
    du_bilan, du_mois = (chiffres_cles(un) for un in (document, synthese.construire(edition_demo)))
    communs = du_bilan.keys() & du_mois.keys()
    assert len(communs) >= 3
    assert {un: du_mois[un] for un in communs} == {un: du_bilan[un] for un in communs}
    assert re.fullmatch(r"\d+,\d\u00a0?.?mois", du_mois["ATT-02", "delai_median_mois"][0])


def chiffres_cles(document: Document) -> dict[tuple[str, str], tuple[str, str]]:
    """Return what is written of the key figures of all, and their change, by table and column."""
    return {
        (un.origine.code, un.origine.colonne): (un.ecrit, un.evolution)
        for _, section in document.toutes_sections()
        for bloc in section.blocs
        if isinstance(bloc, Chiffres)
        for un in bloc.chiffres
        if un.origine and not re.match(r"\d{4}-", un.origine.ligne)
    }


def test_les_mois_imprimes_font_le_total_imprime(document: Document) -> None:
    """Who adds up the months of a printed table finds its last row."""
    additionnees = 0
    for table in document.tableaux():
        mois = [une for une in table.lignes if any(map(_est_un_mois, une))]
        for rang, colonne in enumerate(table.colonnes):
            if len(mois) < 2 or colonne.genre != "nombre":
                continue
            for total in table.totaux:
                ecrit = _nombre(table.lignes[total][rang])
                if ecrit is not None:
                    somme = sum(_nombre(une[rang]) or 0 for une in mois)
                    assert somme == ecrit, (table.cle, colonne.titre)
                    additionnees += 1
    assert additionnees >= ADDITIONS


def _est_un_mois(cellule: Cellule) -> bool:
    return cellule.origine is not None and bool(MOIS.fullmatch(cellule.origine.ligne))


def _nombre(cellule: Cellule) -> int | None:
    return cellule.valeur if isinstance(cellule.valeur, int) else None
