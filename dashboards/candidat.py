"""What the page « De la requête à l'indicateur » asks of the server: try a rule."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import flask

from dashboards.composants.candidat import champs_de_regle, montrer_apercu
from dashboards.courant import dossier
from dashboards.requetes import appel, fermer, place
from infocentre.exports import lisible
from infocentre.noyau.erreurs import Refus
from infocentre.requetes.borne import essayer

NOMBRES = range(1, 37)
LARGEURS = (300, 760)

candidats = flask.Blueprint("candidats", __name__)
candidats.before_request(fermer)
candidats.add_app_template_filter(lisible, "nombre")


@candidats.post("/requetes/indicateur/essayer")
@appel
def essai(corps: Mapping[str, Any]) -> Mapping[str, Any]:
    """Preview the rule of a filled form over past months; nothing is written."""
    textes = {str(nom): str(texte) for nom, texte in corps.items()}
    code = textes.get("code", "").strip().upper()
    champs = champs_de_regle(code, textes)
    nombre = _nombre(textes.get("nombre", ""))
    with place():
        apercu = essayer(dossier(), champs, mois=nombre, departement=textes.get("departement"))
    return {"html": montrer_apercu(apercu, champs, _largeur(corps.get("largeur")))}


def _largeur(place: object) -> float:
    """Return how wide the chart is, from the room that the page has for it."""
    return (
        min(max(float(place), LARGEURS[0]), LARGEURS[1]) if isinstance(place, int) else LARGEURS[1]
    )


def _nombre(texte: str) -> int:
    if not texte.isdigit() or int(texte) not in NOMBRES:
        raise Refus(
            f"« {texte} » n'est pas un nombre de mois",
            que_faire=f"De {NOMBRES[0]} à {NOMBRES[-1]} mois.",
        )
    return int(texte)
