"""A file of text: its separator, the line of its names, rows from all along it, how it ends."""

from __future__ import annotations

import csv
import io
import itertools
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from infocentre.correspondances.modele import Separateur
from infocentre.livraisons.pieds import est_pied
from infocentre.noyau.erreurs import Refus
from infocentre.noyau.francais import accorder
from infocentre.reconnaissance import encodage, grille
from infocentre.reconnaissance.encodage import Ecriture
from infocentre.reconnaissance.grille import Ligne, Tableau
from infocentre.reconnaissance.profil import LIGNES

DEBUT, MORCEAU, FIN = 1 << 20, 1 << 16, 1 << 16  # bytes
JUGEES = 200  # lines on which a separator is judged
PREMIERES, ENDROITS = 400, 12  # rows from the beginning, and places from which others are taken
PAR_ENDROIT = (LIGNES - PREMIERES) // ENDROITS
# What the constancy of each is worth: a decimal comma may stand once in every row.
POIDS: Final[dict[Separateur, float]] = {";": 1, "\t": 1, "|": 1, ",": 0.9}
TOLEREES = 0.05  # share of the rows that may have another number of fields than the names


@dataclass(frozen=True, slots=True)
class Lu:
    """What is known of a file of text."""

    ecriture: Ecriture
    separateur: Separateur
    tableau: Tableau
    lignes: list[Sequence[str]]
    avis: tuple[str, ...]


def lire(chemin: Path, nom: str) -> Lu:
    """Look at a file of text, unpacked; raise Refus when it holds no table."""
    ecriture = encodage.reconnaitre(chemin, nom)
    texte = _texte(chemin, ecriture, ecriture.marque, DEBUT)
    if not texte.strip():
        raise Refus("le fichier est vide", nom, "Demander une nouvelle extraction.")
    _refuser_sans_lignes(chemin, ecriture, nom)
    separateur = _separateur(texte, nom)
    tableau = _tableau(_lignes(texte, separateur), separateur, nom)
    _refuser_virgules(tableau, separateur, nom)
    fin = _fin(chemin, ecriture, separateur)
    lignes = [cellules for _, cellules in tableau.dessous[:PREMIERES]]
    lignes += _ailleurs(chemin, ecriture, separateur, tableau)
    gardees = [une for une in lignes if _est_donnee(une, tableau.noms)]
    avis = (
        *encodage.avis(ecriture),
        *grille.avis_de_noms(tableau.noms, tableau.dessous),
        *_avis_d_entetes(chemin, ecriture, texte, tableau),
        *grille.avis_de_pieds(grille.pieds(fin)),
        *_avis_de_coupe(chemin, ecriture, fin, len(tableau.noms)),
    )
    return Lu(ecriture, separateur, tableau, gardees, avis)


def enregistrements(chemin: Path, lu: Lu) -> Iterator[list[str]]:
    """Yield all the rows under the titles, one after another; raise Refus for a stray quote."""
    with chemin.open("rb") as flux:
        flux.seek(lu.ecriture.marque)
        physiques = (
            (lu.ecriture.decoder(une) for une in flux)
            if lu.ecriture.pas == 1
            else iter(io.TextIOWrapper(flux, lu.ecriture.encodage, "replace"))
        )
        lecteur = csv.reader(physiques, delimiter=lu.separateur)
        try:
            for ligne in lecteur:
                if lecteur.line_num > lu.tableau.ligne and any(ligne):
                    yield ligne
        except csv.Error:
            raise Refus(
                "un champ n'a pas de fin : un guillemet n'est pas fermé",
                f"{chemin.name}, ligne {lecteur.line_num}",
                "L'exporter de nouveau en CSV.",
            ) from None


def _refuser_sans_lignes(chemin: Path, ecriture: Ecriture, nom: str) -> None:
    """Refuse the ends of line of an old Mac, which reception takes for blanks."""
    with chemin.open("rb") as flux:
        debut = flux.read(DEBUT).decode(ecriture.encodage, "replace")
    if "\r" in debut.strip() and "\n" not in debut:
        raise Refus(
            "ses lignes ne sont séparées que par un retour chariot, comme sur un ancien Mac",
            nom,
            "L'exporter de nouveau en CSV pour Windows ou en UTF-8, ou en classeur.",
        )


def _texte(chemin: Path, ecriture: Ecriture, place: int, octets: int) -> str:
    """Return whole lines of a file from a place, which is the beginning of one or its mark."""
    with chemin.open("rb") as flux:
        flux.seek(place)
        brut = flux.read(octets)
        entier = len(brut) < octets
    texte = ecriture.decoder(brut)
    return texte if entier or "\n" not in texte else texte[: texte.rindex("\n") + 1]


def _lignes(texte: str, separateur: str) -> list[Ligne]:
    """Return the records of a text, each with its first physical line; blank ones are left out."""
    return [(ligne, une) for ligne, une in _enregistrements(texte, separateur) if any(une)]


def _enregistrements(texte: str, separateur: str) -> Iterator[Ligne]:
    lecteur = csv.reader((f"{une}\n" for une in texte.split("\n")), delimiter=separateur)
    avant = 0
    while True:
        try:
            cellules = next(lecteur)
        except StopIteration:
            return
        except csv.Error:  # a field that a stray quote makes endless
            return
        yield avant + 1, cellules
        avant = lecteur.line_num


def _separateur(texte: str, nom: str) -> Separateur:
    """Return the separator by which the number of fields is the most constant."""
    debut = "\n".join([une for une in texte.split("\n") if une.strip()][:JUGEES])
    notes = {un: _constance(debut, un) for un in POIDS}
    meilleur = max(POIDS, key=lambda un: notes[un])
    if notes[meilleur] == (0, 0):
        raise Refus(
            "aucun séparateur n'y est reconnu : ses lignes n'ont qu'une colonne",
            nom,
            "L'exporter de nouveau en CSV, séparateur « ; », ou en classeur.",
        )
    return meilleur


