"""What is wrong with a value that is left out, as people are told it."""

from __future__ import annotations

HORS_LISTE, ILLISIBLE = "code hors liste", "valeur illisible"
SANS_CLE = "clé sans ligne dans son fichier de codes"
INTRUS = "donnée personnelle ôtée"
