"""A publication as a Data Package: CSV and Parquet, each column described, and how it was made."""

from __future__ import annotations

import csv
import hashlib
import io
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, NamedTuple

from infocentre.contrat.intitules import description, est_un_taux, libelle
from infocentre.contrat.publication import PROFILS
from infocentre.contrat.territoires import fichier_des_communes, nom_departement
from infocentre.exports import sans_formule
from infocentre.lecture.commun import mois_controles
from infocentre.lecture.filtres import Filtres
from infocentre.lecture.guichets import liste_publique
from infocentre.lecture.indicateurs import catalogue_du_mois
from infocentre.lecture.lecteur import Lecture
from infocentre.lecture.partage import seuil_secret
from infocentre.mesures.diffusions import empreinte
from infocentre.mesures.tableaux import tableaux
from infocentre.noyau.francais import du_departement
from infocentre.noyau.gabarits import lire_gabarits
from infocentre.noyau.temps import fin_de_mois, jour
from infocentre.restitutions.ouvert import publications
from infocentre.restitutions.ouvert.cellules import (
    CALCULEE,
    CLE,
    CLE_INDICATEUR,
    MASQUEE,
    THEMES,
    Cellule,
    Indicateur,
    insee,
    lire,
    lire_indicateurs,
    mesures,
)
from infocentre.restitutions.ouvert.publications import Publication
from infocentre.restitutions.service import lire_service

DECIMALES: Final = 6
DICTIONNAIRE: Final = "ouvert"  # the table of the dictionary that says its columns
LICENCE: Final = {
    "name": "etalab-2.0",
    "title": "Licence Ouverte 2.0",
    "path": "https://www.etalab.gouv.fr/licence-ouverte-open-licence",
}
MASQUES: Final = {
    MASQUEE: "effectif masqué, petit ou qui en révélerait un petit",
    CALCULEE: "chiffre calculé d’un effectif masqué",
}
_ENUMERES: Final = {
    "niveau": ("departement", "epci", "commune", "arrondissement"),
    "masque": tuple(MASQUES),
}
_VIDES: Final = frozenset({"valeur", "masque"})


class Mesure(NamedTuple):
    """What a measure means."""

    mesure: str
    libelle: str
    description: str
    genre: str


class Source(NamedTuple):
    """A standard table: what is read there."""

    tableau: str
    titre: str
    grain: str
    objet: str
    note: str


class Regle(NamedTuple):
    """A version of the rule of an indicator."""

    indicateur: str
    regle: int
    depuis: str
    libelle: str
    population: str
    compte: str
    pourquoi: str
    reference: str


class Lieu(NamedTuple):
    """A guichet where one can go, as the public list has it."""

    guichet: str
    nom: str
    type_guichet: str
    siren: str
    commune: str
    nom_commune: str
    adresse: str
    code_postal: str
    telephone: str
    horaires: str


@dataclass(frozen=True, slots=True)
class Ressource:
    """A table of the package: its rows, what tells them apart, the resources that explain it."""

    nom: str
    titre: str
    lignes: Sequence[tuple[Any, ...]]
    champs: type[Any]
    cle: tuple[str, ...]
    renvois: Mapping[str, str] = field(default_factory=dict)

    @property
    def colonnes(self) -> tuple[str, ...]:
        """Names of its columns."""
        noms: tuple[str, ...] = self.champs._fields
        return noms

    def type_de(self, colonne: str) -> str:
        """Return the type of a column, as Table Schema has it."""
        if colonne in {"arrete", "mois"}:
            return {"arrete": "date", "mois": "yearmonth"}[colonne]
        return {"regle": "integer", "valeur": "number"}.get(colonne, "string")


