"""Sixty ways in which people send a workbook back: understood exactly, refused by line, or asked.

The workbook is the one that is sent. Whatever is done to it, each case that was answered is read as
it was meant or is said; no agreement is made up.
"""

from __future__ import annotations

import copy
import datetime as dt
import functools
import io
import re
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from infocentre.affaires import Acteur, Affaire, Affaires, Constat, procedures
from infocentre.decisions import Magasin
from infocentre.demarches import a_remplir
from infocentre.demarches.cas import Cas
from infocentre.livraisons import classeurs, feuilles
from infocentre.noyau.erreurs import Refus
from infocentre.noyau.jours import Ordre, lire_jour
from infocentre.procedures.mesures_correctives import classeur as envoye
from infocentre.procedures.mesures_correctives import reponses
from tests.affaires.conftest import Horloge

pytestmark = pytest.mark.lent

LE = dt.date(2026, 12, 14)
MOIS = "2026-10"  # the cases were open on 31 October
COLONNES = "ABCDEFGHI"
CORRIGES = {  # unit: the day
    "u01": dt.date(2026, 11, 25), "u02": dt.date(2026, 12, 8), "u03": dt.date(2026, 11, 3),
    "u04": dt.date(2026, 12, 1), "u05": dt.date(2026, 11, 30), "u06": dt.date(2026, 11, 11),
}  # fmt: skip
JUSTIFIES = ("u07", "u08", "u09", "u10")
CONTESTES = ("u11", "u12")
ATTENDUES: dict[str, tuple[str, str, str]] = {
    **{un: ("corrige", le.isoformat(), "") for un, le in CORRIGES.items()},
    **{un: ("justifie", "", f"pièce jointe à {un}") for un in JUSTIFIES},
    **{un: ("conteste", "", f"{un} n'est pas à nous") for un in CONTESTES},
}
MOTS = {"corrige": "corrigé", "justifie": "justifié", "conteste": "contesté"}
TOUTES = frozenset(ATTENDUES)
LIGNE = {un: 2 + rang for rang, un in enumerate(f"u{n:02d}" for n in range(1, 17))}


@pytest.fixture(autouse=True)
def sans_processus(monkeypatch: pytest.MonkeyPatch) -> None:
    """Read in this process: the limits of the other one have their own tests."""
    monkeypatch.setattr(classeurs, "_demander", lambda demande, *_, **__: classeurs._faire(demande))


@pytest.fixture(scope="module")
def registre() -> Affaires:
    registre = Affaires(Magasin("sqlite://"), Acteur("Léa"), Horloge(dt.date(2026, 11, 20)))
    une = registre.ouvrir(
        procedures()["mesures_correctives"], "013", "903900000", "attributions",
        {"mois": MOIS, "motif": "rouge"}, constats_=[_constat(range(1, 9)), _constat(range(9, 17))],
    )  # fmt: skip
    registre.agir(une.id, "accepter")
    registre.agir(une.id, "signaler", {"canal": "courriel"})
    return registre


def _constat(rangs: range) -> Constat:
    unites = tuple((f"u{n:02d}", f"0131234567890{n:05d}", "2026-09-15", "sans RPLS") for n in rangs)
    return Constat("013", "G1301", "Guichet", f"C{rangs[0]}", "Sans RPLS", 1, MOIS, 1, 8, 60, 0.1,
                   0.2, "rouge", "12m", MOIS, unites)  # fmt: skip


def _affaire(registre: Affaires) -> Affaire:
    (une,) = registre.lister()
    return une


@functools.cache
def _envoye(registre: Affaires) -> bytes:
    une = _affaire(registre)
    dits = registre.constats(une.constats)
    return envoye.en_octets(envoye.des_affaires([une], dits, dt.date(2026, 12, 11)))


