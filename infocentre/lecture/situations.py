"""« Où en est-on »: by place and by whom, what is done, due and missing, and when it is reached."""

from __future__ import annotations

import calendar
import datetime as dt
import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass

from infocentre.contrat import contrat
from infocentre.contrat.territoires import epcis_du_departement, nom_epci_ici, territoires
from infocentre.lecture.commun import mois_controles, noms_des_organismes
from infocentre.lecture.lecteur import Lecture
from infocentre.lecture.lieux import du_departement, epcis
from infocentre.lecture.objectifs import (
    INCONNU,
    REGLES,
    TOUT,
    Axe,
    Compte,
    Lieu,
    Suivie,
    de_la_loi,
    lire_faits,
    somme,
)
from infocentre.lecture.objectifs_masques import cellules, masquees, se_dit
from infocentre.lecture.partage import seuil_secret
from infocentre.lecture.reservataires_masques import Cellule
from infocentre.lecture.tableaux import Fiabilite, fiabilite
from infocentre.mesures import objectifs as declares
from infocentre.mesures.objectifs import CONTINGENT, MESURES, Mesure, Objectif
from infocentre.mesures.rythme import Apport, Prevision, prevoir
from infocentre.mesures.tableaux import tableaux
from infocentre.noyau.erreurs import Refus
from infocentre.noyau.etats import Etat
from infocentre.noyau.francais import accorder, clef_de_tri, entier, enumerer, pourcent
from infocentre.noyau.temps import fin_de_mois, nom_mois

FIABLE, PRUDENCE, NON_DIT = "fiable", "à lire avec prudence", "non dit"
CONNUS = 0.5  # of the incomes, under which a share of quartiles says nothing
CENT = 100
APPELS = 3  # bailleurs to call first
AUX_BAILLEURS: tuple[Suivie, ...] = ("mixite_hors_qpv", "mixite_en_qpv", "prioritaires")
ANNEES = 5  # looked back, to say since when
DECEMBRE = 12  # the year is over: nothing more is made up in it


@dataclass(frozen=True, slots=True)
class Vise:
    """What is aimed at in a year: a share, or a number, and who set it."""

    part: float | None
    nombre: float | None
    source: str

    def du(self, sur: int, mois: int, *, plafond: bool = False) -> int:
        """Return what is due of so many attributions, or of so many months of the year.

        A share that is due is rounded up, one that is not to be exceeded down.
        """
        if self.part is not None:
            if plafond:
                return math.floor(self.part * sur + 1e-9)
            return math.ceil(self.part * sur - 1e-9)
        return math.ceil((self.nombre or 0) * mois / 12 - 1e-9)


@dataclass(frozen=True, slots=True)
class Situation:
    """Where a measure stands somewhere since 1 January: counts None when they are masked.

    `connu`: those of `sur` of which it is known, None to share: less what is told, it tells a few.

    `manque` is what is missing to what is due (of a ceiling: what exceeds it), None when nothing is
    aimed at or it cannot be told: `muette` says why. `depuis` is the month since which it is
    behind, or the year when it was already at the end of the one before.
    """

    mesure: Suivie
    lieu: Lieu
    nom: str
    realise: int | None
    sur: int | None
    connu: int | None
    vise: Vise | None
    manque: int | None = None
    prevision: Prevision | None = None
    depuis: str = ""
    muette: str = ""

    @property
    def titre(self) -> str:
        """What is measured, and of a bailleur on which dwellings."""
        regle = REGLES[self.mesure]
        ou = regle.bailleur if self.lieu.axe == "bailleur" else ""
        return f"{regle.titre}, {ou}" if ou else regle.titre

    @property
    def masquee(self) -> bool:
        """Tell whether the secret statistique hides one of its counts."""
        return self.realise is None or self.sur is None

    @property
    def part(self) -> float | None:
        """The share that is done; None when it is masked, or of nothing."""
        return self.realise / self.sur if self.realise is not None and self.sur else None

    @property
    def du(self) -> int | None:
        """What should be done by now; of a ceiling, what may be."""
        if self.manque is None or self.realise is None:
            return None
        plafond = REGLES[self.mesure].plafond
        return self.realise - self.manque if plafond else self.realise + self.manque

    @property
    def atteint(self) -> bool | None:
        """Tell whether the objective is met to date; None when it cannot be told."""
        return None if self.manque is None else self.manque <= 0


