"""The bilan of a flux: counted again by other SQL, for its reader alone, all by one command."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any

import duckdb
import pytest

from infocentre.demarches.journee import annee_a_rendre
from infocentre.noyau.erreurs import Refus
from infocentre.noyau.lecteurs import Lecteur
from infocentre.restitutions import envoi, gestion_en_flux
from infocentre.restitutions.document import Document, Tableau
from infocentre.restitutions.lecture import Edition
from infocentre.restitutions.registre import DOCUMENTS, FLUX

PHS = "903900018"
# By hand, from the archive of the month: what a bailleur attributed since 1 January.
COMPTES = """
    SELECT count(*), sum((nb_qpv = 1)::int), sum((nb_hqpv = 1)::int), sum((mode_mutation = 1)::int),
        sum((nb_dalo = 1 OR nb_menage_prioritaire = 1)::int), sum((nb_dalo = 1)::int)
    FROM '{dossier}/radiation.parquet'
    WHERE motif_radiation = 'RADATT' AND siren_radiation = '903900018'
        AND year(date_radiation) = year(arrete) AND date_radiation <= arrete
        AND type_reservataire IN ({codes})
"""
CODES = {
    "flux-etat": "'PPRIOR', 'PFONCT'",
    "flux-action-logement": "'COLACT'",
    "flux-collectivites": "'COLTER'",
    "flux-autres": "'AUTRES'",
}


def tables(document: Document) -> dict[str, Tableau]:
    return {un.cle: un for un in document.tableaux()}


def ensemble(table: Tableau) -> list[Any]:
    return [une.valeur for une in table.lignes[-1]]


@pytest.mark.parametrize("flux", FLUX)
def test_its_counts_are_those_of_other_sql(edition_demo: Edition, flux: str) -> None:
    """Each table adds up to what the archive says: in clear, with the small numbers."""
    e = edition_demo
    livraison = e.v.version.publiee(e.departement, e.mois)
    assert livraison
    dossier = e.v.dossier.archive(livraison)
    (attendus,) = duckdb.sql(COMPTES.format(dossier=dossier, codes=CODES[flux])).fetchall()
    document = DOCUMENTS[flux].construire(e, "Provence Habitat Solidaire")
    lues = tables(document)
    if not attendus[0]:
        assert not lues
        assert "n'a prononcé aucune attribution" in document.texte
        return
    for cle in ("flux-typologies", "flux-communes"):
        comptes = [rang for rang, une in enumerate(lues[cle].colonnes) if une.genre == "nombre"]
        assert [ensemble(lues[cle])[rang] for rang in comptes] == list(attendus), cle
        for rang in comptes:
            sommes = [une[rang].valeur for une in lues[cle].lignes]
            assert sum(sommes[:-1]) == sommes[-1], (cle, rang)  # type: ignore[arg-type]
    for une in lues["flux-typologies"].lignes:
        assert une[2].valeur == une[1].valeur / attendus[0]
    assert ("flux-contingents" in lues) == (flux == "flux-etat")
    assert not any(un.masque for un in lues.values())


def test_only_a_service_that_is_one_receives_it(edition_demo: Edition) -> None:
    """Several collectivités are one code: the bailleur alone knows which attribution is whose."""
    dits = {flux: DOCUMENTS[flux].construire(edition_demo, PHS) for flux in FLUX}
    assert {un.lecteur for un in dits.values()} == {Lecteur.DESTINATAIRE}
    repartir = {flux for flux, un in dits.items() if "répartit ces attributions" in un.texte}
    assert repartir == {"flux-collectivites", "flux-autres"}
    assert dits["flux-etat"].destinataire == "Provence Habitat Solidaire à l'État (préfet)"
    assert dits["flux-etat"].mentions["À transmettre avant le"] == "28 février 2027"


def test_ten_months_are_compared_with_the_same_ten(edition_demo: Edition) -> None:
    """October stands beside the ten months of 2025, a whole year beside a whole year."""
    e = edition_demo
    texte = gestion_en_flux._texte(e, PHS, "PHS", gestion_en_flux.RESERVATAIRES["flux-etat"])
    octobre = replace(texte, total=116, avant=81)
    decembre = replace(octobre, arrete=dt.date(2026, 12, 31))
    dits = [str(un.rediger()).replace("\xa0", " ") for un in (octobre, decembre)]
    assert "81 aux mêmes mois de l'année d'avant" in dits[0]
    assert "81 l'année d'avant" in dits[1]


def test_who_is_no_bailleur_is_refused_in_words(edition_demo: Edition) -> None:
    with pytest.raises(Refus, match="« Allauch » n'est pas un bailleur"):
        DOCUMENTS["flux-etat"].construire(edition_demo, "Allauch")


def test_all_of_a_bailleur_are_asked_at_once(edition_demo: Edition) -> None:
    papiers = envoi.en_flux(edition_demo, "Provence Habitat Solidaire")
    assert [(un.document, un.de) for un in papiers] == [
        (flux, PHS) for flux in FLUX if tables(DOCUMENTS[flux].construire(edition_demo, PHS))
    ]
    tous = envoi.en_flux(edition_demo)
    assert len({(un.document, un.cle) for un in tous}) == len(tous)
    assert {un.de for un in tous} <= set(gestion_en_flux.bailleurs(edition_demo))


@pytest.mark.parametrize(
    ("mois", "annee"),
    [
        (["2025-11", "2025-12"], "2025"),
        (["2025-12", "2026-01", "2026-02"], "2025"),
        (["2025-12", "2026-03"], ""),
        (["2026-01"], ""),
        (["2025-11"], ""),
    ],
)
def test_ma_journee_proposes_it_from_december_to_february(mois: list[str], annee: str) -> None:
    assert annee_a_rendre(mois) == annee
