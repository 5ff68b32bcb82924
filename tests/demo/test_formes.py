"""Each form of the demonstration, read by a plain reader, gives the contract's values back.

What is expected is read from the contract's own delivery, with Python's csv and decimal.
"""

from __future__ import annotations

import csv
import hashlib
import io
import re
import shutil
import zipfile
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from decimal import Decimal, InvalidOperation
from pathlib import Path

import openpyxl
import pytest

from infocentre.cli.formes import CONNUE, dire_la_suite
from infocentre.contrat import contrat
from infocentre.demo import ecrire_forme, fabriquer, fabriquer_derniers
from infocentre.demo.formes import FORMES, LETTRES
from infocentre.demo.formes.gip_sne import COLONNES
from infocentre.demo.formes.observatoire import GUICHETS, NOMS
from infocentre.noyau.erreurs import Refus
from tests.cli.lancer import Commande

pytestmark = pytest.mark.lent

Ligne = Mapping[str, object]
Tables = dict[str, list[dict[str, object]]]
# Of each column of the GIP SNE that holds a key, the file of codes and the name of its field.
CLES = {
    "MOTIF_DEMANDE": ("motif_demande", "MOTIF_DEMANDE"),
    "SEXE_DEMANDEUR": ("sexe", "SEXE"),
    "STATUT_PROF_DEMANDEUR": ("statut_professionnel", "STATUT_PROFESSIONNEL"),
    "SITU_FAMILIALE_DEMANDEUR": ("situation_familiale", "SITUATION_FAMILIALE"),
    "CATEG_LOGEMENT_ACTUEL": ("categ_logement", "CATEG_LOGEMENT"),
    "CATEG_LOGEMENT_RECHERCHE": ("categ_logement_rech", "CATEG_LOGEMENT"),
    "TYPE_LOGEMENT_ACTUEL": ("type_logement", "TYPE_LOGEMENT"),
    "TYPE_LOGEMENT_RECHERCHE": ("type_logement", "TYPE_LOGEMENT"),
    "TYPE_LOGEMENT_ATTRIB": ("type_logement", "TYPE_LOGEMENT"),
    "MODE_LOGEMENT_ACTUEL": ("mode_logement", "MODE_LOGEMENT"),
    "COMMUNE_LOG_ACTUEL": ("geographie", "COMMUNE"),
    "COMMUNE_LOG_RECHERCHE": ("geographie", "COMMUNE"),
    "COMMUNE_LOGEMENT_ATTRIB": ("geographie", "COMMUNE"),
    "MOTIF_RADIATION": ("motif_radiation", "MOTIF_RADIATION"),
    "TYPE_RESERVATAIRE": ("type_reservataire", "TYPE_RESERVATAIRE"),
}
# The columns whose first value is in an `ele_*` too, and the name that it has there.
ELEMENTS = {
    "MOTIF_DEMANDE": ("ele_motif_demande", "MOTIF_DEMANDE"),
    "MODE_LOGEMENT_ACTUEL": ("ele_mode_logement_actuel", "MODE_LOGEMENT_ACTUEL"),
    "COMMUNE_LOG_RECHERCHE": ("ele_classement_commune", "COMMUNE_ID"),
}
# The titles of a report that are not the labels of the contract.
TITRES = {
    "Numéro unique de la demande": "NUMERO_UNIQUE",
    "Date de création de la demande": "DATE_CREATION",
    "Nombre de personnes à loger": "TAILLE_MENAGE",
    "Code INSEE de la commune actuelle": "COMMUNE_LOG_ACTUEL",
    "Code INSEE de la commune demandée": "COMMUNE_LOG_RECHERCHE",
    "Code INSEE de la commune attribuée": "COMMUNE_LOGEMENT_ATTRIB",
    "Revenu fiscal de référence N-1": "REVENU_FISCAL1_FOYER",
    "Revenu fiscal de référence N-2": "REVENU_FISCAL2_FOYER",
    "Nom du guichet": "NOM",
    "Code du guichet": "CODE_GUICHET",
}
RAPPORTS = {"stock": "Demandes en attente", "radiation": "Demandes radiées", "guichets": "Guichets"}


@pytest.fixture(scope="module")
def livraison(tmp_path_factory: pytest.TempPathFactory) -> Path:
    (une,) = fabriquer(tmp_path_factory.mktemp("livraison"), taille=300, mois=1)
    return une


