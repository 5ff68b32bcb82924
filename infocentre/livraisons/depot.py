"""A delivery as it is handed over: a directory or a zip, its manifest, its files."""

from __future__ import annotations

import contextlib
import datetime as dt
import errno
import hashlib
import json
import lzma
import re
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any, NotRequired, TypedDict, cast

from infocentre.contrat import contrat
from infocentre.contrat.territoires import normaliser_departement
from infocentre.livraisons.plafond import plafond
from infocentre.livraisons.sources import FORMATS
from infocentre.livraisons.traduction import Traduction
from infocentre.noyau.erreurs import Refus, RefusMotive
from infocentre.noyau.fichiers import est_vu
from infocentre.noyau.temps import fin_de_mois, lire_arrete
from infocentre.noyau.texte import nom_sur

FORMAT = "sne-infocentre-1"
BLOC = 1 << 20
LONGUEUR_CHEMIN = 4096
FIN_DE_ZIP = 1 << 16  # bytes in which the end of a zip is told
CHIFFRE = 1  # the bit of a member of a zip that a password is needed to read
DISQUE = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EFBIG})
ZIP_ABIME = (
    zipfile.BadZipFile,
    zlib.error,
    lzma.LZMAError,
    EOFError,
    NotImplementedError,
    RuntimeError,
    ValueError,
)


@dataclass(frozen=True, slots=True)
class Depot:
    """What was handed over: one file per table, and the month that it tells.

    `traductions` says by table how a file that is not in the contract's words is read, and
    `correspondance` by which correspondance: its content as JSON, None when there is none.
    """

    nom: str
    departement: str
    arrete: dt.date
    fichiers: dict[str, Path]
    lignes: dict[str, int]
    ignores: tuple[str, ...]
    empreinte: str
    traductions: Mapping[str, Traduction] = field(default_factory=dict)
    correspondance: dict[str, Any] | None = None


def fichiers_presents(dossier: Path) -> list[Path]:
    """Return the files of a delivery that are seen, in the order of their names."""
    return sorted(f for f in dossier.iterdir() if f.is_file() and est_vu(f.name))


def reconnaitre(
    chemin: Path, temporaire: Path, arrete: str | None = None, departement: str | None = None
) -> tuple[Path, Manifeste | None, str, dt.date]:
    """Return the directory of a delivery, its manifest, its département and its arrêté."""
    with lecture(chemin, temporaire):
        dossier = _dossier(chemin, temporaire)
        manifeste = lire_manifeste(dossier)
        exiger_tables(_fichiers(dossier, manifeste)[0], str(chemin))
    jour = arrete_de(chemin, manifeste, arrete)
    return dossier, manifeste, departement_de(manifeste, departement, chemin), jour


@contextlib.contextmanager
def lecture(chemin: Path, temporaire: Path) -> Iterator[None]:
    """Tell what cannot be read in a delivery from what cannot be written in `temporaire`."""
    try:
        yield
    except OSError as erreur:
        if erreur.errno in DISQUE or str(erreur.filename or "").startswith(str(temporaire)):
            raise
        droits = isinstance(erreur, PermissionError)
        raise Refus(
            "les droits ne permettent pas de lire" if droits else "la lecture a échoué",
            nom_sur(str(erreur.filename or chemin), LONGUEUR_CHEMIN),
            "Vérifier les droits, et que le disque qui porte la livraison répond ; "
            "puis recommencer.",
        ) from erreur


def ouvrir_depot(
    chemin: Path, temporaire: Path, arrete: str | None = None, departement: str | None = None
) -> Depot:
    """Find the files of a delivery and check them against its manifest; write nothing lasting."""
    dossier, manifeste, code, jour = reconnaitre(chemin, temporaire, arrete, departement)
    fichiers, ignores = _fichiers(dossier, manifeste)
    empreintes = {table: _sha256(fichier, temporaire) for table, fichier in fichiers.items()}
    _verifier_empreintes(manifeste, fichiers, empreintes)
    texte = "\n".join(f"{table}:{empreintes[table]}" for table in sorted(empreintes))
    return Depot(
        nom=nom_sur(chemin.resolve().name),
        departement=code,
        arrete=jour,
        fichiers=fichiers,
        lignes={f["table"].lower(): f["lignes"] for f in _annonces(manifeste) if "lignes" in f},
        ignores=tuple(nom_sur(nom) for nom in ignores),
        empreinte=hashlib.sha256(texte.encode()).hexdigest(),
    )


