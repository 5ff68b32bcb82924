"""The policy: what each role may do, and what each place asks. What it does not name is refused.

`docs/acces.md` is made of it; `tests/acces/` walks every place as every role.
"""

from __future__ import annotations

from collections.abc import Mapping

from infocentre.acces.roles import Action, Profil, Role, complets
from infocentre.noyau.lecteurs import Lecteur

ROLES: Mapping[Role, Profil] = complets(
    {
        Role.GESTIONNAIRE: Profil(
            nom="Gestionnaire territorial",
            lieux=("departements",),
            accueil="/",
            actions=frozenset(
                {
                    Action.ENTRER,
                    Action.CHERCHER,
                    Action.SYNTHESE,
                    Action.STATISTIQUES,
                    Action.REGION,
                    Action.INDICATEURS,
                    Action.FICHE,
                    Action.ANNUAIRE,
                    Action.NOMINATIF,
                    Action.DOUBLONS,
                    Action.SIGNALER,
                    Action.PETITS_NOMBRES,
                    Action.LIVRAISONS,
                    Action.DEPOSER,
                    Action.BILANS,
                    Action.PARTENAIRES,
                    Action.IMPRIMER_SYNTHESE,
                    Action.DOCUMENTS,
                    Action.AFFAIRES,
                    Action.CONDUIRE,
                    Action.NOTER,
                    Action.ACCES_SNE,
                    Action.REGLER,
                    Action.INTERROGER,
                    Action.DROITS,
                    Action.CONFIRMER,
                }
            ),
        ),
        Role.GUICHET: Profil(
            nom="Guichet ou organisme",
            lieux=("guichets", "organismes"),
            accueil="/suivi",
            actions=frozenset(
                {
                    Action.ENTRER,
                    Action.CHERCHER,
                    Action.INDICATEURS,
                    Action.FICHE,
                    Action.ANNUAIRE,
                    Action.NOMINATIF,
                    Action.SIGNALER,
                    Action.AFFAIRES,
                    Action.ACCES_SNE,
                    Action.REPONDRE,
                }
            ),
        ),
        Role.PARTENAIRE: Profil(
            nom="Partenaire",
            lieux=("departements", "epci"),
            accueil="/tableaux",
            actions=frozenset(
                {Action.ENTRER, Action.STATISTIQUES, Action.BILANS, Action.PARTENAIRES}
            ),
        ),
        Role.ANALYSTE: Profil(
            nom="Analyste",
            lieux=("departements",),
            accueil="/",
            actions=frozenset(
                {
                    Action.ENTRER,
                    Action.CHERCHER,
                    Action.SYNTHESE,
                    Action.STATISTIQUES,
                    Action.REGION,
                    Action.INDICATEURS,
                    Action.ANNUAIRE,
                    Action.INTERROGER,
                }
            ),
        ),
        Role.PREFET: Profil(
            nom="Services du préfet",
            lieux=("departements",),
            accueil="/",
            actions=frozenset(
                {
                    Action.ENTRER,
                    Action.SYNTHESE,
                    Action.PETITS_NOMBRES,
                    Action.BILANS,
                    Action.IMPRIMER_SYNTHESE,
                    Action.AFFAIRES,
                }
            ),
        ),
        Role.REGIONAL: Profil(
            nom="Services de la région",
            lieux=("departements",),
            accueil="/region",
            actions=frozenset({Action.ENTRER, Action.STATISTIQUES, Action.REGION, Action.AFFAIRES}),
        ),
        Role.ADMINISTRATEUR: Profil(
            nom="Administrateur des comptes",
            lieux=(),
            accueil="/aide",
            actions=frozenset({Action.ENTRER, Action.COMPTES, Action.CONFIRMER, Action.AUDIT}),
        ),
    }
)

