"""A candidate indicator: proposed from a query, checked, previewed on past months, written."""

from __future__ import annotations

import contextlib
import datetime as dt
import functools
import hashlib
import json
import math
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import duckdb
import pytest

from benchmarks import oracle
from infocentre.acces.audit import Recherche, Trace, chercher, par_jour
from infocentre.acces.modele import SEUL, Acces, Role
from infocentre.acces.perimetre import TOUT
from infocentre.analystes.fichier import cle
from infocentre.catalogue import lire_catalogue
from infocentre.catalogue.permises import exiger_permise
from infocentre.catalogue.schema import types_colonnes
from infocentre.decisions.magasin import ouvrir_magasin
from infocentre.entrepot import Dossier, Livraison
from infocentre.noyau import file
from infocentre.noyau.borne import milieu
from infocentre.noyau.erreurs import Refus
from infocentre.requetes import borne
from infocentre.requetes.banc import ENTIER, Regard, masquer_archives
from infocentre.requetes.borne import MEMOIRE, essayer
from infocentre.requetes.candidat import Apercu, MoisApercu, apercu, candidat, masquer
from infocentre.requetes.ebauche import completer
from infocentre.requetes.proposition import Proposition, proposer
from tests.donnees.atelier import chargee, charger, copie
from tests.donnees.retors import livraisons
from tests.profondeur import PROFONDEUR, echantillon
from tests.requetes.aide import enfants
from tests.requetes.demonstration import Ligne, livre, plus_mois

pytestmark = pytest.mark.lent

TARDIVE = "date_radiation > date_signature_bail + interval 30 day"


def regle(code: str, **changes: Any) -> dict[str, Any]:
    """Return the fields of an indicator in force, changed."""
    en_vigueur = lire_catalogue().indicateurs[code]
    return en_vigueur.model_dump(mode="json", exclude_defaults=True) | changes


def neuf(**choisis: Any) -> dict[str, Any]:
    proposition = Proposition("attributions", "date_signature_bail is not null", TARDIVE)
    return completer("ATT_TRENTE", proposition, choisis)


def essai(champs: dict[str, Any], **options: Any) -> Apercu:
    return apercu(livre().dossier, candidat(champs), **options)


# --- From a query to a rule -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("sql", "population", "applicable", "anomalie"),
    [
        (
            "select * from attributions where surface < 9",
            "attributions", None, "surface < 9",
        ),
        (
            ("select d.numero_unique from demandes as d -- baux « anciens »\n"
            "where d.motif_radiation = 'RADATT' and d.statut = 'radiée'\n"
            "and d.date_signature_bail is not null\n"
            "and d.date_radiation > d.date_signature_bail + 365 order by 1 limit 5"),
            "attributions", "date_signature_bail is not null",
            "date_radiation > date_signature_bail + 365",
        ),
        (
            ("from demandes where statut='active' and nb_qna between 1 and 2 and "
            "(contact_mail = 0 or contact_mail is null)"),
            "actives", None,
            "nb_qna between 1 and 2 and (contact_mail = 0 or contact_mail is null)",
        ),
        (
            "select * from journal where type_evenement = 'REN' and date_echeance is not null",
            "renouvellements", None, "date_echeance is not null",
        ),
        (
            "select * from messages where case when statut = 'OK' and true then false end",
            "messages", None, "case when statut = 'OK' and true then false end",
        ),
        (
            "select * from plis where statut = 'NPAI' or statut is null",
            "preavis", None, "statut = 'NPAI' or statut is null",
        ),
        (
            "select * from utilisateurs where profil = ' and ' and date_fermeture is null",
            "acces", None, "profil = ' and '",
        ),
    ],
)  # fmt: skip
def test_a_select_of_units_becomes_a_rule(
    sql: str, population: str, applicable: str | None, anomalie: str
) -> None:
    assert proposer(sql) == Proposition(population, applicable, anomalie)


def test_a_person_may_say_whom_the_rule_concerns() -> None:
    lue = proposer(
        "select * from demandes where nb_dalo = 1 and surface < 9 and type_demandeur = 'PP'",
        "attributions",
        "type_demandeur = 'PP' and nb_dalo=1",
    )
    assert lue == Proposition("attributions", "type_demandeur = 'PP' and nb_dalo=1", "surface < 9")


