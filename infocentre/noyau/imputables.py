"""Who answers for the anomalies of an indicator."""

from __future__ import annotations

from typing import Final, Literal

Imputable = Literal["guichet", "gestionnaire", "contexte"]
# Nobody does: its values are never judged.
PERSONNE: Final = "contexte"
