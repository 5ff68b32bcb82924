"""What a person's rule is checked, previewed and written in: a process with hard limits.

A rule is evaluated as it is bound, and then on past months: whatever it holds, the process that
asks (the pages above all) neither waits more than the limit nor gives more than the memory. The
process that evaluates has a bare environment and, from then on, the walls of a query of SQL: it
opens no file but that of its rows, and knows no call but those of a calculation.

Who may see no small count asks one question of each person by each rule: theirs is made of listed
functions, reads the classes of their SQL, is told rounded counts at set times, so many times a day.
"""

from __future__ import annotations

import hashlib
import hmac
import math
import time
import uuid
from collections.abc import Callable, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any, TypeVar

from infocentre.acces.audit import Trace, du_jour, nom_de, requete_sans_valeurs, tracer
from infocentre.acces.conservation import en_classes
from infocentre.acces.modele import Acces, Action
from infocentre.acces.veille import Veille
from infocentre.analystes.fichier import cle
from infocentre.catalogue import Indicateur, lire_catalogue
from infocentre.catalogue.analyse import ErreurSql
from infocentre.catalogue.messages import en_francais
from infocentre.catalogue.permises import dire_permises, exiger_permise
from infocentre.catalogue.schema import types_colonnes
from infocentre.decisions.magasin import Magasin, ouvrir_magasin
from infocentre.entrepot import Dossier
from infocentre.mesures.reglages import FICHIER, lire_reglages
from infocentre.noyau import file
from infocentre.noyau.borne import GIGA, demander
from infocentre.noyau.erreurs import Refus
from infocentre.requetes import epreuve
from infocentre.requetes.banc import ENTIER, Regard
from infocentre.requetes.candidat import (
    MOIS_APERCUS,
    Apercu,
    Changement,
    MoisApercu,
    masquer,
)
from infocentre.requetes.ebauche import ecrire_candidat, projet_par_defaut
from infocentre.requetes.epreuve import ApercuEcrit, Ecrit, Ecriture, Essai, trop

SECONDES = 120
PALIER = 6.0  # seconds: the answer to who may see no small count comes at one of their multiples
PAR_JOUR = 40  # trials of who may see no small count
MEMOIRE = 4 * GIGA  # of addresses: a process with DuckDB reserves far more than it uses
_REGLE = ("population", "applicable", "anomalie")
R = TypeVar("R")


def essayer(
    dossier: Dossier,
    champs: Mapping[str, Any],
    *,
    acces: Acces,
    mois: int = MOIS_APERCUS,
    departement: str | None = None,
    secondes: float = SECONDES,
) -> Apercu:
    """Check the fields of a candidate, or of a changed rule, and preview it; raise Refus.

    It takes the place of a query: there are two, for the whole machine. Each trial is traced: it
    is a question about persons. Who may see no small count is shown none (see `masquer`).
    """
    magasin = ouvrir_magasin(dossier.racine)
    _tracer(magasin, acces, champs)
    petits = acces.peut(Action.PETITS_NOMBRES)
    regard = ENTIER if petits else _regard(dossier, acces, champs)
    if not petits:
        _exiger_essais(du_jour(magasin, Trace.ESSAI, nom_de(acces)))
        _exiger_permise(champs)
    demande: Essai = {
        "faire": "essayer",
        "champs": dict(champs),
        "racine": str(dossier.racine),
        "mois": mois,
        "departement": departement,
        "regard": asdict(regard),
    }
    lu = _a_son_tour(dossier, demande, acces, secondes)
    fait = Apercu(
        Indicateur.model_validate(lu["indicateur"]),
        lu["compare"],
        lu["au_mois"],
        tuple(MoisApercu(**une) for une in lu["mois"]),
        tuple(Changement(**un) for un in lu["changements"]),
    )
    if petits:
        return fait
    seuil = lire_reglages(dossier.racine / FICHIER).seuil_secret
    return masquer(fait, seuil, classes=regard.classes)


