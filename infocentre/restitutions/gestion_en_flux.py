"""The bilan of the gestion en flux: what a bailleur attributed for one réservataire in a year.

Due before 28 February (CCH R.441-5). Whole counts: those of attributions that the bailleur made for
this réservataire, which both know one by one, and no figure of anybody else. A type of réservataire
that is several organismes is told to the bailleur alone, who knows which is whose.
"""

from __future__ import annotations

import datetime as dt
import statistics
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from infocentre.acces.politique import LECTEURS
from infocentre.contrat.territoires import territoires
from infocentre.lecture.commun import mois_controles, registre
from infocentre.lecture.reservataires import Attribution, Flux, attributions_en_flux
from infocentre.lecture.reservataires_masques import INCONNU
from infocentre.noyau.erreurs import Refus
from infocentre.noyau.francais import clef_de_tri
from infocentre.noyau.organismes import noms_organismes
from infocentre.noyau.temps import mois_avant
from infocentre.noyau.types_guichet import TypeGuichet
from infocentre.restitutions import entetes, fiche
from infocentre.restitutions.document import Cellule, Document, Tableau, Valeur
from infocentre.restitutions.lecture import Edition
from infocentre.restitutions.redaction import Contenu
from infocentre.restitutions.reservataires import Noms

UN_AN = 12
TABLES = ("flux-typologies", "flux-contingents", "flux-communes")
TYPOLOGIES = ("T1", "T2", "T3", "T4", "T5", "T6P", INCONNU)


@dataclass(frozen=True, slots=True)
class Reservataire:
    """Whose flux it is: its name, its codes in TYPE_RESERVATAIRE, whether it is one service."""

    nom: str
    contingent: str
    codes: tuple[str, ...]
    seul: bool


RESERVATAIRES: Mapping[str, Reservataire] = {
    "flux-etat": Reservataire(
        "l'État (préfet)", "le contingent de l'État", ("PPRIOR", "PFONCT"), seul=True
    ),
    "flux-action-logement": Reservataire(
        "Action Logement et employeurs",
        "le contingent d'Action Logement et des employeurs",
        ("COLACT",),
        seul=True,
    ),
    "flux-collectivites": Reservataire(
        "Collectivités et EPCI",
        "le contingent des collectivités et des EPCI",
        ("COLTER",),
        seul=False,
    ),
    "flux-autres": Reservataire(
        "Autres réservataires", "le contingent des autres réservataires", ("AUTRES",), seul=False
    ),
}


@dataclass(frozen=True)
class Texte(Contenu):
    """The names of reports/courriers/flux.md; a figure is None when the delivery says nothing."""

    modele = "courriers/flux.md"

    annee: str
    arrete: dt.date
    bailleur: str
    contingent: str
    seul: bool
    total: int
    avant: int | None
    en_qpv: int | None
    mutations: int | None
    prioritaires: int | None
    dalo: int | None
    median: float | None
    typologies: Tableau | None
    contingents: Tableau | None
    communes: Tableau | None


def construire(edition: Edition, nom: str, flux: str) -> Document:
    """Return what a bailleur (SIREN, name, or one of its guichets) attributed for a réservataire.

    Raises:
        Refus: no such guichet or organisme, or it is no bailleur.
    """
    siren, nom_ = bailleur(edition, nom)
    un = RESERVATAIRES[flux]
    texte = _texte(edition, siren, nom_, un)
    annee = edition.mois[:4]
    return Document(
        "courriers",
        "Bilan annuel de la gestion en flux",
        edition.territoire,
        edition.periode,
        edition.arrete,
        edition.version,
        texte.rediger(),
        destinataire=f"{nom_} à {un.nom}" if un.seul else f"{nom_}, {un.nom}",
        mentions={"À transmettre avant le": f"28 février {int(annee) + 1}", "Bailleur": siren},
        lecteur=LECTEURS[flux],
    )


def bailleurs(edition: Edition) -> dict[str, str]:
    """Return the name of each bailleur of the register, by SIREN."""
    inscrits = registre(edition.v, edition.departement, edition.mois)
    noms = noms_organismes(inscrits)
    sirens = {une["organisme"] for une in inscrits if une["type_guichet"] == TypeGuichet.BAILLEUR}
    return {un: noms[un] for un in sorted(sirens, key=lambda un: (clef_de_tri(noms[un]), un))}


def tenus(edition: Edition, siren: str) -> list[str]:
    """Return the flux on which a bailleur attributed something in the year."""
    codes = {une["reservataire"] for une in _lire(edition, siren).attributions}
    return [nom for nom, un in RESERVATAIRES.items() if not codes.isdisjoint(un.codes)]


def bailleur(edition: Edition, nom: str) -> tuple[str, str]:
    """Return a bailleur and its name, by SIREN, name or one of its guichets; raise Refus."""
    niveau, cle = fiche.trouver(edition, nom)
    if niveau == "guichet":
        inscrits = registre(edition.v, edition.departement, edition.mois)
        cle = next((une["organisme"] for une in inscrits if une["guichet"] == cle), cle)
    connus = bailleurs(edition)
    if cle not in connus:
        raise Refus(
            f"« {nom} » n'est pas un bailleur",
            que_faire="Donner le nom ou le SIREN d'un bailleur.",
        )
    return cle, connus[cle]


def _lire(edition: Edition, siren: str, mois: str = "") -> Flux:
    return attributions_en_flux(edition.v, edition.departement, mois or edition.mois, siren)


