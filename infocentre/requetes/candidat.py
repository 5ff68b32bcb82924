"""A candidate indicator, or a changed rule: checked as the catalogue checks, previewed, written.

The preview counts with the SQL of the real controls over the archives of past months, in a
connection of its own: nothing published changes. Who writes a rule asks one question of each row
that it is tried on: numéros, identifiers, addresses and birth dates are masked there, by a key that
is drawn for one preview and thrown away; small counts are hidden from who may see no demande.
"""

from __future__ import annotations

import difflib
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import duckdb
from pydantic import ValidationError

from infocentre.analystes.masques import preparer_empreinte, sql_a_l_essai
from infocentre.catalogue import Catalogue, Indicateur, lire_catalogue
from infocentre.catalogue.liaison import verifier
from infocentre.catalogue.motifs import motifs_des_indicateurs
from infocentre.catalogue.schema import types_colonnes
from infocentre.catalogue.sql import condition
from infocentre.entrepot import Dossier, Livraison, sql_references
from infocentre.entrepot.macros import sql_macros
from infocentre.entrepot.relations import citer, sql_tables
from infocentre.entrepot.sceaux import decrire_archive
from infocentre.mesures import (
    assembler_comptes,
    calculer_valeurs,
    compter,
    ecrire_regles,
    populations,
)
from infocentre.noyau.champs import refus_champs
from infocentre.noyau.erreurs import Refus
from infocentre.noyau.etats import Etat

MOIS_APERCUS = 12
_SANS_CODE = "CANDIDAT_AVANT"

_REGISTRE = """
create table registre as
select departement, mois, code_guichet as guichet, nom, type_guichet,
    coalesce(siren, code_guichet) as organisme
from guichets
"""

# Each month of the rule faces either the same month of the rule in force, or its month before.
_FACE_A_FACE = """
create table faces as
with mois as (
    select departement, mois,
        lag(mois) over (partition by departement order by mois) as mois_precedent
    from (select distinct departement, mois from calculabilite)
)
select departement, mois,
    if($compare, mois, mois_precedent) as mois_avant,
    if($compare, $avant, $code) as code_avant
from mois
"""

_MOIS = """
with entrees as (
    select f.departement, f.mois, count(*) as nombre
    from faces as f
    join en_anomalie as a on a.departement = f.departement and a.mois = f.mois and a.code = $code
    anti join en_anomalie as b
        on b.departement = f.departement and b.mois = f.mois_avant and b.code = f.code_avant
        and b.unite = a.unite
    where f.mois_avant is not null
    group by all
),
sorties as (
    select f.departement, f.mois, count(*) as nombre
    from faces as f
    join en_anomalie as b
        on b.departement = f.departement and b.mois = f.mois_avant and b.code = f.code_avant
    anti join en_anomalie as a
        on a.departement = f.departement and a.mois = f.mois and a.code = $code
        and a.unite = b.unite
    group by all
)
select f.departement, f.mois, v.numerateur, v.denominateur, v.taux,
    v.numerateur_12m, v.denominateur_12m, v.taux_12m, v.etat,
    w.n_etat as numerateur_avant, w.d_etat as denominateur_avant, w.taux_etat as taux_avant,
    w.etat as etat_avant,
    if(f.mois_avant is null, null, coalesce(e.nombre, 0)) as entrent,
    if(f.mois_avant is null, null, coalesce(s.nombre, 0)) as sortent
from faces as f
join valeurs_calculees as v
    on v.niveau = 'departement' and v.departement = f.departement and v.mois = f.mois
    and v.code = $code
left join valeurs_calculees as w
    on w.niveau = 'departement' and w.departement = f.departement and w.mois = f.mois_avant
    and w.code = f.code_avant
left join entrees as e on e.departement = f.departement and e.mois = f.mois
left join sorties as s on s.departement = f.departement and s.mois = f.mois
order by f.departement, f.mois
"""

_CHANGEMENTS = f"""
with apres as (
    from faces join valeurs_calculees as v using (departement, mois)
    select faces.*, v.guichet, v.etat
    where v.niveau = 'guichet' and v.code = $code and mois_avant is not null
),
avant as (
    from faces as f join valeurs_calculees as v
        on v.departement = f.departement and v.mois = f.mois_avant and v.code = f.code_avant
    select f.departement, f.mois, v.guichet, v.etat
    where v.niveau = 'guichet'
)
select departement, mois, guichet, r.nom,
    coalesce(avant.etat, '{Etat.SANS_OBJET}') as etat_avant,
    coalesce(apres.etat, '{Etat.SANS_OBJET}') as etat
from apres
full join avant using (departement, mois, guichet)
left join registre as r using (departement, mois, guichet)
where etat_avant <> coalesce(apres.etat, '{Etat.SANS_OBJET}')
order by departement, mois, guichet
"""


