"""The texts of a source turned into those of the contract: names of columns, codes, dates.

What a column holds is translated text by text, each distinct one once, before it is typed and
judged as if the contract's own file had held it.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import polars as pl

from infocentre.contrat import Colonne, Table, contrat
from infocentre.contrat.graphies import VIDE, VIDES_AILLEURS
from infocentre.contrat.territoires import communes_par_nom, nom_compare, territoires
from infocentre.correspondances.modele import Dialecte, Fichier, Lecture, nom_de_colonne
from infocentre.livraisons.textes import EVIDENTE, distincts
from infocentre.noyau.erreurs import Refus
from infocentre.noyau.jours import lire_jour

# Columns that are read to find a row, not to keep: they have names that no file can have.
PAR, ORDRE, PARTAGE = "·par", "·ordre", "·partage"
NUMERO, RADIEE_LE = "numero_unique", "date_radiation"
TOTAUX = 5  # rows of totals that may stand under those of a file
# Share of the rows of a value that may be of another table than the one that it tells.
MELEE = 0.02
JOUR_ET_HEURE = r"^(\d{1,2}[/-]\d{1,2}[/-]\d{4}|\d{4}-\d\d-\d\d)[ T]\d.*$"
ANNEE_SEULE = r"^(19\d\d|20\d\d)$"
# Dates that can be but one, though the contract has them not: 31.10.2026, 1/12/2026, 2026/10/31,
# 20261031, 1er décembre 2026, and the number of days by which a workbook holds one that is not
# formatted.
JOUR_D_ABORD = r"^(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})$"
EN_LETTRES = r"^\d{1,2}(?:er)?[ -][^\W\d_]{3,}\.?[ -]\d{4}$"
# Midnight here is 22 or 23 hours of the day before in universal time.
INSTANT = r"^(\d{4}-\d\d-\d\d)[ T](\d\d:\d\d)(?::\d\d(?:[.,]\d+)?)? ?(?:Z|UTC|[+-]00:?00)$"
ICI = "Europe/Paris"
ANNEE_D_ABORD = r"^(19\d\d|20\d\d)[/.]?(0[1-9]|1[0-2])[/.]?([0-2]\d|3[01])$"
SERIE = r"^([1-7]\d{4})([.,]\d+)?$"
ORIGINE = dt.date(1899, 12, 30)
GUICHET = 5  # characters of the code of one
SANS_ZEROS = r"^\d{1,4}$"  # a code of five characters that a workbook took for a number
ENTIER_ECRIT = re.compile(r"0*(\d+)(?:[.,]0+)?")
MILLIERS = r"^[+-]?\d{1,3}(,\d{3})+(\.\d+)?$"
CODE_ET_NOM = r"^(\d[\dAB]\d{3}) ?[-–:/] ?\D.*$"  # of a commune: 13001 - Aix-en-Provence
CODE_ET_GUICHET = r"(?i)^((?:[0-9A-Z]*\d[0-9A-Z]*)|GDPUB) [-–:/] .*$"  # G1302 - Mairie de Ville
CHIFFRES = r"\d{6}"  # what no label has, and each numéro
# In a numéro: 013 0126 100001 G1201, and the marks of a text in a spreadsheet: '013…, ="013…".
BLANCS = r"""[\s'’="]+"""
LIBELLE = re.compile(r"[^\W\d_]{4}")  # what no key has
CLE_COURTE = 10  # characters of a key that is told

Textes = dict[str, pl.Series]
# Finds the code that a label means, of a list: None when it must be asked.
Deviner = Callable[[str, str], str | None]


@dataclass(frozen=True, slots=True)
class Reference:
    """The code of each key of a file `ref_*`."""

    fichier: str
    codes: Mapping[str, str]

    def code(self, texte: str) -> str | None:
        """Return the code of a key, None when no row has it."""
        return self.codes.get(texte, self.codes.get(cle(texte)))


@dataclass(frozen=True, slots=True)
class Complement:
    """A file whose rows, joined to demandes, give the columns that these lack."""

    chemin: Path
    traduction: Traduction


@dataclass(frozen=True, slots=True)
class Traduction:
    """How the columns of one file become those of one table.

    `references` are those that its columns name, `complements` come newest first. `par` is the
    column of the file by which rows of others are joined to its own. `deviner` reads the labels of
    a column that a person has read by its labels, when no row of those seen had them.
    """

    fichier: Fichier
    dialecte: Dialecte
    table: Table
    references: Mapping[str, Reference] = field(default_factory=dict)
    complements: tuple[Complement, ...] = ()
    par: str | None = None
    deviner: Deviner | None = None

    @property
    def lectures(self) -> dict[str, Lecture]:
        """What each column of the file becomes, by its name as names are compared."""
        return {nom_de_colonne(nom): une for nom, une in self.fichier.colonnes.items()}

    @property
    def laissees(self) -> frozenset[str]:
        """The columns that nobody reads, on purpose."""
        return frozenset(nom_de_colonne(nom) for nom in self.fichier.laissees)

    @property
    def cherchees(self) -> dict[str, Colonne]:
        """The columns that are read: those of the table, and those by which rows are found."""
        aides = [PAR, ORDRE, PARTAGE]
        return self.table.par_nom | {nom: aide(nom, self.table.nom) for nom in aides}

    @property
    def champ_du_partage(self) -> str:
        """The field that tells of which table a row is: one that is kept too, or not."""
        partage = self.fichier.partage
        lecture = self.lectures.get(nom_de_colonne(partage.colonne)) if partage else None
        return lecture.vers.lower() if lecture else PARTAGE

    def noms(self, entete: Sequence[str]) -> list[str]:
        """Return the name in the contract of each column of the file, its own when it has none."""
        vers = {nom: une.vers for nom, une in self.lectures.items()}
        return [self._aide_de(nom) or vers.get(nom) or _sans(nom, self.table) for nom in entete]

    def _aide_de(self, nom: str) -> str | None:
        partage = self.fichier.partage
        aides = {
            self.par: PAR,
            self.fichier.ordre: ORDRE,
            partage.colonne if partage else None: PARTAGE,
        }
        dites = {nom_de_colonne(cle): aide for cle, aide in aides.items() if cle}
        return None if nom in self.lectures else dites.get(nom)

    def lecture_de(self, champ: str) -> Lecture:
        """Return how a field of the table is read."""
        return next(une for une in self.lectures.values() if une.vers == champ.upper())

    def traduire(self, champ: str, textes: pl.Series) -> tuple[pl.Series, pl.Series]:
        """Return what distinct texts become, and those that are keys that no row explains."""
        colonne, lecture = self.table.par_nom[champ.upper()], self.lecture_de(champ)
        nets = textes.str.strip_chars()
        vides = [un for un in VIDES_AILLEURS if un not in lecture.valeurs]
        nets = pl.select(pl.when(~nets.is_in(vides)).then(nets)).to_series()
        if VIDE in lecture.valeurs:
            nets = nets.fill_null(VIDE)
        traduits, sans = self._codes(colonne, lecture, nets)
        return _ecrire(traduits, colonne, self.dialecte), sans

    def _codes(
        self, colonne: Colonne, lecture: Lecture, nets: pl.Series
    ) -> tuple[pl.Series, pl.Series]:
        reference = self.references.get(lecture.reference or "")
        devines = self._devines(colonne, lecture)
        libelles = contrat().codes.get(colonne.codes or "", {})
        valeurs = {cle(libelle): code for code, libelle in libelles.items()}
        valeurs |= {cle(valeur): code for valeur, code in lecture.valeurs.items()}
        if reference is None and not valeurs:
            return nets, pl.Series([None], dtype=pl.String).new_from_index(0, len(nets))
        connus = frozenset(reference.codes.values()) if reference else frozenset[str]()
        dits: list[str | None] = []
        sans: list[str | None] = []
        for texte in nets:
            code = reference.code(texte) if reference and texte else texte
            perdu = code is None and texte is not None and cle(texte) not in valeurs
            if perdu and texte in connus:  # the column holds codes where keys are expected
                code, perdu = texte, False
            retenu = code if code is not None else texte
            connu = None if perdu or retenu is None else valeurs.get(cle(retenu))
            dits.append(None if perdu or retenu is None else connu or devines(retenu))
            sans.append(texte if perdu else None)
        return pl.Series(nets.name, dits, pl.String), pl.Series(nets.name, sans, pl.String)

    def _devines(self, colonne: Colonne, lecture: Lecture) -> Callable[[str], str]:
        """Return what reads the labels of a column that a person has read by its labels.

        Who proposed saw a thousand rows: what none of them had is read too, but for a key.
        """
        deviner, liste = self.deviner, colonne.codes
        if lecture.valeurs and colonne.forme == "commune":
            nommees = _communes_de(lecture.valeurs)
            return lambda texte: nommees.get(nom_compare(texte), texte)
        if not lecture.valeurs or liste is None or deviner is None:
            return str
        codes = contrat().codes[liste]

        def lire(texte: str) -> str:
            if texte.upper() in codes or not LIBELLE.search(texte):
                return texte
            return deviner(texte, liste) or texte

        return lire


def _communes_de(valeurs: Mapping[str, str]) -> Mapping[str, str]:
    """Return the code of each name of the départements of some communes.

    And of each code without its zero, when a person said that theirs lost it.
    """
    connues = territoires()
    siens = {connues[un].departement for un in valeurs.values() if un in connues}
    nommees = {nom: code for un in sorted(siens) for nom, code in communes_par_nom(un).items()}
    if any(code == f"0{texte}" for texte, code in valeurs.items()):
        nommees |= {
            un[1:]: un for un in connues if un[0] == "0" and connues[un].departement in siens
        }
    return nommees


def cle(texte: str) -> str:
    """Return a key or a label as it is compared: case and blanks apart, a whole number plain."""
    entier = ENTIER_ECRIT.fullmatch(texte)
    return entier[1] if entier else " ".join(texte.split()).casefold()


def aide(nom: str, table: str) -> Colonne:
    """Return a column that is read as it stands, and kept nowhere."""
    return Colonne(table=table, nom=nom, type="texte", libelle=nom, description=nom)


def _sans(nom: str, table: Table) -> str:
    """Return the name of a column that is not read, unlike any of the table's."""
    return f"{nom} " if nom in table.par_nom else nom


def _ecrire(textes: pl.Series, colonne: Colonne, dialecte: Dialecte) -> pl.Series:
    """Write numéros, dates and numbers as the contract does, a guichet alone and with its zeros."""
    if colonne.nom == "NUMERO_UNIQUE":
        return textes.str.replace_all(BLANCS, "")
    if colonne.forme == "guichet":
        textes = textes.str.replace(CODE_ET_GUICHET, "${1}")
        chiffres = textes.str.contains(SANS_ZEROS)
        return pl.select(
            pl.when(chiffres).then(textes.str.zfill(GUICHET)).otherwise(textes)
        ).to_series()
    if colonne.forme == "commune":
        return textes.str.replace(CODE_ET_NOM, "${1}")
    if colonne.type in {"date", "naissance"}:
        textes = en_jours(textes)
        return textes.str.replace(ANNEE_SEULE, "01/${1}") if colonne.type == "naissance" else textes
    if dialecte.decimale == "." and colonne.type in {"decimal", "entier"}:
        sans = textes.str.replace_all(",", "", literal=True)
        return pl.select(
            pl.when(textes.str.contains(MILLIERS)).then(sans).otherwise(textes)
        ).to_series()
    return textes


def en_jours(textes: pl.Series) -> pl.Series:
    """Write dates as the contract does, without the time of day; other texts are as they are."""
    return _en_jours(_d_ici(textes).str.replace(JOUR_ET_HEURE, "${1}"))


def _d_ici(textes: pl.Series) -> pl.Series:
    """Return the day that each instant in universal time is here, other texts as they are."""
    instants = pl.concat_str(textes.str.extract_groups(INSTANT).struct.unnest(), separator=" ")
    ici = instants.str.to_datetime("%Y-%m-%d %H:%M", time_zone="UTC", strict=False)
    return pl.select(
        pl.coalesce(ici.dt.convert_time_zone(ICI).dt.strftime("%Y-%m-%d"), textes)
    ).to_series()


def _en_jours(textes: pl.Series) -> pl.Series:
    parties = textes.str.extract_groups(JOUR_D_ABORD).struct.unnest()
    chiffres = pl.concat_str([une.str.zfill(2) for une in parties], separator="/")
    lettres = textes.filter(textes.str.contains(EN_LETTRES)).unique()
    jours_ecrits = [str(lire_jour(un.replace("-", " ")) or un) for un in lettres]
    lus = textes.replace(lettres, pl.Series(jours_ecrits, dtype=pl.String))
    textes = pl.select(pl.coalesce(chiffres, lus)).to_series()
    textes = textes.str.replace(ANNEE_D_ABORD, "${1}-${2}-${3}")
    jours = textes.str.extract(SERIE).cast(pl.Int32)
    jours_dits = (pl.lit(ORIGINE) + pl.duration(days=pl.lit(jours))).dt.to_string()
    return pl.select(pl.coalesce(jours_dits, textes)).to_series()


# --- Rows of several tables in one file, rows of several files in one table ----------------------


@dataclass(frozen=True, slots=True)
class Lus:
    """The records of a file, as `Textes.finir` gives them, and the keys that no row explains."""

    rangs: pl.DataFrame
    textes: Textes
    sans_cle: Textes = field(default_factory=dict)

    def finir(self) -> tuple[pl.DataFrame, Textes]:
        """Return them as `Textes.finir` does."""
        return self.rangs, self.textes

    def tail(self, nombre: int) -> Lus:
        """Return the last records."""
        return replace(self, rangs=self.rangs.tail(nombre))

    def valeurs(self, champ: str) -> pl.Series:
        """Return the text of each record in a column, evident values among them."""
        lignes = self.lignes(champ)
        if EVIDENTE + champ not in self.rangs.columns:
            return lignes
        return self.rangs[EVIDENTE + champ].cast(pl.String).fill_null(lignes).alias(champ)

    def evidentes(self, champ: str) -> pl.Series:
        """Return the evident value of each record in a column, null for one that is not."""
        return self.rangs[EVIDENTE + champ].cast(pl.String).alias(champ)

    def avec_evidentes(self, champ: str, valeurs: pl.Series) -> Lus:
        """Add a column whose values leave no doubt."""
        rangs = self.rangs.with_columns(
            pl.lit(None, pl.UInt32).alias(champ), valeurs.alias(EVIDENTE + champ)
        )
        vides = pl.Series(champ, [], pl.String)
        return Lus(rangs, {**self.textes, champ: vides}, self.sans_cle)

    def lignes(self, champ: str) -> pl.Series:
        """Return the text of each record in a column."""
        return self.textes[champ][self.rangs[champ]].alias(champ)

    def sans(self, *champs: str) -> Lus:
        """Leave columns out."""
        gardes = {champ: une for champ, une in self.textes.items() if champ not in champs}
        return replace(self, rangs=self.rangs.drop(*champs, strict=False), textes=gardes)

    def avec(self, champ: str, lignes: pl.Series) -> Lus:
        """Add a column, or fill one where it is empty, by the text of each record."""
        rangs = self.rangs
        if champ in self.textes:
            lignes = self.lignes(champ).fill_null(lignes)
            if EVIDENTE + champ in rangs.columns:
                lignes = pl.select(
                    pl.when(rangs[EVIDENTE + champ].is_null()).then(lignes)
                ).to_series()
        siens, places = distincts(lignes.cast(pl.Categorical(pl.Categories.random())))
        textes = {**self.textes, champ: siens.alias(champ)}
        sans_cle = {nom: une for nom, une in self.sans_cle.items() if nom != champ}
        return Lus(rangs.with_columns(places.alias(champ)), textes, sans_cle)


def traduire(lus: Lus, traduction: Traduction) -> Lus:
    """Turn the texts of each column into those of the contract."""
    rangs, textes, sans_cle = lus.rangs, {}, {}
    for champ, siens in lus.textes.items():
        if champ in {PAR, ORDRE, PARTAGE}:
            textes[champ] = siens
            continue
        lus_ici = siens
        if VIDE in traduction.lecture_de(champ).valeurs:
            rangs, lus_ici = _dire_les_vides(rangs, champ, siens)
        textes[champ], sans = traduction.traduire(champ, lus_ici)
        if sans.null_count() < len(sans):
            sans_cle[champ] = sans
    return Lus(rangs, textes, sans_cle)


def _dire_les_vides(
    rangs: pl.DataFrame, champ: str, textes: pl.Series
) -> tuple[pl.DataFrame, pl.Series]:
    """Give the records that are empty in a column a text that says so, to be read as a value."""
    places = rangs[champ].cast(pl.UInt32).fill_null(len(textes))
    return rangs.with_columns(places), pl.concat([textes, pl.Series(textes.name, [VIDE])])


def partager(lus: Lus, traduction: Traduction, fichier: str) -> pl.Series:
    """Return which records are of the table; raise Refus for a value that no table has.

    A record that has no such value, nor a numéro, is a total under the rows: it goes with those of
    the first table.
    """
    partage = traduction.fichier.partage
    assert partage is not None  # noqa: S101 - for mypy: who calls it knows
    tables = {cle(valeur): table for valeur, table in partage.tables.items()}
    champ = traduction.champ_du_partage
    if champ not in lus.textes:
        raise Refus(
            f"la colonne « {partage.colonne} », qui dit la table de chaque ligne, manque",
            fichier,
            "Demander une extraction complète, ou faire reconnaître ce fichier de nouveau.",
        )
    valeurs = lus.valeurs(champ).str.strip_chars().replace("", VIDE).fill_null(VIDE)
    de = {valeur: tables.get(cle(valeur)) for valeur in valeurs.unique()}
    table = valeurs.replace_strict(de, return_dtype=pl.String)
    if None in de.values():
        sans = table.is_null()
        perdues = valeurs.filter(sans)
        numeros = lus.valeurs(NUMERO).filter(sans).str.replace_all(BLANCS, "")
        perdues = perdues.filter((perdues != VIDE) | numeros.str.contains(CHIFFRES))
        if len(perdues) > TOTAUX:
            inconnues = dict(perdues.value_counts().iter_rows())
            raise _valeur_sans_table(partage.colonne, inconnues, fichier)
    if RADIEE_LE in lus.textes:
        dates = lus.valeurs(RADIEE_LE).fill_null("").str.strip_chars()
        lignes = pl.DataFrame(
            {"valeur": valeurs, "table": table, "datee": ~dates.is_in(VIDES_AILLEURS)}
        )
        _exiger_tenu(lignes, partage.colonne, traduction.table.nom, fichier)
    return table.fill_null(traduction.fichier.tables[0]) == traduction.table.nom


def _exiger_tenu(lignes: pl.DataFrame, colonne: str, radiees: str, fichier: str) -> None:
    """Raise Refus when rows of a value are radiées or not otherwise than the value says.

    By this the column was known: those of each value always have a date of radiation, or never.
    """
    fausses = (
        lignes.drop_nulls("table")
        .group_by("valeur", "table", maintain_order=True)
        .agg(pl.len(), fausses=(pl.col("datee") != (pl.col("table") == radiees)).sum())
        .filter(pl.col("fausses") > pl.max_horizontal(TOTAUX, pl.col("len") * MELEE))
    )
    if not fausses.height:
        return
    dites = " ; ".join(
        f"{une['fausses']} lignes « {une['valeur'][: 2 * CLE_COURTE]} » sur {une['len']} "
        + ("n'en ont pas" if une["table"] == radiees else "en ont une")
        for une in fausses.iter_rows(named=True)
    )
    raise Refus(
        f"la colonne « {colonne} » dit la table de chaque ligne, et ne s'accorde pas avec la date "
        f"de radiation : {dites}",
        fichier,
        "Demander à qui produit ce fichier ce que dit cette colonne, ou un fichier par table.",
    )


def _valeur_sans_table(colonne: str, inconnues: Mapping[str, int], fichier: str) -> Refus:
    dites = ", ".join(
        f"{f'« {valeur} »' if len(valeur) <= 2 * CLE_COURTE else f'{len(valeur)} caractères'} "
        f"({nombre} lignes)"
        for valeur, nombre in sorted(inconnues.items(), key=lambda une: -une[1])[:5]
    )
    return Refus(
        f"la colonne « {colonne} » dit la table de chaque ligne, et la correspondance ne connaît "
        f"pas {dites}",
        fichier,
        "Dire dans la correspondance si ces lignes sont du stock ou des radiations.",
    )


def premieres(lus: Lus, champs: Sequence[str]) -> pl.DataFrame:
    """Return, of the records with the same `PAR`, the first by `ORDRE`: texts by column."""
    trame = pl.DataFrame([cle_de_jointure(lus), *(lus.valeurs(champ) for champ in champs)])
    if ORDRE in lus.textes:
        trame = trame.with_columns(rangs_de(lus)).sort(ORDRE, nulls_last=True, maintain_order=True)
    return trame.filter(pl.col(PAR).is_not_null()).unique(PAR, keep="first", maintain_order=True)


def rangs_de(lus: Lus) -> pl.Series:
    """Return the place of each record among those of its demande, null for what is no number."""
    return lus.lignes(ORDRE).str.replace(r"[.,]0+$", "").cast(pl.Float64, strict=False)


def cle_de_jointure(lus: Lus) -> pl.Series:
    """Return the key by which each record is joined: its text, a whole number being plain."""
    textes = lus.textes[PAR].str.strip_chars().str.replace(r"^0*(\d+)(?:[.,]0+)?$", "${1}")
    return textes.replace("", None).gather(lus.rangs[PAR]).alias(PAR)


def completer(lus: Lus, premiers: Sequence[pl.DataFrame]) -> Lus:
    """Fill the columns that records lack from rows joined by `PAR`, the newest file first."""
    cles = cle_de_jointure(lus).to_frame()
    for trame in premiers:
        joints = cles.join(trame, on=PAR, how="left", maintain_order="left")
        for champ in trame.columns:
            if champ not in {PAR, ORDRE}:
                lus = lus.avec(champ, joints[champ])
    return lus
