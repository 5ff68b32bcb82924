"""Drifts of a delivery: well-formed files that no longer mean what they meant.

Those of flags and of lists are made of the contract; the others are what an extraction, a
spreadsheet or a changed interface does. Each alters every row of its tables.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
import shutil
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from infocentre.contrat import Colonne, contrat

Ligne = dict[str, str]
Lignes = list[Ligne]
Tables = dict[str, Lignes]
DEMANDES = ("stock", "radiation")
VRAI, FAUX = (
    {"1", "1,0", "1.0", "OUI", "O", "VRAI", "TRUE"},
    {"0", "0,0", "0.0", "NON", "N", "FAUX"},
)
NULS = {"", "NA", "NA/NA"}
GABARITS = ("%d/%m/%Y", "%d-%m-%Y", "%Y-%m-%d", "%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M:%S")


@dataclass(frozen=True)
class Derive:
    """One drift: its name, the tables that it alters, what it does to them together.

    `colonne`: the one that it alters, for those that are made of the contract.
    """

    nom: str
    tables: tuple[str, ...]
    changer: Callable[[Tables], None]
    colonne: str = ""

    def ecrire(self, livraison: Path, cible: Path) -> Path:
        """Copy a delivery with this drift; the manifest follows."""
        return ecrire(livraison, cible, (self,))


def ecrire(livraison: Path, cible: Path, derives: tuple[Derive, ...]) -> Path:
    """Copy a delivery with some drifts in it, one after the other."""
    shutil.copytree(livraison, cible)
    noms = sorted({nom for une in derives for nom in une.tables})
    tables = {nom: lire(cible / f"{nom}.csv") for nom in noms if (cible / f"{nom}.csv").exists()}
    for une in derives:
        une.changer(tables)
    manifeste = json.loads((cible / "manifeste.json").read_text("utf-8"))
    for nom, lignes in tables.items():
        with (cible / f"{nom}.csv").open("w", encoding="utf-8", newline="") as flux:
            ecrivain = csv.DictWriter(flux, list(lignes[0]), delimiter=";")
            ecrivain.writeheader()
            ecrivain.writerows(lignes)
        for annonce in manifeste["fichiers"]:
            if annonce["table"] == nom:
                annonce.pop("sha256", None)
                annonce["lignes"] = len(lignes)
    (cible / "manifeste.json").write_text(json.dumps(manifeste), "utf-8")
    return cible


def lire(fichier: Path) -> Lignes:
    """Read a file of a delivery in either encoding, names of columns in capitals."""
    octets = fichier.read_bytes()
    try:
        texte = octets.decode("utf-8-sig")
    except UnicodeDecodeError:
        texte = octets.decode("cp1252")
    lues = csv.DictReader(io.StringIO(texte, newline=""), delimiter=";")
    return [
        {nom.upper(): valeur or "" for nom, valeur in une.items()}
        for une in lues
        if None not in une and None not in une.values()
    ]


def _colonne(
    nom: str, changer: Callable[[str], str], tables: tuple[str, ...]
) -> Callable[[Tables], None]:
    """Change every value of a column that is not null."""

    def faire(lues: Tables) -> None:
        for table in tables:
            for ligne in lues.get(table, []):
                if nom in ligne and ligne[nom].strip() not in NULS:
                    ligne[nom] = changer(ligne[nom].strip())

    return faire


def _tout(nom: str, valeur: str, tables: tuple[str, ...]) -> Callable[[Tables], None]:
    """Give every row of a column one value."""

    def faire(lues: Tables) -> None:
        for table in tables:
            for ligne in lues.get(table, []):
                if nom in ligne:
                    ligne[nom] = valeur

    return faire


def _permuter(noms: tuple[str, str], tables: tuple[str, ...]) -> Callable[[Tables], None]:
    def faire(lues: Tables) -> None:
        for table in tables:
            for ligne in lues.get(table, []):
                ligne[noms[0]], ligne[noms[1]] = ligne[noms[1]], ligne[noms[0]]

    return faire


def _echanger(nom: str, tables: tuple[str, ...]) -> Callable[[Tables], None]:
    """Exchange the two codes that a column has most often."""

    def faire(lues: Tables) -> None:
        vus = Counter(
            ligne[nom].strip().upper()
            for table in tables
            for ligne in lues.get(table, [])
            if ligne.get(nom, "").strip() not in NULS
        )
        frequents = [code for code, _ in vus.most_common(2)]
        if len(frequents) == 2:
            autre = dict(zip(frequents, reversed(frequents), strict=True))
            _colonne(nom, lambda v: autre.get(v.upper(), v), tables)(lues)

    return faire


def inverse(valeur: str) -> str:
    """Return the contrary of a flag."""
    return "0" if valeur.upper() in VRAI else "1"


def decaler(jours: int) -> Callable[[str], str]:
    """Return what moves a date by so many days."""

    def faire(valeur: str) -> str:
        for gabarit in GABARITS:
            try:
                lue = dt.datetime.strptime(valeur, gabarit)  # noqa: DTZ007
            except ValueError:
                continue
            return f"{lue + dt.timedelta(days=jours):%d/%m/%Y}"
        return valeur

    return faire


def _sans_organisme(rang: int, tables: tuple[str, ...]) -> Callable[[Tables], None]:
    """Take away all rows of the bailleur of that rank by its attributions."""

    def faire(lues: Tables) -> None:
        bailleurs = {
            une["CODE_GUICHET"]: une["SIREN"]
            for une in lues["guichets"]
            if une["TYPE_GUICHET"].strip().upper() == "BAILLEUR"
        }
        parts = Counter(
            bailleurs[une["GUICHET_ENREGISTREUR"]]
            for une in lues["radiation"]
            if une["MOTIF_RADIATION"] == "RADATT" and une["GUICHET_ENREGISTREUR"] in bailleurs
        )
        siren = parts.most_common()[rang][0]
        for table in tables:
            champ = "GUICHET_ENREGISTREUR" if table in DEMANDES else "GUICHET"
            lues[table] = [une for une in lues[table] if bailleurs.get(une[champ]) != siren]

    return faire


def _tables_de(colonne: Colonne) -> tuple[str, ...]:
    return DEMANDES if colonne.nom in contrat().tables["stock"].par_nom else (colonne.table,)


def _du_contrat() -> Iterator[Derive]:
    """Every flag inverted; of every list, the two most frequent codes exchanged."""
    vus: set[tuple[str, tuple[str, ...]]] = set()
    for table in contrat().tables.values():
        for une in table.colonnes:
            tables = _tables_de(une)
            neuve = table.depuis or une.depuis  # no delivery of the tests has it
            if table.nominative or neuve or (une.nom, tables) in vus:
                continue
            vus.add((une.nom, tables))
            if une.type == "indicatrice":
                changer = _colonne(une.nom, inverse, tables)
                yield Derive(f"{une.nom} inversée", tables, changer, une.nom)
            elif une.codes:
                nom = f"{une.nom} ({tables[0]}), deux codes échangés"
                yield Derive(nom, tables, _echanger(une.nom, tables), une.nom)


def _une(nom: str, colonne: str, changer: Callable[[str], str], *tables: str) -> Derive:
    return Derive(nom, tables, _colonne(colonne, changer, tables))


R, S, U, J, P = "radiation", "stock", "utilisateurs", "journal", "plis"
_PROPRES = (
    Derive("NB_DALO toujours 0", DEMANDES, _tout("NB_DALO", "0", DEMANDES)),
    Derive("NB_PJIDENTITE toujours 1", DEMANDES, _tout("NB_PJIDENTITE", "1", DEMANDES)),
    Derive("NB_QNA toujours 0", DEMANDES, _tout("NB_QNA", "0", DEMANDES)),
    Derive("CONTACT_MAIL toujours 1", DEMANDES, _tout("CONTACT_MAIL", "1", DEMANDES)),
    Derive("ATTRIBUE_DALO toujours NON", (R,), _tout("ATTRIBUE_DALO", "NON", (R,))),
    Derive("TYPE_RESERVATAIRE toujours AUCUN", (R,), _tout("TYPE_RESERVATAIRE", "AUCUN", (R,))),
    Derive("DATE_DEPART vidée", (U,), _tout("DATE_DEPART", "", (U,))),
    Derive("DATE_FERMETURE des comptes vidée", (U,), _tout("DATE_FERMETURE", "", (U,))),
    Derive("SMOTIF_RADIATION vidée", (R,), _tout("SMOTIF_RADIATION", "", (R,))),
    Derive("NB_DALO vidée", DEMANDES, _tout("NB_DALO", "", DEMANDES)),
    Derive("DATE_ATTESTATION vidée", (J,), _tout("DATE_ATTESTATION", "", (J,))),
    Derive("REVENU_MENSUEL_FOYER vidée", DEMANDES, _tout("REVENU_MENSUEL_FOYER", "", DEMANDES)),
    _une("bail 31 jours plus tard", "DATE_SIGNATURE_BAIL", decaler(31), R),
    _une("bail 31 jours plus tôt", "DATE_SIGNATURE_BAIL", decaler(-31), R),
    _une("dépôt 31 jours plus tôt", "DATE_CREATION", decaler(-31), *DEMANDES),
    _une("renouvellement un an plus tôt", "DATE_RENOUVELLEMENT", decaler(-365), *DEMANDES),
    _une("saisie 31 jours plus tard", "DATE_SAISIE", decaler(31), J),
    _une("radiation 31 jours plus tôt", "DATE_RADIATION", decaler(-31), R),
    _une("connexion un an plus tôt", "DATE_DERNIERE_CONNEXION", decaler(-365), U),
    _une("RADIRR écrit RADABA", "MOTIF_RADIATION", lambda v: "RADABA" if v == "RADIRR" else v, R),
    _une("RADREN écrit RADABA", "MOTIF_RADIATION", lambda v: "RADABA" if v == "RADREN" else v, R),
    _une("RPLS en notation d’Excel", "NUMERORPLS", lambda v: f"{v[0]},{v[1:3]}E+09", R),
    _une("SIREN en SIRET", "SIREN_RADIATION", lambda v: f"{v}00012", R),
    _une("commune en lettres", "COMMUNE_LOGEMENT_ATTRIB", lambda _: "MARSEILLE", R),
    _une("commune recherchée en code postal", "COMMUNE_LOG_RECHERCHE", lambda v: f"139{v[-2:]}",
         *DEMANDES),
    _une("surface en décimètres carrés", "SURFACE", lambda _: "6500", R),
    _une("revenus par an", "REVENU_MENSUEL_FOYER", lambda _: "21840", *DEMANDES),
    _une("taille du ménage, 1 de plus", "TAILLE_MENAGE",
         lambda v: str(int(float(v.replace(",", "."))) + 1), *DEMANDES),
    Derive("NB_QPV et NB_HQPV permutées", (R,), _permuter(("NB_QPV", "NB_HQPV"), (R,))),
    Derive("NB_Q1 et NB_Q4 permutées", DEMANDES, _permuter(("NB_Q1", "NB_Q4"), DEMANDES)),
    Derive("guichets enregistreur et créateur permutés", DEMANDES,
           _permuter(("GUICHET_ENREGISTREUR", "CLE_GUICHETCREATEUR"), DEMANDES)),
    Derive("revenus fiscaux permutés", DEMANDES,
           _permuter(("REVENU_FISCAL1_FOYER", "REVENU_FISCAL2_FOYER"), DEMANDES)),
    Derive("dates d’acte et de saisie permutées", (J,),
           _permuter(("DATE_EVENEMENT", "DATE_SAISIE"), (J,))),
    Derive("préavis permutés", DEMANDES,
           _permuter(("DATE_PREAVIS_SIMPLE", "DATE_PREAVIS_AR"), DEMANDES)),
    Derive("premier bailleur absent du stock et des radiations", (*DEMANDES, "guichets"),
           _sans_organisme(0, DEMANDES)),
    Derive("troisième bailleur absent des radiations", (*DEMANDES, "guichets"),
           _sans_organisme(2, (R,))),
)  # fmt: skip
# One a column: they stand together in one delivery, and each has its own name to be told by.
DU_CONTRAT = tuple(_du_contrat())
DERIVES: Mapping[str, Derive] = {une.nom: une for une in (*_PROPRES, *DU_CONTRAT)}