@dataclass(frozen=True, slots=True)
class Politique:
    """The policy of attributions in a place, since 1 January."""

    departement: str
    mois: str
    epci: str
    nom: str
    ensemble: Sequence[Situation]
    parts: dict[tuple[Suivie, Axe], Sequence[Situation]]
    fiabilites: dict[Suivie, str]
    motifs: dict[Suivie, str]
    sans_epci: int | None

    @property
    def annee(self) -> str:
        """The civil year."""
        return self.mois[:4]

    @property
    def finie(self) -> bool:
        """Tell whether the year is over: nothing of it can be made up any more."""
        return self.arrete.month == DECEMBRE

    @property
    def arrete(self) -> dt.date:
        """The day up to which attributions are counted."""
        return fin_de_mois(self.mois)

    def par_bailleur(self) -> dict[str, dict[Suivie, Situation]]:
        """Return where each bailleur stands, by name then by measure, but who is masked whole."""
        par_nom: dict[str, dict[Suivie, Situation]] = {}
        for mesure in AUX_BAILLEURS:
            for une in self.parts.get((mesure, "bailleur"), ()):
                par_nom.setdefault(une.nom, {})[mesure] = une
        return {
            nom: siennes
            for nom, siennes in sorted(par_nom.items(), key=lambda un: clef_de_tri(un[0]))
            if not all(une.masquee for une in siennes.values())
        }

    def manquants(self, axe: Axe) -> list[tuple[str, Sequence[Situation]]]:
        """Return who is behind on an axis, by name, with what each misses; the most first."""
        par_nom: dict[str, list[Situation]] = {}
        for (mesure, le_sien), lues in self.parts.items():
            if le_sien != axe or REGLES[mesure].plafond:
                continue
            for une in lues:
                if (une.manque or 0) > 0 and une.lieu.code != INCONNU:
                    par_nom.setdefault(une.nom, []).append(une)
        return sorted(
            par_nom.items(),
            key=lambda un: (-sum(une.manque or 0 for une in un[1]), clef_de_tri(un[0])),
        )


def situer(
    v: Lecture, departement: str, mois: str, epci: str = "", *, partage: bool = False
) -> Politique:
    """Return where an EPCI stands, or the département; masked when shared, or to whom it must be.

    Raises:
        Refus: no such EPCI, or one that the reader may not see; an objective that cannot be one.
    """
    entier = _entier(v, departement, epci)
    return _Lecteur(entier, departement, mois, partage=partage or v.p.petits_masques).situer(epci)


def _entier(v: Lecture, departement: str, epci: str) -> Lecture:
    """Return the whole département, once it is sure that the reader may see the place asked."""
    connus = epcis(v, departement)
    ailleurs = v.p.epci is None and epci in epcis_du_departement(departement)  # most of it is
    if epci and epci not in connus and not ailleurs:
        siens = [f"{siren} ({nom})" for siren, nom in connus.items()]
        raise Refus(
            f"l'EPCI « {epci} » n'est pas de ce département, ou n'est pas ouvert à ce compte",
            que_faire=f"Donner le SIREN d'un EPCI : {', '.join(siens)}." if siens else "",
        )
    if v.p.epci is not None and epci and v.p.organismes is None:
        return du_departement(v, departement)
    return _tout_entier(v, departement)


def _tout_entier(v: Lecture, departement: str) -> Lecture:
    """Return the département to who sees it whole, be it without a guichet and masked."""
    p = v.p
    if p.petits_masques and p.guichets == frozenset() and p.epci is None and p.organismes is None:
        return du_departement(v, departement)
    v.exiger_departements("la politique d'attribution")
    return v


