"""Guichets enregistreurs: the list of the convention, its gaps, who opened and who closed."""

from __future__ import annotations

from itertools import groupby
from typing import Any

import dash
from dash import Input, Output, State, callback, dcc, html, no_update

from dashboards.composants.balises import Balise, Noeud, balise, bloc
from dashboards.composants.direct import lien_direct
from dashboards.composants.elements import (
    ariane,
    attributs,
    barre_filtres,
    chercher,
    choix,
    choix_epci,
    choix_type,
    exports,
    lien,
    pagination,
    repli,
    titre,
    vide,
)
from dashboards.composants.listes import Cellule, insecable, lignes_de, liste
from dashboards.composants.natifs import Bloc
from dashboards.composants.telechargements import formes
from dashboards.courant import acces, aujourdhui
from dashboards.exports import export
from dashboards.page import Contexte, Vue, page
from dashboards.registres import OCTETS_MAX, alerte, recevoir
from infocentre.acces.roles import Action
from infocentre.contrat import contrat
from infocentre.exports import Donnees, lisible
from infocentre.lecture.changements import liste_a_publier
from infocentre.lecture.filtres import nombre_de_pages, page_montree
from infocentre.lecture.guichets import (
    chercher_guichets,
    compter_guichets,
    guichets,
    inconnus,
    mouvements,
    reserve,
    titre_liste_publique,
    trier_guichets,
)
from infocentre.lecture.lignes import Guichet, choisir
from infocentre.lecture.registre_a_completer import a_completer
from infocentre.noyau import horaires
from infocentre.noyau.erreurs import Refus
from infocentre.noyau.francais import accord, accorder, slug
from infocentre.noyau.temps import jour, nom_mois
from infocentre.noyau.types_guichet import EN_LIGNE, SINGULIERS

PAR_PAGE = 200
EXPORTER = "Exporter la liste"
SANS_COMMUNE = "Commune non renseignée"
# The public list as data: what follows the name of its file, and its title.
DONNEES = {"csv": "CSV", "geojson": "GeoJSON", "schema.json": "Schéma du CSV"}
MONTRER = {"": "Tous", "ouverts": "Ouverts", "lacunes": "À compléter", "fermes": "Fermés"}
ORDRES = {
    "": "Commune",
    "nom": "Nom",
    "type": "Type, puis nom",
    "lacunes": "Le plus à compléter",
}
# Its own name: by the label, the button would be called as the field that it opens.
DEPOSER = "Déposer le registre complété"
SIGNES = {
    "ouvert": "● ouvert",
    "renommé": "◆ renommé",
    "fermé": "■ fermé",
    "retiré": "○ retiré du registre",
}


@page
def registre(c: Contexte) -> Vue:
    """Return the register of the month by pages, what it lacks, what changed in it."""
    tous = guichets(c.v, c.filtres)
    corps = html.Div(
        [
            *_a_completer(c),
            *_liste(c, _montres(c, tous)),
            exports(formes(lambda f: _adresse_de(c, f"/export/guichets.{f}"), EXPORTER)),
            html.P(
                lien("Voir la liste à publier", c.filtres.lien("/guichets/liste-publique")),
                className="ecran",
            ),
            html.H2("Ouverts et fermés depuis douze mois", className="fr-h5"),
            _mouvements(c),
            *_inconnus(c),
        ]
    )
    return Vue(
        corps,
        tete=html.Div(
            [
                titre("Guichets enregistreurs"),
                html.P(_resume(tous, c), className="sous-titre"),
            ]
        ),
        filtres=barre_filtres(
            c.filtres,
            c.mois,
            c.departements,
            plus=[
                *choix_epci(c.filtres, c.epcis),
                choix_type(c.filtres),
                choix("montrer", "Montrer", list(MONTRER.items()), _montrer(c)),
                choix("tri", "Ordre", list(ORDRES.items()), c.adresse.get("tri", "")),
                chercher("recherche", "Chercher un guichet", _recherche(c)),
            ],
        ),
    )