def _rempli(registre: Affaires, choix: str | None) -> Any:
    """Return the workbook that is sent, filled in as it should be."""
    livre = openpyxl.load_workbook(io.BytesIO(_envoye(registre)))
    livre["Réponse"]["B1"] = choix
    cas = livre["Cas"]
    for unite, (sort, le, texte) in ATTENDUES.items():
        rang = LIGNE[unite]
        cas.cell(rang, 7, MOTS[sort])
        cas.cell(rang, 8, dt.date.fromisoformat(le) if le else None)
        cas.cell(rang, 9, texte or None)
    return livre


Alterer = Callable[[Any], None]


def _dates(ecrire: Callable[[dt.date], object], *, general: bool = False) -> Alterer:
    """Write each day of correction otherwise."""

    def alterer(livre: Any) -> None:
        for unite, le in CORRIGES.items():
            case = livre["Cas"].cell(LIGNE[unite], 8)
            if general or isinstance(ecrire(le), str):
                case.number_format = "General"
            case.value = ecrire(le)

    return alterer


def _reponses(mot: Callable[[str], str | None], unites: frozenset[str] = TOUTES) -> Alterer:
    def alterer(livre: Any) -> None:
        for unite in unites:
            case = livre["Cas"].cell(LIGNE[unite], 7)
            case.value = mot(str(case.value))

    return alterer


def _poser(case: str, valeur: object, feuille: str = "Cas") -> Alterer:
    return lambda livre: livre[feuille].__setitem__(case, valeur)


def _titrer(nom: str, feuille: str = "Cas") -> Alterer:
    return lambda livre: setattr(livre[feuille], "title", nom)


def _copier(livre: Any, *, vider: bool) -> None:
    """Duplicate the sheet of cases as people do, then fill the copy only, or leave both."""
    livre.copy_worksheet(livre["Cas"]).title = "Cas (2)"
    if vider:
        for rang in range(2, 18):
            for colonne in (7, 8, 9):
                livre["Cas"].cell(rang, colonne).value = None


def _trier(livre: Any) -> None:
    cas = livre["Cas"]
    lignes = [[case.value for case in ligne] for ligne in cas.iter_rows(min_row=2)]
    for rang, ligne in enumerate(reversed(lignes), start=2):
        for colonne, valeur in enumerate(ligne, start=1):
            cas.cell(rang, colonne).value = valeur


def _decaler(livre: Any) -> None:
    """Sort the answers alone: each is now beside another case."""
    cas = livre["Cas"]
    valeurs = [[cas.cell(r, c).value for c in (1, 2)] for r in range(2, 18)]
    for rang, (reference, guichet) in enumerate(reversed(valeurs), start=2):
        cas.cell(rang, 1).value, cas.cell(rang, 2).value = reference, guichet


def _fusionner(livre: Any) -> None:
    """Merge the answers of u07 to u10, with one reason for all."""
    cas = livre["Cas"]
    cas.cell(LIGNE["u07"], 9).value = "pièces au dossier"
    for colonne in "GI":
        cas.merge_cells(f"{colonne}{LIGNE['u07']}:{colonne}{LIGNE['u10']}")


def _fusionner_a_plat(livre: Any) -> None:
    cas = livre["Cas"]
    cas.merge_cells(f"G{LIGNE['u01']}:I{LIGNE['u01']}")


def _deplacer(livre: Any) -> None:
    """Put the column of answers first."""
    cas = livre["Cas"]
    for rang in range(1, 18):
        valeurs = [cas.cell(rang, colonne).value for colonne in range(1, 10)]
        for colonne, valeur in enumerate([valeurs[6], *valeurs[:6], *valeurs[7:]], start=1):
            cas.cell(rang, colonne).value = valeur


def _repeter(livre: Any, *, autrement: bool) -> None:
    cas = livre["Cas"]
    for colonne in range(1, 10):
        cas.cell(20, colonne).value = copy.copy(cas.cell(LIGNE["u07"], colonne).value)
    if autrement:
        cas.cell(20, 7).value = "contesté"


