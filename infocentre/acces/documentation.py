"""docs/acces.md, from the policy: `python -m infocentre.acces.documentation`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from infocentre.acces import politique
from infocentre.acces.roles import Action, Role
from infocentre.noyau.config import ressources
from infocentre.noyau.fichiers import ecrire

TETE = """# Qui peut quoi

Cette page est tirée de `infocentre/acces/politique.py`. Ce que la politique ne nomme pas est
refusé à tous ; un test demande chaque lieu avec chaque rôle, et sans compte, sur les données de
deux départements.

Un compte a un rôle et un périmètre (départements, EPCI, organismes, guichets). Le rôle dit ce qui
s’ouvre, le périmètre ce qui s’y lit : les droits sont des filtres dans la lecture des données, et
la base des analystes d’un compte ne contient que les départements de ce compte.

- Le guichet, et l’organisme au-dessus de plusieurs guichets, ne voient des autres que l’agrégat
  de leur type, quand quatre autres au moins le font, et que quatre au moins, ou aucun, font le
  reste du département.
- Le partenaire et le préfet ne voient aucun guichet par son nom, hors de ce que les documents
  impriment ; le préfet, les affaires à partir de l’étape 2.
- Les services de la région voient les départements de leur compte côte à côte, sans guichet par
  son nom, et les affaires à partir de l’étape 2.
- Le partenaire d’un EPCI a les lignes de son EPCI dans les tableaux par territoire, et son bilan.
- Les nombres de 1 à 10 sont masqués à qui n’a pas « petits nombres » ; le guichet, qui ne l’a pas,
  lit en clair les siens, et de son type et du département, auxquels il se compare, ce que le bilan
  diffuse à tous : rien d’un mois dont les masques ne sont pas encore décidés (au contrôle, la nuit
  pour un mois ancien).
- L’administrateur des comptes n’a aucune donnée.

Tant qu’aucun compte n’existe, l’infocentre est celui de la personne qui l’a lancé, sur sa
machine, et tout lui est ouvert. Qui peut lire les fichiers peut tout lire : les commandes et
l’API Python n’ont donc de droits que ceux du compte qu’on leur nomme, `INFOCENTRE_COMPTE=adresse
infocentre …` ou `infocentre.ouvrir(dossier, compte="adresse")`.
"""
ACTIONS: Mapping[Action, str] = {
    Action.ENTRER: "entrer : l’aide",
    Action.CHERCHER: "chercher",
    Action.SYNTHESE: "accueil : le mois d’un département",
    Action.STATISTIQUES: "tableaux de la demande et des attributions",
    Action.REGION: "plusieurs départements côte à côte",
    Action.INDICATEURS: "taux des guichets que l’on voit",
    Action.FICHE: "fiche d’un guichet, d’un organisme",
    Action.ANNUAIRE: "annuaire des guichets",
    Action.NOMINATIF: "demandes par numéro unique",
    Action.DOUBLONS: "doublons",
    Action.SIGNALER: "signaler un doublon",
    Action.PETITS_NOMBRES: "petits nombres",
    Action.LIVRAISONS: "livraisons reçues",
    Action.DEPOSER: "déposer une livraison",
    Action.BILANS: "bilans",
    Action.PARTENAIRES: "partenaires, et leurs bilans",
    Action.IMPRIMER_SYNTHESE: "synthèse du préfet",
    Action.DOCUMENTS: "tous les documents d’un département",
    Action.AFFAIRES: "affaires",
    Action.NOTER: "écrire des notes, lire celles du service",
    Action.CONDUIRE: "conduire une affaire",
    Action.ACCES_SNE: "accès au SNE et leur revue",
    Action.REPONDRE: "répondre à une affaire",
    Action.REGLER: "réglages",
    Action.INTERROGER: "requêtes SQL",
    Action.EXPLOITER: "exploiter l’installation",
    Action.DROITS: "droit d’accès d’une personne",
    Action.COMPTES: "comptes",
    Action.CONFIRMER: "confirmer le remplacement d’un mot de passe",
    Action.AUDIT: "journal des accès",
    Action.DROITS: "droits d’une personne : extrait, effacement",
}
LIEUX: Mapping[str, tuple[str, Mapping[str, Action | None]]] = {
    "Pages": ("page", politique.PAGES),
    "Exports": ("export", politique.EXPORTS),
    "Documents": ("document", politique.DOCUMENTS),
    "Appels des pages": ("fonction de `dashboards`", politique.RAPPELS),
    "Adresses du serveur": ("adresse", politique.ROUTES),
    "Commandes lues avec un compte": ("commande", politique.COMMANDES),
    "API Python": ("nom", politique.API),
}


def rediger() -> str:
    """Return the page."""
    lignes = [TETE, "## Ce que chaque rôle peut", "", *_des_roles()]
    for titre, (quoi, lieux) in LIEUX.items():
        lignes += ["", f"## {titre}", "", *_des_lieux(quoi, lieux)]
    return "\n".join(lignes) + "\n"


def _des_roles() -> Iterator[str]:
    yield from _entete("ce qui est permis")
    for action, dite in ACTIONS.items():
        yield _ligne(dite, (action in politique.ROLES[role].actions for role in Role))


def _des_lieux(quoi: str, lieux: Mapping[str, Action | None]) -> Iterator[str]:
    yield from _entete(quoi)
    for lieu, action in sorted(lieux.items()):
        ouverts = (action is None or action in politique.ROLES[role].actions for role in Role)
        nom = f"`{lieu}`" + ("" if action else " (sans compte)")
        yield _ligne(nom, ouverts)


def _entete(quoi: str) -> Iterator[str]:
    noms = (politique.ROLES[role].nom.lower() for role in Role)
    yield f"| {quoi} | {' | '.join(noms)} |"
    yield f"| --- |{' :-: |' * len(Role)}"


def _ligne(nom: str, ouverts: Iterable[bool]) -> str:
    return f"| {nom} | {' | '.join('oui' if un else '–' for un in ouverts)} |"


if __name__ == "__main__":
    ecrire(ressources("docs") / "acces.md", rediger())
