"""The register of a month, where the delivery brings none or leaves guichets out of it: a draft.

The guichets that act stand in it by their code, of unknown type, with what a person said of them
since. What a delivered register says is never changed. Only an archive that is being made is
written to: the one that is in its place stays.
"""

from __future__ import annotations

import datetime as dt
import json
import re
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import duckdb

from infocentre.contrat import contrat
from infocentre.entrepot.description import Description, GuichetInconnu, RegistreDit
from infocentre.entrepot.etats import PARQUET
from infocentre.entrepot.registres import Inscrit, Tenu, composer
from infocentre.entrepot.relations import citer, en_lignes, inserer, lecture_de
from infocentre.entrepot.sceaux import DESCRIPTION, ecrire_description
from infocentre.noyau.etats import EFFECTIF_MINIMAL
from infocentre.noyau.fichiers import en_place
from infocentre.noyau.formats import ecrivain_csv
from infocentre.noyau.types_guichet import EN_LIGNE, INCONNU

REGISTRE = "guichets"
# Known everywhere: the national portal, of which no register has anything else to say.
PORTAIL: Inscrit = {
    "code_guichet": "GDPUB",
    "nom": "Portail grand public",
    "type_guichet": EN_LIGNE,
    "mode_enregistrement": "DIRECT",
}
# What a register must say of a guichet; without it, the guichet is to be completed.
DUS = ("nom", "type_guichet", "mode_enregistrement")
Actes = Mapping[tuple[str, str], Mapping[str, int]]  # rows by (table, COLUMN), then guichet
Inscription = dict[str, Any]
# The acts that rest on each column of the register.
_RESTE_SUR = {
    "TYPE_GUICHET": (("stock", "GUICHET_ENREGISTREUR"), ("radiation", "GUICHET_ENREGISTREUR")),
    "MODE_ENREGISTREMENT": (("messages", "GUICHET"),),
}


class Vu(NamedTuple):
    """A guichet as deliveries show it: its acts in the newest, the first and last day of any."""

    guichet: str
    demandes: int
    radiations: int
    actes: int
    premier: dt.date | None
    dernier: dt.date | None


def completer(con: duckdb.DuckDBPyConnection, archive: Path, tenu: Tenu | None) -> bool:
    """Complete the register of an archive in the making, and say so in its livraison.json.

    `tenu` is what a person said of guichets. Return False, and write nothing, when it changes
    nothing.
    """
    description: Description = json.loads((archive / DESCRIPTION).read_text("utf-8"))
    dit = description.get("registre") or _dit_au_depart(description)
    actes, avant = _compter_actes(con, archive), _lire(con, archive)
    sirens = _sirens(con, archive, description["tables"]["radiation"]["livrees"])
    assemble = _assembler(_livrees(avant, dit), actes, dit["livre"], tenu, sirens)
    if assemble.lignes != avant:
        _ecrire(con, archive, assemble.lignes, description)
        description = _recompter(description, actes, assemble.lignes)
    elif tenu or not assemble.a_completer:
        return False
    dit |= {
        "tenu": tenu.empreinte if tenu else "",
        "ajoutes": assemble.ajoutes,
        "completes": assemble.completes,
        "a_completer": assemble.a_completer,
        "nouveaux": _nouveaux(assemble, dit, tenu),
        "sans": {nom: _sans(actes, nom, assemble.lignes) for nom in _RESTE_SUR},
    }
    description["registre"] = dit
    if tenu:
        description["empreinte"] = composer(dit["livraison"], tenu.empreinte)
    with en_place(archive / DESCRIPTION) as partiel:
        ecrire_description(partiel, description)
    return True


def _dit_au_depart(description: Description) -> RegistreDit:
    table = description["tables"].get(REGISTRE)
    return {
        "livre": bool(table and table["conserves"]),
        "livraison": description["empreinte"],
        "tenu": "",
        "ajoutes": [],
        "completes": {},
        "a_completer": [],
        "nouveaux": [],
        "sans": {},
    }


# --- What the archive holds -----------------------------------------------------------------------


def _table(archive: Path, nom: str) -> str:
    return f"read_parquet({citer(str(archive / f'{nom}.parquet'))})"


