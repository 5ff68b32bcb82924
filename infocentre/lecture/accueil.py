"""The month in one screen: what is to be done, key figures, objectives, what moved."""

from __future__ import annotations

import contextlib
import datetime as dt
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, TypedDict, TypeVar

from infocentre.acces.perimetre import TOUT
from infocentre.entrepot import Livraison
from infocentre.entrepot.etats import Solde
from infocentre.entrepot.evenements import Refusee
from infocentre.entrepot.journal import lire_evenements
from infocentre.entrepot.sceaux import decrire_archive
from infocentre.lecture.commun import (
    arrete_precedent,
    livraisons_annuelles,
    mois_controles,
    mois_jamais_livres,
    non_calculables,
    par_version,
    registre,
)
from infocentre.lecture.filtres import Filtres, retenir
from infocentre.lecture.lecteur import Lecture
from infocentre.lecture.partage import partages
from infocentre.lecture.tableaux import Fiabilite, fiabilite, mart_calcule
from infocentre.mesures.declarations import Role
from infocentre.mesures.probabilites import chances_d_un_ecart, retenir_ensemble
from infocentre.mesures.tableaux import tableaux
from infocentre.noyau.erreurs import Refus
from infocentre.noyau.etats import EFFECTIF_MINIMAL, MAUVAIS, SIGNIFICATIFS, Etat, en_sql
from infocentre.noyau.temps import annuels, fin_de_mois, mois_avant

UN_AN, HISTORIQUE = 12, 24
DELAI_LIVRAISON = 15

_MAUVAIS = en_sql(MAUVAIS)
_BONS = en_sql(un for un in SIGNIFICATIFS if un not in MAUVAIS)
_ICI = "departement = $departement AND mois BETWEEN $de AND $mois"
# What names a row, as SQL: its month and the EPCI are known when it is read.
_MOIS, _EPCI_LU = "mois", "$epci"
_TOUT = {"code": "'*'"}
_EPCI = {"niveau": "'epci'", "code": _EPCI_LU}
# A figure: its key, the role of its table, its column, its row.
_Lu = tuple[str, Role, str, Mapping[str, str]]
_CHIFFRES: tuple[_Lu, ...] = (
    ("actives", "evolution", "total", {"code": "'ACTIVES'"}),
    ("actives_hors_mutation", "evolution", "hors_mutation", {"code": "'ACTIVES'"}),
    ("depots", "depots", "total", {"code": _MOIS}),
    ("depots_portail", "depots", "portail", {"code": _MOIS}),
    ("attributions", "attributions", "total", _TOUT),
    ("demandes_par_attribution", "attributions", "demandes_pour_une_attribution", _TOUT),
    (
        "demandes_par_attribution_hors_mutation",
        "attributions",
        "demandes_pour_une_attribution_hors_mutation",
        _TOUT,
    ),
    ("delai", "delais", "delai_median_mois", _TOUT),
)
# What is known by EPCI: wishes and dwellings by their commune, guichets by theirs.
_CHIFFRES_EPCI: tuple[_Lu, ...] = (
    ("actives", "territoires", "demandes_actives", _EPCI),
    ("actives_hors_mutation", "territoires", "demandes_actives_hors_mutation", _EPCI),
    ("attributions", "territoires", "attributions", _EPCI),
    ("demandes_par_attribution", "territoires", "demandes_pour_une_attribution", _EPCI),
    (
        "demandes_par_attribution_hors_mutation",
        "territoires",
        "demandes_pour_une_attribution_hors_mutation",
        _EPCI,
    ),
)
_ETATS = {"rouges": Etat.ROUGE, Etat.A_TRAITER: Etat.A_TRAITER}


