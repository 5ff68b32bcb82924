"""A delivery of the demonstration, read back: one spelling for each value, whatever its writer."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import polars as pl

from infocentre.contrat import Colonne, contrat
from infocentre.demo.hasard import Hasard
from infocentre.noyau.erreurs import Refus

JOUR = r"^(\d{4})-(\d{2})-(\d{2})$"
"""A day, as every table here writes it."""

_HEURE = r"[ T]\d{2}:\d{2}(:\d{2})?$"
_JOURS = ("%Y-%m-%d", "%d/%m/%Y", "%d-%m-%Y")
_NULS = ("", "NA", "NA/NA")
_VRAIS, _FAUX = ("1", "1,0", "1.0", "oui", "o", "vrai", "true"), ("0", "0,0", "0.0", "non", "n")


@dataclass(frozen=True, slots=True)
class Lue:
    """What a delivery holds: by table, the columns of the contract that it has, as texts.

    A day is `AAAA-MM-JJ`, a number `1234.5`, a flag `1` or `0`, a code in upper case; what the
    contract cannot read stands as it was; null is null. Rows are in the order of the file, without
    those that have not the right number of fields.
    """

    departement: str
    arrete: date
    tables: dict[str, pl.DataFrame]

    @property
    def mois(self) -> str:
        """The month of the arrêté, `AAAA-MM`."""
        return self.arrete.isoformat()[:7]

    def hasard(self, forme: str) -> Hasard:
        """Return the chance with which a form writes this delivery, always the same."""
        return Hasard(self.arrete.toordinal(), f"{self.departement} {forme}")


def lire(dossier: Path) -> Lue:
    """Read a delivery that the demonstration wrote; raise Refus when it is none."""
    manifeste = dossier / "manifeste.json"
    if not manifeste.is_file():
        raise Refus(
            "ce n’est pas une livraison de la démonstration (pas de manifeste.json)",
            str(dossier),
            "Donner un dossier AAAA-MM que « infocentre demo --dossier … » a écrit.",
        )
    lu = json.loads(manifeste.read_text("utf-8"))
    return Lue(
        lu["departement"],
        date.fromisoformat(lu["arrete"]),
        {un["table"]: _table(un["table"], dossier / un["nom"]) for un in lu["fichiers"]},
    )


def _table(nom: str, fichier: Path) -> pl.DataFrame:
    connues = contrat().tables[nom].par_nom
    brute = _brute(fichier)
    return brute.select(
        _une_graphie(connues[colonne], pl.col(colonne)).alias(colonne)
        for colonne in brute.columns
        if colonne in connues
    )


def _brute(fichier: Path) -> pl.DataFrame:
    """Return all its cells as they are, under the names of its columns in capitals."""
    octets = fichier.read_bytes()
    try:
        texte = octets.decode("utf-8-sig")
    except UnicodeDecodeError:
        texte = octets.decode("cp1252")
    entete, *lignes = csv.reader(io.StringIO(texte, newline=""), delimiter=";")
    entieres = [ligne for ligne in lignes if len(ligne) == len(entete)]
    colonnes = zip(*entieres, strict=True) if entieres else [()] * len(entete)
    noms = [nom.upper() for nom in entete]
    return pl.DataFrame(
        {
            nom: pl.Series(valeurs, dtype=pl.String)
            for nom, valeurs in zip(noms, colonnes, strict=True)
        }
    )


def _une_graphie(colonne: Colonne, cellule: pl.Expr) -> pl.Expr:
    """Return the column in the one spelling of its type."""
    net = cellule.str.strip_chars()
    nuls = [*_NULS, "999"] if colonne.neuf_cents_99 else list(_NULS)
    net = pl.when(~net.is_in(nuls)).then(net)
    if colonne.type in {"date", "naissance"}:
        return _jours(net)
    if colonne.type in {"entier", "decimal"}:
        return _nombres(net)
    if colonne.type == "indicatrice":
        return _indicatrices(net)
    return net.str.to_uppercase() if colonne.type == "code" else net


def _jours(net: pl.Expr) -> pl.Expr:
    nu = net.str.replace(_HEURE, "").str.replace(r"^(\d{2}/\d{4})$", "01/$1")
    lus = [nu.str.to_date(motif, strict=False) for motif in _JOURS]
    return pl.coalesce(*lus).cast(pl.String).fill_null(net)


def _nombres(net: pl.Expr) -> pl.Expr:
    nu = net.str.replace_all("[ \u00a0\u202f]", "").str.replace("(m²|m2|€)$", "")
    milliers = nu.str.replace_all(".", "", literal=True)
    point = pl.when(nu.str.contains(",", literal=True)).then(milliers).otherwise(nu)
    lu = point.str.replace(",", ".", literal=True).cast(pl.Float64, strict=False)
    return lu.round(6).cast(pl.String).str.strip_suffix(".0").fill_null(net)


def _indicatrices(net: pl.Expr) -> pl.Expr:
    bas = net.str.to_lowercase()
    lue = pl.when(bas.is_in(_VRAIS)).then(pl.lit("1"))
    return lue.when(bas.is_in([*_FAUX, "faux", "false"])).then(pl.lit("0")).otherwise(net)