def _compter_actes(con: duckdb.DuckDBPyConnection, archive: Path) -> Actes:
    """Count the rows of each table by the guichet that each of its columns names."""
    forme = re.compile(contrat().formes["guichet"].motif)
    comptes = {}
    for table in contrat().tables.values():
        for colonne in table.colonnes:
            if colonne.nature == "guichet":
                lus = con.execute(
                    f"SELECT {colonne.champ}::VARCHAR, count(*) FROM {_table(archive, table.nom)} "
                    f"WHERE {colonne.champ} IS NOT NULL GROUP BY ALL"
                ).fetchall()
                comptes[table.nom, colonne.nom] = {g: n for g, n in lus if forme.fullmatch(g)}
    return comptes


def _lire(con: duckdb.DuckDBPyConnection, archive: Path) -> list[Inscription]:
    champs = ", ".join(une.champ for une in contrat().tables[REGISTRE].colonnes)
    return en_lignes(con.execute(f"SELECT {champs} FROM {_table(archive, REGISTRE)}"))


def _sirens(
    con: duckdb.DuckDBPyConnection, archive: Path, livrees: Collection[str]
) -> dict[str, str]:
    """Return the SIREN of the guichets that radiate under one alone, and often enough to say it."""
    sirens: dict[str, str] = {}
    for colonne in contrat().tables["radiation"].colonnes:
        if colonne.forme == "siren" and colonne.nom in livrees:
            lus = con.execute(
                f"SELECT guichet_enregistreur, any_value({colonne.champ}) "
                f"FROM {_table(archive, 'radiation')} WHERE {colonne.champ} IS NOT NULL "
                f"GROUP BY ALL HAVING count(DISTINCT {colonne.champ}) = 1 "
                f"AND count(*) >= {EFFECTIF_MINIMAL}"
            ).fetchall()
            sirens = dict(lus) | sirens
    return sirens


def _livrees(lignes: Iterable[Inscription], dit: RegistreDit) -> list[Inscription]:
    """Return the rows as the delivery had them, before any register completed them."""
    return [
        {**une, **dict.fromkeys(dit["completes"].get(une["code_guichet"], ()))}
        for une in lignes
        if une["code_guichet"] not in dit["ajoutes"]
    ]


def guichets_vus(archives: Sequence[Path]) -> list[Vu]:
    """Return the guichets that act in these archives, the newest last, by their code.

    What they do is counted in the newest alone; the first and the last day are those of any.
    """
    forme = re.compile(contrat().formes["guichet"].motif)
    with duckdb.connect() as con:
        con.execute("SET enable_progress_bar = false")
        lus = con.execute(_SQL_VUS.format(faits=_sql_faits(archives))).fetchall()
    return [Vu(*une) for une in lus if forme.fullmatch(une[0])]


# What each table says that a guichet did, and when; `n` names what is counted of it.
_FAITS = (
    ("stock", "cle_guichetcreateur", "date_creation", ""),
    ("stock", "guichet_enregistreur", "greatest(date_modification, date_renouvellement)", "d"),
    ("radiation", "cle_guichetcreateur", "date_creation", ""),
    ("radiation", "guichet_enregistreur", "date_radiation", "r"),
    ("journal", "guichet", "date_saisie", "a"),
    ("messages", "guichet", "date_envoi", "a"),
    ("utilisateurs", "guichet", "NULL::DATE", ""),
)
_SQL_VUS = """
WITH faits AS MATERIALIZED ({faits})
SELECT guichet,
    coalesce(sum(nombre) FILTER (genre = 'd' AND arrete = dernier), 0)::BIGINT,
    coalesce(sum(nombre) FILTER (genre = 'r' AND arrete = dernier), 0)::BIGINT,
    coalesce(sum(nombre) FILTER (genre = 'a' AND arrete = dernier), 0)::BIGINT,
    min(premier), max(ultime)
FROM faits, (SELECT max(arrete) AS dernier FROM faits)
GROUP BY guichet ORDER BY guichet"""


def _sql_faits(archives: Sequence[Path]) -> str:
    blocs = []
    for table, guichet, jour, genre in _FAITS:
        fichiers = lecture_de([un / f"{table}.parquet" for un in archives], union=True)
        blocs.append(
            f"SELECT {guichet}::VARCHAR AS guichet, arrete, '{genre}' AS genre, "
            f"count(*) AS nombre, min({jour}) FILTER ({jour} <= arrete) AS premier, "
            f"max({jour}) FILTER ({jour} <= arrete) AS ultime "
            f"FROM {fichiers} WHERE {guichet} IS NOT NULL GROUP BY ALL"
        )
    return " UNION ALL ".join(blocs)


