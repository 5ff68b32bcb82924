"""Politique d'attribution: in an EPCI, what is done, due and missing, and whom to call."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import dash
from dash import html

from dashboards.composants.balises import balise
from dashboards.composants.direct import lien_direct
from dashboards.composants.elements import (
    ariane,
    barre_filtres,
    choix_epci,
    exports,
    lien,
    repli,
    taux,
    titre,
    typographie,
    vide,
)
from dashboards.composants.listes import Cellule, lignes_de, liste
from dashboards.composants.natifs import Bloc
from dashboards.courant import acces
from dashboards.page import Contexte, Vue, page
from infocentre.acces import politique
from infocentre.acces.modele import Action
from infocentre.lecture.objectifs import REGLES, Axe, Suivie
from infocentre.lecture.partage import seuil_secret
from infocentre.lecture.situations import (
    APPELS,
    AUX_BAILLEURS,
    Politique,
    Situation,
    dire_depuis,
    dire_manque,
    dire_rythme,
    dire_vise,
    par_epci,
    situer,
)
from infocentre.lecture.tableaux import dire_secret
from infocentre.mesures.partage import MASQUE
from infocentre.mesures.tableaux import tableaux
from infocentre.noyau.etats import Etat
from infocentre.noyau.francais import accorder, entier
from infocentre.noyau.temps import dater
from infocentre.restitutions.formes import FORMES
from infocentre.restitutions.registre import DOCUMENTS, EPCI, LETTRE, NOTE


@page
def layout(c: Contexte) -> Vue:
    """Return where an EPCI stands, or the département."""
    lue = situer(c.v, c.filtres.departement, c.filtres.mois, _epci(c))
    return Vue(
        html.Div(_contenu(c, lue) if lue.ensemble else [_rien(lue)]),
        tete=html.Div(
            [
                ariane(
                    [
                        ("Demande et attributions", c.filtres.lien("/tableaux")),
                        ("Politique d'attribution", None),
                    ]
                ),
                titre(
                    "Politique d'attribution",
                    f"{lue.nom or c.lieu}, du 1er janvier au {dater(lue.arrete)}",
                ),
            ]
        ),
        filtres=barre_filtres(
            c.filtres, c.mois, c.departements, plus=choix_epci(c.filtres, c.epcis)
        ),
    )


def _epci(c: Contexte) -> str:
    """Return the EPCI of the filters; to who sees some EPCI only, the first of theirs."""
    if c.filtres.epci or c.v.p.epci is None:
        return c.filtres.epci
    return next(iter(c.epcis), "")


def _rien(lue: Politique) -> html.Div:
    dits = sorted(set(lue.motifs.values()))
    return vide("Aucune mesure n'est calculable ce mois-ci", " ; ".join(dits) or "Choisir un mois.")


def _contenu(c: Contexte, lue: Politique) -> list[Any]:
    return [
        *_appels(c, lue),
        html.H2("Où en est-on", className="fr-h5"),
        _mesures(c, lue),
        *(
            html.P(typographie(f"{REGLES[un].titre} : n.c., {dit}."))
            for un, dit in lue.motifs.items()
        ),
        html.P(typographie(_lecture(c, lue)), className="fr-text--sm"),
        *([] if lue.epci else _epcis(c)),
        *_bailleurs(lue),
        *_reservataires(lue),
        *_communes(lue),
        _documents(c),
    ]


def _lecture(c: Contexte, lue: Politique) -> str:
    """Say how the figures are read."""
    dits = [
        "Dû : ce que l'objectif demande à ce jour ; pour un plafond, ce qu'il permet.",
        "À ce rythme : celui des douze et des six derniers mois, le retard depuis le 1er janvier.",
    ]
    if any(une.masquee for une in lue.ensemble):
        dits.append(f"« {MASQUE} » : {dire_secret(seuil_secret(c.v))}.")
    return " ".join(dits)


def _appels(c: Contexte, lue: Politique) -> list[Any]:
    """Return whom to call first: the bailleurs that miss most, for what."""
    derriere = lue.manquants("bailleur")
    if not derriere:
        return []
    points = []
    for nom, lues in derriere[:APPELS]:
        siren, dit = lues[0].lieu.code, f" : {dire_manque(lues)}."
        qui = _organisme(c, nom, siren)
        points.append(html.Li([qui, typographie(dit), *_lettre(c, nom, siren)]))
    return [
        html.H2("Les bailleurs à appeler d'abord", className="fr-h5"),
        html.Ol(points),
        _ecrire(),
    ]


def _lettre(c: Contexte, nom: str, siren: str) -> list[Any]:
    """Return the way to the letter that tells a bailleur what it misses, to who may have it."""
    if c.v.p.partiel or not acces().peut(politique.DOCUMENTS[LETTRE]):
        return []
    adresse = c.filtres.lien(f"/documents/{LETTRE}.pdf", organisme=siren)
    dit: list[Any] = ["Sa lettre, PDF", html.Span(f", {nom}", className="fr-sr-only")]
    return [" ", html.A(dit, href=adresse, download="")]


def _ecrire() -> html.P | None:
    """Say how each is sent its letter, to who may."""
    if not acces().peut(Action.CONDUIRE):
        return None
    vers = lien("Listes de diffusion", "/affaires/listes")
    dit = "Pour envoyer à chaque bailleur sa lettre : diffuser ce document à la liste des bailleurs"
    return html.P([f"{dit} (", vers, ")."])


def _organisme(c: Contexte, nom: str, siren: str) -> Any:  # noqa: ANN401 - a link or its text
    if not acces().peut(Action.FICHE):
        return html.Strong(nom)
    return lien(nom, c.filtres.lien(f"/organisme/{siren}"))


def _mesures(c: Contexte, lue: Politique) -> Bloc:
    colonnes = (
        "Mesure",
        "Réalisé",
        "Objectif",
        "Dû",
        "Manque",
        "Depuis",
        "À ce rythme",
        "Fiabilité",
    )
    lignes: list[list[Cellule]] = [
        [
            _tableau(c, une.mesure),
            _realise(une),
            _vise(une),
            "–" if une.du is None else entier(max(une.du, 0)),
            _manque(une),
            dire_depuis(une) or "–",
            dire_rythme(une, lue.arrete) or "–",
            lue.fiabilites[une.mesure],
        ]
        for une in lue.ensemble
    ]
    return liste(colonnes, lignes, f"Objectifs de {lue.annee}", numeriques=(3,))


def _tableau(c: Contexte, mesure: Suivie) -> Cellule:
    """Return the way to the table that counts a measure, its name when there is no such table."""
    regle = REGLES[mesure]
    table = tableaux().du_role(regle.role)
    if not table.existe:
        return regle.titre
    return lien_direct(regle.titre, c.filtres.lien(f"/tableaux/{table.code}"))


def _realise(une: Situation) -> Cellule:
    if une.masquee:
        return MASQUE
    fait = f"{entier(une.realise or 0)} sur {entier(une.sur or 0)}"
    if une.part is None:
        return fait
    inconnus = 0 if une.connu is None else (une.sur or 0) - une.connu
    dit = f"{entier(inconnus)} de revenu inconnu" if inconnus else ""
    return (
        lignes_de(f"{fait}, soit {taux(une.part)}", dit)
        if dit
        else f"{fait}, soit {taux(une.part)}"
    )


def _vise(une: Situation) -> Cellule:
    if une.mesure == "dalo":
        return "–"
    dit = dire_vise(une.vise) + (" au plus" if REGLES[une.mesure].plafond else "")
    return lignes_de(dit, une.vise.source) if une.vise else dit


def _manque(une: Situation) -> Cellule:
    """Return what is missing, in the colour of what is met or not."""
    if une.masquee and une.vise:
        return MASQUE
    if une.manque is None:
        return une.muette or "–"
    if REGLES[une.mesure].plafond:
        dit = "sous le plafond" if une.manque <= 0 else f"{entier(une.manque)} de trop"
    else:
        dit = "atteint" if une.manque <= 0 else f"il en manque {entier(une.manque)}"
    etat = Etat.VERT if une.atteint else Etat.ORANGE
    return balise("span", f"{etat.signe} {dit}", class_=f"etat etat-{etat}")


def _epcis(c: Contexte) -> list[Any]:
    """Return a row per EPCI: what each misses of each measure."""
    lus = par_epci(c.v, c.filtres.departement, c.filtres.mois)
    if not lus:
        return []
    mesures = [une.mesure for une in next(iter(lus.values()))]
    lignes: list[list[Cellule]] = [
        [
            lien_direct(siennes[0].nom, c.filtres.lien("/attributions", epci=epci)),
            *(_manque(une) for une in siennes),
        ]
        for epci, siennes in lus.items()
        if siennes
    ]
    colonnes = ("EPCI", *(REGLES[une].titre for une in mesures))
    return [
        html.H2("Par EPCI", className="fr-h5"),
        liste(colonnes, lignes, "Ce qui manque par EPCI"),
    ]


def _bailleurs(lue: Politique) -> list[Any]:
    """Return a row per bailleur, who misses most first."""
    par_nom = lue.par_bailleur()
    if not par_nom:
        return []
    derriere = [nom for nom, _ in lue.manquants("bailleur")]
    autres = [nom for nom in par_nom if nom not in derriere]
    combien = accorder(len(autres), "autre bailleur", "autres bailleurs")
    legende = f"Attributions de {lue.annee} par bailleur"
    return [
        html.H2("Par bailleur", className="fr-h5"),
        _table_bailleurs(par_nom, derriere, f"{legende}, qui manque le plus d'abord"),
        repli(f"Et {combien}", _table_bailleurs(par_nom, autres, f"{legende}, les autres"))
        if autres
        else None,
    ]


def _table_bailleurs(
    par_nom: Mapping[str, Mapping[Suivie, Situation]], noms: Sequence[str], legende: str
) -> Any:  # noqa: ANN401 - a table, or why there is none
    if not noms:
        return html.P("Aucun manque ne se lit par bailleur.")
    titres = (*(REGLES[une].titre for une in AUX_BAILLEURS[:2]), "Prioritaires, non réservé")
    lignes: list[list[Cellule]] = [
        [nom, *(_part(par_nom[nom].get(mesure)) for mesure in AUX_BAILLEURS)] for nom in noms
    ]
    return liste(("Bailleur", *titres), lignes, legende)


def _part(une: Situation | None) -> Cellule:
    """Return what is done, and what is missing under it."""
    if une is None:
        return "–"
    if une.masquee:
        return MASQUE
    return lignes_de(f"{_compte(une)}, {taux(une.part)}", _manque(une))


def _compte(une: Situation) -> str:
    return f"{entier(une.realise or 0)} sur {entier(une.sur or 0)}"


def _par(lue: Politique, mesure: Suivie, axe: Axe, quoi: str) -> Bloc | None:
    lues = lue.parts.get((mesure, axe), ())
    lignes: list[list[Cellule]] = [
        [une.nom, _realise(une), _manque(une), dire_depuis(une) or "–"]
        for une in sorted(lues, key=lambda une: -(une.manque or 0))
    ]
    if not lignes:
        return None
    return liste(
        (quoi, "Réalisé", "Manque", "Depuis"),
        lignes,
        f"{REGLES[mesure].titre}, {lue.annee}, par {quoi.lower()}",
    )


def _reservataires(lue: Politique) -> list[Any]:
    table = _par(lue, "prioritaires", "reservataire", "Réservataire")
    dit = "Par réservataire : ménages prioritaires"
    return [] if table is None else [html.H2(dit, className="fr-h5"), table]


def _communes(lue: Politique) -> list[Any]:
    mesures: tuple[Suivie, ...] = ("mixite_hors_qpv", "mixite_en_qpv", "prioritaires")
    replis = [
        repli(f"Par commune : {REGLES[un].titre}", table)
        for un in mesures
        if (table := _par(lue, un, "commune", "Commune")) is not None
    ]
    return [html.H2("Par commune", className="fr-h5"), *replis] if replis else []


def _documents(c: Contexte) -> html.Div:
    """Return the ways to the documents that the reader may have, and to the objectives."""
    f = c.filtres
    liens: dict[str, str] = {}
    for nom in (EPCI, NOTE):
        if acces().peut(politique.DOCUMENTS[nom]):
            un = DOCUMENTS[nom]
            liens |= {
                f"{un.libelle}, {FORMES[forme].libelle}": f.lien(f"/documents/{nom}.{forme}")
                for forme in un.formes
            }
    regler = (
        html.P(lien("Fixer un objectif", f.lien("/reglages/objectifs")))
        if acces().peut(Action.REGLER)
        else None
    )
    return html.Div([exports(liens) if liens else None, regler])


dash.register_page(
    __name__,
    path="/attributions",
    sous="/tableaux",
    name="Politique d'attribution",
    title="Politique d'attribution – Infocentre",
    layout=layout,
)
