"""Values of the indicators as a bilan shows them: département, types, organismes; masked together.

The département is the sum of its types and of its organismes; indicators that apply to the same
units share their effectifs, and some counts stand in a standard table too: what is masked must
not be found again through any of them.
"""

from __future__ import annotations

import functools
from collections import defaultdict
from collections.abc import Collection, Hashable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal, NamedTuple, TypedDict

from infocentre.catalogue import Catalogue, Indicateur
from infocentre.contrat.listes import Motif
from infocentre.lecture.commun import par_version
from infocentre.lecture.lecteur import Lecture
from infocentre.lecture.partage import partages, seuil_secret
from infocentre.mesures.declarations import Role
from infocentre.mesures.diffusions import (
    Edition,
    Registre,
    Systeme,
    completer,
    empreinte,
    masquer_apres,
)
from infocentre.mesures.liens import Place, place
from infocentre.mesures.partage import MASQUE, Partage
from infocentre.mesures.secret import PUBLIEE, Somme
from infocentre.mesures.tableaux import tableaux
from infocentre.noyau.etats import SIGNIFICATIFS
from infocentre.restitutions.document import Cellule, Origine

Niveau = Literal["departement", "type", "organisme"]
TOUS = "*"
PAS = (0.001, 0.01)
TOTAL: tuple[Niveau, str] = ("departement", TOUS)
Cle = tuple[Any, ...]

# Effectifs that a table prints too: its role and row, by population and what restricts it.
PERSONNES = "type_demandeur = 'PP'"
EFFECTIFS: dict[tuple[str, str | None], tuple[Role, str]] = {
    ("attributions", None): ("evolution", Motif.ATTRIBUTION),
    ("radiations", f"motif_radiation = '{Motif.IRRECEVABILITE}'"): (
        "evolution",
        Motif.IRRECEVABILITE,
    ),
    ("actives", None): ("evolution", "ACTIVES"),
    ("actives", PERSONNES): ("anciennete", TOUS),
}
_FENETRES = {"ACTIVES": ("arrete",)}

_SQL = """
SELECT niveau, guichet AS cle, code, etat, fenetre = '12m' AS annee, n_etat AS n, d_etat AS d,
    borne_basse AS bas, borne_haute AS haut
FROM valeurs
WHERE departement = $departement AND mois = $mois AND niveau <> 'guichet'
ORDER BY code, niveau, cle
"""


class _Lue(TypedDict):
    niveau: Niveau
    cle: str
    code: str
    etat: str
    annee: bool
    n: int | None
    d: int | None
    bas: float | None
    haut: float | None


class _Compte(NamedTuple):
    """Anomalies among the units of a place, of which there are some."""

    lieu: Cle
    n: int
    d: int


# Of a population: by what restricts it, then by code, the rows that have units.
Effectifs = dict[str | None, dict[str, list[_Compte]]]


@dataclass(frozen=True, slots=True)
class Valeur:
    """The counts that a state rests on, with their margins; `n`, `d` None when not calculable.

    `masquee`: the counts may not be shared, the state may; `environ` is then the rate, so rounded
    that it tells nothing of them, None when it would.
    """

    un: Indicateur
    niveau: Niveau
    cle: str
    mois: str
    etat: str
    n: int | None
    d: int | None
    bas: float | None
    haut: float | None
    annee: bool
    masquee: bool = False
    environ: float | None = None

    @property
    def taux(self) -> float | None:
        """Rate, None without a unit or when it may not be shared."""
        return None if self.masquee or self.n is None or not self.d else self.n / self.d

    @property
    def jugee(self) -> bool:
        """Tell whether the state is a judgement."""
        return self.etat in SIGNIFICATIFS

    def origine(self, colonne: str) -> Origine:
        """Return where a figure comes from, `colonne` as `infocentre indicateurs` names it."""
        suffixe = "_12m" if self.annee else ""
        ligne = f"type/{self.cle}" if self.niveau == "type" else self.cle
        return Origine(self.un.code, self.mois, ligne, f"{colonne}{suffixe}")

    def cellule(self) -> Cellule:
        """Return the rate with its state and what it is out of."""
        if self.masquee:
            return Cellule(origine=self.origine("taux"), masquee=True, etat=self.etat)
        return Cellule(self.taux, self.origine("taux"), etat=self.etat, sur=self.d)

    def compte(self, colonne: Literal["numerateur", "denominateur"]) -> Cellule:
        """Return one of the two counts."""
        valeur = self.n if colonne == "numerateur" else self.d
        if self.masquee:
            return Cellule(origine=self.origine(colonne), masquee=True)
        return Cellule(valeur, self.origine(colonne))


