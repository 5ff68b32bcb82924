"""What people write of what they see: dated, signed, in plain text, for those whom it says.

A note is added or taken back, never changed. That of a demande is kept under the HMAC of its
numéro, and goes with the person; a numéro that another quotes is starred then.
"""

from __future__ import annotations

import datetime as dt
import re
import secrets
import unicodedata
from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum

import sqlalchemy as sa

from infocentre.contrat import montres
from infocentre.contrat.numeros import numeros_ecrits
from infocentre.decisions.contenus import objet_de
from infocentre.decisions.doublons import par_lots
from infocentre.decisions.magasin import Magasin
from infocentre.decisions.schema import affaires, notes
from infocentre.noyau.erreurs import Refus
from infocentre.noyau.francais import entier

TEXTE_MAX = 2_000
AUTEUR_MAX, ROLE_MAX = 120, 40
PREMIER_JOUR = dt.date(2000, 1, 1)


class Genre(StrEnum):
    """What a note is about; EVENEMENT: what happened in a département."""

    GUICHET = "guichet"
    ORGANISME = "organisme"
    DEMANDE = "demande"
    AFFAIRE = "affaire"
    INDICATEUR = "indicateur"
    EVENEMENT = "evenement"


class Lecteurs(StrEnum):
    """Who may read a note: those who conduct, or whoever may open what it is about."""

    GESTIONNAIRES = "gestionnaires"
    TOUS = "tous"


@dataclass(frozen=True, slots=True)
class Note:
    """A note as it is read."""

    id: str
    departement: str
    genre: str
    objet: str
    texte: str
    lecteurs: str
    auteur: str
    nom: str
    role: str
    le: dt.datetime
    du: dt.date | None = None
    au: dt.date | None = None


@dataclass(frozen=True, slots=True)
class Sujet:
    """What notes are about: a numéro is given as it is, and kept under its HMAC."""

    departement: str
    genre: Genre
    objet: str

    def cle(self, secret: str) -> str:
        """Return what the store knows it by."""
        return objet_de(secret, self.objet) if self.genre is Genre.DEMANDE else self.objet[:60]


@dataclass(frozen=True, slots=True)
class Auteur:
    """Who writes: the name that tells them apart, the one that others read, what they are."""

    qui: str
    nom: str = ""
    role: str = ""


class Notes:
    """The notes of a store, in the name of who asks."""

    def __init__(self, magasin: Magasin, secret: str, auteur: Auteur | None = None) -> None:
        """Speak for `auteur`; `secret` is the key of the data directory."""
        self._magasin, self._secret = magasin, secret
        self.auteur = auteur or Auteur("")

    def ecrire(
        self,
        sujet: Sujet,
        texte: str,
        lecteurs: Lecteurs = Lecteurs.GESTIONNAIRES,
        du: dt.date | None = None,
        au: dt.date | None = None,
    ) -> Note:
        """Add a note; raise Refus when its text or its days cannot be kept."""
        texte = nettoyer(texte)
        if sujet.genre is Genre.EVENEMENT:
            _exiger_des_jours(du, au)
        id_ = secrets.token_hex(8)
        une = Note(
            id_,
            sujet.departement,
            sujet.genre,
            sujet.cle(self._secret),
            texte,
            lecteurs,
            self.auteur.qui[:AUTEUR_MAX],
            (self.auteur.nom or self.auteur.qui)[:AUTEUR_MAX],
            self.auteur.role[:ROLE_MAX],
            dt.datetime.now(dt.UTC),
            du,
            au,
        )
        with self._magasin.ecrire() as con:
            con.execute(notes.insert().values({nom: getattr(une, nom) for nom in une.__slots__}))
        return une

    def retirer(self, id_: str, departements: Collection[str] | None = None) -> None:
        """Take back one's own note; raise Refus when it is another's, or is not there."""
        c = notes.c
        sienne = sa.and_(c.id == id_, c.auteur == self.auteur.qui[:AUTEUR_MAX])
        if departements is not None:
            sienne = sa.and_(sienne, c.departement.in_(departements))
        with self._magasin.ecrire() as con:
            faite = con.execute(notes.delete().where(sienne))
        if not faite.rowcount:
            raise Refus(
                f"la note « {id_[:16]} » n'existe pas, ou n'est pas la vôtre",
                que_faire="Seul son auteur retire une note.",
            )

    def de(self, sujet: Sujet, *, toutes: bool) -> list[Note]:
        """Return the notes on something, the last first; those for all only, unless `toutes`."""
        c = notes.c
        ou = [c.departement == sujet.departement, c.genre == sujet.genre]
        if sujet.objet or sujet.genre is not Genre.EVENEMENT:
            ou.append(c.objet == sujet.cle(self._secret))
        return self._lire(*ou, toutes=toutes)

    def lister(self, departements: Collection[str] | None, *, toutes: bool) -> list[Note]:
        """Return all the notes of départements, the last first; None: of all of them."""
        ou = [] if departements is None else [notes.c.departement.in_(departements)]
        return self._lire(*ou, toutes=toutes)

    def _lire(self, *ou: sa.ColumnElement[bool], toutes: bool) -> list[Note]:
        if not toutes:
            ou = (*ou, notes.c.lecteurs == Lecteurs.TOUS)
        demande = notes.select().where(*ou).order_by(notes.c.le.desc(), notes.c.id)
        with self._magasin.lire() as con:
            lues = [Note(**une) for une in con.execute(demande).mappings()]
        montres.lire_lignes([[une.texte for une in lues]])
        return lues


