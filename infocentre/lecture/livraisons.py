"""Deliveries: history with refusals, one delivery's report and lists, revised values."""

from __future__ import annotations

import functools
from pathlib import Path
from typing import TypedDict

from infocentre.contrat.territoires import nom_departement
from infocentre.entrepot import Dossier, Livraison
from infocentre.entrepot.description import Description
from infocentre.entrepot.etats import FLUX, Solde
from infocentre.entrepot.sceaux import decrire_archive
from infocentre.lecture.commun import mois_controles
from infocentre.lecture.filtres import Filtres, decouper
from infocentre.lecture.historique import LISTES, Passage, historique, sql_liste
from infocentre.lecture.lecteur import L, Lecture, Ligne
from infocentre.lecture.lignes import RevisionNommee
from infocentre.livraisons.natures import SANS_CLE
from infocentre.noyau.erreurs import Refus
from infocentre.noyau.temps import de_mois, jour

REVISEES = ("numerateur", "denominateur", "numerateur_12m", "denominateur_12m", "etat_mois", "etat")
NOMINATIVES = frozenset({"rejets", "sans_population", *FLUX})


def passages(v: Lecture, departement: str) -> list[Passage]:
    """Return what was loaded for a département, and what was refused, newest first."""
    v.exiger_departements("L'historique des livraisons")
    if not v.p.voit(departement):  # the journal has all of them
        return []
    connus = historique(v.dossier, v.version, departement)
    if v.p.departements is not None:  # refusals name no département
        connus = [un for un in connus if un.livraison]
    return sorted(connus, key=lambda un: un.le, reverse=True)


def provenance(v: Lecture, filtres: Filtres) -> str:
    """Say where the figures of a month come from: which delivery, controlled when."""
    lieu = nom_departement(filtres.departement)
    une = v.version.publiee(filtres.departement, filtres.mois)
    dit = f"Infocentre, version {v.version.numero} ; SNE, {lieu}, "
    if une is None or une.controle is None:
        return f"{dit}données {de_mois(filtres.mois)}, pas encore contrôlées."
    controle = jour(une.controle.le[:10])
    return f"{dit}données arrêtées au {jour(une.arrete)}, contrôlées le {controle}."


def description(v: Lecture, une: Livraison) -> Description:
    """Return what reception wrote of a delivery (cached: an archive never changes)."""
    v.exiger_departements("Le rapport d'une livraison")
    return _description(v.dossier.racine, une)


def absentes(v: Lecture, une: Livraison, table: str) -> frozenset[str]:
    """Return the columns of the contract that a delivery does not have in a table."""
    decrite = _description(v.dossier.racine, une)["tables"].get(table)
    return frozenset(decrite["absentes"] if decrite else ())


@functools.lru_cache(maxsize=512)
def _description(racine: Path, une: Livraison) -> Description:
    return decrire_archive(Dossier(racine), une)


class Resume(TypedDict):
    """Counts of a delivery: rows read and rejected, demandes actives."""

    lues: int
    rejetees: int
    actives: int


def resume(v: Lecture, une: Livraison) -> Resume:
    """Return the counts of a delivery: lues, rejetees, actives."""
    tables = description(v, une)["tables"].values()
    return {
        "lues": sum(table["lus"] for table in tables),
        "rejetees": sum(sum(table["rejets"].values()) for table in tables),
        "actives": description(v, une)["tables"]["stock"]["conserves"],
    }


def trouver(v: Lecture, departement: str, cle: str) -> Passage:
    """Return the delivery that a month, or the start of an empreinte, names; raise Refus."""
    connus = [un for un in passages(v, departement) if un.livraison]
    en_vigueur = v.version.trouver(departement, cle)
    for un in connus:
        if un.livraison and (un.livraison == en_vigueur or _nomme(un.livraison, cle)):
            return un
    raise Refus(
        f"La livraison « {cle} » n'est pas chargée pour le département {departement}",
        que_faire="La choisir dans l'historique des livraisons.",
    )


def _nomme(une: Livraison, cle: str) -> bool:
    return len(cle) >= 8 and une.empreinte.startswith(cle)  # noqa: PLR2004 - shorter is a month


def mouvement(nom: str) -> str:
    """Return what the rows of a list moved by, empty for a list of something else."""
    return FLUX.get(nom, "")


