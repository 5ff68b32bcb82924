"""What files are, one by one, before anybody says it: how each is written, its names, its rows.

What a file is, its content tells, not its name: an « .xls » is often a text or a page.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Literal

import polars as pl

from infocentre.contrat.graphies import VIDES_AILLEURS
from infocentre.correspondances.modele import Dialecte
from infocentre.livraisons import classeurs
from infocentre.livraisons.classeurs import ANCIEN, FeuilleVue
from infocentre.livraisons.csv_reel import decompresser
from infocentre.livraisons.depot import deballer
from infocentre.livraisons.pieds import est_pied
from infocentre.noyau.erreurs import Refus
from infocentre.noyau.fichiers import est_vu
from infocentre.noyau.texte import SUBSTITUTS, nom_sur
from infocentre.reconnaissance import grille, texte
from infocentre.reconnaissance.grille import Tableau
from infocentre.reconnaissance.profil import LIGNES, Profil

FORMATS = (".csv", ".txt", ".tsv", ".gz", ".parquet", ".xlsx", ".xls", ".ods", ".zip")
MAGIES = {b"PK\3\4": "classeur", ANCIEN: "classeur", b"PAR1": "parquet", b"\x1f\x8b": "gz"}
PAGE = re.compile(rb"\s*(<!doctype html|<html|<table|<\?xml)", re.IGNORECASE)
PREMIERES, NIVEAUX = 400, 4
MOIS = 12
VIRGULE, POINT = r"^[+-]?\d+,\d+$", r"^[+-]?\d+\.\d+$"
COURTES = r"^\d\d[/.-]\d\d[/.-]\d\d$"
JOUR_MOIS = r"^(\d\d)/(\d\d)/\d{4}"


def profiler(chemin: Path, temporaire: Path) -> list[Profil]:
    """Return what a file holds, a profile a sheet; of a folder or a zip, what its files hold.

    Of a folder, what is neither text nor workbook is left out, as is a text without columns.

    Raises:
        Refus: a file cannot be read, has no names of columns, or nothing is there to read.
    """
    if not chemin.exists():
        raise Refus("ce fichier n'existe pas", str(chemin), "Vérifier le chemin donné.")
    if chemin.is_file() and not _est_zip(chemin):
        return _un(chemin, temporaire)
    profils = [un for fichier in fichiers(chemin, temporaire) for un in _dans(fichier, temporaire)]
    if not profils:
        raise Refus(
            "aucun fichier de données n'y est",
            nom_sur(chemin.name),
            f"Formats lus : {', '.join(FORMATS)}.",
        )
    return profils


def fichiers(chemin: Path, temporaire: Path, niveaux: int = NIVEAUX) -> Iterator[Path]:
    """Yield the files of a folder or of a zip, and of those that these hold."""
    if chemin.is_file():
        if not _est_zip(chemin):
            yield chemin
            return
        chemin = deballer(chemin, _place(chemin, temporaire), dossiers=True)
    if not niveaux:
        return
    for un in sorted(chemin.iterdir()):
        if est_vu(un.name) and (un.is_dir() or un.name.lower().endswith(FORMATS)):
            _exiger_un_nom(un)
            yield from fichiers(un, temporaire, niveaux - (not un.is_file() or _est_zip(un)))


def _exiger_un_nom(fichier: Path) -> None:
    """Refuse a file whose name is no text: it could be neither kept nor said."""
    if SUBSTITUTS.search(fichier.name):
        raise Refus(
            "le nom de ce fichier n'est pas en UTF-8",
            nom_sur(fichier.name),
            "Le renommer, sans accent, puis recommencer.",
        )


def _place(archive: Path, temporaire: Path) -> Path:
    """Return a folder that is not there yet, which bears the name of an archive: its files' own."""
    places = (temporaire / f"{archive.stem}{'-' * rang}" for rang in itertools.count())
    return next(place for place in places if not place.exists())


def _est_zip(fichier: Path) -> bool:
    return fichier.suffix.lower() == ".zip"


def _dans(fichier: Path, temporaire: Path) -> list[Profil]:
    """Profile a file of a folder; a text that has no columns is a note to people."""
    try:
        return _un(fichier, temporaire)
    except Refus:
        if fichier.suffix.lower() == ".txt" and fichier.stat().st_size < texte.FIN:
            return []
        raise


