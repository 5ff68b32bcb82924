"""Requêtes: write SQL on the analysts' file, see its result, draw it, keep it."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from functools import partial
from typing import Any
from urllib.parse import urlencode

import dash
from dash import ClientsideFunction, Input, Output, State, ctx, dcc, html

from dashboards.clics import patienter
from dashboards.composants.dessins import (
    dessiner,
    formulaire_dessin,
    lire_demande,
    proposer,
)
from dashboards.composants.elements import attributs, repli, titre
from dashboards.composants.requetes import (
    EXEMPLE,
    Depart,
    adresse_editeur,
    alerte,
    garder_choix,
    groupes_parametres,
    lien_requete,
    liste_executions,
    liste_gardees,
    onglets,
    origine,
    reponses,
    valeurs_parametres,
)
from dashboards.composants.resultat import (
    FORMATS,
    GENRES_ECRITS,
    Rubrique,
    montrer,
    rubriques,
    valeur,
)
from dashboards.composants.saisie import Champ, Editeur, Formulaire, Groupes, Tables, groupe
from dashboards.courant import dossier, lecture
from dashboards.page import Contexte, page
from dashboards.requetes import (
    Reponses,
    identifiant,
    lancer,
    mes_requetes,
    options_ecrites,
    options_lues,
    place,
    preparer,
    rappel,
    texte,
    textes,
)
from infocentre.decisions import RequeteGardee
from infocentre.lecture.analystes import codes_connus
from infocentre.noyau.erreurs import Refus, RefusMotive
from infocentre.noyau.francais import nombre
from infocentre.requetes.bibliotheque import (
    Requete,
    lire_bibliotheque,
    requete_libre,
    trouver_requete,
)
from infocentre.requetes.execution import annuler, attente
from infocentre.requetes.modele import RequeteRefusee
from infocentre.requetes.recherche import chercher

LIEN_MAX = 3000
REPRISE_MS, HORLOGE_MS = 700, 1000
REPRISES_MAX = 40  # each may have waited in the queue already
PREMIERES = 3  # of what answers a question
EXPORT = "-export"
EN_ATTENTE = "En attente, d'autres requêtes sont en cours…"


@page
def atelier(c: Contexte) -> html.Div:
    """Return the editor with the query of the address, the tables, what was kept and run."""
    depart = _depart(c.adresse)
    donnes = {nom[2:]: valeur for nom, valeur in c.adresse.items() if nom.startswith("p_")}
    miennes = mes_requetes()
    schema = f"/requetes/schema.json?version={c.v.version.numero}"
    return html.Div(
        [
            titre(
                "Écrire une requête",
                "Le fichier des analystes, en lecture seule : sans nom, numéros remplacés",
            ),
            onglets("/requetes"),
            _question(),
            html.Div(
                [
                    html.Div([*_ecriture(depart, donnes, schema), _garder(depart)]),
                    html.Aside(
                        Tables(id="tables", adresse=schema),
                        **attributs(aria_label="Tables et colonnes"),
                    ),
                ],
                className="atelier",
            ),
            html.Div(id="resultat", className="resultat"),
            html.Div(
                [
                    repli("Requêtes enregistrées", _gardees(), ouvert=True),
                    repli(
                        "Historique",
                        html.Div(liste_executions(miennes.historique()), id="executions"),
                        ouvert=True,
                    ),
                ],
                className="deux-colonnes ecran",
            ),
        ],
        className="page-requetes",
    )


def _question() -> html.Div:
    """Return the field that finds a query of the library, and the place of what it finds."""
    champ = Champ("question", "Question en français", "search", "trouve une requête prête")
    return html.Div(
        [
            Formulaire(
                id="question",
                groupes=[groupe("f", [champ])],
                valeurs={},
                bouton="Trouver",
                classe="formulaire question",
            ),
            html.Div(id="reponses", **attributs(aria_live="polite")),
        ],
        className="ecran",
    )


def _ecriture(depart: Depart, donnes: Mapping[str, str], schema: str) -> list[Any]:
    """Return the editor, the parameters of its text, what one may do with it."""
    course = secrets.token_hex(16)
    groupes, valeurs, dit = _formulaire(depart.sql, donnes)
    return [
        dcc.Store(id="depart", data=depart.ecrire()),
        dcc.Store(id="course", data=course),
        dcc.Store(id="executee"),
        dcc.Store(id="lien"),
        dcc.Store(id="copie"),
        dcc.Interval(id="horloge", interval=HORLOGE_MS, disabled=True),
        dcc.Interval(id="reprise", interval=REPRISE_MS, disabled=True),
        html.Div(origine(depart), id="origine", className="requete-origine"),
        Editeur(
            id="editeur",
            nom="Requête SQL",
            valeur=depart.sql,
            script=adresse_editeur(),
            schema=schema,
            identifiant=course,
        ),
        html.P(
            "Un seul SELECT. Ctrl+Entrée l'exécute, Ctrl+Espace propose ; Échap puis Tab sort de "
            "l'éditeur.",
            className="fr-hint-text",
            id="sql-aide",
        ),
        Formulaire(id="parametres", groupes=groupes, valeurs=valeurs, classe="parametres"),
        html.Div(dit, id="parametres-dit"),
        _actions(depart),
    ]


def _actions(depart: Depart) -> html.Div:
    bouton = partial(html.Button, type="button")
    return html.Div(
        [
            bouton("Exécuter", id="executer", className="fr-btn"),
            bouton("Annuler", id="annuler", className="fr-btn fr-btn--secondary", hidden=True),
            bouton("Copier le lien", id="copier", className="fr-btn fr-btn--tertiary"),
            dcc.Link(
                "En faire un indicateur",
                id="vers-indicateur",
                href=_vers_indicateur(depart, depart.sql),
                className="fr-btn fr-btn--tertiary",
            ),
            html.Span(id="course-dite", className="temps", role="status", hidden=True),
            html.Span(id="temps", className="temps", role="status"),
            html.Span(id="lien-dit", className="temps", role="status"),
            html.Span(id="brouillon-dit", className="fr-hint-text"),
        ],
        className="actions",
    )


def _garder(depart: Depart) -> html.Details:
    """Return what keeps a query, and deletes one's own that is open."""
    return repli(
        "Enregistrer",
        html.Div(
            [
                Formulaire(
                    id="garder",
                    groupes=_champs_garder(depart),
                    valeurs={"titre": depart.titre, "partagee": "oui" if depart.partagee else ""},
                    bouton="Enregistrer la requête",
                    classe="formulaire garder",
                ),
                dcc.ConfirmDialogProvider(
                    html.Button("Supprimer", type="button", className="fr-btn fr-btn--tertiary"),
                    id="supprimer",
                    message=f"Supprimer la requête « {depart.titre} » ?",
                )
                if depart.mienne
                else html.Div(id="supprimer"),
                html.Div(id="garder-dit", role="status"),
            ]
        ),
    )


