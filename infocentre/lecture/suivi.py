"""The grid guichets × indicators of a month: one row per guichet, pooled rows, cells as text.

The cells of a row travel as one text that DuckDB writes and the browser reads (`lire_cases` reads
it here): 2 500 guichets × 37 indicators are 2 500 texts, not 92 500 objects.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from operator import itemgetter
from typing import Any, Literal, TypedDict

from infocentre.acces.perimetre import Perimetre
from infocentre.lecture.commun import par_version, registre
from infocentre.lecture.filtres import Filtres, retenir
from infocentre.lecture.lecteur import Lecture
from infocentre.lecture.lignes import Inscription
from infocentre.noyau.etats import MAUVAIS, Etat, en_sql, est_masque
from infocentre.noyau.francais import clef_de_tri, simplifier
from infocentre.noyau.organismes import noms_organismes
from infocentre.noyau.types_guichet import TypeGuichet

Nature = Literal["guichet", "organisme", "type", "departement"]
Par = Literal["type", "organisme", "liste", "organismes"]
ETATS = tuple(Etat)
INCONNU = "Guichet inconnu du registre"
_RANGS: dict[str, int] = {type_: rang for rang, type_ in enumerate(TypeGuichet)}
_NATURES: dict[Par, tuple[Nature, ...]] = {
    "type": ("guichet", "type"),
    "organisme": ("guichet", "organisme"),
    "liste": ("guichet",),
    "organismes": ("organisme", "type"),
}

# What a cell shows is what its state rests on, or the month when it is asked for; beside what the
# state of a flow rests on stands the other window.
_SQL = f"""
WITH retenus AS (
    SELECT unnest($codes) AS code, generate_subscripts($codes, 1) - 1 AS position
),
lues AS (
    SELECT niveau, code, guichet, type_guichet, rang, position,
        list_position($etats, if($sur_12, etat, etat_mois)) - 1 AS etat,
        if($sur_12, n_etat, numerateur) AS n, if($sur_12, d_etat, denominateur) AS d,
        CASE WHEN $sur_12 THEN if(fenetre = '12m', numerateur, numerateur_12m) END AS n_a_cote,
        CASE WHEN $sur_12 THEN if(fenetre = '12m', denominateur, denominateur_12m) END AS d_a_cote,
        CASE WHEN $sur_12 AND fenetre = '12m'
            THEN list_position($etats, etat_mois) - 1 END AS etat_a_cote
    FROM valeurs JOIN retenus USING (code)
    WHERE departement = $departement AND mois = $mois
        AND niveau IN ('departement', 'guichet', 'organisme')
        AND ($type = '' OR type_guichet = $type OR niveau = 'departement')
        AND ($siens IS NULL OR niveau <> 'guichet' OR guichet IN (SELECT unnest($siens)))
),
revisees AS (
    SELECT DISTINCT code, niveau, guichet, true AS revisee
    FROM revisions WHERE departement = $departement AND mois = $mois
),
cases AS (
    SELECT niveau AS nature, guichet AS cle, type_guichet, position, etat, n, d, n_a_cote,
        d_a_cote, rang, etat_a_cote, revisee
    FROM lues LEFT JOIN revisees USING (code, niveau, guichet)
    UNION ALL
    SELECT 'type', type_guichet, type_guichet, position,
        list_position($etats, '{Etat.CONTEXTE}') - 1,
        if(bool_or(n IS NULL OR d IS NULL), NULL, sum(n)), sum(d),
        if(bool_or(n_a_cote IS NULL OR d_a_cote IS NULL), NULL, sum(n_a_cote)), sum(d_a_cote),
        NULL, NULL, NULL
    FROM lues WHERE niveau = 'guichet' AND type_guichet IS NOT NULL
    GROUP BY type_guichet, position
)
SELECT nature, cle, any_value(type_guichet) AS type,
    count(*) FILTER (etat = {ETATS.index(Etat.ROUGE)}) AS rouges,
    count(*) FILTER (etat = {ETATS.index(Etat.A_TRAITER)}) AS tolerances,
    count(*) FILTER (etat = {ETATS.index(Etat.ORANGE)}) AS oranges,
    string_agg(concat(position, ',', etat, ',', n, ',', d, ',', n_a_cote, ',', d_a_cote, ',', rang,
        ',', etat_a_cote, ',', if(revisee, '1', '')), ';' ORDER BY position) AS cases
FROM cases GROUP BY nature, cle
"""
_EN_ROUGE = f"""
SELECT code, guichet FROM valeurs
WHERE departement = $departement AND mois = $mois AND niveau = $niveau
    AND if($sur_12, etat, etat_mois) IN {en_sql(MAUVAIS)}
    AND ($type = '' OR type_guichet = $type)