@pytest.mark.parametrize(
    ("sql", "refus"),
    [
        ("select * from demandes where nb_qna = 1", "sans dire de quelle population"),
        ("select * from demandes where statut = 'active' and a or b", "quelle population"),
        ("select count(*) from attributions where a = 1 group by b", "une seule table"),
        ("select * from attributions join plis using (numero_unique)", "une seule table"),
        ("select * from attributions union all select * from radiations", "une seule table"),
        ("with a as (select 1) select * from a where true", "une seule table"),
        ("select * from attributions", "n'a pas de condition"),
        ("select * from attributions where surface < $taille", "attend un choix ($taille)"),
        ("selec", "erreur de syntaxe"),
    ],
)
def test_what_is_no_select_of_units_is_refused(sql: str, refus: str) -> None:
    with pytest.raises(Refus) as refuse:
        proposer(sql)
    assert refus in refuse.value.quoi
    assert refuse.value.que_faire


# --- Checked as the catalogue checks --------------------------------------------------------------


@pytest.mark.parametrize(
    ("champs", "quoi", "que_faire"),
    [
        ({"anomalie": "montant_loyer > 1"}, "la colonne « montant_loyer » n'existe pas", "surface"),
        (
            {"anomalie": "surfac > 1"},
            "la colonne « surfac » n'existe pas",
            "Noms proches : surface",
        ),
        ({"anomalie": "surface + 1"}, "une condition est attendue", ""),
        ({"anomalie": "exists(select 1 from plis)"}, "pas de sous-requête", ""),
        ({"seuils": {"orange": 0.5, "rouge": 0.1}}, "le seuil orange doit être inférieur", ""),
        ({"population": "baux"}, "« baux » n'existe pas", "attributions"),
        ({"explication": "{numerorpls}"}, "« numerorpls » est une donnée personnelle", ""),
        ({"code": "att"}, "« att » est mal formé", ""),
    ],
)
def test_a_wrong_candidate_is_refused_by_its_field(
    champs: dict[str, Any], quoi: str, que_faire: str
) -> None:
    with pytest.raises(Refus) as refuse:
        candidat(neuf() | champs)
    assert quoi in refuse.value.quoi
    assert que_faire in refuse.value.que_faire
    assert refuse.value.ou == f"{champs.get('code', 'ATT_TRENTE')}.yml"


def test_what_a_person_did_not_say_is_completed() -> None:
    champs = neuf(libelle="Radiées trente jours après le bail", imputable="contexte")
    assert champs["famille"] == "attributions"
    assert "seuils" not in champs, "a contexte has none"
    assert champs["explication"] == (
        "date de radiation {date_radiation}, date de signature du bail {date_signature_bail}"
    )
    assert champs["pourquoi"].startswith("À compléter")
    dernier = max(un.ordre for un in lire_catalogue().de_population("attributions"))
    assert champs["ordre"] > dernier


# --- Previewed as the controls count --------------------------------------------------------------


@pytest.mark.parametrize(
    "code",
    echantillon(
        ["ATT_TARDIVE", "CPL_RESSOURCES", "RAD_SANS_PREAVIS", "MSG_ANOMALIE", "REN_ECHUE"], 2
    ),
)
def test_the_rule_in_force_gives_the_published_values(code: str) -> None:
    fait = essai(regle(code))
    publiees = {
        une["mois"]: (
            une["numerateur"],
            une["denominateur"],
            une["numerateur_12m"],
            une["denominateur_12m"],
            une["etat"],
        )
        for une in livre().publie("valeurs")
        if une["code"] == code and une["guichet"] == "*"
    }
    assert {
        un.mois: (un.numerateur, un.denominateur, un.numerateur_12m, un.denominateur_12m, un.etat)
        for un in fait.mois
    } == publiees
    assert len(publiees) == 3
    assert fait.compare
    assert {(un.entrent, un.sortent) for un in fait.mois} == {(0, 0)}
    assert fait.changements == ()


def etat(numerateur: int, denominateur: int, orange: float, rouge: float) -> str:
    """Say the state of a rate, from the definition: under 1 % of chance at the threshold."""
    if denominateur == 0:
        return "sans_objet"
    if denominateur < 20:
        return "effectif_insuffisant"
    p = Fraction(str(rouge))
    dessous = sum(
        math.comb(denominateur, k) * p**k * (1 - p) ** (denominateur - k) for k in range(numerateur)
    )
    if 1 - dessous < Fraction(1, 100):
        return "rouge"
    return "orange" if numerateur / denominateur > orange else "vert"


