"""A case as a person reads it: each demande's fields, which differ, which demande to keep."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from infocentre.affaires import Affaire
from infocentre.identite.paires import Niveau
from infocentre.identite.personnes import Identite, identites
from infocentre.lecture.commun import noms_des_guichets
from infocentre.lecture.doublons.demandes import (
    COMPARES,
    CONTEXTE,
    Etat,
    ecrire,
    lire_etats,
    titre_du_champ,
)
from infocentre.lecture.lecteur import Lecture
from infocentre.noyau.francais import avec_article, minuscule, nombre, pourcentage, simplifier
from infocentre.noyau.temps import jour
from infocentre.procedures.doublons.cas import Cas
from infocentre.procedures.doublons.decider import expiration_proche
from infocentre.procedures.doublons.survivant import Choix, juger, proposer

PAR_REGLE: Mapping[str, str] = {
    Niveau.EXACT: "mêmes nom, prénom et date de naissance",
    Niveau.FOYER: "l'une est cotitulaire de l'autre",
    Niveau.PROBABLE: "champs proches",
}


@dataclass(frozen=True, slots=True)
class Ligne:
    """A field of each demande, '' where it is not known; `comparee`: it says who it is."""

    champ: str
    titre: str
    valeurs: tuple[str, ...]
    comparee: bool

    @property
    def differe(self) -> bool:
        """Tell whether the demandes that have it say other things than in capitals or accents."""
        return len({simplifier(une) for une in self.valeurs if une}) > 1


@dataclass(frozen=True, slots=True)
class Description:
    """A case in words: `choix` is what is to be said if each demande were the one kept."""

    cle: str
    numeros: tuple[str, ...]
    guichets: tuple[str, ...]
    lignes: tuple[Ligne, ...]
    garder: str
    recente: str
    choix: Mapping[str, Choix]
    notes: tuple[str, ...]
    desaccord: tuple[tuple[str, str], ...]


def decrire(
    v: Lecture, cas: Sequence[Cas], le: dt.date, affaires: Mapping[str, Affaire] | None = None
) -> list[Description]:
    """Return cases of one département in words, in their order; a demande that is gone leaves."""
    if not cas:
        return []
    departement = cas[0].departement
    numeros = {n for un in cas for n in un.numeros}
    etats = lire_etats(v, departement, numeros)
    noms = identites(v.dossier, departement, numeros)
    guichets = noms_des_guichets(v, departement)
    return [_decrire(un, etats, noms, guichets, le, (affaires or {}).get(un.affaire)) for un in cas]


def _decrire(
    un: Cas,
    etats: Mapping[str, Etat],
    noms: Mapping[str, Identite],
    guichets: Mapping[str, str],
    le: dt.date,
    affaire: Affaire | None,
) -> Description:
    siens = [etats[n] for n in un.numeros]
    proche = expiration_proche()
    propose = proposer(siens, le, proche)
    return Description(
        un.cle,
        un.numeros,
        tuple(_guichet(un_etat, guichets) for un_etat in siens),
        tuple(_lignes(siens, [noms.get(n) for n in un.numeros])),
        propose.garder,
        propose.recente,
        {n: juger(siens, n, le, proche) for n in un.numeros},
        tuple(_notes(un, affaire)),
        tuple((une.auteur, une.verdict.value) for une in un.bilan.decisions)
        if un.bilan.desaccord
        else (),
    )


def _guichet(un: Etat, noms: Mapping[str, str]) -> str:
    gere, cree = un["guichet_enregistreur"] or "", un["cle_guichetcreateur"] or ""
    dit = f"{noms.get(gere, gere)} ({gere})" if gere in noms else gere
    if cree in {"", gere}:
        return dit
    return f"{dit}, créée par {avec_article(noms.get(cree, cree))} ({cree})"


def _lignes(etats: Sequence[Etat], noms: Sequence[Identite | None]) -> list[Ligne]:
    compares = [
        Ligne(
            champ,
            titre_du_champ(champ),
            tuple(ecrire(champ, getattr(un, champ)) if un else "" for un in noms),
            comparee=True,
        )
        for champ in COMPARES
    ]
    contexte = [
        Ligne(
            champ,
            titre_du_champ(champ),
            tuple(ecrire(champ, un[champ]) for un in etats),  # type: ignore[literal-required]
            comparee=False,
        )
        for champ in CONTEXTE
    ]
    return [une for une in (*compares, *contexte) if any(une.valeurs)]


def _notes(un: Cas, affaire: Affaire | None) -> list[str]:
    notes = []
    if un.changee:
        notes.append("Déjà décidée : un champ comparé a changé depuis.")
    if affaire:
        notes.append(_signalement(affaire))
    if un.bilan.desaccord:
        notes.append("Deux personnes ne disent pas la même chose ; la décision qui suit tranche.")
    return notes


def _signalement(une: Affaire) -> str:
    debut = une.situation.evenements[0]
    regles = une.situation.procedure.evenements["proposer"].donnees
    dits = [f"Affaire {une.id}, {minuscule(une.titre_etat)}"]
    if pourquoi := debut.donnees.get("pourquoi"):
        dits.append(f"selon le guichet : {regles['pourquoi'].choix[pourquoi]}")
    if une.echeance:
        dits.append(f"à traiter avant le {jour(une.echeance.due)}")
    return " ; ".join(dits) + "."


def dire_poids(un: Cas) -> str:
    """Return by what the engine proposed a case and how sure it was, '' when it did not."""
    if not un.trouvees:
        return ""
    forte = max(un.trouvees, key=lambda une: (une.probabilite or 0, une.poids or 0))
    if forte.probabilite is None or forte.poids is None:
        return PAR_REGLE[forte.niveau]
    return f"poids {nombre(forte.poids, 1)}, vraisemblance {pourcentage(forte.probabilite)}"
