"""Les attributions: volume, délais, typologies, réservataires, ressources, territoires."""

from __future__ import annotations

from collections.abc import Sequence

from infocentre.graphiques.colonnes import Serie
from infocentre.graphiques.fonds import fond_de_carte
from infocentre.lecture.tableaux import TableauDe
from infocentre.mesures.lignes_tableaux import (
    Attributions,
    Delais,
    PlafondAttributions,
    Reservataires,
    Territoires,
    Typologies,
)
from infocentre.noyau.francais import compter, entier, enumerer, mois, phrase, rapport
from infocentre.noyau.temps import dater, mois_court
from infocentre.restitutions.bilan.commun import (
    en_un_an,
    ou_absent,
    paragraphes,
    premiers,
    valeur,
)
from infocentre.restitutions.bilan.contexte import Contexte
from infocentre.restitutions.bilan.distributions import Distribution, plafonds
from infocentre.restitutions.document import (
    Bloc,
    Cellule,
    Colonne,
    Paragraphe,
    Section,
    Tableau,
)
from infocentre.restitutions.images import (
    Carte,
    Legende,
    dessiner_carte,
    en_mois,
    graphique,
    serie,
)
from infocentre.restitutions.tables import (
    Mise,
    avant,
    cellule,
    connu,
    decimal,
    evolution,
    nombre,
    part,
)

COMMUNES = 25
LIEUX = (
    "Une demande compte dans sa première commune souhaitée, une attribution dans la commune du "
    "logement."
)
TENSION = Carte("demandes_pour_une_attribution", "attributions")
RESERVATAIRES = Distribution(
    Reservataires,
    "Les réservataires",
    "Réservataire",
    lambda lu: premiers(lu, "Le premier réservataire est", "attribution"),
    "sont faites sur le contingent",
    8,
    unite="attribution",
)
PLAFONDS = Distribution(
    PlafondAttributions,
    "Les ressources des ménages",
    "Position au plafond",
    plafonds,
    "sont dans la position",
    unite="attribution",
    suite=(
        nombre("plafond_connu", "Positions connues"),
        nombre("sous_le_plafond", "Sous le plafond (cumul)"),
        part("part_sous_le_plafond", "Part sous le plafond"),
    ),
)


def chapitre(ctx: Contexte) -> Section:
    """Return the chapter."""
    return Section(
        "Les attributions",
        _chapeau(ctx),
        (
            Section("Le volume et la tension", ou_absent(ctx, "attributions", _volume(ctx))),
            Section("Les délais", ou_absent(ctx, "delais", _delais(ctx))),
            Section(
                "Typologie recherchée et attribuée", ou_absent(ctx, "typologies", _matrice(ctx))
            ),
            RESERVATAIRES.section(ctx),
            PLAFONDS.section(ctx),
            Section("Les territoires", ou_absent(ctx, "territoires", _territoires(ctx))),
        ),
        page=True,
    )


def _chapeau(ctx: Contexte) -> tuple[Bloc, ...]:
    tout = ctx.lire(Attributions).ensemble
    total, hors = valeur(tout, "total"), valeur(tout, "hors_mutation")
    if not total or hors is None:
        return ()
    passe = ctx.lire_avant(Attributions)
    suite = en_un_an(total, passe.ensemble.get("total") if passe else None)
    texte = phrase(
        f"{compter(total, 'attribution a été prononcée', 'attributions ont été prononcées')} dans "
        f"les 12 mois qui finissent le {dater(ctx.arrete)}"
        + (f", {suite}" if suite else "")
        + f" ; {rapport(hors, total)} hors mutation"
    )
    return (Paragraphe(texte, "chapeau"),)


# --- Volume ---------------------------------------------------------------------------------------


