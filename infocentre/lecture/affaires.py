"""What is asked of organismes, as whoever reads may see it: which affaires, by name or not."""

from __future__ import annotations

import datetime as dt
import functools
from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Concatenate, ParamSpec, TypeVar

from infocentre.affaires import Acteur, Affaire, Affaires, Constat
from infocentre.affaires.registre import MESURES
from infocentre.affaires.reglages import signature
from infocentre.decisions import magasin_present, utilisateur
from infocentre.decisions.chaine import Tete
from infocentre.lecture.commun import noms_des_organismes, registre
from infocentre.lecture.lecteur import Lecture
from infocentre.lecture.lieux import inscrits_des_organismes
from infocentre.lecture.lignes import Inscription
from infocentre.noyau.erreurs import Refus
from infocentre.noyau.memoire import Memoire
from infocentre.noyau.organismes import noms_organismes

# Steps from which an organisme may be named to the comité and the préfet, from which they decide.
NOMMABLE, SAISINE = 2, 3


def registre_des_affaires(v: Lecture) -> Affaires | None:
    """Return the affaires of the data directory, None when there never was one."""
    magasin = magasin_present(v.dossier.racine)
    return Affaires(magasin, Acteur(utilisateur())) if magasin else None


def tete(v: Lecture, jour: dt.date | None = None) -> Tete | None:
    """Return the head of the chain of events, of a day when it is given; None before the first."""
    affaires = registre_des_affaires(v)
    lue = affaires.tete(jour) if affaires else None
    return lue if lue and lue.rang else None


@dataclass(frozen=True, slots=True)
class _Lues:
    """The affaires of a département at a head of the chain, and the guichets that each tells of.

    `etat` is the same as long as none has a new event.
    """

    tete: Tete
    reglages: Hashable
    affaires: tuple[Affaire, ...]
    guichets: Mapping[str, frozenset[str]]
    etat: Hashable = field(default_factory=object)


_GARDEES, _TIREES = 24, 64
_LUES: Memoire[_Lues] = Memoire(_GARDEES)


def _lire(v: Lecture, departement: str, procedure: str = MESURES) -> _Lues | None:
    """Return the affaires of a département: of those read before, what has new events again."""
    lues = registre_des_affaires(v)
    if lues is None:
        return None
    tete, reglages = lues.tete(), signature()
    return _LUES.lire(
        (lues.lieu, departement, procedure),
        lambda avant: _relire(lues, (departement, procedure), avant, tete, reglages),
        (tete, reglages),
    )


def _relire(
    lues: Affaires, ou: tuple[str, str], avant: _Lues | None, tete: Tete, reglages: Hashable
) -> _Lues:
    departement, procedure = ou
    memes = avant if avant and avant.reglages == reglages else None
    changees = lues.changees(departement, memes.tete, procedure=procedure) if memes else None
    if memes is None or changees is None:
        toutes = tuple(lues.lister(departement, procedure=procedure, finies=True))
        return _Lues(tete, reglages, toutes, lues.guichets(toutes))
    if not changees:
        return replace(memes, tete=tete)
    par_id = {une.id: une for une in (*memes.affaires, *changees)}
    siennes = tuple(par_id[id_] for id_ in sorted(par_id))
    return _Lues(tete, reglages, siennes, {**memes.guichets, **lues.guichets(changees)})


def toutes(v: Lecture, departement: str, procedure: str) -> tuple[Affaire, ...]:
    """Return the affaires of a procedure, oldest first, whatever became of them.

    They are those whoever may see them: who shows them chooses.
    """
    lues = _lire(v, departement, procedure)
    return lues.affaires if lues else ()


def en_cours(v: Lecture, departement: str, procedure: str) -> tuple[Affaire, ...]:
    """Return the affaires of a procedure that are under way, whoever may see them."""
    return tuple(une for une in toutes(v, departement, procedure) if not une.situation.finie)


def etat_des_affaires(v: Lecture, departement: str, procedure: str) -> Hashable:
    """Return what changes with any event of these affaires, and with the settings."""
    lues = _lire(v, departement, procedure)
    return lues and lues.etat


P = ParamSpec("P")
T = TypeVar("T")
Calcul = Callable[Concatenate[Lecture, str, P], T]


def selon_les_affaires(calcul: Calcul[P, T]) -> Calcul[P, T]:
    """Keep what is worked out of a département while its affaires and the data are the same.

    The other arguments are hashable, and nobody changes what is returned.
    """
    gardes: Memoire[T] = Memoire(_TIREES)

    @functools.wraps(calcul)
    def lire(v: Lecture, departement: str, /, *arguments: P.args, **nommes: P.kwargs) -> T:
        lues = _lire(v, departement)
        return gardes.lire(
            (*v.cle, departement, *arguments, *sorted(nommes.items())),
            lambda _: calcul(v, departement, *arguments, **nommes),
            lues and lues.etat,
        )

    return lire


def affaires(v: Lecture, departement: str, *, finies: bool = False) -> tuple[Affaire, ...]:
    """Return the affaires of a département that the reader may see, oldest first.

    Those at an end are left out unless `finies`.
    """
    vues = _affaires_vues(v, departement)
    return vues if finies else tuple(une for une in vues if not une.situation.finie)