def _champs_garder(depart: Depart) -> Groupes:
    qui = [("", "moi seulement"), ("oui", "tous les utilisateurs")]
    champs = [
        Champ("titre", "Titre", precisions={"maxLength": 120, "required": True}),
        Champ("partagee", "Qui la voit", "choix", options=qui),
    ]
    if depart.mienne:
        champs.append(Champ("copie", "comme une nouvelle requête", "case"))
    return [groupe("garder", champs)]


def _gardees() -> html.Div:
    miennes = mes_requetes()
    return html.Div(
        [
            Formulaire(
                id="chercher-requete",
                groupes=[groupe("chercher", [Champ("requete", "Chercher", "search")])],
                valeurs={},
                classe="chercher-requete",
            ),
            html.Div(liste_gardees(miennes.lister(), miennes.auteur), id="gardees"),
        ]
    )


# --- What opens -----------------------------------------------------------------------------------


def _depart(adresse: Mapping[str, str]) -> Depart:
    """Return the query that an address names; raise Refus when there is none of that name."""
    if nom := adresse.get("bibliotheque"):
        une = trouver_requete(lire_bibliotheque(), nom)
        return Depart(une.sql, une.titre, une.description, bibliotheque=une.nom)
    miennes = mes_requetes()
    if id_ := adresse.get("requete"):
        return _de_gardee(miennes.lire(id_), miennes.auteur)
    if rang := adresse.get("execution"):
        return Depart(miennes.relire(rang).sql)
    return Depart(adresse.get("sql") or miennes.brouillon() or EXEMPLE)