def _effacer_le_bas(livre: Any) -> None:
    livre["Cas"].delete_rows(LIGNE["u13"], 10)


def _recrire(cases: Any, ecrire: Callable[[str], str]) -> None:
    for case in cases:
        case.value = ecrire(str(case.value))


def _barre(le: dt.date) -> str:
    return f"{le:%d/%m/%Y}"


ORIGINE = dt.date(1899, 12, 30)
LISIBLES: dict[str, Alterer] = {
    "rien": lambda _: None,
    "la feuille des cas renommée": _titrer("Feuil1"),
    "la feuille des cas d'un autre nom long": _titrer("cas a corriger (retour mairie)"),
    "la feuille copiée, la copie remplie": lambda c: _copier(c, vider=True),
    "la feuille copiée, les deux remplies": lambda c: _copier(c, vider=False),
    "la feuille de référence renommée": _titrer("Ref", "Référence"),
    "la feuille de référence copiée": lambda c: c.copy_worksheet(c["Référence"]),
    "la feuille de réponse renommée": _titrer("reponse", "Réponse"),
    "l'ordre des feuilles changé": lambda c: c.move_sheet("Cas", offset=-1),
    "une première ligne blanche": lambda c: c["Cas"].insert_rows(1),
    "trois lignes blanches au-dessus": lambda c: c["Cas"].insert_rows(1, 3),
    "une colonne blanche à gauche": lambda c: c["Cas"].insert_cols(1),
    "une ligne blanche au milieu": lambda c: c["Cas"].insert_rows(6),
    "les lignes triées à l'envers": _trier,
    "la colonne des réponses déplacée": _deplacer,
    "les lignes sans réponse effacées": _effacer_le_bas,
    "une colonne inutile supprimée": lambda c: c["Cas"].delete_cols(6),
    "une ligne répétée à l'identique": lambda c: _repeter(c, autrement=False),
    "un filtre laissé": lambda c: setattr(c["Cas"].auto_filter, "ref", "A1:I5"),
    "des lignes cachées": lambda c: setattr(c["Cas"].row_dimensions[3], "hidden", True),
    "un onglet vide de plus": lambda c: c.create_sheet("Feuil3"),
    "les titres en capitales": lambda c: _recrire(c["Cas"][1], str.upper),
    "des espaces autour des réponses": _reponses(lambda mot: f"  {mot}\u00a0"),
    "les réponses en capitales": _reponses(str.upper),
    "les réponses sans accent": _reponses(lambda mot: mot.replace("é", "e")),
    "les réponses accordées": _reponses(lambda mot: f"{mot}e"),
    "des références en minuscules": lambda c: _recrire(c["Cas"]["A"][1:], str.lower),
    "des dates JJ/MM/AAAA": _dates(_barre),
    "des dates JJ/MM/AA": _dates(lambda le: f"{le:%d/%m/%y}"),
    "des dates à points": _dates(lambda le: f"{le:%d.%m.%Y}"),
    "des dates à tirets": _dates(lambda le: f"{le:%d-%m-%Y}"),
    "des dates J/M/AAAA": _dates(lambda le: f"{le.day}/{le.month}/{le.year}"),
    "des dates AAAA-MM-JJ": _dates(lambda le: le.isoformat()),
    "des dates en toutes lettres": _dates(
        lambda le: f"{le.day}{'er' if le.day == 1 else ''} "
        f"{'novembre' if le.month == 11 else 'décembre'} {le.year}"
    ),
    "des mois abrégés": _dates(lambda le: f"{le.day} {'nov.' if le.month == 11 else 'déc.'} 2026"),
    "des numéros de jour": _dates(lambda le: (le - ORIGINE).days, general=True),
}  # fmt: skip

ENVERS = _dates(lambda le: f"{le:%m/%d/%Y}")