def _a_completer(c: Contexte) -> list[Any]:
    """Return what the register lacks, with the workbook by which a person completes it."""
    if not acces().peut(Action.DEPOSER) or c.v.p.partiel:
        return []
    dit = a_completer(c.v, c.filtres.departement)
    vers = c.filtres.lien("/guichets/registre.xlsx")
    corps = [
        html.P(
            "Le classeur a une ligne par guichet vu dans les livraisons, et ce qui en est déjà "
            "connu. Rempli et déposé, il complète tous les mois du département ; une livraison "
            "qui porte son registre reste ce qu’elle dit.",
        ),
        exports({"Télécharger le registre à compléter": vers}),
        html.Label(
            [
                "Registre complété (.xlsx)",
                dcc.Upload(
                    html.Button(
                        DEPOSER,
                        type="button",
                        className="fr-btn fr-btn--sm fr-btn--secondary",
                        **attributs(aria_label=DEPOSER),
                    ),
                    id="registre-fichier",
                    accept=".xlsx,.ods,.xls",
                    max_size=OCTETS_MAX,
                ),
            ]
        ),
        html.Div(id="registre-lu", className="fr-mt-2w"),
    ]
    if dit is None:
        return [repli("Compléter le registre", html.Div(corps))]
    return [
        html.Div(
            [
                html.H2(dit.phrase, className="fr-h5"),
                html.P(
                    f"{accord(dit.guichets, 'Son type ou son mode', 'Leur type ou leur mode')} "
                    "n’est pas connu. Un guichet de type inconnu est "
                    "compté, sans être jugé ; les indicateurs qui demandent le type ou le mode ne "
                    "sont pas calculables quand il manque à trop d’actes."
                ),
                *corps,
            ],
            className="fr-callout ecran",
        )
    ]


@callback(
    Output("registre-lu", "children"),
    Input("registre-fichier", "contents"),
    State("registre-fichier", "filename"),
    State("adresse", "search"),
    prevent_initial_call=True,
)
def deposer(contenu: object, nom: object, recherche: str | None) -> Any:  # noqa: ANN401
    """Take back the register that a person completed; say what of it is wrong, line by line."""
    if not isinstance(contenu, str) or not contenu:
        return no_update
    try:
        return recevoir(contenu, nom if isinstance(nom, str) else "", recherche)
    except Refus as refus:
        return alerte(refus)


def _montrer(c: Contexte) -> str:
    return c.adresse.get("montrer", "")


def _recherche(c: Contexte) -> str:
    return c.adresse.get("recherche", "")


def _adresse_de(c: Contexte, chemin: str, **changements: str) -> str:
    """Return the address of the same list elsewhere: on another page, as a file."""
    return c.filtres.lien(
        chemin,
        **{
            "montrer": _montrer(c),
            "recherche": _recherche(c),
            "tri": c.adresse.get("tri", ""),
            **changements,
        },
    )


def _montres(c: Contexte, tous: list[Guichet]) -> list[Guichet]:
    """Keep the guichets that the address asks for, whatever their page."""
    montrer = _montrer(c)
    montres = chercher_guichets([une for une in tous if _montre(une, montrer)], _recherche(c))
    return trier_guichets(montres, c.adresse.get("tri", ""))


def _montre(une: Guichet, montrer: str) -> bool:
    if montrer == "lacunes":
        return bool(une["lacunes"])
    return montrer not in {"ouverts", "fermes"} or une["ouvert"] == (montrer == "ouverts")


def _resume(tous: list[Guichet], c: Contexte) -> list[Any]:
    lacunes = sum(bool(une["lacunes"]) for une in tous)
    lieu = f"{c.epcis[c.filtres.epci]} : " if c.filtres.epci else ""
    a_completer: Any = "registre complet"
    if lacunes:
        vers = _adresse_de(c, "/guichets", montrer="lacunes")
        a_completer = lien(f"{lisible(lacunes)} à compléter", vers)
    return [f"{lieu}{_compter(tous)}, ", a_completer, f" ; {nom_mois(c.filtres.mois)}"]


