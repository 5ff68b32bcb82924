-- Les tranches d'âge : [code, libellé] dans leur ordre.
create macro tranches_d_age() as
[
    ['M25', 'Moins de 25 ans'],
    ['A25_29', 'De 25 à 29 ans'],
    ['A30_39', 'De 30 à 39 ans'],
    ['A40_49', 'De 40 à 49 ans'],
    ['A50_59', 'De 50 à 59 ans'],
    ['A60_64', 'De 60 à 64 ans'],
    ['A65_74', 'De 65 à 74 ans'],
    ['P75', '75 ans et plus'],
    ['NR', 'Non renseigné']
];
