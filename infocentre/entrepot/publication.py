"""A new version: made aside, then swapped in one step, and written in the journal."""

from __future__ import annotations

import contextlib
import logging
import re
import shutil
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

from infocentre.entrepot import remplacement
from infocentre.entrepot.brouillon import Brouillon
from infocentre.entrepot.dossier import (
    ENTREPOT,
    REPARER,
    VERSION,
    Dossier,
    lire_version,
    ouvrir_entrepot,
    supprimer_version,
)
from infocentre.entrepot.evenements import Evenement
from infocentre.entrepot.retrouvailles import evenements_manquants
from infocentre.entrepot.sceaux import ABSENT, CHANGE, RECALCULER, Dommage, cle_archive
from infocentre.entrepot.version import Livraison, Version
from infocentre.noyau.erreurs import Refus
from infocentre.noyau.fichiers import empreintes, sha256, sur_le_disque

VERSIONS_GARDEES = 2
DERIVE = r"[0-9a-f]{16}"
_avis = logging.getLogger(__name__)


class Publication:
    """The only writer of a data directory, once `Dossier.ecrire` holds the lock."""

    def __init__(self, dossier: Dossier, *, perdue: bool = False) -> None:
        """Finish what a crash may have left; `perdue`: the published version cannot be read.

        Raises:
            Refus: what was published is lost or damaged, and is to be put back first.
        """
        self.dossier = dossier
        dossier.versions.mkdir(parents=True, exist_ok=True)
        if perdue:
            self._finir_sans_version()
            self.version = Version(numero=dernier_numero(dossier))
            return
        self.version = dossier.version()
        if copie := dommage_du_lien(dossier):
            raise copie.refus()
        self._refuser_un_retour()
        self._oublier(lambda numero: numero > self.version.numero)
        self._completer_journal()
        self.finir_remplacement()

    def _refuser_un_retour(self) -> None:
        """Refuse to write after an older version than the last one that the journal has."""
        derniere = max((une["version"] for une in self.dossier.publications()), default=0)
        if self.version.numero < derniere:
            raise Refus(
                f"la version publiée est la {self.version.numero}, alors que le journal en a "
                f"publié une plus récente ({derniere})",
                str(self.dossier.courante),
                REPARER,
            )

    def _completer_journal(self) -> None:
        """Write in the journal what the version knows and it does not."""
        journal = self.dossier.publications()
        manquants = evenements_manquants(self.version, journal)
        for evenement in manquants:
            self.dossier.ajouter_ligne(self.dossier.journal, evenement)
        if any(un.get("retrouve") for un in manquants):
            _avis.warning(
                "%s : %d publication(s) retrouvée(s) d'après la version publiée.",
                self.dossier.journal.name,
                len(manquants),
            )

    def finir_remplacement(self) -> Version:
        """Carry out the replacement of files that is decided, if there is one."""
        evenement = remplacement.en_cours(self.dossier)
        if evenement is None:
            return self.version
        remplacement.deplacer(self.dossier)
        brouillon = self.brouillon(copie=True)
        brouillon.version = rescellee(brouillon.version, evenement)
        version = self.publier(brouillon, evenement)
        remplacement.oublier(self.dossier)
        return version

    def _finir_sans_version(self) -> None:
        """Put in place the files of a replacement; the journal keeps what it changed."""
        if evenement := remplacement.en_cours(self.dossier):
            remplacement.deplacer(self.dossier)
            numero = dernier_numero(self.dossier)
            self.dossier.ajouter_ligne(self.dossier.journal, {"version": numero, **evenement})
            remplacement.oublier(self.dossier)

    def brouillon(self, *, vide: bool = False, copie: bool = False) -> Brouillon:
        """Start a new version from the published one, or from nothing.

        `copie`: the warehouse will not change, and its sha256 is not checked.
        """
        chemin = self.dossier.versions / f"{self.version.numero + 1:06d}.brouillon"
        chemin.mkdir()
        if vide:
            return Brouillon(chemin, Version(numero=self.version.numero + 1))
        if self.version.numero:
            self._copier_entrepot(chemin / ENTREPOT, exiger=not copie)
        return Brouillon(chemin, replace(self.version, numero=self.version.numero + 1), copie=copie)

    def _copier_entrepot(self, cible: Path, *, exiger: bool) -> None:
        source = self.dossier.courante.resolve() / ENTREPOT
        attendu = self.version.sceaux.get(ENTREPOT, "") if exiger else ""
        if not source.exists():
            if exiger:
                raise Dommage(source, ABSENT, RECALCULER).refus()
            return
        with ThreadPoolExecutor(1) as fil:
            lu = fil.submit(sha256, source) if attendu else None
            shutil.copyfile(source, cible)
        if lu and lu.result() != attendu:
            raise Dommage(source, CHANGE, RECALCULER).refus()
        if exiger and not attendu and (manquants := mois_manquants(source, self.version)):
            raise dommage_mois(source, manquants).refus()

    def publier(self, brouillon: Brouillon, evenement: Evenement) -> Version:
        """Swap the version in, then write the journal; the swap is the moment of publication."""
        from infocentre.acces.ancres import ancrer  # who only reads loads no SQLAlchemy

        version = replace(
            brouillon.version,
            evenement={"version": brouillon.version.numero, **evenement},
            sceaux=self._sceaux(brouillon),
        )
        (brouillon.chemin / VERSION).write_bytes(
            version.en_json().encode(errors="backslashreplace")
        )
        sur_le_disque(*brouillon.chemin.iterdir(), brouillon.chemin)
        finale = brouillon.chemin.with_suffix("")
        brouillon.chemin.rename(finale)
        sur_le_disque(self.dossier.versions)
        pointer(self.dossier, finale)
        self.dossier.ajouter_ligne(self.dossier.journal, version.evenement)
        self.dossier.premiere.unlink(missing_ok=True)
        self.version = version
        self._oublier(lambda numero: numero <= version.numero - VERSIONS_GARDEES)
        self._oublier_derives()
        ancrer(self.dossier.racine, "publication")
        return version

    def _sceaux(self, brouillon: Brouillon) -> dict[str, str]:
        """Return the sha256 of all that the version rests on: what was written, what it keeps."""
        racine, version = self.dossier.racine, brouillon.version
        nommes = {f"etats/{nom}" for nom in version.etats.values()}
        nommes |= {f"suivi/{nom}" for nom in version.suivi.values()}
        vies = {f"parcours/{nom.removesuffix('.parquet')}" for nom in version.etats.values()}
        gardes = {
            nom: sceau
            for nom, sceau in version.sceaux.items()
            if nom in nommes
            or nom.rsplit("/", 1)[0] in vies
            or nom.startswith(("constats/", "catalogues/"))
        }
        lus = {
            str(fichier.relative_to(racine)): sceau
            for fichier, sceau in empreintes(brouillon.ecrits).items()
            if sceau
        }
        if not brouillon.copie and brouillon.entrepot.exists():
            lus[ENTREPOT] = sha256(brouillon.entrepot)
        elif brouillon.copie and ENTREPOT in version.sceaux:
            lus[ENTREPOT] = version.sceaux[ENTREPOT]
        return dict(sorted({**gardes, **lus}.items()))

    def _oublier(self, perimee: Callable[[int], bool]) -> None:
        for numero, chemin in self.dossier.numeros().items():
            if perimee(numero):
                supprimer_version(chemin)

    def _oublier_derives(self) -> None:
        """Delete the states and follow-ups that no version on disk names, and what goes along.

        Nothing while a version is damaged: nobody knows what it names. A stranger's file stays.
        """
        try:
            versions = [lire_version(chemin) for chemin in self.dossier.numeros().values()]
        except Refus:
            return
        for racine, nom in ((self.dossier.etats, "etats"), (self.dossier.suivi, "suivi")):
            gardes = {fichier for version in versions for fichier in getattr(version, nom).values()}
            for fichier in racine.glob("*/*.parquet"):
                if f"{fichier.parent.name}/{fichier.name}" not in gardes and re.fullmatch(
                    DERIVE, fichier.stem
                ):
                    fichier.unlink()
        for parcours in self.dossier.parcours.glob("*/*"):
            etat = self.dossier.etats / parcours.parent.name / f"{parcours.name}.parquet"
            if re.fullmatch(DERIVE, parcours.name) and not etat.exists():
                shutil.rmtree(parcours, ignore_errors=True)


