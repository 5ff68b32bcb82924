"""What a reader who may not see everything sees: a filter in SQL for each relation.

Such a reader's queries run where only views stand, made here. A relation that is not declared is
not there: to forget one shows too little, never too much.

A reader of some guichets sees the rows of these guichets; those of an organisme when all its
guichets are among them; of the département and of the types of these guichets, the counts that the
bilan shares with everybody (`publies.dits_a_tous`), of types where at least `AUTRES_MINIMAUX`
others make them, and as many, or none, what these types leave of the département. Nothing names,
counts or ranks another.
"""

from __future__ import annotations

import itertools
import threading
from collections.abc import Callable, Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

import duckdb

from infocentre.acces.perimetre import Perimetre
from infocentre.catalogue.motifs import MOTIFS
from infocentre.entrepot.relations import citer, citer_nom
from infocentre.mesures.petits import sans_petits, seuil_publie
from infocentre.mesures.tableaux import tableaux
from infocentre.noyau.etats import SIGNIFICATIFS, Etat, en_sql

AUTRES_MINIMAUX = 4
AILLEURS = "autre demande d'un autre guichet"
# What everybody is told: département, month, indicator, level, key, rate.
Dit = tuple[str, str, str, str, str, float | None]
# Where a state is told to nobody: département, month, indicator, level, key.
Tu = tuple[str, str, str, str, str]


@dataclass(frozen=True, slots=True)
class Droit:
    """What is seen of a relation, within the départements unless it has none.

    `lignes` says which rows a reader of some guichets sees, None when the relation is not there
    for them; `masques` what some columns become for them; `sans_numero` what some become for one
    who may list no numéro, `petits` for one who sees no small count and has no guichet. `dits` says
    where one who has some is told a column: his own, and what everybody is; `etats` what states
    become for him. {siens}, {organismes} and {types} stand for the reader's lists, {petit} for the
    greatest small count, {dits} for what is shared with everybody, {tu} for whether a place is one
    whose state is told to nobody.
    """

    lignes: str | None = "true"
    masques: Mapping[str, str] = field(default_factory=dict)
    sans_numero: Mapping[str, str] = field(default_factory=dict)
    petits: Mapping[str, str] = field(default_factory=dict)
    dits: Mapping[str, str] = field(default_factory=dict)
    etats: Mapping[str, str] = field(default_factory=dict)
    departement: str = "{departement}"


def _siens(champ: str) -> str:
    return f"list_contains({{siens}}, {champ})"


def _si(condition: str, champ: str) -> str:
    return f"if({condition}, {champ}, NULL)"


_PAR_NIVEAU = (
    "niveau = 'departement' OR niveau = 'guichet' AND list_contains({siens}, guichet) "
    "OR niveau = 'organisme' AND list_contains({organismes}, guichet) "
    "OR niveau = 'type' AND list_contains({types}, guichet)"
)
_SIEN = "niveau = 'guichet' OR niveau = 'organisme'"
_DIT = (
    f"{_SIEN} OR (departement, mois, code, niveau, guichet) "
    "IN (SELECT (* EXCLUDE taux) FROM {dits})"
)
_DIT_DU_MOIS = f"{_SIEN} OR fenetre = 'mois' AND ({_DIT})"
_PLACE = "concat_ws(' ', departement, mois, code, niveau, guichet)"
# A state that the bilan does not tell beside counts that are masked (`etats_tus`); nothing tells
# that of one month where it rests on twelve.
_ETATS = {
    "etat": "NOT {tu}",
    "etat_mois": f"fenetre = 'mois' AND NOT {{tu}} OR etat_mois NOT IN {en_sql(SIGNIFICATIFS)}",
}
# The rate of a type, and what is worked out of it, beside one's own.
_TAUX_DIT = (
    "(departement, mois, code, 'type', type_guichet, taux_ensemble) "
    "IN (SELECT (d.*) FROM {dits} AS d)"
)
_A_LA_FENETRE = ("numerateur", "denominateur", "taux")
_D_ETAT = ("n_etat", "d_etat", "taux_etat", "borne_basse", "borne_haute")
_DU_TYPE = (
    "taux_ensemble",
    "entonnoir_bas_95",
    "entonnoir_haut_95",
    "entonnoir_bas_998",
    "entonnoir_haut_998",
)

