"""Tables written at once as HTML: for hundreds of cells, components would cost ten times more."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from dash import html
from markupsafe import Markup, escape

from dashboards.composants.elements import SIGNES, attributs, taux
from dashboards.filtres import nom_mois

NOMBRE = Markup(' class="nombre"')
Cellule = str | Markup | int | None


class Groupe(str):
    """The name of the rows that follow, in a table."""

    __slots__ = ()


def tableau_direct(
    colonnes: Sequence[str],
    lignes: Iterable[Groupe | Sequence[Cellule]],
    legende: str,
    *,
    numeriques: Iterable[int] = (),
) -> html.Div:
    """Return an accessible table that scrolls in itself; its first column names the rows."""
    a_droite = frozenset(numeriques)
    entete = Markup("").join(
        Markup('<th scope="col"{}>{}</th>').format(NOMBRE if rang in a_droite else "", nom)
        for rang, nom in enumerate(colonnes)
    )
    corps = Markup("").join(
        Markup('<tr><th colspan="{}" scope="rowgroup" class="groupe">{}</th></tr>').format(
            len(colonnes), str(ligne)
        )
        if isinstance(ligne, Groupe)
        else _ligne(ligne, a_droite)
        for ligne in lignes
    )
    return html.Div(
        tabIndex="0",
        role="region",
        className="tableau",
        **attributs(
            aria_label=legende,
            data_html=str(
                Markup(
                    "<table><caption>{}</caption><thead><tr>{}</tr></thead>"
                    "<tbody>{}</tbody></table>"
                ).format(legende, entete, corps)
            ),
        ),
    )


def _ligne(ligne: Sequence[Cellule], a_droite: frozenset[int]) -> Markup:
    cellules = []
    for rang, cellule in enumerate(ligne):
        contenu = "" if cellule is None else _texte(cellule)
        if rang == 0:
            cellules.append(f'<th scope="row">{contenu}</th>')
        else:
            classe = NOMBRE if rang in a_droite else ""
            cellules.append(f"<td{classe}>{contenu}</td>")
    return Markup(f"<tr>{''.join(cellules)}</tr>")  # noqa: S704 - every cell is escaped above


def _texte(cellule: str | Markup | int) -> str:
    if isinstance(cellule, int):
        return f"{cellule:,}".replace(",", "\u202f")
    return str(escape(cellule))


def lien_direct(texte: str, adresse: str) -> Markup:
    """Return a link inside the application, for a cell."""
    return Markup('<a href="{}">{}</a>').format(adresse, texte)


def etat_direct(code: str | None) -> Markup:
    """Return the mark of a state, for a cell: a sign and a word, never a colour alone."""
    signe, nom = SIGNES.get(code or "", ("", ""))
    return Markup('<span class="etat etat-{}"><span aria-hidden="true">{}</span> {}</span>').format(
        code or "", signe, nom
    )


def mois_direct(mois: str) -> Markup:
    """Return a month that does not break over two lines, for a cell."""
    return Markup('<span class="mois">{}</span>').format(nom_mois(mois))


def part(numerateur: int | None, denominateur: int | None) -> str:
    """Return « 3,2 % (12 / 375) », « – » without a unit."""
    if not denominateur:
        return "–"
    ecrits = (f"{un:,}".replace(",", "\u202f") for un in (numerateur or 0, denominateur))
    return f"{taux((numerateur or 0) / denominateur)} ({' / '.join(ecrits)})"
