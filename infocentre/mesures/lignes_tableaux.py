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


class Datee(TypedDict):
    """A row of a month of a département."""

    departement: str
    mois: str


class Modalite(Nommee, Datee):
    """A category."""


class FormeEvolution(Modalite):
    """What the rows of 2 tables have, TAB01-01 the first."""

    fenetre: str
    total: Chiffre
    mutations: Chiffre
    hors_mutation: Chiffre


class FormeSerie(Datee):
    """What the rows of 3 tables have, TAB02-01 the first."""

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


class FormeRepartition(Modalite):
    """What the rows of 12 tables have, ATT-04 the first."""

    total: Chiffre
    mutations: Chiffre
    hors_mutation: Chiffre
    total_ensemble: Chiffre
    mutations_ensemble: Chiffre
    hors_mutation_ensemble: Chiffre
    part_total: Chiffre
    part_mutations: Chiffre
    part_hors_mutation: Chiffre


class FormePlafonds(Modalite):
    """What the rows of 2 tables have, ATT-10 the first."""

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


class FormeMixite(Modalite):
    """What the rows of 2 tables have, ATT-06 the first."""

    part_du_total: Chiffre
    part_revenu_connu: Chiffre
    objectif: Chiffre


class FormeCarte(Modalite):
    """What the rows of 2 tables have, ATT-09 the first."""

    niveau: str


class FormeFlux(Datee):
    """What the rows of 3 tables have, FLUX-01 the first."""

    libelle: str
    depots: Chiffre
    radiations: Chiffre
    attributions: Chiffre
    attributions_prioritaires: Chiffre
    non_renouvellements: Chiffre


class FormePression(Modalite):
    """What the rows of 2 tables have, ATT-12 the first."""

    demandes_actives: Chiffre
    attributions: Chiffre
    demandes_pour_une_attribution: Chiffre
    demandes_actives_hors_mutation: Chiffre
    attributions_hors_mutation: Chiffre
    demandes_pour_une_attribution_hors_mutation: Chiffre


class Evolution(FormeEvolution):
    """A row of TAB01-01."""


class EvolutionAssociations(FormeEvolution):
    """A row of TAB01-02."""


class SerieTrimestres(FormeSerie):
    """A row of TAB02-01."""


class SerieAnnees(FormeSerie):
    """A row of TAB02-02."""


class SerieMois(FormeSerie):
    """A row of TAB02-03."""


class Anciennete(FormeRepartition):
    """A row of TAB03-01."""

    anciennete_moyenne_mois: Chiffre
    anciennete_moyenne_mutations_mois: Chiffre
    anciennete_moyenne_hors_mutation_mois: Chiffre
    anciennete_mediane_mois: Chiffre
    anciennete_mediane_mutations_mois: Chiffre
    anciennete_mediane_hors_mutation_mois: Chiffre


class Age(FormeRepartition):
    """A row of TAB03-02."""


class Nationalite(FormeRepartition):
    """A row of TAB03-03."""


class TailleMenage(FormeRepartition):
    """A row of TAB03-04."""


class CompositionFamiliale(FormeRepartition):
    """A row of TAB03-05."""


class SituationProfessionnelle(FormeRepartition):
    """A row of TAB03-06."""


class SituationFamiliale(FormeRepartition):
    """A row of TAB03-07."""


class Revenus(FormeRepartition):
    """A row of TAB03-08."""


class PlafondDemandes(FormePlafonds):
    """A row of TAB03-09."""


class Motifs(FormeRepartition):
    """A row of DEM-01."""


class Depots(Modalite):
    """A row of DEM-02."""

    total: Chiffre
    mutations: Chiffre
    hors_mutation: Chiffre
    portail: Chiffre
    part_portail: Chiffre


class DelaiAnormal(Modalite):
    """A row of DEM-03."""

    delai_mois: Chiffre
    demandes: Chiffre
    au_dela_du_delai: Chiffre
    part_au_dela: Chiffre
    demandes_hors_mutation: Chiffre
    au_dela_du_delai_hors_mutation: Chiffre
    part_au_dela_hors_mutation: Chiffre


class TypologiesRecherchees(FormeRepartition):
    """A row of DEM-04."""


class CommunesSouhaitees(FormeCarte):
    """A row of DEM-05."""

    total: Chiffre
    mutations: Chiffre
    hors_mutation: Chiffre
    total_ensemble: Chiffre
    mutations_ensemble: Chiffre
    hors_mutation_ensemble: Chiffre
    part_total: Chiffre
    part_mutations: Chiffre
    part_hors_mutation: Chiffre


class Attributions(Modalite):
    """A row of ATT-01."""

    total: Chiffre
    mutations: Chiffre
    hors_mutation: Chiffre
    demandes_actives: Chiffre
    demandes_actives_mutations: Chiffre
    demandes_actives_hors_mutation: Chiffre
    demandes_pour_une_attribution: Chiffre
    demandes_pour_une_attribution_mutations: Chiffre
    demandes_pour_une_attribution_hors_mutation: Chiffre