class _Lecteur:
    """Reads the situations of a month, under what may be shared."""

    def __init__(self, v: Lecture, departement: str, mois: str, *, partage: bool) -> None:
        self.v, self.departement, self.mois = v, departement, mois
        self.annee = mois[:4]
        self.faits = lire_faits(v, departement, mois)
        self.objectifs = declares.lire(v.dossier.racine)
        self.partage = partage
        self.caches = masquees(v, departement, mois) if partage else frozenset()
        self.noms = noms_des_organismes(v, departement, mois)

    def situer(self, epci: str) -> Politique:
        ici = epci or TOUT
        suivies: list[Suivie] = [*MESURES, "dalo"]
        axes: list[Axe] = ["reservataire", "bailleur", "commune"]
        return Politique(
            self.departement,
            self.mois,
            epci,
            nom_epci_ici(epci, self.departement),
            [self.situation(une, Lieu(ici)) for une in suivies if une not in self.faits.motifs],
            {
                (une, axe): lues
                for une in suivies
                for axe in axes
                if (lues := self.par(une, ici, axe))
            },
            {une: _fiable(self._fiabilite(une)) for une in suivies},
            dict(self.faits.motifs),
            self._montrer("prioritaires", Lieu(INCONNU))[1],
        )

    def par(self, mesure: Suivie, epci: str, axe: Axe) -> list[Situation]:
        """Return the situations of the parts of a place, by name."""
        lieux = self.faits.lieux(mesure, epci, axe)
        lues = [self.situation(mesure, un) for un in lieux if not self.partage or se_dit(un)]
        return sorted((une for une in lues if une.sur != 0), key=lambda une: clef_de_tri(une.nom))

    def situation(self, mesure: Suivie, lieu: Lieu) -> Situation:
        """Return where a measure stands somewhere."""
        un = somme(self.faits.serie(mesure, lieu), self.annee)
        realise, sur = self._montrer(mesure, lieu)
        vise = self.viser(mesure, lieu, self.annee)
        dite = (mesure, lieu, self.nommer(lieu), realise, sur)
        if realise is None or sur is None:
            return Situation(*dite, None, vise)
        connu = None if self.partage else un.connu  # less what is told, it would tell a few
        if vise is None or mesure == "dalo":
            return Situation(*dite, connu, vise, muette="" if mesure == "dalo" else "sans objectif")
        if un.connu < CONNUS * un.sur or (not un.sur and vise.part is not None):
            dit = "revenus inconnus pour plus de la moitié" if un.sur else "aucune attribution"
            return Situation(*dite, connu, vise, muette=dit)
        plafond = REGLES[mesure].plafond
        manque = vise.du(sur, int(self.mois[5:]), plafond=plafond) - realise
        if plafond:
            return Situation(*dite, connu, vise, -manque)
        return Situation(
            *dite,
            connu,
            vise,
            manque,
            self._prevoir(mesure, lieu, vise, un),
            self.depuis(mesure, lieu) if manque > 0 else "",
        )

    def _montrer(self, mesure: Suivie, lieu: Lieu) -> tuple[int | None, int | None]:
        """Return what is counted and out of what, None for what is masked."""
        un = somme(self.faits.serie(mesure, lieu), self.annee)
        voulue, toutes = cellules(mesure, lieu)
        return self._voir(voulue, un.realise), self._voir(toutes, un.sur)

    def _voir(self, cellule: Cellule, nombre: int) -> int | None:
        """Return a count, None when it is masked: a small one always is, known or not."""
        petit = self.partage and 0 < nombre < seuil_secret(self.v)
        return None if petit or cellule in self.caches else nombre

    def viser(self, mesure: Suivie, lieu: Lieu, annee: str) -> Vise | None:
        """Return what is aimed at: what its year says, or that of its EPCI, then the rule."""
        if mesure == "dalo":
            return None
        siens: list[tuple[str, str]] = [(lieu.axe, lieu.code)] if lieu.axe else []
        if lieu.axe == "commune" and lieu.code in territoires():  # of an arrondissement, its own
            siens.append((lieu.axe, territoires()[lieu.code].mere))
        siens += [("epci", lieu.epci)] if lieu.epci != TOUT else []
        partout = [("departement", self.departement)]
        dit = declares.trouver(self.objectifs, mesure, int(annee), *siens, *partout)
        # A number of the whole département is not that of each of its parts.
        if dit is not None and (dit.nombre is None or not siens or dit.lieu in siens[:1]):
            return _vise(dit)
        if mesure == "contingent":
            return Vise(CONTINGENT / CENT, None, "CCH R.441-5")
        ou = TOUT if mesure == "prioritaires" else lieu.epci
        regle = self.faits.objectifs.get((mesure, ou))
        if regle is None:
            return None
        if mesure == "logement_dabord":
            return Vise(None, regle, "réglages") if lieu == Lieu(TOUT) else None
        source = REGLES[mesure].reference if de_la_loi(mesure, regle) else "réglages"
        return Vise(regle, None, source)

    def _prevoir(self, mesure: Suivie, lieu: Lieu, vise: Vise, un: Compte) -> Prevision | None:
        """Return when what is missing is reached, at the pace of the 12 months."""
        serie = self.faits.serie(mesure, lieu)
        apports = [
            Apport(
                *serie.get(mois, Compte())[:2], calendar.monthrange(int(mois[:4]), int(mois[5:]))[1]
            )
            for mois in self.faits.mois
        ]
        part = vise.part or 0.0
        du = part * un.sur if vise.part is not None else float(vise.nombre or 0)
        return prevoir(du - un.realise - 1e-9, apports, part)

    def depuis(self, mesure: Suivie, lieu: Lieu) -> str:
        """Return since when it is behind: a month of the year, else the first year in a row.

        '' to share, where that would bound a small count: of a month that it is said of, or of the
        one before, which was not behind.
        """
        serie = self.faits.serie(mesure, lieu)
        vise = self.viser(mesure, lieu, self.annee)
        cumul, debut, dits = Compte(), "", list[Compte]()
        for mois in (un for un in self.faits.mois if un.startswith(self.annee)):
            cumul = cumul.plus(serie.get(mois, Compte()))
            derriere = vise is not None and vise.du(cumul.sur, int(mois[5:])) > cumul.realise
            debut = (debut or mois) if derriere else ""
            dits = [*dits, cumul] if derriere else [cumul]
        if debut == f"{self.annee}-01":
            for annee in self._annees_d_avant():
                total = self._total(mesure, lieu, annee)
                dits.append(total)
                vise = self.viser(mesure, lieu, annee)
                if vise is None or vise.du(total.sur, 12) <= total.realise:
                    break
                debut = annee
        return "" if self.partage and any(map(self._a_un_petit, dits)) else debut

    def _a_un_petit(self, un: Compte) -> bool:
        nombres = (un.realise, un.sur - un.realise, un.sur)
        return any(0 < nombre < seuil_secret(self.v) for nombre in nombres)

    def _total(self, mesure: Suivie, lieu: Lieu, annee: str) -> Compte:
        """Return the counts of a whole year, as its last delivery has them."""
        return somme(lire_faits(self.v, self.departement, f"{annee}-12").serie(mesure, lieu), annee)

    def _annees_d_avant(self) -> list[str]:
        """Return the whole years that are published one after the other, the newest first."""
        connus = mois_controles(self.v, self.departement)
        annees = [str(int(self.annee) - un) for un in range(1, ANNEES + 1)]
        return list(itertools.takewhile(lambda un: f"{un}-12" in connus, annees))

    def nommer(self, lieu: Lieu) -> str:
        """Return what a place or an organisme is called."""
        code = lieu.code
        if lieu.axe == "bailleur":
            return "Bailleur non renseigné" if code == INCONNU else self.noms.get(code, code)
        if lieu.axe == "reservataire":
            autres = {INCONNU: "Réservataire non renseigné", "HL": "Réservataire hors liste"}
            return autres.get(code) or contrat().codes["TYPE_RESERVATAIRE"].get(code, code)
        if lieu.axe == "commune":
            connue = territoires().get(code)
            return connue.nom if connue else "Commune inconnue"
        return nom_epci_ici(lieu.epci, self.departement) or "Ensemble du département"

    def _fiabilite(self, mesure: Suivie) -> list[Fiabilite]:
        code = tableaux().code(REGLES[mesure].role)
        return fiabilite(self.v, code, self.departement, self.mois)


