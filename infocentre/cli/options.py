"""What each command asks: one typed record a command, from which the command line is made.

A field is an option, or an argument when it has a `place`; its type says what it takes: a Literal
its choices, a tuple several, a bool a switch. Imports nothing heavy: --help must be instant.
"""

from __future__ import annotations

import argparse
import re
from collections.abc import Callable
from dataclasses import Field, dataclass, field, replace
from pathlib import Path
from typing import Any, Literal, TypeVar, cast, get_args

from infocentre.acces.perimetre import TOUS
from infocentre.acces.roles import Role
from infocentre.noyau.entiers import MAXIMUM, lire_entier
from infocentre.noyau.formats import (
    Fichier,
    Format,
    FormatRequete,
    FormeContrat,
    choisir_forme,
)
from infocentre.noyau.imputables import Imputable
from infocentre.restitutions.formes import FORMES
from infocentre.restitutions.registre import de_la_commande


@dataclass(frozen=True, slots=True)
class Commande:
    """A command: its record of options, its help, the module of infocentre.cli that does it."""

    nom: str
    aide: str
    module: str
    options: type[Any]


COMMANDES: dict[str, Commande] = {}
DITE = "dite"
T = TypeVar("T")
# The forms of the demonstration that a person may ask for; tests have eleven.
FormeInventee = Literal["gip-sne", "bo", "observatoire"]


def commande(module: str, aide: str) -> Callable[[type[T]], type[T]]:
    """Make of a record of options the command of its name, in the order of the file."""

    def inscrire(options: type[T]) -> type[T]:
        nom = options.__name__.lower()
        COMMANDES[nom] = Commande(nom, aide, module, options)
        return options

    return inscrire


@dataclass(frozen=True, slots=True)
class Dite:
    """What a field is: its help, how it is shown and read, the group of which it is alone.

    `choix` are those of a register, which no Literal says again.
    """

    aide: str
    metavar: str | None = None
    place: bool = False
    lire: Callable[[str], Any] | None = None
    exclut: str | None = None
    choix: tuple[str, ...] = ()


def dit(
    aide: str,
    *,
    metavar: str | None = None,
    place: bool = False,
    lire: Callable[[str], object] | None = None,
    exclut: str | None = None,
    choix: tuple[str, ...] = (),
) -> dict[str, Dite]:
    """Say what a field is, in its metadata."""
    return {DITE: Dite(aide, metavar, place, lire, exclut, choix)}


def dite(champ: Field[Any]) -> Dite:
    """Return what `dit` said of a field."""
    lue: Dite = champ.metadata[DITE]
    return lue


def mois(texte: str) -> str:
    """Check a month AAAA-MM."""
    if not re.fullmatch(r"(19|20|21)\d\d-(0[1-9]|1[0-2])", texte):
        raise argparse.ArgumentTypeError(f"« {texte} » n'est pas un mois (AAAA-MM)")
    return texte


def lieu(texte: str) -> str:
    """Check that something is said of a place: an empty option would be read as if it were not."""
    lu = texte.strip()
    if not lu.isprintable():
        raise argparse.ArgumentTypeError("ce texte n'est pas en UTF-8")
    if not lu:
        raise argparse.ArgumentTypeError("rien n'est donné : écrire le lieu, ou ôter l'option")
    return TOUS if lu.casefold() == TOUS else lu


def effectif(minimum: int, maximum: int = MAXIMUM) -> Callable[[str], int]:
    """Return a check of a whole number from `minimum` to `maximum`."""

    def lire(texte: str) -> int:
        lu = lire_entier(texte, range(minimum, maximum + 1))
        if lu is None:
            grand = texte.isdecimal() and lire_entier(texte, range(minimum)) is None
            borne = f"d'au plus {maximum}" if grand else f"d'au moins {minimum}"
            raise argparse.ArgumentTypeError(
                f"« {texte[:30]} » : un nombre entier {borne} est attendu"
            )
        return lu

    return lire


PORT = effectif(1, 65_535)
UN_SIECLE = 36_525  # days


def pourcent(texte: str) -> float:
    """Check a rate in percent, with a comma or a point."""
    if not re.fullmatch(r"\d{1,3}([.,]\d{1,6})?", texte):
        raise argparse.ArgumentTypeError(f"« {texte} » : un taux en % est attendu (2,5)")
    return float(texte.replace(",", "."))


@dataclass(frozen=True, kw_only=True)
class Departement:
    """The département asked, None for all."""

    departement: str | None = field(
        default=None, metadata=dit("seulement ce département", lire=lieu)
    )


@dataclass(frozen=True, kw_only=True)
class Mois(Departement):
    """The month asked, None for the newest controlled one."""

    mois: str | None = field(
        default=None,
        metadata=dit("mois (AAAA-MM ; le dernier contrôlé par défaut)", lire=mois),
    )


@dataclass(frozen=True, kw_only=True)
class Vers:
    """Where rows go: the terminal, or a file."""

    sortie: Path | None = field(
        default=None, metadata=dit("écrit dans ce fichier", metavar="FICHIER")
    )
    brut: bool = field(
        default=False,
        metadata=dit(
            "en csv, laisse tels quels les textes qu'un tableur prendrait pour des formules"
        ),
    )


@dataclass(frozen=True, kw_only=True)
class Sortie(Vers):
    """How rows are written, and where."""

    format: Format = field(
        default="table", metadata=dit("table par défaut, ou selon le nom de la sortie")
    )


@dataclass(frozen=True, kw_only=True)
class SansManifeste:
    """What a delivery without manifest does not say of itself."""

    arrete: str | None = field(
        default=None, metadata=dit("date d'arrêté, sans manifeste (AAAA-MM-JJ)", metavar="DATE")
    )
    departement: str | None = field(default=None, metadata=dit("département, sans manifeste (013)"))


@commande("ecritures", "fabrique des livraisons d'un département inventé, les contrôle et les sert")
@dataclass(frozen=True, kw_only=True)
class Demo:
    """Options of `demo`."""

    taille: int = field(
        default=20_000, metadata=dit("demandes actives (20 000)", lire=effectif(200))
    )
    mois: int | None = field(
        default=None,
        metadata=dit("nombre de livraisons (25 ; avec --forme, la dernière)", lire=effectif(1)),
    )
    forme: FormeInventee | None = field(
        default=None,
        metadata=dit(
            "écrit dans --dossier, sans les charger, les fichiers tels qu'on les reçoit : "
            "extrait du GIP SNE, rapport BusinessObjects, fichier d'un observatoire"
        ),
    )
    dossier: Path | None = field(
        default=None, metadata=dit("garde les livraisons fabriquées dans ce dossier")
    )
    port: int = field(default=8050, metadata=dit("port des tableaux de bord (8050)", lire=PORT))
    sans_servir: bool = field(
        default=False, metadata=dit("s'arrête sans servir les tableaux de bord")
    )


