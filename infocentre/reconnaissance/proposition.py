"""What unknown files are proposed to be, and the correspondance that a person's answers make of it.

Nothing here is decided for a person: what is certain is shown, what is likely waits for a yes, what
is not is asked.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import chain
from pathlib import Path
from typing import Literal

import polars as pl

from infocentre.contrat import Colonne, contrat
from infocentre.contrat.graphies import VIDE
from infocentre.contrat.numeros import LONGUEUR
from infocentre.contrat.territoires import territoires_des_numeros
from infocentre.correspondances.ecrits import exigees
from infocentre.correspondances.modele import (
    DEMANDES,
    Correspondance,
    Fichier,
    Indice,
    Lecture,
    Partage,
)
from infocentre.livraisons.tables import ZERO_PERDU
from infocentre.livraisons.typage import ANNEE
from infocentre.noyau.erreurs import Refus
from infocentre.noyau.francais import accorder, enumerer, pourcent
from infocentre.reconnaissance import codes, genres
from infocentre.reconnaissance.appariement import (
    NOM_MIN,
    Appariement,
    Candidat,
    Etat,
    apparier,
    noter,
)
from infocentre.reconnaissance.association import annee_de, parts_de, refus_des_parts
from infocentre.reconnaissance.codes import Demandee, Reference, Traduites
from infocentre.reconnaissance.genres import Genre, Jugement, Vu
from infocentre.reconnaissance.lexique import lire_noms
from infocentre.reconnaissance.profil import Profil
from infocentre.reconnaissance.valeurs import FORT, NUMERO, accord, en_jours, mois_d_abord, regarder

POSSIBLE = 0.8  # values above which a column may be a compulsory one that no name tells
REPETEES = 0.05  # share of the lines of a numéro already seen, from which it is told
CLE_DE_JOINTURE = "relie ce fichier aux autres, n'est pas gardée"
MOIS_D_ABORD = "le mois y est avant le jour : demander ces dates en JJ/MM/AAAA"
RANGE = "range les lignes d'une demande, lue à la première"
VIDE_EST_NON = "rien n'y dit non : une ligne vide sera lue comme non"
SANS_OBJET = "sans objet pour une demande active"
NUMERO_A_LA_DATE = 0.2  # what a date of creation gains when numéros begin with its month
D_AILLEURS = 0.05  # share of the numéros of another département, from which it is told
PROFONDEUR_MAX = 4  # folders by which two files of one name are told apart
CLES = 0.9  # how well values are those of a column when its file of codes has them as keys
DE_TABLES = frozenset({"table", "partage"})  # what a file is whose rows are of tables
Cle = tuple[str, str]  # a file, a column


@dataclass(frozen=True, slots=True)
class ColonneProposee:
    """A column of a file: what it would become, and the codes of its values.

    `vers` is the contract's column, None when it is left out or to be chosen among `candidats`
    (the likeliest first). `raison` says in French why it is left, or why it is not certain.
    """

    nom: str
    rang: int
    etat: Etat
    vers: str | None
    candidats: tuple[Candidat, ...] = ()
    raison: str = ""
    obligatoire: bool = False
    traduites: Traduites = field(default_factory=Traduites)

    @property
    def possibles(self) -> frozenset[str]:
        """What it may become before a person says: one column of the contract, or candidates."""
        if self.vers:
            return frozenset({self.vers})
        choisir = self.etat == "à choisir"
        return frozenset(un.colonne for un in self.candidats if choisir)

    @property
    def demandees(self) -> tuple[Demandee, ...]:
        """The values of which a person must say the code, the most frequent first."""
        return self.traduites.demandees


@dataclass(frozen=True, slots=True)
class Manque:
    """A compulsory column that no name tells, and the columns of the file whose values fit."""

    colonne: str
    possibles: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class FichierPropose:
    """A file: what its rows would be, its columns in its own order, what it lacks.

    `cle` names it among the others: its name, after its folder when two have the same. `tables`
    are those of its rows, or those among which a person chooses (`a_choisir`).
    """

    cle: str
    profil: Profil
    genre: Genre
    tables: tuple[str, ...]
    colonnes: tuple[ColonneProposee, ...] = ()
    a_choisir: bool = False
    raison: str = ""
    partage: Partage | None = None
    indice: Indice | None = None
    par: str | None = None
    ordre: str | None = None
    reference: str | None = None
    manquent: tuple[Manque, ...] = ()
    recent: str = ""
    avis: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Question:
    """What a person must answer: of a file, a column, its values, or a column that lacks.

    `parts` are files of one table, of which one alone would be read: nothing answers it but them.
    """

    sujet: Literal["parts", "fichier", "colonne", "valeurs", "manque"]
    fichier: str
    colonne: str
    texte: str


@dataclass(frozen=True, slots=True)
class Choix:
    """What a person answered.

    `fichiers`: the table of a file, None to leave it. `colonnes`: by file and column, the
    contract's column, None to leave it. `valeurs`: by file and column, the code of each value; one
    that is not named is read as it stands. `connues`: by file and column, the code of the values
    that a correspondance in use knows; it says nothing of others.
    """

    fichiers: Mapping[str, str | None] = field(default_factory=dict)
    colonnes: Mapping[Cle, str | None] = field(default_factory=dict)
    valeurs: Mapping[Cle, Mapping[str, str]] = field(default_factory=dict)
    connues: Mapping[Cle, Mapping[str, str]] = field(default_factory=dict)

    def avec(self, autre: Choix) -> Choix:
        """Return these answers and others, which win."""
        return Choix(
            {**self.fichiers, **autre.fichiers},
            {**self.colonnes, **autre.colonnes},
            {**self.valeurs, **autre.valeurs},
            {**self.connues, **autre.connues},
        )

    def restent(self, cle: Cle, demandees: Sequence[Demandee]) -> list[Demandee]:
        """Return the values of a column of which nobody said the code."""
        connues = self.connues.get(cle, {})
        return [] if cle in self.valeurs else [un for un in demandees if un.texte not in connues]


AUCUN = Choix()


@dataclass(frozen=True, slots=True)
class Proposition:
    """What files are proposed to be, in the order of the tables of the contract, newest first.

    `absentes` are the compulsory tables that no file is.
    """

    fichiers: tuple[FichierPropose, ...]
    departement: str | None
    avis: tuple[str, ...]
    _vus: Mapping[str, Vu] = field(repr=False)
    _references: tuple[Reference, ...] = field(repr=False)

    @property
    def absentes(self) -> tuple[str, ...]:
        """The compulsory tables of which no file has rows."""
        presentes = {table for un in self.fichiers if not un.a_choisir for table in un.tables}
        tables = contrat().tables.values()
        return tuple(une.nom for une in tables if une.obligatoire and une.nom not in presentes)

    def avec(self, choix: Choix) -> Proposition:
        """Return this with the files of which a person said the table read as such."""
        if not choix.fichiers:
            return self
        fichiers = tuple(
            self._refaire(un, choix.fichiers[un.cle]) if un.cle in choix.fichiers else un
            for un in self.fichiers
        )
        return replace(self, fichiers=tuple(_ranger(fichiers)))

    def _refaire(self, fichier: FichierPropose, table: str | None) -> FichierPropose:
        if table is None:
            return replace(
                fichier, genre="inconnu", tables=(), colonnes=(), a_choisir=False, manquent=()
            )
        if fichier.tables == (table,) and not fichier.a_choisir:
            return fichier
        if table not in contrat().tables:
            raise Refus(f"« {table} » n'est pas une table du contrat", fichier.cle)
        jugement = Jugement("table", (table,), par=fichier.par, ordre=fichier.ordre)
        return _proposer(self._vus[fichier.cle], jugement, self._references, self.departement)

    def questions(self, choix: Choix = AUCUN) -> tuple[Question, ...]:
        """Return what a person must still answer, file by file; of the parts of a table, first.

        Of the columns of these nothing is asked: they are no files that can be read.
        """
        lue = self.avec(choix)
        retires = {id(un) for _, parts in _parts(lue.fichiers) for un in parts}
        autres = [un for un in lue.fichiers if id(un.profil) not in retires]
        siennes = (_questions(un, self.retenues(un, choix), choix) for un in autres)
        return (*lue.parts(), *chain.from_iterable(siennes))

    def parts(self) -> Iterator[Question]:
        """Yield what is asked of files that are parts of one table."""
        for table, parts in _parts(self.fichiers):
            yield _question_des_parts(self, table, parts)

    def accepter(self) -> Choix:
        """Return the answers of who says yes to all that is « à confirmer », codes included."""
        return Choix(
            colonnes={
                (un.cle, une.nom): une.vers
                for un in self.fichiers
                for une in un.colonnes
                if une.etat == "à confirmer"
            },
            valeurs={
                (un.cle, une.nom): {}
                for un in self.fichiers
                for une in un.colonnes
                if une.demandees
            },
        )

    def correspondance(
        self, source: str, libelle: str, auteur: str, le: dt.date, choix: Choix = AUCUN
    ) -> Correspondance:
        """Return what is certain and what a person answered as a correspondance.

        Raises:
            Refus: a question has no answer; it names those that are left.
        """
        if restent := self.questions(choix):
            raise Refus(
                f"il reste {accorder(len(restent), 'question')} : "
                f"{enumerer([une.texte for une in restent])}",
                libelle,
                "Répondre à chacune, ou choisir de ne pas lire la colonne ou le fichier.",
            )
        return self.ebauche(source, libelle, auteur, le, choix)

    def ebauche(
        self, source: str, libelle: str, auteur: str, le: dt.date, choix: Choix = AUCUN
    ) -> Correspondance:
        """Return what is certain and what a person answered, whatever questions are left."""
        lue = self.avec(choix)
        ecrits = [
            (_livraison(un.profil.chemin), _fichier(un, lue.retenues(un, choix), choix))
            for un in lue.fichiers
            if un.genre != "codes"
        ]
        return Correspondance(
            source=source,
            libelle=libelle,
            fichiers=tuple(_fondre(ecrits)),
            auteur=auteur,
            le=le,
            departement=self.departement,
        )

    def retenues(self, fichier: FichierPropose, choix: Choix) -> dict[str, ColonneProposee]:
        """Return the columns that are read, as a person chose them, by their names."""
        retenues = {}
        for une in fichier.colonnes:
            cle = (fichier.cle, une.nom)
            if cle in choix.colonnes:
                vers = choix.colonnes[cle]
                retenue = une if vers == une.vers else self._autrement(fichier, une, vers)
            else:
                retenue = une if une.etat == "certain" else replace(une, vers=None)
            if retenue.vers:
                retenues[une.nom] = retenue
        return retenues

    def _autrement(
        self, fichier: FichierPropose, une: ColonneProposee, vers: str | None
    ) -> ColonneProposee:
        if vers is None:
            return replace(une, vers=None)
        colonne = _colonne(fichier, vers)
        if colonne is None:
            ou = f"{fichier.cle}, « {une.nom} »"
            raise Refus(f"« {vers} » n'est pas une colonne du contrat pour ce fichier", ou)
        traduites = codes.traduire(
            colonne, self._vus[fichier.cle].valeurs[une.rang], self._references, self.departement
        )
        return replace(une, vers=vers, traduites=traduites)


# --- From files to what they are proposed to be ---------------------------------------------------


def proposer(profils: Sequence[Profil], departement: str | None = None) -> Proposition:
    """Propose what each file is, and its columns and their values, from names and values together.

    Raises:
        Refus: there is no file.
    """
    if not profils:
        raise Refus("aucun fichier à reconnaître", que_faire="Donner les fichiers reçus.")
    vus = [_voir(cle, profil) for cle, profil in zip(_cles(profils), profils, strict=True)]
    references = {vu.cle: codes.lire_reference(vu.profil) for vu in vus}
    lues = tuple(une for une in references.values() if une)
    jugements = _juger_tous([vu for vu in vus if not _est_de_codes(references[vu.cle])], references)
    fichiers = [
        _proposer(vu, jugements[vu.cle], lues, departement)
        if vu.cle in jugements
        else FichierPropose(vu.cle, vu.profil, "codes", (), reference=_nom(references[vu.cle]))
        for vu in vus
    ]
    ranges = tuple(_ranger(fichiers))
    avis = tuple(_avis(ranges, departement))
    return Proposition(ranges, departement, avis, {vu.cle: vu for vu in vus}, lues)


def _voir(cle: str, profil: Profil) -> Vu:
    return Vu(cle, profil, tuple(regarder(serie) for serie in profil.exemples.get_columns()))


def _cles(profils: Sequence[Profil]) -> list[str]:
    """Return the name of each file, after as many folders as it takes to tell it from others."""
    noms = [un.nom for un in profils]
    for profondeur in range(1, PROFONDEUR_MAX + 1):
        repetes = {nom for nom, fois in Counter(noms).items() if fois > 1}
        noms = [
            "/".join((*un.chemin.parts[-1 - profondeur : -1], un.nom)) if nom in repetes else nom
            for nom, un in zip(noms, profils, strict=True)
        ]
    return noms


def _est_de_codes(reference: Reference | None) -> bool:
    return reference is not None and reference.lue


def _nom(reference: Reference | None) -> str | None:
    return reference.nom if reference else None


def _juger_tous(vus: Sequence[Vu], references: dict[str, Reference | None]) -> dict[str, Jugement]:
    """Judge files alone, then those that no table has by the demandes that they complete."""
    jugements = {vu.cle: genres.juger(vu) for vu in vus}
    demandes = [vu for vu in vus if set(jugements[vu.cle].tables) & set(DEMANDES)]
    for vu in vus:
        jugement = jugements[vu.cle]
        if jugement.genre != "inconnu" or jugement.tables or not jugement.a_choisir:
            continue
        par = genres.jointure(vu, demandes)
        if par:
            jugements[vu.cle] = genres.completer(vu, par)
        elif references[vu.cle]:
            del jugements[vu.cle]
    return genres.departager(jugements)


def _proposer(
    vu: Vu, jugement: Jugement, references: Sequence[Reference], departement: str | None
) -> FichierPropose:
    """Propose a file as a judgement says that it is."""
    propose = FichierPropose(
        cle=vu.cle,
        profil=vu.profil,
        genre=jugement.genre,
        tables=jugement.tables,
        a_choisir=jugement.a_choisir,
        raison=jugement.raison,
        partage=jugement.partage,
        indice=jugement.indice,
        par=jugement.par,
        ordre=jugement.ordre or genres.rang_des_lignes(vu, jugement),
        avis=(*vu.profil.avis, *_avis_de_colonnes(vu)),
    )
    propose = replace(propose, avis=(*propose.avis, *_avis_de_lignes(vu, propose)))
    if jugement.genre == "inconnu":
        return propose
    colonnes = tuple(_colonnes(vu, propose, references, departement))
    table = _table_lue(propose)
    return replace(
        propose,
        colonnes=colonnes,
        avis=(*propose.avis, *_avis_de_cles(colonnes), *_avis_de_numeros(vu, colonnes)),
        manquent=tuple(_manques(vu, propose, colonnes)),
        recent=genres.plus_recent(vu, table) or _annee(vu.profil.chemin),
    )


def _table_lue(fichier: FichierPropose) -> str:
    """Return the table by whose columns a file is read: radiations have those of the stock too."""
    return "radiation" if set(fichier.tables) & set(DEMANDES) else fichier.tables[0]


def _avis_de_colonnes(vu: Vu) -> Iterator[str]:
    for nom, valeurs in zip(vu.noms, vu.valeurs, strict=True):
        if valeurs.parts["nir"] >= FORT / 2:
            yield (
                f"« {nom} » a la forme d'un numéro de sécurité sociale : cette colonne ne sera "
                "jamais lue. Demander une extraction qui ne la contient pas."
            )


def _avis_de_lignes(vu: Vu, fichier: FichierPropose) -> Iterator[str]:
    """Say that demandes have several lines that nothing ranks, and rows without a state."""
    if fichier.partage and VIDE in fichier.partage.tables:
        radiees = fichier.partage.tables[VIDE] == "radiation"
        yield (
            f"« {fichier.partage.colonne} » est vide sur une partie des lignes, qui "
            + ("ont une date de radiation" if radiees else "n'ont pas de date de radiation")
            + f" : elles seront lues comme {'radiées' if radiees else 'actives'}."
        )
    repetees = genres.lignes_repetees(vu)
    if fichier.ordre is None and set(fichier.tables) & set(DEMANDES) and repetees >= REPETEES:
        yield (
            f"{pourcent(repetees)} des lignes ont le numéro d'une autre : une ligne par personne "
            "ou par vœu ? D'un numéro répété, seule la ligne modifiée en dernier, puis la "
            "dernière, sera lue. Demander une ligne par demande, ou une colonne « Rang »."
        )


def _avis_de_cles(colonnes: Sequence[ColonneProposee]) -> Iterator[str]:
    """Say which columns hold keys that their file of codes does not explain."""
    for une in colonnes:
        if une.traduites.inexpliquees:
            yield (
                f"{pourcent(une.traduites.inexpliquees)} des clés de « {une.nom} » n'ont pas de "
                "ligne dans leur fichier de codes : il est peut-être d'une autre année. Elles "
                "seront lues comme vides, comptées et listées."
            )


def _avis_de_numeros(vu: Vu, colonnes: Sequence[ColonneProposee]) -> Iterator[str]:
    """Say that numéros lack their zero: no row of theirs would be read, and none is completed."""
    for une in colonnes:
        textes = vu.valeurs[une.rang].textes if une.vers == "NUMERO_UNIQUE" else ()
        perdus = sum(fois for texte, fois in textes if NUMERO.fullmatch(f"0{texte}"))
        if perdus > POSSIBLE * sum(fois for _, fois in textes):
            dit, demande = ZERO_PERDU
            yield f"{dit} (« {une.nom} ») : leurs lignes seront rejetées. À demander : {demande}."


def _colonnes(
    vu: Vu, fichier: FichierPropose, references: Sequence[Reference], departement: str | None
) -> Iterator[ColonneProposee]:
    table = _table_lue(fichier)
    indices = _indices(vu) | _cles_connues(vu, table, references)
    grilles = noter(vu.noms, vu.valeurs, table, indices)
    if fichier.tables == ("stock",):
        grilles.taire([rang for rang, une in enumerate(grilles.colonnes) if _hors_stock(une)])
    for rang, paire in enumerate(apparier(grilles, vu.valeurs)):
        if not vu.noms[rang]:
            continue
        propre = _selon_la_table(vu.noms[rang], paire, fichier)
        if _est_une_date(fichier, propre.vers) and mois_d_abord(vu.valeurs[rang]):
            propre = Appariement("laissée", None, (), MOIS_D_ABORD)
        colonne = _colonne(fichier, propre.vers) if propre.vers else None
        traduites = (
            codes.traduire(colonne, vu.valeurs[rang], references, departement)
            if colonne
            else Traduites()
        )
        if a_confirmer := VIDE_EST_NON if VIDE in traduites.valeurs else traduites.repare:
            propre = replace(propre, etat="à confirmer", raison=a_confirmer)
        yield ColonneProposee(
            nom=vu.noms[rang],
            rang=rang,
            etat=propre.etat,
            vers=propre.vers,
            candidats=propre.candidats,
            raison=propre.raison,
            obligatoire=bool(colonne and colonne.obligatoire and fichier.genre != "complément"),
            traduites=traduites,
        )


def _est_une_date(fichier: FichierPropose, vers: str | None) -> bool:
    colonne = _colonne(fichier, vers) if vers else None
    return colonne is not None and colonne.type in {"date", "naissance"}


def _hors_stock(colonne: Colonne) -> bool:
    return colonne.nom not in contrat().tables["stock"].par_nom


def _selon_la_table(nom: str, paire: Appariement, fichier: FichierPropose) -> Appariement:
    """Leave what joins a file to others, and what a demande of the stock does not have."""
    if nom == fichier.par:
        return Appariement("laissée", None, (), CLE_DE_JOINTURE)
    if nom == fichier.ordre and set(fichier.tables) & set(DEMANDES):
        return Appariement("laissée", None, (), RANGE)
    if fichier.tables != ("stock",):
        return paire
    possibles = tuple(un for un in paire.candidats if _colonne(fichier, un.colonne))
    if paire.candidats and not possibles:
        return Appariement("laissée", None, (), SANS_OBJET)
    if paire.vers and not _colonne(fichier, paire.vers):
        return Appariement("à choisir", None, possibles, SANS_OBJET)
    return replace(paire, candidats=possibles)


def _colonne(fichier: FichierPropose, nom: str) -> Colonne | None:
    """Return a column of the tables of a file; a file that completes has those of demandes."""
    tables = DEMANDES if fichier.genre == "complément" else fichier.tables
    return next(
        (trouvee for t in tables if (trouvee := contrat().tables[t].par_nom.get(nom))), None
    )


def _indices(vu: Vu) -> dict[tuple[int, str], float]:
    """Return what numéros say of dates: they begin with the month of the first registration."""
    numero = next((r for r, v in enumerate(vu.valeurs) if v.parts["numero"] >= FORT), None)
    if numero is None:
        return {}
    mois = vu.profil.exemples[str(numero)].str.strip_chars().str.slice(3, 4)
    indices: dict[tuple[int, str], float] = {}
    for rang, valeurs in enumerate(vu.valeurs):
        if valeurs.parts["date"] < POSSIBLE:
            continue
        jours = en_jours(vu.profil.exemples[str(rang)])
        accords = (jours.dt.strftime("%m%y") == mois).drop_nulls()
        part = float(accords.mean() or 0) if accords.len() else 0.0  # type: ignore[arg-type]
        indices[rang, "DATE_CREATION"] = POSSIBLE - 0.1 + NUMERO_A_LA_DATE * part
    return indices


def _cles_connues(
    vu: Vu, table: str, references: Sequence[Reference]
) -> dict[tuple[int, str], float]:
    """Return the columns whose values are keys of the file of codes of what their names mean."""
    return {
        (rang, nom): CLES
        for rang, (valeurs, vue) in enumerate(
            zip(vu.valeurs, lire_noms(vu.noms, table), strict=True)
        )
        for nom, note in vue.colonnes.items()
        if note >= NOM_MIN
        and codes.reference_de(contrat().tables[table].par_nom[nom], valeurs, references)
    }


def _manques(
    vu: Vu, fichier: FichierPropose, colonnes: Sequence[ColonneProposee]
) -> Iterator[Manque]:
    """Yield the compulsory columns that a file lacks, with those whose values would fit.

    Of one without which the file is read, nothing is asked when none would.
    """
    donnees = {nom for une in colonnes for nom in une.possibles}
    sans_retour = {SANS_OBJET, MOIS_D_ABORD}
    libres = [un for un in colonnes if un.etat == "laissée" and un.raison not in sans_retour]
    exigees_ici = _obligatoires(fichier)
    dues = [une for t in fichier.tables for une in contrat().tables[t].colonnes if une.obligatoire]
    dues = [] if fichier.par or fichier.genre not in DE_TABLES else dues
    for colonne in dict.fromkeys((*exigees_ici, *dues)):
        if colonne.nom in donnees:
            continue
        possibles = tuple(_qui_conviennent(vu, libres, colonne))
        if possibles or colonne in exigees_ici:
            yield Manque(colonne.nom, possibles)


def _obligatoires(fichier: FichierPropose) -> tuple[Colonne, ...]:
    """Return the compulsory columns of the tables of a file, but those that a join gives."""
    if fichier.genre not in DE_TABLES:
        return ()
    tables = (contrat().tables[nom] for nom in fichier.tables)
    return tuple({c.nom: c for table in tables for c in exigees(table, fichier.par)}.values())


def _qui_conviennent(vu: Vu, libres: Sequence[ColonneProposee], colonne: Colonne) -> Iterator[str]:
    for une in libres:
        valeurs = vu.valeurs[une.rang]
        interdite = valeurs.parts["nir"] >= FORT / 2
        if not valeurs.vide and not interdite and accord(valeurs, colonne) >= POSSIBLE:
            yield une.nom


def _annee(chemin: Path) -> str:
    """Return the year that the name of a file or of its folder bears, '' for none."""
    for nom in (chemin.name, chemin.parent.name):
        trouvees = pl.Series([nom]).str.extract_all(rf"{ANNEE}").item()
        if len(trouvees):
            return str(trouvees[-1])
    return ""


def _ranger(fichiers: Sequence[FichierPropose]) -> list[FichierPropose]:
    """Put files in the order of the tables of the contract, the newest first."""
    rangs = {table: rang for rang, table in enumerate(contrat().tables)}
    par_date = sorted(fichiers, key=lambda un: un.recent, reverse=True)
    genre = ("table", "partage", "complément", "codes", "inconnu")
    return sorted(
        par_date,
        key=lambda un: (
            rangs[un.tables[0]] if un.tables and not un.a_choisir else len(rangs),
            genre.index(un.genre),
        ),
    )


def _avis(fichiers: Sequence[FichierPropose], departement: str | None) -> Iterator[str]:
    """Say which tables several files have, and numéros of another département."""
    parts = dict(_parts(fichiers))
    for table, fois in Counter(
        t for un in fichiers if un.genre in DE_TABLES for t in un.tables
    ).items():
        if fois > 1 and table not in parts:
            siens = [un.cle for un in fichiers if table in un.tables]
            yield (
                f"{fois} fichiers ont des lignes de « {contrat().tables[table].libelle} », du plus "
                f"récent au plus ancien : {enumerer(siens)}."
            )
    if departement:
        for un in fichiers:
            if autres := _d_ailleurs(un, departement):
                yield f"{un.cle} : {autres} des numéros uniques sont d'un autre département."


def _d_ailleurs(fichier: FichierPropose, departement: str) -> str:
    rang = next((c.rang for c in fichier.colonnes if c.vers == "NUMERO_UNIQUE"), None)
    if rang is None:
        return ""
    numeros = fichier.profil.exemples[str(rang)].str.strip_chars()
    numeros = numeros.filter(numeros.str.len_chars() == LONGUEUR)
    siens = territoires_des_numeros(departement)
    part = 1 - numeros.str.slice(0, 3).is_in(siens).sum() / max(1, numeros.len())
    return pourcent(part) if numeros.len() and part > D_AILLEURS else ""


# --- From answers to a correspondance -------------------------------------------------------------


def _parts(fichiers: Sequence[FichierPropose]) -> Iterator[tuple[str, list[Profil]]]:
    """Yield each table with its parts: files of one folder, of one year; each folder is read."""
    dites: list[list[Profil]] = []
    for table in contrat().tables:
        siens = [un.profil for un in fichiers if table in un.tables and un.genre in DE_TABLES]
        dossiers = dict.fromkeys(un.chemin.parent for un in siens)
        parts = (parts_de([un for un in siens if un.chemin.parent == ici]) for ici in dossiers)
        dite = next(filter(None, parts), [])
        if dite and dite not in dites:
            dites.append(dite)
            yield table, dite


def _question_des_parts(lue: Proposition, table: str, parts: Sequence[Profil]) -> Question:
    cle = next(un.cle for un in lue.fichiers if un.profil is parts[0])
    refus = refus_des_parts(table, parts)
    texte = f"{refus.quoi} : {refus.ou}. {refus.que_faire.rstrip('.')}"
    return Question("parts", cle, "", texte)


def _questions(
    fichier: FichierPropose, retenues: Mapping[str, ColonneProposee], choix: Choix
) -> Iterator[Question]:
    if fichier.a_choisir:
        yield Question("fichier", fichier.cle, "", f"{fichier.cle} : {fichier.raison}")
        return
    donnees = {str(une.vers) for une in retenues.values()}
    attendues = set[str]()
    for une in fichier.colonnes:
        cle = (fichier.cle, une.nom)
        if une.etat in {"à choisir", "à confirmer"} and cle not in choix.colonnes:
            texte = f"« {une.nom} » ({fichier.cle}) : {une.etat}"
            attendues |= une.possibles
            yield Question("colonne", fichier.cle, une.nom, texte)
        retenue = retenues.get(une.nom, une)
        restent = choix.restent(cle, retenue.demandees)
        if retenue.vers and restent:
            dit = accorder(len(restent), "valeur")
            texte = f"« {une.nom} » ({fichier.cle}) : {dit} sans code"
            yield Question("valeurs", fichier.cle, une.nom, texte)
    dues = (*(un.nom for un in _obligatoires(fichier)), *(un.colonne for un in fichier.manquent))
    for nom in dict.fromkeys(dues):
        if nom not in donnees | attendues:
            texte = f"{nom} ({fichier.cle}) : aucune colonne ne l'est"
            yield Question("manque", fichier.cle, nom, texte)


def _fichier(
    fichier: FichierPropose, retenues: Mapping[str, ColonneProposee], choix: Choix
) -> Fichier:
    """Return how a file is read."""
    lectures = {
        nom: Lecture(
            vers=str(une.vers),
            reference=une.traduites.reference,
            valeurs={
                **une.traduites.valeurs,
                **choix.connues.get((fichier.cle, nom), {}),
                **choix.valeurs.get((fichier.cle, nom), {}),
            },
        )
        for nom, une in retenues.items()
    }
    laissees = {une.nom: _pourquoi(une) for une in fichier.colonnes if une.nom not in lectures} or {
        nom: "fichier laissé de côté" for nom in fichier.profil.entete if nom and not lectures
    }
    lu = bool(lectures)
    table = fichier.tables[0] if fichier.genre == "table" and lu else None
    return Fichier(
        colonnes=lectures,
        table=table,
        partage=fichier.partage if lu else None,
        complete=fichier.genre == "complément" and lu,
        par=fichier.par if lu else None,
        ordre=fichier.ordre if lu else None,
        indice=fichier.indice if lu else None,
        dialecte=fichier.profil.dialecte,
        laissees=laissees,
        exemple=fichier.profil.nom,
    )


def _pourquoi(une: ColonneProposee) -> str:
    if une.etat == "laissée":
        return une.raison
    return "une personne a choisi de ne pas la lire"


def _livraison(chemin: Path) -> tuple[Path, str]:
    """Return what tells the deliveries of several files: their folder, the year of their names."""
    return chemin.parent, annee_de(chemin.name)


def _fondre(fichiers: Sequence[tuple[tuple[Path, str], Fichier]]) -> Iterator[Fichier]:
    """Make one of the files of a table, one a delivery: the newest, with the others' columns.

    Parts of a table stay apart: who reads the correspondance refuses them by their names.
    """
    gardes: list[tuple[list[tuple[Path, str]], Fichier]] = []
    for livraison, un in fichiers:
        memes = (
            rang
            for rang, (livraisons, autre) in enumerate(gardes)
            if _meme(un, autre) and not (un.tables and livraison in livraisons)
        )
        rang = next(memes, None)
        if rang is None:
            gardes.append(([livraison], un))
        else:
            livraisons, autre = gardes[rang]
            gardes[rang] = [*livraisons, livraison], _ajouter(autre, un)
    yield from (un for _, un in gardes)


def _meme(un: Fichier, autre: Fichier) -> bool:
    """Tell whether two files have rows of the same tables, or complete the same columns."""
    if un.tables or autre.tables:
        return un.tables == autre.tables
    vers = [{une.vers for une in fichier.colonnes.values()} for fichier in (un, autre)]
    return vers[0] == vers[1] and (bool(vers[0]) or un.connues == autre.connues)


def _ajouter(premier: Fichier, autre: Fichier) -> Fichier:
    colonnes = {**autre.colonnes, **premier.colonnes}
    repetees = [v for v, n in Counter(une.vers for une in colonnes.values()).items() if n > 1]
    if repetees:
        raise Refus(
            f"{premier.exemple} et {autre.exemple} ne nomment pas de même {enumerer(repetees)}",
            que_faire="Les faire reconnaître séparément : une correspondance pour chacun.",
        )
    laissees = {
        n: p for n, p in {**autre.laissees, **premier.laissees}.items() if n not in colonnes
    }
    return replace(premier, colonnes=colonnes, laissees=laissees)
