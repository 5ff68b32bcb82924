"""Publics prioritaires et mixité: DALO by réservataire, LEC both ways by EPCI, Logement d'abord."""

from __future__ import annotations

from dataclasses import dataclass

from infocentre.lecture.commun import indicateurs
from infocentre.lecture.tableaux import TableauDe
from infocentre.mesures.declarations import Role, role_du_genre
from infocentre.mesures.lignes_tableaux import (
    Arrondissements,
    FormeMixite,
    LogementDabord,
    MixiteEnQpv,
    MixiteHorsQpv,
    Prioritaires,
)
from infocentre.mesures.tableaux import tableaux
from infocentre.noyau.etats import Etat
from infocentre.noyau.francais import (
    accord,
    entier,
    enumerer,
    minuscule,
    phrase,
    pourcentage,
    rapport,
)
from infocentre.restitutions.bilan.commun import ou_absent, paragraphes, valeur
from infocentre.restitutions.bilan.contexte import Contexte
from infocentre.restitutions.bilan.releve import Valeur
from infocentre.restitutions.document import Bloc, Paragraphe, Section
from infocentre.restitutions.images import Legende, part_et_compte
from infocentre.restitutions.tables import Mise, avant, decimal, evolution, nombre, part

DITS: dict[str, str] = {
    Etat.ORANGE: "en orange",
    Etat.ROUGE: "en rouge",
    Etat.A_TRAITER: Etat.A_TRAITER.mot,
    Etat.NON_CALCULABLE: Etat.NON_CALCULABLE.mot,
}
DOUTEUX = frozenset(DITS)


@dataclass(frozen=True, slots=True)
class Cote:
    """One side of Égalité et citoyenneté, in its table."""

    de: type[FormeMixite]
    titre: str
    voulues: str
    nom_voulues: str
    total: str
    nom_total: str
    quoi: str

    @property
    def role(self) -> Role:
        """Return the role of its table."""
        return role_du_genre(self.de)


HORS_QPV = Cote(
    MixiteHorsQpv,
    "Hors QPV : premier quartile et relogements ANRU",
    "premier_quartile_ou_anru",
    "Premier quartile ou ANRU",
    "attributions_hors_qpv",
    "Attributions hors QPV",
    "des attributions hors QPV suivies d'un bail vont au premier quartile ou à un relogement ANRU",
)
EN_QPV = Cote(
    MixiteEnQpv,
    "En QPV : quartiles 2 à 4",
    "quartiles_2_a_4",
    "Quartiles 2 à 4",
    "attributions_en_qpv",
    "Attributions en QPV",
    "des attributions en QPV suivies d'un bail vont aux quartiles 2 à 4",
)


def chapitre(ctx: Contexte) -> Section:
    """Return the chapter."""
    return Section(
        "Publics prioritaires et mixité",
        (),
        (
            Section(
                "DALO et ménages prioritaires, par réservataire",
                ou_absent(ctx, "prioritaires", _prioritaires(ctx)),
            ),
            Section(
                "Réalisé et objectifs par arrondissement",
                ou_absent(ctx, "arrondissements", _arrondissements(ctx)),
            ),
            *(
                Section(un.titre, ou_absent(ctx, un.role, _mixite(ctx, un)))
                for un in (HORS_QPV, EN_QPV)
            ),
            Section(
                "Le Logement d'abord", ou_absent(ctx, "logement_dabord", _logement_dabord(ctx))
            ),
        ),
        page=True,
    )


# --- DALO -----------------------------------------------------------------------------------------


def _prioritaires(ctx: Contexte) -> list[Bloc]:
    lu = ctx.lire(Prioritaires)
    champs = (
        nombre("attributions", "Attributions de 12 mois"),
        nombre("prioritaires", "Ménages prioritaires"),
        part("part_prioritaires", "Part"),
        nombre("manquantes", "Manquantes pour l'objectif"),
        nombre("dalo", "dont DALO"),
        part("part_dalo", "Part DALO"),
        evolution("prioritaires", "Prioritaires, en un an"),
    )
    objectif = lu.ensemble.get("objectif")
    table = ctx.imprimer(
        lu,
        Mise(lu.cle, lu.tableau.titre, champs, "Réservataire", lecture=_lecture(objectif)),
    )
    dite = _phrase_prioritaires(lu)
    legende = Legende(
        f"image-{lu.cle}",
        "Part des ménages prioritaires dans les attributions de chaque réservataire",
        "",
    )
    image = part_et_compte(
        lu.modalites,
        legende,
        table,
        ("part_prioritaires", "prioritaires", "attributions"),
        objectif,
    )
    return [*paragraphes(dite), image, table, *_reserves(ctx, "prioritaires")]


