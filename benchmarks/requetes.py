"""SQL for analysts: what the sandbox adds to DuckDB on the same file, and eight users at once.

INFOCENTRE_DOSSIER names the data directory to ask, copied first; without it a demonstration of the
usual size is made. The page's times are a client's on the loopback.
"""

from __future__ import annotations

import functools
import http.client
import json
import statistics
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any

import duckdb

from benchmarks.outils import Mesure, donnees_copiees, servir
from infocentre.acces.modele import SEUL
from infocentre.analystes.fichier import tenir_analystes
from infocentre.entrepot import Dossier
from infocentre.requetes.execution import executer
from infocentre.requetes.modele import ECRAN

REQUETES = {
    "one row": "select 1",
    "count": "select count(*) from demandes",
    "group": "select guichet_enregistreur, statut, count(*), avg(age_demandeur_demande) "
    "from demandes group by all order by all",
    "join": "select c.epci_nom, count(*) from demandes d join communes c "
    "on c.code = d.commune_log_recherche group by all order by 2 desc",
    "acts": "select type_evenement, date_trunc('month', date_saisie) as mois, count(*), "
    "median(date_saisie - date_evenement) from journal group by all order by all",
    "window": "select guichet, mois, taux_12m, lag(taux_12m) over (partition by code, guichet "
    "order by mois) from valeurs where code = 'ATT_TARDIVE' order by all",
    "10 000 rows": "select numero_unique, date_creation, guichet_enregistreur, statut, "
    "taille_menage from demandes order by date_creation limit 10000",
    "distinct": "select count(distinct numero_unique) from plis",
}
FOIS, UTILISATEURS, CHACUN = 7, 8, 8
SURCOUT = 0.6
ENTETES = {"Content-Type": "application/json", "Sec-Fetch-Site": "same-origin"}


def mesurer(atelier: Path) -> Iterator[Mesure]:
    """Ask each query of DuckDB, of the sandbox and of the page; then by eight users at once."""
    donnees = donnees_copiees(atelier)
    with tenir_analystes(Dossier(donnees)) as base, servir(donnees) as port:
        surcouts = []
        for nom, sql in REQUETES.items():
            nus = _mediane(partial(_duckdb, base, sql))
            bac = _mediane(partial(executer, Dossier(donnees), sql, acces=SEUL))
            page = _mediane(partial(_demander, port, sql))
            surcouts.append(page - nus)
            yield Mesure(f"{nom}: duckdb on the file", nus, "s")
            yield Mesure(f"{nom}: sandbox, more than duckdb", bac - nus, "s", SURCOUT)
            yield Mesure(f"{nom}: page, more than duckdb", page - nus, "s", SURCOUT)
        yield Mesure("median overhead of the page", statistics.median(surcouts), "s", SURCOUT)
        yield from _ensemble(port)


def _mediane(action: Callable[[], object]) -> float:
    durees = []
    for _ in range(FOIS):
        debut = time.perf_counter()
        action()
        durees.append(time.perf_counter() - debut)
    return statistics.median(durees)


def _duckdb(base: Path, sql: str) -> None:
    with duckdb.connect(str(base), read_only=True) as con:
        con.execute(sql).fetchmany(ECRAN.lignes)


def _demander(port: int, sql: str) -> dict[str, Any]:
    """Return what changes on the page when a query is run, by component."""
    lu: dict[str, Any] = _poster(port, "/_dash-update-component", _appel(port, sql))["response"]
    return lu


def _poster(port: int, chemin: str, corps: object = None) -> Any:  # noqa: ANN401 - any JSON
    connexion = http.client.HTTPConnection("127.0.0.1", port)
    methode = "GET" if corps is None else "POST"
    connexion.request(methode, chemin, json.dumps(corps) if corps else None, ENTETES)
    reponse = connexion.getresponse()
    lu = json.loads(reponse.read())
    connexion.close()
    if reponse.status != http.HTTPStatus.OK:
        raise RuntimeError(f"{reponse.status}: {lu}")
    return lu


def _appel(port: int, sql: str) -> dict[str, Any]:
    """Return what a browser posts when somebody clicks on Exécuter."""
    un = _rappel(port)
    tenus = {"editeur.valeur": sql, "executer.n_clicks": 1}

    def tenir(sortes: list[dict[str, Any]]) -> list[dict[str, Any]]:
        return [{**s, "value": tenus.get(f"{s['id']}.{s['property']}")} for s in sortes]

    noms = un["output"][2:-2].split("...")
    return {
        "output": un["output"],
        "outputs": [dict(zip(("id", "property"), nom.split("."), strict=True)) for nom in noms],
        "inputs": tenir(un["inputs"]),
        "state": tenir(un["state"]),
        "changedPropIds": ["executer.n_clicks"],
    }


@functools.cache
def _rappel(port: int) -> dict[str, Any]:
    """Return the callback that runs a query, as the application tells it to a browser."""
    connus: list[dict[str, Any]] = _poster(port, "/_dash-dependencies")
    return next(un for un in connus if "resultat.children" in un["output"])


def _ensemble(port: int) -> Iterator[Mesure]:
    """Let eight users ask the mix, each in another order: an answer, or « occupé »."""

    def partir(rang: int) -> list[tuple[str, float]]:
        mots = list(REQUETES.values())
        return [_verdict(port, mots[(rang + pas) % len(mots)]) for pas in range(CHACUN)]

    debut = time.perf_counter()
    with ThreadPoolExecutor(UTILISATEURS) as fils:
        verdicts = [un for lot in fils.map(partir, range(UTILISATEURS)) for un in lot]
    secondes = time.perf_counter() - debut
    comptes = Counter(verdict for verdict, _ in verdicts)
    durees = [duree for verdict, duree in verdicts if verdict == "faite"]
    autres = len(verdicts) - comptes["faite"] - comptes["occupe"]
    qui = f"{UTILISATEURS} users"
    yield Mesure(f"{qui}, {len(verdicts)} queries: failures", autres, "", 0)
    yield Mesure(f"{qui}: answered « occupé »", comptes["occupe"], "")
    yield Mesure(f"{qui}: answered with rows", comptes["faite"] / secondes, "/s")
    yield Mesure(f"{qui}: p50, queue included", statistics.median(durees), "s")
    p95 = statistics.quantiles(durees, n=20, method="inclusive")[-1]
    yield Mesure(f"{qui}: p95, queue included", p95, "s")


def _verdict(port: int, sql: str) -> tuple[str, float]:
    debut = time.perf_counter()
    lu = _demander(port, sql)
    occupe = lu.get("reprise", {}).get("disabled") is False  # the page would ask again
    faite = bool(lu.get("executee", {}).get("data"))
    return "occupe" if occupe else "faite" if faite else "autre", time.perf_counter() - debut
