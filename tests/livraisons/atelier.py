"""Small deliveries made by hand, and what reception makes of them."""

from __future__ import annotations

import csv
import hashlib
import io
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from infocentre.contrat import contrat
from infocentre.entrepot.description import Description
from infocentre.livraisons.depot import ouvrir_depot
from infocentre.livraisons.reception import recevoir
from tests.donnees.communs import en_memoire

Ligne = dict[str, str]
ARRETE, DEPARTEMENT = "2026-10-31", "013"
IDENTIFIANTS = {
    "journal": "ID_EVENEMENT",
    "messages": "ID_MESSAGE",
    "plis": "ID_PLI",
    "voeux": "ID_VOEU",
    "utilisateurs": "ID_UTILISATEUR",
    "guichets": "CODE_GUICHET",
}
_DEMANDE = {
    "TYPE_DEMANDEUR": "PP",
    "GUICHET_ENREGISTREUR": "G1301",
    "CLE_GUICHETCREATEUR": "G1301",
    "DATE_CREATION": "15/01/2026",
    "DOUBLON_FORCE": "0",
    "ESTCREEESITEGRANDPUBLIC": "1",
}
MODELES: dict[str, Ligne] = {
    "stock": _DEMANDE,
    "radiation": {**_DEMANDE, "DATE_RADIATION": "20/10/2026", "MOTIF_RADIATION": "RADATT"},
    "guichets": {
        "NOM": "Mairie de Salon",
        "TYPE_GUICHET": "COMMUNE",
        "MODE_ENREGISTREMENT": "DIRECT",
    },
    "journal": {
        "TYPE_EVENEMENT": "CRE",
        "GUICHET": "G1301",
        "DATE_EVENEMENT": "15/01/2026",
        "DATE_SAISIE": "16/01/2026",
    },
    "messages": {
        "GUICHET": "G1301",
        "TYPE_FICHIER": "CRE",
        "DATE_ENVOI": "15/01/2026",
        "STATUT": "OK",
    },
    "plis": {"TYPE_PLI": "ATTESTATION", "DATE_ENVOI": "15/01/2026", "STATUT": "DISTRIBUE"},
    "voeux": {"ORDRE": "1", "COMMUNE": "13055"},
    "utilisateurs": {"GUICHET": "G1301", "DATE_OUVERTURE": "15/01/2020"},
    "identites": {"NOM": "Martin", "PRENOM": "Zoé", "DATE_NAISSANCE": "01/02/1980"},
}
_AVEC_NUMERO = ("stock", "radiation", "identites", "journal", "messages", "plis", "voeux")
_SERIES = {table: serie for serie, table in enumerate(_AVEC_NUMERO, 1)}


def numero(rang: int, territoire: str = "013") -> str:
    """Return a well-formed numéro unique."""
    return f"{territoire}0126{rang:06d}G1301"


def ligne(table: str, rang: int, **valeurs: str) -> Ligne:
    """Return a good row of a table, these values apart; `rang` makes its key."""
    cles = {}
    if table in IDENTIFIANTS:
        cles[IDENTIFIANTS[table]] = f"G{rang:04d}" if table == "guichets" else f"{table[0]}{rang}"
    if "NUMERO_UNIQUE" in contrat().tables[table].par_nom:
        cles["NUMERO_UNIQUE"] = numero(_SERIES[table] * 100_000 + rang)
    return {**cles, **MODELES[table], **valeurs}


def bonnes(table: str, nombre: int, depuis: int = 50_000) -> list[Ligne]:
    """Return good rows, whose keys clash with no row made by hand."""
    return [ligne(table, depuis + rang) for rang in range(nombre)]


def guichets() -> list[Ligne]:
    """Return a register of three guichets, G1301 among them."""
    return [ligne("guichets", 1301), ligne("guichets", 1302), ligne("guichets", 1303)]


def colonnes_de(lignes: Iterable[Ligne]) -> list[str]:
    """Return the columns that at least one row has, in the order they are met."""
    return list(dict.fromkeys(nom for une in lignes for nom in une))


def en_csv(lignes: Sequence[Ligne], colonnes: Sequence[str] | None = None) -> str:
    """Return the rows as a clean CSV."""
    noms = colonnes or colonnes_de(lignes)
    texte = io.StringIO()
    ecrivain = csv.DictWriter(texte, noms, delimiter=";", lineterminator="\n", restval="")
    ecrivain.writeheader()
    ecrivain.writerows(lignes)
    return texte.getvalue()


