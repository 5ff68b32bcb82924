"""CSV as it really comes: encodings, line ends, quotes, broken rows, and the right lines."""

from __future__ import annotations

import functools
import gzip
from collections.abc import Sequence
from pathlib import Path

import duckdb
import pytest
from hypothesis import HealthCheck, assume, example, given, settings
from hypothesis import strategies as st

from infocentre.contrat import Colonne, Table
from infocentre.correspondances.modele import Dialecte
from infocentre.livraisons import csv_reel, plafond, textes
from infocentre.livraisons.sources import Source, ouvrir_source
from infocentre.noyau.erreurs import Refus

Lues = list[tuple[int, tuple[str, ...]]]
COLONNES = tuple(
    Colonne(table="stock", nom=nom, type="texte", libelle=nom, description=nom) for nom in "ABCXYZ"
)
TABLE = Table(nom="stock", libelle="Stock", objet="Essais", cle="A", colonnes=COLONNES)


@functools.cache
def _base() -> duckdb.DuckDBPyConnection:
    return duckdb.connect()


def ouvrir(octets: bytes, dossier: Path, nom: str = "stock.csv") -> tuple[Source, Lues]:
    """Open a file as reception does; return the source, and (physical line, fields) per record."""
    fichier = dossier / nom
    fichier.write_bytes(octets)
    source = ouvrir_source(_base(), TABLE, fichier, dossier, lambda _: None)
    rangs, distincts = source.textes.finir()
    return source, [
        (
            _ligne(source, rang),
            tuple("" if un is None else distincts[nom][un] for nom, un in champs.items()),
        )
        for rang, champs in enumerate(rangs.iter_rows(named=True))
    ]


def _ligne(source: Source, rang: int) -> int:
    passees = [
        decalage
        for debut, decalage in zip(source.ruptures.rangs, source.ruptures.decalages, strict=True)
        if debut <= rang
    ]
    return rang + passees[-1]


def lire(texte: str, dossier: Path, encodage: str = "utf-8") -> tuple[Lues, list[int]]:
    """Return the records and the unreadable lines of a CSV."""
    source, lues = ouvrir(texte.encode(encodage), dossier)
    assert source.lus == len(lues) + len(source.illisibles)
    return lues, [ligne for ligne, _ in source.illisibles]


# --- Encodings ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("encodage", "annonce"),
    [("utf-8", "utf-8"), ("utf-8-sig", "utf-8"), ("cp1252", "cp1252")],
)
@pytest.mark.parametrize("bloc", [16 << 20, 3])
def test_the_encoding_is_detected_and_no_character_is_lost(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, encodage: str, annonce: str, bloc: int
) -> None:
    monkeypatch.setattr(csv_reel, "BLOC", bloc)
    source, lues = ouvrir("A;B\ncœur d’Île;10 €\n«é»;Ÿ–…™\n".encode(encodage), tmp_path)
    assert source.encodage == annonce
    assert source.colonnes == ("A", "B")
    assert lues == [(2, ("cœur d’Île", "10 €")), (3, ("«é»", "Ÿ–…™"))]


@pytest.mark.parametrize("bloc", [16 << 20, 3])
def test_each_line_has_its_encoding(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, bloc: int
) -> None:
    monkeypatch.setattr(csv_reel, "BLOC", bloc)
    utf8, windows = "é;œ’\n".encode(), "é;œ’\n".encode("cp1252")
    source, lues = ouvrir(b"A;B\n" + utf8 * 2 + b"a;b\n" + windows * 3 + utf8 * 2, tmp_path)
    assert (source.encodage, source.autrement) == ("utf-8", 3)
    assert [champs for _, champs in lues if champs != ("a", "b")] == [("é", "œ’")] * 7
    source, _ = ouvrir(b"A;B\n" + utf8 + windows * 3, tmp_path)
    assert (source.encodage, source.autrement) == ("cp1252", 1)
    source, _ = ouvrir(b"A;B\n" + windows * 3, tmp_path)
    assert (source.encodage, source.autrement) == ("cp1252", 0)


