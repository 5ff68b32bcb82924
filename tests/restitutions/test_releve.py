"""The indicators of a bilan: what is masked cannot be found through totals nor other indicators."""

from __future__ import annotations

import io
import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from fractions import Fraction
from typing import Any

import openpyxl
import pytest

from infocentre.catalogue import Catalogue, lire_catalogue
from infocentre.lecture import publies
from infocentre.lecture.publies import TOTAL, arrondir
from infocentre.lecture.tableaux import lire_tableau
from infocentre.mesures.liens import Place, place
from infocentre.mesures.partage import MASQUE
from infocentre.mesures.secret import Somme, determinees
from infocentre.noyau.francais import entier
from infocentre.restitutions import classeur, ecriture, html
from infocentre.restitutions.bilan.releve import Denombree, Valeur, relever
from infocentre.restitutions.bureautique import valeurs
from infocentre.restitutions.document import Cellule, Colonne, Tableau
from infocentre.restitutions.ecriture import NOTE_ARRONDI, NOTE_MASQUE
from infocentre.restitutions.lecture import Edition
from tests.restitutions.exemples import document

Lieu = tuple[publies.Niveau, str]
SEUIL = 11


@pytest.fixture(scope="module", params=["newest", "2026-06"])
def edition(
    request: pytest.FixtureRequest, edition_demo: Edition, editer: Callable[[str], Edition]
) -> Edition:
    return edition_demo if request.param == "newest" else editer(request.param)


def lire(edition: Edition, *, partage: bool) -> list[Valeur]:
    catalogue = lire_catalogue().en_json()
    lu = relever(edition.v, edition.departement, edition.mois, catalogue, partage=partage)
    return [une for une in lu.valeurs.values() if une.d]


class Cellules:
    """Effectifs and anomalies as cells: indicators that apply to the same units share theirs."""

    def __init__(self, valeurs: list[Valeur], regles: Catalogue) -> None:
        self.regles = regles
        self.vrais: dict[Any, int] = {}
        self.montrees: set[Any] = set()
        for une in valeurs:
            if isinstance(une, Denombree):  # its effectif is told nowhere
                continue
            for cle, nombre in ((self.effectif(une), une.d), (self.anomalies(une), une.n)):
                self.vrais[cle] = nombre or 0
                if not une.masquee:
                    self.montrees.add(cle)

    def effectif(self, une: Valeur) -> Any:
        return (une.un.population, une.annee, une.un.applicable, (une.niveau, une.cle))

    def anomalies(self, une: Valeur) -> Any:
        # Leases that are not known: the attributions that the rules on leases leave out.
        code = "sans bail" if une.un.code == "ATT_BAIL_NR" else une.un.code
        return ("n", code, (une.niveau, une.cle))

    def sommes(self) -> Iterator[Somme]:
        for cle in [un for un in self.vrais if un[-1] == TOTAL]:
            for niveau in ("type", "organisme"):
                parts = [un for un in self.vrais if un[:-1] == cle[:-1] and un[-1][0] == niveau]
                if sum(self.vrais[un] for un in parts) == self.vrais[cle]:
                    yield Somme(cle, tuple(parts))
        for cle in self.vrais:
            if cle[2:3] == ("date_signature_bail is not null",):
                tous = (*cle[:2], None, cle[-1])
                yield Somme(tous, (cle, ("n", "sans bail", cle[-1])))


def test_rien_de_masque_ne_se_retrouve(edition: Edition) -> None:
    """Sums over types and organismes, effectifs that others share, units that they leave out."""
    cellules = Cellules(lire(edition, partage=True), lire_catalogue())
    masquees = cellules.vrais.keys() - cellules.montrees
    sommes = [s for s in cellules.sommes() if all(un in cellules.vrais for un in s.cellules)]
    assert len(sommes) > 100
    assert len(masquees) > 50
    retrouvees = {un: cellules.vrais[un] for un in determinees(masquees, sommes)}
    assert {un for un, nombre in retrouvees.items() if 0 < nombre < SEUIL} == set()


