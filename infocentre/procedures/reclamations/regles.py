"""What réclamations know: what may be opened and why not, what a delivery shows, what is answered.

The numéro and the timeline of a demande are frozen at the opening, apart from the events: they are
erased with the person, and the papers of an affaire are made of them alone.
"""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, ClassVar, TypedDict, cast

from infocentre.affaires import Affaire, Affaires, procedures
from infocentre.affaires.echeances import ajouter
from infocentre.affaires.formulaire import ecrire
from infocentre.affaires.reglages import reglages_de
from infocentre.affaires.situation import Situation
from infocentre.analystes.fichier import cle
from infocentre.contrat import contrat
from infocentre.contrat.numeros import LONGUEUR, NUMERO_UNIQUE
from infocentre.contrat.territoires import nom_departement
from infocentre.decisions import magasin_present
from infocentre.decisions.contenus import contenus_de, ecrire_contenu, objet_de
from infocentre.demarches.regles import Attente, Ouverture, Regles, Releve, Reste
from infocentre.entrepot import Livraison
from infocentre.entrepot.effacements import est_effacee
from infocentre.lecture.chronologie import reunir
from infocentre.lecture.commun import mois_controles, noms_guichets, par_version
from infocentre.lecture.lecteur import Lecture
from infocentre.lecture.lignes import EtatDemande, Fait
from infocentre.lecture.parcours import lire_etats, sql_parcours
from infocentre.lecture.radiations import (
    PROCEDURE,
    RADIEE,
    RAISONS,
    Compte,
    Radiee,
    a_verifier,
    arrete_de,
    comptes,
    derniere,
    dire_pli,
    dire_raisons,
    logee,
    pannes,
    radiee_de,
    reactivable,
)
from infocentre.noyau.erreurs import Refus
from infocentre.noyau.francais import accorder, enumerer, majuscule
from infocentre.noyau.temps import jour as ecrire_jour
from infocentre.noyau.temps import nom_mois
from infocentre.procedures.reclamations.gardes import ABSENCES, absences, mois_dits
from infocentre.restitutions.document import Cellule, Colonne, Document, Tableau
from infocentre.restitutions.redaction import Contenu
from infocentre.restitutions.service import lire_service

SUJET = "réclamation"
ACTIVE = "active"
D_UNE_RADIATION = frozenset({"preavis", "radiation", "motif"})  # of « sur »: a demande is radiée
DEMANDES = ("demander", "transmettre")
ATTENDUES = frozenset({"demandee", "transmise"})
A_DEMANDER = frozenset({"a_reactiver", "non_constatee", "transmise"})
# What is answered, by the state in which the answer leaves.
ISSUES: Mapping[str, str] = {
    "a_reactiver": "retenue",
    "demandee": "demandee",
    "transmise": "demandee",
    "non_constatee": "demandee",
    "constatee": "constatee",
    "maintenue": "maintenue",
    "corrigee": "corrigee",
}
TEXTES = f"procedures/{PROCEDURE}/textes"


class PliFige(TypedDict):
    """A préavis, in words but for its days; `sort` is the code of its status, '' not known."""

    type: str
    le: str
    sort: str
    sort_le: str
    dit: str


class Fige(TypedDict):
    """What an affaire holds of a demande as it was read that day; days are AAAA-MM-JJ or ''."""

    numero: str
    arrete: str
    guichet: str
    motif: str
    radiee_le: str
    depot_le: str
    renouvelee: bool
    echeance: str
    tolerance: str
    fenetre_fin: str
    menage: str
    courriel_connu: bool
    preavis: list[PliFige]
    raisons: list[str]
    faits: list[list[str]]


