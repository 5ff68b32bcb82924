"""The standard tables: one SELECT per file of queries/tableaux/, kept month by month as marts."""

from __future__ import annotations

import functools
import re
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import duckdb
from pydantic import AfterValidator, BaseModel, ConfigDict, ValidationError

from infocentre.catalogue.acquis import acquis
from infocentre.catalogue.analyse import ErreurSql, colonnes_du_select, tables_nommees
from infocentre.catalogue.exigences import TABLE_ENTIERE, deplier, existe, facultatives
from infocentre.catalogue.messages import en_francais
from infocentre.catalogue.modele import Exigences, Texte
from infocentre.catalogue.schema import creer_tables, relations
from infocentre.contrat.intitules import est_un_taux
from infocentre.entrepot.macros import sql_macros
from infocentre.entrepot.relations import citer, citer_nom
from infocentre.mesures.declarations import (
    Declaration,
    ImageDeclaree,
    PlanDeclare,
    Role,
    lire_declaration,
)
from infocentre.mesures.impressions import Impression
from infocentre.mesures.plans import Plan
from infocentre.mesures.reglages import OBJECTIFS, SCHEMA_OBJECTIFS, SCHEMA_REGLAGES
from infocentre.noyau.champs import refus_champs
from infocentre.noyau.config import ressources
from infocentre.noyau.erreurs import Refus
from infocentre.noyau.fichiers import lire_texte

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from infocentre.mesures.connexion import Connexion

    # (code of the table, departement, mois)
    NonCalculable = tuple[str, str, str]

_ENTETE = re.compile(r"\A(?:--.*\n)*")
_CHAMP = re.compile(r"^-- (\w+):(.*(?:\n--\s{2,}.*)*)", re.MULTILINE)
_CORRIGER = "Corriger ce fichier de queries/tableaux/, puis recommencer."
_COLONNES = {
    "departement": ("VARCHAR",),
    "mois": ("VARCHAR",),
    "ordre": ("INTEGER", "BIGINT"),
}


def _code(valeur: str) -> str:
    if not re.fullmatch(r"[A-Z]+(\d{2})?-\d{2}", valeur):
        message = f"« {valeur} » est mal formé, un code comme TAB01-01 est attendu"
        raise ValueError(message)
    return valeur


class Tableau(BaseModel):
    """One standard table; `colonnes` are those of its SELECT, the hidden `ordre` left out.

    `types` are theirs, as DuckDB names them, `ordre` its own.

    `requiert` makes it non calculable when missing; `facultatif` is read as null.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    code: Annotated[str, AfterValidator(_code)]
    titre: Texte
    grain: Texte
    objet: Texte
    sur: Literal["archives", "marts"]
    note: Texte
    requiert: Exigences = ()
    facultatif: Exigences = ()
    sql: Texte
    declare: Declaration
    colonnes: tuple[str, ...] = ()
    types: tuple[str, ...] = ()
    ordre: str = ""

    @property
    def existe(self) -> bool:
        """Tell whether it is calculated, rather than what stands for a role that no table has."""
        return bool(self.sql)

    @property
    def mart(self) -> str:
        """Name of its table in the warehouse."""
        return nom_mart(self.code)

    @property
    def champs(self) -> dict[str, str]:
        """Columns of its mart, with their types."""
        return {**dict(zip(self.colonnes, self.types, strict=True)), "ordre": self.ordre}

    @property
    def taux(self) -> tuple[str, ...]:
        """Columns that are ratios, to be shown in percent."""
        return tuple(nom for nom in self.colonnes if est_un_taux(nom))

    @functools.cached_property
    def plan(self) -> Plan:
        """How it may give a masked count away."""
        return self.declare.plan.plan

    @property
    def fichier(self) -> str:
        """Name of its file."""
        return f"{self.code}.sql"

    def impression(self, sorte: str = "") -> Impression:
        """Return how the documents print it, or another of its prints; raise Refus for none."""
        dite = self.declare.imprime
        if not self.existe:
            return dite
        if sorte and sorte not in dite.aussi:
            quoi = f"champ « imprime.aussi » : un document imprime « {sorte} », qui manque"
            raise Refus(quoi, f"{self.code}.yml", _CORRIGER)
        if not dite.sorte(sorte).toutes:
            quoi = "champ « imprime.colonnes » : un document imprime ce tableau, sans colonne"
            raise Refus(quoi, f"{self.code}.yml", _CORRIGER)
        return dite.sorte(sorte)


class Tableaux(dict[str, Tableau]):
    """The standard tables by code, and by the role that documents name them by."""

    @functools.cached_property
    def par_role(self) -> Mapping[Role, Tableau]:
        """The table of each role that has one."""
        return {role: un for un in self.values() if (role := un.declare.role)}

    def code(self, role: Role) -> str:
        """Return the code of the table of a role; the role itself when no table has it."""
        return self.par_role[role].code if role in self.par_role else role

    def du_role(self, role: Role) -> Tableau:
        """Return the table of a role; what stands for it, without a column, when none has it."""
        return self.par_role[role] if role in self.par_role else _absent(role)

    @functools.cached_property
    def repetees(self) -> frozenset[tuple[str, str]]:
        """The (code, column) that stand, row by row, in other tables too."""
        return frozenset(
            (self.code(role), nom)
            for un in self.values()
            for role, nom in un.declare.faits.ailleurs
        )


def _absent(role: Role) -> Tableau:
    declare = Declaration(
        theme=("", ""),
        rang=0,
        sans_ligne="-",
        plan=PlanDeclare(),
        image=ImageDeclaree(forme="aucune"),
    )
    return Tableau.model_construct(
        code=role,
        titre=role.replace("_", " "),
        grain="",
        objet="",
        sur="archives",
        note="",
        sql="",
        declare=declare,
    )


@functools.cache
def tableaux() -> Tableaux:
    """Return the standard tables of the infocentre (read once)."""
    return lire_tableaux()


def nom_mart(code: str) -> str:
    """Return the name of a table's mart: TAB01-01 is tab01_01."""
    return code.lower().replace("-", "_")


