"""The forms that the picture of a standard table may have: what each says best."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from dash import html
from markupsafe import Markup

from dashboards.composants.balises import balise, bloc
from dashboards.composants.elements import lien, vide
from dashboards.composants.graphique import graphique
from infocentre.graphiques import Barre
from infocentre.graphiques.carte import TEINTES
from infocentre.graphiques.colonnes import Serie
from infocentre.graphiques.descriptions import MOIS, Barres, Description, Unite
from infocentre.lecture.tableaux import LigneTableau, TableauDe, chiffre
from infocentre.mesures.lignes_tableaux import (
    FormeArrondissements,
    FormeAttributionsParMois,
    FormeDalo,
    FormeDelaiAnormal,
    FormeDelais,
    FormeDepotsParMois,
    FormeEvolution,
    FormeFlux,
    FormeLogementDabord,
    FormeMatrice,
    FormeMixite,
    FormePlafonds,
    FormePression,
    FormeProfil,
    FormeRepartition,
    FormeReservatairesDalo,
    FormeSerie,
    Libellee,
)
from infocentre.mesures.partage import MASQUE
from infocentre.noyau.francais import accorder, nombre, pourcent
from infocentre.noyau.temps import mois_court
from infocentre.restitutions import figures
from infocentre.restitutions.figures import SANS_REPONSE
from infocentre.restitutions.tables import connu

CLASSES_MATRICE = (0.05, 0.15, 0.3, 0.6)
DECIMAL = Unite(decimales=1)
Image = Callable[[TableauDe[Any]], list[Any]]


def dire(valeur: Any, decimales: int = 0, *, taux: bool = False) -> str:  # noqa: ANN401
    """Return a cell as people read it; MASQUE stays, « – » where there is nothing."""
    if valeur is None or valeur == MASQUE:
        return valeur or "–"
    return pourcent(valeur, 1) if taux else nombre(valeur, decimales)


def _compter(valeur: Any, singulier: str, pluriel: str) -> str:  # noqa: ANN401 - a cell
    """Return a count and what it counts, which agree; MASQUE stays."""
    nombre_ = connu(valeur)
    if nombre_ is None:
        return f"{dire(valeur)} {pluriel}"
    return accorder(nombre_, singulier, pluriel)


def tracer(d: Description, titre: bool = True) -> list[Any]:  # noqa: FBT001, FBT002 - private
    """Return a chart, under its title unless the page says it already; its table is the page's."""
    return [html.H2(d.titre, className="fr-h6") if titre else None, graphique(d, sans_table=True)]


def tuiles(*faits: tuple[str, str, str]) -> html.Div:
    """Return key figures: what it is, its value, what it is made of."""
    return html.Div(
        [
            html.Div(
                [
                    html.P(nom),
                    html.P(valeur, className="valeur"),
                    html.P(detail, className="evolution") if detail else None,
                ],
                className="tuile",
            )
            for nom, valeur, detail in faits
        ],
        className="tuiles",
    )


def _mutations(ligne: LigneTableau, total: str = "total") -> str:
    prefixe = "" if total == "total" else f"{total}_"
    mutations = ligne.get(f"{prefixe}mutations")
    hors = ligne.get("hors_mutation" if total == "total" else f"{total}_hors_mutation")
    if mutations is None:
        return f"{dire(hors)} hors mutation"
    return f"{dire(hors)} hors mutation, {dire(mutations)} mutations"


# --- Distributions --------------------------------------------------------------------------------


def repartition(lu: TableauDe[FormeRepartition]) -> list[Any]:
    """Return bars of the share of each category, with its count."""
    nom, trier = lu.tableau.declare.image.nom, lu.tableau.declare.image.trier
    titre = f"{lu.tableau.titre} : part de chaque modalité"
    dessin = figures.repartition(lu, titre, trier=trier, detail=_mutations)
    return [
        tuiles(
            (nom.capitalize(), dire(lu.ensemble["total"]), _mutations(lu.ensemble)),
            *_mesures(lu.ensemble),
        ),
        *tracer(dessin, titre=False),
    ]