class Reclamations(Regles):
    """The rules of the réclamations."""

    # --- Opening ----------------------------------------------------------------------------------

    def ouvrir(
        self,
        v: Lecture,
        registre_: Affaires,
        departement: str,
        objet: str,
        dits: Mapping[str, Any],
    ) -> Ouverture:
        """Return what a réclamation is opened with: the numéro stands apart from its events.

        Raises:
            Refus: the demande is not one of which this may be said, or the window has ended.
        """
        numero = "".join(objet.split()).upper()
        etat = _etat(v, departement, numero)
        radiee = radiee_de(v, etat, numero)
        _exiger_entiere(v, etat, numero)
        recue_le = dt.date.fromisoformat(str(dits.get("recue_le") or registre_.aujourdhui))
        if recue_le > registre_.aujourdhui:
            raise Refus(f"« Reçue le » : le {ecrire_jour(recue_le)} n'est pas encore passé")
        secret = cle(v.dossier)
        _exiger_seule(registre_, departement, objet_de(secret, numero))
        faits = _faits(v, numero, etat)
        if dits.get("sur") in D_UNE_RADIATION:
            _exiger_radiee(etat, radiee, faits)
            _exiger_a_temps(radiee, recue_le, registre_.aujourdhui)
        ouverte = radiee is not None and reactivable(radiee, registre_.aujourdhui)
        livraison = derniere(v, departement)
        contenu = ecrire_contenu(secret, _figer(v, livraison, etat, radiee, faits))
        donnees = {
            "guichet": _guichet(v, etat),
            "mois": livraison.mois,
            "motif": etat["motif_radiation"] if radiee else "",
            "raisons": list(radiee["raisons"]) if radiee else [],
            "fenetre_fin": radiee["fenetre_fin"].isoformat()
            if radiee and ouverte and radiee["fenetre_fin"]
            else "",
            "empreinte": contenu.empreinte,
        }
        return Ouverture(objet_de(secret, numero), SUJET, donnees, contenu=contenu)

    def a_ouvrir(self, v: Lecture, registre_: Affaires, departement: str) -> list[Attente]:
        """Return the radiations that may still be undone and of which nothing is open.

        DALO, then prioritaires, then by the days left: first what has a reason against it, then
        those DALO that have none.
        """
        livraison = derniere(v, departement)
        secret, noms = cle(v.dossier), _noms(v, departement)
        ouvertes = {une.objet for une in registre_.lister(departement, procedure=PROCEDURE)}
        fondees = a_verifier(v, livraison, ouvertes=True)
        vues = {une["numero_unique"] for une in fondees}
        dalo = a_verifier(v, livraison, raison="dalo", ouvertes=True)
        return [
            _attente(une, noms, registre_.aujourdhui)
            for une in (*fondees, *(une for une in dalo if une["numero_unique"] not in vues))
            if reactivable(une, registre_.aujourdhui)
            and objet_de(secret, une["numero_unique"]) not in ouvertes
        ]

    def restes(
        self,
        v: Lecture,
        registre_: Affaires,  # noqa: ARG002
        departement: str,
    ) -> list[Reste]:
        """Return how many radiations are to be checked, and of how many the window closes soon."""
        toutes = _toutes(v, departement)
        if not toutes.ouvertes:
            return []
        combien = accorder(toutes.ouvertes, "radiation à vérifier", "radiations à vérifier")
        bientot = f", dont {toutes.bientot} dont la fenêtre se ferme sous 30 jours"
        dit = combien + (bientot if toutes.bientot else "")
        ici = f"/affaires/{PROCEDURE}"
        return [Reste(dit, ici, "Vérifier", parametres=(("etat", "a_ouvrir"),))]

    # --- Who and what -----------------------------------------------------------------------------

    def nom(self, v: Lecture, une: Affaire) -> str:
        """Return the numéro, as long as the person is not erased."""
        fige = _fige(v, une)
        return fige["numero"] if fige else "demande effacée"

    def faits(self, v: Lecture, une: Affaire) -> list[tuple[str, str]]:
        """Return what was frozen of the demande, nothing of one that is erased."""
        fige = _fige(v, une)
        if fige is None:
            return [("Demande", "Effacée, avec ce qui en était gardé ici.")]
        lus = [
            ("Échéance", _dire_echeance(fige)),
            ("Radiation", _dire_radiation(fige)),
            ("Réactivable jusqu'au", _jour(fige["fenetre_fin"])),
            ("Ce qui est à vérifier", " ; ".join(map(majuscule, fige["raisons"]))),
            ("Préavis", " ; ".join(un["dit"] for un in fige["preavis"])),
            ("Ménage", majuscule(fige["menage"])),
            ("Courriel", "connu" if fige["courriel_connu"] else "inconnu"),
        ]
        return [(titre, dit) for titre, dit in lus if dit]

    def bloc_d_une(self, v: Lecture, une: Affaire) -> Tableau | None:
        """Return the life of the demande as it was frozen, None once it is erased."""
        fige = _fige(v, une)
        if fige is None:
            return None
        lignes = tuple(
            (Cellule(_jour(le)), Cellule(majuscule(fait)), Cellule(detail))
            for le, fait, detail in fige["faits"]
        )
        titre = f"Ce que montrait la demande au {_jour(fige['arrete'])}, figé ce jour-là"
        return Tableau("historique", titre, tuple(map(Colonne, ("Jour", "Fait", "Détail"))), lignes)

    # --- Deliveries -------------------------------------------------------------------------------

    def livraison(
        self,
        v: Lecture,
        registre_: Affaires,  # noqa: ARG002
        unes: Sequence[Affaire],
    ) -> Iterator[tuple[Affaire, str, Mapping[str, Any]]]:
        """Yield what the newest delivery says: a demande active again, or still not.

        What was asked for after the arrêté is not judged by it, nor twice by the same.
        """
        for une in unes:
            fige, livraison = _fige(v, une), derniere(v, une.departement)
            if "constater" not in une.situation.procedure.possibles(une.etat):
                continue
            if fige is None or livraison.mois in mois_dits(une.situation):
                continue
            donnees = {"livraison": livraison.mois, "mois": livraison.mois}
            le = _reactivee_le(v, une, fige)
            if le is not None:
                yield une, "constater", donnees | ({"le": le} if le else {})
            elif _attendue(une, livraison):
                seconde = absences(une.situation) + 1 >= ABSENCES
                yield une, "contredire" if seconde else "dementir", donnees

    # --- Papers -----------------------------------------------------------------------------------

    def valeurs(self, v: Lecture, registre_: Affaires, une: Affaire, papier: str) -> dict[str, Any]:  # noqa: ARG002
        """Return what the letters of an affaire say, of what was frozen and of its events alone.

        An answer that left says what it said that day.

        Raises:
            Refus: the person is erased.
        """
        fige = _fige(v, une)
        if fige is None:
            raise Refus(
                "ce que cette affaire gardait de la demande est effacé : ce document ne peut plus "
                "être écrit",
                f"affaire {une.id}",
            )
        s = une.situation
        recue = s.evenements[0]
        demandee, reactivee = s.dernier(*DEMANDES), s.dernier("constater")
        retenue, refus = s.dernier("retenir"), s.dernier("maintenir")
        interroge = s.dernier("interroger")
        return {
            "numero": fige["numero"],
            "par_controle": recue.dit("recue_par") == "controle",
            "recu_le": dt.date.fromisoformat(str(recue.dit("recue_le"))),
            "depot_le": _date(fige["depot_le"]),
            "echeance": _date(fige["echeance"]),
            "renouvelee": fige["renouvelee"],
            "preavis": [
                un | {"le": _date(un["le"]), "sort_le": _date(un["sort_le"])}
                for un in fige["preavis"]
            ],
            "sans_preavis": "absent" in (recue.dit("raisons") or []),
            "radiee_le": _date(fige["radiee_le"]),
            "motif_dit": fige["motif"],
            "fin": _date(fige["fenetre_fin"]),
            "issue": ISSUES.get(str(s.etat), ""),
            "cause": retenue.dit("pourquoi") if retenue else "",
            "refus": refus.dit("raison") if refus else "",
            "demandee_le": demandee.jour if demandee else None,
            "reactivee_le": _date(str(reactivee.dit("le") or "")) if reactivee else None,
            "corrige_dit": _choix(s, "corriger", "nature"),
            "raisons_dites": fige["raisons"],
            "nom_guichet": fige["guichet"],
            "reponse_avant": ajouter(
                interroge.jour if interroge else registre_.aujourdhui,
                une.reglages["delai_guichet"],
                "ouvres",
            ),
        }

    def bloc(self, v: Lecture, departement: str) -> Tableau | None:
        """Return how many radiations there are to check, by reason."""
        return _par_raison(v, derniere(v, departement))

    def releves(self) -> tuple[Releve, ...]:
        """Return the papers about a whole département."""
        return (
            Releve("radiations", "Radiations à vérifier", ("xlsx",)),
            Releve("assistance", "Demande de réactivation en nombre", ("pdf", "docx")),
            Releve("liste", "Demandes à réactiver", ("xlsx",)),
            Releve("tableau", "Réclamations par mois et par cause", ("pdf", "xlsx", "docx")),
        )

    def releve(self, v: Lecture, registre_: Affaires, departement: str, nom: str) -> Document:
        """Return one of them; raise Refus for another name, or when there is nothing to ask."""
        v.exiger_departements("Ce relevé")
        faire = {
            "radiations": _radiations,
            "assistance": _assistance,
            "liste": _liste,
            "tableau": _tableau,
        }.get(nom)
        if faire is None:
            raise Refus("ce relevé n'existe pas", que_faire="Reprendre le lien.")
        titre = next(un.titre for un in self.releves() if un.nom == nom)
        contenu = faire(v, registre_, departement)
        document = _document(v, departement, titre, contenu, registre_.aujourdhui)
        # It leaves the service, for the one that it asks: its counts are theirs to read.
        return replace(document, partage=True, reserve=True) if nom == "assistance" else document


