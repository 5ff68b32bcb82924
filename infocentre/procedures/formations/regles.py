"""Sessions: who is inscribed, what they are about, what the guichets need."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from dateutil.relativedelta import relativedelta

from infocentre.affaires import Affaire, Affaires, Evenement, procedures
from infocentre.affaires.reglages import reglages_de
from infocentre.demarches.demandes import choix_dit
from infocentre.demarches.regles import Ouverture, Regles, Releve, Reste, Saisie
from infocentre.lecture.affaires import toutes
from infocentre.lecture.commun import catalogue, libelle, mois_controles, noms_des_guichets
from infocentre.lecture.effets import FORMATION, dire_effet, effet_suppose
from infocentre.lecture.lecteur import Lecture
from infocentre.mesures.effets import Effet, Silence
from infocentre.noyau.erreurs import Refus
from infocentre.noyau.francais import accorder, enumerer, majuscule, minuscule
from infocentre.noyau.temps import jour as ecrire_jour
from infocentre.noyau.temps import mois_avant, nom_mois
from infocentre.procedures.formations.besoins import PROCEDURE, besoins
from infocentre.procedures.formations.gardes import inscrits
from infocentre.restitutions.document import Cellule, Colonne, Tableau
from infocentre.restitutions.redaction import Contenu

TEXTES = f"procedures/{PROCEDURE}/textes"
D_UN_GUICHET = frozenset(
    {"inscrire_un_guichet", "desinscrire_un_guichet"}
)  # events that are one guichet's


@dataclass(frozen=True)
class Besoins(Contenu):
    """The needs that deliveries show."""

    modele: ClassVar[str] = f"{TEXTES}/besoins.md"

    besoins: Tableau | None


@dataclass(frozen=True)
class Rapport(Contenu):
    """The sessions of twelve months."""

    modele: ClassVar[str] = f"{TEXTES}/rapport.md"

    seances: Tableau | None


def _seance(une: Affaire) -> str:
    return ecrire_jour(str(une.situation.dite("seance_le")))


class Formations(Regles):
    """A session is everybody's of the département; each guichet reads of itself."""

    nombres: ClassVar[Mapping[str, str]] = {"inscrits": "personnes inscrites", "places": "places"}

    def guichet(self, une: Affaire) -> str:
        """Return none: a session is of no guichet."""
        del une
        return ""

    def voit(self, v: Lecture, une: Affaire) -> bool:
        """Tell whether the reader has a guichet in the département of a session."""
        return v.p.voit(une.departement)

    def sujet(self, une: Affaire) -> str:  # its name is its theme
        """Return which session it is."""
        return f"session du {_seance(une)}"

    def titre(self, une: Affaire) -> str:
        """Return which session it is, as what heads its page."""
        return self.sujet(une)

    def compter(self, une: Affaire) -> tuple[int, ...]:
        """Return how many people are inscribed, and how many places there are."""
        return sum(inscrits(une.situation).values()), int(une.situation.dite("places"))

    def ouvrir(
        self,
        v: Lecture,
        registre_: Affaires,
        departement: str,
        objet: str,
        dits: Mapping[str, Any],
    ) -> Ouverture:
        """Return what a session begins with.

        Raises:
            Refus: it names an indicator that is none, or it has no place.
        """
        if dits["places"] < 1:
            raise Refus("il faut une place au moins", que_faire="Dire combien de places il y a.")
        for code in dits.get("codes") or []:
            if code not in catalogue().indicateurs:
                raise Refus(
                    f"l'indicateur « {str(code)[:30]} » n'existe pas",
                    que_faire="Donner les codes de la page Indicateurs, un par ligne, ou rien.",
                )
        return super().ouvrir(v, registre_, departement, objet, dits)

    def agir(self, v: Lecture, registre_: Affaires, saisie: Saisie) -> Affaire | None:
        """Refuse what is said of a guichet that is unknown, or of others than who says it."""
        del registre_
        guichet = str(saisie.dits.get("guichet") or "").strip()
        if saisie.nom in D_UN_GUICHET and guichet not in noms_des_guichets(
            v, saisie.une.departement
        ):
            inconnu = f"le guichet « {guichet[:20]} » n'est pas dans l'annuaire"
            raise Refus(
                inconnu if guichet else "il manque « Guichet »", que_faire="Choisir l'un des siens."
            )
        return None

    def raconter(self, v: Lecture, une: Affaire, un: Evenement) -> str | None:
        """Return what an event says: of others, a guichet reads nothing."""
        if un.nom not in (*D_UN_GUICHET, "noter_presences"):
            return None
        noms = noms_des_guichets(v, une.departement)
        lignes = un.dit("venus") or [{"guichet": un.dit("guichet"), "personnes": None}]
        if un.nom == "inscrire_un_guichet":
            lignes = [{"guichet": un.dit("guichet"), "personnes": un.dit("personnes")}]
        return " ; ".join(
            noms.get(ligne["guichet"], ligne["guichet"])
            + (f" : {accorder(ligne['personnes'], 'personne')}" if ligne["personnes"] else "")
            for ligne in lignes
            if not v.p.partiel or v.p.voit_guichet(ligne["guichet"])
        )

    def faits(self, v: Lecture, une: Affaire) -> list[tuple[str, str]]:
        """Return when, where, and how many places are left."""
        s = une.situation
        quand = ", ".join(filter(None, (ecrire_jour(str(s.dite("seance_le"))), s.dite("heure"))))
        pris, places = self.compter(une)
        dits = [("Quand", quand), ("Où", str(s.dite("lieu")))]
        dits.append(("Places", f"{places - pris} libres sur {places}"))
        if codes := s.dite("codes"):
            dits.append(("Indicateurs", _codes(codes)))
        if codes and s.dite("venus") and not v.p.partiel:
            dits.append(("Effet", dire_effet(effet_de(v, une), cause=FORMATION)))
        return dits

    def bloc_d_une(self, v: Lecture, une: Affaire) -> Tableau | None:
        """Return who is inscribed, of those that the reader sees; None before the first."""
        return _inscriptions(v, une, signature=False)

    def bloc(self, v: Lecture, departement: str) -> Tableau | None:
        """Return the needs that the newest month shows, of the guichets that the reader sees."""
        return _besoins(v, departement)

    def restes(self, v: Lecture, registre_: Affaires, departement: str) -> list[Reste]:
        """Return the needs that no session meets, and that no session was held for a year."""
        if v.p.partiel:
            return []
        page, jour = f"/affaires/{PROCEDURE}", registre_.aujourdhui
        nus = [un for un in besoins(v, departement) if not un.pourvu]
        nouveaux = [un.avant for un in nus if un.avant]
        restes = []
        if nus:
            guichets = len({un.guichet for un in nus})
            dit = f"{accorder(guichets, 'guichet')} à former ({accorder(len(nus), 'besoin')})"
            avant = min(nouveaux, default=None)
            presse = avant is not None and avant <= jour
            restes.append(Reste(dit, page, "Voir", avant=avant, presse=presse))
        mois = reglages_de(procedures()[PROCEDURE])["periode"]
        depuis = jour - relativedelta(months=mois)
        seances = [
            dt.date.fromisoformat(str(une.situation.dite("seance_le")))
            for une in toutes(v, departement, PROCEDURE)
            if une.etat != "seance_annulee"
        ]
        if max(seances, default=dt.date.min) < depuis:
            dit = f"aucune séance depuis {mois} mois : la convention en prévoit une par an"
            restes.append(Reste(majuscule(dit), page, "Fixer une séance"))
        return restes

    def valeurs(self, v: Lecture, registre_: Affaires, une: Affaire, papier: str) -> dict[str, Any]:
        """Return what the papers of a session name."""
        del registre_, papier
        noms = noms_des_guichets(v, une.departement)
        return {
            "theme_dit": theme(une),
            "codes_dits": _codes(une.situation.dite("codes") or []),
            "inscriptions": _inscriptions(v, une, signature=True),
            "presences": [
                ligne | {"nom": noms.get(ligne["guichet"], ligne["guichet"])}
                for ligne in une.situation.dite("venus") or []
            ],
        }

    def releves(self) -> tuple[Releve, ...]:
        """Return the papers about a whole département."""
        return (
            Releve(
                "besoins",
                "Besoins de formation",
                ("pdf", "xlsx"),
                lambda v, _, ici: Besoins(_besoins(v, ici)),
            ),
            Releve(
                "rapport",
                "Formations des douze derniers mois",
                ("pdf", "xlsx", "docx"),
                lambda v, registre, ici: Rapport(_seances(v, ici, registre.aujourdhui)),
            ),
        )


