"""The public Python API: what is published, as polars frames, for notebooks and scripts.

    >>> import infocentre
    >>> base = infocentre.ouvrir(dossier)
    >>> base.mois[-1], base.departements
    ('2026-10', ['013'])

A month that is not told is the newest controlled one. Each call reads what is published then; what
is asked and is not there raises `infocentre.Refus`, in French. A tour of what there is:

    >>> tardives = base.indicateurs(code="ATT_TARDIVE", guichet="*")
    >>> tardives.select("mois", "numerateur_12m", "denominateur_12m", "etat").height
    1
    >>> unites = base.anomalies("ATT_TARDIVE", fenetre="12m")
    >>> unites.height == tardives["numerateur_12m"].item()
    True
    >>> base.tableaux()["code"].head(2).to_list()
    ['ATT-01', 'ATT-02']
    >>> base.tableau("TAB01-01").columns[:4]
    ['departement', 'mois', 'code', 'libelle']
    >>> actives = base.sql("select * from demandes where statut = $statut", statut="active")
    >>> actives["statut"].unique().to_list()
    ['active']
"""

from __future__ import annotations

import contextlib
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import Literal

import polars as pl

from infocentre.acces import politique
from infocentre.acces.audit import Scelles, Trace, tracer
from infocentre.acces.modele import SEUL, Acces
from infocentre.analystes.fichier import cle as cle_des_numeros
from infocentre.contrat.numeros import numeros_ecrits
from infocentre.contrat.territoires import normaliser_departement
from infocentre.decisions.magasin import ouvrir_magasin
from infocentre.entrepot import Dossier
from infocentre.lecture.choix import choisir_departement, choisir_mois
from infocentre.lecture.extraits import (
    anomalies_du_mois,
    code_connu,
    empechement,
    exiger_guichet,
    filtre,
    publiees,
    tableau_publie,
)
from infocentre.lecture.lecteur import Lecture
from infocentre.lecture.lieux import ouvrir_pour
from infocentre.lecture.valeurs import sql_valeurs
from infocentre.mesures import sql_lecture_tableau
from infocentre.mesures.tableaux import tableaux
from infocentre.noyau.erreurs import Refus
from infocentre.requetes.execution import exporter