_UNE_CORRESPONDANCE = dit(
    "correspondance qui la lit (un fichier .yml, ou le nom de l'une des adoptées)",
    metavar="CORRESPONDANCE",
)


@dataclass(frozen=True, kw_only=True)
class Livrer(SansManifeste):
    """How deliveries are loaded."""

    correspondance: str | None = field(default=None, metadata=_UNE_CORRESPONDANCE)
    confirmer: str | None = field(
        default=None,
        metadata=dit(
            "charge une livraison « à confirmer », en gardant pourquoi elle est bonne",
            metavar="RAISON",
        ),
    )


_UNE_LIVRAISON = dit("dossier ou .zip d'une livraison", metavar="LIVRAISON", place=True)
_DES_LIVRAISONS = dit(
    "dossier ou .zip d'une livraison, ou dossier qui en contient", metavar="LIVRAISON", place=True
)


@commande("ecritures", "reçoit une ou plusieurs livraisons et publie chacune")
@dataclass(frozen=True, kw_only=True)
class Charger(Livrer):
    """Options of `charger`."""

    livraisons: tuple[Path, ...] = field(metadata=_DES_LIVRAISONS)


@commande("correspondances", "dit comment lire des fichiers qui n'ont pas les mots du contrat")
@dataclass(frozen=True, kw_only=True)
class Correspondance(SansManifeste):
    """Options of `correspondance`."""

    action: Literal["proposer", "montrer", "essayer", "adopter", "lister"] = field(
        metadata=dit("ce qui est fait", place=True)
    )
    quoi: tuple[str, ...] = field(
        default=(),
        metadata=dit(
            "dossier ou .zip (proposer, essayer) ; fichier .yml ou nom (montrer, adopter)",
            metavar="QUOI",
            place=True,
        ),
    )
    correspondance: str | None = field(default=None, metadata=_UNE_CORRESPONDANCE)
    source: str | None = field(
        default=None,
        metadata=dit("nom de la source, en minuscules et tirets (proposer)", metavar="NOM"),
    )
    accepter: bool = field(
        default=False,
        metadata=dit("dit oui à tout ce qui est « à confirmer », après l'avoir regardé (proposer)"),
    )
    sortie: Path | None = field(
        default=None, metadata=dit("écrit la proposition dans ce fichier", metavar="FICHIER")
    )


@commande("ecritures", "charge une livraison, contrôle son mois et imprime sa synthèse")
@dataclass(frozen=True, kw_only=True)
class Mensuel(Livrer):
    """Options of `mensuel`."""

    livraison: Path = field(metadata=_UNE_LIVRAISON)


@commande("ecritures", "contrôle les mois en attente et publie leurs indicateurs")
@dataclass(frozen=True, kw_only=True)
class Controler(Departement):
    """Options of `controler`."""

    mois: str | None = field(
        default=None, metadata=dit("contrôle ce mois de nouveau (AAAA-MM)", lire=mois)
    )


@dataclass(frozen=True, kw_only=True)
class DuGuichet(Mois, Sortie):
    """The rows of a month, of one guichet when it is named."""

    guichet: str | None = field(default=None, metadata=dit("seulement ce guichet"))


@dataclass(frozen=True, kw_only=True)
class Lieu(Mois):
    """A département, or several together: at most one of these."""

    departement: str | None = field(
        default=None,
        metadata=dit("seulement ce département ; « tous » : ensemble", exclut="lieu", lire=lieu),
    )
    region: str | None = field(
        default=None,
        metadata=dit(
            "les départements d'une région, ensemble (code INSEE)",
            metavar="CODE",
            exclut="lieu",
            lire=lieu,
        ),
    )
    epci: str | None = field(
        default=None,
        metadata=dit(
            "un EPCI entier, dans tous ses départements",
            metavar="SIREN",
            exclut="lieu",
            lire=lieu,
        ),
    )

    @property
    def plusieurs(self) -> bool:
        """Tell whether several départements are asked together."""
        return bool(self.region or self.epci or self.departement == TOUS)


@commande("lectures", "les indicateurs d'un mois, par guichet ou par organisme")
@dataclass(frozen=True, kw_only=True)
class Indicateurs(Lieu, DuGuichet):
    """Options of `indicateurs`."""

    code: str | None = field(default=None, metadata=dit("seulement cet indicateur"))
    par: Literal["guichet", "organisme"] = field(default="guichet", metadata=dit("grain"))


@commande("lectures", "les demandes qui font le numérateur d'un indicateur, expliquées")
@dataclass(frozen=True, kw_only=True)
class Anomalies(DuGuichet):
    """Options of `anomalies`."""

    code: str = field(metadata=dit("code de l'indicateur", metavar="CODE", place=True))
    fenetre: Literal["mois", "12m"] = field(
        default="mois",
        metadata=dit("celles du mois, ou des 12 mois qui y finissent (défaut : mois)"),
    )


@dataclass(frozen=True, kw_only=True)
class UneLivraison(Departement, Sortie):
    """One delivery, the newest unless it is named."""

    livraison: str | None = field(
        default=None, metadata=dit("mois (AAAA-MM) ou empreinte", metavar="LIVRAISON", place=True)
    )


Liste = Literal[
    "creations",
    "deradiations",
    "autres_entrees",
    "radiations",
    "disparues",
    "anomalies_format",
    "sans_population",
    "guichets_inconnus",
]


@commande("lectures", "l'historique des livraisons, ou le détail de l'une d'elles")
@dataclass(frozen=True, kw_only=True)
class Livraisons(UneLivraison):
    """Options of `livraisons`."""

    liste: Liste | None = field(
        default=None, metadata=dit("la liste derrière un nombre du rapport")
    )


@commande("lectures", "les lignes rejetées d'une livraison, avec fichier, ligne et raison")
@dataclass(frozen=True, kw_only=True)
class Rejets(UneLivraison):
    """Options of `rejets`."""


@commande("lectures", "les valeurs publiées qui ont changé depuis, et pourquoi")
@dataclass(frozen=True, kw_only=True)
class Revisions(DuGuichet):
    """Options of `revisions`."""


