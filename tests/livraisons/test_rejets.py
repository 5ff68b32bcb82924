"""Rejects, format anomalies, repeated lines, numéros in both files, the 5 % rule."""

from __future__ import annotations

import re

import pytest

from infocentre.contrat import contrat
from infocentre.lecture.rapport import lignes_rapport
from infocentre.noyau.erreurs import Refus
from tests.livraisons.atelier import (
    IDENTIFIANTS,
    Ligne,
    bonnes,
    en_csv,
    guichets,
    ligne,
    numero,
    petite,
)
from tests.livraisons.conftest import Recevoir

pytestmark = pytest.mark.lent

NUMERO, VIDE, DATE = (
    "numéro unique mal formé",
    "identifiant vide",
    "date obligatoire illisible",
)
REPETEE, DEUX = "ligne répétée", "présent dans les deux fichiers"
TABLES = list(contrat().tables)
A_NUMERO = [nom for nom in TABLES if nom not in {"guichets", "utilisateurs", "messages"}]
DATES = [
    (table.nom, colonne.nom)
    for table in contrat().tables.values()
    for colonne in table.colonnes
    if colonne.obligatoire and colonne.type == "date"
]


# --- Rejects --------------------------------------------------------------------------------------


MAL_FORMES = (
    "",
    "NA",
    "013132600000G1301",
    "0131326000001G1301",
    "0130026000001G1301",
    "01301260000 1G1301",
    "013012600000AG1301",
    "0130126000001G13015",
    "A130126000001G1301",
    "02C0126000001G1301",
    "0130126000001G13-1",
    "0130126000001G13é1",
)


def test_a_malformed_numero_rejects_the_row_in_each_table(recevoir: Recevoir) -> None:
    livraison = petite()
    for table in A_NUMERO:
        lignes = [ligne(table, rang, NUMERO_UNIQUE=faux) for rang, faux in enumerate(MAL_FORMES)]
        livraison.poser(table, [*lignes, ligne(table, 99)])
    recue = recevoir(livraison)
    for table in A_NUMERO:
        rejets = recue.rejets(table)
        assert [(rang, colonne, motif) for _, rang, colonne, _, motif in rejets] == [
            (rang, "NUMERO_UNIQUE", NUMERO) for rang in range(2, 2 + len(MAL_FORMES))
        ], table
        for faux, (_, _, _, valeur, _) in zip(MAL_FORMES, rejets, strict=True):
            assert (valeur is None) == (table == "identites" or faux in {"", "NA"}), (table, faux)
            assert valeur is None or re.fullmatch("forme [9A -]+", valeur), (table, faux)
        assert recue.description["tables"][table]["conserves"] == 401, table


@pytest.mark.parametrize(
    ("colonne", "ecrit", "dit"),
    [
        ("NUMERO_UNIQUE", "1,30626E+16", "cette colonne au format texte"),
        ("NUMERO_UNIQUE", "9.7E+17", "cette colonne au format texte"),
        ("NUMERO_UNIQUE", "1E17", "Demander une nouvelle extraction"),
        ("NUMERO_UNIQUE", "130126000001G1301", "perdu leur zéro de tête"),
        ("NUMERO_UNIQUE", "13012600000101301", "perdu leur zéro de tête"),
        ("NUMERO_UNIQUE", "0130126000001G13", "Demander une nouvelle extraction"),
        ("DATE_CREATION", "46326", "« Reconnaître mes fichiers »), ou refaire l'extraction"),
        ("DATE_CREATION", "46326,5", "ces colonnes au format date"),
        ("DATE_CREATION", "31/10/26", "leur année sur quatre chiffres"),
        ("DATE_CREATION", "1/12/2025", "« Reconnaître mes fichiers »"),
        ("DATE_CREATION", "31.10.2025", "« Reconnaître mes fichiers »"),
        ("DATE_CREATION", "20251031", "« Reconnaître mes fichiers »"),
        ("DATE_CREATION", "2025-10-31T23:00:00Z", "« Reconnaître mes fichiers »"),
        ("DATE_CREATION", "1er décembre 2025", "« Reconnaître mes fichiers »"),
        ("DATE_CREATION", "31/02/2025", "Ces jours n'existent pas"),
        ("DATE_CREATION", "12/31/2025", "ces dates en JJ/MM/AAAA"),
        ("DATE_CREATION", "avr.-26", "le jour compris"),
        ("DATE_CREATION", "décembre 2025", "le jour compris"),
        ("DATE_CREATION", "hier", "Demander une nouvelle extraction"),
    ],
)
def test_what_a_spreadsheet_did_to_the_values_that_reject_is_said(
    recevoir: Recevoir, colonne: str, ecrit: str, dit: str
) -> None:
    with pytest.raises(Refus, match="1 ligne rejetée sur 10") as refus:
        recevoir(petite().poser("stock", [ligne("stock", 1, **{colonne: ecrit})], combler=9))
    assert dit in str(refus.value)


