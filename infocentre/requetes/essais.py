"""The test rows of a candidate: invented, then sorted by the rule itself.

One row of the population, found in the tests of its other indicators, is changed in the columns
that the rule reads until one is in anomaly and a neighbour is not. No row of a delivery is read.
A person reads the expectations again: they say what the rule does, not what it should do.
"""

from __future__ import annotations

import datetime as dt
import itertools
import random
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import yaml

from infocentre.catalogue import Catalogue, Indicateur
from infocentre.catalogue.analyse import colonnes_nommees, noeuds, seul_select
from infocentre.catalogue.schema import creer_tables, relations
from infocentre.catalogue.sql import condition
from infocentre.contrat import Colonne, contrat
from infocentre.entrepot.relations import citer
from infocentre.exports import lisible
from infocentre.noyau import fichiers_yaml

Ligne = dict[str, Any]

LIGNES = "tests/indicateurs"  # where a project has them
ARRETE = dt.date(2026, 10, 31)
ESSAIS_MAX = 6_000
_JOURS = (0, 1, 10, 20, 31, 62, 93, 185, 366, 400, 731)
_NOMBRES = (0, 1, 2, 5, 10, 50, 100, 500, 2000)
_TEXTES = ("X", "13201", "123456789", "A123456789")
_VIDES_MAX = 3
_AVERTISSEMENT = "# Lignes inventées pour cette règle : relire chaque attendu, puis effacer ceci."


@dataclass(frozen=True, slots=True)
class Modele:
    """A row that is in the population, and the rows of other tables that it needs."""

    table: str
    ligne: Ligne
    communs: dict[str, list[Ligne]]


@dataclass(frozen=True, slots=True)
class Juge:
    """What the rule says of a row that is in its population in the month."""

    ligne: Ligne
    guichet: str
    concernee: bool
    anomalie: bool


def preparer(catalogue: Catalogue, indicateur: Indicateur, essais: Path) -> Banc | None:
    """Return where the rule of a candidate will judge rows, None when no neighbour gives one.

    `essais` is the directory of the other indicators' test rows. The rule is not evaluated.
    """
    modele = _modele(catalogue, indicateur, essais)
    return Banc(catalogue, indicateur, modele) if modele else None


def inventer(banc: Banc) -> str | None:
    """Return the text of tests/indicateurs/<CODE>.yml, None when no telling rows were found."""
    juges = banc.juger(_variantes(banc.modele.ligne, banc.domaines()))
    paire = _plus_proches(juges)
    if paire is None:
        return None
    conforme, anomalie = banc.resserrer(*paire)
    cas = [
        _cas(banc, "conforme", conforme),
        _cas(banc, "anomalie", anomalie),
        *(_cas(banc, "vide", vide) for vide in banc.vides(anomalie)),
    ]
    return _texte(banc.modele, cas)


