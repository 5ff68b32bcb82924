"""A delivery as it comes: in the contract's words, or in those of a source that is known."""

from __future__ import annotations

import codecs
import datetime as dt
import re
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import IO

from infocentre.contrat import Table, contrat
from infocentre.correspondances.ecrits import lire
from infocentre.correspondances.garde import LIVREES, en_usage, trouver
from infocentre.correspondances.modele import (
    DEMANDES,
    Correspondance,
    Fichier,
    Indice,
    nom_de_colonne,
)
from infocentre.entrepot.brouillon import ouvrir_en_memoire
from infocentre.livraisons.composition import Association, Codes, Lu, composer
from infocentre.livraisons.csv_reel import ENTETE_MAX
from infocentre.livraisons.depot import (
    ZIP_ABIME,
    Depot,
    arrete_de,
    departement_de,
    fichiers_presents,
    ouvrir_depot,
)
from infocentre.livraisons.sources import CLASSEURS, FORMATS
from infocentre.noyau.erreurs import Refus, RefusMotive
from infocentre.noyau.fichiers import est_vu
from infocentre.noyau.francais import simplifier
from infocentre.noyau.jours import MOIS_ECRITS
from infocentre.noyau.temps import fin_de_mois
from infocentre.reconnaissance.association import (
    TABLE,
    Convenance,
    annee_de,
    associer,
    champ_de_codes,
    noms_de,
    parts_de,
    refus_des_parts,
    remplissage,
)
from infocentre.reconnaissance.dialecte import profiler
from infocentre.reconnaissance.encodage import est_courant
from infocentre.reconnaissance.genres import REMPLIE, VIDE
from infocentre.reconnaissance.profil import Profil

LUS = (*FORMATS, *CLASSEURS, ".txt", ".tsv")
A_RECONNAITRE = "a_reconnaitre"
MANIFESTE, DE_CODES = "manifeste.json", "ref_"
ANNEE, MOIS_ECRIT = r"(?P<annee>(?:19|20)\d\d)", r"(?P<mois>0[1-9]|1[0-2])"
# How the name of a file tells a month: 2026-10, 20261031, 31.10.2026, 10-2026, octobre 2026.
DES_NOMS = tuple(
    re.compile(rf"(?<!\d){forme}(?!\d)")
    for forme in (
        rf"{ANNEE}[-_. ]?{MOIS_ECRIT}(?:[-_. ]?\d\d)?",
        rf"(?:0[1-9]|[12]\d|3[01])[-_. ]?{MOIS_ECRIT}[-_. ]?{ANNEE}",
        rf"{MOIS_ECRIT}[-_. ]{ANNEE}",
        rf"(?P<mot>{'|'.join(MOIS_ECRITS)})[-_. ]?{ANNEE}",
    )
)
TERRITOIRE = re.compile(r"(?:^|[^A-Z0-9])(?:D|DEP|DPT)_?(\d{2,3}|2[AB])(?=[^A-Z0-9]|$)")
UTF16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
QUE_FAIRE = (
    "Faire reconnaître ces fichiers : infocentre correspondance proposer, ou la page "
    "« Reconnaître mes fichiers »."
)


@dataclass(frozen=True, slots=True)
class Ouverture:
    """What a person hands over, and what they say of it.

    `correspondance` is the name of one that is known, or the path of a file.
    """

    chemin: Path
    arrete: str | None = None
    departement: str | None = None
    correspondance: str | None = None


def ouvrir(racine: Path, quoi: Ouverture, temporaire: Path) -> list[Depot]:
    """Return the deliveries of a folder, an archive or a file: one, or one per year.

    Raises:
        Refus: nothing that is known reads it, or what reads it does not fit any more.
    """
    if quoi.correspondance is None and _est_directe(racine, quoi.chemin):
        return [ouvrir_depot(quoi.chemin, temporaire, quoi.arrete, quoi.departement)]
    profils = profiler(quoi.chemin, temporaire)
    a_cles = any(champ_de_codes(un) for un in profils)
    candidates = _candidates(racine, quoi.correspondance, a_cles=a_cles)
    convenance = _choisir(candidates, profils, quoi.chemin)
    annees = list(par_annee(convenance.association))
    nom = quoi.chemin.resolve().name
    noms = [f"{nom} ({annee})" if len(annees) > 1 else nom for annee, _ in annees]
    return [
        _composer(une, quoi, annee, dit, temporaire)
        for (annee, une), dit in zip(annees, noms, strict=True)
    ]


