"""The dictionary says what the contract of data says, written here a second time from its text."""

from __future__ import annotations

import pytest

from infocentre.contrat import contrat
from infocentre.contrat.interdites import est_interdite
from infocentre.contrat.listes import CANAL_EN_LIGNE, Motif

# As in the contract: « * » compulsory, « † » where 999 means « not known ».
TEXTE = {
    "stock": """
        NUMERO_UNIQUE* TYPE_DEMANDEUR* ETAT_DEMANDE GUICHET_ENREGISTREUR* CLE_GUICHETCREATEUR*
        DATE_CREATION* DATE_MODIFICATION DATE_RENOUVELLEMENT DATE_PREAVIS_SIMPLE DATE_PREAVIS_AR
        VERSION_CERFA DOUBLON_FORCE* ESTCREEESITEGRANDPUBLIC* CONTACT_MAIL NB_PJIDENTITE NB_PJRFR
        DATE_NAISS_DEMANDEUR AGE_DEMANDEUR_DEMANDE† SEXE_DEMANDEUR NATIONALITE_DEMANDEUR
        SITU_FAMILIALE_DEMANDEUR STATUT_PROF_DEMANDEUR TAILLE_MENAGE† COTITULAIRE†
        PERSONNE_A_CHARGE† COMPOSITION_FAMILLE UNITE_CONSO REVENU_MENSUEL_FOYER
        REVENU_FISCAL1_FOYER REVENU_FISCAL2_FOYER POSITION_PLAFOND CATEG_LOGEMENT_ACTUEL
        TYPE_LOGEMENT_ACTUEL MODE_LOGEMENT_ACTUEL COMMUNE_LOG_ACTUEL SURFACE_ACTUEL
        MT_LOYER_MENSUEL_ACTUEL NBRE_HABITANT_ACTUEL† MODE_MUTATION MOTIF_DEMANDE
        CATEG_LOGEMENT_RECHERCHE TYPE_LOGEMENT_RECHERCHE COMMUNE_LOG_RECHERCHE MONTANT_LOYER_MAXI
        EST_DEMANDE_ELARGIE NB_PHANDICAP† NB_DALO NB_MENAGE_PRIORITAIRE NB_Q1 NB_Q2 NB_Q3 NB_Q4
        NB_QNA""",
    "radiation": """
        DATE_RADIATION* MOTIF_RADIATION* SMOTIF_RADIATION SIREN_RADIATION DATE_SIGNATURE_BAIL
        DELAI_ATTRIBUTION ADRESSE_LOGEMENT_ATTRIB TYPE_LOGEMENT_ATTRIB COMMUNE_LOGEMENT_ATTRIB
        SURFACE MONTANT_LOYER NUMERORPLS CLE_ETAT_RPLS TYPE_RESERVATAIRE ATTRIBUE_DALO
        LOG_ATTRIBUE_CLE_ZUS NB_QPV NB_HQPV NB_QPVNA ESTANRU""",
    "guichets": """
        CODE_GUICHET* NOM* TYPE_GUICHET* SIREN MODE_ENREGISTREMENT* ADRESSE CODE_POSTAL COMMUNE
        TELEPHONE COURRIEL HORAIRES DATE_CONVENTION DATE_FERMETURE""",
    "journal": """
        ID_EVENEMENT* NUMERO_UNIQUE* TYPE_EVENEMENT* GUICHET* CANAL DATE_EVENEMENT* DATE_SAISIE*
        DATE_ATTESTATION DATE_ECHEANCE""",
    "messages": """
        ID_MESSAGE* GUICHET* TYPE_FICHIER* NUMERO_UNIQUE DATE_ENVOI* STATUT* CODE_ANOMALIE
        DATE_RENVOI_OK""",
    "plis": "ID_PLI* NUMERO_UNIQUE* TYPE_PLI* DATE_ENVOI* STATUT* DATE_STATUT",
    "voeux": "ID_VOEU* NUMERO_UNIQUE* ORDRE† COMMUNE QUARTIER",
    "utilisateurs": """
        ID_UTILISATEUR* GUICHET* PROFIL DATE_OUVERTURE* DATE_DERNIERE_CONNEXION DATE_DEPART
        DATE_FERMETURE""",
    "identites": """
        NUMERO_UNIQUE* NOM* NOM_NAISSANCE PRENOM* DATE_NAISSANCE* CODE_POSTAL NOM_COTITULAIRE
        PRENOM_COTITULAIRE DATE_NAISSANCE_COTITULAIRE""",
}
# Optional, of November 2026, « ! » where it says what is nobody's business: masked, on no page.
DE_NOVEMBRE = {
    "stock": """
        DATE_ETAT NB_SYPLO NB_L441 NB_PRIORITE_CERFA NB_CERFA_PRIO_HANDICAP! NB_CERFA_PRIO_CHOMAGE
        NB_CERFA_PRIO_COORD_THERAPIE! NB_CERFA_PRIO_LOGT_INDIGNE NB_CERFA_PRIO_EXPULSION
        NB_CERFA_PRIO_VIOLENCE! NB_CERFA_PRIO_LOGT_NON_DECENT NB_CERFA_PRIO_LOGT_SUROCCUPE
        NB_CERFA_PRIO_SANS_LOGT NB_CERFA_PRIO_HEBERGE_TIERS NB_CERFA_PRIO_HEBERGE_TEMPO
        NB_COTATION_PRIO_SORTIE_PROSTI! NB_COTATION_PRIO_VICTIME_TRAITE!
        NB_COTATION_PRIO_VICTIME_VIOL! NB_PRIORITE_COTATION NB_DEJA_LOGE_PARC
        NB_TRAVAILLEUR_ESSENTIEL NB_JEUNE_MENAGE ACCORD_COLLECTIF_ID COMPSIRENORGBAILLEUR""",
    "radiation": "CLE_QPV POSITION_PLAFOND_ATTRIB NB_MIXITE_Q1 NB_MIXITE_QPV",
}
INDICATRICES = """
    DOUBLON_FORCE ESTCREEESITEGRANDPUBLIC CONTACT_MAIL MODE_MUTATION EST_DEMANDE_ELARGIE NB_DALO
    NB_MENAGE_PRIORITAIRE NB_Q1 NB_Q2 NB_Q3 NB_Q4 NB_QNA NB_QPV NB_HQPV NB_QPVNA ESTANRU""".split()