def _compter(lignes: list[Guichet]) -> str:
    """Count guichets as every page and document does: open ones, the portal apart."""
    comptes = compter_guichets(lignes)
    morceaux = [
        accorder(comptes.ouverts, "guichet ouvert", "guichets ouverts"),
        *([accorder(comptes.fermes, "fermé", "fermés")] if comptes.fermes else []),
        *(["le portail en ligne à part"] if comptes.en_ligne else []),
    ]
    return ", ".join(morceaux)


def _liste(c: Contexte, montres: list[Guichet]) -> list[Any]:
    """Return a page of the list, and the links to the others."""
    if not montres:
        que_faire = "Changer le type, ou montrer tous."
        if _recherche(c):
            que_faire = "Chercher un autre nom, un autre code ou une autre commune."
        return [vide("Aucun guichet pour ces filtres", que_faire)]
    pages = nombre_de_pages(len(montres), PAR_PAGE)
    numero = page_montree(c.adresse, len(montres), PAR_PAGE)
    debut = PAR_PAGE * (numero - 1)
    fin = min(debut + PAR_PAGE, len(montres))
    legende = _compter(montres)
    if pages > 1:
        legende = (
            f"De {lisible(debut + 1)} à {lisible(fin)} sur {lisible(len(montres))} : {legende}"
        )
    return [
        liste(
            ["Guichet", "Type", "Adresse", "Horaires", "Téléphone", "À compléter"],
            [_guichet(c, une) for une in montres[debut:fin]],
            legende,
            nus=(1, 2, 3, 4),
        ),
        pagination(numero, pages, lambda autre: _adresse_de(c, "/guichets", page=str(autre))),
    ]


def _guichet(c: Contexte, une: Guichet) -> list[Cellule]:
    le = une["date_fermeture"]
    ferme = f"fermé le {jour(le)}" if le and not une["ouvert"] else None
    return [
        lignes_de(_fiche_du(c, une), ferme),
        SINGULIERS.get(une["type_guichet"], une["type_guichet"]),
        _adresse(une),
        horaires.dire(une["horaires"]),
        insecable(une["telephone"]),
        ", ".join(une["lacunes"]),
    ]


def _adresse(une: Guichet) -> Cellule:
    if une["type_guichet"] == EN_LIGNE:
        return "en ligne"
    return lignes_de(une["adresse"], f"{une['code_postal'] or ''} {une['nom_commune']}".strip())


def _fiche_du(c: Contexte, une: Guichet) -> Cellule:
    return lien_direct(une["nom"] or une["guichet"], c.filtres.lien(f"/guichet/{une['guichet']}"))


def _mouvements(c: Contexte) -> Bloc | html.Div:
    lignes = mouvements(c.v, c.filtres)
    if not lignes:
        return html.Div(html.P("Aucun guichet ouvert, renommé ni fermé dans cette période."))
    return liste(
        ["Mois", "Guichet", "Type", "Mouvement"],
        [
            [
                nom_mois(une["mois"]),
                lien_direct(
                    une["nom"] or une["guichet"], c.filtres.lien(f"/guichet/{une['guichet']}")
                ),
                SINGULIERS.get(une["type_guichet"], une["type_guichet"]),
                SIGNES[une["mouvement"]] + (f" le {jour(une['le'])}" if une["le"] else ""),
            ]
            for une in lignes
        ],
        "Guichets entrés au registre, renommés, fermés ou retirés",
    )


