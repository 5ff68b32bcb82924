"""The indicators of a guichet or organisme: what is red or orange drawn, the rest a line each."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from dash import html

from dashboards.composants.direct import (
    etat_direct,
    lien_direct,
    matrice,
    mois_direct,
    part,
    part_de,
    part_dite,
    part_du_mois,
)
from dashboards.composants.elements import (
    etat,
    lien,
    repli,
    taux,
    typographie,
)
from dashboards.composants.graphique import graphique, vignette
from dashboards.composants.indicateur import SEUL, environ, reperes
from dashboards.composants.listes import Cellule, liste
from dashboards.composants.motifs import non_calculables
from dashboards.composants.multiples import (
    decrire,
    nom_des_pairs,
    points_de,
    seuils_de,
)
from dashboards.composants.natifs import Bloc
from dashboards.page import Contexte
from infocentre.catalogue import Indicateur
from infocentre.exports import lisible
from infocentre.graphiques import Point
from infocentre.graphiques.courbe import Repere
from infocentre.graphiques.descriptions import EVENEMENTS, Bande, Courbe, reperes_du_mois
from infocentre.lecture.commun import motifs
from infocentre.lecture.fiche import Fiche, rang_lisible
from infocentre.lecture.indicateurs import derniers_mois, mesure, se_distingue
from infocentre.lecture.lignes import Valeur
from infocentre.noyau.etats import DEPASSES, Etat
from infocentre.noyau.francais import accorder, minuscule, pourcent
from infocentre.noyau.temps import mois_avant, nom_mois

TARDIVE = "Saisie tardive probable : le mois est provisoire."
UN_AN = 12


def indicateurs(c: Contexte, fiche: Fiche) -> html.Section:
    """Return each indicator: red then orange over 24 months, the others on a line each."""
    titre = html.H2("Les indicateurs", className="fr-h5")
    if not fiche.indicateurs:
        return html.Section([titre, html.P("Aucune activité dans les 24 mois.")])
    mois = derniers_mois(fiche.filtres, c.mois)
    groupes = _grouper(fiche)
    vus = reperes(c, mois, fiche.cle, *(fiche.organisme or ())[:1])
    ici = "cet organisme" if fiche.niveau == "organisme" else "ce guichet"
    return html.Section(
        [
            titre,
            *(_panneau(c, fiche, un, mois, vus(un)) for un in groupes.depasses),
            *_verts(c, fiche, groupes.verts),
            _replie(
                c,
                fiche,
                groupes.petits,
                "indicateur dont l'effectif est insuffisant",
                "indicateurs dont l'effectif est insuffisant",
            ),
            _replie(
                c,
                fiche,
                groupes.sans_juger,
                f"indicateur qui ne juge pas {ici}",
                f"indicateurs qui ne jugent pas {ici}",
            ),
            _absents(c, fiche),
            non_calculables(c, list(fiche.catalogue.indicateurs.values())),
            _mois_par_mois(c, fiche, mois),
        ]
    )


@dataclass(frozen=True, slots=True)
class _Groupes:
    """The indicators that have a unit in the month, by what they say of the guichet."""

    depasses: list[Indicateur] = field(default_factory=list)
    verts: list[Indicateur] = field(default_factory=list)
    petits: list[Indicateur] = field(default_factory=list)
    sans_juger: list[Indicateur] = field(default_factory=list)


def _grouper(fiche: Fiche) -> _Groupes:
    """Sort them: the worst first, then those that are followed."""
    groupes = _Groupes()
    for un in fiche.indicateurs:
        ligne = fiche.valeur(un.code)
        if ligne is None or not mesure(ligne).denominateur:
            continue
        code = ligne["etat"]
        if un.imputable != "guichet" or code == Etat.CONTEXTE:
            groupes.sans_juger.append(un)
        elif code in DEPASSES:
            groupes.depasses.append(un)
        else:
            (groupes.verts if code == Etat.VERT else groupes.petits).append(un)
    groupes.depasses.sort(key=lambda un: _urgence(fiche, un))
    groupes.verts.sort(key=lambda un: not un.suivi)
    return groupes


def _urgence(fiche: Fiche, un: Indicateur) -> tuple[bool, int]:
    ligne = fiche.valeur(un.code)
    return (ligne is not None and ligne["etat"] == Etat.ORANGE), -(
        mesure(ligne).numerateur if ligne else 0
    )


# --- Red and orange: a picture each ---------------------------------------------------------------


def _panneau(
    c: Contexte, fiche: Fiche, un: Indicateur, mois: list[str], vus: Sequence[Repere]
) -> html.Article:
    ligne = fiche.histoire[un.code][fiche.filtres.mois]
    revises = frozenset(une["mois"] for une in fiche.revisions if une["code"] == un.code)
    points = points_de(fiche.histoire[un.code], mois, revises, seul=True)
    seul = any(point.autre is not None for point in points)
    dessin = Courbe(
        titre=f"{un.libelle}, {len(mois)} mois",
        alternative=decrire(un, points),
        valeurs="12 mois glissants" if mesure(ligne).sur_12_mois else "à l’arrêté",
        points=tuple(map(_marge_lisible, points)),
        seuils=seuils_de(un),
        nom_autre="le mois seul" if seul else None,
        reperes=tuple(vus),
    )
    return html.Article(
        [
            html.Div(
                [
                    html.H3(
                        lien(un.libelle, c.filtres.lien(f"/indicateurs/{un.code}")),
                        className="fr-h6",
                    ),
                    html.P([etat(ligne["etat"]), f" {_dit_le_taux(un, ligne)}"]),
                    *_en_plus(c, fiche, un, ligne),
                    _place(fiche, un, ligne),
                    html.P(
                        lien("Pourquoi ce taux a bougé", _adresse_pourquoi(c, fiche, un)),
                        className="ecran",
                    ),
                ]
            ),
            graphique(dessin, nom=un.code, table=_table(fiche, un, mois, vus)),
        ],
        className=f"panneau panneau-{ligne['etat']}",
    )


def _marge_lisible(point: Point) -> Point:
    """Leave out a margin that is wider than the rate, as that of a 0: it would be seen first."""
    large = (point.haut or 0.0) - (point.bas or 0.0) > (point.valeur or 0.0)
    return replace(point, bas=None, haut=None) if large else point


def _adresse_pourquoi(c: Contexte, fiche: Fiche, un: Indicateur) -> str:
    organisme = fiche.cle if fiche.niveau == "organisme" else (fiche.organisme or ("", ""))[0]
    return c.filtres.lien(f"/pourquoi/{un.code}", organisme=organisme)


def _dit_le_taux(un: Indicateur, ligne: Valeur) -> str:
    m = mesure(ligne)
    comptes = f"{lisible(m.numerateur)} sur {lisible(m.denominateur)}"
    periode = "sur 12 mois" if m.sur_12_mois else "à l'arrêté"
    if un.tolerance_zero:
        return typographie(f"{comptes} dans le mois, pour une tolérance de zéro")
    passe = ""
    if un.seuils:
        seuil = un.seuils.orange if ligne["etat"] == Etat.ORANGE else un.seuils.rouge
        passe = f", pour un seuil de {pourcent(seuil)}"
    return typographie(f"{taux(m.taux)} {periode} ({comptes}){passe}")


def _en_plus(c: Contexte, fiche: Fiche, un: Indicateur, ligne: Valeur) -> Iterator[html.P]:
    """Yield the month alone, the year before, the margin, the others, what is provisional."""
    seul = dire_le_mois_seul(fiche, ligne)
    if seul:
        yield html.P([html.Strong(typographie(f"{seul}."))])
    avant = fiche.valeur(un.code, mois_avant(fiche.filtres.mois, UN_AN))
    if avant and mesure(avant).denominateur:
        m = mesure(avant)
        yield html.P(typographie(f"Un an plus tôt : {part_dite(part_de(m))}."))
    if not un.tolerance_zero:
        bornes = f"de {taux(ligne['borne_basse'])} à {taux(ligne['borne_haute'])}"
        yield html.P(typographie(f"Marge d'incertitude : {bornes}."))
    autres = fiche.semblables.get(un.code)
    if autres:
        dit = part_dite(part(autres.n, autres.d))
        yield html.P(typographie(f"Les autres organismes de son type : {dit}."))
    elif dit := _du_type(c, fiche, un):
        yield html.P(typographie(f"Ensemble de son type : {minuscule(dit)}."))
    if un.code in fiche.tardives:
        yield html.P(TARDIVE, className="avertissement")


def _du_type(c: Contexte, fiche: Fiche, un: Indicateur) -> str:
    """Return the rate of its type, about where its counts are masked; '' where it is not told.

    Who is alone of its type with units is told so: the rate would be its own.
    """
    connu = fiche.histoire[un.code][fiche.filtres.mois]["taux_ensemble"]
    if connu is not None and un.code in fiche.seuls:
        return SEUL
    if connu is not None or un.tolerance_zero or not fiche.type_guichet:
        return "" if connu is None else taux(connu)
    return environ(c, un, fiche.type_guichet)


def dire_le_mois_seul(fiche: Fiche, ligne: Valeur) -> str:
    """Return « En octobre 2026 seul : 87,5 % (14 sur 16) », '' where the state is the month's."""
    if not mesure(ligne).sur_12_mois:
        return ""
    n, d = ligne["numerateur"] or 0, ligne["denominateur"] or 0
    ici = f"En {nom_mois(fiche.filtres.mois)} seul"
    return f"{ici} : {taux(n / d)} ({lisible(n)} sur {lisible(d)})" if d else f"{ici} : aucun cas"