def _dire(unites: set[str], mots: str) -> tuple[frozenset[str], str]:
    return frozenset(unites), mots


# What is done, the cases that are not taken, words that say each of them.
PARTIELLES: dict[str, tuple[Alterer, tuple[frozenset[str], str]]] = {
    "« oui » pour un cas": (_poser("G2", "oui"), _dire({"u01"}, "« oui » n'est pas l'un de")),
    "« fait » pour un cas": (_poser("G2", "fait"), _dire({"u01"}, "« fait » n'est pas l'un de")),
    "une réponse effacée": (_poser("G2", None), _dire({"u01"}, "la réponse manque")),
    "une cellule vraie": (_poser("G2", valeur=True), _dire({"u01"}, "« 1 » n'est pas l'un de")),
    "une date effacée": (_poser("H2", None), _dire({"u01"}, "la date de la correction manque")),
    "une date en mots vagues": (
        _poser("H2", "fin novembre"), _dire({"u01"}, "« fin novembre » n'est pas une date")),
    "le 31 novembre": (_poser("H2", "31/11/2026"), _dire({"u01"}, "n'est pas une date")),
    "une date à venir": (
        _poser("H2", dt.date(2027, 11, 25)), _dire({"u01"}, "n'est pas encore passé")),
    "une date d'une autre année": (
        _poser("H2", dt.date(2024, 1, 5)), _dire({"u01"}, "le 05/01/2024 est avant le 31/10/2026")),
    "une date d'avant le constat": (
        _poser("H2", dt.date(2026, 10, 30)), _dire({"u01"}, "est avant le 31/10/2026")),
    "une raison effacée": (_poser("I8", None), _dire({"u07"}, "un commentaire est attendu")),
    "une raison trop longue": (
        _poser("I8", "a" * 5_000), _dire({"u07"}, r"le commentaire a 5\s000\slettres")),
    "un numéro changé": (
        _poser("C2", "013000000000000000"), _dire({"u01"}, "le numéro unique n'est pas celui")),
    "une référence changée": (
        _poser("A2", "000000000000"), _dire({"u01"}, "n'est pas l'une de celles envoyées")),
    "une ligne répétée autrement": (
        lambda c: _repeter(c, autrement=True),
        _dire({"u07"}, " ; .*ligne 20 : la référence .* a deux réponses différentes")),
    "des cellules fusionnées en travers": (
        _fusionner_a_plat, _dire({"u01"}, "la date de la correction manque")),
    "la colonne « Commentaire » supprimée": (
        lambda c: c["Cas"].delete_cols(9),
        _dire({*JUSTIFIES, *CONTESTES}, "un commentaire est attendu|la colonne « Commentaire »")),
    "la colonne « Corrigé le » supprimée": (
        lambda c: c["Cas"].delete_cols(8),
        _dire(set(CORRIGES), "la date de la correction manque|la colonne « Corrigé le »")),
    # Those whose day is above 12 are no day at all; the others may be two: all are asked, but the
    # 11th of November.
    "des dates MM/JJ/AAAA": (
        ENVERS, _dire(set(CORRIGES) - {"u06"}, "n'est pas une date|peut être le|avant")),
    "une seule date MM/JJ parmi des cellules de dates": (
        _poser("H2", "11/25/2026"), _dire({"u01"}, "n'est pas une date")),
    "une date qui peut être deux jours": (
        _poser("H4", "12/11/2026"),  # 12 November or 11 December, and nothing tells
        _dire({"u03"}, "peut être le 12/11/2026 ou le 11/12/2026")),
}  # fmt: skip