ENTIERS = """
    NB_PJIDENTITE NB_PJRFR AGE_DEMANDEUR_DEMANDE TAILLE_MENAGE COTITULAIRE PERSONNE_A_CHARGE
    NBRE_HABITANT_ACTUEL NB_PHANDICAP DELAI_ATTRIBUTION ORDRE""".split()
DECIMAUX = "UNITE_CONSO REVENU_ MT_LOYER_MENSUEL_ACTUEL MONTANT_LOYER SURFACE".split()
TEXTES = "NOM PRENOM ADRESSE HORAIRES COURRIEL TELEPHONE PROFIL".split()
NAISSANCES = {"DATE_NAISS_DEMANDEUR", "DATE_NAISSANCE", "DATE_NAISSANCE_COTITULAIRE"}
PERSONNELLES = {
    "NUMERO_UNIQUE",
    "DATE_NAISS_DEMANDEUR",
    "ADRESSE_LOGEMENT_ATTRIB",
    "NUMERORPLS",
    "ID_UTILISATEUR",
}
CODES = {
    "TYPE_DEMANDEUR": "PP PM",
    "SEXE_DEMANDEUR": "M F",
    "NATIONALITE_DEMANDEUR": "1 2 3",
    "SITU_FAMILIALE_DEMANDEUR": "C M D S P U V",
    "STATUT_PROF_DEMANDEUR": "CDI CDD ART CHO APP ETU RET AUT",
    "COMPOSITION_FAMILLE": "ISOLE COUPLE MONO1 MONO2 MONO3P COUPLE1 COUPLE2 COUPLE3P AUTRE",
    "POSITION_PLAFOND": "PLAI PLUS PLS SUP",
    "CATEG_LOGEMENT_ACTUEL": "A M",
    "MOTIF_DEMANDE": " ".join(f"{rang:02d}" for rang in range(1, 24)),
    "CATEG_LOGEMENT_RECHERCHE": "A M I",
    "TYPE_LOGEMENT_RECHERCHE": "C T1 T2 T3 T4 T5 T6P",
    "MOTIF_RADIATION": "RADATT RADREN RADABA RADIRR RADCON RADFUS",
    "SMOTIF_RADIATION": "IRRSEJ IRRRES",
    "TYPE_LOGEMENT_ATTRIB": "T1 T2 T3 T4 T5 T6 T7 T8 T9P",
    "CLE_ETAT_RPLS": "OK INCONNU NONIMM",
    "TYPE_RESERVATAIRE": "COLTER COLACT PPRIOR PFONCT AUTRES AUCUN",
    "ATTRIBUE_DALO": "OUI NON NONDOC",
    "LOG_ATTRIBUE_CLE_ZUS": "ZUSOUI ZUSNON ZUSNSP",
    "TYPE_GUICHET": "BAILLEUR COMMUNE EPCI DEPARTEMENT ACTION_LOGEMENT ETAT PORTAIL AUTRE",
    "MODE_ENREGISTREMENT": "DIRECT PRIVATIF",
    "TYPE_EVENEMENT": "CRE CRS MOD REN RAD DERAD SUP",
    "CANAL": "WEB WS FICHIER PORTAIL",
    "TYPE_FICHIER": "CRE CRS MOD RAD REN SUP DIS RET COP",
    "TYPE_PLI": "PREAVIS_SIMPLE PREAVIS_AR ATTESTATION NOTIF_RADIATION",
}
STATUTS = {"messages": "OK ANOMALIE", "plis": "DISTRIBUE NPAI EN_COURS"}