# --- Which demandes -------------------------------------------------------------------------------


def _etat(v: Lecture, departement: str, numero: str) -> EtatDemande:
    """Return the newest state of a demande of the département; raise Refus."""
    v.exiger_nominatif()
    if not re.fullmatch(NUMERO_UNIQUE, numero):
        raise Refus(
            f"« {numero[:24]} » n'est pas un numéro unique",
            que_faire=f"Le recopier : {LONGUEUR} caractères, dont 13 chiffres au début.",
        )
    etats = lire_etats(v, numero, EtatDemande)
    trouve = next((un for un in etats if un["departement"] == departement), None)
    if trouve is None and etats:
        raise Refus(
            f"la demande {numero} est d'un autre département : "
            f"{nom_departement(etats[0]['departement'])}",
            que_faire="Choisir ce département, ou transmettre la réclamation à son gestionnaire.",
        )
    if trouve is None:
        raise Refus(
            f"la demande {numero} n'est dans aucune livraison chargée",
            que_faire="Vérifier le numéro unique ; s'il est d'un autre département, transmettre la "
            "réclamation à son gestionnaire.",
        )
    return trouve


def _exiger_entiere(v: Lecture, etat: EtatDemande, numero: str) -> None:
    radiee_le = etat["date_radiation"] if etat["statut"] == RADIEE else None
    if est_effacee(v.dossier, numero, radiee_le):
        raise Refus(
            f"ce qui nommait le demandeur de la demande {numero} est effacé",
            que_faire="Il n'y a plus rien à instruire ici : répondre que les données ne sont plus "
            "conservées.",
        )


