-- Le mois d'un jour en toutes lettres : « janvier 2026 ».
create macro nom_du_mois(jour) as
concat(
    [
        'janvier', 'février', 'mars', 'avril', 'mai', 'juin',
        'juillet', 'août', 'septembre', 'octobre', 'novembre', 'décembre'
    ][month(jour)],
    ' ', year(jour)
);
