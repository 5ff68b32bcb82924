"""Livraisons: the history and its refusals, one delivery's report and lists, revised values."""

from __future__ import annotations

import datetime as dt
import functools
from typing import Any

import dash
from dash import html

from dashboards.composants.direct import etat_direct, lien_direct
from dashboards.composants.elements import (
    Filtre,
    ariane,
    choix,
    exports,
    lien,
    pagination,
    repli,
    titre,
    typographie,
    vide,
)
from dashboards.composants.listes import Cellule, insecable, lignes_de, liste
from dashboards.composants.natifs import Bloc
from dashboards.composants.telechargements import formes
from dashboards.exports import export
from dashboards.page import Contexte, Vue, page
from infocentre.contrat import contrat
from infocentre.contrat.intitules import libelle
from infocentre.contrat.territoires import nom_departement
from infocentre.entrepot import Livraison
from infocentre.exports import Donnees, lisible
from infocentre.lecture import livraisons as donnees
from infocentre.lecture.commun import (
    annees_annuelles,
    departements,
    indicateurs,
    mois_jamais_livres,
)
from infocentre.lecture.filtres import nombre_de_pages, page_montree, page_voulue
from infocentre.lecture.historique import EN_VIGUEUR, LISTES, REFUSEE, Passage
from infocentre.lecture.lecteur import Ligne
from infocentre.lecture.lignes import RevisionNommee, choisir
from infocentre.lecture.rapport import (
    TERMES,
    Description,
    TableDecrite,
    VerdictEcrit,
    code_cite,
    ou_est_le_code,
    registre_a_completer,
    remarques,
)
from infocentre.mesures import CAUSES
from infocentre.noyau.erreurs import Refus
from infocentre.noyau.francais import accord, accorder, enumerer
from infocentre.noyau.temps import dater_heure, jour, nom_mois, noms_mois

COLONNES = (
    "Données arrêtées au",
    "Livraison",
    "Chargée le",
    "Ce qu'elle est devenue",
    "Lues",
    "Rejetées",
    "Demandes actives",
)
STATUTS = {"remplacée": "○ remplacée", "retirée": "○ retirée", REFUSEE: "✖ refusée"}
VERDICTS = {"passe": "● passe", "à confirmer": "▲ à confirmer", "refus": "✖ refus"}


sans_controle = functools.partial(page, charges=True)


@sans_controle
def historique(c: Contexte) -> Vue:
    """Return the history of deliveries, or the revised values (`vue=revisions`)."""
    if c.adresse.get("vue") == "revisions":
        return _revisions(c)
    passages = donnees.passages(c.v, c.filtres.departement)
    total, _ = donnees.revisions(c.v, c.filtres, {}, page=1)
    phrase = accorder(total, "valeur publiée a changé depuis", "valeurs publiées ont changé depuis")
    corps = html.Div(
        [
            _jamais_livres(c),
            _annuel(c),
            html.P(
                [f"{phrase}. ", lien("Voir les révisions", _lien(c, vue="revisions"))]
                if total
                else _rien_de_revise(c)
            ),
            liste(
                COLONNES,
                [_passage(c, un) for un in passages],
                "Historique des livraisons, la plus récente d'abord",
                numeriques=(4, 5, 6),
                nus=(3,),
            ),
        ]
    )
    return Vue(
        corps,
        tete=html.Div(
            [
                titre("Livraisons", nom_departement(c.filtres.departement)),
                html.P(
                    [
                        lien("Déposer une livraison", "/depot"),
                        lien("Reconnaître mes fichiers", "/reconnaitre"),
                        lien("Réglages", "/reglages"),
                    ],
                    className="liens",
                ),
            ]
        ),
        filtres=_filtres(c),
    )


def _jamais_livres(c: Contexte) -> html.P | None:
    """Flag the months between two delivered ones of which no delivery is in force."""
    manquants = mois_jamais_livres(c.v, c.filtres.departement)
    if not manquants:
        return None
    return html.P(
        f"Sans livraison : {noms_mois(manquants)}. Les pages passent d'un mois à l'autre sans "
        f"{accord(len(manquants), 'lui : la demander, puis la', 'eux : les demander, puis les')} "
        "charger.",
        className="avertissement",
    )


def _annuel(c: Contexte) -> html.P | None:
    """Say of which years a single arrêté is expected: no month of theirs is missing."""
    annees = annees_annuelles(c.v, c.filtres.departement)
    if not annees:
        return None
    return html.P(
        f"Annuel : {enumerer(annees)}. Une livraison par an, arrêtée au 31 décembre : aucun mois "
        "n'y manque."
    )