@dataclass(frozen=True, slots=True)
class Releve:
    """The values of a month, by (code, niveau, cle)."""

    mois: str
    valeurs: dict[tuple[str, Niveau, str], Valeur]

    def __call__(self, code: str, niveau: Niveau = "departement", cle: str = TOUS) -> Valeur | None:
        """Return one value, None where there is no unit."""
        return self.valeurs.get((code, niveau, cle))

    def cles(self, niveau: Niveau) -> list[str]:
        """Return the types or organismes that have a value."""
        return sorted({cle for _, autre, cle in self.valeurs if autre == niveau})


@par_version
def relever(v: Lecture, departement: str, mois: str, catalogue: str, *, partage: bool) -> Releve:
    """Return the values of a month; `catalogue` is its JSON. With `partage`, masked together."""
    regles = _catalogue(catalogue)
    lignes = v.lignes(_SQL, {"departement": departement, "mois": mois}, _Lue)
    connues = [une for une in lignes if une["code"] in regles.indicateurs]
    valeurs = {
        (une["code"], une["niveau"], une["cle"]): _valeur(
            une, regles.indicateurs[une["code"]], mois
        )
        for une in connues
    }
    if partage:
        seuil = seuil_secret(v)
        imprimes = _Imprimes(partages(v, departement, mois))
        registre = Registre(v.dossier.diffusions / departement / "indicateurs" / mois)
        for cle in _masquer(connues, regles, seuil, imprimes, registre) & valeurs.keys():
            une = valeurs[cle]
            valeurs[cle] = replace(une, masquee=True, environ=arrondir(une, seuil))
    return Releve(mois, valeurs)


def arrondir(une: Valeur, seuil: int) -> float | None:
    """Return the rate to a tenth of percent, or to one, when that is a wide interval of counts.

    It tells the anomalies of a département or a type to twice the threshold or worse, so that
    what they leave, less the counts that are told, may be none of a few or several of them.
    """
    n, d = une.n or 0, une.d or 0
    if une.niveau == "organisme" or min(n, d - n) < seuil:
        return None
    pas = next((pas for pas in PAS if pas * d >= 2 * seuil), None)
    return None if pas is None else round(n / d / pas) * pas or None


@functools.lru_cache(maxsize=8)
def _catalogue(texte: str) -> Catalogue:
    return Catalogue.depuis_json(texte)


def _valeur(une: _Lue, un: Indicateur, mois: str) -> Valeur:
    return Valeur(
        un,
        une["niveau"],
        une["cle"],
        mois,
        une["etat"],
        une["n"],
        une["d"],
        une["bas"],
        une["haut"],
        une["annee"],
    )


# --- Secret statistique ---------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Imprimes:
    """What the standard tables of the month print of the département, that indicators count too."""

    tables: Mapping[str, Partage]

    def lus(self, regles: Catalogue) -> list[object]:
        """Return all that indicators may read here."""
        places = [
            _effectif_imprime(*effectif, annee=annee)
            for effectif in EFFECTIFS
            for annee in (False, True)
        ]
        places += [un.imprime.place for un in regles.indicateurs.values() if un.imprime]
        return [self.lire(lieu) for lieu in places]

    def lire(self, lieu: Place | None) -> Any:  # noqa: ANN401 - a count, MASQUE or nothing
        """Return what a table prints at a place, None when it prints nothing there."""
        if lieu is None or lieu[0] not in self.tables:
            return None
        code, _, nom = lieu
        return next(
            (une[nom] for une in self.tables[code].lignes if place(code, une, nom) == lieu), None
        )