def _exiger_seule(registre_: Affaires, departement: str, objet: str) -> None:
    ouvertes = registre_.lister(departement, procedure=PROCEDURE, objet=objet)
    if ouvertes:
        raise Refus(
            f"une réclamation est déjà ouverte pour cette demande : {ouvertes[0].id}, "
            f"{ouvertes[0].titre_etat.lower()}",
            que_faire="La poursuivre.",
        )


def _exiger_radiee(etat: EtatDemande, radiee: Radiee | None, faits: Sequence[Fait]) -> None:
    """Raise Refus when there is no radiation to undo."""
    numero = etat["numero_unique"]
    if etat["statut"] == ACTIVE:
        if le := _deradiee_le(faits, ""):
            raise Refus(
                f"la demande {numero} est déjà déradiée, depuis le {ecrire_jour(le)}",
                que_faire="Rappeler au demandeur de la renouveler.",
            )
        raise Refus(
            f"la demande {numero} est active : elle n'est pas radiée",
            que_faire="Choisir un autre objet, s'il ne s'agit pas d'une radiation.",
        )
    if radiee is None:
        raise Refus(
            f"la demande {numero} n'est plus dans les livraisons depuis le "
            f"{ecrire_jour(etat['vue_le'])}, et aucune ne la montre radiée",
            que_faire="La chercher dans le SNE.",
        )
    if radiee["deradiee_le"]:
        raise Refus(
            f"la demande {numero} est déjà déradiée, depuis le "
            f"{ecrire_jour(radiee['deradiee_le'])}",
            que_faire="Attendre la livraison suivante, qui la montrera active.",
        )
    if logee(radiee):
        bail = radiee["date_signature_bail"]
        raise Refus(
            f"la demande {numero} est radiée pour attribution d'un logement"
            + (f", bail signé le {ecrire_jour(bail)}" if bail else ""),
            que_faire="Le demandeur est relogé : une nouvelle demande est une mutation.",
        )