def _rien_de_revise(c: Contexte) -> str:
    if not c.mois:
        return "Aucun mois n'est encore contrôlé."
    return "Aucune valeur publiée n'a été révisée."


def _filtres(c: Contexte, *autres: Filtre) -> list[Filtre]:
    """The département when there are several, and a page's own: months do not restrict here."""
    options = [(d, nom_departement(d)) for d in departements(c.v, charges=True)]
    territoire = choix("departement", "Département", options, c.filtres.departement)
    return [*([territoire] if len(options) > 1 else []), *autres]


def _lien(c: Contexte, chemin: str = "/livraisons", **changements: str) -> str:
    return c.filtres.lien(chemin, **changements)


def _moment(iso: str) -> str:
    return dater_heure(dt.datetime.fromisoformat(iso))


def _cle(passage: Passage, une: Livraison) -> str:
    return une.mois if passage.statut == EN_VIGUEUR else une.empreinte[:12]


def _passage(c: Contexte, un: Passage) -> list[Cellule]:
    une = un.livraison
    chargee = insecable(_moment(un.le))
    if une is None:
        motif = un.motif.replace("\n", " ")
        return ["inconnu", un.nom, chargee, f"{STATUTS[un.statut]} : {motif}", "", "", ""]
    resume = donnees.resume(c.v, une)
    devenue = STATUTS.get(un.statut) or (
        f"● contrôlée le {_moment(une.controle.le)}" if une.controle else "○ à contrôler"
    )
    if un.confirmation:
        devenue += f" ; confirmée : « {un.confirmation} »"
    return [
        lien_direct(jour(une.arrete), _lien(c, f"/livraisons/{_cle(un, une)}")),
        un.nom,
        chargee,
        devenue,
        resume["lues"],
        resume["rejetees"],
        resume["actives"],
    ]


@sans_controle
def rapport(c: Contexte) -> html.Div:
    """Return the report of one delivery, or one of the lists behind its numbers."""
    passage = donnees.trouver(c.v, c.filtres.departement, c.adresse["cle"])
    une = passage.livraison
    if une is None:
        raise Refus("Cette livraison n'est pas chargée", que_faire="Revenir à l'historique.")
    if voulue := c.adresse.get("liste"):
        return _liste(c, passage, une, voulue)
    description = donnees.description(c.v, une)
    return html.Div(
        [
            ariane([("Livraisons", _lien(c)), (f"Données arrêtées au {jour(une.arrete)}", None)]),
            titre(
                f"Livraison « {une.nom} »",
                f"{nom_departement(une.departement)}, données arrêtées au {jour(une.arrete)}, "
                f"{passage.statut}, chargée le {_moment(une.chargee_le)}",
            ),
            *(_solde(c, passage, une) if passage.statut == EN_VIGUEUR else []),
            *_vraisemblance(passage, description),
            _tables(c, passage, une, description),
            *_a_savoir(c, passage, une, description),
            exports(
                {
                    "Exporter les rejets en xlsx": _export(c, passage, une, "rejets", "xlsx"),
                    "Exporter les anomalies de format en xlsx": _export(
                        c, passage, une, "anomalies_format", "xlsx"
                    ),
                }
            ),
        ]
    )


def _export(c: Contexte, passage: Passage, une: Livraison, nom: str, format_: str) -> str:
    return _lien(c, f"/export/livraison.{format_}", cle=_cle(passage, une), liste=nom)


def _vers(c: Contexte, passage: Passage, une: Livraison, nom: str) -> str:
    return _lien(c, f"/livraisons/{_cle(passage, une)}", liste=nom)


def _solde(c: Contexte, passage: Passage, une: Livraison) -> list[Any]:
    """The balance as an equation, each term leading to its list."""
    solde = donnees.solde(c.v, une)
    titre_solde = html.H2("Entrées et sorties", className="fr-h5")
    if solde is None:
        return [titre_solde, html.P("Premier arrêté du département : rien à comparer.")]
    termes: list[Any] = [
        html.Strong(lisible(solde["avant"])),
        f" demandes actives au {jour(solde['arrete_avant'])}",
    ]
    for cle, signe, un, des in TERMES:
        texte = accorder(solde[cle], un, des)
        vers = lien(texte, _vers(c, passage, une, cle)) if solde[cle] else texte
        termes += [f" {signe} ", vers]
    termes += [" = ", html.Strong(lisible(solde["apres"])), f" au {jour(une.arrete)}"]
    return [titre_solde, html.P(termes, className="fr-text--lead equation")]


