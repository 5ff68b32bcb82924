"""Charger: from deliveries to a published version, one after the other."""

from __future__ import annotations

import contextlib
import datetime as dt
import json
import logging
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import duckdb

from infocentre.entrepot import Brouillon, Dossier, Livraison, Publication, Version, registres
from infocentre.entrepot.brouillon import menager, ouvrir_en_memoire
from infocentre.entrepot.description import Description
from infocentre.entrepot.effacements import jour_de_la_derniere_purge, numeros_effaces
from infocentre.entrepot.etats import Solde, calculer_etat, calculer_solde, creer_soldes, lire_solde
from infocentre.entrepot.parcours import calculer_parcours, fichiers_parcours
from infocentre.entrepot.remplacement import Remplacement
from infocentre.entrepot.retrouvailles import evenement_chargement
from infocentre.entrepot.sceaux import (
    DESCRIPTION,
    chemin_scelle,
    cle_archive,
    decrire_archive,
    dommages_archive,
    dommages_derives,
    ecrire_description,
    exiger_archives,
    sceaux_du_journal,
)
from infocentre.livraisons.comparaison import comparer_archives
from infocentre.livraisons.depot import Depot, reconnaitre
from infocentre.livraisons.reception import Avancement, recevoir
from infocentre.livraisons.registre import completer
from infocentre.noyau.erreurs import Refus, RefusMotive
from infocentre.noyau.fichiers import empreintes, poser, sur_le_disque
from infocentre.noyau.scelle import SCEAU
from infocentre.noyau.temps import maintenant
from infocentre.noyau.texte import imprimable, nom_sur
from infocentre.operations.avance import Retenu, en_avance
from infocentre.operations.purge import AVANT, effacer_dans
from infocentre.operations.vraisemblance import (
    Jugement,
    juger_livraison,
    lire_raison,
    pour_une_page,
)
from infocentre.reconnaissance.ouverture import A_RECONNAITRE, Ouverture, ouvrir

IDENTITES = "identites.parquet"
ARCHIVE = "archive"  # in a workshop: what is received
# What a person has not told yet: nothing was judged, and nothing is refused.
QUESTIONS = frozenset({A_RECONNAITRE, "arrete", "departement"})
COMPLETE = "complete"  # in a workshop: an archive whose register a person completed
_avis = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Chargement:
    """What loading one delivery did: its description, what it replaced and what that changed.

    `reparee`: what was wrong with its archive, which it put right. `sans_comparaison`: the archive
    that it replaced is damaged, and nobody can say what changes.
    """

    description: Description
    deja_chargee: bool
    reparee: str = ""
    sans_comparaison: bool = False
    remplace: str | None = None
    changements: dict[str, Any] | None = None
    solde: Solde | None = None


@dataclass(frozen=True, slots=True)
class Demande:
    """What a person asks to load: the path, and the options that complete it.

    `permis`: the départements that the person may load, None for all. `correspondance`: the name
    or the file of the one that reads it, None to find it.
    """

    chemins: tuple[Path, ...]
    arrete: str | None = None
    departement: str | None = None
    confirmer: str | None = None
    permis: frozenset[str] | None = None
    correspondance: str | None = None

    def ouverture(self, chemin: Path) -> Ouverture:
        """Return what is handed over by one of its paths."""
        return Ouverture(chemin, self.arrete, self.departement, self.correspondance)


def charger(dossier: Dossier, demande: Demande, avancement: Avancement) -> Iterator[Chargement]:
    """Load each delivery and publish it on its own; the first refusal stops, the earlier stay."""
    with dossier.ecrire():
        publication = Publication(dossier)
        raison = _raison(demande)
        _refuser_meme_arrete(dossier, demande)
        suivi = Retenu(avancement)
        suite = _recues(publication, demande, raison, suivi)
        with contextlib.closing(en_avance(suite, suivi)) as recues:
            for une in recues:
                with _refus_note(dossier, une.chemin), dossier.manque_de_place():
                    _exiger_permis(une.depot, demande)
                    chargement = _charger(publication, une.depot, une.travail, avancement, raison)
                une.jeter()
                yield chargement


