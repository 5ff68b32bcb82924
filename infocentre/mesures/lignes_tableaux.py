"""Rows of the standard tables, by role and by form of picture, for mypy.

Written by `python -m infocentre.mesures.documentation` from queries/tableaux/: change those, then
write it again. A form has the columns that all the tables drawn so have.
"""

from __future__ import annotations

from typing import Any, TypedDict

# A count or a ratio; None, or MASQUE in a table that is shared. `connu` makes a number of it.
Chiffre = Any


class Libellee(TypedDict):
    """A row that is called."""

    libelle: str


class Nommee(Libellee):
    """A row that a code names too."""

    code: str


class Evolution(TypedDict):
    """A row of TAB01-01."""

    departement: str
    mois: str
    code: str
    libelle: str
    fenetre: str
    total: Chiffre
    mutations: Chiffre
    hors_mutation: Chiffre


class EvolutionAssociations(TypedDict):
    """A row of TAB01-02."""

    departement: str
    mois: str
    code: str
    libelle: str
    fenetre: str
    total: Chiffre
    mutations: Chiffre
    hors_mutation: Chiffre


class SerieTrimestres(TypedDict):
    """A row of TAB02-01."""

    departement: str
    mois: str
    periode: str
    libelle: str
    demandes_actives: Chiffre
    demandes_actives_mutations: Chiffre
    demandes_actives_hors_mutation: Chiffre
    depots: Chiffre
    radiations: Chiffre
    attributions: Chiffre
    attributions_hors_mutation: Chiffre
    non_renouvellements: Chiffre
    abandons: Chiffre
    irrecevabilites: Chiffre
    attributions_12_mois: Chiffre
    attributions_12_mois_hors_mutation: Chiffre
    demandes_actives_precedentes: Chiffre
    evolution_demandes_actives: Chiffre
    demandes_pour_une_attribution: Chiffre
    demandes_pour_une_attribution_hors_mutation: Chiffre


class SerieAnnees(TypedDict):
    """A row of TAB02-02."""

    departement: str
    mois: str
    periode: str
    libelle: str
    demandes_actives: Chiffre
    demandes_actives_mutations: Chiffre
    demandes_actives_hors_mutation: Chiffre
    depots: Chiffre
    radiations: Chiffre
    attributions: Chiffre
    attributions_hors_mutation: Chiffre
    non_renouvellements: Chiffre
    abandons: Chiffre
    irrecevabilites: Chiffre
    attributions_12_mois: Chiffre
    attributions_12_mois_hors_mutation: Chiffre
    demandes_actives_precedentes: Chiffre
    evolution_demandes_actives: Chiffre
    demandes_pour_une_attribution: Chiffre
    demandes_pour_une_attribution_hors_mutation: Chiffre


class SerieMois(TypedDict):
    """A row of TAB02-03."""

    departement: str
    mois: str
    periode: str
    libelle: str
    demandes_actives: Chiffre
    demandes_actives_mutations: Chiffre
    demandes_actives_hors_mutation: Chiffre
    depots: Chiffre
    radiations: Chiffre
    attributions: Chiffre
    attributions_hors_mutation: Chiffre
    non_renouvellements: Chiffre
    abandons: Chiffre
    irrecevabilites: Chiffre
    attributions_12_mois: Chiffre
    attributions_12_mois_hors_mutation: Chiffre
    demandes_actives_precedentes: Chiffre
    evolution_demandes_actives: Chiffre
    demandes_pour_une_attribution: Chiffre
    demandes_pour_une_attribution_hors_mutation: Chiffre


class Anciennete(TypedDict):
    """A row of TAB03-01."""

    departement: str
    mois: str
    code: str
    libelle: str
    total: Chiffre
    mutations: Chiffre
    hors_mutation: Chiffre
    total_ensemble: Chiffre
    mutations_ensemble: Chiffre
    hors_mutation_ensemble: Chiffre
    part_total: Chiffre
    part_mutations: Chiffre
    part_hors_mutation: Chiffre
    anciennete_moyenne_mois: Chiffre
    anciennete_moyenne_mutations_mois: Chiffre
    anciennete_moyenne_hors_mutation_mois: Chiffre
    anciennete_mediane_mois: Chiffre
    anciennete_mediane_mutations_mois: Chiffre
    anciennete_mediane_hors_mutation_mois: Chiffre


