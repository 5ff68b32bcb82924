"""The affaires of a store: opened, moved by events, read back. Nothing is ever changed or removed.

An event is written with its seal and the state that it leads to in one transaction, in the order
of one chain; two people on one affaire are told of each other.
"""

from __future__ import annotations

import datetime as dt
import functools
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, cast

import sqlalchemy as sa

from infocentre.affaires.chaine import CHAINE, en_evenement
from infocentre.affaires.chaine import verifier as verifier_la_chaine
from infocentre.affaires.donnees import verifier
from infocentre.affaires.echeances import Echeance, echeances
from infocentre.affaires.gardes import contre
from infocentre.affaires.modele import HORLOGE, Procedure, Role, Transition
from infocentre.affaires.procedure import actuelle, forme, relire
from infocentre.affaires.reglages import reglages_de
from infocentre.affaires.situation import Evenement, Situation, replier
from infocentre.contrat import montres
from infocentre.decisions.chaine import DEBUT, Tete, canonique, empreinte
from infocentre.decisions.contenus import Contenu, garder_contenu
from infocentre.decisions.magasin import Magasin, lire_lignes
from infocentre.decisions.schema import (
    AffaireEcrite,
    EvenementEcrit,
    Ouverture,
    affaires,
    constats,
    evenements,
    procedures,
)
from infocentre.noyau.erreurs import Refus
from infocentre.noyau.francais import enumerer
from infocentre.noyau.temps import a_present, dater_heure
from infocentre.noyau.temps import jour as ecrire_jour

Horloge = Callable[[], dt.datetime]
TOLERANCE = dt.timedelta(minutes=2)  # between the clocks of two machines that write
AVANCE_MAX = dt.timedelta(days=400)  # of a clock on the last delivery: they are monthly
LOT = 500
MESURES = "mesures_correctives"  # the procedure that is meant when none is named


def maintenant() -> dt.datetime:
    """Return the moment, with the zone of the machine: a day is the one that people live."""
    return a_present().astimezone()


@dataclass(frozen=True, slots=True)
class Acteur:
    """Who acts: a name, and whether it is a person or the timer."""

    nom: str
    role: Role = "gestionnaire"


@dataclass(frozen=True)
class Constat:
    """What was told that day of an indicator of a guichet; `unites` are the cases behind it.

    `fenetre` is what the state rests on (stock, mois, 12m), `depuis` the month since which it was
    so. Each unit is (unite, numero_unique, jour, explication).
    """

    departement: str
    guichet: str
    nom: str
    code: str
    libelle: str
    version_regle: int
    mois: str
    version: int
    numerateur: int
    denominateur: int
    borne_basse: float | None
    borne_haute: float | None
    etat: str
    fenetre: str
    depuis: str
    unites: tuple[tuple[str, str, str, str], ...]

    @property
    def taux(self) -> float:
        """The rate that was told."""
        return self.numerateur / self.denominateur

    @property
    def liste(self) -> str:
        """Return the cases as they are kept, apart from the rest."""
        return canonique(self.unites)

    @property
    def contenu(self) -> str:
        """Return what is sealed and may leave the service: of the cases, their sha256 only."""
        dits = {nom: getattr(self, nom) for nom in Constat.__dataclass_fields__}
        return canonique(dits | {"unites": empreinte(self.liste)})

    @functools.cached_property
    def id(self) -> str:
        """Its name: the sha256 of its content, asked for each of its cases."""
        return empreinte(self.contenu)

    @staticmethod
    def relire(contenu: str, liste: str) -> Constat:
        """Read back what `contenu` and `liste` wrote."""
        unites = tuple(tuple(une) for une in json.loads(liste))
        return Constat(**{**json.loads(contenu), "unites": unites})


