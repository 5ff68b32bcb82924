"""What is shown of a column to confirm it: codes and forms, never what names somebody."""

from __future__ import annotations

from pathlib import Path

from infocentre.reconnaissance.apercu import LIGNES, apercu
from tests.reconnaissance.atelier import STOCK, nir, numero, profil, rangs, texte

NOMS = ("DURAND", "MARTIN", "PETIT")
RUES = ("12 rue des Lilas", "3 place Haute")
SECRETES = {
    "NUMERO_UNIQUE": numero,
    "Nom": lambda i: NOMS[i % 3],
    "Adresse": lambda i: RUES[i % 2],
    "NIR": nir,
    "Commentaire": lambda i: f"rappeler Mme Durand {i}",
    "champ libre": lambda i: f"voir avec {NOMS[i % 3]} le {i} au 0601020304",
    "mail": lambda i: f"x{i % 4}@ville.fr",
    "naissance": lambda i: f"{i % 28 + 1:02d}/{i % 12 + 1:02d}/{1950 + i % 50}",
    "matricule": nir,
}


def test_nothing_that_names_somebody_is_shown_whole(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text(texte(rangs(SECRETES)), encoding="utf-8")
    lu = profil(tmp_path / "a.csv")
    for rang, nom in enumerate(lu.entete):
        montre = "\n".join(apercu(lu, rang))
        ecrites = [une for une in lu.exemples[str(rang)].to_list() if une in montre]
        assert ecrites == [], nom
        assert not any(mot in montre for mot in (*NOMS, "Lilas", "Haute", "0601020304")), nom
        assert len(montre.split("\n")) <= LIGNES, nom
    assert apercu(lu, 0)[1:] == ("18 caractères, forme 0130…", "18 caractères, forme 0131…")
    assert apercu(lu, 7)[1:] == (
        "10 caractères, forme 99/99/9999 : 60\u00a0lignes",
        "années de 1950 à 1999",
    )


def test_codes_are_shown_by_their_number_and_a_rare_word_is_not(tmp_path: Path) -> None:
    colonnes = {
        **STOCK,
        "SEXE_DEMANDEUR": lambda i: "M" if i % 3 else "F",
        "ETAT_DEMANDE": lambda i: "MARTIN" if i == 5 else "ACTIVE",
    }
    (tmp_path / "a.csv").write_text(texte(rangs(colonnes)), encoding="utf-8")
    lu = profil(tmp_path / "a.csv")
    vues = {nom: apercu(lu, rang) for rang, nom in enumerate(lu.entete)}
    assert vues["SEXE_DEMANDEUR"] == (
        "60\u00a0lignes remplies sur 60 regardées, 2 valeurs distinctes",
        "« M » : 40\u00a0lignes",
        "« F » : 20\u00a0lignes",
    )
    assert vues["ETAT_DEMANDE"][1:] == ("« ACTIVE » : 59\u00a0lignes",)