def _un(fichier: Path, temporaire: Path) -> list[Profil]:
    nature = _nature(fichier)
    if nature == "gz":
        temporaire.mkdir(parents=True, exist_ok=True)
        return [_texte(fichier, decompresser(fichier, temporaire / f"{fichier.name}.brut"))]
    if nature == "parquet":
        return [_parquet(fichier)]
    return _classeur(fichier) if nature == "classeur" else [_texte(fichier, fichier)]


def _nature(fichier: Path) -> str:
    with fichier.open("rb") as flux:
        debut = flux.read(64)
    if PAGE.match(debut.removeprefix(b"\xef\xbb\xbf")):
        raise Refus(
            "ce n'est pas un classeur : c'est une page web ou un document XML",
            nom_sur(fichier.name),
            "L'ouvrir dans un tableur, et l'enregistrer de nouveau au format xlsx ou CSV.",
        )
    return next((une for magie, une in MAGIES.items() if debut.startswith(magie)), "texte")


def _texte(fichier: Path, source: Path) -> Profil:
    lu = texte.lire(source, nom_sur(fichier.name))
    exemples = _exemples(lu.lignes, lu.tableau.noms)
    dialecte = Dialecte(
        encodage=lu.ecriture.encodage,
        separateur=lu.separateur,
        entete=lu.tableau.ligne,
        decimale=_decimale(exemples),
    )
    return _profil(fichier, dialecte, lu.tableau.noms, exemples, lu.avis)


def _profil(
    fichier: Path,
    dialecte: Dialecte,
    noms: tuple[str, ...],
    exemples: pl.DataFrame,
    avis: Sequence[str],
) -> Profil:
    tous = (*avis, *_avis_de_dates(noms, exemples))
    return Profil(fichier, dialecte, noms, exemples, fichier.stat().st_size, tous)


def _exemples(lignes: Sequence[Sequence[str]], noms: Sequence[str]) -> pl.DataFrame:
    """Return rows as columns of texts, named by their rank."""
    gardees = lignes[:LIGNES]
    return pl.DataFrame(
        {
            str(rang): [une[rang] if rang < len(une) else "" for une in gardees]
            for rang in range(len(noms))
        },
        schema={str(rang): pl.String for rang in range(len(noms))},
    )


def _decimale(exemples: pl.DataFrame) -> Literal[",", "."]:
    virgules = exemples.select(pl.all().str.contains(VIRGULE).sum()).sum_horizontal().sum()
    points = exemples.select(pl.all().str.contains(POINT).sum()).sum_horizontal().sum()
    return "." if points > virgules else ","


def _avis_de_dates(noms: Sequence[str], exemples: pl.DataFrame) -> Iterator[str]:
    """Say which columns hold dates that the contract does not read."""
    for rang, nom in enumerate(noms):
        textes = exemples[str(rang)].str.strip_chars()
        textes = textes.filter(~textes.is_in(VIDES_AILLEURS))
        if textes.len() and textes.str.contains(COURTES).mean() == 1:
            yield f"Dates sans siècle (JJ/MM/AA) dans « {nom} » : elles ne seront pas lues."
        parties = textes.str.extract_groups(JOUR_MOIS).struct.unnest().drop_nulls()
        jours, mois = parties.cast(pl.Int64).get_columns()
        if parties.height and (mois > MOIS).any() and not (jours > MOIS).any():
            yield f"Dates MM/JJ/AAAA dans « {nom} » : leur jour et leur mois seraient échangés."