def _type(nom: str) -> str:
    if nom in NAISSANCES:
        return "naissance"
    if nom.startswith("DATE_"):
        return "date"
    if nom in INDICATRICES:
        return "indicatrice"
    if nom in ENTIERS:
        return "entier"
    if nom.startswith(tuple(DECIMAUX)):
        return "decimal"
    return "texte" if nom.startswith(tuple(TEXTES)) else "code"


@pytest.mark.parametrize("table", TEXTE)
def test_a_table_has_the_columns_of_the_contract(table: str) -> None:
    texte = TEXTE["stock"] + TEXTE[table] if table == "radiation" else TEXTE[table]
    colonnes = contrat().tables[table].colonnes
    ecrites = [f"{c.nom}{'*' * c.obligatoire}{'†' * c.neuf_cents_99}" for c in colonnes]
    # An optional column may be added, by its line of colonnes.yml alone.
    assert [une for une in ecrites if une in texte.split()] == texte.split()
    assert not any("*" in une for une in ecrites if une not in texte.split())
    assert all(colonne.table == table for colonne in colonnes)


def test_tables_come_in_the_order_of_the_contract() -> None:
    assert list(contrat().tables) == list(TEXTE)
    obligatoires = {nom for nom, table in contrat().tables.items() if table.obligatoire}
    assert obligatoires == {"stock", "radiation"}
    assert [nom for nom, table in contrat().tables.items() if table.nominative] == ["identites"]


@pytest.mark.parametrize("table", DE_NOVEMBRE)
def test_columns_of_november_are_optional_and_hide_what_is_nobody_s_business(table: str) -> None:
    dites = DE_NOVEMBRE[table].split()
    lues = [contrat().tables[table].par_nom[une.rstrip("!")] for une in dites]
    assert [f"{une.nom}{'!' * une.personnelle}" for une in lues] == dites
    assert {une.depuis for une in lues} == {"2026-11"}
    assert not any(une.obligatoire for une in lues)
    assert {une.masque for une in lues if une.personnelle} <= {"omettre"}
    assert {une.nom for une in lues} <= contrat().tables["radiation"].par_nom.keys()


def test_no_column_of_the_contract_is_one_that_is_never_read() -> None:
    noms = {c.nom for t in contrat().tables.values() for c in t.colonnes}
    assert {nom for nom in noms if est_interdite(nom)} == set()


@pytest.mark.parametrize(
    "nom",
    [
        "NIR", "nir", "NIR_ID_DEMANDEUR", "NIR_ID_COTITULAIRE", "ID_NIR", "Nir du demandeur",
        "DEMANDEINFOSSITE_ID", "COMMENTAIRE", "Commentaires", "COMMENTAIRE_LIBRE", "COMMENT",
        "OBSERVATIONS", "Remarque du guichet", "TEXTE_LIBRE", "N° sécu",
        "Numéro de sécurité sociale", " nir ",
    ],
)  # fmt: skip
def test_what_is_never_read_is_known_by_its_name(nom: str) -> None:
    assert est_interdite(nom)


