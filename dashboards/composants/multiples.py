"""Each indicator of a guichet over 24 months, and its place among its type: pictures alike."""

from __future__ import annotations

from typing import Any

from dash import html
from markupsafe import Markup

from dashboards.composants.balises import Balise, balise, bloc
from dashboards.composants.direct import (
    etat_direct,
    image_directe,
    lien_direct,
    matrice,
    part,
)
from dashboards.composants.elements import (
    lien,
    repli,
    taux,
    typographie,
)
from dashboards.composants.motifs import non_calculables
from dashboards.composants.natifs import Bloc
from dashboards.page import Contexte
from infocentre.catalogue import Indicateur
from infocentre.exports import lisible
from infocentre.graphiques import Point, Seuil, bande, petite_courbe, seuils_etats
from infocentre.lecture.commun import motifs
from infocentre.lecture.fiche import Fiche
from infocentre.lecture.indicateurs import derniers_mois, mesure
from infocentre.lecture.lignes import Valeur
from infocentre.noyau.etats import Etat
from infocentre.noyau.francais import minuscule
from infocentre.noyau.temps import nom_mois
from infocentre.noyau.types_guichet import TypeGuichet

DONNEES = "Voir les données"
TARDIVE = Markup('<span class="avertissement">⚠ Saisie tardive probable</span>')


def nom_des_pairs(type_guichet: str) -> str:
    """Return what the guichets of a type are called together, within a sentence."""
    lu = TypeGuichet.lire(type_guichet)
    return lu.pairs if lu else "guichets"


def legende(fiche: Fiche) -> html.P:
    """Return how to read the small pictures, once for all of them."""
    morceaux: list[Any] = [
        html.Span("— taux sur 12 mois glissants (ou à l'arrêté)", className="cle cle-taux"),
        html.Span("▒ marge d'incertitude", className="cle cle-marge"),
        html.Span("┄ seuil orange", className="cle cle-orange"),
        html.Span("╌ seuil rouge", className="cle cle-rouge"),
        html.Span("◆ place de ce guichet" if fiche.niveau == "guichet" else "◆ cet organisme"),
        html.Span("● les autres de son type (le 1er a le taux le plus bas)"),
        html.Span("│ taux d'ensemble du type"),
    ]
    if fiche.revisions:
        morceaux.append(html.Span("◇ valeur révisée"))
    return html.P(morceaux, className="legende")


def multiples(c: Contexte, fiche: Fiche) -> html.Section:
    """Return each indicator over 24 months: the quinzaine, then the others on demand."""
    mois = derniers_mois(fiche.filtres, c.mois)
    premiers = [un for un in fiche.indicateurs if un.suivi]
    autres = [un for un in fiche.indicateurs if not un.suivi]
    tous = c.adresse.get("tous") == "oui"
    if not fiche.indicateurs:
        return html.Section(
            [
                html.H2("Les indicateurs", className="fr-h5"),
                html.P("Aucune activité dans les 24 mois."),
            ]
        )
    return html.Section(
        [
            html.H2(f"Les indicateurs sur {len(mois)} mois", className="fr-h5"),
            legende(fiche),
            _serie(c, fiche, premiers, mois, "La quinzaine") if premiers else None,
            _autres(c, fiche, autres, mois) if autres and tous else None,
            html.P(
                lien(f"Voir les {len(autres)} autres indicateurs", _adresse_tous(c, fiche)),
                className="ecran",
            )
            if autres and not tous
            else None,
            _absents(c, fiche),
            non_calculables(c, list(fiche.catalogue.indicateurs.values())),
        ]
    )


def _adresse_tous(c: Contexte, fiche: Fiche) -> str:
    return c.filtres.lien(f"/{fiche.niveau}/{fiche.cle}", tous="oui")


def _autres(c: Contexte, fiche: Fiche, autres: list[Indicateur], mois: list[str]) -> html.Section:
    return html.Section(
        [
            html.H2("Les autres indicateurs", className="fr-h5"),
            _serie(c, fiche, autres, mois, "Autres indicateurs"),
        ]
    )


def _absents(c: Contexte, fiche: Fiche) -> html.P | None:
    absentes = motifs(c.v, c.filtres.departement, c.filtres.mois)
    absents = [
        minuscule(un.libelle)
        for code, un in fiche.catalogue.indicateurs.items()
        if code not in fiche.histoire and un.suivi and code not in absentes
    ]
    if not absents:
        return None
    dit = f"Sans objet ici : {' ; '.join(absents)}."
    return html.P(typographie(dit), className="suite")


def _serie(
    c: Contexte, fiche: Fiche, indicateurs: list[Indicateur], mois: list[str], nom: str
) -> html.Div:
    return html.Div(
        [
            bloc(
                balise(
                    "div",
                    [_multiple(c, fiche, un, mois) for un in indicateurs],
                    class_="petits-multiples",
                )
            ),
            repli(DONNEES, _table_serie(fiche, indicateurs, mois, nom)),
        ]
    )


