"""Reception through a correspondance ÷ without; a million rows of the GIP SNE with its `ele_*`."""

from __future__ import annotations

import math
import shutil
import statistics
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import duckdb

from benchmarks.fichiers import GUICHETS, fabriquer, valeur
from benchmarks.outils import Mesure, chronometrer, infocentre
from infocentre.contrat import contrat
from infocentre.correspondances.ecrits import texte
from infocentre.correspondances.garde import livree
from infocentre.correspondances.modele import Fichier
from infocentre.livraisons.reception import recevoir
from infocentre.reconnaissance.ouverture import Ouverture, contrat_seul, ouvrir

LIGNES, FOIS, LIMITE = 1_000_000, 3, 1.3
PETIT, EXPOSANT, MEMOIRE = 250_000, 1.1, 8.0


class _Silence:
    def table(self, _nom: str, _octets: int) -> Callable[[int], None]:
        return lambda _octets: None


def mesurer(atelier: Path) -> Iterator[Mesure]:
    """Measure the two in turn, then the GIP's layout at two sizes."""
    yield from _rapport(atelier)
    temps = {}
    for lignes in (PETIT, LIGNES):
        dossier = _fabriquer_gip(atelier / f"gip-{lignes}", lignes)
        fait = infocentre(atelier / f"donnees-{lignes}", "charger", dossier, "--departement", "013")
        temps[lignes] = fait.processeur
        quoi = f"charger, {lignes:_} rows of the GIP SNE with ele_*"
        yield Mesure(quoi, fait.secondes, "s")
        yield Mesure("  the same, processor time", fait.processeur, "s")
        limite = MEMOIRE if lignes == LIGNES else None
        yield Mesure("  the same, largest memory", fait.octets / (1 << 30), "GB", limite)
        shutil.rmtree(dossier)
    exposant = math.log(temps[LIGNES] / temps[PETIT]) / math.log(LIGNES / PETIT)
    yield Mesure("exponent of the processor time", exposant, "", EXPOSANT)


def _rapport(atelier: Path) -> Iterator[Mesure]:
    _, livraison = fabriquer(atelier, LIGNES)
    correspondance = atelier / "contrat.yml"
    correspondance.write_text(texte(contrat_seul()), "utf-8")
    temps: dict[bool, list[float]] = {True: [], False: []}
    processeur: dict[bool, list[float]] = {True: [], False: []}
    for _ in range(FOIS):
        for par in (False, True):
            quoi = Ouverture(livraison, None, "013", str(correspondance) if par else None)
            debut = time.process_time()
            temps[par].append(chronometrer(lambda quoi=quoi: _recevoir(quoi, atelier)))  # type: ignore[misc]
            processeur[par].append(time.process_time() - debut)
    yield Mesure("reception, median", statistics.median(temps[False]), "s")
    yield Mesure("the same through a correspondance, median", statistics.median(temps[True]), "s")
    yield Mesure("the one / the other, median", _part(temps), "", LIMITE)
    yield Mesure("the same, processor time of all threads", _part(processeur), "")


def _part(temps: dict[bool, list[float]]) -> float:
    return statistics.median(a / b for a, b in zip(temps[True], temps[False], strict=True))


def _recevoir(quoi: Ouverture, atelier: Path) -> None:
    """Receive a delivery whole: from its files on disk to its archive."""
    travail = atelier / "travail"
    travail.mkdir()
    (depot,) = ouvrir(atelier / "donnees", quoi, travail)
    recevoir(depot, travail / "archive", travail, _Silence())
    shutil.rmtree(travail)


# --- The layout of the GIP SNE --------------------------------------------------------------------

# Columns of each joined file beside DEMANDE, and their SQL; `r` is the rank of a row of a demande.
ELEMENTS = {
    "ele_motif_demande": ("ORDRE, MOTIF_DEMANDE", "1, 1 + i % 23"),
    "ele_mode_logement_actuel": ("ORDRE, MODE_LOGEMENT_ACTUEL", "1, 1 + i % 17"),
    "ele_classement_commune": ("ORDRE, COMMUNE_ID, QUARTIER", "1 + r, 1 + (i + r) % 97, ''"),
}


