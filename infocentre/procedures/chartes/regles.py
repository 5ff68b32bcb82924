"""What charters know: their words, their versions, and where the organismes stand."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, groupby
from typing import Any, ClassVar

from infocentre.affaires import Affaire, Affaires, Evenement
from infocentre.demarches.regles import Ouverture, Regles, Releve, Reste, Saisie
from infocentre.lecture.affaires import toutes
from infocentre.lecture.chartes import (
    ADHESIONS,
    EN_VIGUEUR,
    PROCEDURE,
    VERIFICATIONS,
    Charte,
    Engagement,
    disparus,
    en_vigueur,
    engagements_de,
    exiger,
    pieces,
    positions,
    textes,
    titre,
)
from infocentre.lecture.commun import libelle
from infocentre.lecture.lecteur import Lecture
from infocentre.noyau.erreurs import Refus
from infocentre.noyau.francais import accorder, enumerer, minuscule
from infocentre.noyau.lecteurs import Lecteur
from infocentre.procedures.chartes.commentaires import Examen
from infocentre.restitutions.document import Cellule, Colonne, Tableau
from infocentre.restitutions.redaction import Contenu

TEXTES = f"procedures/{PROCEDURE}/textes"
QUALITE, CONTROLE = "qualite", "controler_les_champs_libres"
INSECABLE = "\u00a0"


@dataclass(frozen=True)
class Matrice(Contenu):
    """Where the organismes stand with the charters in force."""

    modele: ClassVar[str] = f"{TEXTES}/matrice.md"

    matrice: Tableau | None


@dataclass(frozen=True)
class Adhesions(Contenu):
    """Who signed which charter."""

    modele: ClassVar[str] = f"{TEXTES}/adhesions.md"

    adhesions: Sequence[Tableau]


@dataclass(frozen=True)
class Pieces(Contenu):
    """The grid of the pièces of the dossier unique."""

    modele: ClassVar[str] = f"{TEXTES}/pieces.md"

    grille: Tableau


class Chartes(Regles):
    """A charter is everybody's of the département; each organisme reads where it stands."""

    def nom(self, v: Lecture, une: Affaire) -> str:  # noqa: ARG002
        """Return its title."""
        return titre(une.objet)

    def titre(self, une: Affaire) -> str:
        """Return its version."""
        return self.sujet(une)

    def sujet(self, une: Affaire) -> str:
        """Return its version."""
        return f"version {une.situation.dite('numero')}"

    def guichet(self, une: Affaire) -> str:
        """Return none: a charter is of no guichet."""
        del une
        return ""

    def voit(self, v: Lecture, une: Affaire) -> bool:
        """Tell whether the reader has a guichet in the département."""
        return v.p.voit(une.departement)

    def objets(self) -> Mapping[str, str]:
        """Return the charters that may be proposed."""
        return {code: un.titre for code, un in textes().items()}

    def ouvrir(
        self,
        v: Lecture,
        registre_: Affaires,
        departement: str,
        objet: str,
        dits: Mapping[str, Any],
    ) -> Ouverture:
        """Return what a version begins with: its number, the words of its commitments.

        Raises:
            Refus: there is no such charter, or a version of it is on its way.
        """
        code = exiger(super().ouvrir(v, registre_, departement, objet, dits).objet)
        avant = [
            une
            for une in registre_.lister(departement, procedure=PROCEDURE, finies=True)
            if une.objet == code
        ]
        for une in avant:
            if not une.situation.finie and not une.comptes(EN_VIGUEUR):
                raise Refus(
                    f"la {self.sujet(une)} de cette charte n'est pas encore en vigueur",
                    f"affaire {une.id}",
                    "La mener au vote, ou la retirer d'abord.",
                )
        numeros = [int(une.situation.dite("numero") or 0) for une in avant]
        donnees = {
            "numero": 1 + max(numeros, default=0),
            "engagements": [
                {
                    "code": un.code,
                    "texte": un.texte,
                    "verification": un.verification,
                    "indicateurs": " ".join(un.indicateurs),
                }
                for un in textes()[code].engagements
            ],
        }
        return Ouverture(code, str(donnees["numero"]), donnees)

    def agir(self, v: Lecture, registre_: Affaires, saisie: Saisie) -> Affaire | None:
        """Refuse that two versions of a charter are in force together."""
        del v
        une = saisie.une
        if saisie.regle.compte == EN_VIGUEUR:
            for autre in registre_.lister(une.departement, procedure=PROCEDURE, objet=une.objet):
                if autre.id != une.id and autre.comptes(EN_VIGUEUR):
                    raise Refus(
                        f"la {self.sujet(autre)} de cette charte est en vigueur",
                        f"affaire {autre.id}",
                        "Dire d'abord qu'elle est remplacée.",
                    )
        return None

    def raconter(self, v: Lecture, une: Affaire, un: Evenement) -> str | None:
        """Return the counts of a check of free fields, in words."""
        del v, une
        if un.dit("lexique") is None:
            return None
        comptes = [
            f"{ligne['categorie']} : {ligne['nombre']}" for ligne in un.dit("a_relire") or []
        ]
        lues = accorder(un.dit("lues"), "ligne lue", "lignes lues")
        return f"{lues} ; {', '.join(comptes) or 'rien à relire'} (lexique {un.dit('lexique')})"

    def faits(self, v: Lecture, une: Affaire) -> list[tuple[str, str]]:  # noqa: ARG002
        """Return the indicators that it names and that are no more."""
        nommes = Charte(une.id, une.objet, "", 0, engagements_de(une))
        absents = disparus([nommes])
        dits = f"{enumerer(absents)} : l'engagement qui le nomme ne se vérifie plus"
        return [("Indicateur disparu", dits)] if absents else []

    def bloc_d_une(self, v: Lecture, une: Affaire) -> Tableau | None:  # noqa: ARG002
        """Return its commitments."""
        return _engagements(engagements_de(une))

    def bloc(self, v: Lecture, departement: str) -> Tableau | None:
        """Return where the organismes that the reader sees stand."""
        return matrice(v, departement)

    def restes(self, v: Lecture, registre_: Affaires, departement: str) -> list[Reste]:  # noqa: ARG002
        """Return the indicators that a charter in force names and that are no more."""
        if v.p.partiel or not (absents := disparus(en_vigueur(v, departement))):
            return []
        dit = f"Une charte en vigueur nomme un indicateur qui n'existe plus : {enumerer(absents)}"
        return [Reste(dit, f"/affaires/{PROCEDURE}", "Proposer une version")]

    def valeurs(self, v: Lecture, registre_: Affaires, une: Affaire, papier: str) -> dict[str, Any]:
        """Return what the charter prints."""
        del v, registre_, papier
        return {
            "titre_dit": titre(une.objet),
            "objet_dit": textes()[une.objet].objet if une.objet in textes() else "",
            "engagements_dits": _engagements(engagements_de(une)),
        }

    def releves(self) -> tuple[Releve, ...]:
        """Return the papers about all charters."""
        return (
            Releve(
                "matrice",
                "Chartes : où en sont les organismes",
                ("xlsx", "pdf"),
                lambda v, _, ici: Matrice(matrice(v, ici)),
            ),
            Releve(
                "adhesions",
                "Adhésions aux chartes, pour le comité",
                ("docx", "pdf", "xlsx"),
                lambda v, _, ici: Adhesions(_par_charte(adhesions(v, ici))),
            ),
            Releve(
                "pieces",
                "Pièces du dossier unique",
                ("pdf", "docx"),
                lambda _, registre, __: Pieces(_pieces(registre.aujourdhui)),
                lecteur=Lecteur.DESTINATAIRE,
            ),
        )