@commande("lectures", "un tableau standard, ou leur liste")
@dataclass(frozen=True, kw_only=True)
class Tableau(Lieu, Sortie):
    """Options of `tableau`."""

    code: str | None = field(
        default=None,
        metadata=dit("code du tableau, par exemple TAB01-01", metavar="CODE", place=True),
    )


@commande("lectures", "tout ce qui est connu d'une demande, dans l'ordre du temps")
@dataclass(frozen=True, kw_only=True)
class Demande(Sortie):
    """Options of `demande`."""

    numero: str = field(metadata=dit("numéro unique (18 caractères)", metavar="NUMERO", place=True))


@commande("contrat", "ce qu'une livraison doit porter, pour qui l'écrit")
@dataclass(frozen=True, kw_only=True)
class Contrat:
    """Options of `contrat`."""

    format: FormeContrat = field(
        default="md", metadata=dit("md par défaut ; table-schema : un Data Package (frictionless)")
    )
    sortie: Path | None = field(
        default=None, metadata=dit("écrit dans ce dossier", metavar="DOSSIER")
    )


@commande("lectures", "la règle d'un indicateur ou d'un tableau, son SQL, ce qui s'appuie dessus")
@dataclass(frozen=True, kw_only=True)
class Expliquer:
    """Options of `expliquer`."""

    code: str = field(
        metadata=dit("code d'un indicateur ou d'un tableau", metavar="CODE", place=True)
    )


@dataclass(frozen=True, kw_only=True)
class Interroger(Vers):
    """The values of a query's parameters, and how its result is written."""

    parametre: tuple[str, ...] = field(
        default=(),
        metadata=dit("valeur d'un $paramètre ; autant de fois qu'il y en a", metavar="NOM=VALEUR"),
    )
    format: FormatRequete | None = field(
        default=None,
        metadata=dit("table par défaut (1 000 lignes), ou selon le nom de la sortie"),
    )


@commande("requetes", "une requête sur le fichier des analystes : un select, et rien d'autre")
@dataclass(frozen=True, kw_only=True)
class Sql(Interroger):
    """Options of `sql`."""

    requete: str | None = field(
        default=None,
        metadata=dit(
            "la requête (lue sur l'entrée sans rien, ou -)",
            metavar="SELECT",
            place=True,
            exclut="source",
        ),
    )
    fichier: Path | None = field(
        default=None, metadata=dit("fichier .sql", metavar="FICHIER", exclut="source")
    )


@commande("bibliotheque", "les requêtes prêtes : leur liste, ou le résultat de l'une d'elles")
@dataclass(frozen=True, kw_only=True)
class Bibliotheque(Interroger):
    """Options of `bibliotheque`."""

    nom: str | None = field(
        default=None, metadata=dit("nom de la requête", metavar="NOM", place=True)
    )
    decrire: bool = field(default=False, metadata=dit("dit ce qu'elle fait et ce qu'on choisit"))
    chercher: str | None = field(
        default=None, metadata=dit("celles qui répondent à une question", metavar="QUESTION")
    )
    enregistrees: bool = field(default=False, metadata=dit("liste les requêtes enregistrées"))
    ajouter: str | None = field(
        default=None,
        metadata=dit("fait de cette requête enregistrée le fichier NOM", metavar="ID"),
    )
    dossier: Path | None = field(
        default=None, metadata=dit("dossier où ajouter (celui de la bibliothèque)")
    )


@commande("candidat", "essaie un indicateur, ou une règle changée, sur les mois passés")
@dataclass(frozen=True, kw_only=True)
class Candidat(Departement, Sortie):
    """Options of `candidat`."""

    code: str = field(
        metadata=dit("code de l'indicateur, nouveau ou en vigueur", metavar="CODE", place=True)
    )
    requete: str | None = field(
        default=None, metadata=dit("requête enregistrée qui choisit les unités", metavar="ID")
    )
    fichier: Path | None = field(
        default=None, metadata=dit("fichier .sql qui les choisit", metavar="FICHIER")
    )
    sql: str | None = field(default=None, metadata=dit("select qui les choisit", metavar="SELECT"))
    population: str | None = field(default=None, metadata=dit("population du catalogue"))
    applicable: str | None = field(
        default=None, metadata=dit("unités concernées", metavar="CONDITION")
    )
    anomalie: str | None = field(
        default=None, metadata=dit("unités en anomalie", metavar="CONDITION")
    )
    libelle: str | None = field(default=None, metadata=dit("nom de l'indicateur", metavar="TEXTE"))
    explication: str | None = field(
        default=None, metadata=dit("phrase avec des {colonnes}", metavar="TEXTE")
    )
    reference: str | None = field(
        default=None, metadata=dit("article ou convention", metavar="TEXTE")
    )
    imputable: Imputable | None = field(default=None, metadata=dit("qui en répond"))
    orange: float | None = field(
        default=None, metadata=dit("seuil orange, en %%", metavar="TAUX", lire=pourcent)
    )
    rouge: float | None = field(
        default=None, metadata=dit("seuil rouge, en %%", metavar="TAUX", lire=pourcent)
    )
    tolerance_zero: bool = field(default=False, metadata=dit("à traiter dès la première"))
    remede: Literal["corriger", "constater"] | None = field(
        default=None, metadata=dit("constater : un fait passé")
    )
    encore_possible: str | None = field(
        default=None,
        metadata=dit("ce qui peut encore être fait d'un fait passé", metavar="TEXTE"),
    )
    nombre: int = field(default=12, metadata=dit("nombre de mois essayés (12)", lire=effectif(1)))
    changements: bool = field(default=False, metadata=dit("en csv ou xlsx, les guichets"))
    ecrire: bool = field(default=False, metadata=dit("écrit l'indicateur et ses lignes d'essai"))
    dossier: Path | None = field(
        default=None, metadata=dit("dossier du projet où écrire (celui-ci)")
    )


@commande("echantillons", "tire un échantillon à vérifier à la main, ou lit son verdict")
@dataclass(frozen=True, kw_only=True)
class Echantillon(Mois):
    """Options of `echantillon`."""

    guichet: str | None = field(default=None, metadata=dit("guichet à contrôler"))
    code: str | None = field(
        default=None, metadata=dit("seulement la population de cet indicateur")
    )
    n: int = field(default=30, metadata=dit("taille (30)", lire=effectif(1)))
    graine: int = field(default=1, metadata=dit("même graine, même tirage (1)", lire=effectif(0)))
    sortie: Path | None = field(
        default=None, metadata=dit("classeur .xlsx à remplir", metavar="FICHIER")
    )
    lire: Path | None = field(
        default=None, metadata=dit("lit un classeur rempli", metavar="FICHIER")
    )