def test_one_damaged_byte_changes_no_other_line(tmp_path: Path) -> None:
    source, lues = ouvrir(b"A;B\n\xc3\xa9;b\n\xe9;b\n\xc3\xa9;c\n", tmp_path)
    assert (source.encodage, source.autrement) == ("utf-8", 1)
    assert lues == [(2, ("é", "b")), (3, ("é", "b")), (4, ("é", "c"))]


def test_a_character_cut_by_the_end_of_the_file_is_no_utf8(tmp_path: Path) -> None:
    assert ouvrir(b"A;B\na;\xc3", tmp_path)[1] == [(2, ("a", "Ã"))]


@pytest.mark.parametrize(
    ("octets", "mots"),
    [
        ("A;B\na;b\n".encode("utf-16"), "UTF-16"),
        ("A;B\na;b\n".encode("utf-16-be"), "octet nul à l'octet 1"),
        (b"A;B\na;\0b\n", "octet nul à l'octet 7"),
        (b"A;B\n\xe9;\x81\n", "octet sans caractère à l'octet 7"),
        (b"", "vide"),
        (b"\xef\xbb\xbf", "vide"),
        (b"\n", "en-tête"),
        (b"A,B\na,b\n", "séparateur"),
        (b"A\tB\na\tb\n", "séparateur"),
        (b'A;"B\na;b\n', "guillemets"),
        (b'A;B"\na;b\n', "guillemets"),
        (b"A;B;a\na;b;c\n", "deux fois : A"),
        (b"A;B\nA;B\na;b\n", "répétée"),
        (b"A;B\r\nA;B\r\na;b\r\n", "répétée"),
    ],
)
def test_what_is_no_csv_of_the_contract_is_refused(
    tmp_path: Path, octets: bytes, mots: str
) -> None:
    with pytest.raises(Refus, match=mots) as refus:
        ouvrir(octets, tmp_path)
    assert refus.value.ou.startswith("stock.csv")
    assert refus.value.que_faire


def test_the_path_of_a_column_is_known_by_its_end(tmp_path: Path) -> None:
    """Reports put its folders before its name: two that begin alike are two columns."""
    dossiers = "SUIVI DES DEMANDES DE LOGEMENT SOCIAL\\DÉTAIL DU LOGEMENT RECHERCHÉ"
    noms = (f"{dossiers}\\COMMUNE", f"{dossiers}\\TYPE")
    source, lues = ouvrir(f"A;{noms[0]};{noms[1]}\na;x;y\n".encode(), tmp_path)
    assert lues == [(2, ("a",))]
    assert source.colonnes == ("A", *noms)