@dataclass(frozen=True, slots=True)
class Affaire:
    """An affaire as its events tell it; `reglages` are the settings of its procedure when read."""

    id: str
    departement: str
    objet: str
    sujet: str
    ouverte_le: dt.date
    situation: Situation
    reglages: Mapping[str, int]
    echeances: tuple[Echeance, ...] = field(default=())

    @property
    def procedure(self) -> Procedure:
        """Its procedure as this version has it: its words and papers; its rules are its own."""
        return actuelle(self.situation.procedure)

    @property
    def etat(self) -> str:
        """The code of its state."""
        return str(self.situation.etat)

    @property
    def titre_etat(self) -> str:
        """Its state as people read it."""
        return self.situation.procedure.etats[self.etat].titre

    @property
    def etape(self) -> int:
        """Its step, 0 before anything was sent."""
        return self.situation.etape

    @property
    def suite(self) -> str | None:
        """The event that its state says is next, if its own rules still have it."""
        etat = self.procedure.etats.get(self.etat)
        possibles = self.situation.procedure.possibles(self.etat)
        return etat.suite if etat and etat.suite in possibles else None

    @property
    def attend(self) -> str:
        """What its state says one waits for, '' when somebody acts."""
        etat = self.procedure.etats.get(self.etat)
        return (etat.attend or "") if etat else ""

    @property
    def echeance(self) -> Echeance | None:
        """The nearest deadline of someone: an alert is none."""
        return next((une for une in self.echeances if not une.alerte), None)

    @property
    def attendues(self) -> tuple[Echeance, ...]:
        """The deadlines that are told to those of whom it is asked, the nearest first."""
        delais = self.procedure.delais
        return tuple(
            une
            for une in self.echeances
            if not une.alerte and not (une.nature in delais and delais[une.nature].interne)
        )

    @property
    def a_revoir(self) -> bool:
        """Tell whether a rule that it rests on changed since it was last looked at."""
        doutes = [dit for un in self.situation.evenements if (dit := self.mots(un).doute)]
        return doutes[-1:] == ["pose"]

    @property
    def constats(self) -> tuple[str, ...]:
        """The ids of the constats that hold: the last told, and those of affaires merged in."""
        tenus: tuple[str, ...] = ()
        for un in self.situation.evenements:
            if portes := un.donnees.get("constats"):
                tenus = (*(tenus if self.mots(un).donnees["constats"].ajoute else ()), *portes)
        return tuple(dict.fromkeys(tenus))

    def au(self, jour: dt.date) -> Affaire | None:
        """Return it as what was entered by the end of a day tells it, None when nothing was.

        What is entered later changes nothing of it, on whatever day it happened.
        """
        connus = list(self.situation.evenements)
        while connus and connus[-1].saisi_le.date() > jour:
            connus.pop()
        if not connus or len(connus) == len(self.situation.evenements):
            return self if connus else None
        alors = replier(self.situation.procedure, connus, self.departement)
        dues = tuple(echeances(alors, self.reglages))
        return replace(self, situation=alors, echeances=dues)

    def mots(self, un: Evenement) -> Transition:
        """Return one of its events as this version words and marks it."""
        return self.procedure.evenements.get(un.nom) or self.situation.procedure.regle(un.nom)

    def compte(self, un: Evenement) -> str:
        """Return the name under which counts of a period have an event, '' when none has it."""
        return self.mots(un).compte or ""

    def comptes(self, *noms: str) -> list[Evenement]:
        """Return the events that are counted under these names, in order."""
        return [un for un in self.situation.evenements if self.compte(un) in noms]

    @property
    def echange(self) -> Evenement | None:
        """The last event by which something was said to whom it is asked of, or by them."""
        dits = [un for un in self.situation.evenements if self.mots(un).echange]
        return dits[-1] if dits else None


