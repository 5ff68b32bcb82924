"""What lists know: of which kind of partner each is, and what a workbook puts in them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from infocentre.affaires import Affaire, Affaires, Evenement, procedures
from infocentre.affaires.modele import Donnee, Role
from infocentre.affaires.reglages import reglages_de
from infocentre.contrat.adresses import adresses_de
from infocentre.demarches.regles import Attente, Ouverture, Regles, Saisie
from infocentre.lecture.commun import mois_controles, registre
from infocentre.lecture.lecteur import Lecture
from infocentre.noyau.erreurs import Refus
from infocentre.noyau.francais import accorder, enumerer, simplifier
from infocentre.procedures.documents_envoyes.preparer import (
    CHOIX,
    LISTE_DE,
    PAPIER,
    Destine,
    destiner,
    preparer,
)
from infocentre.procedures.listes.classeur import lire
from infocentre.procedures.listes.gardes import faute_de_liste
from infocentre.restitutions.document import Cellule, Colonne, Tableau
from infocentre.restitutions.lecture import du_mois
from infocentre.restitutions.partenaires import partenaires

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
REMPLACER, DIFFUSER = "remplacer_liste", "diffuser_un_document"
SERVICE = "Service enregistreur"  # the quality of an address that the register gives
NOMMES = 5  # members without a document that are named


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
        v: Lecture,
        registre_: Affaires,  # noqa: ARG002
        departement: str,
        objet: str,
        dits: Mapping[str, Any],
    ) -> Ouverture:
        """Return the kind of a list; without members, those that are known.

        Raises:
            Refus: there is no such list, it is not right, or no address of it is known.
        """
        _exiger(dits)
        voulu = genre(objet)
        if dits.get("inscrits"):
            return Ouverture(voulu, "liste")
        connus = proposes(v, departement).get(voulu, [])
        if not connus:
            raise Refus(
                f"aucune adresse n'est connue pour « {GENRES[voulu]} »",
                que_faire="Les écrire, une par ligne, ou infocentre listes lire FICHIER.xlsx.",
            )
        return Ouverture(voulu, "liste", {"inscrits": connus})

    def a_ouvrir(self, v: Lecture, registre_: Affaires, departement: str) -> list[Attente]:
        """Return the kinds of partners that have no list, and how many addresses are known."""
        ouvertes = {une.objet for une in registre_.lister(departement, procedure=CODE)}
        connus = proposes(v, departement)
        return [
            Attente(un, GENRES[un], _dire_connus(len(connus.get(un, []))))
            for un in LISTE_DE.values()
            if un not in ouvertes
        ]

    # --- What is sent to one ----------------------------------------------------------------------

    def demander(
        self,
        v: Lecture,  # noqa: ARG002
        une: Affaire,  # noqa: ARG002
        nom: str,
        donnees: Mapping[str, Donnee],
        role: Role,  # noqa: ARG002
    ) -> Mapping[str, Donnee]:
        """Return what is asked of an event: the document is one of those that may be sent."""
        if nom != DIFFUSER:
            return donnees
        dit = donnees["document"].model_copy(update={"type": "choix", "choix": dict(CHOIX)})
        return {**donnees, "document": dit}

    def agir(self, v: Lecture, registre_: Affaires, saisie: Saisie) -> Affaire | None:
        """Prepare the sendings of a document to a list, which keeps what was prepared."""
        if saisie.nom != DIFFUSER:
            return None
        une, dits = saisie.une, saisie.dits
        registre_.exiger(une.id, DIFFUSER)
        ceux, sans = destiner(v, registre_, une, dits)
        faites = preparer(v, registre_, une.departement, une, ceux)
        if not faites:
            raise Refus(
                "rien n'est à envoyer : chacun a déjà ce document, ou n'en a pas à son nom",
                que_faire="Voir les envois (Affaires, Documents envoyés), et les noms de la liste.",
            )
        donnees: dict[str, Any] = {cle: un.strip() for cle, un in dits.items() if un.strip()}
        donnees |= {"prepares": len(faites), "sans": sans, "fichiers": _fichiers(ceux)}
        return saisie.garder(registre_, donnees)

    def raconter(self, v: Lecture, une: Affaire, un: Evenement) -> str | None:  # noqa: ARG002
        """Return what was prepared of a document, and who has none."""
        if un.nom != DIFFUSER:
            return None
        joints = [str(fichier["nom"]) for fichier in un.dit("fichiers") or []]
        dit = CHOIX.get(str(un.dit("document")), "")
        dit = joints[0] if un.dit("document") == PAPIER and joints else dit
        prets = accorder(int(un.dit("prepares") or 0), "envoi préparé", "envois préparés")
        sans = list(un.dit("sans") or [])
        reste = " et d'autres" if len(sans) > NOMMES else ""
        fin = f" ; sans document à leur nom : {enumerer(sans[:NOMMES])}{reste}" if sans else ""
        return f"{dit} : {prets}{fin}"

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
        return Tableau("membres", titre, colonnes, lignes).ou_rien


def _exiger(dits: Mapping[str, Any]) -> None:
    if faute := faute_de_liste(dits, reglages_de(procedures()[CODE])):
        raise Refus(faute, "Créer une liste")


def proposes(v: Lecture, departement: str) -> Mapping[str, list[dict[str, str]]]:
    """Return the members that are known of each kind of partner, by list: an address once.

    They are those of partenaires.yml, else those that the register gives to open guichets.
    """
    mois = mois_controles(v, departement)
    if not mois:
        return {}
    inscrits = {un["guichet"]: un for un in registre(v, departement, mois[-1])}
    trouves: dict[str, dict[str, dict[str, str]]] = {}
    for un in partenaires(du_mois(v, departement, mois[-1])).values():
        siens = [inscrits[g] for g in un.guichets if g in inscrits]
        ouverts = (une for une in siens if not une["date_fermeture"])
        for adresse in un.diffusion or _adresses(ouverts):
            membre = {"qualite": SERVICE, "organisme": un.nom, "courriel": adresse}
            trouves.setdefault(LISTE_DE[un.genre], {}).setdefault(adresse, membre)
    return {liste: list(siens.values()) for liste, siens in trouves.items()}


def _adresses(inscrits: Iterable[Mapping[str, Any]]) -> list[str]:
    """Return the addresses of guichets, as their register gives them."""
    return list(dict.fromkeys(dite for un in inscrits for dite in adresses_de(un["courriel"])))


def _dire_connus(nombre: int) -> str:
    if not nombre:
        return "Convention, 3.2.2 e ; aucune adresse n'est connue : les écrire"
    dites = accorder(nombre, "adresse connue", "adresses connues")
    return f"Convention, 3.2.2 e ; {dites}"


def _fichiers(ceux: Sequence[Destine]) -> list[dict[str, str]]:
    return [{"nom": un.piece.nom, "sha256": un.piece.empreinte} for un in ceux if un.vers]


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
    fermes = [
        un for un in lus if un["date_fermeture"] and un["date_fermeture"] <= registre_.aujourdhui
    ]
    ouverts = [un for un in lus if not un["date_fermeture"]]
    fermees = {*_adresses(fermes)} - {*_adresses(ouverts)}
    donnees = {
        "source": source or nom,
        "revue_le": registre_.aujourdhui.isoformat(),
        "inscrits": lire(octets, nom, fermees),
    }
    _exiger(donnees)
    siennes = registre_.lister(departement, procedure=CODE, objet=objet)
    if siennes:
        return registre_.agir(siennes[-1].id, REMPLACER, donnees)
    return registre_.ouvrir(procedures()[CODE], departement, objet, "liste", donnees, seule=True)


REGLES = Listes(CODE)
