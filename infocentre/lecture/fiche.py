"""One guichet or organisme: who it is, its values over 24 months, what it must correct first.

What can be put right is told apart from past facts, which it can only no longer do.
"""

from __future__ import annotations

import datetime as dt
import functools
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, TypedDict

from infocentre.catalogue import Catalogue, Indicateur
from infocentre.catalogue.remedes import OUVERTE, SORTIE
from infocentre.exports import lisible
from infocentre.lecture.commun import par_version, registre
from infocentre.lecture.filtres import Filtres
from infocentre.lecture.guichets import ferme_le
from infocentre.lecture.indicateurs import (
    Mesure,
    catalogue_du_mois,
    histoire,
    mesure,
    nature,
    revisions,
    saisies_tardives,
    se_distingue,
    seuls_de_leur_type,
)
from infocentre.lecture.lecteur import Lecture
from infocentre.lecture.lieux import du_departement
from infocentre.lecture.lignes import Inscription, Revision, Valeur
from infocentre.lecture.partage import seuil_secret
from infocentre.lecture.publies import dit_au_semestre, lire_regles, tus
from infocentre.mesures.jugement import exces
from infocentre.noyau.erreurs import Refus
from infocentre.noyau.etats import DEPASSES, SIGNIFICATIFS, Etat
from infocentre.noyau.francais import accorder
from infocentre.noyau.imputables import PERSONNE, Imputable
from infocentre.noyau.organismes import noms_organismes
from infocentre.noyau.temps import fin_de_mois, mois_avant

Niveau = Literal["guichet", "organisme"]

PRIORITES = 3
AUTRES_MINIMUM = 3
PAIRS_MINIMAUX = 4
CHOISIR = "Choisir un guichet dans le suivi des guichets ou dans la liste des guichets."


# By indicator, the counts of a type, how many of its organismes have units, and those of each.
_DU_TYPE = """
WITH parts AS (
    SELECT code, organisme, sum(n_etat)::BIGINT AS n, sum(d_etat)::BIGINT AS d
    FROM valeurs JOIN registre AS r USING (departement, mois, guichet)
    WHERE departement = $departement AND mois = $mois AND niveau = 'guichet' AND d_etat > 0
        AND r.type_guichet = $type
    GROUP BY code, organisme
)
SELECT code, any_value(n_etat), any_value(d_etat), map_from_entries(list((organisme, [n, d])))
FROM valeurs JOIN parts USING (code)
WHERE departement = $departement AND mois = $mois AND niveau = 'type' AND guichet = $type
GROUP BY code
"""


@dataclass(frozen=True, slots=True)
class Semblables:
    """The other organismes of a type together, for one indicator: counts that may be told."""

    n: int
    d: int

    @property
    def taux(self) -> float:
        """Rate of them all."""
        return self.n / self.d


@dataclass(frozen=True, slots=True)
class Suite:
    """Anomalies that follow from those of another indicator: how many, out of `total`."""

    un: Indicateur
    nombre: int
    total: int


@dataclass(frozen=True, slots=True)
class Priorite:
    """One thing to do better: how many units, the value it is judged by, what follows from it."""

    un: Indicateur
    ligne: Valeur
    mesure: Mesure
    nombre: int
    nature: str
    suites: tuple[Suite, ...] = ()

    @property
    def compte(self) -> str:
        """Return « 63 demandes à corriger », « 158 constats passés, dont 14 ce mois-ci, … »."""
        mots = self.un.mots
        if self.un.a_corriger:
            return f"{accorder(self.nombre, self.nature)} {mots.reste}"
        dont = f", dont {lisible(self.recents)} ce mois-ci" if self.recents else ""
        return f"{accorder(self.nombre, mots.un, mots.des)}{dont}, {mots.reste}"

    @property
    def recents(self) -> int:
        """Return how many of the units are of the month, when more months are counted."""
        return int(self.ligne["numerateur"] or 0) if self.mesure.sur_12_mois else 0


class Vies(TypedDict):
    """What became of the anomalies of an indicator; `depuis`: the first month of the oldest."""

    code: str
    depuis: str | None
    nouvelles: int
    closes: int
    sorties: int


class Cas(Vies):
    """`cas`: how many units in anomaly its list has."""

    cas: int


