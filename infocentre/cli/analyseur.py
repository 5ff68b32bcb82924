"""The arguments of the command line, in French. Imports nothing heavy: --help must be instant."""

from __future__ import annotations

import argparse
import re
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import NoReturn

TRADUCTIONS = {
    "usage: ": "utilisation : ",
    "positional arguments": "arguments",
    "options": "options",
    "subcommands": "commandes",
    "the following arguments are required: %s": "il manque : %s",
    "unrecognized arguments: %s": "arguments inconnus : %s",
    "argument %(argument_name)s: %(message)s": "%(argument_name)s : %(message)s",
    "expected one argument": "une valeur est attendue",
    "expected at least one argument": "au moins une valeur est attendue",
    "invalid choice: %(value)r (choose from %(choices)s)": (
        "« %(value)s » n'est pas possible ; choisir parmi %(choices)s"
    ),
    "invalid %(type)s value: %(value)r": "« %(value)s » n'est pas une valeur correcte",
    "not allowed with argument %s": "ne va pas avec %s",
    "ambiguous option: %(option)s could match %(matches)s": ("%(option)s est ambigu : %(matches)s"),
}


class _Francais(argparse.HelpFormatter):
    """Help in French, wide enough for the commands' names."""

    def __init__(self, prog: str) -> None:
        super().__init__(prog, max_help_position=34, width=100)

    def add_usage(
        self,
        usage: str | None,
        actions: Iterable[argparse.Action],
        groups: Iterable[argparse._MutuallyExclusiveGroup],
        prefix: str | None = None,
    ) -> None:
        super().add_usage(usage, actions, groups, prefix or "utilisation : ")


class Analyseur(argparse.ArgumentParser):
    """An argument parser whose help and errors are in French."""

    def __init__(self, *args: object, **kwargs: object) -> None:
        kwargs |= {"formatter_class": _Francais, "add_help": False, "allow_abbrev": False}
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self._positionals.title = "arguments"
        self._optionals.title = "options"
        self.add_argument("-h", "--help", "--aide", action="help", help="affiche cette aide")

    def error(self, message: str) -> NoReturn:
        """Say in French what is wrong with the arguments; exit 2."""
        aide = f"{self.prog} --help"
        self.exit(2, f"{self.prog} : {en_francais(message)}\n→ Voir {aide}\n")


def en_francais(message: str) -> str:
    """Return an error of argparse in French."""
    for anglais, francais in TRADUCTIONS.items():
        motif = re.escape(anglais)
        motif = re.sub(r"%\\\((\w+)\\\)([rs])", r"(?P<\1>.+?)", motif)
        motif = motif.replace("%s", "(?P<tout>.+?)")
        if trouve := re.fullmatch(motif, message):
            valeurs = {nom: valeur.strip("'") for nom, valeur in trouve.groupdict().items()}
            if "message" in valeurs:
                valeurs["message"] = en_francais(trouve["message"])
            texte = francais.replace("%s", "%(tout)s")
            return texte % valeurs
    return message


def mois(texte: str) -> str:
    """Check a month AAAA-MM."""
    if not re.fullmatch(r"(19|20|21)\d\d-(0[1-9]|1[0-2])", texte):
        raise argparse.ArgumentTypeError(f"« {texte} » n'est pas un mois (AAAA-MM)")
    return texte


def effectif(minimum: int) -> Callable[[str], int]:
    """Return a check of a whole number of at least `minimum`."""

    def lire(texte: str) -> int:
        if not re.fullmatch(r"\d{1,9}", texte) or int(texte) < minimum:
            raise argparse.ArgumentTypeError(
                f"« {texte} » : un nombre entier d'au moins {minimum} est attendu"
            )
        return int(texte)

    return lire


def pourcent(texte: str) -> float:
    """Check a rate in percent, with a comma or a point."""
    if not re.fullmatch(r"\d{1,3}([.,]\d{1,6})?", texte):
        raise argparse.ArgumentTypeError(f"« {texte} » : un taux en % est attendu (2,5)")
    return float(texte.replace(",", "."))


FORMATS = ("table", "csv", "json", "xlsx")
FORMES = ("pdf", "html", "pptx", "docx", "xlsx")


