"""The settings that a préfet decides and that are not written: what the documents go without."""

from __future__ import annotations

from infocentre.lecture.lecteur import Lecture
from infocentre.noyau.francais import enumerer

# Settings without a value of their own, by what they are called.
A_FIXER = {
    "delai_anormalement_long": "le délai anormalement long",
    "logement_dabord_objectif": "l'objectif annuel du Logement d'abord",
}


def dire_a_fixer(v: Lecture, departement: str, mois: str) -> str:
    """Say which settings of a département are missing and how to write them, '' when none is."""
    connues = v.tuples(
        "SELECT DISTINCT cle FROM reglages WHERE departement = $departement",
        {"departement": departement},
    )
    absents = {cle: nom for cle, nom in A_FIXER.items() if (cle,) not in connues}
    if not absents:
        return ""
    return (
        f"Les documents disent « non fixé » pour {enumerer(list(absents.values()))}. Une fois "
        f"l'arrêté pris, écrire {enumerer(list(absents))} dans reglages.yml, puis lancer "
        f"infocentre controler --mois {mois}."
    )
