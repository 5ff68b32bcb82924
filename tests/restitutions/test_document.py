"""What a document knows of itself: numbers of its tables and pictures, legends, cover."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from pathlib import Path

import pytest

from infocentre.noyau.erreurs import Refus
from infocentre.noyau.lecteurs import Lecteur
from infocentre.restitutions import html
from infocentre.restitutions.alternatives import alternative
from infocentre.restitutions.document import (
    Cellule,
    Colonne,
    Graphique,
    Lignes,
    Section,
    Service,
    Tableau,
)
from infocentre.restitutions.service import lire_service
from tests.restitutions.exemples import CHALEUR, document, graphique, tableau


def test_tableaux_et_figures_sont_numerotes_dans_l_ordre_de_lecture() -> None:
    """A picture's own table has the picture's number, a table that is printed its own."""
    image, redite = graphique("barres"), graphique("courbe", tableau("b"))
    plan = (
        Section("Un", (tableau("a"), image), (Section("Un un", (redite, tableau("b"))),)),
        Section("Deux", (replace(tableau("c"), titre=""), tableau("d"))),
    )
    un = document(sections=plan)
    assert un.numero(image) == "Figure 1"
    assert un.numero(redite) == "Figure 2"
    assert image.tableau
    assert un.numero(image.tableau) == "Figure 1"
    assert [un.numero(tableau(cle)) for cle in "abcd"] == [
        "Tableau 1",
        "Tableau 2",
        "",
        "Tableau 3",
    ]
    assert un.intitule(replace(tableau("a"), titre="Autre")) == "Tableau 1 – Autre"


def test_les_signes_sont_expliques_une_fois_par_chapitre() -> None:
    autre = replace(CHALEUR, cle="chaleur-2")
    plan = (
        Section("Un", (tableau("a"), CHALEUR), (Section("Un un", (tableau("b"), autre)),)),
        Section("Deux", (tableau("c"),)),
    )
    un = document(sections=plan)
    assert un.legendes == {"masque": {"a", "c"}, "etats": {"chaleur"}}
    assert replace(un, gabarit="courriers").legendes["masque"] == {"a"}


def test_la_couverture_dit_qui_publie_quand_et_pour_qui() -> None:
    un = replace(
        document(),
        service=Service("DDETS 13", "Camille Roux", "04 91 00 00 00"),
        edite=dt.date(2026, 7, 9),
        provisoire="Juin n'est pas publié.",
        lecteur=Lecteur.SERVICE,
    )
    assert un.faits == {
        "Édition provisoire": "Juin n'est pas publié.",
        "Données arrêtées au": "30/06/2026",
        "Zonage": "QPV 2024",
        "Périmètre": "département entier",
        "Service": "DDETS 13",
        "Auteur": "Camille Roux",
        "Contact": "04 91 00 00 00",
        "Édité le": "09/07/2026",
        "Diffusion": "Ne pas diffuser : petits nombres non masqués",
    }
    assert un.colophon == "DDETS 13, édité le 09/07/2026 · version 12 des données de l'infocentre."


def test_ce_qui_se_remplit_a_la_main_laisse_de_la_place_aux_phrases() -> None:
    numero, decision, *autres = Lignes(("N°", "Décision", "Responsable", "Échéance")).parts
    assert numero < min(autres) < decision
    assert Lignes(("Décision", "Échéance")).parts == (2.5, 1.0)


# --- Alternative texts ----------------------------------------------------------------------------

MOIS = ("mai 2026", "juin 2026", "juillet 2026")


def serie(forme: str, *valeurs: float | None, genre: str = "nombre") -> Graphique:
    colonnes = (Colonne("Mois"), Colonne("Dépôts", genre))  # type: ignore[arg-type]
    lignes = tuple(
        (Cellule(nom), Cellule(valeur, masquee=valeur is None))
        for nom, valeur in zip(MOIS, valeurs, strict=True)
    )
    table = Tableau("t", "T", colonnes, lignes)
    return Graphique("g", "Les dépôts", "<svg></svg>", "", table, forme, (1,))  # type: ignore[arg-type]


CAS = {
    "une courbe": (
        serie("courbe", 800, 700, 840),
        (
            "Courbe : dépôts, par mois, 3 valeurs, de mai 2026 à juillet 2026. "
            "Mai 2026 : 800 ; juin 2026 : 700 ; juillet 2026 : 840. "
            "De 800 (mai 2026) à 840 (juillet 2026), en hausse de 5,0 %."
        ),
    ),
    "des parts": (
        serie("barres", 0.5, 0.25, 0.25, genre="taux"),
        (
            "Barres horizontales : dépôts, par mois, 3 valeurs. "
            "Mai 2026 : 50,0 % ; juin 2026 : 25,0 % ; juillet 2026 : 25,0 %."
        ),
    ),
    "un nombre masqué": (
        serie("colonnes", 800, None, 840),
        (
            "Colonnes : dépôts, par mois, 3 valeurs, de mai 2026 à juillet 2026. "
            "Mai 2026 : 800 ; juillet 2026 : 840. "
            "De 800 (mai 2026) à 840 (juillet 2026), en hausse de 5,0 %. "
            "1 valeur masquée par le secret statistique."
        ),
    ),
    "un objectif": (
        replace(serie("barres", 0.5, 0.2, 0.3, genre="taux"), lignes=(1,), objectif=0.25),
        (
            "Barres horizontales : dépôts, par mois, 1 valeur. Juin 2026 : 20,0 %. "
            "Une ligne marque l'objectif, 25,0 %."
        ),
    ),
    "le sien": (replace(serie("barres", 1, 2, 3), alternative="Rien."), "Rien."),
    "sans tableau": (Graphique("g", "T", "<svg></svg>", "Une **phrase**."), "Une phrase."),
}


@pytest.mark.parametrize(("image", "attendue"), CAS.values(), ids=CAS)
def test_le_texte_de_remplacement_decrit_l_image(image: Graphique, attendue: str) -> None:
    ecrite = alternative(image).replace("\u202f", " ").replace("\xa0", " ")
    assert ecrite == attendue
    assert ecrite != image.titre


def test_chaque_serie_est_une_phrase_et_le_temps_part_d_octobre() -> None:
    mois = ["octobre 2025", *(f"mois {rang}" for rang in range(7))]
    lignes = tuple(
        (Cellule(nom), Cellule(rang), Cellule(2 * rang)) for rang, nom in enumerate(mois)
    )
    colonnes = (Colonne("Mois"), Colonne("Dépôts", "nombre"), Colonne("Portail", "nombre"))
    table = Tableau("t", "T", colonnes, lignes)
    ecrite = alternative(Graphique("g", "G", "<svg></svg>", "", table, "colonnes", (1, 2)))
    assert "8 valeurs, d'octobre 2025 à mois 6." in ecrite.replace("\xa0", " ")
    assert (
        "Dépôts. La plus grande valeur est 7 (mois 6), la plus petite 0 (octobre 2025)." in ecrite
    )
    assert "Portail. La plus grande valeur est 14" in ecrite


def test_de_beaucoup_de_valeurs_seules_les_extremes_sont_dites() -> None:
    ecrite = alternative(graphique("barres", tableau("t", 20)))
    assert "La plus grande valeur est 1\u202f903 (Arles 19), la plus petite 1\u202f200" in ecrite
    assert " ; " not in ecrite


# --- Who publishes --------------------------------------------------------------------------------


def test_sans_fichier_le_service_est_neutre(tmp_path: Path) -> None:
    assert lire_service(tmp_path) == Service()


def test_le_service_est_celui_du_fichier(tmp_path: Path) -> None:
    (tmp_path / "service.yml").write_text("nom: DDETS 13\ncontact: a@b.fr\n", "utf-8")
    assert lire_service(tmp_path) == Service("DDETS 13", "", "a@b.fr")


FAUX = {
    "champ inconnu": ("directeur: X\n", "directeur"),
    "vide": ("auteur: ''\n", "auteur » : le texte est vide"),
    "nombre": ("contact: 491\n", "contact » : un texte est attendu"),
    "YAML": ("nom: [\n", "YAML valide"),
    "liste": ("- nom\n", "ne décrit pas un service"),
}


@pytest.mark.parametrize(("texte", "attendu"), FAUX.values(), ids=FAUX)
def test_un_fichier_faux_est_refuse(tmp_path: Path, texte: str, attendu: str) -> None:
    (tmp_path / "service.yml").write_text(texte, "utf-8")
    with pytest.raises(Refus, match=r"service\.yml") as refus:
        lire_service(tmp_path)
    assert attendu in refus.value.quoi


def test_a_table_that_tells_nothing_but_its_total_is_mute() -> None:
    entier = replace(tableau("communes", 2), totaux=frozenset({2}))
    nom, autre = (Cellule(un) for un in ("Arles", "Istres"))
    cache, nul, dix = Cellule(masquee=True), Cellule(0), Cellule(12)
    total = (Cellule("Ensemble"), dix, dix)
    muette = replace(entier, lignes=((nom, cache, nul), (autre, cache, cache), total))
    assert muette.muet
    assert not replace(muette, totaux=frozenset()).muet, "a row of 12"
    assert not replace(entier, lignes=((nom, cache, dix), (autre, cache, cache), total)).muet
    assert not replace(entier, lignes=((nom, nul, nul), total)).muet, "nothing is masked"


def test_paper_leaves_out_the_rows_that_a_sentence_tells() -> None:
    """The workbook and the screen have them all; a total keeps its place."""
    entier = tableau("communes", 4)
    plie = replace(entier, totaux=frozenset({4}), repliees=frozenset({0, 2}))
    assert plie.hors_papier == ["Aubagne", "Istres"]
    assert [ligne[0].valeur for ligne in plie.imprime.lignes] == ["Arles", "Marseille", "Ensemble"]
    assert plie.imprime.totaux == {2}
    un = document(plie)
    papier = html.en_html(un, impression=True)
    assert [f"{nom}</th>" in papier for nom in ("Aubagne", "Arles", "Marseille")] == [
        False,
        True,
        True,
    ]
    assert "Aubagne</th>" in html.en_html(un)
    tout = document(replace(plie, repliees=frozenset(range(5))))
    assert "Arles</th>" not in html.en_html(tout, impression=True)
    assert "<table" not in html.en_html(tout, impression=True)