def registres_connus(archives: Sequence[Path]) -> dict[str, Inscription]:
    """Return the last thing that the registers of these archives, the newest last, say of each.

    A guichet whose type some month says is shown by the newest month that says it.
    """
    connus: dict[str, Inscription] = {}
    with duckdb.connect() as con:
        for archive in archives:
            for une in _lire(con, archive):
                avant = connus.get(une["code_guichet"])
                if avant is None or _complete(une) or not _complete(avant):
                    connus[une["code_guichet"]] = une
    return connus


# --- What a person says ---------------------------------------------------------------------------


class Faute(NamedTuple):
    """A value that a register may not have: the rank of its row, its column, what is wrong."""

    rang: int
    colonne: str
    quoi: str


def juger(lignes: Sequence[Mapping[str, str]], atelier: Path) -> tuple[list[Inscrit], list[Faute]]:
    """Type rows of a register, by COLUMN, as those of a delivery are; return what is wrong too.

    Each has its code, once. What must not enter by a delivery enters by no other way.
    """
    import polars as pl

    from infocentre.entrepot.brouillon import ouvrir_en_memoire
    from infocentre.livraisons.sources import ouvrir_source
    from infocentre.livraisons.tables import juger as juger_les_textes
    from infocentre.livraisons.tables import lire_table, preparer, recevoir_table

    table, fichier = contrat().tables[REGISTRE], atelier / "guichets.csv"
    with fichier.open("w", encoding="utf-8", newline="") as sortie:
        ecrivain = ecrivain_csv(sortie)
        ecrivain.writerow(table.par_nom)
        ecrivain.writerows([un.get(nom, "") for nom in table.par_nom] for un in lignes)
    con = ouvrir_en_memoire(atelier / "debordement")
    try:
        preparer(con)
        lue = lire_table(table, ouvrir_source(con, table, fichier, atelier, lambda _: None))
        (juges,) = juger_les_textes(con, [lue])
        _, lues = recevoir_table(con, lue, juges, pl.Series([], dtype=pl.String))
    finally:
        con.close()
    anomalies = lues.anomalies().select("rang", "colonne", "nature").rows()
    fautes = [Faute(*une) for une in sorted(anomalies)]
    return [_en_textes(une) for une in lues.trame().rows(named=True)], fautes


def _en_textes(une: Mapping[str, Any]) -> Inscrit:
    return {champ: str(un) for champ, un in une.items() if un is not None}


# --- What is made of it ---------------------------------------------------------------------------


class _Assemble(NamedTuple):
    lignes: list[Inscription]
    ajoutes: list[str]
    completes: dict[str, list[str]]
    a_completer: list[str]


def _assembler(
    livrees: Sequence[Inscription],
    actes: Actes,
    livre: bool,  # noqa: FBT001 - of five, by their names
    tenu: Tenu | None,
    sirens: Mapping[str, str],
) -> _Assemble:
    """Put together what was delivered, what a person said, and the guichets that act."""
    dits = {un["code_guichet"]: _typer(un) for un in tenu.guichets if len(un) > 1} if tenu else {}
    vus = {guichet for siens in actes.values() for guichet in siens}
    completes: dict[str, list[str]] = {}
    lignes = []
    for une in livrees:
        manquent = _manquent(une, dits.get(une["code_guichet"], {}))
        if manquent:
            completes[une["code_guichet"]] = list(manquent)
        lignes.append({**une, **manquent})
    voulus = vus & dits.keys() if livre else vus | dits.keys()
    ajoutes = sorted(voulus - {une["code_guichet"] for une in livrees})
    lignes += [_inscrire(un, dits.get(un), sirens.get(un)) for un in ajoutes]
    complets = {une["code_guichet"] for une in lignes if _complete(une)}
    return _Assemble(lignes, ajoutes, completes, sorted(vus - complets))


