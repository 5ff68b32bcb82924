"""Great Expectations' context: results on disk, everything else rebuilt at each run.

Only the history of validations and the Data Docs are files. Datasource, suite and checkpoint
derive from the catalogue, so that a run killed midway leaves nothing that the next one reads.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

import great_expectations as gx
import sqlalchemy
from duckdb_sqlalchemy import ConnectionWrapper
from great_expectations.core.freshness_diagnostics import (
    CheckpointFreshnessDiagnostics,
    ExpectationSuiteFreshnessDiagnostics,
    ValidationDefinitionFreshnessDiagnostics,
)
from great_expectations.data_context.types.base import (
    DataContextConfig,
    InMemoryStoreBackendDefaults,
    ProgressBarsConfig,
)

from infocentre.controles.attentes import ExpectGuichetsConformes, PublierMesures
from infocentre.controles.bilan import juger

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    import duckdb
    from great_expectations.checkpoint.actions import ValidationAction
    from great_expectations.core.batch_definition import BatchDefinition
    from great_expectations.data_context.data_context.ephemeral_data_context import (
        EphemeralDataContext,
    )

    from infocentre.catalogue import Catalogue
    from infocentre.mesures import Connexion

HISTORIQUE, SITE = "historique", "pages"
# Great Expectations makes them by name: its own view asks six outside hosts for what it shows.
RENDU = {
    "renderer": {"module_name": "infocentre.controles.pages", "class_name": "LireControle"},
    "view": {"module_name": "infocentre.controles.pages", "class_name": "EcrireControle"},
}
# Without both, DuckDB's single transaction per connection ends every check in an IndexError.
ARGUMENTS_MOTEUR = {"isolation_level": "AUTOCOMMIT", "skip_autocommit_rollback": True}


class Suite(gx.ExpectationSuite):
    """A suite made for the run that uses it: no store has another.

    Great Expectations would look for it there six times before it judges anything.
    """

    def is_fresh(self) -> ExpectationSuiteFreshnessDiagnostics:
        """Say that it is."""
        return ExpectationSuiteFreshnessDiagnostics(errors=[])


class Definition(gx.ValidationDefinition):
    """What is validated against such a suite, made for the same run."""

    def is_fresh(self) -> ValidationDefinitionFreshnessDiagnostics:
        """Say that it is."""
        return ValidationDefinitionFreshnessDiagnostics(errors=[])


class Point(gx.Checkpoint):
    """The checkpoint of such a definition, made for the same run."""

    def is_fresh(self) -> CheckpointFreshnessDiagnostics:
        """Say that it is."""
        return CheckpointFreshnessDiagnostics(errors=[])


def creer_point(
    suite: Suite, lot: BatchDefinition[Any], nom: str, *actions: ValidationAction
) -> gx.Checkpoint:
    """Make the checkpoint of one suite on one batch, for this run: no store keeps it."""
    return Point(
        name=nom,
        validation_definitions=[Definition(name=nom, data=lot, suite=suite)],
        actions=list(actions),
        result_format="COMPLETE",
    )


def creer_contexte(dossier: Path, rendu: dict[str, dict[str, str]] = RENDU) -> EphemeralDataContext:
    """Open the context whose validations go to `historique`, whose Data Docs go to `pages`."""
    configuration = DataContextConfig(
        store_backend_defaults=InMemoryStoreBackendDefaults(),
        analytics_enabled=False,
        progress_bars=ProgressBarsConfig(globally=False),
    )
    configuration.stores["validation_results_store"] = {
        "class_name": "ValidationResultsStore",
        "store_backend": _fichiers(dossier / HISTORIQUE),
    }
    configuration.data_docs_sites = {
        SITE: {
            "class_name": "SiteBuilder",
            "store_backend": _fichiers(dossier / SITE),
            "site_section_builders": {"expectations": "none", "validations": rendu},
        }
    }
    contexte = gx.get_context(mode="ephemeral", project_config=configuration)
    # It writes its own configuration, in YAML, at each source: nobody reads it again.
    contexte.variables.save = _ne_rien_ecrire  # type: ignore[method-assign]
    return contexte


def _ne_rien_ecrire() -> None:
    """Write nothing."""


def _fichiers(dossier: Path) -> dict[str, Any]:
    dossier.mkdir(parents=True, exist_ok=True)
    return {
        "class_name": "TupleFilesystemStoreBackend",
        "suppress_store_backend_id": True,
        "base_directory": str(dossier.resolve()),
    }


class Entrepot:
    """An open warehouse as Great Expectations reads it, until the end of the `with`.

    Its connections are cursors of the one it is given; each of its pool starts with `preparation`.
    """

    def __init__(
        self,
        contexte: EphemeralDataContext,
        con: duckdb.DuckDBPyConnection,
        preparation: Sequence[str],
    ) -> None:
        self.source = contexte.data_sources.add_sql(
            name="entrepot",
            connection_string="duckdb:///:memory:",
            kwargs={  # type: ignore[call-arg] # its stub forgets it
                **ARGUMENTS_MOTEUR,
                "creator": lambda: ConnectionWrapper(con.cursor()),
            },
            create_temp_table=False,
        )
        self.preparation = tuple(preparation)
        self.moteur: sqlalchemy.Engine = self.source.get_execution_engine().engine

    def __enter__(self) -> Self:
        sqlalchemy.event.listen(self.moteur, "connect", self._preparer)
        self.moteur.dispose()
        return self

    def __exit__(self, *_: object) -> None:
        self.moteur.dispose()
        self.source.get_engine().dispose()

    def _preparer(self, connexion: Connexion, _: object) -> None:
        for instruction in self.preparation:
            connexion.execute(instruction)


def creer_point_de_controle(entrepot: Entrepot, catalogue: Catalogue) -> gx.Checkpoint:
    """Make the checkpoint: one suite, one expectation per indicator, then the publication."""
    suite = Suite(
        name="indicateurs",
        expectations=[
            ExpectGuichetsConformes(code=un.code, libelle=un.libelle, mostly=juger(un, ()).mostly)
            for un in catalogue.indicateurs.values()
        ],
    )
    table = entrepot.source.add_table_asset(name="regles", table_name="regles")
    lot = table.add_batch_definition_whole_table("tous")
    return creer_point(suite, lot, "controle", PublierMesures())