def _place(fiche: Fiche, un: Indicateur, ligne: Valeur) -> html.Div | None:
    """Place the guichet among those of its type, without naming any of them."""
    pairs, place = fiche.pairs.get(un.code), rang_lisible(fiche, un.code)
    if not pairs:
        return None
    type_ = nom_des_pairs(fiche.type_guichet)
    autres = fiche.semblables.get(un.code)
    les_autres = f"autres {type_}"
    dits = []
    if place:
        ordinal = "er" if place[0] == 1 else "e"
        rang = f"{place[0]}{ordinal} sur {place[1]} {type_}"
        dits.append(f"{rang}, le premier ayant le taux le plus bas")
    elif autres and not se_distingue(ligne, autres.taux):
        dits.append(f"La marge de ce taux comprend celui des {les_autres}")
    dessin = Bande(
        titre=f"Place parmi les {type_} pour : {minuscule(un.libelle)}",
        alternative=" ; ".join([f"{un.libelle} : {taux(mesure(ligne).taux)}", *dits]),
        mesures=tuple(pairs),
        ici=mesure(ligne).taux,
        ensemble=autres.taux if autres else None,
        seuils=seuils_de(un),
    )
    return html.Div(
        [
            vignette(dessin, 280, 44),
            html.P(
                typographie(". ".join([*dits, f"◆ ici ; ● les {les_autres}"]) + "."),
                className="comptes",
            ),
        ],
        className="place",
    )