def test_a_position_in_a_later_block_counts_from_the_start(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(csv_reel, "BLOC", 4)
    with pytest.raises(Refus, match="à l'octet 15"):
        ouvrir(b"A;B\na;b\na;b\na;\0\n", tmp_path)


# --- Lines ----------------------------------------------------------------------------------------

CAS: dict[str, tuple[str, Lues, list[int]]] = {
    "LF, no last line end": ("A;B\na;b\nc;d", [(2, ("a", "b")), (3, ("c", "d"))], []),
    "CRLF": ("A;B\r\na;b\r\nc;d\r\n", [(2, ("a", "b")), (3, ("c", "d"))], []),
    "lone CR is a space": ("A;B\na\rx;b\n", [(2, ("a x", "b"))], []),
    "blank lines are skipped": (
        "A;B\n\na;b\n   \n\t\n\nc;d\n\n",
        [(3, ("a", "b")), (7, ("c", "d"))],
        [],
    ),
    "too few and too many fields": (
        "A;B\na\na;b\na;b;c\nc;d\n;;\n",
        [(3, ("a", "b")), (5, ("c", "d"))],
        [2, 4, 6],
    ),
    "a field in quotes": ('A;B\n"a;x";"b ""c"""\n', [(2, ("a;x", 'b "c"'))], []),
    "a newline in quotes": (
        'A;B\n"a\nx";b\nc;"d\n\ny"\ne;f\n',
        [(2, ("a\nx", "b")), (4, ("c", "d\n\ny")), (7, ("e", "f"))],
        [],
    ),
    "CRLF in quotes": ('A;B\r\n"a\r\nx";b\r\nc;d\r\n', [(2, ("a\nx", "b")), (4, ("c", "d"))], []),
    "a quote inside a field": ('A;B\na"x;b\nc;d\n', [(3, ("c", "d"))], [2]),
    "text after a closed quote": ('A;B\n"a"x;b\nc;d\n', [(3, ("c", "d"))], [2]),
    "reading resumes at the next physical line": (
        'A;B\na;"b\nc;d\ne;"f"\ng;h\n',
        [(3, ("c", "d")), (4, ("e", "f")), (5, ("g", "h"))],
        [2],
    ),
    "a broken record of several lines gives its later lines back": (
        'A;B\n"a\nc;d\nx";b;c\ne;f\n',
        [(3, ("c", "d")), (5, ("e", "f"))],
        [2, 4],
    ),
    "a quote open to the end of the file": (
        'A;B\na;b\nc;"d\ne;f\ng;h\n',
        [(2, ("a", "b")), (4, ("e", "f")), (5, ("g", "h"))],
        [3],
    ),
    "a stray quote swallows no line that is one": (
        'A;B\na;"b\nc;d\ne;f\ng";h\ni;j\n',
        [(3, ("c", "d")), (4, ("e", "f")), (6, ("i", "j"))],
        [2, 5],
    ),
    "a stray quote swallows no next line": (
        'A;B;C\na;"b;c\nd;e";f\ng;h;i\n',
        [(4, ("g", "h", "i"))],
        [2, 3],
    ),
    "a line of the file among what a quote swallows is enough": (
        'A;B\na;"b\n\nc;d\nx\n";y\n',
        [(4, ("c", "d"))],
        [2, 5, 6],
    ),
    "a text of several lines, some with a separator": (
        'A;B;C\na;"b\nc;d\ne";f\n',
        [(2, ("a", "b\nc;d\ne", "f"))],
        [],
    ),
    "a final separator on every line": (
        "A;B\na;b;\n\nc;;\n",
        [(2, ("a", "b")), (4, ("c", ""))],
        [],
    ),
    "a final separator on every line, in the header too": (
        'A;B;\na;b;\n"c\nx";d;\n',
        [(2, ("a", "b")), (3, ("c\nx", "d"))],
        [],
    ),
    "a final separator in the header alone": ("A;B;\na;b\n", [], [2]),
    "a final separator that quotes hide": ('A;B\na;"b;"\n', [(2, ("a", "b;"))], []),
    "a final separator on some lines only": (
        "A;B\na;b;\nc;d\ne;f;\n",
        [(3, ("c", "d"))],
        [2, 4],
    ),
    "a final separator on all lines but the last": ("A;B\na;b;\nc;d\n", [(3, ("c", "d"))], [2]),
    "a final field that one line fills": ("A;B\na;b;\nc;d;e\n", [], [2, 3]),
    "a final field in quotes": ('A;B\na;b;\nc;d;""\n', [], [2, 3]),
    "a final separator and a broken line": (
        "A;B\na;b;\nc;d;;\ne;f;\n",
        [(2, ("a", "b")), (4, ("e", "f"))],
        [3],
    ),
    "an empty field in quotes": ('A;B\n"";b\n', [(2, ("", "b"))], []),
    "only separators": ("A;B\n;\n", [(2, ("", ""))], []),
    "header only": ("A;B\n", [], []),
    "header only, no line end": ("A;B", [], []),
    "quoted header": ('"A";" b "\na;b\n', [(2, ("a", "b"))], []),
}


@pytest.mark.parametrize("bloc", [16 << 20, 1, 5])
@pytest.mark.parametrize("cas", CAS)
def test_lines_are_read_as_rfc_4180_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, cas: str, bloc: int
) -> None:
    monkeypatch.setattr(csv_reel, "BLOC", bloc)
    monkeypatch.setattr(textes, "LOT_OCTETS", bloc)
    texte, lues, illisibles = CAS[cas]
    assert lire(texte, tmp_path) == (lues, illisibles)
    (tmp_path / "gz").mkdir()
    comprime, _ = ouvrir(gzip.compress(texte.encode()), tmp_path / "gz", "stock.csv.gz")
    assert comprime.colonnes[:2] == ("A", "B")
    assert (comprime.gardes, len(comprime.illisibles)) == (len(lues), len(illisibles))