def _dossier(chemin: Path, temporaire: Path) -> Path:
    if chemin.is_dir():
        return chemin
    if not chemin.exists():
        raise Refus("cette livraison n'existe pas", str(chemin), "Vérifier le chemin donné.")
    if chemin.suffix.lower() != ".zip":
        raise Refus(
            "ce n'est pas une livraison",
            str(chemin),
            "Donner le dossier de la livraison, ou son archive .zip.",
        )
    return deballer(chemin, temporaire / "deballage")


def deballer(chemin: Path, cible: Path, *, dossiers: bool = False) -> Path:
    """Extract a zip; raise Refus when it is damaged, climbs out, swells, or repeats a file.

    Its folders are kept when `dossiers` says so; else more than one is refused.
    """
    abimee = _abimee(chemin)
    try:
        return _deballer(chemin, cible, dossiers=dossiers)
    except ZIP_ABIME as erreur:
        raise abimee from erreur
    except OSError as erreur:
        # A false offset, a false bzip2 stream, a name that no disk can bear.
        if erreur.errno in {None, errno.EINVAL, errno.ENAMETOOLONG}:
            raise abimee from erreur
        raise


def _abimee(chemin: Path) -> Refus:
    """Say that a zip cannot be read: it is damaged, or the last of several parts."""
    with chemin.open("rb") as flux:
        flux.seek(max(0, chemin.stat().st_size - FIN_DE_ZIP))
        _, trouvee, fin = flux.read().rpartition(b"PK\5\6")
    if trouvee and fin[:2] not in {b"\0\0", b"\xff\xff"}:  # the number of its disk
        return Refus(
            "l'archive zip n'est qu'une partie d'un envoi (.z01, .z02…, .zip)",
            str(chemin),
            "En réunir toutes les parties, les extraire, puis charger le dossier obtenu.",
        )
    return Refus("l'archive zip est abîmée", str(chemin), "Télécharger de nouveau la livraison.")


def _deballer(chemin: Path, cible: Path, *, dossiers: bool) -> Path:
    """Extract the files of a zip, refusing paths that climb out of it and abnormal sizes."""
    maximum = plafond(chemin)
    with zipfile.ZipFile(chemin) as archive:
        membres = [membre for membre in archive.infolist() if not membre.is_dir()]
        if any(membre.flag_bits & CHIFFRE for membre in membres):
            raise Refus(
                "l'archive zip est protégée par un mot de passe",
                str(chemin),
                "L'extraire avec son mot de passe, puis charger le dossier qu'elle contient.",
            )
        for membre in membres:
            _refuser_evasion(chemin, membre.filename)
        if sum(membre.file_size for membre in membres) > maximum:
            raise _bombe(chemin)
        noms = [membre.filename.lower() for membre in membres]
        if len(set(noms)) < len(noms):
            raise Refus(
                "l'archive contient deux fois le même fichier",
                str(chemin),
                "Demander une nouvelle archive à son émetteur.",
            )
        utiles = [membre for membre in membres if _est_utile(membre.filename)]
        if not dossiers and len({PurePosixPath(un.filename).parent for un in utiles}) > 1:
            raise Refus(
                "l'archive contient plusieurs dossiers",
                str(chemin),
                "Faire une archive par livraison.",
            )
        cible.mkdir(parents=True)
        for membre in utiles:
            place = PurePosixPath(membre.filename)
            ou = cible / (place if dossiers else place.name)
            maximum -= _extraire(archive, membre, ou, maximum, chemin)
    return cible


def _est_utile(nom: str) -> bool:
    return all(map(est_vu, PurePosixPath(nom).parts))


def _refuser_evasion(chemin: Path, nom: str) -> None:
    chemin_membre = PurePosixPath(nom.replace("\\", "/"))
    if chemin_membre.is_absolute() or ".." in chemin_membre.parts or ":" in nom:
        raise Refus(
            f"l'archive contient un chemin qui en sort : « {nom} »",
            str(chemin),
            "Ne pas l'ouvrir ; demander une nouvelle archive à son émetteur.",
        )


def _bombe(chemin: Path) -> Refus:
    return Refus(
        "l'archive se décompresse en une taille anormale",
        str(chemin),
        "Ne pas l'ouvrir ; vérifier l'archive auprès de son émetteur.",
    )


