"""What the units of a population are called, in the plural, for those that a reader counts."""

from __future__ import annotations

UNITES = {
    "creations": "demandes déposées",
    "creations_15j": "demandes déposées",
    "enregistrements": "demandes enregistrées",
    "attributions": "attributions",
    "radiations": "radiations",
    "renouvellements": "renouvellements",
}
