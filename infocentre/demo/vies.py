"""The lives of the demandes: deposit, renewals, modifications, radiation, un-radiation."""

from __future__ import annotations

from dataclasses import dataclass, field, fields, replace

import numpy as np

from infocentre.demo import actes as a
from infocentre.demo.actes import Actes, Carnet
from infocentre.demo.defauts import Defaut
from infocentre.demo.habitudes import Calendrier, rang_plante
from infocentre.demo.hasard import Hasard, arrive, entre, tirer
from infocentre.demo.registre import Registre
from infocentre.demo.temps import (
    JAMAIS,
    Entiers,
    Masque,
    Reels,
    dernier_jour,
    jour,
    mois_des_jours,
    plus_mois,
    premier_jour,
)

# Deposits by month of the year: peaks of January and of September-October, August low.
SAISON = (1.14, 1.0, 1.04, 0.95, 0.93, 0.98, 0.92, 0.72, 1.16, 1.15, 1.03, 0.88)
_CROISSANCE = 0.02
_ANNEES_DE_RODAGE = 13
_RENOUVELLE_D_ABORD, _RENOUVELLE_ENSUITE = 0.615, 0.77
_MUTATION, _DALO, _DEPOT_PORTAIL = 0.305, 0.034, 0.505
# Exits other than non-renewal, per year: attribution, abandon, irrecevabilité, contact, fusion,
# disappearance of the register.
_SORTIES = np.array([0.134, 0.026, 0.003, 0.010, 0.003, 0.0015])
_MOTIF_DES_SORTIES = np.array([a.RADATT, a.RADABA, a.RADIRR, a.RADCON, a.RADFUS, -1])
_DISPARUE = 5
_TOURS = 20
MEMOIRE = 19
"""Months before the first arrêté of which acts are kept."""


@dataclass(frozen=True)
class Periode:
    """The months of the deliveries, counted since January 1970, both included."""

    premier: int
    dernier: int

    @property
    def fin(self) -> int:
        """Last day of the last month."""
        return jour(dernier_jour(self.dernier))

    @property
    def debut_memoire(self) -> int:
        """First day whose acts are kept."""
        return jour(premier_jour(self.premier - MEMOIRE))


@dataclass(frozen=True)
class Vies:
    """One line per demande, in the order of their entry, and all their acts and préavis."""

    creation: Entiers
    saisie: Entiers
    createur: Entiers
    portail: Masque
    mutation: Masque
    dalo: Masque
    force: Masque
    bail: Entiers
    attribuee: Masque
    actes: Actes
    preavis: Preavis

    def __len__(self) -> int:
        """Return the number of demandes."""
        return len(self.creation)


@dataclass(frozen=True)
class Preavis:
    """Mail before the term: the demande, whether it is registered, the day it leaves."""

    demande: Entiers
    recommande: Masque
    envoi: Entiers