def _mesures(ensemble: LigneTableau) -> list[tuple[str, str, str]]:
    """Return what one distribution measures besides: ancienneté."""
    if "anciennete_mediane_mois" not in ensemble:
        return []
    return [
        (
            f"Ancienneté médiane{de}",
            f"{dire(chiffre(ensemble, f'anciennete_mediane{suffixe}_mois'), 1)} mois",
            f"moyenne {dire(chiffre(ensemble, f'anciennete_moyenne{suffixe}_mois'), 1)} mois",
        )
        for de, suffixe in (
            ("", ""),
            (" hors mutation", "_hors_mutation"),
            (" des mutations", "_mutations"),
        )
    ]


def plafonds(lu: TableauDe[FormePlafonds]) -> list[Any]:
    """Return the distribution by position to the ceiling, with the shares under each ceiling."""
    simples = repartition(lu)
    sous = [
        (
            f"Sous le plafond {ligne['code']}",
            dire(ligne["part_sous_le_plafond"], taux=True),
            (
                f"{dire(ligne['sous_le_plafond'])} sur {dire(ligne['plafond_connu'])} "
                "positions connues"
            ),
        )
        for ligne in lu.modalites
        if ligne["part_sous_le_plafond"] is not None
    ]
    return [tuiles(*sous), *simples[1:]]


# --- Evolution and series -------------------------------------------------------------------------


def evolution(lu: TableauDe[FormeEvolution]) -> list[Any]:
    """Return the stock's figures and the radiations of 12 months by motive."""
    par = {(ligne["code"], ligne["fenetre"]): ligne for ligne in lu.lignes}
    stock, un_jour = par["ACTIVES", "arrete"], par["ACTIVES_UN_JOUR", "12_mois"]
    depots, radiations = par["DEPOTS", "12_mois"], par["RADIATIONS", "12_mois"]
    motifs = Barres(
        titre="Radiations de 12 mois par motif",
        nom="Motif",
        valeurs="Radiations",
        lignes=tuple(
            Barre(
                ligne["libelle"].removeprefix("dont ").capitalize(),
                connu(ligne["total"]),
                ecrit=dire(ligne["total"]),
                detail=_mutations(ligne),
            )
            for ligne in lu.lignes
            if ligne["fenetre"] == "12_mois" and ligne["libelle"].startswith("dont ")
        ),
    )
    return [
        tuiles(
            ("Demandes actives à l'arrêté", dire(stock["total"]), _mutations(stock)),
            ("Actives au moins un jour en 12 mois", dire(un_jour["total"]), _mutations(un_jour)),
            ("Dépôts de 12 mois", dire(depots["total"]), _mutations(depots)),
            ("Radiations de 12 mois", dire(radiations["total"]), _mutations(radiations)),
        ),
        *tracer(motifs),
    ]


def serie(lu: TableauDe[FormeSerie]) -> list[Any]:
    """Return the demandes at the end of each period, then what came in and went out."""
    periodes = [_periode(ligne) for ligne in lu.lignes]
    dernier = next((une for une in reversed(lu.lignes) if une["demandes_actives"]), None)
    if dernier is None:
        return [
            vide(
                "Aucune de ces périodes n'est publiée",
                "Charger et contrôler les livraisons de ces mois pour lire la série.",
            )
        ]
    evolution_ = dernier["evolution_demandes_actives"]
    flux = [
        _serie(lu, "Dépôts", "depots"),
        _serie(lu, "Radiations", "radiations"),
        _serie(lu, "dont attributions", "attributions"),
    ]
    stock = [
        _serie(lu, "Hors mutation", "demandes_actives_hors_mutation"),
        _serie(lu, "Mutations", "demandes_actives_mutations"),
    ]
    return [
        tuiles(
            (
                f"Demandes actives, {dernier['libelle']}",
                dire(dernier["demandes_actives"]),
                _mutations(dernier, "demandes_actives"),
            ),
            ("Évolution sur la période", _signe(evolution_), "des demandes actives"),
            (
                "Demandes pour une attribution",
                dire(dernier["demandes_pour_une_attribution"], 1),
                (
                    f"{dire(dernier['demandes_actives'])} demandes, "
                    f"{dire(dernier['attributions_12_mois'])} attributions de 12 mois"
                ),
            ),
        ),
        *tracer(figures.serie(periodes, stock, "Demandes actives en fin de période")),
        *tracer(
            figures.serie(
                periodes, flux, "Dépôts, radiations et attributions de la période", empilees=False
            )
        ),
    ]


