"""The papers of several départements: sums of what each tells, and nothing that one of them hides.

The oracle reads the archives of each département in plain SQL, and what its own papers mask.
"""

from __future__ import annotations

import json
import random
import re
import shutil
import time
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path

import dash
import pytest
from flask.testing import FlaskClient

from dashboards.app import creer_app
from infocentre.acces.modele import Role
from infocentre.acces.perimetre import TOUT
from infocentre.contrat.numeros import numeros_ecrits
from infocentre.contrat.territoires import nom_departement
from infocentre.entrepot import Dossier
from infocentre.lecture.ensembles import ensemble_de
from infocentre.lecture.filtres import Filtres
from infocentre.lecture.indicateurs import catalogue_du_mois
from infocentre.lecture.lecteur import Lecture
from infocentre.lecture.publies import TOTAL, dit_au_semestre, tus
from infocentre.lecture.situations import situer
from infocentre.lecture.tableaux import lire_tableau
from infocentre.mesures import diffusions
from infocentre.mesures.diffusions import Edition, Registre
from infocentre.mesures.lignes_tableaux import Territoires
from infocentre.mesures.secret import Cle
from infocentre.noyau.erreurs import Refus
from infocentre.restitutions import commande, lecture, masques_decides, prepares
from infocentre.restitutions.bilan.releve import Releve, relever
from infocentre.restitutions.document import Cellule, Document, Tableau
from infocentre.restitutions.formes import FORMES
from infocentre.restitutions.region import chapitres
from infocentre.restitutions.region import lue as lecture_publiee
from infocentre.restitutions.registre import BILAN_REUNI, DOCUMENTS, SYNTHESE_REUNIE
from tests.cli.lancer import Commande
from tests.dashboards.comme import acces, comme
from tests.dashboards.rappels import APPELS, corps_de
from tests.dashboards.test_perimetre import AVANT, MOIS, donnees
from tests.dashboards.vues import ouvrir
from tests.donnees.atelier import copie
from tests.donnees.ouverts import textes
from tests.lecture.test_ensembles import (
    DE_L_EPCI,
    METROPOLE,
    PACA,
    TROIS,
    _ouverte,
    compter,
    trois,
    v,
)
from tests.mesures.grand_juge import Contrainte, juger

FIXTURES = (donnees, trois, v)  # the data of three départements
SEMESTRE, SEUIL = "2026-S2", 11
REGIONALE = acces(Role.REGIONAL, *TROIS)


def _imprimer(v: Lecture, nom: str = BILAN_REUNI, **ou: str) -> Document:
    edition = lecture.de_l_ensemble(v, ensemble_de(v, **ou or {"region": PACA}), MOIS)
    return DOCUMENTS[nom].construire(edition)


@pytest.fixture(scope="module")
def bilan(v: Lecture) -> Document:
    return _imprimer(v)


def _table(document: Document, cle: str) -> Tableau:
    return next(un for un in document.tableaux() if un.cle == cle)


def _colonnes(tableau: Tableau) -> dict[str, list[Cellule]]:
    """Return the cells of each column, by its name, from top to bottom."""
    return {
        une.nom: [ligne[rang] for ligne in tableau.lignes]
        for rang, une in enumerate(tableau.colonnes)
    }


# --- Sums of what is told -------------------------------------------------------------------------


def test_a_departement_a_row_and_their_sum(bilan: Document, v: Lecture) -> None:
    lues = _colonnes(_table(bilan, "region-departements"))
    noms = [nom_departement(d) for d in TROIS]
    assert [une.valeur for une in lues["departement"]] == [*noms, "Ensemble"]
    actives = [
        n
        for (n,) in v.tuples(
            "SELECT total FROM tab01_01 WHERE mois = $mois AND code = 'ACTIVES' "
            "AND fenetre = 'arrete' ORDER BY departement",
            {"mois": MOIS},
        )
    ]
    assert [une.valeur for une in lues["actives"]] == [*actives, sum(actives)]


