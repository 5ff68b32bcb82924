"""What each state rests on: the month that ends, or the 12 months, by hand for the reference."""

from __future__ import annotations

import functools
import re

from infocentre.noyau import fichiers_yaml
from infocentre.noyau.config import ressources

DU_MOIS = """
ACC_DEPART_OUVERT ACC_INACTIF ATT_DALO_INCOHERENT CPL_CONTACT CPL_RESSOURCES DBL_ACTIF DBL_RELOGE
RAD_IRR_HORS_BAILLEUR RAD_IRR_NJ RAD_SANS_PREAVIS REN_ECHUE
"""
DES_12_MOIS = """
ATT_ADRESSE_NR ATT_ANTICIPEE ATT_AUCUN ATT_BAIL_NR ATT_COMMUNE_NR ATT_DALO_NR
ATT_DEMANDE_POSTERIEURE ATT_HORS_BAILLEUR ATT_QPV_NR ATT_RESERVATAIRE_NR ATT_RESSOURCES_NR
ATT_RPLS_NR ATT_SIREN_NR ATT_SURFACE_TYPO_NR ATT_TARDIVE CPL_CHAMPS DBL_FORCE ENR_ATTESTATION
ENR_DELAI ENR_PJ_IDENTITE MSG_ANOMALIE PLI_NPAI RAD_ANNULEE REN_ANTICIPE REN_SAISIE_TARDIVE
REN_TARDIF
"""
_A_LA_MAIN = dict.fromkeys(DU_MOIS.split(), "") | dict.fromkeys(DES_12_MOIS.split(), "_12m")


@functools.cache
def suffixe(code: str) -> str:
    """Return what the columns of the window of an indicator end with in `infocentre indicateurs`.

    One that came after the reference follows the rule, read in its two files: a stock and what has
    no tolerance are judged on the month.
    """
    if code in _A_LA_MAIN:
        return _A_LA_MAIN[code]
    dit = fichiers_yaml.lire((ressources("expectations") / f"{code}.yml").read_text("utf-8"))
    population = ressources("queries") / "populations" / f"{dit['population']}.sql"
    stock = re.search("^-- nature: stock$", population.read_text("utf-8"), re.MULTILINE)
    return "" if stock or dit.get("tolerance_zero") else "_12m"