def _a_son_tour(dossier: Dossier, demande: Essai, acces: Acces, secondes: float) -> ApercuEcrit:
    """Have a rule tried in its turn; who may see no small count waits for a set time."""
    with file.place(
        dossier.file,
        uuid.uuid4().hex,
        qui=nom_de(acces),
        permis=Veille(dossier.racine, acces),
        partage=acces.role is not None,
    ) as voulue:
        debut = time.monotonic()
        try:
            return _demander(demande, ApercuEcrit, secondes, voulue)
        except Refus:
            if not voulue():
                raise file.annulee() from None
            raise
        finally:
            if not acces.peut(Action.PETITS_NOMBRES):
                _attendre(debut, voulue)


def _regard(dossier: Dossier, acces: Acces, champs: Mapping[str, Any]) -> Regard:
    """Return how a rule sees rows for who may see no small count.

    The same rule is rounded the same way: to ask again tells nothing more.
    """
    regle = [str(champs.get(nom) or "").split() for nom in _REGLE]
    graine = hmac.new(cle(dossier).encode(), repr(regle).encode(), hashlib.sha256).hexdigest()
    classes = en_classes(dossier.racine, nominatif=acces.peut(Action.NOMINATIF))
    return Regard(classes, graine)


def _exiger_essais(nombre: int) -> None:
    if nombre > PAR_JOUR:
        raise Refus(
            f"ce compte a déjà essayé {PAR_JOUR} règles aujourd'hui",
            que_faire="Attendre demain, ou demander l'essai à un gestionnaire.",
        )


def _exiger_permise(champs: Mapping[str, Any]) -> None:
    """Refuse a rule that calls what is not listed; another error is said where it is checked."""
    population = lire_catalogue().populations.get(str(champs.get("population") or ""))
    if population is None:
        return
    colonnes = frozenset(un.lower() for un in types_colonnes(population.sql))
    for nom in ("applicable", "anomalie"):
        try:
            exiger_permise(str(champs.get(nom) or "true"), colonnes)
        except ErreurSql as erreur:
            quoi = f"champ « {nom} » : {en_francais(str(erreur))}"
            raise Refus(quoi, que_faire=_que_faire(colonnes)) from None


def _que_faire(colonnes: frozenset[str]) -> str:
    return f"{dire_permises()} Colonnes de la population : {', '.join(sorted(colonnes))}."


def _attendre(debut: float, voulue: Callable[[], bool]) -> None:
    """Wait until the next set time: a rule that is true of someone takes no longer."""
    fin = debut + PALIER * math.ceil((time.monotonic() - debut) / PALIER)
    while voulue() and (reste := fin - time.monotonic()) > 0:
        time.sleep(min(reste, file.PAUSE))


def _tracer(magasin: Magasin, acces: Acces, champs: Mapping[str, Any]) -> None:
    regle = " ; ".join(str(champs.get(nom) or "") for nom in _REGLE)
    tracer(magasin, acces, Trace.ESSAI, str(champs.get("code", "")), **requete_sans_valeurs(regle))


def ecrire(
    champs: Mapping[str, Any], projet: Path | None = None, *, secondes: float = SECONDES
) -> tuple[Path, Path]:
    """Check the fields of a candidate and write its two files; return them; raise Refus."""
    demande: Ecriture = {
        "faire": "ecrire",
        "champs": dict(champs),
        "projet": str(projet or projet_par_defaut()),
    }
    lu = _demander(demande, Ecrit, secondes)
    return ecrire_candidat(Indicateur.model_validate(lu["indicateur"]), lu["essai"], projet)


def _toujours() -> bool:
    return True


def _demander(
    demande: Essai | Ecriture,
    genre: type[R],
    secondes: float,
    voulue: Callable[[], bool] = _toujours,
) -> R:
    return demander(
        epreuve.__name__,
        demande,
        genre,
        secondes=secondes,
        memoire=MEMOIRE,
        trop=trop(),
        voulue=voulue,
    )
