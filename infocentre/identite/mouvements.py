"""Movements of identity: a birth name or first names that changed between two deliveries.

As the GIP SNE has it since July 2024: names exchanged, a usual name, a birth date, case, spaces,
hyphens and accents are no movement. What is kept of one tells no name and no numéro: the HMAC of
the demande, what changed, how alike the old and the new are, when, since when the demande runs,
who keeps it, and the attribution that followed.
"""

from __future__ import annotations

import datetime as dt
import json
import re
from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import asdict, dataclass, fields, replace
from difflib import SequenceMatcher
from enum import StrEnum
from pathlib import Path

import duckdb

from infocentre.contrat.listes import Motif
from infocentre.decisions.doublons import membre
from infocentre.entrepot import Dossier
from infocentre.entrepot.relations import citer, inserer
from infocentre.identite.paires import PRIVE, copier
from infocentre.livraisons.identites import nom_normalise
from infocentre.noyau.fichiers import ecrire

DIFFERENTS = 0.6  # under this likeness, two names are not two writings of one
ANCIENNE = 24  # months after which a demande is worth taking over


class Genre(StrEnum):
    """What changed."""

    NOM = "nom de naissance"
    PRENOMS = "prénoms"
    LES_DEUX = "nom de naissance et prénoms"


@dataclass(frozen=True, slots=True)
class Noms:
    """The names of a person, as a delivery has them."""

    nom: str | None
    nom_naissance: str | None
    prenom: str | None


@dataclass(frozen=True, slots=True)
class Mouvement:
    """A movement seen at an arrêté; `membre` is the HMAC of the demande.

    `similarite`: 1 for two writings of one name, 0 for nothing in common. `creation` is the month
    of the deposit. `attribuee_le` is the day of an attribution since, None without one.
    """

    departement: str
    membre: str
    vu_le: dt.date
    genre: str
    similarite: float
    naissance_changee: bool
    creation: dt.date | None
    guichet: str | None
    attribuee_le: dt.date | None = None

    @property
    def anciennete(self) -> int | None:
        """Months from the deposit to the movement."""
        if self.creation is None:
            return None
        return 12 * (self.vu_le.year - self.creation.year) + self.vu_le.month - self.creation.month

    @property
    def a_verifier(self) -> bool:
        """Whether another person may have taken the demande over: to be looked at, no more.

        The new names are not a writing of the old ones, and the demande was old or was attributed.
        """
        differents = self.similarite < DIFFERENTS
        ancienne = (self.anciennete or 0) >= ANCIENNE
        return differents and (ancienne or self.attribuee_le is not None)


def mots(*textes: str | None) -> Counter[str]:
    """Return the words of names, normalised, whatever their order."""
    pieces = (un for texte in textes for un in re.split(r"[\s\-‐‑–_.,;/']+", texte or ""))
    return Counter(mot for mot in map(nom_normalise, pieces) if mot)


def nature(avant: Noms, apres: Noms) -> Genre | None:
    """Return what changed of the names, None when that is no movement."""
    nom = _change(avant.nom_naissance, apres.nom_naissance)
    prenoms = _change(avant.prenom, apres.prenom)
    tous = [mots(un.nom, un.nom_naissance, un.prenom) for un in (avant, apres)]
    if not (nom or prenoms) or tous[0] == tous[1]:
        return None
    if nom and prenoms:
        return Genre.LES_DEUX
    return Genre.NOM if nom else Genre.PRENOMS


def _change(avant: str | None, apres: str | None) -> bool:
    """Tell whether two writings are two names; one that is filled or emptied is no change."""
    un, autre = nom_normalise(avant or ""), nom_normalise(apres or "")
    return bool(un and autre) and un != autre and mots(avant) != mots(apres)


def ressemblance(avant: Noms, apres: Noms) -> float:
    """Return how alike the names that changed are, from 0 to 1: the least alike of them."""
    paires = [(avant.nom_naissance, apres.nom_naissance), (avant.prenom, apres.prenom)]
    return round(
        min(
            (
                SequenceMatcher(None, nom_normalise(un or ""), nom_normalise(autre or "")).ratio()
                for un, autre in paires
                if _change(un, autre)
            ),
            default=1.0,
        ),
        2,
    )


@dataclass(frozen=True, slots=True)
class Passage:
    """Two deliveries that follow each other: the files of names, then of the second's demandes."""

    departement: str
    vu_le: dt.date
    avant: Path
    apres: Path
    stock: Path
    radiation: Path

    @property
    def cle(self) -> str:
        """Return what tells that these two contents were compared."""
        return f"{self.avant.stem[:16]}-{self.apres.stem[:16]}"