def theme(une: Affaire) -> str:
    """Return what a session is about, as people read it."""
    return choix_dit(une, "fixer", "theme")


def effet_de(v: Lecture, une: Affaire) -> Effet | Silence:
    """Return what its indicators became in the guichets that came, as for those of a measure.

    What they counted the month before the session is compared with the months since, and with the
    guichets that did not come.
    """
    s = une.situation
    avant = mois_avant(str(s.dite("seance_le"))[:7], 1)
    dernier = mois_controles(v, une.departement)[-1]
    venus = [ligne["guichet"] for ligne in s.dite("venus")] if avant < dernier else []
    premiers = {(code, guichet): avant for code in s.dite("codes") for guichet in venus}
    return effet_suppose(v, une.departement, dernier, premiers)


def _codes(codes: list[str]) -> str:
    return enumerer([minuscule(libelle(code)) for code in codes])


def _inscriptions(v: Lecture, une: Affaire, *, signature: bool) -> Tableau | None:
    noms, venus = noms_des_guichets(v, une.departement), une.situation.dite("venus")
    presents = {ligne["guichet"]: ligne["personnes"] for ligne in venus or []}
    lignes = tuple(
        (
            Cellule(noms.get(guichet, guichet)),
            Cellule(nombre),
            *([Cellule("")] if signature else [Cellule(presents.get(guichet, 0))] * bool(venus)),
        )
        for guichet, nombre in sorted(inscrits(une.situation).items())
        if not v.p.partiel or v.p.voit_guichet(guichet)
    )
    suite = [Colonne("Signatures")] if signature else [Colonne("Venues", "nombre")] * bool(venus)
    colonnes = (Colonne("Guichet"), Colonne("Personnes", "nombre"), *suite)
    return Tableau("inscriptions", "Inscriptions", colonnes, lignes).ou_rien