def _sql_chiffres(v: Lecture, lus: Sequence[_Lu], guichets: str = "") -> str:
    """Return the SELECT of some figures; one whose table is not calculated is left out."""
    des_tableaux = [
        f"SELECT mois, '{cle}' AS cle, {colonne}::DOUBLE AS valeur FROM {mart} "
        f"WHERE {' AND '.join(f'{nom} = {un}' for nom, un in ligne.items())} AND {_ICI}"
        for cle, role, colonne, ligne in lus
        if (mart := mart_calcule(v, role))
    ]
    des_valeurs = [
        f"SELECT mois, '{cle}' AS cle, count(DISTINCT guichet) FILTER (etat = '{etat}')::DOUBLE "
        f"AS valeur FROM valeurs WHERE niveau = 'guichet' {guichets} AND {_ICI} GROUP BY mois"
        for cle, etat in _ETATS.items()
    ]
    return " UNION ALL ".join([*des_tableaux, *des_valeurs])


# By indicator, the last arrêté before at which it was calculable: what is not is compared to none.
_AVANT = f"""
avant AS (
    SELECT regles.code, max(connus.mois) AS mois
    FROM regles, (
        SELECT DISTINCT mois FROM valeurs WHERE departement = $departement AND mois < $mois
    ) AS connus
    WHERE (regles.code, connus.mois) NOT IN (
        SELECT (code, mois) FROM valeurs
        WHERE departement = $departement AND niveau = 'departement'
            AND etat = '{Etat.NON_CALCULABLE}'
    )
    GROUP BY regles.code
)"""
_LIES = """
LEFT JOIN avant USING (code)
LEFT JOIN valeurs AS a ON a.departement = v.departement AND a.mois = avant.mois
    AND a.niveau = v.niveau AND a.guichet = v.guichet AND a.code = v.code"""

# `sens`: entree, reste or sortie of rouge or à traiter; `depuis`: the month it entered.
_A_REPRENDRE = f"""
WITH {_AVANT}, pires AS (
    SELECT v.guichet, v.code, v.etat, avant.mois AS compare, regles.ordre, CASE
        WHEN v.etat NOT IN {_MAUVAIS} THEN 'sortie'
        WHEN a.etat IN {_MAUVAIS} THEN 'reste' ELSE 'entree' END AS sens
    FROM valeurs AS v JOIN regles USING (code) {_LIES}
    WHERE v.departement = $departement AND v.mois = $mois AND v.niveau = 'guichet'
        AND (v.etat IN {_MAUVAIS}
            OR v.etat IN {_BONS} AND a.etat IN {_MAUVAIS})
),
derniers AS (
    SELECT guichet, code, max(mois) AS dernier_bon
    FROM valeurs SEMI JOIN pires USING (guichet, code)
    WHERE departement = $departement AND niveau = 'guichet' AND mois < $mois
        AND etat NOT IN {_MAUVAIS}
    GROUP BY ALL
)
SELECT guichet, guichet AS nom, code, etat, sens, compare,
    (SELECT min(mois) FROM valeurs AS v WHERE v.departement = $departement
        AND v.niveau = 'guichet' AND v.guichet = pires.guichet AND v.code = pires.code
        AND v.mois > coalesce(derniers.dernier_bon, '') AND v.etat IN {_MAUVAIS}
    ) AS depuis
FROM pires LEFT JOIN derniers USING (guichet, code)
ORDER BY etat <> '{Etat.ROUGE}', ordre, guichet
"""

# `sens`: what the state became since the arrêté before; out of rouge for whatever it is now.
_CHANGEMENTS = f"""
WITH {_AVANT}
SELECT v.guichet, v.guichet AS nom, v.code, a.etat AS etat_avant, v.etat, CASE
    WHEN v.etat IN {_MAUVAIS} THEN '{Etat.ROUGE}' WHEN a.etat IN {_MAUVAIS} THEN 'sortie'
    WHEN v.etat = '{Etat.ORANGE}' THEN '{Etat.ORANGE}' ELSE '{Etat.VERT}' END AS sens
FROM valeurs AS v JOIN regles USING (code) {_LIES}
WHERE v.departement = $departement AND v.mois = $mois AND v.niveau = 'guichet'
    AND v.etat IS DISTINCT FROM a.etat
    AND (coalesce(a.etat IN {_MAUVAIS}, false) <> (v.etat IN {_MAUVAIS})
        OR v.etat = '{Etat.ORANGE}' OR v.etat = '{Etat.VERT}' AND a.etat = '{Etat.ORANGE}')
ORDER BY regles.ordre, v.guichet
"""