@dataclass(frozen=True, slots=True)
class _Recue:
    """One of the deliveries that a path holds, and where what is made of it waits for its turn.

    `echec` is what kept from opening or receiving it.
    """

    chemin: Path
    travail: Path
    depots: Sequence[Depot] = ()
    rang: int = 0
    echec: Exception | None = None

    @property
    def depot(self) -> Depot:
        """What was handed over; raise what went wrong with it."""
        if self.echec:
            raise self.echec
        return self.depots[self.rang]

    def jeter(self) -> None:
        """Delete what was made of it, and what its path held after the last one."""
        dernier = self.rang + 1 == len(self.depots)
        shutil.rmtree(self.travail.parent if dernier else self.travail)


def _recues(
    publication: Publication, demande: Demande, raison: str, suivi: Avancement
) -> Iterator[_Recue]:
    """Open what is handed over, and receive what is of a new month: nothing else is done of it."""
    dossier = publication.dossier
    for place, chemin in enumerate(demande.chemins):
        atelier = dossier.temporaire / str(place)
        atelier.mkdir()
        try:
            depots = ouvrir(dossier.racine, demande.ouverture(chemin), atelier)
            _une_confirmation(raison, depots)
        except Exception as echec:  # noqa: BLE001 - raised in its turn
            yield _Recue(chemin, atelier, echec=echec)
            return
        for rang, depot in enumerate(depots):
            une = _Recue(chemin, Path(tempfile.mkdtemp(dir=atelier)), depots, rang)
            if _est_nouvelle(publication, depot) and _est_permise(depot, demande):
                try:
                    recevoir(depot, une.travail / ARCHIVE, une.travail, suivi)
                except Exception as echec:  # noqa: BLE001
                    yield replace(une, echec=echec)
                    return
            yield une


def _est_nouvelle(publication: Publication, depot: Depot) -> bool:
    """Tell a delivery of a month that none is of, and that was never put away."""
    livraison = _livraison(depot)
    connue = publication.version.trouver(livraison.departement, livraison.mois)
    return connue is None and not publication.dossier.archive(livraison).exists()


def _livraison(depot: Depot) -> Livraison:
    return Livraison(
        departement=depot.departement,
        arrete=depot.arrete.isoformat(),
        empreinte=depot.empreinte,
        nom=depot.nom,
        chargee_le=maintenant(),
    )


@contextlib.contextmanager
def _refus_note(dossier: Dossier, chemin: Path) -> Iterator[None]:
    """Keep the memory of a refused delivery, outside any version; a question is no refusal."""
    try:
        yield
    except Refus as refus:
        if isinstance(refus, RefusMotive) and refus.motif in QUESTIONS:
            raise
        with contextlib.suppress(OSError):
            dossier.ajouter_ligne(
                dossier.refus,
                {
                    "le": maintenant(),
                    "livraison": nom_sur(chemin.name),
                    "motif": imprimable(str(pour_une_page(refus))),
                },
            )
        raise


def _est_permise(depot: Depot, demande: Demande) -> bool:
    return demande.permis is None or depot.departement in demande.permis


def _exiger_permis(depot: Depot, demande: Demande) -> None:
    if not _est_permise(depot, demande):
        raise Refus(
            f"cette livraison est celle du département {depot.departement}, "
            "qui n'est pas ouvert à ce compte",
            que_faire="La confier à qui suit ce département.",
        )


def _raison(demande: Demande) -> str:
    """Return the reason given to confirm; raise Refus when it would confirm several deliveries."""
    raison = lire_raison(demande.confirmer)
    _une_confirmation(raison, demande.chemins)
    return raison


def _une_confirmation(raison: str, livraisons: Sequence[object]) -> None:
    if raison and len(livraisons) > 1:
        raise Refus(
            "une confirmation vaut pour une livraison, plusieurs sont données",
            que_faire="Charger seule celle qui est à confirmer.",
        )