def _volume(ctx: Contexte) -> list[Bloc]:
    lu = ctx.lire(Attributions)
    champs = (
        nombre("total", "Attributions"),
        nombre("mutations", "Mutations"),
        nombre("hors_mutation", "Hors mutation"),
        avant("total", "Un an avant"),
    )
    mise = Mise(lu.cle, "Attributions de chaque mois", champs, "Mois", mensuel=True)
    table = ctx.imprimer(
        lu, mise, [*lu.modalites, *(une for une in lu.lignes if une["code"] == "*")]
    )
    series = [
        Serie("Hors mutation", tuple(connu(une["hors_mutation"]) for une in lu.modalites)),
        Serie("Mutations", tuple(connu(une["mutations"]) for une in lu.modalites)),
    ]
    image = serie(
        [mois_court(une["code"]) for une in lu.modalites],
        series,
        Legende(
            f"image-{lu.cle}",
            "Attributions de chaque mois",
            "Chaque colonne est le total des "
            "attributions du mois, lues dans la livraison de l'arrêté.",
        ),
        table,
    )
    return [image, table, *_tension(ctx, lu)]


def _tension(ctx: Contexte, lu: TableauDe[Attributions]) -> tuple[Bloc, ...]:
    """Print « demandes pour une attribution » twice, each with its two counts."""
    passe = ctx.lire_avant(Attributions)
    lignes = [
        _ligne_tension(nom, champs, lu, passe)
        for nom, champs in (
            ("Toutes demandes", ("demandes_actives", "total", "demandes_pour_une_attribution")),
            (
                "Mutations",
                (
                    "demandes_actives_mutations",
                    "mutations",
                    "demandes_pour_une_attribution_mutations",
                ),
            ),
            (
                "Hors mutation",
                (
                    "demandes_actives_hors_mutation",
                    "hors_mutation",
                    "demandes_pour_une_attribution_hors_mutation",
                ),
            ),
        )
    ]
    colonnes = (
        Colonne("Champ"),
        Colonne("Demandes actives", "nombre"),
        Colonne("Attributions de 12 mois", "nombre"),
        Colonne("Demandes pour une attribution", "decimal"),
        *([Colonne("Un an avant", "decimal")] if passe else []),
    )
    lecture = (
        "Les demandes actives à l'arrêté rapportées aux attributions des 12 mois, associations "
        "comprises."
    )
    return (
        Tableau(
            f"{ctx.lire('attributions').cle}-tension",
            "Demandes pour une attribution",
            colonnes,
            tuple(lignes),
            lecture,
            ctx.source_de("attributions"),
        ),
    )


def _ligne_tension(
    nom: str,
    champs: tuple[str, str, str],
    lu: TableauDe[Attributions],
    passe: TableauDe[Attributions] | None,
) -> tuple[Cellule, ...]:
    ici = tuple(cellule(lu, lu.ensemble, un) for un in champs)
    ancienne = (cellule(passe, passe.ensemble, champs[2]),) if passe else ()
    return (Cellule(nom), *ici, *ancienne)


# --- Délais ---------------------------------------------------------------------------------------


def _delais(ctx: Contexte) -> list[Bloc]:
    lu = ctx.lire(Delais)
    champs = (
        nombre("attributions", "Attributions"),
        nombre("delais_connus", "Délais connus"),
        decimal("delai_median_mois", "Délai médian (mois)"),
        decimal("delai_moyen_mois", "Délai moyen (mois)"),
        nombre("delais_connus_hors_mutation", "Délais connus hors mutation"),
        decimal("delai_median_hors_mutation_mois", "Médian hors mutation"),
        decimal("delai_moyen_hors_mutation_mois", "Moyen hors mutation"),
    )
    lecture = (
        "Délai transmis par le SNE, à défaut du dépôt de la demande à la signature du bail. Le "
        "délai médian partage les attributions en deux moitiés."
    )
    table = ctx.imprimer(
        lu, Mise(lu.cle, lu.tableau.titre, champs, "Typologie attribuée", lecture=lecture)
    )
    dite = _phrase_delais(ctx, lu)
    legende = Legende(f"image-{lu.cle}", "Délai médian d'attribution par typologie, en mois", "")
    image = en_mois(lu.modalites, legende, table, "delai_median_mois")
    return [*paragraphes(dite), image, table]