# What names nobody, and leads to who does: an editor's own journal, a birthday.
RELIENT = {"ID_EVENEMENT", "ID_MESSAGE", "ID_PLI", "ID_VOEU", "AGE_DEMANDEUR_DEMANDE"}


def _toutes() -> list[tuple[str, str]]:
    ecrites = {nom: {une.strip("*†") for une in texte.split()} for nom, texte in TEXTE.items()}
    ecrites["radiation"] |= ecrites["stock"]
    return [
        (t.nom, c.nom)
        for t in contrat().tables.values()
        for c in t.colonnes
        if c.nom in ecrites[t.nom]
    ]


def test_every_column_says_what_it_is() -> None:
    colonnes = [une for table in contrat().tables.values() for une in table.colonnes]
    assert [une.nom for une in colonnes if not (une.libelle and une.description)] == []
    assert [une.nom for une in colonnes if une.personnelle and not une.masque] == []


@pytest.mark.parametrize(("table", "nom"), _toutes())
def test_a_column_is_what_the_contract_says(table: str, nom: str) -> None:
    colonne = contrat().tables[table].par_nom[nom]
    est_numero_rpls = nom == "NUMERORPLS"
    assert colonne.type == ("code" if est_numero_rpls else _type(nom))
    personnelle = table == "identites" or nom in PERSONNELLES
    assert colonne.personnelle is personnelle
    assert (colonne.masque is not None) is (personnelle or nom in RELIENT)
    assert colonne.champ == nom.lower()
    assert colonne.libelle
    assert colonne.description


@pytest.mark.parametrize("nom", CODES)
def test_a_code_list_is_that_of_the_contract(nom: str) -> None:
    listes = {
        c.codes for t in contrat().tables.values() for c in t.colonnes if c.nom == nom and c.codes
    }
    assert [" ".join(contrat().codes[liste]) for liste in listes] == [CODES[nom]]


@pytest.mark.parametrize("table", STATUTS)
def test_a_status_is_one_of_its_table(table: str) -> None:
    liste = contrat().tables[table].par_nom["STATUT"].codes
    assert liste
    assert " ".join(contrat().codes[liste]) == STATUTS[table]


def test_every_list_is_used_and_every_code_has_a_label() -> None:
    employees = {c.codes for t in contrat().tables.values() for c in t.colonnes if c.codes}
    assert employees == set(contrat().codes)
    avec_liste = {c.nom for t in contrat().tables.values() for c in t.colonnes if c.codes}
    assert avec_liste >= {*CODES, "STATUT", "MODE_LOGEMENT_ACTUEL"}
    assert len(contrat().codes["MODE_LOGEMENT_ACTUEL"]) == 17
    assert all(libelle for codes in contrat().codes.values() for libelle in codes.values())


def test_what_leaves_without_the_right_to_names_is_masked() -> None:
    masques = {c.nom: c.masque for t in contrat().tables.values() for c in t.colonnes if c.masque}
    numeros = {
        c.masque
        for t in contrat().tables.values()
        if not t.nominative
        for c in t.colonnes
        if c.nom == "NUMERO_UNIQUE"
    }
    assert numeros == {"pseudonyme"}
    assert masques["DATE_NAISS_DEMANDEUR"] == "annee"
    assert {masques[nom] for nom in ("ADRESSE_LOGEMENT_ATTRIB", "NUMERORPLS", "NOM")} == {"omettre"}


def test_the_contract_is_read_once_and_cannot_change() -> None:
    assert contrat() is contrat()
    with pytest.raises(AttributeError):
        contrat().tables["stock"].par_nom["NB_Q1"].nom = "NB_Q5"  # type: ignore[misc]


def test_codes_that_python_names_are_those_of_the_contract() -> None:
    codes = contrat().codes
    assert list(Motif) == list(codes["MOTIF_RADIATION"])
    assert CANAL_EN_LIGNE in codes["CANAL"]
