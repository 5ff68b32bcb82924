"""Méthode et limites: perimeter, definitions, breaks in series, what cannot be said."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from infocentre.lecture.indicateurs import habitudes_changees, saisies_tardives
from infocentre.lecture.livraisons import resume
from infocentre.lecture.tableaux import LigneTableau, dire_secret
from infocentre.mesures.lignes_tableaux import DelaiAnormal, LogementDabord
from infocentre.noyau.francais import compter, entier, enumerer, minuscule, phrase, rapport
from infocentre.noyau.temps import dater, de_mois
from infocentre.noyau.types_guichet import EN_LIGNE
from infocentre.restitutions.bilan.absences import Cause
from infocentre.restitutions.bilan.contexte import Contexte
from infocentre.restitutions.bilan.publics import dire_doute, doutes
from infocentre.restitutions.document import Liste, Section
from infocentre.restitutions.tables import connu

ZONAGE = "QPV, géographie de 2024"
DEFINITIONS = (
    (
        "**Demande active** : demande enregistrée, ni radiée ni attribuée à l'arrêté. Sauf mention "
        "contraire, les personnes morales (associations) sont comprises ; les tableaux TAB03 les "
        "laissent de côté."
    ),
    (
        "**Mutation** : demande d'un ménage déjà locataire du parc social ; « hors mutation » "
        "désigne toutes les autres."
    ),
    (
        "**Attribution** : radiation de la demande parce qu'un bail a été signé, datée par la "
        "radiation, sur les 12 mois qui finissent à l'arrêté."
    ),
    "**Motif et commune** : seuls le premier motif et la première commune souhaitée comptent.",
    (
        "**Demandes pour une attribution** : demandes actives à l'arrêté rapportées aux "
        "attributions de 12 mois, toutes demandes et hors mutation."
    ),
    (
        "**Délai d'attribution** : celui que le SNE transmet, à défaut du dépôt à la signature du "
        "bail ; **ancienneté** : du dépôt à l'arrêté."
    ),
    (
        "**Taux d'anomalie** : anomalies rapportées à l'effectif concerné ; les définitions et "
        "leurs versions sont en annexe."
    ),
)
RUPTURES = (
    (
        "Les questions du formulaire de demande ont changé plusieurs fois depuis 2011 : une "
        "modalité peut manquer pour les demandes les plus anciennes, qui comptent alors comme non "
        "renseignées."
    ),
    (
        "Les quartiers prioritaires de la politique de la ville remplacent les zones urbaines "
        "sensibles depuis 2015, et leur géographie a changé en 2024 : une part en QPV ne se "
        "compare pas d'un zonage à l'autre."
    ),
    (
        "Chaque chiffre est celui de la livraison de son arrêté : ce qui est saisi plus tard n'y "
        "est pas, et n'est compté que dans les 12 mois des livraisons suivantes."
    ),
)

CAUSES = {
    Cause.NON_LIVRE: "faute de tables ou de colonnes livrées",
    Cause.ILLISIBLE: "faute de colonnes lisibles",
    Cause.NON_CALCULE: "faute d'avoir contrôlé ce mois depuis que ces tableaux existent",
    Cause.RIEN: "rien à compter dans la période, bien que les données soient livrées",
}


def chapitre(ctx: Contexte) -> Section:
    """Return the chapter."""
    return Section(
        "Méthode et limites",
        (),
        (
            Section("Périmètre et source", (Liste(_perimetre(ctx)),)),
            Section("Définitions", (Liste(DEFINITIONS),)),
            Section("Ruptures de série", (Liste(RUPTURES),)),
            Section("Ce que l'on ne peut pas dire", (Liste(tuple(limites(ctx))),)),
        ),
        page=True,
    )


def _perimetre(ctx: Contexte) -> tuple[str, ...]:
    e = ctx.edition
    livraison = e.v.version.publiee(e.departement, ctx.mois)
    ouverts = [une for une in ctx.guichets if _ouvert(ctx, une["date_fermeture"])]
    guichets = [une for une in ouverts if une["type_guichet"] != EN_LIGNE]
    dites = [
        (
            f"Extrait mensuel du système national d'enregistrement (SNE), données arrêtées au "
            f"{dater(ctx.arrete)}, département {e.departement.removeprefix('0')} ({e.territoire})."
        ),
        f"{compter(len(guichets), 'guichet ouvert', 'guichets ouverts')} au registre à cette date.",
        f"Zonage : {ZONAGE}, tel que la livraison le porte.",
    ]
    if livraison:
        dit = resume(e.v, livraison)
        dites.append(
            f"Livraison contrôlée : {entier(dit['lues'])} lignes lues, "
            f"{compter(dit['rejetees'], 'rejetée', 'rejetées')}."
        )
    return tuple(dites)


def _ouvert(ctx: Contexte, fermeture: object) -> bool:
    return fermeture is None or fermeture > ctx.arrete  # type: ignore[operator]


def limites(ctx: Contexte) -> list[str]:
    """Return what the data of this month do not allow to say, in the order of the document."""
    dites = [
        ctx.edition.provisoire,
        _sans_passe(ctx),
        *_absents(ctx),
        *_reglages(ctx),
        *_fiabilite(ctx),
        _tardives(ctx),
        _masques(ctx),
    ]
    return [une for une in dites if une]


def _sans_passe(ctx: Contexte) -> str:
    if ctx.compare:
        return ""
    return (
        f"Les données {de_mois(ctx.mois_avant)} ne sont pas publiées : aucune évolution sur un "
        "an ne peut être donnée."
    )


def _absents(ctx: Contexte) -> Iterator[str]:
    """Say apart what was not delivered, what the month did not count yet, what did not happen."""
    absences = ctx.absences()
    for cause, debut in CAUSES.items():
        titres = [minuscule(une.tableau.titre) for une in absences if une.cause is cause]
        if titres:
            yield phrase(f"{debut} : {enumerer(titres)}")


def _reglages(ctx: Contexte) -> list[str]:
    """Say which settings are missing, without which figures say less than they could."""
    dites = []
    delai, logement = ctx.lire(DelaiAnormal), ctx.lire(LogementDabord)
    if delai.lignes and delai.ensemble.get("delai_mois") is None:
        dites.append(
            "Combien de demandes dépassent le délai anormalement long : il n'est pas réglé pour le "
            "département."
        )
    if logement.lignes and logement.ensemble.get("objectif_annuel") is None:
        dites.append(
            "Si l'objectif du Logement d'abord est tenu : il n'est pas réglé pour le département."
        )
    return dites


def _fiabilite(ctx: Contexte) -> list[str]:
    douteux = [dire_doute(une) for une in doutes(ctx)]
    if not douteux:
        return []
    return [
        phrase(
            "chiffres à lire avec réserve, parce que des données manquent : " + enumerer(douteux)
        )
    ]


def _tardives(ctx: Contexte) -> str:
    e = ctx.edition
    if not saisies_tardives(e.v, e.departement, ctx.mois):
        return ""
    return (
        f"Combien d'actes {de_mois(ctx.mois)} ont vraiment eu lieu : une partie est "
        "probablement saisie plus tard"
        + (
            ", et les habitudes de saisie ont trop changé pour l'estimer."
            if habitudes_changees(e.v, e.departement, ctx.mois)
            else "."
        )
    )


def _masques(ctx: Contexte) -> str:
    if not ctx.partage:
        return ""
    lus = ctx.tous()
    masquees = sum(lu.masquees or 0 for lu in lus)
    cellules = sum(_nombres(lu.lignes) for lu in lus)
    if not masquees:
        return ""
    return phrase(
        f"les petits nombres : {dire_secret(ctx.seuil)}, marqué « s » : "
        f"{rapport(masquees, masquees + cellules, unite='case')} des tableaux standards"
    )


def _nombres(lignes: Sequence[LigneTableau]) -> int:
    return sum(isinstance(v, int) and connu(v) is not None for une in lignes for v in une.values())
