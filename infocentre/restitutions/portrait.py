"""The portrait of an EPCI in its bilan: who asks for a dwelling there, who was given one, how fast.

Its own counts are in clear, unless they leave, less what the bilan tells of the département, a few
of others: categories are joined until none does.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from infocentre.contrat.territoires import territoires
from infocentre.lecture.reglages import objectifs_propres
from infocentre.lecture.tableaux import LigneTableau, TableauLu
from infocentre.lecture.tableaux_propres import des_communes, tableaux_propres
from infocentre.mesures.declarations import Role
from infocentre.restitutions import entetes
from infocentre.restitutions.bilan.commun import valeur
from infocentre.restitutions.bilan.contexte import Contexte
from infocentre.restitutions.document import Bloc, Cellule, Section, Tableau
from infocentre.restitutions.images import Legende, part_et_compte
from infocentre.restitutions.redaction import Contenu
from infocentre.restitutions.tables import entete, titre

DEMANDEURS: tuple[Role, ...] = (
    "age",
    "composition_familiale",
    "revenus",
    "logement_actuel",
    "typologies_recherchees",
    "anciennete",
)
LUS: tuple[Role, ...] = (*DEMANDEURS, "reservataires", "delais", "prioritaires")
AUTRES, JOINTES, SANS_REPONSE = "AUTRES_JOINTES", "Autres, réunies", "NR"


@dataclass(frozen=True, slots=True)
class Modalite:
    """A category: its count here, and in the département when the bilan tells it."""

    code: str
    libelle: str
    ici: int
    departement: int | None

    def laisse_peu(self, seuil: int) -> bool:
        """Tell whether the others are few, or could be, by what is told of the département."""
        return self.departement is None or 0 < self.departement - self.ici < seuil


@dataclass(frozen=True)
class Portrait(Contenu):
    """What the section says; a figure is None when it is unknown, or would tell a few of others."""

    modele = "bilan/portrait.md"

    demandes: int
    guichets: int
    attributions: int | None
    median: float | None
    median_departement: float | None
    prioritaires: int | None
    part_departement: float | None
    objectif: float | None
    propre: bool  # the objective is its own, and not that of the département
    image: Bloc | None
    tables: Sequence[Tableau]
    seuil: int
    jointes: bool  # one of the tables has a row of categories that are joined
    image_reservataires: Bloc | None
    reservataires: Tableau | None


def section(ctx: Contexte, epci: str, guichets: int) -> Section | None:
    """Return the portrait of an EPCI; None when no demande is known to want it first."""
    e, codes = ctx.edition, communes_de(epci)
    if not codes:
        return None
    lus = tableaux_propres(e.v, e.departement, e.mois, des_communes(codes), LUS)
    tables = {role: _table(ctx, lus[role], role) for role in (*DEMANDEURS, "reservataires")}
    demandes = _entier(lus["typologies_recherchees"].ensemble, "total")
    if not demandes:
        return None
    propre = objectifs_propres(e.v, e.departement, e.mois, epci).get("prioritaires")
    delais, prioritaires = lus["delais"].ensemble, lus["prioritaires"].ensemble
    return Portrait(
        demandes=demandes,
        guichets=guichets,
        attributions=_entier(delais, "attributions") or None,
        median=valeur(delais, "delai_median_mois"),
        median_departement=valeur(ctx.lire("delais").ensemble, "delai_median_mois"),
        prioritaires=_prioritaires(ctx, prioritaires),
        part_departement=valeur(ctx.lire("prioritaires").ensemble, "part_prioritaires"),
        objectif=valeur(prioritaires, "objectif") if propre is None else propre,
        propre=propre is not None,
        image=_image(tables["composition_familiale"], "portrait-composition"),
        tables=[une for role in DEMANDEURS if (une := tables[role])],
        seuil=ctx.seuil,
        jointes=any(
            ligne[0].valeur == JOINTES for une in tables.values() if une for ligne in une.lignes
        ),
        image_reservataires=_image(tables["reservataires"], "portrait-reservataires"),
        reservataires=tables["reservataires"],
    ).section()


def communes_de(epci: str) -> frozenset[str]:
    """Return every code of commune or arrondissement that a delivery may give for an EPCI."""
    siennes = {un.code for un in territoires().values() if un.epci == epci}
    return frozenset(
        un.code for un in territoires().values() if un.code in siennes or un.mere in siennes
    )


def _entier(une: LigneTableau, nom: str) -> int:
    return int(valeur(une, nom) or 0)


def _prioritaires(ctx: Contexte, une: LigneTableau) -> int | None:
    """Return the attributions to ménages prioritaires; None where few of others are left."""
    ici = _entier(une, "prioritaires")
    tout = ctx.lire("prioritaires").ensemble
    total, voulus = valeur(tout, "attributions"), valeur(tout, "prioritaires")
    if total is None or voulus is None:
        return None
    reste, voulus_ailleurs = total - _entier(une, "attributions"), voulus - ici
    peu = any(0 < un < ctx.seuil for un in (voulus_ailleurs, reste - voulus_ailleurs))
    return None if peu else ici


# --- Tables ---------------------------------------------------------------------------------------


def joindre(modalites: Iterable[Modalite], tout: int | None, seuil: int) -> list[Modalite]:
    """Return categories of which none leaves a few of others, nor those that are joined.

    `tout` is what the bilan tells of all of them in the département. Empty when they leave a few
    together.
    """
    dites = list(modalites)
    if tout is None or 0 < tout - sum(une.ici for une in dites) < seuil:
        return []
    jointes = [une for une in dites if une.laisse_peu(seuil)]
    while jointes and (len(jointes) == 1 or 0 < _reste(dites, jointes, tout) < seuil):
        libres = [une for une in dites if une not in jointes]
        if not libres:
            return []
        jointes.append(min(libres, key=lambda une: (une.departement or 0) - une.ici))
    if not jointes:
        return dites
    autres = Modalite(AUTRES, JOINTES, sum(une.ici for une in jointes), None)
    return [*(une for une in dites if une not in jointes), autres]


def _reste(dites: Sequence[Modalite], jointes: Collection[Modalite], tout: int) -> int:
    """Return what the joined categories leave to others, as a reader can work it out."""
    libres = sum((une.departement or 0) - une.ici for une in dites if une not in jointes)
    return tout - sum(une.ici for une in dites) - libres


def _table(ctx: Contexte, lu: TableauLu, role: Role) -> Tableau | None:
    """Return the categories of a table here, beside their share in the département."""
    montre = ctx.lire(role)
    if not lu.modalites:
        return None
    publics = {une["code"]: une for une in montre.modalites}
    toutes = [
        Modalite(
            str(une["code"]),
            str(une["libelle"]),
            _entier(une, "total"),
            _public(publics, une),
        )
        for une in lu.modalites
    ]
    tout_public = valeur(montre.ensemble, "total")
    dites = joindre(toutes, None if tout_public is None else int(tout_public), ctx.seuil)
    total = sum(une.ici for une in dites)
    if not total or all(une.code == AUTRES for une in dites):
        return None
    corps = [
        (
            Cellule(une.libelle),
            Cellule(une.ici),
            Cellule(une.ici / total),
            Cellule(valeur(publics.get(une.code, {}), "part_total")),
        )
        for une in dites
        if une.ici or une.departement
    ]
    tout = (Cellule("Ensemble"), Cellule(total), Cellule(1.0), Cellule(1.0))
    nom = f"portrait-{lu.cle}"
    colonnes = entetes.colonnes("portrait", "total", "part", "departement")
    premiere = entetes.colonnes("portrait", "modalite")[0]
    return Tableau(
        nom,
        titre(lu.tableau),
        (replace(premiere, titre=entete(lu.tableau)), *colonnes),
        (*corps, tout),
        totaux=frozenset({len(corps)}),
        source=ctx.source(lu.tableau.code),
    )


def _public(publics: Mapping[object, LigneTableau], ici: LigneTableau) -> int | None:
    """Return what the bilan prints of the same category in the département, None if it does not."""
    une = publics.get(ici["code"])
    if une is None:
        return 0 if not ici["total"] else None
    dit = valeur(une, "total")
    return None if dit is None or une["libelle"] != ici["libelle"] else int(dit)


def _image(table: Tableau | None, cle: str) -> Bloc | None:
    if table is None:
        return None
    lignes: list[Any] = [
        {
            "code": une[0].valeur,
            "libelle": une[0].valeur,
            "part": une[2].valeur,
            "n": une[1].valeur,
        }
        for rang, une in enumerate(table.lignes)
        if rang not in table.totaux
    ]
    legende = Legende(cle, table.titre, "")
    return part_et_compte(lignes, legende, table, ("part", "n"))