class Delais(Modalite):
    """A row of ATT-02."""

    attributions: Chiffre
    delais_connus: Chiffre
    delai_moyen_mois: Chiffre
    delai_median_mois: Chiffre
    attributions_hors_mutation: Chiffre
    delais_connus_hors_mutation: Chiffre
    delai_moyen_hors_mutation_mois: Chiffre
    delai_median_hors_mutation_mois: Chiffre


class Typologies(Datee):
    """A row of ATT-03."""

    code_recherche: str
    libelle_recherche: str
    code_attribue: str
    libelle_attribue: str
    attributions: Chiffre
    attributions_du_souhait: Chiffre
    part_du_souhait: Chiffre


class Reservataires(FormeRepartition):
    """A row of ATT-04."""


class Prioritaires(Modalite):
    """A row of ATT-05."""

    attributions: Chiffre
    dalo: Chiffre
    part_dalo: Chiffre
    prioritaires: Chiffre
    part_prioritaires: Chiffre
    attribuees_au_titre_du_dalo: Chiffre
    objectif: Chiffre
    manquantes: Chiffre


class MixiteHorsQpv(FormeMixite):
    """A row of ATT-06."""

    premier_quartile_ou_anru: Chiffre
    attributions_hors_qpv: Chiffre
    attributions_hors_qpv_revenu_connu: Chiffre


class MixiteEnQpv(FormeMixite):
    """A row of ATT-07."""

    quartiles_2_a_4: Chiffre
    attributions_en_qpv: Chiffre
    attributions_en_qpv_revenu_connu: Chiffre


class LogementDabord(Modalite):
    """A row of ATT-08."""

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


class Territoires(FormeCarte):
    """A row of ATT-09."""

    attributions: Chiffre
    attributions_hors_mutation: Chiffre
    demandes_actives: Chiffre
    demandes_actives_hors_mutation: Chiffre
    demandes_pour_une_attribution: Chiffre
    demandes_pour_une_attribution_hors_mutation: Chiffre


class PlafondAttributions(FormePlafonds):
    """A row of ATT-10."""


class Arrondissements(Modalite):
    """A row of ATT-11."""

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


class LogementActuel(FormeRepartition):
    """A row of DEM-06."""


class DaloEnAttente(Modalite):
    """A row of DEM-07."""

    demandes: Chiffre
    demandes_ensemble: Chiffre
    part_demandes: Chiffre
    attente_au_moins: Chiffre
    part_attente_au_moins: Chiffre
    anciennete_moyenne_mois: Chiffre
    anciennete_mediane_mois: Chiffre


class PressionTypologies(FormePression):
    """A row of ATT-12."""


class PressionCompositions(FormePression):
    """A row of ATT-13."""


class Profil(Modalite):
    """A row of ATT-14."""

    dimension: str
    libelle_dimension: str
    demandes: Chiffre
    attributions: Chiffre
    demandes_ensemble: Chiffre
    attributions_ensemble: Chiffre
    part_demandes: Chiffre
    part_attributions: Chiffre


class Flux12Mois(FormeFlux):
    """A row of FLUX-01."""

    code: str


class FluxMois(FormeFlux):
    """A row of FLUX-02."""

    periode: str
    code_livraison: str
    depots_a_l_epoque: Chiffre
    depots_depuis: Chiffre
    radiations_a_l_epoque: Chiffre
    radiations_depuis: Chiffre
    attributions_a_l_epoque: Chiffre
    attributions_depuis: Chiffre
    attributions_prioritaires_a_l_epoque: Chiffre
    attributions_prioritaires_depuis: Chiffre
    non_renouvellements_a_l_epoque: Chiffre
    non_renouvellements_depuis: Chiffre


class FluxSemestres(FormeFlux):
    """A row of FLUX-03."""

    periode: str
    code_premiere_livraison: str
    code_derniere_livraison: str
    depots_a_l_epoque: Chiffre
    depots_depuis: Chiffre
    depots_en_fin: Chiffre
    radiations_a_l_epoque: Chiffre
    radiations_depuis: Chiffre
    radiations_en_fin: Chiffre
    attributions_a_l_epoque: Chiffre
    attributions_depuis: Chiffre
    attributions_en_fin: Chiffre
    attributions_prioritaires_a_l_epoque: Chiffre
    attributions_prioritaires_depuis: Chiffre
    attributions_prioritaires_en_fin: Chiffre
    non_renouvellements_a_l_epoque: Chiffre
    non_renouvellements_depuis: Chiffre
    non_renouvellements_en_fin: Chiffre


class FormeAucune(TypedDict):
    """No table has such rows."""


class FormeDepotsParMois(Depots):
    """A row of DEM-02."""


class FormeDelaiAnormal(DelaiAnormal):
    """A row of DEM-03."""


class FormeAttributionsParMois(Attributions):
    """A row of ATT-01."""


class FormeDelais(Delais):
    """A row of ATT-02."""


class FormeMatrice(Typologies):
    """A row of ATT-03."""


class FormeReservatairesDalo(Prioritaires):
    """A row of ATT-05."""


class FormeLogementDabord(LogementDabord):
    """A row of ATT-08."""


class FormeArrondissements(Arrondissements):
    """A row of ATT-11."""


class FormeDalo(DaloEnAttente):
    """A row of DEM-07."""


class FormeProfil(Profil):
    """A row of ATT-14."""
