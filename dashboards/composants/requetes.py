"""The pages about queries: tabs, what opens in the editor, what was kept, what was run."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from dash import html

from dashboards.composants.elements import attributs, lien, repli, typographie
from dashboards.composants.saisie import Champ, Genre, Groupes, groupe
from infocentre.contrat import contrat
from infocentre.decisions import Execution, RequeteGardee
from infocentre.lecture.analystes import TableLue
from infocentre.noyau.erreurs import Refus
from infocentre.noyau.francais import accorder, apostropher, majuscule, nombre
from infocentre.noyau.temps import heure
from infocentre.requetes.bibliotheque import Parametre, Requete

EDITEUR = Path(__file__).parent.parent / "editeur"
EXEMPLE = """-- Demandes actives par guichet, les plus anciennes d'abord
select
    demandes.departement,
    demandes.guichet_enregistreur as guichet,
    registre.nom,
    count(*) as demandes,
    round(avg(date_diff('month', demandes.date_creation, demandes.vue_le)), 1) as "ancienneté moyenne (mois)"
from demandes
inner join registre
    on demandes.departement = registre.departement
    and strftime(demandes.vue_le, '%Y-%m') = registre.mois
    and demandes.guichet_enregistreur = registre.guichet
where demandes.statut = 'active'
group by all
order by demandes desc
"""  # noqa: E501
ONGLETS = (
    ("/requetes", "Écrire une requête"),
    ("/requetes/bibliotheque", "Bibliothèque"),
    ("/requetes/indicateur", "De la requête à l'indicateur"),
    ("/requetes/outils", "Se connecter avec ses outils"),
)
DEBUT = 110  # letters of a query in a list
# The codes of a list (code → label), None when they are to be asked for.
Options = Callable[[Parametre], Mapping[str, str] | None]
GENRES: dict[str, Genre] = {
    "date": "date",
    "mois": "month",
    "entier": "number",
    "nombre": "number",
    "liste": "liste",
}


@dataclass(frozen=True, slots=True)
class Depart:
    """What the editor opens with: a text, where it comes from, whose it is."""

    sql: str = ""
    titre: str = ""
    description: str = ""
    id: str = ""
    bibliotheque: str = ""
    auteur: str = ""
    partagee: bool = False
    mienne: bool = False

    @property
    def origine(self) -> str:
        """Say whose query this is."""
        if self.bibliotheque:
            return "bibliothèque"
        if not self.id:
            return ""
        qui = "la vôtre" if self.mienne else f"de {self.auteur}"
        return f"{qui}, {'partagée' if self.partagee else 'privée'}"

    def adresse(self, sql: str) -> dict[str, str]:
        """Return what names this text in an address: as long as it is unchanged, its name."""
        if self.id and sql.strip() == self.sql.strip():
            return {"requete": self.id}
        if self.bibliotheque and sql.strip() == self.sql.strip():
            return {"bibliotheque": self.bibliotheque}
        return {"sql": sql}

    def ecrire(self) -> dict[str, Any]:
        """Return it as a page keeps it."""
        return asdict(self)

    @classmethod
    def lire(cls, lu: object) -> Depart:
        """Read what a page kept; anything else is nothing."""
        champs = lu if isinstance(lu, dict) else {}
        vide = cls()
        gardes: dict[str, Any] = {
            nom: champs.get(nom)
            for nom in cls.__slots__
            if isinstance(champs.get(nom), type(getattr(vide, nom)))
        }
        return replace(vide, **gardes)


def onglets(ici: str) -> html.Nav:
    """Return the links between the pages about queries."""
    return html.Nav(
        html.Ul(
            [
                html.Li(
                    lien(nom, chemin)
                    if chemin != ici
                    else html.Span(nom, **attributs(aria_current="page"))
                )
                for chemin, nom in ONGLETS
            ]
        ),
        className="onglets",
        **attributs(aria_label="Requêtes"),
    )


def alerte(refus: Refus) -> html.Div:
    """Return a refusal as the page shows it: what, where, what to do."""
    ou = f"{refus.ou} : " if refus.ou else ""
    quoi = f"{majuscule(f'{ou}{refus.quoi}').rstrip('.')}."
    return html.Div(
        html.P([html.B(typographie(quoi)), f" {typographie(refus.que_faire or '')}"]),
        className="fr-alert fr-alert--error fr-alert--sm",
        role="alert",
    )


def reponses(trouvees: Sequence[Requete]) -> html.Ol:
    """Return what answers a question, each with its text to read: nothing is run yet."""
    return html.Ol([_reponse(une) for une in trouvees], className="reponses")


def _reponse(une: Requete) -> html.Li:
    choisis = ", ".join(parametre.libelle for parametre in une.parametres.values())
    return html.Li(
        [
            html.H3(lien(une.titre, lien_requete(bibliotheque=une.nom)), className="fr-h6"),
            html.P(typographie(une.description)),
            html.P(f"À choisir : {choisis}", className="fr-hint-text") if choisis else None,
            repli("Lire la requête", html.Pre(une.sql, tabIndex=0)),
        ]
    )


@cache
def adresse_editeur() -> str:
    """Return the address of the editor's script; it changes when the script does."""
    empreinte = hashlib.sha256((EDITEUR / "editeur.js").read_bytes()).hexdigest()[:12]
    return f"/editeur/editeur.js?v={empreinte}"


def origine(depart: Depart) -> list[Any]:
    """Return the title of a query, whose it is, what it gives."""
    if not depart.titre:
        return []
    return [
        html.H2([depart.titre, html.Small(f" {depart.origine}")], className="fr-h6"),
        html.P(typographie(depart.description)) if depart.description else None,
    ]