def _sans_suivi(code: str) -> Vies:
    return {"code": code, "depuis": None, "nouvelles": 0, "closes": 0, "sorties": 0}


@dataclass(frozen=True)
class Fiche:
    """What a page says of a guichet or organisme; `guichets` are its rows of the register.

    `suivies` counts by indicator what became of anomalies; see `ouvertes`, `constats`, `autres`.
    `semblables`: the other organismes of its type, itself left out, where they may be told.
    `seuls`: the indicators of which it alone of its type has units. `justes`: the familles of which
    it was right to contest: they are no priority.
    """

    niveau: Niveau
    cle: str
    nom: str
    type_guichet: str
    guichets: tuple[Inscription, ...]
    organisme: tuple[str, str] | None
    catalogue: Catalogue
    filtres: Filtres
    histoire: dict[str, dict[str, Valeur]]
    pairs: dict[str, list[float]]
    revisions: tuple[Revision, ...]
    suivies: tuple[Vies, ...]
    tardives: frozenset[str]
    suites: dict[str, int]
    semblables: Mapping[str, Semblables] = field(default_factory=dict)
    seuls: frozenset[str] = frozenset()
    justes: frozenset[str] = frozenset()

    @property
    def repond(self) -> str:
        """Who answers for its anomalies: « le guichet », « l'organisme »."""
        return "l'organisme" if self.niveau == "organisme" else "le guichet"

    @property
    def ouverts(self) -> int:
        """How many of its guichets are open at the end of the month."""
        fin = fin_de_mois(self.filtres.mois)
        return sum(ferme_le(une, fin) is None for une in self.guichets)

    @property
    def ferme(self) -> dt.date | None:
        """The day since when it is closed, the last of its guichets; None while one is open."""
        fin = fin_de_mois(self.filtres.mois)
        jours = [le for une in self.guichets if (le := ferme_le(une, fin))]
        return max(jours) if jours and len(jours) == len(self.guichets) else None

    def valeur(self, code: str, mois: str | None = None) -> Valeur | None:
        """Return the value of an indicator in a month, that of the page by default."""
        return self.histoire.get(code, {}).get(mois or self.filtres.mois)

    @property
    def indicateurs(self) -> list[Indicateur]:
        """Indicators with at least one unit in the months shown, in order."""
        return [un for code, un in self.catalogue.indicateurs.items() if code in self.histoire]

    @functools.cached_property
    def ouvertes(self) -> list[Cas]:
        """Counts of what the guichet answers for and can put right, by indicator."""
        return [une for une in self._comptes("guichet") if self._de(une).a_corriger]

    @functools.cached_property
    def constats(self) -> list[Cas]:
        """Counts of the past facts that the guichet answers for, by indicator."""
        return [une for une in self._comptes("guichet") if not self._de(une).a_corriger]

    @functools.cached_property
    def autres(self) -> list[Cas]:
        """Counts of what the guichet does not answer for, by indicator."""
        return self._comptes("gestionnaire", PERSONNE)

    def _comptes(self, *imputables: Imputable) -> list[Cas]:
        """Return `cas`, as the list of the indicator has them, and what became of some."""
        suivis = {une["code"]: une for une in self.suivies}
        comptes: list[Cas] = []
        for code, un in self.catalogue.indicateurs.items():
            ligne = self.valeur(code)
            vies = suivis.get(code) or _sans_suivi(code)
            cas = mesure(ligne).numerateur if ligne else 0
            if un.imputable in imputables and (cas or vies["closes"]):
                comptes.append({**vies, "cas": cas})
        return comptes

    def _de(self, une: Cas) -> Indicateur:
        return self.catalogue.indicateurs[une["code"]]

    def etats(self, mois: str | None = None) -> dict[str, list[Indicateur]]:
        """Return the indicators by state in a month."""
        par_etat: dict[str, list[Indicateur]] = {}
        for un in self.indicateurs:
            ligne = self.valeur(un.code, mois)
            if ligne:
                par_etat.setdefault(ligne["etat"], []).append(un)
        return par_etat