@dataclass(frozen=True, kw_only=True)
class Imprimer(Departement):
    """The form of a document, and its file."""

    format: str | None = field(
        default=None,
        metadata=dit("pdf par défaut, ou selon le nom du fichier", choix=tuple(FORMES)),
    )
    sortie: Path | None = field(
        default=None, metadata=dit("fichier (dans restitutions/ par défaut)", metavar="FICHIER")
    )


@commande("restitutions", "le bilan semestriel imprimé")
@dataclass(frozen=True, kw_only=True)
class Bilan(Imprimer):
    """Options of `bilan`."""

    semestre: str | None = field(
        default=None, metadata=dit("AAAA-S1 ou AAAA-S2", metavar="SEMESTRE", place=True)
    )
    annee: str | None = field(
        default=None,
        metadata=dit(
            "AAAA, pour --document attributions, reservataires et flux-…, ou --tous",
            metavar="ANNEE",
        ),
    )
    partenaire: str | None = field(
        default=None,
        metadata=dit("nom du partenaire destinataire, ou une partie", exclut="quel"),
    )
    tous: bool = field(
        default=False,
        metadata=dit(
            "un bilan par partenaire, et leur liste ; avec --annee, un bilan de la gestion en flux "
            "par bailleur et réservataire ; avec --document attributions, un par EPCI",
            exclut="quel",
        ),
    )
    document: str = field(
        default="bilan",
        metadata=dit(
            " ; ".join(f"{un.nom} : {un.aide}" for un in de_la_commande("bilan") if un.aide),
            choix=tuple(un.nom for un in de_la_commande("bilan")),
        ),
    )
    guichet: str | None = field(
        default=None, metadata=dit("code, SIREN ou nom, pour --document fiche et flux-…")
    )
    departement: str | None = field(
        default=None, metadata=dit("seulement ce département ; « tous » : ensemble", lire=lieu)
    )
    region: str | None = field(
        default=None,
        metadata=dit(
            "un seul bilan des départements d'une région (code INSEE)",
            metavar="CODE",
            exclut="quel",
            lire=lieu,
        ),
    )
    epci: str | None = field(
        default=None,
        metadata=dit(
            "un EPCI de plusieurs départements, par son SIREN ; pour --document attributions, par "
            "son SIREN ou son nom (sans lui, le département)",
            lire=lieu,
        ),
    )

    @property
    def plusieurs(self) -> bool:
        """Tell whether one bilan of several départements is asked."""
        epci = self.epci and self.document == "bilan" and not self.tous
        return bool(self.region or epci or self.departement == TOUS)


@commande("restitutions", "la synthèse mensuelle du préfet, sur deux pages")
@dataclass(frozen=True, kw_only=True)
class Synthese(Lieu, Imprimer):
    """Options of `synthese`."""


@commande("publier", "les données ouvertes d'un département, ou leur site, sans petit nombre")
@dataclass(frozen=True, kw_only=True)
class Publier(Departement):
    """Options of `publier`."""

    quoi: Literal["ouvert", "site"] = field(
        metadata=dit(
            "ouvert : données, en CSV et Parquet ; site : les mêmes, et des pages", place=True
        )
    )
    sortie: Path = field(metadata=dit("dossier neuf, ou vide", metavar="DOSSIER"))
    cartes: bool = field(
        default=False,
        metadata=dit("avec site : des cartes, une fois la licence des contours confirmée"),
    )
    partenaire: str | None = field(
        default=None,
        metadata=dit(
            "avec site : celui d'un partenaire (son nom, ou une partie), à ne pas diffuser"
        ),
    )


@commande("mcp", "un assistant interroge une publication (Model Context Protocol), et rien d'autre")
@dataclass(frozen=True, kw_only=True)
class Mcp:
    """Options of `mcp`."""

    paquet: Path = field(
        metadata=dit("dossier écrit par infocentre publier", metavar="PAQUET", place=True)
    )


@commande("reperes", "les taux d'ailleurs : le fichier à donner, sa place parmi ceux des autres")
@dataclass(frozen=True, kw_only=True)
class Reperes(Mois, Sortie):
    """Options of `reperes`."""

    action: Literal["produire", "lire", "garder", "liste", "retirer"] = field(
        metadata=dit(
            "produire son fichier ; lire ceux des autres, donnés ou gardés ; les garder, en donner "
            "la liste, les retirer",
            place=True,
        )
    )
    fichiers: tuple[str, ...] = field(
        default=(),
        metadata=dit("fichiers des autres ; départements à retirer", metavar="FICHIER", place=True),
    )


@commande("ecritures", "refait l'entrepôt à partir des archives et du journal")
@dataclass(frozen=True, kw_only=True)
class Reconstruire:
    """Options of `reconstruire`: none."""


@commande("integrite", "dit ce qui est abîmé dans ce qui est gardé, ou dans une sauvegarde")
@dataclass(frozen=True, kw_only=True)
class Verifier:
    """Options of `verifier`."""

    sauvegarde: Path | None = field(
        default=None,
        metadata=dit(
            "sauvegarde à relire (sans elle : les données)", metavar="DOSSIER", place=True
        ),
    )


@commande("installation", "écrit les fichiers par lesquels un serveur sert une équipe")
@dataclass(frozen=True, kw_only=True)
class Installer:
    """Options of `installer`."""

    nom: str = field(metadata=dit("nom public du serveur : infocentre.exemple.fr", metavar="NOM"))
    decisions: str = field(
        default="", metadata=dit("base PostgreSQL des décisions (SQLite sans elle)", metavar="URL")
    )
    certificat: str | None = field(
        default=None, metadata=dit("certificat de ce nom, avec sa chaîne", metavar="FICHIER")
    )
    cle_certificat: str | None = field(
        default=None, metadata=dit("sa clé privée", metavar="FICHIER")
    )
    donnees: str | None = field(
        default=None, metadata=dit("données (/var/lib/infocentre)", metavar="DOSSIER")
    )
    sauvegardes: str | None = field(
        default=None, metadata=dit("sauvegardes (/var/backups/infocentre)", metavar="DOSSIER")
    )
    memoire: str | None = field(
        default=None, metadata=dit("mémoire que le service ne dépasse pas (8G)", metavar="TAILLE")
    )
    prefixe: Path = field(
        default=Path("/"), metadata=dit("écrit sous ce dossier, pour voir", metavar="DOSSIER")
    )
    remplacer: bool = field(default=False, metadata=dit("remplace ceux qui disent autre chose"))


