"""Repères: what rates are usual elsewhere, that one gestionnaire gives another in a file.

Deciles of the rates of guichets by indicator, version of its rule and type: no count of anomalies,
no code, no name, no numéro, and no département either. A decile is told from as many guichets as
the threshold of small counts, each with as many units, and to a whole percent.
"""

from __future__ import annotations

import hashlib
import json
import statistics
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any, Final

from infocentre.contrat.numeros import numeros_ecrits
from infocentre.lecture.commun import registre
from infocentre.lecture.filtres import Filtres
from infocentre.lecture.indicateurs import catalogue_du_mois
from infocentre.lecture.partage import seuil_secret
from infocentre.lecture.publies import dit_au_semestre
from infocentre.mesures.diffusions import Edition as Diffusee
from infocentre.mesures.diffusions import Registre
from infocentre.noyau.erreurs import Refus
from infocentre.noyau.fichiers import refus_d_ecriture
from infocentre.restitutions.bilan.releve import relever
from infocentre.restitutions.lecture import Edition

FORMAT: Final = "infocentre-reperes-1"
DECILES, DECIMALES = 10, 2
Cle = tuple[str, int, str]  # indicator, version of its rule, type of guichets
_TAUX = """
SELECT code, guichet, n_etat / d_etat AS taux
FROM valeurs
WHERE departement = $departement AND mois = $mois AND niveau = 'guichet' AND d_etat >= $seuil
ORDER BY ALL
"""
_DEMANDER = "Demander ce fichier de nouveau à qui l'a produit."


@dataclass(frozen=True, slots=True)
class Repere:
    """The deciles of an indicator among guichets of a type."""

    indicateur: str
    regle: int
    type_guichet: str
    guichets: int
    deciles: tuple[float, ...]

    @property
    def cle(self) -> Cle:
        """What it may be compared with."""
        return self.indicateur, self.regle, self.type_guichet

    def part_sous(self, taux: float) -> float:
        """Return the share of its guichets whose rate is lower, as deciles tell it."""
        bornes = (0.0, *self.deciles, 1.0)
        rang = bisect_left(bornes, taux)
        if rang == 0:
            return 0.0
        avant, apres = bornes[rang - 1], bornes[min(rang, DECILES)]
        dedans = (taux - avant) / (apres - avant) if apres > avant else 1.0
        return min(1.0, (rang - 1 + dedans) / DECILES)


@dataclass(frozen=True, slots=True)
class Place:
    """Where a type of guichets stands among those of other départements; why not, in `motif`."""

    indicateur: str
    type_guichet: str
    regle: int
    taux: float | None
    decile: int | None
    departements: int
    guichets: int
    motif: str


# --- To give --------------------------------------------------------------------------------------


def produire(edition: Edition) -> bytes:
    """Return the file of a month, once it is in the register of what was shared; raise Refus."""
    v, mois = edition.v, edition.mois
    v.exiger_departements("Un fichier de repères")
    seuil = seuil_secret(v)
    types = {une["guichet"]: une["type_guichet"] for une in registre(v, edition.departement, mois)}
    taux: dict[tuple[str, str], list[float]] = defaultdict(list)
    parametres = {"departement": edition.departement, "mois": mois, "seuil": seuil}
    for code, guichet, un in v.tuples(_TAUX, parametres):
        if guichet in types:
            taux[code, types[guichet]].append(float(un))
    regles = catalogue_du_mois(v, Filtres(edition.departement, mois))
    siens = [
        Repere(code, regles.indicateurs[code].version, type_guichet, len(lus), _deciles(lus))
        for (code, type_guichet), lus in sorted(taux.items())
        if len(lus) >= seuil and code in regles.indicateurs and not dit_au_semestre(regles, code)
    ]
    if not siens:
        raise Refus(
            f"aucun type n'a {seuil} guichets dont l'effectif suffit en {mois}",
            que_faire="Attendre un mois mieux fourni : des repères d'un plus petit nombre "
            "désigneraient des guichets.",
        )
    contenu = {
        "format": FORMAT,
        "mois": mois,
        "seuil": seuil,
        "reperes": [asdict(un) for un in siens],
    }
    nom = _empreinte(contenu)
    sujet = Registre(v.dossier.diffusions / edition.departement / "reperes" / mois)
    sujet.inscrire(nom, Diffusee({}, contenu))
    return (json.dumps({**contenu, "empreinte": nom}, indent=1) + "\n").encode()


def _deciles(taux: Sequence[float]) -> tuple[float, ...]:
    lus = statistics.quantiles(taux, n=DECILES, method="inclusive")
    return tuple(round(un, DECIMALES) for un in lus)


