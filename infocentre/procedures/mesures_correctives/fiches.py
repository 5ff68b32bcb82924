"""The fiches that go with messages: each organisme's once, by two processes when there are many."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from contextlib import AbstractContextManager
from pathlib import Path

from infocentre.acces.perimetre import Perimetre
from infocentre.demarches.message import Pli
from infocentre.demarches.regles import Imprimer
from infocentre.entrepot import Dossier
from infocentre.lecture.affaires import constats
from infocentre.lecture.lecteur import Lecture
from infocentre.noyau.erreurs import Refus
from infocentre.noyau.ouvriers import PROCESSUS, ouvriers, rendu
from infocentre.procedures.mesures_correctives.message import imprimer_ici
from infocentre.restitutions.lecture import ouvrir

Fiche = tuple[str, str, str]  # département, month, organisme


@contextlib.contextmanager
def imprimer_les_fiches(
    v: Lecture,
    plis: Sequence[Pli],
    imprimer: Imprimer = imprimer_ici,
    tenir: Callable[[], AbstractContextManager[object]] = contextlib.nullcontext,
) -> Iterator[Imprimer]:
    """Give what prints the fiches of messages, begun before they are asked for.

    `imprimer` is how a few are: two processes cost more than they spare. `tenir` is what is held
    while these print.
    """
    voulues = dict.fromkeys(
        (un.departement, max(autre.mois for autre in dits), pli.objet)
        for pli in plis
        if (dits := constats(v, *pli.affaires))
        for un in dits[:1]
    )
    if len(voulues) <= PROCESSUS:
        yield imprimer
        return
    with tenir(), ouvriers(len(voulues), _ouvrir, v.dossier.racine, v.p) as processus:
        taches = {une: processus.submit(_imprimer, une, v.version.numero) for une in voulues}
        yield _rendre(taches)


def _rendre(taches: dict[Fiche, Future[bytes]]) -> Imprimer:
    def rendre(_: Lecture, departement: str, mois: str, organisme: str) -> bytes:
        return rendu(taches[departement, mois, organisme])

    return rendre


_OUVERTE: list[Lecture] = []
_TENUE = contextlib.ExitStack()


def _ouvrir(racine: Path, perimetre: Perimetre) -> None:
    """Open the published version for the life of a process."""
    _OUVERTE.append(_TENUE.enter_context(ouvrir(Dossier(racine), perimetre)))


def _imprimer(une: Fiche, version: int) -> bytes:
    (v,) = _OUVERTE
    if v.version.numero != version:
        raise Refus("une autre version des données vient d'être publiée", que_faire="Recommencer.")
    return imprimer_ici(v, *une)