# Not what states rest on, but two windows that share no unit of a flow, as the test supposes: the
# 12 months, of a tolérance zéro too, against those of a year before (`an`), the month against the
# 11 months before as the same delivery tells them (`mois`); a stock against the stock of then,
# whose common units make the test cautious.
_COMPARAISONS = f"""
WITH comparees AS (
    SELECT v.guichet, v.code, regles.ordre, regles.nature, 'an' AS recul,
        if(v.denominateur_12m IS NULL, v.numerateur, v.numerateur_12m) AS n,
        coalesce(v.denominateur_12m, v.denominateur) AS d,
        if(a.denominateur_12m IS NULL, a.numerateur, a.numerateur_12m) AS n_avant,
        coalesce(a.denominateur_12m, a.denominateur) AS d_avant, v.numerateur AS n_mois
    FROM valeurs AS v JOIN regles USING (code)
    JOIN valeurs AS a ON a.departement = v.departement AND a.mois = $an_avant
        AND a.niveau = v.niveau AND a.guichet = v.guichet AND a.code = v.code
    WHERE v.departement = $departement AND v.mois = $mois
        AND v.niveau IN ('departement', 'guichet') AND v.etat <> '{Etat.CONTEXTE}'
    UNION ALL
    SELECT v.guichet, v.code, regles.ordre, regles.nature, 'mois', v.numerateur, v.denominateur,
        if(regles.nature = 'flux', v.numerateur_12m - v.numerateur, a.numerateur),
        if(regles.nature = 'flux', v.denominateur_12m - v.denominateur, a.denominateur),
        v.numerateur
    FROM valeurs AS v JOIN regles USING (code)
    LEFT JOIN valeurs AS a ON a.departement = v.departement AND a.mois = $avant
        AND a.niveau = v.niveau AND a.guichet = v.guichet AND a.code = v.code
    WHERE v.departement = $departement AND v.mois = $mois
        AND v.niveau IN ('departement', 'guichet') AND v.etat_mois <> '{Etat.CONTEXTE}'
)
SELECT guichet, guichet AS nom, code, ordre, nature, recul, n, d, n_avant, d_avant, n_mois,
    n / d AS taux, n_avant / d_avant AS taux_avant
FROM comparees WHERE d >= {EFFECTIF_MINIMAL} AND d_avant >= {EFFECTIF_MINIMAL}
    AND n IS NOT NULL AND n_avant IS NOT NULL  -- a hidden count compares to nothing
"""

# What is read of its table, which may hide it: both counts, the share where the income is known.
_COLONNES: Mapping[str, tuple[str, ...]] = {
    "logement_dabord": ("attributions_annee", "toutes_attributions_annee"),
    "dalo": ("prioritaires", "attributions"),
    "premier_quartile": (
        "premier_quartile_ou_anru",
        "attributions_hors_qpv",
        "part_revenu_connu",
    ),
}
# By key: the role of its table, then its figures and its row.
_OBJECTIFS: dict[str, tuple[Role, str]] = {
    "logement_dabord": (
        "logement_dabord",
        """
SELECT 'logement_dabord' AS cle, attributions_annee AS realise, toutes_attributions_annee AS sur,
    part_annee AS part, NULL::DOUBLE AS part_connue, objectif_annuel AS objectif,
    prorata AS attendu
FROM {mart} WHERE code = '*' AND departement = $departement AND mois = $mois""",
    ),
    "dalo": (
        "prioritaires",
        """
SELECT 'dalo' AS cle, prioritaires AS realise, attributions AS sur, part_prioritaires AS part,
    NULL::DOUBLE AS part_connue, objectif, NULL::DOUBLE AS attendu
FROM {mart} WHERE code = '*' AND departement = $departement AND mois = $mois""",
    ),
    "premier_quartile": (
        "mixite_hors_qpv",
        """
SELECT 'premier_quartile' AS cle, premier_quartile_ou_anru AS realise, attributions_hors_qpv AS sur,
    part_du_total AS part, part_revenu_connu AS part_connue, objectif, NULL::DOUBLE AS attendu
FROM {mart} WHERE code = if($epci = '', '*', $epci) AND departement = $departement AND mois = $mois
""",
    ),
}
ROLES_DES_OBJECTIFS = {cle: role for cle, (role, _) in _OBJECTIFS.items()}
PAR_EPCI = frozenset(
    {
        "actives",
        "actives_hors_mutation",
        "attributions",
        "demandes_par_attribution",
        "demandes_par_attribution_hors_mutation",
        "rouges",
        Etat.A_TRAITER,
    }
)