@dataclass
class _Simulation:
    registre: Registre
    dates: Calendrier
    periode: Periode
    hasard: Hasard
    nombre_mensuel: float
    carnet: Carnet = field(default_factory=Carnet)
    preavis: list[Preavis] = field(default_factory=list)

    def derouler(self) -> Vies:
        """Run all the lives."""
        self._deposer()
        self._enregistrer()
        self._vivre()
        self._modifier()
        return self._vies()

    def _deposer(self) -> None:
        alea = self.hasard.flux("depots")
        premier = self.periode.premier - 12 * _ANNEES_DE_RODAGE
        mois = np.arange(premier, self.periode.dernier + 1)
        annees = (mois - self.periode.dernier) / 12
        attendu = self.nombre_mensuel * np.array(SAISON)[mois % 12] * (1 + _CROISSANCE) ** annees
        nombres = alea.poisson(attendu)
        self.n = int(nombres.sum())
        debuts = np.array([jour(premier_jour(int(m))) for m in (*mois, mois[-1] + 1)])
        longueurs = np.repeat(np.diff(debuts), nombres)
        jours = np.repeat(debuts[:-1], nombres) + (alea.random(self.n) * longueurs).astype(int)
        self.creation = jours
        part = _DEPOT_PORTAIL - 0.02 * np.repeat(-annees, nombres).clip(0, 12)
        self.portail = arrive(alea, part, self.n)
        self.mutation = arrive(alea, _MUTATION, self.n)
        self.dalo = arrive(alea, _DALO, self.n)

    def _enregistrer(self) -> None:
        """Enter the deposits: guichet, day of entry, attestation."""
        alea = self.hasard.flux("enregistrements")
        guichet = self.registre.choisir(alea, self.creation, self.registre.poids_depot)
        self.createur = np.where(self.portail, 0, guichet)
        self._poser_le_minuscule(alea)
        tard = arrive(alea, self.registre.taux[Defaut.ENR_DELAI][self.createur], self.n)
        delai = np.where(tard, entre(alea, 35, 110, self.n), entre(alea, 0, 9, self.n))
        self.saisie = self.creation + np.where(self.portail, 0, delai)
        self.force = arrive(alea, self.registre.taux[Defaut.DBL_FORCE][self.createur], self.n)
        self.force &= ~self.portail
        attestation = np.maximum(self.saisie, self.creation + entre(alea, 0, 12, self.n))
        attestation[self._sans_attestation(alea)] = JAMAIS
        separation = ~self.portail & arrive(alea, 0.004, self.n)
        self._noter_creations(separation, a.CRS, attestation)
        self._noter_creations(~separation, a.CRE, attestation)

    def _noter_creations(self, lesquelles: Masque, type_acte: int, attestation: Entiers) -> None:
        qui = np.flatnonzero(lesquelles)
        self._noter(
            type_acte,
            qui,
            self.createur[qui],
            self.creation[qui],
            self.saisie[qui],
            attestation=attestation[qui],
        )

    def _poser_le_minuscule(self, alea: np.random.Generator) -> None:
        recents = ~self.portail & (mois_des_jours(self.creation) > self.periode.dernier - 20)
        choisis = np.flatnonzero(recents)
        if len(choisis) >= 3:
            self.createur[alea.choice(choisis, 3, replace=False)] = rang_plante("minuscule")

    def _sans_attestation(self, alea: np.random.Generator) -> Masque:
        taux = self.registre.taux[Defaut.ENR_ATTESTATION][self.createur]
        avant = mois_des_jours(self.creation) < self.dates.avertissement
        plante = (self.createur == rang_plante("ameliore")) & avant
        return arrive(alea, np.where(plante, 0.36, taux), self.n) & ~self.portail

    def _vivre(self) -> None:
        """Let each demande live year after year, until it leaves or the last arrêté comes."""
        self.der = self.creation.copy()
        self.debut = self.saisie.copy()
        self.bail = np.full(self.n, JAMAIS)
        self.attribuee = np.zeros(self.n, dtype=bool)
        self.sortie = np.full(self.n, JAMAIS)
        self.deja_deradiee = np.zeros(self.n, dtype=bool)
        vivants = np.arange(self.n)
        for tour in range(_TOURS):
            if len(vivants):
                vivants = self._annee(vivants, tour)
                vivants = vivants[self.der[vivants] <= self.periode.fin]

    def _annee(self, qui: Entiers, tour: int) -> Entiers:
        """Live from the last renewal to the next; return those that go on."""
        alea = self.hasard.flux(f"annee {tour}")
        echeance = plus_mois(self.der[qui], 12)
        risques = np.tile(_SORTIES, (len(qui), 1))
        risques[:, 0] *= np.where(self.dalo[qui], 2.6, 1.0)
        total = risques.sum(axis=1)
        depart = self.debut[qui] + 1 + (alea.exponential(365.25 / total)).astype(int)
        part = _RENOUVELLE_ENSUITE if tour else _RENOUVELLE_D_ABORD
        sort = depart < echeance
        renouvelle = ~sort & arrive(alea, part, len(qui))
        self._sortir(alea, qui[sort], depart[sort], risques[sort])
        expire = ~sort & ~renouvelle
        deradiees = self._expirer(alea, qui[expire], echeance[expire])
        saisie = self._renouveler(alea, qui[renouvelle], echeance[renouvelle])
        limite = np.where(sort, self.sortie[qui], echeance + 20)
        limite[renouvelle] = saisie
        self._prevenir(alea, qui, echeance, limite)
        return np.concatenate([qui[renouvelle], deradiees])

    def _sortir(
        self, alea: np.random.Generator, qui: Entiers, depart: Entiers, risques: Reels
    ) -> None:
        tirage = alea.random(len(qui)) * risques.sum(axis=1)
        cause = (tirage[:, None] >= np.cumsum(risques, axis=1)).sum(axis=1)
        motif = _MOTIF_DES_SORTIES[cause]
        attribution, disparue = motif == a.RADATT, cause == _DISPARUE
        self._noter(a.SUP, qui[disparue], self.createur[qui][disparue], *[depart[disparue]] * 2)
        self.sortie[qui] = depart
        self._attribuer(alea, qui[attribution], depart[attribution])
        autre = ~attribution & ~disparue
        guichet = self._radiateur(alea, qui[autre], depart[autre], motif[autre])
        self._radier(alea, qui[autre], guichet, depart[autre], motif[autre])

    def _radiateur(
        self, alea: np.random.Generator, qui: Entiers, quand: Entiers, motif: Entiers
    ) -> Entiers:
        """Return who radiates: a bailleur for irrecevabilités, else mostly the creator."""
        bailleur = self.registre.choisir(alea, quand, self.registre.poids_parc)
        depot, createur = self.registre.poids_depot, self.createur[qui]
        createur = self.registre.remplacer(alea, createur, quand, depot)
        return np.where(motif == a.RADIRR, bailleur, createur)

    def _attribuer(self, alea: np.random.Generator, qui: Entiers, bail: Entiers) -> None:
        registre, nombre = self.registre, len(qui)
        bailleur = registre.choisir(alea, bail, registre.poids_parc)
        erreur = arrive(alea, 0.0015, nombre)
        autre = registre.choisir(alea, bail, registre.poids_depot)
        guichet = np.where(erreur, autre, bailleur)
        change = mois_des_jours(bail) >= self.dates.changement_logiciel
        plante = (guichet == rang_plante("baux_tardifs")) & change
        taux = np.where(plante, 0.75, registre.taux[Defaut.ATT_TARDIVE][guichet])
        retard = np.where(
            arrive(alea, taux, nombre), entre(alea, 18, 75, nombre), entre(alea, 0, 8, nombre)
        )
        radiation = bail + retard
        anticipe = arrive(alea, registre.taux[Defaut.ATT_ANTICIPEE][guichet], nombre)
        posterieure = arrive(alea, registre.taux[Defaut.ATT_DEMANDE_POSTERIEURE][guichet], nombre)
        signe = np.where(anticipe, radiation + entre(alea, 2, 25, nombre), bail)
        avant = self.creation[qui] - entre(alea, 3, 30, nombre)
        self.bail[qui] = np.where(posterieure, avant, signe)
        self.sortie[qui] = radiation
        self.attribuee[qui] = True
        self._radier(alea, qui, guichet, radiation, np.full(nombre, a.RADATT))

    def _radier(
        self,
        alea: np.random.Generator,
        qui: Entiers,
        guichet: Entiers,
        quand: Entiers,
        motif: Entiers,
    ) -> None:
        """Note radiations; one's own system sends them up to two days later."""
        delai = np.where(self.registre.privatif[guichet], entre(alea, 0, 2, len(qui)), 0)
        self._noter(a.RAD, qui, guichet, quand, quand + delai, motif=motif)

    def _expirer(self, alea: np.random.Generator, qui: Entiers, echeance: Entiers) -> Entiers:
        """Radiate what is not renewed, un-radiate a little of it; return these."""
        nombre = len(qui)
        lent = arrive(alea, 0.01, nombre)
        quand = echeance + np.where(lent, entre(alea, 35, 80, nombre), entre(alea, 26, 29, nombre))
        motif = np.full(nombre, a.RADREN)
        guichet = self._radiateur(alea, qui, quand, motif)
        self._radier(alea, qui, guichet, quand, motif)
        erreur = arrive(alea, self.registre.taux[Defaut.RAD_ANNULEE][guichet], nombre)
        erreur &= ~self.deja_deradiee[qui]
        self.sortie[qui[~erreur]] = quand[~erreur]
        self._deradier(alea, qui[erreur], guichet[erreur], quand[erreur], echeance[erreur])
        return qui[erreur]

    def _deradier(
        self,
        alea: np.random.Generator,
        qui: Entiers,
        guichet: Entiers,
        quand: Entiers,
        echeance: Entiers,
    ) -> None:
        retour = quand + entre(alea, 4, 70, len(qui))
        guichet = self.registre.remplacer(alea, guichet, retour, self.registre.poids_depot)
        self._noter(a.DERAD, qui, guichet, retour, retour)
        self._noter(a.REN, qui, guichet, retour, retour, echeance=echeance)
        self.der[qui], self.debut[qui] = retour, retour
        self.deja_deradiee[qui] = True

    def _renouveler(self, alea: np.random.Generator, qui: Entiers, echeance: Entiers) -> Entiers:
        """Renew around the term; return the days of entry."""
        nombre = len(qui)
        guichet = self._guichet_du_renouvellement(alea, qui, echeance)
        tot = arrive(alea, self.registre.taux[Defaut.REN_ANTICIPE][guichet], nombre)
        apres = arrive(alea, 0.08, nombre)
        avance = np.where(apres, -entre(alea, 1, 15, nombre), entre(alea, 0, 57, nombre))
        avance = np.where(tot, entre(alea, 62, 100, nombre), avance)
        quand = np.maximum(echeance - avance, self.debut[qui] + 1)
        tard = arrive(alea, self.registre.taux[Defaut.REN_SAISIE_TARDIVE][guichet], nombre)
        delai = np.where(tard, entre(alea, 33, 70, nombre), entre(alea, 0, 6, nombre))
        saisie: Entiers = quand + np.where(guichet == 0, 0, delai)
        self._noter(a.REN, qui, guichet, quand, saisie, echeance=echeance)
        self.der[qui], self.debut[qui] = quand, saisie
        return saisie

    def _guichet_du_renouvellement(
        self, alea: np.random.Generator, qui: Entiers, quand: Entiers
    ) -> Entiers:
        depot = self.registre.poids_depot
        fidele = arrive(alea, 0.7, len(qui)) & (self.createur[qui] != 0)
        autre = tirer(alea, depot, len(qui))
        guichet = np.where(fidele, self.createur[qui], autre)
        guichet = self.registre.remplacer(alea, guichet, quand - 60, depot)
        guichet = self.registre.remplacer(alea, guichet, quand + 30, depot)
        en_ligne = arrive(alea, np.where(self.portail[qui], 0.75, 0.25), len(qui))
        return np.where(en_ligne, 0, guichet)

    def _prevenir(
        self, alea: np.random.Generator, qui: Entiers, echeance: Entiers, limite: Entiers
    ) -> None:
        """Send préavis to those who are still there, too late in the month of the breakdown."""
        nombre = len(qui)
        simple = echeance - entre(alea, 45, 60, nombre)
        panne = jour(premier_jour(self.dates.panne_courrier)) + 12
        retenu = (simple >= panne) & (simple < panne + 3)
        simple = np.where(retenu, simple + 28, simple)
        recommande = echeance - entre(alea, 33, 42, nombre)
        envoye = ~retenu & arrive(alea, 0.35, nombre) & (recommande < limite)
        part = simple < limite
        self.preavis.append(Preavis(qui[part], np.zeros(part.sum(), bool), simple[part]))
        self.preavis.append(Preavis(qui[envoye], np.ones(envoye.sum(), bool), recommande[envoye]))

    def _modifier(self) -> None:
        """Modify two demandes out of five once, one of these twice."""
        alea = self.hasard.flux("modifications")
        qui = np.flatnonzero(arrive(alea, 0.4, self.n))
        quand = self.saisie[qui]
        for _ in range(2):
            quand = quand + 3 + alea.exponential(200.0, len(qui)).astype(int)
            garde = quand < self.sortie[qui]
            qui, quand = qui[garde], quand[garde]
            guichet = self._guichet_du_renouvellement(alea, qui, quand)
            self._noter(a.MOD, qui, guichet, quand, quand)
            reste = arrive(alea, 0.3, len(qui))
            qui, quand = qui[reste], quand[reste]

    def _noter(
        self,
        type_acte: int,
        qui: Entiers,
        guichet: Entiers,
        evenement: Entiers,
        saisie: Entiers,
        **reste: Entiers,
    ) -> None:
        """Note the acts of the period that is kept, and every creation."""
        garde = saisie <= self.periode.fin
        if type_acte == a.MOD:
            garde &= saisie >= self.periode.debut_memoire
        privatif = np.where(np.arange(len(qui)) % 3 == 0, a.WS, a.FICHIER)
        canal = np.where(self.registre.privatif[guichet], privatif, a.WEB)
        canal = np.where(guichet == 0, a.PORTAIL, canal)
        reste["canal"] = canal
        reste = {nom: valeurs[garde] for nom, valeurs in reste.items()}
        self.carnet.noter(
            type_acte, qui[garde], guichet[garde], evenement[garde], saisie[garde], **reste
        )

    def _vies(self) -> Vies:
        """Keep the demandes that a delivery may still know, in the order of their entry."""
        connue = (self.saisie <= self.periode.fin) & (self.sortie >= self.periode.debut_memoire)
        ordre = np.flatnonzero(connue)
        ordre = ordre[np.argsort(self.saisie[ordre], kind="stable")]
        rang = np.full(self.n, -1)
        rang[ordre] = np.arange(len(ordre))
        actes = self.carnet.actes()
        actes = replace(actes, demande=rang[actes.demande])
        actes = actes.choisir(actes.demande >= 0)
        return Vies(
            **{
                nom: getattr(self, nom)[ordre]
                for nom in (f.name for f in fields(Vies))
                if nom not in ("actes", "preavis")
            },
            actes=actes,
            preavis=self._preavis(rang),
        )

    def _preavis(self, rang: Entiers) -> Preavis:
        tous = Preavis(
            *(np.concatenate([getattr(p, f.name) for p in self.preavis]) for f in fields(Preavis))
        )
        garde = (rang[tous.demande] >= 0) & (tous.envoi <= self.periode.fin)
        lignes = np.flatnonzero(garde)
        lignes = lignes[np.argsort(tous.envoi[lignes], kind="stable")]
        return Preavis(rang[tous.demande[lignes]], tous.recommande[lignes], tous.envoi[lignes])


