"""Parts of the page of an indicator: what it means, the funnel, the months, the spread."""

from __future__ import annotations

from typing import Any

from dash import html

from dashboards.composants.direct import (
    etat_direct,
    lien_direct,
    mois_direct,
    part,
)
from dashboards.composants.elements import (
    attributs,
    etat,
    faits,
    repli,
    taux,
    typographie,
)
from dashboards.composants.graphique import graphique
from dashboards.composants.listes import liste
from dashboards.composants.motifs import motif
from dashboards.composants.mots import en_mots
from dashboards.composants.multiples import DONNEES, nom_des_pairs, points_de, seuils_de
from dashboards.composants.natifs import Bloc
from dashboards.page import Contexte
from infocentre.catalogue import Catalogue, Indicateur, requis, sql_anomalies
from infocentre.contrat import contrat
from infocentre.exports import lisible
from infocentre.graphiques import Bulle
from infocentre.graphiques.descriptions import Courbe, Entonnoir, Histogramme
from infocentre.lecture.indicateurs import MoisRevu, colonnes_lues, mesure, nature
from infocentre.lecture.lignes import Valeur, ValeurNommee
from infocentre.noyau.etats import MAUVAIS, SIGNIFICATIFS, Etat
from infocentre.noyau.francais import accorder, majuscule, pourcent
from infocentre.noyau.imputables import PERSONNE
from infocentre.noyau.temps import nom_mois
from infocentre.noyau.types_guichet import EN_LIGNE

RESPONSABLES = {
    "guichet": "Le guichet",
    "gestionnaire": "Le gestionnaire territorial : coloré pour le département seulement",
    PERSONNE: "Personne : élément de contexte, jamais coloré",
}


def chiffres(
    c: Contexte, un: Indicateur, ligne: Valeur | None, guichets: list[ValeurNommee], niveau: str
) -> html.Ul | html.P:
    """Return the département's value and how many guichets stand in each state."""
    if ligne is None or ligne["etat"] == Etat.NON_CALCULABLE:
        return html.P([etat(Etat.NON_CALCULABLE), typographie(f" – {motif(c, un.code)}.")])
    m = mesure(ligne)
    periode = "12 mois glissants" if m.sur_12_mois else "à l'arrêté"
    if un.tolerance_zero:
        periode = "dans le mois"
    marge = f"marge de {taux(ligne['borne_basse'])} à {taux(ligne['borne_haute'])}"
    etats, nom = [une["etat"] for une in guichets], niveau
    a_reprendre = sum(etats.count(un_etat) for un_etat in MAUVAIS)
    elements: list[Any] = [
        _chiffre(
            taux(m.taux),
            [f"du département, {periode}. ", etat(ligne["etat"])],
            f"{lisible(m.numerateur)} sur {lisible(m.denominateur)}, {marge}",
        ),
    ]
    if m.sur_12_mois and ligne["denominateur"]:
        elements.append(
            _chiffre(
                taux(ligne["taux"]),
                ["dans le mois. ", etat(ligne["etat_mois"])],
                f"{lisible(ligne['numerateur'])} sur {lisible(ligne['denominateur'])}",
            )
        )
    if un.imputable == "guichet":
        juges = sum(etats.count(un_etat) for un_etat in SIGNIFICATIFS)
        elements += [
            _compte(a_reprendre, nom, "en rouge ou à traiter", f"sur {juges} jugés"),
            _compte(etats.count(Etat.ORANGE), nom, "en orange", ""),
        ]
    return html.Ul(elements, className="chiffres")


def _compte(nombre: int, nom: str, etat_: str, precision: str) -> html.Li:
    valeur, accorde = accorder(nombre, nom).split(" ", 1)
    return _chiffre(valeur, [f"{accorde} {etat_}"], precision)


def _chiffre(valeur: str, quoi: list[Any], precision: str) -> html.Li:
    return html.Li(
        [
            html.Span(valeur, className="valeur"),
            html.Span(quoi),
            html.Br(),
            html.Span(precision, className="comptes"),
        ]
    )