def test_a_changed_threshold_moves_states_and_no_unit() -> None:
    fait = essai(regle("CPL_RESSOURCES", seuils={"orange": 0.01, "rouge": 0.02}), mois=2)
    assert {(un.entrent, un.sortent) for un in fait.mois} == {(0, 0)}
    mois = [un.mois for un in fait.mois]
    assert len(mois) == 2
    attendu = {
        (une["mois"], une["guichet"], une["etat"], neuf_)
        for une in livre().publie("valeurs")
        if une["code"] == "CPL_RESSOURCES" and une["niveau"] == "guichet" and une["mois"] in mois
        if une["etat"] != "contexte"
        if (neuf_ := etat(une["numerateur"], une["denominateur"], 0.01, 0.02)) != une["etat"]
    }
    assert attendu
    lus = {(un.mois, un.guichet, un.etat_avant, un.etat) for un in fait.changements}
    assert lus == attendu
    assert all(un.nom == livre().noms[un.guichet] for un in fait.changements)


def attributions(livraison: Livraison) -> list[Ligne]:
    """Return the attributions with a bail of the 12 months that end with a delivery."""
    fichier = livre().dossier.archive(livraison) / "radiation.parquet"
    with duckdb.connect() as con:
        lues = con.execute(
            "select numero_unique, date_radiation, date_signature_bail from read_parquet(?) "
            "where motif_radiation = 'RADATT' and date_signature_bail is not null",
            [str(fichier)],
        ).fetchall()
    fin = dt.date.fromisoformat(livraison.arrete)
    debut = plus_mois(fin.replace(day=1), -11)
    return [{"numero": n, "retard": (r - b).days} for n, r, b in lues if debut <= r <= fin]


def tardives(livraison: Livraison, jours: int) -> set[str]:
    return {une["numero"] for une in attributions(livraison) if une["retard"] > jours}


def test_a_changed_rule_tells_who_enters_and_who_leaves() -> None:
    livraisons = livre().dossier.version().livraisons
    # 30 days in place of 15, but for the shortest delays: some leave, some enter.
    anomalie = f"({TARDIVE}) or date_radiation = date_signature_bail + interval 3 day"
    fait = essai(regle("ATT_TARDIVE", anomalie=anomalie))
    for un, livraison in zip(fait.mois, livraisons, strict=True):
        avant = tardives(livraison, 15)
        apres = tardives(livraison, 30) | {
            une["numero"] for une in attributions(livraison) if une["retard"] == 3
        }
        assert (un.entrent, un.sortent) == (len(apres - avant), len(avant - apres))
        assert (un.numerateur_12m, un.numerateur_avant) == (len(apres), len(avant))
        assert un.denominateur_12m == un.denominateur_avant == len(attributions(livraison))
    assert any(un.entrent for un in fait.mois)
    assert any(un.sortent for un in fait.mois)


def test_a_new_indicator_faces_its_month_before() -> None:
    livraisons = livre().dossier.version().livraisons
    fait = essai(neuf())
    assert not fait.compare
    assert (fait.mois[0].etat_avant, fait.mois[0].entrent) == (None, None)
    for rang in (1, 2):
        avant, apres = (tardives(une, 30) for une in livraisons[rang - 1 : rang + 1])
        un = fait.mois[rang]
        assert (un.numerateur_12m, un.numerateur_avant) == (len(apres), len(avant))
        assert (un.entrent, un.sortent) == (len(apres - avant), len(avant - apres))
    assert any(un.entrent for un in fait.mois)


def test_a_month_without_what_the_rule_needs_is_not_calculable(tmp_path: Path) -> None:
    sans = Path(shutil.copytree(livraisons()[1], tmp_path / livraisons()[1].name))
    manifeste = json.loads((sans / "manifeste.json").read_text("utf-8"))
    manifeste["fichiers"] = [un for un in manifeste["fichiers"] if un["table"] != "messages"]
    (sans / "manifeste.json").write_text(json.dumps(manifeste), "utf-8")
    next(sans.glob("messages.*")).unlink()
    charger(copie(chargee(1), tmp_path / "donnees"), sans)
    fait = apercu(Dossier(tmp_path / "donnees"), candidat(regle("MSG_ANOMALIE")))
    assert [un.etat == "non_calculable" for un in fait.mois] == [False, True]
    assert (fait.mois[1].numerateur, fait.mois[1].entrent, fait.changements) == (None, 0, ())


