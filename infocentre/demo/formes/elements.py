"""The five `ele_*` of the GIP SNE: several rows a demande, joined by its internal identifier."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta

import numpy as np
import polars as pl

from infocentre.demo.formes.references import GEOGRAPHIE, Cles, choisir
from infocentre.demo.hasard import Hasard, arrive
from infocentre.demo.temps import Entiers

# What the extract has of the first row of each file, and how many more rows it may have.
PREMIERS = {
    "MOTIF_DEMANDE": ("motif_demande", 2),
    "MODE_LOGEMENT_ACTUEL": ("mode_logement_actuel", 1),
    "COMMUNE_LOG_RECHERCHE": ("classement_commune", 3),
}
_PLUS_PRES_DE_SOI = {"DEM": None, "COT": "LDEC", "PAC": "LDEE"}
_CIVILITES = {"M": "1", "F": "2"}


def elements(
    demandes: pl.DataFrame, cles: Mapping[str, Cles], communes: Sequence[str], arrete: date
) -> dict[str, pl.DataFrame]:
    """Return the rows of the five files by their name, in no order; `demandes` has one a DEMANDE.

    The first row of a demande, by ORDRE, is what the stock says.
    """
    hasard = Hasard(arrete.toordinal(), "elements")
    motifs, modes = cles["motif_demande"], cles["mode_logement"]
    fichiers = {
        "motif_demande": _suite(demandes, "MOTIF_DEMANDE", list(motifs.reference.codes), hasard),
        "mode_logement_actuel": _suite(
            demandes, "MODE_LOGEMENT_ACTUEL", list(modes.reference.codes), hasard
        ),
        "classement_commune": _suite(demandes, "COMMUNE_LOG_RECHERCHE", communes, hasard),
        "information_dalo": _dalo(demandes, cles, arrete, hasard),
        "desc_foyer_demande": _foyers(demandes, cles, arrete, hasard),
    }
    fichiers["motif_demande"] = fichiers["motif_demande"].with_columns(
        motifs.poser(pl.col("MOTIF_DEMANDE"))
    )
    fichiers["mode_logement_actuel"] = fichiers["mode_logement_actuel"].with_columns(
        modes.poser(pl.col("MODE_LOGEMENT_ACTUEL"))
    )
    fichiers["classement_commune"] = fichiers["classement_commune"].select(
        "DEMANDE",
        "ORDRE",
        cles[GEOGRAPHIE].poser(pl.col("COMMUNE_LOG_RECHERCHE")).alias("COMMUNE_ID"),
        pl.lit(None, dtype=pl.String).alias("QUARTIER"),
    )
    return {
        f"ele_{nom}": lignes[hasard.flux(f"ordre {nom}").permutation(lignes.height)]
        for nom, lignes in sorted(fichiers.items())
    }


def _suite(
    demandes: pl.DataFrame, colonne: str, autres: Sequence[str], hasard: Hasard
) -> pl.DataFrame:
    """Return what a demande has of a column, then some others, without the same one twice."""
    fichier, plus = PREMIERS[colonne]
    alea = hasard.flux(fichier)
    premieres = demandes.select("DEMANDE", colonne).drop_nulls()
    repetees = _repeter(premieres, alea.integers(0, plus + 1, premieres.height))
    ajoutees = repetees.with_columns(choisir(alea, autres, repetees.height).alias(colonne))
    toutes = pl.concat([premieres, ajoutees]).unique(maintain_order=True)
    rang = pl.col("DEMANDE").cum_count().over("DEMANDE").cast(pl.String).alias("ORDRE")
    return toutes.select("DEMANDE", rang, colonne)


def _repeter(lignes: pl.DataFrame, fois: Entiers) -> pl.DataFrame:
    return lignes[np.repeat(np.arange(lignes.height), fois)]


def _dalo(
    demandes: pl.DataFrame, cles: Mapping[str, Cles], arrete: date, hasard: Hasard
) -> pl.DataFrame:
    """Return the decisions: those of the demandes that are recognised, and some others."""
    alea = hasard.flux("information_dalo")
    autres = pl.lit(pl.Series(arrive(alea, 0.02, demandes.height)))
    reconnue = (pl.col("NB_DALO") == "1").fill_null(value=False)
    vues = demandes.select("DEMANDE", "NB_DALO", reconnue.alias("reconnue")).filter(
        reconnue | autres
    )
    statut = pl.when(pl.col("reconnue")).then(pl.lit("REC")).otherwise(pl.lit("REJ"))
    return vues.select(
        "DEMANDE",
        cles["statut_dalo"].poser(statut).alias("STATUT_DALO"),
        _jours(alea, arrete, 900, vues.height).alias("DATE_DECISION"),
        choisir(alea, "01", vues.height).alias("EST_DIAGNOSTIC_SOCIAL"),
        choisir(alea, "01", vues.height).alias("EST_ACCOMPAGNEMENT_SOCIAL"),
        choisir(alea, ("LOG", "HEB"), vues.height).alias("TYPE_LOGEMENT_DALO"),
    )


def _jours(alea: np.random.Generator, fin: date, depuis: int, hauteur: int) -> pl.Series:
    """Draw days among those before `fin`."""
    jours = [(fin - timedelta(days=rang)).isoformat() for rang in range(depuis)]
    return choisir(alea, jours, hauteur)


def _foyers(
    demandes: pl.DataFrame, cles: Mapping[str, Cles], arrete: date, hasard: Hasard
) -> pl.DataFrame:
    """Return one row a person of the household, the demandeur first."""
    alea = hasard.flux("desc_foyer_demande")
    personnes = pl.concat(
        [
            _personnes(demandes, "DEM", np.ones(demandes.height, dtype=np.int64)),
            _personnes(demandes, "COT", _nombre(demandes, "COTITULAIRE")),
            _personnes(demandes, "PAC", _nombre(demandes, "PERSONNE_A_CHARGE")),
        ]
    )
    hauteur = personnes.height
    demandeur = pl.col("TYPE_PERSONNE") == "DEM"
    lien = pl.col("TYPE_PERSONNE").replace_strict(_PLUS_PRES_DE_SOI, return_dtype=pl.String)
    rien = pl.lit(None, dtype=pl.String)

    def du_demandeur(nom: str) -> pl.Expr:
        return pl.when(demandeur).then(pl.col(nom))

    nirs = nir(alea, hauteur)
    return personnes.select(
        "DEMANDE",
        "TYPE_PERSONNE",
        du_demandeur("DATE_NAISS_DEMANDEUR").alias("DATENAISSANCE"),
        du_demandeur("AGE_DEMANDEUR_DEMANDE").alias("AGE"),
        pl.col("DEMANDE").cum_count().over("DEMANDE").cast(pl.String).alias("ORDRE"),
        cles["lien_demandeur"].poser(lien).alias("ELEMENTLIENDEMANDEUR_ID"),
        _civilite(du_demandeur("SEXE_DEMANDEUR")).alias("ELEMENTCIVILITE_ID"),
        cles["statut_professionnel"]
        .poser(du_demandeur("STATUT_PROF_DEMANDEUR"))
        .alias("SITUATIONPROFESSIONNELLE_ID"),
        du_demandeur("NATIONALITE_DEMANDEUR").alias("ELEMENTNATIONALITE_ID"),
        cles["situation_familiale"]
        .poser(du_demandeur("SITU_FAMILIALE_DEMANDEUR"))
        .alias("ELEMENTSITUATIONFAMILIALE_ID"),
        du_demandeur("REVENU_MENSUEL_FOYER").alias("REVENU_MENSUEL"),
        pl.lit(str(arrete.year - 1)).alias("ANNEEMOINS1"),
        du_demandeur("REVENU_FISCAL1_FOYER").alias("REVENU_FISCAL_ANNEEMOINS1"),
        pl.lit(str(arrete.year - 2)).alias("ANNEEMOINS2"),
        du_demandeur("REVENU_FISCAL2_FOYER").alias("REVENU_FISCAL_ANNEEMOINS2"),
        du_demandeur("UNITE_CONSO").alias("QUOTIENT_UC"),
        choisir(alea, "01", hauteur).alias("MULTI_EMPLOYEUR"),
        pl.when(demandeur).then(pl.lit(nirs)).alias("NIR_ID_DEMANDEUR"),
        pl.when(pl.col("TYPE_PERSONNE") == "COT").then(pl.lit(nirs)).alias("NIR_ID_COTITULAIRE"),
        choisir(alea, "0001", hauteur).alias("NB_CDD_INTERIM"),
        choisir(alea, "0001", hauteur).alias("NB_CHOMAGE_LONG"),
        rien.alias("DATE_SORTIE_CHOMAGELONG"),
        choisir(alea, "0001", hauteur).alias("NB_TRAVAILLEUR_ESSENTIEL"),
    )


def _civilite(sexe: pl.Expr) -> pl.Expr:
    return sexe.replace(list(_CIVILITES), list(_CIVILITES.values()))


def _personnes(demandes: pl.DataFrame, type_: str, fois: Entiers) -> pl.DataFrame:
    return _repeter(demandes, fois).with_columns(pl.lit(type_).alias("TYPE_PERSONNE"))


def _nombre(demandes: pl.DataFrame, nom: str) -> Entiers:
    nombre: Entiers = demandes[nom].cast(pl.Int64, strict=False).fill_null(0).clip(0, 12).to_numpy()
    return nombre


def nir(alea: np.random.Generator, nombre: int) -> pl.Series:
    """Draw numbers of the form of a NIR that nobody can bear: their key is wrong."""
    corps = (
        alea.integers(1, 3, nombre) * 10**12
        + alea.integers(40, 100, nombre) * 10**10
        + alea.integers(1, 13, nombre) * 10**8
        + 13 * 10**6
        + alea.integers(1, 1_000_000, nombre)
    )
    fausses = (97 - corps % 97) % 97 + 1
    return pl.Series(corps * 100 + fausses).cast(pl.String)
