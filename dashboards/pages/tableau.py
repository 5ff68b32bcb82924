"""A standard table: its picture, its rows, how to read it, what its figures are worth."""

from __future__ import annotations

import re
from itertools import groupby
from typing import Any

import dash
from dash import html

from dashboards.composants.balises import balise
from dashboards.composants.carte import NIVEAUX, TERRITOIRES, cartes
from dashboards.composants.elements import (
    Filtre,
    ariane,
    barre_filtres,
    choix,
    choix_epci,
    etat,
    exports,
    lien,
    repli,
    titre,
    vide,
)
from dashboards.composants.images_tableaux import dire, image
from dashboards.composants.listes import Cellule, Groupe, liste
from dashboards.composants.natifs import Bloc
from dashboards.composants.telechargements import formes
from dashboards.exports import export
from dashboards.page import Contexte, Vue, page
from infocentre.contrat.intitules import libelle
from infocentre.exports import FENETRES, Donnees
from infocentre.lecture.commun import motifs, par_version
from infocentre.lecture.filtres import Filtres
from infocentre.lecture.lecteur import Lecture
from infocentre.lecture.tableaux import (
    Fiabilite,
    LigneTableau,
    TableauDe,
    TableauLu,
    dire_secret,
    en_donnees,
    fiabilite,
    lire_tableau,
    par_epci,
    trouver,
)
from infocentre.mesures import Tableau
from infocentre.mesures.partage import MASQUE
from infocentre.mesures.tableaux import tableaux
from infocentre.noyau.etats import MAUVAIS, Etat
from infocentre.noyau.francais import majuscule, minuscule, pourcent
from infocentre.noyau.temps import jour, mois_court, nom_mois

VERSIONS = {"": "Complète", "oui": "À partager"}
NOMS = {
    **FENETRES,
    "departement": "Département",
    "epci": "EPCI",
    "commune": "Communes",
    "arrondissement": "Arrondissements",
}
CACHEES = ("departement", "mois", "niveau", "code", "code_recherche", "code_attribue", "periode")
MONTREES = 45
IMAGES_EN_TABLE = frozenset({"matrice"})  # a picture that is a table already


@page
def layout(c: Contexte) -> Vue:
    """Return the page of a table."""
    tableau = trouver(c.adresse.get("code", ""))
    lu = _lire(c, tableau.code)
    tete = html.Div(
        [
            ariane(
                [("Demande et attributions", c.filtres.lien("/tableaux")), (tableau.code, None)]
            ),
            titre(tableau.titre, f"{tableau.code}, données arrêtées au {_arrete(c)}"),
        ]
    )
    return Vue(
        html.Div(_contenu(c, lu) if lu.lignes else [_non_calculable(c, tableau)]),
        tete=tete,
        filtres=barre_filtres(c.filtres, c.mois, c.departements, plus=_choix(c, tableau)),
    )


def _lire(c: Contexte, code: str) -> TableauLu:
    partage = c.adresse.get("partage") == "oui"
    f = c.filtres
    return lire_tableau(c.v, code, f.departement, f.mois, partage=partage, epci=f.epci)


def _arrete(c: Contexte) -> str:
    livraison = c.v.version.publiee(c.filtres.departement, c.filtres.mois)
    return jour(livraison.arrete) if livraison else nom_mois(c.filtres.mois)


def _choix(c: Contexte, tableau: Tableau) -> list[Filtre]:
    versions = choix("partage", "Version", list(VERSIONS.items()), c.adresse.get("partage", ""))
    champs = [] if c.v.p.petits_masques else [versions]  # else there is but the one to share
    if tableau.declare.par_epci:
        champs = [*choix_epci(c.filtres, c.epcis), *champs]
    mesures = tableau.declare.image.mesures
    if not mesures:
        return champs
    niveau, mesure = _carte_voulue(c, tableau)
    if len(mesures) > 1:
        options = [(cle, une.choix) for cle, une in mesures.items()]
        champs.insert(0, choix("mesure", "Carte", options, mesure))
    if c.filtres.epci:
        return champs
    return [choix("niveau", "Carte par", list(NIVEAUX.items()), niveau), *champs]


def _carte_voulue(c: Contexte, tableau: Tableau) -> tuple[str, str]:
    mesures = tableau.declare.image.mesures
    niveau, mesure = c.adresse.get("niveau", ""), c.adresse.get("mesure", "")
    return (
        niveau if niveau in NIVEAUX else "commune",
        mesure if mesure in mesures else next(iter(mesures)),
    )