class Age(TypedDict):
    """A row of TAB03-02."""

    departement: str
    mois: str
    code: str
    libelle: str
    total: Chiffre
    mutations: Chiffre
    hors_mutation: Chiffre
    total_ensemble: Chiffre
    mutations_ensemble: Chiffre
    hors_mutation_ensemble: Chiffre
    part_total: Chiffre
    part_mutations: Chiffre
    part_hors_mutation: Chiffre


class Nationalite(TypedDict):
    """A row of TAB03-03."""

    departement: str
    mois: str
    code: str
    libelle: str
    total: Chiffre
    mutations: Chiffre
    hors_mutation: Chiffre
    total_ensemble: Chiffre
    mutations_ensemble: Chiffre
    hors_mutation_ensemble: Chiffre
    part_total: Chiffre
    part_mutations: Chiffre
    part_hors_mutation: Chiffre


class TailleMenage(TypedDict):
    """A row of TAB03-04."""

    departement: str
    mois: str
    code: str
    libelle: str
    total: Chiffre
    mutations: Chiffre
    hors_mutation: Chiffre
    total_ensemble: Chiffre
    mutations_ensemble: Chiffre
    hors_mutation_ensemble: Chiffre
    part_total: Chiffre
    part_mutations: Chiffre
    part_hors_mutation: Chiffre


class CompositionFamiliale(TypedDict):
    """A row of TAB03-05."""

    departement: str
    mois: str
    code: str
    libelle: str
    total: Chiffre
    mutations: Chiffre
    hors_mutation: Chiffre
    total_ensemble: Chiffre
    mutations_ensemble: Chiffre
    hors_mutation_ensemble: Chiffre
    part_total: Chiffre
    part_mutations: Chiffre
    part_hors_mutation: Chiffre


class SituationProfessionnelle(TypedDict):
    """A row of TAB03-06."""

    departement: str
    mois: str
    code: str
    libelle: str
    total: Chiffre
    mutations: Chiffre
    hors_mutation: Chiffre
    total_ensemble: Chiffre
    mutations_ensemble: Chiffre
    hors_mutation_ensemble: Chiffre
    part_total: Chiffre
    part_mutations: Chiffre
    part_hors_mutation: Chiffre


class SituationFamiliale(TypedDict):
    """A row of TAB03-07."""

    departement: str
    mois: str
    code: str
    libelle: str
    total: Chiffre
    mutations: Chiffre
    hors_mutation: Chiffre
    total_ensemble: Chiffre
    mutations_ensemble: Chiffre
    hors_mutation_ensemble: Chiffre
    part_total: Chiffre
    part_mutations: Chiffre
    part_hors_mutation: Chiffre


class Revenus(TypedDict):
    """A row of TAB03-08."""

    departement: str
    mois: str
    code: str
    libelle: str
    total: Chiffre
    mutations: Chiffre
    hors_mutation: Chiffre
    total_ensemble: Chiffre
    mutations_ensemble: Chiffre
    hors_mutation_ensemble: Chiffre
    part_total: Chiffre
    part_mutations: Chiffre
    part_hors_mutation: Chiffre


class PlafondDemandes(TypedDict):
    """A row of TAB03-09."""

    departement: str
    mois: str
    code: str
    libelle: str
    total: Chiffre
    mutations: Chiffre
    hors_mutation: Chiffre
    total_ensemble: Chiffre
    mutations_ensemble: Chiffre
    hors_mutation_ensemble: Chiffre
    part_total: Chiffre
    part_mutations: Chiffre
    part_hors_mutation: Chiffre
    plafond_connu: Chiffre
    sous_le_plafond: Chiffre
    part_sous_le_plafond: Chiffre


class Motifs(TypedDict):
    """A row of DEM-01."""

    departement: str
    mois: str
    code: str
    libelle: str
    total: Chiffre
    mutations: Chiffre
    hors_mutation: Chiffre
    total_ensemble: Chiffre
    mutations_ensemble: Chiffre
    hors_mutation_ensemble: Chiffre
    part_total: Chiffre
    part_mutations: Chiffre
    part_hors_mutation: Chiffre


class Depots(TypedDict):
    """A row of DEM-02."""

    departement: str
    mois: str
    code: str
    libelle: str
    total: Chiffre
    mutations: Chiffre
    hors_mutation: Chiffre
    portail: Chiffre
    part_portail: Chiffre


class DelaiAnormal(TypedDict):
    """A row of DEM-03."""

    departement: str
    mois: str
    code: str
    libelle: str
    delai_mois: Chiffre
    demandes: Chiffre
    au_dela_du_delai: Chiffre
    part_au_dela: Chiffre
    demandes_hors_mutation: Chiffre
    au_dela_du_delai_hors_mutation: Chiffre
    part_au_dela_hors_mutation: Chiffre


