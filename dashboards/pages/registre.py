"""Registre: which personal data are held, why, who receives them, how long; the right of access."""

from __future__ import annotations

from typing import Any

import dash
from dash import html

from dashboards.composants.elements import ariane, faits, lien, repli, titre, vide
from dashboards.composants.formulaires import champ, telechargement
from dashboards.composants.formulaires import liste as choix
from dashboards.composants.listes import Cellule, liste
from dashboards.composants.natifs import Bloc
from dashboards.courant import acces, lecteur
from infocentre.acces.conservation import Conservation, Decision, lire_conservation
from infocentre.acces.modele import Action
from infocentre.contrat import Colonne, Table, contrat
from infocentre.lecture.singularite import Mesure, singularite
from infocentre.noyau.erreurs import Refus
from infocentre.noyau.francais import accorder, entier, part
from infocentre.noyau.temps import jour

RECUES: dict[str | None, str] = {
    None: "Telle quelle, ou en classe",
    "omettre": "Rien",
    "pseudonyme": "Une empreinte",
    "annee": "L’année",
    "age": "L’âge atteint dans l’année du dépôt",
}

COLONNES_RISQUE = (
    "Table",
    "Données rapprochées",
    "Lignes",
    "Seules",
    "Moins de 5",
    "Seules, exact",
    "Moins de 5, exact",
)


def registre(**_: str) -> html.Div:
    """Return the register of what is processed."""
    try:
        decide = lire_conservation(lecteur().dossier.racine)
    except Refus as refus:
        return html.Div([titre("Données personnelles"), vide(refus.quoi, refus.que_faire)])
    qui = acces()
    return html.Div(
        [
            ariane([("Aide", "/aide"), ("Données personnelles", None)]),
            titre("Données personnelles", "Le registre de ce traitement (RGPD, article 30)"),
            _traitement(decide),
            html.P(lien("Le journal des accès", "/audit")) if qui.peut(Action.AUDIT) else None,
            *(_droits() if qui.peut(Action.DROITS) else []),
            html.H2("Qui reçoit quoi", className="fr-h5"),
            _destinataires(decide),
            html.H2("Ce qui est détenu", className="fr-h5"),
            *(_table(une) for une in contrat().tables.values() if _personnelles(une)),
            *(_risque() if qui.peut(Action.AUDIT) or qui.peut(Action.REGLER) else []),
        ]
    )


def _traitement(decide: Conservation) -> html.Dl:
    durees = (decide.durees.radiees, decide.durees.traces)
    return faits(
        [
            ("Responsable", _dire(decide.responsable)),
            ("Finalité", _dire(decide.finalite)),
            ("Base légale", _dire(decide.base)),
            ("Texte libre", _dire(decide.texte_libre)),
            ("Analystes", _dire(decide.analystes)),
            *((f"Gardé {une.mois} mois", _dire(une)) for une in durees),
        ]
    )


def _dire(une: Decision) -> str:
    return f"{une.dit} ({une.source}, au {jour(une.le)})"


def _destinataires(decide: Conservation) -> Bloc:
    return liste(
        ["Qui", "Quoi", "Source"],
        [[un.qui, un.quoi, f"{un.source}, au {jour(un.le)}"] for un in decide.destinataires],
        "Destinataires de données personnelles, ce qu’ils reçoivent, d’après quoi",
    )


def _personnelles(table: Table) -> list[Colonne]:
    """Return the columns that say something of a person: all, of a table that has a numéro."""
    if table.nominative or "NUMERO_UNIQUE" in table.par_nom:
        return list(table.colonnes)
    return [une for une in table.colonnes if une.personnelle]


def _table(table: Table) -> html.Details:
    siennes = _personnelles(table)
    lignes: list[list[Cellule]] = [
        [
            une.libelle,
            une.description,
            "oui" if une.personnelle else "",
            "Rien" if table.nominative else RECUES[une.masque],
        ]
        for une in siennes
    ]
    resume = f"{table.libelle} : {accorder(len(siennes), 'donnée')}"
    donnees = liste(
        ["Donnée", "Ce qu’elle dit", "Nomme", "Ce qu’un analyste en a"],
        lignes,
        f"Données de la table « {table.libelle} »",
    )
    return repli(resume, html.Div([html.P(table.objet), donnees]))


def _droits() -> list[Any]:
    champs = [
        champ(
            "numero",
            "Numéro unique de qui le demande",
            minlength="18",
            maxlength="18",
            required="required",
        ),
        choix("forme", "Forme", [("pdf", "PDF"), ("json", "JSON")], "pdf"),
    ]
    return [
        html.H2("Droit d’accès et effacement", className="fr-h5"),
        html.P(
            "Tout ce que l’infocentre détient sous un numéro, dans tous ses fichiers. Vérifier "
            "d’abord qui le demande : l’extrait nomme une personne."
        ),
        telechargement("/droits/extrait", champs, "Télécharger l’extrait"),
        html.P(
            "Effacer ce qui nomme le demandeur d’une demande radiée, sans attendre : le demander à "
            "qui exploite l’infocentre (Aide, « Protéger les personnes »)."
        ),
    ]


def _risque() -> list[Any]:
    try:
        mesures = singularite(lecteur().dossier)
    except Refus as refus:
        return [html.P(refus.phrase)]
    return [
        html.H2("Risque de reconnaître une personne", className="fr-h5"),
        html.P(
            "Même sans nom, une ligne seule de son espèce peut être reconnue par qui connaît la "
            "personne. Part des lignes que ces données, ensemble, rendent seules ou parmi moins de "
            "cinq, dans le fichier des analystes : en classes, tel qu’ils l’ont, puis exact."
        ),
        liste(
            COLONNES_RISQUE,
            [_ligne(une) for une in mesures],
            "Part des lignes seules de leur espèce, ou parmi moins de cinq",
            numeriques=range(2, 7),
        ),
    ]


def _ligne(une: Mesure) -> list[Cellule]:
    taux = (une.seules, une.rares, une.seules_exactes, une.rares_exactes)
    return [une.table, une.donnees, entier(une.lignes), *map(part, taux)]


dash.register_page(
    __name__,
    path="/registre",
    name="Données personnelles",
    title="Données personnelles – Infocentre",
    layout=registre,
    sous="/aide",
)