def _vraisemblance(passage: Passage, description: Description) -> list[Any]:
    """The checks of the delivery, those beyond their threshold first, and why it was confirmed."""
    jugee = description.get("vraisemblance")
    if not jugee:
        return []
    verdicts = sorted(jugee["verdicts"], key=lambda un: un["verdict"] == "passe")
    passent = sum(un["verdict"] == "passe" for un in verdicts)
    resume = f"{accorder(passent, 'contrôle passe', 'contrôles passent')} sur {len(verdicts)}."
    confirmee = typographie(f"Confirmée : « {passage.confirmation} »")
    return [
        html.H2("Vraisemblance", className="fr-h5"),
        html.P(resume),
        html.P(confirmee, className="avertissement") if passage.confirmation else None,
        repli(
            "Voir chaque contrôle, avec sa mesure et son seuil",
            liste(
                ["Résultat", "Contrôle", "Mesuré", "Seuil"],
                [_verdict(un) for un in verdicts],
                "Contrôles de vraisemblance de la livraison",
            ),
            ouvert=passent < len(verdicts),
        ),
    ]


def _verdict(un: VerdictEcrit) -> list[Cellule]:
    mesure = " ; ".join(un["phrases"]) or "rien à juger"
    return [VERDICTS[un["verdict"]], un["libelle"], mesure, un["seuil"]]


def _tables(c: Contexte, passage: Passage, une: Livraison, description: Description) -> Bloc:
    livrees = description["tables"]
    return liste(
        ["Table", "Fichier", "Lues", "Conservées", "Rejetées", "Motifs des rejets"],
        [
            _table(c, passage, une, nom, livrees[nom])
            if nom in livrees
            else [table.libelle, "non livrée", "", "", "", "ses indicateurs sont non calculables"]
            for nom, table in contrat().tables.items()
            if nom in livrees or not table.depuis
        ],
        "Lignes lues, conservées et rejetées",
        numeriques=(2, 3, 4),
    )


def _table(
    c: Contexte, passage: Passage, une: Livraison, nom: str, table: TableDecrite
) -> list[Cellule]:
    rejets = sum(table["rejets"].values())
    return [
        contrat().tables[nom].libelle,
        table["fichier"],
        table["lus"],
        table["conserves"],
        lien_direct(lisible(rejets), _vers(c, passage, une, "rejets")) if rejets else "0",
        " ; ".join(f"{motif} : {lisible(nombre)}" for motif, nombre in table["rejets"].items()),
    ]


def _a_savoir(c: Contexte, passage: Passage, une: Livraison, description: Description) -> list[Any]:
    """What else the gestionnaire must know, each with its list when there is one."""
    points = [
        *_formats(c, passage, une, description),
        *_cles(c, une, description),
        *_colonnes(description),
        *_hors_registre(c, passage, une, description),
        *(f"{un}." for un in registre_a_completer(description)),
    ]
    return [html.H2("À savoir", className="fr-h5"), html.Ul([html.Li(point) for point in points])]


def _formats(c: Contexte, passage: Passage, une: Livraison, description: Description) -> list[Any]:
    nombre = description["anomalies_format"]
    if not nombre:
        return ["Aucune anomalie de format."]
    texte = accorder(nombre, "anomalie de format", "anomalies de format")
    points: list[Any] = [
        [
            lien(texte, _vers(c, passage, une, "anomalies_format")),
            " : valeurs illisibles devenues vides, codes hors liste gardés s'ils en ont la forme.",
        ]
    ]
    inconnus = description["codes_inconnus"]
    codes = [
        typographie(f"{ou_est_le_code(un, inconnus)} {code_cite(un)} ({lisible(un['lignes'])})")
        for un in inconnus
    ]
    return points + ([f"Codes hors liste : {', '.join(codes)}."] if codes else [])


def _cles(c: Contexte, une: Livraison, description: Description) -> list[Any]:
    """Say which keys no file of codes explains: their values are empty."""
    if not description.get("correspondance"):
        return []
    dits = [
        f"{un['colonne']} ({accorder(un['cles'], 'clé', 'clés')}, "
        f"{accorder(un['lignes'], 'ligne', 'lignes')})"
        for un in donnees.cles_sans_ligne(c.v, une)
    ]
    return [f"Clés sans ligne dans leur fichier de codes : {', '.join(dits)}."] if dits else []