def _de_gardee(gardee: RequeteGardee, moi: str) -> Depart:
    return Depart(
        gardee.sql,
        gardee.titre,
        id=gardee.id,
        auteur=gardee.auteur,
        partagee=gardee.partagee,
        mienne=gardee.auteur == moi,
    )


def _formulaire(sql: str, donnes: Mapping[str, str]) -> tuple[Groupes, dict[str, str], Any]:
    """Return the form of the parameters of a text, and what is wrong in its header."""
    if not sql.strip():
        return [], {}, None  # nothing is written yet
    try:
        requete = requete_libre(sql)
    except Refus as refus:
        return [], {}, alerte(refus)
    valeurs = valeurs_parametres(requete, donnes)
    return garder_choix(groupes_parametres(requete, options_ecrites), valeurs), valeurs, None


def _vers_indicateur(depart: Depart, sql: str) -> str:
    nomme = depart.adresse(sql)
    return f"/requetes/indicateur?{urlencode(nomme if 'requete' in nomme else {'sql': sql})}"


def _adresse(depart: Depart, sql: str, donnes: Mapping[str, str]) -> str:
    """Return the address of a text and its parameters, empty when it is too long for one."""
    choisis = {f"p_{nom}": un for nom, un in donnes.items() if un}
    adresse = lien_requete(**depart.adresse(sql), **choisis)
    return adresse if len(adresse) <= LIEN_MAX else ""


# --- What one does --------------------------------------------------------------------------------


@rappel(
    {"trouvees": Output("reponses", "children")},
    {"_": Input("question", "envois"), "valeurs": State("question", "valeurs")},
    refus="trouvees",
)
def repondre(_: object, valeurs: object) -> Reponses:
    """Find the queries of the library that answer a question; none is run."""
    question = texte(valeurs, "question").strip()
    trouvees = chercher(lire_bibliotheque(), question)[:PREMIERES]
    if trouvees:
        return {"trouvees": reponses(trouvees)}
    rien = "Aucune requête de la bibliothèque n'y répond. Le dire autrement, ou l'écrire ici."
    return {"trouvees": html.P(rien) if question else None}


@rappel(
    {
        "groupes": Output("parametres", "groupes"),
        "valeurs": Output("parametres", "valeurs"),
        "dit": Output("parametres-dit", "children"),
        "indicateur": Output("vers-indicateur", "href"),
    },
    {
        "sql": Input("editeur", "valeur"),
        "charge": Input("parametres", "charge"),
        "valeurs": State("parametres", "valeurs"),
        "groupes": State("parametres", "groupes"),
        "depart": State("depart", "data"),
    },
    refus="dit",
)
def parametrer(
    sql: object, charge: object, valeurs: object, groupes: object, depart: object
) -> Reponses:
    """Give the form of the parameters that a text asks for, or the list that is asked for."""
    if ctx.triggered_id == "parametres":
        return _charger(texte(sql), texte(charge, "nom"), textes(valeurs))
    with place():
        voulus, lues, dit = _formulaire(texte(sql), textes(valeurs))
    rendu: Reponses = {
        "dit": dit,
        "indicateur": _vers_indicateur(Depart.lire(depart), texte(sql)),
    }
    noms = _noms(groupes)
    return rendu if noms == _noms(voulus) else rendu | {"groupes": voulus, "valeurs": lues}


def _noms(groupes: object) -> list[Any]:
    """Return what a form is told from another by: all of its fields but the options of lists."""
    lots = groupes if isinstance(groupes, list) else []
    champs = [un for lot in lots if isinstance(lot, dict) for un in lot.get("champs", [])]
    return [
        {nom: un for nom, un in champ.items() if nom not in {"options", "charger"}}
        for champ in champs
        if isinstance(champ, dict)
    ]


def _charger(sql: str, nom: str, valeurs: Mapping[str, str]) -> Reponses:
    """Give the form with the list of one parameter, its query run: somebody asked for it."""
    with place():
        requete = requete_libre(sql)
        if nom not in requete.parametres:
            raise Refus(f"la requête n'a pas de paramètre « {nom} »", que_faire="La relire.")
        return {"groupes": _avec_liste(requete, nom, valeurs), "dit": None}