def _exiger_a_temps(radiee: Radiee | None, recue_le: dt.date, le: dt.date) -> None:
    """Raise Refus when a réclamation came before the radiation, or after its window."""
    if radiee is None:
        return
    if recue_le < radiee["date_radiation"]:
        raise Refus(
            f"la réclamation serait reçue le {ecrire_jour(recue_le)}, avant la radiation du "
            f"{ecrire_jour(radiee['date_radiation'])}",
            que_faire="Corriger la date de réception.",
        )
    fin = radiee["fenetre_fin"]
    if fin is None:
        raise Refus(
            "ni le dépôt ni le renouvellement de cette demande n'ont de date : jusqu'à quand elle "
            "peut être réactivée n'est pas connu",
            que_faire="La chercher dans le SNE.",
        )
    if le > fin:
        raise Refus(
            f"la fenêtre de réactivation s'est fermée le {ecrire_jour(fin)}",
            que_faire="L'expliquer au demandeur : il peut déposer une nouvelle demande.",
        )


def _guichet(v: Lecture, etat: EtatDemande) -> str:
    """Return the guichet that radiated, else the one that created, of those that one sees."""
    siens = (etat["guichet_enregistreur"], etat["cle_guichetcreateur"])
    return next((un for un in siens if un and v.voit("guichet", un)), "")


# --- What is frozen -------------------------------------------------------------------------------


def _faits(v: Lecture, numero: str, etat: EtatDemande) -> list[Fait]:
    """Return the life of a demande, without the other demandes of the person."""
    return reunir(v.lignes(sql_parcours(v, numero, [etat]), {}, Fait))


def _figer(
    v: Lecture,
    livraison: Livraison,
    etat: EtatDemande,
    radiee: Radiee | None,
    faits: Sequence[Fait],
) -> Fige:
    motifs = contrat().codes["MOTIF_RADIATION"]
    noms = _noms(v, etat["departement"])
    guichet = etat["guichet_enregistreur"] or ""
    fin = radiee["fenetre_fin"] if radiee and not logee(radiee) else None
    depot = radiee["dernier_depot_ou_renouvellement"] if radiee else None
    return {
        "numero": etat["numero_unique"],
        "arrete": livraison.arrete,
        "guichet": noms.get(guichet, guichet),
        "motif": motifs.get(radiee["motif"], radiee["motif"]) if radiee else "",
        "radiee_le": _iso(radiee["date_radiation"]) if radiee else "",
        "depot_le": _iso(depot),
        "renouvelee": depot is not None and depot == etat["date_renouvellement"],
        "echeance": _iso(radiee["echeance"]) if radiee else "",
        "tolerance": _iso(radiee["fin_tolerance"]) if radiee else "",
        "fenetre_fin": _iso(fin),
        "menage": _menage(radiee) if radiee else "",
        "courriel_connu": bool(radiee and radiee["courriel_connu"]),
        "preavis": _preavis(radiee) if radiee else [],
        "raisons": dire_raisons(radiee) if radiee else [],
        "faits": [[_iso(un["le"]), un["fait"], un["detail"] or ""] for un in faits],
    }