@dataclass(frozen=True, slots=True)
class MoisApercu:
    """One month of one département; the last six columns are about the window that is judged.

    « avant », « entrent » and « sortent » (units) face the rule in force in the same month, or,
    for a new indicator, the month before: None for the first month. What `masquer` hides is None.
    """

    departement: str
    mois: str
    numerateur: int | None
    denominateur: int | None
    taux: float | None
    numerateur_12m: int | None
    denominateur_12m: int | None
    taux_12m: float | None
    etat: str | None
    numerateur_avant: int | None
    denominateur_avant: int | None
    taux_avant: float | None
    etat_avant: str | None
    entrent: int | None
    sortent: int | None


@dataclass(frozen=True, slots=True)
class Changement:
    """A guichet whose state differs from what it faces (see MoisApercu)."""

    departement: str
    mois: str
    guichet: str
    nom: str | None
    etat_avant: str
    etat: str


@dataclass(frozen=True, slots=True)
class Apercu:
    """What a rule would have said of past months; `compare` tells that it faces the rule in force.

    `au_mois`: the window judged is the month (a stock, tolérance zéro), else the 12 months;
    `masque`: counts under it are hidden, and so are the guichets; 0 when nothing is.
    """

    indicateur: Indicateur
    compare: bool
    au_mois: bool
    mois: tuple[MoisApercu, ...]
    changements: tuple[Changement, ...]
    masque: int = 0

    def du_dernier_mois(self, departement: str) -> tuple[str, dict[str, tuple[str, str]]]:
        """Return the last month of a département, and {guichet: (state before, after)} in it."""
        mois = max(un.mois for un in self.mois if un.departement == departement)
        etats = {
            un.guichet: (un.etat_avant, un.etat)
            for un in self.changements
            if (un.departement, un.mois) == (departement, mois)
        }
        return mois, etats


def masquer(fait: Apercu, seuil: int) -> Apercu:
    """Return a preview for who may see no demande: no guichet, no count under a threshold.

    0 is hidden too: whether one person's demande is as a rule says would be told by it.
    """
    mois = tuple(_masquer_mois(un, seuil, au_mois=fait.au_mois) for un in fait.mois)
    return replace(fait, mois=mois, changements=(), masque=seuil)


def _masquer_mois(un: MoisApercu, seuil: int, *, au_mois: bool) -> MoisApercu:
    caches: dict[str, Any] = {}
    for suffixe in ("", "_12m", "_avant"):
        anomalies = getattr(un, f"numerateur{suffixe}")
        unites = getattr(un, f"denominateur{suffixe}")
        if anomalies is None or min(anomalies, unites - anomalies) < seuil:
            etat = {"": au_mois, "_12m": not au_mois, "_avant": True}[suffixe]
            noms = [f"{nom}{suffixe}" for nom in ("numerateur", "denominateur", "taux")]
            noms += ["etat_avant" if suffixe == "_avant" else "etat"] if etat else []
            caches |= dict.fromkeys(noms)
    caches |= {nom: None for nom in ("entrent", "sortent") if (getattr(un, nom) or 0) < seuil}
    return replace(un, **caches)


def candidat(champs: Mapping[str, Any]) -> Indicateur:
    """Return the indicator of these fields of its YAML file, checked; raises Refus by field.

    What is checked is what the catalogue checks: fields, then the rule on its population, among
    the indicators in force.
    """
    fichier = f"{champs.get('code') or 'candidat'}.yml"
    try:
        indicateur = Indicateur.model_validate(dict(champs))
    except ValidationError as erreur:
        raise refus_champs(erreur, fichier) from None
    verifier_candidat(indicateur)
    return indicateur


def verifier_candidat(indicateur: Indicateur) -> Catalogue:
    """Return the catalogue in force with the indicator added or in place; raises Refus."""
    catalogue = lire_catalogue()
    neuf = catalogue.model_copy(
        update={"indicateurs": catalogue.indicateurs | {indicateur.code: indicateur}}
    )
    try:
        verifier(neuf, {code: f"{code}.yml" for code in neuf.indicateurs})
    except Refus as refus:
        raise Refus(refus.quoi, refus.ou, _conseil(catalogue, indicateur, refus)) from None
    return neuf


def _conseil(catalogue: Catalogue, indicateur: Indicateur, refus: Refus) -> str:
    """Say what to do of a rule that cannot be bound: above all, which columns it may name."""
    population = catalogue.populations.get(indicateur.population)
    if population is None or refus.ou != f"{indicateur.code}.yml":
        return refus.que_faire
    connues = list(types_colonnes(population.sql))
    inconnue = re.search(r"la colonne « (.+?) » n'existe pas", refus.quoi)
    proches = difflib.get_close_matches(inconnue[1].lower(), connues) if inconnue else []
    debut = f"Noms proches : {', '.join(proches)}. " if proches else ""
    return (
        f"{debut}Colonnes de la population « {population.nom} » : {', '.join(connues)}. "
        f"Une autre s'ajoute dans queries/populations/{population.nom}.sql."
    )