@commande("integrite", "copie les données et les décisions d'un même moment, et relit la copie")
@dataclass(frozen=True, kw_only=True)
class Sauvegarder:
    """Options of `sauvegarder`."""

    cible: Path = field(metadata=dit("dossier à faire", metavar="DOSSIER", place=True))
    garder: int | None = field(
        default=None,
        metadata=dit(
            "range la sauvegarde dans DOSSIER sous sa date, et n'y garde que les N dernières",
            metavar="N",
            lire=effectif(1),
        ),
    )
    sans_cle: bool = field(
        default=False, metadata=dit("laisse la clé des pseudonymes, gardée ailleurs")
    )


@commande("integrite", "remet données et décisions d'une sauvegarde là où il n'y a rien")
@dataclass(frozen=True, kw_only=True)
class Restaurer:
    """Options of `restaurer`."""

    source: Path = field(metadata=dit("sauvegarde", metavar="DOSSIER", place=True))


@commande("integrite", "remet en place ce qui peut l'être, et dit ce qui ne peut pas l'être")
@dataclass(frozen=True, kw_only=True)
class Reparer(SansManifeste):
    """Options of `reparer`."""

    livraisons: tuple[Path, ...] = field(
        default=(),
        metadata=dit(
            "livraison d'origine d'une archive abîmée (dossier ou .zip)",
            metavar="LIVRAISON",
            place=True,
        ),
    )
    sceller: bool = field(
        default=False,
        metadata=dit(
            "tient pour bon ce qui est là : archives d'avant les sceaux, réglages, diffusions, "
            "décisions qui se lisent"
        ),
    )
    sauvegarde: Path | None = field(
        default=None,
        metadata=dit(
            "reprend de cette sauvegarde (sans elle : de la dernière) les décisions, la clé, les "
            "réglages et les diffusions qui sont abîmés",
            metavar="DOSSIER",
        ),
    )
    nouvelle_cle: bool = field(
        default=False,
        metadata=dit("change la clé perdue : les pseudonymes changent"),
    )
    decisions_neuves: bool = field(
        default=False,
        metadata=dit("repart sans aucune décision quand elles sont perdues"),
    )


Mesure = Literal[
    "proposer",
    "accepter",
    "ecarter",
    "fusionner",
    "courriers",
    "envoyer",
    "lire",
    "agir",
    "formaliser",
    "soumettre",
    "dossier",
    "clore",
    "montrer",
    "releve",
    "horloge",
]


@commande("affaires", "les mesures correctives : leur liste, ou ce qui est fait d'elles")
@dataclass(frozen=True, kw_only=True)
class Mesures(Mois, Sortie):
    """Options of `mesures`."""

    action: Mesure | None = field(
        default=None, metadata=dit("ce qui est fait ; rien : leur liste", place=True)
    )
    quoi: tuple[str, ...] = field(
        default=(), metadata=dit("affaires, ou fichiers reçus (lire)", metavar="QUOI", place=True)
    )
    finies: bool = field(default=False, metadata=dit("liste aussi celles qui sont finies"))
    ouvrir: bool = field(
        default=False, metadata=dit("ouvre une affaire par proposition (proposer)")
    )
    relance: bool = field(default=False, metadata=dit("la relance, et non le signalement"))
    raison: str | None = field(default=None, metadata=dit("pourquoi", metavar="TEXTE"))
    avec: str | None = field(default=None, metadata=dit("fusionner avec", metavar="AFFAIRE"))
    canal: Literal["courriel", "courrier", "telephone", "reunion"] | None = field(
        default=None, metadata=dit("par où c'est parti ou arrivé, hors de l'infocentre")
    )
    le: str | None = field(
        default=None, metadata=dit("jour où cela s'est passé (JJ/MM/AAAA)", metavar="DATE")
    )
    destinataire: tuple[str, ...] = field(
        default=(), metadata=dit("adresse à la place de celles du registre", metavar="ADRESSE")
    )
    arrive: Literal["oui", "non"] | None = field(
        default=None, metadata=dit("dit si un envoi en suspens est arrivé")
    )
    evenement: str | None = field(
        default=None, metadata=dit("événement de la procédure, pour agir", metavar="NOM")
    )
    donnee: tuple[str, ...] = field(
        default=(), metadata=dit("ce que l'événement porte", metavar="NOM=VALEUR")
    )
    issue: (
        Literal["corrige", "devenu_sans_objet", "conteste_a_raison", "transmis_ancols"] | None
    ) = field(default=None, metadata=dit("issue, pour clore"))
    comite: str | None = field(
        default=None,
        metadata=dit(
            "jour du comité, pour soumettre : le lendemain, transmettre est proposé",
            metavar="AAAA-MM-JJ",
        ),
    )


Doublon = Literal[
    "chercher",
    "mouvements",
    "lister",
    "tirer",
    "decider",
    "formulaire",
    "lire",
    "travail",
    "releve",
    "corriger",
    "corrigee",
]


@commande("doublons", "les demandes qui sont peut-être d'une même personne")
@dataclass(frozen=True, kw_only=True)
class Doublons(Mois, Sortie):
    """Options of `doublons`."""

    action: Doublon = field(metadata=dit("ce qui est fait", place=True))
    quoi: tuple[str, ...] = field(
        default=(),
        metadata=dit(
            "numéros uniques (decider, corriger), formulaire rendu (lire) ou affaires (corrigee)",
            metavar="QUOI",
            place=True,
        ),
    )
    liste: Literal[
        "paires", "tirage", "a_instruire", "desaccords", "forcages", "suivi", "corrections"
    ] = field(default="paires", metadata=dit("ce qui est listé (paires par défaut)"))
    verdict: Literal["meme", "distinctes", "conjoints", "separation", "a_verifier"] | None = field(
        default=None, metadata=dit("ce qui est décidé des demandes")
    )
    garder: str | None = field(
        default=None, metadata=dit("demande à conserver (la proposée par défaut)", metavar="NUMERO")
    )
    guichet: str | None = field(
        default=None, metadata=dit("guichet d'un formulaire, d'une liste ou d'un relevé")
    )
    nature: str | None = field(
        default=None,
        metadata=dit("nature d'une correction : erreur_manifeste ou changement_justifie"),
    )
    piece: str | None = field(
        default=None, metadata=dit("genre de la pièce vue : acte_naissance, decision…")
    )
    champ: tuple[str, ...] = field(
        default=(),
        metadata=dit(
            "ce qui est à corriger : nom_naissance, nom, prenom, date_naissance", metavar="CHAMP"
        ),
    )
    apprendre: bool = field(
        default=False, metadata=dit("apprend de nouveau le modèle, et compare tout de nouveau")
    )