@pytest.mark.parametrize("bloc", [16 << 20, 1])
def test_lines_of_empty_fields_are_blank_in_a_file_that_was_recognised(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, bloc: int
) -> None:
    monkeypatch.setattr(csv_reel, "BLOC", bloc)
    fichier = tmp_path / "f.csv"
    fichier.write_text('A;B\n;\na;b\n"";""\nc\n;\r\n"";\n', "utf-8")

    def aplatir(reconnu: Dialecte | None) -> tuple[int, list[int]]:
        ouvert = textes.Textes(("A", "B"), {})
        plan = csv_reel.mettre_a_plat(fichier, tmp_path, lambda _: None, lambda _: ouvert, reconnu)
        return plan.gardes, [ligne for ligne, _ in plan.illisibles]

    assert aplatir(csv_reel.CONTRAT) == (1, [5])
    assert aplatir(None) == (5, [5])


def test_what_is_wrong_is_told_without_the_text_of_the_row(tmp_path: Path) -> None:
    source, _ = ouvrir(b'A;B\nsecret\na;b\nsecret;"x\n', tmp_path)
    assert source.illisibles == (
        (2, "1 champ au lieu de 2"),
        (4, "guillemets mal ouverts ou mal refermés"),
    )


def test_an_endless_record_is_unreadable_and_what_follows_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(csv_reel, "ENREGISTREMENT_MAX", 50)
    monkeypatch.setattr(csv_reel, "BLOC", 20)
    suite = "".join(f"{rang};b\n" for rang in range(30))
    lues, illisibles = lire(f'A;B\na;"b\n{suite}', tmp_path)
    assert illisibles == [2]
    assert [ligne for ligne, _ in lues] == list(range(3, 33))


@pytest.mark.parametrize("guillemet", ["", '"'])
def test_a_huge_row_is_unreadable_and_stops_nothing(tmp_path: Path, guillemet: str) -> None:
    enorme = f"a;{guillemet}{'b' * (5 << 20)}{guillemet}"
    lues, illisibles = lire(f"A;B\n{enorme}\nc;d\n", tmp_path)
    assert (lues, illisibles) == ([(3, ("c", "d"))], [2])


