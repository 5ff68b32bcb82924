"""The flows: five semesters, twelve months, twenty-five; all read as of the arrêté."""

from __future__ import annotations

from dataclasses import dataclass

from infocentre.contrat.intitules import libelle
from infocentre.graphiques.colonnes import Serie
from infocentre.lecture.tableaux import TableauDe, chiffre
from infocentre.mesures.lignes_tableaux import Flux12Mois, FluxMois, FluxSemestres
from infocentre.noyau.temps import mois_court
from infocentre.restitutions.bilan.commun import valeur
from infocentre.restitutions.bilan.contexte import Contexte
from infocentre.restitutions.document import Bloc, Cellule, Colonne, Tableau
from infocentre.restitutions.images import Legende, serie
from infocentre.restitutions.tables import (
    MINIMUM,
    RETRAIT,
    Mise,
    cellule,
    changement,
    connu,
    nombre,
)

# In the order of the rows; what is a part of the row above stands under it.
GRANDEURS = {
    "depots": "Demandes déposées",
    "radiations": "Demandes radiées",
    "non_renouvellements": f"{RETRAIT}dont non renouvelées",
    "attributions": f"{RETRAIT}dont attributions",
    "attributions_prioritaires": f"{RETRAIT}{RETRAIT}dont prioritaires",
}
DESSINEES = {nom: libelle(nom) for nom in ("depots", "radiations", "attributions")}


@dataclass(frozen=True, slots=True)
class Mouvement:
    """A flow of the semester, and that of the same semester a year before."""

    ici: float | None
    avant: float | None

    @property
    def comparable(self) -> bool:
        """Tell whether a change in percent says something."""
        return self.ici is not None and self.avant is not None and self.avant >= MINIMUM


@dataclass(frozen=True, slots=True)
class Semestre:
    """The flows of the last whole semester, each read in the delivery that ends its semester."""

    absence: Bloc | None
    nom: str = ""
    nom_avant: str = ""
    depots: Mouvement | None = None
    radiations: Mouvement | None = None
    attributions: Mouvement | None = None
    prioritaires: Mouvement | None = None
    image: Bloc | None = None
    table: Tableau | None = None


@dataclass(frozen=True, slots=True)
class Mensuels:
    """The flows of twelve months as of the arrêté; the picture goes back to twenty-five."""

    absence: Bloc | None
    depots: float | None = None
    radiations: float | None = None
    image: Bloc | None = None
    table: Tableau | None = None


def du_semestre(ctx: Contexte) -> Semestre:
    """Return the flows of the semester beside those of the four before."""
    lu = ctx.lire(FluxSemestres)
    if not lu.lignes:
        return Semestre(ctx.manque("flux_semestres"))
    *_, derniere = lu.lignes
    annee, numero = derniere["periode"].split("-")
    passee = next(
        (une for une in lu.lignes if une["periode"] == f"{int(annee) - 1}-{numero}"), None
    )

    def mouvement(nom: str) -> Mouvement:
        avant = valeur(passee, _champ(passee, nom)) if passee is not None else None
        return Mouvement(valeur(derniere, _champ(derniere, nom)), avant)

    return Semestre(
        None,
        derniere["libelle"],
        "" if passee is None else passee["libelle"],
        mouvement("depots"),
        mouvement("radiations"),
        mouvement("attributions"),
        mouvement("attributions_prioritaires"),
        _image_semestres(ctx, lu),
        _table_semestres(ctx, lu, derniere, passee),
    )


def _champ(une: FluxSemestres, nom: str) -> str:
    """Return the column of a flow: as its last delivery said, or the first one that covers it."""
    en_fin = f"{nom}_en_fin"
    return nom if chiffre(une, en_fin) is None else en_fin


def _table_semestres(
    ctx: Contexte,
    lu: TableauDe[FluxSemestres],
    derniere: FluxSemestres,
    passee: FluxSemestres | None,
) -> Tableau:
    """Print a flow in each row, a semester in each column, then the change in a year."""
    corps = [
        (
            Cellule(nom),
            *(cellule(lu, une, _champ(une, champ)) for une in lu.lignes),
            *([] if passee is None else [_evolution(derniere, passee, champ)]),
        )
        for champ, nom in GRANDEURS.items()
    ]
    colonnes = (
        Colonne("Grandeur"),
        *(Colonne(une["libelle"], "nombre") for une in lu.lignes),
        *([] if passee is None else [Colonne("Évolution", "evolution")]),
    )
    return Tableau(
        lu.cle,
        "Flux de chaque semestre",
        colonnes,
        tuple(corps),
        source=ctx.source_de("flux_semestres"),
    )