@dataclass(frozen=True, slots=True)
class Attente:
    """What deliveries ask for: one that is late, those refused since the last, months to control.

    `attendue` is the arrêté of the late delivery; `jamais_livres` are months between two delivered
    that a delivery should be of: yearly ones expect none.
    """

    attendue: dt.date | None
    refusees: list[Refusee]
    a_controler: list[str]
    jamais_livres: list[str]


@dataclass(frozen=True, slots=True)
class EtatLivraison:
    """The last delivery: what was read and rejected (lines), its balance with the one before."""

    livraison: Livraison
    lues: int
    rejetees: int
    anomalies_format: int
    codes_inconnus: int
    guichets_inconnus: int
    solde: Solde | None
    jours: int


class Nommee(TypedDict):
    """A row of a guichet, or of the département ('*')."""

    guichet: str
    nom: str


class AReprendre(Nommee):
    """An indicator that is, or is no more, rouge or à traiter, in the words of _A_REPRENDRE.

    `compare` is the month that it is compared with, None without one.
    """

    code: str
    etat: str
    sens: str
    compare: str | None
    depuis: str


class Changement(Nommee):
    """A state that is not the one of the month before, in the words of _CHANGEMENTS.

    `etat_avant` is None for what had no value then.
    """

    code: str
    etat_avant: str | None
    etat: str
    sens: str


@dataclass(frozen=True, slots=True)
class Changements:
    """The states that changed since `depuis`, the month controlled before; None for the first."""

    depuis: str | None
    lignes: list[Changement]


class Comparaison(Nommee):
    """Counts of two windows, and of the month; grain: guichet (or '*') × code × recul."""

    code: str
    ordre: int
    nature: str
    recul: str
    n: int
    d: int
    n_avant: int
    d_avant: int
    taux: float
    taux_avant: float
    n_mois: int


class Mouvement(Comparaison):
    """`chance`: that of rates at least so far apart when nothing moved."""

    chance: float


def compare_de_loin(lignes: Iterable[AReprendre], mois: str) -> str | None:
    """Return the oldest month that entries are compared with, None when it is the month before."""
    compares = {une["compare"] for une in lignes if une["sens"] == "entree" and une["compare"]}
    return min(compares - {mois_avant(mois)}, default=None)


def revolu(une: Comparaison) -> bool:
    """Tell whether 12 months are worse for what the last one has no more: it is not rising."""
    return une["nature"] == "flux" and une["recul"] == "an" and not une["n_mois"]


@dataclass(frozen=True, slots=True)
class Mouvements:
    """How many comparisons are made, and what stands once corrected for it, the surest first."""

    comparaisons: int
    lignes: tuple[Mouvement, ...]