def apercu(
    dossier: Dossier,
    indicateur: Indicateur,
    *,
    mois: int = MOIS_APERCUS,
    departement: str | None = None,
) -> Apercu:
    """Compute a rule over the last months loaded, against the rule in force of its code if any.

    Raises:
        Refus: the rule cannot be computed, or nothing is loaded.
    """
    catalogue = verifier_candidat(indicateur)
    en_vigueur = lire_catalogue().indicateurs.get(indicateur.code)
    reduit = _reduire(catalogue, indicateur, en_vigueur)
    with dossier.lire() as lecture, duckdb.connect(config={"threads": 2}) as con:
        livraisons = _dernieres(lecture.version.livraisons, mois, departement)
        _ouvrir(con, dossier, livraisons)
        _juger(con, dossier, reduit, livraisons)
        return _lire(con, reduit, indicateur, compare=en_vigueur is not None)


def _reduire(
    catalogue: Catalogue, indicateur: Indicateur, en_vigueur: Indicateur | None
) -> Catalogue:
    """Return a catalogue of the rule and, under another code, the one that it replaces."""
    indicateurs = {indicateur.code: indicateur}
    if en_vigueur:
        indicateurs[_SANS_CODE] = en_vigueur.model_copy(update={"code": _SANS_CODE})
    noms = {un.population for un in indicateurs.values()}
    return catalogue.model_copy(
        update={
            "indicateurs": indicateurs,
            "populations": {nom: catalogue.populations[nom] for nom in sorted(noms)},
        }
    )


def _dernieres(
    livraisons: tuple[Livraison, ...], mois: int, departement: str | None
) -> list[Livraison]:
    voulues = [une for une in livraisons if departement in {None, une.departement}]
    gardes = sorted({une.mois for une in voulues})[-mois:]
    if not gardes:
        raise Refus(
            f"aucune livraison n'est chargée pour le département {departement}"
            if departement
            else "aucune livraison n'est encore chargée",
            que_faire="Les livraisons chargées : infocentre livraisons",
        )
    return [une for une in voulues if une.mois in gardes]


def _ouvrir(con: duckdb.DuckDBPyConnection, dossier: Dossier, livraisons: list[Livraison]) -> None:
    """Make the archives visible, what names masked, then let the connection read nothing else."""
    con.execute("set enable_progress_bar = false")
    preparer_empreinte(con, secrets.token_hex(32))
    archives = [dossier.archive(une) for une in livraisons]
    vues = sql_tables(archives, sql_a_l_essai)
    for instruction in (*vues.values(), *sql_references().values(), *sql_macros()):
        con.execute(instruction)
    con.execute(f"set allowed_directories = [{citer(str(dossier.archives))}]")
    con.execute("set enable_external_access = false; set lock_configuration = true")


def _juger(
    con: duckdb.DuckDBPyConnection,
    dossier: Dossier,
    catalogue: Catalogue,
    livraisons: list[Livraison],
) -> None:
    con.execute(_REGISTRE)
    lignes = ", ".join(
        f"({citer(code)}, {citer(une.departement)}, {citer(une.mois)}, {motif is None})"
        for une in livraisons
        for code, motif in motifs_des_indicateurs(catalogue, decrire_archive(dossier, une)).items()
    )
    con.execute(
        "create table calculabilite as from (values "
        f"{lignes}) as c (code, departement, mois, calculable)"
    )
    for population in populations(catalogue):
        compter(con, catalogue, population)
    assembler_comptes(con, catalogue)
    ecrire_regles(con, catalogue)
    calculer_valeurs(con)
    con.execute(f"create table en_anomalie as {_sql_unites(catalogue)}")


def _sql_unites(catalogue: Catalogue) -> str:
    """Return the units in anomaly of each rule and month, in the window that is judged."""
    return " union all ".join(
        f"select {citer(un.code)} as code, departement, mois, unite "
        f"from (\n{catalogue.populations[un.population].sql}\n) as population "
        f"semi join (from calculabilite where calculable and code = {citer(un.code)}) "
        "using (departement, mois) "
        f"where {condition(un)}"
        + (
            " and jour between date_trunc('month', arrete) and arrete"
            if catalogue.fenetre(un) == "mois"
            else ""
        )
        for un in catalogue.indicateurs.values()
    )


def _lire(
    con: duckdb.DuckDBPyConnection, catalogue: Catalogue, indicateur: Indicateur, *, compare: bool
) -> Apercu:
    code = {"code": indicateur.code}
    au_mois = catalogue.fenetre(indicateur) == "mois"
    con.execute(_FACE_A_FACE, {**code, "avant": _SANS_CODE, "compare": compare})
    mois = con.execute(_MOIS, code).fetchall()
    changements = con.execute(_CHANGEMENTS, code).fetchall()
    return Apercu(
        indicateur,
        compare,
        au_mois,
        tuple(MoisApercu(*ligne) for ligne in mois),
        tuple(Changement(*ligne) for ligne in changements),
    )
