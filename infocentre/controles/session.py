"""What one run of the checkpoint shares between metrics, expectations and action.

Great Expectations makes those objects itself, from names: a context variable is how they
reach the catalogue and the caller's publication.
"""

from __future__ import annotations

from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import sqlalchemy
    from great_expectations.validator.metric_configuration import MetricConfiguration

    from infocentre.catalogue import Catalogue
    from infocentre.controles.bilan import BilanIndicateur
    from infocentre.mesures import Connexion
    from infocentre.noyau.erreurs import Refus


@dataclass
class Session:
    """The catalogue judged, the publication asked for; then what is counted, judged, or failed."""

    catalogue: Catalogue
    publier: Callable[[Connexion], None]
    moteur: sqlalchemy.Engine
    comptes: dict[str, MetricConfiguration] = field(default_factory=dict)
    verdicts: dict[str, BilanIndicateur] = field(default_factory=dict)
    echecs: list[Refus] = field(default_factory=list)

    @contextmanager
    def connexion(self) -> Iterator[Connexion]:
        """Lend one of Great Expectations' own connections to the warehouse."""
        with self.moteur.connect() as con:
            yield cast("Connexion", con.connection.driver_connection)


SESSION: ContextVar[Session] = ContextVar("session_de_controle")


@contextmanager
def ouvrir(session: Session) -> Iterator[Session]:
    """Make the session the current one."""
    jeton = SESSION.set(session)
    try:
        yield session
    finally:
        SESSION.reset(jeton)