def lire_tableaux(dossier: Path | None = None) -> Tableaux:
    """Read, validate and bind every file, by code; raises Refus on the first that is wrong."""
    dossier = dossier or ressources("queries") / "tableaux"
    chemins = sorted(dossier.glob("*.sql"))
    if not chemins:
        raise Refus(
            "aucun fichier .sql de tableau",
            str(dossier),
            "Réinstaller l'infocentre, ou remettre les fichiers à leur place.",
        )
    lus = [_lire(chemin) for chemin in chemins]
    _refuser_orphelins(chemins)
    _refuser_roles_repetes(lus)
    types = acquis(dossier, lambda: _lier(lus))
    return Tableaux(
        {un.code: _typer(un, types[un.code]) for un in sorted(lus, key=lambda un: un.code)}
    )


def trouver_tableau(tableaux: Mapping[str, Tableau], code: str) -> Tableau:
    """Return the table of a code, in any case; raises Refus that lists the codes."""
    tableau = tableaux.get(code.upper())
    if tableau is None:
        raise Refus(
            f"le tableau « {code} » n'existe pas",
            que_faire=f"Choisir parmi : {', '.join(tableaux)}.",
        )
    return tableau


def requis_tableau(tableau: Tableau) -> frozenset[tuple[str, str]]:
    """Return the optional (table, COLUMN) and (table, "*") without which it is non calculable."""
    lues = tables_nommees(tableau.sql)
    return facultatives({paire for une in tableau.requiert for paire in deplier(une, lues)})


def nommes_tableau(tableau: Tableau) -> frozenset[tuple[str, str]]:
    """Return every (table, COLUMN) that its SELECT names: what must be usable."""
    lues = tables_nommees(tableau.sql)
    return frozenset(
        paire
        for *qualifie, nom in colonnes_du_select(tableau.sql)
        for paire in deplier(nom, frozenset(qualifie) & lues or lues)
        if paire[1] != TABLE_ENTIERE
    )


def sources(tableau: Tableau) -> list[Tableau]:
    """Return a table, and those whose marts it is made from."""
    lues = tables_nommees(tableau.sql) if tableau.sur == "marts" else frozenset()
    return [tableau, *(un for un in tableaux().values() if un.mart in lues)]


def sql_lecture_tableau(code: str) -> str:
    """Return the SELECT of a mart for `$departement` and `$mois`, in the order of reading."""
    return (
        f"select * exclude (ordre) from {nom_mart(code)} "
        "where departement = $departement and mois = $mois order by ordre"
    )


def calculer_tableaux(
    con: Connexion,
    tableaux: Mapping[str, Tableau],
    non_calculables: Collection[NonCalculable] = (),
) -> None:
    """Replace the months of `calculabilite` in every mart, then the series over all months.

    Reads the relations of the archives of those months and `reglages`. A table that is non
    calculable for a month has no row there.

    Raises:
        Refus: a table could not be computed; the caller's transaction is to be given up.
    """
    _ecrire_mois(con, non_calculables)
    presentes = _presentes(con)
    for tableau in sorted(tableaux.values(), key=lambda un: (un.sur, un.code)):
        try:
            if tableau.sur == "archives":
                _remplacer_mois(con, tableau, presentes.get(tableau.mart))
            else:
                con.execute(f"create or replace table {tableau.mart} as {tableau.sql}")
        except duckdb.Error as erreur:
            raise Refus(en_francais(str(erreur)), tableau.fichier, _CORRIGER) from None
    con.execute("drop table mois_tableaux; drop table tableaux_exclus")


