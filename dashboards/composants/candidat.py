"""The step from a query to an indicator: its forms, and what the rule says of past months."""

from __future__ import annotations

import datetime as dt
import shlex
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote

from dash import html

from dashboards.composants.elements import attributs, etat, repli, typographie
from dashboards.composants.graphique import graphique
from dashboards.composants.saisie import Champ, Formulaire, formulaire, groupe
from dashboards.courant import lecture
from infocentre.acces.audit import FaitDuJour
from infocentre.catalogue import MOTS, Indicateur
from infocentre.catalogue.familles import SANS_FAMILLE, famille, familles
from infocentre.catalogue.modele import Seuils
from infocentre.exports import lisible
from infocentre.graphiques import Point, seuils_etats
from infocentre.graphiques.descriptions import Courbe
from infocentre.lecture.commun import catalogue
from infocentre.noyau.etats import Etat
from infocentre.noyau.francais import accorder, clef_de_tri, part
from infocentre.noyau.imputables import PERSONNE
from infocentre.noyau.temps import jour, nom_mois
from infocentre.procedures.mesures_correctives.comptes import suites_d_une_regle
from infocentre.requetes.candidat import Apercu, Changement, MoisApercu
from infocentre.requetes.ebauche import A_COMPLETER, completer, en_yaml
from infocentre.requetes.proposition import Proposition

IMPUTABLES = (
    ("guichet", "guichet"),
    ("gestionnaire", "gestionnaire"),
    (PERSONNE, "personne : contexte, sans couleur"),
)
REMEDES = tuple((remede, f"{remede} : {mots.reste}") for remede, mots in MOTS.items())
CHANGEMENTS_MAX = 500
REGLE = ("population", "applicable", "anomalie")  # what makes a new version of an indicator
OPTIONS = tuple(
    (
        "population applicable anomalie explication imputable libelle reference remede "
        "encore_possible"
    ).split()
)
ECRITS = (
    "population applicable anomalie explication imputable libelle famille reference pourquoi "
    "correction remede encore_possible"
).split()
NOMBRE, NOMBRES = "12", range(1, 37)
MOIS = Champ("nombre", "Nombre de mois", "liste", options=[(n, n) for n in ("6", "12", "24")])
JUGEMENT = (
    Champ("imputable", "Imputable à", "liste", options=IMPUTABLES),
    Champ(Etat.ORANGE, "Seuil orange (%)"),
    Champ(Etat.ROUGE, "Seuil rouge (%)"),
    Champ(
        "tolerance_zero",
        "tolérance zéro : à traiter dès la première anomalie, sans seuils",
        "case",
    ),
)


def formulaire_seuils(un: Indicateur | None) -> Formulaire:
    """Return the form that changes the thresholds of an indicator, empty when it has none."""
    seuils = un.seuils if un else None
    champs = [
        Champ(Etat.ORANGE, "Orange au-delà de (%)", precisions={"required": True}),
        Champ(Etat.ROUGE, "Rouge au-delà de (%)", precisions={"required": True}),
        MOIS,
    ]
    return formulaire(
        "seuils",
        [groupe("seuils", champs)] if seuils else [],
        {**_en_pourcent(seuils.model_dump() if seuils else {}), "nombre": NOMBRE},
        bouton="Essayer ces seuils",
        classe="formulaire seuils",
    )


def formulaire_regle(champs: Mapping[str, Any]) -> Formulaire:
    """Return the form of a whole rule, filled with the fields of its YAML file."""
    textes = {nom: un for nom, un in champs.items() if isinstance(un, str)}
    textes |= _en_pourcent(champs.get("seuils") or {})
    textes |= {"tolerance_zero": "oui"} if champs.get("tolerance_zero") else {}
    groupes = [
        groupe("regle", _champs_regle(), "La règle"),
        groupe("regle", JUGEMENT, "Le jugement"),
        groupe("regle", _champs_lus(champs.get("famille")), "Ce que les guichets liront"),
        groupe("regle", [MOIS]),
    ]
    noms = {champ["nom"] for lot in groupes for champ in lot["champs"]}
    return formulaire(
        "regle",
        groupes if champs else [],
        {"nombre": NOMBRE, **{n: t for n, t in textes.items() if n in noms}},
        bouton="Essayer sur les mois passés",
        classe="candidat",
    )


def _en_pourcent(seuils: Mapping[str, float]) -> dict[str, str]:
    return {nom: f"{100 * taux:g}" for nom, taux in seuils.items()}