def publication_possible(dossier: Dossier) -> Publication:
    """Return the only writer, whether or not the published version can be read."""
    try:
        return Publication(dossier)
    except Refus:
        return Publication(dossier, perdue=True)


def dommage_du_lien(dossier: Dossier) -> Dommage | None:
    """Return what is wrong of a `courante` that is no link: whoever copied it followed links."""
    if dossier.courante.is_symlink() or not dossier.courante.is_dir():
        return None
    quoi = "c'est un dossier, non le lien vers la version publiée (copié sans ses liens)"
    return Dommage(dossier.courante, quoi, "Remettre le lien : infocentre reparer.")


def version_connue(dossier: Dossier) -> Version | None:
    """Return the newest version on the disk that can be read, published or not; None: none."""
    for chemin in reversed(dossier.numeros().values()):
        with contextlib.suppress(Refus):
            return lire_version(chemin)
    return None


def pointer(dossier: Dossier, version: Path) -> None:
    """Make the link `courante` name this version, in one step."""
    lien = dossier.racine / "courante.nouvelle"
    lien.unlink(missing_ok=True)
    lien.symlink_to(version.relative_to(dossier.racine), target_is_directory=True)
    lien.replace(dossier.courante)
    sur_le_disque(dossier.racine)


def dernier_numero(dossier: Dossier) -> int:
    """Return the largest number of a version that the disk or the journal knows."""
    ecrits = [une["version"] for une in dossier.publications()]
    return max([*dossier.numeros(), *ecrits], default=0)


