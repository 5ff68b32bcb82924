"""The registers that people completed: one content a file, named by its sha256, never rewritten.

`temoins.json` says which one is in use for each département. A month that it completed names it in
its livraison.json, and is known by an empreinte of its own.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from infocentre.entrepot.dossier import EMPREINTE, Dossier
from infocentre.entrepot.sceaux import ABSENT, CHANGE, Dommage
from infocentre.noyau import temoins
from infocentre.noyau.erreurs import Refus
from infocentre.noyau.fichiers import ecrire, empreintes

REPRENDRE = (
    "Le reprendre d'une sauvegarde : infocentre reparer --sauvegarde DOSSIER ; ou lire de nouveau "
    "le classeur rempli : infocentre registre lire FICHIER."
)
# What is said of a guichet, by field of the contract: its code alone, when it was left unsaid.
Inscrit = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Tenu:
    """A register as a person completed it; `empreinte` is the sha256 of its file."""

    departement: str
    le: str
    par: str
    guichets: tuple[Inscrit, ...]
    empreinte: str

    @property
    def completes(self) -> int:
        """Number of guichets whose type is said."""
        return sum("type_guichet" in un for un in self.guichets)


def tenu(dossier: Dossier, departement: str) -> Tenu | None:
    """Return the completed register in use in a département, None when there is none.

    Raises:
        Refus: it is absent, or is not what was written.
    """
    empreinte = temoins.lire(dossier.racine).get("registres", {}).get(departement)
    return lire(dossier, departement, empreinte) if empreinte else None


def lire(dossier: Dossier, departement: str, empreinte: str) -> Tenu:
    """Return one completed register; raise Refus when it is absent or altered."""
    fichier = _fichier(dossier, departement, empreinte)
    if dommages := _comparer({fichier: empreinte}):
        raise dommages[0].refus()
    lu = json.loads(fichier.read_text("utf-8"))
    return Tenu(lu["departement"], lu["le"], lu["par"], tuple(lu["guichets"]), empreinte)


def garder(
    dossier: Dossier, departement: str, guichets: Sequence[Inscrit], le: str, par: str
) -> Tenu:
    """Keep a register that a person completed, and use it from now on; return it."""
    contenu = {"departement": departement, "le": le, "par": par, "guichets": list(guichets)}
    octets = (json.dumps(contenu, ensure_ascii=False, indent=1) + "\n").encode()
    empreinte = hashlib.sha256(octets).hexdigest()
    ecrire(_fichier(dossier, departement, empreinte), octets, droits=0o600)
    employer(dossier, {departement: empreinte})
    return Tenu(departement, le, par, tuple(guichets), empreinte)


def employer(dossier: Dossier, lesquels: Mapping[str, str]) -> None:
    """Say which register is in use, by département."""
    connus = temoins.lire(dossier.racine).get("registres", {})
    temoins.noter(dossier.racine, {"registres": {**connus, **lesquels}})


def gardes(dossier: Dossier, departement: str = "*") -> dict[str, Path]:
    """Return the files of completed registers by their empreinte, the oldest first."""
    fichiers = dossier.registres.glob(f"{departement}/*.json")
    siens = [un for un in fichiers if re.fullmatch(EMPREINTE, un.stem)]
    return {un.stem: un for un in sorted(siens, key=lambda un: un.stat().st_mtime)}


def composer(livraison: str, registre: str) -> str:
    """Return the empreinte of a delivery that this register completed."""
    return hashlib.sha256(f"{livraison}:registre:{registre}".encode()).hexdigest()


def par_lequel(dossier: Dossier, departement: str, livraison: str, ensemble: str) -> str | None:
    """Return the register by which a delivery became `ensemble`; '' for none, None: another one.

    `livraison` is the empreinte of what was delivered, `ensemble` that of an archive.
    """
    if livraison == ensemble:
        return ""
    siens = gardes(dossier, departement)
    return next((un for un in siens if composer(livraison, un) == ensemble), None)


def dommages_registres(dossier: Dossier) -> list[Dommage]:
    """Say which completed registers are absent, or are not what was written.

    Those in use, and all that are kept: their name is their sha256.
    """
    try:
        employes = temoins.lire(dossier.racine).get("registres", {})
    except Refus:
        employes = {}  # said of the file itself
    attendus = {un: nom for nom, un in gardes(dossier).items()}
    attendus |= {_fichier(dossier, lieu, nom): nom for lieu, nom in employes.items()}
    return _comparer(attendus)


def _comparer(attendus: Mapping[Path, str]) -> list[Dommage]:
    lues = empreintes(attendus)
    return [
        Dommage(fichier, ABSENT if lues[fichier] is None else CHANGE, REPRENDRE)
        for fichier, attendue in sorted(attendus.items())
        if lues[fichier] != attendue
    ]


def _fichier(dossier: Dossier, departement: str, empreinte: str) -> Path:
    return dossier.registres / departement / f"{empreinte}.json"