def _champs_regle() -> list[Champ]:
    populations = [(un.nom, f"{un.nom} – {un.objet}") for un in catalogue().populations.values()]
    concernees = "condition sur les colonnes de la population ; vide : toutes"
    deux, trois = {"rows": 2}, {"rows": 3}
    return [
        Champ("population", "Population", "liste", options=populations, large=True),
        _zone("applicable", "Unités concernées", concernees, deux, sql=True),
        _zone("anomalie", "En anomalie quand", "", trois, sql=True),
        Champ(
            "explication",
            "Explication de chaque anomalie",
            aide="les colonnes entre accolades",
            large=True,
        ),
    ]


def _champs_lus(code_famille: object) -> list[Champ]:
    codes = list(familles())
    if code_famille not in codes:
        codes.append(SANS_FAMILLE)
    reste = "d'un fait passé seulement : ce qui peut encore être fait"
    deux = {"rows": 2}
    return [
        Champ("libelle", "Nom", large=True),
        Champ("famille", "Famille", "liste", options=[(un, famille(un).titre) for un in codes]),
        Champ("reference", "Référence", aide="article, convention"),
        _zone("pourquoi", "Pourquoi", "", deux),
        _zone("correction", "Comment corriger, ou ne plus le refaire", "", deux),
        Champ("remede", "Les cas listés sont", "liste", options=REMEDES),
        Champ("encore_possible", "Ce qui reste possible", aide=reste),
    ]


def _zone(
    nom: str, libelle: str, aide: str, precisions: Mapping[str, Any], *, sql: bool = False
) -> Champ:
    return Champ(nom, libelle, "zone", aide, large=True, sql=sql, precisions=precisions)


def lire_champs(textes: Mapping[str, str]) -> dict[str, Any]:
    """Return the fields of the YAML file that a filled form gives; empty ones are left out."""
    champs: dict[str, Any] = {nom: textes[nom].strip() for nom in ECRITS if textes.get(nom)}
    if textes.get("tolerance_zero"):
        return champs | {"tolerance_zero": True, "seuils": None}
    if champs.get("imputable") == PERSONNE:
        return champs | {"seuils": None}
    return champs | {"seuils": {n: _ratio(textes.get(n, "")) for n in Seuils.model_fields}}


def champs_de_regle(code: str, textes: Mapping[str, str]) -> dict[str, Any]:
    """Return the whole definition: of a new indicator, or of the one in force with its changes.

    A changed rule is a new version of its indicator, from this month.
    """
    lus = lire_champs(textes)
    en_vigueur = catalogue().indicateurs.get(code)
    if en_vigueur is None:
        regle = (lus.get("population", ""), lus.get("applicable"), lus.get("anomalie", ""))
        return completer(code, Proposition(*regle), lus)
    avant = en_vigueur.model_dump(mode="json", exclude_defaults=True)
    champs = avant | dict.fromkeys(("applicable", "reference", "encore_possible")) | lus
    if any(champs.get(nom) != avant.get(nom) for nom in REGLE):
        mois = f"{dt.datetime.now().astimezone():%Y-%m}"
        champs |= {"version": en_vigueur.version + 1, "depuis": mois}
    return {nom: valeur for nom, valeur in champs.items() if valeur is not None}


def _ratio(pourcent: str) -> float | str:
    """Return 0.05 for « 5 » or « 5 % »; what is no number is left for the catalogue to refuse."""
    try:
        return round(float(pourcent.replace(",", ".").replace("%", "").strip()) / 100, 6)
    except ValueError:
        return pourcent


def montrer_apercu(apercu: Apercu, champs: Mapping[str, Any]) -> list[Any]:
    """Return what a rule would have said of past months, and what to do with it."""
    dernier = apercu.mois[-1]
    return [
        html.H2(_titre(apercu), className="fr-h5"),
        html.P(_resume(apercu, dernier), className="fr-text--lead"),
        _masque(apercu) if apercu.masque else _changent(apercu, dernier),
        None if apercu.masque else _mesures(apercu, dernier),
        _dessin(apercu),
        _mois_par_mois(apercu),
        *_ensuite(apercu.indicateur.code, champs, compare=apercu.compare),
    ]


def _masque(apercu: Apercu) -> html.P:
    """Say what is hidden from who may see no small count, and how the rest is told."""
    lus = (
        "La règle a lu ce que lisent vos requêtes, des jours au mois et des montants en classes : "
        "ces nombres sont des ordres de grandeur. "
        if apercu.classes
        else ""
    )
    return html.P(
        f"{lus}Les effectifs sont arrondis à 5 près ; ceux de moins de {apercu.masque} (« – » dans "
        "la table), et les guichets qui changent d'état, ne sont montrés qu'à qui voit les petits "
        "nombres. Une unité dont le calcul échoue n'est pas comptée en anomalie."
    )