def _extraire(
    archive: zipfile.ZipFile, membre: zipfile.ZipInfo, cible: Path, maximum: int, chemin: Path
) -> int:
    ecrits = 0
    cible.parent.mkdir(parents=True, exist_ok=True)
    with archive.open(membre) as entree, cible.open("wb") as sortie:
        while bloc := entree.read(BLOC):
            ecrits += len(bloc)
            if ecrits > maximum:
                raise _bombe(chemin)
            sortie.write(bloc)
    return ecrits


class Annonce(TypedDict):
    """A file of a delivery, as its manifest tells it."""

    table: str
    nom: str
    lignes: NotRequired[int]
    sha256: NotRequired[str]


class Manifeste(TypedDict):
    """What a delivery says of itself."""

    format: str
    departement: str
    arrete: str
    fichiers: list[Annonce]


def lire_manifeste(dossier: Path) -> Manifeste | None:
    """Return what a delivery says of itself, None when it says nothing; raise Refus."""
    chemin = dossier / "manifeste.json"
    if not chemin.exists():
        return None
    try:
        contenu = json.loads(chemin.read_text("utf-8-sig"))
    except (UnicodeDecodeError, json.JSONDecodeError, RecursionError) as erreur:
        raise _manifeste_faux("ce n'est pas du JSON lisible") from erreur
    if not isinstance(contenu, dict) or contenu.get("format") != FORMAT:
        raise _manifeste_faux(f"le format attendu est « {FORMAT} »")
    for cle in ("departement", "arrete"):
        if not isinstance(contenu.get(cle), str):
            raise _manifeste_faux(f"« {cle} » manque")
    annonces = contenu.get("fichiers")
    if not isinstance(annonces, list) or not all(_annonce_complete(a) for a in annonces):
        raise _manifeste_faux("« fichiers » doit donner « table » et « nom » de chaque fichier")
    return cast("Manifeste", contenu)


def _annonce_complete(annonce: object) -> bool:
    return (
        isinstance(annonce, dict)
        and isinstance(annonce.get("table"), str)
        and isinstance(annonce.get("nom"), str)
        and annonce["nom"] == nom_sur(annonce["nom"])
        and isinstance(annonce.get("lignes", 0), int)
        and isinstance(annonce.get("sha256", ""), str)
    )


def _manifeste_faux(quoi: str) -> Refus:
    return Refus(quoi, "manifeste.json", "Demander une nouvelle livraison à son émetteur.")


def _annonces(manifeste: Manifeste | None) -> list[Annonce]:
    return list(manifeste["fichiers"]) if manifeste else []


def _fichiers(dossier: Path, manifeste: Manifeste | None) -> tuple[dict[str, Path], list[str]]:
    """Return the file of each table, and the names of the files that are none."""
    presents = fichiers_presents(dossier)
    fichiers = _fichiers_annonces(dossier, manifeste) if manifeste else _fichiers_nommes(presents)
    lus = {fichier.name for fichier in fichiers.values()} | {"manifeste.json"}
    return fichiers, [fichier.name for fichier in presents if fichier.name not in lus]


def _fichiers_annonces(dossier: Path, manifeste: Manifeste) -> dict[str, Path]:
    fichiers: dict[str, Path] = {}
    for annonce in _annonces(manifeste):
        table, nom = annonce["table"].lower(), annonce["nom"]
        if Path(nom).name != nom:
            raise _manifeste_faux(f"« {nom} » n'est pas un nom de fichier")
        if not (dossier / nom).is_file():
            raise Refus(
                "fichier annoncé au manifeste et absent de la livraison",
                nom,
                "Demander une livraison complète.",
            )
        if table in fichiers:
            raise _manifeste_faux(f"la table « {table} » est annoncée deux fois")
        if not nom.lower().endswith(FORMATS):
            raise Refus("format de fichier inconnu", nom, f"Formats lus : {', '.join(FORMATS)}.")
        if table in contrat().tables:
            fichiers[table] = dossier / nom
    return fichiers


