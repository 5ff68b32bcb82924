"""What changes is sealed too: each write of a row of these tables adds a row to one chain.

A chain of its own for each table would need a mechanism each; here a row that is added, changed or
erased leaves in `scelles` the keyed fingerprint of each of its columns, whatever the columns are
(those that a later step adds come by themselves). What is written through the store is sealed by
the store itself, so that no function has to think of it; what is written otherwise has no seal, and
`fautes` names it. Fingerprints tell nothing of what was erased.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from infocentre.decisions.chaine import (
    DEBUT,
    SOUS_CLE,
    Chaine,
    Tete,
    canonique,
    jour_ecrit,
    lisible,
    sous_cle,
)
from infocentre.decisions.schema import (
    ScelleEcrit,
    Tenue,
    affaires,
    audit,
    audit_numeros,
    constats,
    en_utc,
    evenements,
    procedures,
    scelles,
    tenues,
)
from infocentre.noyau.francais import enumerer

INVENTAIRE, ECRITURE, EFFACEMENT = "inventaire", "ecriture", "effacement"
LOT = 500
COURTE = 16  # characters of a fingerprint: who has no key makes none
# Columns that are not sealed: an affaire's, which follow from its events; what goes with a person,
# a numéro or a content, and that its HMAC (`membre`, `empreinte`) proves.
SANS_SCEAU: Mapping[str, frozenset[str]] = {
    "affaires": frozenset({"etat", "evenements", "close_le"}),
    "contenus": frozenset({"contenu"}),
    "doublons_numeros": frozenset({"numero"}),
}
# What is written through the store is sealed by it.
SUIVIES: Mapping[str, sa.Table] = {une.name: une for une in tenues(Tenue.SCELLEE)}
# With the affaires that were opened before their first event told what they are.
INVENTORIEES = (*SUIVIES.values(), affaires)
NOMS: Mapping[str, str] = {
    "affaires": "l'affaire",
    "comptes": "le compte",
    "contenus": "ce que détient l'affaire",
    "doublons_decisions": "la décision de doublons",
    "doublons_numeros": "le numéro de l'affaire de doublons",
    "doublons_tirages": "le tirage de doublons",
    "facteurs": "le second facteur du compte",
    "notes": "le texte de la note",
    "secours": "le code d'aide",
    "verdicts": "le verdict d'échantillon",
}
# What is only added to; the audit forgets what an entry of it said before.
IMMUABLES = (evenements, constats, procedures, scelles)


def _nommer(ligne: ScelleEcrit) -> str:
    if ligne["rang"] == 1:
        return f"l'inventaire des décisions, du {jour_ecrit(ligne['le'])},"
    tenue = NOMS.get(ligne["tenue"], lisible(ligne["tenue"]))
    return (
        f"le scellé {ligne['rang']} ({tenue} {cle_lisible(ligne['cle'])}, "
        f"{jour_ecrit(ligne['le'])})"
    )


CHAINE = Chaine(scelles, "chaîne des scellés", "le scellé", _nommer)


def cle_lisible(cle: str) -> str:
    """Return a key of a row as people read it."""
    try:
        return lisible(", ".join(map(str, json.loads(cle))))
    except (ValueError, TypeError):
        return lisible(cle)


# --- Sealing --------------------------------------------------------------------------------------


def suivre(moteur: sa.Engine) -> None:
    """Seal what is written through this engine, in the transaction that writes it."""
    sa.event.listen(moteur, "before_execute", _relever)
    sa.event.listen(moteur, "after_execute", _sceller_ce_qui_est_ecrit)


def _relever(
    con: sa.Connection,
    ordre: sa.Executable,
    plusieurs: Sequence[Mapping[str, Any]],
    un: Mapping[str, Any],
    _options: Mapping[str, Any],
) -> None:
    """Keep which rows an UPDATE or a DELETE is about to touch."""
    table = _suivie(ordre)
    if table is None or not isinstance(ordre, sa.Update | sa.Delete):
        return
    cles = sa.select(*table.primary_key.columns)
    if ordre.whereclause is not None:
        cles = cles.where(ordre.whereclause)
    con.info["touchees"] = [
        tuple(ligne) for dites in plusieurs or [un] for ligne in con.execute(cles, dites or None)
    ]


def _sceller_ce_qui_est_ecrit(
    con: sa.Connection,
    ordre: sa.Executable,
    plusieurs: Sequence[Mapping[str, Any]],
    un: Mapping[str, Any],
    _options: Mapping[str, Any],
    resultat: sa.CursorResult[Any],
) -> None:
    table = _suivie(ordre)
    if table is None:
        return
    if isinstance(ordre, sa.Insert):
        noms = [une.name for une in table.primary_key.columns]
        dites = plusieurs or ([un] if un else [])
        if dites and set(noms) <= set(dites[0]):
            cles = [tuple(ligne[nom] for nom in noms) for ligne in dites]
        else:
            cles = [tuple(resultat.inserted_primary_key or ())]
    else:
        cles = con.info.pop("touchees", [])
    sceller(con, table, cles)


def _suivie(ordre: object) -> sa.Table | None:
    table = getattr(ordre, "table", None) if isinstance(ordre, sa.UpdateBase) else None
    suivie = SUIVIES.get(getattr(table, "name", ""))
    return suivie if suivie is table else None


def sceller(con: sa.Connection, table: sa.Table, cles: Sequence[tuple[Any, ...]]) -> None:
    """Add what rows hold now, by their key, to the chain; a row that is gone is said erased."""
    if not cles:
        return
    CHAINE.prendre_la_main(con)
    tenues = {canonique(_valeurs_de_cle(table, une)): une for une in cles}
    presentes = dict(_par_cle(con, table, tenues))
    _ajouter(
        con,
        [
            (ECRITURE, table, cle, _empreintes(con, table, cle, presentes[cle]))
            if cle in presentes
            else (EFFACEMENT, table, cle, {})
            for cle in tenues
        ],
    )


def _ajouter(
    con: sa.Connection, faits: Iterable[tuple[str, sa.Table | None, str, Mapping[str, Any]]]
) -> None:
    le = dt.datetime.now().astimezone().isoformat(timespec="seconds")
    tete, lignes = CHAINE.tete(con), []
    for genre, table, cle, contenu in faits:
        tenue = table.name if table is not None else ""
        dite = {"le": le, "genre": genre, "tenue": tenue, "cle": cle}
        lignes.append(CHAINE.suivante(con, tete, dite | {"contenu": canonique(contenu)}))
        tete = Tete(lignes[-1]["rang"], lignes[-1]["empreinte"])
    if lignes:
        con.execute(scelles.insert(), lignes)


def _par_cle(
    con: sa.Connection, table: sa.Table, voulues: Mapping[str, tuple[Any, ...]]
) -> Iterator[tuple[str, Mapping[str, Any]]]:
    cles = list(voulues.values())
    colonnes = list(table.primary_key.columns)
    for debut in range(0, len(cles), LOT):
        lot = cles[debut : debut + LOT]
        ou = (
            colonnes[0].in_([une[0] for une in lot])
            if len(colonnes) == 1
            else sa.tuple_(*colonnes).in_(lot)
        )
        yield from brutes(con, table, table.select().where(ou))


def brutes(
    con: sa.Connection, table: sa.Table, demande: sa.Select[Any] | None = None
) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Yield (key, {column: value}) of rows, in one writing whatever the base; nothing raises."""
    nues = [sa.type_coerce(une, sa.types.NullType()).label(une.name) for une in table.columns]
    choix = sa.select(*nues).order_by(*table.primary_key.columns)
    if demande is not None and demande.whereclause is not None:
        choix = choix.where(demande.whereclause)
    for ligne in con.execute(choix).mappings():
        lue = {une.name: _ecrite(une.type, ligne[une.name]) for une in table.columns}
        yield canonique([lue[une.name] for une in table.primary_key.columns]), lue


