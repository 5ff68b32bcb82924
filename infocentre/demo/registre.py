"""The register of guichets of an invented département, and how carefully each one works."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cached_property

import numpy as np

from infocentre.demo import noms
from infocentre.demo.defauts import ORDINAIRES, Defaut
from infocentre.demo.habitudes import PLANTES, Calendrier, code_guichet, rang_plante
from infocentre.demo.hasard import Hasard, arrive, entre, tirer
from infocentre.demo.temps import JAMAIS, Entiers, Masque, Reels, jour, premier_jour
from infocentre.demo.territoire import Territoire
from infocentre.noyau.types_guichet import TypeGuichet

# One guichet out of some thirty is three times less careful about a given thing.
_PART_NEGLIGENTE, _NEGLIGENCE = 0.03, 3.0

_COMMUNES, _BAILLEURS = 32, 45
Ordinaire = tuple[str, str, int, float]
_TELEPHONES = "04 65 71 {:02d} {:02d}"
_HORAIRES = (
    "lun-ven 9h-12h",
    "lun-jeu 8h30-12h et 13h30-17h ; ven 8h30-12h",
    "mar et jeu 14h-17h, sur rendez-vous",
    "lun-sam 9h-18h",
)


@dataclass(frozen=True, slots=True)
class Guichet:
    """One line of the register; days since 1970, `fermeture` is JAMAIS while it is open."""

    code: str
    nom: str
    type: str
    siren: str | None
    mode: str
    poids_depot: float
    poids_parc: float
    ouverture: int = 0
    fermeture: int = JAMAIS


@dataclass(frozen=True)
class Registre:
    """The guichets of a département; index 0 is the portal, then the planted ones."""

    guichets: tuple[Guichet, ...]
    taux: dict[str, Reels]

    @cached_property
    def poids_depot(self) -> Reels:
        """Share of each guichet in the direct deposits."""
        return np.array([g.poids_depot for g in self.guichets])

    @cached_property
    def poids_parc(self) -> Reels:
        """Share of each guichet in the attributions."""
        return np.array([g.poids_parc for g in self.guichets])

    @cached_property
    def bailleur(self) -> Masque:
        """Whether each guichet is a bailleur."""
        return np.array([g.type == TypeGuichet.BAILLEUR for g in self.guichets])

    @cached_property
    def privatif(self) -> Masque:
        """Whether each guichet has its own system."""
        return np.array([g.mode == "PRIVATIF" for g in self.guichets])

    @cached_property
    def _ouverture(self) -> Entiers:
        return np.array([g.ouverture for g in self.guichets], dtype=np.int64)

    @cached_property
    def _fermeture(self) -> Entiers:
        return np.array([g.fermeture for g in self.guichets], dtype=np.int64)

    def ouvert(self, guichets: Entiers, jours: Entiers) -> Masque:
        """Tell whether each guichet is open on that day."""
        ouvert: Masque = (self._ouverture[guichets] <= jours) & (jours < self._fermeture[guichets])
        return ouvert

    def choisir(self, alea: np.random.Generator, jours: Entiers, poids: Reels) -> Entiers:
        """Draw a guichet that is open on each day."""
        return self.remplacer(alea, tirer(alea, poids, len(jours)), jours, poids)

    def remplacer(
        self, alea: np.random.Generator, guichets: Entiers, jours: Entiers, poids: Reels
    ) -> Entiers:
        """Replace the guichets that are closed on that day by others that never close."""
        durables = np.where((self._ouverture == 0) & (self._fermeture == JAMAIS), poids, 0.0)
        autres = tirer(alea, durables, len(jours))
        return np.where(self.ouvert(guichets, jours), guichets, autres)


def registre(
    lieu: Territoire, dates: Calendrier, hasard: Hasard, nombre: int | None = None
) -> Registre:
    """Return the register of that département: about 100 guichets of every type, or `nombre`."""
    portail = "Portail grand public"
    guichets = [Guichet("GDPUB", portail, TypeGuichet.PORTAIL, None, "DIRECT", 0.0, 0.0)]
    guichets += [_plante(lieu, rang, dates) for rang in range(1, len(PLANTES) + 1)]
    ordinaires = _ordinaires(lieu)
    if nombre is not None:
        ordinaires = _multiplier(ordinaires, nombre - len(guichets))
    for type_guichet, nom, organisme, poids in ordinaires:
        rang = len(guichets)
        guichets.append(_ordinaire(lieu, rang, type_guichet, nom, organisme, poids))
    return Registre(_repartir(guichets), _taux(len(guichets), hasard))


def _plante(lieu: Territoire, rang: int, dates: Calendrier) -> Guichet:
    plante = PLANTES[rang - 1]
    ferme = jour(premier_jour(dates.fermeture)) + 14
    return Guichet(
        code=code_guichet(lieu.departement, rang),
        nom=plante.nom,
        type=plante.type,
        siren=_siren(lieu.departement, 60 + rang if plante.organisme is None else plante.organisme),
        mode=plante.mode,
        poids_depot=plante.poids_depot,
        poids_parc=plante.poids_parc,
        ouverture=jour(premier_jour(dates.ouverture)) if plante.role == "nouveau" else 0,
        fermeture=ferme if plante.role == "ferme" else JAMAIS,
    )


def _ordinaires(lieu: Territoire) -> list[Ordinaire]:
    """List (type, name, organisme, weight) of the guichets that are not planted."""
    liste = _bailleurs()
    for i, nom in enumerate(lieu.noms[:_COMMUNES]):
        liste.append((TypeGuichet.COMMUNE, f"{nom} – service du logement", 100 + i, 3.0 / (i + 4)))
    for i, nom in enumerate(lieu.epci[:4]):
        liste.append((TypeGuichet.EPCI, f"{nom} – guichet de l’habitat", 140 + i, 0.25))
    liste.append((TypeGuichet.DEPARTEMENT, "Conseil départemental – logement social", 150, 0.3))
    for nom in noms.ACTION_LOGEMENT:
        liste.append((TypeGuichet.ACTION_LOGEMENT, f"Action Logement – {nom}", 151, 0.25))
    for nom in noms.SERVICES_ETAT:
        liste.append((TypeGuichet.ETAT, nom, 152, 0.2))
    for i, nom in enumerate(noms.ASSOCIATIONS):
        liste.append((TypeGuichet.AUTRE, nom, 153 + i, 0.15))
    return liste


def _multiplier(ordinaires: list[Ordinaire], nombre: int) -> list[Ordinaire]:
    """Return that many guichets: the ordinary ones, then branches of them."""
    liste = []
    for rang in range(nombre):
        tour, i = divmod(rang, len(ordinaires))
        type_guichet, nom, organisme, poids = ordinaires[i]
        antenne = f" – antenne {tour}" if tour else ""
        liste.append((type_guichet, nom + antenne, organisme, poids))
    return liste


def _bailleurs() -> list[Ordinaire]:
    liste: list[Ordinaire] = []
    deja = sum(plante.type == TypeGuichet.BAILLEUR for plante in PLANTES)
    for i in range(_BAILLEURS - deja):
        organisme = i % len(noms.ORGANISMES)
        agence = noms.AGENCES[(organisme + 3 * (i // len(noms.ORGANISMES))) % len(noms.AGENCES)]
        nom = f"{noms.ORGANISMES[organisme]} – {agence}"
        liste.append((TypeGuichet.BAILLEUR, nom, organisme, 3.5 / (organisme + 6)))
    return liste


def _ordinaire(
    lieu: Territoire, rang: int, type_guichet: str, nom: str, organisme: int, poids: float
) -> Guichet:
    bailleur = type_guichet == TypeGuichet.BAILLEUR
    privatif = (bailleur and organisme % 2 == 1) or type_guichet == TypeGuichet.ACTION_LOGEMENT
    return Guichet(
        code=code_guichet(lieu.departement, rang),
        nom=nom,
        type=type_guichet,
        siren=None if type_guichet == TypeGuichet.AUTRE else _siren(lieu.departement, organisme),
        mode="PRIVATIF" if privatif else "DIRECT",
        poids_depot=poids,
        poids_parc=poids if bailleur else 0.0,
    )


def _repartir(guichets: list[Guichet]) -> tuple[Guichet, ...]:
    """Scale the ordinary weights so that all of them sum to 1."""
    premier = 1 + len(PLANTES)
    plantes, autres = guichets[:premier], guichets[premier:]
    depot = (1 - sum(g.poids_depot for g in plantes)) / sum(g.poids_depot for g in autres)
    parc = (1 - sum(g.poids_parc for g in plantes)) / sum(g.poids_parc for g in autres)
    ordinaires = [
        Guichet(g.code, g.nom, g.type, g.siren, g.mode, g.poids_depot * depot, g.poids_parc * parc)
        for g in autres
    ]
    return (*plantes, *ordinaires)


def _siren(departement: str, organisme: int) -> str:
    """Return nine digits that no company can bear: their check digit is wrong."""
    corps = f"9{int(departement, 36) % 1000:03d}{organisme:04d}"
    somme = sum(sum(divmod(int(c) * (1 + i % 2), 10)) for i, c in enumerate(corps))
    return f"{corps}{(1 - somme) % 10}"


def _taux(nombre: int, hasard: Hasard) -> dict[str, Reels]:
    taux: dict[str, Reels] = {}
    for code, ordinaire in ORDINAIRES.items():
        alea = hasard.flux(f"taux {code}")
        negligent = np.where(arrive(alea, _PART_NEGLIGENTE, nombre), _NEGLIGENCE, 1.0)
        taux[code] = np.minimum(ordinaire * negligent * alea.lognormal(-0.1, 0.45, nombre), 1.0)
    _planter(taux)
    return taux


def _planter(taux: dict[str, Reels]) -> None:
    taux[Defaut.DBL_FORCE][rang_plante("doublons")] = 0.27
    taux[Defaut.ATT_RPLS_NR][rang_plante("rpls_vide")] = 0.7
    taux[Defaut.ATT_ADRESSE_NR][rang_plante("rpls_vide")] = 0.3
    taux[Defaut.MSG_ANOMALIE][rang_plante("messages")] = 0.25
    for code in (Defaut.ENR_DELAI, Defaut.ENR_ATTESTATION):
        taux[code][rang_plante("ameliore")] = 0.0005


def lignes_registre(
    registre: Registre, lieu: Territoire, hasard: Hasard, arrete: date
) -> list[dict[str, str | int | None]]:
    """Return the register as it is known at the arrêté: no guichet that is not open yet."""
    fin = jour(arrete)
    alea = hasard.flux("registre")
    nombre = len(registre.guichets)
    rangs = tirer(alea, lieu.poids, nombre)
    conventions = entre(alea, jour(date(2016, 1, 1)), jour(date(2021, 12, 31)), nombre)
    return [
        _ligne(guichet, i, _commune(guichet, lieu, lieu.codes[rangs[i]]), int(conventions[i]), fin)
        for i, guichet in enumerate(registre.guichets)
        if guichet.ouverture <= fin
    ]


def _commune(guichet: Guichet, lieu: Territoire, tiree: str) -> str:
    """Return where a guichet stands: a commune or an EPCI at home, another where it was drawn."""
    return lieu.sieges.get(guichet.nom.split(" – ")[0], tiree)


def _ligne(
    guichet: Guichet, rang: int, commune: str, convention: int, fin: int
) -> dict[str, str | int | None]:
    ligne: dict[str, str | int | None] = {
        "CODE_GUICHET": guichet.code,
        "NOM": guichet.nom,
        "TYPE_GUICHET": str(guichet.type),
        "SIREN": guichet.siren,
        "MODE_ENREGISTREMENT": guichet.mode,
    }
    if rang:
        ligne |= {
            "ADRESSE": f"{rang} {noms.VOIES[rang % len(noms.VOIES)]}",
            "CODE_POSTAL": code_postal(commune),
            "COMMUNE": commune,
            "TELEPHONE": _TELEPHONES.format(rang % 100, (rang * 37) % 100),
            "COURRIEL": f"{guichet.code.lower()}@exemple.fr",
            "HORAIRES": _HORAIRES[rang % len(_HORAIRES)],
            "DATE_CONVENTION": max(convention, guichet.ouverture),
            "DATE_FERMETURE": guichet.fermeture if guichet.fermeture <= fin else JAMAIS,
        }
    return ligne


def code_postal(commune: str) -> str:
    """Return a plausible postcode: that of the arrondissement, else the first of its area."""
    if commune[:3] in ("132", "693", "751"):
        return f"{commune[:2]}0{commune[3:]}"
    return f"{commune[:2]}{int(commune[3:]) % 9 + 1}00".replace("2A", "20").replace("2B", "20")
