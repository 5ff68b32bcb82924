"""What a person's rule is checked, previewed and written in: a process with hard limits.

A rule is evaluated as it is bound, and then on the archives: whatever it holds, the process that
asks (the pages above all) neither waits more than the limit nor gives more than the memory.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any, Literal, TypedDict, TypeVar

import duckdb

from infocentre.acces.audit import Trace, requete_sans_valeurs, tracer
from infocentre.acces.modele import Acces, Action
from infocentre.catalogue import Indicateur
from infocentre.decisions.magasin import ouvrir_magasin
from infocentre.entrepot import Dossier
from infocentre.mesures.reglages import FICHIER, lire_reglages
from infocentre.noyau import file
from infocentre.noyau.borne import GIGA, demander, repondre
from infocentre.noyau.depart import ecarter_pandas
from infocentre.noyau.erreurs import Refus
from infocentre.requetes.candidat import (
    MOIS_APERCUS,
    Apercu,
    Changement,
    MoisApercu,
    apercu,
    candidat,
    masquer,
    verifier_candidat,
)
from infocentre.requetes.ebauche import ecrire_candidat

SECONDES = 120
MEMOIRE = 4 * GIGA  # of addresses: a process with DuckDB reserves far more than it uses
R = TypeVar("R")


class _Essai(TypedDict):
    faire: Literal["essayer"]
    champs: dict[str, Any]
    racine: str
    mois: int
    departement: str | None


class _Ecriture(TypedDict):
    faire: Literal["ecrire"]
    champs: dict[str, Any]
    projet: str | None


class _Apercu(TypedDict):
    """An Apercu as JSON."""

    indicateur: dict[str, Any]
    compare: bool
    au_mois: bool
    mois: list[dict[str, Any]]
    changements: list[dict[str, Any]]


class _Ecrits(TypedDict):
    fichiers: list[str]


def _trop() -> Refus:
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


def essayer(
    dossier: Dossier,
    champs: Mapping[str, Any],
    *,
    acces: Acces,
    mois: int = MOIS_APERCUS,
    departement: str | None = None,
    secondes: float = SECONDES,
) -> Apercu:
    """Check the fields of a candidate, or of a changed rule, and preview it; raise Refus.

    It takes the place of a query: there are two, for the whole machine. Each trial is traced: it
    is a question about persons. Who may see no demande is shown no small count.
    """
    _tracer(dossier, acces, champs)
    demande: _Essai = {
        "faire": "essayer",
        "champs": dict(champs),
        "racine": str(dossier.racine),
        "mois": mois,
        "departement": departement,
    }
    with file.place(dossier.file, uuid.uuid4().hex):
        lu = _demander(demande, _Apercu, secondes)
    fait = Apercu(
        Indicateur.model_validate(lu["indicateur"]),
        lu["compare"],
        lu["au_mois"],
        tuple(MoisApercu(**une) for une in lu["mois"]),
        tuple(Changement(**un) for un in lu["changements"]),
    )
    if acces.peut(Action.PETITS_NOMBRES):
        return fait
    return masquer(fait, lire_reglages(dossier.racine / FICHIER).seuil_secret)


def _tracer(dossier: Dossier, acces: Acces, champs: Mapping[str, Any]) -> None:
    regle = " ; ".join(
        str(champs.get(nom) or "") for nom in ("population", "applicable", "anomalie")
    )
    code = str(champs.get("code", ""))
    magasin = ouvrir_magasin(dossier.racine)
    tracer(magasin, acces, Trace.ESSAI, code, **requete_sans_valeurs(regle))


def ecrire(
    champs: Mapping[str, Any], projet: Path | None = None, *, secondes: float = SECONDES
) -> tuple[Path, Path]:
    """Check the fields of a candidate and write its two files; return them; raise Refus."""
    demande: _Ecriture = {
        "faire": "ecrire",
        "champs": dict(champs),
        "projet": str(projet) if projet else None,
    }
    definition, essai = _demander(demande, _Ecrits, secondes)["fichiers"]
    return Path(definition), Path(essai)


def _demander(demande: _Essai | _Ecriture, genre: type[R], secondes: float) -> R:
    return demander(__name__, demande, genre, secondes=secondes, memoire=MEMOIRE, trop=_trop())


def _repondre(demande: _Essai | _Ecriture) -> _Apercu | _Ecrits:
    try:
        return _essayer(demande) if demande["faire"] == "essayer" else _ecrire(demande)
    except duckdb.OutOfMemoryException:
        raise _trop() from None
    except duckdb.Error:
        raise _echec() from None


def _essayer(demande: _Essai) -> _Apercu:
    fait = apercu(
        Dossier(Path(demande["racine"])),
        candidat(demande["champs"]),
        mois=demande["mois"],
        departement=demande["departement"],
    )
    return {
        "indicateur": fait.indicateur.model_dump(mode="json"),
        "compare": fait.compare,
        "au_mois": fait.au_mois,
        "mois": [asdict(un) for un in fait.mois],
        "changements": [asdict(un) for un in fait.changements],
    }


def _ecrire(demande: _Ecriture) -> _Ecrits:
    indicateur = candidat(demande["champs"])
    projet = Path(demande["projet"]) if demande["projet"] else None
    fichiers = ecrire_candidat(indicateur, verifier_candidat(indicateur), projet)
    return {"fichiers": [str(un) for un in fichiers]}


if __name__ == "__main__":
    ecarter_pandas()
    repondre(_repondre)