_ANONYMES = {"numero_unique": "NULL::VARCHAR", "unite": "hash(unite)::VARCHAR"}
_AUTRE_SIENNE = f"{_siens('autre_guichet')} AND coalesce({_siens('autre_gestionnaire')}, true)"
_GESTION = {"gestionnaire": _si(_siens("gestionnaire"), "gestionnaire")}

# Of the version: its tables, but the standard ones.
VERSION: Mapping[str, Droit] = {
    "regles": Droit(departement="true"),
    "reglages": Droit(departement="departement IS NULL OR {departement}"),
    "objectifs": Droit(),
    MOTIFS: Droit(),
    "registre": Droit(_siens("guichet")),
    "valeurs": Droit(
        _PAR_NIVEAU,
        {"rang": "NULL::INTEGER"}
        | {nom: _si("list_contains({types}, type_guichet)", nom) for nom in _DU_TYPE},
        petits=sans_petits("valeurs"),
        dits={
            **dict.fromkeys(_DU_TYPE, _TAUX_DIT),
            **dict.fromkeys(_D_ETAT, _DIT),
            **dict.fromkeys(_A_LA_FENETRE, _DIT_DU_MOIS),
            **{f"{nom}_12m": f"{_SIEN} OR fenetre = '12m' AND ({_DIT})" for nom in _A_LA_FENETRE},
        },
        etats={
            nom: f"if({_SIEN} OR {dit}, {nom}, {citer(Etat.SECRET)})" for nom, dit in _ETATS.items()
        },
    ),
    "revisions": Droit(
        _PAR_NIVEAU,
        petits=sans_petits("revisions"),
        dits=dict.fromkeys(sans_petits("revisions"), _SIEN),
    ),
    "triangle": Droit(
        f"guichet = '*' OR {_siens('guichet')}",
        petits=sans_petits("triangle"),
        dits=dict.fromkeys(sans_petits("triangle"), "guichet <> '*'"),
    ),
    "estimations": Droit(
        masques=dict.fromkeys(
            "constate estime borne_basse borne_haute completude".split(), "NULL::DOUBLE"
        )
    ),
    "soldes": Droit(None),
}
# Of the files: what a SELECT over them gives.
FICHIERS: Mapping[str, Droit] = {
    "suivi": Droit(_siens("guichet"), sans_numero=_ANONYMES),
    "anomalies": Droit(_siens("guichet"), _GESTION, _ANONYMES),
    "anomalies_doublons": Droit(
        _siens("guichet"),
        _GESTION
        | {
            nom: _si(_AUTRE_SIENNE, nom)
            for nom in (
                "autre_numero",
                "autre_guichet",
                "autre_gestionnaire",
                "autre_date_creation",
                "autre_date_radiation",
                "autre_date_bail",
            )
        }
        | {
            "explication": f"if(autre_numero IS NULL OR {_AUTRE_SIENNE}, explication, "
            f"concat(constat, ' ; ', {citer(AILLEURS)}))"
        },
        _ANONYMES,
    ),
    "etats": Droit(
        f"{_siens('guichet_enregistreur')} OR {_siens('cle_guichetcreateur')}",
        {nom: _si(_siens(nom), nom) for nom in ("guichet_enregistreur", "cle_guichetcreateur")},
    ),
    "radiations_a_verifier": Droit(
        f"{_siens('guichet')} OR {_siens('createur')}",
        {nom: _si(_siens(nom), nom) for nom in ("guichet", "createur")},
        {"numero_unique": "NULL::VARCHAR"},
    ),
    "faits": Droit(masques={"guichet": _si(_siens("guichet"), "guichet")}, departement="true"),
    "liens": Droit(
        f"{_siens('guichet')} AND coalesce({_siens('gestionnaire')}, true)", departement="true"
    ),
    "actes": Droit(_siens("guichet")),
    "utilisateurs": Droit(
        _siens("guichet"), sans_numero={"id_utilisateur": "hash(id_utilisateur)::VARCHAR"}
    ),
}


