"""A letter or a relevé that a procedure prints: who writes it, its day, what it is of."""

from __future__ import annotations

import datetime as dt

from infocentre.contrat.territoires import nom_departement
from infocentre.lecture.lecteur import Lecture
from infocentre.noyau.lecteurs import Lecteur
from infocentre.restitutions.document import Document, Section
from infocentre.restitutions.service import lire_service


def courrier(  # noqa: PLR0913 - what a letter says of itself
    v: Lecture,
    departement: str,
    titre: str,
    periode: str,
    sections: tuple[Section, ...],
    le: dt.date,
    *,
    lecteur: Lecteur,
    arrete: dt.date | None = None,
    reference: str = "",
    a: str = "",
    envoi: str = "",
) -> Document:
    """Return what is printed on a day; `arrete` is that of the data that it rests on, if any.

    Of a letter, `a` is to whom and where, `envoi` how it leaves.
    """
    service = lire_service(v.dossier.racine)
    jour = f"{le:%d/%m/%Y}"
    dites = {
        "À": a,
        "Référence": reference,
        "Envoi": envoi,
        "Date": f"{service.lieu}, le {jour}" if a and service.lieu else jour,
    }
    return Document(
        "courriers",
        titre,
        nom_departement(departement),
        periode,
        arrete or le,
        v.version.numero if arrete else 0,
        sections,
        mentions={nom: dite for nom, dite in dites.items() if dite},
        lecteur=lecteur,
        service=service,
        edite=le,
    )