def construire() -> Analyseur:
    """Return the parser of every command of the infocentre."""
    analyseur = Analyseur(
        prog="infocentre",
        description="L'infocentre du gestionnaire territorial : des livraisons mensuelles du SNE "
        "au « Suivi des guichets ».",
        epilog="Tout est rangé sous INFOCENTRE_DOSSIER (./donnees par défaut).",
    )
    commandes = analyseur.add_subparsers(
        title="commandes", prog="infocentre", dest="commande", metavar="COMMANDE", required=True
    )

    def commande(nom: str, aide: str) -> Analyseur:
        return commandes.add_parser(nom, help=aide, description=aide)

    _recevoir(commande)
    _lire(commande)
    _interroger(commande)
    _garder(commande)
    _echantillonner(commande)
    _imprimer(commande)
    _entretenir(commande)
    _servir(commande)
    return analyseur


Commande = Callable[[str, str], Analyseur]


def _recevoir(commande: Commande) -> None:
    c = commande(
        "demo", "fabrique des livraisons d'un département inventé, les contrôle et les sert"
    )
    c.add_argument("--taille", type=effectif(200), default=20_000, help="demandes actives (20 000)")
    c.add_argument("--mois", type=effectif(1), default=25, help="nombre de livraisons (25)")
    c.add_argument("--dossier", type=Path, help="garde les livraisons fabriquées dans ce dossier")
    c.add_argument(
        "--port", type=effectif(1), default=8050, help="port des tableaux de bord (8050)"
    )
    c.add_argument(
        "--sans-servir", action="store_true", help="s'arrête sans servir les tableaux de bord"
    )

    c = commande("charger", "reçoit une ou plusieurs livraisons et publie chacune")
    _livraisons(c)
    c = commande("mensuel", "charge une livraison, contrôle son mois et imprime sa synthèse")
    _livraisons(c, plusieurs=False)

    c = commande("controler", "contrôle les mois en attente et publie leurs indicateurs")
    c.add_argument("--mois", type=mois, help="contrôle ce mois de nouveau (AAAA-MM)")
    c.add_argument("--departement", help="seulement ce département")


def _livraisons(c: Analyseur, *, plusieurs: bool = True) -> None:
    c.add_argument(
        "livraisons",
        metavar="LIVRAISON",
        type=Path,
        nargs="+" if plusieurs else 1,
        help="dossier ou .zip d'une livraison",
    )
    c.add_argument("--arrete", metavar="DATE", help="date d'arrêté, sans manifeste (AAAA-MM-JJ)")
    c.add_argument("--departement", help="département, sans manifeste (013)")
    c.add_argument(
        "--confirmer",
        metavar="RAISON",
        help="charge une livraison « à confirmer », en gardant pourquoi elle est bonne",
    )


def _filtres(c: Analyseur, *, guichet: bool = False, defaut: str = "table") -> None:
    c.add_argument("--mois", type=mois, help="mois (AAAA-MM ; le dernier contrôlé par défaut)")
    c.add_argument("--departement", help="seulement ce département")
    if guichet:
        c.add_argument("--guichet", help="seulement ce guichet")
    _sortie(c, defaut)


def _sortie(c: Analyseur, defaut: str = "table") -> None:
    c.add_argument("--format", choices=FORMATS, default=defaut, help=f"{defaut} par défaut")
    _vers(c)


def _vers(c: Analyseur) -> None:
    c.add_argument("--sortie", type=Path, metavar="FICHIER", help="écrit dans ce fichier")
    c.add_argument(
        "--brut",
        action="store_true",
        help="en csv, laisse tels quels les textes qu'un tableur prendrait pour des formules",
    )


