"""The rows of one file: typed, with their rejects and their format anomalies.

For a table `t` of the contract:
- `Lignes` has one row per readable record, by its rank in the file: of each column its evident
  value or the rank of its text, each distinct text being typed and judged once, by DuckDB;
- `t`, in DuckDB, has of these rows the columns by which rows are compared, and `motif` (NULL, or
  the reason of its rejection); its rowid is the rank;
- `ruptures_t` turns a rank into the physical line of the record's start;
- `rejets` and `anomalies_format` gain what was found, with file, line, column and value.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import partial

import duckdb
import polars as pl

from infocentre.contrat import Colonne, Contrat, Table, contrat
from infocentre.contrat.dictionnaire import NOMBRES, TEXTUELS
from infocentre.contrat.interdites import est_interdite
from infocentre.livraisons import natures
from infocentre.livraisons.interdites import colonnes_intruses
from infocentre.livraisons.intrus import (
    HORS_LISTE,
    SOUVENT,
    code_garde,
    doit_etre_frequent,
    est_hors_liste,
    porte_intrus,
    valeur_montree,
)
from infocentre.livraisons.pieds import TOTAL
from infocentre.livraisons.sources import Source
from infocentre.livraisons.textes import EVIDENTE
from infocentre.livraisons.trames import preter, rendre
from infocentre.livraisons.typage import (
    est_illisible,
    est_rejetee,
    est_trop_long,
    porte_invisibles,
    texte_connu,
    texte_net,
    valeur_typee,
)
from infocentre.noyau.erreurs import Refus
from infocentre.noyau.francais import accord

PART_MAX_REJETS = 0.05
ZERO_PERDU = (
    "Les numéros y ont perdu leur zéro de tête",
    "refaire l'extraction, cette colonne au format texte",
)
RECONNAITRE = (
    "faire reconnaître ces fichiers (infocentre correspondance proposer, ou la page "
    "« Reconnaître mes fichiers »)"
)
# What a spreadsheet did, and what to ask for, by what is told of the values that reject rows.
REMEDES = {
    r"forme 9([.,]9+)?A\+9+": (
        "Les numéros y sont des nombres (9,7E+17), dont les derniers chiffres sont perdus",
        "refaire l'extraction, cette colonne au format texte",
    ),
    "forme (9{16,17}|9{12}A9*)": ZERO_PERDU,
    r"[1-9]\d{4}|forme 99999[.,]9+": (
        "Les dates y sont des nombres (46326)",
        f"{RECONNAITRE}, ou refaire l'extraction, ces colonnes au format date",
    ),
    "forme 99/99/99|forme 99-99-99": (
        "Les dates y sont sans siècle",
        "refaire l'extraction, leur année sur quatre chiffres",
    ),
    r"forme A\.?[ -]9{2}(99)?": (
        "Les dates y sont sans jour (avr.-26)",
        "refaire l'extraction, le jour compris",
    ),
    "forme 99[/-]99[/-]9999": (
        "Ces jours n'existent pas (31/02/2026, l'an 0026), ou le mois y est avant le jour",
        "demander une nouvelle extraction, ces dates en JJ/MM/AAAA",
    ),
    # What a correspondance reads: see traduction.py.
    r"forme ((9/99?|99/9|99?\.99?)[/.]9999( .*)?|99?A?[ -]A\.?[ -]9999|9999[/.]99[/.]99"
    r"|9{8}|9999-99-99[A ]99:99(:99([.,]9+)?)? ?A)": (
        "Les dates y sont écrites autrement que JJ/MM/AAAA",
        RECONNAITRE,
    ),
}
MOTIFS = ("numéro unique mal formé", "identifiant vide", "date obligatoire illisible")
OTES, COUPE = "caractères invisibles ôtés", "texte coupé"
# Columns by which rows are compared, with one another or across tables; the key is one too.
COMPAREES = frozenset(
    {
        "numero_unique",
        "date_creation",
        "date_modification",
        "date_radiation",
        "date_signature_bail",
        "motif_radiation",
        "doublon_force",
        "cle_guichetcreateur",
        "guichet_enregistreur",
        "type_guichet",
        "nom",
        "prenom",
        "date_naissance",
    }
)
PEU = 1 << 16  # distinct texts of a column, whose rows then hold the rank
TYPES_POLARS = {
    "DATE": pl.Date,
    "BIGINT": pl.Int64,
    "DOUBLE": pl.Float64,
    "TINYINT": pl.Int8,
    "VARCHAR": pl.String,
}

SCHEMA = """
CREATE TABLE rejets (
    "table" VARCHAR, fichier VARCHAR, ligne BIGINT, colonne VARCHAR, valeur VARCHAR, motif VARCHAR
);
CREATE TABLE anomalies_format (
    "table" VARCHAR, fichier VARCHAR, colonne VARCHAR, valeur VARCHAR, nature VARCHAR,
    nombre BIGINT, premiere_ligne BIGINT
);
"""


@dataclass(frozen=True, slots=True)
class Reception:
    """What became of one file: its columns and its counts of records.

    `autrement` lines are not in the encoding of the others; `coupe`: it stops inside a record.
    `suites` are left out: further lines of a demande.
    """

    table: str
    fichier: str
    encodage: str
    autrement: int
    coupe: bool
    lus: int
    livrees: tuple[str, ...]
    inconnues: tuple[str, ...]
    interdites: tuple[str, ...]
    suites: int = 0


def preparer(con: duckdb.DuckDBPyConnection) -> None:
    """Create the tables of rejects and anomalies, and each table of the contract, empty."""
    con.execute(SCHEMA)
    for table in contrat().tables.values():
        champs = ", ".join(f"{c.champ} {c.type_sql}" for c in table.colonnes)
        con.execute(f"CREATE TABLE {table.nom} ({champs}, motif VARCHAR)")


@dataclass(frozen=True, slots=True)
class Lue:
    """A file that is read, before its texts are judged: `rangs` and `textes` as `Textes.finir` has.

    `ecartees`: the columns left out for what they hold, with why.
    """

    table: Table
    source: Source
    rangs: pl.DataFrame
    textes: dict[str, pl.Series]
    ecartees: dict[str, str]

    @property
    def colonnes(self) -> list[Colonne]:
        """Those of its table that are kept."""
        return [
            une
            for une in self.table.colonnes
            if une.champ in self.textes and une.nom not in self.ecartees
        ]


def lire_table(table: Table, source: Source) -> Lue:
    """Read the rows of one file; raise Refus for a missing compulsory column."""
    _exiger_colonnes(table, source)
    _exiger_lignes(table, source)
    rangs, textes = source.textes.finir()
    if len(rangs) != source.gardes:
        raise Refus(
            f"{source.gardes} lignes attendues, {len(rangs)} lues",
            source.fichier,
            "Le fichier a changé pendant la lecture : recommencer.",
        )
    ecartees = _ecartees(table, source, rangs, textes)
    rangs = rangs.drop(nom.lower() for nom in ecartees).with_row_index("rang")
    return Lue(table, source, rangs, textes, ecartees)


def recevoir_table(
    con: duckdb.DuckDBPyConnection, lue: Lue, juges: dict[str, pl.DataFrame], registre: pl.Series
) -> tuple[Reception, Lignes]:
    """Return the rows of one file, what `juger` said of their texts being known.

    `registre` has the codes of the guichets that are known; raise Refus for too many rejects.
    """
    table, source = lue.table, lue.source
    for colonne in lue.colonnes:
        juge = _sans_cle(_borner(juges[colonne.champ], colonne), source, colonne)
        juge = _taire_les_rares(juge, lue.rangs[colonne.champ], _connus(colonne, registre))
        juges[colonne.champ] = _ranger(juge, colonne)
    lignes = Lignes(table, lue.rangs, juges)
    _charger(con, lignes, source)
    rejetees = lignes.rejetees()
    if source.illisibles or len(rejetees):
        _noter_illisibles(con, source, table)
        _noter_rejets(con, table, rejetees, source.fichier)
        _exiger_peu_de_rejets(con, source, table)
    return _decrire(lue), lignes


def _decrire(lue: Lue) -> Reception:
    table, source, ecartees = lue.table, lue.source, lue.ecartees
    interdites = tuple(nom for nom in source.colonnes if est_interdite(nom))
    return Reception(
        table=table.nom,
        fichier=source.fichier,
        encodage=source.encodage,
        autrement=source.autrement,
        coupe=source.coupe,
        lus=source.lus,
        livrees=tuple(
            une.nom
            for une in table.colonnes
            if une.nom in source.colonnes and une.nom not in ecartees
        ),
        inconnues=tuple(
            nom or "(sans nom)"
            for nom in source.colonnes
            if nom not in table.par_nom and nom not in interdites
        ),
        interdites=(*interdites, *(f"{nom} ({dit})" for nom, dit in ecartees.items())),
        suites=source.suites,
    )


def _exiger_colonnes(table: Table, source: Source) -> None:
    absentes = [c.nom for c in table.exigees if c.nom not in source.colonnes]
    if absentes:
        pluriel = len(absentes) > 1
        raise Refus(
            f"colonne{'s' if pluriel else ''} obligatoire{'s' if pluriel else ''} "
            f"absente{'s' if pluriel else ''} : {', '.join(absentes)}",
            f"{source.fichier}, ligne 1",
            "Demander une extraction complète ; ou, si ces colonnes y sont sous d'autres noms, "
            "faire reconnaître les fichiers : infocentre correspondance proposer.",
        )


def _exiger_lignes(table: Table, source: Source) -> None:
    if table.obligatoire and source.lus == 0:
        raise Refus(
            "le fichier ne contient que la ligne d'en-tête",
            source.fichier,
            "Demander une nouvelle extraction.",
        )


@dataclass(slots=True)
class Lignes:
    """The rows of one file; those set aside are taken out when all is known of them.

    `rangs` has the rank of each row in the file (`rang`), and per column delivered the rank of its
    text in `juges` (null: none) or its evident value. `juges` has per column one row per distinct
    text: `net`, `valeur`, and what is wrong with it (`rejetee`, then the names of `_NATURES`).
    """

    table: Table
    rangs: pl.DataFrame
    juges: dict[str, pl.DataFrame]

    @classmethod
    def aucune(cls, table: Table) -> Lignes:
        """Return the rows of a table that was not delivered."""
        return cls(table, pl.DataFrame(), {})

    def trame(self) -> pl.DataFrame:
        """Return the typed rows, whose memory is given over as they are made: only once.

        A column newer than the delivery is left out: its archive is as it was before.
        """
        typees = []
        for colonne in self.table.colonnes:
            if colonne.depuis and colonne.champ not in self.juges:
                continue
            typees.append(self.valeurs(colonne))
            for nom in {colonne.champ, EVIDENTE + colonne.champ}.intersection(self.rangs.columns):
                self.rangs.drop_in_place(nom)
        return pl.DataFrame(typees)

    def valeurs(self, colonne: Colonne) -> pl.Series:
        """Return the typed values of a column, null for one that was not delivered."""
        champ, type_ = colonne.champ, TYPES_POLARS[colonne.type_sql]
        if champ not in self.juges:
            return pl.Series(champ, [None], type_).new_from_index(0, self.rangs.height)
        valeurs = self.juges[champ]["valeur"][self.rangs[champ]].alias(champ)
        evidentes = self.rangs.get_column(EVIDENTE + champ, default=None)
        return valeurs if evidentes is None else evidentes.fill_null(valeurs).alias(champ)

    def rejetees(self) -> pl.DataFrame:
        """Return rang, motif, colonne and valeur of the rows rejected, by the first reason."""
        rejettent = [une.champ for une in self.table.colonnes if une.rejette]
        noms = {"rang", *rejettent, *(EVIDENTE + champ for champ in rejettent)}
        rejets = [pl.DataFrame(schema=_REJETS)]
        reste = self.rangs.select(un for un in self.rangs.columns if un in noms)
        for motif in MOTIFS:
            for colonne in self.table.colonnes:
                if colonne.rejette != motif or colonne.champ not in self.juges:
                    continue
                juges = self.juges[colonne.champ]
                rejetee = juges["rejetee"].gather(reste[colonne.champ]).fill_null(value=True)
                if EVIDENTE + colonne.champ in reste.columns:
                    rejetee &= reste[EVIDENTE + colonne.champ].is_null()
                if not rejetee.any():
                    continue
                perdues = reste.filter(rejetee)
                net = juges["net"].gather(perdues[colonne.champ]).alias("valeur")
                rejets.append(
                    perdues.select(
                        "rang",
                        pl.lit(motif).alias("motif"),
                        pl.lit(colonne.nom).alias("colonne"),
                        pl.lit(None, pl.String).alias("valeur") if self.table.nominative else net,
                    )
                )
                reste = reste.filter(~rejetee)
        return pl.concat(rejets)

    def anomalies(self) -> pl.DataFrame:
        """Return colonne, nature, texte, nombre and first rang of the format anomalies."""
        trouvees = [pl.DataFrame(schema=_ANOMALIES)]
        for champ, juges in self.juges.items():
            if not any(juges[nature].any() for nature in _NATURES):
                continue
            douteux = juges.select(pl.any_horizontal(*_NATURES)).to_series()
            comptes = (
                self.rangs.select("rang", pl.col(champ).alias("texte"))
                .filter(douteux.gather(self.rangs[champ]))
                .group_by("texte")
                .agg(pl.len().alias("nombre"), pl.col("rang").min())
            )
            fautes = juges[comptes["texte"]].with_columns(comptes["nombre"], comptes["rang"])
            for faute, (nature, texte) in _NATURES.items():
                dit = pl.lit(None) if self.table.nominative or not texte else pl.col(texte)
                trouvees.append(
                    fautes.filter(faute).select(
                        pl.lit(champ.upper()).alias("colonne"),
                        pl.lit(nature).alias("nature"),
                        dit.cast(pl.String).alias("texte"),
                        pl.col("nombre", "rang").cast(pl.Int64),
                    )
                )
        return pl.concat(trouvees)


_HORS, _ILLISIBLE, _COUPEE, _OTES = "hors_liste", "illisible", "coupee", "otes"
_INTRUS, _FREQUENT, _SANS_CLE = "intrus", "frequent", "sans_cle"
_REJETS = {"rang": pl.UInt32, "motif": pl.String, "colonne": pl.String, "valeur": pl.String}
_ANOMALIES = {
    "colonne": pl.String,
    "nature": pl.String,
    "texte": pl.String,
    "nombre": pl.Int64,
    "rang": pl.Int64,
}
# What may be wrong with a text that rejects no row: its name, and which text tells it. The last
# one is known before texts are judged.
_NATURES: dict[str, tuple[str, str | None]] = {
    _HORS: (natures.HORS_LISTE, "valeur"),
    _ILLISIBLE: (natures.ILLISIBLE, "net"),
    _COUPEE: (COUPE, None),
    _INTRUS: (natures.INTRUS, None),
    _OTES: (OTES, None),
    _SANS_CLE: (natures.SANS_CLE, "net"),
}
_JUGEES = tuple(nom for nom in _NATURES if nom != _SANS_CLE)
_BRUT = "brut"
_PORTEES = "count(*) OVER (PARTITION BY colonne, valeur)"  # rows rejected for the same text
# What is said of a text, with its type, each step from the ones before.
_ETAPES: tuple[dict[str, str], ...] = (
    {_BRUT: "VARCHAR"},
    {"net": "VARCHAR"},
    {type_sql: type_sql for type_sql in TYPES_POLARS},
    {_HORS: "BOOLEAN"},
    dict.fromkeys(("rejetee", _ILLISIBLE, _COUPEE, _INTRUS, _OTES, _FREQUENT), "BOOLEAN"),
)


def _ecartees(
    table: Table, source: Source, rangs: pl.DataFrame, textes: dict[str, pl.Series]
) -> dict[str, str]:
    lues = [colonne for colonne in table.colonnes if colonne.champ in textes]
    trouvees = colonnes_intruses(lues, rangs, textes)
    for colonne, pourquoi in trouvees.items():
        if colonne.obligatoire:
            raise Refus(
                f"la colonne {colonne.nom} n'est pas ce que dit son nom : {pourquoi}",
                source.fichier,
                "Rien n'en a été gardé. Demander une extraction sans cette donnée.",
            )
    return {colonne.nom: pourquoi for colonne, pourquoi in trouvees.items()}


def _sans_cle(juge: pl.DataFrame, source: Source, colonne: Colonne) -> pl.DataFrame:
    """Say which texts were keys that no row of their file of codes explains: they are empty."""
    cles = source.sans_cle.get(colonne.champ)
    if cles is None:
        return juge
    return juge.with_columns(
        cles.is_not_null().alias(_SANS_CLE), pl.coalesce(cles, "net").alias("net")
    )


def _borner(juge: pl.DataFrame, colonne: Colonne) -> pl.DataFrame:
    """Make unreadable a number that its column cannot hold."""
    if colonne.type not in NOMBRES:
        return juge
    dehors = ~pl.col("valeur").is_between(*colonne.etendue)
    return juge.with_columns(
        pl.when(~dehors).then("valeur").alias("valeur"),
        (pl.col(_ILLISIBLE) | dehors.fill_null(value=False)).alias(_ILLISIBLE),
    )


def _connus(colonne: Colonne, registre: pl.Series) -> pl.Series:
    """Return the words that enter by a column however rare they are, beside those of its form."""
    return registre if colonne.nature == "guichet" else registre.clear()


def _taire_les_rares(juge: pl.DataFrame, rangs: pl.Series, connus: pl.Series) -> pl.DataFrame:
    """Make HL of what enters only when several rows carry it, and few do."""
    douteux = juge.drop_in_place(_FREQUENT)
    if (
        not douteux.any()
        or not (douteux := douteux & ~juge["valeur"].is_in(connus.implode())).any()
    ):
        return juge
    lignes = rangs.drop_nulls().value_counts(name="lignes").rename({rangs.name: "place"})
    lues = juge.with_row_index("place").with_columns(pl.col("place").cast(rangs.dtype))
    lues = lues.join(lignes, on="place", how="left", maintain_order="left")
    rares = douteux & lues.select(pl.col("lignes").sum().over("valeur") < SOUVENT).to_series()
    return juge.with_columns(
        pl.when(rares).then(pl.lit(HORS_LISTE)).otherwise("valeur").alias("valeur"),
        (pl.col(_HORS) | rares).alias(_HORS),
    )


def _ranger(juge: pl.DataFrame, colonne: Colonne) -> pl.DataFrame:
    """Return what is kept of the judgement of a column, few distinct texts as categories."""
    if colonne.type_sql == "VARCHAR" and juge.height <= PEU:
        rangee = juge["valeur"].cast(pl.Categorical(pl.Categories.random()))
        juge.replace_column(juge.columns.index("valeur"), rangee)
    return juge


def juger(con: duckdb.DuckDBPyConnection, lues: Sequence[Lue]) -> list[dict[str, pl.DataFrame]]:
    """Type and judge each distinct text of each column of some files, all in one pass.

    Return, by file and field, what `Lignes.juges` has of a text, and whether it must be frequent.
    """
    toutes = [(lue, colonne) for lue in lues for colonne in lue.colonnes]
    colonnes = [colonne for _, colonne in toutes]
    textes = [lue.textes[colonne.champ] for lue, colonne in toutes]
    jugements = [tuple(_jugement(colonne).items()) for colonne in colonnes]
    genres = list(dict.fromkeys(jugements))
    par_lue = [sum(len(lue.textes[une.champ]) for une in lue.colonnes) for lue in lues]
    ensemble = pl.DataFrame(
        {
            "texte": pl.concat(textes),
            "rang": pl.concat(pl.int_range(combien, eager=True) for combien in par_lue),
            "colonne": _repeter(range(len(colonnes)), textes),
            "genre": _repeter(map(genres.index, jugements), textes),
            "cle": _repeter([bool(colonne.rejette) for colonne in colonnes], textes),
        }
    ).with_row_index("place")
    with preter(con, "textes", ensemble):
        juges = rendre(con, _sql_jugement([dict(un) for un in genres], colonnes)).sort("place")
    resultats: dict[str, dict[str, pl.DataFrame]] = {lue.table.nom: {} for lue in lues}
    debut = 0
    for (lue, colonne), siens in zip(toutes, textes, strict=True):
        juge = juges.slice(debut, len(siens))
        dites = juge[["net", "rejetee", *_NATURES, _FREQUENT]]
        dites.insert_column(1, juge[colonne.type_sql].alias("valeur"))
        resultats[lue.table.nom][colonne.champ] = dites
        debut += len(siens)
    return list(resultats.values())


def _repeter(nombres: Iterable[int], textes: list[pl.Series]) -> pl.Series:
    """Return what is said of each column, once for each of its texts."""
    return pl.concat(
        pl.Series(
            [nombre], dtype=pl.Boolean if isinstance(nombre, bool) else pl.UInt16
        ).new_from_index(0, len(siens))
        for nombre, siens in zip(nombres, textes, strict=True)
    )


def _jugement(colonne: Colonne) -> dict[str, str | None]:
    """Return the SQL of what a distinct text of a column becomes, by the name of each result.

    Its typed value has the name of its type. Columns of which all is the same are of one genre.
    """
    typee = f'"{colonne.type_sql}"'
    return {
        _BRUT: texte_net("texte", colonne),
        "net": texte_connu(_BRUT, colonne),
        colonne.type_sql: valeur_typee("net", colonne),
        "rejetee": est_rejetee(typee, colonne),
        _ILLISIBLE: est_illisible(typee, "net", colonne),
        _COUPEE: est_trop_long("net", colonne),
        _INTRUS: porte_intrus("net", colonne),
        _OTES: porte_invisibles("texte", colonne),
    }


def _selon_colonne(
    colonnes: list[Colonne], condition: Callable[[Colonne, Contrat], str | None]
) -> str:
    """Return the SQL of a condition that each column of text has its own of.

    Columns of one condition are one branch: an expression is made ready as often as it is written.
    """
    siennes: dict[str, list[str]] = {}
    for place, une in enumerate(colonnes):
        if une.type in TEXTUELS and (sienne := condition(une, contrat())):
            siennes.setdefault(sienne, []).append(f"colonne = {place}")
    return _cas(siennes, "false")


def _sql_jugement(genres: list[dict[str, str | None]], colonnes: list[Colonne]) -> str:
    """Return the SELECT of what texts of these genres become, each with its place.

    What is read several times is a step before: a branch of CASE would compute it each time.
    """
    fermes = {
        _HORS: _selon_colonne(colonnes, partial(est_hors_liste, '"VARCHAR"')),
        _FREQUENT: _selon_colonne(colonnes, partial(doit_etre_frequent, '"VARCHAR"', _HORS)),
    }
    relation = "textes"
    for etape in _ETAPES:
        dits = ", ".join(
            f'{fermes.get(nom) or _selon(genres, nom)}::{de} AS "{nom}"'
            for nom, de in etape.items()
        )
        relation = f"(SELECT *, {dits} FROM {relation})"
    dites = ", ".join(
        f"coalesce({nom}, false) AS {nom}" for nom in ("rejetee", *_JUGEES, _FREQUENT)
    )
    return f"""
        SELECT * EXCLUDE (texte, rang, colonne, genre, cle, {_BRUT}) REPLACE ({dites},
            CASE WHEN NOT coalesce({_HORS}, false) THEN "VARCHAR"
                WHEN cle THEN '{HORS_LISTE}' || rang
                ELSE {code_garde('"VARCHAR"')} END AS "VARCHAR"),
            false AS {_SANS_CLE}
        FROM {relation}"""


def _selon(genres: list[dict[str, str | None]], nom: str) -> str:
    """Return the SQL of one result by the genre of a text."""
    lesquels: dict[str, list[str]] = {}
    for rang, genre in enumerate(genres):
        if sql := genre.get(nom):
            lesquels.setdefault(sql, []).append(f"genre = {rang}")
    return _cas(lesquels, "NULL")


def _cas(lesquels: dict[str, list[str]], autrement: str) -> str:
    """Return the SQL that is each of these where one of its conditions holds."""
    cas = " ".join(f"WHEN {' OR '.join(quand)} THEN {sql}" for sql, quand in lesquels.items())
    return f"(CASE {cas} END)" if cas else autrement


def _charger(con: duckdb.DuckDBPyConnection, lignes: Lignes, source: Source) -> None:
    """Create the table by which rows are compared, and what turns a rank into a line."""
    table = lignes.table
    comparees = [c for c in table.colonnes if c.champ in COMPAREES or c.nom == table.cle]
    with preter(con, "lues", pl.DataFrame([lignes.valeurs(colonne) for colonne in comparees])):
        con.execute(
            f"CREATE OR REPLACE TABLE {table.nom} AS SELECT *, NULL::VARCHAR AS motif FROM lues"
        )
    con.execute(
        f"CREATE TABLE ruptures_{table.nom} AS "
        "SELECT unnest(?::BIGINT[]) AS rang, unnest(?::BIGINT[]) AS decalage",
        [source.ruptures.rangs, source.ruptures.decalages],
    )


def _noter_illisibles(con: duckdb.DuckDBPyConnection, source: Source, table: Table) -> None:
    if not source.illisibles:
        return
    con.execute(
        "INSERT INTO rejets SELECT ?, ?, unnest(?::BIGINT[]), NULL, unnest(?::VARCHAR[]), "
        "'ligne illisible'",
        [
            table.nom,
            source.fichier,
            [ligne for ligne, _ in source.illisibles],
            [detail for _, detail in source.illisibles],
        ],
    )


def _noter_rejets(
    con: duckdb.DuckDBPyConnection, table: Table, rejetees: pl.DataFrame, fichier: str
) -> None:
    if rejetees.is_empty():
        return
    nom = table.nom
    with preter(con, "rejetees", rejetees):
        con.execute(
            f"""INSERT INTO rejets
            SELECT ?, ?, r.rang + decalage, colonne,
                {valeur_montree("valeur", _est_personnelle("colonne", table), _PORTEES)}, motif
            FROM rejetees AS r ASOF JOIN ruptures_{nom} AS ruptures ON r.rang >= ruptures.rang""",
            [nom, fichier],
        )
    with preter(con, "rejetees", rejetees):
        con.execute(
            f"UPDATE {nom} SET motif = r.motif FROM rejetees AS r WHERE {nom}.rowid = r.rang"
        )


def _exiger_peu_de_rejets(con: duckdb.DuckDBPyConnection, source: Source, table: Table) -> None:
    """Refuse a file of which too many records are rejected: its totals and notes are none.

    A file may hold several tables, a sheet or some rows each.
    """
    motifs = con.execute(
        """SELECT motif, count(*), min(ligne) FROM rejets
        WHERE "table" = ? AND fichier = ? AND valeur IS DISTINCT FROM ?
        GROUP BY ALL ORDER BY 2 DESC, 1""",
        [table.nom, source.fichier, TOTAL],
    ).fetchall()
    rejets = sum(nombre for _, nombre, _ in motifs)
    if rejets > PART_MAX_REJETS * source.lus:
        detail = " ; ".join(
            f"{motif} : {nombre} (première : ligne {ligne})" for motif, nombre, ligne in motifs
        )
        raise Refus(
            f"{rejets} {accord(rejets, 'ligne rejetée', 'lignes rejetées')} sur {source.lus}, "
            f"plus de 5 % — {detail}",
            source.fichier,
            f"{_nouvelle_extraction(con, source, table)} ; la livraison précédente reste en place.",
        )


def _nouvelle_extraction(con: duckdb.DuckDBPyConnection, source: Source, table: Table) -> str:
    """Say what to ask for, and what a spreadsheet did to the values that reject most rows."""
    comptes = ", ".join("count(*) FILTER (regexp_full_match(valeur, ?))" for _ in REMEDES)
    ((rejets, *de_chaque),) = con.execute(
        f'SELECT count(*), {comptes} FROM rejets WHERE "table" = ? AND fichier = ?',
        [*REMEDES, table.nom, source.fichier],
    ).fetchall()
    for (dit, demande), nombre in zip(REMEDES.values(), de_chaque, strict=True):
        if 2 * nombre > rejets:
            return f"{dit} : {demande}"
    return "Demander une nouvelle extraction"


def ecarter(
    con: duckdb.DuckDBPyConnection, table: str, reception: Reception, perdants: str, motif: str
) -> None:
    """Reject the rows whose rowid `perdants` gives, for a reason not held against the file."""
    cle = contrat().tables[table].cle
    valeur = _cle_montree(contrat().tables[table])
    (nombre,) = con.execute(f"CREATE OR REPLACE TEMP TABLE perdants AS {perdants}").fetchall()[0]
    if not nombre:
        return
    con.execute(
        f"""INSERT INTO rejets
        SELECT ?, ?, r.rowid + ruptures.decalage, ?, {valeur}, ?
        FROM (SELECT rowid, * FROM {table} WHERE rowid IN (FROM perdants)) AS r
        ASOF JOIN ruptures_{table} AS ruptures ON r.rowid >= ruptures.rang""",
        [table, reception.fichier, cle, motif],
    )
    con.execute(f"UPDATE {table} SET motif = ? WHERE rowid IN (FROM perdants)", [motif])


def _cle_montree(table: Table) -> str:
    """Return the SQL of the key of a row set aside: a numéro is well-formed, an identifier not."""
    if table.nominative:
        return "NULL"
    champ = f"r.{table.cle.lower()}"
    colonne = table.par_nom[table.cle]
    if colonne.nom == "NUMERO_UNIQUE":
        return champ
    return valeur_montree(champ, str(colonne.personnelle).lower(), str(SOUVENT))


def _est_personnelle(nom: str, table: Table) -> str:
    """Return the SQL of whether the column of this name says something of a person."""
    noms = ", ".join(f"'{colonne.nom}'" for colonne in table.colonnes if colonne.personnelle)
    return f"({nom} IN ({noms}))" if noms else "false"


def noter_anomalies(con: duckdb.DuckDBPyConnection, reception: Reception, lignes: Lignes) -> None:
    """List the format anomalies of the rows kept: one row per column, value and nature."""
    trouvees = lignes.anomalies()
    if trouvees.is_empty():
        return
    with preter(con, "trouvees", trouvees):
        con.execute(
            f"""INSERT INTO anomalies_format
            SELECT ?, ?, colonne, {_anomalie_montree(lignes.table)} AS valeur, nature,
                sum(nombre), min(t.rang + decalage)
            FROM trouvees AS t
            ASOF JOIN ruptures_{reception.table} AS ruptures ON t.rang >= ruptures.rang
            GROUP BY ALL""",
            [reception.table, reception.fichier],
        )


def _anomalie_montree(table: Table) -> str:
    """Return the SQL of what is told of a text; of a key of no form, which has a number, HL."""
    code = f"regexp_replace({code_garde('texte')}, '^{HORS_LISTE}\\d+$', '{HORS_LISTE}')"
    lu = valeur_montree("texte", _est_personnelle("colonne", table), "nombre")
    return f"CASE WHEN nature = '{natures.HORS_LISTE}' THEN {code} ELSE {lu} END"


def garder(con: duckdb.DuckDBPyConnection, lignes: Lignes) -> None:
    """Leave out the rows that were rejected or set aside."""
    perdues = con.execute(f"SELECT rowid FROM {lignes.table.nom} WHERE motif IS NOT NULL")
    rangs = pl.Series(perdues.fetchnumpy()["rowid"])
    if len(rangs):
        lignes.rangs = lignes.rangs.filter(~pl.col("rang").is_in(rangs.implode()))
