"""Each case of a measure, unit by unit, against what the archives hold and what was invented.

The generator knows what it made: who closed an access, who gave incomes, who left the register.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from typing import Any

import duckdb
import numpy as np
import pytest

from infocentre.acces.perimetre import TOUT
from infocentre.affaires import Constat
from infocentre.demo import fabrique
from infocentre.demo.etat import ACTIVE, Etat
from infocentre.demo.flux import Comptes, utilisateurs
from infocentre.demo.habitudes import DERNIER
from infocentre.demo.hasard import Hasard
from infocentre.demo.identites import personnes
from infocentre.demo.temps import indice_mois, jour
from infocentre.demo.vies import Periode
from infocentre.entrepot import Dossier
from infocentre.lecture.lecteur import Lecture
from infocentre.lecture.ouverture import ouvrir_pour
from infocentre.noyau.temps import fin_de_mois, mois_avant
from infocentre.procedures.mesures_correctives import sorts as sorts_
from tests.conftest import MOIS, TAILLE
from tests.demarches.cas import listes

pytestmark = pytest.mark.lent

APRES = "2026-10"


@pytest.fixture(scope="module")
def v(entrepot_demo: Dossier) -> Iterator[Lecture]:
    with ouvrir_pour(Dossier(entrepot_demo.racine), TOUT) as lecture:
        yield lecture


def _dits(v: Lecture, code: str, avant: str) -> list[Constat]:
    """Return a constat of each guichet on all that a month lists."""
    par_guichet: dict[str, list[str]] = {}
    for guichet, unite in listes(v, avant, code):
        par_guichet.setdefault(guichet, []).append(unite)
    return [
        Constat("013", guichet, guichet, code, code, 1, avant, 1, len(unites), 100, None, None,
                "rouge", "stock", avant, tuple((un, un, "", "") for un in unites))
        for guichet, unites in par_guichet.items()
    ]  # fmt: skip


def _verdicts(v: Lecture, dits: list[Constat]) -> dict[str, str]:
    return {
        unite: nom
        for sort in sorts_.sorts(v, dits, APRES)
        for nom in sorts_.DEVENIRS
        for unite in sort.unites[nom]
    }


@pytest.mark.parametrize("code", ["CPL_RESSOURCES", "CPL_CONTACT"])
def test_the_verdict_of_each_case_is_what_the_deliveries_hold(v: Lecture, code: str) -> None:
    """Another way: the register of October itself, where a demande is, or is no longer."""
    livraison = v.version.publiee("013", APRES)
    assert livraison
    stock = v.dossier.archive(livraison) / "stock.parquet"
    actives = {n for (n,) in duckdb.sql(f"SELECT numero_unique FROM '{stock}'").fetchall()}
    encore = {unite for _, unite in listes(v, APRES, code)}
    dits = _dits(v, code, "2026-03")
    attendus = {
        un: "encore" if un in encore else "corrigee" if un in actives else "sortie"
        for dit in dits
        for un, *_ in dit.unites
    }
    assert _verdicts(v, dits) == attendus
    assert {"encore", "sortie"} <= set(attendus.values())


def test_an_act_that_left_the_file_is_not_said_to_be_put_right(v: Lecture) -> None:
    """Of two months ago: acts still listed, still in the file, or that no delivery has any more."""
    code = "ATT_RPLS_NR"
    livraison = v.version.publiee("013", APRES)
    assert livraison
    archive = v.dossier.archive(livraison) / "radiation.parquet"
    la = {n for (n,) in duckdb.sql(f"SELECT numero_unique FROM '{archive}'").fetchall()}
    encore = {unite for _, unite in listes(v, APRES, code)}
    en_regle = [
        n
        for (n,) in duckdb.sql(
            f"SELECT numero_unique FROM '{archive}' WHERE motif_radiation = 'RADATT' "
            "AND date_radiation >= DATE '2026-08-01' ORDER BY 1"
        ).fetchall()
        if n not in encore
    ]
    disparue = "013000000000000099"
    assert en_regle
    assert disparue not in la
    unites = [(un, un, "2026-08-15", "") for un in (en_regle[0], disparue)]
    dit = Constat("013", "G1301", "G", code, code, 1, "2026-08", 1, 2, 60, None, None, "rouge",
                  "12m", "2026-08", tuple(unites))  # fmt: skip
    assert _verdicts(v, [dit]) == {en_regle[0]: "corrigee", disparue: "sortie"}


# --- What was invented ----------------------------------------------------------------------------


@pytest.fixture(scope="module")
def invente() -> Any:
    """Return all that was drawn for the demonstration, before any delivery was written."""
    fin = indice_mois(DERNIER)
    lieu = fabrique._Lieu("013")
    return fabrique._tirer(
        lieu, TAILLE, Periode(fin - MOIS + 1, fin), Hasard(fabrique.GRAINE, "013")
    )


def _acces(invente: Any, mois: str, code: str) -> dict[str, str]:
    """Return {access: 'encore' or 'corrigee'} of every access that was opened by a month."""
    arrete = fin_de_mois(mois)
    comptes: Comptes = invente.comptes
    fin = jour(arrete)
    ecrits = utilisateurs(comptes, invente.monde, fin)["ID_UTILISATEUR"].to_list()
    rangs = [int(un[1:]) for un in ecrits]
    ouvert = comptes.fermeture[rangs] > fin
    if code == "ACC_DEPART_OUVERT":
        mauvais = ouvert & (comptes.depart[rangs] <= fin)
    else:  # six months of the calendar after the last connexion, those who connect often left out
        limite = jour(_six_mois_avant(arrete))
        depuis = np.maximum(comptes.derniere_connexion, comptes.ouverture)
        depuis = np.maximum(np.minimum(depuis, comptes.depart), comptes.ouverture)
        mauvais = ouvert & (depuis[rangs] < limite)
    return {un: "encore" if mal else "corrigee" for un, mal in zip(ecrits, mauvais, strict=True)}


def _six_mois_avant(arrete: dt.date) -> dt.date:
    """Return the first day that six months, added to, bring to the arrêté or after."""
    lues: list[tuple[dt.date]] = duckdb.execute(
        "SELECT min(j)::DATE FROM range($a::DATE - 190, $a::DATE, INTERVAL 1 DAY) AS r(j) "
        "WHERE j::DATE + INTERVAL 6 MONTH >= $a::DATE",
        {"a": arrete},
    ).fetchall()
    return lues[0][0]


OUI = ("1", "1,0", "oui")  # as the invented guichets write it


def _menages(invente: Any, mois: str, code: str) -> dict[str, str]:
    """Return {numéro: sort} of every demande known by a month; one that is not active left."""
    etat = Etat(invente.monde.vies)
    etat.avancer(jour(fin_de_mois(mois)))
    nombre = len(invente.monde.vies)
    dites = invente.foyers.ressources[np.arange(nombre) + nombre * etat.modifiee]
    if code == "CPL_RESSOURCES":
        mauvais = dites["NB_QNA"].str.to_lowercase().is_in(OUI)
    else:
        mauvais = ~dites["CONTACT_MAIL"].fill_null("").str.to_lowercase().is_in(OUI)
    return {
        numero: "sortie" if vie != ACTIVE else "encore" if mal else "corrigee"
        for numero, vie, mal in zip(
            invente.fiches["NUMERO_UNIQUE"], etat.etat, mauvais, strict=True
        )
    }


def _doublons(invente: Any, mois: str, _code: str) -> dict[str, str]:
    """Return {numéro: sort}: still active beside an older active demande of the same person."""
    monde = invente.monde
    etat = Etat(monde.vies)
    etat.avancer(jour(fin_de_mois(mois)))
    gens = personnes(monde.vies, monde.registre, monde.hasard)
    qui = list(zip(gens.nom, gens.prenom, gens.naissance, strict=True))
    premieres: dict[Any, int] = {}
    connues = (etat.etat == ACTIVE) & invente.identifiees
    for rang in np.flatnonzero(connues)[np.argsort(monde.vies.creation[connues], kind="stable")]:
        premieres.setdefault(qui[rang], rang)
    return {
        numero: "encore" if connues[rang] and premieres[qui[rang]] != rang else "corrigee"
        for rang, numero in enumerate(invente.fiches["NUMERO_UNIQUE"])
    }


# A household invented without incomes never gives them; an access or a duplicate leaves corrected,
# and each departure of the first month was closed by the last.
VUS_JAMAIS = {
    "ACC_DEPART_OUVERT": {"encore", "sortie"},
    "ACC_INACTIF": {"sortie"},
    "DBL_ACTIF": {"sortie"},
    "CPL_RESSOURCES": {"corrigee"},
}
VERITES: dict[str, Callable[[Any, str, str], dict[str, str]]] = {
    "ACC_DEPART_OUVERT": _acces,
    "ACC_INACTIF": _acces,
    "CPL_CONTACT": _menages,
    "DBL_ACTIF": _doublons,
    "CPL_RESSOURCES": _menages,
}


@pytest.mark.parametrize("code", VERITES)
def test_the_verdict_of_each_case_is_what_was_invented(v: Lecture, invente: Any, code: str) -> None:
    """Month after month; a case put right before it left stays put right.

    An access that was closed was put right: closing it is what was asked. So is a duplicate that
    is no longer one, whichever of the two demandes left.
    """
    dits = _dits(v, code, "2025-10")
    attendus = {un: "encore" for dit in dits for un, *_ in dit.unites}
    for recul in reversed(range(12)):
        etats = VERITES[code](invente, mois_avant(APRES, recul), code)
        attendus |= {
            un: etats[un]
            for un, sort in attendus.items()
            if sort == "encore" or etats[un] == "encore"
        }
    assert _verdicts(v, dits) == attendus
    assert set(attendus.values()) == {"encore", "corrigee", "sortie"} - VUS_JAMAIS.get(code, set())
