"""All that is held about one numéro unique, in every store, as people read it.

What is looked into is what is there: every Parquet file of the département, whatever it is, in
every column that may hold a numéro; every table of the store; every journal. A file or a table
that comes later is found without being named here.
"""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import duckdb
import sqlalchemy as sa

from infocentre.acces.audit import Entree, Recherche, chercher
from infocentre.analystes.fichier import cle
from infocentre.contrat import Colonne, contrat, montres
from infocentre.contrat.intitules import libelle
from infocentre.decisions.magasin import Magasin, lire_lignes, magasin_present, ouvrir_magasin
from infocentre.decisions.notes import Genre, Notes, Sujet
from infocentre.decisions.schema import META, ConstatEcrit, audit, constats
from infocentre.entrepot import Dossier
from infocentre.entrepot.dossier import ILLISIBLES
from infocentre.entrepot.relations import citer, citer_nom, lecture_de
from infocentre.exports import lisible
from infocentre.lecture.adresses import MOIS_VALABLE
from infocentre.lecture.commun import libelle as nom_indicateur
from infocentre.lecture.demandes import demande
from infocentre.lecture.lecteur import Lecture
from infocentre.lecture.mots import en_mots
from infocentre.noyau.francais import accorder, majuscule
from infocentre.noyau.temps import dater_heure, jour, nom_mois

# By directory: what its files are; those of `archives` and `parcours` are named by the contract.
DOSSIERS: Mapping[str, str] = {
    "nominatif": "Identité",
    "etats": "Dernier état connu de la demande",
    "archives": "Livraisons reçues",
    "suivi": "Anomalies suivies de mois en mois",
    "constats": "Anomalies relevées à chaque contrôle",
    "parcours": "Copie de travail des livraisons",
}
DECISIONS: Mapping[str, str] = {
    "audit": "Qui a consulté cette demande",
    "constats": "Cas signalés à un guichet",
    "evenements": "Échanges avec un guichet",
    "executions": "Requêtes où ce numéro est écrit",
    "requetes_gardees": "Requêtes gardées où ce numéro est écrit",
    "brouillons": "Brouillons de requêtes où ce numéro est écrit",
    "notes": "Notes où ce numéro est écrit",
}
# By directory whose files have no name of a table: the table whose columns they have.
CONTENU: Mapping[str, str] = {"nominatif": "identites", "etats": "radiation"}
INCERTAINE = "ancienne trace : ce qui a été montré n’est pas connu"
# `empreinte` is of a control, not of anybody: a case that lasted would be told once for each.
REPERES = ("departement", "arrete", "mois", "filename", "empreinte")
JOUR = re.compile(r"\d{4}-\d{2}-\d{2}")


@dataclass(frozen=True, slots=True)
class Piece:
    """One kind of what is held: where, its columns' titles, its rows as they are read."""

    titre: str
    colonnes: tuple[str, ...]
    lignes: tuple[tuple[str, ...], ...]
    note: str = ""


def detenu(v: Lecture, numero: str) -> list[Piece]:
    """Return what is held; raise Refus when nothing that one may see has the numéro."""
    v.exiger_departements("Ce qui est détenu sur une personne")
    departement = str(demande(v, numero).etat["departement"])
    racine = v.dossier.racine
    pieces = [*_des_fichiers(v, departement, numero)]
    if magasin := magasin_present(racine):
        pieces += _des_consultations(v.dossier, numero)
        pieces += _des_notes(v.dossier, magasin, departement, numero)
        pieces += _des_decisions(magasin, numero)
    return [*pieces, *_des_journaux(racine, numero)]


def _des_fichiers(v: Lecture, departement: str, numero: str) -> Iterator[Piece]:
    """Read the Parquet files of a département, those of one kind together.

    Of the states and follow-ups, those of the version: an earlier one says what is no longer so.
    """
    racine = v.dossier.racine
    nommes = {"etats": v.version.etats, "suivi": v.version.suivi}
    genres: dict[tuple[str, str], list[Path]] = {}
    connues = {*contrat().tables, "liens", "rejets", "anomalies_format"}
    for fichier in sorted(racine.glob(f"*/{departement}/**/*.parquet")):
        premier, *reste = fichier.relative_to(racine).parts
        if premier in nommes and "/".join(reste) not in nommes[premier].values():
            continue
        nom = fichier.stem if fichier.stem in connues else ""
        genres.setdefault((premier, nom), []).append(fichier)
    with duckdb.connect() as con:
        con.execute("SET enable_progress_bar = false")
        ordre = {nom: rang for rang, nom in enumerate(DOSSIERS)}
        for (premier, nom), fichiers in sorted(
            genres.items(), key=lambda un: (ordre.get(un[0][0], len(ordre)), un[0])
        ):
            try:
                yield from _piece(con, premier, nom, fichiers, numero)
            except ILLISIBLES:
                titre = DOSSIERS.get(premier, premier)
                yield Piece(titre, (), (), "Un fichier abîmé n’a pas pu être lu.")