def _preavis(radiee: Radiee) -> list[PliFige]:
    """Return the préavis that were sent: those of the mail, else the date that the SNE has."""
    types = contrat().codes["TYPE_PLI"]
    if radiee["plis"]:
        return [
            {
                "type": types.get(un["type"], un["type"]).lower(),
                "le": _iso(un["envoye_le"]),
                "sort": un["statut"],
                "sort_le": _iso(un["le"]),
                "dit": dire_pli(un),
            }
            for un in radiee["plis"]
        ]
    if (premier := radiee["premier_preavis"]) is None:
        return []
    dit = f"Préavis du {ecrire_jour(premier)}, d'après le SNE"
    return [{"type": "préavis", "le": _iso(premier), "sort": "", "sort_le": "", "dit": dit}]


def _fige(v: Lecture, une: Affaire) -> Fige | None:
    """Return what an affaire holds of its demande, None once it is erased."""
    magasin = magasin_present(v.dossier.racine)
    lu = contenus_de(magasin, [une.id]).get(une.id) if magasin else None
    return cast("Fige", lu) if lu else None


def _dire_radiation(fige: Fige) -> str:
    if not fige["radiee_le"]:
        return ""
    return f"{_jour(fige['radiee_le'])}, {fige['motif'].lower()}, par {fige['guichet']}"


def _dire_echeance(fige: Fige) -> str:
    if not fige["echeance"]:
        return ""
    return f"{_jour(fige['echeance'])}, tolérance du SNE jusqu'au {_jour(fige['tolerance'])}"


# --- What deliveries and events say ---------------------------------------------------------------


def _deradiee_le(faits: Sequence[Fait], depuis: str) -> str:
    """Return the day of the last déradiation since a day, '' without one."""
    acte = contrat().codes["TYPE_EVENEMENT"]["DERAD"]
    jours = [_iso(un["le"]) for un in faits if un["fait"] == acte]
    return max((un for un in jours if un >= depuis), default="")


def _reactivee_le(v: Lecture, une: Affaire, fige: Fige) -> str | None:
    """Return the day of the déradiation of a demande active again, '' unknown; None when not."""
    etats = lire_etats(v, fige["numero"], EtatDemande)
    vue = next((un for un in etats if un["departement"] == une.departement), None)
    if vue is None or vue["statut"] != ACTIVE or not fige["radiee_le"]:
        return None
    return _deradiee_le(_faits(v, fige["numero"], vue), fige["radiee_le"])


def _attendue(une: Affaire, livraison: Livraison) -> bool:
    """Tell whether a delivery should show what was asked for."""
    demandee = une.situation.dernier(*DEMANDES)
    return une.etat in ATTENDUES and bool(demandee and demandee.jour <= arrete_de(livraison))


def _choix(s: Situation, evenement: str, nom: str) -> str | None:
    """Return a choice that an event says, as people read it."""
    un = s.dernier(evenement)
    return ecrire(s.procedure.regle(evenement).donnees[nom], un.dit(nom)) if un else None


# --- Lists ----------------------------------------------------------------------------------------


def _attente(une: Radiee, noms: Mapping[str, str], le: dt.date) -> Attente:
    fin, guichet = une["fenetre_fin"], une["guichet"] or ""
    return Attente(
        une["numero_unique"],
        une["numero_unique"],
        " ; ".join(dire_raisons(une)) or f"{_menage(une)} radié",
        ecrire_jour(fin) if fin else "",
        {
            "Guichet": noms.get(guichet, guichet),
            "Radiée le": ecrire_jour(une["date_radiation"]),
            "Jours restants": str((fin - le).days) if fin else "",
            "Ménage": _menage(une),
            "Courriel": "connu" if une["courriel_connu"] else "",
        },
    )


def _menage(une: Radiee) -> str:
    return RAISONS["dalo"] if une["dalo"] else RAISONS["prioritaire"] if une["prioritaire"] else ""


@dataclass(frozen=True)
class Radiations(Contenu):
    """The radiations to be checked of a delivery."""

    modele: ClassVar[str] = f"{TEXTES}/radiations.md"

    arrete: dt.date
    par_raison: Tableau
    radiations: Tableau | None
    total: int