class TypologiesRecherchees(TypedDict):
    """A row of DEM-04."""

    departement: str
    mois: str
    code: str
    libelle: str
    total: Chiffre
    mutations: Chiffre
    hors_mutation: Chiffre
    total_ensemble: Chiffre
    mutations_ensemble: Chiffre
    hors_mutation_ensemble: Chiffre
    part_total: Chiffre
    part_mutations: Chiffre
    part_hors_mutation: Chiffre


class CommunesSouhaitees(TypedDict):
    """A row of DEM-05."""

    departement: str
    mois: str
    niveau: str
    code: str
    libelle: str
    total: Chiffre
    mutations: Chiffre
    hors_mutation: Chiffre
    total_ensemble: Chiffre
    mutations_ensemble: Chiffre
    hors_mutation_ensemble: Chiffre
    part_total: Chiffre
    part_mutations: Chiffre
    part_hors_mutation: Chiffre


class Attributions(TypedDict):
    """A row of ATT-01."""

    departement: str
    mois: str
    code: str
    libelle: str
    total: Chiffre
    mutations: Chiffre
    hors_mutation: Chiffre
    demandes_actives: Chiffre
    demandes_actives_mutations: Chiffre
    demandes_actives_hors_mutation: Chiffre
    demandes_pour_une_attribution: Chiffre
    demandes_pour_une_attribution_mutations: Chiffre
    demandes_pour_une_attribution_hors_mutation: Chiffre


class Delais(TypedDict):
    """A row of ATT-02."""

    departement: str
    mois: str
    code: str
    libelle: str
    attributions: Chiffre
    delais_connus: Chiffre
    delai_moyen_mois: Chiffre
    delai_median_mois: Chiffre
    attributions_hors_mutation: Chiffre
    delais_connus_hors_mutation: Chiffre
    delai_moyen_hors_mutation_mois: Chiffre
    delai_median_hors_mutation_mois: Chiffre


class Typologies(TypedDict):
    """A row of ATT-03."""

    departement: str
    mois: str
    code_recherche: str
    libelle_recherche: str
    code_attribue: str
    libelle_attribue: str
    attributions: Chiffre
    attributions_du_souhait: Chiffre
    part_du_souhait: Chiffre


class Reservataires(TypedDict):
    """A row of ATT-04."""

    departement: str
    mois: str
    code: str
    libelle: str
    total: Chiffre
    mutations: Chiffre
    hors_mutation: Chiffre
    total_ensemble: Chiffre
    mutations_ensemble: Chiffre
    hors_mutation_ensemble: Chiffre
    part_total: Chiffre
    part_mutations: Chiffre
    part_hors_mutation: Chiffre


class Prioritaires(TypedDict):
    """A row of ATT-05."""

    departement: str
    mois: str
    code: str
    libelle: str
    attributions: Chiffre
    dalo: Chiffre
    part_dalo: Chiffre
    prioritaires: Chiffre
    part_prioritaires: Chiffre
    attribuees_au_titre_du_dalo: Chiffre
    objectif: Chiffre
    manquantes: Chiffre


class MixiteHorsQpv(TypedDict):
    """A row of ATT-06."""

    departement: str
    mois: str
    code: str
    libelle: str
    premier_quartile_ou_anru: Chiffre
    attributions_hors_qpv: Chiffre
    part_du_total: Chiffre
    attributions_hors_qpv_revenu_connu: Chiffre
    part_revenu_connu: Chiffre
    objectif: Chiffre


class MixiteEnQpv(TypedDict):
    """A row of ATT-07."""

    departement: str
    mois: str
    code: str
    libelle: str
    quartiles_2_a_4: Chiffre
    attributions_en_qpv: Chiffre
    part_du_total: Chiffre
    attributions_en_qpv_revenu_connu: Chiffre
    part_revenu_connu: Chiffre
    objectif: Chiffre


class LogementDabord(TypedDict):
    """A row of ATT-08."""

    departement: str
    mois: str
    code: str
    libelle: str
    attributions_mois: Chiffre
    attributions_annee: Chiffre
    toutes_attributions_annee: Chiffre
    part_annee: Chiffre
    attributions_12_mois: Chiffre
    toutes_attributions_12_mois: Chiffre
    part_12_mois: Chiffre
    objectif_annuel: Chiffre
    prorata: Chiffre
    realise_sur_prorata: Chiffre