# By path of the page.
PAGES: Mapping[str, Action] = {
    "/": Action.SYNTHESE,
    "/acces": Action.AFFAIRES,
    "/affaires": Action.AFFAIRES,
    "/affaires/<code>": Action.AFFAIRES,  # then as the procedure says (`voient`)
    "/aide": Action.ENTRER,
    "/aide/codes": Action.ENTRER,
    "/aide/colonnes": Action.ENTRER,
    "/aide/contrat": Action.ENTRER,
    "/aide/demonstration": Action.ENTRER,
    "/aide/gestionnaire": Action.ENTRER,
    "/aide/glossaire": Action.ENTRER,
    "/aide/guichet": Action.ENTRER,
    "/aide/procedures": Action.ENTRER,
    "/aide/convention": Action.ENTRER,
    "/aide/tableaux": Action.ENTRER,
    "/attributions": Action.STATISTIQUES,
    "/audit": Action.AUDIT,
    "/calendrier": Action.AFFAIRES,
    "/demande": Action.NOMINATIF,
    "/demande/<numero>": Action.NOMINATIF,
    "/demandes": Action.NOMINATIF,
    "/depot": Action.DEPOSER,
    "/documents": Action.BILANS,
    "/echantillon": Action.NOMINATIF,
    "/doublons": Action.DOUBLONS,
    "/doublons/corrections": Action.SIGNALER,
    "/doublons/recherche": Action.DOUBLONS,
    "/doublons/signaler": Action.SIGNALER,
    "/doublons/suivi": Action.DOUBLONS,
    "/envois": Action.CONDUIRE,
    "/guichet/<guichet>": Action.FICHE,
    "/guichets": Action.ANNUAIRE,
    "/guichets/liste-publique": Action.ANNUAIRE,
    "/indicateurs": Action.INDICATEURS,
    "/indicateurs/<code>": Action.INDICATEURS,
    "/introuvable": Action.ENTRER,
    "/livraisons": Action.LIVRAISONS,
    "/livraisons/<cle>": Action.LIVRAISONS,
    "/mesures": Action.AFFAIRES,
    "/organisme/<organisme>": Action.FICHE,
    "/pourquoi/<code>": Action.FICHE,  # counts guichet by guichet
    "/recherche": Action.CHERCHER,
    "/reconnaitre": Action.DEPOSER,
    "/region": Action.REGION,
    "/registre": Action.ENTRER,
    "/reglages": Action.REGLER,
    "/reglages/comparaisons": Action.REGLER,
    "/reglages/messagerie": Action.COMPTES,  # who sets it sees the links that it sends
    "/reglages/objectifs": Action.REGLER,
    "/reglages/signature": Action.REGLER,
    "/requetes": Action.INTERROGER,
    "/requetes/bibliotheque": Action.INTERROGER,
    "/requetes/indicateur": Action.INTERROGER,
    "/requetes/outils": Action.INTERROGER,
    "/suivi": Action.INDICATEURS,
    "/tableaux": Action.STATISTIQUES,
    "/tableaux/<code>": Action.STATISTIQUES,
}

# By rule; None: open to whoever asks, as it holds no data.
ROUTES: Mapping[str, Action | None] = {
    "/": Action.ENTRER,
    "/<path:path>": Action.ENTRER,
    "/_dash-component-suites/<string:package_name>/<path:fingerprinted_path>": None,
    "/_dash-component-suites/plotly/package_data/plotly.min.js": None,
    "/_dash-dependencies": Action.ENTRER,
    "/_dash-layout": Action.ENTRER,
    "/_dash-update-component": Action.ENTRER,  # then as RAPPELS or PAGES say
    "/_favicon.ico": None,
    "/_reload-hash": None,
    "/affaires/<code>/<id_>/<nom>.<forme>": Action.AFFAIRES,
    "/affaires/<code>/liste.<format_>": Action.AFFAIRES,
    "/affaires/<code>/releve/<nom>.<forme>": Action.CONDUIRE,
    "/aide/contrat/<nom>": Action.ENTRER,
    "/assets/<path:filename>": None,
    "/audit/acces.<format_>": Action.AUDIT,
    "/calendrier/<jeton>.ics": None,  # its secret says whose it is
    "/compte": Action.ENTRER,
    "/comptes": Action.COMPTES,
    "/comptes/<identifiant>": Action.COMPTES,
    "/connexion": None,
    "/connexion/code": None,
    "/connexion/fournisseur": None,
    "/connexion/retour": None,
    "/deconnexion": None,
    "/depot": Action.DEPOSER,
    "/documents/<nom>.<forme>": Action.ENTRER,  # then as DOCUMENTS says
    "/doublons/accuse/<guichet>.<forme>": Action.SIGNALER,
    "/doublons/formulaire/<guichet>.<forme>": Action.SIGNALER,
    "/doublons/listes/<guichet>/<nom>.<forme>": Action.DOUBLONS,
    "/droits/extrait": Action.DROITS,
    "/dsfr.css": None,
    "/dsfr/<path:chemin>": None,
    "/dsfr/fonts/<nom>": None,
    "/echantillon/classeur.xlsx": Action.NOMINATIF,
    "/echantillon/lecture": Action.NOMINATIF,
    "/editeur/editeur.js": None,
    "/envois/messages.zip": Action.CONDUIRE,
    "/export/<nom>.<format_>": Action.ENTRER,  # then as EXPORTS says
    "/guichets/liste-a-publier.<forme>": Action.ANNUAIRE,
    "/guichets/liste-a-publier.html": Action.ANNUAIRE,
    "/guichets/registre.xlsx": Action.DEPOSER,
    "/lien/<jeton>": None,
    "/mesures/<id_>/<nom>.<forme>": Action.CONDUIRE,
    "/plotly/plotly-basic-4.1.1.min.js": None,
    "/requetes/annuler": Action.INTERROGER,
    "/requetes/fichier/<jeton>/<nom>": Action.INTERROGER,
    "/requetes/schema.json": Action.INTERROGER,
    "/static/<path:filename>": None,
    "/version": Action.ENTRER,
}