@dataclass(frozen=True)
class Assistance(Contenu):
    """What is asked of the national assistance, on one page."""

    modele: ClassVar[str] = f"{TEXTES}/assistance.md"

    total: int
    causes: Tableau
    premiere_fin: dt.date | None
    bientot: int


@dataclass(frozen=True)
class Liste(Contenu):
    """The demandes to be reactivated, joined to what is asked."""

    modele: ClassVar[str] = f"{TEXTES}/liste.md"

    liste: Tableau


@dataclass(frozen=True)
class ParMois(Contenu):
    """The réclamations received by month and cause, and the radiations to be checked."""

    modele: ClassVar[str] = f"{TEXTES}/tableau.md"

    recues: Tableau | None
    radiations: Tableau
    panne: str
    fenetre: int


def _radiations(v: Lecture, _: Affaires, departement: str) -> Radiations:
    livraison, noms = derniere(v, departement), _noms(v, departement)
    unes = a_verifier(v, livraison)
    motifs = contrat().codes["MOTIF_RADIATION"]
    lignes = tuple(
        (
            Cellule(une["numero_unique"]),
            Cellule(noms.get(une["guichet"] or "", une["guichet"] or "")),
            Cellule(motifs.get(une["motif"], une["motif"])),
            Cellule(une["date_radiation"]),
            Cellule(" ; ".join(dire_raisons(une))),
            Cellule(" ; ".join(un["dit"] for un in _preavis(une))),
            Cellule(_menage(une)),
            Cellule("connu" if une["courriel_connu"] else ""),
            Cellule(une["fenetre_fin"]),
            Cellule(une["jours_restants"]),
        )
        for une in unes
    )
    colonnes = (
        Colonne("Numéro unique"),
        Colonne("Guichet"),
        Colonne("Motif"),
        Colonne("Radiée le", "date"),
        Colonne("À vérifier"),
        Colonne("Préavis"),
        Colonne("Ménage"),
        Colonne("Courriel"),
        Colonne("Réactivable jusqu'au", "date"),
        Colonne("Jours restants", "nombre"),
    )
    liste = Tableau("radiations", "", colonnes, lignes) if lignes else None
    return Radiations(arrete_de(livraison), _par_raison(v, livraison), liste, len(lignes))


def _par_raison(v: Lecture, livraison: Livraison) -> Tableau:
    titres = {"toutes": "Ensemble", **{un: majuscule(dit) for un, dit in RAISONS.items()}}
    lus = [un for un in comptes(v, livraison) if un.toutes or un.raison == "toutes"]
    lignes = tuple(
        (Cellule(titres[un.raison]), Cellule(un.toutes), Cellule(un.ouvertes), Cellule(un.bientot))
        for un in lus
    )
    colonnes = (
        Colonne("Raison"),
        Colonne("Radiations", "nombre"),
        Colonne("Encore réactivables", "nombre"),
        Colonne("Sous 30 jours", "nombre"),
    )
    return Tableau("raisons", "Radiations à vérifier", colonnes, lignes, totaux=frozenset({0}))


def _a_demander(v: Lecture, registre_: Affaires, departement: str) -> list[tuple[Affaire, Fige]]:
    """Return the affaires whose reactivation is to be asked for, those that are not erased."""
    unes = registre_.lister(departement, procedure=PROCEDURE)
    trouvees = [(une, _fige(v, une)) for une in unes if une.etat in A_DEMANDER]
    connues = [(une, fige) for une, fige in trouvees if fige]
    if not connues:
        raise Refus(
            "aucune réclamation n'attend de réactivation",
            que_faire="Retenir d'abord la réactivation de celles qui le justifient.",
        )
    return sorted(connues, key=lambda deux: (deux[1]["fenetre_fin"], deux[0].id))


def _assistance(v: Lecture, registre_: Affaires, departement: str) -> Assistance:
    unes = _a_demander(v, registre_, departement)
    causes = Counter(_choix(une.situation, "retenir", "pourquoi") or "Autre" for une, _ in unes)
    lignes = tuple((Cellule(majuscule(un)), Cellule(n)) for un, n in causes.most_common())
    fins = [dt.date.fromisoformat(fige["fenetre_fin"]) for _, fige in unes if fige["fenetre_fin"]]
    limite = registre_.aujourdhui + dt.timedelta(days=unes[0][0].reglages["alerte_rouge"])
    return Assistance(
        len(unes),
        Tableau("causes", "", (Colonne("Cause"), Colonne("Demandes", "nombre")), lignes),
        min(fins, default=None),
        sum(un <= limite for un in fins),
    )


