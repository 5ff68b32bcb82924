"""Several messages sent at once: planned, stopped in time or not, resumed, told one by one.

A plan is kept with the instant from which its messages leave. It is taken by one process, which
says that it still holds it; before each message, in the transaction that writes the intention to
send it, the plan is asked whether it still stands. So a plan that is stopped sends nothing after,
and one whose process dies is taken by another: what became of each message is what the events of
its affaires say.
"""

from __future__ import annotations

import datetime as dt
import json
import secrets
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Literal, TypedDict

import sqlalchemy as sa

from infocentre.affaires import Affaires
from infocentre.affaires.gardes import envoi_en_suspens
from infocentre.affaires.modele import ECHOUER, PREPARER
from infocentre.contrat.montres import confier
from infocentre.decisions.magasin import Magasin, lire_lignes
from infocentre.decisions.schema import envois
from infocentre.demarches.envoi import Empeche, Messagerie, envoyer
from infocentre.demarches.message import Message
from infocentre.noyau.erreurs import Refus
from infocentre.noyau.francais import accorder

DELAI = dt.timedelta(seconds=30)  # in which a plan is stopped before anything leaves
TENUE = dt.timedelta(minutes=3)  # for one message, its fiche printed and a slow server included
GARDES = dt.timedelta(days=90)
PREVU, EN_COURS, FINI, ANNULE = "prevu", "part", "fini", "annule"
VIVANTS = (PREVU, EN_COURS)

Sort = Literal["attend", "donne", "parti", "refuse", "suspens", "annule"]


@dataclass(frozen=True, slots=True)
class Prevu:
    """A message of a plan: its affaires, the event by which it leaves, who it is for.

    `empreinte` is the sha256 of its words as they were read, '' when nobody read them.
    """

    affaires: tuple[str, ...]
    pour: str
    nom: str
    vers: tuple[str, ...]
    empreinte: str = ""


@dataclass(frozen=True, slots=True)
class Envoi:
    """A plan as it is kept.

    `tete` is the rank of the last event before it; `empeches` is why some messages did not leave,
    by affaire.
    """

    id: str
    departement: str
    par: str
    demande_le: dt.datetime
    part_le: dt.datetime
    etat: str
    prevus: tuple[Prevu, ...]
    tete: int
    empeches: Mapping[str, str] = field(default_factory=dict)
    tenu_jusqu: dt.datetime | None = None
    fini_le: dt.datetime | None = None
    arrete_par: str | None = None

    @property
    def vivant(self) -> bool:
        """Tell whether something of it may still leave."""
        return self.etat in VIVANTS


@dataclass(frozen=True, slots=True)
class Suite:
    """What became of a message: when it left, or why it did not."""

    prevu: Prevu
    sort: Sort
    quand: dt.datetime | None = None
    raison: str = ""


class _Ecrit(TypedDict):
    """A row of `envois`."""

    id: str
    departement: str
    par: str
    demande_le: dt.datetime
    part_le: dt.datetime
    etat: str
    contenu: str
    tenu_jusqu: dt.datetime | None
    fini_le: dt.datetime | None
    arrete_par: str | None


_C = envois.c


def planifier(
    magasin: Magasin,
    registre: Affaires,
    departement: str,
    par: str,
    prevus: Sequence[Prevu],
    delai: dt.timedelta = DELAI,
) -> Envoi:
    """Keep messages to send from an instant on.

    The same asked again by the same person, before anything left, is what they have asked.

    Raises:
        Refus: nothing is to be sent, or one of the messages is in a plan that is not at an end.
    """
    if not prevus:
        raise Refus("aucun message n'attend d'être envoyé")
    voulues = {id_ for un in prevus for id_ in un.affaires}
    instant, tete = registre.instant, registre.tete().rang
    id_ = secrets.token_hex(8)
    neuf = Envoi(id_, departement, par, instant, instant + delai, PREVU, tuple(prevus), tete)
    with magasin.ecrire() as con:
        for autre in _lire(con, sa.select(envois).where(_C.etat.in_(VIVANTS))):
            siennes = {id_ for un in autre.prevus for id_ in un.affaires}
            if (autre.par, siennes) == (par, voulues):
                return autre
            if voulues & siennes:
                raise Refus(
                    f"{autre.par} envoie déjà {accorder(len(autre.prevus), 'message')} depuis "
                    f"{autre.demande_le.astimezone():%H:%M:%S}, dont ceux-ci",
                    que_faire="Attendre qu'il ait fini : la page le dit.",
                )
        con.execute(
            envois.delete().where(_C.etat.in_((FINI, ANNULE)), _C.demande_le < instant - GARDES)
        )
        con.execute(
            envois.insert().values(
                id=neuf.id,
                departement=departement,
                par=par,
                demande_le=neuf.demande_le,
                part_le=neuf.part_le,
                etat=PREVU,
                contenu=_ecrire(neuf),
            )
        )
    confier(len(neuf.prevus))
    return neuf


