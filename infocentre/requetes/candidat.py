"""A candidate indicator, or a changed rule: checked as the catalogue checks, previewed, written.

The preview counts with the SQL of the real controls over the archives of past months, in a
connection of its own: nothing published changes. Who writes a rule asks one question of each row
that it is tried on: numéros, identifiers, addresses and birth dates are masked there, by a key that
is drawn for one preview and thrown away; small counts are hidden from who may see no demande.
"""

from __future__ import annotations

import contextlib
import difflib
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import duckdb
from pydantic import ValidationError

from infocentre.catalogue import Catalogue, Indicateur, lire_catalogue
from infocentre.catalogue.analyse import ErreurSql
from infocentre.catalogue.liaison import verifier
from infocentre.catalogue.motifs import motifs_des_indicateurs
from infocentre.catalogue.schema import types_colonnes
from infocentre.catalogue.sql import condition
from infocentre.entrepot import Dossier, Livraison
from infocentre.entrepot.relations import citer
from infocentre.entrepot.sceaux import decrire_archive
from infocentre.mesures import (
    assembler_comptes,
    compter,
    ecrire_regles,
    juger_sommes,
    populations,
    sommer_comptes,
)
from infocentre.noyau.champs import refus_champs
from infocentre.noyau.erreurs import Refus
from infocentre.noyau.etats import Etat
from infocentre.requetes.banc import ENTIER, Regard, lignes, ouvrir, sur_le_banc

MOIS_APERCUS = 12
_SANS_CODE = "CANDIDAT_AVANT"

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
    if(f.mois_avant is null, null, arrondi(coalesce(e.nombre, 0), 'entrent ' || f.mois))
        as entrent,
    if(f.mois_avant is null, null, arrondi(coalesce(s.nombre, 0), 'sortent ' || f.mois))
        as sortent
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

# Up as often as chance says, to the multiple of 5 above or below: of a rule, always the same way.
_ARRONDI = """
create macro arrondi(nombre, quoi) as
((nombre + (hash(concat('{graine}', quoi)) % 5)::bigint) // 5 * 5)::bigint
"""
_EXACT = "create macro arrondi(nombre, quoi) as nombre"


def _arrondi(nom: str) -> str:
    return f"arrondi({nom}, concat_ws(' ', '{nom}', niveau, departement, mois, code))"


