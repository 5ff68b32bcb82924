"""Invented and common names that the demonstration combines at random."""

from __future__ import annotations

ORGANISMES = (
    "Garlaban Résidences",
    "Provence Habitat Solidaire",
    "Étang Bleu Habitat",
    "Sainte-Baume Logis",
    "Crau Solidaire Habitat",
    "Les Foyers de l’Étoile",
    "Calanques Logement coopératif",
    "Alpilles Toit familial",
    "Lou Cabanon Habitat",
    "Le Toit des Deux Rives",
    "Horizon Camargue Logement",
    "Société immobilière du Rocher Blanc",
    "Office public de l’habitat du Val d’Huvelle",
    "Coopérative de l’Olivier",
    "Société des Logis du Levant",
    "La Nouvelle Bastide",
    "Résidences de la Restanque",
    "Toits et Pinèdes",
    "Foyer du Mas Neuf",
    "Société anonyme d’habitations à loyer modéré du Cœur des Collines et des Rivages réunis",
)

AGENCES = ("siège", "agence Nord", "agence Sud", "agence Est", "agence Ouest", "agence du Littoral")

ASSOCIATIONS = (
    "Association Un Toit sous le Vent",
    "Maison de l’étudiant du Grand Large",
    "Relais logement des Trois Moulins",
    "Service social du Port Fictif",
    "Association La Clé des Champs",
)

ACTION_LOGEMENT = ("agence Centre", "agence Littoral", "agence Étang", "agence Rhône")

SERVICES_ETAT = (
    "Service de l’hébergement et du logement",
    "Bureau du logement des fonctionnaires",
    "Commission de médiation – secrétariat",
)

PRENOMS_FEMMES = (
    "Marie,Nathalie,Isabelle,Sylvie,Catherine,Françoise,Monique,Valérie,Sandrine,Stéphanie,"
    "Christine,Céline,Julie,Aurélie,Émilie,Sophie,Laura,Sarah,Léa,Manon,Chloé,Camille,Inès,"
    "Fatima,Nadia,Samira,Karima,Yasmine,Leïla,Amina,Aïcha,Mélanie,Hélène,Zoé,Maëlle,Jeanne,"
    "Anne-Marie,Marie-Claude,Dominique,Pascale,Brigitte,Josiane,Nicole,Corinne,Elsa,Noémie,"
    "Océane,Anaïs,Pauline,Lucie"
).split(",")

PRENOMS_HOMMES = (
    "Jean,Philippe,Michel,Alain,Patrick,Nicolas,Christophe,Pierre,Christian,Éric,Frédéric,"
    "Laurent,Stéphane,David,Pascal,Thierry,Daniel,Thomas,Julien,Kevin,Maxime,Alexandre,Lucas,"
    "Hugo,Mohamed,Karim,Rachid,Ahmed,Youssef,Bilal,Mehdi,Samir,Jean-Pierre,Jean-Luc,François,"
    "Jérôme,Sébastien,Rémi,Loïc,Gaël,Noël,Benoît,Antoine,Vincent,Romain,Mathieu,Théo,Enzo,"
    "Adam,Gérard"
).split(",")

NOMS = (
    "Martin,Bernard,Thomas,Petit,Robert,Richard,Durand,Dubois,Moreau,Laurent,Simon,Michel,"
    "Lefèvre,Leroy,Roux,David,Bertrand,Morel,Fournier,Girard,Bonnet,Dupont,Lambert,Fontaine,"
    "Rousseau,Vincent,Muller,Faure,André,Mercier,Blanc,Guérin,Boyer,Garnier,Chevalier,François,"
    "Legrand,Gauthier,Garcia,Perrin,Robin,Clément,Morin,Nicolas,Henry,Roussel,Mathieu,Gautier,"
    "Masson,Marchand,Duval,Denis,Dumont,Marie,Lemaire,Noël,Meyer,Dufour,Meunier,Brun,Blanchard,"
    "Giraud,Joly,Rivière,Lucas,Brunet,Gaillard,Barbier,Arnaud,Martinez,Gérard,Roche,Renard,"
    "Schmitt,Roy,Leroux,Colin,Vidal,Caron,Picard,Roger,Fabre,Aubert,Lemoine,Renaud,Dumas,"
    "Lacroix,Olivier,Philippe,Bourgeois,Pierre,Benoît,Rey,Leclerc,Payet,Rolland,Leclercq,"
    "Guillaume,Lecomte,Lopez,Jean,Dupuy,Guillot,Hubert,Berger,Carpentier,Sanchez,Dupuis,Moulin,"
    "Louis,Deschamps,Huet,Vasseur,Perez,Boucher,Fleury,Royer,Klein,Jacquet,Adam,Paris,Poirier,"
    "Marty,Aubry,Guyot,Carré,Charles,Renault,Charpentier,Ménard,Maillard,Baron,Bertin,Bailly,"
    "Hervé,Schneider,Fernandez,Collet,Léger,Bouvier,Julien,Prévost,Millet,Perrot,Daniel,"
    "Cousin,Germain,Breton,Besson,Langlois,Rémy,Le Goff,Pelletier,Lévêque,Perrier,Leblanc,"
    "Barré,Lebrun,Marchal,Weber,Mallet,Hamon,Boulanger,Jacob,Monnier,Michaud,Rodriguez,"
    "Guichard,Gillet,Étienne,Grondin,Poulain,Tessier,Chevallier,Collin,Chauvin,Da Silva,"
    "Bouchet,Gay,Lemaître,Bénard,Maréchal,Humbert,Reynaud,Antoine,Hoarau,Perret,Barthélemy,"
    "Cordier,Pichon,Lejeune,Gilbert,Lamy,Delaunay,Pasquier,Carlier,Laporte,Bencherif,Haddad,"
    "Benali,Mansouri,Traoré,Diallo,Nguyen,Tran,Cissé,Belkacem,Saïdi,Hamdi,Cherif,Lebœuf"
).split(",")

_DEBUTS = (
    "Bel,Mont,Val,Gran,Pel,Mar,Ber,Cas,Cor,Del,Fav,Gal,Gar,Jour,Lam,Lan,Mal,Mir,Mour,Nog,Pag,Par,"
    "Pas,Per,Pom,Pon,Rab,Rav,Rib,Roum,Sab,Sal,Savour,Serr,Sol,Tar,Tour,Var,Ver,Vin,Bou,Cham,Dar,Es,"
    "Fer,Guil,Ker,Lou,Meyss,Or"
).split(",")
_FINS = (
    "ier,ard,in,et,eau,oux,ac,an,as,aud,bert,dier,don,el,enc,er,ès,eyre,get,iac,ieu,in-Roux,ineau,"
    "ion,is,let,lier,mont,nard,net,neau,nier,otte,oulet,our,oy,quet,ral,rand,rel,rier,rinel,ron,sac,"
    "sier,tel,tier,ton,vel,zac"
).split(",")
# Names that few people bear, as most names are.
NOMS_RARES = tuple(f"{debut}{fin}" for debut in _DEBUTS for fin in _FINS)

VOIES = (
    "rue de la République",
    "avenue du Maréchal-Foch",
    "boulevard des Dames",
    "rue du Cœur-Volant",
    "chemin de l’Étoile",
    "traverse des Œillets",
    "allée des Micocouliers",
    "rue Jean-Jaurès",
    "place de l’Église",
    "impasse du Moulin à huile",
    "résidence « Les Pins », bât. B",
    "rue d’Alsace ; entrée 2",
    'cours "Mirabelle"',
    "montée du Château",
    "quai des Belges-Imaginaires",
)
