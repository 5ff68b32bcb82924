"""What is held about a numéro, handed over to the person who asks: a document, or JSON."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Sequence
from dataclasses import dataclass

from infocentre.acces.conservation import lire_conservation
from infocentre.contrat.territoires import nom_departement
from infocentre.lecture.detenu import Piece, detenu
from infocentre.lecture.lecteur import Lecture
from infocentre.noyau.lecteurs import Lecteur
from infocentre.restitutions.document import (
    Bloc,
    Cellule,
    Colonne,
    Document,
    Paragraphe,
    Section,
    Tableau,
)
from infocentre.restitutions.formes import FORMES
from infocentre.restitutions.redaction import Contenu
from infocentre.restitutions.service import lire_service

JSON = "json"
FORMES_EXTRAIT = ("pdf", "html", JSON)
COLONNES_MAX = 4  # beyond, a row is told column by column


@dataclass(frozen=True)
class Traitement(Contenu):
    """Why the data are held, by whom and how long, as the settings say; `mois` in months."""

    modele = "droits/extrait.md"

    responsable: str
    base: str
    source_base: str
    finalite: str
    duree: str
    mois: int
    source_duree: str


def extraire(v: Lecture, numero: str, forme: str, jour: dt.date) -> bytes:
    """Return all that is held about a numéro; raise Refus when one may not see its demande."""
    pieces = detenu(v, numero)
    if forme == JSON:
        return _en_json(numero, pieces, jour)
    return FORMES[forme](_document(v, numero, pieces, jour))


def _en_json(numero: str, pieces: Sequence[Piece], jour: dt.date) -> bytes:
    objet = {
        "numero_unique": numero,
        "edite_le": jour.isoformat(),
        "pieces": [
            {
                "titre": une.titre,
                "note": une.note,
                "lignes": [dict(zip(une.colonnes, ligne, strict=True)) for ligne in une.lignes],
            }
            for une in pieces
        ],
    }
    return (json.dumps(objet, ensure_ascii=False, indent=1) + "\n").encode()


def _document(v: Lecture, numero: str, pieces: Sequence[Piece], jour: dt.date) -> Document:
    decide = lire_conservation(v.dossier.racine)
    derniere = max(v.version.livraisons, key=lambda une: une.arrete)
    duree = decide.durees.radiees
    traitement = Traitement(
        responsable=decide.responsable.dit,
        base=decide.base.dit,
        source_base=decide.base.source,
        finalite=decide.finalite.dit,
        duree=duree.dit,
        mois=duree.mois,
        source_duree=duree.source,
    )
    sections = [traitement.section()]
    sections += [Section(une.titre, tuple(_blocs(rang, une))) for rang, une in enumerate(pieces)]
    return Document(
        "courriers",
        f"Demande {numero}",
        nom_departement(derniere.departement),
        "Droit d’accès : ce qui est détenu",
        dt.date.fromisoformat(derniere.arrete),
        v.version.numero,
        tuple(sections),
        mentions={"Référence": numero, "Date": f"{jour:%d/%m/%Y}"},
        lecteur=Lecteur.PERSONNE,
        service=lire_service(v.dossier.racine),
        edite=jour,
    )


def _blocs(rang: int, une: Piece) -> list[Bloc]:
    blocs: list[Bloc] = [Paragraphe(une.note)] if une.note else []
    if not une.lignes:
        return blocs
    if len(une.colonnes) <= COLONNES_MAX:
        return [*blocs, _tableau(f"piece-{rang}", une.titre, une.colonnes, une.lignes)]
    for numero, ligne in enumerate(une.lignes):
        faits = [
            (nom, un) for nom, un in zip(une.colonnes, ligne, strict=True) if un not in ("", "None")
        ]
        titre = une.titre if len(une.lignes) == 1 else _dater_titre(une.titre, *ligne[-2:])
        blocs.append(_tableau(f"piece-{rang}-{numero}", titre, ("Donnée", "Valeur"), faits))
    return blocs


def _dater_titre(titre: str, depuis: str, jusqu_a: str) -> str:
    """Return a title with the months of its row: « …, mai 2026 », « …, mai 2026 à juin 2026 »."""
    quand = depuis if depuis == jusqu_a else f"{depuis} à {jusqu_a}"
    return f"{titre}, {quand}" if quand else titre


def _tableau(
    cle: str, titre: str, colonnes: Sequence[str], lignes: Sequence[Sequence[str]]
) -> Tableau:
    return Tableau(
        cle,
        titre,
        tuple(Colonne(un) for un in colonnes),
        tuple(tuple(Cellule(un) for un in ligne) for ligne in lignes),
    )
