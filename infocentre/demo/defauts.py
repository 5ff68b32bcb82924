"""What the invented guichets do wrong: the defects that the demonstration plants, by indicator."""

from __future__ import annotations

from enum import StrEnum


class Defaut(StrEnum):
    """A defect, equal to the code of the indicator that must find it (DOUBLON: several do)."""

    ENR_DELAI = "ENR_DELAI"
    ENR_ATTESTATION = "ENR_ATTESTATION"
    ENR_PJ_IDENTITE = "ENR_PJ_IDENTITE"
    CPL_CHAMPS = "CPL_CHAMPS"
    CPL_RESSOURCES = "CPL_RESSOURCES"
    DBL_FORCE = "DBL_FORCE"
    DOUBLON = "DOUBLON"
    REN_SAISIE_TARDIVE = "REN_SAISIE_TARDIVE"
    REN_ANTICIPE = "REN_ANTICIPE"
    RAD_ANNULEE = "RAD_ANNULEE"
    ATT_TARDIVE = "ATT_TARDIVE"
    ATT_ANTICIPEE = "ATT_ANTICIPEE"
    ATT_DEMANDE_POSTERIEURE = "ATT_DEMANDE_POSTERIEURE"
    ATT_BAIL_NR = "ATT_BAIL_NR"
    ATT_RPLS_NR = "ATT_RPLS_NR"
    ATT_ADRESSE_NR = "ATT_ADRESSE_NR"
    ATT_RESERVATAIRE_NR = "ATT_RESERVATAIRE_NR"
    ATT_QPV_NR = "ATT_QPV_NR"
    ATT_SURFACE_TYPO_NR = "ATT_SURFACE_TYPO_NR"
    ATT_DALO_NR = "ATT_DALO_NR"
    ATT_DALO_INCOHERENT = "ATT_DALO_INCOHERENT"
    ATT_RESSOURCES_NR = "ATT_RESSOURCES_NR"
    ATT_COMMUNE_NR = "ATT_COMMUNE_NR"
    ATT_SIREN_NR = "ATT_SIREN_NR"
    MSG_ANOMALIE = "MSG_ANOMALIE"
    ACC_INACTIF = "ACC_INACTIF"
    DBL_ACTIF = "DBL_ACTIF"
    RAD_IRR_HORS_BAILLEUR = "RAD_IRR_HORS_BAILLEUR"
    ATT_AUCUN = "ATT_AUCUN"
    ACC_DEPART_OUVERT = "ACC_DEPART_OUVERT"


# Share of units in anomaly of an ordinary guichet: far under the orange threshold.
ORDINAIRES = {
    Defaut.ENR_DELAI: 0.004,
    Defaut.ENR_ATTESTATION: 0.003,
    Defaut.ENR_PJ_IDENTITE: 0.005,
    Defaut.CPL_CHAMPS: 0.02,
    Defaut.CPL_RESSOURCES: 0.014,
    Defaut.DBL_FORCE: 0.0015,
    Defaut.DOUBLON: 0.0025,
    Defaut.REN_SAISIE_TARDIVE: 0.004,
    Defaut.REN_ANTICIPE: 0.004,
    Defaut.RAD_ANNULEE: 0.007,
    Defaut.ATT_TARDIVE: 0.012,
    Defaut.ATT_ANTICIPEE: 0.0008,
    Defaut.ATT_DEMANDE_POSTERIEURE: 0.0006,
    Defaut.ATT_BAIL_NR: 0.001,
    Defaut.ATT_RPLS_NR: 0.015,
    Defaut.ATT_ADRESSE_NR: 0.004,
    Defaut.ATT_RESERVATAIRE_NR: 0.001,
    Defaut.ATT_QPV_NR: 0.004,
    Defaut.ATT_SURFACE_TYPO_NR: 0.004,
    Defaut.ATT_DALO_NR: 0.001,
    Defaut.ATT_DALO_INCOHERENT: 0.0008,
    Defaut.ATT_RESSOURCES_NR: 0.004,
    Defaut.ATT_COMMUNE_NR: 0.001,
    Defaut.ATT_SIREN_NR: 0.001,
    Defaut.MSG_ANOMALIE: 0.002,
    Defaut.ACC_INACTIF: 0.03,
}