def _est_directe(racine: Path, chemin: Path) -> bool:
    """Tell a delivery that is in the contract's words: its manifest says so, or its files' names.

    Files of codes beside them say that they are not, and so does a correspondance that a person
    adopted: what it says is looked at first. What cannot be opened is none: who opens it says why.
    """
    debuts = _debuts(chemin)
    lus = (*LUS, ".zip")
    if debuts is None or MANIFESTE in debuts or not any(nom.endswith(lus) for nom in debuts):
        return True
    dessous = (un.name.lower() for un in chemin.glob("*/*")) if chemin.is_dir() else ()
    if any(DE_CODES in nom for nom in (*debuts, *dessous)):
        return False
    tables = {nom.split(".", 1)[0] for nom in debuts if nom.endswith(FORMATS)}
    exigees = {table.nom for table in contrat().tables.values() if table.obligatoire}
    du_contrat = all(_est_du_contrat(nom, debut) for nom, debut in debuts.items())
    adoptees = any(f"{une.nom}.yml" not in LIVREES for une in en_usage(racine))
    return exigees <= tables and not adoptees and du_contrat


def _debuts(chemin: Path) -> dict[str, bytes] | None:
    """Return how each file of a folder or an archive begins, None for what is neither."""
    if chemin.is_dir():
        return {un.name.lower(): _debut(un.open("rb"), un.name) for un in fichiers_presents(chemin)}
    if not zipfile.is_zipfile(chemin) or chemin.name.lower().endswith(CLASSEURS):
        lue = chemin.is_file() and chemin.name.lower().endswith(LUS)
        return {chemin.name.lower(): b""} if lue else None
    try:
        with zipfile.ZipFile(chemin) as archive:
            return {
                Path(un.filename).name.lower(): _debut(archive.open(un), un.filename)
                for un in archive.infolist()
                if not un.is_dir() and est_vu(Path(un.filename).name)
            }
    except ZIP_ABIME:
        return None


def _debut(flux: IO[bytes], nom: str) -> bytes:
    with flux:
        return flux.read(ENTETE_MAX) if nom.lower().endswith(".csv") else b""


def _est_du_contrat(nom: str, debut: bytes) -> bool:
    """Tell whether a file is written as the contract says, by how it begins: with its names."""
    entete = debut.split(b"\n", 1)[0]
    table = contrat().tables.get(nom.split(".", 1)[0])
    noms = set(re.findall(r"\w+", entete.decode("cp1252", "replace").upper()))
    if debut and not (noms.intersection(table.par_nom) if table else _sans_table(noms)):
        return False
    autres = max(entete.count(separateur) for separateur in (b",", b"\t", b"|"))
    separe = entete.count(b";") >= autres
    return separe and not debut.startswith(UTF16) and est_courant(debut)


def _sans_table(noms: set[str]) -> bool:
    """Tell names that are not those of a table: the rest of one would be left aside."""
    exigees = ({un.nom for un in t.colonnes if un.obligatoire} for t in contrat().tables.values())
    return not any(siennes and siennes <= noms for siennes in exigees)


CONTRAT = "contrat"


def contrat_seul() -> Correspondance:
    """Return the correspondance of files that have the contract's own columns, however written."""
    return Correspondance(
        source=CONTRAT,
        libelle="Fichiers aux noms de colonnes du contrat de données",
        fichiers=tuple(_telle_quelle(table) for table in contrat().tables.values()),
    )


def _telle_quelle(table: Table) -> Fichier:
    lue = Fichier.renomme({nom: nom for nom in table.par_nom}, table.nom)
    fichier = replace(lue, table=table.nom)
    if table.nom not in DEMANDES:
        return fichier
    indice = Indice("DATE_RADIATION", remplie=table.nom == "radiation")
    seules = contrat().tables["radiation"].par_nom.keys() - table.par_nom.keys()
    laissees = dict.fromkeys(sorted(seules), "sans objet pour une demande active")
    return replace(fichier, indice=indice, laissees=laissees)


def _candidates(racine: Path, voulue: str | None, *, a_cles: bool) -> list[Correspondance]:
    """Return what may read files; those of codes say that columns of our names hold keys."""
    if voulue is None:
        return [*en_usage(racine), *([] if a_cles else [contrat_seul()])]
    chemin = Path(voulue)
    return [lire(chemin) if chemin.suffix in {".yml", ".yaml"} else trouver(racine, voulue)]


def _choisir(
    candidates: Sequence[Correspondance], profils: Sequence[Profil], chemin: Path
) -> Convenance:
    """Return the one that reads these files without a question, the fewest columns being strange.

    Raises:
        Refus: none does; it says what the nearest one does not read.
    """
    convenances = [associer(une, profils) for une in candidates]
    exactes = [une for une in convenances if une.exacte]
    if exactes:
        return min(exactes, key=lambda une: une.etrangeres)
    proche = min(convenances, key=lambda u: (len(u.tables_absentes), len(u.manques), u.etrangeres))
    if proche.tables_absentes and not proche.inconnus and not any(map(_est_melee, profils)):
        absentes = ", ".join(une.removeprefix(TABLE) for une in proche.tables_absentes)
        quoi = f"table obligatoire absente : {absentes}"
        raise Refus(quoi, str(chemin), "Demander une livraison complète.")
    raise RefusMotive(A_RECONNAITRE, _dire_ecarts(proche), QUE_FAIRE, str(chemin))


