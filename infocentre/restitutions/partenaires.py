"""Who receives a bilan: partners, what each may see, to whom it is sent.

They are typed in INFOCENTRE_DOSSIER/partenaires.yml, or derived from the register without it.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from infocentre.contrat.territoires import nom_departement, territoires
from infocentre.lecture.commun import par_version, registre
from infocentre.lecture.lecteur import Lecture
from infocentre.lecture.lieux import epcis
from infocentre.lecture.lignes import Inscription
from infocentre.noyau import fichiers_yaml
from infocentre.noyau.champs import refus_champs
from infocentre.noyau.erreurs import Refus
from infocentre.noyau.francais import clef_de_tri, du_departement, slug
from infocentre.noyau.lecteurs import Lecteur
from infocentre.noyau.organismes import noms_organismes
from infocentre.noyau.types_guichet import SANS_ORGANISME, TypeGuichet
from infocentre.restitutions.lecture import Edition

FICHIER = "partenaires.yml"
EXEMPLE = """partenaires:
  - nom: DDETS des Bouches-du-Rhône
    genre: etat
    diffusion: [bureau.logement@exemple.fr]
  - nom: CC Vallée des Baux-Alpilles
    genre: collectivite
    epci: ["241300375"]
"""
Genre = Literal["gip_sne", "etat", "collectivite", "organisme", "ush", "action_logement"]
# Those whose bilan has a part of their own: of the others, it is the whole one.
A_SOI: frozenset[Genre] = frozenset({"action_logement", "collectivite", "organisme"})
# Those that are a réservataire alone, by the flux that tells it.
CONTINGENTS: Mapping[Genre, str] = {"action_logement": "flux-action-logement"}
# What a partner is called besides its name: the words of the guide, of an agenda.
ALIAS: Mapping[str, Genre] = {
    "etat": "etat",
    "ush": "ush",
    "action-logement": "action_logement",
}
_COURRIEL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
_CORRIGER = "Corriger ce fichier, puis recommencer : rien n'a été imprimé."


def _courriel(valeur: str) -> str:
    if not _COURRIEL.fullmatch(valeur):
        message = f"« {valeur} » n'est pas une adresse électronique"
        raise ValueError(message)
    return valeur


def _nom(valeur: str) -> str:
    if not cle(valeur):
        message = "le nom est vide"
        raise ValueError(message)
    return valeur.strip()


class Partenaire(BaseModel):
    """A recipient: what it may see is `epci`, `communes` or `guichets`; nothing for everything."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    nom: Annotated[str, AfterValidator(_nom)]
    genre: Genre
    epci: tuple[str, ...] = ()
    communes: tuple[str, ...] = ()
    guichets: tuple[str, ...] = ()
    diffusion: tuple[Annotated[str, AfterValidator(_courriel)], ...] = ()

    @property
    def lecteur(self) -> Lecteur:
        """Whom its bilan is for: itself alone, when its own counts are in it."""
        siens = self.genre in CONTINGENTS or (
            self.genre in A_SOI and (self.guichets or self.epci or self.communes)
        )
        return Lecteur.DESTINATAIRE if siens else Lecteur.PUBLIC

    @property
    def cle(self) -> str:
        """Name of its file: its name in lower case, without accent nor space."""
        return cle(self.nom)


