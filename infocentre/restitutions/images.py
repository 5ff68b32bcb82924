"""The pictures of a document, each with the table it is drawn from."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from infocentre.graphiques import Barre, barres
from infocentre.graphiques.base import BLEU, arrondi, balise, cadre
from infocentre.graphiques.carte import (
    Etiquette,
    Fond,
    Lieu,
    carte,
    classer,
    legende_cercles,
    legende_teintes,
)
from infocentre.graphiques.colonnes import Serie, colonnes
from infocentre.lecture.tableaux import LigneTableau, TableauDe, chiffre
from infocentre.mesures.lignes_tableaux import FormeRepartition, Nommee, Profil, Territoires
from infocentre.mesures.partage import MASQUE
from infocentre.noyau.francais import nombre, pourcent
from infocentre.restitutions.document import Graphique, Paragraphe, Tableau
from infocentre.restitutions.tables import connu

LARGEUR, HAUTEUR = 840.0, 220.0
GRIS = "#929292"
SANS_REPONSE = frozenset({"NR", "HL"})
NOMS = 18
ECART = 16
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

    Nothing is drawn of an empty category, nor of a residual one that is masked.
    """
    lignes = sorted(lu.modalites, key=du_plus_grand) if trier else list(lu.modalites)
    lignes = [une for une in lignes if _a_dessiner(une)][: retenues or None]
    dessinees = [
        Barre(
            ligne["libelle"],
            connu(ligne["part_total"]),
            couleur=GRIS if ligne["code"] in SANS_REPONSE else BLEU,
            ecrit=_part(ligne, "part_total", "total"),
        )
        for ligne in lignes
    ]
    svg = barres(dessinees, legende.titre, taux=True, largeur=LARGEUR, serrees=True)
    image = graphique(legende, svg, tableau, "barres", ("Part",))
    return _dessiner(image, dessinees)


def part_et_compte(
    lignes: Sequence[Nommee],
    legende: Legende,
    tableau: Tableau,
    champs: tuple[str, str, str],
    cible: float | None = None,
) -> Graphique | Paragraphe:
    """Return bars of a share (part, numerator, denominator), against an objective if any.

    What has no share, or one that is masked, stands in the table only.
    """
    part, numerateur, denominateur = champs
    lignes = [une for une in lignes if connu(chiffre(une, part)) is not None]
    dessinees = [
        Barre(
            ligne["libelle"],
            connu(chiffre(ligne, part)),
            couleur=GRIS if ligne["code"] in SANS_REPONSE else BLEU,
            ecrit=_part(ligne, part, numerateur, denominateur),
        )
        for ligne in lignes
    ]
    vise = (cible, f"objectif {pourcent(cible)}") if cible is not None else None
    svg = barres(dessinees, legende.titre, taux=True, cible=vise, largeur=LARGEUR, serrees=True)
    image = graphique(legende, svg, tableau, "barres", ("Part",))
    return _dessiner(image, dessinees, cible)


def _dessiner(
    image: Graphique | Paragraphe, dessinees: Sequence[Barre], cible: float | None = None
) -> Graphique | Paragraphe:
    """Say which rows of its table a picture draws, in what order, and what they should reach."""
    if not isinstance(image, Graphique) or image.tableau is None:
        return image
    rangs = {str(ligne[0].valeur): rang for rang, ligne in enumerate(image.tableau.lignes)}
    lignes = tuple(rangs[une.libelle] for une in dessinees if une.libelle in rangs)
    return replace(image, lignes=lignes, objectif=cible)


def _a_dessiner(ligne: FormeRepartition) -> bool:
    return bool(connu(ligne["total"])) or (
        ligne["total"] == MASQUE and ligne["code"] not in SANS_REPONSE
    )


def du_plus_grand(ligne: FormeRepartition) -> tuple[bool, float]:
    """Rank a category: the largest first, those without an answer last."""
    return ligne["code"] in SANS_REPONSE, -(connu(ligne["part_total"]) or 0)