def _colonnes(description: Description) -> list[Any]:
    points: list[Any] = []
    for nom, table in description["tables"].items():
        libelle = contrat().tables[nom].libelle.lower()
        if table["absentes"]:
            points.append(f"Colonnes non livrées ({libelle}) : {', '.join(table['absentes'])}.")
        if table["inconnues"]:
            points.append(
                f"Colonnes inconnues, laissées de côté ({libelle}) : "
                f"{', '.join(table['inconnues'])}."
            )
        if table["interdites"]:
            points.append(
                f"Colonnes interdites, jamais lues ({libelle}) : {', '.join(table['interdites'])}."
            )
    points += [typographie(f"{remarque}.") for remarque in remarques(description)]
    ignores = description["fichiers_ignores"]
    return points + ([f"Fichiers ignorés : {', '.join(ignores)}."] if ignores else [])


def _hors_registre(
    c: Contexte, passage: Passage, une: Livraison, description: Description
) -> list[Any]:
    points: list[Any] = []
    codes = sorted({un["guichet"] for un in description["guichets_inconnus"]})
    if codes:
        texte = accorder(len(codes), "guichet inconnu du registre", "guichets inconnus du registre")
        vers = _vers(c, passage, une, "guichets_inconnus")
        points.append([lien(texte, vers), f" : {', '.join(codes[:8])}{'…' if codes[8:] else '.'}"])
    plis, messages = description["plis_sans_demande"], description["messages_guichet_inconnu"]
    if plis or messages:
        texte = (
            f"{accorder(plis, 'pli', 'plis')} sans demande, "
            f"{accorder(messages, 'message', 'messages')} d'un guichet inconnu"
        )
        vers = _vers(c, passage, une, "sans_population")
        points.append([lien(texte, vers), " : comptés dans aucun indicateur."])
    return points


def _liste(c: Contexte, passage: Passage, une: Livraison, nom: str) -> html.Div:
    total, lignes = donnees.liste(c.v, une, nom, page=page_voulue(c.adresse))
    chemin = f"/livraisons/{_cle(passage, une)}"
    arrete = jour(une.arrete)
    return html.Div(
        [
            ariane(
                [
                    ("Livraisons", _lien(c)),
                    (f"Données arrêtées au {arrete}", _lien(c, chemin)),
                    (LISTES[nom], None),
                ]
            ),
            titre(LISTES[nom], _sous_titre(nom, arrete, total)),
            *(
                [
                    _tableau_liste(c, nom, lignes),
                    pagination(
                        page_montree(c.adresse, total),
                        nombre_de_pages(total),
                        lambda autre: _lien(c, chemin, liste=nom, page=str(autre)),
                    ),
                    exports(
                        {
                            "Exporter en xlsx": _export(c, passage, une, nom, "xlsx"),
                            "Exporter en csv": _export(c, passage, une, nom, "csv"),
                        }
                    ),
                ]
                if lignes
                else [vide("Rien dans cette liste", "Revenir au rapport de la livraison.")]
            ),
        ]
    )


def _sous_titre(nom: str, arrete: str, total: int) -> str:
    debut = f"Données arrêtées au {arrete}, {accorder(total, 'ligne', 'lignes')}"
    return f"{debut} ; {sens}" if (sens := donnees.mouvement(nom)) else debut


def _tableau_liste(c: Contexte, nom: str, lignes: list[Ligne]) -> Bloc:
    colonnes = list(lignes[0])
    nombres = [
        r
        for r, cle in enumerate(colonnes)
        if cle in {"ligne", "nombre", "lignes", "premiere_ligne"}
    ]
    return liste(
        [libelle(cle, "livraison") for cle in colonnes],
        [[_cellule(c, nom, cle, une[cle]) for cle in colonnes] for une in lignes],
        LISTES[nom],
        numeriques=nombres,
    )


def _cellule(c: Contexte, nom: str, cle: str, valeur: object) -> Cellule:
    if cle == "numero_unique" and valeur and donnees.mouvement(nom):
        return lien_direct(str(valeur), c.filtres.lien(f"/demande/{valeur}"))
    return "vide" if cle == "valeur" and valeur is None else lisible(valeur)


