"""Vraisemblance: which drifts of a delivery are stopped, and what the others would publish.

Small and large départements of the demonstration; the drifts of `tests/donnees/derives.py` alter a
month, which is received, then judged beside the month before. Those of flags and of lists, one a
column of the contract, stand together in one delivery: each column must be named. The others are
tried one by one, and what they would publish is counted apart: states of indicators (département,
guichets) and headline counts. A drift that turns a state or moves a headline must be stopped;
months without a drift must pass, in both orders.
INFOCENTRE_DERIVES: all drifts whose name has this text are tried one by one, those only.
INFOCENTRE_DERIVES_MOIS: how many months are altered, 1 by default, the last ones; 24 for all those
of the demonstration that have one before: drifts then take turns, one of four each month.
INFOCENTRE_DERIVES_TAILLE: that département only.
"""

from __future__ import annotations

import datetime as dt
import json
import os
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import duckdb

from benchmarks.outils import Mesure
from infocentre.catalogue import lire_catalogue
from infocentre.catalogue.motifs import motifs_des_indicateurs
from infocentre.contrat import contrat
from infocentre.controles.vraisemblance import PASSE, Examen, Verdict, pire
from infocentre.controles.vraisemblance.controles import CONTROLES
from infocentre.controles.vraisemblance.deja_livre import relues
from infocentre.controles.vraisemblance.mesures import mesurer as mesurer_examen
from infocentre.controles.vraisemblance.verdicts import rendre
from infocentre.demo import fabriquer
from infocentre.entrepot.relations import inserer, sql_relations
from infocentre.livraisons.depot import ouvrir_depot
from infocentre.livraisons.reception import recevoir
from infocentre.livraisons.relecture import relire
from infocentre.mesures import (
    assembler_comptes,
    calculer_valeurs,
    compter,
    ecrire_regles,
    populations,
)
from infocentre.mesures.reglages import lire_seuils
from infocentre.noyau.erreurs import Refus
from infocentre.operations.vraisemblance import comparer
from tests.donnees.derives import DERIVES, DU_CONTRAT, Derive, ecrire

PETIT = 2_000
DEPARTEMENTS = ((PETIT, 1), (PETIT, 2), (18_000, 1))  # active demandes, seed
# Tried one by one in a large département, where each costs ten seconds.
AU_GRAND = (
    "MODE_MUTATION inversée",
    "NB_DALO inversée",
    "CONTACT_MAIL inversée",
    "DATE_DEPART vidée",
    "ATTRIBUE_DALO toujours NON",
    "RPLS en notation d’Excel",
    "bail 31 jours plus tard",
    "NB_QPV et NB_HQPV permutées",
    "NB_Q1 et NB_Q4 permutées",
    "guichets enregistreur et créateur permutés",
    "premier bailleur absent du stock et des radiations",
)
AUJOURDHUI = dt.date(2026, 11, 25)
TOURS = 4  # months until a drift is tried again, when several months are altered
BOUGE = 0.1  # of a headline, and ten units
Etats = dict[tuple[str, str], str]


class _Silence:
    def table(self, _nom: str, _octets: int) -> Any:  # noqa: ANN401 - a callable that ignores
        return lambda _octets: None


@dataclass(frozen=True)
class Publie:
    """What a delivery would publish: states by (code, guichet), headline counts by name."""

    etats: Etats
    comptes: dict[str, int]

    def changements(self, autre: Publie) -> tuple[list[str], int, list[str]]:
        """Return the indicators whose state turns, guichets' states that do, headlines moved."""
        tournes = [cle for cle in self.etats | autre.etats if self._etat(cle) != autre._etat(cle)]
        codes = sorted(code for code, guichet in tournes if guichet == "*")
        bouges = sorted(
            f"{nom} {avant} → {autre.comptes.get(nom, 0)}"
            for nom, avant in self.comptes.items()
            if abs(autre.comptes.get(nom, 0) - avant) > max(BOUGE * avant, 10)
        )
        return codes, len(tournes) - len(codes), bouges

    def _etat(self, cle: tuple[str, str]) -> str:
        return self.etats.get(cle, "sans_objet")


