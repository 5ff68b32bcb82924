"""Ma journée: what waits for whoever reads, by group, each line with its next action."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable, Sequence

from dash import html

from dashboards.composants.balises import Balise, balise
from dashboards.composants.direct import repli_direct
from dashboards.composants.elements import typographie
from dashboards.composants.envois import RELIRE, relecture
from dashboards.composants.natifs import File
from dashboards.page import Contexte
from infocentre.acces.habitudes import TOUR, Visite
from infocentre.demarches.calendrier import Date
from infocentre.demarches.calendrier import dire as dire_date
from infocentre.demarches.journee import INFORMATION, Ligne, grouper, titre_du_groupe
from infocentre.demarches.mois import Avancee, avancee
from infocentre.noyau.francais import accorder, apostropher, entier, minuscule
from infocentre.noyau.temps import jour as ecrire_jour

MONTREES, REPLIEES = 8, 48  # lines of a group that are not folded, that are there at all
ENTIER = 150  # when it is read alone
FILE, DITE = "journee", "journee-message"
ENVOIS = "/envois"
JAMAIS = Visite()
VERBES = {"reponse": "Tout marquer comme lu"}


def ma_journee(queue: Balise) -> html.Div:
    """Return the queue of a reader, and where what became of a click is said."""
    return html.Div([html.Div(id=DITE, role="status"), File(id=FILE, arbre=queue)])


def arbre(
    c: Contexte,
    lignes: Sequence[Ligne],
    aujourdhui: dt.date,
    visite: Visite = JAMAIS,
    *,
    qui: str = "",
    conduit: bool = False,
    suites: Sequence[Date] = (),
) -> Balise:
    """Return the queue as a tree; lines that came since the last visit say so, but their own.

    To who conducts, their month stands above it, and a way round the first times; `suites` are the
    next deadlines.
    """
    neuves = [une for une in lignes if une.nouvelle(visite.avant, qui)]
    montrees = neuves if c.adresse.get("nouvelles") else lignes
    marquees = frozenset(map(id, neuves))
    voulu = c.adresse.get("groupe", "")
    sections = [
        _section(c, groupe, siennes, aujourdhui, marquees)
        for groupe, siennes in grouper(montrees).items()
        if voulu in {"", ":".join(groupe)}
    ]
    debut = [_tour(c) if not visite.tour else None, _le_mois(c, lignes)] if conduit else []
    resume = _resume(c, lignes, neuves, visite.avant)
    return balise("div", debut, resume, _suites(c, suites, aujourdhui), sections, class_="journee")


def _suites(c: Contexte, suites: Sequence[Date], aujourdhui: dt.date) -> Balise | None:
    """Return the next deadlines, with the way to all of them."""
    if not suites:
        return None
    dits = " ; ".join(dire_date(une, aujourdhui) for une in suites)
    calendrier = balise("a", "le calendrier", href=c.filtres.lien("/calendrier"))
    return balise(
        "p", typographie(f"À venir : {dits}. Voir "), calendrier, ".", class_="journee-resume"
    )


def _tour(c: Contexte) -> Balise:
    """Return the way round, until it is dismissed."""
    return balise(
        "aside",
        balise("p", balise("strong", "Première visite ?")),
        balise(
            "p",
            "Cette page dit chaque jour ce qui est à faire, et par quel bouton. ",
            balise("a", "Le tour de la démonstration", href=c.filtres.lien("/aide/demonstration")),
            " montre où le reste se trouve ; l'",
            balise("a", "aide", href=c.filtres.lien("/aide")),
            " répond aux questions du jour.",
        ),
        balise(
            "button",
            "Ne plus montrer",
            type="button",
            class_="fr-btn fr-btn--tertiary fr-btn--sm",
            data_cle=TOUR,
        ),
        class_="journee-tour",
        aria_label="Première visite",
    )


def _le_mois(c: Contexte, lignes: Sequence[Ligne]) -> Balise:
    """Return the ten steps of the month, those that are done ticked off, each with its link."""
    etapes = avancee(grouper(lignes).values())
    faites = sum(une.faite for une in etapes)
    titre = f"Le mois : {accorder(faites, 'étape faite', 'étapes faites')} sur {len(etapes)}"
    return balise(
        "nav",
        balise("p", titre, class_="mois-titre"),
        balise("progress", value=str(faites), max=str(len(etapes)), aria_label=titre),
        balise("ol", [balise("li", _etape(c, une)) for une in etapes]),
        class_="mois",
        aria_label="Le mois du gestionnaire",
    )


def _etape(c: Contexte, une: Avancee) -> Balise:
    etat = "étape faite" if une.faite else f"{une.restent} à faire"
    signe = "✓" if une.faite else str(une.restent)
    return balise(
        "a",
        balise("span", signe, class_="mois-signe", aria_hidden="true"),
        f" {une.nom}",
        balise("span", f" : {etat}", class_="fr-sr-only"),
        href=c.filtres.lien(une.chemin),
        class_="mois-fait" if une.faite else None,
    )


def _resume(
    c: Contexte, lignes: Sequence[Ligne], neuves: Sequence[Ligne], depuis: dt.datetime | None
) -> Balise:
    attendent = sum(une.genre != INFORMATION for une in lignes)
    if not attendent and not neuves:
        return balise("p", "Rien n'attend.")
    combien = accorder(attendent, "chose attend", "choses attendent")
    if depuis is None or not neuves:
        return balise("p", f"{combien}.", class_="journee-resume")
    visite = f"depuis votre dernière visite, le {ecrire_jour(depuis.astimezone().date())}"
    filtre = c.adresse.get("nouvelles")
    vers = c.filtres.lien("/", **({} if filtre else {"nouvelles": "oui"}))
    dit = accorder(len(neuves), "nouvelle", "nouvelles")
    return balise(
        "p",
        f"{combien}, dont ",
        balise("a", "tout voir" if filtre else dit, href=vers),
        f" {visite}.",
        class_="journee-resume",
    )


def _section(
    c: Contexte,
    groupe: tuple[str, str, str],
    lignes: Sequence[Ligne],
    aujourdhui: dt.date,
    neuves: frozenset[int],
) -> Balise:
    titre = titre_du_groupe(groupe)
    cochables = len(lignes) > 1 and (bool(lignes[0].geste) or lignes[0].part)
    noms = Counter(une.qui for une in lignes)
    nombre = len(lignes)
    compte = [" ", balise("span", entier(nombre), class_="compte")] if nombre > 1 else None

    def rendre(une: Ligne) -> Balise:
        neuve, nommee = id(une) in neuves, noms[une.qui] > 1
        return _ligne(c, une, aujourdhui, coche=cochables, neuve=neuve, nommee=nommee)

    return balise(
        "section",
        balise(
            "div",
            balise("h3", titre, compte),
            _ensemble(c, groupe, lignes),
            class_="journee-tete",
        ),
        balise("div", _lignes(c, groupe, lignes, rendre), class_="journee-lignes"),
        class_=f"journee-groupe journee-{groupe[0]}",
        aria_label=titre,
    )


def _lignes(
    c: Contexte,
    groupe: tuple[str, str, str],
    lignes: Sequence[Ligne],
    rendre: Callable[[Ligne], Balise],
) -> list[Balise]:
    """Return the first lines, the others folded; where they are too many, they are elsewhere."""
    cle, nombre = ":".join(groupe), len(lignes)
    if c.adresse.get("groupe", "") == cle:
        suite = f"Les {ENTIER} premières sur {entier(nombre)}." if nombre > ENTIER else ""
        return [balise("ul", map(rendre, lignes[:ENTIER])), balise("p", suite)]
    montrees = nombre if nombre == MONTREES + 1 else MONTREES
    debut = balise("ul", map(rendre, lignes[:montrees]))
    if nombre <= montrees:
        return [debut]
    if nombre > REPLIEES:
        vers = c.filtres.lien("/", groupe=cle)
        return [debut, balise("p", balise("a", f"Voir les {entier(nombre)}", href=vers))]
    reste = lignes[montrees:]
    plus = f"Voir {accorder(len(reste), 'autre', 'autres')}"
    return [debut, repli_direct(plus, balise("ul", map(rendre, reste)))]


def _ensemble(c: Contexte, groupe: tuple[str, str, str], lignes: Sequence[Ligne]) -> Balise | None:
    """Return what does all lines of a group together: their messages on one page, or a click."""
    genre, nombre = groupe[0], len(lignes)
    if nombre == 1:
        return None
    if lignes[0].part:
        texte, vers = relecture([une.affaire for une in lignes], c.filtres)
        return balise(
            "a",
            texte,
            href=vers,
            data_tous=vers,
            class_="fr-btn fr-btn--sm",
            data_tout=texte,
            data_verbe=RELIRE,
            data_vers=c.filtres.lien(ENVOIS),
        )
    if not lignes[0].geste:
        return None
    verbe = lignes[0].bouton.split()[0]
    texte = VERBES.get(genre, f"Tout {verbe.lower()}")
    return balise(
        "button",
        texte,
        type="button",
        class_="fr-btn fr-btn--sm",
        data_tout=texte,
        data_groupe=":".join(groupe),
        data_verbe=verbe,
    )


def _ligne(
    c: Contexte,
    une: Ligne,
    aujourdhui: dt.date,
    *,
    coche: bool,
    neuve: bool,
    nommee: bool,
) -> Balise:
    """Return a line; `nommee`: its affaire is named, as others are of the same guichet.

    One that is of nobody leads to its affaire by what it says.
    """
    vers = c.filtres.lien(une.chemin, **dict(une.parametres))
    tard = une.retard(aujourdhui)
    nom = f"{une.qui} ({une.affaire})" if une.qui and une.affaire and nommee else une.qui
    lie = nom or (une.dit if une.affaire else "")
    dite = f"\u00a0: {minuscule(une.dit)}" if nom else une.dit
    quoi = lie or une.dit
    return balise(
        "li",
        balise(
            "label",
            balise("input", type="checkbox", value=une.affaire if une.part else une.cle),
            balise("span", f"Cocher {quoi}", class_="fr-sr-only"),
        )
        if coche
        else None,
        balise(
            "p",
            balise("a", typographie(lie), href=vers) if lie else None,
            balise("span", typographie(dite), class_="journee-dit") if lie != une.dit else None,
            balise("span", typographie(f"\u00a0: {une.cite}"), class_="journee-cite")
            if une.cite
            else None,
            [" ", _marque(f"en retard de {accorder(tard, 'jour', 'jours')}", "retard")]
            if tard
            else None,
            [" ", _marque("nouveau", "neuf")] if neuve else None,
        ),
        balise("div", _actes(c, une, vers, quoi, groupee=coche), class_="journee-actes"),
        # A tick stays with its line when those above are done.
        key=apostropher(f"{une.cle} {une.dit}"),
    )


def _marque(texte: str, classe: str) -> Balise:
    return balise("span", texte, class_=f"journee-marque {classe}")


def _actes(c: Contexte, une: Ligne, vers: str, nom: str, *, groupee: bool) -> list[Balise]:
    """Return the next action of a line; what else may be done of it is on its page.

    Among others, whose head says what the action is, it is but a verb.
    """
    if une.part:
        texte = RELIRE.split(maxsplit=1)[0] if groupee else RELIRE
        return [
            balise(
                "a",
                texte,
                href=c.filtres.lien(ENVOIS, affaires=une.affaire),
                class_=f"fr-btn fr-btn--sm{' fr-btn--secondary' if groupee else ''}",
                aria_label=f"{RELIRE} : {nom}",
            ),
            _autre(vers, nom),
        ]
    if not une.geste:
        return [
            balise(
                "a",
                une.bouton,
                href=vers,
                class_="fr-btn fr-btn--sm",
                aria_label=f"{une.bouton} : {nom}",
            )
        ]
    return [
        balise(
            "button",
            une.bouton.split()[0] if groupee else une.bouton,
            type="button",
            class_=f"fr-btn fr-btn--sm{' fr-btn--secondary' if groupee else ''}",
            data_cle=une.cle,
            aria_label=f"{une.bouton} : {nom}",
        ),
        _autre(vers, nom),
    ]


def _autre(vers: str, nom: str) -> Balise:
    return balise("a", "Autre chose", href=vers, aria_label=f"Autre chose : {nom}")