def _ecrire_mois(con: Connexion, non_calculables: Collection[NonCalculable]) -> None:
    con.execute(
        "create or replace temp table mois_tableaux as "
        "select distinct departement, mois from calculabilite; "
        "create or replace temp table tableaux_exclus "
        "(code varchar, departement varchar, mois varchar)"
    )
    lignes = ", ".join(f"({', '.join(map(citer, une))})" for une in non_calculables)
    if lignes:
        con.execute(f"insert into tableaux_exclus values {lignes}")


def _presentes(con: Connexion) -> dict[str, dict[str, str]]:
    """Return the columns of every table of the warehouse, with their types."""
    tables: dict[str, dict[str, str]] = {}
    for table, nom, type_sql in con.execute(
        "select table_name, column_name, data_type from duckdb_columns() "
        "where database_name = current_database() and schema_name = current_schema()"
    ).fetchall():
        tables.setdefault(table, {})[nom] = type_sql
    return tables


def colonnes_absentes(con: Connexion) -> dict[str, dict[str, str]]:
    """Return what a version published before has not: columns with their types, by table.

    They are of its marts, and of the objectives that its control did not read.
    """
    presentes = _presentes(con)
    absentes = {
        mart: {nom: t for nom, t in champs.items() if nom not in presentes[mart]}
        for mart, champs in _champs_des_marts().items()
        if mart in presentes
    }
    if "reglages" in presentes and "objectifs" not in presentes:
        absentes["objectifs"] = dict(OBJECTIFS)
    return {table: colonnes for table, colonnes in absentes.items() if colonnes}


@functools.cache
def _champs_des_marts() -> dict[str, dict[str, str]]:
    """Return the columns of every mart, with their types.

    All that opens a version asks: what the tables declare besides is not read for it.
    """
    dossier = ressources("queries") / "tableaux"
    lies: dict[str, dict[str, str]] = acquis(
        dossier, lambda: _lier([_lire(chemin) for chemin in sorted(dossier.glob("*.sql"))])
    )
    return {nom_mart(code): champs for code, champs in lies.items()}


def _remplacer_mois(con: Connexion, tableau: Tableau, present: Mapping[str, str] | None) -> None:
    if present is None:
        con.execute(f"create table {tableau.mart} ({_sql_colonnes(tableau.champs)})")
    else:
        if present != tableau.champs:
            _aligner(con, tableau, present)
        con.execute(
            f"delete from {tableau.mart} "
            "where (departement, mois) in (select (departement, mois) from mois_tableaux)"
        )
    con.execute(
        f"insert into {tableau.mart} by name select * from (\n{tableau.sql}\n) "
        "semi join mois_tableaux using (departement, mois) "
        f"anti join (from tableaux_exclus where code = {citer(tableau.code)}) "
        "using (departement, mois)"
    )


def _aligner(con: Connexion, tableau: Tableau, present: Mapping[str, str]) -> None:
    """Give a mart the columns of its present SQL; earlier months keep theirs, by name."""
    mart, champs = tableau.mart, tableau.champs
    gardees = ", ".join(
        f"try_cast({citer_nom(nom)} as {type_sql}) as {citer_nom(nom)}"
        for nom, type_sql in champs.items()
        if nom in present
    )
    con.execute(f"create or replace temp table mart_ancien as from {mart}")
    con.execute(f"create or replace table {mart} ({_sql_colonnes(champs)})")
    con.execute(f"insert into {mart} by name select {gardees} from mart_ancien")
    con.execute("drop table mart_ancien")


def _sql_colonnes(types: Mapping[str, str]) -> str:
    return ", ".join(f"{citer_nom(nom)} {type_sql}" for nom, type_sql in types.items())


def _types(con: Connexion, lu: str) -> dict[str, str]:
    """Return the types of the columns of a relation, or of a SELECT."""
    return {ligne[0]: ligne[1] for ligne in con.execute(f"describe {lu}").fetchall()}


