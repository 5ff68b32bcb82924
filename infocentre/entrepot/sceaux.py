"""What a file must be to be believed: the sha256 written where it is named, checked when it serves.

An archive's livraison.json has the sha256 of each of its files; the delivery's record in the
version and in the journal has that of livraison.json; the version has those of all that is
derived. Archives and versions of before have none, and cannot prove themselves.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from infocentre.contrat import contrat
from infocentre.entrepot.description import Description
from infocentre.entrepot.dossier import Dossier
from infocentre.entrepot.version import Livraison, Version
from infocentre.noyau.erreurs import Refus
from infocentre.noyau.fichiers import empreintes, sha256
from infocentre.noyau.francais import accorder

DESCRIPTION = "livraison.json"
ANNEXES = ("rejets.parquet", "anomalies_format.parquet")
ABSENT, CHANGE = "le fichier n'est plus là", "le fichier n'est plus celui qui a été écrit"
AUTRE_ARCHIVE = "le fichier décrit une autre livraison"
RECALCULER = "Le recalculer des archives : infocentre reparer."


@dataclass(frozen=True, slots=True)
class Dommage:
    """One thing that is not what was written: where, what, and how to mend it."""

    ou: Path
    quoi: str
    remede: str

    def refus(self, autres: int = 0) -> Refus:
        """Return the refusal that names it, and how many others there are."""
        reste = f" (et {accorder(autres, 'autre')} : infocentre verifier dit tout)"
        suite = reste if autres else ""
        return Refus(f"{self.quoi}{suite}", str(self.ou), self.remede)


def cle_archive(livraison: Livraison) -> str:
    """Return the path of an archive under `archives`, as the journal names it."""
    return f"{livraison.departement}/{livraison.arrete}/{livraison.empreinte}"


def remede_archive(livraison: Livraison) -> str:
    """Say how to mend an archive: only the delivery itself has what it held."""
    return (
        f"La remettre depuis la livraison d'origine (« {livraison.nom} », arrêté du "
        f"{livraison.arrete[8:]}/{livraison.arrete[5:7]}/{livraison.arrete[:4]}) : "
        "infocentre reparer LIVRAISON."
    )


def fichiers_archive() -> list[str]:
    """Return the names of the files that every archive has beside its livraison.json."""
    return [nom for nom in [*juges(), *ANNEXES] if nom not in _recents()]


def _recents() -> frozenset[str]:
    """Return those that an archive has only when its delivery had the table."""
    return frozenset(f"{table.nom}.parquet" for table in contrat().tables.values() if table.depuis)


def juges() -> list[str]:
    """Return the names of those that judging a month may read."""
    return [f"{table.nom}.parquet" for table in contrat().tables.values() if not table.nominative]


def fichier_nominatif(dossier: Dossier, livraison: Livraison) -> Path:
    """Return where the names of a delivery are."""
    return (
        dossier.nominatif
        / livraison.departement
        / livraison.arrete
        / f"{livraison.empreinte}.parquet"
    )


def chemin_scelle(dossier: Dossier, livraison: Livraison, nom: str) -> Path:
    """Return where the file is that livraison.json names so."""
    if nom == "identites.parquet":
        return fichier_nominatif(dossier, livraison)
    return dossier.archive(livraison) / nom


def decrire_archive(dossier: Dossier, livraison: Livraison) -> Description:
    """Return what reception wrote of a delivery; raise Refus when it is absent or altered."""
    fichier = dossier.archive(livraison) / DESCRIPTION
    dommages = comparer({fichier: livraison.sceau}, remede_archive(livraison))
    if not dommages:
        try:
            contenu: Description = json.loads(fichier.read_text("utf-8"))
            cle = (contenu["departement"], contenu["arrete"], contenu["empreinte"])
        except (ValueError, KeyError, TypeError, RecursionError):
            dommages = [Dommage(fichier, CHANGE, remede_archive(livraison))]
        else:
            if cle == (*livraison.cle, livraison.empreinte):
                return contenu
            dommages = [Dommage(fichier, AUTRE_ARCHIVE, remede_archive(livraison))]
    raise dommages[0].refus()


def dommages_archive(
    dossier: Dossier, livraison: Livraison, fichiers: Collection[str] | None = None
) -> list[Dommage]:
    """Return what is wrong with an archive: with these files of it, or with all and its names."""
    try:
        sceaux = decrire_archive(dossier, livraison).get("sha256") or {}
    except Refus as refus:
        return [Dommage(Path(refus.ou), refus.quoi, refus.que_faire)]
    noms = {*fichiers_archive(), *sceaux} if fichiers is None else set(fichiers)
    noms -= _recents() - sceaux.keys()
    attendus = {chemin_scelle(dossier, livraison, nom): sceaux.get(nom, "") for nom in noms}
    return comparer(attendus, remede_archive(livraison))


def exiger_archives(
    dossier: Dossier, livraisons: Iterable[Livraison], fichiers: Collection[str] | None = None
) -> None:
    """Raise Refus when what is about to be read of these archives is not what was written.

    Without `fichiers`, all that judging may read: neither the names nor the lists of rejects.
    """
    lus = juges() if fichiers is None else fichiers
    _refuser([un for une in livraisons for un in dommages_archive(dossier, une, lus)])


def dommages_derives(
    dossier: Dossier, version: Version, fichiers: Iterable[Path], remede: str = RECALCULER
) -> list[Dommage]:
    """Return what is wrong with files that the version rests on, archives apart."""
    attendus = {
        fichier: version.sceaux.get(str(fichier.relative_to(dossier.racine)), "")
        for fichier in fichiers
    }
    return comparer(attendus, remede)


def exiger_derives(dossier: Dossier, version: Version, fichiers: Iterable[Path]) -> None:
    """Raise Refus when files that the version rests on are not what was written."""
    _refuser(dommages_derives(dossier, version, fichiers))


def comparer(attendus: Mapping[Path, str], remede: str) -> list[Dommage]:
    """Return which files are absent, or have not this sha256 (empty: any)."""
    lues = empreintes(fichier for fichier, sceau in attendus.items() if sceau)
    return [
        Dommage(fichier, quoi, remede)
        for fichier, sceau in sorted(attendus.items())
        if (quoi := _quoi(fichier, sceau, lues.get(fichier)))
    ]


def _quoi(fichier: Path, sceau: str, lu: str | None) -> str:
    if not fichier.is_file():
        return ABSENT
    return CHANGE if sceau and lu != sceau else ""


def _refuser(dommages: Sequence[Dommage]) -> None:
    if dommages:
        raise dommages[0].refus(len(dommages) - 1)


def ecrire_description(fichier: Path, contenu: Mapping[str, Any]) -> str:
    """Write a livraison.json; return its sha256."""
    # A line an entry: with indents, json forgoes what it has in C, ten times faster.
    entrees = (
        f"{json.dumps(cle)}: {json.dumps(un, ensure_ascii=False)}" for cle, un in contenu.items()
    )
    texte = "{\n" + ",\n".join(entrees) + "\n}"
    fichier.write_bytes(texte.encode(errors="backslashreplace"))
    return sha256(fichier)


def texte_catalogue(dossier: Dossier, empreinte: str) -> str:
    """Return a catalogue that was kept, by its name, which is its sha256.

    Raises:
        Refus: it is absent or altered.
    """
    fichier = dossier.catalogues / f"{empreinte}.json"
    if not fichier.exists() or sha256(fichier) != empreinte:
        quoi = "est abîmé" if fichier.exists() else "n'est plus là"
        raise Refus(
            f"un catalogue avec lequel un mois a été contrôlé {quoi}",
            str(fichier),
            "Le remettre depuis une sauvegarde, ou essayer : infocentre reparer.",
        )
    return fichier.read_text("utf-8")


def sceaux_du_journal(dossier: Dossier) -> dict[str, str]:
    """Return {archive under `archives`: sha256 of its livraison.json}, the last one written."""
    sceaux: dict[str, str] = {}
    for entree in dossier.publications():
        if entree.get("type") == "chargement" and entree.get("sceau"):
            cle = (entree["departement"], entree["arrete"], entree["empreinte"])
            sceaux["/".join(cle)] = entree["sceau"]
        sceaux |= entree.get("archives", {})
    return sceaux