@pytest.mark.parametrize(
    ("lus", "dite"),
    [
        ({"013": 5.02, "084": 4.98, "083": None}, None),  # 5,0 and 5,0
        ({"013": 5.06, "084": 4.98}, ("Vaucluse", 5.0, "Bouches-du-Rhône", 5.1)),
        ({"013": 5.06}, None),
    ],
)
def test_nothing_stands_out_of_what_is_written_the_same(
    lus: dict[str, float | None], dite: tuple[str, float, str, float] | None
) -> None:
    lue = chapitres._etendue(lus, 1)
    assert (lue and (lue.bas, lue.moins, lue.haut, lue.plus)) == dite


def test_a_total_is_masked_as_soon_as_a_departement_is(bilan: Document) -> None:
    lues = _colonnes(_table(bilan, "region-departements"))
    vues = set()
    for nom in ("actives", "depots", "radiations", "attributions"):
        *siennes, ensemble = lues[nom]
        masquee = any(une.masquee for une in siennes)
        vues.add(masquee)
        attendu = None if masquee else sum(int(str(une.valeur)) for une in siennes)
        assert (ensemble.masquee, ensemble.valeur) == (masquee, attendu), nom
    assert vues == {True, False}


def test_the_rate_of_all_is_that_of_the_sums_of_those_that_tell_theirs(
    bilan: Document, v: Lecture
) -> None:
    """Counts in plain SQL, less those that the papers of a département mask."""
    n: dict[str, int] = defaultdict(int)
    d: dict[str, int] = defaultdict(int)
    disent: dict[str, int] = defaultdict(int)
    denombres: set[str] = set()
    for departement in TROIS:
        catalogue = catalogue_du_mois(v, Filtres(departement, MOIS))
        caches = tus(v, departement, MOIS, catalogue.en_json())
        for code, n_etat, d_etat in v.tuples(
            "SELECT code, n_etat, d_etat FROM valeurs WHERE niveau = 'departement' "
            "AND departement = $departement AND mois = $mois AND d_etat IS NOT NULL",
            {"departement": departement, "mois": MOIS},
        ):
            nom = catalogue.indicateurs[code].libelle
            if dit_au_semestre(catalogue, code):
                denombres.add(nom)
            elif (code, *TOTAL) not in caches:
                n[nom], d[nom], disent[nom] = n[nom] + n_etat, d[nom] + d_etat, disent[nom] + 1
    lues = _colonnes(_table(bilan, "region-indicateurs-0"))
    sommees = zeros = 0
    for case, ensemble, comptes in zip(
        lues["indicateur"], lues["ensemble"], lues["sommes"], strict=True
    ):
        nom = str(case.valeur)
        if nom in denombres:  # each tells its zero or its state, and no sum is made of them
            assert [comptes.valeur, ensemble.valeur, ensemble.masquee] == [None, None, False], nom
            continue
        combien, _, tous = str(comptes.valeur).partition(" sur ")
        assert int(combien) == disent[nom], nom
        assez = 2 * disent[nom] > int(tous) and d[nom] > 0  # a sum of fewer would pass for all
        # So would the zeros of some: those that mask theirs have none.
        dite = assez and (n[nom] > 0 or disent[nom] == int(tous))
        assert ensemble.sur == (d[nom] if dite else None), nom
        assert ensemble.valeur == (n[nom] / d[nom] if dite else None), nom
        sommees, zeros = sommees + dite, zeros + (assez and not dite)
    assert 5 < sommees + zeros < len(lues["sommes"])
    assert sommees
    assert zeros


def test_the_policy_is_summed_where_it_is_told(bilan: Document) -> None:
    tout, parts = _table(bilan, "region-politique"), _table(bilan, "region-parts")
    for rang, ligne in enumerate(tout.lignes):
        siennes = [une[rang + 1] for une in parts.lignes]
        dites = [une for une in siennes if not une.masquee]
        assez = 2 * len(dites) > len(siennes)
        assez = assez and (len(dites) == len(siennes) or any(une.valeur for une in dites))
        assert ligne[2].valeur == (sum(une.sur or 0 for une in dites) if assez else None)
        assert ligne[2].masquee == (not assez)
        assert ligne[-1].valeur == f"{len(dites)} sur {len(siennes)}"