def _est_melee(profil: Profil) -> bool:
    """Tell demandes active and radiated in one file: a person says which column parts them."""
    noms = noms_de(profil)
    date = nom_de_colonne("DATE_RADIATION")
    return date in noms and VIDE < remplissage(profil, noms.index(date)) < REMPLIE


def _dire_ecarts(convenance: Convenance) -> str:
    une = convenance.association.correspondance
    dits = [f"il manque {', '.join(convenance.manques)}"] if convenance.manques else []
    dits += [
        f"{ecart.fichier} n'a plus {', '.join(ecart.absentes[:8])}, et a "
        f"{', '.join(ecart.nouvelles[:8])} en plus"
        for ecart in convenance.ecarts
        if ecart.change
    ]
    if not convenance.association.fichiers:
        return "aucun de ces fichiers n'est d'une source connue"
    if convenance.tables_absentes:
        return (
            "aucune source connue ne lit ces fichiers ; pour la plus proche, "
            f"« {une.libelle} », il manque {', '.join(convenance.tables_absentes)}"
        )
    return f"la correspondance « {une.nom} » ne lit plus ces fichiers : {' ; '.join(dits)}"


# --- Years ----------------------------------------------------------------------------------------


def par_annee(association: Association) -> Iterator[tuple[str, Association]]:
    """Yield the delivery of each year that the files are of, the oldest first.

    Files that bear no year are of all. Joined files of other years complete it too, the newest
    first.
    """
    annees = sorted(
        {annee for fichier, lus in association.associes() for annee in _annees(fichier, lus)}
    )
    for annee in annees or [""]:
        yield annee, _de_l_annee(association, annee, seule=len(annees) < 2)  # noqa: PLR2004


def _annees(fichier: Fichier, lus: Sequence[Lu]) -> list[str]:
    demandes = set(DEMANDES).intersection(fichier.tables)
    return [annee for lu in lus if demandes and (annee := annee_de(lu.chemin.name))]


def _de_l_annee(association: Association, annee: str, *, seule: bool) -> Association:
    if seule:
        return association
    fichiers: dict[int, tuple[Lu, ...]] = {}
    for rang, lus in association.fichiers.items():
        complete = bool(association.correspondance.fichiers[rang].jointes)
        siens = tuple(lu for lu in lus if complete or annee_de(lu.chemin.name) in {"", annee})
        if siens:
            fichiers[rang] = siens
    references = {
        nom: tuple(une for une in siennes if une.annee in {"", annee}) or siennes
        for nom, siennes in association.references.items()
    }
    return replace(association, fichiers=fichiers, references=references)


def _composer(
    association: Association, quoi: Ouverture, annee: str, nom: str, temporaire: Path
) -> Depot:
    une = association.correspondance
    noms = [chemin.name for chemin in association.chemins]
    _exiger_codes_de_l_annee(association.references, annee)
    _exiger_un_fichier_par_table(association)
    arrete = arrete_dit(quoi, noms, annee)
    departement = departement_de(
        None, quoi.departement or une.departement or territoire_dit(noms), quoi.chemin
    )
    con = ouvrir_en_memoire(temporaire / "debordement")
    try:
        return composer(association, nom, departement, arrete, con, temporaire)
    finally:
        con.close()


def arrete_dit(quoi: Ouverture, noms: Sequence[str], annee: str) -> dt.date:
    """Return the arrêté that a person or names tell; raise RefusMotive when none does."""
    try:
        return arrete_de(quoi.chemin, None, quoi.arrete)
    except RefusMotive:
        if len(mois := {lu for nom in noms if (lu := mois_dit(nom))}) == 1:
            return fin_de_mois(mois.pop())
        if annee:
            return fin_de_mois(f"{annee}-12")
        raise


def mois_dit(nom: str) -> str:
    """Return the month (AAAA-MM) that the name of a file tells, '' for none."""
    for forme in DES_NOMS:
        if lu := forme.search(simplifier(nom)):
            dits = lu.groupdict()
            mois = dits.get("mois") or f"{MOIS_ECRITS.index(dits['mot']) + 1:02}"
            return f"{dits['annee']}-{mois}"
    return ""


def territoire_dit(noms: Sequence[str]) -> str | None:
    """Return the département that the names of files tell, None when they do not."""
    codes = {lu[1] for nom in noms if (lu := TERRITOIRE.search(nom.upper()))}
    return codes.pop() if len(codes) == 1 else None


def _exiger_un_fichier_par_table(association: Association) -> None:
    """Refuse the parts of one table, of which one alone would be read; files of years are none."""
    for fichier, lus in association.associes():
        if fichier.tables and (parts := parts_de(lus)):
            raise refus_des_parts(fichier.tables[0], parts)


def _exiger_codes_de_l_annee(references: Mapping[str, tuple[Codes, ...]], annee: str) -> None:
    for codes, *_ in references.values():
        if annee and codes.annee not in {"", annee}:
            raise Refus(
                f"ce fichier de codes est de {codes.annee}, les demandes de {annee}",
                codes.lu.chemin.name,
                f"Mettre avec elles celui de {annee} : les clés changent d'une année à l'autre.",
            )
