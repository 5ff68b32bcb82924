"""Départements together: sums of counts, never of rates; what is not there is said.

The oracle reads the archives in plain SQL: communes of an EPCI, guichets that stand in them.
"""

from __future__ import annotations

import csv
import hashlib
import io
import itertools
import json
import shlex
import shutil
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import duckdb
import pytest

import infocentre
from infocentre.acces.modele import SEUL
from infocentre.acces.perimetre import TOUT, Perimetre
from infocentre.api import Infocentre
from infocentre.catalogue import Catalogue
from infocentre.catalogue.conserve import catalogue_du_controle
from infocentre.contrat.territoires import fichier_des_communes
from infocentre.demo import fabriquer
from infocentre.entrepot import Dossier, Livraison
from infocentre.entrepot.dossier import ENTREPOT
from infocentre.lecture import sommes
from infocentre.lecture.commun import mois_controles
from infocentre.lecture.ensembles import dire_doubles, ensemble_de, reunir
from infocentre.lecture.filtres import Filtres
from infocentre.lecture.indicateurs import catalogue_du_mois
from infocentre.lecture.lecteur import Lecteur, Lecture, VersionOuverte
from infocentre.lecture.objectifs_masques import masquees
from infocentre.lecture.ouverture import ouvrir_pour
from infocentre.lecture.partage import seuil_secret
from infocentre.lecture.publies import TOTAL, dit_au_semestre, masquer_mois, tus
from infocentre.lecture.region import lire_region
from infocentre.lecture.sommes import Comparee, additionner, comparer, sommer_tableau
from infocentre.lecture.tableaux import Fiabilite, fiabilite, lire_tableau
from infocentre.mesures.caches import garder, masquer_departements, relire
from infocentre.mesures.lignes_tableaux import Territoires
from infocentre.mesures.partage import MASQUE
from infocentre.mesures.tableaux import tableaux
from infocentre.noyau.erreurs import Refus
from infocentre.noyau.etats import Etat
from tests.cli.lancer import Commande
from tests.dashboards.test_perimetre import AVANT, MOIS, donnees
from tests.donnees.atelier import base, charger, controler, copie
from tests.donnees.communs import une_fois

FIXTURES = (donnees,)  # the data of two départements, to which a third is added
METROPOLE, PACA = "200054807", "93"
TROIS = ("013", "083", "084")
PERSONNES = 3  # who have a demande in the Bouches-du-Rhône and in the Var
IDENTITE = ("NOM", "PRENOM", "DATE_NAISSANCE")


@pytest.fixture(scope="module")
def trois(donnees: Dossier) -> Dossier:
    """Return the data of three départements, the Var of October alone, persons being of two."""

    def faire(atelier: Path) -> None:
        racine = atelier / "donnees"
        copie(donnees.racine, racine)
        recues = fabriquer(atelier / "recues", taille=150, mois=2, departement="083")
        une = next(un for un in recues if un.name == MOIS)
        _donner_les_noms_d_autres(une, donnees)
        charger(racine, une)
        controler(racine)
        with ouvrir_pour(
            Dossier(racine), TOUT
        ) as v:  # what a night decides: pages and papers ask it
            for d in TROIS:
                masquees(v, d, MOIS)
                for mois in mois_controles(v, d):
                    masquer_mois(v, d, mois)

    return Dossier(une_fois("trois-departements", faire) / "donnees")


