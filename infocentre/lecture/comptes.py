"""The account of what can be put right: what there was, opened, corrected, gone, aged, left.

Each account balances: avant + ouvertes - corrigees - sorties - vieillies = restent.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypedDict

from infocentre.catalogue.remedes import CORRIGEE
from infocentre.lecture.commun import par_version
from infocentre.lecture.lecteur import Lecture
from infocentre.noyau.temps import mois_avant

# Of a stock, each stay of a unit in anomaly is followed; by the months it began and ended in.
_STOCK = """
WITH sejours AS (
    SELECT code, motif_cloture = '{corrigee}' AS corrigee, premier_mois <= $avant AS vieux,
        premier_mois > $avant AND premier_mois <= $fin AS neuf,
        coalesce(mois_cloture > $avant, true) AS la_avant,
        coalesce(mois_cloture > $fin, true) AS la
    FROM {suivi} JOIN regles USING (code)
    WHERE nature = 'stock' AND remede = 'corriger'
)
SELECT code, count(*) FILTER (vieux AND la_avant)::INT AS avant,
    count(*) FILTER (neuf)::INT AS ouvertes,
    count(*) FILTER (la_avant AND NOT la AND corrigee)::INT AS corrigees,
    count(*) FILTER (la_avant AND NOT la AND NOT corrigee)::INT AS sorties,
    count(*) FILTER ((vieux OR neuf) AND la)::INT AS restent
FROM sejours GROUP BY code
"""
# Of a flow, each delivery lists again the acts of 12 months, guichet by guichet; those of the month
# alone count where no anomaly is tolerated, as everywhere else.
_FLUX = """
SELECT code, if(fenetre = 'mois', 0, 11) AS recul, t.mois AS lu_en, mois_juge AS mois, guichet,
    numerateur AS n
FROM triangle AS t JOIN regles USING (code)
WHERE departement = $departement AND t.mois BETWEEN $avant AND $fin AND mois_juge <= t.mois
    AND mois_juge >= strftime((t.mois || '-01')::DATE - to_months(recul), '%Y-%m')
    AND nature = 'flux' AND remede = 'corriger' AND guichet IN (
        SELECT guichet FROM valeurs WHERE niveau = 'guichet' AND departement = $departement
    )
"""
# The months in which an indicator could be calculated: the others say nothing.
_CALCULABLES = """
SELECT code, mois FROM valeurs
WHERE departement = $departement AND niveau = 'departement' AND mois BETWEEN $avant AND $fin
    AND numerateur IS NOT NULL
ORDER BY mois
"""


@dataclass(frozen=True, slots=True)
class Compte:
    """What became of the anomalies of an indicator over some months.

    `avant` is how many there were at the arrêté before, or at the first one that is known;
    `corrigees` of an act: what a later delivery lists no more. `sorties` left with their demande
    or access, `vieillies` are acts that became too old to count, and that nobody corrected.
    """

    avant: int = 0
    ouvertes: int = 0
    corrigees: int = 0
    sorties: int = 0
    vieillies: int = 0
    restent: int = 0


class _Stock(TypedDict):
    code: str
    avant: int
    ouvertes: int
    corrigees: int
    sorties: int
    restent: int


class _Lue(TypedDict):
    code: str
    recul: int
    lu_en: str
    mois: str
    guichet: str
    n: int


_Actes = Mapping[tuple[str, str], int]  # (month of the act, guichet): anomalies


@par_version
def comptes(v: Lecture, departement: str, avant: str, fin: str) -> Mapping[str, Compte]:
    """Return the account of each indicator from the arrêté of a month to that of another.

    Nothing before anomalies are followed.
    """
    if v.suivi(departement) is None:
        return {}
    return _du_stock(v, departement, avant, fin) | _du_flux(v, departement, avant, fin)


def _du_stock(v: Lecture, departement: str, avant: str, fin: str) -> dict[str, Compte]:
    sql = _STOCK.format(suivi=v.suivi(departement), corrigee=CORRIGEE)
    lus = v.lignes(sql, {"avant": avant, "fin": fin}, _Stock)
    return {
        un["code"]: Compte(
            un["avant"],
            un["ouvertes"],
            un["corrigees"],
            un["sorties"],
            restent=un["restent"],
        )
        for un in lus
    }


def _du_flux(v: Lecture, departement: str, avant: str, fin: str) -> dict[str, Compte]:
    bornes = {"departement": departement, "avant": avant, "fin": fin}
    listes: dict[tuple[str, int], dict[str, dict[tuple[str, str], int]]] = {}
    for une in v.lignes(_FLUX, bornes, _Lue):
        du_code = listes.setdefault((une["code"], une["recul"]), {})
        du_code.setdefault(une["lu_en"], {})[une["mois"], une["guichet"]] = une["n"] or 0
    calculables: dict[str, list[str]] = {}
    for code, mois in v.tuples(_CALCULABLES, bornes):
        calculables.setdefault(code, []).append(mois)
    return {
        code: _compter([(mois, lus.get(mois, {})) for mois in calculables.get(code, ())], recul)
        for (code, recul), lus in listes.items()
    }


def _compter(listes: Sequence[tuple[str, _Actes]], recul: int) -> Compte:
    """Return the account of lists, month by month: each act is of one month and one guichet.

    A list is of its month and of as many before as `recul`.
    """
    if not listes:
        return Compte()
    ouvertes = corrigees = vieillies = 0
    for (_, hier), (mois, ici) in itertools.pairwise(listes):
        premier = mois_avant(mois, recul)
        vieillies += sum(n for (acte, _), n in hier.items() if acte < premier)
        for cle in _tenues(hier, ici, premier):
            ecart = ici.get(cle, 0) - hier.get(cle, 0)
            ouvertes += max(0, ecart)
            corrigees += max(0, -ecart)
    avant, restent = (sum(lus.values()) for _, lus in (listes[0], listes[-1]))
    return Compte(avant, ouvertes, corrigees, 0, vieillies, restent)


def _tenues(hier: _Actes, ici: _Actes, premier: str) -> Iterable[tuple[str, str]]:
    return (cle for cle in hier.keys() | ici.keys() if cle[0] >= premier)