def _parquet(fichier: Path) -> Profil:
    try:
        lecture = pl.scan_parquet(fichier)
        hauteur = lecture.select(pl.len()).collect().item()
        pas = max(1, hauteur // LIGNES)
        lu = lecture.gather_every(pas).head(LIGNES).collect()
    except (pl.exceptions.PolarsError, OSError) as erreur:
        raise Refus(
            "ce n'est pas un fichier Parquet lisible",
            nom_sur(fichier.name),
            "Demander une nouvelle extraction.",
        ) from erreur
    colonnes = [_en_texte(serie).alias(str(rang)) for rang, serie in enumerate(lu.get_columns())]
    noms = tuple(nom_sur(nom) for nom in lu.columns)
    return _profil(fichier, Dialecte(), noms, pl.DataFrame(colonnes), ())


def _en_texte(serie: pl.Series) -> pl.Series:
    """Return native values in a spelling of the contract."""
    if serie.dtype == pl.Boolean:
        serie = serie.cast(pl.Int8)
    elif isinstance(serie.dtype, pl.Datetime):
        serie = serie.dt.strftime("%Y-%m-%d %H:%M:%S")
    elif serie.dtype.is_float():
        serie = serie.map_elements(classeurs.texte_de_reel, return_dtype=pl.String)
    elif serie.dtype.is_nested() or serie.dtype == pl.Binary:
        return pl.Series([""] * serie.len())
    return serie.cast(pl.String).fill_null("")


def _classeur(fichier: Path) -> list[Profil]:
    """Profile each sheet that holds rows under names; raise Refus when none does.

    One that nobody sees is a copy when it has the columns of one that is seen: it is left out.
    """
    vues = classeurs.apercevoir(fichier, PREMIERES, LIGNES - PREMIERES)
    feuilles = sorted(vues, key=lambda une: une["masquee"])
    profils, refus = [], None
    for feuille in feuilles:
        try:
            profils += [_feuille(fichier, feuille)] if feuille["lignes"] else []
        except Refus as echec:
            refus = refus or echec
    if profils:
        masquees = frozenset(une["nom"] for une in vues if une["masquee"])
        return _sans_copies(profils, masquees)
    raise refus or Refus(
        "le classeur est vide", nom_sur(fichier.name), "Demander une nouvelle extraction."
    )


def _sans_copies(profils: Sequence[Profil], masquees: frozenset[str]) -> list[Profil]:
    """Leave out the hidden sheets that are copies of others, and say of each that it is hidden."""
    gardes: dict[tuple[str, ...], Profil] = {}
    for un in profils:
        feuille = un.dialecte.feuille or ""
        dit = f"La feuille « {nom_sur(feuille)} » est masquée dans le classeur"
        if feuille not in masquees:
            gardes.setdefault((*un.entete, feuille), un)
            continue
        vu = next((cle for cle in gardes if cle[:-1] == un.entete), None)
        if vu:
            avis = f"{dit}, avec les mêmes colonnes : elle n'est pas lue."
            gardes[vu] = replace(gardes[vu], avis=(*gardes[vu].avis, avis))
        else:
            gardes[*un.entete, feuille] = replace(un, avis=(*un.avis, f"{dit}."))
    return list(gardes.values())


def _feuille(fichier: Path, feuille: FeuilleVue) -> Profil:
    nom = f"{nom_sur(fichier.name)}, feuille {nom_sur(feuille['nom'])}"
    lu = grille.tableau([(ligne, textes) for ligne, textes in feuille["lignes"]], nom)
    if not lu.dessous:
        raise Refus("cette feuille n'a que des noms de colonnes", nom, "Vérifier l'extraction.")
    _refuser_fusions(feuille, lu, nom)
    dessous = [une for _, une in lu.dessous]
    repetees = [ligne for ligne, une in lu.dessous if grille.est_entete(une, lu.noms)]
    lignes = [une for une in dessous if not grille.est_entete(une, lu.noms)]
    exemples = _exemples([une for une in lignes if not est_pied(une)], lu.noms)
    avis = (
        *grille.avis_de_noms(lu.noms, lu.dessous),
        *grille.avis_d_entetes(len(repetees), next(iter(repetees), None)),
        *grille.avis_de_pieds(grille.pieds(feuille["fin"])),
    )
    dialecte = Dialecte(entete=lu.ligne, decimale=_decimale(exemples), feuille=feuille["nom"])
    return _profil(fichier, dialecte, lu.noms, exemples, avis)


def _refuser_fusions(feuille: FeuilleVue, lu: Tableau, nom: str) -> None:
    """Refuse names that stand on two rows, merged over the line of the others."""
    for haut, gauche, bas, droite in feuille["fusions"]:
        sans_nom = gauche >= len(lu.noms) or not lu.noms[gauche]
        if haut < lu.ligne - 1 <= bas and sans_nom and gauche == droite:
            raise Refus(
                "les noms des colonnes tiennent sur plusieurs lignes, par des cellules fusionnées",
                f"{nom}, ligne {lu.ligne}",
                "Défusionner ces cellules, pour que chaque colonne ait son nom sur une seule "
                "ligne.",
            )
