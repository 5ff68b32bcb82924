"""The page Requêtes: the editor's form, the tables' meaning, what was kept, what was run."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import flask
from dash import html
from markupsafe import Markup

from dashboards.composants.balises import balise, bloc, lire
from dashboards.composants.elements import attributs, lien, repli, typographie
from dashboards.composants.natifs import Bloc
from infocentre.contrat import contrat
from infocentre.decisions import Execution, RequeteGardee
from infocentre.lecture.analystes import ColonneLue, TableLue
from infocentre.noyau.francais import accorder, nombre
from infocentre.requetes.bibliotheque import Parametre, Requete

EDITEUR = Path(__file__).parent.parent / "editeur"
ONGLETS = (
    ("/requetes", "Écrire une requête"),
    ("/requetes/bibliotheque", "Bibliothèque"),
    ("/requetes/indicateur", "De la requête à l'indicateur"),
    ("/requetes/outils", "Se connecter avec ses outils"),
)
# The codes of a list (code → label), None when they are to be asked for.
Options = Callable[[Parametre], Mapping[str, str] | None]
TYPES_CHAMP = {"date": "date", "mois": "month", "entier": "number", "nombre": "number"}


@dataclass(frozen=True, slots=True)
class Depart:
    """What the editor opens with: a text, where it comes from, the values of its parameters."""

    sql: str = ""
    titre: str = ""
    description: str = ""
    id: str = ""
    bibliotheque: str = ""
    auteur: str = ""
    partagee: bool = False
    mienne: bool = False
    textes: Mapping[str, str] = field(default_factory=dict)

    @property
    def origine(self) -> str:
        """Say whose query this is."""
        if self.bibliotheque:
            return "bibliothèque"
        qui = "la vôtre" if self.mienne else f"de {self.auteur}"
        return f"{qui}, {'partagée' if self.partagee else 'privée'}"


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


def formulaire(depart: Depart, champs: Markup, version: int) -> Bloc:
    """Return the editor and what goes with it; without its script, a text area remains."""
    texte = flask.render_template(
        "requete.html",
        depart=depart,
        champs=champs,
        script=adresse_editeur(),
        schema=f"/requetes/schema.json?version={version}",
    )
    return bloc(balise("div", lire(texte), class_="bloc-requete"))


def champs_parametres(requete: Requete, textes: Mapping[str, str], options: Options) -> Markup:
    """Return a labelled field for each parameter; `options` gives the codes of a list."""
    if not requete.parametres:
        return Markup("")
    champs = [
        champ_parametre(nom, parametre, textes.get(nom), options)
        for nom, parametre in requete.parametres.items()
    ]
    return Markup('<fieldset class="parametres"><legend>Paramètres</legend>{}</fieldset>').format(
        Markup("").join(champs)
    )


def champ_parametre(nom: str, parametre: Parametre, texte: str | None, options: Options) -> Markup:
    """Return the labelled field of one parameter.

    A list whose `options` are None holds what is chosen, and a button to read the others.
    """
    valeur = texte if texte is not None else parametre.defaut or ""
    aide = parametre.aide or ("facultatif" if parametre.facultatif else "")
    etiquette = Markup('<label class="fr-label" for="p-{}">{}{}</label>').format(
        nom,
        parametre.libelle,
        Markup(' <span class="fr-hint-text">{}</span>').format(aide) if aide else "",
    )
    if parametre.type == "liste":
        champ = _selection(nom, parametre, valeur, options(parametre))
    else:
        champ = Markup('<input class="fr-input" id="p-{}" name="p_{}" value="{}" {}>').format(
            nom, nom, valeur, _contraintes(parametre)
        )
    return Markup('<div class="fr-input-group" data-champ="{}">{}{}</div>').format(
        nom, etiquette, champ
    )


def _contraintes(parametre: Parametre) -> Markup:
    """Return the attributes that let the browser help: type, bounds, what is compulsory."""
    poses = {"type": TYPES_CHAMP.get(parametre.type, "text")}
    if parametre.min is not None:
        poses["min"] = f"{parametre.min:g}"
    if parametre.max is not None:
        poses["max"] = f"{parametre.max:g}"
    if parametre.type == "nombre":
        poses["step"] = "any"
    if not parametre.facultatif:
        poses["required"] = "required"
    return Markup(" ").join(Markup('{}="{}"').format(*une) for une in poses.items())


def _selection(
    nom: str, parametre: Parametre, valeur: str, lues: Mapping[str, str] | None
) -> Markup:
    vide = {"": "Tous" if parametre.facultatif else "Choisir"}
    if lues is not None:
        return _menu(nom, valeur, {**(vide if parametre.facultatif else {}), **lues})
    ecrite = {valeur: valeur} if valeur else {}
    return _menu(nom, valeur, {**vide, **ecrite}) + Markup(
        '<button type="button" class="fr-btn fr-btn--tertiary fr-btn--sm" data-liste="{}">'
        "Charger la liste</button>"
    ).format(nom)


def _menu(nom: str, valeur: str, options: Mapping[str, str]) -> Markup:
    lignes = Markup("").join(
        Markup('<option value="{}"{}>{}</option>').format(
            code, Markup(" selected") if code == valeur else "", libelle
        )
        for code, libelle in options.items()
    )
    return Markup('<select class="fr-select" id="p-{}" name="p_{}">{}</select>').format(
        nom, nom, lignes
    )


def tables() -> Bloc:
    """Return the place of the tables: the page does not wait for the analysts' file."""
    texte = (
        '<label class="fr-label" for="chercher-colonne">Chercher une table, une colonne, un sens'
        '</label><input class="fr-input" id="chercher-colonne" type="search" data-chercher-colonne>'
        '<div class="tables" data-tables><p role="status">Lecture des tables…</p></div>'
    )
    return bloc(balise("div", lire(texte), class_="schema"))