def _fichiers_nommes(presents: list[Path]) -> dict[str, Path]:
    fichiers: dict[str, Path] = {}
    for fichier in presents:
        table = fichier.name.lower().split(".", 1)[0]
        if table not in contrat().tables or not fichier.name.lower().endswith(FORMATS):
            continue
        if fichier.name != nom_sur(fichier.name):
            raise Refus(
                "le nom de ce fichier contient des caractères illisibles",
                nom_sur(fichier.name),
                f"Le nommer comme sa table, par exemple {table}.csv.",
            )
        if table in fichiers:
            raise Refus(
                f"deux fichiers pour la table « {table} » : {fichiers[table].name}, {fichier.name}",
                que_faire="N'en laisser qu'un dans la livraison.",
            )
        fichiers[table] = fichier
    return fichiers


def exiger_tables(fichiers: Mapping[str, Path], ou: str) -> None:
    """Raise Refus when a delivery has no file of a compulsory table."""
    if not fichiers:
        raise Refus(
            "ce n'est pas une livraison : aucun fichier de table n'y est",
            ou,
            "Attendus : stock et radiation, et guichets s'il y en a un, en .csv, .csv.gz, .parquet "
            "ou .xlsx.",
        )
    absentes = [t.nom for t in contrat().tables.values() if t.obligatoire and t.nom not in fichiers]
    if absentes:
        raise Refus(
            f"table obligatoire absente : {', '.join(absentes)}",
            ou,
            "Demander une livraison complète.",
        )


def arrete_de(chemin: Path, manifeste: Manifeste | None, option: str | None) -> dt.date:
    """Return the arrêté of a delivery; raise RefusMotive when nothing tells it."""
    donne = lire_arrete(option) if option else None
    if manifeste:
        lu = lire_arrete(manifeste["arrete"])
        if donne and donne != lu:
            raise Refus(
                f"l'arrêté du manifeste ({lu:%d/%m/%Y}) n'est pas celui de --arrete "
                f"({donne:%d/%m/%Y})",
                str(chemin),
                "Vérifier de quel mois est cette livraison.",
            )
        return lu
    if donne:
        return donne
    jour = arrete_du_nom(chemin)
    if jour is None:
        raise RefusMotive(
            "arrete",
            "l'arrêté de la livraison n'est pas connu",
            "Nommer le dossier AAAA-MM (ou AAAA pour une année), ou donner --arrete AAAA-MM-JJ.",
            str(chemin),
        )
    return jour


def arrete_du_manifeste(dossier: Path) -> dt.date | None:
    """Return the arrêté that the manifest of a directory tells, None without one; raise Refus."""
    manifeste = lire_manifeste(dossier)
    return lire_arrete(manifeste["arrete"]) if manifeste else None


def arrete_du_nom(chemin: Path) -> dt.date | None:
    """Return the arrêté that a delivery is named by: AAAA-MM, or AAAA for the 31st of December."""
    nom = re.fullmatch(
        r"((?:19|20|21)\d{2})(?:-(0[1-9]|1[0-2]))?(\.zip)?", chemin.resolve().name, re.IGNORECASE
    )
    return fin_de_mois(f"{nom[1]}-{nom[2] or 12}") if nom else None


def departement_de(manifeste: Manifeste | None, option: str | None, chemin: Path) -> str:
    """Return the département of a delivery; raise RefusMotive when nothing tells it."""
    donne = normaliser_departement(option) if option else None
    if manifeste:
        lu = normaliser_departement(manifeste["departement"])
        if donne and donne != lu:
            raise Refus(
                f"le département du manifeste ({lu}) n'est pas celui de --departement ({donne})",
                str(chemin),
                "Vérifier de quel département est cette livraison.",
            )
        return lu
    if donne:
        return donne
    raise RefusMotive(
        "departement",
        "le département de la livraison n'est pas connu",
        "Sans manifeste, donner --departement, par exemple --departement 013.",
        str(chemin),
    )


def _sha256(fichier: Path, temporaire: Path) -> str:
    with lecture(fichier, temporaire), fichier.open("rb") as flux:
        return hashlib.file_digest(flux, "sha256").hexdigest()


def _verifier_empreintes(
    manifeste: Manifeste | None, fichiers: dict[str, Path], empreintes: dict[str, str]
) -> None:
    for annonce in _annonces(manifeste):
        table = annonce["table"].lower()
        annoncee = annonce.get("sha256", "").strip().lower()
        if annoncee and table in fichiers and annoncee != empreintes[table]:
            raise Refus(
                "l'empreinte sha256 n'est pas celle du manifeste",
                annonce["nom"],
                "Le fichier a été abîmé ou modifié : télécharger de nouveau la livraison.",
            )