def lire_fiche(
    v: Lecture,
    filtres: Filtres,
    niveau: Niveau,
    cle: str,
    *,
    tous: bool = False,
) -> Fiche:
    """Return what is known of a guichet or organisme; raise Refus when nothing is.

    Those that are neither rouge, à traiter nor orange have all their months with `tous`, else the
    month's and that of a year before.
    """
    cat = catalogue_du_mois(v, filtres)
    lignes, connus = _identite(v, filtres, niveau, cle)
    passe = histoire(v, filtres, niveau, cle, etats=() if tous else DEPASSES)
    if not (lignes or passe) or not v.voit(niveau, cle):
        nom = "Le guichet" if niveau == "guichet" else "L'organisme"
        raise Refus(f"{nom} « {cle} » n'est pas connu", que_faire=CHOISIR)
    noms = noms_organismes(connus)
    premiere = lignes[0] if lignes else None
    type_guichet = _type(passe, filtres.mois) or (premiere["type_guichet"] if premiere else "")
    guichets = tuple(une["guichet"] for une in lignes) or (cle,)
    organisme = premiere["organisme"] if premiere else None
    return Fiche(
        niveau=niveau,
        cle=cle,
        nom=noms.get(cle, cle) if niveau == "organisme" else _nom(premiere, cle),
        type_guichet=type_guichet,
        guichets=tuple(lignes),
        organisme=(organisme, noms.get(organisme) or organisme) if organisme else None,
        catalogue=cat,
        filtres=filtres,
        histoire=passe,
        pairs=_pairs(v, filtres, niveau, cle, type_guichet),
        revisions=tuple(revisions(v, filtres, niveau, cle)),
        suivies=tuple(_suivies(v, filtres, guichets)),
        tardives=saisies_tardives(v, filtres.departement, filtres.mois),
        suites=_suites(v, filtres, guichets, _en_cause(cat, passe, filtres.mois)),
        semblables=semblables(
            v,
            filtres.departement,
            filtres.mois,
            type_guichet,
            organisme or cle,
            cat.en_json(),
        ),
        seuls=_seul(v, filtres, niveau, cle),
    )


def _seul(v: Lecture, filtres: Filtres, niveau: Niveau, cle: str) -> frozenset[str]:
    """Return the indicators of which it alone, of its type, has units."""
    seuls = seuls_de_leur_type(v, filtres.departement, filtres.mois, niveau)
    return frozenset(code for code, un in seuls if un == cle)


def _identite(
    v: Lecture, filtres: Filtres, niveau: Niveau, cle: str
) -> tuple[list[Inscription], list[Inscription]]:
    """Return its rows of the register, and all those of the month they were found in."""
    connus = registre(v, filtres.departement, filtres.mois)
    lignes = [une for une in connus if une[niveau] == cle]
    if lignes:
        return lignes, connus
    ((autre,),) = v.tuples(
        f"SELECT max(mois) FROM registre WHERE departement = $d AND {niveau} = $cle",
        {"d": filtres.departement, "cle": cle},
    )
    connus = registre(v, filtres.departement, autre) if autre else []
    return [une for une in connus if une[niveau] == cle], connus


def _nom(ligne: Inscription | None, cle: str) -> str:
    if cle == "INCONNU":
        return "Guichet non renseigné"
    return (ligne and ligne["nom"]) or f"Guichet {cle}"


def _type(passe: dict[str, dict[str, Valeur]], mois: str) -> str | None:
    types = (valeurs[mois]["type_guichet"] for valeurs in passe.values() if mois in valeurs)
    return next((un for un in types if un), None)


def _pairs(
    v: Lecture, filtres: Filtres, niveau: Niveau, cle: str, type_guichet: str
) -> dict[str, list[float]]:
    """Rates of the others of its type, nameless; none where they are so few as to be known."""
    tous = _taux_du_type(v, filtres, niveau, type_guichet)
    autres = {
        code: [taux for guichet, taux in taux_du_code if guichet != cle]
        for code, taux_du_code in tous.items()
    }
    return {code: taux for code, taux in autres.items() if len(taux) >= PAIRS_MINIMAUX}


@par_version
def _taux_du_type(
    v: Lecture, filtres: Filtres, niveau: Niveau, type_guichet: str
) -> dict[str, list[tuple[str, float]]]:
    """Rates that can be judged, {code: [(guichet, rate)]}, of all guichets of a type."""
    lignes = v.tuples(
        "SELECT code, guichet, taux_etat FROM valeurs WHERE departement = $departement "
        "AND mois = $mois AND niveau = $niveau AND type_guichet = $type "
        "AND list_contains($etats, etat)",
        {
            "departement": filtres.departement,
            "mois": filtres.mois,
            "niveau": niveau,
            "type": type_guichet,
            "etats": list(SIGNIFICATIFS),
        },
    )
    taux_du_type: dict[str, list[tuple[str, float]]] = {}
    for code, guichet, taux in lignes:
        taux_du_type.setdefault(code, []).append((guichet, taux))
    return taux_du_type