def _vise(dit: Objectif) -> Vise:
    part = None if dit.part is None else dit.part / CENT
    return Vise(part, dit.nombre, dit.source)


def _fiable(lues: Sequence[Fiabilite]) -> str:
    """Say what the published indicators under a figure make of it."""
    juges = [une for une in lues if Etat(une.etat).gravite]
    if not juges:
        return NON_DIT
    return FIABLE if all(une.etat == Etat.VERT for une in juges) else PRUDENCE


def dire_rythme(une: Situation, arrete: dt.date) -> str:
    """Say when what is missing is reached at the pace of 12 months, or why it is not said."""
    p = une.prevision
    if p is None or une.atteint or arrete.month == DECEMBRE:
        return ""
    if une.vise and une.vise.nombre is not None and (dit := _hors_de_l_annee(p, arrete)):
        return dit
    bas, milieu, haut = (_mois_de(p.jour(arrete, un)) for un in (p.bas, p.milieu, p.haut))
    if p.etat == "date":
        quand = milieu if bas == haut else f"{milieu} (entre {bas} et {haut})"
        fait = "rattrapé" if une.vise and une.vise.part is not None else "atteint"
        return f"{fait} vers {quand}"
    if p.etat == "incertain":
        return f"pas avant {bas} ; on ne peut pas dire quand"
    if p.etat == "jamais":
        return "ne sera pas atteint à ce rythme"
    return "trop peu d'attributions pour dire un rythme"


