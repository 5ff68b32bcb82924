-- code: FLUX-02
-- titre: Série des flux de vingt-cinq mois
-- grain: une ligne par mois vu d'un arrêté (departement, mois, periode)
-- objet: dépôts, radiations, attributions, celles aux ménages prioritaires et non-renouvellements
--   de chacun des 25 derniers mois, et ce qui en a été publié à l'époque
-- sur: marts
-- note: Les flux des 12 derniers mois sont lus dans la livraison de l'arrêté : leur somme est celle
--   des autres tableaux sur 12 mois. Un mois plus ancien est lu dans la dernière livraison qui le
--   couvre en entier, que nomme « code_livraison » ; un mois qu'aucune ne couvre n'a pas de ligne.
--   « à l'époque » est ce que disait la livraison de ce mois, « depuis » ce que les saisies y ont
--   ajouté ou retiré.
select
    departement,
    mois,
    (25 - recul)::int as ordre,
    periode,
    libelle,
    code_livraison,
    depots,
    depots_a_l_epoque,
    depots - depots_a_l_epoque as depots_depuis,
    radiations,
    radiations_a_l_epoque,
    radiations - radiations_a_l_epoque as radiations_depuis,
    attributions,
    attributions_a_l_epoque,
    attributions - attributions_a_l_epoque as attributions_depuis,
    attributions_prioritaires,
    attributions_prioritaires_a_l_epoque,
    attributions_prioritaires - attributions_prioritaires_a_l_epoque
        as attributions_prioritaires_depuis,
    non_renouvellements,
    non_renouvellements_a_l_epoque,
    non_renouvellements - non_renouvellements_a_l_epoque as non_renouvellements_depuis
from flux_vus('flux_01', 24)