def test_numeros_of_every_territory_are_kept_in_upper_case(recevoir: Recevoir) -> None:
    territoires = ["013", "111", "02A", "02B", "974", "02a"]
    lignes = [
        ligne("stock", rang, NUMERO_UNIQUE=f" {numero(rang, un).lower()} ")
        for rang, un in enumerate(territoires)
    ]
    recue = recevoir(petite().poser("stock", lignes))
    assert not recue.rejets()
    assert recue.valeurs("stock", "numero_unique")[: len(lignes)] == [
        numero(rang, un.upper()) for rang, un in enumerate(territoires)
    ]


def test_an_empty_identifier_rejects_the_row(recevoir: Recevoir) -> None:
    livraison = petite()
    for table, cle in IDENTIFIANTS.items():
        livraison.poser(table, [ligne(table, 1, **{cle: " "}), ligne(table, 2)])
    recue = recevoir(livraison)
    for table, cle in IDENTIFIANTS.items():
        assert recue.rejets(table) == [(table, 2, cle, None, VIDE)]


def test_an_unreadable_compulsory_date_rejects_the_row(recevoir: Recevoir) -> None:
    fausses = ["", "31/02/2026", "01/01/0026", "01/01/9999"]
    livraison, attendus = petite(), []
    for table in sorted({table for table, _ in DATES}):
        cas = [(colonne, faux) for une, colonne in DATES if une == table for faux in fausses]
        lignes = [ligne(table, rang, **{colonne: faux}) for rang, (colonne, faux) in enumerate(cas)]
        livraison.poser(table, [*lignes, ligne(table, 99)])
        attendus += [
            (table, rang, colonne, "forme 99/99/9999" if faux else None, DATE)
            for rang, (colonne, faux) in enumerate(cas, 2)
        ]
    recue = recevoir(livraison)
    assert recue.rejets() == attendus
    assert not recue.anomalies()


def test_dates_that_reject_are_those_of_the_contract() -> None:
    assert set(DATES) == {
        ("stock", "DATE_CREATION"),
        ("radiation", "DATE_CREATION"),
        ("radiation", "DATE_RADIATION"),
        ("journal", "DATE_EVENEMENT"),
        ("journal", "DATE_SAISIE"),
        ("messages", "DATE_ENVOI"),
        ("plis", "DATE_ENVOI"),
        ("utilisateurs", "DATE_OUVERTURE"),
    }


def test_the_first_reason_that_applies_is_given(recevoir: Recevoir) -> None:
    fausse_date = {"DATE_EVENEMENT": "hier", "DATE_SAISIE": "demain"}
    lignes = [
        ligne("journal", 1, NUMERO_UNIQUE="x", ID_EVENEMENT="", **fausse_date),
        ligne("journal", 2, ID_EVENEMENT="", **fausse_date),
        ligne("journal", 3, **fausse_date),
        ligne("journal", 4, DATE_SAISIE="demain"),
    ]
    texte = en_csv([*lignes, *bonnes("journal", 400)]).replace("\n", "\nx;x\n", 1)
    recue = recevoir(petite().texte("journal", texte))
    assert recue.rejets() == [
        ("journal", 2, None, "2 champs au lieu de 6", "ligne illisible"),
        ("journal", 3, "NUMERO_UNIQUE", "forme A", NUMERO),
        ("journal", 4, "ID_EVENEMENT", None, VIDE),
        ("journal", 5, "DATE_EVENEMENT", "forme A", DATE),
        ("journal", 6, "DATE_SAISIE", "forme A", DATE),
    ]


