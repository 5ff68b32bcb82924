"""What lists know: of which kind of partner each is, and what a workbook puts in them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from infocentre.affaires import Affaire, Affaires, procedures
from infocentre.affaires.reglages import reglages_de
from infocentre.demarches.regles import Ouverture, Regles
from infocentre.lecture.commun import mois_controles, registre
from infocentre.lecture.lecteur import Lecture
from infocentre.noyau.erreurs import Refus
from infocentre.noyau.francais import accorder, simplifier
from infocentre.procedures.listes.classeur import lire
from infocentre.procedures.listes.gardes import faute_de_liste
from infocentre.restitutions.document import Cellule, Colonne, Tableau

CODE = "listes"
# Those of meetings, then the six kinds of partners of the convention (3.2.2 e).
GENRES: Mapping[str, str] = {
    "copil": "Comité de pilotage",
    "guichets": "Guichets",
    "pleniere": "Réunion plénière",
    "suivi": "Comité de suivi",
    "gip_sne": "GIP SNE",
    "etat": "Services de l'État",
    "collectivites": "Collectivités",
    "bailleurs": "Bailleurs",
    "ush": "Union sociale pour l'habitat",
    "action_logement": "Action Logement",
}
REMPLACER = "remplacer_liste"


class Listes(Regles):
    """The rules of the lists."""

    def nom(self, v: Lecture, une: Affaire) -> str:  # noqa: ARG002
        """Return of which kind a list is."""
        return self.sujet(une)

    def sujet(self, une: Affaire) -> str:
        """Return of which kind a list is."""
        return GENRES.get(une.objet, une.objet)

    def voit(self, v: Lecture, une: Affaire) -> bool:  # noqa: ARG002
        """Tell that nobody but who conducts them reads addresses."""
        return False

    def objets(self) -> Mapping[str, str]:
        """Return the kinds of lists."""
        return GENRES

    def ouvrir(
        self,
        v: Lecture,  # noqa: ARG002
        registre_: Affaires,
        departement: str,  # noqa: ARG002
        objet: str,
        dits: Mapping[str, Any],
    ) -> Ouverture:
        """Return the kind of a list; raise Refus when there is none, or it is not right."""
        _exiger(dits, registre_)
        return Ouverture(genre(objet), "liste")

    def faits(self, v: Lecture, une: Affaire) -> list[tuple[str, str]]:  # noqa: ARG002
        """Return where it comes from, and how many it has."""
        membres = une.situation.dite("inscrits") or []
        return [("Source", str(une.situation.dite("source"))), ("Membres", str(len(membres)))]

    def bloc_d_une(self, v: Lecture, une: Affaire) -> Tableau | None:  # noqa: ARG002
        """Return those who are on it."""
        champs = ("qualite", "organisme", "courriel", "role")
        lignes = tuple(
            tuple(Cellule(str(un.get(champ) or "")) for champ in champs)
            for un in une.situation.dite("inscrits") or []
        )
        colonnes = tuple(map(Colonne, ("Qualité", "Organisme", "Courriel", "Rôle")))
        titre = accorder(len(lignes), "membre")
        return Tableau("membres", titre, colonnes, lignes) if lignes else None


def _exiger(dits: Mapping[str, Any], registre_: Affaires) -> None:
    if faute := faute_de_liste(dits, registre_.aujourdhui, reglages_de(procedures()[CODE])):
        raise Refus(faute, "Créer une liste")


def genre(objet: str) -> str:
    """Return the kind of a list by its code or its title; raise Refus."""
    for code, titre in GENRES.items():
        if simplifier(objet) in {simplifier(code), simplifier(titre)}:
            return code
    raise Refus(
        f"« {objet[:30]} » n'est pas une liste",
        que_faire=f"Écrire l'un de : {', '.join(GENRES)}.",
    )


def recevoir(
    v: Lecture,
    registre_: Affaires,
    departement: str,
    quelle: str,
    octets: bytes,
    nom: str,
    source: str,
) -> Affaire:
    """Put a workbook in the place of a list, or begin one; raise Refus for what is wrong of it."""
    objet = genre(quelle)
    mois = mois_controles(v, departement)
    lus = registre(v, departement, mois[-1]) if mois else []
    fermees = {
        (un["courriel"] or "").strip().lower()
        for un in lus
        if un["date_fermeture"] and un["date_fermeture"] <= registre_.aujourdhui
    } - {(un["courriel"] or "").strip().lower() for un in lus if not un["date_fermeture"]}
    donnees = {
        "source": source or nom,
        "revue_le": registre_.aujourdhui.isoformat(),
        "inscrits": lire(octets, nom, fermees - {""}),
    }
    _exiger(donnees, registre_)
    siennes = registre_.lister(departement, procedure=CODE, objet=objet)
    if siennes:
        return registre_.agir(siennes[-1].id, REMPLACER, donnees)
    return registre_.ouvrir(procedures()[CODE], departement, objet, "liste", donnees, seule=True)


REGLES = Listes(CODE)