def montrer_essais(essais: Sequence[FaitDuJour]) -> html.Details:
    """Return how many rules each account tried, day by day: many bear on persons one by one."""
    lignes = [[jour(un.jour), un.qui, lisible(un.nombre)] for un in essais]
    titre = "Essais des sept derniers jours, par compte"
    vide = html.P("Aucune règle n'a été essayée.")
    table = _table(["Jour", "Compte", "Essais"], lignes, titre, textes=True)
    return repli(titre, table if lignes else vide)


def _mesures(apercu: Apercu, dernier: MoisApercu) -> html.P | None:
    """Say what the corrective measures would become, of a rule in force that changes."""
    v = lecture()
    if not apercu.compare or v is None:
        return None
    faits = apercu.du_dernier_mois(dernier.departement)
    suites = suites_d_une_regle(v, apercu.indicateur, dernier.departement, *faits)
    return html.P(typographie(suites.dites))


def _mois_par_mois(apercu: Apercu) -> html.Div:
    face = "par rapport à la règle en vigueur" if apercu.compare else "depuis le mois précédent"
    legende = f"Mois par mois : ce que la règle dit, {_fenetre(apercu)} ; entrées et sorties {face}"
    colonnes = ["Mois", *_colonnes(apercu), "État"]
    return _table(colonnes, [_mois(apercu, un) for un in reversed(apercu.mois)], legende)


def _mois(apercu: Apercu, un: MoisApercu) -> list[Any]:
    numerateur, denominateur, taux = _juges(apercu, un)
    changent = sum(c.mois == un.mois for c in apercu.changements)
    avant = [_taux(un.taux_avant)] if apercu.compare else []
    nombres = [_entier(n) for n in (un.entrent, un.sortent)]
    nombres.append("–" if apercu.masque else _entier(changent))
    comptes = [_entier(numerateur), _entier(denominateur), _taux(taux)]
    return [nom_mois(un.mois), *comptes, *avant, *nombres, etat(un.etat) if un.etat else "–"]


def _taux(ratio: float | None) -> str:
    return "–" if ratio is None else part(ratio)


def _entier(n: int | None) -> str:
    return "–" if n is None else lisible(n)


def _changent(apercu: Apercu, dernier: MoisApercu) -> html.Div:
    """Return the guichets that change state in the last month, those of before folded."""
    mois = nom_mois(dernier.mois)
    du_mois = [un for un in apercu.changements if un.mois == dernier.mois]
    autres = [un for un in apercu.changements if un.mois != dernier.mois]
    autres.sort(key=lambda un: un.mois, reverse=True)
    dits: list[Any] = [html.P(f"Aucun guichet ne change d'état, {mois}.")]
    if du_mois:
        dits = [_guichets(apercu, du_mois, f"Guichets qui changent d'état, {mois}")]
    if autres:
        legende = "Guichets qui changent d'état, mois précédents"
        dits.append(repli("Les mois précédents", _guichets(apercu, autres, legende)))
    return html.Div(dits)


def _guichets(apercu: Apercu, changements: Sequence[Changement], legende: str) -> html.Div:
    faces = ("Règle en vigueur", "Règle essayée") if apercu.compare else ("Mois précédent", "Mois")
    lignes = [
        [un.nom or un.guichet, nom_mois(un.mois), etat(un.etat_avant), etat(un.etat)]
        for un in sorted(
            changements, key=lambda un: (-_rang(un), clef_de_tri(un.nom or un.guichet))
        )
    ]
    return _table(["Guichet", "De", *faces], lignes[:CHANGEMENTS_MAX], legende, textes=True)


def _rang(un: Changement) -> int:
    """Return the month as a number, to sort the last first."""
    return int(un.mois.replace("-", ""))


def _table(
    colonnes: Sequence[str], lignes: Sequence[Sequence[Any]], legende: str, *, textes: bool = False
) -> html.Div:
    """Return a table whose first column names the rows, the last one a text."""
    droite = set() if textes else set(range(1, len(colonnes) - 1))
    entete = [
        html.Th(un, scope="col", className="nombre" if rang in droite else "")
        for rang, un in enumerate(colonnes)
    ]
    corps = [
        html.Tr(
            [
                html.Th(premiere, scope="row"),
                *(
                    html.Td(
                        un,
                        className="nombre" if rang in droite else "",
                        **attributs(data_nom=colonnes[rang]),
                    )
                    for rang, un in enumerate(suite, 1)
                ),
            ]
        )
        for premiere, *suite in lignes
    ]
    table = html.Table([html.Caption(legende), html.Thead(html.Tr(entete)), html.Tbody(corps)])
    return html.Div(
        table,
        className="tableau liste",
        role="region",
        tabIndex=0,
        **attributs(aria_label=legende),
    )


