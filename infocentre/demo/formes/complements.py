"""What the GIP SNE's extract holds that the contract does not read, filled as it plausibly is."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import polars as pl

from infocentre.demo.actes import MOTIFS, RADATT
from infocentre.demo.formes.references import choisir
from infocentre.demo.hasard import Hasard, arrive

# The same fact under another name.
_COPIES = {
    "NB_DEJA_LOGE_PARC": "MODE_MUTATION",
    "NB_PERS_A_LOGER": "TAILLE_MENAGE",
    "NB_PHANDICAP_AUTONOMIE": "NB_PHANDICAP",
    "POSITION_SEUIL": "POSITION_PLAFOND",
    "REVENU_DEMANDEUR": "REVENU_MENSUEL_FOYER",
    "LOG_ATTRIBUE_CLE_ZUS2015": "LOG_ATTRIBUE_CLE_ZUS",
    "NB_Q1_STOCK": "NB_Q1",
    "NB_Q2_STOCK": "NB_Q2",
    "NB_Q3_STOCK": "NB_Q3",
    "NB_Q4_STOCK": "NB_Q4",
}
# The class of a number: where it begins, and by what it goes up.
_TRANCHES = {
    "TRANCHE_AGE_DEMANDEUR": ("AGE_DEMANDEUR_DEMANDE", 10),
    "TRANCHE_AGE_DEM_DEMANDE": ("AGE_DEMANDEUR_DEMANDE", 10),
    "CATEGORIE_TAILLE_MENAGE": ("TAILLE_MENAGE", 2),
    "TRANCHE_TAILLE_MENAGE": ("TAILLE_MENAGE", 3),
    "TRANCHE_REVENU_DEMANDEUR": ("REVENU_MENSUEL_FOYER", 500),
    "TRANCHE_REV_MENS_FOYER": ("REVENU_MENSUEL_FOYER", 500),
    "GROUPE_REVENU_FOYER": ("REVENU_MENSUEL_FOYER", 1500),
    "TRANCHE_REV_FISC1_FOYER": ("REVENU_FISCAL1_FOYER", 5000),
    "TRANCHE_REV_FISC2_FOYER": ("REVENU_FISCAL2_FOYER", 5000),
    "TRANCHE_REVENU_UNITE_CONSO": ("REVENU_MENSUEL_FOYER", 1000),
    "TRANCHE_REVENU_UC_STOCK": ("REVENU_MENSUEL_FOYER", 1000),
    "TRANCHE_DELAI_ATTRIBUTION": ("DELAI_ATTRIBUTION", 365),
}
# Whether two places, or two sizes, are the same.
_COMPARAISONS = {
    "COMMUNE_ACTUEL_VS_RECHERCHE": ("COMMUNE_LOG_ACTUEL", "COMMUNE_LOG_RECHERCHE"),
    "COMMUNE_ACTUEL_VS_ATTRIB": ("COMMUNE_LOG_ACTUEL", "COMMUNE_LOGEMENT_ATTRIB"),
    "COMMUNE_RECHERCHE_VS_ATTRIB": ("COMMUNE_LOG_RECHERCHE", "COMMUNE_LOGEMENT_ATTRIB"),
    "TYPELOGEMENT_ACTUEL_VS_RECHERCHE": ("TYPE_LOGEMENT_ACTUEL", "TYPE_LOGEMENT_RECHERCHE"),
    "TYPELOGEMENT_ACTUEL_VS_ATTRIB": ("TYPE_LOGEMENT_ACTUEL", "TYPE_LOGEMENT_ATTRIB"),
    "TYPELOGEMENT_RECHERCHE_VS_ATTRIB": ("TYPE_LOGEMENT_RECHERCHE", "TYPE_LOGEMENT_ATTRIB"),
}
# How often a flag is raised, of a thousand.
_MILLIEMES = {
    "LOG_RECHERCHE_ADAPT_HANDI": 40,
    "NOMBRE_EQUIP_HANDICAP": 20,
    "NB_ENFANT_A_NAITRE": 30,
    "NB_PERS_GARDE": 60,
    "PROPRIETAIRE_ACTUEL": 50,
    "ESTAVECPARKING": 300,
    "ESTREZDECHAUSSEE": 120,
    "ESTSANSASCENSEUR": 450,
    "ESTADAPTEHANDICAP": 40,
    "NB_COLOCATAIRE": 20,
    "NB_DA": 10,
    "NB_ANRU": 30,
    "NB_SYPLO": 30,
    "NB_L441": 250,
    "NB_PRIORITE_CERFA": 300,
    "NB_CERFA_PRIO_HANDICAP": 80,
    "NB_CERFA_PRIO_CHOMAGE": 60,
    "NB_CERFA_PRIO_COORD_THERAPIE": 5,
    "NB_CERFA_PRIO_LOGT_INDIGNE": 30,
    "NB_CERFA_PRIO_EXPULSION": 30,
    "NB_CERFA_PRIO_VIOLENCE": 25,
    "NB_CERFA_PRIO_LOGT_NON_DECENT": 70,
    "NB_CERFA_PRIO_LOGT_SUROCCUPE": 90,
    "NB_CERFA_PRIO_SANS_LOGT": 40,
    "NB_CERFA_PRIO_HEBERGE_TIERS": 150,
    "NB_CERFA_PRIO_HEBERGE_TEMPO": 50,
    "NB_COTATION_PRIO_SORTIE_PROSTI": 1,
    "NB_COTATION_PRIO_VICTIME_TRAITE": 1,
    "NB_COTATION_PRIO_VICTIME_VIOL": 4,
    "NB_PRIORITE_COTATION": 200,
    "NB_CDD_INTERIM": 150,
    "NB_CHOMAGE_LONG": 80,
    "CLE_HANDICAP_AUTONOMIE": 20,
    "NB_TRAVAILLEUR_ESSENTIEL": 120,
    "NB_JEUNE_MENAGE": 200,
}
_ZONES = {"ZONAGE123": ("1", "2", "3"), "ZONAGEABC": ("A", "B1", "B2", "C")}
_LOGEMENTS = {
    "ACTUEL": "COMMUNE_LOG_ACTUEL",
    "RECHERCHE": "COMMUNE_LOG_RECHERCHE",
    "ATTRIB": "COMMUNE_LOGEMENT_ATTRIB",
}


def completer(lignes: pl.DataFrame, plafonds: list[str], hasard: Hasard) -> pl.DataFrame:
    """Add to rows that have the columns of the contract those of the GIP SNE that they lack.

    `plafonds` are the codes of zones of the ceilings. What the rows fill already stays as it is.
    """
    for etape in (
        _nommees(),
        _drapeaux(lignes.height, hasard),
        _zones(lignes, plafonds, hasard),
        _numeros(lignes, hasard),
    ):
        neuves = [une.alias(nom) for nom, une in etape.items() if _manque(lignes, nom)]
        lignes = lignes.with_columns(neuves)
    return lignes


def _manque(lignes: pl.DataFrame, nom: str) -> bool:
    return nom not in lignes.columns or lignes[nom].null_count() == lignes.height


def _nommees() -> dict[str, pl.Expr]:
    copies = {nom: pl.col(source) for nom, source in _COPIES.items()}
    tranches = {nom: _tranche(*de) for nom, de in _TRANCHES.items()}
    comparees = {
        nom: (pl.col(une) == pl.col(autre)).cast(pl.Int8).cast(pl.String)
        for nom, (une, autre) in _COMPARAISONS.items()
    }
    par_unite = pl.col("REVENU_MENSUEL_FOYER").cast(pl.Float64, strict=False) / pl.col(
        "UNITE_CONSO"
    ).cast(pl.Float64, strict=False)
    arrondi = pl.when(par_unite.is_finite()).then(par_unite.round(2)).cast(pl.String)
    return copies | tranches | comparees | {"REVENU_UNITE_CONSO": arrondi}


def _tranche(nom: str, pas: int) -> pl.Expr:
    nombre = pl.col(nom).cast(pl.Float64, strict=False)
    bas = (nombre // pas * pas).cast(pl.Int64)
    return pl.format("{}-{}", bas, bas + pas - 1)


def _drapeaux(hauteur: int, hasard: Hasard) -> dict[str, pl.Expr]:
    return {
        nom: pl.lit(
            pl.Series(arrive(hasard.flux(nom), taux / 1000, hauteur).astype(np.int8)).cast(
                pl.String
            )
        )
        for nom, taux in _MILLIEMES.items()
    }


def _zones(lignes: pl.DataFrame, plafonds: list[str], hasard: Hasard) -> dict[str, pl.Expr]:
    zonages: Mapping[str, tuple[str, ...]] = _ZONES | {"ZONAGEPLAFRESS": tuple(plafonds)}
    return {
        f"{zonage}_{logement}": pl.when(pl.col(commune).is_not_null()).then(
            pl.lit(choisir(hasard.flux(f"{zonage}_{logement}"), codes, lignes.height))
        )
        for zonage, codes in zonages.items()
        for logement, commune in _LOGEMENTS.items()
    }


def _numeros(lignes: pl.DataFrame, hasard: Hasard) -> dict[str, pl.Expr]:
    """Return what is a number of something else, an amount, a last visit, or of an attribution."""
    tires = pl.lit(pl.Series(hasard.flux("numeros").integers(0, 1_000_000, lignes.height)))
    portail = pl.col("ESTCREEESITEGRANDPUBLIC") == "1"
    attribuee = pl.col("MOTIF_RADIATION") == MOTIFS[RADATT]
    en_qpv = pl.when(attribuee & (tires % 7 == 0)).then(pl.format("QP0130{}", tires % 80 + 10))
    return {
        "DATE_ETAT": pl.coalesce("DATE_RADIATION", "DATE_CREATION"),
        "DEMANDEINFOSSITE_ID": pl.when(portail).then(tires.cast(pl.String)),
        "DERNIERE_CONNEXION_PGP": pl.when(portail).then(pl.col("DATE_MODIFICATION")),
        "MT_APL_MENSUEL": pl.when(tires % 3 == 0).then((tires % 400).cast(pl.String)),
        "ACCORD_COLLECTIF_ID": pl.when(tires % 50 == 0).then((tires % 9 + 1).cast(pl.String)),
        "CLE_QPV": en_qpv,
        "CLE_QPV2015": en_qpv,
        "COMPSIRENORGBAILLEUR": pl.when(attribuee).then(pl.col("SIREN_RADIATION")),
        "POSITION_PLAFOND_ATTRIB": pl.when(attribuee).then(pl.col("POSITION_PLAFOND")),
        "NB_MIXITE_Q1": pl.when(attribuee).then((tires % 5 == 0).cast(pl.Int8).cast(pl.String)),
        "NB_MIXITE_QPV": pl.when(attribuee).then((tires % 6 == 0).cast(pl.Int8).cast(pl.String)),
        "DATE_SORTIE_CHOMAGELONG": pl.lit(None, dtype=pl.String),
    }