@dataclass(frozen=True, slots=True)
class Paquet:
    """What is published of a département."""

    departement: str
    mois: tuple[str, ...]
    seuil: int
    service: str
    themes: Mapping[str, Sequence[Cellule]]
    indicateurs: Sequence[Indicateur]
    regles: Sequence[Regle]
    guichets: Sequence[Lieu]
    publications: Sequence[Publication]

    @property
    def publication(self) -> Publication:
        """The one that this is."""
        return self.publications[-1]

    @property
    def titre(self) -> str:
        """What it is called."""
        nom = nom_departement(self.departement)
        return f"La demande de logement social {du_departement(self.departement, nom)}"

    def ressources(self) -> list[Ressource]:
        """Return its tables, those that explain the others last."""
        explique = {"mesure": "mesures", "tableau": "tableaux"}
        return [
            *(
                Ressource(un.nom, un.titre, self.themes[un.nom], Cellule, CLE, explique)
                for un in THEMES
            ),
            Ressource(
                "indicateurs",
                "Indicateurs de qualité, du département et des types de guichets",
                self.indicateurs,
                Indicateur,
                CLE_INDICATEUR,
                {"mesure": "mesures"},
            ),
            Ressource("guichets", "Guichets ouverts au public", self.guichets, Lieu, ("guichet",)),
            Ressource(
                "regles", "Règles des indicateurs", self.regles, Regle, ("indicateur", "regle")
            ),
            Ressource("mesures", "Sens des mesures", _mesures(), Mesure, ("mesure",)),
            Ressource("tableaux", "Tableaux dont viennent les cellules", _sources(), Source,
                      ("tableau",)),
        ]  # fmt: skip


def preparer(v: Lecture, departement: str, *, publique: bool = True) -> Paquet:
    """Return what may be published of a département; the publication is in the register.

    What is not `publique` is no publication, and of the same cells.

    Raises:
        Refus: nothing may be published as it is (`publications.mois_a_publier`).
    """
    v.exiger_departements("ce qui est publié")
    mois = publications.mois_a_publier(v, departement)
    themes: dict[str, list[Cellule]] = {un.nom: [] for un in THEMES}
    indicateurs: list[Indicateur] = []
    empreintes: dict[str, str] = {}
    for un in mois:
        lus, juges = lire(v, departement, un), lire_indicateurs(v, departement, un)
        for nom, siennes in lus.items():
            themes[nom] += siennes
        indicateurs += juges
        empreintes[un] = _nommer(*lus.values(), juges)
    return Paquet(
        departement,
        tuple(mois),
        seuil_secret(v),
        lire_service(v.dossier.racine).nom,
        themes,
        indicateurs,
        _regles(v, departement),
        _guichets(v, departement, mois[-1]),
        publications.publier(v, departement, empreintes) if publique else (),
    )


def _nommer(*tables: Sequence[tuple[Any, ...]]) -> str:
    """Return what names the rows of a month, in whatever order they are."""
    return empreinte(*(sorted(une, key=str) for une in tables))


def _regles(v: Lecture, departement: str) -> list[Regle]:
    lues: dict[tuple[str, int], Regle] = {}
    for mois in mois_controles(v, departement):
        for un in catalogue_du_mois(v, Filtres(departement, mois)).indicateurs.values():
            lues[un.code, un.version] = Regle(
                un.code,
                un.version,
                un.depuis,
                un.libelle,
                un.population,
                un.compte or "",
                un.pourquoi,
                un.reference or "",
            )
    return [lues[cle] for cle in sorted(lues)]


def _guichets(v: Lecture, departement: str, mois: str) -> list[Lieu]:
    return [
        Lieu(*(str(une.get(nom) or "") for nom in Lieu._fields))
        for une in liste_publique(v, Filtres(departement, mois))
    ]


def _mesures() -> list[Mesure]:
    du_theme = {nom for theme in THEMES for role in (*theme.roles, *theme.epcis)
                for nom in mesures(tableaux().du_role(role))}  # fmt: skip
    noms = sorted(du_theme | {"numerateur", "denominateur", "taux", "taux_arrondi"})
    return [
        Mesure(nom, libelle(nom, DICTIONNAIRE), description(nom, DICTIONNAIRE), _genre(nom))
        for nom in noms
    ]


