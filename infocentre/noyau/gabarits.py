"""Templates of reports/ and of the procedures: a name that does not exist is an error.

A template is compiled once.
"""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemBytecodeCache, FileSystemLoader, StrictUndefined, nodes
from jinja2.bccache import Bucket
from jinja2.compiler import CodeGenerator

from infocentre.noyau.config import DES_PROCEDURES, ressources


class _Generateur(CodeGenerator):
    """Works no expression out ahead: what is kept of a template depends on its text alone."""

    def _output_child_to_const(self, node: nodes.Expr, frame: Any, finalize: Any) -> str:  # noqa: ANN401
        if isinstance(node, nodes.TemplateData):
            return super()._output_child_to_const(node, frame, finalize)
        raise nodes.Impossible


class _Milieu(Environment):
    code_generator_class = _Generateur


class _Compiles(FileSystemBytecodeCache):
    """Templates compiled, beside them as Python's modules are; nothing where one may not write."""

    def dump_bytecode(self, bucket: Bucket) -> None:
        with contextlib.suppress(OSError):
            Path(self.directory).mkdir(exist_ok=True)
            super().dump_bytecode(bucket)


def lire_gabarits(
    filtres: Mapping[str, Callable[..., Any]],
    *,
    html: bool = False,
    ecrire: Callable[..., Any] | None = None,
) -> Environment:
    """Return the templates of reports/ with these filters; `ecrire` writes each value.

    Those of a procedure are named « procedures/<code>/textes/… ». In HTML, values are escaped.
    """
    racine = ressources("reports")
    genre = f"{'html' if html else 'texte'}{'-ecrit' if ecrire else ''}"
    compiles = _Compiles(str(racine / "__pycache__"), f"{genre}-%s.pyc")
    milieu = _Milieu(
        loader=FileSystemLoader([racine, DES_PROCEDURES.parent]),
        autoescape=html,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=ecrire,
        optimized=False,
        bytecode_cache=None if sys.dont_write_bytecode else compiles,
    )
    milieu.filters |= filtres
    return milieu