def test_a_rejected_row_takes_no_part_in_repeated_lines(recevoir: Recevoir) -> None:
    fausse = ligne("stock", 1, DATE_CREATION="hier", DATE_MODIFICATION="01/10/2026")
    recue = recevoir(petite().poser("stock", [ligne("stock", 1), fausse]))
    assert recue.rejets() == [("stock", 3, "DATE_CREATION", "forme A", DATE)]
    assert numero(100_001) in recue.valeurs("stock", "numero_unique")


def test_lines_are_physical_whatever_comes_before(recevoir: Recevoir) -> None:
    lignes = [
        ligne("radiation", 1, ADRESSE_LOGEMENT_ATTRIB="1 rue\nHaute\n13000"),
        ligne("radiation", 2, DATE_RADIATION="hier"),
        ligne("radiation", 3, DATE_RADIATION="hier", ADRESSE_LOGEMENT_ATTRIB="a\nb"),
        ligne("radiation", 4, DATE_RADIATION="hier"),
    ]
    texte = en_csv([*lignes, *bonnes("radiation", 400)])
    texte = texte.replace("\n", "\n\n\nmauvaise\n", 1)
    recue = recevoir(petite().texte("radiation", texte))
    assert [(rang, motif) for _, rang, _, _, motif in recue.rejets()] == [
        (4, "ligne illisible"),
        (8, DATE),
        (9, DATE),
        (11, DATE),
    ]
    assert recue.valeurs("radiation", "adresse_logement_attrib")[0] == "1 rue\nHaute\n13000"


def test_values_of_rejects_of_identites_are_never_stored(recevoir: Recevoir) -> None:
    lignes = [
        ligne("identites", 1, NUMERO_UNIQUE="secret"),
        ligne("identites", 2, NOM="Secret"),
        ligne("identites", 2, NOM="Secret"),
        ligne("identites", 3, DATE_NAISSANCE="secret"),
    ]
    texte = en_csv([*lignes, *bonnes("identites", 400)]).replace("\n", "\nsecret;\n", 1)
    recue = recevoir(petite().texte("identites", texte))
    assert recue.rejets() == [
        ("identites", 2, None, "2 champs au lieu de 4", "ligne illisible"),
        ("identites", 3, "NUMERO_UNIQUE", None, NUMERO),
        ("identites", 4, "NUMERO_UNIQUE", None, REPETEE),
    ]
    illisible = ("identites", "DATE_NAISSANCE", None, "valeur illisible", 1, 6)
    assert recue.anomalies() == [illisible]
    recits = (recue.archive / "livraison.json").read_text("utf-8")
    assert "secret" not in recits.lower()


# --- Format anomalies -----------------------------------------------------------------------------


def test_an_anomaly_has_its_value_its_count_and_its_first_line(recevoir: Recevoir) -> None:
    def _ligne(rang: int, **valeurs: str) -> Ligne:
        return ligne("stock", rang, **valeurs)

    lignes = [
        _ligne(1),
        _ligne(2, DATE_MODIFICATION="bientôt", SEXE_DEMANDEUR="x"),
        _ligne(3, DATE_MODIFICATION="bientôt", REVENU_MENSUEL_FOYER="beaucoup"),
        _ligne(4, DATE_MODIFICATION="30/02/2026", DATE_CREATION="hier"),  # rejected: not counted
        _ligne(5, DATE_MODIFICATION="bientôt"),
        _ligne(5, DATE_MODIFICATION="05/05/2026"),  # the one before is a repeated line
        _ligne(6, SEXE_DEMANDEUR="X "),
    ]
    recue = recevoir(petite().poser("stock", lignes))
    assert recue.anomalies() == [
        ("stock", "DATE_MODIFICATION", "forme A", "valeur illisible", 2, 3),
        ("stock", "SEXE_DEMANDEUR", "HL", "code hors liste", 2, 3),
        ("stock", "REVENU_MENSUEL_FOYER", "forme A", "valeur illisible", 1, 4),
    ]
    assert recue.description["anomalies_format"] == 5
    assert recue.valeurs("stock", "sexe_demandeur")[:2] == [None, "HL"]
    assert recue.valeurs("stock", "date_modification")[1] is None