@dataclass(frozen=True, slots=True)
class Vues:
    """Where the views of a reader stand, which there are, and what is put in the filters.

    `libres` are cursors that stand among them, left by the last queries: to go there costs more
    than most queries.
    """

    perimetre: Perimetre
    schema: str
    noms: frozenset[str]
    organismes: frozenset[str]
    listes: Mapping[str, str]
    libres: list[duckdb.DuckDBPyConnection] = field(default_factory=list, compare=False)

    def filtrer(self, nom: str, sql: str) -> str:
        """Return a relation of `FICHIERS` as the reader may see it."""
        return f"({_selection(FICHIERS[nom], sql, self.perimetre, self.listes)})"


def de_la_version() -> Mapping[str, Droit]:
    """Return what is seen of every table of the version; the standard ones are shown masked."""
    return {**VERSION, **{un.mart: Droit() for un in tableaux().values()}}  # no guichet in them


_VERROU = threading.Lock()
_RANGS = itertools.count()


def preparer(
    con: duckdb.DuckDBPyConnection,
    p: Perimetre,
    dits: Callable[[str], Sequence[Dit]] = lambda _: (),
    tus: Callable[[str], Sequence[Tu]] | None = None,
) -> Vues:
    """Create the views of a périmètre in a database in memory, beside the version's.

    `dits` gives what everybody is told of a département, `tus` the states that nobody is; without
    it, none is.
    """
    with con.cursor() as curseur:
        base = curseur.execute("SELECT current_database()").fetchall()[0][0]
        colonnes: dict[str, set[str]] = {}
        for table, colonne in curseur.execute(
            "SELECT table_name, column_name FROM duckdb_columns() "
            "WHERE NOT internal AND database_name = current_database()"
        ).fetchall():
            colonnes.setdefault(table, set()).add(colonne)
        p, organismes, listes = _resoudre(curseur, p, colonnes)
        presentes = {nom: un for nom, un in de_la_version().items() if nom in colonnes}
        if p.partiel:
            presentes = {nom: un for nom, un in presentes.items() if un.lignes is not None}
        schema = f"droits.p{next(_RANGS)}"
        with _VERROU:
            curseur.execute("ATTACH IF NOT EXISTS ':memory:' AS droits (READ_WRITE)")
        curseur.execute(f"CREATE SCHEMA {schema}")
        if p.guichets and p.petits_masques:
            listes = {**listes, "dits": f"{schema}.dits"}
            lus = [dit for un in sorted(p.departements or ()) for dit in dits(un)]
            _tenir(curseur, listes["dits"], lus)
            siens = sorted(p.departements or ())
            listes["tu"] = _est_tu(lieu for un in siens for lieu in tus(un)) if tus else "true"
        for nom, un in presentes.items():
            masques = {c: sql for c, sql in un.masques.items() if c in colonnes[nom]}
            petits = {c: sql for c, sql in un.petits.items() if c in colonnes[nom]}
            communs = {c: sql for c, sql in un.dits.items() if c in colonnes[nom]}
            etats = {c: sql for c, sql in un.etats.items() if c in colonnes[nom]}
            source = f"{citer_nom(base)}.main.{nom}"
            droit = replace(un, masques=masques, petits=petits, dits=communs, etats=etats)
            sql = _selection(droit, source, p, listes)
            curseur.execute(f"CREATE VIEW {schema}.{nom} AS {sql}")
    return Vues(p, schema, frozenset(presentes), frozenset(organismes), listes)


def _est_tu(lieux: Iterable[Tu]) -> str:
    """Return the SQL of whether a state is told to nobody.

    A list: to look for places in a table costs each reading of values a third more.
    """
    return f"list_contains({_liste(' '.join(un) for un in lieux)}, {_PLACE})"