def _besoins(v: Lecture, departement: str) -> Tableau | None:
    return Tableau.dresser(
        "besoins",
        "Besoins de formation",
        besoins(v, departement),
        ("Guichet", lambda un: un.nom),
        ("Besoin", lambda un: majuscule(un.dit)),
        ("Depuis", lambda un: majuscule(nom_mois(un.depuis))),
        ("Où en est-on", lambda un: _ou_en_est(un.seance, venu=un.venu)),
        (Colonne("À former avant le", "date"), lambda un: un.avant),
    ).ou_rien


def _ou_en_est(seance: dt.date | None, *, venu: bool) -> str:
    if seance is None:
        return "aucune séance"
    return f"{'formé' if venu else 'inscrit'} le {ecrire_jour(seance)}"


def _seances(v: Lecture, departement: str, jour: dt.date) -> Tableau | None:
    """Return the sessions of twelve months up to a day, the oldest first."""
    lignes = []
    for une in toutes(v, departement, PROCEDURE):
        le = dt.date.fromisoformat(str(une.situation.dite("seance_le")))
        if une.etat not in {"seance_passee", "close"} or le <= jour - relativedelta(months=12):
            continue
        venus = une.situation.dite("venus") or []
        combien = (len(venus), sum(ligne["personnes"] for ligne in venus))
        textes = (une.objet, majuscule(theme(une)))
        lignes.append((Cellule(le), *map(Cellule, textes), *map(Cellule, combien)))
    titres = (
        Colonne("Le", "date"),
        Colonne("Séance"),
        Colonne("Thème"),
        Colonne("Guichets", "nombre"),
        Colonne("Personnes", "nombre"),
    )
    return Tableau("seances", "", titres, tuple(lignes)).ou_rien


REGLES = Formations(PROCEDURE)
