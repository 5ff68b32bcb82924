"""Freeze what people see, before a move and after it: pages, exports, documents, commands.

usage: INFOCENTRE_DOSSIER=<a loaded demonstration> python scripts/figer.py CIBLE
       diff -r AVANT APRES
Follows every link from the home page (some addresses of each route), takes each export as csv,
each document as html and the sha256 of its other forms, and what the read commands print.
"""

import collections
import contextlib
import hashlib
import html
import io
import json
import re
import shlex
import sys
from pathlib import Path
from typing import Any

from dashboards.app import creer_app
from dashboards.navigation import appel
from infocentre.cli import main as commande
from infocentre.entrepot import Dossier
from infocentre.noyau.config import dossier_donnees

PAR_ROUTE = 14
DEPARTS = tuple(
    (
        "/ /suivi /indicateurs /tableaux /guichets /documents /livraisons /requetes "
        "/requetes/bibliotheque /requetes/outils /requetes/indicateur /echantillon /aide "
        "/suivi?par=organisme /suivi?fenetre=mois /guichets/liste-publique /nulle-part"
    ).split()
)
FORMES = ("html", "pdf", "docx", "pptx", "xlsx")
COMMANDES = (
    "indicateurs --format csv",
    "indicateurs --format json --par organisme",
    "indicateurs",
    "livraisons",
    "rejets",
    "tableau TAB01-01 --format csv",
    "tableau ATT-05 --format csv",
    "anomalies DBL_ACTIF --format csv",
    "anomalies ATT_TARDIVE --format csv",
    "mission 2026-S1 --sortie {cible}/mission.html",
    "bilan 2026-S1 --sortie {cible}/bilan.html",
    "bilan 2026-S1 --par organisme --sortie {cible}/bilan-organismes.html",
    "synthese --sortie {cible}/synthese.html",
)


def main() -> None:
    """Write one file per thing that people see under the directory asked."""
    cible = Path(sys.argv[1])
    cible.mkdir(parents=True)
    client = creer_app(Dossier(dossier_donnees())).server.test_client()
    exports = _pages(client, cible)
    for adresse in sorted(exports):
        _prendre(client, adresse, cible)
    for texte in COMMANDES:
        sortie, erreurs = io.StringIO(), io.StringIO()
        with contextlib.redirect_stdout(sortie), contextlib.redirect_stderr(erreurs):
            code = _code(shlex.split(texte.format(cible=cible)))
        trace = f"{sortie.getvalue()}\n{erreurs.getvalue()}\n{code}\n".replace(str(cible), "")
        (cible / f"commande {_nom(texte)}.txt").write_text(trace, "utf-8")


def _code(arguments: list[str]) -> object:
    try:
        return commande(arguments)
    except SystemExit as fin:
        return fin.code


def _pages(client: Any, cible: Path) -> set[str]:  # noqa: ANN401
    """Freeze the pages; return the addresses of what they offer to take away."""
    vues: collections.Counter[str] = collections.Counter()
    attente, connues, exports = collections.deque(DEPARTS), set(DEPARTS), set[str]()
    while attente:
        adresse = attente.popleft()
        texte = client.post("/_dash-update-component", json=appel(adresse)).get_data(as_text=True)
        contenu = json.dumps(json.loads(texte), ensure_ascii=False, indent=1, sort_keys=True)
        (cible / f"page {_nom(adresse)}.json").write_text(contenu, "utf-8")
        for suite in sorted(_liens(contenu)):
            route = re.sub(
                r"/(guichet|organisme|demande|indicateurs|tableaux)/[^/?]+",
                r"/\1/*",
                suite.partition("?")[0],
            )
            if "." in suite.partition("?")[0]:
                exports.add(suite)
            elif suite not in connues and vues[route] < PAR_ROUTE * (3 if "*" in route else 1):
                vues[route] += 1
                connues.add(suite)
                attente.append(suite)
    return exports


def _liens(contenu: str) -> set[str]:
    """Return the local addresses in a page, those of its HTML strings included."""
    trouves = re.findall(r'"href": "(/[^"#]*)', contenu)
    trouves += [html.unescape(un) for un in re.findall(r'href=\\"(/[^"#\\]*)', contenu)]
    return {un for un in trouves if not un.startswith(("/dsfr", "/assets"))}


def _prendre(client: Any, adresse: str, cible: Path) -> None:  # noqa: ANN401
    chemin, _, recherche = adresse.partition("?")
    base, forme = chemin.rsplit(".", 1)
    if base.startswith("/export/"):
        forme = "csv"
    for une in FORMES if base.startswith("/documents/") and forme == "pdf" else (forme,):
        reponse = client.get(f"{base}.{une}?{recherche}")
        fichier = cible / f"fichier {_nom(f'{base}.{une}?{recherche}')}"
        lisible = une in {"csv", "json", "html"}
        octets = reponse.get_data()
        fichier.write_bytes(
            octets if lisible else f"{reponse.status} {hashlib.sha256(octets).hexdigest()}".encode()
        )


def _nom(adresse: str) -> str:
    """Return a file name for an address: short ones as they are, long ones cut with their hash."""
    nom = adresse.replace("/", "⁄")
    return nom if len(nom) < 80 else f"{nom[:70]}~{hashlib.sha256(nom.encode()).hexdigest()[:8]}"  # noqa: PLR2004


if __name__ == "__main__":
    main()
