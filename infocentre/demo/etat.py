"""What the register knows at an arrêté: acts are applied in the order of their entry."""

from __future__ import annotations

import numpy as np

from infocentre.demo import actes as a
from infocentre.demo.temps import JAMAIS, Entiers
from infocentre.demo.vies import Vies

INCONNUE, ACTIVE, RADIEE, DISPARUE = range(4)
_APRES = {a.CRE: ACTIVE, a.CRS: ACTIVE, a.DERAD: ACTIVE, a.RAD: RADIEE, a.SUP: DISPARUE}
_NOUVEL_ETAT = np.array([_APRES.get(t, -1) for t in range(len(a.TYPES))])


class Etat:
    """State of each demande; `avancer` moves it to a later arrêté, never back."""

    def __init__(self, vies: Vies) -> None:
        """Start before the first act."""
        nombre = len(vies)
        self._vies, self._fait, self._envoyes = vies, 0, 0
        self.etat = np.zeros(nombre, dtype=np.int64)
        self.guichet = vies.createur.copy()
        self.motif = np.full(nombre, -1)
        self.modifiee = np.zeros(nombre, dtype=bool)
        self.modification = vies.saisie.copy()
        self.renouvellement, self.radiation, self.preavis_simple, self.preavis_ar = (
            np.full(nombre, JAMAIS) for _ in range(4)
        )

    def avancer(self, fin: int) -> None:
        """Apply what was entered up to that day (of two acts on one demande, the last wins)."""
        actes = self._vies.actes
        jusque = int(np.searchsorted(actes.saisie, fin, side="right"))
        nouveaux = actes.choisir(np.arange(self._fait, jusque))
        self._fait = jusque
        decisifs = nouveaux.choisir(_NOUVEL_ETAT[nouveaux.type] >= 0)
        self.etat[decisifs.demande] = _NOUVEL_ETAT[decisifs.type]
        self.guichet[nouveaux.demande] = nouveaux.guichet
        radiations = nouveaux.choisir(nouveaux.type == a.RAD)
        self.radiation[radiations.demande] = radiations.evenement
        self.motif[radiations.demande] = radiations.motif
        autres = nouveaux.choisir((nouveaux.type != a.RAD) & (nouveaux.type != a.SUP))
        self.modification[autres.demande] = autres.saisie
        renouvellements = nouveaux.choisir(nouveaux.type == a.REN)
        self.renouvellement[renouvellements.demande] = renouvellements.evenement
        self.modifiee[nouveaux.demande[nouveaux.type == a.MOD]] = True
        self._prevenir(fin)

    def _prevenir(self, fin: int) -> None:
        preavis = self._vies.preavis
        jusque = int(np.searchsorted(preavis.envoi, fin, side="right"))
        lot = slice(self._envoyes, jusque)
        self._envoyes = jusque
        qui, recommande, envoi = preavis.demande[lot], preavis.recommande[lot], preavis.envoi[lot]
        self.preavis_simple[qui[~recommande]] = envoi[~recommande]
        self.preavis_ar[qui[recommande]] = envoi[recommande]

    def actives(self) -> Entiers:
        """Return the active demandes."""
        return np.flatnonzero(self.etat == ACTIVE)

    def radiees(self, depuis: int) -> Entiers:
        """Return the demandes that were radiated after that day."""
        return np.flatnonzero((self.etat == RADIEE) & (self.radiation > depuis))

    def deradiees(self, depuis: int) -> Entiers:
        """Return the demandes that are active again after a radiation later than that day."""
        revenues = (self.radiation > depuis) & (self.radiation < self.modification)
        return np.flatnonzero((self.etat == ACTIVE) & revenues & (self.radiation < JAMAIS))