def _valeurs_de_cle(table: sa.Table, cle: tuple[Any, ...]) -> list[Any]:
    return [_ecrite(une.type, un) for une, un in zip(table.primary_key.columns, cle, strict=True)]


def _ecrite(genre: sa.types.TypeEngine[Any], valeur: Any) -> Any:  # noqa: ANN401 - any value
    """Return a value as both kinds of base would have it: a day, an instant in UTC, a truth."""
    if valeur is None:
        return None
    genre = getattr(genre, "impl", genre)
    try:
        if isinstance(genre, sa.DateTime):
            lu = valeur if isinstance(valeur, dt.datetime) else dt.datetime.fromisoformat(valeur)
            return en_utc(lu).isoformat()
        if isinstance(genre, sa.Boolean):
            return bool(valeur) if valeur in (0, 1) else repr(valeur)
        if isinstance(genre, sa.Float):
            return float(valeur)
    except (ValueError, TypeError):
        return repr(valeur)
    return valeur.isoformat() if isinstance(valeur, dt.date) else valeur


def _empreintes(
    con: sa.Connection, table: sa.Table, cle: str, ligne: Mapping[str, Any]
) -> dict[str, str]:
    """Return a keyed fingerprint a column; that of a row tells nothing of another's."""
    sans = SANS_SCEAU.get(table.name, frozenset())
    return {
        nom: sous_cle(con, canonique([table.name, cle, nom, un]))[:COURTE]
        for nom, un in ligne.items()
        if nom not in sans
    }


