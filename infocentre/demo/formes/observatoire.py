"""Form D: the file of an observatory, with its own names, commas and its own registre."""

from __future__ import annotations

from pathlib import Path

import polars as pl

from infocentre.demo.formes.ecriture import texte
from infocentre.demo.formes.livraison import Lue

NOMS = {
    "NUMERO_UNIQUE": "num_unique",
    "TYPE_DEMANDEUR": "type_dem",
    "ETAT_DEMANDE": "etat",
    "GUICHET_ENREGISTREUR": "guichet_enreg",
    "CLE_GUICHETCREATEUR": "guichet_crea",
    "DATE_CREATION": "dt_creation",
    "DATE_MODIFICATION": "dt_modif",
    "DATE_RENOUVELLEMENT": "dt_renouv",
    "DATE_PREAVIS_SIMPLE": "dt_preavis_simple",
    "DATE_PREAVIS_AR": "dt_preavis_ar",
    "VERSION_CERFA": "cerfa",
    "DOUBLON_FORCE": "doublon_force",
    "ESTCREEESITEGRANDPUBLIC": "crea_portail",
    "CONTACT_MAIL": "mail_connu",
    "NB_PJIDENTITE": "nb_pj_identite",
    "NB_PJRFR": "nb_pj_rfr",
    "DATE_NAISS_DEMANDEUR": "dt_naissance",
    "AGE_DEMANDEUR_DEMANDE": "age",
    "SEXE_DEMANDEUR": "sexe",
    "NATIONALITE_DEMANDEUR": "nationalite",
    "SITU_FAMILIALE_DEMANDEUR": "situ_fam",
    "STATUT_PROF_DEMANDEUR": "statut_pro",
    "TAILLE_MENAGE": "nb_pers",
    "COTITULAIRE": "nb_cotit",
    "PERSONNE_A_CHARGE": "nb_pac",
    "COMPOSITION_FAMILLE": "compo_fam",
    "UNITE_CONSO": "uc",
    "REVENU_MENSUEL_FOYER": "rev_mensuel",
    "REVENU_FISCAL1_FOYER": "rfr_n1",
    "REVENU_FISCAL2_FOYER": "rfr_n2",
    "POSITION_PLAFOND": "plafond",
    "CATEG_LOGEMENT_ACTUEL": "categ_actuel",
    "TYPE_LOGEMENT_ACTUEL": "typo_actuel",
    "MODE_LOGEMENT_ACTUEL": "mode_log_actuel",
    "COMMUNE_LOG_ACTUEL": "insee_actuel",
    "SURFACE_ACTUEL": "surf_actuel",
    "MT_LOYER_MENSUEL_ACTUEL": "loyer_actuel",
    "NBRE_HABITANT_ACTUEL": "nb_hab_actuel",
    "MODE_MUTATION": "mutation",
    "MOTIF_DEMANDE": "motif_dem",
    "CATEG_LOGEMENT_RECHERCHE": "categ_rech",
    "TYPE_LOGEMENT_RECHERCHE": "typo_rech",
    "COMMUNE_LOG_RECHERCHE": "insee_rech",
    "MONTANT_LOYER_MAXI": "loyer_max",
    "EST_DEMANDE_ELARGIE": "dem_elargie",
    "NB_PHANDICAP": "nb_handicap",
    "NB_DALO": "dalo",
    "NB_MENAGE_PRIORITAIRE": "prioritaire",
    "NB_Q1": "quartile1",
    "NB_Q2": "quartile2",
    "NB_Q3": "quartile3",
    "NB_Q4": "quartile4",
    "NB_QNA": "quartile_nc",
    "DATE_RADIATION": "dt_radiation",
    "MOTIF_RADIATION": "motif_rad",
    "SMOTIF_RADIATION": "sous_motif_rad",
    "SIREN_RADIATION": "siren_bailleur",
    "DATE_SIGNATURE_BAIL": "dt_bail",
    "DELAI_ATTRIBUTION": "delai_attrib",
    "ADRESSE_LOGEMENT_ATTRIB": "adresse_attrib",
    "TYPE_LOGEMENT_ATTRIB": "typo_attrib",
    "COMMUNE_LOGEMENT_ATTRIB": "insee_attrib",
    "SURFACE": "surf_attrib",
    "MONTANT_LOYER": "loyer_attrib",
    "NUMERORPLS": "num_rpls",
    "CLE_ETAT_RPLS": "etat_rpls",
    "TYPE_RESERVATAIRE": "reservataire",
    "ATTRIBUE_DALO": "attrib_dalo",
    "LOG_ATTRIBUE_CLE_ZUS": "attrib_zus",
    "NB_QPV": "qpv",
    "NB_HQPV": "hors_qpv",
    "NB_QPVNA": "qpv_nc",
    "ESTANRU": "anru",
}
GUICHETS = {
    "CODE_GUICHET": "code",
    "NOM": "libelle",
    "TYPE_GUICHET": "type",
    "MODE_ENREGISTREMENT": "mode",
}
_FICHIERS = {"stock": "demandes_actives", "radiation": "demandes_sorties"}


def ecrire(lue: Lue, dossier: Path) -> None:
    """Write the demandes and the guichets: commas, UTF-8 with its mark, days as computers do.

    What an observatory has no name for is left out.
    """
    for nom, fichier in _FICHIERS.items():
        _ecrire(dossier / f"{fichier}.csv", lue.tables[nom], NOMS)
    registre = lue.tables["guichets"].with_columns(
        pl.col("TYPE_GUICHET", "MODE_ENREGISTREMENT").str.to_lowercase()
    )
    _ecrire(dossier / "referentiel_guichets.csv", registre, GUICHETS)


def _ecrire(cible: Path, lignes: pl.DataFrame, noms: dict[str, str]) -> None:
    tenues = [nom for nom in noms if nom in lignes.columns]
    propres = lignes.select(tenues).rename({nom: noms[nom] for nom in tenues})
    texte(cible, propres, separateur=",", encodage="utf-8-sig", fin="\n")
