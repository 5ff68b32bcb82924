-- code: FLUX-03
-- titre: Série des flux de cinq semestres
-- grain: une ligne par semestre civil achevé vu d'un arrêté (departement, mois, periode)
-- objet: dépôts, radiations, attributions, celles aux ménages prioritaires et non-renouvellements
--   des cinq derniers semestres achevés, ce qui en a été publié mois par mois, et ce qu'en disait
--   la livraison qui les finit
-- sur: marts
-- note: Un semestre est la somme de ses six mois, lus comme dans la série de 25 mois. « à
--   l'époque » est la somme de ce que la livraison de chaque mois disait de lui, vide si
--   l'un d'eux n'a pas été publié ; « depuis » est ce que les saisies y ont ajouté ou
--   retiré. « à la fin du semestre » est lu dans la livraison de son dernier mois : c'est
--   lui qui se compare d'un semestre à l'autre, à même délai de saisie. Un semestre dont un
--   mois n'est couvert par aucune livraison n'a pas de ligne.
with mensuels as (
    select
        *,
        left(periode, 4)::int * 2 + if(right(periode, 2) <= '06', 0, 1) as semestre
    from flux_vus('flux_01', 34)
),

sommes as (
    select
        departement,
        mois,
        semestre,
        (left(mois, 4)::int * 12 + right(mois, 2)::int) // 6 - 1 as dernier,
        max(periode) as fin,
        min(code_livraison) as code_premiere_livraison,
        max(code_livraison) as code_derniere_livraison,
        sum(depots)::bigint as depots,
        sum(radiations)::bigint as radiations,
        sum(attributions)::bigint as attributions,
        sum(attributions_prioritaires)::bigint as attributions_prioritaires,
        sum(non_renouvellements)::bigint as non_renouvellements,
        count(depots_a_l_epoque) = 6 as tous_publies,
        if(tous_publies, sum(depots_a_l_epoque)::bigint, null) as depots_a_l_epoque,
        if(tous_publies, sum(radiations_a_l_epoque)::bigint, null) as radiations_a_l_epoque,
        if(tous_publies, sum(attributions_a_l_epoque)::bigint, null) as attributions_a_l_epoque,
        if(tous_publies, sum(attributions_prioritaires_a_l_epoque)::bigint, null)
            as attributions_prioritaires_a_l_epoque,
        if(tous_publies, sum(non_renouvellements_a_l_epoque)::bigint, null)
            as non_renouvellements_a_l_epoque
    from mensuels
    group by all
    having count(*) = 6
),

fins as (
    select
        departement,
        mois as fin,
        sum(depots)::bigint as depots_en_fin,
        sum(radiations)::bigint as radiations_en_fin,
        sum(attributions)::bigint as attributions_en_fin,
        sum(attributions_prioritaires)::bigint as attributions_prioritaires_en_fin,
        sum(non_renouvellements)::bigint as non_renouvellements_en_fin
    from flux_01
    where code > strftime(strptime(mois, '%Y-%m') - interval 6 month, '%Y-%m')
    group by all
)

select
    sommes.departement,
    sommes.mois,
    (sommes.semestre - sommes.dernier + 5)::int as ordre,
    concat(sommes.semestre // 2, '-S', sommes.semestre % 2 + 1) as periode,
    concat(if(sommes.semestre % 2 = 0, '1er', '2e'), ' semestre ', sommes.semestre // 2)
        as libelle,
    sommes.code_premiere_livraison,
    sommes.code_derniere_livraison,
    sommes.depots,
    sommes.depots_a_l_epoque,
    sommes.depots - sommes.depots_a_l_epoque as depots_depuis,
    fins.depots_en_fin,
    sommes.radiations,
    sommes.radiations_a_l_epoque,
    sommes.radiations - sommes.radiations_a_l_epoque as radiations_depuis,
    fins.radiations_en_fin,
    sommes.attributions,
    sommes.attributions_a_l_epoque,
    sommes.attributions - sommes.attributions_a_l_epoque as attributions_depuis,
    fins.attributions_en_fin,
    sommes.attributions_prioritaires,
    sommes.attributions_prioritaires_a_l_epoque,
    sommes.attributions_prioritaires - sommes.attributions_prioritaires_a_l_epoque
        as attributions_prioritaires_depuis,
    fins.attributions_prioritaires_en_fin,
    sommes.non_renouvellements,
    sommes.non_renouvellements_a_l_epoque,
    sommes.non_renouvellements - sommes.non_renouvellements_a_l_epoque
        as non_renouvellements_depuis,
    fins.non_renouvellements_en_fin
from sommes
left join fins on sommes.departement = fins.departement and sommes.fin = fins.fin
where sommes.semestre > sommes.dernier - 5