def _constance(debut: str, separateur: Separateur) -> tuple[float, int]:
    """Return the weighed share of rows with the commonest number of fields, and this number."""
    champs = [len(une) for _, une in _lignes(debut, separateur)]
    plusieurs = Counter(nombre for nombre in champs if nombre > 1)
    if not plusieurs:
        return 0, 0
    nombre, fois = max(plusieurs.items(), key=lambda un: (un[1], un[0]))
    return round(POIDS[separateur] * fois / len(champs), 2), nombre


def _tableau(lignes: list[Ligne], separateur: str, nom: str) -> Tableau:
    """Find the names; without any, tell those that decimal commas leave fewer than the fields."""
    try:
        return grille.tableau(lignes, nom)
    except Refus:
        if separateur == "," and (noms := next((u for _, u in lignes if len(u) > 1), None)):
            debut = [une for _, une in lignes[: grille.VOISINES]]
            _refuser_virgules(Tableau(tuple(noms), 1, list(enumerate(debut[1:]))), ",", nom)
        raise


def _refuser_virgules(tableau: Tableau, separateur: str, nom: str) -> None:
    """Refuse rows that have more fields than names: decimal commas part what they should not."""
    largeurs = [_largeur(une) for _, une in tableau.dessous]
    trop = sum(largeur > len(tableau.noms) for largeur in largeurs)
    if trop <= TOLEREES * len(largeurs):
        return
    virgule = separateur == ","
    cause = " : des nombres y ont une virgule décimale" if virgule else ""
    raison = f"{trop} lignes sur {len(largeurs)} ont plus de champs que de noms de colonnes{cause}"
    comment = "avec le séparateur « ; »" if virgule else "un nom au-dessus de chaque colonne"
    raise Refus(raison, nom, f"L'exporter de nouveau {comment}, ou en classeur.")


def _largeur(cellules: Sequence[str]) -> int:
    """Return up to which field a line is filled."""
    return next((rang for rang in range(len(cellules), 0, -1) if cellules[rang - 1]), 0)


def _est_donnee(cellules: Sequence[str], noms: Sequence[str]) -> bool:
    """Tell a record from names repeated, a total, or what has not its fields."""
    if len(cellules) < len(noms) - 1 or _largeur(cellules) > len(noms) + 1:
        return False
    return not grille.est_entete(cellules, noms) and not est_pied(cellules)


def _ailleurs(
    chemin: Path, ecriture: Ecriture, separateur: str, tableau: Tableau
) -> Iterator[Sequence[str]]:
    """Yield rows from places all along the file, past its first ones."""
    taille = chemin.stat().st_size
    if taille <= DEBUT + ENDROITS * MORCEAU:  # places would overlap
        lignes = _lignes(_texte(chemin, ecriture, ecriture.marque, taille), separateur)
        reste = [une for place, une in lignes if place > tableau.ligne][PREMIERES:]
        pas = -(-len(reste) // (LIGNES - PREMIERES)) or 1
        yield from reste[::pas]
        return
    for rang in range(ENDROITS):
        place = DEBUT + (taille - DEBUT) * rang // ENDROITS
        place -= (place - ecriture.marque) % ecriture.pas
        texte = _texte(chemin, ecriture, place, MORCEAU).partition("\n")[2]
        yield from itertools.islice((une for _, une in _lignes(texte, separateur)), PAR_ENDROIT)


def _fin(chemin: Path, ecriture: Ecriture, separateur: str) -> list[Sequence[str]]:
    """Return the last rows, the last one even when it is cut."""
    taille = chemin.stat().st_size
    place = max(ecriture.marque, taille - FIN)
    place += (place - ecriture.marque) % ecriture.pas
    texte = _texte(chemin, ecriture, place, FIN + 1)
    if place > ecriture.marque:
        texte = texte.partition("\n")[2]
    return [une for _, une in _lignes(texte, separateur)]


def _avis_d_entetes(chemin: Path, ecriture: Ecriture, texte: str, tableau: Tableau) -> list[str]:
    lignes = texte.split("\n")  # names may hold line breaks
    dessous = next((place for place, _ in tableau.dessous), len(lignes) + 1)
    entete = "\n".join(lignes[tableau.ligne - 1 : dessous - 1]).rstrip("\n")
    cherchee = entete.encode(ecriture.encodage, "replace")
    fois, reste = -1, b""
    with chemin.open("rb") as flux:
        while bloc := flux.read(encodage.BLOC):
            bloc = reste + bloc
            fois += bloc.count(cherchee)
            reste = bloc[len(bloc) - len(cherchee) + 1 :] if len(cherchee) > 1 else b""
    vues = (une for une, cellules in tableau.dessous if grille.est_entete(cellules, tableau.noms))
    return grille.avis_d_entetes(max(0, fois), next(vues, None))


def _avis_de_coupe(
    chemin: Path, ecriture: Ecriture, fin: list[Sequence[str]], champs: int
) -> list[str]:
    """Say that the last line lacks fields and its end: the file was cut."""
    with chemin.open("rb") as flux:
        flux.seek(-min(ecriture.pas, chemin.stat().st_size), 2)
        finie = b"\n" in flux.read()
    if finie or not fin or est_pied(fin[-1]) or len(fin[-1]) >= champs:
        return []
    dit = accorder(len(fin[-1]), "champ")
    return [f"Le fichier est coupé : sa dernière ligne n'a que {dit} sur {champs}."]