def _contenu(c: Contexte, lu: TableauLu) -> list[Any]:
    carte = _carte_voulue(c, lu.tableau) if lu.tableau.declare.image.mesures else ("", "")
    return [
        _secret(lu),
        _fiabilite(c, lu),
        _portee(c, lu),
        *_corps(c.v, lu.tableau.code, _filtrent(lu), carte, partage=lu.partage),
        _liens(c, lu),
        html.H2("Lecture", className="fr-h5"),
        html.P(f"{majuscule(lu.tableau.objet)}."),
        html.P(_note(lu.tableau)),
    ]


def _filtrent(lu: TableauLu) -> Filtres:
    """Return the filters that change the table, the others at their default."""
    return Filtres(lu.departement, lu.mois, epci=lu.epci)


@par_version
def _corps(
    v: Lecture,
    code: str,
    f: Filtres,
    carte: tuple[str, str],
    *,
    partage: bool,
) -> list[Any]:
    """Return the picture and the rows, which no filter but these changes."""
    lu = lire_tableau(v, code, f.departement, f.mois, partage=partage, epci=f.epci)
    return [
        *_image(lu, carte),
        html.H2("Tableau", className="fr-h5"),
        repli(f"Voir les {len(lu.lignes)} lignes", _lignes(lu), ouvert=_montre(lu), imprime=True),
    ]


def _portee(c: Contexte, lu: TableauLu) -> html.P | None:
    """Say whether the EPCI of the filters restricts the table."""
    nom = c.epcis.get(c.filtres.epci)
    if nom is None:
        return None
    if lu.epci:
        texte = f"Lignes de l'EPCI {nom} ; « Ensemble » reste le département entier."
        return html.P(texte, className="portee")
    codes = [lien(code, c.filtres.lien(f"/tableaux/{code}")) for code in par_epci()]
    return html.P(
        [
            f"Ce tableau n'existe que pour le département entier, pas pour l'EPCI {nom}. ",
            "Par EPCI : ",
            *[un for code in codes for un in (code, ", ")][:-1],
            ".",
        ],
        className="portee",
    )


def _note(tableau: Tableau) -> str:
    """Return the reading note, columns and periods under the names of the screen."""

    def nommer(trouve: re.Match[str]) -> str:
        mot = trouve.group(1)
        nom = libelle(mot) if mot in tableau.colonnes else NOMS.get(mot, mot)
        return f"«\u00a0{nom}\u00a0»"

    return re.sub(r"« ([^»]+) »", nommer, tableau.note)


def _montre(lu: TableauLu) -> bool:
    return len(lu.lignes) <= MONTREES and lu.tableau.declare.image.forme not in IMAGES_EN_TABLE


def _secret(lu: TableauLu) -> html.P | None:
    if not lu.partage:
        return None
    combien = f"{lu.masquees} nombres masqués" if lu.masquees else "aucun nombre à masquer"
    return html.P(
        [html.B("Version à partager. "), f"« {MASQUE} » : {dire_secret(lu.seuil)} ; {combien}."],
        className="fr-callout mention",
    )


def _image(lu: TableauDe[Any], carte: tuple[str, str]) -> list[Any]:
    mesures = lu.tableau.declare.image.mesures
    if not mesures:
        return image(lu)
    niveau, mesure = carte
    voulue = mesures[mesure]
    nom = f"{voulue.nom} par {TERRITOIRES[niveau]}"
    return [html.H2(nom, className="fr-h5"), *cartes(lu, voulue, niveau)]


def _lignes(lu: TableauLu) -> Bloc:
    noms = [nom for nom in lu.tableau.colonnes if _se_lit(lu, nom)]
    noms.sort(key=lambda nom: not nom.startswith("libelle"))
    taux = frozenset(lu.tableau.taux)
    lignes: list[Groupe | list[Cellule]] = []
    for niveau, groupe in groupby(lu.lignes, key=lambda ligne: ligne.get("niveau")):
        if niveau:
            lignes.append(Groupe(NOMS[niveau]))
        lignes += [
            _en_gras(ligne, [_cellule(nom, ligne[nom], taux=nom in taux) for nom in noms])
            for ligne in groupe
        ]
    return liste(
        [libelle(nom) for nom in noms],
        lignes,
        f"{lu.tableau.titre}, {nom_mois(lu.mois)}",
        numeriques=[
            rang for rang, nom in enumerate(noms) if not nom.startswith(("libelle", "fenetre"))
        ],
    )


def _se_lit(lu: TableauLu, nom: str) -> bool:
    """Tell whether a column is worth its place: not what the figures above the table say."""
    if nom in CACHEES or nom.endswith("_ensemble"):
        return False
    return any(ligne[nom] is not None for ligne in lu.modalites)


def _en_gras(ligne: LigneTableau, cellules: list[str]) -> list[Cellule]:
    ensemble = "*" in {ligne.get("code"), ligne.get("code_recherche"), ligne.get("code_attribue")}
    return [balise("b", une) if ensemble else une for une in cellules]


