"""The review of the users of the SNE: whom it is of, what is asked, what the next delivery shows.

One affaire a guichet. The list is a constat; events name accesses by the reference of its rows.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from infocentre.affaires import Affaire, Affaires, Constat, Evenement, procedures
from infocentre.affaires.attentes import AFaire, permis
from infocentre.affaires.donnees import ReponseAcces, Vu
from infocentre.affaires.echeances import ajouter
from infocentre.affaires.reglages import reglages_de
from infocentre.demarches.a_remplir import liste
from infocentre.demarches.cas import Cas, cas
from infocentre.demarches.message import Pli, lien
from infocentre.demarches.regles import (
    Attente,
    Ensemble,
    Jalon,
    Ouverture,
    Regles,
    Releve,
    Reste,
    Saisie,
)
from infocentre.lecture.acces_sne import Departs, Utilisateur, departs, utilisateurs
from infocentre.lecture.commun import catalogue, noms_des_guichets
from infocentre.lecture.guichets import fermes
from infocentre.lecture.lecteur import Lecture
from infocentre.noyau.erreurs import Refus
from infocentre.noyau.francais import accorder
from infocentre.noyau.lecteurs import Lecteur
from infocentre.noyau.temps import fin_de_mois
from infocentre.noyau.temps import jour as ecrire_jour
from infocentre.procedures.revue_des_acces.gardes import DEPART, RESTENT, reponses_de_revue
from infocentre.restitutions.document import Cellule, Colonne, Tableau
from infocentre.restitutions.redaction import Contenu

PROCEDURE, SUJET = "revue_des_acces", "revue des accès"
MAINTENIR, FERMER = "maintenir", "fermer"


def sorts() -> Mapping[str, str]:
    """Return what a delivery may show of an access, {code: how it is read}."""
    regle = procedures()[PROCEDURE].evenements["constater"]
    return regle.donnees["sorts"].colonnes["sort"].choix


def proposer(
    v: Lecture, registre: Affaires, departement: str, guichets: Sequence[str] = ()
) -> list[Affaire]:
    """Freeze the list of each guichet whose last review is old enough, of these alone if named.

    Run twice, it does nothing the second time.
    """
    REGLES.exiger(v, departement)
    siens = _ouverts(v, departement)
    laisses = _recentes(registre, departement)
    if not guichets:  # a closed one is reviewed when it is named
        laisses |= fermes(v, departement, registre.aujourdhui)
    return [
        registre.ouvrir(
            procedures()[PROCEDURE],
            departement,
            une.objet,
            une.sujet,
            une.donnees,
            constats_=une.constats,
            seule=True,
        )
        for guichet in guichets or sorted(siens)
        if guichet not in laisses
        for une in [_ouverture(v, departement, guichet, siens)]
    ]


def _ouverts(v: Lecture, departement: str) -> dict[str, list[Utilisateur]]:
    """Return the users whose access is open, by guichet."""
    siens: dict[str, list[Utilisateur]] = {}
    for un in utilisateurs(v, v.version.de(departement)[-1]):
        if un["ouvert"]:
            siens.setdefault(un["guichet"], []).append(un)
    return siens


def _recentes(registre: Affaires, departement: str) -> set[str]:
    periode = reglages_de(procedures()[PROCEDURE])["periode"]
    return {
        une.objet
        for une in registre.lister(departement, procedure=PROCEDURE, finies=True)
        if not une.situation.finie or (registre.aujourdhui - une.ouverte_le).days < periode
    }


def _ouverture(
    v: Lecture, departement: str, guichet: str, siens: Mapping[str, Sequence[Utilisateur]]
) -> Ouverture:
    livraison = v.version.de(departement)[-1]
    if guichet not in siens:
        raise Refus(
            f"le guichet « {guichet[:10]} » n'a pas d'accès ouvert au "
            f"{ecrire_jour(fin_de_mois(livraison.mois))}",
            que_faire="Vérifier son code dans l'annuaire des guichets.",
        )
    leurs = siens[guichet]
    nom = noms_des_guichets(v, departement).get(guichet, guichet)
    dit = _figer(leurs, departement, nom, livraison.mois, v.version.numero)
    profils = {un["id_utilisateur"]: un["profil"] for un in leurs}
    lignes = [{"reference": un.reference, "profil": profils[un.unite]} for un in cas([dit])]
    return Ouverture(guichet, SUJET, {"mois": livraison.mois, "lignes": lignes}, [dit])


def _figer(
    siens: Sequence[Utilisateur], departement: str, nom: str, mois: str, version: int
) -> Constat:
    return Constat(
        departement,
        siens[0]["guichet"],
        nom,
        PROCEDURE,
        "Accès ouverts au SNE",
        procedures()[PROCEDURE].version,
        mois,
        version,
        sum(bool(un["anomalies"]) for un in siens),
        len(siens),
        None,
        None,
        "",
        "stock",
        mois,
        tuple(
            (un["id_utilisateur"], "", un["date_ouverture"].isoformat(), _dire(un)) for un in siens
        ),
    )


def _dire(un: Utilisateur) -> str:
    connexion, depart = un["date_derniere_connexion"], un["date_depart"]
    dits = [
        un["profil"],
        f"dernière connexion le {ecrire_jour(connexion)}" if connexion else "aucune connexion",
        f"départ déclaré le {ecrire_jour(depart)}" if depart else "",
        *(catalogue().indicateurs[code].compte or code for code in un["anomalies"]),
    ]
    return " ; ".join(filter(None, dits))


# --- What is asked, and what the next delivery shows ----------------------------------------------


def changements(une: Affaire) -> dict[str, ReponseAcces]:
    """Return {reference: its answer} of the accesses that the guichet wants closed or changed."""
    return {
        reference: dite
        for reference, dite in reponses_de_revue(une.situation).items()
        if dite["reponse"] != MAINTENIR
    }


def a_demander(une: Affaire) -> list[ReponseAcces]:
    """Return what is to be asked of the administrator of the SNE, [] when it already is."""
    voulus = list(changements(une).values())
    return voulus if une.etat in {"repondue", "demandee"} and voulus != _demandes(une) else []


def demander(registre: Affaires, departement: str) -> list[Affaire]:
    """Record as asked of the administrator of the SNE what was answered and not asked yet."""
    return [
        registre.agir(une.id, "demander", {"changements": voulus})
        for une in registre.lister(departement, procedure=PROCEDURE)
        if (voulus := a_demander(une))
    ]


def _demandes(une: Affaire) -> list[ReponseAcces]:
    demande = une.situation.dernier("demander")
    return demande.donnees["changements"] if demande else []


def nombre(une: Affaire) -> int:
    """Return how many accesses the frozen list has."""
    return len(_profils(une))


def _profils(une: Affaire) -> dict[str, str]:
    """Return {reference: profile} of the frozen list."""
    debut = une.situation.evenements[0]
    return {un["reference"]: un["profil"] for un in debut.donnees["lignes"]}


def _sorts(registre: Affaires, une: Affaire, livres: Mapping[str, Utilisateur]) -> list[Vu]:
    profils, siens = _profils(une), {un.reference: un for un in liste(registre, une)}
    vus: list[Vu] = []
    for dite in _demandes(une):
        reference = dite["reference"]
        un = livres.get(siens[reference].unite)
        if un is None:
            sort = "absent"
        elif not un["ouvert"]:
            sort = "ferme"
        elif dite["reponse"] == FERMER:
            sort = "ouvert"
        else:
            avant = (une.objet, profils[reference])
            sort = "inchange" if (un["guichet"], un["profil"]) == avant else "modifie"
        vus.append({"reference": reference, "sort": sort})
    return vus


def suivi(registre: Affaires, une: Affaire) -> list[tuple[Cas, ReponseAcces, str]]:
    """Return (access, answer, what the last delivery shows) of what was asked in a review."""
    siens = {un.reference: un for un in liste(registre, une)}
    vus = sorts_vus(une)
    return [
        (siens[dite["reference"]], dite, vus.get(dite["reference"], "")) for dite in _demandes(une)
    ]


def sorts_vus(une: Affaire) -> dict[str, str]:
    """Return {reference: what the last delivery that was looked at shows of it}."""
    vu = une.situation.dernier("constater", "dementir")
    return {un["reference"]: sorts()[un["sort"]] for un in vu.donnees["sorts"]} if vu else {}


@dataclass(frozen=True, slots=True)
class Etat:
    """The accesses of a guichet as the newest delivery shows them."""

    guichet: str
    ouverts: int
    a_regarder: int
    departs: Departs | None


def etats(v: Lecture, departement: str) -> list[Etat]:
    """Return the accesses by guichet that the reader sees: those of people gone first."""
    livraison = v.version.de(departement)[-1]
    tous = utilisateurs(v, livraison)
    partis = {un.guichet: un for un in departs(tous, fin_de_mois(livraison.mois))}
    siens: dict[str, list[Utilisateur]] = {}
    for un in tous:
        siens.setdefault(un["guichet"], []).append(un)
    lus = [
        Etat(
            guichet,
            sum(un["ouvert"] for un in leurs),
            sum(bool(un["anomalies"]) for un in leurs),
            partis.get(guichet),
        )
        for guichet, leurs in siens.items()
    ]
    return sorted(
        lus,
        key=lambda un: (
            -(un.departs.encore_ouverts if un.departs else 0),
            -un.a_regarder,
            un.guichet,
        ),
    )


@dataclass(frozen=True)
class Demandes(Contenu):
    """What is asked of the administrator of the SNE, with what deliveries show of it."""

    modele: ClassVar[str] = "procedures/revue_des_acces/textes/demandes.md"

    liste: Tableau | None
    total: int
    departs: Tableau | None


class _Regles(Regles):
    """The review of the users of the SNE, as the face of procedures asks of it."""

    def exiger(self, v: Lecture, departement: str) -> None:
        v.exiger_nominatif()
        v.exiger_departements("La revue des accès")
        if not v.p.voit(departement):
            raise Refus("ce département n'est pas ouvert à ce compte")

    def ouvrir(
        self,
        v: Lecture,
        registre_: Affaires,
        departement: str,
        objet: str,
        dits: Mapping[str, Any],  # noqa: ARG002
    ) -> Ouverture:
        self.exiger(v, departement)
        if objet in _recentes(registre_, departement):
            raise Refus("la dernière revue de ce guichet est récente, ou en cours")
        return _ouverture(v, departement, objet, _ouverts(v, departement))

    def agir(self, v: Lecture, registre_: Affaires, saisie: Saisie) -> Affaire | None:  # noqa: ARG002
        """Keep a departure by the reference of its access: an identifiant stays in the list."""
        if saisie.nom != DEPART:
            return None
        lus = saisie.lue()
        connues = {un.unite: un.reference for un in liste(registre_, saisie.une)}
        dit = str(lus.get("reference", ""))
        donnees = {**lus, "reference": connues.get(dit, dit)} if dit else lus
        return saisie.garder(registre_, donnees)

    def a_ouvrir(self, v: Lecture, registre_: Affaires, departement: str) -> list[Attente]:
        laisses = _recentes(registre_, departement) | fermes(v, departement, registre_.aujourdhui)
        noms = noms_des_guichets(v, departement)
        return [
            Attente(
                un.guichet,
                noms.get(un.guichet, un.guichet),
                accorder(un.ouverts, "accès ouvert", "accès ouverts")
                + (f", dont {un.a_regarder} à regarder" if un.a_regarder else ""),
            )
            for un in etats(v, departement)
            if un.ouverts and un.guichet not in laisses
        ]

    def a_faire(self, une: Affaire, jour: dt.date) -> list[AFaire]:
        """Return what waits: while a delivery is, what was told since is to be asked for at once.

        The access of who leaves closes that day: one is told before it is late.
        """
        siennes = super().a_faire(une, jour)
        libre = not siennes or siennes[0].tache == "retard"
        depart = une.situation.dernier(DEPART)
        if not (libre and depart and a_demander(une) and permis(une, "demander", jour)):
            return siennes
        due = next((e for e in une.echeances if e.nature == "depart"), None)
        if due is None:
            return siennes
        return [AFaire("fenetre", "demander", depart.jour, due.due, due.titre)]

    def geste(self, une: Affaire, evenement: str) -> Mapping[str, Any] | None:
        if (voulus := a_demander(une)) and evenement == "demander":
            return {"changements": voulus}
        return super().geste(une, evenement)

    def restes(self, v: Lecture, registre_: Affaires, departement: str) -> list[Reste]:
        self.exiger(v, departement)
        attendent = len(self.a_ouvrir(v, registre_, departement))
        if not attendent:
            return []
        dit = accorder(attendent, "guichet dont les accès au SNE", "guichets dont les accès au SNE")
        return [Reste(f"{dit} sont à revoir", f"/affaires/{PROCEDURE}", "Commencer")]

    def jalons(
        self,
        v: Lecture,
        registre_: Affaires,
        departement: str,
        au: dt.date,
    ) -> list[Jalon]:
        """Return the next review of each guichet whose last one is at an end."""
        periode = dt.timedelta(days=reglages_de(procedures()[PROCEDURE])["periode"])
        noms, dernieres = noms_des_guichets(v, departement), dict[str, Affaire]()
        for une in registre_.lister(departement, procedure=PROCEDURE, finies=True):
            dernieres[une.objet] = une
        return [
            Jalon(une.ouverte_le + periode, "Accès à revoir", noms.get(guichet, guichet))
            for guichet, une in dernieres.items()
            if une.situation.finie and une.ouverte_le + periode <= au
        ]

    nombres: ClassVar[Mapping[str, str]] = {
        "acces": "accès",
        "reponses": "réponses",
        "changements": "à changer",
    }

    def ampleur(self, v: Lecture, pli: Pli) -> str:  # noqa: ARG002
        return f"{nombre(pli.affaires[0])} accès"

    def compter(self, une: Affaire) -> tuple[int, ...]:
        return nombre(une), len(reponses_de_revue(une.situation)), len(changements(une))

    def faits(self, v: Lecture, une: Affaire) -> list[tuple[str, str]]:  # noqa: ARG002
        repondus = len(reponses_de_revue(une.situation))
        dit = f"dont {repondus} avec une réponse" if repondus else "aucun avec une réponse"
        return [("Accès", f"{nombre(une)}, {dit}")]

    def ensembles(
        self, v: Lecture, registre_: Affaires, departement: str, unes: Sequence[Affaire]
    ) -> list[Ensemble]:
        a_revoir = len(self.a_ouvrir(v, registre_, departement))
        changes = sum(bool(a_demander(une)) for une in unes)
        return [
            Ensemble(
                "proposer",
                "Commencer les revues",
                ("guichet à revoir", "guichets à revoir"),
                a_revoir,
            ),
            Ensemble(
                "demander",
                "Les noter demandés au SNE",
                ("guichet demande des changements", "guichets demandent des changements"),
                changes,
            ),
        ]

    def ensemble(self, v: Lecture, registre_: Affaires, departement: str, nom: str) -> str:
        if nom == "proposer":
            return (
                ""
                if proposer(v, registre_, departement)
                else "Aucun guichet n'a d'accès à revoir : leur dernière revue est récente ou en "
                "cours."
            )
        if nom == "demander":
            self.exiger(v, departement)
            faites = demander(registre_, departement)
            return "" if faites else "Aucun changement nouveau n'est à demander."
        return super().ensemble(v, registre_, departement, nom)

    def bloc(self, v: Lecture, departement: str) -> Tableau | None:
        noms = noms_des_guichets(v, departement)
        colonnes = (
            Colonne("Guichet"),
            *(Colonne(un, "nombre") for un in ("Accès ouverts", "À regarder", *_DEPARTS)),
        )
        lignes = tuple(
            (
                Cellule(noms.get(un.guichet, un.guichet)),
                Cellule(un.ouverts),
                Cellule(un.a_regarder),
                *(map(Cellule, un.departs[1:]) if un.departs else [Cellule()] * len(_DEPARTS)),
            )
            for un in etats(v, departement)
        )
        titre = "Accès ouverts, et du départ déclaré à la fermeture, par guichet"
        lecture = (
            "les heures vont du départ déclaré à la fermeture, un jour compté pour 24 : une "
            "livraison ne dit pas l'heure."
        )
        return Tableau("acces", titre, colonnes, lignes, lecture)

    def livraison(
        self, v: Lecture, registre_: Affaires, unes: Sequence[Affaire]
    ) -> Iterator[tuple[Affaire, str, Mapping[str, Any]]]:
        demandees = [une for une in unes if une.etat == "demandee"]
        if not demandees:
            return
        livraison = v.version.de(demandees[0].departement)[-1]
        mois, arrete = livraison.mois, fin_de_mois(livraison.mois)
        livres = {un["id_utilisateur"]: un for un in utilisateurs(v, livraison)}
        if not livres:
            return  # a delivery without its users shows nothing
        for une in demandees:
            demande = une.situation.dernier("demander")
            vus = [un.donnees["mois"] for un in une.situation.tous("dementir")]
            if demande is None or demande.jour > arrete or max(vus, default="") >= mois:
                continue
            montres = _sorts(registre_, une, livres)
            sans_reponse = nombre(une) > len(reponses_de_revue(une.situation))
            reste = sans_reponse or any(un["sort"] in RESTENT for un in montres)
            donnees = {"livraison": mois, "mois": mois, "sorts": montres}
            yield une, "dementir" if reste else "constater", donnees

    def valeurs(self, v: Lecture, registre_: Affaires, une: Affaire, papier: str) -> dict[str, Any]:  # noqa: ARG002
        dits = registre_.constats(une.constats)
        delai = une.reglages["delai_reponse"]
        # Each sending gives the whole delay anew, as the deadline that it starts does.
        limite = ajouter(registre_.aujourdhui, delai, departement=une.departement)
        return {
            "total": dits[0].denominateur,
            "a_regarder": dits[0].numerateur,
            "delai": delai,
            "limite": limite,
            "lien": lien(v, une, dits, f"/affaires/{PROCEDURE}"),
            "relance": une.etat == "envoyee",
            "arrete": fin_de_mois(dits[0].mois),
            "code": une.objet,
            "guichet": dits[0].nom,
        }

    def dites(self, une: Affaire) -> dict[str, Mapping[str, Any]]:
        return dict(reponses_de_revue(une.situation))

    def raconter(self, v: Lecture, une: Affaire, un: Evenement) -> str | None:  # noqa: ARG002
        return f"le {ecrire_jour(str(un.dit('parti_le')))}" if un.nom == DEPART else None

    def vus(self, une: Affaire) -> dict[str, str]:
        return sorts_vus(une)

    def releves(self) -> tuple[Releve, ...]:
        return (
            Releve(
                "acces",
                "Accès à fermer ou à modifier",
                ("xlsx", "pdf", "docx"),
                demandes,
                pour="Administrateur du SNE",
                lecteur=Lecteur.DESTINATAIRE,
            ),
        )

    def arrete(self, v: Lecture, departement: str) -> dt.date:
        return fin_de_mois(v.version.de(departement)[-1].mois)


_DEPARTS = (
    "Départs",
    "Fermés",
    "Le jour même",
    "Heures (médiane)",
    "Heures (maximum)",
    "Encore ouverts",
    "Depuis (heures)",
)


def demandes(v: Lecture, registre: Affaires, departement: str) -> Demandes:
    """Return what is asked of the administrator of the SNE, and the hours to closing by guichet."""
    noms = noms_des_guichets(v, departement)
    lignes = tuple(
        (
            Cellule(une.id),
            Cellule(noms.get(une.objet, une.objet)),
            Cellule(acces.unite),
            Cellule(dite["reponse"]),
            Cellule(dite.get("precision", "")),
            Cellule(vu),
        )
        for une in registre.lister(departement, procedure=PROCEDURE)
        for acces, dite, vu in suivi(registre, une)
    )
    titres = ("Affaire", "Guichet", "Utilisateur", "À faire", "Précision", "Dernière livraison")
    siennes = Tableau("demandes", "", tuple(map(Colonne, titres)), lignes).ou_rien
    return Demandes(siennes, len(lignes), _departs(v, departement, noms))


def _departs(v: Lecture, departement: str, noms: Mapping[str, str]) -> Tableau | None:
    livraison = v.version.de(departement)[-1]
    lus = departs(utilisateurs(v, livraison), fin_de_mois(livraison.mois))
    if not lus:
        return None
    lignes = tuple((Cellule(noms.get(un.guichet, un.guichet)), *map(Cellule, un[1:])) for un in lus)
    colonnes = (Colonne("Guichet"), *(Colonne(un, "nombre") for un in _DEPARTS))
    return Tableau("departs", "", colonnes, lignes)


REGLES = _Regles(PROCEDURE)
