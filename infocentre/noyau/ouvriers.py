"""Processes that share work of one kind, each ready once, as long as there is some to do."""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from typing import Any, TypeVar

from infocentre.noyau.depart import ecarter, espacer_les_cycles
from infocentre.noyau.erreurs import Refus

PROCESSUS = 2
T = TypeVar("T")


@contextlib.contextmanager
def ouvriers(
    taches: int, preparer: Callable[..., object] | None = None, *arguments: object
) -> Iterator[ProcessPoolExecutor]:
    """Give the processes that share so many tasks, each made ready by `preparer` if any.

    What was not begun is given up when one fails; none outlives this process, even killed.

    Raises:
        Refus: one of them died.
    """
    processus = ProcessPoolExecutor(
        min(PROCESSUS, taches),
        multiprocessing.get_context("spawn"),
        initializer=_commencer,
        initargs=(preparer, arguments),
    )
    try:
        yield processus
    except BrokenProcessPool:
        raise _arret() from None
    finally:
        processus.shutdown(cancel_futures=True)


def rendu(tache: Future[T]) -> T:
    """Return what a process made; raise Refus when it could not, or died."""
    try:
        return tache.result()
    except BrokenProcessPool:
        raise _arret() from None


def _arret() -> Refus:
    return Refus(
        "une partie du travail s'est arrêtée, sans doute faute de mémoire",
        que_faire="Fermer d'autres applications, puis recommencer.",
    )


def _commencer(preparer: Callable[..., object] | None, arguments: tuple[Any, ...]) -> None:
    espacer_les_cycles()
    ecarter("pandas")
    threading.Thread(target=_finir_avec_le_parent, daemon=True).start()
    if preparer:
        preparer(*arguments)


def _finir_avec_le_parent() -> None:
    """End this process when the one that it works for is gone: it would wait for ever."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)