def _tenir(curseur: duckdb.DuckDBPyConnection, nom: str, dits: Sequence[Dit]) -> None:
    """Keep what everybody is told, by place, with the rate of each."""
    curseur.execute(
        f"CREATE TABLE {nom} (departement VARCHAR, mois VARCHAR, code VARCHAR, niveau VARCHAR, "
        "guichet VARCHAR, taux DOUBLE)"
    )
    if dits:
        colonnes = [list(une) for une in zip(*dits, strict=True)]
        listes = ", ".join(f"unnest(?::{genre}[])" for genre in (*["VARCHAR"] * 5, "DOUBLE"))
        curseur.execute(f"INSERT INTO {nom} SELECT {listes}", colonnes)


def _selection(un: Droit, source: str, p: Perimetre, listes: Mapping[str, str]) -> str:
    """Return the SELECT of what a reader may see of a relation."""
    colonnes = dict(un.masques) if p.partiel else {}
    colonnes |= {} if p.nominatif else un.sans_numero
    if p.petits_masques and p.guichets:
        colonnes |= {
            nom: f"if({ou}, {colonnes.get(nom, nom)}, NULL)" for nom, ou in un.dits.items()
        }
        colonnes |= un.etats
    elif p.petits_masques:
        colonnes |= un.petits
    remplace = ", ".join(f"{sql} AS {nom}" for nom, sql in colonnes.items())
    choix = f"* REPLACE ({remplace})" if remplace else "*"
    lignes = (un.lignes or "false") if p.partiel else "true"
    condition = f"({un.departement}) AND ({lignes})".format(**listes)
    return f"SELECT {choix.format(**listes)} FROM {source} WHERE {condition}"


def _resoudre(
    curseur: duckdb.DuckDBPyConnection, p: Perimetre, connues: Container[str]
) -> tuple[Perimetre, list[str], dict[str, str]]:
    """Return the périmètre with its départements, its organismes, and what filters hold, as SQL.

    Guichets without départements are in those whose register has them.
    """
    siens = _liste(p.guichets or ())
    organismes, types = list[str](), list[str]()
    if p.partiel and "registre" in connues:
        connus = (
            "SELECT departement, mois, guichet, organisme, type_guichet, "
            f"list_contains({siens}, guichet) AS sien FROM registre"
        )
        if p.departements is None:
            lus = curseur.execute(f"SELECT DISTINCT departement FROM ({connus}) WHERE sien")
            p = replace(p, departements=frozenset(un for (un,) in lus.fetchall()))
        ici = f"({connus}) WHERE list_contains({_liste(p.departements or ())}, departement)"
        organismes = _colonne(curseur, "organisme", ici, "bool_and(sien)")
        par_mois = (
            "(SELECT type_guichet, bool_or(sien) AS sien, count(*) FILTER (NOT sien) AS autres, "
            "sum(if(bool_or(sien), 0, count(*))) OVER (PARTITION BY departement, mois) AS dehors "
            f"FROM {ici} GROUP BY type_guichet, departement, mois)"
        )
        assez = (
            f"bool_or(sien) AND min(autres) >= {AUTRES_MINIMAUX} "
            f"AND bool_and(dehors = 0 OR dehors >= {AUTRES_MINIMAUX})"
        )
        types = _colonne(curseur, "type_guichet", par_mois, assez)
    elif p.partiel and p.departements is None:
        p = replace(p, departements=frozenset())
    departement = (
        "true"
        if p.departements is None
        else f"list_contains({_liste(p.departements)}, departement)"
    )
    listes = {"organismes": _liste(organismes), "types": _liste(types)}
    petit = str(seuil_publie(curseur, reglages="reglages" in connues) - 1)
    return p, organismes, {"siens": siens, "departement": departement, "petit": petit, **listes}


def _colonne(
    curseur: duckdb.DuckDBPyConnection, nom: str, source: str, condition: str
) -> list[str]:
    lus = curseur.execute(
        f"SELECT {nom} FROM {source} GROUP BY {nom} HAVING {nom} IS NOT NULL AND {condition}"
    )
    return [un for (un,) in lus.fetchall()]


def _liste(textes: Iterable[str]) -> str:
    return f"[{', '.join(citer(un) for un in sorted(textes))}]::VARCHAR[]"
