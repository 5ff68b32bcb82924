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
from dataclasses import asdict
from pathlib import Path
from typing import Literal

import polars as pl

from infocentre.acces import politique
from infocentre.acces.audit import Scelles, Trace, tracer
from infocentre.acces.modele import SEUL, Acces
from infocentre.acces.perimetre import TOUS
from infocentre.affaires import procedures
from infocentre.affaires.registre import Affaire
from infocentre.analystes.fichier import cle as cle_des_numeros
from infocentre.contrat.numeros import numeros_ecrits
from infocentre.contrat.territoires import normaliser_departement
from infocentre.decisions.magasin import ouvrir_magasin
from infocentre.entrepot import Dossier
from infocentre.lecture.affaires import affaires, toutes
from infocentre.lecture.choix import choisir_departement, choisir_mois
from infocentre.lecture.effets import effet_des_mesures
from infocentre.lecture.ensembles import ensemble_de, reunir
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
from infocentre.lecture.objectifs import TOUT, Lieu
from infocentre.lecture.ouverture import ouvrir_pour
from infocentre.lecture.situations import Politique, Situation, dire_rythme, situer
from infocentre.lecture.sommes import EMPORTEES, a_emporter, comparer, sommer_tableau
from infocentre.lecture.valeurs import sql_valeurs
from infocentre.mesures import sql_lecture_tableau
from infocentre.mesures.effets import Effet, Silence
from infocentre.mesures.tableaux import tableaux
from infocentre.noyau.erreurs import Refus
from infocentre.noyau.texte import est_un_texte
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

    def _exiger(self, nom: str, **dits: object) -> None:
        """Raise Refus to who may not call it, or when what is told is no text."""
        self._acces.exiger(politique.API.get(nom), f"infocentre.{nom}")
        for quoi, dit in dits.items():
            if not est_un_texte(dit) and (dit is not None or quoi == _DITS.get(nom)):
                exemple = "…" if dit is None else dit
                raise Refus(
                    f"{quoi}={dit!r} n'est pas un texte", que_faire=f'Écrire {quoi}="{exemple}".'
                )

    def indicateurs(
        self,
        mois: str | Iterable[str] | None = None,
        *,
        departement: str | None = None,
        code: str | None = None,
        guichet: str | None = None,
        par: Literal["guichet", "organisme"] = "guichet",
        region: str | None = None,
        epci: str | None = None,
    ) -> pl.DataFrame:
        """Return the published values; grain: indicator × guichet (or organisme, or '*') × month.

        Columns are those of `infocentre indicateurs --format csv`, then what each state rests on:
        rates are ratios, counts are null where the indicator is not calculable. `mois` may be
        several months.

            >>> base.indicateurs(base.mois[-2:], code="ENR_DELAI", guichet="*")["mois"].to_list()
            ['2026-09', '2026-10']

        A state rests on the counts of `fenetre` (mois or 12m), `n_etat` out of `d_etat`:

            >>> lu = base.indicateurs(code="ENR_DELAI", guichet="*").row(0, named=True)
            >>> (lu["fenetre"], lu["n_etat"] == lu["numerateur_12m"])
            ('12m', True)
            >>> lu["taux_etat"] == lu["n_etat"] / lu["d_etat"]
            True

        Several départements, those of a `region` (INSEE code), of an `epci` (SIREN: its guichets
        alone) or all (departement="tous"), are given as `infocentre indicateurs --region` does.
        """
        ou = {"departement": departement, "region": region, "epci": epci}
        self._exiger("indicateurs", code=code, guichet=guichet, par=par, **ou)
        _parmi("par", par, ("guichet", "organisme"))
        voulu = code and code_connu(code)
        demandes = _les_mois(mois)
        if _ensemble_dit(**ou):
            if guichet is not None or par != "guichet":
                raise Refus(
                    "plusieurs départements ensemble n'ont pas de ligne par guichet",
                    que_faire="Ôter guichet et par, ou ne donner qu'un département.",
                )
            return self._ensemble(demandes, voulu, region, epci)
        lieu = _lieu(departement)
        with self._lire() as v:
            lus = [choisir_mois(v.version, un, lieu) for un in demandes]
            cle = _cle(v, guichet, lus)
            choix = [filtre(mois=un, departement=lieu, guichet=cle, code=voulu) for un in lus]
            trames = [_trame(v, sql_valeurs(par, un, etat=True)) for un in choix]
        return pl.concat(trames)

    def _ensemble(
        self, mois: Iterable[str | None], code: str | None, region: str | None, epci: str | None
    ) -> pl.DataFrame:
        lignes = []
        with self._lire() as v:
            ensemble = ensemble_de(v, region=region, epci=epci)
            for un in mois:
                reunion = reunir(v, ensemble, un)
                lues = comparer(v, reunion.lieux, ensemble.epci)
                lignes += a_emporter([une for une in lues if code in {None, une.code}], reunion)
        return pl.DataFrame(lignes, schema=dict(EMPORTEES), orient="row")

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
        self._exiger("anomalies", code=code, mois=mois, departement=departement, guichet=guichet)
        _parmi("fenetre", fenetre, ("mois", "12m"))
        voulu = code_connu(code)
        lieu = _lieu(departement)
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
        self._tracer(lues, "infocentre.anomalies", code=voulu, fenetre=fenetre)
        return lues

    def _tracer(self, lues: pl.DataFrame, lieu: str, **dites: str) -> None:
        """Trace the rows of a list, all of which are given; raise Refus when it cannot be."""
        textes = (un for colonne in lues.select(pl.col(pl.String)) for un in colonne if un)
        vus = numeros_ecrits("\n".join(textes).encode())
        tracer(
            ouvrir_magasin(self._dossier.racine),
            self._acces,
            Trace.LISTE,
            lieu,
            lues.height,
            montres=Scelles(vus, cle_des_numeros(self._dossier)) if vus else None,
            **dites,
        )

    def mesures(self, *, departement: str | None = None, finies: bool = True) -> pl.DataFrame:
        """Return the corrective measures that the reader may see, oldest first; grain: an affaire.

        Those at an end are left out unless `finies`.

            >>> base.mesures().columns[:4]
            ['id', 'departement', 'objet', 'sujet']
        """
        self._exiger("mesures", departement=departement)
        lieu = _lieu(departement)
        with self._lire() as v:
            lues = affaires(v, choisir_departement(v.version, lieu), finies=finies)
        return _en_trame(lues)

    def affaires(self, procedure: str, *, departement: str | None = None) -> pl.DataFrame:
        """Return the affaires of a procedure, whatever became of them; grain: an affaire.

        They are about whole départements: refused to who sees some guichets only.
        """
        self._exiger("affaires", procedure=procedure, departement=departement)
        lieu = _lieu(departement)
        if procedure not in procedures():
            raise Refus(
                f"la procédure « {procedure} » n'existe pas",
                que_faire=f"Choisir parmi : {', '.join(sorted(procedures()))}.",
            )
        with self._lire() as v:
            v.exiger_departements("Les affaires d'une procédure")
            trame = _en_trame(toutes(v, choisir_departement(v.version, lieu), procedure))
        self._tracer(trame, "infocentre.affaires", procedure=procedure)
        return trame

    def effet(self, mois: str | None = None, *, departement: str | None = None) -> pl.DataFrame:
        """Return what contacting guichets changed by a month, a row; none when it is not known.

        `rapport` is anomalies observed over those expected without a contact, `net` whether
        chance and drifts alone do not explain it.

            >>> base.effet().columns[:4]
            ['mois', 'nombre', 'observees', 'attendues']
        """
        self._exiger("effet", mois=mois, departement=departement)
        lieu = _lieu(departement)
        with self._lire() as v:
            lu = choisir_mois(v.version, mois, lieu)
            trouve = effet_des_mesures(v, choisir_departement(v.version, lieu), lu)
        lignes = [] if isinstance(trouve, Silence) else [{"mois": lu, **asdict(trouve)}]
        schema = {"mois": pl.String, "nombre": pl.Int64, "observees": pl.Int64} | dict.fromkeys(
            ("attendues", "rapport", "borne_basse", "borne_haute", "derive"), pl.Float64
        )
        nets = [trouve.net for _ in lignes] if isinstance(trouve, Effet) else []
        return pl.DataFrame(lignes, schema=schema).with_columns(
            pl.Series("net", nets, dtype=pl.Boolean)
        )

    def objectifs(
        self,
        mois: str | None = None,
        *,
        departement: str | None = None,
        epci: str = "",
    ) -> pl.DataFrame:
        """Return where the policy of attributions stands since 1 January; grain: measure × place.

        `axe` is empty for the EPCI, or the département without one; else « reservataire »,
        « bailleur » or « commune », whose `code` it is. `objectif` is a share, or a number a year
        (`objectif_nombre`), as `source` sets it; `manque` is what is missing to what is `du` by the
        arrêté, of a ceiling what exceeds it; where it is null, `pourquoi` says why (no objective,
        unknown incomes, columns that were not delivered). Counts are null where the reader may not
        see them.

            >>> un = base.objectifs().filter(axe="", mesure="prioritaires").row(0, named=True)
            >>> un["du"] - un["realise"] == un["manque"]
            True
        """
        self._exiger("objectifs", mois=mois, departement=departement, epci=epci)
        lieu = _lieu(departement)
        with self._lire() as v:
            lu = choisir_mois(v.version, mois, lieu)
            trouvee = situer(v, choisir_departement(v.version, lieu), lu, epci)
        absentes = [
            Situation(une, Lieu(epci or TOUT), trouvee.nom, None, None, None, None, muette=motif)
            for une, motif in trouvee.motifs.items()
        ]
        parts = (une for part in trouvee.parts.values() for une in part)
        situations = [*trouvee.ensemble, *absentes, *parts]
        return pl.DataFrame(
            [_objectif(trouvee, une) for une in situations], schema=_OBJECTIF, orient="row"
        )

    def tableaux(self) -> pl.DataFrame:
        """Return the standard tables: code, title, grain, what is read in them."""
        self._exiger("tableaux")
        champs = ("code", "titre", "grain", "objet")
        connus = tableaux().values()
        return pl.DataFrame({nom: [getattr(un, nom) for un in connus] for nom in champs})

    def tableau(
        self,
        code: str,
        mois: str | None = None,
        *,
        departement: str | None = None,
        region: str | None = None,
        epci: str | None = None,
    ) -> pl.DataFrame:
        """Return a standard table of a month, in the order of reading; counts are not masked.

        It is about the whole département: refused to who sees some guichets only. Of several (see
        `indicateurs`), counts are sums, rates are made of them, and what no sum gives is null.
        """
        ou = {"departement": departement, "region": region, "epci": epci}
        self._exiger("tableau", code=code, mois=mois, **ou)
        if _ensemble_dit(**ou):
            with self._lire() as v:
                v.exiger_departements("Un tableau dont rien n'est masqué")
                reunion = reunir(v, ensemble_de(v, region=region, epci=epci), mois)
                lu = sommer_tableau(v, reunion, tableau_publie(v, code).code).tableau
            types = [_TYPES[un] for un in lu.tableau.types]
            return pl.DataFrame(
                lu.lignes, schema=dict(zip(lu.tableau.colonnes, types, strict=True))
            )
        lieu = _lieu(departement)
        with self._lire() as v:
            parametres = {
                "departement": choisir_departement(v.version, lieu),
                "mois": choisir_mois(v.version, mois, lieu),
            }
            v.exiger_departements("Un tableau dont rien n'est masqué")
            return _trame(v, sql_lecture_tableau(tableau_publie(v, code).code), parametres)

    def sql(self, requete: str, /, **parametres: object) -> pl.DataFrame:
        """Return the result of one SELECT on the analysts' pseudonymised file, in its sandbox.

        `parametres` are the values of its `$named` parameters.
        """
        self._exiger("sql", requete=requete)
        with tempfile.TemporaryDirectory() as atelier:
            cible = Path(atelier) / "resultat.parquet"
            exporter(self._dossier, requete, parametres, "parquet", cible, acces=self._acces)
            return pl.read_parquet(cible)