def _table(fiche: Fiche, un: Indicateur, mois: list[str], vus: Sequence[Repere]) -> Bloc:
    lignes: list[list[Cellule]] = []
    for m in reversed(mois):
        ligne = fiche.valeur(un.code, m)
        lignes.append(
            [
                mois_direct(m),
                _case(ligne),
                part_du_mois(ligne) if ligne else "–",
                etat_direct(ligne["etat"]) if ligne else "–",
                *([reperes_du_mois(vus, m)] if vus else []),
            ]
        )
    colonnes = ["Mois", "12 mois, ou à l'arrêté", "Le mois seul", "État"]
    colonnes += [EVENEMENTS] if vus else []
    return liste(colonnes, lignes, f"{un.libelle}, mois par mois", numeriques=(1, 2))


def _case(ligne: Valeur | None) -> str:
    if ligne is None:
        return "–"
    m = mesure(ligne)
    return part_de(m)


# --- The others: a line each ----------------------------------------------------------------------


def _verts(c: Contexte, fiche: Fiche, verts: Sequence[Indicateur]) -> Iterator[Any]:
    """Yield the indicators in green: those that are followed, then the others on demand."""
    suivis = [un for un in verts if un.suivi]
    autres = [un for un in verts if not un.suivi]
    if suivis:
        nombre = accorder(len(verts), "indicateur en vert", "indicateurs en vert")
        yield html.H3(f"● {nombre}", className="fr-h6")
        yield _lignes(c, fiche, suivis, "En vert, parmi les indicateurs suivis")
    if autres:
        nombre = accorder(len(autres), "autre indicateur en vert", "autres indicateurs en vert")
        yield repli(nombre, _lignes(c, fiche, autres, "En vert, parmi les autres indicateurs"))