_ARRONDIR = "update comptes_niveaux set " + ", ".join(
    f"{d} = {_arrondi(d)}, {n} = least({_arrondi(n)}, {_arrondi(d)})"
    for n, d in (("numerateur", "denominateur"), ("numerateur_12m", "denominateur_12m"))
)

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
    `masque`: counts under it are hidden, the others rounded, guichets are not told; 0 when all
    is. `classes`: the rule read days by month and amounts in classes.
    """

    indicateur: Indicateur
    compare: bool
    au_mois: bool
    mois: tuple[MoisApercu, ...]
    changements: tuple[Changement, ...]
    masque: int = 0
    classes: bool = False

    def du_dernier_mois(self, departement: str) -> tuple[str, dict[str, tuple[str, str]]]:
        """Return the last month of a département, and {guichet: (state before, after)} in it."""
        mois = max(un.mois for un in self.mois if un.departement == departement)
        etats = {
            un.guichet: (un.etat_avant, un.etat)
            for un in self.changements
            if (un.departement, un.mois) == (departement, mois)
        }
        return mois, etats


def masquer(fait: Apercu, seuil: int, *, classes: bool) -> Apercu:
    """Return a preview for who may see no small count: no guichet, no count under a threshold.

    0 is hidden too: whether one person's demande is as a rule says would be told by it.
    """
    mois = tuple(_masquer_mois(un, seuil, au_mois=fait.au_mois) for un in fait.mois)
    return replace(fait, mois=mois, changements=(), masque=seuil, classes=classes)


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
    indicateur = lire_candidat(champs)
    verifier_candidat(indicateur)
    return indicateur


def lire_candidat(champs: Mapping[str, Any]) -> Indicateur:
    """Return the indicator of these fields, its rule not checked yet; raises Refus by field."""
    fichier = f"{champs.get('code') or 'candidat'}.yml"
    try:
        return Indicateur.model_validate(dict(champs))
    except ValidationError as erreur:
        raise refus_champs(erreur, fichier) from None


def verifier_candidat(indicateur: Indicateur, en_vigueur: Catalogue | None = None) -> Catalogue:
    """Return the catalogue in force with the indicator added or in place, checked; raises Refus.

    `en_vigueur` is that catalogue, for who may not read its files any more.
    """
    catalogue = en_vigueur or lire_catalogue()
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
    regard: Regard = ENTIER,
    enfermer: Callable[..., None] = lambda *_: None,
) -> Apercu:
    """Compute a rule over the last months loaded, against the rule in force of its code if any.

    `enfermer` is called once, with the descriptors that are still read, before the rule is bound
    or calculated: what it holds may be hostile.

    Raises:
        Refus: the rule cannot be computed, or nothing is loaded.
    """
    en_vigueur = lire_catalogue()
    avant = en_vigueur.indicateurs.get(indicateur.code)
    with contextlib.ExitStack() as pile:
        _, version = pile.enter_context(dossier.tenir())
        livraisons = _dernieres(version.livraisons, mois, departement)
        con = pile.enter_context(duckdb.connect(config={"threads": 1}))
        try:
            reduit = _reduire(en_vigueur, indicateur, avant)
            calculables = _calculables(dossier, reduit, livraisons)
            fichier = pile.enter_context(lignes(dossier, livraisons, reduit, regard))
        except (ErreurSql, KeyError):  # no rule: what is wrong is said as of any other one
            enfermer()
            verifier_candidat(indicateur, en_vigueur)
            raise
        enfermer(fichier)
        verifier_candidat(indicateur, en_vigueur)
        ouvrir(con, fichier)
        _juger(con, _essayee(sur_le_banc(reduit), indicateur.code, regard), calculables, regard)
        return _lire(con, reduit, indicateur, compare=avant is not None)


def _reduire(
    catalogue: Catalogue, indicateur: Indicateur, en_vigueur: Indicateur | None
) -> Catalogue:
    """Return a catalogue of the rule and, under another code, the one that it replaces.

    Raises:
        KeyError: it has no population of that name.
    """
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


def _calculables(
    dossier: Dossier, catalogue: Catalogue, livraisons: list[Livraison]
) -> list[tuple[str, str, str, bool]]:
    """Return whether each rule can be calculated, by code, département and month."""
    return [
        (code, une.departement, une.mois, motif is None)
        for une in livraisons
        for code, motif in motifs_des_indicateurs(catalogue, decrire_archive(dossier, une)).items()
    ]


def _essayee(catalogue: Catalogue, code: str, regard: Regard) -> Catalogue:
    """Return the catalogue where a calculation that fails on a unit leaves it unknown, if asked.

    A refusal would tell that there is such a unit.
    """
    if not regard.graine:
        return catalogue
    une = catalogue.indicateurs[code]
    regles = {nom: getattr(une, nom) for nom in ("applicable", "anomalie")}
    sures = {nom: f"try(({sql}\n))" for nom, sql in regles.items() if sql}
    indicateurs = catalogue.indicateurs | {code: une.model_copy(update=sures)}
    return catalogue.model_copy(update={"indicateurs": indicateurs})


def _juger(
    con: duckdb.DuckDBPyConnection,
    catalogue: Catalogue,
    calculables: list[tuple[str, str, str, bool]],
    regard: Regard,
) -> None:
    dites = ", ".join(
        f"({citer(code)}, {citer(departement)}, {citer(mois)}, {calculable})"
        for code, departement, mois, calculable in calculables
    )
    con.execute(
        "create table calculabilite as from (values "
        f"{dites}) as c (code, departement, mois, calculable)"
    )
    for population in populations(catalogue):
        compter(con, catalogue, population)
    assembler_comptes(con, catalogue)
    ecrire_regles(con, catalogue)
    con.execute(_ARRONDI.format(graine=regard.graine) if regard.graine else _EXACT)
    sommer_comptes(con)
    if regard.graine:
        con.execute(_ARRONDIR)
    juger_sommes(con)
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