REFUSEES: dict[str, tuple[Alterer, str]] = {
    "« OK » partout": (_reponses(lambda _: "OK"), "aucun des cas de ce classeur n'est compris"),
    "« fait » partout": (_reponses(lambda _: "fait"), "aucun des cas"),
    "la colonne des réponses supprimée": (
        lambda c: c["Cas"].delete_cols(7), "il manque la colonne « Votre réponse »"),
    "la colonne des réponses renommée": (_poser("G1", "Avis"), "la colonne « Votre réponse »"),
    "la colonne des numéros supprimée": (
        lambda c: c["Cas"].delete_cols(3), "il manque la colonne « Numéro unique »"),
    "deux colonnes de réponses": (_poser("J1", "Votre réponse"), "y est deux fois"),
    "les réponses seules triées": (_decaler, "le numéro unique n'est pas celui"),
    "la ligne des titres supprimée": (lambda c: c["Cas"].delete_rows(1), "aucune feuille ne porte"),
    "la feuille des cas supprimée": (lambda c: c.remove(c["Cas"]), "aucune feuille ne porte"),
    "la feuille de référence supprimée": (
        lambda c: c.remove(c["Référence"]), "ce n'est pas le classeur"),
    "la référence d'une autre affaire": (
        _poser("B4", "013-2026-99999", "Référence"), "n'existe pas"),
}  # fmt: skip


def _chacun(noms: Iterable[str]) -> list[tuple[str, str | None]]:
    """Have each said to be agreed upon, and the first of them with nothing said too."""
    premier, *autres = noms
    return [(premier, None), *((nom, "d'accord") for nom in (premier, *autres))]


def _lire(registre: Affaires, livre: Any, tmp_path: Path) -> reponses.Reponse:
    chemin = tmp_path / "rendu.xlsx"
    livre.save(chemin)
    (lue,) = reponses.lire(registre, chemin, LE).reponses
    return lue


def _lues(lue: reponses.Reponse) -> dict[str, tuple[str, str, str]]:
    return {un["unite"]: (un["sort"], un["le"], un["texte"]) for un in lue.unites}


def test_there_are_sixty_alterations() -> None:
    assert len(LISIBLES) + len(PARTIELLES) + len(REFUSEES) >= 60


@pytest.mark.parametrize(("nom", "choix"), _chacun(LISIBLES))
def test_what_can_be_understood_is_exactly(
    registre: Affaires, tmp_path: Path, nom: str, choix: str | None
) -> None:
    livre = _rempli(registre, choix)
    LISIBLES[nom](livre)
    lue = _lire(registre, livre, tmp_path)
    assert (_lues(lue), lue.refusees) == (ATTENDUES, ())
    assert lue.choix == ("accord" if choix else "conteste")


@pytest.mark.parametrize(("nom", "choix"), _chacun(PARTIELLES))
def test_what_cannot_be_understood_is_said_by_line_and_the_rest_counts(
    registre: Affaires, tmp_path: Path, nom: str, choix: str | None
) -> None:
    alterer, (perdues, mots) = PARTIELLES[nom]
    livre = _rempli(registre, choix)
    alterer(livre)
    lue = _lire(registre, livre, tmp_path)
    gardees = {un: dit for un, dit in ATTENDUES.items() if un not in perdues}
    sans_raison = {un: (sort, le, "") for un, (sort, le, _) in gardees.items()}
    assert _lues(lue) in (gardees, sans_raison)
    for unite in perdues:
        ou = re.compile(rf"feuille « Cas », ligne {LIGNE[unite]}\b.*(?:{mots})")
        assert any(map(ou.search, lue.refusees)), (unite, lue.refusees)
    assert lue.choix == ("accord" if choix else lue.choix)
    assert lue.choix in {"accord", "conteste", "engage"}


@pytest.mark.parametrize(("nom", "choix"), _chacun(REFUSEES))
def test_when_nothing_is_understood_nothing_is_an_answer(
    registre: Affaires, tmp_path: Path, nom: str, choix: str | None
) -> None:
    alterer, mots = REFUSEES[nom]
    livre = _rempli(registre, choix)
    alterer(livre)
    with pytest.raises(Refus, match=mots):
        _lire(registre, livre, tmp_path)
    assert not _affaire(registre).situation.tous("repondre")


