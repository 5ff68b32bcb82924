"""The pictures of a document, each with the table it is drawn from."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from infocentre.graphiques.base import arrondi, balise, cadre
from infocentre.graphiques.carte import Fond, legende_cercles, legende_teintes
from infocentre.graphiques.colonnes import Serie
from infocentre.graphiques.descriptions import MOIS, Barres, Unite
from infocentre.graphiques.svg import Format, svg
from infocentre.lecture.tableaux import TableauDe
from infocentre.mesures.lignes_tableaux import FormeRepartition, Nommee, Profil, Territoires
from infocentre.mesures.partage import MASQUE
from infocentre.noyau.francais import nombre
from infocentre.restitutions import figures
from infocentre.restitutions.document import Graphique, Paragraphe, Tableau
from infocentre.restitutions.figures import Montre
from infocentre.restitutions.tables import connu

FORMAT = Format(840, 185, serre=True)
NOMS = 18
ECART = 16
DECIMAL = Unite(decimales=1)
_CADRE = re.compile(
    r'<svg [^>]*?viewBox="0 0 (\S+) (\S+)"[^>]*>(?:<title>.*?</title>)?(.*)</svg>', re.DOTALL
)


@dataclass(frozen=True, slots=True)
class Legende:
    """What a picture is called, and what it shows in one sentence."""

    cle: str
    titre: str
    description: str


def repartition(
    lu: TableauDe[FormeRepartition],
    legende: Legende,
    tableau: Tableau,
    *,
    trier: bool = False,
    retenues: int = 0,
) -> Graphique | Paragraphe:
    """Return bars of the share of each category with its count, the largest ones when asked.

    Bars of the counts where no share may be told.
    """
    dessin = figures.repartition(lu, legende.titre, trier=trier, retenues=retenues)
    return _en_barres(dessin, legende, tableau, "part_total" if dessin.unite.taux else "total")


def part_et_compte(
    lignes: Sequence[Nommee],
    legende: Legende,
    tableau: Tableau,
    champs: tuple[str, ...],
    *,
    vise: bool = False,
) -> Graphique | Paragraphe:
    """Return bars of a share (part, then its counts), `vise` against the objective of all of them.

    What has no share, or one that is masked, stands in the table only.
    """
    connues = figures.avec_part(lignes, champs[0])
    cible = figures.objectif_commun(connues) if vise else None
    dessin = figures.parts(connues, legende.titre, champs, cible=cible)
    return _en_barres(dessin, legende, tableau, champs[0], cible)


def en_mois(
    lignes: Sequence[Nommee], legende: Legende, tableau: Tableau, colonne: str
) -> Graphique | Paragraphe:
    """Return bars of a duration in months; what has none stands in the table only."""
    dessin = figures.mesures(lignes, legende.titre, colonne, MOIS)
    return _en_barres(dessin, legende, tableau, colonne)


def rapports(
    lignes: Sequence[Nommee],
    legende: Legende,
    tableau: Tableau,
    colonne: str,
    ensemble: float | None = None,
) -> Graphique | Paragraphe:
    """Return bars of a ratio with one decimal, beside that of all the rows together."""
    dessin = figures.mesures(lignes, legende.titre, colonne, DECIMAL, ensemble=ensemble)
    return _en_barres(dessin, legende, tableau, colonne)


def _en_barres(
    dessin: Barres, legende: Legende, tableau: Tableau, colonne: str, cible: float | None = None
) -> Graphique | Paragraphe:
    """Say which rows of its table a picture draws, in what order, and what they should reach."""
    image = graphique(legende, svg(dessin, FORMAT), tableau, "barres", (colonne,))
    if not isinstance(image, Graphique) or image.tableau is None:
        return image
    rangs = {str(ligne[0].valeur): rang for rang, ligne in enumerate(image.tableau.lignes)}
    lignes = tuple(rangs[une.libelle] for une in dessin.lignes if une.libelle in rangs)
    return replace(image, lignes=lignes, objectif=cible)


def face_a_face(
    lignes: Sequence[Profil], legende: Legende, tableau: Tableau, rangs: Sequence[int]
) -> Graphique | Paragraphe:
    """Return two bars a category: its share of the demandes, then of the attributions.

    `rangs` are those of the categories in their table.
    """
    dessin = svg(figures.face_a_face(lignes, legende.titre), FORMAT)
    noms = ("part_demandes", "part_attributions")
    image = graphique(legende, dessin, tableau, "barres", noms)
    return replace(image, lignes=tuple(rangs)) if isinstance(image, Graphique) else image


def avant_apres(
    lignes: Sequence[tuple[int, str, float, float]],
    legende: Legende,
    tableau: Tableau,
    noms: tuple[str, str],
) -> Graphique | Paragraphe:
    """Return two bars of a rate, before and now; each line begins by its rank in the table."""
    dites = [une[1:] for une in lignes]
    dessin = svg(figures.avant_apres(dites, legende.titre, noms), FORMAT)
    image = graphique(legende, dessin, tableau, "barres", ("avant", "ici"))
    rangs = tuple(une[0] for une in lignes)
    return replace(image, lignes=rangs) if isinstance(image, Graphique) else image


def serie(
    periodes: Sequence[str],
    series: Sequence[Serie],
    colonnes: Sequence[str],
    legende: Legende,
    tableau: Tableau,
    *,
    empilees: bool = True,
) -> Graphique | Paragraphe:
    """Return columns over periods; `colonnes` are those of the table that a slide draws.

    Where less than half of the periods would have a mark, a sentence says why it is not drawn.
    """
    marquees = [any(une is not None for une in lues) for lues in _par_periode(series)]
    if 2 * sum(marquees) < len(periodes) and _masque(tableau, colonnes):
        dit = "presque tous ses nombres sont couverts par le secret statistique"
        return Paragraphe(f"« {legende.titre} » : image non dessinée, {dit}.", "note")
    dessin = figures.serie(periodes, series, legende.titre, empilees=empilees)
    return graphique(legende, svg(dessin, FORMAT), tableau, "colonnes", colonnes)


def _par_periode(series: Sequence[Serie]) -> list[tuple[float | None, ...]]:
    return list(zip(*(une.valeurs for une in series), strict=True))


def _masque(tableau: Tableau, colonnes: Sequence[str]) -> bool:
    """Tell whether the secret covers something of these columns."""
    rangs = [rang for nom in colonnes for rang in tableau.rangs((nom,))]
    return any(ligne[rang].masquee for ligne in tableau.lignes for rang in rangs)


def graphique(
    legende: Legende, dessin: str, tableau: Tableau, forme: str, colonnes: Sequence[str]
) -> Graphique | Paragraphe:
    """Return a picture; `colonnes` are the names of those of its table that a slide draws.

    A picture that would show no mark is no picture: the sentence that says why stands for it.
    """
    rangs = [rang for nom in colonnes for rang in tableau.rangs((nom,))]
    vide = _sans_marque(tableau, rangs)
    if vide:
        return Paragraphe(f"« {legende.titre} » : image non dessinée, {vide}.", "note")
    return Graphique(
        legende.cle,
        legende.titre,
        dessin,
        legende.description,
        tableau,
        forme,  # type: ignore[arg-type]
        tuple(rangs),
    )


def _sans_marque(tableau: Tableau, rangs: Sequence[int]) -> str:
    """Say why nothing would be drawn of these columns, '' when something is."""
    cellules = [
        ligne[rang]
        for no, ligne in enumerate(tableau.lignes)
        if no not in tableau.totaux
        for rang in rangs
    ]
    if not rangs or any(connu(une.valeur) for une in cellules):
        return ""
    if any(une.masquee for une in cellules):
        return "tous ses nombres sont nuls ou couverts par le secret statistique"
    return "aucun de ses nombres n'est connu ni différent de zéro"


# --- Maps -----------------------------------------------------------------------------------------


def dessiner_carte(
    fond: Fond,
    lignes: Sequence[Territoires],
    montre: Montre,
    titre: str,
    seuil: int,
    *,
    a_cote: bool = False,
) -> str:
    """Return a map and its key, under it or beside it, as one picture; too few units hatched."""
    hachures = (
        f"moins de {seuil} attributions, ou secret statistique"
        if montre.effectif
        else "secret statistique"
    )
    noms = NOMS
    d = figures.carte(fond, lignes, montre, titre, seuil, noms=noms, dire=_dire, hachures=hachures)
    if d.bornes is None:
        valeurs = [
            un.valeur
            for code, un in d.lieux.items()
            if un.valeur is not None and code in fond.traces
        ]
        cle = legende_cercles(valeurs, fond, "", hachures=d.hachures)
    else:
        cle = legende_teintes(d.classes(), titre, hachures=d.hachures, vide=d.vide)
    return reunir_dessins(svg(d), cle, titre, a_cote=a_cote)


def reunir_dessins(premier: str, second: str, titre: str, *, a_cote: bool) -> str:
    """Return two pictures as a single one: the second under the first, or beside it."""
    (large, haut, contenu), (large_2, haut_2, contenu_2) = map(_ouvrir, (premier, second))
    x, y = (large + ECART, max(0.0, haut - haut_2)) if a_cote else (0.0, haut + ECART)
    deplace = balise("g", contenu_2, transform=f"translate({arrondi(x)} {arrondi(y)})")
    # As wide as every other picture, so that texts are of one size on the page.
    total = max(FORMAT.largeur, large, x + large_2)
    return cadre(total, max(haut, y + haut_2), titre, [contenu, deplace])


def _ouvrir(dessin: str) -> tuple[float, float, str]:
    """Return the width, the height and what is in a picture made by graphiques.base.cadre."""
    trouve = _CADRE.fullmatch(dessin)
    if trouve is None:
        message = "not a picture made by graphiques.base.cadre"
        raise ValueError(message)
    return float(trouve[1]), float(trouve[2]), trouve[3]


def _dire(ligne: Territoires) -> str:
    demandes, attributions = (
        MASQUE if lu == MASQUE else nombre(lu or 0)
        for lu in (ligne["demandes_actives"], ligne["attributions"])
    )
    return f"{ligne['libelle']} : {demandes} demandes actives, {attributions} attributions"