class _Fichier(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    partenaires: Annotated[tuple[Partenaire, ...], Field(min_length=1)]


def cle(nom: str) -> str:
    """Return a name as it is written in a file's name."""
    return slug(nom)[:60]


def partenaires(edition: Edition) -> dict[str, Partenaire]:
    """Return the partners by key, in their order; raise Refus that names the file and fields."""
    chemin = edition.v.dossier.racine / FICHIER
    if not chemin.exists():
        return _deduits(edition.v, edition.departement, edition.mois, chemin)
    liste = lire(chemin)
    _verifier(liste, registre(edition.v, edition.departement, edition.mois), chemin)
    return {un.cle: un for un in liste}


@par_version
def _deduits(v: Lecture, departement: str, mois: str, chemin: Path) -> dict[str, Partenaire]:
    """Return the partners that a register tells, by key; `chemin` is where they may be written."""
    inscrits = registre(v, departement, mois)
    liste = list(_deduire(inscrits, departement, epcis(v, departement)))
    _verifier(liste, inscrits, chemin)
    return {un.cle: un for un in liste}


def lire(chemin: Path) -> list[Partenaire]:
    """Read partenaires.yml; raise Refus that names it and each field that is wrong."""
    try:
        contenu = fichiers_yaml.valeurs(chemin) or {}
        return list(_Fichier.model_validate(_en_tuples(contenu)).partenaires)
    except ValidationError as erreur:
        raise _refus(erreur, chemin) from None


def _en_tuples(contenu: object) -> object:
    """Return lists as the tuples that strict models ask for."""
    if isinstance(contenu, list):
        return tuple(map(_en_tuples, contenu))
    if isinstance(contenu, dict):
        return {nom: _en_tuples(valeur) for nom, valeur in contenu.items()}
    return contenu


def _refus(erreur: ValidationError, chemin: Path) -> Refus:
    rangs = [
        str(pas + 1) for un in erreur.errors() for pas in un["loc"][1:2] if isinstance(pas, int)
    ]
    quoi = refus_champs(erreur, str(chemin), "").quoi
    ou = f"{chemin}, partenaire n° {', '.join(dict.fromkeys(rangs))}" if rangs else str(chemin)
    return Refus(quoi, ou, _CORRIGER)


@functools.cache
def _epci() -> frozenset[str]:
    return frozenset(un.epci for un in territoires().values() if un.epci)


def _verifier(
    liste: Collection[Partenaire], inscrits: Collection[Inscription], chemin: Path
) -> None:
    """Raise Refus for two partners of one name, for a place or guichet that does not exist."""
    guichets = {une["guichet"] for une in inscrits}
    communes = territoires().keys()
    vus: set[str] = set()
    for un in liste:
        if un.cle in vus:
            raise Refus(f"deux partenaires s'appellent « {un.nom} »", str(chemin), _CORRIGER)
        vus.add(un.cle)
        for champ, connus in (("epci", _epci()), ("communes", communes), ("guichets", guichets)):
            for code in getattr(un, champ):
                if code not in connus:
                    quoi = f"champ « {champ} » de « {un.nom} » : {code} n'existe pas"
                    raise Refus(quoi, str(chemin), _CORRIGER)
        if un.genre == "organisme" and not un.guichets:
            quoi = f"champ « guichets » de « {un.nom} » : il manque, un organisme a des guichets"
            raise Refus(quoi, str(chemin), _CORRIGER)


def trouver(connus: Mapping[str, Partenaire], nom: str) -> Partenaire:
    """Return a partner by its name, a part of it, or what it is called; raise Refus that names all.

    « État » is the partner of that kind when it is the only one.
    """
    voulu = cle(nom)
    if voulu in connus:
        return connus[voulu]
    du_genre = [un for un in connus.values() if un.genre == ALIAS.get(voulu)]
    contiennent = [un for un in connus.values() if voulu and voulu in un.cle]
    for trouves in (du_genre, contiennent):
        if len(trouves) == 1:
            return trouves[0]
    plusieurs = du_genre or contiennent
    quoi = "désigne plusieurs partenaires" if plusieurs else "n'est pas un partenaire"
    noms = "\n".join(f"  {un.nom}" for un in plusieurs or connus.values())
    raise Refus(f"« {nom} » {quoi}", que_faire=f"Choisir parmi :\n{noms}")


# --- Without a file -------------------------------------------------------------------------------


def _deduire(
    lignes: Collection[Inscription], departement: str, noms_epci: Mapping[str, str]
) -> Iterator[Partenaire]:
    """Yield the partners that a register tells, without anyone to send to."""
    ici = du_departement(departement, nom_departement(departement))
    yield Partenaire(nom="GIP SNE", genre="gip_sne")
    yield Partenaire(nom=f"DDETS {ici}", genre="etat", guichets=_de_type(lignes, TypeGuichet.ETAT))
    yield Partenaire(
        nom="Action Logement",
        genre="action_logement",
        guichets=_de_type(lignes, TypeGuichet.ACTION_LOGEMENT),
    )
    yield Partenaire(nom="Union sociale pour l'habitat", genre="ush")
    organismes = {un.cle: un for un in _organismes(lignes)}
    for code, nom in noms_epci.items():
        sien = organismes.pop(cle(nom), None)
        guichets = sien.guichets if sien else ()
        yield Partenaire(nom=nom, genre="collectivite", epci=(code,), guichets=guichets)
    yield from organismes.values()


def _de_type(lignes: Collection[Inscription], type_guichet: str) -> tuple[str, ...]:
    return tuple(une["guichet"] for une in lignes if une["type_guichet"] == type_guichet)


def _organismes(lignes: Collection[Inscription]) -> Iterator[Partenaire]:
    """Yield the organismes that have a SIREN, by name; a name borne twice tells its SIREN.

    A commune is a collectivité: its territory is where its guichets are.
    """
    siens: dict[str, list[Inscription]] = {}
    for une in lignes:
        if une["siren"] and une["type_guichet"] not in SANS_ORGANISME:
            siens.setdefault(une["organisme"], []).append(une)
    noms = noms_organismes(lignes)
    cles = [cle(noms[organisme]) for organisme in siens]
    for organisme in sorted(siens, key=lambda un: (clef_de_tri(noms[un]), un)):
        nom = noms[organisme]
        double = cles.count(cle(nom)) > 1
        communes = _communes(siens[organisme])
        yield Partenaire(
            nom=f"{nom} ({organisme})" if double else nom,
            genre="collectivite" if communes else "organisme",
            communes=communes,
            guichets=tuple(une["guichet"] for une in siens[organisme]),
        )


def _communes(siennes: Collection[Inscription]) -> tuple[str, ...]:
    """Return the communes of an organisme that is one, nothing for another."""
    if {une["type_guichet"] for une in siennes} != {TypeGuichet.COMMUNE}:
        return ()
    return tuple(
        sorted(
            {
                une["commune"]
                for une in siennes
                if une["commune"] and une["commune"] in territoires()
            }
        )
    )
