"""Values of the indicators as a bilan shows them: département, types, organismes; masked together.

The département is the sum of its types and of its organismes, and indicators that apply to the
same units share their effectifs: what is masked must not be found again through either.
"""

from __future__ import annotations

import functools
from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any, Literal

from infocentre.catalogue import Catalogue, Indicateur
from infocentre.consultation.commun import par_version
from infocentre.consultation.lecteur import Ligne, VersionOuverte
from infocentre.mesures import wilson
from infocentre.mesures.secret import Somme, masquer
from infocentre.mesures.valeurs import EFFECTIF_MINIMAL
from infocentre.restitutions.document import Cellule, Origine

Niveau = Literal["departement", "type", "organisme"]
TOUS = "*"
SANS_TYPE = "INCONNU"
PORTAIL = "PORTAIL"
Cle = tuple[Any, ...]

_N, _D = "n", "d"
_SQL = f"""
WITH lues AS (
    SELECT v.niveau, v.guichet, v.code, v.type_guichet, v.etat,
        regles.nature = 'flux' AND NOT regles.tolerance_zero AS annee,
        if(annee, v.numerateur_12m, v.numerateur) AS n,
        if(annee, v.denominateur_12m, v.denominateur) AS d
    FROM valeurs AS v JOIN regles USING (code)
    WHERE v.departement = $departement AND v.mois = $mois
),
toutes AS (
    SELECT niveau, guichet AS cle, code, type_guichet, etat, annee, n, d FROM lues
    WHERE niveau IN ('departement', 'organisme')
    UNION ALL
    SELECT 'type', coalesce(type_guichet, '{SANS_TYPE}'), code, type_guichet, NULL, annee,
        sum(n)::BIGINT, sum(d)::BIGINT
    FROM lues WHERE niveau = 'guichet' GROUP BY ALL
)
SELECT *, {wilson(_N, _D, "basse")} AS bas, {wilson(_N, _D, "haute")} AS haut
FROM toutes ORDER BY code, niveau, cle
"""


@dataclass(frozen=True, slots=True)
class Valeur:
    """The counts that a state rests on, with their margins; `n`, `d` None when not calculable.

    `masquee`: the counts may not be shared, the state may.
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

    @property
    def taux(self) -> float | None:
        """Rate, None without a unit or when it may not be shared."""
        return None if self.masquee or self.n is None or not self.d else self.n / self.d

    @property
    def jugee(self) -> bool:
        """Tell whether the state is a judgement."""
        return self.etat in {"vert", "orange", "rouge", "a_traiter"}

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
def relever(
    v: VersionOuverte, departement: str, mois: str, catalogue: str, *, partage: bool
) -> Releve:
    """Return the values of a month; `catalogue` is its JSON. With `partage`, masked together."""
    regles = _catalogue(catalogue)
    lignes = v.lignes(_SQL, {"departement": departement, "mois": mois})
    connues = [une for une in lignes if une["code"] in regles.indicateurs]
    masquees = _masquer(connues, regles, _seuil(v)) if partage else frozenset()
    lues = [_valeur(une, regles.indicateurs[une["code"]], mois, masquees) for une in connues]
    return Releve(mois, {(une.un.code, une.niveau, une.cle): une for une in lues})


@functools.lru_cache(maxsize=8)
def _catalogue(texte: str) -> Catalogue:
    return Catalogue.depuis_json(texte)


def _seuil(v: VersionOuverte) -> int:
    (ligne,) = v.lignes("SELECT valeur FROM reglages WHERE cle = 'seuil_secret'")
    return int(ligne["valeur"])


def _valeur(une: Ligne, un: Indicateur, mois: str, masquees: frozenset[Cle]) -> Valeur:
    return Valeur(
        un,
        une["niveau"],
        une["cle"],
        mois,
        une["etat"] or juger(une, un),
        une["n"],
        une["d"],
        une["bas"],
        une["haut"],
        une["annee"],
        (un.code, une["niveau"], une["cle"]) in masquees,
    )


def juger(une: Ligne, un: Indicateur) -> str:
    """Return the state of the guichets of a type taken together, as that of a guichet."""
    if un.imputable != "guichet" or une["cle"] == PORTAIL:
        return "contexte"
    if not une["d"]:
        return "sans_objet"
    if un.tolerance_zero or un.seuils is None:
        return "a_traiter" if une["n"] else "vert"
    if une["d"] < EFFECTIF_MINIMAL:
        return "effectif_insuffisant"
    if une["bas"] > un.seuils.rouge:
        return "rouge"
    return "orange" if une["n"] / une["d"] > un.seuils.orange else "vert"


# --- Secret statistique ---------------------------------------------------------------------------


def _lieu(une: Ligne) -> Cle:
    return une["niveau"], une["cle"]


def _masquer(lignes: list[Ligne], regles: Catalogue, seuil: int) -> frozenset[Cle]:
    """Return the (code, niveau, cle) not to share: small effectifs, then small anomalies.

    What hides an effectif hides it in every indicator that shares it.
    """
    par_effectif: dict[Cle, dict[str, list[Ligne]]] = defaultdict(lambda: defaultdict(list))
    for une in lignes:
        if une["d"]:
            un = regles.indicateurs[une["code"]]
            par_effectif[un.population, un.applicable, une["annee"]][un.code].append(une)
    masquees: set[Cle] = set()
    for codes in par_effectif.values():
        premieres = next(iter(codes.values()))
        caches = _masquer_comptes(premieres, "d", seuil, ())
        for code, siennes in codes.items():
            voisins = {_lieu(une) for une in siennes if 0 < une["d"] - une["n"] < seuil}
            petits = _masquer_comptes(siennes, "n", seuil, caches | voisins)
            masquees |= {(code, *lieu) for lieu in caches | voisins | petits}
    return frozenset(masquees)


def _masquer_comptes(
    lignes: list[Ligne], nom: str, seuil: int, aussi: Collection[Cle]
) -> frozenset[Any]:
    """Mask one count of the places of an indicator, bound to the département's by two sums."""
    vrais = {_lieu(une): une[nom] for une in lignes}
    # Nobody can tell a zero that is hidden with its effectif: it protects as any other count.
    valeurs = vrais | {lieu: 1 for lieu in aussi if vrais.get(lieu) == 0}
    total = ("departement", TOUS)
    sommes = []
    for niveau in ("type", "organisme"):
        parts = [lieu for lieu in valeurs if lieu[0] == niveau]
        reste = vrais.get(total, 0) - sum(vrais[lieu] for lieu in parts)
        if reste > 0:  # guichets outside the register
            dehors = (niveau, "hors registre")
            valeurs[dehors] = reste
            parts.append(dehors)
        sommes.append(Somme(total, tuple(parts)))
    return masquer(valeurs, sommes, seuil, aussi)