class Affaires:
    """The affaires that someone acts on, at the time of a clock."""

    def __init__(
        self,
        magasin: Magasin,
        acteur: Acteur,
        horloge: Horloge = maintenant,
        *,
        derniere_livraison: Callable[[], dt.date | None] = lambda: None,
    ) -> None:
        """Act as `acteur`; nothing is written long after the last delivery, when there is one."""
        self._magasin = magasin
        self._acteur = acteur
        self._horloge = horloge
        self._derniere_livraison = derniere_livraison

    @property
    def acteur(self) -> str:
        """The name of who acts."""
        return self._acteur.nom

    @property
    def lieu(self) -> str:
        """Where the store is, without a password."""
        return self._magasin.lieu

    @property
    def instant(self) -> dt.datetime:
        """The moment of the clock."""
        return self._horloge()

    @property
    def aujourdhui(self) -> dt.date:
        """The day of the clock."""
        return self.instant.date()

    # --- Writing ----------------------------------------------------------------------------------

    def ouvrir(  # noqa: PLR0913 - what an affaire begins with
        self,
        procedure: Procedure,
        departement: str,
        objet: str,
        sujet: str,
        donnees: Mapping[str, Any],
        *,
        constats_: Sequence[Constat] = (),
        contenu: Contenu | None = None,
        seule: bool = False,
    ) -> Affaire:
        """Open an affaire by the only event of its procedure that opens.

        `contenu`: what it holds of a person, apart from its events.

        Raises:
            Refus: what it carries is not what is expected; with `seule`, one of the same object and
                subject is open.
        """
        (nom,) = procedure.possibles(None)
        with self._magasin.ecrire() as con:
            CHAINE.prendre_la_main(con)
            if seule:
                _exiger_seule(con, departement, objet, sujet)
            id_ = _nouvel_id(con, departement, self.aujourdhui.year)
            regles = _garder_procedure(con, procedure)
            une = {
                "procedure": procedure.code,
                "regles": regles,
                "departement": departement,
                "objet": objet,
                "sujet": sujet,
            }
            jour = self.aujourdhui
            neuve = {"id": id_, "etat": "", "evenements": 0, "ouverte_le": jour}
            con.execute(affaires.insert().values(une | neuve))
            dite = une | {"version": procedure.version, "ouverte_le": jour.isoformat()}
            ouverture = cast("Ouverture", dite)
            ouverte = self._ajouter(con, id_, nom, donnees, None, constats_, ouverture)
            if contenu:
                garder_contenu(con, id_, contenu)
            return ouverte

    def agir(
        self,
        id_: str,
        nom: str,
        donnees: Mapping[str, Any] | None = None,
        *,
        jour: dt.date | None = None,
        vus: int | None = None,
        constats_: Sequence[Constat] = (),
    ) -> Affaire:
        """Add an event to an affaire; `jour` is the day it happened, today unless told.

        `vus` is how many events the person had before them: what another added since is refused.

        Raises:
            Refus: the state or a guard is against it, or what it carries is not what is expected.
        """
        with self._magasin.ecrire() as con:
            CHAINE.prendre_la_main(con)
            if vus is not None and (
                autres := (une := _lire_une(con, id_)).situation.evenements[vus:]
            ):
                raise devance(une, autres)
            return self._ajouter(con, id_, nom, donnees or {}, jour, constats_)

    def agir_ensemble(
        self,
        ids: Iterable[str],
        nom: str,
        donnees: Mapping[str, Any] | None = None,
        *,
        jour: dt.date | None = None,
        a_condition: Callable[[sa.Connection], None] = lambda _: None,
    ) -> list[Affaire]:
        """Add the same event to several affaires, or to none of them.

        `a_condition` raises Refus when something else of the store is against it.
        """
        with self._magasin.ecrire() as con:
            CHAINE.prendre_la_main(con)
            a_condition(con)
            return [self._ajouter(con, id_, nom, donnees or {}, jour, ()) for id_ in ids]

    def corriger_l_horloge(self, raison: str, le: dt.date | None = None) -> list[Affaire]:
        """Say, sealed, that what was entered under a time to come was under a wrong clock.

        What was written stays as it is: one more event of each of these affaires says on which
        day it was, `le`, today unless told. Events follow from then on at the right time.

        Raises:
            Refus: no event is of a time to come, or `le` is.
        """
        ici = self._horloge()
        le = le or ici.date()
        if le > ici.date():
            raise Refus(f"le {ecrire_jour(le)} n'est pas encore passé")
        with self._magasin.ecrire() as con:
            CHAINE.prendre_la_main(con)
            fausses = _fausses(con, ici)
            if not fausses:
                raise Refus(
                    "aucun événement n'est d'une date à venir",
                    que_faire="Il n'y a rien à corriger.",
                )
            dites = {"raison": raison, "jour_exact": le.isoformat()}
            return [
                self._ecrire(con, self._evenement(une, HORLOGE, ici.date(), ici), dites)
                for une in sorted(fausses)
            ]

    def exiger(self, id_: str, nom: str) -> None:
        """Raise Refus when an event would be refused now, whatever it carries."""
        affaire, instant = self.lire(id_), self.instant
        un = self._evenement(id_, nom, instant.date(), instant)
        self._garder(affaire, un)

    def contre(self, id_: str, nom: str, donnees: Mapping[str, Any]) -> str:
        """Return why an event that carries this would be refused now, '' when it would not."""
        affaire, instant = self.lire(id_), self.instant
        un = self._evenement(id_, nom, instant.date(), instant)
        try:
            self._permettre(affaire, un, donnees)
        except Refus as refus:
            return refus.quoi
        return ""

    def _ajouter(
        self,
        con: sa.Connection,
        id_: str,
        nom: str,
        donnees: Mapping[str, Any],
        jour: dt.date | None,
        constats_: Sequence[Constat],
        ouverture: Ouverture | None = None,
    ) -> Affaire:
        instant = self._instant(con)
        un = self._evenement(id_, nom, jour or instant.date(), instant)
        return self._ecrire(con, un, donnees, constats_, ouverture)

    def _evenement(self, id_: str, nom: str, jour: dt.date, instant: dt.datetime) -> Evenement:
        return Evenement(id_, nom, self._acteur.nom, self._acteur.role, jour, instant, {})

    def _ecrire(
        self,
        con: sa.Connection,
        un: Evenement,
        donnees: Mapping[str, Any],
        constats_: Sequence[Constat] = (),
        ouverture: Ouverture | None = None,
    ) -> Affaire:
        id_, tete = un.affaire, CHAINE.tete(con)
        affaire = _lire_une(con, id_)
        cites = {"constats": [une.id for une in constats_]} if constats_ else {}
        un = replace(un, rang=tete.rang + 1)
        apres = self._permettre(affaire, un, {**donnees, **cites})
        for constat in {un.id: un for un in constats_}.values():
            if not con.scalar(_CONSTAT, {"le": constat.id}):
                con.execute(
                    constats.insert().values(
                        id=constat.id, affaire=id_, contenu=constat.contenu, unites=constat.liste
                    )
                )
        CHAINE.ajouter_apres(con, tete, _ligne(apres.evenements[-1], ouverture))
        faits, close_le = len(apres.evenements), un.jour if apres.finie else None
        con.execute(
            _AVANCEE,
            {"une": id_, "etat": apres.etat, "evenements": faits, "close_le": close_le},
        )
        dues = echeances(apres, affaire.reglages)
        return replace(affaire, situation=apres, echeances=tuple(dues))

    def _permettre(self, affaire: Affaire, un: Evenement, donnees: Mapping[str, Any]) -> Situation:
        """Return the situation after an event that nothing refuses, with what it carries.

        What is empty is left out.
        """
        regle = forme(affaire.situation.procedure, un.nom)
        if regle:
            un = replace(un, donnees=verifier(regle, donnees, un.jour))
        apres = self._garder(affaire, un)
        ouverte = apres.evenements[0].jour if un.nom == HORLOGE else affaire.ouverte_le
        if un.jour > un.saisi_le.date() or un.jour < ouverte:
            raise Refus(
                f"le {ecrire_jour(un.jour)} n'est pas entre l'ouverture de l'affaire, le "
                f"{ecrire_jour(affaire.ouverte_le)}, et aujourd'hui",
                que_faire="Donner le jour où cela s'est passé.",
            )
        return apres

    def _garder(self, affaire: Affaire, un: Evenement) -> Situation:
        """Return the situation after an event that the state, the role and the guard allow."""
        procedure = affaire.situation.procedure
        apres = affaire.situation.apres(un)
        regle = procedure.regle(un.nom)
        if un.role not in regle.qui:
            quoi, que_faire = _PAR_QUI[un.role]
            raise Refus(f"« {regle.titre} » {quoi}", f"affaire {affaire.id}", que_faire)
        if faute := contre(regle, affaire.situation, un, affaire.reglages):
            raise Refus(faute, f"affaire {affaire.id}, « {regle.titre} »")
        return apres

    def _instant(self, con: sa.Connection) -> dt.datetime:
        """Return the moment, never before that of the last event."""
        ici = self._horloge()
        derniere = self._derniere_livraison()
        if derniere and ici.date() > derniere + AVANCE_MAX:
            raise Refus(
                f"l'horloge de cette machine dit le {dater_heure(ici)}, plus de "
                f"{AVANCE_MAX.days} jours après la dernière livraison, du {ecrire_jour(derniere)}",
                que_faire="La remettre à l'heure, ou charger les dernières livraisons : rien n'a "
                "été écrit.",
            )
        dit = con.scalar(_DERNIER_INSTANT)
        dernier = dt.datetime.fromisoformat(dit) if dit else ici
        if dernier - ici > TOLERANCE:
            raise Refus(
                f"l'horloge de cette machine dit le {dater_heure(ici)}, avant le dernier "
                f"événement, du {dater_heure(dernier)}",
                que_faire="Rien n'a été écrit. Remettre l'horloge à l'heure ; si c'est alors "
                "qu'elle était fausse : infocentre mesures horloge --raison « … ».",
            )
        return max(ici, dernier)

    # --- Reading ----------------------------------------------------------------------------------

    def lire(self, id_: str) -> Affaire:
        """Return an affaire; raise Refus when there is none of this name."""
        with self._magasin.lire() as con:
            return _lire_une(con, id_.strip())

    def lister(
        self,
        departement: str | None = None,
        *,
        procedure: str = MESURES,
        objet: str | None = None,
        finies: bool = False,
    ) -> list[Affaire]:
        """Return the affaires of a procedure in a département, of one object when it is named.

        The oldest first; those that are at an end are left out unless `finies`.
        """
        egalites = (
            (affaires.c.procedure, procedure),
            (affaires.c.departement, departement),
            (affaires.c.objet, objet),
        )
        conditions = [colonne == une for colonne, une in egalites if une]
        if not finies:
            conditions.append(affaires.c.close_le.is_(None))
        with self._magasin.lire() as con:
            return _lire(con, _AFFAIRES.where(*conditions))

    def changees(
        self, departement: str, depuis: Tete, *, procedure: str = MESURES
    ) -> list[Affaire] | None:
        """Return the affaires of a procedure, at an end or not, that have events since a head.

        None when the chain does not have this head: another store took the place of the first.
        """
        c = evenements.c
        suites = sa.select(c.affaire).where(c.rang > depuis.rang).distinct()
        with self._magasin.lire() as con:
            tenue = con.scalar(sa.select(c.empreinte).where(c.rang == depuis.rang))
            if depuis.rang and tenue != depuis.empreinte:
                return None
            siennes = (affaires.c.procedure == procedure, affaires.c.departement == departement)
            return _lire(con, _AFFAIRES.where(*siennes, affaires.c.id.in_(suites)))

    def constats(self, ids: Iterable[str]) -> list[Constat]:
        """Return the constats of these ids, in their order."""
        voulus = list(ids)
        with self._magasin.lire() as con:
            lus = {
                un.id: Constat.relire(un.contenu, un.unites)
                for debut in range(0, len(voulus), LOT)
                for un in con.execute(
                    constats.select().where(constats.c.id.in_(voulus[debut : debut + LOT]))
                )
            }
        montres.lire_numeros(numero for un in lus.values() for _, numero, *_ in un.unites)
        return [lus[un] for un in voulus if un in lus]

    def citant(self, numero: str) -> frozenset[str]:
        """Return the affaires one of whose constats has a case of this number."""
        cite = constats.c.unites.contains(json.dumps(numero, ensure_ascii=False), autoescape=True)
        with self._magasin.lire() as con:
            return frozenset(con.scalars(sa.select(constats.c.affaire).where(cite)))

    def guichets(self, affaires_: Iterable[Affaire]) -> dict[str, frozenset[str]]:
        """Return {affaire: the guichets that it tells of}."""
        avec = {une.id: set(une.constats) for une in affaires_}
        cites = sorted(set[str]().union(*avec.values()))
        par_id: dict[str, str] = {}
        with self._magasin.lire() as con:
            for debut in range(0, len(cites), LOT):
                dits = constats.c.id.in_(cites[debut : debut + LOT])
                lus = con.execute(sa.select(constats.c.id, constats.c.contenu).where(dits))
                par_id |= {id_: Constat.relire(contenu, "[]").guichet for id_, contenu in lus}
        return {
            id_: frozenset(par_id[un] for un in siens if un in par_id)
            for id_, siens in avec.items()
        }

    def tete(self, jour: dt.date | None = None) -> Tete:
        """Return the head of the chain of all events, as it was at the end of a day if given."""
        if jour is None:
            return self._magasin.lire_une_fois(CHAINE, CHAINE.tete)
        c = evenements.c
        alors = sa.select(c.rang, c.empreinte).order_by(c.rang.desc()).limit(1)
        with self._magasin.lire() as con:
            saisi = sa.func.substr(c.saisi_le, 1, len("AAAA-MM-JJ"))
            lue = con.execute(alors.where(saisi <= jour.isoformat())).first()
            return Tete(lue.rang, lue.empreinte) if lue else DEBUT

    def verifier(self, attendue: str = "") -> Tete:
        """Check the chain, and all that follows from it; raise Refus at the first fault."""
        with self._magasin.lire() as con:
            return verifier_la_chaine(con, attendue)


