"""The catalogue: indicators and populations, defined once, from which all else is derived."""

from infocentre.catalogue.exigences import nommes, requis
from infocentre.catalogue.lecture import lire_catalogue
from infocentre.catalogue.modele import Catalogue, Indicateur, Population, Seuils
from infocentre.catalogue.remedes import MOTS, Mots, Remede
from infocentre.catalogue.sql import sql_anomalies, sql_comptes, sql_constats

__all__ = [
    "MOTS",
    "Catalogue",
    "Indicateur",
    "Mots",
    "Population",
    "Remede",
    "Seuils",
    "lire_catalogue",
    "nommes",
    "requis",
    "sql_anomalies",
    "sql_comptes",
    "sql_constats",
]