def mouvements_de(con: duckdb.DuckDBPyConnection, une: Passage, cle: str) -> list[Mouvement]:
    """Return the movements from one delivery to the next."""
    noms = ("nom", "nom_naissance", "prenom")
    change = " OR ".join(f"a.{nom} IS DISTINCT FROM b.{nom}" for nom in noms[1:])
    lignes = con.execute(f"""
        SELECT numero_unique, {", ".join(f"a.{n}, b.{n}" for n in noms)},
            a.date_naissance IS DISTINCT FROM b.date_naissance,
            date_trunc('month', s.date_creation)::DATE, s.guichet_enregistreur
        FROM read_parquet({citer(str(une.avant))}) AS a
        JOIN read_parquet({citer(str(une.apres))}) AS b USING (numero_unique)
        LEFT JOIN (
            SELECT numero_unique, date_creation, guichet_enregistreur
            FROM read_parquet([{citer(str(une.stock))}, {citer(str(une.radiation))}],
                union_by_name = true)
        ) AS s USING (numero_unique)
        WHERE {change} ORDER BY numero_unique""").fetchall()
    trouves = []
    for numero, n0, n1, m0, m1, p0, p1, naissance, creation, guichet in lignes:
        avant, apres = Noms(n0, m0, p0), Noms(n1, m1, p1)
        if genre := nature(avant, apres):
            trouves.append(
                Mouvement(
                    departement=une.departement,
                    membre=membre(cle, numero),
                    vu_le=une.vu_le,
                    genre=genre.value,
                    similarite=ressemblance(avant, apres),
                    naissance_changee=naissance,
                    creation=creation,
                    guichet=guichet,
                )
            )
    return trouves


def attribuees(
    con: duckdb.DuckDBPyConnection, connus: Iterable[Mouvement], radiation: Path, cle: str
) -> list[Mouvement]:
    """Return the movements with the attribution that this table of radiations has of them."""
    connus = list(connus)
    if all(un.attribuee_le for un in connus):
        return connus
    lignes = con.execute(
        "SELECT numero_unique, coalesce(date_signature_bail, date_radiation), date_radiation "
        f"FROM read_parquet({citer(str(radiation))}) "
        f"WHERE motif_radiation = '{Motif.ATTRIBUTION}' AND date_radiation >= ?",
        [min(un.vu_le for un in connus).replace(day=1)],
    ).fetchall()
    jours = {membre(cle, numero): (jour, radiee) for numero, jour, radiee in lignes}
    return [
        replace(un, attribuee_le=jours[un.membre][0])
        if un.attribuee_le is None
        and un.membre in jours
        and jours[un.membre][1] >= un.vu_le.replace(day=1)
        else un
        for un in connus
    ]


def fichier_mouvements(dossier: Dossier, departement: str) -> Path:
    """Return where the movements of a département are."""
    return dossier.doublons / f"mouvements-{departement}.parquet"


def lire_mouvements(dossier: Dossier, departement: str) -> list[Mouvement]:
    """Return the movements that are kept, the newest first."""
    fichier = fichier_mouvements(dossier, departement)
    if not fichier.exists():
        return []
    champs = [un.name for un in fields(Mouvement)]
    with duckdb.connect() as con:
        lignes = con.execute(
            f"SELECT {', '.join(champs)} FROM read_parquet({citer(str(fichier))}) "
            "ORDER BY vu_le DESC, similarite, membre"
        ).fetchall()
    return [Mouvement(**dict(zip(champs, ligne, strict=True))) for ligne in lignes]


def suivre(
    con: duckdb.DuckDBPyConnection, dossier: Dossier, etapes: list[Passage], cle: str
) -> None:
    """Compare the deliveries of a département that were not yet, keep the movements they show."""
    if not etapes:
        return
    departement = etapes[0].departement
    fichier = dossier.doublons / f"mouvements-{departement}.json"
    faites: set[str] = set(json.loads(fichier.read_text("utf-8"))) if fichier.exists() else set()
    nouvelles = [une for une in etapes if une.cle not in faites]
    if not nouvelles:
        return
    revues = {une.vu_le for une in nouvelles}
    connus = [un for un in lire_mouvements(dossier, departement) if un.vu_le not in revues]
    for une in nouvelles:
        connus += mouvements_de(con, une, cle)
        connus = attribuees(con, connus, une.radiation, cle)
    garder_mouvements(con, dossier, departement, connus)
    ecrire(fichier, json.dumps(sorted(une.cle for une in etapes)), droits=PRIVE)


def garder_mouvements(
    con: duckdb.DuckDBPyConnection, dossier: Dossier, departement: str, tous: Iterable[Mouvement]
) -> None:
    """Replace the movements of a département."""
    types = {"similarite": "DOUBLE", "naissance_changee": "BOOLEAN"}
    dates = dict.fromkeys(("vu_le", "creation", "attribuee_le"), "DATE")
    noms = [un.name for un in fields(Mouvement)]
    colonnes = ", ".join(f"{nom} {(types | dates).get(nom, 'VARCHAR')}" for nom in noms)
    con.execute(f"CREATE OR REPLACE TEMP TABLE mouvements ({colonnes})")
    inserer(con, "mouvements", [list(asdict(un).values()) for un in tous])
    copier(
        con,
        "FROM mouvements ORDER BY vu_le, membre",
        fichier_mouvements(dossier, departement),
        dossier.temporaire,
    )


def oublier_mouvements(dossier: Dossier, cle: str, numeros: Collection[str]) -> int:
    """Forget the movements of demandes that are erased; return how many."""
    effaces = {membre(cle, numero) for numero in numeros}
    total = 0
    for fichier in sorted(dossier.doublons.glob("mouvements-*.parquet")):
        departement = fichier.stem.split("-")[1]
        tous = lire_mouvements(dossier, departement)
        restent = [un for un in tous if un.membre not in effaces]
        if len(restent) < len(tous):
            with duckdb.connect() as con:
                garder_mouvements(con, dossier, departement, restent)
            total += len(tous) - len(restent)
    return total