_PAR_QUI: Mapping[str, tuple[str, str]] = {
    **dict.fromkeys(
        ("copil", "prefet", "partenaire"),
        ("se décide par le gestionnaire territorial", "Le lui demander."),
    ),
    "minuteur": ("se décide par une personne", "Rien ne part sans qu'une personne le demande."),
    "guichet": (
        "se décide par le gestionnaire territorial",
        "Lui dire dans la réponse ce qui est souhaité.",
    ),
    "gestionnaire": ("ne se fait par personne", "Laisser faire le contrôle."),
}


def devance(une: Affaire, autres: Sequence[Evenement], *, par: bool = True) -> Refus:
    """Return what is told to who acts on an affaire after these events, which they had not read."""
    dits = [f"« {une.mots(un).arrive} »{f' par {un.auteur}' if par else ''}" for un in autres]
    return Refus(
        f"l'affaire a changé entre-temps : {enumerer(dits)}",
        f"affaire {une.id}",
        "Actualiser la page pour la relire (copier d'abord ce qui n'est pas envoyé), puis "
        "recommencer s'il y a lieu.",
    )


def _exiger_seule(con: sa.Connection, departement: str, objet: str, sujet: str) -> None:
    c = affaires.c
    memes = (c.departement == departement, c.objet == objet, c.sujet == sujet)
    ouverte = con.scalar(sa.select(c.id).where(*memes, c.close_le.is_(None)))
    if ouverte:
        raise Refus(
            f"l'affaire {ouverte} est déjà ouverte pour le même objet",
            que_faire="La lire : quelqu'un vient peut-être de l'ouvrir.",
        )