def annuler(magasin: Magasin, id_: str, par: str, instant: dt.datetime) -> Envoi:
    """Stop a plan: nothing of it leaves from now on, but a message that is being given.

    Raises:
        Refus: it is at an end.
    """
    with magasin.ecrire() as con:
        fait = con.execute(
            envois.update()
            .where(_C.id == id_, _C.etat.in_(VIVANTS))
            .values(etat=ANNULE, fini_le=instant, arrete_par=par)
        )
        lu = _un(con, id_)
    if not fait.rowcount and lu.etat != ANNULE:
        raise Refus("cet envoi est fini : il n'y a plus rien à annuler")
    return lu


def lire(magasin: Magasin, id_: str) -> Envoi:
    """Return a plan; raise Refus when there is none of this name."""
    with magasin.lire() as con:
        return _un(con, id_)


def derniers(magasin: Magasin, departement: str, nombre: int = 1) -> list[Envoi]:
    """Return the last plans of a département, the newest first."""
    plans = (*VIVANTS, FINI, ANNULE)
    siens = sa.select(envois).where(_C.departement == departement, _C.etat.in_(plans))
    with magasin.lire() as con:
        return list(_lire(con, siens.order_by(_C.demande_le.desc(), _C.id).limit(nombre)))


def pris(magasin: Magasin) -> frozenset[str]:
    """Return the affaires of the plans that are not at an end."""
    with magasin.lire() as con:
        vivants = list(_lire(con, sa.select(envois).where(_C.etat.in_(VIVANTS))))
    return frozenset(id_ for un in vivants for prevu in un.prevus for id_ in prevu.affaires)


def dus(magasin: Magasin, instant: dt.datetime) -> list[str]:
    """Return the plans whose instant has come and that no process holds, the oldest first."""
    libres = sa.or_(
        sa.and_(_C.etat == PREVU, _C.part_le <= instant),
        sa.and_(_C.etat == EN_COURS, _C.tenu_jusqu < instant),
    )
    with magasin.lire() as con:
        return list(con.scalars(sa.select(_C.id).where(libres).order_by(_C.part_le, _C.id)))


Preparer = Callable[[Sequence[Prevu]], Iterable[Message | Empeche]]


def executer(
    magasin: Magasin,
    registre: Affaires,
    id_: str,
    preparer: Preparer,
    messagerie: Messagerie,
) -> Envoi | None:
    """Send what of a plan was not sent; return it once that is done, None when another holds it.

    A message in doubt, or refused, of which somebody was told, is not tried again.
    """
    porteur = secrets.token_hex(16)
    if not _prendre(magasin, id_, porteur, registre.instant):
        return None
    un = lire(magasin, id_)
    restent = [s.prevu for s in suites(registre, un) if s.sort in {"attend", "donne"}]

    def encore(con: sa.Connection) -> None:
        """Hold the plan for one more message, in the transaction that begins to send it."""
        tenu = con.execute(
            envois.update()
            .where(_C.id == id_, _C.etat == EN_COURS, _C.porteur == porteur)
            .values(tenu_jusqu=registre.instant + TENUE)
        )
        if not tenu.rowcount:
            raise _Arrete

    def retenir(messages: Iterable[Message | Empeche]) -> Iterator[Message | Empeche]:
        for message in messages:
            if isinstance(message, Empeche):
                _retenir(magasin, id_, message)
            yield message

    try:
        bilan = envoyer(registre, retenir(preparer(restent)), messagerie, encore)
    except _Arrete:
        return lire(magasin, id_)
    for nom, raison in bilan.echouees:
        _retenir(magasin, id_, Empeche(nom, raison))
    with magasin.ecrire() as con:
        con.execute(
            envois.update()
            .where(_C.id == id_, _C.etat == EN_COURS, _C.porteur == porteur)
            .values(etat=FINI, fini_le=registre.instant)
        )
        return _un(con, id_)