def rescellee(version: Version, evenement: Evenement) -> Version:
    """Return the version with the sha256 that a replacement of files gave."""
    archives = evenement.get("archives", {})

    def sceller(une: Livraison) -> Livraison:
        cle = cle_archive(une)
        controle = None if cle in evenement.get("a_controler", ()) else une.controle
        return replace(
            une,
            sceau=archives.get(cle, une.sceau),
            controle=controle,
            avant=une.avant and sceller(une.avant),
        )

    livraisons = tuple(sceller(une) for une in version.livraisons)
    return replace(version, livraisons=livraisons).scellee(evenement.get("sceaux", {}))


def mois_manquants(entrepot: Path, version: Version) -> list[str]:
    """Return the months that the version says controlled and its warehouse does not hold."""
    attendus = {(une.departement, une.mois) for une in version.livraisons if une.controle}
    with ouvrir_entrepot(entrepot) as con:
        lues = con.execute("SELECT table_name FROM duckdb_tables()").fetchall()
        tables = {nom for (nom,) in lues}
        tenus = {
            ligne
            for table in tables & {"valeurs", "registre"}
            for ligne in con.execute(f"SELECT DISTINCT departement, mois FROM {table}").fetchall()
        }
    return [f"{departement} {mois}" for departement, mois in sorted(attendus - tenus)]


def dommage_mois(entrepot: Path, manquants: list[str]) -> Dommage:
    """Say that a warehouse does not hold what its version announces."""
    return Dommage(
        entrepot,
        f"l'entrepôt n'a pas {len(manquants)} mois que la version dit contrôlés "
        f"({', '.join(manquants[:3])}…)",
        RECALCULER,
    )