@commande("procedures", "la revue des accès au SNE : ce que les guichets en répondent, et sa suite")
@dataclass(frozen=True, kw_only=True)
class Acces(Departement, Sortie):
    """Options of `acces`."""

    action: Literal["proposer", "lister", "envoyer", "lire", "releve", "clore"] = field(
        metadata=dit("ce qui est fait", place=True)
    )
    quoi: tuple[str, ...] = field(
        default=(),
        metadata=dit(
            "guichets (proposer), affaires (envoyer, clore) ou classeurs rendus (lire)",
            metavar="QUOI",
            place=True,
        ),
    )
    canal: Literal["courriel", "courrier"] | None = field(
        default=None,
        metadata=dit("par où la liste part ou revient (envoyée d'ici sans elle)"),
    )
    destinataire: tuple[str, ...] = field(
        default=(), metadata=dit("adresses, au lieu de celle du registre", metavar="ADRESSE")
    )
    arrive: Literal["oui", "non"] | None = field(
        default=None, metadata=dit("dit si un envoi en suspens est arrivé")
    )
    issue: Literal["maintenus", "sans_reponse", "incomplete", "erreur"] | None = field(
        default=None, metadata=dit("issue, pour clore")
    )


@commande("conventions", "les conventions : leurs termes, ce qui est signé, qui se retire")
@dataclass(frozen=True, kw_only=True)
class Conventions(Departement, Sortie):
    """Options of `conventions`."""

    action: Literal["lister", "importer", "preparer", "signer", "retirer", "annexe"] = field(
        default="lister", metadata=dit("ce qui est fait ; rien : leur liste", place=True)
    )
    quoi: tuple[str, ...] = field(
        default=(),
        metadata=dit("organismes, ou classeurs (importer)", metavar="QUOI", place=True),
    )
    echues: bool = field(default=False, metadata=dit("celles qui ont passé leur terme"))
    terme: int | None = field(
        default=None,
        metadata=dit(
            "celles dont le terme vient sous tant de jours",
            metavar="JOURS",
            lire=effectif(0, UN_SIECLE),
        ),
    )
    le: str | None = field(
        default=None,
        metadata=dit("signée, ou retrait dit au préfet le ; liste à ce jour", metavar="DATE"),
    )
    effet: str | None = field(
        default=None,
        metadata=dit("effet de la convention, ou fin des enregistrements", metavar="DATE"),
    )
    jusqu_au: str | None = field(
        default=None, metadata=dit("terme, avant six ans au plus", metavar="DATE")
    )
    fichier: Path | None = field(
        default=None, metadata=dit("fichier signé, dont le sha256 est gardé", metavar="FICHIER")
    )
    categorie: Literal["a", "b", "c", "d", "e", "f"] | None = field(
        default=None, metadata=dit("catégorie de l'article R.441-2-1 (retirer)")
    )
    motif: str | None = field(default=None, metadata=dit("pourquoi (retirer)", metavar="TEXTE"))


@commande(
    "chartes", "les chartes : leurs engagements, qui les a signées, où en sont les organismes"
)
@dataclass(frozen=True, kw_only=True)
class Chartes(Departement, Sortie):
    """Options of `chartes`."""

    action: Literal["lister", "annexe", "adhesions", "matrice"] = field(
        default="lister", metadata=dit("ce qui est fait ; rien : leur liste", place=True)
    )
    quoi: tuple[str, ...] = field(
        default=(),
        metadata=dit(
            "organismes (annexe), ou classeurs de chartes signées à lire (adhesions)",
            metavar="QUOI",
            place=True,
        ),
    )


@commande("commentaires", "les champs libres d'un fichier : quelles demandes relire, et combien")
@dataclass(frozen=True, kw_only=True)
class Commentaires(Departement):
    """Options of `commentaires`."""

    fichier: Path = field(
        metadata=dit("fichier CSV, qui est lu et oublié", metavar="FICHIER", place=True)
    )
    colonne: tuple[str, ...] = field(
        default=(), metadata=dit("colonne de texte libre ; rien : à son titre", metavar="NOM")
    )
    sortie: Path = field(
        default=Path("champs-libres-a-relire.xlsx"),
        metadata=dit("classeur des numéros et des catégories", metavar="FICHIER"),
    )


@commande("guichets", "la liste publique : la rendre, la confirmer, la transmettre, la comparer")
@dataclass(frozen=True, kw_only=True)
class Guichets(Departement, Sortie):
    """Options of `guichets`."""

    action: Literal["lister", "confirmer", "transmettre", "comparer"] = field(
        default="lister", metadata=dit("ce qui est fait ; rien : la liste", place=True)
    )
    quoi: tuple[str, ...] = field(
        default=(),
        metadata=dit(
            "guichets ou classeur rendu (confirmer), etat ou portail (transmettre), fichier CSV du "
            "portail (comparer)",
            metavar="QUOI",
            place=True,
        ),
    )
    moyen: str | None = field(
        default=None, metadata=dit("par quel moyen (transmettre)", metavar="TEXTE")
    )


@commande("questions", "les questions d'un fichier d'assistance (CSV), une affaire chacune")
@dataclass(frozen=True, kw_only=True)
class Questions(Departement):
    """Options of `questions`."""

    action: Literal["importer"] = field(metadata=dit("ce qui est fait", place=True))
    fichier: Path = field(
        metadata=dit(
            "fichier CSV : Guichet, Thème, Question, Indicateur en cause, Reçue par",
            metavar="FICHIER",
            place=True,
        )
    )


@commande("listes", "à qui partent invitations, comptes rendus et bilans : les listes")
@dataclass(frozen=True, kw_only=True)
class Listes(Departement, Sortie):
    """Options of `listes`."""

    action: Literal["lister", "lire", "diffuser"] = field(
        default="lister", metadata=dit("ce qui est fait ; rien : leur liste", place=True)
    )
    fichier: Path | None = field(
        default=None,
        metadata=dit(
            "classeur de la liste (lire), fichier à envoyer (diffuser)",
            metavar="FICHIER",
            place=True,
        ),
    )
    liste: str | None = field(
        default=None,
        metadata=dit(
            "celle dont il s'agit : copil, guichets, etat, bailleurs… ; "
            "rien : celles des partenaires (diffuser)",
            metavar="LISTE",
        ),
    )
    document: str | None = field(
        default=None,
        metadata=dit("document à diffuser : partenaires, bilan, mission, papier…", metavar="NOM"),
    )
    periode: str | None = field(
        default=None, metadata=dit("sa période, la dernière sans elle", metavar="PERIODE")
    )
    affaire: str | None = field(
        default=None, metadata=dit("affaire dont un papier est envoyé", metavar="AFFAIRE")
    )
    papier: str | None = field(
        default=None, metadata=dit("ce papier : compte_rendu, convocation…", metavar="NOM")
    )
    source: str | None = field(default=None, metadata=dit("de qui vient la liste", metavar="TEXTE"))