# By name of the export.
EXPORTS: Mapping[str, Action] = {
    "a-corriger": Action.NOMINATIF,
    "demande": Action.NOMINATIF,
    "demandes": Action.NOMINATIF,
    "guichets": Action.ANNUAIRE,
    "indicateur": Action.INDICATEURS,
    "livraison": Action.LIVRAISONS,
    "region": Action.REGION,
    "revisions": Action.LIVRAISONS,
    "suivi": Action.INDICATEURS,
    "tableau": Action.STATISTIQUES,
    "valeurs": Action.INDICATEURS,
}

# Whom each document is for, by name: what it says of its diffusion, and who may have it.
LECTEURS: Mapping[str, Lecteur] = {
    "attributions": Lecteur.PUBLIC,
    "attributions-bailleur": Lecteur.DESTINATAIRE,
    "attributions-prefet": Lecteur.PREFET,
    "bilan": Lecteur.PUBLIC,
    "bilan-region": Lecteur.PUBLIC,
    "fiche": Lecteur.DESTINATAIRE,
    "flux-action-logement": Lecteur.DESTINATAIRE,
    "flux-autres": Lecteur.DESTINATAIRE,
    "flux-collectivites": Lecteur.DESTINATAIRE,
    "flux-etat": Lecteur.DESTINATAIRE,
    "guichets": Lecteur.PUBLIC,
    "infographie": Lecteur.PUBLIC,
    "mission": Lecteur.PREFET,
    "reservataires": Lecteur.PUBLIC,
    "synthese": Lecteur.PREFET,
    "synthese-region": Lecteur.PUBLIC,
}
_DES_LECTEURS: Mapping[Lecteur, Action] = {
    Lecteur.PUBLIC: Action.BILANS,
    Lecteur.DESTINATAIRE: Action.FICHE,
    Lecteur.PREFET: Action.IMPRIMER_SYNTHESE,
    Lecteur.SERVICE: Action.DOCUMENTS,
}
# What is of several départements asks what their page asks.
DOCUMENTS: Mapping[str, Action] = {
    **{nom: _DES_LECTEURS[un] for nom, un in LECTEURS.items()},
    **dict.fromkeys(("bilan-region", "synthese-region"), Action.REGION),
}

# By function of `dashboards` that answers a call; `navigation.montrer` then asks PAGES.
RAPPELS: Mapping[str, Action] = {
    "affaires.faire": Action.CONDUIRE,
    "affaires.recevoir": Action.AFFAIRES,
    "affaires.remplir": Action.AFFAIRES,
    "journee.agir": Action.CONDUIRE,
    "envois.compter": Action.CONDUIRE,
    "envois.demander": Action.CONDUIRE,
    "envois.dire": Action.CONDUIRE,
    "envois.faire": Action.CONDUIRE,
    "envois.recevoir": Action.CONDUIRE,
    "envois.suivre": Action.CONDUIRE,
    "envois.voir": Action.CONDUIRE,
    "mesures.faire": Action.CONDUIRE,
    "navigation.montrer": Action.ENTRER,
    "notes.agir": Action.NOTER,
    "pages.candidat.essayer": Action.INTERROGER,
    "pages.comparaisons.saisir": Action.REGLER,
    "pages.depot.suivre": Action.DEPOSER,
    "pages.doublons.decider": Action.DOUBLONS,
    "pages.doublons.tirer": Action.DOUBLONS,
    "pages.doublons_corrections.faire": Action.SIGNALER,
    "pages.doublons_signaler.lire": Action.SIGNALER,
    "pages.doublons_signaler.signaler": Action.SIGNALER,
    "pages.doublons_suivi.agir": Action.DOUBLONS,
    "pages.documents.suivre": Action.BILANS,
    "pages.guichets.deposer": Action.DEPOSER,
    "pages.messagerie.regler": Action.COMPTES,
    "pages.messagerie.essayer": Action.COMPTES,
    "pages.objectifs.saisir": Action.REGLER,
    "pages.reconnaitre.suivre": Action.DEPOSER,
    "pages.reglages.agir": Action.REGLER,
    "pages.reglages.controler": Action.REGLER,
    "pages.region.suivre": Action.REGION,
    "pages.requetes.arreter": Action.INTERROGER,
    "pages.requetes.arreter_export": Action.INTERROGER,
    "pages.requetes.executer": Action.INTERROGER,
    "pages.requetes.exporter": Action.INTERROGER,
    "pages.requetes.garder": Action.INTERROGER,
    "pages.requetes.garder_brouillon": Action.INTERROGER,
    "pages.requetes.lier": Action.INTERROGER,
    "pages.requetes.ouvrir_dessin": Action.INTERROGER,
    "pages.requetes.parametrer": Action.INTERROGER,
    "pages.requetes.repondre": Action.INTERROGER,
    "pages.requetes.suivre": Action.INTERROGER,
    "pages.requetes.tracer": Action.INTERROGER,
    "pages.signature.regler": Action.REGLER,
    "vues.agir": Action.INDICATEURS,
}