def _prononcer_irrecevabilites(vies: Vies, periode: Periode, hasard: Hasard) -> Vies:
    """Turn a few radiations of each month into irrecevabilités of the planted guichet."""
    actes = vies.actes
    alea = hasard.flux("irrecevabilites")
    definitives = _radiations_definitives(actes)
    mois = mois_des_jours(actes.evenement[definitives])
    motif, guichet = actes.motif.copy(), actes.guichet.copy()
    for numero in range(periode.premier - MEMOIRE, periode.dernier + 1):
        du_mois = definitives[(mois == numero) & (actes.motif[definitives] == a.RADREN)]
        choisis = alea.permutation(du_mois)[: 2 + len(du_mois) // 200]
        motif[choisis], guichet[choisis] = a.RADIRR, rang_plante("irrecevable")
    return replace(vies, actes=replace(actes, motif=motif, guichet=guichet))


def _radiations_definitives(actes: Actes) -> Entiers:
    """Return the positions of the radiations entered on their day and never undone."""
    annulees = actes.demande[actes.type == a.DERAD]
    sures = (actes.type == a.RAD) & ~np.isin(actes.demande, annulees)
    return np.flatnonzero(sures & (actes.saisie == actes.evenement))


def nombre_actives(actes: Actes) -> int:
    """Count the demandes that are active once all the acts are entered."""
    etat: dict[int, int] = {a.RAD: -1, a.SUP: -1, a.CRE: 1, a.CRS: 1, a.DERAD: 1}
    return sum(signe * int((actes.type == t).sum()) for t, signe in etat.items())


def simuler(
    registre: Registre, dates: Calendrier, periode: Periode, hasard: Hasard, taille: int
) -> Vies:
    """Simulate a register that holds about `taille` active demandes at the last arrêté."""
    essai = 400.0
    pilote = _Simulation(registre, dates, periode, hasard, essai).derouler()
    mensuel = essai * taille / max(nombre_actives(pilote.actes), 1)
    vies = _Simulation(registre, dates, periode, hasard, mensuel).derouler()
    return _prononcer_irrecevabilites(vies, periode, hasard)