def _refuser_meme_arrete(dossier: Dossier, demande: Demande) -> None:
    """Refuse two deliveries of one arrêté in one command, before any is read."""
    if len(demande.chemins) < 2:  # noqa: PLR2004
        return
    vues: dict[tuple[str, dt.date], Path] = {}
    for rang, chemin in enumerate(demande.chemins):
        with contextlib.suppress(Refus):
            _, _, cle, arrete = reconnaitre(
                chemin, dossier.temporaire / f"r{rang}", demande.arrete, demande.departement
            )
            if (cle, arrete) in vues:
                break
            vues[cle, arrete] = chemin
    else:
        return
    raise Refus(
        f"deux livraisons du même arrêté ({arrete:%d/%m/%Y}) dans une commande : "
        f"{vues[cle, arrete]} et {chemin}",
        que_faire="Charger seulement celle qui est bonne.",
    )


def _charger(
    publication: Publication, depot: Depot, atelier: Path, avancement: Avancement, raison: str
) -> Chargement:
    dossier = publication.dossier
    livraison = _livraison(depot)
    ancienne = publication.version.trouver(livraison.departement, livraison.mois)
    if ancienne and est_de(dossier, depot, ancienne):
        dommages = dommages_archive(dossier, ancienne)
        if dommages:
            remettre(publication, depot, ancienne, atelier, avancement)
        reparee = f"{dommages[0].ou.name} : {dommages[0].quoi}" if dommages else ""
        description = _description(dossier.archive(ancienne))
        return Chargement(description, deja_chargee=True, reparee=reparee)
    livraison, jugement = _archiver(publication, depot, livraison, atelier, avancement, raison)
    archive = dossier.archive(livraison)
    brouillon = publication.brouillon()
    solde = appliquer_chargement(dossier, brouillon, livraison)
    comparable = ancienne is None or not dommages_archive(dossier, ancienne)
    publication.publier(brouillon, evenement_chargement(livraison, ancienne))
    jugement.garder(dossier)
    changements = None
    if ancienne and comparable:
        changements = comparer_archives(dossier.archive(ancienne), archive)
    return Chargement(
        _description(archive),
        deja_chargee=False,
        remplace=ancienne.empreinte if ancienne else None,
        changements=changements,
        solde=solde,
        sans_comparaison=not comparable,
    )


def _noter_jugement(recue: Path, jugement: Jugement, livraison: Livraison) -> None:
    """Write in the description of a delivery what was judged of it."""
    description = _description(recue)
    description["vraisemblance"] = jugement.en_json(livraison.chargee_le)
    ecrire_description(recue / DESCRIPTION, description)


def confirmation(archive: Path) -> str:
    """Return the reason with which an archive was confirmed when it was received, '' for none."""
    jugee = _description(archive).get("vraisemblance")
    return jugee["confirmation"]["raison"] if jugee and jugee["confirmation"] else ""


def _description(archive: Path) -> Description:
    contenu: Description = json.loads((archive / DESCRIPTION).read_text("utf-8"))
    return contenu


def _archiver(
    publication: Publication,
    depot: Depot,
    livraison: Livraison,
    atelier: Path,
    avancement: Avancement,
    raison: str,
) -> tuple[Livraison, Jugement]:
    """Receive a delivery, judge it, put it in its archive, unless it is there whole from before.

    Raise Refus when it is not plausible: nothing of it was put away.
    """
    dossier = publication.dossier
    connue = sceaux_du_journal(dossier).get(cle_archive(livraison), "")
    livraison = replace(livraison, sceau=connue)
    archive = dossier.archive(livraison)
    intacte = archive.exists() and not dommages_archive(dossier, livraison)
    recue = archive if intacte else atelier / ARCHIVE
    if not recue.exists():
        recevoir(depot, recue, atelier, avancement)
    if tenu := registres.tenu(dossier, livraison.departement):
        complete = completee(dossier, livraison, recue, tenu, atelier)
        if complete:
            livraison, recue, intacte = complete, atelier / COMPLETE, False
    raison = raison or confirmation(recue)
    jugement = juger_livraison(dossier, publication.version, livraison, recue, atelier, raison)
    livraison = replace(livraison, confirmation=jugement.confirmation)
    if not intacte:
        if not publication.version.numero:
            dossier.premiere.touch()
        _noter_jugement(recue, jugement, livraison)
        livraison = replace(livraison, sceau=sceller_et_ranger(dossier, livraison, recue))
    return livraison, jugement