def _lecture(objectif: float | None) -> str:
    vise = "" if objectif is None else f"Objectif de {pourcentage(objectif, 0)} (CCH L.441-1). "
    return vise + "Les ménages prioritaires comprennent les ménages DALO."


def _phrase_prioritaires(lu: TableauDe[Prioritaires]) -> str:
    tout = lu.ensemble
    n, d, objectif = (valeur(tout, nom) for nom in ("prioritaires", "attributions", "objectif"))
    if n is None or not d:
        return ""
    dessous = [
        f"{minuscule(une['libelle'])} ({rapport(une['prioritaires'], une['attributions'])})"
        for une in lu.modalites
        if une["code"] != "NR"
        and objectif is not None
        and valeur(une, "attributions")
        and (part_ := valeur(une, "part_prioritaires")) is not None
        and part_ < objectif
    ]
    suite = ""
    if objectif is not None:
        suite = (
            f" ; sous l'objectif de {pourcentage(objectif, 0)} : {enumerer(dessous)}"
            if dessous
            else f" ; aucun réservataire n'est sous l'objectif de {pourcentage(objectif, 0)}"
        )
    dits = rapport(n, d, unite="attribution")
    return phrase(f"{dits} {accord(n, 'va', 'vont')} à des ménages prioritaires{suite}")


def _arrondissements(ctx: Contexte) -> list[Bloc]:
    lu = ctx.lire(Arrondissements)
    regle = any(une.get("objectif_annuel") is not None for une in lu.lignes)
    champs = (
        nombre("attributions", "Attributions de 12 mois"),
        nombre("prioritaires", "Ménages prioritaires"),
        part("part_prioritaires", "Part"),
        nombre("manquantes", "Manquantes pour l'objectif"),
        nombre("logement_dabord_annee", "Logement d'abord depuis le 1er janvier"),
        nombre("toutes_attributions_annee", "sur toutes attributions"),
        *(
            [
                nombre("objectif_annuel", "Objectif de l'année"),
                decimal("prorata", "Au prorata des mois écoulés"),
            ]
            if regle
            else []
        ),
    )
    mise = Mise(
        lu.cle,
        lu.tableau.titre,
        champs,
        "Arrondissement",
        lecture="L'arrondissement est celui de la sous-préfecture dont dépend la commune "
        "du logement.",
    )
    return [ctx.imprimer(lu, mise)]


# --- Égalité et citoyenneté -----------------------------------------------------------------------


def _mixite(ctx: Contexte, cote: Cote) -> list[Bloc]:
    lu = ctx.lire(cote.de)
    connu = f"{cote.total}_revenu_connu"
    champs = (
        nombre(cote.voulues, cote.nom_voulues),
        nombre(cote.total, cote.nom_total),
        part("part_du_total", "Part, revenu inconnu compté comme un non"),
        nombre(connu, "Revenu connu"),
        part("part_revenu_connu", "Part, revenu inconnu laissé de côté"),
        avant(cote.voulues),
        part("objectif", "Objectif"),
    )
    table = ctx.imprimer(
        lu,
        Mise(
            lu.cle,
            lu.tableau.titre,
            champs,
            "EPCI du logement",
            lecture="Zonage de la livraison : QPV, génération 2024. Les deux parts "
            "encadrent ce que l'on sait des revenus.",
        ),
    )
    objectif = lu.ensemble.get("objectif")
    dite = _phrase_mixite(lu, cote)
    legende = Legende(f"image-{lu.cle}", f"{cote.titre}, par EPCI", "")
    image = part_et_compte(
        lu.lignes, legende, table, ("part_du_total", cote.voulues, cote.total), objectif
    )
    return [*paragraphes(dite), image, table, *_reserves(ctx, cote.role)]


