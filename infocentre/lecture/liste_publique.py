"""The list to publish as data: CSV and GeoJSON under a Table Schema; what two versions differ by.

Same data and same accepted changes, same bytes: a version is known by the sha256 of its CSV. No
delivery says where a guichet is on a map: the GeoJSON has no geometry.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from infocentre.lecture.guichets import RESERVE, reserve
from infocentre.lecture.lignes import Guichet
from infocentre.noyau import horaires
from infocentre.noyau.types_guichet import TypeGuichet

TOUS = "Tout public"


class Champ(NamedTuple):
    """A column: its name, its title, what it says, what its values obey."""

    nom: str
    titre: str
    description: str
    contraintes: Mapping[str, Any]


_REQUIS: dict[str, Any] = {"required": True}
CHAMPS = (
    Champ("code", "Code du guichet", "Code du guichet enregistreur.", _REQUIS | {"unique": True}),
    Champ("nom", "Nom", "Nom du guichet.", _REQUIS),
    Champ("type", "Type", "Qui tient le guichet.", _REQUIS),
    Champ("adresse", "Adresse", "Numéro et voie.", {}),
    Champ("code_postal", "Code postal", "Code postal.", {"pattern": r"\d{5}"}),
    Champ("code_commune", "Code de la commune", "Code INSEE.", {"pattern": r"\d[\dAB]\d{3}"}),
    Champ("commune", "Commune", "Nom de la commune, ou de l'arrondissement.", {}),
    Champ("telephone", "Téléphone", "Téléphone du guichet.", {}),
    Champ("horaires", "Horaires", "Horaires d'ouverture, en toutes lettres.", {}),
    Champ("horaires_osm", "Horaires (OSM)", "Les mêmes, comme opening_hours d'OpenStreetMap.", {}),
    Champ(
        "public",
        "Public reçu",
        "De qui le guichet reçoit les demandes.",
        _REQUIS | {"enum": [TOUS, RESERVE]},
    ),
)
NOMS = tuple(un.nom for un in CHAMPS)
# What a file of the portal is compared by, and what changes are told of.
COMPARES = ("adresse", "code_postal", "telephone", "horaires")


class Difference(NamedTuple):
    """What a version says of a guichet, and another otherwise; '' where it says nothing."""

    code: str
    nom: str
    champ: str
    avant: str
    apres: str


def lignes(liste: Iterable[Guichet]) -> list[dict[str, str]]:
    """Return the rows to publish, by code."""
    return sorted(map(_ligne, liste), key=lambda une: une["code"])


def _ligne(une: Guichet) -> dict[str, str]:
    type_ = TypeGuichet.lire(une["type_guichet"]) or TypeGuichet.AUTRE
    code_commune = une["commune"] or ""
    valeurs = (
        une["guichet"],
        une["nom"] or une["guichet"],
        type_.singulier,
        une["adresse"] or "",
        une["code_postal"] or "",
        code_commune,
        une["nom_commune"],
        une["telephone"] or "",
        horaires.dire(une["horaires"]).replace("\u00a0", " "),
        horaires.osm(une["horaires"]),
        reserve(une) or TOUS,
    )
    return dict(zip(NOMS, valeurs, strict=True))


def en_csv(rangees: Iterable[Mapping[str, str]]) -> bytes:
    """Return rows as a CSV in UTF-8, as its schema says it."""
    flux = io.StringIO()
    ecrivain = csv.DictWriter(flux, NOMS, lineterminator="\r\n")
    ecrivain.writeheader()
    ecrivain.writerows(rangees)
    return flux.getvalue().encode()


def en_geojson(rangees: Iterable[Mapping[str, str]]) -> bytes:
    """Return rows as a GeoJSON (RFC 7946), whose places are not known."""
    points = [
        {"type": "Feature", "id": une["code"], "geometry": None, "properties": dict(une)}
        for une in rangees
    ]
    collection = {"type": "FeatureCollection", "features": points}
    return json.dumps(collection, ensure_ascii=False, indent=1).encode()


def schema() -> bytes:
    """Return the Table Schema of the CSV."""
    champs = [
        {
            "name": un.nom,
            "title": un.titre,
            "description": un.description,
            "type": "string",
            **({"constraints": dict(un.contraintes)} if un.contraintes else {}),
        }
        for un in CHAMPS
    ]
    decrit = {
        "$schema": "https://specs.frictionlessdata.io/schemas/table-schema.json",
        "name": "guichets-enregistreurs",
        "title": "Guichets enregistreurs de la demande de logement social",
        "fields": champs,
        "primaryKey": "code",
        "missingValues": [""],
    }
    return json.dumps(decrit, ensure_ascii=False, indent=1).encode()


def empreinte(octets: bytes) -> str:
    """Return the sha256 by which a version is known."""
    return hashlib.sha256(octets).hexdigest()


def differences(
    avant: Iterable[Mapping[str, str]],
    apres: Iterable[Mapping[str, str]],
    champs: Sequence[str] = NOMS[1:],
) -> list[Difference]:
    """Return what the second says otherwise, guichet by guichet; one that comes or goes is said."""
    d_avant, d_apres = ({une["code"]: une for une in unes} for unes in (avant, apres))
    trouvees: list[Difference] = []
    for code in sorted(d_avant.keys() | d_apres.keys()):
        lue, autre = d_avant.get(code), d_apres.get(code)
        if lue is None or autre is None:
            nom = (lue or autre or {}).get("nom") or code
            dits = ("", "présent") if lue is None else ("présent", "")
            trouvees.append(Difference(code, nom, "guichet", *dits))
            continue
        trouvees += [
            Difference(code, autre["nom"] or code, champ, lue[champ], autre[champ])
            for champ in champs
            if champ in lue and lue[champ] != autre[champ]
        ]
    return trouvees
