"""Requêtes: write SQL on the analysts' file, see its result, draw it, keep it."""

from __future__ import annotations

import dash
from dash import html

from dashboards.composants.balises import balise, bloc, lire
from dashboards.composants.elements import attributs, repli, titre
from dashboards.composants.formulaires import champ
from dashboards.composants.natifs import Bloc
from dashboards.composants.requetes import (
    Depart,
    formulaire,
    liste_executions,
    liste_gardees,
    onglets,
    tables,
)
from dashboards.page import Contexte, page
from dashboards.requetes import champs_de, mes_requetes
from infocentre.requetes.bibliotheque import lire_bibliotheque, trouver_requete

EXEMPLE = """-- Demandes actives par guichet, les plus anciennes d'abord
select
    registre.nom as guichet,
    count(*) as demandes,
    round(avg(date_diff('month', demandes.date_creation, demandes.vue_le)), 1) as "ancienneté moyenne (mois)"
from demandes
inner join registre
    on demandes.guichet_enregistreur = registre.guichet
    and registre.mois = (select max(mois) from registre)
where demandes.statut = 'active'
group by all
order by demandes desc
"""  # noqa: E501


@page
def atelier(c: Contexte) -> html.Div:
    """Return the editor with the query of the address, the tables, what was kept and run."""
    depart = _depart(c.adresse)
    miennes = mes_requetes()
    return html.Div(
        [
            titre(
                "Écrire une requête",
                "Le fichier des analystes, en lecture seule : sans nom, numéros remplacés",
            ),
            onglets("/requetes"),
            html.Div(
                [
                    formulaire(depart, champs_de(depart.sql, depart.textes), c.v.version.numero),
                    html.Aside(tables(), **attributs(aria_label="Tables et colonnes")),
                ],
                className="atelier",
            ),
            html.Div(id="resultat", className="resultat"),
            html.Div(
                [
                    repli(
                        "Requêtes enregistrées",
                        _gardees(str(liste_gardees(miennes.lister(), miennes.auteur))),
                        ouvert=True,
                    ),
                    repli(
                        "Historique",
                        _bloc("executions", str(liste_executions(miennes.historique()))),
                        ouvert=True,
                    ),
                ],
                className="deux-colonnes ecran",
            ),
        ],
        className="page-requetes",
    )


def _gardees(contenu: str) -> html.Div:
    recherche = champ(
        "chercher-requete", "Chercher", **attributs(type="search", data_chercher_requete="")
    )
    return html.Div(
        [
            bloc(balise("div", recherche, class_="chercher-requete")),
            _bloc("gardees", contenu),
        ]
    )


def _bloc(nom: str, contenu: str) -> Bloc:
    return bloc(balise("div", lire(contenu), class_=nom, id=nom))


def _depart(adresse: dict[str, str]) -> Depart:
    """Return the query that an address names; raise Refus when there is none of that name."""
    textes = {nom[2:]: valeur for nom, valeur in adresse.items() if nom.startswith("p_")}
    if nom := adresse.get("bibliotheque"):
        une = trouver_requete(lire_bibliotheque(), nom)
        return Depart(une.sql, une.titre, une.description, bibliotheque=une.nom, textes=textes)
    if id_ := adresse.get("requete"):
        miennes = mes_requetes()
        gardee = miennes.lire(id_)
        return Depart(
            gardee.sql,
            gardee.titre,
            id=gardee.id,
            auteur=gardee.auteur,
            partagee=gardee.partagee,
            mienne=gardee.auteur == miennes.auteur,
            textes=textes,
        )
    return Depart(adresse.get("sql", EXEMPLE), textes=textes)


dash.register_page(
    __name__,
    path="/requetes",
    menu=80,
    name="Requêtes",
    title="Requêtes – Infocentre",
    layout=atelier,
)