@dataclass(frozen=True, slots=True)
class Objectif:
    """A policy objective: counts and share done; `objectif` is a yearly count or a share.

    `tableau` is the code of the table that its figures are read in.

    `attendu` is the count that would be on target today, None when no objective is set.
    """

    cle: str
    realise: int
    sur: int
    part: float | None
    part_connue: float | None
    objectif: float | None
    attendu: float | None
    tableau: str = ""
    fiabilite: list[Fiabilite] = field(default_factory=list)

    @property
    def atteint(self) -> bool | None:
        """Tell whether the objective is met to date; None when none is set."""
        return None if self.attendu is None else self.realise >= self.attendu


N = TypeVar("N", bound=Nommee)


def attente(v: Lecture, departement: str, aujourdhui: dt.date) -> Attente:
    """Return what is late, refused or waiting; refusals name no département, nor who may know."""
    livraisons = v.version.de(departement)
    derniere = livraisons[-1]
    suivante = -UN_AN if livraisons_annuelles(v, departement) else -1
    attendue = fin_de_mois(mois_avant(derniere.mois, suivante))
    en_retard = aujourdhui > attendue + dt.timedelta(days=DELAI_LIVRAISON)
    chargee_le = max(une.chargee_le for une in livraisons)
    refus = lire_evenements(v.dossier.refus, Refusee) if v.p == TOUT else []
    refusees = [un for un in refus if un["le"] > chargee_le]
    a_controler = [une.mois for une in livraisons if une.controle is None]
    return Attente(
        attendue if en_retard else None, refusees, a_controler, mois_jamais_livres(v, departement)
    )


@par_version
def derniere_livraison(v: Lecture, departement: str, aujourdhui: dt.date) -> EtatLivraison | None:
    """Return the newest delivery of a département and what reception said of it.

    None for who sees some guichets only: it counts the rows of all.
    """
    if v.p.partiel:
        return None
    livraison = v.version.de(departement)[-1]
    description = decrire_archive(v.dossier, livraison)
    tables = description["tables"].values()
    soldes = v.lignes(
        "SELECT * FROM soldes WHERE departement = $departement AND arrete = $arrete::DATE",
        {"departement": departement, "arrete": livraison.arrete},
        Solde,
    )
    return EtatLivraison(
        livraison=livraison,
        lues=sum(table["lus"] for table in tables),
        rejetees=sum(sum(table["rejets"].values()) for table in tables),
        anomalies_format=description["anomalies_format"],
        codes_inconnus=len(description["codes_inconnus"]),
        guichets_inconnus=len(description["guichets_inconnus"]),
        solde=soldes[0] if soldes else None,
        jours=(aujourdhui - dt.date.fromisoformat(livraison.arrete)).days,
    )


@par_version
def chiffres(v: Lecture, filtres: Filtres) -> dict[str, dict[str, float]]:
    """Return the key figures of the last 24 months, as each month published them: {key: {month}}.

    Those of yearly arrêtés are all there.

    A figure that could not be calculated in a month is not there, nor, for who may see no small
    count, one that the table as it is shared does not tell. With an EPCI, those of `PAR_EPCI` are
    its own; the others stay the département's.
    """
    parametres = {
        "departement": filtres.departement,
        "mois": filtres.mois,
        "de": _debut(v, filtres),
    }
    lues = v.tuples(_sql_chiffres(v, _CHIFFRES), parametres)
    if filtres.epci:
        lues = [une for une in lues if une[1] not in PAR_EPCI]
        siens = sorted(retenir(v, filtres).guichets or ())
        lieu = {"epci": filtres.epci, "guichets": siens}
        siens_seuls = "AND list_contains($guichets, guichet)"
        sql = _sql_chiffres(v, _CHIFFRES_EPCI, siens_seuls)
        lues += v.tuples(sql, _nommes(sql, parametres | lieu))
    lus: dict[str, dict[str, float]] = {}
    for mois, cle, valeur in lues:
        if valeur is not None and _se_dit(v, filtres, mois, cle, valeur):
            lus.setdefault(cle, {})[mois] = valeur
    return lus