def _genre(nom: str) -> str:
    if est_un_taux(nom, DICTIONNAIRE):
        return "part"
    plans = [un.plan for un in tableaux().values()]
    comptes = {nom for un in plans for nom in (*un.comptes, *un.cumuls)}
    return "effectif" if nom in comptes | {"numerateur", "denominateur"} else "autre"


def _sources() -> list[Source]:
    lus = [tableaux().du_role(role) for un in THEMES for role in (*un.roles, *un.epcis)]
    return [
        Source(un.code, un.titre, un.grain, un.objet, un.note)
        for un in sorted(lus, key=lambda un: un.code)
        if un.existe
    ]


# --- Files ----------------------------------------------------------------------------------------


def ecrire(paquet: Paquet, dossier: Path) -> None:
    """Write a package in a directory: the descriptor, the tables, a schema each, how to read it."""
    (dossier / "donnees").mkdir()
    (dossier / "schemas").mkdir()
    decrites = []
    for une in paquet.ressources():
        octets, parquet = en_csv(une), en_parquet(une)
        (dossier / "donnees" / f"{une.nom}.csv").write_bytes(octets)
        (dossier / "donnees" / f"{une.nom}.parquet").write_bytes(parquet)
        schema = {"$schema": f"{PROFILS}tableschema.json", **decrire_table(une)}
        (dossier / "schemas" / f"{une.nom}.json").write_bytes(_json(schema))
        decrites.append(_decrire(une, octets, parquet))
    decrit = decrire(paquet, decrites)
    (dossier / "datapackage.json").write_bytes(_json(decrit))
    (dossier / "LISEZMOI.md").write_text(lisezmoi(decrit), "utf-8")


def _json(contenu: object) -> bytes:
    return (json.dumps(contenu, ensure_ascii=False, indent=1) + "\n").encode()


def en_csv(une: Ressource) -> bytes:
    """Return the table: UTF-8, « ; », a figure with a point, nothing where it is masked."""
    tampon = io.StringIO(newline="")
    ecrivain = csv.writer(tampon, delimiter=";", lineterminator="\n")
    ecrivain.writerow(une.colonnes)
    ecrivain.writerows([_texte(un) for un in ligne] for ligne in une.lignes)
    return tampon.getvalue().encode()


def _texte(valeur: object) -> str:
    if isinstance(valeur, float):
        return f"{valeur:.{DECIMALES}f}".rstrip("0").rstrip(".")
    return "" if valeur is None else sans_formule(str(valeur))


def en_parquet(une: Ressource) -> bytes:
    """Return the same table: figures and days have their types."""
    import polars as pl

    genres = {"integer": pl.Int32, "number": pl.Float64}
    ecrits = {nom: genres.get(une.type_de(nom), pl.String) for nom in une.colonnes}
    trame = pl.DataFrame(list(une.lignes), schema=ecrits, orient="row", strict=False)
    jours = [pl.col(nom).str.to_date() for nom in une.colonnes if une.type_de(nom) == "date"]
    tampon = io.BytesIO()
    trame.with_columns(pl.selectors.float().round(DECIMALES), *jours).write_parquet(tampon)
    return tampon.getvalue()


# --- What is said of it ---------------------------------------------------------------------------