def _phrase_mixite(lu: TableauDe[FormeMixite], cote: Cote) -> str:
    tout = lu.ensemble
    n, d, objectif = (valeur(tout, nom) for nom in (cote.voulues, cote.total, "objectif"))
    if n is None or not d:
        return ""
    connue = valeur(tout, "part_revenu_connu")
    suite = f" ; {pourcentage(connue)} quand le revenu est connu" if connue is not None else ""
    vise = f" ; objectif : {pourcentage(objectif, 0)}" if objectif is not None else ""
    return phrase(f"{pourcentage(n / d)} {cote.quoi} ({entier(n)} sur {entier(d)}){suite}{vise}")


# --- Logement d'abord -----------------------------------------------------------------------------


def _logement_dabord(ctx: Contexte) -> list[Bloc]:
    lu = ctx.lire(LogementDabord)
    champs = (
        nombre("attributions_annee", "Depuis le 1er janvier"),
        nombre("toutes_attributions_annee", "Toutes attributions"),
        part("part_annee", "Part"),
        nombre("attributions_12_mois", "Sur 12 mois"),
        nombre("toutes_attributions_12_mois", "Toutes attributions"),
        part("part_12_mois", "Part"),
        evolution("attributions_12_mois", "Sur 12 mois, en un an"),
    )
    table = ctx.imprimer(lu, Mise(lu.cle, lu.tableau.titre, champs, "Logement précédent"))
    return [
        *paragraphes(_phrase_logement(lu)),
        *_sans_objectif(lu),
        table,
        *_objectif_logement(ctx, lu),
    ]


def _phrase_logement(lu: TableauDe[LogementDabord]) -> str:
    tout = lu.ensemble
    n, d = valeur(tout, "attributions_annee"), valeur(tout, "toutes_attributions_annee")
    if n is None or not d:
        return ""
    return phrase(
        f"depuis le 1er janvier, {rapport(n, d, unite='attribution')} "
        f"{accord(n, 'va', 'vont')} à des ménages sans abri, en "
        "structure d'hébergement ou à l'hôtel"
    )


def _sans_objectif(lu: TableauDe[LogementDabord]) -> tuple[Bloc, ...]:
    if lu.ensemble.get("objectif_annuel") is not None:
        return ()
    return (
        Paragraphe(
            "L'objectif annuel du département n'est pas réglé (logement_dabord_objectif dans "
            "reglages.yml) : le réalisé n'est rapporté à rien.",
            "alerte",
        ),
    )


def _objectif_logement(ctx: Contexte, lu: TableauDe[LogementDabord]) -> tuple[Bloc, ...]:
    tout = lu.ensemble
    if tout.get("objectif_annuel") is None:
        return ()
    champs = (
        nombre("attributions_annee", "Réalisé depuis le 1er janvier"),
        nombre("objectif_annuel", "Objectif de l'année"),
        decimal("prorata", "Au prorata des mois écoulés"),
        part("realise_sur_prorata", "Réalisé sur prorata"),
    )
    mise = Mise(f"{lu.cle}-objectif", "Logement d'abord : réalisé et objectif", champs, "Champ")
    return (ctx.imprimer(lu, mise, [tout]),)


# --- Reliability ----------------------------------------------------------------------------------


def _reserves(ctx: Contexte, role: Role) -> tuple[Bloc, ...]:
    """Say which indicators make the figures above doubtful; nothing when none does."""
    douteuses = doutes(ctx, role)
    if not douteuses:
        return ()
    dites = enumerer([dire_doute(une) for une in douteuses])
    return (Paragraphe(f"Fiabilité : {dites}.", "note"),)


def doutes(ctx: Contexte, role: Role | None = None) -> list[Valeur]:
    """Return the indicators that make the figures of a table, or of any, doubtful."""
    releve = ctx.relever()
    code = tableaux().code(role) if role else None
    lues = [
        releve(un.code) for un in indicateurs() if un.fiabilise and code in {None, *un.fiabilise}
    ]
    return [une for une in lues if une is not None and une.etat in DOUTEUX]


def dire_doute(une: Valeur) -> str:
    """Return « attributions sans numéro RPLS (en orange : 172 sur 2 709, soit 6,3 %) »."""
    suite = ""
    if une.taux is not None and une.n is not None and une.d:
        suite = f" : {entier(une.n)} sur {entier(une.d)}, soit {pourcentage(une.taux)}"
    return f"{minuscule(une.un.libelle)} ({DITS[une.etat]}{suite})"
