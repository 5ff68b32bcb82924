"""Parts of the page of an indicator: what it means, the funnel, the months, the spread."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from dash import html

from dashboards.composants.direct import (
    etat_direct,
    lien_direct,
    mois_direct,
    part,
    part_de,
    part_du_mois,
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
from dashboards.courant import acces
from dashboards.page import Contexte
from infocentre.acces.modele import Action
from infocentre.catalogue import Catalogue, Indicateur, requis, sql_anomalies
from infocentre.contrat import contrat
from infocentre.exports import lisible
from infocentre.graphiques import Bulle
from infocentre.graphiques.courbe import Repere
from infocentre.graphiques.descriptions import (
    EVENEMENTS,
    Courbe,
    Entonnoir,
    Histogramme,
    reperes_du_mois,
)
from infocentre.graphiques.entonnoir import plafond
from infocentre.lecture import reperes_recus
from infocentre.lecture.commun import registre
from infocentre.lecture.indicateurs import (
    Mesure,
    MoisRevu,
    colonnes_lues,
    guichets_de,
    mesure,
    nature,
    se_distingue,
    seuls_de_leur_type,
)
from infocentre.lecture.lignes import Valeur, ValeurNommee
from infocentre.lecture.notes import marques
from infocentre.lecture.reperes import places
from infocentre.mesures.decomposition import Compte
from infocentre.mesures.partage import MASQUE
from infocentre.noyau.etats import MAUVAIS, SIGNIFICATIFS, Etat
from infocentre.noyau.francais import accord, accorder, approche, majuscule, pourcent
from infocentre.noyau.imputables import PERSONNE
from infocentre.noyau.temps import nom_mois
from infocentre.noyau.types_guichet import EN_LIGNE

PETIT = "masqué par le secret statistique"
ARRONDI = "taux à un point près au plus, dont les nombres sont masqués"
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
    etats, nom = [une["etat"] for une in guichets], niveau
    a_reprendre = sum(etats.count(un_etat) for un_etat in MAUVAIS)
    a_peu_pres = environ(c, un) if m.masquee else ""
    tu = ARRONDI if a_peu_pres else PETIT
    elements: list[Any] = [
        _chiffre(
            a_peu_pres or taux(m.taux),
            [f"du département, {periode}. ", etat(ligne["etat"])],
            tu if m.masquee else _sur(ligne, m),
        ),
    ]
    if m.sur_12_mois and ligne["denominateur"]:
        elements.append(
            _chiffre(
                taux(ligne["taux"]),
                ["dans le mois. ", etat(ligne["etat_mois"])],
                PETIT
                if ligne["numerateur"] is None
                else f"{lisible(ligne['numerateur'])} sur {lisible(ligne['denominateur'])}",
            )
        )
    if un.imputable == "guichet":
        juges = sum(etats.count(un_etat) for un_etat in SIGNIFICATIFS)
        elements += [
            _compte(
                a_reprendre,
                nom,
                "en rouge ou à traiter",
                f"sur {juges} {accord(juges, 'jugé')}" if juges else "aucun n'est jugé",
            ),
            _compte(etats.count(Etat.ORANGE), nom, "en orange", ""),
        ]
    return html.Ul(elements, className="chiffres")


def _sur(ligne: Valeur, m: Mesure) -> str:
    """Return what a rate is out of, and its margin; there is none of no unit."""
    if m.denominateur == 0:
        return "aucune unité concernée"
    marge = f"marge de {taux(ligne['borne_basse'])} à {taux(ligne['borne_haute'])}"
    return f"{lisible(m.numerateur)} sur {lisible(m.denominateur)}, {marge}"


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


def definition(cat: Catalogue, un: Indicateur, versions: Mapping[str, int]) -> html.Section:
    """Return what is counted, why, how to correct, and the SQL on demand.

    `versions` are those of the rule that the months shown were counted by.
    """
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
        ("Règle", _versions(un, versions)),
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


def _versions(un: Indicateur, versions: Mapping[str, int]) -> str:
    """Say whether the months shown were all counted by the same rule, else since when."""
    autres = [mois for mois, version in versions.items() if version != un.version]
    if not autres:
        return f"Version {un.version}, en vigueur, appliquée à tous les mois montrés"
    depuis = min((m for m, version in versions.items() if version == un.version), default="")
    avant = max(versions[m] for m in autres)
    return (
        f"Version {un.version} depuis {nom_mois(depuis)} ; les mois d'avant sont comptés par la "
        f"version {avant} et ne se comparent pas"
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


def entonnoir_de(
    un: Indicateur, titre: str, points: Sequence[Bulle], ensemble: float, nom: str = ""
) -> Entonnoir:
    """Return the funnel of an indicator: its points around the rate of them all."""
    return Entonnoir(
        titre=titre,
        alternative=f"{titre} ; taux d'ensemble {taux(ensemble)}, {len(points)} points",
        points=tuple(points),
        ensemble=ensemble,
        seuils=seuils_de(un),
        nom=nom,
    )


def dire_limites(dessin: Entonnoir, qui: str, ouvre: str, caches: int = 0) -> html.P:
    """Say what the lines of a funnel are, what a point opens, and how many are not drawn."""
    haut = plafond(dessin.points, dessin.ensemble, dessin.seuils)
    dessus = any(un.taux > haut for un in dessin.points)
    dit = (
        f"Au taux d'ensemble, {qui} ne sort des traits continus que deux fois sur mille "
        f"(limites à 99,8 % ; à 95 % en tirets). {'↑ : au-dessus du cadre. ' if dessus else ''}"
        + (f"Choisir un point ouvre {ouvre}." if ouvre else "")
    )
    if caches:
        autres = accorder(caches, "autre n'est pas dessiné", "autres ne sont pas dessinés")
        dit = f"{dit.strip()} {autres} : secret statistique."
    return html.P(typographie(dit), className="comptes")


TUS = "Les taux sont masqués par le secret statistique."
MUET = "Le taux d'ensemble de ce type est masqué par le secret statistique."
SEUL = "Seul de ce type, rien à quoi le comparer"
# The columns that a reader who may not compare, or nobody to compare with, leaves out.
COMPARAISONS = frozenset({"Les autres organismes", "Rang"})


def environ(c: Contexte, un: Indicateur, type_guichet: str = "") -> str:
    """Return « ≈ 5 % » for the masked rate of a type, or of all; '' where it is not told about."""
    # What masks is heavy, and few readers need it.
    from infocentre.lecture.publies import TOTAL, a_peu_pres

    lieu = ("type", type_guichet) if type_guichet else TOTAL
    dit = a_peu_pres(c.v, c.filtres.departement, c.filtres.mois).get((un.code, *lieu))
    return "" if dit is None else approche(dit)


def vue_entonnoir(
    c: Contexte, un: Indicateur, lignes: list[ValeurNommee], type_guichet: str, niveau: str
) -> html.Section:
    """Return the funnel of the guichets of a type, and its table."""
    autres = Autres.de(c, un.code, type_guichet, niveau)
    nom = nom_des_pairs(type_guichet)
    entete = html.H2(f"Entonnoir : {nom}", className="fr-h5")
    points = [bulle for une in lignes if (bulle := _bulle(c, une, niveau, autres))]
    caches = sum(mesure(une).masquee for une in lignes)
    if not points:
        rien = "Aucun guichet de ce type n'a d'effectif ce mois-ci."
        return html.Section([entete, html.P(TUS if caches else rien)])
    connus = [taux_ for une in lignes if (taux_ := une["taux_ensemble"]) is not None]
    seuls = seuls_de_leur_type(c.v, c.filtres.departement, c.filtres.mois, niveau)
    seul = any((un.code, une["guichet"]) in seuls for une in lignes)
    if seul or not connus:
        siens = table_guichets(c, un, lignes, niveau, autres)
        dit = environ(c, un, type_guichet)
        muet = f"Taux d'ensemble de ce type : {dit}, ses nombres étant masqués." if dit else MUET
        muet = f"{SEUL}." if seul and connus else muet
        return html.Section(
            [html.H2(majuscule(nom), className="fr-h5"), html.P(typographie(muet)), siens]
        )
    dessin = entonnoir_de(un, f"{un.libelle} : taux et effectif, {nom}", points, connus[0])
    return html.Section(
        [
            entete,
            dire_limites(
                dessin,
                "un guichet",
                "sa fiche" if acces().peut(Action.FICHE) else "",
                caches,
            ),
            graphique(dessin, nom="entonnoir", table=table_guichets(c, un, lignes, niveau, autres)),
        ]
    )


def vue_place(c: Contexte, un: Indicateur, type_guichet: str) -> html.P | None:
    """Return where the type stands among those of départements whose repères are kept."""
    lus = reperes_recus.lus(c.v.dossier.racine, c.filtres.mois, c.filtres.departement)
    for une in places(c.v, c.filtres, lus) if lus else []:
        if (une.indicateur, une.type_guichet) == (un.code, type_guichet):
            sens = " Le 1er décile a les taux les plus bas." if une.decile else ""
            return html.P(typographie(f"Ailleurs : {une.phrase}.{sens}"), className="comptes")
    return None


@dataclass(frozen=True, slots=True)
class Autres:
    """The others of a type: counts of all of it, and of each organisme, which is left out.

    `organismes` gives that of each guichet; `taux` are the rates of all, for ties.
    """

    tous: Compte
    par_organisme: Mapping[str, Compte]
    organismes: Mapping[str, str]
    taux: Counter[float]

    @staticmethod
    def de(c: Contexte, code: str, type_guichet: str, niveau: str) -> Autres:
        """Count a type in the whole département, whatever EPCI is shown; not what is hidden."""
        partout = replace(c.filtres, epci="")
        tous = guichets_de(c.v, partout, code, niveau)
        lignes = [une for une in tous if une["type_guichet"] == type_guichet]
        connus = registre(c.v, c.filtres.departement, c.filtres.mois)
        organismes = {u["guichet"]: u["organisme"] for u in connus} if niveau == "guichet" else {}
        sommes: dict[str, list[int]] = {}
        for une in lignes:
            m = mesure(une)
            somme = sommes.setdefault(organismes.get(une["guichet"], une["guichet"]), [0, 0])
            somme[0] += m.numerateur
            somme[1] += m.denominateur
        if any(mesure(une).masquee for une in lignes):
            return Autres(Compte(), {}, organismes, Counter())
        return Autres(
            Compte(sum(n for n, _ in sommes.values()), sum(d for _, d in sommes.values())),
            {cle: Compte(n, d) for cle, (n, d) in sommes.items()},
            organismes,
            Counter(t for une in lignes if une["rang"] and (t := mesure(une).taux) is not None),
        )

    def sans(self, guichet: str) -> float | None:
        """Return the rate of the other organismes of the type."""
        sien = self.par_organisme.get(self.organismes.get(guichet, guichet), Compte())
        return Compte(self.tous.n - sien.n, self.tous.d - sien.d).taux

    def rang(self, une: ValeurNommee) -> int | None:
        """Return a rank, None where it would class chance or ties."""
        autres, taux_ = self.sans(une["guichet"]), mesure(une).taux
        if une["rang"] is None or autres is None or taux_ is None or self.taux[taux_] > 1:
            return None
        return une["rang"] if se_distingue(une, autres) else None


def _bulle(c: Contexte, une: ValeurNommee, niveau: str, autres: Autres) -> Bulle | None:
    m = mesure(une)
    if m.taux is None:
        return None
    reste = autres.sans(une["guichet"])
    ailleurs = "" if reste is None else f" ; les autres organismes : {taux(reste)}"
    return Bulle(
        une["nom"],
        m.denominateur,
        m.taux,
        une["etat"],
        f"{une['nom']} : {part_de(m)}{ailleurs}",
        c.filtres.lien(f"/{niveau}/{une['guichet']}"),
    )


def table_guichets(
    c: Contexte, un: Indicateur, lignes: list[ValeurNommee], niveau: str, autres: Autres
) -> Bloc:
    """Return who stands behind each point: counts, rate, margins, state, rank, the others, month.

    A rank is left out where it would class chance or ties; a column that compares nothing too.
    """
    rangees = sorted(
        lignes, key=lambda une: (une["rang"] is None, -(mesure(une).taux or 0), une["nom"])
    )
    corps = []
    for une in rangees:
        m = mesure(une)
        corps.append(
            (
                lien_direct(une["nom"], c.filtres.lien(f"/{niveau}/{une['guichet']}")),
                MASQUE if m.masquee else m.numerateur,
                une["d_etat"] if une["d_etat"] is not None else MASQUE,
                MASQUE if m.masquee else taux(m.taux),
                f"{taux(une['borne_basse'])} – {taux(une['borne_haute'])}"
                if m.taux is not None
                else "–",
                etat_direct(une["etat"]),
                taux(autres.sans(une["guichet"])),
                autres.rang(une) or "–",
                part_du_mois(une),
            )
        )
    nom = "Organisme" if niveau == "organisme" else "Guichet"
    colonnes = (
        nom,
        "Anomalies",
        "Effectif",
        "Taux",
        "Marge",
        "État",
        "Les autres organismes",
        "Rang",
        "Le mois",
    )
    dites = [
        i
        for i, colonne in enumerate(colonnes)
        if colonne not in COMPARAISONS or any(une[i] != "–" for une in corps)
    ]
    return liste(
        [colonnes[i] for i in dites],
        [[une[i] for i in dites] for une in corps],
        f"{un.libelle}, {nom_mois(c.filtres.mois)}",
        numeriques=[rang for rang, i in enumerate(dites) if colonnes[i] not in {nom, "État"}],
    )


def reperes(
    c: Contexte, mois: Sequence[str], *objets: str
) -> Callable[[Indicateur], tuple[Repere, ...]]:
    """Return what gives, of an indicator, what happened and may explain its curve."""
    de = marques(c.v, acces(), c.filtres.departement, mois, *objets)
    return lambda un: tuple(Repere(une.jour, une.mots, une.au) for une in de(un.famille))


def vue_departement(
    un: Indicateur,
    valeurs: dict[str, Valeur],
    mois: list[str],
    revises: frozenset[str],
    vus: tuple[Repere, ...] = (),
) -> html.Section:
    """Return the département over the months: rolling rate, its margins, the month's in dashes."""
    entete = html.H2("Le département au fil des mois", className="fr-h5")
    lues = [mesure(valeurs[m]) for m in mois if m in valeurs]
    if lues and all(une.masquee for une in lues):
        return html.Section([entete, html.P(TUS)])
    points = points_de(valeurs, mois, revises, seul=True)
    titre = f"{un.libelle} : le département sur {len(mois)} mois"
    autre = "le mois" if any(point.autre is not None for point in points) else None
    dessin = Courbe(
        titre=titre,
        valeurs="12 mois glissants" if autre else "taux",
        points=tuple(points),
        seuils=seuils_de(un),
        nom_autre=autre,
        reperes=vus,
    )
    lignes = [
        [
            *_ligne_mois(valeurs.get(m), m, revise=m in revises),
            *([reperes_du_mois(vus, m)] if vus else []),
        ]
        for m in reversed(mois)
    ]
    colonnes = [
        *("Mois", "Taux", "Marge", "État", "Le mois seul", "État du mois", "Révision"),
        *([EVENEMENTS] if vus else []),
    ]
    return html.Section(
        [
            entete,
            graphique(
                dessin, nom="mois", table=liste(colonnes, lignes, titre, numeriques=(1, 2, 4))
            ),
        ]
    )


