"""Demandes en anomalie: an indicator, a guichet, a month → the demandes to name in the call."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from itertools import groupby
from typing import Any

import dash
from dash import html

from dashboards import courant
from dashboards.composants.balises import Balise, balise
from dashboards.composants.direct import etat_direct, lien_direct
from dashboards.composants.elements import (
    Filtre,
    ariane,
    barre_filtres,
    choix,
    choix_epci,
    choix_fenetre,
    choix_type,
    etat,
    exports,
    lien,
    pagination,
    repli,
    taux,
    titre,
    typographie,
    vide,
)
from dashboards.composants.formulaires import champ, navigation
from dashboards.composants.listes import Cellule, Groupe, lignes_de, liste
from dashboards.composants.motifs import motif
from dashboards.composants.natifs import Bloc
from dashboards.composants.telechargements import formes
from dashboards.exports import export
from dashboards.page import Contexte, Vue, page
from dashboards.vues import barre
from infocentre.catalogue import MOTS, Indicateur, Mots
from infocentre.catalogue.remedes import CLOSE
from infocentre.exports import Donnees, lisible
from infocentre.lecture.commun import indicateurs, noms_guichets, registre
from infocentre.lecture.demandes import (
    CLOSES,
    GRAVITES,
    OUVERTES,
    Comptes,
    Demandee,
    anomalies,
    avertissements,
    choisir_guichets,
    comptes,
    demandee,
    dire_vie,
    juge_une_radiation,
    livraison_controlee,
    mois_ouverts,
    veut_douze_mois,
)
from infocentre.lecture.extraits import autre_demande
from infocentre.lecture.fiche import Fiche, Niveau, lire_fiche
from infocentre.lecture.filtres import (
    FENETRES,
    PAR_PAGE,
    nombre_de_pages,
    page_montree,
    page_voulue,
)
from infocentre.lecture.lignes import Anomalie, choisir
from infocentre.lecture.radiations import fenetres
from infocentre.lecture.remise import Ligne as Reprise
from infocentre.lecture.remise import a_lister, decrire, par_demande
from infocentre.noyau.erreurs import Refus
from infocentre.noyau.etats import Etat
from infocentre.noyau.francais import accorder, majuscule, minuscule
from infocentre.noyau.organismes import noms_organismes
from infocentre.noyau.temps import nom_mois, periode

UNITE = tuple(
    (
        "code departement guichet nom mois_juge jour unite numero_unique explication gravite "
        "gestionnaire premier_mois mois_ouverts statut"
    ).split()
)
TRIS = {
    "guichet": "Guichet, puis jour",
    "anciennete": "Les plus anciennes",
    "numero": "Numéro unique",
}
TOUS = "TOUS"  # in the place of an indicator: all of them, one row per demande
DITS = {"Guichet", "Constat", "Suite"}  # columns whose cells say what they are
GARDES = ("code", "guichet", "tri", "suite", "gravite")


@page
def layout(c: Contexte) -> Vue:
    """Return the choice of an indicator, or the paged list of its anomalies."""
    connus = {un.code: un for un in indicateurs()}
    code = c.adresse.get("code", "").upper()
    if code in connus:
        return _liste(c, connus[code])
    if code == TOUS and c.adresse.get("guichet"):
        return _tout(c)
    inconnu = vide(f"L'indicateur « {code} » n'existe pas", "En choisir un ci-dessous.")
    corps = html.Div(
        [
            _chercher(),
            html.P(
                lien("Tirer un échantillon à vérifier sur pièces", c.filtres.lien("/echantillon")),
                className="ecran",
            ),
            _du_guichet(c),
            inconnu if code and code != TOUS else None,
            _codes(c),
        ]
    )
    return Vue(
        corps,
        tete=titre("Demandes en anomalie", nom_mois(c.filtres.mois)),
        filtres=_filtres(c, "", _options_guichet(c)),
        reglages=_reglages(c, ""),
    )


def _chercher() -> Bloc:
    numero = champ("numero", "Chercher une demande", aide="Numéro unique, entier ou en partie")
    return navigation("/demande", [numero], "Chercher")


def _filtres(
    c: Contexte, code: str, guichets: list[tuple[str, str]], d: Demandee | None = None
) -> list[Filtre]:
    options = [
        ("", "Choisir…"),
        *([(TOUS, "Tous, une ligne par demande")] if c.adresse.get("guichet") else []),
        *((un.code, f"{un.code} – {un.libelle}") for un in indicateurs()),
    ]
    plus = [
        choix("code", "Indicateur", options, code),
        choix("guichet", "Guichet", guichets, c.adresse.get("guichet", "")),
        *(_filtres_liste(c, d.un) if d else []),
    ]
    return barre_filtres(c.filtres, c.mois, c.departements, plus=plus)


def _reglages(c: Contexte, code: str, d: Demandee | None = None) -> list[Filtre]:
    """Return the filters that are folded: where, of which type, over which window."""
    reglages = [*choix_epci(c.filtres, c.epcis), choix_type(c.filtres)]
    if code != TOUS and (d is None or not d.stock):
        douze = d.choix.douze_mois if d else c.filtres.fenetre == "12m"
        reglages.append(choix_fenetre(replace(c.filtres, fenetre="12m" if douze else "mois")))
    return reglages


def _filtres_liste(c: Contexte, un: Indicateur) -> list[Filtre]:
    """Return what chooses among the anomalies of an indicator: what became of them, how grave."""
    closes = "Corrigées depuis" if un.a_corriger else "Retirées depuis"
    suites = [("", "Toutes"), (OUVERTES, majuscule(un.mots.suite)), (CLOSES, closes)]
    tris = list(TRIS.items())
    choisis = [choix("suite", "Suite", suites, c.adresse.get("suite", ""))]
    if un.gravite:
        unite = un.gravite.unite
        tris = [("", f"Gravité : {unite}"), *tris]
        if unite.startswith("jours"):
            seuils = [("", "Toutes"), *((un, f"Plus de {un} {unite}") for un in GRAVITES)]
            choisis.append(choix("gravite", "Gravité", seuils, c.adresse.get("gravite", "")))
    else:
        tris = [("", TRIS["guichet"]), *tris[1:]]
    return [*choisis, choix("tri", "Ordre", tris, c.adresse.get("tri", ""))]


def _du_guichet(c: Contexte) -> html.P | None:
    """Lead from a list of one guichet to its fiche, and to all its demandes together."""
    cle = c.adresse.get("guichet", "")
    if not cle:
        return None
    tout = c.adresse.get("code", "").upper() == TOUS
    return html.P(
        [
            lien("Voir sa fiche", c.filtres.lien(f"/{_niveau(c, cle)}/{cle}")),
            None if tout else " – ",
            None
            if tout
            else lien(
                "Toutes ses demandes en anomalie, une ligne par demande", _adresse(c, code=TOUS)
            ),
        ],
        className="ecran",
    )


def _niveau(c: Contexte, cle: str) -> Niveau:
    organismes = {une["organisme"] for une in registre(c.v, c.filtres.departement, c.filtres.mois)}
    return "organisme" if cle in organismes else "guichet"


def _tout(c: Contexte) -> Vue:
    """Return what a guichet must correct, then no longer do: a row per demande, by pages."""
    cle = c.adresse["guichet"]
    fiche = lire_fiche(c.v, c.filtres, _niveau(c, cle), cle)
    listes = a_lister(fiche, None)
    lignes: list[tuple[Mots, Reprise]] = [
        (mots, ligne)
        for mots in MOTS.values()
        for ligne in par_demande(c.v, fiche, [un for un in listes if un.mots == mots])
    ]
    comptes_ = Counter(mots.titre for mots, _ in lignes)
    numero = page_montree(c.adresse, len(lignes))
    debut = PAR_PAGE * (numero - 1)
    noms = noms_guichets(c.v, c.filtres.departement, c.filtres.mois)
    rangees: list[list[Cellule] | Groupe] = []
    for titre_, siennes in groupby(lignes[debut : debut + PAR_PAGE], lambda une: une[0].titre):
        rangees.append(Groupe(f"{titre_} ({lisible(comptes_[titre_])})"))
        rangees += [_reprise(c, fiche, ligne, noms) for _, ligne in siennes]
    tete = html.Div(
        [
            ariane([("Demandes en anomalie", _adresse(c, code="")), (fiche.nom, None)]),
            titre(f"Toutes ses demandes : {fiche.nom}", nom_mois(c.filtres.mois)),
        ]
    )
    fin = debut + len(lignes[debut : debut + PAR_PAGE])
    legende = f"De {lisible(debut + 1)} à {lisible(fin)} sur {lisible(len(lignes))}"
    colonnes = ["Demande", "Ce qui est en cause", "Constat", "Depuis"]
    classeur = c.filtres.lien("/export/a-corriger.xlsx", **{fiche.niveau: cle})
    contenu: list[Any] = [vide("Rien à reprendre", "Aucune de ses demandes n'est en anomalie.")]
    if lignes:
        contenu = [
            liste(colonnes, rangees, legende, nus=(1, 2)),
            pagination(
                numero, nombre_de_pages(len(lignes)), lambda autre: _adresse(c, page=str(autre))
            ),
            exports({"Le classeur à lui remettre (xlsx)": classeur}),
        ]
    return Vue(
        html.Div([_du_guichet(c), _comment(listes), *contenu]),
        tete=tete,
        filtres=_filtres(c, TOUS, _options_guichet(c)),
    )


def _comment(listes: list[Indicateur]) -> html.Details | None:
    """Say once what each indicator asks for."""
    if not listes:
        return None
    conseils = [html.Li([html.Strong(f"{un.libelle}. "), un.conseil]) for un in listes]
    return repli("Ce qu'il faut faire, par indicateur", html.Ul(conseils))


def _reprise(c: Contexte, fiche: Fiche, ligne: Reprise, noms: dict[str, str]) -> list[Cellule]:
    dite = decrire(ligne, noms)
    _, premier = ligne.cas[0]
    gestionnaire = premier["gestionnaire"]
    return [
        _unite(c, premier),
        dite["indicateurs"],
        lignes_de(
            majuscule(dite["constat"]),
            _gere_par(c, gestionnaire, premier["guichet"], noms),
            _guichet(c, premier["guichet"], noms) if len(fiche.guichets) > 1 else None,
        ),
        nom_mois(dite["premier_mois"]) if dite["premier_mois"] else "",
    ]


def _options_guichet(c: Contexte) -> list[tuple[str, str]]:
    connus = registre(c.v, c.filtres.departement, c.filtres.mois, c.vus)
    options = [
        ("", "Tous ceux de l'EPCI" if c.filtres.epci else "Tous les guichets"),
        *((g["guichet"], g["nom"] or g["guichet"]) for g in connus),
    ]
    voulu = c.adresse.get("guichet", "")
    if voulu and voulu not in {cle for cle, _ in options}:
        options.insert(1, (voulu, noms_organismes(connus).get(voulu, f"Guichet {voulu}")))
    return options


def _codes(c: Contexte) -> Bloc:
    """The indicators of the month, by famille, each with its anomalies."""
    guichets = choisir_guichets(c.v, c.filtres, c.adresse.get("guichet", ""))
    connus = comptes(c.v, c.filtres, guichets)
    lignes: list[list[Cellule] | Groupe] = []
    famille = ""
    for un in indicateurs():
        if un.titre_famille != famille:
            famille = un.titre_famille
            lignes.append(Groupe(famille))
        lignes.append(_ligne_code(c, un, connus.get(un.code)))
    colonnes = ["Indicateur", "Code", "En anomalie", "Effectif", "Taux", "État", "Les cas sont"]
    return liste(colonnes, lignes, "Choisir un indicateur", numeriques=(2, 3, 4), nus=(1, 5))


def _ligne_code(c: Contexte, un: Indicateur, compte: Comptes | None) -> list[Cellule]:
    douze = veut_douze_mois(un, c.filtres, c.adresse)
    numerateur, denominateur = _fraction(compte, douze_mois=douze)
    code_etat = _etat_de(compte, affiche=douze)
    return [
        lien_direct(un.libelle, _adresse(c, code=un.code)) if numerateur else un.libelle,
        un.code,
        numerateur if denominateur else "–",
        denominateur or "–",
        taux(numerateur / denominateur if denominateur else None),
        etat_direct(code_etat) if code_etat else "",
        un.mots.reste,
    ]


def _etat_de(compte: Comptes | None, *, affiche: bool) -> str | None:
    if compte is None:
        return None
    return compte["etat"] if affiche else compte["etat_mois"]


def _fraction(compte: Comptes | None, *, douze_mois: bool) -> tuple[int, int]:
    if compte is None:
        return 0, 0
    if douze_mois and compte["denominateur_12m"]:
        return compte["numerateur_12m"] or 0, compte["denominateur_12m"]
    return compte["numerateur"] or 0, compte["denominateur"] or 0


def _adresse(c: Contexte, chemin: str = "/demandes", **changements: str) -> str:
    gardes = {cle: c.adresse.get(cle, "") for cle in GARDES}
    if (fenetre := c.adresse.get("fenetre", "")) in FENETRES:
        gardes["fenetre"] = fenetre
    return c.filtres.lien(chemin, **(gardes | changements))


def _liste(c: Contexte, un: Indicateur) -> Vue:
    d = demandee(c.v, c.filtres, un, c.adresse)
    livraison = livraison_controlee(c.v, c.filtres)
    guichets = _options_guichet(c)
    connus = comptes(c.v, c.filtres, d.choix.guichets)
    compte = connus.get(un.code)
    calculable = compte is None or compte["etat"] != Etat.NON_CALCULABLE
    total, lignes = 0, list[Anomalie]()
    ensemble = 0
    if calculable:
        total, lignes = anomalies(c.v, livraison, d.choix, page=page_voulue(c.adresse))
        ensemble = total
    if calculable and d.choix.filtre:
        tous = replace(d.choix, suite="", plus_de=None)
        ensemble, _ = anomalies(c.v, livraison, tous, page=1)
    tete = html.Div(
        [
            ariane([("Demandes en anomalie", _adresse(c, code="")), (un.code, None)]),
            titre(un.libelle, _sous_titre(c, d, dict(guichets))),
        ]
    )
    corps = html.Div(
        [
            html.P(_phrase(c, d, compte, ensemble), className="fr-text--lead"),
            html.P(f"{accorder(total, d.nature, d.pluriel)} pour ces filtres.")
            if d.choix.filtre
            else None,
            barre("/demandes"),
            _du_guichet(c),
            html.P(typographie(f"{un.mots.titre}. {un.mots.dit} {un.encore}".rstrip())),
            *_avertir(c, un, calculable=calculable),
            _conseil(c, un),
            *(
                _contenu(c, d, total, lignes, dict(guichets))
                if lignes
                else [_rien(d, calculable=calculable)]
            ),
        ]
    )
    return Vue(
        corps,
        tete=tete,
        filtres=_filtres(c, un.code, guichets, d),
        reglages=_reglages(c, un.code, d),
    )


def _sous_titre(c: Contexte, d: Demandee, noms: dict[str, str]) -> str:
    tous = (
        f"guichets de l'EPCI {c.epcis[c.filtres.epci]}" if c.filtres.epci else "tous les guichets"
    )
    lieu = noms[d.cle] if d.cle else tous
    return f"{d.un.code} – {d.un.mots.des} – {lieu}, {_periode(c, d)}"


def _periode(c: Contexte, d: Demandee) -> str:
    return periode(c.filtres.mois, stock=d.stock, douze_mois=d.choix.douze_mois)


def _phrase(c: Contexte, d: Demandee, compte: Comptes | None, total: int) -> list[Any]:
    _, denominateur = _fraction(compte, douze_mois=d.choix.douze_mois)
    debut = f"{accorder(total, d.nature, d.pluriel)} en anomalie {_periode(c, d)}"
    if not denominateur:
        return [f"{debut}."]
    code_etat = _etat_de(compte, affiche=d.choix.douze_mois)
    part = taux(total / denominateur)
    return [
        f"{debut} sur {lisible(denominateur)}, soit {part}. ",
        etat(code_etat) if code_etat else "",
    ]


def _avertir(c: Contexte, un: Indicateur, *, calculable: bool) -> list[Any]:
    sus = avertissements(c.v, c.filtres, un.code)
    phrases: list[Any] = []
    if sus["tardive"]:
        phrases.append(
            "Saisie tardive probable : une partie de ce mois n'est pas encore entrée au SNE."
        )
    if sus["revisions"]:
        nombre = accorder(
            sus["revisions"], "valeur publiée a été révisée", "valeurs publiées ont été révisées"
        )
        adresse = c.filtres.lien("/livraisons", vue="revisions", code=un.code)
        phrases.append([f"{nombre} pour ce mois. ", lien("Voir les révisions", adresse)])
    if not calculable:
        phrases.append(typographie(f"Non calculable ce mois-ci : {motif(c, un.code)}."))
    return [html.P(phrase, className="avertissement") for phrase in phrases]


def _conseil(c: Contexte, un: Indicateur) -> html.Details:
    comment = un.mots.comment
    details = [
        html.P(un.pourquoi),
        html.P([html.Strong(f"{comment}. "), un.correction]),
        html.P(
            [
                f"Référence : {un.reference}. " if un.reference else "",
                lien("Tout sur cet indicateur", c.filtres.lien(f"/indicateurs/{un.code}")),
            ]
        ),
    ]
    return repli(f"Pourquoi, et {minuscule(comment)}", html.Div(details))


def _rien(d: Demandee, *, calculable: bool) -> html.Div:
    if not calculable:
        return vide("Rien à lister", "Demander une livraison complète et lisible.")
    return vide(
        f"Pas de {d.pluriel} en anomalie ici",
        f"{d.un.mots.rien} pour ces filtres : choisir un autre guichet ou un autre mois.",
    )


def _contenu(
    c: Contexte, d: Demandee, total: int, lignes: list[Anomalie], noms: dict[str, str]
) -> list[Any]:
    numero = page_montree(c.adresse, total)
    debut, fins = PAR_PAGE * (numero - 1) + 1, _fins(c, d, lignes)
    colonnes = [
        d.nature.capitalize(),
        *([] if _seul(d) else ["Guichet"]),
        "Constat",
        *(["Autre demande"] if autre_demande(d.un.code) else []),
        *([majuscule(d.un.gravite.unite)] if d.un.gravite else []),
        *(("Depuis", "Ouverte") if d.stock else ("Date", "Suite")),
    ]
    legende = f"De {lisible(debut)} à {lisible(debut + len(lignes) - 1)} sur {lisible(total)}"
    return [
        liste(
            colonnes,
            [_ligne(c, d, une, noms, fins) for une in lignes],
            legende,
            numeriques=[len(colonnes) - 3] if d.un.gravite else [],
            nus=[rang for rang, nom in enumerate(colonnes) if nom in DITS],
        ),
        pagination(numero, nombre_de_pages(total), lambda autre: _adresse(c, page=str(autre))),
        exports(formes(lambda f: _adresse(c, f"/export/demandes.{f}"), "Exporter la liste")),
    ]


def _seul(d: Demandee) -> bool:
    return d.choix.guichets is not None and len(d.choix.guichets) == 1


def _fins(c: Contexte, d: Demandee, lignes: list[Anomalie]) -> dict[str, dt.date]:
    """Return until when the demandes of radiations in anomaly may be reactivated."""
    if not juge_une_radiation(d.un):
        return {}
    numeros = (une["numero_unique"] for une in lignes)
    return fenetres(c.v, c.filtres.departement, numeros, courant.aujourdhui())


def _ligne(
    c: Contexte,
    d: Demandee,
    une: Anomalie,
    noms: dict[str, str],
    fins: Mapping[str, dt.date],
) -> list[Cellule]:
    guichet: str = une["guichet"]
    return [
        _unite(c, une),
        *([] if _seul(d) else [_guichet(c, guichet, noms)]),
        lignes_de(une["constat"], _gere_par(c, une["gestionnaire"], guichet, noms)),
        *([_autre(c, une, noms)] if autre_demande(d.un.code) else []),
        *([une["gravite"]] if d.un.gravite else []),
        nom_mois(une["premier_mois"]) if d.stock and une["premier_mois"] else lisible(une["jour"]),
        _duree(c, d, une) if d.stock else dire_vie(d.un, une, fins.get(une["numero_unique"] or "")),
    ]


def _guichet(c: Contexte, guichet: str, noms: dict[str, str]) -> Balise:
    return lien_direct(noms.get(guichet, guichet), c.filtres.lien(f"/guichet/{guichet}"))


def _gere_par(
    c: Contexte, gestionnaire: str | None, autre_que: str | None, noms: dict[str, str]
) -> Balise | None:
    """Name the guichet that manages a demande, when it is not the one beside."""
    if not gestionnaire or gestionnaire == autre_que:
        return None
    return balise("span", "Gérée par ", _guichet(c, gestionnaire, noms))


def _autre(c: Contexte, une: Anomalie, noms: dict[str, str]) -> Cellule:
    """The other demande of a duplicate: where it is, since when, what became of it."""
    numero = une["autre_numero"]
    if not numero:
        return "Non retrouvée" if une["cherchee"] else "Inconnue"
    createur = une["autre_guichet"]
    return lignes_de(
        lien_direct(numero, c.filtres.lien(f"/demande/{numero}")),
        balise(
            "span",
            f"Déposée le {lisible(une['autre_date_creation'])} : ",
            _guichet(c, createur, noms) if createur else "?",
        ),
        _gere_par(c, une["autre_gestionnaire"], createur, noms),
        f"Bail signé le {lisible(une['autre_date_bail'])}" if une["autre_date_bail"] else None,
        f"Radiée le {lisible(une['autre_date_radiation'])}"
        if une["autre_date_radiation"]
        else None,
    )


def _unite(c: Contexte, une: Anomalie) -> Cellule:
    numero: str | None
    numero, unite = une["numero_unique"], une["unite"]
    if not numero:
        return str(unite)
    vers = lien_direct(numero, c.filtres.lien(f"/demande/{numero}"))
    return vers if numero == unite else lignes_de(vers, unite)


def _duree(c: Contexte, d: Demandee, une: Anomalie) -> str:
    nombre = mois_ouverts(une["premier_mois"], c.filtres.mois)
    duree = f"{nombre} mois" if nombre else ""
    return f"{duree} ; {dire_vie(d.un, une)}" if une["statut"] == CLOSE else duree


@export("demandes")
def exporter(c: Contexte) -> Donnees:
    """Take away the whole list, not only its page."""
    connus = {un.code: un for un in indicateurs()}
    code = c.adresse.get("code", "").upper()
    if code not in connus:
        raise Refus("cet indicateur n'existe pas", que_faire="Choisir un indicateur dans la page.")
    d = demandee(c.v, c.filtres, connus[code], c.adresse)
    livraison = livraison_controlee(c.v, c.filtres)
    _, lignes = anomalies(c.v, livraison, d.choix, page=None)
    noms, fins = dict(_options_guichet(c)), _fins(c, d, lignes)
    colonnes = (*UNITE, *autre_demande(code))
    ecrites = [
        {
            **une,
            "code": code,
            "nom": noms.get(une["guichet"], ""),
            "mois_ouverts": mois_ouverts(une["premier_mois"], c.filtres.mois) if d.stock else None,
            "statut": dire_vie(d.un, une, fins.get(une["numero_unique"] or "")),
        }
        for une in lignes
    ]
    return Donnees(
        _titre_export(d),
        colonnes,
        [choisir(une, colonnes) for une in ecrites],
        de="anomalies",
        note=f"Demandes en anomalie {_periode(c, d)}.",
    )


def _titre_export(d: Demandee) -> str:
    fenetre = "" if d.stock else "12 mois" if d.choix.douze_mois else "du mois"
    quoi = f"{d.un.code} demandes en anomalie {d.un.mots.reste}"
    return " ".join(filter(None, [quoi, d.cle, fenetre]))


dash.register_page(
    __name__,
    path="/demandes",
    menu=40,
    rubrique="Anomalies",
    name="Demandes en anomalie",
    title="Demandes en anomalie – Infocentre",
    layout=layout,
)
