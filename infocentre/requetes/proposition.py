"""From a SELECT of units to the rule of an indicator: its population, applicable and anomalie.

The SELECT reads one table, a population of the catalogue or a table of the analysts' file, and
its WHERE holds the rule. The conditions that make the population are left out of the rule, those
that say « known » restrict it, the others are the anomaly.
"""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import duckdb

from infocentre.catalogue.analyse import ErreurSql, noeuds, parametres_nommes, seul_select
from infocentre.catalogue.messages import en_francais
from infocentre.contrat.listes import CANAL_EN_LIGNE, Motif
from infocentre.noyau.erreurs import Refus

# By table of the analysts' file: the population, its mark, and what it holds besides.
_POPULATIONS: dict[str, tuple[tuple[str, str, tuple[str, ...]], ...]] = {
    "demandes": (
        ("attributions", f"motif_radiation = '{Motif.ATTRIBUTION}'", ("statut = 'radiée'",)),
        ("actives", "statut = 'active'", ()),
        ("radiations", "statut = 'radiée'", ()),
        ("radiations", "date_radiation is not null", ()),
        ("creations", "estcreeesitegrandpublic is distinct from 1", ()),
    ),
    "journal": (
        (
            "enregistrements",
            "type_evenement = 'CRE'",
            (f"canal is distinct from '{CANAL_EN_LIGNE}'",),
        ),
        (
            "renouvellements",
            "type_evenement = 'REN'",
            (f"canal is distinct from '{CANAL_EN_LIGNE}'",),
        ),
        ("radiations_jugees", "type_evenement = 'RAD'", ()),
    ),
    "messages": (("messages", "true", ("type_fichier not in ('DIS', 'RET')",)),),
    "plis": (("preavis", "true", ("type_pli in ('PREAVIS_SIMPLE', 'PREAVIS_AR')",)),),
    "utilisateurs": (("acces", "true", ("date_fermeture is null",)),),
}
_FORME = (
    "Écrire « select * from attributions where … » : une seule table, sans jointure ni "
    "regroupement ; ou donner la population et la condition à part."
)
CONDITIONS_MAX = 50
_FIN = frozenset(
    "group having order limit offset window qualify union except intersect using".split()
)


@dataclass(frozen=True, slots=True)
class Proposition:
    """What a SELECT becomes, to be read again and completed by a person."""

    population: str
    applicable: str | None
    anomalie: str


def proposer(sql: str, population: str | None = None, applicable: str | None = None) -> Proposition:
    """Return the rule that a SELECT of units holds; `population` and `applicable` decide if given.

    Raises:
        Refus: the SELECT cannot be read, reads several tables, or has no condition.
    """
    noeud = _lire(sql)
    table = _seule_table(noeud)
    conditions = list(_conditions(sql, noeud))
    if len(conditions) > CONDITIONS_MAX:
        quoi = f"la requête a plus de {CONDITIONS_MAX} conditions"
        raise Refus(quoi, que_faire="Une règle se lit : n'en garder que quelques-unes.")
    connue, faites = (
        (population, _faites(table, population)) if population else _deviner(table, conditions)
    )
    gardees = [une for une in conditions if _forme(une) not in faites]
    restrictions = [applicable] if applicable else [une for une in gardees if _dit_connu(une)]
    ecartees = {_forme(une) for texte in restrictions for une in _separer(texte)}
    anomalies = [une for une in gardees if _forme(une) not in ecartees]
    if not anomalies and not applicable:
        restrictions, anomalies = [], restrictions
    if not anomalies:
        raise Refus("la requête n'a pas de condition qui fasse une anomalie", que_faire=_FORME)
    return Proposition(connue, " and ".join(restrictions) or None, " and ".join(anomalies))


def _lire(sql: str) -> dict[str, Any]:
    try:
        if parametres := parametres_nommes(sql):
            raise Refus(
                f"la requête attend un choix (${min(parametres)})",
                que_faire="Une règle est la même pour tous : y écrire la valeur.",
            )
        return seul_select(sql)
    except ErreurSql as erreur:
        raise Refus(en_francais(str(erreur)), que_faire=_FORME) from None


def _seule_table(noeud: Mapping[str, Any]) -> str:
    table = noeud.get("from_table", {})
    groupe = noeud.get("group_expressions") or any(
        noeud.get(clause) for clause in ("having", "qualify", "sample")
    )
    ctes = noeud.get("cte_map", {}).get("map")
    if table.get("type") != "BASE_TABLE" or groupe or ctes:
        raise Refus("la requête ne choisit pas les lignes d'une seule table", que_faire=_FORME)
    return str(table["table_name"]).lower()