class Territoires(TypedDict):
    """A row of ATT-09."""

    departement: str
    mois: str
    niveau: str
    code: str
    libelle: str
    attributions: Chiffre
    attributions_hors_mutation: Chiffre
    demandes_actives: Chiffre
    demandes_actives_hors_mutation: Chiffre
    demandes_pour_une_attribution: Chiffre
    demandes_pour_une_attribution_hors_mutation: Chiffre


class PlafondAttributions(TypedDict):
    """A row of ATT-10."""

    departement: str
    mois: str
    code: str
    libelle: str
    total: Chiffre
    mutations: Chiffre
    hors_mutation: Chiffre
    total_ensemble: Chiffre
    mutations_ensemble: Chiffre
    hors_mutation_ensemble: Chiffre
    part_total: Chiffre
    part_mutations: Chiffre
    part_hors_mutation: Chiffre
    plafond_connu: Chiffre
    sous_le_plafond: Chiffre
    part_sous_le_plafond: Chiffre


class Arrondissements(TypedDict):
    """A row of ATT-11."""

    departement: str
    mois: str
    code: str
    libelle: str
    attributions: Chiffre
    prioritaires: Chiffre
    part_prioritaires: Chiffre
    objectif: Chiffre
    manquantes: Chiffre
    toutes_attributions_annee: Chiffre
    logement_dabord_annee: Chiffre
    part_annee: Chiffre
    objectif_annuel: Chiffre
    prorata: Chiffre
    realise_sur_prorata: Chiffre


class LogementActuel(TypedDict):
    """A row of DEM-06."""

    departement: str
    mois: str
    code: str
    libelle: str
    total: Chiffre
    mutations: Chiffre
    hors_mutation: Chiffre
    total_ensemble: Chiffre
    mutations_ensemble: Chiffre
    hors_mutation_ensemble: Chiffre
    part_total: Chiffre
    part_mutations: Chiffre
    part_hors_mutation: Chiffre


class DaloEnAttente(TypedDict):
    """A row of DEM-07."""

    departement: str
    mois: str
    code: str
    libelle: str
    demandes: Chiffre
    demandes_ensemble: Chiffre
    part_demandes: Chiffre
    attente_au_moins: Chiffre
    part_attente_au_moins: Chiffre
    anciennete_moyenne_mois: Chiffre
    anciennete_mediane_mois: Chiffre


class PressionTypologies(TypedDict):
    """A row of ATT-12."""

    departement: str
    mois: str
    code: str
    libelle: str
    demandes_actives: Chiffre
    attributions: Chiffre
    demandes_pour_une_attribution: Chiffre
    demandes_actives_hors_mutation: Chiffre
    attributions_hors_mutation: Chiffre
    demandes_pour_une_attribution_hors_mutation: Chiffre


class PressionCompositions(TypedDict):
    """A row of ATT-13."""

    departement: str
    mois: str
    code: str
    libelle: str
    demandes_actives: Chiffre
    attributions: Chiffre
    demandes_pour_une_attribution: Chiffre
    demandes_actives_hors_mutation: Chiffre
    attributions_hors_mutation: Chiffre
    demandes_pour_une_attribution_hors_mutation: Chiffre


class Profil(TypedDict):
    """A row of ATT-14."""

    departement: str
    mois: str
    dimension: str
    libelle_dimension: str
    code: str
    libelle: str
    demandes: Chiffre
    attributions: Chiffre
    demandes_ensemble: Chiffre
    attributions_ensemble: Chiffre
    part_demandes: Chiffre
    part_attributions: Chiffre


class Flux12Mois(TypedDict):
    """A row of FLUX-01."""

    departement: str
    mois: str
    code: str
    libelle: str
    depots: Chiffre
    radiations: Chiffre
    attributions: Chiffre
    attributions_prioritaires: Chiffre
    non_renouvellements: Chiffre


class FluxMois(TypedDict):
    """A row of FLUX-02."""

    departement: str
    mois: str
    periode: str
    libelle: str
    code_livraison: str
    depots: Chiffre
    depots_a_l_epoque: Chiffre
    depots_depuis: Chiffre
    radiations: Chiffre
    radiations_a_l_epoque: Chiffre
    radiations_depuis: Chiffre
    attributions: Chiffre
    attributions_a_l_epoque: Chiffre
    attributions_depuis: Chiffre
    attributions_prioritaires: Chiffre
    attributions_prioritaires_a_l_epoque: Chiffre
    attributions_prioritaires_depuis: Chiffre
    non_renouvellements: Chiffre
    non_renouvellements_a_l_epoque: Chiffre
    non_renouvellements_depuis: Chiffre


