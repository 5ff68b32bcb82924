"""What the chapters share: sentences from a distribution, the columns of its table."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any, cast

from infocentre.lecture.tableaux import LigneTableau, R, TableauDe
from infocentre.mesures.declarations import Role
from infocentre.mesures.lignes_tableaux import FormeRepartition
from infocentre.noyau.francais import (
    accord,
    compter,
    entier,
    enumerer,
    evolution,
    minuscule,
    phrase,
    pourcentage,
    rapport,
)
from infocentre.restitutions.bilan.contexte import Contexte
from infocentre.restitutions.document import Bloc, Paragraphe
from infocentre.restitutions.images import SANS_REPONSE
from infocentre.restitutions.tables import Champ, connu, nombre, part
from infocentre.restitutions.tables import evolution as champ_evolution

TROIS = ("total", "mutations", "hors_mutation")


def champs_repartition(nom: str) -> tuple[Champ, ...]:
    """Return the columns of a distribution: counts, shares, change in a year."""
    return (
        nombre("total", nom),
        part("part_total", "Part"),
        nombre("mutations", "Mutations"),
        nombre("hors_mutation", "Hors mutation"),
        part("part_hors_mutation", "Part hors mutation"),
        champ_evolution("total", "Évolution en un an"),
    )


def ligne(lu: TableauDe[R] | None, code: str, fenetre: str = "", niveau: str = "") -> R:
    """Return the row of a code (and window, and level where there are some), empty for none."""
    for une in lu.lignes if lu else ():
        if (
            une.get("code") == code
            and fenetre in {"", une.get("fenetre")}
            and niveau in {"", une.get("niveau", niveau)}
        ):
            return une
    return lu.sans_ligne if lu else cast("R", {})


def valeur(une: LigneTableau, nom: str) -> float | None:
    """Return a figure of a row as a number, None when it is masked or missing."""
    return connu(une.get(nom))


def en_un_an(ici: Any, avant: Any) -> str:  # noqa: ANN401 - two cells
    """Return « en hausse de 3,2 % en un an », empty when it cannot be told."""
    neuf, vieux = connu(ici), connu(avant)
    if neuf is None or not vieux:
        return ""
    dit = evolution(neuf, vieux)
    return f"{dit} sur un an" if dit == "stable" else f"{dit} en un an"


def connues(lu: TableauDe[FormeRepartition]) -> list[FormeRepartition]:
    """Return the rows of a distribution that say something and may be shared, largest first."""
    dites = [
        une
        for une in lu.modalites
        if une["code"] not in SANS_REPONSE and valeur(une, "total") and valeur(une, "part_total")
    ]
    return sorted(dites, key=lambda une: -une["total"])


def premiers(lu: TableauDe[FormeRepartition], sujet: str, unite: str, nombre_: int = 3) -> str:
    """Say which categories come first: « Le premier motif est … (… sur …, 17,2 %) »."""
    tete = connues(lu)[:nombre_]
    total = valeur(lu.ensemble, "total")
    if not tete or not total:
        return ""
    premier, *suivants = tete
    suite = [
        f"« {une['libelle']} » ({compter(une['total'], unite)}, {pourcentage(une['part_total'])})"
        for une in suivants
    ]
    debut = f"{sujet} « {premier['libelle']} » : {rapport(premier['total'], total)}"
    verbe = accord(len(suite), "vient", "viennent")
    return phrase(debut + (f" ; {verbe} ensuite {enumerer(suite)}" if suite else ""))


def cumul(lu: TableauDe[FormeRepartition], codes: Collection[str]) -> str:
    """Return « 1 234 sur 5 678 (21,7 %) » for several categories; '' when one is masked."""
    total = valeur(lu.ensemble, "total")
    comptes = [valeur(une, "total") for une in lu.modalites if une["code"] in codes]
    if not total or not comptes or None in comptes:
        return ""
    return rapport(sum(un for un in comptes if un is not None), total)


def sans_reponse(lu: TableauDe[FormeRepartition], unite: str) -> str:
    """Say how many did not answer, when they weigh on the shares (one in a hundred or more)."""
    total, muets = valeur(lu.ensemble, "total"), valeur(ligne(lu, "NR"), "total")
    if not total or not muets or muets / total < 0.01:  # noqa: PLR2004 - one in a hundred
        return ""
    return phrase(f"non renseigné : {rapport(muets, total, unite=unite)}")


def lecture(lu: TableauDe[FormeRepartition], unite: str, participe: str) -> str:
    """Return a reading note from the first row: « 4 404 demandes, soit 21,9 % des 20 147 … »."""
    for une in lu.modalites:
        total, part_, ensemble = (
            valeur(une, nom) for nom in ("total", "part_total", "total_ensemble")
        )
        if total and part_ and ensemble:
            return (
                f"{compter(total, unite)} sur {entier(ensemble)} ({pourcentage(part_)}) "
                f"{participe} « {minuscule(une['libelle'])} »."
            )
    return ""


def paragraphes(*textes: str, genre: str = "texte") -> tuple[Bloc, ...]:
    """Return the sentences that have something to say, as one paragraph."""
    dits = [un for un in textes if un]
    return (Paragraphe(" ".join(dits), genre),) if dits else ()  # type: ignore[arg-type]


def ou_absent(ctx: Contexte, role: Role, blocs: Sequence[Bloc]) -> tuple[Bloc, ...]:
    """Return the blocks, or why the table that they rest on could not be calculated."""
    manque = ctx.manque(role)
    return (manque,) if manque else tuple(blocs)
