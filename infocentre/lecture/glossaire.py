"""The words of the trade that neither the catalogue nor the contract defines."""

from __future__ import annotations

from infocentre.contrat.dictionnaire import Type

TERMES = {
    "demande": "Demande de logement locatif social, reconnue par son numéro unique. Elle vit un an "
    "à compter du dépôt ou du dernier renouvellement, et finit par une radiation.",
    "numéro unique": "Les 18 caractères qui désignent une demande : territoire, mois et année du "
    "premier enregistrement, rang, guichet créateur.",
    "guichet": "Service enregistreur : bailleur, commune, EPCI, Action Logement, État. Il saisit "
    "dans l'application nationale, ou dans son propre logiciel (système privatif).",
    "guichet responsable": "Celui à qui une unité est comptée : selon l'indicateur, le guichet qui "
    "a créé la demande, ou celui du dernier acte.",
    "organisme": "L'ensemble des guichets d'un même SIREN au registre.",
    "gestionnaire territorial": "Celui à qui le préfet confie le registre du département : il "
    "contrôle la qualité des données et suit les guichets.",
    "SNE": "Système national d'enregistrement de la demande de logement social.",
    "livraison": "L'extrait mensuel du SNE pour un département, avec le registre des guichets.",
    "arrêté": "La date à laquelle les données ont été prises, toujours le dernier jour d'un mois.",
    "données arrêtées au": "Rappelle l'arrêté d'un chiffre : il ne dit rien de ce qui est saisi "
    "ensuite.",
    "attribution": "Radiation d'une demande parce qu'un bail a été signé.",
    "radiation": "Fin d'une demande : attribution, non-renouvellement, abandon, irrecevabilité, "
    "absence de réponse, fusion.",
    "déradiation": "Annulation d'une radiation : la demande redevient active.",
    "disparue": "Demande présente à l'arrêté d'avant, et dans aucun des deux fichiers ensuite.",
    "préavis": "Courrier qui prévient le demandeur que sa demande arrive à échéance.",
    "renouvellement": "Acte qui prolonge une demande d'un an.",
    "réservataire": "Celui qui propose les candidats d'un logement : État, collectivité, Action "
    "Logement, employeur.",
    "CALEOL": "Commission d'attribution des logements et d'examen de l'occupation des logements.",
    "DALO": "Droit au logement opposable : ménage reconnu prioritaire et à loger d'urgence.",
    "QPV": "Quartier prioritaire de la politique de la ville, depuis 2015 (périmètres de 2024) ; "
    "auparavant ZUS, zone urbaine sensible.",
    "RPLS": "Répertoire des logements locatifs des bailleurs sociaux ; son numéro à 10 caractères "
    "désigne un logement.",
    "mutation": "Demande d'un ménage déjà logé dans le parc social.",
    "demandes pour une attribution": "Demandes actives divisées par les attributions de 12 mois. "
    "Se lit avec son dénominateur, toutes demandes ou hors mutation.",
    "effectif": "Nombre d'unités sur lesquelles un taux est calculé.",
    "marge d'incertitude": "Intervalle à 95 % autour d'un taux (Wilson) : plus l'effectif est "
    "petit, plus elle est large.",
    "entonnoir": "Limites qu'un guichet de cet effectif, au taux d'ensemble de son type, ne passe "
    "que deux fois sur mille (à 99,8 %) ou cinq fois sur cent (à 95 %).",
    "taux d'ensemble": "Taux de tous les guichets d'un même type, pris ensemble.",
    "12 mois": "Les 12 mois qui finissent avec le mois montré, lus dans la livraison de ce mois.",
    "ANRU": "Agence nationale pour la rénovation urbaine : ses opérations obligent à reloger des "
    "ménages.",
    "PLAI, PLUS, PLS": "Les prêts qui financent les logements sociaux, du plus social au moins "
    "social ; leurs plafonds de ressources classent les ménages.",
    "quartile": "Les demandeurs sont rangés en quatre parts égales par leurs ressources ; le "
    "premier quartile est celui des plus modestes.",
    "ménages prioritaires": "Ménages que la loi fait passer d'abord : DALO et ceux de l'article "
    "L.441-1 du code de la construction et de l'habitation.",
    "Logement d'abord": "Plan qui loge directement des ménages sans domicile ou hébergés.",
    "contingent": "Les logements réservés à un même réservataire.",
    "EPCI": "Établissement public de coopération intercommunale : métropole, communauté "
    "d'agglomération ou de communes.",
    "révision": "Valeur publiée qui a changé, avec l'ancienne, la nouvelle et la cause.",
    "saisie tardive": "Acte entré au SNE après le mois où il a eu lieu : il manque au mois publié, "
    "et se retrouve dans les 12 mois suivants.",
    "secret statistique": "Les petits effectifs sont masqués dans ce qui est partagé.",
}
TYPES: dict[Type, str] = {
    "date": "date",
    "naissance": "date de naissance",
    "entier": "nombre entier",
    "decimal": "nombre",
    "indicatrice": "oui ou non",
    "code": "code",
    "texte": "texte",
}