# --- Inventory, guards ----------------------------------------------------------------------------


def achever(con: sa.Connection, *, vide: bool = False) -> None:
    """Finish a store that was just made or brought up: guards, and what was found that day sealed.

    The first time, all there is, nothing in one that was made empty (`vide`), and the heads of the
    chains that were sealed without a key; later, the rows that have columns more, when those that
    were sealed still hold.
    """
    poser_les_gardes(con)
    neuf = CHAINE.tete(con) == DEBUT
    if neuf:
        tetes = {une.name: _tete(con, une) for une in (evenements, audit)}
        _ajouter(con, [(INVENTAIRE, None, "", tetes)])
    if vide:
        return
    dits = derniers(con)
    faits = []
    for table in INVENTORIEES:
        for cle, ligne in brutes(con, table):
            dites, tenues = dits.get((table.name, cle)), _empreintes(con, table, cle, ligne)
            a_completer = dites and tenues.keys() - dites.keys() and not _changees(dites, tenues)
            if neuf or a_completer:
                faits.append((INVENTAIRE, table, cle, tenues))
    _ajouter(con, faits)


def refaire(con: sa.Connection, chaines: Iterable[Chaine[Any]]) -> None:
    """Seal again, with the key of now, all that these chains hold and all that is inventoried.

    What is there is taken for right: it is for who lost the key.
    """
    lever_les_gardes(con)
    for chaine in chaines:
        c, precedent = chaine.table.c, ""
        for ligne in con.execute(chaine.table.select().order_by(c.rang)).mappings().all():
            suite = {**ligne, "precedent": precedent or ligne["precedent"], "sceau": SOUS_CLE}
            precedent = chaine.sceller(con, suite)
            dites = {"precedent": suite["precedent"], "sceau": SOUS_CLE, "empreinte": precedent}
            con.execute(chaine.table.update().where(c.rang == ligne["rang"]).values(dites))
    con.execute(scelles.delete())
    achever(con)


def lever_les_gardes(con: sa.Connection) -> None:
    """Drop the guards of SQLite; PostgreSQL has none of its own."""
    if con.dialect.name == "sqlite":
        tenues_ = sa.text("SELECT name FROM sqlite_master WHERE type = 'trigger'")
        for nom in con.scalars(tenues_).all():
            con.exec_driver_sql(f"DROP TRIGGER {nom}")


def _tete(con: sa.Connection, table: sa.Table) -> list[Any]:
    c = table.c
    lue = con.execute(sa.select(c.rang, c.empreinte).order_by(c.rang.desc()).limit(1)).first()
    return [lue.rang, lue.empreinte] if lue else [0, ""]