def _effectif_imprime(population: str, applicable: str | None, *, annee: bool) -> Place | None:
    """Return where a table prints the effectif of the département that indicators share."""
    if (population, applicable) not in EFFECTIFS:
        return None
    role, fenetre = EFFECTIFS[population, applicable]
    code = tableaux().code(role)
    if role == "evolution":
        return code, (fenetre, *_FENETRES.get(fenetre, ("12_mois" if annee else "mois",))), "total"
    return code, (fenetre,), "total"


def _masquer(
    lignes: list[_Lue],
    regles: Catalogue,
    seuil: int,
    imprimes: _Imprimes,
    registre: Registre | None = None,
) -> frozenset[Cle]:
    """Return the (code, niveau, cle) not to share: small effectifs, then small anomalies.

    `registre` has the earlier editions of the month; this one is kept there.
    """
    registre = registre or Registre()
    nom = empreinte(lignes, seuil, imprimes.lus(regles))
    if connue := registre.editions().get(nom):
        return frozenset(map(tuple, connue.fait))
    populations: dict[Cle, Effectifs] = defaultdict(lambda: defaultdict(lambda: defaultdict(list)))
    for une in lignes:
        if une["d"]:
            un = regles.indicateurs[une["code"]]
            compte = _Compte((une["niveau"], une["cle"]), une["n"] or 0, une["d"])
            populations[un.population, une["annee"]][un.applicable][un.code].append(compte)
    masquees: set[Cle] = set()
    systemes: dict[str, Systeme] = {}
    for (population, annee), effectifs in populations.items():
        secret = _Secret(population, annee, seuil, imprimes, regles, registre)
        siennes = secret.masquer(effectifs)
        systemes |= secret.dire(effectifs, siennes)
        masquees |= siennes
    registre.inscrire(nom, Edition(systemes, sorted(masquees)))
    return frozenset(masquees)


def systeme_de(comptes: Mapping[Cle, int], caches: Collection[Any] = ()) -> Systeme:
    """Return the counts of places, which make the département's by type and by organisme."""
    valeurs, sommes, masquees = dict(comptes), [], set(caches)
    for niveau in ("type", "organisme"):
        parts = [lieu for lieu in comptes if lieu[0] == niveau]
        reste = comptes.get(TOTAL, 0) - sum(comptes[lieu] for lieu in parts)
        if reste > 0:  # guichets outside the register
            dehors = (niveau, "hors registre")
            valeurs[dehors] = reste
            if not masquees.isdisjoint([TOTAL, *parts]):
                masquees.add(dehors)
            parts.append(dehors)
        sommes.append(Somme(TOTAL, tuple(parts)))
    return Systeme(valeurs, completer(valeurs, sommes), frozenset(masquees))


