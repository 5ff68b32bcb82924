"""What a person does of a case by hand, and the states by which cases are looked for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from infocentre.affaires import Affaire, Affaires

# States as a choice of the page says them, in the plural.
ETATS: Mapping[str, str] = {
    "": "En cours",
    "proposee": "Proposées",
    "a_instruire": "À instruire",
    "decidee": "Décidées",
    "a_executer": "À exécuter",
    "executee": "Exécutées",
    "reapparue": "Réapparues",
    "constatee": "Constatées",
    "sans_suite": "Sans suite",
}
CONFIER, CLASSER = "confier", "classer"
# What a person does of a case in one click, in the words of its button.
ACTES: Mapping[str, str] = {
    CONFIER: "Confier au guichet",
    "executer": "Enregistrer la suppression",
    "annuler": "Annuler la décision",
    "instruire": "Demander une vérification",
    CLASSER: "Classer sans suite",
}
ISSUES = frozenset({"eteinte", "erreur"})  # by which a case is filed without a decision


def boutons(une: Affaire) -> list[tuple[str, str]]:
    """Return (event, words) of what may be done of a case; « classer.issue » files it."""
    regles = une.situation.procedure
    dits: list[tuple[str, str]] = []
    for nom in (un for un in ACTES if un in regles.possibles(une.etat)):
        if nom == CLASSER:
            issues = regles.evenements[nom].donnees["issue"].choix.items()
            dits += [(f"{nom}.{un}", f"Sans suite : {dit}") for un, dit in issues if un in ISSUES]
        else:
            dits.append((nom, ACTES[nom]))
    return dits


def a_decider(une: Affaire) -> bool:
    """Tell whether a person may decide of a case now."""
    return "decider" in une.situation.procedure.possibles(une.etat)


def decidees(unes: Iterable[Affaire]) -> list[Affaire]:
    """Return the cases whose deletion is decided, and confided to nobody yet."""
    return [une for une in unes if une.etat == "decidee"]


def agir(registre: Affaires, une: Affaire, evenement: str) -> Affaire:
    """Do what a button says of a case; its guichet is who deletes."""
    nom, _, issue = evenement.partition(".")
    donnees = {"guichet": une.objet} if nom == CONFIER else {"issue": issue} if issue else {}
    return registre.agir(une.id, nom, donnees)
