"""French around figures, as a reader of the State would write it."""

from __future__ import annotations

import pytest

from infocentre.contrat.territoires import departements
from infocentre.noyau import francais as phrases

F, N = "\u202f", "\u00a0"


@pytest.mark.parametrize(
    ("valeur", "avant", "dit"),
    [
        (1032, 1000, f"en hausse de 3,2{F}%"),
        (968, 1000, f"en baisse de 3,2{F}%"),
        (1000, 1000, "stable"),
        (10_003, 10_000, "stable"),
        (9_997, 10_000, "stable"),
        (10_006, 10_000, f"en hausse de 0,1{F}%"),
        (0, 12, f"en baisse de 100,0{F}%"),
        (30_000, 1000, f"en hausse de 2{F}900,0{F}%"),
        (12, 0, ""),
    ],
)
def test_an_evolution_has_a_direction_or_is_stable(valeur: float, avant: float, dit: str) -> None:
    assert phrases.evolution(valeur, avant) == dit


@pytest.mark.parametrize(
    ("ratio", "avant", "dit"),
    [
        (0.25, 0.238, f"en hausse de 1,2{N}point"),
        (0.25, 0.23, f"en hausse de 2,0{N}points"),
        (0.23, 0.2506, f"en baisse de 2,1{N}points"),
        (0.2501, 0.25, "stable"),
        (0.25, 0.2519, f"en baisse de 0,2{N}point"),
    ],
)
def test_a_share_moves_in_points(ratio: float, avant: float, dit: str) -> None:
    assert phrases.evolution_points(ratio, avant) == dit


def test_a_small_number_moves_in_units() -> None:
    assert phrases.evolution_nombre(4, 1, "guichet") == f"en hausse de 3{N}guichets"
    assert phrases.evolution_nombre(1, 2, "guichet") == f"en baisse de 1{N}guichet"
    assert phrases.evolution_nombre(2, 2, "guichet") == "stable"


def test_an_evolution_is_that_of_the_written_numbers() -> None:
    """15,5 after 14,9 is 0,6 more, whatever the decimals that nobody reads."""
    assert (
        phrases.evolution_nombre(15.54, 14.949, "mois", decimales=1) == f"en hausse de 0,6{N}mois"
    )
    assert phrases.evolution_nombre(7.04, 7.16, decimales=1) == "en baisse de 0,2"
    assert phrases.evolution_nombre(7.04, 6.96, decimales=1) == "stable"


@pytest.mark.parametrize(
    ("ratio", "dit"),
    [
        (0.032, f"+3,2{F}%"),
        (-0.01, f"−1,0{F}%"),
        (0.0004, "stable"),
        (-0.0004, "stable"),
        (0.0005001, f"+0,1{F}%"),
    ],
)
def test_a_change_in_a_table_has_a_sign(ratio: float, dit: str) -> None:
    assert phrases.signee(ratio) == dit


def test_a_share_is_said_with_what_it_is_out_of() -> None:
    assert phrases.rapport(123, 1230) == f"123 sur 1{F}230 (10,0{F}%)"
    assert phrases.rapport(0, 0) == "0 sur 0"


@pytest.mark.parametrize(
    ("nombre", "singulier", "pluriel", "dit"),
    [
        (0, "demande", "", f"0{N}demande"),
        (1, "demande", "", f"1{N}demande"),
        (1.4, "demande", "", f"1{N}demande"),
        (1.5, "demande", "", f"2{N}demandes"),
        (2, "demande", "", f"2{N}demandes"),
        (1234, "demande", "", f"1{F}234{N}demandes"),
        (3, "accès", "", f"3{N}accès"),
        (2, "rejet NPAI", "rejets NPAI", f"2{N}rejets NPAI"),
        (2, "prix", "", f"2{N}prix"),
    ],
)
def test_the_noun_agrees_with_the_number(
    nombre: float, singulier: str, pluriel: str, dit: str
) -> None:
    assert phrases.compter(nombre, singulier, pluriel) == dit


def test_a_small_number_is_written_in_letters() -> None:
    assert phrases.denombrer(0, "guichet") == "aucun guichet"
    assert phrases.denombrer(0, "commune", feminin=True) == "aucune commune"
    assert phrases.denombrer(1, "guichet") == "un guichet"
    assert phrases.denombrer(1, "commune", feminin=True) == "une commune"
    assert phrases.denombrer(3, "guichet") == "trois guichets"
    assert phrases.denombrer(16, "guichet") == "seize guichets"
    assert phrases.denombrer(17, "guichet") == "17 guichets"
    assert phrases.en_lettres(1234) == f"1{F}234"


def test_a_list_ends_with_et() -> None:
    assert phrases.enumerer([]) == ""
    assert phrases.enumerer(["a"]) == "a"
    assert phrases.enumerer(["a", "b"]) == "a et b"
    assert phrases.enumerer(["a", "b", "c"], "ou") == "a, b ou c"