def test_an_epci_is_whole_and_has_no_indicator(v: Lecture) -> None:
    document = _imprimer(v, epci=METROPOLE)
    lues = _colonnes(_table(document, "region-departements"))
    actives = [
        v.tuples(
            "SELECT demandes_actives FROM att_09 WHERE departement = $d AND mois = $mois "
            "AND code = $epci",
            {"d": d, "mois": MOIS, "epci": METROPOLE},
        )
        for d in TROIS
    ]
    connues = [n for siens in actives for (n,) in siens]
    dites = [une for une in lues["actives"][:-1] if une.valeur is not None]
    assert {une.valeur for une in dites} <= set(connues)
    assert document.territoire.startswith("Métropole")
    titres = [une.titre for une in document.sections]
    assert "Les indicateurs" not in titres
    assert "La politique d'attribution" in titres
    assert "ne sont pas diffusés par EPCI" in document.texte


def test_the_policy_of_an_epci_is_that_of_all_its_communes(v: Lecture) -> None:
    """In the Var, it has a commune, and no guichet there."""
    situees = [situer(v, d, MOIS, METROPOLE).ensemble for d in TROIS]
    compte = sum(une.sur or 0 for lues in situees for une in lues if une.mesure == "prioritaires")
    annee = "date_radiation BETWEEN DATE '2026-01-01' AND DATE '2026-10-31'"
    ici = f"motif_radiation = 'RADATT' AND {annee} AND commune_logement_attrib IN ({DE_L_EPCI})"
    attributions = compter(v.dossier, "radiation", ici)
    assert compte == sum(attributions.values())
    tableau = _table(_imprimer(v, epci=METROPOLE), "region-politique")
    sur = {str(ligne[-1].valeur).partition(" sur ")[2] for ligne in tableau.lignes}
    assert max(sur) == str(len(attributions)), "who attributed nothing is not of those that tell"


def test_who_is_counted_with_an_epci_is_said(v: Lecture, monkeypatch: pytest.MonkeyPatch) -> None:
    """A few whose commune is unknown are shared with the largest EPCI, whose name says it."""
    nom = "Métropole (demandes actives : avec commune inconnue)"

    def jointe(v: Lecture, _: type, departement: str, mois: str, **options: bool) -> object:
        lu = lire_tableau(v, Territoires, departement, mois, partage=options["partage"])
        noms = {METROPOLE: nom} if departement == "013" else {}
        lignes = [une for une in lu.lignes if une["niveau"] == "epci"]
        return replace(
            lu, lignes=[{**une, "libelle": noms.get(une["code"], une["libelle"])} for une in lignes]
        )

    assert "commune inconnue" not in _imprimer(v, epci=METROPOLE).texte
    monkeypatch.setattr("infocentre.restitutions.region.lue.lire_tableau", jointe)
    assert f"Bouches-du-Rhône : {nom}." in _imprimer(v, epci=METROPOLE).texte


def test_what_is_not_there_is_said_and_not_summed(v: Lecture) -> None:
    livraisons = tuple(
        une for une in v.version.livraisons if (une.departement, une.mois) != ("084", MOIS)
    )
    autre = Lecture(replace(v.ouverte, version=replace(v.version, livraisons=livraisons)), v.p)
    document = _imprimer(autre)
    assert "3 sur 6" not in document.texte
    assert "Vaucluse (dernier arrêté : septembre 2026)" in document.texte
    noms = [une.valeur for une in _colonnes(_table(document, "region-departements"))["departement"]]
    assert noms == ["Bouches-du-Rhône", "Var", "Ensemble"]


