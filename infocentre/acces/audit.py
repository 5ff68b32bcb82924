"""Who saw, took away, asked or changed what: append-only, chained, kept as long as a setting says.

An entry says who, when, what was done, to what (an address of the application, a numéro unique, a
document), how many rows: never what was read, never a name. What is erased because it is old leaves
in the chain the seal of the last that was erased, so that the rest is still verified.

The numéros that were shown stand beside it, each as its HMAC under the key of the data directory:
« who saw this demande » is asked of them, and an entry, which seals them all, names no other.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import hashlib
import itertools
import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any, TypedDict

import sqlalchemy as sa

from infocentre.acces.conservation import mois_avant
from infocentre.acces.modele import SEUL as SANS_COMPTE
from infocentre.acces.modele import Acces
from infocentre.contrat.montres import lire_numeros
from infocentre.contrat.numeros import sans_autres_numeros
from infocentre.decisions.chaine import DEBUT, Chaine, Tete, canonique, jour_ecrit, lisible
from infocentre.decisions.doublons import sceller
from infocentre.decisions.magasin import Magasin, lire_lignes
from infocentre.decisions.schema import EntreeEcrite, audit, audit_numeros
from infocentre.noyau.erreurs import Refus
from infocentre.noyau.utilisateur import utilisateur

QUI_MAX, OBJET_MAX, NUMERO_MAX, PRECISION_MAX = 120, 200, 18, 500
DESTINATAIRE, DESTINATAIRES_MAX = "destinataire", 20_000  # of `precisions`: who gets a message
PAGE = 50
ECHECS_MAX, HEURE, UN_JOUR = 200, dt.timedelta(hours=1), dt.timedelta(days=1)
INCONNU = replace(SANS_COMPTE, qui="compte inconnu")
SEUL = "seul"  # the role of who uses the infocentre before there are accounts
NUMEROS, SCEAU = "numeros", "numeros_empreinte"  # of `precisions`: how many, sealed by what
# What shows demandes: without NUMEROS, an entry is of before they were kept.
MONTRENT = frozenset({"liste", "demande", "export", "document"})
LU_MAX = 2_000  # characters of a query that are read, to keep the first of them
_LIKE = re.compile(r"[%_/]")  # what LIKE reads otherwise than as it is
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
    ENVOI = "envoi"
    MESSAGE = "message"
    NOTE = "note"
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
    Trace.ENVOI: "envoi de messages confirmé",
    Trace.MESSAGE: "message envoyé",
    Trace.NOTE: "note écrite ou retirée",
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
    quoi = LIBELLES.get(ligne["action"], lisible(ligne["action"]))
    qui, quand = lisible(ligne["qui"]), jour_ecrit(ligne["le"])
    return f"l'enregistrement {ligne['rang']} ({quoi}, {qui}, {quand})"


CHAINE = Chaine(audit, "journal des accès", "l'enregistrement", _nommer)


def nom_de(acces: Acces) -> str:
    """Return under which name someone is kept: the account's, else the session's."""
    return (acces.qui or utilisateur())[:QUI_MAX]


_SCEAUX = audit_numeros.insert()


def documents_depuis(magasin: Magasin, rang: int) -> list[Entree]:
    """Return the documents that were made after an entry of the journal, oldest first."""
    c = audit.c
    demande = audit.select().where(c.rang > rang, c.action == Trace.DOCUMENT).order_by(c.rang)
    with magasin.lire() as con:
        lignes = lire_lignes(con, demande, EntreeEcrite)
    return [_entree(une) for une in lignes]


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
    dites = {nom: _court(nom, un) for nom, un in precisions.items() if un not in (None, "")}
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


def _court(nom: str, valeur: object) -> object:
    if isinstance(valeur, int | float):
        return valeur
    return str(valeur)[: DESTINATAIRES_MAX if nom == DESTINATAIRE else PRECISION_MAX]


class Effacees(TypedDict):
    """What the entry of an erasure quotes: the last that was erased, and its seal.

    With the day before which entries went, and for how many months they were kept then.
    """

    rang: int
    empreinte: str
    avant: str
    mois: int


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
    destinataire: str = ""  # of a message, whole or a part

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
        if self.destinataire:
            dit = _LIKE.sub(r"/\g<0>", self.destinataire.strip().lower())
            voulu = f'%"{DESTINATAIRE}":"%{dit}%'
            voulues.append(sa.func.lower(c.precisions).like(voulu, escape="/"))
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


def oublier(magasin: Magasin, acces: Acces, avant: dt.date, mois: int) -> int:
    """Erase the entries of before a day, all older than so many months; return how many.

    The entry that tells it comes first, and is kept: it quotes the seal of the last erased, on
    which the rest of the chain stands, and for how long entries were kept then.

    Raises:
        Refus: entries would go that are younger than that.
    """
    limite = mois_avant(dt.datetime.now().astimezone().date(), mois)
    if avant > limite:
        raise Refus(
            f"les traces se gardent {mois} mois : aucune d'après le {limite:%d/%m/%Y} ne s'efface",
            CHAINE.nom,
            "Régler d'abord leur durée (donnees-personnelles.yml : durees, traces).",
        )
    c = audit.c
    with magasin.ecrire() as con:
        CHAINE.prendre_la_main(con)
        garde = con.scalar(sa.select(sa.func.min(c.rang)).where(c.le >= avant.isoformat()))
        tete = CHAINE.tete(con)
        dernier = con.execute(
            sa.select(c.rang, c.empreinte).where(
                c.rang == (tete.rang if garde is None else int(garde) - 1)
            )
        ).first()
        if dernier is None:
            return 0
        anciennes = c.rang <= dernier.rang
        faites = con.scalar(sa.select(sa.func.count()).select_from(audit).where(anciennes)) or 0
        cite: Effacees = {
            "rang": dernier.rang,
            "empreinte": dernier.empreinte,
            "avant": avant.isoformat(),
            "mois": mois,
        }
        dit = f"traces d'avant le {avant:%d/%m/%Y}"
        CHAINE.ajouter_apres(con, tete, _ligne(acces, Trace.OUBLI, dit, faites, "", cite))
        _effacer(con, dernier.rang)
    return int(faites)


def _effacer(con: sa.Connection, limite: int) -> None:
    """Erase up to a rank; by the function of the owner where the service may not (proteger.sql)."""
    if con.dialect.name == "postgresql" and con.scalar(
        sa.text("SELECT to_regprocedure('infocentre_oublier(bigint)') IS NOT NULL")
    ):
        con.execute(sa.text("SELECT infocentre_oublier(:limite)"), {"limite": limite})
    else:
        con.execute(audit_numeros.delete().where(audit_numeros.c.rang <= limite))
        con.execute(audit.delete().where(audit.c.rang <= limite))


# --- Checking -------------------------------------------------------------------------------------

Lues = Sequence[tuple[EntreeEcrite, str]]


@dataclass(frozen=True, slots=True)
class Oubli:
    """What an entry says of an erasure: when, up to which rank, kept for how many months then.

    `mois` is 0 in those from before they said it.
    """

    entree: EntreeEcrite
    rang: int
    empreinte: str
    mois: int

    @property
    def le(self) -> dt.date:
        """The day of the erasure."""
        return dt.date.fromisoformat(self.entree["le"][:10])


def relire(con: sa.Connection) -> Lues:
    """Return every entry that is kept, with what is wrong with it."""
    return list(CHAINE.relire(con, _depart(con)))


def fautes(lues: Lues) -> Iterator[str]:
    """Say what is altered, missing or added among entries; an erasure too early is."""
    yield from (faute for _, faute in lues if faute)
    siens = oublis(lues)
    if lues and lues[0][0]["rang"] > 1:
        premiere, dits = lues[0][0], {(un.rang, un.empreinte) for un in siens}
        if (premiere["rang"] - 1, premiere["precedent"]) not in dits:
            yield (
                f"les enregistrements 1 à {premiere['rang'] - 1} manquent, et aucun effacement "
                "inscrit ne le dit"
            )
    for un in siens:
        yield from _trop_tot(un, lues)


def oublis(lues: Lues) -> list[Oubli]:
    """Return the erasures that entries tell; one that does not read is altered, its seal says."""
    trouves = []
    for ligne, _ in lues:
        if ligne["action"] != Trace.OUBLI:
            continue
        with contextlib.suppress(ValueError, TypeError, KeyError, OverflowError):
            dites = json.loads(ligne["precisions"])
            un = Oubli(ligne, int(dites["rang"]), dites["empreinte"], int(dites.get("mois", 0)))
            dt.date.fromisoformat(dites.get("avant", mois_avant(un.le, un.mois).isoformat()))
            trouves.append(un)
    return trouves


def _trop_tot(un: Oubli, lues: Lues) -> Iterator[str]:
    """Say when an erasure says a day that the months it says do not allow, or that was not yet."""
    nommee = _nommer(un.entree)
    if un.entree["sceau"] is not None:
        avant = json.loads(un.entree["precisions"]).get("avant", "9")
        if not un.mois or avant > mois_avant(un.le, un.mois).isoformat():
            yield f"{nommee} a effacé des traces plus jeunes que la durée fixée"
    suivantes = [str(ligne["le"])[:10] for ligne, _ in lues if ligne["rang"] > un.entree["rang"]]
    reelle = min([*suivantes, dt.datetime.now().astimezone().date().isoformat()])
    if (un.le - UN_JOUR).isoformat() > reelle:
        yield f"{nommee} est datée d'un jour qui n'était pas venu : l'horloge avait été avancée"


def verifier(magasin: Magasin, attendue: str = "") -> tuple[Tete, bool]:
    """Check every entry; return the head, and whether `attendue` (a head, its start) is among them.

    Raises:
        Refus: it names the first entry that is altered, missing or added.
    """
    with magasin.lire() as con:
        lues = relire(con)
        toutes = [*fautes(lues), *fautes_des_numeros(con)]
    for faute in toutes:
        raise CHAINE.alteree(faute)
    tete = Tete(lues[-1][0]["rang"], lues[-1][0]["empreinte"]) if lues else DEBUT
    retrouvee = bool(attendue) and any(ligne["empreinte"].startswith(attendue) for ligne, _ in lues)
    return tete, retrouvee


def _depart(con: sa.Connection) -> Tete:
    """Return what the first entry that is kept stands on."""
    c = audit.c
    premiere = con.execute(sa.select(c.rang, c.precedent).order_by(c.rang).limit(1)).first()
    if premiere is None or premiere.rang == 1:
        return DEBUT
    return Tete(premiere.rang - 1, premiere.precedent)


def fautes_des_numeros(con: sa.Connection) -> Iterator[str]:
    """Say beside which entries the numéros are not those that they seal, and no other."""
    c = audit.c
    lus = con.execute(sa.select(c.rang, c.precisions).where(c.precisions.contains(f'"{SCEAU}"')))
    dits = {int(rang): _numeros_dits(str(precisions)) for rang, precisions in lus}
    for rang, siens in _numeros_gardes(con):
        if dits.pop(rang, None) != siens:
            yield _numeros_alteres(con, rang)
    for rang in sorted(dits):
        yield _numeros_alteres(con, rang)


def _numeros_dits(precisions: str) -> dict[str, object]:
    """Return what an entry seals of its numéros, nothing when it does not read."""
    with contextlib.suppress(ValueError, AttributeError, RecursionError):
        dites = json.loads(precisions)
        return {nom: dites.get(nom) for nom in (NUMEROS, SCEAU)}
    return {}


def _numeros_gardes(con: sa.Connection) -> Iterator[tuple[int, dict[str, object]]]:
    """Yield (rang, what its entry must say of them) of the numéros that are kept, by rang."""
    c = audit_numeros.c
    lus = con.execute(sa.select(c.rang, c.empreinte).order_by(c.rang, c.empreinte))
    for rang, siens in itertools.groupby(lus, key=lambda un: int(un.rang)):
        yield rang, _resumer(un.empreinte for un in siens)


def _numeros_alteres(con: sa.Connection, rang: int) -> str:
    lues = lire_lignes(con, audit.select().where(audit.c.rang == rang), EntreeEcrite)
    nomme = _nommer(lues[0]) if lues else f"l'enregistrement {rang}, qui n'est pas là"
    return f"{nomme} : les numéros qu'il a montrés ont été modifiés"