"""


@dataclass(frozen=True, slots=True)
class Case:
    """A cell, its columns in the order in which they travel; `revisee`: published otherwise.

    `etat_a_cote` is the state of the month, where the cell shows the 12 months.
    """

    etat: str
    numerateur: int | None
    denominateur: int | None
    numerateur_a_cote: int | None
    denominateur_a_cote: int | None
    rang: int | None
    etat_a_cote: str | None
    revisee: bool

    @property
    def masquee(self) -> bool:
        """Tell whether one of its counts is small, and hidden from the reader."""
        return est_masque(self.etat, self.numerateur)


SANS_OBJET = Case(Etat.SANS_OBJET, None, None, None, None, None, None, revisee=False)


@dataclass(frozen=True, slots=True)
class Rangee:
    """A row; `groupe` numbers the groups in their order, `tete`: the pooled row of its group.

    `problemes` counts its cells in rouge, à traiter, orange.
    """

    nature: Nature
    cle: str
    nom: str
    type: str
    cases: str
    recherche: str
    groupe: int = 0
    tete: bool = False
    problemes: tuple[int, int, int] = (0, 0, 0)

    @property
    def gravite(self) -> tuple[int, int]:
        """What ranks it: its cells in rouge or à traiter, then in orange."""
        rouges, a_traiter, oranges = self.problemes
        return rouges + a_traiter, oranges


class _Lue(TypedDict):
    nature: Nature
    cle: str
    type: str | None
    rouges: int
    tolerances: int
    oranges: int
    cases: str


@dataclass(frozen=True, slots=True)
class _Registre:
    """Names of the month: guichets by code, organismes by key."""

    guichets: dict[str, Inscription]
    organismes: dict[str, str]

    def organisme(self, nature: Nature, cle: str) -> str:
        """Return the key of the organisme a row belongs to, empty for an unknown guichet."""
        if nature == "organisme":
            return cle
        return self.guichets[cle]["organisme"] if cle in self.guichets else ""

    def nom(self, nature: Nature, cle: str) -> str:
        """Return what a row is called."""
        if nature == "departement":
            return "Ensemble du département"
        if nature == "type":
            type_ = TypeGuichet.lire(cle)
            return type_.ensemble if type_ else cle
        if nature == "organisme":
            return self.organismes.get(cle, INCONNU)
        connu = self.guichets.get(cle)
        return (connu and connu["nom"]) or f"{INCONNU} ({cle})"


@par_version
def grille(v: Lecture, filtres: Filtres, codes: tuple[str, ...], par: Par = "type") -> list[Rangee]:
    """Return the rows by group, the worst first in each; the département's before all.

    With an EPCI, a type is pooled over its guichets there; an organisme keeps all of its own.
    """
    vus = retenir(v, filtres)
    lignes = v.lignes(
        _SQL,
        {
            "codes": list(codes),
            "etats": list(ETATS),
            "sur_12": filtres.fenetre == "12m",
            "departement": filtres.departement,
            "mois": filtres.mois,
            "type": filtres.type_guichet,
            "siens": sorted(vus.guichets or ()) if filtres.epci else None,
        },
        _Lue,
    )
    guichets = {une["guichet"]: une for une in registre(v, filtres.departement, filtres.mois, vus)}
    noms = _Registre(guichets, noms_organismes(guichets.values()))
    voulues = {"departement", *_NATURES[par]}
    rangees = [_rangee(une, noms, par) for une in lignes if une["nature"] in voulues]
    visibles = [une for une in rangees if _visible(une, vus, noms)]
    return _grouper(visibles, noms, par)


def _visible(une: Rangee, vus: Perimetre, noms: _Registre) -> bool:
    if une.nature == "organisme":
        return not vus.partiel or une.cle in noms.organismes
    return une.nature != "guichet" or vus.voit_guichet(une.cle)


def _rangee(une: _Lue, noms: _Registre, par: Par) -> Rangee:
    nature, cle = une["nature"], une["cle"]
    nom = noms.nom(nature, cle)
    organisme = noms.organismes.get(noms.organisme(nature, cle), "")
    return Rangee(
        nature=nature,
        cle=cle,
        nom=nom,
        type=une["type"] or "",
        cases=une["cases"],
        recherche=simplifier(f"{nom} {cle} {organisme}"),
        tete=nature == "type" or (par == "organisme" and nature == "organisme"),
        problemes=(une["rouges"], une["tolerances"], une["oranges"]),
    )


def _grouper(rangees: list[Rangee], noms: _Registre, par: Par) -> list[Rangee]:
    """Return the rows group by group: by type, within it by organisme when it is asked."""

    def groupe(une: Rangee) -> tuple[bool, int, str, str]:
        organisme = noms.organisme(une.nature, une.cle) if par == "organisme" else ""
        rang = _RANGS.get(une.type, len(_RANGS)) if par != "liste" else 0
        nom = clef_de_tri(noms.organismes.get(organisme, ""))
        return une.nature != "departement", rang, nom, organisme

    numeros = {cle: rang for rang, cle in enumerate(sorted({groupe(une) for une in rangees}))}
    numerotees = [replace(une, groupe=numeros[groupe(une)]) for une in rangees]
    return sorted(numerotees, key=_ordre)


def _ordre(une: Rangee) -> tuple[int, bool, int, int, str, str]:
    pires, oranges = une.gravite
    return une.groupe, not une.tete, -pires, -oranges, clef_de_tri(une.nom), une.cle


@par_version
def codes_en_rouge(v: Lecture, filtres: Filtres, par: Par) -> frozenset[str]:
    """Return the indicators where a row that the reader may see is rouge or à traiter."""
    vus = retenir(v, filtres)
    organismes = par == "organismes"
    lignes = v.tuples(
        _EN_ROUGE,
        {
            "departement": filtres.departement,
            "mois": filtres.mois,
            "niveau": "organisme" if organismes else "guichet",
            "sur_12": filtres.fenetre == "12m",
            "type": filtres.type_guichet,
        },
    )
    connus = registre(v, filtres.departement, filtres.mois, vus)
    siens = noms_organismes(connus)
    return frozenset(
        code
        for code, cle in lignes
        if (not vus.partiel or cle in siens if organismes else vus.voit_guichet(cle))
    )


def garder(rangees: list[Rangee], voulue: Callable[[Rangee], bool]) -> list[Rangee]:
    """Keep the rows that are wanted, the pooled rows of their groups, the département's."""
    gardees = {
        une.groupe
        for une in rangees
        if not une.tete and une.nature != "departement" and voulue(une)
    }
    return [
        une
        for une in rangees
        if une.nature == "departement" or (une.groupe in gardees if une.tete else voulue(une))
    ]