def definition(cat: Catalogue, un: Indicateur) -> html.Section:
    """Return what is counted, why, how to correct, and the SQL on demand."""
    population = cat.populations[un.population]
    nom = nature(cat, un)
    unites = nom if nom.endswith("s") else f"{nom}s"
    paires: list[tuple[str, Any]] = [
        ("Formule", f"{unites.capitalize()} en anomalie ÷ {unites} de l'effectif"),
        ("Effectif", typographie(majuscule(population.objet))),
        ("Limité à", typographie(en_mots(cat, un, un.applicable)) if un.applicable else ""),
        ("En anomalie quand", typographie(en_mots(cat, un, un.anomalie))),
        ("Seuils", _seuils(un)),
        ("Les cas listés", typographie(f"{un.mots.titre}. {un.mots.dit}")),
        ("Qui en répond", typographie(RESPONSABLES[un.imputable])),
        ("Référence", un.reference or "–"),
        ("Version", f"{un.version}, depuis {nom_mois(un.depuis)}"),
    ]
    return html.Section(
        [
            html.H2("Définition", className="fr-h5"),
            faits([paire for paire in paires if paire[1]]),
            html.H3("Pourquoi", className="fr-h6"),
            html.P(typographie(un.pourquoi)),
            html.H3(un.mots.comment, className="fr-h6"),
            html.P(typographie(un.conseil)),
            repli("Voir la règle en SQL", _sql(cat, un)),
        ],
        className="definition",
    )


def _seuils(un: Indicateur) -> str:
    if un.tolerance_zero:
        return "Tolérance zéro"
    if un.seuils is None:
        return "Aucun"
    return typographie(
        f"▲ orange au-dessus de {pourcent(un.seuils.orange)} ; ■ rouge au-dessus de "
        f"{pourcent(un.seuils.rouge)} (moins d'une chance sur cent au seuil)"
    )


def _sql(cat: Catalogue, un: Indicateur) -> html.Div:
    colonnes = [
        (colonne.nom, contrat().tables[colonne.table].libelle, colonne.libelle)
        for colonne in colonnes_lues(cat, un)
    ]
    exigences = [
        f"{table}.{colonne}" if colonne != "*" else f"la table {table}"
        for table, colonne in sorted(requis(cat, un.code))
    ]
    return html.Div(
        [
            html.P(
                ["Restreint à ", html.Code(" ".join(un.applicable.split()))]
                if un.applicable
                else "Sans restriction."
            ),
            html.P(["En anomalie quand ", html.Code(" ".join(un.anomalie.split()))]),
            liste(("Colonne", "Table", "Ce qu'elle dit"), colonnes, "Colonnes que la règle nomme")
            if colonnes
            else None,
            html.P(
                f"Non calculable sans : {', '.join(exigences)}."
                if exigences
                else "Les colonnes obligatoires du contrat suffisent."
            ),
            html.Pre(
                html.Code(sql_anomalies(cat, un.code)),
                tabIndex="0",
                **attributs(aria_label="Requête des unités en anomalie"),
            ),
        ]
    )


def vue_entonnoir(
    c: Contexte, un: Indicateur, lignes: list[ValeurNommee], type_guichet: str, niveau: str
) -> html.Section:
    """Return the funnel of the guichets of a type, and its table."""
    nom = nom_des_pairs(type_guichet)
    entete = html.H2(f"Entonnoir : {nom}", className="fr-h5")
    ensemble = next((une["taux_ensemble"] for une in lignes if une["taux_ensemble"] is not None), 0)
    points = [bulle for une in lignes if (bulle := _bulle(c, une, niveau))]
    if not points:
        return html.Section([entete, html.P("Aucun guichet de ce type n'a d'effectif ce mois-ci.")])
    titre = f"{un.libelle} : taux et effectif, {nom}"
    dessin = Entonnoir(
        titre=titre,
        alternative=f"{titre} ; taux d'ensemble {taux(ensemble)}, {len(points)} points",
        points=tuple(points),
        ensemble=ensemble,
        seuils=seuils_de(un),
    )
    return html.Section(
        [
            entete,
            html.P(
                typographie(
                    "Au taux d'ensemble, un guichet ne sort des traits continus que deux fois sur "
                    "mille (limites à 99,8 % ; à 95 % en tirets). Choisir un point ouvre sa fiche."
                ),
                className="comptes",
            ),
            graphique(dessin, nom="entonnoir", table=table_guichets(c, un, lignes, niveau)),
        ]
    )


