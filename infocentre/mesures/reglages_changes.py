"""A setting changed by a person: validated, written where commands read it, with who and when.

What people wrote in reglages.yml, comments included, stays as it is around the value.
"""

from __future__ import annotations

import fcntl
import io
import re
import tempfile
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any, get_args, get_origin

from pydantic import BaseModel
from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap

from infocentre.entrepot.journal import ajouter_ligne, lire_journal
from infocentre.mesures.reglages import (
    FICHIER,
    VRAISEMBLANCE,
    Arrondissement,
    Departement,
    Epci,
    Genre,
    Reglages,
    lire_reglages,
    lire_seuils,
)
from infocentre.noyau import temoins
from infocentre.noyau.erreurs import Refus
from infocentre.noyau.fichiers import ecrire, sha256
from infocentre.noyau.temps import maintenant

HISTORIQUE = "reglages.jsonl"
Valeur = int | float
_OBJETS = {Departement: "département", Epci: "EPCI", Arrondissement: "arrondissement"}
_ENTETE = "# Réglages de cette installation : ce qui n'y est pas garde sa valeur par défaut.\n"


@dataclass(frozen=True, slots=True)
class Reglage:
    """A setting as it is declared, and its value in force for one object ('' when it has none).

    `par` is what its values are for (département, EPCI, arrondissement), '' for all. `valeur` and
    `defaut` are None where nothing is set.
    """

    cle: str
    titre: str
    aide: str
    genre: Genre
    par: str
    objet: str
    valeur: Valeur | None
    defaut: Valeur | None
    vraisemblance: bool


@dataclass(frozen=True, slots=True)
class Changement:
    """Who changed what: values as they are written in reglages.yml, None for the default."""

    le: str
    par: str
    cle: str
    objet: str
    avant: Valeur | None
    apres: Valeur | None


def reglages(racine: Path) -> list[Reglage]:
    """Return every setting with its value in force, those by object once for each that is set."""
    fichier, rien = racine / FICHIER, racine / ".sans-reglages"
    return [
        *_decrire(lire_reglages(fichier), lire_reglages(rien), vraisemblance=False),
        *_decrire(lire_seuils(fichier), lire_seuils(rien), vraisemblance=True),
    ]


def trouver(racine: Path, cle: str, objet: str = "") -> Reglage:
    """Return one setting for an object; raise Refus when it does not exist."""
    tous = [un for un in reglages(racine) if un.cle == cle]
    if not tous:
        raise Refus("ce réglage n'existe pas", cle, "Le choisir dans la page des réglages.")
    vide = tous[0]
    if bool(vide.par) != bool(objet):
        quoi = f"« {vide.titre} » se fixe {'par ' + vide.par if vide.par else 'pour tous'}"
        raise Refus(quoi, que_faire="Choisir le territoire dans la page des réglages.")
    return next(
        (un for un in tous if un.objet == objet),
        Reglage(
            vide.cle,
            vide.titre,
            vide.aide,
            vide.genre,
            vide.par,
            objet,
            None,
            None,
            vide.vraisemblance,
        ),
    )


def essayer(racine: Path, cle: str, objet: str, texte: str) -> Reglages:
    """Return the settings as they would be; raise Refus that says what is wrong with the value."""
    un = trouver(racine, cle, objet)
    contenu = _ecrit(racine, un, lire_valeur(un, texte))
    return _valider(un, contenu)


def changer(racine: Path, cle: str, objet: str, texte: str, par: str) -> Changement:
    """Write a setting ('' gives it back its default) and who did it; raise Refus, nothing written.

    Two people who change two settings at once both have theirs.
    """
    racine.mkdir(parents=True, exist_ok=True)
    with (racine / f".{FICHIER}.verrou").open("a") as verrou:
        fcntl.flock(verrou, fcntl.LOCK_EX)
        un = trouver(racine, cle, objet)
        valeur = lire_valeur(un, texte)
        contenu = _ecrit(racine, un, valeur)
        _valider(un, contenu)
        ecrire(racine / FICHIER, contenu)
        tenus = {**temoins.lire(racine).get("reglages", {}), FICHIER: sha256(racine / FICHIER)}
        temoins.noter(racine, {"reglages": tenus})
        fait = Changement(maintenant(), par, cle, objet, un.valeur, valeur)
        ajouter_ligne(racine / HISTORIQUE, asdict(fait))
        return fait


