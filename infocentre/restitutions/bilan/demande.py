"""La demande: stock, series, dépôts, ancienneté, ménages, ressources, what is wanted."""

from __future__ import annotations

from infocentre.contrat.listes import Motif
from infocentre.exports import FENETRES
from infocentre.graphiques.colonnes import Serie
from infocentre.graphiques.courbe import Point, courbe
from infocentre.lecture.tableaux import TableauDe
from infocentre.mesures.declarations import Role
from infocentre.mesures.lignes_tableaux import (
    CommunesSouhaitees,
    DelaiAnormal,
    Depots,
    Evolution,
    EvolutionAssociations,
    FormeEvolution,
    SerieMois,
)
from infocentre.noyau.francais import accord, compter, entier, mois, phrase, pourcentage, rapport
from infocentre.noyau.temps import dater, mois_court
from infocentre.restitutions.bilan.commun import (
    en_un_an,
    ligne,
    ou_absent,
    paragraphes,
    valeur,
)
from infocentre.restitutions.bilan.contexte import Contexte
from infocentre.restitutions.bilan.distributions import (
    ANCIENNETE,
    MENAGES,
    RESSOURCES,
    SOUHAITS,
)
from infocentre.restitutions.document import Bloc, Paragraphe, Section, Tableau
from infocentre.restitutions.images import LARGEUR, Legende, graphique, part_et_compte, serie
from infocentre.restitutions.tables import (
    Mise,
    avant,
    connu,
    decimal,
    evolution,
    nombre,
    part,
)

LECTURE_SERIE = (
    "Les demandes pour une attribution rapportent les demandes actives en fin de période aux "
    "attributions des 12 mois qui y finissent. Une période dont le dernier mois n'est pas publié "
    "est vide."
)
COMMUNES = 25


def chapitre(ctx: Contexte) -> Section:
    """Return the chapter."""
    return Section(
        "La demande",
        _chapeau(ctx),
        (
            Section("Le stock et ses mouvements", _stock(ctx)),
            Section("L'évolution", _series(ctx)),
            Section("Les dépôts", _depots(ctx)),
            ANCIENNETE.section(ctx),
            Section("Le délai anormalement long", _delai(ctx)),
            *(une.section(ctx) for une in MENAGES),
            *(une.section(ctx) for une in RESSOURCES),
            *(une.section(ctx) for une in SOUHAITS),
            Section("Communes souhaitées", _communes(ctx)),
            Section("Les demandes des associations", _associations(ctx)),
        ),
        page=True,
    )


def _chapeau(ctx: Contexte) -> tuple[Bloc, ...]:
    une = ligne(ctx.lire(Evolution), "ACTIVES", "arrete")
    total, hors = valeur(une, "total"), valeur(une, "hors_mutation")
    if total is None or hors is None:
        return ()
    passee = ligne(ctx.lire_avant(Evolution), "ACTIVES", "arrete")
    suite = en_un_an(total, passee.get("total"))
    texte = phrase(
        f"{compter(total, 'demande est active', 'demandes sont actives')} au {dater(ctx.arrete)}"
        + (f", {suite}" if suite else "")
        + f" ; {rapport(hors, total)} sont hors mutation"
    )
    return (Paragraphe(texte, "chapeau"),)


def _stock(ctx: Contexte) -> tuple[Bloc, ...]:
    return ou_absent(ctx, "evolution", _tableau_stock(ctx, Evolution))


def _tableau_stock(ctx: Contexte, de: type[Evolution | EvolutionAssociations]) -> list[Bloc]:
    lu = ctx.lire(de)
    mise = Mise(
        lu.cle,
        lu.tableau.titre,
        (
            nombre("total", "Total"),
            nombre("mutations", "Mutations"),
            nombre("hors_mutation", "Hors mutation"),
            avant("total"),
            evolution("total"),
        ),
        "Grandeur",
        _grandeur,
        lecture="Les demandes actives au moins un jour ajoutent aux demandes actives à l'arrêté "
        "celles qui ont été radiées dans les 12 mois : ce sont deux grandeurs.",
    )
    lignes = [une for une in lu.lignes if une["fenetre"] in {"arrete", "12_mois"}]
    return [*paragraphes(_mouvements(lu)), ctx.imprimer(lu, mise, lignes)]


def _grandeur(une: FormeEvolution) -> str:
    fenetre, nom = FENETRES[une["fenetre"]], une["libelle"]
    return nom if fenetre in nom else f"{nom}, {fenetre}"


def _mouvements(lu: TableauDe[FormeEvolution]) -> str:
    depots, radiations, attributions, sans = (
        valeur(ligne(lu, code, "12_mois"), "total")
        for code in ("DEPOTS", "RADIATIONS", Motif.ATTRIBUTION, Motif.NON_RENOUVELLEMENT)
    )
    if not depots or not radiations or attributions is None or sans is None:
        return ""
    return phrase(
        f"en 12 mois, {compter(depots, 'demande a été déposée', 'demandes ont été déposées')} et "
        f"{compter(radiations, 'radiée', 'radiées')} : {rapport(attributions, radiations)} par "
        f"attribution, {rapport(sans, radiations)} faute de renouvellement"
    )


