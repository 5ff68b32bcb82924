"""The comité's slides: twelve, each with a message, chosen in the bilan."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest

from infocentre.restitutions import entetes
from infocentre.restitutions.diaporama.choix import choisir
from infocentre.restitutions.diaporama.copil import court, du_bilan
from infocentre.restitutions.diaporama.pages import Contenu, Diapositive
from infocentre.restitutions.document import (
    Cellule,
    Colonne,
    Document,
    Graphique,
    Lignes,
    Liste,
    Mots,
    Paragraphe,
    Section,
    Tableau,
)
from tests.restitutions.exemples import CHALEUR, CHIFFRES, document, graphique, tableau

DECISIONS = Lignes(("Décision", "Échéance"), 6)
REPLI = "Le bilan n'a pas d'image à projeter ici : lire ses tableaux."
DEMANDE = "20 087 demandes sont actives, en hausse de 0,6 % en un an."


def image(cle: str) -> Graphique:
    return dataclasses.replace(graphique(), cle=cle)


def table(cle: str, *colonnes: str, lignes: tuple[tuple[str, ...], ...] = ()) -> Tableau:
    corps = tuple(tuple(Cellule(valeur) for valeur in ligne) for ligne in lignes)
    return Tableau(cle, cle, tuple(Colonne(nom) for nom in colonnes), corps)


MOUVEMENTS = table(
    "qualite-mouvements",
    "Indicateur",
    "2025",
    "2026",
    "Sens",
    lignes=(("A", "1", "2", "amélioration"), ("B", "1", "2", "dégradation")),
)
PERSISTANCES = table(
    "qualite-persistances",
    "Organisme",
    "Indicateur",
    "2025",
    "2026",
    lignes=(("Garlaban", "A", "1", "2"),),
)
PLAN = dataclasses.replace(
    table("plan", lignes=(("Retards", "5 %", "Relancer", "Garlaban", "à fixer"),)),
    colonnes=entetes.colonnes("plan", "constat", "taux", "action", "organismes", "suite"),
)


def bilan() -> Document:
    """A bilan reduced to what the slides need."""
    return document(
        sections=(
            Section(
                "L'essentiel",
                (CHIFFRES,),
                (Section("À retenir", (Liste(("**20 087 demandes** actives.",)),)),),
            ),
            Section(
                "La demande",
                (Paragraphe(DEMANDE, "chapeau"), image("image-dem-02")),
                (
                    Section("Le semestre", (image("image-flux-03"),)),
                    Section(
                        "Ce qui est demandé",
                        (),
                        (
                            Section(
                                "Motifs",
                                (Paragraphe("Le premier motif est 13."), image("image-dem-01")),
                            ),
                        ),
                    ),
                ),
            ),
            Section(
                "Les attributions",
                (Paragraphe("2 890 attributions.", "chapeau"), image("image-att-01")),
                (
                    Section("Les délais", (Paragraphe("15,5 mois."), image("image-att-02"))),
                    Section(
                        "Les territoires",
                        (dataclasses.replace(tableau(), cle="att-09-commune"),),
                    ),
                ),
            ),
            Section(
                "Publics prioritaires et mixité",
                (),
                (
                    Section(
                        "DALO et ménages prioritaires, par réservataire",
                        (Paragraphe("883 sur 2 890."), image("image-att-05")),
                    ),
                    Section("Le Logement d'abord", (Paragraphe("89 sur 1 452."),)),
                ),
            ),
            Section(
                "La qualité de l'enregistrement",
                (Paragraphe("Trois indicateurs en rouge.", "chapeau"),),
                (
                    Section(
                        "Par type de guichet", (dataclasses.replace(CHALEUR, cle="qualite-types"),)
                    ),
                    Section("Ce qui a bougé dans le département", (MOUVEMENTS,)),
                    Section("Les difficultés persistantes", (PERSISTANCES,)),
                ),
            ),
            Section("Enjeux-clés", (Liste(("Tension", "Mixité")), Mots("enjeux", "", "à écrire"))),
            Section("Difficultés majeures", (Liste(("Retards",)), Mots("d", "- Un logiciel"))),
            Section("Plan d'actions", (PLAN,)),
        )
    )


def test_onze_diapositives_apres_la_couverture_chacune_son_message() -> None:
    assert [une.titre for une in du_bilan(bilan())] == [
        "20 087 demandes actives",
        "20 087 demandes sont actives, en hausse de 0,6 % en un an",
        "Le premier motif est 13",
        "2 890 attributions",
        "15,5 mois",
        "883 sur 2 890",
        "Les territoires",
        "Trois indicateurs en rouge",
        "Qualite-mouvements",
        "Deux enjeux et une difficulté à examiner",
        "Une action proposée, à décider en séance",
    ]


def la(rubrique: str) -> Diapositive:
    return next(une for une in du_bilan(bilan()) if rubrique in une.rubrique)


def cles(blocs: tuple[Contenu, ...]) -> list[Any]:
    return [getattr(bloc, "cle", None) for bloc in blocs]


def test_images_cote_a_cote() -> None:
    assert cles(la("La demande").blocs) == ["image-flux-03", "image-dem-02"]


def test_qualite_montre_d_abord_ce_qui_est_grave() -> None:
    (chaleur,) = la("Taux d'anomalie par type").blocs
    assert isinstance(chaleur, Tableau)
    assert [ligne[1].etat for ligne in chaleur.lignes] == ["a_traiter", "vert"]


def test_difficultes_persistantes_au_dernier_mois_seulement() -> None:
    persistances = la("ce qui a bougé").blocs[-1]
    assert isinstance(persistances, Tableau)
    assert [colonne.titre for colonne in persistances.colonnes] == [
        "Organisme",
        "Indicateur",
        "2026",
    ]


def test_le_titre_de_ce_qui_a_bouge_commence_par_le_pire() -> None:
    """The département only improves, an organisme falls: the title says the fall first."""
    mieux = table("qualite-mouvements", "A", "B", "Sens", lignes=(("A", "1", "amélioration"),))
    mieux = dataclasses.replace(mieux, titre="Un indicateur s'améliore")
    chute = table("qualite-degradations", *"ABCDEF", lignes=(tuple("abcdef"),))
    chapitre = "La qualité de l'enregistrement"
    section = Section(chapitre, (), (Section("Ce qui a bougé", (mieux,)), Section("B", (chute,))))
    (une,) = du_bilan(document(sections=(section,)))
    assert une.titre == (
        "Une dégradation nette ou grave chez un organisme ou un type de guichet ; "
        "un indicateur s'améliore"
    )


def test_les_organismes_que_le_titre_compte_sont_tous_nommes() -> None:
    """The bilan names five at most; they come before what moved, the last of which has no room."""
    noms = [f"**Organisme {lettre}**" for lettre in "ABCDE"]
    points = ("**Cinq organismes restent en rouge.**", *noms, "**Se dégrade** : x")
    retenir = Section("À retenir", (Liste(points), Liste(("**20 087 demandes**",))))
    (une, *_) = du_bilan(document(sections=(Section("L'essentiel", (CHIFFRES,), (retenir,)),)))
    assert une.titre == "Cinq organismes restent en rouge."
    dits = [point for bloc in une.blocs if isinstance(bloc, Liste) for point in bloc.points]
    assert dits == noms


def test_mots_ecrits_sont_projetes_ceux_qui_manquent_ne_le_sont_pas() -> None:
    gauche, droite = la("Enjeux-clés").colonnes
    assert [type(bloc) for bloc in gauche] == [Paragraphe, Liste]
    assert [type(bloc) for bloc in droite] == [Paragraphe, Liste, Mots]


def test_plan_a_cote_des_decisions_a_prendre() -> None:
    gauche, droite = la("Plan d'actions").colonnes
    assert isinstance(gauche[0], Tableau)
    titres = [colonne.titre for colonne in gauche[0].colonnes]
    assert titres == ["Constat", "Action proposée", "Organismes concernés"]
    assert droite == (DECISIONS,)


def test_chapitre_absent_n_a_pas_de_diapositive() -> None:
    entier = bilan()
    sans = dataclasses.replace(
        entier, sections=tuple(une for une in entier.sections if une.titre != "La demande")
    )
    assert len(du_bilan(sans)) == len(du_bilan(entier)) - 2


def test_document_sans_ces_chapitres_est_projete_section_par_section() -> None:
    autre = document(sections=(Section("Guichets", (tableau(),)),))
    assert [une.rubrique for une in choisir(autre)] == ["Guichets"]


@pytest.mark.parametrize(
    ("phrase", "titre"),
    [
        ("20 087 demandes actives. En hausse.", "20 087 demandes actives"),
        (
            "20 087 demandes actives au 30 juin, en hausse de 0,6 % ; 13 983 sont hors mutation",
            "20 087 demandes actives au 30 juin, en hausse de 0,6 %",
        ),
        (
            "La moitié suit le dépôt de moins de 15,5 mois (moyenne : 23 mois ; connus : 2 886)",
            "La moitié suit le dépôt de moins de 15,5 mois",
        ),
        (
            f"Sur 34 indicateurs jugés, 3 sont en rouge : {'accès, ' * 20}",
            "Sur 34 indicateurs jugés, 3 sont en rouge",
        ),
        ("M. le préfet décide. Fin.", "M. le préfet décide"),
    ],
)
def test_titre_garde_ce_qui_suffit(phrase: str, titre: str) -> None:
    assert court(phrase) == titre


def test_un_departement_d_une_commune_montre_ses_arrondissements() -> None:
    """Of Paris, the table of communes has one row."""
    communes, divisee = (
        dataclasses.replace(tableau(lignes=lignes), cle=f"att-09-{sorte}")
        for sorte, lignes in (("commune", 0), ("arrondissement", 3))
    )
    for blocs, montre in (((communes, divisee), divisee), ((communes,), communes)):
        chapitre = Section("Les attributions", (), (Section("Les territoires", blocs),))
        une = next(un for un in du_bilan(document(sections=(chapitre,))) if "Territ" in un.rubrique)
        assert cles(une.colonnes[0]) == [montre.cle]


def test_image_que_le_bilan_n_a_pas_laisse_sa_raison() -> None:
    """The other picture of the slide stays; a section without a word has one all the same."""
    raison = "Aucune attribution n'a été prononcée."
    chapitre = Section(
        "Les attributions",
        (),
        (
            Section("Les délais", (image("image-att-02"),)),
            Section("Les réservataires", (Paragraphe(raison, "alerte"),)),
            Section("Les territoires"),
        ),
    )
    volume, delais, territoires = du_bilan(document(sections=(chapitre,)))
    assert [[type(un) for un in colonne] for colonne in delais.colonnes] == [
        [Graphique],
        [Paragraphe],
    ]
    assert delais.colonnes[1] == (Paragraphe(raison),)
    assert [un.blocs for un in (volume, territoires)] == [(Paragraphe(REPLI),)] * 2
