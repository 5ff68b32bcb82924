"""Région: départements side by side, EPCI of several whole; who may see them, and no more."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from dataclasses import replace

import dash
import pytest

from dashboards.app import creer_app
from dashboards.composants.carte import carte_des_epcis
from infocentre.acces.modele import Role
from infocentre.acces.perimetre import TOUT
from infocentre.contrat.numeros import numeros_ecrits
from infocentre.contrat.territoires import nom_departement, territoires
from infocentre.entrepot import Dossier
from infocentre.graphiques.descriptions import Entonnoir
from infocentre.graphiques.fonds import fond_des_epcis
from infocentre.lecture.ensembles import ensemble_de, reunir
from infocentre.lecture.filtres import Filtres
from infocentre.lecture.indicateurs import catalogue_du_mois
from infocentre.lecture.lecteur import Lecture
from infocentre.lecture.publies import TOTAL
from infocentre.lecture.region import ENSEMBLE, lire_region
from infocentre.lecture.tableaux import lire_tableau
from infocentre.mesures.partage import MASQUE
from infocentre.noyau.etats import Etat
from infocentre.noyau.types_guichet import TypeGuichet
from infocentre.restitutions.bilan.releve import Denombree, relever
from tests.cli.lancer import Commande
from tests.dashboards.comme import acces, comme
from tests.dashboards.test_perimetre import AVANT, MOIS, donnees
from tests.dashboards.vues import ouvrir
from tests.lecture.test_ensembles import METROPOLE, PACA, TROIS, lignes, trois, v

FIXTURES = (donnees, trois, v)  # the data of three départements
REGIONALE = acces(Role.REGIONAL, *TROIS)


@pytest.fixture(scope="module")
def app_trois(trois: Dossier) -> dash.Dash:
    return creer_app(trois)


@pytest.fixture
def regionale(app_trois: dash.Dash) -> Iterator[dash.Dash]:
    """The application to the services of the region, who see the three départements."""
    with comme(app_trois, REGIONALE):
        yield app_trois


def test_departements_stand_side_by_side_with_what_they_have_together(
    app_trois: dash.Dash, v: Lecture
) -> None:
    texte = ouvrir(app_trois, f"/region?region={PACA}").texte
    for nom in ("Bouches-du-Rhône", "Var", "Vaucluse", "Provence-Alpes-Côte d'Azur"):
        assert nom in texte
    (actives,) = v.tuples(
        "SELECT sum(total) FROM tab01_01 WHERE mois = $mois AND code = 'ACTIVES' "
        "AND fenetre = 'arrete'",
        {"mois": MOIS},
    )
    lue = lire_region(v, PACA, None)
    assert lue.grandeurs["Demandes actives"][ENSEMBLE] == actives[0]
    assert f"{actives[0]:,}".replace(",", "") in re.sub(r"[\s\u202f\xa0]", "", texte)


def test_an_epci_of_several_departements_is_whole(v: Lecture) -> None:
    (la,) = [un for un in lire_region(v, PACA, None).epcis if un.ligne["code"] == METROPOLE]
    assert (la.presents, la.absents) == (TROIS, ())
    (lue,) = lignes(v, reunir(v, ensemble_de(v, epci=METROPOLE)), "ATT-09", METROPOLE)
    assert la.ligne == lue | {"departement": None}
    autres = [un for un in lire_region(v, PACA, None).epcis if un.absents]
    assert autres  # of the Vaucluse and of the Drôme, which is not there


def test_another_month_is_greyed_and_not_summed(v: Lecture) -> None:
    livraisons = tuple(
        une for une in v.version.livraisons if (une.departement, une.mois) != ("084", MOIS)
    )
    version = replace(v.version, livraisons=livraisons)
    lue = lire_region(Lecture(replace(v.ouverte, version=version), TOUT), PACA, MOIS)
    assert lue.lieux == (("013", MOIS), ("083", MOIS), ("084", AVANT))
    assert [lue.decale(mois) for _, mois in lue.lieux] == [False, False, True]
    (une,) = [une for une in lue.comparees if une.code == "CPL_CONTACT"]
    assert une.sommes == ("013", "083")
    assert une.comptes["n_etat"] == sum(une.parts[d]["n_etat"] or 0 for d in une.sommes)
    actives = lue.grandeurs["Demandes actives"]
    assert actives["084"]
    assert actives[ENSEMBLE] == int(str(actives["013"])) + int(str(actives["083"]))


def test_a_funnel_compares_departements_within_a_type(app_trois: dash.Dash, v: Lecture) -> None:
    """Counts are those of the guichets of the type, added up; another month is not in the whole."""
    ici = f"region={PACA}&indicateur=CPL_CONTACT&type={TypeGuichet.BAILLEUR}"
    attendus = v.tuples(
        "SELECT departement, sum(n_etat)::INT, sum(d_etat)::INT FROM valeurs "
        "JOIN registre USING (departement, mois, guichet) WHERE niveau = 'guichet' "
        "AND code = 'CPL_CONTACT' AND mois = $mois AND registre.type_guichet = $type "
        "GROUP BY departement ORDER BY departement",
        {"mois": MOIS, "type": TypeGuichet.BAILLEUR},
    )
    assert len(attendus) == len(TROIS)
    points = {un.nom: (un.effectif, un.taux) for un in _entonnoir(app_trois, ici).points}
    assert points == {nom_departement(d): (sur, n / sur) for d, n, sur in attendus}
    n, sur = (sum(une[rang] for une in attendus) for rang in (1, 2))
    assert _entonnoir(app_trois, ici).ensemble == n / sur
    with comme(app_trois, REGIONALE):  # a type less the others would tell some small counts
        assert "Entonnoir" not in ouvrir(app_trois, f"/region?{ici}").texte


def _entonnoir(app: dash.Dash, adresse: str) -> Entonnoir:
    from dashboards.pages import region  # once the application has it

    dessines: list[Entonnoir] = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(region, "graphique", lambda un, **_: dessines.append(un))
        ouvrir(app, f"/region?{adresse}")
    return dessines[0]


def test_who_sees_one_departement_has_no_region(app_trois: dash.Dash) -> None:
    with comme(app_trois, acces(Role.REGIONAL, "084")):
        ecran = ouvrir(app_trois, f"/region?region={PACA}")
        assert "Il faut voir deux départements" in ecran.texte
        assert "Bouches-du-Rhône" not in ecran.texte
        assert f"/tableaux?departement=084&mois={MOIS}" in ecran.liens
        reponse = app_trois.server.test_client().get(f"/export/region.csv?region={PACA}")
        assert reponse.status_code == 404


@pytest.mark.parametrize(
    ("adresse", "dit"),
    [
        ("region=zz", "La région « ZZ » n'existe pas"),
        ("region=11", "moins de deux départements"),
        (f"region={PACA}&arrete=2020-01", "d'arrêté du mois 2020-01"),
        ("arrete=zz", "d'arrêté du mois zz"),
    ],
)
def test_what_is_not_there_is_said(app_trois: dash.Dash, adresse: str, dit: str) -> None:
    assert dit in ouvrir(app_trois, f"/region?{adresse}").texte
    reponse = app_trois.server.test_client().get(f"/export/region.csv?{adresse}")
    assert reponse.status_code == 404
    assert dit in reponse.get_data(as_text=True)


@pytest.mark.tentative(
    "adresse",
    "une région, par ses services : ni numéro, ni guichet, ni petit nombre",
)
def test_the_services_of_a_region_read_no_guichet_and_no_numero(
    regionale: dash.Dash, v: Lecture
) -> None:
    client = regionale.server.test_client()
    export = client.get(f"/export/region.csv?region={PACA}").get_data(as_text=True)
    vus = {
        adresse: ouvrir(regionale, adresse).texte
        for adresse in ("/", "/region", f"/region?arrete={AVANT}", "/region?region=tous")
    } | {"export": export}
    registre = v.tuples("SELECT DISTINCT guichet, organisme, nom, siren FROM registre")
    mots = {mot for une in registre for mot in une if mot} - {"GDPUB", "Portail grand public"}
    for adresse, texte in vus.items():
        assert "Bouches-du-Rhône" in texte or "013" in texte, adresse
        assert not numeros_ecrits(texte.encode()), adresse
        assert not {mot for mot in mots if re.search(rf"\b{re.escape(mot)}\b", texte)}, adresse
    vue = " ".join(ouvrir(regionale, "/region").texte.split())
    signes = {un.signe for un in Etat if un.gravite}
    assert any(f"{un} {MASQUE} " in vue for un in signes), "a state is told by more than a colour"


@pytest.mark.tentative(
    "adresse",
    "un petit nombre, de ce que la page d’une région dit et que ses bilans masquent",
)
def test_the_services_of_a_region_take_away_what_its_departements_share(
    regionale: dash.Dash, v: Lecture
) -> None:
    """One window of each indicator, and none of what a bilan hides: a total less what it tells."""
    client = regionale.server.test_client()
    texte = client.get(f"/export/region.csv?region={PACA}").get_data(as_text=True)
    lues = {
        (une["departement"], une["code"]): une
        for une in csv.DictReader(io.StringIO(texte.removeprefix("\ufeff")), delimiter=";")
    }
    noms = ("numerateur", "denominateur", "numerateur_12m", "denominateur_12m")
    caches = 0
    for d in TROIS:
        regles = catalogue_du_mois(v, Filtres(d, MOIS))
        for une in relever(v, d, MOIS, regles.en_json(), partage=True).valeurs.values():
            if (une.niveau, une.cle) != TOTAL or une.d is None:
                continue
            tue = une.masquee or (isinstance(une, Denombree) and une.d > 0)
            caches += tue and 10 < (une.n or 0) < une.d - 10
            comptes = ["", ""] if tue else [str(une.n), str(une.d)]
            attendus = ["", "", *comptes] if une.annee else [*comptes, "", ""]
            assert [lues[d, une.un.code][nom] for nom in noms] == attendus, (d, une.un.code)
    assert caches, "what is hidden for the sake of another"


def test_the_export_is_what_the_command_says(
    app_trois: dash.Dash,
    trois: Dossier,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    ligne = Commande(trois.racine, monkeypatch, capsys)
    client = app_trois.server.test_client()
    lu = client.get(f"/export/region.csv?region={PACA}").get_data(as_text=True)
    dit = ligne("indicateurs", "--region", PACA, "--format", "csv").texte
    assert lu.removeprefix("\ufeff").splitlines() == dit.splitlines()


def test_a_map_has_every_epci_of_the_departements_each_opened_by_a_click(v: Lecture) -> None:
    lue = lire_region(v, PACA, None)
    fond = fond_des_epcis(TROIS, 640.0)
    assert fond
    siens = {un.epci for un in territoires().values() if un.actuelle and un.departement in TROIS}
    assert {un for un in siens if un} <= fond.traces.keys()
    codes = [une["code"] for une in lue.par_epci.lignes]
    assert len(codes) == len(set(codes)), "an EPCI of several départements is one"
    (la,) = [une for une in lue.par_epci.lignes if une["code"] == METROPOLE]
    parts = [
        une["demandes_actives"]
        for d in TROIS
        for une in lire_tableau(v, "territoires", d, MOIS, partage=False).lignes
        if une["code"] == METROPOLE
    ]
    assert len(parts) > 1
    assert la["demandes_actives"] == sum(int(str(un)) for un in parts)
    dessin = str(carte_des_epcis(lue.par_epci, TROIS))
    assert f"/tableaux/ATT-09?departement=013&epci={METROPOLE}&mois={MOIS}" in dessin