def completee(
    dossier: Dossier, livraison: Livraison, archive: Path, tenu: registres.Tenu, atelier: Path
) -> Livraison | None:
    """Make, in `atelier / COMPLETE`, an archive whose register a person completed.

    Return its delivery, not sealed yet; None when that register changes nothing. The archive that
    is given stays as it is: what both hold is on the disk once.
    """
    cible = atelier / COMPLETE
    cible.mkdir()
    for fichier in archive.iterdir():
        (cible / fichier.name).hardlink_to(fichier)
    noms = chemin_scelle(dossier, livraison, IDENTITES)
    if noms.exists() and not (cible / IDENTITES).exists():
        (cible / IDENTITES).hardlink_to(noms)
    with ouvrir_en_memoire(atelier / "debordement") as con:
        if not completer(con, cible, tenu):
            shutil.rmtree(cible)
            return None
    return replace(livraison, empreinte=_description(cible)["empreinte"], sceau="")


def est_de(dossier: Dossier, depot: Depot, livraison: Livraison) -> bool:
    """Tell whether a delivery in force is what is handed over, its register completed or not."""
    lequel = registres.par_lequel(dossier, depot.departement, depot.empreinte, livraison.empreinte)
    return lequel is not None


def _recevoir_comme(
    dossier: Dossier, depot: Depot, livraison: Livraison, atelier: Path, avancement: Avancement
) -> Path:
    """Receive a delivery again as its archive has it, with the register that completed it."""
    recue = atelier / ARCHIVE
    recevoir(depot, recue, atelier, avancement)
    lequel = registres.par_lequel(dossier, depot.departement, depot.empreinte, livraison.empreinte)
    if lequel:
        with ouvrir_en_memoire(atelier / "debordement") as con:
            completer(con, recue, registres.lire(dossier, depot.departement, lequel))
    return recue


def ranger_recue(
    dossier: Dossier, depot: Depot, livraison: Livraison, atelier: Path, avancement: Avancement
) -> str:
    """Receive again a delivery into an archive that no version names; return its sha256."""
    recue = _recevoir_comme(dossier, depot, livraison, atelier, avancement)
    return sceller_et_ranger(dossier, livraison, recue)


def sceller_et_ranger(dossier: Dossier, livraison: Livraison, recue: Path) -> str:
    """Seal an archive and put it in its place; return the sha256 of its livraison.json."""
    sceau = sceller_archive(dossier, livraison.departement, recue)
    _ranger(dossier, livraison, recue)
    return sceau


def sceller_archive(dossier: Dossier, departement: str, recue: Path) -> str:
    """Erase what a purge erased already, then write the sha256 of each file in livraison.json.

    Return the sha256 of livraison.json itself: the delivery's record keeps it.
    """
    purge = jour_de_la_derniere_purge(dossier)
    if purge or numeros_effaces(dossier):
        effacer_dans(dossier, departement, [recue], purge or AVANT)
    if (recue / IDENTITES).exists():
        (recue / IDENTITES).chmod(0o600)
    return ecrire_sceaux(recue / DESCRIPTION, sorted(recue.glob("*.parquet")))


def ecrire_sceaux(description: Path, fichiers: list[Path]) -> str:
    """Write in a livraison.json the sha256 of these files; return its own."""
    contenu = json.loads(description.read_text("utf-8"))
    lus = {fichier.name: sceau for fichier, sceau in empreintes(fichiers).items()}
    return ecrire_description(description, {**contenu, SCEAU: lus})


def _ranger(dossier: Dossier, livraison: Livraison, recue: Path) -> None:
    """Put the names apart, then the archive in its place: it is there whole, or not at all."""
    if (recue / IDENTITES).exists():
        dossier.nominatif.mkdir(mode=0o700, exist_ok=True)
        poser(recue / IDENTITES, chemin_scelle(dossier, livraison, IDENTITES))
    archive = dossier.archive(livraison)
    if archive.exists():  # damaged, and in force nowhere
        for fichier in sorted(recue.iterdir(), key=lambda un: un.name == DESCRIPTION):
            poser(fichier, archive / fichier.name)
        return
    archive.parent.mkdir(parents=True, exist_ok=True)
    sur_le_disque(*recue.iterdir(), recue)
    recue.rename(archive)
    sur_le_disque(archive.parent, archive.parent.parent, dossier.archives)


