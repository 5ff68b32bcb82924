"""The library of queries: one SELECT per file, with what people may choose in it.

A file begins with its header, fields as in the other SQL files; each parameter is a small mapping:

    -- titre: Demandes à renouveler, par guichet
    -- parametre jours: {type: entier, libelle: Jours à venir, defaut: 60, min: 1, max: 366}
    -- synonymes: échéances proches, demandes qui vont expirer

`synonymes` are other words that people ask it by. A `liste` takes its codes from `valeurs` (written
there), `codes` (a list of the contract) or `requete` (a SELECT of codes and labels on the analysts'
file).
"""

from __future__ import annotations

import datetime as dt
import functools
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any, Literal, Self

import yaml
from pydantic import BaseModel, BeforeValidator, ConfigDict, ValidationError, model_validator

from infocentre.catalogue.analyse import SQL_MAX, ErreurSql, parametres_nommes
from infocentre.catalogue.messages import en_francais
from infocentre.catalogue.modele import Nom, Texte
from infocentre.contrat import contrat
from infocentre.contrat.intitules import est_un_taux
from infocentre.noyau.champs import refus_champs
from infocentre.noyau.config import dossier_donnees, ressources
from infocentre.noyau.erreurs import Refus
from infocentre.noyau.fichiers import lire_texte

Valeur = str | int | float | dt.date | None
Interroger = Callable[[str], Sequence[Sequence[Any]]]

LONGUEUR_TEXTE = 200
ENTETE_MAX, LIGNES_MAX, PARAMETRES_MAX = 4_096, 100, 100  # characters, lines, parameters
IMBRICATION_MAX = 100  # brackets of one value: YAML takes the square of their number
_CHAMP = re.compile(r"-- (\w+)(?: (\w+))?:(.*)")
_SUITE = re.compile(r"--\s{2,}(?=\S)")
GARDEES = 256
_CORRIGER = "Corriger ce fichier de la bibliothèque, puis recommencer."


def _separer(valeur: object) -> object:
    if not isinstance(valeur, str):
        return valeur
    return tuple(nu for un in valeur.split(",") if (nu := un.strip()))


def _couples(valeur: object) -> object:
    """Let codes that are their own labels be written as a list."""
    return {str(un): str(un) for un in valeur} if isinstance(valeur, list) else valeur


