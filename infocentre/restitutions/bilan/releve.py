"""Values of the indicators as a bilan shows them: département, types, organismes; masked together.

`effectifs` says how. Where no anomaly is tolerated, acts are told by the semester (`semestre`): of
their months the département's zeros are, and states.
"""

from __future__ import annotations

import functools
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, ClassVar, Literal, TypedDict

from infocentre.catalogue import Catalogue, Indicateur
from infocentre.contrat.listes import Motif
from infocentre.lecture.commun import par_version
from infocentre.lecture.filtres import Filtres
from infocentre.lecture.indicateurs import catalogue_du_mois
from infocentre.lecture.lecteur import Lecture
from infocentre.lecture.partage import partages, seuil_secret
from infocentre.mesures.declarations import Role
from infocentre.mesures.diffusions import Edition, Registre, Systeme, empreinte
from infocentre.mesures.liens import Place, place
from infocentre.mesures.partage import MASQUE, Partage
from infocentre.mesures.tableaux import tableaux
from infocentre.noyau.etats import SIGNIFICATIFS
from infocentre.noyau.francais import entier
from infocentre.mesures.effectifs import Compte, Fenetre, anomalies, partie, unites
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
# What each organisme has of a type of guichets.
_PARTIES = """
SELECT code, organisme, r.type_guichet AS type, sum(n_etat)::BIGINT AS n, sum(d_etat)::BIGINT AS d
FROM valeurs AS v JOIN registre AS r USING (departement, mois, guichet)
WHERE departement = $departement AND mois = $mois AND niveau = 'guichet' AND d_etat > 0
GROUP BY ALL
ORDER BY ALL
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


class _Partie(TypedDict):
    code: str
    organisme: str
    type: str
    n: int
    d: int


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
class Denombree(Valeur):
    """Anomalies that are counted, none being tolerated: a count without a rate, with its state."""

    colonne: ClassVar[str] = "numerateur"

    @property
    def taux(self) -> None:
        """None: what is not tolerated is counted."""
        return

    def cellule(self) -> Cellule:
        """Return the count with the state."""
        origine = self.origine(self.colonne)
        if self.masquee:
            return Cellule(origine=origine, masquee=True, etat=self.etat)
        return Cellule(None if self.n is None else entier(self.n), origine, etat=self.etat)


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
    if not partage:
        return Releve(mois, valeurs)
    seuil = seuil_secret(v)
    parties = v.lignes(_PARTIES, {"departement": departement, "mois": mois}, _Partie)
    codes = frozenset(lieu[0] for lieu in _lieux_imprimes(regles) if lieu)
    imprimes = _Imprimes(partages(v, departement, mois, codes))
    registre = Registre(v.dossier.diffusions / departement / "indicateurs" / mois)
    for cle in _masquer(connues, parties, regles, seuil, imprimes, registre) & valeurs.keys():
        une = valeurs[cle]
        valeurs[cle] = replace(une, masquee=True, environ=arrondir(une, seuil))
    return Releve(
        mois,
        {
            cle: _denombrer(une) if dit_au_semestre(regles, une.un.code) else une
            for cle, une in valeurs.items()
        },
    )


def masquer_mois(v: Lecture, departement: str, mois: str) -> None:
    """Decide what the indicators of a controlled month hide: no document has to, nor waits for it.

    Raises:
        Refus: the register of what was shared is damaged, or refuses the month.
    """
    regles = catalogue_du_mois(v, Filtres(departement, mois))
    relever(v, departement, mois, regles.en_json(), partage=True)


def dit_au_semestre(regles: Catalogue, code: str) -> bool:
    """Tell whether what a month counts is told by the semester: acts of which none is tolerated."""
    un = regles.indicateurs[code]
    return un.tolerance_zero and regles.populations[un.population].nature != "stock"


def _denombrer(une: Valeur) -> Denombree:
    """Return what is told of a month: that it has none, else its state."""
    return Denombree(
        une.un,
        une.niveau,
        une.cle,
        une.mois,
        une.etat,
        une.n,
        une.d,
        une.bas,
        une.haut,
        une.annee,
        masquee=bool(une.n),
    )


def arrondir(une: Valeur, seuil: int) -> float | None:
    """Return the rate to a tenth of percent, or to one, when that is a wide interval of counts.

    It tells the anomalies of a département or a type to twice the threshold or worse, so that
    what they leave, less the counts that are told, may be none of a few or several of them.
    """
    n, d = une.n or 0, une.d or 0
    if une.niveau == "organisme" or min(n, d - n) < seuil:
        return None
    return next((_au_pas(n, d, pas) for pas in PAS if _cache(n, d, pas, seuil)), None)


def _au_pas(n: int, d: int, pas: float) -> float:
    return round(n / d / pas) * pas


def _cache(n: int, d: int, pas: float, seuil: int) -> bool:
    """Tell whether many counts have this rate once rounded, one more and one less among them."""
    dit = _au_pas(n, d, pas)
    return dit > 0 and pas * d >= 2 * seuil and abs(dit * d - n) + 1 < pas * d / 2


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
        return [self.lire(lieu) for lieu in _lieux_imprimes(regles)]

    def lire(self, lieu: Place | None) -> Any:  # noqa: ANN401 - a count, MASQUE or nothing
        """Return what a table prints at a place, None when it prints nothing there."""
        if lieu is None or lieu[0] not in self.tables:
            return None
        code, _, nom = lieu
        return next(
            (une[nom] for une in self.tables[code].lignes if place(code, une, nom) == lieu), None
        )


def _lieux_imprimes(regles: Catalogue) -> list[Place | None]:
    """Return where tables print what indicators may count too."""
    effectifs = [
        _effectif_imprime(*effectif, annee=annee)
        for effectif in EFFECTIFS
        for annee in (False, True)
    ]
    siens = (un.imprime.place for un in regles.indicateurs.values() if un.imprime)
    return [*effectifs, *siens]


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
    lignes: Sequence[_Lue],
    parties: Sequence[_Partie],
    regles: Catalogue,
    seuil: int,
    imprimes: _Imprimes,
    registre: Registre | None = None,
) -> frozenset[Cle]:
    """Return the (code, niveau, cle) not to share, a window after the other.

    `registre` has the earlier editions of the month; this one is kept there.
    """
    registre = registre or Registre()
    nom = empreinte(lignes, parties, seuil, imprimes.lus(regles))
    if connue := registre.editions().get(nom):
        return frozenset(map(tuple, connue.fait))
    masquees: set[Cle] = set()
    systemes: dict[str, Systeme] = {}
    for annee in (False, True):
        siennes = _de_la_fenetre(lignes, parties, regles, annee=annee)
        codes = {code: regles.indicateurs[code] for code in siennes}
        dits = _dits(codes, siennes, imprimes, seuil, annee=annee)
        fenetre = "12m" if annee else "mois"
        caches, systemes[fenetre] = Fenetre(codes, siennes, dits, seuil).masquer(
            registre.systemes(fenetre)
        )
        masquees |= {(code, *lieu) for code, lieu in caches}
    registre.inscrire(nom, Edition(systemes, sorted(masquees)))
    return frozenset(masquees)


def _de_la_fenetre(
    lignes: Sequence[_Lue], parties: Sequence[_Partie], regles: Catalogue, *, annee: bool
) -> dict[str, list[Compte]]:
    """Return what indicators of a window count in places that have units, by code."""
    siennes: dict[str, list[Compte]] = defaultdict(list)
    for une in lignes:
        if une["d"] and une["annee"] == annee and not dit_au_semestre(regles, une["code"]):
            lieu = (une["niveau"], une["cle"])
            siennes[une["code"]].append(Compte(lieu, une["n"] or 0, une["d"]))
    for part in parties:
        if part["code"] in siennes:
            la = partie(part["organisme"], part["type"])
            siennes[part["code"]].append(Compte(la, part["n"], part["d"]))
    return siennes


def _dits(
    codes: Mapping[str, Indicateur],
    lignes: Mapping[str, Sequence[Compte]],
    imprimes: _Imprimes,
    seuil: int,
    *,
    annee: bool,
) -> dict[Any, int | None]:
    """Return what the tables of the month tell of counts of the département, None for MASQUE."""
    dits: dict[Any, int | None] = {}
    for code, un in codes.items():
        lieu = _effectif_imprime(un.population, un.applicable, annee=annee)
        _dire(dits, unites(un), imprimes.lire(lieu))
        if un.imprime:
            imprime = imprimes.lire(un.imprime.place)
            if not un.imprime.seules and isinstance(imprime, int):
                n = sum(une.n for une in lignes[code] if une.lieu == TOTAL)
                imprime = MASQUE if 0 < imprime - n < seuil else None
            _dire(dits, anomalies(un), imprime)
    return dits


def _dire(dits: dict[Any, int | None], quoi: Any, imprime: object) -> None:  # noqa: ANN401
    if isinstance(imprime, int):
        dits[quoi] = imprime
    elif imprime == MASQUE:
        dits[quoi] = None