class Infocentre:
    """A data directory, read as published at each call."""

    def __init__(self, dossier: Dossier, acces: Acces = SEUL) -> None:
        """Open nothing yet, to read with these rights; raise Refus when nothing is published."""
        dossier.exiger_version()
        self._dossier, self._acces = dossier, acces

    def __repr__(self) -> str:
        """Return how it was opened."""
        return f"infocentre.ouvrir({str(self._dossier.racine)!r})"

    @property
    def version(self) -> int:
        """The number of the published version: what is read changes only with it."""
        self._exiger("version")
        with self._lire() as v:
            return v.version.numero

    @property
    def departements(self) -> list[str]:
        """The départements that have a delivery, on three characters, in order."""
        self._exiger("departements")
        with self._lire() as v:
            return v.version.departements

    @property
    def mois(self) -> list[str]:
        """The controlled months AAAA-MM, oldest first."""
        self._exiger("mois")
        with self._lire() as v:
            return sorted({une.mois for une in v.version.livraisons if une.publiee})

    def _lire(self) -> contextlib.AbstractContextManager[Lecture]:
        return ouvrir_pour(self._dossier, self._acces.perimetre)

    def _exiger(self, nom: str) -> None:
        self._acces.exiger(politique.API.get(nom), f"infocentre.{nom}")

    def indicateurs(
        self,
        mois: str | Iterable[str] | None = None,
        *,
        departement: str | None = None,
        code: str | None = None,
        guichet: str | None = None,
        par: Literal["guichet", "organisme"] = "guichet",
    ) -> pl.DataFrame:
        """Return the published values; grain: indicator × guichet (or organisme, or '*') × month.

        Columns are those of `infocentre indicateurs --format csv`: rates are ratios, counts are
        null where the indicator is not calculable. `mois` may be several months.

            >>> base.indicateurs(base.mois[-2:], code="ENR_DELAI", guichet="*")["mois"].to_list()
            ['2026-09', '2026-10']
        """
        self._exiger("indicateurs")
        voulu = code and code_connu(code)
        lieu = departement and normaliser_departement(departement)
        demandes = [mois] if mois is None or isinstance(mois, str) else list(mois)
        with self._lire() as v:
            lus = [choisir_mois(v.version, un, lieu) for un in demandes]
            cle = _cle(v, guichet, lus)
            trames = [
                _trame(
                    v,
                    sql_valeurs(par, filtre(mois=un, departement=lieu, guichet=cle, code=voulu)),
                )
                for un in lus
            ]
        return pl.concat(trames)

    def anomalies(
        self,
        code: str,
        mois: str | None = None,
        *,
        departement: str | None = None,
        guichet: str | None = None,
        fenetre: Literal["mois", "12m"] = "mois",
    ) -> pl.DataFrame:
        """Return the units behind a numerator, each with its explication; grain: one unit.

        `guichet` may be an organisme: the units of all its guichets. The rows of a département
        where the indicator is not calculable are absent; Refus when it is in none.
        """
        self._exiger("anomalies")
        voulu = code_connu(code)
        lieu = departement and normaliser_departement(departement)
        with self._lire() as v:
            lu = choisir_mois(v.version, mois, lieu)
            livraisons = publiees(v.version, lu, lieu)
            motifs = [empechement(v, une, voulu) for une in livraisons]
            if all(motifs):
                raise Refus(
                    f"{voulu} n'est pas calculable en {lu} : {motifs[0]}",
                    que_faire="Choisir un autre mois, ou compléter la livraison.",
                )
            gardees = [une for une, motif in zip(livraisons, motifs, strict=True) if not motif]
            cle, douze = _cle(v, guichet, [lu]), fenetre == "12m"
            with anomalies_du_mois(v, gardees, voulu, guichet=cle, douze_mois=douze) as relation:
                lues = pl.DataFrame(relation)
        self._tracer(lues, voulu, fenetre)
        return lues

    def _tracer(self, lues: pl.DataFrame, code: str, fenetre: str) -> None:
        """Trace the rows of a list, all of which are given; raise Refus when it cannot be."""
        textes = (un for colonne in lues.select(pl.col(pl.String)) for un in colonne if un)
        vus = numeros_ecrits("\n".join(textes).encode())
        tracer(
            ouvrir_magasin(self._dossier.racine),
            self._acces,
            Trace.LISTE,
            "infocentre.anomalies",
            lues.height,
            montres=Scelles(vus, cle_des_numeros(self._dossier)) if vus else None,
            code=code,
            fenetre=fenetre,
        )

    def tableaux(self) -> pl.DataFrame:
        """Return the standard tables: code, title, grain, what is read in them."""
        self._exiger("tableaux")
        champs = ("code", "titre", "grain", "objet")
        connus = tableaux().values()
        return pl.DataFrame({nom: [getattr(un, nom) for un in connus] for nom in champs})

    def tableau(
        self, code: str, mois: str | None = None, *, departement: str | None = None
    ) -> pl.DataFrame:
        """Return a standard table of a month, in the order of reading; counts are not masked.

        It is about the whole département: refused to who sees some guichets only.
        """
        self._exiger("tableau")
        lieu = departement and normaliser_departement(departement)
        with self._lire() as v:
            parametres = {
                "departement": choisir_departement(v.version, lieu),
                "mois": choisir_mois(v.version, mois, lieu),
            }
            v.exiger_departements("Un tableau dont rien n'est masqué")
            return _trame(v, sql_lecture_tableau(tableau_publie(v, code).code), parametres)

    def sql(self, requete: str, **parametres: object) -> pl.DataFrame:
        """Return the result of one SELECT on the analysts' pseudonymised file, in its sandbox.

        `parametres` are the values of its `$named` parameters.
        """
        self._exiger("sql")
        with tempfile.TemporaryDirectory() as atelier:
            cible = Path(atelier) / "resultat.parquet"
            exporter(self._dossier, requete, parametres, "parquet", cible, acces=self._acces)
            return pl.read_parquet(cible)


def _cle(v: Lecture, guichet: str | None, mois: list[str]) -> str | None:
    """Return the key of a guichet or organisme, '*' the département; raise Refus when unknown."""
    if guichet is None or guichet == "*":
        return guichet
    cle = guichet.strip().upper()
    for un in mois:
        exiger_guichet(v, cle, un)
    return cle


def _trame(v: Lecture, sql: str, parametres: dict[str, str] | None = None) -> pl.DataFrame:
    with v.relation(sql, parametres) as relation:
        return pl.DataFrame(relation)