def _part(ligne: LigneTableau, part: str, *comptes: str) -> str:
    """Return « 12,1 % (2 447) » or « 25,0 % (12 sur 48) », MASQUE when a part of it is masked."""
    taux, *lus = (chiffre(ligne, nom) for nom in (part, *comptes))
    if MASQUE in {taux, *lus}:
        return MASQUE
    if taux is None:
        return "–"
    return f"{pourcent(taux, 1)} ({' sur '.join(map(nombre, lus))})"


def en_mois(
    lignes: Sequence[Nommee], legende: Legende, tableau: Tableau, colonne: str
) -> Graphique | Paragraphe:
    """Return bars of a duration in months; what has none stands in the table only."""
    dessinees = [
        Barre(
            ligne["libelle"],
            duree,
            couleur=GRIS if ligne["code"] in SANS_REPONSE else BLEU,
            ecrit=f"{nombre(duree, 1)} mois",
        )
        for ligne in lignes
        if (duree := connu(chiffre(ligne, colonne))) is not None
    ]
    svg = barres(dessinees, legende.titre, largeur=LARGEUR, serrees=True)
    return _dessiner(graphique(legende, svg, tableau, "barres", ("médian",)), dessinees)


def rapports(
    lignes: Sequence[Nommee],
    legende: Legende,
    tableau: Tableau,
    colonne: str,
    ensemble: float | None = None,
) -> Graphique | Paragraphe:
    """Return bars of a ratio with one decimal, beside that of all the rows together."""
    dessinees = [
        Barre(ligne["libelle"], valeur, ecrit=nombre(valeur, 1))
        for ligne in lignes
        if (valeur := connu(chiffre(ligne, colonne))) is not None
    ]
    repere = (ensemble, f"ensemble {nombre(ensemble, 1)}") if ensemble is not None else None
    svg = barres(dessinees, legende.titre, cible=repere, largeur=LARGEUR, serrees=True)
    image = graphique(legende, svg, tableau, "barres", ("pour une attribution",))
    return _dessiner(image, dessinees)


def face_a_face(
    lignes: Sequence[Profil], legende: Legende, tableau: Tableau
) -> Graphique | Paragraphe:
    """Return two bars a category: its share of the demandes, then of the attributions."""
    dessinees = [
        Barre(nom, connu(part), couleur=couleur, ecrit=f"{pourcent(part, 1)} des {quoi}")
        for ligne in lignes
        for nom, part, couleur, quoi in (
            (ligne["libelle"], ligne["part_demandes"], BLEU, "demandes"),
            ("", ligne["part_attributions"], GRIS, "attributions"),
        )
    ]
    svg = barres(dessinees, legende.titre, taux=True, largeur=LARGEUR, serrees=True)
    noms = ("part des demandes", "part des attributions")
    return graphique(legende, svg, tableau, "barres", noms)


def serie(
    periodes: Sequence[str],
    series: Sequence[Serie],
    legende: Legende,
    tableau: Tableau,
    *,
    empilees: bool = True,
    colonnes_du_tableau: Sequence[str] = (),
) -> Graphique | Paragraphe:
    """Return columns over periods; `series` bear the names of columns of the table.

    Where they do not, `colonnes_du_tableau` are the names of those that a slide draws.
    """
    svg = colonnes(
        periodes,
        series,
        legende.titre,
        empilees=empilees,
        largeur=LARGEUR,
        hauteur=HAUTEUR,
    )
    noms = colonnes_du_tableau or tuple(une.nom for une in series)
    return graphique(legende, svg, tableau, "colonnes", noms)


def graphique(
    legende: Legende, svg: str, tableau: Tableau, forme: str, series: Sequence[str]
) -> Graphique | Paragraphe:
    """Return a picture; `series` are parts of the titles of the columns that a slide draws.

    A picture that would show no mark is no picture: the sentence that says why stands for it.
    """
    rangs = list(dict.fromkeys(rang for nom in series for rang in _colonne(tableau, nom)))
    vide = _sans_marque(tableau, rangs)
    if vide:
        return Paragraphe(f"« {legende.titre} » : image non dessinée, {vide}.", "note")
    return Graphique(
        legende.cle,
        legende.titre,
        svg,
        legende.description,
        tableau,
        forme,  # type: ignore[arg-type]
        tuple(rangs),
    )