def mesurer(atelier: Path) -> Iterator[Mesure]:
    """Judge the drifts of each département; the figures that count are those that pass."""
    voulues = os.environ.get("INFOCENTRE_DERIVES", "")
    mois = int(os.environ.get("INFOCENTRE_DERIVES_MOIS", "1"))
    seul = os.environ.get("INFOCENTRE_DERIVES_TAILLE", "")
    for taille, graine in DEPARTEMENTS:
        if seul in {"", f"{taille}-{graine}"}:
            siennes = [une for une in DERIVES.values() if _voulue(une, voulues, taille)]
            yield from _departement(atelier / f"{taille}-{graine}", taille, graine, siennes, mois)


def _voulue(une: Derive, voulues: str, taille: int) -> bool:
    if voulues:
        return voulues in une.nom
    return une.nom in AU_GRAND if taille > PETIT else not une.colonne


def _departement(
    atelier: Path, taille: int, graine: int, derives: Sequence[Derive], alteres: int
) -> Iterator[Mesure]:
    faits = max(3, alteres + 1)
    livraisons = list(fabriquer(atelier / "livraisons", taille=taille, mois=faits, graine=graine))
    archives = [_recevoir(une, atelier / une.name) for une in livraisons]
    nom = f"{taille} active, seed {graine}"
    yield Mesure(f"{nom}: false alarms", _fausses_alarmes(archives), "", 0)
    yield Mesure(f"{nom}: columns of flags and lists", len(DU_CONTRAT), "")
    tus, passees, muettes = 0, 0, 0
    essais = 0
    couples = list(zip(livraisons[1:], pairwise(archives), strict=True))[-alteres:]
    for tour, (livraison, (avant, ici)) in enumerate(couples):
        oubliees = _tus(atelier / f"{livraison.name}-ensemble", livraison, avant)
        _ecrire(f"{livraison.name}, columns not named: {', '.join(oubliees) or 'none'}")
        tus += len(oubliees)
        propre = _publier(ici)
        siennes = derives if alteres == 1 else derives[tour % TOURS :: TOURS]
        essais += len(siennes)
        for rang, derive in enumerate(siennes):
            lieu = atelier / f"{livraison.name}-{rang}"
            ecart, stoppee = _essayer(lieu, derive, livraison, avant, propre)
            muettes += not stoppee and not ecart
            passees += not stoppee and ecart
    yield Mesure(f"{nom}: columns not named, in {alteres} months", tus, "")
    yield Mesure(f"{nom}: drifts tried", essais, "")
    yield Mesure(f"{nom}: pass, and publish something else", passees, "", 0)
    yield Mesure(f"{nom}: pass, and publish the same", muettes, "")


def _fausses_alarmes(archives: Sequence[Path]) -> int:
    ordres = [*pairwise(archives), *pairwise(reversed(archives))]
    return sum(pire(_juger(apres, avant)) != PASSE for avant, apres in ordres)


def _tus(atelier: Path, livraison: Path, avant: Path) -> list[str]:
    """Return the columns whose drift is not told by their name, all being in one delivery."""
    archive = _recevoir(ecrire(livraison, atelier / livraison.name, DU_CONTRAT), atelier / "recue")
    ici, alors = (
        json.loads((une / "livraison.json").read_text("utf-8")) for une in (archive, avant)
    )
    with duckdb.connect() as con:
        lues = relire(con, archive, avant, ici, alors)
    examen = Examen(ici, alors, AUJOURDHUI, relectures=lues)
    seuils = lire_seuils()
    nommes = {une.objet for une in relues(examen) if une.valeur > seuils.relues_part}
    return [une.colonne for une in DU_CONTRAT if une.colonne not in nommes]