def remettre(
    publication: Publication,
    depot: Depot,
    livraison: Livraison,
    atelier: Path,
    avancement: Avancement,
) -> None:
    """Put back the archive of a delivery in force from the delivery itself, and publish it.

    One that had no seal may have been judged damaged: its month is to be controlled again.
    """
    dossier = publication.dossier
    remplacement = Remplacement(dossier)
    recue = _recevoir_comme(dossier, depot, livraison, atelier, avancement)
    _garder_le_jugement(dossier, livraison, recue)
    sceau = sceller_archive(dossier, livraison.departement, recue)
    for fichier in recue.iterdir():
        fichier.rename(remplacement.place(chemin_scelle(dossier, livraison, fichier.name)))
    cle = cle_archive(livraison)
    remplacement.decider(
        {
            "type": "reparation",
            "le": maintenant(),
            "archives": {cle: sceau},
            "a_controler": [] if livraison.sceau else [cle],
        }
    )
    publication.finir_remplacement()


def _garder_le_jugement(dossier: Dossier, livraison: Livraison, recue: Path) -> None:
    """Write in a delivery received again what was judged of it, when that can still be read."""
    with contextlib.suppress(Refus):
        jugee = decrire_archive(dossier, livraison).get("vraisemblance")
        if jugee:
            contenu = {**_description(recue), "vraisemblance": jugee}
            ecrire_description(recue / DESCRIPTION, contenu)


def appliquer_chargement(
    dossier: Dossier, brouillon: Brouillon, livraison: Livraison
) -> Solde | None:
    """Put a delivery into a version in the making; return its balance, None for a first arrêté."""
    avant = brouillon.version
    brouillon.version = avant.avec(livraison)
    livraison = brouillon.version.trouver(livraison.departement, livraison.mois) or livraison
    suite = brouillon.version.de(livraison.departement)
    with brouillon.connexion() as con:
        menager(con, _description(dossier.archive(livraison))["tables"]["stock"]["conserves"])
        creer_soldes(con)
        _calculer_soldes(con, dossier, suite, suite.index(livraison))
        solde = lire_solde(con, livraison)
        precedent = _etat_precedent(dossier, avant, suite, livraison)
        etat = calculer_etat(con, dossier, brouillon, livraison.departement, precedent)
        brouillon.version = replace(
            brouillon.version, etats={**brouillon.version.etats, livraison.departement: etat}
        )
        calculer_parcours(con, dossier, brouillon, livraison.departement, precedent)
    return solde


def _calculer_soldes(
    con: duckdb.DuckDBPyConnection, dossier: Dossier, suite: list[Livraison], rang: int
) -> None:
    """Balance the delivery with the arrêté before it, and the next one again with it."""
    voisines = [suite[un] for un in (rang - 1, rang + 1) if 0 <= un < len(suite)]
    exiger_archives(dossier, voisines, ("stock.parquet", "radiation.parquet"))
    for apres in (rang, rang + 1):
        if 0 < apres < len(suite):
            calculer_solde(con, dossier, suite[apres - 1], suite[apres])


def _etat_precedent(
    dossier: Dossier, avant: Version, suite: list[Livraison], livraison: Livraison
) -> Path | None:
    """Return the state that the newest delivery only completes, when that is what it is.

    None when all archives of the département are to be read: they are checked first.
    """
    etat = avant.etats.get(livraison.departement)
    nouvelle = avant.trouver(livraison.departement, livraison.mois) is None
    if etat and nouvelle and suite[-1] == livraison:
        vies = fichiers_parcours(dossier, etat)
        dommages = dommages_derives(dossier, avant, [dossier.etats / etat, *(vies or {}).values()])
        if vies and not dommages:
            return dossier.etats / etat
        for dommage in dommages:
            _avis.warning("%s : %s ; recalculé des archives.", dommage.ou, dommage.quoi)
    exiger_archives(dossier, [une for une in suite if une != livraison])
    return None