class Banc:
    """A base of empty relations, where the rule judges rows of one table."""

    def __init__(self, catalogue: Catalogue, indicateur: Indicateur, modele: Modele) -> None:
        self.modele = modele
        self.indicateur = indicateur
        self.population = catalogue.populations[indicateur.population]
        self.con = duckdb.connect(config={"threads": 1})
        creer_tables(self.con)
        for table, lignes in modele.communs.items():
            completes = [self._completer(table, une, f"C{rang}") for rang, une in enumerate(lignes)]
            self._remplir(table, completes)

    def domaines(self) -> dict[str, list[Any]]:
        """Return the values to try, by column of the table that the rule rests on."""
        nommees = self._nommees
        propres = relations()[self.modele.table]
        if not nommees <= propres.keys():
            nommees = nommees | _colonnes(self.population.sql)
        constantes = [une for regle in self._regles for une in _constantes(f"select {regle}\n")]
        colonnes = {une.champ: une for une in contrat().tables[self.modele.table].colonnes}
        return {
            nom: _valeurs(colonnes.get(nom), constantes)
            for nom in propres
            if nom in nommees - {"departement", "arrete", "mois", self._cle, "numero_unique"}
        }

    @property
    def _regles(self) -> list[str]:
        return [self.indicateur.anomalie, *filter(None, [self.indicateur.applicable])]

    @property
    def _nommees(self) -> frozenset[str]:
        return frozenset().union(*(colonnes_nommees(une) for une in self._regles))

    @property
    def _cle(self) -> str:
        return contrat().tables[self.modele.table].cle.lower()

    def juger(self, lignes: Sequence[Ligne]) -> list[Juge]:
        """Return what the rule says of those of the rows that are in the population's month."""
        table = self.modele.table
        marquees = [self._completer(table, une, f"V{rang}") for rang, une in enumerate(lignes)]
        self._remplir(table, marquees)
        concernee = self.indicateur.applicable or "true"
        lues = self.con.execute(
            f"select unite[2:]::int, guichet, coalesce(({concernee}\n), false), "
            f"coalesce(({condition(self.indicateur)}\n), false) from (\n{self.population.sql}\n) "
            "where jour between date_trunc('month', arrete) and arrete and unite[1] = 'V' "
            "order by 1"
        ).fetchall()
        self.con.execute(f"delete from {table} where {self._cle}[1] = 'V'")
        return [Juge(lignes[rang], *reste) for rang, *reste in lues]

    def resserrer(self, conforme: Juge, anomalie: Juge) -> tuple[Juge, Juge]:
        """Bring two rows that differ by one date or number to the edge of the rule, by halves."""
        differents = _differences(conforme.ligne, anomalie.ligne)
        while milieu := _milieu(conforme.ligne, anomalie.ligne, differents):
            juges = self.juger([milieu])
            if not juges or not juges[0].concernee:
                break
            if juges[0].anomalie:
                anomalie = juges[0]
            else:
                conforme = juges[0]
        return conforme, anomalie

    def vides(self, anomalie: Juge) -> list[Juge]:
        """Return what the row in anomaly becomes without each of the columns that make it one."""
        nommees = self._nommees & set(anomalie.ligne) or set(anomalie.ligne) - {*self.modele.ligne}
        connues = [nom for nom in sorted(nommees) if anomalie.ligne.get(nom) is not None]
        return self.juger([anomalie.ligne | {nom: None} for nom in connues[:_VIDES_MAX]])

    def _completer(self, table: str, ligne: Ligne, nom: str) -> Ligne:
        cle = contrat().tables[table].cle.lower() if table in contrat().tables else ""
        propres: Ligne = {"departement": "013", "arrete": ARRETE, "mois": f"{ARRETE:%Y-%m}"}
        if nom.startswith("V") and "numero_unique" in relations()[table]:
            propres["numero_unique"] = nom
        complete = propres | ligne
        return complete | ({cle: nom} if cle and (nom[0] == "V" or cle not in ligne) else {})

    def _remplir(self, table: str, lignes: Sequence[Ligne]) -> None:
        noms = sorted({nom for une in lignes for nom in une})
        valeurs = ", ".join(
            f"({', '.join(_litteral(une.get(nom)) for nom in noms)})" for une in lignes
        )
        if valeurs:
            self.con.execute(f"insert into {table} ({', '.join(noms)}) values {valeurs}")


def _modele(catalogue: Catalogue, indicateur: Indicateur, essais: Path) -> Modele | None:
    """Return the plainest row that a test of the same population counts."""
    voisins = [un.code for un in catalogue.de_population(indicateur.population)]
    modeles = [
        modele
        for code in voisins
        if code != indicateur.code and (essais / f"{code}.yml").is_file()
        for modele in _modeles(fichiers_yaml.lire((essais / f"{code}.yml").read_text("utf-8")))
    ]
    return min(modeles, key=_lourdeur, default=None)


def _lourdeur(modele: Modele) -> int:
    """Rank a row: what it needs, what it says, and what it leaves unknown."""
    vides = sum(une is None for une in modele.ligne.values())
    return len(modele.ligne) + 9 * (len(modele.communs) + vides)


def _modeles(fiche: Mapping[str, Any]) -> Iterator[Modele]:
    for cas in fiche["cas"]:
        lignes = [(table, une) for table, celles in cas["tables"].items() for une in celles]
        if len(lignes) == 1 and "arrete" not in cas and cas["attendu"]:
            table, ligne = lignes[0]
            base = fiche.get("defaut", {}).get(table, {})
            if "arrete" not in base | ligne:
                yield Modele(table, base | ligne, fiche.get("communs", {}))


def _colonnes(sql: str) -> set[str]:
    """Return every column that a SELECT names, wherever it is."""
    return {
        un["column_names"][-1].lower()
        for un in noeuds(seul_select(sql))
        if un.get("class") == "COLUMN_REF"
    }


def _constantes(sql: str) -> list[Any]:
    """Return the numbers and texts that a rule writes."""
    valeurs = (
        un["value"].get("value") for un in noeuds(seul_select(sql)) if un.get("class") == "CONSTANT"
    )
    return [une for une in valeurs if isinstance(une, int | float | str)]


def _valeurs(colonne: Colonne | None, constantes: Iterable[Any]) -> list[Any]:
    if colonne is None or colonne.type == "indicatrice":
        return [None, 0, 1]
    if colonne.type in ("date", "naissance"):
        return [None, *(ARRETE - dt.timedelta(days=jours) for jours in _JOURS)]
    if colonne.type in ("entier", "decimal"):
        nombres = {int(un) for un in constantes if isinstance(un, int | float)}
        proches = {max(0, nombre + ecart) for nombre in nombres for ecart in (-1, 0, 1)}
        return [None, *sorted(proches | set(_NOMBRES))]
    codes = contrat().codes[colonne.codes] if colonne.codes else _TEXTES
    return [None, *dict.fromkeys([*codes, *(un for un in constantes if isinstance(un, str))])]