# What a call cannot do without.
_DITS = {"affaires": "procedure", "anomalies": "code", "sql": "requete", "tableau": "code"}
# Of the columns of standard tables, as DuckDB names them.
_TYPES = {"VARCHAR": pl.String, "BIGINT": pl.Int64, "INTEGER": pl.Int32, "DOUBLE": pl.Float64}
_AFFAIRE = {
    "id": pl.String,
    "departement": pl.String,
    "objet": pl.String,
    "sujet": pl.String,
    "etape": pl.Int64,
    "etat": pl.String,
    "finie": pl.Boolean,
    "ouverte_le": pl.Date,
    "dernier_fait": pl.Date,
    "attendu": pl.String,
    "pour_le": pl.Date,
}


_OBJECTIF = {
    "departement": pl.String,
    "mois": pl.String,
    "epci": pl.String,
    "mesure": pl.String,
    "axe": pl.String,
    "code": pl.String,
    "nom": pl.String,
    "realise": pl.Int64,
    "sur": pl.Int64,
    "objectif": pl.Float64,
    "objectif_nombre": pl.Float64,
    "source": pl.String,
    "du": pl.Int64,
    "manque": pl.Int64,
    "depuis": pl.String,
    "rythme": pl.String,
    "pourquoi": pl.String,
}


