"""Who asks and for what: households, incomes, present and wanted dwellings."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
import polars as pl

from infocentre.demo.defauts import Defaut
from infocentre.demo.graphies import codes, remplacer
from infocentre.demo.hasard import arrive, entre, tirer, tirer_code
from infocentre.demo.monde import Monde
from infocentre.demo.temps import JAMAIS, Entiers, Masque, Reels, jour

COMPOSITIONS = {
    "ISOLE": 0.43,
    "COUPLE": 0.08,
    "MONO1": 0.12,
    "MONO2": 0.09,
    "MONO3P": 0.05,
    "COUPLE1": 0.07,
    "COUPLE2": 0.08,
    "COUPLE3P": 0.05,
    "AUTRE": 0.03,
}
_CHARGE = np.array([0, 0, 1, 2, 3, 1, 2, 3, 1])
_EN_COUPLE = np.array([0, 1, 0, 0, 0, 1, 1, 1, 0])
_SITUATIONS = ("C", "M", "D", "S", "P", "U", "V")
_SEULS = (0.6, 0.0, 0.2, 0.12, 0.0, 0.0, 0.08)
_COUPLES = (0.0, 0.58, 0.0, 0.0, 0.08, 0.34, 0.0)
_STATUTS = ("CDI", "CDD", "ART", "CHO", "APP", "ETU", "RET", "AUT")
_STATUTS_JEUNES = (0.2, 0.26, 0.01, 0.2, 0.08, 0.14, 0.0, 0.11)
_STATUTS_ADULTES = (0.42, 0.15, 0.04, 0.2, 0.0, 0.005, 0.01, 0.175)
_STATUTS_AINES = (0.03, 0.01, 0.01, 0.03, 0.0, 0.0, 0.82, 0.1)
_SALAIRES = np.array([1690, 1330, 1450, 910, 1010, 560, 1200, 820])
MOTIFS = {
    "01": 19,
    "02": 0.5,
    "03": 4.5,
    "04": 3.5,
    "05": 2.2,
    "06": 2,
    "07": 4,
    "08": 6.5,
    "09": 12,
    "10": 1.5,
    "11": 6,
    "12": 7,
    "13": 15,
    "14": 1.2,
    "15": 1.5,
    "16": 0.2,
    "17": 6,
    "18": 0.8,
    "19": 3,
    "20": 1,
    "21": 2.4,
    "22": 0.2,
    "23": 7,
}
_PLUS_POUR_LES_MUTATIONS = {"01": 0.05, "12": 0.4, "13": 2.0, "10": 3.0, "17": 2.2, "07": 1.6}
MODES = {
    "HLM": 0.0,
    "LP": 43,
    "RS": 5,
    "RHVS": 0.3,
    "RE": 1.5,
    "SLHT": 6,
    "SH": 4.5,
    "CDEFCM": 0.3,
    "CPE": 17,
    "CP": 9,
    "LTG": 4,
    "FONC": 1,
    "POCC": 4.5,
    "CAMCAR": 0.5,
    "HOT": 1.6,
    "SD": 1.5,
    "SQUAT": 0.3,
}
_SANS_LOGEMENT = ("SD", "SQUAT", "CAMCAR")
_SANS_LOYER = (*_SANS_LOGEMENT, "HOT", "SH", "CDEFCM", "CPE", "CP", "LTG", "POCC")
TYPES = ("C", "T1", "T2", "T3", "T4", "T5", "T6P")
_TYPES_VOULUS = np.array(
    [
        [0.03, 0.2, 0.62, 0.14, 0.01, 0, 0],
        [0, 0.03, 0.37, 0.55, 0.05, 0, 0],
        [0, 0, 0.06, 0.66, 0.27, 0.01, 0],
        [0, 0, 0.01, 0.24, 0.68, 0.07, 0],
        [0, 0, 0, 0.03, 0.55, 0.4, 0.02],
    ]
)
_SURFACES = np.array([14, 27, 44, 63, 79, 95, 115])
_PLAFONDS_PLUS = np.array([0, 22_600, 30_200, 36_300, 43_900, 51_600, 58_200])
_CHAMPS_SUIVIS = tuple(
    (
        "DATE_NAISS_DEMANDEUR SEXE_DEMANDEUR NATIONALITE_DEMANDEUR SITU_FAMILIALE_DEMANDEUR "
        "STATUT_PROF_DEMANDEUR TAILLE_MENAGE REVENU_MENSUEL_FOYER REVENU_FISCAL "
        "MODE_LOGEMENT_ACTUEL COMMUNE_LOG_ACTUEL MOTIF_DEMANDE CATEG_LOGEMENT_RECHERCHE "
        "TYPE_LOGEMENT_RECHERCHE COMMUNE_LOG_RECHERCHE CATEG_LOGEMENT_ACTUEL "
        "TYPE_LOGEMENT_ACTUEL NBRE_HABITANT_ACTUEL MT_LOYER_MENSUEL_ACTUEL"
    ).split()
)
_PERSONNELS = frozenset(_CHAMPS_SUIVIS[:6])


@dataclass(frozen=True)
class Menages:
    """Facts of each demande that other parts of the demonstration need, and its columns.

    `fiches` holds the columns that never change, one row per demande; `ressources` those that a
    modification changes: as many rows again, first as deposited, then as modified.
    """

    naissance: Entiers
    femme: Masque
    cotitulaire: Masque
    taille: Entiers
    commune: Entiers
    voulue: Entiers
    type_voulu: Entiers
    fiches: pl.DataFrame
    ressources: pl.DataFrame


def menages(monde: Monde, naissance: Entiers, femme: Masque, foyers: Entiers) -> Menages:
    """Draw the households of all the demandes, whose holders are given.

    `foyers`: for each demande, the one whose household and dwelling it has.
    """
    return _Tirage(monde, naissance, femme, foyers).menages()


class _Tirage:
    def __init__(self, monde: Monde, naissance: Entiers, femme: Masque, foyers: Entiers) -> None:
        self.vies, self.registre, self.lieu = monde.vies, monde.registre, monde.lieu
        self.hasard, self.graphies = monde.hasard, monde.graphies
        self.n = len(self.vies)
        self.naissance = naissance
        self.femme = femme
        self.foyers = foyers
        self.age = (self.vies.creation - naissance) // 365
        self.morale = arrive(self.hasard.flux("morale"), 0.003, self.n)
        self.vides = self._champs_vides()

    def menages(self) -> Menages:
        """Build the columns group by group."""
        self._composer()
        self._loger()
        self._chercher()
        colonnes = self._depot() | self._personne() | self._logement() | self._recherche()
        colonnes |= self._priorites()
        return Menages(
            naissance=self.naissance,
            femme=self.femme,
            cotitulaire=self.couple,
            taille=self.taille,
            commune=self.commune,
            voulue=self.voulue,
            type_voulu=self.type_voulu,
            fiches=pl.DataFrame(colonnes),
            ressources=self._ressources(),
        )

    def _champs_vides(self) -> dict[str, Masque]:
        """Draw the fields that are not filled: a few everywhere, many in a careless entry."""
        alea = self.hasard.flux("champs vides")
        baclee = arrive(alea, self.registre.taux[Defaut.CPL_CHAMPS][self.vies.createur], self.n)
        part = np.where(baclee, 0.45, 0.012)
        vides = {champ: arrive(alea, part, self.n) for champ in _CHAMPS_SUIVIS}
        for champ in _PERSONNELS:
            vides[champ] = vides[champ] | self.morale
        return vides

    def _composer(self) -> None:
        alea = self.hasard.flux("composition")
        self.composition = tirer_code(alea, COMPOSITIONS, self.n)
        seul = (self.age < 22) & arrive(alea, 0.7, self.n)
        self.composition = self.composition[self.foyers]
        self.composition[seul | self.morale] = 0
        self.couple = _EN_COUPLE[self.composition].astype(bool)
        plus = np.isin(self.composition, (4, 7, 8)) * (alea.geometric(0.7, self.n) - 1)
        self.charge = _CHARGE[self.composition] + plus.clip(0, 4)
        self.taille = 1 + self.couple + self.charge
        self.uc = 1 + 0.5 * self.couple + 0.3 * self.charge

    def _loger(self) -> None:
        alea = self.hasard.flux("logement")
        mutation = self.vies.mutation
        self.mode = np.where(mutation, 0, tirer_code(alea, MODES, self.n))
        noms = np.array(list(MODES))
        self.sans_logement = np.isin(noms[self.mode], _SANS_LOGEMENT)
        self.sans_loyer = np.isin(noms[self.mode], _SANS_LOYER)
        self.commune = tirer(alea, self.lieu.poids, self.n)[self.foyers]
        self.type_actuel = np.clip(self.taille + entre(alea, -1, 1, self.n), 0, 6)
        self.surface = _SURFACES[self.type_actuel] * alea.uniform(0.85, 1.2, self.n)
        self.loyer = self.surface * np.where(mutation, 6.4, 11.8) * alea.uniform(0.8, 1.2, self.n)

    def _chercher(self) -> None:
        alea = self.hasard.flux("recherche")
        ailleurs = arrive(alea, 0.22, self.n)
        self.voulue = np.where(ailleurs, tirer(alea, self.lieu.poids, self.n), self.commune)
        cumul = np.cumsum(_TYPES_VOULUS[np.minimum(self.taille, 5) - 1], axis=1)
        rang = (alea.random(self.n)[:, None] >= cumul).sum(axis=1)
        self.type_voulu = np.minimum(rang, len(TYPES) - 1)

    def _depot(self) -> dict[str, pl.Series]:
        alea, vies, ecrire = self.hasard.flux("depot"), self.vies, self.graphies
        manque = arrive(alea, self.registre.taux[Defaut.ENR_PJ_IDENTITE][vies.createur], self.n)
        pieces = np.where(manque, 0, tirer(alea, (0, 0.7, 0.3), self.n))
        version = (vies.creation >= jour(date(2021, 3, 1))).astype(int)
        noms = [guichet.code for guichet in self.registre.guichets]
        return {
            "TYPE_DEMANDEUR": codes(("PP", "PM"), self.morale.astype(int)),
            "CLE_GUICHETCREATEUR": codes(noms, vies.createur),
            "DATE_CREATION": ecrire.dates(vies.creation),
            "VERSION_CERFA": codes(("V4", "V5"), version),
            "DOUBLON_FORCE": ecrire.indicatrices(vies.force),
            "ESTCREEESITEGRANDPUBLIC": ecrire.indicatrices(vies.portail),
            "NB_PJIDENTITE": ecrire.entiers(pieces, manque & arrive(alea, 0.3, self.n)),
            "NB_PJRFR": ecrire.entiers(
                tirer(alea, (0.25, 0.45, 0.3), self.n), arrive(alea, 0.2, self.n)
            ),
        }

    def _personne(self) -> dict[str, pl.Series]:
        alea, ecrire, vides = self.hasard.flux("personne"), self.graphies, self.vides
        self.statut = self._statut(alea)
        situation = np.where(
            self.couple, tirer(alea, _COUPLES, self.n), tirer(alea, _SEULS, self.n)
        )
        naissance = np.where(vides["DATE_NAISS_DEMANDEUR"], JAMAIS, self.naissance)
        age = ecrire.entiers(self.age, self.morale)
        return {
            "DATE_NAISS_DEMANDEUR": ecrire.dates(naissance),
            "AGE_DEMANDEUR_DEMANDE": remplacer(age, arrive(alea, 0.01, self.n), "999"),
            "SEXE_DEMANDEUR": codes("MF", self.femme.astype(int), vides["SEXE_DEMANDEUR"]),
            "NATIONALITE_DEMANDEUR": codes(
                "123", tirer(alea, (0.71, 0.04, 0.25), self.n), vides["NATIONALITE_DEMANDEUR"]
            ),
            "SITU_FAMILIALE_DEMANDEUR": remplacer(
                codes(_SITUATIONS, situation, vides["SITU_FAMILIALE_DEMANDEUR"]),
                arrive(alea, 0.0004, self.n),
                "X",
            ),
            "STATUT_PROF_DEMANDEUR": remplacer(
                codes(_STATUTS, self.statut, vides["STATUT_PROF_DEMANDEUR"]),
                arrive(alea, 0.0006, self.n),
                "INTER",
            ),
            "TAILLE_MENAGE": ecrire.entiers(self.taille, vides["TAILLE_MENAGE"]),
            "COTITULAIRE": ecrire.entiers(self.couple.astype(int)),
            "PERSONNE_A_CHARGE": ecrire.entiers(self.charge),
            "COMPOSITION_FAMILLE": codes(list(COMPOSITIONS), self.composition, self.morale),
            "UNITE_CONSO": ecrire.decimaux(self.uc),
        }

    def _statut(self, alea: np.random.Generator) -> Entiers:
        jeune, adulte, aine = (
            tirer(alea, poids, self.n)
            for poids in (_STATUTS_JEUNES, _STATUTS_ADULTES, _STATUTS_AINES)
        )
        return np.where(self.age < 26, jeune, np.where(self.age >= 63, aine, adulte))

    def _logement(self) -> dict[str, pl.Series]:
        alea, ecrire, vides = self.hasard.flux("logement actuel"), self.graphies, self.vides
        sans = self.sans_logement
        habitants = self.taille + np.where(arrive(alea, 0.25, self.n), entre(alea, 1, 4, self.n), 0)
        commune = codes(self.lieu.codes, self.commune, vides["COMMUNE_LOG_ACTUEL"])
        habite = ecrire.entiers(habitants, vides["NBRE_HABITANT_ACTUEL"] | sans)
        return {
            "CATEG_LOGEMENT_ACTUEL": codes(
                "AM", tirer(alea, (0.87, 0.13), self.n), vides["CATEG_LOGEMENT_ACTUEL"] | sans
            ),
            "TYPE_LOGEMENT_ACTUEL": codes(
                TYPES, self.type_actuel, vides["TYPE_LOGEMENT_ACTUEL"] | sans
            ),
            "MODE_LOGEMENT_ACTUEL": codes(list(MODES), self.mode, vides["MODE_LOGEMENT_ACTUEL"]),
            "COMMUNE_LOG_ACTUEL": self._marseille_nue(alea, commune),
            "SURFACE_ACTUEL": ecrire.decimaux(
                np.round(self.surface), sans | arrive(alea, 0.2, self.n)
            ),
            "MT_LOYER_MENSUEL_ACTUEL": ecrire.decimaux(
                self.loyer, vides["MT_LOYER_MENSUEL_ACTUEL"] | self.sans_loyer
            ),
            "NBRE_HABITANT_ACTUEL": remplacer(
                habite, vides["NBRE_HABITANT_ACTUEL"] & arrive(alea, 0.4, self.n), "999"
            ),
            "MODE_MUTATION": ecrire.indicatrices(self.vies.mutation),
            "MOTIF_DEMANDE": codes(list(MOTIFS), self._motif(alea), vides["MOTIF_DEMANDE"]),
        }

    def _marseille_nue(self, alea: np.random.Generator, commune: pl.Series) -> pl.Series:
        """Write the bare code of Marseille where the arrondissement was not said."""
        marseille = np.array([code.startswith("132") for code in self.lieu.codes])
        nue = marseille[self.commune] & arrive(alea, 0.03, self.n)
        return remplacer(commune, nue & ~self.vides["COMMUNE_LOG_ACTUEL"], "13055")

    def _motif(self, alea: np.random.Generator) -> Entiers:
        ordinaire = tirer_code(alea, MOTIFS, self.n)
        poids = {m: p * _PLUS_POUR_LES_MUTATIONS.get(m, 1.0) for m, p in MOTIFS.items()}
        return np.where(self.vies.mutation, tirer_code(alea, poids, self.n), ordinaire)

    def _recherche(self) -> dict[str, pl.Series]:
        alea, ecrire, vides = self.hasard.flux("logement voulu"), self.graphies, self.vides
        maximum = np.round(_SURFACES[self.type_voulu] * 6 + 180 * alea.random(self.n))
        return {
            "CATEG_LOGEMENT_RECHERCHE": codes(
                "AMI", tirer(alea, (0.5, 0.09, 0.41), self.n), vides["CATEG_LOGEMENT_RECHERCHE"]
            ),
            "TYPE_LOGEMENT_RECHERCHE": codes(
                TYPES, self.type_voulu, vides["TYPE_LOGEMENT_RECHERCHE"]
            ),
            "COMMUNE_LOG_RECHERCHE": codes(
                self.lieu.codes, self.voulue, vides["COMMUNE_LOG_RECHERCHE"]
            ),
            "MONTANT_LOYER_MAXI": ecrire.decimaux(maximum, arrive(alea, 0.15, self.n)),
            "EST_DEMANDE_ELARGIE": ecrire.indicatrices(arrive(alea, 0.44, self.n)),
            "NB_PHANDICAP": ecrire.entiers(arrive(alea, 0.09, self.n).astype(int)),
        }

    def _priorites(self) -> dict[str, pl.Series]:
        alea, ecrire, dalo = self.hasard.flux("priorites"), self.graphies, self.vies.dalo
        return {
            "NB_DALO": ecrire.indicatrices(dalo),
            "NB_MENAGE_PRIORITAIRE": ecrire.indicatrices(dalo | arrive(alea, 0.28, self.n)),
        }

    def _ressources(self) -> pl.DataFrame:
        """Write incomes twice: as deposited, then as modified."""
        alea = self.hasard.flux("ressources")
        conjoint = self.couple * _SALAIRES[tirer(alea, _STATUTS_ADULTES, self.n)] * 0.62
        mensuel = (_SALAIRES[self.statut] + conjoint) * alea.lognormal(-0.15, 0.38, self.n)
        mensuel = mensuel + 95.0 * self.charge
        ensuite = mensuel * alea.uniform(0.85, 1.25, self.n)
        seuils = np.quantile(mensuel / self.uc, (0.25, 0.5, 0.75))
        inconnu = self._ressources_inconnues(alea)
        mail = self.vies.portail & arrive(alea, 0.97, self.n) | arrive(alea, 0.55, self.n)
        avant = self._situation(alea, mensuel, seuils, inconnu, mail)
        apres = self._situation(alea, ensuite, seuils, inconnu, mail | arrive(alea, 0.2, self.n))
        return pl.concat([avant, apres])

    def _ressources_inconnues(self, alea: np.random.Generator) -> Masque:
        """Draw who hides incomes; guichets ask again before they attribute a dwelling."""
        taux = self.registre.taux[Defaut.CPL_RESSOURCES][self.vies.createur]
        attribution = self.registre.taux[Defaut.ATT_RESSOURCES_NR][self.vies.createur]
        return arrive(alea, np.where(self.vies.attribuee, attribution, taux), self.n)

    def _situation(
        self,
        alea: np.random.Generator,
        mensuel: Reels,
        seuils: Reels,
        inconnu: Masque,
        mail: Masque,
    ) -> pl.DataFrame:
        ecrire = self.graphies
        fiscal = (mensuel * 12 * 0.9 * alea.uniform(0.85, 1.1, self.n)).astype(np.int64)
        fiscal = np.where(arrive(alea, 0.1, self.n), fiscal // 100 * 100, fiscal)
        precedent = (fiscal * alea.uniform(0.88, 1.08, self.n)).astype(np.int64)
        sans_avis = self.vides["REVENU_FISCAL"] | self.morale
        quartile = np.searchsorted(seuils, mensuel / self.uc)
        colonnes = {
            "CONTACT_MAIL": ecrire.indicatrices(mail, arrive(alea, 0.02, self.n)),
            "REVENU_MENSUEL_FOYER": ecrire.decimaux(
                mensuel, inconnu | self.vides["REVENU_MENSUEL_FOYER"] | self.morale
            ),
            "REVENU_FISCAL1_FOYER": ecrire.entiers(fiscal, sans_avis),
            "REVENU_FISCAL2_FOYER": ecrire.entiers(
                precedent, sans_avis | arrive(alea, 0.2, self.n)
            ),
            "POSITION_PLAFOND": codes(
                ("PLAI", "PLUS", "PLS", "SUP"), self._plafond(fiscal), inconnu | self.morale
            ),
        }
        for rang in range(4):
            colonnes[f"NB_Q{rang + 1}"] = ecrire.indicatrices((quartile == rang) & ~inconnu)
        colonnes["NB_QNA"] = ecrire.indicatrices(inconnu)
        return pl.DataFrame(colonnes)

    def _plafond(self, fiscal: Entiers) -> Entiers:
        """Place the household under the PLAI, PLUS or PLS ceiling of its size, or above."""
        plus = _PLAFONDS_PLUS[np.minimum(self.taille, 6)]
        rapport = fiscal / plus
        position: Entiers = np.searchsorted(np.array([0.6, 1.0, 1.3]), rapport).astype(np.int64)
        return position
