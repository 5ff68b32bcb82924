-- La place d'un code parmi ceux de sa liste, dans l'ordre où les tableaux les montrent.
create macro place_du_code(nom_liste, valeur) as
list_position(
    case nom_liste
        when 'COMPOSITION_FAMILLE'
            then [
                'ISOLE', 'COUPLE', 'MONO1', 'MONO2', 'MONO3P', 'COUPLE1', 'COUPLE2', 'COUPLE3P',
                'AUTRE'
            ]
        when 'MODE_LOGEMENT_ACTUEL'
            then [
                'HLM', 'LP', 'CPE', 'CP', 'SLHT', 'LTG', 'RS', 'RHVS', 'RE', 'SH', 'CDEFCM', 'HOT',
                'SD', 'SQUAT', 'CAMCAR', 'FONC', 'POCC'
            ]
        when 'POSITION_PLAFOND' then ['PLAI', 'PLUS', 'PLS', 'SUP']
        when 'STATUT_PROF' then ['CDI', 'CDD', 'ART', 'CHO', 'APP', 'ETU', 'RET', 'AUT']
        when 'TYPE_LOGEMENT_RECHERCHE' then ['C', 'T1', 'T2', 'T3', 'T4', 'T5', 'T6P']
        when 'TYPE_RESERVATAIRE'
            then ['COLTER', 'COLACT', 'PPRIOR', 'PFONCT', 'AUTRES', 'AUCUN']
    end,
    valeur
);