def _donner_les_noms_d_autres(livraison: Path, donnees: Dossier) -> None:
    """Make of the first persons of a delivery some who have an active demande elsewhere."""
    une = donnees.version().publiee("013", MOIS)
    assert une
    noms = donnees.nominatif / "013" / une.arrete / f"{une.empreinte}.parquet"
    ailleurs = duckdb.sql(
        f"SELECT nom, prenom, date_naissance::VARCHAR FROM '{noms}' SEMI JOIN "
        f"'{donnees.archive(une) / 'stock.parquet'}' USING (numero_unique) "
        "WHERE date_naissance IS NOT NULL AND nom <> '' AND prenom <> '' "
        f"ORDER BY numero_unique LIMIT {PERSONNES}"
    ).fetchall()
    fichier = livraison / "identites.csv"
    with fichier.open(encoding="cp1252", newline="") as flux:
        lues = list(csv.DictReader(flux, delimiter=";"))
    for ligne, personne in zip(lues, ailleurs, strict=False):
        ligne |= dict(zip(IDENTITE, personne, strict=True))
    with fichier.open("w", encoding="cp1252", newline="") as flux:
        ecrites = csv.DictWriter(flux, list(lues[0]), delimiter=";")
        ecrites.writeheader()
        ecrites.writerows(lues)
    manifeste = livraison / "manifeste.json"
    dit = json.loads(manifeste.read_text("utf-8"))
    (sien,) = [un for un in dit["fichiers"] if un["nom"] == fichier.name]
    sien["sha256"] = hashlib.sha256(fichier.read_bytes()).hexdigest()
    manifeste.write_text(json.dumps(dit), "utf-8")


@pytest.fixture(scope="module")
def v(trois: Dossier) -> Lecture:
    return Lecture(_ouverte(trois), TOUT)


def _ouverte(dossier: Dossier) -> VersionOuverte:
    ouverte = Lecteur(dossier).ouvrir()
    assert ouverte
    return ouverte