def _hors_de_l_annee(p: Prevision, arrete: dt.date) -> str:
    """Say that the number of a year may not be reached in it, '' when it is by its end."""
    bas, haut = p.jour(arrete, p.bas), p.jour(arrete, p.haut)
    if p.etat not in {"date", "incertain"} or (haut and haut.year == arrete.year):
        return ""
    if bas is None or bas.year > arrete.year:
        return f"ne sera pas atteint en {arrete:%Y} à ce rythme"
    return f"pas avant {_mois_de(bas)} ; on ne peut pas dire s'il le sera en {arrete:%Y}"


def _mois_de(jour: dt.date | None) -> str:
    return nom_mois(f"{jour:%Y-%m}") if jour else ""


def dire_manque(lues: Sequence[Situation]) -> str:
    """Say what is missing of some measures: « il manque 12 attributions (Quartiles 2 à 4…) et 3… ».

    They are not added up: an attribution may count for two of them.
    """
    combien = [accorder(lues[0].manque or 0, "attribution", "attributions")]
    combien += [entier(une.manque or 0) for une in lues[1:]]
    dits = [f"{dit} ({une.titre})" for dit, une in zip(combien, lues, strict=True)]
    return f"il manque {enumerer(dits)}"


def dire_depuis(une: Situation) -> str:
    """Say since when it is behind: « mars 2026 », or « 2024 » when it already was at its end."""
    return nom_mois(une.depuis) if "-" in une.depuis else une.depuis


def dire_vise(vise: Vise | None) -> str:
    """Write what is aimed at: « 25 % », « 120 dans l'année »."""
    if vise is None:
        return "sans objectif"
    if vise.part is not None:
        return pourcent(vise.part)
    return f"{entier(vise.nombre or 0)} dans l'année"


def par_epci(
    v: Lecture, departement: str, mois: str, *, partage: bool = False
) -> dict[str, list[Situation]]:
    """Return the situations of every EPCI of a département, by EPCI."""
    tout = _tout_entier(v, departement)
    lecteur = _Lecteur(tout, departement, mois, partage=partage or v.p.petits_masques)
    mesures: list[Mesure] = [une for une in MESURES if une not in lecteur.faits.motifs]
    return {
        epci: [lecteur.situation(une, Lieu(epci)) for une in mesures]
        for epci in epcis(v, departement)
    }


def du_bailleur(v: Lecture, departement: str, mois: str, siren: str) -> list[Situation]:
    """Return where a bailleur stands in the whole département on what it owes, in clear."""
    lecteur = _Lecteur(v, departement, mois, partage=False)
    lieu = Lieu(TOUT, "bailleur", siren)
    lues = [
        lecteur.situation(une, lieu) for une in AUX_BAILLEURS if une not in lecteur.faits.motifs
    ]
    return [une for une in lues if une.sur]
