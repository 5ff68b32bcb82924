"""The process in which a person's rule is bound, checked and previewed: bare, then shut in.

Run by `borne`, on one demand; it imports nothing that the rule has no use for.
"""

from __future__ import annotations

import importlib
import os
from dataclasses import asdict
from pathlib import Path
from typing import Any, Literal, TypedDict

import duckdb

from infocentre.catalogue import lire_catalogue
from infocentre.entrepot import Dossier
from infocentre.noyau.borne import repondre
from infocentre.noyau.depart import ecarter
from infocentre.noyau.erreurs import Refus
from infocentre.requetes.banc import Regard
from infocentre.requetes.candidat import apercu, lire_candidat, verifier_candidat
from infocentre.requetes.enfant import enfermer
from infocentre.requetes.essais import LIGNES, inventer, preparer
from infocentre.requetes.messages import sans_cloison

# What is imported when it is needed, which is once no file can be opened.
A_CHARGER = ("infocentre.mesures.probabilites", "decimal", "uuid")


class Essai(TypedDict):
    """A rule that is tried on past months, and how its rows are seen."""

    faire: Literal["essayer"]
    champs: dict[str, Any]
    racine: str
    mois: int
    departement: str | None
    regard: dict[str, Any]


class Ecriture(TypedDict):
    """A rule whose test rows are asked, and the project that has those of the others."""

    faire: Literal["ecrire"]
    champs: dict[str, Any]
    projet: str


class ApercuEcrit(TypedDict):
    """An Apercu as JSON."""

    indicateur: dict[str, Any]
    compare: bool
    au_mois: bool
    mois: list[dict[str, Any]]
    changements: list[dict[str, Any]]


class Ecrit(TypedDict):
    """A rule that may be written, with its test rows."""

    indicateur: dict[str, Any]
    essai: str | None


def trop() -> Refus:
    """Return the refusal of a rule that asks too much."""
    return Refus(
        "cette règle demande trop de temps ou de mémoire",
        que_faire="La simplifier, ou demander moins de mois.",
    )


def _echec() -> Refus:
    """What a calculation stumbles on is a value of somebody's demande: it is not shown."""
    return Refus(
        "un calcul de cette règle échoue sur une unité des mois passés",
        que_faire="Prévoir les valeurs qui ne se convertissent pas : try_cast(… as integer), "
        "nullif…",
    )


def _repondre(demande: Essai | Ecriture) -> ApercuEcrit | Ecrit:
    try:
        return _essayer(demande) if demande["faire"] == "essayer" else _ecrire(demande)
    except duckdb.OutOfMemoryException:
        raise trop() from None
    except duckdb.Error:
        raise _echec() from None


def _essayer(demande: Essai) -> ApercuEcrit:
    fait = apercu(
        Dossier(Path(demande["racine"])),
        lire_candidat(demande["champs"]),
        mois=demande["mois"],
        departement=demande["departement"],
        regard=Regard(**demande["regard"]),
        enfermer=_enfermer,
    )
    return {
        "indicateur": fait.indicateur.model_dump(mode="json"),
        "compare": fait.compare,
        "au_mois": fait.au_mois,
        "mois": [asdict(un) for un in fait.mois],
        "changements": [asdict(un) for un in fait.changements],
    }


def _ecrire(demande: Ecriture) -> Ecrit:
    """Check a candidate and invent its test rows; who asked writes them."""
    indicateur = lire_candidat(demande["champs"])
    catalogue = lire_catalogue()
    banc = preparer(catalogue, indicateur, Path(demande["projet"]) / LIGNES)
    _enfermer()
    verifier_candidat(indicateur, catalogue)
    essai = inventer(banc) if banc else None
    return {"indicateur": indicateur.model_dump(mode="json"), "essai": essai}


def _enfermer(*fichiers: int) -> None:
    """Shut this process in, with the files that it still reads.

    A wall holds the thread that raises it and those to come: there is no other one, once the
    connection that DuckDB opens for itself is closed.
    """
    duckdb.close()
    for module in A_CHARGER:
        importlib.import_module(module)
    fils = len(list(Path("/proc/self/task").iterdir()))
    manque = enfermer(*fichiers) + ("un fil unique",) * (fils > 1)
    if manque and os.environ.get("INFOCENTRE_SANS_CLOISON") != "oui":
        raise sans_cloison(manque)


if __name__ == "__main__":
    ecarter("pandas")
    repondre(_repondre)