def test_other_compulsory_values_become_null_and_an_anomaly_unless_empty(
    recevoir: Recevoir,
) -> None:
    lignes = [
        ligne("stock", 1, DOUBLON_FORCE="peut-être", GUICHET_ENREGISTREUR="", TYPE_DEMANDEUR="NA"),
        ligne("stock", 2, DOUBLON_FORCE="", ESTCREEESITEGRANDPUBLIC="2", TYPE_DEMANDEUR="ZZ"),
    ]
    recue = recevoir(petite().poser("stock", lignes))
    assert not recue.rejets()
    assert recue.anomalies() == [
        ("stock", "DOUBLON_FORCE", "forme A-A", "valeur illisible", 1, 2),
        ("stock", "ESTCREEESITEGRANDPUBLIC", "2", "valeur illisible", 1, 3),
        ("stock", "TYPE_DEMANDEUR", "HL", "code hors liste", 1, 3),
    ]
    champs = "doublon_force, estcreeesitegrandpublic, guichet_enregistreur, type_demandeur"
    assert recue.lire("stock", f"SELECT {champs}")[:2] == [
        (None, 1, None, None),
        (None, None, "G1301", "HL"),
    ]


def test_names_and_birth_dates_of_identites_may_be_empty(recevoir: Recevoir) -> None:
    vides = ligne("identites", 1, NOM="", PRENOM="NA", DATE_NAISSANCE="")
    recue = recevoir(petite().poser("identites", [vides]))
    assert not recue.rejets()
    assert not recue.anomalies()


def test_a_malformed_numero_of_a_message_is_an_anomaly(recevoir: Recevoir) -> None:
    lignes = [ligne("messages", 1, NUMERO_UNIQUE="0139"), ligne("messages", 2, NUMERO_UNIQUE="")]
    recue = recevoir(petite().poser("messages", lignes))
    assert not recue.rejets()
    assert recue.anomalies() == [
        ("messages", "NUMERO_UNIQUE", "forme 9999", "valeur illisible", 1, 2)
    ]
    assert recue.valeurs("messages", "numero_unique")[:2] == [None, None]


def test_every_code_of_a_list_is_known_in_any_case(recevoir: Recevoir) -> None:
    tables = contrat().tables.values()
    # The first column of each list.
    de = {c.codes: (t.nom, c.nom) for t in tables for c in t.colonnes[::-1] if c.codes}
    lignes: dict[str, list[Ligne]] = {table: [] for table, _ in de.values()}
    places = {}
    for liste, (table, colonne) in de.items():
        codes = contrat().codes[liste]
        places[liste] = slice(len(lignes[table]), len(lignes[table]) + len(codes))
        for code in codes:
            lignes[table].append(ligne(table, len(lignes[table]), **{colonne: code.lower()}))
    livraison = petite()
    for table, siennes in lignes.items():
        livraison.poser(table, siennes)
    recue = recevoir(livraison)
    assert not recue.anomalies()
    for liste, (table, colonne) in de.items():
        lus = recue.valeurs(table, colonne)[places[liste]]
        assert lus == list(contrat().codes[liste]), liste


# --- Repeated lines -------------------------------------------------------------------------------


DATES_ET_GAGNANTE = (
    (["01/03/2026", "01/02/2026"], 0),
    (["01/02/2026", "2026-03-01"], 1),
    (["01/03/2026", "2026-03-01"], 1),
    (["01/03/2026", ""], 0),
    (["", "01/01/1900"], 1),
    (["", ""], 1),
    (["01/03/2026", "illisible"], 0),
    (["", "01/02/2026", "01/03/2026", "01/03/2026", "", "01/01/2026"], 3),
)


@pytest.mark.parametrize("table", ["stock", "radiation"])
def test_the_newest_modification_then_the_last_line_wins(recevoir: Recevoir, table: str) -> None:
    lignes = [
        ligne(table, cas, DATE_MODIFICATION=date, NB_PJIDENTITE=str(rang))
        for cas, (dates, _) in enumerate(DATES_ET_GAGNANTE)
        for rang, date in enumerate(dates)
    ]
    recue = recevoir(petite().poser(table, lignes))
    gardees = dict(recue.lire(table, "SELECT numero_unique, nb_pjidentite"))
    rejets, fin = recue.rejets(), 2
    for cas, (dates, gagnante) in enumerate(DATES_ET_GAGNANTE):
        cle = lignes[fin - 2]["NUMERO_UNIQUE"]
        assert gardees[cle] == gagnante, cas
        perdantes = [fin + rang for rang in range(len(dates)) if rang != gagnante]
        attendus = [(table, rang, "NUMERO_UNIQUE", cle, REPETEE) for rang in perdantes]
        assert [un for un in rejets if fin <= un[1] < fin + len(dates)] == attendus, cas
        fin += len(dates)
    assert len(recue.lire(table)) == 400 + len(DATES_ET_GAGNANTE)