class FluxSemestres(TypedDict):
    """A row of FLUX-03."""

    departement: str
    mois: str
    periode: str
    libelle: str
    code_premiere_livraison: str
    code_derniere_livraison: str
    depots: Chiffre
    depots_a_l_epoque: Chiffre
    depots_depuis: Chiffre
    depots_en_fin: Chiffre
    radiations: Chiffre
    radiations_a_l_epoque: Chiffre
    radiations_depuis: Chiffre
    radiations_en_fin: Chiffre
    attributions: Chiffre
    attributions_a_l_epoque: Chiffre
    attributions_depuis: Chiffre
    attributions_en_fin: Chiffre
    attributions_prioritaires: Chiffre
    attributions_prioritaires_a_l_epoque: Chiffre
    attributions_prioritaires_depuis: Chiffre
    attributions_prioritaires_en_fin: Chiffre
    non_renouvellements: Chiffre
    non_renouvellements_a_l_epoque: Chiffre
    non_renouvellements_depuis: Chiffre
    non_renouvellements_en_fin: Chiffre


class FormeAucune(TypedDict):
    """No table has such rows."""


class FormeEvolution(TypedDict):
    """What the rows of 2 tables have, TAB01-01 the first."""

    departement: str
    mois: str
    code: str
    libelle: str
    fenetre: str
    total: Chiffre
    mutations: Chiffre
    hors_mutation: Chiffre


class FormeSerie(TypedDict):
    """What the rows of 3 tables have, TAB02-01 the first."""

    departement: str
    mois: str
    periode: str
    libelle: str
    demandes_actives: Chiffre
    demandes_actives_mutations: Chiffre
    demandes_actives_hors_mutation: Chiffre
    depots: Chiffre
    radiations: Chiffre
    attributions: Chiffre
    attributions_hors_mutation: Chiffre
    non_renouvellements: Chiffre
    abandons: Chiffre
    irrecevabilites: Chiffre
    attributions_12_mois: Chiffre
    attributions_12_mois_hors_mutation: Chiffre
    demandes_actives_precedentes: Chiffre
    evolution_demandes_actives: Chiffre
    demandes_pour_une_attribution: Chiffre
    demandes_pour_une_attribution_hors_mutation: Chiffre


class FormeRepartition(TypedDict):
    """What the rows of 12 tables have, ATT-04 the first."""

    departement: str
    mois: str
    code: str
    libelle: str
    total: Chiffre
    mutations: Chiffre
    hors_mutation: Chiffre
    total_ensemble: Chiffre
    mutations_ensemble: Chiffre
    hors_mutation_ensemble: Chiffre
    part_total: Chiffre
    part_mutations: Chiffre
    part_hors_mutation: Chiffre


class FormePlafonds(TypedDict):
    """What the rows of 2 tables have, ATT-10 the first."""

    departement: str
    mois: str
    code: str
    libelle: str
    total: Chiffre
    mutations: Chiffre
    hors_mutation: Chiffre
    total_ensemble: Chiffre
    mutations_ensemble: Chiffre
    hors_mutation_ensemble: Chiffre
    part_total: Chiffre
    part_mutations: Chiffre
    part_hors_mutation: Chiffre
    plafond_connu: Chiffre
    sous_le_plafond: Chiffre
    part_sous_le_plafond: Chiffre


class FormeDepotsParMois(TypedDict):
    """A row of DEM-02."""

    departement: str
    mois: str
    code: str
    libelle: str
    total: Chiffre
    mutations: Chiffre
    hors_mutation: Chiffre
    portail: Chiffre
    part_portail: Chiffre


class FormeDelaiAnormal(TypedDict):
    """A row of DEM-03."""

    departement: str
    mois: str
    code: str
    libelle: str
    delai_mois: Chiffre
    demandes: Chiffre
    au_dela_du_delai: Chiffre
    part_au_dela: Chiffre
    demandes_hors_mutation: Chiffre
    au_dela_du_delai_hors_mutation: Chiffre
    part_au_dela_hors_mutation: Chiffre


class FormeAttributionsParMois(TypedDict):
    """A row of ATT-01."""

    departement: str
    mois: str
    code: str
    libelle: str
    total: Chiffre
    mutations: Chiffre
    hors_mutation: Chiffre
    demandes_actives: Chiffre
    demandes_actives_mutations: Chiffre
    demandes_actives_hors_mutation: Chiffre
    demandes_pour_une_attribution: Chiffre
    demandes_pour_une_attribution_mutations: Chiffre
    demandes_pour_une_attribution_hors_mutation: Chiffre