def test_a_long_list_quotes_the_first_and_counts_the_others() -> None:
    assert phrases.citer(["a", "b", "c"], 3, "autre commune") == "a, b et c"
    assert phrases.citer(["a", "b", "c"], 2, "autre commune", "autres communes") == (
        f"a, b et 1{N}autre commune"
    )
    assert phrases.citer([*"abcd"], 2, "autre commune", "autres communes") == (
        f"a, b et 2{N}autres communes"
    )
    assert phrases.premiers(["a", "b"], 2, "autre") == ["a", "b"]
    assert phrases.premiers(["a", "b", "c"], 2, "autre") == ["a", "b", "et 1 autre"]
    assert phrases.premiers([*"abcd"], 2, "autre") == ["a", "b", "et 2 autres"]


@pytest.mark.parametrize(
    ("nom", "de", "a"),
    [
        ("Marseille", "de Marseille", "à Marseille"),
        ("Arles", "d'Arles", "à Arles"),
        ("Éguilles", "d'Éguilles", "à Éguilles"),
        ("Istres", "d'Istres", "à Istres"),
        ("Hyères", "d'Hyères", "à Hyères"),
        ("Hauteville", "de Hauteville", "à Hauteville"),
        ("Yerres", "de Yerres", "à Yerres"),
        ("Ouistreham", "d'Ouistreham", "à Ouistreham"),
        ("Le Rove", "du Rove", "au Rove"),
        ("Le Havre", "du Havre", "au Havre"),
        ("Les Baux-de-Provence", "des Baux-de-Provence", "aux Baux-de-Provence"),
        ("La Ciotat", "de La Ciotat", "à La Ciotat"),
        ("L'Isle", "de L'Isle", "à L'Isle"),
        ("Lesneven", "de Lesneven", "à Lesneven"),
        ("le préfet", "du préfet", "au préfet"),  # as people write who chairs a meeting
        ("les deux préfets", "des deux préfets", "aux deux préfets"),
        ("la sous-préfète", "de la sous-préfète", "à la sous-préfète"),
        ("CA Terre de Provence", "de la CA Terre de Provence", "à la CA Terre de Provence"),
        (
            "Métropole d'Aix-Marseille-Provence",
            "de la Métropole d'Aix-Marseille-Provence",
            "à la Métropole d'Aix-Marseille-Provence",
        ),
        ("Mairie de Cassis", "de la Mairie de Cassis", "à la Mairie de Cassis"),
        ("MAIRIE DE CASSIS", "de la MAIRIE DE CASSIS", "à la MAIRIE DE CASSIS"),
        ("Conseil départemental", "du Conseil départemental", "au Conseil départemental"),
        ("CCAS d'Arles", "du CCAS d'Arles", "au CCAS d'Arles"),
        ("Office public", "de l'Office public", "à l'Office public"),
        ("Association Un Toit", "de l'Association Un Toit", "à l'Association Un Toit"),
        ("Services de l'État", "des Services de l'État", "aux Services de l'État"),
        ("Garlaban Résidences", "de Garlaban Résidences", "à Garlaban Résidences"),
        ("Étang Bleu Habitat", "d'Étang Bleu Habitat", "à Étang Bleu Habitat"),
        ("Les Foyers de l'Étoile", "des Foyers de l'Étoile", "aux Foyers de l'Étoile"),
        ("Ville-d'Avray", "de Ville-d'Avray", "à Ville-d'Avray"),
        ("G1301", "de G1301", "à G1301"),
        ("Cassis", "de Cassis", "à Cassis"),
        ("octobre 2026", "d'octobre 2026", "à octobre 2026"),
        ("« Unicil »", "d'« Unicil »", "à « Unicil »"),
        ("onze guichets", "de onze guichets", "à onze guichets"),
        ("huit guichets", "de huit guichets", "à huit guichets"),
        ("", "de ", "à "),
    ],
)
def test_de_and_a_are_contracted_or_elided(nom: str, de: str, a: str) -> None:
    assert phrases.de(nom) == de
    assert phrases.a(nom) == a


@pytest.mark.parametrize(
    ("nom", "dit"),
    [
        ("Mairie de Cassis", "la Mairie de Cassis"),
        ("Bureau d'accueil", "le Bureau d'accueil"),
        ("Agence du Littoral", "l'Agence du Littoral"),
        ("Garlaban Résidences", "Garlaban Résidences"),
        ("La Nouvelle Bastide", "La Nouvelle Bastide"),
        ("le préfet", "le préfet"),
        ("G1301", "G1301"),
        ("", ""),
    ],
)
def test_a_common_noun_takes_its_article(nom: str, dit: str) -> None:
    assert phrases.avec_article(nom) == dit


def test_que_is_elided() -> None:
    assert phrases.que("Arles") == "qu'Arles"
    assert phrases.que("Marseille") == "que Marseille"


@pytest.mark.parametrize(
    ("code", "le", "du"),
    [
        ("013", "les Bouches-du-Rhône", "des Bouches-du-Rhône"),
        ("083", "le Var", "du Var"),
        ("001", "l'Ain", "de l'Ain"),
        ("042", "la Loire", "de la Loire"),
        ("02A", "la Corse-du-Sud", "de la Corse-du-Sud"),
        ("075", "Paris", "de Paris"),
        ("974", "La Réunion", "de La Réunion"),
    ],
)
def test_a_departement_takes_its_article(code: str, le: str, du: str) -> None:
    nom = departements()[code].nom
    assert phrases.departement(code, nom) == le
    assert phrases.du_departement(code, nom) == du