def _fabriquer_gip(dossier: Path, lignes: int) -> Path:
    """Write stock (that many rows), a small radiation, `ref_*` and `ele_*`; return the folder."""
    livraison = dossier / "2026-10"
    livraison.mkdir(parents=True)
    stock, radiation, *_ = livree("gip-sne-1.yml").fichiers
    with duckdb.connect() as con:
        _ecrire(con, _sql(stock, 0, lignes), livraison / "stock.csv")
        _ecrire(con, _sql(radiation, lignes, 1000), livraison / "radiation.csv")
        for nom, (champs, valeurs) in ELEMENTS.items():
            rangs = 2 if "+ r," in valeurs else 1
            dits = ", ".join(
                f"{valeur.strip()} AS {champ.strip()}"
                for champ, valeur in zip(champs.split(","), valeurs.split(", "), strict=True)
            )
            sql = f"SELECT i AS DEMANDE, {dits} FROM range({lignes}) t(i), range({rangs}) u(r)"
            _ecrire(con, sql, livraison / f"{nom}.csv")
        for nom, liste in _references().items():
            champ = "COMMUNE" if nom == "ref_geographie" else nom.removeprefix("ref_").upper()
            cles = ", ".join(f"({rang}, '{code}')" for rang, code in enumerate(liste, 1))
            sql = f"SELECT * FROM (VALUES {cles}) t(CLE_{champ}, CODE_{champ})"
            _ecrire(con, sql, livraison / f"{nom}.csv")
    (livraison / "guichets.csv").write_text("\n".join(GUICHETS) + "\n", "utf-8")
    return livraison


def _references() -> dict[str, list[str]]:
    """Return the codes of each file of codes that the stock and the radiations name."""
    listes: dict[str, list[str]] = {}
    for fichier in livree("gip-sne-1.yml").fichiers[:2]:
        table = contrat().tables[str(fichier.table)]
        for lecture in fichier.colonnes.values():
            if lecture.reference:
                colonne = table.par_nom[lecture.vers]
                codes = list(contrat().codes[colonne.codes]) if colonne.codes else []
                connus = listes.setdefault(lecture.reference, [])
                connus += [code for code in codes if code not in connus]
    communes = [f"{13001 + rang:05}" for rang in range(119)]
    return {**listes, "ref_geographie": communes, "ref_type_logement": ["T1", "T2", "T3"]}


def _sql(fichier: Fichier, debut: int, lignes: int) -> str:
    """Return the SELECT of the 159 columns, keys in place of codes."""
    references = _references()
    stock = contrat().tables["stock"].par_nom
    dites = ["i AS DEMANDE"]
    for rang, nom in enumerate(sorted(fichier.connues - {"DEMANDE"})):
        lecture = fichier.colonnes.get(nom)
        if nom == "DATE_RADIATION" and lecture:
            dites.append("'20-10-2026 00:00:00' AS DATE_RADIATION")
        elif lecture and lecture.reference:
            combien = len(references[lecture.reference])
            dites.append(f"1 + hash(i * 31 + {rang}) % {combien} AS {nom}")
        elif lecture is None or nom not in stock or stock[nom].depuis:
            dites.append(f"'' AS {nom}")
        else:
            dites.append(f"{valeur(stock[nom], rang)} AS {nom}")
    return f"SELECT {', '.join(dites)} FROM range({debut}, {debut + lignes}) t(i)"


def _ecrire(con: duckdb.DuckDBPyConnection, sql: str, fichier: Path) -> None:
    con.execute(f"COPY ({sql}) TO '{fichier}' (HEADER, DELIMITER ';', DATEFORMAT '%d-%m-%Y')")