def test_a_preview_keeps_to_a_departement_and_some_months() -> None:
    dossier = livre().dossier
    with pytest.raises(Refus, match="aucune livraison n'est chargée pour le département 974"):
        apercu(dossier, candidat(neuf()), departement="974")
    assert [un.departement for un in essai(neuf(), departement="013", mois=1).mois] == ["013"]


# --- Within limits --------------------------------------------------------------------------------


def test_a_rule_is_tried_in_a_process_of_its_own_and_gives_the_same() -> None:
    champs = neuf(libelle="Trente jours")
    assert essayer(livre().dossier, champs, acces=SEUL) == essai(champs)
    with pytest.raises(Refus, match="la colonne « loyer » n'existe pas"):
        essayer(livre().dossier, champs | {"anomalie": "loyer > 1"}, acces=SEUL)


def test_the_process_of_a_trial_spares_pandas_and_the_store() -> None:
    programme = (
        "import runpy, sys\n"
        "runpy.run_module('infocentre.requetes.epreuve', run_name='__main__')\n"
        "print(sys.modules['pandas'], 'sqlalchemy' in sys.modules)"
    )
    recu = {
        "limites": {"secondes": 60, "memoire": MEMOIRE},
        "demande": {"faire": "ecrire", "champs": {}, "projet": ""},
    }
    commande = [sys.executable, "-c", programme]
    fini = subprocess.run(commande, input=json.dumps(recu), stdout=-1, check=True, text=True)
    assert fini.stdout.endswith("}None False\n")


@pytest.mark.parametrize(
    "anomalie",
    [
        "length(repeat('a', 2000000000)) > 3",
        "len(list_transform(range(100000000), x -> sqrt(x) + surface)) > 3",
    ],
)
def test_a_greedy_rule_is_stopped_in_time(anomalie: str) -> None:
    debut = time.monotonic()
    with pytest.raises(Refus, match="demande trop de temps ou de mémoire"):
        essayer(livre().dossier, neuf() | {"anomalie": anomalie}, acces=SEUL, secondes=3)
    assert time.monotonic() - debut < 5


def test_a_rule_that_fails_on_the_data_shows_none_of_it() -> None:
    echoue = neuf() | {"anomalie": "cast(numero_unique as integer) = 1"}
    with pytest.raises(Refus, match="échoue sur une unité") as leve:
        essayer(livre().dossier, echoue, acces=SEUL)
    assert not re.search(r"\d{5}", str(leve.value))


def test_two_queries_leave_no_place_to_a_preview(monkeypatch: pytest.MonkeyPatch) -> None:
    prendre = file.place
    monkeypatch.setattr(file, "place", functools.partial(file.place, attente=0.2))
    with ExitStack() as pile:
        for nom in ("premiere-requete", "seconde-requete"):
            pile.enter_context(prendre(livre().dossier.file, nom, 1))
        with pytest.raises(Refus, match="occupé : 2 requêtes en cours"):
            essayer(livre().dossier, neuf(), acces=SEUL)


@pytest.mark.parametrize("fichier", ["cle", "nominatif", "journal.jsonl"])
@pytest.mark.tentative(
    "candidat",
    "lire un fichier dans une règle",
)
def test_a_rule_reads_no_file(fichier: str) -> None:
    chemin = livre().dossier.racine / fichier
    for texte in (f"read_text('{chemin}')", f"'{chemin}'"):
        with pytest.raises(Refus):
            candidat(neuf() | {"anomalie": f"(from {texte}) is not null"})


# --- A rule asks one question of each demande: it learns nothing of whose it is -------------------


def _cibles() -> list[Ligne]:
    """Return attributions that their bail and guichet single out, with all that names them."""
    lus = [une for une in livre().attributions if une["date_signature_bail"] and une["numerorpls"]]
    cles = [(une["date_signature_bail"], une["date_radiation"], une["surface"]) for une in lus]
    return [une for une, cle in zip(lus, cles, strict=True) if cles.count(cle) == 1][:2]


def _elle(cible: Ligne) -> str:
    return (
        f"date_signature_bail = date '{cible['date_signature_bail']}' "
        f"and date_radiation = date '{cible['date_radiation']}' and surface = {cible['surface']}"
    )