def _avec_liste(requete: Requete, nom: str, valeurs: Mapping[str, str]) -> Groupes:
    voulu = requete.parametres[nom]
    groupes = groupes_parametres(
        requete, lambda un: options_lues(un) if un is voulu else options_ecrites(un)
    )
    return garder_choix(groupes, valeurs)


@rappel(
    {"dit": Output("brouillon-dit", "children")},
    {"sql": Input("editeur", "valeur"), "depart": State("depart", "data")},
    refus="dit",
)
def garder_brouillon(sql: object, depart: object) -> Reponses:
    """Keep what is being written: it opens with the page, until it is kept or replaced."""
    if texte(sql).strip() == Depart.lire(depart).sql.strip():
        return {}
    mes_requetes().ecrire_brouillon(texte(sql))
    return {"dit": "Brouillon gardé." if texte(sql).strip() else None}


@rappel(
    {
        "contenu": Output("resultat", "children"),
        "dit": Output("temps", "children"),
        "place": Output("editeur", "place"),
        "arret": Output("reprise", "disabled"),
        "reprises": Output("reprise", "n_intervals"),
        "executions": Output("executions", "children"),
        "executee": Output("executee", "data"),
        "lien": Output("lien", "data"),
    },
    {
        "_": Input("executer", "n_clicks"),
        "clavier": Input("editeur", "executions"),
        "reprises": Input("reprise", "n_intervals"),
        "sql": State("editeur", "valeur"),
        "donnes": State("parametres", "valeurs"),
        "course": State("course", "data"),
        "depart": State("depart", "data"),
    },
    refus="contenu",
    running=[
        (Output("executer", "disabled"), True, False),
        (Output("annuler", "hidden"), False, True),
        (Output("horloge", "disabled"), False, True),
        (Output("course-dite", "hidden"), False, True),
        *patienter("reprise"),
        (Output("resultat", "className"), "resultat resultat--attendu", "resultat"),
    ],
)
def executer(
    _: object,
    clavier: object,  # noqa: ARG001 - an event, not a value
    reprises: object,
    sql: object,
    donnes: object,
    course: object,
    depart: object,
) -> Reponses:
    """Run the query that is on the screen; when all are busy, the page asks again by itself."""
    ecrit, choisis = texte(sql), textes(donnes)
    fois = reprises if ctx.triggered_id == "reprise" and isinstance(reprises, int) else 0
    rendu: Reponses = {"arret": True, "place": None, "dit": None, "reprises": fois}
    rendu |= {"lien": _adresse(Depart.lire(depart), ecrit, choisis)}
    try:
        resultat = lancer(ecrit, choisis, identifiant(course))
    except Refus as refus:
        motif = refus.motif if isinstance(refus, RefusMotive) else ""
        if motif == "occupe" and fois < REPRISES_MAX:
            return {"arret": False, "reprises": fois, "dit": EN_ATTENTE}
        return rendu | _refuser(refus, motif)
    colonnes = rubriques(resultat, codes_connus(lecture()))
    return rendu | {
        "contenu": montrer(resultat, colonnes, resultat.secondes),
        "executions": liste_executions(mes_requetes().historique()),
        "executee": {
            "sql": ecrit,
            "donnes": choisis,
            "titre": Depart.lire(depart).titre,
            "colonnes": [[une.nom, une.genre] for une in colonnes],
            "dessin": proposer(
                [[valeur(une) for une in ligne] for ligne in resultat.lignes], colonnes
            ),
        },
    }


def _refuser(refus: Refus, motif: str) -> Reponses:
    lieu = None
    if isinstance(refus, RequeteRefusee) and refus.ligne:
        lieu = {
            "quoi": refus.quoi,
            "ligne": refus.ligne,
            "colonne": refus.colonne,
            "longueur": refus.longueur,
        }
    return {
        "contenu": alerte(refus),
        "place": lieu,
        "dit": "Requête annulée." if motif == "annulee" else None,
        "executee": None,
        "executions": liste_executions(mes_requetes().historique()),
    }