def _deviner(table: str, conditions: list[str]) -> tuple[str, set[str]]:
    if table not in _POPULATIONS:
        return table, set()
    formes = {_forme(une) for une in conditions}
    for population, marque, autres in _POPULATIONS[table]:
        if marque == "true" or _forme(marque) in formes:
            return population, {_forme(une) for une in (marque, *autres)}
    marques = " ; ".join(f"« {marque} » ({nom})" for nom, marque, _ in _POPULATIONS[table])
    raise Refus(
        f"la requête lit « {table} » sans dire de quelle population",
        que_faire=f"Ajouter l'une de ces conditions : {marques} ; ou donner la population.",
    )


def _faites(table: str, population: str) -> set[str]:
    """Return the conditions that a population, given by name, already holds."""
    return {
        _forme(une)
        for nom, marque, autres in _POPULATIONS.get(table, ())
        if nom == population
        for une in (marque, *autres)
    }


def _conditions(sql: str, noeud: Mapping[str, Any]) -> Iterator[str]:
    """Yield the conditions of the WHERE as they are written, the table's name left out."""
    if not noeud.get("where_clause"):
        return
    table = noeud["from_table"]
    noms = {table["table_name"].lower(), table["alias"].lower()}
    yield from _separer(_corps(sql), noms)


def _corps(sql: str) -> str:
    """Return the text of the outer WHERE clause."""
    mots = list(_mots(sql))
    debut = next(fin for debut, fin, mot, niveau in mots if (mot, niveau) == ("where", 0))
    suite = (debut for debut, _, mot, niveau in mots if niveau == 0 and (mot in _FIN or mot == ";"))
    return sql[debut : next((rang for rang in suite if rang >= debut), len(sql))]


def _separer(texte: str, noms: set[str] | frozenset[str] = frozenset()) -> list[str]:
    """Cut a condition at its outer ANDs; one with an outer OR stays whole."""
    mots = list(_mots(texte))
    coupes = [0]
    entre = 0
    for debut, fin, mot, niveau in mots:
        if niveau:
            continue
        if mot == "or":
            return [_sans_nom(texte, noms)]
        if mot == "between":
            entre += 1
        elif mot == "and" and entre:
            entre -= 1
        elif mot == "and":
            coupes += [debut, fin]
    bornes = zip(coupes[::2], [*coupes[1::2], len(texte)], strict=True)
    return [_sans_nom(texte[debut:fin], noms) for debut, fin in bornes]


def _sans_nom(texte: str, noms: set[str] | frozenset[str]) -> str:
    """Drop the name of the table before its columns."""
    mots = list(_mots(texte))
    gardes, depuis = "", 0
    for (debut, _, mot, _), (point, fin, suite, _) in itertools.pairwise(mots):
        if suite == "." and mot.strip('"') in noms and fin > point:
            gardes, depuis = gardes + texte[depuis:debut], fin
    return (gardes + texte[depuis:]).strip()


def _mots(texte: str) -> Iterator[tuple[int, int, str, int]]:
    """Yield (start, end, lower-case word, depth) of each token that cuts or nests a condition."""
    debuts = [debut for debut, _ in duckdb.tokenize(texte)]
    octets = texte.encode()
    niveau, ici = 0, len(octets[: debuts[0]].decode()) if debuts else 0
    for debut, suivant in zip(debuts, [*debuts[1:], len(octets)], strict=True):
        jusqu_au_suivant = octets[debut:suivant].decode()
        mot = _premier_mot(jusqu_au_suivant)
        niveau -= mot in (")", "]", "end")
        yield ici, ici + len(mot), mot.lower(), niveau
        niveau += mot.lower() in ("(", "[", "case")
        ici += len(jusqu_au_suivant)


def _premier_mot(texte: str) -> str:
    if texte[0] in "'\"$":
        return texte.rstrip()
    mot = "".join(texte.split()[:1])
    return mot if mot[0].isalnum() or mot[0] == "_" else mot[0]


def _forme(condition: str) -> str:
    """Return what two writings of the same condition share."""
    try:
        noeud = seul_select(f"select {condition}\n")["select_list"][0]
    except ErreurSql as erreur:
        raise Refus(en_francais(str(erreur)), que_faire=_FORME) from None
    for un in noeuds(noeud):
        un.pop("query_location", None)
        un.pop("alias", None)
        if "column_names" in un:
            un["column_names"] = [un["column_names"][-1].lower()]
    return json.dumps(noeud, sort_keys=True)


def _dit_connu(condition: str) -> bool:
    """Tell whether a condition only says that a column is filled."""
    noeud = json.loads(_forme(condition))
    if noeud["type"] != "OPERATOR_IS_NOT_NULL":
        return False
    return bool(noeud["children"][0]["class"] == "COLUMN_REF")
