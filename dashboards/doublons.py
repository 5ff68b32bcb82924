"""What the pages of duplicates do: decisions of the review, events of cases, forms, files.

Names go to these pages only, and each giving of them is traced.
"""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from dash import no_update

from dashboards.composants.revue import ecrire_cas
from dashboards.courant import acces, qui
from dashboards.page import Contexte, contexte_affiche
from infocentre.acces.audit import Trace, tracer
from infocentre.affaires import Acteur, Affaires
from infocentre.decisions import ouvrir_magasin
from infocentre.decisions.doublons import VERDICTS, Memoire, Verdict
from infocentre.demarches.doublons import cas as dossiers
from infocentre.demarches.doublons.cas import Cas
from infocentre.demarches.doublons.decider import Geste, Revue, Suite
from infocentre.demarches.doublons.decrire import decrire, dire_poids
from infocentre.lecture.filtres import Filtres
from infocentre.lecture.lecteur import Lecture
from infocentre.lecture.lieux import guichets_par_epci
from infocentre.noyau.erreurs import Refus
from infocentre.noyau.francais import accorder, majuscule

JOURNAL = logging.getLogger("infocentre.dashboards")
PILE, RESERVE = 8, 4  # cases that the page is given at once; under RESERVE left, it is given more
SECONDES_MAX = 3600.0


def registre(v: Lecture) -> Affaires:
    """Return the affaires, on which whoever asks acts."""
    return Affaires(ouvrir_magasin(v.dossier.racine), Acteur(qui()))


def memoire(v: Lecture) -> Memoire:
    """Return the decisions, to which whoever asks adds theirs."""
    return Memoire(ouvrir_magasin(v.dossier.racine), qui(), dossiers.personnes())


def aujourdhui() -> dt.date:
    """Return the day of the one who acts."""
    return dt.datetime.now().astimezone().date()


def cas_voulus(v: Lecture, filtres: Filtres, adresse: Mapping[str, str]) -> list[Cas]:
    """Return the cases that the filters of the address ask for, in their order."""
    liste, ici = adresse.get("liste", "paires"), filtres.departement
    if liste == "a_instruire":
        return dossiers.a_instruire(v, registre(v), ici)
    return dossiers.file(
        v,
        memoire(v),
        ici,
        ordre=adresse.get("ordre", "incertaines"),
        niveau=adresse.get("niveau", ""),
        guichets=_guichets(v, filtres, adresse),
        desaccords=liste == "desaccords",
    )


def _guichets(v: Lecture, filtres: Filtres, adresse: Mapping[str, str]) -> frozenset[str] | None:
    if guichet := adresse.get("guichet"):
        return frozenset({guichet})
    if filtres.epci:
        return guichets_par_epci(v, filtres.departement).get(filtres.epci, frozenset())
    return None


def donner(v: Lecture, filtres: Filtres, cas: Sequence[Cas]) -> list[dict[str, Any]]:
    """Return cases as the page shows them, names included: who was given them is kept."""
    if not cas:
        return []
    affaires = {un.affaire: registre(v).lire(un.affaire) for un in cas if un.affaire}
    decrits = decrire(v, cas, aujourdhui(), affaires)
    numeros = sum(len(un.numeros) for un in cas)
    magasin = ouvrir_magasin(v.dossier.racine)
    tracer(magasin, acces(), Trace.LISTE, "/doublons", numeros, departement=filtres.departement)
    poids = [[] if dossiers.aveugle() else [f"L'outil dit : {dire_poids(un)}."] for un in cas]
    return [ecrire_cas(un, notes) for un, notes in zip(decrits, poids, strict=True)]


def decider(decision: Mapping[str, Any] | None, recherche: str | None) -> Any:  # noqa: ANN401
    """Keep what a person decided; return what became of it, and more cases when few are left."""
    if not decision:
        return no_update
    rang = decision.get("rang")
    try:
        c = contexte(recherche)
        faire = _annuler if decision.get("annuler") else _decider
        return {"rang": rang, **faire(c, decision), **_suite(c, decision)}
    except Refus as refus:
        dit = f"{majuscule(refus.quoi)}. {refus.que_faire}".strip()
        return {"rang": rang, "fait": False, "rendre": not _reglee(refus), "texte": dit}
    except Exception:  # noqa: BLE001 - a person reads a sentence, the log the rest
        JOURNAL.exception("décision en échec")
        dit = "Cela n'a pas pu être fait. Recommencer ; sinon, le signaler."
        return {"rang": rang, "fait": False, "rendre": True, "texte": dit}