def test_a_rule_that_was_raised_takes_its_indicator_out_of_the_sum(
    v: Lecture, monkeypatch: pytest.MonkeyPatch
) -> None:
    vrai = catalogue_du_mois

    def autre(v: Lecture, filtres: Filtres) -> object:
        lu = vrai(v, filtres)
        if filtres.departement != "083":
            return lu
        un = lu.indicateurs["CPL_CONTACT"]
        leve = un.model_copy(update={"version": un.version + 1})
        return lu.model_copy(update={"indicateurs": {**lu.indicateurs, un.code: leve}})

    monkeypatch.setattr(lecture_publiee, "catalogue_du_mois", autre)
    document = _imprimer(v)
    assert "CPL_CONTACT n'est pas comparé" in document.texte
    tableau = _table(document, "region-indicateurs-0")
    libelle = vrai(v, Filtres("013", MOIS)).indicateurs["CPL_CONTACT"].libelle
    (ligne,) = [une for une in tableau.lignes if une[0].valeur == libelle]
    assert (ligne[1].valeur, ligne[2].valeur) == (None, "0 sur 3")


# --- Nothing more than the papers of départements tell --------------------------------------------


def test_no_small_count_is_told(bilan: Document) -> None:
    dits = [
        nombre
        for un in bilan.tableaux()
        for ligne in un.lignes
        for colonne, case in zip(un.colonnes, ligne, strict=True)
        if colonne.nom not in {"graves", "manque"} and not un.cle.endswith("manques")
        for nombre in (case.sur, case.valeur if colonne.genre == "nombre" else None)
        if isinstance(nombre, int)
    ]
    assert len(dits) > 40
    assert not [un for un in dits if 0 < un < SEUIL]
    assert any(case.masquee for un in bilan.tableaux() for ligne in un.lignes for case in ligne)


@pytest.mark.tentative("pdf", "les petits nombres d'un département, par la région moins les autres")
def test_a_region_less_its_other_departements_gives_no_count_back(
    bilan: Document, v: Lecture
) -> None:
    """A program that knows what is printed finds no hidden count: each is in no printed sum."""
    vraies: dict[tuple[str, str, str], int] = {}
    cachees = set()
    for d in TROIS:
        catalogue = catalogue_du_mois(v, Filtres(d, MOIS))
        releve = relever(v, d, MOIS, catalogue.en_json(), partage=True)
        for un in catalogue.indicateurs.values():
            if (une := releve(un.code)) and une.n is not None and une.d is not None:
                for quoi, nombre in (("n", une.n), ("d", une.d)):
                    vraies[un.libelle, quoi, d] = nombre
                    if une.masquee:
                        cachees.add((un.libelle, quoi, d))
    contraintes = []
    for case, ensemble, *_ in _table(bilan, "region-indicateurs-0").lignes:
        if isinstance(ensemble.valeur, float) and ensemble.sur:
            sommes = {"d": ensemble.sur, "n": round(ensemble.valeur * ensemble.sur)}
            for quoi, somme in sommes.items():
                siens = {(str(case.valeur), quoi, d): 1.0 for d in TROIS}
                termes = {un: fois for un, fois in siens.items() if un in vraies}
                reste = somme - sum(vraies[un] for un in termes if un not in cachees)
                if reste:  # else nothing is left to those that are hidden: they are not in it
                    contraintes.append(Contrainte(termes, somme, somme))
    assert len(cachees) > 10
    assert juger(vraies, cachees, contraintes, SEUIL) == {}
    assert contraintes == []


def test_the_paper_is_the_same_whatever_a_departement_hides(
    bilan: Document, v: Lecture, monkeypatch: pytest.MonkeyPatch
) -> None:
    hasard = random.Random(1)  # noqa: S311 - a seed to run again

    def brouiller(*lu: object, **options: bool) -> Releve:
        releve = relever(*lu, **options)  # type: ignore[arg-type]
        return Releve(
            releve.mois,
            {
                cle: replace(une, n=hasard.randrange(90), d=hasard.randrange(90, 999))
                if une.masquee
                else une
                for cle, une in releve.valeurs.items()
            },
        )

    monkeypatch.setattr(lecture_publiee, "relever", brouiller)
    assert _imprimer(v) == bilan