def test_merged_cells_hold_for_each_of_their_rows(registre: Affaires, tmp_path: Path) -> None:
    livre = _rempli(registre, None)
    _fusionner(livre)
    lue = _lire(registre, livre, tmp_path)
    communes = dict.fromkeys(JUSTIFIES, ("justifie", "", "pièces au dossier"))
    assert (_lues(lue), lue.refusees) == (ATTENDUES | communes, ())


def test_what_is_written_beside_is_said(registre: Affaires, tmp_path: Path) -> None:
    livre = _rempli(registre, "d'accord")
    livre["Cas"]["K3"] = "voir le service logement"
    livre["Réponse"]["A20"] = "Nous ne comprenons pas."
    livre.create_sheet("Notes")["A1"] = "à voir en réunion"
    lue = _lire(registre, livre, tmp_path)
    assert _lues(lue) == ATTENDUES
    assert [un for un in lue.refusees if "« voir le service logement »" in un]
    assert [un for un in lue.refusees if "feuille « Notes »" in un]


@pytest.mark.parametrize(
    ("une", "autre", "choix"),
    [
        ("d'accord", "d'accord", "accord"),
        ("d'accord", None, "accord"),
        ("conteste", "d'accord", ""),
    ],
)
def test_a_copied_sheet_of_questions_answers_once_or_is_asked(
    registre: Affaires, tmp_path: Path, une: str, autre: str | None, choix: str
) -> None:
    livre = _rempli(registre, une)
    copie = livre.copy_worksheet(livre["Réponse"])
    copie["B1"] = autre
    for unite in CONTESTES:
        for colonne in (7, 9):
            livre["Cas"].cell(LIGNE[unite], colonne).value = None
    lue = _lire(registre, livre, tmp_path)
    assert lue.choix == (choix or "engage")  # what the corrected cases say
    assert bool(lue.refusees) is (not choix)


def test_that_someone_agrees_is_never_deduced(registre: Affaires, tmp_path: Path) -> None:
    livre = _rempli(registre, None)
    for unite in (*CORRIGES, *CONTESTES):
        for colonne in (7, 8, 9):
            livre["Cas"].cell(LIGNE[unite], colonne).value = None
    with pytest.raises(Refus, match="ce classeur ne contient aucune réponse"):
        _lire(registre, livre, tmp_path)


REVUE = procedures()["revue_des_acces"]
TITRES = ("Référence", "Utilisateur", "Ouvert le", "Accès", "Votre réponse", "Précision")
CLES = ("Référence", "Utilisateur", "Votre réponse")
# What is done to the list of a review: what is read of it, words of what is refused.
REVUES: dict[str, tuple[Alterer, dict[str, str], str]] = {
    "rien": (lambda _: None, {"A": "maintenir", "B": "fermer"}, ""),
    "renommée": (_titrer("Feuil1", "Accès"), {"A": "maintenir", "B": "fermer"}, ""),
    "copiée": (
        lambda c: setattr(c.copy_worksheet(c["Accès"]), "title", "Accès (2)"),
        {"A": "maintenir", "B": "fermer"}, ""),
    "sous une ligne blanche": (
        lambda c: c["Accès"].insert_rows(1), {"A": "maintenir", "B": "fermer"}, ""),
    "répétée autrement": (
        lambda c: c["Accès"].append(["A", "u-A", "", "", "fermer", ""]), {"B": "fermer"},
        "ligne 2 ; feuille « Accès », ligne 5 : la référence A a deux réponses différentes"),
    "une précision trop longue": (
        _poser("F2", "a" * 501, "Accès"), {"B": "fermer"}, "« Précision » dépasse"),
    "sans la colonne des réponses": (
        lambda c: c["Accès"].delete_cols(5), {}, "il manque la colonne « Votre réponse »"),
}  # fmt: skip