@pytest.fixture
def ligne(
    trois: Dossier, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Commande:
    return Commande(trois.racine, monkeypatch, capsys)


@pytest.fixture
def abimable(trois: Dossier, tmp_path: Path) -> Iterator[Dossier]:
    """Return the same data, that a test may change."""
    copie(trois.racine, tmp_path / "donnees")
    yield Dossier(tmp_path / "donnees")
    shutil.rmtree(tmp_path / "donnees")


def par_code(lues: list[Comparee]) -> dict[str, Comparee]:
    return {une.code: une for une in lues}


# --- The oracle -----------------------------------------------------------------------------------

DE_L_EPCI = f"""
    SELECT code FROM read_parquet('{fichier_des_communes()}')
    WHERE epci = '{METROPOLE}' AND type IN ('commune-actuelle', 'arrondissement-municipal')
"""


def compter(dossier: Dossier, table: str, condition: str) -> dict[str, int]:
    """Return how many rows of the archives of the month there are by département."""
    fichiers = [str(un) for un in dossier.archives.glob(f"*/{MOIS}-*/*/{table}.parquet")]
    return dict(
        duckdb.execute(
            f"SELECT departement, count(*) FROM read_parquet($f) WHERE {condition} GROUP BY ALL",
            {"f": fichiers},
        ).fetchall()
    )


def test_the_metropole_is_its_three_parts_to_the_unit(v: Lecture) -> None:
    reunion = reunir(v, ensemble_de(v, epci=METROPOLE))
    assert reunion.presents == TROIS
    souhaitees = compter(v.dossier, "stock", f"commune_log_recherche IN ({DE_L_EPCI})")
    assert souhaitees.keys() == set(TROIS)
    (lue,) = lignes(v, reunion, "DEM-05", METROPOLE)
    assert lue["total"] == sum(souhaitees.values())
    annee = "date_radiation > DATE '2025-10-31' AND date_radiation <= DATE '2026-10-31'"
    attributions = compter(
        v.dossier,
        "radiation",
        f"motif_radiation = 'RADATT' AND {annee} AND commune_logement_attrib IN ({DE_L_EPCI})",
    )
    (lue,) = lignes(v, reunion, "ATT-09", METROPOLE)
    assert lue["attributions"] == sum(attributions.values()) > 0
    assert lue["demandes_pour_une_attribution"] == pytest.approx(
        lue["demandes_actives"] / sum(attributions.values())
    )


def lignes(v: Lecture, reunion: Any, tableau: str, code: str) -> list[Any]:
    lu = sommer_tableau(v, reunion, tableau).tableau
    return [une for une in lu.lignes if une["code"] == code]


def test_processes_side_by_side_keep_what_one_kept_alone(v: Lecture, tmp_path: Path) -> None:
    """They were controlled one or two at a time, which one process masks: the same bytes."""
    ailleurs = Dossier(tmp_path)
    shutil.copytree(v.dossier.partages, ailleurs.partages)
    for fichier in ailleurs.partages.iterdir():  # all is masked already, but the last month
        *avant, _ = relire(fichier).items()
        garder(fichier, dict(avant))
    masquer_departements(v.lignes, TROIS, seuil_secret(v), ailleurs)
    for quoi in ("partages/*.json", f"diffusions/*/tableaux/{MOIS}/*.json.gz"):
        gardes = [
            {un.relative_to(racine): un.read_bytes() for un in racine.glob(quoi)}
            for racine in (tmp_path, v.dossier.racine)
        ]
        assert gardes[0] == gardes[1]
        assert len(gardes[0]) == len(TROIS)


def test_a_commune_outside_the_metropole_is_not_in_it(v: Lecture) -> None:
    lu = sommer_tableau(v, reunir(v, ensemble_de(v, epci=METROPOLE)), "DEM-05").tableau
    codes = {une["code"] for une in lu.lignes}
    siens = {code for (code,) in duckdb.sql(DE_L_EPCI).fetchall()}
    assert "84089" in codes  # Pertuis, in the Vaucluse
    assert codes - {METROPOLE} <= siens


def test_an_indicator_of_the_metropole_is_that_of_its_guichets(v: Lecture) -> None:
    archives = v.dossier.archives
    attendu = duckdb.execute(
        f"""
        SELECT count(*), count(*) FILTER (contact_mail IS DISTINCT FROM 1)
        FROM read_parquet($stock) AS s
        JOIN read_parquet($guichets) AS g
            ON g.departement = s.departement AND g.code_guichet = s.guichet_enregistreur
        WHERE g.commune IN ({DE_L_EPCI})""",
        {
            "stock": [str(un) for un in archives.glob(f"*/{MOIS}-*/*/stock.parquet")],
            "guichets": [str(un) for un in archives.glob(f"*/{MOIS}-*/*/guichets.parquet")],
        },
    ).fetchone()
    lue = par_code(comparer(v, reunir(v, ensemble_de(v, epci=METROPOLE)).lieux, METROPOLE))
    comptes = lue["CPL_CONTACT"].comptes
    assert (comptes["denominateur"], comptes["numerateur"]) == attendu


# --- Sums, never rates ----------------------------------------------------------------------------


def test_a_rate_of_a_region_is_that_of_the_sums(trois: Dossier, v: Lecture) -> None:
    with duckdb.connect(str(trois.courante / ENTREPOT), read_only=True) as con:
        attendus = {
            code: (n / d, moyenne)
            for code, n, d, moyenne in con.execute(
                "SELECT code, sum(n_etat), sum(d_etat), avg(n_etat / d_etat) FROM valeurs "
                "WHERE niveau = 'departement' AND mois = ? GROUP BY code HAVING sum(d_etat) > 0",
                [MOIS],
            ).fetchall()
        }
    lus = par_code(comparer(v, reunir(v, ensemble_de(v, region=PACA)).lieux))
    assert {code: lus[code].taux for code in attendus} == pytest.approx(
        {code: juste for code, (juste, _) in attendus.items()}
    )
    assert any(abs(juste - moyenne) > 0.01 for juste, moyenne in attendus.values())


# Of all units, or of an objective: no sum of départements gives it.
SANS_SOMME = {
    ("ATT-02", f"delai_{quoi}_{sur}")
    for quoi in ("moyen", "median")
    for sur in ("mois", "hors_mutation_mois")
} | {
    ("ATT-05", "manquantes"),
    ("ATT-11", "manquantes"),
    ("DEM-07", "anciennete_moyenne_mois"),
    ("DEM-07", "anciennete_mediane_mois"),
    *(
        ("TAB03-01", f"anciennete_{quoi}_{sur}mois")
        for quoi in ("moyenne", "mediane")
        for sur in ("", "mutations_", "hors_mutation_")
    ),
}


def test_a_table_of_one_departement_alone_is_its_own(v: Lecture) -> None:
    """What the sum of a single département makes of every column is what is published."""
    autres = set()
    for code, un in tableaux().items():
        lues: list[dict[str, Any]] = [
            dict(une) for une in lire_tableau(v, code, "013", MOIS, partage=False).lignes
        ]
        for refaite, lue in zip(additionner(un, [lues]), lues, strict=True):
            autres |= {(code, c) for c in un.colonnes if refaite[c] != pytest.approx(lue[c])}
    assert autres == SANS_SOMME


def test_a_share_is_out_of_all_departements_even_where_some_have_not_the_row(v: Lecture) -> None:
    reunion = reunir(v, ensemble_de(v, region=PACA))
    actives = sum(compter(v.dossier, "stock", "true").values())
    (une,) = lignes(v, reunion, "DEM-05", "84089")
    assert une["total_ensemble"] == actives
    assert une["part_total"] == pytest.approx(une["total"] / actives)
    assert une["departement"] == "013+083+084"


# --- What is not there ----------------------------------------------------------------------------


def test_a_departement_without_the_month_is_left_out_and_said(v: Lecture) -> None:
    region = ensemble_de(v, region=PACA)
    assert reunir(v, region).mois == MOIS  # the last that the three have
    reunion = reunir(v, region, AVANT)
    assert reunion.presents == ("013", "084")
    assert "3 départements" not in reunion.dire_absents()
    assert "2 sur 6 départements" in reunion.dire_absents()
    assert "Var (dernier arrêté : octobre 2026)" in reunion.dire_absents()
    assert par_code(comparer(v, reunion.lieux))["CPL_CONTACT"].sommes == ("013", "084")


def test_arretes_that_three_months_part_are_not_summed(v: Lecture) -> None:
    def reculee(une: Livraison) -> Livraison:
        return replace(une, arrete="2026-07-31") if une.departement == "084" else une

    livraisons = tuple(reculee(une) for une in v.version.livraisons if une.mois == MOIS)
    version = replace(v.version, livraisons=livraisons)
    autre = Lecture(replace(v.ouverte, version=version), TOUT)
    reunion = reunir(autre, ensemble_de(autre, region=PACA))
    assert (reunion.mois, reunion.presents) == (MOIS, ("013", "083"))
    assert "Vaucluse (dernier arrêté : juillet 2026)" in reunion.dire_absents()


def test_an_indicator_whose_rule_was_raised_leaves_the_comparison(
    trois: Dossier, monkeypatch: pytest.MonkeyPatch
) -> None:
    def relevee(dossier: Dossier, une: Livraison) -> Catalogue:
        lu = catalogue_du_controle(dossier, une)
        if une.departement != "084":
            return lu
        version = lu.indicateurs["CPL_CONTACT"].version + 1
        autre = lu.indicateurs["CPL_CONTACT"].model_copy(update={"version": version})
        return lu.model_copy(update={"indicateurs": {**lu.indicateurs, "CPL_CONTACT": autre}})

    monkeypatch.setattr(sommes, "catalogue_du_controle", relevee)
    v = Lecture(_ouverte(trois), Perimetre(departements=frozenset(TROIS)))
    lus = par_code(comparer(v, reunir(v, ensemble_de(v, region=PACA)).lieux))
    assert lus["CPL_CONTACT"].comptes == {}
    assert lus["CPL_CONTACT"].parts.keys() == set(TROIS)
    assert lus["CPL_CONTACT"].dire_versions() == (
        "CPL_CONTACT n'est pas comparé : règle 1 (Bouches-du-Rhône et Var), règle 2 (Vaucluse)."
    )
    assert lus["CPL_CHAMPS"].sommes == TROIS


def test_an_epci_that_changed_is_read_on_its_communes_of_today(
    abimable: Dossier, v: Lecture
) -> None:
    (avant,) = lignes(v, reunir(v, ensemble_de(v, epci=METROPOLE)), "ATT-09", METROPOLE)
    with duckdb.connect(str(abimable.courante / ENTREPOT)) as con:
        con.execute(
            "UPDATE att_09 SET demandes_actives = demandes_actives + 5 "
            "WHERE departement = '084' AND code = ?",
            [METROPOLE],
        )
    autre = Lecture(_ouverte(abimable), TOUT)
    somme = sommer_tableau(autre, reunir(autre, ensemble_de(autre, epci=METROPOLE)), "ATT-09")
    (lue,) = [une for une in somme.tableau.lignes if une["code"] == METROPOLE]
    assert lue == avant
    (dit,) = somme.dits
    assert "a changé depuis l'arrêté (Vaucluse)" in dit
    (partagee,) = [
        un for un in lire_region(autre, PACA, None).epcis if un.ligne["code"] == METROPOLE
    ]
    assert partagee.ligne == avant | {"departement": None}


def test_what_adds_up_rows_is_added_up_and_its_share_is_not_told() -> None:
    """As many in two départements are not as many in both."""
    tableau = tableaux()["ATT-10"]
    une = dict.fromkeys(tableau.colonnes) | {"code": "PLUS", "libelle": "PLUS"}
    une |= dict.fromkeys(tableau.plan.comptes, 20)
    une |= {"plafond_connu": 60, "sous_le_plafond": 30, "part_sous_le_plafond": 0.5}
    (lue,) = additionner(tableau, [[une], [une]])
    assert (lue["total"], lue["plafond_connu"], lue["sous_le_plafond"]) == (40, 120, 60)
    assert lue["part_sous_le_plafond"] is None
    (lue,) = additionner(tableau, [[une], [une | {"sous_le_plafond": MASQUE}]])
    assert lue["sous_le_plafond"] == MASQUE


def test_a_row_that_joins_others_somewhere_says_so_of_the_sum() -> None:
    tableau = tableaux()["DEM-01"]
    nombres = dict.fromkeys(tableau.plan.comptes, 20)
    parts = [
        [{**dict.fromkeys(tableau.colonnes), **nombres, "code": "NR", "libelle": libelle}]
        for libelle in ("Non renseigné", "Non renseigné ou code hors liste")
    ]
    for siennes in (parts, parts[::-1]):
        (une,) = additionner(tableau, siennes)
        assert (une["libelle"], une["total"]) == ("Non renseigné ou code hors liste", 40)


# --- Persons in two départements ------------------------------------------------------------------


def test_who_has_a_demande_in_two_departements_is_counted_once(v: Lecture) -> None:
    actives = sum(compter(v.dossier, "stock", "true").values())
    dit = dire_doubles(v, reunir(v, ensemble_de(v, region=PACA)))
    assert f"dont {PERSONNES} en double" in dit.replace("\xa0", " ")
    assert f"{actives - PERSONNES}" in "".join(dit.split())
    assert "exact" in dit


def test_without_names_at_most_so_many_are_said(abimable: Dossier) -> None:
    shutil.rmtree(abimable.nominatif / "083")
    v = Lecture(_ouverte(abimable), TOUT)
    dates = duckdb.execute(
        "SELECT date_naiss_demandeur, departement FROM read_parquet($f)",
        {"f": [str(un) for un in abimable.archives.glob(f"*/{MOIS}-*/*/stock.parquet")]},
    ).fetchall()
    attendu = 0
    for date in {date for date, _ in dates}:
        par_lieu = [sum(une == (date, lieu) for une in dates) for lieu in TROIS]
        attendu += sum(par_lieu) - (max(par_lieu) if date else 0)
    dit = dire_doubles(v, reunir(v, ensemble_de(v, region=PACA)))
    assert f"dont jusqu'à {attendu} en double" in dit.replace("\xa0", " ")
    assert "exact" not in dit


# --- Rights ---------------------------------------------------------------------------------------


def test_a_region_does_not_exist_for_who_sees_one_departement(trois: Dossier) -> None:
    v = Lecture(_ouverte(trois), Perimetre(departements=frozenset({"084"})))
    for demande in ({"region": PACA}, {}):
        with pytest.raises(Refus, match="moins de deux départements"):
            ensemble_de(v, **demande)
    assert reunir(v, ensemble_de(v, epci=METROPOLE)).presents == ("084",)


def test_what_is_not_open_is_not_said_to_be_missing(trois: Dossier) -> None:
    v = Lecture(_ouverte(trois), Perimetre(departements=frozenset({"013", "083"})))
    dit = reunir(v, ensemble_de(v, region=PACA)).dire_absents()
    assert "2 sur 6 départements ; sans arrêté d'octobre 2026, ou non ouverts à qui lit :" in dit


def test_a_sum_tells_no_more_than_what_is_shown_of_each(trois: Dossier, v: Lecture) -> None:
    """Who sees no small count finds it in no sum: one hidden part hides the sum of its column."""
    masque = Lecture(_ouverte(trois), replace(TOUT, masque=True))
    lieux = reunir(v, ensemble_de(v, region=PACA)).lieux
    cachees = 0
    for une, entiere in zip(comparer(masque, lieux), comparer(v, lieux), strict=True):
        for nom, somme in entiere.comptes.items():
            parts: list[Any] = [dict(une.parts[d])[nom] for d in une.sommes]
            cachees += None in parts and somme is not None
            assert une.comptes[nom] == (None if None in parts else somme)
    assert cachees
    reunion = reunir(masque, ensemble_de(masque, region=PACA))
    lu = sommer_tableau(masque, reunion, "ATT-09").tableau
    assert lu.masquees
    vues: dict[tuple[str, str], list[Any]] = defaultdict(list)
    for d in TROIS:
        for vue in lire_tableau(masque, Territoires, d, MOIS, partage=True).lignes:
            vues[vue["niveau"], vue["code"]].append(vue["demandes_actives"])
    for ligne in lu.lignes:
        siennes = vues[str(ligne["niveau"]), str(ligne["code"])]
        attendu = MASQUE if MASQUE in siennes else None if None in siennes else sum(siennes)
        assert ligne["demandes_actives"] == attendu


# --- Commands and API -----------------------------------------------------------------------------


def test_what_a_table_is_worth_is_said_by_counts_that_the_bilan_tells(
    trois: Dossier, v: Lecture
) -> None:
    """Beside the types that the bilan tells, a count of the département would give others away."""
    regles = catalogue_du_mois(v, Filtres("083", MOIS))
    caches = tus(v, "083", MOIS, regles.en_json())
    partenaire, vus = Lecture(_ouverte(trois), replace(TOUT, masque=True)), set()
    for code, lue in itertools.product(tableaux(), (partenaire, v)):
        entieres = fiabilite(v, code, "083", MOIS)
        dites = fiabilite(lue, code, "083", MOIS, partage=lue is v)
        for entiere, dite in zip(entieres, dites, strict=True):
            quoi, m = entiere.indicateur.code, entiere.mesure
            semestre = m.denominateur and dit_au_semestre(regles, quoi)
            tait = bool((quoi, *TOTAL) in caches or semestre)
            assert dite.mesure.masquee == (tait or m.masquee), (code, quoi)
            assert tait or dite.mesure == m, (code, quoi)
            vus.add((tait, 0 < m.numerateur < seuil_secret(v)))
    assert {(True, False), (False, False)} <= vus, "some are hidden that are not small"


def test_until_what_a_month_hides_is_decided_states_alone_are_said(tmp_path: Path) -> None:
    """Nothing is decided by who reads a page."""
    dossier = Dossier(copie(base(1), tmp_path / "donnees"))
    v, registre = Lecture(_ouverte(dossier), TOUT), dossier.diffusions / "013" / "indicateurs"
    siens = [un for code in tableaux() for un in fiabilite(v, code, "013", "2026-01")]

    def partagees() -> list[Fiabilite]:
        lues = (fiabilite(v, code, "013", "2026-01", partage=True) for code in tableaux())
        return [un for lue in lues for un in lue]

    avant = partagees()
    assert [un.etat for un in avant] == [un.etat for un in siens]
    assert all(un.mesure.masquee for un in avant if un.etat != Etat.SANS_OBJET)
    assert not registre.exists()
    masquer_mois(v, "013", "2026-01")
    assert [un.mesure for un in partagees() if not un.mesure.masquee]


def test_the_command_and_the_api_give_the_same(trois: Dossier, ligne: Commande) -> None:
    base = infocentre.ouvrir(trois.racine)
    choix: tuple[tuple[tuple[str, str], dict[str, Any]], ...] = (
        (("--region", PACA), {"region": PACA}),
        (("--departement", "Tous"), {"departement": "tous"}),
        (("--epci", "200 054 807"), {"epci": METROPOLE}),
    )
    for dits, options in choix:
        sortie = ligne("indicateurs", *dits, "--format", "csv")
        lues = list(csv.reader(io.StringIO(sortie.texte), delimiter=";"))
        trame = base.indicateurs(**options)
        assert lues[0] == trame.columns
        assert [un[:4] for un in lues[1:]] == [
            ["" if x is None else str(x) for x in un]
            for un in trame.select(trame.columns[:4]).rows()
        ]
    lu = ligne("tableau", "ATT-09", "--epci", METROPOLE, "--format", "json").texte
    assert json.loads(lu) == base.tableau("ATT-09", epci=METROPOLE).to_dicts()


@pytest.mark.parametrize(
    ("commande", "code", "dit"),
    [
        ("indicateurs --region 999", 1, "la région « 999 » n'existe pas"),
        ("indicateurs --region 11", 1, "moins de deux départements"),
        ("indicateurs --region 93 --mois 2020-01", 1, "aucun département n'a d'arrêté"),
        ("indicateurs --region 93 --guichet G1301", 2, "pas de ligne par guichet"),
        ("indicateurs --region 93 --par organisme", 2, "pas de ligne par guichet"),
        ("indicateurs --region 93 --epci 200054807", 2, "ne va pas avec"),
        ("indicateurs --departement tous --region 93", 2, "ne va pas avec"),
        ("indicateurs --epci 123456789", 1, "n'existe pas, ou n'existe plus"),
        ("indicateurs --epci ' '", 2, "rien n'est donné"),  # communes of none
        ("tableau DEM-05 --epci ''", 2, "rien n'est donné"),
        ("indicateurs --region ''", 2, "rien n'est donné"),
        ("indicateurs --epci 200054781", 1, "aucun département n'y est publié"),
        ("tableau DEM-01 --epci 200054807", 1, "pas de ligne par EPCI"),
        ("tableau RIEN-01 --region 93", 1, "n'existe pas"),
    ],
)
def test_what_cannot_be_put_together_is_refused_in_a_sentence(
    ligne: Commande, commande: str, code: int, dit: str
) -> None:
    sortie = ligne(*shlex.split(commande))
    assert sortie.code == code
    assert dit in sortie.erreur
    assert "→" in sortie.erreur
    assert not sortie.texte


def test_what_is_missing_is_said_beside_the_rows(ligne: Commande) -> None:
    sortie = ligne("tableau", "TAB01-01", "--region", PACA, "--mois", AVANT, "--format", "csv")
    assert "013+084" in sortie.texte
    assert "Var (dernier arrêté : octobre 2026)" in sortie.erreur
    assert "en double d'un département à l'autre" in sortie.erreur
    sortie = ligne("indicateurs", "--region", PACA)
    assert "3 sur 6 départements" in sortie.texte


def test_a_reader_of_some_guichets_has_no_epci_whole(trois: Dossier) -> None:
    un = Perimetre(departements=frozenset({"013"}), guichets=frozenset({"G1302"}))
    base = Infocentre(trois, replace(SEUL, perimetre=un))
    with pytest.raises(Refus, match="qui n'est pas ouvert à ce compte"):
        base.indicateurs(epci=METROPOLE)
    with pytest.raises(Refus, match="qui n'est pas ouvert à ce compte"):
        base.tableau("ATT-09", epci=METROPOLE)
