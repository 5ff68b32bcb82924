"""The files of repères that were received: kept apart from the warehouse, deleted at will.

INFOCENTRE_DOSSIER/reperes/<mois>/<département>.json: the file as it came, its sha256, its name, who
kept it and when. One at most of a département and a month.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TypedDict

from infocentre.contrat.territoires import nom_departement
from infocentre.lecture.reperes import Fichier, deux_fois, ouvrir
from infocentre.noyau.erreurs import Refus
from infocentre.noyau.fichiers import ecrire, seul_ici
from infocentre.noyau.francais import du_departement
from infocentre.noyau.temps import maintenant, nom_mois

DOSSIER = "reperes"


class _Ecrit(TypedDict):
    """A file that was received, as JSON keeps it."""

    nom: str
    recu_le: str
    par: str
    sha256: str
    contenu: str


@dataclass(frozen=True, slots=True)
class Recu:
    """A file that was received; `fichier` is None when it is not what it was any more."""

    departement: str
    mois: str
    nom: str = ""
    recu_le: str = ""
    par: str = ""
    sha256: str = ""
    fichier: Fichier | None = None


def garder(racine: Path, fichiers: Mapping[str, bytes], par: str) -> list[Fichier]:
    """Keep files, by the name that each had: all of them or none.

    Raises:
        Refus: one is no file of repères, those of its département and month are given twice, or
            kept already.
    """
    dossier = racine / DOSSIER
    dossier.mkdir(mode=0o700, exist_ok=True)
    with seul_ici(dossier):
        lus: dict[Path, tuple[str, Fichier, _Ecrit]] = {}
        for nom, octets in fichiers.items():
            un = ouvrir(octets, nom)
            cible = _lieu(dossier, un.mois, un.departement)
            if cible in lus:
                raise deux_fois(un, nom, *lus[cible][:2])
            if cible.exists():
                quoi = f"les repères {_de(un.departement, un.mois)} sont déjà gardés"
                faire = f"infocentre reperes retirer {un.departement} --mois {un.mois}, d'abord."
                raise Refus(quoi, nom, faire)
            lus[cible] = nom, un, _decrire(nom, octets, par)
        try:
            for cible, (_, _, ecrit) in lus.items():
                ecrire(cible, json.dumps(ecrit, ensure_ascii=False, indent=1), droits=0o600)
        except OSError:
            for cible in lus:
                cible.unlink(missing_ok=True)
            raise
    return [un for _, un, _ in lus.values()]


def _decrire(nom: str, octets: bytes, par: str) -> _Ecrit:
    return {
        "nom": Path(nom).name,
        "recu_le": maintenant(),
        "par": par,
        "sha256": hashlib.sha256(octets).hexdigest(),
        "contenu": octets.decode(),
    }


def recus(racine: Path, mois: str | None = None) -> list[Recu]:
    """Return what was received, of a month or of all, oldest month first."""
    return [_relire(un) for un in sorted((racine / DOSSIER).glob(f"{mois or '*'}/*.json"))]


def lus(racine: Path, mois: str, ici: str) -> list[Fichier]:
    """Return the files of a month that are whole, but that of the département itself."""
    fichiers = (un.fichier for un in recus(racine, mois))
    return [un for un in fichiers if un is not None and un.departement != ici]


def retirer(racine: Path, departements: Iterable[str], mois: str | None = None) -> list[Recu]:
    """Delete what départements gave, of a month or of all; return it.

    Raises:
        Refus: nothing is kept of one of them; nothing is deleted.
    """
    connus = recus(racine, mois)
    voulus = {un: [le for le in connus if le.departement == un] for un in departements}
    for departement, siens in voulus.items():
        if not siens:
            quoi = f"aucun repère {_de(departement, mois)} n'est gardé"
            raise Refus(quoi, que_faire="Voir ce qui l'est : infocentre reperes liste.")
    partis = [un for siens in voulus.values() for un in siens]
    for un in partis:
        lieu = _lieu(racine / DOSSIER, un.mois, un.departement)
        lieu.unlink(missing_ok=True)
        with contextlib.suppress(OSError):  # others of the month are there
            lieu.parent.rmdir()
    return partis


def fichiers(racine: Path) -> Iterator[Path]:
    """Yield the files that are kept, always in the same order."""
    yield from sorted((racine / DOSSIER).glob("*/*.json"))


def _lieu(dossier: Path, mois: str, departement: str) -> Path:
    return dossier / mois / f"{departement}.json"


def _de(departement: str, mois: str | None) -> str:
    de = du_departement(departement, nom_departement(departement))
    return f"{de} pour {nom_mois(mois)}" if mois else de


def _relire(fichier: Path) -> Recu:
    mois, departement = fichier.parent.name, fichier.stem
    try:
        lu: _Ecrit = json.loads(fichier.read_bytes())
        octets = lu["contenu"].encode()
        entier = hashlib.sha256(octets).hexdigest() == lu["sha256"]
        un = ouvrir(octets, str(fichier)) if entier else None
        if un is None or (un.mois, un.departement) != (mois, departement):
            return Recu(departement, mois)
    except (OSError, ValueError, TypeError, KeyError, AttributeError, Refus):
        return Recu(departement, mois)
    return Recu(departement, mois, lu["nom"], lu["recu_le"], lu["par"], lu["sha256"], un)