class _Fige(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Parametre(_Fige):
    """What a person may choose; `defaut` is written as a person would type it."""

    type: Literal["texte", "entier", "nombre", "date", "mois", "liste"]
    libelle: Texte
    aide: Texte | None = None
    defaut: Texte | None = None
    facultatif: bool = False
    min: float | None = None
    max: float | None = None
    valeurs: Annotated[dict[str, Texte], BeforeValidator(_couples)] | None = None
    codes: Texte | None = None
    requete: Texte | None = None

    @model_validator(mode="after")
    def _coherent(self) -> Self:
        sources = [un for un in (self.valeurs, self.codes, self.requete) if un is not None]
        if (self.type == "liste") != (len(sources) == 1) or len(sources) > 1:
            message = "une liste, et elle seule, a « valeurs », « codes » ou « requete »"
            raise ValueError(message)
        if self.codes is not None and self.codes not in contrat().codes:
            message = f"la liste de codes « {self.codes} » n'existe pas"
            raise ValueError(message)
        if self.type not in ("entier", "nombre") and (self.min, self.max) != (None, None):
            message = "« min » et « max » ne vont qu'avec un nombre"
            raise ValueError(message)
        if self.defaut is not None:
            _convertir(self, self.defaut, self.choix_ecrits)
        return self

    @property
    def choix_ecrits(self) -> Mapping[str, str] | None:
        """Return {code: label} of a list that is not a query's, None otherwise."""
        return contrat().codes[self.codes] if self.codes else self.valeurs


class Requete(_Fige):
    """One query of the library, or a person's own; `sql` is the whole text, header included."""

    nom: Nom
    titre: Texte
    description: Texte
    grain: Texte | None = None
    auteur: Texte | None = None
    theme: Texte | None = None
    tags: Annotated[tuple[Texte, ...], BeforeValidator(_separer)] = ()
    synonymes: Annotated[tuple[Texte, ...], BeforeValidator(_separer)] = ()
    parametres: dict[str, Parametre] = {}
    sql: Texte

    def __hash__(self) -> int:
        """Its text says everything else."""
        return hash((self.nom, self.sql))

    @property
    def fichier(self) -> str:
        """Name of its file."""
        return f"{self.nom}.sql"


def dossiers_bibliotheque() -> tuple[Path, Path]:
    """Return where files are read: those that come with the infocentre, then the territory's."""
    return ressources("queries") / "bibliotheque", dossier_donnees() / "bibliotheque"


def lire_bibliotheque(*dossiers: Path) -> dict[str, Requete]:
    """Read and validate every file, by name; raises Refus that names the file and the field."""
    chemins = [
        chemin
        for dossier in dossiers or dossiers_bibliotheque()
        for chemin in sorted(dossier.glob("*.sql"))
    ]
    lues: dict[str, Requete] = {}
    for chemin in chemins:
        if chemin.stem in lues:
            raise Refus(
                f"la requête « {chemin.stem} » est déjà dans la bibliothèque",
                str(chemin),
                "Renommer ce fichier.",
            )
        lues[chemin.stem] = _gardee(lire_texte(chemin, chemin.name), chemin.stem)
    return dict(sorted(lues.items()))


@functools.lru_cache(GARDEES)
def _gardee(texte: str, nom: str) -> Requete:
    """Keep what was read of a file as long as its text is the same."""
    return lire_requete(texte, nom)


def trouver_requete(requetes: Mapping[str, Requete], nom: str) -> Requete:
    """Return the query of a name, in any case; raises Refus that says where names are."""
    requete = requetes.get(nom.strip().lower().removesuffix(".sql"))
    if requete is None:
        raise Refus(
            f"la requête « {nom} » n'est pas dans la bibliothèque",
            que_faire="Les requêtes : infocentre bibliotheque",
        )
    return requete


def lire_requete(texte: str, nom: str) -> Requete:
    """Read the text of a file of the library; raises Refus for whatever is wrong in it."""
    try:
        requete = Requete.model_validate({**_champs(texte, f"{nom}.sql"), "nom": nom, "sql": texte})
        _exiger_parametres(requete, parametres_nommes(texte))
    except ValidationError as erreur:
        quoi = refus_champs(erreur, nom).quoi
        quoi = quoi.replace("champ inconnu du catalogue", "champ inconnu d'une requête")
        raise Refus(quoi, f"{nom}.sql", _CORRIGER) from None
    except ErreurSql as erreur:
        raise Refus(en_francais(str(erreur)), f"{nom}.sql", _CORRIGER) from None
    return requete


def requete_libre(texte: str, titre: str = "Requête") -> Requete:
    """Read a person's query: the header may be missing, in whole or in part.

    A parameter that the header does not declare is a compulsory text. SQL that cannot be read is
    left for its execution to explain; nothing of it is read beyond its longest.
    """
    if len(texte) > SQL_MAX:
        raise Refus(f"la requête dépasse {SQL_MAX} caractères", titre, "La raccourcir.")
    if not texte.strip():
        raise Refus("la requête est vide", que_faire="Par exemple : from valeurs")
    try:
        nommes = parametres_nommes(texte)
    except ErreurSql:
        nommes = frozenset()
    champs = _champs(texte, titre)
    declares = champs.setdefault("parametres", {})
    if len(nommes | declares.keys()) > PARAMETRES_MAX:
        raise Refus(
            f"plus de {PARAMETRES_MAX} paramètres", titre, "Écrire les valeurs dans la requête."
        )
    for nom in sorted(nommes - declares.keys()):
        declares[nom] = {"type": "texte", "libelle": nom}
    champs = {"titre": titre, "description": titre, **champs, "nom": "requete", "sql": texte}
    try:
        return Requete.model_validate(champs)
    except ValidationError as erreur:
        quoi = refus_champs(erreur, titre).quoi
        raise Refus(quoi, titre, "Corriger l'en-tête de la requête.") from None


def choix(parametre: Parametre, interroger: Interroger) -> dict[str, str]:
    """Return {code: label} of a list, in order; `interroger` runs a SELECT and gives its rows."""
    if parametre.requete is None:
        return dict(parametre.choix_ecrits or {})
    return {str(ligne[0]): str(ligne[-1]) for ligne in interroger(parametre.requete)}


def valeurs(
    requete: Requete,
    textes: Mapping[str, str],
    listes: Mapping[str, Mapping[str, str]] | None = None,
) -> dict[str, Valeur]:
    """Return what DuckDB is given for each parameter, from what a person typed.

    A name left out takes its default; an empty text is « no choice » where the parameter is
    facultatif. `listes` holds the {code: label} of the lists that come from a query, when known.

    Raises:
        Refus: a parameter that does not exist, has no value, or one out of its type or bounds.
    """
    for nom in textes:
        if nom not in requete.parametres:
            raise _refus_parametre(requete, nom)
    return {
        nom: _valeur(nom, parametre, textes.get(nom), (listes or {}).get(nom))
        for nom, parametre in requete.parametres.items()
    }


def colonnes_taux(colonnes: Iterable[str]) -> tuple[str, ...]:
    """Return the columns that are ratios by their names, to be shown in percent."""
    return tuple(nom for nom in colonnes if est_un_taux(nom))


def _valeur(
    nom: str, parametre: Parametre, texte: str | None, liste: Mapping[str, str] | None
) -> Valeur:
    donne = (texte or "").strip()
    if not donne and (texte is None or not parametre.facultatif):
        donne = parametre.defaut or ""
    if donne:
        try:
            return _convertir(parametre, donne, parametre.choix_ecrits or liste)
        except ValueError as erreur:
            raise Refus(f"paramètre « {nom} » : {erreur}", que_faire=attendu(parametre)) from None
    if parametre.facultatif:
        return None
    raise Refus(f"paramètre « {nom} » : il manque une valeur", que_faire=attendu(parametre))


def _convertir(parametre: Parametre, texte: str, liste: Mapping[str, str] | None) -> Valeur:
    """Read a text as a value; raises ValueError with a message in French."""
    if parametre.type == "liste":
        if liste is not None and texte not in liste:
            message = f"« {texte} » n'est pas dans la liste"
            raise ValueError(message)
        return texte
    lu = _LECTEURS[parametre.type](texte)
    if isinstance(lu, int | float):
        _exiger_bornes(parametre, texte, lu)
    return lu


def _exiger_bornes(parametre: Parametre, texte: str, nombre: float) -> None:
    if parametre.min is not None and nombre < parametre.min:
        message = f"{texte} est inférieur à {parametre.min:g}"
        raise ValueError(message)
    if parametre.max is not None and nombre > parametre.max:
        message = f"{texte} dépasse {parametre.max:g}"
        raise ValueError(message)


def _lire_texte(texte: str) -> str:
    if len(texte) > LONGUEUR_TEXTE:
        message = f"le texte dépasse {LONGUEUR_TEXTE} caractères"
        raise ValueError(message)
    return texte


def _lire_entier(texte: str) -> int:
    if not re.fullmatch(r"[+-]?[0-9]{1,15}", nu := re.sub(r"\s", "", texte)):
        message = f"« {texte} » n'est pas un nombre entier"
        raise ValueError(message)
    return int(nu)


def _lire_nombre(texte: str) -> float:
    nu = re.sub(r"\s", "", texte).replace(",", ".")
    if not re.fullmatch(r"[+-]?[0-9]{1,15}(\.[0-9]{1,15})?", nu):
        message = f"« {texte} » n'est pas un nombre"
        raise ValueError(message)
    return float(nu)


def _lire_date(texte: str) -> dt.date:
    iso = re.sub(r"^(\d\d)[/-](\d\d)[/-](\d{4})$", r"\3-\2-\1", texte)
    try:
        return dt.datetime.strptime(iso, "%Y-%m-%d").date()  # noqa: DTZ007 - a day has no zone
    except ValueError:
        message = f"« {texte} » n'est pas une date"
        raise ValueError(message) from None


def _lire_mois(texte: str) -> str:
    if not re.fullmatch(r"(19|20|21)[0-9]{2}-(0[1-9]|1[0-2])", texte):
        message = f"« {texte} » n'est pas un mois"
        raise ValueError(message)
    return texte


_LECTEURS: dict[str, Callable[[str], Valeur]] = {
    "texte": _lire_texte,
    "entier": _lire_entier,
    "nombre": _lire_nombre,
    "date": _lire_date,
    "mois": _lire_mois,
}


def attendu(parametre: Parametre) -> str:
    """Say what a parameter accepts, as one is told to do."""
    if parametre.type == "liste":
        ecrits = parametre.choix_ecrits
        return f"Choisir parmi : {', '.join(ecrits)}." if ecrits else "Choisir dans la liste."
    attendus = {
        "texte": "Donner un texte",
        "entier": "Donner un nombre entier",
        "nombre": "Donner un nombre",
        "date": "Donner une date JJ/MM/AAAA ou AAAA-MM-JJ",
        "mois": "Donner un mois AAAA-MM",
    }
    return f"{attendus[parametre.type]}{_bornes(parametre)}."


def _bornes(parametre: Parametre) -> str:
    bas = "" if parametre.min is None else f" à partir de {parametre.min:g}"
    haut = "" if parametre.max is None else f" jusqu'à {parametre.max:g}"
    return f" de {parametre.min:g} à {parametre.max:g}" if bas and haut else bas or haut


def _refus_parametre(requete: Requete, nom: str) -> Refus:
    connus = ", ".join(requete.parametres)
    return Refus(
        f"la requête n'a pas de paramètre « {nom} »",
        que_faire=f"Ses paramètres : {connus}." if connus else "Elle n'en a aucun.",
    )


def _exiger_parametres(requete: Requete, nommes: frozenset[str]) -> None:
    for nom in sorted(nommes ^ requete.parametres.keys()):
        manque = "n'est pas déclaré" if nom in nommes else "n'est pas dans le SQL"
        raise Refus(f"paramètre « {nom} » : ${nom} {manque}", requete.fichier, _CORRIGER)


def _champs(texte: str, fichier: str) -> dict[str, Any]:
    champs: dict[str, Any] = {}
    for champ, objet, morceaux in _lire_entete(_entete(texte, fichier)):
        valeur = " ".join(un for morceau in morceaux if (un := morceau.strip()))
        if objet:
            champs.setdefault(f"{champ}s", {})[objet] = _lire_yaml(valeur, objet, fichier)
        elif champ == "parametres":
            quoi = "champ « parametres » : chaque paramètre a sa ligne"
            raise Refus(quoi, fichier, "Écrire « -- parametre NOM: {type: …, libelle: …} ».")
        else:
            champs[champ] = valeur
    return champs


def _entete(texte: str, fichier: str) -> list[str]:
    """Return the lines of the header; raise Refus when it is longer than any header."""
    lignes: list[str] = []
    debut = 0
    while texte.startswith("--", debut):
        fin = texte.find("\n", debut)
        fin = len(texte) if fin < 0 else fin
        if fin > ENTETE_MAX or len(lignes) == LIGNES_MAX:
            quoi = f"l'en-tête dépasse {LIGNES_MAX} lignes ou {ENTETE_MAX} caractères"
            raise Refus(quoi, fichier, "Le raccourcir, ou commencer le texte par une ligne vide.")
        lignes.append(texte[debut:fin])
        debut = fin + 1
    return lignes


def _lire_entete(lignes: Iterable[str]) -> list[tuple[str, str, list[str]]]:
    """Return the fields of a header (name, object or "", their lines), in order."""
    champs: list[tuple[str, str, list[str]]] = []
    ouvert = False
    for ligne in lignes:
        if trouve := _CHAMP.match(ligne):
            champs.append((trouve[1], trouve[2] or "", [trouve[3]]))
            ouvert = True
        elif ouvert and (suite := _SUITE.match(ligne)):
            champs[-1][2].append(ligne[suite.end() :])
        else:
            ouvert = False
    return champs


def _lire_yaml(texte: str, objet: str, fichier: str) -> object:
    """Read one value of a header; aliases, which say in a line what fills a memory, are refused."""
    attendu_ici = f"paramètre « {objet} » : {{type: …, libelle: …}} est attendu"
    try:
        if sum(map(texte.count, "[{")) > IMBRICATION_MAX:
            raise Refus(attendu_ici, fichier, _CORRIGER)
        if any(isinstance(un, yaml.AliasToken | yaml.AnchorToken) for un in yaml.scan(texte)):
            raise Refus(f"{attendu_ici}, sans « & » ni « * »", fichier, _CORRIGER)
        # The base loader: every scalar is a text, so that OUI stays OUI.
        return yaml.load(texte, Loader=yaml.BaseLoader)  # noqa: S506
    except (yaml.YAMLError, RecursionError):
        raise Refus(attendu_ici, fichier, _CORRIGER) from None
