"""The dwellings that are attributed, with what the bailleur filled in or left empty."""

from __future__ import annotations

import numpy as np
import polars as pl

from infocentre.demo import actes as a
from infocentre.demo import noms
from infocentre.demo.defauts import Defaut
from infocentre.demo.graphies import codes, remplacer, vider
from infocentre.demo.habitudes import rang_plante
from infocentre.demo.hasard import arrive, entre, tirer, tirer_code
from infocentre.demo.menages import Menages
from infocentre.demo.monde import Monde
from infocentre.demo.temps import Entiers, Masque

RESERVATAIRES = {
    "COLTER": 0.18,
    "COLACT": 0.27,
    "PPRIOR": 0.23,
    "PFONCT": 0.05,
    "AUTRES": 0.07,
    "AUCUN": 0.2,
}
_PPRIOR, _AUCUN = list(RESERVATAIRES).index("PPRIOR"), list(RESERVATAIRES).index("AUCUN")
_TYPES = ("T1", "T2", "T3", "T4", "T5", "T6", "T7", "T8", "T9P")
_SURFACES = np.array([29, 46, 64, 79, 94, 112, 130, 145, 160])
_PART_QPV, _PART_NEUF = 0.3, 0.06


def attributions(monde: Monde, foyers: Menages) -> tuple[Entiers, pl.DataFrame]:
    """Return the row of each demande among the attributions, and these (the last one is null)."""
    tirage = _Tirage(monde, foyers)
    rang = np.full(len(monde.vies), tirage.n, dtype=np.int64)
    rang[tirage.demandes] = np.arange(tirage.n)
    logements = pl.DataFrame(tirage.colonnes())
    vide = pl.DataFrame({nom: [None] for nom in logements.columns}, schema=logements.schema)
    return rang, pl.concat([logements, vide])


