"""Where the movement of a rate comes from: sentences, the part of each guichet, the other parts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from dash import html

from dashboards.composants.direct import lien_direct, part
from dashboards.composants.elements import repli, typographie
from dashboards.composants.graphique import graphique
from dashboards.composants.listes import Cellule, liste
from dashboards.page import Contexte
from infocentre.graphiques.descriptions import Cascade, Etape
from infocentre.lecture.decomposition import GRAND, Explication, dire_mouvement
from infocentre.mesures.decomposition import Compte, Part, ensemble
from infocentre.noyau.francais import MOINS, accorder, majuscule, nombre, points_signes
from infocentre.noyau.temps import de_mois, nom_mois
from infocentre.restitutions.recit import raconter_mouvement

CITEES, MARCHES = 10, 6
VISIBLE = 0.00005


def en_bref(e: Explication, noms: Mapping[str, str]) -> html.Section:
    """Return by how much the rate moved and where from, in plain French."""
    phrases = raconter_mouvement(dire_mouvement(e, noms))
    return html.Section(
        [html.H2("En bref", className="fr-h5"), *(html.P(typographie(une)) for une in phrases)],
        className="en-bref",
    )


def cascade(c: Contexte, e: Explication, noms: Mapping[str, str]) -> html.Section:
    """Return from one rate to the other what each thing adds: the first guichets by their names."""
    mois = tuple(map(nom_mois, (e.mois_avant, e.mois)))
    du_mois = de_mois(e.mois_avant)
    montres, reste = e.parts[:MARCHES], e.parts[MARCHES:]
    faits = [
        Etape(f"Livraison corrigée {du_mois}", e.livraisons),
        Etape(f"Changement de règle {du_mois}", e.regle),
        Etape(f"Entré après coup {du_mois}", e.tardives),
        *(_marche(c, une, noms[une.guichet]) for une in montres),
        Etape("Les autres, par leur taux", sum(une.taux for une in reste)),
        Etape("Les autres, par leur poids", sum(une.structure for une in reste)),
    ]
    dessin = Cascade(
        titre=f"Le taux, {du_mois} à {mois[1]}",
        nom="Étape",
        valeurs="Taux, ou points",
        etapes=(
            _niveau(mois[0], e.publie),
            *(un for un in faits if abs(un.valeur) >= VISIBLE),
            _niveau(mois[1], e.apres),
        ),
    )
    return html.Section(
        [html.H2("D'un taux à l'autre", className="fr-h5"), graphique(dessin, nom="cascade")]
    )


def _niveau(mois: str, compte: Compte) -> Etape:
    nom = majuscule(mois)
    return Etape(nom, compte.taux or 0.0, total=True, bulle=f"{nom} : {part(compte.n, compte.d)}")


def _marche(c: Contexte, une: Part, nom: str) -> Etape:
    avant, apres = (part(un.n, un.d) for un in (une.avant, une.apres))
    return Etape(
        nom,
        une.total,
        bulle=f"{nom} : {points_signes(une.total, 2)} ; {avant}, puis {apres}",
        lien=c.filtres.lien(f"/guichet/{une.guichet}"),
    )


def les_parts(c: Contexte, e: Explication, noms: Mapping[str, str]) -> html.Section:
    """Return what each guichet adds to the movement, and what is no guichet's."""
    mois = tuple(map(nom_mois, (e.mois_avant, e.mois)))
    colonnes = ("Ce qui a joué", *map(majuscule, mois), "Par son taux", "Par son poids", "Part")
    legende = f"Les parts du mouvement, {de_mois(e.mois_avant)} à {mois[1]}"
    points = _Points(2 if abs(e.ecart) >= GRAND else 3)
    combien = CITEES if len(e.parts) > CITEES + 1 else len(e.parts)
    premieres, autres = e.parts[:combien], e.parts[combien:]
    numeriques = tuple(range(1, len(colonnes)))
    lignes = [*_guichets(c, points, premieres, noms), *_reste(points, autres), *_autres(points, e)]
    return html.Section(
        [
            html.H2("Les parts", className="fr-h5"),
            html.P(
                typographie(
                    "En points de pourcentage ; les parts font ensemble tout le mouvement. "
                    "« Par son taux » : ce que le changement de son taux a fait au taux "
                    "d'ensemble. « Par son poids » : ce qu'a fait son poids dans l'effectif, plus "
                    "grand ou plus petit, selon que son taux est au-dessus ou au-dessous des "
                    f"autres. Les comptes {de_mois(e.mois_avant)} comprennent ce qui est entré "
                    "après coup."
                ),
                className="comptes",
            ),
            liste(colonnes, lignes, legende, numeriques=numeriques),
            repli(
                f"Voir les {len(autres)} autres guichets",
                liste(
                    colonnes,
                    _guichets(c, points, autres, noms),
                    "Les autres guichets",
                    numeriques=numeriques,
                ),
            )
            if autres
            else None,
        ]
    )


@dataclass(frozen=True, slots=True)
class _Points:
    """Writes differences of ratios in points, for cells: +4,60, −0,22, 0."""

    decimales: int

    def __call__(self, *ecarts: float) -> list[str]:
        return [self._ecrire(round(100 * un, self.decimales)) for un in ecarts]

    def _ecrire(self, arrondi: float) -> str:
        if not arrondi:
            return "0"
        return f"{'+' if arrondi > 0 else MOINS}{nombre(abs(arrondi), self.decimales)}"


def _guichets(
    c: Contexte, points: _Points, parts: Iterable[Part], noms: Mapping[str, str]
) -> Iterator[list[Cellule]]:
    for une in parts:
        nom = lien_direct(noms[une.guichet], c.filtres.lien(f"/guichet/{une.guichet}"))
        yield [nom, *_comptes(une.avant, une.apres), *points(une.taux, une.structure, une.total)]


def _reste(points: _Points, parts: Sequence[Part]) -> Iterator[list[Cellule]]:
    """Yield the other guichets together."""
    if parts:
        comptes = (
            ensemble({une.guichet: une.avant for une in parts}),
            ensemble({une.guichet: une.apres for une in parts}),
        )
        ecarts = (
            sum(une.taux for une in parts),
            sum(une.structure for une in parts),
            sum(une.total for une in parts),
        )
        nom = accorder(len(parts), "autre guichet", "autres guichets")
        yield [nom, *_comptes(*comptes), *points(*ecarts)]


def _comptes(*comptes: Compte) -> list[str]:
    return [part(un.n, un.d) for un in comptes]


def _autres(points: _Points, e: Explication) -> Iterator[list[Cellule]]:
    """Yield what changed the former month since it was published, then the whole."""
    du_mois = de_mois(e.mois_avant)
    if e.tardives:
        comptes = _comptes(e.avant, e.complet)
        yield [f"Entré après coup {du_mois}", *comptes, "", "", *points(e.tardives)]
    if e.livraisons:
        yield [f"Livraison corrigée {du_mois}", "", "", "", "", *points(e.livraisons)]
    if e.regle:
        yield [f"Changement de règle {du_mois}", "", "", "", "", *points(e.regle)]
    yield ["Ensemble", *_comptes(e.publie, e.apres), *points(e.taux, e.structure, e.ecart)]
