"""Déposer une livraison: hand it over, see how it goes, control, publish."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

import dash
from dash import ALL, Input, Output, State, callback, ctx, dcc, html, no_update

from dashboards.clics import Bouton, appele, bouton, patienter
from dashboards.composants.apostrophes import courber
from dashboards.composants.elements import ariane, attributs, lien, titre, typographie
from dashboards.composants.natifs import Depot
from dashboards.courant import dossier, lecture, perimetre, qui
from dashboards.depots import exiger_dits, permis, siens
from dashboards.page import Vue
from infocentre import travaux
from infocentre.contrat.territoires import nom_departement
from infocentre.lecture.livraisons import a_controler
from infocentre.noyau.erreurs import Refus
from infocentre.noyau.francais import accorder, citer, majuscule, pourcent
from infocentre.noyau.temps import dater_heure, nom_mois, noms_mois
from infocentre.travaux import Travail

VITE, LENT = 1000, 5000  # milliseconds between two looks
MONTRES = 20
NOMMES = 6  # months to be controlled that are told by name
NATURES = {
    "charger": "Chargement",
    "controler": "Contrôle et publication",
    "reconnaitre": "Reconnaissance",
    "registre": "Registre des guichets",
}
ETATS = {"attente": "en attente", "encours": "en cours", "fait": "fait", "refus": "refusé"}
# What a person tells so that a delivery can be loaded: the field, its title, what it is for.
COMPLEMENTS = {
    "a_confirmer": (
        "confirmer",
        "Pourquoi la livraison est bonne malgré tout",
        "Cette raison sera gardée, et montrée avec la livraison.",
    ),
    "arrete": (
        "arrete",
        "Données arrêtées au",
        "Le dernier jour d'un mois, par exemple 31/10/2026 : l'archive ne le dit pas.",
    ),
    "departement": (
        "departement",
        "Département",
        "Son code, par exemple 13 : l'archive ne le dit pas.",
    ),
}


def layout(**_: str) -> Vue:
    """Return the page; what moves in it is given by `suivre`."""
    try:
        dossier()
    except Refus as refus:
        return Vue(html.Div([titre("Déposer une livraison"), html.P(refus.quoi)]))
    return Vue(
        html.Div(
            [
                Depot(id="depot", adresse="/depot"),
                html.Div(id="travaux-a-completer"),
                html.Div(id="travaux-controler"),
                html.Div(id="travaux", **attributs(aria_live="polite")),
                dcc.Store(id="travaux-montres"),
                dcc.Interval(id="travaux-horloge", interval=VITE),
            ]
        ),
        tete=html.Div(
            [
                ariane([("Livraisons", "/livraisons"), ("Déposer une livraison", None)]),
                titre(
                    "Déposer une livraison",
                    "L'archive du ministère, ou les fichiers que l'on a : ils se chargent, puis un "
                    "bouton contrôle le mois et le publie. La page peut être fermée : le travail "
                    "continue.",
                ),
            ]
        ),
    )


@callback(
    Output("travaux-a-completer", "children"),
    Output("travaux-controler", "children"),
    Output("travaux", "children"),
    Output("travaux-montres", "data"),
    Output("travaux-horloge", "interval"),
    Input("depot", "depose"),
    Input("travaux-horloge", "n_intervals"),
    Input({"type": "travail", "action": ALL, "travail": ALL}, "n_clicks"),
    State({"type": "travail-dit", "champ": ALL, "travail": ALL}, "value"),
    State("travaux-montres", "data"),
    running=patienter("travaux-horloge"),
)
def suivre(
    _depose: str | None,
    _battements: int | None,
    _clics: Sequence[int | None],
    _dits: Sequence[str | None],
    montres: dict[str, str] | None,
) -> tuple[Any, ...]:
    """Do what was clicked, then return what has changed since it was shown."""
    racine = dossier().racine
    clic = bouton()
    vus = montres if isinstance(montres, dict) else {}
    dit = _agir(clic) if clic else None if appele("depot") else vus.get("dit")
    travaux.lancer(racine)
    tous = siens(racine)[:MONTRES]
    parts = {
        "completer": [_a_completer(un) for un in tous if un.attend],
        "controler": _controler(tous, dit),
        "tous": _liste(tous),
    }
    neufs = {nom: str(contenu) for nom, contenu in parts.items()} | ({"dit": dit} if dit else {})
    return (
        *(no_update if vus.get(nom) == neufs[nom] else courber(parts[nom]) for nom in parts),
        neufs,
        VITE if any(un.etat in {"attente", "encours"} for un in tous) else LENT,
    )


def _agir(clic: Bouton) -> str | None:
    """Do what the button that was clicked says; return why it cannot be done."""
    racine, action, quoi = dossier().racine, clic["action"], str(clic["travail"])
    try:
        if action == "controler":
            travaux.demander(racine, "controler", qui(), permis(perimetre()))
            return None
        un = next((un for un in siens(racine) if un.identifiant == quoi), None)
        if un is None:
            return "Cette opération n'est pas connue. Reprendre la page."
        if action == "abandonner":
            travaux.abandonner(racine, quoi)
        elif action == "reconnaitre":
            travaux.repondre(racine, quoi, qui(), {})
        elif action == "reprendre":
            travaux.redemander(racine, quoi, qui(), _dits(un))
    except Refus as refus:
        return refus.phrase
    return None


def _dits(un: Travail) -> dict[str, str]:
    """Return what the fields of a work hold; raise Refus when it cannot be what they ask.

    Told again otherwise, it is another delivery: no reason was given for that one.
    """
    lus = {
        une["id"]["champ"]: str(une.get("value") or "").strip()
        for une in ctx.states_list[0]
        if une["id"]["travail"] == un.identifiant
    }
    autrement = any(lus.get(nom) != un.parametres[nom] for nom in un.a_redire)
    if autrement:
        lus.pop("confirmer", None)
    if not all(lus.values()):
        raise Refus("le champ est vide", que_faire="Le remplir, puis recommencer.")
    exiger_dits(lus)
    return lus | {"confirmer": ""} if autrement else lus


def _a_completer(un: Travail) -> html.Div:
    """Return what a delivery waits for: why, the fields to fill, what to do."""
    if un.inconnue:
        return _a_reconnaitre(un)
    quoi, _, que_faire = un.refus or ("", "", "")
    phrase, *points = quoi.split("\n")
    voulus = [un.motif] if un.motif in COMPLEMENTS else []
    return html.Div(
        [
            html.H2(f"« {un.objet} » attend une réponse", className="fr-h5"),
            html.P(typographie(f"{majuscule(phrase.rstrip(' :'))}.")),
            html.Ul([html.Li(typographie(point.strip(" -"))) for point in points])
            if points
            else None,
            html.P(typographie(que_faire)) if un.motif not in travaux.DITS and que_faire else None,
            *(_champ(un, motif) for motif in (*voulus, *un.a_redire)),
            html.P(
                [
                    _bouton("Charger la livraison", "reprendre", un.identifiant),
                    _bouton("Reconnaître ces fichiers", "reconnaitre", un.identifiant, second=True)
                    if un.motif == "a_confirmer"
                    else None,
                    _bouton("Abandonner", "abandonner", un.identifiant, second=True),
                ],
                className="exports",
            ),
        ],
        className="fr-callout",
    )


def _champ(un: Travail, motif: str) -> html.Div:
    """Return the field of what a person tells, with what was told of it before."""
    champ, intitule, aide = COMPLEMENTS[motif]
    saisie = dcc.Input(
        id={"type": "travail-dit", "champ": champ, "travail": un.identifiant},
        className="fr-input",
        maxLength=500,
        value=un.parametres.get(champ) if motif in un.a_redire else None,
    )
    precise = html.Span(aide, className="fr-hint-text")
    return html.Div(
        html.Label([intitule, precise, saisie], className="fr-label"),
        className="fr-input-group fr-mt-2w",
    )


def _a_reconnaitre(un: Travail) -> html.Div:
    """Return the way to say what files are that nobody knows."""
    quoi = un.refus[0] if un.refus and un.nature == "charger" else "leur reconnaissance attend"
    return html.Div(
        [
            html.H2(typographie(f"« {un.objet} » est à reconnaître"), className="fr-h5"),
            html.P(typographie(f"{majuscule(quoi)}.")),
            html.P(
                [
                    dcc.Link(
                        "Reconnaître ces fichiers",
                        href=f"/reconnaitre?travail={un.identifiant}",
                        className="fr-btn fr-btn--sm",
                    ),
                    _bouton("Abandonner", "abandonner", un.identifiant, second=True),
                ],
                className="exports",
            ),
        ],
        className="fr-callout",
    )


def _bouton(texte: str, action: str, travail: str, *, second: bool = False) -> html.Button:
    classe = "fr-btn fr-btn--sm" + (" fr-btn--secondary" if second else "")
    return html.Button(
        texte,
        id={"type": "travail", "action": action, "travail": travail},
        type="button",
        className=classe,
    )


def _controler(tous: Sequence[Travail], dit: str | None) -> list[Any]:
    """Return the months that wait to be controlled, with what controls them."""
    v = lecture()
    mois = a_controler(v) if v else []
    refus = [html.P(dit, className="fr-error-text", role="alert")] if dit else []
    if not mois or any(un.etat in {"attente", "encours"} for un in tous):
        return refus
    noms = citer([f"{nom_mois(m)} ({nom_departement(d)})" for d, m in mois], NOMMES, "autre")
    return [
        *refus,
        html.Div(
            [
                html.H2(f"{len(mois)} mois à contrôler", className="fr-h5"),
                html.P(
                    f"{majuscule(noms)}. {'Leurs' if mois[1:] else 'Ses'} indicateurs "
                    "seront calculés et publiés."
                ),
                _bouton("Contrôler et publier", "controler", ""),
            ],
            className="fr-callout",
        ),
    ]


def _liste(tous: Sequence[Travail]) -> list[Any]:
    montres = [un for un in tous if not un.attend]
    if not montres:
        return []
    return [
        html.H2("Travaux", className="fr-h5"),
        html.Ul([_travail(un) for un in montres], className="travaux"),
    ]


def _travail(un: Travail) -> html.Li:
    le = dater_heure(dt.datetime.fromisoformat(un.le))
    quoi = f"{NATURES[un.nature]}{f' de « {un.objet} »' if un.objet else ''}"
    entete: list[Any] = [html.Strong(quoi), f", {ETATS[un.etat]}", f" – {un.par}, {le}"]
    return html.Li([html.P(entete), *suite(un)], className=f"travail travail-{un.etat}")


def suite(un: Travail) -> list[Any]:
    """Return how far a work is, what it gave, or why it was refused."""
    if un.etat == "encours" and un.etapes:
        part = f" : {pourcent(un.part, 0)}" if un.part is not None else ""
        return [
            html.P(f"{un.etapes[-1]}{part}"),
            html.Progress(value=str(un.part), max="1", **attributs(aria_label=un.etapes[-1]))
            if un.part is not None
            else html.Progress(**attributs(aria_label=un.etapes[-1])),
        ]
    if un.refus:
        quoi, ou, que_faire = un.refus
        phrase, *points = quoi.split("\n")
        return [
            html.P(typographie(f"{ou} : {phrase}" if ou else majuscule(phrase))),
            html.Ul([html.Li(typographie(point.strip(" -"))) for point in points])
            if points
            else None,
            html.P(typographie(que_faire)) if que_faire else None,
        ]
    return _resultat(un) if un.etat == "fait" else []


def _resultat(un: Travail) -> list[Any]:
    lu = un.resultat
    if lu is None:
        return []
    if "completes" in lu:
        guichets = accorder(lu["guichets"], "guichet complété", "guichets complétés")
        mois = accorder(len(lu["completes"]), "mois complété", "mois complétés")
        return [html.P(f"{guichets}, {mois}, à contrôler de nouveau.")]
    if "deja" in lu:
        deja = " : elle l'était déjà, rien ne change" if lu["deja"] else ""
        vers = f"/livraisons/{lu['mois']}?departement={lu['departement']}"
        lus = noms_mois([*lu.get("autres", []), lu["mois"]])
        phrase = f"Chargée{deja}, {lus}, {nom_departement(lu['departement'])}. "
        if remplacees := lu.get("remplacees"):
            celles = "celle qui était chargée" if len(remplacees) == 1 else "celles déjà chargées"
            phrase += f"Elle remplace {celles} pour {noms_mois(remplacees)}. "
        return [html.P([phrase, lien("Lire le rapport", vers)])]
    if "restent" in lu:
        return []
    if not lu["mois"]:
        return [html.P("Aucun mois n'était en attente.")]
    publies = accorder(len(lu["mois"]), "mois publié", "mois publiés")
    revisees = f", {lu['revisees']}" if lu["revisees"] else ""
    vers = f"/?mois={lu['mois'][-1]}"
    return [html.P([f"{publies}{revisees}. ", lien(f"Voir {nom_mois(lu['mois'][-1])}", vers)])]


dash.register_page(
    __name__,
    path="/depot",
    sous="/livraisons",
    name="Déposer une livraison",
    title="Déposer une livraison – Infocentre",
    layout=layout,
)
