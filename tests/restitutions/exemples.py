"""Documents made by hand: every kind of block, and what is hard to lay out."""

from __future__ import annotations

import datetime as dt

from infocentre.graphiques import Barre, barres
from infocentre.restitutions.document import (
    Bloc,
    Cellule,
    Chiffre,
    Chiffres,
    Colonne,
    Document,
    Graphique,
    Lignes,
    Liste,
    Mots,
    Origine,
    Paragraphe,
    Section,
    Tableau,
)

NOM_LONG = (
    "Société anonyme d'habitations à loyer modéré du pays d'Aix, de la Sainte-Baume et de l'Étoile"
)
COMMUNES = ("Aubagne", "Arles", "Istres", "Marseille", "Salon-de-Provence", NOM_LONG)
ARRETE = dt.date(2026, 6, 30)


def cellule(valeur: str | float | None, colonne: str = "demandes") -> Cellule:
    """A value that says where it comes from."""
    return Cellule(valeur, Origine("TAB01-01", "2026-06", "13", colonne))


def tableau(cle: str = "communes", lignes: int = 6) -> Tableau:
    """Names, counts, a rate, a change; the second row masked, the last a total."""
    corps: list[tuple[Cellule, ...]] = [
        (
            Cellule(f"{COMMUNES[rang % 6]}{'' if rang < 6 else f' {rang}'}"),
            cellule(1200 + 37 * rang),
            cellule(0.125 + rang / 100),
            cellule(-0.032 if rang % 2 else 0.018),
        )
        for rang in range(lignes)
    ]
    if lignes > 1:
        corps[1] = (corps[1][0], *(Cellule(masquee=True) for _ in range(3)))
    total = (Cellule("Ensemble"), cellule(20_123), cellule(0.151), cellule(0.0))
    return Tableau(
        cle,
        f"Demandes actives par commune ({cle})",
        (
            Colonne("Commune"),
            Colonne("Demandes", "nombre", nom="total"),
            Colonne("Part des mutations", "taux", nom="part_mutations"),
            Colonne("Évolution en un an", "evolution"),
        ),
        (*corps, total),
        lecture="Lecture : à Aubagne, 1 200 demandes sont actives, dont 12,5 % de mutations.",
        source="SNE, livraison arrêtée au 30/06/2026.",
        totaux=frozenset({lignes}),
    )


VIDE = Tableau("vide", "Associations", (Colonne("Association"), Colonne("Demandes", "nombre")), ())

CHALEUR = Tableau(
    "chaleur",
    "Qualité de l'enregistrement par type de guichet",
    (Colonne("Indicateur"), *(Colonne(nom, "taux") for nom in ("Bailleur", "Commune", "EPCI"))),
    tuple(
        (
            Cellule(nom),
            *(Cellule(0.03 * (rang + 1), etat=etat) for rang, etat in enumerate(etats)),
        )
        for nom, etats in (
            ("Attributions enregistrées tardivement", ("vert", "orange", "rouge")),
            ("Demandes sans pièce d'identité", ("a_traiter", "effectif_insuffisant", "vert")),
        )
    ),
    lecture="Lecture : ● bon, ▲ à surveiller, ■ à corriger.",
)


def graphique(forme: str = "barres", tableau_lu: Tableau | None = None) -> Graphique:
    """A picture drawn from the table above."""
    svg = barres([Barre(nom, 10.0 + rang) for rang, nom in enumerate(COMMUNES)], "Demandes")
    return Graphique(
        f"image-{forme}",
        f"Demandes actives, en {forme}",
        svg,
        "La demande est la plus forte à Marseille.",
        tableau_lu or tableau(f"sous-{forme}"),
        forme,  # type: ignore[arg-type]
        (1,),
    )


CHIFFRES = Chiffres(
    (
        Chiffre("demandes actives", "20 123", "en hausse de 3,2 % en un an"),
        Chiffre("attributions en 12 mois", "2 410", "stable", "dont 18 % hors délai"),
        Chiffre("demandes pour une attribution", "8,4", "", "hors mutation : 6,1"),
    )
)

TOUS: tuple[Bloc, ...] = (
    Paragraphe("La demande **augmente de 3,2 %** en un an.", "chapeau"),
    CHIFFRES,
    tableau(),
    graphique(),
    Paragraphe("Deux livraisons manquent.", "alerte"),
    Liste(("Relancer les guichets sans réponse", "Contrôler **un échantillon**"), numerotee=True),
    Mots("enjeux", "- Réduire les délais\n- Former *les guichets*", "À écrire"),
    Mots("plan", "", "Les actions proposées au comité"),
    Lignes(("Décision", "Responsable", "Échéance"), 4),
    VIDE,
    CHALEUR,
    Paragraphe("Les effectifs de 1 à 10 sont masqués.", "note"),
)


def document(*blocs: Bloc, sections: tuple[Section, ...] = ()) -> Document:
    """A document of one section with these blocks, every kind of them when none is given."""
    return Document(
        "bilan",
        "Bilan semestriel de la demande de logement social",
        "Bouches-du-Rhône",
        "premier semestre 2026",
        ARRETE,
        12,
        sections or (Section("La demande", blocs or TOUS),),
        destinataire="Comité de pilotage",
        mentions={"Zonage": "QPV 2024", "Périmètre": "département entier"},
    )
