"""What unknown files are proposed to be: tables, columns, codes; what is asked of a person."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import polars as pl
import pytest

from infocentre.contrat import contrat
from infocentre.contrat.territoires import territoires
from infocentre.correspondances.modele import Correspondance, Dialecte, Fichier, Lecture
from infocentre.livraisons.traduction import Traduction
from infocentre.noyau.erreurs import Refus
from infocentre.reconnaissance.association import associer
from infocentre.reconnaissance.codes import DATES_EN_NOMBRES, Demandee
from infocentre.reconnaissance.dialecte import profiler
from infocentre.reconnaissance.proposition import MOIS_D_ABORD, Choix, Proposition, proposer
from tests.reconnaissance.atelier import (
    GUICHETS,
    LIGNES,
    RADIATION,
    STOCK,
    Colonne,
    classeur,
    fichier,
    lus,
    nir,
    numero,
    proposition,
    rangs,
    texte,
)

LE = dt.date(2026, 11, 29)
IDENTITE = {nom: nom for nom in STOCK}
COMMUN = {**RADIATION, "DEMANDE": lambda i: str(50_000 + i)}
ACTIVES = {**COMMUN, "DATE_RADIATION": lambda _: "", "MOTIF_RADIATION": lambda _: ""}


def adopter(proposee: Proposition, choix: Choix | None = None) -> Correspondance:
    retenu = proposee.accepter().avec(choix or Choix())
    return proposee.correspondance("observatoire", "Observatoire", "test", LE, retenu)


def test_the_contract_s_own_files_ask_nothing(tmp_path: Path) -> None:
    lue = proposition(
        tmp_path,
        {
            "a.csv": texte(rangs(STOCK)),
            "b.csv": texte(rangs(RADIATION, debut=LIGNES)),
            "c.csv": texte(rangs(GUICHETS, 9)),
        },
    )
    assert [un.tables for un in lue.fichiers] == [("stock",), ("radiation",), ("guichets",)]
    assert lue.questions() == ()
    assert lue.absentes == ()
    assert lus(fichier(lue, "a.csv")) == IDENTITE
    ecrite = lue.correspondance("contrat", "Contrat", "test", LE)
    assert {
        un.table: {n: une.vers for n, une in un.colonnes.items()} for un in ecrite.fichiers
    } == {
        "stock": IDENTITE,
        "radiation": {nom: nom for nom in RADIATION},
        "guichets": {nom: nom for nom in GUICHETS},
    }


def test_the_same_columns_are_told_apart_by_the_date_of_radiation(tmp_path: Path) -> None:
    lue = proposition(
        tmp_path,
        {
            "x.csv": texte(rangs(COMMUN, debut=LIGNES)),
            "y.csv": texte(rangs(ACTIVES)),
            "ele.csv": texte(
                [
                    ["REVENU_MENSUEL_FOYER", "DEMANDE", "ORDRE", "MODE_LOGEMENT_ACTUEL"],
                    *([f"{900 + i}", str(50_000 + i), "1", "HLM"] for i in range(9)),
                ]
            ),
            "ele_note.csv": texte(
                [["DEMANDE", "QUARTIER"], *([str(50_000 + i), f"Nord {i}"] for i in range(9))]
            ),
        },
    )
    stock, radiation = lue.fichiers[:2]
    assert (stock.cle, stock.tables, radiation.cle, radiation.tables) == (
        "y.csv",
        ("stock",),
        "x.csv",
        ("radiation",),
    )
    assert stock.indice is not None
    assert (stock.indice.colonne, stock.indice.remplie) == ("DATE_RADIATION", False)
    complete = fichier(lue, "ele.csv")
    assert (complete.genre, complete.par, complete.ordre) == ("complément", "DEMANDE", "ORDRE")
    assert lus(complete).keys() == {"REVENU_MENSUEL_FOYER", "MODE_LOGEMENT_ACTUEL"}
    ecrite = adopter(lue)
    assert [(un.exemple, un.table, un.complete, un.par) for un in ecrite.fichiers] == [
        ("y.csv", "stock", False, None),
        ("x.csv", "radiation", False, None),
        ("ele.csv", None, True, "DEMANDE"),
        ("ele_note.csv", None, False, None),
    ]
    assert ecrite.fichiers[0].laissees["DATE_RADIATION"] == "sans objet pour une demande active"
    assert ecrite.fichiers[0].laissees["DEMANDE"] == "le contrat ne lit pas cette colonne"


def test_one_file_is_parted_by_the_column_whose_values_have_a_date_or_never(tmp_path: Path) -> None:
    actives = {**ACTIVES, "SITUATION_DOSSIER": lambda _: "En cours"}
    radiees = {**COMMUN, "SITUATION_DOSSIER": lambda _: "Sortie"}
    lignes = rangs(actives) + rangs(radiees, debut=LIGNES)[1:]
    (seul,) = proposition(tmp_path, {"tout.csv": texte(lignes)}).fichiers
    assert (seul.genre, seul.tables) == ("partage", ("stock", "radiation"))
    assert seul.partage is not None
    assert seul.partage.colonne == "SITUATION_DOSSIER"
    assert seul.partage.tables == {"En cours": "stock", "Sortie": "radiation"}
    assert {**lus(seul), "SITUATION_DOSSIER": None} == {
        **{n: n for n in RADIATION},
        "SITUATION_DOSSIER": None,
    }


def test_rows_whose_state_is_empty_are_parted_by_their_date_where_it_is_sure(
    tmp_path: Path,
) -> None:
    """A third of the radiées has no state; then one in two of the rows without one is active."""
    actives = {**ACTIVES, "SITUATION_DOSSIER": lambda _: "En cours"}
    radiees = {**COMMUN, "SITUATION_DOSSIER": lambda i: "" if i % 3 == 0 else "Sortie"}
    lignes = rangs(actives) + rangs(radiees, debut=LIGNES)[1:]
    (seul,) = proposition(tmp_path / "sure", {"tout.csv": texte(lignes)}).fichiers
    assert seul.partage is not None
    assert seul.partage.colonne == "SITUATION_DOSSIER"
    assert seul.partage.tables == {
        "En cours": "stock",
        "Sortie": "radiation",
        "(vide)": "radiation",
    }
    assert seul.avis[-1] == (
        "« SITUATION_DOSSIER » est vide sur une partie des lignes, qui ont une date de "
        "radiation : elles seront lues comme radiées."
    )
    actives["SITUATION_DOSSIER"] = lambda i: "" if i % 3 == 0 else "En cours"
    lignes = rangs(actives) + rangs(radiees, debut=LIGNES)[1:]
    (seul,) = proposition(tmp_path / "non", {"tout.csv": texte(lignes)}).fichiers
    assert (seul.partage, seul.a_choisir) == (None, True)


def test_keys_become_codes_by_their_file_and_by_its_labels_when_its_codes_are_not_ours(
    tmp_path: Path,
) -> None:
    cles = {"RADATT": "7", "RADREN": "8", "RADABA": "9", "RADIRR": "10"}
    communes = {f"13{i + 1:03d}": str(900 + i) for i in range(40)}
    radiation = {
        **RADIATION,
        "MOTIF_RADIATION": lambda i: cles[RADIATION["MOTIF_RADIATION"](i)],
        "SEXE_DEMANDEUR": lambda i: str(i % 2 + 20),
        "COMMUNE_LOG_RECHERCHE": lambda i: communes[STOCK["COMMUNE_LOG_RECHERCHE"](i)],
    }
    lue = proposition(
        tmp_path,
        {
            "r.csv": texte(rangs(radiation)),
            "ref_motif_radiation.csv": texte(
                [
                    [
                        "CLE_MOTIF_RADIATION",
                        "CODE_MOTIF_RADIATION",
                        "ORDRE",
                        "LIBL_MOTIF_RADIATION",
                    ],
                    *([c, code, "1", code] for code, c in cles.items()),
                ]
            ),
            "ref_sexe.csv": texte(
                [
                    ["CLE_SEXE", "CODE_SEXE", "LIBL_SEXE"],
                    ["20", "HO", "Homme"],
                    ["21", "FE", "Femme"],
                ]
            ),
            "ref_geographie_2025.csv": texte(
                [
                    ["CLE_COMMUNE", "CODE_COMMUNE", "LIBL_COMMUNE"],
                    *([c, code, f"Ville {c}"] for code, c in communes.items()),
                ]
            ),
        },
    )
    assert [un.reference for un in lue.fichiers if un.genre == "codes"] == [
        "ref_geographie",
        "ref_motif_radiation",
        "ref_sexe",
    ]
    colonnes = fichier(lue, "r.csv").colonnes
    traduites = {une.vers: une.traduites for une in colonnes}
    assert traduites["MOTIF_RADIATION"].reference == "ref_motif_radiation"
    assert traduites["COMMUNE_LOG_RECHERCHE"].reference == "ref_geographie"
    assert traduites["SEXE_DEMANDEUR"].reference == "ref_sexe"
    assert traduites["SEXE_DEMANDEUR"].valeurs == {"HO": "M", "FE": "F"}
    assert lue.questions() == ()


def test_a_file_of_codes_of_another_year_is_said(tmp_path: Path) -> None:
    radiation = {**RADIATION, "MOTIF_RADIATION": lambda i: "7" if i % 10 else "8"}
    lignes = [["CLE_MOTIF_RADIATION", "CODE_MOTIF_RADIATION"], ["7", "RADATT"]]
    lue = proposition(
        tmp_path, {"r.csv": texte(rangs(radiation)), "ref_motif_radiation.csv": texte(lignes)}
    )
    lu = fichier(lue, "r.csv")
    assert {une.vers: une.traduites for une in lu.colonnes}["MOTIF_RADIATION"].reference
    (avis,) = lu.avis
    assert avis.startswith("10\u202f% des clés de « MOTIF_RADIATION » n'ont pas de ligne")


def test_labels_become_codes_and_what_nobody_knows_is_asked_most_frequent_first(
    tmp_path: Path,
) -> None:
    motifs = (
        "Attribution d'un logement",
        "Non renouvellement de la demande",
        "Radiée d'office",
        "Transfert",
        "Transfert",
    )
    radiation = {
        **RADIATION,
        "MOTIF_RADIATION": lambda i: motifs[i % 5],
        "MOTIF_DEMANDE": lambda i: ("3 - Logement indécent", "Handicap", "13")[i % 3],
        "DOUBLON_FORCE": lambda i: ("Yes", "No")[i % 2],
        "COMMUNE_LOG_RECHERCHE": lambda i: ("Marseille", "AIX EN PROVENCE")[i % 2],
    }
    lue = proposition(tmp_path, {"r.csv": texte(rangs(radiation))})
    traduites = {une.vers: une.traduites for une in fichier(lue, "r.csv").colonnes}
    assert traduites["MOTIF_RADIATION"].valeurs == {
        "Attribution d'un logement": "RADATT",
        "Non renouvellement de la demande": "RADREN",
    }
    assert traduites["MOTIF_RADIATION"].demandees == (
        Demandee("Transfert", 24),
        Demandee("Radiée d'office", 12),
    )
    assert traduites["MOTIF_DEMANDE"].valeurs == {"Handicap": "07", "3 - Logement indécent": "03"}
    assert traduites["DOUBLON_FORCE"].valeurs == {"Yes": "1", "No": "0"}
    assert traduites["COMMUNE_LOG_RECHERCHE"].valeurs == {
        "Marseille": "13055",
        "AIX EN PROVENCE": "13001",
    }
    cle = ("r.csv", "MOTIF_RADIATION")
    with pytest.raises(Refus, match=r"MOTIF_RADIATION.*2 valeurs sans code"):
        lue.correspondance("bo", "BO", "test", LE)
    choix = Choix(valeurs={cle: {"Transfert": "RADFUS", "Radiée d'office": "RADIRR"}})
    (lu,) = adopter(lue, choix).fichiers
    assert lu.colonnes["MOTIF_RADIATION"].valeurs["Transfert"] == "RADFUS"
    assert lu.colonnes["MOTIF_RADIATION"].valeurs["Attribution d'un logement"] == "RADATT"


def test_two_columns_for_one_are_left_to_a_person_and_a_wrong_one_can_be_said(
    tmp_path: Path,
) -> None:
    noms = {"DATE_CREATION": "Date de dépôt", "TAILLE_MENAGE": "Nb personnes"}
    stock = {noms.get(n, n): une for n, une in STOCK.items()}
    stock["date de dépôt initial"] = stock["Date de dépôt"]
    lue = proposition(tmp_path, {"s.csv": texte(rangs(stock))})
    etats = {une.nom: une.etat for une in fichier(lue, "s.csv").colonnes}
    assert etats["Date de dépôt"] == etats["date de dépôt initial"] == "à choisir"
    with pytest.raises(Refus) as refus:
        adopter(lue)
    assert "« Date de dépôt » (s.csv) : à choisir" in refus.value.quoi
    choix = Choix(
        colonnes={
            ("s.csv", "Date de dépôt"): "DATE_CREATION",
            ("s.csv", "date de dépôt initial"): None,
            ("s.csv", "Nb personnes"): "COTITULAIRE",
        }
    )
    (lu,) = adopter(lue, choix).fichiers
    assert lu.colonnes["Date de dépôt"].vers == "DATE_CREATION"
    assert lu.colonnes["Nb personnes"].vers == "COTITULAIRE"
    assert lu.laissees["date de dépôt initial"] == "une personne a choisi de ne pas la lire"
    sans = Choix(colonnes={("s.csv", "Date de dépôt"): None})
    assert [une.texte for une in lue.questions(lue.accepter().avec(choix).avec(sans))] == [
        "DATE_CREATION (s.csv) : aucune colonne ne l'est"
    ]
    with pytest.raises(Refus, match="« LOYER » n'est pas une colonne du contrat"):
        adopter(lue, choix.avec(Choix(colonnes={("s.csv", "Nb personnes"): "LOYER"})))


def test_labels_beside_their_codes_are_no_second_column(tmp_path: Path) -> None:
    radiation = {**RADIATION, "Motif de radiation": lambda _: "Attribution"}
    lue = proposition(tmp_path, {"r.csv": texte(rangs(radiation))})
    etats = {une.nom: (une.etat, une.vers) for une in fichier(lue, "r.csv").colonnes}
    assert etats["MOTIF_RADIATION"] == ("certain", "MOTIF_RADIATION")
    assert etats["Motif de radiation"] == ("laissée", None)


def test_what_must_never_be_read_is_left_out_by_name_and_by_form(tmp_path: Path) -> None:
    stock: dict[str, Colonne] = {
        **{nom: une for nom, une in STOCK.items() if nom != "NUMERO_UNIQUE"},
        "NUMERO_UNIQUE": nir,
        "Matricule": nir,
        "NIR_ID_DEMANDEUR": str,
        "Commentaire du guichet": lambda i: f"appeler {i}",
        "DEMANDEINFOSSITE_ID": str,
        "Téléphone portable": lambda i: f"06010203{i:02d}",
        "Nom": lambda i: f"DURAND{chr(65 + i % 26)}",
    }
    lue = proposition(tmp_path, {"s.csv": texte(rangs(stock))})
    lu = fichier(lue, "s.csv")
    raisons = {une.nom: une.raison for une in lu.colonnes if une.etat == "laissée"}
    secu = "ses valeurs ont la forme d'un numéro de sécurité sociale, jamais lu"
    assert raisons == {
        "NUMERO_UNIQUE": secu,
        "Matricule": secu,
        "NIR_ID_DEMANDEUR": "numéro de sécurité sociale, jamais lu",
        "Commentaire du guichet": "texte libre, jamais lu",
        "DEMANDEINFOSSITE_ID": "lien vers le dossier du demandeur, jamais lu",
        "Téléphone portable": "une demande ne porte pas cette donnée personnelle",
        "Nom": "une demande ne porte pas cette donnée personnelle",
    }
    assert len([un for un in lu.avis if "sécurité sociale" in un]) == 2
    assert [(un.colonne, un.possibles) for un in lu.manquent] == [("NUMERO_UNIQUE", ())]
    with pytest.raises(Refus, match=r"NUMERO_UNIQUE .* aucune colonne ne l'est"):
        adopter(lue)


def test_a_compulsory_column_that_no_name_tells_is_looked_for_among_values(tmp_path: Path) -> None:
    stock = {
        {"DATE_CREATION": "Repère", "NUMERO_UNIQUE": "Zone 4"}.get(n, n): une
        for n, une in STOCK.items()
    }
    lue = proposition(tmp_path, {"s.csv": texte(rangs(stock))})
    lu = fichier(lue, "s.csv")
    assert lus(lu)["Zone 4"] == "NUMERO_UNIQUE"
    assert [(un.colonne, un.possibles) for un in lu.manquent] == [("DATE_CREATION", ("Repère",))]
    assert [une.sujet for une in lue.questions(lue.accepter())] == ["manque"]
    (ecrit,) = adopter(lue, Choix(colonnes={("s.csv", "Repère"): "DATE_CREATION"})).fichiers
    assert ecrit.colonnes["Repère"].vers == "DATE_CREATION"


def test_years_of_one_table_are_one_file_the_newest_first(tmp_path: Path) -> None:
    ancien = {n: une for n, une in STOCK.items() if n not in {"DATE_MODIFICATION", "TAILLE_MENAGE"}}
    ancien["COTITULAIRE"] = lambda i: str(i % 2)
    lue = proposition(
        tmp_path, {"2024/s.csv": texte(rangs(ancien)), "2026/s.csv": texte(rangs(STOCK))}
    )
    assert [un.cle for un in lue.fichiers] == ["2026/s.csv", "2024/s.csv"]
    assert lue.avis == (
        (
            "2 fichiers ont des lignes de « Demandes actives », du plus récent au plus ancien : "
            "2026/s.csv et 2024/s.csv."
        ),
    )
    (seul,) = adopter(lue).fichiers
    assert seul.colonnes.keys() == {*STOCK, "COTITULAIRE"}


def test_a_name_after_folders_is_read_as_it_stands_unless_they_tell_otherwise(
    tmp_path: Path,
) -> None:
    noms = {
        "NUMERO_UNIQUE": "Demandes\\Identification\\Numéro de demande",
        "DATE_CREATION": "Demandes\\Dates\\Date de création de la demande",
        "DATE_RADIATION": "Demandes\\Dates\\Date de radiation",
        "MOTIF_RADIATION": "Demandes\\Motif de radiation",
        "MOTIF_DEMANDE": "Demandes\\Souhaits\\Motif de la demande",
        "TAILLE_MENAGE": "Demandes\\Foyer\\Nombre de personnes à loger",
    }
    surface: dict[str, Colonne] = {
        "Logement actuel\\Surface": lambda i: str(20 + i),
        "Historique\\Avant\\Motif de radiation": RADIATION["MOTIF_RADIATION"],
        "Cotitulaire\\Situation familiale": lambda i: "MC"[i % 2],
        "Demandeur\\Date de naissance": STOCK["DATE_NAISS_DEMANDEUR"],
        "Enfant\\Date de naissance": lambda i: f"01/02/{2000 + i % 20}",
    }
    radiation = {noms.get(n, n): une for n, une in RADIATION.items() if n != "SEXE_DEMANDEUR"}
    del radiation["DATE_NAISS_DEMANDEUR"]
    lue = fichier(proposition(tmp_path, {"r.csv": texte(rangs(radiation | surface))}), "r.csv")
    etats = {une.nom: (une.etat, une.vers) for une in lue.colonnes}
    motif = noms.pop("MOTIF_RADIATION")  # another ends alike: its folders decide
    assert etats[motif] == ("à confirmer", "MOTIF_RADIATION")
    assert {etats[nom] for nom in noms.values()} == {("certain", vers) for vers in noms}
    # The folders tell another column than the name does, or it is asked.
    assert etats["Logement actuel\\Surface"] == ("certain", "SURFACE_ACTUEL")
    assert etats["Cotitulaire\\Situation familiale"][0] != "certain"
    assert etats["Demandeur\\Date de naissance"] == ("certain", "DATE_NAISS_DEMANDEUR")
    assert etats["Enfant\\Date de naissance"] == ("laissée", None)


def test_parts_of_one_table_are_told_first_and_nothing_is_asked_of_their_columns(
    tmp_path: Path,
) -> None:
    """Half of the stock each, the second with a column that would be asked; then one is left."""
    renomme = {"Gdt" if n == "SEXE_DEMANDEUR" else n: une for n, une in STOCK.items()}
    lue = proposition(
        tmp_path,
        {
            "a.csv": texte(rangs(STOCK, 30)),
            "b.csv": texte(rangs(renomme, 30, 30)),
            "r.csv": texte(rangs(RADIATION, debut=LIGNES)),
        },
    )
    (seule,) = lue.questions()
    assert seule.sujet == "parts"
    assert seule.texte == (
        "2 fichiers ou feuilles sont de la table « stock », et un seul serait lu : b.csv et a.csv. "
        "Les réunir en un seul, ou n'en laisser qu'un"
    )
    assert lue.avis == ()
    with pytest.raises(Refus, match=r"b\.csv et a\.csv"):
        adopter(lue)
    ecrite = lue.ebauche("s", "S", "test", LE)
    assert [un.exemple for un in ecrite.fichiers if un.table == "stock"] == ["b.csv", "a.csv"]
    assert lue.questions(Choix(fichiers={"b.csv": None})) == ()
    annees = {"s_2024.csv": texte(rangs(STOCK)), "s_2025.csv": texte(rangs(STOCK))}
    assert proposition(tmp_path / "annees", annees).questions() == ()
    mois = {
        f"s_{un}.csv": texte(rangs(STOCK)) for un in ("2025-11", "2025-12", "2026-01", "2026-02")
    }
    (seule,) = proposition(tmp_path / "mois", mois).questions()
    assert seule.texte.startswith("4 fichiers ou feuilles sont de la table « stock »")


def test_of_two_sheets_alike_the_one_that_a_person_leaves_is_not_read(tmp_path: Path) -> None:
    chemin = classeur(
        tmp_path / "s.xlsx",
        {"Octobre": rangs(STOCK), "Essai": rangs(STOCK), "Sorties": rangs(RADIATION)},
    )
    profils = profiler(chemin, tmp_path / "temporaire")
    lue = proposer(profils, "013")
    assert [une.sujet for une in lue.questions()] == ["parts"]
    laissee = Choix(fichiers={"s.xlsx, feuille Octobre": None})
    association = associer(adopter(lue, laissee), profils).association
    lues = {
        fichier.table: [un.dialecte.feuille for un in siennes]
        for fichier, siennes in association.associes()
    }
    assert lues == {"stock": ["Essai"], "radiation": ["Sorties"], None: ["Octobre"]}


def test_a_file_of_no_table_or_of_two_is_left_to_a_person(tmp_path: Path) -> None:
    stock = {n: une for n, une in RADIATION.items() if n != "DATE_RADIATION"}
    lue = proposition(
        tmp_path,
        {
            "m.csv": texte(rangs(stock)),
            "autre.csv": texte([["fruit", "prix"], *([f"pomme {i}", f"{i},5"] for i in range(9))]),
        },
    )
    ambigu, autre = (fichier(lue, nom) for nom in ("m.csv", "autre.csv"))
    assert (ambigu.a_choisir, ambigu.tables) == (True, ("stock", "radiation"))
    assert ambigu.raison == "il a un motif de radiation, et pas de date de radiation"
    assert (autre.a_choisir, autre.tables) == (True, ())
    assert [une.sujet for une in lue.questions()] == ["fichier", "fichier"]
    avec_stock = proposition(tmp_path, {"s.csv": texte(rangs(STOCK))})
    assert fichier(avec_stock, "m.csv").tables == ("radiation", "stock")
    choix = Choix(fichiers={"m.csv": "stock", "autre.csv": None})
    assert lus(fichier(lue.avec(choix), "m.csv")) == IDENTITE
    ecrite = adopter(lue, choix)
    assert [(un.table, set(un.laissees)) for un in ecrite.fichiers] == [
        ("stock", {"MOTIF_RADIATION"}),
        (None, {"fruit", "prix"}),
    ]


def test_a_file_of_no_table_is_left_unasked_when_no_compulsory_table_lacks(tmp_path: Path) -> None:
    fichiers = {
        "stock.csv": texte(rangs(STOCK)),
        "radiation.csv": texte(rangs(RADIATION)),
        "LISEZMOI.txt": "Bonjour ;\nci-joint le mois ; les radiations y sont ;\nle stock ;\n",
    }
    lue = proposition(tmp_path, fichiers)
    note = fichier(lue, "LISEZMOI.txt")
    assert (note.genre, note.a_choisir) == ("inconnu", False)
    assert note.raison == "ses colonnes ne sont d'aucune table"
    assert lue.questions() == ()
    assert [un.table for un in adopter(lue, Choix()).fichiers] == ["stock", "radiation", None]
    as_said = lue.avec(Choix(fichiers={"LISEZMOI.txt": "journal"}))
    assert fichier(as_said, "LISEZMOI.txt").tables == ("journal",)


def test_of_a_register_the_code_alone_is_asked_where_no_column_may_be_the_rest(
    tmp_path: Path,
) -> None:
    nus = {nom: GUICHETS[nom] for nom in ("CODE_GUICHET", "NOM")}
    tables = {"s.csv": texte(rangs(STOCK)), "r.csv": texte(rangs(RADIATION, debut=LIGNES))}
    lue = proposition(tmp_path / "nus", {**tables, "g.csv": texte(rangs(nus, 12))})
    assert lue.questions() == ()
    assert [un.table for un in adopter(lue).fichiers] == ["stock", "radiation", "guichets"]
    types = {**nus, "Zzz": GUICHETS["TYPE_GUICHET"]}
    lue = proposition(tmp_path / "types", {**tables, "g.csv": texte(rangs(types, 12))})
    (seule,) = lue.questions(lue.accepter())
    assert (seule.sujet, seule.colonne) == ("manque", "TYPE_GUICHET")


def test_numeros_of_another_departement_are_said(tmp_path: Path) -> None:
    stock = {**STOCK, "NUMERO_UNIQUE": lambda i: ("084" if i % 4 == 0 else "013") + numero(i)[3:]}
    assert proposition(tmp_path, {"s.csv": texte(rangs(stock))}).avis == (
        "s.csv : 25\u202f% des numéros uniques sont d'un autre département.",
    )


def test_dates_whose_month_comes_first_are_not_read(tmp_path: Path) -> None:
    """Of those of a year, six in ten are no day, and four in ten another day."""
    americaines = {
        **STOCK,
        "DATE_MODIFICATION": lambda i: f"{i % 12 + 1:02d}/{i % 28 + 1:02d}/2026",
        "DATE_RENOUVELLEMENT": lambda i: f"{i % 28 + 1:02d}/{i % 12 + 1:02d}/2026",
    }
    lue = fichier(proposition(tmp_path, {"a.csv": texte(rangs(americaines))}), "a.csv")
    etats = {une.nom: (une.etat, une.raison) for une in lue.colonnes}
    assert etats["DATE_MODIFICATION"] == ("laissée", MOIS_D_ABORD)
    assert etats["DATE_RENOUVELLEMENT"][0] == etats["DATE_CREATION"][0] == "certain"
    # Nor are they proposed for the compulsory date that lacks.
    toutes = {**americaines, "DATE_CREATION": americaines["DATE_MODIFICATION"]}
    del toutes["DATE_RENOUVELLEMENT"]
    (manque,) = fichier(proposition(tmp_path, {"a.csv": texte(rangs(toutes))}), "a.csv").manquent
    assert (manque.colonne, manque.possibles) == ("DATE_CREATION", ())


def test_a_file_of_no_rows_says_so_rather_than_be_a_part_of_the_stock(tmp_path: Path) -> None:
    """It is read as no table, whatever a person would say: nothing is asked of it."""
    fichiers = {"a.csv": texte(rangs(ACTIVES)), "b.csv": texte(rangs(COMMUN, 0))}
    lue = proposition(tmp_path, fichiers)
    assert lue.questions(lue.accepter()) == ()
    vide = fichier(lue, "b.csv")
    assert (vide.genre, vide.a_choisir, lue.absentes) == ("inconnu", False, ("radiation",))
    assert vide.raison.startswith("aucune ligne n'y est sous les noms de colonnes : demander")


def test_communes_that_lost_their_zero_are_a_repair_that_a_person_confirms(tmp_path: Path) -> None:
    """In the Ain; elsewhere, or among anything else, four figures are no commune."""
    ain = [un for un in territoires() if un.startswith("01")]
    colonnes = {**STOCK, "COMMUNE_LOG_RECHERCHE": lambda i: ain[i][1:]}
    (tmp_path / "a.csv").write_text(texte(rangs(colonnes, 150)))
    lues = {}
    for departement in ("001", "013"):
        (propose,) = proposer(profiler(tmp_path, tmp_path / "t"), departement).fichiers
        lues[departement] = next(une for une in propose.colonnes if une.nom.startswith("COMMUNE"))
    dite = lues["001"]
    assert (dite.etat, dite.raison) == (
        "à confirmer",
        f"ses codes INSEE ont perdu leur zéro : « {ain[0][1:]} » sera lu « {ain[0]} »",
    )
    assert lues["013"].traduites.valeurs == {}
    # The hundred that were looked at tell the others, once a person said yes.
    traduction = Traduction(
        Fichier({dite.nom: Lecture("COMMUNE_LOG_RECHERCHE", valeurs=dite.traduites.valeurs)}),
        Dialecte(),
        contrat().tables["stock"],
    )
    ecrits, _ = traduction.traduire(
        "commune_log_recherche", pl.Series([ain[0][1:], ain[149][1:], "5061", "69123"])
    )
    assert ecrits.to_list() == [ain[0], ain[149], "5061", "69123"]


@pytest.mark.parametrize("nom", ["Surface du logement attribué (m²)", "SURFACE_ATTRIB_M2"])
def test_a_unit_in_a_name_tells_no_column(tmp_path: Path, nom: str) -> None:
    colonnes = {**RADIATION, nom: lambda i: f"{40 + i % 30},5"}
    assert lus(fichier(proposition(tmp_path, {"r.csv": texte(rangs(colonnes))}), "r.csv"))[nom] == (
        "SURFACE"
    )


def test_dates_that_reception_reads_are_dates_however_they_are_written(tmp_path: Path) -> None:
    colonnes = {
        **STOCK,
        "DATE_CREATION": lambda i: f"{i % 28 + 1} sept. {2015 + i % 9}",
        "DATE_MODIFICATION": lambda i: f"2026-0{i % 9 + 1}-{i % 27 + 1:02d} 00:00:00.000",
        "DATE_NAISS_DEMANDEUR": lambda i: str(20000 + i),
    }
    propose = fichier(proposition(tmp_path, {"a.csv": texte(rangs(colonnes))}), "a.csv")
    etats = {une.nom: (une.etat, une.raison) for une in propose.colonnes}
    assert etats["DATE_CREATION"] == etats["DATE_MODIFICATION"] == ("certain", "")
    assert etats["DATE_NAISS_DEMANDEUR"] == ("à confirmer", DATES_EN_NOMBRES)
    assert propose.recent == "2026-09-27"


def test_guichets_that_lost_their_zeros_are_a_repair_that_a_person_confirms(tmp_path: Path) -> None:
    colonnes = {**STOCK, "CLE_GUICHETCREATEUR": lambda i: "GDPUB" if i % 3 else str(120 + i % 7)}
    propose = fichier(proposition(tmp_path, {"a.csv": texte(rangs(colonnes))}), "a.csv")
    etats = {une.nom: (une.etat, une.raison) for une in propose.colonnes}
    assert etats["GUICHET_ENREGISTREUR"] == ("certain", "")
    assert etats["CLE_GUICHETCREATEUR"] == (
        "à confirmer",
        "des codes de guichet y ont perdu leurs zéros : « 120 » sera lu « 00120 »",
    )


def test_numeros_that_lost_their_zero_are_said_and_not_completed(tmp_path: Path) -> None:
    colonnes = {**STOCK, "NUMERO_UNIQUE": lambda i: numero(i)[1:]}
    propose = fichier(proposition(tmp_path, {"a.csv": texte(rangs(colonnes))}), "a.csv")
    (dite,) = (un for un in propose.avis if "zéro" in un)
    assert dite == (
        "Les numéros y ont perdu leur zéro de tête (« NUMERO_UNIQUE ») : leurs lignes seront "
        "rejetées. À demander : refaire l'extraction, cette colonne au format texte."
    )
    assert all(une.traduites.valeurs == {} for une in propose.colonnes)