def _lire(commande: Commande) -> None:
    c = commande("indicateurs", "les indicateurs d'un mois, par guichet ou par organisme")
    _filtres(c, guichet=True)
    c.add_argument("--code", help="seulement cet indicateur")
    c.add_argument("--par", choices=("guichet", "organisme"), default="guichet", help="grain")

    c = commande("anomalies", "les demandes qui font le numérateur d'un indicateur, expliquées")
    c.add_argument("code", metavar="CODE", help="code de l'indicateur")
    c.add_argument(
        "--fenetre",
        choices=("mois", "12m"),
        default="mois",
        help="celles du mois, ou des 12 mois qui y finissent (défaut : mois)",
    )
    _filtres(c, guichet=True)

    c = commande("livraisons", "l'historique des livraisons, ou le détail de l'une d'elles")
    c.add_argument("livraison", metavar="LIVRAISON", nargs="?", help="mois (AAAA-MM) ou empreinte")
    c.add_argument("--departement", help="seulement ce département")
    c.add_argument(
        "--liste",
        choices=(
            "creations", "deradiations", "autres_entrees", "radiations", "disparues",
            "anomalies_format", "sans_population", "guichets_inconnus",
        ),
        help="la liste derrière un nombre du rapport",
    )  # fmt: skip
    _sortie(c)

    c = commande("rejets", "les lignes rejetées d'une livraison, avec fichier, ligne et raison")
    c.add_argument("livraison", metavar="LIVRAISON", nargs="?", help="mois (AAAA-MM) ou empreinte")
    c.add_argument("--departement", help="seulement ce département")
    _sortie(c)

    c = commande("revisions", "les valeurs publiées qui ont changé depuis, et pourquoi")
    _filtres(c, guichet=True)
    c = commande("tableau", "un tableau standard, ou leur liste")
    c.add_argument("code", metavar="CODE", nargs="?", help="code du tableau, par exemple TAB01-01")
    _filtres(c)

    c = commande("demande", "tout ce qui est connu d'une demande, dans l'ordre du temps")
    c.add_argument("numero", metavar="NUMERO", help="numéro unique (18 caractères)")
    _sortie(c)


def _interroger(commande: Commande) -> None:
    c = commande("sql", "une requête sur le fichier des analystes : un select, et rien d'autre")
    source = c.add_mutually_exclusive_group()
    source.add_argument(
        "requete", nargs="?", metavar="SELECT", help="la requête (lue sur l'entrée sans rien, ou -)"
    )
    source.add_argument("--fichier", type=Path, metavar="FICHIER", help="fichier .sql")
    c.add_argument(
        "--parametre",
        action="append",
        metavar="NOM=VALEUR",
        help="valeur d'un $paramètre ; autant de fois qu'il y en a",
    )
    c.add_argument(
        "--format",
        choices=(*FORMATS, "parquet"),
        help="table par défaut (1 000 lignes), ou selon le nom de la sortie",
    )
    _vers(c)


def _garder(commande: Commande) -> None:
    c = commande(
        "bibliotheque", "les requêtes prêtes : leur liste, ou le résultat de l'une d'elles"
    )
    c.add_argument("nom", nargs="?", metavar="NOM", help="nom de la requête")
    c.add_argument("--decrire", action="store_true", help="dit ce qu'elle fait et ce qu'on choisit")
    c.add_argument("--parametre", action="append", metavar="NOM=VALEUR", help="ce que l'on choisit")
    c.add_argument("--enregistrees", action="store_true", help="liste les requêtes enregistrées")
    c.add_argument(
        "--ajouter", metavar="ID", help="fait de cette requête enregistrée le fichier NOM"
    )
    c.add_argument("--dossier", type=Path, help="dossier où ajouter (celui de la bibliothèque)")
    c.add_argument("--format", choices=(*FORMATS, "parquet"), help="table par défaut")
    _vers(c)

    c = commande("candidat", "essaie un indicateur, ou une règle changée, sur les mois passés")
    c.add_argument("code", metavar="CODE", help="code de l'indicateur, nouveau ou en vigueur")
    _regle(c)
    c.add_argument("--nombre", type=effectif(1), default=12, help="nombre de mois essayés (12)")
    c.add_argument("--departement", help="seulement ce département")
    c.add_argument("--changements", action="store_true", help="en csv ou xlsx, les guichets")
    c.add_argument("--ecrire", action="store_true", help="écrit l'indicateur et ses lignes d'essai")
    c.add_argument("--dossier", type=Path, help="dossier du projet où écrire (celui-ci)")
    _sortie(c)


def _regle(c: Analyseur) -> None:
    c.add_argument("--requete", metavar="ID", help="requête enregistrée qui choisit les unités")
    c.add_argument("--fichier", type=Path, metavar="FICHIER", help="fichier .sql qui les choisit")
    c.add_argument("--sql", metavar="SELECT", help="select qui les choisit")
    c.add_argument("--population", help="population du catalogue")
    c.add_argument("--applicable", metavar="CONDITION", help="unités concernées")
    c.add_argument("--anomalie", metavar="CONDITION", help="unités en anomalie")
    c.add_argument("--libelle", metavar="TEXTE", help="nom de l'indicateur")
    c.add_argument("--explication", metavar="TEXTE", help="phrase avec des {colonnes}")
    c.add_argument("--reference", metavar="TEXTE", help="article ou convention")
    c.add_argument(
        "--imputable", choices=("guichet", "gestionnaire", "contexte"), help="qui en répond"
    )
    c.add_argument("--orange", type=pourcent, metavar="TAUX", help="seuil orange, en %%")
    c.add_argument("--rouge", type=pourcent, metavar="TAUX", help="seuil rouge, en %%")
    c.add_argument("--tolerance-zero", action="store_true", help="à traiter dès la première")
    c.add_argument("--remede", choices=("corriger", "constater"), help="constater : un fait passé")
    c.add_argument(
        "--encore-possible", metavar="TEXTE", help="ce qui peut encore être fait d'un fait passé"
    )