def contexte(recherche: str | None) -> Contexte:
    """Return what the page on the screen is about; raise Refus before anything is published."""
    c = contexte_affiche(recherche)
    if c is None:
        raise Refus("aucun mois n'est encore publié", que_faire="Contrôler une livraison.")
    return c


def _reglee(refus: Refus) -> bool:
    """Tell whether a refusal means that the case is no more to decide."""
    return "suivante est prête" in refus.que_faire


def _decider(c: Contexte, dite: Mapping[str, Any]) -> dict[str, Any]:
    v = c.v
    un = _retrouver(v, c.filtres, dite)
    geste = _lire(dite)
    magasin = ouvrir_magasin(v.dossier.racine)
    suite = Revue(v, magasin, registre(v), memoire(v)).decider(un, geste)
    tracer(
        magasin, acces(), Trace.AFFAIRE, "/doublons", len(un.numeros),
        verdict=geste.verdict.value, affaire=suite.affaire.id if suite.affaire else "",
    )  # fmt: skip
    return {"fait": True, "geste": suite.geste, "texte": _dire(un, geste, suite)}


def _retrouver(v: Lecture, filtres: Filtres, dite: Mapping[str, Any]) -> Cas:
    cle, numeros = str(dite.get("cle", "")), dite.get("numeros")
    if not isinstance(numeros, list):
        raise Refus("cette décision est mal dite", que_faire="Actualiser la page.")
    if cle == "+".join(map(str, numeros)):
        return dossiers.retrouver(v, memoire(v), filtres.departement, [str(n) for n in numeros])
    return dossiers.cas_de(v, registre(v).lire(cle))


def _lire(dite: Mapping[str, Any]) -> Geste:
    """Return what the page says, of which nothing is believed."""
    verdict, secondes = dite.get("verdict"), dite.get("secondes")
    if not isinstance(verdict, str) or verdict not in VERDICTS:
        raise Refus("ce choix n'existe pas", que_faire="Actualiser la page.")
    valeurs, retires = dite.get("valeurs") or {}, dite.get("retires") or []
    if not isinstance(valeurs, dict) or not isinstance(retires, list):
        raise Refus("cette décision est mal dite", que_faire="Actualiser la page.")
    duree = float(secondes) if isinstance(secondes, int | float) else None
    return Geste(
        Verdict(verdict),
        str(dite.get("garder") or ""),
        {str(champ): str(numero) for champ, numero in valeurs.items()},
        tuple(map(str, retires)),
        min(max(duree, 0.0), SECONDES_MAX) if duree is not None else None,
    )


def _dire(un: Cas, geste: Geste, suite: Suite) -> str:
    dits = [f"Décidé : {geste.verdict.dit}"]
    if suite.attend:
        dits.append("une autre personne décide aussi")
    elif suite.desaccord:
        autres = [autre for autre in un.bilan.decisions if autre.auteur != qui()]
        dits.append("désaccord avec " + ", ".join(f"{a.auteur} ({a.verdict.dit})" for a in autres))
    elif suite.affaire:
        dits.append(f"affaire {suite.affaire.id}, {suite.affaire.titre_etat.lower()}")
    if not suite.attend and (poids := dire_poids(un)):
        dits.append(f"l'outil disait : {poids}")
    return " ; ".join(dits) + "."


def _annuler(c: Contexte, dite: Mapping[str, Any]) -> dict[str, Any]:
    v = c.v
    geste = str(dite.get("geste") or "")
    if not geste:
        raise Refus("il n'y a rien à annuler", que_faire="")
    magasin = ouvrir_magasin(v.dossier.racine)
    Revue(v, magasin, registre(v), memoire(v)).annuler(geste)
    tracer(magasin, acces(), Trace.AFFAIRE, "/doublons", verdict="annulee")
    return {"fait": True, "texte": "Décision annulée : le cas est de nouveau à décider."}


def _suite(c: Contexte, dite: Mapping[str, Any]) -> dict[str, Any]:
    """Return more cases when the page has few left."""
    ici: Collection[str] = set(map(str, dite.get("ici") or []))
    if len(ici) >= RESERVE:
        return {}
    restants = [un for un in cas_voulus(c.v, c.filtres, c.adresse) if un.cle not in ici]
    return {"pile": donner(c.v, c.filtres, restants[:PILE])}


def dire_attente(nombre: int) -> str:
    """Say how many cases wait."""
    return accorder(nombre, "cas à décider", "cas à décider")