def _cellule(nom: str, valeur: Any, *, taux: bool) -> str:  # noqa: ANN401 - any cell
    if nom == "fenetre":
        return NOMS.get(str(valeur), str(valeur))
    if isinstance(valeur, str):
        return mois_court(valeur) if nom.endswith("livraison") else valeur
    return dire(valeur, 1 if isinstance(valeur, float) else 0, taux=taux)


def _liens(c: Contexte, lu: TableauLu) -> html.P:
    partage = {"partage": "oui"} if lu.partage else {}
    return exports(
        formes(lambda f: c.filtres.lien(f"/export/tableau.{f}", code=lu.tableau.code, **partage))
    )


def _non_calculable(c: Contexte, tableau: Tableau) -> html.Div:
    connus = motifs(c.v, c.filtres.departement, c.filtres.mois)
    if tableau.code in connus:
        return vide(
            f"Ce tableau n'est pas calculable pour {nom_mois(c.filtres.mois)}",
            f"{connus[tableau.code]}. Vérifier la page Livraisons, ou choisir un autre mois.",
        )
    requises = ", ".join(une.upper().replace(".", " : ", 1) for une in tableau.requiert)
    if not requises:
        return vide(
            f"Ce tableau est vide pour {nom_mois(c.filtres.mois)}", "Choisir un autre mois."
        )
    return vide(
        f"Ce tableau n'est pas calculable pour {nom_mois(c.filtres.mois)}",
        f"La livraison doit contenir : {requises}. Vérifier la page Livraisons, ou choisir un "
        "autre mois.",
    )


# --- Fiabilité ------------------------------------------------------------------------------------


def _fiabilite(c: Contexte, lu: TableauLu) -> html.Aside | None:
    juges = fiabilite(c.v, lu.tableau.code, lu.departement, lu.mois, partage=lu.partage)
    if not juges:
        return None
    return html.Aside(
        [
            html.H2("Fiabilité", className="fr-h6"),
            html.P(_verdict(juges), className="verdict"),
            html.Ul([_constat(c, un) for un in juges]),
        ],
        className="fiabilite",
    )


def _verdict(juges: list[Fiabilite]) -> str:
    """Say whether the figures may be quoted, from the worst of what they rest on."""
    par_etat = {un.etat: un for un in juges}
    ordre = (*MAUVAIS, Etat.NON_CALCULABLE, Etat.ORANGE)
    pire = next((par_etat[un] for un in ordre if un in par_etat), None)
    if all(un.etat in {Etat.EFFECTIF_INSUFFISANT, Etat.SANS_OBJET} for un in juges):
        return "Trop peu de cas pour dire ce que valent ces chiffres."
    if pire is None:
        return (
            "Ces chiffres peuvent être cités : les données qu'ils utilisent sont sous les seuils."
        )
    nom = pire.indicateur.libelle
    nom = minuscule(nom)
    if pire.etat in MAUVAIS:
        return f"À ne pas citer en l'état : {nom}, {_part(pire)}. Faire corriger d'abord."
    if pire.etat == Etat.NON_CALCULABLE:
        return f"La fiabilité ne peut pas être dite : source absente pour « {nom} »."
    return f"À citer avec sa réserve : {nom}, {_part(pire)}."


def _constat(c: Contexte, un: Fiabilite) -> html.Li:
    tardive = ", saisie tardive probable" if un.tardive else ""
    return html.Li(
        [
            etat(un.etat),
            " ",
            lien(un.indicateur.libelle, c.filtres.lien(f"/indicateurs/{un.indicateur.code}")),
            f" : {_part(un)}{tardive}",
        ]
    )


def _part(un: Fiabilite) -> str:
    """Say the counts that the state rests on, and their period."""
    m = un.mesure
    if un.etat == Etat.NON_CALCULABLE:
        return "source absente"
    if not (m.masquee or m.denominateur):
        return "aucune dans la période"
    if un.indicateur.tolerance_zero:
        periode = "ce mois-ci, tolérance zéro"
    else:
        periode = "sur 12 mois" if m.sur_12_mois else "à l'arrêté"
    if m.masquee:
        return f"part masquée par le secret statistique, {periode}"
    part = pourcent(m.taux or 0.0, 1)
    return f"{part}, {dire(m.numerateur)} sur {dire(m.denominateur)} {periode}"


# --- Export ---------------------------------------------------------------------------------------


@export("tableau")
def _exporter(c: Contexte) -> Donnees:
    return en_donnees(_lire(c, trouver(c.adresse.get("code", "")).code))


dash.register_page(
    __name__,
    path_template="/tableaux/<code>",
    name="Tableau",
    title="Demande et attributions – Infocentre",
    montre="graphique",
    connu=lambda code="", **_: code.upper() in tableaux(),
    layout=layout,
)
