"""Transmissions of the public list: the version that left, and what has changed since."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping
from typing import Any

from infocentre.affaires import Affaire, Affaires, procedures
from infocentre.demarches.regles import Ouverture, Regles, Reste
from infocentre.lecture.affaires import etat_des_affaires, toutes
from infocentre.lecture.lecteur import Lecture
from infocentre.lecture.liste_publique import (
    NOMS,
    Difference,
    differences,
    empreinte,
    en_csv,
    lignes,
)
from infocentre.lecture.reunions import dire_empreinte
from infocentre.noyau.erreurs import Refus
from infocentre.noyau.francais import accorder, simplifier
from infocentre.noyau.temps import jour as ecrire_jour
from infocentre.procedures.coordonnees.regles import publies
from infocentre.restitutions.document import Cellule, Colonne, Tableau

CODE = "transmissions"
DESTINATAIRES: Mapping[str, str] = {"etat": "État", "portail": "Portail grand public"}


class Transmissions(Regles):
    """The rules of the transmissions."""

    def nom(self, v: Lecture, une: Affaire) -> str:
        """Return to whom it went."""
        del v
        return DESTINATAIRES.get(une.objet, une.objet)

    def sujet(self, une: Affaire) -> str:
        """Return the day."""
        return f"liste du {ecrire_jour(une.situation.evenements[0].jour)}"

    def titre(self, une: Affaire) -> str:
        """Return the day."""
        return self.sujet(une)

    def guichet(self, une: Affaire) -> str:
        """Return none: a list is of no guichet."""
        del une
        return ""

    def voit(self, v: Lecture, une: Affaire) -> bool:
        """Tell whether the reader sees the whole département: the State does."""
        return v.p.voit(une.departement) and not v.p.partiel

    def objets(self) -> Mapping[str, str]:
        """Return to whom a list goes."""
        return DESTINATAIRES

    def ouvrir(
        self,
        v: Lecture,
        registre_: Affaires,
        departement: str,
        objet: str,
        dits: Mapping[str, Any],
    ) -> Ouverture:
        """Return what a transmission holds: the list of today, row by row, and its sha256.

        Raises:
            Refus: it is to nobody known, or there is no guichet to publish.
        """
        code = _destinataire(super().ouvrir(v, registre_, departement, objet, dits).objet)
        rangees = du_jour(v, registre_, departement)
        if not rangees:
            raise Refus("la liste à publier est vide", que_faire="Contrôler une livraison d'abord.")
        sha256 = empreinte(en_csv(rangees))
        donnees = {
            "empreinte_liste": sha256,
            "guichets_listes": len(rangees),
            "rangees": [{nom: dit for nom, dit in une.items() if dit} for une in rangees],
        }
        return Ouverture(code, sha256[:12], donnees)

    def faits(self, v: Lecture, une: Affaire) -> list[tuple[str, str]]:
        """Return its version, and how many guichets it has."""
        del v
        s = une.situation
        return [
            ("Guichets", str(s.dite("guichets_listes"))),
            ("Empreinte (sha256) du CSV", str(s.dite("empreinte_liste"))),
        ]

    def restes(self, v: Lecture, registre_: Affaires, departement: str) -> list[Reste]:
        """Return what has changed since the last list that left, by destinataire."""
        if v.p.partiel:
            return []
        ici = du_jour(v, registre_, departement) if dernieres(v, departement) else []
        return [
            Reste(
                f"{accorder(len(ecarts), 'changement')} depuis la liste transmise le "
                f"{ecrire_jour(une.situation.evenements[0].jour)} : {DESTINATAIRES[une.objet]}",
                f"/affaires/{CODE}",
                "Transmettre",
            )
            for une in dernieres(v, departement)
            if (ecarts := differences(transmises(une), ici))
        ]

    def temoin(self, v: Lecture, departement: str) -> Hashable:
        """Return what changes with any change of coordinates, beside transmissions."""
        return etat_des_affaires(v, departement, "changements")

    def bloc_d_une(self, v: Lecture, une: Affaire) -> Tableau | None:
        """Return what this version says otherwise than the one before, of the same destinataire."""
        avant = _avant(v, une)
        return en_tableau(differences(transmises(avant), transmises(une))) if avant else None

    def valeurs(self, v: Lecture, registre_: Affaires, une: Affaire, papier: str) -> dict[str, Any]:
        """Return what the letter says: what differs from the list before, of which day it was."""
        del registre_, papier
        avant = _avant(v, une)
        return {
            "avant_le": avant.situation.evenements[0].jour if avant else None,
            "ecarts_dits": self.bloc_d_une(v, une),
            "empreinte_dite": dire_empreinte(str(une.situation.dite("empreinte_liste"))),
        }


def _avant(v: Lecture, une: Affaire) -> Affaire | None:
    """Return the transmission before one, to the same destinataire; None for the first."""
    siennes = [un for un in toutes(v, une.departement, CODE) if un.objet == une.objet]
    rang = [un.id for un in siennes].index(une.id)
    return siennes[rang - 1] if rang else None


def _destinataire(objet: str) -> str:
    """Return a destinataire by its code or its name; raise Refus."""
    for code, nom in DESTINATAIRES.items():
        if simplifier(objet) in {code, simplifier(nom)}:
            return code
    raise Refus(
        f"« {objet[:30]} » ne reçoit pas la liste",
        que_faire=f"Écrire l'un de : {', '.join(DESTINATAIRES)}.",
    )


def du_jour(v: Lecture, registre_: Affaires, departement: str) -> list[dict[str, str]]:
    """Return the rows to publish today."""
    return lignes(publies(v, departement, registre_.aujourdhui))


def transmettre(
    v: Lecture, registre_: Affaires, departement: str, a_qui: str, par_quoi: str = ""
) -> tuple[Affaire, bytes]:
    """Record that the list of today leaves; return the affaire and the CSV."""
    une = REGLES.ouvrir(v, registre_, departement, a_qui, {})
    donnees = {**une.donnees, "par_quoi": par_quoi}
    affaire = registre_.ouvrir(procedures()[CODE], departement, une.objet, une.sujet, donnees)
    return affaire, en_csv(transmises(affaire))


def transmises(une: Affaire) -> list[dict[str, str]]:
    """Return the rows that left."""
    return [
        {nom: str(ligne.get(nom, "")) for nom in NOMS}
        for ligne in une.situation.dite("rangees") or []
    ]


def dernieres(v: Lecture, departement: str) -> list[Affaire]:
    """Return the last transmission to each destinataire."""
    return list({un.objet: un for un in toutes(v, departement, CODE)}.values())


def en_tableau(
    ecarts: Iterable[Difference],
    avant: str = "Avant",
    apres: str = "Après",
    titre: str = "Ce qui a changé",
) -> Tableau | None:
    """Return what differs as a table."""
    corps = tuple(tuple(map(Cellule, un)) for un in ecarts)
    colonnes = tuple(map(Colonne, ("Code", "Guichet", "Champ", avant, apres)))
    return Tableau("ecarts", titre, colonnes, corps) if corps else None


REGLES = Transmissions(CODE)