def test_les_petits_nombres_sont_masques(edition: Edition) -> None:
    """Effectifs, anomalies and units without one, from 1 to 10."""
    for une in lire(edition, partage=True):
        nombres = [une.n or 0]
        if not isinstance(une, Denombree):
            nombres += [une.d or 0, (une.d or 0) - (une.n or 0)]
        assert une.masquee or not any(0 < un < SEUIL for un in nombres), une


def test_le_complement_d_un_effectif_ne_se_retrouve_pas() -> None:
    """100 attributions less the 95 that have a lease are the 5 without: neither is told there.

    Nor where fewest have one, 60 of d: all those that have none are told.
    """
    sans_bail = {"a": (5, 100), "b": (20, 100), "c": (30, 100), "d": (40, 100)}
    tardives = {nom: (15, total - sans) for nom, (sans, total) in sans_bail.items()}
    lignes = [*comptees("ATT_BAIL_NR", sans_bail), *comptees("ATT_TARDIVE", tardives)]
    masquees = publies.masquer(lignes, [], lire_catalogue(), SEUIL, publies.Imprimes({}))
    for code in ("ATT_BAIL_NR", "ATT_TARDIVE"):
        assert {cle for un, niveau, cle in masquees if (un, niveau) == (code, "organisme")} == {
            "a",
            "d",
        }


def comptees(code: str, organismes: dict[str, tuple[int, int]]) -> Iterator[publies.Lue]:
    n, d = map(sum, zip(*organismes.values(), strict=True))
    tous = (n, d)
    lieux: dict[Lieu, tuple[int, int]]
    lieux = {("organisme", nom): comptes for nom, comptes in organismes.items()}
    lieux |= {("type", "BAILLEUR"): tous, TOTAL: tous}
    for (niveau, cle), (n, d) in lieux.items():
        yield {
            "code": code,
            "niveau": niveau,
            "cle": cle,
            "annee": True,
            "n": n,
            "d": d,
            "etat": "vert",
            "bas": None,
            "haut": None,
        }


def test_un_nombre_qui_est_aussi_dans_un_tableau_y_est_le_meme(edition: Edition) -> None:
    """What the shared table hides is hidden in the indicators, what it shows is equal."""
    vus = set()
    for une in lire(edition, partage=True):
        if (une.niveau, une.cle) != TOTAL:
            continue
        for lieu, nombre in places(une) if not isinstance(une, Denombree) else ():
            vus.add(lieu[0])
            montre, vrai = (publiee(edition, lieu, partage=p) for p in (True, False))
            assert vrai == nombre, une.un.code
            assert montre != MASQUE or une.masquee, une.un.code
    assert vus == {"TAB01-01", "TAB03-01", "ATT-04"}


def places(une: Valeur) -> Iterator[tuple[Place, int | None]]:
    lieu = publies.effectif_imprime(une.un.population, une.un.applicable, annee=une.annee)
    if lieu:
        yield lieu, une.d
    if (lieu_dit := une.un.imprime) and lieu_dit.seules:
        yield lieu_dit.place, une.n


def publiee(edition: Edition, lieu: Place, *, partage: bool) -> Any:
    code, _, nom = lieu
    lu = lire_tableau(edition.v, code, edition.departement, edition.mois, partage=partage)
    (valeur,) = (une[nom] for une in lu.lignes if place(code, une, nom) == lieu)
    return valeur


def test_les_codes_que_les_tableaux_repetent_existent() -> None:
    """A rule that changes its population takes its link with it."""
    regles: Mapping[str, Any] = lire_catalogue().indicateurs
    connues = {(un.population, un.applicable) for un in regles.values()}
    assert publies.EFFECTIFS.keys() <= connues