# By command, for who asks to read with the rights of an account.
COMMANDES: Mapping[str, Action] = {
    "acces": Action.EXPLOITER,
    "affaires": Action.EXPLOITER,
    "anomalies": Action.NOMINATIF,
    "bibliotheque": Action.INTERROGER,
    "bilan": Action.DOCUMENTS,
    "calendrier": Action.AFFAIRES,
    "candidat": Action.INTERROGER,
    "charger": Action.EXPLOITER,
    "chartes": Action.CONDUIRE,
    "commentaires": Action.NOMINATIF,
    "comparaisons": Action.REGLER,
    "comptes": Action.COMPTES,
    "contrat": Action.ENTRER,
    "controler": Action.EXPLOITER,
    "conventions": Action.CONDUIRE,
    "correspondance": Action.EXPLOITER,
    "demande": Action.NOMINATIF,
    "demo": Action.EXPLOITER,
    "doublons": Action.EXPLOITER,
    "droits": Action.EXPLOITER,
    "echantillon": Action.NOMINATIF,
    "expliquer": Action.ENTRER,
    "guichets": Action.CONDUIRE,
    "indicateurs": Action.INDICATEURS,
    "installer": Action.EXPLOITER,
    "journee": Action.AFFAIRES,
    "listes": Action.CONDUIRE,
    "livraisons": Action.LIVRAISONS,
    "mcp": Action.ENTRER,  # what is published, and nothing else
    "mensuel": Action.EXPLOITER,
    "messagerie": Action.EXPLOITER,
    "mesures": Action.CONDUIRE,
    "notes": Action.NOTER,
    "preuve": Action.EXPLOITER,
    "publier": Action.DOCUMENTS,
    "purger": Action.EXPLOITER,
    "questions": Action.CONDUIRE,
    "quotidien": Action.EXPLOITER,
    "reconstruire": Action.EXPLOITER,
    "registre": Action.EXPLOITER,
    "rejets": Action.LIVRAISONS,
    "reperes": Action.DOCUMENTS,
    "reparer": Action.EXPLOITER,
    "restaurer": Action.EXPLOITER,
    "retirer": Action.EXPLOITER,
    "revisions": Action.LIVRAISONS,
    "sauvegarder": Action.EXPLOITER,
    "servir": Action.EXPLOITER,
    "sql": Action.INTERROGER,
    "synthese": Action.IMPRIMER_SYNTHESE,
    "tableau": Action.DOCUMENTS,  # nothing is masked there
    "verifier": Action.EXPLOITER,
}

# By name of `infocentre.api.Infocentre`.
API: Mapping[str, Action] = {
    "affaires": Action.CONDUIRE,
    "anomalies": Action.NOMINATIF,
    "departements": Action.ENTRER,
    "effet": Action.AFFAIRES,
    "indicateurs": Action.INDICATEURS,
    "mesures": Action.AFFAIRES,
    "mois": Action.ENTRER,
    "objectifs": Action.DOCUMENTS,  # of the whole département, in clear
    "sql": Action.INTERROGER,
    "tableau": Action.DOCUMENTS,
    "tableaux": Action.ENTRER,
    "version": Action.ENTRER,
}