@par_version
def semblables(
    v: Lecture, departement: str, mois: str, type_guichet: str, organisme: str, catalogue: str
) -> Mapping[str, Semblables]:
    """Return the other organismes of a type together, by indicator, where they may be told.

    At least three others, counts that the secret statistique would not mask, of a type that what
    is shared tells: beside one's own, they tell nothing more. Who does not see the whole organisme
    is told none: what it lacks would follow. `catalogue` is its JSON.
    """
    if not v.voit("organisme", organisme):
        return {}
    entier, regles = du_departement(v, departement), lire_regles(catalogue)
    caches, seuil = tus(entier, departement, mois, catalogue), seuil_secret(v)
    autres: dict[str, Semblables] = {}
    for code, (n, d, parts) in _du_type(entier, departement, mois, type_guichet).items():
        sien = parts.get(organisme, (0, 0))
        un = Semblables(n - sien[0], d - sien[1])
        if (
            code in regles.indicateurs
            and (code, "type", type_guichet) not in caches
            and not (un.n and dit_au_semestre(regles, code))
            and len(parts) - (organisme in parts) >= AUTRES_MINIMUM
            and un.d >= seuil
            and not any(0 < nombre < seuil for nombre in (un.n, un.d - un.n))
        ):
            autres[code] = un
    return autres


@par_version
def _du_type(
    v: Lecture, departement: str, mois: str, type_guichet: str
) -> Mapping[str, tuple[int, int, Mapping[str, tuple[int, int]]]]:
    """Return {code: (n, d, {organisme: (n, d)})} of a type; the organismes that have units."""
    ou = {"departement": departement, "mois": mois, "type": type_guichet}
    return {code: (n, d, parts) for code, n, d, parts in v.tuples(_DU_TYPE, ou)}


@par_version
def _suivies(v: Lecture, filtres: Filtres, guichets: tuple[str, ...]) -> list[Vies]:
    """Count by indicator the anomalies that the month brought and closed, whatever the reason.

    `depuis` is the first month of the oldest that lives at its end.
    """
    suivi = v.suivi(filtres.departement)
    if suivi is None:
        return []
    return v.lignes(
        "SELECT code, min(premier_mois) FILTER (vivante) AS depuis, "
        "count(*) FILTER (vivante AND premier_mois = $mois) AS nouvelles, "
        "count(*) FILTER (mois_cloture = $mois) AS closes, "
        f"count(*) FILTER (mois_cloture = $mois AND motif_cloture = '{SORTIE}') AS sorties "
        "FROM (SELECT *, (mois_cloture IS NULL OR mois_cloture > $mois) "
        "AND (nature = 'stock' OR premier_mois >= $debut) "
        f"AS vivante FROM {suivi} JOIN regles USING (code) "
        "WHERE list_contains($guichets, guichet) AND premier_mois <= $mois) "
        "GROUP BY code",
        {"guichets": list(guichets), "mois": filtres.mois, "debut": mois_avant(filtres.mois, 11)},
        Vies,
    )


def _en_cause(
    cat: Catalogue, passe: dict[str, dict[str, Valeur]], mois: str
) -> tuple[tuple[str, str], ...]:
    """Return (cause, consequence) of the indicators to correct from which others follow."""
    return tuple(
        (un.suite_de.code, un.code)
        for un in cat.indicateurs.values()
        if un.suite_de
        and (ligne := passe.get(un.suite_de.code, {}).get(mois))
        and ligne["etat"] in DEPASSES
    )