def _signe(valeur: Any) -> str:  # noqa: ANN401
    ecrit = dire(valeur, taux=True)
    return f"+{ecrit}" if isinstance(valeur, float) and valeur > 0 else ecrit.replace("-", "−")


def _serie(
    lu: TableauDe[LigneTableau],
    nom: str,
    colonne: str,
    lignes: Sequence[LigneTableau] | None = None,
) -> Serie:
    retenues = lu.lignes if lignes is None else lignes
    return Serie(nom, tuple(connu(chiffre(ligne, colonne)) for ligne in retenues))


def _periode(ligne: Libellee) -> str:
    """Return the short name of a period: « oct. 26 », « T3 2026 », « 2025 »."""
    periode = str(ligne.get("periode") or ligne.get("code"))
    if len(periode) == len("2026-10") and periode[5:].isdigit():
        return mois_court(periode)
    return str(ligne["libelle"])


def attributions_par_mois(lu: TableauDe[FormeAttributionsParMois]) -> list[Any]:
    """Return the attributions of each month, and how many demandes there are for one."""
    tout = lu.ensemble
    periodes = [_periode(ligne) for ligne in lu.modalites]
    series = [
        _serie(lu, "Hors mutation", "hors_mutation", lu.modalites),
        _serie(lu, "Mutations", "mutations", lu.modalites),
    ]
    return [
        tuiles(
            ("Attributions de 12 mois", dire(tout["total"]), _mutations(tout)),
            (
                "Demandes pour une attribution",
                dire(tout["demandes_pour_une_attribution"], 1),
                (
                    f"{dire(tout['demandes_actives'])} demandes actives, {dire(tout['total'])} "
                    "attributions"
                ),
            ),
            (
                "Demandes pour une attribution, hors mutation",
                dire(tout["demandes_pour_une_attribution_hors_mutation"], 1),
                (
                    f"{dire(tout['demandes_actives_hors_mutation'])} demandes actives, "
                    f"{dire(tout['hors_mutation'])} attributions"
                ),
            ),
        ),
        *tracer(figures.serie(periodes, series, "Attributions de chaque mois")),
    ]


def depots_par_mois(lu: TableauDe[FormeDepotsParMois]) -> list[Any]:
    """Return the dépôts of each month, portal apart from guichets."""
    tout = lu.ensemble
    periodes = [_periode(ligne) for ligne in lu.modalites]
    portail = [connu(ligne["portail"]) for ligne in lu.modalites]
    guichets = [
        None if total is None or un is None else total - un
        for un, ligne in zip(portail, lu.modalites, strict=True)
        for total in [connu(ligne["total"])]
    ]
    series = [Serie("Guichets", tuple(guichets)), Serie("Portail grand public", tuple(portail))]
    return [
        tuiles(
            ("Dépôts de 12 mois", dire(tout["total"]), _mutations(tout)),
            (
                "Part du portail grand public",
                dire(tout["part_portail"], taux=True),
                f"{dire(tout['portail'])} dépôts sur {dire(tout['total'])}",
            ),
        ),
        *tracer(figures.serie(periodes, series, "Dépôts de chaque mois, portail et guichets")),
    ]


def flux(lu: TableauDe[FormeFlux]) -> list[Any]:
    """Return what came in and went out in each period."""
    periodes = [_periode(ligne) for ligne in lu.modalites]
    series = [
        _serie(lu, "Dépôts", "depots", lu.modalites),
        _serie(lu, "Radiations", "radiations", lu.modalites),
        _serie(lu, "dont attributions", "attributions", lu.modalites),
    ]
    titre = "Dépôts, radiations et attributions de chaque période"
    return tracer(figures.serie(periodes, series, titre, empilees=False), titre=False)


