"""What réclamations know: what may be opened and why not, what a delivery shows, what is answered.

The numéro and the timeline of a demande are frozen at the opening, apart from the events: they are
erased with the person, and the papers of an affaire are made of them alone.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, TypedDict

from infocentre.affaires import Affaire, Affaires, procedures
from infocentre.affaires.echeances import ajouter, veille_ouvree
from infocentre.affaires.reglages import reglages_de
from infocentre.analystes.fichier import cle
from infocentre.contrat import contrat
from infocentre.contrat.listes import Motif
from infocentre.decisions.contenus import objet_de
from infocentre.demarches.demandes import (
    Figee,
    ReglesDeDemande,
    Suivi,
    choix_dit,
    date_ou_rien,
    guichets_nommes,
    iso,
)
from infocentre.demarches.regles import Attente, Ouverture, Releve, Reste, Saisie
from infocentre.entrepot import Livraison
from infocentre.lecture.chronologie import reunir
from infocentre.lecture.lecteur import Lecture
from infocentre.lecture.lignes import EtatDemande, Fait
from infocentre.lecture.parcours import lire_etats, sql_parcours
from infocentre.lecture.radiations import (
    PROCEDURE,
    RAISONS,
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
from infocentre.noyau.francais import accorder, avec_article, enumerer, majuscule
from infocentre.noyau.lecteurs import Lecteur
from infocentre.noyau.temps import jour as ecrire_jour
from infocentre.noyau.temps import nom_mois
from infocentre.procedures.reclamations.gardes import ABSENCES, AUTRE_CAUSE, REVENU
from infocentre.restitutions.document import Cellule, Colonne, Tableau
from infocentre.restitutions.redaction import Contenu

SUJET = "réclamation"
BIENTOT = 30  # days within which a window closes soon
ACTIVE = "active"
DISTRIBUE = "DISTRIBUE"  # of STATUT_PLI
D_UNE_RADIATION = frozenset({"preavis", "radiation", "motif"})  # of « sur »: a demande is radiée
REFUSEE = "refus"  # of « sur »: what is contested came before the demande was registered
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


class Fige(Figee):
    """What an affaire holds of a demande as it was read that day; days are AAAA-MM-JJ or ''."""

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


class Reclamations(ReglesDeDemande[Fige]):
    """The rules of the réclamations."""

    suivi = Suivi(DEMANDES, ATTENDUES, "constater", "dementir", "contredire", ABSENCES, "eteindre")

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
        etat = self.exiger_demande(v, registre_, departement, objet)
        numero = etat["numero_unique"]
        radiee = radiee_de(v, etat, numero)
        recue_le = dt.date.fromisoformat(str(dits.get("recue_le") or registre_.aujourdhui))
        faits = _faits(v, numero, etat)
        if dits.get("sur") in D_UNE_RADIATION:
            _exiger_radiee(etat, radiee, faits)
            _exiger_a_temps(radiee, recue_le, registre_.aujourdhui)
        elif dits.get("sur") != REFUSEE:
            _exiger_apres(recue_le, "le dépôt de la demande", etat["date_creation"])
        ouverte = radiee is not None and reactivable(radiee, registre_.aujourdhui)
        donnees = {
            "motif": etat["motif_radiation"] if radiee else "",
            "raisons": list(radiee["raisons"]) if radiee else [],
            "fenetre_fin": iso(radiee["fenetre_fin"]) if radiee and ouverte else "",
        }
        return self.ouverture(v, etat, SUJET, donnees, self._figer(v, etat, radiee, faits))

    def _figer(
        self, v: Lecture, etat: EtatDemande, radiee: Radiee | None, faits: Sequence[Fait]
    ) -> Fige:
        fin = radiee["fenetre_fin"] if radiee and not logee(radiee) else None
        depot = radiee["dernier_depot_ou_renouvellement"] if radiee else None
        return {
            **self.figee(v, etat),
            "motif": _dire(radiee["motif"]) if radiee else "",
            "radiee_le": iso(radiee["date_radiation"]) if radiee else "",
            "depot_le": iso(depot),
            "renouvelee": depot is not None and depot == etat["date_renouvellement"],
            "echeance": iso(radiee["echeance"]) if radiee else "",
            "tolerance": iso(radiee["fin_tolerance"]) if radiee else "",
            "fenetre_fin": iso(fin),
            "menage": _menage(radiee) if radiee else "",
            "courriel_connu": bool(radiee and radiee["courriel_connu"]),
            "preavis": _preavis(radiee) if radiee else [],
            "raisons": dire_raisons(radiee) if radiee else [],
            "faits": [[iso(un["le"]), un["fait"], un["detail"] or ""] for un in faits],
        }

    def a_ouvrir(self, v: Lecture, registre_: Affaires, departement: str) -> list[Attente]:
        """Return the radiations that may still be undone and of which nothing is open.

        First what has a reason against it, then those DALO that have none; of each, windows that
        close soon, then DALO, then prioritaires, then by the days left.
        """
        noms = guichets_nommes(v, departement)
        siennes = _a_ouvrir(v, registre_, departement)
        return [_attente(une, noms, registre_.aujourdhui) for une in siennes]

    def restes(self, v: Lecture, registre_: Affaires, departement: str) -> list[Reste]:
        """Return how many radiations are to be checked, and of how many the window closes soon."""
        siennes, jour = _a_ouvrir(v, registre_, departement), registre_.aujourdhui
        if not siennes:
            return []
        combien = accorder(len(siennes), "radiation à vérifier", "radiations à vérifier")
        bientot = sum(_se_ferme(une, jour) for une in siennes)
        presse = f" ; pour {bientot}, la fenêtre se ferme sous {BIENTOT} jours" if bientot else ""
        ici, filtre = f"/affaires/{PROCEDURE}", (("etat", "a_ouvrir"),)
        return [Reste(combien + presse, ici, "Vérifier", parametres=filtre, presse=bientot > 0)]

    # --- Who and what -----------------------------------------------------------------------------

    def lignes(self, fige: Fige) -> list[tuple[str, str]]:
        """Return what was frozen of the demande."""
        return [
            ("Échéance", _dire_echeance(fige)),
            ("Radiation", _dire_radiation(fige)),
            ("Réactivable jusqu'au", _jour(fige["fenetre_fin"])),
            ("Ce qui est à vérifier", " ; ".join(map(majuscule, fige["raisons"]))),
            ("Préavis", " ; ".join(un["dit"] for un in fige["preavis"])),
            ("Ménage", majuscule(fige["menage"])),
            ("Courriel", "connu" if fige["courriel_connu"] else "inconnu"),
        ]

    def bloc_d_une(self, v: Lecture, une: Affaire) -> Tableau | None:
        """Return the life of the demande as it was frozen, None once it is erased."""
        fige = self.fige(v, une)
        if fige is None:
            return None
        return Tableau.dresser(
            "historique",
            f"Ce que montrait la demande au {_jour(fige['arrete'])}, figé ce jour-là",
            fige["faits"],
            ("Jour", lambda un: _jour(un[0])),
            ("Fait", lambda un: majuscule(un[1])),
            ("Détail", lambda un: un[2]),
        )

    def agir(self, v: Lecture, registre_: Affaires, saisie: Saisie) -> Affaire | None:
        """Refuse a cause that the history denies: of a préavis that came, that it came back."""
        fige = self.fige(v, saisie.une) if saisie.nom == "retenir" else None
        arrives = [un for un in fige["preavis"] if un["sort"] == DISTRIBUE] if fige else []
        if arrives and saisie.lue().get("pourquoi") == REVENU:
            raise Refus(
                f"l'historique figé montre un préavis arrivé ({arrives[0]['dit']})",
                f"affaire {saisie.une.id}",
                majuscule(f"{AUTRE_CAUSE}."),
            )
        return super().agir(v, registre_, saisie)

    # --- Deliveries -------------------------------------------------------------------------------

    def vu(self, v: Lecture, une: Affaire, fige: Fige) -> Mapping[str, Any] | None:
        """Return the day of the déradiation of a demande active again; None while it is not."""
        le = _reactivee_le(v, une, fige)
        return None if le is None else {"le": le} if le else {}

    # --- Papers -----------------------------------------------------------------------------------

    def noms(self, registre_: Affaires, une: Affaire, fige: Fige) -> dict[str, Any]:
        """Return what the letters of an affaire say; an answer that left says what it said."""
        s = une.situation
        recue = s.evenements[0]
        demandee, reactivee = s.dernier(*DEMANDES), s.dernier("constater")
        retenue, refus = s.dernier("retenir"), s.dernier("maintenir")
        interroge = s.dernier("interroger")
        return {
            "numero": fige["numero"],
            "par_controle": recue.dit("recue_par") == "controle",
            "recu_le": dt.date.fromisoformat(str(recue.dit("recue_le"))),
            "depot_le": date_ou_rien(fige["depot_le"]),
            "echeance": date_ou_rien(fige["echeance"]),
            "renouvelee": fige["renouvelee"],
            "preavis": [
                un | {"le": date_ou_rien(un["le"]), "sort_le": date_ou_rien(un["sort_le"])}
                for un in fige["preavis"]
            ],
            "sans_preavis": "absent" in (recue.dit("raisons") or []),
            "radiee_le": date_ou_rien(fige["radiee_le"]),
            "motif_dit": fige["motif"],
            "non_renouvelee": fige["motif"] == _dire(Motif.NON_RENOUVELLEMENT),
            "fin": date_ou_rien(fige["fenetre_fin"]),
            "issue": ISSUES.get(str(s.etat), ""),
            "cause": retenue.dit("pourquoi") if retenue else "",
            "refus": refus.dit("raison") if refus else "",
            "demandee_le": demandee.jour if demandee else None,
            "reactivee_le": date_ou_rien(str(reactivee.dit("le") or "")) if reactivee else None,
            "corrige_dit": choix_dit(une, "corriger", "nature") or None,
            "raisons_dites": fige["raisons"],
            "nom_guichet": fige["guichet"],
            "reponse_avant": _reponse_avant(
                une, interroge.jour if interroge else registre_.aujourdhui, fige["fenetre_fin"]
            ),
        }

    def bloc(self, v: Lecture, departement: str) -> Tableau | None:
        """Return how many radiations there are to check, by reason."""
        return _par_raison(v, derniere(v, departement))

    def releves(self) -> tuple[Releve, ...]:
        """Return the papers about a whole département."""
        return (
            Releve("radiations", "Radiations à vérifier", ("xlsx",), _radiations),
            Releve(
                "assistance",
                "Demande de réactivation en nombre",
                ("pdf", "docx"),
                _assistance,
                lecteur=Lecteur.DESTINATAIRE,  # who it is asked of: its counts are theirs to read
            ),
            Releve("liste", "Demandes à réactiver", ("xlsx",), _liste),
            Releve(
                "tableau",
                "Réclamations par mois et par cause",
                ("pdf", "xlsx", "docx"),
                _tableau,
            ),
        )

    def arrete(self, v: Lecture, departement: str) -> dt.date:
        """Return the day of the last delivery."""
        return arrete_de(derniere(v, departement))


def _reponse_avant(une: Affaire, le: dt.date, fenetre_fin: str) -> dt.date | None:
    """Return by which working day a guichet answers, before an open window ends; None: at once."""
    jour = ajouter(le, une.reglages["delai_guichet"], "ouvres", une.departement)
    if not le.isoformat() <= fenetre_fin <= jour.isoformat():
        return jour
    jour = veille_ouvree(dt.date.fromisoformat(fenetre_fin), une.departement)
    return jour if jour > le else None


# --- Which demandes -------------------------------------------------------------------------------


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


def _exiger_apres(recue_le: dt.date, fait: str, jour: dt.date | None) -> None:
    """Raise Refus for a réclamation that would have come before what it is about."""
    if jour and recue_le < jour:
        raise Refus(
            f"la réclamation serait reçue le {ecrire_jour(recue_le)}, avant {fait} "
            f"du {ecrire_jour(jour)}",
            que_faire="Corriger la date de réception.",
        )


def _exiger_a_temps(radiee: Radiee | None, recue_le: dt.date, le: dt.date) -> None:
    """Raise Refus when a réclamation came before the radiation, or after its window."""
    if radiee is None:
        return
    _exiger_apres(recue_le, "la radiation", radiee["date_radiation"])
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


# --- What is frozen -------------------------------------------------------------------------------


def _faits(v: Lecture, numero: str, etat: EtatDemande) -> list[Fait]:
    """Return the life of a demande, without the other demandes of the person."""
    return reunir(v.lignes(sql_parcours(v, numero, [etat]), {}, Fait))


def _preavis(radiee: Radiee) -> list[PliFige]:
    """Return the préavis that were sent: those of the mail, else the date that the SNE has."""
    types = contrat().codes["TYPE_PLI"]
    if radiee["plis"]:
        return [
            {
                "type": types.get(un["type"], un["type"]).lower(),
                "le": iso(un["envoye_le"]),
                "sort": un["statut"],
                "sort_le": iso(un["le"]),
                "dit": dire_pli(un),
            }
            for un in radiee["plis"]
        ]
    if (premier := radiee["premier_preavis"]) is None:
        return []
    dit = f"Préavis du {ecrire_jour(premier)}, d'après le SNE"
    return [{"type": "préavis", "le": iso(premier), "sort": "", "sort_le": "", "dit": dit}]


def _dire_radiation(fige: Fige) -> str:
    if not fige["radiee_le"]:
        return ""
    return (
        f"{_jour(fige['radiee_le'])}, {fige['motif'].lower()}, par {avec_article(fige['guichet'])}"
    )


def _dire_echeance(fige: Fige) -> str:
    if not fige["echeance"]:
        return ""
    return f"{_jour(fige['echeance'])}, tolérance du SNE jusqu'au {_jour(fige['tolerance'])}"


# --- What deliveries and events say ---------------------------------------------------------------


def _dire(motif: str) -> str:
    """Return a motive of radiation as people read it."""
    return contrat().codes["MOTIF_RADIATION"].get(motif, motif)


def _deradiee_le(faits: Sequence[Fait], depuis: str) -> str:
    """Return the day of the last déradiation since a day, '' without one."""
    acte = contrat().codes["TYPE_EVENEMENT"]["DERAD"]
    jours = [iso(un["le"]) for un in faits if un["fait"] == acte]
    return max((un for un in jours if un >= depuis), default="")


def _reactivee_le(v: Lecture, une: Affaire, fige: Fige) -> str | None:
    """Return the day of the déradiation of a demande active again, '' unknown; None when not."""
    etats = lire_etats(v, fige["numero"], EtatDemande)
    vue = next((un for un in etats if un["departement"] == une.departement), None)
    if vue is None or vue["statut"] != ACTIVE or not fige["radiee_le"]:
        return None
    return _deradiee_le(_faits(v, fige["numero"], vue), fige["radiee_le"])


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
    livraison, noms = derniere(v, departement), guichets_nommes(v, departement)
    unes = a_verifier(v, livraison)
    liste = Tableau.dresser(
        "radiations",
        "",
        unes,
        ("Numéro unique", lambda une: une["numero_unique"]),
        ("Guichet", lambda une: noms.get(une["guichet"] or "", une["guichet"] or "")),
        ("Motif", lambda une: _dire(une["motif"])),
        (Colonne("Radiée le", "date"), lambda une: une["date_radiation"]),
        ("À vérifier", lambda une: " ; ".join(dire_raisons(une))),
        ("Préavis", lambda une: " ; ".join(un["dit"] for un in _preavis(une))),
        ("Ménage", _menage),
        ("Courriel", lambda une: "connu" if une["courriel_connu"] else ""),
        (Colonne("Réactivable jusqu'au", "date"), lambda une: une["fenetre_fin"]),
        (Colonne("Jours restants", "nombre"), lambda une: une["jours_restants"]),
    )
    return Radiations(arrete_de(livraison), _par_raison(v, livraison), liste.ou_rien, len(unes))


def _par_raison(v: Lecture, livraison: Livraison) -> Tableau:
    titres = {"toutes": "Ensemble", **{un: majuscule(dit) for un, dit in RAISONS.items()}}
    lus = [un for un in comptes(v, livraison) if un.toutes or un.raison == "toutes"]
    return Tableau.dresser(
        "raisons",
        "Radiations à vérifier",
        lus,
        ("Raison", lambda un: titres[un.raison]),
        (Colonne("Radiations", "nombre"), lambda un: un.toutes),
        (Colonne("Encore réactivables", "nombre"), lambda un: un.ouvertes),
        (Colonne("Sous 30 jours", "nombre"), lambda un: un.bientot),
        totaux=frozenset({0}),
    )


def _a_demander(v: Lecture, registre_: Affaires, departement: str) -> list[tuple[Affaire, Fige]]:
    """Return the affaires whose reactivation is to be asked for, those that are not erased."""
    unes = registre_.lister(departement, procedure=PROCEDURE)
    trouvees = [(une, REGLES.fige(v, une)) for une in unes if une.etat in A_DEMANDER]
    connues = [(une, fige) for une, fige in trouvees if fige]
    if not connues:
        raise Refus(
            "aucune réclamation n'attend de réactivation",
            que_faire="Retenir d'abord la réactivation de celles qui le justifient.",
        )
    return sorted(connues, key=lambda deux: (deux[1]["fenetre_fin"], deux[0].id))


def _assistance(v: Lecture, registre_: Affaires, departement: str) -> Assistance:
    unes = _a_demander(v, registre_, departement)
    causes = Counter(choix_dit(une, "retenir", "pourquoi") or "Autre" for une, _ in unes)
    fins = [dt.date.fromisoformat(fige["fenetre_fin"]) for _, fige in unes if fige["fenetre_fin"]]
    limite = registre_.aujourdhui + dt.timedelta(days=unes[0][0].reglages["alerte_rouge"])
    return Assistance(
        len(unes),
        Tableau.dresser(
            "causes",
            "",
            causes.most_common(),
            ("Cause", lambda une: majuscule(une[0])),
            (Colonne("Demandes", "nombre"), lambda une: une[1]),
        ),
        min(fins, default=None),
        sum(un <= limite for un in fins),
    )


def _liste(v: Lecture, registre_: Affaires, departement: str) -> Liste:
    liste = Tableau.dresser(
        "liste",
        "",
        _a_demander(v, registre_, departement),
        ("Affaire", lambda deux: deux[0].id),
        ("Numéro unique", lambda deux: deux[1]["numero"]),
        (Colonne("Radiée le", "date"), lambda deux: date_ou_rien(deux[1]["radiee_le"])),
        ("Motif", lambda deux: deux[1]["motif"]),
        ("Cause", lambda deux: majuscule(choix_dit(deux[0], "retenir", "pourquoi") or "")),
        (
            Colonne("Réactivable jusqu'au", "date"),
            lambda deux: date_ou_rien(deux[1]["fenetre_fin"]),
        ),
    )
    return Liste(liste)


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


# --- Words ----------------------------------------------------------------------------------------


def _jour(texte: str) -> str:
    return ecrire_jour(texte) if texte else ""


def _a_ouvrir(v: Lecture, registre_: Affaires, departement: str) -> list[Radiee]:
    """Return the radiations that may still be undone today and of which nothing is open.

    Those whose window closes soon first: after it nobody can.
    """
    livraison, secret = derniere(v, departement), cle(v.dossier)
    ouvertes = {une.objet for une in registre_.lister(departement, procedure=PROCEDURE)}
    fondees = a_verifier(v, livraison, ouvertes=True)
    vues = {une["numero_unique"] for une in fondees}
    dalo = a_verifier(v, livraison, raison="dalo", ouvertes=True)
    jour = registre_.aujourdhui
    return [
        une
        for unes in (fondees, [une for une in dalo if une["numero_unique"] not in vues])
        for une in sorted(unes, key=lambda une: not _se_ferme(une, jour))
        if reactivable(une, jour) and objet_de(secret, une["numero_unique"]) not in ouvertes
    ]


def _se_ferme(une: Radiee, jour: dt.date) -> bool:
    fin = une["fenetre_fin"]
    return fin is not None and (fin - jour).days <= BIENTOT


REGLES = Reclamations(PROCEDURE)
