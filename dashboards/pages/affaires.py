"""Affaires: every procedure, the affaires of one, one of them and what may be done of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import dash
from dash import html

from dashboards.affaires import face
from dashboards.clics import MESSAGE
from dashboards.composants import affaires as pieces
from dashboards.composants.direct import lien_direct
from dashboards.composants.elements import (
    ariane,
    barre_filtres,
    choix,
    exports,
    lien,
    pagination,
    titre,
    typographie,
)
from dashboards.composants.listes import Cellule, liste
from dashboards.composants.notes import notes
from dashboards.page import Contexte, Vue, page
from infocentre.affaires import Affaire, Procedure, procedures
from infocentre.decisions.notes import Genre
from infocentre.demarches.face import Face, chemin
from infocentre.lecture.filtres import PAR_PAGE, nombre_de_pages, page_montree
from infocentre.noyau.erreurs import Refus
from infocentre.noyau.francais import accorder, minuscule

CAS_PAR_PAGE, CAS_PLIES = 25, 250  # those that are folded are only there for who asks for them
ETATS = {"": "En cours", "finies": "Finies", "toutes": "Toutes", "a_ouvrir": "À ouvrir"}


@page
def toutes(c: Contexte) -> Vue:
    """Return the procedures that a reader sees, and how many affaires of each are under way."""
    lignes: list[list[Cellule]] = []
    for une in procedures().values():
        try:
            ici = face(c.v, une.code)
        except Refus:
            continue
        en_cours = (
            sum(
                n
                for etat, n in ici.compter(c.filtres.departement).items()
                if not une.etats[etat].final
            )
            if ici.comptes_seuls
            else len(ici.lister(c.filtres.departement))
        )
        vers = c.filtres.lien(chemin(une.code))
        lignes.append([lien_direct(une.titre, vers), typographie(une.resume), en_cours])
    corps = liste(
        ("Procédure", "Ce qu'elle est", "En cours"), lignes, "Procédures", numeriques=(2,)
    )
    return Vue(
        corps,
        tete=titre("Affaires", f"{c.lieu} : ce qui est demandé, et ce qu'il en advient"),
        filtres=barre_filtres(c.filtres, c.mois, c.departements)[1:],
    )


@page
def layout(c: Contexte) -> Vue:
    """Return the affaires of a procedure (`code`), or one of them (`affaire`)."""
    ici = face(c.v, c.adresse.get("code", ""))
    if ici.procedure.page:
        return _ailleurs(c, ici.procedure)
    if c.adresse.get("affaire"):
        return montrer(c, ici, ici.lire(c.adresse["affaire"]))
    if ici.conduit:
        ici.regles.exiger(c.v, c.filtres.departement)
    return Vue(
        html.Div(_comptes(c, ici) if ici.comptes_seuls else _liste(c, ici)),
        tete=html.Div(
            [
                ariane([("Affaires", c.filtres.lien("/affaires")), (ici.procedure.titre, None)]),
                titre(ici.procedure.titre, f"{c.lieu} : {minuscule(ici.procedure.resume)}"),
            ]
        ),
        filtres=barre_filtres(
            c.filtres,
            c.mois,
            c.departements,
            plus=[choix("etat", "Affaires", list(ETATS.items()), c.adresse.get("etat", ""))],
        )[1:],
    )


def _comptes(c: Contexte, ici: Face) -> list[Any]:
    par_etat = ici.compter(c.filtres.departement)
    return [pieces.comptes(ici, par_etat) if par_etat else html.P("Aucune affaire.")]


def _liste(c: Contexte, ici: Face) -> list[Any]:
    departement, etat = c.filtres.departement, c.adresse.get("etat", "")
    lues = ici.lister(departement, finies=etat in {"finies", "toutes"})
    montrees = [une for une in lues if etat != "finies" or une.situation.finie]
    numero = page_montree(c.adresse, len(montrees))
    debut, code = PAR_PAGE * (numero - 1), ici.procedure.code
    suite = f"?departement={departement}&mois={c.filtres.mois}"
    ensembles = ici.regles.ensembles(c.v, ici.registre, departement, lues) if ici.conduit else []
    attendent = ici.a_envoyer(lues) if ici.conduit and ici.par_courriel else []
    a_faire = pieces.a_faire(ensembles)
    liens = {
        f"{un.titre} ({'PDF' if forme == 'pdf' else f'.{forme}'})": (
            f"/affaires/{code}/releve/{un.nom}.{forme}{suite}"
        )
        for un in ici.releves()
        for forme in un.formes
    }
    liens["Liste (.xlsx)"] = f"/affaires/{code}/liste.xlsx{suite}"
    return [
        *([html.H2("À faire", className="fr-h5"), a_faire] if a_faire is not None else []),
        pieces.relire_et_envoyer(attendent, c.filtres) if attendent else None,
        html.Div(id=MESSAGE),
        pieces.ouverture(ici, departement, c.adresse.get("ouvrir", "")),
        html.H2(accorder(len(montrees), "affaire"), className="fr-h5"),
        pieces.liste_des_affaires(ici, montrees[debut : debut + PAR_PAGE], c.filtres)
        if montrees
        else html.P("Aucune affaire en cours." if not etat else "Aucune affaire."),
        pagination(
            numero,
            nombre_de_pages(len(montrees)),
            lambda n: c.filtres.lien(chemin(code), page=str(n), etat=etat),
        ),
        exports(liens),
        *pieces.attentes(ici, ici.a_ouvrir(departement), c.filtres, toutes=etat == "a_ouvrir"),
        pieces.a_part(ici.regles.bloc(c.v, departement)),
    ]


def montrer(c: Contexte, ici: Face, une: Affaire, dits: Sequence[Any] = ()) -> Vue:
    """Return the page of an affaire; `dits` is what its procedure alone shows of it."""
    lus = ici.cas(une) if ici.regles.reponse() else []
    code = ici.procedure.code
    taille = CAS_PAR_PAGE if ici.procedure.classeur else CAS_PLIES
    numero = page_montree(c.adresse, len(lus), taille)
    montres = lus[taille * (numero - 1) : taille * numero]
    figee = pieces.liste_figee(ici, une, montres)
    repond = pieces.reponse(ici, une, montres, len(lus))
    gestes = pieces.gestes(ici, une, c.filtres, replies=bool(repond))
    pages = pagination(
        numero,
        nombre_de_pages(len(lus), taille),
        lambda n: c.filtres.lien(chemin(code), affaire=une.id, page=str(n)),
    )
    corps = html.Div(
        [
            pieces.suite(ici, une),
            html.Div(id=MESSAGE),
            pieces.resume(ici, une, pieces.fiche(ici, une, c.filtres)),
            pieces.suspens(ici, une),
            *([] if repond else gestes),
            pieces.papiers(ici, une),
            pieces.message_dit(ici, une),
            *dits,
            *repond,
            *(gestes if repond else []),
            *([html.H2("Ce qui est figé", className="fr-h5"), figee] if figee is not None else []),
            pages if repond or figee is not None else None,
            pieces.a_part(ici.regles.bloc_d_une(c.v, une), ouvert=True),
            *_liees(c, ici, une.id),
            notes(c, Genre.AFFAIRE, une.id, une.departement),
            html.H2("Chronologie", className="fr-h5"),
            pieces.chronologie(ici, une),
        ]
    )
    siennes = (ici.procedure.titre, c.filtres.lien(chemin(code)))
    fil = [] if ici.procedure.page else [("Affaires", c.filtres.lien("/affaires"))]
    nom = f"{ici.nom(une)} : {ici.regles.titre(une)}"
    return Vue(corps, tete=html.Div([ariane([*fil, siennes, (une.id, None)]), titre(nom)]))


def _liees(c: Contexte, ici: Face, id_: str) -> list[Any]:
    """Return the affaires that this one names, each a link to its page."""
    liees = ici.liees(id_)
    if not liees:
        return []
    points = [
        html.Li(
            [
                lien(autre.id, c.filtres.lien(chemin(autre.procedure.code), affaire=autre.id)),
                f" : {dit}",
            ]
        )
        for autre, dit in liees
    ]
    return [html.H2("Affaires liées", className="fr-h5"), html.Ul(points)]


@page
def ancienne(c: Contexte) -> Vue:
    """Show the review of accesses at the address that it had: mails of before lead there."""
    return _ailleurs(c, procedures()["revue_des_acces"])


def _ailleurs(c: Contexte, procedure: Procedure) -> Vue:
    """Lead to the address of a procedure, or of one of its affaires."""
    suite = {"affaire": c.adresse["affaire"]} if c.adresse.get("affaire") else {}
    vers = c.filtres.lien(chemin(procedure.code), **suite)
    fil = ariane([("Affaires", c.filtres.lien("/affaires")), (procedure.titre, None)])
    return Vue(
        html.P(lien("Cette page a une autre adresse : l'ouvrir", vers)),
        tete=html.Div([fil, titre(procedure.titre)]),
    )


dash.register_page(
    "affaires",
    path="/affaires",
    menu=47,
    name="Affaires",
    title="Affaires – Infocentre",
    layout=toutes,
)
dash.register_page(
    "affaires_d_une_procedure",
    path_template="/affaires/<code>",
    name="Affaires d'une procédure",
    title="Affaires – Infocentre",
    layout=layout,
    sous="/affaires",
)
dash.register_page(
    "acces_sne",
    path="/acces",
    name="Accès au SNE",
    title="Accès au SNE – Infocentre",
    layout=ancienne,
    sous="/affaires",
)