@pytest.fixture
def essayee() -> Iterator[Callable[[str], list[tuple[Any, ...]]]]:
    """Give what a preview reads: `attributions` as a rule finds it, in the last month."""
    population = lire_catalogue().populations["attributions"].sql
    with duckdb.connect() as con:
        masquer_archives(con, livre().dossier, [livre().livraison], ENTIER)
        con.execute(f"create view attributions as {population}")
        yield lambda sql: con.execute(sql).fetchall()


@pytest.mark.tentative(
    "candidat",
    "la dichotomie sur le numéro d'une attribution (S1)",
)
def test_a_dichotomy_on_a_numero_finds_another_one(
    essayee: Callable[[str], list[tuple[Any, ...]]],
) -> None:
    for cible in _cibles():
        bas, haut = 0, 10**6
        while haut - bas > 1:
            milieu = (bas + haut) // 2
            ((combien,),) = essayee(
                f"select count(*) from attributions where {_elle(cible)} "
                f"and substr(numero_unique, 8, 6) < '{milieu:06}'"
            )
            bas, haut = (bas, milieu) if combien else (milieu, haut)
        assert f"{bas:06}" != cible["numero_unique"][7:13]


@pytest.mark.tentative(
    "candidat",
    "lire numéro, RPLS, adresse, jour de naissance dans une règle",
    "rapprocher deux essais l'un de l'autre",
)
def test_nothing_that_names_is_read_by_a_rule(
    essayee: Callable[[str], list[tuple[Any, ...]]],
) -> None:
    champs = ("numero_unique", "unite", "numerorpls", "adresse_logement_attrib")
    lus = {nom: {un for (un,) in essayee(f"select {nom} from attributions")} for nom in champs}
    for une in livre().attributions:
        for nom in champs:
            assert (vrai := une[nom if nom != "unite" else "numero_unique"]) is None or (
                vrai not in lus[nom]
            )
    assert len(lus["unite"]) == len(livre().attributions)
    bien_formes = [
        une
        for une in livre().attributions
        if re.fullmatch("[0-9A-Za-z]{10}", une["numerorpls"] or "")
    ]
    assert essayee("select count(*) from attributions where rpls_bien_forme") == [
        (len(bien_formes),)
    ]
    naissances = essayee("select distinct date_naiss_demandeur from stock where arrete is not null")
    assert {(un.month, un.day) for (un,) in naissances if un} == {(1, 1)}
    with duckdb.connect() as con:  # by another key: two previews have nothing in common
        masquer_archives(con, livre().dossier, [livre().livraison], ENTIER)
        autres = {un for (un,) in con.execute("select numero_unique from radiation").fetchall()}
    assert not autres & lus["numero_unique"]


@pytest.mark.tentative(
    "candidat",
    "demander si un numéro connu est en anomalie",
    "recalculer son empreinte dans la règle",
)
def test_a_question_about_a_known_numero_is_always_no() -> None:
    cible, _ = _cibles()
    connue = f"numero_unique = '{cible['numero_unique']}' or unite = '{cible['numero_unique']}'"
    (mois,) = essai(neuf(applicable=_elle(cible), anomalie=connue), mois=1).mois
    assert (mois.numerateur_12m, mois.denominateur_12m) == (0, 1)
    with pytest.raises(Refus, match="empreinte"):
        candidat(neuf(anomalie=f"unite = empreinte('{cible['numero_unique']}')"))


@pytest.mark.tentative(
    "duree", "une règle qui calcule longtemps pour un numéro connu, et pour lui seul"
)
def test_a_known_numero_costs_what_an_invented_one_does(
    essayee: Callable[[str], list[tuple[Any, ...]]],
) -> None:
    """What an attacker times: how many rows each step of the plan handles is the same."""
    cible, _ = _cibles()

    def plan(numero: str) -> list[tuple[str, int]]:
        lourde = (
            f"select count(*) from attributions where case when numero_unique = '{numero}' "
            "then (select sum(i) from range(1000) t(i)) > 0 else false end"
        )
        ((_, lu),) = essayee(f"explain (analyze, format json) {lourde}")
        return list(_etapes(json.loads(lu)))

    connu, invente = plan(cible["numero_unique"]), plan("0" * 18)
    assert connu == invente
    assert sum(lignes for _, lignes in connu) > 0