def _variantes(ligne: Ligne, domaines: Mapping[str, list[Any]]) -> list[Ligne]:
    """Return the row, then its changes of one column, of two, and some of more."""
    hasard = random.Random(0)  # noqa: S311 - the same rows each time
    unes = [{nom: une} for nom, celles in domaines.items() for une in celles]
    deux = [
        {**une, **autre}
        for une, autre in itertools.combinations(unes, 2)
        if une.keys() != autre.keys()
    ]
    plus = [
        {nom: hasard.choice(celles) for nom, celles in domaines.items()}
        for _ in range(ESSAIS_MAX // 3)
    ]
    if len(deux) > ESSAIS_MAX:
        deux = hasard.sample(deux, ESSAIS_MAX)
    return [ligne | changement for changement in ({}, *unes, *deux, *plus)]


def _plus_proches(juges: Sequence[Juge]) -> tuple[Juge, Juge] | None:
    """Return a row without anomaly and one in anomaly, that differ by as little as possible."""
    conformes = [un for un in juges if un.concernee and not un.anomalie]
    anomalies = [un for un in juges if un.anomalie]
    if not conformes or not anomalies:
        return None
    candidates = itertools.product(conformes[:200], anomalies[:200])
    return min(candidates, key=lambda paire: _ecart(paire[0].ligne, paire[1].ligne))


def _ecart(une: Ligne, autre: Ligne) -> tuple[int, int]:
    """Rank a pair: few columns apart, and apart by known values."""
    noms = _differences(une, autre)
    return len(noms), sum(ligne.get(nom) is None for nom in noms for ligne in (une, autre))


def _differences(une: Ligne, autre: Ligne) -> list[str]:
    return [nom for nom in sorted({*une, *autre}) if une.get(nom) != autre.get(nom)]


def _milieu(conforme: Ligne, anomalie: Ligne, differents: list[str]) -> Ligne | None:
    """Return the row half-way, None when there is none between."""
    if len(differents) != 1:
        return None
    une, autre = (ligne.get(differents[0]) for ligne in (conforme, anomalie))
    if isinstance(une, dt.date) and isinstance(autre, dt.date):
        milieu: Any = une + dt.timedelta(days=(autre - une).days // 2)
    elif isinstance(une, int) and isinstance(autre, int):
        milieu = une + (autre - une) // 2
    else:
        return None
    return anomalie | {differents[0]: milieu} if milieu not in (une, autre) else None


def _litteral(valeur: object) -> str:
    if valeur is None:
        return "null"
    if isinstance(valeur, bool | int | float):
        return str(valeur).lower()
    return citer(str(valeur))


def _cas(banc: Banc, genre: str, juge: Juge) -> dict[str, Any]:
    """Return one case as the tests read it, with the counts of its only row."""
    base = banc.modele.ligne
    propre = {nom: une for nom, une in juge.ligne.items() if base.get(nom, "") != une}
    comptes = {"numerateur": int(juge.anomalie), "denominateur": int(juge.concernee)}
    if banc.population.nature == "flux":
        comptes |= {f"{nom}_12m": compte for nom, compte in list(comptes.items())}
    return {
        "genre": genre,
        "nom": f"{_dire(banc.modele.table, propre)}, {_verdict(juge)}",
        "tables": {banc.modele.table: [propre]},
        "attendu": {juge.guichet: comptes} if juge.concernee else {},
    }


def _verdict(juge: Juge) -> str:
    if not juge.concernee:
        return "hors du compte"
    return "en anomalie" if juge.anomalie else "sans anomalie"


def _dire(table: str, ligne: Ligne) -> str:
    libelles = {une.champ: une.libelle for une in contrat().tables[table].colonnes}
    return (
        ", ".join(
            f"{libelles.get(nom, nom)} = {'vide' if valeur is None else lisible(valeur)}"
            for nom, valeur in ligne.items()
        )
        or "La ligne de départ"
    )


class _SansRenvois(yaml.SafeDumper):
    """A dumper that writes a value again rather than refer to it."""

    def ignore_aliases(self, data: object) -> bool:  # noqa: ARG002 - PyYAML's own
        return True


def _texte(modele: Modele, cas: list[dict[str, Any]]) -> str:
    fiche: dict[str, Any] = {"defaut": {modele.table: modele.ligne}}
    if modele.communs:
        fiche["communs"] = modele.communs
    corps = yaml.dump(
        fiche | {"cas": cas},
        Dumper=_SansRenvois,
        allow_unicode=True,
        sort_keys=False,
        default_flow_style=None,
        width=100,
    )
    return f"{_AVERTISSEMENT}\n{corps}"