@pytest.mark.parametrize(
    ("niveau", "n", "d", "dit"),
    [
        # To two points: 6 % is 173.2 anomalies, and 28.9 more or less; a small count takes 10.
        ("departement", 157, 2886, 0.06),
        ("departement", 154, 2886, None),
        ("departement", 1961, 20_207, 0.1),  # to the point, 101 more or less: 60 and 10 are taken
        ("departement", 1926, 20_207, None),  # 95 and 10
        ("departement", 9482, 42_000, 0.226),  # to the tenth, 21 more or less: 10 and 10 are taken
        ("departement", 9481, 42_000, None),
        ("departement", 2256, 41_998, 0.05),  # 0.1 % would be 20.999
        ("type", 58, 2784, 0.02),
        ("type", 58, 2099, None),  # 2 % would be 20.99
        ("type", 25, 4671, None),  # « 1 % » is 24 at least: a hidden count of 5 would be 4 or more
        ("type", 15, 412, None),
        ("departement", 10, 2886, None),  # under the threshold
        ("departement", 2880, 2886, None),  # those that are no anomaly are
        ("departement", 12, 2886, None),  # 0 % would be wrong
        ("organisme", 157, 2886, None),
    ],
)
def test_un_taux_masque_se_dit_sans_dire_ses_nombres(
    niveau: publies.Niveau, n: int, d: int, dit: float | None
) -> None:
    assert arrondir(niveau, n, d, SEUIL) == (dit and pytest.approx(dit))


@pytest.mark.parametrize(("d", "pas"), [(2784, "0.02"), (4671, "0.01"), (19_000, "0.01")])
def test_a_rate_told_about_leaves_a_small_count_all_its_room(d: int, pas: str) -> None:
    """Of 10 it may be 1, of 1 it may be 10: as many anomalies less or more have the same rate.

    Who knows that this was asked knows them to twice the threshold at best.
    """
    dits = {n: dit for n in range(d) if (dit := arrondir("type", n, d, SEUIL)) is not None}
    for n, dit in dits.items():
        voisins = (Fraction(autre, d) / Fraction(pas) for autre in range(n - 10, n + 11))
        assert {round(un) for un in voisins} == {round(dit / float(pas))}
    possibles = Counter(dits.values())
    assert len(possibles) == 1 / float(pas) - 1  # neither 0 % nor 100 %
    assert min(possibles.values()) >= 2 * SEUIL - 1


@pytest.mark.parametrize(
    ("n", "d", "dit"),
    [
        (180, 2893, "▲ ≈\xa06\u202f%"),  # 6,2 %, to two points
        (3015, 45_000, "▲ ≈\xa06,7\u202f%"),  # to the tenth: 45 counts have it
        (14, 2890, "▲ s"),  # 0,5 % would be told « 0 % »
    ],
)
def test_a_rate_whose_counts_are_masked_is_told_about_in_every_form(
    n: int, d: int, dit: str
) -> None:
    un = lire_catalogue().indicateurs["ATT_TARDIVE"]
    seule = Valeur(un, *TOTAL, "2026-06", "orange", n, d, None, None, annee=True)
    masquee = replace(seule, masquee=True, environ=arrondir("departement", n, d, SEUIL))
    colonne = Colonne("Ensemble", "taux")
    lignes = ((Cellule("Attributions tardives"), masquee.cellule()),)
    tableau = Tableau("qualite", "Qualité", (Colonne("Indicateur"), colonne), lignes)
    assert valeurs.ecrire(masquee.cellule(), colonne) == dit
    note = NOTE_ARRONDI if "≈" in dit else NOTE_MASQUE
    assert ecriture.note_masque(tableau) == note
    papier = re.sub(r"<[^>]+>", "", html.en_html(document(tableau)))
    assert dit.removeprefix("▲ ") in papier
    assert note.partition(" : ")[2] in papier
    assert entier(d) not in papier
    livre = openpyxl.load_workbook(io.BytesIO(classeur.en_octets(document(tableau))))
    cases = [case.value for ligne in livre[livre.sheetnames[1]].iter_rows() for case in ligne]
    assert dit in cases
