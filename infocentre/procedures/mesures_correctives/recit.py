"""What is read of a corrective measure: its events in words, its cases with what was answered."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from infocentre.affaires import Affaire, Evenement
from infocentre.affaires.donnees import Action
from infocentre.affaires.formulaire import ecrire
from infocentre.demarches.cas import Cas, cas
from infocentre.lecture.affaires import NOMMABLE, constats
from infocentre.lecture.lecteur import Lecture
from infocentre.noyau.francais import accorder, minuscule
from infocentre.noyau.temps import jour, nom_mois
from infocentre.procedures.mesures_correctives.comptes import dernieres_reponses
from infocentre.procedures.mesures_correctives.promesses import ANCIEN_JUGEMENT, ancien_jugement
from infocentre.procedures.mesures_correctives.sorts import sorts
from infocentre.procedures.mesures_correctives.verifier import dementies

SORTS = (
    ("corrigee", "corrigé", "corrigés"),
    ("sortie", "sorti du fichier", "sortis du fichier"),
    ("encore", "encore là", "encore là"),
    ("nouvelle", "nouveau", "nouveaux"),
)
ROUGES = {
    True: "encore rouge ou à traiter",
    False: "plus rouge",
    None: "rien à en dire : effectif insuffisant",
}
DITS = frozenset({"corps", "empreinte", "constats", "fichiers", "message_id", "comptes"})


def entiere(v: Lecture, une: Affaire) -> bool:
    """Tell whether a reader sees all that is said to an organisme, and by it.

    A message and an answer are of all its guichets, whatever an affaire tells of.
    """
    return not v.p.partiel or v.voit("organisme", une.objet)


def raconter(v: Lecture, une: Affaire, un: Evenement) -> str:
    """Return what an event says, in words; to who sees a part, what is of their guichets alone."""
    if "comptes" in un.donnees:
        return f"{nom_mois(un.donnees['mois']).capitalize()} : {_verdict(v, une, un)}"
    au_comite = v.p.nommables and une.etape >= NOMMABLE  # what the comité decides upon
    if not entiere(v, une) and not au_comite:
        return ""
    dits, canal = [], ""
    for nom, donnee in une.situation.procedure.regle(un.nom).donnees.items():
        valeur: Any = un.dit(nom)
        if valeur is None or nom in DITS:
            continue
        if nom == "canal":
            canal = ecrire(donnee, valeur)
        elif nom == "unites":
            dits.append(_cas_dits(donnee.colonnes["sort"].choix if donnee.colonnes else {}, valeur))
        elif nom == "actions":
            dits.append(_plan(valeur))
        elif nom == "mois":
            dits.append(nom_mois(valeur))
        elif donnee.type in {"choix", "texte", "texte_long", "affaire"}:
            dits.append(ecrire(donnee, valeur))
        else:
            dits.append(f"{minuscule(donnee.titre)} : {ecrire(donnee, valeur)}")
    return " ; ".join(filter(None, [*dits, canal]))


def _cas_dits(choix: Mapping[str, str], unites: Sequence[Mapping[str, Any]]) -> str:
    """Return « 40 cas corrigés, 2 contestés »."""
    dits = []
    for code, mot in choix.items():
        nombre = sum(un["sort"] == code for un in unites)
        if nombre:
            dits.append(f"{nombre} {mot if nombre == 1 else f'{mot}s'}")
    return f"cas : {', '.join(dits)}" if dits else accorder(len(unites), "ligne")


def _plan(actions: Sequence[Action]) -> str:
    return " ; ".join(
        a["action"] + (f" (pour le {jour(a['pour_le'])})" if a.get("pour_le") else "")
        for a in actions
    )


def _verdict(v: Lecture, une: Affaire, un: Evenement) -> str:
    """Return what a delivery shows; of a part, its counts alone: the rest judges the whole."""
    vus = [compte for compte in un.donnees["comptes"] if v.p.voit_guichet(compte["guichet"])]
    comptes: Sequence[Mapping[str, Any]] = vus if v.p.partiel else un.donnees["comptes"]
    totaux = {nom: sum(int(compte.get(nom, 0)) for compte in comptes) for nom, *_ in SORTS}
    dits = [accorder(totaux[nom], *mots) for nom, *mots in SORTS if totaux[nom]]
    compte = ", ".join(dits) or "aucun cas"
    if not entiere(v, une):
        return compte
    plan = un.donnees.get("plan_tenu")
    tenu = "" if plan is None else f" ; plan {'tenu' if plan else 'non tenu'}"
    ancien = f" ({ANCIEN_JUGEMENT})" if ancien_jugement(un) else ""
    dementis = sum(int(compte.get("dementies", 0)) for compte in comptes)
    faux = f", dont {accorder(dementis, 'dit corrigé', 'dits corrigés')}" if dementis else ""
    return f"{compte}{faux} ; {ROUGES[un.donnees.get('depasse')]}{tenu}{ancien}"


def cas_dementis(v: Lecture, une: Affaire) -> tuple[str, list[tuple[Cas, str]]]:
    """Return the last verified month, and the cases said to be put right that it still lists.

    Each with the day on which it was said to be.
    """
    vu = une.situation.dernier("verifier")
    if vu is None or not any(compte.get("dementies") for compte in vu.donnees["comptes"]):
        return "", []
    dits, reponses, mois = constats(v, une), dernieres_reponses(une), vu.donnees["mois"]
    faux = {(un.constat.id, unite) for un in sorts(v, dits, mois) for unite in dementies(une, un)}
    siens = [(un, (un.constat.id, un.unite)) for un in cas(dits)]
    return mois, [(un, reponses[cle].get("le", "")) for un, cle in siens if cle in faux]


def cas_repondus(v: Lecture, une: Affaire) -> list[tuple[Cas, str, str, str]]:
    """Return (case, answer, corrected on, why) of the cases of which something was answered."""
    reponses, mots = dernieres_reponses(une), mots_des_sorts(une)
    return [
        (
            un,
            mots.get(dite["sort"], dite["sort"]),
            jour(dite["le"]) if dite.get("le") else "",
            dite.get("texte", ""),
        )
        for un in cas(constats(v, une))
        if (dite := reponses.get((un.constat.id, un.unite)))
    ]


def mots_des_sorts(une: Affaire) -> Mapping[str, str]:
    """Return {answer of a case: how it is read}."""
    return une.procedure.evenements["repondre"].donnees["unites"].colonnes["sort"].choix
