"""Coordinates: whose are to be confirmed, what was seen when they were, the sheet of a door."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from infocentre.affaires import Affaire, Affaires, procedures
from infocentre.affaires.attentes import AFaire
from infocentre.demarches.regles import Ensemble, Regles, Releve, Reste, Saisie
from infocentre.lecture.affaires import toutes
from infocentre.lecture.changements import liste_a_publier
from infocentre.lecture.commun import mois_controles
from infocentre.lecture.filtres import Filtres
from infocentre.lecture.guichets import partis, reserve
from infocentre.lecture.histoire_guichet import dire_certificat
from infocentre.lecture.lecteur import Lecture
from infocentre.lecture.lignes import Guichet
from infocentre.noyau import horaires
from infocentre.noyau.erreurs import Refus
from infocentre.noyau.francais import accorder
from infocentre.noyau.temps import fin_de_mois
from infocentre.restitutions.document import (
    Cellule,
    Colonne,
    Graphique,
    Tableau,
)
from infocentre.restitutions.redaction import Contenu

CODE, CONFIRMER = "coordonnees", "confirmer_les_coordonnees"
PORTAIL = "https://www.demande-logement-social.gouv.fr"
SUR_LE_PORTAIL = "Le portail de la demande de logement social"
GUICHET, LE = "Guichet", "Confirmé le"


class Coordonnees(Regles):
    """The rules of the coordinates."""

    def titre(self, une: Affaire) -> str:
        """Return what it is about."""
        del une
        return "coordonnées"

    def a_faire(self, une: Affaire, jour: dt.date) -> list[AFaire]:
        """Return nothing: those to confirm are told together, in one line."""
        del une, jour
        return []

    def restes(self, v: Lecture, registre_: Affaires, departement: str) -> list[Reste]:
        """Return how many are to be confirmed: one line, once they are followed."""
        if v.p.partiel:
            return []
        ouverts = {un["guichet"] for un in publies(v, departement, registre_.aujourdhui)}
        siennes = {un.objet: un for un in toutes(v, departement, CODE) if not un.situation.finie}
        a_confirmer = [un for un in siennes.values() if not confirmee(un) and un.objet in ouverts]
        if not siennes or not a_confirmer:
            return []
        dit = accorder(len(a_confirmer), "guichet", "guichets")
        return [
            Reste(f"{dit} à confirmer : adresse, téléphone, horaires", f"/affaires/{CODE}", "Voir")
        ]

    def ensembles(
        self,
        v: Lecture,
        registre_: Affaires,
        departement: str,
        unes: Sequence[Affaire],
    ) -> list[Ensemble]:
        """Return the open guichets whose coordinates nobody follows."""
        dit = ("guichet à suivre", "guichets à suivre")
        nombre = len(_a_suivre(v, registre_, departement, unes))
        return [Ensemble("suivre", "Suivre tous les guichets ouverts", dit, nombre)]

    def ensemble(self, v: Lecture, registre_: Affaires, departement: str, nom: str) -> str:
        """Follow all open guichets."""
        if nom != "suivre":
            return super().ensemble(v, registre_, departement, nom)
        self.exiger(v, departement)
        for guichet in _a_suivre(
            v, registre_, departement, registre_.lister(departement, procedure=CODE)
        ):
            suivre(registre_, departement, guichet)
        return ""

    def agir(self, v: Lecture, registre_: Affaires, saisie: Saisie) -> Affaire | None:
        """Keep with a confirmation what was seen."""
        if saisie.nom != CONFIRMER:
            return None
        lu = saisie.lue().get("confirmees_le")
        dit_le = dt.date.fromisoformat(lu) if lu else None
        return confirmer(v, registre_, saisie.une, dit_le, jour=saisie.jour, vus=saisie.vus)

    def faits(self, v: Lecture, une: Affaire) -> list[tuple[str, str]]:
        """Return what is to be confirmed, as the list to publish says it."""
        mois = mois_controles(v, une.departement)[-1:]
        lu = _lu(v, une, max([une.situation.evenements[-1].jour, *map(fin_de_mois, mois)]))
        if lu is None:
            return []
        dits = {
            "Adresse": _adresse(lu),
            "Téléphone": lu["telephone"] or "",
            "Horaires": horaires.dire(lu["horaires"]),
        }
        faits = [(titre, dit or "non renseigné") for titre, dit in dits.items()]
        dit = dire_certificat(v, une.departement, une.objet)
        return [*faits, ("Certificat", dit)] if dit else faits

    def livraison(
        self,
        v: Lecture,
        registre_: Affaires,  # noqa: ARG002
        unes: Sequence[Affaire],
    ) -> Iterator[tuple[Affaire, str, Mapping[str, Any]]]:
        """Yield the guichets that the newest delivery shows closed, or gone."""
        disparus = partis(v, unes[0].departement, [une.objet for une in unes])
        for une in unes:
            if not une.situation.finie and une.objet in disparus:
                yield une, "clore_les_coordonnees", {}

    def valeurs(self, v: Lecture, registre_: Affaires, une: Affaire, papier: str) -> dict[str, Any]:
        """Return what the sheet of a door says."""
        del papier
        lu = _lu(v, une, registre_.aujourdhui)
        return {
            "nom_guichet": (lu and lu["nom"]) or une.objet,
            "adresse_dite": _adresse(lu) if lu else "",
            "telephone_dit": (lu and lu["telephone"]) or "",
            "horaires_dits": horaires.dire(lu["horaires"]) if lu else "",
            "reserve_dite": reserve(lu) if lu else "",
            "code_qr": Graphique(
                "qr", SUR_LE_PORTAIL, qr(PORTAIL), PORTAIL, forme="carte", numerotee=False
            ),
        }

    def releves(self) -> tuple[Releve, ...]:
        """Return the workbook by which organismes confirm."""
        return (
            Releve(
                "a_confirmer",
                "Coordonnées à confirmer",
                ("xlsx", "pdf"),
                lambda v, registre, ici: AConfirmer(a_confirmer(v, ici, registre.aujourdhui)),
            ),
        )


@dataclass(frozen=True)
class AConfirmer(Contenu):
    """The workbook by which organismes confirm, as a paper."""

    modele: ClassVar[str] = "procedures/coordonnees/textes/a_confirmer.md"

    liste: Tableau


def publies(v: Lecture, departement: str, le: dt.date) -> list[Guichet]:
    """Return the list to publish on a day, of the last month."""
    mois = mois_controles(v, departement)
    return liste_a_publier(v, Filtres(departement, mois[-1]), le) if mois else []


def confirmee(une: Affaire) -> bool:
    """Tell whether coordinates are confirmed, and still hold."""
    return bool(une.attend)


def suivre(registre_: Affaires, departement: str, guichet: str) -> Affaire:
    """Open the affaire of a guichet; raise Refus when one is open."""
    return registre_.ouvrir(procedures()[CODE], departement, guichet, CODE, {}, seule=True)


def confirmer(
    v: Lecture,
    registre_: Affaires,
    une: Affaire,
    dit_le: dt.date | None = None,
    *,
    jour: dt.date | None = None,
    vus: int | None = None,
) -> Affaire:
    """Confirm the coordinates of a guichet on a day, as the list to publish says them.

    Raises:
        Refus: it is no longer in that list: there is nothing to confirm.
    """
    lu = _lu(v, une, registre_.aujourdhui)
    if lu is None:
        raise Refus(
            f"le guichet {une.objet} n'est plus dans la liste à publier : rien n'est à confirmer",
            f"affaire {une.id}",
            "S'il est fermé, le clore ; sinon, attendre qu'une livraison le montre.",
        )
    donnees = {
        "confirmees_le": (dit_le or jour or registre_.aujourdhui).isoformat(),
        "adresse_vue": _adresse(lu),
        "telephone_vu": lu["telephone"] or "",
        "horaires_vus": lu["horaires"] or "",
    }
    return registre_.agir(une.id, CONFIRMER, donnees, jour=jour, vus=vus)


def a_confirmer(v: Lecture, departement: str, le: dt.date) -> Tableau:
    """Return the workbook that goes and comes back: the open guichets, a day to fill in."""
    lignes = tuple(
        (
            Cellule(un["guichet"]),
            Cellule(un["nom"] or un["guichet"]),
            Cellule(_adresse(un)),
            Cellule(un["telephone"] or ""),
            Cellule(un["horaires"] or ""),
            Cellule(""),
        )
        for un in publies(v, departement, le)
    )
    colonnes = tuple(map(Colonne, (GUICHET, "Nom", "Adresse", "Téléphone", "Horaires", LE)))
    return Tableau("a_confirmer", "Coordonnées à confirmer", colonnes, lignes)


def du_guichet(v: Lecture, registre_: Affaires, departement: str, guichet: str) -> Affaire:
    """Return the affaire of an open guichet, opened when there is none; raise Refus."""
    if guichet not in {un["guichet"] for un in publies(v, departement, registre_.aujourdhui)}:
        raise Refus(
            f"le guichet « {guichet[:20]} » n'est pas dans la liste à publier",
            que_faire="Vérifier son code, et qu'il est ouvert.",
        )
    siennes = registre_.lister(departement, procedure=CODE, objet=guichet)
    return siennes[-1] if siennes else suivre(registre_, departement, guichet)


def qr(adresse: str) -> str:
    """Return a QR code as SVG."""
    import segno

    flux = io.BytesIO()
    segno.make(adresse, error="m").save(flux, kind="svg", scale=5, xmldecl=False)
    return flux.getvalue().decode()


def _a_suivre(
    v: Lecture, registre_: Affaires, departement: str, unes: Sequence[Affaire]
) -> list[str]:
    suivis = {un.objet for un in unes if not un.situation.finie}
    lus = publies(v, departement, registre_.aujourdhui)
    return [un["guichet"] for un in lus if un["guichet"] not in suivis]


def _lu(v: Lecture, une: Affaire, le: dt.date) -> Guichet | None:
    lus = publies(v, une.departement, le)
    return next((un for un in lus if un["guichet"] == une.objet), None)


def _adresse(lu: Guichet) -> str:
    place = f"{lu['code_postal'] or ''} {lu['nom_commune']}".strip()
    return ", ".join(filter(None, (lu["adresse"], place)))


REGLES = Coordonnees(CODE)
