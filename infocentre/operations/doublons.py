"""Chercher: the pairs of demandes that may be of one person, for a person to decide."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import duckdb

from infocentre.analystes.fichier import cle
from infocentre.entrepot import Dossier, Livraison
from infocentre.entrepot.brouillon import ouvrir_en_memoire
from infocentre.entrepot.sceaux import fichier_nominatif
from infocentre.identite import probable
from infocentre.identite.blocs import chercher_candidates
from infocentre.identite.memoire import (
    garder,
    garder_modele,
    lire_modele,
    retenir_notees,
    se_souvenir,
)
from infocentre.identite.mouvements import Passage, suivre
from infocentre.identite.paires import Niveau, ecrire_paires
from infocentre.identite.personnes import livraison_nominative, preparer_personnes, sources
from infocentre.identite.regles import chercher_par_regle
from infocentre.mesures import lire_reglages
from infocentre.noyau.erreurs import Refus
from infocentre.noyau.francais import accorder

if TYPE_CHECKING:
    from infocentre.operations.controle import Resultat

MEMOIRE = "2GB"  # beyond it, DuckDB writes aside
Etape = Callable[[str], None]


def _muette(_texte: str) -> None:
    """Say nothing of a step."""


@dataclass(frozen=True, slots=True)
class Recherche:
    """What a search found in a département: pairs by tier, at an arrêté."""

    departement: str
    arrete: dt.date
    paires: Mapping[Niveau, int]


@dataclass(frozen=True, slots=True)
class Comparees:
    """How much a search compared: demandes new or changed, pairs; `laissees`, see `blocs`."""

    nouvelles: int
    paires: int
    laissees: int


def chercher(
    dossier: Dossier,
    *,
    departements: Collection[str] | None = None,
    apprendre: bool = False,
    etape: Etape = _muette,
) -> list[Recherche]:
    """Search again the pairs of some départements or of all; one without names is left out.

    What was compared before with the same model is not compared again. `apprendre`: the model is
    learnt again, and everything compared.

    Raises:
        Refus: one of these départements has no delivery, or a file is not what was written.
    """
    with dossier.ecrire():
        livraisons = _livraisons(dossier, departements)
        if not livraisons:
            return []
        with ouvrir_en_memoire(dossier.temporaire / "doublons") as con:
            con.execute(f"SET memory_limit = '{MEMOIRE}'")
            preparer_personnes(con, sources(dossier, livraisons))
            etape("identités lues")
            modele = _modele(con, dossier, apprendre=apprendre)
            identifiant = probable.identifiant(modele)
            se_souvenir(con, dossier, [une.departement for une in livraisons], identifiant)
            faites = comparer(con, modele)
            etape(_dire(faites))
            secret = cle(dossier)
            for une in livraisons:
                suivre(con, dossier, _passages(dossier, une.departement), secret)
            etape("mouvements d'identité suivis")
            seuil = lire_reglages().doublons_seuil
            rassembler(con, seuil)
            for une in livraisons:
                arrete = dt.date.fromisoformat(une.arrete)
                ecrire_paires(con, dossier, une.departement, arrete, seuil)
                garder(con, dossier, une.departement, identifiant)
            return [_compter(con, une) for une in livraisons]


def _modele(
    con: duckdb.DuckDBPyConnection, dossier: Dossier, *, apprendre: bool
) -> probable.Modele:
    """Return the model kept, or one learnt now, which is kept; as declared on too few demandes."""
    garde = None if apprendre else lire_modele(dossier)
    if garde is not None and probable.convient(garde):
        return garde
    if not probable.assez(con):
        return probable.declarer(con)
    appris = probable.apprendre(con)
    garder_modele(dossier, appris)
    return appris


def comparer(con: duckdb.DuckDBPyConnection, modele: probable.Modele) -> Comparees:
    """Weigh the pairs that `nouvelles` of `personnes` make, and add them to `connues`."""
    ((nouvelles,),) = con.execute("SELECT count(*) FROM nouvelles").fetchall()
    if not nouvelles:
        return Comparees(0, 0, 0)
    laissees = chercher_candidates(con)
    ((paires,),) = con.execute("SELECT count(*) FROM candidates").fetchall()
    probable.noter(con, modele)
    retenir_notees(con)
    return Comparees(nouvelles, paires, laissees)


def _dire(faites: Comparees) -> str:
    un, plusieurs = "demande nouvelle ou changée", "demandes nouvelles ou changées"
    texte = (
        f"{accorder(faites.nouvelles, un, plusieurs)}, "
        f"{accorder(faites.paires, 'paire comparée', 'paires comparées')}"
    )
    if faites.laissees:
        noms = accorder(faites.laissees, "rapprochement laissé", "rapprochements laissés")
        texte += f" ({noms} de côté : trop de demandes y ont la même clé)"
    return texte


def rassembler(con: duckdb.DuckDBPyConnection, seuil: float) -> None:
    """Create `trouvees`: the pairs of the rules, weighed when they were, and the probable ones.

    Two demandes of one key that the rule left apart bear a placeholder: they are not probable.
    """
    chercher_par_regle(con)
    con.execute(
        f"""
        CREATE OR REPLACE TEMP TABLE trouvees AS
        SELECT departement, numero_a, numero_b, coalesce(r.niveau, '{Niveau.PROBABLE}') AS niveau,
            probabilite, poids, coalesce(c.details, r.details) AS details
        FROM par_regle AS r FULL JOIN connues AS c USING (departement, numero_a, numero_b)
        WHERE r.niveau IS NOT NULL OR probabilite >= ? AND (departement, numero_a, numero_b) NOT IN
            (SELECT departement, numero_a, numero_b FROM connues
            JOIN personnes AS a USING (departement) JOIN personnes AS b USING (departement)
            WHERE a.numero_unique = numero_a AND b.numero_unique = numero_b
                AND a.personne = b.personne)""",
        [seuil],
    )


def apres_controle(dossier: Dossier, fait: Resultat) -> list[Recherche]:
    """Search the pairs of the départements that were controlled."""
    return chercher(dossier, departements={une.departement for une in fait.mois})


def _livraisons(dossier: Dossier, departements: Collection[str] | None) -> list[Livraison]:
    connus = dossier.exiger_version().departements
    voulus = connus if departements is None else sorted(departements)
    for inconnu in (un for un in voulus if un not in connus):
        raise Refus(
            f"aucune livraison du département {inconnu} n'est chargée",
            que_faire=f"Départements chargés : {', '.join(connus)}.",
        )
    trouvees = (livraison_nominative(dossier, un) for un in voulus)
    return [une for une in trouvees if une is not None]


def _passages(dossier: Dossier, departement: str) -> list[Passage]:
    """Return the deliveries that follow each other and have names, in the order of months."""
    toutes = dossier.version().de(departement)
    suite = [une for une in toutes if fichier_nominatif(dossier, une).exists()]
    return [
        Passage(
            departement,
            dt.date.fromisoformat(apres.arrete),
            fichier_nominatif(dossier, avant),
            fichier_nominatif(dossier, apres),
            dossier.archive(apres) / "stock.parquet",
            dossier.archive(apres) / "radiation.parquet",
        )
        for avant, apres in pairwise(suite)
    ]


def _compter(con: duckdb.DuckDBPyConnection, une: Livraison) -> Recherche:
    nombres = dict(
        con.execute(
            "SELECT niveau, count(*) FROM trouvees WHERE departement = ? GROUP BY niveau",
            [une.departement],
        ).fetchall()
    )
    paires = {niveau: int(nombres.get(niveau, 0)) for niveau in Niveau}
    return Recherche(une.departement, dt.date.fromisoformat(une.arrete), paires)
