"""Pieces of trees, for cells and small pictures: there are hundreds of them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from dashboards.composants.balises import Balise, balise
from dashboards.composants.elements import signe_et_mot, taux
from dashboards.composants.listes import insecable, region
from dashboards.composants.natifs import Bloc
from infocentre.lecture.indicateurs import Mesure
from infocentre.lecture.lignes import Valeur
from infocentre.mesures.partage import MASQUE
from infocentre.noyau.francais import entier
from infocentre.noyau.temps import nom_mois


def matrice(colonnes: Sequence[str], lignes: Iterable[Sequence[str]], legende: str) -> Bloc:
    """Return a wide table of short texts that scrolls; its first column names the rows."""
    table = balise(
        "table",
        balise("caption", legende),
        balise("thead", balise("tr", [balise("th", nom, scope="col") for nom in colonnes])),
        balise(
            "tbody",
            [
                balise(
                    "tr",
                    balise("th", nom, scope="row"),
                    [balise("td", cellule, class_="nombre") for cellule in cellules],
                )
                for nom, *cellules in lignes
            ],
        ),
    )
    return region(table, legende, "matrice")


def lien_direct(texte: str, adresse: str) -> Balise:
    """Return a link inside the application, for a cell."""
    return balise("a", texte, href=adresse)


def repli_direct(resume: str, contenu: Balise) -> Balise:
    """Return what is shown on demand, in a tree."""
    return balise("details", balise("summary", resume), contenu, class_="repli")


def etat_direct(code: str | None) -> Balise:
    """Return the mark of a state, for a cell: a sign and a word, never a colour alone."""
    signe, nom = signe_et_mot(code)
    return balise(
        "span",
        balise("span", signe, aria_hidden="true"),
        f" {nom}",
        class_=f"etat etat-{code or ''}",
    )


def mois_direct(mois: str) -> Balise | None:
    """Return a month, for a cell."""
    return insecable(nom_mois(mois))


def part(numerateur: int | None, denominateur: int | None) -> str:
    """Return « 3,2 % (12 / 375) », « – » without a unit, « s » where the count is hidden."""
    if not denominateur:
        return "–"
    if numerateur is None:
        return MASQUE
    ecrits = map(entier, (numerateur, denominateur))
    return f"{taux(numerateur / denominateur)} ({' / '.join(ecrits)})"


def part_de(une: Mesure) -> str:
    """Return what a state rests on."""
    return MASQUE if une.masquee else part(une.numerateur, une.denominateur)


def part_dite(dite: str) -> str:
    """Return a part as a sentence says it: « 3,2 % (12 sur 375) »."""
    return dite.replace(" / ", " sur ")


def part_du_mois(ligne: Valeur) -> str:
    """Return what a published value is in its month alone."""
    n, d = ligne["numerateur"], ligne["denominateur"]
    return MASQUE if n is None else part(n, d)