def test_in_the_other_tables_the_last_line_wins(recevoir: Recevoir) -> None:
    temoins = {
        "journal": "DATE_ATTESTATION",
        "messages": "DATE_RENVOI_OK",
        "plis": "DATE_STATUT",
        "utilisateurs": "DATE_DEPART",
        "guichets": "DATE_CONVENTION",
        "identites": "DATE_NAISSANCE_COTITULAIRE",
    }
    # That of a wish, which has no date, is in tests/operations/test_voeux.py.
    assert temoins.keys() == {*IDENTIFIANTS, "identites"} - {"voeux"}
    livraison = petite()
    for table, temoin in temoins.items():
        lignes = [ligne(table, 1, **{temoin: f"0{jour}/01/2026"}) for jour in (3, 1, 2)]
        livraison.poser(table, lignes)
    recue = recevoir(livraison)
    for table, temoin in temoins.items():
        assert [date.day for date in recue.valeurs(table, temoin) if date] == [2], table
        cle = contrat().tables[table].cle
        valeur = None if table == "identites" else ligne(table, 1)[cle].upper()
        if table == "utilisateurs":  # a login names a person
            valeur = "forme A9"
        assert recue.rejets(table) == [(table, rang, cle, valeur, REPETEE) for rang in (2, 3)]


def test_keys_are_compared_as_codes(recevoir: Recevoir) -> None:
    bas = ligne("stock", 1, NUMERO_UNIQUE=f" {numero(100_001).lower()}")
    recue = recevoir(petite().poser("stock", [ligne("stock", 1), bas]))
    assert [rejet[1] for rejet in recue.rejets()] == [2]


# --- A numéro in both files -----------------------------------------------------------------------


def test_a_numero_in_both_files_belongs_to_one(recevoir: Recevoir) -> None:
    """Modified after its radiation, it is active again."""
    cas = {
        "21/10/2026": "stock",
        "20/10/2026": "radiation",
        "19/10/2026": "radiation",
        "": "radiation",
        "illisible": "radiation",
    }
    livraison = petite()
    actives = [ligne("stock", rang, DATE_MODIFICATION=date) for rang, date in enumerate(cas)]
    livraison.poser("stock", actives)
    radiees = [
        ligne("radiation", rang, NUMERO_UNIQUE=une["NUMERO_UNIQUE"], DATE_RADIATION="20/10/2026")
        for rang, une in enumerate(actives)
    ]
    livraison.poser("radiation", [ligne("radiation", 9), *radiees])
    recue = recevoir(livraison)
    attendus = []
    for rang, reste in enumerate(cas.values()):
        cle = actives[rang]["NUMERO_UNIQUE"]
        perdante, place = ("radiation", 3) if reste == "stock" else ("stock", 2)
        attendus.append((perdante, place + rang, "NUMERO_UNIQUE", cle, DEUX))
        assert cle in recue.valeurs(reste, "numero_unique")
        assert cle not in recue.valeurs(perdante, "numero_unique")
    assert sorted(recue.rejets()) == sorted(attendus)


def test_repeated_lines_are_settled_before_the_two_files(recevoir: Recevoir) -> None:
    livraison = petite()
    livraison.poser(
        "stock",
        [
            ligne("stock", 1, DATE_MODIFICATION="30/10/2026"),
            ligne("stock", 1, DATE_MODIFICATION="31/10/2026", DATE_CREATION="hier"),
            ligne("stock", 1, DATE_MODIFICATION="01/10/2026"),
        ],
    )
    radiee = ligne("radiation", 1, NUMERO_UNIQUE=numero(100_001), DATE_RADIATION="20/10/2026")
    recue = recevoir(livraison.poser("radiation", [radiee]))
    assert [(t, rang, motif) for t, rang, _, _, motif in recue.rejets()] == [
        ("radiation", 2, DEUX),
        ("stock", 3, DATE),
        ("stock", 4, REPETEE),
    ]