@pytest.mark.parametrize("nom", REVUES)
def test_the_list_of_a_review_is_found_as_the_cases_are(nom: str, tmp_path: Path) -> None:
    alterer, attendues, mots = REVUES[nom]
    livre = openpyxl.Workbook()
    del livre["Sheet"]
    feuille = livre.create_sheet("Accès")
    feuille.append(list(TITRES))
    for reference, reponse in (("A", "maintenir"), ("B", "fermer"), ("C", "")):
        feuille.append([reference, f"u-{reference}", "", "", reponse, ""])
    alterer(livre)
    livre.save(tmp_path / "rendu.xlsx")
    lues = feuilles.ouvrir((tmp_path / "rendu.xlsx").read_bytes(), Refus("faux"))
    listes = feuilles.lire_tables(lues, TITRES, CLES, TITRES[4:])
    constat = _constat(range(1, 2))
    attendus = [Cas(un, constat, f"u-{un}", "", "", "") for un in "ABC"]
    lignes = [ligne for liste in listes for ligne in liste.lignes]
    gardees, refusees = a_remplir.lire_lignes(REVUE, lignes, attendus)
    assert {un["reference"]: un["reponse"] for un in gardees} == attendues
    dits = [*(dit for liste in listes for dit in liste.refusees), *refusees]
    assert (mots in " ".join(dits)) if mots else not dits


# --- Days -----------------------------------------------------------------------------------------

JOURS = [
    ("2026-12-08 00:00:00", "2026-12-08"), ("8/12/2026", "2026-12-08"), ("08/12/26", "2026-12-08"),
    ("08 12 2026", "2026-12-08"), ("46364", "2026-12-08"), ("8 décembre 2026", "2026-12-08"),
    ("mardi 8 Décembre 2026", "2026-12-08"), ("1er déc. 2026", "2026-12-01"),
    ("2026/12/08", "2026-12-08"), ("29/02/2024", "2024-02-29"), ("29/02/2026", None),
    ("8 jui 2026", None), ("décembre 2026", None), ("12/2026", None), ("hier", None), ("", None),
    ("2026-12-08 14:30:00", None), ("08122026", None),
]  # fmt: skip


@pytest.mark.parametrize(("texte", "attendu"), JOURS)
def test_a_day_is_read_in_the_spellings_that_have_one_meaning(
    texte: str, attendu: str | None
) -> None:
    lu = lire_jour(texte)
    assert (lu.isoformat() if lu else None) == attendu


# The texts of a column, the one that is read, whether nothing says the order; is it asked?
ORDRES = [
    (["12/11/2026"], "12/11/2026", True, True),
    (["12/11/2026"], "12/11/2026", False, False),  # a field that says JJ/MM/AAAA
    (["12/11/2026", "25/11/2026"], "12/11/2026", True, False),
    (["12/11/2026", "11/25/2026"], "12/11/2026", True, True),
    (["12/11/2026", "11/25/2026"], "12/11/2026", False, True),
    (["25/11/2026", "11/25/2026"], "12/11/2026", True, True),  # both orders in one column
    (["2026-12-11", "11/25/2026"], "2026-12-11", True, True),  # a cell turned round, perhaps
    (["2026-12-11"], "2026-12-11", True, False),
    (["11/11/2026", "11/25/2026"], "11/11/2026", True, False),
    (["08/12/2026"], "08/12/2026", True, False),  # 12 August is before the case was listed
]


@pytest.mark.parametrize(("textes", "texte", "strict", "demande"), ORDRES)
def test_a_day_that_may_be_two_is_asked(
    textes: list[str], texte: str, *, strict: bool, demande: bool
) -> None:
    debut, fin = dt.date(2026, 10, 31), LE
    doute = Ordre.de(textes, debut, fin).doute(texte, debut, fin, strict=strict)
    assert bool(doute) is demande