def _colonne(tableau: Tableau, nom: str) -> list[int]:
    """Return the rank of the first column whose title holds a name, if any."""
    titres = enumerate(colonne.titre.lower() for colonne in tableau.colonnes)
    return [rang for rang, titre in titres if rang and nom.lower() in titre][:1]


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


@dataclass(frozen=True, slots=True)
class Carte:
    """What a map shows: a column, as a ratio in shades when it has an `effectif`."""

    colonne: str
    effectif: str | None = None
    noms: int = NOMS


def dessiner_carte(
    fond: Fond,
    lignes: Sequence[Territoires],
    carte_: Carte,
    titre: str,
    seuil: int,
    *,
    a_cote: bool = False,
) -> str:
    """Return a map and its key, under it or beside it, as one picture; too few units hatched."""
    lieux = {une["code"]: Lieu(_valeur(une, carte_, seuil), _dire(une)) for une in lignes}
    valeurs = [
        un.valeur for code, un in lieux.items() if un.valeur is not None and code in fond.traces
    ]
    bornes = classer(valeurs) if carte_.effectif else None
    noms = sorted(lignes, key=lambda une: -(connu(une["demandes_actives"]) or 0))
    etiquettes = [Etiquette(_court(une["libelle"]), (une["code"],)) for une in noms]
    vide = any(lieux[code].valeur is None for code in fond.traces if code in lieux)
    hachures = (
        (
            f"moins de {seuil} attributions, ou secret statistique"
            if carte_.effectif
            else "secret statistique"
        )
        if vide
        else ""
    )
    dessin = carte(fond, lieux, titre, bornes=bornes, etiquettes=etiquettes[: carte_.noms])
    cle = (
        legende_cercles(max(valeurs, default=1) or 1, fond, "", hachures=hachures)
        if bornes is None
        else legende_teintes(bornes, titre, hachures=hachures)
    )
    return reunir_dessins(dessin, cle, titre, a_cote=a_cote)


def reunir_dessins(premier: str, second: str, titre: str, *, a_cote: bool) -> str:
    """Return two pictures as a single one: the second under the first, or beside it."""
    (large, haut, contenu), (large_2, haut_2, contenu_2) = map(_ouvrir, (premier, second))
    x, y = (large + ECART, max(0.0, haut - haut_2)) if a_cote else (0.0, haut + ECART)
    deplace = balise("g", contenu_2, transform=f"translate({arrondi(x)} {arrondi(y)})")
    # As wide as every other picture, so that texts are of one size on the page.
    total = max(LARGEUR, large, x + large_2)
    return cadre(total, max(haut, y + haut_2), titre, [contenu, deplace])


def _ouvrir(dessin: str) -> tuple[float, float, str]:
    """Return the width, the height and what is in a picture made by graphiques.base.cadre."""
    trouve = _CADRE.fullmatch(dessin)
    if trouve is None:
        message = "not a picture made by graphiques.base.cadre"
        raise ValueError(message)
    return float(trouve[1]), float(trouve[2]), trouve[3]


def _valeur(ligne: Territoires, carte_: Carte, seuil: int) -> float | None:
    effectif = connu(chiffre(ligne, carte_.effectif)) if carte_.effectif else None
    if carte_.effectif and (effectif is None or effectif < seuil):
        return None
    return connu(chiffre(ligne, carte_.colonne))


def _dire(ligne: Territoires) -> str:
    demandes, attributions = (
        MASQUE if lu == MASQUE else nombre(lu or 0)
        for lu in (ligne["demandes_actives"], ligne["attributions"])
    )
    return f"{ligne['libelle']} : {demandes} demandes actives, {attributions} attributions"


def _court(nom: str) -> str:
    """Return « 8e » for « Marseille 8e Arrondissement », and a name without its brackets."""
    if nom.endswith("Arrondissement"):
        return nom.split()[1]
    return nom.split(" (", maxsplit=1)[0]