def dalo(lu: TableauDe[FormeDalo]) -> list[Any]:
    """Return the demandes of each ancienneté, and the median."""
    tout = lu.ensemble
    titre = f"{lu.tableau.titre} : part de chaque ancienneté"
    return [
        tuiles(
            ("Ménages DALO en attente", dire(tout["demandes"]), "demandes actives"),
            (
                "Ancienneté médiane",
                f"{dire(tout['anciennete_mediane_mois'], 1)} mois",
                f"moyenne {dire(tout['anciennete_moyenne_mois'], 1)} mois",
            ),
        ),
        *tracer(figures.parts(lu.modalites, titre, ("part_demandes", "demandes")), titre=False),
    ]


def profil(lu: TableauDe[FormeProfil]) -> list[Any]:
    """Return, for each dimension, the shares of demandes and of attributions face to face."""
    morceaux: list[Any] = []
    for dimension in dict.fromkeys(ligne["libelle_dimension"] for ligne in lu.modalites):
        lignes = [une for une in lu.modalites if une["libelle_dimension"] == dimension]
        morceaux += tracer(figures.face_a_face(lignes, dimension))
    return morceaux


# --- Attributions ---------------------------------------------------------------------------------


def pression(lu: TableauDe[FormePression]) -> list[Any]:
    """Return how many demandes there are for an attribution, by category."""
    tout = lu.ensemble
    dites = [une for une in lu.modalites if une["code"] not in SANS_REPONSE]
    dessin = figures.mesures(
        dites,
        lu.tableau.titre,
        "demandes_pour_une_attribution",
        DECIMAL,
        detail=lambda une: (
            f"{_compter(une['demandes_actives'], 'demande', 'demandes')} pour "
            f"{_compter(une['attributions'], 'attribution', 'attributions')}"
        ),
    )
    return [
        tuiles(
            (
                "Demandes pour une attribution",
                dire(tout["demandes_pour_une_attribution"], 1),
                f"{dire(tout['demandes_actives'])} demandes pour {dire(tout['attributions'])}",
            )
        ),
        *tracer(dessin, titre=False),
    ]


def delais(lu: TableauDe[FormeDelais]) -> list[Any]:
    """Return the median délai by typology."""
    tout = lu.ensemble
    dessin = figures.mesures(
        lu.modalites,
        "Délai médian d'attribution par typologie du logement, en mois",
        "delai_median_mois",
        MOIS,
        detail=lambda une: (
            f"moyenne {dire(une['delai_moyen_mois'], 1)} mois, "
            f"{_compter(une['delais_connus'], 'délai connu', 'délais connus')}"
        ),
    )
    return [
        tuiles(
            (
                "Délai médian",
                f"{dire(tout['delai_median_mois'], 1)} mois",
                (
                    f"moyen {dire(tout['delai_moyen_mois'], 1)} mois, "
                    f"{dire(tout['delais_connus'])} délais connus sur {dire(tout['attributions'])}"
                ),
            ),
            (
                "Délai médian hors mutation",
                f"{dire(tout['delai_median_hors_mutation_mois'], 1)} mois",
                f"moyen {dire(tout['delai_moyen_hors_mutation_mois'], 1)} mois",
            ),
        ),
        *tracer(dessin),
    ]