@dataclass(slots=True)
class Petite:
    """A small delivery in the making: bytes of each file, by the name of the file."""

    fichiers: dict[str, bytes] = field(default_factory=dict)

    def poser(self, table: str, lignes: Sequence[Ligne], *, combler: int = 400) -> Petite:
        """Put these rows first in a table, then good ones: 5 % of rejects is far away."""
        return self.texte(table, en_csv([*lignes, *bonnes(table, combler)]))

    def texte(self, table: str, texte: str, encodage: str = "utf-8") -> Petite:
        """Put this text as the CSV of a table."""
        return self.octets(f"{table}.csv", texte.encode(encodage))

    def octets(self, nom: str, octets: bytes) -> Petite:
        """Put these bytes as a file, in place of the other file of the same table."""
        table = nom.split(".", 1)[0]
        for ancien in [un for un in self.fichiers if un.split(".", 1)[0] == table]:
            del self.fichiers[ancien]
        self.fichiers[nom] = octets
        return self

    def ecrire(self, dossier: Path) -> Path:
        """Write the delivery in a directory, made if it is missing."""
        dossier.mkdir(parents=True, exist_ok=True)
        for nom, octets in self.fichiers.items():
            (dossier / nom).write_bytes(octets)
        return dossier

    def manifeste(self, lignes: Mapping[str, int] | None = None, **valeurs: Any) -> Petite:
        """Add the manifest that tells these files; `valeurs` replace what it says."""
        annonces = [
            {"table": nom.split(".", 1)[0], "nom": nom, "sha256": hashlib.sha256(o).hexdigest()}
            for nom, o in self.fichiers.items()
        ]
        for annonce in annonces:
            if lignes and annonce["table"] in lignes:
                annonce["lignes"] = lignes[annonce["table"]]  # type: ignore[assignment]
        contenu = {
            "format": "sne-infocentre-1",
            "departement": DEPARTEMENT,
            "arrete": ARRETE,
            "fichiers": annonces,
            **valeurs,
        }
        self.fichiers["manifeste.json"] = json.dumps(contenu).encode()
        return self


def petite() -> Petite:
    """Return the smallest delivery that is accepted: the three compulsory tables."""
    livraison = Petite()
    livraison.texte("stock", en_csv(bonnes("stock", 40)))
    livraison.texte("radiation", en_csv(bonnes("radiation", 40)))
    livraison.texte("guichets", en_csv(guichets()))
    return livraison


def presque_vide() -> Petite:
    """Return a delivery of every table and column: one guichet, three demandes, no attribution."""
    lignes = {table: [ligne(table, 1)] for table in contrat().tables}
    lignes["guichets"] = [ligne("guichets", 1301)]
    lignes["stock"] = [ligne("stock", rang, MODE_MUTATION="0") for rang in range(3)]
    lignes["radiation"] = [ligne("radiation", 1, MOTIF_RADIATION="RADREN")]
    livraison = Petite()
    for table, siennes in lignes.items():
        noms = [colonne.nom for colonne in contrat().tables[table].colonnes]
        livraison.texte(table, en_csv(siennes, noms))
    return livraison.manifeste()


class Silence:
    """Progress that nobody reads."""

    def table(self, _nom: str, _octets: int, /) -> Callable[[int], None]:
        """Ignore the file."""
        return lambda _lus: None


@dataclass(frozen=True, slots=True)
class Recue:
    """What reception made of a delivery."""

    archive: Path
    description: Description

    def lire(self, table: str, sql: str = "SELECT *") -> list[tuple[Any, ...]]:
        """Return the rows of `sql … FROM table` of the archive, in the order of the file."""
        fichier = str(self.archive / f"{table}.parquet")
        return en_memoire().execute(f"{sql} FROM read_parquet(?)", [fichier]).fetchall()

    def valeurs(self, table: str, colonne: str) -> list[Any]:
        """Return the values of one column."""
        return [valeur for (valeur,) in self.lire(table, f"SELECT {colonne}")]

    def rejets(self, table: str | None = None) -> list[tuple[Any, ...]]:
        """Return (table, ligne, colonne, valeur, motif) of the rejects, by line."""
        lignes = self.lire("rejets", 'SELECT "table", ligne, colonne, valeur, motif')
        return sorted((une for une in lignes if table in {None, une[0]}), key=lambda une: une[:2])

    def anomalies(self, table: str | None = None) -> list[tuple[Any, ...]]:
        """Return (table, colonne, valeur, nature, nombre, premiere_ligne), by line."""
        lignes = self.lire(
            "anomalies_format", 'SELECT "table", colonne, valeur, nature, nombre, premiere_ligne'
        )
        gardees = [une for une in lignes if table in {None, une[0]}]
        return sorted(gardees, key=lambda une: (une[0], une[5], une[1]))


def recevoir_en(
    livraison: Path, atelier: Path, arrete: str | None = ARRETE, departement: str | None = "013"
) -> Recue:
    """Receive a delivery that is on the disk."""
    temporaire = atelier / f"temporaire-{len(list(atelier.iterdir()))}"
    temporaire.mkdir()
    depot = ouvrir_depot(livraison, temporaire, arrete, departement)
    archive = temporaire / "archive"
    recevoir(depot, archive, temporaire, Silence())
    return Recue(archive, json.loads((archive / "livraison.json").read_text("utf-8")))
