"""Publics prioritaires et mixité: DALO by réservataire, LEC both ways by EPCI, Logement d'abord."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from infocentre.lecture.commun import indicateurs
from infocentre.lecture.tableaux import TableauDe, chiffre
from infocentre.mesures.declarations import Role, role_du_genre
from infocentre.mesures.lignes_tableaux import (
    Arrondissements,
    DaloEnAttente,
    FormeMixite,
    LogementDabord,
    MixiteEnQpv,
    MixiteHorsQpv,
    Nommee,
    Prioritaires,
    Territoires,
)
from infocentre.mesures.tableaux import tableaux
from infocentre.noyau.etats import Etat
from infocentre.noyau.francais import entier, minuscule, pourcent, pourcentage
from infocentre.restitutions.bilan.commun import ligne, valeur
from infocentre.restitutions.bilan.contexte import Contexte
from infocentre.restitutions.bilan.releve import Valeur
from infocentre.restitutions.document import Bloc, Section, Tableau
from infocentre.restitutions.figures import SANS_REPONSE, objectif_commun
from infocentre.restitutions.images import Legende, part_et_compte
from infocentre.restitutions.redaction import Contenu
from infocentre.restitutions.tables import ENSEMBLE

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
)
EN_QPV = Cote(
    MixiteEnQpv,
    "En QPV : quartiles 2 à 4",
    "quartiles_2_a_4",
    "Quartiles 2 à 4",
    "attributions_en_qpv",
    "Attributions en QPV",
)


@dataclass(frozen=True, slots=True)
class Objectif:
    """Attributions that go to a public, out of all, against an objective if any.

    `lignes` are the places or réservataires whose share may be told, the highest first; `masquees`
    counts the others. `connue` is the share of those whose income is known. `deduites`: by name of
    those that are masked, whether they reach the objective, where what is printed tells it.
    """

    absence: Bloc | None
    n: float | None = None
    d: float | None = None
    avant: float | None = None
    objectif: float | None = None
    lignes: Sequence[Nommee] = ()
    masquees: int = 0
    image: Bloc | None = None
    table: Tableau | None = None
    doutes: Sequence[str] = ()
    connue: float | None = None
    deduites: Mapping[str, bool] = field(default_factory=dict)

    @property
    def part(self) -> float | None:
        """Share of the attributions, None when it may not be told."""
        return None if self.n is None or not self.d else self.n / self.d

    @property
    def commun(self) -> float | None:
        """The objective that all the rows have, None where some have one of their own."""
        return objectif_commun(self.lignes)

    def sous(self, colonne: str) -> list[str]:
        """Return the names of those whose share is under their objective, said where it is own."""
        return [
            une["libelle"] if self.commun is not None else f"{une['libelle']} ({pourcent(vise)})"
            for une in self.lignes
            if (vise := chiffre(une, "objectif")) is not None and chiffre(une, colonne) < vise
        ]


@dataclass(frozen=True, slots=True)
class LogementDAbord:
    """Attributions to people without a home since January (`annee`) and in 12 months.

    `du`: those that the objective of the year asks for by now, the last one whole.
    """

    absence: Bloc | None
    annee: float | None = None
    toutes_annee: float | None = None
    douze_mois: float | None = None
    toutes_douze_mois: float | None = None
    avant: float | None = None
    objectif: float | None = None
    du: int | None = None
    table: Tableau | None = None
    table_objectif: Tableau | None = None


@dataclass(frozen=True, slots=True)
class EnAttente:
    """The demandes of households recognised DALO, and since when they were deposited."""

    absence: Bloc | None
    total: float | None = None
    depuis_un_an: float | None = None
    mediane: float | None = None
    image: Bloc | None = None
    table: Tableau | None = None


@dataclass(frozen=True)
class Publics(Contenu):
    """The figures of the chapter."""

    modele = "bilan/publics.md"

    annee: str
    dalo: EnAttente
    prioritaires: Objectif
    arrondissements: Objectif
    hors_qpv: Objectif
    en_qpv: Objectif
    logement: LogementDAbord


def chapitre(ctx: Contexte) -> Section:
    """Return the chapter."""
    return Publics(
        annee=ctx.mois[:4],
        dalo=_en_attente(ctx),
        prioritaires=menages_prioritaires(ctx),
        arrondissements=_arrondissements(ctx),
        hors_qpv=_mixite(ctx, HORS_QPV),
        en_qpv=_mixite(ctx, EN_QPV),
        logement=_logement_dabord(ctx),
    ).section()


def _partagees(lignes: Sequence[Nommee], colonne: str, total: str) -> tuple[list[Nommee], int]:
    """Return the rows whose share may be told, the highest first, and how many may not."""
    reelles = [
        une
        for une in lignes
        if une["code"] not in {*SANS_REPONSE, "*"} and chiffre(une, total) not in {0, None}
    ]
    connues = [une for une in reelles if valeur(une, colonne) is not None]
    connues.sort(key=lambda une: -chiffre(une, colonne))
    return connues, len(reelles) - len(connues)


# --- DALO -----------------------------------------------------------------------------------------


def _en_attente(ctx: Contexte) -> EnAttente:
    absence = ctx.manque("dalo_en_attente")
    if absence:
        return EnAttente(absence)
    lu = ctx.lire(DaloEnAttente)
    table = ctx.imprimer(lu)
    legende = Legende(f"image-{lu.cle}", "Ménages DALO en attente, selon l'ancienneté", "")
    return EnAttente(
        None,
        valeur(lu.ensemble, "demandes"),
        valeur(ligne(lu, "A1"), "attente_au_moins"),
        valeur(lu.ensemble, "anciennete_mediane_mois"),
        part_et_compte(
            lu.modalites, legende, table, ("part_demandes", "demandes", "demandes_ensemble")
        ),
        table,
    )


def menages_prioritaires(ctx: Contexte) -> Objectif:
    """Return the attributions to ménages prioritaires, by réservataire."""
    absence = ctx.manque("prioritaires")
    if absence:
        return Objectif(absence)
    lu, passe = ctx.lire(Prioritaires), ctx.lire_avant(Prioritaires)
    table = ctx.imprimer(lu)
    tout = lu.ensemble
    image = part_et_compte(
        lu.modalites,
        Legende(f"image-{lu.cle}", "Part des ménages prioritaires, par réservataire", ""),
        table,
        ("part_prioritaires", "prioritaires", "attributions"),
        vise=True,
    )
    lignes, masquees = _partagees(lu.modalites, "part_prioritaires", "attributions")
    return Objectif(
        None,
        valeur(tout, "prioritaires"),
        valeur(tout, "attributions"),
        valeur(passe.ensemble, "part_prioritaires") if passe else None,
        tout.get("objectif"),
        lignes,
        masquees,
        image,
        table,
        _douteuses(ctx, "prioritaires"),
    )


def _arrondissements(ctx: Contexte) -> Objectif:
    absence = ctx.manque("arrondissements")
    if absence:
        return Objectif(absence)
    lu, passe = ctx.lire(Arrondissements), ctx.lire_avant(Arrondissements)
    table = ctx.imprimer(lu)
    tout = lu.ensemble
    lignes, masquees = _partagees(lu.modalites, "part_prioritaires", "attributions")
    return Objectif(
        None,
        valeur(tout, "prioritaires"),
        valeur(tout, "attributions"),
        valeur(passe.ensemble, "part_prioritaires") if passe else None,
        tout.get("objectif"),
        lignes,
        masquees,
        None,
        table,
        (),
    )


# --- Égalité et citoyenneté -----------------------------------------------------------------------


def _mixite(ctx: Contexte, cote: Cote) -> Objectif:
    absence = ctx.manque(cote.role)
    if absence:
        return Objectif(absence)
    lu, passe = ctx.lire(cote.de), ctx.lire_avant(cote.de)
    lignes = _dans_l_ordre(ctx, lu)
    table = ctx.imprimer(lu, lignes)
    tout = lu.ensemble
    objectif = tout.get("objectif")
    image = part_et_compte(
        [une for une in lignes if une["code"] not in SANS_REPONSE],
        Legende(f"image-{lu.cle}", f"{cote.titre}, par EPCI", ""),
        table,
        ("part_du_total", cote.voulues, cote.total),
        vise=True,
    )
    partagees, masquees = _partagees(lignes, "part_du_total", cote.total)
    return Objectif(
        None,
        valeur(tout, cote.voulues),
        valeur(tout, cote.total),
        valeur(passe.ensemble, "part_du_total") if passe else None,
        objectif,
        partagees,
        masquees,
        image,
        table,
        _douteuses(ctx, cote.role),
        valeur(tout, "part_revenu_connu"),
        deduire(lignes, cote.voulues, cote.total),
    )


def deduire(lignes: Sequence[FormeMixite], voulues: str, toutes: str) -> dict[str, bool]:
    """Return the masked rows that what is printed puts over their objective (True), or under it.

    Of `toutes` the attributions, `voulues` are those that the objective is of.
    """
    siennes, en_tout, autres = (
        _bornes(lignes, *noms) for noms in ((voulues,), (toutes,), (toutes, voulues))
    )
    dites = {}
    for rang, une in enumerate(lignes):
        masquee = None in (valeur(une, voulues), valeur(une, toutes))
        objectif = valeur(une, "objectif")
        if une["code"] == ENSEMBLE or not masquee or objectif is None:
            continue
        moins, plus = en_tout[rang]
        if min(siennes[rang][1], plus) < objectif * moins:
            dites[une["libelle"]] = False
        elif max(siennes[rang][0], moins - autres[rang][1]) >= objectif * plus:
            dites[une["libelle"]] = True
    return dites


def _bornes(lignes: Sequence[FormeMixite], *noms: str) -> list[tuple[float, float]]:
    """Return the least and the most that a count may be in each row, by what is printed.

    With a second column, of what it leaves of the first, which may be nothing; a masked count is 1
    at least.
    """
    dits = [_lire(une, *noms) for une in lignes]
    total = next((dits[n] for n, une in enumerate(lignes) if une["code"] == ENSEMBLE), None)
    parts = [dits[n] for n, une in enumerate(lignes) if une["code"] != ENSEMBLE]
    moins = 1 if len(noms) == 1 else 0
    connues = sum(un for un in parts if un is not None) + moins * (parts.count(None) - 1)
    plus = math.inf if total is None else max(total - connues, moins)
    return [(moins, plus) if un is None else (un, un) for un in dits]


def _lire(une: FormeMixite, nom: str, retire: str = "") -> float | None:
    """Return a count, less another one; None when either is masked."""
    tout, part = valeur(une, nom), valeur(une, retire) if retire else 0
    return None if tout is None or part is None else tout - part


def _dans_l_ordre(ctx: Contexte, lu: TableauDe[FormeMixite]) -> list[FormeMixite]:
    """Return the rows of EPCI in the order of the other chapters: that of their demandes."""
    epcis = [une["code"] for une in ctx.lire(Territoires).lignes if une["niveau"] == "epci"]
    rangs = {code: rang for rang, code in enumerate(epcis) if code != "NR"}
    fin = len(rangs)
    return sorted(
        lu.lignes, key=lambda une: (rangs.get(une["code"], fin), une["code"] == "*", une["code"])
    )


# --- Logement d'abord -----------------------------------------------------------------------------


def _logement_dabord(ctx: Contexte) -> LogementDAbord:
    absence = ctx.manque("logement_dabord")
    if absence:
        return LogementDAbord(absence)
    lu, passe = ctx.lire(LogementDabord), ctx.lire_avant(LogementDabord)
    tout = lu.ensemble
    objectif, prorata = tout.get("objectif_annuel"), valeur(tout, "prorata")
    return LogementDAbord(
        None,
        valeur(tout, "attributions_annee"),
        valeur(tout, "toutes_attributions_annee"),
        valeur(tout, "attributions_12_mois"),
        valeur(tout, "toutes_attributions_12_mois"),
        valeur(ligne(passe, "*"), "attributions_12_mois"),
        objectif,
        None if prorata is None else math.ceil(prorata - 1e-9),
        ctx.imprimer(lu),
        ctx.imprimer(lu, [tout], sorte="objectif") if objectif is not None else None,
    )


# --- Reliability ----------------------------------------------------------------------------------


def _douteuses(ctx: Contexte, role: Role) -> list[str]:
    return [dire_doute(une) for une in doutes(ctx, role)]


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