def _piece(
    con: duckdb.DuckDBPyConnection, premier: str, nom: str, fichiers: list[Path], numero: str
) -> Iterator[Piece]:
    """Yield the rows that hold the numéro; the same row of several months is told once."""
    source = lecture_de(fichiers, union=True)
    types = {nom_: type_ for nom_, type_, *_ in con.execute(f"DESCRIBE FROM {source}").fetchall()}
    textes = [citer_nom(un) for un, type_ in types.items() if type_ == "VARCHAR"]
    if not textes:
        return
    dedans = f"{citer(numero)} IN ({', '.join(textes)})"
    montrees = [un for un in types if un not in REPERES]
    champs = ", ".join(map(citer_nom, montrees))
    mois = next((un for un in ("mois", "arrete") if un in types), "")
    quand = f"min({mois})::VARCHAR, max({mois})::VARCHAR" if mois else "NULL, NULL"
    lues = con.execute(
        f"SELECT {champs}, {quand} FROM {source} WHERE {dedans} GROUP BY ALL ORDER BY ALL"
    ).fetchall()
    if not lues:
        return
    montres.lire_lignes(lues)
    dit = contrat().tables[nom].libelle if nom in contrat().tables else nom.replace("_", " ")
    titre = " – ".join(filter(None, (DOSSIERS.get(premier, premier), dit)))
    if premier == "parcours":
        combien = accorder(len(lues), "ligne", "lignes")
        yield Piece(titre, (), (), f"{combien}, tirées des livraisons ci-dessus.")
        return
    vides = [all(ligne[rang] is None for ligne in lues) for rang in range(len(montrees))]
    gardes = [rang for rang, vide in enumerate(vides) if not vide]
    de = nom or CONTENU.get(premier, "")
    colonnes = contrat().tables[de].par_nom if de in contrat().tables else {}
    dits = [partial(_dire, montrees[rang], colonnes) for rang in gardes]
    yield Piece(
        titre,
        (*(_titre(montrees[rang], de, colonnes) for rang in gardes), "Depuis", "Jusqu’à"),
        tuple(
            (
                *(dire(ligne[rang]) for dire, rang in zip(dits, gardes, strict=True)),
                *(_dater(str(un or "")) for un in ligne[-2:]),
            )
            for ligne in lues
        ),
    )


def _titre(nom: str, de: str, colonnes: Mapping[str, Colonne]) -> str:
    colonne = colonnes.get(nom.upper())
    return colonne.libelle if colonne else libelle(nom, de)


def _dire(nom: str, colonnes: Mapping[str, Colonne], valeur: object) -> str:
    """Return a value in words: the code's, a date or a month as people write it."""
    if valeur is None:
        return ""
    if colonne := colonnes.get(nom.upper()):
        return str(en_mots(colonne, valeur, {}))
    return f"{nom_indicateur(str(valeur))} ({valeur})" if nom == "code" else _dater(lisible(valeur))


def _dater(texte: str) -> str:
    """Return a month or a day as people write it, any other text as it is."""
    if MOIS_VALABLE.fullmatch(texte):
        return nom_mois(texte)
    return jour(texte) if JOUR.fullmatch(texte) else texte


def consultations(dossier: Dossier, numero: str) -> list[tuple[Entree, str]]:
    """Return who was shown a demande, and by what, in words, the oldest first."""
    magasin, voulu = ouvrir_magasin(dossier.racine), Recherche(numero=numero)
    _, vues = chercher(magasin, voulu, page=None, cle=cle(dossier))
    return [
        (une, f"{une.libelle} ({INCERTAINE})" if une.incertaine else une.libelle)
        for une in reversed(vues)
    ]


def _des_consultations(dossier: Dossier, numero: str) -> Iterator[Piece]:
    lignes = tuple(
        (dater_heure(dt.datetime.fromisoformat(une.le)), une.qui, une.role, quoi)
        for une, quoi in consultations(dossier, numero)
    )
    if lignes:
        yield Piece(DECISIONS[audit.name], ("Quand", "Qui", "Rôle", "Quoi"), lignes)


def _des_notes(
    dossier: Dossier, magasin: Magasin, departement: str, numero: str
) -> Iterator[Piece]:
    """Read what was noted of the demande, whoever may read it."""
    sujet = Sujet(departement, Genre.DEMANDE, numero)
    lues = Notes(magasin, cle(dossier)).de(sujet, toutes=True)
    lignes = tuple((dater_heure(une.le), une.nom, une.role, une.texte) for une in reversed(lues))
    if lignes:
        yield Piece("Notes sur cette demande", ("Le", "Par", "Rôle", "Note"), lignes)


def _des_decisions(magasin: Magasin, numero: str) -> Iterator[Piece]:
    """Read every other table of the store where a text holds the numéro."""
    with magasin.lire() as con:
        for table in META.sorted_tables:
            if table is audit:
                continue
            textes = [un for un in table.columns if isinstance(un.type, sa.String | sa.Text)]
            if not textes:
                continue
            ou = sa.or_(*(un.contains(numero, autoescape=True) for un in textes))
            demande = table.select().where(ou)
            nombre = con.scalar(sa.select(sa.func.count()).select_from(demande.subquery())) or 0
            titre = DECISIONS.get(table.name, f"Décisions – {table.name.replace('_', ' ')}")
            if nombre and table is constats:
                yield _constats(titre, lire_lignes(con, demande, ConstatEcrit), numero)
            elif nombre:
                combien = accorder(nombre, "inscription", "inscriptions")
                dit = f"{combien} où ce numéro est cité, parmi d’autres textes."
                yield Piece(titre, (), (), dit)


def _constats(titre: str, lus: Iterable[ConstatEcrit], numero: str) -> Piece:
    cas = tuple(
        (un["affaire"], _dater(str(le)), str(explication))
        for un in lus
        for _, sien, le, explication in json.loads(un["unites"])
        if sien == numero
    )
    return Piece(titre, ("Affaire", "Jour", "Constat"), cas)


def _des_journaux(racine: Path, numero: str) -> Iterator[Piece]:
    """Count the lines of the journals that hold the numéro."""
    for fichier in sorted(racine.glob("*.jsonl")):
        with fichier.open("rb") as flux:
            nombre = sum(numero.encode() in ligne for ligne in flux)
        if nombre:
            combien = majuscule(accorder(nombre, "ligne", "lignes"))
            yield Piece(f"Journal {fichier.stem}", (), (), f"{combien} où ce numéro est écrit.")