def test_the_article_of_a_departement_goes_with_its_name() -> None:
    """L' only before a vowel or h, « les » only before a plural, over the whole list."""
    for code, un in departements().items():
        ecrit = phrases.departement(code, un.nom)
        assert ecrit.startswith("l'") <= (un.nom[0] in "AÀEÉHIOUY"), ecrit
        pluriel = un.nom.split("-")[0].rstrip("'").endswith(("s", "x"))
        assert ecrit.startswith("les ") <= pluriel, ecrit


def test_a_duration_is_in_months() -> None:
    assert phrases.mois(23) == f"23{N}mois"
    assert phrases.mois(1.52, 1) == f"1,5{N}mois"


@pytest.mark.parametrize(
    ("texte", "dit"),
    [
        ("Attributions tardives", "attributions tardives"),
        ("DALO non renseigné", "DALO non renseigné"),
        ("RPLS", "RPLS"),
        ("L'adresse manque", "l'adresse manque"),
        ("À reprendre", "à reprendre"),
        ("Action Logement et employeurs", "Action Logement et employeurs"),
        ("Union européenne", "Union européenne"),
        ("", ""),
    ],
)
def test_an_acronym_keeps_its_capitals(texte: str, dit: str) -> None:
    assert phrases.minuscule(texte) == dit


def test_a_sentence_has_a_capital_and_a_full_stop() -> None:
    assert phrases.phrase("la demande", "", "baisse") == "La demande baisse."
    assert phrases.phrase("pourquoi ?") == "Pourquoi ?"
    assert phrases.phrase("", "") == ""


def test_spaces_are_those_of_french_typography() -> None:
    assert phrases.typographier("« a » : b ; c ! 3 % 4 €") == (
        f"«{N}a{N}»{N}: b{F}; c{F}! 3{F}% 4{F}€"
    )
    assert phrases.typographier("12:30, a:b, 3 % ") == f"12:30, a:b, 3{F}% "
    deja = f"«{N}a{N}»{N}: 3{F}%"
    assert phrases.typographier(deja) == deja


@pytest.mark.parametrize(
    ("texte", "attendu"),
    [
        ("l'aire d'\u00e9t\u00e9", "l’aire d’\u00e9t\u00e9"),
        ("l'« \u00e9tat »", f"l’«{N}\u00e9tat{N}»"),
        ("'a' 12'", "'a' 12'"),
        ("au 04 65 71 51 87, 3 94", f"au 04{N}65{N}71{N}51{N}87, 3 94"),
        ("1er semestre, 1re fois, 13e, T1e", "1ᵉʳ semestre, 1ʳᵉ fois, 13ᵉ, T1e"),
    ],
)
def test_a_printed_text_has_curly_apostrophes_and_superscripts(texte: str, attendu: str) -> None:
    assert phrases.composer(texte) == attendu
    assert phrases.composer(attendu) == attendu


def test_a_number_is_written_with_the_decimals_that_it_has() -> None:
    assert [phrases.exact(un) for un in (90.0, 92.5, 100 * 0.57)] == ["90", "92,5", "57"]
    assert [phrases.pourcent(un) for un in (0.9, 1, 0.925)] == [f"90{F}%", f"100{F}%", f"92,5{F}%"]
    assert phrases.nombre(-1234.5, 1) == f"−1{F}234,5"


def test_the_screen_may_break_between_a_number_and_its_noun() -> None:
    assert phrases.accorder(1234, "demande") == f"1{F}234 demandes"
    assert phrases.accorder(0, "jour", "jours") == "0 jour"


@pytest.mark.parametrize(
    ("texte", "nom"),
    [
        ("Délais d'attribution – T1/T2", "delais-d-attribution-t1-t2"),
        ("Cœur d’agglomération", "coeur-d-agglomeration"),
        ("« »", ""),
    ],
)
def test_the_name_of_a_file_has_neither_accent_nor_punctuation(texte: str, nom: str) -> None:
    assert phrases.slug(texte) == nom


def test_quotes_on_the_screen_have_thin_spaces() -> None:
    assert phrases.typographier("« a » ; b : 3 %", F) == f"«{F}a{F}»{F}; b{N}: 3{F}%"


def test_names_are_sorted_as_in_a_directory() -> None:
    ranges = [
        "",
        "Eyguières",
        "Éguilles",
        "Œuvre",
        "Odéon",
        "Marseille 10e",
        "Marseille 1er",
        "oasis",
    ]
    assert sorted(ranges, key=phrases.clef_de_tri) == [
        "",
        "Éguilles",
        "Eyguières",
        "Marseille 1er",
        "Marseille 10e",
        "oasis",
        "Odéon",
        "Œuvre",
    ]
    assert phrases.clef_de_tri(None) == ""