def _echantillonner(commande: Commande) -> None:
    c = commande("echantillon", "tire un échantillon à vérifier à la main, ou lit son verdict")
    c.add_argument("--guichet", help="guichet à contrôler")
    c.add_argument("--code", help="seulement la population de cet indicateur")
    c.add_argument("--n", type=effectif(1), default=30, help="taille (30)")
    c.add_argument("--graine", type=int, default=1, help="même graine, même tirage (1)")
    c.add_argument("--mois", type=mois, help="mois (le dernier contrôlé par défaut)")
    c.add_argument("--departement", help="seulement ce département")
    c.add_argument("--sortie", type=Path, metavar="FICHIER", help="classeur .xlsx à remplir")
    c.add_argument("--lire", type=Path, metavar="FICHIER", help="lit un classeur rempli")


def _entretenir(commande: Commande) -> None:
    commande("reconstruire", "refait l'entrepôt à partir des archives et du journal")
    commande("verifier", "dit ce qui est abîmé dans ce qui est gardé, où, et comment le remettre")
    c = commande("reparer", "remet en place ce qui peut l'être, et dit ce qui ne peut pas l'être")
    c.add_argument(
        "livraisons",
        metavar="LIVRAISON",
        type=Path,
        nargs="*",
        help="livraison d'origine d'une archive abîmée (dossier ou .zip)",
    )
    c.add_argument("--arrete", metavar="DATE", help="date d'arrêté, sans manifeste (AAAA-MM-JJ)")
    c.add_argument("--departement", help="département, sans manifeste (013)")
    c.add_argument(
        "--sceller",
        action="store_true",
        help="tient pour bonnes les archives d'avant les sceaux, telles qu'elles sont",
    )
    c = commande("retirer", "retire une livraison de ce qui est publié ; elle peut être rechargée")
    c.add_argument("livraison", metavar="LIVRAISON", help="mois (AAAA-MM), nom ou empreinte")
    c.add_argument("--departement", help="seulement ce département")
    c = commande("purger", "efface ce qui nomme une personne, un an après la radiation")
    c.add_argument("--au", metavar="DATE", help="date à laquelle on se place (aujourd'hui)")


def _imprimer(commande: Commande) -> None:
    c = commande("bilan", "le bilan semestriel imprimé")
    c.add_argument("semestre", metavar="SEMESTRE", help="AAAA-S1 ou AAAA-S2")
    quel = c.add_mutually_exclusive_group()
    quel.add_argument("--partenaire", help="nom du partenaire destinataire, ou une partie")
    quel.add_argument("--tous", action="store_true", help="un bilan par partenaire, et leur liste")
    quel.add_argument(
        "--document",
        choices=("bilan", "mission", "guichets", "fiche"),
        default="bilan",
        help="mission : compte rendu au préfet ; guichets : leur liste ; fiche : avec --guichet",
    )
    c.add_argument("--guichet", help="code, SIREN ou nom, pour --document fiche")
    _document(c)
    c = commande("synthese", "la synthèse mensuelle du préfet, sur deux pages")
    c.add_argument("--mois", type=mois, help="mois (AAAA-MM ; le dernier contrôlé par défaut)")
    _document(c)


def _document(c: Analyseur) -> None:
    c.add_argument("--departement", help="seulement ce département")
    c.add_argument("--format", choices=FORMES, help="pdf par défaut, ou selon le nom du fichier")
    c.add_argument(
        "--sortie", type=Path, metavar="FICHIER", help="fichier (dans restitutions/ par défaut)"
    )


def _servir(commande: Commande) -> None:
    c = commande("servir", "sert les tableaux de bord sur cette machine")
    c.add_argument("--port", type=effectif(1), default=8050, help="port (8050)")