def _lire(chemin: Path) -> Tableau:
    texte = lire_texte(chemin)
    entete = _ENTETE.match(texte)
    fin = entete.end() if entete else 0
    champs: dict[str, object] = {
        champ: re.sub(r"\s*\n--\s+", " ", valeur).strip()
        for champ, valeur in _CHAMP.findall(texte[:fin])
    }
    for liste in ("requiert", "facultatif"):
        champs[liste] = tuple(re.findall(r"[^\s,]+", str(champs.get(liste, ""))))
    declare = lire_declaration(chemin.with_suffix(".yml"))
    return _valider(chemin, champs | {"sql": texte[fin:], "declare": declare})


def _refuser_orphelins(chemins: list[Path]) -> None:
    for seul in sorted(chemins[0].parent.glob("*.yml")):
        if seul.with_suffix(".sql") not in chemins:
            raise Refus("le tableau de ce fichier manque", seul.name, "Retirer aussi ce fichier.")


def _refuser_roles_repetes(tableaux: list[Tableau]) -> None:
    premiers: dict[Role, Tableau] = {}
    for un in tableaux:
        role = un.declare.role
        if role and premiers.setdefault(role, un) is not un:
            quoi = f"champ « role » : « {role} » est déjà celui de {premiers[role].code}"
            raise Refus(quoi, f"{un.code}.yml", "Retirer l'un des deux.")


def _valider(chemin: Path, champs: dict[str, object]) -> Tableau:
    try:
        tableau = Tableau.model_validate(champs)
    except ValidationError as erreur:
        raise refus_champs(erreur, chemin.name, " d'un tableau") from None
    if tableau.fichier != chemin.name:
        raise Refus(
            f"champ « code » : {tableau.code} n'est pas le nom du fichier",
            chemin.name,
            f"Renommer le fichier en {tableau.fichier}, ou corriger le code.",
        )
    return tableau


def _lier(tableaux: list[Tableau]) -> dict[str, dict[str, str]]:
    """Bind every table to empty relations, those on marts last; return the types of its columns."""
    with duckdb.connect(config={"threads": 1}) as con:
        creer_tables(con)
        con.execute("; ".join(sql_macros()))
        con.execute(SCHEMA_REGLAGES)
        con.execute(SCHEMA_OBJECTIFS)
        ranges = sorted(tableaux, key=lambda un: un.sur)
        connues = {
            "archives": relations().keys() | {"reglages", "objectifs"},
            "marts": {un.mart for un in ranges if un.sur == "archives"},
        }
        return {un.code: _lier_un(con, un, connues[un.sur]) for un in ranges}


def _lier_un(
    con: duckdb.DuckDBPyConnection, tableau: Tableau, connues: Collection[str]
) -> dict[str, str]:
    try:
        lues = tables_nommees(tableau.sql)
        _exiger_relations(tableau, lues, connues)
        types = _types(con, tableau.sql)
        con.execute(f"create table {tableau.mart} ({_sql_colonnes(types)})")
    except (ErreurSql, duckdb.Error) as erreur:
        raise Refus(en_francais(str(erreur)), tableau.fichier, _CORRIGER) from None
    _exiger_colonnes(tableau, types)
    colonnes = tuple(nom for nom in types if nom != "ordre")
    tableau.declare.exiger_colonnes(colonnes, f"{tableau.code}.yml")
    return types


def _typer(tableau: Tableau, types: Mapping[str, str]) -> Tableau:
    """Return a table with the columns of its SELECT."""
    siens = {nom: un for nom, un in types.items() if nom != "ordre"}
    dits = {"colonnes": tuple(siens), "types": tuple(siens.values()), "ordre": types["ordre"]}
    return tableau.model_copy(update=dits)


def _exiger_relations(tableau: Tableau, lues: frozenset[str], connues: Collection[str]) -> None:
    for inconnue in sorted(lues - set(connues)):
        raise Refus(
            f"champ « sur » : « {inconnue} » n'est pas une relation des {tableau.sur}",
            tableau.fichier,
            f"Lire l'une de : {', '.join(sorted(connues))}.",
        )
    for champ in ("requiert", "facultatif"):
        for exigence in getattr(tableau, champ):
            if not existe(exigence, lues):
                quoi = f"champ « {champ} » : « {exigence} » n'est pas dans le contrat de données"
                raise Refus(quoi, tableau.fichier, "Écrire « table » ou « table.colonne ».")


def _exiger_colonnes(tableau: Tableau, types: Mapping[str, str]) -> None:
    for colonne, attendus in _COLONNES.items():
        if types.get(colonne) not in attendus:
            trouve = types.get(colonne, "absente")
            quoi = f"colonne « {colonne} » : {' ou '.join(attendus)} attendu ({trouve})"
            raise Refus(quoi, tableau.fichier, _CORRIGER)