def _nouvel_id(con: sa.Connection, departement: str, annee: int) -> str:
    debut = f"{departement}-{annee}-"
    dernier = con.scalar(
        sa.select(affaires.c.id)
        .where(affaires.c.id.startswith(debut))
        .order_by(affaires.c.id.desc())
        .limit(1)
    )
    return f"{debut}{int(dernier.rsplit('-', 1)[1]) + 1 if dernier else 1:05d}"


def _garder_procedure(con: sa.Connection, une: Procedure) -> str:
    """Return the empreinte of a procedure, kept with its definition once."""
    empreinte = une.empreinte
    connue = con.scalar(sa.select(procedures.c.code).where(procedures.c.empreinte == empreinte))
    if connue is None:
        con.execute(
            procedures.insert().values(
                empreinte=empreinte,
                code=une.code,
                version=une.version,
                definition=une.definition,
            )
        )
    return empreinte


def _ligne(un: Evenement, ouverture: Ouverture | None) -> dict[str, Any]:
    return {
        "affaire": un.affaire,
        "nom": un.nom,
        "auteur": un.auteur,
        "role": un.role,
        "jour": un.jour.isoformat(),
        "saisi_le": un.saisi_le.isoformat(),
        "donnees": canonique(dict(un.donnees)),
        "ouverture": canonique(ouverture) if ouverture else None,
    }


