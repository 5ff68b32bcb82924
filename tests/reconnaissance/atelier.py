"""Small files of an invented département, in every form that a sender may give them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import xlsxwriter

from infocentre.reconnaissance.dialecte import profiler
from infocentre.reconnaissance.profil import Profil
from infocentre.reconnaissance.proposition import FichierPropose, Proposition, proposer

Colonne = Callable[[int], str]
LIGNES = 60
MOTIFS = ("RADATT", "RADREN", "RADABA", "RADATT")


def numero(i: int) -> str:
    return f"013{i % 12 + 1:02d}{15 + i % 9}{100000 + i}G12{i % 9:02d}"


def nir(i: int) -> str:
    return f"1{50 + i % 40}{i % 12 + 1:02d}13055{100 + i}{10 + i}"


def creation(i: int) -> str:
    return f"{i % 28 + 1:02d}/{i % 12 + 1:02d}/20{15 + i % 9}"


STOCK: dict[str, Colonne] = {
    "NUMERO_UNIQUE": numero,
    "TYPE_DEMANDEUR": lambda i: "PM" if i == 7 else "PP",
    "GUICHET_ENREGISTREUR": lambda i: f"G12{i % 7:02d}",
    "CLE_GUICHETCREATEUR": lambda i: f"G12{i % 9:02d}",
    "DATE_CREATION": creation,
    "DATE_MODIFICATION": lambda i: f"{i % 27 + 1:02d}/{i % 10 + 1:02d}/2026",
    "DOUBLON_FORCE": lambda i: str(int(i == 3)),
    "ESTCREEESITEGRANDPUBLIC": lambda i: str(i % 2),
    "DATE_NAISS_DEMANDEUR": lambda i: f"{i % 28 + 1:02d}/{i % 12 + 1:02d}/{1950 + i % 50}",
    "SEXE_DEMANDEUR": lambda i: "MF"[i % 2],
    "TAILLE_MENAGE": lambda i: str(i % 6 + 1),
    "REVENU_MENSUEL_FOYER": lambda i: f"{900 + 37 * i},50",
    "MOTIF_DEMANDE": lambda i: f"{i % 23 + 1:02d}",
    "COMMUNE_LOG_RECHERCHE": lambda i: f"13{i % 40 + 1:03d}",
}
RADIATION: dict[str, Colonne] = {
    **STOCK,
    "DATE_RADIATION": lambda i: f"{i % 28 + 1:02d}/{i % 9 + 1:02d}/2026",
    "MOTIF_RADIATION": lambda i: MOTIFS[i % 4],
}
GUICHETS: dict[str, Colonne] = {
    "CODE_GUICHET": lambda i: f"G12{i:02d}",
    "NOM": lambda i: f"Mairie de Ville {chr(65 + i)}",
    "TYPE_GUICHET": lambda i: ("COMMUNE", "BAILLEUR")[i % 2],
    "MODE_ENREGISTREMENT": lambda i: ("DIRECT", "PRIVATIF")[i % 2],
}


def rangs(colonnes: Mapping[str, Colonne], lignes: int = LIGNES, debut: int = 0) -> list[list[str]]:
    """Return the names, then rows."""
    return [
        list(colonnes),
        *([une(i) for une in colonnes.values()] for i in range(debut, debut + lignes)),
    ]


def texte(lignes: Sequence[Sequence[str]], separateur: str = ";") -> str:
    """Return rows as a CSV."""
    return "".join(separateur.join(une) + "\n" for une in lignes)


def classeur(chemin: Path, feuilles: Mapping[str, Sequence[Sequence[object]]]) -> Path:
    """Write rows as a workbook."""
    with xlsxwriter.Workbook(str(chemin)) as ecrit:
        for nom, lignes in feuilles.items():
            feuille = ecrit.add_worksheet(nom)
            for rang, ligne in enumerate(lignes):
                feuille.write_row(rang, 0, ligne)
    return chemin


def profil(chemin: Path) -> Profil:
    """Return the only profile of a file."""
    (seul,) = profiler(chemin, chemin.parent / "temporaire")
    return seul


def proposition(dossier: Path, fichiers: Mapping[str, str]) -> Proposition:
    """Write files of text, and propose what they are."""
    for nom, contenu in fichiers.items():
        chemin = dossier / nom
        chemin.parent.mkdir(parents=True, exist_ok=True)
        chemin.write_text(contenu, encoding="utf-8")
    return proposer(profiler(dossier, dossier / "temporaire"), "013")


def fichier(proposee: Proposition, cle: str) -> FichierPropose:
    """Return a file of a proposition by its name."""
    return next(un for un in proposee.fichiers if un.cle == cle)


def lus(propose: FichierPropose) -> dict[str, str | None]:
    """Return what each column is proposed to be, when one thing only is."""
    return {une.nom: une.vers for une in propose.colonnes if une.vers}
