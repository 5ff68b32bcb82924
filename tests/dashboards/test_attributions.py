"""Politique d'attribution: whom to call first, the same figures as the reading; objectives set."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import dash
import pytest

from dashboards.app import creer_app
from dashboards.courant import aujourdhui
from infocentre.acces.perimetre import TOUT
from infocentre.acces.roles import Role
from infocentre.entrepot import Dossier
from infocentre.lecture.commun import registre
from infocentre.lecture.ouverture import ouvrir_pour
from infocentre.lecture.situations import Politique, dire_manque, situer
from infocentre.mesures.objectifs import FICHIER, lire
from infocentre.noyau.francais import apostropher, typographier
from tests.dashboards.comme import acces, comme
from tests.dashboards.rappels import rappeler, texte
from tests.dashboards.vues import Ecran, ouvrir

AMP = "200054807"
BON = {
    "mesure": "mixite_hors_qpv",
    "annee": "2026",
    "pour": f"epci:{AMP}",
    "valeur": "27,5",
    "source": "CIA",
}
Afficher = Callable[[str], Ecran]


@pytest.fixture(scope="module")
def lue(entrepot_demo: Dossier) -> Iterator[Politique]:
    with ouvrir_pour(entrepot_demo, TOUT) as v:
        yield situer(v, "013", "2026-10", AMP)


def test_the_three_bailleurs_to_call_come_first(afficher: Afficher, lue: Politique) -> None:
    ecran = afficher(f"/attributions?epci={AMP}")
    texte = ecran.texte
    derriere = lue.manquants("bailleur")
    assert len(derriere) >= 3
    dits = [
        apostropher(typographier(f"{nom} : {dire_manque(lues)}.")) for nom, lues in derriere[:3]
    ]
    places = [apostropher(texte).replace(" :", "\u00a0:").find(nom.split(" : ")[0]) for nom in dits]
    assert places == sorted(places)
    assert 0 < places[0] < texte.index("Où en est-on")
    lettres = [un for un in ecran.liens if un.startswith("/documents/attributions-bailleur.pdf")]
    assert [parse_qs(urlsplit(un).query)["organisme"] for un in lettres] == [
        [lues[0].lieu.code] for _, lues in derriere[:3]
    ]


def test_the_page_leads_to_the_tables_and_documents(afficher: Afficher) -> None:
    ecran = afficher(f"/attributions?epci={AMP}")
    assert any("/documents/attributions.pdf" in un for un in ecran.liens)
    assert any("/tableaux/ATT-06" in un for un in ecran.liens)
    assert any("/attributions" in un for un in afficher("/tableaux").liens)


def test_each_epci_is_a_row_of_the_departement(afficher: Afficher) -> None:
    liens = afficher("/attributions").liens
    assert sum("/attributions?" in un and "epci=" in un for un in liens) == 4


@pytest.mark.parametrize("role", [Role.PARTENAIRE, Role.REGIONAL])
def test_who_has_the_departement_and_no_guichet_reads_what_is_shared_of_it(
    role: Role, app: dash.Dash, entrepot_demo: Dossier
) -> None:
    """As the policy opens the page and the tables lead to it: the counts of the bilan, no other."""
    with ouvrir_pour(entrepot_demo, TOUT) as v:
        clair = situer(v, "013", "2026-10").ensemble
        partage = situer(v, "013", "2026-10", partage=True).ensemble
    with comme(app, acces(role, "013")):
        texte = ouvrir(app, "/attributions").texte
    dits = [f"{une.realise} sur {une.sur}," in texte for une in clair]
    assert "Où en est-on" in texte
    assert dits == [not une.masquee for une in partage]
    assert not all(dits)


def test_only_who_has_a_guichet_of_bailleur_is_offered_as_one(
    afficher: Afficher, entrepot_demo: Dossier
) -> None:
    afficher("/reglages/objectifs")  # the page is loaded with the application
    with ouvrir_pour(entrepot_demo, TOUT) as v:
        types: dict[str, set[str]] = {}
        for une in registre(v, "013", "2026-10"):
            types.setdefault(une["organisme"], set()).add(une["type_guichet"])
        offerts = sys.modules["dashboards.pages.objectifs"]._bailleurs(v, "013")
    assert offerts.keys() == {un for un, siens in types.items() if "BAILLEUR" in siens}
    assert 10 < len(offerts) < len(types)


def test_an_objective_is_set_removed_or_refused_in_words(tmp_path: Path) -> None:
    app = creer_app(Dossier(tmp_path))
    client = app.server.test_client()
    sortie = "objectifs-dit.children"

    def saisir(**dits: str) -> str:
        tenus = {"objectifs.envois": 1, "objectifs.valeurs": BON | dits}
        return texte(rappeler(app, client, sortie, "objectifs.envois", tenus)[sortie])

    assert saisir().startswith("Enregistré : Premier quartile ou ANRU, hors QPV, EPCI")
    assert [(un.part, un.source) for un in lire(tmp_path)] == [(27.5, "CIA")]
    assert "n’est pas une part" in saisir(valeur="130")
    assert "n’existe pas, ou n’existe plus" in saisir(pour="epci:200000000")
    assert [un.part for un in lire(tmp_path)] == [27.5]
    assert saisir(valeur="").startswith("Retiré")
    assert lire(tmp_path) == []
    assert "27,5" in ouvrir(app, "/reglages/objectifs").texte  # who did what
    # That of a place that is no more is refused, and is the only thing that can be done with it.
    dissous = "  - {mesure: mixite_hors_qpv, annee: 2099, source: CIA, part: 25, epci: '200000000'}"
    (tmp_path / FICHIER).write_text(f"objectifs:\n{dissous}\n", "utf-8")
    page = ouvrir(app, "/reglages/objectifs")
    assert "n’existe plus" in page.texte
    (formulaire,) = page.composants("Formulaire")
    assert "epci:200000000" in str(formulaire.groupes)
    assert saisir(pour="epci:200000000", annee="2099", valeur="").startswith("Retiré")
    assert lire(tmp_path) == []


def test_a_list_that_nobody_touched_says_what_it_shows(tmp_path: Path) -> None:
    """Its first option: only the value and the source are typed."""
    app = creer_app(Dossier(tmp_path))
    (formulaire,) = ouvrir(app, "/reglages/objectifs").composants("Formulaire")
    montres = {
        un["nom"]: un["options"][0][0]
        for lot in formulaire.groupes
        for un in lot["champs"]
        if un["genre"] == "liste"
    }
    assert montres == {"mesure": "prioritaires", "annee": str(aujourdhui().year), "pour": ""}
    dits = {**formulaire.valeurs, "valeur": "27,5", "source": "CIA"}
    tenus = {"objectifs.envois": 1, "objectifs.valeurs": dits}
    sortie, client = "objectifs-dit.children", app.server.test_client()
    dit = texte(rappeler(app, client, sortie, "objectifs.envois", tenus)[sortie])
    assert dit.startswith("Enregistré : Ménages prioritaires, DALO compris, partout")
    assert "une fois ce mois contrôlé de nouveau" in dit
    assert [(un.mesure, un.annee, un.lieu) for un in lire(tmp_path)] == [
        ("prioritaires", aujourdhui().year, ("", ""))
    ]


def test_an_objective_is_proposed_of_what_the_reader_may_set(
    entrepot_demo: Dossier, tmp_path: Path
) -> None:
    def offerts(dossier: Dossier, *departements: str) -> list[str]:
        app = creer_app(dossier)
        with comme(app, acces(Role.GESTIONNAIRE, *departements)):
            (formulaire,) = ouvrir(app, "/reglages/objectifs").composants("Formulaire")
        (pour,) = (un for lot in formulaire.groupes for un in lot["champs"] if un["nom"] == "pour")
        return [valeur for valeur, _ in pour["options"]]

    def genres(lieux: list[str]) -> set[str]:
        return {un.partition(":")[0] for un in lieux}

    sien = offerts(entrepot_demo, "013")
    assert sien[0] == "departement:013"
    assert genres(sien) == {"departement", "epci", "commune"}
    assert genres(offerts(entrepot_demo)) == genres(sien) | {"", "bailleur", "reservataire"}
    assert offerts(Dossier(tmp_path), "013") == []  # the page stands where nothing was delivered