def trier(
    rangees: list[Rangee], valeur: Callable[[Rangee], Any], *, croissant: bool
) -> list[Rangee]:
    """Order the rows of each group by a value; those where it is None come last in both orders."""
    tetes = [une for une in rangees if une.tete or une.nature == "departement"]
    autres = [(valeur(une), une) for une in rangees if une not in tetes]
    dites = sorted(
        ((dite, une) for dite, une in autres if dite is not None),
        key=itemgetter(0),
        reverse=not croissant,
    )
    suite = [une for _, une in dites] + [une for dite, une in autres if dite is None]
    return sorted([*tetes, *suite], key=lambda une: une.groupe)


def lire_cases(cases: str) -> dict[int, Case]:
    """Return the cells of a row by position of their indicator."""
    lues: dict[int, Case] = {}
    for texte in cases.split(";"):
        position, etat, *nombres, etat_a_cote, revisee = texte.split(",")
        n, d, n_a_cote, d_a_cote, rang = (int(nombre) if nombre else None for nombre in nombres)
        lues[int(position)] = Case(
            ETATS[int(etat)],
            n,
            d,
            n_a_cote,
            d_a_cote,
            rang,
            ETATS[int(etat_a_cote)] if etat_a_cote else None,
            revisee=bool(revisee),
        )
    return lues


def cases_absentes(rangees: list[Rangee], nombre: int) -> dict[int, Case]:
    """Return what stands where a row has no cell: n.c. when the département's says so, else s.o."""
    ensemble = next((lire_cases(une.cases) for une in rangees if une.nature == "departement"), {})
    return {
        rang: replace(SANS_OBJET, etat=Etat.NON_CALCULABLE)
        if ensemble.get(rang, SANS_OBJET).etat == Etat.NON_CALCULABLE
        else SANS_OBJET
        for rang in range(nombre)
    }


@par_version
def saisies_tardives(v: Lecture, filtres: Filtres) -> frozenset[str]:
    """Return the indicators of which a part of the month's acts will probably come later."""
    codes = v.tuples(
        "SELECT DISTINCT code FROM estimations WHERE departement = $departement "
        "AND mois_juge = $mois AND mois = $mois AND saisie_tardive_probable",
        {"departement": filtres.departement, "mois": filtres.mois},
    )
    return frozenset(code for (code,) in codes)