class AffaireLue(AffaireEcrite):
    """A row of `affaires`, with the rules that it began with."""

    definition: str


# Written once: SQLAlchemy then has the SQL of each ready, which cost more than running it.
_AFFAIRES = (
    sa.select(affaires, procedures.c.definition)
    .join(procedures, procedures.c.empreinte == affaires.c.regles)
    .order_by(affaires.c.id)
)
_UNE_AFFAIRE = _AFFAIRES.where(affaires.c.id == sa.bindparam("une"))
_AVANCEE = affaires.update().where(affaires.c.id == sa.bindparam("une"))
_SIENS = (
    evenements.select()
    .where(evenements.c.affaire.in_(sa.bindparam("siens", expanding=True)))
    .order_by(evenements.c.rang)
)
_DERNIER_INSTANT = sa.select(evenements.c.saisi_le).order_by(evenements.c.rang.desc()).limit(1)
_CONSTAT = sa.select(constats.c.id).where(constats.c.id == sa.bindparam("le"))


def _lire_une(con: sa.Connection, id_: str) -> Affaire:
    """Return an affaire; raise Refus when there is none of this name."""
    lues = _lire(con, _UNE_AFFAIRE, une=id_)
    if not lues:
        raise _inconnue(id_)
    return lues[0]


def _lire(con: sa.Connection, demande: sa.Select[Any], **valeurs: object) -> list[Affaire]:
    lignes = lire_lignes(con, demande, AffaireLue, **valeurs)
    siens = _evenements(con, [ligne["id"] for ligne in lignes])
    regles = {
        definition: reglages_de(relire(definition))
        for definition in {ligne["definition"] for ligne in lignes}
    }
    return [_affaire(une, siens[une["id"]], regles[une["definition"]]) for une in lignes]