# --- Series ---------------------------------------------------------------------------------------


def _series(ctx: Contexte) -> tuple[Bloc, ...]:
    return ou_absent(
        ctx,
        "serie_mois",
        [
            *_douze_mois(ctx),
            _tableau_serie(ctx, "serie_trimestres", "Trimestre"),
            _tableau_serie(ctx, "serie_annees", "Année"),
        ],
    )


def _douze_mois(ctx: Contexte) -> list[Bloc]:
    lu = ctx.lire(SerieMois)
    table = _tableau_serie(ctx, "serie_mois", "Mois")
    periodes = [mois_court(une["periode"]) for une in lu.lignes]
    points = [Point(une["periode"], connu(une["demandes_actives"]), etat=None) for une in lu.lignes]
    stock = courbe(points, "Demandes actives en fin de mois", taux=False, dimensions=(LARGEUR, 160))
    flux = [
        Serie("Dépôts", tuple(connu(une["depots"]) for une in lu.lignes)),
        Serie("Radiations", tuple(connu(une["radiations"]) for une in lu.lignes)),
        Serie("Attributions", tuple(connu(une["attributions"]) for une in lu.lignes)),
    ]
    return [
        graphique(
            Legende(f"image-{lu.cle}-stock", "Demandes actives en fin de mois", _sens(lu)),
            stock,
            table,
            "courbe",
            ("Demandes actives",),
        ),
        serie(
            periodes,
            flux,
            Legende(
                f"image-{lu.cle}-flux",
                "Dépôts, radiations et attributions de chaque mois",
                "Les flux d'un mois sont lus dans la livraison de ce mois.",
            ),
            table,
            empilees=False,
        ),
        table,
    ]


def _sens(lu: TableauDe[SerieMois]) -> str:
    """Say from where to where the stock went."""
    connues = [une for une in lu.lignes if valeur(une, "demandes_actives")]
    if len(connues) < 2:  # noqa: PLR2004 - two ends
        return ""
    debut, fin = connues[0], connues[-1]
    return phrase(
        f"de {entier(debut['demandes_actives'])} demandes actives fin {debut['libelle']} à "
        f"{entier(fin['demandes_actives'])} fin {fin['libelle']}"
    )


def _tableau_serie(ctx: Contexte, role: Role, entete: str) -> Tableau:
    lu = ctx.lire(role)
    champs = (
        nombre("demandes_actives", "Demandes actives"),
        nombre("demandes_actives_hors_mutation", "dont hors mutation"),
        nombre("depots", "Dépôts"),
        nombre("radiations", "Radiations"),
        nombre("attributions", "Attributions"),
        nombre("non_renouvellements", "Non-renouv."),
        nombre("attributions_12_mois", "Attrib. de 12 mois"),
        decimal("demandes_pour_une_attribution", "Demandes pour une attrib."),
    )
    mise = Mise(
        lu.cle,
        lu.tableau.titre,
        champs,
        entete,
        lecture=LECTURE_SERIE if role == "serie_annees" else "",
        source=ctx.source_de(role),
    )
    return ctx.imprimer(lu, mise)


# --- Dépôts, délai, communes ----------------------------------------------------------------------


def _depots(ctx: Contexte) -> tuple[Bloc, ...]:
    return ou_absent(ctx, "depots", _blocs_depots(ctx))


def _blocs_depots(ctx: Contexte) -> list[Bloc]:
    lu = ctx.lire(Depots)
    champs = (
        nombre("total", "Dépôts"),
        nombre("mutations", "Mutations"),
        nombre("hors_mutation", "Hors mutation"),
        nombre("portail", "Portail"),
        part("part_portail", "Part du portail"),
        avant("total", "Dépôts un an avant"),
    )
    mise = Mise(lu.cle, lu.tableau.titre, champs, "Mois", mensuel=True)
    table = ctx.imprimer(lu, mise)
    return [*paragraphes(_portail(ctx, lu)), _image_depots(lu, table), table]


def _portail(ctx: Contexte, lu: TableauDe[Depots]) -> str:
    portail, total = valeur(lu.ensemble, "portail"), valeur(lu.ensemble, "total")
    if portail is None or not total:
        return ""
    passe = ctx.lire_avant(Depots)
    avant_ = valeur(passe.ensemble, "part_portail") if passe else None
    suite = "" if avant_ is None else f", contre {pourcentage(avant_)} un an avant"
    evolue = en_un_an(total, passe.ensemble.get("total") if passe else None)
    return phrase(
        f"{compter(total, 'demande déposée', 'demandes déposées')} en 12 mois"
        + (f", {evolue}" if evolue else "")
        + f" ; {rapport(portail, total)} sur le portail grand public{suite}"
    )