def matrice(lu: TableauDe[FormeMatrice]) -> list[Any]:
    """Return what was attributed for each typology wanted, as a table whose cells are shaded."""
    recherches = list(
        dict.fromkeys((li["code_recherche"], li["libelle_recherche"]) for li in lu.lignes)
    )
    attribues = dict.fromkeys(
        (li["code_attribue"], li["libelle_attribue"])
        for li in sorted(
            lu.lignes,
            key=lambda li: (
                li["code_attribue"] in {"*", "NR"},
                li["code_attribue"] == "*",
                li["code_attribue"],
            ),
        )
    )
    par = {(ligne["code_recherche"], ligne["code_attribue"]): ligne for ligne in lu.lignes}
    entetes = Markup("").join(Markup('<th scope="col">{}</th>').format(nom) for _, nom in attribues)
    corps = Markup("").join(
        Markup('<tr><th scope="row">{}</th>{}</tr>').format(
            nom,
            Markup("").join(
                _case_matrice(par.get((code, attribue)), code == attribue)
                for attribue, _ in attribues
            ),
        )
        for code, nom in recherches
    )
    legende = (
        "Part des attributions de chaque typologie recherchée (lignes) selon la typologie "
        "attribuée (colonnes)"
    )
    table = Markup(
        "<table><caption>{}</caption><thead><tr><td>Recherchée</td>{}</tr></thead>"
        "<tbody>{}</tbody></table>"
    ).format(legende, entetes, corps)
    return [
        bloc(
            balise(
                "div",
                table,
                class_="tableau matrice",
                tabindex=0,
                role="region",
                aria_label=legende,
            )
        ),
        html.P(
            "Encadré : la typologie attribuée est celle qui était recherchée. Chaque ligne fait "
            "100 %, le nombre d'attributions est dessous.",
            className="fr-hint-text",
        ),
    ]


def _case_matrice(ligne: FormeMatrice | None, diagonale: bool) -> Markup:  # noqa: FBT001 - private
    if ligne is None:
        return Markup('<td class="nombre">–</td>')
    classe = " diagonale" if diagonale and ligne["code_attribue"] != "*" else ""
    part = connu(ligne["part_du_souhait"])
    total = "*" in {ligne["code_recherche"], ligne["code_attribue"]}
    rang = sum(part >= borne for borne in CLASSES_MATRICE) if part is not None else 0
    fond = "#f6f6f6" if total or part is None else TEINTES[rang]
    encre = "#fff" if not total and rang >= len(TEINTES) - 2 else "#161616"
    return Markup(
        '<td class="nombre{}" style="background:{};color:{}"><b>{}</b><small>{}</small></td>'
    ).format(
        classe,
        fond,
        encre,
        dire(ligne["part_du_souhait"], taux=True),
        dire(ligne["attributions"]),
    )


def reservataires_dalo(lu: TableauDe[FormeReservatairesDalo]) -> list[Any]:
    """Return the share of priority households of each réservataire against the objective."""
    tout = lu.ensemble
    titre = "Part des ménages prioritaires dans les attributions de chaque réservataire"
    dessin = figures.parts(
        lu.modalites,
        titre,
        ("part_prioritaires", "prioritaires", "attributions"),
        cible=figures.objectif_commun(lu.modalites),
        detail=lambda une: (
            f"dont {_compter(une['dalo'], 'ménage DALO', 'ménages DALO')}, "
            f"{_compter(une['manquantes'], 'attribution manquante', 'attributions manquantes')}"
        ),
    )
    return [
        tuiles(
            (
                "Ménages prioritaires",
                dire(tout["part_prioritaires"], taux=True),
                (
                    f"{dire(tout['prioritaires'])} sur {dire(tout['attributions'])} attributions, "
                    f"objectif {pourcent(tout['objectif'])}"
                ),
            ),
            (
                "dont ménages DALO",
                dire(tout["part_dalo"], taux=True),
                f"{dire(tout['dalo'])} sur {dire(tout['attributions'])} attributions",
            ),
        ),
        *tracer(dessin),
    ]


def arrondissements(lu: TableauDe[FormeArrondissements]) -> list[Any]:
    """Return the share of priority households in each arrondissement against the objective."""
    return tracer(
        figures.parts(
            lu.modalites,
            "Part des ménages prioritaires dans les attributions de chaque arrondissement",
            ("part_prioritaires", "prioritaires", "attributions"),
            cible=lu.ensemble["objectif"],
        )
    )