@dataclass(frozen=True, slots=True)
class _Secret:
    """Masks the indicators of a population, whose effectifs are all its units or a part of them."""

    population: str
    annee: bool
    seuil: int
    imprimes: _Imprimes
    regles: Catalogue
    registre: Registre

    def masquer(self, effectifs: Effectifs) -> set[Cle]:
        """Return the (code, niveau, cle) to mask."""
        tous = {une.lieu: une.d for lignes in effectifs.get(None, {}).values() for une in lignes}
        masquees: set[Cle] = set()
        retenus: dict[str, set[Any]] = defaultdict(set)
        for applicable, codes in effectifs.items():
            lieu = _effectif_imprime(self.population, applicable, annee=self.annee)
            comptes = {une.lieu: une.d for une in next(iter(codes.values()))}
            nom = self._nom("effectif", applicable)
            caches = set(self._caches(nom, comptes, self.imprimes.lire(lieu), ()))
            if applicable is not None and tous:
                entiers = effectifs[None]
                caches = self._avec_le_reste(applicable, tous, comptes, entiers, caches, retenus)
            masquees |= {(code, *cache) for code in codes for cache in caches}
            for code in codes:
                retenus[code] |= caches
        for codes in effectifs.values():
            for code, lignes in codes.items():
                masquees |= {(code, *lieu) for lieu in self._anomalies(code, lignes, retenus[code])}
        return masquees

    def dire(self, effectifs: Effectifs, masquees: Collection[Cle]) -> dict[str, Systeme]:
        """Return what is told of each effectif, of what it leaves and of each count of anomalies.

        An effectif is told as soon as one of the indicators that share it is.
        """
        tous = {une.lieu: une.d for lignes in effectifs.get(None, {}).values() for une in lignes}
        tues: set[Any] = set()
        dits = {}
        for applicable, codes in sorted(effectifs.items(), key=lambda un: un[0] is not None):
            comptes = {une.lieu: une.d for une in next(iter(codes.values()))}
            caches = {un for un in comptes if all((code, *un) in masquees for code in codes)}
            tues = tues if applicable else caches
            dits[self._nom("effectif", applicable)] = systeme_de(comptes, caches)
            if applicable is not None and tous:
                restes = {lieu: nombre - comptes.get(lieu, 0) for lieu, nombre in tous.items()}
                dits[self._nom("reste", applicable)] = systeme_de(restes, caches | tues)
            for code, lignes in codes.items():
                anomalies = {une.lieu: une.n for une in lignes}
                caches = {un for un in anomalies if (code, *un) in masquees}
                dits[code] = systeme_de(anomalies, caches)
        return dits

    def _nom(self, quoi: str, applicable: str | None) -> str:
        """Name in the register what indicators share."""
        return f"{quoi} {self.population} {'12m' if self.annee else 'mois'} {applicable or ''}"

    def _avec_le_reste(
        self,
        applicable: str,
        tous: Mapping[Cle, int],
        comptes: Mapping[Cle, int],
        entiers: Mapping[str, list[_Compte]],
        caches: set[Any],
        retenus: dict[str, set[Any]],
    ) -> set[Any]:
        """Return what to mask so that the units left out of an effectif are not told either.

        All units less those concerned are often the anomalies of another indicator.
        """
        restes = {lieu: nombre - comptes.get(lieu, 0) for lieu, nombre in tous.items()}
        avant: set[Any] | None = None
        while caches != avant:
            avant = set(caches)
            caches |= self._caches(self._nom("reste", applicable), restes, None, caches)
            caches |= self._caches(self._nom("effectif", applicable), comptes, None, caches)
        for code, lignes in entiers.items():
            if all(une.n == restes[une.lieu] for une in lignes):
                retenus[code] |= caches
        return caches

    def _anomalies(self, code: str, lignes: list[_Compte], caches: set[Any]) -> set[Any]:
        """Return where the anomalies of an indicator may not be told."""
        voisins = {une.lieu for une in lignes if 0 < une.d - une.n < self.seuil}
        comptes = {une.lieu: une.n for une in lignes}
        lieu = self.regles.indicateurs[code].imprime
        imprime = self.imprimes.lire(lieu.place if lieu else None)
        if lieu and not lieu.seules:
            reste = imprime - comptes.get(TOTAL, 0) if isinstance(imprime, int) else 0
            imprime = MASQUE if 0 < reste < self.seuil or imprime == MASQUE else None
        return caches | voisins | self._caches(code, comptes, imprime, caches | voisins)

    def _caches(
        self, nom: str, comptes: Mapping[Cle, int], imprime: object, aussi: Collection[Cle]
    ) -> frozenset[Any]:
        """Mask the counts of places, bound to the département's by two sums.

        `imprime` is what a table tells of the département: nothing, its count or MASQUE.
        """
        aussi = {*aussi, TOTAL} if imprime == MASQUE else set(aussi)
        # Nobody can tell a zero that is hidden with its effectif: it protects as any other count.
        valeurs: dict[Cle, int] = {**comptes, **{un: 1 for un in aussi if comptes.get(un) == 0}}
        prix: dict[Hashable, float] = {TOTAL: PUBLIEE} if isinstance(imprime, int) else {}
        anciens = self.registre.systemes(nom)
        return masquer_apres(systeme_de(valeurs), anciens, self.seuil, aussi, prix).masquees
