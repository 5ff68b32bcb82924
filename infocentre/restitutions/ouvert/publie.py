"""A publication that was written, read again: what is in it, what each table tells, its source.

Nothing else is opened: neither the warehouse, nor a file that the package does not name.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import io
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from infocentre.contrat import contrat
from infocentre.contrat.numeros import numeros_ecrits
from infocentre.noyau.erreurs import Refus
from infocentre.noyau.francais import enumerer

if TYPE_CHECKING:
    import polars as pl

LIGNES: Final = 200  # of an answer, at most
VALEURS: Final = 60  # of a column, that are told when it is described
_DESCRIPTEUR: Final = "datapackage.json"
_REFAIRE: Final = "Publier de nouveau : infocentre publier ouvert --sortie DOSSIER."
_JAMAIS: Final = (
    "Demander ce qui est publié : des effectifs masqués, ni personne, ni ligne d’une livraison."
)
_LIBRES: Final = frozenset({"date", "number"})  # types whose values no list names


@dataclass(frozen=True, slots=True)
class Publie:
    """The package of a directory."""

    dossier: Path
    decrit: Mapping[str, Any]

    @property
    def tables(self) -> dict[str, Mapping[str, Any]]:
        """Its resources by name."""
        return {une["name"]: une for une in self.decrit["resources"]}

    def citer(self, arretes: Sequence[str] = ()) -> dict[str, Any]:
        """Return what an answer cites: who publishes, of which arrêtés, by what method."""
        d = self.decrit
        return {
            "titre": d["title"],
            "editeur": d["contributors"][0]["title"],
            "licence": d["licenses"][0]["title"],
            "publication": d["version"],
            "arretes": list(arretes) or d["x-arretes"],
            "methode": d["description"],
            "masques": d["x-masques"],
        }

    def lister(self) -> dict[str, Any]:
        """Return its tables."""
        lues = [{"table": nom, "titre": une["title"]} for nom, une in self.tables.items()]
        return {"tables": lues, "source": self.citer()}

    def decrire(self, table: str) -> dict[str, Any]:
        """Return the columns of a table, with their values when they are not many."""
        une, trame = self._trouver(table), self.relire(table)
        colonnes = []
        for champ in une["schema"]["fields"]:
            dit = {nom: champ[nom] for nom in ("name", "type", "title", "description")}
            if champ["type"] not in _LIBRES:
                valeurs = trame[champ["name"]].drop_nulls().unique().sort().to_list()
                dit["nombre_de_valeurs"] = len(valeurs)
                if len(valeurs) <= VALEURS:
                    dit["valeurs"] = valeurs
            colonnes.append(dit)
        return {
            "table": table,
            "titre": une["title"],
            "lignes": trame.height,
            "colonnes": colonnes,
            "source": self.citer(),
        }

    def lire(
        self,
        table: str,
        filtres: Mapping[str, Any] | None = None,
        colonnes: Sequence[str] = (),
        depuis: int = 0,
    ) -> dict[str, Any]:
        """Return the rows of a table that have the values asked, `LIGNES` of them from `depuis`.

        Raises:
            Refus: no such table, column or value is published.
        """
        import polars as pl

        self._trouver(table)
        trame = entiere = self.relire(table)
        for nom, voulue in (filtres or {}).items():
            trame = trame.filter(self._valeurs(entiere, table, nom, voulue))
        arretes = trame["arrete"].unique().sort().to_list() if "arrete" in trame.columns else []
        for nom in colonnes:
            self._exiger_colonne(trame, table, nom)
        voulues = list(dict.fromkeys(colonnes)) or trame.columns
        montrees = trame.select(voulues).slice(depuis, LIGNES)
        lignes = montrees.with_columns(pl.col(pl.Date).cast(pl.String)).to_dicts()
        return {
            "table": table,
            "lignes_trouvees": trame.height,
            "depuis": depuis,
            "lignes": lignes,
            "source": self.citer([un.isoformat() for un in arretes]),
        }

    def exiger_sans_personne(self, demande: object) -> None:
        """Raise Refus when what is asked names a person: a numéro, a nominative column."""
        texte = json.dumps(demande, ensure_ascii=False)
        if numeros_ecrits(texte.upper().encode()):
            raise Refus("un numéro unique n’est jamais publié", que_faire=_JAMAIS)
        publiees = {
            champ["name"] for une in self.tables.values() for champ in une["schema"]["fields"]
        }
        personnelles = {
            colonne.nom.lower()
            for table in contrat().tables.values()
            for colonne in table.colonnes
            if colonne.personnelle or table.nominative
        } - publiees
        nommees = sorted(personnelles & set(re.findall(r"\w+", texte.lower())))
        if nommees:
            raise Refus(
                f"« {nommees[0]} » est nominatif : ce n’est jamais publié", que_faire=_JAMAIS
            )

    def _trouver(self, table: str) -> Mapping[str, Any]:
        if table not in self.tables:
            dite = (
                "c’est une table des livraisons"
                if table in contrat().tables
                else "elle n’existe pas"
            )
            raise Refus(
                f"la table « {table[:60]} » n’est pas publiée : {dite}",
                que_faire=f"{_JAMAIS} Tables publiées : {enumerer(list(self.tables))}.",
            )
        return self.tables[table]

    def relire(self, table: str) -> pl.DataFrame:
        """Return a table as it was published; raise Refus when its file is another one since."""
        import polars as pl

        dit = self.tables[table]["x-parquet"]
        fichier = self.dossier / dit["path"]
        change = Refus("ce fichier n’est plus celui qui a été publié", str(fichier), _REFAIRE)
        if not fichier.resolve().is_relative_to(self.dossier.resolve()):
            raise change
        try:
            octets = fichier.read_bytes()
            if f"sha256:{hashlib.sha256(octets).hexdigest()}" != dit["hash"]:
                raise change
            trame = pl.read_parquet(io.BytesIO(octets))
        except (OSError, pl.exceptions.PolarsError):
            raise change from None
        if trame.columns != [champ["name"] for champ in self.tables[table]["schema"]["fields"]]:
            raise change
        return trame

    def _exiger_colonne(self, trame: pl.DataFrame, table: str, nom: str) -> None:
        if nom not in trame.columns:
            raise Refus(
                f"« {nom[:60]} » n’est pas une colonne de {table}",
                que_faire=f"{_JAMAIS} Colonnes : {enumerer(trame.columns)}.",
            )

    def _valeurs(self, entiere: pl.DataFrame, table: str, nom: str, voulue: Any) -> pl.Expr:  # noqa: ANN401
        """Return the filter of a column; raise Refus for a value that it never has."""
        import polars as pl

        self._exiger_colonne(entiere, table, nom)
        publiees = entiere[nom]
        voulues = voulue if isinstance(voulue, list) else [voulue]
        if publiees.dtype == pl.Date:
            voulues = [_jour(une) for une in voulues]
        connues = {une: une for une in publiees.to_list()}  # 12 asked of a column that has 12.0
        for une in voulues:
            if isinstance(une, (dict, list, bool)) or une not in connues:
                raise Refus(
                    f"« {str(une)[:60]} » n’est pas une valeur publiée de « {nom} »",
                    que_faire=f"Voir celles de {table} par « decrire ».",
                )
        return pl.col(nom).is_in([connues[une] for une in voulues if une is not None]) | (
            pl.col(nom).is_null() if None in voulues else pl.lit(value=False)
        )


def _jour(dit: object) -> object:
    try:
        return dt.date.fromisoformat(str(dit))
    except ValueError:
        return dit


def ouvrir(dossier: Path) -> Publie:
    """Open a publication; raise Refus for what is none, or is not what was written."""
    try:
        decrit = json.loads((dossier / _DESCRIPTEUR).read_text("utf-8"))
        lu = Publie(dossier, decrit)
        connu = bool(lu.lister()["tables"]) and bool(decrit["x-publications"])
        for table in lu.tables:
            lu.decrire(table)
    except (OSError, ValueError, KeyError, TypeError, IndexError, AttributeError, RecursionError):
        connu = False
    if not connu:
        raise Refus("ce n’est pas une publication de l’infocentre", str(dossier), _REFAIRE)
    return lu