def _bulle(c: Contexte, une: ValeurNommee, niveau: str) -> Bulle | None:
    m = mesure(une)
    if m.taux is None:
        return None
    rang = f", rang {une['rang']}" if une["rang"] else ""
    return Bulle(
        une["nom"],
        m.denominateur,
        m.taux,
        une["etat"],
        f"{une['nom']} : {part(m.numerateur, m.denominateur)}{rang}",
        c.filtres.lien(f"/{niveau}/{une['guichet']}"),
    )


def table_guichets(c: Contexte, un: Indicateur, lignes: list[ValeurNommee], niveau: str) -> Bloc:
    """Return who stands behind each point: counts, rate, margins, state, rank, month."""
    rangees = sorted(
        lignes, key=lambda une: (une["rang"] is None, -(mesure(une).taux or 0), une["nom"])
    )
    corps = []
    for une in rangees:
        m = mesure(une)
        corps.append(
            (
                lien_direct(une["nom"], c.filtres.lien(f"/{niveau}/{une['guichet']}")),
                m.numerateur,
                m.denominateur,
                taux(m.taux),
                f"{taux(une['borne_basse'])} – {taux(une['borne_haute'])}"
                if m.taux is not None
                else "–",
                etat_direct(une["etat"]),
                une["rang"] or "–",
                part(une["numerateur"], une["denominateur"]),
            )
        )
    nom = "Organisme" if niveau == "organisme" else "Guichet"
    return liste(
        (nom, "Anomalies", "Effectif", "Taux", "Marge", "État", "Rang", "Le mois"),
        corps,
        f"{un.libelle}, {nom_mois(c.filtres.mois)}",
        numeriques=(1, 2, 3, 4, 6, 7),
    )


def vue_departement(
    un: Indicateur, valeurs: dict[str, Valeur], mois: list[str], revises: frozenset[str]
) -> html.Section:
    """Return the département over the months: rolling rate, its margins, the month's in dashes."""
    points = points_de(valeurs, mois, revises, seul=True)
    titre = f"{un.libelle} : le département sur {len(mois)} mois"
    autre = "le mois" if any(point.autre is not None for point in points) else None
    dessin = Courbe(
        titre=titre,
        valeurs="12 mois glissants" if autre else "taux",
        points=tuple(points),
        seuils=seuils_de(un),
        nom_autre=autre,
    )
    lignes = [_ligne_mois(valeurs.get(m), m, revise=m in revises) for m in reversed(mois)]
    colonnes = ("Mois", "Taux", "Marge", "État", "Le mois seul", "État du mois", "")
    return html.Section(
        [
            html.H2("Le département au fil des mois", className="fr-h5"),
            graphique(
                dessin, nom="mois", table=liste(colonnes, lignes, titre, numeriques=(1, 2, 4))
            ),
        ]
    )


def _ligne_mois(ligne: Valeur | None, mois: str, *, revise: bool) -> list[Any]:
    if ligne is None:
        return [mois_direct(mois), "–", "–", "–", "–", "–", ""]
    m = mesure(ligne)
    return [
        mois_direct(mois),
        part(m.numerateur, m.denominateur),
        f"{taux(ligne['borne_basse'])} – {taux(ligne['borne_haute'])}" if m.denominateur else "–",
        etat_direct(ligne["etat"]),
        part(ligne["numerateur"], ligne["denominateur"]),
        etat_direct(ligne["etat_mois"]),
        "révisé" if revise else "",
    ]


