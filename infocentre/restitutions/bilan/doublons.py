"""Doublons: what was decided, deleted, seen again, forced, and where they are; masked together."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from infocentre.lecture.doublons.bilan import Bilan, bilan_des_doublons
from infocentre.lecture.doublons.paires import NIVEAUX
from infocentre.lecture.doublons.qualite import Frequence
from infocentre.lecture.partage import seuil_secret
from infocentre.mesures.diffusions import Registre, Systeme, completer, masquer_et_inscrire
from infocentre.mesures.secret import Somme
from infocentre.restitutions import entetes
from infocentre.restitutions.bilan.contexte import Contexte
from infocentre.restitutions.document import Cellule, Section, Tableau
from infocentre.restitutions.redaction import Contenu

ENSEMBLE = "*"
Cle = tuple[str, str]
SUITES: Mapping[str, str] = {
    "cas": "Cas ouverts",
    "confiees": "Suppressions confiées à un guichet",
    "executees": "Suppressions dites faites",
    "constatees": "Suppressions constatées par une livraison",
    "reapparues": "Demandes supprimées puis réapparues",
    "corrections": "Corrections d'identité demandées",
    "corrigees": "Corrections d'identité constatées par une livraison",
}


@dataclass(frozen=True, slots=True)
class Forcages:
    """Creations forced past the alert: judged, of one person, and what it tells of all of them.

    A count is None when it is masked; the share and its bounds are then None too.
    """

    juges: int | None
    injustifies: int | None
    taux: float | None
    marge: tuple[float, float] | None


@dataclass(frozen=True)
class Doublons(Contenu):
    """The tables of the semester, of the precision and of the EPCI, and what was forced.

    `a_relire`: pairs drawn that are left to decide before the precision is told.
    """

    modele = "bilan/doublons.md"

    suites: Tableau
    justesse: Tableau | None
    a_relire: int
    forcages: Forcages | None
    lieux: Tableau | None


def sections(ctx: Contexte) -> tuple[Section, ...]:
    """Return the section, none while nothing was decided of any, nor for partners."""
    e = ctx.edition
    if ctx.organismes is not None or ctx.epcis is not None or not ctx.comite:
        return ()
    fait = bilan_des_doublons(e.v, e.departement, ctx.semestre, ctx.mois)
    if fait is None:
        return ()
    caches = _masquer(ctx, fait) if ctx.partage else frozenset[Cle]()
    section = Doublons(
        suites=_suites(fait, caches),
        justesse=_justesse(fait, caches),
        a_relire=sum(un.a_relire for un in fait.justesses.values() if not un.marge),
        forcages=_forcages(fait, caches),
        lieux=_lieux(ctx, fait, caches),
    ).section()
    return (section,)


# --- Secret statistique ---------------------------------------------------------------------------


def comptes(fait: Bilan) -> Systeme:
    """Return every count that is told, and those that they give, bound by their sums."""
    valeurs: dict[Cle, int] = {(nom, ENSEMBLE): getattr(fait, nom) for nom in SUITES}
    valeurs |= _parts(
        {niveau.value: (un.oui, un.sur) for niveau, un in fait.justesses.items()}, "paires"
    )
    sommes = _sommes("paires", [niveau.value for niveau in fait.justesses])
    if fait.forcages:
        juges = fait.forcages.revues
        valeurs |= {
            ("forcages oui", ENSEMBLE): juges.oui,
            ("forcages non", ENSEMBLE): juges.sur - juges.oui,
            ("forcages sur", ENSEMBLE): juges.sur,
        }
        sommes += [_somme("forcages sur", "forcages oui", "forcages non", ENSEMBLE)]
    if fait.ensemble:
        lieux = {une.code: (une.doubles, une.actives) for une in fait.epci}
        ailleurs = (
            fait.ensemble.doubles - sum(une.doubles for une in fait.epci),
            fait.ensemble.actives - sum(une.actives for une in fait.epci),
        )
        valeurs |= _parts({**lieux, "": ailleurs}, "lieux")
        sommes += _sommes("lieux", [*lieux, ""])
    # Another threshold makes other duplicates of the same demandes: what is between is people.
    reglages = {une: fait.seuil for une in valeurs if une[0] in {"lieux oui", "lieux non"}}
    return Systeme(valeurs, completer(valeurs, sommes), reglages=reglages)


def _parts(lues: Mapping[str, tuple[int, int]], quoi: str) -> dict[Cle, int]:
    """Return what is, what is not and both, of each place and of all."""
    total = (sum(oui for oui, _ in lues.values()), sum(sur for _, sur in lues.values()))
    valeurs: dict[Cle, int] = {}
    for nom, (oui, sur) in {**lues, ENSEMBLE: total}.items():
        valeurs |= {
            (f"{quoi} oui", nom): oui,
            (f"{quoi} non", nom): sur - oui,
            (f"{quoi} sur", nom): sur,
        }
    return valeurs


def _sommes(quoi: str, noms: Sequence[str]) -> list[Somme]:
    colonnes = [f"{quoi} {un}" for un in ("oui", "non", "sur")]
    lignes = [_somme(f"{quoi} sur", f"{quoi} oui", f"{quoi} non", nom) for nom in (*noms, ENSEMBLE)]
    return [Somme((un, ENSEMBLE), tuple((un, nom) for nom in noms)) for un in colonnes] + lignes


def _somme(total: str, oui: str, non: str, nom: str) -> Somme:
    return Somme((total, nom), ((oui, nom), (non, nom)))


def _masquer(ctx: Contexte, fait: Bilan) -> frozenset[Cle]:
    e = ctx.edition
    sujet = Registre(e.v.dossier.diffusions / e.departement / "doublons" / ctx.mois)
    return masquer_et_inscrire(sujet, comptes(fait), seuil_secret(e.v))


# --- Tables ---------------------------------------------------------------------------------------


def _compte(nombre: int, cle: Cle, caches: Collection[Cle]) -> Cellule:
    return Cellule(masquee=True) if cle in caches else Cellule(nombre)


def _suites(fait: Bilan, caches: Collection[Cle]) -> Tableau:
    lignes = [
        (Cellule(titre), _compte(getattr(fait, nom), (nom, ENSEMBLE), caches))
        for nom, titre in SUITES.items()
    ]
    colonnes = entetes.colonnes("doublons-suites", "quoi", "nombre")
    return Tableau("doublons-suites", "", colonnes, tuple(lignes))


def _justesse(fait: Bilan, caches: Collection[Cle]) -> Tableau | None:
    """Return the precision by tier, of which a draw is decided; not where a count is masked."""
    lignes = []
    for niveau, un in fait.justesses.items():
        if un.marge is None:
            continue
        oui, sur = ("paires oui", niveau.value), ("paires sur", niveau.value)
        tait = oui in caches or sur in caches
        taux = (un.taux, *un.marge)
        lignes.append(
            (
                Cellule(NIVEAUX[niveau]),
                _compte(un.sur, sur, caches),
                _compte(un.oui, oui, caches),
                *(Cellule(masquee=True) if tait else Cellule(lu) for lu in taux),
            )
        )
    colonnes = entetes.colonnes(
        "doublons-justesse", "paires", "sur", "oui", "taux", "au_moins", "au_plus"
    )
    return Tableau("doublons-justesse", "", colonnes, tuple(lignes)).ou_rien


def _forcages(fait: Bilan, caches: Collection[Cle]) -> Forcages | None:
    une = fait.forcages
    if une is None:
        return None
    tait = ("forcages oui", ENSEMBLE) in caches
    return Forcages(
        None if ("forcages sur", ENSEMBLE) in caches else une.revues.sur,
        None if tait else une.revues.oui,
        None if tait else une.taux,
        None if tait else une.marge,
    )


def _lieux(ctx: Contexte, fait: Bilan, caches: Collection[Cle]) -> Tableau | None:
    if fait.ensemble is None:
        return None
    toutes = [*fait.epci, fait.ensemble]
    colonnes = entetes.colonnes("doublons-epci", "epci", "actives", "doubles", "pour_mille")
    return Tableau(
        "doublons-epci",
        "",
        colonnes,
        tuple(_lieu(une, caches) for une in toutes),
        source=ctx.source("recherche des doublons"),
        totaux=frozenset({len(toutes) - 1}),
    )


def _lieu(une: Frequence, caches: Collection[Cle]) -> tuple[Cellule, ...]:
    oui = ("lieux oui", une.code)
    sur = ("lieux sur", une.code)
    tait = oui in caches or sur in caches
    return (
        Cellule(une.nom),
        _compte(une.actives, sur, caches),
        _compte(une.doubles, oui, caches),
        Cellule(masquee=True) if tait else Cellule(une.pour_mille),
    )