def _liste(v: Lecture, registre_: Affaires, departement: str) -> Liste:
    lignes = tuple(
        (
            Cellule(une.id),
            Cellule(fige["numero"]),
            Cellule(_date(fige["radiee_le"])),
            Cellule(fige["motif"]),
            Cellule(majuscule(_choix(une.situation, "retenir", "pourquoi") or "")),
            Cellule(_date(fige["fenetre_fin"])),
        )
        for une, fige in _a_demander(v, registre_, departement)
    )
    colonnes = (
        Colonne("Affaire"),
        Colonne("Numéro unique"),
        Colonne("Radiée le", "date"),
        Colonne("Motif"),
        Colonne("Cause"),
        Colonne("Réactivable jusqu'au", "date"),
    )
    return Liste(Tableau("liste", "", colonnes, lignes))


def _tableau(v: Lecture, registre_: Affaires, departement: str) -> ParMois:
    """Return the counts of what was received: those of persons that are erased count still."""
    unes = registre_.lister(departement, procedure=PROCEDURE, finies=True)
    livraison = derniere(v, departement)
    return ParMois(
        _par_mois(unes),
        _par_raison(v, livraison),
        enumerer([f"du {ecrire_jour(d)} au {ecrire_jour(f)}" for d, f in pannes(v, livraison)]),
        reglages_de(procedures()[PROCEDURE])["fenetre"],
    )


def _par_mois(unes: Sequence[Affaire]) -> Tableau | None:
    sur = procedures()[PROCEDURE].evenements["recevoir"].donnees["sur"].choix
    lus = Counter(
        (str(une.situation.dite("recue_le"))[:7], str(une.situation.dite("sur"))) for une in unes
    )
    fins = Counter((str(une.situation.dite("recue_le"))[:7], une.etat) for une in unes)
    if not lus:
        return None
    presents = [un for un in sur if any(cause == un for _, cause in lus)]
    lignes = []
    for mois in sorted({mois for mois, _ in lus}):
        siennes = [lus[mois, un] for un in presents]
        comptees = (sum(siennes), *siennes, fins[mois, "constatee"], fins[mois, "fenetre_fermee"])
        lignes.append((Cellule(majuscule(nom_mois(mois))), *map(Cellule, comptees)))
    titres = ("Reçues", *(majuscule(sur[un]) for un in presents), "Réactivées", "Fenêtre fermée")
    colonnes = (Colonne("Mois"), *(Colonne(un, "nombre") for un in titres))
    return Tableau("recues", "", colonnes, tuple(lignes))


def _document(v: Lecture, departement: str, titre: str, contenu: Contenu, le: dt.date) -> Document:
    nom = nom_departement(departement)
    return Document(
        "courriers",
        nom,
        nom,
        titre,
        arrete_de(derniere(v, departement)),
        v.version.numero,
        contenu.rediger(),
        mentions={"Date": f"{le:%d/%m/%Y}"},
        partage=False,
        service=lire_service(v.dossier.racine),
        edite=le,
    )


# --- Words ----------------------------------------------------------------------------------------


def _noms(v: Lecture, departement: str) -> Mapping[str, str]:
    mois = mois_controles(v, departement)
    return noms_guichets(v, departement, mois[-1]) if mois else {}


def _iso(jour: dt.date | None) -> str:
    return jour.isoformat() if jour else ""


def _date(texte: str) -> dt.date | None:
    return dt.date.fromisoformat(texte) if texte else None


def _jour(texte: str) -> str:
    return ecrire_jour(texte) if texte else ""


@par_version
def _toutes(v: Lecture, departement: str) -> Compte:
    """Return how many radiations there are to check, each once."""
    return comptes(v, derniere(v, departement))[0]


REGLES = Reclamations(PROCEDURE)
