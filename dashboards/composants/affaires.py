"""Pieces of the page of a procedure, from what its folder says: list, form, case, chronology."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from dash import dcc, html

from dashboards.clics import TOUTES
from dashboards.composants.direct import lien_direct
from dashboards.composants.elements import attributs, exports, faits, lien, repli, typographie
from dashboards.composants.listes import Cellule, liste
from dashboards.composants.natifs import Bloc
from dashboards.composants.saisie import Champ, Formulaire, Genre, GroupeEcrit, formulaire, groupe
from infocentre.affaires import Affaire
from infocentre.affaires.formulaire import aide, options
from infocentre.affaires.modele import Donnee, TypeDonnee
from infocentre.demarches import a_remplir
from infocentre.demarches.cas import Cas
from infocentre.demarches.face import Face, chemin
from infocentre.demarches.regles import Attente, Ensemble
from infocentre.exports import lisible
from infocentre.lecture.filtres import Filtres
from infocentre.noyau.francais import accorder, majuscule
from infocentre.noyau.temps import jour
from infocentre.restitutions.document import Tableau

GENRES: Mapping[TypeDonnee, Genre] = {
    "date": "date",
    "entier": "number",
    "choix": "liste",
    "oui_non": "liste",
    "texte_long": "zone",
    "liste": "zone",
    "lignes": "zone",
}
OUVRIR = 10  # candidates that a page shows before they are asked for


def champ(nom: str, donnee: Donnee) -> Champ:
    """Return the field of what an event carries."""
    genre = GENRES.get(donnee.type, "text")
    choix = [("", "–"), *options(donnee)] if genre == "liste" else []
    titre = donnee.titre if donnee.requis else f"{donnee.titre} (facultatif)"
    dit = "" if donnee.type == "date" else aide(donnee)
    return Champ(nom, titre, genre, aide=dit, options=choix, large=genre == "zone")


def bouton(texte: str, action: str, affaire: str = TOUTES, *, second: bool = False) -> html.Button:
    """Return a button that does something of an affaire, or of all that wait."""
    classe = "fr-btn fr-btn--secondary" if second else "fr-btn"
    return html.Button(
        texte,
        id={"type": "affaire-bouton", "action": action, "affaire": affaire},
        className=f"{classe} fr-btn--sm",
        type="button",
    )


def geste(
    nom: str, affaire: str, groupes: list[GroupeEcrit], valeurs: Mapping[str, str], texte: str
) -> Formulaire:
    """Return the form of an event, or of what opens an affaire."""
    return formulaire(
        {"type": "affaire-geste", "evenement": nom, "affaire": affaire},
        groupes,
        valeurs,
        bouton=texte,
        classe="formulaire reponse-guichet",
    )


# --- The list -------------------------------------------------------------------------------------


def a_faire(ensembles: Iterable[Ensemble]) -> html.Div | None:
    """Return what waits of all affaires together, with the button that does it."""
    points = [
        html.Li([html.Strong(f"{accorder(un.nombre, *un.dit)}. "), bouton(un.titre, un.nom)])
        for un in ensembles
        if un.nombre
    ]
    return html.Div(html.Ul(points, className="a-faire")) if points else None


def liste_des_affaires(face: Face, unes: Sequence[Affaire], filtres: Filtres) -> Bloc:
    """Return affaires as a table, the nearest deadline first."""
    lignes: list[list[Cellule]] = [
        [
            lien_direct(face.nom(une), filtres.lien(chemin(face.procedure.code), affaire=une.id)),
            une.titre_etat,
            *face.regles.compter(une),
            majuscule(face.suite_dite(une)) or "–",
            _echeance(une),
            jour(une.situation.evenements[-1].jour),
        ]
        for une in unes
    ]
    nombres = face.regles.nombres
    colonnes = (
        majuscule(face.procedure.objet),
        "État",
        *map(majuscule, nombres.values()),
        "Ce qui vient",
        "Échéance",
        "Dernier événement",
    )
    numeriques = range(2, 2 + len(nombres))
    legende = "Affaires, l'échéance la plus proche d'abord"
    return liste(colonnes, lignes, legende, numeriques=numeriques)


def _echeance(une: Affaire) -> str:
    prochaine = une.echeance
    return f"{prochaine.titre} le {jour(prochaine.due)}" if prochaine else "–"


def comptes(face: Face, par_etat: Mapping[str, int]) -> Bloc:
    """Return how many affaires are in each state, for who is told no more."""
    lignes: list[list[Cellule]] = [
        [etat.titre, par_etat[code]]
        for code, etat in face.procedure.etats.items()
        if par_etat.get(code)
    ]
    return liste(("État", "Affaires"), lignes, "Affaires par état", numeriques=(1,))


def attentes(
    face: Face, trouvees: Sequence[Attente], filtres: Filtres, *, toutes: bool
) -> list[Any]:
    """Return what data give reason to open, each with the link that opens it.

    The most urgent ones, unless `toutes` are asked for.
    """
    if not trouvees:
        return []
    ici = chemin(face.procedure.code)
    plus = list(dict.fromkeys(nom for un in trouvees for nom in un.precisions))
    montrees = trouvees if toutes else trouvees[:OUVRIR]
    lignes: list[list[Cellule]] = [
        [
            lien_direct(un.nom, filtres.lien(ici, ouvrir=un.objet) + "#ouvrir"),
            typographie(un.motif),
            *(typographie(un.precisions.get(nom, "")) for nom in plus),
            *([un.avant or "–"] if any(autre.avant for autre in trouvees) else []),
        ]
        for un in montrees
    ]
    avant = ("Avant le",) if any(un.avant for un in trouvees) else ()
    colonnes = (majuscule(face.procedure.objet), "Pourquoi", *plus, *avant)
    reste = len(trouvees) - len(montrees)
    suite = lien(f"Les voir toutes ({len(trouvees)})", filtres.lien(ici, etat="a_ouvrir"))
    return [
        html.H2(f"À ouvrir : {len(trouvees)}", className="fr-h5"),
        liste(colonnes, lignes, "Ce que les données donnent à ouvrir, le plus urgent d'abord"),
        html.P(suite) if reste else None,
    ]


def a_part(un: Tableau | None, *, ouvert: bool = False) -> html.Details | None:
    """Return a table of a procedure, folded: it stands beside its affaires."""
    return repli(un.titre, table(un), ouvert=ouvert) if un else None


def ouverture(face: Face, objet: str) -> html.Details | None:
    """Return the form that opens an affaire, to who may; filled in with an object that is asked."""
    if not face.peut_ouvrir():
        return None
    nom = face.ouverture
    titre = face.procedure.evenements[nom].titre
    champs = [
        Champ("objet", majuscule(face.procedure.objet)),
        *(champ(cle, un) for cle, un in face.champs(nom).items()),
    ]
    return html.Details(
        [
            html.Summary(titre),
            geste(nom, "", [groupe("ouvrir", champs)], {"objet": objet} if objet else {}, titre),
        ],
        open=bool(objet),
        id="ouvrir",
        className="repli",
    )


def table(un: Tableau) -> Bloc:
    """Return a table of a procedure as a page shows it."""
    lignes: list[list[Cellule]] = [
        ["–" if c.valeur is None else lisible(c.valeur) for c in ligne] for ligne in un.lignes
    ]
    numeriques = [rang for rang, c in enumerate(un.colonnes) if c.genre == "nombre"]
    return liste([c.titre for c in un.colonnes], lignes, un.titre, numeriques=numeriques)


# --- One affaire ----------------------------------------------------------------------------------


def resume(face: Face, une: Affaire) -> html.Div:
    """Return what it is of, where it stands, what comes next, by when."""
    etat = une.procedure.etats.get(une.etat) or une.situation.procedure.etats[une.etat]
    paires: list[tuple[str, Any]] = [
        (majuscule(face.procedure.objet), face.nom(une)),
        ("État", etat.titre),
        *((nom, typographie(dit)) for nom, dit in face.regles.faits(face.v, une)),
    ]
    if suite := face.suite_dite(une):
        paires.append(("Ce qui vient", typographie(majuscule(suite))))
    paires += [(e.titre, jour(e.due)) for e in une.echeances if not e.alerte]
    ici = face.registre.aujourdhui
    alertes = [e for e in une.echeances if e.alerte and e.due <= ici]
    return html.Div(
        [
            faits(paires),
            html.P(typographie(f"{alertes[-1].titre}, depuis le {jour(alertes[-1].due)}."))
            if alertes
            else None,
            html.P(typographie(etat.page)),
        ]
    )


def suspens(face: Face, une: Affaire) -> html.Div | None:
    """Ask whether a message in doubt arrived."""
    doute = face.suspens(une)
    if doute is None or not face.conduit:
        return None
    return html.Div(
        [
            html.P(
                f"Un envoi à {doute.dit('destinataire')} est peut-être parti : son Message-ID est "
                f"{doute.dit('message_id')}. Est-il arrivé ?"
            ),
            bouton("Il est arrivé", "arrive", une.id, second=True),
            bouton("Il n'est pas arrivé", "non_arrive", une.id, second=True),
        ],
        className="avertissement",
    )


def gestes(face: Face, une: Affaire, *, messagerie: bool) -> list[Any]:
    """Return the next action as a form, then the others behind « Autre chose »."""
    a_part = face.procedure.classeur.evenement if face.procedure.classeur else ""
    seuls = [nom for nom in face.possibles(une) if nom != a_part]
    suite = [nom for nom in seuls if nom == une.suite]
    autres = [nom for nom in seuls if nom != une.suite]
    recoit = reception(face, une)
    rendus: list[Any] = []
    for nom in suite:
        rendus += [
            html.H2("Ce qui vient", className="fr-h5"),
            *_un_geste(face, une, nom, messagerie),
        ]
    if recoit is not None and une.suite == a_part and face.conduit:
        rendus += [html.H2("Ce qui vient", className="fr-h5"), recoit]
        suite, recoit = [a_part], None
    if autres:
        dedans = [
            repli(
                une.situation.procedure.evenements[nom].titre,
                html.Div(_un_geste(face, une, nom, messagerie)),
            )
            for nom in autres
        ]
        rendus.append(repli("Autre chose", html.Div(dedans), ouvert=not suite))
    return [*rendus, recoit]


def _un_geste(face: Face, une: Affaire, nom: str, messagerie: bool) -> list[Any]:  # noqa: FBT001
    regle = une.situation.procedure.evenements[nom]
    if contre := face.contre(une, nom):
        return [html.P(typographie(f"{majuscule(contre)}."))]
    rendus: list[Any] = []
    if face.conduit and face.envoi(une) == nom:
        rendus.append(
            exports({"Message et ses fichiers (.eml)": _adresse(face, une, "message.eml")})
        )
        if messagerie and face.par_courriel:
            rendus.append(bouton("Envoyer par courriel", "envoyer", une.id))
    champs = [champ(cle, un) for cle, un in face.champs(nom, une).items()]
    champs.append(Champ("jour", "Jour où cela s'est passé", "date", aide="Aujourd'hui sans rien."))
    valeurs = {"vus": str(len(une.situation.evenements))}
    titre = f"Noter : {regle.titre.lower()}" if rendus else regle.titre
    return [*rendus, geste(nom, une.id, [groupe(f"g-{nom}", champs)], valeurs, titre)]


def _adresse(face: Face, une: Affaire, fichier: str) -> str:
    return f"/affaires/{face.procedure.code}/{une.id}/{fichier}"


def papiers(face: Face, une: Affaire) -> html.P | None:
    """Return the papers and the workbook of an affaire."""
    liens = {
        f"{titre} ({'PDF' if forme == 'pdf' else f'.{forme}'})": _adresse(
            face, une, f"{nom}.{forme}"
        )
        for nom, (titre, formes) in face.documents(une).items()
        for forme in formes
    }
    if face.procedure.classeur and une.constats:
        titre = f"{face.procedure.classeur.titre} (.xlsx)"
        liens[titre] = _adresse(face, une, "classeur.xlsx")
    return exports(liens) if liens else None


def reception(face: Face, une: Affaire) -> html.Div | None:
    """Return where a returned workbook or mail is put, while one is awaited."""
    declare = face.procedure.classeur
    if declare is None or declare.evenement not in face.possibles(une):
        return None
    return html.Div(
        [
            html.Label(
                [
                    "Classeur rendu (.xlsx), ou courriel qui le porte (.eml)",
                    dcc.Upload(
                        html.Button(
                            "Choisir le fichier reçu", className="fr-btn fr-btn--sm", type="button"
                        ),
                        id={"type": "affaire-fichier", "affaire": une.id},
                        accept=".xlsx,.eml",
                        max_size=30 << 20,
                    ),
                ]
            )
        ],
        **attributs(data_reception=une.id),
    )


def reponse(face: Face, une: Affaire, montres: Sequence[Cas], total: int) -> list[Any]:
    """Return the form of the frozen list, a case at a time, with what was answered before."""
    declare = face.procedure.classeur
    if declare is None or face.conduit or declare.evenement not in face.possibles(une):
        return []
    champs, deja = a_remplir.champs(face.procedure), face.regles.dites(une)
    groupes, valeurs = [], {"vus": str(len(une.situation.evenements))}
    for un in montres:
        siens = [champ(f"{un.reference}.{nom}", donnee) for nom, donnee in champs.items()]
        groupes.append(groupe("cas", siens, _cas(un)))
        valeurs |= {
            f"{un.reference}.{nom}": str(dit)
            for nom, dit in deja.get(un.reference, {}).items()
            if nom in champs
        }
    texte = f"Envoyer les réponses ({accorder(len(montres), 'ligne')} sur {total} ici)"
    return [
        html.H2("Répondre", className="fr-h5"),
        geste(declare.evenement, une.id, groupes, valeurs, texte),
    ]


def _cas(un: Cas) -> str:
    dits = (un.numero or un.unite, jour(un.jour) if un.jour else "", un.explication)
    return " – ".join(filter(None, dits))


def liste_figee(face: Face, une: Affaire, montres: Sequence[Cas]) -> Bloc | None:
    """Return the frozen list, and what was last answered of each case."""
    declare = face.procedure.classeur
    if declare is None or not montres:
        return None
    champs, deja = a_remplir.champs(face.procedure), face.regles.dites(une)
    vus = face.regles.vus(une)
    lignes: list[list[Cellule]] = []
    for un in montres:
        dite = deja.get(un.reference, {})
        lignes.append(
            [
                *(_colonne(un, nom) for nom in declare.colonnes),
                *(typographie(str(dite.get(nom, ""))) for nom in champs),
                *([vus.get(un.reference, "")] if vus else []),
            ]
        )
    colonnes = (
        *declare.colonnes.values(),
        *(un.titre for un in champs.values()),
        *(["Dernière livraison"] if vus else []),
    )
    return liste(colonnes, lignes, f"{declare.feuille} de la liste, figée ce jour-là")


def _colonne(un: Cas, nom: str) -> str:
    valeur = str(getattr(un, nom, "") or "")
    return jour(valeur) if nom == "jour" and valeur else typographie(valeur)


def chronologie(face: Face, une: Affaire) -> Bloc:
    """Return the events of an affaire that they may read, the last first."""
    lignes: list[list[Cellule]] = [
        [jour(quand), quoi, typographie(dit), qui]
        for quand, quoi, dit, qui in face.chronologie(une)
    ]
    return liste(("Jour", "Événement", "Précision", "Par"), lignes, "Chronologie, la fin d'abord")