def _affaires_vues(v: Lecture, departement: str) -> tuple[Affaire, ...]:
    lues = _lire(v, departement)
    if lues is None or not v.p.partiel:
        return lues.affaires if lues else ()
    return tuple(une for une in lues.affaires if _vue(v, une, lues.guichets[une.id]))


@selon_les_affaires
def affaires_au(v: Lecture, departement: str, jour: dt.date | None) -> tuple[Affaire, ...]:
    """Return the affaires that the reader may see as they were known on a day, at an end or not.

    None: as they are now.
    """
    lues = _lire(v, departement)
    alors = _alors(lues.affaires, jour) if lues else ()
    return tuple(une for une in alors if lues and _vue(v, une, lues.guichets[une.id]))


def comptees(v: Lecture, departement: str, jour: dt.date | None) -> tuple[Affaire, ...]:
    """Return the affaires that counts of a period are of, as they were known on a day.

    A count names nobody: who reads what the comité may know has the same as who conducts them.
    """
    if v.p.nommables and v.p.voit(departement):
        lues = _lire(v, departement)
        return _alors(lues.affaires, jour) if lues else ()
    return affaires_au(v, departement, jour)


def _alors(siennes: tuple[Affaire, ...], jour: dt.date | None) -> tuple[Affaire, ...]:
    if jour is None:
        return siennes
    return tuple(alors for une in siennes if (alors := une.au(jour)))


def _vue(v: Lecture, une: Affaire, guichets: frozenset[str]) -> bool:
    """Tell whether a reader sees an affaire: all of it, what the comité knows, or what was told.

    Who sees some guichets sees what was told of them, not what is only thought of.
    """
    if not v.p.partiel or (v.p.nommables and une.etape >= NOMMABLE):
        return True
    regle = une.situation.procedure.regle
    dite = any("guichet" in regle(un.nom).visible for un in une.situation.evenements)
    return dite and any(map(v.p.voit_guichet, guichets))


@selon_les_affaires
def vues(v: Lecture, departement: str) -> frozenset[str]:
    """Return the ids of the measures that the reader may see, at an end or not."""
    return frozenset(une.id for une in affaires(v, departement, finies=True))


@selon_les_affaires
def mesures_suivies(v: Lecture, departement: str) -> Mapping[str, list[Affaire]]:
    """Return {guichet or organisme: the affaires that are under way about it}."""
    lues = _lire(v, departement)
    par_cle: dict[str, list[Affaire]] = {}
    for une in affaires(v, departement):
        if une.etape and lues:
            for cle in (une.objet, *sorted(lues.guichets.get(une.id, ()))):
                par_cle.setdefault(cle, []).append(une)
    return par_cle


def de_la_demande(v: Lecture, departement: str, numero: str) -> list[Affaire]:
    """Return the affaires that tell of a demande, whatever became of them."""
    lues = registre_des_affaires(v)
    cites = lues.citant(numero) if lues else frozenset()
    return [une for une in affaires(v, departement, finies=True) if une.id in cites]


def vue(v: Lecture, une: Affaire) -> bool:
    """Tell whether the reader sees a measure."""
    lues = registre_des_affaires(v)
    if lues is None or not v.p.voit(une.departement):
        return False
    return _vue(v, une, lues.guichets([une])[une.id])


def une_affaire(v: Lecture, id_: str) -> Affaire:
    """Return an affaire that the reader may see; raise Refus."""
    lues = registre_des_affaires(v)
    trouvee = lues.lire(id_) if lues else None
    if trouvee is None or trouvee.situation.procedure.code != MESURES or not vue(v, trouvee):
        raise Refus(
            f"l'affaire « {id_[:24]} » n'existe pas", que_faire="Les affaires : infocentre mesures"
        )
    return trouvee


def constats(v: Lecture, *siennes: Affaire) -> list[Constat]:
    """Return what was told in affaires, frozen: of the guichets that the reader may see by name.

    Who reads what the comité may know reads all of it.
    """
    return constats_de(v, [un for une in siennes for un in une.constats])


def constats_de(v: Lecture, ids: Iterable[str]) -> list[Constat]:
    """Return these constats, of the guichets that the reader may see by name, as `constats`."""
    lues = registre_des_affaires(v)
    dits = lues.constats(ids) if lues else []
    if not v.p.partiel or v.p.nommables:
        return dits
    return [un for un in dits if v.p.voit_guichet(un.guichet)]


@selon_les_affaires
def noms(v: Lecture, departement: str, mois: str) -> Mapping[str, str]:
    """Return {organisme: name} of the register at a month, with those of the affaires seen."""
    connus = noms_des_organismes(v, departement, mois)
    if not v.p.nommables:
        return connus
    vus = {une.objet for une in affaires(v, departement, finies=True)}
    return noms_organismes(inscrits_des_organismes(v, departement, mois, vus)) | connus


def guichets_de(v: Lecture, departement: str, mois: str, organisme: str) -> list[Inscription]:
    """Return the guichets of an organisme at a month, by name."""
    return [une for une in registre(v, departement, mois) if une["organisme"] == organisme]