class FormeDelais(TypedDict):
    """A row of ATT-02."""

    departement: str
    mois: str
    code: str
    libelle: str
    attributions: Chiffre
    delais_connus: Chiffre
    delai_moyen_mois: Chiffre
    delai_median_mois: Chiffre
    attributions_hors_mutation: Chiffre
    delais_connus_hors_mutation: Chiffre
    delai_moyen_hors_mutation_mois: Chiffre
    delai_median_hors_mutation_mois: Chiffre


class FormeMatrice(TypedDict):
    """A row of ATT-03."""

    departement: str
    mois: str
    code_recherche: str
    libelle_recherche: str
    code_attribue: str
    libelle_attribue: str
    attributions: Chiffre
    attributions_du_souhait: Chiffre
    part_du_souhait: Chiffre


class FormeReservatairesDalo(TypedDict):
    """A row of ATT-05."""

    departement: str
    mois: str
    code: str
    libelle: str
    attributions: Chiffre
    dalo: Chiffre
    part_dalo: Chiffre
    prioritaires: Chiffre
    part_prioritaires: Chiffre
    attribuees_au_titre_du_dalo: Chiffre
    objectif: Chiffre
    manquantes: Chiffre


class FormeMixite(TypedDict):
    """What the rows of 2 tables have, ATT-06 the first."""

    departement: str
    mois: str
    code: str
    libelle: str
    part_du_total: Chiffre
    part_revenu_connu: Chiffre
    objectif: Chiffre


class FormeLogementDabord(TypedDict):
    """A row of ATT-08."""

    departement: str
    mois: str
    code: str
    libelle: str
    attributions_mois: Chiffre
    attributions_annee: Chiffre
    toutes_attributions_annee: Chiffre
    part_annee: Chiffre
    attributions_12_mois: Chiffre
    toutes_attributions_12_mois: Chiffre
    part_12_mois: Chiffre
    objectif_annuel: Chiffre
    prorata: Chiffre
    realise_sur_prorata: Chiffre


class FormeArrondissements(TypedDict):
    """A row of ATT-11."""

    departement: str
    mois: str
    code: str
    libelle: str
    attributions: Chiffre
    prioritaires: Chiffre
    part_prioritaires: Chiffre
    objectif: Chiffre
    manquantes: Chiffre
    toutes_attributions_annee: Chiffre
    logement_dabord_annee: Chiffre
    part_annee: Chiffre
    objectif_annuel: Chiffre
    prorata: Chiffre
    realise_sur_prorata: Chiffre


class FormeCarte(TypedDict):
    """What the rows of 2 tables have, ATT-09 the first."""

    departement: str
    mois: str
    niveau: str
    code: str
    libelle: str


class FormeDalo(TypedDict):
    """A row of DEM-07."""

    departement: str
    mois: str
    code: str
    libelle: str
    demandes: Chiffre
    demandes_ensemble: Chiffre
    part_demandes: Chiffre
    attente_au_moins: Chiffre
    part_attente_au_moins: Chiffre
    anciennete_moyenne_mois: Chiffre
    anciennete_mediane_mois: Chiffre


class FormeFlux(TypedDict):
    """What the rows of 3 tables have, FLUX-01 the first."""

    departement: str
    mois: str
    libelle: str
    depots: Chiffre
    radiations: Chiffre
    attributions: Chiffre
    attributions_prioritaires: Chiffre
    non_renouvellements: Chiffre


class FormePression(TypedDict):
    """What the rows of 2 tables have, ATT-12 the first."""

    departement: str
    mois: str
    code: str
    libelle: str
    demandes_actives: Chiffre
    attributions: Chiffre
    demandes_pour_une_attribution: Chiffre
    demandes_actives_hors_mutation: Chiffre
    attributions_hors_mutation: Chiffre
    demandes_pour_une_attribution_hors_mutation: Chiffre


class FormeProfil(TypedDict):
    """A row of ATT-14."""

    departement: str
    mois: str
    dimension: str
    libelle_dimension: str
    code: str
    libelle: str
    demandes: Chiffre
    attributions: Chiffre
    demandes_ensemble: Chiffre
    attributions_ensemble: Chiffre
    part_demandes: Chiffre
    part_attributions: Chiffre