@rappel(
    {"dite": Output("course-dite", "children")},
    {"_": Input("horloge", "n_intervals"), "course": State("course", "data")},
    refus="dite",
    en_texte=True,
    running=patienter("horloge"),
)
def suivre(_: object, course: object) -> Reponses:
    """Say whether a query waits for its turn or runs, and since when."""
    nom = identifiant(course)
    ou = attente(dossier(), nom) if nom else None
    if ou is None:
        return {}
    quoi = EN_ATTENTE if ou.etat == "attente" else "En cours…"
    return {"dite": f"{quoi} {nombre(ou.secondes)} s"}


@rappel(
    {"dite": Output("annuler", "title")},
    {"_": Input("annuler", "n_clicks"), "course": State("course", "data")},
    refus="dite",
    en_texte=True,
)
def arreter(_: object, course: object) -> Reponses:
    """Stop the query of this page, running or waiting."""
    if nom := identifiant(course):
        annuler(dossier(), nom)
    return {}


@rappel(
    {"lien": Output("copie", "data")},
    {
        "_": Input("copier", "n_clicks"),
        "sql": State("editeur", "valeur"),
        "donnes": State("parametres", "valeurs"),
        "depart": State("depart", "data"),
    },
    refus="lien",
    en_texte=True,
)
def lier(_: object, sql: object, donnes: object, depart: object) -> Reponses:
    """Give the address of what is on the screen, and what to know of it."""
    lu = Depart.lire(depart)
    adresse = _adresse(lu, texte(sql), textes(donnes))
    if not adresse:
        trop = "Requête trop longue pour un lien : l'enregistrer, puis copier le lien."
        return {"lien": {"adresse": "", "dit": trop}}
    privee = "requete=" in adresse and not lu.partagee
    dit = " Requête privée : vous seul pouvez l'ouvrir." if privee else ""
    return {"lien": {"adresse": adresse, "dit": dit}}


@rappel(
    {
        "gardees": Output("gardees", "children"),
        "dit": Output("garder-dit", "children"),
        "depart": Output("depart", "data"),
        "origine": Output("origine", "children"),
        "champs": Output("garder", "groupes"),
    },
    {
        "_": Input("garder", "envois"),
        "suppression": Input("supprimer", "submit_n_clicks"),
        "recherche": Input("chercher-requete", "valeurs"),
        "valeurs": State("garder", "valeurs"),
        "sql": State("editeur", "valeur"),
        "depart": State("depart", "data"),
    },
    refus="dit",
)
def garder(
    _: object,
    suppression: object,  # noqa: ARG001 - an event, not a value
    recherche: object,
    valeurs: object,
    sql: object,
    depart: object,
) -> Reponses:
    """Keep the query that is on the screen, delete it, or look for another that is kept."""
    miennes, lu = mes_requetes(), Depart.lire(depart)
    rendu: Reponses = {}
    if ctx.triggered_id == "garder":
        rendu = _enregistrer(textes(valeurs), texte(sql), lu)
    elif ctx.triggered_id == "supprimer":
        miennes.supprimer(lu.id)
        reste = Depart(lu.sql)
        rendu = {"depart": reste.ecrire(), "origine": [], "dit": "Requête supprimée."}
        rendu |= {"champs": _champs_garder(reste)}
    gardees = miennes.lister(texte(recherche, "requete"))
    return rendu | {"gardees": liste_gardees(gardees, miennes.auteur)}


def _enregistrer(valeurs: Mapping[str, str], sql: str, depart: Depart) -> Reponses:
    miennes = mes_requetes()
    nom, partagee = valeurs.get("titre", ""), bool(valeurs.get("partagee"))
    if depart.mienne and depart.id and not valeurs.get("copie"):
        gardee = miennes.changer(depart.id, nom, sql, partagee=partagee)
    else:
        gardee = miennes.garder(nom, sql, partagee=partagee)
    miennes.ecrire_brouillon("")
    lu = _de_gardee(gardee, miennes.auteur)
    return {
        "depart": lu.ecrire(),
        "origine": origine(lu),
        "champs": _champs_garder(lu),
        "dit": "Requête enregistrée.",
    }