def _phrase_delais(ctx: Contexte, lu: TableauDe[Delais]) -> str:
    tout = lu.ensemble
    median, moyen = valeur(tout, "delai_median_mois"), valeur(tout, "delai_moyen_mois")
    connus, total = valeur(tout, "delais_connus"), valeur(tout, "attributions")
    if median is None or moyen is None or connus is None or not total:
        return ""
    passe = ctx.lire_avant(Delais)
    ancien = valeur(passe.ensemble, "delai_median_mois") if passe else None
    suite = "" if ancien is None else f" ; un an avant, il était de {mois(ancien, 1)}"
    return phrase(
        f"la moitié des attributions ont suivi le dépôt de moins de {mois(median, 1)} (délai "
        f"moyen : {mois(moyen, 1)} ; délais connus : {rapport(connus, total)}){suite}"
    )


# --- Typologies -----------------------------------------------------------------------------------


def _matrice(ctx: Contexte) -> list[Bloc]:
    """Print the attributions as a matrix: typology wanted in rows, attributed in columns."""
    lu = ctx.lire(Typologies)
    par = {(une["code_recherche"], une["code_attribue"]): une for une in lu.lignes}
    recherches = dict.fromkeys(
        (une["code_recherche"], une["libelle_recherche"]) for une in lu.lignes
    )
    attribues = sorted(
        {(une["code_attribue"], une["libelle_attribue"]) for une in lu.lignes},
        key=lambda une: (une[0] == "*", une[0] == "NR", une[0]),
    )
    corps = [
        (Cellule(nom), *(_case(lu, par.get((code, autre))) for autre, _ in attribues))
        for code, nom in recherches
    ]
    table = Tableau(
        lu.cle,
        lu.tableau.titre,
        (Colonne("Recherchée ↓ attribuée →"), *(Colonne(nom, "nombre") for _, nom in attribues)),
        tuple(corps),
        "En lignes, la typologie recherchée ; en colonnes, la typologie du logement attribué.",
        ctx.source_de("typologies"),
        totaux=frozenset(rang for rang, (code, _) in enumerate(recherches) if code == "*"),
    )
    return [*paragraphes(_conformes(lu)), table]


def _case(lu: TableauDe[Typologies], une: Typologies | None) -> Cellule:
    return Cellule(0) if une is None else cellule(lu, une, "attributions")


def _conformes(lu: TableauDe[Typologies]) -> str:
    """Say how many households got the typology that they wanted, when nothing of it is masked."""
    tout = next(
        (une for une in lu.lignes if une["code_recherche"] == une["code_attribue"] == "*"),
        lu.sans_ligne,
    )
    diagonale = [
        valeur(une, "attributions")
        for une in lu.lignes
        if une["code_recherche"] == une["code_attribue"] not in {"*", "NR"}
    ]
    total = valeur(tout, "attributions")
    if not total or None in diagonale:
        return _par_typologie(lu)
    return phrase(
        f"{rapport(sum(un for un in diagonale if un), total, unite='attribution')} sont de la "
        "typologie recherchée"
    )


def _par_typologie(lu: TableauDe[Typologies]) -> str:
    dites = [
        f"{une['libelle_recherche']}, "
        f"{rapport(une['attributions'], une['attributions_du_souhait'])}"
        for une in lu.lignes
        if une["code_recherche"] == une["code_attribue"] in {"T2", "T3", "T4"}
        and valeur(une, "attributions") is not None
        and valeur(une, "attributions_du_souhait")
    ]
    return phrase(
        f"typologie obtenue par ceux qui la recherchaient : {enumerer(dites)}" if dites else ""
    )


# --- Territoires ----------------------------------------------------------------------------------