# --- The 5 % rule ---------------------------------------------------------------------------------


@pytest.mark.parametrize(("mauvaises", "lues"), [(1, 20), (5, 100), (7, 140), (50, 1000)])
def test_exactly_five_per_cent_of_rejects_passes(
    recevoir: Recevoir, mauvaises: int, lues: int
) -> None:
    fausses = [ligne("stock", rang, DATE_CREATION="hier") for rang in range(mauvaises)]
    recue = recevoir(petite().poser("stock", fausses, combler=lues - mauvaises))
    assert recue.description["tables"]["stock"]["rejets"] == {DATE: mauvaises}
    with pytest.raises(Refus, match="plus de 5 %") as refus:
        recevoir(petite().poser("stock", fausses, combler=lues - mauvaises - 1))
    rejetees = "ligne rejetée" if mauvaises == 1 else "lignes rejetées"
    assert f"{mauvaises} {rejetees} sur {lues - 1}" in str(refus.value)
    assert "première : ligne 2" in str(refus.value)


@pytest.mark.parametrize("table", TABLES)
def test_the_rule_holds_for_each_file(recevoir: Recevoir, table: str) -> None:
    texte = en_csv(bonnes(table, 18)) + "illisible\n"
    with pytest.raises(Refus, match="sur 19, plus de 5 %") as refus:
        recevoir(petite().texte(table, texte))
    assert refus.value.ou == f"{table}.csv"


def test_unreadable_lines_count_and_blank_ones_do_not(recevoir: Recevoir) -> None:
    texte = en_csv(bonnes("stock", 19)) + "illisible\n"
    recue = recevoir(petite().texte("stock", texte + "\n" * 50))
    assert recue.description["tables"]["stock"]["lus"] == 20
    with pytest.raises(Refus, match="sur 19"):
        recevoir(petite().texte("stock", en_csv(bonnes("stock", 18)) + "\n" * 50 + "illisible\n"))


def test_repeated_lines_and_numeros_in_both_files_are_not_held_against_a_file(
    recevoir: Recevoir,
) -> None:
    livraison = petite().texte("stock", en_csv(bonnes("stock", 20) * 3))
    doubles = [
        {**une, "NUMERO_UNIQUE": autre["NUMERO_UNIQUE"]}
        for une, autre in zip(bonnes("radiation", 15), bonnes("stock", 15), strict=True)
    ]
    recue = recevoir(livraison.texte("radiation", en_csv([*doubles, *bonnes("radiation", 5)])))
    assert recue.description["tables"]["stock"]["rejets"] == {REPETEE: 40, DEUX: 15}
    assert recue.description["tables"]["stock"]["conserves"] == 5


# --- What the report counts -----------------------------------------------------------------------


def test_units_of_no_population_and_unknown_codes_are_counted(recevoir: Recevoir) -> None:
    livraison = petite().texte("guichets", en_csv(guichets()))
    livraison.poser("stock", [ligne("stock", 1, GUICHET_ENREGISTREUR="G9999")], combler=20)
    livraison.texte(
        "plis",
        en_csv(
            [
                ligne("plis", 1, NUMERO_UNIQUE=numero(100_001)),
                ligne("plis", 2, NUMERO_UNIQUE=numero(250_000)),
                ligne("plis", 3, NUMERO_UNIQUE=numero(999_999)),
            ]
        ),
    )
    livraison.texte(
        "messages",
        en_csv(
            [
                ligne("messages", 1),
                ligne("messages", 2, GUICHET="G8888"),
                ligne("messages", 3, GUICHET=""),
                ligne("messages", 4, TYPE_FICHIER="ZZZ"),
            ]
        ),
    )
    description = recevoir(livraison).description
    assert (description["plis_sans_demande"], description["messages_guichet_inconnu"]) == (1, 2)
    assert description["guichets_inconnus"] == [
        {"guichet": "G8888", "table": "messages", "lignes": 1},
        {"guichet": "G9999", "table": "stock", "lignes": 1},
    ]
    assert description["codes_inconnus"] == [
        {"table": "messages", "colonne": "TYPE_FICHIER", "code": "HL", "lignes": 1}
    ]