def _ligne_mois(ligne: Valeur | None, mois: str, *, revise: bool) -> list[Any]:
    if ligne is None:
        return [mois_direct(mois), *["–"] * 6]
    m = mesure(ligne)
    return [
        mois_direct(mois),
        part_de(m),
        f"{taux(ligne['borne_basse'])} – {taux(ligne['borne_haute'])}" if m.denominateur else "–",
        etat_direct(ligne["etat"]),
        part_du_mois(ligne),
        etat_direct(ligne["etat_mois"]),
        "révisé" if revise else "–",
    ]


def vue_distribution(un: Indicateur, lignes: list[ValeurNommee], nom: str) -> html.Section | None:
    """Return how the rates that can be judged spread, None when few, or not all, are shown."""
    juges = [
        mesure(une)
        for une in lignes
        if une["etat"] in (*SIGNIFICATIFS, Etat.CONTEXTE) and une["type_guichet"] != EN_LIGNE
    ]
    retenus = [un.taux for un in juges if un.taux is not None]
    if len(retenus) < 5 or any(un.masquee for un in juges):  # noqa: PLR2004 - a handful says nothing
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
    """Return what the last delivery says of the months before; None for a stock, or if hidden."""
    if not any(un.publie or un.vu for un in revus):
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
        "Remarque",
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
            html.P(typographie(_bilan_des_revus(revus, mois))),
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