@rappel(
    {"dit": Output("export-dit", "children"), "emport": Output("emport", "data")},
    {
        **{un: Input(f"exporter-{un}", "n_clicks") for un in FORMATS},
        "executee": State("executee", "data"),
        "course": State("course", "data"),
    },
    refus="dit",
    running=[
        *((Output(f"exporter-{un}", "disabled"), True, False) for un in FORMATS),
        (Output("annuler-export", "hidden"), False, True),
        (Output("export-encours", "hidden"), False, True),
        (Output("export-dit", "hidden"), True, False),
    ],
)
def exporter(executee: object, course: object, **_: object) -> Reponses:
    """Prepare the whole result as a file, and let the browser take it away."""
    voulu = next((un for un in FORMATS if ctx.triggered_id == f"exporter-{un}"), None)
    if voulu is None or not isinstance(executee, dict):
        return {}
    nom = identifiant(f"{texte(course)}{EXPORT}")
    sql, donnes = texte(executee, "sql"), textes(executee.get("donnes"))
    try:
        adresse = preparer(sql, donnes, voulu, texte(executee, "titre"), nom)
    except RefusMotive as refus:
        if refus.motif != "annulee":
            raise
        return {"dit": "Export annulé."}
    return {"dit": "Fichier prêt.", "emport": adresse}


@rappel(
    {"bloc": Output("dessin-bloc", "children")},
    {
        "fois": Input("dessiner", "n_clicks"),
        "executee": State("executee", "data"),
    },
    refus="bloc",
)
def ouvrir_dessin(fois: object, executee: object) -> Reponses:
    """Open what one chooses of a chart, and its place; a second click closes it."""
    if not isinstance(fois, int) or not isinstance(executee, dict):
        return {}
    if fois % 2 == 0:
        return {"bloc": None}
    choix = formulaire_dessin(_rubriques(executee), textes(executee.get("dessin")))
    return {"bloc": [choix, dcc.Store(id="points"), html.Div(id="image")]}


@rappel(
    {"image": Output("image", "children")},
    {"points": Input("points", "data"), "executee": State("executee", "data")},
    refus="image",
)
def tracer(points: object, executee: object) -> Reponses:
    """Draw rows that are on the screen."""
    if not isinstance(points, dict) or not isinstance(executee, dict):
        return {}
    total = points.get("total")
    demande = lire_demande(points, _rubriques(executee))
    return {"image": dessiner(demande, total if isinstance(total, int) else 0)}


def _rubriques(executee: Mapping[str, Any]) -> list[Rubrique]:
    """Return the columns of the result that is on the screen, as the page kept them."""
    lues = executee.get("colonnes")
    couples = lues if isinstance(lues, list) else []
    return [
        Rubrique(texte(un[0]), un[1])
        for un in couples
        if isinstance(un, list) and len(un) == 2 and un[1] in GENRES_ECRITS  # noqa: PLR2004
    ]


@rappel(
    {"dit": Output("annuler-export", "title")},
    {"_": Input("annuler-export", "n_clicks"), "course": State("course", "data")},
    refus="dit",
    en_texte=True,
)
def arreter_export(_: object, course: object) -> Reponses:
    """Stop the export of this page."""
    if nom := identifiant(f"{texte(course)}{EXPORT}"):
        annuler(dossier(), nom)
    return {}


dash.clientside_callback(
    ClientsideFunction("requetes", "choisir"),
    Output("points", "data"),
    Input("dessin", "valeurs"),
    State("lignes", "rowData"),
)

for _nom, _sortie, _entree in (
    ("situer", Output("lien", "modified_timestamp"), Input("lien", "data")),
    ("emporter", Output("emport", "modified_timestamp"), Input("emport", "data")),
    ("copier", Output("lien-dit", "children"), Input("copie", "data")),
    ("inserer", Output("editeur", "insertion"), Input("tables", "choisi")),
    ("voir", Output("resultat", "title"), Input("resultat", "children")),
):
    dash.clientside_callback(
        ClientsideFunction("requetes", _nom), _sortie, _entree, prevent_initial_call=True
    )

dash.register_page(
    __name__,
    path="/requetes",
    menu=80,
    name="Requêtes",
    title="Écrire une requête – Infocentre",
    layout=atelier,
)