def poser_les_gardes(con: sa.Connection) -> None:
    """Have SQLite refuse to change or to erase what is chained; PostgreSQL does by roles.

    Entries of the audit go when the last of its entries says so. It keeps mistakes away, and who
    has not thought of it: whoever may write the file may drop the guards too.
    """
    if con.dialect.name != "sqlite":
        return
    oubliees = ((audit, _NON_DIT), (audit_numeros, _NON_DIT))
    for table, quand in (*oubliees, *((une, "") for une in IMMUABLES)):
        for acte, si in (("UPDATE", ""), ("DELETE", quand)):
            con.exec_driver_sql(
                f"CREATE TRIGGER IF NOT EXISTS garde_{table.name}_{acte.lower()} BEFORE {acte} ON "
                f"{table.name} {si} BEGIN SELECT RAISE(ABORT, "
                f"'{table.name} : ce qui est enchaîné ne se change ni ne s''efface'); END"
            )


_NON_DIT = """WHEN OLD.rang > coalesce((
    SELECT CASE action WHEN 'oubli' THEN json_extract(precisions, '$.rang') END FROM audit
    ORDER BY rang DESC LIMIT 1), 0)"""


# --- Checking -------------------------------------------------------------------------------------

Dites = Mapping[str, str]


def derniers(con: sa.Connection) -> dict[tuple[str, str], Dites | None]:
    """Return {(table, key): what was last sealed of it}, None once it is erased."""
    c = scelles.c
    dits: dict[tuple[str, str], Dites | None] = {}
    for genre, tenue, cle, contenu in con.execute(
        sa.select(c.genre, c.tenue, c.cle, c.contenu).where(c.tenue != "").order_by(c.rang)
    ):
        dits[tenue, cle] = None if genre == EFFACEMENT else _objet(contenu)
    return dits


def _objet(contenu: object) -> dict[str, Any]:
    """Return the JSON object that a row holds, {} when it holds none: its seal tells that."""
    try:
        lu = json.loads(str(contenu))
    except (ValueError, RecursionError):
        return {}
    return lu if isinstance(lu, dict) else {}


def _changees(dites: Dites, tenues: Dites) -> list[str]:
    """Return the columns that do not hold what was sealed, of those that were."""
    return sorted(nom for nom, un in dites.items() if tenues.get(nom) != un)


def inventaire(con: sa.Connection) -> dict[str, Tete] | None:
    """Return the heads of the chains that were sealed without a key; None: nothing says them."""
    premier = con.execute(scelles.select().where(scelles.c.rang == 1)).first()
    if premier is None or premier.genre != INVENTAIRE:
        return None
    lues = _objet(premier.contenu).items()
    try:
        return {nom: Tete(int(une[0]), str(une[1])) for nom, une in lues}
    except (ValueError, TypeError, IndexError, KeyError):
        return None


def fautes(con: sa.Connection) -> Iterator[str]:
    """Say which rows are not those that were last sealed: changed, added, missing."""
    dits = derniers(con)
    for table in INVENTORIEES:
        nom, vues = NOMS[table.name], set()
        for cle, ligne in brutes(con, table):
            vues.add(cle)
            yield from _faute(con, table, cle, ligne, dits.get((table.name, cle)))
        for (tenue, cle), dites in dits.items():
            if tenue == table.name and dites is not None and cle not in vues:
                yield f"{nom} {cle_lisible(cle)} manque : il a été effacé hors de l'infocentre"


def _faute(
    con: sa.Connection, table: sa.Table, cle: str, ligne: Mapping[str, Any], dites: Dites | None
) -> Iterator[str]:
    nom = f"{NOMS[table.name]} {cle_lisible(cle)}"
    if dites is None:
        if table is not affaires:  # whose first event says what it is
            yield f"{nom} n'a jamais été scellé : il a été ajouté hors de l'infocentre"
    elif changees := _changees(dites, _empreintes(con, table, cle, ligne)):
        yield f"{nom} a été modifié hors de l'infocentre : {enumerer(changees)}"
