"""What is wrong with a value that is left out, as people are told it."""

from __future__ import annotations

HORS_LISTE, ILLISIBLE = "code hors liste", "valeur illisible"
INTRUS = "donnée personnelle ôtée"