def _lecture_portail(lu: TableauDe[Depots]) -> str:
    une = lu.modalites[-1] if lu.modalites else lu.sans_ligne
    portail, total = valeur(une, "portail"), valeur(une, "total")
    if portail is None or not total:
        return ""
    dits = rapport(portail, total, unite="dépôt")
    verbe = accord(portail, "vient", "viennent")
    return f"Lecture : en {une['libelle']}, {dits} {verbe} du portail."


def _image_depots(lu: TableauDe[Depots], table: Tableau) -> Bloc:
    portail = [connu(une["portail"]) for une in lu.modalites]
    guichets = [
        None if un is None or total is None else total - un
        for un, total in zip(portail, (connu(une["total"]) for une in lu.modalites), strict=True)
    ]
    return serie(
        [mois_court(une["code"]) for une in lu.modalites],
        [Serie("Guichets", tuple(guichets)), Serie("Portail", tuple(portail))],
        Legende(
            f"image-{lu.cle}",
            "Demandes déposées chaque mois, dont celles du portail",
            _lecture_portail(lu),
        ),
        table,
        colonnes_du_tableau=("Dépôts", "Portail"),
    )


def _delai(ctx: Contexte) -> tuple[Bloc, ...]:
    manque = ctx.manque("delai_anormal")
    if manque:
        return (manque,)
    lu = ctx.lire(DelaiAnormal)
    delai = lu.ensemble.get("delai_mois")
    if delai is None:
        return (
            Paragraphe(
                "Le délai anormalement long du département n'est pas réglé : les demandes qui le "
                "dépassent ne sont pas comptées. Le préfet le fixe par arrêté ; l'écrire dans "
                "reglages.yml (delai_anormalement_long), puis contrôler de nouveau le mois.",
                "alerte",
            ),
        )
    champs = (
        nombre("demandes", "Demandes"),
        nombre("au_dela_du_delai", "Au-delà du délai"),
        part("part_au_dela", "Part"),
        nombre("demandes_hors_mutation", "Hors mutation"),
        nombre("au_dela_du_delai_hors_mutation", "Au-delà, hors mutation"),
        part("part_au_dela_hors_mutation", "Part, hors mutation"),
    )
    table = ctx.imprimer(lu, Mise(lu.cle, lu.tableau.titre, champs, "Typologie recherchée"))
    n, d = valeur(lu.ensemble, "au_dela_du_delai"), valeur(lu.ensemble, "demandes")
    dite = phrase(
        f"{rapport(n, d, unite='demande')} {accord(n, 'attend', 'attendent')} depuis "
        f"plus de {mois(delai)}"
        if n is not None and d
        else ""
    )
    legende = Legende(f"image-{lu.cle}", f"Part des demandes de plus de {mois(delai)}", dite)
    champs_image = ("part_au_dela", "au_dela_du_delai", "demandes")
    return (
        *paragraphes(dite),
        part_et_compte(lu.modalites, legende, table, champs_image),
        table,
    )


def _communes(ctx: Contexte) -> tuple[Bloc, ...]:
    return ou_absent(ctx, "communes_souhaitees", _blocs_communes(ctx))


def _blocs_communes(ctx: Contexte) -> list[Bloc]:
    lu = ctx.lire(CommunesSouhaitees)
    communes = [une for une in lu.lignes if une["niveau"] == "commune"]
    tete = [une for une in communes if une["code"] != "NR"][:COMMUNES]
    epcis = [une for une in lu.lignes if une["niveau"] == "epci"]
    champs = (
        nombre("total", "Demandes"),
        part("part_total", "Part"),
        nombre("mutations", "Mutations"),
        nombre("hors_mutation", "Hors mutation"),
        avant("total"),
        evolution("total"),
    )
    titre = "Demandes actives par EPCI souhaité"
    par_epci = Mise(f"{lu.cle}-epci", titre, champs, "EPCI")
    par_commune = Mise(
        f"{lu.cle}-commune",
        f"Demandes actives par commune souhaitée : les {len(tete)} premières",
        champs,
        "Commune",
        lecture="Première commune souhaitée seulement. Les autres communes sont dans les pages "
        "par EPCI.",
    )
    ensemble = [une for une in lu.lignes if une["niveau"] == "departement"]
    return [
        *paragraphes(_premiere_commune(tete)),
        ctx.imprimer(lu, par_epci, [*epcis, *ensemble]),
        *([ctx.imprimer(lu, par_commune, tete)] if tete else []),
    ]


def _premiere_commune(tete: list[CommunesSouhaitees]) -> str:
    dites = [une for une in tete if valeur(une, "total") and valeur(une, "total_ensemble")][:1]
    return "".join(
        phrase(
            f"{une['libelle']} est la commune la plus souhaitée : "
            f"{rapport(une['total'], une['total_ensemble'])}"
        )
        for une in dites
    )


def _associations(ctx: Contexte) -> tuple[Bloc, ...]:
    return ou_absent(ctx, "evolution_associations", _tableau_stock(ctx, EvolutionAssociations))
