"""What adhesions know: of which charter they are, who is asked, what a new version changes."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from infocentre.affaires import Affaire, Affaires, procedures
from infocentre.demarches.regles import Attente, Ensemble, Ouverture, Regles, Saisie
from infocentre.lecture.affaires import toutes
from infocentre.lecture.chartes import (
    ADHESIONS,
    RIEN,
    SIGNATURES,
    VERIFICATIONS,
    Charte,
    Position,
    adhesions_de,
    en_vigueur,
    exiger,
    organismes,
    positions,
    titre,
)
from infocentre.lecture.commun import catalogue
from infocentre.lecture.lecteur import Lecture
from infocentre.noyau.erreurs import Refus
from infocentre.noyau.etats import Etat
from infocentre.restitutions.document import Colonne, Tableau


class Adhesions(Regles):
    """The rules of the adhesions; one of an organisme and a charter lives across its versions."""

    def titre(self, une: Affaire) -> str:
        """Return its charter."""
        return titre(une.sujet)

    def sujet(self, une: Affaire) -> str:
        """Return its charter."""
        return titre(une.sujet)

    def ouvrir(
        self,
        v: Lecture,
        registre_: Affaires,
        departement: str,
        objet: str,
        dits: Mapping[str, Any],
    ) -> Ouverture:
        """Return what an adhesion begins with.

        Raises:
            Refus: the organisme is unknown, the charter is not in force, or it was asked already.
        """
        ouverte = super().ouvrir(v, registre_, departement, objet, dits)
        charte = exiger_en_vigueur(v, departement, str(dits.get("charte") or ""))
        deja = adhesions_de(v, departement).get((ouverte.objet, charte.code))
        if deja and not deja.situation.finie:
            raise Refus(
                f"l'adhésion de cet organisme est déjà demandée, affaire {deja.id}",
                que_faire="Y noter ce qu'il en est.",
            )
        return Ouverture(ouverte.objet, charte.code, {"numero": charte.numero})

    def a_ouvrir(self, v: Lecture, registre_: Affaires, departement: str) -> list[Attente]:  # noqa: ARG002
        """Return the organismes whose adhesion to a charter in force was never asked."""
        return [
            Attente(code, nom, charte.titre) for charte, code, nom in _a_demander(v, departement)
        ]

    def ensembles(
        self,
        v: Lecture,
        registre_: Affaires,  # noqa: ARG002
        departement: str,
        unes: Sequence[Affaire],  # noqa: ARG002
    ) -> list[Ensemble]:
        """Return the campaign: all adhesions that were never asked."""
        dit = ("adhésion à demander", "adhésions à demander")
        a_faire = len(_a_demander(v, departement))
        return [Ensemble("demander", "Demander toutes les adhésions", dit, a_faire)]

    def ensemble(self, v: Lecture, registre_: Affaires, departement: str, nom: str) -> str:
        """Ask for the adhesion of each organisme."""
        if nom != "demander":
            return super().ensemble(v, registre_, departement, nom)
        self.exiger(v, departement)
        for charte, code, _ in _a_demander(v, departement):
            demander(registre_, departement, code, charte)
        return ""

    def agir(self, v: Lecture, registre_: Affaires, saisie: Saisie) -> Affaire | None:
        """Complete a signature with the version that is in force; refuse one that is not."""
        if saisie.regle.compte != SIGNATURES:
            return None
        return signer(v, registre_, saisie.une, saisie.lue(), le=saisie.jour, vus=saisie.vus)

    def livraison(
        self,
        v: Lecture,
        registre_: Affaires,  # noqa: ARG002
        unes: Sequence[Affaire],
    ) -> Iterator[tuple[Affaire, str, Mapping[str, Any]]]:
        """Yield the adhesions whose version another one has replaced."""
        numeros = {un.code: un.numero for un in en_vigueur(v, unes[0].departement)}
        for une in unes:
            numero = numeros.get(une.sujet, 0)
            if RENOUVELER in une.procedure.possibles(une.etat) and numero > int(
                une.situation.dite("numero") or 0
            ):
                yield une, RENOUVELER, {"numero_en_vigueur": numero}

    def bloc_d_une(self, v: Lecture, une: Affaire) -> Tableau | None:
        """Return where the organisme stands with the charter in force."""
        return _tenues(_position(v, une))

    def valeurs(self, v: Lecture, registre_: Affaires, une: Affaire, papier: str) -> dict[str, Any]:
        """Return where the organisme stands, for its annex."""
        del registre_, papier
        position = _position(v, une)
        numero = position.charte.numero if position else une.situation.dite("numero")
        return {
            "charte_dite": titre(une.sujet),
            "numero_dit": numero,
            "engagements_dits": _tenues(position),
            "chiffres_dits": _chiffres(position),
            "a_signer": position is not None and une.etat not in A_JOUR,
        }


RENOUVELER = "demander_le_renouvellement"
A_JOUR = frozenset({"adhesion_signee", "adhesion_sans_objet"})  # nothing is to be signed


def exiger_en_vigueur(v: Lecture, departement: str, code: str) -> Charte:
    """Return a charter that is in force by its code; raise Refus."""
    exiger(code)
    une = next((un for un in en_vigueur(v, departement) if un.code == code), None)
    if une is None:
        raise Refus(
            f"la charte « {titre(code)} » n'est pas en vigueur",
            que_faire="La faire voter, puis la mettre en vigueur.",
        )
    return une


def demander(registre_: Affaires, departement: str, organisme: str, charte: Charte) -> Affaire:
    """Open an adhesion; raise Refus when one is open."""
    donnees = {"charte": charte.code, "numero": charte.numero}
    return registre_.ouvrir(
        procedures()[ADHESIONS], departement, organisme, charte.code, donnees, seule=True
    )


def completer(charte: Charte, lus: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a signature carries, of the version in force unless it says which.

    Raises:
        Refus: this version never was, or a commitment is none of the charter.
    """
    numero = lus.get("numero", charte.numero)
    if not 1 <= numero <= charte.numero:
        raise Refus(
            f"la version {numero} de cette charte n'existe pas",
            que_faire=f"Celle qui est en vigueur est la {charte.numero}.",
        )
    codes = [un.code for un in charte.engagements]
    declares = [str(un).strip().upper() for un in lus.get("declares") or []]
    if inconnus := [un for un in declares if un not in codes]:
        raise Refus(
            f"« {inconnus[0][:20]} » n'est pas l'un des engagements de la charte",
            que_faire=f"Ses engagements : {', '.join(codes)}.",
        )
    return {**lus, "numero": numero, "declares": declares}