def _objectif(lue: Politique, une: Situation) -> tuple[object, ...]:
    vise = une.vise
    return (
        lue.departement,
        lue.mois,
        lue.epci or None,
        une.mesure,
        une.lieu.axe,
        une.lieu.code or None,
        une.nom or None,
        une.realise,
        une.sur,
        vise and vise.part,
        vise and vise.nombre,
        vise and vise.source,
        une.du,
        une.manque,
        une.depuis or None,
        dire_rythme(une, lue.arrete) or None,
        une.muette or None,
    )


def _en_trame(lues: Iterable[Affaire]) -> pl.DataFrame:
    lignes = [
        (
            une.id,
            une.departement,
            une.objet,
            une.sujet,
            une.etape,
            une.etat,
            une.situation.finie,
            une.ouverte_le,
            une.situation.evenements[-1].jour,
            une.echeance.titre if une.echeance else None,
            une.echeance.due if une.echeance else None,
        )
        for une in lues
    ]
    return pl.DataFrame(lignes, schema=_AFFAIRE, orient="row")


def _lieu(departement: str | None) -> str | None:
    """Return a département on three characters, None when none is told."""
    return normaliser_departement(departement) if departement else None


def _parmi(nom: str, dit: str, choix: tuple[str, ...]) -> None:
    """Raise Refus when what is told is not one of what may be."""
    if dit not in choix:
        quoi = f'{nom}="{dit}" n\'est pas un choix'
        raise Refus(quoi, que_faire=f"Choisir parmi : {', '.join(choix)}.")


def _les_mois(mois: object) -> list[str | None]:
    """Return the months that are told, None for the newest; raise Refus when none is, or a date."""
    if mois is None or isinstance(mois, str):
        return [mois]
    lus = list(mois) if isinstance(mois, Iterable) else []
    dits: list[str | None] = [un for un in lus if isinstance(un, str)]
    if not dits or dits != lus:
        raise Refus(
            f"mois={mois!r} : un mois est un texte, plusieurs une liste de textes",
            que_faire='L\'écrire AAAA-MM : mois="2026-10" ; sans mois, le dernier contrôlé.',
        )
    return list(dict.fromkeys(dits))  # one that is said twice is read once


def _ensemble_dit(departement: str | None, region: str | None, epci: str | None) -> bool:
    """Tell whether several départements are asked; raise Refus when they are in two ways."""
    dits = {"region": region, "epci": epci, "departement": departement}
    siens = [f'{nom}="{dit}"' for nom, dit in dits.items() if dit]
    plusieurs = bool(region or epci or departement == TOUS)
    if plusieurs and len(siens) > 1:
        raise Refus(f"{' et '.join(siens)} ne vont pas ensemble", que_faire="N'en donner qu'un.")
    return plusieurs


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