def test_a_guichet_twice_in_the_register_with_two_types_is_told(recevoir: Recevoir) -> None:
    lignes = [
        ligne("guichets", 1301, TYPE_GUICHET="BAILLEUR"),
        ligne("guichets", 1302),
        ligne("guichets", 1301),
        ligne("guichets", 1302, NOM="Autrement"),
    ]
    recue = recevoir(petite().texte("guichets", en_csv([*lignes, *bonnes("guichets", 60)])))
    assert recue.description["guichets_deux_types"] == [
        {"guichet": "G1301", "types": ["BAILLEUR", "COMMUNE"]}
    ]
    assert [(une[1], une[4]) for une in recue.rejets("guichets")] == [(2, REPETEE), (3, REPETEE)]
    rapport = "\n".join(lignes_rapport(recue.description, None, None))
    assert (
        "Le guichet G1301 est deux fois au registre, de types différents : BAILLEUR, puis COMMUNE"
    ) in rapport


def test_names_whose_accents_were_lost_are_told(recevoir: Recevoir) -> None:
    """One after the other: saved twice in UTF-8, of MS-DOS, of a Macintosh, of a program, right."""
    noms = "BÃ©ziers B‚ziers BŽziers B?ziers B\ufffdziers Béziers L’Haÿ CŒUR".split()
    lignes = [ligne("guichets", 1301 + rang, NOM=nom) for rang, nom in enumerate(noms)]
    recue = recevoir(petite().texte("guichets", en_csv(lignes)))
    assert recue.description["noms_sans_accents"] == sorted(noms[:5])
    rapport = "\n".join(lignes_rapport(recue.description, None, None))
    assert "Des accents étaient perdus avant l'envoi : « B?ziers », « BÃ©ziers »" in rapport


def test_the_report_tells_the_encodings(recevoir: Recevoir) -> None:
    livraison = petite().texte("radiation", en_csv(bonnes("radiation", 40)), "cp1252")
    octets = en_csv([ligne("guichets", 1301, NOM="Île")]).encode()
    windows = en_csv([ligne("guichets", rang, NOM="Cœur d’Île") for rang in (2, 3)])
    octets += windows.split("\n", 1)[1].encode("cp1252")
    recue = recevoir(livraison.octets("guichets.csv", octets))
    assert recue.valeurs("guichets", "nom") == ["Île", "Cœur d’Île", "Cœur d’Île"]
    table = recue.description["tables"]["guichets"]
    assert (table["encodage"], table["autrement"]) == ("cp1252", 1)
    rapport = "\n".join(lignes_rapport(recue.description, None, None))
    assert "Encodage : UTF-8 (stock, radiation), Windows-1252 (guichets)" in rapport
    assert "Deux encodages dans guichets.csv : 1 ligne lue en UTF-8, les autres non" in rapport


def test_a_file_that_stops_inside_a_record_is_said_to_be_cut(recevoir: Recevoir) -> None:
    entier = en_csv(bonnes("stock", 40))
    dit = "stock.csv s'arrête au milieu d'une ligne"

    def rapport(texte: str) -> str:
        recue = recevoir(petite().texte("stock", texte))
        return "\n".join(lignes_rapport(recue.description, None, None))

    assert dit in rapport(entier[:-30])
    assert dit in rapport(entier[:-30] + ';"a\nb')  # inside quotes, on its second line
    assert dit not in rapport(entier.removesuffix("\n"))  # a whole record, without its end of line
    assert dit not in rapport(entier[:-30] + "\n")  # a wrong line, that ends
    milieu, _, fin = entier.rpartition("\n0")
    assert dit not in rapport(f"{milieu}\nillisible\n0{fin}".removesuffix("\n"))


def test_half_a_register_of_names_in_another_encoding_hides_no_duplicate(
    recevoir: Recevoir,
) -> None:
    noms = [ligne("identites", 1, NOM="Évrard"), ligne("identites", 2, NOM="Évrard")]
    for rang, une in enumerate(noms):
        une["NUMERO_UNIQUE"] = numero(100_001 + rang)
    tete, utf8, windows = en_csv(noms).splitlines(keepends=True)
    octets = tete.encode() + utf8.encode() + windows.encode("cp1252")
    livraison = petite().poser("stock", [ligne("stock", 1), ligne("stock", 2)])
    recue = recevoir(livraison.octets("identites.csv", octets))
    faits = "SELECT numero_unique, doublon_plus_ancien"
    assert (numero(100_002), True) in recue.lire("stock", faits)
