"""The flows: five semesters, twelve months, twenty-five; all read as of the arrêté."""

from __future__ import annotations

from dataclasses import dataclass

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
    TITRES,
    cellule,
    champs,
    changement,
    connu,
    entete,
    titre,
)

A_L_EPOQUE = "_a_l_epoque"


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
    """The flows of the last whole semester, each read in the delivery that ends its semester.

    `anciens` are the semesters of the table that are read later: that delivery is not published.
    """

    absence: Bloc | None
    nom: str = ""
    nom_avant: str = ""
    depots: Mouvement | None = None
    radiations: Mouvement | None = None
    attributions: Mouvement | None = None
    prioritaires: Mouvement | None = None
    anciens: tuple[str, ...] = ()
    image: Bloc | None = None
    table: Tableau | None = None

    @property
    def compare(self) -> bool:
        """Tell whether a flow of a year before is known: some are, without its own delivery."""
        tous = (self.depots, self.radiations, self.attributions, self.prioritaires)
        return any(un is not None and un.avant is not None for un in tous)


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
        tuple(une["libelle"] for une in lu.lignes if chiffre(une, "depots_en_fin") is None),
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
            Cellule(un.colonne.titre),
            *(cellule(lu, une, _champ(une, un.nom)) for une in lu.lignes),
            *([] if passee is None else [_evolution(derniere, passee, un.nom)]),
        )
        for un in champs(lu.tableau)
    ]
    colonnes = (
        Colonne(entete(lu.tableau)),
        *(Colonne(une["libelle"], "nombre") for une in lu.lignes),
        *([] if passee is None else [Colonne(TITRES["evolution"], "evolution")]),
    )
    source = ctx.source_de("flux_semestres")
    return Tableau(lu.cle, titre(lu.tableau), colonnes, tuple(corps), source=source)


def _evolution(ici: FluxSemestres, avant: FluxSemestres, nom: str) -> Cellule:
    """Return the change of a flow in a year, masked when one of the two is."""
    lues = chiffre(ici, _champ(ici, nom)), chiffre(avant, _champ(avant, nom))
    masquee = any(une is not None and connu(une) is None for une in lues)
    return Cellule(masquee=True) if masquee else Cellule(changement(*lues))


def _image_semestres(ctx: Contexte, lu: TableauDe[FluxSemestres]) -> Bloc:
    """Draw the semesters from a table of their own: a semester in each row."""
    dessines = champs(lu.tableau, "image")
    table = Tableau(
        f"{lu.cle}-image",
        titre(lu.tableau, "image"),
        (Colonne(entete(lu.tableau, "image")), *(un.colonne for un in dessines)),
        tuple(
            (
                Cellule(une["libelle"]),
                *(cellule(lu, une, _champ(une, un.nom)) for un in dessines),
            )
            for une in lu.lignes
        ),
        source=ctx.source_de("flux_semestres"),
    )
    series = [
        Serie(
            un.colonne.titre,
            tuple(connu(chiffre(une, _champ(une, un.nom))) for une in lu.lignes),
        )
        for un in dessines
    ]
    periodes = [une["libelle"] for une in lu.lignes]
    legende = Legende(f"image-{lu.cle}", "Dépôts, radiations et attributions par semestre", "")
    noms = [un.nom for un in dessines]
    return serie(periodes, series, noms, legende, table, empilees=False)


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
    epoques = {un.nom: un for un in champs(longue.tableau, "epoque")}
    montres = [(un, epoques.get(f"{un.nom}{A_L_EPOQUE}")) for un in champs(lu.tableau)]
    corps = []
    for une in lu.lignes:
        vue = vues.get(une["code"], longue.sans_ligne)
        cases = [Cellule(une["libelle"])]
        for ici, epoque in montres:
            cases.append(cellule(lu, une, ici.nom))
            cases += [cellule(longue, vue, epoque.nom)] if epoque else []
        corps.append(tuple(cases))
    return Tableau(
        lu.cle,
        titre(lu.tableau),
        (
            Colonne(entete(lu.tableau)),
            *(un.colonne for deux in montres for un in deux if un is not None),
        ),
        tuple(corps),
        source=ctx.source_de("flux_12_mois", "flux_mois"),
        totaux=frozenset(rang for rang, une in enumerate(lu.lignes) if une["code"] == "*"),
        aere=True,
    )


def _image_mois(ctx: Contexte, longue: TableauDe[FluxMois]) -> Bloc:
    dessines = champs(longue.tableau)
    series = [
        Serie(un.colonne.titre, tuple(connu(chiffre(une, un.nom)) for une in longue.lignes))
        for un in dessines
    ]
    legende = Legende(
        f"image-{longue.cle}", "Dépôts, radiations et attributions de chaque mois", ""
    )
    periodes = [mois_court(une["periode"]) for une in longue.lignes]
    noms, table = [un.nom for un in dessines], ctx.imprimer(longue)
    return serie(periodes, series, noms, legende, table, empilees=False)
