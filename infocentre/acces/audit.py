"""Who saw, took away, asked or changed what: append-only, chained, kept as long as a setting says.

An entry says who, when, what was done, to what (an address of the application, a numéro unique, a
document), how many rows: never what was read, never a name. What is erased because it is old leaves
in the chain the seal of the last that was erased, so that the rest is still verified.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any, TypedDict

import sqlalchemy as sa

from infocentre.acces.modele import SEUL as SANS_COMPTE
from infocentre.acces.modele import Acces
from infocentre.decisions.chaine import DEBUT, Chaine, Tete, canonique, jour_ecrit
from infocentre.decisions.magasin import Magasin, lire_lignes
from infocentre.decisions.schema import EntreeEcrite, audit
from infocentre.noyau.utilisateur import utilisateur

QUI_MAX, OBJET_MAX, NUMERO_MAX, PRECISION_MAX = 120, 200, 18, 500
PAGE = 50
ECHECS_MAX, HEURE = 200, dt.timedelta(hours=1)
INCONNU = replace(SANS_COMPTE, qui="compte inconnu")
SEUL = "seul"  # the role of who uses the infocentre before there are accounts
LU_MAX = 2_000  # characters of a query that are read, to keep the first of them
_LITTERAUX = re.compile(
    r"--[^\n]*|/\*.*?(?:\*/|\Z)|\$(\w*)\$.*?(?:\$\1\$|\Z)|'(?:[^']|'')*'?|\b\d{6,}\w*",
    re.DOTALL,
)


class Trace(StrEnum):
    """What is done that leaves a trace."""

    LISTE = "liste"
    DEMANDE = "demande"
    EXPORT = "export"
    DOCUMENT = "document"
    REQUETE = "requete"
    ESSAI = "essai"
    DEPOT = "depot"
    AFFAIRE = "affaire"
    MESSAGE = "message"
    REGLAGE = "reglage"
    CONNEXION = "connexion"
    ECHEC = "echec"
    REFUS = "refus"
    COMPTE = "compte"
    EXTRAIT = "extrait"
    EFFACEMENT = "effacement"
    PURGE = "purge"
    AUDIT = "audit"
    OUBLI = "oubli"


LIBELLES: Mapping[str, str] = {
    Trace.LISTE: "liste de demandes consultée",
    Trace.DEMANDE: "demande consultée",
    Trace.EXPORT: "fichier emporté",
    Trace.DOCUMENT: "document produit",
    Trace.REQUETE: "requête exécutée",
    Trace.ESSAI: "indicateur essayé",
    Trace.DEPOT: "livraison déposée",
    Trace.AFFAIRE: "affaire modifiée",
    Trace.MESSAGE: "message envoyé",
    Trace.REGLAGE: "réglage modifié",
    Trace.CONNEXION: "connexion",
    Trace.ECHEC: "connexion manquée",
    Trace.REFUS: "accès refusé",
    Trace.COMPTE: "compte modifié",
    Trace.EXTRAIT: "droit d’accès exercé",
    Trace.EFFACEMENT: "demande effacée",
    Trace.PURGE: "purge",
    Trace.AUDIT: "traces consultées",
    Trace.OUBLI: "traces anciennes effacées",
}


@dataclass(frozen=True, slots=True)
class Entree:
    """One entry; `precisions` are short facts by name, `nombre` how many rows were given."""

    rang: int
    le: str
    qui: str
    role: str
    action: str
    objet: str
    numero: str
    nombre: int | None
    precisions: Mapping[str, Any]

    @property
    def libelle(self) -> str:
        """What was done, in words."""
        return LIBELLES.get(self.action, self.action)


def _nommer(ligne: EntreeEcrite) -> str:
    quoi = LIBELLES.get(ligne["action"], ligne["action"])
    return f"l'enregistrement {ligne['rang']} ({quoi}, {ligne['qui']}, {jour_ecrit(ligne['le'])})"


CHAINE = Chaine(audit, "journal des accès", "l'enregistrement", _nommer)


def nom_de(acces: Acces) -> str:
    """Return under which name someone is kept: the account's, else the session's."""
    return (acces.qui or utilisateur())[:QUI_MAX]


def tracer(
    magasin: Magasin,
    acces: Acces,
    action: Trace,
    objet: str,
    nombre: int | None = None,
    /,
    *,
    numero: str = "",
    **precisions: object,
) -> None:
    """Write one entry: what it tells is not done, nor shown, when this cannot be.

    Raises:
        Refus: the store cannot be written.
    """
    with magasin.ecrire(aussitot=False) as con:
        CHAINE.ajouter(con, _ligne(acces, action, objet, nombre, numero, precisions))


def tracer_echec(magasin: Magasin, compte: Acces | None, objet: str, **dites: object) -> bool:
    """Write that somebody did not come in; tell whether it was: ECHECS_MAX an hour, no more.

    `compte` is the account that was named, None when there is none: what was typed then may be
    anything, a password as well, and is not kept. `freins` slow each account and each address; the
    bound is for who has many addresses.
    """
    c = audit.c
    depuis = (dt.datetime.now().astimezone() - HEURE).isoformat(timespec="seconds")
    recents = sa.select(c.rang).where(c.le >= depuis, c.action == str(Trace.ECHEC))
    comptes = recents.limit(ECHECS_MAX).subquery()
    with magasin.ecrire(aussitot=False) as con:
        nombre = con.scalar(sa.select(sa.func.count()).select_from(comptes))
        if nombre == ECHECS_MAX:
            return False
        if nombre == ECHECS_MAX - 1:
            dites |= {"suite": "les suivantes de l'heure ne sont pas notées"}
        ligne = _ligne(compte or INCONNU, Trace.ECHEC, objet, None, "", dites)
        CHAINE.ajouter(con, ligne if compte else {**ligne, "role": ""})
    return True


def _ligne(
    acces: Acces,
    action: Trace,
    objet: str,
    nombre: int | None,
    numero: str,
    precisions: Mapping[str, object],
) -> dict[str, Any]:
    dites = {nom: _court(un) for nom, un in precisions.items() if un not in (None, "")}
    return {
        "le": dt.datetime.now().astimezone().isoformat(timespec="seconds"),
        "qui": nom_de(acces),
        "role": str(acces.role or SEUL),
        "action": str(action),
        "objet": objet[:OBJET_MAX],
        "numero": numero[:NUMERO_MAX],
        "nombre": nombre,
        "precisions": canonique(dites),
    }


def _court(valeur: object) -> object:
    return valeur if isinstance(valeur, int | float) else str(valeur)[:PRECISION_MAX]


class Effacees(TypedDict):
    """What the entry of an erasure quotes: the last that was erased, and its seal."""

    rang: int
    empreinte: str


class SansValeurs(TypedDict):
    """What is kept of a query."""

    sql: str
    empreinte: str


def requete_sans_valeurs(sql: str) -> SansValeurs:
    """Return what is kept of a query: its sha256, and its text without what it compares with.

    A text or a long number that someone writes in a query may name a person.
    """
    texte = _LITTERAUX.sub(lambda un: "" if un[0][:2] in {"--", "/*"} else "'…'", sql[:LU_MAX])
    lisible = " ".join(texte.encode(errors="replace").decode().replace("\0", " ").split())
    brut = hashlib.sha256(sql.encode(errors="surrogatepass")).hexdigest()
    return {"sql": lisible[:PRECISION_MAX], "empreinte": brut}


@dataclass(frozen=True, slots=True)
class Recherche:
    """What is looked for among entries; '' and None do not restrict."""

    qui: str = ""
    action: str = ""
    numero: str = ""
    du: dt.date | None = None
    au: dt.date | None = None
    empreinte: str = ""  # of a file, whole or its beginning

    def conditions(self) -> list[sa.ColumnElement[bool]]:
        """Return the conditions in SQL."""
        c = audit.c
        voulues: list[sa.ColumnElement[bool]] = []
        if self.qui:
            voulues.append(c.qui.icontains(self.qui, autoescape=True))
        if self.action:
            voulues.append(c.action == self.action)
        if self.numero:
            voulues.append(c.numero == self.numero.strip().upper())
        if self.empreinte:
            dite = f'"empreinte":"{self.empreinte.strip().lower()}'
            voulues.append(c.precisions.contains(dite, autoescape=True))
        if self.du:
            voulues.append(c.le >= self.du.isoformat())
        if self.au:
            voulues.append(c.le < (self.au + dt.timedelta(days=1)).isoformat())
        return voulues


def chercher(
    magasin: Magasin, voulu: Recherche, *, page: int | None = 1
) -> tuple[int, list[Entree]]:
    """Return how many entries there are, and those of a page (all without one), the last first."""
    conditions = voulu.conditions()
    demande = audit.select().where(*conditions).order_by(audit.c.rang.desc())
    if page is not None:
        demande = demande.limit(PAGE).offset((page - 1) * PAGE)
    with magasin.lire() as con:
        total = con.scalar(sa.select(sa.func.count()).select_from(audit).where(*conditions)) or 0
        lignes = lire_lignes(con, demande, EntreeEcrite)
    return int(total), [_entree(une) for une in lignes]


def du_jour(magasin: Magasin, action: Trace, qui: str) -> int:
    """Return how many times someone has done something since midnight."""
    aujourdhui = dt.datetime.now().astimezone().date()
    return sum(un.nombre for un in par_jour(magasin, action, aujourdhui) if un.qui == qui)


@dataclass(frozen=True, slots=True)
class FaitDuJour:
    """How many times an account did something in a day (AAAA-MM-JJ)."""

    jour: str
    qui: str
    nombre: int


def par_jour(magasin: Magasin, action: Trace, depuis: dt.date) -> list[FaitDuJour]:
    """Return how often each account did something, day by day since one, the last first."""
    c = audit.c
    jour = sa.func.substr(c.le, 1, 10)
    demande = (
        sa.select(jour, c.qui, sa.func.count())
        .where(c.action == str(action), c.le >= depuis.isoformat())
        .group_by(jour, c.qui)
        .order_by(jour.desc(), sa.func.count().desc(), c.qui)
    )
    with magasin.lire() as con:
        return [FaitDuJour(str(le), str(qui), int(n)) for le, qui, n in con.execute(demande)]


def _entree(ligne: EntreeEcrite) -> Entree:
    return Entree(
        ligne["rang"],
        ligne["le"],
        ligne["qui"],
        ligne["role"],
        ligne["action"],
        ligne["objet"],
        ligne["numero"],
        ligne["nombre"],
        json.loads(ligne["precisions"]),
    )


def tete_de(magasin: Magasin) -> Tete:
    """Return the head of the chain."""
    with magasin.lire() as con:
        return CHAINE.tete(con)


def oublier(magasin: Magasin, acces: Acces, avant: dt.date) -> int:
    """Erase the entries of before a day; return how many.

    The entry that tells it quotes the seal of the last erased, on which the rest of the chain
    stands.
    """
    c = audit.c
    with magasin.ecrire() as con:
        CHAINE.prendre_la_main(con)
        garde = con.scalar(sa.select(sa.func.min(c.rang)).where(c.le >= avant.isoformat()))
        limite = CHAINE.tete(con).rang if garde is None else int(garde) - 1
        dernier = con.execute(sa.select(c.rang, c.empreinte).where(c.rang == limite)).first()
        if dernier is None:
            return 0
        cite: Effacees = {"rang": dernier.rang, "empreinte": dernier.empreinte}
        faites = con.execute(audit.delete().where(c.rang <= limite)).rowcount
        dit = f"traces d'avant le {avant:%d/%m/%Y}"
        # After the head that was read before: it may be the last of those erased.
        tete = CHAINE.tete(con)
        apres = tete if tete != DEBUT else Tete(dernier.rang, dernier.empreinte)
        CHAINE.ajouter_apres(con, apres, _ligne(acces, Trace.OUBLI, dit, faites, "", cite))
    return faites


def verifier(magasin: Magasin, attendue: str = "") -> tuple[Tete, bool]:
    """Check every entry; return the head, and whether `attendue` (a head, its start) is among them.

    Raises:
        Refus: it names the first entry that is altered, missing or added.
    """
    with magasin.lire() as con:
        depart = tete = _depart(con)
        retrouvee, cites = False, set[tuple[int, str]]()
        for ligne in CHAINE.suivre(con, depart):
            tete = Tete(ligne["rang"], ligne["empreinte"])
            retrouvee = retrouvee or (bool(attendue) and tete.empreinte.startswith(attendue))
            if ligne["action"] == Trace.OUBLI:
                dites: Effacees = json.loads(ligne["precisions"])
                cites.add((dites["rang"], dites["empreinte"]))
    if depart != DEBUT and (depart.rang, depart.empreinte) not in cites:
        raise CHAINE.alteree(
            f"les enregistrements 1 à {depart.rang} manquent, et aucun effacement inscrit ne le dit"
        )
    return tete, retrouvee


def _depart(con: sa.Connection) -> Tete:
    """Return what the first entry that is kept stands on."""
    c = audit.c
    premiere = con.execute(sa.select(c.rang, c.precedent).order_by(c.rang).limit(1)).first()
    if premiere is None or premiere.rang == 1:
        return DEBUT
    return Tete(premiere.rang - 1, premiere.precedent)
