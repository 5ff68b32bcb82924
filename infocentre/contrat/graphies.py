"""The spellings of the contract that several rooms name: what is empty, yes, no."""

from __future__ import annotations

from typing import Final

VIDES: Final = ("", "NA", "NA/NA")
# The same in files that are not in the contract's words: of databases, of workbooks, of reports.
_NON_RENSEIGNE = ("Non renseigné", "Non renseignée", "Non renseigne", "non renseigné")
VIDE: Final = "(vide)"
VIDES_AILLEURS: Final = (
    *(*VIDES, "NULL", "null", "(null)", "\\N", "N/A", "#N/A", VIDE, "-"),
    *(f"{jour}{heure}" for jour in ("00/00/0000", "0000-00-00") for heure in ("", " 00:00:00")),
    *_NON_RENSEIGNE,
    *(une.upper() for une in _NON_RENSEIGNE[:3]),
)
PAS_SU: Final = "999"  # of a count or an age
NON_DOCUMENTE: Final = "NONDOC"  # of a code, on its list or not: not filled, as an empty one
# In any case.
OUI: Final = ("1", "1,0", "1.0", "OUI", "O", "VRAI", "TRUE")
NON: Final = ("0", "0,0", "0.0", "NON", "N", "FAUX", "FALSE")
TEXTE_MAX: Final = 255  # characters; a longer text is cut