def signer(
    v: Lecture,
    registre_: Affaires,
    une: Affaire,
    lus: Mapping[str, Any],
    *,
    le: dt.date | None = None,
    vus: int | None = None,
) -> Affaire:
    """Record a signature; raise Refus when its charter is not in force, or it is not of it."""
    donnees = completer(exiger_en_vigueur(v, une.departement, une.sujet), lus)
    (nom,) = (n for n, un in une.situation.procedure.evenements.items() if un.compte == SIGNATURES)
    return registre_.agir(une.id, nom, donnees, jour=le, vus=vus)


def _a_demander(v: Lecture, departement: str) -> list[tuple[Charte, str, str]]:
    demandees = {(une.objet, une.sujet) for une in toutes(v, departement, ADHESIONS)}
    return [
        (charte, code, nom)
        for charte in en_vigueur(v, departement)
        for code, nom in sorted(organismes(v, departement).items(), key=lambda un: un[1])
        if (code, charte.code) not in demandees
    ]


def _position(v: Lecture, une: Affaire) -> Position | None:
    charte = next((un for un in en_vigueur(v, une.departement) if un.code == une.sujet), None)
    siennes = positions(v, une.departement, charte, une.objet) if charte else []
    return siennes[0] if siennes else None


def _tenues(une: Position | None) -> Tableau | None:
    if une is None:
        return None
    return Tableau.dresser(
        "engagements",
        "Engagements",
        une.tenues,
        ("Code", lambda un: un.engagement.code),
        ("Engagement", lambda un: un.engagement.texte),
        ("Vérifié par", lambda un: VERIFICATIONS[un.engagement.verification]),
        ("Où vous en êtes", lambda un: un.dit or RIEN),
    )


def _chiffres(une: Position | None) -> Tableau | None:
    """Return the figures behind the states of the commitments, None when none is published."""
    connus = catalogue().indicateurs
    dits = une.chiffres if une else ()
    return Tableau.dresser(
        "chiffres",
        "Vos chiffres de douze mois",
        [un for un in dits if un.indicateur in connus and un.d],
        ("Code", lambda un: un.engagement),
        ("Indicateur", lambda un: connus[un.indicateur].libelle),
        (Colonne("Cas", "nombre"), lambda un: un.n),
        (Colonne("Sur", "nombre"), lambda un: un.d),
        (Colonne("Part", "taux"), lambda un: un.n / un.d if un.n is not None and un.d else None),
        ("État", lambda un: Etat(un.etat).ecrit),
    ).ou_rien


REGLES = Adhesions(ADHESIONS)
