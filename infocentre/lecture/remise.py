"""What is handed over to a guichet: its demandes, what each one asks for, until when, whom to ask.

What can be corrected and past facts are two sheets; a demande is one row of each at most, however
many indicators it is in anomaly for.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import TypedDict

from infocentre.catalogue import MOTS, Indicateur, Mots
from infocentre.catalogue.remedes import RIEN_DE_POSSIBLE
from infocentre.exports import Donnees
from infocentre.lecture.commun import mois_charges, noms_guichets
from infocentre.lecture.demandes import Choix, anomalies, livraison_controlee
from infocentre.lecture.extraits import autre_demande
from infocentre.lecture.fiche import Fiche, priorites
from infocentre.lecture.indicateurs import mesure
from infocentre.lecture.lecteur import Lecture
from infocentre.lecture.lignes import Anomalie
from infocentre.noyau.francais import majuscule
from infocentre.noyau.temps import fin_de_mois, jour, mois_avant

REPONSES = ("corrigé", "déjà correct", "pas possible")
GESTIONNAIRE = "le gestionnaire territorial du département"
NOTE = """\
Données arrêtées au {arrete}. Une ligne par demande : tout ce qu'elle demande y est réuni. Pour un \
flux, les cas sont ceux des 12 mois sur lesquels l'état repose ; pour une demande active ou un \
accès, ceux de l'arrêté.
À faire dans le SNE avant le {avant}, date du prochain arrêté : ce qui est corrigé d'ici là quitte \
la liste à la livraison suivante.
Remplir « Réponse » et « Commentaire », puis renvoyer ce classeur. Questions : {aupres}."""


@dataclass(frozen=True, slots=True)
class Ligne:
    """A demande (an access, a message without one) and the units of it that are in anomaly."""

    cle: str
    cas: list[tuple[Indicateur, Anomalie]] = field(default_factory=list)


def donnees_a_remettre(
    v: Lecture,
    fiche: Fiche,
    code: str | None = None,
    *,
    aupres: str = "",
    le: dt.date | None = None,
) -> Donnees:
    """Return what a guichet or organisme must do, one row per demande, with answers to fill in.

    `aupres` is whom to ask, `le` the day it is handed out. What can be corrected, then past facts
    with what may still be done: two lists, or the only one that an indicator has.
    """
    listes = a_lister(fiche, code)
    voulus = [un for un in MOTS.values() if code is None or un in {une.mots for une in listes}]
    voulus = voulus or list(MOTS.values())
    note = NOTE.format(
        arrete=jour(fin_de_mois(fiche.filtres.mois)),
        avant=jour(prochain_arrete(v, fiche, le)),
        aupres=aupres or GESTIONNAIRE,
    )
    premiere, *autres = (
        _feuille(v, fiche, mots, [un for un in listes if un.mots == mots], le) for mots in voulus
    )
    quoi = " et ".join(mots.reste for mots in voulus)
    titre = " – ".join(filter(None, [majuscule(quoi), fiche.nom, code]))
    return replace(premiere, titre=titre, note=note, autres=tuple(autres))


def prochain_arrete(v: Lecture, fiche: Fiche, le: dt.date | None = None) -> dt.date:
    """Return the arrêté that comes next, after the last one delivered and the day `le`."""
    dernier = mois_charges(v, fiche.filtres.departement)[-1]
    prochain = fin_de_mois(mois_avant(dernier, -1))
    return max(prochain, fin_de_mois(f"{le:%Y-%m}")) if le else prochain


def _feuille(
    v: Lecture, fiche: Fiche, mots: Mots, listes: Sequence[Indicateur], le: dt.date | None
) -> Donnees:
    """Return the demandes of one remède, in the order of the worst indicator of each."""
    lignes = par_demande(v, fiche, listes)
    passes = mots == MOTS["constater"]
    codes = dict.fromkeys(un.code for ligne in lignes for un, _ in ligne.cas)
    autre = next(filter(None, map(autre_demande, codes)), ())
    noms = noms_guichets(v, fiche.filtres.departement, fiche.filtres.mois)
    identifies = any(
        une["unite"] != une["numero_unique"] for ligne in lignes for _, une in ligne.cas
    )
    colonnes = (
        "numero_unique",
        *(("unite",) if identifies else ()),
        "indicateurs",
        "constat",
        "encore_possible" if passes else "a_faire",
        *(() if passes else ("avant_le",)),
        *(("guichet",) if len(fiche.guichets) > 1 else ()),
        "gestionnaire",
        *autre,
        "jour",
        "premier_mois",
        "codes",
    )
    avant = prochain_arrete(v, fiche, le)
    ecrites = [{**decrire(ligne, noms), "avant_le": avant} for ligne in lignes]
    return Donnees(
        f"{mots.titre} – {fiche.nom}",
        (*colonnes, "reponse", "commentaire"),
        [(*(une.get(nom) for nom in colonnes), None, None) for une in ecrites],
        de="constats" if passes else "a_corriger",
        feuille=mots.titre,
        saisies={"reponse": () if passes else REPONSES, "commentaire": ()},
    )


def par_demande(v: Lecture, fiche: Fiche, indicateurs: Sequence[Indicateur]) -> list[Ligne]:
    """Return the demandes in anomaly for some indicators, each once; raise Refus without rights."""
    une = livraison_controlee(v, fiche.filtres)
    guichets = tuple(g["guichet"] for g in fiche.guichets) or (fiche.cle,)
    lignes: dict[str, Ligne] = {}
    for un in indicateurs:
        ligne = fiche.valeur(un.code)
        douze_mois = ligne is not None and mesure(ligne).sur_12_mois
        for cas in anomalies(v, une, Choix(un.code, guichets, douze_mois), page=None)[1]:
            cle = cas["numero_unique"] or cas["unite"]
            lignes.setdefault(cle, Ligne(cle)).cas.append((un, cas))
    return list(lignes.values())


def a_faire(indicateurs: Iterable[Indicateur]) -> str:
    """Return all that a demande asks for, each thing once: what to correct, then past facts.

    What follows from another anomaly of the same demande goes with it.
    """
    connus = {un.code: un for un in indicateurs}
    causes = [un for un in connus.values() if un.suite_de is None or un.suite_de.code not in connus]
    corrections = [un.correction for un in causes if un.a_corriger]
    passes = [f"{MOTS['constater'].titre} : {un.conseil}" for un in causes if not un.a_corriger]
    return _joindre([*corrections, *passes], " ")


class Decrite(TypedDict):
    """A row of a list: a demande, all that is to be done of it; and the other of a duplicate."""

    numero_unique: str | None
    unite: str | None
    indicateurs: str
    constat: str
    a_faire: str
    encore_possible: str
    guichet: str | None
    gestionnaire: str | None
    autre_numero: str | None
    autre_guichet: str | None
    autre_gestionnaire: str | None
    autre_date_creation: dt.date | None
    autre_date_radiation: dt.date | None
    autre_date_bail: dt.date | None
    jour: dt.date | None
    premier_mois: str | None
    codes: str


def decrire(ligne: Ligne, noms: dict[str, str]) -> Decrite:
    """Return the row of a demande: each indicator, constat and remède once."""
    indicateurs = {un.code: un for un, _ in ligne.cas}
    # What follows from another anomaly of the same demande goes with it.
    causes = [
        un
        for un in indicateurs.values()
        if un.suite_de is None or un.suite_de.code not in indicateurs
    ]
    premier = ligne.cas[0][1]
    doublon = next((cas for _, cas in ligne.cas if cas.get("autre_numero")), premier)
    return {
        "numero_unique": premier["numero_unique"],
        "unite": _joindre(cas["unite"] for _, cas in ligne.cas if cas["unite"] != ligne.cle)
        or (None if premier["numero_unique"] else ligne.cle),
        "indicateurs": _joindre(un.libelle for un in indicateurs.values()),
        "constat": _joindre(cas["constat"] for _, cas in ligne.cas),
        "a_faire": _joindre((un.correction for un in causes), " "),
        "encore_possible": majuscule(
            _joindre(un.encore_possible for un in causes if un.encore_possible) or RIEN_DE_POSSIBLE
        ),
        "guichet": _nommer(noms, premier["guichet"]),
        "gestionnaire": _nommer(noms, premier["gestionnaire"]),
        "autre_numero": doublon.get("autre_numero"),
        "autre_date_creation": doublon.get("autre_date_creation"),
        "autre_date_radiation": doublon.get("autre_date_radiation"),
        "autre_date_bail": doublon.get("autre_date_bail"),
        "autre_guichet": _nommer(noms, doublon.get("autre_guichet")),
        "autre_gestionnaire": _nommer(noms, doublon.get("autre_gestionnaire")),
        "jour": min((cas["jour"] for _, cas in ligne.cas if cas["jour"]), default=None),
        "premier_mois": min(
            (cas["premier_mois"] for _, cas in ligne.cas if cas["premier_mois"]), default=None
        ),
        "codes": " ".join(indicateurs),
    }


def _nommer(noms: dict[str, str], guichet: str | None) -> str | None:
    return noms.get(guichet, guichet) if guichet else None


def _joindre(textes: Iterable[str], entre: str = " ; ") -> str:
    return entre.join(dict.fromkeys(textes))


def a_lister(fiche: Fiche, code: str | None) -> list[Indicateur]:
    """Indicators that the guichet answers for, with a unit in anomaly; the worst first."""
    urgents = {une.un.code: rang for rang, une in enumerate(priorites(fiche))}
    retenus = [
        un
        for un in fiche.indicateurs
        if un.imputable == "guichet"
        and code in {None, un.code}
        and (ligne := fiche.valeur(un.code))
        and mesure(ligne).numerateur
    ]
    return sorted(retenus, key=lambda un: urgents.get(un.code, len(urgents)))