class _Tirage:
    def __init__(self, monde: Monde, foyers: Menages) -> None:
        self.vies, self.registre, self.lieu = monde.vies, monde.registre, monde.lieu
        self.hasard, self.graphies, self.foyers = monde.hasard, monde.graphies, foyers
        actes = self.vies.actes
        radatt = (actes.type == a.RAD) & (actes.motif == a.RADATT)
        self.demandes, self.guichets = actes.demande[radatt], actes.guichet[radatt]
        self.n = len(self.demandes)
        self.neuf = arrive(self.hasard.flux("neuf"), _PART_NEUF, self.n)
        self.sans_rpls = self._manque(Defaut.ATT_RPLS_NR) | self.neuf

    def colonnes(self) -> dict[str, pl.Series]:
        """Build all the columns of the attribution."""
        return self._bail() | self._logement() | self._rpls() | self._reservataire() | self._qpv()

    def _manque(self, code: str) -> Masque:
        alea = self.hasard.flux(f"attribution {code}")
        return arrive(alea, self.registre.taux[code][self.guichets], self.n)

    def _bail(self) -> dict[str, pl.Series]:
        bail = self.vies.bail[self.demandes]
        delai = (bail - self.vies.creation[self.demandes]).clip(0)
        sans_bail = self._manque(Defaut.ATT_BAIL_NR)
        sirens = pl.Series([g.siren for g in self.registre.guichets], dtype=pl.String)
        return {
            "SIREN_RADIATION": vider(
                sirens.gather(self.guichets), self._manque(Defaut.ATT_SIREN_NR)
            ),
            "DATE_SIGNATURE_BAIL": vider(self.graphies.dates(bail), sans_bail),
            "DELAI_ATTRIBUTION": self.graphies.entiers(delai, sans_bail),
        }

    def _logement(self) -> dict[str, pl.Series]:
        alea, ecrire = self.hasard.flux("logement attribue"), self.graphies
        ecart = tirer(alea, (0.1, 0.8, 0.1), self.n) - 1
        genre = np.clip(self.foyers.type_voulu[self.demandes] - 1 + ecart, 0, 5)
        surface = np.round(_SURFACES[genre] * alea.uniform(0.85, 1.18, self.n))
        loyer = surface * alea.uniform(5.2, 7.6, self.n)
        ailleurs = arrive(alea, 0.25, self.n)
        voulue = self.foyers.voulue[self.demandes]
        commune = np.where(ailleurs, tirer(alea, self.lieu.poids, self.n), voulue)
        manque = self._manque(Defaut.ATT_SURFACE_TYPO_NR)
        self.commune = commune
        return {
            "TYPE_LOGEMENT_ATTRIB": codes(_TYPES, genre, manque & arrive(alea, 0.4, self.n)),
            "COMMUNE_LOGEMENT_ATTRIB": codes(
                self.lieu.codes, commune, self._manque(Defaut.ATT_COMMUNE_NR)
            ),
            "SURFACE": ecrire.decimaux(
                np.where(arrive(alea, 0.0005, self.n), 1.0, surface), manque
            ),
            "MONTANT_LOYER": ecrire.decimaux(loyer, arrive(alea, 0.02, self.n)),
        }

    def _rpls(self) -> dict[str, pl.Series]:
        """Write number and address; who has no number often has no address either."""
        alea = self.hasard.flux("rpls")
        numeros = pl.Series(entre(alea, 0, 9_999_999_999, self.n)).cast(pl.String)
        etat = np.where(self.neuf, 2, np.where(arrive(alea, 0.03, self.n), 1, 0))
        voies = codes(noms.VOIES, entre(alea, 0, len(noms.VOIES) - 1, self.n))
        adresse = pl.Series(entre(alea, 1, 240, self.n)).cast(pl.String) + " " + voies
        sur_deux_lignes = arrive(alea, 0.002, self.n)
        suite = codes(("", "\nrésidence « L’Amandier »"), sur_deux_lignes.astype(int))
        sans_adresse = self._manque(Defaut.ATT_ADRESSE_NR) & self.sans_rpls
        return {
            "ADRESSE_LOGEMENT_ATTRIB": vider(adresse + suite, sans_adresse),
            "NUMERORPLS": vider(numeros.str.zfill(10), self.sans_rpls),
            "CLE_ETAT_RPLS": codes(("OK", "INCONNU", "NONIMM"), etat, self.sans_rpls & ~self.neuf),
        }

    def _reservataire(self) -> dict[str, pl.Series]:
        alea = self.hasard.flux("reservataire")
        dalo = self.vies.dalo[self.demandes]
        reservataire = tirer_code(alea, RESERVATAIRES, self.n)
        reservataire = np.where(dalo & arrive(alea, 0.7, self.n), _PPRIOR, reservataire)
        plante = (self.guichets == rang_plante("aucun")) & arrive(alea, 0.96, self.n)
        reservataire = np.where(plante, _AUCUN, reservataire)
        attribue = dalo ^ self._manque(Defaut.ATT_DALO_INCOHERENT)
        texte = codes(("NON", "OUI"), attribue.astype(int))
        inconnu = self._manque(Defaut.ATT_DALO_NR)
        return {
            "TYPE_RESERVATAIRE": codes(
                list(RESERVATAIRES), reservataire, self._manque(Defaut.ATT_RESERVATAIRE_NR)
            ),
            "ATTRIBUE_DALO": remplacer(texte, inconnu, "NONDOC"),
        }

    def _qpv(self) -> dict[str, pl.Series]:
        """Place the dwelling in or out of a QPV; without RPLS number it is often unknown."""
        alea, ecrire = self.hasard.flux("qpv"), self.graphies
        inconnu = self._manque(Defaut.ATT_QPV_NR)
        plante = self.guichets == rang_plante("rpls_vide")
        inconnu |= self.sans_rpls & plante & arrive(alea, 0.4, self.n)
        qpv = arrive(alea, _PART_QPV, self.n)
        zus = np.where(arrive(alea, 0.12, self.n), ~qpv, qpv).astype(np.int64)
        zus = np.where(inconnu | arrive(alea, 0.05, self.n), 2, zus)
        return {
            "LOG_ATTRIBUE_CLE_ZUS": codes(("ZUSNON", "ZUSOUI", "ZUSNSP"), zus),
            "NB_QPV": ecrire.indicatrices(qpv & ~inconnu),
            "NB_HQPV": ecrire.indicatrices(~qpv & ~inconnu),
            "NB_QPVNA": ecrire.indicatrices(inconnu),
            "ESTANRU": ecrire.indicatrices(arrive(alea, 0.016, self.n)),
        }
