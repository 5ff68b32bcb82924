"""Who saw, took away, asked or changed what: append-only, chained, kept as long as a setting says.

An entry says who, when, what was done, to what (an address of the application, a numéro unique, a
document), how many rows: never what was read, never a name. What is erased because it is old leaves
in the chain the seal of the last that was erased, so that the rest is still verified.

The numéros that were shown stand beside it, each as its HMAC under the key of the data directory:
« who saw this demande » is asked of them, and an entry, which seals them all, names no other.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import itertools
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any, TypedDict

import sqlalchemy as sa

from infocentre.acces.modele import SEUL as SANS_COMPTE
from infocentre.acces.modele import Acces
from infocentre.contrat.montres import lire_numeros
from infocentre.contrat.numeros import sans_autres_numeros
from infocentre.decisions.chaine import DEBUT, Chaine, Tete, canonique, jour_ecrit
from infocentre.decisions.doublons import sceller
from infocentre.decisions.magasin import Magasin, lire_lignes
from infocentre.decisions.schema import EntreeEcrite, audit, audit_numeros
from infocentre.noyau.erreurs import Refus
from infocentre.noyau.utilisateur import utilisateur

QUI_MAX, OBJET_MAX, NUMERO_MAX, PRECISION_MAX = 120, 200, 18, 500
PAGE = 50
ECHECS_MAX, HEURE = 200, dt.timedelta(hours=1)
INCONNU = replace(SANS_COMPTE, qui="compte inconnu")
SEUL = "seul"  # the role of who uses the infocentre before there are accounts
NUMEROS, SCEAU = "numeros", "numeros_empreinte"  # of `precisions`: how many, sealed by what
# What shows demandes: without NUMEROS, an entry is of before they were kept.
MONTRENT = frozenset({"liste", "demande", "export", "document"})
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

    @property
    def incertaine(self) -> bool:
        """Whether it is of when an address that named a numéro counted as having shown it."""
        return self.numero != "" and self.action in MONTRENT and NUMEROS not in self.precisions


def _nommer(ligne: EntreeEcrite) -> str:
    quoi = LIBELLES.get(ligne["action"], ligne["action"])
    return f"l'enregistrement {ligne['rang']} ({quoi}, {ligne['qui']}, {jour_ecrit(ligne['le'])})"


CHAINE = Chaine(audit, "journal des accès", "l'enregistrement", _nommer)


def nom_de(acces: Acces) -> str:
    """Return under which name someone is kept: the account's, else the session's."""
    return (acces.qui or utilisateur())[:QUI_MAX]


_SCEAUX = audit_numeros.insert()


def tracer(
    magasin: Magasin,
    acces: Acces,
    action: Trace,
    objet: str,
    nombre: int | None = None,
    /,
    *,
    numero: str = "",
    montres: Scelles | None = None,
    **precisions: object,
) -> None:
    """Write one entry: what it tells is not done, nor shown, when this cannot be.

    `montres` are the numéros that were shown, `numero` the one that it is about: no other that
    `objet` or `precisions` quote is kept.

    Raises:
        Refus: the store cannot be written.
    """
    sceaux, tus = (montres.empreintes, montres.numeros) if montres else ([], frozenset[str]())
    tus |= {numero}
    dites = {nom: sans_autres_numeros(un, tus) for nom, un in precisions.items()}
    dites |= _resumer(sceaux) if sceaux else {}
    ligne = _ligne(acces, action, str(sans_autres_numeros(objet, tus)), nombre, numero, dites)
    with magasin.ecrire(aussitot=False) as con:
        rang = CHAINE.ajouter(con, ligne)["rang"]
        if sceaux:
            con.execute(_SCEAUX, [{"rang": rang, "empreinte": un} for un in sceaux])


def empreinte_de(cle: str, numero: str) -> str:
    """Return what the audit knows a numéro by, under the key of the data directory."""
    return sceller(cle, "audit", numero)[:32]


@dataclass(frozen=True, slots=True)
class Scelles:
    """Numéros that were shown, and the key that the audit knows them under."""

    numeros: frozenset[str]
    cle: str

    @property
    def empreintes(self) -> list[str]:
        """What the audit knows them by, in order."""
        return sorted(empreinte_de(self.cle, un) for un in self.numeros)


def _resumer(sceaux: Iterable[str]) -> dict[str, object]:
    """Return what an entry says of the numéros that stand beside it, in their order."""
    tous = list(sceaux)
    return {NUMEROS: len(tous), SCEAU: hashlib.sha256("".join(tous).encode()).hexdigest()}


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

    def conditions(self, cle: str = "") -> list[sa.ColumnElement[bool]]:
        """Return the conditions in SQL; `cle` is the key of the numéros that were shown."""
        c = audit.c
        voulues: list[sa.ColumnElement[bool]] = []
        if self.qui:
            voulues.append(c.qui.icontains(self.qui, autoescape=True))
        if self.action:
            voulues.append(c.action == self.action)
        if self.numero:
            voulues.append(_du_numero(self.numero.strip().upper(), cle))
        if self.empreinte:
            dite = f'"empreinte":"{self.empreinte.strip().lower()}'
            voulues.append(c.precisions.contains(dite, autoescape=True))
        if self.du:
            voulues.append(c.le >= self.du.isoformat())
        if self.au:
            voulues.append(c.le < (self.au + dt.timedelta(days=1)).isoformat())
        return voulues


def _du_numero(numero: str, cle: str) -> sa.ColumnElement[bool]:
    sienne: sa.ColumnElement[bool] = audit.c.numero == numero
    if not cle:
        return sienne
    c = audit_numeros.c
    return sienne | audit.c.rang.in_(
        sa.select(c.rang).where(c.empreinte == empreinte_de(cle, numero))
    )


def chercher(
    magasin: Magasin, voulu: Recherche, *, page: int | None = 1, cle: str = ""
) -> tuple[int, list[Entree]]:
    """Return how many entries there are, and those of a page (all without one), the last first.

    A numéro is looked for among all that entries showed with the key `cle` of the data directory;
    without it, among those that were opened alone.
    """
    conditions = voulu.conditions(cle)
    demande = audit.select().where(*conditions).order_by(audit.c.rang.desc())
    if page is not None:
        demande = demande.limit(PAGE).offset((page - 1) * PAGE)
    with magasin.lire() as con:
        total = con.scalar(sa.select(sa.func.count()).select_from(audit).where(*conditions)) or 0
        lignes = lire_lignes(con, demande, EntreeEcrite)
    lire_numeros(une["numero"] for une in lignes if une["numero"])
    return int(total), [_entree(une) for une in lignes]


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
        con.execute(audit_numeros.delete().where(audit_numeros.c.rang <= limite))
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
        _verifier_les_numeros(con)
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


def _verifier_les_numeros(con: sa.Connection) -> None:
    """Check that beside each entry stand the numéros that it seals, and no other.

    Raises:
        Refus: it names the first entry of which some were added, altered or taken away.
    """
    c = audit.c
    lus = con.execute(sa.select(c.rang, c.precisions).where(c.precisions.contains(f'"{SCEAU}"')))
    dits = {rang: _numeros_dits(json.loads(precisions)) for rang, precisions in lus}
    for rang, siens in _numeros_gardes(con):
        if dits.pop(rang, None) != siens:
            raise _numeros_alteres(con, rang)
    if dits:
        raise _numeros_alteres(con, min(dits))


def _numeros_dits(precisions: Mapping[str, object]) -> dict[str, object]:
    return {nom: precisions.get(nom) for nom in (NUMEROS, SCEAU)}


def _numeros_gardes(con: sa.Connection) -> Iterator[tuple[int, dict[str, object]]]:
    """Yield (rang, what its entry must say of them) of the numéros that are kept, by rang."""
    c = audit_numeros.c
    lus = con.execute(sa.select(c.rang, c.empreinte).order_by(c.rang, c.empreinte))
    for rang, siens in itertools.groupby(lus, key=lambda un: int(un.rang)):
        yield rang, _resumer(un.empreinte for un in siens)


def _numeros_alteres(con: sa.Connection, rang: int) -> Refus:
    lues = lire_lignes(con, audit.select().where(audit.c.rang == rang), EntreeEcrite)
    nomme = _nommer(lues[0]) if lues else f"l'enregistrement {rang}, qui n'est pas là"
    return CHAINE.alteree(f"{nomme} : les numéros qu'il a montrés ont été modifiés")