def vue_distribution(un: Indicateur, lignes: list[ValeurNommee], nom: str) -> html.Section | None:
    """Return how the rates that can be judged spread, None when they are too few to say."""
    retenus = [
        t
        for une in lignes
        if une["etat"] in (*SIGNIFICATIFS, Etat.CONTEXTE) and une["type_guichet"] != EN_LIGNE
        if (t := mesure(une).taux) is not None
    ]
    if len(retenus) < 5:  # noqa: PLR2004 - a spread of a handful says nothing
        return None
    titre = f"{un.libelle} : répartition de {len(retenus)} {nom}"
    dessin = Histogramme(
        titre=titre, nom="Taux", valeurs=nom, mesures=tuple(retenus), seuils=seuils_de(un)
    )
    nuls = sum(1 for t in retenus if t == 0)
    milieu = sorted(retenus)[len(retenus) // 2]
    return html.Section(
        [
            html.H2("Répartition", className="fr-h5"),
            html.P(
                typographie(
                    f"Sur {len(retenus)} {nom} de tous types dont l'effectif suffit, "
                    f"{nuls} sans aucune anomalie"
                    + (f" ; la moitié ne dépasse pas {taux(milieu)}." if milieu else ".")
                ),
                className="comptes",
            ),
            graphique(dessin, nom="repartition"),
        ]
    )


RUPTURE = (
    "Les habitudes de saisie, ou l'activité, ont changé : ce que les mois d'avant sont devenus ne "
    "dit plus ce que deviendront les derniers. Leur estimation est retenue."
)


def vue_mois_revus(revus: list[MoisRevu], mois: str) -> html.Section | None:
    """Return what the last delivery says of the months before, None for a stock."""
    if not revus:
        return None
    lignes = [
        (
            mois_direct(un.mois),
            part(*un.publie) if un.publie else "–",
            part(*un.vu) if un.vu else "–",
            _ecart(un),
            _estimation(un),
            _alertes(un),
        )
        for un in revus
    ]
    colonnes = (
        "Mois jugé",
        "Publié par sa livraison",
        f"Vu en {nom_mois(mois)}",
        "Effectif en plus",
        "Effectif final estimé",
        "",
    )
    jeunes = [nom_mois(un.mois) for un in revus if un.tardif]
    dit = (
        f"Saisie tardive probable pour {', '.join(jeunes)} : une partie n'est pas encore entrée."
        if jeunes
        else "Ce qui est entré après coup n'est pas dans la valeur publiée du mois, mais dans "
        "celle des 12 mois."
    )
    return html.Section(
        [
            html.H2("Les mêmes mois revus plus tard", className="fr-h5"),
            html.P(typographie(dit), className="avertissement" if jeunes else "comptes"),
            html.P(typographie(RUPTURE), className="avertissement")
            if any(un.rupture for un in revus)
            else None,
            repli(
                DONNEES,
                liste(
                    colonnes,
                    lignes,
                    "Chaque mois, publié puis revu (anomalies / effectif)",
                    numeriques=(1, 2, 3, 4),
                ),
            ),
        ]
    )


def _estimation(un: MoisRevu) -> str:
    if un.estime is None:
        return "retenue" if un.rupture else "–"
    estime, bas, haut = (lisible(round(une)) for une in un.estime)
    return f"{estime} ({bas} – {haut})"


def _alertes(un: MoisRevu) -> str:
    """Say what makes a month provisional, or its estimate doubtful."""
    dites = [
        dite
        for dite, vraie in (
            ("saisie tardive probable", un.tardif),
            ("habitudes de saisie changées", un.rupture),
        )
        if vraie
    ]
    return f"⚠ {', '.join(dites)}" if dites else ""


def _ecart(un: MoisRevu) -> str:
    if un.publie is None or un.vu is None:
        return "–"
    ecart = un.vu[1] - un.publie[1]
    return f"{'+' if ecart > 0 else ''}{lisible(ecart)}".replace("-", "−") if ecart else "0"