def _affaire(
    ligne: AffaireLue,
    siens: Sequence[Evenement],
    reglages: Mapping[str, int],
) -> Affaire:
    procedure = relire(ligne["definition"])
    situation = replier(procedure, siens, ligne["departement"])
    return Affaire(
        ligne["id"],
        ligne["departement"],
        ligne["objet"],
        ligne["sujet"],
        _ouverte_le(ligne["ouverte_le"], situation),
        situation,
        reglages,
        tuple(echeances(situation, reglages)) if siens else (),
    )


def _fausses(con: sa.Connection, ici: dt.datetime) -> set[str]:
    """Return the affaires that have events of a time to come, of which nobody told the clock."""
    c, trouvees = evenements.c, set[str]()
    for une, nom, dit in con.execute(sa.select(c.affaire, c.nom, c.saisi_le).order_by(c.rang)):
        if nom == HORLOGE:
            trouvees.discard(une)
        elif dt.datetime.fromisoformat(dit) - ici > TOLERANCE:
            trouvees.add(une)
    return trouvees


def _ouverte_le(dite: dt.date, situation: Situation) -> dt.date:
    """Return the day it was opened: that of its first event, once a wrong clock was told of."""
    return situation.evenements[0].jour if situation.dernier(HORLOGE) else dite


def _evenements(con: sa.Connection, ids: Sequence[str]) -> dict[str, list[Evenement]]:
    siens: dict[str, list[Evenement]] = {un: [] for un in ids}
    for debut in range(0, len(ids), LOT):
        lot = ids[debut : debut + LOT]
        for ligne in lire_lignes(con, _SIENS, EvenementEcrit, siens=lot):
            siens[ligne["affaire"]].append(en_evenement(ligne))
    return siens


def _inconnue(id_: str) -> Refus:
    return Refus(
        f"l'affaire « {id_[:24]} » n'existe pas",
        que_faire="Vérifier son numéro dans la liste de sa procédure (infocentre affaires "
        "PROCEDURE lister).",
    )