class _Arrete(Exception):
    """The plan was stopped, or another process holds it: nothing more is begun."""


def _prendre(magasin: Magasin, id_: str, porteur: str, instant: dt.datetime) -> bool:
    libre = sa.or_(
        sa.and_(_C.etat == PREVU, _C.part_le <= instant),
        sa.and_(_C.etat == EN_COURS, _C.tenu_jusqu < instant),
    )
    with magasin.ecrire() as con:
        pris = con.execute(
            envois.update()
            .where(_C.id == id_, libre)
            .values(etat=EN_COURS, porteur=porteur, tenu_jusqu=instant + TENUE)
        )
        return bool(pris.rowcount)


def _retenir(magasin: Magasin, id_: str, un: Empeche) -> None:
    """Keep why a message could not leave."""
    with magasin.ecrire() as con:
        lu = _un(con, id_)
        dit = replace(lu, empeches={**lu.empeches, un.affaire.partition(",")[0]: un.raison})
        con.execute(envois.update().where(_C.id == id_).values(contenu=_ecrire(dit)))


def suites(registre: Affaires, un: Envoi) -> list[Suite]:
    """Return what became of each message of a plan, by the events of its affaires."""
    return [_suite(registre, un, prevu) for prevu in un.prevus]


def _suite(registre: Affaires, un: Envoi, prevu: Prevu) -> Suite:
    situation = registre.lire(prevu.affaires[0]).situation
    depuis = [e for e in situation.evenements if e.rang > un.tete]
    commence = next((e for e in reversed(depuis) if e.nom == PREPARER), None)
    if parti := next((e for e in depuis if e.nom == prevu.pour), None):
        return Suite(prevu, "parti", parti.saisi_le)
    if commence and envoi_en_suspens(situation):
        return Suite(prevu, "donne" if _tient(un, registre) else "suspens", commence.saisi_le)
    if echec := next((e for e in reversed(depuis) if e.nom == ECHOUER), None):
        return Suite(prevu, "refuse", echec.saisi_le, str(echec.dit("raison")))
    if raison := un.empeches.get(prevu.affaires[0]):
        return Suite(prevu, "refuse", None, raison)
    return Suite(prevu, "attend" if un.vivant else "annule")


def _tient(un: Envoi, registre: Affaires) -> bool:
    return un.etat == EN_COURS and un.tenu_jusqu is not None and registre.instant <= un.tenu_jusqu


def _un(con: sa.Connection, id_: str) -> Envoi:
    lu = next(_lire(con, sa.select(envois).where(_C.id == id_)), None)
    if lu is None:
        raise Refus("cet envoi n'existe pas", que_faire="Reprendre la page des envois.")
    return lu


def _lire(con: sa.Connection, demande: sa.Select[tuple[object, ...]]) -> Iterator[Envoi]:
    for une in lire_lignes(con, demande, _Ecrit):
        contenu = json.loads(une["contenu"])
        prevus = tuple(
            Prevu(tuple(p["affaires"]), p["pour"], p["nom"], tuple(p["vers"]), p["empreinte"])
            for p in contenu["prevus"]
        )
        yield Envoi(
            une["id"],
            une["departement"],
            une["par"],
            une["demande_le"],
            une["part_le"],
            une["etat"],
            prevus,
            contenu["tete"],
            contenu["empeches"],
            une["tenu_jusqu"],
            une["fini_le"],
            une["arrete_par"],
        )


def _ecrire(un: Envoi) -> str:
    prevus = [asdict(p) for p in un.prevus]
    contenu = {"prevus": prevus, "tete": un.tete, "empeches": dict(un.empeches)}
    return json.dumps(contenu, ensure_ascii=False)
