"""Files of the GIP SNE made by hand: a few demandes, keys in place of codes, files of codes beside.

The 159 names are those of its public documentation; what a row does not say is empty.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from infocentre.correspondances.garde import livree
from infocentre.livraisons.depot import Depot
from infocentre.livraisons.reception import recevoir
from infocentre.reconnaissance.ouverture import Ouverture, ouvrir
from tests.livraisons.atelier import Recue, Silence, numero

Rang = Mapping[str, str]
COLONNES = tuple(sorted(livree("gip-sne-1.yml").fichiers[0].connues))
COMMUNS = {
    "TYPE_DEMANDEUR": "PP",
    "GUICHET_ENREGISTREUR": "G1301",
    "CLE_GUICHETCREATEUR": "G1301",
    "DATE_CREATION": "15-01-2026 00:00:00",
    "DOUBLON_FORCE": "0",
    "ESTCREEESITEGRANDPUBLIC": "1",
}
CODES = {
    "ref_motif_radiation": ("MOTIF_RADIATION", "41 RADATT Attribution, 42 RADREN Non-renouvelée"),
    "ref_mode_logement": ("MODE_LOGEMENT", "7 HLM Public, 8 LP Privé"),
    "ref_motif_demande": ("MOTIF_DEMANDE", "301 08 Santé, 302 09 Cher"),
}
REGISTRE = {
    "CODE_GUICHET": "G1301",
    "NOM": "Mairie",
    "TYPE_GUICHET": "COMMUNE",
    "MODE_ENREGISTREMENT": "DIRECT",
}


def demande(rang: int, **valeurs: str) -> dict[str, str]:
    """Return a row of the stock, the radiation being another whose date is said."""
    cles = {"DEMANDE": str(1_000_000 + rang), "NUMERO_UNIQUE": numero(rang)}
    return {**COMMUNS, **cles, **valeurs}


def radiee(rang: int, **valeurs: str) -> dict[str, str]:
    """Return a row of radiation."""
    dites = {"DATE_RADIATION": "20-10-2026 00:00:00", "MOTIF_RADIATION": "41"}
    return demande(500_000 + rang, **{**dites, **valeurs})


def poser(dossier: Path, nom: str, colonnes: Sequence[str], lignes: Sequence[Rang]) -> Path:
    """Write a file as the GIP does: cp1252, semicolons, CRLF."""
    texte = io.StringIO()
    ecrivain = csv.DictWriter(texte, colonnes, delimiter=";", restval="", lineterminator="\r\n")
    ecrivain.writeheader()
    ecrivain.writerows(lignes)
    fichier = dossier / nom
    fichier.parent.mkdir(parents=True, exist_ok=True)
    fichier.write_bytes(texte.getvalue().encode("cp1252"))
    return fichier


def poser_les_codes(dossier: Path, annee: str = "") -> None:
    """Write the files of codes, with their key, code and label."""
    for nom, (champ, lignes) in CODES.items():
        colonnes = (f"CLE_{champ}", f"CODE_{champ}", "ORDRE", f"LIBL_{champ}")
        siennes = [
            {colonnes[0]: cle, colonnes[1]: code, colonnes[2]: str(rang), colonnes[3]: libelle}
            for rang, (cle, code, libelle) in enumerate(une.split() for une in lignes.split(", "))
        ]
        poser(dossier, f"{nom}{annee}.csv", colonnes, siennes)


def poser_le_gip(
    dossier: Path, stock: Sequence[Rang], radiation: Sequence[Rang], annee: str = ""
) -> Path:
    """Write stock and radiation, filled with enough good rows, and the files of codes."""
    poser(dossier, f"stock{annee}.csv", COLONNES, [*stock, *map(demande, range(1000, 1040))])
    poser(dossier, f"radiation{annee}.csv", COLONNES, [*radiation, *map(radiee, range(1000, 1040))])
    poser_les_codes(dossier, annee)
    poser(dossier, "guichets.csv", tuple(REGISTRE), [REGISTRE])
    return dossier


def ouvrir_gip(dossier: Path, atelier: Path, **dits: Any) -> list[Depot]:
    """Open the deliveries of a folder, as `charger` does."""
    travail = atelier / f"travail-{len(list(atelier.iterdir()))}"
    travail.mkdir()
    quoi = Ouverture(dossier, **{"departement": "013", **dits})
    return ouvrir(atelier / "donnees", quoi, travail)


def recevoir_gip(dossier: Path, atelier: Path, **dits: Any) -> Recue:
    """Receive the one delivery of a folder."""
    (depot,) = ouvrir_gip(dossier, atelier, **{"arrete": "2026-10-31", **dits})
    travail = atelier / f"reception-{len(list(atelier.iterdir()))}"
    travail.mkdir()
    archive = travail / "archive"
    recevoir(depot, archive, travail, Silence())
    return Recue(archive, json.loads((archive / "livraison.json").read_text("utf-8")))