def _territoires(ctx: Contexte) -> list[Bloc]:
    lu = ctx.lire(Territoires)
    niveaux = {
        nom: [une for une in lu.lignes if une["niveau"] == nom]
        for nom in ("departement", "epci", "commune", "arrondissement")
    }
    communes = [une for une in niveaux["commune"] if une["code"] != "NR"]
    tete = communes[:COMMUNES]
    par_epci = table_territoires(
        ctx,
        lu,
        [*niveaux["epci"], *niveaux["departement"]],
        (f"{lu.cle}-epci", "Attributions et demandes pour une attribution par EPCI", "EPCI"),
    )
    par_commune = table_territoires(
        ctx,
        lu,
        tete,
        (f"{lu.cle}-commune", f"Les {len(tete)} communes où l'on attribue le plus", "Commune"),
        LIEUX,
    )
    return [
        *paragraphes(_premieres(tete)),
        *_carte(ctx, lu, communes, par_commune),
        par_epci,
        *([par_commune] if tete else []),
        *_arrondissements(ctx, lu, niveaux["arrondissement"]),
    ]


def table_territoires(
    ctx: Contexte,
    lu: TableauDe[Territoires],
    lignes: Sequence[Territoires],
    nom: tuple[str, str, str],
    lecture: str = "",
) -> Tableau:
    """Return attributions, demandes and their ratio by territory; `nom`: key, title, heading."""
    champs = (
        nombre("attributions", "Attributions de 12 mois"),
        avant("attributions"),
        evolution("attributions"),
        nombre("demandes_actives", "Demandes actives"),
        decimal("demandes_pour_une_attribution", "Demandes pour une attribution"),
        decimal("demandes_pour_une_attribution_hors_mutation", "… hors mutation"),
    )
    cle, titre, entete = nom
    mise = Mise(cle, titre, champs, entete, nom_court, lecture)
    return ctx.imprimer(lu, mise, lignes)


def nom_court(ligne: Territoires) -> str:
    """Return « 8e arrondissement » for Marseille 8e Arrondissement, else the name."""
    nom = ligne["libelle"]
    if ligne["niveau"] != "arrondissement":
        return nom
    return f"{nom.split()[-2]} arrondissement" if nom.endswith("Arrondissement") else nom


def _premieres(tete: list[Territoires]) -> str:
    dites = [
        f"{une['libelle']} ({compter(une['attributions'], 'attribution')})"
        for une in tete[:3]
        if valeur(une, "attributions")
    ]
    return phrase(f"communes où l'on attribue le plus : {enumerer(dites)}" if dites else "")


def _carte(
    ctx: Contexte, lu: TableauDe[Territoires], communes: list[Territoires], table: Tableau
) -> tuple[Bloc, ...]:
    fond = fond_de_carte(ctx.edition.departement, "commune", 620)
    if fond is None:
        return (
            Paragraphe("Ce département n'a pas de contours de communes : lire le tableau.", "note"),
        )
    titre = "Demandes pour une attribution, par commune"
    svg = dessiner_carte(fond, communes, TENSION, titre, lu.seuil, a_cote=True)
    description = (
        f"Une commune de moins de {entier(lu.seuil)} attributions est hachurée : son rapport ne "
        "dirait rien. Contours simplifiés, communes de 2026."
    )
    return (
        graphique(
            Legende(f"carte-{lu.cle}", titre, description),
            svg,
            table,
            "carte",
            ("Demandes pour une",),
        ),
    )


def _arrondissements(
    ctx: Contexte, lu: TableauDe[Territoires], lignes: list[Territoires]
) -> tuple[Bloc, ...]:
    if not lignes:
        return ()
    return (
        table_territoires(
            ctx,
            lu,
            sorted(lignes, key=lambda une: une["code"]),
            (
                f"{lu.cle}-arrondissement",
                "Attributions et demandes par arrondissement municipal",
                "Arrondissement",
            ),
        ),
    )