@pytest.fixture(scope="module")
def attendues(livraison: Path) -> Tables:
    return {un.stem: lues(un.stem, un, ";") for un in sorted(livraison.glob("*.csv"))}


@pytest.fixture(scope="module")
def ecrites(livraison: Path, tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """Return where a form is written, once."""
    atelier = tmp_path_factory.mktemp("formes")
    faites: dict[str, Path] = {}

    def ecrite(lettre: str) -> Path:
        if lettre not in faites:
            faites[lettre] = ecrire_forme(livraison, atelier / lettre, LETTRES[lettre])
        return faites[lettre]

    return ecrite


def rangees(fichier: Path, separateur: str, encodage: str = "") -> list[dict[str, str]]:
    """Return the rows that have all their fields, as texts."""
    octets = fichier.read_bytes()
    try:
        texte = octets.decode(encodage or "utf-8-sig")
    except UnicodeDecodeError:
        texte = octets.decode("cp1252")
    entete, *lignes = csv.reader(io.StringIO(texte, newline=""), delimiter=separateur)
    return [dict(zip(entete, une, strict=True)) for une in lignes if len(une) == len(entete)]


def lues(table: str, fichier: Path, separateur: str) -> list[dict[str, object]]:
    connues = contrat().tables[table].par_nom
    return [
        {
            nom.upper(): valeur(table, nom.upper(), un)
            for nom, un in ligne.items()
            if nom.upper() in connues
        }
        for ligne in rangees(fichier, separateur)
    ]


def valeur(table: str, nom: str, brut: object) -> object:
    """Return a cell as what it means: a day, a number, whether, a code, a text."""
    colonne = contrat().tables[table].par_nom[nom]
    if isinstance(brut, datetime):
        return brut.date()
    texte = "" if brut is None else str(brut).strip()
    if texte in {"", "NA", "NA/NA"} or (texte == "999" and colonne.neuf_cents_99):
        return None
    lecteurs: dict[str, Callable[[str], object]] = {
        "date": jour,
        "naissance": jour,
        "entier": nombre,
        "decimal": nombre,
        "indicatrice": drapeau,
        "code": str.upper,
    }
    return lecteurs.get(colonne.type, str)(texte)


def jour(texte: str) -> object:
    nu = texte.split(" ", maxsplit=1)[0]
    for motif in ("%d/%m/%Y", "%d-%m-%Y", "%Y-%m-%d"):
        try:
            return datetime.strptime(nu, motif).date()  # noqa: DTZ007 - a day
        except ValueError:
            continue
    return texte


def nombre(texte: str) -> object:
    try:
        return Decimal(texte.replace(" ", "").replace(",", ".")).normalize()
    except InvalidOperation:
        return texte


def drapeau(texte: str) -> object:
    return {"1": True, "1,0": True, "oui": True, "0": False, "0,0": False, "non": False}.get(
        texte.lower(), texte
    )


def memes(table: str, trouvees: list[dict[str, object]], attendues: Tables) -> set[str]:
    """Assert that rows are those of the contract, in order; return the columns that are there."""
    assert len(trouvees) == len(attendues[table]) > 10
    colonnes = set(trouvees[0])
    for trouvee, attendue in zip(trouvees, attendues[table], strict=True):
        assert trouvee == {nom: attendue[nom] for nom in colonnes}
    return colonnes


def resoudre(dossier: Path, table: str) -> list[dict[str, object]]:
    """Read a table of form A: keys by their `ref_*`, what is missing by the `ele_*`."""
    connues = contrat().tables["radiation"].par_nom
    codes = {
        colonne: {
            une.get(f"CLE_{champ}", une.get(f"CODE_{champ}", "")): une.get(
                f"CODE_{champ}", une.get(f"CLE_{champ}")
            )
            for une in rangees(dossier / f"ref_{fichier}.csv", ";")
        }
        for colonne, (fichier, champ) in CLES.items()
    }
    premiers = {
        colonne: {
            une["DEMANDE"]: une[nom]
            for une in sorted(
                rangees(dossier / f"{fichier}.csv", ";"), key=lambda une: -int(une["ORDRE"])
            )
        }
        for colonne, (fichier, nom) in ELEMENTS.items()
    }

    def cellule(ligne: Mapping[str, str], nom: str) -> object:
        brut: object = ligne[nom]
        if nom in premiers and brut in {"", "NA", "NA/NA"}:
            brut = premiers[nom].get(ligne["DEMANDE"], "")
        if nom in codes and brut not in {"", "NA", "NA/NA"}:
            brut = codes[nom][str(brut)]
        return valeur("radiation", nom, brut)

    return [
        {nom: cellule(ligne, nom) for nom in ligne if nom in connues}
        for ligne in rangees(dossier / f"{table}.csv", ";")
    ]


def test_form_a_is_the_extract_of_the_gip_sne(
    ecrites: Callable[[str], Path], attendues: Tables
) -> None:
    dossier = ecrites("A")
    noms = sorted(un.name for un in dossier.iterdir())
    assert len([nom for nom in noms if nom.startswith("ele_")]) == 5
    assert len([nom for nom in noms if nom.startswith("ref_")]) == 16
    assert len(noms) == 5 + 16 + 2  # stock, radiation and no registre
    for nom in ("stock", "radiation"):
        entete = (dossier / f"{nom}.csv").read_text("cp1252").split("\n", 1)[0]
        assert tuple(entete.split(";")) == COLONNES
        assert len(set(COLONNES)) == 159
    for nom in ("stock", "radiation"):
        lues_ = resoudre(dossier, nom)
        livrees = {
            un for un in attendues[nom][0] if any(une[un] is not None for une in attendues[nom])
        }
        d_autrui = set(lues_[0]) - set(contrat().tables[nom].par_nom)
        assert not any(ligne[autre] for ligne in lues_ for autre in d_autrui)
        # What the demonstration leaves empty, or has not, is filled here.
        propres = [{un: une for un, une in ligne.items() if un in livrees} for ligne in lues_]
        assert memes(nom, propres, attendues) == livrees - {"ADRESSE_LOGEMENT_ATTRIB"}


def test_form_a_holds_keys_that_no_code_looks_like(ecrites: Callable[[str], Path]) -> None:
    dossier = ecrites("A")
    listes = {code for liste in contrat().codes.values() for code in liste}
    sans_cle, sans_code = [], []
    for fichier in sorted(dossier.glob("ref_*.csv")):
        lignes = rangees(fichier, ";")
        noms = list(lignes[0])
        if not noms[0].startswith("CLE_"):
            sans_cle.append(fichier.stem)
        elif not noms[1].startswith("CODE_"):
            sans_code.append(fichier.stem)
        else:
            assert all(re.fullmatch(r"\d{4,7}", une[noms[0]]) for une in lignes)
            assert not {une[noms[0]] for une in lignes} & (
                listes | {une[noms[1]] for une in lignes}
            )
    assert sans_cle == ["ref_composition_famille", "ref_type_personne"]
    assert sans_code == ["ref_sexe", "ref_type_reservataire"]
    motifs = {une["MOTIF_RADIATION"] for une in rangees(dossier / "radiation.csv", ";")}
    assert all(motif.isdigit() for motif in motifs)


def test_form_a_has_the_spellings_of_the_public_documentation(
    ecrites: Callable[[str], Path],
) -> None:
    texte = (ecrites("A") / "radiation.csv").read_text("cp1252")
    cellules = set(re.split(r"[;\r\n]+", texte))
    assert {"NA", "NA/NA", "999"} <= cellules
    assert ";;" in texte
    for motif in (
        r"\d\d-\d\d-\d{4} 00:00:00",
        r"\d\.\d{2,4}e\+004",
        r"\d+,\d+",
        r"\d+\.\d+",
        "oui",
    ):
        assert any(re.fullmatch(motif, une) for une in cellules), motif


def test_no_nir_of_form_a_may_be_that_of_a_person(ecrites: Callable[[str], Path]) -> None:
    foyers = rangees(ecrites("A") / "ele_desc_foyer_demande.csv", ";")
    nirs = [
        une[nom]
        for une in foyers
        for nom in ("NIR_ID_DEMANDEUR", "NIR_ID_COTITULAIRE")
        if une[nom] not in {"", "NA", "NA/NA"}
    ]
    assert len(nirs) > 300
    assert all(re.fullmatch(r"[12]\d{4}13\d{8}", nir) for nir in nirs)
    assert not [nir for nir in nirs if 97 - int(nir[:13]) % 97 == int(nir[13:])]


def test_forms_with_the_names_of_the_contract(
    ecrites: Callable[[str], Path], attendues: Tables
) -> None:
    toutes, seules = set(attendues), {"stock", "radiation"}
    for lettre, tables, separateur, fichier in (
        ("A3", seules, ";", "{}.csv"),
        ("A4", seules | {"guichets"}, ";", "{}.csv"),
        ("E", toutes, ";", "EXTRACT_SNE_{}_D13_20261031.csv"),
        ("F", toutes, ",", "{}.csv"),
    ):
        dossier = ecrites(lettre)
        noms = {
            table: fichier.format(table.upper() if lettre == "E" else table) for table in tables
        }
        assert {un.name for un in dossier.iterdir()} == set(noms.values())
        for table, nom in noms.items():
            trouvees = lues(table, dossier / nom, separateur)
            assert memes(table, trouvees, attendues) == set(attendues[table][0])
    assert lues("guichets", ecrites("A2") / "guichets.csv", ";") == attendues["guichets"]
    assert b'","' not in (ecrites("F") / "stock.csv").read_bytes()
    assert re.search(rb',"\d+,\d+",', (ecrites("F") / "stock.csv").read_bytes())


def test_one_file_tells_stock_and_radiations_apart(
    ecrites: Callable[[str], Path], attendues: Tables
) -> None:
    lignes = rangees(ecrites("G") / "demandes.csv", ";")
    for table, etat in (("stock", "ACTIVE"), ("radiation", "RADIEE")):
        siennes = [une for une in lignes if une["ETAT_DEMANDE"] == etat]
        sans_etat = [
            {
                nom: valeur(table, nom, une[nom])
                for nom in attendues[table][0]
                if nom != "ETAT_DEMANDE"
            }
            for une in siennes
        ]
        memes(table, sans_etat, attendues)


def en_codes(table: str, ligne: Mapping[str, object]) -> dict[str, object]:
    """Return a row of a report under the contract's names, its words as codes."""
    par_libelle = {une.libelle: une.nom for une in contrat().tables[table].colonnes} | TITRES
    codees: dict[str, object] = {}
    for titre, brut in ligne.items():
        nom = par_libelle[titre]
        liste = contrat().codes.get(contrat().tables[table].par_nom[nom].codes or "", {})
        codes: dict[object, object] = {mot: code for code, mot in liste.items()}
        codees[nom] = valeur(table, nom, codes.get(brut, brut))
    return codees


def feuille(classeur: Path | io.BytesIO, nom: str, entete: int) -> Iterator[dict[str, object]]:
    livre = openpyxl.load_workbook(classeur, read_only=True)
    titres, *lignes = livre[nom].iter_rows(min_row=entete, values_only=True)
    for ligne in lignes:
        yield {str(titre): un for titre, un in zip(titres, ligne, strict=True)}


def test_a_report_has_titles_labels_and_a_foot(
    ecrites: Callable[[str], Path], attendues: Tables
) -> None:
    dossier = ecrites("B")
    mensuel, liste = dossier / "Rapport mensuel SNE.xlsx", dossier / "Liste des guichets.xlsx"
    for table, classeur in (("stock", mensuel), ("radiation", mensuel), ("guichets", liste)):
        *lignes, vide, pied = feuille(classeur, RAPPORTS[table], 5)
        assert not any(vide.values())
        assert f"Nombre de lignes : {len(lignes)}" in pied.values()
        trouvees = [en_codes(table, une) for une in lignes]
        assert memes(table, trouvees, attendues) == set(attendues[table][0])
    livre = openpyxl.load_workbook(mensuel, read_only=True)
    titres = [une[0] for une in livre["Demandes en attente"].iter_rows(max_row=4, values_only=True)]
    assert titres[1:3] == ["Département : 013", "Données arrêtées au 31/10/2026"]
    dates = {
        type(une["Date de création de la demande"])
        for une in feuille(mensuel, RAPPORTS["stock"], 5)
    }
    assert datetime in dates


def test_unicode_text_of_excel(ecrites: Callable[[str], Path], attendues: Tables) -> None:
    for table, nom in RAPPORTS.items():
        fichier = ecrites("C") / f"{nom}.txt"
        assert fichier.read_bytes().startswith(b"\xff\xfe")
        trouvees = [en_codes(table, une) for une in rangees(fichier, "\t", "utf-16")]
        assert memes(table, trouvees, attendues) == set(attendues[table][0])


def test_the_file_of_an_observatory(ecrites: Callable[[str], Path], attendues: Tables) -> None:
    dossier = ecrites("D")
    registre = dossier / "referentiel_guichets.csv"
    assert registre.read_bytes().startswith(b"\xef\xbb\xbfcode,libelle,type,mode\n")
    assert len(set(NOMS.values())) == len(NOMS)
    for table, fichier, noms in (
        ("stock", "demandes_actives.csv", NOMS),
        ("radiation", "demandes_sorties.csv", NOMS),
        ("guichets", "referentiel_guichets.csv", GUICHETS),
    ):
        d_ici = {autre: nom for nom, autre in noms.items()}
        trouvees = [
            {d_ici[autre]: valeur(table, d_ici[autre], un) for autre, un in ligne.items()}
            for ligne in rangees(dossier / fichier, ",")
        ]
        tenues = memes(table, trouvees, attendues)
        assert tenues == set(noms) & set(attendues[table][0])
        assert tenues >= {une.nom for une in contrat().tables[table].colonnes if une.obligatoire}


def test_what_a_browser_is_given(ecrites: Callable[[str], Path], attendues: Tables) -> None:
    dossier = ecrites("web")
    for table in ("stock", "radiation", "guichets"):
        lignes = list(feuille(dossier / "fichiers" / f"{table}.xlsx", "Feuil1", 1))
        trouvees = [{nom: valeur(table, nom, un) for nom, un in une.items()} for une in lignes]
        assert memes(table, trouvees, attendues) == set(attendues[table][0])
    with zipfile.ZipFile(dossier / "rapport.zip") as archive:
        for nom in archive.namelist():
            assert archive.read(nom) == (ecrites("B") / nom).read_bytes()
    assert {un.name for un in dossier.iterdir()} == {"fichiers", "rapport.zip"}


def test_the_same_delivery_gives_the_same_bytes(
    ecrites: Callable[[str], Path], livraison: Path, tmp_path: Path
) -> None:
    for lettre in ("A", "web"):
        autre = ecrire_forme(livraison, tmp_path / lettre, lettre)
        assert empreintes(autre) == empreintes(ecrites(lettre))


def empreintes(dossier: Path) -> dict[str, str]:
    return {
        str(un.relative_to(dossier)): hashlib.sha256(un.read_bytes()).hexdigest()
        for un in dossier.rglob("*")
        if un.is_file()
    }


def test_a_form_is_refused_with_nothing_written(livraison: Path, tmp_path: Path) -> None:
    (tmp_path / "plein" / "2026-10").mkdir(parents=True)
    autre = shutil.copytree(livraison, tmp_path / "autre")
    (autre / "manifeste.json").unlink()
    for source, cible, forme, dit in (
        (livraison, "neuf", "excel", "forme « excel » inconnue"),
        (livraison, "plein", "A3", "ce dossier existe déjà"),
        (autre, "neuf", "A3", "pas de manifeste.json"),
    ):
        with pytest.raises(Refus, match=re.escape(dit)):
            ecrire_forme(source, tmp_path / cible, forme)
    assert not (tmp_path / "neuf").exists()
    assert list((tmp_path / "plein").iterdir()) == [tmp_path / "plein" / "2026-10"]


def test_the_last_deliveries_are_those_of_the_whole(tmp_path: Path) -> None:
    tous = fabriquer(tmp_path / "tous", taille=200, mois=3)
    (dernier,) = fabriquer_derniers(
        tmp_path / "dernier", taille=200, mois=3, livrees=1, avancement=lambda _: None
    )
    assert empreintes(dernier) == empreintes(tous[-1])


def test_the_command_writes_a_form_and_says_what_comes_next(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    infocentre = Commande(tmp_path / "donnees", monkeypatch, capsys)
    assert {"gip-sne", "bo", "observatoire"} <= set(FORMES)
    sans = infocentre("demo", "--forme", "observatoire")
    assert sans.code
    assert "aucun dossier n'est donné" in sans.erreur
    (tmp_path / "fichier").touch()
    prise = infocentre("demo", "--forme", "bo", "--dossier", tmp_path / "fichier")
    assert prise.code
    assert "ce n'est pas un dossier" in prise.erreur
    dit = infocentre(
        "demo", "--forme", "observatoire", "--taille", "200", "--dossier", tmp_path / "d"
    )
    assert dit.code == 0, dit.erreur
    assert f"{tmp_path / 'd' / '2026-10'} : 3 fichiers" in dit.texte
    assert "infocentre correspondance proposer" in dit.texte
    assert "--departement 013 --correspondance c.yml" in dit.texte
    assert not (tmp_path / "donnees").exists()


def test_a_known_source_asks_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    dire_la_suite(CONNUE, Path("essai/2026-10"))
    dit = capsys.readouterr().out
    assert "infocentre charger essai/2026-10 --departement 013" in dit
    assert "proposer" not in dit