Geste = Literal[
    "lister",
    "a_ouvrir",
    "ouvrir",
    "montrer",
    "agir",
    "ensemble",
    "envoyer",
    "lire",
    "classeur",
    "imprimer",
    "releve",
    "constater",
]


@commande("procedures", "les affaires d'une procédure, quelle qu'elle soit : docs/procedures.md")
@dataclass(frozen=True, kw_only=True)
class Affaires(Departement, Sortie):
    """Options of `affaires`."""

    procedure: str = field(metadata=dit("code de la procédure", metavar="PROCEDURE", place=True))
    action: Geste = field(metadata=dit("ce qui est fait", place=True))
    quoi: tuple[str, ...] = field(
        default=(),
        metadata=dit(
            "de quoi ouvrir une affaire (ouvrir), classeurs rendus (lire), nom (ensemble, releve), "
            "affaires sinon",
            metavar="QUOI",
            place=True,
        ),
    )
    finies: bool = field(default=False, metadata=dit("liste aussi celles qui sont finies"))
    evenement: str | None = field(
        default=None, metadata=dit("événement de la procédure, pour agir", metavar="NOM")
    )
    donnee: tuple[str, ...] = field(
        default=(), metadata=dit("ce que l'événement porte", metavar="NOM=VALEUR")
    )
    le: str | None = field(
        default=None, metadata=dit("jour où cela s'est passé (JJ/MM/AAAA)", metavar="DATE")
    )
    document: str | None = field(default=None, metadata=dit("document à imprimer", metavar="NOM"))
    canal: str | None = field(
        default=None, metadata=dit("par où c'est parti ou revenu, hors de l'infocentre")
    )
    destinataire: tuple[str, ...] = field(
        default=(), metadata=dit("adresses, au lieu de celles du registre", metavar="ADRESSE")
    )
    arrive: Literal["oui", "non"] | None = field(
        default=None, metadata=dit("dit si un envoi en suspens est arrivé")
    )


@commande(
    "notes", "ce qui est noté d'un guichet, d'une demande… et les événements d'un département"
)
@dataclass(frozen=True, kw_only=True)
class Notes(Departement, Sortie):
    """Options of `notes`."""

    action: Literal["lister", "ajouter", "retirer"] = field(
        default="lister", metadata=dit("ce qui est fait ; rien : leur liste", place=True)
    )
    quoi: tuple[str, ...] = field(
        default=(),
        metadata=dit(
            "genre (guichet, organisme, demande, affaire, indicateur, evenement) puis code "
            "(lister, ajouter), ou note (retirer)",
            metavar="QUOI",
            place=True,
        ),
    )
    texte: str | None = field(default=None, metadata=dit("la note", metavar="TEXTE"))
    lecteurs: Literal["gestionnaires", "tous"] = field(
        default="gestionnaires", metadata=dit("qui la lira (gestionnaires)")
    )
    du: str | None = field(
        default=None, metadata=dit("premier jour d'un événement (AAAA-MM-JJ)", metavar="DATE")
    )
    au: str | None = field(
        default=None, metadata=dit("dernier jour, s'il a duré (AAAA-MM-JJ)", metavar="DATE")
    )


@commande("registre", "le registre des guichets à compléter : un classeur à remplir, puis à lire")
@dataclass(frozen=True, kw_only=True)
class Registre(Departement):
    """Options of `registre`."""

    action: Literal["brouillon", "lire"] = field(metadata=dit("ce qui est fait", place=True))
    classeur: Path | None = field(
        default=None, metadata=dit("classeur rempli (lire)", metavar="FICHIER", place=True)
    )
    sortie: Path | None = field(
        default=None,
        metadata=dit("écrit le classeur à remplir dans ce fichier .xlsx", metavar="FICHIER"),
    )


@commande("comparaisons", "la région et la France, à côté du département : à saisir, à importer")
@dataclass(frozen=True, kw_only=True)
class Comparaisons:
    """Options of `comparaisons`."""

    modele: Path | None = field(
        default=None,
        metadata=dit("écrit le fichier .csv à remplir, avec ce qui est connu", metavar="FICHIER"),
    )
    lire: Path | None = field(
        default=None, metadata=dit("lit ce fichier .csv rempli", metavar="FICHIER")
    )


@commande("messagerie", "comment partent les messages, et qui les signe : règle, essaie")
@dataclass(frozen=True, kw_only=True)
class Messagerie:
    """Options of `messagerie`."""

    action: Literal["regler", "signer", "essayer", "oublier", "rebonds"] | None = field(
        default=None,
        metadata=dit(
            "régler le serveur, la signature, envoyer un essai, oublier le mot de passe, lire les "
            "avis de non-remise ; rien : ce qui est réglé",
            place=True,
        ),
    )
    quoi: tuple[Path, ...] = field(
        default=(),
        metadata=dit(
            "avis (.eml), mbox, ou dossier Maildir (rebonds)", metavar="FICHIER", place=True
        ),
    )
    serveur: str | None = field(default=None, metadata=dit("serveur SMTP"))
    port: str | None = field(default=None, metadata=dit("son port (587)"))
    securite: str | None = field(
        default=None, metadata=dit("chiffrement", choix=("starttls", "tls", "aucune"))
    )
    expediteur: str | None = field(default=None, metadata=dit("adresse qui envoie"))
    utilisateur: str | None = field(
        default=None, metadata=dit("nom demandé par le serveur ('' : aucun)")
    )
    dossier_rebonds: str | None = field(
        default=None,
        metadata=dit(
            "dossier où arrivent les avis de non-remise, lu chaque jour", metavar="DOSSIER"
        ),
    )
    mot_de_passe: bool = field(
        default=False, metadata=dit("demande le mot de passe, ou le lit de l'entrée standard")
    )
    nom: str | None = field(default=None, metadata=dit("service qui signe (signer)"))
    auteur: str | None = field(default=None, metadata=dit("personne qui signe (signer)"))
    contact: str | None = field(default=None, metadata=dit("où la joindre (signer)"))
    vers: str | None = field(
        default=None, metadata=dit("adresse de l'essai (essayer)", metavar="ADRESSE")
    )