def _revisions(c: Contexte) -> Vue:
    total, lignes = donnees.revisions(c.v, c.filtres, c.adresse, page=page_voulue(c.adresse))
    mois = donnees.mois_revises(c.v, c.filtres.departement)
    codes = [("", "Tous"), *((un.code, f"{un.code} – {un.libelle}") for un in indicateurs())]
    filtres = [
        choix(
            "mois_revise",
            "Mois révisé",
            [("", "Tous"), *((m, nom_mois(m)) for m in mois)],
            c.adresse.get("mois_revise", ""),
        ),
        choix("code", "Indicateur", codes, c.adresse.get("code", "")),
    ]
    gardes = {cle: c.adresse.get(cle, "") for cle in ("code", "guichet", "mois_revise")}
    gardes["vue"] = "revisions"
    tete = html.Div(
        [
            ariane([("Livraisons", _lien(c)), ("Révisions", None)]),
            titre(
                "Révisions",
                accorder(
                    total, "valeur publiée a changé depuis", "valeurs publiées ont changé depuis"
                )
                if total
                else "Aucune valeur publiée n'a changé depuis",
            ),
        ]
    )
    corps = html.Div(
        [
            *(
                [
                    liste(
                        ["Mois", "Indicateur", "Guichet", "Avant", "Après", "Révisée le", "Cause"],
                        [_revision(c, une) for une in lignes],
                        "Anomalies sur effectif, mois puis 12 mois, avec l'état publié",
                    ),
                    pagination(
                        page_montree(c.adresse, total),
                        nombre_de_pages(total),
                        lambda autre: _lien(c, page=str(autre), **gardes),
                    ),
                    exports(formes(lambda f: _lien(c, f"/export/revisions.{f}", **gardes))),
                ]
                if lignes
                else [
                    vide(
                        "Aucune révision",
                        "Une valeur est révisée quand une livraison corrigée, ou une règle "
                        "modifiée, change ce qui a été publié.",
                    )
                ]
            ),
        ]
    )
    return Vue(corps, tete=tete, filtres=_filtres(c, *filtres))


def _revision(c: Contexte, une: RevisionNommee) -> list[Cellule]:
    departement = une["guichet"] == "*"
    return [
        nom_mois(une["mois"]),
        lien_direct(une["code"], c.filtres.lien(f"/indicateurs/{une['code']}", mois=une["mois"])),
        "Département" if departement else une["nom"] or une["guichet"],
        _valeur(
            une["etat_avant"],
            (une["numerateur_avant"], une["denominateur_avant"]),
            (une["numerateur_12m_avant"], une["denominateur_12m_avant"]),
        ),
        _valeur(
            une["etat_apres"],
            (une["numerateur_apres"], une["denominateur_apres"]),
            (une["numerateur_12m_apres"], une["denominateur_12m_apres"]),
        ),
        lisible(une["le"].date()),
        CAUSES[une["cause"]],
    ]


def _valeur(etat: str | None, *comptes: tuple[int | None, int | None]) -> Cellule:
    """Say a value that was published: its counts of the month, of the 12 months, its state."""
    if etat is None:
        return "pas de valeur"
    fractions = [f"{lisible(n)} sur {lisible(d)}" for n, d in comptes if d]
    return lignes_de(" ; ".join(fractions), etat_direct(etat))


@export("livraison", charges=True)
def exporter_liste(c: Contexte) -> Donnees:
    """Take away one list of one delivery."""
    passage = donnees.trouver(c.v, c.filtres.departement, c.adresse.get("cle", ""))
    nom = c.adresse.get("liste", "rejets")
    if passage.livraison is None:
        raise Refus("Cette livraison n'est pas chargée", que_faire="Revenir à l'historique.")
    _, lignes = donnees.liste(c.v, passage.livraison, nom, page=None)
    colonnes = tuple(lignes[0]) if lignes else ("aucune ligne",)
    return Donnees(
        f"{LISTES[nom]} {passage.livraison.mois}",
        colonnes,
        [tuple(une.values()) for une in lignes],
        titres={nom: libelle(nom, "livraison") for nom in colonnes},
    )


@export("revisions")
def exporter_revisions(c: Contexte) -> Donnees:
    """Take away the revised values, old and new."""
    _, lignes = donnees.revisions(c.v, c.filtres, c.adresse, page=None)
    colonnes = (
        "code",
        "guichet",
        "nom",
        "mois",
        *(f"{nom}_{moment}" for moment in ("avant", "apres") for nom in donnees.REVISEES),
        "le",
        "cause",
    )
    quoi = (c.adresse.get(nom, "") for nom in ("code", "guichet", "mois_revise"))
    titre_ = " ".join(["Révisions", *filter(None, quoi)])
    return Donnees(titre_, colonnes, [choisir(une, colonnes) for une in lignes], de="revisions")


dash.register_page(
    "livraisons",
    path="/livraisons",
    menu=90,
    name="Livraisons",
    title="Livraisons – Infocentre",
    layout=historique,
)
dash.register_page(
    "livraison",
    path_template="/livraisons/<cle>",
    name="Une livraison",
    title="Une livraison – Infocentre",
    layout=rapport,
)