@par_version
def _suites(
    v: Lecture,
    filtres: Filtres,
    guichets: tuple[str, ...],
    en_cause: tuple[tuple[str, str], ...],
) -> dict[str, int]:
    """Count, by indicator, the units in anomaly that are in anomaly by its cause too."""
    suivi = v.suivi(filtres.departement)
    if suivi is None or not en_cause:
        return {}
    lignes = v.tuples(
        "WITH vivantes AS (SELECT code, unite, premier_mois "
        f"FROM {suivi} WHERE list_contains($guichets, guichet) AND statut = '{OUVERTE}' "
        "AND premier_mois BETWEEN $debut AND $mois), "
        "liens AS (SELECT unnest($causes::VARCHAR[]) AS cause, "
        "unnest($suites::VARCHAR[]) AS code) "
        "SELECT code, count(*) FROM vivantes JOIN liens USING (code) "
        "SEMI JOIN (SELECT code AS cause, unite, premier_mois FROM vivantes) AS leurs "
        "USING (cause, unite, premier_mois) GROUP BY code",
        {
            "guichets": list(guichets),
            "causes": [cause for cause, _ in en_cause],
            "suites": [suite for _, suite in en_cause],
            "mois": filtres.mois,
            "debut": mois_avant(filtres.mois, 11),
        },
    )
    return dict(lignes)


def rang_lisible(fiche: Fiche, code: str) -> tuple[int, int] | None:
    """Return its rank, and among how many; None where it would class chance or ties.

    Its margin must leave out the rate of the others, and no other may have the same rate.
    """
    ligne, pairs = fiche.valeur(code), fiche.pairs.get(code)
    autres = fiche.semblables.get(code)
    if ligne is None or ligne["rang"] is None or not pairs or autres is None:
        return None
    if not se_distingue(ligne, autres.taux) or mesure(ligne).taux in pairs:
        return None
    return ligne["rang"], len(pairs) + 1


def priorites(fiche: Fiche) -> list[Priorite]:
    """Return what to do better, worst first: rouge and à traiter, then orange, by excess.

    What mostly follows from another of them is told with it, not as one fault more.
    """
    toutes = [
        _priorite(fiche, un, ligne)
        for un in fiche.indicateurs
        if un.imputable == "guichet"
        and un.famille not in fiche.justes
        and (ligne := fiche.valeur(un.code))
        and ligne["etat"] in DEPASSES
    ]
    toutes.sort(key=lambda une: (une.ligne["etat"] == Etat.ORANGE, -_exces(une)))
    causes = {une.un.code for une in toutes}
    return [une for une in toutes if not _est_une_suite(fiche, une, causes)]


def _priorite(fiche: Fiche, un: Indicateur, ligne: Valeur) -> Priorite:
    suites = sorted(
        (
            Suite(suite, fiche.suites[suite.code], _anomalies(fiche, suite.code))
            for suite in fiche.catalogue.suites(un.code)
            if fiche.suites.get(suite.code)
        ),
        key=lambda suite: -suite.nombre,
    )
    lue = mesure(ligne)
    return Priorite(un, ligne, lue, lue.numerateur, nature(fiche.catalogue, un), tuple(suites))


def _anomalies(fiche: Fiche, code: str) -> int:
    ligne = fiche.valeur(code)
    return mesure(ligne).numerateur if ligne else 0


def _exces(une: Priorite) -> float:
    return exces(une.un.seuils, une.mesure.numerateur, une.mesure.denominateur)


def _est_une_suite(fiche: Fiche, une: Priorite, causes: set[str]) -> bool:
    """Tell whether most of its anomalies are those of a cause that is to correct too."""
    suite = une.un.suite_de
    if suite is None or suite.code not in causes:
        return False
    return 2 * fiche.suites.get(une.un.code, 0) >= une.nombre


def etats_des_guichets(v: Lecture, fiche: Fiche) -> dict[str, dict[str, int]]:
    """Return {guichet: {state: how many indicators}} for the guichets of an organisme."""
    return _etats(v, fiche.filtres, tuple(une["guichet"] for une in fiche.guichets))


@par_version
def _etats(v: Lecture, filtres: Filtres, guichets: tuple[str, ...]) -> dict[str, dict[str, int]]:
    lignes = v.tuples(
        "SELECT guichet, etat, count(*) FROM valeurs WHERE departement = $d "
        "AND mois = $mois AND niveau = 'guichet' AND list_contains($guichets, guichet) "
        "GROUP BY guichet, etat",
        {"d": filtres.departement, "mois": filtres.mois, "guichets": list(guichets)},
    )
    etats: dict[str, dict[str, int]] = {}
    for guichet, etat, nombre in lignes:
        etats.setdefault(guichet, {})[etat] = nombre
    return etats
