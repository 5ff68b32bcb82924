"""Accès au SNE: who has an access in each guichet, its periodic review, the answers of guichets."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import dash
from dash import dcc, html

from dashboards import acces_sne as gestes
from dashboards.composants.direct import lien_direct
from dashboards.composants.elements import (
    ariane,
    attributs,
    barre_filtres,
    exports,
    faits,
    pagination,
    titre,
    typographie,
)
from dashboards.composants.listes import Cellule, liste
from dashboards.composants.mesures import chronologie, lu_jusqu_ici
from dashboards.composants.natifs import Bloc
from dashboards.composants.saisie import Champ, Formulaire, formulaire, groupe
from dashboards.courant import acces
from dashboards.mesures import TOUTES, empeche, registre
from dashboards.page import Contexte, Vue, page
from infocentre.acces.modele import Action
from infocentre.affaires import Affaire
from infocentre.affaires.gardes import envoi_en_suspens, reponses_de_revue
from infocentre.demarches import acces_sne
from infocentre.demarches.classeur import Cas
from infocentre.demarches.doublons.decrire import noms_des_guichets
from infocentre.demarches.envoi import FICHIER
from infocentre.lecture.filtres import nombre_de_pages, page_montree
from infocentre.noyau.francais import accord, accorder
from infocentre.noyau.temps import jour

PAR_PAGE = 25
GUICHETS = (
    "Guichet",
    "Accès ouverts",
    "À regarder",
    "Départs",
    "Fermés le jour même",
    "Heures (médiane)",
    "Encore ouverts",
    "Depuis (heures)",
    "Dernière revue",
)


@page
def layout(c: Contexte) -> Vue:
    """Return the accesses of a département by guichet, or one review (`affaire`)."""
    if c.adresse.get("affaire"):
        return _une(c, acces_sne.revue(c.v, registre(), c.adresse["affaire"]))
    conduit = gestes.conduit(c.v)
    if conduit:
        acces_sne.exiger_revue(c.v, c.filtres.departement)
    c.v.exiger_nominatif()
    revues = acces_sne.revues(c.v, registre(), c.filtres.departement)
    noms = noms_des_guichets(c.v, c.filtres.departement)
    corps = html.Div(
        [
            *(_a_faire(c, revues) if conduit else []),
            html.H2(accorder(len(revues), "revue"), className="fr-h5"),
            _liste(c, revues, noms)
            if revues
            else html.P("Aucune revue." if conduit else "Aucune revue n'attend ce guichet."),
            html.H2("Guichets", className="fr-h5"),
            html.P(
                "Les heures vont du départ déclaré à la fermeture, un jour compté pour 24 : une "
                "livraison ne dit pas l'heure.",
                className="fr-hint-text",
            ),
            _guichets(c, revues, noms),
        ]
    )
    return Vue(
        corps,
        tete=html.Div(
            [
                ariane([("Mesures", c.filtres.lien("/mesures")), ("Accès au SNE", None)]),
                titre("Accès au SNE", f"{c.lieu} : qui a un accès, et sa revue périodique"),
            ]
        ),
        filtres=barre_filtres(c.filtres, c.mois, c.departements)[1:],
    )


def _a_faire(c: Contexte, revues: Sequence[Affaire]) -> list[Any]:
    figees = sum(une.etat == "figee" for une in revues)
    changements = sum(bool(acces_sne.a_demander(une)) for une in revues)
    messagerie = (c.v.dossier.racine / FICHIER).exists()
    suite = f"?departement={c.filtres.departement}&mois={c.filtres.mois}"
    ouvrir = accord(figees, "Ouvrir la revue", "Ouvrir chaque revue")
    points = [
        html.Li(
            [
                "Les guichets dont la dernière revue est ancienne. ",
                _bouton("Commencer une revue", "proposer"),
            ]
        ),
        html.Li(
            [
                html.Strong(f"{accorder(figees, 'liste à envoyer', 'listes à envoyer')}. "),
                _bouton("Envoyer les listes", "envoyer")
                if messagerie
                else f"{ouvrir} pour ses fichiers.",
            ]
        )
        if figees
        else None,
        html.Li(
            [
                html.Strong(
                    f"{accorder(changements, 'guichet demande', 'guichets demandent')} "
                    "des changements. "
                ),
                _bouton("Les noter demandés au SNE", "demander"),
            ]
        )
        if changements
        else None,
    ]
    return [
        html.H2("À faire", className="fr-h5"),
        html.Div(html.Ul(list(filter(None, points)), className="a-faire")),
        html.Div(id="acces-message"),
        exports(
            {
                "Relevé pour l'administrateur du SNE (PDF)": f"/acces/releve.pdf{suite}",
                "Le même (.xlsx)": f"/acces/releve.xlsx{suite}",
            }
        ),
    ]


def _bouton(
    texte: str, evenement: str, affaire: str = TOUTES, *, second: bool = False
) -> html.Button:
    return html.Button(
        texte,
        id={"type": "acces-action", "evenement": evenement, "affaire": affaire},
        className=f"fr-btn {'fr-btn--secondary ' if second else ''}fr-btn--sm",
        type="button",
    )


def _liste(c: Contexte, revues: Sequence[Affaire], noms: Mapping[str, str]) -> Bloc:
    """Return the reviews, those under way first."""
    lignes: list[list[Cellule]] = [
        [
            lien_direct(noms.get(une.objet, une.objet), _lien(c, une)),
            une.titre_etat,
            f"{len(reponses_de_revue(une.situation))} sur {acces_sne.nombre(une)}",
            len(acces_sne.changements(une)),
            f"{une.echeance.titre} le {jour(une.echeance.due)}" if une.echeance else "–",
        ]
        for une in sorted(revues, key=lambda une: (une.situation.finie, une.objet))
    ]
    colonnes = ("Guichet", "État", "Réponses", "À changer", "Échéance")
    return liste(colonnes, lignes, "Revues, celles en cours d'abord", numeriques=(3,))


def _lien(c: Contexte, une: Affaire) -> str:
    return c.filtres.lien(acces_sne.PAGE, affaire=une.id)


def _guichets(c: Contexte, revues: Sequence[Affaire], noms: Mapping[str, str]) -> Bloc:
    derniere = {une.objet: une for une in revues}
    lignes: list[list[Cellule]] = []
    for un in acces_sne.etats(c.v, c.filtres.departement):
        partis, revue = un.departs, derniere.get(un.guichet)
        fermetures: list[Cellule] = ["–"] * 5
        if partis:
            fermetures = [
                partis.declares,
                partis.le_jour_meme,
                "–" if partis.mediane is None else f"{partis.mediane:g}".replace(".", ","),
                partis.encore_ouverts,
                "–" if partis.ouvert_depuis is None else partis.ouvert_depuis,
            ]
        vue = f"{revue.titre_etat}, {jour(revue.ouverte_le)}" if revue else "aucune"
        lignes.append(
            [
                noms.get(un.guichet, un.guichet),
                un.ouverts,
                un.a_regarder,
                *fermetures,
                lien_direct(vue, _lien(c, revue)) if revue else vue,
            ]
        )
    legende = "Accès ouverts, et du départ déclaré à la fermeture, par guichet"
    return liste(GUICHETS, lignes, legende, numeriques=range(1, 8), nus=())


# --- One review -----------------------------------------------------------------------------------


def _une(c: Contexte, une: Affaire) -> Vue:
    noms, etat = noms_des_guichets(c.v, une.departement), une.situation.procedure.etats[une.etat]
    conduit, lus = gestes.conduit(c.v), acces_sne.acces_de(registre(), une)
    repond = not conduit and acces().peut(Action.REPONDRE) and une.etat in acces_sne.REPONDENT
    numero = page_montree(c.adresse, len(lus), PAR_PAGE)
    montres = lus[PAR_PAGE * (numero - 1) : PAR_PAGE * numero]
    paires = [
        ("Guichet", noms.get(une.objet, une.objet)),
        ("État", etat.titre),
        ("Accès", f"{len(lus)}, dont {len(reponses_de_revue(une.situation))} avec une réponse"),
        *((e.titre, jour(e.due)) for e in une.echeances),
    ]
    corps = html.Div(
        [
            faits(paires),
            html.P(typographie(etat.page)),
            *(_gestes(c, une) if conduit else []),
            html.Div(id="acces-message"),
            *(_repondre(une, montres, len(lus)) if repond else []),
            html.H2("Accès", className="fr-h5"),
            _acces(une, montres),
            pagination(
                numero,
                nombre_de_pages(len(lus), PAR_PAGE),
                lambda n: c.filtres.lien(acces_sne.PAGE, affaire=une.id, page=str(n)),
            ),
            exports(
                {
                    "Liste à remplir (.xlsx)": f"/acces/{une.id}/liste.xlsx",
                    "Liste à signer (PDF)": f"/acces/{une.id}/liste.pdf",
                }
            ),
            html.H2("Chronologie", className="fr-h5"),
            chronologie(une, None if conduit else "guichet"),
        ]
    )
    fil = ariane(
        [
            ("Mesures", c.filtres.lien("/mesures")),
            ("Accès au SNE", c.filtres.lien(acces_sne.PAGE)),
            (une.id, None),
        ]
    )
    nom = f"{noms.get(une.objet, une.objet)} : revue des accès au SNE"
    return Vue(corps, tete=html.Div([fil, titre(nom)]))


def _gestes(c: Contexte, une: Affaire) -> list[Any]:
    """Return what may be done of a review, and why the rest may not."""
    possibles = une.situation.procedure.possibles(une.etat)
    suspens = envoi_en_suspens(une.situation)
    if suspens:
        question = f"Un envoi à {suspens.donnees['destinataire']} est peut-être parti. "
        boutons = [
            _bouton("Il est arrivé", "arrive.oui", une.id, second=True),
            _bouton("Il n'est pas arrivé", "arrive.non", une.id, second=True),
        ]
        return [html.Div([html.P(question), *boutons], className="avertissement")]
    boutons = []
    if "envoyer" in possibles:
        if (c.v.dossier.racine / FICHIER).exists():
            boutons.append(_bouton("Envoyer par courriel", "envoyer", une.id))
        boutons.append(_bouton("Noter remise par courrier", "remettre.courrier", une.id))
        boutons.append(
            _bouton("Ouvrir au guichet ici", "remettre.application", une.id, second=True)
        )
    boutons += [
        _bouton(f"Clore : {dit}", f"clore.{code}", une.id, second=True)
        for code, dit in acces_sne.issues(une, registre()).items()
    ]
    return [
        html.Div(boutons, className="exports"),
        _reception(une) if "repondre" in possibles else None,
        html.P(typographie(f"{dit[:1].upper()}{dit[1:]}."))
        if (dit := empeche(une.id, "envoyer") if "envoyer" in possibles else "")
        else None,
    ]


def _reception(une: Affaire) -> html.Div:
    return html.Div(
        [
            html.P("Classeur rendu (.xlsx), ou courriel qui le porte (.eml) :"),
            dcc.Upload(
                html.Button(
                    "Choisir le fichier reçu", className="fr-btn fr-btn--sm", type="button"
                ),
                id={"type": "acces-fichier", "affaire": une.id},
                accept=".xlsx,.eml",
                max_size=30 << 20,
            ),
        ],
        **attributs(data_reception=une.id),
    )


def _repondre(une: Affaire, montres: Sequence[Cas], nombre: int) -> list[Any]:
    return [
        html.H2("Répondre", className="fr-h5"),
        lu_jusqu_ici(une),
        _formulaire(une, montres, nombre),
    ]


def _formulaire(une: Affaire, montres: Sequence[Cas], nombre: int) -> Formulaire:
    """Return the form of a guichet, an access at a time, with what it answered before."""
    deja, valeurs, groupes = reponses_de_revue(une.situation), dict[str, str](), []
    options = [("", "–"), *((un, un) for un in acces_sne.CHOIX)]
    for un in montres:
        champs = [
            Champ(f"{un.reference}.reponse", "Cet accès est à", "liste", options=options),
            Champ(f"{un.reference}.precision", "Précision", aide="Ce qui est à modifier"),
        ]
        quoi = f"{un.unite} – ouvert le {jour(un.jour)} – {un.explication}"
        groupes.append(groupe("acces", champs, quoi))
        if dite := deja.get(un.reference):
            valeurs[f"{un.reference}.reponse"] = dite["reponse"]
            valeurs[f"{un.reference}.precision"] = dite.get("precision", "")
    suite = f"Envoyer les réponses ({accorder(len(montres), 'accès', 'accès')} sur {nombre} ici)"
    return formulaire(
        "reponse-acces", groupes, valeurs, bouton=suite, classe="formulaire reponse-guichet"
    )


def _acces(une: Affaire, montres: Sequence[Cas]) -> Bloc:
    """Return the frozen list, what was answered of each, what the last delivery shows."""
    deja, vus = reponses_de_revue(une.situation), acces_sne.sorts_vus(une)
    lignes: list[list[Cellule]] = []
    for un in montres:
        dite = deja.get(un.reference, {})
        reponse = " : ".join(filter(None, (dite.get("reponse"), dite.get("precision"))))
        lignes.append(
            [
                un.unite,
                jour(un.jour),
                typographie(un.explication),
                typographie(reponse),
                vus.get(un.reference, ""),
            ]
        )
    colonnes = ("Utilisateur", "Ouvert le", "Accès", "Réponse", "Livraison suivante")
    return liste(colonnes, lignes, "Accès de la liste, figée ce jour-là")


dash.register_page(
    "acces_sne",
    path=acces_sne.PAGE,
    name="Accès au SNE",
    title="Accès au SNE – Infocentre",
    layout=layout,
    sous="/mesures",
)