def _nouveaux(assemble: _Assemble, dit: RegistreDit, tenu: Tenu | None) -> list[str]:
    """Return the guichets to complete that nobody was asked about yet."""
    if not dit["livre"] and tenu is None:
        return []
    demandes = {un["code_guichet"] for un in tenu.guichets} if tenu else set()
    livres = {une["code_guichet"] for une in assemble.lignes} - set(assemble.ajoutes)
    return [un for un in assemble.a_completer if un not in demandes | livres]


def _typer(dit: Inscrit) -> Inscription:
    """Return what a person said, as the columns of the register hold it."""
    par_champ = {une.champ: une for une in contrat().tables[REGISTRE].colonnes}
    return {
        champ: dt.date.fromisoformat(un) if par_champ[champ].type == "date" else un
        for champ, un in dit.items()
    }


def _manquent(une: Inscription, dit: Inscription) -> Inscription:
    """Return what a person said of a delivered guichet that lacks something that is due."""
    if _complete(une):
        return {}
    vides = {champ for champ, un in une.items() if un in {None, INCONNU}}
    return {champ: un for champ, un in dit.items() if champ in vides - {"date_fermeture"}}


def _complete(une: Inscription) -> bool:
    return all(une[champ] not in {None, INCONNU} for champ in DUS)


def _inscrire(code: str, dit: Inscription | None, siren: str | None) -> Inscription:
    """Return the row of a guichet that no delivered register has."""
    vide: Inscription = dict.fromkeys(une.champ for une in contrat().tables[REGISTRE].colonnes)
    vide |= {"code_guichet": code, "nom": code, "type_guichet": INCONNU.value}
    if code == PORTAIL["code_guichet"]:
        return {**vide, **PORTAIL, **(dit or {})}
    return {**vide, **({"siren": siren} if dit is None else dit)}


def _sans(actes: Actes, colonne: str, lignes: Iterable[Inscription]) -> tuple[int, int]:
    """Return the acts that rest on a column of the register and lack it, and all of them."""
    champ = colonne.lower()
    dits = {une["code_guichet"] for une in lignes if une[champ] not in {None, INCONNU}}
    comptes: Counter[str] = Counter()
    for cle in _RESTE_SUR[colonne]:
        comptes.update(actes[cle])
    return sum(n for un, n in comptes.items() if un not in dits), comptes.total()


def _ecrire(
    con: duckdb.DuckDBPyConnection,
    archive: Path,
    lignes: Sequence[Inscription],
    description: Description,
) -> None:
    colonnes = contrat().tables[REGISTRE].colonnes
    champs = [f"{une.champ} {une.type_sql}" for une in colonnes]
    con.execute(
        "CREATE OR REPLACE TEMP TABLE registre "
        f"({', '.join(champs)}, departement VARCHAR, arrete DATE, mois VARCHAR)"
    )
    repere = (description["departement"], description["arrete"], description["mois"])
    inserer(con, "registre", [(*(une[c.champ] for c in colonnes), *repere) for une in lignes])
    with en_place(archive / f"{REGISTRE}.parquet") as partiel:
        con.execute(f"COPY registre TO {citer(str(partiel))} {PARQUET}")


def _recompter(
    description: Description, actes: Actes, lignes: Iterable[Inscription]
) -> Description:
    """Count again the rows of guichets that the register does not know."""
    connus = {une["code_guichet"] for une in lignes}
    inconnus: dict[tuple[str, str], dict[str, int]] = {
        cle: {un: n for un, n in siens.items() if un not in connus} for cle, siens in actes.items()
    }
    comptes: Counter[tuple[str, str]] = Counter()
    for (table, colonne), siens in inconnus.items():
        decrite = description["tables"].get(table)
        if decrite is None or "faits" not in decrite:
            continue
        comptes.update({(guichet, table): nombre for guichet, nombre in siens.items()})
        decrite["faits"]["guichets"][colonne] = sum(siens.values())
    dits: list[GuichetInconnu] = [
        {"guichet": guichet, "table": table, "lignes": nombre}
        for (guichet, table), nombre in sorted(comptes.items())
    ]
    messages = description["tables"].get("messages")
    if messages and "faits" in messages:
        connues = messages["faits"]["colonnes"]["GUICHET"]["renseignees"]
        perdus = messages["faits"]["guichets"]["GUICHET"]
        description["messages_guichet_inconnu"] = messages["conserves"] - connues + perdus
    return {**description, "guichets_inconnus": dits}
