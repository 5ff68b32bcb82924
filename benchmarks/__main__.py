"""`python -m benchmarks [NAME…]`: run the benchmarks, exit 1 when a figure is over its limit.

Without a name, all are run but those that take much longer, or the rights of root.
"""

from __future__ import annotations

import importlib
import os
import platform
import sys
import tempfile
from pathlib import Path

BANCS = {
    "reception": "a dirty stock file of 1 M rows ÷ read_csv of its clean equivalent",
    "controler": "fixed cost of a command, growth from 1 M to 10 M rows ÷ raw SQL",
    "integrite": "what checking files adds to charger and controler",
    "autre-moteur": "seven indicators of every month by polars on the same archives ÷ DuckDB",
    "mensuel": "100 000 active demandes after 1 M rows of history: time and memory",
    "hors-ligne": "connections outside the machine during the demo and a month",
    "tableaux-de-bord": "time of each page, one reader and eight; JavaScript; grid and scroll",
    "tableaux-de-bord-nation": "the same, 2 500 guichets among 101 départements (long)",
    "region": "the page of a region: 13 départements side by side",
    "requetes": "what the sandbox of SQL adds to DuckDB on the same file; eight users at once",
    "statistiques": "what chance alone colours, moves, breaks or betters: rouge to effects",
    "vraisemblance": "drifts of a column that are stopped, and what the others would publish",
    "correspondances": "reception through a correspondance ÷ without; 1 M rows of the GIP SNE",
    "reconnaissance": "headers that people wrote, by kind and confidence; eight wide files",
    "restitutions": "synthèse, bilan, bilans of all partners: time and memory",
    "attaques": "a minute of chance against every route, form and call: no failure",
    "objectifs": "when an objective is reached: how often the day is in its interval",
    "oracle": "200 incomes looked for by rules on trial: no more found than by chance",
    "affaires": "100 affaires told, killed at 50 moments: each once; pages with 2 000, ten years",
    "connexions": "200 accounts sign in and read by eight processes; what a session costs",
    "droits": "what rights add to a request: 200 accounts, 100 guichets",
    "secret": "what the secret statistique hides beside small counts, and its time",
    "secret-ouvert": "two publications, an EPCI's own, repères of two months: what is found",
    "site": "the static site of a publication: 1 000 pages",
    "doublons": "probable pairs against what is true: precision, recall, FEBRL",
    "doublons-rares": "kinds of error that the generator does not write, and neighbours, by kind",
    "doublons-justesse": "500 reviews: how often the interval of the precision holds the true one",
    "doublons-clavier": "200 decisions by the keyboard in a browser: time until the next case",
    "doublons-echelle": "a month of duplicates at 100 000, 400 000 and 2.8 M active (long)",
    "machines": "three web machines, one killed, versions published meanwhile (root, ip)",
    "nation": "101 deliveries in one warehouse, then the next month (long)",
}
LONGS = ("nation", "doublons-echelle", "tableaux-de-bord-nation")


def principal(noms: list[str]) -> int:
    """Run the benchmarks of these names."""
    if "--list" in noms or set(noms) - set(BANCS):
        print("\n".join(f"{nom:24} {quoi}" for nom, quoi in BANCS.items()))
        return 0 if "--list" in noms else 2
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)  # commands find what Python compiled, as ever
    print(f"{platform.machine()}, {os.cpu_count()} CPU, Python {platform.python_version()}")
    depassements = 0
    for nom in noms or [nom for nom in BANCS if nom not in LONGS]:
        print(f"\n{nom}: {BANCS[nom]}", flush=True)
        banc = importlib.import_module(f"benchmarks.{nom.replace('-', '_')}")
        avant = dict(os.environ)
        with tempfile.TemporaryDirectory(prefix="infocentre-bench-") as atelier:
            for mesure in banc.mesurer(Path(atelier)):
                print(f"  {mesure}", flush=True)
                depassements += mesure.depasse
        os.environ.clear()
        os.environ.update(avant)  # a benchmark says where its data are: not the next one's
    return 1 if depassements else 0


if __name__ == "__main__":
    sys.exit(principal(sys.argv[1:]))
