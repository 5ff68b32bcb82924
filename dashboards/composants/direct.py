"""Pieces written at once as HTML, for cells and small pictures: there are hundreds of them."""

from __future__ import annotations

from markupsafe import Markup

from dashboards.composants.elements import SIGNES, taux
from dashboards.composants.listes import insecable, liste
from dashboards.filtres import nom_mois


def lien_direct(texte: str, adresse: str) -> Markup:
    """Return a link inside the application, for a cell."""
    return Markup('<a href="{}">{}</a>').format(adresse, texte)


def etat_direct(code: str | None) -> Markup:
    """Return the mark of a state, for a cell: a sign and a word, never a colour alone."""
    signe, nom = SIGNES.get(code or "", ("", ""))
    return Markup('<span class="etat etat-{}"><span aria-hidden="true">{}</span> {}</span>').format(
        code or "", signe, nom
    )


def image_directe(svg: str, description: str) -> Markup:
    """Return a chart drawn on the server; `description` is for who cannot see it."""
    return Markup(
        '<figure class="graphique"><div role="img" aria-label="{}">{}</div></figure>'
    ).format(description, Markup(svg))  # noqa: S704 - drawn by infocentre.graphiques, escaped


def mois_direct(mois: str) -> Markup:
    """Return a month, for a cell."""
    return insecable(nom_mois(mois))


def part(numerateur: int | None, denominateur: int | None) -> str:
    """Return « 3,2 % (12 / 375) », « – » without a unit."""
    if not denominateur:
        return "–"
    ecrits = (f"{un:,}".replace(",", "\u202f") for un in (numerateur or 0, denominateur))
    return f"{taux((numerateur or 0) / denominateur)} ({' / '.join(ecrits)})"


tableau_direct = liste
