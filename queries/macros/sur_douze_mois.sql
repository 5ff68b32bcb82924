-- Dit si un jour est dans les 12 mois qui finissent à l'arrêté.
create macro sur_douze_mois(jour, fin) as
jour between date_trunc('month', fin) - interval 11 month and fin;
