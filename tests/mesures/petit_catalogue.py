"""A catalogue of three indicators over two populations, each a table `<population>_source`."""

from __future__ import annotations

from infocentre.catalogue import Catalogue, Indicateur, Population, Seuils


def indicateur(code: str, population: str, anomalie: str, **autres: object) -> Indicateur:
    return Indicateur.model_validate(
        {
            "code": code,
            "ordre": 1,
            "libelle": code,
            "famille": "essai",
            "imputable": "guichet",
            "population": population,
            "anomalie": anomalie,
            "explication": "valeur {valeur}",
            "pourquoi": "Pour essayer.",
            "correction": "Ne rien faire.",
            "remede": "corriger",
            "version": 1,
            "depuis": "2026-11",
            "seuils": Seuils(orange=0.02, rouge=0.05),
            "mostly": 0.9,
            **autres,
        }
    )


def population(nom: str, nature: str) -> Population:
    return Population.model_validate(
        {"nom": nom, "sql": f"from {nom}_source", "nature": nature, "grain": "g", "objet": "o"}
    )


def catalogue() -> Catalogue:
    indicateurs = (
        indicateur("TEST_GRAND", "lignes", "valeur > 10"),
        indicateur("TEST_NUL", "lignes", "valeur is null", applicable="guichet <> 'G2'"),
        indicateur(
            "TEST_ZERO", "autres", "valeur = 0", seuils=None, tolerance_zero=True, mostly=None
        ),
    )
    return Catalogue(
        indicateurs={un.code: un for un in indicateurs},
        populations={
            nom: population(nom, nature)
            for nom, nature in (("lignes", "flux"), ("autres", "stock"))
        },
    )
