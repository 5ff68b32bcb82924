"""Form A: the extract of the GIP SNE, as its public documentation describes it.

Source: documentation of the data platform of the USH, January 2026.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import polars as pl

from infocentre.contrat import Colonne, contrat
from infocentre.demo.formes import elements
from infocentre.demo.formes.complements import completer
from infocentre.demo.formes.ecriture import a_virgule, dates, texte
from infocentre.demo.formes.livraison import Lue
from infocentre.demo.formes.references import REFERENCES, Cles, choisir, toutes
from infocentre.demo.hasard import Hasard, arrive
from infocentre.demo.territoire import territoire

COLONNES = tuple(
    """
DEMANDE NUMERO_UNIQUE TYPE_DEMANDEUR GUICHET_ENREGISTREUR DATE_CREATION DATE_RENOUVELLEMENT
ETAT_DEMANDE MOTIF_DEMANDE DATE_RADIATION MOTIF_RADIATION DATE_NAISS_DEMANDEUR
TRANCHE_AGE_DEMANDEUR AGE_DEMANDEUR_DEMANDE TRANCHE_AGE_DEM_DEMANDE SEXE_DEMANDEUR
STATUT_PROF_DEMANDEUR NATIONALITE_DEMANDEUR SITU_FAMILIALE_DEMANDEUR TAILLE_MENAGE
CATEGORIE_TAILLE_MENAGE TRANCHE_TAILLE_MENAGE COTITULAIRE PERSONNE_A_CHARGE COMPOSITION_FAMILLE
UNITE_CONSO REVENU_DEMANDEUR TRANCHE_REVENU_DEMANDEUR REVENU_MENSUEL_FOYER TRANCHE_REV_MENS_FOYER
GROUPE_REVENU_FOYER REVENU_FISCAL1_FOYER TRANCHE_REV_FISC1_FOYER REVENU_FISCAL2_FOYER
POSITION_PLAFOND TRANCHE_REV_FISC2_FOYER REVENU_UNITE_CONSO TRANCHE_REVENU_UNITE_CONSO
CATEG_LOGEMENT_ACTUEL TYPE_LOGEMENT_ACTUEL MODE_LOGEMENT_ACTUEL COMMUNE_LOG_ACTUEL
ZONAGE123_ACTUEL ZONAGEABC_ACTUEL ZONAGEPLAFRESS_ACTUEL CATEG_LOGEMENT_RECHERCHE
TYPE_LOGEMENT_RECHERCHE LOG_RECHERCHE_ADAPT_HANDI NOMBRE_EQUIP_HANDICAP MONTANT_LOYER_MAXI
COMMUNE_LOG_RECHERCHE ZONAGE123_RECHERCHE ZONAGEABC_RECHERCHE ZONAGEPLAFRESS_RECHERCHE
TYPE_LOGEMENT_ATTRIB COMMUNE_LOGEMENT_ATTRIB ZONAGE123_ATTRIB ZONAGEABC_ATTRIB
ZONAGEPLAFRESS_ATTRIB TYPE_RESERVATAIRE DELAI_ATTRIBUTION TRANCHE_DELAI_ATTRIBUTION DATE_MAJ_DWH
LOG_ATTRIBUE_CLE_ZUS SIREN_RADIATION NUMERORPLS DOUBLON_FORCE CLE_GUICHETCREATEUR
NB_ENFANT_A_NAITRE NB_PERS_GARDE MT_LOYER_MENSUEL_ACTUEL MT_APL_MENSUEL NBRE_HABITANT_ACTUEL
PROPRIETAIRE_ACTUEL CONTACT_MAIL DATE_PREAVIS_SIMPLE DATE_PREAVIS_AR DATE_SIGNATURE_BAIL
ATTRIBUE_DALO ACCORD_COLLECTIF_ID DATE_ETAT DATE_MODIFICATION MODE_MUTATION
TRANCHE_REVENU_UC_STOCK MONTANT_LOYER SURFACE EST_DEMANDE_ELARGIE POSITION_PLAFOND_ATTRIB
DEMANDEINFOSSITE_ID ESTCREEESITEGRANDPUBLIC SURFACE_ACTUEL COMPSIRENORGBAILLEUR ESTAVECPARKING
ESTREZDECHAUSSEE ESTSANSASCENSEUR ESTADAPTEHANDICAP DERNIERE_CONNEXION_PGP ESTANRU VERSION_CERFA
NB_COLOCATAIRE SMOTIF_RADIATION NB_DA NB_ANRU NB_QPV NB_HQPV NB_Q1 NB_Q2 NB_Q3 NB_Q4 NB_QNA
NB_MIXITE_Q1 NB_MIXITE_QPV NB_DALO NB_SYPLO NB_L441 NB_PRIORITE_CERFA NB_CERFA_PRIO_HANDICAP
NB_CERFA_PRIO_CHOMAGE NB_CERFA_PRIO_COORD_THERAPIE NB_CERFA_PRIO_LOGT_INDIGNE
NB_CERFA_PRIO_EXPULSION NB_CERFA_PRIO_VIOLENCE NB_CERFA_PRIO_LOGT_NON_DECENT
NB_CERFA_PRIO_LOGT_SUROCCUPE NB_CERFA_PRIO_SANS_LOGT NB_CERFA_PRIO_HEBERGE_TIERS
NB_CERFA_PRIO_HEBERGE_TEMPO NB_COTATION_PRIO_SORTIE_PROSTI NB_COTATION_PRIO_VICTIME_TRAITE
NB_COTATION_PRIO_VICTIME_VIOL NB_PRIORITE_COTATION NB_MENAGE_PRIORITAIRE NB_CDD_INTERIM
NB_CHOMAGE_LONG DATE_SORTIE_CHOMAGELONG NB_PHANDICAP CLE_HANDICAP_AUTONOMIE NB_PHANDICAP_AUTONOMIE
NB_TRAVAILLEUR_ESSENTIEL NB_DEJA_LOGE_PARC NB_PERS_A_LOGER NB_PJRFR NB_PJIDENTITE
LOG_ATTRIBUE_CLE_ZUS2015 CLE_QPV CLE_QPV2015 CLE_ETAT_RPLS NB_QPVNA NB_JEUNE_MENAGE NB_Q1_STOCK
NB_Q2_STOCK NB_Q3_STOCK NB_Q4_STOCK POSITION_SEUIL COMMUNE_ACTUEL_VS_RECHERCHE
COMMUNE_ACTUEL_VS_ATTRIB COMMUNE_RECHERCHE_VS_ATTRIB TYPELOGEMENT_ACTUEL_VS_RECHERCHE
TYPELOGEMENT_ACTUEL_VS_ATTRIB TYPELOGEMENT_RECHERCHE_VS_ATTRIB
""".split()
)
_REVENUS = ("REVENU_DEMANDEUR", "REVENU_UNITE_CONSO")
_ELES = 10
"""One demande of so many has the first of its `ele_*` there only."""


def ecrire(lue: Lue, dossier: Path) -> None:
    """Write stock, radiation, the five `ele_*` and the sixteen `ref_*`, in cp1252."""
    hasard, communes = lue.hasard("gip-sne"), territoire(lue.departement).codes
    tables = {nom: _completee(lue, nom, hasard) for nom in ("stock", "radiation")}
    cles = toutes(tables.values(), communes, hasard)
    demandes = pl.concat([une.select(COLONNES) for une in tables.values()])
    uniques = demandes.drop_nulls("DEMANDE").unique("DEMANDE", keep="first", maintain_order=True)
    for nom, une in tables.items():
        texte(dossier / f"{nom}.csv", _ecrite(_trouee(une), cles, hasard.flux(nom)))
    for nom, lignes in elements.elements(uniques, cles, communes, lue.arrete).items():
        texte(dossier / f"{nom}.csv", _melee(lignes, hasard.flux(nom)))
    for nom, cle in cles.items():
        texte(dossier / f"ref_{nom}.csv", cle.fichier())


def avec_registre(lue: Lue, dossier: Path) -> None:
    """Write the same, and the registre of the contract (form A2)."""
    ecrire(lue, dossier)
    texte(dossier / "guichets.csv", lue.tables["guichets"])


def _completee(lue: Lue, table: str, hasard: Hasard) -> pl.DataFrame:
    """Return the rows of a table with the 159 columns, codes in place of keys still."""
    lignes = lue.tables[table].join(_identifiants(lue, hasard), "NUMERO_UNIQUE", "left")
    maj = pl.lit(f"{lue.arrete:%Y-%m-%d}").alias("DATE_MAJ_DWH")
    noms = [une.nom for une in contrat().tables["radiation"].colonnes]
    vides = [pl.lit(None, dtype=pl.String).alias(nom) for nom in noms if nom not in lignes.columns]
    zones = list(next(une.codes for une in REFERENCES if une.nom == "zonage_plaf"))
    return completer(lignes.with_columns(maj, *vides), zones, hasard)


def _identifiants(lue: Lue, hasard: Hasard) -> pl.DataFrame:
    """Return the internal identifier of each demande, which says nothing of its numéro."""
    numeros = pl.concat([lue.tables[nom].select("NUMERO_UNIQUE") for nom in ("stock", "radiation")])
    uniques = numeros.unique().sort("NUMERO_UNIQUE")
    tires = 1_000_001 + hasard.flux("DEMANDE").permutation(uniques.height)
    return uniques.with_columns(pl.Series("DEMANDE", tires).cast(pl.String))


def _trouee(lignes: pl.DataFrame) -> pl.DataFrame:
    """Empty what is to be looked for in an `ele_*`."""
    ailleurs = pl.col("DEMANDE").cast(pl.Int64) % _ELES == 0
    return lignes.with_columns(
        pl.when(~ailleurs).then(pl.col(nom)).alias(nom) for nom in elements.PREMIERS
    )


def _ecrite(
    lignes: pl.DataFrame, cles: Mapping[str, Cles], alea: np.random.Generator
) -> pl.DataFrame:
    """Return the 159 columns as the extract spells them, keys in place of codes."""
    posees = [cle.poser(pl.col(nom)) for cle in cles.values() for nom in cle.reference.colonnes]
    return _melee(lignes.with_columns(posees).select(COLONNES), alea)


def _melee(lignes: pl.DataFrame, alea: np.random.Generator) -> pl.DataFrame:
    """Return the columns in the spellings of the extract, its nulls written in several ways."""
    connues = contrat().tables["radiation"].par_nom
    hauteur = lignes.height
    return lignes.with_columns(
        _cellule(nom, connues.get(nom), alea, hauteur)
        .fill_null(_nul(connues.get(nom), alea, hauteur))
        .alias(nom)
        for nom in lignes.columns
    )


def _nul(colonne: Colonne | None, alea: np.random.Generator, hauteur: int) -> pl.Expr:
    """Spell what is missing, for each row."""
    inconnu = ("999",) if colonne and colonne.neuf_cents_99 else ()
    return pl.lit(choisir(alea, (None, "NA", "NA/NA", *inconnu), hauteur))


def _cellule(nom: str, colonne: Colonne | None, alea: np.random.Generator, hauteur: int) -> pl.Expr:
    cellule = pl.col(nom)
    type_ = colonne.type if colonne else "decimal" if nom in _REVENUS else "date"
    if type_ == "decimal":
        return _decimal(cellule, alea, hauteur)
    if type_ == "indicatrice":
        rares = pl.lit(pl.Series(arrive(alea, 0.05, hauteur)))
        return pl.when(rares).then(cellule.replace(["1", "0"], ["oui", "non"])).otherwise(cellule)
    return dates(cellule, "$3-$2-$1 00:00:00")


def _decimal(cellule: pl.Expr, alea: np.random.Generator, hauteur: int) -> pl.Expr:
    """Write a number with a comma or a point, some whole ones as `1.1144e+004`."""
    tires = pl.lit(pl.Series(alea.random(hauteur)))
    nombre = cellule.cast(pl.Float64, strict=False)
    grand = nombre.is_between(10_000, 99_999) & (nombre % 1 == 0)
    court = pl.format("{}e+004", (nombre / 10_000).round(4))
    return (
        pl.when(grand & (tires < 0.03))
        .then(court)
        .when(tires < 0.5)
        .then(a_virgule(cellule))
        .otherwise(cellule)
    )