@commande("journee", "ce qui attend, comme l'accueil le montre : à lire, en retard, à décider")
@dataclass(frozen=True, kw_only=True)
class Journee(Departement):
    """Options of `journee`."""


@commande("calendrier", "tout ce qui a une date : en retard, à faire d'ici douze mois, fait")
@dataclass(frozen=True, kw_only=True)
class Calendrier(Departement, Sortie):
    """Options of `calendrier`."""

    ics: Path | None = field(
        default=None,
        metadata=dit("écrit aussi ce qui est à faire pour un agenda", metavar="FICHIER.ics"),
    )


@commande(
    "journee",
    "ce que chaque jour demande : échéances, vérifications ; n'envoie que les récapitulatifs",
)
@dataclass(frozen=True, kw_only=True)
class Quotidien(Departement, Sortie):
    """Options of `quotidien`."""


@commande("preuves", "vérifie que rien n'a été changé ni retiré des décisions ; les ancre")
@dataclass(frozen=True, kw_only=True)
class Preuve:
    """Options of `preuve`."""

    action: Literal["verifier", "ancrer", "proteger", "rendre"] = field(
        metadata=dit(
            "vérifier ; sortir l'empreinte du moment ; écrire le SQL qui ôte au service le droit "
            "de changer ce qui est enchaîné (PostgreSQL), ou qui le lui rend",
            place=True,
        )
    )
    ancres: Path | None = field(
        default=None,
        metadata=dit("ancres gardées ailleurs, à comparer", metavar="FICHIER"),
    )
    afficher: bool = field(default=False, metadata=dit("écrire aussi l'ancre à l'écran"))
    tete: str | None = field(
        default=None,
        metadata=dit("empreinte relevée auparavant, à retrouver", metavar="EMPREINTE"),
    )


@commande("integrite", "retire une livraison de ce qui est publié ; elle peut être rechargée")
@dataclass(frozen=True, kw_only=True)
class Retirer(Departement):
    """Options of `retirer`."""

    livraison: str = field(
        metadata=dit("mois (AAAA-MM), nom ou empreinte", metavar="LIVRAISON", place=True)
    )


@commande("ecritures", "efface ce qui nomme une personne, un an après la radiation")
@dataclass(frozen=True, kw_only=True)
class Purger:
    """Options of `purger`."""

    au: str | None = field(
        default=None,
        metadata=dit("date à laquelle on se place (aujourd'hui)", metavar="DATE"),
    )


ActionComptes = Literal["lister", "inviter", "lien", "fermer", "rouvrir", "sessions"]


@commande("comptes", "les comptes de l'application : leur liste, ou ce qui est fait d'eux")
@dataclass(frozen=True, kw_only=True)
class Comptes(Sortie):
    """Options of `comptes`."""

    action: ActionComptes | None = field(
        default=None, metadata=dit("ce qui est fait ; rien : leur liste", place=True)
    )
    compte: str | None = field(
        default=None, metadata=dit("adresse électronique du compte", metavar="COMPTE", place=True)
    )
    nom: str | None = field(default=None, metadata=dit("prénom et nom, pour inviter"))
    role: str | None = field(
        default=None, metadata=dit("ce qu'il est, pour inviter", choix=tuple(Role))
    )
    departement: tuple[str, ...] = field(
        default=(), metadata=dit("département qu'il voit, ou « tous »")
    )
    epci: tuple[str, ...] = field(default=(), metadata=dit("EPCI qu'il voit", metavar="SIREN"))
    organisme: tuple[str, ...] = field(
        default=(), metadata=dit("organisme dont il voit tous les guichets", metavar="CODE")
    )
    guichet: tuple[str, ...] = field(default=(), metadata=dit("guichet qu'il voit", metavar="CODE"))
    siret: str | None = field(
        default=None, metadata=dit("SIREN ou SIRET de l'employeur, que ProConnect vérifie")
    )
    entrer: bool = field(
        default=False,
        metadata=dit("lien qui connecte sans mot de passe, une fois, pendant 15 minutes"),
    )
    envoyer: bool = field(
        default=False, metadata=dit("envoie le lien par messagerie au lieu de l'afficher")
    )
    port: int = field(
        default=8050, metadata=dit("port de « servir », pour le lien (8050)", lire=PORT)
    )
    sans_facteur: bool = field(
        default=False, metadata=dit("avec lien : ôte aussi le second facteur du compte")
    )


@commande("droits", "ce qui est détenu sur une personne qui le demande, son effacement, qui l'a vu")
@dataclass(frozen=True, kw_only=True)
class Droits:
    """Options of `droits`."""

    action: Literal["extrait", "effacer", "traces"] = field(
        metadata=dit("ce qui est fait", place=True)
    )
    numero: str = field(metadata=dit("numéro unique (18 caractères)", metavar="NUMERO", place=True))
    format: Literal["pdf", "html", "json"] | None = field(
        default=None, metadata=dit("de l'extrait (pdf par défaut)")
    )
    sortie: Path | None = field(
        default=None, metadata=dit("écrit l'extrait dans ce fichier", metavar="FICHIER")
    )


@commande("ecritures", "sert les tableaux de bord, à cette machine ou derrière un mandataire")
@dataclass(frozen=True, kw_only=True)
class Servir:
    """Options of `servir`."""

    port: int = field(default=8050, metadata=dit("port (8050)", lire=PORT))
    adresse: str = field(
        default="127.0.0.1",
        metadata=dit(
            "adresse de cette machine où écouter (127.0.0.1 : elle seule)", metavar="ADRESSE"
        ),
    )
    socket: Path | None = field(
        default=None,
        metadata=dit("socket Unix où écouter, au lieu d’un port", metavar="CHEMIN"),
    )
    mandataire: bool = field(
        default=False,
        metadata=dit("croit ce que le mandataire dit du visiteur (toujours, par un socket)"),
    )


def selon_la_sortie(options: T) -> T:
    """Return what is asked with the format that its file is named after, where none was told.

    Raises:
        Refus: both are, and they are two.
    """
    if not isinstance(options, Sortie):
        return options
    format_ = choisir_forme(options.format, options.sortie, get_args(Fichier))
    return replace(options, format=cast("Format", format_))