def _inconnus(c: Contexte) -> list[Any]:
    lignes = inconnus(c.v, c.filtres)
    if not lignes:
        return []
    return [
        html.H2("Codes inconnus du registre", className="fr-h5"),
        liste(
            ["Code", "Tables", "Lignes"],
            [[une["guichet"], ", ".join(une["tables"]), une["lignes"]] for une in lignes],
            "Codes utilisés dans la livraison du mois et absents du registre",
            numeriques=(2,),
        ),
    ]


@page
def publique(c: Contexte) -> html.Div:
    """Return the list as the public may read it: no code, no rate, no contact but the phone."""
    lignes = liste_a_publier(c.v, c.filtres, aujourdhui())
    livraison = c.v.version.publiee(c.filtres.departement, c.filtres.mois)
    arrete = jour(livraison.arrete) if livraison else ""
    adresse = c.filtres.lien("/guichets/liste-a-publier.html")
    return html.Div(
        [
            ariane(
                [
                    ("Guichets enregistreurs", c.filtres.lien("/guichets")),
                    ("Liste à publier", None),
                ]
            ),
            titre(
                titre_liste_publique(c.filtres.departement, c.epcis.get(c.filtres.epci)),
                f"Liste au {arrete}",
            ),
            exports(
                {"Télécharger la page à publier": adresse}
                | {
                    titre_: c.filtres.lien(f"/guichets/liste-a-publier.{forme}")
                    for forme, titre_ in DONNEES.items()
                }
            ),
            bloc(_sommaire(lignes)),
            bloc(_par_commune(lignes)),
        ]
    )


def _sommaire(lignes: list[Guichet]) -> Balise:
    """Return the links to the communes of the list."""
    communes = dict.fromkeys(une["nom_commune"] or SANS_COMMUNE for une in lignes)
    liens = [balise("li", balise("a", nom, href=f"#{slug(nom)}")) for nom in communes]
    return balise("nav", balise("ul", liens, class_="sommaire-communes"), aria_label="Communes")


def _par_commune(lignes: list[Guichet]) -> Balise:
    return balise(
        "div",
        [
            balise(
                "section",
                balise(
                    "h2",
                    commune or SANS_COMMUNE,
                    class_="fr-h5",
                    id=slug(commune or SANS_COMMUNE),
                ),
                balise("ul", [_fiche(une) for une in ensemble], class_="guichets-publics"),
            )
            for commune, ensemble in groupby(lignes, key=lambda une: une["nom_commune"])
        ],
    )


def _fiche(une: Guichet) -> Balise:
    place = f"{une['code_postal'] or ''} {une['nom_commune']}".strip()
    dits = (une["adresse"], place, horaires.dire(une["horaires"]), reserve(une))
    suite: list[Noeud] = [texte for texte in dits if texte]
    if telephone := une["telephone"]:
        suite.append(balise("a", telephone, href=f"tel:{telephone.replace(' ', '')}"))
    lignes = [balise("div", un) for un in suite]
    return balise("li", balise("strong", une["nom"] or une["guichet"]), lignes)


@export("guichets")
def exporter(c: Contexte) -> Donnees:
    """Take away the register as shown, all its pages, with what it lacks."""
    table = contrat().tables["guichets"]
    champs = ["guichet" if une.nom == table.cle else une.champ for une in table.colonnes]
    champs.insert(champs.index("commune") + 1, "nom_commune")
    return Donnees(
        "Guichets enregistreurs",
        (*champs, "a_completer"),
        [
            (*choisir(une, champs), ", ".join(une["lacunes"]))
            for une in _montres(c, guichets(c.v, c.filtres))
        ],
        de="guichets",
    )


dash.register_page(
    "guichets",
    path="/guichets",
    menu=60,
    rubrique="Guichets",
    name="Guichets enregistreurs",
    title="Guichets enregistreurs – Infocentre",
    layout=registre,
)
dash.register_page(
    "guichets_publics",
    path="/guichets/liste-publique",
    name="Liste à publier",
    title="Guichets enregistreurs, liste à publier – Infocentre",
    layout=publique,
)