# --- Parameters -----------------------------------------------------------------------------------


def groupes_parametres(requete: Requete, options: Options) -> Groupes:
    """Return the form of the parameters of a query; `options` gives the codes of a list."""
    if not requete.parametres:
        return []
    champs = [_champ(nom, un, options) for nom, un in requete.parametres.items()]
    return [groupe("p", champs, "Paramètres")]


def valeurs_parametres(requete: Requete, textes: Mapping[str, str]) -> dict[str, str]:
    """Return what the form opens with: what was typed, else the default."""
    return {nom: textes.get(nom, un.defaut or "") for nom, un in requete.parametres.items()}


def _champ(nom: str, parametre: Parametre, options: Options) -> Champ:
    lues = options(parametre) if parametre.type == "liste" else None
    return Champ(
        nom,
        parametre.libelle,
        GENRES.get(parametre.type, "text"),
        parametre.aide or ("facultatif" if parametre.facultatif else ""),
        _options(parametre, lues) if parametre.type == "liste" else (),
        charger=parametre.type == "liste" and lues is None,
        precisions=_precisions(parametre),
    )


def _options(parametre: Parametre, lues: Mapping[str, str] | None) -> list[tuple[str, str]]:
    """Return the options of a list; those of a query that was not run hold what is chosen."""
    vide = [("", "Tous" if parametre.facultatif else "Choisir")]
    if lues is None:
        return vide
    return [*(vide if parametre.facultatif or not parametre.defaut else []), *lues.items()]


def garder_choix(groupes: Groupes, valeurs: Mapping[str, str]) -> Groupes:
    """Add to each list what is chosen in it, when it does not have it: its codes are not read."""
    for un in (champ for lot in groupes for champ in lot["champs"] if champ["genre"] == "liste"):
        valeur = valeurs.get(un["nom"], "")
        if valeur and valeur not in dict(un["options"]):
            un["options"].append([valeur, valeur])
    return groupes


def _precisions(parametre: Parametre) -> dict[str, Any]:
    """Return the attributes that let the browser help: bounds, what is compulsory."""
    poses = {
        "min": None if parametre.min is None else f"{parametre.min:g}",
        "max": None if parametre.max is None else f"{parametre.max:g}",
        "step": "any" if parametre.type == "nombre" else None,
        "required": None if parametre.facultatif else True,
    }
    return {nom: une for nom, une in poses.items() if une is not None}


# --- Tables ---------------------------------------------------------------------------------------


def en_json(schema: Sequence[TableLue]) -> dict[str, Any]:
    """Return the tables, their columns and the code lists, for the completion and the page."""
    listes = {colonne.liste for une in schema for colonne in une.colonnes if colonne.liste}
    connues = contrat().codes
    return {
        "tables": [
            {
                "nom": une.nom,
                "libelle": apostropher(une.libelle),
                "objet": apostropher(une.objet),
                "lignes": une.lignes,
                "colonnes": [asdict(colonne) for colonne in une.colonnes],
            }
            for une in schema
        ],
        "codes": {nom: list(connues[nom].items()) for nom in sorted(listes & connues.keys())},
    }


# --- What is kept, what was run -------------------------------------------------------------------


def liste_gardees(gardees: Sequence[RequeteGardee], moi: str) -> Any:  # noqa: ANN401
    """Return the queries that one may open."""
    if not gardees:
        return html.P("Aucune requête enregistrée pour le moment.", className="fr-hint-text")
    return html.Ul([_gardee(une, mienne=une.auteur == moi) for une in gardees], className="gardees")


def _gardee(une: RequeteGardee, *, mienne: bool) -> html.Li:
    precisions = ("partagée" if une.partagee else "privée") if mienne else f"de {une.auteur}"
    return html.Li(
        [
            lien(une.titre, lien_requete(requete=une.id)),
            html.Small(f" {precisions}, {quand(une.modifiee_le)}"),
        ]
    )


def liste_executions(faites: Iterable[Execution]) -> Any:  # noqa: ANN401
    """Return what one ran, the last first, each text once, ready to be taken up again."""
    dernieres: dict[str, Execution] = {}
    for une in faites:
        dernieres.setdefault(une.sql, une)
    if not dernieres:
        return html.P("Rien n'a encore été exécuté.", className="fr-hint-text")
    return html.Ul([_execution(une) for une in dernieres.values()], className="executions")


def _execution(une: Execution) -> html.Li:
    fait = une.verdict
    if une.lignes is not None:
        fait = f"{accorder(une.lignes, 'ligne')} en {nombre(une.secondes or 0, 1)} s"
    return html.Li(
        [
            lien(html.Code(_debut(une.sql)), lien_requete(execution=f"{une.id}")),
            html.Small(f"{quand(une.le)}, {typographie(fait)}"),
        ]
    )


def _debut(sql: str) -> str:
    """Return the first letters of a query, its header left out."""
    lignes = [ligne for ligne in sql.splitlines() if not ligne.lstrip().startswith("--")]
    dit = " ".join(" ".join(lignes).split()) or " ".join(sql.split())
    return f"{dit[:DEBUT]}…" if len(dit) > DEBUT else dit


def quand(instant: dt.datetime) -> str:
    """Return « aujourd'hui à 14 h 05 », else « le 25/11/2026 », in this machine's time."""
    ici = instant.astimezone()
    if ici.date() == dt.datetime.now().astimezone().date():
        return f"aujourd'hui à {heure(instant)}"
    return f"le {ici:%d/%m/%Y}"


def lien_requete(**parametres: str) -> str:
    """Return the address of the editor with a query: `sql`, `requete` or `bibliotheque`."""
    return f"/requetes?{urlencode(parametres)}"