def _ensuite(code: str, champs: Mapping[str, Any], *, compare: bool) -> list[Any]:
    """Return how a rule that was tried comes into force, and its definition to take away."""
    restes = [nom for nom, un in champs.items() if str(un).startswith(A_COMPLETER)]
    ou = html.Code(f"expectations/{code}.yml")
    entre = "La règle entre en vigueur au contrôle suivant ; les mois passés se recalculent par "
    mettre: list[Any] = [
        "Télécharger la définition, la relire à plusieurs, puis la mettre ",
        *(["à la place de ", ou, " dans le dossier du projet."] if compare else []),
        *(
            []
            if compare
            else ["dans le dossier du projet : ", ou, ". Ou l'écrire avec ses lignes "]
        ),
        "" if compare else "d'essai :",
    ]
    yaml = en_yaml(champs)
    return [
        html.H3("Et ensuite", className="fr-h6"),
        html.P(f"Reste à compléter : {', '.join(restes)}.") if restes else None,
        html.P(mettre),
        None if compare else html.Pre(_commande(code, champs), tabIndex=0),
        html.P([entre, html.Code("infocentre controler --mois AAAA-MM"), "."]),
        html.P(
            html.A(
                "Télécharger la définition",
                className="fr-btn fr-btn--secondary fr-btn--sm",
                download=f"{code}.yml",
                href=f"data:text/yaml;charset=utf-8,{quote(yaml)}",
            ),
            className="exports",
        ),
        repli("La définition", html.Pre(yaml, tabIndex=0)),
    ]


def _titre(apercu: Apercu) -> str:
    une = apercu.indicateur
    if not apercu.compare:
        return f"{une.code}, indicateur nouveau"
    avant = catalogue().indicateurs[une.code]
    memes = all(getattr(une, nom) == getattr(avant, nom) for nom in REGLE)
    return f"{une.code}, {'seuils essayés' if memes else 'règle changée'}"


def _fenetre(apercu: Apercu) -> str:
    return "du mois" if apercu.au_mois else "des 12 mois"


def _colonnes(apercu: Apercu) -> list[str]:
    en_vigueur = ["Taux en vigueur"] if apercu.compare else []
    return [
        "Anomalies",
        "Effectif",
        "Taux",
        *en_vigueur,
        "Entrent",
        "Sortent",
        "Guichets qui changent",
    ]


def _commande(code: str, champs: Mapping[str, Any]) -> str:
    """Return the command that writes this candidate and its test rows."""
    options = {nom: champs.get(nom) for nom in OPTIONS}
    options |= {nom: f"{100 * taux:g}" for nom, taux in (champs.get("seuils") or {}).items()}
    mots = [
        f"--{nom.replace('_', '-')}={shlex.quote(str(valeur))}"
        for nom, valeur in options.items()
        if valeur and not str(valeur).startswith(A_COMPLETER)
    ]
    mots += ["--tolerance-zero"] if champs.get("tolerance_zero") else []
    return " \\\n  ".join([f"infocentre candidat {code}", *mots, "--ecrire"])


def _resume(apercu: Apercu, dernier: MoisApercu) -> str:
    juges = _juges(apercu, dernier)
    if apercu.masque:
        dit = "moins de {} anomalies" if juges[0] is None else "{} anomalies"
        combien = dit.format(apercu.masque if juges[0] is None else lisible(juges[0]))
        return f"{nom_mois(dernier.mois).capitalize()} : {combien} {_fenetre(apercu)}."
    changent = sum(un.mois == dernier.mois for un in apercu.changements)
    return (
        f"{nom_mois(dernier.mois).capitalize()} : "
        f"{accorder(juges[0] or 0, 'anomalie', 'anomalies')} sur "
        f"{accorder(juges[1] or 0, 'unité', 'unités')} {_fenetre(apercu)} ; "
        f"{accorder(dernier.entrent or 0, 'entre', 'entrent')}, "
        f"{accorder(dernier.sortent or 0, 'sort', 'sortent')} ; "
        f"{accorder(changent, 'guichet change', 'guichets changent')} d'état."
    )


def _juges(apercu: Apercu, un: MoisApercu) -> tuple[int | None, int | None, float | None]:
    """Return anomalies, effectif and rate in the window that is judged."""
    if apercu.au_mois:
        return un.numerateur, un.denominateur, un.taux
    return un.numerateur_12m, un.denominateur_12m, un.taux_12m


def _dessin(apercu: Apercu) -> html.Figure:
    seuils = apercu.indicateur.seuils
    points = tuple(
        Point(un.mois, _juges(apercu, un)[2], autre=un.taux_avant if apercu.compare else None)
        for un in apercu.mois
    )
    return graphique(
        Courbe(
            titre=f"Taux {_fenetre(apercu)}, {len(apercu.mois)} mois",
            points=points,
            seuils=seuils_etats(seuils.orange, seuils.rouge) if seuils else (),
            nom_autre="règle en vigueur" if apercu.compare else None,
        ),
        nom="apercu",
    )
