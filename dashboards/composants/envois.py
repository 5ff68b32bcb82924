"""Pieces of the page Envois: who is written to, a message to read, what became of a sending."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from dash import dcc, html

from dashboards.composants.elements import attributs, exports, lien, repli, typographie
from dashboards.composants.listes import Cellule
from dashboards.composants.listes import liste as grille
from dashboards.composants.natifs import Bloc
from dashboards.composants.saisie import Champ, Formulaire, formulaire, groupe
from infocentre.demarches.envois import ANNULE, EN_COURS, PREVU, Envoi, Suite
from infocentre.demarches.rebonds import Refusee
from infocentre.lecture.filtres import Filtres
from infocentre.noyau.francais import accord, accorder, entier, enumerer

RELANCE, RELIRE = "Relance", "Relire et envoyer"
NOMMEES = 150  # affaires that an address names
SANS_MESSAGERIE = (
    "Aucun serveur de messagerie n’est réglé. Ouvrir les messages dans votre messagerie, les "
    "envoyer, puis le dire ici"
)
CHOISIR = "Choisir l’avis reçu (.eml)"
LIGNES = 22  # of the text of a message
AUSSITOT, UN_MESSAGE = 5, 0.5  # so few are ready at once; seconds that one takes to be written
SIGNES = {"parti": "✓", "refuse": "✗", "suspens": "?", "annule": "–", "donne": "…", "attend": ""}


VUS = "vus "  # before the name of a message, in what its form holds


@dataclass(frozen=True, slots=True)
class Ligne:
    """A message that waits: `cle` names its affaires, `ecrit` says that a person changed it.

    `quoi` is what it is a message of, `ampleur` how many demandes (accès, attributions) it is
    about, as it says; `vus` how many events each of its affaires had when it was read.
    """

    cle: str
    nom: str
    quoi: str
    ampleur: str
    vers: tuple[str, ...]
    ecrit: bool
    refusees: tuple[str, ...] = ()
    vus: str = ""


def relecture(affaires: Sequence[str], filtres: Filtres, departement: str = "") -> tuple[str, str]:
    """Return the words and the address that lead to the messages of affaires, the first of many."""
    nombre, choix = len(affaires), ",".join(affaires[:NOMMEES])
    dit = f"les {NOMMEES} premiers sur {nombre}" if nombre > NOMMEES else f"({nombre})"
    lieu = departement or filtres.departement
    vers = filtres.lien("/envois", departement=lieu, affaires=choix)
    return RELIRE if nombre == 1 else f"{RELIRE} {dit}", vers


def action(texte: str, nom: str, quoi: str = "", *, second: bool = False) -> html.Button:
    """Return a button of the page; `quoi` is what it is about."""
    return _bouton(texte, {"type": "envoi-action", "action": nom, "quoi": quoi}, second=second)


def demande(texte: str, nom: str, *, second: bool = False) -> html.Button:
    """Return a button that asks before anything is done, or that asks no more."""
    return _bouton(texte, {"type": "envoi-demande", "action": nom}, second=second)


def _bouton(texte: str, identifiant: dict[str, str], *, second: bool) -> html.Button:
    classe = "fr-btn fr-btn--secondary" if second else "fr-btn"
    return html.Button(texte, id=identifiant, className=f"{classe} fr-btn--sm", type="button")


def liste(lignes: Sequence[Ligne]) -> Formulaire:
    """Return who is written to, each to be left out by its box."""
    champs = [Champ(une.cle, une.nom, "case", aide=_dire_ligne(une), large=True) for une in lignes]
    return formulaire(
        "envoi-choix",
        [groupe("envoi", champs, "Messages à envoyer")] if champs else [],
        {une.cle: "oui" for une in lignes if une.vers}
        | {f"{VUS}{une.cle}": une.vus for une in lignes},
        classe="formulaire envoi-choix",
    )


def _dire_ligne(une: Ligne) -> str:
    dits = (
        une.quoi,
        une.ampleur,
        ", ".join(une.vers) or "aucune adresse connue",
        "modifié" if une.ecrit else "",
        *une.refusees,
    )
    return " – ".join(filter(None, dits))


def avertir(lignes: Sequence[Ligne]) -> html.Div | None:
    """Warn of the addresses that get more than one message."""
    fois = Counter(vers for une in lignes for vers in une.vers)
    dites = [f"{vers} ({accorder(n, 'message')})" for vers, n in fois.items() if n > 1]
    if not dites:
        return None
    quoi = f"{accord(len(dites), 'Une adresse reçoit', 'Des adresses reçoivent')} plus d'un message"
    return html.Div(
        html.P(typographie(f"{quoi} : {enumerer(dites)}.")), className="avertissement", role="note"
    )


def message(
    rang: int,
    total: int,
    une: Ligne,
    objet: str,
    corps: str,
    pieces: Sequence[str],
    *,
    change: bool,
) -> html.Div:
    """Return a message to read again, with its words to change where they may be."""
    dit = f"Message {rang + 1} sur {total} : {une.nom}"
    mots: list[Any] = [html.P(html.Strong(objet)), html.Pre(corps, className="lettre")]
    if change:
        mots = [_texte("objet", "Objet", objet, 1), _texte("corps", "Message", corps, LIGNES)]
    return html.Div(
        [
            html.H2(dit, className="fr-h5", **attributs(aria_live="polite")),
            html.P(f"À : {', '.join(une.vers) or 'aucune adresse connue'}"),
            *mots,
            html.P(f"Pièces jointes : {enumerer(pieces)}.") if pieces else None,
            action("Garder ces mots", "garder", une.cle, second=True) if change else None,
        ]
    )


def tour(nombre: int) -> html.Div:
    """Return what leads from a message to the next: it stays, and keeps the focus."""
    deux = [_voir("Message précédent", "avant"), _voir("Message suivant", "apres")]
    boutons = deux if nombre > 1 else []
    return html.Div([*boutons, dcc.Store(id="envoi-rang", data=0)], className="exports")


def _texte(nom: str, titre: str, valeur: str, lignes: int) -> html.Div:
    saisie = dcc.Textarea(
        id={"type": "envoi-texte", "nom": nom}, value=valeur, rows=lignes, className="fr-input"
    )
    return html.Div(html.Label([titre, saisie], className="fr-label"), className="mesure-champ")


def _voir(texte: str, sens: str) -> html.Button:
    return html.Button(
        texte,
        id={"type": "envoi-voir", "sens": sens},
        className="fr-btn fr-btn--tertiary fr-btn--sm",
        type="button",
    )


def a_envoyer(nombre: int) -> html.Div:
    """Return the button that sends all that are ticked, once confirmed."""
    texte = f"Envoyer {accord(nombre, 'le message', f'les {nombre} messages')}"
    return html.Div(demande(texte, "confirmer"), id="envoi-bouton")


def a_confirmer(lignes: Sequence[Ligne], secondes: int, par: str) -> html.Div:
    """Ask whether to send: how many, to whom, by which server, how long it may be stopped."""
    noms = enumerer([une.nom for une in lignes])
    cles = " ".join(une.cle for une in lignes)
    partent = accord(len(lignes), "partira", "partiront")
    return html.Div(
        [
            html.P(
                typographie(
                    f"{accorder(len(lignes), 'message')} {partent} dans {secondes} secondes{par} : "
                    f"{noms}. Jusque-là, « Annuler » les arrête tous."
                )
            ),
            html.Div(
                [
                    action("Confirmer l'envoi", "planifier", cles),
                    demande("Ne pas envoyer", "renoncer", second=True),
                ],
                className="exports",
            ),
        ],
        role="group",
        className="avertissement",
        **attributs(aria_label="Confirmer l'envoi"),
    )


def sans_messagerie(
    nombre: int, adresse: str, canaux: Sequence[tuple[str, str]], jour: dt.date, *, regle: bool
) -> html.Div:
    """Return what is done without a server of mails: take all away, then say that they left."""
    tous = accord(nombre, "Le message (.zip)", f"Les {nombre} messages (.zip)")
    dits = accord(nombre, "Je l'ai envoyé", "Je les ai envoyés")
    phrase: list[Any] = [SANS_MESSAGERIE]
    if regle:
        phrase += [", ou ", lien("régler la messagerie", "/reglages/messagerie")]
    phrase.append(".")
    if nombre > AUSSITOT:
        phrase.append(
            f" Le fichier se prépare en {entier(round(nombre * UN_MESSAGE))} secondes environ."
        )
    return html.Div(
        [
            html.P(phrase),
            exports({tous: adresse}),
            formulaire(
                "envoi-dire",
                [
                    groupe(
                        "envoi",
                        [
                            Champ("canal", "Canal", "liste", options=list(canaux)),
                            Champ("jour", "Envoyés le", "date"),
                        ],
                    )
                ],
                {"jour": jour.isoformat()},
                bouton=dits,
            ),
        ]
    )


def revenus(refusees: Sequence[Refusee]) -> html.Details:
    """Return where a notice of a message that came back is put, and the addresses refused."""
    connues = [
        html.Li(
            [
                typographie(f"{une.adresse}, {une.dite} "),
                action("L’adresse est bonne", "lever", une.adresse, second=True),
            ]
        )
        for une in refusees
    ]
    choix = dcc.Upload(
        html.Button(
            CHOISIR,
            className="fr-btn fr-btn--sm",
            type="button",
            **attributs(aria_label=CHOISIR),
        ),
        id={"type": "envoi-rebond", "quoi": "avis"},
        accept=".eml",
        max_size=30 << 20,
    )
    return repli("Un message est revenu ?", html.Div([html.Ul(connues), choix]))


# --- What becomes of a sending --------------------------------------------------------------------


def suivi(un: Envoi, suites: Sequence[Suite], instant: dt.datetime) -> html.Div:
    """Return where a sending stands: when it leaves, what left, to whom, at what time."""
    return html.Div(
        [
            html.H2(_titre(un, suites), className="fr-h5"),
            _compte(un, suites, instant),
            _annuler(un, instant),
            _recu(suites) if not un.vivant or un.etat == EN_COURS else None,
        ],
        className="envoi-suivi",
    )


def _titre(un: Envoi, suites: Sequence[Suite]) -> str:
    partis = sum(une.sort == "parti" for une in suites)
    if un.etat == PREVU:
        return f"{accorder(len(suites), 'message')} à partir"
    if un.etat == EN_COURS:
        return f"{accorder(partis, 'message parti', 'messages partis')} sur {len(suites)}"
    if un.etat == ANNULE and not partis:
        return "Envoi annulé : aucun message n’est parti"
    refuses = sum(une.sort == "refuse" for une in suites)
    suite = f", {accorder(refuses, 'refusé')}" if refuses else ""
    return f"{accorder(partis, 'message parti', 'messages partis')}{suite}"


def _compte(un: Envoi, suites: Sequence[Suite], instant: dt.datetime) -> html.P | html.Progress:
    if un.etat == PREVU:
        restent = max(0, round((un.part_le - instant).total_seconds()))
        dit = f"Départ dans {restent} s." if restent else "Départ…"
        return html.P(dit, role="timer")
    if un.etat == EN_COURS:
        faits = sum(une.sort not in {"attend", "donne"} for une in suites)
        return html.Progress(
            value=str(faits), max=str(len(suites)), **attributs(aria_label="Messages traités")
        )
    ou = f"{(un.fini_le or un.demande_le).astimezone():%d/%m/%Y à %H:%M:%S}"
    if un.etat == ANNULE:
        return html.P(f"Annulé par {un.arrete_par}, le {ou}.")
    return html.P(f"Envoi demandé par {un.par}, fini le {ou}.")


def _annuler(un: Envoi, instant: dt.datetime) -> html.Button | None:
    if not un.vivant:
        return None
    texte = "Annuler" if instant < un.part_le else "Arrêter ce qui n’est pas parti"
    return action(texte, "stopper", un.id, second=True)


def _recu(suites: Sequence[Suite]) -> Bloc:
    rangees: list[list[Cellule]] = [
        [
            une.prevu.nom,
            ", ".join(une.prevu.vers),
            f"{une.quand.astimezone():%H:%M:%S}" if une.quand and une.sort == "parti" else "–",
            typographie(f"{SIGNES[une.sort]} {_dire(une)}".strip()),
        ]
        for une in suites
    ]
    return grille(("Pour qui", "À", "Parti à", "Suite"), rangees, "Reçu de l’envoi")


def _dire(une: Suite) -> str:
    if une.sort == "refuse":
        return f"pas parti : {une.raison}. Il attend encore ci-dessous."
    if une.sort == "suspens":
        return "peut-être parti : dire s’il est arrivé, dans l’affaire."
    dits = {"parti": "parti", "annule": "pas parti, annulé", "donne": "en train de partir"}
    return dits.get(une.sort, "attend")


def coches(valeurs: Mapping[str, object] | None) -> list[str]:
    """Return the messages that are ticked."""
    lus = valeurs if isinstance(valeurs, Mapping) else {}
    return [cle for cle, dit in lus.items() if dit == "oui"]


def vus(valeurs: Mapping[str, object] | None, cle: str) -> list[int]:
    """Return how many events each affaire of a message had when it was read, [] not known."""
    lus = valeurs if isinstance(valeurs, Mapping) else {}
    return [int(un) for un in str(lus.get(f"{VUS}{cle}") or "").split() if un.isdecimal()]
