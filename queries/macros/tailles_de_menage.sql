-- Les tailles de ménage : [code, libellé] dans leur ordre.
create macro tailles_de_menage() as
[
    ['1', '1 personne'],
    ['2', '2 personnes'],
    ['3', '3 personnes'],
    ['4', '4 personnes'],
    ['5', '5 personnes'],
    ['6P', '6 personnes et plus'],
    ['NR', 'Non renseigné']
];