def _texte(edition: Edition, siren: str, nom: str, un: Reservataire) -> Texte:
    lu = _lire(edition, siren)
    siennes = [une for une in lu.attributions if une["reservataire"] in un.codes]
    colonnes = _colonnes(lu)
    sans_delai = {nom: fait for nom, fait in colonnes.items() if nom != "delai"}
    parts = {"part": lambda lot: len(lot) / len(siennes), **colonnes}
    compter: Callable[[str], int | None] = lambda nom: (  # noqa: E731
        int(colonnes[nom](siennes) or 0) if nom in colonnes else None  # type: ignore[arg-type]
    )
    return Texte(
        annee=edition.mois[:4],
        arrete=edition.arrete,
        bailleur=nom,
        contingent=un.contingent,
        seul=un.seul,
        total=len(siennes),
        avant=_avant(edition, siren, un),
        en_qpv=compter("en_qpv"),
        mutations=compter("mutations"),
        prioritaires=compter("prioritaires"),
        dalo=compter("dalo"),
        median=_median(siennes),
        typologies=_table("flux-typologies", _par_typologie(siennes), parts, siennes)
        if siennes
        else None,
        contingents=_table("flux-contingents", _par_code(siennes, un), colonnes, siennes)
        if siennes and len(un.codes) > 1
        else None,
        communes=_table("flux-communes", _par_commune(siennes), sans_delai, siennes)
        if siennes
        else None,
    )


def _avant(edition: Edition, siren: str, un: Reservataire) -> int | None:
    """Return the attributions of the year before, None when its same month is not published."""
    avant = mois_avant(edition.mois, UN_AN)
    if avant not in mois_controles(edition.v, edition.departement):
        return None
    lues = _lire(edition, siren, avant).attributions
    return sum(une["reservataire"] in un.codes for une in lues)


# --- Tables ---------------------------------------------------------------------------------------

_Lot = Sequence[Attribution]
_Colonnes = Mapping[str, Callable[[_Lot], Valeur]]


def _colonnes(lu: Flux) -> _Colonnes:
    """Return how each column is counted, without those of which the delivery says nothing."""
    selon: dict[str, tuple[frozenset[str], Callable[[_Lot], Valeur]]] = {
        "attributions": (frozenset(), len),
        "en_qpv": (
            frozenset({"DATE_SIGNATURE_BAIL", "NB_QPV"}),
            lambda lot: sum(u["zone"] == "QPV" for u in lot),
        ),
        "hors_qpv": (
            frozenset({"DATE_SIGNATURE_BAIL", "NB_HQPV"}),
            lambda lot: sum(u["zone"] == "HQPV" for u in lot),
        ),
        "mutations": (frozenset({"MODE_MUTATION"}), lambda lot: sum(u["mutation"] for u in lot)),
        "prioritaires": (
            frozenset({"NB_DALO", "NB_MENAGE_PRIORITAIRE"}),
            lambda lot: sum(u["prioritaire"] for u in lot),
        ),
        "dalo": (frozenset({"NB_DALO"}), lambda lot: sum(u["dalo"] for u in lot)),
        "delai": (frozenset(), _median),
    }
    return {nom: fait for nom, (voulues, fait) in selon.items() if not voulues & lu.muettes}


def _median(lot: _Lot) -> float | None:
    connus = [une["delai_mois"] for une in lot if une["delai_mois"] is not None]
    return statistics.median(connus) if connus else None


def _par_typologie(siennes: _Lot) -> Iterator[tuple[str, _Lot]]:
    noms = {INCONNU: "Non renseignée", "T6P": "T6 et plus"}
    for code in TYPOLOGIES:
        if lot := [une for une in siennes if une["typologie"] == code]:
            yield noms.get(code, code), lot


def _par_code(siennes: _Lot, un: Reservataire) -> Iterator[tuple[str, _Lot]]:
    for code in un.codes:
        yield Noms({}).reservataire(code), [une for une in siennes if une["reservataire"] == code]


def _par_commune(siennes: _Lot) -> Iterator[tuple[str, _Lot]]:
    """Yield each commune, the arrondissements of one by their number."""
    noms = {une["commune"]: Noms({}).commune(une["commune"]) for une in siennes}
    rangs = {un.code: rang for rang, un in enumerate(territoires().values())}
    tries = sorted(
        noms, key=lambda code: (clef_de_tri(noms[code].split(" ")[0]), rangs.get(code, 0))
    )
    for code in tries:
        yield noms[code], [une for une in siennes if une["commune"] == code]


def _table(
    cle: str, lots: Iterator[tuple[str, _Lot]], colonnes: _Colonnes, siennes: _Lot
) -> Tableau:
    lignes = [*lots, ("Ensemble", siennes)]
    noms = dict(
        zip(
            TABLES, entetes.colonnes("flux-noms", "typologie", "contingent", "commune"), strict=True
        )
    )
    comptes = entetes.colonnes(
        "flux",
        "attributions",
        "part",
        "en_qpv",
        "hors_qpv",
        "mutations",
        "prioritaires",
        "dalo",
        "delai",
    )
    dites = [une for une in comptes if une.nom in colonnes]
    corps = tuple(
        (Cellule(nom), *(Cellule(colonnes[une.nom](lot)) for une in dites)) for nom, lot in lignes
    )
    return Tableau(
        cle,
        entetes.titre(cle),
        (noms[cle], *dites),
        corps,
        totaux=frozenset({len(corps) - 1}),
        aere=True,
    )