def nettoyer(texte: str) -> str:
    """Return the text of a note as it is kept: no sign that cannot be seen but the ends of lines.

    Raises:
        Refus: nothing is left of it, or too much.
    """
    texte = texte.replace("\r\n", "\n").replace("\r", "\n")
    texte = "".join(un for un in texte if un == "\n" or unicodedata.category(un)[0] != "C")
    texte = re.sub(r"\n{3,}", "\n\n", texte).strip()
    if not texte:
        raise Refus("cette note est vide", que_faire="Écrire quelque chose avant de l'enregistrer.")
    if len(texte) > TEXTE_MAX:
        raise Refus(
            f"cette note a {entier(len(texte))} signes",
            que_faire=f"En garder {entier(TEXTE_MAX)} au plus : rien n'est enregistré.",
        )
    return texte


def _exiger_des_jours(du: dt.date | None, au: dt.date | None) -> None:
    if du is None:
        raise Refus(
            "il manque le jour de cet événement", que_faire="Dire au moins quand il débute."
        )
    if du < PREMIER_JOUR or (au or du) > dt.date.today() + dt.timedelta(days=366):  # noqa: DTZ011 - the day here
        raise Refus(
            "ce jour est trop loin", que_faire="Donner un jour entre 2000 et l'an prochain."
        )
    if au and au < du:
        raise Refus("cet événement finit avant de débuter", que_faire="Corriger l'un des jours.")


def effacer(magasin: Magasin, secret: str, numeros: Collection[str]) -> int:
    """Forget the notes on these demandes and on their affaires; return how many.

    Their numéros are starred in the others.
    """
    total = 0
    with magasin.ecrire() as con:
        for lot in par_lots(sorted(numeros)):
            objets = [objet_de(secret, un) for un in lot]
            siennes = sa.and_(notes.c.genre == Genre.DEMANDE, notes.c.objet.in_(objets))
            ses_affaires = sa.select(affaires.c.id).where(affaires.c.objet.in_(objets))
            dites = sa.and_(notes.c.genre == Genre.AFFAIRE, notes.c.objet.in_(ses_affaires))
            total += con.execute(notes.delete().where(sa.or_(siennes, dites))).rowcount
        for id_, texte in con.execute(sa.select(notes.c.id, notes.c.texte)).all():
            if cites := numeros_ecrits(texte.encode()) & set(numeros):
                tu = _taire(texte, cites)
                con.execute(notes.update().where(notes.c.id == id_).values(texte=tu))
                total += 1
    return total


def _taire(texte: str, cites: Collection[str]) -> str:
    for un in cites:
        texte = re.sub(re.escape(un), "*" * len(un), texte, flags=re.IGNORECASE)
    return texte
