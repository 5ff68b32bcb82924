"""Messages in plain text: a template of reports/ and the facts of an affaire.

A document leaves out the paragraph that needs what is missing; a message is refused.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping
from typing import TypeVar

from jinja2 import Environment, nodes

from infocentre.noyau import francais, temps
from infocentre.noyau.erreurs import Refus
from infocentre.noyau.gabarits import lire_gabarits
from infocentre.restitutions.redaction import MAL_ECRIT, ligne_de, refus_de, sauf_absent

T = TypeVar("T")

_MOTS = (
    francais.accord,
    francais.compter,
    francais.de,
    francais.entier,
    francais.enumerer,
    francais.majuscule,
    francais.minuscule,
    francais.pourcentage,
    francais.rapport,
    temps.dater,
    temps.de_mois,
    temps.nom_mois,
)


def rediger(modele: str, noms: Mapping[str, object]) -> tuple[str, str]:
    """Return (subject, body) of a message: the first line of its template is the subject.

    Raises:
        Refus: the template cannot be read, uses a name that does not exist, or one not yet said.
    """
    try:
        texte = _milieu().get_template(modele).render(noms)
    except _NonDit as erreur:
        raise _refus_non_dit(modele, erreur, noms) from None
    except MAL_ECRIT as erreur:
        corriger = "Corriger ce modèle, puis recommencer : rien n'est parti."
        raise refus_de(modele, erreur, corriger) from None
    objet, _, corps = texte.partition("\n")
    return " ".join(francais.composer(objet).split()), francais.composer(corps.strip()) + "\n"


class _NonDit(ValueError):
    """What a message was to write that no event of the affaire has said."""


def _ecrire(valeur: T) -> T:
    if valeur is None:
        raise _NonDit
    return valeur


def _refus_non_dit(modele: str, erreur: _NonDit, noms: Mapping[str, object]) -> Refus:
    """Say which names of the line that was being written have nothing to say yet."""
    ligne, milieu = ligne_de(erreur), _milieu()
    source = milieu.loader.get_source(milieu, modele)[0] if milieu.loader else ""
    vides = [
        f"« {nom.name} »"
        for nom in milieu.parse(source).find_all(nodes.Name)
        if nom.lineno == ligne and noms.get(nom.name, "") is None
    ]
    quoi = ", ".join([*dict.fromkeys(vides), "que"]) if vides else "ce que"
    return Refus(
        f"ce message écrit {quoi} rien ne dit encore",
        refus_de(modele, erreur).ou,
        "Le dire d'abord dans l'affaire, ou corriger ce modèle : rien n'est parti.",
    )


@functools.cache
def _milieu() -> Environment:
    return lire_gabarits({un.__name__: sauf_absent(un) for un in _MOTS}, ecrire=_ecrire)
