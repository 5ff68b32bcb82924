"""The workbook: every table of a document, readable by a person and by a program."""

from __future__ import annotations

import datetime as dt
import io
import re
import zipfile

import openpyxl
import pytest
from openpyxl.worksheet.worksheet import Worksheet

from infocentre.restitutions import classeur
from infocentre.restitutions.document import (
    Bloc,
    Cellule,
    Chiffre,
    Chiffres,
    Colonne,
    Document,
    Tableau,
)
from infocentre.restitutions.ecriture import NOTE_MASQUE, arrondir, ecrire
from tests.restitutions.exemples import CHALEUR, NOM_LONG, VIDE, document, graphique, tableau


def lire(un: Document) -> openpyxl.Workbook:
    return openpyxl.load_workbook(io.BytesIO(classeur.en_octets(un)))


def feuille(*blocs: Bloc) -> Worksheet:
    """The sheet of the only table."""
    livre = lire(document(*blocs))
    return livre[livre.sheetnames[1]]


def textes(une: Worksheet) -> list[str]:
    """What is written on a sheet, plain spaces in place of no-break ones."""
    valeurs = (c.value for ligne in une.iter_rows() for c in ligne)
    return [str(v).replace("\xa0", " ").replace("\u202f", " ") for v in valeurs if v is not None]


def test_une_feuille_par_tableau_ceux_des_images_aussi() -> None:
    livre = lire(document())
    assert livre.sheetnames == [
        "Sommaire",
        "Chiffres-clés",
        "T1 TAB01-01 Demandes actives pa",
        "F1 TAB01-01 Demandes actives pa",
        "T2 Associations",
        "T3 Qualité de l enregistrement",
    ]


def test_un_chiffre_cle_est_un_nombre_et_dit_son_unite() -> None:
    cartes = Chiffres(
        (
            Chiffre("Demandes", "20\u202f087", "+0,6\u202f%"),
            Chiffre("Délai", "15,5\xa0mois"),
            Chiffre("Évolution", "−1,0\u202f%"),
            Chiffre("Qualité", "s"),
        )
    )
    lignes = [[c.value for c in ligne[:3]] for ligne in feuille(cartes)["A5:C8"]]
    assert lignes == [
        ["Demandes", 20087, None],
        ["Délai", 15.5, "mois"],
        ["Évolution", -1, "%"],
        ["Qualité", "s", None],
    ]


def test_le_classeur_ne_se_dit_pas_d_un_autre_programme() -> None:
    with zipfile.ZipFile(io.BytesIO(classeur.en_octets(document()))) as archive:
        assert b"Microsoft" not in archive.read("docProps/app.xml")


def test_chaque_colonne_a_un_titre_a_elle() -> None:
    colonnes = (Colonne("L'EPCI"), Colonne("Part", "taux"), Colonne("Part", "taux"))
    une = feuille(Tableau("t", "T", colonnes, ((Cellule("A"), Cellule(0.1), Cellule(0.2)),)))
    assert [c.value for c in une[4]] == ["L’EPCI", "Part", "Part (2)"]


def test_sommaire_mene_a_chaque_feuille_et_chaque_feuille_en_revient() -> None:
    livre = lire(document())
    liens = [c.hyperlink.location for c in livre["Sommaire"]["A"] if c.hyperlink]
    assert liens == [f"'{nom}'!A1" for nom in livre.sheetnames[1:]]
    assert {livre[nom]["A2"].hyperlink.location for nom in livre.sheetnames[1:]} == {
        "'Sommaire'!A1"
    }


def test_valeurs_restent_des_nombres_au_format_francais() -> None:
    une = feuille(tableau())
    ligne = [(c.value, c.number_format) for c in une[5]]
    assert ligne == [
        ("Aubagne", "General"),
        (1200, "#,##0"),
        (0.125, "0.0 %"),
        (0.018, '[>=0.0005]+0.0 %;[<=-0.0005]"−"0.0 %;"stable"'),
    ]


def test_cellule_masquee_n_ecrit_que_s_et_dit_pourquoi() -> None:
    une = feuille(tableau())
    assert [c.value for c in une[6]] == ["Arles", "s", "s", "s"]
    assert NOTE_MASQUE in textes(une)


def test_notes_sous_le_tableau() -> None:
    ecrits = textes(feuille(tableau()))
    assert ecrits[-3:] == [
        "Lecture : à Aubagne, 1 200 demandes sont actives, dont 12,5 % de mutations.",
        "Source : SNE, livraison arrêtée au 30/06/2026.",
        "Dans l’infocentre : TAB01-01 (2026-06)",
    ]


def test_entete_reste_visible_et_se_repete_a_l_impression() -> None:
    une = feuille(tableau())
    assert une.freeze_panes == "B5"
    assert une.print_title_rows == "$4:$4"
    assert une.auto_filter.ref == "A4:D11"


