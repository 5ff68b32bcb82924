"""Pieces of the page Mesures: what waits, the list, one affaire and what may be done of it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from dash import dcc, html

from dashboards.composants.direct import etat_direct, lien_direct
from dashboards.composants.elements import attributs, faits, lien, repli, typographie
from dashboards.composants.listes import Cellule, liste
from dashboards.composants.natifs import Bloc
from dashboards.composants.saisie import Champ, Formulaire, groupe
from dashboards.composants.saisie import formulaire as formulaire_natif
from infocentre.affaires import Affaire, Constat, Evenement
from infocentre.affaires.donnees import Action
from infocentre.affaires.modele import Donnee, Visibilite
from infocentre.catalogue.familles import famille
from infocentre.demarches.cas import Cas
from infocentre.exports import lisible
from infocentre.lecture.filtres import Filtres
from infocentre.noyau.francais import accorder, enumerer
from infocentre.noyau.temps import jour, nom_mois, periode
from infocentre.procedures.mesures_correctives.actes import (
    ACCEPTER,
    ATTENDUES,
    PROPOSER,
    REDIGER,
)
from infocentre.procedures.mesures_correctives.classeur import CHOIX, CONTESTATIONS
from infocentre.procedures.mesures_correctives.classeur import SORTS as REPONSES
from infocentre.procedures.mesures_correctives.comptes import (
    Comptes,
    dernieres_reponses,
    justifies,
    taux_net,
)
from infocentre.procedures.mesures_correctives.gardes import ANCIEN_JUGEMENT, ancien_jugement
from infocentre.procedures.mesures_correctives.propositions import Proposition

TOUTES = "toutes"
COLONNES = ("Organisme", "Objet", "Étape", "État", "Échéance", "Dernier événement")
LIGNES = {"corps": 14, "texte": 4, "actions": 4}  # rows of a text; the others have one


def bouton(
    texte: str, evenement: str, affaire: str = TOUTES, *, second: bool = False
) -> html.Button:
    """Return a button that does something of an affaire, or of all that wait."""
    classe = "fr-btn fr-btn--secondary" if second else "fr-btn"
    return html.Button(
        texte,
        id={"type": "mesure-action", "evenement": evenement, "affaire": affaire},
        className=f"{classe} fr-btn--sm",
        type="button",
    )


def a_decider(comptes: Comptes, filtres: Filtres) -> html.Div:
    """Return what waits for someone, with the button that does it for all at once."""
    points: list[Any] = []

    def ajouter(
        nombre: int, un: str, plusieurs: str, suite: html.Button | dcc.Link | str = ""
    ) -> None:
        if nombre:
            points.append(html.Li([html.Strong(f"{accorder(nombre, un, plusieurs)}. "), suite]))

    relire = lien("Relire et envoyer", filtres.lien("/envois"))
    ajouter(
        len(comptes.a_ouvrir),
        "organisme à signaler",
        "organismes à signaler",
        bouton("Ouvrir les affaires", PROPOSER),
    )
    ajouter(
        len(comptes.a_proposer),
        "proposition à accepter ou à écarter",
        "propositions à accepter ou à écarter",
        bouton("Tout accepter", ACCEPTER, second=True),
    )
    ajouter(
        len(comptes.a_envoyer),
        "message à envoyer",
        "messages à envoyer",
        relire,
    )
    ajouter(
        len(comptes.relances),
        "relance à envoyer",
        "relances à envoyer",
        relire,
    )
    ajouter(len(comptes.silences), "réponse n'est pas venue", "réponses ne sont pas venues")
    ajouter(
        len(comptes.contestees),
        "contestation : maintenir ce qui est dit, ou clore",
        "contestations : maintenir ce qui est dit, ou clore",
    )
    ajouter(len(comptes.a_formaliser), "demande à formaliser", "demandes à formaliser")
    ajouter(len(comptes.a_clore), "affaire à clore", "affaires à clore")
    ajouter(
        len(comptes.a_revoir),
        "affaire à revoir : une règle a changé",
        "affaires à revoir : une règle a changé",
    )
    if not points:
        return html.Div(html.P("Rien n'attend de décision."))
    return html.Div(html.Ul(points, className="a-faire"))


def propositions(neuves: Sequence[Proposition], filtres: Filtres) -> html.Div | None:
    """Return what the month gives reason to tell, with why and what was said before."""
    if not neuves:
        return None
    lignes: list[list[Cellule]] = [
        [
            lien_direct(une.nom, filtres.lien(f"/organisme/{une.organisme}")),
            une.titre,
            typographie(une.motif),
            _avant(une),
        ]
        for une in neuves
    ]
    colonnes = ("Organisme", "Famille", "Pourquoi", "Ce qui a déjà été dit")
    return html.Div([liste(colonnes, lignes, "Ce que le mois propose de signaler")])


def _avant(une: Proposition) -> str:
    if not une.avant:
        return "rien"
    derniere = une.avant[-1]
    return f"{derniere.id} : {derniere.titre_etat.lower()} ({jour(derniere.ouverte_le)})"


def par_echeance(affaires: Sequence[Affaire]) -> list[Affaire]:
    """Return the affaires, the nearest deadline first."""
    return sorted(
        affaires, key=lambda une: (une.echeance.due if une.echeance else dt.date.max, une.id)
    )


def liste_des_affaires(
    affaires: Sequence[Affaire], noms: Mapping[str, str], filtres: Filtres, *, conduit: bool
) -> Bloc:
    """Return affaires as a table; to who conducts them, what may follow too."""
    lignes: list[list[Cellule]] = [
        [
            lien_direct(noms.get(une.objet, une.objet), filtres.lien("/mesures", affaire=une.id)),
            famille(une.sujet).titre,
            str(une.etape) if une.etape else "–",
            une.titre_etat + (", à revoir" if une.a_revoir else ""),
            _echeance(une, conduit=conduit),
            jour(une.situation.evenements[-1].jour),
        ]
        for une in affaires
    ]
    return liste(COLONNES, lignes, "Affaires, l'échéance la plus proche d'abord")


def _echeance(une: Affaire, *, conduit: bool) -> str:
    dues = [e for e in une.echeances if conduit or e.nature in ATTENDUES]
    prochaine = min(dues, key=lambda e: e.due, default=None)
    return f"{prochaine.titre} le {jour(prochaine.due)}" if prochaine else "–"


# --- One affaire ----------------------------------------------------------------------------------


def resume(une: Affaire, nom: str, filtres: Filtres, *, conduit: bool) -> html.Div:
    """Return who it is about, where it stands, what is due; to who conducts it, what may follow."""
    etat = une.situation.procedure.etats[une.etat]
    paires: list[tuple[str, Any]] = [
        ("Organisme", lien(nom, filtres.lien(f"/organisme/{une.objet}"))),
        ("État", f"{etat.titre}{f', étape {etat.etape}' if etat.etape else ''}"),
        ("Ouverte le", jour(une.ouverte_le)),
    ]
    paires += [(e.titre, jour(e.due)) for e in une.echeances if conduit or e.nature in ATTENDUES]
    return html.Div([faits(paires), html.P(typographie(etat.page)) if conduit else None])


def lu_jusqu_ici(une: Affaire) -> dcc.Input:
    """Return how many events the reader has before them: what another adds since is refused."""
    nombre = str(len(une.situation.evenements))
    return dcc.Input(id={"type": "mesure-champ", "nom": "vus"}, type="hidden", value=nombre)


def constats_figes(une: Affaire, dits: Sequence[Constat], filtres: Filtres) -> Bloc:
    """Return what was told, as it was that day; the rate without justified cases beside it."""
    nets = justifies(une)
    lignes: list[list[Cellule]] = [
        [
            lien_direct(un.nom, filtres.lien(f"/guichet/{un.guichet}")),
            un.libelle,
            periode(un.mois, stock=un.fenetre == "stock", douze_mois=un.fenetre == "12m"),
            un.numerateur,
            un.denominateur,
            lisible(un.taux, taux=True),
            *([_net(un, nets.get(un.id, frozenset()))] if nets else []),
            etat_direct(un.etat),
        ]
        for un in dits
    ]
    nette = ("Taux net des cas justifiés",) if nets else ()
    colonnes = ("Guichet", "Indicateur", "Période", "Anomalies", "Effectif", "Taux", *nette, "État")
    numeriques = (3, 4, 5, 6) if nets else (3, 4, 5)
    return liste(colonnes, lignes, "Ce qui est dit, figé ce jour-là", numeriques=numeriques)


def _net(un: Constat, justifiees: frozenset[str]) -> str:
    return (
        f"{lisible(taux_net(un, justifiees), taux=True)} ({accorder(len(justifiees), 'justifié')})"
    )


def causes(communes: Mapping[str, Sequence[Affaire]], noms: Mapping[str, str]) -> Bloc | None:
    """Return what several organismes have in common, None when nobody said any."""
    lignes: list[list[Cellule]] = []
    for cause, siennes in communes.items():
        organismes = sorted({une.objet for une in siennes})
        qui = enumerer([noms.get(un, un) for un in organismes])
        lignes.append([typographie(cause), len(organismes), typographie(qui)])
    colonnes = ("Cause", "Organismes", "Lesquels")
    return liste(colonnes, lignes, "Causes communes", numeriques=(1,)) if lignes else None


SORTS = (
    ("corrigee", "corrigé", "corrigés"),
    ("sortie", "sorti du fichier", "sortis du fichier"),
    ("encore", "encore là", "encore là"),
    ("nouvelle", "nouveau", "nouveaux"),
)


def chronologie(une: Affaire, pour: Visibilite | None = None, *, entiere: bool = True) -> Bloc:
    """Return the events of an affaire, the last first: those that `pour` may read, else all.

    Not `entiere`: without what they say, which may be of guichets that the reader does not see.
    """
    regle = une.situation.procedure.regle
    lignes: list[list[Cellule]] = [
        [
            jour(un.jour),
            regle(un.nom).arrive,
            typographie(_contenu(une, un)) if entiere else "",
            un.auteur if entiere else "",
        ]
        for un in reversed(une.situation.evenements)
        if pour is None or pour in regle(un.nom).visible
    ]
    return liste(("Jour", "Événement", "Précision", "Par"), lignes, "Chronologie, la fin d'abord")


def _contenu(une: Affaire, un: Evenement) -> str:
    """Return what an event carries that a person reads."""
    if "comptes" in un.donnees:
        return f"{nom_mois(un.donnees['mois']).capitalize()} : {_verdict(un)}"
    dits = []
    dites: Mapping[str, Any] = un.donnees
    for nom, donnee in une.situation.procedure.regle(un.nom).donnees.items():
        valeur = dites.get(nom)
        if valeur is None or nom in {"corps", "empreinte", "constats", "fichiers", "message_id"}:
            continue
        dits.append(_plan(valeur) if nom == "actions" else _dire(nom, donnee, valeur))
    return " ; ".join(filter(None, dits))


def _dire(nom: str, donnee: Donnee, valeur: Any) -> str:  # noqa: ANN401 - as the type says
    if donnee.type == "choix":
        return donnee.choix.get(valeur, str(valeur))
    if donnee.type == "date":
        return f"{donnee.titre.lower()} {jour(valeur)}"
    if donnee.type == "oui_non":
        return f"{donnee.titre.lower()} : {'oui' if valeur else 'non'}"
    if donnee.type in {"liste", "lignes"}:
        return accorder(len(valeur), "ligne") if nom != "regles" else ", ".join(valeur)
    return nom_mois(valeur) if nom == "mois" else str(valeur)


def _plan(actions: Sequence[Action]) -> str:
    return " ; ".join(
        a["action"] + (f" (pour le {jour(a['pour_le'])})" if a.get("pour_le") else "")
        for a in actions
    )


def _verdict(un: Evenement) -> str:
    comptes: Sequence[Mapping[str, Any]] = un.donnees["comptes"]
    totaux = {nom: sum(int(compte.get(nom, 0)) for compte in comptes) for nom, *_ in SORTS}
    dits = [accorder(totaux[nom], *mots) for nom, *mots in SORTS if totaux[nom]]
    plan = un.donnees.get("plan_tenu")
    tenu = "" if plan is None else f" ; plan {'tenu' if plan else 'non tenu'}"
    ancien = f" ({ANCIEN_JUGEMENT})" if ancien_jugement(un) else ""
    rouge = ROUGES[un.donnees.get("depasse")]
    return f"{', '.join(dits) or 'aucun cas'} ; {rouge}{tenu}{ancien}"


ROUGES = {
    True: "encore rouge ou à traiter",
    False: "plus rouge",
    None: "rien à en dire : effectif insuffisant",
}


def formulaire(une: Affaire, nom: str, contre: str, *, ouvert: bool = False) -> html.Details:
    """Return an event that may be done, with what it carries; or why it may not be now."""
    regle = une.situation.procedure.evenements[nom]
    if contre:
        return repli(regle.titre, html.P(typographie(f"{contre[:1].upper()}{contre[1:]}.")))
    champs = [
        _champ(nom, cle, donnee)
        for cle, donnee in regle.donnees.items()
        if cle not in {"fichiers", "unites", "message_id", "constats", "objet", "corps"}
    ]
    quand = Donnee(titre="Jour où cela s'est passé (aujourd'hui sans rien)", type="date")
    corps = html.Div([*champs, _champ(nom, "jour", quand), bouton(regle.titre, nom, une.id)])
    return repli(regle.titre, corps, ouvert=ouvert)


def _champ(evenement: str, cle: str, donnee: Donnee, valeur: str = "") -> html.Div:
    identifiant = {"type": "mesure-champ", "nom": f"{evenement}.{cle}"}
    titre = donnee.titre + ("" if donnee.requis or cle == "jour" else " (facultatif)")
    if donnee.type in {"choix", "oui_non"}:
        options = donnee.choix or {"oui": "oui", "non": "non"}
        liste_ = f"liste-{evenement}-{cle}"
        return html.Div(
            [
                html.Label(
                    [titre, dcc.Input(id=identifiant, type="text", list=liste_)],
                    className="fr-label",
                ),
                html.Datalist([html.Option(value=dit) for dit in options.values()], id=liste_),
                html.P(f"{', '.join(options.values())}.", className="fr-hint-text"),
            ],
            className="mesure-champ",
        )
    aide = {"lignes": "une action par ligne : action ; qui ; JJ/MM/AAAA", "date": "JJ/MM/AAAA"}
    dit = aide.get(donnee.type, "")
    saisie = dcc.Textarea(
        id=identifiant,
        value=valeur,
        placeholder=dit,
        rows=LIGNES.get(cle, 1),
        className="fr-input",
    )
    return html.Div(html.Label([titre, saisie], className="fr-label"), className="mesure-champ")


def message_a_relire(une: Affaire, objet: str, corps: str) -> html.Div:
    """Return the message as it would leave, to be changed before."""
    donnees = une.situation.procedure.evenements[REDIGER].donnees
    return html.Div(
        [
            _champ(REDIGER, "objet", donnees["objet"], objet),
            _champ(REDIGER, "corps", donnees["corps"], corps),
            bouton("Garder ces mots", REDIGER, une.id, second=True),
        ]
    )


def reponse(une: Affaire, montres: Sequence[Cas], nombre: int) -> Formulaire:
    """Return the form by which a guichet answers: in one word, case by case, with a plan.

    What was answered of a case before is in its fields: what is not changed stays.
    """
    deja = _deja_repondu(une)
    questions = [
        Champ("choix", "Votre réponse", "liste", options=_options(CHOIX)),
        Champ("contestation", "Si vous contestez : quoi", "liste", options=_options(CONTESTATIONS)),
        Champ("delai_demande", "Délai demandé jusqu'au", "date"),
        Champ("texte", "Vos observations", "zone", aide="Gardées mot pour mot.", large=True),
        Champ(
            "plan",
            "Plan d'action",
            "zone",
            aide="Une action par ligne : action ; qui ; JJ/MM/AAAA.",
            large=True,
        ),
    ]
    groupes = [groupe("reponse", questions)]
    valeurs: dict[str, str] = {}
    for un in montres:
        champs = [
            Champ(f"{un.reference}.sort", "Ce cas est", "liste", options=_options(REPONSES)),
            Champ(f"{un.reference}.le", "Corrigé le", "date"),
            Champ(f"{un.reference}.texte", "Justifié ou contesté parce que"),
        ]
        quoi = " – ".join(filter(None, (un.numero or un.unite, un.constat.nom, un.explication)))
        groupes.append(groupe("cas", champs, quoi))
        sort, le, texte = deja.get((un.constat.id, un.unite), ("", "", ""))
        dits = {"sort": sort, "le": le, "texte": texte}
        valeurs |= {f"{un.reference}.{nom}": dit for nom, dit in dits.items() if dit}
    suite = f"Envoyer la réponse ({accorder(len(montres), 'cas', 'cas')} sur {nombre} ici)"
    return formulaire_natif(
        "reponse", groupes, valeurs, bouton=suite, classe="formulaire reponse-guichet"
    )


def _options(choix: Mapping[str, str]) -> list[tuple[str, str]]:
    return [("", "–"), *((dit, dit) for dit in choix)]


def _deja_repondu(une: Affaire) -> dict[tuple[str, str], tuple[str, str, str]]:
    """Return {(constat, case): (answer, corrected on, why)}, as the last answer of each says."""
    mots = {code: dit for dit, code in REPONSES.items()}
    return {
        cas: (mots[un["sort"]], un["le"], un["texte"])
        for cas, un in dernieres_reponses(une).items()
    }


def reception(une: Affaire) -> html.Div:
    """Return where a returned workbook or mail is put."""
    return html.Div(
        [
            html.Label(
                [
                    "Classeur rendu (.xlsx), ou courriel qui le porte (.eml)",
                    dcc.Upload(
                        html.Button(
                            "Choisir le fichier reçu", className="fr-btn fr-btn--sm", type="button"
                        ),
                        id={"type": "mesure-fichier", "affaire": une.id},
                        accept=".xlsx,.eml",
                        max_size=30 << 20,
                    ),
                ]
            ),
        ],
        **attributs(data_reception=une.id),
    )