def _etapes(noeud: Any) -> Iterator[tuple[str, int]]:
    yield str(noeud.get("operator_name", "")), int(noeud.get("operator_cardinality", 0))
    for un in noeud.get("children", ()):
        yield from _etapes(un)


ANA = Acces("ana@exemple.fr", "Ana", Role.ANALYSTE, TOUT)
LEA = Acces("lea@exemple.fr", "Léa", Role.GESTIONNAIRE, TOUT)


@pytest.mark.tentative(
    "effectifs",
    "un petit compte par une règle à l'essai",
)
def test_small_counts_are_for_who_may_see_demandes_and_each_trial_leaves_a_trace(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(borne, "PALIER", 0.2)
    retards = sorted(une["retard"] for une in attributions(livre().livraison))
    rare = neuf(
        anomalie=f"date_radiation > date_signature_bail + {retards[-6]} and 'secret' <> 'x'"
    )
    pour_lea = essayer(livre().dossier, rare, acces=LEA)
    assert any(0 < (un.numerateur_12m or 0) <= 10 for un in pour_lea.mois)
    assert (pour_lea.masque, pour_lea.classes) == (0, False)
    pour_ana = essayer(livre().dossier, rare, acces=ANA)
    assert (pour_ana.masque, pour_ana.classes, pour_ana.changements) == (11, True, ())
    for vu in pour_ana.mois:
        assert {vu.numerateur, vu.numerateur_12m, vu.taux_12m, vu.etat} == {None}
    magasin = ouvrir_magasin(livre().dossier.racine)
    for qui in ("ana@exemple.fr", "lea@exemple.fr"):
        total, (une, *_) = chercher(magasin, Recherche(qui=qui, action=Trace.ESSAI))
        assert total >= 1
        assert une.objet == "ATT_TRENTE"
        assert "date_signature_bail +" in une.precisions["sql"]
        assert "secret" not in une.precisions["sql"]


# --- Who may see no small count: classes, rounded counts, listed functions, set times -------------


def en_classes(champs: dict[str, Any], mois: int = 1) -> MoisApercu:
    """Return the last month of a rule as who may see no small count is told it."""
    graine = hashlib.sha256(champs["anomalie"].encode()).hexdigest()
    regard = Regard(classes=True, graine=graine)
    fait = apercu(livre().dossier, candidat(champs), mois=mois, regard=regard)
    return masquer(fait, 11, classes=True).mois[-1]


def test_a_rule_reads_classes_and_its_counts_are_rounded() -> None:
    revenus = [une["revenu_mensuel_foyer"] for une in livre().actives]
    sous_1250 = sum(un is not None and un < 1250 for un in revenus)
    sous_1100 = sum(un is not None and un < 1100 for un in revenus)
    assert sous_1250 - sous_1100 > 10
    vu = en_classes(actives("revenu_mensuel_foyer < 1100"))
    assert vu.numerateur is not None
    assert vu.denominateur is not None
    assert abs(vu.numerateur - sous_1250) < 5, "1 000 to 1 250 is one class, told as 1 000"
    assert abs(vu.denominateur - len(revenus)) < 5
    assert vu.numerateur % 5 == vu.denominateur % 5 == 0
    assert vu.taux == vu.numerateur / vu.denominateur
    premiers = sum(une["date_creation"].day > 1 for une in livre().actives)
    assert premiers > 100
    assert en_classes(actives("day(date_creation) > 1")).numerateur is None, "0: days are months"


def test_a_state_is_that_of_the_rounded_counts() -> None:
    """Else a threshold chosen between two counts would tell which one is true."""
    regle_ = actives("revenu_mensuel_foyer < 1100")
    vu = en_classes(regle_)
    assert vu.taux is not None
    for ecart, etats in ((-0.0001, {"orange", "rouge"}), (0.0001, {"vert"})):
        seuils = {"orange": round(vu.taux + ecart, 6), "rouge": 0.99}
        assert en_classes(regle_ | {"seuils": seuils}).etat in etats


def test_a_calculation_that_fails_leaves_its_unit_unknown() -> None:
    """A refusal would tell that there is one; who may see all is still told so."""
    faux = "cast('x' || unite as integer) = 1"
    echoue = f"case when revenu_mensuel_foyer < 1000 then {faux} else {{}} end"
    tous = en_classes(actives("revenu_mensuel_foyer is not null"))
    assert en_classes(actives(echoue.format("false"))).numerateur is None
    vu = en_classes(actives(echoue.format("true")))
    revenus = [une["revenu_mensuel_foyer"] for une in livre().actives]
    sans_echec = sum(un is None or un >= 1000 for un in revenus)
    assert vu.numerateur is not None
    assert tous.denominateur is not None
    assert abs(vu.numerateur - sans_echec) < 5
    assert abs((vu.denominateur or 0) - len(revenus)) < 5
    with pytest.raises(duckdb.Error):
        essai(actives(echoue.format("true")), mois=1)


def actives(anomalie: str) -> dict[str, Any]:
    return oracle.regle(anomalie)


@pytest.mark.tentative(
    "candidat",
    "le revenu exact d'une personne par le nombre d'une règle, par dichotomie (T1)",
    "le revenu exact d'une personne par l'échec d'une règle (T1)",
)
@pytest.mark.parametrize("voix", echantillon(["différence", "erreur"], 1))
def test_an_oracle_finds_no_income(voix: str) -> None:
    """Both found it to the euro in ten rules when a rule read what is exact."""

    def poser(champs: dict[str, Any]) -> Any:
        try:
            vu = en_classes(champs)
        except (Refus, duckdb.Error):
            return "refus"
        return vu.numerateur, vu.denominateur, vu.etat

    visees = oracle.cibles(livre().actives, PROFONDEUR)
    assert len(visees) == PROFONDEUR
    for une in visees:
        assert not oracle.chercher(une, oracle.VOIX[voix], poser).juste(une)


@pytest.mark.tentative(
    "duree",
    "une règle qui attend, tire au sort, échoue d'elle-même ou demande un réglage (T1)",
    "une règle dont le motif ou le texte enfle pour une seule ligne (T1)",
)
@pytest.mark.parametrize(
    "anomalie",
    [
        "sleep_ms(3000) is null", "error('x') is null", "random() > 0.5",
        "current_setting('allowed_directories') = 'x'", "current_date > date_creation",
        "length(repeat('a', 100000000)) > 3", "replace(unite, 'a', 'aaaa') = 'b'",
        "lpad(unite, 100000000, 'a') = 'b'", "list_sum(range(100000000)) > 1",
        "hash(unite) > 1", "md5(unite) > 'a'", "unite like repeat('%a', 9)",
        "unite like '%a%a%a%a%a%b'", "regexp_matches(unite, guichet)",
        "revenu_mensuel_foyer in (select 1)", "getvariable('x') = 1", "try(nb_qna) > 1",
        "[x for x in [1]] = [1]", "count(*) > 1", "row_number() over () > 1", "rowid > 1",
    ],
)  # fmt: skip
def test_what_waits_draws_fails_or_swells_is_no_function_of_a_trial(anomalie: str) -> None:
    with pytest.raises(Refus, match="n'est pas permis dans un essai") as refuse:
        essayer(livre().dossier, actives(anomalie), acces=ANA)
    assert "Fonctions permises : abs, ceil" in refuse.value.que_faire


def test_every_rule_in_force_may_be_tried() -> None:
    catalogue = lire_catalogue()
    for un in catalogue.indicateurs.values():
        colonnes = frozenset(types_colonnes(catalogue.populations[un.population].sql))
        for regle_ in filter(None, (un.applicable, un.anomalie)):
            exiger_permise(regle_, colonnes)


@pytest.mark.parametrize(("deja", "attendu"), [(0.1, 0.4), (0.3, 0.4), (0.5, 0.8)])
def test_an_answer_comes_at_set_times(
    deja: float, attendu: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    maintenant = [deja]
    horloge = SimpleNamespace(
        monotonic=lambda: maintenant[0],
        sleep=lambda duree: maintenant.__setitem__(0, maintenant[0] + duree),
    )
    monkeypatch.setattr(borne, "PALIER", 0.4)
    monkeypatch.setattr(borne, "time", horloge)
    borne._attendre(0.0, lambda: True)
    assert maintenant[0] == pytest.approx(attendu)


def test_the_rounding_of_a_rule_is_a_secret_and_always_the_same() -> None:
    """Who could foresee it would set a count at its edge; who could draw it again, average it."""
    dossier = livre().dossier
    une, autre = actives("nb_qna = 1"), actives("nb_qna = 2")
    regard = borne._regard(dossier, ANA, une)
    assert regard.classes
    assert regard == borne._regard(dossier, ANA, une | {"seuils": None, "libelle": "Autre"})
    assert regard.graine != borne._regard(dossier, ANA, autre).graine
    assert cle(dossier) not in regard.graine
    assert regard.graine != hashlib.sha256(b"nb_qna = 1").hexdigest()


@pytest.mark.tentative("candidat", "essayer des règles sans fin, un bit après l'autre (T1)")
def test_trials_are_counted_by_account_and_day(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(borne, "PAR_JOUR", 0)
    qui = replace(ANA, qui="tina@exemple.fr")
    for _ in range(2):
        with pytest.raises(Refus, match="a déjà essayé 0 règles aujourd'hui"):
            essayer(livre().dossier, actives("nb_qna = 1"), acces=qui)
    magasin = ouvrir_magasin(livre().dossier.racine)
    aujourdhui = dt.datetime.now().astimezone().date()
    comptes = {un.qui: un.nombre for un in par_jour(magasin, Trace.ESSAI, aujourdhui)}
    assert comptes["tina@exemple.fr"] == 2
    assert par_jour(magasin, Trace.ESSAI, aujourdhui + dt.timedelta(days=1)) == []


@pytest.mark.tentative(
    "candidat", "lire un secret du service dans le processus qui essaie une règle (T16)"
)
def test_the_process_of_a_trial_has_the_walls_of_sql_and_no_secret(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for nom in ("INFOCENTRE_CLE", "INFOCENTRE_OIDC_SECRET", "INFOCENTRE_SMTP_MOT_DE_PASSE"):
        monkeypatch.setenv(nom, "canari-" * 8)
    longue = "len(list_transform(range(20000000), x -> sqrt(x) + nb_qna)) > 3"
    avant = restes()  # of a trial that another test stopped while it wrote its rows
    with ThreadPoolExecutor() as fils:
        suite = fils.submit(
            essayer, livre().dossier, actives(longue), acces=SEUL, mois=1, secondes=30
        )
        fiche = une_fois_enferme()
        assert b"canari" not in (fiche / "environ").read_bytes()
        etat_ = (fiche / "status").read_text("ascii")
        assert "NoNewPrivs:\t1" in etat_
        ouverts = {str(un.readlink()) for un in (fiche / "fd").iterdir()}
        assert not any(un.endswith((".parquet", ".duckdb", ".sqlite")) for un in ouverts), ouverts
        for ticket in livre().dossier.file.glob("*.encours"):
            ticket.unlink(missing_ok=True)
        with pytest.raises(Refus, match="annulée"):
            suite.result(5)
    assert restes() <= avant


def restes() -> set[Path]:
    """Return the files of rows that are there: one is taken away as soon as it is open."""
    return set(livre().dossier.file.glob("banc-*"))


def une_fois_enferme() -> Path:
    """Return the folder in /proc of the trial that this process runs, once it is shut in."""
    fin = time.monotonic() + 60
    while time.monotonic() < fin:
        for fiche in enfants(Path(f"/proc/{os.getpid()}")):
            with contextlib.suppress(OSError):
                if "Seccomp:\t2" in (fiche / "status").read_text("ascii") and (
                    b"requetes.epreuve" in (fiche / "cmdline").read_bytes()
                ):
                    return fiche
        time.sleep(0.05)
    raise AssertionError("no trial is shut in")


def test_walls_leave_the_process_of_a_trial_the_file_of_its_rows() -> None:
    programme = (
        "import os, sys\n"
        "from infocentre.requetes.epreuve import _enfermer\n"
        "garde, autre = os.open(sys.argv[1], os.O_RDONLY), sys.argv[2]\n"
        "_enfermer(garde)\n"
        "os.open(f'/proc/self/fd/{garde}', os.O_RDONLY)\n"
        "for essai in (lambda: open(autre), lambda: os.listdir('/'), os.fork,\n"
        "              lambda: __import__('socket').socket()):\n"
        "    try:\n"
        "        essai()\n"
        "    except PermissionError:\n"
        "        print('refused')\n"
    )
    archive = livre().dossier.archive(livre().livraison)
    chemins = [str(archive / "stock.parquet"), str(archive / "radiation.parquet")]
    fini = subprocess.run(
        [sys.executable, "-c", programme, *chemins], capture_output=True, check=False, env=milieu()
    )
    assert fini.stdout == b"refused\n" * 4, fini.stderr
