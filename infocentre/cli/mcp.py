"""`infocentre mcp`: a publication answers a program that speaks the Model Context Protocol."""

from __future__ import annotations

import sys

from infocentre.cli import options as demandes
from infocentre.restitutions.ouvert.mcp import servir
from infocentre.restitutions.ouvert.publie import ouvrir


def mcp(options: demandes.Mcp) -> None:
    """Answer on the standard streams until they are closed: nothing is read but the package."""
    servir(ouvrir(options.paquet), sys.stdin.buffer, sys.stdout.buffer)