def memes_indicateurs(v: Lecture, filtres: Filtres, mois: str) -> bool:
    """Tell whether the same indicators are calculable in another month: counts of guichets are."""
    ici, autre = (non_calculables(v, filtres.departement, un) for un in (filtres.mois, mois))
    return ici == autre


@par_version
def actives_livrees(v: Lecture, filtres: Filtres, connues: frozenset[str]) -> Mapping[str, float]:
    """Return the demandes actives of the months that no table says: the rows of their stock.

    None with an EPCI, whose rows are not told, nor to who may see no small count, to whom a table
    may hide them.
    """
    if filtres.epci or v.p.petits_masques:
        return {}
    debut, lues = _debut(v, filtres), dict[str, float]()
    for une in v.version.de(filtres.departement):
        if une.publiee and debut <= une.mois <= filtres.mois and une.mois not in connues:
            with contextlib.suppress(Refus):  # an archive that is damaged says nothing of itself
                lues[une.mois] = decrire_archive(v.dossier, une)["tables"]["stock"]["conserves"]
    return lues


def _debut(v: Lecture, filtres: Filtres) -> str:
    """Return the first month drawn: 24 months before, or that of the first yearly arrêté."""
    connus = [un for un in mois_controles(v, filtres.departement) if un <= filtres.mois]
    return min([mois_avant(filtres.mois, HISTORIQUE), *annuels(connus)])


def _se_dit(v: Lecture, filtres: Filtres, mois: str, cle: str, valeur: float) -> bool:
    """Tell whether a figure is shown: what its table hides, to who may see small counts only."""
    siens = _CHIFFRES_EPCI if filtres.epci and cle in PAR_EPCI else _CHIFFRES
    lu = next((un for un in siens if un[0] == cle), None)
    if lu is None or not v.p.petits_masques:
        return True
    _, role, colonne, ligne = lu
    dits = {_MOIS: mois, _EPCI_LU: filtres.epci}
    repere = {nom: dits.get(un, un.strip("'")) for nom, un in ligne.items()}
    partagee = _partagee(v, filtres.departement, mois, role, repere)
    return bool(partagee.get(colonne) == valeur)


def _partagee(
    v: Lecture, departement: str, mois: str, role: Role, repere: Mapping[str, str]
) -> Mapping[str, Any]:
    """Return a row of a table as it is shared, empty when it has none."""
    code = tableaux().code(role)
    lue = partages(v, departement, mois, frozenset({code})).get(code)
    lignes = lue.lignes if lue else []
    return next((une for une in lignes if repere.items() <= une.items()), {})


@par_version
def a_reprendre(v: Lecture, filtres: Filtres) -> list[AReprendre]:
    """Return who is rouge or à traiter, who has just come back, and since when; by `sens`.

    Grain: guichet × indicator. Without an arrêté before, everything is an entry.
    """
    return _nommer(v, filtres, v.lignes(_A_REPRENDRE, _parametres(filtres), AReprendre))


@par_version
def changements(v: Lecture, filtres: Filtres) -> Changements:
    """Return who enters or leaves each state since the last controlled month before.

    Grain: guichet × indicator.
    """
    avant = arrete_precedent(v, filtres.departement, filtres.mois)
    if avant is None:
        return Changements(None, [])
    lignes = v.lignes(_CHANGEMENTS, _parametres(filtres), Changement)
    return Changements(avant, _nommer(v, filtres, lignes))


@par_version
def mouvements(v: Lecture, filtres: Filtres) -> Mouvements:
    """Return the movements that stand among all those of the page; grain: guichet (or '*') × code.

    With an EPCI, only its guichets: the département is no place of it.
    """
    parametres = _parametres(filtres, "avant", "an_avant")
    lignes = _nommer(v, filtres, v.lignes(_COMPARAISONS, parametres, Comparaison))
    avant = [une["n_avant"] for une in lignes], [une["d_avant"] for une in lignes]
    chances = chances_d_un_ecart(
        avant, ([une["n"] for une in lignes], [une["d"] for une in lignes])
    )
    tenus = retenir_ensemble(chances)
    surs: list[Mouvement] = [
        {**une, "chance": float(chance)}
        for une, chance, tient in zip(lignes, chances, tenus, strict=True)
        if tient
    ]
    surs.sort(
        key=lambda une: (
            une["chance"],
            -abs(une["taux"] - une["taux_avant"]),
            une["ordre"],
            une["guichet"],
            une["recul"],
        )
    )
    uniques: dict[tuple[str, str], Mouvement] = {}
    for une in surs:
        uniques.setdefault((une["guichet"], une["code"]), une)
    return Mouvements(len(lignes), tuple(uniques.values()))