def test_no_guichet_and_no_numero_is_named(bilan: Document, v: Lecture) -> None:
    texte = "\n".join(textes(FORMES["html"](bilan)))
    registre = v.tuples("SELECT DISTINCT guichet, organisme, nom, siren FROM registre")
    mots = {mot for une in registre for mot in une if mot} - {"GDPUB", "Portail grand public"}
    assert not {mot for mot in mots if re.search(rf"\b{re.escape(mot)}\b", texte)}
    assert not numeros_ecrits(texte.encode())


# --- Decided at night -----------------------------------------------------------------------------


def les_petites(valeurs: Mapping[Cle, int], _: object, seuil: int, *__: object) -> frozenset[Cle]:
    """Return small counts, protected by nothing: what is masked is not the subject."""
    return frozenset(cle for cle, un in valeurs.items() if 0 < un < seuil)


def test_a_night_that_was_stopped_goes_on_and_leaves_papers_nothing_to_decide(
    trois: Dossier, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each night is another directory: nothing but the register goes from one to the next."""
    inscrites: list[str] = []
    vraie, places = Registre.inscrire, 4

    def inscrire(siennes: Registre, nom: str, edition: Edition) -> None:
        if len(inscrites) == places:
            raise KeyboardInterrupt
        assert siennes.dossier
        lieu = siennes.dossier.relative_to(racine / "diffusions")
        inscrites.append(str(lieu))
        vraie(siennes, nom, edition)

    monkeypatch.setattr(Registre, "inscrire", inscrire)
    monkeypatch.setattr(diffusions, "masquer", les_petites)
    monkeypatch.setattr(masques_decides, "MOIS", 1)
    monkeypatch.setattr(masques_decides, "croiser", lambda *_: None)  # no paper reads it
    racine = copie(trois.racine, tmp_path / "arretee")
    shutil.rmtree(racine / "diffusions")
    with pytest.raises(KeyboardInterrupt):
        masques_decides.decider(Lecture(_ouverte(Dossier(racine)), TOUT))
    assert len(inscrites) == 4
    racine, places = copie(racine, tmp_path / "suite"), 99
    v = Lecture(_ouverte(Dossier(racine)), TOUT)
    assert masques_decides.decider(v) == []
    assert len(inscrites) == len(set(inscrites)), "nothing is decided twice"
    sujets = ("indicateurs", "reservataires", "politique-attribution")
    anciens = {f"{d}/indicateurs/2026-09" for d in ("013", "084")}  # the Var has October alone
    assert set(inscrites) == anciens | {f"{d}/{un}/{MOIS}" for d in TROIS for un in sujets}
    places = len(inscrites)
    assert _imprimer(v).sections


# --- Forms, command, page -------------------------------------------------------------------------


@pytest.mark.parametrize("nom", [SYNTHESE_REUNIE, BILAN_REUNI])
def test_each_form_is_made_and_the_same_twice(v: Lecture, nom: str) -> None:
    document = _imprimer(v, nom)
    for forme in DOCUMENTS[nom].formes:
        octets = FORMES[forme](document)
        assert len(octets) > 5000, forme
        assert octets == FORMES[forme](_imprimer(v, nom)), forme


def test_the_commands_print_them(
    trois: Dossier,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    lancer = Commande(trois.racine, monkeypatch, capsys)
    vers = ("--sortie", tmp_path / "papier.html")
    dit = lancer("synthese", "--region", PACA, *vers).texte
    assert "sans arrêté d'octobre 2026" in dit
    assert "octobre 2026" in (tmp_path / "papier.html").read_text("utf-8")
    for ou in (("--region", PACA), ("--departement", "tous"), ("--epci", METROPOLE)):
        assert lancer("bilan", SEMESTRE, *ou, *vers).code == 0, ou
    assert "Édition provisoire" in (tmp_path / "papier.html").read_text("utf-8")
    for demande, refus in (
        (("bilan", "2025-S1", "--region", PACA), "d'arrêté de cette période"),
        (("bilan", "--region", PACA), "le semestre manque"),
        (("bilan", SEMESTRE, "--region", PACA, "--departement", "013"), "s'excluent"),
        (("bilan", SEMESTRE, "--region", PACA, "--document", "mission"), "que le bilan"),
        (("bilan", SEMESTRE, "--epci", "200035087"), "moins de deux départements"),
        (("synthese", "--region", "11"), "moins de deux départements"),
        (("synthese", "--region", PACA, "--format", "pptx"), "ne se fait pas en pptx"),
    ):
        lu = lancer(*demande)
        assert lu.code, demande
        assert refus in lu.erreur, demande


@pytest.fixture(scope="module")
def app_trois(trois: Dossier) -> Iterator[dash.Dash]:
    def ici(dossier: Dossier, voulue: commande.Commande, **_: object) -> bytes:
        return commande._faire(dossier.racine, voulue)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(prepares, "fabriquer", ici)
        yield creer_app(trois)


def test_the_services_of_the_region_prepare_them_from_its_page_or_fetch_them(
    app_trois: dash.Dash, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Dossier, "documents", property(lambda _: tmp_path))
    client, ici = app_trois.server.test_client(), f"?region={PACA}&arrete={AVANT}"
    with comme(app_trois, REGIONALE):
        with monkeypatch.context() as patch:
            patch.setattr(commande, "_faire", lambda _, dite: f"{dite.nom} {dite.mois}".encode())
            boutons = ouvrir(app_trois, f"/region{ici}").composants("Button")
            adresses = [str(un.id["adresse"]) for un in boutons]
            (voulue,) = (
                un for un in adresses if un.startswith(f"/documents/{SYNTHESE_REUNIE}.pdf")
            )
            suivis = _suivre(app_trois, client, ici, {}, voulue)
            while not suivis["prets"]:
                assert suivis["attendus"] == [voulue]
                time.sleep(0.05)
                suivis = _suivre(app_trois, client, ici, suivis)
            assert suivis == {"attendus": [], "prets": [voulue]}
            liens = ouvrir(app_trois, f"/region{ici}").composants("A")
            (pret,) = (un for un in liens if getattr(un, "href", "") == voulue)
            assert type(pret.children).__name__ == "Span", "one piece, that wraps as words do"
        assert client.get(voulue).data == f"{SYNTHESE_REUNIE} {AVANT}".encode()  # what was made
        reponse = client.get(f"/documents/{BILAN_REUNI}.pdf?region={PACA}&arrete={MOIS}")
        assert (reponse.status_code, reponse.data[:5]) == (200, b"%PDF-")
        assert client.get("/documents/bilan.pdf").status_code == 403
        assert client.get(f"/documents/{BILAN_REUNI}.pdf?region=11").status_code == 404
    with comme(app_trois, acces(Role.REGIONAL, "084")):
        assert client.get(f"/documents/{BILAN_REUNI}.pdf?region={PACA}").status_code == 404
    for role in (Role.PREFET, Role.PARTENAIRE):
        with comme(app_trois, acces(role, *TROIS)):
            assert client.get(f"/documents/{BILAN_REUNI}.pdf?region={PACA}").status_code == 403


def _suivre(
    app: dash.Dash, client: FlaskClient, ici: str, suivis: object, presse: str = ""
) -> dict[str, list[str]]:
    """Return what the page follows once its clock, or the button of a paper, is heard."""
    tenus = {"adresse.search": ici, "papiers-prets.data": suivis}
    corps = corps_de(app, "papiers.children", "papiers-horloge.n_intervals", tenus)
    bouton = {"adresse": presse, "type": "preparer"}
    corps["inputs"][0] = [{"id": bouton, "property": "n_clicks", "value": 1}] if presse else []
    if presse:
        nom = json.dumps(bouton, separators=(",", ":"))
        corps["changedPropIds"] = [f"{nom}.n_clicks"]
    lu = client.post(APPELS, json=corps).get_json()["response"]
    dits: dict[str, list[str]] = lu["papiers-prets"]["data"]
    return dits


def test_one_departement_is_no_region(v: Lecture) -> None:
    seul = Lecture(v.ouverte, replace(v.p, departements=frozenset({"013"})))
    with pytest.raises(Refus, match="moins de deux départements"):
        lecture.de_l_ensemble(seul, ensemble_de(seul, epci=METROPOLE))