def solde(v: Lecture, une: Livraison) -> Solde | None:
    """Return the balance of stock and flows since the arrêté before, None for the first."""
    lignes = v.lignes(
        "SELECT * FROM soldes WHERE departement = $departement AND arrete = $arrete::DATE",
        {"departement": une.departement, "arrete": une.arrete},
        Solde,
    )
    return lignes[0] if lignes else None


def liste(v: Lecture, une: Livraison, nom: str, *, page: int | None = 1) -> tuple[int, list[Ligne]]:
    """Return how many rows stand behind a number of the report, and those of a page (or all)."""
    sql = sql_de_liste(v, une, nom)

    def lire(sql: str, genre: type[L], /) -> list[L]:
        return v.lignes(sql, {}, genre)

    return decouper(lire, sql, page, dict)


def sql_de_liste(v: Lecture, une: Livraison, nom: str) -> str:
    """Return the SELECT of the rows behind a number of the report.

    Raise Refus when the list is unknown, when there is no arrêté before, or when one may not see
    numéros.
    """
    if nom not in LISTES:
        raise Refus(
            f"La liste « {nom} » n'existe pas", que_faire="Reprendre le lien depuis le rapport."
        )
    if v.p.partiel or (nom in NOMINATIVES and not v.p.nominatif):
        raise Refus(
            "Cette liste n'est pas ouverte à ce compte",
            que_faire="S'adresser au gestionnaire territorial.",
        )
    return sql_liste(v.dossier, v.version, une, nom)


class CleSansLigne(TypedDict):
    """A column with keys that their file of codes does not have: how many, on how many rows."""

    colonne: str
    cles: int
    lignes: int


def cles_sans_ligne(v: Lecture, une: Livraison) -> list[CleSansLigne]:
    """Return the columns of a delivery that have such keys, the most rows first."""
    sql = sql_de_liste(v, une, "anomalies_format")
    return v.lignes(
        "SELECT colonne, count(DISTINCT valeur) AS cles, sum(nombre)::BIGINT AS lignes "
        f"FROM ({sql}) WHERE nature = $nature GROUP BY ALL ORDER BY lignes DESC, colonne",
        {"nature": SANS_CLE},
        CleSansLigne,
    )


def revisions(
    v: Lecture, filtres: Filtres, adresse: dict[str, str], *, page: int | None = 1
) -> tuple[int, list[RevisionNommee]]:
    """Return how many published values changed since, and those of a page, newest first.

    The address may restrict them by `code`, `guichet` ('*' for the département) and `mois_revise`.
    """
    if not mois_controles(v, filtres.departement):
        return 0, []
    parametres = {
        "departement": filtres.departement,
        "code": adresse.get("code", ""),
        "guichet": adresse.get("guichet", ""),
        "mois": adresse.get("mois_revise", ""),
        "visibles": sorted(v.p.guichets or ()) if v.p.partiel else None,
    }

    def lire(sql: str, genre: type[L], /) -> list[L]:
        return v.lignes(sql, parametres, genre)

    return decouper(
        lire,
        "SELECT r.*, g.nom FROM revisions AS r "
        "LEFT JOIN registre AS g ON g.departement = r.departement AND g.mois = r.mois "
        "AND g.guichet = r.guichet "
        "WHERE r.departement = $departement AND r.niveau <> 'organisme' "
        "AND ($code = '' OR r.code = $code) AND ($guichet = '' OR r.guichet = $guichet) "
        "AND ($mois = '' OR r.mois = $mois) "
        "AND ($visibles IS NULL OR r.guichet IN (SELECT unnest($visibles))) "
        "ORDER BY r.le DESC, r.mois DESC, r.code, r.guichet",
        page,
        RevisionNommee,
    )


def mois_revises(v: Lecture, departement: str) -> list[str]:
    """Return the months that have revised values, newest first."""
    if not mois_controles(v, departement):
        return []
    mois = v.tuples(
        "SELECT DISTINCT mois FROM revisions WHERE departement = $departement ORDER BY mois DESC",
        {"departement": departement},
    )
    return [un for (un,) in mois]


def a_controler(v: Lecture) -> list[tuple[str, str]]:
    """Return (département, month) of what is loaded and not controlled, oldest first."""
    return sorted(
        (une.departement, une.mois) for une in v.version.livraisons if une.controle is None
    )