@par_version
def objectifs(v: Lecture, filtres: Filtres) -> list[Objectif]:
    """Return the objectives that can be calculated this month, with what their figures rest on.

    With an EPCI, the first quartile is its own; the others stay the département's.
    """
    departement, mois = filtres.departement, filtres.mois
    lieu = {"departement": departement, "mois": mois, "epci": filtres.epci}
    requetes = [
        sql.format(mart=mart)
        for role, sql in _OBJECTIFS.values()
        if (mart := mart_calcule(v, role))
    ]
    sql = " UNION ALL ".join(requetes)
    codes = {cle: tableaux().code(role) for cle, (role, _) in _OBJECTIFS.items()}
    lus = [Objectif(*une) for une in v.tuples(sql, _nommes(sql, lieu))] if requetes else []
    return [
        replace(
            un,
            attendu=_attendu(un),
            tableau=codes[un.cle],
            fiabilite=fiabilite(v, codes[un.cle], departement, mois),
        )
        for un in (_partager(v, filtres, un) for un in lus)
        if un
    ]


def _partager(v: Lecture, filtres: Filtres, un: Objectif) -> Objectif | None:
    """Return what is shown of an objective: what its table hides, to who may see small counts."""
    if not v.p.petits_masques:
        return un
    role, _ = _OBJECTIFS[un.cle]
    code = filtres.epci if filtres.epci and tableaux().du_role(role).declare.par_epci else "*"
    ligne = _partagee(v, filtres.departement, filtres.mois, role, {"code": code})
    dits = [ligne.get(nom) for nom in _COLONNES[un.cle]]
    if dits[:2] != [un.realise, un.sur]:
        return None
    return un if dits[2:] in ([], [un.part_connue]) else replace(un, part_connue=None)


def _nommes(sql: str, parametres: Mapping[str, Any]) -> dict[str, Any]:
    """Keep the parameters that a SELECT names: DuckDB refuses the others."""
    return {nom: valeur for nom, valeur in parametres.items() if f"${nom}" in sql}


def _attendu(un: Objectif) -> float | None:
    """Return the count that is on target, whole: the year's objective to date, or the share due."""
    annuel = un.cle == "logement_dabord" or un.objectif is None
    du = un.attendu if annuel else (un.objectif or 0) * un.sur
    return None if du is None else float(math.ceil(du - 1e-9))


def _parametres(filtres: Filtres, *reculs: str) -> dict[str, Any]:
    precedents = {"avant": mois_avant(filtres.mois), "an_avant": mois_avant(filtres.mois, UN_AN)}
    return {
        "departement": filtres.departement,
        "mois": filtres.mois,
        **{nom: precedents[nom] for nom in reculs},
    }


def _nommer(v: Lecture, filtres: Filtres, lignes: list[N]) -> list[N]:
    """Return the rows that the reader may see, and name their guichets."""
    vus = retenir(v, filtres)
    noms = {
        une["guichet"]: une["nom"] or une["guichet"]
        for une in registre(v, filtres.departement, filtres.mois, vus)
    }
    for ligne in lignes:
        ligne["nom"] = noms.get(ligne["guichet"], ligne["guichet"])
    return [
        ligne
        for ligne in lignes
        if (ligne["guichet"] == "*" and not filtres.epci) or vus.voit_guichet(ligne["guichet"])
    ]
