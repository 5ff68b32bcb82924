"""Notes on what the page is about, and events of its département: read, written, taken back."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from dash import dcc, html

from dashboards.composants.elements import attributs, repli
from dashboards.composants.saisie import Champ, Formulaire, groupe
from dashboards.courant import acces, qui
from dashboards.page import Contexte
from infocentre.acces.modele import Action
from infocentre.contrat.territoires import nom_departement
from infocentre.decisions.notes import TEXTE_MAX, Genre, Lecteurs, Note, Sujet
from infocentre.lecture.lecteur import Lecture
from infocentre.lecture.notes import LUE_PAR, evenements, notes_de
from infocentre.noyau.francais import accorder, apostropher, entier, majuscule, minuscule
from infocentre.noyau.temps import dater_heure, jour

NOTES, EVENEMENTS = "notes", "evenements"
MONTREES = 5  # notes that are read at once; the others are folded
_AIDE = (
    f"{entier(TEXTE_MAX)} signes au plus, du texte seul. Une note ne se modifie pas : son auteur "
    "peut la retirer."
)


def notes(
    c: Contexte, genre: Genre, objet: str, departement: str = "", *, titre: str = "Notes"
) -> html.Section | None:
    """Return the notes on what is before the reader, and the form of who may write some."""
    sujet = Sujet(departement or c.filtres.departement, genre, objet)
    lues, ecrit = notes_de(c.v, acces(), sujet), acces().peut(Action.NOTER)
    if not (lues or ecrit):
        return None
    champs = [
        Champ(
            "texte",
            "Note",
            "zone",
            aide=_AIDE,
            large=True,
            precisions={"rows": 3, "maxLength": TEXTE_MAX},
        ),
        Champ(
            "lecteurs",
            "Qui la lira",
            "choix",
            options=[(str(un), majuscule(dit)) for un, dit in LUE_PAR.items()],
        ),
    ]
    return _section(NOTES, titre, sujet, dire_notes(lues), champs if ecrit else [])


def evenements_du_departement(c: Contexte) -> html.Section | None:
    """Return what happened in the département, and the form of who may add to it."""
    ici = c.filtres.departement
    lus, ecrit = evenements(c.v, ici), acces().peut(Action.NOTER)
    if not (lus or ecrit):
        return None
    champs = [
        Champ("du", "Jour, ou premier jour", "date"),
        Champ("au", "Dernier jour, si cela a duré", "date"),
        Champ(
            "texte",
            "Ce qui s'est passé",
            aide="Changement de logiciel, panne, purge… Lu par tous ceux qui voient les courbes "
            f"de ce département ({nom_departement(ici)}) : n'y nommer aucun guichet.",
            large=True,
            precisions={"maxLength": TEXTE_MAX},
        ),
    ]
    sujet = Sujet(ici, Genre.EVENEMENT, ici)
    return _section(
        EVENEMENTS,
        "Événements du département",
        sujet,
        dire_notes(lus[::-1]),
        champs if ecrit else [],
    )


def _section(
    ou: str, titre: str, sujet: Sujet, lues: list[Any], champs: Sequence[Champ]
) -> html.Section:
    formulaire: list[Any] = []
    if champs:
        bouton = "Enregistrer la note" if ou == NOTES else "Ajouter l'événement"
        formulaire = [
            html.Div(id=f"{ou}-dit", **attributs(aria_live="polite")),
            repli(
                "Écrire une note" if ou == NOTES else "Ajouter un événement",
                Formulaire(
                    id=f"{ou}-ecrire",
                    groupes=[groupe(ou, champs)],
                    valeurs={"lecteurs": str(Lecteurs.GESTIONNAIRES)} if ou == NOTES else {},
                    bouton=apostropher(bouton),
                ),
            ),
            dcc.Store(
                id=f"{ou}-de",
                data={"departement": sujet.departement, "genre": sujet.genre, "objet": sujet.objet},
            ),
        ]
    return html.Section(
        [
            html.H2(titre, className="fr-h5"),
            html.Div(lues, id=ou, **attributs(aria_live="polite")),
            html.Div(formulaire, className="ecran"),
        ],
        className="notes",
    )


def relire(v: Lecture, sujet: Sujet) -> list[Any]:
    """Return the notes as they are now."""
    if sujet.genre is Genre.EVENEMENT:
        return dire_notes(evenements(v, sujet.departement)[::-1])
    return dire_notes(notes_de(v, acces(), sujet))


def dire_notes(lues: Sequence[Note]) -> list[Any]:
    """Return notes as they are read: their text is text, whatever is in it."""
    if not lues:
        return []
    montrees, anciennes = lues[:MONTREES], lues[MONTREES:]
    dites: list[Any] = [_liste(montrees)]
    if anciennes:
        dites.append(repli(accorder(len(anciennes), "autre"), _liste(anciennes)))
    return dites


def _liste(lues: Sequence[Note]) -> html.Ul:
    siennes = qui() if acces().peut(Action.NOTER) else None
    return html.Ul(
        [html.Li(_dire(une, retirable=une.auteur == siennes)) for une in lues],
        className="notes-lues",
    )


def _dire(une: Note, *, retirable: bool) -> list[Any]:
    evenement = une.genre == Genre.EVENEMENT
    quand: list[Any] = [html.Strong(_jours(une)), " : "] if evenement else []
    return [
        html.P([*quand, une.texte], className="note-texte"),
        html.P([_signature(une), _retirer(une) if retirable else None], className="fr-hint-text"),
    ]


def _retirer(une: Note) -> html.Button:
    ou = EVENEMENTS if une.genre == Genre.EVENEMENT else NOTES
    precision = html.Span(f" la note du {dater_heure(une.le)}", className="fr-sr-only")
    return html.Button(
        ["Retirer", precision],
        id={"type": f"{ou}-retirer", "note": une.id},
        type="button",
        className="fr-btn fr-btn--sm fr-btn--tertiary-no-outline ecran",
    )


def _jours(une: Note) -> str:
    if une.du is None:
        return ""
    return f"du {jour(une.du)} au {jour(une.au)}" if une.au else jour(une.du)


def _signature(une: Note) -> str:
    qui_ = ", ".join(filter(None, (une.nom, minuscule(une.role))))
    lue = "" if une.genre == Genre.EVENEMENT else f" – {LUE_PAR[Lecteurs(une.lecteurs)]}"
    return f"{qui_}, le {dater_heure(une.le)}{lue}"
