"""Small pieces: titles, filter bar, state marks, tables, empty states, pagination."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from dash import dcc, html

from infocentre.contrat.territoires import nom_departement
from infocentre.exports import lisible
from infocentre.lecture.filtres import FENETRES, Filtres
from infocentre.noyau.etats import Etat
from infocentre.noyau.francais import FINE, INSECABLE, apostropher, typographier
from infocentre.noyau.temps import nom_mois
from infocentre.noyau.types_guichet import LIVRES, TypeGuichet

INFIME = 0.0005  # a rate that would be written 0,0 %


def attributs(**valeurs: str) -> dict[str, Any]:
    """Return aria- and data- attributes, whose names Python cannot write as arguments."""
    return {nom.replace("_", "-"): valeur for nom, valeur in valeurs.items()}


def typographie(texte: str) -> str:
    """Put the no-break spaces of a sentence on the screen, where « » have thin ones."""
    return typographier(texte, FINE)


def titre(texte: str, sous_titre: str | None = None) -> html.Div:
    """Return the page's only h1, with what it is about."""
    return html.Div(
        [
            html.H1(texte, className="fr-h3"),
            html.P(typographie(sous_titre), className="sous-titre") if sous_titre else None,
        ]
    )


def signe_et_mot(code: str | None) -> tuple[str, str]:
    """Return the sign and the word of a state, nothing where there is none."""
    lu = Etat.lire(code)
    return (lu.signe, lu.mot) if lu else ("", "")


def etat(code: str | None) -> html.Span:
    """Return the mark of a state: a sign and a word, never a colour alone."""
    signe, nom = signe_et_mot(code)
    return html.Span(
        [html.Span(signe, **attributs(aria_hidden="true")), f" {nom}"],
        className=f"etat etat-{code}",
    )


def taux(valeur: float | None) -> str:
    """Return a rate as French people write it, « – » where there is none; never 0,0 % for some."""
    if valeur is None:
        return "–"
    return f"<{INSECABLE}0,1{FINE}%" if 0 < valeur < INFIME else lisible(valeur, taux=True)


@dataclass(frozen=True, slots=True)
class Filtre:
    """A field whose value goes to the address (parameter `nom`).

    With options, one of them; with groups of boxes to tick, those that are, with dots between them;
    without either, a text.
    """

    nom: str
    libelle: str
    valeur: str
    options: tuple[tuple[str, str], ...] | None = None
    groupes: tuple[tuple[str, tuple[tuple[str, str], ...]], ...] = ()

    def ecrire(self) -> dict[str, Any]:
        """Return what the component BarreFiltres takes; a value that no longer exists is shown."""
        ecrit = {"nom": self.nom, "libelle": apostropher(self.libelle), "valeur": self.valeur}
        if self.groupes:
            groupes = [(apostropher(nom), _lisibles(cases)) for nom, cases in self.groupes]
            return ecrit | {"genre": "cases", "groupes": groupes}
        if self.options is None:
            return ecrit | {"genre": "recherche"}
        options = self.options
        if self.valeur not in dict(options):
            options = ((self.valeur, f"« {self.valeur} », inconnu"), *options)
        return ecrit | {"genre": "choix", "options": _lisibles(options)}