def _bilan_des_revus(revus: list[MoisRevu], mois: str) -> str:
    """Say what came in after the months were published, and what it did to their rate."""
    lus = [(un, un.publie, un.vu) for un in revus if un.publie and un.vu and un.mois != mois]
    if not lus:
        return "Aucun mois d'avant n'a encore été revu."
    publie = [sum(publie[rang] for _, publie, _ in lus) for rang in (0, 1)]
    vu = [sum(vu[rang] for _, _, vu in lus) for rang in (0, 1)]
    combien = accorder(len(lus), "mois déjà publié", "mois déjà publiés")
    if publie == vu:
        return f"Rien n'a changé, vu en {nom_mois(mois)}, pour {combien}."
    entrees = vu[1] - publie[1]
    effectif = f"l'effectif passe de {lisible(publie[1])} à {lisible(vu[1])}"
    plus = max(lus, key=lambda un: un[2][1] - un[1][1])
    dont = plus[2][1] - plus[1][1]
    suite = f", dont {lisible(dont)} pour {nom_mois(plus[0].mois)}" if 0 < dont <= entrees else ""
    return (
        f"Vu en {nom_mois(mois)}, pour {combien}, {effectif}{suite}, et leur taux de "
        f"{part(*publie)} à {part(*vu)}."
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
    return f"⚠ {', '.join(dites)}" if dites else "–"


def _ecart(un: MoisRevu) -> str:
    if un.publie is None or un.vu is None:
        return "–"
    ecart = un.vu[1] - un.publie[1]
    return f"{'+' if ecart > 0 else ''}{lisible(ecart)}".replace("-", "−") if ecart else "0"