def _multiple(c: Contexte, fiche: Fiche, un: Indicateur, mois: list[str]) -> Markup:
    points = points_de(fiche.histoire[un.code], mois, _revises(fiche, un.code))
    seuils, ligne = seuils_de(un), fiche.valeur(un.code)
    return Markup(
        '<article class="multiple"><h3 class="nom">{}</h3><p class="valeur-du-mois">{}</p>{}{}'
        "</article>"
    ).format(
        lien_direct(un.libelle, c.filtres.lien(f"/indicateurs/{un.code}")),
        _valeur(fiche, un, ligne),
        image_directe(
            petite_courbe(points, f"{un.libelle}, {len(mois)} mois", seuils=seuils),
            _decrire(un, points),
        ),
        _place(fiche, un, ligne, seuils),
    )


def seuils_de(un: Indicateur) -> tuple[Seuil, ...]:
    """Return the two thresholds of an indicator as lines."""
    return seuils_etats(un.seuils.orange, un.seuils.rouge) if un.seuils else ()


def points_de(
    valeurs: dict[str, Valeur],
    mois: list[str],
    revises: frozenset[str] = frozenset(),
    *,
    marges: bool = True,
) -> list[Point]:
    """Return one point per month: the rate that the state rests on, its margins, its bubble."""
    return [_point(valeurs.get(m), m, revise=m in revises, marges=marges) for m in mois]


def _point(ligne: Valeur | None, mois: str, *, revise: bool, marges: bool) -> Point:
    if ligne is None:
        return Point(mois, None, bulle=f"{nom_mois(mois)} : sans objet")
    m = mesure(ligne)
    if m.taux is None:
        dit = (
            Etat(ligne["etat"]).mot if ligne["etat"] == Etat.NON_CALCULABLE else Etat.SANS_OBJET.mot
        )
        return Point(mois, None, bulle=f"{nom_mois(mois)} : {dit}")
    dit = f"{nom_mois(mois)} : {part(m.numerateur, m.denominateur)}"
    return Point(
        mois,
        m.taux,
        ligne["borne_basse"] if marges else None,
        ligne["borne_haute"] if marges else None,
        etat=ligne["etat"],
        revise=revise,
        bulle=f"{dit}, révisé" if revise else dit,
    )


def _revises(fiche: Fiche, code: str) -> frozenset[str]:
    return frozenset(une["mois"] for une in fiche.revisions if une["code"] == code)


def _valeur(fiche: Fiche, un: Indicateur, ligne: Valeur | None) -> Markup | Balise:
    if ligne is None:
        return etat_direct(Etat.SANS_OBJET)
    m = mesure(ligne)
    etat = etat_direct(ligne["etat"]) if ligne["etat"] != Etat.CONTEXTE else ""
    comptes = f"{lisible(m.numerateur)} sur {lisible(m.denominateur)}"
    if m.sur_12_mois and ligne["denominateur"]:
        comptes += typographie(f" ; le mois : {taux(ligne['taux'])}")
    return Markup('<strong>{}</strong> {} <span class="comptes">{}</span>{}').format(
        taux(m.taux), etat, comptes, TARDIVE if un.code in fiche.tardives else ""
    )


def _decrire(un: Indicateur, points: list[Point]) -> str:
    connus = [point for point in points if point.valeur is not None]
    if not connus:
        return f"{un.libelle} : aucune valeur"
    debut, fin = connus[0], connus[-1]
    return (
        f"{un.libelle} : {taux(debut.valeur)} en {nom_mois(debut.mois)}, "
        f"{taux(fin.valeur)} en {nom_mois(fin.mois)}"
    )


def _place(
    fiche: Fiche, un: Indicateur, ligne: Valeur | None, seuils: tuple[Seuil, ...]
) -> Markup | str:
    """Place the guichet among those of its type, without naming any of them."""
    pairs = fiche.pairs.get(un.code)
    if not pairs or ligne is None or ligne["rang"] is None:
        return ""
    type_ = nom_des_pairs(fiche.type_guichet)
    rang, ensemble = ligne["rang"], ligne["taux_ensemble"]
    ordinal = "er" if rang == 1 else "e"
    suite = typographie(f" sur {len(pairs) + 1} {type_} ; taux d'ensemble {taux(ensemble)}")
    dessin = bande(
        pairs, mesure(ligne).taux, f"Place parmi les {type_}", ensemble=ensemble, seuils=seuils
    )
    return Markup('<div class="place">{}<p class="comptes">{}<sup>{}</sup>{}</p></div>').format(
        image_directe(dessin, f"{rang}{ordinal}{suite}"), rang, ordinal, suite
    )


def _table_serie(fiche: Fiche, indicateurs: list[Indicateur], mois: list[str], nom: str) -> Bloc:
    colonnes = ["Indicateur", *(nom_mois(m) for m in reversed(mois))]
    lignes = [
        [un.libelle, *(_case(fiche.valeur(un.code, m)) for m in reversed(mois))]
        for un in indicateurs
    ]
    legende_ = f"{nom} : taux (anomalies / effectif), mois par mois"
    return matrice(colonnes, lignes, legende_)


def _case(ligne: Valeur | None) -> str:
    if ligne is None:
        return "–"
    m = mesure(ligne)
    return part(m.numerateur, m.denominateur)