def liste_tables(schema: Sequence[TableLue]) -> Markup:
    """Return the tables of the analysts' file: columns, their meaning, their codes."""
    return Markup("").join(_table(une) for une in schema)


def _table(une: TableLue) -> Markup:
    colonnes = Markup("").join(_colonne(colonne) for colonne in une.colonnes)
    return Markup(
        '<details data-table="{nom}"><summary><b>{nom}</b> <span>{libelle}</span></summary>'
        "<p>{objet}. {lignes}. {inserer}</p><ul>{colonnes}</ul></details>"
    ).format(
        nom=une.nom,
        libelle=une.libelle,
        objet=une.objet,
        lignes=accorder(une.lignes, "ligne"),
        inserer=_bouton(une.nom, "insérer le nom"),
        colonnes=colonnes,
    )


def _bouton(texte: str, montre: str) -> Markup:
    return Markup(
        '<button type="button" data-inserer="{}" title="Insérer « {} » dans la requête">{}</button>'
    ).format(texte, texte, montre)


def _colonne(une: ColonneLue) -> Markup:
    codes = Markup("")
    if une.liste:
        libelles = contrat().codes.get(une.liste, {})
        lignes = Markup("").join(
            Markup("<li><code>{}</code> {}</li>").format(*couple) for couple in libelles.items()
        )
        codes = Markup("<details><summary>liste {}</summary><ul>{}</ul></details>").format(
            une.liste, lignes
        )
    return Markup("<li>{} <i>{}</i> <span>{}</span>{}</li>").format(
        _bouton(une.nom, une.nom), une.type, une.sens, codes
    )


def liste_gardees(gardees: Sequence[RequeteGardee], moi: str) -> Markup:
    """Return the queries that one may open, each with what one may do with it."""
    if not gardees:
        return Markup('<p class="fr-hint-text">Aucune requête enregistrée pour le moment.</p>')
    return Markup('<ul class="gardees">{}</ul>').format(
        Markup("").join(_gardee(une, mienne=une.auteur == moi) for une in gardees)
    )


def _gardee(une: RequeteGardee, *, mienne: bool) -> Markup:
    supprimer = Markup(
        '<button type="button" data-supprimer="{}" data-titre="{}">Supprimer</button>'
    ).format(une.id, une.titre)
    precisions = "partagée" if une.partagee else "privée"
    if not mienne:
        precisions = f"de {une.auteur}"
    return Markup('<li><a href="/requetes?requete={}">{}</a> <small>{}, {}</small> {}</li>').format(
        une.id, une.titre, precisions, quand(une.modifiee_le), supprimer if mienne else ""
    )


def liste_executions(faites: Iterable[Execution]) -> Markup:
    """Return what one ran, the last first, each text once, ready to be taken up again."""
    dernieres: dict[str, Execution] = {}
    for une in faites:
        dernieres.setdefault(une.sql, une)
    lignes = Markup("").join(_execution(une) for une in dernieres.values())
    if not lignes:
        return Markup('<p class="fr-hint-text">Rien n\'a encore été exécuté.</p>')
    return Markup('<ul class="executions">{}</ul>').format(lignes)


def _execution(une: Execution) -> Markup:
    fait = une.verdict
    if une.lignes is not None:
        secondes = nombre(une.secondes or 0, 1)
        fait = f"{accorder(une.lignes, 'ligne')} en {secondes} s"
    return Markup(
        '<li><button type="button" data-reprendre="{}"><code>{}</code></button>'
        "<small>{}, {}</small></li>"
    ).format(une.sql, _debut(une.sql), quand(une.le), fait)


def _debut(sql: str) -> str:
    """Return the first letters of a query, its header left out."""
    lignes = [ligne for ligne in sql.splitlines() if not ligne.lstrip().startswith("--")]
    texte = " ".join(" ".join(lignes).split()) or " ".join(sql.split())
    return f"{texte[:110]}…" if len(texte) > 110 else texte  # noqa: PLR2004


def quand(instant: dt.datetime) -> str:
    """Return « aujourd'hui à 14:05 », else « le 25/11/2026 », in this machine's time."""
    ici = instant.astimezone()
    if ici.date() == dt.datetime.now().astimezone().date():
        return f"aujourd'hui à {ici:%H:%M}"
    return f"le {ici:%d/%m/%Y}"


def lien_requete(**parametres: str) -> str:
    """Return the address of the editor with a query: `sql`, `requete` or `bibliotheque`."""
    return f"/requetes?{urlencode(parametres)}"


def en_json(schema: Sequence[TableLue]) -> dict[str, Any]:
    """Return what the editor proposes while one types, and the tables as the page shows them."""
    return {
        "tables": [
            {
                "nom": une.nom,
                "sens": une.libelle,
                "colonnes": [
                    {"nom": colonne.nom, "type": colonne.type, "sens": colonne.sens}
                    for colonne in une.colonnes
                ],
            }
            for une in schema
        ],
        "html": str(liste_tables(schema)),
    }
