"""Messages in plain text: a template of reports/ and the facts of an affaire."""

from __future__ import annotations

import functools
from collections.abc import Mapping

from jinja2 import Environment, TemplateError

from infocentre.noyau import francais, temps
from infocentre.noyau.erreurs import Refus
from infocentre.noyau.gabarits import lire_gabarits

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
        Refus: the template cannot be read, or uses a name that does not exist.
    """
    try:
        texte = _milieu().get_template(modele).render(noms)
    except TemplateError as erreur:
        raise Refus(
            f"ce modèle de message ne peut pas être lu ({erreur})",
            f"reports/{modele}",
            "Corriger ce modèle, puis recommencer : rien n'est parti.",
        ) from None
    objet, _, corps = texte.partition("\n")
    return " ".join(francais.composer(objet).split()), francais.composer(corps.strip()) + "\n"


@functools.cache
def _milieu() -> Environment:
    return lire_gabarits({un.__name__: un for un in _MOTS})