def decrire(paquet: Paquet, ressources: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Return the descriptor; « x- » fields are those that the standard has not."""
    une = paquet.publication
    return {
        "$schema": f"{PROFILS}datapackage.json",
        "name": f"demande-logement-social-{insee(paquet.departement).lower()}",
        "title": paquet.titre,
        "description": methode(paquet),
        "version": str(une.rang),
        "created": f"{une.le}T00:00:00Z",
        "keywords": ["logement social", "demande", "attributions", paquet.departement],
        "licenses": [LICENCE],
        "sources": [{"title": "Système national d’enregistrement (SNE), extraits mensuels"}],
        "contributors": [{"title": paquet.service, "roles": ["publisher"]}],
        "x-arretes": [fin_de_mois(un).isoformat() for un in paquet.mois],
        "x-seuil": paquet.seuil,
        "x-masques": MASQUES,
        "x-millesime-communes": millesime(),
        "x-publications": [
            {"rang": un.rang, "le": un.le, "seuil": un.seuil, "objet": un.dire(avant)}
            for avant, un in _suites(paquet.publications)
        ],
        "resources": list(ressources),
    }


def lisezmoi(decrit: Mapping[str, Any]) -> str:
    """Return what the descriptor says, for who opens the files: tables, columns, what is masked."""
    colonnes = {
        champ["name"]: champ for une in decrit["resources"] for champ in une["schema"]["fields"]
    }
    gabarits = lire_gabarits({"jour": jour})
    return gabarits.get_template("ouvert/lisezmoi.txt").render(d=decrit, colonnes=colonnes) + "\n"


def _suites(lues: Sequence[Publication]) -> Iterator[tuple[Publication | None, Publication]]:
    return zip([None, *lues], lues, strict=False)


def millesime() -> int:
    """Return the vintage of the communes and EPCI."""
    lu = json.loads(fichier_des_communes().with_name("millesime.json").read_text("utf-8"))
    return int(lu["millesime"])


def methode(paquet: Paquet) -> str:
    """Say how the figures were made, and what is masked."""
    dit = (
        lire_gabarits({})
        .get_template("ouvert/methode.txt")
        .render(
            etendue=_etendue(paquet.mois),
            seuil=paquet.seuil,
            millesime=millesime(),
            publie=bool(paquet.publications),
        )
    )
    return " ".join(dit.split("\n")).strip()


def _etendue(mois: Sequence[str]) -> str:
    premier, dernier = (f"{fin_de_mois(un):%d/%m/%Y}" for un in (mois[0], mois[-1]))
    return f"arrêtés au {dernier}" if premier == dernier else f"arrêtés du {premier} au {dernier}"


def _decrire(une: Ressource, octets: bytes, parquet: bytes) -> dict[str, Any]:
    return {
        "name": une.nom,
        "type": "table",
        "title": une.titre,
        "path": f"donnees/{une.nom}.csv",
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "bytes": len(octets),
        "hash": _sha256(octets),
        "dialect": {"delimiter": ";", "header": True},
        "schema": decrire_table(une),
        "x-parquet": {
            "path": f"donnees/{une.nom}.parquet",
            "bytes": len(parquet),
            "hash": _sha256(parquet),
        },
    }


def _sha256(octets: bytes) -> str:
    return f"sha256:{hashlib.sha256(octets).hexdigest()}"


def decrire_table(une: Ressource) -> dict[str, Any]:
    """Return the Table Schema of a table."""
    renvois = [
        {"fields": [colonne], "reference": {"resource": vers, "fields": [colonne]}}
        for colonne, vers in une.renvois.items()
    ]
    return {
        "missingValues": [""],
        "primaryKey": list(une.cle),
        **({"foreignKeys": renvois} if renvois else {}),
        "fields": [_champ(une, nom) for nom in une.colonnes],
    }


def _champ(une: Ressource, nom: str) -> dict[str, Any]:
    requise = nom not in _VIDES and all(
        ligne[une.colonnes.index(nom)] != "" for ligne in une.lignes
    )
    de = "registre" if une.champs is Lieu else DICTIONNAIRE
    contraintes: dict[str, Any] = {"required": True} if requise else {}
    if nom in _ENUMERES:
        contraintes["enum"] = list(_ENUMERES[nom])
    return {
        "name": nom,
        "type": une.type_de(nom),
        "title": libelle(nom, de),
        "description": description(nom, de) or libelle(nom, de),
        **({"constraints": contraintes} if contraintes else {}),
    }