def _empreinte(contenu: Mapping[str, Any]) -> str:
    return hashlib.sha256(json.dumps(contenu, sort_keys=True).encode()).hexdigest()


# --- To read --------------------------------------------------------------------------------------


def lire(fichiers: Iterable[Path], mois: str) -> list[list[Repere]]:
    """Return what each file of this month has.

    Raises:
        Refus: one is no file of repères, was altered, holds a numéro, is of another month, or is
            given twice.
    """
    vus: dict[str, Path] = {}
    lus = []
    for fichier in fichiers:
        contenu = _ouvrir(fichier)
        if (deja := vus.setdefault(contenu["empreinte"], fichier)) is not fichier:
            quoi = f"ce fichier est le même que {deja.name}"
            raise Refus(quoi, str(fichier), "Ne le donner qu'une fois.")
        if contenu["mois"] != mois:
            quoi = f"ces repères sont de {contenu['mois']}, et non de {mois}"
            raise Refus(quoi, str(fichier), f"Demander ceux de {mois}, ou choisir --mois.")
        lus.append([_relire(un, fichier) for un in contenu["reperes"]])
    return lus


def _ouvrir(fichier: Path) -> dict[str, Any]:
    with refus_d_ecriture(fichier):
        octets = fichier.read_bytes()
    if numeros_ecrits(octets):
        quoi = "ce fichier contient un numéro unique : des repères n'en ont jamais"
        raise Refus(quoi, str(fichier), "Le détruire, et le dire à qui l'a envoyé.")
    try:
        lu = json.loads(octets)
        empreinte = lu.pop("empreinte")
        reconnu = lu["format"] == FORMAT and set(lu) == {"format", "mois", "seuil", "reperes"}
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        reconnu, lu, empreinte = False, {}, ""
    if not reconnu:
        quoi = f"ce n'est pas un fichier de repères ({FORMAT})"
        raise Refus(quoi, str(fichier), _DEMANDER)
    if _empreinte(lu) != empreinte:
        raise Refus("ce fichier de repères a été modifié", str(fichier), _DEMANDER)
    return {**lu, "empreinte": empreinte}


def _relire(lu: Mapping[str, Any], fichier: Path) -> Repere:
    try:
        un = Repere(**{**lu, "deciles": tuple(map(float, lu["deciles"]))})
        juste = len(un.deciles) == DECILES - 1 and un.guichets > 0
        juste &= all(0 <= a <= b <= 1 for a, b in pairwise(un.deciles))
    except (TypeError, ValueError, KeyError):
        juste = False
    if not juste:
        raise Refus("un repère de ce fichier est mal formé", str(fichier), _DEMANDER)
    return un


def situer(edition: Edition, lus: Sequence[Sequence[Repere]]) -> list[Place]:
    """Return where each type of guichets of a month stands among those of the files.

    Two versions of a rule are never mixed: where it is another one elsewhere, it is said. Rates
    are one's own, whole: this is for who reads his own figures.
    """
    v, departement, mois = edition.v, edition.departement, edition.mois
    regles = catalogue_du_mois(v, Filtres(departement, mois))
    releve = relever(v, departement, mois, regles.en_json(), partage=False)
    ailleurs: dict[tuple[str, str], list[Repere]] = defaultdict(list)
    for siens in lus:
        for un in siens:
            ailleurs[un.indicateur, un.type_guichet].append(un)
    places = []
    for (code, type_guichet), tous in sorted(ailleurs.items()):
        if code in regles.indicateurs:
            version = regles.indicateurs[code].version
            valeur = releve(code, "type", type_guichet)
            taux = valeur.taux if valeur else None
            places.append(_situer((code, version, type_guichet), taux, tous))
    return places


def _situer(cle: Cle, taux: float | None, tous: Sequence[Repere]) -> Place:
    code, version, type_guichet = cle
    memes = [un for un in tous if un.cle == cle]
    guichets = sum(un.guichets for un in memes)
    if not memes:
        motif = f"ailleurs, la règle est en version {tous[0].regle} : rien n'est comparé"
    elif taux is None:
        motif = "ce type n'a pas d'effectif ici"
    else:
        sous = sum(un.part_sous(taux) * un.guichets for un in memes) / guichets
        decile = min(DECILES, int(sous * DECILES) + 1)
        return Place(code, type_guichet, version, taux, decile, len(memes), guichets, "")
    return Place(code, type_guichet, version, taux, None, len(memes), guichets, motif)