def mixite(lu: TableauDe[FormeMixite]) -> list[Any]:
    """Return the share wanted in each EPCI, unknown income counted as no, then left out."""
    declaree = lu.tableau.declare.image
    total, voulues, quoi = declaree.total, declaree.voulues, declaree.titre
    objectif = figures.objectif_commun(lu.lignes)
    morceaux: list[Any] = []
    for part, effectif, nom in (
        ("part_du_total", total, "revenu inconnu compté comme un non"),
        ("part_revenu_connu", f"{total}_revenu_connu", "revenu inconnu laissé de côté"),
    ):
        champs = (part, voulues, effectif)
        morceaux += tracer(figures.parts(lu.lignes, f"{quoi}, {nom}", champs, cible=objectif))
    return morceaux


def logement_dabord(lu: TableauDe[FormeLogementDabord]) -> list[Any]:
    """Return réalisé, objective and prorata, and where these households came from."""
    tout = lu.ensemble
    objectif = tout["objectif_annuel"]
    ratio = tout["realise_sur_prorata"]
    dessin = Barres(
        titre="Attributions de 12 mois selon le logement précédent",
        nom="Logement précédent",
        valeurs="Attributions",
        lignes=tuple(
            Barre(
                ligne["libelle"],
                connu(ligne["attributions_12_mois"]),
                ecrit=figures.part_ecrite(
                    ligne, "part_12_mois", "attributions_12_mois", "toutes_attributions_12_mois"
                ),
            )
            for ligne in lu.modalites
        ),
    )
    sans = "aucun objectif n'est fixé"
    return [
        tuiles(
            (
                "Réalisé depuis le 1er janvier",
                dire(tout["attributions_annee"]),
                (
                    f"{dire(tout['part_annee'], taux=True)} des "
                    f"{dire(tout['toutes_attributions_annee'])} attributions"
                ),
            ),
            (
                "Objectif de l'année",
                dire(objectif),
                sans
                if objectif is None
                else f"{dire(tout['prorata'])} au prorata des mois écoulés",
            ),
            ("Réalisé sur prorata", dire(ratio, taux=True), ""),
            (
                "Sur 12 mois",
                dire(tout["attributions_12_mois"]),
                (
                    f"{dire(tout['part_12_mois'], taux=True)} des "
                    f"{dire(tout['toutes_attributions_12_mois'])} attributions"
                ),
            ),
        ),
        *tracer(dessin),
    ]


def delai_anormal(lu: TableauDe[FormeDelaiAnormal]) -> list[Any]:
    """Return the share of demandes beyond the délai, by typology wanted."""
    tout = lu.ensemble
    if tout["delai_mois"] is None:
        return [
            vide(
                "Le délai anormalement long du département n'est pas fixé",
                [
                    "Le fixer dans ",
                    lien("Réglages", "/reglages"),
                    ", puis contrôler de nouveau le mois. ",
                    "Le tableau donne déjà les demandes par typologie.",
                ],
            ),
        ]
    titre = f"Part des demandes au-delà de {tout['delai_mois']} mois, par typologie recherchée"
    dessin = figures.parts(lu.modalites, titre, ("part_au_dela", "au_dela_du_delai", "demandes"))
    return [
        tuiles(
            (
                f"Au-delà de {tout['delai_mois']} mois",
                dire(tout["part_au_dela"], taux=True),
                f"{dire(tout['au_dela_du_delai'])} demandes sur {dire(tout['demandes'])}",
            )
        ),
        *tracer(dessin),
    ]


def image(lu: TableauDe[Any]) -> list[Any]:
    """Return the picture that is declared of a table; a map is drawn by its own module."""
    return _FORMES[lu.tableau.declare.image.forme](lu)


_FORMES: dict[str, Image] = {
    "aucune": lambda _: [],
    "dalo": dalo,
    "flux": flux,
    "pression": pression,
    "profil": profil,
    "evolution": evolution,
    "serie": serie,
    "repartition": repartition,
    "plafonds": plafonds,
    "depots_par_mois": depots_par_mois,
    "delai_anormal": delai_anormal,
    "attributions_par_mois": attributions_par_mois,
    "delais": delais,
    "matrice": matrice,
    "reservataires_dalo": reservataires_dalo,
    "mixite": mixite,
    "logement_dabord": logement_dabord,
    "arrondissements": arrondissements,
}
