"""Verifier: every damage to what is stored, in words, with where it is and how to mend it."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import duckdb

from infocentre.entrepot import Dossier, Livraison, Version
from infocentre.entrepot.dossier import (
    ARRETE,
    EMPREINTE,
    ENTREPOT,
    ILLISIBLES,
    NUMERO,
    REPARER,
    lire_version,
)
from infocentre.entrepot.journal import dechirures
from infocentre.entrepot.parcours import TABLES, VUES
from infocentre.entrepot.publication import (
    dernier_numero,
    dommage_du_lien,
    dommage_mois,
    mois_manquants,
)
from infocentre.entrepot.relations import citer
from infocentre.entrepot.retrouvailles import evenements_manquants
from infocentre.entrepot.sceaux import (
    AUTRE_ARCHIVE,
    CHANGE,
    RECALCULER,
    Dommage,
    cle_archive,
    comparer,
    decrire_archive,
    dommages_archive,
    dommages_derives,
    juges,
    remede_archive,
    sceaux_du_journal,
)
from infocentre.noyau.erreurs import Refus
from infocentre.noyau.scelle import SCEAU
from infocentre.operations.conserves import dommages_conserves
from infocentre.operations.controle import fichiers_constats

SANS_EFFET = "Ce contenu n'est plus en vigueur : rien de publié n'en dépend. {}"
CATALOGUE = "Le remettre d'une sauvegarde, ou : infocentre reparer."
ILLISIBLE = "le fichier ne peut plus être lu"


@dataclass(frozen=True, slots=True)
class Examen:
    """What is damaged, and what a person should know though nothing is to be mended."""

    dommages: tuple[Dommage, ...]
    remarques: tuple[str, ...]


def examiner(dossier: Dossier, *, ailleurs: Collection[str] = ()) -> Examen:
    """Look at all that is stored: journals, versions, archives, names, derived files, decisions."""
    version = _lisible(dossier)
    derives = fichiers_derives(dossier, version) if version else []
    dommages = [
        *_journaux(dossier, version),
        *_versions(dossier),
        *_archives(dossier, version),
        *(dommages_derives(dossier, version, derives) if version else ()),
        *_catalogues(dossier),
        *dommages_conserves(dossier, ailleurs=ailleurs),
    ]
    return Examen(tuple(dommages), tuple(_remarques(dossier, version)))


def _lisible(dossier: Dossier) -> Version | None:
    try:
        return dossier.version()
    except Refus:
        return None


def _journaux(dossier: Dossier, version: Version | None) -> Iterator[Dommage]:
    for fichier in (dossier.journal, dossier.refus, dossier.purges):
        if nombre := len(dechirures(fichier)):
            yield Dommage(fichier, f"{nombre} ligne(s) abîmée(s) ou déchirée(s)", REPARER)
    journal = dossier.publications()
    if not journal and dossier.a_publie():
        quoi = "le journal est vide" if dossier.journal.exists() else "le journal n'est plus là"
        yield Dommage(dossier.journal, quoi, "Le refaire : infocentre reparer.")
    elif version:
        manquants = evenements_manquants(version, journal)
        if manquants:
            quoi = f"{len(manquants)} publication(s) manquent au journal"
            yield Dommage(dossier.journal, quoi, "Les y remettre : infocentre reparer.")


def _versions(dossier: Dossier) -> Iterator[Dommage]:
    """Tell what is wrong with the link, and with each version that is kept."""
    try:
        publiee = dossier.version().numero
    except Refus as refus:
        yield Dommage(Path(refus.ou), refus.quoi, refus.que_faire)
        publiee = 0
    if copie := dommage_du_lien(dossier):
        yield copie
    if publiee and publiee < dernier_numero(dossier):
        yield Dommage(
            dossier.courante,
            f"le lien désigne la version {publiee}, qui n'est pas la dernière",
            REPARER,
        )
    if dossier.remplacement.exists():
        quoi = "un remplacement de fichiers a été interrompu"
        yield Dommage(dossier.remplacement, quoi, "Le finir : infocentre reparer.")
    courante = dossier.courante.resolve()
    for chemin in dossier.numeros().values():
        try:
            version = lire_version(chemin)
        except Refus as refus:
            if chemin != courante:
                yield Dommage(Path(refus.ou), refus.quoi, "L'oublier : infocentre reparer.")
            continue
        yield from _entrepot(chemin, version, publiee=chemin == courante)


def _entrepot(chemin: Path, version: Version, *, publiee: bool) -> Iterator[Dommage]:
    fichier = chemin / ENTREPOT
    remede = RECALCULER if publiee else "L'oublier : infocentre reparer."
    dommages = comparer({fichier: version.sceaux.get(ENTREPOT, "")}, remede)
    yield from dommages
    if not dommages and publiee:
        try:
            if manquants := mois_manquants(fichier, version):
                yield dommage_mois(fichier, manquants)
        except Refus as refus:
            yield Dommage(Path(refus.ou), refus.quoi, refus.que_faire)


def _archives(dossier: Dossier, version: Version | None) -> Iterator[Dommage]:
    courantes = {cle_archive(une): une for une in (version.livraisons if version else ())}
    for une in courantes.values():
        yield from dommages_archive(dossier, une) or _sans_sceau(dossier, une)
    for une in archives_de_cote(dossier, courantes):
        for dommage in dommages_archive(dossier, une, juges()):
            remede = SANS_EFFET.format(dommage.remede) if version else dommage.remede
            yield Dommage(dommage.ou, dommage.quoi, remede)


def archives_de_cote(dossier: Dossier, courantes: Iterable[str]) -> Iterator[Livraison]:
    """Return the archives that no delivery in force names, as the journal knows them."""
    noms = {
        (une["departement"], une["arrete"], une["empreinte"]): une["nom"]
        for une in dossier.publications()
        if une["type"] == "chargement"
    }
    sceaux = sceaux_du_journal(dossier)
    for archive in dossier.toutes_archives():
        cle = (archive.parent.parent.name, archive.parent.name, archive.name)
        if "/".join(cle) not in courantes:
            nom = noms.get(cle, archive.parent.name[:7])
            yield Livraison(*cle, nom, "", sceau=sceaux.get("/".join(cle), ""))


def _sans_sceau(dossier: Dossier, une: Livraison) -> list[Dommage]:
    """Look into an archive that cannot prove itself: is it readable, and of its own month?"""
    if une.sceau and decrire_archive(dossier, une).get(SCEAU):
        return []
    dommages = []
    with duckdb.connect() as con:
        for fichier in (dossier.archive(une) / nom for nom in juges()):
            if not fichier.exists():  # of a table that it is older than
                continue
            try:
                etrangeres = con.execute(
                    f"SELECT count(*) FROM read_parquet({citer(str(fichier))}) WHERE "
                    f"departement <> '{une.departement}' OR arrete <> DATE '{une.arrete}'"
                ).fetchall()[0][0]
            except ILLISIBLES:
                dommages.append(Dommage(fichier, ILLISIBLE, remede_archive(une)))
            except duckdb.Error:
                dommages.append(Dommage(fichier, CHANGE, remede_archive(une)))
            else:
                if etrangeres:
                    dommages.append(Dommage(fichier, AUTRE_ARCHIVE, remede_archive(une)))
    return dommages


def fichiers_derives(dossier: Dossier, version: Version) -> list[Path]:
    """Return the files that a version rests on, archives and warehouse apart."""
    etats = [dossier.etats / nom for nom in version.etats.values()]
    suivi = [dossier.suivi / nom for nom in version.suivi.values()]
    vies = [
        dossier.parcours / nom.removesuffix(".parquet") / f"{table}.parquet"
        for nom in version.etats.values()
        for table in (VUES, *TABLES)
    ]
    constats = [
        f for une in version.livraisons if une.controle for f in fichiers_constats(dossier, une)
    ]
    connus = {dossier.racine / nom for nom in version.sceaux if nom != ENTREPOT}
    presents = [f for f in (*vies, *constats) if f in connus or f.exists()]
    return [*etats, *suivi, *dict.fromkeys(presents)]


def catalogues(dossier: Dossier) -> set[str]:
    """Return the empreinte of every catalogue that the journal needs."""
    journal = dossier.publications()
    return {une["catalogue"] for une in journal if une["type"] == "controle"}


def _catalogues(dossier: Dossier) -> list[Dommage]:
    """A catalogue is named by its sha256."""
    attendus = {dossier.catalogues / f"{nom}.json": nom for nom in catalogues(dossier)}
    return comparer(attendus, CATALOGUE)


def _remarques(dossier: Dossier, version: Version | None) -> Iterator[str]:
    sans = [une for une in (version.livraisons if version else ()) if not une.sceau]
    if sans:
        yield (
            f"{len(sans)} livraison(s) chargée(s) avant que les archives ne soient scellées "
            f"({sans[0].mois}…) ne peuvent pas prouver leur contenu. Pour les sceller : "
            "infocentre reparer LIVRAISON, qui le relit de la livraison, ou infocentre reparer "
            "--sceller, qui tient pour bon ce qui est là."
        )
    for chemin in etrangers(dossier):
        yield f"{chemin} n'est pas à l'infocentre : laissé en place, jamais lu ni purgé."


def etrangers(dossier: Dossier) -> list[Path]:
    """Return what somebody put among the files of the infocentre, and that it never touches."""
    regles = (
        (dossier.versions, "*", NUMERO),
        (dossier.archives, "*/*", ARRETE),
        (dossier.archives, "*/*/*", EMPREINTE),
        (dossier.nominatif, "*/*/*", rf"{EMPREINTE}\.parquet"),
        (dossier.etats, "*/*", r"[0-9a-f]{16}\.parquet"),
        (dossier.suivi, "*/*", r"[0-9a-f]{16}\.parquet"),
        (dossier.parcours, "*/*", r"[0-9a-f]{16}"),
        (dossier.constats, "*/*/*", r"[0-9a-f]{16}-[0-9a-f]{16}\.parquet"),
        (dossier.catalogues, "*", rf"{EMPREINTE}\.json"),
        (dossier.registres, "*/*", rf"{EMPREINTE}\.json(\.ecarte-[0-9-]+)?"),
    )
    vus: list[Path] = []
    for racine, gabarit, regle in regles:
        vus += [
            chemin
            for chemin in sorted(racine.glob(gabarit))
            if not re.fullmatch(regle, chemin.name) and not vus_avec(chemin, vus)
        ]
    return vus


def vus_avec(chemin: Path, vus: list[Path]) -> bool:
    """Tell a path inside one that is already a stranger's."""
    return any(autre in chemin.parents for autre in vus)