def historique(racine: Path) -> list[Changement]:
    """Return every change made so, the newest first."""
    champs = Changement.__dataclass_fields__
    lus = reversed(lire_journal(racine / HISTORIQUE))
    return [Changement(**{nom: une.get(nom) for nom in champs}) for une in lus]


def lire_valeur(un: Reglage, texte: str) -> Valeur | None:
    """Read what a person types: 25, 12,5 (in percent for a share), 1 200; '' is the default."""
    nu = (
        re.sub(r"[\s\u00a0\u202f]", "", texte).removesuffix("%").removeprefix("×").replace(",", ".")
    )
    if not nu:
        return None
    try:
        lu = Decimal(nu)
    except InvalidOperation:
        raise _refus(un, texte) from None
    if not lu.is_finite() or (un.genre not in {"part", "facteur"} and lu != int(lu)):
        raise _refus(un, texte)
    if un.genre == "part":
        return float(lu / 100)
    return float(lu) if un.genre == "facteur" else int(lu)


_ATTENDUS: dict[Genre, str] = {
    "part": "un pourcentage, de 100 au plus",
    "nombre": "un nombre entier",
    "mois": "un nombre entier de mois",
    "jours": "un nombre entier de jours",
    "annee": "une année",
    "facteur": "un nombre supérieur à 1",
}


def _refus(un: Reglage, texte: str) -> Refus:
    return Refus(
        f"« {texte.strip()} » ne convient pas à « {un.titre} »",
        que_faire=f"Donner {_ATTENDUS[un.genre]}, ou rien pour la valeur par défaut.",
    )


def _decrire(lus: BaseModel, defauts: BaseModel, *, vraisemblance: bool) -> Iterator[Reglage]:
    for cle, champ in type(lus).model_fields.items():
        extra: Any = champ.json_schema_extra
        titre, aide = champ.title or cle, champ.description or ""
        valeur, defaut = getattr(lus, cle), getattr(defauts, cle)
        if get_origin(champ.annotation) is not dict:
            yield Reglage(cle, titre, aide, extra["genre"], "", "", valeur, defaut, vraisemblance)
            continue
        par = _OBJETS[get_args(champ.annotation)[0]]
        for objet, une in (valeur or {"": None}).items():
            yield Reglage(
                cle, titre, aide, extra["genre"], par, objet, une, defaut.get(objet), vraisemblance
            )


def _yaml() -> YAML:
    moteur = YAML()  # keeps comments and quotes
    moteur.preserve_quotes = True
    return moteur


def _ecrit(racine: Path, un: Reglage, valeur: Valeur | None) -> str:
    """Return the text of reglages.yml with this value."""
    fichier = racine / FICHIER
    lire_reglages(fichier)  # refuses a file that is wrong before this change
    texte = fichier.read_text("utf-8") if fichier.is_file() else _ENTETE
    lu = _yaml().load(texte)
    entete = texte if lu is None else ""
    lu = lu if lu is not None else CommentedMap()
    dans, cle = lu, un.cle
    if un.vraisemblance:
        dans = _sous(lu, VRAISEMBLANCE)
    elif un.par:
        dans, cle = _sous(lu, un.cle), un.objet
    if valeur is None:
        dans.pop(cle, None)
    else:
        dans[cle] = valeur
    if dans is not lu and not dans:
        lu.pop(VRAISEMBLANCE if un.vraisemblance else un.cle)
    if not lu:
        return entete or _ENTETE
    sortie = io.StringIO()
    _yaml().dump(lu, sortie)
    return entete + sortie.getvalue()


def _sous(lu: CommentedMap, cle: str) -> Any:  # noqa: ANN401 - a map that keeps its comments
    if not lu.get(cle):
        lu[cle] = CommentedMap()
    return lu[cle]


def _valider(un: Reglage, contenu: str) -> Reglages:
    """Read what would be written as commands read it."""
    with tempfile.TemporaryDirectory() as temporaire:
        essai = Path(temporaire) / FICHIER
        essai.write_text(contenu, "utf-8")
        try:
            lire_seuils(essai)
            return lire_reglages(essai)
        except Refus as refus:
            raise Refus(
                f"« {un.titre} » : {refus.quoi.split(' : ', 1)[-1]}",
                que_faire=f"Donner {_ATTENDUS[un.genre]}, ou rien pour la valeur par défaut.",
            ) from None