def _engagements(unes: Sequence[Engagement]) -> Tableau | None:
    return Tableau.dresser(
        "engagements",
        "Engagements",
        unes,
        ("Code", lambda un: un.code),
        ("Engagement", lambda un: un.texte),
        ("Vérifié par", lambda un: VERIFICATIONS[un.verification]),
        ("Indicateurs", lambda un: enumerer([minuscule(libelle(code)) for code in un.indicateurs])),
    ).ou_rien


def matrice(v: Lecture, departement: str) -> Tableau | None:
    """Return organisme × commitment, of all charters in force; None without one."""
    chartes = en_vigueur(v, departement)
    par_charte = [positions(v, departement, une) for une in chartes]
    lignes = tuple(
        (
            Cellule(siennes[0].nom),
            *(
                cellule
                for une in siennes
                for cellule in (
                    Cellule(une.adhesion),
                    *(Cellule(un.dit.replace(" ", INSECABLE)) for un in une.tenues),
                )
            ),
        )
        for siennes in zip(*par_charte, strict=True)
    )
    colonnes = (
        Colonne("Organisme"),
        *(
            colonne
            for une in chartes
            for colonne in (Colonne(une.titre), *(Colonne(un.code) for un in une.engagements))
        ),
    )
    return Tableau("matrice", "Où en sont les organismes", colonnes, lignes).ou_rien


def adhesions(v: Lecture, departement: str) -> Tableau | None:
    """Return who signed which charter, in what quality; None without a charter in force."""
    chartes = en_vigueur(v, departement)
    par_charte = [positions(v, departement, une) for une in chartes]
    qualites = {
        (une.objet, une.sujet): str(une.situation.dite("qualite") or "")
        for une in toutes(v, departement, ADHESIONS)
    }
    return Tableau.dresser(
        "adhesions",
        "Adhésions",
        chain(*par_charte),
        ("Charte", lambda une: une.charte.titre),
        ("Organisme", lambda une: une.nom),
        ("Adhésion", lambda une: une.adhesion),
        ("En qualité de", lambda une: qualites.get((une.organisme, une.charte.code), "")),
        entetes=2,
    ).ou_rien


def _par_charte(toutes: Tableau | None) -> tuple[Tableau, ...]:
    """Return the adhesions as a table a charter."""
    lignes = toutes.lignes if toutes else ()
    return tuple(
        Tableau(f"adhesions-{rang}", nom, toutes.colonnes[1:], tuple(une[1:] for une in siennes))
        for rang, (nom, siennes) in enumerate(
            groupby(lignes, key=lambda une: str(une[0].valeur)), start=1
        )
        if toutes
    )


def _pieces(le: dt.date) -> Tableau:
    lignes = tuple(
        tuple(map(Cellule, (une.piece, une.situation, une.duree, une.source))) for une in pieces(le)
    )
    colonnes = tuple(map(Colonne, ("Pièce", "Situation", "Durée", "Source")))
    return Tableau("pieces", "", colonnes, lignes)


def garder_l_examen(v: Lecture, registre_: Affaires, departement: str, examen: Examen) -> str:
    """Keep the counts of a check of free fields with the charter of quality; say where."""
    charte = next((un for un in en_vigueur(v, departement) if un.code == QUALITE), None)
    if charte is None:
        return f"Comptes non gardés : la {minuscule(titre(QUALITE))} n'est pas en vigueur."
    comptes = sorted(examen.comptes.items())
    donnees = {
        "lexique": examen.lexique,
        "lues": examen.lues,
        "a_relire": [{"categorie": titre_, "nombre": nombre} for titre_, nombre in comptes],
    }
    registre_.agir(charte.affaire, CONTROLE, donnees)
    return f"Comptes gardés : affaire {charte.affaire}. Rien du texte ne l'est."


REGLES = Chartes(PROCEDURE)