def _essayer(
    atelier: Path, derive: Derive, livraison: Path, avant: Path, propre: Publie
) -> tuple[bool, bool]:
    """Alter, receive, judge; say what it does. Return whether it publishes else, and is stopped."""
    alteree = derive.ecrire(livraison, atelier / livraison.name)
    try:
        archive = _recevoir(alteree, atelier / "recue")
    except Refus as refus:
        _ecrire(f"{livraison.name}, {derive.nom}: refused at reception, {refus.quoi}")
        shutil.rmtree(atelier)
        return True, True
    verdicts = _juger(archive, avant)
    codes, guichets, bouges = propre.changements(_publier(archive))
    controles = [un.controle for un in verdicts if un.verdict != PASSE]
    issue = f"stopped ({', '.join(controles)})" if controles else "PASSES"
    tournes = f"{len(codes)} states of the département turn ({' '.join(codes[:6])})"
    dits = "; ".join(bouges[:3]) or "no headline moves"
    _ecrire(f"{livraison.name}, {derive.nom}: {issue}; {tournes}, {guichets} of guichets; {dits}")
    shutil.rmtree(atelier)
    return bool(codes or bouges), pire(verdicts) != PASSE


def _ecrire(ligne: str) -> None:
    print(f"    {ligne}", flush=True)


def _recevoir(livraison: Path, atelier: Path) -> Path:
    atelier.mkdir(parents=True)
    depot = ouvrir_depot(livraison, atelier)
    recevoir(depot, atelier / "archive", atelier, _Silence())
    return atelier / "archive"


def _juger(archive: Path, avant: Path) -> list[Verdict]:
    """Judge as `charger` does, without the pages of Great Expectations."""
    seule = Examen(json.loads((archive / "livraison.json").read_text("utf-8")), None, AUJOURDHUI)
    mesures = mesurer_examen(comparer(seule, archive, avant))
    seuils = lire_seuils()
    return [
        rendre(un, [une for une in mesures if une.controle == un.nom], un.bornes(seuils))
        for un in CONTROLES
    ]


def _publier(archive: Path) -> Publie:
    """Calculate the values of one archive, as a control does."""
    catalogue = lire_catalogue()
    decrite = json.loads((archive / "livraison.json").read_text("utf-8"))
    motifs = motifs_des_indicateurs(catalogue, decrite)
    with duckdb.connect() as con:
        con.execute("SET enable_progress_bar = false")
        for ordre in sql_relations([archive]):
            con.execute(ordre)
        con.execute(
            "create table calculabilite (code varchar, departement varchar, mois varchar, "
            "calculable boolean)"
        )
        lieu = (decrite["departement"], decrite["mois"])
        inserer(con, "calculabilite", [(un, *lieu, motif is None) for un, motif in motifs.items()])
        con.execute(
            "create table registre as select departement, mois, code_guichet as guichet, nom, "
            "type_guichet, coalesce(siren, code_guichet) as organisme from guichets"
        )
        for population in populations(catalogue):
            compter(con, catalogue, population)
        assembler_comptes(con, catalogue)
        ecrire_regles(con, catalogue)
        calculer_valeurs(con)
        etats = con.execute(
            "select code, guichet, etat from valeurs_calculees "
            "where niveau in ('departement', 'guichet')"
        ).fetchall()
        return Publie({(code, guichet): etat for code, guichet, etat in etats}, _comptes(con))


def _comptes(con: duckdb.DuckDBPyConnection) -> dict[str, int]:
    """Return the figures of the evolution of the stock, and each flag among actives and leases."""
    evolution = con.execute(
        "select code, fenetre, total, mutations from evolution_du_stock('stock', 'radiation', true)"
    ).fetchall()
    comptes = {f"{code} {fenetre}": total for code, fenetre, total, _ in evolution}
    comptes |= {f"{code} {fenetre}, mutations": n for code, fenetre, _, n in evolution}
    for table, filtre in (("stock", "true"), ("radiation", "motif_radiation = 'RADATT'")):
        for une in contrat().tables[table].colonnes:
            if une.type == "indicatrice":
                sql = f"select count(*) from {table} where {une.champ} = 1 and {filtre}"
                comptes[f"{une.nom} {table}"] = con.execute(sql).fetchall()[0][0]
    return comptes