def _lisibles(options: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    return [(valeur, apostropher(dit)) for valeur, dit in options]


def choix(nom: str, libelle: str, options: Iterable[tuple[str, str]], valeur: str) -> Filtre:
    """Return a native select whose change goes to the address (parameter `nom`)."""
    return Filtre(nom, libelle, valeur, tuple(options))


def chercher(nom: str, libelle: str, valeur: str) -> Filtre:
    """Return a field whose text goes to the address (parameter `nom`) when it is validated."""
    return Filtre(nom, libelle, valeur)


def barre_filtres(
    filtres: Filtres,
    mois: Sequence[str],
    departements: Sequence[str],
    *,
    plus: Sequence[Filtre] = (),
) -> list[Filtre]:
    """Return the filters of a page: month, département when there are several, and its own."""
    champs = [choix("mois", "Mois", [(m, nom_mois(m)) for m in reversed(mois)], filtres.mois)]
    if len(departements) > 1:
        options = [(d, nom_departement(d)) for d in departements]
        champs.insert(0, choix("departement", "Département", options, filtres.departement))
    return [*champs, *plus]


def choix_epci(filtres: Filtres, epcis: Mapping[str, str]) -> list[Filtre]:
    """Return the choice between the whole département and one of its EPCI, none without EPCI."""
    if not epcis:
        return []
    options = [("", "Tout le département"), *epcis.items()]
    return [choix("epci", "Territoire", options, filtres.epci)]


def choix_type(filtres: Filtres) -> Filtre:
    """Return the filter on the type of guichet."""
    courant = filtres.type_guichet
    return choix(
        "type", "Type de guichet", [("", "Tous les types"), *types_a_choisir(courant)], courant
    )


def types_a_choisir(courant: str) -> list[tuple[str, str]]:
    """Return the types to choose from; « inconnu » only where it is what is shown."""
    return [(un, un.pluriel) for un in TypeGuichet if un in {*LIVRES, courant}]


def choix_fenetre(filtres: Filtres) -> Filtre:
    """Return the choice between the 12 months and the month."""
    return choix("fenetre", "Période", list(FENETRES.items()), filtres.fenetre)


def tableau(
    colonnes: Sequence[str],
    lignes: Sequence[Sequence[Any]],
    legende: str,
    *,
    numeriques: Iterable[int] = (),
) -> html.Div:
    """Return an accessible table that scrolls in itself; `numeriques` are right-aligned columns."""
    a_droite = frozenset(numeriques)
    classes = ["nombre" if rang in a_droite else None for rang in range(len(colonnes))]
    entete = html.Tr(
        [
            html.Th(nom, scope="col", className=classe)
            for nom, classe in zip(colonnes, classes, strict=True)
        ]
    )
    corps = [
        html.Tr(
            [
                html.Td(
                    cellule if not isinstance(cellule, int | float) else lisible(cellule),
                    className=classe,
                )
                for cellule, classe in zip(ligne, classes, strict=True)
            ]
        )
        for ligne in lignes
    ]
    return html.Div(
        html.Table([html.Caption(legende), html.Thead(entete), html.Tbody(corps)]),
        className="tableau",
        tabIndex="0",
        role="region",
        **attributs(aria_label=legende),
    )


def vide(message: str, que_faire: str | list[Any]) -> html.Div:
    """Return a helpful empty state; what to do is a sentence, or its pieces with links."""
    return html.Div(
        [
            html.H2(message, className="fr-callout__title fr-h6"),
            html.P(que_faire, className="fr-callout__text"),
        ],
        className="fr-callout",
    )


def exports(liens: dict[str, str]) -> html.P:
    """Return download links; keys are what people read."""
    return html.P(
        [
            html.A(nom, href=lien, className="fr-btn fr-btn--tertiary fr-btn--sm", download="")
            for nom, lien in liens.items()
        ],
        className="exports",
    )


def lien(texte: Any, href: str) -> dcc.Link:  # noqa: ANN401 - any component
    """Return a link inside the application."""
    return dcc.Link(texte, href=href)


def ariane(maillons: Sequence[tuple[str, str | None]]) -> html.Nav:
    """Return where a page stands: (name, address) from the top, the page itself without one."""
    elements = [
        html.Li(
            dcc.Link(nom, href=adresse, className="fr-breadcrumb__link")
            if adresse
            else html.A(nom, className="fr-breadcrumb__link", **attributs(aria_current="page"))
        )
        for nom, adresse in maillons
    ]
    return html.Nav(
        html.Ol(elements, className="fr-breadcrumb__list"),
        className="fr-breadcrumb",
        **attributs(aria_label="vous êtes ici"),
    )


def repli(
    resume: str,
    contenu: Any,  # noqa: ANN401 - any component
    *,
    ouvert: bool = False,
    imprime: bool = False,
) -> html.Details:
    """Return what is shown on demand, such as the table behind a picture; `imprime`: on paper."""
    papier = attributs(data_imprime="") if imprime else {}
    return html.Details([html.Summary(resume), contenu], open=ouvert, className="repli", **papier)


def pagination(page: int, pages: int, adresse: Callable[[int], str]) -> html.Nav | None:
    """Return the links to the other pages of a list, None when there is only one."""
    if pages <= 1:
        return None
    proches = sorted({1, *range(max(1, page - 2), min(pages, page + 2) + 1), pages})
    liens: list[Any] = [_page_voisine("prev", "Page précédente", page - 1, pages, adresse)]
    for avant, numero in zip([0, *proches], proches, strict=False):
        if numero > avant + 1:
            liens.append(html.Li(html.Span("…", className="fr-pagination__link")))
        courante = attributs(aria_current="page") if numero == page else {}
        texte = html.Span(
            f"{numero}", title=f"Page {numero}", className="fr-pagination__link", **courante
        )
        autre = dcc.Link(
            f"{numero}",
            href=adresse(numero),
            title=f"Page {numero}",
            className="fr-pagination__link",
        )
        liens.append(html.Li(texte if courante else autre))
    liens.append(_page_voisine("next", "Page suivante", page + 1, pages, adresse))
    return html.Nav(
        html.Ul(liens, className="fr-pagination__list"),
        className="fr-pagination",
        role="navigation",
        **attributs(aria_label="Pages de la liste"),
    )


def _page_voisine(
    sens: str, texte: str, numero: int, pages: int, adresse: Callable[[int], str]
) -> html.Li:
    classe = f"fr-pagination__link fr-pagination__link--{sens} fr-pagination__link--lg-label"
    if not 1 <= numero <= pages:
        return html.Li(html.Span(texte, className=classe, **attributs(aria_disabled="true")))
    return html.Li(dcc.Link(texte, href=adresse(numero), className=classe))


def faits(paires: Iterable[tuple[str, Any]]) -> html.Dl:
    """Return what is known of one thing: a name and its value on each line."""
    lignes = [html.Div([html.Dt(nom), html.Dd(valeur)]) for nom, valeur in paires]
    return html.Dl(lignes, className="faits")