def test_etat_se_voit_sans_la_couleur_et_reste_un_nombre() -> None:
    une = feuille(CHALEUR)
    assert [(c.value, c.number_format) for c in une[5][1:4]] == [
        (0.03, '"● "0.0 %'),
        (0.06, '"▲ "0.0 %'),
        (0.09, '"■ "0.0 %'),
    ]


def test_etat_d_une_cellule_masquee_se_voit_sans_la_couleur() -> None:
    masquee = Tableau(
        "t", "Masqué", (Colonne("Taux", "taux"),), ((Cellule(masquee=True, etat="rouge"),),)
    )
    assert feuille(masquee)["A5"].value == "■ s"


def test_effectif_sous_un_taux_a_sa_colonne() -> None:
    taux = Tableau(
        "t",
        "Taux",
        (Colonne("Guichet"), Colonne("Taux", "taux")),
        ((Cellule("A"), Cellule(0.5, sur=12)), (Cellule("B"), Cellule(masquee=True))),
    )
    une = feuille(taux)
    assert [[c.value for c in ligne] for ligne in une["A4:C6"]] == [
        ["Guichet", "Taux", "Taux : effectif"],
        ["A", 0.5, 12],
        ["B", "s", None],
    ]


def test_un_taux_n_a_pas_plus_de_chiffres_qu_on_n_en_lit() -> None:
    """110 / 14 would tell the 14 that is masked."""
    table = Tableau(
        "t",
        "Taux",
        (Colonne("Taux", "taux"), Colonne("Rapport", "decimal"), Colonne("Nombre", "nombre")),
        ((Cellule(3 / 7), Cellule(110 / 14), Cellule(12_345)),),
    )
    assert [c.value for c in feuille(table)["A5:C5"][0]] == [0.429, 7.9, 12_345]


def test_tableau_vide_le_dit() -> None:
    assert "Aucune ligne." in textes(feuille(VIDE))


def test_texte_qui_ressemble_a_une_formule_reste_un_texte() -> None:
    piege = Tableau("t", "Piège", (Colonne("Nom"),), ((Cellule("=1+1"),),))
    assert feuille(piege)["A5"].data_type == "s"


@pytest.mark.parametrize("titre", ["[Âge] : 18/25 ans ?", NOM_LONG, "'"])
def test_titre_quelconque_donne_un_nom_de_feuille_permis(titre: str) -> None:
    colonnes = (Colonne("Nom"),)
    noms = lire(document(Tableau("a", titre, colonnes, ()), Tableau("b", titre, colonnes, ())))
    assert len({nom.casefold() for nom in noms.sheetnames}) == 3


def test_date_et_proprietes() -> None:
    jours = Tableau("t", "Jours", (Colonne("Jour", "date"),), ((Cellule(dt.date(2026, 6, 1)),),))
    livre = lire(document(jours))
    assert livre[livre.sheetnames[1]]["A5"].value == dt.datetime(2026, 6, 1)  # noqa: DTZ001
    assert livre.properties.title.startswith("Bilan semestriel")
    assert f"{livre.properties.created:%Y-%m-%d}" == "2026-06-30"


def test_aucune_horloge_dans_le_fichier() -> None:
    un = document(tableau(), graphique())
    octets = classeur.en_octets(un)
    assert classeur.en_octets(un) == octets
    with zipfile.ZipFile(io.BytesIO(octets)) as archive:
        assert {entree.date_time for entree in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        proprietes = archive.read("docProps/core.xml").decode()
    assert set(re.findall(r"20\d\d-\d\d-\d\dT[\d:]+Z", proprietes)) == {"2026-06-30T00:00:00Z"}


def test_un_texte_ne_touche_pas_le_nombre_a_sa_gauche() -> None:
    colonnes = (Colonne("Constat"), Colonne("Effectif", "nombre"), Colonne("Action"))
    une = feuille(Tableau("t", "T", colonnes, ((Cellule("A"), Cellule(2709), Cellule("Agir")),)))
    for ligne in (4, 5):
        assert [cellule.alignment.indent for cellule in une[ligne]] == [0, 0, 1]
        assert une[ligne][2].alignment.horizontal == "left"  # without which it is not indented


def test_un_taux_est_dans_un_classeur_celui_qui_est_imprime() -> None:
    """47 of 400 is 11,75 %: printed « 11,8 % », and 0,1175 as a float is a little less."""
    taux = Colonne("Part", "taux")
    assert arrondir(47 / 400, taux) == pytest.approx(0.118, abs=1e-9)
    autres = [
        (n, d)
        for d in range(1, 201)
        for n in range(d + 1)
        if ecrire(Cellule(n / d), taux) != ecrire(Cellule(arrondir(n / d, taux)), taux)
    ]
    assert autres == []