def _evolution(ici: FluxSemestres, avant: FluxSemestres, nom: str) -> Cellule:
    """Return the change of a flow in a year, masked when one of the two is."""
    lues = chiffre(ici, _champ(ici, nom)), chiffre(avant, _champ(avant, nom))
    masquee = any(une is not None and connu(une) is None for une in lues)
    return Cellule(masquee=True) if masquee else Cellule(changement(*lues))


def _image_semestres(ctx: Contexte, lu: TableauDe[FluxSemestres]) -> Bloc:
    """Draw the semesters from a table of their own: a semester in each row."""
    table = Tableau(
        f"{lu.cle}-image",
        "Dépôts, radiations et attributions de chaque semestre",
        (Colonne("Semestre"), *(Colonne(nom, "nombre") for nom in DESSINEES.values())),
        tuple(
            (Cellule(une["libelle"]), *(cellule(lu, une, _champ(une, un)) for un in DESSINEES))
            for une in lu.lignes
        ),
        source=ctx.source_de("flux_semestres"),
    )
    series = [
        Serie(nom, tuple(connu(chiffre(une, _champ(une, champ))) for une in lu.lignes))
        for champ, nom in DESSINEES.items()
    ]
    legende = Legende(f"image-{lu.cle}", "Dépôts, radiations et attributions par semestre", "")
    return serie([une["libelle"] for une in lu.lignes], series, legende, table, empilees=False)


# --- Months ---------------------------------------------------------------------------------------


def mensuels(ctx: Contexte) -> Mensuels:
    """Return the flows of each month, with what was published at the time."""
    absence = ctx.manque("flux_12_mois")
    if absence:
        return Mensuels(absence)
    lu, longue = ctx.lire(Flux12Mois), ctx.lire(FluxMois)
    return Mensuels(
        None,
        valeur(lu.ensemble, "depots"),
        valeur(lu.ensemble, "radiations"),
        _image_mois(ctx, longue) if longue.lignes else None,
        _table_mois(ctx, lu, longue),
    )


def _table_mois(ctx: Contexte, lu: TableauDe[Flux12Mois], longue: TableauDe[FluxMois]) -> Tableau:
    """Print a month in each row: each flow as of the arrêté, then as its month published it."""
    vues = {une["periode"]: une for une in longue.lignes}
    corps = []
    for une in lu.lignes:
        vue = vues.get(une["code"], longue.sans_ligne)
        cases = [Cellule(une["libelle"])]
        for champ in DESSINEES:
            cases += [cellule(lu, une, champ), cellule(longue, vue, f"{champ}_a_l_epoque")]
        corps.append((*cases, cellule(lu, une, "attributions_prioritaires")))
    colonnes = [Colonne("Mois")]
    for nom in DESSINEES.values():
        colonnes += [Colonne(nom, "nombre"), Colonne(f"{nom} à l'époque", "nombre")]
    colonnes.append(Colonne("dont ménages prioritaires", "nombre"))
    return Tableau(
        lu.cle,
        lu.tableau.titre,
        tuple(colonnes),
        tuple(corps),
        source=ctx.source_de("flux_12_mois", "flux_mois"),
        totaux=frozenset(rang for rang, une in enumerate(lu.lignes) if une["code"] == "*"),
    )


def _image_mois(ctx: Contexte, longue: TableauDe[FluxMois]) -> Bloc:
    champs = tuple(nombre(champ, nom) for champ, nom in DESSINEES.items())
    table = ctx.imprimer(longue, Mise(longue.cle, longue.tableau.titre, champs, "Mois"))
    series = [
        Serie(nom, tuple(connu(chiffre(une, champ)) for une in longue.lignes))
        for champ, nom in DESSINEES.items()
    ]
    legende = Legende(
        f"image-{longue.cle}", "Dépôts, radiations et attributions de chaque mois", ""
    )
    periodes = [mois_court(une["periode"]) for une in longue.lignes]
    return serie(periodes, series, legende, table, empilees=False)