def _replie(
    c: Contexte, fiche: Fiche, eux: Sequence[Indicateur], un: str, plusieurs: str
) -> html.Details | None:
    if not eux:
        return None
    nombre = accorder(len(eux), un, plusieurs)
    return repli(nombre, _lignes(c, fiche, eux, nombre), ouvert=len(eux) == len(fiche.indicateurs))


def _lignes(c: Contexte, fiche: Fiche, eux: Sequence[Indicateur], legende: str) -> html.Div:
    dits = {un.code: taux(autre.taux) for un in eux if (autre := fiche.semblables.get(un.code))}
    a_cote = "Les autres organismes"
    if not dits:  # who may not read them reads what all are told
        parlants = (un for un in eux if un.code not in fiche.seuls)
        dits = {un.code: dit for un in parlants if (dit := _du_type(c, fiche, un))}
        a_cote = "Ensemble de son type"
    colonnes = (
        "Indicateur",
        "12 mois, ou à l'arrêté",
        f"{nom_mois(fiche.filtres.mois).capitalize()} seul",
        "Un an plus tôt",
        *([a_cote] if dits else []),
    )
    lignes = [[*_ligne(c, fiche, un), *([dits.get(un.code, "–")] if dits else [])] for un in eux]
    table = liste(colonnes, lignes, legende, numeriques=range(1, len(colonnes)))
    return html.Div(table, className="une-ligne")


def _ligne(c: Contexte, fiche: Fiche, un: Indicateur) -> list[Cellule]:
    ligne = fiche.histoire[un.code][fiche.filtres.mois]
    avant = fiche.valeur(un.code, mois_avant(fiche.filtres.mois, UN_AN))
    m, passe = mesure(ligne), mesure(avant) if avant else None
    du_mois = part_du_mois(ligne) if m.sur_12_mois else "–"
    provisoire = " ⚠ provisoire" if un.code in fiche.tardives and ligne["denominateur"] else ""
    return [
        lien_direct(un.libelle, c.filtres.lien(f"/indicateurs/{un.code}")),
        part_de(m) + ("" if m.sur_12_mois else provisoire),
        du_mois + (provisoire if m.sur_12_mois else ""),
        part_de(passe) if passe else "–",
    ]


def _absents(c: Contexte, fiche: Fiche) -> html.P | None:
    absentes = motifs(c.v, c.filtres.departement, c.filtres.mois)
    absents = [
        minuscule(un.libelle)
        for code, un in fiche.catalogue.indicateurs.items()
        if code not in fiche.histoire and un.suivi and code not in absentes
    ]
    if not absents:
        return None
    return html.P(typographie(f"Sans objet ici : {' ; '.join(absents)}."), className="suite")


def _mois_par_mois(c: Contexte, fiche: Fiche, mois: list[str]) -> Bloc | html.P:
    """Return every value of the months shown, or the way to it: it is long to read."""
    nom = f"Tous les indicateurs sur {len(mois)} mois"
    if c.adresse.get("tous") != "oui":
        vers = c.filtres.lien(f"/{fiche.niveau}/{fiche.cle}", tous="oui")
        return html.P(lien(nom, vers), className="ecran")
    colonnes = ["Indicateur", *(nom_mois(m) for m in reversed(mois))]
    lignes = [
        [un.libelle, *(_case(fiche.valeur(un.code, m)) for m in reversed(mois))]
        for un in fiche.indicateurs
    ]
    return matrice(colonnes, lignes, f"{nom} : taux (anomalies / effectif)")