@pytest.mark.parametrize("quoi", ["tronqué", "abîmé", "autre chose"])
def test_a_damaged_gzip_is_refused(tmp_path: Path, quoi: str) -> None:
    octets = bytearray(gzip.compress(b"A;B\n" + b"a;b\n" * 5000, mtime=0))
    if quoi == "tronqué":
        octets = octets[:-20]
    elif quoi == "abîmé":
        octets[len(octets) // 2] ^= 0xFF
    else:
        octets = bytearray(b"A;B\na;b\n")
    with pytest.raises(Refus, match="tronqué ou abîmé"):
        ouvrir(bytes(octets), tmp_path, "stock.csv.gz")


def test_a_gzip_bomb_is_refused_before_it_fills_the_disk(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(plafond, "_MARGE", 1 << 20)
    monkeypatch.setattr(csv_reel, "BLOC", 1 << 20)
    bombe = gzip.compress(b"A;B\n" + bytes(30 << 20))
    with pytest.raises(Refus, match="taille anormale"):
        ouvrir(bombe, tmp_path, "stock.csv.gz")
    assert sum(f.stat().st_size for f in tmp_path.iterdir()) < 10 << 20


# --- Against a simple parser ----------------------------------------------------------------------


def reference(texte: str, colonnes: int) -> tuple[Lues, list[int]]:
    """Read a CSV character by character, header apart: what is right by construction."""
    lignes = texte.replace("\r\n", "\n").replace("\r", " ").split("\n")[1:]
    lues, illisibles, _ = _lire_lignes(lignes, colonnes)
    if not lues and illisibles:
        avec_final, autres, final = _lire_lignes(lignes, colonnes + 1)
        if avec_final and final:
            return [(rang, champs[:-1]) for rang, champs in avec_final], autres
    return lues, illisibles


def _lire_lignes(lignes: Sequence[str], colonnes: int) -> tuple[Lues, list[int], bool]:
    """Return records, unreadable lines, and whether all end with a separator and none lacks it."""
    lues: Lues = []
    illisibles = []
    final = True
    rang = 0
    while rang < len(lignes):
        if not lignes[rang].strip():
            rang += 1
            continue
        champs, prises = _enregistrement(lignes[rang:])
        entieres = [une.count(";") + 1 == colonnes for une in lignes[rang : rang + prises]]
        avalees = prises > 1 and (any(entieres[1:-1]) or (entieres[0] and entieres[-1]))
        if champs is None or len(champs) != colonnes or avalees:
            illisibles.append(rang + 2)
            final &= champs is None or len(champs) != colonnes - 1 or avalees
            rang += 1
        else:
            final &= lignes[rang + prises - 1].endswith(";")
            lues.append((rang + 2, tuple(champs)))
            rang += prises
    return lues, illisibles, final


def _enregistrement(lignes: Sequence[str]) -> tuple[list[str] | None, int]:
    """Return the fields of the record that starts these lines, and how many lines it takes."""
    champs, champ, etat, prises = [], "", "debut", 1
    signes = list("\n".join(lignes) + "\n")
    for place, signe in enumerate(signes):
        if etat == "dedans":
            if signe == '"':
                etat = "sorti"
            else:
                champ += signe
                prises += signe == "\n"
        elif signe == '"' and etat == "debut":
            etat = "dedans"
        elif signe == '"' and etat == "sorti":
            champ += signe
            etat = "dedans"
        elif signe in ";\n":
            champs.append(champ)
            champ, etat = "", "debut"
            if signe == "\n":
                return champs, prises
        elif signe == '"' or etat == "sorti":
            return None, 0
        else:
            champ, etat = champ + signe, "nu"
        if etat == "dedans" and place == len(signes) - 1:
            return None, 0
    return None, 0


MORCEAUX = st.sampled_from(
    ["a", "é", "œ", " ", ";", ";", "\n", "\n", "\r\n", "\r", '"', '""', "a;b\n", '"a"', '"x\ny"',
     ";\n"]
)  # fmt: skip


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    morceaux=st.lists(MORCEAUX, max_size=40),
    bloc=st.sampled_from([1, 2, 7, 23, 16 << 20]),
    colonnes=st.sampled_from([2, 3]),
    encodage=st.sampled_from(["utf-8", "utf-8-sig", "cp1252"]),
)
@example(morceaux=['"', "\n", "a;b\n", '"', "\r\n"], bloc=1, colonnes=2, encodage="utf-8")
def test_any_text_is_read_as_the_simple_parser_reads_it(
    tmp_path: Path, morceaux: list[str], bloc: int, colonnes: int, encodage: str
) -> None:
    corps = "".join(morceaux)
    assume(encodage != "cp1252" or "éœœ" not in corps)  # its bytes are a character of UTF-8
    texte = ";".join("XYZ"[:colonnes]) + "\n" + corps
    with pytest.MonkeyPatch.context() as rustine:
        rustine.setattr(csv_reel, "BLOC", bloc)
        rustine.setattr(textes, "LOT_OCTETS", bloc)
        lues, illisibles = lire(texte, tmp_path, encodage)
    attendues, attendus_illisibles = reference(texte, colonnes)
    assert illisibles == attendus_illisibles
    assert lues == attendues
